/*
 * --pointers follow: finds the types that pointers refer to and that the headers only declare.
 *
 *     struct task_struct { const struct cred *cred; ... };     linux/sched.h
 *     struct cred { ... };                                     linux/cred.h, not included by sched.h
 *
 * With --kernel and no --header, hdrgen looks for such types as for the names on the command line.
 * A few pointers in a row lead to some dozen types, which are read by name.  All pointers lead to a
 * quarter of a kernel's types; for these every header is read, once.  A type that no header defines
 * stays declared, and a message names it.
 */
#include "cli.h"

#include "base/diag.h"
#include "base/strings.h"
#include "model/describe.h"
#include "model/merge.h"
#include "tree/names.h"

#include <string.h>

enum {
    NAMED_STEPS = 3, /* for more pointers in a row, every header is read */
    SHOWN = 3,       /* number of names in a message without -v */
};

struct following {
    const struct options *options;
    const struct source *source;
    struct hg_diagnostics *diagnostics;
    struct hg_model **model;
    struct hg_arena arena;
    struct hg_strings own;     /* types that the first headers define: `struct task_struct` */
    struct hg_strings asked;   /* types that were looked for: `struct cred` */
    struct hg_strings defined; /* types that the headers of the tree seem to define */
    bool is_catalogued;        /* defined is filled */
    bool has_everything;       /* every header was read */
};

static bool can_read_more(const struct options *options)
{
    const struct source *source = &options->sources[0];
    return source->kind == SOURCE_KERNEL && source->headers.header_count == 0 &&
           source->headers.macro_count == 0 && !source->lists_sources;
}

/* Selects the names of the command line.  Faults in them are reported later, by the writer. */
static bool select_quietly(const struct following *following, struct hg_selection **ret)
{
    struct hg_select_options wanted = following->options->select;
    wanted.sz = sizeof wanted;
    wanted.provided_quietly = true;
    return hg_select(*following->model, &wanted, NULL, ret) == HG_OK;
}

/* An hg_kernel_name_fn. */
static void take_name(void *user, const char *name, const char *kind)
{
    struct following *following = user;
    const char *text = hg_arena_printf(&following->arena, "%s %s", kind, name);
    *hg_strings_number(&following->defined, text, strlen(text)) = 1;
}

/* Chooses the undefined types that a header seems to define and that were not looked for. */
static enum hg_status choose_names(struct following *following,
                                   const struct hg_selection *selection, struct wanted_types *ret)
{
    if (!following->is_catalogued) {
        enum hg_status status =
            visit_kernel_names(following->source, following->diagnostics, take_name, following);
        if (status != HG_OK)
            return status;
        following->is_catalogued = true;
    }
    const char **names =
        hg_arena_array(&following->arena, selection->undefined_count + 1, sizeof *names);
    *ret = (struct wanted_types){.names = names, .are_optional = true, .are_pointees = true};
    for (size_t i = 0; i < selection->undefined_count; i++) {
        const struct hg_type *type = hg_model_type(*following->model, selection->undefined[i]);
        const char *name =
            hg_arena_printf(&following->arena, "%s %s", hg_kind_name(type->kind), type->name);
        if (*hg_strings_number(&following->defined, name, strlen(name)) == 0)
            continue;
        uint32_t *asked = hg_strings_number(&following->asked, name, strlen(name));
        if (*asked == 0)
            names[ret->count++] = name;
        *asked = 1;
    }
    return HG_OK;
}

/* An hg_report_fn.  The user did not name these types, so a warning that one is not found becomes a
 * note.  A warning with a location is about a layout, and stays one. */
static void report_softly(void *user, const struct hg_diagnostic *diagnostic)
{
    struct hg_diagnostic softer = *diagnostic;
    if (softer.severity == HG_WARNING && softer.where.file == NULL)
        softer.severity = HG_NOTE;
    hg_report(user, &softer);
}

static bool has_tag(const struct hg_type *type)
{
    return type->complete && type->name != NULL &&
           (type->kind == HG_STRUCT || type->kind == HG_UNION || type->kind == HG_ENUM);
}

/* Counts the definitions of each type, `struct cred`. */
static void count_definitions(const struct following *following, struct hg_strings *ret)
{
    size_t count = hg_model_type_count(*following->model);
    for (hg_type_id id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(*following->model, id);
        if (!has_tag(type))
            continue;
        const char *name =
            hg_arena_printf(ret->arena, "%s %s", hg_kind_name(type->kind), type->name);
        (*hg_strings_number(ret, name, strlen(name)))++;
    }
}

