/*
 * The command line: its parts and what they share.
 *
 *     table.c    every command and option, a line each; made from it: help.c man.c complete.c
 *     options.c  argv -> struct options (plain data, const afterwards)
 *     line.c     argv: command, names, options, and what follows `--`
 *     words.c    argv -> options, names, clang's arguments, one by one
 *     response.c @file: words from a file
 *     values.c   the options' values: formats, versions, depths
 *     hints.c    what a word that is not understood may have meant; bpftool.c misplaced.c unexpanded.c
 *     bindgen.c, bindgen_table.c, regex.c   bindgen's options as hdrgen's
 *     shapes.c   values about the form of types: members, macros, Rust's and C's styles
 *     sources.c  which sources the options name, and reading them
 *     report.c   diagnostics to standard error
 *     run.c      the pass list of generate; each other command has a file of its own
 *     show.c     the pass list of show and list
 *     diff.c     the pass list of diff
 *     touched.c  the pass list of diff --for
 *     kernel.c   kernel trees as a source
 *     flags.c    the command flags
 *     units.c    progress and reports of every header of one
 *     ticker.c   seconds, where progress cannot be known
 *     cache.c    what kernel trees gave, kept for the next run
 *     check.c    the pass list of check
 *     fleet.c    the same on many kernels (fleet.h)
 *     fleet_for.c  generate --for of many kernels
 *     objects.c  BPF objects, and what they need of the types (--for)
 *     link.c     the pass list of link
 *     load.c     check --load: what the running kernel's verifier says
 *     writers.c  the back ends, given what of the options is for each
 *     wrap.c     link --wrap: a linker, and then the object that it made
 *     surface.c  what objects need besides types, and what is known of kernels besides types
 *     files.c    output and dependency files
 *     paint.c    colours for show and check
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
    struct hg_header_options headers; /* of a kernel tree, too: its flags come before these */
    struct hg_kernel_options kernel;
    const char *archive; /* the tar that kernel.directory was unpacked from; NULL = none */
    struct hg_btf_file btf;
    bool lists_sources;             /* --sources */
    const char *commands;           /* --commands, or NULL */
    bool is_fast;                   /* --fast: without bodies of functions */
    bool reads_modules;             /* --modules: their source files, too */
    bool reads_functions;           /* with their prototypes */
    struct hg_facts_options beside; /* check: what is known of the kernel besides its types */
    bool is_here;                   /* check --load: it stands for the running kernel */
    unsigned jobs; /* processes that read headers; 0 = as many as there are processors */
    enum when progress;
    bool explain;  /* -vv: what is done with each header, and why */
    bool no_cache; /* of a kernel tree: nothing is taken from earlier runs or kept for later ones */
};

enum { MAX_SOURCES = 256 }; /* check asks that many; diff has two, every other command one */

/* What options say of the form of types: of Rust and C, and of BTF. */
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

/* A writer, given what of the options is for its format. */
typedef enum hg_status write_fn(const struct hg_model *model, const struct hg_selection *selection,
                                const struct write_options *options,
                                struct hg_diagnostics *diagnostics, struct hg_output *ret);

/* A back end: what it is called, the suffix of -o that picks it, and the function. */
struct emitter {
    const char *name;
    const char *suffix; /* NULL: never by suffix */
    write_fn *write;
    bool is_btf; /* binary, and checked by the reader of BTF before it is written */
};

