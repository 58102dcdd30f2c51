/*
 * Loading with libbpf: see load.h.
 *
 * For each program the object is opened anew and the others are switched off: a program that is
 * refused says nothing of the others then.  What user space would do first is done: maps without a
 * size get one, a target that was given is set.
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

/* libbpf prints to one place: the log of the object that is being loaded. */
static struct load_log *log_at_hand;

static HG_PRINTF(2, 0) int listen_to(enum libbpf_print_level level, const char *format,
                                     va_list arguments)
{
    if (level != LIBBPF_WARN || log_at_hand == NULL)
        return 0;
    struct hg_text message = {0};
    hg_text_vprintf(&message, format, arguments);
    hg_load_log_take(log_at_hand, hg_text_string(&message));
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
    libbpf_set_print(listen_to);
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

/* What is stored with sockets, inodes, tasks and cgroups has no size of its own; libbpf knows that
 * of an array of perf events.  Some by number: the system's headers may not have all. */
static bool takes_size(enum bpf_map_type type)
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
        if (bpf_map__max_entries(map) == 0 && takes_size(type))
            (void)bpf_map__set_max_entries(map, MAP_ENTRIES);
        if (type == BPF_MAP_TYPE_STACK_TRACE && bpf_map__value_size(map) == 0)
            (void)bpf_map__set_value_size(map, STACK_DEPTH * sizeof(uint64_t));
    }
}

/* NULL = user space is not known to set one. */
static const char *target_of(const struct hg_load_options *options, const char *program)
{
    size_t length = strlen(program);
    for (size_t i = 0; i < options->attach_count; i++)
        if (strncmp(options->attach[i], program, length) == 0 && options->attach[i][length] == '=')
            return options->attach[i] + length + 1;
    return NULL;
}

/* All programs but that one are switched off. */
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
    log_at_hand = &log;
    int error = load(path, name, options);
    log_at_hand = NULL;
    bool has_looked = log.verifier.size > 0;
    *HG_PUSH(&report->verdicts) = (struct hg_load_verdict){
        .program = hg_arena_string(&report->arena, name, strlen(name)),
        .error = error,
        .result = error == 0                      ? HG_LOADS
                  : error == EPERM && !has_looked ? HG_LOAD_FORBIDDEN
                                                  : HG_LOAD_REFUSED,
        .log = error == 0 ? "" : hg_load_log_reason(&log, &report->arena),
    };
    hg_load_log_clear(&log);
}

/* --- an object --- */

static bool is_without(const struct hg_load_options *options, const char *name)
{
    for (size_t i = 0; i < options->without_count; i++)
        if (strcmp(options->without[i], name) == 0)
            return true;
    return false;
}

void hg_load_object(const char *path, const struct hg_load_options *options,
                    struct hg_load_report *ret)
{
    struct load_log log = {0};
    *ret = (struct hg_load_report){0};
    hg_arena_init(&ret->arena);
    log_at_hand = &log;
    struct bpf_object *object = bpf_object__open_file(path, NULL);
    int error = object == NULL ? errno : 0;
    log_at_hand = NULL;
    struct bpf_program *program = NULL;
    while (object != NULL && (program = bpf_object__next_program(object, program)) != NULL)
        if (!is_without(options, bpf_program__name(program)))
            load_program(path, bpf_program__name(program), options, ret);
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
