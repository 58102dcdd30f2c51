/*
 * Chains of references: refuses cycles and chains that are too deep, and finds for each type its
 * size, and the type that remains without modifiers and typedefs.
 *
 *     CONST 1 -> 1                         refused: refers to itself
 *     STRUCT 'a' { x: STRUCT 'a' }         refused: holds itself
 *     PTR 1 -> PTR 2 -> ... -> PTR 1000000 refused: too deep
 *     STRUCT 'a' { next: PTR -> 'a' }      fine
 *
 * The method: two depth-first searches without recursion.  The first follows the types that a type
 * holds by value.  It finishes these before the type itself, so the size of an array is one
 * multiplication, and the size of a typedef a copy.  The second follows the types that C spells to
 * name a type, down to a named record.  C has neither sort of cycle.  Both searches visit each type
 * and each reference once.
 *
 * The limit of depth is the model's (model/verify.h), counted in the same way, so that the model
 * accepts every BTF that passes here.  The limit of modifiers and typedefs in a row is the
 * kernel's.
 */
#include "frontend/btf/btf.h"

#include "model/verify.h"

typedef bool finish_fn(struct btf *btf, uint32_t id);

struct search {
    uint32_t kinds;     /* a bit for each kind whose references are followed */
    bool only_nameless; /* do not follow the references of records with a name */
    finish_fn *finish;  /* called with each type, after those that it refers to; may be NULL */
    const char *cycle;
    const char *too_deep;
    uint32_t *depth; /* by type id; 0 = not seen, ON_PATH = being visited */
    HG_ARRAY(struct step {
        uint32_t id;
        uint32_t next; /* reference to follow next */
        uint32_t depth;
    })
    path;
};

#define ON_PATH UINT32_MAX
#define BIT(kind) (1u << (kind))

enum {
    MODIFIERS_AND_TYPEDEF = BTF_MODIFIERS | BIT(BTF_TYPEDEF),
    RECORDS = BIT(BTF_STRUCT) | BIT(BTF_UNION),
};

static bool is_one_of(const struct btf *btf, uint32_t id, uint32_t kinds)
{
    return (BIT(btf_kind(btf, id)) & kinds) != 0;
}

static bool is_followed(const struct btf *btf, const struct search *search, uint32_t id)
{
    if (!is_one_of(btf, id, search->kinds))
        return false;
    return !search->only_nameless || !is_one_of(btf, id, RECORDS) ||
           *btf_string(btf, btf_name_at(btf, id)) == '\0';
}

/* Begins to visit a type.  If its references are not followed, it is finished at once. */
static bool enter(struct btf *btf, struct search *search, uint32_t id)
{
    if (!is_followed(btf, search, id)) {
        search->depth[id] = 1;
        return search->finish == NULL || search->finish(btf, id);
    }
    search->depth[id] = ON_PATH;
    *HG_PUSH(&search->path) = (struct step){.id = id};
    return true;
}

/* Finishes the last type of the path.  Modifiers add no depth, since they are no types in the
 * model. */
static bool leave(struct btf *btf, struct search *search)
{
    struct step done = search->path.items[--search->path.count];
    uint32_t depth = done.depth + (btf_is_modifier(btf_kind(btf, done.id)) ? 0 : 1);
    if (depth > HG_NESTING_MAX)
        return hg_btf_fault(btf, done.id, "%s, more than %d deep", search->too_deep,
                            HG_NESTING_MAX);
    search->depth[done.id] = depth;
    return search->finish == NULL || search->finish(btf, done.id);
}

static bool search_from(struct btf *btf, struct search *search, uint32_t root)
{
    if (!enter(btf, search, root))
        return false;
    while (search->path.count > 0) {
        struct step *top = &search->path.items[search->path.count - 1];
        if (top->next == btf_reference_count(btf, top->id)) {
            if (!leave(btf, search))
                return false;
            continue;
        }
        uint32_t to = btf_reference(btf, top->id, top->next);
        if (search->depth[to] == ON_PATH)
            return hg_btf_fault(btf, to, "%s (through type %u)", search->cycle, top->id);
        if (search->depth[to] == 0) {
            /* top->next stays: when the type is finished, its depth is read below. */
            if (!enter(btf, search, to))
                return false;
            continue;
        }
        if (top->depth < search->depth[to])
            top->depth = search->depth[to];
        top->next++;
    }
    return true;
}

