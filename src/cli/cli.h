/*
 * The program: its options, its commands, and what they share.
 *
 *     table.c      the table of commands and options; help.c, man.c and complete.c are made from it
 *     options.c    argv -> struct options (plain data, const afterwards)
 *     line.c       the command line, word by word (words.c, @file: response.c)
 *     values.c     the values of options; shapes.c: of those about the form of types
 *     bindgen.c    bindgen's options (bindgen_table.c, regex.c)
 *     hints.c      what a wrong word may have meant (bpftool.c, misplaced.c, unexpanded.c)
 *
 *     run.c        the command generate: read, trim, select, write (writers.c, files.c)
 *     show.c       show and list; paint.c: colours for show and check
 *     diff.c       diff; touched.c: diff --for
 *     flags.c      flags
 *     check.c      check on one kernel; load.c: --load; fleet.c: on many kernels
 *     link.c       link; wrap.c: --wrap
 *
 *     sources.c    which sources the options name, and reading them
 *     kernel.c     kernel trees (read_sources.c, own_tree.c, kheaders.c; cache.c: kept results)
 *     objects.c    BPF objects and the types that they need; surface.c: their other needs
 *     modules.c    BTF of a kernel and its modules, from sources
 *     follow.c     --pointers follow
 *
 *     report.c     diagnostics to standard error; units.c, ticker.c: progress
 *     overwrite.c  no output may be an input
 *     memory.c     large pages for malloc
 */
#ifndef HG_CLI_CLI_H
#define HG_CLI_CLI_H

#include "regex.h"

#include "base/memory.h"
#include "base/text.h"

#include <hdrgen/core.h>
#include <hdrgen/diff.h>
#include <hdrgen/kernel.h>
#include <hdrgen/link.h>
#include <hdrgen/read.h>
#include <hdrgen/select.h>
#include <hdrgen/surface.h>
#include <hdrgen/tree.h>
#include <hdrgen/trim.h>
#include <hdrgen/write.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum command {
    COMMAND_GENERATE,
    COMMAND_SHOW,
    COMMAND_LIST,
    COMMAND_DIFF,
    COMMAND_CHECK,
    COMMAND_FLAGS,
    COMMAND_LINK,
    COMMANDS
};

enum source_kind { SOURCE_HEADERS, SOURCE_KERNEL, SOURCE_BTF };

/* --color and --progress. */
enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

/* Where types come from. */
struct source {
    enum source_kind kind;
    struct hg_header_options headers; /* their flags follow those of a kernel tree */
    struct hg_kernel_options kernel;
    const char *archive; /* the tar that kernel.directory was unpacked from; NULL = none */
    struct hg_btf_file btf;
    bool lists_sources;             /* --sources */
    const char *commands;           /* --commands, or NULL */
    bool is_fast;                   /* --fast: skip bodies of functions */
    bool reads_modules;             /* --modules: read the source files of modules, too */
    bool reads_functions;           /* read the prototypes of functions, too */
    struct hg_facts_options beside; /* check: files with what is known besides types */
    bool is_here;                   /* check --load: it stands for the running kernel */
    unsigned jobs;                  /* number of processes that read headers; 0 = of processors */
    enum when progress;
    bool explain;  /* -vv: report what is tried with each header, and why */
    bool no_cache; /* of a kernel tree: keep no results, and use none that were kept */
};

enum { MAX_SOURCES = 256 }; /* for check; diff has two, every other command one */

/* The options of the writers: of Rust, C, BTF and layouts. */
struct write_options {
    const char *ctypes_prefix;
    enum hg_enum_style enum_style;
    uint32_t derives;
    const char *module;
    enum hg_accessors accessors;
    const char *probe_read_fn;
    const char *const *raw_lines;
    size_t raw_line_count;
    const char *command;
    const char *guard;
    const char *flavour;
    bool no_preserve_access_index;
    uint32_t btf_compat;
    bool elf;
    bool keep_duplicate_names;
    bool keep_flavours;
    bool symbols;
    const uint8_t *chosen_symbols;
    bool verbose;
    struct hg_layout_options layout; /* show and list */
};

/* A writer of types. */
typedef enum hg_status write_fn(const struct hg_model *model, const struct hg_selection *selection,
                                const struct write_options *options,
                                struct hg_diagnostics *diagnostics, struct hg_output *ret);
