/*
 * What the files of the C back end share.
 *
 * The passes, in order (c.c):
 *
 *     uses.c      which types without a tag are written where they are used, which get a name
 *     names.c     unique names for tags, typedefs, enumerators and members
 *     plan.c      the attributes and padding with which compilers lay records out as stored
 *     order.c     the order of the declarations; record.c, enum.c and spell.c write them
 *     libbpf.c    names that libbpf's headers need
 *     asserts.c   assertions of sizes and offsets
 *     macros.c    macros that are constants
 */
#ifndef HG_BACKEND_C_C_H
#define HG_BACKEND_C_C_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "model/walk.h"

#include <hdrgen/write.h>

/* --- environments: the compilers that will read the header --- */

/* What the layout rules of a compilation target depend on. */
struct hg_c_environment {
    /* This is the model's own target: types have the alignments that the model states.  The values
     * below are for types without one, and for other environments. */
    bool is_target;
    uint32_t align_8;        /* of 8-byte integers and double within records */
    uint32_t align_16;       /* of 16-byte integers and floats; no vector has a higher one */
    uint32_t align_vector_8; /* of 8-byte vectors; 0 = as the model states */
    /* Unnamed bit-fields count for the alignment of their record (the AAPCS targets). */
    bool unnamed_bits_align;
};

enum { HG_C_ENVIRONMENTS = 2 };

/* --- plans: how a record is declared --- */

#define HG_C_NO_PADDING UINT64_MAX

struct hg_c_member_plan {
    uint64_t pad_from; /* bit at which the padding before it begins, or HG_C_NO_PADDING */
    uint32_t aligned;  /* operand of the aligned attribute, 0 = none */
    bool is_packed;
};

struct hg_c_plan {
    const struct hg_c_member_plan *members; /* NULL = no member needs anything */
    uint64_t pad_from;                      /* padding at the end, or HG_C_NO_PADDING */
    uint32_t aligned;
    uint32_t pad_unit; /* widest unnamed bit-field for padding, in bytes */
    bool is_packed;
    bool is_blob;                      /* no declaration gives this layout */
    uint32_t align[HG_C_ENVIRONMENTS]; /* of the record as declared, by environment */
};

/* --- where types without a tag go --- */

enum hg_c_place {
    HG_C_INLINE = 0, /* written out at each use; also the value of all types with a tag */
    HG_C_CARRIED,    /* the typedef carrier[id] names it */
    HG_C_TAGGED,     /* gets a tag that hdrgen makes */
};

struct hg_c_step; /* spell.c */

struct hg_c_special {
    const struct hg_type *type;
    bool is_complex;
};

struct hg_c {
    const struct hg_model *model;
    const struct hg_selection *selection;
    const struct hg_c_options *options;
    struct hg_diagnostics *diagnostics;
    struct hg_arena arena;
    bool failed; /* and reported */

    struct hg_c_environment environments[HG_C_ENVIRONMENTS];
    size_t environment_count;

    /* All by type id. */
    uint8_t *place;         /* enum hg_c_place */
    hg_type_id *carrier;    /* the typedef that names it, or 0 */
    hg_type_id *stands_for; /* of a forward declaration: its definition; else the type itself */
    const char **names;     /* as written: tag, typedef name; NULL = none */
    /* Names of a record's members or an enum's enumerators, in order; NULL = as in the model. */
    const char ***inner_names;
    const struct hg_c_plan **plans;
    uint8_t *is_forward; /* needs a forward declaration */

    struct hg_strings ordinary; /* names of typedefs and enumerators, and keywords */

    HG_ARRAY(hg_type_id) order;             /* the declarations, in the order of the text */
    HG_ARRAY(struct hg_c_step) steps;       /* a stack of declarators, see spell.c */
    HG_ARRAY(struct hg_c_special) specials; /* floats in use that not every compiler has */

    struct hg_text text; /* what is being written */
    unsigned indent;
    bool uses_decl_tags, uses_type_tags, uses_bool_guard, uses_enum_base;
    bool uses_packed_bits, uses_narrow_enum; /* compilers warn of these */
};

/* environment.c */
void hg_c_find_environments(struct hg_c *c);
/* Alignment of an object of that type as the header declares it; records must have been planned. */
uint32_t hg_c_align(const struct hg_c *c, hg_type_id id, size_t environment);

