/*
 * The arguments and the main file for clang.
 *
 * All headers become one translation unit, through a main file that exists only in memory:
 *
 *     #include <linux/module.h>            a header before the others
 *     typedef char hdrgen_probe_char;
 *     typedef long hdrgen_probe_long;
 *     typedef void *hdrgen_probe_pointer;
 *     #include <linux/sched.h>
 *     #include "my.h"
 *     #define CREATE_TRACE_POINTS
 *     #undef TRACE_SYSTEM_VAR
 *     #undef TRACE_INCLUDE_FILE
 *     #undef TRACE_INCLUDE_PATH
 *     #include <trace/events/sched.h>
 *
 * A header that is a file in the current directory is included as "name"; any other header is
 * included as <name> and searched in the include directories.  The user's arguments come last and
 * override hdrgen's, but they can neither turn off the warnings that pragmas.c needs nor make them
 * errors.
 */
#include "frontend/clang/reader.h"

#include "base/diag.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES_OF_TRACE = 6 }; /* of the main file, for each trace header */

static enum hg_status check_file(const char *path, const struct stat *status,
                                 struct hg_diagnostics *diagnostics)
{
    if (S_ISDIR(status->st_mode)) {
        hg_error(diagnostics, NULL,
                 "header '%s' is a directory: name a header in it, or a kernel tree's headers by "
                 "their include names (linux/sched.h) with --kernel DIR",
                 path);
        return HG_ERROR_INPUT;
    }
    if (access(path, R_OK) != 0) {
        hg_error(diagnostics, NULL, "cannot read header '%s': %s", path, strerror(errno));
        return HG_ERROR_IO;
    }
    return HG_OK;
}

static bool is_path(const char *header)
{
    return header[0] == '/' || hg_begins_with(header, "./") || hg_begins_with(header, "../");
}

static enum hg_status add_header(const char *header, bool include_name,
                                 struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    if (header[0] == '\0' || strpbrk(header, "\"<>\\\n\r") != NULL) {
        hg_error(diagnostics, NULL, "'%s' cannot be the name of a header in an #include line",
                 header);
        return HG_ERROR_USAGE;
    }
    struct stat status;
    if (!include_name && stat(header, &status) == 0) {
        enum hg_status checked = check_file(header, &status, diagnostics);
        if (checked != HG_OK)
            return checked;
        hg_text_printf(text, "#include \"%s\"\n", header);
        return HG_OK;
    }
    if (!include_name && is_path(header)) {
        hg_error(diagnostics, NULL, "cannot read header '%s': %s", header, strerror(errno));
        return HG_ERROR_IO;
    }
    hg_text_printf(text, "#include <%s>\n", header);
    return HG_OK;
}

static enum hg_status add_before(const struct hg_parse_options *options,
                                 struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    enum hg_status status = HG_OK;
    size_t done = options->precompiled == NULL ? 0 : options->prefix_count;
    for (size_t i = 0; i < done; i++) /* empty lines, so that line numbers stay */
        hg_text_put(text, "\n");
    for (size_t i = done; i < options->before_count; i++) {
        enum hg_status added = add_header(options->before[i], true, diagnostics, text);
        status = added != HG_OK ? added : status;
    }
    return status;
}

bool hg_clang_is_standard_input(const struct hg_parse_options *options, const char *header)
{
    return options->user.standard_input != NULL && strcmp(header, "-") == 0;
}

static enum hg_status add_headers(const struct hg_parse_options *options,
                                  struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < options->user.header_count; i++) {
        const char *header = options->user.headers[i];
        if (hg_clang_is_standard_input(options, header)) {
            hg_text_put(text, "#include \"" HG_STANDARD_INPUT "\"\n");
            continue;
        }
        enum hg_status added = add_header(header, options->include_names, diagnostics, text);
        status = added != HG_OK ? added : status;
    }
    return status;
}

/* A trace header includes itself again, by default from include/trace/events; TRACE_INCLUDE_FILE
 * and TRACE_INCLUDE_PATH can name another file.  Those of the header before it are undefined.  For
 * a header from another directory they are set to its name without the directory, which must be
 * among the include directories. */
static enum hg_status add_trace_headers(const struct hg_parse_options *options,
                                        struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    static const char usual[] = "trace/events/";
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < options->trace_header_count && status == HG_OK; i++) {
        const char *header = options->trace_headers[i];
        const char *name = hg_base_name(header);
        hg_text_put(
            text,
            "#undef TRACE_SYSTEM_VAR\n#undef TRACE_INCLUDE_FILE\n#undef TRACE_INCLUDE_PATH\n");
        if (hg_begins_with(header, usual))
            hg_text_put(text, "\n\n");
        else
            hg_text_printf(text, "#define TRACE_INCLUDE_FILE %.*s\n#define TRACE_INCLUDE_PATH .\n",
                           (int)strcspn(name, "."), name);
        status = add_header(header, true, diagnostics, text);
    }
    return status;
}

