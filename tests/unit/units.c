/* Every header: headers that never stand alone, and what an error says is missing. */
#include "helpers.h"
#include "suites.h"
#include "tree/headers.h"

#include <string.h>

static void locate(struct hg_model *m, hg_type_id id, const char *file, unsigned line)
{
    hg_model_amend(m, id)->where = (struct hg_location){.file = file, .line = line, .column = 1};
}

/* struct dir { int x, ... }, of so many ints, and struct NAME { struct dir d; }. */
static struct hg_model *make_dir(size_t ints, const char *holder)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    struct hg_member members[] = {HG_MEMBER("x", i, 0), HG_MEMBER("y", i, 32)};
    hg_type_id dir = hg_test_record(m, HG_STRUCT, "dir", 4 * ints, 4, members, ints);
    locate(m, dir, "dir.h", (unsigned)ints);
    hg_test_record(m, HG_STRUCT, holder, 4 * ints, 4, HG_MEMBERS(HG_MEMBER("d", dir, 0)));
    hg_test_seal(m);
    return m;
}

static void test_never_alone(void)
{
    CU_ASSERT(hg_units_never_alone("asm-generic/atomic.h"));
    CU_ASSERT(hg_units_never_alone("linux/compiler-intel.h"));
    CU_ASSERT_FALSE(hg_units_never_alone("linux/compiler.h"));
    CU_ASSERT_FALSE(hg_units_never_alone("linux/sched.h"));
}

/* What clang says is missing, and where a model has it. */
static void test_missing(void)
{
    static const struct {
        struct unit_fault fault;
        enum lack lack;
    } cases[] = {
        {{.kind = HG_PROBLEM_MISSING_SYMBOL, .symbol = "struct dir"}, LACKS_KNOWN},
        {{.kind = HG_PROBLEM_MISSING_SYMBOL, .symbol = "dir"}, LACKS_UNKNOWN},
        {{.kind = HG_PROBLEM_MISSING_SYMBOL, .symbol = "union dir"}, LACKS_UNKNOWN},
        {{.kind = HG_PROBLEM_MISSING_SYMBOL}, LACKS_UNKNOWN},
        {{.kind = HG_PROBLEM_TYPE_REDEFINED, .symbol = "struct dir"}, LACKS_NOTHING},
    };
    struct hg_model *model = make_dir(1, "b");
    struct reading reading = {0};
    hg_arena_init(&reading.arena);
    hg_strings_init(&reading.definers, &reading.arena);
    hg_units_learn(&reading, model);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *file = NULL;
        CU_ASSERT_EQUAL(hg_units_find_missing(&reading, &cases[i].fault, &file), cases[i].lack);
        CU_ASSERT_EQUAL(file != NULL && strcmp(file, "dir.h") == 0, cases[i].lack == LACKS_KNOWN);
    }
    hg_strings_deinit(&reading.definers);
    free(reading.definer_files.items);
    hg_arena_deinit(&reading.arena);
    hg_model_destroy(model);
}

void hg_test_units(void)
{
    CU_pSuite suite = CU_add_suite("units", NULL, NULL);
    CU_add_test(suite, "never alone", test_never_alone);
    CU_add_test(suite, "what is missing", test_missing);
}
