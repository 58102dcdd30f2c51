/*
 * Conditional parts of a makefile.
 *
 *     ifeq ($(CONFIG_X),y)      ifdef CONFIG_X
 *     else ifneq ("$(A)","")    else
 *     endif
 *
 * A comparison that needs the output of a command is noted: the text counts as empty there.
 */
#include "tree/kbuild/evaluator.h"

bool hg_conditions_hold(const struct hg_conditions *conditions)
{
    for (size_t i = 0; i < conditions->count; i++)
        if (!conditions->items[i].is_taken)
            return false;
    return true;
}

/* The two texts of `(a,b)` or of `"a" 'b'`; false = neither form. */
static bool split_sides(struct hg_slice text, struct hg_slice sides[2])
{
    if (text.size == 0)
        return false;
    const char *end = text.data + text.size;
    if (text.data[0] == '(') {
        const char *close = hg_reference_end(text.data + 1, end, '(');
        if (close == NULL)
            return false;
        size_t depth = 0;
        const char *comma = text.data + 1;
        for (; comma < close && (*comma != ',' || depth > 0); comma++) {
            if (*comma == '(' || *comma == '{')
                depth++;
            else if ((*comma == ')' || *comma == '}') && depth > 0)
                depth--;
        }
        if (comma == close)
            return false;
        sides[0] = hg_slice_trim((struct hg_slice){text.data + 1, (size_t)(comma - text.data - 1)});
        sides[1] = hg_slice_trim((struct hg_slice){comma + 1, (size_t)(close - comma - 1)});
        return true;
    }
    for (size_t i = 0; i < 2; i++) {
        text = hg_slice_trim(text);
        if (text.size < 2 || (text.data[0] != '"' && text.data[0] != '\''))
            return false;
        const char *close = memchr(text.data + 1, text.data[0], text.size - 1);
        if (close == NULL)
            return false;
        sides[i] = (struct hg_slice){text.data + 1, (size_t)(close - text.data - 1)};
        text = (struct hg_slice){close + 1, (size_t)(end - close - 1)};
    }
    return true;
}

static bool are_equal(struct hg_evaluator *evaluator, struct hg_slice text)
{
    struct hg_slice sides[2];
    if (!split_sides(text, sides)) {
        hg_evaluator_fail(evaluator, "a condition has not got two sides");
        return false;
    }
    size_t unknown = evaluator->unknown_reads;
    struct hg_text left = {0}, right = {0};
    hg_expand(evaluator, sides[0], &left);
    hg_expand(evaluator, sides[1], &right);
    bool equal =
        left.size == right.size && strcmp(hg_text_string(&left), hg_text_string(&right)) == 0;
    hg_text_deinit(&left);
    hg_text_deinit(&right);
    if (evaluator->unknown_reads != unknown)
        hg_evaluator_note_unknown(evaluator, text);
    return equal;
}

static bool is_defined(struct hg_evaluator *evaluator, struct hg_slice text)
{
    struct hg_text name = {0};
    hg_expand(evaluator, text, &name);
    const struct hg_variable *variable = hg_scope_find(
        evaluator->scope, hg_slice_trim((struct hg_slice){hg_text_string(&name), name.size}));
    hg_text_deinit(&name);
    if (variable != NULL && variable->is_unknown)
        hg_evaluator_note_unknown(evaluator, text);
    return variable != NULL && variable->value.size > 0;
}

/* Whether `ifeq (a,b)` and so on hold; false where nobody needs to know. */
static bool holds(struct hg_evaluator *evaluator, struct hg_slice keyword, struct hg_slice rest,
                  bool is_needed)
{
    if (!is_needed)
        return false;
    if (hg_slice_is(keyword, "ifeq"))
        return are_equal(evaluator, rest);
    if (hg_slice_is(keyword, "ifneq"))
        return !are_equal(evaluator, rest);
    if (hg_slice_is(keyword, "ifdef"))
        return is_defined(evaluator, rest);
    return !is_defined(evaluator, rest);
}

static bool is_if(struct hg_slice keyword)
{
    return hg_slice_is(keyword, "ifeq") || hg_slice_is(keyword, "ifneq") ||
           hg_slice_is(keyword, "ifdef") || hg_slice_is(keyword, "ifndef");
}

static void take_else(struct hg_evaluator *evaluator, struct hg_conditions *conditions,
                      struct hg_slice rest)
{
    if (conditions->count == 0) {
        hg_evaluator_fail(evaluator, "`else` without a condition");
        return;
    }
    size_t last = --conditions->count;
    bool is_read = hg_conditions_hold(conditions) && !conditions->items[last].was_taken;
    struct hg_slice keyword = hg_take_keyword(&rest);
    if (is_if(keyword))
        is_read = holds(evaluator, keyword, rest, is_read);
    conditions->items[last].is_taken = is_read;
    conditions->items[last].was_taken |= is_read;
    conditions->count++;
}

bool hg_condition(struct hg_evaluator *evaluator, struct hg_conditions *conditions,
                  struct hg_slice line)
{
    struct hg_slice rest = line;
    struct hg_slice keyword = hg_take_keyword(&rest);
    if (is_if(keyword)) {
        if (conditions->count == HG_CONDITIONS_MAX) {
            hg_evaluator_fail(evaluator, "conditions are nested more than %d deep",
                              (int)HG_CONDITIONS_MAX);
            return true;
        }
        bool is_read = holds(evaluator, keyword, rest, hg_conditions_hold(conditions));
        conditions->items[conditions->count].is_taken = is_read;
        conditions->items[conditions->count++].was_taken = is_read;
        return true;
    }
    if (hg_slice_is(keyword, "else")) {
        take_else(evaluator, conditions, rest);
        return true;
    }
    if (!hg_slice_is(keyword, "endif"))
        return false;
    if (conditions->count == 0)
        hg_evaluator_fail(evaluator, "`endif` without a condition");
    else
        conditions->count--;
    return true;
}
