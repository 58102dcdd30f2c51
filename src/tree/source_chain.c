/*
 * Which macros of a prefix the expansion of a macro may use.
 *
 *     #define FIELDS FLD(width) FLD(height)    FIELDS uses FLD, width and height, as far as these
 *                                              are macros, and the macros that these use
 *
 * A macro may have several definitions in a prefix.  The bodies of all of them count, whichever
 * holds.  Parameters do not count.
 */
#include "tree/source_guard.h"

#include <string.h>

enum { MACROS_MAX = 4096 };

struct chain {
    struct source_prefix *prefix;
    struct hg_strings seen;
    struct string_list pending;
};

static void take_word(void *user, const char *at, size_t length)
{
    struct chain *chain = user;
    if (!hg_prefix_has(chain->prefix, PREFIX_MACROS, at, length) ||
        (*hg_strings_number(&chain->seen, at, length))++ != 0)
        return;
    *HG_PUSH(&chain->pending) = hg_strings_intern(&chain->prefix->sources->scanned, at, length);
}

/* Takes the words of all bodies of the macro. */
static void take_bodies(struct chain *chain, const char *name)
{
    for (const struct source_prefix *in = chain->prefix; in != NULL; in = in->parent) {
        uint32_t i = hg_strings_find(&in->tables[PREFIX_MACROS], name, strlen(name));
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
    bool goes_on = visit(user, name);
    take_bodies(&chain, name);
    for (size_t i = 0; i < chain.pending.count && goes_on; i++) {
        goes_on = i < MACROS_MAX && visit(user, chain.pending.items[i]);
        take_bodies(&chain, chain.pending.items[i]);
    }
    free(chain.pending.items);
    hg_strings_deinit(&chain.seen);
    return goes_on;
}
