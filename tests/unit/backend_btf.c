/*
 * The BTF back end: models of every kind, written and read back by btf_image.c; both byte orders;
 * the limits; namesakes; old versions; ELF.
 */
#include "btf_image.h"
#include "helpers.h"
#include "suites.h"

#include <hdrgen/write.h>
#include <string.h>

/* --- writing --- */

/* Writes all types of the model, in the order of their ids: those are their ids in the BTF too. */
static enum hg_status write_model(const struct hg_model *model,
                                  const struct hg_btf_options *options, struct hg_test_log *log,
                                  struct hg_output *output)
{
    size_t count = hg_model_type_count(model);
    hg_type_id *order = hg_calloc(count, sizeof *order);
    uint8_t *need = hg_calloc(count, sizeof *need);
    for (size_t id = 1; id < count; id++) {
        order[id - 1] = (hg_type_id)id;
        need[id] = hg_model_type(model, (hg_type_id)id)->complete ? HG_DEFINED : HG_DECLARED;
    }
    struct hg_selection selection = {.order = order, .count = count - 1, .need = need};
    hg_test_log_init(log);
    enum hg_status status = hg_write_btf(model, &selection, options, &log->diagnostics, output);
    free(order);
    free(need);
    return status;
}

/* Whether the model's BTF is that, with these options, and whether that was reported (NULL: nothing
 * was). */
static bool gives_with(const struct hg_model *model, const struct hg_btf_options *options,
                       const char *message, const char *expected)
{
    struct hg_test_log log;
    struct hg_output output = {0};
    struct hg_text found = {0};
    struct hg_test_image image;
    bool good = write_model(model, options, &log, &output) == HG_OK &&
                hg_test_image_open(&image, output.data, output.size) &&
                image.big_endian == hg_model_target(model)->big_endian;
    if (good)
        hg_test_image_print(&found, &image);
    good = hg_test_same(hg_text_string(&found), expected) && good;
    good = (message == NULL ? hg_test_same(hg_text_string(&log.text), "")
                            : hg_test_reported(&log, message)) &&
           good;
    hg_text_deinit(&found);
    hg_output_deinit(&output);
    hg_test_log_deinit(&log);
    return good;
}

static bool gives(const struct hg_model *model, const char *expected)
{
    return gives_with(model, NULL, NULL, expected);
}

static bool refuses(const struct hg_model *model, const char *message)
{
    struct hg_test_log log;
    struct hg_output output = {0};
    bool good = write_model(model, NULL, &log, &output) == HG_ERROR_UNSUPPORTED &&
                output.data == NULL && log.diagnostics.errors > 0;
    good = hg_test_reported(&log, message) && good;
    hg_output_deinit(&output);
    hg_test_log_deinit(&log);
    return good;
}

static const char *text(struct hg_model *m, const char *string)
{
    return hg_model_string(m, string, strlen(string));
}

static const struct hg_tags *tags(struct hg_model *m, const char *first, const char *second)
{
    const char *names[] = {first, second};
    return hg_model_tags(m, names, second == NULL ? 1 : 2);
}

static hg_type_id basic(struct hg_model *m, enum hg_kind kind, const char *name, unsigned size,
                        bool is_signed)
{
    return hg_model_intern(m, &(struct hg_type){.kind = kind,
                                                .complete = true,
                                                .is_signed = is_signed,
                                                .name = text(m, name),
                                                .size = size,
                                                .align = size});
}

static hg_type_id pointer_to(struct hg_model *m, struct hg_ref ref)
{
    struct hg_type pointer = {.kind = HG_POINTER, .complete = true};
    pointer.size = pointer.align = hg_model_target(m)->pointer_size;
    pointer.ref = ref;
    return hg_model_intern(m, &pointer);
}

static hg_type_id typedef_of(struct hg_model *m, const char *name, struct hg_ref ref,
                             const struct hg_tags *decl_tags)
{
    hg_type_id id = hg_model_declare(m);
    struct hg_type type = {.kind = HG_TYPEDEF, .complete = true, .name = text(m, name)};
    type.ref = ref;
    type.tags = decl_tags;
    hg_model_define(m, id, &type);
    return id;
}

/* --- tests --- */

