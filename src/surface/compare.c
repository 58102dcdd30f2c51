/*
 * Compares the surfaces of two kernels: what programs can be attached to, and what they can call.
 *
 *     function    vfs_create     int (struct inode *, ...)  ->  int (struct user_namespace *, ...)
 *     tracepoint  block_rq_insert   (struct request_queue *, struct request *)
 *                                   ->  (struct request *)
 *     record      sched_switch      prev_state 32:8  ->  prev_state 40:8
 *     helper      bpf_loop          -  ->  181
 *
 * For each part, both sides list names with a description, sorted by name; then the lists are
 * merged.  A description leaves the names of parameters out, and the types of a record's fields.
 */
#include "surface/compare.h"

#include "base/diag.h"
#include "model/describe.h"
#include "surface/facts.h"
#include "surface/need_json.h"
#include "surface/surface.h"

#include <string.h>

static const char *const part_names[SURFACE_PARTS] = {
    [PART_FUNCTION] = "function",
    [PART_KFUNC] = "kfunc",
    [PART_TRACEPOINT] = "tracepoint",
    [PART_RECORD] = "record",
    [PART_HELPER] = "helper",
    [PART_MAP_TYPE] = "map_type",
    [PART_PROGRAM_TYPE] = "program_type",
    [PART_ATTACH_TYPE] = "attach_type",
};

/* --- a side's list --- */

struct entry {
    const char *name;
    const char *words; /* its description: a prototype, fields, a number */
};

struct list {
    struct hg_arena *arena;
    HG_ARRAY(struct entry) entries;
};

static void put_prototype(struct hg_text *text, const struct hg_model *model,
                          const struct hg_type *type, size_t first)
{
    if (first == 0) {
        hg_describe_ref(text, model, &type->ref);
        hg_text_put(text, " ");
    }
    hg_text_put(text, "(");
    for (size_t i = first; i < type->parameter_count; i++) {
        hg_text_put(text, i == first ? "" : ", ");
        hg_describe_ref(text, model, &type->parameters[i].type);
    }
    hg_text_put(text, type->variadic ? ", ...)" : ")");
}

/* Functions of one name are one entry, with all their prototypes.  kfuncs: only kfuncs, without
 * prototypes. */
static void list_functions(const struct hg_kernel_facts *facts, bool kfuncs, struct list *ret)
{
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(facts->model, &count);
    for (size_t i = 0; i < facts->functions.entries.count;) {
        const char *name = facts->functions.entries.items[i].name;
        struct hg_text text = {0};
        bool is_listed = !kfuncs;
        for (; i < facts->functions.entries.count &&
               strcmp(facts->functions.entries.items[i].name, name) == 0;
             i++) {
            const struct hg_symbol *symbol = &symbols[facts->functions.entries.items[i].number];
            is_listed = is_listed || hg_facts_is_kfunc(symbol);
            if (kfuncs)
                continue;
            hg_text_put(&text, text.size > 0 ? "; " : "");
            put_prototype(&text, facts->model, hg_model_type(facts->model, symbol->type.id), 0);
        }
        if (is_listed)
            *HG_PUSH(&ret->entries) =
                (struct entry){.name = name, .words = hg_text_keep(&text, ret->arena)};
        hg_text_deinit(&text);
    }
}

static void put_fields(struct hg_text *text, const struct hg_model *model,
                       const struct hg_type *record)
{
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        hg_type_id type = hg_type_resolve(model, member->type.id, NULL);
        hg_text_printf(text, "%s%s %llu:%llu", i == 0 ? "" : ", ",
                       member->name == NULL ? "" : member->name,
                       (unsigned long long)(member->bit_offset / 8),
                       (unsigned long long)hg_type_size(model, type));
    }
}

/* Lists types whose names begin with the prefix, under their names without it: typedefs of
 * tracepoints, or their records. */
