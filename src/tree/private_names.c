/*
 * Names that no header of the tree defines: the order of the steps.
 *
 *     rq                -> kernel/sched/sched.h:980  -> read kernel/sched/core.c    -> struct rq
 *     irq_info          -> 8250_core.c:70, pci/irq.c:60 -> read both -> they differ -> an error
 *
 * Every file of the kernel whose text seems to define a name is a site (search.h).  Each site is
 * read through one translation unit, and all of these are read together.  If a unit does not have
 * the type (an #if, a function's body), another unit is read for the site.  If all definitions are
 * the same, that is the result.  If they differ, or if a site cannot be read, hdrgen does not
 * choose: the user names the .c file (named_sources.c).
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
    ROUNDS_MAX = 4,
    SITES_MAX = 12,
    SHOWN = 4,
    FEW_UNITS = 3, /* a header that no more units include is read through each of them */
};

enum site_state { SITE_WAITING, SITE_READ, SITE_ABSENT, SITE_UNREADABLE };

/* A site of a name, and the result of reading it. */
struct visit {
    const struct hg_site *site;
    enum site_state state;
    size_t next; /* of the site's units */
    /* The first error of a unit. */
    const char *object;
    const char *reason;
    bool lacks_file;
    struct hg_location where;
};

struct quest {
    const struct hg_unmet_name *name;
    unsigned kinds;
    struct visit *visits;
    size_t count;
};

struct planner {
    const struct hg_private_request *request;
    struct hg_diagnostics *diagnostics;
    const struct hg_source_list *list;
    struct hg_source_list *listed; /* to be destroyed */
    struct hg_search search;
    struct quest *quests; /* one for each name */
    struct hg_model *models[ROUNDS_MAX + 1];
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

/* The sites of the requested kinds.  An enumerator stands for its enum if no type has the name. */
static void take_sites(struct planner *planner, struct quest *quest, const struct hg_sites *sites)
{
    unsigned enumerator = 1u << HG_FOUND_ENUMERATOR;
    const unsigned masks[] = {quest->name->kinds & ~enumerator, quest->name->kinds & enumerator};
    quest->visits =
        hg_arena_array(planner->request->arena, sites->count + 1, sizeof *quest->visits);
    for (size_t m = 0; m < 2 && quest->count == 0; m++) {
        quest->kinds = masks[m];
        for (size_t i = 0; i < sites->count; i++)
            if ((sites->items[i].kinds & quest->kinds) != 0)
                quest->visits[quest->count++] = (struct visit){.site = &sites->items[i]};
    }
}

static void find_sites(struct planner *planner)
{
    const struct hg_private_request *request = planner->request;
    const struct hg_unmet_names *names = request->names;
    const char **searched = hg_arena_array(request->arena, names->count, sizeof *searched);
    planner->quests = hg_arena_array(request->arena, names->count, sizeof *planner->quests);
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
        planner->quests[i].name = &names->items[i];
        take_sites(planner, &planner->quests[i], &planner->search.sites[i]);
    }
}

/* --- rounds --- */

static bool is_waiting(const struct quest *quest, const struct visit *visit)
{
    return quest->count <= SITES_MAX && visit->state == SITE_WAITING;
}

/* A file that includes a .c file, or that is one of few to include a header, may define macros
 * first:
 *
 *     fs/compat_binfmt_elf.c      #define elf_prstatus compat_elf_prstatus
 *                                 #include "binfmt_elf.c"
 *
 * Then all of them are read, and the definitions compared. */
static bool is_read_through_all(const struct hg_site *site)
{
    return hg_ends_with(site->path, ".c") || site->unit_count <= FEW_UNITS;
}

/* The units that are read next, ascending; false = none. */
static bool choose_units(struct planner *planner, struct hg_unit_choice *choice)
{
    struct hg_arena *arena = planner->request->arena;
    uint8_t *chosen = hg_calloc(planner->list->count, sizeof *chosen);
    for (size_t q = 0; q < planner->request->names->count; q++)
        for (size_t v = 0; v < planner->quests[q].count; v++) {
            const struct visit *visit = &planner->quests[q].visits[v];
            if (!is_waiting(&planner->quests[q], visit))
                continue;
            chosen[visit->site->units[visit->next]] = 1;
            for (size_t u = 0; visit->next == 0 && is_read_through_all(visit->site) &&
                               u < visit->site->unit_count;
                 u++)
                chosen[visit->site->units[u]] = 1;
        }
    size_t *units = hg_arena_array(arena, planner->list->count, sizeof *units);
    for (size_t i = 0; i < planner->list->count; i++)
        if (chosen[i])
            units[choice->count++] = i;
    free(chosen);
    choice->units = units;
    return choice->count > 0;
}