static void test_bytes(void)
{
    static const unsigned char little[] = {0x9f, 0xeb, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0,
                                           28, 0, 0, 0, 8, 0, 0, 0,
                                           /* INT 'long', TYPEDEF 'w' */
                                           1, 0, 0, 0, 0, 0, 0, 1, 8, 0, 0, 0, 64, 0, 0, 1, /**/
                                           6, 0, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0,              /**/
                                           0, 'l', 'o', 'n', 'g', 0, 'w', 0};
    static const unsigned char big[] = {0xeb, 0x9f, 1,   0,   0,   0, 0,   24, 0, 0, 0, 0,
                                        0,    0,    0,   28,  0,   0, 0,   28, 0, 0, 0, 8, /**/
                                        0,    0,    0,   1,   1,   0, 0,   0,  0, 0, 0, 8,
                                        1,    0,    0,   64,                               /**/
                                        0,    0,    0,   6,   8,   0, 0,   0,  0, 0, 0, 1, /**/
                                        0,    'l',  'o', 'n', 'g', 0, 'w', 0};
    for (int is_big = 0; is_big < 2; is_big++) {
        struct hg_model *m = hg_test_model_create();
        struct hg_target target = *hg_model_target(m);
        target.big_endian = is_big;
        hg_model_set_target(m, &target);
        hg_test_typedef(m, "w", hg_test_int(m, "long", 8, true));
        hg_test_seal(m);
        struct hg_test_log log;
        struct hg_output output = {0};
        CU_ASSERT_EQUAL(write_model(m, NULL, &log, &output), HG_OK);
        CU_ASSERT_EQUAL(output.size, sizeof little);
        CU_ASSERT(output.size == sizeof little &&
                  memcmp(output.data, is_big ? big : little, sizeof little) == 0);
        hg_output_deinit(&output);
        hg_test_log_deinit(&log);
        hg_model_destroy(m);
    }
}

/* The record of every_kind(); the ids are those of the types made there. */
static void define_all(struct hg_model *m, hg_type_id id, const hg_type_id *types)
{
    const char *const names[] = {"a", "b", NULL, "c", "d", "e", "f", "g", "h", "i", "j"};
    const uint64_t offsets[] = {0, 195, 224, 256, 320, 384, 448, 512, 576, 640, 704};
    struct hg_member members[11] = {0};
    for (size_t i = 0; i < 11; i++) {
        members[i].name = names[i] == NULL ? NULL : text(m, names[i]);
        members[i].type.id = types[i];
        members[i].bit_offset = offsets[i];
    }
    members[1].bit_width = 3;
    members[3].type.qualifiers = HG_RESTRICT | HG_CONST;
    members[8].tags = tags(m, "of_member", "and_more");
    struct hg_type all = {.kind = HG_STRUCT, .complete = true, .name = text(m, "all"), .size = 88};
    all.tags = tags(m, "of_record", NULL);
    all.members = hg_arena_copy(hg_model_arena(m), members, 11, sizeof *members);
    all.member_count = 11;
    hg_model_define(m, id, &all);
}

/* Every kind the back end writes, in one record. */
static struct hg_model *every_kind(bool big_endian)
{
    struct hg_model *m = hg_test_model_create();
    if (big_endian)
        hg_model_set_target(m, &(struct hg_target){.triple = "s390x-linux-gnu",
                                                   .big_endian = true,
                                                   .pointer_size = 8,
                                                   .long_size = 8});
    hg_type_id u32 = hg_test_int(m, "unsigned int", 4, false);
    hg_type_id character = basic(m, HG_CHAR, "char", 1, !big_endian);
    hg_type_id truth = basic(m, HG_BOOL, "_Bool", 1, false);
    hg_type_id real = basic(m, HG_FLOAT, "double", 8, false);
    hg_type_id far = hg_test_forward(m, HG_STRUCT, "far");
    hg_type_id far_union = hg_test_forward(m, HG_UNION, "far_union");
    hg_type_id small = hg_test_enum(
        m, "small", 1, true, (const struct hg_enumerator[]){{text(m, "MINUS"), UINT64_MAX}}, 1);
    hg_type_id wide = hg_test_enum(
        m, "wide", 8, false,
        (const struct hg_enumerator[]){{text(m, "ONE"), 1}, {text(m, "BIG"), 0x100000002}}, 2);
    hg_type_id function = hg_test_function(
        m, u32, (const struct hg_parameter[]){{text(m, "of"), {.id = character}}}, 1);
    hg_type_id anonymous = hg_test_record(
        m, HG_UNION, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("x", u32, 0), HG_MEMBER("y", truth, 0)));
    hg_type_id tagged = pointer_to(m, (struct hg_ref){character, HG_CONST, tags(m, "user", "rcu")});
    hg_type_id locked =
        pointer_to(m, (struct hg_ref){far, HG_CONST | HG_VOLATILE | HG_ATOMIC, NULL});
    hg_type_id alias =
        typedef_of(m, "alias", (struct hg_ref){.id = real}, tags(m, "of_typedef", NULL));
    hg_type_id matrix = hg_test_array(m, hg_test_array(m, u32, 3), 2);
    hg_type_id flexible = hg_test_array(m, truth, 0);
    hg_type_id to_far = hg_test_pointer(m, far_union);
    hg_type_id to_function = hg_test_pointer(m, function);
    hg_type_id all = hg_model_declare(m);
    define_all(m, all,
               (const hg_type_id[]){matrix, u32, anonymous, tagged, locked, to_far, to_function,
                                    wide, small, alias, flexible});
    hg_test_seal(m);
    return m;
}

