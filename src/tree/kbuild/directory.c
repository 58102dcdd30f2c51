/*
 * One directory: its lists, as scripts/Makefile.lib makes them.
 *
 *     obj-$(CONFIG_NET) += core.o sub/       built in, or a module, or not at all
 *     obj-m += nf.o                          a module,
 *     nf-y := a.o b.o                        of these parts (nf-objs, nf-m likewise)
 *     lib-y := string.o                      linked into lib.a, from which vmlinux may be linked
 *
 * An object of obj-y is none of obj-m.  An object has the names of all composite objects that it is
 * part of.
 */
#include "tree/kbuild/directory.h"

#include <unistd.h>

/* --- the makefile --- */

static const char *find_makefile(const struct hg_walk *walk, struct hg_directory *directory)
{
    static const char *const names[] = {"Kbuild", "Makefile"};
    struct hg_text path = {0};
    const char *found = NULL;
    for (size_t i = 0; i < 2 && found == NULL; i++) {
        hg_text_truncate(&path, 0);
        hg_text_printf(&path, "%s/%s/%s", walk->evaluator.place->source, directory->path, names[i]);
        if (access(path.data, F_OK) == 0)
            found = hg_arena_string(&directory->arena, path.data, path.size);
    }
    hg_text_deinit(&path);
    return found;
}

static void set_names(struct hg_walk *walk, struct hg_directory *directory)
{
    struct hg_text absolute = {0};
    hg_text_printf(&absolute, "%s/%s", walk->evaluator.place->source, directory->path);
    hg_scope_set(&directory->scope, "obj", directory->path, HG_ORIGIN_COMMAND_LINE);
    hg_scope_set(&directory->scope, "src", walk->src_is_absolute ? absolute.data : directory->path,
                 HG_ORIGIN_COMMAND_LINE);
    hg_text_deinit(&absolute);
}

bool hg_directory_open(struct hg_walk *walk, struct hg_directory *directory, const char *path,
                       const struct hg_scope *outer)
{
    *directory = (struct hg_directory){.path = path};
    hg_arena_init(&directory->arena);
    hg_strings_init(&directory->names, &directory->arena);
    hg_scope_init(&directory->scope, outer, &directory->arena);
    struct hg_evaluator *evaluator = &walk->evaluator;
    const char *makefile = find_makefile(walk, directory);
    if (makefile == NULL) {
        hg_evaluator_fail(
            evaluator,
            "'%s' holds no source files: '%s/Makefile' is not there (the headers that a "
            "distribution installs are not enough: name a source tree that is "
            "configured)",
            evaluator->place->source, path);
        return false;
    }
    set_names(walk, directory);
    evaluator->scope = &directory->scope;
    evaluator->rules.count = evaluator->vpaths.count = 0;
    evaluator->wants_rules = true;
    static const char end[] =
        "ccflags-y += $(EXTRA_CFLAGS)\n"
        "ifneq ($(strip $(subdir-ccflags-y)),)\n"
        "KBUILD_CFLAGS += $(subdir-ccflags-y)\n"
        "endif\n"
        "obj-m := $(filter-out $(obj-y),$(obj-m))\n"
        "lib-y := $(filter-out $(obj-y),$(lib-y) $(lib-m))\n";
    hg_read_makefile(evaluator, makefile, false);
    hg_read_makefile_text(evaluator, "", hg_slice_of(end));
    return !evaluator->has_failed;
}

void hg_directory_close(struct hg_walk *walk, struct hg_directory *directory)
{
    (void)walk;
    hg_scope_deinit(&directory->scope);
    hg_strings_deinit(&directory->names);
    free(directory->objects.items);
    free(directory->built_in_directories.items);
    free(directory->module_directories.items);
    free(directory->other_directories.items);
    hg_arena_deinit(&directory->arena);
}

/* --- composite objects --- */

/* The value of `stem` + suffix, or NULL when it has no word. */
static char *list_of(struct hg_walk *walk, struct hg_slice stem, const char *suffix)
{
    struct hg_text name = {0};
    hg_text_bytes(&name, stem.data, stem.size);
    hg_text_put(&name, suffix);
    char *value = hg_expand_named(&walk->evaluator, name.data);
    hg_text_deinit(&name);
    if (hg_slice_trim(hg_slice_of(value)).size > 0)
        return value;
    free(value);
    return NULL;
}

static const char *const part_suffixes[] = {"-objs", "-y", "-m"};

/* Whether `x.o` is put together from others: x-objs, x-y, x-m or x- is not empty. */
static bool is_composite(struct hg_walk *walk, struct hg_slice stem, bool is_module)
{
    static const char *const suffixes[] = {"-objs", "-y", "-", "-m"};
    bool found = false;
    for (size_t i = 0; i < (is_module ? 4 : 3) && !found; i++) {
        char *list = list_of(walk, stem, suffixes[i]);
        found = list != NULL;
        free(list);
    }
    return found;
}

static struct hg_object *object_of(struct hg_walk *walk, struct hg_directory *directory,
                                   struct hg_slice name)
{
    uint32_t *index = hg_strings_number(&directory->names, name.data, name.size);
    if (*index == 0) {
        hg_evaluator_hold(&walk->evaluator, sizeof(struct hg_object) + name.size);
        *HG_PUSH(&directory->objects) =
            (struct hg_object){.name = hg_strings_intern(&directory->names, name.data, name.size)};
        *index = (uint32_t)directory->objects.count;
    }
    return &directory->objects.items[*index - 1];
}

