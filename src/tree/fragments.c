/* Headers that never stand alone: parts of others, switched by macros of these, and headers for
 * assembler or another world.  Each would only be an error in a translation unit: what is in them
 * comes through the headers that they are parts of. */
#include "tree/headers.h"

#include <string.h>

bool hg_is_fragment(const char *header)
{
    static const char *const beginnings[] = {
        "asm-generic/",         /* asm/ includes what this architecture takes of them */
        "dt-bindings/",         /* device trees: macros alone */
        "vdso/",                /* for the vDSO; linux/ includes what the kernel shares */
        "config/",              /* not C */
        "generated/",           /* numbers for assembler, and what linux/kconfig.h has included */
        "linux/compiler-",      /* one for each compiler; linux/compiler_types.h knows which */
        "linux/compiler_",      /* included before everything else */
        "linux/kconfig.h",      /* likewise */
        "linux/bpf_types.h",    /* lists for macros of their includers */
        "trace/stages/",        /* parts of trace/trace_events.h */
        "trace/define_trace.h", /* included by trace headers at their end */
        "trace/trace_events.h", /* and this by that, */
        "trace/perf.h",         /* and this, */
        "trace/bpf_probe.h",    /* and this, */
        "trace/trace_custom_events.h",
    };
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(header, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}
