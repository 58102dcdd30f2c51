/* Runs every unit test suite, or the one that is named; exit status 1 when an assertion failed, 2
 * when CUnit itself did or there is no such suite. */
#include "suites.h"

#include <CUnit/Basic.h>
#include <string.h>

#define ROW(name) {#name, hg_test_##name},
static const struct {
    const char *name;
    void (*add)(void);
} suites[] = {HG_TEST_SUITES(ROW)};
#undef ROW

int main(int argc, char **argv)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
        if (argc < 2 || strcmp(argv[1], suites[i].name) == 0)
            suites[i].add();

    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_ErrorCode code = CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    unsigned assertions = CU_get_number_of_asserts();
    CU_cleanup_registry();
    if (code != CUE_SUCCESS || assertions == 0)
        return 2;
    return failures == 0 ? 0 : 1;
}
