/* UTF-8: see utf8.h. */
#include "base/utf8.h"

/* Length of the well-formed character that a string begins with; 0 = there is none. */
static size_t character_length(const char *string)
{
    const unsigned char *s = (const unsigned char *)string;
    if (s[0] < 0x80)
        return 1;
    size_t length = s[0] >= 0xc2 && s[0] <= 0xdf   ? 2
                    : s[0] >= 0xe0 && s[0] <= 0xef ? 3
                    : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4
                                                   : 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xed && s[1] > 0x9f;
    bool too_large = s[0] == 0xf4 && s[1] > 0x8f;
    return overlong || surrogate || too_large ? 0 : length;
}

void hg_put_as_utf8(struct hg_text *text, const char *string)
{
    while (*string != '\0') {
        size_t run = 0, length = 0;
        while (string[run] != '\0' && (length = character_length(string + run)) > 0)
            run += length;
        hg_text_bytes(text, string, run);
        string += run;
        if (*string == '\0')
            return;
        hg_text_put(text, "\xef\xbf\xbd");
        string++;
    }
}
