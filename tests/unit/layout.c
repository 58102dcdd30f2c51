/* Layout reasoning: runs, units, spans and gaps, in both byte orders. */
#include "model/layout.h"
#include "helpers.h"
#include "suites.h"

/* struct { u8 a; unsigned b:3, c:7; int :0; unsigned d:4; long e; char f[]; }, as layout.h has it.
 */
struct sample {
    struct hg_model *model;
    const struct hg_type *record;
};

static struct sample make_sample(bool big_endian)
{
    struct sample s = {.model = hg_test_model_create()};
    hg_model_set_target(
        s.model, &(struct hg_target){.big_endian = big_endian, .pointer_size = 8, .long_size = 8});
    hg_type_id u8 = hg_test_int(s.model, "unsigned char", 1, false);
    hg_type_id u32 = hg_test_int(s.model, "unsigned int", 4, false);
    hg_type_id s64 = hg_test_int(s.model, "long", 8, true);
    hg_type_id id = hg_test_record(s.model, HG_STRUCT, "sample", 24, 8,
                                   HG_MEMBERS(HG_MEMBER("a", u8, 0), HG_FIELD("b", u32, 8, 3),
                                              HG_FIELD("c", u32, 11, 7), HG_FIELD("d", u32, 32, 4),
                                              HG_MEMBER("e", s64, 64),
                                              HG_MEMBER("f", hg_test_array(s.model, u8, 0), 128)));
    hg_test_seal(s.model);
    s.record = hg_model_type(s.model, id);
    return s;
}

static void check_run(const struct sample *s, size_t first, size_t count, uint64_t begin,
                      uint64_t end)
{
    struct hg_run run = hg_run_at(s->model, s->record, first);
    CU_ASSERT_EQUAL(run.first, first);
    CU_ASSERT_EQUAL(run.count, count);
    CU_ASSERT_EQUAL(run.begin, begin);
    CU_ASSERT_EQUAL(run.end, end);
    CU_ASSERT_EQUAL(run.is_bit_fields, s->record->members[first].bit_width != 0);
}

static void test_runs(void)
{
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        struct sample s = make_sample(big_endian);
        check_run(&s, 0, 1, 0, 1);
        check_run(&s, 1, 2, 1, 3);
        check_run(&s, 2, 1, 1, 3);
        check_run(&s, 3, 1, 4, 5);
        check_run(&s, 4, 1, 8, 16);
        check_run(&s, 5, 1, 16, 16);
        hg_model_destroy(s.model);
    }
}

/* In a union each bit-field is a run of its own; a char may follow within the unit of a bit-field.
 */
static void test_run_borders(void)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id u8 = hg_test_int(model, "unsigned char", 1, false);
    hg_type_id u32 = hg_test_int(model, "unsigned int", 4, false);
    hg_type_id in_union =
        hg_test_record(model, HG_UNION, "u", 4, 4,
                       HG_MEMBERS(HG_FIELD("a", u32, 0, 3), HG_FIELD("b", u32, 0, 17)));
    hg_type_id shared =
        hg_test_record(model, HG_STRUCT, "s", 4, 4,
                       HG_MEMBERS(HG_FIELD("a", u32, 0, 3), HG_MEMBER("b", u8, 8),
                                  HG_FIELD("c", u32, 16, 8), HG_FIELD("d", u32, 24, 8)));
    hg_test_seal(model);
    struct sample s = {.model = model, .record = hg_model_type(model, in_union)};
    check_run(&s, 0, 1, 0, 1);
    check_run(&s, 1, 1, 0, 3);
    s.record = hg_model_type(model, shared);
    check_run(&s, 0, 1, 0, 1);
    check_run(&s, 1, 1, 1, 2);
    check_run(&s, 2, 2, 2, 4); /* the second begins where the first ends */
    hg_model_destroy(model);
}

static void check_unit(const struct sample *s, size_t member, uint64_t offset, unsigned size,
                       unsigned shift)
{
    struct hg_bit_unit unit;
    CU_ASSERT_FATAL(hg_bit_unit(s->model, s->record, &s->record->members[member], &unit));
    CU_ASSERT_EQUAL(unit.offset, offset);
    CU_ASSERT_EQUAL(unit.size, size);
    CU_ASSERT_EQUAL(unit.shift, shift);
}

