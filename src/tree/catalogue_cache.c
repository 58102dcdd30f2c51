/*
 * Keeps the catalogue of a tree in a file below $XDG_CACHE_HOME.
 *
 *     catalogue-<hash of the tree's paths and architecture>:   head | table | table ... | strings
 *
 * The head holds a key: a hash of every file's path, size and time of change.  A cache file is
 * replaced if its key, length or checksum does not match, or if a number in it is out of range.  It
 * is replaced atomically, so that two runs at once do no harm.  It is for this machine only:
 * numbers are in its byte order.
 */
#include "base/text.h"
#include "tree/catalogue.h"
#include "tree/kernel.h"
#include "tree/store_files.h"

#include <string.h>
#include <sys/stat.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* To be increased with every change of the file's format or of what scan.c finds. */
enum { FORM = 3 };

enum { DEFINITIONS, EDGES, MACROS, TAGS, TRAITS, STRINGS, TABLES };

struct head {
    char magic[8];
    uint32_t form;
    uint32_t file_count;
    uint64_t key;
    uint64_t checksum; /* of what follows the head */
    uint64_t rows[TABLES];
};

static const char magic[] = "hdrgenIX";

static const size_t row_sizes[TABLES] = {
    [DEFINITIONS] = sizeof(struct hg_catalogue_definition),
    [EDGES] = sizeof(struct hg_catalogue_edge),
    [MACROS] = sizeof(struct hg_catalogue_macro),
    [TAGS] = sizeof(struct hg_catalogue_tag),
    [TRAITS] = sizeof(uint8_t),
    [STRINGS] = 1,
};

/* --- the key --- */

static uint64_t key_of(const struct hg_kernel_headers *files)
{
    struct hg_text states = {0};
    struct hg_stats stats = {0};
    for (size_t i = 0; i < files->count; i++) {
        const struct hg_kernel_header *file = &files->items[i];
        struct stat status;
        int64_t size_and_time[3] = {0};
        if (hg_stats_next(&stats, file->path, &status) == 0) {
            size_and_time[0] = status.st_size;
            size_and_time[1] = status.st_mtim.tv_sec;
            size_and_time[2] = status.st_mtim.tv_nsec;
        }
        hg_text_bytes(&states, file->path, strlen(file->path) + 1);
        hg_text_bytes(&states, size_and_time, sizeof size_and_time);
    }
    hg_stats_end(&stats);
    uint64_t key = XXH3_64bits(states.data, states.size);
    hg_text_deinit(&states);
    return key;
}

static void put_path(struct hg_text *path, const struct hg_kernel *kernel, const char *what,
                     const char *directory)
{
    struct hg_text tree = {0};
    hg_text_printf(&tree, "%s\n%s\n%s\n%s", kernel->source, kernel->object, kernel->arch, what);
    hg_text_printf(path, "%s/catalogue-%016llx", directory,
                   (unsigned long long)XXH3_64bits(tree.data, tree.size));
    hg_text_deinit(&tree);
}

/* --- reading --- */

/* Whether all numbers are in range. */
static bool is_sound(const struct hg_catalogue *catalogue)
{
    size_t files = catalogue->files->count;
    for (size_t i = 0; i < catalogue->definition_count; i++) {
        const struct hg_catalogue_definition *definition = &catalogue->definitions[i];
        if (definition->name >= catalogue->string_size || definition->file >= files ||
            definition->what > HG_FOUND_ENUMERATOR)
            return false;
    }
    for (size_t i = 0; i < catalogue->edge_count; i++)
        if (catalogue->edges[i].included >= files || catalogue->edges[i].includer >= files)
            return false;
    for (size_t i = 0; i < catalogue->macro_count; i++)
        if (catalogue->macros[i].file >= files)
            return false;
    for (size_t i = 0; i < catalogue->tag_count; i++)
        if (catalogue->tags[i].file >= files || catalogue->tags[i].text >= catalogue->string_size)
            return false;
    return catalogue->string_size == 0 || catalogue->strings[catalogue->string_size - 1] == '\0';
}

