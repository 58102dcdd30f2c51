/*
 * Nearest names: see nearest.h.
 *
 * The method: every name gets a score, of which lower is nearer, and the best five are kept, except
 * those that score much worse than the best.  From best to worst: the same name of another kind;
 * names that differ only in case; only in leading underscores; in few edits (Damerau-Levenshtein
 * distance: insert, delete, replace, swap neighbours); names that begin with the requested one;
 * names that contain it.  The edit distance is computed only if the lengths allow it to be small,
 * and abandoned as soon as it exceeds the limit, so that a pass over the 60,000 names of a kernel
 * takes milliseconds.
 */
#include "base/nearest.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
    LENGTH_MAX = 64, /* no edit distance is computed for longer names */
    DISTANCE_MAX = 4,
    SCORE_RANGE = 9, /* how much worse than the best a suggestion may score */
    NO_SCORE = 1000,
};

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The least number of edits that turn a into b, or limit + 1 if it is larger.  Swapped letters are
 * not edited again.  Both lengths are at most LENGTH_MAX. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length,
                         unsigned limit)
{
    unsigned rows[3][LENGTH_MAX + 1];
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
    size_t longer = wanted_length > name_length ? wanted_length : name_length;
    size_t shorter = wanted_length > name_length ? name_length : wanted_length;
    if (longer > LENGTH_MAX)
        return NO_SCORE;
    unsigned limit = 1 + smaller((unsigned)wanted_length / 4, DISTANCE_MAX - 1);
    if (longer - shorter > limit)
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
    const char *bare = wanted + strspn(wanted, "_");
    if (*bare != '\0' && strcmp(bare, name + strspn(name, "_")) == 0)
        return 2;
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

/* Order among suggestions: by score, then name, then rank. */
static int compare(const struct hg_near_name *a, const struct hg_near_name *b)
{
    if (a->score != b->score)
        return a->score < b->score ? -1 : 1;
    int names = strcmp(a->name, b->name);
    return names != 0 ? names : a->rank - b->rank;
}

void hg_nearest_init(struct hg_nearest *nearest, const char *wanted)
{
    *nearest = (struct hg_nearest){.wanted = wanted, .length = strlen(wanted)};
}

void hg_nearest_consider(struct hg_nearest *nearest, const char *name, int rank)
{
    struct hg_near_name candidate = {
        .name = name, .rank = rank, .score = score_of(nearest->wanted, nearest->length, name)};
    if (candidate.score == NO_SCORE)
        return;
    size_t slot = nearest->count;
    while (slot > 0 && compare(&candidate, &nearest->items[slot - 1]) < 0)
        slot--;
    bool is_known = slot > 0 && compare(&candidate, &nearest->items[slot - 1]) == 0;
    if (is_known || slot == HG_NEAREST_MAX)
        return;
    if (nearest->count < HG_NEAREST_MAX)
        nearest->count++;
    memmove(&nearest->items[slot + 1], &nearest->items[slot],
            (nearest->count - 1 - slot) * sizeof candidate);
    nearest->items[slot] = candidate;
}

void hg_nearest_finish(struct hg_nearest *nearest)
{
    while (nearest->count > 0 &&
           nearest->items[nearest->count - 1].score > nearest->items[0].score + SCORE_RANGE)
        nearest->count--;
}
