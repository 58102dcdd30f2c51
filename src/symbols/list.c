/*
 * Lists of functions: see list.h.
 *
 * Text is read line by line, through zlib, which also reads files that are not compressed.
 */
#include "symbols/list.h"

#include "base/diag.h"
#include "symbols/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { LINE_SIZE = HG_LISTED_NAME_MAX + 1, FUNCTIONS_MAX = 1 << 24 };

struct list {
    bool (*take_line)(struct list *list, char *line);
    const char *refusal; /* the message about a line that take_line refuses */
    hg_listed_function_fn *take;
    void *user;
    size_t count;
};

/* Returns the next word, ended by a NUL in place of the blank after it; "" = there is none. */
static char *take_word(char **line)
{
    char *word = *line + strspn(*line, " \t\r");
    char *end = word + strcspn(word, " \t\r");
    *line = end + (*end != '\0');
    *end = '\0';
    return word;
}

static bool is_hexadecimal(const char *word)
{
    size_t length = strlen(word);
    return length > 0 && length <= 16 && strspn(word, "0123456789abcdefABCDEF") == length;
}

/* Whether the word has only bytes that compilers and linkers put into names. */
static bool is_name(const char *word)
{
    return word[0] != '\0' && strspn(word,
                                     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789_.$@-+<>:~/") == strlen(word);
}

/* Takes the rest of a line, which is `[nf_conntrack]` or nothing.  *module is NULL if it is
 * nothing.  False = it is neither. */
static bool take_module(char *line, const char **module)
{
    char *word = take_word(&line);
    size_t length = strlen(word);
    bool is_module = length >= 3 && word[0] == '[' && word[length - 1] == ']';
    *module = is_module ? word + 1 : NULL;
    if (is_module)
        word[length - 1] = '\0';
    return (is_module || length == 0) && take_word(&line)[0] == '\0';
}

static void take_function(struct list *list, struct hg_listed_function function)
{
    list->take(list->user, &function);
    list->count++;
}

/* `ffffffffc0401000 t nf_ct_get [nf_conntrack]`, `U printk`, `file.o:` or nothing; false = the line
 * is none of these. */
static bool take_line(struct list *list, char *line)
{
    char *type = take_word(&line);
    size_t length = strlen(type);
    if (length == 0 || type[length - 1] == ':')
        return take_word(&line)[0] == '\0';
    char *name = take_word(&line);
    bool is_defined = is_hexadecimal(type) && strlen(name) == 1;
    if (is_defined) {
        type = name;
        name = take_word(&line);
    }
    bool is_known = strlen(type) == 1 && (is_defined || strchr("Uvw", type[0]) != NULL);
    const char *module;
    if (!is_known || !is_name(name) || !take_module(line, &module))
        return false;
    if (is_defined && strchr("tTwW", type[0]) != NULL)
        take_function(list, (struct hg_listed_function){
                                .name = name, .module = module, .is_weak = strchr("wW", type[0])});
    return true;
}

/* `vfs_read` or `nf_ct_get [nf_conntrack]`; false = the line is neither. */
static bool take_name(struct list *list, char *line)
{
    const char *module;
    const char *name = take_word(&line);
    if (!is_name(name) || !take_module(line, &module))
        return false;
    take_function(list, (struct hg_listed_function){.name = name, .module = module});
    return true;
}

/* `sched:sched_switch`; false = the line is no event. */
static bool take_event(struct list *list, char *line)
{
    const char *name = take_word(&line);
    const char *colon = strchr(name, ':');
    if (!is_name(name) || colon == NULL || colon == name || colon[1] == '\0' ||
        take_word(&line)[0] != '\0')
        return false;
    take_function(list, (struct hg_listed_function){.name = name});
    return true;
}

static enum hg_status read_lines(struct list *list, gzFile file, const char *path,
                                 struct hg_diagnostics *diagnostics)
{
    char line[LINE_SIZE];
    for (unsigned number = 1; gzgets(file, line, sizeof line) != NULL; number++) {
        size_t length = strlen(line);
        bool is_whole = length > 0 && (line[length - 1] == '\n' || gzeof(file));
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        if (is_whole && list->take_line(list, line) && list->count < FUNCTIONS_MAX)
            continue;
        hg_error(diagnostics, &(struct hg_location){.file = path, .line = number}, "%s",
                 list->refusal);
        return HG_ERROR_INPUT;
    }
    int error = Z_OK;
    const char *why = gzerror(file, &error);
    if (error == Z_OK || error == Z_STREAM_END)
        return HG_OK;
    hg_error(diagnostics, NULL, "cannot read '%s': %s", path,
             error == Z_ERRNO ? strerror(errno) : why);
    return HG_ERROR_IO;
}

static enum hg_status read_text(struct list *list, int descriptor, const char *path,
                                struct hg_diagnostics *diagnostics)
{
    int copy = dup(descriptor);
    gzFile file = copy < 0 ? NULL : gzdopen(copy, "rb");
    if (file == NULL) {
        hg_error(diagnostics, NULL, "cannot read '%s': %s", path, strerror(errno));
        if (copy >= 0)
            close(copy);
        return HG_ERROR_IO;
    }
    enum hg_status status = read_lines(list, file, path, diagnostics);
    gzclose(file);
    return status;
}

/* Other files are refused: a FIFO would block, and has no end. */
static int open_regular(const char *path, struct hg_diagnostics *diagnostics)
{
    struct stat about;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int error = errno;
    bool is_regular = descriptor >= 0 && fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
    if (is_regular)
        return descriptor;
    if (descriptor >= 0) {
        error = S_ISDIR(about.st_mode) ? EISDIR : EINVAL;
        close(descriptor);
    }
    hg_error(diagnostics, NULL, "cannot open '%s': %s", path, strerror(error));
    return -1;
}

static enum hg_status read_list(struct list *list, const char *path,
                                struct hg_diagnostics *diagnostics)
{
    int descriptor = open_regular(path, diagnostics);
    if (descriptor < 0)
        return HG_ERROR_IO;
    enum hg_status status = HG_OK;
    if (list->take_line == take_line && hg_begins_elf(descriptor))
        list->count = hg_list_elf_functions(descriptor, FUNCTIONS_MAX, list->take, list->user);
    else
        status = read_text(list, descriptor, path, diagnostics);
    close(descriptor);
    if (status != HG_OK || list->count > 0)
        return status;
    hg_error(diagnostics, NULL, "'%s' lists no %s", path,
             list->take_line == take_event ? "event" : "function");
    return HG_ERROR_INPUT;
}

enum hg_status hg_list_functions(const char *path, hg_listed_function_fn *take, void *user,
                                 struct hg_diagnostics *diagnostics)
{
    static const char refusal[] =
        "this is no line of a list of symbols: System.map, /proc/kallsyms and what nm prints are "
        "understood (Debian's /boot/System.map-* is a stub; its vmlinux, in linux-image-*-dbg, "
        "has them)";
    struct list list = {.take_line = take_line, .refusal = refusal, .take = take, .user = user};
    return read_list(&list, path, diagnostics);
}

enum hg_status hg_list_traceable(const char *path, hg_listed_function_fn *take, void *user,
                                 struct hg_diagnostics *diagnostics)
{
    static const char refusal[] =
        "this is no line of available_filter_functions: a function's name and, in brackets, its "
        "module";
    struct list list = {.take_line = take_name, .refusal = refusal, .take = take, .user = user};
    return read_list(&list, path, diagnostics);
}

enum hg_status hg_list_events(const char *path, hg_listed_function_fn *take, void *user,
                              struct hg_diagnostics *diagnostics)
{
    static const char refusal[] =
        "this is no line of available_events: a category, a colon, an event's name";
    struct list list = {.take_line = take_event, .refusal = refusal, .take = take, .user = user};
    return read_list(&list, path, diagnostics);
}
