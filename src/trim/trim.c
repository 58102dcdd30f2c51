/*
 * Trimming: a model of which some records hold less.
 *
 *     struct task { int state; union { int pid; long id; }; char comm[16]; };    --fields task=pid
 *
 *     struct task { union { int pid; }; }    the same 32 bytes, pid at 8
 *
 * The method: the model is copied, each type to its own id.  A record that is to be trimmed is
 * copied with the members that are wanted, or whose anonymous record holds some; such an anonymous
 * record becomes a new type, for BTF lets several records share one.  What is left out leaves a
 * gap, and gaps are what every back end can pad.
 *
 * What this does not do: trim what is reached through a member with a name.  That is a record of
 * its own, to be trimmed by its own name.
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
    DEPTH_MAX = 64,      /* nested anonymous members that are looked into */
    STEPS_MAX = 1 << 20, /* anonymous members looked into; BTF can have one record in many places */
};

/* A member that is wanted of every record of a name. */
struct wish {
    const char *member;
    bool is_granted;
};

struct wish_list {
    struct wish *items;
    size_t count, capacity;
    bool is_trimmed; /* also to nothing */
};

struct trimming {
    const struct hg_model *model;
    struct hg_diagnostics *diagnostics;
    struct hg_model *to;
    HG_ARRAY(hg_type_id) map;        /* by id of the old model, and of the new records: itself */
    HG_ARRAY(struct hg_type) pieces; /* the new records, from id first_new on, not yet copied */
    hg_type_id first_new;
    struct hg_arena arena;
    struct wish_list *wishes; /* by id of the old model */
    size_t steps;
    size_t faults;
};

static const struct hg_type *type_of(const struct trimming *trimming, hg_type_id id)
{
    return hg_model_type(trimming->model, id);
}

/* The record of an anonymous member that may be taken apart; NULL = there is none. */
static const struct hg_type *anonymous(const struct trimming *trimming,
                                       const struct hg_member *member)
{
    const struct hg_type *type = type_of(trimming, member->type.id);
    bool is_record = hg_is_record(type);
    return member->name == NULL && is_record && type->name == NULL ? type : NULL;
}

/* Whether to look into one more anonymous member, at that depth. */
static bool may_enter(struct trimming *trimming, unsigned depth)
{
    return depth < DEPTH_MAX && ++trimming->steps <= STEPS_MAX;
}

/* --- which members are kept --- */

static struct wish *find_wish(struct trimming *trimming, hg_type_id record, const char *name)
{
    for (size_t i = 0; i < trimming->wishes[record].count; i++)
        if (strcmp(trimming->wishes[record].items[i].member, name) == 0)
            return &trimming->wishes[record].items[i];
    return NULL;
}

/* Whether a member with a wished name is inside an anonymous member that is kept whole. */
static bool is_wished_inside(struct trimming *trimming, hg_type_id top,
                             const struct hg_member *member, unsigned depth)
{
    const struct hg_type *type =
        type_of(trimming, hg_type_resolve(trimming->model, member->type.id, NULL));
    bool is_wished = false;
    if (!hg_is_record(type) || !may_enter(trimming, depth))
        return false;
    for (size_t i = 0; i < type->member_count; i++) {
        const struct hg_member *inner = &type->members[i];
        struct wish *wish = inner->name == NULL ? NULL : find_wish(trimming, top, inner->name);
        if (wish != NULL)
            wish->is_granted = true;
        is_wished |= wish != NULL ||
                     (inner->name == NULL && is_wished_inside(trimming, top, inner, depth + 1));
    }
    return is_wished;
}

static hg_type_id add_piece(struct trimming *trimming, struct hg_type piece)
{
    hg_type_id id = hg_model_declare(trimming->to);
    *HG_PUSH(&trimming->map) = id;
    *HG_PUSH(&trimming->pieces) = piece;
    return id;
}

/* The record with the members that top's wishes name. */
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
        const struct hg_type *inside = anonymous(trimming, &member);
        struct wish *wish = member.name == NULL ? NULL : find_wish(trimming, top, member.name);
        if (wish != NULL) {
            wish->is_granted = true;
        } else if (member.name != NULL) {
            continue;
        } else if (inside == NULL) {
            if (!is_wished_inside(trimming, top, &member, depth))
                continue;
        } else {
            if (!may_enter(trimming, depth))
                continue;
            struct hg_type piece = trimmed(trimming, top, inside, depth + 1);
            if (piece.member_count == 0)
                continue;
            member.type.id = add_piece(trimming, piece);
        }
        kept[less.member_count++] = member;
    }
    return less;
}

/* --- what is asked for --- */

/* The record that a type is or stands for, if it has the name; HG_VOID_ID otherwise. */
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
    bool is_record = hg_is_record(type);
    return is_record && type->complete ? id : HG_VOID_ID;
}

static void add_wishes(struct trimming *trimming, hg_type_id id, const struct hg_trim *trim)
{
    trimming->wishes[id].is_trimmed = true;
    for (size_t i = 0; i < trim->member_count; i++)
        if (find_wish(trimming, id, trim->members[i]) == NULL)
            *HG_PUSH(&trimming->wishes[id]) = (struct wish){.member = trim->members[i]};
}

/* Members that cannot be kept are an error; what is to keep none, and is not there, does no harm.
 */
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
        add_wishes(trimming, record, trim);
        found++;
    }
    if (found > 0)
        return;
    report_no_record(trimming, trim);
}

static void offer_members(struct trimming *trimming, const struct hg_type *record, unsigned depth,
                          struct hg_nearest *nearest)
{
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_type *inside = anonymous(trimming, &record->members[i]);
        if (record->members[i].name != NULL)
            hg_nearest_consider(nearest, record->members[i].name, HG_VOID);
        else if (inside != NULL && may_enter(trimming, depth))
            offer_members(trimming, inside, depth + 1, nearest);
    }
}

static void report_missing(struct trimming *trimming, hg_type_id id)
{
    const struct hg_type *record = type_of(trimming, id);
    for (size_t i = 0; i < trimming->wishes[id].count; i++) {
        const struct wish *wish = &trimming->wishes[id].items[i];
        if (wish->is_granted)
            continue;
        struct hg_nearest nearest;
        hg_nearest_init(&nearest, wish->member);
        struct hg_text text = {0};
        hg_describe_subject(&text, trimming->model, id);
        hg_text_put(&text, " has no member '");
        hg_describe_name(&text, wish->member);
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
    const hg_type_id *map = trimming->map.items;
    for (hg_type_id id = 1; id < count; id++) {
        const struct hg_type *type = type_of(trimming, id);
        struct hg_type less = *type;
        if (trimming->wishes[id].is_trimmed) {
            less = trimmed(trimming, id, type, 0);
            map = trimming->map.items;
            report_missing(trimming, id);
        }
        struct hg_type copy = hg_copy_type(trimming->to, &less, map);
        hg_model_define(trimming->to, id, &copy);
    }
    for (size_t i = 0; i < trimming->pieces.count; i++) {
        struct hg_type copy = hg_copy_type(trimming->to, &trimming->pieces.items[i], map);
        hg_model_define(trimming->to, (hg_type_id)(trimming->first_new + i), &copy);
    }
}

static void init(struct trimming *trimming)
{
    size_t count = hg_model_type_count(trimming->model);
    trimming->to = hg_model_create();
    trimming->wishes = hg_calloc(count, sizeof *trimming->wishes);
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
        free(trimming->wishes[id].items);
    free(trimming->wishes);
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
