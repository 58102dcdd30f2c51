/*
 * Kernel trees as a source of types.
 *
 *     hdrgen --kernel DIR task_struct                           hdrgen finds the headers
 *     hdrgen --kernel DIR rq                                    or the .c file
 *     hdrgen --kernel DIR --header linux/sched.h task_struct    the user names the header
 *     hdrgen --kernel DIR                                       every header
 *     hdrgen --kernel DIR --sources                             every source file (read_sources.c)
 *
 * The user's arguments after `--` follow the flags of the tree, so that they take precedence.
 */
#include "cli.h"

#include "base/diag.h"
#include "model/match.h"
#include "tree/groups.h"
#include "tree/names.h"
#include "tree/read.h"
#include "tree/store.h"

#include <string.h>

enum hg_status open_kernel(const struct source *source, struct hg_diagnostics *diagnostics,
                           struct hg_kernel **ret)
{
    struct hg_kernel_options options = source->kernel;
    options.sz = sizeof options;
    return hg_kernel_open(&options, diagnostics, ret);
}

struct tree_request {
    const struct hg_kernel *kernel;
    const struct source *source;
    const struct wanted_types *wanted;
};

/* An hg_store_read_fn; stamps NULL: nothing is kept. */
static enum hg_status read_tree(void *user, struct hg_diagnostics *diagnostics,
                                struct hg_stamps *stamps, struct hg_text *extra,
                                struct hg_model **ret)
{
    const struct tree_request *request = user;
    const struct source *source = request->source;
    if (source->lists_sources)
        return read_every_source(request->kernel, source, diagnostics, stamps, extra, ret);
    bool is_whole = request->wanted->count == 0 && source->headers.header_count == 0;
    struct hg_text cache = {0};
    struct progress progress;
    bool shows = progress_begin(&progress, source->progress, "reading headers");
    struct hg_tree_options options = {
        .sz = sizeof(struct hg_tree_options),
        .scope = is_whole ? HG_TREE_EVERY_HEADER : HG_TREE_NAMES,
        .names = request->wanted->names,
        .name_count = request->wanted->count,
        .are_optional = request->wanted->are_optional,
        .are_pointees = request->wanted->are_pointees,
        .headers = &source->headers,
        .cache_directory = cache_directory(source, &cache),
        .jobs = source->jobs,
        .progress = shows ? show_progress : NULL,
        .progress_user = &progress,
        .explain = source->explain,
    };
    struct hg_tree_summary *report = NULL;
    enum hg_status status = hg_read_tree_here(request->kernel, &options, diagnostics, ret, &report);
    show_progress(&progress, 1, 1);
    if (status == HG_OK && report != NULL)
        report_tree(report, source->headers.clang_warnings, diagnostics);
    is_whole = is_whole || (report != NULL && report->header_count > 0); /* for many names */
    if (status == HG_OK && stamps != NULL)
        add_stamps(stamps, request->kernel, is_whole, report, *ret);
    hg_tree_summary_destroy(report);
    hg_text_deinit(&cache);
    return status;
}

/* Reads the result from the store, or the tree; *extra: the bytes that are kept with the model. */
static enum hg_status read_stored(const struct source *source, const struct wanted_types *wanted,
                                  struct hg_diagnostics *diagnostics, struct hg_text *extra,
                                  struct hg_model **ret)
{
    struct hg_store *store = can_be_kept(source) ? open_store(source) : NULL;
    struct hg_kernel *kernel = NULL;
    enum hg_status status = open_kernel(source, diagnostics, &kernel);
    if (status == HG_OK) {
        struct tree_request request = {.kernel = kernel, .source = source, .wanted = wanted};
        struct hg_text key = {0};
        make_key(kernel, source, wanted, &key);
        status = hg_store_read(store, &key, read_tree, &request, diagnostics, extra, ret);
        hg_text_deinit(&key);
        hg_kernel_destroy(kernel);
    }
    hg_store_close(store);
    return status;
}

enum hg_status read_kernel(const struct source *source, const struct wanted_types *wanted,
                           struct hg_diagnostics *diagnostics, struct hg_model **ret)
{
    struct hg_text extra = {0};
    enum hg_status status = read_stored(source, wanted, diagnostics, &extra, ret);
    hg_text_deinit(&extra);
    return status;
}

