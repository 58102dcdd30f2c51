/*
 * The names of the types that objects need.  hdrgen finds headers by them, and selects types by
 * them.
 *
 * hg_core_visit, too, is here: it finds the types of a target that relocations match.
 */
#include "core/needs.h"

#include "base/diag.h"
#include "base/options.h"
#include "base/strings.h"
#include "model/nearest.h"

#include <string.h>

struct names {
    struct hg_core_names public;
    struct hg_arena arena;
};

struct collector {
    struct names *names;
    struct hg_strings seen;
    HG_ARRAY(const char *) list;
    const struct hg_model *target;
};

static void start(struct collector *collector)
{
    collector->names = hg_calloc(1, sizeof *collector->names);
    hg_arena_init(&collector->names->arena);
    hg_strings_init(&collector->seen, &collector->names->arena);
}

/* Adds `struct task_struct`, once; types that no name can select are left out. */
static void add(struct collector *collector, const struct hg_type *type, size_t length)
{
    if (!hg_is_namable(type->kind) || type->name == NULL)
        return;
    struct hg_text text = {0};
    hg_text_printf(&text, "%s %.*s", hg_kind_name(type->kind), (int)length, type->name);
    uint32_t *seen = hg_strings_number(&collector->seen, text.data, text.size);
    if (*seen == 0)
        *HG_PUSH(&collector->list) = hg_strings_intern(&collector->seen, text.data, text.size);
    *seen = 1;
    hg_text_deinit(&text);
}

static struct hg_core_names *finish(struct collector *collector)
{
    struct names *names = collector->names;
    names->public = (struct hg_core_names){
        .names = hg_arena_copy(&names->arena, collector->list.items, collector->list.count,
                               sizeof *collector->list.items),
        .count = collector->list.count,
    };
    hg_strings_deinit(&collector->seen);
    free(collector->list.items);
    return &names->public;
}

void hg_core_names_destroy(struct hg_core_names *names)
{
    if (names == NULL)
        return;
    /* finish() made it the first member of a struct names. */
    struct names *whole = (struct names *)names;
    hg_arena_deinit(&whole->arena);
    free(whole);
}

void hg_core_wanted_names(const struct hg_core_object *const *objects, size_t count,
                          struct hg_core_names **ret)
{
    struct collector collector = {0};
    start(&collector);
    for (size_t i = 0; i < count; i++) {
        for (size_t r = 0; r < objects[i]->records.count; r++) {
            const struct record *record = &objects[i]->records.items[r];
            if (record->root == HG_NO_TYPE || record->kind == HG_CORE_TYPE_ID_LOCAL)
                continue;
            const struct hg_type *type = hg_model_type(objects[i]->types, record->root);
            if (type->name != NULL)
                add(&collector, type, hg_core_essential_length(type->name, HG_CORE_LIBBPF));
        }
    }
    *ret = finish(&collector);
}

/* --- on a target --- */

enum { LISTED_MAX = 8 };

/* Number of errors and warnings on an object, of which LISTED_MAX each are reported. */
struct reported {
    size_t errors, warnings;
};

static bool does_give_up(const struct hg_core_finding *finding)
{
    return finding->result == HG_CORE_AMBIGUOUS || finding->result == HG_CORE_REFUSED ||
           finding->result == HG_CORE_WRONG;
}

static void report(struct reported *reported, bool is_error, const struct hg_core_object *object,
                   const struct hg_core_finding *finding, struct hg_diagnostics *diagnostics)
{
    size_t *count = is_error ? &reported->errors : &reported->warnings;
    if ((*count)++ >= LISTED_MAX)
        return;
    (is_error ? hg_error
              : hg_warning)(diagnostics, NULL, "%s: %s %s (%s, instruction %u): %s", object->name,
                            does_give_up(finding) ? "a loader would not take" : "nothing there for",
                            finding->access, finding->program, finding->insn, finding->why);
}

