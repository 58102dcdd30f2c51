/*
 * The model: what a set of C types looks like in memory, independent of where it was read from and
 * of what will be written.
 *
 * A model is a table of types, indexed by dense ids.  Front ends build it, sealing verifies it, and
 * from then on it is read-only; everything reachable from a const struct hg_model lives as long as
 * the model.  Layout is stored, never computed: sizes, alignments and offsets are the compiler's
 * (or the BTF's) own.
 *
 * Units: size and align are bytes, everything named bit_* is bits.  Bit offsets count from the
 * start of the record in memory order on little-endian targets; on big-endian ones a bit-field's
 * offset counts from the most significant bit of its first byte, as in DWARF 4 and BTF.
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
    HG_CHAR,  /* plain char: is_signed says which way the target has it */
    HG_FLOAT, /* float, double, long double, _Float16, __float128 ... told apart by name and size */
    HG_POINTER,
    HG_ARRAY, /* also vectors and _Complex: then align exceeds or names what the element's would be
               */
    HG_STRUCT,
    HG_UNION,
    HG_ENUM,
    HG_TYPEDEF,
    HG_FUNCTION, /* a prototype, never a function with a body */
    HG_OPAQUE,   /* known size and alignment, contents not expressible; opaque.reason says why */
};

/* Qualifiers, C17 6.7.3.  _Atomic rides here too: the atomic type's own size and alignment are
 * those of the member or pointer target that carries it, and equal the plain type's on every Linux
 * target for 1, 2, 4 and 8 byte types (front ends turn the others into HG_OPAQUE). */
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
    /* BTF also names whole attributes this way: where is_attribute[i], names[i] is one as the
     * source has it (`address_space(1)`), not the argument of a btf_..._tag.  NULL = none is. */
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
    uint32_t
        bit_width; /* of a bit-field (never 0: unnamed bit-fields are padding); 0 = no bit-field */
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
    /* INT, CHAR, ENUM: a signed representation. */
    bool is_signed;
    /* FUNCTION: takes further arguments (`...`). */
    bool variadic;
    /* ARRAY: a vector type (GNU vector_size); an element pair of _Complex. */
    bool is_vector;
    bool is_complex;
    /* Record: a member is not there, since its name is no C identifier (`$`, letters of other
     * scripts). */
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
        /* POINTER: what it points to.  TYPEDEF: what it stands for.  ARRAY: the element.
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
        /* OPAQUE: why, as the end of a sentence ("a type libclang does not expose: ..."). */
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

/* What the types were laid out for. */
struct hg_target {
    const char *triple; /* as the compiler normalises it; NULL when the input does not say (BTF) */
    bool big_endian;
    bool char_signed;
    /* BTF of before Linux 6.0: enums have no sign, and the low 32 bits of their values. */
    bool enum_signs_unknown;
    unsigned pointer_size; /* bytes */
    unsigned long_size;    /* bytes */
};

/* Something the model was read from, for the preamble of what is written. */
struct hg_input {
    const char *name; /* as the user gave it, never made absolute */
    uint64_t hash;    /* XXH3 64 of its bytes; of the BTF alone where that is in another file */
};

/* Functions and variables, where the input lists them (BTF). */
enum hg_symbol_kind { HG_SYMBOL_FUNCTION, HG_SYMBOL_VARIABLE };
enum hg_linkage { HG_LINKAGE_STATIC, HG_LINKAGE_GLOBAL, HG_LINKAGE_EXTERN };

struct hg_symbol {
    enum hg_symbol_kind kind;
    enum hg_linkage linkage;
    const char *name;           /* an identifier; compilers put dots into some (`f.isra.0`) */
    struct hg_ref type;         /* FUNCTION: an HG_FUNCTION, without qualifiers and tags */
    const struct hg_tags *tags; /* btf_decl_tag */
    /* FUNCTION: those of each parameter of its type.  NULL = none has any. */
    const struct hg_tags *const *parameter_tags;
};

/* A section of variables (BTF's DATASEC), places and sizes in bytes. */
struct hg_section_entry {
    size_t symbol; /* index of the symbol */
    uint64_t offset;
    uint64_t size;
};

struct hg_section {
    const char *name; /* `.data`: printable, not an identifier */
    uint64_t size;    /* 0 in an object that is not linked */
    const struct hg_section_entry *entries;
    size_t entry_count;
};

/* How an input that numbers its types (BTF) does so, for what else refers to them by those numbers:
 * the relocations of a BPF object, loaders.  A base comes first, and what continues it goes on. */