/* A writer of layouts, for show and list. */
typedef enum hg_status write_layout_fn(const struct hg_model *model,
                                       const struct hg_selection *selection,
                                       const struct hg_layout_options *options,
                                       struct hg_diagnostics *diagnostics, struct hg_output *ret);

/* An output format. */
struct emitter {
    const char *name;
    const char *suffix; /* the suffix of -o that chooses it; NULL = none does */
    write_fn *write;    /* NULL = it has write_layout */
    write_layout_fn *write_layout;
    bool is_btf; /* binary; the BTF front end checks it before it is written */
};

/* A format of diff. */
struct diff_format {
    const char *name;
    hg_diff_write_fn *write;
};

/* --arrays: the form of arrays of arrays. */
enum arrays { ARRAYS_BY_SOURCE, ARRAYS_FLAT, ARRAYS_NESTED };

enum loaders {
    LOADER_LIBBPF = 1 << HG_CORE_LIBBPF,
    LOADER_AYA = 1 << HG_CORE_AYA,
    LOADER_CILIUM = 1 << HG_CORE_CILIUM,
};

struct objects;

struct options {
    enum command command;
    enum arrays arrays; /* --arrays */
    struct source sources[MAX_SOURCES];
    size_t source_count;
    struct hg_select_options select;
    struct write_options write;
    HG_ARRAY(struct hg_trim) trims;
    word_list response_files;      /* those that were read */
    word_list fleets;              /* --fleet */
    struct source like;            /* settings for each kernel of a fleet */
    word_list attach;              /* check: PROGRAM=TARGET */
    word_list without;             /* check: programs */
    word_list contained;           /* list: --contains */
    word_list macros;              /* patterns; the sources' headers refer to them */
    word_list provided;            /* types that the user has; select refers to them */
    word_list raw_lines;           /* write refers to them */
    word_list trimmed;             /* the records of --fields: the names, if no NAME is given */
    struct hg_arena arena;         /* owns strings that are not in argv */
    const struct emitter *emitter; /* NULL: check, diff, flags and link */
    const struct diff_format *diff_format; /* diff */
    bool html;                             /* check: --format html */
    bool load;                             /* check: --load */
    bool surface;                          /* diff: --surface */
    bool stat;                             /* diff: --stat */
    bool common;                           /* diff: only types that both sides have */
    bool compile;                          /* show: --compile */
    struct hg_layout_question question;    /* show --offset: for each name without its own */
    struct hg_layout_question *questions;  /* show: by index of the name; NULL = there are none */
    const char *const *objects;            /* BPF objects: of --for, or the arguments of check */
    size_t object_count;
    unsigned loaders;      /* check and --for: the loaders whose rules apply, of enum loaders */
    bool json;             /* check and flags: --format json */
    const char *output;    /* "-" is standard output; link: NULL = each object in place */
    const char *depfile;   /* NULL = none */
    const char *modules;   /* --modules: a directory for the BTF of each; NULL = none */
    const char *functions; /* --functions: the list of symbols; NULL = none */
    const char *linker;    /* link: --wrap; NULL = none */
    const char *const *linker_arguments;
    size_t linker_argument_count;
    bool only_modules; /* --modules without -o */
    bool strict;
    bool keep_going;
    bool quiet;
    bool verbose;
    enum when color;
    word_list for_objects;    /* --for */
    word_list names;          /* of types for select, or of objects */
    const char *assumed_name; /* the first NAME if no command is named: a misspelled command? */
    char *command_line;       /* write.command refers to it */
};

/* What to do after the options are read. */
enum next_step { STEP_RUN, STEP_EXIT_OK, STEP_EXIT_ERROR };

/* Reports what is wrong; prints help or version when asked.  Free with options_deinit in any case.
 */
enum next_step options_parse(int argc, char **argv, struct hg_diagnostics *diagnostics,
                             struct options *ret);
void options_deinit(struct options *options);

/* --- values.c: the functions that return false have reported a wrong value --- */

/* Whether the first `length` bytes at `begin` are the word. */
static inline bool is_word(const char *begin, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(begin, word, length) == 0;
}

/* The bytes of C identifiers; whether the value is one. */
extern const char identifier_bytes[];
bool is_identifier(const char *value);
/* A number up to `most`, decimal or with 0x; reports nothing. */
bool parse_number(const char *value, uint64_t most, uint64_t *ret);

