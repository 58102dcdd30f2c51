/*
 * Paths that a shell was to expand, and did not.
 *
 *     -I~/inc  '~/x'  '$HOME/x'      within a word, or quoted
 *     --kernel ~/x                   in a response file, which is taken as it stands
 *
 * hdrgen does not expand them, as no compiler does: the directory may be called so.  Where there is
 * none of that name a note says why the path is not found.
 */
#include "cli.h"

#include "base/diag.h"

#include <string.h>
#include <unistd.h>

void note_unexpanded(const char *path, struct hg_diagnostics *diagnostics)
{
    static const char *const beginnings[] = {"~/", "$HOME/", "${HOME}/"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        size_t length = strlen(beginnings[i]);
        char first[16];
        if (strncmp(path, beginnings[i], length) != 0)
            continue;
        memcpy(first, path, length - 1);
        first[length - 1] = '\0';
        if (access(first, F_OK) == 0)
            return;
        hg_note(diagnostics, NULL,
                "'%s': nothing expands %s here: the shell does so outside of quotes, ~ only at the "
                "start of a word, and a response file is taken as it stands; write the path out",
                path, first);
    }
}
