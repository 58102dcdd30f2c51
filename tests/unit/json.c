/*
 * The JSON form: the bytes of small models, and a model of every kind read back with json-c and
 * compared with what was written.
 */
#include "base/utf8.h"
#include "helpers.h"
#include "model/layout.h"
#include "suites.h"

#include <hdrgen/write.h>
#include <json.h>
#include <string.h>

static struct hg_output write_named(const struct hg_model *model, const char *name, uint32_t depth,
                                    struct hg_selection **selection)
{
    struct hg_select_options options = {.sz = sizeof(struct hg_select_options),
                                        .names = &name,
                                        .name_count = name == NULL ? 0 : 1,
                                        .pointer_depth = depth};
    struct hg_output output = {0};
    if (hg_select(model, &options, NULL, selection) != HG_OK)
        CU_FAIL_FATAL("selection");
    if (hg_write_json(model, *selection, NULL, &output) != HG_OK)
        CU_FAIL_FATAL("writing");
    return output;
}

static bool writes(const struct hg_model *model, const char *name, const char *expected)
{
    struct hg_selection *selection = NULL;
    struct hg_output output = write_named(model, name, 0, &selection);
    bool same = hg_test_same(output.data, expected) && output.size == strlen(expected);
    hg_selection_destroy(selection);
    hg_output_deinit(&output);
    return same;
}

static const char *text(struct hg_model *m, const char *string)
{
    return hg_model_string(m, string, strlen(string));
}

static void test_bytes(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_test_int(m, "unused", 2, true);
    hg_type_id foo = hg_model_declare(m);
    hg_type_id u32 = hg_test_int(m, "unsigned int", 4, false);
    struct hg_type pointer = {.kind = HG_POINTER, .complete = true, .size = 8, .align = 8};
    pointer.ref = (struct hg_ref){.id = foo, .qualifiers = HG_CONST};
    hg_test_define_record(m, foo, HG_STRUCT, "foo", 16, 8,
                          HG_MEMBERS(HG_MEMBER("next", hg_model_intern(m, &pointer), 0),
                                     HG_FIELD("flag", u32, 64, 1)));
    hg_test_seal(m);
    CU_ASSERT(writes(
        m, "foo",
        "{\n"
        "  \"hdrgen_json\": 1,\n"
        "  \"target\": { \"triple\": \"x86_64-unknown-linux-gnu\", \"endian\": \"little\", "
        "\"pointer_size\": 8, \"char_signed\": true, \"long_size\": 8 },\n"
        "  \"types\": [\n"
        "    { \"id\": 1, \"kind\": \"pointer\", \"size\": 8, \"align\": 8, \"type\": 3, "
        "\"quals\": [ \"const\" ] },\n"
        "    { \"id\": 2, \"kind\": \"int\", \"name\": \"unsigned int\", \"size\": 4, \"align\": "
        "4, "
        "\"signed\": false },\n"
        "    { \"id\": 3, \"kind\": \"struct\", \"name\": \"foo\", \"size\": 16, \"align\": 8, "
        "\"complete\": true, \"members\": [ { \"name\": \"next\", \"type\": 1, \"bit_offset\": 0, "
        "\"bit_size\": 64 }, { \"name\": \"flag\", \"type\": 2, \"bit_offset\": 64, \"bit_size\": "
        "1, "
        "\"bitfield\": true } ] }\n"
        "  ],\n"
        "  \"roots\": [ 3 ]\n"
        "}\n"));
    hg_model_destroy(m);
}

static void test_empty(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_model_set_target(m,
                        &(struct hg_target){.big_endian = true, .pointer_size = 4, .long_size = 4});
    hg_test_seal(m);
    struct hg_selection nothing = {0};
    struct hg_output output = {0};
    CU_ASSERT_EQUAL_FATAL(hg_write_json(m, &nothing, NULL, &output), HG_OK);
    CU_ASSERT(
        hg_test_same(output.data,
                     "{\n"
                     "  \"hdrgen_json\": 1,\n"
                     "  \"target\": { \"triple\": null, \"endian\": \"big\", \"pointer_size\": 4, "
                     "\"char_signed\": false, \"long_size\": 4 },\n"
                     "  \"types\": [ ],\n"
                     "  \"roots\": [ ]\n"
                     "}\n"));
    hg_output_deinit(&output);
    hg_model_destroy(m);
}