/* *ret: the index of the value among the option's words in choices_table. */
bool find_choice(int option, const char *value, size_t *ret, struct hg_diagnostics *diagnostics);

/* The format of -e, or by the suffix of the output, or Rust.  NULL = unknown, which is reported. */
const struct emitter *find_emitter(const char *emit, const char *output,
                                   struct hg_diagnostics *diagnostics);
/* The format of show or list: text or JSON.  NULL = reported. */
const struct emitter *find_text_emitter(enum command command, const char *format,
                                        const char *output, struct hg_diagnostics *diagnostics);
/* `.rs` of `a/b.rs`; "" = it has none. */
const char *output_suffix(const char *output);
/* Reports an unknown suffix. */
void report_suffix(const char *output, const char *known, const char *option,
                   struct hg_diagnostics *diagnostics);
/* The name of --format, or by the suffix of the output, or text.  NULL = an unknown suffix, which
 * is reported. */
const char *choose_format(const char *format, const char *output, bool has_page,
                          struct hg_diagnostics *diagnostics);
/* Whether the suffix of the output goes with --elf. */
bool check_elf(const char *emit, const char *output, struct hg_diagnostics *diagnostics);
/* The first of the chosen loaders. */
enum hg_core_loader first_loader(const struct options *options);
/* --format of check and flags; NULL = not given. */
bool parse_check_format(const char *format, struct options *options,
                        struct hg_diagnostics *diagnostics);
bool parse_pointers(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics);
bool parse_kernel_version(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics);
bool parse_jobs(const char *value, unsigned *ret, struct hg_diagnostics *diagnostics);
bool check_attach(const char *value, struct hg_diagnostics *diagnostics);
bool check_rust_path(const char *option, const char *value, struct hg_diagnostics *diagnostics);
bool check_identifier(const char *option, const char *value, struct hg_diagnostics *diagnostics);

/* --- hints.c --- */

/* Adds the NAMEs to options->names: `union` and the name after it are one.  Reports a name that
 * cannot be a type's. */
bool take_type_names(const char *const *names, size_t count, struct options *options,
                     struct hg_diagnostics *diagnostics);
/* The command whose name is most like the word; NULL = none is near. */
const char *nearest_command(const char *word);
/* After a failure: notes on NAMEs that are files, or like commands. */
void report_hints(const struct options *options, struct hg_diagnostics *diagnostics);

/* bpftool.c: whether the NAMEs are a command line of bpftool; reports hdrgen's counterpart. */
bool refuse_bpftool(const char *const *names, size_t count, struct hg_diagnostics *diagnostics);
/* unexpanded.c: a note if the path begins with `~/` or `$HOME/`, which no shell expanded. */
void note_unexpanded(const char *path, struct hg_diagnostics *diagnostics);
/* misplaced.c: after a failure, notes on a path within the tree of --kernel, and on a NAME with a
 * member. */
void hint_at_tree(const struct source *source, struct hg_diagnostics *diagnostics);
void hint_at_member(enum command command, const char *name, struct hg_diagnostics *diagnostics);

/* --- shapes.c: as values.c --- */

bool take_fields(const char *value, struct options *options, struct hg_diagnostics *diagnostics);
bool take_opaque_type(const char *value, struct options *options,
                      struct hg_diagnostics *diagnostics);
bool take_blocklist_type(const char *value, struct options *options,
                         struct hg_diagnostics *diagnostics);
bool take_raw_line(const char *value, struct options *options, struct hg_diagnostics *diagnostics);
bool take_macros(const char *value, struct options *options, struct hg_diagnostics *diagnostics);
bool parse_derives(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics);
bool check_module(const char *value, struct hg_diagnostics *diagnostics);
bool check_flavour(const char *value, struct hg_diagnostics *diagnostics);
/* Whether the options about the form of types go with the format. */
bool check_shapes(const struct options *options, struct hg_diagnostics *diagnostics);
/* Trims the records that --fields and --opaque-type name. */
HG_MUST_CHECK enum hg_status trim_model(const struct options *options,
                                        struct hg_diagnostics *diagnostics,
                                        struct hg_model **model);
