/*
 * Finds names that no header of the tree defines: the order of the steps.
 *
 *     rq                -> kernel/sched/sched.h:980  -> read kernel/sched/core.c    -> struct rq
 *     irq_info          -> 8250_core.c:70, pci/irq.c:60 -> read both -> they differ -> an error
 *
 * Each place where a file's text seems to define a name is a site (search.h).  A site is read
 * through one of the translation units that include its file; units of all sites are read together.
 * If a unit does not have the type (because of an #if, or since it is in a function's body), the
 * next attempt reads another unit of the site.  If all definitions of a name are the same, that is
 * the result.  If they differ, or if a site cannot be read, hdrgen does not choose: the user names
 * the .c file (named_sources.c).
 */
#include "tree/private_names.h"

#include "base/diag.h"
#include "base/strings.h"
#include "base/text.h"
#include "model/match.h"
#include "model/merge.h"
#include "tree/headers.h"
#include "tree/kernel.h"
#include "tree/names.h"

#include <string.h>

enum {
    ATTEMPTS_MAX = 4,
    SITES_MAX = 12,
    SHOWN = 4,
    FEW_UNITS = 3, /* a header of at most this many units is read through each of them */
};

enum site_state { SITE_WAITING, SITE_READ, SITE_ABSENT, SITE_UNREADABLE };

/* A site of a name, and the result of reading it. */
struct visit {
    const struct hg_site *site;
    enum site_state state;
    const struct lookup *lookup;
    size_t next;                  /* index of the site's unit that is read next */
    struct hg_source_fault fault; /* the first one of its units; reason NULL = none */
};

/* The search for one name. */
struct lookup {
    const struct hg_unmet_name *name;
    unsigned kinds; /* those of the visits */
    struct visit *visits;
    size_t count;
};

struct planner {
    const struct hg_private_request *request;
    struct hg_diagnostics *diagnostics;
    const struct hg_source_list *list;
    struct hg_source_list *listed; /* the same, to be destroyed; NULL = it could not be made */
    struct hg_search search;
    struct lookup *lookups;          /* one for each name */
    HG_ARRAY(struct visit *) visits; /* of all names */
    struct hg_model *models[ATTEMPTS_MAX + 1];
    size_t model_count;
    struct hg_text lacking; /* objects whose units lack generated files */
    bool has_failed;
    bool has_absent; /* names that were found nowhere */
};

bool hg_has_sources(const struct hg_kernel *kernel)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/init/main.c", kernel->source);
    bool has = hg_kernel_is_file(path.data);
    hg_text_deinit(&path);
    return has;
}

/* --- sites --- */

/* Takes the sites of the requested kinds.  An enumerator names its enum if no type has the name. */
static void take_sites(struct planner *planner, struct lookup *lookup, const struct hg_sites *sites)
{
    unsigned enumerator = 1u << HG_FOUND_ENUMERATOR;
    const unsigned masks[] = {lookup->name->kinds & ~enumerator, lookup->name->kinds & enumerator};
    lookup->visits =
        hg_arena_array(planner->request->arena, sites->count + 1, sizeof *lookup->visits);
    for (size_t m = 0; m < 2 && lookup->count == 0; m++) {
        lookup->kinds = masks[m];
        for (size_t i = 0; i < sites->count; i++)
            if ((sites->items[i].kinds & lookup->kinds) != 0) {
                struct visit *visit = &lookup->visits[lookup->count++];
                *visit = (struct visit){.site = &sites->items[i], .lookup = lookup};
                *HG_PUSH(&planner->visits) = visit;
            }
    }
}

