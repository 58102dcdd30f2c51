/* Packing: everything comes back as it was, and nothing that is not a packed model does. */
#include "model/pack.h"
#include "helpers.h"
#include "model/describe.h"
#include "suites.h"

#include <string.h>

static void add_symbols_and_macros(struct hg_model *m, hg_type_id function, hg_type_id integer)
{
    const char *names[] = {"bpf_fastcall"};
    const struct hg_tags **tags = hg_arena_array(hg_model_arena(m), 2, sizeof *tags);
    tags[1] = hg_model_tags(m, names, 1);
    hg_model_add_symbol(m, &(struct hg_symbol){.kind = HG_SYMBOL_FUNCTION,
                                               .linkage = HG_LINKAGE_GLOBAL,
                                               .name = "list_add.isra.0",
                                               .type.id = function,
                                               .tags = tags[1],
                                               .parameter_tags = tags});
    hg_model_add_symbol(m, &(struct hg_symbol){.kind = HG_SYMBOL_VARIABLE,
                                               .name = "lists",
                                               .type = {integer, HG_CONST, NULL}});
    static const struct hg_section_entry entry = {.symbol = 1, .offset = 8, .size = 4};
    hg_model_add_section(
        m, &(struct hg_section){.name = ".data", .size = 12, .entries = &entry, .entry_count = 1});
    hg_model_add_macro(m, &(struct hg_macro){.kind = HG_MACRO_INT,
                                             .name = "LIST_MAX",
                                             .type_name = "unsigned int",
                                             .size = 4,
                                             .value = UINT32_MAX,
                                             .where = {.file = "list.h", .line = 3}});
    hg_model_add_macro(
        m, &(struct hg_macro){.kind = HG_MACRO_STRING, .name = "LIST_NAME", .string = "\xff list"});
}

/* One of every kind, with tags, places, bit-fields, cycles and values that need all 64 bits. */
static struct hg_model *make_model(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id list = hg_model_declare(m);
    struct hg_type pointer = {.kind = HG_POINTER, .complete = true, .size = 8, .align = 8};
    const char *names[] = {"user", "rcu"};
    pointer.ref = (struct hg_ref){.id = list, .qualifiers = HG_CONST | HG_VOLATILE};
    pointer.ref.tags = hg_model_tags(m, names, 2);
    hg_type_id next = hg_model_intern(m, &pointer);
    struct hg_member members[] = {
        HG_MEMBER("next", next, 0),
        HG_FIELD("a", i, 64, 3),
        HG_FIELD("b", i, 67, 29),
        HG_MEMBER("rest", hg_test_array(m, i, 0), 96),
    };
    members[1].tags = hg_model_tags(m, names, 1);
    members[2].where = (struct hg_location){.file = "list.h", .line = 7, .column = UINT32_MAX};
    hg_test_define_record(m, list, HG_STRUCT, "list", 16, 8, members, 4);
    hg_test_typedef(m, "list_t", list);
    hg_test_forward(m, HG_UNION, "later");
    const struct hg_enumerator values[] = {{"LOW", (uint64_t)INT64_MIN}, {"HIGH", INT64_MAX}};
    hg_test_enum(m, "wide", 8, true, values, 2);
    hg_test_enum(m, NULL, 8, false, &(struct hg_enumerator){"ALL", UINT64_MAX}, 1);
    const struct hg_parameter parameters[] = {{"list", {.id = next}}, {NULL, {.id = i}}};
    hg_test_pointer(m, hg_test_function(m, HG_VOID_ID, parameters, 2));
    hg_model_intern(
        m,
        &(struct hg_type){
            .kind = HG_OPAQUE, .complete = true, .size = 3, .align = 1, .reason = "nobody knows"});
    add_symbols_and_macros(m, hg_test_function(m, i, parameters, 2), i);
    hg_model_add_input(m, "list.h", 0xfedcba9876543210);
    hg_model_add_file(m, "include/list.h");
    hg_test_seal(m);
    return m;
}

static void expect_symbols_and_macros(const struct hg_model *back)
{
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(back, &count);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT(hg_test_same(symbols[0].name, "list_add.isra.0"));
    CU_ASSERT_EQUAL(symbols[0].linkage, HG_LINKAGE_GLOBAL);
    CU_ASSERT_EQUAL(hg_model_type(back, symbols[0].type.id)->kind, HG_FUNCTION);
    CU_ASSERT_PTR_NULL(symbols[0].parameter_tags[0]);
    CU_ASSERT(hg_test_same(symbols[0].parameter_tags[1]->names[0], "bpf_fastcall"));
    CU_ASSERT(symbols[1].kind == HG_SYMBOL_VARIABLE && symbols[1].type.qualifiers == HG_CONST);
    const struct hg_section *sections = hg_model_sections(back, &count);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT(sections[0].size == 12 && sections[0].entry_count == 1);
    CU_ASSERT(sections[0].entries[0].symbol == 1 && sections[0].entries[0].offset == 8);
    const struct hg_macro *macros = hg_model_macros(back, &count);
    CU_ASSERT_EQUAL_FATAL(count, 2);
    CU_ASSERT(hg_test_same(macros[0].type_name, "unsigned int"));
    CU_ASSERT(macros[0].value == UINT32_MAX && macros[0].size == 4 && macros[0].where.line == 3);
    CU_ASSERT(hg_test_same(macros[1].string, "\xff list"));
}

