/*
 * Finds the kernels of a fleet, and the files that describe each.
 *
 *     --fleet btfs       btfs/debian/12/x86_64/6.1.0-50-amd64.btf.tar.xz is the kernel
 *                        debian/12/x86_64/6.1.0-50-amd64
 *
 * A fleet is a directory with files of BTF or kernel images, up to eight levels deep: BTFHub's tree
 * of .btf.tar.xz, or .btf.  Files beside one of them with the same name and another suffix are
 * about that kernel: .map or .System.map, .traceable, .events, .config.  If the name begins with a
 * release, it is the kernel's.  In a copy of /boot, the files are System.map-RELEASE and
 * config-RELEASE beside vmlinuz-RELEASE.
 *
 *     --fleet btfs/index     the files in the lines of an index, as `sha256sum` prints them
 */
#include "fleet.h"

#include "base/diag.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KERNELS_MAX = 4096, DEPTH_MAX = 8, INDEX_MAX = 16 * 1024 * 1024 };
/* A smaller System.map has no symbols: Debian's is one line that names another package. */
enum { SYMBOLS_MIN = 4096 };

/* The length of the kernel's name in the name of a file; 0 = it is no file of BTF. */
static size_t stem_length(const char *name)
{
    static const char *const suffixes[] = {".btf",    ".btf.tar.xz", ".btf.tar.gz", ".btf.tar.zst",
                                           ".btf.xz", ".btf.gz",     ".btf.zst"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (hg_ends_with(name, suffixes[i]))
            return strlen(name) - strlen(suffixes[i]);
    static const char *const images[] = {"vmlinux", "vmlinuz"};
    static const char *const others[] = {".map", ".config", ".h"};
    bool is_image = HG_BEGINS_WITH_ONE_OF(name, images) && !HG_ENDS_WITH_ONE_OF(name, others);
    return is_image ? strlen(name) : 0;
}

/* DIR/STEM.SUFFIX; NULL = there is no such file of at least that size. */
static const char *beside(struct fleet *fleet, const char *path, size_t stem, const char *suffix,
                          off_t size)
{
    struct stat about;
    const char *file = hg_arena_printf(&fleet->arena, "%.*s%s", (int)stem, path, suffix);
    bool is_there = stat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size >= size &&
                    access(file, R_OK) == 0;
    return is_there ? file : NULL;
}

/* Whether the name begins like `6.1`, not like a date or the number of a build. */
static bool is_release(const char *name)
{
    size_t major = strspn(name, "0123456789");
    size_t minor = name[major] == '.' ? strspn(name + major + 1, "0123456789") : 0;
    return major >= 1 && major <= 2 && minor >= 1 && minor <= 2;
}

/* Adds the files of /boot: System.map-RELEASE and config-RELEASE beside vmlinuz-RELEASE. */
static void add_boot_files(struct fleet *fleet, const char *path, struct kernel *kernel)
{
    static const char *const images[] = {"vmlinuz-", "vmlinux-"};
    const char *base = hg_base_name(path);
    size_t directory = (size_t)(base - path);
    if (!HG_BEGINS_WITH_ONE_OF(base, images))
        return;
    const char *release = hg_arena_string(&fleet->arena, base + 8, strlen(base + 8));
    kernel->source.beside.symbols =
        beside(fleet, path, directory, hg_arena_printf(&fleet->arena, "System.map-%s", release),
               SYMBOLS_MIN);
    kernel->source.beside.config =
        beside(fleet, path, directory, hg_arena_printf(&fleet->arena, "config-%s", release), 0);
    if (is_release(release))
        kernel->source.beside.release = release;
}

/* Adds a kernel.  root_length: the length of the fleet's directory in path, with the slash. */
static void add_file(struct fleet *fleet, const char *path, size_t root_length,
                     const struct source *like)
{
    const char *base = hg_base_name(path);
    size_t stem = (size_t)(base - path) + stem_length(base);
    struct kernel kernel = {.source = *like};
    const char *copy = hg_arena_string(&fleet->arena, path, strlen(path));
    kernel.name = hg_arena_string(&fleet->arena, path + root_length, stem - root_length);
    kernel.source.kind = SOURCE_BTF;
    kernel.source.btf = (struct hg_btf_file){.sz = sizeof(struct hg_btf_file), .path = copy};
    kernel.source.beside.symbols = beside(fleet, path, stem, ".System.map", SYMBOLS_MIN);
    if (kernel.source.beside.symbols == NULL)
        kernel.source.beside.symbols = beside(fleet, path, stem, ".map", SYMBOLS_MIN);
    kernel.source.beside.traceable = beside(fleet, path, stem, ".traceable", 0);
    kernel.source.beside.events = beside(fleet, path, stem, ".events", 0);
    kernel.source.beside.config = beside(fleet, path, stem, ".config", 0);
    if (is_release(base))
        kernel.source.beside.release =
            hg_arena_string(&fleet->arena, base, strspn(base, "0123456789."));
    add_boot_files(fleet, path, &kernel);
    *HG_PUSH(&fleet->kernels) = kernel;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static enum hg_status walk(struct fleet *fleet, const char *directory, size_t root_length,
                           unsigned depth, const struct source *like,
                           struct hg_diagnostics *diagnostics)
{
    struct dirent **entries = NULL;
    enum hg_status status = HG_OK;
    if (depth == DEPTH_MAX) {
        hg_error(diagnostics, NULL, "'%s': the directories of a fleet are nested up to %d deep",
                 directory, DEPTH_MAX);
        return HG_ERROR_USAGE;
    }
    int count = scandir(directory, &entries, is_shown, alphasort);
    if (count < 0) {
        hg_error(diagnostics, NULL, "cannot read '%s': %s", directory, strerror(errno));
        return HG_ERROR_IO;
    }
    for (int i = 0; i < count; i++) {
        struct hg_text path = {0};
        struct stat about;
        hg_text_printf(&path, "%s/%s", directory, entries[i]->d_name);
        bool is_there = status == HG_OK && lstat(hg_text_string(&path), &about) == 0;
        bool is_link = is_there && S_ISLNK(about.st_mode);
        if (is_link)
            is_there = stat(hg_text_string(&path), &about) == 0 && S_ISREG(about.st_mode);
        if (is_there && S_ISDIR(about.st_mode))
            status = walk(fleet, hg_text_string(&path), root_length, depth + 1, like, diagnostics);
        else if (is_there && S_ISREG(about.st_mode) && stem_length(entries[i]->d_name) > 0)
            add_file(fleet, hg_text_string(&path), root_length, like);
        hg_text_deinit(&path);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static enum hg_status add_directory(struct fleet *fleet, const char *directory,
                                    const struct source *like, struct hg_diagnostics *diagnostics)
{
    size_t before = fleet->kernels.count;
    enum hg_status status = walk(fleet, directory, strlen(directory) + 1, 0, like, diagnostics);
    if (status == HG_OK && fleet->kernels.count == before) {
        hg_error(diagnostics, NULL,
                 "--fleet %s: there is no BTF in it: files that end in .btf or .btf.tar.xz, or "
                 "begin with vmlinux or vmlinuz, are taken for it",
                 directory);
        status = HG_ERROR_INPUT;
    }
    return status;
}

/* --- an index --- */

/* The path of a line `HASH  PATH`, as sha256sum writes it; NULL = it is no such line. */
static const char *path_of_line(const char *line)
{
    size_t digits = strspn(line, "0123456789abcdef");
    bool is_line = digits == 64 && line[64] == ' ' && (line[65] == ' ' || line[65] == '*');
    return is_line && line[66] != '\0' ? line + 66 : NULL;
}

static enum hg_status add_line(struct fleet *fleet, const char *index, unsigned number,
                               const char *line, const struct source *like,
                               struct hg_diagnostics *diagnostics)
{
    size_t root = (size_t)(hg_base_name(index) - index);
    const char *relative = path_of_line(line);
    struct hg_location where = {.file = index, .line = number};
    if (relative == NULL || relative[0] == '/' || stem_length(hg_base_name(relative)) == 0) {
        hg_error(diagnostics, &where,
                 "this is no line of an index, which sha256sum writes for a file below the index's "
                 "directory that ends in .btf or is an image");
        return HG_ERROR_INPUT;
    }
    struct hg_text path = {0};
    hg_text_bytes(&path, index, root);
    hg_text_put(&path, relative);
    bool is_there = access(hg_text_string(&path), R_OK) == 0;
    if (is_there)
        add_file(fleet, hg_text_string(&path), root, like);
    else
        hg_error(diagnostics, &where, "cannot read '%s': %s", hg_text_string(&path),
                 strerror(errno));
    hg_text_deinit(&path);
    return is_there ? HG_OK : HG_ERROR_IO;
}

static enum hg_status add_index(struct fleet *fleet, const char *path, const struct source *like,
                                struct hg_diagnostics *diagnostics)
{
    size_t size = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    char *text = descriptor < 0 ? NULL : hg_file_read_open(descriptor, INDEX_MAX, &size);
    if (text == NULL)
        hg_error(diagnostics, NULL, "cannot read '%s': %s", path, strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
    if (text == NULL)
        return HG_ERROR_IO;
    enum hg_status status = HG_OK;
    unsigned number = 0;
    for (char *line = text; status == HG_OK && *line != '\0';) {
        char *end = line + strcspn(line, "\n");
        bool is_last = *end == '\0';
        *end = '\0';
        status = add_line(fleet, path, ++number, line, like, diagnostics);
        line = is_last ? end : end + 1;
    }
    free(text);
    if (status == HG_OK && number == 0) {
        hg_error(diagnostics, NULL, "--fleet %s: the index is empty", path);
        status = HG_ERROR_INPUT;
    }
    return status;
}

static enum hg_status add_fleet(struct fleet *fleet, const char *path, const struct source *like,
                                struct hg_diagnostics *diagnostics)
{
    struct stat about;
    bool is_index = stat(path, &about) == 0 && S_ISREG(about.st_mode);
    return (is_index ? add_index : add_directory)(fleet, path, like, diagnostics);
}

enum hg_status fleet_collect(const struct options *options, struct hg_diagnostics *diagnostics,
                             struct fleet *fleet)
{
    hg_arena_init(&fleet->arena);
    for (size_t i = 0; i < options->source_count; i++) {
        struct hg_text text = {0};
        const struct source *source = &options->sources[i];
        struct kernel kernel = {.source = *source};
        describe_source(source, &text);
        const char *name = hg_text_string(&text);
        name += hg_begins_with(name, " --btf ") ? 7 : 1;
        kernel.name = hg_arena_string(&fleet->arena, name, strlen(name));
        kernel.source.beside = facts_beside(source, &fleet->arena);
        *HG_PUSH(&fleet->kernels) = kernel;
        hg_text_deinit(&text);
    }
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < options->fleets.count; i++)
        status = add_fleet(fleet, options->fleets.items[i], &options->like, diagnostics);
    if (status == HG_OK && fleet->kernels.count > KERNELS_MAX) {
        hg_error(diagnostics, NULL, "more than %d kernels", KERNELS_MAX);
        status = HG_ERROR_USAGE;
    }
    return status;
}

enum hg_status fleet_check_output(const struct options *options, const struct fleet *fleet,
                                  const char *output_path, struct hg_diagnostics *diagnostics)
{
    bool is_good =
        check_no_input(output_path, options->objects, options->object_count, diagnostics);
    for (size_t i = 0; is_good && i < fleet->kernels.count; i++)
        is_good =
            check_no_input(output_path, &fleet->kernels.items[i].source.btf.path, 1, diagnostics);
    return is_good ? HG_OK : HG_ERROR_USAGE;
}

void fleet_deinit(struct fleet *fleet)
{
    free(fleet->kernels.items);
    hg_arena_deinit(&fleet->arena);
}
