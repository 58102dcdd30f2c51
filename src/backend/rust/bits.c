/*
 * Bit-fields: getters and setters for the array of bytes that a run of bit-fields shares.
 *
 *     unsigned b:3, c:7;  at bits 0 and 3 of byte 1, little-endian
 *
 *     pub const fn c(&self) -> c_uint {
 *         let bytes = &self._bitfield_0;
 *         let word = u16::from_le_bytes([bytes[0], bytes[1]]);
 *         ((word >> 3) & 0x7f) as c_uint
 *     }
 *     pub fn set_c(&mut self, value: c_uint) {
 *         let bytes = &mut self._bitfield_0;
 *         let word = u16::from_le_bytes([bytes[0], bytes[1]]);
 *         let value = ((value as u16) << 3) & 0x3f8;
 *         let value = ((word & 0xfc07) | value).to_le_bytes();
 *         bytes[0] = value[0];
 *         bytes[1] = value[1];
 *     }
 *
 * The method: layout.h gives the bytes that a field touches, and the shift of its value if they are
 * read as one number in the target's byte order.  The word is the smallest unsigned type of Rust
 * that holds these bytes.  It is assembled from single bytes, so the code depends neither on the
 * machine's byte order nor on alignment.  A field may touch one byte more than the largest word has
 * (9 for 64 bits); that byte, the last in memory, is handled separately, since BPF has no 128-bit
 * numbers.
 *
 * What this does not do: check that a value fits.  A value that is too large is truncated, as in C.
 */
#include "backend/rust/rust.h"

#include "model/layout.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

__extension__ typedef unsigned __int128 mask;

/* Bytes of an expression like `self._bitfield_10[0]`; a longer one is bound to a local variable. */
enum { STORAGE_MAX = 20 };

struct field {
    struct hg_rust *rust;
    const struct hg_rust_access *access;
    bool big_endian;
    bool is_signed;
    bool is_bool;
    bool is_newtype; /* a struct around an integer */
    bool is_local;   /* the storage is the variable `bytes` */
    unsigned width;
    unsigned shift;
    unsigned bytes; /* number of bytes that the field touches */
    unsigned word;  /* bits of the word */
    uint64_t index; /* of the first byte that the field touches, in the storage */
};

static HG_PRINTF(2, 3) void put(const struct field *field, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&field->rust->text, format, arguments);
    va_end(arguments);
}

/* Whether the field touches one byte more than a word has. */
static bool straddles(const struct field *field)
{
    return field->bytes * 8 > field->word;
}

static mask ones(unsigned count)
{
    return count >= 128 ? ~(mask)0 : ((mask)1 << count) - 1;
}

static void put_mask(const struct field *field, mask value)
{
    uint64_t high = (uint64_t)(value >> 64), low = (uint64_t)value;
    if (high != 0)
        put(field, "0x%" PRIx64 "%016" PRIx64, high, low);
    else
        put(field, "0x%" PRIx64, low);
}

/* Whether `self._bitfield_0[1]` is too long to be written twice in a line. */
static bool is_long(const struct hg_rust *rust, const char *storage, uint64_t index)
{
    return rust->path.size + (size_t)snprintf(NULL, 0, ".%s[%llu]", storage == NULL ? "" : storage,
                                              (unsigned long long)index) >
           STORAGE_MAX;
}

static struct field describe(struct hg_rust *rust, const struct hg_rust_access *access)
{
    const struct hg_member *member = access->member;
    struct hg_bit_span span = hg_bit_span(rust->model, member);
    const struct hg_type *type = hg_resolved(rust->model, member->type.id);
    struct field field = {
        .rust = rust,
        .access = access,
        .big_endian = rust->target->big_endian,
        .is_signed = type->is_signed,
        .is_bool = type->kind == HG_BOOL,
        .is_newtype = hg_rust_enum_style(rust, hg_type_resolve(rust->model, member->type.id,
                                                               NULL)) == HG_ENUM_NEWTYPE,
        .width = member->bit_width,
        .shift = span.shift,
        .bytes = (unsigned)(span.end - span.begin),
        .word = 8,
        .index = (uint64_t)((int64_t)span.begin - access->slot->begin),
    };
    unsigned most = field.width <= 64 ? 64 : 128;
    while (field.word < 8 * field.bytes && field.word < most)
        field.word *= 2;
    field.is_local = field.word > 8 || is_long(rust, access->slot->storage, field.index);
    return field;
}