static void list_types(const struct hg_kernel_facts *facts, const char *prefix, enum hg_kind kind,
                       struct list *ret)
{
    size_t count = 0;
    const struct index_entry *found = hg_names_find_prefix(&facts->types, prefix, &count);
    const char *last = "";
    for (size_t i = 0; i < count; i++) {
        const struct hg_type *type = hg_model_type(facts->model, found[i].number);
        if (type->kind != kind || strcmp(last, found[i].name) == 0)
            continue;
        struct hg_text text = {0};
        if (kind == HG_STRUCT) {
            put_fields(&text, facts->model, type);
        } else {
            hg_type_id function = hg_surface_pointed_function(facts->model, found[i].number);
            if (function != HG_NO_TYPE) /* the first parameter is ftrace's own */
                put_prototype(&text, facts->model, hg_model_type(facts->model, function), 1);
        }
        last = found[i].name;
        *HG_PUSH(&ret->entries) =
            (struct entry){.name = last + strlen(prefix), .words = hg_text_keep(&text, ret->arena)};
    }
}

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void list_enum(const struct hg_type *type, struct list *ret)
{
    for (size_t i = 0; type != NULL && i < type->enumerator_count; i++) {
        struct hg_text text = {0};
        if (hg_begins_with(type->enumerators[i].name, "__"))
            continue; /* ends of the enum */
        hg_text_printf(&text, "%llu", (unsigned long long)type->enumerators[i].value);
        *HG_PUSH(&ret->entries) = (struct entry){.name = type->enumerators[i].name,
                                                 .words = hg_text_keep(&text, ret->arena)};
    }
    if (ret->entries.count > 0)
        qsort(ret->entries.items, ret->entries.count, sizeof *ret->entries.items, compare_entries);
}

static void list_part(const struct hg_kernel_facts *facts, enum surface_part part, struct list *ret)
{
    const struct hg_type *const enums[SURFACE_PARTS] = {
        [PART_HELPER] = facts->helpers,
        [PART_MAP_TYPE] = facts->map_types,
        [PART_PROGRAM_TYPE] = facts->program_types,
        [PART_ATTACH_TYPE] = facts->attach_types,
    };
    if (part == PART_FUNCTION || part == PART_KFUNC)
        list_functions(facts, part == PART_KFUNC, ret);
    else if (part == PART_TRACEPOINT)
        list_types(facts, "btf_trace_", HG_TYPEDEF, ret);
    else if (part == PART_RECORD)
        list_types(facts, "trace_event_raw_", HG_STRUCT, ret);
    else
        list_enum(enums[part], ret);
}

/* --- the merge --- */

static void merge(struct surface_changes *changes, enum surface_part part, const struct list *left,
                  const struct list *right)
{
    struct surface_count *counts = &changes->counts[part];
    size_t l = 0;
    size_t r = 0;
    for (;;) {
        const struct entry *a = l < left->entries.count ? &left->entries.items[l] : NULL;
        const struct entry *b = r < right->entries.count ? &right->entries.items[r] : NULL;
        if (a == NULL && b == NULL)
            return;
        int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a->name, b->name);
        const struct entry *here = order <= 0 ? a : NULL;
        const struct entry *there = order >= 0 ? b : NULL;
        l += here != NULL;
        r += there != NULL;
        counts->both += order == 0;
        counts->only_left += order < 0;
        counts->only_right += order > 0;
        if (here != NULL && there != NULL && strcmp(here->words, there->words) == 0)
            continue;
        counts->changed += order == 0;
        *HG_PUSH(&changes->items) =
            (struct surface_change){.part = part,
                                    .name = here != NULL ? here->name : there->name,
                                    .left = here == NULL ? NULL : here->words,
                                    .right = there == NULL ? NULL : there->words};
    }
}

