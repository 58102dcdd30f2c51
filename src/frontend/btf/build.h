/*
 * From checked BTF to a model.
 *
 *     build.c    types
 *     tags.c     declaration tags and type tags
 *     symbols.c  functions, variables, sections
 */
#ifndef HG_FRONTEND_BTF_BUILD_H
#define HG_FRONTEND_BTF_BUILD_H

#include "frontend/btf/btf.h"
#include "model/build.h"

/* A DECL_TAG, by what it is about. */
struct declaration_tag {
    uint32_t target;
    uint32_t part; /* 0 = the whole; else the number of the member or parameter, from 1 */
    uint32_t id;
};

struct builder {
    const struct btf *btf;
    struct hg_model *model;
    struct hg_arena *arena; /* the model's */
    /* By BTF id: the type's id in the model; of FUNC and VAR, the symbol's index. */
    uint32_t *ids;
    HG_ARRAY(struct declaration_tag) declaration_tags; /* sorted; see hg_btf_collect_tags */
    size_t next_tag;                                   /* where hg_btf_first_tag stopped */
    const struct hg_tags **type_tags; /* by BTF id of a TYPE_TAG; made when first asked for */
    bool *has_value; /* by BTF id of an ENUM without enumerators: something is of that type */
};

/* NULL where there is none. */
static inline const char *builder_name(const struct builder *builder, uint32_t offset)
{
    const char *name = btf_string(builder->btf, offset);
    return *name == '\0' ? NULL : name;
}

/* Fills the model, which then owns the strings.  btf must have been checked, and can only be
 * deinitialised afterwards. */
void hg_btf_build(struct btf *btf, struct hg_model *model);

/* A use of BTF's type id: modifiers become qualifiers and tags. */
struct hg_ref hg_btf_ref(struct builder *builder, uint32_t id);

void hg_btf_collect_tags(struct builder *builder);

/* Index of the first declaration tag of target, or of where it would be.  Asked for in ascending
 * order of targets it costs next to nothing. */
size_t hg_btf_first_tag(struct builder *builder, uint32_t target);

/* The list of the tags from *index on that are about this part of target, and *index behind them;
 * NULL when there are none.  Parts must be asked for in ascending order. */
const struct hg_tags *hg_btf_part_tags(struct builder *builder, size_t *index, uint32_t target,
                                       uint32_t part);

/* The list that a TYPE_TAG and those behind it make. */
const struct hg_tags *hg_btf_type_tags(struct builder *builder, uint32_t id);

void hg_btf_build_symbols(struct builder *builder);

#endif