static void find_sites(struct planner *planner)
{
    const struct hg_private_request *request = planner->request;
    const struct hg_unmet_names *names = request->names;
    const char **searched = hg_arena_array(request->arena, names->count, sizeof *searched);
    planner->lookups = hg_arena_array(request->arena, names->count, sizeof *planner->lookups);
    for (size_t i = 0; i < names->count; i++)
        searched[i] = names->items[i].name;
    hg_search_sources(
        &(struct hg_search_options){
            .kernel = request->kernel,
            .headers = request->catalogue->files,
            .list = planner->list,
            .names = searched,
            .name_count = names->count,
        },
        request->arena, &planner->search);
    for (size_t i = 0; i < names->count; i++) {
        planner->lookups[i].name = &names->items[i];
        take_sites(planner, &planner->lookups[i], &planner->search.sites[i]);
    }
}

/* --- attempts --- */

static bool is_waiting(const struct visit *visit)
{
    return visit->lookup->count <= SITES_MAX && visit->state == SITE_WAITING;
}

/* Whether a site is read through all its units, to compare the definitions.  A file that includes a
 * .c file, or one of the few that include a header, may define macros first:
 *
 *     fs/compat_binfmt_elf.c      #define elf_prstatus compat_elf_prstatus
 *                                 #include "binfmt_elf.c"
 */
static bool is_read_through_all(const struct hg_site *site)
{
    return hg_ends_with(site->path, ".c") || site->unit_count <= FEW_UNITS;
}

/* Chooses the units that are read next.  False = there are none. */
static bool choose_units(struct planner *planner, struct hg_unit_choice *choice)
{
    bool *is_chosen =
        hg_arena_array(planner->request->arena, planner->list->count + 1, sizeof *is_chosen);
    bool any = false;
    for (size_t v = 0; v < planner->visits.count; v++) {
        const struct visit *visit = planner->visits.items[v];
        if (!is_waiting(visit))
            continue;
        any = is_chosen[visit->site->units[visit->next]] = true;
        bool reads_all = visit->next == 0 && is_read_through_all(visit->site);
        for (size_t u = 0; reads_all && u < visit->site->unit_count; u++)
            is_chosen[visit->site->units[u]] = true;
    }
    choice->is_chosen = is_chosen;
    return any;
}

/* Whether the model has the type, at a location that is no other site of the name. */
static bool has_definition(struct planner *planner, const struct visit *visit,
                           const struct hg_model *model)
{
    const struct lookup *lookup = visit->lookup;
    size_t count = hg_model_type_count(model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        if (!hg_is_definition(type, lookup->name->name, lookup->kinds))
            continue;
        if (type->where.file == NULL)
            return true;
        const char *file =
            hg_tree_name(planner->request->kernel, type->where.file, planner->request->arena);
        bool is_of_other = false;
        for (size_t i = 0; i < lookup->count; i++)
            is_of_other |=
                &lookup->visits[i] != visit && strcmp(lookup->visits[i].site->name, file) == 0;
        if (!is_of_other)
            return true;
    }
    return false;
}

static void end_visit(struct visit *visit)
{
    visit->state = visit->fault.reason == NULL ? SITE_ABSENT : SITE_UNREADABLE;
}

/* Turns to the next unit of the site. */
static void go_on(struct visit *visit)
{
    if (++visit->next == visit->site->unit_count)
        end_visit(visit);
}

static void take_fault(struct planner *planner, struct visit *visit,
                       const struct hg_source_fault *fault)
{
    if (visit->fault.reason == NULL) {
        visit->fault = *fault;
        visit->fault.path = NULL;
        visit->fault.object = hg_arena_keep(planner->request->arena, fault->object);
        visit->fault.reason = hg_arena_keep(planner->request->arena, fault->reason);
        visit->fault.missing = hg_arena_keep(planner->request->arena, fault->missing);
        visit->fault.where.file = hg_arena_keep(planner->request->arena, fault->where.file);
    }
    go_on(visit);
}

static const struct hg_source_fault *find_fault(const struct hg_source_fault *faults, size_t count,
                                                const char *object)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(faults[i].object, object) == 0)
            return &faults[i];
    return NULL;
}

/* Takes the result of an attempt for a site.  With skips_bodies, a type that was not found may
 * still be in a body.  A unit that misses a generated file can have the type, if the type cannot
 * depend on that file. */
