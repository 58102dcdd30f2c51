/*
 * Nearest names: see nearest.h.
 *
 * The method: every name gets a score, lower is nearer, and the best five are kept, less those that
 * score much worse than the best.  The same name under another kind comes first, then names that
 * differ in case only, or in the underscores before them, then few edits (Damerau and Levenshtein:
 * insert, delete, replace, swap neighbours), names that begin with what was asked for, and names
 * that contain it.  The edit distance is only worked out where the lengths allow it to be small,
 * and given up as soon as it is not, so that a pass over the 60,000 names of a kernel takes
 * milliseconds.
 */
#include "base/nearest.h"

#include <string.h>
#include <strings.h>

enum {
    LENGTH_MAX = 64, /* longer names are not compared letter by letter */
    DISTANCE_MAX = 4,
    BEHIND_MAX = 9, /* how much worse than the best a suggestion may score */
    NO_SCORE = 1000,
};

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Edits that turn a into b (swapped letters are not edited again), or limit + 1 if they are more.
 * Both lengths are at most LENGTH_MAX. */
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
    unsigned limit =
        1 + smaller((unsigned)smaller((unsigned)wanted_length, LENGTH_MAX) / 4, DISTANCE_MAX - 1);
    size_t longer = wanted_length > name_length ? wanted_length : name_length;
    size_t shorter = wanted_length > name_length ? name_length : wanted_length;
    if (longer > LENGTH_MAX || longer - shorter > limit)
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
    size_t place = nearest->count;
    while (place > 0 && compare(&candidate, &nearest->items[place - 1]) < 0)
        place--;
    if (place > 0 && compare(&candidate, &nearest->items[place - 1]) == 0)
        return; /* the same name again */
    if (place == HG_NEAREST_MAX)
        return;
    if (nearest->count < HG_NEAREST_MAX)
        nearest->count++;
    for (size_t i = nearest->count - 1; i > place; i--)
        nearest->items[i] = nearest->items[i - 1];
    nearest->items[place] = candidate;
}

void hg_nearest_finish(struct hg_nearest *nearest)
{
    while (nearest->count > 0 &&
           nearest->items[nearest->count - 1].score > nearest->items[0].score + BEHIND_MAX)
        nearest->count--;
}
