/*
 * Finds errors that every attempt meets, so that a hopeless search ends early.
 *
 *     linux/const.h:4    'vdso/const.h' file not found
 *
 * In whatever order the headers of eight names are parsed, this error stays; each attempt only
 * blames it on another header.  So each error of the first attempt is kept as long as every further
 * attempt meets it, too, with the headers that it was blamed on.  If a file is missing whichever of
 * two headers is parsed first, the search ends.  Other errors do not end it, since another order
 * may mend them.
 */
#include "tree/names.h"

#include "base/diag.h"

#include <string.h>

/* Finds the problem among the constant ones; the first attempt adds it.  NULL = it is not
 * constant. */
static struct hg_constant_problem *find(struct hg_constant_problems *problems,
                                        const struct hg_job_problem *problem)
{
    for (size_t i = 0; i < problems->count; i++) {
        struct hg_constant_problem *constant = &problems->items[i];
        if (constant->where.line == problem->where.line &&
            strcmp(constant->where.file, problem->where.file) == 0 &&
            strcmp(constant->text, problem->text) == 0)
            return constant;
    }
    if (problems->attempts > 0)
        return NULL;
    struct hg_constant_problem *constant = HG_PUSH(problems);
    *constant = (struct hg_constant_problem){
        .where = problem->where,
        .text = hg_arena_string(problems->arena, problem->text, strlen(problem->text)),
        .kind = problem->kind,
    };
    constant->where.file =
        hg_arena_string(problems->arena, problem->where.file, strlen(problem->where.file));
    return constant;
}

/* Notes that the current attempt met the problem, and the header that it blames. */
static void add_blamed(struct hg_constant_problem *constant, const struct hg_job_problem *problem,
                       const struct hg_name_unit *unit)
{
    size_t before = unit->helpers.count;
    constant->is_met = true;
    if (problem->header < before || problem->header - before >= unit->members.count)
        return;
    uint32_t file = unit->members.items[problem->header - before];
    for (size_t i = 0; i < constant->blamed_count; i++)
        if (constant->blamed[i] == file)
            return;
    if (constant->blamed_count < HG_CONSTANT_BLAMED)
        constant->blamed[constant->blamed_count++] = file;
}

void hg_constant_learn(struct hg_constant_problems *problems, const struct hg_job_result *result,
                       const struct hg_name_unit *unit)
{
    for (size_t i = 0; i < problems->count; i++)
        problems->items[i].is_met = false;
    for (size_t i = 0; i < result->problem_count; i++) {
        const struct hg_job_problem *problem = &result->problems[i];
        if (problem->where.file == NULL || problem->is_other_side)
            continue;
        struct hg_constant_problem *constant = find(problems, problem);
        if (constant != NULL)
            add_blamed(constant, problem, unit);
    }
    size_t kept = 0;
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].is_met)
            problems->items[kept++] = problems->items[i];
    problems->count = kept;
    problems->attempts++;
}

void hg_constant_forget(struct hg_constant_problems *problems)
{
    problems->count = 0;
    problems->attempts++;
}

bool hg_constant_is_hopeless(const struct hg_constant_problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].kind == HG_PROBLEM_MISSING_FILE &&
            problems->items[i].blamed_count == HG_CONSTANT_BLAMED)
            return true;
    return false;
}

void hg_constant_report(const struct hg_constant_problems *problems, unsigned attempts,
                        struct hg_diagnostics *diagnostics)
{
    enum { SHOWN = 3 };
    for (size_t i = 0; i < problems->count && i < SHOWN; i++)
        hg_error(diagnostics, &problems->items[i].where, "%s", problems->items[i].text);
    if (problems->count > 0)
        hg_error(diagnostics, NULL, "every attempt to read the headers of these names meets %s",
                 problems->count == 1 ? "this error" : "these errors");
    else
        hg_error(diagnostics, NULL,
                 "%u attempts found no headers that parse together and define all the names: ask "
                 "for fewer at a time, or name the headers (--header)",
                 attempts);
}
