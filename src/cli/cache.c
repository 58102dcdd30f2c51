/*
 * Keeping results for the next run: in which directory, up to which size, and what a result depends
 * on besides the files that were opened.  tree/store.h does the keeping.
 *
 *     hdrgen list --kernel DIR      reads every header: a minute
 *     hdrgen list --kernel DIR      the same bytes from ~/.cache/hdrgen: a tenth of a second
 *
 * The result for each list of names is kept by itself.  It is not taken from a result of reading
 * every header: the choice among several definitions, the records that pointers refer to, and the
 * order of types depend on the headers that were read together.  The same command must give the
 * same bytes whatever ran before.
 */
#include "cli.h"

#include "tree/sources.h"
#include "tree/store.h"

#include <dirent.h>
#include <errno.h>
#include <hdrgen/tree.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_LIMIT ((uint64_t)1 << 30)

const char *cache_directory(const struct source *source, struct hg_text *text)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (source->no_cache)
        return NULL;
    if (cache != NULL && cache[0] == '/')
        hg_text_printf(text, "%s/hdrgen", cache);
    else if (home != NULL && home[0] == '/' && access(home, X_OK) == 0) /* $HOME is never created */
        hg_text_printf(text, "%s/.cache/hdrgen", home);
    return text->data;
}

/* HDRGEN_CACHE_SIZE: bytes, or with K, M or G.  A wrong value is ignored. */
static uint64_t size_limit(void)
{
    static const char units[] = "KMG";
    const char *text = getenv("HDRGEN_CACHE_SIZE");
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return DEFAULT_LIMIT;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    const char *unit = *end == '\0' ? NULL : strchr(units, *end);
    unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
    bool is_number = errno == 0 && (*end == '\0' || (unit != NULL && end[1] == '\0'));
    return is_number && number <= UINT64_MAX >> shift ? (uint64_t)number << shift : DEFAULT_LIMIT;
}

struct hg_store *open_store(const struct source *source)
{
    struct hg_text directory = {0};
    struct hg_store *store = hg_store_open(cache_directory(source, &directory), size_limit());
    hg_text_deinit(&directory);
    return store;
}

static void add_list(struct hg_text *key, const char *name, const char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hg_store_key_add(key, name, items[i]);
}

static void add_number(struct hg_text *key, const char *name, uint64_t number)
{
    struct hg_text text = {0};
    hg_text_unsigned(&text, number);
    hg_store_key_add(key, name, text.data);
    hg_text_deinit(&text);
}

void make_key(const struct hg_kernel *kernel, const struct source *source,
              const struct wanted_types *wanted, struct hg_text *key)
{
    const struct hg_header_options *headers = &source->headers;
    hg_store_key_begin(key);
    hg_store_key_add(key, "source", kernel->source);
    hg_store_key_add(key, "object", kernel->object);
    hg_store_key_add(key, "arch", kernel->arch);
    hg_store_key_add(key, "origin", kernel->origin);
    add_number(key, "config", kernel->config_hash);
    add_list(key, "flag", kernel->flags, kernel->flag_count);
    add_list(key, "argument", headers->arguments, headers->argument_count);
    add_number(key, "verbose", headers->clang_warnings);
    add_number(key, "sources", source->lists_sources);
    add_number(key, "fast", source->is_fast);
    add_number(key, "modules", source->reads_modules);
    add_number(key, "functions", source->reads_functions);
    hg_store_key_add(key, "commands", source->commands);
    if (source->lists_sources) /* all files are read whatever the names */
        return;
    add_list(key, "name", wanted->names, wanted->count);
    add_number(key, "optional", wanted->are_optional);
    add_number(key, "pointees", wanted->are_pointees);
    add_list(key, "macro", headers->macros, headers->macro_count);
    add_number(key, "optional macros", headers->macros_are_optional);
    add_number(key, "keep going", headers->keep_going);
}

/* Whether the argument does not change which files are opened. */
static bool finds_the_same(const char *argument)
{
    static const char letters[] = "DUWfm";
    return argument[0] == '-' && argument[1] != '\0' && argument[2] != '\0' &&
           strchr(letters, argument[1]) != NULL && !hg_begins_with(argument, "-fmodule") &&
           !hg_begins_with(argument, "-fplugin") && !hg_begins_with(argument, "-Wp,");
}

bool can_be_kept(const struct source *source)
{
    if (source->headers.header_count > 0 || source->explain)
        return false;
    for (size_t i = 0; i < source->headers.argument_count; i++)
        if (!finds_the_same(source->headers.arguments[i]))
            return false;
    return true;
}

