/*
 * The model: a set of C types and their layout in memory, independent of the input and of the
 * output format.
 *
 * A model is a table of types, indexed by ids without gaps.  A front end builds it, sealing
 * verifies it, and from then on it never changes.  Everything reachable from a model lives as long
 * as the model.  Layout is stored, never computed: sizes, alignments and offsets come from the
 * compiler or the BTF.
 *
 * Units: size and align are in bytes, everything named bit_* is in bits.  Bit offsets count from
 * the start of the record.  Within a byte they count from the least significant bit on
 * little-endian targets, from the most significant bit on big-endian ones, as in DWARF 4 and BTF.
 */
#ifndef HDRGEN_MODEL_H
#define HDRGEN_MODEL_H

#include <hdrgen/status.h>
#include <stdbool.h>
#include <stdint.h>

HG_BEGIN_DECLARATIONS

struct hg_model;

/* Index of a type in its model.  0 is void; there is exactly one void. */
typedef uint32_t hg_type_id;
#define HG_VOID_ID ((hg_type_id)0)

enum hg_kind {
    HG_VOID,
    HG_BOOL,
    HG_INT,   /* integer types other than plain char and bool */
    HG_CHAR,  /* plain char: is_signed says whether it is signed on the target */
    HG_FLOAT, /* float, double, long double, _Float16 ...; name and size distinguish them */
    HG_POINTER,
    HG_ARRAY, /* also vectors (is_vector) and _Complex (is_complex: two elements) */
    HG_STRUCT,
    HG_UNION,
    HG_ENUM,
    HG_TYPEDEF,
    HG_FUNCTION, /* a prototype, never a function with a body */
    HG_OPAQUE,   /* size and alignment are known, the contents cannot be expressed; see `reason` */
};

/* Qualifiers, C17 6.7.3.  _Atomic is one of them if it does not change the type's size; else front
 * ends make the atomic type HG_OPAQUE.  _Atomic may raise the alignment of the use (i386: _Atomic
 * long long): the offsets and sizes of records show that, hg_type_align does not. */
enum hg_qualifier {
    HG_CONST = 1u << 0,
    HG_VOLATILE = 1u << 1,
    HG_RESTRICT = 1u << 2,
    HG_ATOMIC = 1u << 3,
};

/* A list of btf_decl_tag or btf_type_tag strings, in source order.  NULL pointer = empty list. */
struct hg_tags {
    size_t count;
    const char *const *names;
    /* BTF stores other attributes as tags, too.  If is_attribute[i] is true, names[i] is such an
     * attribute as the source has it (`address_space(1)`), not the argument of a btf_..._tag.
     * NULL = all are arguments. */
    const bool *is_attribute;
};

/* A use of a type: the type, and the qualifiers and type tags of this use. */
struct hg_ref {
    hg_type_id id;
    uint32_t qualifiers;        /* enum hg_qualifier, or-ed */
    const struct hg_tags *tags; /* btf_type_tag, outermost first; NULL when none */
};

struct hg_member {
    const char *name; /* NULL for an anonymous record member */
    struct hg_ref type;
    uint64_t bit_offset;
    uint32_t bit_width; /* of a bit-field; 0 = not a bit-field (unnamed ones are no members) */
    const struct hg_tags *tags; /* btf_decl_tag */
    struct hg_location where;
};

struct hg_enumerator {
    const char *name;
    uint64_t value; /* two's complement, sign-extended when the enum is_signed */
};

struct hg_parameter {
    const char *name; /* NULL when the prototype does not give one */
    struct hg_ref type;
};

