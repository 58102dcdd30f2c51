/*
 * Functions, variables and sections.
 *
 *     FUNC 'f' -> FUNC_PROTO         a symbol: a function
 *     VAR 'x' -> INT                 a symbol: a variable
 *     DATASEC '.data' { VAR 'x' at 0, 4 bytes }
 *
 * Symbols are added first, since a section may precede its variables.
 */
#include "frontend/btf/build.h"

/* NULL = no parameter has a tag.  index: of the first tag after those of the function itself. */
static const struct hg_tags *const *parameter_tags(struct builder *builder, uint32_t id,
                                                   size_t index)
{
    uint32_t count = btf_vlen(builder->btf, btf_type_word(builder->btf, id));
    if (index == builder->declaration_tags.count ||
        builder->declaration_tags.items[index].target != id)
        return NULL;
    const struct hg_tags **tags = hg_arena_array(builder->arena, count, sizeof *tags);
    for (uint32_t i = 0; i < count; i++)
        tags[i] = hg_btf_part_tags(builder, &index, id, i + 1);
    return tags;
}

static void add_symbol(struct builder *builder, uint32_t id)
{
    const struct btf *btf = builder->btf;
    bool is_function = btf_kind(btf, id) == BTF_FUNC;
    size_t tag = hg_btf_first_tag(builder, id);
    struct hg_symbol symbol = {
        .kind = is_function ? HG_SYMBOL_FUNCTION : HG_SYMBOL_VARIABLE,
        .linkage = (enum hg_linkage)(is_function ? btf_vlen(btf, id) : btf_extra(btf, id)[0]),
        .name = builder_name(builder, btf_name_at(btf, id)),
        .type = hg_btf_ref(builder, btf_type_word(btf, id)),
        .tags = hg_btf_part_tags(builder, &tag, id, 0),
    };
    if (is_function)
        symbol.parameter_tags = parameter_tags(builder, id, tag);
    hg_model_add_symbol(builder->model, &symbol);
}

static void add_section(struct builder *builder, uint32_t id)
{
    const struct btf *btf = builder->btf;
    uint32_t count = btf_vlen(btf, id);
    const uint32_t *word = btf_extra(btf, id);
    struct hg_section_entry *entries = hg_arena_array(builder->arena, count, sizeof *entries);
    for (uint32_t i = 0; i < count; i++, word += 3)
        entries[i] = (struct hg_section_entry){
            .symbol = builder->ids[word[0]], .offset = word[1], .size = word[2]};
    struct hg_section section = {
        .name = builder_name(builder, btf_name_at(btf, id)),
        .size = btf_size_word(btf, id),
        .entries = entries,
        .entry_count = count,
    };
    hg_model_add_section(builder->model, &section);
}

void hg_btf_build_symbols(struct builder *builder)
{
    const struct btf *btf = builder->btf;
    uint32_t count = 0;
    for (uint32_t id = 1; id < btf->type_count; id++) {
        if (btf_kind(btf, id) != BTF_FUNC && btf_kind(btf, id) != BTF_VAR)
            continue;
        add_symbol(builder, id);
        builder->ids[id] = count++;
    }
    for (uint32_t id = 1; id < btf->type_count; id++)
        if (btf_kind(btf, id) == BTF_DATASEC)
            add_section(builder, id);
}
