/* Clang's messages as data: what libclang 14 and 19 say, and what the libclang of this build says
 * now. */
#include "frontend/clang/parse.h"
#include "helpers.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_symbol(struct hg_span span, const char *expected)
{
    if (expected == NULL)
        return span.text == NULL;
    return span.text != NULL && span.length == strlen(expected) &&
           memcmp(span.text, expected, span.length) == 0;
}

/* Copied from the output of both. */
static void test_wording(void)
{
    static const struct {
        const char *text;
        enum hg_problem_kind kind;
        const char *symbol;
        bool may_be_macro;
    } cases[] = {
        {"unknown type name 'u32'", HG_PROBLEM_MISSING_SYMBOL, "u32", false},
        {"field has incomplete type 'struct dir'", HG_PROBLEM_MISSING_SYMBOL, "struct dir", false},
        {"field has incomplete type 'dir_t' (aka 'struct dir')", HG_PROBLEM_MISSING_SYMBOL,
         "struct dir", false},
        {"array has incomplete element type 'struct dir'", HG_PROBLEM_OTHER, "struct dir", false},
        {"incomplete definition of type 'struct dir'", HG_PROBLEM_MISSING_SYMBOL, "struct dir",
         false},
        {"use of undeclared identifier 'DIR_MAX'", HG_PROBLEM_MISSING_SYMBOL, "DIR_MAX", true},
        {"'linux/dir.h' file not found", HG_PROBLEM_MISSING_FILE, "linux/dir.h", false},
        {"'DIR_MAX' macro redefined", HG_PROBLEM_MACRO_REDEFINED, "DIR_MAX", false},
        {"redefinition of 'dir'", HG_PROBLEM_TYPE_REDEFINED, "dir", false},
        {"redefinition of enumerator 'DIR_MAX'", HG_PROBLEM_TYPE_REDEFINED, "DIR_MAX", false},
        {"typedef redefinition with different types ('int' vs 'long')", HG_PROBLEM_TYPE_REDEFINED,
         "int", false},
        {"use of 'dir' with tag type that does not match previous declaration",
         HG_PROBLEM_TYPE_REDEFINED, "dir", false},
        {"redefinition of 'dir' as different kind of symbol", HG_PROBLEM_TYPE_REDEFINED, "dir",
         false},
        {"expected #pragma pack parameter to be '1', '2', '4', '8', or '16'", HG_PROBLEM_BAD_PRAGMA,
         NULL, false},
        {"unknown pragma ignored", HG_PROBLEM_BAD_PRAGMA, NULL, false},
        {"declaration of 'struct dir' will not be visible outside of this function",
         HG_PROBLEM_UNDECLARED_TAG, "struct dir", false},
        {"declaration of 'x' shadows a local variable", HG_PROBLEM_OTHER, "x", false},
        {"expected ')'", HG_PROBLEM_OTHER, NULL, false},
        {"unterminated conditional directive", HG_PROBLEM_OTHER, NULL, false},
        {"unknown type name '", HG_PROBLEM_MISSING_SYMBOL, "", false},
        {"", HG_PROBLEM_OTHER, NULL, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hg_message message;
        hg_classify_message(cases[i].text, &message);
        bool same = message.kind == cases[i].kind && is_symbol(message.symbol, cases[i].symbol) &&
                    message.may_be_macro == cases[i].may_be_macro;
        CU_ASSERT(same);
        if (!same)
            fprintf(stderr, "%s: %d '%.*s'\n", cases[i].text, (int)message.kind,
                    (int)message.symbol.length, message.symbol.text);
    }
}

static void test_named_headers(void)
{
    struct hg_message message;
    hg_classify_message("\"never include <asm/a.h> directly; use <linux/a.h>\"", &message);
    CU_ASSERT_EQUAL(message.kind, HG_PROBLEM_OTHER);
    CU_ASSERT_EQUAL_FATAL(message.header_count, 2);
    CU_ASSERT(is_symbol(message.headers[0], "asm/a.h"));
    CU_ASSERT(is_symbol(message.headers[1], "linux/a.h"));
    hg_classify_message("1 < 2 and <unterminated", &message);
    CU_ASSERT_EQUAL(message.header_count, 0);
}

static void test_notes(void)
{
    CU_ASSERT_EQUAL(hg_classify_note("in file included from a.c:1:"), HG_NOTE_INCLUDED_FROM);
    CU_ASSERT_EQUAL(hg_classify_note("previous definition is here"), HG_NOTE_OTHER_DEFINITION);
    CU_ASSERT_EQUAL(hg_classify_note("forward declaration of 'struct a'"), HG_NOTE_ELSE);
}

/* --- from the libclang of this build --- */

struct seen {
    struct hg_text text;
};

static void see(void *user, const struct hg_problem *problem)
{
    static const char *const kinds[] = {
        [HG_PROBLEM_MISSING_SYMBOL] = "missing symbol",
        [HG_PROBLEM_MISSING_FILE] = "missing file",
        [HG_PROBLEM_MACRO_REDEFINED] = "macro",
        [HG_PROBLEM_TYPE_REDEFINED] = "type",
        [HG_PROBLEM_BAD_PRAGMA] = "pragma",
        [HG_PROBLEM_NOTHING_DECLARED] = "nothing",
        [HG_PROBLEM_UNDECLARED_TAG] = "tag",
        [HG_PROBLEM_OTHER] = "other",
    };
    struct seen *seen = user;
    hg_text_printf(&seen->text, "%s(%s)%s", kinds[problem->kind],
                   problem->symbol == NULL ? "" : problem->symbol,
                   problem->may_be_macro ? "?" : "");
    if (problem->kind != HG_PROBLEM_UNDECLARED_TAG)
        hg_text_printf(&seen->text, " in %zu", problem->header);
    for (size_t i = 0; i < problem->conflict_count; i++)
        hg_text_printf(&seen->text, " against %zu", problem->conflicts[i].header);
    for (size_t i = 0; i < problem->named_header_count; i++)
        hg_text_printf(&seen->text, " names %s", problem->named_headers[i]);
    hg_text_put(&seen->text, "; ");
}

/* What a header with that text gives, included after helper.h, and after base.h. */
static bool gives(const char *directory, const char *text, const char *expected)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/tested.h", directory);
    FILE *file = fopen(path.data, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    struct hg_text include = {0};
    hg_text_printf(&include, "-I%s", directory);
    struct seen seen = {0};
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_parse_options options = {
        .user =
            {
                .headers = (const char *const[]){"base.h", "tested.h"},
                .header_count = 2,
                .arguments = (const char *const[]){include.data, "-std=gnu11"},
                .argument_count = 2,
            },
        .include_names = true,
        .before = (const char *const[]){"helper.h"},
        .before_count = 1,
        .problem = see,
        .problem_user = &seen,
        .is_batch = true,
    };
    struct hg_model *model = NULL;
    bool failed = hg_parse_headers(&options, &log.diagnostics, &model) != HG_OK;
    hg_model_destroy(model);
    bool same = failed == (strstr(expected, " in ") != NULL) &&
                hg_test_same(hg_text_string(&seen.text), expected);
    hg_text_deinit(&seen.text);
    hg_test_log_deinit(&log);
    hg_text_deinit(&include);
    hg_text_deinit(&path);
    return same;
}

static void write_file(const char *directory, const char *name, const char *text)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/%s", directory, name);
    FILE *file = fopen(path.data, "we");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
    hg_text_deinit(&path);
}

