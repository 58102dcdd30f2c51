/*
 * Precompiled prefixes.
 *
 *     hdrgen-prefix.h     #include <linux/types.h>
 *                         #include <linux/module.h>
 *
 * is the main file of a translation unit that is saved.  Units that begin with these headers
 * continue from it (-include-pch), in a fifth of the time.  The file exists only in memory, like
 * the main file of any unit; clang reads it again when it loads the saved unit.
 */
#include "base/diag.h"
#include "frontend/clang/reader.h"

const char *hg_clang_main_name(const struct hg_parse_options *options)
{
    return options->precompile_to == NULL ? HG_MAIN_FILE : HG_PREFIX_FILE;
}

enum hg_status hg_clang_prefix_file(const struct hg_parse_options *options,
                                    struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    struct hg_parse_options prefix = {
        .user = {.headers = options->before, .header_count = options->prefix_count},
        .include_names = true,
    };
    return hg_clang_main_file(&prefix, diagnostics, text);
}

enum hg_status hg_clang_save(const struct reader *reader)
{
    const char *path = reader->options->precompile_to;
    if (clang_saveTranslationUnit(reader->unit, path, CXSaveTranslationUnit_None) ==
        CXSaveError_None)
        return HG_OK;
    hg_error(reader->diagnostics, NULL, "cannot write the precompiled header '%s'", path);
    return HG_ERROR_IO;
}
