/*
 * The functions of make that work on text.
 *
 *     $(patsubst %.o,%.c,a.o b.o)     a.c b.c
 *     $(filter %.o,a.o b.c)           a.o
 *     $(sort b.o a.o b.o)             a.o b.o
 *     $(notdir lib/a.o)               a.o
 */
#include "tree/kbuild/evaluator.h"

#include <limits.h>

/* --- arguments --- */

struct hg_text hg_argument(const struct hg_arguments *arguments, size_t index)
{
    struct hg_text text = {0};
    hg_text_put(&text, "");
    if (index < arguments->count)
        hg_expand(arguments->evaluator, arguments->items[index], &text);
    return text;
}

static struct hg_slice all_of(const struct hg_text *text)
{
    return (struct hg_slice){hg_text_string(text), text->size};
}

void hg_put_word(struct hg_text *out, size_t start, struct hg_slice word)
{
    if (out->size > start)
        hg_text_put(out, " ");
    hg_text_bytes(out, word.data, word.size);
}

/* Up to three arguments, all expanded, freed together. */
struct expanded {
    struct hg_text items[3];
};

static struct expanded expand_all(const struct hg_arguments *arguments)
{
    struct expanded expanded = {0};
    for (size_t i = 0; i < 3; i++)
        expanded.items[i] = hg_argument(arguments, i);
    return expanded;
}

static void expanded_deinit(struct expanded *expanded)
{
    for (size_t i = 0; i < 3; i++)
        hg_text_deinit(&expanded->items[i]);
}

#define EXPAND(arguments)                                                                          \
    HG_CLEANUP(expanded_deinit) struct expanded expanded = expand_all(arguments);                  \
    struct hg_slice first = all_of(&expanded.items[0]);                                            \
    struct hg_slice second = all_of(&expanded.items[1]);                                           \
    struct hg_slice third = all_of(&expanded.items[2]);                                            \
    struct hg_text *out = (arguments)->out;                                                        \
    size_t start = out->size;                                                                      \
    (void)first, (void)second, (void)third, (void)start

/* The number that the text says, at least 0; -1 = it is no number, or too large. */
static long number_of(struct hg_slice text)
{
    text = hg_slice_trim(text);
    long number = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || number > INT_MAX / 10 - 1)
            return -1;
        number = number * 10 + (text.data[i] - '0');
    }
    return text.size == 0 ? -1 : number;
}

/* --- substitution --- */

static const char *find(struct hg_slice text, struct hg_slice part)
{
    return part.size == 0 ? text.data : memmem(text.data, text.size, part.data, part.size);
}

static void run_subst(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    const char *found;
    while (first.size > 0 && (found = find(third, first)) != NULL) {
        size_t before = (size_t)(found - third.data);
        hg_text_bytes(out, third.data, before);
        hg_text_bytes(out, second.data, second.size);
        third.data += before + first.size;
        third.size -= before + first.size;
        hg_evaluator_spend(arguments->evaluator, second.size);
        if (arguments->evaluator->has_failed)
            return;
    }
    hg_text_bytes(out, third.data, third.size);
}

static void run_patsubst(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    first = hg_slice_trim(first);
    second = hg_slice_trim(second);
    const char *percent = second.size == 0 ? NULL : memchr(second.data, '%', second.size);
    bool is_pattern = first.size > 0 && memchr(first.data, '%', first.size) != NULL;
    struct hg_slice word, stem;
    while (hg_make_word(&third, &word)) {
        if (!hg_make_match(first, word, &stem)) {
            hg_put_word(out, start, word);
        } else if (percent == NULL || !is_pattern) {
            hg_put_word(out, start, second);
        } else {
            hg_put_word(out, start,
                        (struct hg_slice){second.data, (size_t)(percent - second.data)});
            hg_text_bytes(out, stem.data, stem.size);
            hg_text_bytes(out, percent + 1, second.size - (size_t)(percent - second.data) - 1);
        }
        hg_evaluator_spend(arguments->evaluator, second.size);
        if (arguments->evaluator->has_failed)
            return;
    }
}

static void run_strip(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    struct hg_slice word;
    while (hg_make_word(&first, &word))
        hg_put_word(out, start, word);
}

static void run_findstring(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    if (find(second, first) != NULL)
        hg_text_bytes(out, first.data, first.size);
}

static void filter(struct hg_arguments *arguments, bool keeps)
{
    EXPAND(arguments);
    struct hg_slice word, stem, pattern;
    while (hg_make_word(&second, &word) && !arguments->evaluator->has_failed) {
        bool fits = false;
        struct hg_slice patterns = first;
        while (!fits && hg_make_word(&patterns, &pattern))
            fits = hg_make_match(pattern, word, &stem);
        hg_evaluator_spend(arguments->evaluator, first.size);
        if (fits == keeps)
            hg_put_word(out, start, word);
    }
}

static void run_filter(struct hg_arguments *arguments)
{
    filter(arguments, true);
}

static void run_filter_out(struct hg_arguments *arguments)
{
    filter(arguments, false);
}

/* --- lists --- */

static int compare_slices(const void *a, const void *b)
{
    const struct hg_slice *left = a, *right = b;
    size_t size = left->size < right->size ? left->size : right->size;
    int order = size == 0 ? 0 : memcmp(left->data, right->data, size);
    return order != 0 ? order : (left->size > right->size) - (left->size < right->size);
}

