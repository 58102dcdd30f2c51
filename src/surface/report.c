/*
 * The answers of one kernel, as text:
 *
 *     besides types:
 *       on_read, in fentry/vfs_reed
 *         function     vfs_reed                 missing   prog.bpf.c:12
 *             the kernel's BTF has no function 'vfs_reed': ...; did you mean 'vfs_read'?
 *             attach to another function or to a tracepoint on such kernels: ...
 *       fine: 2 program types, 5 helpers, 3 map types
 *       unknown: 14: the types are not a whole kernel's: they list no functions
 *
 * and as a JSON array.  In the text, fine needs of some kinds are only counted, and so are three or
 * more needs that are unknown for the same reason.
 */
#include "surface/report.h"

#include "surface/names.h"
#include "surface/need_json.h"

#include <string.h>

enum { NAME_WIDTH_MAX = 56, KIND_WIDTH = 12, FOLD_MIN = 3 };

/* Whether needs of this kind have a line even if they are fine. */
static bool is_shown(enum hg_need_kind kind)
{
    return kind != HG_NEED_PROGRAM_TYPE && kind != HG_NEED_ATTACH_TYPE && kind != HG_NEED_HELPER &&
           kind != HG_NEED_MAP_TYPE;
}

/* Whether the need has no line, but is only counted. */
static bool is_folded(const struct hg_answers *answers, size_t number, enum hg_need_kind kind)
{
    const struct hg_answer *answer = &answers->items[number];
    if (answer->verdict == HG_FINE)
        return !is_shown(kind);
    size_t same = 0;
    for (size_t i = 0; answer->verdict == HG_UNKNOWN && i < answers->count && same < FOLD_MIN; i++)
        same += answers->items[i].verdict == HG_UNKNOWN &&
                hg_same_text(answers->items[i].why, answer->why);
    return same >= FOLD_MIN;
}

/* --- text --- */

static void put_row(struct hg_text *text, const struct hg_surface_need *need,
                    const struct hg_answer *answer, int width)
{
    hg_text_printf(text, "      %-*s  %-*s  %s", KIND_WIDTH, hg_need_kind_words(need->kind), width,
                   need->name, hg_verdict_name(answer->verdict));
    if (hg_verdict_fails(answer->verdict) && !hg_surface_fails(need, answer->verdict))
        hg_text_put(text, need->program == NULL ? ", weak" : ", on demand");
    if (answer->value != NULL)
        hg_text_printf(text, ": %s", answer->value);
    if (need->where.file != NULL)
        hg_text_printf(text, "  %s:%u", need->where.file, need->where.line);
    hg_text_put(text, "\n");
    if (answer->why != NULL)
        hg_text_printf(text, "          %s\n", answer->why);
    if (answer->advice != NULL)
        hg_text_printf(text, "          to do: %s\n", answer->advice);
}

static void put_fine(struct hg_text *text, const struct hg_surface_need *needs,
                     const struct hg_answers *answers)
{
    size_t counts[HG_NEED_KINDS] = {0};
    for (size_t i = 0; i < answers->count; i++)
        if (answers->items[i].verdict == HG_FINE && !is_shown(needs[i].kind))
            counts[needs[i].kind]++;
    const char *before = "    fine: ";
    for (size_t kind = 0; kind < HG_NEED_KINDS; kind++) {
        if (counts[kind] == 0)
            continue;
        hg_text_printf(text, "%s%zu %s%s", before, counts[kind],
                       hg_need_kind_words((enum hg_need_kind)kind), hg_plural(counts[kind]));
        before = ", ";
    }
    if (before[0] == ',')
        hg_text_put(text, "\n");
}

/* A line for each reason for which several needs are unknown. */
static void put_unknown(struct hg_text *text, const struct hg_surface_need *needs,
                        const struct hg_answers *answers)
{
    for (size_t i = 0; i < answers->count; i++) {
        const struct hg_answer *answer = &answers->items[i];
        if (answer->verdict != HG_UNKNOWN || !is_folded(answers, i, needs[i].kind))
            continue;
        size_t first = 0;
        size_t count = 0;
        for (size_t k = answers->count; k-- > 0;)
            if (answers->items[k].verdict == HG_UNKNOWN &&
                hg_same_text(answers->items[k].why, answer->why)) {
                first = k;
                count++;
            }
        if (first == i)
            hg_text_printf(text, "    unknown: %zu: %s\n", count, answer->why);
    }
}

static int name_width(const struct hg_surface_need *needs, const struct hg_answers *answers)
{
    size_t width = 0;
    for (size_t i = 0; i < answers->count; i++) {
        size_t length = strlen(needs[i].name);
        if (length > width && length <= NAME_WIDTH_MAX && !is_folded(answers, i, needs[i].kind))
            width = length;
    }
    return (int)width;
}

