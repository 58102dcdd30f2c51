/*
 * The files of the libclang front end, and what they share.
 *
 *     parse.c      hg_parse_headers: the order of the steps
 *     arguments.c  clang's arguments, and the main file that includes the headers
 *     precompile.c a precompiled prefix that need not be parsed again
 *     target.c     the target's data layout, from LLVM
 *     files.c      the files of the unit, and which file includes each
 *     errors.c     reports clang's diagnostics, with hints; keeps the locations of errors
 *     messages.c   classifies clang's messages by their English
 *     problems.c   errors as data, with the header at fault
 *     refusal.c    which argument libclang refuses
 *     pragmas.c    pragmas that ask for a layout which clang does not give
 *     oddities.c   warnings about code that is laid out otherwise than meant
 *     decls.c      declarations: records, enums, typedefs
 *     types.c      uses of types: pointers, arrays, prototypes, qualifiers
 *     tags.c       btf_decl_tag and btf_type_tag, from clang's pretty-printed text
 *     source.c     hg_read_source: one source file of a kernel
 *     branches.c     which branch of each #if was taken
 *     macros.c     the values of macros
 *     taint.c      --keep-going: leaves out what an error touched
 *
 * No function returns a CXString: text is copied into the model at once.
 */
#ifndef HG_FRONTEND_CLANG_READER_H
#define HG_FRONTEND_CLANG_READER_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "frontend/clang/libclang.h"
#include "frontend/clang/parse.h"
#include "model/build.h"

static inline bool hg_clang_is_tag(enum CXCursorKind kind)
{
    return kind == CXCursor_StructDecl || kind == CXCursor_UnionDecl || kind == CXCursor_EnumDecl;
}

/* The file of a location; for one in a macro, of the expansion.  NULL = it is in no file. */
static inline CXFile hg_clang_file_at(CXSourceLocation location)
{
    CXFile file = NULL;
    clang_getExpansionLocation(location, &file, NULL, NULL, NULL);
    return file;
}

/* A record, enum or typedef. */
struct declaration {
    hg_type_id id;
    CXCursor cursor; /* its definition, else its first declaration */
    bool is_defined;
    bool is_put_off; /* the definition is in the prefix, and nothing needs it so far */
    bool is_read;
};

/* One #include of a file. */
struct inclusion {
    CXFile file;
    const CXSourceLocation *stack; /* from the #include itself outwards */
    unsigned depth;                /* 0 = the main file, or one that -include names */
    struct inclusion *next;        /* of the same file */
};

/* A file, which may be included under several names. */
struct file {
    uint32_t number; /* from 1 */
    struct inclusion *first, *last;
    bool includers_remembered; /* its #includes are in error_places */
    enum {
        OWNER_UNKNOWN,
        OWNER_PREFIX,
        OWNER_HEADER
    } owner; /* OWNER_PREFIX = only it includes it */
};

/* The location of an error, or of a note to an error. */
struct error_place {
    uint32_t file; /* number of the file */
    unsigned offset;
};

struct reader {
    const struct hg_parse_options *options;
    struct hg_diagnostics *diagnostics;
    struct hg_model *model;
    CXTranslationUnit unit;

    HG_ARRAY(struct declaration) declarations; /* in the order they were first seen */
    struct cursor_entry *by_cursor;            /* decls.c's hash table of their indexes */
    struct hg_strings tags;                    /* `struct tag` -> index plus one */
    HG_ARRAY(size_t) needed; /* declarations that were put off, but that a definition holds */
    unsigned pointer_depth;  /* number of pointers and prototypes that lead to the current type */
    struct hg_arena scratch;

    /* clang's values, from the probe. */
    unsigned pointer_size; /* bytes */
    unsigned long_size;
    bool char_signed;
    bool built_by_gcc;
    bool is_source;      /* the main file is a source file (source.c), and holds no probe */
    bool is_in_function; /* the current declaration is in the scope of a function */
    bool skips_before;   /* declarations before the probe are read only if something uses them */

    struct file_entry *by_file; /* files.c's hash table of names */
    const struct file_entry *last_file;
    struct hg_strings file_ids;
    HG_ARRAY(struct file *) files; /* by number minus one */
    HG_ARRAY(struct inclusion *) inclusions;

    HG_ARRAY(struct error_place) error_places; /* filled only under keep_going */
    struct last_error {                        /* problems.c: the error before the current one */
        CXFile file;                           /* NULL = there was none */
        size_t header;
    } last_error;
    bool warned_of_lost_tags;
};

