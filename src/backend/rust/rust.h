/*
 * The state of the Rust writer, and its passes, in the order in which hg_write_rust runs them:
 *
 *     names     a name in Rust for every type and constant
 *     shape     the size and alignment that Rust gives each type, and its traits
 *     plan      the fields of a record, chosen so that Rust gives the members C's offsets
 *     record, access, bits, promote, item   the text of types
 *     enum, macro  the text of constants
 *     probe, kptr, core  the text of functions that read kernel memory
 *     support   the text around the items: preamble, imports, helper types that are used
 *
 * The results of a pass are in arrays indexed by type id.
 */
#ifndef HG_BACKEND_RUST_RUST_H
#define HG_BACKEND_RUST_RUST_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "model/walk.h"

#include <hdrgen/model.h>
#include <hdrgen/select.h>
#include <hdrgen/write.h>

/* rustc refuses larger alignments, and on 64-bit machines (before 1.84) larger sizes. */
#define HG_RUST_ALIGN_MAX ((uint32_t)1 << 29)
#define HG_RUST_SIZE_MAX (((uint64_t)1 << 47) - 1)

/* rustc gives up on types nested 128 deep; beyond this depth records become bytes. */
enum { HG_RUST_DEPTH_MAX = 60 };

/* The name of a type.  text: as Rust code has it (`r#type`); NULL = the type is spelled out. */
struct hg_rust_name {
    const char *text;
    bool is_elsewhere; /* the name is that of Rust's own type, or of another type's item */
};

/* What Rust makes of a type as this writer spells it. */
struct hg_rust_shape {
    uint64_t size;
    uint32_t align;     /* at least 1 */
    uint32_t wrap;      /* spelled __Align<wrap><[...]>; 0 = without */
    uint8_t depth;      /* how deep types held by value are nested in it */
    bool as_bytes;      /* spelled as an array of bytes */
    bool has_align;     /* holds repr(align) somewhere: not allowed in packed records (E0588) */
    bool is_plain;      /* every pattern of bits is a value */
    uint32_t lacks;     /* enum hg_derive, or-ed: traits that it cannot have */
    const char *reason; /* why */
};

enum hg_rust_slot_kind {
    HG_SLOT_FIELD,
    HG_SLOT_BYTES, /* a field of bytes, read by a method: E0588 */
    HG_SLOT_BITS,  /* a bit-field in a field of bytes that it shares */
};

/* How a member of a record can be reached. */
struct hg_rust_slot {
    enum hg_rust_slot_kind kind;
    const char *name;    /* of the field, or of the bit-field's getter */
    const char *storage; /* the field of bytes that the member is a part of; NULL = none */
    int64_t begin;       /* offset of the storage in the member's record */
};

enum hg_rust_repr {
    HG_REPR_C,       /* perhaps with a field of no size that raises the alignment */
    HG_REPR_ALIGN,   /* repr(C, align(n)) */
    HG_REPR_PACKED,  /* repr(C, packed(n)) */
    HG_REPR_WRAPPED, /* repr(C, packed(n)) inside a repr(C, align(m)) */
    HG_REPR_BYTES,   /* one array of bytes */
};

/* A field that will be written. */
struct hg_rust_item {
    size_t first; /* index of the first member in it */
    size_t count; /* members in it; 0 = padding or, if align > 1, a field that raises alignment */
    enum hg_rust_slot_kind kind;
    const char *name;
    uint64_t offset;
    uint64_t size;
    uint32_t align;
    bool has_align;
};

/* The decision about one record. */
struct hg_rust_plan {
    enum hg_rust_repr repr;
    uint32_t pack;  /* PACKED, WRAPPED */
    uint32_t align; /* of the record in Rust */
    HG_ARRAY(struct hg_rust_item) items;
    HG_ARRAY(struct hg_rust_item) fields; /* scratch: the items without padding */
    struct hg_rust_slot *slots;           /* by member index; lives in rust->arena or scratch */
    HG_ARRAY(struct hg_rust_slot) slot_scratch;
};

/* The part of a plan that is kept for a record that is an anonymous member somewhere. */
struct hg_rust_inside {
    const struct hg_rust_slot *slots; /* NULL = its members cannot be reached */
    bool is_packed;
    bool is_wrapped;
};

/* A member that has accessors. */
struct hg_rust_probed {
    const struct hg_member *member;
    uint64_t base;       /* offset of its record in the record with the accessors, bytes */
    const char *read;    /* name of the function that reads it, or NULL */
    const char *addr_of; /* name of the function that returns its address; NULL for bit-fields */
    const char *path;    /* its path in relocations; NULL without CO-RE */
};