/* What diff writes: the format's name, and the function. */
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
    word_list response_files;         /* that were read */
    HG_ARRAY(const char *) fleets;    /* check: directories of kernels */
    struct source like;               /* what goes for each kernel of them */
    HG_ARRAY(const char *) attach;    /* check: PROGRAM=TARGET */
    HG_ARRAY(const char *) without;   /* check: programs */
    HG_ARRAY(const char *) contained; /* list: --contains */
    HG_ARRAY(const char *) macros;    /* patterns; the sources' headers refer to them */
    HG_ARRAY(const char *) provided;  /* types that the user has; select refers to them */
    HG_ARRAY(const char *) raw_lines; /* write refers to them */
    HG_ARRAY(const char *) trimmed;   /* their records, which are the names where none are given */
    struct hg_arena arena;            /* what trims hold */
    const struct emitter *emitter;    /* NULL: check */
    const struct diff_format *diff_format; /* diff */
    bool html;                             /* check: --format html */
    bool load;                             /* check: --load */
    bool surface;                          /* diff: --surface */
    bool stat;                             /* diff: --stat */
    bool common;                           /* diff: only types that both sides have */
    bool compile;                          /* show: --compile */
    struct hg_layout_question question;    /* show: --offset, of each name without its own */
    struct hg_layout_question *questions;  /* show: of each name; NULL = none has one */
    const char *const *objects;            /* BPF objects: those of --for, or check's arguments */
    size_t object_count;
    unsigned loaders;      /* check and --for: whose rules, of enum loaders */
    bool json;             /* check: --format json */
    const char *output;    /* "-" is standard output; link: NULL = each object in place */
    const char *depfile;   /* NULL = none */
    const char *modules;   /* --modules: a directory for the BTF of each; NULL = none */
    const char *functions; /* --functions: the list of symbols; NULL = none */
    const char *linker;    /* link: --wrap; NULL = none */
    const char *const *linker_arguments;
    size_t linker_argument_count;
    bool only_modules; /* --modules, and nothing else is to be written */
    bool strict;
    bool keep_going; /* what cannot be had is left out */
    bool quiet;
    bool verbose;
    enum when color;
    word_list for_objects; /* --for */
    word_list names;       /* select.names, or objects, or those of a linker */
    const char
        *assumed_name;  /* the first NAME, if no command is named: it may be a misspelled one */
    char *command_line; /* what write.command is */
};

/* What to do after the options are read. */
enum next_step { STEP_RUN, STEP_EXIT_OK, STEP_EXIT_ERROR };

/* Reports what is wrong; prints help or version when asked.  Free with options_deinit in any case.
 */
enum next_step options_parse(int argc, char **argv, struct hg_diagnostics *diagnostics,
                             struct options *ret);
void options_deinit(struct options *options);

/* --- values.c: each reports a value that it does not understand and returns false --- */

/* Index of the value among the words; otherwise reports them. */
bool find_word(const char *option, const char *value, const char *const *words, size_t count,
               size_t *ret, struct hg_diagnostics *diagnostics);
#define FIND_WORD(option, value, words, ret, diagnostics)                                          \
    find_word(option, value, words, sizeof(words) / sizeof *(words), ret, diagnostics)

/* The format of -e, or by the suffix of the output, or Rust.  NULL = a format nobody knows. */
const struct emitter *find_emitter(const char *emit, const char *output,
                                   struct hg_diagnostics *diagnostics);
/* What show and list write: text or JSON. */
const struct emitter *find_text_emitter(enum command command, const char *format,
                                        const char *output, struct hg_diagnostics *diagnostics);
/* `.rs` of `a/b.rs`; "" = it has none. */
const char *output_suffix(const char *output);
/* Reports a suffix that says no format. */
void report_suffix(const char *output, const char *known, const char *option,
                   struct hg_diagnostics *diagnostics);
/* The format of --format, or by the suffix of the output, or text.  NULL = an unknown suffix. */
const char *choose_format(const char *format, const char *output, bool has_page,
                          struct hg_diagnostics *diagnostics);
/* Reports a suffix of the output that says another format than --elf. */
bool check_elf(const char *emit, const char *output, struct hg_diagnostics *diagnostics);
bool parse_loader(const char *value, unsigned *ret, struct hg_diagnostics *diagnostics);
/* Of several the one whose answers come first. */
enum hg_core_loader first_loader(const struct options *options);
/* check's --format; NULL = not given. */
bool parse_check_format(const char *format, struct options *options,
                        struct hg_diagnostics *diagnostics);
bool parse_arrays(const char *value, enum arrays *ret, struct hg_diagnostics *diagnostics);
bool parse_pointers(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics);
bool parse_kernel_version(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics);
bool parse_jobs(const char *value, unsigned *ret, struct hg_diagnostics *diagnostics);
bool parse_when(const char *option, const char *value, enum when *ret,
                struct hg_diagnostics *diagnostics);
bool check_attach(const char *value, struct hg_diagnostics *diagnostics);
bool check_rust_path(const char *option, const char *value, struct hg_diagnostics *diagnostics);
bool check_identifier(const char *option, const char *value, struct hg_diagnostics *diagnostics);

/* --- hints.c --- */