#define EVERY_KIND(char_encoding)                                                                  \
    "1 int 'unsigned int' 4 20\n"                                                                  \
    "2 int 'char' 1 " char_encoding                                                                \
    "\n"                                                                                           \
    "3 int '_Bool' 1 4000008\n"                                                                    \
    "4 float 'double' 8\n"                                                                         \
    "5 fwd 'far' 0\n"                                                                              \
    "6 fwd! 'far_union' 0\n"                                                                       \
    "7 enum! 'small' 1 MINUS=ffffffff\n"                                                           \
    "8 enum64 'wide' 8 ONE=0,1 BIG=1,2\n"                                                          \
    "9 func_proto 1 of:2\n"                                                                        \
    "10 union 4 x:1@0 y:3@0\n"                                                                     \
    "11 ptr 24\n"                                                                                  \
    "12 ptr 26\n"                                                                                  \
    "13 typedef 'alias' 4\n"                                                                       \
    "14 array 0 1 14 3\n"                                                                          \
    "15 array 0 e 14 2\n"                                                                          \
    "16 array 0 3 14 0\n"                                                                          \
    "17 ptr 6\n"                                                                                   \
    "18 ptr 9\n"                                                                                   \
    "19 struct! 'all' 88 a:15@0/0 b:1@195/3 :10@224/0 c:28@256/0 d:12@320/0 e:17@384/0 "           \
    "f:18@448/0 g:8@512/0 h:7@576/0 i:13@640/0 j:16@704/0\n"                                       \
    "20 int '__ARRAY_SIZE_TYPE__' 4 20\n"                                                          \
    "21 int 'long' 8 1000040\n"                                                                    \
    "22 const 2\n"                                                                                 \
    "23 type_tag 'rcu' 22\n"                                                                       \
    "24 type_tag 'user' 23\n"                                                                      \
    "25 volatile 5\n"                                                                              \
    "26 const 25\n"                                                                                \
    "27 restrict 11\n"                                                                             \
    "28 const 27\n"                                                                                \
    "29 decl_tag 'of_typedef' 13 ffffffff\n"                                                       \
    "30 decl_tag 'of_member' 19 8\n"                                                               \
    "31 decl_tag 'and_more' 19 8\n"                                                                \
    "32 decl_tag 'of_record' 19 ffffffff\n"

static void test_every_kind(void)
{
    struct hg_model *little = every_kind(false);
    CU_ASSERT(gives(little, EVERY_KIND("1000008")));
    hg_model_destroy(little);
    struct hg_model *big = every_kind(true);
    CU_ASSERT(gives(big, EVERY_KIND("8")));
    hg_model_destroy(big);
}

static void test_old_versions(void)
{
    static const char degraded[] =
        "2 int 'char' 1 1000008\n"
        "3 int '_Bool' 1 4000008\n"
        "4 array 0 14 15 8\n"
        "5 fwd 'far' 0\n"
        "6 fwd! 'far_union' 0\n"
        "7 enum 'small' 1 MINUS=ffffffff\n"
        "8 enum 'wide' 8 ONE=1\n";
    struct hg_model *m = every_kind(false);
    struct hg_btf_options options = {.sz = sizeof(struct hg_btf_options),
                                     .btf_compat = HG_KERNEL_VERSION(5, 12)};
    struct hg_test_log log;
    struct hg_output output = {0};
    CU_ASSERT_EQUAL(write_model(m, &options, &log, &output), HG_OK);
    struct hg_text found = {0};
    struct hg_test_image image;
    if (hg_test_image_open(&image, output.data, output.size))
        hg_test_image_print(&found, &image);
    CU_ASSERT_PTR_NOT_NULL(strstr(hg_text_string(&found), degraded));
    CU_ASSERT_PTR_NULL(strstr(hg_text_string(&found), "tag"));
    CU_ASSERT(hg_test_reported(&log,
                               "for Linux 5.12, floating-point types are written as arrays of "
                               "bytes: 1 in all (float 'double')"));
    CU_ASSERT(hg_test_reported(&log,
                               "declaration tags are left out: 4 in all ('of_typedef' of "
                               "typedef 'alias', 'of_member' of struct 'all', "));
    CU_ASSERT(hg_test_reported(&log, "type tags are left out: 2 in all"));
    CU_ASSERT(hg_test_reported(&log, "bit 31 set are negative: 1 in all (enum 'small')"));
    CU_ASSERT(hg_test_reported(&log, "32 bits are left out: 1 in all ('BIG' of enum 'wide')"));
    CU_ASSERT_EQUAL(log.diagnostics.warnings, 5);
    hg_text_deinit(&found);
    hg_output_deinit(&output);
    hg_test_log_deinit(&log);

    options.btf_compat = HG_KERNEL_VERSION(6, 0);
    CU_ASSERT(gives_with(m, &options, NULL, EVERY_KIND("1000008")));
    options.btf_compat = HG_KERNEL_VERSION(4, 20);
    CU_ASSERT_EQUAL(write_model(m, &options, &log, &output), HG_ERROR_USAGE);
    CU_ASSERT(hg_test_reported(&log, "BTF for Linux 4.20 cannot be written"));
    hg_test_log_deinit(&log);
    hg_model_destroy(m);
}

