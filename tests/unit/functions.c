/* Functions: what a list of symbols says, and which of the sources' functions it lets through. */
#include "tree/functions.h"
#include "base/memory.h"
#include "helpers.h"
#include "suites.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file of that text; removed by close_list. */
static const char *write_list(const char *text, size_t size)
{
    static char path[64];
    strcpy(path, "/tmp/hdrgen-functions-XXXXXX");
    int descriptor = mkstemp(path);
    CU_ASSERT_FATAL(descriptor >= 0);
    CU_ASSERT_FATAL(write(descriptor, text, size) == (ssize_t)size);
    close(descriptor);
    return path;
}

static struct hg_symbol_list *read_list(const char *text)
{
    const char *path = write_list(text, strlen(text));
    struct hg_symbol_list *list = NULL;
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_read_symbol_list(path, &log.diagnostics, &list), HG_OK);
    CU_ASSERT(hg_test_same(hg_text_string(&log.text), ""));
    hg_test_log_deinit(&log);
    unlink(path);
    return list;
}

static void expect_refused(const char *text, size_t size, const char *words)
{
    const char *path = write_list(text, size);
    struct hg_symbol_list *list = NULL;
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_read_symbol_list(path, &log.diagnostics, &list), HG_ERROR_INPUT);
    CU_ASSERT_PTR_NULL(list);
    CU_ASSERT(hg_test_reported(&log, words));
    hg_test_log_deinit(&log);
    unlink(path);
}

enum { FUNCTIONS = 9 };

/* int f(int), with a few names twice: `same` with one prototype but other names, `other` with two.
 */
static struct hg_model *make_model(void)
{
    static const char *const names[FUNCTIONS] = {"f",    "same", "same",   "other", "other",
                                                 "gone", "isra", "weak_f", "twice"};
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id l = hg_test_int(m, "long", 8, true);
    const struct hg_parameter x = {"x", {.id = i}};
    const struct hg_parameter y = {"y", {.id = i}};
    const struct hg_parameter wide = {"x", {.id = l}};
    hg_type_id plain = hg_test_function(m, i, &x, 1);
    hg_type_id renamed = hg_test_function(m, i, &y, 1);
    hg_type_id another = hg_test_function(m, i, &wide, 1);
    for (size_t n = 0; n < FUNCTIONS; n++)
        hg_model_add_symbol(m, &(struct hg_symbol){.kind = HG_SYMBOL_FUNCTION,
                                                   .name = names[n],
                                                   .type.id = n == 2   ? renamed
                                                              : n == 4 ? another
                                                                       : plain});
    hg_test_seal(m);
    return m;
}

/* Which are chosen, as a string of digits, and how the others are counted. */
static bool chooses(const char *text, const char *module, const char *expected,
                    struct hg_function_counts expected_counts)
{
    static const size_t all[FUNCTIONS] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    struct hg_model *model = make_model();
    struct hg_symbol_list *list = read_list(text);
    struct hg_function_counts counts = {0};
    uint8_t chosen[FUNCTIONS] = {0};
    char found[FUNCTIONS + 1] = {0};
    hg_choose_functions(model, all, FUNCTIONS, list, module, chosen, &counts);
    for (size_t i = 0; i < FUNCTIONS; i++)
        found[i] = (char)('0' + chosen[i]);
    bool is_good =
        hg_test_same(found, expected) && memcmp(&counts, &expected_counts, sizeof counts) == 0;
    if (!is_good)
        printf("\n%zu chosen, %zu absent, %zu optimised, %zu ambiguous\n", counts.chosen,
               counts.absent, counts.optimised, counts.ambiguous);
    hg_symbol_list_destroy(list);
    hg_model_destroy(model);
    return is_good;
}

static void test_choice(void)
{
    static const char map[] =
        "ffffffff81000000 T f\n"
        "ffffffff81000010 t same\n"
        "ffffffff81000020 t same\n"
        "ffffffff81000030 t other\n"
        "ffffffff81000040 t other\n"
        "ffffffff81000050 t isra.isra.0\n"
        "ffffffff81000060 W weak_f\n"
        "ffffffff81000070 t twice\n"
        "ffffffff81000080 t twice\n"
        "ffffffff81000090 D gone\n"
        "ffffffff810000a0 t f.cold\n";
    CU_ASSERT(chooses(map, NULL, "110000010", (struct hg_function_counts){3, 1, 1, 2}));
    /* One of two equal ones was inlined. */
    CU_ASSERT(chooses("0 t same\n", NULL, "010000000", (struct hg_function_counts){1, 6, 0, 0}));
}

/* /proc/kallsyms: each module's symbols are its own; without addresses for those who may not see.
 */
static void test_modules(void)
{
    static const char map[] =
        "0000000000000000 T f\n"
        "0000000000000000 t weak_f\t[nf_conntrack]\n"
        "0000000000000000 t f\t[nf_conntrack]\n"
        "0000000000000000 t gone\t[bpf]\n";
    CU_ASSERT(chooses(map, NULL, "100000000", (struct hg_function_counts){1, 6, 0, 0}));
    CU_ASSERT(chooses(map, "nf_conntrack", "100000010", (struct hg_function_counts){2, 5, 0, 0}));
    CU_ASSERT(chooses(map, "nf", "000000000", (struct hg_function_counts){0, 7, 0, 0}));
}

/* nm: addresses of 32 bits, symbols that are used only, archives; no newline at the end. */
static void test_nm(void)
{
    CU_ASSERT(chooses("\nf.o:\n         U gone\n         w weak_f\n00000010 T f\r\n00000000 t $a",
                      NULL, "100000000", (struct hg_function_counts){1, 6, 0, 0}));
}

static void test_refused(void)
{
    static const char *const lines[] = {"hello world\n",
                                        "ffffffff81000000 T\n",
                                        "ffffffff81000000 TT f\n",
                                        "xfffffff81000000 T f\n",
                                        "fffffffff81000000 T f\n",
                                        "ffffffff81000000 T f g h\n",
                                        "ffffffff81000000 T f [\n",
                                        "ffffffff81000000 T f(int)\n",
                                        "ffffffff81000000 T f\xff\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct hg_text text = {0};
        hg_text_printf(&text, "ffffffff81000000 T f\n%s", lines[i]);
        expect_refused(text.data, text.size, ":2: ");
        hg_text_deinit(&text);
    }
    expect_refused("", 0, "lists no function");
    expect_refused("0 D data\n", 9, "lists no function");
    expect_refused("0 T f\n0 T g\0h\n", 15, ":2: ");
    char *line = hg_malloc(10000); /* longer than any name */
    memset(line, 'a', 10000);
    memcpy(line, "0 T ", 4);
    expect_refused(line, 10000, ":1: ");
    free(line);

    struct hg_symbol_list *list = NULL;
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_read_symbol_list("/nowhere/map", &log.diagnostics, &list), HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&log, "cannot open '/nowhere/map'"));
    CU_ASSERT_EQUAL(hg_read_symbol_list("/tmp", &log.diagnostics, &list), HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&log, "cannot open '/tmp': Is a directory"));
    hg_test_log_deinit(&log);
}

void hg_test_functions(void)
{
    CU_pSuite suite = CU_add_suite("functions", NULL, NULL);
    CU_add_test(suite, "which are chosen", test_choice);
    CU_add_test(suite, "of modules", test_modules);
    CU_add_test(suite, "nm", test_nm);
    CU_add_test(suite, "what is no list", test_refused);
}