static void add_configuration(struct hg_stamps *stamps, const struct hg_kernel *kernel)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/include/config/auto.conf", kernel->object);
    if (access(path.data, F_OK) == 0)
        hg_stamps_add_file(stamps, path.data);
    else
        hg_stamps_add_absent(stamps, path.data);
    hg_text_deinit(&path);
}

/* Adds every header of the tree, also those that were not read. */
static void add_headers(struct hg_stamps *stamps, const struct hg_kernel *kernel, bool with_content)
{
    struct hg_kernel_headers *list = NULL;
    if (hg_kernel_list_headers(kernel, NULL, &list) != HG_OK) {
        hg_stamps_refuse(stamps);
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        (with_content ? hg_stamps_add_file : hg_stamps_add_times)(stamps, list->items[i].path);
    hg_kernel_headers_destroy(list);
}

/* Adds a file that could not be read, and the headers beside it, which may be the cause. */
static void add_unread(struct hg_stamps *stamps, const char *path)
{
    hg_stamps_add_file(stamps, path);
    struct hg_text text = {0};
    hg_text_bytes(&text, path, (size_t)(strrchr(path, '/') - path) + 1);
    size_t length = text.size;
    DIR *directory = opendir(text.data);
    for (const struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        if (!hg_ends_with(entry->d_name, ".h"))
            continue;
        hg_text_truncate(&text, length);
        hg_text_put(&text, entry->d_name);
        hg_stamps_add_times(stamps, text.data);
    }
    if (directory != NULL)
        closedir(directory);
    hg_text_deinit(&text);
}

static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

/* Does not keep a result that has headers from outside of the tree (a makefile's -I): a new header
 * there would not be noticed.  The compiler's own headers do not change. */
static void refuse_what_is_outside(struct hg_stamps *stamps, const struct hg_kernel *kernel,
                                   const struct hg_model *model)
{
    size_t count = 0;
    const char *const *files = hg_model_files(model, &count);
    for (size_t i = 0; i < count; i++)
        if (files[i][0] == '/' && !is_below(files[i], kernel->source) &&
            !is_below(files[i], kernel->object) && strstr(files[i], "/lib/clang/") == NULL)
            hg_stamps_refuse(stamps);
}

void add_source_stamps(struct hg_stamps *stamps, const struct hg_kernel *kernel,
                       const struct source *source, const struct hg_sources_summary *report,
                       const struct hg_model *model)
{
    hg_stamps_add_build_tree(stamps, kernel->source);
    hg_stamps_add_build_tree(stamps, kernel->object);
    hg_stamps_add_opened(stamps, model, true);
    refuse_what_is_outside(stamps, kernel, model);
    if (source->commands != NULL) {
        HG_CLEANUP(hg_free_pointer) char *path = realpath(source->commands, NULL);
        if (path == NULL)
            hg_stamps_refuse(stamps);
        else
            hg_stamps_add_file(stamps, path);
    }
    for (size_t i = 0; i < report->unread_count; i++) {
        add_unread(stamps, report->unread[i].path);
        if (report->unread[i].has_died) /* perhaps memory ran out: the next run may read it */
            hg_stamps_refuse(stamps);
    }
    if (report->unread_count > 0)
        add_headers(stamps, kernel, false);
}

/* Adds the source files that were searched for names which no header defines, and the makefiles,
 * which say what the source files are. */
static void add_searched(struct hg_stamps *stamps, const struct hg_kernel *kernel,
                         const struct hg_tree_summary *report)
{
    if (report == NULL || report->searched_count == 0)
        return;
    hg_stamps_add_build_tree(stamps, kernel->source);
    hg_stamps_add_build_tree(stamps, kernel->object);
    for (size_t i = 0; i < report->searched_count; i++)
        hg_stamps_add_times(stamps, report->searched[i]);
}

void add_stamps(struct hg_stamps *stamps, const struct hg_kernel *kernel, bool is_whole_tree,
                const struct hg_tree_summary *report, const struct hg_model *model)
{
    add_configuration(stamps, kernel);
    for (size_t i = 0; i < kernel->directory_count; i++)
        if (access(kernel->directories[i], F_OK) == 0)
            hg_stamps_add_tree(stamps, kernel->directories[i]);
        else
            hg_stamps_add_absent(stamps, kernel->directories[i]);
    if (is_whole_tree) {
        hg_stamps_add_tree(stamps, kernel->source);
        hg_stamps_add_tree(stamps, kernel->object);
    }
    add_headers(stamps, kernel, is_whole_tree);
    add_searched(stamps, kernel, report);
    if (report != NULL && report->searched_count > 0)
        refuse_what_is_outside(stamps, kernel, model);
    hg_stamps_add_opened(stamps, model, is_whole_tree);
}
