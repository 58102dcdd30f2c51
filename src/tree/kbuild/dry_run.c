/*
 * Reads the text that `make -n -k vmlinux modules` prints.
 *
 *     set -e;  echo '  CC      init/main.o'; gcc ... -c -o init/main.o ../init/main.c;
 *     scripts/basic/fixdep ...
 *
 * The text of a large configuration has hundreds of megabytes, so it is read line by line, and only
 * the commands of compilers, linkers and archivers are kept.  -DMODULE marks an object of a module.
 * Make prints only what it would do, so in a tree that is partly built the text is incomplete.
 */
#include "tree/kbuild/directory.h"
#include "tree/kbuild/record.h"
#include "tree/kbuild/stream.h"

#include "base/diag.h"

static bool has(struct hg_slice line, const char *words)
{
    return memmem(line.data, line.size, words, strlen(words)) != NULL;
}

/* Cuts off the commands after the compiler's, by which kbuild saves that command in a file. */
static struct hg_slice without_saving(struct hg_slice line)
{
    static const char *const ends[] = {"scripts/basic/fixdep ", "printf '%s\\n' 'cmd_",
                                       "printf '%s\\n' 'savedcmd_"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *end = memmem(line.data, line.size, ends[i], strlen(ends[i]));
        if (end != NULL)
            line.size = (size_t)(end - line.data);
    }
    return line;
}

static void take_line(struct hg_records *records, struct hg_slice line)
{
    static const char *const signs[] = {" -c -o ", "ar c", "ar r", " -r ", ".mod", "objcopy "};
    bool counts = false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs && !counts; i++)
        counts = has(line, signs[i]);
    if (counts)
        hg_records_take(records, without_saving(line), NULL);
}

/* Marks the records that are reached from the roots.  Returns the first object or archive that no
 * command makes; NULL = all are made. */
static const char *mark(struct hg_records *records, const struct hg_text *roots)
{
    HG_ARRAY(const char *) todo = {0};
    const char *missing = NULL;
    struct hg_slice rest = {hg_text_string(roots), roots->size};
    struct hg_slice word;
    while (hg_make_word(&rest, &word))
        *HG_PUSH(&todo) = hg_records_of(records, word)->target;
    while (todo.count > 0) {
        const char *name = todo.items[--todo.count];
        struct hg_record *record = hg_records_of(records, hg_slice_of(name));
        if (record->is_reached)
            continue;
        record->is_reached = true;
        if (!record->is_known && missing == NULL)
            missing = record->target;
        for (size_t i = 0; i < record->parts.count && record->source == NULL; i++)
            if (record->parts.items[i][0] != '@')
                *HG_PUSH(&todo) = record->parts.items[i];
    }
    free(todo.items);
    return missing;
}

/* Adds to each object of a module the name of the module. */
static void name_modules(struct hg_records *records)
{
    for (size_t i = 0; i < records->items.count; i++) {
        if (!hg_slice_ends(hg_slice_of(records->items.items[i].target), ".mod"))
            continue;
        for (size_t j = 0; j < records->items.items[i].parts.count; j++) {
            const char *part = records->items.items[i].parts.items[j];
            const struct hg_record *object = hg_records_of(records, hg_slice_of(part));
            hg_record_add_module(records, (size_t)(object - records->items.items),
                                 records->items.items[i].target);
        }
    }
}

static size_t put_all(struct hg_records *records, const struct hg_kbuild_place *place,
                      const struct hg_kbuild_sink *sink)
{
    size_t count = 0;
    for (size_t i = 0; i < records->items.count; i++) {
        const struct hg_record *record = &records->items.items[i];
        if (record->source == NULL || (!record->is_reached && !hg_record_is_for_module(record)))
            continue;
        hg_record_put_linked(records, record, place, record->is_reached, sink);
        count++;
    }
    return count;
}

enum hg_status hg_kbuild_read_dry_run(const struct hg_kbuild_place *place, const char *path,
                                      struct hg_diagnostics *diagnostics,
                                      const struct hg_kbuild_sink *sink)
{
    struct hg_stream stream;
    enum hg_status status = hg_stream_open(&stream, path, diagnostics);
    if (status != HG_OK)
        return status;
    struct hg_records records;
    struct hg_text roots = {0};
    hg_records_init(&records);
    while (hg_stream_line(&stream))
        take_line(&records, (struct hg_slice){stream.piece.data, stream.piece.size});
    status = stream.has_failed ? HG_ERROR_INPUT : hg_kbuild_roots(place, diagnostics, &roots);
    const char *missing = status == HG_OK ? mark(&records, &roots) : NULL;
    name_modules(&records);
    if (status == HG_OK && put_all(&records, place, sink) == 0) {
        hg_error(
            diagnostics, NULL,
            "'%s' holds no command that compiles a part of this kernel: it must be the text of "
            "`make -n -k vmlinux modules`, or a compile_commands.json",
            path);
        status = HG_ERROR_INPUT;
    } else if (missing != NULL) {
        hg_warning(
            diagnostics, NULL,
            "'%s' does not say how '%s' is made, so some source files may be missing: make -n "
            "leaves out what is built already (use it in a tree that is only prepared)",
            path, missing);
    }
    hg_text_deinit(&roots);
    hg_records_deinit(&records);
    hg_stream_close(&stream);
    return status;
}
