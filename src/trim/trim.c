/*
 * Trimming: copies a model, with fewer members in some records.
 *
 *     struct task { int state; union { int pid; long id; }; char comm[16]; };    --fields task=pid
 *
 *     struct task { union { int pid; }; }    the same 32 bytes, pid at 8
 *
 * The method: each type is copied to its own id.  A trimmed record keeps the requested members, and
 * the anonymous members whose record holds one.  A copy of that record, with a new id, is trimmed
 * too, since in BTF other records can share the original.  Removed members leave gaps, which every
 * back end can pad.
 *
 * What this does not do: trim the record of a member with a name.  That record is trimmed by its
 * own name.
 */
#include "base/diag.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/copy.h"
#include "model/describe.h"
#include "model/match.h"
#include "model/nearest.h"
#include "model/walk.h"

#include <hdrgen/trim.h>
#include <string.h>

enum {
    DEPTH_MAX = 64,      /* nested anonymous members to enter */
    STEPS_MAX = 1 << 20, /* anonymous members to enter in all: many records can share one */
};

/* A member to keep. */
struct request {
    const char *member;
    bool is_found;
};

/* The requests for one record. */
struct request_list {
    struct request *items;
    size_t count, capacity;
    bool is_trimmed; /* with count 0: to a record without members */
};

struct trimming {
    const struct hg_model *model;
    struct hg_diagnostics *diagnostics;
    struct hg_model *to;
    HG_ARRAY(hg_type_id) map;        /* by id: the same id, for hg_copy_type */
    HG_ARRAY(struct hg_type) pieces; /* trimmed anonymous records, from id first_new on */
    hg_type_id first_new;
    struct hg_arena arena;
    struct request_list *requests; /* by id in the old model */
    size_t steps;                  /* anonymous members entered so far */
    size_t faults;
};

static const struct hg_type *type_of(const struct trimming *trimming, hg_type_id id)
{
    return hg_model_type(trimming->model, id);
}

/* The anonymous record of an anonymous member; NULL = the member has a name, or its record has. */
static const struct hg_type *anonymous_record(const struct trimming *trimming,
                                              const struct hg_member *member)
{
    const struct hg_type *type = type_of(trimming, member->type.id);
    return member->name == NULL && hg_is_record(type) && type->name == NULL ? type : NULL;
}

/* Counts one more anonymous member to enter; false = that would exceed a limit. */
static bool may_enter(struct trimming *trimming, unsigned depth)
{
    return depth < DEPTH_MAX && ++trimming->steps <= STEPS_MAX;
}

/* --- which members are kept --- */

static struct request *find_request(struct trimming *trimming, hg_type_id record, const char *name)
{
    struct request_list *list = &trimming->requests[record];
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].member, name) == 0)
            return &list->items[i];
    return NULL;
}

/* Whether the member was requested of the record `top`.  The request is then found. */
static bool is_requested(struct trimming *trimming, hg_type_id top, const struct hg_member *member)
{
    struct request *request =
        member->name == NULL ? NULL : find_request(trimming, top, member->name);
    if (request != NULL)
        request->is_found = true;
    return request != NULL;
}

/* Whether a requested member is inside an anonymous member that is kept whole. */
static bool holds_requested(struct trimming *trimming, hg_type_id top,
                            const struct hg_member *member, unsigned depth)
{
    const struct hg_type *type = hg_resolved(trimming->model, member->type.id);
    bool holds = false;
    if (!hg_is_record(type) || !may_enter(trimming, depth))
        return false;
    for (size_t i = 0; i < type->member_count; i++) {
        const struct hg_member *inner = &type->members[i];
        holds |= is_requested(trimming, top, inner) ||
                 (inner->name == NULL && holds_requested(trimming, top, inner, depth + 1));
    }
    return holds;
}

