/*
 * The evaluator's way through a kernel.
 *
 *     top Makefile, arch/x86/Makefile     KBUILD_VMLINUX_OBJS: built-in.a lib/lib.a ...
 *     Kbuild                              obj-y += init/ kernel/ ...
 *     kernel/Makefile                     obj-y += sched/ fork.o ...
 *
 * Before 6.1 KBUILD_VMLINUX_OBJS lists the archives of the first directories (init/built-in.a ...)
 * and the objects of head-y.  A directory that is reached both as built in and for its modules is
 * read for both.  No recursion: directories wait in a list, each is read at most twice.
 */
#include "tree/kbuild/directory.h"

#include "base/diag.h"
#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

enum { DIRECTORY_LIMIT = 100000 };

/* Bits of the states in `visited`. */
enum { FOR_MODULES = 1, FOR_VMLINUX = 2, FOR_LIBRARY = 4 };

static struct hg_slice slice_of(const struct hg_text *text)
{
    return (struct hg_slice){hg_text_string(text), text->size};
}

/* --- the fixed variables --- */

static void set_fixed(struct hg_walk *walk)
{
    const struct hg_kbuild_place *place = walk->evaluator.place;
    bool is_apart = strcmp(place->source, place->object) != 0;
    const struct {
        const char *name, *value;
    } fixed[] = {
        {"srctree", place->source},
        {"srcroot", place->source},
        {"objtree", "."},
        {"abs_srctree", place->source},
        {"abs_objtree", place->object},
        {"abs_output", place->object},
        {"CURDIR", place->object},
        {"VPATH", is_apart ? place->source : ""},
        {"building_out_of_srctree", is_apart ? "1" : ""},
        {"KBUILD_SRC", is_apart ? place->source : ""},
        {"KBUILD_OUTPUT", is_apart ? place->object : ""},
        {"KBUILD_EXTMOD", ""},
        {"sub_make_done", "1"},
        {"sub-make-done", "1"},
        {"need-sub-make", ""},
        {"skip-makefile", ""},
        {"MAKELEVEL", "1"},
        {"MAKEFLAGS", ""},
        {"MAKECMDGOALS", "vmlinux modules"},
        {"MAKE_VERSION", "4.3"},
        {"ARCH", place->arch},
        {"SRCARCH", place->arch},
        {"CC", "gcc"},
        {"LD", "ld"},
        {"HOSTCC", "gcc"},
        {"CROSS_COMPILE", ""},
        {"cc-name", "gcc"},
        {"CC_VERSION_TEXT", ""}, /* from the configuration: set_compiler */
        {"comma", ","},
        {"quote", "\""},
        {"squote", "'"},
        {"empty", ""},
        {"space", " "},
        {"pound", "#"},
        {"need-builtin", "1"},
        {"need-modorder", "1"},
        {"KBUILD_BUILTIN", "1"},
        {"KBUILD_MODULES", "1"},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        hg_scope_set(&walk->fixed, fixed[i].name, fixed[i].value, HG_ORIGIN_COMMAND_LINE);
}

/* The configuration is a makefile: `CONFIG_X=y`. */
static void read_configuration(struct hg_walk *walk)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/include/config/auto.conf", walk->evaluator.place->object);
    walk->evaluator.scope = &walk->fixed;
    hg_read_makefile(&walk->evaluator, path.data, false);
    hg_text_deinit(&path);
}

/* What `$(CC) --version` says, from the configuration. */
static void set_compiler(struct hg_walk *walk)
{
    char *text = hg_expand_named(&walk->evaluator, "CONFIG_CC_VERSION_TEXT");
    hg_scope_set(&walk->fixed, "CC_VERSION_TEXT", text, HG_ORIGIN_COMMAND_LINE);
    if (strstr(text, "clang") != NULL)
        hg_scope_set(&walk->fixed, "cc-name", "clang", HG_ORIGIN_COMMAND_LINE);
    free(text);
}

/* --- the top makefile --- */

static long number_of(struct hg_walk *walk, const char *name)
{
    char *value = hg_expand_named(&walk->evaluator, name);
    long number = strtol(value, NULL, 10);
    free(value);
    return number;
}

/* Whether the file is there and its text has, or lacks, these words. */
static bool file_tells(struct hg_walk *walk, const char *name, const char *words, bool has_them)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/%s", walk->evaluator.place->source, name);
    int descriptor = open(path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    size_t size = 0;
    char *text = descriptor < 0 ? NULL : hg_file_read_open(descriptor, 1 << 20, &size);
    bool tells = text != NULL && (strstr(text, words) != NULL) == has_them;
    if (descriptor >= 0)
        close(descriptor);
    free(text);
    hg_text_deinit(&path);
    return tells;
}

