/*
 * Corrects the object's own BTF, so that kernels accept it.
 *
 * rustc describes Rust's types, and LLVM writes them into .BTF unchanged:
 *
 *     STRUCT 'Option<u8>'               a name that is no C identifier
 *     FUNC_PROTO u64 (u32 <no name>)    of a function whose argument is `_`
 *     STRUCT { x at bit 64, y at 8 }    members in the order of the source, not of the layout
 *     UNION { <no name> u8 at 448 }     a discriminant that is not at offset 0
 *     INT '()' size 0;  a member of type void, which was `char`
 *
 * For any of these, kernels refuse the whole BTF (kernel/bpf/btf.c), and the program is loaded
 * without it.  The method: write each type again, corrected.  Type ids and offsets of strings do
 * not change, since other parts of the object refer to them.  Names are escaped as by bpf-linker:
 * `Option_3C_u8_3E_`.
 *
 * What this does not do: change valid types, or check the result; its reader does that.
 */
#include "link/link.h"

#include "frontend/btf/btf.h"

#include <string.h>
#include <xxhash.h>

enum name_rule {
    NAME_IDENTIFIER,
    NAME_SYMBOL, /* an identifier, or with dots */
    NAME_WORDS,  /* an identifier, or with spaces */
};

struct member {
    uint32_t words[3]; /* name, type, offset: as in BTF */
    uint32_t offset;   /* bits */
    uint32_t index;
};

struct mender {
    const struct btf *btf;
    struct link_btf *out;
    struct hg_strings names;     /* by name: the offset of the escaped name */
    struct hg_strings variables; /* by name: the offset of the new name; 0 = it does not change */
    bool has_variables;          /* some have a new name */
    bool *is_function;           /* by id: a FUNC is of this FUNC_PROTO */
    uint32_t character;          /* id of the INT that stands for Rust's char; 0 = not needed yet */
    HG_ARRAY(struct member) members;
};

void hg_link_btf_deinit(struct link_btf *btf)
{
    free(btf->words.items);
    hg_text_deinit(&btf->strings);
}

/* --- names --- */

static bool may_stay(char c, bool is_first, enum name_rule rule)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
        return true;
    if (is_first)
        return false;
    return (c >= '0' && c <= '9') || (c == '.' && rule == NAME_SYMBOL) ||
           (c == ' ' && rule == NAME_WORDS);
}

static bool is_valid(const char *name, enum name_rule rule)
{
    size_t i = 0;
    while (name[i] != '\0' && i <= LINK_NAME_MAX && may_stay(name[i], i == 0, rule))
        i++;
    return name[i] == '\0' && i <= LINK_NAME_MAX;
}

/* Adds the escaped name; one that would be too long ends in a hash of the original. */
static void escape(struct hg_text *text, const char *name)
{
    enum { KEPT = LINK_NAME_MAX - 17 };
    if (name[0] >= '0' && name[0] <= '9')
        hg_text_put(text, "_");
    for (const char *at = name; *at != '\0'; at++) {
        bool stays = may_stay(*at, false, NAME_IDENTIFIER);
        if (stays)
            hg_text_bytes(text, at, 1);
        else
            hg_text_printf(text, "_%X_", (unsigned char)*at);
    }
    if (text->size <= LINK_NAME_MAX)
        return;
    unsigned long long hash = XXH3_64bits(name, strlen(name));
    hg_text_truncate(text, KEPT);
    hg_text_printf(text, "_%016llx", hash);
}

/* Adds a string, and returns its offset. */
static uint32_t add_string(struct mender *mender, const char *string)
{
    uint32_t offset = (uint32_t)mender->out->strings.size;
    hg_text_bytes(&mender->out->strings, string, strlen(string) + 1);
    return offset;
}

/* The offset of the name that replaces the one at `offset`; the same if that is valid.  The reader
 * of the result refuses an offset that is out of range. */