/* --- parse.c --- */

/* Frees all but the model. */
void hg_clang_free_reader(struct reader *reader);

/* A file that exists only in memory.  It points into the text. */
struct CXUnsavedFile hg_clang_unsaved(const char *name, const struct hg_text *text);

/* --- oddities.c: warnings --- */

/* Warns if the diagnostic is about a declaration that declares no member; false = it is not. */
bool hg_clang_warn_of_lost_member(struct reader *reader, CXDiagnostic diagnostic);
/* Warns if a variable at file scope looks like an attribute of the record before it. */
void hg_clang_warn_of_attribute(struct reader *reader, CXCursor variable);
/* Warn if gcc, which built the kernel, and clang lay it out differently. */
void hg_clang_warn_of_bit_field(struct reader *reader, CXCursor field);
void hg_clang_warn_of_enum(struct reader *reader, CXCursor enumeration);

/* --- arguments.c --- */

struct argument_list {
    const char **items;
    size_t count, capacity;
};

/* The main file exists only in memory.  It has a line for each header of options->before, the
 * probe, then a line for each header. */
#define HG_MAIN_FILE "hdrgen-input.c"
enum { HG_FIRST_INCLUDE_LINE = 7 }; /* without options->before */
/* The name of the user's header that this line of the main file includes; NULL = none. */
const char *hg_clang_header_at(const struct hg_parse_options *options, unsigned line);
/* The index of the header, as in struct hg_problem. */
size_t hg_clang_header_index_at(const struct hg_parse_options *options, unsigned line);
/* The number of headers; as an index it means "no header". */
size_t hg_clang_header_count(const struct hg_parse_options *options);
#define HG_PROBE_CHAR "hdrgen_probe_char"
#define HG_PROBE_LONG "hdrgen_probe_long"
#define HG_PROBE_POINTER "hdrgen_probe_pointer"
#define HG_PROBE_GCC "hdrgen_probe_gcc" /* declared if gcc built the kernel */

/* Checks that headers given as paths can be read, and writes the main file. */
HG_MUST_CHECK enum hg_status hg_clang_main_file(const struct hg_parse_options *options,
                                                struct hg_diagnostics *diagnostics,
                                                struct hg_text *text);

/* Makes clang's arguments.  The caller frees list->items, not the strings. */
void hg_clang_arguments(const struct hg_parse_options *options, struct argument_list *list);

/* The target in the options or arguments; NULL = the host's. */
const char *hg_clang_wanted_target(const struct hg_parse_options *options);

/* Number of include directories among the arguments. */
size_t hg_clang_include_directories(const struct hg_parse_options *options);

/* Whether the header is `-`, standard input, which is a file in memory. */
bool hg_clang_is_standard_input(const struct hg_parse_options *options, const char *header);
#define HG_STANDARD_INPUT "<stdin>"

/* --- precompile.c --- */

#define HG_PREFIX_FILE "hdrgen-prefix.h"
/* The name of the main file. */
const char *hg_clang_main_name(const struct hg_parse_options *options);
/* Writes the main file of the unit that became options->precompiled. */
HG_MUST_CHECK enum hg_status hg_clang_prefix_file(const struct hg_parse_options *options,
                                                  struct hg_diagnostics *diagnostics,
                                                  struct hg_text *text);
/* Writes options->precompile_to; HG_ERROR_IO = clang could not. */
HG_MUST_CHECK enum hg_status hg_clang_save(const struct reader *reader);

/* --- target.c --- */

/* Reports a triple that LLVM does not know. */
HG_MUST_CHECK enum hg_status hg_clang_check_target(const char *triple,
                                                   struct hg_diagnostics *diagnostics);

/* Sets the model's target: LLVM's data layout for the triple that the unit was parsed for, checked
 * against the probe. */
HG_MUST_CHECK enum hg_status hg_clang_set_target(struct reader *reader);

/* --- files.c --- */

/* The name by which clang opened the file, without the `./` that it puts before names relative to
 * the main file. */
const char *hg_clang_file_name(struct reader *reader, CXFile file);
struct file *hg_clang_file(struct reader *reader, CXFile file);
/* The #includes of the unit, the main file first; returns their number. */
size_t hg_clang_inclusions(struct reader *reader, struct inclusion *const **ret);
/* The first #include of the file; `next` has the others.  NULL = it is not included. */
const struct inclusion *hg_clang_inclusions_of(struct reader *reader, CXFile file);
/* The line of the main file that led to the #include; 0 = an -include option did. */
unsigned hg_clang_main_line_of(const struct inclusion *inclusion);
/* Whether only the prefix, or -include options, include the file. */
bool hg_clang_is_of_prefix(struct reader *reader, CXFile file);
void hg_clang_free_files(struct reader *reader);