/* Gives arrays of arrays the shape of --arrays.  Without --arrays: flattens them if BTF of a kernel
 * tree stands for the kernel's own BTF, except those that the objects (may be NULL) need nested. */
HG_MUST_CHECK enum hg_status shape_arrays(const struct options *options,
                                          const struct source *source,
                                          const struct objects *objects,
                                          struct hg_diagnostics *diagnostics,
                                          struct hg_model **model);

/* --- show.c --- */

/* As values.c. */
bool parse_offset(const char *value, struct options *options, struct hg_diagnostics *diagnostics);
bool parse_cacheline(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics);
bool parse_holes(const char *value, uint64_t *ret, struct hg_diagnostics *diagnostics);
/* Moves the questions from the names to options->questions: `a.b+8` is a question about `a`. */
bool take_questions(struct options *options, struct hg_diagnostics *diagnostics);
/* The format of show or list, by --format and --compile; NULL = reported. */
const struct emitter *find_layout_emitter(const struct options *options, const char *format,
                                          struct hg_diagnostics *diagnostics);
/* Changes the emitter if the questions need another one; reports options that do not go
 * together. */
bool choose_layout(struct options *options, struct hg_diagnostics *diagnostics);

/* --- touched.c --- */

/* Reports options that do not go with diff --for. */
bool check_touched(const struct options *options, struct hg_diagnostics *diagnostics);

/* --- sources.c --- */

/* The options about sources, as they are read. */
struct source_options {
    struct source each;     /* the settings of each source; all --header together are one source */
    word_list header_names; /* becomes each.headers.headers */
    word_list clang;        /* clang's options among hdrgen's */
    word_list after;        /* the words after `--` */
    size_t flags_before;    /* number of `clang` before the first header */
    const char *flag_between; /* the first of `clang` between two headers; NULL = none */
    const char *kernels[MAX_SOURCES];
    size_t kernel_count;
    struct hg_btf_file btf[MAX_SOURCES];
    size_t btf_count;
    /* --functions, --config ... by index in `order`; those before any source are the first
     * one's. */
    struct hg_facts_options beside[2 * MAX_SOURCES + 1];
    bool no_kernel;       /* read a header in a kernel tree without that tree's flags */
    const char *base_btf; /* --base-btf before any --btf; it is the first one's */
    /* The kinds in the order of the options: each --kernel and --btf, and --header once. */
    enum source_kind order[2 * MAX_SOURCES + 1];
    size_t order_count;
};

void take_header(struct source_options *sources, const char *header);
/* own_tree.c: if the headers lie in a configured kernel tree, sets its directory and architecture.
 * False = they lie in several, which is reported. */
bool find_own_tree(const struct source_options *sources, struct hg_arena *arena,
                   struct hg_kernel_options *kernel, struct hg_diagnostics *diagnostics);
/* Reports more than MAX_SOURCES. */
bool take_kernel(struct source_options *sources, const char *directory,
                 struct hg_diagnostics *diagnostics);
/* Reports more than MAX_SOURCES, and a second --base-btf for one --btf. */
bool take_btf(struct source_options *sources, const char *path, struct hg_diagnostics *diagnostics);
bool take_base_btf(struct source_options *sources, const char *path,
                   struct hg_diagnostics *diagnostics);

/* --functions, --traceable, --events, --config or --release: about the source before it, or about
 * the first one. */
bool take_beside(struct source_options *sources, int option, const char *path,
                 struct hg_diagnostics *diagnostics);

/* Fills options->sources, with the running kernel's BTF if no source is named.  left: what precedes
 * --against; NULL = there is no --against.  Reports options that do not go together. */
bool choose_sources(struct source_options *left, struct source_options *sources,
                    struct options *options, struct hg_diagnostics *diagnostics);
void source_options_deinit(struct source_options *sources);

/* Appends the options that name the sources, for the preamble of the output, without the
 * directories of this machine. */
void describe_sources(const struct options *options, struct hg_text *text);
void describe_source(const struct source *source, struct hg_text *text);

/* Whether the source is the BTF of the kernel that hdrgen runs on. */
bool is_running_kernel(const struct source *source);

/* A path for the output: of an absolute path only the last part. */
const char *without_directory(const char *path);