static void test_round_trip(void)
{
    struct hg_model *m = make_model();
    struct hg_text packed = {0};
    hg_model_pack(m, &packed);
    struct hg_model *back = NULL;
    CU_ASSERT_EQUAL_FATAL(hg_model_unpack(packed.data, packed.size, NULL, &back), HG_OK);

    struct hg_text before = {0};
    struct hg_text after = {0};
    hg_model_dump(&before, m);
    hg_model_dump(&after, back);
    CU_ASSERT(hg_test_same(hg_text_string(&after), hg_text_string(&before)));
    size_t count = 0;
    const struct hg_input *inputs = hg_model_inputs(back, &count);
    CU_ASSERT(count == 1 && strcmp(inputs[0].name, "list.h") == 0);
    CU_ASSERT(count == 1 && inputs[0].hash == 0xfedcba9876543210);
    const char *const *files = hg_model_files(back, &count);
    CU_ASSERT(count == 1 && strcmp(files[0], "include/list.h") == 0);
    const struct hg_location *where = &hg_model_type(back, 2)->members[2].where;
    CU_ASSERT(hg_test_same(where->file, "list.h"));
    CU_ASSERT_EQUAL(where->line, 7);
    CU_ASSERT_EQUAL(where->column, UINT32_MAX);

    expect_symbols_and_macros(back);

    struct hg_text again = {0};
    hg_model_pack(back, &again);
    CU_ASSERT(again.size == packed.size && memcmp(again.data, packed.data, packed.size) == 0);
    hg_text_deinit(&again);
    hg_text_deinit(&before);
    hg_text_deinit(&after);
    hg_text_deinit(&packed);
    hg_model_destroy(back);
    hg_model_destroy(m);
}

static void expect_refused(const char *bytes, size_t size)
{
    /* A copy of exactly that size, so that a read beyond it is seen. */
    char *copy = hg_malloc(size);
    memcpy(copy, bytes, size);
    struct hg_model *model = NULL;
    CU_ASSERT_NOT_EQUAL(hg_model_unpack(copy, size, NULL, &model), HG_OK);
    CU_ASSERT_PTR_NULL(model);
    free(copy);
}

static void test_truncation(void)
{
    struct hg_model *m = make_model();
    struct hg_text packed = {0};
    hg_model_pack(m, &packed);
    for (size_t size = 0; size < packed.size; size++)
        expect_refused(packed.data, size);
    hg_text_bytes(&packed, "", 1);
    expect_refused(packed.data, packed.size);
    hg_text_deinit(&packed);
    hg_model_destroy(m);
}

/* Each byte becomes each of a few others: what is taken all the same can be dumped and packed. */
static void test_mutation(void)
{
    static const unsigned char others[] = {0x00, 0x01, 0x02, 0x7f, 0x80, 0x81, 0xff};
    struct hg_model *m = make_model();
    struct hg_text packed = {0};
    hg_model_pack(m, &packed);
    size_t refused = 0;
    for (size_t i = 0; i < packed.size; i++) {
        char kept = packed.data[i];
        for (size_t o = 0; o < sizeof others; o++) {
            packed.data[i] = (char)others[o];
            struct hg_model *model = NULL;
            if (hg_model_unpack(packed.data, packed.size, NULL, &model) != HG_OK) {
                refused++;
                continue;
            }
            struct hg_text text = {0};
            hg_model_dump(&text, model);
            hg_model_pack(model, &text);
            hg_text_deinit(&text);
            hg_model_destroy(model);
        }
        packed.data[i] = kept;
    }
    CU_ASSERT(refused > packed.size);
    hg_text_deinit(&packed);
    hg_model_destroy(m);
}

/* Another version's form is refused whatever it holds. */
static void test_form(void)
{
    struct hg_model *m = make_model();
    struct hg_text packed = {0};
    hg_model_pack(m, &packed);
    packed.data[0]++;
    expect_refused(packed.data, packed.size);
    hg_text_deinit(&packed);
    hg_model_destroy(m);
}

/* Counts that are larger than what is left, and numbers of more than 64 bits. */
static void test_lies(void)
{
    expect_refused("\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11);
    expect_refused("\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 11);
    expect_refused("\x02\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 13);
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_model *model = NULL;
    CU_ASSERT_NOT_EQUAL(hg_model_unpack("\x02\x01x", 3, &log.diagnostics, &model), HG_OK);
    CU_ASSERT(hg_test_reported(&log, "a packed model is damaged"));
    hg_test_log_deinit(&log);
}

void hg_test_pack(void)
{
    CU_pSuite suite = CU_add_suite("pack", NULL, NULL);
    CU_add_test(suite, "round trip", test_round_trip);
    CU_add_test(suite, "truncation", test_truncation);
    CU_add_test(suite, "mutation", test_mutation);
    CU_add_test(suite, "another form", test_form);
    CU_add_test(suite, "lies", test_lies);
}
