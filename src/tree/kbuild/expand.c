/*
 * Expansion: what a text of a makefile comes to.
 *
 *     $(obj)/%.o       $X       $$         a variable, by a long or a short name; a dollar
 *     $(CONFIG_X:m=y)                      a variable with the ends of its words replaced
 *     $(filter %.o, $(obj-y))              a function
 *     $($(name)-objs)                      a variable by a computed name
 *
 * A variable that is defined through itself is a failure, as in make.
 */
#include "tree/kbuild/evaluator.h"

/* A variable's value is hardly ever above 100 kB. */
enum { VALUE_LIMIT = 4 << 20, DEPTH_LIMIT = 200 };

const char *hg_reference_end(const char *at, const char *end, char open)
{
    char close = open == '(' ? ')' : '}';
    size_t depth = 1;
    for (; at < end; at++) {
        if (*at == open)
            depth++;
        else if (*at == close && --depth == 0)
            return at;
    }
    return NULL;
}

/* --- variables --- */

void hg_expand_variable(struct hg_evaluator *evaluator, struct hg_slice name, struct hg_text *out)
{
    struct hg_variable *variable = hg_scope_find(evaluator->scope, name);
    if (variable == NULL || evaluator->has_failed)
        return;
    evaluator->unknown_reads += variable->is_unknown;
    if (!variable->is_recursive) {
        hg_evaluator_spend(evaluator, variable->value.size + HG_STEP);
        hg_text_bytes(out, variable->value.data, variable->value.size);
        return;
    }
    if (variable->is_open) {
        hg_evaluator_fail(evaluator, "the variable '%s' is defined through itself", variable->name);
        return;
    }
    variable->is_open = true;
    hg_expand(evaluator, variable->value, out);
    variable->is_open = false;
}

char *hg_expand_named(struct hg_evaluator *evaluator, const char *name)
{
    struct hg_text text = {0};
    size_t unknown = evaluator->unknown_reads;
    hg_text_put(&text, "");
    hg_expand_variable(evaluator, hg_slice_of(name), &text);
    if (evaluator->unknown_reads != unknown)
        hg_evaluator_note_unknown(evaluator, hg_slice_of(name));
    return text.data;
}

/* The words of value with the end `from` replaced by `to`; either may hold a %. */
static void substitute(struct hg_slice value, struct hg_slice from, struct hg_slice to,
                       struct hg_text *out)
{
    const char *percent = to.size == 0 ? NULL : memchr(to.data, '%', to.size);
    bool is_pattern = from.size > 0 && memchr(from.data, '%', from.size) != NULL;
    size_t start = out->size;
    struct hg_slice word;
    while (hg_make_word(&value, &word)) {
        struct hg_slice stem = {word.data, word.size - (word.size < from.size ? 0 : from.size)};
        bool fits = is_pattern ? hg_make_match(from, word, &stem)
                               : word.size >= from.size &&
                                     memcmp(word.data + stem.size, from.data, from.size) == 0;
        hg_put_word(out, start, fits ? (struct hg_slice){0} : word);
        if (!fits)
            continue;
        if (!is_pattern || percent == NULL) {
            hg_text_bytes(out, stem.data, is_pattern ? 0 : stem.size);
            hg_text_bytes(out, to.data, to.size);
            continue;
        }
        hg_text_bytes(out, to.data, (size_t)(percent - to.data));
        hg_text_bytes(out, stem.data, stem.size);
        hg_text_bytes(out, percent + 1, to.size - (size_t)(percent - to.data) - 1);
    }
}

/* `NAME:from=to`; false = the reference is not of this form. */
static bool expand_substitution(struct hg_evaluator *evaluator, struct hg_slice reference,
                                struct hg_text *out)
{
    const char *end = reference.data + reference.size;
    const char *colon = reference.data;
    while (colon < end && *colon != ':') {
        if (*colon == '$' && colon + 1 < end && (colon[1] == '(' || colon[1] == '{')) {
            const char *close = hg_reference_end(colon + 2, end, colon[1]);
            if (close == NULL)
                return false;
            colon = close;
        }
        colon++;
    }
    const char *equals = colon == end ? NULL : memchr(colon, '=', (size_t)(end - colon));
    if (equals == NULL)
        return false;
    struct hg_text name = {0}, value = {0}, from = {0}, to = {0};
    hg_expand(evaluator, (struct hg_slice){reference.data, (size_t)(colon - reference.data)},
              &name);
    hg_expand(evaluator, (struct hg_slice){colon + 1, (size_t)(equals - colon - 1)}, &from);
    hg_expand(evaluator, (struct hg_slice){equals + 1, (size_t)(end - equals - 1)}, &to);
    hg_expand_variable(evaluator, (struct hg_slice){hg_text_string(&name), name.size}, &value);
    substitute((struct hg_slice){hg_text_string(&value), value.size},
               (struct hg_slice){hg_text_string(&from), from.size},
               (struct hg_slice){hg_text_string(&to), to.size}, out);
    hg_text_deinit(&name);
    hg_text_deinit(&value);
    hg_text_deinit(&from);
    hg_text_deinit(&to);
    return true;
}