/* Types that BTF has no kind for have their size; what comes to void is void. */
static void test_other_types(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id real = basic(m, HG_FLOAT, "float", 4, false);
    basic(m, HG_FLOAT, "long double", 16, false);
    basic(m, HG_FLOAT, "tiny", 1, false);
    hg_test_int(m, "__int128", 16, true);
    struct hg_type vector = {.kind = HG_ARRAY, .complete = true, .is_vector = true, .size = 16};
    vector.ref.id = real;
    vector.count = 3;
    hg_model_intern(m, &vector);
    vector.size = 18;
    hg_model_intern(m, &vector);
    hg_model_intern(
        m,
        &(struct hg_type){.kind = HG_OPAQUE, .complete = true, .size = 5, .reason = text(m, "so")});
    hg_type_id nothing = typedef_of(m, "nothing", (struct hg_ref){.qualifiers = HG_CONST}, NULL);
    struct hg_type function = {.kind = HG_FUNCTION, .complete = true, .variadic = true};
    function.ref = (struct hg_ref){.id = nothing, .qualifiers = HG_CONST};
    hg_model_intern(m, &function);
    hg_test_forward(m, HG_ENUM, "later");
    hg_test_record(m, HG_STRUCT, "empty", 0, 1, NULL, 0);
    hg_test_int(m, "long unsigned int", 8, false);
    hg_test_seal(m);
    CU_ASSERT(gives(m,
                    "1 float 'float' 4\n"
                    "2 float 'long double' 16\n"
                    "3 array 0 d e 1\n"
                    "4 int '__int128' 16 1000080\n"
                    "5 array 0 1 e 4\n"
                    "6 array 0 d e 12\n"
                    "7 array 0 d e 5\n"
                    "8 typedef 'nothing' 15\n"
                    "9 func_proto 0 :0\n"
                    "10 enum 'later' 4\n"
                    "11 struct 'empty' 0\n"
                    "12 int 'long unsigned int' 8 40\n"
                    "13 int 'unsigned char' 1 8\n"
                    "14 int '__ARRAY_SIZE_TYPE__' 4 20\n"
                    "15 const 0\n"));
    hg_model_destroy(m);
}

static void test_enum_ranges(void)
{
    static const struct {
        bool is_signed;
        uint64_t value;
        const char *expected;
    } cases[] = {
        {true, (uint64_t)INT64_C(-0x80000000), "1 enum! 8 V=80000000\n"},
        {true, (uint64_t)INT64_C(-0x80000001), "1 enum64! 8 V=ffffffff,7fffffff\n"},
        {true, 0x7fffffff, "1 enum! 8 V=7fffffff\n"},
        {true, 0x80000000, "1 enum64! 8 V=0,80000000\n"},
        {false, 0xffffffff, "1 enum 8 V=ffffffff\n"},
        {false, 0x100000000, "1 enum64 8 V=1,0\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hg_model *m = hg_test_model_create();
        hg_test_enum(m, NULL, 8, cases[i].is_signed,
                     (const struct hg_enumerator[]){{text(m, "V"), cases[i].value}}, 1);
        hg_test_seal(m);
        struct hg_text expected = {0};
        hg_text_printf(&expected, "%s2 int 'long' 8 1000040\n", cases[i].expected);
        CU_ASSERT(gives(m, hg_text_string(&expected)));
        hg_text_deinit(&expected);
        hg_model_destroy(m);
    }
}

/* Functions, variables and sections come only on request, tags of parameters and all; whole
 * attributes have the kind flag. */
static void test_symbols(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id number = hg_test_int(m, "long", 8, true);
    hg_type_id prototype = hg_test_function(
        m, number, (const struct hg_parameter[]){{text(m, "x"), {.id = number}}}, 1);
    const char *const names[] = {"noinline", "plain"};
    const bool is_attribute[] = {true, false};
    const struct hg_tags mixed = {.count = 2, .names = names, .is_attribute = is_attribute};
    const struct hg_tags *const of_parameters[] = {tags(m, "of_x", NULL)};
    const struct hg_section_entry entries[] = {{.symbol = 1, .offset = 8, .size = 8}};
    hg_model_add_symbol(m, &(struct hg_symbol){.kind = HG_SYMBOL_FUNCTION,
                                               .linkage = HG_LINKAGE_GLOBAL,
                                               .name = "f",
                                               .type.id = prototype,
                                               .tags = &mixed,
                                               .parameter_tags = of_parameters});
    hg_model_add_symbol(m, &(struct hg_symbol){.kind = HG_SYMBOL_VARIABLE,
                                               .name = "v",
                                               .type = {.id = number, .qualifiers = HG_CONST}});
    hg_model_add_section(
        m, &(struct hg_section){.name = ".data", .size = 16, .entries = entries, .entry_count = 1});
    hg_test_seal(m);
    CU_ASSERT(gives(m,
                    "1 int 'long' 8 1000040\n"
                    "2 func_proto 1 x:1\n"));
    CU_ASSERT(gives_with(
        m, &(struct hg_btf_options){.sz = sizeof(struct hg_btf_options), .symbols = true}, NULL,
        "1 int 'long' 8 1000040\n"
        "2 func_proto 1 x:1\n"
        "3 const 1\n"
        "4 func 'f' 2\n"
        "5 var 'v' 3 0\n"
        "6 datasec '.data' 16 5@8+8\n"
        "7 decl_tag! 'noinline' 4 ffffffff\n"
        "8 decl_tag 'plain' 4 ffffffff\n"
        "9 decl_tag 'of_x' 4 0\n"));
    CU_ASSERT(gives_with(
        m,
        &(struct hg_btf_options){.sz = sizeof(struct hg_btf_options),
                                 .symbols = true,
                                 .btf_compat = HG_KERNEL_VERSION(6, 1)},
        "for Linux 6.1, declaration tags are left out: 1 in all ('noinline' of function ",
        "1 int 'long' 8 1000040\n"
        "2 func_proto 1 x:1\n"
        "3 const 1\n"
        "4 func 'f' 2\n"
        "5 var 'v' 3 0\n"
        "6 datasec '.data' 16 5@8+8\n"
        "7 decl_tag 'plain' 4 ffffffff\n"
        "8 decl_tag 'of_x' 4 0\n"));
    hg_model_destroy(m);
}

/* --- limits --- */

static struct hg_model *many_enumerators(size_t count)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_enumerator *items = hg_calloc(count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = (struct hg_enumerator){.name = text(m, "E"), .value = i};
    hg_test_enum(m, "many", 4, false, items, count);
    free(items);
    hg_test_seal(m);
    return m;
}

static struct hg_model *many_members(size_t count)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id byte = hg_test_int(m, "unsigned char", 1, false);
    struct hg_member *members = hg_calloc(count, sizeof *members);
    for (size_t i = 0; i < count; i++)
        members[i] = HG_MEMBER(text(m, "x"), byte, 8 * i);
    hg_test_record(m, HG_STRUCT, "many", count, 1, members, count);
    free(members);
    hg_test_seal(m);
    return m;
}

