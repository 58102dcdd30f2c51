/*
 * compile_commands.json, as the kernel's own script, bear, compiledb and clangd's users make it.
 *
 *     [{"directory": "/build", "file": "/src/kernel/fork.c",
 *       "command": "gcc ... -c -o kernel/fork.o ..."},
 *      {"directory": "/build", "file": "kernel/exit.c",
 *       "arguments": ["gcc", "-Wall", ...], "output": "kernel/exit.o"}]
 *
 * It says nothing of what is linked: programs of the host have no -D__KERNEL__; boot code, vdsos
 * and the like are known by their directories or their width; -DMODULE says that an object is a
 * module's.
 */
#include "tree/kbuild/record.h"
#include "tree/kbuild/stream.h"

#include "base/diag.h"

#include <json.h>

struct database {
    const struct hg_kbuild_place *place;
    struct hg_diagnostics *diagnostics;
    const struct hg_kbuild_sink *sink;
    struct hg_records records;
    struct hg_text command;
    size_t entries, units;
};

/* Linked into something else than vmlinux or a module. */
static bool is_apart(const struct hg_kbuild_place *place, const char *object)
{
    static const char *const directories[] = {"/vdso",       "/vsyscall/",   "/realmode/rm/",
                                              "/purgatory/", "/compressed/", "/boot/"};
    static const char *const tops[] = {"scripts/", "usr/", "Documentation/", "certs/extract-cert"};
    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++)
        if (strncmp(object, tops[i], strlen(tops[i])) == 0)
            return true;
    if (strcmp(place->arch, "x86") == 0 && strstr(object, "efi/libstub/") != NULL)
        return true;
    if (hg_slice_ends(hg_slice_of(object), ".mod.o") || strncmp(object, ".", 1) == 0)
        return true;
    if (strncmp(object, "arch/", 5) != 0)
        return strstr(object, "lib/vdso/") == object;
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        if (strstr(object, directories[i]) != NULL)
            return strstr(object, "/entry/vdso/vma.o") == NULL &&
                   strstr(object, "/entry/vdso/extable.o") == NULL &&
                   strstr(object, "/entry/vdso/vdso32-setup.o") == NULL &&
                   strstr(object, "/vsyscall/vsyscall_64.o") == NULL;
    return false;
}

static const char *string_of(json_object *entry, const char *key)
{
    json_object *value = NULL;
    if (!json_object_object_get_ex(entry, key, &value) ||
        !json_object_is_type(value, json_type_string))
        return NULL;
    return json_object_get_string(value);
}

/* A word for the shell. */
static void put_word(struct hg_text *text, const char *word)
{
    hg_text_put(text, text->size > 0 ? " '" : "'");
    for (; *word != '\0'; word++)
        hg_text_bytes(text, *word == '\'' ? "'\\''" : word, *word == '\'' ? 4 : 1);
    hg_text_put(text, "'");
}

/* The command as a text for the shell; false = the entry has none. */
static bool read_command(struct database *database, json_object *entry)
{
    hg_text_truncate(&database->command, 0);
    const char *command = string_of(entry, "command");
    if (command != NULL) {
        hg_text_put(&database->command, command);
        return true;
    }
    json_object *words = NULL;
    if (!json_object_object_get_ex(entry, "arguments", &words) ||
        !json_object_is_type(words, json_type_array))
        return false;
    for (size_t i = 0; i < json_object_array_length(words); i++) {
        json_object *word = json_object_array_get_idx(words, i);
        if (!json_object_is_type(word, json_type_string))
            return false;
        put_word(&database->command, json_object_get_string(word));
    }
    return database->command.size > 0;
}

