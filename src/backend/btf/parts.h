/* What the files of the BTF back end share; btf.c says how they work together. */
#ifndef HG_BACKEND_BTF_PARTS_H
#define HG_BACKEND_BTF_PARTS_H

#include "backend/btf/encode.h"
#include "base/text.h"

#include <hdrgen/write.h>

/* A BTF type for a qualifier or type tag, which in the model belongs to a reference. */
struct modifier {
    enum btf_kind kind;
    const char *tag; /* of a BTF_TYPE_TAG */
    bool is_attribute;
    uint32_t target;
};

struct declaration_tag {
    const char *tag;
    bool is_attribute;
    uint32_t target;
    uint32_t component; /* index of the member, or BTF_WHOLE */
};

/* The types that one warning is about: how many, and the names of the first few. */
struct subject_list {
    struct hg_text text;
    size_t count;
};

/* What BTF for an older kernel cannot express. */
enum degraded {
    DEGRADED_FLOAT,
    DEGRADED_DECL_TAG,
    DEGRADED_TYPE_TAG,
    DEGRADED_ENUM_SIGN,
    DEGRADED_ENUM64,
    DEGRADED_KINDS,
};

struct btf_writer {
    const struct hg_model *model;
    const struct hg_selection *selection;
    const struct hg_btf_options *options;
    struct hg_diagnostics *diagnostics;
    bool failed;
    const struct hg_btf_base *base; /* of split BTF; NULL = none */
    bool *is_new; /* of split BTF, by type id: the type is written in it, not in the base */

    uint32_t *number; /* by type id: the id in the BTF; 0 = void, or not written */
    uint8_t *chain;   /* by type id: typedefs, arrays and modifiers on the way to the last type */
    hg_type_id
        *stands_for; /* by type id: see hg_btf_out_settle_names; NULL = every type is written */

    /* Ids of integers that BTF needs, selected or added after the selected types; 0 = none yet */
    uint32_t index_int; /* the index type of arrays */
    uint32_t byte;      /* unsigned char */
    uint32_t long_int;
    bool adds_index_int, adds_byte, adds_long_int;

    struct encoder encoder;
    uint32_t first_modifier;
    HG_ARRAY(struct modifier) modifiers;
    struct number_map modifier_ids;
    HG_ARRAY(struct declaration_tag) tags;
    uint32_t *symbol_types; /* by index of the symbol */
    uint32_t *symbol_ids;   /* by index of the symbol; 0 = not written */

    hg_type_id current; /* the type that is being written, for messages */
    struct subject_list degraded[DEGRADED_KINDS];
    size_t conflict_count; /* types whose name another type keeps */
};

/* BTF that split BTF can continue. */
struct hg_btf_base {
    const struct hg_model *model;
    uint32_t *number; /* as in btf_writer */
    uint8_t *need;    /* as in its selection */
    uint32_t index_int, byte, long_int;
    struct encoder encoder;
    struct number_map modifier_ids;
};

/* --- btf.c --- */

/* Whether the output may contain what readers know since kernel major.minor. */
bool hg_btf_out_knows(const struct btf_writer *writer, unsigned major, unsigned minor);

/* Reports a fault of the current type, or of a part of it (part NULL: the type itself). */
void hg_btf_out_refuse(struct btf_writer *writer, const char *part, const char *name,
                       const char *format, ...) HG_PRINTF(4, 5);

/* Adds the current type to the list, or its part of that name. */
void hg_btf_out_list(struct btf_writer *writer, struct subject_list *list, const char *name);

/* --- split.c --- */

/* Finds the types that split BTF must contain itself: fills is_new. */
void hg_btf_out_find_new(struct btf_writer *writer);

/* --- names.c --- */

/* Resolves duplicate names: fills stands_for with the type that is written for each type (mostly
 * the type itself), or with HG_BTF_NAMELESS. */
#define HG_BTF_NAMELESS UINT32_MAX
void hg_btf_out_settle_names(struct btf_writer *writer);

/* Warns of names that CO-RE takes for flavours of other types. */
void hg_btf_out_report_flavours(struct btf_writer *writer);

/* --- ref.c --- */

/* The id in the BTF of a referenced type with the qualifiers and tags of the reference. */
uint32_t hg_btf_out_ref(struct btf_writer *writer, const struct hg_ref *ref);

/* As hg_btf_out_ref, for a function's result: a typedef of void, or a qualified void, is void. */
uint32_t hg_btf_out_result(struct btf_writer *writer, const struct hg_ref *ref);

/* The number of typedefs, arrays and modifiers that a reader follows to a type with a size, at most
 * UINT8_MAX. */
unsigned hg_btf_out_chain(const struct btf_writer *writer, const struct hg_ref *ref);

void hg_btf_out_put_modifiers(struct btf_writer *writer);

/* Whether the tag can be written, if readers know such tags since Linux 5.since_minor.  If not, it
 * is added to `degraded`, or refused. */
bool hg_btf_out_can_write_tag(struct btf_writer *writer, const struct hg_tags *tags, size_t index,
                              unsigned since_minor, struct subject_list *degraded);

/* Remembers declaration tags for hg_btf_out_put_tags.  tags may be NULL. */
void hg_btf_out_note_tags(struct btf_writer *writer, const struct hg_tags *tags, uint32_t target,
                          uint32_t component);
void hg_btf_out_put_tags(struct btf_writer *writer);

/* --- type.c --- */

/* Whether the type is written as an array of unsigned char. */
bool hg_btf_out_is_bytes(const struct btf_writer *writer, const struct hg_type *type);

/* Writes the BTF type for a type of the model. */
void hg_btf_out_put_type(struct btf_writer *writer, hg_type_id id, bool nameless);

/* --- symbols.c --- */

/* Fills symbol_types and symbol_ids.  Call it before hg_btf_out_put_modifiers: the type of a symbol
 * may need a modifier. */
void hg_btf_out_plan_symbols(struct btf_writer *writer);
void hg_btf_out_put_symbols(struct btf_writer *writer);

/* --- elf.c --- */

/* Replaces *btf by an ELF object that has it in the section .BTF. */
HG_MUST_CHECK enum hg_status hg_btf_out_wrap_in_elf(const struct hg_target *target,
                                                    struct hg_diagnostics *diagnostics,
                                                    struct hg_output *btf);

#endif
