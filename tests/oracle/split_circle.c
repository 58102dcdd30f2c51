/*
 * Split BTF in a full circle: a kernel's own BTF and that of its modules, read, and written again
 * as the kernel's and the modules'.
 *
 *     split_circle VMLINUX OUT MODULE...
 *
 * Writes OUT/vmlinux and for each MODULE (a .ko, or BTF) OUT/<its name>; the kernel's must be the
 * same whichever module it was read with.  Others judge whether it is what was read: bpftool,
 * libbpf and `hdrgen diff`.
 */
#include "base/memory.h"
#include "base/text.h"
#include "tree/directory.h"

#include <hdrgen/read.h>
#include <hdrgen/select.h>
#include <hdrgen/write.h>
#include <stdio.h>
#include <string.h>

static void report(void *user, const struct hg_diagnostic *diagnostic)
{
    (void)user;
    fprintf(stderr, "%s\n", diagnostic->text);
}

static struct hg_diagnostics diagnostics = {.report = report};

/* nf_conntrack of some/where/nf-conntrack.ko.xz, as in /sys/module. */
static void put_name(struct hg_text *text, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    hg_text_bytes(text, name, strcspn(name, "."));
    for (size_t i = 0; i < text->size; i++)
        if (text->data[i] == '-')
            text->data[i] = '_';
}

/* The types whose numbers the kernel's BTF has, or the others. */
static struct hg_selection *select_part(const struct hg_model *model, size_t base_count,
                                        bool is_base)
{
    size_t count = hg_model_type_count(model);
    size_t picked = 0;
    hg_type_id *ids = hg_calloc(count, sizeof *ids);
    for (hg_type_id id = 1; id < count; id++)
        if ((hg_model_numbering(model)->numbers[id] < base_count) == is_base)
            ids[picked++] = id;
    struct hg_selection *selection = NULL;
    hg_select_ids(model, ids, picked, &selection);
    free(ids);
    return selection;
}

static size_t count_numbers(const char *path)
{
    struct hg_model *model = NULL;
    if (hg_read_btf(&(struct hg_btf_file){.sz = sizeof(struct hg_btf_file), .path = path},
                    &diagnostics, &model) != HG_OK)
        exit(1);
    size_t count = hg_model_numbering(model)->count;
    hg_model_destroy(model);
    return count;
}

static bool write_module(const char *vmlinux, size_t base_count, const char *path,
                         struct hg_output *kernel, struct hg_btf_directory *directory)
{
    const struct hg_btf_options options = {
        .sz = sizeof(struct hg_btf_options), .keep_duplicate_names = true, .keep_flavours = true};
    struct hg_model *model = NULL;
    if (hg_read_btf(&(struct hg_btf_file){.sz = sizeof(struct hg_btf_file),
                                          .path = path,
                                          .base_path = vmlinux},
                    &diagnostics, &model) != HG_OK)
        return false;
    struct hg_selection *base = select_part(model, base_count, true);
    struct hg_selection *module = select_part(model, base_count, false);
    struct hg_output base_output = {0};
    struct hg_output output = {0};
    struct hg_btf_base *numbers = NULL;
    struct hg_text name = {0};
    put_name(&name, path);
    bool is_good =
        hg_write_base_btf(model, base, &options, &diagnostics, &base_output, &numbers) == HG_OK &&
        hg_write_split_btf(numbers, module, &options, &diagnostics, &output) == HG_OK &&
        hg_btf_directory_put(directory, name.data, output.data, output.size, &diagnostics) == HG_OK;
    if (is_good && kernel->size == 0) {
        *kernel = base_output;
        base_output = (struct hg_output){0};
    } else if (is_good && (kernel->size != base_output.size ||
                           memcmp(kernel->data, base_output.data, kernel->size) != 0)) {
        fprintf(stderr, "%s: the kernel's BTF is another one with this module\n", path);
        is_good = false;
    }
    hg_text_deinit(&name);
    hg_btf_base_destroy(numbers);
    hg_output_deinit(&base_output);
    hg_output_deinit(&output);
    hg_selection_destroy(base);
    hg_selection_destroy(module);
    hg_model_destroy(model);
    return is_good;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    size_t base_count = count_numbers(argv[1]);
    struct hg_btf_directory *directory = NULL;
    struct hg_output kernel = {0};
    if (hg_btf_directory_begin(argv[2], &diagnostics, &directory) != HG_OK)
        return 1;
    bool is_good = true;
    for (int i = 3; i < argc && is_good; i++)
        is_good = write_module(argv[1], base_count, argv[i], &kernel, directory);
    is_good = is_good &&
              hg_btf_directory_put(directory, "vmlinux", kernel.data, kernel.size, &diagnostics) ==
                  HG_OK &&
              hg_btf_directory_finish(directory, &diagnostics) == HG_OK;
    hg_output_deinit(&kernel);
    hg_btf_directory_destroy(directory);
    return is_good ? 0 : 1;
}
