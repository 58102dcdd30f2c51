/* What could not be read, for the caller: headers, reasons, and names with several definitions.
 * Strings are copied: the models and the plan that they come from are freed. */
#include "tree/headers.h"

#include <string.h>

struct report {
    struct hg_tree_report public; /* first: what the caller has points here */
    struct hg_arena arena;
};

static const char *keep(struct hg_arena *arena, const char *string)
{
    return string == NULL ? NULL : hg_arena_string(arena, string, strlen(string));
}

static void keep_location(struct hg_arena *arena, struct hg_location *where)
{
    where->file = keep(arena, where->file);
}

static void report_headers(struct report *report, const struct hg_header *headers, size_t count)
{
    struct hg_unparsed_header *unparsed = hg_arena_array(&report->arena, count, sizeof *unparsed);
    size_t unparsed_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (headers[i].state == HG_HEADER_PARSED)
            continue;
        struct hg_unparsed_header *header = &unparsed[unparsed_count++];
        *header =
            (struct hg_unparsed_header){.header = keep(&report->arena, headers[i].name),
                                        .where = headers[i].first.where,
                                        .reason = keep(&report->arena, headers[i].first.text)};
        keep_location(&report->arena, &header->where);
    }
    report->public.header_count = count;
    report->public.parsed_count = count - unparsed_count;
    report->public.unparsed = unparsed;
    report->public.unparsed_count = unparsed_count;
}

static void report_conflicts(struct report *report, const struct hg_name_conflicts *conflicts)
{
    struct hg_name_conflict *copies =
        hg_arena_copy(&report->arena, conflicts->items, conflicts->count, sizeof *copies);
    for (size_t i = 0; i < conflicts->count; i++) {
        copies[i].name = keep(&report->arena, copies[i].name);
        keep_location(&report->arena, &copies[i].chosen);
        keep_location(&report->arena, &copies[i].other);
    }
    report->public.conflicts = copies;
    report->public.conflict_count = conflicts->count;
}

struct hg_tree_report *hg_make_tree_report(const struct hg_header *headers, size_t count,
                                           const struct hg_name_conflicts *conflicts)
{
    struct report *report = hg_calloc(1, sizeof *report);
    hg_arena_init(&report->arena);
    report_headers(report, headers, count);
    report_conflicts(report, conflicts);
    return &report->public;
}

struct hg_tree_report *hg_make_searched_report(const char *const *files, size_t count)
{
    struct report *report = hg_calloc(1, sizeof *report);
    hg_arena_init(&report->arena);
    const char **copies = hg_arena_array(&report->arena, count + 1, sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = keep(&report->arena, files[i]);
    report->public.searched = copies;
    report->public.searched_count = count;
    return &report->public;
}

void hg_tree_report_destroy(struct hg_tree_report *public)
{
    struct report *report = (struct report *)public;
    if (report == NULL)
        return;
    hg_arena_deinit(&report->arena);
    free(report);
}
