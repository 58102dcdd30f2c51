/*
 * The index of a tree in a file, below $XDG_CACHE_HOME.
 *
 *     index-<hash of the tree's place>:   head | definitions | edges | strings
 *
 * The head holds a key: a hash of every header's name, size and time of change.  A file with
 * another key, another length than its head says, another checksum or a number out of range is not
 * taken, and replaced.  It is replaced atomically, so that two runs at once do no harm.  Numbers
 * are this machine's: the file is not for others.
 */
#include "tree/kernel.h"
#include "tree/names.h"
#include "tree/store_files.h"

#include <string.h>
#include <sys/stat.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* Counts up with every change of the form, or of what scan.c finds. */
enum { FORM = 1 };

struct head {
    char magic[8];
    uint32_t form;
    uint32_t header_count;
    uint64_t key;
    uint64_t checksum; /* of what follows the head */
    uint64_t definition_count;
    uint64_t edge_count;
    uint64_t string_size;
};

static const char magic[8] = "hdrgenIX";

/* --- the key --- */

struct header_state {
    uint64_t size;
    int64_t seconds;
    int64_t nanoseconds;
};

static uint64_t key_of(const struct hg_kernel_headers *headers)
{
    XXH3_state_t *state = XXH3_createState();
    if (state == NULL || XXH3_64bits_reset(state) != XXH_OK)
        hg_out_of_memory();
    for (size_t i = 0; i < headers->count; i++) {
        const struct hg_kernel_header *header = &headers->items[i];
        struct stat status;
        struct header_state now = {0};
        if (stat(header->path, &status) == 0)
            now = (struct header_state){(uint64_t)status.st_size, status.st_mtim.tv_sec,
                                        status.st_mtim.tv_nsec};
        XXH3_64bits_update(state, header->path, strlen(header->path) + 1);
        XXH3_64bits_update(state, &now, sizeof now);
    }
    uint64_t key = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    return key;
}

static void put_path(struct hg_text *path, const struct hg_kernel *kernel, const char *directory)
{
    struct hg_text place = {0};
    hg_text_printf(&place, "%s\n%s\n%s", kernel->source, kernel->object, kernel->arch);
    hg_text_printf(path, "%s/index-%016llx", directory,
                   (unsigned long long)XXH3_64bits(place.data, place.size));
    hg_text_deinit(&place);
}

/* --- reading --- */

static void *copy(const char *bytes, size_t size)
{
    return memcpy(hg_malloc(size), bytes, size);
}

static bool is_sound(const struct hg_index *index)
{
    for (size_t i = 0; i < index->definition_count; i++) {
        const struct hg_index_definition *definition = &index->definitions[i];
        if (definition->name >= index->string_size || definition->header >= index->headers->count ||
            definition->what > HG_FOUND_ENUMERATOR)
            return false;
    }
    for (size_t i = 0; i < index->edge_count; i++)
        if (index->edges[i].included >= index->headers->count ||
            index->edges[i].includer >= index->headers->count)
            return false;
    return index->string_size == 0 || index->strings[index->string_size - 1] == '\0';
}

/* Whether the head fits the tree, and the file the head. */
static bool check_head(const struct head *head, uint64_t key, const char *text, size_t size,
                       size_t header_count)
{
    size_t left = size - sizeof *head;
    return memcmp(head->magic, magic, sizeof magic) == 0 && head->form == FORM &&
           head->key == key && head->header_count == header_count &&
           head->definition_count <= left / sizeof(struct hg_index_definition) &&
           head->edge_count <= left / sizeof(struct hg_index_edge) && head->string_size <= left &&
           head->definition_count * sizeof(struct hg_index_definition) +
                   head->edge_count * sizeof(struct hg_index_edge) + head->string_size ==
               left &&
           head->checksum == XXH3_64bits(text + sizeof *head, left);
}

static bool take(const char *text, size_t size, uint64_t key,
                 const struct hg_kernel_headers *headers, struct hg_index *ret)
{
    struct head head;
    if (size < sizeof head)
        return false;
    memcpy(&head, text, sizeof head);
    if (!check_head(&head, key, text, size, headers->count))
        return false;
    size_t definitions = head.definition_count * sizeof *ret->definitions;
    size_t edges = head.edge_count * sizeof *ret->edges;
    const char *at = text + sizeof head;
    *ret = (struct hg_index){
        .headers = headers,
        .definitions = copy(at, definitions),
        .definition_count = head.definition_count,
        .edges = copy(at + definitions, edges),
        .edge_count = head.edge_count,
        .strings = copy(at + definitions + edges, head.string_size),
        .string_size = head.string_size,
    };
    if (is_sound(ret))
        return true;
    hg_index_deinit(ret);
    return false;
}

/* --- writing --- */

static void leave(const struct hg_index *index, uint64_t key, const char *directory,
                  const char *path)
{
    struct hg_text text = {0};
    struct head head = {
        .form = FORM,
        .header_count = (uint32_t)index->headers->count,
        .key = key,
        .definition_count = index->definition_count,
        .edge_count = index->edge_count,
        .string_size = index->string_size,
    };
    memcpy(head.magic, magic, sizeof magic);
    hg_text_bytes(&text, &head, sizeof head);
    if (index->definition_count > 0)
        hg_text_bytes(&text, index->definitions,
                      index->definition_count * sizeof *index->definitions);
    if (index->edge_count > 0)
        hg_text_bytes(&text, index->edges, index->edge_count * sizeof *index->edges);
    if (index->string_size > 0)
        hg_text_bytes(&text, index->strings, index->string_size);
    head.checksum = XXH3_64bits(text.data + sizeof head, text.size - sizeof head);
    memcpy(text.data, &head, sizeof head);
    (void)hg_store_write(directory, path, text.data, text.size);
    hg_text_deinit(&text);
}

void hg_index_open(const struct hg_kernel *kernel, const struct hg_kernel_headers *headers,
                   const char *directory, struct hg_index *ret)
{
    if (directory == NULL) {
        hg_index_build(headers, ret);
        return;
    }
    struct hg_text path = {0};
    put_path(&path, kernel, directory);
    uint64_t key = key_of(headers);
    struct hg_text text = {0};
    if (!hg_store_load(path.data, &text) || !take(text.data, text.size, key, headers, ret)) {
        hg_index_build(headers, ret);
        leave(ret, key, directory, path.data);
    }
    hg_text_deinit(&text);
    hg_text_deinit(&path);
}