static uint32_t mended_name(struct mender *mender, uint32_t offset, enum name_rule rule)
{
    if (offset >= mender->btf->string_size)
        return offset;
    const char *name = btf_string(mender->btf, offset);
    if (is_valid(name, rule))
        return offset;
    uint32_t *known = hg_strings_number(&mender->names, name, strlen(name));
    if (*known != 0)
        return *known;
    struct hg_text text = {0};
    escape(&text, name);
    *known = add_string(mender, hg_text_string(&text));
    hg_text_deinit(&text);
    return *known;
}

/* Loaders look a variable up among the symbols, so rename_symbols renames the symbol, too. */
static uint32_t mended_variable(struct mender *mender, uint32_t offset)
{
    uint32_t mended = mended_name(mender, offset, NAME_SYMBOL);
    if (mended == offset)
        return offset;
    const char *name = btf_string(mender->btf, offset);
    *hg_strings_number(&mender->variables, name, strlen(name)) = mended;
    mender->has_variables = true;
    return mended;
}

static void rename_symbols(struct mender *mender, struct linker *linker)
{
    for (size_t i = 0; mender->has_variables && i < linker->symbols.count; i++) {
        struct link_symbol *symbol = &linker->symbols.items[i];
        uint32_t mended =
            *hg_strings_number(&mender->variables, symbol->name, strlen(symbol->name));
        if (mended == 0)
            continue;
        const char *name = mender->out->strings.data + mended;
        symbol->name = hg_strings_intern(&linker->strings, name, strlen(name));
    }
}

/* Makes a name like `arg3` or `member0`, and returns its offset. */
static uint32_t numbered_name(struct mender *mender, const char *word, uint32_t index)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "%s%u", word, index);
    uint32_t offset = add_string(mender, text.data);
    hg_text_deinit(&text);
    return offset;
}

static bool has_name(const struct mender *mender, uint32_t offset)
{
    return offset >= mender->btf->string_size || btf_string(mender->btf, offset)[0] != '\0';
}

static void put(struct mender *mender, uint32_t word)
{
    *HG_PUSH(&mender->out->words) = word;
}

static void put_head(struct mender *mender, uint32_t name, uint32_t info, uint32_t size_or_type)
{
    put(mender, name);
    put(mender, info);
    put(mender, size_or_type);
}

/* --- types --- */

/* The kind of the type without modifiers and typedefs; void if an id or the chain is wrong. */
static enum btf_kind resolved_kind(const struct btf *btf, uint32_t id)
{
    for (int i = 0; i < BTF_CHAIN_MAX && id != 0 && id < btf->type_count; i++) {
        enum btf_kind kind = btf_kind(btf, id);
        if (!btf_is_modifier(kind) && kind != BTF_TYPEDEF)
            return kind;
        id = btf_type_word(btf, id);
    }
    return BTF_VOID;
}

static bool has_size(enum btf_kind kind)
{
    return kind != BTF_VOID && kind != BTF_FWD && kind != BTF_FUNC && kind != BTF_FUNC_PROTO &&
           kind != BTF_VAR && kind != BTF_DATASEC && kind != BTF_DECL_TAG;
}

/* Replaces void by an integer.  Where a type with a size is needed, void was Rust's char, which
 * LLVM cannot write. */
static uint32_t sized(struct mender *mender, uint32_t id)
{
    if (id != 0)
        return id;
    if (mender->character == 0)
        mender->character = mender->btf->type_count;
    return mender->character;
}

