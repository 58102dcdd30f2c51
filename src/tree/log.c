/* Diagnostics that are kept: of an attempt that may yet be followed by a better one. */
#include "base/diag.h"
#include "tree/names.h"

#include <string.h>

enum { MAX_KEPT = 10000 };

static const char *copy(struct hg_log *log, const char *text)
{
    return text == NULL ? NULL : hg_arena_string(log->arena, text, strlen(text));
}

static void keep(void *user, const struct hg_diagnostic *diagnostic)
{
    struct hg_log *log = user;
    if (log->items.count == MAX_KEPT)
        return;
    struct hg_diagnostic kept = *diagnostic;
    kept.text = copy(log, diagnostic->text);
    kept.where.file = copy(log, diagnostic->where.file);
    *HG_PUSH(&log->items) = kept;
}

void hg_log_init(struct hg_log *log, struct hg_arena *arena)
{
    *log = (struct hg_log){.arena = arena, .diagnostics = {.report = keep, .user = log}};
}

void hg_log_problem(void *user, const struct hg_problem *problem)
{
    struct hg_log *log = user;
    if (log->problems.count == MAX_KEPT)
        return;
    struct hg_problem kept = *problem;
    const char **headers = hg_arena_array(log->arena, problem->named_header_count, sizeof *headers);
    for (size_t i = 0; i < problem->named_header_count; i++)
        headers[i] = copy(log, problem->named_headers[i]);
    kept.named_headers = headers;
    kept.symbol = copy(log, problem->symbol);
    kept.text = copy(log, problem->text);
    kept.where.file = copy(log, problem->where.file);
    kept.conflicts = NULL;
    kept.conflict_count = 0;
    *HG_PUSH(&log->problems) = kept;
}

void hg_log_deinit(struct hg_log *log)
{
    free(log->problems.items);
    free(log->items.items);
}

void hg_log_replay(const struct hg_log *log, struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < log->items.count; i++)
        hg_report(diagnostics, &log->items.items[i]);
}
