/*
 * The files of the unit: the name of each, which names are the same file, and where each is
 * included.
 *
 * For each question about inclusions clang would go through all locations of the unit, and for each
 * name make a new string, so the results are kept.
 */
#include "frontend/clang/reader.h"

#include <string.h>
#define uthash_fatal(message) hg_out_of_memory()
#include <uthash.h>

struct file_entry {
    CXFile file;
    const char *name;
    struct file *identity; /* the same for one file under two names */
    UT_hash_handle hh;
};

/* Finds a file by device and inode; a file without these is equal to no other. */
static struct file *identify(struct reader *reader, CXFile file)
{
    CXFileUniqueID id = {{0}};
    if (clang_getFileUniqueID(file, &id) != 0)
        id.data[0] = (unsigned long long)(uintptr_t)file;
    uint32_t *number = hg_strings_number(&reader->file_ids, (const char *)&id, sizeof id);
    if (*number == 0) {
        struct file *identity = hg_arena_alloc(&reader->scratch, sizeof *identity);
        *HG_PUSH(&reader->files) = identity;
        *number = identity->number = (uint32_t)reader->files.count;
    }
    return reader->files.items[*number - 1];
}

static const struct file_entry *find(struct reader *reader, CXFile file)
{
    if (reader->last_file != NULL && reader->last_file->file == file)
        return reader->last_file;
    struct file_entry *entry = NULL;
    HASH_FIND_PTR(reader->by_file, &file, entry);
    if (entry == NULL) {
        entry = hg_arena_alloc(&reader->scratch, sizeof *entry);
        entry->file = file;
        const char *name = hg_clang_string(reader, clang_getFileName(file));
        entry->name = hg_begins_with(name, "./") ? hg_model_keep(reader->model, name + 2) : name;
        entry->identity = identify(reader, file);
        HASH_ADD_PTR(reader->by_file, file, entry);
    }
    reader->last_file = entry;
    return entry;
}

const char *hg_clang_file_name(struct reader *reader, CXFile file)
{
    return find(reader, file)->name;
}

struct file *hg_clang_file(struct reader *reader, CXFile file)
{
    return find(reader, file)->identity;
}

static void add_inclusion(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
    struct reader *reader = data;
    struct inclusion *inclusion = hg_arena_alloc(&reader->scratch, sizeof *inclusion);
    inclusion->file = file;
    inclusion->stack = hg_arena_copy(&reader->scratch, stack, depth, sizeof *stack);
    inclusion->depth = depth;
    *HG_PUSH(&reader->inclusions) = inclusion;

    struct file *identity = hg_clang_file(reader, file);
    if (identity->first == NULL)
        identity->first = inclusion;
    else
        identity->last->next = inclusion;
    identity->last = inclusion;
}

static void find_inclusions(struct reader *reader)
{
    if (reader->inclusions.count == 0) /* else they were found before, at least the main file */
        clang_getInclusions(reader->unit, add_inclusion, reader);
}

size_t hg_clang_inclusions(struct reader *reader, struct inclusion *const **ret)
{
    find_inclusions(reader);
    *ret = reader->inclusions.items;
    return reader->inclusions.count;
}

const struct inclusion *hg_clang_inclusions_of(struct reader *reader, CXFile file)
{
    find_inclusions(reader);
    return hg_clang_file(reader, file)->first;
}

unsigned hg_clang_main_line_of(const struct inclusion *inclusion)
{
    if (inclusion->depth == 0)
        return 0;
    CXSourceLocation outermost = inclusion->stack[inclusion->depth - 1];
    unsigned line = 0;
    if (clang_Location_isFromMainFile(outermost))
        clang_getExpansionLocation(outermost, NULL, &line, NULL, NULL);
    return line;
}

/* The files of a precompiled prefix are in no inclusion of this unit. */
static bool is_of_prefix(struct reader *reader, CXFile file)
{
    const struct inclusion *inclusion = hg_clang_inclusions_of(reader, file);
    if (reader->is_source)
        return inclusion == NULL;
    while (inclusion != NULL && /* each header of the prefix has one line */
           hg_clang_main_line_of(inclusion) <= reader->options->prefix_count)
        inclusion = inclusion->next;
    return inclusion == NULL;
}

bool hg_clang_is_of_prefix(struct reader *reader, CXFile file)
{
    struct file *identity = hg_clang_file(reader, file);
    if (identity->owner == OWNER_UNKNOWN)
        identity->owner = is_of_prefix(reader, file) ? OWNER_PREFIX : OWNER_HEADER;
    return identity->owner == OWNER_PREFIX;
}

void hg_clang_free_files(struct reader *reader)
{
    HASH_CLEAR(hh, reader->by_file);
    hg_strings_deinit(&reader->file_ids);
    free(reader->files.items);
    free(reader->inclusions.items);
}