/* `        let bytes = &self._bitfield_0;` */
static void put_let_bytes(const struct field *field, const char *reference)
{
    const char *before = hg_rust_join(field->rust, "        let ", field->rust->bytes, reference);
    hg_rust_put_chain(field->rust, before, field->access->slot->storage);
    put(field, ";\n");
}

/* The byte of index i among those that the field touches: `bytes[3]`. */
static void put_byte(const struct field *field, unsigned i)
{
    put(field, "%s[%" PRIu64 "]", field->rust->bytes, field->index + i);
}

/* `self._bitfield_0[1]` */
static void put_only_byte(const struct field *field)
{
    if (field->is_local)
        put_byte(field, 0);
    else
        put(field, "self.%s[%" PRIu64 "]", field->access->slot->storage, field->index);
}

static const char *word_type(const struct field *field)
{
    return hg_rust_fixed(field->word / 8, false);
}

/* The number of zero bytes in the word before the first byte that the field touches. */
static unsigned leading(const struct field *field)
{
    return field->big_endian && !straddles(field) ? field->word / 8 - field->bytes : 0;
}

/* `        let word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]);` */
static void put_let_word(const struct field *field)
{
    unsigned zeroes = leading(field);
    put(field, "        let %s = %s::from_%s_bytes([", field->rust->word, word_type(field),
        field->big_endian ? "be" : "le");
    for (unsigned i = 0; i < field->word / 8; i++) {
        put(field, "%s", i == 0 ? "" : i % 8 == 0 ? ",\n            " : ", ");
        if (i < zeroes || i - zeroes >= field->bytes)
            put(field, "0");
        else
            put_byte(field, i - zeroes);
    }
    put(field, "]);\n");
}

static void put_word(const struct field *field)
{
    if (field->word == 8)
        put_only_byte(field);
    else
        put(field, "%s", field->rust->word);
}

/* The value in a word and the byte after it: `(word >> 5) | ((bytes[8] as u64) << 59)` */
static void put_straddling(const struct field *field)
{
    bool big = field->big_endian;
    put(field, "(");
    put_word(field);
    put(field, " %s %u) | ((", big ? "<<" : ">>", big ? 8 - field->shift : field->shift);
    put_byte(field, field->word / 8);
    put(field, " as %s) %s %u)", word_type(field), big ? ">>" : "<<",
        big ? field->shift : field->word - field->shift);
}

/* The word, shifted so that the value begins at bit 0 (left is 0), or shifted left by `left`. */
static void put_raw(const struct field *field, unsigned left)
{
    unsigned right = straddles(field) || left != 0 ? 0 : field->shift;
    bool is_plain = !straddles(field) && left == 0 && right == 0;
    bool is_nested = straddles(field) && left != 0;
    put(field, "%s%s", is_plain ? "" : "(", is_nested ? "(" : "");
    if (straddles(field))
        put_straddling(field);
    else
        put_word(field);
    put(field, "%s", is_nested ? ")" : "");
    if (left != 0)
        put(field, " << %u", left);
    else if (right != 0)
        put(field, " >> %u", right);
    put(field, "%s", is_plain ? "" : ")");
}

/* ` as c_uint`; for an enum that is a struct, the type of the integer in it. */
static void put_as_type(const struct field *field)
{
    const struct hg_member *member = field->access->member;
    const struct hg_type *type = hg_resolved(field->rust->model, member->type.id);
    put(field, " as ");
    if (field->is_newtype)
        put(field, "%s", hg_rust_fixed(type->size, type->is_signed));
    else
        hg_rust_put_value_type(field->rust, member->type.id);
}

