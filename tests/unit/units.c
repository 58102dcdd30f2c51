/* Units: many models into one, and headers that never stand alone. */
#include "tree/headers.h"
#include "helpers.h"
#include "model/describe.h"
#include "suites.h"

#include <string.h>

static void locate(struct hg_model *m, hg_type_id id, const char *file, unsigned line)
{
    hg_model_amend(m, id)->where = (struct hg_location){.file = file, .line = line, .column = 1};
}

/* struct a { struct dir *d; }, with struct dir only declared. */
static struct hg_model *make_user(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id dir = hg_test_forward(m, HG_STRUCT, "dir");
    hg_test_record(m, HG_STRUCT, "a", 8, 8, HG_MEMBERS(HG_MEMBER("d", hg_test_pointer(m, dir), 0)));
    hg_test_seal(m);
    return m;
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

static struct hg_model *merge(struct hg_model *const *models, size_t count,
                              struct conflict_list *conflicts)
{
    struct hg_units_options options = {.origin = "all"};
    struct hg_model *merged = NULL;
    CU_ASSERT_EQUAL_FATAL(hg_merge_models(models, count, &options, NULL, conflicts, &merged),
                          HG_OK);
    return merged;
}

/* A definition takes the place of a declaration, before it or after it. */
static void test_declared(void)
{
    struct hg_model *models[] = {make_user(), make_dir(1, "b"), make_user(), make_dir(1, "b")};
    struct conflict_list conflicts = {0};
    struct hg_model *merged = merge(models, 4, &conflicts);
    struct hg_text text = {0};
    hg_model_dump(&text, merged);
    CU_ASSERT_EQUAL(conflicts.count, 0);
    CU_ASSERT_EQUAL(hg_model_type_count(merged), 6);
    CU_ASSERT_PTR_NOT_NULL(strstr(hg_text_string(&text), "struct dir size=4"));
    CU_ASSERT_PTR_NULL(strstr(hg_text_string(&text), "incomplete"));
    hg_text_deinit(&text);
    hg_model_destroy(merged);
    for (size_t i = 0; i < 4; i++)
        hg_model_destroy(models[i]);
}

/* Two of one name: both stay, each holder keeps its own, and pointers lead to the first. */
static void test_conflict(void)
{
    struct hg_model *models[] = {make_user(), make_dir(2, "b"), make_dir(1, "c")};
    struct conflict_list conflicts = {0};
    struct hg_model *merged = merge(models, 3, &conflicts);
    CU_ASSERT_EQUAL_FATAL(conflicts.count, 1);
    CU_ASSERT(hg_test_same(conflicts.items[0].name, "dir"));
    CU_ASSERT_EQUAL(conflicts.items[0].chosen.line, 2);
    CU_ASSERT_EQUAL(conflicts.items[0].other.line, 1);
    uint64_t pointee = 0;
    uint64_t in_b = 0;
    uint64_t in_c = 0;
    for (size_t i = 0; i < hg_model_type_count(merged); i++) {
        const struct hg_type *type = hg_model_type(merged, (hg_type_id)i);
        if (type->kind == HG_POINTER)
            pointee = hg_type_size(merged, type->ref.id);
        if (type->kind == HG_STRUCT && strcmp(type->name, "b") == 0)
            in_b = hg_type_size(merged, type->members[0].type.id);
        if (type->kind == HG_STRUCT && strcmp(type->name, "c") == 0)
            in_c = hg_type_size(merged, type->members[0].type.id);
    }
    CU_ASSERT_EQUAL(pointee, 8);
    CU_ASSERT_EQUAL(in_b, 8);
    CU_ASSERT_EQUAL(in_c, 4);
    hg_model_destroy(merged);
    for (size_t i = 0; i < 3; i++)
        hg_model_destroy(models[i]);
    free(conflicts.items);
}

static struct hg_model *make_anonymous(const char *file, unsigned line)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id record = hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    locate(m, record, file, line);
    hg_test_seal(m);
    return m;
}

/* Without a name it is the same if it was written down at the same place. */
static void test_anonymous(void)
{
    struct hg_model *models[] = {make_anonymous("a/x.h", 1), make_anonymous("a/b/../x.h", 1),
                                 make_anonymous("a/x.h", 2)};
    struct conflict_list conflicts = {0};
    struct hg_model *merged = merge(models, 3, &conflicts);
    CU_ASSERT_EQUAL(hg_model_type_count(merged), 4); /* void, int, and two of them */
    CU_ASSERT_EQUAL(conflicts.count, 0);
    hg_model_destroy(merged);
    for (size_t i = 0; i < 3; i++)
        hg_model_destroy(models[i]);
}

/* Merging one model with itself changes nothing. */
static void test_same(void)
{
    struct hg_model *models[] = {make_dir(2, "b"), make_dir(2, "b")};
    struct conflict_list conflicts = {0};
    struct hg_model *merged = merge(models, 2, &conflicts);
    struct hg_text before = {0};
    struct hg_text after = {0};
    hg_model_dump(&before, models[0]);
    hg_model_dump(&after, merged);
    CU_ASSERT(hg_test_same(hg_text_string(&after), hg_text_string(&before)));
    size_t count = 0;
    const struct hg_input *inputs = hg_model_inputs(merged, &count);
    CU_ASSERT(count == 1 && strcmp(inputs[0].name, "all") == 0);
    hg_text_deinit(&before);
    hg_text_deinit(&after);
    hg_model_destroy(merged);
    hg_model_destroy(models[0]);
    hg_model_destroy(models[1]);
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
        const char *error;
        enum lack lack;
    } cases[] = {
        {"field has incomplete type 'struct dir'", LACKS_KNOWN},
        {"field has incomplete type 'dir_t' (aka 'struct dir')", LACKS_KNOWN},
        {"unknown type name 'dir'", LACKS_UNKNOWN},
        {"use of undeclared identifier 'DIR_MAX'", LACKS_UNKNOWN},
        {"field has incomplete type 'union dir'", LACKS_UNKNOWN},
        {"unknown type name '", LACKS_UNKNOWN},
        {"expected ')'", LACKS_NOTHING},
    };
    struct hg_model *model = make_dir(1, "b");
    struct reading reading = {0};
    hg_arena_init(&reading.arena);
    hg_strings_init(&reading.definers, &reading.arena);
    hg_units_learn(&reading, model);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *file = NULL;
        CU_ASSERT_EQUAL(hg_units_find_missing(&reading, cases[i].error, &file), cases[i].lack);
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
    CU_add_test(suite, "declared and defined", test_declared);
    CU_add_test(suite, "two of one name", test_conflict);
    CU_add_test(suite, "without a name", test_anonymous);
    CU_add_test(suite, "the same twice", test_same);
    CU_add_test(suite, "never alone", test_never_alone);
    CU_add_test(suite, "what is missing", test_missing);
}