static void learn(struct planner *planner, struct visit *visit, const struct hg_model *model,
                  const struct hg_sources_summary *report, bool skips_bodies)
{
    const char *object = planner->list->items[visit->site->units[visit->next]].object;
    const struct hg_source_fault *unread = find_fault(report->unread, report->unread_count, object);
    const struct hg_source_fault *partial =
        find_fault(report->partial, report->partial_count, object);
    if (unread == NULL && has_definition(planner, visit, model))
        visit->state = SITE_READ;
    else if (unread != NULL || partial != NULL)
        take_fault(planner, visit, unread != NULL ? unread : partial);
    else if (!skips_bodies || planner->model_count > 0)
        go_on(visit);
}

/* -vv: notes each site that is read, and its unit. */
static void explain(struct planner *planner)
{
    for (size_t v = 0; v < planner->visits.count && planner->request->options->explain; v++) {
        const struct visit *visit = planner->visits.items[v];
        if (is_waiting(visit))
            hg_note(planner->diagnostics, NULL, "'%s': %s:%u, read through %s",
                    visit->lookup->name->asked, visit->site->name, visit->site->line,
                    planner->list->items[visit->site->units[visit->next]].object);
    }
}

/* Reads the sites that wait; *is_done = none does.  Only the second attempt parses the bodies of
 * functions, which takes longer. */
static enum hg_status read_waiting(struct planner *planner, size_t attempt, bool *is_done)
{
    const struct hg_private_request *request = planner->request;
    struct hg_unit_choice choice = {
        .kernel = request->kernel,
        .options = request->options,
        .list = planner->list,
        .skips_bodies = attempt != 1,
    };
    *is_done = !choose_units(planner, &choice);
    if (*is_done)
        return HG_OK;
    explain(planner);
    struct hg_model *model = NULL;
    struct hg_sources_summary *report = NULL;
    enum hg_status status =
        hg_read_units(&choice, request->arena, planner->diagnostics, &model, &report);
    if (status != HG_OK)
        return status;
    for (size_t v = 0; v < planner->visits.count; v++)
        if (is_waiting(planner->visits.items[v]))
            learn(planner, planner->visits.items[v], model, report, choice.skips_bodies);
    planner->models[planner->model_count++] = model;
    hg_sources_summary_destroy(report);
    return HG_OK;
}

static enum hg_status read_sites(struct planner *planner)
{
    enum hg_status status = HG_OK;
    bool is_done = false;
    for (size_t attempt = 0; attempt < ATTEMPTS_MAX && status == HG_OK && !is_done; attempt++)
        status = read_waiting(planner, attempt, &is_done);
    for (size_t v = 0; v < planner->visits.count; v++)
        if (planner->visits.items[v]->state == SITE_WAITING)
            end_visit(planner->visits.items[v]);
    return status;
}

/* Merges models as when all sources are read: every definition is kept, and pointers lead to the
 * definitions of their own model. */
static enum hg_status merge(struct planner *planner, struct hg_model *const *models, size_t count,
                            struct hg_model **ret)
{
    struct hg_merge_options options = {
        .duplicate_names = HG_EVERY_DEFINITION_KEEPS_NAME,
        .origin = planner->request->kernel->origin,
        .origin_hash = planner->request->kernel->config_hash,
    };
    struct hg_name_conflicts conflicts = {0};
    enum hg_status status =
        hg_merge_models(models, count, &options, planner->diagnostics, &conflicts, ret);
    free(conflicts.items);
    return status;
}

/* Merges the models of all attempts. */
static enum hg_status merge_attempts(struct planner *planner)
{
    struct hg_model *merged = NULL;
    if (planner->model_count < 2)
        return HG_OK;
    enum hg_status status = merge(planner, planner->models, planner->model_count, &merged);
    for (size_t i = 0; i < planner->model_count; i++)
        hg_model_destroy(planner->models[i]);
    planner->model_count = 0;
    if (status == HG_OK)
        planner->models[planner->model_count++] = merged;
    return status;
}

/* --- reports --- */