/* `((word << 3) as i32) >> 7`: the shift to the right copies the sign bit. */
static void put_signed_value(const struct field *field)
{
    unsigned above = field->word - field->width;
    unsigned left = above - (straddles(field) ? 0 : field->shift);
    put(field, above != 0 ? "((" : "(");
    if (left == 0 && !straddles(field))
        put_word(field);
    else
        put_raw(field, left);
    put(field, " as %s)", hg_rust_fixed(field->word / 8, true));
    if (above != 0)
        put(field, " >> %u)", above);
}

static void put_get_value(const struct field *field)
{
    if (field->is_newtype) {
        hg_rust_put_type(field->rust, field->access->member->type.id);
        put(field, "(");
    }
    if (field->is_signed && !field->is_bool) {
        put_signed_value(field);
    } else if (field->width == field->word) {
        put_raw(field, 0);
    } else {
        put(field, "(");
        put_raw(field, 0);
        put(field, " & ");
        put_mask(field, ones(field->width));
        put(field, ")");
    }
    if (field->is_bool) {
        put(field, " != 0");
        return;
    }
    put_as_type(field);
    put(field, "%s", field->is_newtype ? ")" : "");
}

/* `value as u16`, shifted and masked if necessary. */
static void put_shifted_value(const struct field *field)
{
    bool is_shifted = field->shift != 0;
    bool is_masked = field->shift + field->width < field->word;
    put(field, "%s%s%s as %s%s",
        is_shifted && is_masked   ? "(("
        : is_shifted || is_masked ? "("
                                  : "",
        field->rust->value, field->is_newtype ? ".0" : "", word_type(field),
        is_shifted || is_masked ? ")" : "");
    if (is_shifted)
        put(field, " << %u%s", field->shift, is_masked ? ")" : "");
    if (is_masked) {
        put(field, " & ");
        put_mask(field, ones(field->width) << field->shift);
    }
}

/* `        self._bitfield_0[1] = (self._bitfield_0[1] & 0xc7) | (((value as u8) << 3) & 0x38);` */
static void put_set_byte(const struct field *field)
{
    put(field, "        ");
    put_only_byte(field);
    put(field, " = (");
    put_only_byte(field);
    put(field, " & ");
    put_mask(field, ones(8) & ~(ones(field->width) << field->shift));
    put(field, ") | (");
    put_shifted_value(field);
    put(field, ");\n");
}

/* Sets the byte after the word, and leaves in `value` the part for the word. */
static void put_set_last_byte(const struct field *field)
{
    const char *value = field->rust->value;
    unsigned in_word =
        field->big_endian ? field->width + field->shift - 8 : field->word - field->shift;
    unsigned in_last = field->width - in_word;
    unsigned at = field->big_endian ? field->shift : 0;
    put(field, "        let %s = %s%s as %s;\n        ", value, value,
        field->is_newtype ? ".0" : "", word_type(field));
    put_byte(field, field->word / 8);
    put(field, " = (");
    put_byte(field, field->word / 8);
    put(field, " & ");
    put_mask(field, ones(8) & ~(ones(in_last) << at));
    if (field->big_endian) {
        put(field, ") | ((%s << %u) as u8);\n        let %s = (%s >> %u) & ", value, at, value,
            value, 8 - field->shift);
        put_mask(field, ones(in_word));
        put(field, ";\n");
    } else {
        put(field, ") | ((%s >> %u) as u8 & ", value, in_word);
        put_mask(field, ones(in_last));
        put(field, ");\n        let %s = %s << %u;\n", value, value, field->shift);
    }
}

