/* Asking a kernel for what an object needs: see ask.c. */
#ifndef HG_SURFACE_ASK_H
#define HG_SURFACE_ASK_H

#include "base/text.h"
#include "surface/facts.h"
#include "surface/surface.h"

/* Whether the program comes to an instruction. */
enum coming {
    COMING_NEVER,
    COMING_DEPENDS, /* on what is set outside of it and not known */
    COMING_ALWAYS,  /* as far as can be seen */
};

struct asker {
    const struct hg_surface *surface;
    const struct hg_kernel_facts *kernel;
    const struct hg_core_findings *relocations; /* NULL = nothing is known of guards */
    struct hg_arena *arena;                     /* of the answers */
    uint8_t **reached; /* by function: enum coming of each instruction; NULL until asked for */
    unsigned suggestions;
};

/* Sets the verdict and the sentence that says why. */
void hg_answer_set(struct asker *asker, struct hg_answer *answer, enum hg_verdict verdict,
                   const char *advice, const char *format, ...) HG_PRINTF(5, 6);
/* What the kernel has: a record, or a function's prototype. */
void hg_answer_layout(struct asker *asker, const struct detail *detail, hg_type_id type,
                      const char *name, struct hg_answer *answer);
/* The types list no functions, so what the kernel has is not known. */
void hg_answer_no_functions(struct asker *asker, struct hg_answer *answer);

/* What the user can do about what only some kernels have; about a function that cannot be attached to. */
extern const char hg_advice_on_demand[];
extern const char hg_advice_other[];

/* --- attach.c: each answers one sort of target --- */

void hg_ask_function(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
void hg_ask_tracepoint(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
void hg_ask_hook(struct asker *asker, const struct detail *detail, struct hg_answer *answer);

/* What the program is attached to is not in its section. */
void hg_ask_user_space(struct asker *asker, struct hg_answer *answer, const char *what);
/* False: the kernel has no kprobes, which is the answer. */
bool hg_ask_kprobes(struct asker *asker, struct hg_answer *answer);

/* `vfs_read` of `vfs_read+8` and of `module:vfs_read`; in the arena. */
const char *hg_function_name(struct asker *asker, const char *target);
/* `sched_switch` of `sched/sched_switch`. */
const char *hg_event_name(const struct detail *detail);

/* --- trampoline.c --- */

/* False: the kernel attaches nothing so, which is the answer. */
bool hg_ask_trampolines(struct asker *asker, struct hg_answer *answer);
/* Of a function that is there: whether the verifier lets the program attach to it. */
void hg_ask_trampoline(struct asker *asker, const struct detail *detail, const char *name,
                       struct hg_answer *answer);

/* --- externals.c --- */

void hg_ask_kfunc(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
void hg_ask_ksym(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
void hg_ask_config(struct asker *asker, const struct detail *detail, struct hg_answer *answer);

/* Whether libbpf takes the kernel's type for the object's. */
bool hg_ask_same_type(struct asker *asker, hg_type_id local, hg_type_id target);
/* By its essential name: `bpf_task___mine` is a declaration of bpf_task.  NULL = none. */
const struct hg_symbol *hg_ask_find_kfunc(struct asker *asker, const char *name);
bool hg_ask_is_flavour(const char *name);

/* --- kconfig.c --- */

/* Why libbpf takes what the program declares for no option at all; NULL = it does for some. */
const char *hg_config_unsupported(struct asker *asker, const struct detail *detail);
/* Why libbpf does not take an option's value for what the program declares; NULL = it does. */
const char *hg_config_misfit(struct asker *asker, const struct detail *detail, const char *value);

/* --- features.c --- */

/* Of a program whose type the kernel has: whether it has the rest that the section's name asks. */
void hg_ask_features(struct asker *asker, const struct detail *detail, struct hg_answer *answer);

/* --- license.c --- */

/* Whether the object's license lets its programs use what the kernel has. */
void hg_ask_license(struct asker *asker, const struct detail *detail, struct hg_answer *answer);

/* --- syscall.c --- */

void hg_ask_syscall(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
/* event: `sys_enter_openat` */
void hg_ask_syscall_event(struct asker *asker, const char *event, struct hg_answer *answer);

/* --- operations.c --- */

/* What a kernel calls an operation as; HG_NO_TYPE = it has none of that name. */
hg_type_id hg_surface_operation_prototype(const struct hg_kernel_facts *kernel,
                                          const char *operation);

/* --- parameter.c --- */

/* Of what the program is attached to; NULL = not known.  *skip: the parameters that it does not
 * see. */
const struct hg_type *hg_ask_prototype(struct asker *asker, const struct detail *detail,
                                       size_t *skip, hg_type_id *id);

void hg_ask_parameter(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
void hg_ask_record(struct asker *asker, const struct detail *detail, struct hg_answer *answer);

#endif