static size_t written_size(const struct hg_model *m)
{
    struct hg_test_log log;
    struct hg_output output = {0};
    CU_ASSERT_EQUAL(write_model(m, NULL, &log, &output), HG_OK);
    size_t size = output.size;
    hg_output_deinit(&output);
    hg_test_log_deinit(&log);
    return size;
}

static void test_entry_limits(void)
{
    struct hg_model *m = many_enumerators(65535);
    CU_ASSERT_EQUAL(written_size(m), 24 + 12 + 65535 * 8 + 16 + 13);
    hg_model_destroy(m);
    m = many_enumerators(65536);
    CU_ASSERT(refuses(m, "enum 'many': 65536 enumerators, and BTF can hold 65535"));
    hg_model_destroy(m);
    m = many_members(65535);
    CU_ASSERT_EQUAL(written_size(m), 24 + 16 + 12 + 65535 * 12 + 16 + 27);
    hg_model_destroy(m);
    m = many_members(65536);
    CU_ASSERT(refuses(m, "struct 'many': 65536 members, and BTF can hold 65535"));
    hg_model_destroy(m);

    m = hg_test_model_create();
    struct hg_parameter *parameters = hg_calloc(65535, sizeof *parameters);
    for (size_t i = 0; i < 65535; i++)
        parameters[i].type.id = hg_test_int(m, "int", 4, true);
    struct hg_type function = {.kind = HG_FUNCTION, .complete = true, .variadic = true};
    function.parameters = parameters;
    function.parameter_count = 65535;
    hg_model_intern(m, &function);
    free(parameters);
    hg_test_seal(m);
    CU_ASSERT(refuses(m, "65536 parameters, and BTF can hold 65535"));
    hg_model_destroy(m);
}

/* struct { unsigned char pad[size]; int last; unsigned flag : 1; }, without the flag if not wanted
 */
static struct hg_model *long_record(uint64_t size, bool flag)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id number = hg_test_int(m, "int", 4, true);
    hg_type_id pad = hg_test_array(m, hg_test_int(m, "unsigned char", 1, false), size);
    hg_test_record(m, HG_STRUCT, "long_one", size + (flag ? 8 : 4), 4,
                   (const struct hg_member[]){HG_MEMBER(text(m, "pad"), pad, 0),
                                              HG_MEMBER(text(m, "last"), number, 8 * size),
                                              HG_FIELD(text(m, "flag"), number, 8 * size + 32, 1)},
                   flag ? 3 : 2);
    hg_test_seal(m);
    return m;
}

