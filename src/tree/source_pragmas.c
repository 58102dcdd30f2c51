/*
 * Pragmas that act on other files.
 *
 *     #pragma pack(1)
 *     struct cper { ... };
 *     #pragma pack()               acts on no other file, if no #include follows the first pack
 *
 * A pack that is not undone, push_macro, and most other pragmas act on all files after theirs.
 * #ifs are ignored.
 */
#include "tree/source_guard.h"

#include <string.h>

struct pragmas {
    struct scanned_file *file;
    size_t pushed;  /* pack(push) that no pack(pop) has undone */
    bool is_packed; /* by pack(1), until pack() */
    bool has_pack;
};

static void take_pack(struct pragmas *pragmas, const char *at)
{
    pragmas->has_pack = true;
    at += strspn(at, " \t(");
    if (hg_begins_with(at, "push")) {
        pragmas->pushed++;
    } else if (hg_begins_with(at, "pop")) {
        at += 3;
        at += strspn(at, " \t");
        pragmas->pushed -= pragmas->pushed > 0 && *at == ')';
    } else {
        pragmas->is_packed = *at != ')';
    }
}

/* at: the text after _Pragma.  Its literal may also be L"" or u8"". */
static bool is_harmful(const char *at)
{
    static const char *const harmless[] = {"\"GCC diagnostic", "\"clang diagnostic"};
    at += *at == '(';
    at += strspn(at, " \t\n");
    const char *quote = at + hg_word_length(at);
    return *quote == '"' && (quote > at || !HG_BEGINS_WITH_ONE_OF(at, harmless));
}

static void take_word(void *user, const char *at, size_t length)
{
    static const char *const harmless[] = {"once",       "GCC diagnostic", "clang diagnostic",
                                           "GCC poison", "GCC optimize",   "GCC visibility"};
    struct pragmas *pragmas = user;
    bool is_include = hg_is_named(at, length, "include") ||
                      hg_is_named(at, length, "include_next") || hg_is_named(at, length, "import");
    const char *rest = at + length + strspn(at + length, " \t");
    if ((is_include && pragmas->has_pack) || hg_is_named(at, length, "__pragma") ||
        (hg_is_named(at, length, "_Pragma") && is_harmful(rest)))
        pragmas->file->has_pragmas = pragmas->file->has_inner = true;
    if (!hg_is_named(at, length, "pragma"))
        return;
    if (hg_begins_with(rest, "pack")) {
        take_pack(pragmas, rest + 4);
        pragmas->file->has_inner = true; /* one in a function acts on the text after it */
    } else if (!HG_BEGINS_WITH_ONE_OF(rest, harmless)) {
        pragmas->file->leaves_pragmas = true;
    }
}

void hg_pragmas_find(struct scanned_file *file, const char *text)
{
    struct pragmas pragmas = {.file = file};
    hg_scan_words(text, take_word, &pragmas);
    file->leaves_pragmas = file->leaves_pragmas || pragmas.is_packed || pragmas.pushed > 0;
    file->has_pragmas = file->has_pragmas || file->leaves_pragmas;
}
