/*
 * Names: from the user's requests to the ids of the roots.
 *
 *     "task_struct"         the struct, union, enum or typedef of that name
 *     "struct task_struct"  only the struct
 *     "bpf_*"               all types that the pattern matches; "struct bpf_*" only structs
 *
 * The method: plain names go into a hash table.  One pass over the types looks up each type's name
 * in the table, and matches it with each pattern.  Then the requests are checked in their order,
 * and every fault is reported before the function fails.
 *
 * An enum without a tag is found by its enumerators: by `PF_IDLE` or "PF_*".
 *
 * A name without a kind may match several kinds.  A typedef of a tag of its own name is dropped
 * (`typedef struct foo foo`), and so is a type that is only declared if another one is defined.  If
 * several kinds are left, the user must choose.  All types of one kind and name, of which BTF can
 * have several, are roots.
 */
#include "base/diag.h"
#include "model/describe.h"
#include "model/match.h"
#include "select/parts.h"

#include <string.h>

#define uthash_fatal(message) hg_out_of_memory()
#include <uthash.h>

enum { SUGGESTED_MAX = 8 /* the first names that are not found get suggestions */ };

struct request {
    const char *name;  /* without the kind, and without blanks around it */
    enum hg_kind kind; /* HG_VOID = any */
    bool is_pattern;
    bool is_optional;             /* it may match nothing */
    hg_type_list matches;         /* ascending */
    size_t declared_only;         /* how many types match the pattern, but are not defined */
    struct request *next_of_name; /* another request for the same name */
    UT_hash_handle hh;
};

struct finder {
    const struct hg_model *model;
    struct hg_diagnostics *diagnostics;
    struct request *requests;
    size_t count;
    struct request *by_name; /* hash table of the plain names */
    HG_ARRAY(struct request *) patterns;
    struct hg_arena texts;
    uint8_t *is_root; /* by type id */
    hg_type_list *roots;
    size_t faults;
    size_t suggested;
};

/* The first of the requests for a plain name; the others follow by next_of_name. */
static struct request *requests_for(const struct finder *finder, const char *name)
{
    struct request *first = NULL;
    HASH_FIND_STR(finder->by_name, name, first);
    return first;
}

/* --- the requests --- */

static enum hg_status take_request(struct finder *finder, struct request *request, const char *text)
{
    text += strspn(text, " \t\n");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\n", text[length - 1]) != NULL)
        length--;
    if (length == 0) {
        hg_error(finder->diagnostics, NULL, "an empty name was asked for");
        return HG_ERROR_USAGE;
    }
    request->name = hg_arena_string(&finder->texts, text, length);
    request->kind = hg_take_kind_word(&request->name);
    request->is_pattern = hg_is_pattern(request->name);
    if (request->is_pattern) {
        *HG_PUSH(&finder->patterns) = request;
        return HG_OK;
    }
    struct request *first = requests_for(finder, request->name);
    if (first == NULL) {
        HASH_ADD_KEYPTR(hh, finder->by_name, request->name, strlen(request->name), request);
    } else {
        request->next_of_name = first->next_of_name;
        first->next_of_name = request;
    }
    return HG_OK;
}

/* --- the types that match --- */

static bool kind_fits(const struct request *request, const struct hg_type *type)
{
    return request->kind == HG_VOID || request->kind == type->kind;
}

/* Adds each type once: several enumerators of one enum may match. */
static void add_match(struct request *request, hg_type_id id)
{
    hg_type_list *matches = &request->matches;
    if (matches->count == 0 || matches->items[matches->count - 1] != id)
        *HG_PUSH(matches) = id;
}

static void offer(struct finder *finder, hg_type_id id, const struct hg_type *type,
                  const char *name)
{
    struct request *request = requests_for(finder, name);
    for (; request != NULL; request = request->next_of_name)
        if (kind_fits(request, type))
            add_match(request, id);
    for (size_t i = 0; i < finder->patterns.count; i++) {
        request = finder->patterns.items[i];
        if (!kind_fits(request, type) || !hg_matches(request->name, name))
            continue;
        if (type->complete)
            add_match(request, id);
        else
            request->declared_only++;
    }
}

