/* Options of callers: see options.h. */
#include "base/options.h"

#include "base/diag.h"

#include <string.h>

bool hg_options_take(void *copy, size_t size, const void *given, const char *name,
                     struct hg_diagnostics *diagnostics)
{
    size_t given_size = size;
    if (given != NULL)
        memcpy(&given_size, given, sizeof given_size);
    if (given_size < sizeof given_size) {
        hg_error(diagnostics, NULL, "struct %s: its member sz is %zu, not the structure's size",
                 name, given_size);
        return false;
    }
    const unsigned char *bytes = given;
    for (size_t i = size; i < given_size; i++)
        if (bytes[i] != 0) {
            hg_error(
                diagnostics, NULL,
                "struct %s: byte %zu is set, and this libhdrgen knows the first %zu: it is older "
                "than the headers that the program was compiled with",
                name, i, size);
            return false;
        }
    memset(copy, 0, size);
    if (given != NULL)
        memcpy(copy, given, given_size < size ? given_size : size);
    memcpy(copy, &size, sizeof size);
    return true;
}
