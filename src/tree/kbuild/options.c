/*
 * The compiler's options of an object, in kbuild's order:
 *
 *     include directories and forced includes      LINUXINCLUDE
 *     KBUILD_CFLAGS, ccflags-y                     without ccflags-remove-y
 *     CFLAGS_core.o                                without CFLAGS_REMOVE_core.o
 *     -I of the directory, in both trees           when objects are kept apart from sources
 *     -DMODULE                                     in a module
 *     -DKBUILD_MODFILE, -DKBUILD_BASENAME, -DKBUILD_MODNAME, -D__KBUILD_MODNAME
 *
 * The options that all files share are those that the kernel tree was opened with.
 */
#include "tree/kbuild/directory.h"

static struct hg_slice slice_of(const struct hg_text *text)
{
    return (struct hg_slice){hg_text_string(text), text->size};
}

/* `-` and `,` are no part of an identifier. */
static void put_token(struct hg_text *text, const char *name)
{
    for (; *name != '\0'; name++)
        hg_text_bytes(text, *name == '-' || *name == ',' ? "_" : name, 1);
}

static void put_names(const struct hg_walk *walk, struct hg_text *line,
                      const struct hg_directory *directory, const struct hg_object *object,
                      const struct hg_origin *origin, const char *base)
{
    bool has_owners = object->owners != NULL && !origin->is_by_own_rule;
    const char *owners = has_owners ? object->owners : base;
    if (object->module == NULL && !walk->lacks_modfile) {
        hg_text_put(line, " -DKBUILD_MODFILE='\"");
        for (const char *at = owners;; at++) {
            size_t size = strcspn(at, ":");
            hg_text_printf(line, "%s%s%s%.*s", at == owners ? "" : " ", directory->path,
                           strcmp(directory->path, ".") == 0 ? "" : "/", (int)size, at);
            at += size;
            if (*at == '\0')
                break;
        }
        hg_text_put(line, "\"'");
    }
    hg_text_put(line, " -DKBUILD_BASENAME='\"");
    put_token(line, base);
    hg_text_put(line, "\"' -DKBUILD_MODNAME='\"");
    put_token(line, owners);
    hg_text_put(line, "\"'");
    if (walk->lacks_kmod_names)
        return;
    hg_text_put(line, " -D__KBUILD_MODNAME=kmod_");
    put_token(line, owners);
}

/* The text of a make expression for this object. */
static void put_expanded(struct hg_walk *walk, struct hg_text *line, const char *format,
                         const char *stem)
{
    struct hg_text expression = {0};
    for (const char *at = format; *at != '\0'; at++) {
        if (*at == '@')
            hg_text_put(&expression, stem);
        else
            hg_text_bytes(&expression, at, 1);
    }
    hg_expand(&walk->evaluator, slice_of(&expression), line);
    hg_text_deinit(&expression);
}

static const char *base_of(const char *stem)
{
    const char *slash = strrchr(stem, '/');
    return slash == NULL ? stem : slash + 1;
}

/* What kbuild calls _c_flags; @ stands for the stem of the object's name. */
static const char own_flags[] =
    "$(filter-out $(CFLAGS_REMOVE_@.o),"
    "$(filter-out $(ccflags-remove-y),$(KBUILD_CPPFLAGS) $(KBUILD_CFLAGS) $(ccflags-y))"
    " $(CFLAGS_@.o))";

/* Options that hang on what a command prints; said once for each directory. */
static void note_unknown_flags(struct hg_walk *walk, struct hg_directory *directory,
                               const char *stem)
{
    struct hg_evaluator *evaluator = &walk->evaluator;
    struct hg_text text = {0};
    size_t unknown = evaluator->unknown_reads;
    put_expanded(walk, &text, "$(ccflags-y) $(ccflags-remove-y) $(CFLAGS_@.o) $(CFLAGS_REMOVE_@.o)",
                 stem);
    if (evaluator->unknown_reads != unknown && !directory->has_unknown_flags &&
        evaluator->sink->unknown != NULL) {
        hg_text_truncate(&text, 0);
        hg_text_printf(&text, "%s/%s.o", directory->path, stem);
        evaluator->sink->unknown(evaluator->sink->user, hg_text_string(&text), 0, "its options");
    }
    directory->has_unknown_flags |= evaluator->unknown_reads != unknown;
    hg_text_deinit(&text);
}

/* The names that a makefile may use of the object. */
static void bind_object(struct hg_directory *directory, const char *stem)
{
    struct hg_text target = {0};
    hg_text_printf(&target, "%s/%s.o", directory->path, stem);
    hg_scope_set(&directory->scope, "@", target.data, HG_ORIGIN_FILE);
    hg_scope_set(&directory->scope, "*", stem, HG_ORIGIN_FILE);
    hg_scope_set(&directory->scope, "target-stem", stem, HG_ORIGIN_FILE);
    hg_scope_set(&directory->scope, "basetarget", base_of(stem), HG_ORIGIN_FILE);
    hg_text_deinit(&target);
}

static void put_own_directories(const struct hg_walk *walk, const struct hg_directory *directory,
                                struct hg_text *line)
{
    const struct hg_kbuild_place *place = walk->evaluator.place;
    if (strcmp(place->source, place->object) != 0)
        hg_text_printf(line, " -I '%s/%s' -I '%s/%s'", place->source, directory->path,
                       place->object, directory->path);
}

static char *module_of(const struct hg_object *object)
{
    if (object->is_built_in || object->module == NULL)
        return NULL;
    struct hg_text name = {0};
    hg_text_put(&name, object->module);
    return name.data;
}

void hg_put_unit(struct hg_walk *walk, struct hg_directory *directory,
                 const struct hg_object *object, const char *compiled,
                 const struct hg_origin *origin)
{
    struct hg_text name = {0}, whole = {0}, line = {0};
    hg_text_bytes(&name, compiled, strlen(compiled) - 2); /* without .o */
    bind_object(directory, name.data);
    const char *stem = walk->stems_have_directories ? name.data : base_of(name.data);
    note_unknown_flags(walk, directory, stem);
    put_expanded(walk, &line, own_flags, stem);
    put_own_directories(walk, directory, &line);
    if (object->module != NULL)
        put_expanded(walk, &line, " -DMODULE $(CFLAGS_MODULE)", "");
    put_names(walk, &line, directory, object, origin, base_of(name.data));

    struct hg_words options = {0};
    for (size_t i = 0; i < walk->include_flags.count; i++)
        *HG_PUSH(&options) = walk->include_flags.items[i];
    struct hg_shell shell = {0};
    struct hg_slice rest = slice_of(&line);
    hg_shell_next(&rest, &shell);
    for (size_t i = 0; i < shell.words.count; i++)
        *HG_PUSH(&options) = shell.words.items[i];

    hg_text_truncate(&name, 0);
    hg_text_printf(&whole, "%s/%s", directory->path, compiled);
    hg_normalise_path(&name, slice_of(&whole));
    HG_CLEANUP(hg_free_pointer) char *module = module_of(object);
    struct hg_kbuild_unit unit = {
        .object = name.data,
        .source = hg_text_string(&origin->source),
        .module = module,
        .is_generated = origin->is_generated,
        .is_for_clang = true,
        .options = options.items,
        .option_count = options.count,
    };
    if (!walk->evaluator.has_failed)
        walk->evaluator.sink->unit(walk->evaluator.sink->user, &unit);
    hg_shell_deinit(&shell);
    free(options.items);
    hg_text_deinit(&name);
    hg_text_deinit(&whole);
    hg_text_deinit(&line);
}