static const char *keep(struct planner *planner, const char *string)
{
    return string == NULL ? NULL : hg_arena_string(planner->request->arena, string, strlen(string));
}

/* Whether the model has the type from this site, not from the location of another site. */
static bool has_definition(struct planner *planner, const struct quest *quest,
                           const struct visit *visit, const struct hg_model *model)
{
    size_t count = hg_model_type_count(model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        if (!hg_is_definition(type, quest->name->name, quest->kinds))
            continue;
        if (type->where.file == NULL)
            return true;
        const char *file =
            hg_tree_name(planner->request->kernel, type->where.file, planner->request->arena);
        bool is_of_other = false;
        for (size_t i = 0; i < quest->count; i++)
            is_of_other |=
                &quest->visits[i] != visit && strcmp(quest->visits[i].site->name, file) == 0;
        if (!is_of_other)
            return true;
    }
    return false;
}

static void go_on(struct visit *visit)
{
    if (++visit->next == visit->site->unit_count)
        visit->state = visit->reason == NULL ? SITE_ABSENT : SITE_UNREADABLE;
}

static void take_fault(struct planner *planner, struct visit *visit,
                       const struct hg_source_fault *fault)
{
    if (visit->reason == NULL) {
        visit->object = keep(planner, fault->object);
        visit->reason = keep(planner, fault->reason);
        visit->lacks_file = fault->missing != NULL;
        visit->where = fault->where;
        visit->where.file = keep(planner, fault->where.file);
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

/* Takes the result of a round for a site.  With skips_bodies, a type that was not found may still
 * be in a body.  A unit that misses a generated file can have the type, if the type cannot depend
 * on that file. */
static void learn(struct planner *planner, const struct quest *quest, struct visit *visit,
                  const struct hg_model *model, const struct hg_sources_summary *report,
                  bool skips_bodies)
{
    const char *object = planner->list->items[visit->site->units[visit->next]].object;
    const struct hg_source_fault *unread = find_fault(report->unread, report->unread_count, object);
    const struct hg_source_fault *partial =
        find_fault(report->partial, report->partial_count, object);
    if (unread == NULL && has_definition(planner, quest, visit, model))
        visit->state = SITE_READ;
    else if (unread != NULL || partial != NULL)
        take_fault(planner, visit, unread != NULL ? unread : partial);
    else if (!skips_bodies || planner->model_count > 0)
        go_on(visit);
}

static void explain(struct planner *planner)
{
    if (!planner->request->options->explain)
        return;
    for (size_t q = 0; q < planner->request->names->count; q++)
        for (size_t v = 0; v < planner->quests[q].count; v++) {
            const struct visit *visit = &planner->quests[q].visits[v];
            if (is_waiting(&planner->quests[q], visit))
                hg_note(planner->diagnostics, NULL, "'%s': %s:%u, read through %s",
                        planner->quests[q].name->asked, visit->site->name, visit->site->line,
                        planner->list->items[visit->site->units[visit->next]].object);
        }
}

/* The second round parses functions' bodies as well, the others save that time. */
static enum hg_status read_round(struct planner *planner, size_t round, bool *is_done)
{
    const struct hg_private_request *request = planner->request;
    struct hg_unit_choice choice = {
        .kernel = request->kernel,
        .options = request->options,
        .list = planner->list,
        .skips_bodies = round != 1,
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
    for (size_t q = 0; q < request->names->count; q++)
        for (size_t v = 0; v < planner->quests[q].count; v++)
            if (is_waiting(&planner->quests[q], &planner->quests[q].visits[v]))
                learn(planner, &planner->quests[q], &planner->quests[q].visits[v], model, report,
                      choice.skips_bodies);
    planner->models[planner->model_count++] = model;
    hg_sources_summary_destroy(report);
    return HG_OK;
}

static enum hg_status read_rounds(struct planner *planner)
{
    enum hg_status status = HG_OK;
    bool is_done = false;
    for (size_t round = 0; round < ROUNDS_MAX && status == HG_OK && !is_done; round++)
        status = read_round(planner, round, &is_done);
    for (size_t q = 0; q < planner->request->names->count; q++)
        for (size_t v = 0; v < planner->quests[q].count; v++) {
            struct visit *visit = &planner->quests[q].visits[v];
            if (visit->state == SITE_WAITING)
                visit->state = visit->reason == NULL ? SITE_ABSENT : SITE_UNREADABLE;
        }
    return status;
}

/* Keeps every definition; pointers lead to the definitions of their own model, as when all sources
 * are read. */
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

/* Merges the models of all rounds. */
static enum hg_status merge_rounds(struct planner *planner)
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

/* `kernel/exit.c:4, kernel/fork.c:6`, and how many more. */
static void put_sites(const struct quest *quest, struct hg_text *text)
{
    for (size_t i = 0; i < quest->count && i < SHOWN; i++)
        hg_text_printf(text, "%s%s:%u", i == 0 ? "" : ", ", quest->visits[i].site->name,
                       quest->visits[i].site->line);
    if (quest->count > SHOWN)
        hg_text_printf(text, " and %zu more", quest->count - SHOWN);
}

/* The .c file that a user can name for the site. */
static const char *example(struct planner *planner, const struct visit *visit)
{
    const struct hg_private_request *request = planner->request;
    size_t next = visit->next < visit->site->unit_count ? visit->next : 0;
    return hg_tree_name(request->kernel, planner->list->items[visit->site->units[next]].path,
                        request->arena);
}

/* An error, or a warning where the name is optional. */
static void fail(struct planner *planner, const struct hg_location *where, const char *text)
{
    bool is_optional = planner->request->options->are_optional;
    (is_optional ? hg_warning : hg_error)(planner->diagnostics, where, "%s", text);
    planner->has_failed = planner->has_failed || !is_optional;
}

static void report_unreadable(struct planner *planner, const struct quest *quest,
                              const struct visit *visit)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "'%s' is defined in %s:%u, and %s cannot be parsed: %s",
                   quest->name->asked, visit->site->name, visit->site->line, visit->object,
                   visit->reason);
    if (quest->count > 1)
        hg_text_printf(&text,
                       "; as long as that is so, name the .c file that you mean (--header %s)",
                       example(planner, visit));
    fail(planner, &visit->where, text.data);
    hg_text_deinit(&text);
    if (visit->lacks_file)
        hg_text_printf(&planner->lacking, " %s", visit->object);
}

static void report_many(struct planner *planner, const struct quest *quest)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "%zu source files define '%s': ", quest->count, quest->name->asked);
    put_sites(quest, &text);
    hg_text_printf(&text, "; name the .c file that you mean (--header %s)",
                   example(planner, &quest->visits[0]));
    fail(planner, NULL, text.data);
    hg_text_deinit(&text);
}