/* The NAMEs as they were given, into options->names: `union` and the name after it are one.  Reports
 * a name that cannot be a type's. */
bool take_type_names(const char *const *names, size_t count, struct options *options,
                     struct hg_diagnostics *diagnostics);
/* The command that is meant by a word that is none; NULL = none is near. */
const char *nearest_command(const char *word);
/* After a failure: what the names of files and of commands among the NAMEs may have meant. */
void report_hints(const struct options *options, struct hg_diagnostics *diagnostics);

/* bpftool.c: whether the NAMEs are a command line of bpftool; says what hdrgen has for it. */
bool refuse_bpftool(const char *const *names, size_t count, struct hg_diagnostics *diagnostics);
/* unexpanded.c: a note where a path begins with what a shell was to expand, and did not. */
void note_unexpanded(const char *path, struct hg_diagnostics *diagnostics);
/* misplaced.c: after a failure, what a path given to --kernel is, and what a NAME with a member. */
void hint_at_tree(const struct source *source, struct hg_diagnostics *diagnostics);
void hint_at_member(enum command command, const char *name, struct hg_diagnostics *diagnostics);

/* --- shapes.c: as values.c, for what the options say about the form of the types --- */

bool take_fields(const char *value, struct options *options, struct hg_diagnostics *diagnostics);
bool take_opaque_type(const char *value, struct options *options,
                      struct hg_diagnostics *diagnostics);
bool take_blocklist_type(const char *value, struct options *options,
                         struct hg_diagnostics *diagnostics);
bool take_raw_line(const char *value, struct options *options, struct hg_diagnostics *diagnostics);
bool take_macros(const char *value, struct options *options, struct hg_diagnostics *diagnostics);
bool parse_enum_style(const char *value, enum hg_enum_style *ret,
                      struct hg_diagnostics *diagnostics);
bool parse_derives(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics);
bool parse_accessors(const char *value, enum hg_accessors *ret, struct hg_diagnostics *diagnostics);
bool check_module(const char *value, struct hg_diagnostics *diagnostics);
bool check_flavour(const char *value, struct hg_diagnostics *diagnostics);
/* Options of one format together with another. */
bool check_shapes(const struct options *options, struct hg_diagnostics *diagnostics);
/* The model with the records that --fields names trimmed. */
HG_MUST_CHECK enum hg_status trim_model(const struct options *options,
                                        struct hg_diagnostics *diagnostics,
                                        struct hg_model **model);
/* The model with arrays of arrays as --arrays has them; without it flat where the BTF of a kernel's
 * headers stands for the kernel's own, but for what objects, unless they are NULL, need nested. */
HG_MUST_CHECK enum hg_status shape_arrays(const struct options *options,
                                          const struct source *source,
                                          const struct objects *objects,
                                          struct hg_diagnostics *diagnostics,
                                          struct hg_model **model);

/* --- show.c --- */

/* --offset, --cacheline, --sort and --holes: as values.c. */
bool parse_offset(const char *value, struct options *options, struct hg_diagnostics *diagnostics);
bool parse_cacheline(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics);
bool parse_sort(const char *value, enum hg_list_order *ret, struct hg_diagnostics *diagnostics);
bool parse_holes(const char *value, uint64_t *ret, struct hg_diagnostics *diagnostics);
/* Takes questions off the names: `a.b+8` is a question about `a`. */
bool take_questions(struct options *options, struct hg_diagnostics *diagnostics);
/* What show and list write, by --format and what is asked; NULL = reported. */
const struct emitter *find_layout_emitter(const struct options *options, const char *format,
                                          struct hg_diagnostics *diagnostics);
/* Another emitter where questions need one; reports what does not go together. */
bool choose_layout(struct options *options, struct hg_diagnostics *diagnostics);

/* --- touched.c --- */

/* What does not go with diff --for. */
bool check_touched(const struct options *options, struct hg_diagnostics *diagnostics);

/* --- sources.c --- */

