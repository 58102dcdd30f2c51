/* Runs every unit test suite, or the one that is named; exit status 1 when an assertion failed, 2
 * when CUnit itself did. */
#include "suites.h"

#include <CUnit/Basic.h>

int main(int argc, char **argv)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    hg_test_base();
    hg_test_model();
    hg_test_merge();
    hg_test_messages();
    hg_test_pack();
    hg_test_pool();
    hg_test_outcome();
    hg_test_verify();
    hg_test_layout();
    hg_test_describe();
    hg_test_select();
    hg_test_directory();
    hg_test_functions();
    hg_test_groups();
    hg_test_json();
    hg_test_rust();
    hg_test_rust_core();
    hg_test_backend_btf();
    hg_test_backend_c();
    hg_test_backend_text();
    hg_test_btf_check();
    hg_test_btf_graph();
    hg_test_btf_read();
    hg_test_btf_target();
    hg_test_btf_container();
    hg_test_kbuild();
    hg_test_kernel();
    hg_test_search();
    hg_test_diff();
    hg_test_core_read();
    hg_test_core_check();
    hg_test_core_insns();
    hg_test_core_needs();
    hg_test_link();
    hg_test_catalogue();
    hg_test_split();
    hg_test_store();
    hg_test_trim();
    hg_test_type_words();

    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_pSuite suite = argc > 1 ? CU_get_suite(argv[1]) : NULL;
    if (argc > 1 && suite == NULL)
        return 2;
    CU_ErrorCode code = suite != NULL ? CU_basic_run_suite(suite) : CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    unsigned assertions = CU_get_number_of_asserts();
    CU_cleanup_registry();
    if (code != CUE_SUCCESS || assertions == 0)
        return 2;
    return failures == 0 ? 0 : 1;
}
