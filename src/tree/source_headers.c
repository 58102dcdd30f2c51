/*
 * Which headers a prefix has: those that many files of its class include themselves, the most
 * frequent first.
 *
 *     #include <linux/slab.h>       898 files
 *     #include <linux/kernel.h>     679
 *     ...
 *
 * The headers that these include come with them.  Trace headers are left out: a file often defines
 * CREATE_TRACE_POINTS before it includes one, and that changes the header.
 */
#include "tree/directives.h"
#include "tree/kernel.h"
#include "tree/source_parts.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEAST_FILES = 6,     /* that include a header */
    LEAST_PER_MILLE = 5, /* of the class's files */
};

struct header {
    const char *name;
    uint32_t count;
    uint32_t last; /* index plus one of the last file that counted it */
};

struct counting {
    struct hg_strings names; /* index plus one */
    HG_ARRAY(struct header) headers;
    uint32_t file;
    HG_ARRAY(const char *) names_in_brackets; /* by header; of those that are counted by path */
};

static void count_include(void *user, enum hg_directive directive, const char *name, size_t length)
{
    struct counting *counting = user;
    if (directive != HG_DIRECTIVE_INCLUDE || length == 0)
        return;
    uint32_t *index = hg_strings_number(&counting->names, name, length);
    if (*index == 0) {
        *HG_PUSH(&counting->headers) =
            (struct header){.name = hg_strings_intern(&counting->names, name, length)};
        *index = (uint32_t)counting->headers.count;
    }
    struct header *header = &counting->headers.items[*index - 1];
    header->count += header->last != counting->file;
    header->last = counting->file;
}

static int compare(const void *left, const void *right)
{
    const struct header *a = left;
    const struct header *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->name, b->name);
}

static bool is_fit(const char *name)
{
    return strncmp(name, "trace/", 6) != 0 && strpbrk(name, "\"\\\n\r<>") == NULL;
}

void hg_sources_choose_headers(struct sources *sources, size_t class, struct source_prefix *prefix)
{
    struct counting counting = {0};
    hg_strings_init(&counting.names, &sources->arena);
    uint32_t files = 0;
    for (size_t i = 0; i < sources->unit_count; i++) {
        if (sources->units[i].class != class + 1)
            continue;
        counting.file = (uint32_t)i + 1;
        files++;
        size_t size = 0;
        char *text = hg_kernel_read_file(sources->units[i].file->path, &size);
        if (text != NULL)
            hg_scan_directives(text, count_include, &counting, NULL);
        free(text);
    }
    if (counting.headers.count > 0)
        qsort(counting.headers.items, counting.headers.count, sizeof *counting.headers.items,
              compare);
    for (size_t i = 0; i < counting.headers.count; i++) {
        const struct header *header = &counting.headers.items[i];
        if (header->count < LEAST_FILES || header->count * 1000 < files * LEAST_PER_MILLE)
            break;
        if (is_fit(header->name)) {
            struct hg_text name = {0};
            hg_text_printf(&name, "<%s>", header->name);
            *HG_PUSH(&prefix->headers) = hg_arena_string(&sources->arena, name.data, name.size);
            hg_text_deinit(&name);
        }
    }
    free(counting.headers.items);
    hg_strings_deinit(&counting.names);
}

/* --- of a directory --- */

static void count_path(void *user, const char *path, const char *name)
{
    struct counting *counting = user;
    size_t known = counting->headers.count;
    count_include(counting, HG_DIRECTIVE_INCLUDE, path, strlen(path));
    if (counting->headers.count > known)
        *HG_PUSH(&counting->names_in_brackets) = name;
}

bool hg_sources_choose_more_headers(struct sources *sources, struct source_unit *const *units,
                                    size_t count, struct source_prefix *prefix)
{
    struct counting counting = {0};
    hg_strings_init(&counting.names, &sources->arena);
    for (size_t i = 0; i < count; i++) {
        counting.file = (uint32_t)i + 1;
        hg_sources_visit_includes(sources, units[i], prefix->parent, count_path, &counting);
    }
    /* In the order in which they are met first, as private headers may rely on it. */
    for (size_t i = 0; i < counting.headers.count; i++) {
        const struct header *header = &counting.headers.items[i];
        const char *name = counting.names_in_brackets.items[i];
        const char *slash = strrchr(header->name, '/');
        bool is_trace = strstr(header->name, "trace") != NULL;
        if (header->count * 2 < count || is_trace || slash == NULL || !is_fit(slash + 1) ||
            strpbrk(header->name, "\"\\\n\r<>") != NULL || (name != NULL && !is_fit(name)))
            continue;
        struct hg_text text = {0};
        hg_text_printf(&text, name == NULL ? "\"%s\"" : "<%s>", name == NULL ? header->name : name);
        *HG_PUSH(&prefix->headers) = hg_arena_string(&sources->arena, text.data, text.size);
        *HG_PUSH(&prefix->paths) =
            hg_arena_string(&sources->arena, header->name, strlen(header->name));
        hg_text_deinit(&text);
    }
    free(counting.headers.items);
    free(counting.names_in_brackets.items);
    hg_strings_deinit(&counting.names);
    return prefix->headers.count > 0 && hg_sources_may_continue(sources, units[0], prefix);
}