/* How much of a type a text for `hdrgen link` describes. */
enum hg_rust_core_depth {
    HG_CORE_KIND,    /* its kind, and the names of records and enums */
    HG_CORE_TARGETS, /* also the targets of pointers */
    HG_CORE_ALL,     /* also the members of records and enums */
};

struct hg_rust {
    const struct hg_model *model;
    const struct hg_selection *selection;
    const struct hg_rust_options *options;
    struct hg_diagnostics *diagnostics;
    const struct hg_target *target;
    bool failed; /* the output cannot express something, which was reported */

    struct hg_arena arena;
    struct hg_text text; /* the items */
    struct hg_text path; /* scratch: the path of a member's record, `self.__anon_pid` */

    /* By type id. */
    struct hg_rust_name *names;
    const char *const **constants; /* names of an enum's enumerators */
    struct hg_rust_shape *shapes;
    struct hg_rust_inside *insides;
    bool *is_member_type; /* of an anonymous member */
    const char **aliases; /* the first typedef of the type; NULL without accessors, as is_root */
    bool *is_root;        /* requested by name */

    HG_ARRAY(struct hg_rust_probed) probed; /* of the record that is being written */

    struct hg_rust_plan plan;

    struct hg_strings types;          /* by name that is taken: the owner */
    struct hg_strings numbers;        /* by name: the last number that was appended to it */
    struct hg_strings constant_names; /* by name that is taken: 1 */
    HG_ARRAY(hg_type_id) name_queue;  /* types with names, whose members may need names */
    const char **macro_names; /* by index; NULL = the constant of an enumerator serves for it */

    /* Names taken in the current record: those whose number is `turn`, which counts the records. */
    struct hg_strings fields;
    struct hg_strings methods;
    uint32_t turn;

    /* Names of local variables, which must not be those of constants. */
    const char *value;
    const char *bytes;
    const char *word;
    const char *source;
    const char *error;

    /* The helper types and imports that support.c has to write. */
    uint32_t used_c_types;    /* bit i: hg_rust_c_types[i] */
    uint32_t used_aligns;     /* bit i: __Align<1 << i> */
    uint32_t int128_align[2]; /* of __uint128, __int128; 0 = unused */
    bool uses_ptr32;
    bool uses_kptr;
    bool uses_bits; /* bit-fields have accessors */
};

/* word.c */

/* A Rust keyword, which must be escaped. */
bool hg_rust_is_keyword(const char *name);
/* Whether the name cannot be a raw identifier: `self` and a few others. */
bool hg_rust_cannot_be_raw(const char *name);
/* The name as a Rust identifier: `pid`, `r#type`, `self_`. */
const char *hg_rust_escape(struct hg_rust *rust, const char *name);
/* The name without `r#`. */
const char *hg_rust_bare(const char *text);
/* The three strings one after another, in the arena. */
const char *hg_rust_join(struct hg_rust *rust, const char *first, const char *second,
                         const char *third);
/* name followed by ___number, in the arena. */
const char *hg_rust_numbered(struct hg_rust *rust, const char *name, size_t number);

/* FNV-1a: continues the hash with the bytes of the text. */
#define HG_RUST_HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t hg_rust_hash(uint64_t hash, const char *text);

/* Whether the definition is left out, and why: hg_selection.withheld. */
enum hg_withheld hg_rust_withheld(const struct hg_rust *rust, hg_type_id id);

/* names.c */

void hg_rust_names(struct hg_rust *rust);
/* The name, or the first of name___2, name___3 ... that no type has; it is then taken. */
const char *hg_rust_take_type(struct hg_rust *rust, const char *name, hg_type_id id);
/* The name of a record's first member, or of the first one in an anonymous member.  Empty records
 * are skipped if there is any other member.  NULL = there is no name. */
const char *hg_rust_first_name(const struct hg_rust *rust, const struct hg_type *record);

/* type.c */

struct hg_rust_c_type {
    const char *name;
    unsigned size; /* bytes; 0 = c_void */
};
extern const struct hg_rust_c_type hg_rust_c_types[];
extern const size_t hg_rust_c_type_count;

