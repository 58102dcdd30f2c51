/*
 * Names of needs, verdicts, helpers and map types.
 *
 * A program has only the numbers of helpers and map types.  The names of helpers come from the
 * system's <linux/bpf.h>, which may be older than a helper; then the number stands for the name.
 */
#include "surface/names.h"

#include <linux/bpf.h>

static const struct {
    const char *name;
    const char *words; /* NULL = the name */
} kinds[HG_NEED_KINDS] = {
    [HG_NEED_PROGRAM_TYPE] = {"program_type", "program type"},
    [HG_NEED_ATTACH_TYPE] = {"attach_type", "attach type"},
    [HG_NEED_FUNCTION] = {"function", NULL},
    [HG_NEED_SYSCALL] = {"syscall", "system call"},
    [HG_NEED_TRACEPOINT] = {"tracepoint", NULL},
    [HG_NEED_LSM_HOOK] = {"lsm_hook", "LSM hook"},
    [HG_NEED_ITERATOR] = {"iterator", NULL},
    [HG_NEED_STRUCT_OPS] = {"struct_ops", NULL},
    [HG_NEED_PARAMETER] = {"parameter", NULL},
    [HG_NEED_RECORD] = {"record_field", "record field"},
    [HG_NEED_CONTEXT] = {"context", NULL},
    [HG_NEED_HELPER] = {"helper", NULL},
    [HG_NEED_KFUNC] = {"kfunc", NULL},
    [HG_NEED_KSYM] = {"ksym", NULL},
    [HG_NEED_CONFIG] = {"config", NULL},
    [HG_NEED_MAP_TYPE] = {"map_type", "map type"},
    [HG_NEED_OBJECT] = {"object", NULL},
};

const char *hg_need_kind_name(enum hg_need_kind kind)
{
    return kinds[kind].name;
}

const char *hg_need_kind_words(enum hg_need_kind kind)
{
    return kinds[kind].words != NULL ? kinds[kind].words : kinds[kind].name;
}

const char *hg_verdict_name(enum hg_verdict verdict)
{
    static const char *const names[HG_VERDICTS] = {
        [HG_FINE] = "fine",       [HG_GUARDED] = "guarded", [HG_PARTLY] = "partly",
        [HG_UNKNOWN] = "unknown", [HG_CHANGED] = "changed", [HG_SEVERAL] = "several",
        [HG_MISSING] = "missing",
    };
    return names[verdict];
}

bool hg_verdict_fails(enum hg_verdict verdict)
{
    return verdict >= HG_CHANGED;
}

const char *hg_helper_name(uint32_t number)
{
/* The macro puts the commas between the names. */
#define NAME_OF(name) [BPF_FUNC_##name] = "bpf_" #name
    static const char *const names[] = {__BPF_FUNC_MAPPER(NAME_OF)};
#undef NAME_OF
    return number < sizeof names / sizeof *names ? names[number] : NULL;
}

const char *hg_map_type_name(uint32_t number)
{
    static const char *const names[] = {"unspec",
                                        "hash",
                                        "array",
                                        "prog_array",
                                        "perf_event_array",
                                        "percpu_hash",
                                        "percpu_array",
                                        "stack_trace",
                                        "cgroup_array",
                                        "lru_hash",
                                        "lru_percpu_hash",
                                        "lpm_trie",
                                        "array_of_maps",
                                        "hash_of_maps",
                                        "devmap",
                                        "sockmap",
                                        "cpumap",
                                        "xskmap",
                                        "sockhash",
                                        "cgroup_storage",
                                        "reuseport_sockarray",
                                        "percpu_cgroup_storage",
                                        "queue",
                                        "stack",
                                        "sk_storage",
                                        "devmap_hash",
                                        "struct_ops",
                                        "ringbuf",
                                        "inode_storage",
                                        "task_storage",
                                        "bloom_filter",
                                        "user_ringbuf",
                                        "cgrp_storage",
                                        "arena"};
    return number < sizeof names / sizeof *names ? names[number] : NULL;
}
