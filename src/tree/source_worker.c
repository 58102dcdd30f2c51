/*
 * Parses the units in child processes, several in one process, one after the other.
 *
 *     child:    begins 17, result of 17, begins 18, result of 18, begins 19, (dies)
 *     parent:   17 and 18 are done; 19 gets a process of its own, the units after 19 another one
 *
 * For many units, starting a process would take longer than parsing them.  A unit that kills its
 * process is tried once more alone: the units before it may have used up the memory.
 *
 * A unit with an error after a prefix is parsed again without the prefix: hdrgen reports the error
 * that kbuild would see.
 */
#include "tree/kernel.h"
#include "tree/source_parts.h"

#include "base/diag.h"
#include "base/text.h"
#include "model/pack.h"
#include "tree/wire.h"

#include <string.h>
#include <unistd.h>

enum { BATCH_UNITS = 32, WARNINGS_MAX = 32 /* of one unit */ };
enum { FRAME_BEGINS = 0x48425331, FRAME_READ, FRAME_READ_PREFIXED, FRAME_PARTIAL, FRAME_UNREAD };

/* The task of one process. */
struct batch {
    struct sources *sources;
    size_t *units; /* indexes */
    size_t count;
};

/* --- the child --- */

struct fault {
    struct hg_arena arena; /* of the strings */
    bool is_crash;
    struct hg_location where;
    const char *text; /* NULL = there is no error */
    const char *missing;
    uint32_t warning_count;
    struct hg_text warnings; /* as written by hg_wire_put_diagnostic */
};

static void keep_first(void *user, const struct hg_source_error *error)
{
    struct fault *fault = user;
    fault->is_crash = fault->is_crash || error->is_crash;
    if (fault->text == NULL) {
        fault->where = error->where;
        fault->where.file = hg_arena_keep(&fault->arena, error->where.file);
        fault->text = hg_arena_keep(&fault->arena, error->text);
    }
    if (fault->missing == NULL)
        fault->missing = hg_arena_keep(&fault->arena, error->missing_file);
}

/* The report function of the child's diagnostics. */
static void keep_diagnostic(void *user, const struct hg_diagnostic *diagnostic)
{
    struct fault *fault = user;
    if (diagnostic->severity == HG_WARNING && fault->warning_count < WARNINGS_MAX) {
        fault->warning_count++;
        hg_wire_put_diagnostic(&fault->warnings, diagnostic);
    }
    if (diagnostic->severity == HG_ERROR)
        keep_first(fault, &(struct hg_source_error){.text = diagnostic->text});
}

/* The arguments of a unit that follows the prefix, or NULL = none.  To be freed. */
static const char **make_arguments(const struct source_unit *unit,
                                   const struct source_prefix *prefix, size_t *count)
{
    const struct hg_source_file *file = unit->file;
    const char **arguments = hg_calloc(file->argument_count + 1, sizeof *arguments);
    *count = 0;
    for (size_t i = 0; i < file->argument_count; i++)
        if (prefix != NULL && strcmp(file->arguments[i], "-include") == 0)
            i++; /* the prefix has it already */
        else
            arguments[(*count)++] = file->arguments[i];
    return arguments;
}

static enum hg_status parse(const struct sources *sources, const struct source_unit *unit,
                            const struct source_prefix *prefix, struct fault *fault,
                            struct hg_model **model)
{
    if (access(unit->file->path, F_OK) == 0 && !hg_kernel_is_file(unit->file->path)) {
        keep_first(fault, &(struct hg_source_error){.text = "it is not a regular file"});
        return HG_ERROR_INPUT; /* on a pipe, clang would wait for a writer */
    }
    const struct hg_sources_options *options = sources->options;
    /* A module's BTF has the types that its functions mention; the kernel's own has all types. */
    bool is_of_kernel = unit->file->module == NULL;
    bool skips_bodies = options->skips_bodies || (prefix == unit->prefix && unit->skips_bodies &&
                                                  is_of_kernel && !options->functions);
    size_t argument_count = 0;
    size_t file_count = 0;
    const char **arguments = make_arguments(unit, prefix, &argument_count);
    struct hg_memory_file *files = hg_sources_memory_files(prefix, &file_count);
    struct hg_source_unit source = {
        .path = unit->file->path,
        .arguments = arguments,
        .argument_count = argument_count,
        .precompiled = prefix == NULL ? NULL : prefix->path,
        .memory_files = files,
        .memory_file_count = file_count,
        .skips_bodies = skips_bodies,
        .functions = options->functions,
        .built_by_gcc = sources->built_by_gcc,
        .has_uses = !is_of_kernel,
        .doubt = prefix == NULL ? hg_sources_doubt : NULL,
        .doubt_user = (void *)(uintptr_t)unit,
        .roots = (const char *const[]){sources->options->kernel->source,
                                       sources->options->kernel->object},
        .root_count = 2,
        .target = &sources->target,
    };
    struct hg_diagnostics diagnostics = {.report = keep_diagnostic, .user = fault};
    enum hg_status status = hg_read_source(&source, keep_first, fault, &diagnostics, model);
    free(arguments);
    free(files);
    return status;
}

