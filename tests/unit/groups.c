/* Groups as bytes: they come back as they were, and nothing else is taken for groups. */
#include "tree/groups.h"
#include "base/memory.h"
#include "helpers.h"
#include "suites.h"

#include <string.h>

enum { TYPES = 9, SYMBOLS = 4 };

static const hg_type_id kernel_types[] = {1, 2, 3, 5, 9};
static const hg_type_id ext4_types[] = {4};
static const hg_type_id xfs_types[] = {4, 6, 7, 8};
static const size_t kernel_symbols[] = {0, 1, 3};
static const size_t xfs_symbols[] = {2};

static const struct hg_source_group groups[] = {
    {NULL, kernel_types, 5, kernel_symbols, 3},
    {"ext4", ext4_types, 1, NULL, 0},
    {"nothing", NULL, 0, NULL, 0},
    {"xfs", xfs_types, 4, xfs_symbols, 1},
};
enum { GROUPS = sizeof groups / sizeof *groups };

static struct hg_model *make_model(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id function = hg_test_function(m, i, NULL, 0);
    for (size_t n = hg_model_type_count(m); n <= TYPES; n++)
        hg_test_array(m, i, n);
    for (size_t n = 0; n < SYMBOLS; n++)
        hg_model_add_symbol(
            m, &(struct hg_symbol){.kind = HG_SYMBOL_FUNCTION, .name = "f", .type.id = function});
    hg_test_seal(m);
    return m;
}

static void expect_same(const struct hg_source_groups *found)
{
    CU_ASSERT_EQUAL_FATAL(found->count, GROUPS);
    for (size_t i = 0; i < GROUPS; i++) {
        const struct hg_source_group *one = &found->items[i];
        CU_ASSERT(hg_test_same(one->module, groups[i].module));
        CU_ASSERT_FATAL(one->type_count == groups[i].type_count &&
                        one->symbol_count == groups[i].symbol_count);
        for (size_t j = 0; j < one->type_count; j++)
            CU_ASSERT_EQUAL(one->types[j], groups[i].types[j]);
        for (size_t j = 0; j < one->symbol_count; j++)
            CU_ASSERT_EQUAL(one->symbols[j], groups[i].symbols[j]);
    }
}

static void test_round_trip(void)
{
    struct hg_model *model = make_model();
    struct hg_text packed = {0};
    hg_source_groups_pack(groups, GROUPS, &packed);
    struct hg_source_groups *found = hg_source_groups_unpack(packed.data, packed.size, model);
    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    expect_same(found);
    hg_source_groups_destroy(found);
    hg_text_deinit(&packed);
    hg_model_destroy(model);
}

/* Whatever bytes are taken: ids and indexes are in range and ascend. */
static void expect_sound(const void *bytes, size_t size, const struct hg_model *model)
{
    char *copy = memcpy(hg_malloc(size), bytes, size);
    struct hg_source_groups *found = hg_source_groups_unpack(copy, size, model);
    free(copy);
    for (size_t i = 0; found != NULL && i < found->count; i++) {
        const struct hg_source_group *one = &found->items[i];
        CU_ASSERT_EQUAL(one->module == NULL, i == 0);
        for (size_t j = 0; j < one->type_count; j++)
            CU_ASSERT(one->types[j] < hg_model_type_count(model) &&
                      (j == 0 || one->types[j] > one->types[j - 1]));
        for (size_t j = 0; j < one->symbol_count; j++)
            CU_ASSERT(one->symbols[j] < SYMBOLS);
    }
    hg_source_groups_destroy(found);
}

static void test_damage(void)
{
    struct hg_model *model = make_model();
    struct hg_text packed = {0};
    hg_source_groups_pack(groups, GROUPS, &packed);
    for (size_t size = 0; size < packed.size; size++) {
        struct hg_source_groups *found = hg_source_groups_unpack(packed.data, size, model);
        CU_ASSERT_PTR_NULL(found);
        hg_source_groups_destroy(found);
    }
    static const unsigned char others[] = {0x00, 0x01, 0x02, 0x7f, 0xff};
    for (size_t i = 0; i < packed.size; i++) {
        char kept = packed.data[i];
        for (size_t o = 0; o < sizeof others; o++) {
            packed.data[i] = (char)others[o];
            expect_sound(packed.data, packed.size, model);
        }
        packed.data[i] = kept;
    }
    hg_text_bytes(&packed, "", 1);
    CU_ASSERT_PTR_NULL(hg_source_groups_unpack(packed.data, packed.size, model));
    hg_text_deinit(&packed);
    hg_model_destroy(model);
}

void hg_test_groups(void)
{
    CU_pSuite suite = CU_add_suite("groups", NULL, NULL);
    CU_add_test(suite, "round trip", test_round_trip);
    CU_add_test(suite, "damage", test_damage);
}