/* The types that are requested from a kernel tree; other sources are read whole. */
struct wanted_types {
    const char *const *names;
    size_t count;
    bool are_optional; /* one that does not exist is a warning */
    bool are_pointees; /* as in hg_tree_options */
};

HG_MUST_CHECK enum hg_status read_source(const struct source *source,
                                         const struct wanted_types *wanted,
                                         struct hg_diagnostics *diagnostics, struct hg_model **ret);

/* --- kheaders.c --- */

/* Unpacks each --kernel that is a tar, and names the directory in its place.  False: reported. */
bool unpack_kernels(struct options *options, struct hg_diagnostics *diagnostics);
void remove_unpacked_kernels(void);

/* --- response.c --- */

/* Appends all that can be read.  Returns NULL, or what is wrong: an error, a NUL byte, or
 * `too_large` if there are more than `limit` bytes. */
const char *read_text(int descriptor, size_t limit, const char *too_large, struct hg_text *ret);

/* --- standard_input.c --- */

/* Reads the header of `--header -`, for each source that has it.  False = a reported error. */
bool read_standard_input(struct options *options, struct hg_diagnostics *diagnostics);

/* --- kernel.c --- */

HG_MUST_CHECK enum hg_status open_kernel(const struct source *source,
                                         struct hg_diagnostics *diagnostics,
                                         struct hg_kernel **ret);

HG_MUST_CHECK enum hg_status read_kernel(const struct source *source,
                                         const struct wanted_types *wanted,
                                         struct hg_diagnostics *diagnostics, struct hg_model **ret);

/* Reads all source files of a kernel.  *groups: the types and functions of the kernel itself and of
 * each module. */
struct hg_source_groups;
HG_MUST_CHECK enum hg_status read_kernel_groups(const struct source *source,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_source_groups **groups,
                                                struct hg_model **ret);

/* Finds the header that seems to define each symbol (`struct cred`).  False = the tree cannot be
 * read. */
struct hg_symbol_header;
bool find_headers(const struct source *source, const word_list *symbols, struct hg_arena *arena,
                  struct hg_symbol_header *ret);

/* After an error with --header: notes which headers of the tree define the names (`cred`, `struct
 * cred`) that the model does not define. */
void report_headers_of(const struct source *source, const struct hg_model *model,
                       const char *const *names, size_t count, struct hg_diagnostics *diagnostics);

/* Visits the names of the types of a kernel tree, which is not parsed. */
HG_MUST_CHECK enum hg_status visit_kernel_names(const struct source *source,
                                                struct hg_diagnostics *diagnostics,
                                                hg_kernel_name_fn *visit, void *user);

/* --- cache.c --- */

struct hg_store;
struct hg_stamps;

/* $XDG_CACHE_HOME/hdrgen or ~/.cache/hdrgen, put into the text; NULL = nothing is kept. */
const char *cache_directory(const struct source *source, struct hg_text *text);

/* Whether key and stamps cover all that the result depends on: arguments for clang can name headers
 * anywhere.  With -vv nothing is kept. */
bool can_be_kept(const struct source *source);
struct hg_store *open_store(const struct source *source);
void make_key(const struct hg_kernel *kernel, const struct source *source,
              const struct wanted_types *wanted, struct hg_text *key);
/* Adds all that the model depends on.  is_whole_tree: the model has every header.  report: NULL, or
 * names the source files that were searched. */
struct hg_tree_summary;
void add_stamps(struct hg_stamps *stamps, const struct hg_kernel *kernel, bool is_whole_tree,
                const struct hg_tree_summary *report, const struct hg_model *model);
/* The same for a model of every source file. */
struct hg_sources_summary;
void add_source_stamps(struct hg_stamps *stamps, const struct hg_kernel *kernel,
                       const struct source *source, const struct hg_sources_summary *report,
                       const struct hg_model *model);

/* --- units.c --- */

struct progress {
    enum when when;
    struct timespec start;
    bool is_logged; /* in the ticker's lines, not as a bar */
    bool is_shown;
    unsigned shown;   /* length of the bar that is shown */
    const char *what; /* "reading headers" */
};

/* False = progress is not shown. */
bool progress_begin(struct progress *progress, enum when when, const char *what);
/* An hg_progress_fn; user is the progress. */
void show_progress(void *user, unsigned done, unsigned total);
/* Reports headers that could not be read, and conflicts; verbose: each by its name. */
void report_tree(const struct hg_tree_summary *report, bool verbose,
                 struct hg_diagnostics *diagnostics);