/* Appends `kernel/exit.c:4, kernel/fork.c:6`, and the number of further sites. */
static void put_sites(const struct lookup *lookup, struct hg_text *text)
{
    for (size_t i = 0; i < lookup->count && i < SHOWN; i++)
        hg_text_printf(text, "%s%s:%u", i == 0 ? "" : ", ", lookup->visits[i].site->name,
                       lookup->visits[i].site->line);
    if (lookup->count > SHOWN)
        hg_text_printf(text, " and %zu more", lookup->count - SHOWN);
}

/* Reports the text, which is freed: as an error, or as a warning if names are optional.  choice
 * NULL = the user cannot choose; otherwise advises to name a .c file, such as one that has this
 * site. */
static void fail(struct planner *planner, const struct hg_location *where, struct hg_text *text,
                 const struct visit *choice)
{
    const struct hg_private_request *request = planner->request;
    bool is_optional = request->options->are_optional;
    if (choice != NULL) {
        size_t next = choice->next < choice->site->unit_count ? choice->next : 0;
        const char *path = planner->list->items[choice->site->units[next]].path;
        hg_text_printf(text, "; name the .c file that you mean (--header %s)",
                       hg_tree_name(request->kernel, path, request->arena));
    }
    (is_optional ? hg_warning : hg_error)(planner->diagnostics, where, "%s", text->data);
    planner->has_failed = planner->has_failed || !is_optional;
    hg_text_deinit(text);
}

static void report_unreadable(struct planner *planner, const struct visit *visit)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "'%s' is defined in %s:%u, and %s cannot be parsed: %s",
                   visit->lookup->name->asked, visit->site->name, visit->site->line,
                   visit->fault.object, visit->fault.reason);
    fail(planner, &visit->fault.where, &text, visit->lookup->count > 1 ? visit : NULL);
    if (visit->fault.missing != NULL)
        hg_text_printf(&planner->lacking, " %s", visit->fault.object);
}

static void report_many(struct planner *planner, const struct lookup *lookup)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "%zu source files define '%s': ", lookup->count, lookup->name->asked);
    put_sites(lookup, &text);
    fail(planner, NULL, &text, &lookup->visits[0]);
}

/* Reports definitions that differ: those of several sites, or those of one site in the files that
 * include it. */
static void report_differing(struct planner *planner, const struct lookup *lookup)
{
    const struct hg_private_request *request = planner->request;
    struct hg_text text = {0};
    size_t read_count = 0;
    const struct visit *first = NULL;
    for (size_t i = 0; i < lookup->count; i++) {
        const struct visit *visit = &lookup->visits[i];
        if (visit->state != SITE_READ)
            continue;
        hg_text_printf(&text, "%s%s:%u", read_count++ == 0 ? "" : " and ", visit->site->name,
                       visit->site->line);
        first = first == NULL ? visit : first;
    }
    const char *sites = hg_text_keep(&text, request->arena);
    if (read_count != 1 || first->site->unit_count == 1) {
        hg_text_printf(&text, "'%s' is not the same in %s", lookup->name->asked, sites);
        fail(planner, NULL, &text, first == NULL ? &lookup->visits[0] : first);
        return;
    }
    hg_text_printf(&text,
                   "'%s' of %s is not the same in the files that include it: ", lookup->name->asked,
                   sites);
    for (size_t u = 0; u < first->site->unit_count; u++)
        hg_text_printf(&text, "%s%s", u == 0 ? "" : ", ",
                       hg_tree_name(request->kernel,
                                    planner->list->items[first->site->units[u]].path,
                                    request->arena));
    fail(planner, NULL, &text, first);
}

