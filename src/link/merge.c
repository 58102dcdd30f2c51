/*
 * Merges the types of all records:
 *
 *     byte_offset Stask_struct pid:i32s
 *     byte_offset Stask_struct comm:[16]i8s [0]
 *     byte_size Stask_struct pid:i32s
 *
 * become struct task_struct { int pid; signed char comm[16]; }, and each record gets its access
 * string: 0:0, 0:1:0, 0:0.
 *
 * The method: records with the same text for their first type share a local type, and each adds the
 * members of its path.  If a record has another type for a member that exists already (bindings of
 * two kernels in one program), it uses the next local type of that text, a flavour:
 *
 *     byte_offset Stask_struct state:i64s
 *     byte_offset Stask_struct state:i32u             struct task_struct___hdrgen2
 *
 * What this does not do: share types between members.  Each member has its own copy.
 */
#include "link/link.h"

#include <string.h>

/* The type's part of that name: 1 + its index in linker->parts; 0 = there is none. */
static uint32_t *part_number(struct linker *linker, const struct link_type *type, const char *name)
{
    char key[sizeof type->serial + LINK_NAME_MAX];
    size_t length = strlen(name);
    memcpy(key, &type->serial, sizeof type->serial);
    memcpy(key + sizeof type->serial, name, length);
    return hg_strings_number(&linker->part_numbers, key, sizeof type->serial + length);
}

struct link_part *hg_link_add_part(struct linker *linker, struct link_type *type,
                                   const struct link_part *part)
{
    struct link_part *copy = hg_arena_copy(&linker->arena, part, 1, sizeof *part);
    copy->index = type->part_count++;
    copy->next = NULL;
    if (type->last == NULL)
        type->first = copy;
    else
        type->last->next = copy;
    type->last = copy;
    return copy;
}

struct link_part *hg_link_part(struct linker *linker, struct link_type *type,
                               const struct link_part *part, bool *is_new)
{
    uint32_t *number = part_number(linker, type, part->name);
    *is_new = *number == 0;
    if (!*is_new)
        return linker->parts.items[*number - 1];
    struct link_part *copy = hg_link_add_part(linker, type, part);
    *HG_PUSH(&linker->parts) = copy;
    *number = (uint32_t)linker->parts.count;
    return copy;
}

static bool same_type(const struct link_type *a, const struct link_type *b);

static bool same_parts(const struct link_type *a, const struct link_type *b)
{
    const struct link_part *x = a->first;
    const struct link_part *y = b->first;
    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if (x->name != y->name || x->bits != y->bits || !same_type(x->type, y->type))
            return false;
    return x == y;
}

/* Whether the texts of both types are equal; members that records added do not count. */
static bool same_type(const struct link_type *a, const struct link_type *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->kind != b->kind || a->name != b->name || a->number != b->number || a->sign != b->sign ||
        a->is_closed != b->is_closed || !same_type(a->target, b->target))
        return false;
    return (!a->is_closed && a->kind != LINK_FUNCTION) || same_parts(a, b);
}

/* Whether the members on the record's path agree with those that the root has. */
static bool fits(struct linker *linker, const struct link_root *root,
                 const struct link_record *record)
{
    struct link_type *type = link_resolve(root->type);
    for (unsigned i = 0; i < record->step_count; i++) {
        const struct link_step *step = &record->steps[i];
        if (step->is_index) {
            type = link_resolve(type->target);
            continue;
        }
        uint32_t number = *part_number(linker, type, step->part.name);
        if (number == 0)
            return true;
        const struct link_part *part = linker->parts.items[number - 1];
        if (step->part.type == NULL)
            continue; /* an enumerator */
        if (part->bits != step->part.bits || !same_type(part->type, step->part.type))
            return false;
        type = link_resolve(part->type);
    }
    return true;
}

/* Adds the record's members to its root, and sets record->access. */
static bool add_steps(struct linker *linker, struct link_record *record)
{
    struct link_type *type = link_resolve(record->root->type);
    struct hg_text access = {0};
    bool is_enum = type->kind == LINK_ENUM && record->step_count > 0;
    hg_text_put(&access, is_enum ? "" : "0");
    for (unsigned i = 0; i < record->step_count; i++) {
        const struct link_step *step = &record->steps[i];
        uint32_t index = step->index;
        hg_text_put(&access, is_enum ? "" : ":");
        if (step->is_index) {
            type->used = step->index >= type->used ? step->index + 1 : type->used;
            type = link_resolve(type->target);
        } else {
            bool is_new;
            struct link_part *part = hg_link_part(linker, type, &step->part, &is_new);
            index = part->index;
            if (type->part_count > LINK_PARTS_MAX) {
                hg_text_deinit(&access);
                return hg_link_record_fault(
                    linker, record, "with it a type has more than %d members or enumerators",
                    LINK_PARTS_MAX);
            }
            type = part->type == NULL ? type : link_resolve(part->type);
        }
        hg_text_unsigned(&access, index);
    }
    record->access = hg_strings_intern(&linker->strings, access.data, access.size);
    hg_text_deinit(&access);
    return true;
}

static struct link_root *new_root(struct linker *linker, const struct link_record *record,
                                  unsigned variant)
{
    struct link_root *root = hg_arena_alloc(&linker->arena, sizeof *root);
    *root = (struct link_root){.key = record->key, .type = record->type, .variant = variant};
    *HG_PUSH(&linker->roots) = root;
    return root;
}

static bool find_root(struct linker *linker, struct link_record *record)
{
    uint32_t *first = hg_strings_number(&linker->root_numbers, record->key, strlen(record->key));
    if (*first == 0) {
        record->root = new_root(linker, record, 1);
        *first = (uint32_t)linker->roots.count;
        return true;
    }
    struct link_root *root = linker->roots.items[*first - 1];
    while (!fits(linker, root, record)) {
        if (root->variant == LINK_VARIANTS_MAX)
            return hg_link_record_fault(linker, record,
                                        "there are %d versions of this type already, and it does "
                                        "not agree with any",
                                        LINK_VARIANTS_MAX);
        if (root->next == NULL)
            root->next = new_root(linker, record, root->variant + 1);
        root = root->next;
    }
    record->root = root;
    return true;
}

bool hg_link_merge(struct linker *linker)
{
    for (size_t i = 0; i < linker->records.count; i++) {
        struct link_record *record = &linker->records.items[i];
        if (!find_root(linker, record) || !add_steps(linker, record))
            return false;
    }
    return true;
}