/* One text that is read through several files, which make different definitions of it. */
static void report_differing_units(struct planner *planner, const struct quest *quest,
                                   const struct visit *visit)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "'%s' of %s:%u is not the same in the files that include it: ",
                   quest->name->asked, visit->site->name, visit->site->line);
    for (size_t u = 0; u < visit->site->unit_count; u++)
        hg_text_printf(&text, "%s%s", u == 0 ? "" : ", ",
                       hg_tree_name(planner->request->kernel,
                                    planner->list->items[visit->site->units[u]].path,
                                    planner->request->arena));
    hg_text_printf(&text, "; name the one that you mean (--header %s)", example(planner, visit));
    fail(planner, NULL, text.data);
    hg_text_deinit(&text);
}

/* Several definitions that differ. */
static void report_differing(struct planner *planner, const struct quest *quest)
{
    struct hg_text text = {0};
    size_t shown = 0;
    size_t read_count = 0;
    const struct visit *first = NULL;
    for (size_t i = 0; i < quest->count; i++)
        if (quest->visits[i].state == SITE_READ && read_count++ == 0)
            first = &quest->visits[i];
    if (read_count == 1 && first->site->unit_count > 1) {
        report_differing_units(planner, quest, first);
        return;
    }
    first = NULL;
    hg_text_printf(&text, "'%s' is not the same in ", quest->name->asked);
    for (size_t i = 0; i < quest->count; i++) {
        const struct visit *visit = &quest->visits[i];
        if (visit->state != SITE_READ)
            continue;
        hg_text_printf(&text, "%s%s:%u", shown++ == 0 ? "" : " and ", visit->site->name,
                       visit->site->line);
        first = first == NULL ? visit : first;
    }
    hg_text_printf(&text, ": name the .c file that you mean (--header %s)",
                   example(planner, first == NULL ? &quest->visits[0] : first));
    fail(planner, NULL, text.data);
    hg_text_deinit(&text);
}

