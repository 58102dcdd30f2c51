/*
 * Reading a makefile: assignments, define, include, export, rules.
 *
 *     obj-$(CONFIG_X) += x.o               an assignment to obj-y, obj-m or obj-
 *     include $(srctree)/$(src)/more.mk    only files of the tree, and none of kbuild's scripts/
 *     $(obj)/%.nvhe.o: $(src)/%.c FORCE    a rule: kept, its recipe is passed over
 *     vpath %.c $(srctree)/tools/lib
 *
 * A variable that a target has for itself (`x.o: VAR = y`) is passed over.
 */
#include "tree/kbuild/evaluator.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILE_LIMIT = 16 << 20, INCLUDE_LIMIT = 32, FILES_LIMIT = 200000 };

/* --- assignments --- */

struct assignment {
    struct hg_slice name;
    struct hg_slice value;
    char operator; /* = : + ? ! */
};

/* Where an operator begins at `at`, its length. */
static size_t operator_length(const char *at, const char *end)
{
    if (*at == '=')
        return 1;
    if (strchr(":+?!", *at) == NULL || *at == '\0')
        return 0;
    size_t length = 1;
    while (*at == ':' && at + length < end && at[length] == ':' && length < 3)
        length++;
    return at + length < end && at[length] == '=' ? length + 1 : 0;
}

/* Whether a line assigns; a colon that no = follows makes it a rule. */
static bool find_assignment(struct hg_slice line, struct assignment *assignment)
{
    const char *end = line.data + line.size;
    const char *blank = NULL; /* behind the name */
    for (const char *at = line.data; at < end; at++) {
        size_t length = operator_length(at, end);
        if (length > 0) {
            const char *name_end = blank != NULL ? blank : at;
            assignment->name = (struct hg_slice){line.data, (size_t)(name_end - line.data)};
            assignment->operator= * at;
            const char *value = at + length;
            while (value < end && (*value == ' ' || *value == '\t'))
                value++;
            assignment->value = (struct hg_slice){value, (size_t)(end - value)};
            return assignment->name.size > 0;
        }
        if (*at == ' ' || *at == '\t') {
            blank = blank == NULL ? at : blank;
            continue;
        }
        if (blank != NULL || *at == ':')
            return false;
        if (*at == '$' && at + 1 < end && (at[1] == '(' || at[1] == '{')) {
            at = hg_reference_end(at + 2, end, at[1]);
            if (at == NULL)
                return false;
        }
    }
    return false;
}

static struct hg_slice copy(struct hg_evaluator *evaluator, struct hg_slice text)
{
    hg_evaluator_hold(evaluator, text.size + HG_STEP);
    struct hg_arena *arena = evaluator->scope->arena;
    return (struct hg_slice){hg_arena_string(arena, text.data, text.size), text.size};
}

/* `a b`, in the scope's arena. */
static struct hg_slice joined(struct hg_evaluator *evaluator, struct hg_slice a, struct hg_slice b)
{
    hg_evaluator_spend(evaluator, a.size + b.size);
    if (evaluator->has_failed)
        return a;
    struct hg_text text = {0};
    hg_text_bytes(&text, a.data, a.size);
    hg_text_put(&text, a.size > 0 ? " " : "");
    hg_text_bytes(&text, b.data, b.size);
    struct hg_slice result = copy(evaluator, (struct hg_slice){text.data, text.size});
    hg_text_deinit(&text);
    return result;
}

/* The value of `:=` and of `+=` to a simple variable. */
static void assign_expanded(struct hg_evaluator *evaluator, struct hg_variable *variable,
                            struct hg_slice value, bool appends)
{
    size_t unknown = evaluator->unknown_reads;
    struct hg_text text = {0};
    hg_expand(evaluator, value, &text);
    struct hg_slice expanded = {hg_text_string(&text), text.size};
    variable->value =
        appends ? joined(evaluator, variable->value, expanded) : copy(evaluator, expanded);
    variable->is_unknown = (appends && variable->is_unknown) || evaluator->unknown_reads != unknown;
    variable->is_recursive = false;
    hg_text_deinit(&text);
}

