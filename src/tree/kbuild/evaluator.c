/* Limits, failures and notes of an evaluation: see evaluator.h. */
#include "tree/kbuild/evaluator.h"

#include "base/diag.h"

/* What all expansions together may cost.  A distribution's configuration needs a tenth. */
static const size_t usual_work_limit = (size_t)1 << 30;

/* What values and names may take together; that configuration needs a sixteenth. */
static const size_t held_limit = (size_t)256 << 20;

void hg_evaluator_init(struct hg_evaluator *evaluator, const struct hg_kbuild_place *place,
                       struct hg_diagnostics *diagnostics, const struct hg_kbuild_sink *sink)
{
    *evaluator = (struct hg_evaluator){.place = place,
                                       .diagnostics = diagnostics,
                                       .sink = sink,
                                       .file = "",
                                       .work_limit = usual_work_limit};
    hg_arena_init(&evaluator->arena);
}

void hg_evaluator_deinit(struct hg_evaluator *evaluator)
{
    for (size_t i = 0; i < evaluator->exported_scopes.count; i++)
        hg_scope_deinit(evaluator->exported_scopes.items[i]);
    free(evaluator->exported_scopes.items);
    free(evaluator->rules.items);
    free(evaluator->vpaths.items);
    hg_arena_deinit(&evaluator->arena);
}

void hg_evaluator_fail(struct hg_evaluator *evaluator, const char *format, ...)
{
    if (evaluator->has_failed)
        return;
    evaluator->has_failed = true;
    struct hg_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    struct hg_location where = {.file = evaluator->file, .line = evaluator->line};
    hg_error(evaluator->diagnostics, evaluator->file[0] == '\0' ? NULL : &where, "%s",
             hg_text_string(&text));
    hg_text_deinit(&text);
}

void hg_evaluator_spend(struct hg_evaluator *evaluator, size_t bytes)
{
    if (bytes > evaluator->work_limit - evaluator->work) {
        hg_evaluator_fail(evaluator,
                          "the makefiles do not come to an end: their variables stand "
                          "for gigabytes of text");
        return;
    }
    evaluator->work += bytes;
}

void hg_evaluator_hold(struct hg_evaluator *evaluator, size_t bytes)
{
    evaluator->held += bytes;
    if (evaluator->held > held_limit)
        hg_evaluator_fail(evaluator, "the variables of the makefiles take more than 256 MB");
}

void hg_evaluator_note_unknown(struct hg_evaluator *evaluator, struct hg_slice text)
{
    if (evaluator->sink->unknown == NULL || evaluator->has_failed)
        return;
    enum { SHOWN = 120 };
    char *copy =
        hg_arena_string(&evaluator->arena, text.data, text.size < SHOWN ? text.size : SHOWN);
    evaluator->sink->unknown(evaluator->sink->user, evaluator->file, evaluator->line, copy);
}
