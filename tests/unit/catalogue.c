/* The locator's scan: what a header's text seems to define. */
#include "helpers.h"
#include "suites.h"
#include "tree/names.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void define(void *user, enum hg_found what, const char *name, size_t length, unsigned line)
{
    static const char *const words[] = {[HG_FOUND_STRUCT] = "struct",
                                        [HG_FOUND_UNION] = "union",
                                        [HG_FOUND_ENUM] = "enum",
                                        [HG_FOUND_TYPEDEF] = "typedef",
                                        [HG_FOUND_ENUMERATOR] = "value"};
    hg_text_printf(user, "%s %.*s:%u ", words[what], (int)length, name, line);
}

static void include(void *user, const char *name, size_t length)
{
    hg_text_printf(user, "<%.*s> ", (int)length, name);
}

static void ignore_macro(void *user, const char *name, size_t length)
{
    (void)user;
    (void)name;
    (void)length;
}

static void ignore_tag(void *user, const char *keyword, const char *name, size_t length)
{
    (void)keyword;
    ignore_macro(user, name, length);
}

static bool finds(const char *text, const char *expected)
{
    struct hg_text found = {0};
    hg_scan_text(text, &(struct hg_scan_sink){define, include, ignore_macro, ignore_tag, &found});
    bool same = hg_test_same(hg_text_string(&found), expected);
    hg_text_deinit(&found);
    return same;
}

static void test_tags(void)
{
    CU_ASSERT(finds("struct a {\n int x;\n};\nunion b { int y; };\nenum c { C1 };\n",
                    "struct a:1 union b:4 enum c:5 "));
    CU_ASSERT(finds("struct a; struct b *p; struct c f(struct d *);\nextern struct e x;", ""));
    CU_ASSERT(finds("struct __attribute__((packed)) a { struct b { union c { int x; } y; } z; };",
                    "struct a:1 struct b:1 union c:1 "));
    CU_ASSERT(finds("enum a : unsigned char { A };\nstruct b { enum a x : 3; };",
                    "enum a:1 struct b:2 "));
    CU_ASSERT(finds("static inline struct a *f(void) { struct b { int x; } y; }", "struct b:1 "));
    CU_ASSERT(finds("enum { A, B = sizeof(struct x), C = F(1, 2),\n#ifdef D\n E,\n#endif\n};",
                    "value A:1 value B:1 value C:1 value E:3 "));
    CU_ASSERT(finds("struct\n  a\n{ };", "struct a:2 "));
}

static void test_typedefs(void)
{
    CU_ASSERT(finds("typedef unsigned long a;\ntypedef struct { int x; } b;",
                    "typedef a:1 typedef b:2 "));
    CU_ASSERT(finds("typedef struct s { int x; } a, *b;", "struct s:1 typedef a:1 typedef b:1 "));
    CU_ASSERT(finds("typedef struct s s_t;\ntypedef enum e e_t;", "typedef s_t:1 typedef e_t:2 "));
    CU_ASSERT(finds("typedef void (*a)(struct x *y, int (*z)(int));", "typedef a:1 "));
    CU_ASSERT(
        finds("typedef int a(struct x *y);\ntypedef u32 (b)(int c);", "typedef a:1 typedef b:2 "));
    CU_ASSERT(
        finds("typedef u64 a __attribute__((aligned(8)));\ntypedef u32 b[4];\n"
              "typedef u32 __bitwise c;",
              "typedef a:1 typedef b:2 typedef c:3 "));
    CU_ASSERT(finds("typedef struct { int x; } __attribute__((packed)) a;", "typedef a:1 "));
}

static void test_what_is_passed_over(void)
{
    CU_ASSERT(
        finds("/* struct a {\n}; */ // struct b {\nchar *s = \"struct c {\"; char q = '\"';\n"
              "struct d { };",
              "struct d:4 "));
    CU_ASSERT(finds("#define M struct a { \\\n struct b { } } /* struct\n c { */\nstruct d { };",
                    "struct d:4 "));
    CU_ASSERT(finds("#error don't\nstruct a { };\n#if 0 /* ' */\nstruct b { };\n#endif",
                    "struct a:2 struct b:4 "));
    CU_ASSERT(
        finds("#include <linux/a.h>\n # include \"b.h\" /* x */\n#include MACRO\nstruct c { };",
              "<linux/a.h> <b.h> struct c:4 "));
    CU_ASSERT(finds("", ""));
}

