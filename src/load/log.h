/* Collects libbpf's messages while it loads a program, and finds the lines that say why it failed:
 * see log.c. */
#ifndef HG_LOAD_LOG_H
#define HG_LOAD_LOG_H

#include "base/memory.h"
#include "base/text.h"

#include <stdbool.h>

struct load_log {
    struct hg_text verifier; /* the verifier's log of the last program */
    struct hg_text warnings; /* libbpf's other messages, a line each */
};

/* Adds a message of libbpf's. */
void hg_load_log_take(struct load_log *log, const char *message);
void hg_load_log_clear(struct load_log *log);
/* The lines that say why loading failed, each ended by a newline; in the arena. */
const char *hg_load_log_reason(const struct load_log *log, struct hg_arena *arena);

#endif
