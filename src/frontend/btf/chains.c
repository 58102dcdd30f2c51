/*
 * No cycles, not too deep; and what follows from that: which type is left when modifiers and
 * typedefs are taken off, and what size each type has.
 *
 *     CONST 1 -> 1                         refused: refers to itself
 *     STRUCT 'a' { x: STRUCT 'a' }         refused: holds itself
 *     PTR 1 -> PTR 2 -> ... -> PTR 1000000 refused: too deep
 *     STRUCT 'a' { next: PTR -> 'a' }      fine
 *
 * The method: two depth-first searches without recursion, each over its own kinds of types.  The
 * first follows what is held by value; leaving a type in it, all that the type holds has been left
 * before, so sizes are one addition or multiplication each.  The second follows what has to be
 * spelled out to name a type: everything down to a named record.  A C type can be in no cycle of
 * either sort.  Both visit each type and each reference once.
 *
 * The limits are the model's (model/verify.h), counted in the same way, so that what passes here
 * passes there; and the kernel's for modifiers and typedefs in a row.
 */
#include "frontend/btf/btf.h"

#include "model/verify.h"

/* left is called with each type, after those that it holds. */
typedef bool left_fn(struct btf *btf, uint32_t id);

struct search {
    uint32_t kinds;     /* a bit for each kind that is gone into */
    bool only_nameless; /* records are gone into only when they have no name */
    left_fn *left;      /* may be NULL */
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

static bool goes_into(const struct btf *btf, const struct search *search, uint32_t id)
{
    if (!is_one_of(btf, id, search->kinds))
        return false;
    return !search->only_nameless || !is_one_of(btf, id, RECORDS) ||
           *btf_string(btf, btf_name_at(btf, id)) == '\0';
}

/* What is not gone into is left at once. */
static bool enter(struct btf *btf, struct search *search, uint32_t id)
{
    if (!goes_into(btf, search, id)) {
        search->depth[id] = 1;
        return search->left == NULL || search->left(btf, id);
    }
    search->depth[id] = ON_PATH;
    *HG_PUSH(&search->path) = (struct step){.id = id};
    return true;
}

/* The model has no modifiers: they add no depth. */
static bool leave(struct btf *btf, struct search *search)
{
    struct step done = search->path.items[--search->path.count];
    uint32_t depth = done.depth + (btf_is_modifier(btf_kind(btf, done.id)) ? 0 : 1);
    if (depth > HG_NESTING_MAX)
        return hg_btf_fault(btf, done.id, "%s, more than %d deep", search->too_deep,
                            HG_NESTING_MAX);
    search->depth[done.id] = depth;
    return search->left == NULL || search->left(btf, done.id);
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
            /* This reference is looked at once more when the type has been left. */
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
        .left = find_size,
        .cycle = "holds itself by value",
        .too_deep = "holds types by value within each other",
    };
    struct search spelling = {
        .kinds =
            MODIFIERS_AND_TYPEDEF | RECORDS | BIT(BTF_ARRAY) | BIT(BTF_PTR) | BIT(BTF_FUNC_PROTO),
        .only_nameless = true,
        .cycle = "refers to itself with no named struct or union between",
        .too_deep = "refers to types within types without a tag",
    };
    return search_all(btf, &by_value) && search_all(btf, &spelling);
}
