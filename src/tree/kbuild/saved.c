/*
 * The commands that a build saved.
 *
 *     kernel/.built-in.a.cmd     cmd_kernel/built-in.a := rm -f ...; printf "kernel/%s " fork.o ...
 *                                | xargs ar ...
 *     kernel/.fork.o.cmd         savedcmd_kernel/fork.o := gcc ... -c -o kernel/fork.o kernel/fork.c
 *     modules.order              net/netfilter/nf_conntrack.ko, or .o
 *     net/netfilter/nf.mod       the objects of a module
 *
 * Read from what vmlinux and the modules are linked from, down to the objects: only the files that
 * count are opened, and of each only the first line, where the command stands.  A file that is
 * missing means that the build is incomplete.
 */
#include "tree/kbuild/directory.h"
#include "tree/kbuild/record.h"

#include "base/diag.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
    COMMAND_LIMIT = 8 << 20, /* an archive of a directory of thousands of objects takes a tenth */
    LIST_LIMIT = 64 << 20,
    COMMANDS_LIMIT = 1 << 30, /* of all files together; allmodconfig has an eighth */
    OBJECT_LIMIT = 1000000,
};

struct saved {
    const struct hg_kbuild_place *place;
    struct hg_diagnostics *diagnostics;
    struct hg_records records;
    struct hg_text line;
    HG_ARRAY(const char *) todo;
    HG_ARRAY(size_t) compiled; /* indexes of the records of modules' objects */
    size_t read;               /* bytes of commands */
    unsigned round;            /* 1 for vmlinux, then one for each module */
    const char *missing;       /* the first object without a command */
    bool has_failed;
};

static void fail(struct saved *saved, const char *path, const char *why)
{
    if (!saved->has_failed)
        hg_error(saved->diagnostics, NULL,
                 "'%s' %s: remove it and build the kernel again, or name the commands of a build "
                 "with --commands",
                 path, why);
    saved->has_failed = true;
}

/* --- one file --- */

/* The path of the file that holds the command for an object. */
static void put_path(const struct saved *saved, const char *object, struct hg_text *path)
{
    const char *slash = strrchr(object, '/');
    int size = slash == NULL ? 0 : (int)(slash - object) + 1;
    hg_text_truncate(path, 0);
    hg_text_printf(path, "%s/%.*s.%s.cmd", saved->place->object, size, object, object + size);
}

/* The first line, which is all that is needed of a file; false = the file is not there. */
static bool read_first_line(struct saved *saved, const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    hg_text_truncate(&saved->line, 0);
    if (descriptor < 0)
        return false;
    char block[16384];
    ssize_t got;
    const char *end = NULL;
    while (end == NULL && (got = read(descriptor, block, sizeof block)) > 0) {
        end = memchr(block, '\n', (size_t)got);
        hg_text_bytes(&saved->line, block, end == NULL ? (size_t)got : (size_t)(end - block));
        if (saved->line.size > COMMAND_LIMIT) {
            fail(saved, path, "holds a command of more than 8 MB, which no build writes");
            break;
        }
    }
    close(descriptor);
    saved->read += saved->line.size;
    if (saved->read > COMMANDS_LIMIT)
        fail(saved, saved->place->object, "holds commands of more than 1 GB");
    return true;
}

/* As the shell has it: make's `$$` and `$(pound)` are undone. */
static void undo_make(struct hg_text *line)
{
    size_t to = 0;
    for (size_t from = 0; from < line->size; from++) {
        static const char pound[] = "$(pound)";
        if (strncmp(line->data + from, pound, sizeof pound - 1) == 0) {
            line->data[to++] = '#';
            from += sizeof pound - 2;
            continue;
        }
        if ((line->data[from] == '$' && line->data[from + 1] == '$') ||
            (line->data[from] == '\\' && line->data[from + 1] == '#'))
            from++;
        line->data[to++] = line->data[from];
    }
    hg_text_truncate(line, to);
}

/* Reads the command of an object or archive; false = it has none. */
static bool load(struct saved *saved, const char *object)
{
    static const char assignment[] = " := ";
    struct hg_text path = {0};
    put_path(saved, object, &path);
    bool is_there = read_first_line(saved, path.data);
    const char *command =
        is_there && saved->line.size > 0
            ? memmem(saved->line.data, saved->line.size, assignment, sizeof assignment - 1)
            : NULL;
    if (command != NULL) {
        size_t skip = (size_t)(command - saved->line.data) + sizeof assignment - 1;
        undo_make(&saved->line);
        hg_records_take(&saved->records,
                        (struct hg_slice){saved->line.data + skip, saved->line.size - skip},
                        object);
    }
    hg_text_deinit(&path);
    return command != NULL;
}

/* --- lists --- */