/* What the options that name sources say, as they are met. */
struct source_options {
    struct hg_header_options headers; /* all --header together are one source */
    word_list header_names;           /* headers.headers, when all were read */
    word_list clang;                  /* clang's options that stand among hdrgen's */
    word_list after;                  /* what follows `--` */
    size_t flags_before;              /* of clang, those before the first header */
    const char *flag_between;         /* the first one between two headers; NULL = there is none */
    const char *kernels[MAX_SOURCES];
    size_t kernel_count;
    struct hg_kernel_options kernel; /* what goes for each of them */
    struct hg_btf_file btf[MAX_SOURCES];
    size_t btf_count;
    bool lists_sources;
    const char *commands;
    bool is_fast;
    bool reads_modules;
    /* What stands beside each of order; that beside none yet is the first one's. */
    struct hg_facts_options beside[2 * MAX_SOURCES + 1];
    unsigned jobs;
    enum when progress;
    bool explain;
    bool no_cache;
    bool no_kernel;       /* the tree that a header lies in is nothing to it */
    const char *base_btf; /* of the --btf that is still to come */
    /* The kinds as their options came: each --kernel and --btf, and --header once. */
    enum source_kind order[2 * MAX_SOURCES + 1];
    size_t order_count;
};

void take_header(struct source_options *sources, const char *header);
/* own_tree.c: where headers lie in a configured kernel tree, sets its directory and architecture;
 * false = in several. */
bool find_own_tree(const struct source_options *sources, struct hg_arena *arena,
                   struct hg_kernel_options *kernel, struct hg_diagnostics *diagnostics);
/* Reports more than MAX_SOURCES. */
bool take_kernel(struct source_options *sources, const char *directory,
                 struct hg_diagnostics *diagnostics);
/* Reports more than MAX_SOURCES, and a second --base-btf for one --btf. */
bool take_btf(struct source_options *sources, const char *path, struct hg_diagnostics *diagnostics);
bool take_base_btf(struct source_options *sources, const char *path,
                   struct hg_diagnostics *diagnostics);

/* --functions, --traceable, --events, --config and --release: of the source before it, or of the
 * first one.
 */
bool take_beside(struct source_options *sources, const char *option, const char *path,
                 struct hg_diagnostics *diagnostics);

/* From the options that name sources to options->sources; the running kernel's BTF where none does.
 * left: of diff, what precedes --against; NULL = there is none.  Reports what does not go together.
 */
bool choose_sources(struct source_options *left, struct source_options *sources,
                    struct options *options, struct hg_diagnostics *diagnostics);
void source_options_deinit(struct source_options *sources);

/* How the sources were named, for the preamble of the output: without directories, which are this
 * machine's. */
void describe_sources(const struct options *options, struct hg_text *text);
void describe_source(const struct source *source, struct hg_text *text);

/* Whether the source is the BTF of the kernel that hdrgen runs on. */
bool is_running_kernel(const struct source *source);

/* A path as it may stand in the output: of an absolute one, which is this machine's, only the last
 * part. */
const char *without_directory(const char *path);

/* The types that a source is searched for, where it is: all of its headers or BTF are read. */
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

/* All that a file or pipe gives, appended.  NULL, or what is wrong: it cannot be read, has
 * a NUL byte, or more than limit bytes, which is too_large. */
const char *read_text(int descriptor, size_t limit, const char *too_large, struct hg_text *ret);

/* --- standard_input.c --- */

/* What `--header -` stands for, for each source that has it.  False: reported. */
bool read_standard_input(struct options *options, struct hg_diagnostics *diagnostics);

/* --- kernel.c --- */

HG_MUST_CHECK enum hg_status open_kernel(const struct source *source,
                                         struct hg_diagnostics *diagnostics,
                                         struct hg_kernel **ret);

HG_MUST_CHECK enum hg_status read_kernel(const struct source *source,
                                         const struct wanted_types *wanted,
                                         struct hg_diagnostics *diagnostics, struct hg_model **ret);

/* All source files of a kernel, and which types and functions are whose. */
struct hg_source_groups;
HG_MUST_CHECK enum hg_status read_kernel_groups(const struct source *source,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_source_groups **groups,
                                                struct hg_model **ret);

/* Of each symbol (`struct cred`) the header that seems to define it; false: the tree cannot be read. */
struct hg_symbol_header;
bool find_headers(const struct source *source, const word_list *symbols, struct hg_arena *arena,
                  struct hg_symbol_header *ret);

/* Notes, after an error: which header of the tree the types are in, by their names (`cred`, `struct
 * cred`), that the model does not define, where --header kept hdrgen from looking. */
