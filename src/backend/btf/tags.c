/*
 * Declaration tags: types of their own that name what they are about.
 *
 *     struct s { int n; int *p __attribute__((btf_decl_tag("counted_by_n"))); };
 *         ->  DECL_TAG 'counted_by_n' type=s component=1
 *
 * They are collected while the types are written, and come last.  Whole attributes, which BTF names
 * in the same way, have the kind flag set.
 */
#include "backend/btf/parts.h"

bool hg_btf_out_can_tell(struct btf_writer *writer, const struct hg_tags *tags, size_t index,
                         unsigned since_minor, struct subject_list *degraded)
{
    const char *tag = tags->names[index];
    bool is_attribute = tags->is_attribute != NULL && tags->is_attribute[index];
    bool known =
        is_attribute ? hg_btf_out_knows(writer, 6, 15) : hg_btf_out_knows(writer, 5, since_minor);
    if (!known)
        hg_btf_out_list(writer, degraded, tag);
    else if (tag[0] == '\0')
        hg_btf_out_refuse(writer, NULL, NULL, "a tag is empty, and BTF cannot tell that");
    return known && tag[0] != '\0';
}

void hg_btf_out_note_tags(struct btf_writer *writer, const struct hg_tags *tags, uint32_t target,
                          uint32_t component)
{
    if (tags == NULL)
        return;
    for (size_t i = 0; i < tags->count; i++)
        if (hg_btf_out_can_tell(writer, tags, i, 16, &writer->degraded[DEGRADED_DECL_TAG]))
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
