/*
 * The command flags.
 *
 *     hdrgen flags --kernel DIR                             the flags for headers
 *     hdrgen flags --kernel DIR --sources                   the source files of the kernel
 *     hdrgen flags --kernel DIR --sources kernel/fork.c     the flags for that file
 *     hdrgen flags --kernel DIR --sources --format json     all of it as a compile_commands.json
 *
 * The user's arguments after `--` come last, so that they take precedence.
 */
#include "cli.h"

#include "tree/commands.h"

#include "base/diag.h"
#include "base/json.h"

#include <string.h>

static void put_users(const struct source *source, struct hg_text *text)
{
    for (size_t i = 0; i < source->headers.argument_count; i++)
        hg_text_printf(text, "%s\n", source->headers.arguments[i]);
}

static void put_flags(const struct hg_kernel *kernel, struct hg_text *text)
{
    for (size_t i = 0; i < kernel->flag_count; i++)
        hg_text_printf(text, "%s\n", kernel->flags[i]);
}

/* --- which files --- */

/* Whether the user names this file, by its path or by its path in the tree. */
static bool is_named(const struct hg_kernel *kernel, const struct hg_source_file *file,
                     const char *name)
{
    const char *const roots[] = {kernel->source, kernel->object};
    for (size_t i = 0; i < 2; i++) {
        size_t size = strlen(roots[i]);
        if (strncmp(file->path, roots[i], size) == 0 && file->path[size] == '/' &&
            strcmp(file->path + size + 1, name) == 0)
            return true;
    }
    return strcmp(file->path, name) == 0 || strcmp(file->object, name) == 0;
}

typedef HG_ARRAY(const struct hg_source_file *) file_list;

static enum hg_status find_named(const struct hg_kernel *kernel, const struct hg_source_list *list,
                                 const char *name, struct hg_diagnostics *diagnostics,
                                 file_list *files)
{
    size_t before = files->count;
    for (size_t i = 0; i < list->count; i++)
        if (is_named(kernel, &list->items[i], name))
            *HG_PUSH(files) = &list->items[i];
    if (files->count > before)
        return HG_OK;
    for (size_t i = 0; i < list->generated_count; i++) {
        if (strcmp(list->generated[i].object, name) != 0)
            continue;
        hg_error(diagnostics, NULL,
                 "'%s' is compiled from a file that a build generates, and which is not there: run "
                 "`make -C %s -k %s`",
                 name, kernel->object, name);
        return HG_ERROR_INPUT;
    }
    hg_error(diagnostics, NULL,
             "the kernel is not built from '%s', by %s: name a file as it is in the tree "
             "(kernel/fork.c); without a FILE all are listed",
             name, list->origin);
    return HG_ERROR_INPUT;
}

static enum hg_status choose_files(const struct options *options, const struct hg_kernel *kernel,
                                   const struct hg_source_list *list,
                                   struct hg_diagnostics *diagnostics, file_list *files)
{
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < options->select.name_count && status == HG_OK; i++)
        status = find_named(kernel, list, options->select.names[i], diagnostics, files);
    for (size_t i = 0; i < list->count && options->select.name_count == 0; i++)
        *HG_PUSH(files) = &list->items[i];
    return status;
}

/* --- forms --- */

static void put_list(const file_list *files, struct hg_text *text)
{
    for (size_t i = 0; i < files->count; i++) {
        const struct hg_source_file *file = files->items[i];
        hg_text_printf(text, "%s\t%s\t%s\n", file->object,
                       file->module == NULL ? "-" : file->module, file->path);
    }
}

static void put_arguments(const struct source *source, const file_list *files, struct hg_text *text)
{
    for (size_t i = 0; i < files->count; i++) {
        for (size_t j = 0; j < files->items[i]->argument_count; j++)
            hg_text_printf(text, "%s\n", files->items[i]->arguments[j]);
        put_users(source, text);
    }
}