/* The record, or an anonymous one inside it, with only the members that were requested of `top`. */
static struct hg_type trimmed(struct trimming *trimming, hg_type_id top,
                              const struct hg_type *record, unsigned depth)
{
    struct hg_type less = *record;
    struct hg_member *kept =
        hg_arena_array(&trimming->arena, record->member_count + 1, sizeof *kept);
    less.members = kept;
    less.member_count = 0;
    for (size_t i = 0; i < record->member_count; i++) {
        struct hg_member member = record->members[i];
        const struct hg_type *inside = anonymous_record(trimming, &member);
        bool is_kept = member.name != NULL ? is_requested(trimming, top, &member)
                       : inside == NULL    ? holds_requested(trimming, top, &member, depth)
                                           : may_enter(trimming, depth);
        if (is_kept && inside != NULL) {
            struct hg_type piece = trimmed(trimming, top, inside, depth + 1);
            is_kept = piece.member_count > 0;
            if (is_kept) {
                member.type.id = hg_model_declare(trimming->to);
                *HG_PUSH(&trimming->map) = member.type.id;
                *HG_PUSH(&trimming->pieces) = piece;
            }
        }
        if (is_kept)
            kept[less.member_count++] = member;
    }
    return less;
}

/* --- requests --- */

/* The complete record that the trim names by this type, a typedef or the record itself; HG_VOID_ID
 * = none.  A pattern matches only if no members are named. */
static hg_type_id record_named(const struct trimming *trimming, hg_type_id id,
                               const struct hg_trim *trim)
{
    const struct hg_type *type = type_of(trimming, id);
    const char *name = trim->record;
    enum hg_kind kind = hg_take_kind_word(&name);
    bool is_meant = trim->member_count == 0 ? hg_is_meant_by(type, trim->record)
                                            : hg_is_namable(type->kind) && type->name != NULL &&
                                                  strcmp(type->name, name) == 0 &&
                                                  (kind == HG_VOID || kind == type->kind);
    if (!is_meant)
        return HG_VOID_ID;
    id = hg_type_resolve(trimming->model, id, NULL);
    type = type_of(trimming, id);
    return hg_is_record(type) && type->complete ? id : HG_VOID_ID;
}

static void add_requests(struct trimming *trimming, hg_type_id id, const struct hg_trim *trim)
{
    trimming->requests[id].is_trimmed = true;
    for (size_t i = 0; i < trim->member_count; i++)
        if (find_request(trimming, id, trim->members[i]) == NULL)
            *HG_PUSH(&trimming->requests[id]) = (struct request){.member = trim->members[i]};
}

/* A record to make opaque may be missing; a record to keep members of may not. */
static void report_no_record(struct trimming *trimming, const struct hg_trim *trim)
{
    const char *name = trim->record;
    (void)hg_take_kind_word(&name);
    struct hg_text text = {0};
    hg_text_put(&text, "there is no struct or union '");
    hg_describe_name(&text, name);
    hg_text_put(&text, trim->member_count == 0 ? "' to make opaque" : "' to keep members of");
    if (!hg_is_pattern(name))
        hg_suggest_names(&text, trimming->model, name);
    if (trim->member_count == 0) {
        hg_warning(trimming->diagnostics, NULL, "%s", hg_text_string(&text));
    } else {
        hg_error(trimming->diagnostics, NULL, "%s", hg_text_string(&text));
        trimming->faults++;
    }
    hg_text_deinit(&text);
}

static void take_trim(struct trimming *trimming, const struct hg_trim *trim)
{
    size_t count = hg_model_type_count(trimming->model);
    size_t found = 0;
    for (hg_type_id id = 1; id < count; id++) {
        hg_type_id record = record_named(trimming, id, trim);
        if (record == HG_VOID_ID)
            continue;
        add_requests(trimming, record, trim);
        found++;
    }
    if (found == 0)
        report_no_record(trimming, trim);
}

