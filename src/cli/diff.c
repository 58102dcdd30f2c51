/*
 * The command diff: read two sources, compare them, report.  Exit status 1: they differ.
 */
#include "cli.h"

#include "base/diag.h"
#include "base/memory.h"
#include "surface/compare.h"

#include <string.h>
#include <unistd.h>

static const struct diff_format formats[] = {
    {"text", hg_diff_write_text},
    {"json", hg_diff_write_json},
    {"html", hg_diff_write_html},
};
enum { FORMATS = sizeof formats / sizeof *formats };

const struct diff_format *find_diff_format(const char *format, const char *output,
                                           struct hg_diagnostics *diagnostics)
{
    const char *chosen = choose_format(format, output, true, diagnostics);
    if (chosen == NULL)
        return NULL;
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(chosen, formats[i].name) == 0)
            return &formats[i];
    hg_error(diagnostics, NULL, "--format %s: diff writes text, json and html", chosen);
    return NULL;
}

/* Appends the target and the flags, without paths, for two sides of the same name. */
static void describe_flags(const struct source *source, struct hg_text *text)
{
    const struct hg_header_options *headers = &source->headers;
    if (headers->target != NULL && source->kind == SOURCE_HEADERS)
        hg_text_printf(text, " --target %s", headers->target);
    for (size_t i = 0; i < headers->argument_count; i++) {
        const char *word = headers->arguments[i];
        bool is_macro = strcmp(word, "-D") == 0 || strcmp(word, "-U") == 0;
        bool has_next = i + 1 < headers->argument_count;
        if (is_macro && has_next)
            hg_text_printf(text, " %s%s", word, headers->arguments[++i]);
        else if (strcmp(word, "-include") == 0 && has_next)
            hg_text_printf(text, " %s %s", word, without_directory(headers->arguments[++i]));
        else if (word[0] == '-' && word[1] != '\0' && strchr("DUfmsW", word[1]) != NULL &&
                 strchr(word, '/') == NULL)
            hg_text_printf(text, " %s", word);
    }
}

/* The name of a source in the report. */
static char *source_name(const struct options *options, size_t index)
{
    struct hg_text text = {0};
    struct hg_text other = {0};
    describe_source(&options->sources[index], &text);
    describe_source(&options->sources[1 - index], &other);
    if (strcmp(hg_text_string(&text), hg_text_string(&other)) == 0)
        describe_flags(&options->sources[index], &text);
    hg_text_deinit(&other);
    struct hg_output name = {0};
    hg_text_finish(&text, &name);
    if (name.data[0] == ' ')
        memmove(name.data, name.data + 1, strlen(name.data));
    return name.data;
}

static void report(const struct options *options, struct hg_model *const models[2],
                   const struct hg_diff *diff, struct hg_output *output)
{
    HG_CLEANUP(hg_free_pointer) char *left = source_name(options, 0);
    HG_CLEANUP(hg_free_pointer) char *right = source_name(options, 1);
    struct hg_comparison comparison = {
        .left = models[0],
        .right = models[1],
        .left_name = left,
        .right_name = right,
        .diff = diff,
        .colour = strcmp(options->output, "-") == 0 && use_colour(options, STDOUT_FILENO),
    };
    hg_diff_write_fn *write = options->diff_format->write;
    if (options->stat)
        write = write == hg_diff_write_json ? hg_diff_stat_write_json : hg_diff_stat_write_text;
    write(&comparison, output);
}

/* Reads both sources.  A name that one of them lacks is a difference, not an error. */
static enum hg_status read_sides(const struct options *options, struct hg_diagnostics *diagnostics,
                                 struct hg_model *models[2])
{
    struct wanted_types wanted = {
        .names = options->select.names, .count = options->select.name_count, .are_optional = true};
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < 2 && status == HG_OK; i++)
        status = read_source(&options->sources[i], &wanted, diagnostics, &models[i]);
    for (size_t i = 0; i < 2 && status == HG_OK; i++)
        status = check_output_is_no_input(options, models[i], diagnostics);
    return status;
}

/* --- the surface: what programs attach to and call --- */

bool check_surface(const struct options *options, struct hg_diagnostics *diagnostics)
{
    bool is_page = options->diff_format != NULL && strcmp(options->diff_format->name, "html") == 0;
    const char *why = options->stat && is_page && !options->surface ? "--stat writes text and json"
                      : options->stat && options->object_count > 0 ? "--for does not go with --stat"
                      : !options->surface                          ? NULL
                      : options->select.name_count > 0
                          ? "--surface is about whole kernels: a NAME does not go with it"
                      : options->object_count > 0 ? "--for does not go with --surface"
                      : options->common           ? "--common does not go with --surface"
                      : is_page                   ? "--surface writes text and json"
                                                  : NULL;
    return why == NULL || refuse(diagnostics, "%s", why);
}