/* --- lists --- */

enum list { BUILT_IN, MODULE };

/* A directory of a list, from `sub/`. */
static const char *directory_at(struct hg_walk *walk, const struct hg_directory *directory,
                                struct hg_slice name)
{
    struct hg_text whole = {0}, path = {0};
    size_t root = strlen(walk->evaluator.place->source);
    if (name.size > root && memcmp(name.data, walk->evaluator.place->source, root) == 0 &&
        name.data[root] == '/')
        hg_text_bytes(&whole, name.data + root + 1, name.size - root - 1);
    else {
        hg_text_printf(&whole, "%s/", directory->path);
        hg_text_bytes(&whole, name.data, name.size);
    }
    hg_normalise_path(&path, (struct hg_slice){whole.data, whole.size});
    const char *result = hg_arena_string(&walk->evaluator.arena, path.data, path.size);
    hg_text_deinit(&whole);
    hg_text_deinit(&path);
    return result;
}

static void add_directory(struct hg_walk *walk, struct hg_directory *directory,
                          struct hg_slice name, enum list list)
{
    const char *path = directory_at(walk, directory, name);
    if (list == BUILT_IN)
        *HG_PUSH(&directory->built_in_directories) = path;
    else
        *HG_PUSH(&directory->module_directories) = path;
}

static const char *with_name(struct hg_walk *walk, struct hg_directory *directory, const char *list,
                             struct hg_slice name)
{
    size_t size = name.size + (list == NULL ? 0 : strlen(list));
    hg_evaluator_hold(&walk->evaluator, size);
    return walk->evaluator.has_failed ? list : hg_with_name(&directory->arena, list, name);
}

static void add_object(struct hg_walk *walk, struct hg_directory *directory, struct hg_slice name,
                       struct hg_slice owner, enum list list, bool is_linked)
{
    struct hg_object *object = object_of(walk, directory, name);
    if (list == BUILT_IN)
        object->is_built_in |= is_linked;
    else
        object->module = with_name(walk, directory, object->module, owner);
}

/* The parts of a composite object, or itself. */
static void add_parts(struct hg_walk *walk, struct hg_directory *directory, struct hg_slice name,
                      enum list list, bool is_linked)
{
    struct hg_slice stem = {name.data, name.size - 2};
    const char *slash = memrchr(stem.data, '/', stem.size);
    struct hg_slice base =
        slash == NULL ? stem
                      : (struct hg_slice){slash + 1, (size_t)(stem.data + stem.size - slash - 1)};
    if (!is_composite(walk, stem, list == MODULE)) {
        add_object(walk, directory, name, base, list, is_linked);
        return;
    }
    for (size_t i = 0; i < sizeof part_suffixes / sizeof *part_suffixes; i++) {
        char *parts = list_of(walk, stem, part_suffixes[i]);
        struct hg_slice rest = parts == NULL ? (struct hg_slice){0} : hg_slice_of(parts);
        struct hg_slice part;
        bool is_linked_part = i < 2 || list == MODULE;
        while (hg_make_word(&rest, &part) && !walk->evaluator.has_failed) {
            if (!hg_slice_ends(part, ".o"))
                continue;
            struct hg_object *object = object_of(walk, directory, part);
            object->owners = with_name(walk, directory, object->owners, stem);
            if (is_linked_part)
                add_object(walk, directory, part, base, list, is_linked);
        }
        free(parts);
    }
}

static void add_list(struct hg_walk *walk, struct hg_directory *directory, const char *variable,
                     enum list list, bool is_linked)
{
    char *value = hg_expand_named(&walk->evaluator, variable);
    struct hg_slice rest = hg_slice_of(value);
    struct hg_slice name;
    while (hg_make_word(&rest, &name) && !walk->evaluator.has_failed) {
        if (hg_slice_ends(name, "/"))
            add_directory(walk, directory, name, list);
        else if (hg_slice_ends(name, ".o") && name.size > 2)
            add_parts(walk, directory, name, list, is_linked);
    }
    free(value);
}

static void add_library(struct hg_walk *walk, struct hg_directory *directory)
{
    char *value = hg_expand_named(&walk->evaluator, "lib-y");
    struct hg_slice rest = hg_slice_of(value);
    struct hg_slice name;
    while (hg_make_word(&rest, &name))
        if (hg_slice_ends(name, ".o"))
            object_of(walk, directory, name)->is_built_in = true;
    free(value);
}

static void add_other_directories(struct hg_walk *walk, struct hg_directory *directory,
                                  const char *variable)
{
    char *value = hg_expand_named(&walk->evaluator, variable);
    struct hg_slice rest = hg_slice_of(value);
    struct hg_slice name;
    while (hg_make_word(&rest, &name))
        *HG_PUSH(&directory->other_directories) = directory_at(walk, directory, name);
    free(value);
}

void hg_directory_list(struct hg_walk *walk, struct hg_directory *directory,
                       const struct hg_directory_role *role)
{
    add_list(walk, directory, "obj-y", BUILT_IN, role->is_built_in);
    add_list(walk, directory, "obj-m", MODULE, true);
    if (role->has_library)
        add_library(walk, directory);
    for (size_t i = 0; i < role->extra_count; i++)
        object_of(walk, directory, hg_slice_of(role->extra[i]))->is_built_in = true;
    add_other_directories(walk, directory, "subdir-y");
    add_other_directories(walk, directory, "subdir-m");
}
