/*
 * Trace headers that are read twice.
 *
 *     #define CREATE_TRACE_POINTS             in a .c file
 *     #include <trace/events/sched.h>         ends with #include <trace/define_trace.h>,
 *                                             which includes trace/events/sched.h once more
 *
 * trace/define_trace.h does nothing unless CREATE_TRACE_POINTS is defined.  It has no include
 * guard: each #include reads it again.  It finds the trace header by two macros, TRACE_INCLUDE_FILE
 * and TRACE_INCLUDE_PATH; the default of the first is TRACE_SYSTEM.
 */
#include "tree/source_guard.h"

#include <string.h>
#include <xxhash.h>

/* Macros by which trace/define_trace.h finds the trace header. */
static const char *const finding[] = {"TRACE_INCLUDE_FILE", "TRACE_INCLUDE_PATH"};

bool hg_trace_is_define_trace(const struct scanned_file *file)
{
    return hg_ends_with(file->path, "/trace/define_trace.h");
}

bool hg_trace_finds_header_by(const char *macro)
{
    return HG_IS_ONE_OF(macro, finding);
}

static bool is_changed(const struct hg_strings *redefined, const struct string_list *options,
                       const char *name)
{
    return hg_strings_find(redefined, name, strlen(name)) != 0 ||
           hg_sources_has_option(options, name);
}

bool hg_trace_makes_tracepoints(const struct hg_strings *redefined,
                                const struct string_list *options)
{
    return is_changed(redefined, options, "CREATE_TRACE_POINTS");
}

/* Whether the header's last definition of TRACE_INCLUDE_FILE, or else of TRACE_SYSTEM, is the
 * header's own name. */
static bool names_itself(struct sources *sources, const struct scanned_file *header)
{
    static const char *const names[] = {"TRACE_SYSTEM", "TRACE_INCLUDE_FILE"};
    const char *file = hg_base_name(header->path);
    uint64_t itself = XXH3_64bits(file, strcspn(file, "."));
    bool does = false;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const char *name = hg_strings_intern(&sources->scanned, names[n], strlen(names[n]));
        for (size_t i = 0; i < header->events.count; i++) {
            const struct event *event = &header->events.items[i];
            if (event->kind == HG_DIRECTIVE_DEFINE && event->name == name)
                does = event->body == itself;
        }
    }
    return does;
}

/* Whether the header defines the macro outside of all #ifs. */
static bool defines(struct sources *sources, const struct scanned_file *header, const char *macro)
{
    const char *name = hg_strings_intern(&sources->scanned, macro, strlen(macro));
    return hg_leak_has_event(header, HG_DIRECTIVE_DEFINE, name, true);
}

bool hg_trace_includes_itself(struct sources *sources, const struct scanned_file *header,
                              const struct hg_strings *redefined, const struct string_list *options)
{
    for (size_t i = 0; i < sizeof finding / sizeof *finding; i++)
        if (is_changed(redefined, options, finding[i]) && !defines(sources, header, finding[i]))
            return false; /* another file may be found */
    return defines(sources, header, "TRACE_SYSTEM") && names_itself(sources, header);
}
