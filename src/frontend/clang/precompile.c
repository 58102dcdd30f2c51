/*
 * Precompiled preludes.
 *
 *     hdrgen-prelude.h     #include <linux/types.h>
 *                          #include <linux/module.h>
 *
 * is parsed once and saved; units that begin with these go on from there (-include-pch), in a fifth
 * of the time.  The file exists only in memory, as does the main file of a unit: clang wants to see
 * it again whenever it goes on.
 */
#include "base/diag.h"
#include "frontend/clang/reader.h"

static enum hg_status save(struct reader *reader, const char *path)
{
    if (clang_saveTranslationUnit(reader->unit, path, CXSaveTranslationUnit_None) ==
        CXSaveError_None)
        return HG_OK;
    hg_error(reader->diagnostics, NULL, "cannot write the precompiled header '%s'", path);
    return HG_ERROR_IO;
}

enum hg_status hg_precompile_headers(const struct hg_header_options *options,
                                     struct hg_diagnostics *diagnostics, const char *path)
{
    struct hg_header_options strict = *options;
    strict.keep_going = false; /* who goes on from there would not see what an error touched */
    struct reader reader;
    hg_clang_init_reader(&reader, &strict, diagnostics);
    CXIndex index = clang_createIndex(0, 0);
    struct hg_text text = {0};
    enum hg_status status =
        hg_clang_prelude_file(options, options->prelude_count, diagnostics, &text);
    if (status == HG_OK) {
        struct CXUnsavedFile file = hg_clang_unsaved(HG_PRELUDE_FILE, &text);
        status = hg_clang_parse(&reader, index, &file, 1,
                                CXTranslationUnit_Incomplete | CXTranslationUnit_ForSerialization);
    }
    if (status == HG_OK)
        status = save(&reader, path);
    hg_clang_deinit_reader(&reader);
    clang_disposeIndex(index);
    hg_text_deinit(&text);
    return status;
}