static void send_frame(struct hg_task_output *output, uint32_t kind, size_t unit,
                       const struct hg_text *bytes)
{
    struct hg_text frame = {0};
    hg_wire_put(&frame, kind);
    hg_wire_put(&frame, (uint32_t)unit);
    if (bytes != NULL) {
        hg_wire_put(&frame, (uint32_t)bytes->size);
        hg_text_bytes(&frame, bytes->data, bytes->size);
    }
    hg_task_send(output, frame.data, frame.size);
    hg_text_deinit(&frame);
}

static void forget(struct fault *fault)
{
    hg_arena_deinit(&fault->arena);
    hg_text_deinit(&fault->warnings);
}

static void put_fault(struct hg_text *bytes, const struct fault *fault)
{
    hg_wire_put_location(bytes, &fault->where);
    hg_wire_put_string(bytes, fault->text);
    hg_wire_put_string(bytes, fault->missing);
}

/* False = libclang has crashed, and the process can parse nothing more. */
static bool read_unit(const struct sources *sources, size_t index, struct hg_task_output *output)
{
    const struct source_unit *unit = &sources->units[index];
    struct fault with_prefix = {0};
    struct fault without = {0};
    struct hg_model *model = NULL;
    struct hg_text bytes = {0};
    uint32_t kind = FRAME_READ_PREFIXED;
    hg_task_renew(output);
    send_frame(output, FRAME_BEGINS, index, NULL);
    enum hg_status status = HG_ERROR_INPUT;
    if (unit->prefix != NULL && !unit->was_alone)
        status = parse(sources, unit, unit->prefix, &with_prefix, &model);
    if (with_prefix.is_crash)
        abort(); /* the parent then tries the unit once more, alone */
    if (status != HG_OK) {
        kind = FRAME_READ;
        hg_task_renew(output);
        status = parse(sources, unit, NULL, &without, &model);
    }
    if (status == HG_OK) {
        if (without.missing != NULL)
            kind = FRAME_PARTIAL;
        const struct fault *last = kind == FRAME_READ_PREFIXED ? &with_prefix : &without;
        put_fault(&bytes, kind == FRAME_PARTIAL ? &without : &with_prefix);
        hg_wire_put(&bytes, last->warning_count);
        hg_text_bytes(&bytes, last->warnings.data, last->warnings.size);
        hg_model_pack(model, &bytes);
    } else {
        kind = FRAME_UNREAD;
        put_fault(&bytes, &without);
    }
    send_frame(output, kind, index, &bytes);
    hg_text_deinit(&bytes);
    forget(&with_prefix);
    forget(&without);
    hg_model_destroy(model);
    return !without.is_crash;
}

static void work(void *user, struct hg_task_output *output)
{
    const struct batch *batch = user;
    for (size_t i = 0; i < batch->count; i++)
        if (!read_unit(batch->sources, batch->units[i], output))
            return;
}

/* --- the parent --- */

static void add_batch(struct sources *sources, const size_t *units, size_t count);

static void take_warnings(struct sources *sources, struct source_unit *unit, struct hg_wire *wire)
{
    uint32_t count = hg_wire_take(wire);
    for (uint32_t i = 0; i < count && i < WARNINGS_MAX; i++) {
        struct hg_diagnostic warning = hg_wire_take_diagnostic(wire, &sources->arena);
        if (!wire->is_damaged)
            *HG_PUSH(&unit->warnings) = warning;
    }
}

/* *begun: index of the unit that was begun and has no result; SIZE_MAX = none.  False = the output
 * ends early or is damaged. */
