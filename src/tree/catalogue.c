/*
 * Builds the catalogue, and answers questions about it: see catalogue.h.
 *
 * The catalogue is a few sorted tables with binary search.  If several headers define a name, the
 * one that the kernel's files would get comes first: in the order of the include directories
 * (architecture before generic, kernel before uapi), and then by the header's name.
 */
#include "tree/catalogue.h"

#include "base/strings.h"
#include "base/text.h"
#include "tree/directives.h"
#include "tree/kernel.h"

#include <stdio.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* --- the order of files --- */

unsigned hg_catalogue_rank(const struct hg_kernel_header *file)
{
    static const struct {
        const char *prefix;
        unsigned rank;
    } ranks[] = {
        {"asm/", 0},  {"linux/", 1},       {"net/", 2},       {"uapi/asm/", 4}, {"uapi/linux/", 4},
        {"uapi/", 5}, {"asm-generic/", 6}, {"generated/", 7}, {"vdso/", 7},     {"dt-bindings/", 9},
    };
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++)
        if (hg_begins_with(file->name, ranks[i].prefix))
            return ranks[i].rank;
    return 3;
}

/* --- building --- */

struct builder {
    const struct hg_kernel_headers *files;
    unsigned char *ranks; /* of each file */
    struct hg_arena arena;
    struct hg_strings names;    /* name of a type, or tag -> offset into text, plus one */
    struct hg_strings includes; /* name of a file -> its index, plus one */
    struct hg_strings tagged;   /* tag -> index of the last file that mentions it, plus one */
    struct hg_text text;
    HG_ARRAY(struct hg_catalogue_definition) definitions;
    HG_ARRAY(struct hg_catalogue_edge) edges;
    HG_ARRAY(struct hg_catalogue_macro) macros;
    HG_ARRAY(struct hg_catalogue_tag) tags;
    uint8_t *traits;
    uint32_t file; /* the one that is being scanned */
};

enum { STRINGS_MAX = 1 << 30, ROWS_MAX = 1 << 26, TAG_LENGTH_MAX = 136 };

static uint32_t intern(struct builder *builder, const char *name, size_t length)
{
    uint32_t *offset = hg_strings_number(&builder->names, name, length);
    if (*offset == 0) {
        *offset = (uint32_t)builder->text.size + 1;
        hg_text_bytes(&builder->text, name, length);
        hg_text_bytes(&builder->text, "", 1);
    }
    return *offset - 1;
}

static void add_definition(void *user, enum hg_found what, const char *name, size_t length,
                           unsigned line)
{
    struct builder *builder = user;
    if (builder->text.size > STRINGS_MAX || builder->definitions.count == ROWS_MAX)
        return;
    *HG_PUSH(&builder->definitions) = (struct hg_catalogue_definition){
        .name = intern(builder, name, length), .file = builder->file, .line = line, .what = what};
}

/* As the compiler searches: in the include directories, and for quotes beside the includer.  In a
 * kernel the order makes no difference. */
static void add_edge(void *user, const char *name, size_t length)
{
    struct builder *builder = user;
    const char *includer = builder->files->items[builder->file].name;
    if (hg_is_named(name, length, "trace/define_trace.h")) /* only trace headers include it */
        builder->traits[builder->file] |= HG_FILE_HAS_TRACEPOINTS;
    uint32_t found = hg_strings_find(&builder->includes, name, length);
    const char *slash = strrchr(includer, '/');
    if (found == 0 && slash != NULL) {
        struct hg_text beside = {0};
        hg_text_bytes(&beside, includer, (size_t)(slash - includer) + 1);
        hg_text_bytes(&beside, name, length);
        found = hg_strings_find(&builder->includes, beside.data, beside.size);
        hg_text_deinit(&beside);
    }
    if (found != 0 && builder->edges.count < ROWS_MAX)
        *HG_PUSH(&builder->edges) =
            (struct hg_catalogue_edge){.included = found - 1, .includer = builder->file};
}

static uint32_t hash_of(const char *name, size_t length)
{
    return (uint32_t)XXH3_64bits(name, length);
}

static void add_macro(void *user, const char *name, size_t length)
{
    struct builder *builder = user;
    if (builder->macros.count < ROWS_MAX)
        *HG_PUSH(&builder->macros) =
            (struct hg_catalogue_macro){.hash = hash_of(name, length), .file = builder->file};
}

static void add_tag(void *user, const char *keyword, const char *name, size_t length)
{
    struct builder *builder = user;
    char tag[TAG_LENGTH_MAX];
    size_t before = strlen(keyword) + 1;
    size_t size = before + length;
    if (size > sizeof tag || builder->text.size > STRINGS_MAX || builder->tags.count == ROWS_MAX)
        return;
    memcpy(tag, keyword, before);
    tag[before - 1] = ' ';
    memcpy(tag + before, name, length);
    uint32_t *last = hg_strings_number(&builder->tagged, tag, size);
    if (*last == builder->file + 1)
        return;
    *last = builder->file + 1;
    *HG_PUSH(&builder->tags) =
        (struct hg_catalogue_tag){.file = builder->file, .text = intern(builder, tag, size)};
}