static void test_units_little_endian(void)
{
    struct sample s = make_sample(false);
    check_unit(&s, 1, 1, 1, 0);
    check_unit(&s, 2, 0, 4, 11); /* bytes 1 and 2: no aligned pair holds them */
    check_unit(&s, 3, 4, 1, 0);
    hg_model_destroy(s.model);
}

static void test_units_big_endian(void)
{
    struct sample s = make_sample(true);
    check_unit(&s, 1, 1, 1, 5);  /* the three most significant bits of byte 1 */
    check_unit(&s, 2, 0, 4, 14); /* bits 11 to 17 from the top of 32 */
    check_unit(&s, 3, 4, 1, 4);
    hg_model_destroy(s.model);
}

/* packed { unsigned char lead:3; u64 wide:64; unsigned char tail:5; }, nine bytes. */
static void test_straddling(void)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id u8 = hg_test_int(model, "unsigned char", 1, false);
    hg_type_id u64 = hg_test_int(model, "unsigned long", 8, false);
    hg_type_id id =
        hg_test_record(model, HG_STRUCT, "nine", 9, 1,
                       HG_MEMBERS(HG_FIELD("lead", u8, 0, 3), HG_FIELD("wide", u64, 3, 64),
                                  HG_FIELD("tail", u8, 67, 5)));
    hg_test_seal(model);
    const struct hg_type *record = hg_model_type(model, id);
    struct hg_bit_unit unit;
    CU_ASSERT_FALSE(hg_bit_unit(model, record, &record->members[1], &unit));
    struct hg_bit_span span = hg_bit_span(model, &record->members[1]);
    CU_ASSERT_EQUAL(span.begin, 0);
    CU_ASSERT_EQUAL(span.end, 9);
    CU_ASSERT_EQUAL(span.shift, 3);
    struct sample s = {.model = model, .record = record};
    check_run(&s, 0, 3, 0, 9);
    check_unit(&s, 2, 8, 1, 3);
    hg_model_destroy(model);
}

static void test_span_big_endian(void)
{
    struct sample s = make_sample(true);
    struct hg_bit_span span = hg_bit_span(s.model, &s.record->members[2]);
    CU_ASSERT_EQUAL(span.begin, 1);
    CU_ASSERT_EQUAL(span.end, 3);
    CU_ASSERT_EQUAL(span.shift, 6); /* ends at bit 18 of 24 */
    hg_model_destroy(s.model);
}

static void check_gap(struct hg_gap *gap, const struct sample *s, size_t before,
                      uint64_t bit_offset, uint64_t bits)
{
    CU_ASSERT_FATAL(hg_gap_next(s->model, s->record, gap));
    CU_ASSERT_EQUAL(gap->before, before);
    CU_ASSERT_EQUAL(gap->bit_offset, bit_offset);
    CU_ASSERT_EQUAL(gap->bits, bits);
}

static void test_gaps(void)
{
    struct sample s = make_sample(false);
    struct hg_gap gap = {0};
    check_gap(&gap, &s, 3, 18, 14);
    check_gap(&gap, &s, 4, 36, 28);
    check_gap(&gap, &s, 6, 128, 64);
    CU_ASSERT_FALSE(hg_gap_next(s.model, s.record, &gap));
    CU_ASSERT_FALSE(hg_gap_next(s.model, s.record, &gap));
    hg_model_destroy(s.model);
}

static void test_gaps_of_odd_records(void)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id u8 = hg_test_int(model, "unsigned char", 1, false);
    hg_type_id ids[] = {
        hg_test_record(model, HG_STRUCT, "empty", 0, 1, NULL, 0),
        hg_test_forward(model, HG_STRUCT, "forward"),
        hg_test_record(model, HG_STRUCT, "only_padding", 8, 8, NULL, 0),
        hg_test_record(model, HG_UNION, "u", 4, 4, HG_MEMBERS(HG_MEMBER("a", u8, 0))),
    };
    hg_test_seal(model);
    for (size_t i = 0; i < 2; i++) {
        struct hg_gap gap = {0};
        CU_ASSERT_FALSE(hg_gap_next(model, hg_model_type(model, ids[i]), &gap));
    }
    struct sample s = {.model = model, .record = hg_model_type(model, ids[2])};
    check_gap(&(struct hg_gap){0}, &s, 0, 0, 64);
    s.record = hg_model_type(model, ids[3]);
    check_gap(&(struct hg_gap){0}, &s, 1, 8, 24);
    hg_model_destroy(model);
}

