/*
 * Reading headers: the order of the steps.
 *
 *     main file and arguments -> libclang parses -> errors are reported -> declarations are read
 *     -> the model is sealed
 *
 * Function bodies are skipped: they have no layouts, and their asm constraints are the most common
 * errors when kernel headers are parsed outside kbuild.
 */
#include "base/diag.h"
#include "base/options.h"
#include "frontend/clang/reader.h"

#include <stdio.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

static void report_failure(struct reader *reader, CXIndex index, enum CXErrorCode code)
{
    if (code == CXError_Crashed)
        hg_error(reader->diagnostics, NULL,
                 "libclang crashed while parsing; clang itself may say more: run it with the same "
                 "arguments and -fsyntax-only");
    else
        hg_clang_report_refusal(reader, index);
}

struct CXUnsavedFile hg_clang_unsaved(const char *name, const struct hg_text *text)
{
    return (struct CXUnsavedFile){
        .Filename = name, .Contents = text->data, .Length = (unsigned long)text->size};
}

static enum hg_status parse(struct reader *reader, CXIndex index, const struct hg_text *main_file,
                            const struct hg_text *prefix_file)
{
    const struct hg_parse_options *options = reader->options;
    struct argument_list arguments = {0};
    hg_clang_arguments(options, &arguments);

    struct CXUnsavedFile files[3] = {hg_clang_unsaved(hg_clang_main_name(options), main_file)};
    unsigned file_count = 1;
    if (options->precompiled != NULL)
        files[file_count++] = hg_clang_unsaved(HG_PREFIX_FILE, prefix_file);
    if (options->user.standard_input != NULL)
        files[file_count++] =
            (struct CXUnsavedFile){.Filename = "./" HG_STANDARD_INPUT,
                                   .Contents = options->user.standard_input,
                                   .Length = (unsigned long)options->user.standard_input_size};
    unsigned flags = CXTranslationUnit_SkipFunctionBodies;
    if (options->user.keep_going || options->is_batch)
        flags |= CXTranslationUnit_KeepGoing;
    if (options->user.macro_count > 0)
        flags |= CXTranslationUnit_DetailedPreprocessingRecord;
    if (options->precompile_to != NULL)
        flags |= CXTranslationUnit_Incomplete | CXTranslationUnit_ForSerialization;
    enum CXErrorCode code = clang_parseTranslationUnit2FullArgv(
        index, files[0].Filename, arguments.items, (int)arguments.count, files, file_count, flags,
        &reader->unit);
    free(arguments.items);
    if (code != CXError_Success || reader->unit == NULL) {
        report_failure(reader, index, code);
        return HG_ERROR_INPUT;
    }
    return HG_OK;
}

/* The hash of the file's content.  clang_getFileContents would search all files of the unit for
 * each file, which takes half of the time for a unit of 5,000 headers. */
static uint64_t hash_of(CXFile file)
{
    CXString path = clang_getFileName(file);
    FILE *stream = fopen(clang_getCString(path), "rbe");
    clang_disposeString(path);
    XXH3_state_t *state = XXH3_createState();
    XXH3_64bits_reset(state);
    char bytes[1 << 14];
    for (size_t count = 1; stream != NULL && count > 0;) {
        count = fread(bytes, 1, sizeof bytes, stream);
        XXH3_64bits_update(state, bytes, count);
    }
    uint64_t hash = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    if (stream != NULL)
        fclose(stream);
    return hash;
}

/* Adds a header that the main file includes, with the hash of its content. */
static void record_input(struct reader *reader, const struct inclusion *inclusion)
{
    if (inclusion->depth != 1)
        return;
    const struct hg_header_options *user = &reader->options->user;
    const char *header = hg_clang_header_at(reader->options, hg_clang_main_line_of(inclusion));
    if (header != NULL && hg_clang_is_standard_input(reader->options, header))
        hg_model_add_input(reader->model, HG_STANDARD_INPUT,
                           XXH3_64bits(user->standard_input, user->standard_input_size));
    else if (header != NULL) /* an absolute path of this machine must not be written */
        hg_model_add_input(reader->model, header[0] == '/' ? hg_base_name(header) : header,
                           hash_of(inclusion->file));
}