enum hg_status hg_clang_main_file(const struct hg_parse_options *options,
                                  struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    enum hg_status status = add_before(options, diagnostics, text);
    hg_text_put(text,
                "#ifdef CONFIG_CC_IS_GCC\n"
                "typedef char " HG_PROBE_GCC
                ";\n"
                "#endif\n"
                "typedef char " HG_PROBE_CHAR
                ";\n"
                "typedef long " HG_PROBE_LONG
                ";\n"
                "typedef void *" HG_PROBE_POINTER "; ");
    for (size_t i = 0; i < options->forward_tag_count; i++) /* on the probe's last line */
        hg_text_printf(text, "%s; ", options->forward_tags[i]);
    hg_text_put(text, "\n");
    if (status == HG_OK)
        status = add_headers(options, diagnostics, text);
    if (status == HG_OK && options->trace_header_count > 0) {
        hg_text_put(text, "#define CREATE_TRACE_POINTS\n");
        status = add_trace_headers(options, diagnostics, text);
    }
    return status;
}

size_t hg_clang_header_count(const struct hg_parse_options *options)
{
    return options->before_count + options->user.header_count + options->trace_header_count;
}

size_t hg_clang_header_index_at(const struct hg_parse_options *options, unsigned line)
{
    size_t none = hg_clang_header_count(options);
    size_t first = HG_FIRST_INCLUDE_LINE + options->before_count;
    if (line >= 1 && line <= options->before_count)
        return line - 1;
    if (line < first)
        return none;
    size_t which = line - first;
    if (which < options->user.header_count)
        return options->before_count + which;
    which -= options->user.header_count;
    if (which == 0) /* CREATE_TRACE_POINTS */
        return none;
    which = (which - 1) / LINES_OF_TRACE;
    return which < options->trace_header_count
               ? options->before_count + options->user.header_count + which
               : none;
}

const char *hg_clang_header_at(const struct hg_parse_options *options, unsigned line)
{
    size_t index = hg_clang_header_index_at(options, line);
    if (index < options->before_count)
        return NULL;
    index -= options->before_count;
    if (index < options->user.header_count)
        return options->user.headers[index];
    index -= options->user.header_count;
    return index < options->trace_header_count ? options->trace_headers[index] : NULL;
}

const char *hg_clang_wanted_target(const struct hg_parse_options *options)
{
    const char *target = options->user.target;
    for (size_t i = 0; i < options->user.argument_count; i++) {
        const char *argument = options->user.arguments[i];
        if (strncmp(argument, "--target=", 9) == 0)
            target = argument + 9;
        else if (strcmp(argument, "-target") == 0 && i + 1 < options->user.argument_count)
            target = options->user.arguments[i + 1];
    }
    return target;
}

size_t hg_clang_include_directories(const struct hg_parse_options *options)
{
    size_t count = 0;
    for (size_t i = 0; i < options->user.argument_count; i++) {
        const char *argument = options->user.arguments[i];
        if (strncmp(argument, "-I", 2) == 0 || strcmp(argument, "-isystem") == 0 ||
            strcmp(argument, "-iquote") == 0 || strcmp(argument, "-idirafter") == 0)
            count++;
    }
    return count;
}

void hg_clang_arguments(const struct hg_parse_options *options, struct argument_list *list)
{
    *HG_PUSH(list) = "clang";
    *HG_PUSH(list) = "-x";
    *HG_PUSH(list) = "c";
    if (options->user.target != NULL) {
        *HG_PUSH(list) = "-target";
        *HG_PUSH(list) = options->user.target;
    }
    if (options->precompiled != NULL) {
        /* The caller made it just before, with the same options.  To validate it, clang would look
         * up each of its thousand headers, for each unit. */
        *HG_PUSH(list) = "-Xclang";
        *HG_PUSH(list) = "-fno-validate-pch";
        *HG_PUSH(list) = "-include-pch";
        *HG_PUSH(list) = options->precompiled;
    }
    if (options->is_batch) {
        *HG_PUSH(list) = "-Wno-everything";
        *HG_PUSH(list) = "-Wvisibility";
        *HG_PUSH(list) = "-Werror=macro-redefined";
        *HG_PUSH(list) = "-fno-spell-checking"; /* suggestions for unknown names take time */
        *HG_PUSH(list) = "-fmacro-backtrace-limit=1";
    } else if (!options->user.clang_warnings) {
        *HG_PUSH(list) = "-Wno-everything";
    }
    /* gcc's attribute for the other byte order, which clang would ignore, becomes an error. */
    *HG_PUSH(list) = "-Dscalar_storage_order(order)=aligned(no_scalar_storage_order_in_clang)";
    *HG_PUSH(list) = "-D__scalar_storage_order__(order)=aligned(no_scalar_storage_order_in_clang)";
    if (options->user.keep_going || options->is_batch)
        *HG_PUSH(list) = "-ferror-limit=0";
    for (size_t i = 0; i < options->user.argument_count; i++) /* no later option overrides -w */
        *HG_PUSH(list) = strcmp(options->user.arguments[i], "-w") == 0 ? "-Wno-everything"
                                                                       : options->user.arguments[i];
    if (!options->user.clang_warnings) /* a warning that is not reported must be no error */
        *HG_PUSH(list) = "-Wno-error";
    /* For pragmas.c and oddities.c. */
    static const char *const always[] = {
        "-Wsystem-headers",
        "-Wunknown-pragmas",
        "-Wignored-pragmas",
        "-Wmissing-declarations",
        "-Wno-error=unknown-pragmas",
        "-Wno-error=ignored-pragmas",
        "-Wno-error=missing-declarations",
    };
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        *HG_PUSH(list) = always[i];
}
