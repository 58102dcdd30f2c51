/*
 * Finds the member that a path names, and the members on the way to it.
 *
 *     task_struct, "se.run_node.rb_left"
 *         ->  se at 128    se.run_node at 144    se.run_node.rb_left at 160
 *
 * A name is looked up in a record and, as in C, in its anonymous members; each anonymous member on
 * the way is a step of its own.  `[3]` is an element; a flexible array has an element of any index.
 * A path does not lead through pointers: their targets are records of their own.
 *
 * C allows a name once in a record.  BTF can have it twice; such a path is refused.
 */
#include "backend/text/text.h"
#include "base/diag.h"
#include "model/describe.h"
#include "model/layout.h"
#include "model/nearest.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Offsets beyond this are refused, so that sums do not overflow. */
#define BITS_LIMIT ((uint64_t)1 << 62)

struct step {
    const struct hg_member *member;
    uint64_t bit_offset; /* from the outermost record */
};

struct member_search {
    const struct hg_model *model;
    const char *name;
    size_t length;
    HG_ARRAY(struct step) stack; /* the way to the member that is looked at */
    HG_ARRAY(struct step) found; /* the way to the first member of that name */
    size_t times;                /* how many members have that name */
    size_t visited;              /* members looked at */
};

static bool is_named(const struct member_search *search, const struct hg_member *member)
{
    return member->name != NULL && strlen(member->name) == search->length &&
           memcmp(member->name, search->name, search->length) == 0;
}

static void search_record(struct member_search *search, const struct hg_type *record, uint64_t base)
{
    for (size_t i = 0; i < record->member_count && search->visited++ < HG_NODES_MAX; i++) {
        const struct hg_member *member = &record->members[i];
        uint64_t offset = base + member->bit_offset;
        *HG_PUSH(&search->stack) = (struct step){.member = member, .bit_offset = offset};
        const struct hg_type *type = hg_resolved(search->model, member->type.id);
        if (is_named(search, member)) {
            if (search->times++ == 0)
                for (size_t s = 0; s < search->stack.count; s++)
                    *HG_PUSH(&search->found) = search->stack.items[s];
        } else if (member->name == NULL && hg_is_record(type)) {
            search_record(search, type, offset);
        }
        search->stack.count--;
    }
}

/* --- reports --- */

/* Offers the record's members as similar names; *left: how many more to look at. */
static void consider_members(const struct hg_model *model, const struct hg_type *record,
                             struct hg_nearest *nearest, size_t *left)
{
    for (size_t i = 0; i < record->member_count && *left != 0; i++, --*left) {
        const struct hg_member *member = &record->members[i];
        const struct hg_type *type = hg_resolved(model, member->type.id);
        if (member->name != NULL)
            hg_nearest_consider(nearest, member->name, HG_VOID);
        else if (hg_is_record(type))
            consider_members(model, type, nearest, left);
    }
}

/* Describes a node: the path so far and its type, or the root. */
static void put_node(struct hg_text *text, const struct hg_nodes *nodes, const struct hg_node *at)
{
    if (at->path != NULL) {
        hg_text_put(text, "'");
        hg_describe_name(text, at->path);
        hg_text_put(text, "' (");
        hg_describe_ref(text, nodes->model, &at->type);
        hg_text_put(text, ")");
    } else {
        hg_describe_subject(text, nodes->model, at->type.id);
    }
}

/* Reports the text, frees it and returns false. */
static bool report(const struct hg_nodes *nodes, struct hg_text *text)
{
    hg_error(nodes->diagnostics, NULL, "%s", hg_text_string(text));
    hg_text_deinit(text);
    return false;
}

static bool report_missing(const struct hg_nodes *nodes, const struct hg_node *at,
                           const struct hg_type *record, const char *name, size_t length)
{
    struct hg_text text = {0};
    put_node(&text, nodes, at);
    hg_text_put(&text, " has no member '");
    char *wanted = hg_arena_string(nodes->arena, name, length);
    hg_describe_name(&text, wanted);
    hg_text_put(&text, "'");
    struct hg_nearest nearest;
    size_t left = HG_NODES_MAX;
    hg_nearest_init(&nearest, wanted);
    consider_members(nodes->model, record, &nearest, &left);
    hg_put_nearest(&nearest, &text);
    return report(nodes, &text);
}

static bool report_no_record(const struct hg_nodes *nodes, const struct hg_node *at,
                             const char *rest)
{
    const struct hg_type *type = hg_resolved(nodes->model, at->type.id);
    struct hg_text text = {0};
    put_node(&text, nodes, at);
    const struct hg_type *target =
        type->kind == HG_POINTER ? hg_resolved(nodes->model, type->ref.id) : type;
    if (type->kind == HG_POINTER && hg_is_record(target) && target->name != NULL) {
        hg_text_put(&text, " is a pointer: ask for '");
        hg_describe_name(&text, target->name);
        hg_text_put(&text, ".");
        hg_describe_name(&text, rest);
        hg_text_put(&text, "'");
    } else if (type->kind == HG_ARRAY && hg_held_record(nodes->model, at->type.id, NULL) != NULL) {
        hg_text_put(&text, " is an array: say which element, such as [0]");
    } else if (hg_is_record(type)) {
        hg_text_put(&text, " is only declared");
    } else {
        hg_text_put(&text, " has no members");
    }
    return report(nodes, &text);
}