static void test_offset_limits(void)
{
    struct hg_model *m = long_record((1 << 21) - 8, true);
    CU_ASSERT(gives(m,
                    "1 int 'int' 4 1000020\n"
                    "2 int 'unsigned char' 1 8\n"
                    "3 array 0 2 5 1ffff8\n"
                    "4 struct! 'long_one' 2097152 pad:3@0/0 last:1@16777152/0 "
                    "flag:1@16777184/1\n"
                    "5 int '__ARRAY_SIZE_TYPE__' 4 20\n"
                    "6 int 'long' 8 1000040\n"));
    hg_model_destroy(m);
    m = long_record(1 << 21, true);
    CU_ASSERT(refuses(m,
                      "struct 'long_one', member 'last': at bit 16777216, and BTF can say no "
                      "more than 16777215 in a record with bit-fields"));
    hg_model_destroy(m);
    m = long_record(1 << 21, false);
    CU_ASSERT(gives(m,
                    "1 int 'int' 4 1000020\n"
                    "2 int 'unsigned char' 1 8\n"
                    "3 array 0 2 5 200000\n"
                    "4 struct 'long_one' 2097156 pad:3@0 last:1@16777216\n"
                    "5 int '__ARRAY_SIZE_TYPE__' 4 20\n"
                    "6 int 'long' 8 1000040\n"));
    hg_model_destroy(m);
    m = long_record(1 << 29, false);
    CU_ASSERT(refuses(m,
                      "member 'last': at bit 4294967296, and BTF can say no more than 4294967295 "
                      "in a record without"));
    hg_model_destroy(m);
    m = long_record(UINT64_C(1) << 32, false);
    CU_ASSERT(refuses(m, "struct 'long_one': 4294967300 bytes, and BTF can say no more"));
    CU_ASSERT(refuses(m, "4294967296 elements in 4294967296 bytes, and BTF can say no more"));
    hg_model_destroy(m);
}

static struct hg_model *typedef_chain(unsigned links)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id id = hg_test_int(m, "long", 8, true);
    for (unsigned i = 0; i < links; i++) {
        struct hg_text name = {0};
        hg_text_printf(&name, "t%u", i);
        id = hg_test_typedef(m, hg_text_string(&name), id);
        hg_text_deinit(&name);
    }
    pointer_to(m, (struct hg_ref){.id = id, .qualifiers = HG_CONST});
    hg_test_seal(m);
    return m;
}

static void test_chain_limit(void)
{
    struct hg_model *m = typedef_chain(30);
    CU_ASSERT(written_size(m) > 0);
    hg_model_destroy(m);
    m = typedef_chain(31);
    CU_ASSERT(refuses(m, "pointer 'const t30 *': refers to a type through more than 31 typedefs"));
    hg_model_destroy(m);
}

static void test_whole_limits(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_test_int(m, "long", 8, true);
    for (unsigned i = 0; i < 1 << 20; i++)
        hg_test_record(m, HG_UNION, NULL, 0, 1, NULL, 0);
    hg_test_seal(m);
    CU_ASSERT(refuses(m, "the BTF would have 1048577 types, and 1048575 are the most"));
    hg_model_destroy(m);

    /* 12 bytes a member: 22 times 65,535 are more than 16 MiB */
    m = hg_test_model_create();
    hg_type_id number = hg_test_int(m, "long", 8, true);
    struct hg_member *members = hg_calloc(65535, sizeof *members);
    for (size_t i = 0; i < 65535; i++)
        members[i] = HG_MEMBER(text(m, "x"), number, 0);
    for (unsigned i = 0; i < 22; i++)
        hg_test_record(m, HG_UNION, NULL, 8, 8, members, 65535);
    free(members);
    hg_test_seal(m);
    CU_ASSERT(refuses(m, "and the kernel takes no more than 16777216"));
    hg_model_destroy(m);

    m = hg_test_model_create();
    struct hg_text name = {0};
    while (name.size < 1 << 23)
        hg_text_put(&name, "abcdefgh");
    hg_test_forward(m, HG_STRUCT, hg_text_string(&name));
    hg_text_put(&name, "x");
    hg_test_forward(m, HG_STRUCT, hg_text_string(&name));
    hg_text_deinit(&name);
    hg_test_seal(m);
    CU_ASSERT(refuses(m, "bytes of names, and 16777215 are the most"));
    hg_model_destroy(m);
}

/* --- names --- */

