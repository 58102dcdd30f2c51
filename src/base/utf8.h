/* UTF-8: JSON text must be UTF-8 (RFC 8259, 8.1), and a C string literal may hold any bytes. */
#ifndef HG_BASE_UTF8_H
#define HG_BASE_UTF8_H

#include "base/text.h"

/* Appends the string, with U+FFFD in place of each byte that is in no well-formed character.  An
 * overlong form, a surrogate, and a character above U+10FFFF are not well-formed (RFC 3629). */
void hg_put_as_utf8(struct hg_text *text, const char *string);

#endif