static enum hg_status add_types(struct following *following, const struct wanted_types *wanted)
{
    struct hg_model *models[2] = {*following->model, NULL};
    struct hg_diagnostics softly = {.report = report_softly, .user = following->diagnostics};
    enum hg_status status =
        read_source(following->source, wanted, wanted->count > 0 ? &softly : following->diagnostics,
                    &models[1]);
    if (status != HG_OK)
        return status;
    size_t count = 0;
    const struct hg_input *input = hg_model_inputs(models[0], &count);
    const struct hg_merge_options merge = {
        .duplicate_names = HG_FIRST_KEEPS_NAME,
        .origin = count == 0 ? NULL : input->name,
        .origin_hash = count == 0 ? 0 : input->hash,
    };
    struct hg_name_conflicts conflicts = {0}; /* reading has reported them */
    struct hg_model *all = NULL;
    status = hg_merge_models(models, 2, &merge, following->diagnostics, &conflicts, &all);
    free(conflicts.items);
    if (status == HG_OK) {
        hg_model_destroy(models[0]);
        *following->model = all;
    }
    hg_model_destroy(models[1]);
    return status;
}

/* Reads the types that the selection leaves undefined; *is_more: something was read. */
static enum hg_status read_more(struct following *following, const struct hg_selection *selection,
                                bool *is_more)
{
    struct wanted_types wanted;
    enum hg_status status = choose_names(following, selection, &wanted);
    *is_more = status == HG_OK && wanted.count > 0 && !following->has_everything;
    if (!*is_more)
        return status;
    static const struct wanted_types everything = {0};
    following->has_everything = following->options->select.pointer_depth > NAMED_STEPS;
    return add_types(following, following->has_everything ? &everything : &wanted);
}

/* A list of types for a message: the first few, or with -v all. */
struct listing {
    struct hg_text text;
    size_t count;
    size_t most;
};

static struct listing begin_listing(const struct following *following)
{
    return (struct listing){.most = following->source->headers.clang_warnings ? SIZE_MAX : SHOWN};
}

/* Counts one more; true = append it to the text. */
static bool takes_next(struct listing *listing)
{
    if (listing->count++ >= listing->most)
        return false;
    if (listing->count > 1)
        hg_text_put(&listing->text, ", ");
    return true;
}

static const char *end_listing(struct listing *listing)
{
    if (listing->count > listing->most)
        hg_text_printf(&listing->text, " and %zu more (-v names them)",
                       listing->count - listing->most);
    return hg_text_string(&listing->text);
}

static void report_undefined(const struct following *following,
                             const struct hg_selection *selection)
{
    struct listing listing = begin_listing(following);
    for (size_t i = 0; i < selection->undefined_count; i++) {
        const struct hg_type *type = hg_model_type(*following->model, selection->undefined[i]);
        if (!takes_next(&listing))
            continue;
        hg_text_printf(&listing.text, "%s ", hg_kind_name(type->kind));
        hg_describe_name(&listing.text, type->name);
    }
    size_t count = listing.count;
    const char *names = end_listing(&listing);
    const char *types =
        count == 1 ? "type that pointers lead to is" : "types that pointers lead to are";
    const struct source *source = following->source;
    if (can_read_more(following->options))
        hg_note(following->diagnostics, NULL,
                "%zu %s defined in no header that could be read, and %s: %s", count, types,
                count == 1 ? "stays a name" : "stay names", names);
    else if (source->kind == SOURCE_BTF || source->lists_sources)
        hg_note(following->diagnostics, NULL, "%zu %s only declared in what was read: %s", count,
                types, names);
    else
        hg_warning(following->diagnostics, NULL,
                   "%zu %s only declared in what was read, and %s: %s. %s", count, types,
                   count == 1 ? "stays a name" : "stay names", names,
                   source->kind == SOURCE_KERNEL
                       ? "Without --header and --macros hdrgen looks for them in the whole tree"
                       : "Add the headers that define them; in a kernel tree, --kernel DIR without "
                         "--header finds them");
    hg_text_deinit(&listing.text);
}

/* A type of the selection that was found through pointers; NULL = it is another one.  *name is
 * `struct cred`. */
