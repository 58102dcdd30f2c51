/* Writes the output and the dependency file. */
#include "cli.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/text.h"

#include <string.h>
#include <unistd.h>

/* Escapes spaces, `#` and `$` for make. */
static void put_make_name(struct hg_text *text, const char *name)
{
    for (const char *at = name; *at != '\0'; at++) {
        if (*at == ' ' || *at == '#')
            hg_text_put(text, "\\");
        if (*at == '$')
            hg_text_put(text, "$");
        hg_text_bytes(text, at, 1);
    }
}

static void put_dependency(struct hg_text *list, struct hg_text *rules, const char *name)
{
    hg_text_put(list, " \\\n  ");
    put_make_name(list, name);
    hg_text_put(rules, "\n");
    put_make_name(rules, name);
    hg_text_put(rules, ":\n");
}

/* Files that were unpacked from a tar are removed at the end; make depends on the tar instead. */
static bool is_unpacked(const struct options *options, const char *file)
{
    for (size_t i = 0; i < options->source_count; i++) {
        const struct source *source = &options->sources[i];
        size_t length = source->archive == NULL ? 0 : strlen(source->kernel.directory);
        if (length > 0 && strncmp(file, source->kernel.directory, length) == 0 &&
            file[length] == '/')
            return true;
    }
    return false;
}

/* `output: files`, and an empty rule for each file, so that make goes on if a header is removed. */
enum hg_status write_depfile(const struct options *options, const struct hg_model *model,
                             struct hg_diagnostics *diagnostics)
{
    if (options->depfile == NULL)
        return HG_OK;
    size_t count = 0;
    const char *const *files = hg_model_files(model, &count);
    struct hg_text text = {0};
    struct hg_text rules = {0};
    put_make_name(&text, options->output);
    hg_text_put(&text, ":");
    for (size_t i = 0; i < count; i++)
        if (!is_unpacked(options, files[i]))
            put_dependency(&text, &rules, files[i]);
    for (size_t i = 0; i < options->source_count; i++)
        if (options->sources[i].archive != NULL)
            put_dependency(&text, &rules, options->sources[i].archive);
    for (size_t i = 0; i < options->object_count; i++)
        put_dependency(&text, &rules, options->objects[i]);
    hg_text_put(&text, "\n");
    hg_text_put(&text, hg_text_string(&rules));
    hg_text_deinit(&rules);
    enum hg_status status = hg_file_replace(options->depfile, text.data, text.size, diagnostics);
    hg_text_deinit(&text);
    return status;
}

/* The output of show and check is painted; diff writes its colours itself. */
static bool is_painted(const struct options *options)
{
    bool is_check = options->command == COMMAND_CHECK && !options->json && !options->html;
    bool is_show = options->command == COMMAND_SHOW && strcmp(options->emitter->name, "text") == 0;
    return (is_check || is_show) && use_colour(options, STDOUT_FILENO);
}

enum hg_status write_output(const struct options *options, const struct hg_output *output,
                            struct hg_diagnostics *diagnostics)
{
    bool to_stdout = strcmp(options->output, "-") == 0;
    ticker_end();
    if (to_stdout && is_painted(options)) {
        struct hg_text text = {0};
        paint(options->command, output, &text);
        enum hg_status status =
            hg_file_write_all(STDOUT_FILENO, "standard output", text.data, text.size, diagnostics);
        hg_text_deinit(&text);
        return status;
    }
    if (to_stdout)
        return hg_file_write_all(STDOUT_FILENO, "standard output", output->data, output->size,
                                 diagnostics);
    return hg_file_replace(options->output, output->data, output->size, diagnostics);
}