void report_headers_of(const struct source *source, const struct hg_model *model,
                       const char *const *names, size_t count, struct hg_diagnostics *diagnostics);

/* The names of the types of a kernel's tree, without parsing it. */
HG_MUST_CHECK enum hg_status visit_kernel_names(const struct source *source,
                                                struct hg_diagnostics *diagnostics,
                                                hg_kernel_name_fn *visit, void *user);

/* --- cache.c --- */

struct hg_store;
struct hg_stamps;

/* $XDG_CACHE_HOME/hdrgen, ~/.cache/hdrgen, or NULL: nowhere.  In the text. */
const char *cache_directory(const struct source *source, struct hg_text *text);

/* Whether what the source gives depends on nothing that stamps and key do not cover: clang's
 * arguments can make it look anywhere for headers.  Nor is anything kept under -vv. */
bool can_be_kept(const struct source *source);
struct hg_store *open_store(const struct source *source);
void make_key(const struct hg_kernel *kernel, const struct source *source,
              const struct wanted_types *wanted, struct hg_text *key);
/* All that the model depends on.  is_whole_tree: it is one of every header.  report: NULL, or with
 * the source files that were looked through. */
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
    bool is_logged; /* the ticker's lines have it */
    bool is_shown;
    unsigned shown;   /* of the bar */
    const char *what; /* takes long: "reading headers" */
};

/* Whether how far it is has to be shown. */
bool progress_begin(struct progress *progress, enum when when, const char *what);
/* An hg_progress_fn; user is the progress. */
void show_progress(void *user, unsigned done, unsigned total);
/* What could not be read; verbose: each header and each name. */
void report_tree(const struct hg_tree_summary *report, bool verbose,
                 struct hg_diagnostics *diagnostics);

/* --- ticker.c --- */

/* Whether progress goes, in a few lines, to a standard error that is no terminal. */
bool progress_is_logged(enum when when);
/* Shows the seconds from the first one on, where progress is wanted; quiet: not in lines. */
void ticker_begin(enum when when, bool quiet);
/* What the lines say besides: how much is done; what is a literal, NULL = no more. */
void ticker_note(const char *what, unsigned done, unsigned total);
/* Before anything else is written to the terminal: the line goes, and comes again. */
void ticker_erase(void);
/* A bar takes its place, or is gone. */
void ticker_hold(bool holds);
void ticker_end(void);

/* --- read_sources.c --- */

HG_MUST_CHECK enum hg_status read_every_source(const struct hg_kernel *kernel,
                                               const struct source *source,
                                               struct hg_diagnostics *diagnostics,
                                               struct hg_stamps *stamps, struct hg_text *extra,
                                               struct hg_model **ret);

/* --- modules.c --- */

/* --modules and --functions together with other options. */
bool check_modules(const struct options *options, struct hg_diagnostics *diagnostics);

/* --- report.c --- */

/* An hg_report_fn; user is the struct options, to know what is wanted. */
void report_to_stderr(void *user, const struct hg_diagnostic *diagnostic);

/* By --color; without it on a terminal whose user did not say NO_COLOR or TERM=dumb. */
bool use_colour(const struct options *options, int descriptor);
/* A terminal that knows how to erase a line. */
bool is_capable_terminal(int descriptor);

/* The whole of a command after the options: the exit status. */
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

/* Reports what of the options does not go together. */
bool check_link(const struct options *options, struct hg_diagnostics *diagnostics);
/* The linker that the program is called by the name of, as hdrgen-bpf-linker is: all of its
 * arguments are that one's.  NULL = it is not. */
const char *wrapped_linker(const char *program);
/* Links the object at path; output NULL = in place. */
HG_MUST_CHECK enum hg_status link_file(const struct options *options, const char *path,
                                       const char *output, struct hg_diagnostics *diagnostics);
/* Runs options->linker and links what it made.  The exit status. */
int run_wrapped_linker(const struct options *options, struct hg_diagnostics *diagnostics);

/* BTF that our own reader refuses; other output is fine. */
HG_MUST_CHECK enum hg_status check_btf(const struct options *options, const struct hg_model *model,
                                       const struct hg_output *output,
                                       struct hg_diagnostics *diagnostics);
/* With --strict a warning is an error. */
HG_MUST_CHECK enum hg_status check_strict(const struct options *options,
                                          struct hg_diagnostics *diagnostics);