static enum hg_status compare_surfaces(const struct options *options,
                                       struct hg_model *const models[2],
                                       struct hg_diagnostics *diagnostics, bool *ret)
{
    HG_CLEANUP(hg_free_pointer) char *left = source_name(options, 0);
    HG_CLEANUP(hg_free_pointer) char *right = source_name(options, 1);
    const char *const names[2] = {left, right};
    struct hg_kernel_facts *facts[2] = {NULL, NULL};
    struct surface_changes changes = {0};
    struct hg_text text = {0};
    struct hg_output output = {0};
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < 2 && status == HG_OK; i++)
        status = hg_facts_read(models[i], NULL, diagnostics, &facts[i]);
    if (status == HG_OK)
        status = hg_surface_compare(facts[0], facts[1], names, diagnostics, &changes);
    if (status == HG_OK)
        status = check_strict(options, diagnostics);
    if (status == HG_OK) {
        bool is_json = strcmp(options->diff_format->name, "json") == 0;
        (is_json ? hg_surface_changes_json : hg_surface_changes_text)(&changes, names,
                                                                      options->stat, &text);
        hg_text_finish(&text, &output);
        status = write_output(options, &output, diagnostics);
    }
    *ret = changes.items.count > 0;
    hg_output_deinit(&output);
    hg_surface_changes_deinit(&changes);
    hg_facts_destroy(facts[0]);
    hg_facts_destroy(facts[1]);
    return status;
}

static int run_surface_diff(const struct options *options, struct hg_diagnostics *diagnostics)
{
    struct hg_model *models[2] = {NULL, NULL};
    bool is_different = false;
    enum hg_status status = read_sides(options, diagnostics, models);
    if (status == HG_OK)
        status = compare_surfaces(options, models, diagnostics, &is_different);
    hg_model_destroy(models[0]);
    hg_model_destroy(models[1]);
    return status != HG_OK ? 2 : is_different ? 1 : 0;
}

/* Counts the enums that are signed on one side only and whose values could show it. */
static size_t count_signs(struct hg_model *const models[2])
{
    size_t count = 0;
    size_t types = hg_model_type_count(models[0]);
    for (hg_type_id id = 1; id < types; id++) {
        const struct hg_type *left = hg_model_type(models[0], id);
        if (left->kind != HG_ENUM || left->name == NULL || !left->complete)
            continue;
        bool is_large = left->is_signed;
        for (size_t i = 0; i < left->enumerator_count; i++)
            is_large = is_large || left->enumerators[i].value > INT32_MAX;
        hg_type_id other = is_large ? hg_model_find(models[1], HG_ENUM, left->name) : HG_NO_TYPE;
        if (other != HG_NO_TYPE && hg_model_type(models[1], other)->complete)
            count += hg_model_type(models[1], other)->is_signed != left->is_signed;
    }
    return count;
}

/* Notes signs of enums that are not compared, if there could be a difference. */
static void note_signs(struct hg_model *const models[2], struct hg_diagnostics *diagnostics)
{
    if (!hg_model_target(models[0])->enum_signs_unknown &&
        !hg_model_target(models[1])->enum_signs_unknown)
        return;
    size_t count = count_signs(models);
    if (count > 0)
        hg_note(diagnostics, NULL,
                "the sign of %zu enum%s is not compared, nor more than 32 bits of their values: no "
                "enum in the BTF of one side says whether it is signed (as before Linux 6.0)",
                count, hg_plural(count));
}

int run_diff(const struct options *options, struct hg_diagnostics *diagnostics)
{
    if (options->object_count > 0)
        return run_touched(options, diagnostics);
    if (options->surface)
        return run_surface_diff(options, diagnostics);
    struct hg_model *models[2] = {NULL, NULL};
    struct hg_diff *diff = NULL;
    struct hg_output output = {0};
    struct hg_diff_options diff_options = {
        .sz = sizeof(struct hg_diff_options),
        .names = options->select.names,
        .name_count = options->select.name_count,
        .common = options->common,
    };

    enum hg_status status = read_sides(options, diagnostics, models);
    if (status == HG_OK)
        status = hg_diff_models(models[0], models[1], &diff_options, diagnostics, &diff);
    if (status == HG_OK)
        status = check_strict(options, diagnostics);
    if (status == HG_OK)
        note_signs(models, diagnostics);
    if (status == HG_OK)
        report(options, models, diff, &output);
    if (status == HG_OK)
        status = write_output(options, &output, diagnostics);
    int found = status != HG_OK ? 2 : diff->is_different ? 1 : 0;

    hg_output_deinit(&output);
    hg_diff_destroy(diff);
    hg_model_destroy(models[0]);
    hg_model_destroy(models[1]);
    return found;
}
