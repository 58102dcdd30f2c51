/*
 * Stamps: see stamps.h.
 *
 *     file       /k/include/linux/sched.h   71234 bytes, modified, changed, hash of the content
 *     directory  /k/include/linux           modified, changed, hash of the names
 *     absent     /k/include/linux/foo.h
 *
 * Times are compared first; if one differs, the content decides.  The time of the status change is
 * there because only the file system sets it: anyone can give a file an old time of modification.
 *
 * A file may change after the program read it and before its stamp is taken.  Then the stamp must
 * not vouch for the result.  So hg_stamps_create notes the time, by the clock that file systems
 * use, and hg_stamps_take fails if a file's status changed at that time or later.  File systems
 * that count whole seconds get a margin of two.
 *
 * New files outside of the directories that were added are not noticed.
 */
#include "tree/stamps.h"

#include "base/strings.h"
#include "base/text.h"
#include "tree/kernel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

enum stamp_kind {
    STAMP_FILE,
    STAMP_TIMES,
    STAMP_ABSENT,
    STAMP_DIRECTORY,
    STAMP_TREE,
    STAMP_BUILD_TREE
};

enum { STAMPS_MAX = 400000, COARSE_SECONDS = 2, READ_SIZE = 1 << 16 };

/* The store keeps these bytes: there is no padding, and no pointer. */
struct stamp {
    uint32_t kind;
    uint32_t path; /* offset into the paths */
    uint64_t size; /* of a file, in bytes */
    uint64_t hash; /* of a file's content, or of the names in a directory */
    int64_t modified;
    int64_t changed; /* the status */
    uint32_t modified_nanoseconds;
    uint32_t changed_nanoseconds;
};

struct hg_stamps {
    struct timespec start;
    bool is_refused;
    HG_ARRAY(struct stamp) items;
    struct hg_text paths;   /* each with a NUL after it */
    struct hg_strings seen; /* path: kind plus one */
    struct hg_stats stats;
};

struct hg_stamps *hg_stamps_create(void)
{
    struct hg_stamps *stamps = hg_calloc(1, sizeof *stamps);
    clock_gettime(CLOCK_REALTIME_COARSE, &stamps->start);
    return stamps;
}

void hg_stamps_destroy(struct hg_stamps *stamps)
{
    if (stamps == NULL)
        return;
    hg_stats_end(&stamps->stats);
    free(stamps->items.items);
    hg_text_deinit(&stamps->paths);
    hg_strings_deinit(&stamps->seen);
    free(stamps);
}

/* --- adding --- */

static void add(struct hg_stamps *stamps, enum stamp_kind kind, const char *path, size_t length)
{
    if (length == 0 || path[0] != '/' || stamps->items.count == STAMPS_MAX ||
        stamps->paths.size > INT32_MAX) {
        stamps->is_refused = true;
        return;
    }
    uint32_t *seen = hg_strings_number(&stamps->seen, path, length);
    /* A directory that was added may be added again with all that is below it. */
    bool is_more = kind >= STAMP_TREE && *seen >= STAMP_DIRECTORY + 1 && *seen <= (uint32_t)kind;
    if (*seen != 0 && !is_more) {
        stamps->is_refused |= (kind == STAMP_ABSENT) != (*seen == STAMP_ABSENT + 1);
        return;
    }
    *seen = (uint32_t)kind + 1;
    *HG_PUSH(&stamps->items) =
        (struct stamp){.kind = (uint32_t)kind, .path = (uint32_t)stamps->paths.size};
    hg_text_bytes(&stamps->paths, path, length);
    hg_text_bytes(&stamps->paths, "", 1);
}

static void add_file(struct hg_stamps *stamps, enum stamp_kind kind, const char *path)
{
    add(stamps, kind, path, strlen(path));
    const char *slash = strrchr(path, '/');
    if (slash != NULL)
        add(stamps, STAMP_DIRECTORY, path, slash == path ? 1 : (size_t)(slash - path));
}

void hg_stamps_add_file(struct hg_stamps *stamps, const char *path)
{
    add_file(stamps, STAMP_FILE, path);
}

void hg_stamps_add_times(struct hg_stamps *stamps, const char *path)
{
    add_file(stamps, STAMP_TIMES, path);
}