/* `i8` ... `u64`, `u128`: Rust's integer of that many bytes; NULL = there is none. */
const char *hg_rust_fixed(uint64_t size, bool is_signed);
/* Writes an integer type of 1, 2, 4 or 8 bytes. */
void hg_rust_put_integer(struct hg_rust *rust, const struct hg_type *type);
/* Writes the type as Rust spells it. */
void hg_rust_put_type(struct hg_rust *rust, hg_type_id id);
/* As hg_rust_put_type, for a value: an integer of 16 bytes is u128 or i128, not the helper type in
 * which it is stored. */
void hg_rust_put_value_type(struct hg_rust *rust, hg_type_id id);
/* Whether the type is written as a number of Rust, as a pointer, or as an alias of these. */
bool hg_rust_is_scalar(const struct hg_rust *rust, hg_type_id id);

/* shape.c */

/* Fills the shape of a type that is not a record.  The types that it holds by value must have their
 * shapes. */
void hg_rust_shape_type(struct hg_rust *rust, hg_type_id id);

/* plan.c */

/* Fills rust->plan and the shape for a complete record.  False = Rust cannot express the record,
 * which was reported. */
bool hg_rust_plan_record(struct hg_rust *rust, hg_type_id id);

/* record.c */

void hg_rust_put_record(struct hg_rust *rust, hg_type_id id);
/* `offset 8, 4 bytes` */
void hg_rust_put_place(struct hg_text *text, uint64_t offset, uint64_t size);
/* `[u8; 4]` */
void hg_rust_put_byte_array(struct hg_text *text, uint64_t size);
/* `#[repr(C, align(8))]`, a line */
void hg_rust_put_repr(struct hg_text *text, const char *how, uint32_t value);
/* `::core::assert!(size_of::<foo>() == 8);`, a line within a constant */
void hg_rust_put_assertion(struct hg_text *text, const char *what, const char *name,
                           uint64_t value);
/* Begins a block of assertions. */
void hg_rust_begin_assertions(struct hg_rust *rust);
/* Text from the input within a comment; control characters become `?`. */
void hg_rust_put_comment(struct hg_text *text, const char *string);
/* `; linux/sched.h:733`, or nothing if the input has no locations. */
void hg_rust_put_where(struct hg_text *text, const struct hg_location *where);

/* access.c */

/* The impl block for the methods of one record, which the first method opens. */
struct hg_rust_impl {
    const char *type_name;
    bool is_open;
    bool is_always_inline;
};
/* Opens the block if necessary, and begins a method with a comment about the member:
 *
 *     impl foo {
 *         /// offset 8, bits 0..=2
 *         #[inline]
 */
void hg_rust_begin_method(struct hg_rust *rust, struct hg_rust_impl *impl, const char *about);
void hg_rust_end_impl(struct hg_rust *rust, struct hg_rust_impl *impl);
/* Takes a method name for the current record; false when it is taken. */
bool hg_rust_take_method(struct hg_rust *rust, const char *name);

/* A member as the methods see it.  rust->path is the path of its record: `self`, `self.__anon_pid`.
 */
struct hg_rust_access {
    const struct hg_member *member;
    const struct hg_rust_slot *slot;
    uint64_t base;    /* offset of the member's record in the record with the methods, bytes */
    bool in_union;    /* reading it is unsafe */
    bool is_packed;   /* Rust allows no references to it */
    bool is_promoted; /* reached through an anonymous member */
};
/* Writes the methods that the member needs, if any. */
void hg_rust_put_access(struct hg_rust *rust, const struct hg_rust_access *access,
                        struct hg_rust_impl *impl);
/* `before`, rust->path and the field: `        &self.__anon_pid.pid` */
void hg_rust_put_chain(struct hg_rust *rust, const char *before, const char *name);

/* bits.c */

/* Getter and setter of a bit-field; setter NULL: none. */
void hg_rust_put_bit_field(struct hg_rust *rust, const struct hg_rust_access *access,
                           const char *getter, const char *setter, struct hg_rust_impl *impl);
/* A function that reads a bit-field from kernel memory.  base: offset of the member's record in the
 * record that the function reads. */
void hg_rust_put_bit_probe(struct hg_rust *rust, const struct hg_member *member, uint64_t base,
                           const char *name, struct hg_rust_impl *impl);

/* promote.c */

/* Methods for the members of a record's anonymous members. */
void hg_rust_put_promoted(struct hg_rust *rust, hg_type_id id, struct hg_rust_impl *impl);

/* enum.c */

/* The style in which the enum is written; HG_ENUM_CONSTS for a type that is no enum. */
enum hg_enum_style hg_rust_enum_style(const struct hg_rust *rust, hg_type_id id);
void hg_rust_put_enum(struct hg_rust *rust, hg_type_id id);

