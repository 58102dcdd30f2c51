/* The program that reads a kernel tree for hg_read_tree: see remote.h. */
#include "remote/remote.h"

#include "tree/read.h"
#include "tree/wire.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

static void send_diagnostic(void *user, const struct hg_diagnostic *diagnostic)
{
    (void)user;
    struct hg_text bytes = {0};
    hg_wire_put_diagnostic(&bytes, diagnostic);
    if (!hg_remote_send(HG_REMOTE_SOCKET, HG_MESSAGE_DIAGNOSTIC, &bytes))
        raise(SIGTERM); /* the handler ends children and removes temporary files */
    hg_text_deinit(&bytes);
}

static void send_progress(void *user, unsigned done, unsigned total)
{
    (void)user;
    const unsigned progress[] = {done, total};
    struct hg_text bytes = {0};
    hg_text_bytes(&bytes, progress, sizeof progress);
    if (!hg_remote_send(HG_REMOTE_SOCKET, HG_MESSAGE_PROGRESS, &bytes))
        raise(SIGTERM);
    hg_text_deinit(&bytes);
}

/* The caller opened the tree too, so it has seen the warnings. */
static void send_error(void *user, const struct hg_diagnostic *diagnostic)
{
    if (diagnostic->severity == HG_ERROR)
        send_diagnostic(user, diagnostic);
}

static void read_tree(struct hg_remote_request *request, struct hg_remote_end *end)
{
    struct hg_diagnostics errors = {.report = send_error}, all = {.report = send_diagnostic};
    struct hg_kernel *kernel = NULL;
    request->options.progress = request->has_progress ? send_progress : NULL;
    end->status = hg_kernel_open(&request->kernel, &errors, &kernel);
    if (end->status == HG_OK)
        end->status = hg_read_tree_here(kernel, &request->options, &all, &end->model, &end->report);
    hg_kernel_destroy(kernel);
}

int main(void)
{
    struct hg_text bytes = {0};
    struct hg_arena arena = {0};
    struct hg_remote_request request;
    struct hg_remote_end end = {0};
    enum hg_message_kind kind;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (!hg_remote_receive(HG_REMOTE_SOCKET, &kind, &bytes) || kind != HG_MESSAGE_REQUEST ||
        !hg_remote_take_request(&bytes, &arena, &request)) {
        fputs("hdrgen-read-tree: libhdrgen starts this program to read kernel trees\n", stderr);
        return 2;
    }
    read_tree(&request, &end);
    hg_text_truncate(&bytes, 0);
    hg_remote_put_end(&bytes, &end);
    bool is_sent = hg_remote_send(HG_REMOTE_SOCKET, HG_MESSAGE_END, &bytes);
    hg_text_deinit(&bytes);
    hg_model_destroy(end.model);
    hg_tree_summary_destroy(end.report);
    hg_arena_deinit(&arena);
    return is_sent ? 0 : 2;
}
