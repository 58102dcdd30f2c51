/*
 * `--kernel kheaders.tar.xz`: the headers that a kernel with CONFIG_IKHEADERS contains.
 *
 *     hdrgen --kernel /sys/kernel/kheaders.tar.xz task_struct
 *
 * The tar is unpacked into a new directory, which is removed when the program ends, also by a
 * signal.  The tar is not trusted.  Only plain files below include/ and arch/ are unpacked, whose
 * names consist of letters, digits and a few signs, without `..`.  Symbolic links, which are among
 * the kernel's device tree bindings, are left out.  A device, a hard link, an entry of an unknown
 * type, or a name that occurs twice is an error.  Nothing is written outside of the new directory.
 */
#include "cli.h"

#include "base/diag.h"
#include "base/file.h"
#include "frontend/btf/container.h"
#include "tree/cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SYMBOLIC_LINK = '2',
    DIRECTORY = '5',
    BLOCK = 512,
    FILES_MAX = 100000,
    FILE_SIZE_MAX = 16 * 1024 * 1024,
    DEPTH_MAX = 24,
    PACKED_MAX = 64 * 1024 * 1024,
    UNPACKED_MAX = 512 * 1024 * 1024,
};

/* A temporary directory for all tars. */
static struct hg_cleanup cleanup;
static bool is_active;

/* --- a tar --- */

struct tar {
    const uint8_t *at;
    size_t left;
    size_t files;
    char name[100 + 155 + 2]; /* of the current entry */
    size_t size;
    char type;
};

/* Octal digits up to a blank or NUL. */
static bool read_octal(const uint8_t *field, size_t width, size_t *ret)
{
    size_t value = 0;
    size_t i = 0;
    while (i < width && field[i] == ' ')
        i++;
    for (; i < width && field[i] >= '0' && field[i] <= '7'; i++)
        value = value * 8 + (size_t)(field[i] - '0');
    *ret = value;
    return i == width || field[i] == ' ' || field[i] == '\0';
}

static bool has_right_sum(const uint8_t *header)
{
    enum { SUM = 148, SUM_SIZE = 8 };
    size_t expected = 0;
    size_t sum = 0;
    for (size_t i = 0; i < BLOCK; i++)
        sum += i >= SUM && i < SUM + SUM_SIZE ? ' ' : header[i];
    return read_octal(header + SUM, SUM_SIZE, &expected) && sum == expected;
}

static bool is_zero(const uint8_t *block)
{
    for (size_t i = 0; i < BLOCK; i++)
        if (block[i] != 0)
            return false;
    return true;
}

/* Reads the header of the next entry, or sets *is_end.  NULL, or what is wrong. */
static const char *next_entry(struct tar *tar, bool *is_end)
{
    enum { NAME = 100, SIZE = 124, TYPE = 156, MAGIC = 257, PREFIX = 345, PREFIX_SIZE = 155 };
    *is_end = tar->left < BLOCK || is_zero(tar->at);
    if (*is_end)
        return NULL;
    const uint8_t *header = tar->at;
    if (memcmp(header + MAGIC, "ustar", 5) != 0 || !has_right_sum(header))
        return "it is no tar, or damaged";
    if (!read_octal(header + SIZE, 12, &tar->size) || tar->size > FILE_SIZE_MAX)
        return "an entry is larger than is reasonable";
    bool has_prefix = header[MAGIC + 5] == '\0' && header[PREFIX] != 0;
    snprintf(tar->name, sizeof tar->name, "%.*s%s%.*s", has_prefix ? PREFIX_SIZE : 0,
             (const char *)header + PREFIX, has_prefix ? "/" : "", NAME, (const char *)header);
    tar->type = (char)header[TYPE];
    size_t room = (tar->size + BLOCK - 1) / BLOCK * BLOCK;
    if (room > tar->left - BLOCK)
        return "it is cut off";
    if (tar->files++ > FILES_MAX)
        return "it holds more files than is reasonable";
    tar->at += BLOCK;
    tar->left -= BLOCK;
    return NULL;
}

static void skip_contents(struct tar *tar)
{
    size_t room = (tar->size + BLOCK - 1) / BLOCK * BLOCK;
    tar->at += room;
    tar->left -= room;
}

/* --- names --- */

static bool is_part(const char *part, size_t length)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.+,";
    return length > 0 && strspn(part, allowed) >= length && part[0] != '.';
}

/* The name without a leading `./`; NULL = no header has such a name. */
static const char *checked_name(const char *name)
{
    if (hg_begins_with(name, "./"))
        name += 2;
    unsigned depth = 0;
    for (const char *at = name;; at++) {
        size_t length = strcspn(at, "/");
        if (!is_part(at, length) || depth++ == DEPTH_MAX)
            return NULL;
        at += length;
        if (*at == '\0')
            return name;
    }
}

/* --- writing --- */

static const char *make_parents(int directory, const char *name)
{
    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        char path[sizeof((struct tar *)0)->name];
        memcpy(path, name, (size_t)(slash - name));
        path[slash - name] = '\0';
        if (mkdirat(directory, path, S_IRWXU) != 0 && errno != EEXIST)
            return strerror(errno);
    }
    return NULL;
}