void hg_surface_put_text(struct hg_text *text, const struct hg_surface *surface,
                         const struct hg_answers *answers)
{
    size_t count = 0;
    const struct hg_surface_need *needs = hg_surface_needs(surface, &count);
    int width = name_width(needs, answers);
    if (count > 0)
        hg_text_put(text, "  besides types:\n");
    const char *program = "";
    for (size_t i = 0; i < count; i++) {
        if (is_folded(answers, i, needs[i].kind))
            continue;
        if (!hg_same_text(program, needs[i].program)) {
            program = needs[i].program;
            if (program == NULL)
                hg_text_put(text, "    the object\n");
            else
                hg_text_printf(text, "    %s, in %s\n", program, needs[i].section);
        }
        put_row(text, &needs[i], &answers->items[i], width);
    }
    put_fine(text, needs, answers);
    put_unknown(text, needs, answers);
}

/* --- totals --- */

void hg_surface_put_counts(struct hg_text *text, const size_t counts[HG_VERDICTS])
{
    const char *before = " ";
    for (size_t verdict = 0; verdict < HG_VERDICTS; verdict++) {
        if (counts[verdict] == 0)
            continue;
        hg_text_printf(text, "%s%zu %s", before, counts[verdict],
                       hg_verdict_name((enum hg_verdict)verdict));
        before = ", ";
    }
}

void hg_surface_put_totals(struct hg_text *text, const struct hg_answers *const *answers,
                           size_t count)
{
    size_t counts[HG_VERDICTS] = {0};
    size_t all = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < answers[i]->count; k++, all++)
            counts[answers[i]->items[k].verdict]++;
    if (all == 0)
        return;
    hg_text_printf(text, "%zu dependenc%s besides types:", all, all == 1 ? "y" : "ies");
    hg_surface_put_counts(text, counts);
    hg_text_put(text, "\n");
}

/* Whether the kernel would refuse the program, not counting relocations in the program's own
 * function. */
static bool is_refused(const struct hg_surface *surface, size_t program,
                       const struct hg_answers *answers, const struct hg_core_findings *relocations)
{
    size_t count = 0;
    const struct hg_surface_need *needs = hg_surface_needs(surface, &count);
    const char *name = hg_surface_program_name(surface, program);
    for (size_t i = 0; i < count; i++)
        if (needs[i].program == name && hg_surface_fails(&needs[i], answers->items[i].verdict))
            return true;
    bool own = false;
    return hg_surface_relocations_fail(surface, program, relocations, &own) && !own &&
           !hg_surface_is_on_demand(surface, program);
}

void hg_surface_put_refused(struct hg_text *text, const struct hg_surface *surface,
                            const struct hg_answers *answers,
                            const struct hg_core_findings *relocations)
{
    size_t count = 0;
    const struct hg_surface_need *needs = hg_surface_needs(surface, &count);
    const char *before = "It would refuse or misread ";
    for (size_t i = 0; i < hg_surface_programs(surface); i++)
        if (is_refused(surface, i, answers, relocations)) {
            hg_text_printf(text, "%s%s", before, hg_surface_program_name(surface, i));
            before = ", ";
        }
    bool is_whole = false;
    for (size_t i = 0; i < count; i++)
        is_whole = is_whole || (needs[i].program == NULL &&
                                hg_surface_fails(&needs[i], answers->items[i].verdict));
    if (is_whole) {
        hg_text_printf(text, "%sthe object as a whole", before);
        before = ", ";
    }
    if (before[0] == ',')
        hg_text_put(text, ".\n");
}

/* --- JSON --- */

void hg_surface_put_json(struct hg_text *text, const struct hg_surface *surface,
                         const struct hg_answers *answers)
{
    size_t count = 0;
    const struct hg_surface_need *needs = hg_surface_needs(surface, &count);
    hg_text_put(text, "[");
    for (size_t i = 0; i < count; i++) {
        const struct hg_answer *answer = &answers->items[i];
        json_object *row =
            hg_json_need(needs[i].program, needs[i].section, hg_need_kind_name(needs[i].kind),
                         needs[i].name, &needs[i].where, needs[i].is_optional);
        hg_json_add_string(row, "result", hg_verdict_name(answer->verdict));
        hg_json_add_string(row, "value", answer->value);
        hg_json_add_string(row, "why", answer->why);
        hg_json_add_string(row, "advice", answer->advice);
        hg_json_put_line(text, row, i == 0 ? "\n      " : ",\n      ");
    }
    hg_text_put(text, count == 0 ? "]" : "\n    ]");
}

void hg_surface_put_programs(struct hg_text *text, const struct hg_surface *surface,
                             const struct hg_answers *answers,
                             const struct hg_core_findings *relocations)
{
    size_t count = hg_surface_programs(surface);
    hg_text_put(text, "[");
    for (size_t i = 0; i < count; i++) {
        enum hg_verdict verdict = hg_surface_program_verdict(surface, i, answers, relocations);
        json_object *row = hg_json_must(json_object_new_object());
        hg_json_add(row, "program", hg_json_string(hg_surface_program_name(surface, i)));
        hg_json_add(row, "section", hg_json_string(hg_surface_program_section(surface, i)));
        hg_json_add(row, "result", hg_json_string(hg_verdict_name(verdict)));
        hg_json_put_line(text, row, i == 0 ? "\n      " : ",\n      ");
    }
    hg_text_put(text, count == 0 ? "]" : "\n    ]");
}
