/*
 * Split BTF that continues a distilled base, the section .BTF.base, in place of the kernel's BTF.
 *
 *     module.ko:  .BTF.base  1 INT int, 2 STRUCT list_head (16 bytes, no members)
 *                 .BTF       3 STRUCT dev { list_head (2); int (1) }
 *     kernel:                1 INT int, ..., 77 STRUCT list_head, ..., 9000
 *     becomes     .BTF       9001 STRUCT dev { list_head (77); int (1) }
 *
 * The method is that of libbpf and the kernel: each type of the distilled base is found in the
 * kernel's BTF by name and kind.  Numbers and enums must have the same size, and so must records
 * that the module holds by value.  Then the ids are replaced, which gives ordinary split BTF.
 *
 * It is an error if the kernel has no such type (as in libbpf) or several (as mostly in libbpf).
 */
#include "frontend/btf/btf.h"

#include "base/diag.h"
#include "base/text.h"

#include <string.h>

/* A type of the distilled base. */
struct distilled {
    const char *name;
    uint32_t id;
};

struct relocation {
    struct btf split; /* the distilled base, then the types that continue it */
    struct btf base;  /* the kernel's */
    struct distilled *by_name;
    /* By id in the distilled base. */
    uint32_t *found;       /* the id in the kernel's BTF; 0 = none */
    uint8_t *is_embedded;  /* the module holds it by value */
    uint8_t *is_ambiguous; /* the kernel's BTF has several */
};

/* --- which records are held by value --- */

/* Marks the type of the distilled base to which a reference leads without a pointer. */
static bool embed(struct relocation *relocation, uint32_t id)
{
    enum { STEPS_MAX = 1024 };
    const struct btf *split = &relocation->split;
    for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
        if (id < split->base_count) {
            relocation->is_embedded[id] = 1;
            return true;
        }
        enum btf_kind kind = btf_kind(split, id);
        if (!btf_is_modifier(kind) && kind != BTF_TYPEDEF && kind != BTF_ARRAY)
            return true;
        id = btf_reference(split, id, 0);
    }
    return hg_btf_fault(split, id, "is in a chain of more than %d types", STEPS_MAX);
}

static bool holds_by_value(enum btf_kind kind)
{
    return btf_is_record(kind) || kind == BTF_ARRAY || kind == BTF_VAR || kind == BTF_DATASEC ||
           kind == BTF_FUNC_PROTO;
}

static bool find_embedded(struct relocation *relocation)
{
    const struct btf *split = &relocation->split;
    for (uint32_t id = split->base_count; id < split->type_count; id++) {
        if (!holds_by_value(btf_kind(split, id)))
            continue;
        uint32_t count = btf_reference_count(split, id);
        for (uint32_t i = 0; i < count; i++)
            if (!embed(relocation, btf_reference(split, id, i)))
                return false;
    }
    return true;
}

/* --- finding the types in the kernel's BTF --- */

static int compare_names(const void *a, const void *b)
{
    const struct distilled *one = a;
    const struct distilled *other = b;
    int names = strcmp(one->name, other->name);
    return names != 0 ? names : (one->id > other->id) - (one->id < other->id);
}

static bool may_be_distilled(enum btf_kind kind)
{
    return kind == BTF_INT || kind == BTF_FLOAT || kind == BTF_ENUM || kind == BTF_FWD ||
           btf_is_record(kind);
}

static bool sort_distilled(struct relocation *relocation)
{
    const struct btf *split = &relocation->split;
    for (uint32_t id = 1; id < split->base_count; id++) {
        const char *name = btf_string(split, btf_name_at(split, id));
        if (!may_be_distilled(btf_kind(split, id)) || *name == '\0')
            return hg_btf_fault(split, id, "a distilled base has no such types");
        relocation->by_name[id - 1] = (struct distilled){name, id};
    }
    if (split->base_count > 1)
        qsort(relocation->by_name, split->base_count - 1, sizeof *relocation->by_name,
              compare_names);
    return true;
}

enum fit { FIT_NONE, FIT_DECLARED, FIT_NAME, FIT_SIZE };

