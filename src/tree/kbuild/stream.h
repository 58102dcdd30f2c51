/* Reading large files in pieces: lines as make prints them, objects of a JSON array. */
#ifndef HG_KBUILD_STREAM_H
#define HG_KBUILD_STREAM_H

#include "tree/kbuild/words.h"

#include <hdrgen/status.h>

enum { HG_STREAM_LIMIT = 16 << 20 }; /* the longest line or object */

struct hg_stream {
    int descriptor;
    const char *path;
    struct hg_diagnostics *diagnostics;
    struct hg_text piece; /* the line or object that was read */
    char *block;
    size_t at, size;
    bool has_failed;
};

HG_MUST_CHECK enum hg_status hg_stream_open(struct hg_stream *stream, const char *path,
                                            struct hg_diagnostics *diagnostics);
void hg_stream_close(struct hg_stream *stream);

/* Returns the next character that is no blank, without consuming it; NUL = the end. */
char hg_stream_first(struct hg_stream *stream);
/* Reads the next line into `piece`, joined with those that a backslash continues.  False = the end,
 * or an error, which was reported. */
bool hg_stream_line(struct hg_stream *stream);
/* Reads the next object, `{...}`, into `piece`; skips any text before it.  False as above. */
bool hg_stream_object(struct hg_stream *stream);

#endif
