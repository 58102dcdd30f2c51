/* A small reader of BTF for the unit tests: prints one line a type.  Shares nothing with the code
 * under test. */
#ifndef HG_TESTS_UNIT_BTF_IMAGE_H
#define HG_TESTS_UNIT_BTF_IMAGE_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct hg_test_image {
    const unsigned char *bytes;
    size_t size;
    bool big_endian;
    size_t types; /* offsets in bytes */
    size_t strings;
};

/* False when the header is not as it should be. */
bool hg_test_image_open(struct hg_test_image *image, const void *bytes, size_t size);

/*
 * A line is the id, the kind, `!` behind it when its flag is set, the name if there is one, the
 * third word (size or type), and what follows: a member is name:type@offset, or
 * name:type@offset/width with the flag; an enumerator name=value; of an ENUM64 name=high,low; a
 * parameter name:type; an entry of a section type@offset+size; other words as they are.  All that
 * is not an id, offset or size is hexadecimal.
 *
 *     4 struct! 'foo' 16 next:2@0/0 flag:3@64/1
 */
void hg_test_image_print(struct hg_text *text, const struct hg_test_image *image);

#endif