/* Text that ends in the middle of anything. */
static void test_unfinished(void)
{
    static const char text[] =
        "typedef struct __attribute__((x)) a { enum { A, \"b\\\n\", 'c' } "
        "(*d)(int), e[3]; } /* f */ f;\n#include <g>\n#define h \\\n i\n"
        "TRACE_EVENT(j, k) DEFINE_EVENT(l, m, n) struct_group_tagged(o, p) //";
    char part[sizeof text];
    for (size_t i = 0; i < sizeof text; i++) {
        memcpy(part, text, i);
        part[i] = '\0';
        struct hg_text found = {0};
        hg_scan_text(part,
                     &(struct hg_scan_sink){define, include, ignore_macro, ignore_tag, &found});
        hg_text_deinit(&found);
    }
    CU_ASSERT(finds("}}})))]]]; struct a { }; ((({{{[[[ struct b { };", "struct a:1 struct b:1 "));
    CU_ASSERT(finds("typedef struct { typedef int b; struct c { };", "typedef b:1 struct c:1 "));
}

static void test_macros(void)
{
    CU_ASSERT(finds("TRACE_EVENT(fork,\n TP_PROTO(int x))",
                    "struct trace_event_raw_fork:1 struct trace_event_data_offsets_fork:1 typedef "
                    "btf_trace_fork:1 "));
    CU_ASSERT(finds("DECLARE_EVENT_CLASS(t, x) DEFINE_EVENT(t, e, x)",
                    "struct trace_event_raw_t:1 struct trace_event_data_offsets_t:1 typedef "
                    "btf_trace_e:1 "));
    CU_ASSERT(finds("struct a { struct_group_tagged(b, c, int x;); };", "struct a:1 struct b:1 "));
    CU_ASSERT(finds("DEFINE_GUARD(mutex, struct mutex *, x, y)", "typedef class_mutex_t:1 "));
}

static void ignore_definition(void *user, enum hg_found what, const char *name, size_t length,
                              unsigned line)
{
    (void)what;
    (void)line;
    ignore_macro(user, name, length);
}

static void put_macro(void *user, const char *name, size_t length)
{
    hg_text_printf(user, "#%.*s ", (int)length, name);
}

static void put_tag(void *user, const char *keyword, const char *name, size_t length)
{
    hg_text_printf(user, "%s %.*s, ", keyword, (int)length, name);
}

/* Macros, and tags that prototypes mention; and whether there could be types. */
static bool mentions(const char *text, const char *expected, bool has_types)
{
    struct hg_text found = {0};
    struct hg_scan_sink sink = {ignore_definition, ignore_macro, put_macro, put_tag, &found};
    bool same =
        hg_scan_text(text, &sink) == has_types && hg_test_same(hg_text_string(&found), expected);
    hg_text_deinit(&found);
    return same;
}

static void test_mentions(void)
{
    CU_ASSERT(mentions("void f(struct a *x, union b *y, enum c z, struct d);",
                       "struct a, union b, enum c, struct d, ", true));
    CU_ASSERT(mentions("struct a { int x; }; struct b *p; int g(int x);", "", true));
    CU_ASSERT(mentions("void f(struct asm *x, struct __packed *y, struct 1 *z);", "", true));
    CU_ASSERT(mentions("#define A 1\n # define B(x) x\n#define\n#define C", "#A #B #C ", true));
    CU_ASSERT(mentions("#define F(x) void f(struct a *x)\n", "#F struct a, ", true));
    CU_ASSERT(mentions("CALL(0, sys_read)\nCALL(1, sys_write)\n", "", false));
    CU_ASSERT(mentions("", "", false));
    CU_ASSERT(mentions("#include <a.h>", "", true));
}

/* --- of a few files --- */

struct tree {
    char directory[64];
    struct hg_kernel_header items[8];
    struct hg_kernel_headers files;
    struct hg_arena arena;
};

static void tree_init(struct tree *tree)
{
    *tree = (struct tree){.directory = "/tmp/hdrgen-catalogue-XXXXXX"};
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(tree->directory));
    hg_arena_init(&tree->arena);
    tree->files.items = tree->items;
}

/* A file of that name, slashes aside. */
static void tree_add(struct tree *tree, const char *name, const char *text)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/%zu", tree->directory, tree->files.count);
    FILE *file = fopen(path.data, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    tree->items[tree->files.count++] = (struct hg_kernel_header){
        .name = name, .path = hg_arena_string(&tree->arena, path.data, path.size)};
    hg_text_deinit(&path);
}

