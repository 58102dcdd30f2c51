/*
 * Leaves arguments for clang out, so that users can paste a command line of a kernel's build:
 *
 *     -- -Wp,-MMD,kernel/.fork.o.d -I... -fconserve-stack -mindirect-branch=thunk-extern
 *
 * Two sorts are left out, and a note names them: options that make a compiler write dependencies
 * (hdrgen has --depfile), and options of gcc that this clang does not know, if they affect only
 * code (tree/kbuild/option_names.c).  For any other unknown option clang reports an error, since a
 * layout may depend on it.
 */
#include "parser.h"

#include "base/diag.h"
#include "base/text.h"
#include "frontend/clang/parse.h"
#include "tree/kbuild/option_table.h"

#include <string.h>

/* Whether the option is about dependencies; *takes_next: its value is the next word. */
static bool is_of_dependencies(const char *word, bool *takes_next)
{
    static const char *const plain[] = {"-M", "-MM", "-MD", "-MMD", "-MG", "-MP", "-MV"};
    static const char *const with_value[] = {"-MF", "-MT", "-MQ", "-MJ"};
    *takes_next = false;
    if (HG_IS_ONE_OF(word, plain))
        return true;
    if (HG_BEGINS_WITH_ONE_OF(word, with_value)) {
        *takes_next = word[3] == '\0';
        return true;
    }
    return hg_begins_with(word, "-Wp,-M") && strstr(word, ",-D") == NULL &&
           strstr(word, ",-U") == NULL && strstr(word, ",-I") == NULL;
}

static void add_name(struct hg_text *names, const char *word)
{
    hg_text_printf(names, "%s%s", names->size == 0 ? "" : ", ", word);
}

static void note(struct parser *parser, const struct hg_text *names, const char *why)
{
    if (names->size > 0)
        hg_note(parser->diagnostics, NULL, "left out: %s (%s)", names->data, why);
}

static void leave_out_dependencies(struct parser *parser, word_list *words)
{
    struct hg_text names = {0};
    size_t kept = 0;
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        bool takes_next = false;
        if (strcmp(word, "-Xclang") == 0 && i + 1 < words->count) {
            words->items[kept++] = words->items[i++];
            words->items[kept++] = words->items[i];
        } else if (is_of_dependencies(word, &takes_next)) {
            add_name(&names, word);
            i += takes_next;
        } else {
            words->items[kept++] = word;
        }
    }
    words->count = kept;
    note(parser, &names, "--depfile FILE writes hdrgen's dependencies");
    hg_text_deinit(&names);
}

static bool may_be_left_out(const char *word)
{
    return (hg_begins_with(word, "-f") || hg_begins_with(word, "-m") ||
            hg_begins_with(word, "--param=")) &&
           hg_option_is_of_code(word);
}

static void leave_out_unknown(struct parser *parser, const char *target, word_list *words)
{
    word_list doubtful = {0};
    for (size_t i = 0; i < words->count; i++)
        if (may_be_left_out(words->items[i]))
            *HG_PUSH(&doubtful) = words->items[i];
    bool *unknown = hg_calloc(doubtful.count + 1, sizeof *unknown);
    if (doubtful.count > 0)
        hg_clang_find_unknown(target, doubtful.items, doubtful.count, unknown);
    struct hg_text names = {0};
    size_t kept = 0;
    size_t next = 0;
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        bool is_left_out = may_be_left_out(word) && unknown[next++];
        if (is_left_out)
            add_name(&names, word);
        else
            words->items[kept++] = word;
    }
    words->count = kept;
    note(parser, &names, "clang does not know these; they affect code, not layouts");
    hg_text_deinit(&names);
    free(unknown);
    free((void *)doubtful.items);
}

const char *lost_by(const char *word)
{
    const struct hg_option_row *row = hg_find_option(word, "", false);
    bool is_lost = row != NULL && row->treatment == HG_OPTION_LOSE && !row->is_prefix;
    return is_lost ? row->lost : NULL;
}

void leave_out_arguments(struct parser *parser, struct source_options *sources)
{
    leave_out_dependencies(parser, &sources->after);
    leave_out_unknown(parser, sources->each.headers.target, &sources->after);
}