/* Shell's words, of which one may hold blanks or quotes. */
static void put_quoted(struct hg_text *line, const char *word)
{
    hg_text_put(line, line->size > 0 ? " '" : "'");
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            hg_text_put(line, "'\\''");
        else
            hg_text_bytes(line, word, 1);
    }
    hg_text_put(line, "'");
}

static void put_plain(struct hg_text *line, const char *word)
{
    if (strpbrk(word, " \t\n'\"\\;|&()<>$#") != NULL) {
        put_quoted(line, word);
        return;
    }
    hg_text_put(line, line->size > 0 ? " " : "");
    hg_text_put(line, word);
}

static bool is_name_of_object(const char *flag)
{
    return strncmp(flag, "-DKBUILD_MODNAME=", 17) == 0 ||
           strncmp(flag, "-DKBUILD_BASENAME=", 18) == 0 ||
           strncmp(flag, "-D__KBUILD_MODNAME=", 19) == 0;
}

/* The tree's flags have no -O, which other files than headers do ask for. */
static void put_optimisation(struct hg_walk *walk, struct hg_text *line)
{
    char *value = hg_expand_named(&walk->evaluator, "KBUILD_CFLAGS");
    struct hg_slice rest = hg_slice_of(value);
    struct hg_slice word;
    while (hg_make_word(&rest, &word))
        if (word.size >= 2 && memcmp(word.data, "-O", 2) == 0)
            hg_text_printf(line, " %.*s", (int)word.size, word.data);
    free(value);
}

/* The flags that the tree was opened with take the place of those that the top Makefile computes.
 */
static void set_flags(struct hg_walk *walk, struct hg_scope *top)
{
    const struct hg_kbuild_place *place = walk->evaluator.place;
    struct hg_text line = {0};
    put_optimisation(walk, &line);
    bool is_include = true;
    for (size_t i = 0; i < place->flag_count; i++) {
        const char *flag = place->flags[i];
        if (is_name_of_object(flag))
            continue;
        is_include = is_include && strcmp(flag, "-D__KERNEL__") != 0;
        if (is_include)
            *HG_PUSH(&walk->include_flags) = flag;
        else
            put_plain(&line, flag);
    }
    const char *const names[] = {"KBUILD_CPPFLAGS", "LINUXINCLUDE", "NOSTDINC_FLAGS",
                                 "KBUILD_CFLAGS"};
    for (size_t i = 0; i < 4; i++) {
        const char *value = i == 3 ? hg_text_string(&line) : "";
        hg_scope_set(top, names[i], value, HG_ORIGIN_FILE);
        hg_scope_own(top, hg_slice_of(names[i]))->is_exported = true;
    }
    hg_text_deinit(&line);
}

static void add_pending(struct hg_walk *walk, const char *path, const struct hg_scope *outer,
                        bool is_built_in, bool is_other)
{
    *HG_PUSH(&walk->pending) = (struct hg_pending){path, outer, is_built_in, is_other};
}

static const char *keep(struct hg_walk *walk, const char *text, size_t size)
{
    return size == 0 ? "." : hg_arena_string(&walk->evaluator.arena, text, size);
}

/* `kernel/built-in.a`, `lib/lib.a`, `arch/x86/kernel/head64.o` */
static void add_root(struct hg_walk *walk, struct hg_slice word)
{
    struct hg_text path = {0};
    hg_normalise_path(&path, word);
    const char *slash = strrchr(path.data, '/');
    const char *name = slash == NULL ? path.data : slash + 1;
    size_t size = slash == NULL ? 0 : (size_t)(slash - path.data);
    const char *directory = keep(walk, path.data, size);
    struct hg_slice whole = hg_slice_of(name);
    if (hg_slice_is(whole, "built-in.a") || hg_slice_is(whole, "built-in.o"))
        add_pending(walk, directory, walk->shared, true, false);
    else if (hg_slice_is(whole, "lib.a"))
        *hg_strings_number(&walk->libraries, directory, strlen(directory)) = 1;
    else if (hg_slice_ends(whole, ".o"))
        *HG_PUSH(&walk->heads) = (struct hg_head){directory, keep(walk, name, strlen(name)), false};
    hg_text_deinit(&path);
}

static void add_roots(struct hg_walk *walk, const char *variable, bool are_directories)
{
    char *value = hg_expand_named(&walk->evaluator, variable);
    struct hg_slice rest = hg_slice_of(value);
    struct hg_slice word;
    struct hg_text path = {0};
    while (hg_make_word(&rest, &word)) {
        if (!are_directories) {
            add_root(walk, word);
            continue;
        }
        hg_normalise_path(&path, word);
        add_pending(walk, keep(walk, path.data, path.size), walk->shared, false, false);
    }
    hg_text_deinit(&path);
    free(value);
}