static struct hg_variable *assign(struct hg_evaluator *evaluator,
                                  const struct assignment *assignment)
{
    struct hg_text name = {0};
    hg_expand(evaluator, assignment->name, &name);
    struct hg_slice trimmed = hg_slice_trim((struct hg_slice){hg_text_string(&name), name.size});
    const struct hg_variable *old = hg_scope_find(evaluator->scope, trimmed);
    bool is_fixed = old != NULL && old->origin == HG_ORIGIN_COMMAND_LINE;
    if (evaluator->has_failed || trimmed.size == 0 || is_fixed ||
        (assignment->operator== '?' && old != NULL)) {
        hg_text_deinit(&name);
        return NULL;
    }
    hg_evaluator_hold(evaluator, trimmed.size + HG_STEP);
    struct hg_variable *variable = hg_scope_own(evaluator->scope, trimmed);
    hg_text_deinit(&name);
    bool appends = assignment->operator== '+' && variable->origin != HG_ORIGIN_UNDEFINED;
    if (assignment->operator== ':' ||(appends && !variable->is_recursive)) {
        assign_expanded(evaluator, variable, assignment->value, appends);
    } else if (assignment->operator== '!') {
        variable->value = (struct hg_slice){"", 0};
        variable->is_recursive = false;
        variable->is_unknown = true;
    } else {
        variable->value = appends ? joined(evaluator, variable->value, assignment->value)
                                  : copy(evaluator, assignment->value);
        variable->is_recursive = true;
        variable->is_unknown = appends && variable->is_unknown;
    }
    variable->origin = HG_ORIGIN_FILE;
    return variable;
}

/* --- define --- */

static bool begins_with(struct hg_slice line, const char *keyword)
{
    struct hg_slice rest = line;
    return hg_slice_is(hg_take_keyword(&rest), keyword);
}

/* Reads to the endef; heading is what follows `define`. */
static void read_definition(struct hg_evaluator *evaluator, struct hg_lines *lines,
                            struct hg_slice heading, bool is_taken)
{
    struct hg_text name = {0}, body = {0};
    hg_text_bytes(&name, heading.data, heading.size);
    hg_text_put(&name, " ");
    struct hg_slice raw;
    size_t depth = 1;
    while (depth > 0 && hg_next_raw_line(lines, &raw)) {
        depth += begins_with(raw, "define");
        if (begins_with(raw, "endef") && --depth == 0)
            break;
        if (body.size > 0)
            hg_text_put(&body, "\n");
        hg_text_bytes(&body, raw.data, raw.size);
    }
    if (depth > 0)
        hg_evaluator_fail(evaluator, "`define` without an `endef`");
    struct hg_slice value = {hg_text_string(&body), body.size};
    struct assignment assignment;
    if (!find_assignment((struct hg_slice){name.data, name.size}, &assignment))
        assignment = (struct assignment){
            .name = hg_slice_trim((struct hg_slice){name.data, name.size}), .operator= '=' };
    assignment.value = value;
    if (is_taken)
        assign(evaluator, &assignment);
    hg_text_deinit(&name);
    hg_text_deinit(&body);
}

/* --- include --- */

/* Kbuild's own machinery, which the evaluator stands in for; and the configuration, which it has
 * read before. */
static bool is_machinery(const struct hg_evaluator *evaluator, const char *path)
{
    const char *const roots[] = {evaluator->place->source, evaluator->place->object};
    for (size_t i = 0; i < 2; i++) {
        size_t size = strlen(roots[i]);
        if (strncmp(path, roots[i], size) == 0 && path[size] == '/' &&
            (strncmp(path + size + 1, "scripts/", 8) == 0 ||
             strncmp(path + size + 1, "include/config/", 15) == 0))
            return true;
    }
    return false;
}

static bool is_in(const char *path, const char *directory)
{
    size_t size = strlen(directory);
    return strncmp(path, directory, size) == 0 && path[size] == '/';
}

static void include_one(struct hg_evaluator *evaluator, struct hg_slice name, bool is_optional)
{
    const char *const roots[] = {evaluator->place->object, evaluator->place->source};
    struct hg_text path = {0}, whole = {0};
    bool is_absolute = name.data[0] == '/';
    for (size_t i = 0; i < 2; i++) {
        hg_text_truncate(&whole, 0);
        if (!is_absolute)
            hg_text_printf(&whole, "%s/", roots[i]);
        hg_text_bytes(&whole, name.data, name.size);
        hg_normalise_path(&path, (struct hg_slice){whole.data, whole.size});
        if (is_absolute || access(path.data, F_OK) == 0)
            break;
    }
    if (!is_in(path.data, roots[0]) && !is_in(path.data, roots[1])) {
        if (!is_optional)
            hg_evaluator_fail(evaluator, "a makefile outside of the tree is included: '%s'",
                              path.data);
    } else if (!is_machinery(evaluator, path.data)) {
        hg_read_makefile(evaluator, path.data, is_optional);
    }
    hg_text_deinit(&path);
    hg_text_deinit(&whole);
}