static void offer_all(struct finder *finder)
{
    size_t count = hg_model_type_count(finder->model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(finder->model, (hg_type_id)id);
        if (!hg_is_namable(type->kind))
            continue;
        if (type->name != NULL)
            offer(finder, (hg_type_id)id, type, type->name);
        else if (type->kind == HG_ENUM)
            for (size_t i = 0; i < type->enumerator_count; i++)
                offer(finder, (hg_type_id)id, type, type->enumerators[i].name);
    }
}

/* --- the roots --- */

static void add_root(struct finder *finder, hg_type_id id)
{
    if (finder->is_root[id])
        return;
    finder->is_root[id] = 1;
    *HG_PUSH(finder->roots) = id;
}

static void report_not_found(struct finder *finder, const struct request *request)
{
    struct hg_text text = {0};
    hg_text_put(&text, "there is no ");
    hg_text_put(&text, request->kind == HG_VOID ? "type" : hg_kind_name(request->kind));
    hg_text_put(&text, request->is_pattern ? " that matches '" : " named '");
    hg_describe_name(&text, request->name);
    hg_text_put(&text, "' in what was read");
    if (request->name[0] != '^' && strstr(request->name, ".*") != NULL)
        hg_text_put(&text, "; names are shell patterns, with * for .*");
    if (request->declared_only > 0)
        hg_text_printf(
            &text, ", only %zu that %s declared but not defined; add the header that defines %s",
            request->declared_only, request->declared_only == 1 ? "is" : "are",
            request->declared_only == 1 ? "it" : "them");
    else if (!request->is_pattern && finder->suggested++ < SUGGESTED_MAX)
        hg_suggest_names(&text, finder->model, request->name);
    if (request->is_optional) {
        hg_warning(finder->diagnostics, NULL, "%s", hg_text_string(&text));
    } else {
        hg_error(finder->diagnostics, NULL, "%s", hg_text_string(&text));
        finder->faults++;
    }
    hg_text_deinit(&text);
}

static const struct hg_type *type_of(const struct finder *finder, hg_type_id id)
{
    return hg_model_type(finder->model, id);
}

/* Whether the typedef's target has the same name: `typedef struct foo foo`. */
static bool names_its_tag(const struct finder *finder, const struct hg_type *alias)
{
    const struct hg_type *target =
        type_of(finder, hg_type_resolve(finder->model, alias->ref.id, NULL));
    return hg_is_namable(target->kind) && hg_same_text(target->name, alias->name);
}

/* Drops the typedefs if all of them have a target of the same name, which matches too. */
static void drop_aliases(const struct finder *finder, hg_type_list *matches)
{
    for (size_t i = 0; i < matches->count; i++) {
        const struct hg_type *type = type_of(finder, matches->items[i]);
        if (type->kind == HG_TYPEDEF && !names_its_tag(finder, type))
            return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < matches->count; i++)
        if (type_of(finder, matches->items[i])->kind != HG_TYPEDEF)
            matches->items[kept++] = matches->items[i];
    matches->count = kept;
}

/* Drops the types that are only declared, unless no type is defined. */
static void drop_declared(const struct finder *finder, hg_type_list *matches)
{
    size_t kept = 0;
    for (size_t i = 0; i < matches->count; i++)
        if (type_of(finder, matches->items[i])->complete)
            matches->items[kept++] = matches->items[i];
    if (kept > 0)
        matches->count = kept;
}

/* Reports an error if the matches are of several kinds. */
static bool is_ambiguous(struct finder *finder, const struct request *request)
{
    static const enum hg_kind kinds[] = {HG_STRUCT, HG_UNION, HG_ENUM, HG_TYPEDEF};
    struct hg_text text = {0};
    size_t found = 0;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        bool has = false;
        for (size_t i = 0; i < request->matches.count && !has; i++)
            has = type_of(finder, request->matches.items[i])->kind == kinds[k];
        if (!has)
            continue;
        hg_text_printf(&text, "%s'%s ", found++ == 0 ? "" : " or ", hg_kind_name(kinds[k]));
        hg_describe_name(&text, request->name);
        hg_text_put(&text, "'");
    }
    if (found > 1) {
        struct hg_text name = {0};
        hg_describe_name(&name, request->name);
        hg_error(finder->diagnostics, NULL, "'%s' is ambiguous here: ask for %s",
                 hg_text_string(&name), hg_text_string(&text));
        hg_text_deinit(&name);
        finder->faults++;
    }
    hg_text_deinit(&text);
    return found > 1;
}