/* macro.c */

void hg_rust_put_macros(struct hg_rust *rust);
/* `-5` */
void hg_rust_put_number(struct hg_text *text, uint64_t value, bool is_signed);

/* derive.c */

/* The line `#[derive(Clone, Copy, Debug)]`.  with_missing: before it, a comment names the requested
 * traits that are left out. */
void hg_rust_put_derives(const struct hg_rust *rust, struct hg_text *text,
                         const struct hg_rust_shape *shape, bool with_missing);
/* The same line with all requested traits, for the helper types of support.c. */
void hg_rust_put_own_derives(const struct hg_rust *rust, struct hg_text *text);
/* The impl of Default, if it is requested. */
void hg_rust_put_default(struct hg_rust *rust, const char *name);
bool hg_rust_derives(const struct hg_rust *rust, enum hg_derive derive);

/* probe.c */

/* Getters that read a record's members from kernel memory. */
void hg_rust_put_probes(struct hg_rust *rust, hg_type_id id, const char *name);
/* `source.wrapping_byte_add(8).cast()` */
void hg_rust_put_address(struct hg_rust *rust, const char *record, uint64_t offset);
/* The target type of a pointer to the member; for an array without elements, its element type. */
void hg_rust_put_target(struct hg_rust *rust, const struct hg_member *member);
/* The functions by which the getters read memory. */
void hg_rust_put_probe_function(struct hg_rust *rust, struct hg_text *text);
bool hg_rust_is_core(const struct hg_rust *rust);

/* kptr.c */

bool hg_rust_has_accessors(const struct hg_rust *rust);
/* Methods of Kptr<name> for the members in rust->probed. */
void hg_rust_put_kptr(struct hg_rust *rust, hg_type_id id, const char *name);
/* Functions that ask whether the running kernel has each enumerator, and for its value. */
void hg_rust_put_kptr_enum(struct hg_rust *rust, hg_type_id id);
/* `enum_pid_type::type_exists()`, for an enum or typedef that was requested by name. */
void hg_rust_put_kptr_type(struct hg_rust *rust, hg_type_id id);

/* kptr_support.c */

/* The type Kptr, and the macros that the text of kptr.c uses. */
void hg_rust_put_kptr_support(const struct hg_rust *rust, struct hg_text *text);

/* core_support.c */

/* The macros of --accessors core. */
void hg_rust_put_core_support(const struct hg_rust *rust, struct hg_text *text);
/* Text in which ~ stands for the name of a local variable. */
void hg_rust_put_local(const struct hg_rust *rust, struct hg_text *text, const char *string);

/* core.c: these return strings in the arena, as records for `hdrgen link` contain them; NULL = the
 * format cannot express the type */

/* Fills rust->aliases and rust->is_root. */
void hg_rust_prepare_accessors(struct hg_rust *rust);
/* ` pid:i32s`, with a leading blank. */
const char *hg_rust_core_member(struct hg_rust *rust, const struct hg_member *member);
/* A record, an enum or a typedef; NULL also if the string would be too long. */
const char *hg_rust_core_type(struct hg_rust *rust, hg_type_id id, enum hg_rust_core_depth depth);
/* A record or enum that a loader can find. */
bool hg_rust_core_is_named(const struct hg_rust *rust, hg_type_id id);
/* The innermost element of an array of arrays; the type itself if it is no array. */
hg_type_id hg_rust_core_element(const struct hg_rust *rust, hg_type_id id);

/* item.c */

void hg_rust_put_typedef(struct hg_rust *rust, hg_type_id id);
/* A record or enum that is only declared. */
void hg_rust_put_opaque(struct hg_rust *rust, hg_type_id id);
/* A type of which only name and size are known. */
void hg_rust_put_bytes(struct hg_rust *rust, hg_type_id id);
/* Fills the shape of a type that is not written; writes assertions if the user defines the type. */
void hg_rust_put_withheld(struct hg_rust *rust, hg_type_id id);

/* support.c */

/* A path as seen from within the module: `::aya_ebpf::cty`, `super::super::x`. */
void hg_rust_put_path(struct hg_text *text, const char *path);
/* What comes before the module's body. */
void hg_rust_put_head(struct hg_rust *rust, struct hg_text *text);
/* The imports and helper types that the items turned out to use. */
void hg_rust_put_support(struct hg_rust *rust, struct hg_text *text);

#endif
