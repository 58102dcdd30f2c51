/*
 * Records.
 *
 *     struct s { int a; unsigned b:3; };
 *
 * becomes STRUCT 's' with its kind flag set, as it has a bit-field: each member's last word is then
 * width << 24 | bit offset, with width 0 for `a`.  Without bit-fields the word is the bit offset,
 * all 32 bits of it.  What does not fit is refused, never cut off.
 *
 * Members come in the model's order, which a sealed model has by offset.  Anonymous members have no
 * name; unnamed bit-fields are not in the model.
 */
#include "backend/btf/parts.h"
#include "model/walk.h"

#include <assert.h>
#include <inttypes.h>

static bool has_bit_field(const struct hg_type *record)
{
    for (size_t i = 0; i < record->member_count; i++)
        if (record->members[i].bit_width != 0)
            return true;
    return false;
}

/* The member's last word; faults are reported. */
static uint32_t place(struct btf_writer *writer, const struct hg_member *member, bool bit_fields)
{
    uint64_t most = bit_fields ? BTF_MOST_BIT_OFFSET : UINT32_MAX;
    if (member->bit_offset > most)
        hg_btf_out_refuse(writer, "member", member->name,
                          "at bit %" PRIu64 ", and BTF can say no more than %" PRIu64
                          " in a record %s",
                          member->bit_offset, most, bit_fields ? "with bit-fields" : "without");
    if (member->bit_width > BTF_MOST_BIT_WIDTH)
        hg_btf_out_refuse(writer, "member", member->name, "a bit-field of %" PRIu32 " bits",
                          member->bit_width);
    uint32_t offset = (uint32_t)member->bit_offset;
    return bit_fields ? member->bit_width << 24 | offset : offset;
}

void hg_btf_out_put_record(struct btf_writer *writer, const struct hg_type *record,
                           const char *name)
{
    if (record->member_count > BTF_MOST_ENTRIES)
        hg_btf_out_refuse(writer, NULL, NULL, "%zu members, and BTF can hold %d",
                          record->member_count, BTF_MOST_ENTRIES);
    if (record->size > UINT32_MAX)
        hg_btf_out_refuse(writer, NULL, NULL, "%" PRIu64 " bytes, and BTF can say no more than %u",
                          record->size, UINT32_MAX);
    bool bit_fields = has_bit_field(record);
    hg_encode_head(&writer->encoder, record->kind == HG_UNION ? BTF_UNION : BTF_STRUCT, bit_fields,
                   record->member_count, name, (uint32_t)record->size);
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        assert(writer->selection->need[hg_type_resolve(writer->model, member->type.id, NULL)] ==
                   HG_DEFINED &&
               "what is held by value is defined");
        hg_encode_name(&writer->encoder, member->name);
        hg_encode_word(&writer->encoder, hg_btf_out_ref(writer, &member->type));
        hg_encode_word(&writer->encoder, place(writer, member, bit_fields));
        if (member->tags != NULL)
            hg_btf_out_note_tags(writer, member->tags, writer->number[writer->current],
                                 (uint32_t)i);
    }
    hg_btf_out_note_tags(writer, record->tags, writer->number[writer->current],
                         (uint32_t)BTF_WHOLE);
}
