/*
 * BTF built by hand, for tests of its reader: in either byte order, right or wrong.
 *
 *     struct hg_test_blob blob = {.big_endian = true};
 *     uint32_t u32 = hg_test_blob_int(&blob, "unsigned int", 4, 0);
 *     hg_test_blob_type(&blob, "s", BTF_STRUCT, 1, 4);
 *     hg_test_blob_member(&blob, "x", u32, 0);
 *     struct hg_output bytes = hg_test_blob_finish(&blob);
 */
#ifndef HG_TESTS_UNIT_BTF_BLOB_H
#define HG_TESTS_UNIT_BTF_BLOB_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* The format's numbers, written down a second time. */
enum {
    INT = 1,
    PTR,
    ARRAY,
    STRUCT,
    UNION,
    ENUM,
    FWD,
    TYPEDEF,
    VOLATILE,
    CONST,
    RESTRICT,
    FUNC,
    FUNC_PROTO,
    VAR,
    DATASEC,
    FLOAT,
    DECL_TAG,
    TYPE_TAG,
    ENUM64,
};
#define KFLAG 0x80000000u

struct hg_test_blob {
    bool big_endian;
    uint32_t count;       /* types so far; those of a base, when this is to continue it */
    uint32_t string_base; /* bytes of the base's strings */
    struct hg_text types;
    struct hg_text strings;
};

/* The offset of a new copy of the string; 0 for "". */
uint32_t hg_test_blob_string(struct hg_test_blob *blob, const char *string);
void hg_test_blob_word(struct hg_test_blob *blob, uint32_t word);

/* The three words of a type; returns its id.  vlen may have KFLAG or-ed in; third is size or type.
 */
uint32_t hg_test_blob_type(struct hg_test_blob *blob, const char *name, uint32_t kind,
                           uint32_t vlen, uint32_t third);
/* Of a member, 24 bits of offset and 8 of width where the record has the flag. */
void hg_test_blob_member(struct hg_test_blob *blob, const char *name, uint32_t type,
                         uint32_t place);
/* Name and one word: an enumerator, a parameter. */
void hg_test_blob_pair(struct hg_test_blob *blob, const char *name, uint32_t word);

/* encoding: 1 signed, 2 char, 4 bool. */
uint32_t hg_test_blob_int(struct hg_test_blob *blob, const char *name, uint32_t size,
                          uint32_t encoding);
uint32_t hg_test_blob_array(struct hg_test_blob *blob, uint32_t element, uint32_t index,
                            uint32_t count);

/* Header, types, strings.  Frees what the blob has; the bytes are the caller's. */
struct hg_output hg_test_blob_finish(struct hg_test_blob *blob);

/* Overwrites a word of finished bytes. */
void hg_test_poke(struct hg_output *bytes, size_t offset, uint32_t word, bool big_endian);

/* --- what the reader must refuse --- */

/* Three types that many tests begin with. */
enum { HG_TEST_U32 = 1, HG_TEST_LONG, HG_TEST_POINTER, HG_TEST_FIRST };
void hg_test_blob_begin(struct hg_test_blob *blob);

/* A fault that make adds to a blob with those three types. */
struct hg_test_refusal {
    void (*make)(struct hg_test_blob *blob);
    uint32_t id;       /* of the type that the message names; 0 = none */
    const char *words; /* of the message */
};

/* In both byte orders. */
void hg_test_expect_refusals(const struct hg_test_refusal *refusals, size_t count);

/* One error with these words, and no model, in less than a second. */
void hg_test_expect_refusal(const struct hg_output *bytes, const char *words);

#endif