/* Reads the top Makefile and the architecture's. */
static void read_top(struct hg_walk *walk, struct hg_scope *top)
{
    struct hg_evaluator *evaluator = &walk->evaluator;
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/Makefile", evaluator->place->source);
    hg_scope_init(top, &walk->fixed, &evaluator->arena);
    evaluator->scope = top;
    evaluator->wants_rules = false;
    hg_read_makefile(evaluator, path.data, false);
    hg_text_deinit(&path);
}

/* The variables that name what vmlinux is linked from; the first two until 4.20. */
static const char *const root_variables[] = {"KBUILD_VMLINUX_INIT", "KBUILD_VMLINUX_MAIN",
                                             "KBUILD_VMLINUX_OBJS", "KBUILD_VMLINUX_LIBS"};
enum { ROOT_VARIABLES = sizeof root_variables / sizeof *root_variables };

static void fail_without_roots(struct hg_evaluator *evaluator)
{
    hg_evaluator_fail(evaluator,
                      "nothing in '%s/Makefile' says what vmlinux is linked from "
                      "(KBUILD_VMLINUX_OBJS): hdrgen knows the makefiles of Linux 4.19 and newer; "
                      "name the commands of a build with --commands",
                      evaluator->place->source);
}

static void add_all_roots(struct hg_walk *walk, struct hg_scope *top)
{
    struct hg_evaluator *evaluator = &walk->evaluator;
    long release = number_of(walk, "VERSION") * 1000 + number_of(walk, "PATCHLEVEL");
    walk->stems_have_directories = release >= 5004;
    walk->src_is_absolute =
        release >= 6010 && !file_tells(walk, "scripts/Makefile.build", "\nsrc := $(obj)\n", true);
    walk->lacks_modfile = file_tells(walk, "scripts/Makefile.lib", "KBUILD_MODFILE", false);
    walk->lacks_kmod_names = file_tells(walk, "scripts/Makefile.lib", "__KBUILD_MODNAME", false);
    set_flags(walk, top);
    walk->shared = hg_scope_exported(evaluator, top);
    for (size_t i = 0; i < ROOT_VARIABLES; i++)
        add_roots(walk, root_variables[i], false);
    if (walk->pending.count == 0)
        fail_without_roots(evaluator);
    add_roots(walk, "vmlinux-dirs", true); /* until 6.0 */
}

/* --- directories --- */

struct putting {
    struct hg_walk *walk;
    struct hg_directory *directory;
    const struct hg_object *object;
};

static void put_compiled(void *user, const char *object, const struct hg_origin *origin)
{
    struct putting *putting = user;
    if (origin->kind != HG_FROM_C)
        return;
    struct hg_text whole = {0}, path = {0};
    hg_text_printf(&whole, "%s/%s", putting->directory->path, object);
    hg_normalise_path(&path, slice_of(&whole));
    uint32_t *done = hg_strings_number(&putting->walk->done, path.data, path.size);
    bool is_new = *done == 0;
    *done = 1;
    hg_text_deinit(&whole);
    hg_text_deinit(&path);
    if (is_new)
        hg_put_unit(putting->walk, putting->directory, putting->object, object, origin);
}

/* Built-in objects first: an object in both is vmlinux's. */
static void put_objects(struct hg_walk *walk, struct hg_directory *directory, bool are_built_in)
{
    for (size_t i = 0; i < directory->objects.count && !walk->evaluator.has_failed; i++) {
        const struct hg_object object = directory->objects.items[i];
        if (are_built_in ? !object.is_built_in : object.module == NULL)
            continue;
        struct putting putting = {walk, directory, &object};
        hg_find_origin(walk, directory, object.name, put_compiled, &putting);
    }
}

static void add_directories(struct hg_walk *walk, const struct hg_directory *directory,
                            const struct hg_scope *outer, bool is_built_in)
{
    for (size_t i = 0; i < directory->built_in_directories.count; i++)
        add_pending(walk, directory->built_in_directories.items[i], outer, is_built_in, false);
    for (size_t i = 0; i < directory->module_directories.count; i++)
        add_pending(walk, directory->module_directories.items[i], outer, false, false);
    for (size_t i = 0; i < directory->other_directories.count; i++)
        add_pending(walk, directory->other_directories.items[i], outer, false, true);
}