static void put_set_word(const struct field *field)
{
    const char *value = field->rust->value;
    mask kept = ~(ones(field->width) << field->shift);
    put_let_word(field);
    if (straddles(field)) {
        put_set_last_byte(field);
        kept = field->big_endian ? ~ones(field->width + field->shift - 8) : ones(field->shift);
    } else {
        put(field, "        let %s = ", value);
        put_shifted_value(field);
        put(field, ";\n");
    }
    put(field, "        let %s = ((%s & ", value, field->rust->word);
    put_mask(field, kept & ones(field->word));
    put(field, ") | %s).to_%s_bytes();\n", value, field->big_endian ? "be" : "le");
    for (unsigned i = 0; i < field->bytes && i < field->word / 8; i++) {
        put(field, "        ");
        put_byte(field, i);
        put(field, " = %s[%u];\n", value, i + leading(field));
    }
}

/* Begins a method, with the comment `offset 4, bits 3..=9`. */
static void begin(const struct field *field, struct hg_rust_impl *impl)
{
    const struct hg_rust_access *access = field->access;
    struct hg_text about = {0};
    unsigned first = (unsigned)(access->member->bit_offset % 8);
    hg_text_printf(&about, "offset %" PRIu64 ", bit%s %u",
                   access->base + access->member->bit_offset / 8, hg_plural(field->width), first);
    if (field->width > 1)
        hg_text_printf(&about, "..=%u", first + field->width - 1);
    hg_rust_put_where(&about, &access->member->where);
    hg_rust_begin_method(field->rust, impl, hg_text_string(&about));
    hg_text_deinit(&about);
}

static void put_getter(const struct field *field, const char *name)
{
    put(field, "    pub const %sfn %s(&self) -> ", field->access->in_union ? "unsafe " : "", name);
    hg_rust_put_value_type(field->rust, field->access->member->type.id);
    put(field, " {\n");
    if (field->is_local)
        put_let_bytes(field, " = &");
    if (field->word > 8)
        put_let_word(field);
    put(field, "        ");
    put_get_value(field);
    put(field, "\n    }\n");
}

void hg_rust_put_bit_field(struct hg_rust *rust, const struct hg_rust_access *access,
                           const char *getter, const char *setter, struct hg_rust_impl *impl)
{
    struct field field = describe(rust, access);
    begin(&field, impl);
    put_getter(&field, getter);
    if (setter == NULL)
        return;
    put(&field,
        "\n    #[inline]\n    pub %sfn %s(&mut self, %s: ", access->in_union ? "unsafe " : "",
        setter, rust->value);
    hg_rust_put_value_type(rust, access->member->type.id);
    put(&field, ") {\n");
    if (field.is_local)
        put_let_bytes(&field, " = &mut ");
    if (field.word == 8)
        put_set_byte(&field);
    else
        put_set_word(&field);
    put(&field, "    }\n");
}

void hg_rust_put_bit_probe(struct hg_rust *rust, const struct hg_member *member, uint64_t base,
                           const char *name, struct hg_rust_impl *impl)
{
    struct hg_bit_span span = hg_bit_span(rust->model, member);
    struct hg_rust_slot slot = {.kind = HG_SLOT_BITS, .begin = (int64_t)span.begin};
    struct hg_rust_access access = {.member = member, .slot = &slot, .base = base};
    struct field field = describe(rust, &access);
    struct hg_text *text = &rust->text;
    field.is_local = true;
    begin(&field, impl);
    hg_text_printf(text, "    pub unsafe fn %s(%s: *const Self) -> ::core::result::Result<", name,
                   rust->source);
    hg_rust_put_value_type(rust, member->type.id);
    hg_text_printf(text, ", i64> {\n        let %s: [u8; %u] = unsafe { __probe_read(", rust->bytes,
                   field.bytes);
    hg_rust_put_address(rust, rust->source, base + span.begin);
    hg_text_put(text, ") }?;\n");
    if (field.word > 8)
        put_let_word(&field);
    hg_text_put(text, "        ::core::result::Result::Ok(");
    put_get_value(&field);
    hg_text_put(text, ")\n    }\n");
}
