/* Looking through texts for a few names: which words a text must have, what is a definition, what
 * it includes; and names of files relative to the tree. */
#include "tree/search.h"
#include "helpers.h"
#include "suites.h"
#include "tree/catalogue.h"
#include "tree/search_text.h"

#include <string.h>

static void take(void *user, size_t name, unsigned line, unsigned kinds)
{
    hg_text_printf(user, "%zu:%u:%u ", name, line, kinds);
}

static bool finds(const char *text, const char *const *names, size_t count, const char *expected)
{
    struct hg_text found = {0};
    struct hg_needle needles[100];
    for (size_t i = 0; i < count; i++)
        needles[i] = hg_needle(names[i]);
    hg_scan_for(text, strlen(text), needles, count, take, &found);
    bool same = hg_test_same(hg_text_string(&found), expected);
    hg_text_deinit(&found);
    return same;
}

static void test_definitions(void)
{
    const char *const names[] = {"rq", "a_t", ""};
    CU_ASSERT(finds("struct irq { int x; };\nstruct rq *p, rqs;", names, 3, ""));
    CU_ASSERT(finds("int irq;\nstruct rq {\n int x;\n};\n", names, 3, "0:2:1 "));
    CU_ASSERT(finds("typedef struct rq { int x; } a_t;", names, 3, "0:1:1 1:1:8 "));
    CU_ASSERT(finds("/* struct rq { */ \"struct rq {\"", names, 3, ""));
    CU_ASSERT(finds("union rq { int x; };\nenum { rq };", names, 3, "0:1:2 0:2:16 "));
    CU_ASSERT(finds("struct rq", names, 3, ""));
    CU_ASSERT(finds("", names, 3, ""));
}

/* More names than are looked for at a time. */
static void test_many_names(void)
{
    const char *names[100];
    for (size_t i = 0; i < 100; i++)
        names[i] = i == 2 ? "first" : i == 98 ? "last" : "other";
    CU_ASSERT(finds("struct last { };\nstruct first { };\n", names, 100, "2:2:1 98:1:1 "));
}

/* A macro of a trace header makes the name. */
static void test_derived_names(void)
{
    const char *const names[] = {"trace_event_raw_go", "btf_trace_go", "btf_trace_irq_entry"};
    CU_ASSERT(finds("TRACE_EVENT(go, TP_PROTO(int x))", names, 3, "0:1:1 1:1:8 "));
    CU_ASSERT(finds("DEFINE_IRQ_VECTOR_EVENT(irq);", names, 3, "2:1:8 "));
    CU_ASSERT(finds("DEFINE_EVENT(class, going, x)", names, 3, ""));
    const char *const others[] = {"btf_call", "class_lock_t", "btf_plain"};
    CU_ASSERT(finds("BPF_CALL_2(call, int, x)", others, 3, "0:1:8 "));
    CU_ASSERT(finds("DEFINE_GUARD(lock, x, y, z)", others, 3, "1:1:8 "));
    CU_ASSERT(finds("struct btf_plain { int x; };", others, 3, "2:1:1 "));
    CU_ASSERT(hg_needle("trace_event_raw_").is_derived == false);
    CU_ASSERT(hg_needle("rq").is_derived == false);
}

static void include(void *user, const char *name, size_t length, bool is_quoted)
{
    hg_text_printf(user, is_quoted ? "\"%.*s\" " : "<%.*s> ", (int)length, name);
}

static bool includes(const char *text, const char *expected)
{
    struct hg_text found = {0};
    hg_scan_includes(text, include, &found);
    bool same = hg_test_same(hg_text_string(&found), expected);
    hg_text_deinit(&found);
    return same;
}

static void test_includes(void)
{
    CU_ASSERT(includes("#include <linux/a.h>\n # \tinclude\t\"b.h\"\n", "<linux/a.h> \"b.h\" "));
    CU_ASSERT(includes("int include; x #include \"a.h\"\n", ""));
    CU_ASSERT(includes("#include MACRO\n#include_next <a.h>\n#include \"\"\n", ""));
    CU_ASSERT(includes("#include \"a.h\n#include <b.h", ""));
    CU_ASSERT(includes("#include", ""));
    CU_ASSERT(includes("#if 0\n#include \"../a/b.c\"\n#endif", "\"../a/b.c\" "));
}

static void test_names_of_files(void)
{
    struct hg_kernel kernel = {.source = "/k/linux", .object = "/k/linux/out"};
    struct hg_arena arena;
    hg_arena_init(&arena);
    static const char *const rows[][2] = {
        {"/k/linux/kernel/fork.c", "kernel/fork.c"},
        {"/k/linux/out/lib/table.c", "lib/table.c"},
        {"/k/linux/drivers/a/../b/./c.h", "drivers/b/c.h"},
        {"/k/linuxes/a.c", "/k/linuxes/a.c"},
        {"drivers/a/../b.h", "drivers/b.h"},
        {"kernel/fork.c", "kernel/fork.c"},
        {"/../../a.c", "/a.c"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CU_ASSERT(hg_test_same(hg_tree_name(&kernel, rows[i][0], &arena), rows[i][1]));
    hg_arena_deinit(&arena);
}

void hg_test_search(void)
{
    CU_pSuite suite = CU_add_suite("search", NULL, NULL);
    CU_add_test(suite, "definitions", test_definitions);
    CU_add_test(suite, "many names", test_many_names);
    CU_add_test(suite, "names that a macro makes", test_derived_names);
    CU_add_test(suite, "includes", test_includes);
    CU_add_test(suite, "names of files", test_names_of_files);
}