/* Reports a name that no source file of this configuration defines. */
static void report_absent(struct planner *planner, const struct lookup *lookup)
{
    const struct hg_private_request *request = planner->request;
    struct hg_site site;
    struct hg_text text = {0};
    planner->has_absent = true;
    if (lookup->count > 0) {
        hg_text_printf(&text,
                       "'%s' is not defined in this kernel's configuration, though its text is in ",
                       lookup->name->asked);
        put_sites(lookup, &text);
    } else if (lookup->name->report != NULL) {
        hg_text_put(&text, lookup->name->report);
    } else if (!request->options->are_optional &&
               hg_search_unbuilt(request->kernel, &planner->search, lookup->name->name,
                                 request->arena, &site)) {
        hg_text_printf(&text,
                       "'%s' is not in this kernel: %s:%u defines it, which this configuration "
                       "does not build",
                       lookup->name->asked, site.name, site.line);
    }
    if (text.size > 0)
        fail(planner, NULL, &text, NULL);
    else
        planner->has_failed |=
            hg_report_unknown(request->catalogue, lookup->name, true,
                              request->options->are_optional, planner->diagnostics);
}

/* Notes sites without the type some of whose units were not read: those may have it. */
static void note_absent(struct planner *planner, const struct lookup *lookup)
{
    for (size_t i = 0; i < lookup->count; i++) {
        const struct visit *visit = &lookup->visits[i];
        if (visit->state == SITE_ABSENT && visit->next < visit->site->unit_count)
            hg_note(planner->diagnostics, NULL,
                    "the '%s' of %s:%u was not met in %zu files that include it",
                    lookup->name->asked, visit->site->name, visit->site->line, visit->next + 1);
    }
}

/* The number of the name's definitions in the model, for the kind with the most. */
static size_t count_definitions(const struct hg_model *model, const char *name, unsigned kinds)
{
    size_t most = 0;
    size_t count = hg_model_type_count(model);
    for (unsigned kind = HG_FOUND_STRUCT; kind <= HG_FOUND_ENUMERATOR; kind++) {
        size_t found = 0;
        for (size_t id = 1; id < count; id++)
            found +=
                hg_is_definition(hg_model_type(model, (hg_type_id)id), name, kinds & 1u << kind);
        most = found > most ? found : most;
    }
    return most;
}

/* Reports the result of a lookup.  True = there is one definition. */
static bool judge(struct planner *planner, const struct lookup *lookup,
                  const struct hg_model *model)
{
    if (lookup->count > SITES_MAX) {
        report_many(planner, lookup);
        return false;
    }
    for (size_t i = 0; i < lookup->count; i++)
        if (lookup->visits[i].state == SITE_UNREADABLE) {
            report_unreadable(planner, &lookup->visits[i]);
            return false;
        }
    size_t count = model == NULL ? 0 : count_definitions(model, lookup->name->name, lookup->kinds);
    if (lookup->count == 0 || count == 0)
        report_absent(planner, lookup);
    else if (count > 1)
        report_differing(planner, lookup);
    else
        note_absent(planner, lookup);
    return lookup->count > 0 && count == 1;
}

/* Reports a type that a header and a file that was read define differently. */
static void check_headers_names(struct planner *planner, const struct hg_model *headers,
                                const struct hg_model *merged)
{
    const struct hg_tree_options *options = planner->request->options;
    for (size_t i = 0; i < options->name_count; i++) {
        unsigned kinds = 0;
        const char *name = hg_split_name(options->names[i], &kinds);
        if (hg_is_pattern(name) || !hg_defines(headers, name, kinds) ||
            count_definitions(merged, name, kinds) <= count_definitions(headers, name, kinds))
            continue;
        hg_error(planner->diagnostics, NULL,
                 "'%s' is not the same in the headers and in the source files that the other names "
                 "are in: ask for them apart",
                 options->names[i]);
        planner->has_failed = true;
    }
}

static void note_generated(struct planner *planner)
{
    size_t count = planner->list->generated_count;
    if (planner->has_absent && count > 0)
        hg_note(planner->diagnostics, NULL,
                "not looked through: %zu source file%s that a build generates and that %s not "
                "there, %s%s",
                count, hg_plural(count), count == 1 ? "is" : "are", count == 1 ? "" : "among them ",
                planner->list->generated[0].path);
}

/* --- the order of the steps --- */

