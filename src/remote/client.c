/* hg_read_tree, which starts the program that reads the tree: see remote.h. */
#include "remote/remote.h"

#include "base/diag.h"
#include "base/options.h"
#include "base/text.h"
#include "tree/read.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The running program. */
struct reader {
    const char *program;
    pid_t process;
    int socket;
};

/* The path of the program that was installed with the library.  Since both may have been moved, the
 * path relative to the library comes first; if there is no program, the installed path is used.  It
 * is also used if the library's own path is relative, which could lead to the current directory. */
static const char *installed_reader(struct hg_text *beside)
{
    static const char is_in_library; /* as its address is */
    Dl_info library;
    if (dladdr(&is_in_library, &library) == 0 || library.dli_fname[0] != '/')
        return HG_READ_TREE;
    int length = (int)(strrchr(library.dli_fname, '/') - library.dli_fname);
    hg_text_printf(beside, "%.*s/%s", length, library.dli_fname, HG_READ_TREE_BESIDE);
    return access(hg_text_string(beside), X_OK) == 0 ? hg_text_string(beside) : HG_READ_TREE;
}

/* The program starts with no signal blocked, and with the default actions of SIGCHLD and SIGPIPE:
 * if it inherited an ignored SIGCHLD, it could not wait for its children. */
static int spawn(struct reader *reader, int socket)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    char *const arguments[] = {(char *)reader->program, NULL};
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGCHLD);
    sigaddset(&usual, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, socket, HG_REMOTE_SOCKET);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int error =
        posix_spawn(&reader->process, reader->program, &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static enum hg_status start(struct reader *reader, struct hg_diagnostics *diagnostics)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
        hg_error(diagnostics, NULL, "cannot make a socket: %s", strerror(errno));
        return HG_ERROR_IO;
    }
    int error = spawn(reader, sockets[1]);
    close(sockets[1]);
    reader->socket = sockets[0];
    if (error == 0)
        return HG_OK;
    close(sockets[0]);
    hg_error(diagnostics, NULL, "cannot start '%s', which reads kernel trees: %s", reader->program,
             strerror(error));
    if (error == ENOENT) /* a program was copied without libexec, or linked with libhdrgen.a */
        hg_note(diagnostics, NULL,
                "it is installed with libhdrgen: without hg_tree_options.reader it is looked for "
                "at %s from the library's directory, then at %s; install it there, or name it in "
                "hg_tree_options.reader",
                HG_READ_TREE_BESIDE, HG_READ_TREE);
    return HG_ERROR_IO;
}

static enum hg_status stop(struct reader *reader, bool is_done, struct hg_diagnostics *diagnostics)
{
    int status = 0;
    close(reader->socket);
    if (!is_done)
        kill(reader->process, SIGTERM);
    while (waitpid(reader->process, &status, 0) < 0 && errno == EINTR)
        ;
    if (is_done)
        return HG_OK;
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM)
        hg_error(diagnostics, NULL, "'%s', which reads kernel trees, ended with signal %d",
                 reader->program, WTERMSIG(status));
    else
        hg_error(diagnostics, NULL,
                 "'%s', which reads kernel trees, gave no answer: it must be of this version, %s",
                 reader->program, HDRGEN_VERSION);
    return HG_ERROR_IO;
}

/* Receives the program's messages to the last one.  False = it ended early, or a message is
 * invalid. */
static bool receive_answer(const struct reader *reader, const struct hg_tree_options *options,
                           struct hg_diagnostics *diagnostics, struct hg_remote_end *end)
{
    struct hg_text bytes = {0};
    enum hg_message_kind kind;
    bool is_fine = true, is_done = false;
    while (is_fine && !is_done && hg_remote_receive(reader->socket, &kind, &bytes)) {
        struct hg_arena arena = {0};
        struct hg_diagnostic diagnostic;
        unsigned progress[2];
        is_done = kind == HG_MESSAGE_END;
        if (kind == HG_MESSAGE_DIAGNOSTIC) {
            is_fine = hg_remote_take_diagnostic(&bytes, &arena, &diagnostic);
            if (is_fine)
                hg_report(diagnostics, &diagnostic);
        } else if (kind == HG_MESSAGE_PROGRESS && bytes.size == sizeof progress) {
            memcpy(progress, bytes.data, sizeof progress);
            if (options->progress != NULL)
                options->progress(options->progress_user, progress[0], progress[1]);
        } else {
            is_fine = is_done && hg_remote_take_end(&bytes, diagnostics, end);
        }
        hg_arena_deinit(&arena);
    }
    hg_text_deinit(&bytes);
    return is_fine && is_done;
}

enum hg_status hg_read_tree(const struct hg_kernel *kernel, const struct hg_tree_options *given,
                            struct hg_diagnostics *diagnostics, struct hg_model **ret,
                            struct hg_tree_summary **report)
{
    HG_TAKE(hg_tree_options, options, given, diagnostics);
    HG_TAKE(hg_header_options, headers, options.headers, diagnostics);
    struct hg_text beside = {0};
    struct reader reader = {.program = options.reader};
    if (reader.program == NULL)
        reader.program = installed_reader(&beside);
    enum hg_status status = start(&reader, diagnostics);
    if (status != HG_OK) {
        hg_text_deinit(&beside);
        return status;
    }
    const struct hg_remote_request request = {
        .kernel = *hg_kernel_options_of(kernel),
        .headers = headers,
        .options = options,
        .has_progress = options.progress != NULL,
    };
    struct hg_remote_end end = {0};
    struct hg_text bytes = {0};
    hg_remote_put_request(&bytes, &request);
    bool is_done = hg_remote_send(reader.socket, HG_MESSAGE_REQUEST, &bytes) &&
                   receive_answer(&reader, &options, diagnostics, &end);
    hg_text_deinit(&bytes);
    status = stop(&reader, is_done, diagnostics);
    hg_text_deinit(&beside);
    if (status == HG_OK)
        status = end.status;
    if (status == HG_OK)
        *ret = end.model;
    else
        hg_model_destroy(end.model);
    if (status == HG_OK && report != NULL)
        *report = end.report;
    else
        hg_tree_summary_destroy(end.report);
    return status;
}
