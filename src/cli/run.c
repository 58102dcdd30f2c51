/*
 * The command generate: read, trim, select, write into memory, replace the file.  The file is
 * replaced only if everything before has succeeded.
 */
#include "cli.h"

#include "base/diag.h"

/* Wrong BTF would be a bug of the writer; it must not reach a loader. */
enum hg_status check_btf(const struct options *options, const struct hg_model *model,
                         const struct hg_output *output, struct hg_diagnostics *diagnostics)
{
    if (!options->emitter->is_btf)
        return HG_OK;
    struct hg_btf_bytes bytes = {
        .name = "the BTF to be written", .data = output->data, .size = output->size};
    return hg_check_btf_bytes(&bytes, NULL, hg_model_target(model)->triple, diagnostics);
}

enum hg_status check_strict(const struct options *options, struct hg_diagnostics *diagnostics)
{
    if (!options->strict || diagnostics->warnings == 0)
        return HG_OK;
    hg_error(diagnostics, NULL, "--strict: %zu warning%s, so nothing is written",
             diagnostics->warnings, hg_plural(diagnostics->warnings));
    return HG_ERROR_INPUT;
}

enum hg_status read_types(const struct options *options, const struct objects *objects,
                          struct hg_diagnostics *diagnostics, struct hg_model **model)
{
    enum hg_status status =
        read_source_for(options, &options->sources[0], objects, diagnostics, model);
    if (status == HG_OK)
        status = follow_pointers(options, diagnostics, model);
    if (status == HG_OK)
        status = check_output_is_no_input(options, *model, diagnostics);
    if (status == HG_OK)
        status = shape_arrays(options, &options->sources[0], objects, diagnostics, model);
    if (status == HG_OK)
        status = trim_model(options, diagnostics, model);
    return status;
}

enum hg_status write_result(const struct options *options, const struct hg_model *model,
                            const struct hg_output *output, struct hg_diagnostics *diagnostics)
{
    enum hg_status status = check_strict(options, diagnostics);
    if (status == HG_OK)
        status = write_depfile(options, model, diagnostics);
    if (status == HG_OK)
        status = write_output(options, output, diagnostics);
    return status;
}

int run_writer(const struct options *options, struct hg_diagnostics *diagnostics)
{
    if (options->modules != NULL || options->functions != NULL)
        return run_modules(options, diagnostics);
    if (options->fleets.count > 0)
        return run_fleet_for(options, diagnostics);
    struct hg_model *model = NULL;
    struct hg_selection *selection = NULL;
    struct hg_output output = {0};
    struct objects objects = {0};
    struct hg_select_options wanted = options->select;
    wanted.sz = sizeof wanted;
    bool for_objects = options->object_count > 0;

    enum hg_status status = read_objects(options, diagnostics, &objects);
    if (status == HG_OK)
        status = read_types(options, &objects, diagnostics, &model);
    if (status == HG_OK && !for_objects)
        status = hg_select(model, &wanted, diagnostics, &selection);
    if (status == HG_ERROR_INPUT && model != NULL && !for_objects)
        report_headers_of(&options->sources[0], model, wanted.names, wanted.name_count,
                          diagnostics);
    if (status == HG_OK && for_objects)
        status = select_for_objects(options, &options->sources[0], &objects, diagnostics, &model,
                                    &selection);
    if (status == HG_OK)
        status = options->emitter->write(model, selection, &options->write, diagnostics, &output);
    if (status == HG_OK)
        status = check_btf(options, model, &output, diagnostics);
    if (status == HG_OK)
        status = write_result(options, model, &output, diagnostics);

    hg_output_deinit(&output);
    hg_selection_destroy(selection);
    hg_model_destroy(model);
    objects_deinit(&objects);
    return status == HG_OK ? 0 : 2;
}
