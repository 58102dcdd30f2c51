/*
 * Chooses the headers of a prefix: those that many .c files of its class include, the most frequent
 * first.
 *
 *     #include <linux/slab.h>       in 898 files
 *     #include <linux/kernel.h>     in 679
 *     ...
 *
 * Trace headers are left out: a file often defines CREATE_TRACE_POINTS before it includes one, and
 * that changes the header.
 */
#include "tree/source_guard.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEAST_FILES = 6,     /* a header is chosen if as many files include it, */
    LEAST_PER_MILLE = 5, /* and these are as many of 1000 files of the class */
};

struct header {
    const char *name;      /* or the path, if headers are counted by path */
    const char *bracketed; /* then the name between < and >, or NULL */
    uint32_t count;
    uint32_t last; /* index plus one of the last file that counted it */
};

struct counting {
    struct hg_strings names; /* index plus one in headers */
    HG_ARRAY(struct header) headers;
    uint32_t file; /* index plus one of the file whose #includes are counted */
};

static void count_header(void *user, const char *name, const char *bracketed)
{
    struct counting *counting = user;
    uint32_t *index = hg_strings_number(&counting->names, name, strlen(name));
    if (*index == 0) {
        *HG_PUSH(&counting->headers) =
            (struct header){.name = hg_strings_intern(&counting->names, name, strlen(name)),
                            .bracketed = bracketed};
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

/* Whether an #include line can have the name. */
static bool is_plain(const char *name)
{
    return strpbrk(name, "\"\\\n\r<>") == NULL;
}

static bool is_fit(const char *name)
{
    return !hg_begins_with(name, "trace/") && is_plain(name);
}

void hg_sources_choose_headers(struct sources *sources, size_t class, struct source_prefix *prefix)
{
    struct counting counting = {0};
    uint32_t files = 0;
    for (size_t i = 0; i < sources->unit_count; i++) {
        if (sources->units[i].class != class)
            continue;
        counting.file = (uint32_t)i + 1;
        files++;
        const struct scanned_file *file = hg_sources_scan(sources, sources->units[i].file->path);
        for (size_t e = 0; e < file->events.count; e++)
            if (file->events.items[e].kind == HG_DIRECTIVE_INCLUDE)
                count_header(&counting, file->events.items[e].name, NULL);
    }
    if (counting.headers.count > 0)
        qsort(counting.headers.items, counting.headers.count, sizeof *counting.headers.items,
              compare);
    for (size_t i = 0; i < counting.headers.count; i++) {
        const struct header *header = &counting.headers.items[i];
        if (header->count < LEAST_FILES || header->count * 1000 < files * LEAST_PER_MILLE)
            break;
        if (is_fit(header->name))
            *HG_PUSH(&prefix->headers) = hg_arena_printf(&sources->arena, "<%s>", header->name);
    }
    free(counting.headers.items);
    hg_strings_deinit(&counting.names);
}

/* --- headers of a directory's own prefix --- */

bool hg_sources_choose_more_headers(struct sources *sources, struct source_unit *const *units,
                                    size_t count, struct source_prefix *prefix)
{
    struct counting counting = {0};
    for (size_t i = 0; i < count; i++) {
        counting.file = (uint32_t)i + 1;
        hg_sources_visit_includes(sources, units[i], prefix->parent, count_header, &counting);
    }
    /* In the order of their first #include: a private header may rely on the ones before it. */
    for (size_t i = 0; i < counting.headers.count; i++) {
        const struct header *header = &counting.headers.items[i];
        const char *name = header->bracketed;
        const char *slash = strrchr(header->name, '/');
        bool is_trace = strstr(header->name, "trace") != NULL;
        if (header->count * 2 < count || is_trace || slash == NULL || !is_fit(slash + 1) ||
            !is_plain(header->name) || (name != NULL && !is_fit(name)))
            continue;
        const char *path = hg_arena_printf(&sources->arena, "%s", header->name);
        *HG_PUSH(&prefix->paths) = path;
        *HG_PUSH(&prefix->headers) =
            hg_arena_printf(&sources->arena, name == NULL ? "\"%s\"" : "<%s>", name ? name : path);
    }
    free(counting.headers.items);
    hg_strings_deinit(&counting.names);
    return prefix->headers.count > 0 && hg_sources_may_continue(sources, units[0], prefix);
}