/* --- reading back --- */

struct reading {
    const struct hg_model *model;
    const struct hg_selection *selection;
    json_object *types;
};

static json_object *get(json_object *object, const char *key)
{
    json_object *value = NULL;
    if (!json_object_object_get_ex(object, key, &value))
        CU_FAIL("a key is missing");
    return value;
}

static bool has(json_object *object, const char *key)
{
    return json_object_object_get_ex(object, key, NULL);
}

static uint64_t get_number(json_object *object, const char *key)
{
    return json_object_get_uint64(get(object, key));
}

static bool get_bool(json_object *object, const char *key)
{
    return json_object_get_boolean(get(object, key));
}

static bool same_string(json_object *object, const char *key, const char *expected)
{
    json_object *value = get(object, key);
    return hg_test_same(value == NULL ? NULL : json_object_get_string(value), expected);
}

static void check_align(json_object *object, uint32_t align)
{
    json_object *value = get(object, "align");
    CU_ASSERT_EQUAL(value == NULL, align == 0);
    CU_ASSERT_EQUAL(json_object_get_uint64(value), align);
}

static void check_list(json_object *object, const char *key, const struct hg_tags *tags)
{
    CU_ASSERT_EQUAL(has(object, key), tags != NULL);
    for (size_t i = 0; tags != NULL && i < tags->count; i++) {
        json_object *item = json_object_array_get_idx(get(object, key), i);
        CU_ASSERT(hg_test_same(json_object_get_string(item), tags->names[i]));
    }
}

static void check_ref(const struct reading *r, json_object *object, const struct hg_ref *ref)
{
    static const char *const words[] = {"const", "volatile", "restrict", "atomic"};
    uint64_t number = get_number(object, "type");
    hg_type_id id = number == 0 ? HG_VOID_ID : r->selection->order[number - 1];
    CU_ASSERT_EQUAL(id, ref->id);
    CU_ASSERT_EQUAL(has(object, "quals"), ref->qualifiers != 0);
    size_t count = 0;
    for (size_t i = 0; ref->qualifiers != 0 && i < 4; i++) {
        if ((ref->qualifiers & 1u << i) == 0)
            continue;
        json_object *word = json_object_array_get_idx(get(object, "quals"), count++);
        CU_ASSERT(hg_test_same(json_object_get_string(word), words[i]));
    }
    check_list(object, "tags", ref->tags);
}

static void check_members(const struct reading *r, json_object *object, const struct hg_type *type)
{
    json_object *list = get(object, "members");
    CU_ASSERT_EQUAL_FATAL(json_object_array_length(list), type->member_count);
    for (size_t i = 0; i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        json_object *found = json_object_array_get_idx(list, i);
        CU_ASSERT(same_string(found, "name", member->name));
        check_ref(r, found, &member->type);
        CU_ASSERT_EQUAL(get_number(found, "bit_offset"), member->bit_offset);
        CU_ASSERT_EQUAL(get_number(found, "bit_size"), hg_member_bits(r->model, member));
        CU_ASSERT_EQUAL(has(found, "bitfield"), member->bit_width != 0);
        check_list(found, "decl_tags", member->tags);
    }
}

static void check_values(json_object *object, const struct hg_type *type)
{
    json_object *list = get(object, "values");
    CU_ASSERT_EQUAL_FATAL(json_object_array_length(list), type->enumerator_count);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        json_object *value = json_object_array_get_idx(list, i);
        CU_ASSERT(same_string(value, "name", type->enumerators[i].name));
        json_object *number = get(value, "value");
        uint64_t found = type->is_signed ? (uint64_t)json_object_get_int64(number)
                                         : json_object_get_uint64(number);
        CU_ASSERT_EQUAL(found, type->enumerators[i].value);
    }
}

