/*
 * The summary of reading a tree: headers that could not be read, with reasons, and names with
 * several definitions; also as bytes, which src/remote sends to the library's process.
 *
 * All strings are copied, since the models and headers that they come from are freed.
 */
#include "tree/headers.h"
#include "tree/read.h"
#include "tree/wire.h"

#include <string.h>

struct report {
    struct hg_tree_summary public; /* must be first: the caller's pointer leads here */
    struct hg_arena arena;
};

static struct hg_location keep_location(struct hg_arena *arena, struct hg_location where)
{
    where.file = hg_arena_keep(arena, where.file);
    return where;
}

static bool is_first(struct hg_strings *seen, const char *name)
{
    uint32_t *number = hg_strings_number(seen, name, strlen(name));
    bool is_first = *number == 0;
    *number = 1;
    return is_first;
}

static void report_headers(struct report *report, const struct hg_header *headers, size_t count)
{
    struct hg_unparsed_header *unparsed = hg_arena_array(&report->arena, count, sizeof *unparsed);
    size_t unparsed_count = 0;
    struct hg_strings names = {0}; /* a trace header is in the list twice */
    struct hg_strings reported = {0};
    size_t name_count = 0;
    for (size_t i = 0; i < count; i++)
        name_count += is_first(&names, headers[i].name);
    for (size_t i = 0; i < count; i++) {
        if (headers[i].state == HG_HEADER_PARSED || !is_first(&reported, headers[i].name))
            continue;
        unparsed[unparsed_count++] = (struct hg_unparsed_header){
            .header = hg_arena_keep(&report->arena, headers[i].name),
            .where = keep_location(&report->arena, headers[i].first.where),
            .reason = hg_arena_keep(&report->arena, headers[i].first.text),
        };
    }
    hg_strings_deinit(&names);
    hg_strings_deinit(&reported);
    report->public.header_count = name_count;
    report->public.parsed_count = name_count - unparsed_count;
    report->public.unparsed = unparsed;
    report->public.unparsed_count = unparsed_count;
}

static void report_conflicts(struct report *report, const struct hg_name_conflicts *conflicts)
{
    struct hg_name_conflict *copies =
        hg_arena_copy(&report->arena, conflicts->items, conflicts->count, sizeof *copies);
    for (size_t i = 0; i < conflicts->count; i++) {
        copies[i].name = hg_arena_keep(&report->arena, copies[i].name);
        copies[i].chosen = keep_location(&report->arena, copies[i].chosen);
        copies[i].other = keep_location(&report->arena, copies[i].other);
    }
    report->public.conflicts = copies;
    report->public.conflict_count = conflicts->count;
}

struct hg_tree_summary *hg_make_tree_summary(const struct hg_header *headers, size_t count,
                                             const struct hg_name_conflicts *conflicts)
{
    struct report *report = hg_calloc(1, sizeof *report);
    hg_arena_init(&report->arena);
    report_headers(report, headers, count);
    report_conflicts(report, conflicts);
    return &report->public;
}

struct hg_tree_summary *hg_summarize_search(const char *const *files, size_t count)
{
    struct report *report = hg_calloc(1, sizeof *report);
    hg_arena_init(&report->arena);
    const char **copies = hg_arena_array(&report->arena, count + 1, sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = hg_arena_keep(&report->arena, files[i]);
    report->public.searched = copies;
    report->public.searched_count = count;
    return &report->public;
}

void hg_tree_summary_pack(const struct hg_tree_summary *report, struct hg_text *bytes)
{
    hg_wire_put_long(bytes, report->header_count);
    hg_wire_put_long(bytes, report->parsed_count);
    hg_wire_put_long(bytes, report->unit_count);
    hg_wire_put_long(bytes, report->worker_count);
    hg_wire_put_long(bytes, report->peak_memory);
    hg_wire_put_long(bytes, report->unparsed_count);
    for (size_t i = 0; i < report->unparsed_count; i++) {
        hg_wire_put_string(bytes, report->unparsed[i].header);
        hg_wire_put_location(bytes, &report->unparsed[i].where);
        hg_wire_put_string(bytes, report->unparsed[i].reason);
    }
    hg_wire_put_long(bytes, report->conflict_count);
    for (size_t i = 0; i < report->conflict_count; i++) {
        hg_wire_put(bytes, report->conflicts[i].kind);
        hg_wire_put_string(bytes, report->conflicts[i].name);
        hg_wire_put_location(bytes, &report->conflicts[i].chosen);
        hg_wire_put_location(bytes, &report->conflicts[i].other);
    }
    hg_wire_put_list(bytes, report->searched, report->searched_count);
}

struct hg_tree_summary *hg_tree_summary_unpack(const void *bytes, size_t size)
{
    enum { LEAST = 5 * sizeof(uint32_t) }; /* bytes of a header or a conflict */
    struct hg_wire wire = hg_wire_begin(bytes, size);
    struct report *report = hg_calloc(1, sizeof *report);
    struct hg_tree_summary *public = &report->public;
    hg_arena_init(&report->arena);
    public->header_count = (size_t)hg_wire_take_long(&wire);
    public->parsed_count = (size_t)hg_wire_take_long(&wire);
    public->unit_count = (size_t)hg_wire_take_long(&wire);
    public->worker_count = (size_t)hg_wire_take_long(&wire);
    public->peak_memory = (size_t)hg_wire_take_long(&wire);
    public->unparsed_count = hg_wire_take_count(&wire, LEAST);
    struct hg_unparsed_header *unparsed =
        hg_arena_array(&report->arena, public->unparsed_count, sizeof *unparsed);
    for (size_t i = 0; i < public->unparsed_count; i++) {
        unparsed[i].header = hg_wire_take_string(&wire, &report->arena);
        unparsed[i].where = hg_wire_take_location(&wire, &report->arena);
        unparsed[i].reason = hg_wire_take_string(&wire, &report->arena);
    }
    public->unparsed = unparsed;
    public->conflict_count = hg_wire_take_count(&wire, LEAST);
    struct hg_name_conflict *conflicts =
        hg_arena_array(&report->arena, public->conflict_count, sizeof *conflicts);
    for (size_t i = 0; i < public->conflict_count; i++) {
        conflicts[i].kind = (enum hg_kind)hg_wire_take(&wire);
        conflicts[i].name = hg_wire_take_string(&wire, &report->arena);
        conflicts[i].chosen = hg_wire_take_location(&wire, &report->arena);
        conflicts[i].other = hg_wire_take_location(&wire, &report->arena);
    }
    public->conflicts = conflicts;
    public->searched = hg_wire_take_list(&wire, &report->arena, &public->searched_count);
    if (!wire.is_damaged && wire.at == wire.end)
        return public;
    hg_tree_summary_destroy(public);
    return NULL;
}

void hg_tree_summary_destroy(struct hg_tree_summary *public)
{
    struct report *report = (struct report *)public;
    if (report == NULL)
        return;
    hg_arena_deinit(&report->arena);
    free(report);
}