/* Headers count from helper.h, which is 0; base.h is 1, tested.h is 2. */
static void test_libclang(void)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"struct fine { int x; };", ""},
        {"u99 x;", "missing symbol(u99) in 2; "},
        {"struct a { struct nowhere n; };", "missing symbol(struct nowhere) in 2; "},
        {"typedef struct nowhere n_t; struct a { n_t n; };",
         "missing symbol(struct nowhere) in 2; "},
        {"struct a { int x[NOWHERE]; };", "missing symbol(NOWHERE)? in 2; "},
        {"int f(struct b *b) __attribute__((section(\"x\"))); struct b { int x; }; "
         "_Static_assert(sizeof(((struct c *)0)->x) == 4, \"\");",
         "tag(struct b); missing symbol(struct c) in 2; "},
        {"#include <no/where.h>\n", "missing file(no/where.h) in 2; "},
        {"#define BASE 2\n", "macro(BASE) in 2 against 1; "},
        {"#define HELPER 2\n", "macro(HELPER) in 2 against 0; "},
        {"struct base { long y; };", "type(base) in 2 against 1; "},
        {"enum { BASE_MAX };", "type(BASE_MAX) in 2 against 1; "},
        {"typedef long base_t;", "type(long) in 2 against 1; "},
        {"union base;", "type(base) in 2 against 1; "},
        {"int helper_value(void);", "type(helper_value) in 2 against 0; "},
        {"#pragma pack(push, 3)\nstruct a { int x; };", "pragma() in 2; "},
        {"#pragma scalar_storage_order big-endian\n", "pragma() in 2; "},
        {"#pragma nobody_knows\n", ""},
        {"#error \"do not include <tested.h>, use <base.h>\"\n",
         "other() in 2 names tested.h names base.h; "},
        {"int f(struct seen_first *s);", "tag(struct seen_first); "},
        {"struct a { int x }", "other() in 2; "},
    };
    char directory[] = "/tmp/hdrgen-messages-XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
    write_file(directory, "helper.h", "#define HELPER 1\nextern int helper_value;\n");
    write_file(directory, "base.h",
               "#define BASE 1\nstruct base { int x; };\nenum { BASE_MAX = 1 };\n"
               "typedef int base_t;\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CU_ASSERT(gives(directory, cases[i].text, cases[i].expected));
    static const char *const names[] = {"helper.h", "base.h", "tested.h"};
    for (size_t i = 0; i < 3; i++) {
        struct hg_text path = {0};
        hg_text_printf(&path, "%s/%s", directory, names[i]);
        unlink(path.data);
        hg_text_deinit(&path);
    }
    rmdir(directory);
}

void hg_test_messages(void)
{
    CU_pSuite suite = CU_add_suite("messages", NULL, NULL);
    CU_add_test(suite, "wording", test_wording);
    CU_add_test(suite, "headers that an error names", test_named_headers);
    CU_add_test(suite, "notes", test_notes);
    CU_add_test(suite, "what this libclang says", test_libclang);
}
