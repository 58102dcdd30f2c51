/* Asking a kernel for what an object needs: see ask.c. */
#ifndef HG_SURFACE_ASK_H
#define HG_SURFACE_ASK_H

#include "base/text.h"
#include "surface/facts.h"
#include "surface/surface.h"

/* Whether a program reaches an instruction. */
enum reached {
    REACHED_NEVER,
    REACHED_DEPENDS, /* on what is set outside of the program and not known */
    REACHED_ALWAYS,  /* as far as hdrgen can see */
};

struct asker {
    const struct hg_surface *surface;
    const struct hg_kernel_facts *kernel;
    const struct hg_core_findings *relocations; /* NULL = nothing is known of guards */
    struct hg_arena *arena;                     /* of the answers */
    uint8_t **reached; /* by function: enum reached of each instruction; NULL until asked for */
    unsigned suggestions;
};

/* Sets the verdict, the sentence that says why, and the advice, which is not copied. */
void hg_answer_set(struct asker *asker, struct hg_answer *answer, enum hg_verdict verdict,
                   const char *advice, const char *format, ...) HG_PRINTF(5, 6);
/* Sets answer->layout to what the kernel has: a record, or the prototype of function `name`. */
void hg_answer_layout(struct asker *asker, const struct detail *detail, hg_type_id type,
                      const char *name, struct hg_answer *answer);
/* Answers UNKNOWN: the types list no functions. */
void hg_answer_no_functions(struct asker *asker, struct hg_answer *answer);

/* Advice: only some kernels have it; nothing can be attached to the function; a list of functions
 * would tell. */
extern const char hg_advice_on_demand[];
extern const char hg_advice_other[];
extern const char hg_advice_symbols[];

/* --- guards.c --- */

/* How certainly the program reaches a use of the need; a need without uses counts as reached. */
enum reached hg_ask_reached(struct asker *asker, const struct detail *detail);

/* --- attach.c: each answers one sort of target --- */

void hg_ask_function(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
void hg_ask_tracepoint(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
void hg_ask_hook(struct asker *asker, const struct detail *detail, struct hg_answer *answer);

/* Answers UNKNOWN: the program's section does not name the function, event ... (`what`). */
void hg_ask_user_space(struct asker *asker, struct hg_answer *answer, const char *what);
/* False: the kernel has no kprobes; then the answer is MISSING. */
bool hg_ask_kprobes(struct asker *asker, struct hg_answer *answer);

/* `vfs_read` of `vfs_read+8` and of `module:vfs_read`; in the arena. */
const char *hg_function_name(struct asker *asker, const char *target);
/* `sched_switch` of `sched/sched_switch`. */
const char *hg_event_name(const struct detail *detail);

/* --- trampoline.c --- */

/* False: the kernel cannot attach programs by trampolines; then the answer is MISSING. */
bool hg_ask_trampolines(struct asker *asker, struct hg_answer *answer);
/* Whether the verifier lets the program attach to a function that the kernel has. */
void hg_ask_trampoline(struct asker *asker, const struct detail *detail, const char *name,
                       struct hg_answer *answer);

/* --- externals.c --- */

void hg_ask_kfunc(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
void hg_ask_ksym(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
void hg_ask_config(struct asker *asker, const struct detail *detail, struct hg_answer *answer);

/* Whether libbpf accepts the kernel's type for the one that the object declares. */
bool hg_ask_same_type(struct asker *asker, hg_type_id local, hg_type_id target);
/* The kernel's function for a declaration: bpf_task for `bpf_task___mine`.  NULL = none. */
const struct hg_symbol *hg_ask_find_kfunc(struct asker *asker, const char *name);
/* Whether the name has such a suffix. */
bool hg_ask_is_flavour(const char *name);

/* --- kconfig.c --- */

/* Why libbpf accepts the program's declaration for no option at all; NULL = it does for some. */
const char *hg_config_unsupported(struct asker *asker, const struct detail *detail);
/* Why libbpf does not accept the option's value for the declaration; NULL = it does. */
const char *hg_config_misfit(struct asker *asker, const struct detail *detail, const char *value);

/* --- features.c --- */

/* Corrects the answer about a program's type by the features that the section's name asks for. */
void hg_ask_features(struct asker *asker, const struct detail *detail, struct hg_answer *answer);

/* --- license.c --- */

/* Corrects the answer if the object's license forbids its programs to use what the kernel has. */
void hg_ask_license(struct asker *asker, const struct detail *detail, struct hg_answer *answer);

/* --- syscall.c --- */

void hg_ask_syscall(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
/* event: `sys_enter_openat` */
void hg_ask_syscall_event(struct asker *asker, const char *event, struct hg_answer *answer);

/* --- operations.c --- */

/* The function type of an operation, `tcp_congestion_ops.ssthresh`; HG_NO_TYPE = the kernel has
 * none of that name. */
hg_type_id hg_surface_operation_prototype(const struct hg_kernel_facts *kernel,
                                          const char *operation);

/* --- parameter.c --- */

/* The function type of what the program is attached to; HG_NO_TYPE = not known.  *skip: how many of
 * its first parameters the program does not get. */
hg_type_id hg_ask_prototype(struct asker *asker, const struct detail *detail, size_t *skip);

void hg_ask_parameter(struct asker *asker, const struct detail *detail, struct hg_answer *answer);
void hg_ask_record(struct asker *asker, const struct detail *detail, struct hg_answer *answer);

#endif
