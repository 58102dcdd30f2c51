/*
 * The evaluator of makefiles: variables, expansion, functions, lines.
 *
 *     evaluator.c     limits, failures, notes
 *     variables.c     scopes of variables, and exports to the directories below
 *     expand.c        $(NAME), $(NAME:a=b), $(function arguments)
 *     functions.c     the functions of make that work on text
 *     control.c       the functions that decide, repeat or call
 *     paths.c         the functions that look at files
 *     probes.c        $(call cc-option,...) and other questions to a compiler
 *     lines.c         logical lines, comments
 *     conditions.c    ifdef, ifeq, else, endif
 *     read.c          assignments, define, include, rules
 *
 * It runs no command.  Everything is bounded: the bytes produced, the depth of references and of
 * includes, the number of files.  The first failure is reported; after it every function returns at
 * once.
 */
#ifndef HG_KBUILD_EVALUATOR_H
#define HG_KBUILD_EVALUATOR_H

#include "tree/kbuild/kbuild.h"
#include "tree/kbuild/words.h"

#include "base/strings.h"

/* --- variables.c --- */

enum hg_variable_origin {
    HG_ORIGIN_UNDEFINED,
    HG_ORIGIN_FILE,
    HG_ORIGIN_ENVIRONMENT,  /* exported by a directory above */
    HG_ORIGIN_COMMAND_LINE, /* no makefile changes it */
};

struct hg_variable;

struct hg_scope {
    const struct hg_scope *outer; /* searched after this one; NULL = none */
    struct hg_arena *arena;       /* of the values */
    struct hg_variable *variables;
};

struct hg_variable {
    const char *name;
    struct hg_slice value;
    enum hg_variable_origin origin;
    bool is_recursive; /* expanded at each use */
    bool is_exported;
    bool is_unknown; /* part of it is the output of a command */
    bool is_open;    /* being expanded */
};

void hg_scope_init(struct hg_scope *scope, const struct hg_scope *outer, struct hg_arena *arena);
/* Frees the table; names and values die with the arena. */
void hg_scope_deinit(struct hg_scope *scope);

/* NULL = not defined in this scope or an outer one. */
struct hg_variable *hg_scope_find(const struct hg_scope *scope, struct hg_slice name);
/* The scope's own variable.  If it has none: a copy of the outer scope's, or a new undefined one.
 */
struct hg_variable *hg_scope_own(struct hg_scope *scope, struct hg_slice name);
/* A simple value, copied. */
void hg_scope_set(struct hg_scope *scope, const char *name, const char *value,
                  enum hg_variable_origin origin);

struct hg_evaluator;
/* Returns a scope, in the evaluator's arena, with the exported variables of `from` whose values
 * differ from its outer scope's; if none does, `from->outer` itself. */
const struct hg_scope *hg_scope_exported(struct hg_evaluator *evaluator, struct hg_scope *from);

/* --- evaluator.c --- */

struct hg_rule {
    struct hg_slice targets;       /* words */
    struct hg_slice prerequisites; /* words */
};

struct hg_evaluator {
    const struct hg_kbuild_place *place;
    struct hg_diagnostics *diagnostics;
    const struct hg_kbuild_sink *sink;
    struct hg_arena arena; /* lives as long as the evaluation */
    struct hg_scope *scope;
    bool wants_rules;
    HG_ARRAY(struct hg_rule) rules;  /* of the file that is being read */
    HG_ARRAY(struct hg_rule) vpaths; /* pattern, directories */
    HG_ARRAY(struct hg_scope *) exported_scopes;

    const char *file; /* where the evaluation is, for messages */
    unsigned line;
    unsigned depth;         /* of references */
    unsigned include_depth; /* of files */
    size_t files;
    size_t work; /* bytes produced so far, and HG_STEP for each step */
    size_t work_limit;
    size_t held;          /* bytes of values and names that are kept */
    size_t listed_files;  /* number of files that wildcards have looked at */
    size_t unknown_reads; /* how often the output of a command was needed */
    bool has_failed;
};

void hg_evaluator_init(struct hg_evaluator *evaluator, const struct hg_kbuild_place *place,
                       struct hg_diagnostics *diagnostics, const struct hg_kbuild_sink *sink);
