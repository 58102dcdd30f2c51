/*
 * Reads the needs of BPF objects besides types, and finds the files that describe a kernel
 * besides its types:
 *
 *     --btf FILE --functions System.map --config .config
 *     --kernel DIR      DIR/System.map and DIR/.config, if they exist
 *     (none)            the running kernel: /proc/kallsyms, /proc/config.gz
 */
#include "cli.h"

#include "base/diag.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static bool is_named(const struct objects *objects, const char *program)
{
    for (size_t i = 0; i < objects->count; i++)
        if (hg_surface_has_program(objects->items[i], program))
            return true;
    return false;
}

/* Checks that the programs of --attach and --without are in the objects. */
static enum hg_status check_programs(const struct options *options, const struct objects *objects,
                                     struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < options->attach.count + options->without.count; i++) {
        bool is_attach = i < options->attach.count;
        const char *word = is_attach ? options->attach.items[i]
                                     : options->without.items[i - options->attach.count];
        struct hg_text name = {0};
        hg_text_bytes(&name, word, is_attach ? strcspn(word, "=") : strlen(word));
        bool is_there = is_named(objects, hg_text_string(&name));
        if (!is_there)
            hg_error(diagnostics, NULL, "--%s %s: none of the objects has a program '%s'",
                     is_attach ? "attach" : "without", word, hg_text_string(&name));
        hg_text_deinit(&name);
        if (!is_there)
            return HG_ERROR_USAGE;
    }
    return HG_OK;
}

enum hg_status read_surfaces(const struct options *options, const struct objects *objects,
                             struct hg_diagnostics *diagnostics, struct surfaces *ret)
{
    struct hg_surface_options surface = {
        .sz = sizeof(struct hg_surface_options),
        .attach = options->attach.items,
        .attach_count = options->attach.count,
        .without = options->without.items,
        .without_count = options->without.count,
        .takes_loose_names = options->loaders == LOADER_AYA,
        .without_libbpf = options->loaders == LOADER_AYA || options->loaders == LOADER_CILIUM,
        .license = options->loaders == LOADER_AYA ? "GPL" : NULL,
    };
    ret->items = hg_calloc(objects->count, sizeof *ret->items);
    enum hg_status status = check_programs(options, objects, diagnostics);
    for (size_t i = 0; status == HG_OK && i < objects->count; i++) {
        status = hg_surface_read(objects->items[i], &surface, diagnostics, &ret->items[i]);
        ret->count += status == HG_OK;
    }
    return status;
}

bool *find_idle(const struct hg_surface *surface, size_t count)
{
    bool *idle = hg_calloc(count, sizeof *idle);
    for (size_t i = 0; i < count; i++)
        idle[i] = !hg_surface_counts(surface, i);
    return idle;
}

void surfaces_deinit(struct surfaces *surfaces)
{
    for (size_t i = 0; i < surfaces->count; i++)
        hg_surface_destroy(surfaces->items[i]);
    free(surfaces->items);
}

/* NULL = there is no such file. */
static const char *in_directory(const char *directory, const char *name, struct hg_arena *arena)
{
    const char *path = hg_arena_printf(arena, "%s/%s", directory, name);
    return access(path, R_OK) == 0 ? path : NULL;
}

struct hg_facts_options facts_beside(const struct source *source, struct hg_arena *arena)
{
    struct hg_facts_options facts = source->beside;
    if (source->kind == SOURCE_KERNEL) {
        if (facts.symbols == NULL)
            facts.symbols = in_directory(source->kernel.directory, "System.map", arena);
        if (facts.config == NULL)
            facts.config = in_directory(source->kernel.directory, ".config", arena);
        if (facts.config == NULL)
            facts.config =
                in_directory(source->kernel.directory, "include/config/auto.conf", arena);
    }
    if (source->is_here || is_running_kernel(source)) {
        if (facts.symbols == NULL)
            facts.symbols = in_directory("/proc", "kallsyms", arena);
        if (facts.traceable == NULL)
            facts.traceable =
                in_directory("/sys/kernel/tracing", "available_filter_functions", arena);
        if (facts.events == NULL)
            facts.events = in_directory("/sys/kernel/tracing", "available_events", arena);
        if (facts.config == NULL)
            facts.config = in_directory("/proc", "config.gz", arena);
        struct utsname system;
        if (facts.release == NULL && uname(&system) == 0)
            facts.release = hg_arena_string(arena, system.release, strlen(system.release));
    }
    return facts;
}