/* What the compiler made; where no -o says it: the file with .o. */
static void put_object(struct database *database, const char *output, const char *file,
                       const char *directory, struct hg_text *object)
{
    const char *name = output != NULL ? output : file;
    size_t size = strlen(directory);
    const char *const roots[] = {directory, database->place->object, database->place->source};
    for (size_t i = 0; i < 3; i++) {
        size = strlen(roots[i]);
        if (strncmp(name, roots[i], size) == 0 && name[size] == '/') {
            name += size + 1;
            break;
        }
    }
    struct hg_text whole = {0};
    hg_text_put(&whole, name);
    if (output == NULL && hg_slice_ends(hg_slice_of(name), ".c"))
        whole.data[whole.size - 1] = 'o';
    hg_normalise_path(object, (struct hg_slice){whole.data, whole.size});
    hg_text_deinit(&whole);
}

static void put_entry(struct database *database, json_object *entry)
{
    const char *directory = string_of(entry, "directory");
    const char *file = string_of(entry, "file");
    if (directory == NULL || file == NULL || !read_command(database, entry))
        return;
    database->entries++;
    struct hg_text command = database->command;
    struct hg_shell shell = {0};
    struct hg_slice rest = {command.data, command.size};
    const char *output = string_of(entry, "output");
    struct hg_text object = {0}, found = {0};
    while (output == NULL && found.size == 0 && hg_shell_next(&rest, &shell))
        for (size_t i = 0; i + 1 < shell.words.count; i++)
            if (strcmp(shell.words.items[i], "-o") == 0)
                hg_text_put(&found, shell.words.items[i + 1]);
    put_object(database,
               output != NULL   ? output
               : found.size > 0 ? found.data
                                : NULL,
               file, directory, &object);
    if (!is_apart(database->place, object.data)) {
        struct hg_records *records = &database->records;
        hg_records_init(records);
        if (found.size == 0) /* the reader of commands wants one */
            hg_text_put(&command, " -o x.o");
        database->command = command;
        hg_records_take(records, (struct hg_slice){command.data, command.size}, object.data);
        struct hg_record *record = hg_records_of(records, hg_slice_of(object.data));
        record->source = record->source == NULL ? NULL : file;
        database->units += record->source != NULL;
        hg_record_put(records, record, database->place, directory, !hg_record_is_for_module(record),
                      database->sink);
        hg_records_deinit(records);
    }
    hg_text_deinit(&object);
    hg_text_deinit(&found);
    hg_shell_deinit(&shell);
}

enum hg_status hg_kbuild_read_database(const struct hg_kbuild_place *place, const char *path,
                                       struct hg_diagnostics *diagnostics,
                                       const struct hg_kbuild_sink *sink)
{
    struct hg_stream stream;
    enum hg_status status = hg_stream_open(&stream, path, diagnostics);
    if (status != HG_OK)
        return status;
    struct database database = {.place = place, .diagnostics = diagnostics, .sink = sink};
    while (status == HG_OK && hg_stream_object(&stream)) {
        json_object *entry = json_tokener_parse(stream.piece.data);
        if (entry == NULL || !json_object_is_type(entry, json_type_object)) {
            hg_error(diagnostics, NULL, "'%s' is not JSON: its entry %zu cannot be read", path,
                     database.entries + 1);
            status = HG_ERROR_INPUT;
        } else {
            put_entry(&database, entry);
        }
        json_object_put(entry);
    }
    if (status == HG_OK && stream.has_failed)
        status = HG_ERROR_INPUT;
    if (status == HG_OK && stream.piece.size > 0) {
        hg_error(diagnostics, NULL, "'%s' ends in the middle of an entry", path);
        status = HG_ERROR_INPUT;
    }
    if (status == HG_OK && database.units == 0) {
        hg_error(diagnostics, NULL,
                 "'%s' holds %zu commands and none that compiles a part of this kernel: make it "
                 "again (scripts/clang-tools/gen_compile_commands.py), or leave --commands out",
                 path, database.entries);
        status = HG_ERROR_INPUT;
    }
    hg_text_deinit(&database.command);
    hg_stream_close(&stream);
    return status;
}
