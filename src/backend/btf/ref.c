/*
 * References and tags: BTF has a type of its own for each qualifier and tag.
 *
 *     const char __user *p;      PTR -> TYPE_TAG 'user' -> CONST -> INT 'char'
 *
 * Tags come before qualifiers, since a reader that meets a qualifier looks for no further tags;
 * otherwise the order is clang's.  Each of these types is written once: it is looked up by kind,
 * tag and target.  Their ids follow those of the selected types, which are counted before anything
 * is written, so a type can refer to a qualifier that is written later.
 *
 * _Atomic is left out: BTF cannot express it, and the stored sizes and offsets hold without it.
 */
#include "backend/btf/parts.h"

#include <assert.h>

/* --- tags --- */

bool hg_btf_out_can_write_tag(struct btf_writer *writer, const struct hg_tags *tags, size_t index,
                              unsigned since_minor, struct subject_list *degraded)
{
    const char *tag = tags->names[index];
    bool is_attribute = tags->is_attribute != NULL && tags->is_attribute[index];
    bool known =
        is_attribute ? hg_btf_out_knows(writer, 6, 15) : hg_btf_out_knows(writer, 5, since_minor);
    if (!known)
        hg_btf_out_list(writer, degraded, tag);
    else if (tag[0] == '\0')
        hg_btf_out_refuse(writer, NULL, NULL, "a tag is empty, and BTF has no empty tags");
    return known && tag[0] != '\0';
}

/* --- references --- */

/* The id of a qualifier (tag NULL) or type tag with that target; it is added if it is new. */
static uint32_t modifier(struct btf_writer *writer, enum btf_kind kind, const char *tag,
                         bool is_attribute, uint32_t target)
{
    /* These bits hold all tags and targets within BTF's limits. */
    uint64_t key = (uint64_t)hg_encode_string(&writer->encoder, tag) << 32 | (uint64_t)kind << 26 |
                   (uint64_t)is_attribute << 25 | target;
    uint32_t base_id =
        writer->base == NULL ? 0 : hg_number_map_find(&writer->base->modifier_ids, key);
    if (base_id != 0)
        return base_id;
    uint32_t *id = hg_number_map_at(&writer->modifier_ids, key);
    if (*id == 0) {
        *id = writer->first_modifier + (uint32_t)writer->modifiers.count;
        *HG_PUSH(&writer->modifiers) = (struct modifier){
            .kind = kind, .tag = tag, .is_attribute = is_attribute, .target = target};
    }
    return *id;
}

static const struct {
    enum hg_qualifier qualifier;
    enum btf_kind kind;
} qualifier_kinds[] = {
    /* innermost first */
    {HG_RESTRICT, BTF_RESTRICT},
    {HG_VOLATILE, BTF_VOLATILE},
    {HG_CONST, BTF_CONST},
};

enum { QUALIFIER_KINDS = sizeof qualifier_kinds / sizeof *qualifier_kinds };

unsigned hg_btf_out_chain(const struct btf_writer *writer, const struct hg_ref *ref)
{
    size_t links = writer->chain[ref->id];
    for (size_t i = 0; i < QUALIFIER_KINDS; i++)
        links += (ref->qualifiers & qualifier_kinds[i].qualifier) != 0;
    if (ref->tags != NULL)
        links += ref->tags->count;
    return links > UINT8_MAX ? UINT8_MAX : (unsigned)links;
}

static uint32_t add_tags(struct btf_writer *writer, const struct hg_tags *tags, uint32_t id)
{
    if (tags == NULL)
        return id;
    for (size_t i = tags->count; i-- > 0;)
        if (hg_btf_out_can_write_tag(writer, tags, i, 17, &writer->degraded[DEGRADED_TYPE_TAG]))
            id = modifier(writer, BTF_TYPE_TAG, tags->names[i],
                          tags->is_attribute != NULL && tags->is_attribute[i], id);
    return id;
}

/* The recursion follows only typedefs that are left out; a sealed model bounds their depth. */
static uint32_t ref_id(struct btf_writer *writer, const struct hg_ref *ref)
{
    uint32_t target = writer->number[ref->id];
    if (target == 0 && ref->id != HG_VOID_ID) {
        const struct hg_type *type = hg_model_type(writer->model, ref->id);
        assert(type->kind == HG_TYPEDEF && writer->stands_for != NULL &&
               writer->stands_for[ref->id] == HG_BTF_NAMELESS &&
               "every use of a selected type is selected");
        target = ref_id(writer, &type->ref);
    }
    for (size_t i = 0; i < QUALIFIER_KINDS; i++)
        if (ref->qualifiers & qualifier_kinds[i].qualifier)
            target = modifier(writer, qualifier_kinds[i].kind, NULL, false, target);
    return add_tags(writer, ref->tags, target);
}

uint32_t hg_btf_out_ref(struct btf_writer *writer, const struct hg_ref *ref)
{
    if (hg_btf_out_chain(writer, ref) > BTF_WRITTEN_CHAIN_MAX)
        hg_btf_out_refuse(
            writer, NULL, NULL,
            "refers to a type through more than %d typedefs, qualifiers and arrays, and "
            "readers of BTF give up there",
            BTF_WRITTEN_CHAIN_MAX);
    return ref_id(writer, ref);
}

uint32_t hg_btf_out_result(struct btf_writer *writer, const struct hg_ref *ref)
{
    if (hg_type_resolve(writer->model, ref->id, NULL) == HG_VOID_ID)
        return 0;
    return hg_btf_out_ref(writer, ref);
}

void hg_btf_out_put_modifiers(struct btf_writer *writer)
{
    for (size_t i = 0; i < writer->modifiers.count; i++) {
        const struct modifier *item = &writer->modifiers.items[i];
        hg_encode_head(&writer->encoder, item->kind, item->is_attribute, 0, item->tag,
                       item->target);
    }
}

/* --- declaration tags --- */

/*
 * A declaration tag is a BTF type that refers to the type or member that it tags.
 *
 *     struct s { int n; int *p __attribute__((btf_decl_tag("counted_by_n"))); };
 *         ->  DECL_TAG 'counted_by_n' type=s component=1
 *
 * They are collected while the types are written, and come last.  A whole attribute
 * (`address_space(1)`) is stored in the same way, with the kind flag set.
 */
void hg_btf_out_note_tags(struct btf_writer *writer, const struct hg_tags *tags, uint32_t target,
                          uint32_t component)
{
    if (tags == NULL)
        return;
    for (size_t i = 0; i < tags->count; i++)
        if (hg_btf_out_can_write_tag(writer, tags, i, 16, &writer->degraded[DEGRADED_DECL_TAG]))
            *HG_PUSH(&writer->tags) = (struct declaration_tag){
                .tag = tags->names[i],
                .is_attribute = tags->is_attribute != NULL && tags->is_attribute[i],
                .target = target,
                .component = component,
            };
}

void hg_btf_out_put_tags(struct btf_writer *writer)
{
    for (size_t i = 0; i < writer->tags.count; i++) {
        const struct declaration_tag *tag = &writer->tags.items[i];
        hg_encode_head(&writer->encoder, BTF_DECL_TAG, tag->is_attribute, 0, tag->tag, tag->target);
        hg_encode_word(&writer->encoder, tag->component);
    }
}