struct hg_type {
    enum hg_kind kind;
    /* Record and enum: defined, not only declared.  True for every other kind. */
    bool complete;
    /* INT, CHAR, ENUM: values are signed. */
    bool is_signed;
    /* FUNCTION: the prototype ends with `...`. */
    bool variadic;
    bool is_vector;  /* ARRAY: a vector type (GNU vector_size) */
    bool is_complex; /* ARRAY: a _Complex type, which has two elements */
    /* Record: some members are left out because their names are no C identifiers (`$`, letters
     * outside ASCII). */
    bool lacks_members;
    /* C's own name, without `struct`; NULL = none (anonymous, or a kind that has no name). */
    const char *name;
    /* 0 for void, function and incomplete types.  An empty record is complete with size 0.
     * TYPEDEF: always 0; ask hg_type_size(). */
    uint64_t size;
    /* 0 = the input does not say (BTF).  TYPEDEF: 0 unless an attribute gives the typedef an
     * alignment of its own. */
    uint32_t align;
    struct hg_location where;   /* of the declaration; file NULL when the input has no source */
    const struct hg_tags *tags; /* btf_decl_tag; NULL when none */
    union {
        /* POINTER: the type that it points to.  TYPEDEF: its target.  ARRAY: the element.
         * FUNCTION: the result. */
        struct hg_ref ref;
        /* STRUCT, UNION: in order of declaration. */
        struct {
            const struct hg_member *members;
            size_t member_count;
        };
        /* ENUM. */
        struct {
            const struct hg_enumerator *enumerators;
            size_t enumerator_count;
        };
        /* OPAQUE: why it is opaque, as a phrase ("a type libclang does not expose: ..."). */
        const char *reason;
    };
    union {
        /* ARRAY: number of elements; 0 for zero-length and flexible arrays. */
        uint64_t count;
        /* FUNCTION. */
        struct {
            const struct hg_parameter *parameters;
            size_t parameter_count;
        };
    };
};

/* The machine whose ABI gives the types their layout. */
struct hg_target {
    const char *triple; /* as the compiler normalises it; NULL = the input does not say (BTF) */
    bool big_endian;
    bool char_signed;
    /* BTF from before Linux 6.0: it does not say whether an enum is signed, and has only the low 32
     * bits of values. */
    bool enum_signs_unknown;
    unsigned pointer_size; /* bytes */
    unsigned long_size;    /* bytes */
};

/* A file that the model was read from, for the preamble of the output. */
struct hg_input {
    const char *name; /* as the user gave it, never made absolute */
    uint64_t hash;    /* XXH3 64 of its bytes; of the BTF only, if the file contains BTF */
};

/* Functions and variables, where the input lists them (BTF). */
enum hg_symbol_kind { HG_SYMBOL_FUNCTION, HG_SYMBOL_VARIABLE };
enum hg_linkage { HG_LINKAGE_STATIC, HG_LINKAGE_GLOBAL, HG_LINKAGE_EXTERN };

struct hg_symbol {
    enum hg_symbol_kind kind;
    enum hg_linkage linkage;
    const char *name;           /* an identifier, possibly with dots and dollars (`f.isra.0`) */
    struct hg_ref type;         /* FUNCTION: an HG_FUNCTION, without qualifiers and tags */
    const struct hg_tags *tags; /* btf_decl_tag */
    /* FUNCTION: the btf_decl_tags of each parameter, by index.  NULL = no parameter has any. */
    const struct hg_tags *const *parameter_tags;
};

/* A variable in a section (BTF_KIND_DATASEC); offset and size in bytes. */
struct hg_section_entry {
    size_t symbol; /* index of the symbol */
    uint64_t offset;
    uint64_t size;
};

struct hg_section {
    const char *name; /* `.data`: printable, not necessarily an identifier */
    uint64_t size;    /* 0 in an object that is not linked */
    const struct hg_section_entry *entries;
    size_t entry_count;
};

/* Maps the BTF ids of the input to the model's type ids, and back.  The relocations of a BPF object
 * refer to types by BTF id.  With split BTF, the ids of the base come first. */
struct hg_numbering {
    size_t count;            /* of BTF ids, 0 (void) included */
    const hg_type_id *types; /* by BTF id; HG_NO_TYPE = not a type of the model (a modifier, a
                                function, a variable ...) */
    const uint8_t *kinds;    /* by BTF id: its BTF_KIND_... */
    const uint32_t *numbers; /* by type id: its BTF id */
    const char *strings;     /* the BTF's strings; each, the last one included, ends with a NUL */
    size_t string_size;      /* bytes */
    bool lost_members;       /* the BTF has unnamed bit-fields, which the model leaves out */
};
#define HG_NO_TYPE UINT32_MAX

/* Macros without parameters that are constants.  Only a model of headers has them, on request. */
enum hg_macro_kind { HG_MACRO_INT, HG_MACRO_BOOL, HG_MACRO_STRING };