static void check_parameters(const struct reading *r, json_object *object,
                             const struct hg_type *type)
{
    json_object *list = get(object, "params");
    CU_ASSERT_EQUAL_FATAL(json_object_array_length(list), type->parameter_count);
    for (size_t i = 0; i < type->parameter_count; i++) {
        json_object *parameter = json_object_array_get_idx(list, i);
        CU_ASSERT(same_string(parameter, "name", type->parameters[i].name));
        check_ref(r, parameter, &type->parameters[i].type);
    }
    CU_ASSERT_EQUAL(get_bool(object, "variadic"), type->variadic);
}

static void check_record(const struct reading *r, json_object *object, const struct hg_type *type,
                         bool defined)
{
    CU_ASSERT(same_string(object, "name", type->name));
    CU_ASSERT_EQUAL(get_bool(object, "complete"), defined);
    CU_ASSERT_EQUAL(get_number(object, "size"), defined ? type->size : 0);
    check_align(object, defined ? type->align : 0);
    if (defined)
        check_members(r, object, type);
    else
        CU_ASSERT_EQUAL(json_object_array_length(get(object, "members")), 0);
}

/* What all sized kinds but records say. */
static void check_size(json_object *object, const struct hg_type *type)
{
    CU_ASSERT_EQUAL(get_number(object, "size"), type->size);
    check_align(object, type->align);
}

static void check_type(const struct reading *r, size_t index)
{
    hg_type_id id = r->selection->order[index];
    const struct hg_type *type = hg_model_type(r->model, id);
    json_object *object = json_object_array_get_idx(r->types, index);
    CU_ASSERT_EQUAL(get_number(object, "id"), index + 1);
    CU_ASSERT(same_string(object, "kind", hg_kind_name(type->kind)));
    check_list(object, "decl_tags", type->tags);
    switch (type->kind) {
    case HG_VOID:
        CU_FAIL("void is not written");
        break;
    case HG_INT:
    case HG_CHAR:
        CU_ASSERT_EQUAL(get_bool(object, "signed"), type->is_signed);
        /* fall through */
    case HG_BOOL:
    case HG_FLOAT:
        CU_ASSERT(same_string(object, "name", type->name));
        check_size(object, type);
        break;
    case HG_POINTER:
        check_size(object, type);
        check_ref(r, object, &type->ref);
        break;
    case HG_ARRAY:
        check_size(object, type);
        check_ref(r, object, &type->ref);
        CU_ASSERT_EQUAL(get_number(object, "count"), type->count);
        CU_ASSERT_EQUAL(has(object, "vector"), type->is_vector);
        CU_ASSERT_EQUAL(has(object, "complex"), type->is_complex);
        break;
    case HG_STRUCT:
    case HG_UNION:
        check_record(r, object, type, r->selection->need[id] == HG_DEFINED);
        break;
    case HG_ENUM:
        CU_ASSERT(same_string(object, "name", type->name));
        check_size(object, type);
        CU_ASSERT_EQUAL(get_bool(object, "signed"), type->is_signed);
        CU_ASSERT_EQUAL(has(object, "complete"), !type->complete);
        check_values(object, type);
        break;
    case HG_TYPEDEF:
        CU_ASSERT(same_string(object, "name", type->name));
        check_ref(r, object, &type->ref);
        CU_ASSERT_EQUAL(has(object, "align"), type->align != 0);
        break;
    case HG_FUNCTION:
        check_ref(r, object, &type->ref);
        check_parameters(r, object, type);
        break;
    case HG_OPAQUE:
        check_size(object, type);
        CU_ASSERT(same_string(object, "reason", type->reason));
        break;
    }
}

