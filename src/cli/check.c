/*
 * The command check on one kernel: read the objects and the kernel's types, resolve the
 * relocations, look up the other needs, report.
 */
#include "cli.h"

#include "base/diag.h"
#include "base/memory.h"
#include "load/load.h"
#include "surface/report.h"

#include <string.h>

/* The kernel's answers to the objects' needs besides types.  The arrays are by object. */
struct asked {
    struct hg_answers **answers;
    size_t count;
    bool by_btf_alone; /* there was no list of symbols */
    char **lines;      /* their reports, from malloc */
    bool **idle;       /* by finding: it does not count; see find_idle */
    struct load_counts loads;
};

static enum hg_status check_object(const struct options *options,
                                   const struct hg_core_object *object,
                                   const struct hg_model *model, struct hg_diagnostics *diagnostics,
                                   struct hg_core_views *ret)
{
    struct hg_core_findings *reports[HG_CORE_LOADERS] = {NULL};
    enum hg_status status = HG_OK;
    for (unsigned i = 0; status == HG_OK && i < HG_CORE_LOADERS; i++)
        if ((options->loaders >> i & 1) != 0)
            status = hg_core_check(object, model, (enum hg_core_loader)i, diagnostics, &reports[i]);
    /* Only the first loader's warnings are reported: they are the same for all. */
    for (unsigned i = 0; status == HG_OK && i < HG_CORE_LOADERS; i++)
        if (reports[i] != NULL)
            doubt_absence(&options->sources[0], reports[i],
                          i == (unsigned)first_loader(options) ? diagnostics : NULL);
    if (status == HG_OK) {
        *ret = (struct hg_core_views){.libbpf = reports[HG_CORE_LIBBPF],
                                      .aya = reports[HG_CORE_AYA],
                                      .cilium = reports[HG_CORE_CILIUM]};
        return status;
    }
    for (unsigned i = 0; i < HG_CORE_LOADERS; i++)
        hg_core_findings_destroy(reports[i]);
    return status;
}

/* Fills the views of the objects, which must be destroyed even on failure. */
static enum hg_status check_all(const struct options *options, const struct objects *objects,
                                const struct hg_model *model, struct hg_diagnostics *diagnostics,
                                struct hg_core_views *views)
{
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < objects->count; i++)
        status = check_object(options, objects->items[i], model, diagnostics, &views[i]);
    return status;
}

/* The findings of the first loader, which decide about guards. */
static const struct hg_core_findings *leading(const struct hg_core_views *views)
{
    return views->libbpf != NULL ? views->libbpf : views->aya != NULL ? views->aya : views->cilium;
}

/* Looks up the objects' needs besides types, and adds the answers to the views. */
static enum hg_status ask_all(const struct options *options, const struct surfaces *surfaces,
                              const struct hg_model *model, struct hg_diagnostics *diagnostics,
                              struct hg_core_views *views, struct asked *ret)
{
    struct hg_arena arena;
    hg_arena_init(&arena);
    struct hg_facts_options beside = facts_beside(&options->sources[0], &arena);
    beside.sz = sizeof beside;
    struct hg_kernel_facts *facts = NULL;
    enum hg_status status = hg_facts_read(model, &beside, diagnostics, &facts);
    ret->by_btf_alone = beside.symbols == NULL;
    ret->answers = hg_calloc(surfaces->count, sizeof *ret->answers);
    ret->lines = hg_calloc(surfaces->count, sizeof *ret->lines);
    ret->idle = hg_calloc(surfaces->count, sizeof *ret->idle);
    for (size_t i = 0; status == HG_OK && i < surfaces->count; i++) {
        struct hg_text text = {0};
        hg_surface_ask(surfaces->items[i], facts, leading(&views[i]), &ret->answers[i]);
        ret->count++;
        ret->idle[i] = find_idle(surfaces->items[i], leading(&views[i])->count);
        views[i].idle = ret->idle[i];
        if (options->json) {
            hg_text_put(&text, ", \"dependencies\": ");
            hg_surface_put_json(&text, surfaces->items[i], ret->answers[i]);
            hg_text_put(&text, ", \"programs\": ");
            hg_surface_put_programs(&text, surfaces->items[i], ret->answers[i], leading(&views[i]));
        } else {
            hg_surface_put_text(&text, surfaces->items[i], ret->answers[i]);
        }
        if (options->load)
            load_object(options, options->objects[i], leading(&views[i]), surfaces->items[i],
                        ret->answers[i], &ret->loads, &text);
        ret->lines[i] = text.data;
        *(options->json ? &views[i].json : &views[i].text) = text.data;
    }
    hg_facts_destroy(facts);
    hg_arena_deinit(&arena);
    return status;
}

static void asked_deinit(struct asked *asked)
{
    for (size_t i = 0; i < asked->count; i++) {
        hg_answers_destroy(asked->answers[i]);
        free(asked->lines[i]);
        free(asked->idle[i]);
    }
    free(asked->idle);
    free(asked->answers);
    free(asked->lines);
}

static bool has_fine_functions(const struct surfaces *surfaces, const struct asked *asked)
{
    for (size_t i = 0; i < asked->count; i++) {
        size_t count = 0;
        const struct hg_surface_need *needs = hg_surface_needs(surfaces->items[i], &count);
        for (size_t k = 0; k < count; k++)
            if (needs[k].kind == HG_NEED_FUNCTION && asked->answers[i]->items[k].verdict == HG_FINE)
                return true;
    }
    return false;
}

