/*
 * The list of source files: see commands.h.
 *
 * Takes the first of these forms that is there and complete, translates every command for clang,
 * and sorts the files.
 *
 *     --commands FILE          compile_commands.json, or the text of `make -n`
 *     .vmlinux.cmd ...         commands that a build saved in the tree
 *     compile_commands.json    in the tree
 *     Makefile, Kbuild         always there
 */
#include "tree/commands.h"

#include "tree/kbuild/kbuild.h"
#include "tree/kbuild/translate.h"

#include "base/diag.h"

#include <unistd.h>

/* The list while it is made. */
struct building {
    struct hg_source_list public; /* first: what hg_list_sources returns points here */
    struct hg_arena arena;
    struct hg_strings strings;
    HG_ARRAY(struct hg_source_file) files;
    HG_ARRAY(struct hg_generated_source) generated;
    HG_ARRAY(const char *) unknown;
    HG_ARRAY(const char *) foreign; /* objects that are not compiled like the kernel */
    HG_ARRAY(const char *) missing; /* source files that do not exist and that no rule makes */
    struct hg_translator translator;
    const struct hg_kbuild_place *place;
    struct hg_words arguments; /* scratch space: those of the current unit */
};

static const char *intern(struct building *building, const char *text)
{
    return hg_strings_intern(&building->strings, text, strlen(text));
}

/* The module's name as /sys/module spells it: nf_conntrack for nf-conntrack.  Several names, joined
 * by `:`, are also sorted. */
static const char *module_name(struct building *building, const char *name)
{
    const char *list = NULL;
    struct hg_text text = {0};
    for (; name != NULL && *name != '\0'; name++) {
        if (*name != ':')
            hg_text_bytes(&text, *name == '-' || *name == ',' ? "_" : name, 1);
        if (*name == ':' || name[1] == '\0') {
            list = hg_with_name(&building->arena, list,
                                (struct hg_slice){hg_text_string(&text), text.size});
            hg_text_truncate(&text, 0);
        }
    }
    hg_text_deinit(&text);
    return list == NULL ? NULL : intern(building, list);
}

/* Whether the path is in an object directory apart from the sources, where only a build puts
 * files. */
static bool is_below_object(const struct building *building, const char *path)
{
    const struct hg_kbuild_place *place = building->place;
    size_t size = strlen(place->object);
    return strcmp(place->source, place->object) != 0 && strncmp(path, place->object, size) == 0 &&
           path[size] == '/';
}

static void take_unit(void *user, const struct hg_kbuild_unit *unit)
{
    struct building *building = user;
    hg_translate_notice(&building->translator, unit);
    const char *path = hg_translate_path(&building->translator, unit->directory, unit->source);
    const char *object = intern(building, unit->object);
    const char *module = module_name(building, unit->module);
    bool is_there = access(path, R_OK) == 0;
    if (unit->is_generated || (!is_there && is_below_object(building, path))) {
        *HG_PUSH(&building->generated) = (struct hg_generated_source){object, path, module};
        return;
    }
    if (!is_there) {
        *HG_PUSH(&building->missing) = path;
        return;
    }
    building->arguments.count = 0;
    hg_translate(&building->translator, unit, &building->arguments);
    size_t count = building->arguments.count;
    *HG_PUSH(&building->files) = (struct hg_source_file){
        .object = object,
        .path = path,
        .module = module,
        .arguments = hg_arena_copy(&building->arena, building->arguments.items, count,
                                   sizeof *building->arguments.items),
        .argument_count = count,
    };
}

static void take_unknown(void *user, const char *file, unsigned line, const char *text)
{
    struct building *building = user;
    struct hg_arena *arena = &building->arena;
    *HG_PUSH(&building->unknown) = line > 0 ? hg_arena_printf(arena, "%s:%u: %s", file, line, text)
                                            : hg_arena_printf(arena, "%s: %s", file, text);
}

static void take_foreign(void *user, const char *object)
{
    struct building *building = user;
    *HG_PUSH(&building->foreign) = intern(building, object);
}

/* Compares the strings that two items are, or that are their first members. */
static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void finish(struct building *building)
{
    if (building->files.count > 0)
        qsort(building->files.items, building->files.count, sizeof *building->files.items, compare);
    if (building->generated.count > 0)
        qsort(building->generated.items, building->generated.count,
              sizeof *building->generated.items, compare);
    struct hg_source_list *list = &building->public;
    list->items = building->files.items;
    list->count = building->files.count;
    list->generated = building->generated.items;
    list->generated_count = building->generated.count;
    list->unknown = building->unknown.items;
    list->unknown_count = building->unknown.count;
}