static hg_type_id basic(struct hg_model *m, enum hg_kind kind, const char *name, unsigned size)
{
    return hg_model_intern(m, &(struct hg_type){.kind = kind,
                                                .complete = true,
                                                .is_signed = kind == HG_CHAR,
                                                .name = text(m, name),
                                                .size = size,
                                                .align = size});
}

static hg_type_id pair(struct hg_model *m, hg_type_id element, bool is_vector)
{
    struct hg_type type = {.kind = HG_ARRAY, .complete = true, .size = 8, .align = 8};
    type.is_vector = is_vector;
    type.is_complex = !is_vector;
    type.ref.id = element;
    type.count = 2;
    return hg_model_intern(m, &type);
}

static hg_type_id a_prototype(struct hg_model *m, hg_type_id result)
{
    const struct hg_parameter parameters[] = {
        {.name = text(m, "first"), .type = {.id = result, .qualifiers = HG_ATOMIC | HG_VOLATILE}},
        {.type.id = hg_test_pointer(m, HG_VOID_ID)}};
    struct hg_type function = {.kind = HG_FUNCTION, .complete = true, .variadic = true};
    function.ref.id = result;
    function.parameters = parameters;
    function.parameter_count = 2;
    return hg_test_pointer(m, hg_model_intern(m, &function));
}

/* A model with every kind in it; the root is struct all. */
static struct hg_model *make_everything(void)
{
    struct hg_model *m = hg_test_model_create();
    const char *words[] = {"user", "a \"quoted\"\ntag/\xc3\xa9"};
    const struct hg_tags *tags = hg_model_tags(m, words, 2);
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id f = basic(m, HG_FLOAT, "float", 4);
    const struct hg_enumerator wide[] = {{.name = "MOST", .value = UINT64_MAX}, {.name = "NONE"}};
    const struct hg_enumerator low[] = {{.name = "LEAST", .value = (uint64_t)INT64_MIN}};
    struct hg_type tagged = {.kind = HG_POINTER, .complete = true, .size = 8, .align = 8};
    tagged.ref = (struct hg_ref){
        .id = hg_test_forward(m, HG_UNION, "hidden"),
        .qualifiers = HG_CONST | HG_RESTRICT,
        .tags = tags,
    };
    hg_type_id aligned = hg_test_typedef(m, "aligned", i);
    hg_model_amend(m, aligned)->align = 16;
    hg_model_amend(m, aligned)->tags = tags;
    hg_type_id anonymous = hg_test_record(m, HG_UNION, NULL, 8, 0,
                                          HG_MEMBERS(HG_MEMBER("a", i, 0), HG_MEMBER("b", f, 0)));
    hg_type_id opaque = hg_model_intern(
        m, &(struct hg_type){
               .kind = HG_OPAQUE, .complete = true, .size = 8, .reason = text(m, "bad \xff")});
    struct hg_member flag = HG_FIELD("flag", basic(m, HG_BOOL, "_Bool", 1), 64, 1);
    flag.tags = tags;
    const struct hg_member members[] = {
        HG_MEMBER("tagged", hg_model_intern(m, &tagged), 0),
        flag,
        HG_MEMBER("c", basic(m, HG_CHAR, "char", 1), 72),
        HG_MEMBER("aligned", aligned, 128),
        HG_MEMBER(NULL, anonymous, 192),
        HG_MEMBER("vector", pair(m, f, true), 256),
        HG_MEMBER("complex", pair(m, f, false), 320),
        HG_MEMBER("call", a_prototype(m, i), 384),
        HG_MEMBER("opaque", opaque, 448),
        HG_MEMBER("wide", hg_test_enum(m, "wide", 8, false, wide, 2), 512),
        HG_MEMBER("low", hg_test_enum(m, NULL, 8, true, low, 1), 576),
        HG_MEMBER("later", hg_test_pointer(m, hg_test_forward(m, HG_ENUM, "later")), 640),
        HG_MEMBER("flexible", hg_test_array(m, i, 0), 704),
    };
    hg_type_id all =
        hg_test_record(m, HG_STRUCT, "all", 96, 16, members, sizeof members / sizeof *members);
    hg_model_amend(m, all)->tags = tags;
    return m;
}

