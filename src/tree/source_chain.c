/*
 * Which macros a macro leads to.
 *
 *     #define FIELDS FLD(width) FLD(height)        FIELDS: FLD, width, height; what these lead to
 *     #if BB                                       BB: AA, if its body is AA
 *
 * By the bodies of all its definitions in a prefix, whichever holds.  Only words that are macros of
 * the prefix count, and parameters do not.
 */
#include "tree/directives.h"
#include "tree/source_parts.h"

#include <string.h>

enum { CHAIN_MAX = 4096 }; /* of macros */

struct chain {
    struct source_prefix *prefix;
    struct hg_arena arena;
    struct hg_strings seen;
    struct string_list pending;
};

static void take_word(void *user, const char *at, size_t length)
{
    struct chain *chain = user;
    bool is_macro = false;
    for (const struct source_prefix *in = chain->prefix; in != NULL && !is_macro; in = in->parent)
        is_macro = hg_strings_find(&in->macros, at, length) != 0;
    uint32_t *is_seen = is_macro ? hg_strings_number(&chain->seen, at, length) : NULL;
    if (is_seen == NULL || *is_seen != 0)
        return;
    *is_seen = 1;
    *HG_PUSH(&chain->pending) = hg_strings_intern(&chain->prefix->sources->scanned, at, length);
}

static void follow(struct chain *chain, const char *name)
{
    for (const struct source_prefix *in = chain->prefix; in != NULL; in = in->parent) {
        uint32_t i = hg_strings_find(&in->macros, name, strlen(name));
        for (; i != 0; i = in->definers.items[i - 1].next) {
            const struct scanned_file *file = in->definers.items[i - 1].file;
            for (size_t e = 0; e < file->events.count; e++)
                if (file->events.items[e].name == name && file->events.items[e].text != NULL)
                    hg_scan_body_words(file->events.items[e].text, take_word, chain);
        }
    }
}

bool hg_chain_visit(struct source_prefix *prefix, const char *name, hg_chain_fn *visit, void *user)
{
    struct chain chain = {.prefix = prefix};
    hg_arena_init(&chain.arena);
    hg_strings_init(&chain.seen, &chain.arena);
    bool goes_on = visit(user, name);
    follow(&chain, name);
    for (size_t i = 0; i < chain.pending.count && goes_on; i++) {
        goes_on = i < CHAIN_MAX && visit(user, chain.pending.items[i]);
        follow(&chain, chain.pending.items[i]);
    }
    free(chain.pending.items);
    hg_strings_deinit(&chain.seen);
    hg_arena_deinit(&chain.arena);
    return goes_on;
}