void hg_stamps_add_opened(struct hg_stamps *stamps, const struct hg_model *model, bool with_content)
{
    size_t count = 0;
    const char *const *files = hg_model_files(model, &count);
    for (size_t i = 0; i < count; i++)
        add_file(stamps, with_content ? STAMP_FILE : STAMP_TIMES, files[i]);
}

void hg_stamps_add_absent(struct hg_stamps *stamps, const char *path)
{
    add(stamps, STAMP_ABSENT, path, strlen(path));
}

void hg_stamps_add_tree(struct hg_stamps *stamps, const char *path)
{
    add(stamps, STAMP_TREE, path, strlen(path));
}

void hg_stamps_add_build_tree(struct hg_stamps *stamps, const char *path)
{
    add(stamps, STAMP_BUILD_TREE, path, strlen(path));
}

void hg_stamps_refuse(struct hg_stamps *stamps)
{
    stamps->is_refused = true;
}

/* --- content --- */

static bool hash_file(const char *path, uint64_t *ret)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0)
        return false;
    struct stat status;
    if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(descriptor);
        return false;
    }
    XXH3_state_t state;
    XXH3_INITSTATE(&state);
    XXH3_64bits_reset(&state);
    char bytes[READ_SIZE];
    ssize_t count;
    while ((count = read(descriptor, bytes, sizeof bytes)) > 0 || (count < 0 && errno == EINTR))
        if (count > 0)
            XXH3_64bits_update(&state, bytes, (size_t)count);
    close(descriptor);
    *ret = XXH3_64bits_digest(&state);
    return count == 0;
}

/* Whether makefiles include files with such a name, or kbuild writes such files and reads them
 * later. */
static bool is_part_of_makefiles(const char *name)
{
    static const char *const ends[] = {".cmd",  ".mod", ".mk",   ".mak",  ".conf",  ".config",
                                       ".frag", ".inc", ".rule", ".list", ".flags", ".opts"};
    return HG_ENDS_WITH_ONE_OF(name, ends);
}

/* Whether a compiler or kbuild could look for a file with that name.  Others (objects, editors'
 * files, outputs of other programs) come and go. */
static bool is_looked_for(const char *name)
{
    static const char *const suffixes[] = {".h",    ".c",   ".S",  ".s", ".def", ".tbl",
                                           ".json", ".lds", ".in", ".x", ".inl", ".order"};
    static const char *const beginnings[] = {"Makefile", "Kbuild", "Kconfig"};
    return strchr(name, '.') == NULL || is_part_of_makefiles(name) ||
           HG_ENDS_WITH_ONE_OF(name, suffixes) || HG_BEGINS_WITH_ONE_OF(name, beginnings);
}

/* Whether a file with that name may decide how the kernel is built. */
static bool is_about_building(const char *name)
{
    static const char *const beginnings[] = {"Makefile", "Kbuild", "Platform"};
    static const char *const ends[] = {"modules.order", "compile_commands.json"};
    return is_part_of_makefiles(name) || HG_BEGINS_WITH_ONE_OF(name, beginnings) ||
           HG_ENDS_WITH_ONE_OF(name, ends);
}

/* Makefiles may include files of any name.  Those without a suffix count if they are short. */
static bool is_short_without_suffix(const char *name, const char *path)
{
    enum { SHORT = 1 << 16 };
    struct stat status;
    return strchr(name, '.') == NULL && strcmp(name, "Kconfig") != 0 && stat(path, &status) == 0 &&
           S_ISREG(status.st_mode) && status.st_size <= SHORT;
}

