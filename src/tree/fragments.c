/*
 * Headers that are not parsed for their own sake, since each would only be an error: those that
 * other headers include in parts, switched by macros, and those that are not C of this kernel.  The
 * types of the former are read through the headers that include them.
 */
#include "tree/headers.h"

#include "base/text.h"

bool hg_is_fragment(const char *header)
{
    static const char *const beginnings[] = {
        "asm-generic/",         /* asm/ includes those that this architecture uses */
        "dt-bindings/",         /* macros for device trees */
        "vdso/",                /* for the vDSO; linux/ includes those that the kernel shares */
        "config/",              /* not C */
        "generated/",           /* numbers for assembly, and autoconf.h: see linux/kconfig.h */
        "linux/compiler-",      /* one for each compiler; linux/compiler_types.h chooses */
        "linux/compiler_",      /* forced includes */
        "linux/kconfig.h",      /* likewise; includes generated/autoconf.h */
        "linux/bpf_types.h",    /* a list for macros of its includers */
        "trace/stages/",        /* parts of trace/trace_events.h */
        "trace/define_trace.h", /* included by trace headers at their end; includes these: */
        "trace/trace_events.h",
        "trace/perf.h",
        "trace/bpf_probe.h",
        "trace/trace_custom_events.h",
    };
    return HG_BEGINS_WITH_ONE_OF(header, beginnings);
}
