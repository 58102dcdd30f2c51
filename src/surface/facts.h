/*
 * What is known of a kernel, with indexes by name.
 *
 *     facts.c     from the model of its BTF, and from lists of functions such as System.map
 *     config.c    from its .config
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

struct kernel_config {
    struct name_index values; /* number: offset in text of the option's value */
    char *text;
};

enum { SYMBOL_WEAK = 1 };

struct hg_kernel_facts {
    const struct hg_model *model;
    struct name_index functions; /* number: index of the model's symbol */
    struct name_index variables; /* likewise */
    struct name_index types;     /* number: id; only complete types with a name */
    /* From files; empty = no file was given. */
    struct name_index symbols;   /* functions; number: 0 or SYMBOL_WEAK */
    struct name_index traceable; /* functions that ftrace can attach to */
    struct name_index events;    /* `sched:sched_switch` */
    struct hg_arena arena;       /* the names of the three */
    struct kernel_config config;
    bool knows_functions; /* the model is of a whole kernel's BTF: what it lacks is missing */
    bool knows_tracepoints;
    bool knows_symbols;
    bool knows_config;
    bool marks_kfuncs; /* BTF has the tag bpf_kfunc */
    bool no_suggestions;
    enum kernel_arch arch;
    uint32_t release; /* as LINUX_KERNEL_VERSION has it; 0 = not known */
    /* Enums; NULL = the model has none of that name. */
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
/* Whether all functions of that name have the same prototype: several files of the kernel may have
 * a static function of one name. */
bool hg_facts_has_one_prototype(const struct hg_kernel_facts *facts, const char *name);
/* Whether the BTF or the symbols list a function of that name, or one whose name begins so. */
bool hg_facts_has(const struct hg_kernel_facts *facts, const char *name);
bool hg_facts_has_prefix(const struct hg_kernel_facts *facts, const char *prefix);

/* A question that types may leave open. */
enum known { KNOWN_NO, KNOWN_YES, NOT_KNOWN };
/* Whether the struct has the member; NOT_KNOWN = there is no such struct among the types. */
enum known hg_facts_has_member(const struct hg_kernel_facts *facts, const char *record,
                               const char *member);

/* The name of the enumerator with that value; NULL = there is none, or it marks the enum's end, as
 * __BPF_FUNC_MAX_ID does.  type may be NULL. */
const char *hg_facts_enumerator(const struct hg_type *type, uint64_t value);
/* Whether it has the enumerator that is called prefix and then name.  type may be NULL. */
bool hg_facts_has_enumerator(const struct hg_type *type, const char *prefix, const char *name);

/* --- config.c --- */

/* Reports what is wrong. */
HG_MUST_CHECK enum hg_status hg_facts_config_read(const char *path,
                                                  struct hg_diagnostics *diagnostics,
                                                  struct kernel_config *ret);
void hg_facts_config_deinit(struct kernel_config *config);
/* `250` for CONFIG_HZ; NULL = the option is not set. */
const char *hg_facts_config_value(const struct kernel_config *config, const char *name);

#endif