static bool report_syntax(const struct hg_nodes *nodes, const char *path)
{
    struct hg_text text = {0};
    hg_text_put(&text, "'");
    hg_describe_name(&text, path);
    hg_text_put(&text, "' is not the path of a member, such as 'a.b[3].c'");
    return report(nodes, &text);
}

/* --- steps --- */

/* Steps from *at to the member of that name, and adds the nodes on the way. */
static bool take_name(struct hg_nodes *nodes, struct hg_node *at, const char *name, size_t length)
{
    const struct hg_type *record = hg_resolved(nodes->model, at->type.id);
    if (!hg_is_record(record) || !record->complete)
        return report_no_record(nodes, at, name);
    struct member_search search = {.model = nodes->model, .name = name, .length = length};
    search_record(&search, record, at->bit_offset);
    struct hg_node here = *at;
    for (size_t i = 0; i < search.found.count; i++) {
        const struct step *step = &search.found.items[i];
        here = (struct hg_node){
            .path = step->member->name == NULL ? NULL
                                               : hg_join_path(nodes, at->path, step->member->name),
            .type = step->member->type,
            .field = step->member->bit_width != 0 ? step->member : NULL,
            .bit_offset = step->bit_offset,
            .bits = hg_member_bits(nodes->model, step->member),
            .depth = here.depth + 1,
        };
        hg_add_node(nodes, here);
    }
    size_t times = search.times;
    bool is_whole = search.visited < HG_NODES_MAX;
    free(search.stack.items);
    free(search.found.items);
    if (times == 0 && is_whole)
        return report_missing(nodes, at, record, name, length);
    if (times == 1 && is_whole) {
        *at = here;
        return !nodes->failed;
    }
    struct hg_text text = {0};
    put_node(&text, nodes, at);
    hg_text_put(&text, is_whole ? " has several members of that name: "
                                : " has too many members to look for ");
    hg_describe_name(&text, hg_arena_string(nodes->arena, name, length));
    return report(nodes, &text);
}

static bool report_index(const struct hg_nodes *nodes, const struct hg_node *at, uint64_t count)
{
    struct hg_text text = {0};
    put_node(&text, nodes, at);
    if (count == 0)
        hg_text_put(&text, " is not an array, or has no such element");
    else
        hg_text_printf(&text, " has elements 0 to %" PRIu64, count - 1);
    return report(nodes, &text);
}

static bool take_index(struct hg_nodes *nodes, struct hg_node *at, uint64_t index)
{
    const struct hg_type *array = hg_resolved(nodes->model, at->type.id);
    if (!hg_is_c_array(array))
        return report_index(nodes, at, 0);
    if (array->count != 0 && index >= array->count)
        return report_index(nodes, at, array->count);
    uint64_t bits = 8 * hg_type_size(nodes->model, array->ref.id);
    if (at->bit_offset >= BITS_LIMIT ||
        (bits != 0 && index >= (BITS_LIMIT - at->bit_offset) / bits))
        return report_index(nodes, at, 0);
    *at = (struct hg_node){
        .path = hg_index_path(nodes, at->path, index),
        .type = array->ref,
        .bit_offset = at->bit_offset + index * bits,
        .bits = bits,
        .depth = at->depth + 1,
    };
    hg_add_node(nodes, *at);
    return !nodes->failed;
}

/* Reads `[3]` or `[0x3]`, and returns what follows; NULL = the text is no index. */
static const char *read_index(const char *text, uint64_t *ret)
{
    char *end = NULL;
    if (text[1] < '0' || text[1] > '9')
        return NULL;
    errno = 0;
    *ret = strtoull(text + 1, &end, strncmp(text + 1, "0x", 2) == 0 ? 16 : 10);
    return errno == 0 && *end == ']' ? end + 1 : NULL;
}

bool hg_follow_path(struct hg_nodes *nodes, hg_type_id root, const char *path)
{
    struct hg_node at = {.type = {.id = root}};
    const char *rest = path;
    bool wants_name = true;
    while (*rest != '\0' || wants_name) {
        size_t length = strcspn(rest, ".[]");
        uint64_t index = 0;
        const char *after_index = *rest == '[' ? read_index(rest, &index) : NULL;
        if (wants_name && length > 0) {
            if (!take_name(nodes, &at, rest, length))
                return false;
            rest += length;
            wants_name = false;
        } else if (!wants_name && *rest == '.') {
            rest++;
            wants_name = true;
        } else if (!wants_name && after_index != NULL) {
            if (!take_index(nodes, &at, index))
                return false;
            rest = after_index;
        } else {
            return report_syntax(nodes, path);
        }
    }
    return true;
}