static bool is_only_declared(struct finder *finder, hg_type_id id)
{
    const struct hg_type *type = type_of(finder, id);
    if (type->complete)
        return false;
    hg_error(
        finder->diagnostics, &type->where,
        "%s '%s' is only declared, not defined, in what was read; add the header that defines it",
        hg_kind_name(type->kind), type->name);
    finder->faults++;
    return true;
}

static void warn_of_declared_target(struct finder *finder, hg_type_id id)
{
    const struct hg_type *type = type_of(finder, id);
    const struct hg_type *target = type_of(finder, hg_type_resolve(finder->model, id, NULL));
    if (type->kind == HG_TYPEDEF && !target->complete)
        hg_warning(finder->diagnostics, &type->where,
                   "typedef '%s' stands for %s '%s', which is only declared, not defined, in what "
                   "was read; add the header that defines it",
                   type->name, hg_kind_name(target->kind),
                   target->name == NULL ? "(anonymous)" : target->name);
}

static void find_roots_of(struct finder *finder, struct request *request)
{
    hg_type_list *matches = &request->matches;
    if (matches->count == 0) {
        report_not_found(finder, request);
        return;
    }
    if (!request->is_pattern) {
        if (request->kind == HG_VOID)
            drop_aliases(finder, matches);
        drop_declared(finder, matches);
        if (is_ambiguous(finder, request) || is_only_declared(finder, matches->items[0]))
            return;
    }
    for (size_t i = 0; i < matches->count; i++) {
        if (!request->is_pattern)
            warn_of_declared_target(finder, matches->items[i]);
        add_root(finder, matches->items[i]);
    }
}

/* Without requests: every type with a name, and anonymous enums, whose enumerators have names. */
static enum hg_status take_all(struct finder *finder)
{
    size_t count = hg_model_type_count(finder->model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = type_of(finder, (hg_type_id)id);
        bool is_named = type->name != NULL || type->kind == HG_ENUM;
        if (hg_is_namable(type->kind) && type->complete && is_named)
            add_root(finder, (hg_type_id)id);
    }
    if (finder->roots->count > 0)
        return HG_OK;
    hg_error(finder->diagnostics, NULL, "there is no type with a name in what was read");
    return HG_ERROR_INPUT;
}

static enum hg_status take_named(struct finder *finder, const struct hg_select_options *options)
{
    for (size_t i = 0; i < options->name_count; i++) {
        struct request *request = &finder->requests[finder->count++];
        enum hg_status status = take_request(finder, request, options->names[i]);
        request->is_optional = i < options->optional_count;
        if (status != HG_OK)
            return status;
    }
    offer_all(finder);
    for (size_t i = 0; i < finder->count; i++)
        find_roots_of(finder, &finder->requests[i]);
    size_t macros = 0;
    (void)hg_model_macros(finder->model, &macros);
    if (finder->faults == 0 && finder->roots->count == 0 && macros == 0) {
        hg_error(finder->diagnostics, NULL, "none of the types that were asked for is there");
        finder->faults++;
    }
    return finder->faults == 0 ? HG_OK : HG_ERROR_INPUT;
}

enum hg_status hg_find_roots(const struct hg_model *model, const struct hg_select_options *options,
                             struct hg_diagnostics *diagnostics, hg_type_list *ret)
{
    struct finder finder = {
        .model = model,
        .diagnostics = diagnostics,
        .requests = hg_calloc(options->name_count, sizeof *finder.requests),
        .is_root = hg_calloc(hg_model_type_count(model), 1),
        .roots = ret,
    };
    enum hg_status status = HG_OK;
    if (!options->no_types)
        status = options->name_count == 0 ? take_all(&finder) : take_named(&finder, options);

    HASH_CLEAR(hh, finder.by_name);
    for (size_t i = 0; i < finder.count; i++)
        free(finder.requests[i].matches.items);
    free(finder.requests);
    free(finder.patterns.items);
    free(finder.is_root);
    hg_arena_deinit(&finder.texts);
    return status;
}