static bool take_frame(const struct batch *batch, struct hg_wire *wire, size_t *begun)
{
    struct sources *sources = batch->sources;
    uint32_t kind = hg_wire_take(wire);
    uint32_t index = hg_wire_take(wire);
    if (wire->is_damaged || index >= sources->unit_count)
        return false;
    struct source_unit *unit = &sources->units[index];
    if (kind == FRAME_BEGINS) {
        *begun = index;
        return true;
    }
    uint32_t size = hg_wire_take(wire);
    const void *bytes = hg_wire_take_bytes(wire, size);
    if (bytes == NULL || *begun != index || unit->state != SOURCE_WAITING)
        return false;
    struct hg_wire inside = hg_wire_begin(bytes, size);
    unit->fault.where = hg_wire_take_location(&inside, &sources->arena);
    unit->fault.reason = hg_wire_take_string(&inside, &sources->arena);
    unit->fault.missing = hg_wire_take_string(&inside, &sources->arena);
    if (kind == FRAME_UNREAD) {
        unit->state = SOURCE_UNREAD;
        if (unit->fault.reason == NULL)
            unit->fault.reason = "an error without a text";
    } else {
        unit->state = SOURCE_READ;
        unit->used_prefix = kind == FRAME_READ_PREFIXED;
        unit->is_partial = kind == FRAME_PARTIAL;
        take_warnings(sources, unit, &inside);
        unit->packed_size = (size_t)(inside.end - inside.at);
        unit->packed = hg_arena_copy(&sources->packed, inside.at, unit->packed_size, 1);
    }
    sources->done++;
    *begun = SIZE_MAX;
    return true;
}

static void show_progress(const struct sources *sources)
{
    if (sources->options->progress == NULL)
        return;
    double seconds = hg_sources_clock() - sources->begin;
    size_t left = sources->unit_count - sources->done;
    sources->options->progress(
        sources->options->progress_user,
        &(struct hg_sources_progress){
            .done = sources->done,
            .total = sources->unit_count,
            .seconds = seconds,
            .seconds_left =
                sources->done == 0 ? -1 : seconds / (double)sources->done * (double)left,
        });
}

/* Deals with a unit that killed its process. */
static void blame(struct sources *sources, size_t index, const struct hg_task_result *result)
{
    struct source_unit *unit = &sources->units[index];
    if (!unit->was_alone) {
        unit->was_alone = true;
        add_batch(sources, &index, 1);
        return;
    }
    struct hg_text text = {0};
    hg_text_put(&text, "parsing it ");
    hg_pool_describe(sources->pool, result, &text);
    unit->state = SOURCE_UNREAD;
    unit->fault.has_died = true;
    unit->fault.reason = hg_text_keep(&text, &sources->arena);
    sources->done++;
}

static void take(void *user, const struct hg_task_result *result)
{
    struct batch *batch = user;
    struct sources *sources = batch->sources;
    struct hg_wire wire = hg_wire_begin(result->bytes, result->size);
    size_t begun = SIZE_MAX;
    while (wire.at < wire.end && take_frame(batch, &wire, &begun))
        ;
    size_t left = 0; /* the units without a result, except for the one that was begun */
    for (size_t i = 0; i < batch->count; i++)
        if (sources->units[batch->units[i]].state == SOURCE_WAITING && batch->units[i] != begun)
            batch->units[left++] = batch->units[i];
    /* A process that died between two units: the next one is to blame. */
    if (begun == SIZE_MAX && left > 0 && result->end != HG_TASK_DONE) {
        begun = batch->units[0];
        memmove(batch->units, batch->units + 1, --left * sizeof *batch->units);
    }
    if (begun != SIZE_MAX)
        blame(sources, begun, result);
    if (left > 0)
        add_batch(sources, batch->units, left);
    free(batch->units);
    free(batch);
    show_progress(sources);
}

static void add_batch(struct sources *sources, const size_t *units, size_t count)
{
    struct batch *batch = hg_malloc(sizeof *batch);
    *batch = (struct batch){
        .sources = sources, .units = hg_calloc(count, sizeof *units), .count = count};
    memcpy(batch->units, units, count * sizeof *units);
    hg_pool_add(sources->pool, &(struct hg_task){.work = work, .done = take, .user = batch});
}

enum hg_status hg_sources_read_units(struct sources *sources)
{
    HG_CLEANUP(hg_free_pointer) size_t *units = hg_calloc(sources->unit_count, sizeof *units);
    for (size_t i = 0; i < sources->unit_count; i++)
        units[i] = i;
    for (size_t i = 0; i < sources->unit_count; i += BATCH_UNITS) {
        size_t left = sources->unit_count - i;
        add_batch(sources, units + i, left < BATCH_UNITS ? left : BATCH_UNITS);
    }
    return hg_pool_run(sources->pool, sources->diagnostics);
}
