/*
 * Whether precompiled prefixes change what source files define.
 *
 *     prefix_proof TREE STEP
 *
 * Reads every STEPth source file of a kernel and its modules twice: after prefixes, as hdrgen does,
 * and with every header parsed for every file, which takes six times as long.  Every definition
 * without a prefix must be there with one, the same; what is there only with one must come from a
 * header, which the prefix has and these files do not include.
 */
#include "base/memory.h"
#include "base/strings.h"
#include "model/content.h"
#include "tree/commands.h"
#include "tree/kernel.h"
#include "tree/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void report(void *user, const struct hg_diagnostic *diagnostic)
{
    (void)user;
    if (diagnostic->severity == HG_ERROR)
        fprintf(stderr, "%s\n", diagnostic->text);
}

static struct hg_diagnostics diagnostics = {.report = report};

static struct hg_model *read_files(const struct hg_kernel *kernel,
                                   const struct hg_source_list *list, bool no_prefix)
{
    const struct hg_sources_options options = {
        .kernel = kernel, .list = list, .no_prefix = no_prefix, .no_headers = true};
    struct hg_model *model = NULL;
    struct hg_sources_summary *made = NULL;
    if (hg_read_sources(&options, &diagnostics, &model, &made) != HG_OK)
        exit(2);
    printf("%s: %zu files, %zu unread, %zu with a prefix, %.0f s of processors\n",
           no_prefix ? "without" : "with", made->file_count, made->unread_count,
           made->file_count - made->unread_count - made->without_prefix_count, made->cpu);
    hg_sources_summary_destroy(made);
    return model;
}

/* The definitions of a model that the other has not, and that do not come from a header, or any. */
static size_t count_more(const struct hg_model *model, const struct hg_model *other,
                         bool headers_too, size_t *total)
{
    struct hg_arena arena;
    struct hg_strings definitions;
    struct hg_contents contents;
    hg_arena_init(&arena);
    hg_strings_init(&definitions, &arena);
    hg_contents_init(&contents, other);
    for (hg_type_id id = 1; id < hg_model_type_count(other); id++)
        if (hg_has_own_name(hg_model_type(other, id)) && hg_model_type(other, id)->complete)
            *hg_content_number(&definitions, hg_content_of(&contents, id)) = 1;
    hg_contents_deinit(&contents);
    hg_contents_init(&contents, model);
    size_t more = 0;
    for (hg_type_id id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, id);
        if (!hg_has_own_name(type) || !type->complete)
            continue;
        ++*total;
        const char *file = type->where.file == NULL ? "" : type->where.file;
        size_t length = strlen(file);
        bool is_header = length > 2 && strcmp(file + length - 2, ".h") == 0;
        if (*hg_content_number(&definitions, hg_content_of(&contents, id)) != 0 ||
            (is_header && !headers_too))
            continue;
        if (more++ < 20)
            printf("    %s %s, %s:%u\n", hg_kind_name(type->kind), type->name, file,
                   type->where.line);
    }
    hg_contents_deinit(&contents);
    hg_strings_deinit(&definitions);
    hg_arena_deinit(&arena);
    return more;
}

int main(int argc, char **argv)
{
    int step = argc == 3 ? atoi(argv[2]) : 0;
    struct hg_kernel *kernel = NULL;
    struct hg_source_list *all = NULL;
    if (step < 1) {
        fputs("usage: prefix_proof TREE STEP\n", stderr);
        return 2;
    }
    if (hg_kernel_open(&(struct hg_kernel_options){.sz = sizeof(struct hg_kernel_options),
                                                   .directory = argv[1]},
                       &diagnostics, &kernel) != HG_OK ||
        hg_list_sources(kernel, NULL, &diagnostics, &all) != HG_OK)
        return 2;
    struct hg_source_list list = *all;
    struct hg_source_file *files = hg_calloc(all->count, sizeof *files);
    list.items = files;
    list.count = 0;
    for (size_t i = 0; i < all->count; i += (size_t)step)
        files[list.count++] = all->items[i];
    struct hg_model *with = read_files(kernel, &list, false);
    struct hg_model *without = read_files(kernel, &list, true);
    size_t total = 0;
    size_t ignored = 0;
    size_t lost = count_more(without, with, true, &total);
    size_t more = count_more(with, without, false, &ignored);
    printf(
        "%zu definitions without prefixes: %zu are not there with them; %zu of .c files are there "
        "only with them\n",
        total, lost, more);
    hg_model_destroy(with);
    hg_model_destroy(without);
    free(files);
    hg_source_list_destroy(all);
    hg_kernel_destroy(kernel);
    return total == 0 || lost > 0 || more > 0;
}
