/*
 * Building a model from checked BTF.
 *
 *     build.c    types
 *     tags.c     declaration tags and type tags
 *     symbols.c  functions, variables, sections
 */
#ifndef HG_FRONTEND_BTF_BUILD_H
#define HG_FRONTEND_BTF_BUILD_H

#include "frontend/btf/btf.h"
#include "model/build.h"

/* A BTF_KIND_DECL_TAG and its subject. */
struct declaration_tag {
    uint32_t target; /* BTF id of the type, function or variable that has the tag */
    uint32_t part;   /* 0 = the whole of it; else the index of the member or parameter, plus one */
    uint32_t id;     /* BTF id of the tag itself */
};

struct builder {
    const struct btf *btf;
    struct hg_model *model;
    struct hg_arena *arena; /* the model's */
    /* By BTF id: the type's id in the model; of FUNC and VAR, the symbol's index. */
    uint32_t *ids;
    HG_ARRAY(struct declaration_tag) declaration_tags; /* sorted; see hg_btf_collect_tags */
    size_t next_tag;                                   /* where hg_btf_first_tag stopped */
    const struct hg_tags **type_tags; /* by BTF id of a TYPE_TAG; NULL = not made yet */
    bool *has_value;                  /* by BTF id: a member or element has this type */
};

/* The name at the offset in the BTF's strings; NULL = it is empty. */
static inline const char *builder_name(const struct builder *builder, uint32_t offset)
{
    const char *name = btf_string(builder->btf, offset);
    return *name == '\0' ? NULL : name;
}

/* Fills the model, which then owns the BTF's strings.  The BTF must have been checked; after the
 * call hg_btf_deinit is the only call allowed on it. */
void hg_btf_build(struct btf *btf, struct hg_model *model);

/* A reference to the type with the BTF id; modifiers become its qualifiers and tags. */
struct hg_ref hg_btf_ref(struct builder *builder, uint32_t id);

/* Fills declaration_tags. */
void hg_btf_collect_tags(struct builder *builder);

/* The index of the first declaration tag of target; if it has none, of the next target's.  In
 * ascending order of targets, each call continues where the last one ended. */
size_t hg_btf_first_tag(struct builder *builder, uint32_t target);

/* The list of the declaration tags from *index on that belong to this part of target; *index moves
 * past them.  NULL = there are none.  Calls for one target must be in ascending order of parts. */
const struct hg_tags *hg_btf_part_tags(struct builder *builder, size_t *index, uint32_t target,
                                       uint32_t part);

/* The tags of a TYPE_TAG and of the TYPE_TAGs that it refers to, as one list. */
const struct hg_tags *hg_btf_type_tags(struct builder *builder, uint32_t id);

/* Adds functions, variables and sections to the model. */
void hg_btf_build_symbols(struct builder *builder);

#endif