static void tree_deinit(struct tree *tree)
{
    for (size_t i = 0; i < tree->files.count; i++)
        unlink(tree->items[i].path);
    rmdir(tree->directory);
    hg_arena_deinit(&tree->arena);
}

static void check_answers(const struct hg_catalogue *catalogue)
{
    uint32_t file = 0;
    size_t end = 0;
    size_t begin = hg_catalogue_definitions(catalogue, "a", &end);
    CU_ASSERT_EQUAL_FATAL(end - begin, 2);
    CU_ASSERT_EQUAL(catalogue->definitions[begin].file, 2); /* linux/ before uapi/ */
    CU_ASSERT_EQUAL(catalogue->definitions[begin + 1].file, 0);
    begin = hg_catalogue_includers(catalogue, 0, &end);
    CU_ASSERT_EQUAL_FATAL(end - begin, 1);
    CU_ASSERT_EQUAL(catalogue->edges[begin].includer, 1);
    CU_ASSERT(hg_catalogue_definer(catalogue, "struct a", &file) && file == 2);
    CU_ASSERT(hg_catalogue_definer(catalogue, "A_MAX", &file) && file == 2); /* not kernel/ */
    CU_ASSERT_FALSE(hg_catalogue_definer(catalogue, "struct nowhere", &file));
    CU_ASSERT_FALSE(hg_catalogue_definer(catalogue, "", &file));
    CU_ASSERT(hg_catalogue_file(catalogue, "kernel/sched/core.c", &file) && file == 3);
    begin = hg_catalogue_tags(catalogue, 3, &end);
    CU_ASSERT_EQUAL_FATAL(end - begin, 1);
    CU_ASSERT(hg_test_same(catalogue->strings + catalogue->tags[begin].text, "struct rq"));
    CU_ASSERT(hg_catalogue_has_tracepoints(catalogue, 1));
    CU_ASSERT_FALSE(hg_catalogue_has_tracepoints(catalogue, 2));
    CU_ASSERT_EQUAL(catalogue->traits[4] & HG_FILE_HAS_TYPES, 0);
}

/* Headers and source files; from the text, and from the file of an earlier run. */
static void test_files(void)
{
    struct tree tree;
    tree_init(&tree);
    tree_add(&tree, "uapi/linux/a.h", "struct a { int x; };\n");
    tree_add(&tree, "trace/events/a.h",
             "#include <uapi/linux/a.h>\n#include <trace/define_trace.h>\n");
    tree_add(&tree, "linux/a.h", "struct a { long x; };\n#define A_MAX 1\n");
    tree_add(
        &tree, "kernel/sched/core.c",
        "#define A_MAX 2\nstruct rq { int x; };\nvoid f(struct rq *r);\nvoid g(struct rq *r);\n");
    tree_add(&tree, "linux/list.h", "CALL(1)\n");
    const struct hg_kernel kernel = {.source = tree.directory, .object = "o", .arch = "x86"};
    struct hg_text cache = {0};
    hg_text_printf(&cache, "%s/cache", tree.directory);
    for (int run = 0; run < 3; run++) {
        struct hg_catalogue catalogue;
        hg_catalogue_open(&kernel, &tree.files, "test", run == 0 ? NULL : cache.data, &catalogue);
        check_answers(&catalogue);
        hg_catalogue_deinit(&catalogue);
    }
    hg_text_printf(&cache, "/*");
    glob_t found;
    CU_ASSERT_EQUAL_FATAL(glob(cache.data, 0, NULL, &found), 0);
    CU_ASSERT_EQUAL(found.gl_pathc, 1);
    for (size_t i = 0; i < found.gl_pathc; i++)
        unlink(found.gl_pathv[i]);
    globfree(&found);
    hg_text_truncate(&cache, cache.size - 2);
    rmdir(hg_text_string(&cache));
    hg_text_deinit(&cache);
    tree_deinit(&tree);
}

void hg_test_catalogue(void)
{
    CU_pSuite suite = CU_add_suite("catalogue", NULL, NULL);
    CU_add_test(suite, "tags", test_tags);
    CU_add_test(suite, "typedefs", test_typedefs);
    CU_add_test(suite, "what is passed over", test_what_is_passed_over);
    CU_add_test(suite, "unfinished text", test_unfinished);
    CU_add_test(suite, "macros that define types", test_macros);
    CU_add_test(suite, "macros and tags", test_mentions);
    CU_add_test(suite, "files", test_files);
}
