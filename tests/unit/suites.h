/* The unit tests' suites: for each, hg_test_NAME() registers its tests with CUnit.  The file of a
 * suite has its name, and so has its test in ctest (unit.NAME). */
#ifndef HG_TESTS_UNIT_SUITES_H
#define HG_TESTS_UNIT_SUITES_H

/* clang-format off */
#define HG_TEST_SUITES(SUITE)                                                                      \
    SUITE(backend_btf)                                                                             \
    SUITE(backend_c)                                                                               \
    SUITE(backend_text)                                                                            \
    SUITE(base)                                                                                    \
    SUITE(btf_check)                                                                               \
    SUITE(btf_container)                                                                           \
    SUITE(btf_graph)                                                                               \
    SUITE(btf_read)                                                                                \
    SUITE(btf_target)                                                                              \
    SUITE(catalogue)                                                                               \
    SUITE(core_check)                                                                              \
    SUITE(core_insns)                                                                              \
    SUITE(core_loaders)                                                                            \
    SUITE(core_needs)                                                                              \
    SUITE(core_read)                                                                               \
    SUITE(describe)                                                                                \
    SUITE(diff)                                                                                    \
    SUITE(directory)                                                                               \
    SUITE(distribution)                                                                            \
    SUITE(find)                                                                                    \
    SUITE(functions)                                                                               \
    SUITE(groups)                                                                                  \
    SUITE(json)                                                                                    \
    SUITE(kbuild)                                                                                  \
    SUITE(kernel)                                                                                  \
    SUITE(layout)                                                                                  \
    SUITE(link)                                                                                    \
    SUITE(merge)                                                                                   \
    SUITE(messages)                                                                                \
    SUITE(model)                                                                                   \
    SUITE(outcome)                                                                                 \
    SUITE(pack)                                                                                    \
    SUITE(pool)                                                                                    \
    SUITE(remote)                                                                                  \
    SUITE(rust)                                                                                    \
    SUITE(rust_core)                                                                               \
    SUITE(search)                                                                                  \
    SUITE(select)                                                                                  \
    SUITE(split)                                                                                   \
    SUITE(store)                                                                                   \
    SUITE(trim)                                                                                    \
    SUITE(type_words)                                                                              \
    SUITE(verify)
/* clang-format on */

#define HG_TEST_DECLARE(name) void hg_test_##name(void);
HG_TEST_SUITES(HG_TEST_DECLARE)
#undef HG_TEST_DECLARE

#endif
