/*
 * check: read the objects and the source, relocate, report.
 */
#include "cli.h"

#include "base/memory.h"

static enum hg_status check_object(const struct options *options,
                                   const struct hg_core_object *object,
                                   const struct hg_model *model, struct hg_diagnostics *diagnostics,
                                   struct hg_core_views *ret)
{
    struct hg_core_report *libbpf = NULL;
    struct hg_core_report *aya = NULL;
    enum hg_status status = HG_OK;
    if (options->loaders != LOADER_AYA)
        status = hg_core_check(object, model, HG_CORE_LIBBPF, diagnostics, &libbpf);
    if (status == HG_OK && options->loaders != LOADER_LIBBPF)
        status = hg_core_check(object, model, HG_CORE_AYA, diagnostics, &aya);
    if (status == HG_OK) {
        *ret = (struct hg_core_views){.libbpf = libbpf, .aya = aya};
        return status;
    }
    hg_core_report_destroy(libbpf);
    hg_core_report_destroy(aya);
    return status;
}

/* The views of the objects; what is there must be destroyed on failure too. */
static enum hg_status check_all(const struct options *options, const struct objects *objects,
                                const struct hg_model *model, struct hg_diagnostics *diagnostics,
                                struct hg_core_views *views)
{
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < objects->count; i++)
        status = check_object(options, objects->items[i], model, diagnostics, &views[i]);
    return status;
}

static bool fails(const struct hg_core_views *views, size_t count)
{
    size_t failures = 0;
    for (size_t i = 0; i < count; i++) {
        if (views[i].libbpf != NULL)
            failures += views[i].libbpf->failures;
        if (views[i].aya != NULL)
            failures += views[i].aya->failures;
    }
    return failures > 0;
}

static void views_destroy(struct hg_core_views *views, size_t count)
{
    for (size_t i = 0; views != NULL && i < count; i++) {
        /* const only for those who read them: they are check_object's. */
        hg_core_report_destroy((struct hg_core_report *)views[i].libbpf);
        hg_core_report_destroy((struct hg_core_report *)views[i].aya);
    }
    free(views);
}

int run_check(const struct options *options, struct hg_diagnostics *diagnostics)
{
    struct hg_model *model = NULL;
    struct objects objects = {0};
    struct hg_output output = {0};
    struct hg_core_views *views = hg_calloc(options->object_count, sizeof *views);

    enum hg_status status = read_objects(options, diagnostics, &objects);
    if (status == HG_OK)
        status = read_source_for(options, 0, &objects, diagnostics, &model);
    if (status == HG_OK)
        status = check_output_is_no_input(options, model, diagnostics);
    if (status == HG_OK)
        status = shape_arrays(options, 0, diagnostics, &model);
    if (status == HG_OK)
        status = check_all(options, &objects, model, diagnostics, views);
    if (status == HG_OK)
        status = check_strict(options, diagnostics);
    if (status == HG_OK)
        (options->json ? hg_core_write_json : hg_core_write_text)(views, objects.count, &output);
    if (status == HG_OK)
        status = write_depfile(options, model, diagnostics);
    if (status == HG_OK)
        status = write_output(options, &output, diagnostics);
    int exit_status = status != HG_OK ? 2 : fails(views, objects.count) ? 1 : 0;

    hg_output_deinit(&output);
    views_destroy(views, options->object_count);
    hg_model_destroy(model);
    objects_deinit(&objects);
    return exit_status;
}