enum hg_status read_kernel_groups(const struct source *source, struct hg_diagnostics *diagnostics,
                                  struct hg_source_groups **groups, struct hg_model **ret)
{
    static const struct wanted_types everything = {0};
    struct hg_text extra = {0};
    struct hg_model *model = NULL;
    enum hg_status status = read_stored(source, &everything, diagnostics, &extra, &model);
    if (status == HG_OK) {
        *groups = hg_source_groups_unpack(extra.data, extra.size, model);
        if (*groups == NULL) {
            hg_error(diagnostics, NULL,
                     "the result that was kept from an earlier run is damaged: --no-cache reads "
                     "the tree instead");
            status = HG_ERROR_INPUT;
        }
    }
    if (status == HG_OK)
        *ret = model;
    else
        hg_model_destroy(model);
    hg_text_deinit(&extra);
    return status;
}

enum hg_status visit_kernel_names(const struct source *source, struct hg_diagnostics *diagnostics,
                                  hg_kernel_name_fn *visit, void *user)
{
    struct hg_kernel *kernel = NULL;
    enum hg_status status = open_kernel(source, diagnostics, &kernel);
    if (status != HG_OK)
        return status;
    struct hg_text cache = {0};
    status =
        hg_kernel_list_names(kernel, cache_directory(source, &cache), diagnostics, visit, user);
    hg_text_deinit(&cache);
    hg_kernel_destroy(kernel);
    return status;
}

bool find_headers(const struct source *source, const word_list *symbols, struct hg_arena *arena,
                  struct hg_symbol_header *ret)
{
    struct hg_kernel *kernel = NULL;
    struct hg_text cache = {0};
    bool is_found = open_kernel(source, NULL, &kernel) == HG_OK &&
                    hg_kernel_find_headers(kernel, cache_directory(source, &cache), symbols->items,
                                           symbols->count, arena, ret) == HG_OK;
    hg_kernel_destroy(kernel);
    hg_text_deinit(&cache);
    return is_found;
}

/* --- headers that define missing names --- */

struct sought {
    const char *name; /* without the kind */
    const char *kind; /* in the headers of the tree; NULL = none seems to define it */
};
struct search {
    struct sought *items;
    size_t count;
};

static bool is_defined(const struct hg_model *model, const char *name)
{
    static const enum hg_kind kinds[] = {HG_STRUCT, HG_UNION, HG_ENUM, HG_TYPEDEF};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        hg_type_id id = hg_model_find(model, kinds[i], name);
        if (id != HG_NO_TYPE && hg_model_type(model, id)->complete)
            return true;
    }
    return false;
}

/* An hg_kernel_name_fn. */
static void take_kind(void *user, const char *name, const char *kind)
{
    struct search *search = user;
    for (size_t i = 0; i < search->count; i++)
        if (strcmp(search->items[i].name, name) == 0)
            search->items[i].kind = kind;
}

/* Notes the names that the model does not define. */
static void seek(const struct hg_model *model, const char *const *names, size_t count,
                 struct hg_arena *arena, struct search *ret)
{
    ret->items = hg_arena_array(arena, count + 1, sizeof *ret->items);
    for (size_t i = 0; i < count; i++) {
        const char *name = names[i];
        (void)hg_take_kind_word(&name);
        if (!hg_is_pattern(name) && !is_defined(model, name))
            ret->items[ret->count++] = (struct sought){.name = name};
    }
}

void report_headers_of(const struct source *source, const struct hg_model *model,
                       const char *const *names, size_t count, struct hg_diagnostics *diagnostics)
{
    if (source->kind != SOURCE_KERNEL || source->headers.header_count == 0)
        return;
    struct hg_arena arena;
    hg_arena_init(&arena);
    struct hg_diagnostics silent = {0};
    struct search search = {0};
    seek(model, names, count, &arena, &search);
    if (search.count > 0 && visit_kernel_names(source, &silent, take_kind, &search) != HG_OK)
        search.count = 0;
    word_list symbols = {0};
    for (size_t i = 0; i < search.count; i++) {
        const struct sought *sought = &search.items[i];
        if (sought->kind == NULL)
            continue;
        bool is_tag = strcmp(sought->kind, "typedef") != 0;
        *HG_PUSH(&symbols) =
            is_tag ? hg_arena_printf(&arena, "%s %s", sought->kind, sought->name) : sought->name;
    }
    struct hg_symbol_header *headers = hg_arena_array(&arena, symbols.count + 1, sizeof *headers);
    if (symbols.count > 0 && find_headers(source, &symbols, &arena, headers)) {
        for (size_t i = 0; i < symbols.count; i++)
            if (headers[i].name != NULL)
                hg_note(diagnostics, NULL,
                        "'%s' is in %s of this kernel: without --header it is found (--kernel %s)",
                        symbols.items[i], headers[i].name, source->kernel.directory);
    }
    free((void *)symbols.items);
    hg_arena_deinit(&arena);
}