/* The entry's type, a DT_ constant, even if the file system does not store it in directories. */
static unsigned char type_of(int directory, const struct dirent *entry)
{
    struct stat status;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type;
    if (fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return DT_UNKNOWN;
    return S_ISDIR(status.st_mode) ? DT_DIR : S_ISLNK(status.st_mode) ? DT_LNK : DT_REG;
}

/* Adds what an entry of a tree's directory leads to: a directory, the directory that a link points
 * to or, in a build tree, the content of a file that may decide how the kernel is built. */
static void descend(struct hg_stamps *stamps, enum stamp_kind kind, const char *path,
                    const struct dirent *entry, unsigned char type)
{
    struct hg_text inner = {0};
    struct stat status;
    hg_text_printf(&inner, "%s/%s", path, entry->d_name);
    if (type == DT_DIR) {
        add(stamps, kind, inner.data, inner.size);
    } else if (type == DT_LNK && stat(inner.data, &status) == 0 && S_ISDIR(status.st_mode)) {
        HG_CLEANUP(hg_free_pointer) char *target = realpath(inner.data, NULL);
        if (target != NULL)
            add(stamps, kind, target, strlen(target));
    } else if (kind == STAMP_BUILD_TREE && (is_about_building(entry->d_name) ||
                                            is_short_without_suffix(entry->d_name, inner.data))) {
        add(stamps, STAMP_FILE, inner.data, inner.size);
    }
    hg_text_deinit(&inner);
}

/* A hash of the names in a directory, whatever their order; 0 = it cannot be listed.  stamps not
 * NULL: also adds what the entries of a tree of that kind lead to. */
static uint64_t hash_names(const char *path, struct hg_stamps *stamps, enum stamp_kind kind)
{
    DIR *directory = opendir(path);
    if (directory == NULL)
        return 0;
    uint64_t sum = 0;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        const char *name = entry->d_name;
        unsigned char type = type_of(dirfd(directory), entry);
        bool is_hidden = name[0] == '.' && type == DT_DIR;
        if (is_hidden || (type == DT_REG && !is_looked_for(name)))
            continue;
        char target[4096];
        ssize_t length = 0;
        if (type == DT_LNK)
            length = readlinkat(dirfd(directory), name, target, sizeof target);
        uint64_t seed = XXH3_64bits_withSeed(target, length > 0 ? (size_t)length : 0, type);
        sum += XXH3_64bits_withSeed(name, strlen(name), seed);
        if (stamps != NULL)
            descend(stamps, kind, path, entry, type);
    }
    closedir(directory);
    return sum;
}

/* --- taking and comparing --- */

static const char *path_of(const struct hg_stamps *stamps, const struct stamp *stamp)
{
    return stamps->paths.data + stamp->path;
}

static bool is_directory(const struct stamp *stamp)
{
    return stamp->kind >= STAMP_DIRECTORY;
}

/* Fills *ret, except for the hash.  False = the path no longer is what it was added as: a file, a
 * directory, or absent. */
static bool look(struct hg_stamps *stamps, const struct stamp *stamp, struct stamp *ret)
{
    struct stat status;
    *ret = (struct stamp){.kind = stamp->kind, .path = stamp->path};
    bool is_there = hg_stats_next(&stamps->stats, path_of(stamps, stamp), &status) == 0;
    if (stamp->kind == STAMP_ABSENT)
        return !is_there && (errno == ENOENT || errno == ENOTDIR);
    if (!is_there || !(is_directory(stamp) ? S_ISDIR(status.st_mode) : S_ISREG(status.st_mode)))
        return false;
    ret->size = is_directory(stamp) ? 0 : (uint64_t)status.st_size;
    ret->modified = status.st_mtim.tv_sec;
    ret->modified_nanoseconds = (uint32_t)status.st_mtim.tv_nsec;
    ret->changed = status.st_ctim.tv_sec;
    ret->changed_nanoseconds = (uint32_t)status.st_ctim.tv_nsec;
    return true;
}

/* Whether the file or directory may have changed since the stamps were created. */
static bool is_young(const struct hg_stamps *stamps, const struct stamp *stamp)
{
    const struct timespec *start = &stamps->start;
    if (stamp->kind == STAMP_ABSENT)
        return false;
    if (stamp->changed_nanoseconds == 0)
        return stamp->changed + COARSE_SECONDS >= start->tv_sec;
    return stamp->changed > start->tv_sec ||
           (stamp->changed == start->tv_sec && stamp->changed_nanoseconds >= start->tv_nsec);
}

/* Fills a stamp.  The content is hashed before the times are read, so a change in between makes the
 * stamp young.  False = the stamp cannot be used. */
