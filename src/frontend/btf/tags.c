/*
 * Tags: in BTF they are types; in the model each type, member or reference has a list of tags.
 *
 *     DECL_TAG 'a' -> type 7, component 2       a tag of the third member of type 7
 *     PTR -> TYPE_TAG 'user' -> TYPE_TAG 'rcu' -> INT
 *                                               a pointer whose target has the tags user, rcu
 *
 * Declaration tags are sorted by their subjects; those of one subject keep BTF's order.  The list
 * of a TYPE_TAG is made once, since many pointers may share it.
 */
#include "frontend/btf/build.h"

#include <stdlib.h>

static int compare_tags(const void *left, const void *right)
{
    const struct declaration_tag *a = left;
    const struct declaration_tag *b = right;
    if (a->target != b->target)
        return a->target < b->target ? -1 : 1;
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

void hg_btf_collect_tags(struct builder *builder)
{
    const struct btf *btf = builder->btf;
    for (uint32_t id = 1; id < btf->type_count; id++)
        if (btf_kind(btf, id) == BTF_DECL_TAG)
            *HG_PUSH(&builder->declaration_tags) = (struct declaration_tag){
                .target = btf_type_word(btf, id),
                .part = btf_extra(btf, id)[0] + 1, /* BTF_WHOLE becomes 0 */
                .id = id,
            };
    if (builder->declaration_tags.count > 0)
        qsort(builder->declaration_tags.items, builder->declaration_tags.count,
              sizeof *builder->declaration_tags.items, compare_tags);
}

size_t hg_btf_first_tag(struct builder *builder, uint32_t target)
{
    const struct declaration_tag *tags = builder->declaration_tags.items;
    size_t at = builder->next_tag;
    if (at > 0 && tags[at - 1].target >= target)
        at = 0;
    while (at < builder->declaration_tags.count && tags[at].target < target)
        at++;
    builder->next_tag = at;
    return at;
}

struct list {
    const char **names;
    bool *is_attribute;
    size_t count;
};

static struct list new_list(struct builder *builder, size_t capacity)
{
    return (struct list){
        .names = hg_arena_array(builder->arena, capacity, sizeof(const char *)),
    };
}

/* capacity is that of new_list. */
static void add(struct builder *builder, struct list *list, size_t capacity, uint32_t id)
{
    const struct btf *btf = builder->btf;
    if (btf_flag(btf, id)) {
        if (list->is_attribute == NULL)
            list->is_attribute = hg_arena_array(builder->arena, capacity, sizeof(bool));
        list->is_attribute[list->count] = true;
    }
    list->names[list->count++] = btf_string(btf, btf_name_at(btf, id));
}

static const struct hg_tags *finish(struct builder *builder, const struct list *list)
{
    struct hg_tags *tags = hg_arena_alloc(builder->arena, sizeof *tags);
    *tags = (struct hg_tags){
        .count = list->count, .names = list->names, .is_attribute = list->is_attribute};
    return tags;
}

const struct hg_tags *hg_btf_part_tags(struct builder *builder, size_t *index, uint32_t target,
                                       uint32_t part)
{
    const struct declaration_tag *tags = builder->declaration_tags.items;
    size_t first = *index;
    size_t end = first;
    while (end < builder->declaration_tags.count && tags[end].target == target &&
           tags[end].part == part)
        end++;
    if (end == first)
        return NULL;
    struct list list = new_list(builder, end - first);
    for (size_t i = first; i < end; i++)
        add(builder, &list, end - first, tags[i].id);
    *index = end;
    return finish(builder, &list);
}

const struct hg_tags *hg_btf_type_tags(struct builder *builder, uint32_t id)
{
    const struct btf *btf = builder->btf;
    if (builder->type_tags == NULL)
        builder->type_tags = hg_calloc(btf->type_count, sizeof *builder->type_tags);
    if (builder->type_tags[id] == NULL) {
        size_t count = 0;
        for (uint32_t at = id; btf_kind(btf, at) == BTF_TYPE_TAG; at = btf_type_word(btf, at))
            count++;
        struct list list = new_list(builder, count);
        for (uint32_t at = id; btf_kind(btf, at) == BTF_TYPE_TAG; at = btf_type_word(btf, at))
            add(builder, &list, count, at);
        builder->type_tags[id] = finish(builder, &list);
    }
    return builder->type_tags[id];
}