/* --- functions --- */

/* `name arguments`; false = there is no such function. */
static bool call_function(struct hg_evaluator *evaluator, struct hg_slice reference,
                          struct hg_text *out)
{
    size_t length = 0;
    while (length < reference.size &&
           ((reference.data[length] >= 'a' && reference.data[length] <= 'z') ||
            reference.data[length] == '-'))
        length++;
    if (length == 0 || length == reference.size || strchr(" \t\n", reference.data[length]) == NULL)
        return false;
    const struct hg_function *function =
        hg_find_function((struct hg_slice){reference.data, length});
    if (function == NULL)
        return false;
    struct hg_arguments arguments = {.evaluator = evaluator, .out = out};
    const char *end = reference.data + reference.size;
    const char *at = reference.data + length;
    while (at < end && strchr(" \t\n", *at) != NULL && *at != '\0')
        at++;
    unsigned maximum = function->maximum;
    if (maximum > sizeof arguments.items / sizeof *arguments.items)
        maximum = sizeof arguments.items / sizeof *arguments.items;
    const char *start = at;
    size_t depth = 0;
    for (; at < end; at++) {
        if (*at == '(' || *at == '{')
            depth++;
        else if ((*at == ')' || *at == '}') && depth > 0)
            depth--;
        else if (*at == ',' && depth == 0 && arguments.count + 1 < maximum) {
            arguments.items[arguments.count++] = (struct hg_slice){start, (size_t)(at - start)};
            start = at + 1;
        }
    }
    arguments.items[arguments.count++] = (struct hg_slice){start, (size_t)(end - start)};
    function->run(&arguments);
    return true;
}

/* What stands between `$(` and `)`. */
static void expand_reference(struct hg_evaluator *evaluator, struct hg_slice reference,
                             struct hg_text *out)
{
    if (call_function(evaluator, reference, out) || expand_substitution(evaluator, reference, out))
        return;
    if (memchr(reference.data, '$', reference.size) == NULL) {
        hg_expand_variable(evaluator, reference, out);
        return;
    }
    struct hg_text name = {0};
    hg_expand(evaluator, reference, &name);
    hg_expand_variable(evaluator, (struct hg_slice){hg_text_string(&name), name.size}, out);
    hg_text_deinit(&name);
}

/* --- text --- */

void hg_expand(struct hg_evaluator *evaluator, struct hg_slice text, struct hg_text *out)
{
    if (evaluator->has_failed)
        return;
    if (evaluator->depth >= DEPTH_LIMIT) {
        hg_evaluator_fail(evaluator, "references are nested more than %d deep", (int)DEPTH_LIMIT);
        return;
    }
    evaluator->depth++;
    hg_evaluator_spend(evaluator, HG_STEP);
    const char *at = text.data;
    const char *end = text.data + text.size;
    while (at < end && !evaluator->has_failed) {
        const char *dollar = memchr(at, '$', (size_t)(end - at));
        size_t plain = dollar == NULL ? (size_t)(end - at) : (size_t)(dollar - at);
        hg_evaluator_spend(evaluator, plain + 1);
        hg_text_bytes(out, at, plain);
        at += plain;
        if (out->size > VALUE_LIMIT)
            hg_evaluator_fail(evaluator, "a value is longer than %d bytes", (int)VALUE_LIMIT);
        if (dollar == NULL || dollar + 1 == end)
            break;
        at = dollar + 2;
        if (dollar[1] == '$') {
            hg_text_put(out, "$");
        } else if (dollar[1] != '(' && dollar[1] != '{') {
            hg_expand_variable(evaluator, (struct hg_slice){dollar + 1, 1}, out);
        } else {
            const char *close = hg_reference_end(at, end, dollar[1]);
            if (close == NULL) {
                hg_evaluator_fail(evaluator, "a reference to a variable is not closed");
                break;
            }
            expand_reference(evaluator, (struct hg_slice){at, (size_t)(close - at)}, out);
            at = close + 1;
        }
    }
    evaluator->depth--;
}
