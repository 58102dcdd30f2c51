/* UTF-8, which JSON text must be (RFC 8259, 8.1) and C's string literals need not. */
#ifndef HG_BASE_UTF8_H
#define HG_BASE_UTF8_H

#include "base/text.h"

#include <stdbool.h>

/* Well-formed after RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool hg_is_utf8(const char *string);

/* Appends the string with U+FFFD in place of each byte that is in no well-formed character. */
void hg_put_as_utf8(struct hg_text *text, const char *string);

#endif