static bool search_all(struct btf *btf, struct search *search)
{
    search->depth = hg_calloc(btf->type_count, sizeof *search->depth);
    bool fine = true;
    for (uint32_t id = 0; fine && id < btf->type_count; id++)
        if (search->depth[id] == 0)
            fine = search_from(btf, search, id);
    free(search->depth);
    free(search->path.items);
    return fine;
}

/* --- sizes --- */

static bool array_size(struct btf *btf, uint32_t id)
{
    uint32_t element = btf->sizes[btf_extra(btf, id)[0]];
    uint32_t count = btf_extra(btf, id)[2];
    if (element == BTF_NO_SIZE)
        return hg_btf_fault(btf, id, "its element, type %u, has no size", btf_extra(btf, id)[0]);
    if (__builtin_mul_overflow(element, count, &btf->sizes[id]) || btf->sizes[id] == BTF_NO_SIZE)
        return hg_btf_fault(btf, id, "%u elements of %u bytes are more than BTF can express", count,
                            element);
    return true;
}

static bool find_size(struct btf *btf, uint32_t id)
{
    btf->resolved[id] = id;
    switch (btf_kind(btf, id)) {
    case BTF_INT:
    case BTF_FLOAT:
    case BTF_ENUM:
    case BTF_ENUM64:
    case BTF_STRUCT:
    case BTF_UNION:
        btf->sizes[id] = btf_size_word(btf, id);
        return btf->sizes[id] != BTF_NO_SIZE ||
               hg_btf_fault(btf, id, "%u bytes are more than BTF can express", BTF_NO_SIZE);
    case BTF_PTR:
        btf->sizes[id] = btf->pointer_size;
        return true;
    case BTF_ARRAY:
        return array_size(btf, id);
    case BTF_TYPEDEF:
    case BTF_VOLATILE:
    case BTF_CONST:
    case BTF_RESTRICT:
    case BTF_TYPE_TAG:
        btf->resolved[id] = btf->resolved[btf_type_word(btf, id)];
        btf->sizes[id] = btf->sizes[btf_type_word(btf, id)];
        return true;
    case BTF_VOID:
    case BTF_FWD:
    case BTF_FUNC:
    case BTF_FUNC_PROTO:
    case BTF_VAR:
    case BTF_DATASEC:
    case BTF_DECL_TAG:
        btf->sizes[id] = BTF_NO_SIZE;
        return true;
    }
    return false;
}

/* At most BTF_CHAIN_MAX steps for each type. */
static bool check_chain(const struct btf *btf, uint32_t id)
{
    unsigned length = 0;
    for (uint32_t at = id; is_one_of(btf, at, MODIFIERS_AND_TYPEDEF); at = btf_type_word(btf, at))
        if (++length > BTF_CHAIN_MAX)
            return hg_btf_fault(btf, id, "more than %d modifiers and typedefs in a row, or a cycle",
                                BTF_CHAIN_MAX);
    return true;
}

bool hg_btf_check_chains(struct btf *btf)
{
    for (uint32_t id = 1; id < btf->type_count; id++)
        if (!check_chain(btf, id))
            return false;
    btf->resolved = hg_calloc(btf->type_count, sizeof *btf->resolved);
    btf->sizes = hg_calloc(btf->type_count, sizeof *btf->sizes);
    struct search by_value = {
        .kinds = MODIFIERS_AND_TYPEDEF | RECORDS | BIT(BTF_ARRAY),
        .finish = find_size,
        .cycle = "holds itself by value",
        .too_deep = "nests types by value",
    };
    struct search spelling = {
        .kinds =
            MODIFIERS_AND_TYPEDEF | RECORDS | BIT(BTF_ARRAY) | BIT(BTF_PTR) | BIT(BTF_FUNC_PROTO),
        .only_nameless = true,
        .cycle = "refers to itself with no named struct or union between",
        .too_deep = "nests types that have no tag",
    };
    return search_all(btf, &by_value) && search_all(btf, &spelling);
}