static void offer_members(struct trimming *trimming, const struct hg_type *record, unsigned depth,
                          struct hg_nearest *nearest)
{
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_type *inside = anonymous_record(trimming, &record->members[i]);
        if (record->members[i].name != NULL)
            hg_nearest_consider(nearest, record->members[i].name, HG_VOID);
        else if (inside != NULL && may_enter(trimming, depth))
            offer_members(trimming, inside, depth + 1, nearest);
    }
}

static void report_missing(struct trimming *trimming, hg_type_id id)
{
    const struct hg_type *record = type_of(trimming, id);
    for (size_t i = 0; i < trimming->requests[id].count; i++) {
        const struct request *request = &trimming->requests[id].items[i];
        if (request->is_found)
            continue;
        struct hg_nearest nearest;
        hg_nearest_init(&nearest, request->member);
        struct hg_text text = {0};
        hg_describe_subject(&text, trimming->model, id);
        hg_text_put(&text, " has no member '");
        hg_describe_name(&text, request->member);
        hg_text_put(&text, "'");
        offer_members(trimming, record, 0, &nearest);
        hg_put_nearest(&nearest, &text);
        hg_error(trimming->diagnostics, NULL, "%s", hg_text_string(&text));
        hg_text_deinit(&text);
        trimming->faults++;
    }
}

/* --- the new model --- */

static void define_all(struct trimming *trimming)
{
    size_t count = hg_model_type_count(trimming->model);
    for (hg_type_id id = 1; id < count; id++) {
        const struct hg_type *type = type_of(trimming, id);
        struct hg_type less = *type;
        if (trimming->requests[id].is_trimmed) {
            less = trimmed(trimming, id, type, 0);
            report_missing(trimming, id);
        }
        struct hg_type copy = hg_copy_type(trimming->to, &less, trimming->map.items);
        hg_model_define(trimming->to, id, &copy);
    }
    for (size_t i = 0; i < trimming->pieces.count; i++) {
        struct hg_type copy =
            hg_copy_type(trimming->to, &trimming->pieces.items[i], trimming->map.items);
        hg_model_define(trimming->to, (hg_type_id)(trimming->first_new + i), &copy);
    }
}

static void init(struct trimming *trimming)
{
    size_t count = hg_model_type_count(trimming->model);
    trimming->to = hg_model_create();
    trimming->requests = hg_calloc(count, sizeof *trimming->requests);
    trimming->first_new = (hg_type_id)count;
    hg_arena_init(&trimming->arena);
    hg_copy_origin(trimming->to, trimming->model);
    hg_model_reserve(trimming->to, count);
    *HG_PUSH(&trimming->map) = HG_VOID_ID;
    for (size_t id = 1; id < count; id++)
        *HG_PUSH(&trimming->map) = hg_model_declare(trimming->to);
}

static void deinit(struct trimming *trimming)
{
    for (size_t id = 0; id < trimming->first_new; id++)
        free(trimming->requests[id].items);
    free(trimming->requests);
    free(trimming->map.items);
    free(trimming->pieces.items);
    hg_arena_deinit(&trimming->arena);
}

enum hg_status hg_trim(const struct hg_model *model, const struct hg_trim *trims, size_t count,
                       struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct trimming trimming = {.model = model, .diagnostics = diagnostics};
    init(&trimming);
    for (size_t i = 0; i < count; i++)
        take_trim(&trimming, &trims[i]);
    define_all(&trimming);
    hg_copy_symbols(trimming.to, model, trimming.map.items);
    hg_copy_macros(trimming.to, model);
    if (trimming.steps > STEPS_MAX) {
        hg_error(diagnostics, NULL,
                 "the records to keep members of have more than %d anonymous members", STEPS_MAX);
        trimming.faults++;
    }
    enum hg_status status = trimming.faults > 0 ? HG_ERROR_INPUT : HG_OK;
    if (status == HG_OK)
        status = hg_model_seal(trimming.to, diagnostics);
    if (status == HG_OK)
        *ret = trimming.to;
    else
        hg_model_destroy(trimming.to);
    deinit(&trimming);
    return status;
}
