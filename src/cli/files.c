/* Output and dependency files. */
#include "cli.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/text.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Spaces, `#` and `$` as make wants them. */
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

/* `output: files`, and an empty rule for each file, so that a header's removal does not stop make.
 */
enum hg_status write_depfile(const struct options *options, const struct hg_model *model,
                             struct hg_diagnostics *diagnostics)
{
    if (options->depfile == NULL)
        return HG_OK;
    size_t count = 0;
    const char *const *files = hg_model_files(model, &count);
    struct hg_text text = {0};
    put_make_name(&text, options->output);
    hg_text_put(&text, ":");
    for (size_t i = 0; i < count; i++) {
        hg_text_put(&text, " \\\n  ");
        put_make_name(&text, files[i]);
    }
    hg_text_put(&text, "\n");
    for (size_t i = 0; i < count; i++) {
        hg_text_put(&text, "\n");
        put_make_name(&text, files[i]);
        hg_text_put(&text, ":\n");
    }
    enum hg_status status = hg_file_replace(options->depfile, text.data, text.size, diagnostics);
    hg_text_deinit(&text);
    return status;
}

/* A mistyped -o must not destroy a header. */
enum hg_status check_output_is_no_input(const struct options *options, const struct hg_model *model,
                                        struct hg_diagnostics *diagnostics)
{
    struct stat output;
    if (strcmp(options->output, "-") == 0 || stat(options->output, &output) != 0)
        return HG_OK;
    size_t count = 0;
    const char *const *files = hg_model_files(model, &count);
    for (size_t i = 0; i < count; i++) {
        struct stat input;
        if (stat(files[i], &input) == 0 && input.st_dev == output.st_dev &&
            input.st_ino == output.st_ino) {
            hg_error(diagnostics, NULL, "the output '%s' is one of the files that were read",
                     options->output);
            return HG_ERROR_USAGE;
        }
    }
    return HG_OK;
}

enum hg_status write_output(const struct options *options, const struct hg_output *output,
                            struct hg_diagnostics *diagnostics)
{
    if (strcmp(options->output, "-") == 0)
        return hg_file_write_all(STDOUT_FILENO, "standard output", output->data, output->size,
                                 diagnostics);
    return hg_file_replace(options->output, output->data, output->size, diagnostics);
}