void hg_source_list_destroy(struct hg_source_list *list)
{
    if (list == NULL)
        return;
    struct building *building = (struct building *)list;
    free(building->files.items);
    free(building->generated.items);
    free(building->unknown.items);
    free(building->foreign.items);
    free(building->missing.items);
    free(building->arguments.items);
    hg_translator_deinit(&building->translator);
    hg_strings_deinit(&building->strings);
    hg_arena_deinit(&building->arena);
    free(building);
}

/* --- the forms --- */

static void set_origin(struct building *building, enum hg_source_form form, const char *what,
                       const char *path)
{
    building->public.form = form;
    building->public.origin = hg_arena_printf(&building->arena, "%s '%s'", what, path);
}

static enum hg_status read_named(struct building *building, const char *path,
                                 struct hg_diagnostics *diagnostics,
                                 const struct hg_kbuild_sink *sink)
{
    char first = '\0';
    enum hg_status status = hg_kbuild_first_character(path, diagnostics, &first);
    if (status != HG_OK)
        return status;
    if (first == '[' || first == '{') {
        set_origin(building, HG_SOURCES_FROM_COMPILE_COMMANDS, "the commands in", path);
        return hg_kbuild_read_database(building->place, path, diagnostics, sink);
    }
    set_origin(building, HG_SOURCES_FROM_MAKE_TEXT, "the text of make in", path);
    return hg_kbuild_read_dry_run(building->place, path, diagnostics, sink);
}

/* Every kernel has this object, so commands without it are incomplete. */
static const char first_file[] = "init/main.o";

static bool lacks_first_file(struct building *building)
{
    bool lacks =
        access(hg_arena_printf(&building->arena, "%s/init/main.c", building->place->source),
               R_OK) == 0;
    for (size_t i = 0; i < building->files.count && lacks; i++)
        lacks = strcmp(building->files.items[i].object, first_file) != 0;
    return lacks;
}

/* Drops all that an incomplete form gave, before the next form is tried. */
static void note_incomplete(struct building *building, const char *missing)
{
    building->public.note = hg_arena_printf(&building->arena, "%s are incomplete ('%s' has none)",
                                            building->public.origin, missing);
    building->files.count = building->generated.count = 0;
    building->unknown.count = building->foreign.count = building->missing.count = 0;
    hg_translator_forget(&building->translator);
}

static enum hg_status read_form(struct building *building, const char *commands,
                                struct hg_diagnostics *diagnostics,
                                const struct hg_kbuild_sink *sink)
{
    const struct hg_kbuild_place *place = building->place;
    const char *const roots[] = {place->object, place->source};
    if (commands != NULL)
        return read_named(building, commands, diagnostics, sink);
    if (hg_kbuild_has_saved_commands(place)) {
        char *missing = NULL;
        set_origin(building, HG_SOURCES_FROM_SAVED_COMMANDS, "the commands saved in",
                   place->object);
        enum hg_status status = hg_kbuild_read_saved(place, diagnostics, sink, &missing);
        if (missing == NULL)
            return status;
        note_incomplete(building, missing);
        free(missing);
    }
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        const char *path = hg_arena_printf(&building->arena, "%s/compile_commands.json", roots[i]);
        if (access(path, R_OK) != 0)
            continue;
        set_origin(building, HG_SOURCES_FROM_COMPILE_COMMANDS, "the commands in", path);
        enum hg_status status = hg_kbuild_read_database(place, path, diagnostics, sink);
        if (status != HG_OK || !lacks_first_file(building))
            return status;
        note_incomplete(building, first_file);
    }
    set_origin(building, HG_SOURCES_FROM_MAKEFILES, "the makefiles of", place->source);
    return hg_kbuild_evaluate(place, diagnostics, sink);
}

/* Reports an empty list, which is an error, since every kernel has source files. */
static enum hg_status report_nothing(const struct building *building,
                                     struct hg_diagnostics *diagnostics)
{
    size_t count = building->missing.count + building->generated.count;
    if (count > 0)
        hg_error(
            diagnostics, NULL,
            "all %zu source files that the kernel is built from, by %s, are missing, '%s' among "
            "them: name the source tree that this build was made from",
            count, building->public.origin,
            building->missing.count > 0 ? building->missing.items[0]
                                        : building->generated.items[0].path);
    else
        hg_error(diagnostics, NULL,
                 "the kernel is built from no source file, by %s: name a source tree that is "
                 "configured",
                 building->public.origin);
    return HG_ERROR_INPUT;
}

