/*
 * Which headers are parsed together, and how each is had.
 *
 *     linux/sched.h                  by itself
 *     linux/mfd/foo.h                behind linux/module.h, for it uses u32 and includes nothing
 *     linux/console_struct.h         behind linux/tty_port.h, for clang said "field has incomplete
 *                                    type 'struct tty_port'", and the index knows who defines that
 *     acpi/actbl1.h                  through linux/acpi.h, which includes what includes it
 *     trace/events/sched.h           last, with CREATE_TRACE_POINTS
 *
 * A header that does not parse is had by the next of these ways each time, until there is none
 * left. linux/module.h alone rescues two thirds of the headers of a Debian kernel that do not parse
 * by themselves: docs/kernel.md has the numbers.
 */
#include "tree/kernel.h"
#include "tree/names.h"

#include <string.h>

enum { MAX_HELPERS = 8, MAX_INCLUDERS = 6, MAX_TAGS = 2000, LONGEST_SYMBOL = 128 };
/* Of many headers at once, each attempt is long: then one that does not parse is soon given up. */
enum { MANY_MEMBERS = 16, MAX_HELPERS_OF_MANY = 2 };

static const char first_helper[] = "linux/module.h";

void hg_plan_init(struct hg_plan *plan, const struct hg_index *index, struct hg_arena *arena)
{
    size_t count = index->headers->count;
    *plan = (struct hg_plan){
        .index = index,
        .stages = hg_calloc(count, sizeof *plan->stages),
        .help_left = hg_malloc(count),
        .no_helper = hg_calloc(count, sizeof *plan->no_helper),
        .arena = arena,
    };
    memset(plan->help_left, MAX_HELPERS, count);
}

void hg_plan_deinit(struct hg_plan *plan)
{
    free(plan->stages);
    free(plan->helpers.items);
    free(plan->help_left);
    free(plan->no_helper);
    free(plan->tags.items);
    free(plan->preludes.items);
    free(plan->headers.items);
    free(plan->traces.items);
    free(plan->directories.items);
    free(plan->members.items);
    free(plan->parsed.items);
}

/* --- who includes a header --- */

/* The headers that include it, those that include these, and so on, nearest first: the one of that
 * number; false = there are not so many. */
static bool find_includer(const struct hg_plan *plan, uint32_t header, size_t number, uint32_t *ret)
{
    uint32_t found[MAX_INCLUDERS + 1] = {header};
    size_t count = 1;
    for (size_t i = 0; i < count; i++) {
        size_t end = 0;
        size_t begin = hg_index_includers(plan->index, found[i], &end);
        for (size_t edge = begin; edge < end && count <= MAX_INCLUDERS; edge++) {
            uint32_t includer = plan->index->edges[edge].includer;
            bool is_new = true;
            for (size_t j = 0; j < count; j++)
                is_new = is_new && found[j] != includer;
            if (is_new)
                found[count++] = includer;
        }
    }
    if (number + 1 >= count)
        return false;
    *ret = found[number + 1];
    return true;
}

/* --- the unit --- */

/* What is included to have the header, by its stage. */
static uint32_t stand_in(const struct hg_plan *plan, uint32_t header)
{
    unsigned stage = plan->stages[header];
    uint32_t includer = header;
    if (stage >= HG_FIRST_INCLUDER &&
        find_includer(plan, header, stage - HG_FIRST_INCLUDER, &includer))
        return includer;
    return header;
}