/* uses.c: fills place and carrier. */
void hg_c_find_uses(struct hg_c *c);
/* Whether the definition is left out, and why: hg_selection.withheld. */
enum hg_withheld hg_c_withheld(const struct hg_c *c, hg_type_id id);
/* A record or enum without a tag in the model. */
bool hg_c_is_anonymous(const struct hg_type *type);
/* Whether the type is written as a struct of bytes with a tag that hdrgen makes: opaque types, and
 * types that C cannot express. */
bool hg_c_is_bytes(const struct hg_c *c, const struct hg_type *type);

/* names.c: fills names, inner_names and stands_for. */
void hg_c_find_names(struct hg_c *c);
/* Whether a parameter may have this name without hiding a type. */
bool hg_c_is_free(struct hg_c *c, const char *name);
/* The name of a member or enumerator as it is written; NULL for a member without one. */
const char *hg_c_inner_name(const struct hg_c *c, hg_type_id id, size_t index);

/* words.c: adds all keywords to the table, with that number. */
void hg_c_add_keywords(struct hg_strings *strings, uint32_t number);

/* plan.c: fills plans, for records in the order given. */
void hg_c_plan_records(struct hg_c *c);

/* padding.c: the pieces that explicit padding from one bit to another is made of. */
struct hg_c_piece {
    uint64_t from;
    uint64_t bytes; /* an array of that many bytes; 0 = an unnamed bit-field */
    unsigned unit;  /* bytes of the bit-field's type */
    unsigned width; /* bits */
};
/* The first piece; the next begins where it ends.  unit_limit: in bytes. */
struct hg_c_piece hg_c_padding_piece(uint64_t from, uint64_t to, uint32_t unit_limit);
uint64_t hg_c_piece_end(const struct hg_c_piece *piece);
void hg_c_put_padding(struct hg_c *c, uint64_t from, uint64_t to, uint32_t unit_limit);

/* order.c: fills order and is_forward. */
void hg_c_find_order(struct hg_c *c);

/* basic.c: C's words for an arithmetic type, vector or complex type. */
/* The macro for a float that not every compiler has; NULL = every compiler has it. */
const char *hg_c_special_name(const struct hg_type *type);
/* C's words for an integer, character or bool; NULL = C has no such type of that size. */
const char *hg_c_integer(const struct hg_c *c, const struct hg_type *type);
/* `unsigned char` ... `long long`: the words for an integer of 1, 2, 4 or 8 bytes. */
const char *hg_c_sized_integer(uint64_t size, bool is_signed);
void hg_c_put_basic(struct hg_c *c, hg_type_id id);
/* Defines the macros that hg_c_put_basic used. */
void hg_c_put_specials(const struct hg_c *c, struct hg_text *text);

/* spell.c */
void hg_c_put_indent(struct hg_c *c);
/* `type name`, with the name within the declarator; name may be NULL. */
void hg_c_put_declaration(struct hg_c *c, const struct hg_ref *ref, const char *name);
/* The whole declaration. */
void hg_c_put_typedef(struct hg_c *c, hg_type_id id);
void hg_c_put_decl_tags(struct hg_c *c, const struct hg_tags *tags);
void hg_c_put_aligned(struct hg_c *c, bool is_packed, uint32_t aligned);
/* `struct `, `union `, `enum `, or "" for a typedef. */
const char *hg_c_keyword(const struct hg_type *type);
/* The tag or typedef name with its keyword: `struct foo`. */
void hg_c_put_name(struct hg_c *c, hg_type_id id);

/* record.c: `struct tag { ... } attributes`; tag NULL = none. */
void hg_c_put_record(struct hg_c *c, hg_type_id id, const char *tag);
/* A type that is only bytes, as a whole declaration. */
void hg_c_put_bytes(struct hg_c *c, hg_type_id id);

/* enum.c: `enum tag { ... } attributes`; tag NULL = none. */
void hg_c_put_enum(struct hg_c *c, hg_type_id id, const char *tag);
void hg_c_put_enum_macros(struct hg_text *text);
void hg_c_put_bool_macro(struct hg_text *text);
bool hg_c_is_bool_word(const char *name);

/* libbpf.c: what <bpf/bpf_helpers.h> needs and the header does not declare. */
void hg_c_put_libbpf_types(const struct hg_c *c, struct hg_text *text);
/* Begins or ends the part of the header in which names are renamed that <linux/types.h> has for
 * other types. */
void hg_c_put_renamed(const struct hg_c *c, struct hg_text *text, bool begins);

/* asserts.c: the block of assertions. */
void hg_c_put_asserts(struct hg_c *c);

/* macros.c: the block of macros. */
void hg_c_put_macros(struct hg_c *c);

#endif