/* How well the type `id` of the kernel's BTF fits. */
static enum fit fit_of(const struct relocation *relocation, uint32_t distilled, uint32_t id)
{
    const struct btf *split = &relocation->split;
    const struct btf *base = &relocation->base;
    enum btf_kind wanted = btf_kind(split, distilled);
    enum btf_kind kind = btf_kind(base, id);
    bool same_size = btf_size_word(split, distilled) == btf_size_word(base, id);
    if (wanted == BTF_FWD) {
        bool is_union = btf_flag(split, distilled);
        if (kind == BTF_FWD)
            return btf_flag(base, id) == is_union ? FIT_DECLARED : FIT_NONE;
        return kind == (is_union ? BTF_UNION : BTF_STRUCT) ? FIT_SIZE : FIT_NONE;
    }
    if (wanted == BTF_ENUM)
        return (kind == BTF_ENUM || kind == BTF_ENUM64) && same_size ? FIT_SIZE : FIT_NONE;
    if (kind != wanted)
        return FIT_NONE;
    if (btf_is_record(kind) && !same_size)
        return relocation->is_embedded[distilled] ? FIT_NONE : FIT_NAME;
    bool same_int = kind != BTF_INT || btf_extra(split, distilled)[0] == btf_extra(base, id)[0];
    return same_size && same_int ? FIT_SIZE : FIT_NONE;
}

/* Keeps the type that fits best.  Two declarations, or two equal numbers, are not ambiguous. */
static void consider(struct relocation *relocation, uint8_t *fits, uint32_t distilled, uint32_t id)
{
    enum fit fit = fit_of(relocation, distilled, id);
    enum btf_kind kind = btf_kind(&relocation->base, id);
    if (fit == FIT_NONE || fit < fits[distilled])
        return;
    if (fit > fits[distilled]) {
        fits[distilled] = (uint8_t)fit;
        relocation->found[distilled] = id;
        relocation->is_ambiguous[distilled] = 0;
    } else if (kind != BTF_FWD && kind != BTF_INT && kind != BTF_FLOAT) {
        relocation->is_ambiguous[distilled] = 1;
    }
}

/* The index in by_name of the first distilled type whose name is not less than this. */
static size_t find_name(const struct relocation *relocation, const char *name)
{
    size_t begin = 0;
    size_t end = relocation->split.base_count - 1;
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        if (strcmp(relocation->by_name[middle].name, name) < 0)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

static void find_in_base(struct relocation *relocation)
{
    const struct btf *base = &relocation->base;
    size_t count = relocation->split.base_count - 1;
    uint8_t *fits = hg_calloc(relocation->split.base_count, sizeof *fits);
    for (uint32_t id = 1; id < base->type_count; id++) {
        const char *name = btf_string(base, btf_name_at(base, id));
        for (size_t i = find_name(relocation, name);
             i < count && strcmp(relocation->by_name[i].name, name) == 0; i++)
            consider(relocation, fits, relocation->by_name[i].id, id);
    }
    free(fits);
}

static bool check_found(const struct relocation *relocation)
{
    const struct btf *split = &relocation->split;
    for (uint32_t id = 1; id < split->base_count; id++) {
        if (relocation->found[id] != 0 && !relocation->is_ambiguous[id])
            continue;
        const char *size = relocation->is_embedded[id] ? " of that size" : "";
        if (relocation->found[id] != 0)
            return hg_btf_fault(split, id, "of its distilled base: %s has several such types%s",
                                relocation->base.name, size);
        return hg_btf_fault(split, id,
                            "of its distilled base: %s has no such type%s: is it the BTF of the "
                            "kernel that this is for?",
                            relocation->base.name, size);
    }
    return true;
}

/* --- the new split BTF --- */

static uint32_t new_id(const struct relocation *relocation, uint32_t id)
{
    const struct btf *split = &relocation->split;
    return id < split->base_count ? relocation->found[id]
                                  : id - split->base_count + relocation->base.type_count;
}

/* The new strings follow the kernel's, without the empty string at the beginning. */
static void move_string(const struct relocation *relocation, uint32_t *offset)
{
    if (*offset != 0)
        *offset += (uint32_t)relocation->base.string_size - 1;
}

/* The distance in words between the names of members, enumerators or parameters; 0 = there are
 * none. */
static unsigned name_step(enum btf_kind kind)
{
    return btf_is_record(kind) || kind == BTF_ENUM64    ? 3
           : kind == BTF_ENUM || kind == BTF_FUNC_PROTO ? 2
                                                        : 0;
}

static void rewrite(const struct relocation *relocation, uint32_t id, uint32_t *words)
{
    const struct btf *split = &relocation->split;
    enum btf_kind kind = btf_kind(split, id);
    const struct btf_references *references = &hg_btf_references[kind];
    uint32_t count = btf_reference_count(split, id);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *word = &words[references->first + (size_t)i * references->step];
        *word = new_id(relocation, *word);
    }
    if (kind == BTF_ARRAY)
        words[4] = new_id(relocation, words[4]);
    move_string(relocation, &words[0]);
    unsigned step = name_step(kind);
    for (uint32_t i = 0; step > 0 && i < btf_vlen(split, id); i++)
        move_string(relocation, &words[3 + (size_t)i * step]);
}