static void write_report(const struct options *options, const struct surfaces *surfaces,
                         const struct hg_core_views *views, const struct asked *asked,
                         struct hg_output *ret)
{
    if (options->json) {
        hg_core_write_json(views, surfaces->count, ret);
        return;
    }
    struct hg_output relocations = {0};
    struct hg_text text = {0};
    hg_core_write_text(views, surfaces->count, &relocations);
    hg_text_bytes(&text, relocations.data, relocations.size);
    hg_output_deinit(&relocations);
    hg_surface_put_totals(&text, (const struct hg_answers *const *)asked->answers, asked->count);
    for (size_t i = 0; i < asked->count; i++)
        hg_surface_put_refused(&text, surfaces->items[i], asked->answers[i], leading(&views[i]));
    if (asked->by_btf_alone && has_fine_functions(surfaces, asked))
        hg_text_put(&text,
                    "Functions were looked for in BTF alone, which also lists some that are "
                    "inlined everywhere or that ftrace cannot attach to: --functions and "
                    "--traceable know.\n");
    if (options->load)
        hg_text_printf(
            &text, "Programs on the running kernel: %zu loaded, %zu refused, %zu not permitted.\n",
            asked->loads.loaded, asked->loads.refused, asked->loads.forbidden);
    hg_text_finish(&text, ret);
}

static size_t count_failures(const struct hg_core_findings *report, const bool *idle)
{
    size_t failures = report != NULL && report->gives_up != NULL;
    for (size_t i = 0; report != NULL && i < report->count; i++)
        failures += report->findings[i].result != HG_CORE_RESOLVED &&
                    !report->findings[i].guarded && !idle[i];
    return failures;
}

static bool fails(const struct hg_core_views *views, const struct asked *asked)
{
    size_t failures = 0;
    for (size_t i = 0; i < asked->count; i++) {
        failures += count_failures(views[i].libbpf, asked->idle[i]);
        failures += count_failures(views[i].aya, asked->idle[i]);
        failures += count_failures(views[i].cilium, asked->idle[i]);
        failures += asked->answers[i]->failures;
    }
    return failures > 0 || asked->loads.refused > 0;
}

static void views_destroy(struct hg_core_views *views, size_t count)
{
    for (size_t i = 0; views != NULL && i < count; i++) {
        /* check_object made them; they are const for readers only. */
        hg_core_findings_destroy((struct hg_core_findings *)views[i].libbpf);
        hg_core_findings_destroy((struct hg_core_findings *)views[i].aya);
        hg_core_findings_destroy((struct hg_core_findings *)views[i].cilium);
    }
    free(views);
}

/* With --header, a missing type may be in another header of the kernel. */
static void note_headers_alone(const struct source *source, struct hg_diagnostics *diagnostics)
{
    if (source->kind != SOURCE_BTF && source->headers.header_count > 0)
        hg_note(diagnostics, NULL,
                "only the named headers were read; another header of the kernel may have what is "
                "missing (--kernel DIR without --header looks through all of them)");
}

/* A known failure decides the exit status, even if some programs could not be loaded here. */
static enum hg_status report_forbidden(size_t count, bool has_failed,
                                       struct hg_diagnostics *diagnostics)
{
    static const char text[] =
        "--load: this system lets nobody load programs of these types: the verifier did not check "
        "%zu program%s";
    if (has_failed)
        hg_warning(diagnostics, NULL, text, count, hg_plural(count));
    else
        hg_error(diagnostics, NULL, text, count, hg_plural(count));
    return has_failed ? HG_OK : HG_ERROR_UNSUPPORTED;
}

int run_check(const struct options *options, struct hg_diagnostics *diagnostics)
{
    if (options->source_count > 1 || options->fleets.count > 0)
        return run_fleet(options, diagnostics);
    struct hg_model *model = NULL;
    struct objects objects = {0};
    struct surfaces surfaces = {0};
    struct asked asked = {0};
    struct hg_output output = {0};
    struct hg_core_views *views = hg_calloc(options->object_count, sizeof *views);

    enum hg_status status = options->load ? hg_load_begin(diagnostics) : HG_OK;
    if (status == HG_OK)
        status = read_objects(options, diagnostics, &objects);
    if (status == HG_OK)
        status = read_surfaces(options, &objects, diagnostics, &surfaces);
    if (status == HG_OK)
        status = read_source_for(options, &options->sources[0], &objects, diagnostics, &model);
    if (status == HG_OK)
        status = check_output_is_no_input(options, model, diagnostics);
    if (status == HG_OK)
        status = shape_arrays(options, &options->sources[0], NULL, diagnostics, &model);
    if (status == HG_OK)
        status = check_all(options, &objects, model, diagnostics, views);
    if (status == HG_OK)
        status = ask_all(options, &surfaces, model, diagnostics, views, &asked);
    if (status == HG_OK)
        status = check_strict(options, diagnostics);
    if (status == HG_OK)
        write_report(options, &surfaces, views, &asked, &output);
    if (status == HG_OK)
        status = write_depfile(options, model, diagnostics);
    if (status == HG_OK)
        status = write_output(options, &output, diagnostics);
    bool has_failed = status == HG_OK && fails(views, &asked);
    if (status == HG_OK && asked.loads.forbidden > 0)
        status = report_forbidden(asked.loads.forbidden, has_failed, diagnostics);
    int exit_status = status != HG_OK ? 2 : has_failed ? 1 : 0;
    if (exit_status == 1)
        note_headers_alone(&options->sources[0], diagnostics);

    hg_output_deinit(&output);
    asked_deinit(&asked);
    surfaces_deinit(&surfaces);
    views_destroy(views, options->object_count);
    hg_model_destroy(model);
    objects_deinit(&objects);
    return exit_status;
}