/* Whether the head matches the tree, and the rest of the file matches the head. */
static bool check_head(const struct head *head, uint64_t key, const char *text, size_t size,
                       size_t file_count)
{
    size_t left = size - sizeof *head;
    size_t used = 0;
    for (size_t i = 0; i < TABLES; i++) {
        if (head->rows[i] > (left - used) / row_sizes[i])
            return false;
        used += head->rows[i] * row_sizes[i];
    }
    return memcmp(head->magic, magic, sizeof head->magic) == 0 && head->form == FORM &&
           head->key == key && head->file_count == file_count && used == left &&
           head->rows[TRAITS] == file_count &&
           head->checksum == XXH3_64bits(text + sizeof *head, left);
}

/* The head and the rows of the first four tables are multiples of 8 bytes. */
_Static_assert(sizeof(struct head) % 8 == 0, "tables in the file are aligned");

/* Makes the catalogue of the file's text.  True = the catalogue owns the text now. */
static bool take(char *text, size_t size, uint64_t key, const struct hg_kernel_headers *files,
                 struct hg_catalogue *ret)
{
    struct head head;
    if (size < sizeof head)
        return false;
    memcpy(&head, text, sizeof head);
    if (!check_head(&head, key, text, size, files->count))
        return false;
    void *tables[TABLES];
    char *at = text + sizeof head;
    for (size_t i = 0; i < TABLES; i++) {
        tables[i] = at;
        at += head.rows[i] * row_sizes[i];
    }
    *ret = (struct hg_catalogue){
        .files = files,
        .definitions = tables[DEFINITIONS],
        .definition_count = head.rows[DEFINITIONS],
        .edges = tables[EDGES],
        .edge_count = head.rows[EDGES],
        .macros = tables[MACROS],
        .macro_count = head.rows[MACROS],
        .tags = tables[TAGS],
        .tag_count = head.rows[TAGS],
        .traits = tables[TRAITS],
        .strings = tables[STRINGS],
        .string_size = head.rows[STRINGS],
        .file = text,
    };
    return is_sound(ret);
}

/* --- writing --- */

static void save(const struct hg_catalogue *catalogue, uint64_t key, const char *directory,
                 const char *path)
{
    const void *tables[TABLES] = {catalogue->definitions, catalogue->edges,  catalogue->macros,
                                  catalogue->tags,        catalogue->traits, catalogue->strings};
    struct hg_text text = {0};
    struct head head = {
        .form = FORM,
        .file_count = (uint32_t)catalogue->files->count,
        .key = key,
        .rows = {catalogue->definition_count, catalogue->edge_count, catalogue->macro_count,
                 catalogue->tag_count, catalogue->files->count, catalogue->string_size},
    };
    memcpy(head.magic, magic, sizeof head.magic);
    hg_text_bytes(&text, &head, sizeof head);
    for (size_t i = 0; i < TABLES; i++)
        if (head.rows[i] > 0)
            hg_text_bytes(&text, tables[i], head.rows[i] * row_sizes[i]);
    head.checksum = XXH3_64bits(text.data + sizeof head, text.size - sizeof head);
    memcpy(text.data, &head, sizeof head);
    (void)hg_store_write(directory, path, text.data, text.size);
    hg_text_deinit(&text);
}

void hg_catalogue_open(const struct hg_kernel *kernel, const struct hg_kernel_headers *files,
                       const char *what, const char *directory, struct hg_catalogue *ret)
{
    if (directory == NULL) {
        hg_catalogue_build(files, ret);
        return;
    }
    struct hg_text path = {0};
    put_path(&path, kernel, what, directory);
    uint64_t key = key_of(files);
    struct hg_text text = {0};
    if (!hg_store_load(path.data, &text) || !take(text.data, text.size, key, files, ret)) {
        hg_text_deinit(&text);
        hg_catalogue_build(files, ret);
        save(ret, key, directory, path.data);
    }
    hg_text_deinit(&path);
}
