/*
 * A kernel, as it answers.
 *
 *     facts.c     from the model: functions, types, enums of helpers; the architecture
 *     symbols.c   System.map, /proc/kallsyms, symbols of vmlinux
 *     config.c    .config
 */
#ifndef HG_SURFACE_FACTS_H
#define HG_SURFACE_FACTS_H

#include "surface/index.h"
#include "symbols/list.h"

#include <hdrgen/surface.h>

enum kernel_arch {
    ARCH_UNKNOWN,
    ARCH_X86,
    ARCH_ARM64,
    ARCH_ARM,
    ARCH_RISCV,
    ARCH_S390,
    ARCH_POWERPC,
    ARCH_MIPS,
    ARCH_LOONGARCH,
};

/* Names of functions that a file lists. */
enum { SYMBOL_WEAK = 1 };
struct kernel_symbols {
    struct name_index functions; /* by number: 0, or SYMBOL_WEAK */
    struct hg_arena arena;       /* the names */
};

struct kernel_config {
    struct name_index values; /* by CONFIG_X: offset of the value in text */
    char *text;
};

struct hg_kernel_facts {
    const struct hg_model *model;
    struct name_index functions; /* numbers of the model's symbols */
    struct name_index variables;
    struct name_index types; /* ids of those that have a name and are complete */
    /* What can be answered: by functions and types of a whole kernel, by symbols, ... */
    bool knows_functions;
    bool knows_variables;
    bool knows_tracepoints;
    bool marks_kfuncs;
    bool knows_symbols;
    bool knows_traceable;
    bool knows_events;
    bool knows_config;
    bool no_suggestions;
    struct kernel_symbols symbols;
    struct kernel_symbols traceable; /* those that ftrace can attach to */
    struct kernel_symbols events;    /* `sched:sched_switch` */
    struct kernel_config config;
    enum kernel_arch arch;
    uint32_t release; /* as LINUX_KERNEL_VERSION has it; 0 = not known */
    /* NULL = it is not among the types. */
    const struct hg_type *helpers;
    const struct hg_type *map_types;
    const struct hg_type *program_types;
    const struct hg_type *attach_types;
};

/* The first type of that kind and name; HG_NO_TYPE = there is none. */
hg_type_id hg_facts_type(const struct hg_kernel_facts *facts, enum hg_kind kind, const char *name);
/* The first function of that name; NULL = there is none. */
const struct hg_symbol *hg_facts_function(const struct hg_kernel_facts *facts, const char *name);
/* Whether BTF marks the function with the tag bpf_kfunc. */
bool hg_facts_is_kfunc(const struct hg_symbol *symbol);
/* Whether all functions of that name have one prototype: sources have static ones of one name. */
bool hg_facts_is_one(const struct hg_kernel_facts *facts, const char *name);
/* Among the functions, or among the symbols. */
bool hg_facts_has(const struct hg_kernel_facts *facts, const char *name);
bool hg_facts_has_prefix(const struct hg_kernel_facts *facts, const char *prefix);

/* --- symbols.c, config.c: report what is wrong --- */

/* By one of the functions of symbols/list.h. */
typedef enum hg_status list_functions_fn(const char *path, hg_listed_function_fn *take, void *user,
                                         struct hg_diagnostics *diagnostics);
HG_MUST_CHECK enum hg_status hg_facts_symbols_read(const char *path, list_functions_fn *list,
                                                   struct hg_diagnostics *diagnostics,
                                                   struct kernel_symbols *ret);
void hg_facts_symbols_deinit(struct kernel_symbols *symbols);

HG_MUST_CHECK enum hg_status hg_facts_config_read(const char *path,
                                                  struct hg_diagnostics *diagnostics,
                                                  struct kernel_config *ret);
void hg_facts_config_deinit(struct kernel_config *config);
/* NULL = it is not set. */
const char *hg_facts_config_value(const struct kernel_config *config, const char *name);

#endif
