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

#include <string.h>

static enum hg_status parse(const struct hg_header_options *options, CXIndex index,
                            const struct hg_text *file, struct hg_diagnostics *diagnostics,
                            CXTranslationUnit *ret)
{
    struct argument_list arguments = {0};
    hg_clang_arguments(options, &arguments);
    struct CXUnsavedFile unsaved = {
        .Filename = HG_PRELUDE_FILE, .Contents = file->data, .Length = (unsigned long)file->size};
    unsigned flags = CXTranslationUnit_SkipFunctionBodies | CXTranslationUnit_Incomplete |
                     CXTranslationUnit_ForSerialization;
    enum CXErrorCode code = clang_parseTranslationUnit2FullArgv(
        index, HG_PRELUDE_FILE, arguments.items, (int)arguments.count, &unsaved, 1, flags, ret);
    free(arguments.items);
    if (code == CXError_Success && *ret != NULL)
        return HG_OK;
    hg_error(diagnostics, NULL, "libclang refused to parse the preludes");
    return HG_ERROR_INPUT;
}

static enum hg_status check(CXTranslationUnit unit, struct hg_diagnostics *diagnostics)
{
    enum hg_status status = HG_OK;
    unsigned count = clang_getNumDiagnostics(unit);
    for (unsigned i = 0; i < count && status == HG_OK; i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(unit, i);
        if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error) {
            CXString text = clang_getDiagnosticSpelling(diagnostic);
            hg_error(diagnostics, NULL, "the preludes cannot be parsed: %s",
                     clang_getCString(text));
            clang_disposeString(text);
            status = HG_ERROR_INPUT;
        }
        clang_disposeDiagnostic(diagnostic);
    }
    return status;
}

enum hg_status hg_precompile_headers(const struct hg_header_options *options,
                                     struct hg_diagnostics *diagnostics, const char *path)
{
    struct hg_text file = {0};
    CXIndex index = clang_createIndex(0, 0);
    CXTranslationUnit unit = NULL;
    enum hg_status status =
        hg_clang_prelude_file(options, options->prelude_count, diagnostics, &file);
    if (status == HG_OK)
        status = parse(options, index, &file, diagnostics, &unit);
    if (status == HG_OK)
        status = check(unit, diagnostics);
    if (status == HG_OK &&
        clang_saveTranslationUnit(unit, path, CXSaveTranslationUnit_None) != CXSaveError_None) {
        hg_error(diagnostics, NULL, "cannot write the precompiled header '%s'", path);
        status = HG_ERROR_IO;
    }
    if (unit != NULL)
        clang_disposeTranslationUnit(unit);
    clang_disposeIndex(index);
    hg_text_deinit(&file);
    return status;
}
