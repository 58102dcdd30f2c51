/* The locator's scan: what a header's text seems to define. */
#include "helpers.h"
#include "suites.h"
#include "tree/names.h"

#include <string.h>

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

static bool finds(const char *text, const char *expected)
{
    struct hg_text found = {0};
    hg_scan_header(text, &(struct hg_scan_sink){define, include, &found});
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
        hg_scan_header(part, &(struct hg_scan_sink){define, include, &found});
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

static void visit_tag(void *user, const char *keyword, const char *tag, size_t length)
{
    hg_text_printf(user, "%s %.*s,", keyword, (int)length, tag);
}

static void test_mentioned_tags(void)
{
    struct hg_text found = {0};
    hg_scan_tags("void f(struct a *x, union /* c */ b y); struct { int z; } q; // struct no\n",
                 visit_tag, &found);
    CU_ASSERT(hg_test_same(hg_text_string(&found), "struct a,union b,"));
    hg_text_deinit(&found);
}

void hg_test_locate(void)
{
    CU_pSuite suite = CU_add_suite("locate", NULL, NULL);
    CU_add_test(suite, "tags", test_tags);
    CU_add_test(suite, "typedefs", test_typedefs);
    CU_add_test(suite, "what is passed over", test_what_is_passed_over);
    CU_add_test(suite, "unfinished text", test_unfinished);
    CU_add_test(suite, "macros", test_macros);
    CU_add_test(suite, "mentioned tags", test_mentioned_tags);
}