/* Reports the relocations that fail: no BTF is written for an object that does not load. */
static enum hg_status check_findings(const struct hg_core_object *object,
                                     const struct hg_model *target, enum hg_core_loader loader,
                                     const bool *idle, bool keep_going,
                                     struct hg_diagnostics *diagnostics)
{
    struct hg_core_findings *findings = NULL;
    enum hg_status status = hg_core_check(object, target, loader, diagnostics, &findings);
    if (status != HG_OK)
        return status;
    struct reported reported = {.errors = findings->gives_up != NULL};
    bool is_missing = false;
    if (findings->gives_up != NULL)
        hg_error(diagnostics, NULL, "%s: the loader would not take it: %s", object->name,
                 findings->gives_up);
    for (size_t i = 0; i < findings->count; i++) {
        const struct hg_core_finding *finding = &findings->findings[i];
        if (finding->result == HG_CORE_RESOLVED || finding->guarded)
            continue;
        bool gives_up = does_give_up(finding);
        bool is_error = gives_up || (!keep_going && (idle == NULL || !idle[i]));
        report(&reported, is_error, object, finding, diagnostics);
        is_missing = is_missing || (is_error && !gives_up);
    }
    if (reported.errors > LISTED_MAX || reported.warnings > LISTED_MAX)
        hg_note(diagnostics, NULL, "there are more: hdrgen check lists all of them");
    if (is_missing)
        hg_note(diagnostics, NULL,
                "%s would not be loaded there; --keep-going writes what the rest of it needs",
                object->name);
    hg_core_findings_destroy(findings);
    return reported.errors > 0 ? HG_ERROR_INPUT : HG_OK;
}

struct taker {
    match_fn *take; /* NULL: the checker's on_match takes all matches */
    void *user;
};

static void take_first(void *user, const struct record *record, const struct outcome *outcome)
{
    const struct taker *taker = user;
    if (taker->take != NULL && outcome->is_found)
        taker->take(taker->user, record, &outcome->found);
}

enum hg_status hg_core_visit(const struct hg_core_object *const *objects, size_t count,
                             const struct hg_model *target, enum hg_core_loader loader,
                             const struct hg_core_need_options *options,
                             struct hg_diagnostics *diagnostics, bool all, match_fn *take,
                             void *user)
{
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < count; i++) {
        enum hg_status one = check_findings(objects[i], target, loader,
                                            options->idle == NULL ? NULL : options->idle[i],
                                            options->keep_going, diagnostics);
        status = status == HG_OK ? one : status;
    }
    for (size_t i = 0; status == HG_OK && i < count; i++) {
        struct checker checker;
        hg_core_checker_init(&checker, objects[i], target, loader);
        checker.on_match = all ? take : NULL;
        checker.user = user;
        hg_core_relocate_all(&checker, take_first,
                             &(struct taker){.take = all ? NULL : take, .user = user});
        hg_core_checker_deinit(&checker);
    }
    return status;
}

static void add_found(void *user, const struct record *record, const struct access *access)
{
    struct collector *collector = user;
    (void)record;
    const struct hg_type *type = hg_model_type(collector->target, access->root);
    if (type->complete && type->name != NULL)
        add(collector, type, strlen(type->name));
}

enum hg_status hg_core_found_names(const struct hg_core_object *const *objects, size_t count,
                                   const struct hg_model *target,
                                   const struct hg_core_need_options *given,
                                   struct hg_diagnostics *diagnostics, struct hg_core_names **ret)
{
    HG_TAKE(hg_core_need_options, options, given, diagnostics);
    struct collector collector = {.target = target};
    start(&collector);
    enum hg_status status = hg_core_visit(objects, count, target, HG_CORE_LIBBPF, &options,
                                          diagnostics, true, add_found, &collector);
    struct hg_core_names *names = finish(&collector);
    if (status == HG_OK)
        *ret = names;
    else
        hg_core_names_destroy(names);
    return status;
}