enum hg_status hg_surface_compare(const struct hg_kernel_facts *left,
                                  const struct hg_kernel_facts *right, const char *const names[2],
                                  struct hg_diagnostics *diagnostics, struct surface_changes *ret)
{
    const struct hg_kernel_facts *sides[2] = {left, right};
    for (size_t i = 0; i < 2; i++)
        if (!sides[i]->knows_functions) {
            hg_error(diagnostics, NULL,
                     "%s: its types are not a whole kernel's: they list no functions, so what it "
                     "has is not known",
                     names[i]);
            return HG_ERROR_INPUT;
        }
    *ret = (struct surface_changes){0};
    hg_arena_init(&ret->arena);
    for (size_t number = 0; number < SURFACE_PARTS; number++) {
        enum surface_part part = (enum surface_part)number;
        struct list lists[2] = {{.arena = &ret->arena}, {.arena = &ret->arena}};
        /* Older kernels' BTF does not say which functions are kfuncs. */
        bool is_known = part != PART_KFUNC || (left->marks_kfuncs && right->marks_kfuncs);
        for (size_t i = 0; i < 2 && is_known; i++)
            list_part(sides[i], part, &lists[i]);
        merge(ret, part, &lists[0], &lists[1]);
        free(lists[0].entries.items);
        free(lists[1].entries.items);
    }
    return HG_OK;
}

void hg_surface_changes_deinit(struct surface_changes *changes)
{
    free(changes->items.items);
    hg_arena_deinit(&changes->arena);
}

/* --- reports --- */

static void put_counts(const struct surface_changes *changes, struct hg_text *text)
{
    for (size_t part = 0; part < SURFACE_PARTS; part++) {
        const struct surface_count *counts = &changes->counts[part];
        if (counts->both + counts->only_left + counts->only_right == 0)
            continue;
        hg_text_printf(text,
                       "%-13s %6zu on both sides, %zu of them changed; %zu only on the left, %zu "
                       "only on the right\n",
                       part_names[part], counts->both, counts->changed, counts->only_left,
                       counts->only_right);
    }
}

void hg_surface_changes_text(const struct surface_changes *changes, const char *const names[2],
                             bool stat, struct hg_text *text)
{
    hg_text_printf(text, "left: %s\nright: %s\n\n", names[0], names[1]);
    for (size_t i = 0; i < changes->items.count && !stat; i++) {
        const struct surface_change *change = &changes->items.items[i];
        const char *sign = change->right == NULL ? "<" : change->left == NULL ? ">" : "|";
        hg_text_printf(text, "%s %s %s\n", sign, part_names[change->part], change->name);
        if (change->left != NULL && change->left[0] != '\0')
            hg_text_printf(text, "    < %s\n", change->left);
        if (change->right != NULL && change->right[0] != '\0')
            hg_text_printf(text, "    > %s\n", change->right);
    }
    put_counts(changes, text);
}

static json_object *make_counts(const struct surface_count *counts)
{
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "both", hg_json_number(counts->both));
    hg_json_add(object, "changed", hg_json_number(counts->changed));
    hg_json_add(object, "only_left", hg_json_number(counts->only_left));
    hg_json_add(object, "only_right", hg_json_number(counts->only_right));
    return object;
}

void hg_surface_changes_json(const struct surface_changes *changes, const char *const names[2],
                             bool stat, struct hg_text *text)
{
    json_object *counts = hg_json_must(json_object_new_object());
    for (size_t part = 0; part < SURFACE_PARTS; part++)
        hg_json_add(counts, part_names[part], make_counts(&changes->counts[part]));
    hg_json_put_line(text, hg_json_string(names[0]), "{\n  \"hdrgen_surface\": 1,\n  \"left\": ");
    hg_json_put_line(text, hg_json_string(names[1]), ",\n  \"right\": ");
    hg_json_put_line(text, counts, ",\n  \"counts\": ");
    for (size_t i = 0; i < changes->items.count && !stat; i++) {
        const struct surface_change *change = &changes->items.items[i];
        json_object *object = hg_json_must(json_object_new_object());
        hg_json_add(object, "kind", hg_json_string(part_names[change->part]));
        hg_json_add(object, "name", hg_json_string(change->name));
        hg_json_add(object, "left", hg_json_string(change->left));
        hg_json_add(object, "right", hg_json_string(change->right));
        hg_json_put_line(text, object, i == 0 ? ",\n  \"changes\": [\n    " : ",\n    ");
    }
    hg_text_put(text, stat || changes->items.count == 0 ? "\n}\n" : "\n  ]\n}\n");
}