static bool has_prefix(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* Made by a trace header only when it is told to. */
static bool is_trace_type(const char *name)
{
    return has_prefix(name, "trace_event_") || has_prefix(name, "btf_trace_");
}

struct member {
    uint32_t header;
    uint32_t parsed;
    unsigned order;
    bool is_trace;
};

struct members {
    struct member *items;
    size_t count, capacity;
};

/* In the order to include them: what others rely on first. */
static int compare(const void *a, const void *b)
{
    const struct member *one = a;
    const struct member *two = b;
    if (one->is_trace != two->is_trace)
        return one->is_trace ? 1 : -1;
    if (one->order != two->order)
        return one->order < two->order ? -1 : 1;
    return one->header < two->header ? -1 : one->header > two->header;
}

static void add_member(const struct hg_plan *plan, struct members *members, uint8_t *seen,
                       const struct hg_want *want)
{
    const struct hg_kernel_headers *headers = plan->index->headers;
    uint32_t header = plan->index->definitions[want->definitions[want->current]].header;
    bool is_trace = headers->items[header].is_trace && is_trace_type(want->name);
    uint8_t mark = is_trace ? 2 : 1;
    if ((seen[header] & mark) != 0)
        return;
    seen[header] |= mark;
    unsigned rank = hg_index_rank(&headers->items[header]);
    *HG_PUSH(members) = (struct member){
        .header = header,
        .parsed = stand_in(plan, header),
        .order = rank == 0 ? 3 : rank, /* asm/ behind linux/, net/ and others */
        .is_trace = is_trace,
    };
}

static void add_tag(void *user, const char *keyword, const char *tag, size_t length)
{
    struct hg_plan *plan = user;
    if (plan->tags.count == MAX_TAGS)
        return;
    struct hg_text text = {0};
    hg_text_printf(&text, "%s %.*s", keyword, (int)length, tag);
    *HG_PUSH(&plan->tags) = hg_arena_string(plan->arena, text.data, text.size);
    hg_text_deinit(&text);
}

/* A prototype that is the first to name a tag has it for itself: all that a header names is
 * declared before. */
static void add_tags(struct hg_plan *plan, uint32_t header)
{
    size_t size = 0;
    char *text = hg_kernel_read_file(plan->index->headers->items[header].path, &size);
    if (text != NULL)
        hg_scan_tags(text, add_tag, plan);
    free(text);
}

/* Some trace headers include themselves as "./name.h", with their directory on the path. */
static void add_directory(struct hg_plan *plan, uint32_t header)
{
    const struct hg_kernel_header *item = &plan->index->headers->items[header];
    if (has_prefix(item->name, "trace/events/"))
        return;
    struct hg_text flag = {0};
    hg_text_printf(&flag, "-I%.*s", (int)(strrchr(item->path, '/') - item->path), item->path);
    *HG_PUSH(&plan->directories) = hg_arena_string(plan->arena, flag.data, flag.size);
    hg_text_deinit(&flag);
}

static void put_members(struct hg_plan *plan, const struct members *members)
{
    const struct hg_kernel_header *items = plan->index->headers->items;
    for (size_t i = 0; i < plan->helpers.count; i++)
        *HG_PUSH(&plan->preludes) = items[plan->helpers.items[i]].name;
    for (size_t i = 0; i < members->count; i++) {
        const struct member *member = &members->items[i];
        *HG_PUSH(member->is_trace ? &plan->traces : &plan->headers) = items[member->parsed].name;
        *HG_PUSH(&plan->members) = member->header;
        *HG_PUSH(&plan->parsed) = member->parsed;
        if (plan->stages[member->header] != HG_PLAIN)
            add_tags(plan, member->header);
        if (member->is_trace)
            add_directory(plan, member->header);
    }
}

void hg_plan_unit(struct hg_plan *plan, const struct hg_wants *wants)
{
    plan->tags.count = plan->preludes.count = plan->headers.count = plan->traces.count = 0;
    plan->directories.count = plan->members.count = plan->parsed.count = 0;
    uint8_t *seen = hg_calloc(plan->index->headers->count, sizeof *seen);
    struct members members = {0};
    for (size_t i = 0; i < wants->count; i++)
        if (wants->items[i].current < wants->items[i].definition_count)
            add_member(plan, &members, seen, &wants->items[i]);
    if (members.count > 0)
        qsort(members.items, members.count, sizeof *members.items, compare);
    put_members(plan, &members);
    free(members.items);
    free(seen);
}

/* --- after errors --- */

static bool find_header(const struct hg_plan *plan, const char *name, size_t length, uint32_t *ret)
{
    const struct hg_kernel_headers *headers = plan->index->headers;
    for (size_t i = 0; i < headers->count; i++) {
        if (strlen(headers->items[i].name) == length &&
            memcmp(headers->items[i].name, name, length) == 0) {
            *ret = (uint32_t)i;
            return true;
        }
    }
    return false;
}

static bool add_helper(struct hg_plan *plan, uint32_t header, uint32_t helper)
{
    if (helper == header || plan->no_helper[helper] != 0 || plan->help_left[header] == 0)
        return false;
    plan->help_left[header]--;
    plan->no_helper[helper] = 1;
    *HG_PUSH(&plan->helpers) = helper;
    return true;
}

/* Whether the text has `#define name`. */
static bool defines_macro(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = text; (at = strstr(at, name)) != NULL; at += length) {
        const char *before = at;
        while (before > text && (before[-1] == ' ' || before[-1] == '\t'))
            before--;
        if (before < at && before - text > 6 && memcmp(before - 6, "define", 6) == 0 &&
            strchr(" \t\n(", at[length]) != NULL)
            return true;
    }
    return false;
}

