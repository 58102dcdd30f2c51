/*
 * link --wrap: runs a linker, then links its output.
 *
 *     hdrgen link --wrap bpf-linker -- --cpu v3 a.o -o target/prog
 *
 * runs `bpf-linker --cpu v3 a.o -o target/prog`, and links target/prog in place.  As the `linker =`
 * of cargo's configuration, it lets `cargo build` make an object with relocations.
 *
 * The method: the last -o (or --output) names the output, also in response files (@FILE), which
 * rustc writes if there are too many arguments for a command line.  All other arguments are only
 * passed on.
 *
 * An output that is no BPF object (LLVM IR, assembly) is left alone.
 */
#include "cli.h"
#include "words.h"

#include "base/diag.h"
#include "base/file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

const char *wrapped_linker(const char *program)
{
    static const char prefix[] = "hdrgen-";
    const char *name = hg_base_name(program);
    if (!hg_begins_with(name, prefix))
        return NULL;
    name += sizeof prefix - 1;
    return hg_ends_with(name, "linker") && strcmp(name, "linker") != 0 ? name : NULL;
}

enum { RESPONSE_MAX = 64 * 1024 * 1024, RESPONSE_DEPTH = 8, KILLED = 128 };

struct output_search {
    struct hg_text found; /* the last output that was named */
    bool is_found;
    bool is_next; /* the argument before was -o */
};

static void take_argument(struct output_search *search, const char *argument, unsigned depth);

static void set_found(struct output_search *search, const char *name)
{
    hg_text_truncate(&search->found, 0);
    hg_text_put(&search->found, name);
    search->is_found = true;
    search->is_next = false;
}

/* Unlike hdrgen's response files, a linker's have no comments.  The linker reports a quote without
 * an end. */
static void take_words(struct output_search *search, const char *text, unsigned depth)
{
    while (text != NULL) {
        while (is_blank(*text))
            text++;
        if (*text == '\0')
            return;
        struct hg_text word = {0};
        text = cut_word(text, &word);
        take_argument(search, hg_text_string(&word), depth);
        hg_text_deinit(&word);
    }
}

/* If the file cannot be read, the linker reports it. */
static void take_response(struct output_search *search, const char *path, unsigned depth)
{
    size_t size = 0;
    int descriptor = depth == RESPONSE_DEPTH ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return;
    char *text = hg_file_read_open(descriptor, RESPONSE_MAX, &size);
    close(descriptor);
    if (text != NULL)
        take_words(search, text, depth + 1);
    free(text);
}

static void take_argument(struct output_search *search, const char *argument, unsigned depth)
{
    static const char with_equals[] = "--output=";
    if (search->is_next)
        set_found(search, argument);
    else if (strcmp(argument, "-o") == 0 || strcmp(argument, "--output") == 0)
        search->is_next = true;
    else if (strncmp(argument, with_equals, sizeof with_equals - 1) == 0)
        set_found(search, argument + sizeof with_equals - 1);
    else if (hg_begins_with(argument, "-o"))
        set_found(search, argument + 2);
    else if (argument[0] == '@')
        take_response(search, argument + 1, depth);
}

/* The exit status of the linker; -1 = it could not be run. */
static int run_linker(const struct options *options, struct hg_diagnostics *diagnostics)
{
    extern char **environ;
    size_t count = options->linker_argument_count;
    HG_CLEANUP(hg_free_pointer) const char **argv = hg_calloc(count + 2, sizeof *argv);
    argv[0] = options->linker;
    for (size_t i = 0; i < count; i++)
        argv[i + 1] = options->linker_arguments[i];
    pid_t child;
    /* posix_spawnp changes none of the strings. */
    int error = posix_spawnp(&child, options->linker, NULL, NULL, (char *const *)argv, environ);
    int status = 0;
    if (error == 0)
        while (waitpid(child, &status, 0) < 0)
            if (errno != EINTR) {
                error = errno;
                break;
            }
    if (error != 0) {
        hg_error(diagnostics, NULL, "cannot run the linker '%s': %s", options->linker,
                 strerror(error));
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED + WTERMSIG(status);
}

/* Whether the file is a BPF object; true also if it cannot be read, which link_file reports. */
static bool is_bpf_object(const char *path)
{
    Elf64_Ehdr header = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return true;
    ssize_t size = pread(descriptor, &header, sizeof header, 0);
    close(descriptor);
    if (size < (ssize_t)sizeof header || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    bool is_big = header.e_ident[EI_DATA] == ELFDATA2MSB;
    bool swap = is_big != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    return (swap ? __builtin_bswap16(header.e_machine) : header.e_machine) == EM_BPF;
}

static int link_output(const struct options *options, const struct output_search *search,
                       struct hg_diagnostics *diagnostics)
{
    if (!search->is_found) {
        hg_error(
            diagnostics, NULL,
            "the arguments of '%s' do not name its output with -o, so there is nothing to link",
            options->linker);
        return 2;
    }
    const char *output = hg_text_string(&search->found);
    if (!is_bpf_object(output)) {
        hg_note(diagnostics, NULL, "%s: it is no BPF object, and stays as the linker made it",
                output);
        return 0;
    }
    if (link_file(options, output, NULL, diagnostics) == HG_OK)
        return 0;
    /* As linkers do, remove the file, or a later build would take it for new. */
    (void)unlink(output);
    return 2;
}

int run_wrapped_linker(const struct options *options, struct hg_diagnostics *diagnostics)
{
    int status = run_linker(options, diagnostics);
    if (status != 0)
        return status < 0 ? 2 : status;
    struct output_search search = {0};
    for (size_t i = 0; i < options->linker_argument_count; i++)
        take_argument(&search, options->linker_arguments[i], 0);
    status = link_output(options, &search, diagnostics);
    hg_text_deinit(&search.found);
    return status;
}