/* --- branches.c --- */

struct hg_branch_sink;
void hg_clang_report_branches(struct reader *reader, const struct hg_branch_sink *sink);

/* --- errors.c --- */

/* Whether the error can have changed every declaration after it: an error of the preprocessor, or
 * of an argument. */
bool hg_clang_is_hopeless(struct reader *reader, CXDiagnostic diagnostic);
/* Under keep_going: marks the declarations at this location, or that the error touches, to be left
 * out. */
void hg_clang_remember(struct reader *reader, CXSourceLocation location);
void hg_clang_remember_error(struct reader *reader, CXDiagnostic diagnostic);
/* The name of the file that clang did not find, from an error's text; NULL = another error. */
const char *hg_clang_missing_file(struct reader *reader, const char *text);
/* Reports clang's diagnostics; HG_ERROR_INPUT = no model can be built from the unit. */
HG_MUST_CHECK enum hg_status hg_clang_report_errors(struct reader *reader);

/* The location for the user: a macro's expansion; no file for a location in the main file. */
struct hg_location hg_clang_place(struct reader *reader, CXSourceLocation location);

/* --- problems.c --- */

/* The line of the main file whose #include leads to the error, from the chain of #includes in
 * libclang's notes; 0 = there are no such notes. */
unsigned hg_clang_line_of_notes(CXDiagnostic diagnostic);
/* Passes the diagnostic to options->problem, as an error with this text. */
void hg_clang_pass_error(struct reader *reader, CXDiagnostic diagnostic, const char *text);
/* Passes each error of a batch; HG_ERROR_INPUT = there was one. */
HG_MUST_CHECK enum hg_status hg_clang_report_batch(struct reader *reader);

/* --- refusal.c --- */

/* Reports which of the user's arguments libclang refuses. */
void hg_clang_report_refusal(struct reader *reader, CXIndex index);

/* --- pragmas.c --- */

/* The error message for clang's warning that it ignores a pragma for layouts; NULL = the diagnostic
 * is about something else. */
const char *hg_clang_pragma_fault(struct reader *reader, CXDiagnostic diagnostic);

/* --- decls.c --- */

/* The cursor's location, relative to the roots of the options. */
struct hg_location hg_clang_declared_at(struct reader *reader, CXCursor cursor);

/* Reads every record, enum and typedef of the unit, and the types that these refer to. */
void hg_clang_read_declarations(struct reader *reader);

/* Defines all declared types, and those that their definitions declare. */
void hg_clang_define_declarations(struct reader *reader);

/* The id of the record, enum or typedef that this cursor declares; a new one is defined later. */
hg_type_id hg_clang_declaration(struct reader *reader, CXCursor cursor);

/* As hg_clang_declaration, but HG_VOID_ID for a type without an id. */
hg_type_id hg_clang_known_declaration(const struct reader *reader, CXCursor cursor);

void hg_clang_free_declarations(struct reader *reader);

/* --- types.c --- */

/* A use of a type.  owner, if not null, is the declaration that uses it: the parameters of a
 * prototype get the names of its parameters. */
struct hg_ref hg_clang_ref(struct reader *reader, CXType type, CXCursor owner);

bool hg_clang_is_signed(CXType type);

/* The model's copy of a string that libclang made; disposes of it. */
const char *hg_clang_string(struct reader *reader, CXString string);

/* An opaque type with the size and alignment of the type, and the reason. */
hg_type_id hg_clang_opaque(struct reader *reader, CXType type, const char *reason);

/* --- tags.c --- */

const struct hg_tags *hg_clang_decl_tags(struct reader *reader, CXCursor cursor);
const struct hg_tags *hg_clang_pointee_tags(struct reader *reader, CXType pointer);

/* --- macros.c --- */

/* Adds the macros that the options ask for to the model.  The unit must have been parsed with
 * preprocessing records. */
HG_MUST_CHECK enum hg_status hg_clang_read_macros(struct reader *reader, CXIndex index);

/* --- taint.c --- */

/* Leaves out, and names, every type that one of error_places touched. */
void hg_clang_leave_out_touched(struct reader *reader);

#endif
