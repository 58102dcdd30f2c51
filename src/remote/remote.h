/*
 * Reading a kernel tree in a process of its own.
 *
 *     client.c   hg_read_tree: starts the program, sends the request, receives the answer
 *     main.c     the program: reads the tree as the program hdrgen does
 *     wire.c     the bytes of the messages between them
 *
 * The problem: hdrgen forks many children to read a tree, and sets signal handlers.  A library must
 * not do so in its caller's process: if a program with threads forks, locks may stay taken in the
 * child for ever, and the caller has signal handlers of its own.
 *
 * The method: the library starts a program, which has no threads.  A socket carries the request to
 * it, and diagnostics, progress and at last the model back.
 *
 * What this does not do: talk to another version of hdrgen.  The request begins with the version.
 */
#ifndef HG_REMOTE_REMOTE_H
#define HG_REMOTE_REMOTE_H

#include "base/memory.h"
#include "base/text.h"

#include <hdrgen/tree.h>

/* The program's descriptor of the socket. */
enum { HG_REMOTE_SOCKET = 0 };

/* --- wire.c --- */

enum hg_message_kind {
    HG_MESSAGE_REQUEST,
    HG_MESSAGE_DIAGNOSTIC,
    HG_MESSAGE_PROGRESS,
    HG_MESSAGE_END
};

/* Sends bytes as one message.  False = the other side is gone. */
bool hg_remote_send(int socket, enum hg_message_kind kind, const struct hg_text *bytes);
/* Receives the next message; *bytes is overwritten.  False = the other side is gone. */
bool hg_remote_receive(int socket, enum hg_message_kind *kind, struct hg_text *bytes);

struct hg_remote_request {
    struct hg_kernel_options kernel;
    struct hg_header_options headers;
    struct hg_tree_options options;
    bool has_progress;
};

void hg_remote_put_request(struct hg_text *bytes, const struct hg_remote_request *request);
/* Strings are in the arena.  False = the bytes are no request, or another version's. */
bool hg_remote_take_request(const struct hg_text *bytes, struct hg_arena *arena,
                            struct hg_remote_request *ret);

/* Of bytes from hg_wire_put_diagnostic. */
bool hg_remote_take_diagnostic(const struct hg_text *bytes, struct hg_arena *arena,
                               struct hg_diagnostic *ret);

/* The answer to a request.  The model is NULL unless status is HG_OK; report may be NULL. */
struct hg_remote_end {
    enum hg_status status;
    struct hg_model *model;
    struct hg_tree_summary *report;
};

void hg_remote_put_end(struct hg_text *bytes, const struct hg_remote_end *end);
bool hg_remote_take_end(const struct hg_text *bytes, struct hg_diagnostics *diagnostics,
                        struct hg_remote_end *ret);

#endif