static char *read_list(struct saved *saved, const char *name, size_t *size)
{
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/%s", saved->place->object, name);
    int descriptor = open(path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *text = descriptor < 0 ? NULL : hg_file_read_open(descriptor, LIST_LIMIT, size);
    if (descriptor >= 0)
        close(descriptor);
    hg_text_deinit(&path);
    return text;
}

static const char *kept(struct saved *saved, struct hg_slice name)
{
    struct hg_text text = {0};
    hg_normalise_path(&text, name);
    const char *result = hg_strings_intern(&saved->records.strings, text.data, text.size);
    hg_text_deinit(&text);
    return result;
}

/* `@net/netfilter/nf.mod` among the parts: the words of that file. */
static void add_listed(struct saved *saved, const char *name)
{
    size_t size = 0;
    char *text = read_list(saved, name, &size);
    struct hg_slice rest = {text, text == NULL ? 0 : size};
    struct hg_slice word;
    if (text == NULL && saved->missing == NULL)
        saved->missing = name;
    while (hg_make_word(&rest, &word))
        if (hg_slice_ends(word, ".o"))
            *HG_PUSH(&saved->todo) = kept(saved, word);
    free(text);
}

static void add_parts(struct saved *saved, size_t index)
{
    struct hg_record *record = &saved->records.items.items[index];
    for (size_t i = 0; i < record->parts.count; i++) {
        const char *part = record->parts.items[i];
        if (part[0] == '@')
            add_listed(saved, part + 1);
        else
            *HG_PUSH(&saved->todo) = part;
        record = &saved->records.items.items[index];
    }
}

/* Everything that is reached from todo; module NULL = vmlinux. */
static void follow(struct saved *saved, const char *module, const struct hg_kbuild_sink *sink)
{
    saved->round++;
    while (saved->todo.count > 0 && !saved->has_failed && saved->missing == NULL) {
        const char *name = saved->todo.items[--saved->todo.count];
        struct hg_record *record = hg_records_of(&saved->records, hg_slice_of(name));
        size_t index = (size_t)(record - saved->records.items.items);
        if (record->round == saved->round)
            continue;
        bool is_new = record->round == 0;
        record->round = saved->round;
        if (is_new && !load(saved, name))
            saved->missing = name;
        record = &saved->records.items.items[index];
        if (record->source == NULL) {
            add_parts(saved, index);
        } else if (module == NULL) {
            hg_record_put_linked(&saved->records, record, saved->place, true, sink);
            record->is_built_in = true;
        } else if (!record->is_built_in) {
            hg_record_add_module(&saved->records, index, module);
            if (is_new)
                *HG_PUSH(&saved->compiled) = index;
        }
        if (saved->records.items.count > OBJECT_LIMIT)
            fail(saved, saved->place->object, "holds more than a million objects");
    }
}

static void follow_vmlinux(struct saved *saved, const struct hg_kbuild_sink *sink)
{
    struct hg_text roots = {0};
    if (hg_kbuild_roots(saved->place, saved->diagnostics, &roots) != HG_OK)
        saved->has_failed = true;
    struct hg_slice rest = {hg_text_string(&roots), roots.size};
    struct hg_slice word;
    while (hg_make_word(&rest, &word))
        *HG_PUSH(&saved->todo) = kept(saved, word);
    hg_text_deinit(&roots);
    follow(saved, NULL, sink);
}

static bool has_modules(struct saved *saved)
{
    size_t size = 0;
    char *text = read_list(saved, "include/config/auto.conf", &size);
    bool has = text != NULL && strstr(text, "\nCONFIG_MODULES=y") != NULL;
    free(text);
    return has;
}

static void follow_modules(struct saved *saved, const struct hg_kbuild_sink *sink)
{
    size_t size = 0;
    char *text = read_list(saved, "modules.order", &size);
    if (text == NULL && has_modules(saved))
        saved->missing = "modules.order";
    struct hg_slice rest = {text, text == NULL ? 0 : size};
    struct hg_slice word;
    while (hg_make_word(&rest, &word) && !saved->has_failed && saved->missing == NULL) {
        struct hg_text name = {0};
        size_t end = hg_slice_ends(word, ".ko") ? 3 : hg_slice_ends(word, ".o") ? 2 : 0;
        hg_text_bytes(&name, word.data, word.size - end);
        hg_text_put(&name, ".o");
        const char *module = kept(saved, (struct hg_slice){name.data, name.size});
        *HG_PUSH(&saved->todo) = module;
        follow(saved, module, sink);
        hg_text_deinit(&name);
    }
    free(text);
    for (size_t i = 0; i < saved->compiled.count && saved->missing == NULL; i++)
        hg_record_put_linked(&saved->records, &saved->records.items.items[saved->compiled.items[i]],
                             saved->place, false, sink);
}

bool hg_kbuild_has_saved_commands(const struct hg_kbuild_place *place)
{
    struct saved saved = {.place = place};
    struct hg_text path = {0};
    put_path(&saved, "init/main.o", &path);
    bool has = access(path.data, R_OK) == 0;
    hg_text_deinit(&path);
    return has;
}

enum hg_status hg_kbuild_read_saved(const struct hg_kbuild_place *place,
                                    struct hg_diagnostics *diagnostics,
                                    const struct hg_kbuild_sink *sink, char **missing)
{
    struct saved saved = {.place = place, .diagnostics = diagnostics};
    hg_records_init(&saved.records);
    follow_vmlinux(&saved, sink);
    if (!saved.has_failed && saved.missing == NULL)
        follow_modules(&saved, sink);
    *missing = NULL;
    if (saved.missing != NULL && !saved.has_failed) {
        struct hg_text name = {0};
        hg_text_put(&name, saved.missing);
        *missing = name.data;
    }
    enum hg_status status = saved.has_failed || saved.missing != NULL ? HG_ERROR_INPUT : HG_OK;
    free(saved.todo.items);
    free(saved.compiled.items);
    hg_text_deinit(&saved.line);
    hg_records_deinit(&saved.records);
    return status;
}