static const struct hg_type *followed_type(struct following *following,
                                           const struct hg_selection *selection, size_t index,
                                           const char **name)
{
    hg_type_id id = selection->order[index];
    const struct hg_type *type = hg_model_type(*following->model, id);
    if (selection->need[id] != HG_DEFINED || !has_tag(type))
        return NULL;
    *name = hg_arena_printf(&following->arena, "%s %s", hg_kind_name(type->kind), type->name);
    return hg_strings_find(&following->own, *name, strlen(*name)) == 0 ? type : NULL;
}

/* Reports types whose header no other header includes: only the name connects them to the pointer,
 * which may mean another type of that name, in a .c file. */
static void report_lone(struct following *following, const struct hg_selection *selection)
{
    word_list names = {0};
    const char *name = NULL;
    for (size_t i = 0; i < selection->count; i++)
        if (followed_type(following, selection, i, &name) != NULL)
            *HG_PUSH(&names) = name;
    struct hg_symbol_header *headers =
        hg_arena_array(&following->arena, names.count + 1, sizeof *headers);
    struct listing listing = begin_listing(following);
    if (find_headers(following->source, &names, &following->arena, headers))
        for (size_t i = 0; i < names.count; i++)
            if (headers[i].is_lone && takes_next(&listing))
                hg_text_printf(&listing.text, "%s (%s)", names.items[i], headers[i].name);
    if (listing.count > 0)
        hg_warning(following->diagnostics, NULL,
                   "%zu type%s that pointers lead to %s known by the name alone, from headers that "
                   "no other header includes; the kernel may have another one of that name in a .c "
                   "file: %s",
                   listing.count, hg_plural(listing.count), listing.count == 1 ? "is" : "are",
                   end_listing(&listing));
    hg_text_deinit(&listing.text);
    free((void *)names.items);
}

/* Reports types of the output that several headers define. */
static void report_ambiguous(struct following *following, const struct hg_selection *selection)
{
    struct hg_strings definitions;
    hg_strings_init(&definitions, &following->arena);
    count_definitions(following, &definitions);
    struct listing listing = begin_listing(following);
    for (size_t i = 0; i < selection->count; i++) {
        const char *name = NULL;
        const struct hg_type *type = followed_type(following, selection, i, &name);
        if (type != NULL && hg_strings_find(&definitions, name, strlen(name)) > 1 &&
            takes_next(&listing))
            hg_text_printf(&listing.text, "%s (%s:%u)", name,
                           type->where.file == NULL ? "?" : type->where.file, type->where.line);
    }
    if (listing.count > 0)
        hg_warning(
            following->diagnostics, NULL,
            "%zu type%s that pointers lead to %s defined differently by several headers, and "
            "which of them the pointer means is not known; the first is taken: %s",
            listing.count, hg_plural(listing.count), listing.count == 1 ? "is" : "are",
            end_listing(&listing));
    hg_text_deinit(&listing.text);
    hg_strings_deinit(&definitions);
}

enum hg_status follow_pointers(const struct options *options, struct hg_diagnostics *diagnostics,
                               struct hg_model **model)
{
    if (options->select.pointer_depth == 0 || options->object_count > 0)
        return HG_OK;
    struct following following = {
        .options = options,
        .source = &options->sources[0],
        .diagnostics = diagnostics,
        .model = model,
    };
    hg_arena_init(&following.arena);
    hg_strings_init(&following.asked, &following.arena);
    hg_strings_init(&following.defined, &following.arena);
    hg_strings_init(&following.own, &following.arena);
    count_definitions(&following, &following.own);
    enum hg_status status = HG_OK;
    struct hg_selection *selection = NULL;
    for (bool is_more = true; is_more && status == HG_OK;) {
        hg_selection_destroy(selection);
        selection = NULL;
        if (!select_quietly(&following, &selection))
            break;
        is_more = false;
        if (selection->undefined_count > 0 && can_read_more(options))
            status = read_more(&following, selection, &is_more);
    }
    if (status == HG_OK && selection != NULL && selection->undefined_count > 0)
        report_undefined(&following, selection);
    if (status == HG_OK && selection != NULL && following.has_everything) {
        report_lone(&following, selection);
        report_ambiguous(&following, selection);
    }
    hg_selection_destroy(selection);
    hg_strings_deinit(&following.own);
    hg_strings_deinit(&following.asked);
    hg_strings_deinit(&following.defined);
    hg_arena_deinit(&following.arena);
    return status;
}
