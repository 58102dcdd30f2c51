/*
 * Notes on paths that the user expects a shell to expand, but that it does not.
 *
 *     -I~/inc  '~/x'  '$HOME/x'      within a word, or quoted
 *     --kernel ~/x                   in a response file, which no shell reads
 *
 * hdrgen does not expand them either, since a directory may be called `~`; no compiler does.  If no
 * such directory exists, a note says why the path is not found.
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
                "'%s': nothing expands %s here; write the path out (a shell expands it, but not "
                "within quotes, not ~ within a word, and not in a response file)",
                path, first);
    }
}