static int compare_members(const void *a, const void *b)
{
    const struct member *x = a;
    const struct member *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static void mend_record(struct mender *mender, uint32_t id)
{
    const struct btf *btf = mender->btf;
    const uint32_t *words = btf_extra(btf, id);
    bool is_union = btf_kind(btf, id) == BTF_UNION;
    bool is_sorted = true;
    mender->members.count = 0;
    for (uint32_t i = 0; i < btf_vlen(btf, id); i++, words += 3) {
        struct member member = {.index = i};
        member.offset = btf_flag(btf, id) ? words[2] & 0xffffff : words[2];
        enum btf_kind kind = resolved_kind(btf, words[1]);
        if (!has_size(kind) || (is_union && member.offset != 0))
            continue;
        memcpy(member.words, words, sizeof member.words);
        bool may_be_nameless = btf_is_record(kind) || (btf_flag(btf, id) && words[2] >> 24 != 0);
        member.words[0] = has_name(mender, words[0]) || may_be_nameless
                              ? mended_name(mender, words[0], NAME_IDENTIFIER)
                              : numbered_name(mender, "member", i);
        size_t count = mender->members.count;
        is_sorted &= count == 0 || mender->members.items[count - 1].offset <= member.offset;
        *HG_PUSH(&mender->members) = member;
    }
    if (!is_sorted)
        qsort(mender->members.items, mender->members.count, sizeof *mender->members.items,
              compare_members);
    uint32_t info = (btf_words(btf, id)[1] & 0xff000000) | (uint32_t)mender->members.count;
    put_head(mender, mended_name(mender, btf_name_at(btf, id), NAME_IDENTIFIER), info,
             btf_size_word(btf, id));
    for (size_t i = 0; i < mender->members.count; i++)
        for (int w = 0; w < 3; w++)
            put(mender, mender->members.items[i].words[w]);
}

static void mend_enum(struct mender *mender, uint32_t id, uint32_t each)
{
    const struct btf *btf = mender->btf;
    const uint32_t *words = btf_extra(btf, id);
    put_head(mender, mended_name(mender, btf_name_at(btf, id), NAME_IDENTIFIER),
             btf_words(btf, id)[1], btf_size_word(btf, id));
    for (uint32_t i = 0; i < btf_vlen(btf, id) * each; i++)
        put(mender, i % each == 0 ? mended_name(mender, words[i], NAME_IDENTIFIER) : words[i]);
}

/* Names the parameters of a function's prototype; those of a function pointer need no names. */
static void mend_prototype(struct mender *mender, uint32_t id)
{
    const struct btf *btf = mender->btf;
    const uint32_t *words = btf_extra(btf, id);
    uint32_t count = btf_vlen(btf, id);
    put_head(mender, 0, btf_words(btf, id)[1], btf_type_word(btf, id));
    for (uint32_t i = 0; i < count; i++, words += 2) {
        bool is_named = has_name(mender, words[0]);
        bool is_dots = words[1] == 0 && !is_named && i + 1 == count;
        if (is_dots || (!is_named && !mender->is_function[id]))
            put(mender, 0);
        else
            put(mender, is_named ? mended_name(mender, words[0], NAME_IDENTIFIER)
                                 : numbered_name(mender, "arg", i));
        put(mender, is_dots ? 0 : sized(mender, words[1]));
    }
}

static void mend_int(struct mender *mender, uint32_t id)
{
    const struct btf *btf = mender->btf;
    uint32_t size = btf_size_word(btf, id);
    if (size == 0) {
        /* `()`: a struct without members */
        const uint32_t empty = (uint32_t)BTF_STRUCT << 24;
        put_head(mender, mended_name(mender, btf_name_at(btf, id), NAME_IDENTIFIER), empty, 0);
        return;
    }
    put_head(mender, mended_name(mender, btf_name_at(btf, id), NAME_WORDS), btf_words(btf, id)[1],
             size);
    put(mender, btf_extra(btf, id)[0]);
}

static void copy_type(struct mender *mender, uint32_t id)
{
    const struct btf *btf = mender->btf;
    const uint32_t *words = btf_words(btf, id);
    size_t end = id + 1 < btf->type_count ? btf->at.items[id + 1] : btf->word_count;
    for (size_t i = btf->at.items[id]; i < end; i++)
        put(mender, *words++);
}

static void mend_type(struct mender *mender, uint32_t id)
{
    const struct btf *btf = mender->btf;
    const uint32_t *words = btf_words(btf, id);
    switch (btf_kind(btf, id)) {
    case BTF_INT:
        mend_int(mender, id);
        return;
    case BTF_STRUCT:
    case BTF_UNION:
        mend_record(mender, id);
        return;
    case BTF_ENUM:
        mend_enum(mender, id, 2);
        return;
    case BTF_ENUM64:
        mend_enum(mender, id, 3);
        return;
    case BTF_FUNC_PROTO:
        mend_prototype(mender, id);
        return;
    case BTF_ARRAY:
        put_head(mender, 0, words[1], words[2]);
        put(mender, sized(mender, words[3]));
        put(mender, words[4]);
        put(mender, words[5]);
        return;
    case BTF_PTR:
    case BTF_VOLATILE:
    case BTF_CONST:
    case BTF_RESTRICT:
        put_head(mender, 0, words[1], words[2]);
        return;
    case BTF_FWD:
    case BTF_TYPEDEF:
    case BTF_FUNC:
        put_head(mender, mended_name(mender, words[0], NAME_IDENTIFIER), words[1], words[2]);
        return;
    case BTF_VAR:
        put_head(mender, mended_variable(mender, words[0]), words[1], sized(mender, words[2]));
        put(mender, words[3]);
        return;
    case BTF_VOID:
    case BTF_DATASEC:
    case BTF_FLOAT:
    case BTF_DECL_TAG:
    case BTF_TYPE_TAG:
        copy_type(mender, id);
        return;
    }
}

static void put_character(struct mender *mender)
{
    const uint32_t bits = 32;
    put_head(mender, add_string(mender, "rust_char"), (uint32_t)BTF_INT << 24, bits / 8);
    put(mender, bits);
    mender->out->type_count++;
}

static void mend(struct mender *mender)
{
    const struct btf *btf = mender->btf;
    struct link_btf *out = mender->out;
    hg_text_bytes(&out->strings, btf->strings, btf->string_size);
    out->type_count = btf->type_count - 1;
    for (uint32_t id = 1; id < btf->type_count; id++) {
        if (btf_kind(btf, id) == BTF_FUNC && btf_type_word(btf, id) < btf->type_count)
            mender->is_function[btf_type_word(btf, id)] = true;
        if (btf_kind(btf, id) == BTF_TYPEDEF && btf_name_at(btf, id) < btf->string_size)
            out->was_linked |= strcmp(btf_string(btf, btf_name_at(btf, id)), HG_LINK_MARK) == 0;
    }
    for (uint32_t id = 1; id < btf->type_count; id++)
        mend_type(mender, id);
    if (mender->character != 0)
        put_character(mender);
}

bool hg_link_mend(struct linker *linker, struct link_btf *ret)
{
    *ret = (struct link_btf){0};
    if (linker->btf_section == 0)
        return true;
    const struct link_section *section = link_section(linker, linker->btf_section);
    struct btf btf = {.diagnostics = linker->diagnostics};
    struct btf_blob blob = {.name = linker->name, .data = section->bytes, .size = section->size};
    struct hg_arena arena;
    hg_arena_init(&arena);
    bool fine = hg_btf_load(&btf, &blob, NULL);
    if (fine && btf.big_endian != linker->big_endian)
        fine = hg_link_fault(linker, ".BTF: its byte order is not the object's");
    if (fine) {
        struct mender mender = {.btf = &btf, .out = ret};
        mender.is_function = hg_arena_array(&arena, btf.type_count, sizeof *mender.is_function);
        hg_strings_init(&mender.names, &arena);
        hg_strings_init(&mender.variables, &arena);
        mend(&mender);
        rename_symbols(&mender, linker);
        hg_strings_deinit(&mender.names);
        hg_strings_deinit(&mender.variables);
        free(mender.members.items);
    }
    hg_btf_deinit(&btf);
    hg_arena_deinit(&arena);
    return fine;
}