/* Adds these inputs, and each included file, once. */
static void record_inputs(struct reader *reader)
{
    if (reader->options->origin != NULL)
        hg_model_add_input(reader->model, reader->options->origin, reader->options->origin_hash);
    struct inclusion *const *inclusions = NULL;
    size_t count = hg_clang_inclusions(reader, &inclusions);
    struct hg_strings names = {0};
    for (size_t i = 0; i < count; i++) {
        if (inclusions[i]->depth == 0) /* the main file */
            continue;
        record_input(reader, inclusions[i]);
        const char *name = hg_clang_file_name(reader, inclusions[i]->file);
        uint32_t *seen = hg_strings_number(&names, name, strlen(name));
        if (*seen == 0 && strcmp(name, HG_STANDARD_INPUT) != 0)
            hg_model_add_file(reader->model, name);
        *seen = 1;
    }
    hg_strings_deinit(&names);
}

static enum hg_status build(struct reader *reader, CXIndex index)
{
    enum hg_status status =
        reader->options->is_batch ? hg_clang_report_batch(reader) : hg_clang_report_errors(reader);
    if (status != HG_OK)
        return status;
    hg_clang_read_declarations(reader);
    status = hg_clang_set_target(reader);
    if (status != HG_OK)
        return status;
    record_inputs(reader);
    status = hg_clang_read_macros(reader, index);
    if (status != HG_OK)
        return status;
    if (reader->error_places.count > 0)
        hg_clang_leave_out_touched(reader);
    return hg_model_seal(reader->model, reader->diagnostics);
}

void hg_clang_free_reader(struct reader *reader)
{
    hg_clang_free_declarations(reader);
    hg_clang_free_files(reader);
    free(reader->error_places.items);
    if (reader->unit != NULL)
        clang_disposeTranslationUnit(reader->unit);
    hg_arena_deinit(&reader->scratch);
}

enum hg_status hg_parse_headers(const struct hg_parse_options *options,
                                struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct hg_text main_file = {0};
    struct hg_text prefix_file = {0};
    enum hg_status status = hg_clang_load(diagnostics);
    if (status == HG_OK)
        status = hg_clang_main_file(options, diagnostics, &main_file);
    if (status == HG_OK && options->precompiled != NULL)
        status = hg_clang_prefix_file(options, diagnostics, &prefix_file);
    const char *target = hg_clang_wanted_target(options);
    if (status == HG_OK && target != NULL)
        status = hg_clang_check_target(target, diagnostics);
    if (status != HG_OK) {
        hg_text_deinit(&main_file);
        hg_text_deinit(&prefix_file);
        return status;
    }

    struct reader reader = {
        .options = options, .diagnostics = diagnostics, .model = hg_model_create()};
    /* To visit precompiled declarations would load all of them.  If clang does not visit them, it
     * also omits tags that only a use declares.  So they are not visited either if the prefix could
     * not be precompiled: the types and their order must be the same. */
    reader.skips_before =
        options->precompiled != NULL || (options->is_batch && options->before_count > 0);
    CXIndex index = clang_createIndex(reader.skips_before, 0);
    status = parse(&reader, index, &main_file, &prefix_file);
    if (status == HG_OK)
        status = build(&reader, index);
    if (status == HG_OK && options->precompile_to != NULL)
        status = hg_clang_save(&reader);

    if (status == HG_OK)
        *ret = reader.model;
    else
        hg_model_destroy(reader.model);
    hg_clang_free_reader(&reader);
    clang_disposeIndex(index);
    hg_text_deinit(&main_file);
    hg_text_deinit(&prefix_file);
    return status;
}

enum hg_status hg_read_headers(const struct hg_header_options *given,
                               struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    HG_TAKE(hg_header_options, options, given, diagnostics);
    return hg_parse_headers(&(struct hg_parse_options){.user = options}, diagnostics, ret);
}
