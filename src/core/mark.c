/*
 * Marks the smallest BTF on which an access still resolves to the same value.
 *
 *     struct task_struct.mm          task_struct with its member mm alone, a pointer to void
 *     type_exists of a typedef       it and the types it refers to, through pointers; records empty
 *     type_matches                   all members, and those of records held by value
 *     an enumerator                  its whole enum
 *
 * The rules are those of bpftool's min_core_btf.  There each qualifier is a type of its own, and a
 * pointer keeps its target if something needs that very type.  Here each set of qualifiers is a
 * bit.
 *
 * The method: a list of types still to be visited, each at most once in each way.
 */
#include "core/match.h"
#include "model/walk.h"

#include <string.h>

/* Which references of a type are visited. */
enum way {
    WAY_PLAIN,         /* those of typedefs, arrays and prototypes */
    WAY_FOLLOW,        /* those of pointers, too */
    WAY_MATCH,         /* those of members, too */
    WAY_MATCH_POINTEE, /* as WAY_MATCH, but a record that this pointer refers to has no members */
};

enum {
    QUALIFIERS = HG_CONST | HG_VOLATILE | HG_RESTRICT, /* those that BTF has */
    WAY_SHIFT = 8, /* first bit of the ways; the bits below are for sets of qualifiers */
};

typedef HG_ARRAY(struct visit {
    hg_type_id id;
    enum way way;
}) visit_list;

void hg_core_marks_init(struct marks *marks, const struct hg_model *model)
{
    size_t count = hg_model_type_count(model);
    size_t members = 0;
    *marks = (struct marks){.model = model};
    marks->types = hg_calloc(count, sizeof *marks->types);
    marks->followed = hg_calloc(count, sizeof *marks->followed);
    marks->first_member = hg_calloc(count, sizeof *marks->first_member);
    for (hg_type_id id = 0; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, id);
        marks->first_member[id] = (uint32_t)members;
        if (hg_is_record(type))
            members += type->member_count;
    }
    marks->members = hg_calloc(members, sizeof *marks->members);
}

void hg_core_marks_deinit(struct marks *marks)
{
    free(marks->types);
    free(marks->followed);
    free(marks->first_member);
    free(marks->members);
}

bool hg_core_is_marked(const struct marks *marks, const struct hg_ref *ref)
{
    unsigned set = ref->qualifiers & QUALIFIERS;
    return ref->tags == NULL && (marks->types[ref->id] >> set & 1) != 0;
}

static void set_bit(struct marks *marks, hg_type_id id, unsigned bit)
{
    marks->types[id] = (uint16_t)(marks->types[id] | 1u << bit);
}

static void push(struct marks *marks, visit_list *list, hg_type_id id, enum way way)
{
    unsigned bit = WAY_SHIFT + (unsigned)way;
    if (id == HG_VOID_ID || (marks->types[id] >> bit & 1) != 0)
        return;
    set_bit(marks, id, 0);
    set_bit(marks, id, bit);
    *HG_PUSH(list) = (struct visit){.id = id, .way = way};
}

/* The qualifiers are marked from the outside in, as the BTF writer nests them. */
static void push_ref(struct marks *marks, visit_list *list, const struct hg_ref *ref, enum way way)
{
    static const unsigned nesting[] = {HG_CONST, HG_VOLATILE, HG_RESTRICT};
    unsigned set = ref->qualifiers & QUALIFIERS;
    for (size_t i = 0; i < sizeof nesting / sizeof *nesting && set != 0; i++) {
        set_bit(marks, ref->id, set);
        set &= ~nesting[i];
    }
    push(marks, list, ref->id, way);
}

static void visit_references(struct marks *marks, visit_list *list, hg_type_id id, enum way way)
{
    const struct hg_type *type = hg_model_type(marks->model, id);
    if (hg_is_record(type)) {
        if (way != WAY_MATCH)
            return;
        memset(marks->members + marks->first_member[id], 1, type->member_count);
    } else if (type->kind == HG_POINTER) {
        if (way == WAY_PLAIN)
            return;
        marks->followed[id] = true;
        way = way == WAY_FOLLOW ? WAY_FOLLOW : WAY_MATCH_POINTEE;
    } else if (type->kind != HG_TYPEDEF && way == WAY_MATCH_POINTEE) {
        way = WAY_MATCH;
    }
    for (size_t i = 0; i < hg_reference_count(type); i++)
        push_ref(marks, list, hg_reference(type, i), way);
}

static void mark_field(struct marks *marks, visit_list *list, const struct access *access)
{
    hg_type_id id = access->root;
    push(marks, list, id, WAY_PLAIN);
    for (unsigned i = 1; i < access->raw_count; i++) {
        id = hg_type_resolve(marks->model, id, NULL);
        const struct hg_type *type = hg_model_type(marks->model, id);
        if (type->kind == HG_ARRAY) {
            id = type->ref.id;
            continue;
        }
        const struct hg_ref *member = &type->members[access->raw[i]].type;
        marks->members[marks->first_member[id] + access->raw[i]] = 1;
        push_ref(marks, list, member, WAY_PLAIN);
        id = member->id;
    }
}

void hg_core_mark(struct marks *marks, enum hg_core_kind kind, const struct access *access)
{
    visit_list list = {0};
    switch (hg_core_subject(kind)) {
    case HG_CORE_OF_TYPE:
        if (kind != HG_CORE_TYPE_ID_LOCAL)
            push(marks, &list, access->root, kind == HG_CORE_TYPE_MATCHES ? WAY_MATCH : WAY_FOLLOW);
        break;
    case HG_CORE_OF_ENUMERATOR:
        push(marks, &list, access->root, WAY_PLAIN);
        break;
    case HG_CORE_OF_FIELD:
        mark_field(marks, &list, access);
        break;
    }
    while (list.count > 0) {
        struct visit visit = list.items[--list.count];
        visit_references(marks, &list, visit.id, visit.way);
    }
    free(list.items);
}
