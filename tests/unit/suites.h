/* The unit tests' suites: each function registers one with CUnit. */
#ifndef HG_TESTS_UNIT_SUITES_H
#define HG_TESTS_UNIT_SUITES_H

void hg_test_base(void);
void hg_test_model(void);
void hg_test_merge(void);
void hg_test_messages(void);
void hg_test_pack(void);
void hg_test_pool(void);
void hg_test_outcome(void);
void hg_test_verify(void);
void hg_test_layout(void);
void hg_test_describe(void);
void hg_test_select(void);
void hg_test_directory(void);
void hg_test_functions(void);
void hg_test_groups(void);
void hg_test_json(void);
void hg_test_rust(void);
void hg_test_rust_core(void);
void hg_test_btf_check(void);
void hg_test_btf_container(void);
void hg_test_btf_graph(void);
void hg_test_btf_read(void);
void hg_test_btf_target(void);
void hg_test_core_check(void);
void hg_test_core_insns(void);
void hg_test_core_needs(void);
void hg_test_core_read(void);
void hg_test_backend_btf(void);
void hg_test_backend_c(void);
void hg_test_backend_text(void);
void hg_test_kbuild(void);
void hg_test_kernel(void);
void hg_test_link(void);
void hg_test_diff(void);
void hg_test_catalogue(void);
void hg_test_search(void);
void hg_test_split(void);
void hg_test_store(void);
void hg_test_trim(void);
void hg_test_type_words(void);

#endif