/* --- ticker.c --- */

/* Whether progress is written as a few lines, since standard error is no terminal. */
bool progress_is_logged(enum when when);
/* Shows the seconds, from the first one on; quiet: only on a terminal. */
void ticker_begin(enum when when, bool quiet);
/* Sets the activity that the lines show: a literal, and how much is done; NULL = none. */
void ticker_note(const char *what, unsigned done, unsigned total);
/* Erases the line, before anything else is written to the terminal; the next second writes it
 * again. */
void ticker_erase(void);
/* Stops showing seconds while a bar is shown. */
void ticker_hold(bool holds);
void ticker_end(void);

/* --- read_sources.c --- */

HG_MUST_CHECK enum hg_status read_every_source(const struct hg_kernel *kernel,
                                               const struct source *source,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_stamps *stamps, struct hg_text *extra,
                                               struct hg_model **ret);

/* --- modules.c --- */

/* Reports options that do not go with --modules and --functions. */
bool check_modules(const struct options *options, struct hg_diagnostics *diagnostics);

/* --- report.c --- */

/* Reports an error without a location.  Returns false, so that a check can end with it. */
bool refuse(struct hg_diagnostics *diagnostics, const char *format, ...) HG_PRINTF(2, 3);

/* An hg_report_fn; user is the struct options, to know what is wanted. */
void report_to_stderr(void *user, const struct hg_diagnostic *diagnostic);

/* By --color; without it, on a terminal, unless NO_COLOR or TERM=dumb is set. */
bool use_colour(const struct options *options, int descriptor);
/* Whether it is a terminal that can erase a line. */
bool is_capable_terminal(int descriptor);

/* Runs a command; returns the exit status. */
typedef int run_fn(const struct options *options, struct hg_diagnostics *diagnostics);
run_fn run_writer;  /* generate */
run_fn run_layout;  /* show and list */
run_fn run_modules; /* generate with --modules or --functions */
run_fn run_flags;
run_fn run_diff;
run_fn run_touched; /* diff --for */
run_fn run_check;
run_fn run_fleet;     /* check of more than one kernel */
run_fn run_fleet_for; /* generate --for of a fleet */
run_fn run_link;

/* --- link.c, wrap.c --- */

/* Reports options that do not go together. */
bool check_link(const struct options *options, struct hg_diagnostics *diagnostics);
/* `bpf-linker` if the program is called hdrgen-bpf-linker: all arguments are the linker's.  NULL =
 * it has another name. */
const char *wrapped_linker(const char *program);
/* Links the object at path; output NULL = in place. */
HG_MUST_CHECK enum hg_status link_file(const struct options *options, const char *path,
                                       const char *output, struct hg_diagnostics *diagnostics);
/* Runs options->linker and links its output; returns the exit status. */
int run_wrapped_linker(const struct options *options, struct hg_diagnostics *diagnostics);

/* run.c: checks BTF that is to be written with the BTF front end; other output is fine. */
HG_MUST_CHECK enum hg_status check_btf(const struct options *options, const struct hg_model *model,
                                       const struct hg_output *output,
                                       struct hg_diagnostics *diagnostics);
/* With --strict, reports an error if there were warnings. */
HG_MUST_CHECK enum hg_status check_strict(const struct options *options,
                                          struct hg_diagnostics *diagnostics);

/* --- diff.c --- */

/* Reports options that do not go with --surface and --stat. */
bool check_surface(const struct options *options, struct hg_diagnostics *diagnostics);

/* The format of --format, or by the suffix of the output, or text.  NULL = reported. */
const struct diff_format *find_diff_format(const char *format, const char *output,
                                           struct hg_diagnostics *diagnostics);

/* --- objects.c --- */

/* The objects of options->objects. */
struct objects {
    struct hg_core_object **items;
    size_t count;
};

HG_MUST_CHECK enum hg_status read_objects(const struct options *options,
                                          struct hg_diagnostics *diagnostics, struct objects *ret);
void objects_deinit(struct objects *objects);

/* Reads the source, for the names of the command line and the types that the objects need. */
HG_MUST_CHECK enum hg_status read_source_for(const struct options *options,
                                             const struct source *source,
                                             const struct objects *objects,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **ret);

