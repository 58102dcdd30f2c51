/* Merging models, and what "the same definition" means. */
#include "model/merge.h"
#include "helpers.h"
#include "model/content.h"
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

static struct hg_model *merge_by(enum hg_duplicate_names duplicate_names,
                                 struct hg_model *const *models, size_t count,
                                 struct hg_name_conflicts *conflicts)
{
    struct hg_merge_options options = {.duplicate_names = duplicate_names, .origin = "all"};
    struct hg_model *merged = NULL;
    CU_ASSERT_EQUAL_FATAL(hg_merge_models(models, count, &options, NULL, conflicts, &merged),
                          HG_OK);
    return merged;
}

static struct hg_model *merge(struct hg_model *const *models, size_t count,
                              struct hg_name_conflicts *conflicts)
{
    return merge_by(HG_FIRST_KEEPS_NAME, models, count, conflicts);
}

/* A definition takes the place of a declaration, before it or after it. */
static void test_declared(void)
{
    struct hg_model *models[] = {make_user(), make_dir(1, "b"), make_user(), make_dir(1, "b")};
    struct hg_name_conflicts conflicts = {0};
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
    struct hg_name_conflicts conflicts = {0};
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
    struct hg_name_conflicts conflicts = {0};
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
    struct hg_name_conflicts conflicts = {0};
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

/* struct dir { int x; }, of that size, and struct NAME { struct dir *d; struct dir *many[2]; }. */
static struct hg_model *make_pointers(size_t ints, const char *holder)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    struct hg_member members[] = {HG_MEMBER("x", i, 0), HG_MEMBER("y", i, 32)};
    hg_type_id dir = hg_test_record(m, HG_STRUCT, "dir", 4 * ints, 4, members, ints);
    hg_type_id pointer = hg_test_pointer(m, dir);
    hg_type_id many = hg_test_array(m, pointer, 2);
    hg_test_record(m, HG_STRUCT, holder, 24, 8,
                   HG_MEMBERS(HG_MEMBER("d", pointer, 0), HG_MEMBER("many", many, 64)));
    hg_test_seal(m);
    return m;
}

/* Size of what the first member of the struct points to, and of what its array's elements do. */
static void pointee_sizes(const struct hg_model *model, const char *holder, uint64_t ret[2])
{
    for (size_t i = 0; i < hg_model_type_count(model); i++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)i);
        if (type->kind != HG_STRUCT || strcmp(type->name, holder) != 0)
            continue;
        const struct hg_type *array = hg_model_type(model, type->members[1].type.id);
        ret[0] = hg_type_size(model, hg_model_type(model, type->members[0].type.id)->ref.id);
        ret[1] = hg_type_size(model, hg_model_type(model, array->ref.id)->ref.id);
    }
}

/* Where every definition keeps its name, pointers lead to the one of their own model. */
static void test_every_definition(void)
{
    static const struct {
        enum hg_duplicate_names duplicate_names;
        uint64_t size;
    } cases[] = {{HG_FIRST_KEEPS_NAME, 8}, {HG_EVERY_DEFINITION_KEEPS_NAME, 4}};
    for (size_t i = 0; i < 2; i++) {
        struct hg_model *models[] = {make_pointers(2, "a"), make_pointers(1, "b"),
                                     make_pointers(1, "c")};
        struct hg_name_conflicts conflicts = {0};
        struct hg_model *merged = merge_by(cases[i].duplicate_names, models, 3, &conflicts);
        uint64_t sizes[2] = {0};
        pointee_sizes(merged, "a", sizes);
        CU_ASSERT(sizes[0] == 8 && sizes[1] == 8);
        pointee_sizes(merged, "b", sizes);
        CU_ASSERT(sizes[0] == cases[i].size && sizes[1] == cases[i].size);
        pointee_sizes(merged, "c", sizes);
        CU_ASSERT(sizes[0] == cases[i].size && sizes[1] == cases[i].size);
        CU_ASSERT_EQUAL(conflicts.count, 1);
        free(conflicts.items);
        hg_model_destroy(merged);
        for (size_t m = 0; m < 3; m++)
            hg_model_destroy(models[m]);
    }
}

/* The maps say where each type of each model is in the result. */
static void test_maps(void)
{
    struct hg_model *models[] = {make_user(), make_dir(1, "b")};
    struct hg_name_conflicts conflicts = {0};
    hg_type_id *maps[2] = {NULL, NULL};
    struct hg_merge_options options = {.origin = "all", .maps = maps};
    struct hg_model *merged = NULL;
    CU_ASSERT_EQUAL_FATAL(hg_merge_models(models, 2, &options, NULL, &conflicts, &merged), HG_OK);
    for (size_t m = 0; m < 2; m++)
        for (size_t id = 0; id < hg_model_type_count(models[m]); id++) {
            const struct hg_type *from = hg_model_type(models[m], (hg_type_id)id);
            const struct hg_type *to = hg_model_type(merged, maps[m][id]);
            CU_ASSERT(from->kind == to->kind && to->complete);
        }
    hg_model_destroy(merged);
    for (size_t m = 0; m < 2; m++) {
        free(maps[m]);
        hg_model_destroy(models[m]);
    }
}

/* struct NAME, or the typedef NAME, of a record without a name that was written down at that line.
 */
static struct hg_model *make_copy(enum hg_kind kind, unsigned line)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id inner = hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    locate(m, inner, "copy.h", line);
    if (kind == HG_STRUCT)
        hg_test_record(m, kind, "copy", 4, 4, HG_MEMBERS(HG_MEMBER("s", inner, 0)));
    else
        hg_test_typedef(m, "copy", inner);
    hg_test_seal(m);
    return m;
}

/* A copy of a definition in another header is the same definition, whatever is inside of it. */
static void test_copied(void)
{
    static const enum hg_kind kinds[] = {HG_STRUCT, HG_TYPEDEF};
    for (size_t i = 0; i < 2; i++) {
        struct hg_model *models[] = {make_copy(kinds[i], 1), make_copy(kinds[i], 2)};
        struct hg_name_conflicts conflicts = {0};
        struct hg_model *merged = merge(models, 2, &conflicts);
        CU_ASSERT_EQUAL(conflicts.count, 0);
        hg_model_destroy(merged);
        hg_model_destroy(models[0]);
        hg_model_destroy(models[1]);
    }
}

void hg_test_merge(void)
{
    CU_pSuite suite = CU_add_suite("merge", NULL, NULL);
    CU_add_test(suite, "declared and defined", test_declared);
    CU_add_test(suite, "two of one name", test_conflict);
    CU_add_test(suite, "every definition keeps its name", test_every_definition);
    CU_add_test(suite, "without a name", test_anonymous);
    CU_add_test(suite, "copied to another header", test_copied);
    CU_add_test(suite, "the same twice", test_same);
    CU_add_test(suite, "maps", test_maps);
}