static void test_resolve(void)
{
    struct hg_model *model = hg_test_model_create();
    hg_type_id u32 = hg_test_int(model, "unsigned int", 4, false);
    hg_type_id inner = hg_test_typedef(model, "inner", u32);
    hg_model_amend(model, inner)->ref.qualifiers = HG_CONST;
    hg_model_amend(model, inner)->align = 2;
    hg_type_id outer = hg_test_typedef(model, "outer", inner);
    hg_model_amend(model, outer)->ref.qualifiers = HG_VOLATILE;
    hg_test_seal(model);
    uint32_t qualifiers = HG_RESTRICT;
    CU_ASSERT_EQUAL(hg_type_resolve(model, outer, &qualifiers), u32);
    CU_ASSERT_EQUAL(qualifiers, HG_CONST | HG_VOLATILE | HG_RESTRICT);
    CU_ASSERT_EQUAL(hg_type_resolve(model, u32, NULL), u32);
    CU_ASSERT_EQUAL(hg_type_resolve(model, HG_VOID_ID, NULL), HG_VOID_ID);
    CU_ASSERT_EQUAL(hg_type_size(model, outer), 4);
    CU_ASSERT_EQUAL(hg_type_align(model, outer), 2); /* the typedef's own */
    CU_ASSERT_EQUAL(hg_type_align(model, u32), 4);
    hg_model_destroy(model);
}

/* The compiler's own layout, read back through units: what a field is set to is what the unit
 * holds. */
static void test_against_the_compiler(void)
{
    if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
        return;
    union {
        struct {
            unsigned a : 5;
            unsigned b : 31;
            unsigned c : 29;
            unsigned short d : 15;
        } __attribute__((packed)) fields;
        unsigned char bytes[10];
    } object = {.fields = {.a = 21, .b = 0x5a5a1234, .c = 0x1badcafe, .d = 0x7abc}};
    static const uint64_t expected[] = {21, 0x5a5a1234, 0x1badcafe, 0x7abc};

    struct hg_model *model = hg_test_model_create();
    hg_type_id u32 = hg_test_int(model, "unsigned int", 4, false);
    hg_type_id id =
        hg_test_record(model, HG_STRUCT, "s", 10, 1,
                       HG_MEMBERS(HG_FIELD("a", u32, 0, 5), HG_FIELD("b", u32, 5, 31),
                                  HG_FIELD("c", u32, 36, 29), HG_FIELD("d", u32, 65, 15)));
    hg_test_seal(model);
    const struct hg_type *record = hg_model_type(model, id);
    for (size_t i = 0; i < 4; i++) {
        const struct hg_member *member = &record->members[i];
        struct hg_bit_span span = hg_bit_span(model, member);
        unsigned __int128 value = 0;
        for (uint64_t byte = span.end; byte-- > span.begin;)
            value = value << 8 | object.bytes[byte];
        uint64_t mask = ((uint64_t)1 << member->bit_width) - 1;
        CU_ASSERT_EQUAL((uint64_t)(value >> span.shift) & mask, expected[i]);
    }
    hg_model_destroy(model);
}

void hg_test_layout(void)
{
    CU_pSuite suite = CU_add_suite("layout", NULL, NULL);
    CU_add_test(suite, "runs", test_runs);
    CU_add_test(suite, "run borders", test_run_borders);
    CU_add_test(suite, "units, little-endian", test_units_little_endian);
    CU_add_test(suite, "units, big-endian", test_units_big_endian);
    CU_add_test(suite, "straddling fields", test_straddling);
    CU_add_test(suite, "spans, big-endian", test_span_big_endian);
    CU_add_test(suite, "gaps", test_gaps);
    CU_add_test(suite, "gaps of odd records", test_gaps_of_odd_records);
    CU_add_test(suite, "resolving typedefs", test_resolve);
    CU_add_test(suite, "against the compiler", test_against_the_compiler);
}