/* Macros are not in the index: there are too many, and they are rarely asked for. */
static bool find_macro(const struct hg_plan *plan, const char *name, uint32_t *ret)
{
    const struct hg_kernel_headers *headers = plan->index->headers;
    unsigned best = UINT32_MAX;
    for (size_t i = 0; i < headers->count; i++) {
        unsigned rank = hg_index_rank(&headers->items[i]);
        size_t size = 0;
        char *text = rank < best ? hg_kernel_read_file(headers->items[i].path, &size) : NULL;
        if (text != NULL && defines_macro(text, name)) {
            best = rank;
            *ret = (uint32_t)i;
        }
        free(text);
    }
    return best != UINT32_MAX;
}

/* The header that defines `u32`, `struct tty_port` or a macro. */
static bool find_definer(const struct hg_plan *plan, const char *symbol, uint32_t *ret)
{
    const char *blank = strrchr(symbol, ' '); /* after a tag's keyword */
    const char *name = blank == NULL ? symbol : blank + 1;
    if (name[0] == '\0' || strlen(name) >= LONGEST_SYMBOL)
        return false;
    size_t end = 0;
    size_t begin = hg_index_find(plan->index, name, &end);
    if (begin == end)
        return find_macro(plan, name, ret);
    *ret = plan->index->definitions[begin].header;
    return true;
}

/* A helper out of what clang said: a header that it names, or one that defines what it names. */
static bool learn(struct hg_plan *plan, uint32_t header, const struct hg_problem *problem)
{
    uint32_t helper = 0;
    for (size_t i = 0; i < problem->named_header_count; i++)
        if (find_header(plan, problem->named_headers[i], strlen(problem->named_headers[i]),
                        &helper) &&
            add_helper(plan, header, helper))
            return true;
    return problem->symbol != NULL && find_definer(plan, problem->symbol, &helper) &&
           add_helper(plan, header, helper);
}

bool hg_plan_fallback(struct hg_plan *plan, uint32_t header, const struct hg_problem *problem)
{
    uint8_t *stage = &plan->stages[header];
    uint32_t found = 0;
    if (*stage == HG_GIVEN_UP)
        return false;
    if (*stage == HG_PLAIN) {
        *stage = HG_HELPED;
        if (find_header(plan, first_helper, sizeof first_helper - 1, &found))
            add_helper(plan, header, found);
        return true;
    }
    bool are_many = plan->members.count > MANY_MEMBERS;
    bool may_learn = !are_many || plan->help_left[header] > MAX_HELPERS - MAX_HELPERS_OF_MANY;
    if (*stage == HG_HELPED && may_learn && learn(plan, header, problem))
        return true;
    (*stage)++;
    if (!are_many && find_includer(plan, header, *stage - HG_FIRST_INCLUDER, &found))
        return true;
    *stage = HG_GIVEN_UP;
    return false;
}

void hg_plan_drop_helper(struct hg_plan *plan, size_t index)
{
    plan->helpers.count--;
    memmove(&plan->helpers.items[index], &plan->helpers.items[index + 1],
            (plan->helpers.count - index) * sizeof *plan->helpers.items);
}
