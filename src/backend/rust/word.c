/*
 * Words: turns C identifiers into Rust identifiers.
 *
 *     comm -> comm      type -> r#type      self -> self_
 *
 * The method: a sorted table has the keywords of all editions up to 2024, also reserved ones.  A
 * keyword becomes a raw identifier.  `self`, `Self`, `super`, `crate` and `_` cannot be raw and get
 * an underscore; the caller must check that the result is not used already.
 *
 * What this does not do: handle letters outside ASCII and `$`.  The model has none.
 */
#include "backend/rust/rust.h"

#include <string.h>

static const char *const keywords[] = {
    "Self",   "_",        "abstract", "as",     "async",   "await",    "become", "box",    "break",
    "const",  "continue", "crate",    "do",     "dyn",     "else",     "enum",   "extern", "false",
    "final",  "fn",       "for",      "gen",    "if",      "impl",     "in",     "let",    "loop",
    "macro",  "match",    "mod",      "move",   "mut",     "override", "priv",   "pub",    "ref",
    "return", "self",     "static",   "struct", "super",   "trait",    "true",   "try",    "type",
    "typeof", "unsafe",   "unsized",  "use",    "virtual", "where",    "while",  "yield",
};

static int compare_words(const void *left, const void *right)
{
    return strcmp(left, *(const char *const *)right);
}

bool hg_rust_is_keyword(const char *name)
{
    size_t longest = 8;
    if (strnlen(name, longest + 1) > longest)
        return false;
    return bsearch(name, keywords, sizeof keywords / sizeof *keywords, sizeof *keywords,
                   compare_words) != NULL;
}

bool hg_rust_cannot_be_raw(const char *name)
{
    static const char *const words[] = {"self", "Self", "super", "crate", "_"};
    return HG_IS_ONE_OF(name, words);
}

const char *hg_rust_join(struct hg_rust *rust, const char *first, const char *second,
                         const char *third)
{
    size_t lengths[] = {strlen(first), strlen(second), strlen(third)};
    char *joined = hg_arena_alloc(&rust->arena, lengths[0] + lengths[1] + lengths[2] + 1);
    memcpy(joined, first, lengths[0]);
    memcpy(joined + lengths[0], second, lengths[1]);
    memcpy(joined + lengths[0] + lengths[1], third, lengths[2]);
    return joined;
}

const char *hg_rust_escape(struct hg_rust *rust, const char *name)
{
    if (!hg_rust_is_keyword(name))
        return name;
    if (hg_rust_cannot_be_raw(name))
        return hg_rust_join(rust, name, "_", "");
    return hg_rust_join(rust, "r#", name, "");
}

const char *hg_rust_bare(const char *text)
{
    return strncmp(text, "r#", 2) == 0 ? text + 2 : text;
}

const char *hg_rust_numbered(struct hg_rust *rust, const char *name, size_t number)
{
    return hg_arena_printf(&rust->arena, "%s___%zu", name, number);
}

uint64_t hg_rust_hash(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
    return hash;
}
