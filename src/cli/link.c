/*
 * The command link: reads each object, links it, and writes it, in place or to -o.
 */
#include "cli.h"

#include "base/diag.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { OBJECT_MAX = 256 * 1024 * 1024 };

static enum hg_status read_file(const char *path, struct hg_diagnostics *diagnostics,
                                struct hg_output *ret)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor >= 0) {
        ret->data = hg_file_read_open(descriptor, OBJECT_MAX, &ret->size);
        int error = errno;
        close(descriptor);
        errno = error;
    }
    if (ret->data != NULL)
        return HG_OK;
    hg_error(diagnostics, NULL, "cannot read '%s': %s", path,
             errno == EINVAL ? "it is no regular file" : strerror(errno));
    return HG_ERROR_IO;
}

bool check_link(const struct options *options, struct hg_diagnostics *diagnostics)
{
    const char *why = NULL;
    if (options->linker != NULL && (options->object_count > 0 || options->output != NULL))
        why = "with --wrap the linker's own arguments, after --, name objects and output";
    else if (options->linker == NULL && options->object_count == 0)
        why = "link needs a BPF object, such as `hdrgen link prog.o -o prog.bpf.o`";
    else if (options->linker == NULL && options->linker_argument_count > 0)
        why = "what follows -- are the arguments of the linker that --wrap names";
    else if (options->output != NULL && options->object_count > 1)
        why =
            "-o names one file, and there are several objects: link them one by one, or without "
            "-o in place";
    else if (options->output != NULL && strcmp(options->output, "-") == 0 && isatty(STDOUT_FILENO))
        why = "an object is binary and standard output is a terminal: add -o FILE, or pipe it on";
    return why == NULL || refuse(diagnostics, "%s", why);
}

/* Reports the result; an object without records is an error, unless a linker has made it. */
static enum hg_status report(const struct options *options, const char *path,
                             const struct hg_link_summary *summary,
                             struct hg_diagnostics *diagnostics)
{
    if (summary->was_linked)
        hg_note(diagnostics, NULL, "%s: it is linked already", path);
    else if (summary->relocations > 0 && options->verbose)
        hg_note(diagnostics, NULL, "%s: %zu relocation%s, and %zu that it had", path,
                summary->relocations, hg_plural(summary->relocations), summary->kept);
    if (summary->relocations > 0 || summary->was_linked || options->linker != NULL)
        return HG_OK;
    hg_error(diagnostics, NULL,
             "%s: there is nothing to link: it has no records, which the accessors of "
             "`hdrgen --accessors core` leave",
             path);
    return HG_ERROR_INPUT;
}

enum hg_status link_file(const struct options *options, const char *path, const char *output,
                         struct hg_diagnostics *diagnostics)
{
    struct hg_output file = {0};
    struct hg_output linked = {0};
    struct hg_link_summary summary;
    enum hg_status status = read_file(path, diagnostics, &file);
    if (status == HG_OK)
        status = hg_link_object(
            &(struct hg_btf_bytes){.name = path, .data = file.data, .size = file.size}, diagnostics,
            &summary, &linked);
    if (status == HG_OK)
        status = report(options, path, &summary, diagnostics);
    bool is_same = status == HG_OK && summary.relocations == 0 && output == NULL;
    if (status == HG_OK && !is_same) {
        bool to_stdout = output != NULL && strcmp(output, "-") == 0;
        const char *to = output == NULL ? path : output;
        status = to_stdout ? hg_file_write_all(STDOUT_FILENO, "standard output", linked.data,
                                               linked.size, diagnostics)
                           : hg_file_replace(to, linked.data, linked.size, diagnostics);
    }
    hg_output_deinit(&file);
    hg_output_deinit(&linked);
    return status;
}

int run_link(const struct options *options, struct hg_diagnostics *diagnostics)
{
    if (options->linker != NULL)
        return run_wrapped_linker(options, diagnostics);
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < options->object_count; i++)
        status = link_file(options, options->objects[i], options->output, diagnostics);
    return status == HG_OK ? 0 : 2;
}