void hg_evaluator_deinit(struct hg_evaluator *evaluator);

/* Reports the first failure; later ones are its consequences. */
void hg_evaluator_fail(struct hg_evaluator *evaluator, const char *format, ...) HG_PRINTF(2, 3);
/* The cost of a step besides the bytes that it produces. */
enum { HG_STEP = 64 };
/* Counts work that was done; fails when it is too much. */
void hg_evaluator_spend(struct hg_evaluator *evaluator, size_t bytes);
/* Counts memory that stays; fails when it is too much. */
void hg_evaluator_hold(struct hg_evaluator *evaluator, size_t bytes);
/* Notes that the text depends on the output of a command, which is unknown. */
void hg_evaluator_note_unknown(struct hg_evaluator *evaluator, struct hg_slice text);

/* --- expand.c --- */

/* Appends the expansion of the text. */
void hg_expand(struct hg_evaluator *evaluator, struct hg_slice text, struct hg_text *out);
/* Appends the expanded value of a variable. */
void hg_expand_variable(struct hg_evaluator *evaluator, struct hg_slice name, struct hg_text *out);
/* Returns it as a string that the caller frees; never NULL. */
char *hg_expand_named(struct hg_evaluator *evaluator, const char *name);
/* The closing parenthesis of a reference; NULL = none.  at: after its `$(` or `${`. */
const char *hg_reference_end(const char *at, const char *end, char open);

/* --- functions.c, control.c, paths.c, probes.c --- */

/* The arguments of a function as they are written. */
struct hg_arguments {
    struct hg_evaluator *evaluator;
    struct hg_slice items[16];
    size_t count;
    struct hg_text *out;
};

typedef void hg_function_fn(struct hg_arguments *arguments);

struct hg_function {
    const char *name;
    unsigned maximum; /* of arguments: further commas belong to the last */
    hg_function_fn *run;
};

/* NULL = make has no function of this name. */
const struct hg_function *hg_find_function(struct hg_slice name);
/* The expanded argument, which the caller frees; empty if there are fewer. */
struct hg_text hg_argument(const struct hg_arguments *arguments, size_t index);
/* Appends the word, after a blank if there is text after `start`. */
void hg_put_word(struct hg_text *out, size_t start, struct hg_slice word);

hg_function_fn hg_make_wildcard, hg_make_path, hg_make_real_path;
/* A function that decides, repeats or calls: see control.c. */
const struct hg_function *hg_find_control(struct hg_slice name);

/* $(call NAME,...) where kbuild's NAME asks the compiler, the assembler or the linker; false = it
 * is not one of these. */
bool hg_probe(struct hg_arguments *arguments, struct hg_slice name);

/* --- lines.c, conditions.c, read.c --- */

struct hg_lines {
    struct hg_slice rest;
    struct hg_text line; /* the logical line, without its comment */
    unsigned number;     /* of its first physical line */
    unsigned next_number;
    bool starts_with_tab;
};

/* The next logical line; false at the end. */
bool hg_next_line(struct hg_lines *lines);
/* The next physical line, as it is written; false at the end. */
bool hg_next_raw_line(struct hg_lines *lines, struct hg_slice *line);
/* Removes the first word of a line, and returns it. */
struct hg_slice hg_take_keyword(struct hg_slice *line);

enum { HG_CONDITIONS_MAX = 64 };

struct hg_conditions {
    struct {
        bool is_taken; /* lines are read */
        bool was_taken;
    } items[HG_CONDITIONS_MAX];
    size_t count;
};

bool hg_conditions_hold(const struct hg_conditions *conditions);
/* Executes the line if it is a conditional directive; false = it is none. */
bool hg_condition(struct hg_evaluator *evaluator, struct hg_conditions *conditions,
                  struct hg_slice line);

/* Reads a makefile by its absolute path.  A file that is not there is a failure unless it is
 * optional. */
void hg_read_makefile(struct hg_evaluator *evaluator, const char *path, bool is_optional);
/* Reads lines as if they stood in a makefile. */
void hg_read_makefile_text(struct hg_evaluator *evaluator, const char *name, struct hg_slice text);

#endif
