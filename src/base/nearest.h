/*
 * Suggestions for a name that is not found: the most similar of the names that exist.
 *
 *     struct hg_nearest nearest;
 *     hg_nearest_init(&nearest, "sk_buf");
 *     hg_nearest_consider(&nearest, "sk_buff", 0);    ... once for every existing name
 *     hg_nearest_finish(&nearest);                    nearest.items[0].name is "sk_buff"
 */
#ifndef HG_BASE_NEAREST_H
#define HG_BASE_NEAREST_H

#include <stddef.h>

enum { HG_NEAREST_MAX = 5 };

struct hg_near_name {
    const char *name;
    int rank; /* the caller's; distinguishes and orders equal names (of several kinds) */
    unsigned score;
};

struct hg_nearest {
    struct hg_near_name items[HG_NEAREST_MAX]; /* the nearest first */
    size_t count;
    const char *wanted;
    size_t length; /* of wanted */
};

void hg_nearest_init(struct hg_nearest *nearest, const char *wanted);
void hg_nearest_consider(struct hg_nearest *nearest, const char *name, int rank);
/* Drops names that are much less similar than the first. */
void hg_nearest_finish(struct hg_nearest *nearest);

#endif
