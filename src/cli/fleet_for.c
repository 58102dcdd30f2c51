/*
 * generate --for on many kernels: writes for each kernel the part of its BTF that the objects need.
 *
 *     --fleet btfs --for prog.bpf.o -o out        out/debian/12/x86_64/6.1.0-50-amd64.btf
 *     --fleet btfs --for prog.bpf.o -o out.tar    ./debian/12/x86_64/6.1.0-50-amd64.btf in it
 *
 * If the fleet has the directories of BTFHub, these are the names that btfgen's users ship and that
 * libbpf-tools look for.  Nothing is written before all kernels are read.  A file that exists is
 * replaced; other files in the directory stay.
 */
#include "fleet.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct parts {
    const struct objects *objects;
    struct hg_text *bytes; /* by kernel */
};

bool check_fleet_for(const struct options *options, struct hg_diagnostics *diagnostics)
{
    if (options->fleets.count == 0 || options->command != COMMAND_GENERATE)
        return true;
    const char *why = options->object_count == 0 ? "--fleet goes with --for OBJECT, or with check"
                      : options->source_count > 0
                          ? "--fleet says which kernels: another source does not go with it"
                      : !options->emitter->is_btf ? "--fleet writes BTF: --emit btf"
                      : options->depfile != NULL
                          ? "--fleet writes many files: --depfile does not go with it"
                      : strcmp(options->output, "-") == 0
                          ? "--fleet writes many files: add -o DIRECTORY, or -o FILE.tar"
                          : NULL;
    return why == NULL || refuse(diagnostics, "%s", why);
}

/* --- in a process of its own: one kernel --- */

static enum hg_status trim_kernel(const struct fleet_work *work, const struct kernel *kernel,
                                  struct hg_text *ret)
{
    const struct parts *parts = work->user;
    const struct options *options = work->options;
    struct hg_model *model = NULL;
    struct hg_selection *selection = NULL;
    struct hg_output output = {0};
    enum hg_status status =
        read_source_for(options, &kernel->source, parts->objects, work->diagnostics, &model);
    if (status == HG_OK)
        status = shape_arrays(options, &kernel->source, parts->objects, work->diagnostics, &model);
    if (status == HG_OK)
        status = select_for_objects(options, &kernel->source, parts->objects, work->diagnostics,
                                    &model, &selection);
    if (status == HG_OK)
        status =
            options->emitter->write(model, selection, &options->write, work->diagnostics, &output);
    if (status == HG_OK)
        status = check_btf(options, model, &output, work->diagnostics);
    if (status == HG_OK)
        status = check_strict(options, work->diagnostics);
    if (status == HG_OK)
        hg_text_bytes(ret, output.data, output.size);
    hg_output_deinit(&output);
    hg_selection_destroy(selection);
    hg_model_destroy(model);
    return status;
}

static bool take_part(const struct fleet_work *work, size_t kernel, const struct hg_text *bytes)
{
    const struct parts *parts = work->user;
    hg_text_bytes(&parts->bytes[kernel], bytes->data, bytes->size);
    return bytes->size > 0;
}

/* --- a tar --- */

enum { TAR_BLOCK = 512, TAR_NAME = 100, TAR_PREFIX = 155 };

/* Puts the name into the two fields of a header, which need no NUL; false = it is too long. */
static bool split_name(const char *name, char *header)
{
    size_t length = strlen(name);
    if (length <= TAR_NAME) {
        memcpy(header, name, length);
        return true;
    }
    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t prefix = (size_t)(slash - name);
        size_t rest = length - prefix - 1;
        if (prefix > TAR_PREFIX || rest > TAR_NAME || rest == 0)
            continue;
        memcpy(header, slash + 1, rest);
        memcpy(header + 345, name, prefix);
        return true;
    }
    return false;
}

/* A number in octal digits, with a NUL after it. */
static void put_octal(char *field, size_t width, unsigned long long number)
{
    for (size_t i = width - 1; i-- > 0; number /= 8)
        field[i] = (char)('0' + number % 8);
}

/* A file with a header of POSIX's ustar.  Time and owner are 0, so that the bytes depend on the
 * input only.  False = the name is too long. */
static bool put_member(struct hg_text *tar, const char *name, const struct hg_text *bytes)
{
    char header[TAR_BLOCK] = {0};
    if (!split_name(name, header))
        return false;
    put_octal(header + 100, 8, 0644);
    put_octal(header + 108, 8, 0);
    put_octal(header + 116, 8, 0);
    put_octal(header + 124, 12, bytes->size);
    put_octal(header + 136, 12, 0);
    memset(header + 148, ' ', 8);
    header[156] = '0';
    memcpy(header + 257,
           "ustar\0"
           "00",
           8);
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof header; i++)
        sum += (unsigned char)header[i];
    put_octal(header + 148, 7, sum);
    static const char nothing[2 * TAR_BLOCK];
    hg_text_bytes(tar, header, sizeof header);
    hg_text_bytes(tar, bytes->data, bytes->size);
    hg_text_bytes(tar, nothing, (TAR_BLOCK - bytes->size % TAR_BLOCK) % TAR_BLOCK);
    return true;
}