/* If the source is headers: hg_core_doubt, since the kernel's sources may define more types. */
void doubt_absence(const struct source *source, struct hg_core_findings *report,
                   struct hg_diagnostics *diagnostics);

/* Selects the types that the objects need.  With --emit btf, *model is trimmed to these. */
HG_MUST_CHECK enum hg_status select_for_objects(const struct options *options,
                                                const struct source *source,
                                                const struct objects *objects,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_model **model, struct hg_selection **ret);

/* --- fleet_for.c --- */

/* Reports options that do not go with generate --fleet. */
bool check_fleet_for(const struct options *options, struct hg_diagnostics *diagnostics);

/* --- load.c --- */

/* Reports options that do not go with --load. */
bool check_load(const struct options *options, struct hg_diagnostics *diagnostics);

struct load_counts {
    size_t loaded;
    size_t refused;
    size_t forbidden;
};
/* Loads the object's programs, and appends the results to the object's report: lines, or with
 * --format json a member.  Call hg_load_begin first. */
void load_object(const struct options *options, const char *path,
                 const struct hg_core_findings *relocations, const struct hg_surface *surface,
                 const struct hg_answers *answers, struct load_counts *counts,
                 struct hg_text *text);

/* --- surface.c --- */

/* The objects' needs besides types. */
struct surfaces {
    struct hg_surface **items;
    size_t count;
};

HG_MUST_CHECK enum hg_status read_surfaces(const struct options *options,
                                           const struct objects *objects,
                                           struct hg_diagnostics *diagnostics,
                                           struct surfaces *ret);
void surfaces_deinit(struct surfaces *surfaces);
/* By index of the object's `count` relocations: whether only programs that are not loaded have it.
 * From malloc. */
bool *find_idle(const struct hg_surface *surface, size_t count);

/* The files that describe the source's kernel besides its types: those that its options name,
 * else those of a kernel tree or of the running kernel.  Strings are in the arena. */
struct hg_facts_options facts_beside(const struct source *source, struct hg_arena *arena);

/* --- paint.c --- */

/* Appends the output of show or check with colours. */
void paint(enum command command, const struct hg_output *output, struct hg_text *ret);

/* --- memory.c --- */

/* Makes malloc use large pages; call it before much is allocated. */
void use_large_pages(void);

/* --- writers.c --- */

write_fn write_rust, write_c, write_btf, write_json;
struct hg_btf_options btf_options(const struct write_options *options);

/* --- files.c --- */

/* Writes the file of --depfile, if there is one. */
HG_MUST_CHECK enum hg_status write_depfile(const struct options *options,
                                           const struct hg_model *model,
                                           struct hg_diagnostics *diagnostics);
HG_MUST_CHECK enum hg_status write_output(const struct options *options,
                                          const struct hg_output *output,
                                          struct hg_diagnostics *diagnostics);

/* --- overwrite.c: a mistyped -o or --depfile must not destroy what is read --- */

/* Reports an output that is one of the inputs. */
bool check_no_input(const char *output, const char *const *inputs, size_t count,
                    struct hg_diagnostics *diagnostics);
/* Compares the outputs with the files on the command line, before anything is read. */
bool check_named_inputs(const struct options *options, struct hg_diagnostics *diagnostics);
/* Compares the outputs with the files that were opened. */
HG_MUST_CHECK enum hg_status check_output_is_no_input(const struct options *options,
                                                      const struct hg_model *model,
                                                      struct hg_diagnostics *diagnostics);

/* --- run.c, for all that write types --- */

/* follow.c: --pointers follow: reads the types that the model only declares, if there is a tree to
 * read them from, and reports the rest. */
HG_MUST_CHECK enum hg_status follow_pointers(const struct options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **model);
/* Reads the first source, and gives its types the form that the options ask for. */
HG_MUST_CHECK enum hg_status read_types(const struct options *options,
                                        const struct objects *objects,
                                        struct hg_diagnostics *diagnostics,
                                        struct hg_model **model);
/* Checks --strict, then writes the dependency file and the output. */
HG_MUST_CHECK enum hg_status write_result(const struct options *options,
                                          const struct hg_model *model,
                                          const struct hg_output *output,
                                          struct hg_diagnostics *diagnostics);

#endif