/* --- diff.c --- */

/* --surface and --stat with other options. */
bool check_surface(const struct options *options, struct hg_diagnostics *diagnostics);

/* The format of --format, or by the suffix of the output, or text.  NULL = one that nobody knows.
 */
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

/* A source, of which the names of the command line are wanted, and what the objects need. */
HG_MUST_CHECK enum hg_status read_source_for(const struct options *options, size_t source,
                                             const struct objects *objects,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **ret);

/* The same of one source, with no names but the objects'. */
HG_MUST_CHECK enum hg_status read_for_objects(const struct source *source,
                                              const struct objects *objects,
                                              struct hg_diagnostics *diagnostics,
                                              struct hg_model **ret);

/* Headers are not all of the kernel's types: what comes from the absence of one is not known. */
void doubt_absence(const struct source *source, struct hg_core_findings *report,
                   struct hg_diagnostics *diagnostics);

/* As hg_select, for what the objects need.  With --emit btf *model becomes one of that alone. */
HG_MUST_CHECK enum hg_status select_for_objects(const struct options *options,
                                                const struct source *source,
                                                const struct objects *objects,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_model **model, struct hg_selection **ret);

/* --- fleet_for.c --- */

/* generate --fleet with other options. */
bool check_fleet_for(const struct options *options, struct hg_diagnostics *diagnostics);

/* --- load.c --- */

/* --load with other options. */
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

/* What the objects need of a kernel besides types. */
struct surfaces {
    struct hg_surface **items;
    size_t count;
};

HG_MUST_CHECK enum hg_status read_surfaces(const struct options *options,
                                           const struct objects *objects,
                                           struct hg_diagnostics *diagnostics,
                                           struct surfaces *ret);
void surfaces_deinit(struct surfaces *surfaces);
/* By relocation of the object, of which there are count: it is of programs that are not loaded.  From
 * malloc. */
bool *find_idle(const struct hg_surface *surface, size_t count);

/* What is known of the source's kernel besides its types, by its options, or where it is at hand:
 * of the running kernel, and in a kernel tree.  Strings are in the arena. */
struct hg_facts_options facts_beside(const struct source *source, struct hg_arena *arena);

/* --- paint.c --- */

/* Appends the text of show or check with colours. */
void paint(enum command command, const struct hg_output *output, struct hg_text *ret);

/* --- writers.c: one of each format --- */

write_fn write_rust, write_c, write_btf, write_json, write_show, write_list, write_list_json;
write_fn write_layout_json;
struct hg_btf_options btf_options(const struct write_options *options);

/* --- files.c --- */

/* The dependency file, if one is wanted. */
HG_MUST_CHECK enum hg_status write_depfile(const struct options *options,
                                           const struct hg_model *model,
                                           struct hg_diagnostics *diagnostics);
HG_MUST_CHECK enum hg_status write_output(const struct options *options,
                                          const struct hg_output *output,
                                          struct hg_diagnostics *diagnostics);

/* --- overwrite.c: a mistyped -o or --depfile must not destroy what is read --- */

/* Against what the command line names; before anything is read. */
bool check_named_inputs(const struct options *options, struct hg_diagnostics *diagnostics);
/* Against what was opened. */
HG_MUST_CHECK enum hg_status check_output_is_no_input(const struct options *options,
                                                      const struct hg_model *model,
                                                      struct hg_diagnostics *diagnostics);

/* --- run.c, for all that write types --- */

/* follow.c: --pointers follow: reads the types that the model only declares, if there is a tree to
 * read them from, and reports the rest. */
HG_MUST_CHECK enum hg_status follow_pointers(const struct options *options,
                                             struct hg_diagnostics *diagnostics,
                                             struct hg_model **model);
/* How each run of a writer begins: the types of the first source, in the form that is asked for. */
HG_MUST_CHECK enum hg_status read_types(const struct options *options,
                                        const struct objects *objects,
                                        struct hg_diagnostics *diagnostics,
                                        struct hg_model **model);
/* How it ends: --strict, then the dependency file and the output. */
HG_MUST_CHECK enum hg_status write_result(const struct options *options,
                                          const struct hg_model *model,
                                          const struct hg_output *output,
                                          struct hg_diagnostics *diagnostics);

#endif
