/* Words of types: what of a C text its types are made of. */
#include "tree/type_words.h"
#include "helpers.h"
#include "suites.h"

static void take_type_word(void *user, const char *at, size_t length)
{
    hg_text_printf(user, "%.*s ", (int)length, at);
}

/* With a dot before it. */
static void take_outer_word(void *user, const char *at, size_t length)
{
    hg_text_printf(user, ".%.*s ", (int)length, at);
}

static void ignore_directive(void *user, enum hg_directive directive, const char *name,
                             size_t length)
{
    (void)user, (void)directive, (void)name, (void)length;
}

static void expect(const char *text, const char *words)
{
    struct hg_text code = {0};
    struct hg_text found = {0};
    hg_scan_directives(text, ignore_directive, NULL, &code);
    hg_scan_type_words(hg_text_string(&code), take_type_word, take_outer_word, &found);
    CU_ASSERT(hg_test_same(hg_text_string(&found), words));
    hg_text_deinit(&code);
    hg_text_deinit(&found);
}

static void test_records(void)
{
    expect("struct s { char a[N]; } __packed all[M];", ".struct s char a N __packed all M ");
    expect("union { struct { int a; } b; int c; };", ".union struct int a b int c ");
    expect("struct PACKED s { int a; } __aligned(N);", ".struct PACKED s int a __aligned N ");
    expect("extern \"C\" { DECLARE(a); }", ".extern .DECLARE .a ");
    expect("enum e { A = B, C }; int x;", ".enum e A B C .int .x ");
    expect("struct __attribute__((aligned(N))) s { int a; };",
           ".struct __attribute__ aligned N s int a ");
    expect("struct s; struct s *p, q;", ".struct s .struct s .p .q ");
    expect("struct s v = { .a = 1 }; int w;", ".struct s v .int .w ");
}

static void test_typedefs(void)
{
    expect("typedef int t[N]; int x;", ".typedef int t N .int .x ");
    expect("typedef struct { int a; } t; int x;", ".typedef struct int a t .int .x ");
    expect("typedef struct s *(*f)(struct q *a); int x;",
           ".typedef struct s f struct q a .int .x ");
}

static void test_functions(void)
{
    expect("int f(struct s *a) { return after(N); } int x;", ".int .f .struct s .a .int .x ");
    expect("struct s *f(int a) { struct t { int b; } c; return N; }",
           ".struct s .f .int .a t int b c ");
    expect("void f(void) { enum { A = N }; if (a) { b(); } } int x;",
           ".void .f .void A N .int .x ");
    expect("DECLARE(name, N); int x;", ".DECLARE .name .N .int .x ");
}

static void test_lengths(void)
{
    expect("extern char b[N]; int x;", ".extern .char .b N .int .x ");
    expect("int f(int a[N]) { return c[M]; }", ".int .f .int .a N ");
    expect("int a[N; int x;", ".int .a N .int .x ");
}

static void expect_body(const char *after_name, const char *words)
{
    struct hg_text found = {0};
    hg_scan_body_words(after_name, take_type_word, &found);
    CU_ASSERT(hg_test_same(hg_text_string(&found), words));
    hg_text_deinit(&found);
}

/* After `#define NAME`: arguments take the parameters' place. */
static void test_bodies(void)
{
    expect_body(" (a) + b", "a b ");
    expect_body("(a) (a) + b", "b ");
    expect_body("(ab, c...) a##ab c a_ #c \"b\"", "a a_ ");
    expect_body("(a", "a ");
    expect_body("", "");
}

static void test_what_is_left_out(void)
{
    expect(
        "#define A struct s { int b; }\nint x; /* struct */ char *c = \"struct s {\";\n"
        "// union u {\nchar d = '{';\n",
        ".int .x .char .c .char .d ");
    expect("#define A \\\n struct s { \\\n\nint x;\n", ".int .x ");
    expect("int a\\\nb;", ".int .ab ");
}

/* Both halves open a brace that one closes: what follows counts too often, never too seldom. */
static void test_uneven_braces(void)
{
    expect("#if A\nstruct s {\n#else\nstruct t {\n#endif\nint a;\n};\nint x;\n",
           ".struct s struct t int a int x ");
    expect("int f(void)\n{\n#if A\nif (b) {\n#else\nif (c) {\n#endif\n}\n}\nint x;\n",
           ".int .f .void .int .x ");
    expect("}}}int x;", ".int .x ");
    expect("struct s {", ".struct s ");
    expect("((((", "");
}

void hg_test_type_words(void)
{
    CU_pSuite suite = CU_add_suite("words of types", NULL, NULL);
    CU_add_test(suite, "records and enums", test_records);
    CU_add_test(suite, "typedefs", test_typedefs);
    CU_add_test(suite, "functions", test_functions);
    CU_add_test(suite, "lengths of arrays", test_lengths);
    CU_add_test(suite, "bodies of macros", test_bodies);
    CU_add_test(suite, "comments, literals, directives", test_what_is_left_out);
    CU_add_test(suite, "uneven braces", test_uneven_braces);
}