static enum hg_status write_tar(const struct options *options, struct fleet *fleet,
                                const struct parts *parts, struct hg_diagnostics *diagnostics)
{
    static const char end[2 * TAR_BLOCK];
    struct hg_text tar = {0};
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < fleet->kernels.count; i++) {
        const char *name = hg_arena_printf(&fleet->arena, "./%s.btf", fleet->kernels.items[i].name);
        if (put_member(&tar, name, &parts->bytes[i]))
            continue;
        hg_error(diagnostics, NULL, "the name '%s' is too long for a tar", name);
        status = HG_ERROR_UNSUPPORTED;
    }
    hg_text_bytes(&tar, end, sizeof end);
    if (status == HG_OK)
        status = hg_file_replace(options->output, tar.data, tar.size, diagnostics);
    hg_text_deinit(&tar);
    return status;
}

/* --- a directory --- */

static const char *path_of(const struct options *options, struct fleet *fleet, size_t kernel)
{
    return hg_arena_printf(&fleet->arena, "%s/%s.btf", options->output,
                           fleet->kernels.items[kernel].name);
}

/* Makes the directories of the file's path. */
static enum hg_status make_directories(const char *path, struct hg_diagnostics *diagnostics)
{
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        if (slash == path)
            continue;
        struct hg_text directory = {0};
        hg_text_bytes(&directory, path, (size_t)(slash - path));
        bool is_there = mkdir(hg_text_string(&directory), 0777) == 0 || errno == EEXIST;
        if (!is_there)
            hg_error(diagnostics, NULL, "cannot make the directory '%s': %s",
                     hg_text_string(&directory), strerror(errno));
        hg_text_deinit(&directory);
        if (!is_there)
            return HG_ERROR_IO;
    }
    return HG_OK;
}

static enum hg_status write_directory(const struct options *options, struct fleet *fleet,
                                      const struct parts *parts, struct hg_diagnostics *diagnostics)
{
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < fleet->kernels.count; i++)
        status = fleet_check_output(options, fleet, path_of(options, fleet, i), diagnostics);
    for (size_t i = 0; status == HG_OK && i < fleet->kernels.count; i++) {
        const char *path = path_of(options, fleet, i);
        status = make_directories(path, diagnostics);
        if (status == HG_OK)
            status = hg_file_replace(path, parts->bytes[i].data, parts->bytes[i].size, diagnostics);
    }
    return status;
}

/* --- all of it --- */

static void report_size(const struct options *options, const struct fleet *fleet,
                        const struct parts *parts, struct hg_diagnostics *diagnostics)
{
    size_t size = 0;
    for (size_t i = 0; i < fleet->kernels.count; i++)
        size += parts->bytes[i].size;
    if (options->verbose)
        hg_note(diagnostics, NULL, "%zu kernel%s, %zu bytes of BTF", fleet->kernels.count,
                hg_plural(fleet->kernels.count), size);
}

int run_fleet_for(const struct options *options, struct hg_diagnostics *diagnostics)
{
    struct fleet fleet = {0};
    struct objects objects = {0};
    enum hg_status status = read_objects(options, diagnostics, &objects);
    if (status == HG_OK)
        status = fleet_collect(options, diagnostics, &fleet);
    struct parts parts = {.objects = &objects,
                          .bytes = hg_calloc(fleet.kernels.count + 1, sizeof *parts.bytes)};
    struct fleet_work work = {.options = options,
                              .fleet = &fleet,
                              .diagnostics = diagnostics,
                              .user = &parts,
                              .ask = trim_kernel,
                              .take = take_part};
    if (status == HG_OK && hg_ends_with(options->output, ".tar"))
        status = fleet_check_output(options, &fleet, options->output, diagnostics);
    if (status == HG_OK)
        status = fleet_run(&work);
    if (status == HG_OK)
        status = (hg_ends_with(options->output, ".tar") ? write_tar : write_directory)(
            options, &fleet, &parts, diagnostics);
    if (status == HG_OK)
        report_size(options, &fleet, &parts, diagnostics);
    for (size_t i = 0; i < fleet.kernels.count; i++)
        hg_text_deinit(&parts.bytes[i]);
    free(parts.bytes);
    objects_deinit(&objects);
    fleet_deinit(&fleet);
    return status == HG_OK ? 0 : 2;
}