struct hg_macro {
    enum hg_macro_kind kind;
    const char *name; /* an identifier, ASCII only */
    /* INT, BOOL: the type of the expression in C, "unsigned long"; of an enum the integer type. */
    const char *type_name;
    unsigned size; /* bytes, at most 8 */
    bool is_signed;
    uint64_t value;     /* INT, BOOL: two's complement, sign-extended when is_signed */
    const char *string; /* STRING: any bytes but NUL, then a NUL */
    struct hg_location where;
};

/* Two different definitions of one kind and name; `chosen` is the first. */
struct hg_name_conflict {
    enum hg_kind kind;
    const char *name;
    struct hg_location chosen;
    struct hg_location other;
};

/* Ids run from 0 (void) to hg_model_type_count() - 1. */
size_t hg_model_type_count(const struct hg_model *model);

/* The type with that id; id must be in range.  Never NULL. */
const struct hg_type *hg_model_type(const struct hg_model *model, hg_type_id id);

/* Returns the type of that kind and name (without `struct`): the first that is defined, else the
 * first that is only declared; HG_NO_TYPE = none.  The BTF of a kernel has several definitions of
 * some names: hg_model_find_next returns the others. */
hg_type_id hg_model_find(const struct hg_model *model, enum hg_kind kind, const char *name);

/* Returns the next type of that kind and name with an id greater than `id`, defined or only
 * declared; HG_NO_TYPE = none.  Start with HG_VOID_ID to visit all of them. */
hg_type_id hg_model_find_next(const struct hg_model *model, enum hg_kind kind, const char *name,
                              hg_type_id id);

/* The member that a path leads to, and its offset. */
struct hg_member_place {
    hg_type_id record;              /* the innermost struct or union that has the member */
    const struct hg_member *member; /* its bit_offset counts from the start of that record */
    struct hg_ref type;             /* the member's type; the element's if the path ends in [i] */
    uint64_t bit_offset;            /* from the start of the record that the path begins at */
    uint32_t bit_width;             /* of a bit-field; 0 = not a bit-field */
};

/* Follows a path in C's notation, `se.load.weight` or `slots[2].key`, from a struct, union or
 * typedef of one to a member.  The path does not mention members without a name; it leads through
 * typedefs and arrays, but not through pointers.  False = there is no such member; *ret is then
 * untouched. */
bool hg_model_find_member(const struct hg_model *model, hg_type_id record, const char *path,
                          struct hg_member_place *ret);

const struct hg_target *hg_model_target(const struct hg_model *model);

/* In the order of the input; *count is their number. */
const struct hg_symbol *hg_model_symbols(const struct hg_model *model, size_t *count);
const struct hg_section *hg_model_sections(const struct hg_model *model, size_t *count);

/* The BTF ids; NULL = the model was not read from BTF. */
const struct hg_numbering *hg_model_numbering(const struct hg_model *model);

/* In the order in which the input first defines them; *count is their number. */
const struct hg_macro *hg_model_macros(const struct hg_model *model, size_t *count);

/* The files that the user named as input, in the user's order; *count is their number. */
const struct hg_input *hg_model_inputs(const struct hg_model *model, size_t *count);

/* All files that were opened to read the model, each once, in the order of opening, with the
 * compiler's names for them; *count is their number.  For dependency files. */
const char *const *hg_model_files(const struct hg_model *model, size_t *count);

/* C's word for a kind: "struct", "pointer" ...  As in the JSON form. */
const char *hg_kind_name(enum hg_kind kind);

/* Frees the model and everything read from it.  NULL is fine. */
void hg_model_destroy(struct hg_model *model);

/* Looks through typedefs; the result is never an HG_TYPEDEF.  If qualifiers is not NULL, those of
 * the typedefs on the way are or-ed into it. */
hg_type_id hg_type_resolve(const struct hg_model *model, hg_type_id id, uint32_t *qualifiers);

/* Size in bytes; of a typedef, that of its target.  0 for void, functions and incomplete types. */
uint64_t hg_type_size(const struct hg_model *model, hg_type_id id);

/* Alignment in bytes; of a typedef, its own or else that of its target.  0 = not known. */
uint32_t hg_type_align(const struct hg_model *model, hg_type_id id);

HG_END_DECLARATIONS

#endif
