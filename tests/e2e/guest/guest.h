/* The guest of the field test: one static program, which is PID 1 (init.c), the process whose
 * fields are read and which knows the truth about them (truth.c), and the loader (load.c).
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "fields.h"

/* What must work in any kernel that is fit for the test; the host shows the line. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            guest_give_up(__FILE__, __LINE__, #condition);                                         \
    } while (0)

void guest_give_up(const char *file, int line, const char *what) __attribute__((noreturn));

/* Starts the process whose fields are read.  On return `io`, which is shared with it, holds the
 * truth and what to wait for. */
void truth_start(struct field_io *io);
/* Makes its thread do the system call that sets the program off, once. */
void truth_trigger(void);

struct outcome {
    int error; /* of loading or attaching: 0, or a negative errno */
    unsigned long long hits;
    struct field_values values;
};

enum loader { LOADER_LIBBPF, LOADER_AYA };

/* Loads `object`, with the BTF in the file `btf` in place of the kernel's unless that is NULL,
 * attaches its one program to the raw tracepoint sys_enter, sets it off, and takes what it read.
 * The loader's messages are in load_messages() afterwards. */
void load_and_run(enum loader loader, const char *object, const char *btf,
                  const struct field_io *io, struct outcome *ret);
const char *load_messages(void);

#endif