static void put_word(struct hg_text *text, uint32_t word, bool big_endian)
{
    uint8_t bytes[4];
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(word >> 8 * (big_endian ? 3 - i : i));
    hg_text_bytes(text, bytes, sizeof bytes);
}

/* Writes the newer header, since the types may have the newer form. */
static void write_split(const struct relocation *relocation, struct hg_text *ret)
{
    const struct btf *split = &relocation->split;
    bool big_endian = split->big_endian;
    size_t first = split->base_count < split->type_count ? split->at.items[split->base_count]
                                                         : split->word_count;
    size_t count = split->word_count - first;
    uint32_t *words = hg_calloc(count + 1, sizeof *words);
    if (count > 0)
        memcpy(words, split->words + first, count * sizeof *words);
    for (uint32_t id = split->base_count; id < split->type_count; id++)
        rewrite(relocation, id, words + (split->at.items[id] - first));
    const uint32_t string_size = (uint32_t)split->string_size - 1;
    const uint32_t types_size = (uint32_t)(4 * count);
    const uint32_t header[] = {32, 0, types_size, types_size, string_size, types_size + string_size,
                               0};
    hg_text_bytes(ret, big_endian ? "\xeb\x9f\x01" : "\x9f\xeb\x01", 4);
    for (size_t i = 0; i < sizeof header / sizeof *header; i++)
        put_word(ret, header[i], big_endian);
    for (size_t i = 0; i < count; i++)
        put_word(ret, words[i], big_endian);
    hg_text_bytes(ret, split->strings + 1, string_size);
    free(words);
}

static bool load_checked(struct btf *btf, const struct btf_blob *blob, const struct btf_blob *base)
{
    if (!hg_btf_load(btf, blob, base))
        return false;
    hg_btf_judge_strings(btf);
    return hg_btf_check_rules(btf) && hg_btf_check_references(btf);
}

bool hg_btf_relocate(const struct btf_blob *split, const struct btf_blob *distilled,
                     const struct btf_blob *base, struct hg_diagnostics *diagnostics,
                     struct hg_text *ret)
{
    struct relocation relocation = {.split.diagnostics = diagnostics,
                                    .base.diagnostics = diagnostics};
    bool fine = load_checked(&relocation.split, split, distilled) &&
                load_checked(&relocation.base, base, NULL);
    if (fine && relocation.split.big_endian != relocation.base.big_endian) {
        hg_error(diagnostics, NULL, "%s: its byte order is not that of its base", split->name);
        fine = false;
    }
    if (fine) {
        size_t count = relocation.split.base_count;
        relocation.by_name = hg_calloc(count, sizeof *relocation.by_name);
        relocation.found = hg_calloc(count, sizeof *relocation.found);
        relocation.is_embedded = hg_calloc(count, sizeof *relocation.is_embedded);
        relocation.is_ambiguous = hg_calloc(count, sizeof *relocation.is_ambiguous);
        fine = sort_distilled(&relocation) && find_embedded(&relocation);
    }
    if (fine) {
        find_in_base(&relocation);
        fine = check_found(&relocation);
    }
    if (fine)
        write_split(&relocation, ret);
    free(relocation.by_name);
    free(relocation.found);
    free(relocation.is_embedded);
    free(relocation.is_ambiguous);
    hg_btf_deinit(&relocation.split);
    hg_btf_deinit(&relocation.base);
    return fine;
}
