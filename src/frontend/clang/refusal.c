/*
 * Which argument libclang refuses.
 *
 *     -- -O2 -march=nope -DX       "clang refuses -march=nope"
 *
 * libclang returns only a failure for an unknown language, processor or internal option.  So an
 * empty file is parsed with a part of the arguments; a binary search finds the shortest refused
 * list, whose last argument is at fault.
 */
#include "frontend/clang/reader.h"

#include "base/diag.h"

#include <string.h>

/* Whether an empty file can be parsed with the first `count` of the user's arguments. */
static bool is_taken(CXIndex index, const struct hg_parse_options *options, size_t count)
{
    struct hg_parse_options some = {.user = options->user};
    some.user.argument_count = count;
    struct argument_list arguments = {0};
    hg_clang_arguments(&some, &arguments);
    CXTranslationUnit unit = NULL;
    enum CXErrorCode code = clang_parseTranslationUnit2FullArgv(
        index, "/dev/null", arguments.items, (int)arguments.count, NULL, 0, 0, &unit);
    free(arguments.items);
    clang_disposeTranslationUnit(unit);
    return code == CXError_Success;
}

/* Whether the argument is the value of the option before it: `-x rust`, `-Xclang -bogus`. */
static bool has_option_before(const struct hg_parse_options *options, size_t at)
{
    const char *const *arguments = options->user.arguments;
    return at > 0 && arguments[at - 1][0] == '-' &&
           (arguments[at][0] != '-' || hg_begins_with(arguments[at - 1], "-X") ||
            strcmp(arguments[at - 1], "-mllvm") == 0);
}

void hg_clang_report_refusal(struct reader *reader, CXIndex index)
{
    const struct hg_parse_options *options = reader->options;
    size_t count = options->user.argument_count;
    if (count == 0 || is_taken(index, options, count) || !is_taken(index, options, 0)) {
        hg_error(reader->diagnostics, NULL, "libclang refuses its arguments");
        return;
    }
    size_t taken = 0;       /* a number of arguments that libclang takes */
    size_t refused = count; /* a number that it refuses */
    while (refused - taken > 1) {
        size_t middle = taken + (refused - taken) / 2;
        if (is_taken(index, options, middle))
            taken = middle;
        else
            refused = middle;
    }
    const char *const *arguments = options->user.arguments;
    bool has_before = has_option_before(options, taken);
    const char *value = !has_before && arguments[taken][0] == '-' && taken + 1 < count &&
                                arguments[taken + 1][0] != '-'
                            ? arguments[taken + 1]
                            : NULL;
    hg_error(reader->diagnostics, NULL, "clang refuses the argument '%s%s%s%s%s': leave it out",
             has_before ? arguments[taken - 1] : "", has_before ? " " : "", arguments[taken],
             value != NULL ? " " : "", value != NULL ? value : "");
}

/* --- options that are not known --- */

static bool is_about(const char *text, const char *option)
{
    if (!hg_begins_with(text, "unknown argument") && !hg_begins_with(text, "unsupported option"))
        return false;
    const char *at = strchr(text, '\'');
    size_t length = strlen(option);
    return at != NULL && strncmp(at + 1, option, length) == 0 && at[1 + length] == '\'';
}

static void mark_unknown(CXTranslationUnit unit, const char *const *options, size_t count,
                         bool *unknown)
{
    unsigned diagnostics = clang_getNumDiagnostics(unit);
    for (unsigned i = 0; i < diagnostics; i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(unit, i);
        CXString text = clang_getDiagnosticSpelling(diagnostic);
        for (size_t o = 0; o < count; o++)
            unknown[o] = unknown[o] || is_about(clang_getCString(text), options[o]);
        clang_disposeString(text);
        clang_disposeDiagnostic(diagnostic);
    }
}

void hg_clang_find_unknown(const char *target, const char *const *options, size_t count,
                           bool *unknown)
{
    if (hg_clang_load(NULL) != HG_OK)
        return;
    struct hg_parse_options all = {
        .user = {.arguments = options, .argument_count = count, .target = target}};
    struct argument_list arguments = {0};
    hg_clang_arguments(&all, &arguments);
    CXIndex index = clang_createIndex(0, 0);
    CXTranslationUnit unit = NULL;
    if (clang_parseTranslationUnit2FullArgv(index, "/dev/null", arguments.items,
                                            (int)arguments.count, NULL, 0, 0,
                                            &unit) == CXError_Success)
        mark_unknown(unit, options, count, unknown);
    free(arguments.items);
    clang_disposeTranslationUnit(unit);
    clang_disposeIndex(index);
}