/* No source file that is built has it. */
static void report_absent(struct planner *planner, const struct quest *quest)
{
    const struct hg_private_request *request = planner->request;
    struct hg_site site;
    struct hg_text text = {0};
    planner->has_absent = true;
    if (quest->count > 0) {
        hg_text_printf(&text,
                       "'%s' is not defined in this kernel's configuration, though its "
                       "text is in ",
                       quest->name->asked);
        put_sites(quest, &text);
    } else if (quest->name->report != NULL) {
        hg_text_put(&text, quest->name->report);
    } else if (!request->options->are_optional &&
               hg_search_unbuilt(request->kernel, &planner->search, quest->name->name,
                                 request->arena, &site)) {
        hg_text_printf(&text,
                       "'%s' is not in this kernel: %s:%u defines it, which this configuration "
                       "does not build",
                       quest->name->asked, site.name, site.line);
    }
    if (text.size > 0)
        fail(planner, NULL, text.data);
    else
        planner->has_failed |=
            hg_report_unknown(request->catalogue, quest->name, true, request->options->are_optional,
                              planner->diagnostics);
    hg_text_deinit(&text);
}

/* For units that were not read, another file may define the name. */
static void note_absent(struct planner *planner, const struct quest *quest)
{
    for (size_t i = 0; i < quest->count; i++) {
        const struct visit *visit = &quest->visits[i];
        if (visit->state == SITE_ABSENT && visit->next < visit->site->unit_count)
            hg_note(planner->diagnostics, NULL,
                    "the '%s' of %s:%u was not met in %zu files that include it",
                    quest->name->asked, visit->site->name, visit->site->line, visit->next + 1);
    }
}

/* The definitions of one kind that the model has. */
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

/* Whether the name is met. */
static bool judge(struct planner *planner, const struct quest *quest, const struct hg_model *model)
{
    if (quest->count > SITES_MAX) {
        report_many(planner, quest);
        return false;
    }
    for (size_t i = 0; i < quest->count; i++)
        if (quest->visits[i].state == SITE_UNREADABLE) {
            report_unreadable(planner, quest, &quest->visits[i]);
            return false;
        }
    size_t count = model == NULL ? 0 : count_definitions(model, quest->name->name, quest->kinds);
    if (quest->count == 0 || count == 0)
        report_absent(planner, quest);
    else if (count > 1)
        report_differing(planner, quest);
    else
        note_absent(planner, quest);
    return quest->count > 0 && count == 1;
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
                count, count == 1 ? "" : "s", count == 1 ? "is" : "are",
                count == 1 ? "" : "among them ", planner->list->generated[0].path);
}

/* --- the order of the steps --- */

/* The model of the headers, if any, and that of the source files. */
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
        met += judge(planner, &planner->quests[i], found);
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

/* Reports an error as a warning: the names are optional. */
static void demote(void *user, const struct hg_diagnostic *diagnostic)
{
    struct hg_diagnostic copy = *diagnostic;
    if (copy.severity == HG_ERROR)
        copy.severity = HG_WARNING;
    hg_report(user, &copy);
}

/* Makes planner->list, the list of source files.  If the names are optional, a tree whose list
 * cannot be made is no error: the list is empty then. */
static enum hg_status list_sources(struct planner *planner)
{
    static const struct hg_source_list_options what_there_is = {0};
    static const struct hg_source_list none = {.origin = ""};
    const struct hg_private_request *request = planner->request;
    struct hg_diagnostics demoted = {.report = demote, .user = planner->diagnostics};
    bool is_optional = request->options->are_optional;
    enum hg_status status =
        hg_list_sources(request->kernel, &what_there_is,
                        is_optional ? &demoted : planner->diagnostics, &planner->listed);
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
    enum hg_status status = read_rounds(planner);
    if (status == HG_OK)
        status = merge_rounds(planner);
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
    hg_source_list_destroy(planner.listed);
    hg_text_deinit(&planner.lacking);
    if (status != HG_OK) {
        hg_model_destroy(*model);
        *model = NULL;
    }
    return status;
}
