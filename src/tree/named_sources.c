/*
 * Reads .c files of a tree that the user names, each with its own flags.
 *
 *     hdrgen show --kernel TREE --header kernel/exit.c task_record
 *
 * A file is named by a path of this machine, or relative to the tree's source or object directory.
 */
#include "base/diag.h"
#include "base/text.h"
#include "tree/kernel.h"
#include "tree/private_names.h"

#include <string.h>

static bool is_source(const char *name)
{
    return hg_ends_with(name, ".c");
}

static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

/* The real path of a file of the tree, from malloc; NULL = the tree has no such file. */
static char *find_in_tree(const struct hg_kernel *kernel, const char *name)
{
    const char *const directories[] = {"", kernel->source, kernel->object};
    const char *const roots[] = {kernel->source, kernel->object};
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        if (i > 0 && name[0] == '/')
            break;
        struct hg_text text = {0};
        hg_text_printf(&text, "%s%s%s", directories[i], i == 0 ? "" : "/", name);
        char *path = hg_kernel_is_file(text.data) ? realpath(text.data, NULL) : NULL;
        hg_text_deinit(&text);
        for (size_t r = 0; r < 2 && path != NULL; r++) {
            HG_CLEANUP(hg_free_pointer) char *root = realpath(roots[r], NULL);
            if (root != NULL && is_below(path, root))
                return path;
        }
        free(path);
    }
    return NULL;
}

bool hg_names_sources(const struct hg_kernel *kernel, const struct hg_tree_options *options)
{
    bool any = false;
    for (size_t i = 0; i < options->headers->header_count && hg_has_sources(kernel); i++) {
        const char *name = options->headers->headers[i];
        HG_CLEANUP(hg_free_pointer)
        char *path = is_source(name) ? find_in_tree(kernel, name) : NULL;
        any |= path != NULL;
    }
    return any;
}

static enum hg_status check_options(const struct hg_tree_options *options,
                                    struct hg_diagnostics *diagnostics)
{
    const char *other = NULL;
    if (options->headers->macro_count > 0)
        other = "--macros";
    else if (options->headers->keep_going)
        other = "--keep-going";
    for (size_t i = 0; i < options->headers->header_count; i++)
        if (!is_source(options->headers->headers[i]))
            other = options->headers->headers[i];
    if (other == NULL)
        return HG_OK;
    hg_error(diagnostics, NULL,
             "%s does not go with a .c file of the kernel (--header), which is read by itself",
             other);
    return HG_ERROR_USAGE;
}

static bool is_same_file(const char *path, const char *real)
{
    if (strcmp(hg_base_name(path), hg_base_name(real)) != 0)
        return false;
    HG_CLEANUP(hg_free_pointer) char *other = realpath(path, NULL);
    return other != NULL && strcmp(other, real) == 0;
}

/* Finds the unit of the file: that of the kernel itself, if modules have the file, too.  False =
 * there is none, which is reported. */
static bool find_unit(const struct hg_kernel *kernel, const struct hg_source_list *list,
                      const char *name, struct hg_diagnostics *diagnostics, size_t *ret)
{
    HG_CLEANUP(hg_free_pointer) char *path = find_in_tree(kernel, name);
    bool is_found = false;
    for (size_t i = 0; i < list->count && path != NULL; i++) {
        if ((is_found && list->items[i].module != NULL) || !is_same_file(list->items[i].path, path))
            continue;
        *ret = i;
        is_found = true;
        if (list->items[i].module == NULL)
            break;
    }
    if (is_found)
        return true;
    if (path == NULL)
        hg_error(diagnostics, NULL, "there is no '%s' in this tree", name);
    else
        hg_error(diagnostics, NULL,
                 "'%s' is not built by this configuration, according to %s: nothing says with "
                 "which flags it is read",
                 name, list->origin);
    return false;
}

static void report_faults(const struct hg_source_fault *faults, size_t count,
                          struct hg_text *objects, struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < count; i++) {
        hg_error(diagnostics, &faults[i].where, "%s", faults[i].reason);
        if (faults[i].missing != NULL)
            hg_text_printf(objects, " %s", faults[i].object);
    }
}

/* Reports files with errors.  Not even the types of such a file that are right are used. */
static enum hg_status check_report(const struct hg_kernel *kernel,
                                   const struct hg_sources_summary *report,
                                   struct hg_diagnostics *diagnostics)
{
    struct hg_text objects = {0};
    report_faults(report->unread, report->unread_count, &objects, diagnostics);
    report_faults(report->partial, report->partial_count, &objects, diagnostics);
    if (objects.size > 0)
        hg_note_make(kernel, objects.data, diagnostics);
    hg_text_deinit(&objects);
    return report->unread_count + report->partial_count == 0 ? HG_OK : HG_ERROR_INPUT;
}

static enum hg_status read_listed(const struct hg_kernel *kernel,
                                  const struct hg_tree_options *options,
                                  const struct hg_source_list *list, struct hg_arena *arena,
                                  struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    bool *is_named = hg_arena_array(arena, list->count + 1, sizeof *is_named);
    bool is_good = true;
    for (size_t i = 0; i < options->headers->header_count; i++) {
        size_t unit = 0;
        if (find_unit(kernel, list, options->headers->headers[i], diagnostics, &unit))
            is_named[unit] = true;
        else
            is_good = false;
    }
    if (!is_good)
        return HG_ERROR_INPUT;
    struct hg_unit_choice choice = {
        .kernel = kernel, .options = options, .list = list, .is_chosen = is_named};
    struct hg_sources_summary *report = NULL;
    struct hg_model *model = NULL;
    enum hg_status status = hg_read_units(&choice, arena, diagnostics, &model, &report);
    if (status != HG_OK)
        return status;
    status = check_report(kernel, report, diagnostics);
    hg_sources_summary_destroy(report);
    if (status == HG_OK)
        *ret = model;
    else
        hg_model_destroy(model);
    return status;
}

enum hg_status hg_read_named_sources(const struct hg_kernel *kernel,
                                     const struct hg_tree_options *options, struct hg_arena *arena,
                                     struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct hg_source_list *list = NULL;
    enum hg_status status = check_options(options, diagnostics);
    if (status == HG_OK)
        status = hg_list_sources(kernel, NULL, diagnostics, &list);
    if (status == HG_OK)
        status = read_listed(kernel, options, list, arena, diagnostics, ret);
    hg_source_list_destroy(list);
    return status;
}
