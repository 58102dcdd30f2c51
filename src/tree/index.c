/*
 * The index of a tree: which headers seem to define a name, and which headers include which.
 *
 *     sk_buff      struct   linux/skbuff.h:850
 *     linux/slub_def.h  is included by  linux/slab.h
 *
 * Both are sorted tables, asked by binary search.  Where several headers define a name, the one
 * that kbuild would see comes first: by the order of the include directories (architecture before
 * generic, kernel before uapi), and within one by what the name of the header tells.
 */
#include "base/strings.h"
#include "tree/kernel.h"
#include "tree/names.h"

#include <string.h>

/* --- the order of headers --- */

unsigned hg_index_rank(const struct hg_kernel_header *header)
{
    static const struct {
        const char *prefix;
        unsigned rank;
    } ranks[] = {
        {"asm/", 0},  {"linux/", 1},       {"net/", 2},       {"uapi/asm/", 4}, {"uapi/linux/", 4},
        {"uapi/", 5}, {"asm-generic/", 6}, {"generated/", 7}, {"vdso/", 7},     {"dt-bindings/", 9},
    };
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
        if (strncmp(header->name, ranks[i].prefix, strlen(ranks[i].prefix)) == 0)
            return ranks[i].rank;
    return 3;
}

/* --- building --- */

struct builder {
    const struct hg_kernel_headers *headers;
    unsigned char *ranks; /* of the headers */
    struct hg_arena arena;
    struct hg_strings names;    /* of types: offset into text, plus one */
    struct hg_strings includes; /* names of headers: their number, plus one */
    struct hg_text text;
    HG_ARRAY(struct hg_index_definition) definitions;
    HG_ARRAY(struct hg_index_edge) edges;
    uint32_t header; /* that is being scanned */
};

enum { MAX_STRINGS = 1 << 30, MAX_DEFINITIONS = 1 << 26 };

static void add_definition(void *user, enum hg_found what, const char *name, size_t length,
                           unsigned line)
{
    struct builder *builder = user;
    if (builder->text.size > MAX_STRINGS || builder->definitions.count == MAX_DEFINITIONS)
        return;
    uint32_t *place = hg_strings_number(&builder->names, name, length);
    if (*place == 0) {
        *place = (uint32_t)builder->text.size + 1;
        hg_text_bytes(&builder->text, name, length);
        hg_text_bytes(&builder->text, "", 1);
    }
    *HG_PUSH(&builder->definitions) = (struct hg_index_definition){
        .name = *place - 1, .header = builder->header, .line = line, .what = what};
}

static uint32_t find_header(struct builder *builder, const char *name, size_t length)
{
    return *hg_strings_number(&builder->includes, name, length);
}

/* As the compiler looks: beside the includer for quotes, which no kernel header tells apart by
 * name, and in the include directories. */
static void add_edge(void *user, const char *name, size_t length)
{
    struct builder *builder = user;
    const char *includer = builder->headers->items[builder->header].name;
    uint32_t found = find_header(builder, name, length);
    const char *slash = strrchr(includer, '/');
    if (found == 0 && slash != NULL) {
        struct hg_text beside = {0};
        hg_text_bytes(&beside, includer, (size_t)(slash - includer) + 1);
        hg_text_bytes(&beside, name, length);
        found = find_header(builder, beside.data, beside.size);
        hg_text_deinit(&beside);
    }
    if (found != 0 && builder->edges.count < MAX_DEFINITIONS)
        *HG_PUSH(&builder->edges) =
            (struct hg_index_edge){.included = found - 1, .includer = builder->header};
}

/* The better one first. */
static int compare_headers(const struct builder *builder, uint32_t a, uint32_t b)
{
    if (builder->ranks[a] != builder->ranks[b])
        return builder->ranks[a] < builder->ranks[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int compare_definitions(const void *a, const void *b, void *user)
{
    const struct hg_index_definition *one = a;
    const struct hg_index_definition *two = b;
    const struct builder *builder = user;
    if (one->name != two->name) {
        int names = strcmp(builder->text.data + one->name, builder->text.data + two->name);
        if (names != 0)
            return names;
    }
    int headers = compare_headers(builder, one->header, two->header);
    if (headers != 0)
        return headers;
    if (one->line != two->line)
        return one->line < two->line ? -1 : 1;
    return one->what < two->what ? -1 : one->what > two->what;
}

static int compare_edges(const void *a, const void *b, void *user)
{
    const struct hg_index_edge *one = a;
    const struct hg_index_edge *two = b;
    const struct builder *builder = user;
    if (one->included != two->included)
        return one->included < two->included ? -1 : 1;
    return compare_headers(builder, one->includer, two->includer);
}

static void scan_all(struct builder *builder)
{
    struct hg_scan_sink sink = {.define = add_definition, .include = add_edge, .user = builder};
    for (size_t i = 0; i < builder->headers->count; i++) {
        size_t size = 0;
        char *text = hg_kernel_read_file(builder->headers->items[i].path, &size);
        if (text == NULL)
            continue;
        builder->header = (uint32_t)i;
        hg_scan_header(text, &sink);
        free(text);
    }
}

void hg_index_build(const struct hg_kernel_headers *headers, struct hg_index *ret)
{
    struct builder builder = {.headers = headers, .ranks = hg_malloc(headers->count)};
    for (size_t i = 0; i < headers->count; i++)
        builder.ranks[i] = (unsigned char)hg_index_rank(&headers->items[i]);
    hg_arena_init(&builder.arena);
    hg_strings_init(&builder.names, &builder.arena);
    hg_strings_init(&builder.includes, &builder.arena);
    for (size_t i = 0; i < headers->count; i++)
        *hg_strings_number(&builder.includes, headers->items[i].name,
                           strlen(headers->items[i].name)) = (uint32_t)i + 1;
    scan_all(&builder);
    if (builder.definitions.count > 0)
        qsort_r(builder.definitions.items, builder.definitions.count,
                sizeof *builder.definitions.items, compare_definitions, &builder);
    if (builder.edges.count > 0)
        qsort_r(builder.edges.items, builder.edges.count, sizeof *builder.edges.items,
                compare_edges, &builder);
    free(builder.ranks);
    hg_strings_deinit(&builder.names);
    hg_strings_deinit(&builder.includes);
    hg_arena_deinit(&builder.arena);
    *ret = (struct hg_index){
        .headers = headers,
        .definitions = builder.definitions.items,
        .definition_count = builder.definitions.count,
        .edges = builder.edges.items,
        .edge_count = builder.edges.count,
        .strings = builder.text.data,
        .string_size = builder.text.size,
    };
}

void hg_index_deinit(struct hg_index *index)
{
    free(index->definitions);
    free(index->edges);
    free(index->strings);
    *index = (struct hg_index){0};
}

/* --- asking --- */

size_t hg_index_find(const struct hg_index *index, const char *name, size_t *end)
{
    size_t low = 0;
    size_t high = index->definition_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(index->strings + index->definitions[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *end = low;
    while (*end < index->definition_count &&
           strcmp(index->strings + index->definitions[*end].name, name) == 0)
        (*end)++;
    return low;
}

size_t hg_index_includers(const struct hg_index *index, uint32_t header, size_t *end)
{
    size_t low = 0;
    size_t high = index->edge_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->edges[middle].included < header)
            low = middle + 1;
        else
            high = middle;
    }
    *end = low;
    while (*end < index->edge_count && index->edges[*end].included == header)
        (*end)++;
    return low;
}
