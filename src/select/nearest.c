/*
 * Nearest names: what a name that is not found may have meant.
 *
 *     sk_buf -> struct sk_buff    task_sturct -> struct task_struct    pidtype -> enum pid_type
 *
 * The method: every named type gets a score, lower is nearer, and the best five are kept, less
 * those that score much worse than the best.  The same name under another kind comes first, then
 * names that differ in case only, then few edits (Damerau and Levenshtein: insert, delete, replace,
 * swap neighbours), names that begin with what was asked for, and names that contain it.  The edit
 * distance is only worked out where the lengths allow it to be small, and given up as soon as it is
 * not, so that a pass over the 60,000 names of a kernel takes milliseconds.
 */
#include "model/describe.h"
#include "select/parts.h"

#include <string.h>
#include <strings.h>

enum {
    MAX_SUGGESTIONS = 5,
    MAX_LENGTH = 64, /* longer names are not compared letter by letter */
    MAX_DISTANCE = 4,
    MAX_BEHIND = 9, /* how much worse than the best a suggestion may score */
    NO_SCORE = 1000,
};

struct suggestion {
    const struct hg_type *type;
    unsigned score;
};

struct suggestions {
    struct suggestion items[MAX_SUGGESTIONS];
    size_t count;
};

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Edits that turn a into b (swapped letters are not edited again), or limit + 1 if they are more.
 * Both lengths are at most MAX_LENGTH. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length,
                         unsigned limit)
{
    unsigned rows[3][MAX_LENGTH + 1];
    unsigned *before = rows[0];
    unsigned *above = rows[1];
    unsigned *row = rows[2];
    for (size_t j = 0; j <= b_length; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned least = row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned cost = above[j - 1] + (a[i - 1] != b[j - 1]);
            cost = smaller(cost, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost = smaller(cost, before[j - 2] + 1);
            row[j] = cost;
            least = smaller(least, cost);
        }
        if (least > limit)
            return limit + 1;
        unsigned *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b_length];
}

static unsigned edit_score(const char *wanted, size_t wanted_length, const char *name,
                           size_t name_length)
{
    unsigned limit =
        1 + smaller((unsigned)smaller((unsigned)wanted_length, MAX_LENGTH) / 4, MAX_DISTANCE - 1);
    size_t longer = wanted_length > name_length ? wanted_length : name_length;
    size_t shorter = wanted_length > name_length ? name_length : wanted_length;
    if (longer > MAX_LENGTH || longer - shorter > limit)
        return NO_SCORE;
    unsigned edits = distance(wanted, wanted_length, name, name_length, limit);
    return edits > limit || edits >= wanted_length ? NO_SCORE : 10 * edits;
}

static unsigned score_of(const char *wanted, size_t wanted_length, const char *name)
{
    size_t name_length = strlen(name);
    if (strcmp(wanted, name) == 0)
        return 0;
    if (strcasecmp(wanted, name) == 0)
        return 1;
    unsigned score = edit_score(wanted, wanted_length, name, name_length);
    if (wanted_length < 3 || name_length <= wanted_length)
        return score;
    size_t extra = name_length - wanted_length;
    unsigned penalty = (unsigned)(extra < 20 ? extra : 20);
    if (strncmp(wanted, name, wanted_length) == 0)
        return smaller(score, 12 + penalty);
    if (wanted_length >= 4 && strstr(name, wanted) != NULL)
        return smaller(score, 30 + penalty);
    return score;
}

/* Order among suggestions: by score, then name, then kind. */
static int compare(const struct suggestion *a, const struct suggestion *b)
{
    if (a->score != b->score)
        return a->score < b->score ? -1 : 1;
    int names = strcmp(a->type->name, b->type->name);
    return names != 0 ? names : (int)a->type->kind - (int)b->type->kind;
}

static void consider(struct suggestions *best, const struct suggestion *candidate)
{
    size_t place = best->count;
    while (place > 0 && compare(candidate, &best->items[place - 1]) < 0)
        place--;
    if (place > 0 && compare(candidate, &best->items[place - 1]) == 0)
        return; /* a namesake */
    if (place == MAX_SUGGESTIONS)
        return;
    if (best->count < MAX_SUGGESTIONS)
        best->count++;
    for (size_t i = best->count - 1; i > place; i--)
        best->items[i] = best->items[i - 1];
    best->items[place] = *candidate;
}

void hg_suggest_names(struct hg_text *text, const struct hg_model *model, const char *name)
{
    struct suggestions best = {0};
    size_t length = strlen(name);
    size_t count = hg_model_type_count(model);
    for (size_t id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(model, (hg_type_id)id);
        if (!hg_is_namable(type->kind) || type->name == NULL)
            continue;
        struct suggestion candidate = {.type = type, .score = score_of(name, length, type->name)};
        if (candidate.score != NO_SCORE)
            consider(&best, &candidate);
    }
    while (best.count > 0 && best.items[best.count - 1].score > best.items[0].score + MAX_BEHIND)
        best.count--;
    for (size_t i = 0; i < best.count; i++) {
        bool is_last = i + 1 == best.count;
        hg_text_put(text, i == 0 ? "; did you mean '" : is_last ? " or '" : ", '");
        hg_text_printf(text, "%s ", hg_kind_name(best.items[i].type->kind));
        hg_describe_name(text, best.items[i].type->name);
        hg_text_put(text, "'");
    }
    hg_text_put(text, best.count > 0 ? "?" : "");
}