static bool take(struct hg_stamps *stamps, size_t index)
{
    struct stamp *stamp = &stamps->items.items[index];
    HG_CLEANUP(hg_free_pointer) char *path = strdup(path_of(stamps, stamp));
    enum stamp_kind kind = (enum stamp_kind)stamp->kind;
    uint64_t hash = 0;
    if (path == NULL)
        hg_out_of_memory();
    if (stamp->kind == STAMP_FILE && !hash_file(path, &hash))
        return false;
    if (is_directory(stamp))
        hash = hash_names(path, kind >= STAMP_TREE ? stamps : NULL, kind);
    struct stamp now;
    stamp = &stamps->items.items[index]; /* hash_names may have moved the array */
    if (!look(stamps, stamp, &now) || is_young(stamps, &now))
        return false;
    now.hash = hash;
    *stamp = now;
    return true;
}

bool hg_stamps_take(struct hg_stamps *stamps)
{
    for (size_t i = 0; i < stamps->items.count && !stamps->is_refused; i++)
        stamps->is_refused = !take(stamps, i);
    hg_stats_end(&stamps->stats);
    return !stamps->is_refused;
}

static enum hg_stamps_state check(struct hg_stamps *stamps, struct stamp *stamp)
{
    struct stamp now;
    if (!look(stamps, stamp, &now) || now.size != stamp->size)
        return HG_STAMPS_CHANGED;
    now.hash = stamp->hash;
    if (memcmp(&now, stamp, sizeof now) == 0)
        return HG_STAMPS_SAME;
    uint64_t hash = 0;
    if (is_directory(stamp))
        hash = hash_names(path_of(stamps, stamp), NULL, STAMP_DIRECTORY);
    else if (stamp->kind != STAMP_FILE || !hash_file(path_of(stamps, stamp), &hash))
        return HG_STAMPS_CHANGED;
    if (hash != stamp->hash || !look(stamps, stamp, &now))
        return HG_STAMPS_CHANGED;
    now.hash = hash;
    if (!is_young(stamps, &now))
        *stamp = now;
    return HG_STAMPS_TOUCHED;
}

enum hg_stamps_state hg_stamps_check(struct hg_stamps *stamps)
{
    enum hg_stamps_state worst = HG_STAMPS_SAME;
    for (size_t i = 0; i < stamps->items.count && worst != HG_STAMPS_CHANGED; i++) {
        enum hg_stamps_state state = check(stamps, &stamps->items.items[i]);
        worst = state > worst ? state : worst;
    }
    return worst;
}

/* --- as bytes: number of stamps, the stamps, the paths --- */

void hg_stamps_pack(const struct hg_stamps *stamps, struct hg_text *bytes)
{
    uint64_t count = stamps->items.count;
    hg_text_bytes(bytes, &count, sizeof count);
    if (count > 0)
        hg_text_bytes(bytes, stamps->items.items, count * sizeof *stamps->items.items);
    if (stamps->paths.size > 0)
        hg_text_bytes(bytes, stamps->paths.data, stamps->paths.size);
}

static bool is_sound(const struct hg_stamps *stamps)
{
    for (size_t i = 0; i < stamps->items.count; i++) {
        const struct stamp *stamp = &stamps->items.items[i];
        if (stamp->kind > STAMP_BUILD_TREE || stamp->path >= stamps->paths.size ||
            path_of(stamps, stamp)[0] != '/')
            return false;
    }
    return stamps->paths.size == 0 || stamps->paths.data[stamps->paths.size - 1] == '\0';
}

struct hg_stamps *hg_stamps_unpack(const void *bytes, size_t size)
{
    uint64_t count;
    if (size < sizeof count)
        return NULL;
    memcpy(&count, bytes, sizeof count);
    size -= sizeof count;
    if (count > size / sizeof(struct stamp))
        return NULL;
    struct hg_stamps *stamps = hg_stamps_create();
    const char *items = (const char *)bytes + sizeof count;
    size_t items_size = (size_t)count * sizeof(struct stamp);
    stamps->items.items = memcpy(hg_malloc(items_size), items, items_size);
    stamps->items.count = stamps->items.capacity = (size_t)count;
    if (size > items_size)
        hg_text_bytes(&stamps->paths, items + items_size, size - items_size);
    if (is_sound(stamps))
        return stamps;
    hg_stamps_destroy(stamps);
    return NULL;
}