/* The better file first. */
static int compare_files(const struct builder *builder, uint32_t a, uint32_t b)
{
    if (builder->ranks[a] != builder->ranks[b])
        return builder->ranks[a] < builder->ranks[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int compare_definitions(const void *a, const void *b, void *user)
{
    const struct hg_catalogue_definition *one = a;
    const struct hg_catalogue_definition *two = b;
    const struct builder *builder = user;
    if (one->name != two->name) /* equal names have one offset */
        return strcmp(builder->text.data + one->name, builder->text.data + two->name);
    int files = compare_files(builder, one->file, two->file);
    if (files != 0)
        return files;
    if (one->line != two->line)
        return one->line < two->line ? -1 : 1;
    return one->what < two->what ? -1 : one->what > two->what;
}

static int compare_edges(const void *a, const void *b, void *user)
{
    const struct hg_catalogue_edge *one = a;
    const struct hg_catalogue_edge *two = b;
    const struct builder *builder = user;
    if (one->included != two->included)
        return one->included < two->included ? -1 : 1;
    return compare_files(builder, one->includer, two->includer);
}

/* Sorts by hash.  A radix sort, since there are half a million macros; it is stable, so macros with
 * one hash stay in the order of their files. */
static void sort_macros(struct hg_catalogue_macro *macros, size_t count)
{
    enum { BITS = 11, BUCKETS = 1 << BITS };
    struct hg_catalogue_macro *other = hg_malloc(count * sizeof *other);
    for (unsigned shift = 0; shift < 32; shift += BITS) {
        size_t begins[BUCKETS + 1] = {0};
        for (size_t i = 0; i < count; i++)
            begins[(macros[i].hash >> shift) % BUCKETS + 1]++;
        for (size_t i = 0; i < BUCKETS; i++)
            begins[i + 1] += begins[i];
        for (size_t i = 0; i < count; i++)
            other[begins[(macros[i].hash >> shift) % BUCKETS]++] = macros[i];
        memcpy(macros, other, count * sizeof *other);
    }
    free(other);
}

static void scan_all(struct builder *builder)
{
    struct hg_scan_sink sink = {.define = add_definition,
                                .include = add_edge,
                                .macro = add_macro,
                                .tag = add_tag,
                                .user = builder};
    for (size_t i = 0; i < builder->files->count; i++) {
        char *text = hg_kernel_read_file(builder->files->items[i].path, NULL);
        builder->file = (uint32_t)i;
        if (text == NULL || hg_scan_text(text, &sink))
            builder->traits[i] |= HG_FILE_HAS_TYPES;
        free(text);
    }
}

static void sort(struct builder *builder)
{
    if (builder->definitions.count > 0)
        qsort_r(builder->definitions.items, builder->definitions.count,
                sizeof *builder->definitions.items, compare_definitions, builder);
    if (builder->edges.count > 0)
        qsort_r(builder->edges.items, builder->edges.count, sizeof *builder->edges.items,
                compare_edges, builder);
    if (builder->macros.count > 0)
        sort_macros(builder->macros.items, builder->macros.count);
}

void hg_catalogue_build(const struct hg_kernel_headers *files, struct hg_catalogue *ret)
{
    struct builder builder = {
        .files = files,
        .ranks = hg_malloc(files->count),
        .traits = hg_calloc(files->count, sizeof *builder.traits),
    };
    hg_arena_init(&builder.arena);
    hg_strings_init(&builder.names, &builder.arena);
    hg_strings_init(&builder.includes, &builder.arena);
    hg_strings_init(&builder.tagged, &builder.arena);
    for (size_t i = 0; i < files->count; i++) {
        const char *name = files->items[i].name;
        builder.ranks[i] = (unsigned char)hg_catalogue_rank(&files->items[i]);
        *hg_strings_number(&builder.includes, name, strlen(name)) = (uint32_t)i + 1;
    }
    scan_all(&builder);
    sort(&builder);
    free(builder.ranks);
    hg_strings_deinit(&builder.names);
    hg_strings_deinit(&builder.includes);
    hg_strings_deinit(&builder.tagged);
    hg_arena_deinit(&builder.arena);
    *ret = (struct hg_catalogue){
        .files = files,
        .definitions = builder.definitions.items,
        .definition_count = builder.definitions.count,
        .edges = builder.edges.items,
        .edge_count = builder.edges.count,
        .macros = builder.macros.items,
        .macro_count = builder.macros.count,
        .tags = builder.tags.items,
        .tag_count = builder.tags.count,
        .traits = builder.traits,
        .strings = builder.text.data,
        .string_size = builder.text.size,
    };
}

void hg_catalogue_deinit(struct hg_catalogue *catalogue)
{
    free(catalogue->file);
    if (catalogue->file == NULL) {
        free(catalogue->definitions);
        free(catalogue->edges);
        free(catalogue->macros);
        free(catalogue->tags);
        free(catalogue->traits);
        free(catalogue->strings);
    }
    *catalogue = (struct hg_catalogue){0};
}

/* --- searching --- */

size_t hg_catalogue_definitions(const struct hg_catalogue *catalogue, const char *name, size_t *end)
{
    size_t low = 0;
    size_t high = catalogue->definition_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(catalogue->strings + catalogue->definitions[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *end = low;
    while (*end < catalogue->definition_count &&
           strcmp(catalogue->strings + catalogue->definitions[*end].name, name) == 0)
        (*end)++;
    return low;
}

/* A table whose rows begin with the number that they are sorted by. */
struct rows {
    const void *first;
    size_t count, size;
};

static uint32_t number_at(const struct rows *rows, size_t index)
{
    uint32_t number;
    memcpy(&number, (const char *)rows->first + index * rows->size, sizeof number);
    return number;
}

static size_t find_rows(const struct rows *rows, uint32_t number, size_t *end)
{
    size_t low = 0;
    size_t high = rows->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (number_at(rows, middle) < number)
            low = middle + 1;
        else
            high = middle;
    }
    *end = low;
    while (*end < rows->count && number_at(rows, *end) == number)
        (*end)++;
    return low;
}

size_t hg_catalogue_includers(const struct hg_catalogue *catalogue, uint32_t file, size_t *end)
{
    struct rows rows = {catalogue->edges, catalogue->edge_count, sizeof *catalogue->edges};
    return find_rows(&rows, file, end);
}

size_t hg_catalogue_macros(const struct hg_catalogue *catalogue, const char *name, size_t *end)
{
    struct rows rows = {catalogue->macros, catalogue->macro_count, sizeof *catalogue->macros};
    return find_rows(&rows, hash_of(name, strlen(name)), end);
}

size_t hg_catalogue_tags(const struct hg_catalogue *catalogue, uint32_t file, size_t *end)
{
    struct rows rows = {catalogue->tags, catalogue->tag_count, sizeof *catalogue->tags};
    return find_rows(&rows, file, end);
}

bool hg_catalogue_file(const struct hg_catalogue *catalogue, const char *name, uint32_t *ret)
{
    for (size_t i = 0; i < catalogue->files->count; i++) {
        if (strcmp(catalogue->files->items[i].name, name) != 0)
            continue;
        *ret = (uint32_t)i;
        return true;
    }
    return false;
}

static bool find_macro(const struct hg_catalogue *catalogue, const char *name, uint32_t *ret)
{
    unsigned best = UINT32_MAX;
    size_t end = 0;
    for (size_t i = hg_catalogue_macros(catalogue, name, &end); i < end; i++) {
        unsigned rank = hg_catalogue_rank(&catalogue->files->items[catalogue->macros[i].file]);
        if (rank >= best)
            continue;
        best = rank;
        *ret = catalogue->macros[i].file;
    }
    return best != UINT32_MAX;
}

bool hg_catalogue_definer(const struct hg_catalogue *catalogue, const char *symbol, uint32_t *ret)
{
    const char *blank = strrchr(symbol, ' '); /* after a tag's keyword */
    const char *name = blank == NULL ? symbol : blank + 1;
    size_t end = 0;
    size_t begin = hg_catalogue_definitions(catalogue, name, &end);
    if (begin == end)
        return find_macro(catalogue, name, ret);
    *ret = catalogue->definitions[begin].file;
    return true;
}

bool hg_catalogue_is_lone(const struct hg_catalogue *catalogue, uint32_t file)
{
    enum { LONGEST_CHAIN = 4 };
    for (unsigned i = 0; i < LONGEST_CHAIN; i++) {
        size_t end = 0;
        size_t edge = hg_catalogue_includers(catalogue, file, &end);
        if (edge == end)
            return true;
        uint32_t includer = catalogue->edges[edge].includer;
        if (end - edge > 1 || strcmp(hg_base_name(catalogue->files->items[file].name),
                                     hg_base_name(catalogue->files->items[includer].name)) != 0)
            return false;
        file = includer;
    }
    return false;
}

const char *hg_found_word(enum hg_found what)
{
    static const char *const words[] = {
        [HG_FOUND_STRUCT] = "struct",   [HG_FOUND_UNION] = "union",   [HG_FOUND_ENUM] = "enum",
        [HG_FOUND_TYPEDEF] = "typedef", [HG_FOUND_ENUMERATOR] = NULL,
    };
    return words[what];
}

bool hg_catalogue_has_tracepoints(const struct hg_catalogue *catalogue, uint32_t file)
{
    return (catalogue->traits[file] & HG_FILE_HAS_TRACEPOINTS) != 0;
}

const char *hg_trace_directory_flag(const struct hg_kernel_header *file, struct hg_arena *arena)
{
    return hg_begins_with(file->name, "trace/events/")
               ? NULL
               : hg_arena_printf(arena, "-I%.*s", (int)(strrchr(file->path, '/') - file->path),
                                 file->path);
}