/* Merges the model of the headers, if there is one, with that of the source files. */
static enum hg_status join(struct planner *planner, struct hg_model **model)
{
    struct hg_model *headers = *model;
    if (headers == NULL) {
        *model = planner->models[0];
        planner->model_count = 0;
        return HG_OK;
    }
    struct hg_model *const both[] = {headers, planner->models[0]};
    enum hg_status status = merge(planner, both, 2, model);
    if (status != HG_OK)
        return status;
    check_headers_names(planner, headers, *model);
    hg_model_destroy(headers);
    return planner->has_failed ? HG_ERROR_INPUT : HG_OK;
}

static enum hg_status conclude(struct planner *planner, struct hg_model **model)
{
    size_t met = 0;
    const struct hg_model *found = planner->model_count == 0 ? NULL : planner->models[0];
    for (size_t i = 0; i < planner->request->names->count; i++)
        met += judge(planner, &planner->lookups[i], found);
    if (planner->lacking.size > 0)
        hg_note_make(planner->request->kernel, planner->lacking.data, planner->diagnostics);
    note_generated(planner);
    if (planner->has_failed)
        return HG_ERROR_INPUT;
    if (met > 0)
        return join(planner, model);
    if (*model != NULL)
        return HG_OK;
    hg_error(planner->diagnostics, NULL,
             "none of the types that are needed is in the headers or source files of this kernel");
    return HG_ERROR_INPUT;
}

/* Reports errors as warnings. */
static void demote(void *user, const struct hg_diagnostic *diagnostic)
{
    struct hg_diagnostic copy = *diagnostic;
    if (copy.severity == HG_ERROR)
        copy.severity = HG_WARNING;
    hg_report(user, &copy);
}

/* Makes planner->list, the list of source files.  If the names are optional, a list that cannot be
 * made is no error, but empty. */
static enum hg_status list_sources(struct planner *planner)
{
    static const struct hg_source_list none = {.origin = ""};
    const struct hg_private_request *request = planner->request;
    struct hg_diagnostics demoted = {.report = demote, .user = planner->diagnostics};
    bool is_optional = request->options->are_optional;
    enum hg_status status = hg_list_sources(
        request->kernel, NULL, is_optional ? &demoted : planner->diagnostics, &planner->listed);
    planner->list = planner->listed;
    if (status == HG_OK || !is_optional)
        return status;
    planner->list = &none;
    return HG_OK;
}

static enum hg_status check_request(const struct hg_private_request *request,
                                    struct hg_diagnostics *diagnostics)
{
    if (request->options->headers->macro_count == 0 || request->options->are_optional)
        return HG_OK;
    hg_error(diagnostics, NULL,
             "no header defines '%s', and --macros takes macros from headers: ask for both apart",
             request->names->items[0].asked);
    return HG_ERROR_USAGE;
}

static enum hg_status read_listed(struct planner *planner, struct hg_model **model)
{
    find_sites(planner);
    enum hg_status status = read_sites(planner);
    if (status == HG_OK)
        status = merge_attempts(planner);
    if (status == HG_OK)
        status = conclude(planner, model);
    return status;
}

enum hg_status hg_read_private_names(const struct hg_private_request *request,
                                     struct hg_diagnostics *diagnostics, struct hg_model **model,
                                     struct hg_tree_summary **report)
{
    struct planner planner = {.request = request, .diagnostics = diagnostics};
    enum hg_status status = check_request(request, diagnostics);
    if (status == HG_OK)
        status = list_sources(&planner);
    if (status == HG_OK)
        status = read_listed(&planner, model);
    if (status == HG_OK && report != NULL)
        *report = hg_summarize_search(planner.search.files, planner.search.file_count);
    for (size_t i = 0; i < planner.model_count; i++)
        hg_model_destroy(planner.models[i]);
    free(planner.visits.items);
    hg_source_list_destroy(planner.listed);
    hg_text_deinit(&planner.lacking);
    if (status != HG_OK) {
        hg_model_destroy(*model);
        *model = NULL;
    }
    return status;
}