/* Two of a name that differ, two that are equal, a declaration and its definition, and uses. */
static struct hg_model *namesakes(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id number = hg_test_int(m, "long", 8, true);
    hg_type_id declared = hg_test_forward(m, HG_STRUCT, "late");
    hg_type_id first =
        hg_test_record(m, HG_STRUCT, "twice", 8, 8, HG_MEMBERS(HG_MEMBER(text(m, "a"), number, 0)));
    hg_type_id second =
        hg_test_record(m, HG_STRUCT, "twice", 8, 8, HG_MEMBERS(HG_MEMBER(text(m, "b"), number, 0)));
    hg_type_id equal =
        hg_test_record(m, HG_STRUCT, "twice", 8, 8, HG_MEMBERS(HG_MEMBER(text(m, "a"), number, 0)));
    hg_test_record(m, HG_STRUCT, "late", 24, 8,
                   HG_MEMBERS(HG_MEMBER(text(m, "x"), first, 0),
                              HG_MEMBER(text(m, "y"), second, 64),
                              HG_MEMBER(text(m, "z"), equal, 128)));
    hg_test_pointer(m, declared);
    typedef_of(m, "word", (struct hg_ref){.id = number}, NULL);
    hg_type_id other =
        typedef_of(m, "word", (struct hg_ref){.id = first, .qualifiers = HG_CONST}, NULL);
    pointer_to(m, (struct hg_ref){.id = other, .qualifiers = HG_VOLATILE});
    hg_test_seal(m);
    return m;
}

static void test_namesakes(void)
{
    struct hg_model *m = namesakes();
    static const char one_of_each[] =
        "1 int 'long' 8 1000040\n"
        "2 struct 'twice' 8 a:1@0\n"
        "3 struct 8 b:1@0\n"
        "4 struct 'late' 24 x:2@0 y:3@64 z:2@128\n"
        "5 ptr 4\n"
        "6 typedef 'word' 1\n"
        "7 ptr 9\n"
        "8 const 2\n"
        "9 volatile 8\n";
    CU_ASSERT(gives_with(m, NULL,
                         "struct 'twice' is defined differently elsewhere: the first definition "
                         "keeps the name, and this one is written without a name",
                         one_of_each));
    CU_ASSERT(gives_with(m, NULL,
                         "typedef 'word' is defined differently elsewhere: the first definition "
                         "keeps the name, and this typedef is left out",
                         one_of_each));
    CU_ASSERT(gives_with(
        m,
        &(struct hg_btf_options){.sz = sizeof(struct hg_btf_options), .keep_duplicate_names = true},
        NULL,
        "1 int 'long' 8 1000040\n"
        "2 fwd 'late' 0\n"
        "3 struct 'twice' 8 a:1@0\n"
        "4 struct 'twice' 8 b:1@0\n"
        "5 struct 'twice' 8 a:1@0\n"
        "6 struct 'late' 24 x:3@0 y:4@64 z:5@128\n"
        "7 ptr 2\n"
        "8 typedef 'word' 1\n"
        "9 typedef 'word' 11\n"
        "10 ptr 12\n"
        "11 const 3\n"
        "12 volatile 9\n"));
    hg_model_destroy(m);
}

/* Equal but for a type they hold: not equal.  Lists that point to themselves: equal by name. */
/* The same members, another size. */
static void test_namesakes_of_other_size(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id number = hg_test_int(m, "long", 8, true);
    for (unsigned size = 8; size <= 16; size += 8)
        hg_test_record(m, HG_UNION, "padded", size, 8,
                       HG_MEMBERS(HG_MEMBER(text(m, "a"), number, 0)));
    hg_test_seal(m);
    CU_ASSERT(gives_with(m, NULL, "union 'padded' is defined differently",
                         "1 int 'long' 8 1000040\n"
                         "2 union 'padded' 8 a:1@0\n"
                         "3 union 16 a:1@0\n"));
    hg_model_destroy(m);
}

static void test_namesakes_that_hold_namesakes(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id number = hg_test_int(m, "long", 8, true);
    hg_type_id inner[2];
    hg_type_id list[2];
    for (size_t i = 0; i < 2; i++) {
        inner[i] = hg_test_record(m, HG_STRUCT, "inner", 8, 8,
                                  HG_MEMBERS(HG_MEMBER(text(m, i == 0 ? "a" : "b"), number, 0)));
        hg_test_record(m, HG_STRUCT, "outer", 8, 8,
                       HG_MEMBERS(HG_MEMBER(text(m, "in"), inner[i], 0)));
        list[i] = hg_model_declare(m);
        hg_test_define_record(
            m, list[i], HG_STRUCT, "list", 8, 8,
            HG_MEMBERS(HG_MEMBER(text(m, "next"), hg_test_pointer(m, list[i]), 0)));
    }
    hg_test_seal(m);
    CU_ASSERT(gives_with(m, NULL, "struct 'outer' is defined differently",
                         "1 int 'long' 8 1000040\n"
                         "2 struct 'inner' 8 a:1@0\n"
                         "3 struct 'outer' 8 in:2@0\n"
                         "4 struct 'list' 8 next:5@0\n"
                         "5 ptr 4\n"
                         "6 struct 8 b:1@0\n"
                         "7 struct 8 in:6@0\n"
                         "8 ptr 4\n"));
    hg_model_destroy(m);
}