struct hg_numbering {
    size_t count;            /* numbers, 0 (void) included */
    const hg_type_id *types; /* by number; HG_NO_TYPE where it is no type of the model: modifiers,
                                functions, variables ... */
    const uint8_t *kinds;    /* by number: the kind that the input gives it, as BTF's number */
    const uint32_t *numbers; /* by type id: its number */
    const char *strings;     /* the input's strings, each ended by a NUL, the last one too */
    size_t string_size;
    bool lost_members; /* of some record: bit-fields without a name, which are padding */
};
#define HG_NO_TYPE UINT32_MAX

/* Macros without parameters that are constants, where they were asked for (headers only). */
enum hg_macro_kind { HG_MACRO_INT, HG_MACRO_BOOL, HG_MACRO_STRING };

struct hg_macro {
    enum hg_macro_kind kind;
    const char *name; /* an identifier of ASCII letters */
    /* INT, BOOL: the type of the expression. */
    const char *type_name; /* C's word, an enum's underlying type for an enum: "unsigned long" */
    unsigned size;         /* bytes, at most 8 */
    bool is_signed;
    uint64_t value;     /* INT, BOOL: two's complement, sign-extended when is_signed */
    const char *string; /* STRING: without NULs in it, any other bytes */
    struct hg_location where;
};

/* Different definitions of one kind and name: `chosen` is the first. */
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

/* The type of that kind and name (without `struct`): the first that is defined, else the first that
 * is declared; HG_NO_TYPE where there is none.  BTF and kernel trees have several definitions of
 * some names: hg_model_find_next gives the others. */
hg_type_id hg_model_find(const struct hg_model *model, enum hg_kind kind, const char *name);

/* The next type after id, by ascending ids, of that kind and name, declared or defined; HG_NO_TYPE
 * after the last.  From HG_VOID_ID on, all of them. */
hg_type_id hg_model_find_next(const struct hg_model *model, enum hg_kind kind, const char *name,
                              hg_type_id id);

/* Where a member is that a path leads to. */
struct hg_member_place {
    hg_type_id record;              /* the struct or union that has it */
    const struct hg_member *member; /* with the offset within that record */
    struct hg_ref type;             /* the member's, or with an index at the end the element's */
    uint64_t bit_offset;            /* from the start of the record that the path begins at */
    uint32_t bit_width;             /* of a bit-field; 0 = no bit-field */
};

/* Follows a path as C has it, `se.load.weight` or `slots[2].key`, from a struct or union (or a
 * typedef of one): through members without a name, which the path does not mention, through
 * typedefs and into arrays, but not through pointers.  False = there is no such member; then *ret
 * is untouched. */
bool hg_model_find_member(const struct hg_model *model, hg_type_id record, const char *path,
                          struct hg_member_place *ret);

const struct hg_target *hg_model_target(const struct hg_model *model);

/* In the order of the input; *count is their number. */
const struct hg_symbol *hg_model_symbols(const struct hg_model *model, size_t *count);
const struct hg_section *hg_model_sections(const struct hg_model *model, size_t *count);

/* NULL when the input has no numbers: headers. */
const struct hg_numbering *hg_model_numbering(const struct hg_model *model);

/* In the order in which the input first defines them; *count is their number. */
const struct hg_macro *hg_model_macros(const struct hg_model *model, size_t *count);

/* What the model was read from, in the order it was given; *count is their number. */
const struct hg_input *hg_model_inputs(const struct hg_model *model, size_t *count);

/* The files that reading it opened, each once, in the order they were opened, as the compiler names
 * them.  For dependency files. */
const char *const *hg_model_files(const struct hg_model *model, size_t *count);

/* C's word for a kind: "struct", "pointer" ...  As in the JSON form. */
const char *hg_kind_name(enum hg_kind kind);

/* Frees the model and everything read from it.  NULL is fine. */
void hg_model_destroy(struct hg_model *model);

/* What is left when typedefs are taken off: never an HG_TYPEDEF.  If qualifiers is not NULL, those
 * of the typedefs on the way are or-ed into it. */
hg_type_id hg_type_resolve(const struct hg_model *model, hg_type_id id, uint32_t *qualifiers);

/* Size in bytes, typedefs looked through.  0 for void, functions and incomplete types. */
uint64_t hg_type_size(const struct hg_model *model, hg_type_id id);

/* Alignment in bytes, typedefs looked through (the outermost typedef with one of its own wins).
 * 0 = not known. */
uint32_t hg_type_align(const struct hg_model *model, hg_type_id id);

HG_END_DECLARATIONS

#endif
