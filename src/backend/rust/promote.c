/*
 * Promotion: methods for the members of anonymous members, which C reaches as if they were the
 * outer record's.
 *
 *     struct foo { union { int pid; long id; }; };
 *
 *     impl foo {
 *         /// offset 0, 4 bytes
 *         #[inline]
 *         pub const unsafe fn pid(&self) -> c_int {
 *             self.__anon_pid.pid
 *         }
 *     }
 *
 * The method: descend through anonymous members, with the path, the offset, and whether a union or
 * a packed record is on the way; access.c writes the method.  Inside a member that plan.c made
 * bytes, everything is a part of these bytes.  If a record is an anonymous member itself, the outer
 * record has the methods.
 *
 * What this does not do: descend deeper than DEPTH_MAX.  Deeper members are reached by their paths.
 */
#include "backend/rust/rust.h"

enum { DEPTH_MAX = 16 };

struct level {
    hg_type_id id;
    size_t next;           /* index of the next member */
    size_t path_size;      /* of the path before this level */
    uint64_t base;         /* offset in the outermost record, bytes */
    const char *storage;   /* the field of bytes that contains this record; NULL = none */
    int64_t storage_begin; /* from the start of this record */
    bool in_union;
    bool is_packed;
};

struct descent {
    struct hg_rust *rust;
    struct level levels[DEPTH_MAX];
    size_t count;
};

static bool is_open(const struct hg_rust *rust, const struct hg_member *member)
{
    return member->name == NULL &&
           rust->insides[hg_type_resolve(rust->model, member->type.id, NULL)].slots != NULL;
}

/* Goes into an anonymous member of the level above, or of the record itself. */
static void enter(struct descent *descent, const struct level *above,
                  const struct hg_member *member, const struct hg_rust_slot *slot)
{
    struct hg_rust *rust = descent->rust;
    if (descent->count == DEPTH_MAX || !is_open(rust, member))
        return;
    hg_type_id id = hg_type_resolve(rust->model, member->type.id, NULL);
    struct level *level = &descent->levels[descent->count++];
    *level = (struct level){
        .id = id,
        .path_size = rust->path.size,
        .base = above->base + member->bit_offset / 8,
        .in_union = above->in_union || hg_model_type(rust->model, id)->kind == HG_UNION,
        .is_packed = above->is_packed || rust->insides[id].is_packed,
    };
    if (above->storage != NULL) {
        level->storage = above->storage;
        level->storage_begin = above->storage_begin - (int64_t)(member->bit_offset / 8);
        return;
    }
    if (slot->kind == HG_SLOT_BYTES) {
        level->storage = slot->name;
        return;
    }
    hg_text_printf(&rust->path, ".%s%s", slot->name, rust->insides[id].is_wrapped ? ".inner" : "");
}

static void leave(struct descent *descent)
{
    hg_text_truncate(&descent->rust->path, descent->levels[--descent->count].path_size);
}

/* The slot of a member, which may be a part of a field of bytes. */
static struct hg_rust_slot slot_at(const struct level *level, const struct hg_rust_slot *slot)
{
    struct hg_rust_slot found = *slot;
    if (level->storage != NULL) {
        found.kind = slot->kind == HG_SLOT_BITS ? HG_SLOT_BITS : HG_SLOT_BYTES;
        found.storage = level->storage;
        found.begin = level->storage_begin;
    }
    return found;
}

static void put_methods(struct descent *descent, struct hg_rust_impl *impl)
{
    struct hg_rust *rust = descent->rust;
    while (descent->count > 0) {
        struct level *level = &descent->levels[descent->count - 1];
        const struct hg_type *record = hg_model_type(rust->model, level->id);
        if (level->next == record->member_count) {
            leave(descent);
            continue;
        }
        size_t i = level->next++;
        struct hg_rust_slot slot = slot_at(level, &rust->insides[level->id].slots[i]);
        if (record->members[i].name == NULL) {
            enter(descent, level, &record->members[i], &slot);
            continue;
        }
        struct hg_rust_access access = {
            .member = &record->members[i],
            .slot = &slot,
            .base = level->base,
            .in_union = level->in_union,
            .is_packed = level->is_packed,
            .is_promoted = true,
        };
        hg_rust_put_access(rust, &access, impl);
    }
}

void hg_rust_put_promoted(struct hg_rust *rust, hg_type_id id, struct hg_rust_impl *impl)
{
    const struct hg_type *record = hg_model_type(rust->model, id);
    const struct hg_rust_plan *plan = &rust->plan;
    struct descent descent = {.rust = rust};
    struct level top = {
        .id = id,
        .in_union = record->kind == HG_UNION,
        .is_packed = plan->repr == HG_REPR_PACKED || plan->repr == HG_REPR_WRAPPED,
    };
    if (record->name == NULL && rust->is_member_type[id])
        return;
    for (size_t i = 0; i < record->member_count; i++) {
        if (record->members[i].name != NULL)
            continue;
        enter(&descent, &top, &record->members[i], &plan->slots[i]);
        put_methods(&descent, impl);
    }
}