static void include_files(struct hg_evaluator *evaluator, struct hg_slice names, bool is_optional)
{
    struct hg_text text = {0};
    hg_expand(evaluator, names, &text);
    struct hg_slice rest = {hg_text_string(&text), text.size};
    struct hg_slice name;
    while (!evaluator->has_failed && hg_make_word(&rest, &name))
        include_one(evaluator, name, is_optional);
    hg_text_deinit(&text);
}

/* --- export, vpath, undefine --- */

static void export_names(struct hg_evaluator *evaluator, struct hg_slice names, bool is_exported)
{
    struct hg_text text = {0};
    hg_expand(evaluator, names, &text);
    struct hg_slice rest = {hg_text_string(&text), text.size};
    struct hg_slice name;
    while (hg_make_word(&rest, &name))
        hg_scope_own(evaluator->scope, name)->is_exported = is_exported;
    hg_text_deinit(&text);
}

/* Words before and behind, expanded, kept for as long as the scope. */
static void keep_rule(struct hg_evaluator *evaluator, struct hg_slice targets,
                      struct hg_slice prerequisites, bool is_vpath)
{
    struct hg_rule rule = {copy(evaluator, targets), copy(evaluator, prerequisites)};
    if (is_vpath)
        *HG_PUSH(&evaluator->vpaths) = rule;
    else
        *HG_PUSH(&evaluator->rules) = rule;
}

static void read_vpath(struct hg_evaluator *evaluator, struct hg_slice line)
{
    struct hg_text text = {0};
    hg_expand(evaluator, line, &text);
    for (char *colon = text.data; colon != NULL && (colon = strchr(colon, ':')) != NULL;)
        *colon = ' ';
    struct hg_slice rest = {hg_text_string(&text), text.size};
    struct hg_slice pattern;
    if (evaluator->wants_rules && hg_make_word(&rest, &pattern))
        keep_rule(evaluator, pattern, rest, true);
    hg_text_deinit(&text);
}

/* --- rules --- */

static bool is_of_objects(struct hg_slice targets)
{
    return memmem(targets.data, targets.size, ".o", 2) != NULL;
}

/* Options of the compiler, but for those that are only taken out of the usual ones. */
static bool gives_options(const struct assignment *assignment, struct hg_slice line)
{
    const struct hg_slice *name = &assignment->name;
    static const char *const parts[] = {"CFLAGS", "CPPFLAGS", "ccflags", "c_flags"};
    bool is_of_compiler = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        is_of_compiler |= memmem(name->data, name->size, parts[i], strlen(parts[i])) != NULL;
    return is_of_compiler && assignment->value.size > 0 &&
           memmem(line.data, line.size, "filter-out", 10) == NULL;
}

/* Variables of single targets are not followed: those that may be options of a file are noted. */
static void read_rule(struct hg_evaluator *evaluator, struct hg_slice line)
{
    struct hg_text text = {0};
    hg_expand(evaluator, line, &text);
    struct hg_slice all = {hg_text_string(&text), text.size};
    const char *colon = all.size == 0 ? NULL : memchr(all.data, ':', all.size);
    struct assignment ignored;
    if (colon != NULL && evaluator->wants_rules) {
        struct hg_slice targets = {all.data, (size_t)(colon - all.data)};
        colon += colon + 1 < all.data + all.size && colon[1] == ':';
        struct hg_slice rest =
            hg_slice_trim((struct hg_slice){colon + 1, all.size - (size_t)(colon + 1 - all.data)});
        const char *recipe = rest.size == 0 ? NULL : memchr(rest.data, ';', rest.size);
        if (recipe != NULL)
            rest.size = (size_t)(recipe - rest.data);
        if (!find_assignment(rest, &ignored))
            keep_rule(evaluator, targets, rest, false);
        else if (is_of_objects(targets) && gives_options(&ignored, line))
            hg_evaluator_note_unknown(evaluator, line);
    }
    hg_text_deinit(&text);
}

/* --- lines --- */

