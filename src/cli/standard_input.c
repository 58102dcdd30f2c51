/*
 * `--header -`: a header from standard input, as compilers read it.
 *
 *     echo 'struct a { int x; };' | hdrgen --header - a
 *     gcc -E driver.c | hdrgen --header - -o driver.h
 *
 * It is read once, before anything else; if both sides of diff name it, they get the same text.
 * Messages and outputs call it <stdin>.  Its #includes are relative to the current directory.
 */
#include "cli.h"

#include "base/diag.h"

#include <string.h>
#include <unistd.h>

enum { LARGEST = 64 * 1024 * 1024 };

bool read_standard_input(struct options *options, struct hg_diagnostics *diagnostics)
{
    bool is_wanted = false;
    for (size_t i = 0; i < options->source_count; i++)
        is_wanted |= hg_fits_one_of("-", options->sources[i].headers.headers,
                                    options->sources[i].headers.header_count, hg_same_text);
    if (!is_wanted)
        return true;
    struct hg_text text = {0};
    const char *why = read_text(STDIN_FILENO, LARGEST, "it is larger than 64 MB", &text);
    size_t size = text.size;
    const char *copy = hg_text_keep(&text, &options->arena);
    for (size_t i = 0; i < options->source_count; i++) {
        options->sources[i].headers.standard_input = copy;
        options->sources[i].headers.standard_input_size = size;
    }
    return why == NULL || refuse(diagnostics, "cannot read the header - (standard input): %s", why);
}
