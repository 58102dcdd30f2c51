/*
 * check --load: reports the answers of libbpf and of the running kernel's verifier, with check's
 * own.
 *
 *     loaded on the running kernel, 6.12.95, and attached to nothing:
 *       on_read    loads; check: fine
 *       on_create  refused (No such process); check: missing
 *           prog 'on_create': failed to find kernel BTF type ID of 'vfs_creat': -3
 */
#include "cli.h"

#include "base/diag.h"
#include "base/json.h"
#include "load/load.h"

#include <string.h>
#include <sys/utsname.h>

bool check_load(const struct options *options, struct hg_diagnostics *diagnostics)
{
    if (!options->load)
        return true;
    bool is_one = options->source_count == 1 && options->fleets.count == 0;
    if (is_one && options->sources[0].kind == SOURCE_BTF)
        return true;
    return refuse(
        diagnostics,
        "--load is about the running kernel: the only source that goes with it is one --btf FILE, "
        "by which libbpf then resolves relocations");
}

/* --- check's verdict --- */

/* The verdict on a program that is loaded alone; name NULL = the worst of all programs. */
static enum hg_verdict our_verdict(const struct hg_core_findings *relocations,
                                   const struct hg_surface *surface,
                                   const struct hg_answers *answers, const char *name)
{
    enum hg_verdict verdict = HG_FINE;
    for (size_t i = 0; i < hg_surface_programs(surface); i++) {
        if (name != NULL && strcmp(hg_surface_program_name(surface, i), name) != 0)
            continue;
        enum hg_verdict one = hg_surface_program_verdict(surface, i, answers, relocations);
        bool is_worse = hg_verdict_fails(one) ? !hg_verdict_fails(verdict) : verdict == HG_FINE;
        verdict = is_worse ? one : verdict;
    }
    return verdict;
}

/* --- reports --- */

static const char *const result_names[] = {
    [HG_LOADS] = "loads",
    [HG_LOAD_REFUSED] = "refused",
    [HG_LOAD_FORBIDDEN] = "not permitted",
};

static void put_line(struct hg_text *text, const struct hg_load_verdict *verdict,
                     enum hg_verdict ours, int width)
{
    hg_text_printf(text, "    %-*s  %s", width,
                   verdict->program == NULL ? "the object" : verdict->program,
                   result_names[verdict->result]);
    if (verdict->error != 0)
        hg_text_printf(text, " (%s)", strerror(verdict->error));
    hg_text_printf(text, "; check: %s\n", hg_verdict_name(ours));
    for (const char *at = verdict->log; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        hg_text_printf(text, "        %.*s\n", (int)length, at);
        at += length + (at[length] != '\0');
    }
}

static void put_json(struct hg_text *text, const struct hg_load_verdict *verdict,
                     enum hg_verdict ours)
{
    json_object *row = hg_json_must(json_object_new_object());
    hg_json_add(row, "program", hg_json_string(verdict->program));
    hg_json_add(row, "result", hg_json_string(result_names[verdict->result]));
    if (verdict->error != 0)
        hg_json_add(row, "error", hg_json_string(strerror(verdict->error)));
    hg_json_add(row, "check", hg_json_string(hg_verdict_name(ours)));
    if (verdict->log[0] != '\0')
        hg_json_add(row, "log", hg_json_string(verdict->log));
    const unsigned flags = JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
    hg_text_put(text, json_object_to_json_string_ext(row, (int)flags));
    json_object_put(row);
}

/* Programs that user space loads on demand need not load everywhere. */
static bool is_on_demand(const struct hg_surface *surface, const char *program)
{
    for (size_t i = 0; program != NULL && i < hg_surface_programs(surface); i++)
        if (strcmp(hg_surface_program_name(surface, i), program) == 0)
            return hg_surface_is_on_demand(surface, i);
    return false;
}

static int name_width(const struct hg_load_report *report)
{
    size_t width = strlen("the object");
    for (size_t i = 0; i < report->verdicts.count; i++) {
        const char *name = report->verdicts.items[i].program;
        if (name != NULL && strlen(name) > width)
            width = strlen(name);
    }
    return (int)width;
}

void load_object(const struct options *options, const char *path,
                 const struct hg_core_findings *relocations, const struct hg_surface *surface,
                 const struct hg_answers *answers, struct load_counts *counts, struct hg_text *text)
{
    struct hg_load_options load = {
        .btf = is_running_kernel(&options->sources[0]) ? NULL : options->sources[0].btf.path,
        .attach = options->attach.items,
        .attach_count = options->attach.count,
        .without = options->without.items,
        .without_count = options->without.count,
    };
    struct hg_load_report report;
    struct utsname system;
    hg_load_object(path, &load, &report);
    if (options->json)
        hg_text_put(text, ", \"load\": [");
    else
        hg_text_printf(text, "  loaded on the running kernel, %s, and attached to nothing:\n",
                       uname(&system) == 0 ? system.release : "?");
    for (size_t i = 0; i < report.verdicts.count; i++) {
        const struct hg_load_verdict *verdict = &report.verdicts.items[i];
        enum hg_verdict ours = our_verdict(relocations, surface, answers, verdict->program);
        counts->loaded += verdict->result == HG_LOADS;
        counts->refused +=
            verdict->result == HG_LOAD_REFUSED && !is_on_demand(surface, verdict->program);
        counts->forbidden += verdict->result == HG_LOAD_FORBIDDEN;
        if (options->json)
            hg_text_put(text, i == 0 ? "\n      " : ",\n      ");
        if (options->json)
            put_json(text, verdict, ours);
        else
            put_line(text, verdict, ours, name_width(&report));
    }
    if (options->json)
        hg_text_put(text, report.verdicts.count == 0 ? "]" : "\n    ]");
    hg_load_report_deinit(&report);
}
