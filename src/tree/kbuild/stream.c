/* Reading large files in pieces: see stream.h. */
#include "tree/kbuild/stream.h"

#include "tree/kbuild/kbuild.h"

#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 18 };

enum hg_status hg_stream_open(struct hg_stream *stream, const char *path,
                              struct hg_diagnostics *diagnostics)
{
    *stream = (struct hg_stream){.path = path, .diagnostics = diagnostics};
    stream->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    int error = stream->descriptor < 0                    ? errno
                : fstat(stream->descriptor, &status) != 0 ? errno
                : S_ISDIR(status.st_mode)                 ? EISDIR
                                                          : 0;
    if (error != 0) {
        hg_error(diagnostics, NULL, "cannot read '%s': %s", path, strerror(error));
        if (stream->descriptor >= 0)
            close(stream->descriptor);
        stream->descriptor = -1;
        return HG_ERROR_IO;
    }
    stream->block = hg_malloc(BLOCK);
    return HG_OK;
}

void hg_stream_close(struct hg_stream *stream)
{
    if (stream->descriptor >= 0)
        close(stream->descriptor);
    free(stream->block);
    hg_text_deinit(&stream->piece);
}

/* More bytes into the block; false at the end. */
static bool fill(struct hg_stream *stream)
{
    ssize_t got;
    do {
        got = read(stream->descriptor, stream->block, BLOCK);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        hg_error(stream->diagnostics, NULL, "cannot read '%s': %s", stream->path, strerror(errno));
        stream->has_failed = true;
    }
    stream->at = 0;
    stream->size = got < 0 ? 0 : (size_t)got;
    return got > 0;
}

char hg_stream_first(struct hg_stream *stream)
{
    if (stream->size == 0 && !fill(stream))
        return '\0';
    for (size_t i = stream->at; i < stream->size; i++)
        if (strchr(" \t\r\n", stream->block[i]) == NULL)
            return stream->block[i];
    return '\0';
}

static bool is_too_long(struct hg_stream *stream, const char *what)
{
    if (stream->piece.size <= HG_STREAM_LIMIT)
        return false;
    hg_error(stream->diagnostics, NULL,
             "'%s' holds %s of more than 16 MB: it is neither the text of "
             "`make -n` nor a compile_commands.json",
             stream->path, what);
    stream->has_failed = true;
    return true;
}

bool hg_stream_line(struct hg_stream *stream)
{
    hg_text_truncate(&stream->piece, 0);
    bool any = false;
    while (!stream->has_failed && (stream->at < stream->size || fill(stream))) {
        any = true;
        const char *start = stream->block + stream->at;
        const char *end = memchr(start, '\n', stream->size - stream->at);
        size_t size = end == NULL ? stream->size - stream->at : (size_t)(end - start);
        hg_text_bytes(&stream->piece, start, size);
        stream->at += size + (end != NULL);
        if (is_too_long(stream, "a line"))
            return false;
        if (end == NULL)
            continue;
        if (stream->piece.size == 0 || stream->piece.data[stream->piece.size - 1] != '\\')
            return true;
        stream->piece.data[stream->piece.size - 1] = ' ';
    }
    return any && !stream->has_failed;
}

bool hg_stream_object(struct hg_stream *stream)
{
    hg_text_truncate(&stream->piece, 0);
    size_t depth = 0;
    bool in_string = false, is_escaped = false;
    while (!stream->has_failed && (stream->at < stream->size || fill(stream))) {
        size_t start = stream->at;
        bool is_whole = false;
        for (; stream->at < stream->size && !is_whole; stream->at++) {
            char c = stream->block[stream->at];
            if (depth == 0 && c != '{') {
                start = stream->at + 1;
            } else if (in_string) {
                in_string = is_escaped || c != '"';
                is_escaped = !is_escaped && c == '\\';
            } else if (c == '"') {
                in_string = true;
            } else if (c == '{') {
                depth++;
            } else if (c == '}') {
                is_whole = --depth == 0;
            }
        }
        hg_text_bytes(&stream->piece, stream->block + start, stream->at - start);
        if (is_too_long(stream, "an object"))
            return false;
        if (is_whole)
            return true;
    }
    return false;
}

enum hg_status hg_kbuild_first_character(const char *path, struct hg_diagnostics *diagnostics,
                                         char *ret)
{
    struct hg_stream stream;
    enum hg_status status = hg_stream_open(&stream, path, diagnostics);
    if (status != HG_OK)
        return status;
    *ret = hg_stream_first(&stream);
    status = stream.has_failed ? HG_ERROR_IO : HG_OK;
    hg_stream_close(&stream);
    return status;
}