/* A line that begins with one of make's words; false = it does not. */
static bool read_directive(struct hg_evaluator *evaluator, struct hg_lines *lines,
                           struct hg_slice line)
{
    struct assignment assignment;
    struct hg_slice rest = line;
    struct hg_slice keyword = hg_take_keyword(&rest);
    if (hg_slice_is(keyword, "include")) {
        include_files(evaluator, rest, false);
    } else if (hg_slice_is(keyword, "-include") || hg_slice_is(keyword, "sinclude")) {
        include_files(evaluator, rest, true);
    } else if (hg_slice_is(keyword, "define")) {
        read_definition(evaluator, lines, rest, true);
    } else if (hg_slice_is(keyword, "vpath")) {
        read_vpath(evaluator, rest);
    } else if (hg_slice_is(keyword, "undefine")) {
        hg_scope_own(evaluator->scope, rest)->origin = HG_ORIGIN_UNDEFINED;
    } else if (hg_slice_is(keyword, "override") || hg_slice_is(keyword, "private")) {
        if (begins_with(rest, "define")) {
            hg_take_keyword(&rest);
            read_definition(evaluator, lines, rest, true);
        } else if (find_assignment(rest, &assignment)) {
            assign(evaluator, &assignment);
        }
    } else if (hg_slice_is(keyword, "export")) {
        if (!find_assignment(rest, &assignment))
            export_names(evaluator, rest, true);
        else {
            struct hg_variable *variable = assign(evaluator, &assignment);
            if (variable != NULL)
                variable->is_exported = true;
        }
    } else if (hg_slice_is(keyword, "unexport")) {
        export_names(evaluator, rest, false);
    } else {
        return false;
    }
    return true;
}

static void read_lines(struct hg_evaluator *evaluator, struct hg_lines *lines)
{
    struct hg_conditions conditions = {.count = 0};
    bool in_recipe = false;
    while (!evaluator->has_failed && hg_next_line(lines)) {
        evaluator->line = lines->number;
        struct hg_slice line = hg_slice_trim((struct hg_slice){lines->line.data, lines->line.size});
        struct assignment assignment;
        if (line.size == 0 || (in_recipe && lines->starts_with_tab) ||
            hg_condition(evaluator, &conditions, line))
            continue;
        if (!hg_conditions_hold(&conditions)) {
            struct hg_slice rest = line;
            if (hg_slice_is(hg_take_keyword(&rest), "define"))
                read_definition(evaluator, lines, rest, false);
            continue;
        }
        struct hg_slice untrimmed = {line.data,
                                     (size_t)(lines->line.data + lines->line.size - line.data)};
        in_recipe = false;
        if (find_assignment(untrimmed, &assignment)) {
            assign(evaluator, &assignment);
        } else if (!read_directive(evaluator, lines, line)) {
            read_rule(evaluator, line);
            in_recipe = true;
        }
    }
    if (conditions.count > 0)
        hg_evaluator_fail(evaluator, "a condition without an `endif`");
}

void hg_read_makefile_text(struct hg_evaluator *evaluator, const char *name, struct hg_slice text)
{
    const char *file = evaluator->file;
    unsigned line = evaluator->line;
    if (evaluator->include_depth >= INCLUDE_LIMIT) {
        hg_evaluator_fail(evaluator, "makefiles include each other more than %d deep",
                          (int)INCLUDE_LIMIT);
        return;
    }
    evaluator->include_depth++;
    evaluator->file = name;
    struct hg_lines lines = {.rest = text};
    read_lines(evaluator, &lines);
    hg_text_deinit(&lines.line);
    evaluator->include_depth--;
    evaluator->file = file;
    evaluator->line = line;
}

void hg_read_makefile(struct hg_evaluator *evaluator, const char *path, bool is_optional)
{
    if (++evaluator->files > FILES_LIMIT) {
        hg_evaluator_fail(evaluator, "more than %d makefiles are read", (int)FILES_LIMIT);
        return;
    }
    size_t size = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *text = descriptor < 0 ? NULL : hg_file_read_open(descriptor, FILE_LIMIT, &size);
    int error = errno;
    if (descriptor >= 0)
        close(descriptor);
    if (text == NULL) {
        if (!is_optional || error != ENOENT)
            hg_evaluator_fail(evaluator, "cannot read the makefile '%s': %s", path,
                              strerror(error));
        return;
    }
    hg_evaluator_spend(evaluator, size);
    const char *name = hg_arena_string(&evaluator->arena, path, strlen(path));
    hg_read_makefile_text(evaluator, name, (struct hg_slice){text, size});
    free(text);
}