static void run_sort(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    HG_ARRAY(struct hg_slice) words = {0};
    struct hg_slice word;
    while (hg_make_word(&first, &word))
        *HG_PUSH(&words) = word;
    if (words.count > 0)
        qsort(words.items, words.count, sizeof *words.items, compare_slices);
    for (size_t i = 0; i < words.count; i++)
        if (i == 0 || !hg_slice_equals(words.items[i], words.items[i - 1]))
            hg_put_word(out, start, words.items[i]);
    free(words.items);
}

/* Puts the words `from` to `to`, counted from 1. */
static void put_range(struct hg_text *out, struct hg_slice words, long from, long to)
{
    size_t start = out->size;
    struct hg_slice word;
    for (long i = 1; i <= to && hg_make_word(&words, &word); i++)
        if (i >= from)
            hg_put_word(out, start, word);
}

static void run_word(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    long which = number_of(first);
    put_range(out, second, which < 1 ? 1 : which, which);
}

static void run_wordlist(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    long from = number_of(first);
    put_range(out, third, from < 1 ? 1 : from, from < 1 ? 0 : number_of(second));
}

static long count_words(struct hg_slice words)
{
    struct hg_slice word;
    long count = 0;
    while (hg_make_word(&words, &word))
        count++;
    return count;
}

static void run_words(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    hg_text_unsigned(out, (unsigned long long)count_words(first));
}

static void run_firstword(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    put_range(out, first, 1, 1);
}

static void run_lastword(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    long count = count_words(first);
    put_range(out, first, count, count);
}

static void run_join(struct hg_arguments *arguments)
{
    EXPAND(arguments);
    struct hg_slice left, right;
    for (;;) {
        bool has_left = hg_make_word(&first, &left);
        bool has_right = hg_make_word(&second, &right);
        if (!has_left && !has_right)
            return;
        hg_put_word(out, start, has_left ? left : (struct hg_slice){0});
        if (has_right)
            hg_text_bytes(out, right.data, right.size);
    }
}

static void add_affix(struct hg_arguments *arguments, bool is_prefix)
{
    EXPAND(arguments);
    struct hg_slice word;
    while (hg_make_word(&second, &word)) {
        hg_put_word(out, start, is_prefix ? first : word);
        struct hg_slice rest = is_prefix ? word : first;
        hg_text_bytes(out, rest.data, rest.size);
        hg_evaluator_spend(arguments->evaluator, first.size);
        if (arguments->evaluator->has_failed)
            return;
    }
}

static void run_addprefix(struct hg_arguments *arguments)
{
    add_affix(arguments, true);
}

static void run_addsuffix(struct hg_arguments *arguments)
{
    add_affix(arguments, false);
}

/* --- names of files --- */

enum part { DIRECTORY, NAME, SUFFIX, BASE };

static struct hg_slice part_of(struct hg_slice word, enum part part)
{
    size_t slash = word.size;
    while (slash > 0 && word.data[slash - 1] != '/')
        slash--;
    size_t dot = word.size;
    while (dot > slash && word.data[dot - 1] != '.')
        dot--;
    bool has_suffix = dot > slash;
    switch (part) {
    case DIRECTORY:
        return slash == 0 ? hg_slice_of("./") : (struct hg_slice){word.data, slash};
    case NAME:
        return (struct hg_slice){word.data + slash, word.size - slash};
    case SUFFIX:
        return has_suffix ? (struct hg_slice){word.data + dot - 1, word.size - dot + 1}
                          : (struct hg_slice){word.data, 0};
    case BASE:
        return has_suffix ? (struct hg_slice){word.data, dot - 1} : word;
    }
    return word;
}

static void put_parts(struct hg_arguments *arguments, enum part part)
{
    EXPAND(arguments);
    struct hg_slice word;
    while (hg_make_word(&first, &word)) {
        struct hg_slice found = part_of(word, part);
        if (found.size > 0)
            hg_put_word(out, start, found);
    }
}

static void run_dir(struct hg_arguments *arguments)
{
    put_parts(arguments, DIRECTORY);
}

static void run_notdir(struct hg_arguments *arguments)
{
    put_parts(arguments, NAME);
}

static void run_suffix(struct hg_arguments *arguments)
{
    put_parts(arguments, SUFFIX);
}

static void run_basename(struct hg_arguments *arguments)
{
    put_parts(arguments, BASE);
}

/* --- the table --- */

static const struct hg_function functions[] = {
    {"subst", 3, run_subst},         {"patsubst", 3, run_patsubst},
    {"strip", 1, run_strip},         {"findstring", 2, run_findstring},
    {"filter", 2, run_filter},       {"filter-out", 2, run_filter_out},
    {"sort", 1, run_sort},           {"word", 2, run_word},
    {"wordlist", 3, run_wordlist},   {"words", 1, run_words},
    {"firstword", 1, run_firstword}, {"lastword", 1, run_lastword},
    {"join", 2, run_join},           {"addprefix", 2, run_addprefix},
    {"addsuffix", 2, run_addsuffix}, {"dir", 1, run_dir},
    {"notdir", 1, run_notdir},       {"suffix", 1, run_suffix},
    {"basename", 1, run_basename},   {"wildcard", 1, hg_make_wildcard},
    {"abspath", 1, hg_make_path},    {"realpath", 1, hg_make_real_path},
};

const struct hg_function *hg_find_function(struct hg_slice name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (hg_slice_is(name, functions[i].name))
            return &functions[i];
    return hg_find_control(name);
}