static const char *write_file(int directory, const char *name, const struct tar *tar)
{
    const char *why = make_parents(directory, name);
    if (why != NULL)
        return why;
    int file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                      S_IRUSR | S_IWUSR);
    if (file < 0)
        return errno == EEXIST ? "it holds one name twice" : strerror(errno);
    bool is_written = hg_file_write_all(file, name, tar->at, tar->size, NULL) == HG_OK;
    is_written = close(file) == 0 && is_written;
    return is_written ? NULL : "its files cannot be written";
}

/* Returns NULL, or what is wrong; so do the functions below. */
static const char *unpack_tar(int directory, const struct span *content)
{
    struct tar tar = {.at = content->data, .left = content->size};
    for (;;) {
        bool is_end = false;
        const char *why = next_entry(&tar, &is_end);
        if (why != NULL || is_end)
            return why == NULL && tar.files == 0 ? "it is no tar" : why;
        bool is_file = tar.type == '0' || tar.type == '\0';
        if (!is_file && tar.type != DIRECTORY && tar.type != SYMBOLIC_LINK)
            return "it holds a hard link, a device or something else that is no plain file";
        const char *name = is_file ? checked_name(tar.name) : NULL;
        if (is_file && name == NULL)
            return "it holds a name that no header has";
        bool is_wanted =
            is_file && (hg_begins_with(name, "include/") || hg_begins_with(name, "arch/"));
        why = is_wanted ? write_file(directory, name, &tar) : NULL;
        if (why != NULL)
            return why;
        skip_contents(&tar);
    }
}

/* --- a file --- */

/* Reads the file and decompresses it. */
static const char *read_content(const char *path, struct span *ret)
{
    size_t size = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return strerror(errno);
    char *bytes = hg_file_read_open(descriptor, PACKED_MAX, &size);
    int error = errno;
    close(descriptor);
    if (bytes == NULL)
        return strerror(error);
    const uint8_t *data = (const uint8_t *)bytes;
    enum packing packing = hg_packing_of(data, size);
    if (packing == PACKING_NONE) {
        *ret = (struct span){.data = data, .size = size, .owned = bytes};
        return NULL;
    }
    size_t limit = hg_unpack_limit(size, UNPACKED_MAX);
    const char *why = hg_unpack(packing, data, size, &limit, ret);
    free(bytes);
    return why;
}

/* Makes a directory with the name of the tar, which messages and outputs contain. */
static const char *make_directory(const char *path, struct hg_arena *arena, unsigned number,
                                  const char **ret)
{
    const char *parent = hg_cleanup_directory(&cleanup);
    if (parent == NULL)
        return "no temporary directory can be made (TMPDIR names another place)";
    struct hg_text name = {0};
    hg_text_printf(&name, "%s/%u", parent, number);
    const char *why = mkdir(name.data, S_IRWXU) == 0 ? NULL : strerror(errno);
    hg_text_printf(&name, "/%s", hg_base_name(path));
    if (why == NULL && mkdir(name.data, S_IRWXU) != 0)
        why = strerror(errno);
    *ret = hg_text_keep(&name, arena);
    return why;
}

static const char *unpack(const char *path, struct hg_arena *arena, unsigned number,
                          const char **ret)
{
    struct span content = {0};
    const char *why = read_content(path, &content);
    if (why == NULL)
        why = make_directory(path, arena, number, ret);
    int directory = why == NULL ? open(*ret, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (why == NULL)
        why = directory < 0 ? strerror(errno) : unpack_tar(directory, &content);
    if (directory >= 0)
        close(directory);
    hg_span_deinit(&content);
    return why;
}

static bool is_tar(const char *path)
{
    struct stat about;
    return path != NULL && strstr(hg_base_name(path), ".tar") != NULL && stat(path, &about) == 0 &&
           S_ISREG(about.st_mode);
}

bool unpack_kernels(struct options *options, struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < options->source_count; i++) {
        struct source *source = &options->sources[i];
        if (!is_tar(source->kernel.directory))
            continue;
        if (options->command == COMMAND_FLAGS)
            return refuse(diagnostics,
                          "--kernel '%s' is a tar, and flags name directories that stay: unpack it "
                          "(mkdir DIR && tar -xf FILE -C DIR) and name the directory",
                          source->kernel.directory);
        if (!is_active)
            hg_cleanup_begin(&cleanup);
        is_active = true;
        const char *directory = NULL;
        const char *why =
            unpack(source->kernel.directory, &options->arena, (unsigned)i, &directory);
        if (why != NULL)
            return refuse(diagnostics, "--kernel '%s': %s", source->kernel.directory, why);
        source->archive = source->kernel.directory;
        source->kernel.directory = directory;
        source->no_cache = true; /* the next run unpacks it elsewhere */
    }
    return true;
}

void remove_unpacked_kernels(void)
{
    if (is_active)
        hg_cleanup_end(&cleanup);
    is_active = false;
}