static json_object *make_command(const struct source *source, const struct hg_kernel *kernel,
                                 const struct hg_source_file *file)
{
    json_object *words = hg_json_must(json_object_new_array());
    json_object_array_add(words, hg_json_string("clang"));
    for (size_t i = 0; i < file->argument_count; i++)
        json_object_array_add(words, hg_json_string(file->arguments[i]));
    for (size_t i = 0; i < source->headers.argument_count; i++)
        json_object_array_add(words, hg_json_string(source->headers.arguments[i]));
    const char *const last[] = {"-c", "-o", file->object, file->path};
    for (size_t i = 0; i < sizeof last / sizeof *last; i++)
        json_object_array_add(words, hg_json_string(last[i]));
    json_object *command = hg_json_must(json_object_new_object());
    hg_json_add(command, "directory", hg_json_string(kernel->object));
    hg_json_add(command, "file", hg_json_string(file->path));
    hg_json_add(command, "output", hg_json_string(file->object));
    hg_json_add(command, "arguments", words);
    return command;
}

static void put_json(const struct source *source, const struct hg_kernel *kernel,
                     const file_list *files, struct hg_text *text)
{
    json_object *commands = hg_json_must(json_object_new_array());
    for (size_t i = 0; i < files->count; i++)
        json_object_array_add(commands, make_command(source, kernel, files->items[i]));
    const int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE;
    const char *string = json_object_to_json_string_ext(commands, flags);
    if (string == NULL)
        hg_out_of_memory();
    hg_text_printf(text, "%s\n", string);
    json_object_put(commands);
}

/* Reports files that are not in the list. */
static void report_list(const struct options *options, const struct hg_kernel *kernel,
                        const struct hg_source_list *list, struct hg_diagnostics *diagnostics)
{
    enum { SHOWN = 10 };
    if (options->verbose) {
        hg_note(diagnostics, NULL, "%zu source files, by %s", list->count, list->origin);
        for (size_t i = 0; i < list->unknown_count; i++)
            hg_note(diagnostics, NULL, "%s: depends on the output of a command, which is not run",
                    list->unknown[i]);
    }
    if (list->generated_count == 0 || options->select.name_count > 0)
        return;
    bool is_one = list->generated_count == 1;
    hg_warning(diagnostics, NULL,
               "%zu source file%s of this kernel %s not there, for a build generates %s; in a tree "
               "that may be written to, this makes %s: make -C %s -k OBJECT...",
               list->generated_count, is_one ? "" : "s", is_one ? "is" : "are",
               is_one ? "it" : "them", is_one ? "it" : "them", kernel->object);
    for (size_t i = 0; i < list->generated_count && (i < SHOWN || options->verbose); i++)
        hg_note(diagnostics, NULL, "%s", list->generated[i].object);
    if (list->generated_count > SHOWN && !options->verbose)
        hg_note(diagnostics, NULL, "and %zu more (-v names them)", list->generated_count - SHOWN);
}

static enum hg_status put_sources(const struct options *options, const struct hg_kernel *kernel,
                                  struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    const struct source *source = &options->sources[0];
    struct hg_source_list *list = NULL;
    enum hg_status status = hg_list_sources(kernel, source->commands, diagnostics, &list);
    if (status != HG_OK)
        return status;
    report_list(options, kernel, list, diagnostics);
    file_list files = {0};
    status = choose_files(options, kernel, list, diagnostics, &files);
    if (status == HG_OK && options->json)
        put_json(source, kernel, &files, text);
    else if (status == HG_OK && options->select.name_count > 0)
        put_arguments(source, &files, text);
    else if (status == HG_OK)
        put_list(&files, text);
    free(files.items);
    hg_source_list_destroy(list);
    return status;
}

int run_flags(const struct options *options, struct hg_diagnostics *diagnostics)
{
    const struct source *source = &options->sources[0];
    struct hg_kernel *kernel = NULL;
    if (open_kernel(source, diagnostics, &kernel) != HG_OK)
        return 2;
    struct hg_text text = {0};
    enum hg_status status = HG_OK;
    if (source->lists_sources) {
        status = put_sources(options, kernel, diagnostics, &text);
    } else {
        put_flags(kernel, &text);
        put_users(source, &text);
    }
    struct hg_output output = {0};
    hg_text_finish(&text, &output);
    if (status == HG_OK)
        status = check_strict(options, diagnostics);
    if (status == HG_OK)
        status = write_output(options, &output, diagnostics);
    hg_output_deinit(&output);
    hg_kernel_destroy(kernel);
    return status == HG_OK ? 0 : 2;
}