static void visit(struct hg_walk *walk, const struct hg_pending *pending)
{
    size_t size = strlen(pending->path);
    bool has_library = *hg_strings_number(&walk->libraries, pending->path, size) != 0;
    if (pending->is_other && !has_library)
        return;
    uint32_t *state = hg_strings_number(&walk->visited, pending->path, size);
    uint32_t needed = (pending->is_other ? 0 : FOR_MODULES) |
                      (pending->is_built_in ? FOR_VMLINUX : 0) | (has_library ? FOR_LIBRARY : 0);
    if ((needed & ~*state) == 0)
        return;
    *state |= needed;

    struct hg_words heads = {0};
    for (size_t i = 0; i < walk->heads.count; i++) {
        if (strcmp(walk->heads.items[i].directory, pending->path) != 0)
            continue;
        walk->heads.items[i].is_done = true;
        *HG_PUSH(&heads) = walk->heads.items[i].name;
    }
    struct hg_directory_role role = {pending->is_built_in, has_library, heads.items, heads.count};
    struct hg_directory directory;
    if (hg_directory_open(walk, &directory, pending->path, pending->outer)) {
        hg_directory_list(walk, &directory, &role);
        put_objects(walk, &directory, true);
        if (!pending->is_other) {
            put_objects(walk, &directory, false);
            add_directories(walk, &directory, hg_scope_exported(&walk->evaluator, &directory.scope),
                            pending->is_built_in);
        }
    }
    hg_directory_close(walk, &directory);
    free(heads.items);
}

/* Directories come in the order of the lists, those of vmlinux first: an object that vmlinux and a
 * module are linked from is vmlinux's. */
static void visit_all(struct hg_walk *walk)
{
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < walk->pending.count && !walk->evaluator.has_failed; i++) {
            struct hg_pending pending = walk->pending.items[i];
            if (pass > 0 || pending.is_built_in)
                visit(walk, &pending);
            if (walk->pending.count > DIRECTORY_LIMIT)
                hg_evaluator_fail(&walk->evaluator, "the makefiles name more than %d directories",
                                  (int)DIRECTORY_LIMIT);
        }
        for (size_t i = 0; i < walk->heads.count; i++) /* in no directory of the lists */
            if (!walk->heads.items[i].is_done)
                add_pending(walk, walk->heads.items[i].directory, walk->shared, false, false);
    }
}

static void walk_deinit(struct hg_walk *walk)
{
    free(walk->include_flags.items);
    free(walk->pending.items);
    free(walk->heads.items);
    hg_strings_deinit(&walk->visited);
    hg_strings_deinit(&walk->done);
    hg_strings_deinit(&walk->libraries);
    hg_scope_deinit(&walk->fixed);
    hg_evaluator_deinit(&walk->evaluator);
}

static void walk_init(struct hg_walk *walk, const struct hg_kbuild_place *place,
                      struct hg_diagnostics *diagnostics, const struct hg_kbuild_sink *sink)
{
    *walk = (struct hg_walk){0};
    hg_evaluator_init(&walk->evaluator, place, diagnostics, sink);
    struct hg_arena *arena = &walk->evaluator.arena;
    hg_strings_init(&walk->visited, arena);
    hg_strings_init(&walk->done, arena);
    hg_strings_init(&walk->libraries, arena);
    hg_scope_init(&walk->fixed, NULL, arena);
    set_fixed(walk);
    read_configuration(walk);
    set_compiler(walk);
}

enum hg_status hg_kbuild_evaluate(const struct hg_kbuild_place *place,
                                  struct hg_diagnostics *diagnostics,
                                  const struct hg_kbuild_sink *sink)
{
    struct hg_walk walk;
    struct hg_scope top = {0};
    walk_init(&walk, place, diagnostics, sink);
    if (!walk.evaluator.has_failed)
        read_top(&walk, &top);
    if (!walk.evaluator.has_failed)
        add_all_roots(&walk, &top);
    if (!walk.evaluator.has_failed)
        visit_all(&walk);
    enum hg_status status = walk.evaluator.has_failed ? HG_ERROR_INPUT : HG_OK;
    hg_scope_deinit(&top);
    walk_deinit(&walk);
    return status;
}

enum hg_status hg_kbuild_roots(const struct hg_kbuild_place *place,
                               struct hg_diagnostics *diagnostics, struct hg_text *roots)
{
    static const struct hg_kbuild_sink nobody = {0};
    struct hg_walk walk;
    struct hg_scope top = {0};
    walk_init(&walk, place, diagnostics, &nobody);
    if (!walk.evaluator.has_failed)
        read_top(&walk, &top);
    for (size_t i = 0; i < ROOT_VARIABLES && !walk.evaluator.has_failed; i++) {
        hg_expand_variable(&walk.evaluator, hg_slice_of(root_variables[i]), roots);
        hg_text_put(roots, " ");
    }
    if (!walk.evaluator.has_failed && strstr(hg_text_string(roots), "built-in.") == NULL)
        fail_without_roots(&walk.evaluator);
    enum hg_status status = walk.evaluator.has_failed ? HG_ERROR_INPUT : HG_OK;
    hg_scope_deinit(&top);
    walk_deinit(&walk);
    return status;
}
