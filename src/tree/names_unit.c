/*
 * Chooses the headers that are parsed together for the requested types, and what each is parsed
 * through or after.
 *
 *     linux/sched.h                  by itself
 *     linux/mfd/foo.h                after linux/module.h: it uses u32 and includes nothing
 *     linux/console_struct.h         after linux/tty_port.h, which defines (by the catalogue)
 *                                    the struct tty_port that clang misses
 *     asm/user_32.h                  through asm/user.h, its public header (names_public.c)
 *     acpi/actbl1.h                  through linux/acpi.h, which includes it through others
 *     trace/events/sched.h           last, with CREATE_TRACE_POINTS
 *
 * If a header does not parse, the next attempt parses it in the next of these ways (outcome.c).
 */
#include "base/text.h"
#include "tree/names.h"

#include <stdlib.h>
#include <string.h>

enum { TAGS_MAX = 2000 };

void hg_name_unit_init(struct hg_name_unit *unit, const struct hg_catalogue *catalogue,
                       struct hg_arena *arena)
{
    size_t count = catalogue->files->count;
    *unit = (struct hg_name_unit){
        .catalogue = catalogue,
        .arena = arena,
        .headers = hg_calloc(count, sizeof *unit->headers),
        .is_helper = hg_calloc(count, sizeof *unit->is_helper),
    };
}

void hg_name_unit_deinit(struct hg_name_unit *unit)
{
    free(unit->headers);
    free(unit->is_helper);
    free(unit->helpers.items);
    free(unit->names.items);
    free(unit->tags.items);
    free(unit->directories.items);
    free(unit->members.items);
    free(unit->included.items);
}

/* The header that is included to have this one: itself, or a header that includes it. */
static uint32_t included_for(const struct hg_name_unit *unit, uint32_t file)
{
    uint32_t includer = file;
    if (unit->headers[file].state == HG_HEADER_FRAGMENT)
        (void)hg_find_includer(unit->catalogue, file, unit->headers[file].includer, &includer);
    return includer;
}

/* Whether a trace header makes the type only with CREATE_TRACE_POINTS. */
static bool is_trace_type(const char *name)
{
    return hg_begins_with(name, "trace_event_") || hg_begins_with(name, "btf_trace_");
}

struct member {
    uint32_t file;     /* the header whose types are needed */
    uint32_t included; /* the header that is included to have it */
    unsigned order;    /* lower ones first */
    bool is_trace;
};

struct members {
    struct member *items;
    size_t count, capacity;
};

/* The order in which headers are included: those that others rely on first. */
static int compare(const void *a, const void *b)
{
    const struct member *one = a;
    const struct member *two = b;
    if (one->is_trace != two->is_trace)
        return one->is_trace ? 1 : -1;
    if (one->order != two->order)
        return one->order < two->order ? -1 : 1;
    return one->file < two->file ? -1 : one->file > two->file;
}

/* Adds the header of the request's current definition, once for each public header. */
static void add_member(const struct hg_name_unit *unit, struct members *members, uint8_t *seen,
                       const struct hg_request *request)
{
    const struct hg_catalogue *catalogue = unit->catalogue;
    uint32_t file = catalogue->definitions[request->definitions[request->current]].file;
    bool is_trace = hg_catalogue_has_tracepoints(catalogue, file) && is_trace_type(request->name);
    uint8_t mark = is_trace ? 2 : 1;
    if ((seen[file] & mark) != 0)
        return;
    seen[file] |= mark;
    unsigned rank = hg_catalogue_rank(&catalogue->files->items[file]);
    struct member member = {
        .file = file,
        .included = included_for(unit, file),
        .order = rank == 0 ? 3 : rank, /* asm/ after linux/, net/ and others */
        .is_trace = is_trace,
    };
    uint32_t public[HG_PUBLIC_MAX];
    size_t count = hg_find_public(catalogue, file, public);
    size_t before = members->count;
    for (size_t i = 0; i < count; i++) {
        if (unit->headers[public[i]].is_unfit)
            continue;
        struct member through = member;
        through.included = public[i];
        *HG_PUSH(members) = through;
    }
    if (members->count == before)
        *HG_PUSH(members) = member;
}

/* A tag that a prototype is the first to mention has the scope of that prototype.  So the tags that
 * prototypes of the file mention are declared before it. */
static void add_tags(struct hg_name_unit *unit, uint32_t file)
{
    size_t end = 0;
    for (size_t i = hg_catalogue_tags(unit->catalogue, file, &end);
         i < end && unit->tags.count < TAGS_MAX; i++)
        *HG_PUSH(&unit->tags) = unit->catalogue->strings + unit->catalogue->tags[i].text;
}

static void put_members(struct hg_name_unit *unit, const struct members *members)
{
    const struct hg_kernel_header *items = unit->catalogue->files->items;
    for (size_t i = 0; i < unit->helpers.count; i++)
        *HG_PUSH(&unit->names) = items[unit->helpers.items[i]].name;
    for (size_t i = 0; i < members->count; i++) {
        const struct member *member = &members->items[i];
        *HG_PUSH(&unit->names) = items[member->included].name;
        *HG_PUSH(&unit->members) = member->file;
        *HG_PUSH(&unit->included) = member->included;
        unit->job.trace_count += member->is_trace;
        if (unit->headers[member->file].state != HG_HEADER_WAITING)
            add_tags(unit, member->file);
        const char *flag =
            member->is_trace ? hg_trace_directory_flag(&items[member->file], unit->arena) : NULL;
        if (flag != NULL)
            *HG_PUSH(&unit->directories) = flag;
    }
}

void hg_name_unit_fill(struct hg_name_unit *unit, const struct hg_requests *requests)
{
    unit->names.count = unit->tags.count = unit->directories.count = 0;
    unit->members.count = unit->included.count = 0;
    unit->job = (struct hg_job){.helper_count = unit->helpers.count};
    uint8_t *seen = hg_calloc(unit->catalogue->files->count, sizeof *seen);
    struct members members = {0};
    for (size_t i = 0; i < requests->count; i++)
        if (requests->items[i].current < requests->items[i].definition_count)
            add_member(unit, &members, seen, &requests->items[i]);
    if (members.count > 0)
        qsort(members.items, members.count, sizeof *members.items, compare);
    put_members(unit, &members);
    unit->job.headers = unit->names.items;
    unit->job.header_count = unit->names.count;
    unit->job.tags = unit->tags.items;
    unit->job.tag_count = unit->tags.count;
    unit->job.flags = unit->directories.items;
    unit->job.flag_count = unit->directories.count;
    free(members.items);
    free(seen);
}

void hg_name_unit_drop_helper(struct hg_name_unit *unit, size_t index)
{
    unit->helpers.count--;
    memmove(&unit->helpers.items[index], &unit->helpers.items[index + 1],
            (unit->helpers.count - index) * sizeof *unit->helpers.items);
}
