/* What unit tests share: models built by hand in few words, and a sink that keeps what was
 * reported. */
#ifndef HG_TESTS_UNIT_HELPERS_H
#define HG_TESTS_UNIT_HELPERS_H

#include "dump.h"
#include "model/build.h"

#include <CUnit/CUnit.h>
#include <hdrgen/write.h>

/* Diagnostics as text, a line each: "error: ...". */
struct hg_test_log {
    struct hg_diagnostics diagnostics; /* hand &log.diagnostics out */
    struct hg_text text;
};
void hg_test_log_init(struct hg_test_log *log);
void hg_test_log_deinit(struct hg_test_log *log);

/* Whether what was reported so far contains words; shows it if not. */
bool hg_test_reported(const struct hg_test_log *log, const char *words);

/* strcmp with NULLs allowed, showing both when they differ. */
bool hg_test_same(const char *found, const char *expected);

/* The directory and all in it. */
void hg_test_remove_tree(const char *path);

/* An empty model for x86-64, little-endian. */
struct hg_model *hg_test_model_create(void);
/* Seals it; the test fails if that does. */
void hg_test_seal(struct hg_model *model);

hg_type_id hg_test_int(struct hg_model *model, const char *name, unsigned size, bool is_signed);
hg_type_id hg_test_pointer(struct hg_model *model, hg_type_id to);
/* size = count * size of the element as it is defined now; alignment the element's. */
hg_type_id hg_test_array(struct hg_model *model, hg_type_id element, uint64_t count);
hg_type_id hg_test_typedef(struct hg_model *model, const char *name, hg_type_id of);
hg_type_id hg_test_function(struct hg_model *model, hg_type_id result,
                            const struct hg_parameter *parameters, size_t count);
hg_type_id hg_test_enum(struct hg_model *model, const char *name, unsigned size, bool is_signed,
                        const struct hg_enumerator *enumerators, size_t count);

/* The members are copied.  name NULL = anonymous. */
hg_type_id hg_test_record(struct hg_model *model, enum hg_kind kind, const char *name,
                          uint64_t size, uint32_t align, const struct hg_member *members,
                          size_t count);
/* As hg_test_record, for an id that was declared before. */
void hg_test_define_record(struct hg_model *model, hg_type_id id, enum hg_kind kind,
                           const char *name, uint64_t size, uint32_t align,
                           const struct hg_member *members, size_t count);
/* Declared, not defined. */
hg_type_id hg_test_forward(struct hg_model *model, enum hg_kind kind, const char *name);

/* A member at a bit offset; a bit-field of some width. */
#define HG_MEMBER(n, t, bit)                                                                       \
    (struct hg_member)                                                                             \
    {                                                                                              \
        .name = (n), .type.id = (t), .bit_offset = (bit)                                           \
    }
#define HG_FIELD(n, t, bit, width)                                                                 \
    (struct hg_member)                                                                             \
    {                                                                                              \
        .name = (n), .type.id = (t), .bit_offset = (bit), .bit_width = (width)                     \
    }

/* An array literal and the number of its items, for the two last parameters of the functions above.
 */
#define HG_MEMBERS(...)                                                                            \
    (const struct hg_member[]){__VA_ARGS__},                                                       \
        sizeof((const struct hg_member[]){__VA_ARGS__}) / sizeof(struct hg_member)

#endif
