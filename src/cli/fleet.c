/*
 * check on many kernels: the objects are read once, their needs are looked up on each kernel, and
 * the answers become a matrix.
 *
 *     check a.o b.o --btf 5.10.btf --btf 6.1.btf --fleet btfs
 */
#include "fleet.h"

#include "surface/matrix.h"

struct check {
    const struct objects *objects;
    const struct surfaces *surfaces;
    struct matrix *matrix;
};

/* --- in a process of its own: one kernel --- */

static enum hg_status ask_object(const struct options *options, const struct source *source,
                                 const struct hg_model *model, const struct hg_kernel_facts *facts,
                                 const struct hg_core_object *object,
                                 const struct hg_surface *surface,
                                 struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    struct hg_core_findings *report = NULL;
    struct hg_answers *answers = NULL;
    enum hg_core_loader loader = first_loader(options);
    enum hg_status status = hg_core_check(object, model, loader, diagnostics, &report);
    if (status != HG_OK)
        return status;
    doubt_absence(source, report, NULL);
    hg_surface_ask(surface, facts, report, &answers);
    hg_matrix_put_answers(text, surface, facts, report, answers);
    hg_answers_destroy(answers);
    hg_core_findings_destroy(report);
    return HG_OK;
}

static enum hg_status ask_kernel(const struct fleet_work *work, const struct kernel *kernel,
                                 struct hg_text *ret)
{
    const struct check *check = work->user;
    struct hg_model *model = NULL;
    struct hg_kernel_facts *facts = NULL;
    enum hg_status status =
        read_source_for(work->options, &kernel->source, check->objects, work->diagnostics, &model);
    struct hg_facts_options beside = kernel->source.beside;
    beside.sz = sizeof beside;
    beside.no_suggestions = true;
    if (status == HG_OK)
        status = hg_facts_read(model, &beside, work->diagnostics, &facts);
    for (size_t i = 0; status == HG_OK && i < check->objects->count; i++)
        status = ask_object(work->options, &kernel->source, model, facts, check->objects->items[i],
                            check->surfaces->items[i], work->diagnostics, ret);
    if (status == HG_OK)
        status = check_strict(work->options, work->diagnostics);
    return status;
}

/* --- all of them --- */

static bool take_answers(const struct fleet_work *work, size_t kernel, const struct hg_text *bytes)
{
    const struct check *check = work->user;
    return hg_matrix_take_answers(check->matrix, kernel, hg_text_string(bytes), bytes->size);
}

/* Makes the rows of the matrix, one for each need; no kernel is read for it. */
static enum hg_status make_rows(const struct objects *objects, const struct surfaces *surfaces,
                                struct hg_diagnostics *diagnostics, struct matrix *matrix)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct hg_core_findings *report = NULL;
        enum hg_status status = hg_core_list(objects->items[i], diagnostics, &report);
        if (status != HG_OK)
            return status;
        hg_matrix_add_object(matrix, i, report, surfaces->items[i]);
        hg_core_findings_destroy(report);
    }
    return HG_OK;
}

static void init_matrix(const struct fleet *fleet, const struct objects *objects,
                        struct matrix *matrix)
{
    const char **kernels = hg_calloc(fleet->kernels.count, sizeof *kernels);
    const char **names = hg_calloc(objects->count, sizeof *names);
    for (size_t i = 0; i < fleet->kernels.count; i++)
        kernels[i] = fleet->kernels.items[i].name;
    for (size_t i = 0; i < objects->count; i++)
        names[i] = hg_core_name(objects->items[i]);
    hg_matrix_init(matrix, kernels, fleet->kernels.count, names, objects->count);
    free((void *)kernels);
    free((void *)names);
}

static enum hg_status check_fleet(const struct options *options, struct fleet *fleet,
                                  struct objects *objects, struct surfaces *surfaces,
                                  struct hg_diagnostics *diagnostics, struct matrix *matrix)
{
    enum hg_status status = read_objects(options, diagnostics, objects);
    if (status == HG_OK)
        status = read_surfaces(options, objects, diagnostics, surfaces);
    if (status == HG_OK)
        status = fleet_collect(options, diagnostics, fleet);
    if (status == HG_OK)
        status = fleet_check_output(options, fleet, options->output, diagnostics);
    init_matrix(fleet, objects, matrix);
    if (status == HG_OK)
        status = make_rows(objects, surfaces, diagnostics, matrix);
    if (status != HG_OK)
        return status;
    struct check check = {.objects = objects, .surfaces = surfaces, .matrix = matrix};
    struct fleet_work work = {.options = options,
                              .fleet = fleet,
                              .diagnostics = diagnostics,
                              .user = &check,
                              .ask = ask_kernel,
                              .take = take_answers};
    return fleet_run(&work);
}

int run_fleet(const struct options *options, struct hg_diagnostics *diagnostics)
{
    struct fleet fleet = {0};
    struct objects objects = {0};
    struct surfaces surfaces = {0};
    struct matrix matrix = {0};
    struct hg_output output = {0};

    enum hg_status status = check_fleet(options, &fleet, &objects, &surfaces, diagnostics, &matrix);
    if (status == HG_OK) {
        hg_matrix_compare(&matrix);
        (options->html   ? hg_matrix_write_html
         : options->json ? hg_matrix_write_json
                         : hg_matrix_write_text)(&matrix, &output);
        status = write_output(options, &output, diagnostics);
    }
    int exit_status = status != HG_OK ? 2 : hg_matrix_failures(&matrix) > 0 ? 1 : 0;

    hg_output_deinit(&output);
    hg_matrix_deinit(&matrix);
    surfaces_deinit(&surfaces);
    objects_deinit(&objects);
    fleet_deinit(&fleet);
    return exit_status;
}