static void report_missing(const struct building *building, struct hg_diagnostics *diagnostics)
{
    enum { SHOWN = 100 };
    size_t count = building->missing.count;
    if (count == 0)
        return;
    qsort(building->missing.items, count, sizeof *building->missing.items, compare);
    hg_warning(diagnostics, NULL,
               "%zu source file%s that the kernel is built from, by %s, %s missing, and no rule "
               "makes %s: unpack the whole source of this kernel",
               count, hg_plural(count), building->public.origin, count == 1 ? "is" : "are",
               count == 1 ? "it" : "them");
    for (size_t i = 0; i < count && i < SHOWN; i++)
        hg_note(diagnostics, NULL, "%s", building->missing.items[i]);
    if (count > SHOWN)
        hg_note(diagnostics, NULL, "and %zu more", count - SHOWN);
}

static void report_foreign(const struct building *building, struct hg_diagnostics *diagnostics)
{
    size_t count = building->foreign.count;
    if (count == 0)
        return;
    qsort(building->foreign.items, count, sizeof *building->foreign.items, compare);
    hg_warning(
        diagnostics, NULL,
        "%zu object%s of the kernel, by %s, %s not compiled like the kernel (another -m32 or "
        "-m64, or no -D__KERNEL__) and left out: for instance %s",
        count, hg_plural(count), building->public.origin, count == 1 ? "is" : "are",
        building->foreign.items[0]);
}

/* Warns of compiler options that may change a declaration and that clang is not given. */
static void report_lost(const struct building *building, struct hg_diagnostics *diagnostics)
{
    enum { SHOWN = 10 };
    struct hg_text unknown = {0}, owner = {0};
    size_t count = 0;
    for (size_t i = 0; i < building->translator.lost.count; i++) {
        const struct hg_lost_option *lost = &building->translator.lost.items[i];
        hg_text_truncate(&owner, 0);
        hg_text_put(&owner, lost->object);
        if (lost->count > 1)
            hg_text_printf(&owner, " and %zu more", lost->count - 1);
        if (lost->why == NULL && count++ < SHOWN)
            hg_text_printf(&unknown, "%s'%s' (%s)", count == 1 ? "" : ", ", lost->option,
                           owner.data);
        else if (lost->why != NULL)
            hg_warning(diagnostics, NULL, "clang does not have '%s' (%s)%s%s: %s", lost->option,
                       owner.data, lost->instead == NULL ? "" : "; it is given ",
                       lost->instead == NULL ? "" : lost->instead, lost->why);
    }
    if (count > SHOWN)
        hg_text_printf(&unknown, ", %zu others", count - SHOWN);
    if (count > 0)
        hg_warning(diagnostics, NULL,
                   "hdrgen does not know these options of the kernel's compiler and leaves them "
                   "out: %s; if one changes a layout, repeat it after `--`",
                   hg_text_string(&unknown));
    hg_text_deinit(&unknown);
    hg_text_deinit(&owner);
}

enum hg_status hg_list_sources(const struct hg_kernel *kernel, const char *commands,
                               struct hg_diagnostics *diagnostics, struct hg_source_list **ret)
{
    const struct hg_kbuild_place place = {
        .source = kernel->source,
        .object = kernel->object,
        .arch = kernel->arch,
        .flags = kernel->flags,
        .flag_count = kernel->flag_count,
    };
    struct building *building = hg_calloc(1, sizeof *building);
    hg_arena_init(&building->arena);
    hg_strings_init(&building->strings, &building->arena);
    hg_translator_init(&building->translator, &place, &building->strings);
    building->place = &place;
    struct hg_kbuild_sink sink = {take_unit, take_unknown, take_foreign, building};
    enum hg_status status = read_form(building, commands, diagnostics, &sink);
    if (status != HG_OK) {
        hg_source_list_destroy(&building->public);
        return status;
    }
    finish(building);
    if (building->public.note != NULL)
        hg_warning(diagnostics, NULL, "%s: hdrgen reads %s instead", building->public.note,
                   building->public.origin);
    else if (commands != NULL && lacks_first_file(building))
        hg_warning(
            diagnostics, NULL,
            "'%s' has no command for %s, which every kernel has: it does not cover the whole "
            "kernel, and hdrgen reads only the files that it names",
            commands, first_file);
    if (building->files.count == 0) {
        status = report_nothing(building, diagnostics);
        hg_source_list_destroy(&building->public);
        return status;
    }
    report_missing(building, diagnostics);
    report_foreign(building, diagnostics);
    report_lost(building, diagnostics);
    *ret = &building->public;
    return HG_OK;
}