static void test_flavours(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_test_record(m, HG_STRUCT, "nf_conn___init", 0, 1, NULL, 0);
    hg_test_forward(m, HG_STRUCT, "declared___only");
    hg_test_seal(m);
    CU_ASSERT(gives_with(m, NULL,
                         "1 name with ___ in the BTF: CO-RE takes x___y for another version of x, "
                         "and a relocation against x fails where they differ; select only what is "
                         "needed (struct 'nf_conn___init')",
                         "1 struct 'nf_conn___init' 0\n"
                         "2 fwd 'declared___only' 0\n"
                         "3 int 'long' 8 1000040\n"));
    hg_model_destroy(m);
}

/* --- targets --- */

static void test_pointer_size(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_model_set_target(
        m, &(struct hg_target){.triple = "arm-linux-gnueabi", .pointer_size = 4, .long_size = 4});
    hg_test_forward(m, HG_UNION, "u");
    hg_test_seal(m);
    CU_ASSERT(gives(m, "1 fwd! 'u' 0\n2 int 'long' 4 1000020\n"));
    hg_model_destroy(m);

    m = hg_test_model_create();
    hg_model_set_target(
        m, &(struct hg_target){.triple = "x86_64-windows-gnu", .pointer_size = 8, .long_size = 4});
    hg_test_int(m, "unsigned long", 4, false);
    hg_test_seal(m);
    CU_ASSERT(gives_with(m, NULL, "'unsigned long' is not as wide as a pointer of this target",
                         "1 int 'unsigned long' 4 20\n"));
    hg_model_destroy(m);
}

/* The section .BTF is the first one, behind the header; what matters of it is read by hand. */
static void test_elf(void)
{
    static const struct {
        struct hg_target target;
        unsigned char class_byte, data_byte, machine[2];
        size_t header;
    } cases[] = {
        {{.triple = "x86_64-linux-gnu", .pointer_size = 8, .long_size = 8}, 2, 1, {62, 0}, 64},
        {{.triple = "armv7-linux-gnueabi", .pointer_size = 4, .long_size = 4}, 1, 1, {40, 0}, 52},
        {{.triple = "s390x-linux-gnu", .big_endian = true, .pointer_size = 8, .long_size = 8},
         2,
         2,
         {0, 22},
         64},
        {{.pointer_size = 8, .long_size = 8}, 2, 1, {0, 0}, 64},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hg_model *m = hg_test_model_create();
        hg_model_set_target(m, &cases[i].target);
        hg_test_forward(m, HG_STRUCT, "s");
        hg_test_seal(m);
        struct hg_test_log log;
        struct hg_output raw = {0};
        struct hg_output elf = {0};
        CU_ASSERT_EQUAL(write_model(m, NULL, &log, &raw), HG_OK);
        CU_ASSERT_EQUAL(
            write_model(m,
                        &(struct hg_btf_options){.sz = sizeof(struct hg_btf_options), .elf = true},
                        &log, &elf),
            HG_OK);
        CU_ASSERT_FATAL(elf.size > cases[i].header + 8 + raw.size);
        CU_ASSERT_EQUAL(memcmp(elf.data, "\177ELF", 4), 0);
        CU_ASSERT_EQUAL(elf.data[4], cases[i].class_byte);
        CU_ASSERT_EQUAL(elf.data[5], cases[i].data_byte);
        CU_ASSERT_EQUAL(memcmp(elf.data + 18, cases[i].machine, 2), 0);
        size_t at = (cases[i].header + 7) / 8 * 8;
        CU_ASSERT_EQUAL(memcmp(elf.data + at, raw.data, raw.size), 0);
        hg_output_deinit(&raw);
        hg_output_deinit(&elf);
        hg_test_log_deinit(&log);
        hg_model_destroy(m);
    }
}

void hg_test_backend_btf(void)
{
    CU_pSuite suite = CU_add_suite("BTF back end", NULL, NULL);
    CU_add_test(suite, "bytes", test_bytes);
    CU_add_test(suite, "every kind, both byte orders", test_every_kind);
    CU_add_test(suite, "old versions", test_old_versions);
    CU_add_test(suite, "types BTF has not", test_other_types);
    CU_add_test(suite, "enum ranges", test_enum_ranges);
    CU_add_test(suite, "symbols", test_symbols);
    CU_add_test(suite, "limits of entries", test_entry_limits);
    CU_add_test(suite, "limits of offsets", test_offset_limits);
    CU_add_test(suite, "limit of chains", test_chain_limit);
    CU_add_test(suite, "limits of the whole", test_whole_limits);
    CU_add_test(suite, "namesakes", test_namesakes);
    CU_add_test(suite, "namesakes of other sizes", test_namesakes_of_other_size);
    CU_add_test(suite, "namesakes within namesakes", test_namesakes_that_hold_namesakes);
    CU_add_test(suite, "flavours", test_flavours);
    CU_add_test(suite, "size of pointers", test_pointer_size);
    CU_add_test(suite, "ELF", test_elf);
}