static void test_reading_back(void)
{
    struct hg_model *m = make_everything();
    /* json-c keeps bytes as they are; the one that is not UTF-8 is checked below. */
    for (hg_type_id id = 0; id < hg_model_type_count(m); id++)
        if (hg_model_type(m, id)->kind == HG_OPAQUE)
            hg_model_amend(m, id)->reason = text(m, "of a test");
    hg_test_seal(m);
    struct hg_selection *selection = NULL;
    struct hg_output output = write_named(m, NULL, 0, &selection);
    json_object *file = json_tokener_parse(output.data);
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    struct reading r = {.model = m, .selection = selection, .types = get(file, "types")};
    CU_ASSERT_EQUAL(get_number(file, "hdrgen_json"), 1);
    CU_ASSERT_EQUAL_FATAL(json_object_array_length(r.types), selection->count);
    for (size_t i = 0; i < selection->count; i++)
        check_type(&r, i);
    json_object *roots = get(file, "roots");
    CU_ASSERT_EQUAL_FATAL(json_object_array_length(roots), selection->root_count);
    for (size_t i = 0; i < selection->root_count; i++) {
        uint64_t root = json_object_get_uint64(json_object_array_get_idx(roots, i));
        CU_ASSERT_EQUAL(selection->order[root - 1], selection->roots[i]);
    }
    json_object_put(file);
    hg_selection_destroy(selection);
    hg_output_deinit(&output);
    hg_model_destroy(m);
}

static bool is_utf8(const char *string)
{
    struct hg_text repaired = {0};
    hg_put_as_utf8(&repaired, string);
    bool is_same = strcmp(hg_text_string(&repaired), string) == 0;
    hg_text_deinit(&repaired);
    return is_same;
}

/* Same model, same bytes; and valid UTF-8 whatever the strings hold. */
static void test_bytes_again(void)
{
    struct hg_output outputs[2];
    for (size_t i = 0; i < 2; i++) {
        struct hg_model *m = make_everything();
        hg_test_seal(m);
        struct hg_selection *selection = NULL;
        outputs[i] = write_named(m, "all", 0, &selection);
        hg_selection_destroy(selection);
        hg_model_destroy(m);
    }
    CU_ASSERT_EQUAL(outputs[0].size, outputs[1].size);
    CU_ASSERT_STRING_EQUAL(outputs[0].data, outputs[1].data);
    CU_ASSERT(is_utf8(outputs[0].data));
    CU_ASSERT_PTR_NOT_NULL(strstr(outputs[0].data, "\"reason\": \"bad \xef\xbf\xbd\""));
    hg_output_deinit(&outputs[0]);
    hg_output_deinit(&outputs[1]);
}

static void test_utf8(void)
{
    static const struct {
        const char *string;
        const char *repaired; /* NULL = was right */
    } cases[] = {
        {"", NULL},
        {"plain", NULL},
        {"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7", NULL},
        {"\xff", "\xef\xbf\xbd"},
        {"a\xc3", "a\xef\xbf\xbd"},
        {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\x80z", "\xef\xbf\xbdz"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hg_text repaired = {0};
        hg_put_as_utf8(&repaired, cases[i].string);
        CU_ASSERT(hg_test_same(hg_text_string(&repaired),
                               cases[i].repaired == NULL ? cases[i].string : cases[i].repaired));
        hg_text_deinit(&repaired);
    }
}

void hg_test_json(void)
{
    CU_pSuite suite = CU_add_suite("json", NULL, NULL);
    CU_add_test(suite, "bytes", test_bytes);
    CU_add_test(suite, "an empty selection", test_empty);
    CU_add_test(suite, "reading back", test_reading_back);
    CU_add_test(suite, "same bytes again", test_bytes_again);
    CU_add_test(suite, "UTF-8", test_utf8);
}
