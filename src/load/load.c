/*
 * Loading with libbpf: see load.h.
 *
 * For each program the object is opened again with the other programs switched off, so that the
 * refusal of one does not affect the others.  Before the load this file does what user space would
 * do: it gives sizes to maps without one, and sets the target of a program if the options name it.
 */
#include "load/load.h"

#include "base/diag.h"
#include "base/memory.h"
#include "load/log.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

enum { MAP_ENTRIES = 4096, STACK_DEPTH = 127 };

/* Where print() puts the messages of libbpf, which has one callback without a context; NULL = they
 * are dropped. */
static struct load_log *current_log;

static HG_PRINTF(2, 0) int print(enum libbpf_print_level level, const char *format,
                                 va_list arguments)
{
    if (level != LIBBPF_WARN || current_log == NULL)
        return 0;
    struct hg_text message = {0};
    hg_text_vprintf(&message, format, arguments);
    hg_load_log_take(current_log, hg_text_string(&message));
    hg_text_deinit(&message);
    return 0;
}

/* --- whether it is permitted --- */

enum hg_status hg_load_begin(struct hg_diagnostics *diagnostics)
{
    static const struct bpf_insn nothing[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K},
        {.code = BPF_JMP | BPF_EXIT},
    };
    libbpf_set_print(print);
    int program = bpf_prog_load(BPF_PROG_TYPE_TRACEPOINT, "hdrgen", "GPL", nothing, 2, NULL);
    int error = program < 0 ? -program : 0;
    if (program >= 0)
        close(program);
    if (error != EPERM && error != EACCES && error != ENOSYS)
        return HG_OK;
    hg_error(diagnostics, NULL,
             "--load: this system lets us load no BPF program (%s); it takes root, or the "
             "capabilities CAP_BPF and CAP_PERFMON",
             strerror(error));
    return HG_ERROR_UNSUPPORTED;
}

/* --- a program --- */

/* Whether user space has to set max_entries.  It must be 0 for maps that keep a value with each
 * socket, inode, task or cgroup, and libbpf sets it for an array of perf events.  Newer map types
 * are given by number, since the system's headers may not have them. */
static bool needs_size(enum bpf_map_type type)
{
    enum { INODE_STORAGE = 28, TASK_STORAGE = 29, CGRP_STORAGE = 32 };
    int number = (int)type;
    return type != BPF_MAP_TYPE_PERF_EVENT_ARRAY && type != BPF_MAP_TYPE_CGROUP_STORAGE &&
           type != BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE && type != BPF_MAP_TYPE_SK_STORAGE &&
           number != INODE_STORAGE && number != TASK_STORAGE && number != CGRP_STORAGE;
}

static void size_maps(struct bpf_object *object)
{
    struct bpf_map *map;
    bpf_object__for_each_map(map, object)
    {
        enum bpf_map_type type = bpf_map__type(map);
        if (bpf_map__max_entries(map) == 0 && needs_size(type))
            (void)bpf_map__set_max_entries(map, MAP_ENTRIES);
        if (type == BPF_MAP_TYPE_STACK_TRACE && bpf_map__value_size(map) == 0)
            (void)bpf_map__set_value_size(map, STACK_DEPTH * sizeof(uint64_t));
    }
}

/* The target that the options give for the program; NULL = none. */
static const char *target_of(const struct hg_load_options *options, const char *program)
{
    size_t length = strlen(program);
    for (size_t i = 0; i < options->attach_count; i++)
        if (strncmp(options->attach[i], program, length) == 0 && options->attach[i][length] == '=')
            return options->attach[i] + length + 1;
    return NULL;
}

/* Switches all programs off except the one of that name, and returns it. */
static struct bpf_program *choose(struct bpf_object *object, const char *name)
{
    struct bpf_program *program;
    struct bpf_program *chosen = NULL;
    bpf_object__for_each_program(program, object)
    {
        bool is_chosen = strcmp(bpf_program__name(program), name) == 0;
        bpf_program__set_autoload(program, is_chosen);
        if (is_chosen)
            chosen = program;
    }
    return chosen;
}

static bool takes_target(const struct bpf_program *program)
{
    enum bpf_prog_type type = bpf_program__type(program);
    return type == BPF_PROG_TYPE_TRACING || type == BPF_PROG_TYPE_LSM;
}

static int load(const char *path, const char *name, const struct hg_load_options *options)
{
    struct bpf_object_open_opts open = {.sz = sizeof open, .btf_custom_path = options->btf};
    struct bpf_object *object = bpf_object__open_file(path, &open);
    if (object == NULL)
        return errno;
    size_maps(object);
    struct bpf_program *program = choose(object, name);
    const char *target = target_of(options, name);
    int error = 0;
    if (program != NULL && target != NULL && takes_target(program))
        error = bpf_program__set_attach_target(program, 0, target);
    if (error == 0)
        error = bpf_object__load(object);
    bpf_object__close(object);
    return error < 0 ? -error : error;
}

static void load_program(const char *path, const char *name, const struct hg_load_options *options,
                         struct hg_load_report *report)
{
    struct load_log log = {0};
    current_log = &log;
    int error = load(path, name, options);
    current_log = NULL;
    bool verifier_ran = log.verifier.size > 0;
    *HG_PUSH(&report->verdicts) = (struct hg_load_verdict){
        .program = hg_arena_string(&report->arena, name, strlen(name)),
        .error = error,
        .result = error == 0                        ? HG_LOADS
                  : error == EPERM && !verifier_ran ? HG_LOAD_FORBIDDEN
                                                    : HG_LOAD_REFUSED,
        .log = error == 0 ? "" : hg_load_log_reason(&log, &report->arena),
    };
    hg_load_log_clear(&log);
}

/* --- an object --- */

void hg_load_object(const char *path, const struct hg_load_options *options,
                    struct hg_load_report *ret)
{
    struct load_log log = {0};
    *ret = (struct hg_load_report){0};
    hg_arena_init(&ret->arena);
    current_log = &log;
    struct bpf_object *object = bpf_object__open_file(path, NULL);
    int error = object == NULL ? errno : 0;
    current_log = NULL;
    struct bpf_program *program = NULL;
    while (object != NULL && (program = bpf_object__next_program(object, program)) != NULL) {
        const char *name = bpf_program__name(program);
        if (!hg_fits_one_of(name, options->without, options->without_count, hg_same_text))
            load_program(path, name, options, ret);
    }
    if (object == NULL)
        *HG_PUSH(&ret->verdicts) =
            (struct hg_load_verdict){.result = HG_LOAD_REFUSED,
                                     .error = error,
                                     .log = hg_load_log_reason(&log, &ret->arena)};
    bpf_object__close(object);
    hg_load_log_clear(&log);
}

void hg_load_report_deinit(struct hg_load_report *report)
{
    free(report->verdicts.items);
    hg_arena_deinit(&report->arena);
}
