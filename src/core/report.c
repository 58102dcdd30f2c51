/*
 * Reports on objects: for people,
 *
 *     prog.bpf.o
 *       on_exec, in tp/sched/sched_process_exec
 *          3  byte_offset   struct task_struct.pid    2312      prog.bpf.c:12
 *          9  byte_offset   struct task_struct.pidd   missing   prog.bpf.c:13
 *             struct 'task_struct' has no member 'pidd'; did you mean 'pid'?
 *
 *     2 relocations: 1 resolved, 1 missing
 *     The kernel would refuse on_exec.
 *
 * and as JSON, in docs/json.md's manner.
 */
#include "base/utf8.h"
#include "core/object.h"

#include <stdio.h>
#include <string.h>

const char *hg_core_result_name(enum hg_core_result result)
{
    static const char *const names[] = {
        [HG_CORE_RESOLVED] = "resolved", [HG_CORE_MISSING] = "missing",
        [HG_CORE_MISMATCH] = "mismatch", [HG_CORE_AMBIGUOUS] = "ambiguous",
        [HG_CORE_REFUSED] = "refused",   [HG_CORE_WRONG] = "wrong",
    };
    return names[result];
}

const char *hg_core_loader_name(enum hg_core_loader loader)
{
    static const char *const names[HG_CORE_LOADERS] = {
        [HG_CORE_LIBBPF] = "libbpf", [HG_CORE_AYA] = "aya", [HG_CORE_CILIUM] = "cilium"};
    return names[loader];
}

static bool same_answer(const struct hg_core_finding *a, const struct hg_core_finding *b)
{
    return a->result == b->result && a->guarded == b->guarded && a->has_value == b->has_value &&
           (!a->has_value || a->value == b->value);
}

/* --- text --- */

enum { ACCESS_WIDTH_MAX = 56, KIND_WIDTH = 14, RESULT_WIDTH = 16 };

static void put_answer(struct hg_text *text, const struct hg_core_finding *finding)
{
    bool is_question = hg_core_is_question(finding->kind);
    if (finding->is_unsure)
        hg_text_printf(text, "%lld (not known)", (long long)finding->value);
    else if (finding->result == HG_CORE_WRONG)
        hg_text_printf(text, "%lld, wrong", (long long)finding->value);
    else if (finding->result != HG_CORE_RESOLVED)
        hg_text_printf(text, "%s%s", hg_core_result_name(finding->result),
                       finding->guarded ? ", guarded" : "");
    else if (!finding->has_value)
        hg_text_put(text, "resolved");
    else if (is_question)
        hg_text_put(text, finding->value != 0 ? "1 (yes)" : "0 (no)");
    else
        hg_text_printf(text, "%lld", (long long)finding->value);
}

static void put_finding(struct hg_text *text, const struct hg_core_finding *finding, bool is_idle,
                        int access_width)
{
    struct hg_text answer = {0};
    put_answer(&answer, finding);
    if (is_idle && finding->result != HG_CORE_RESOLVED)
        hg_text_put(&answer, ", not loaded");
    hg_text_printf(text, "    %4u  %-*s  %-*s  ", finding->insn, KIND_WIDTH,
                   hg_core_kind_name(finding->kind), access_width, finding->access);
    if (finding->where.file != NULL)
        hg_text_printf(text, "%-*s  %s:%u\n", RESULT_WIDTH, hg_text_string(&answer),
                       finding->where.file, finding->where.line);
    else
        hg_text_printf(text, "%s\n", hg_text_string(&answer));
    if (finding->why != NULL)
        hg_text_printf(text, "          %s\n", finding->why);
    hg_text_deinit(&answer);
}

static void put_other_loader(struct hg_text *text, const struct hg_core_finding *leading,
                             const char *loader, const struct hg_core_finding *other)
{
    if (same_answer(leading, other))
        return;
    hg_text_printf(text, "          but %s: ", loader);
    put_answer(text, other);
    hg_text_printf(text, "%s%s\n", other->why == NULL ? "" : ": ",
                   other->why == NULL ? "" : other->why);
}

/* NULL = that loader was not asked. */
static const struct hg_core_findings *report_of(const struct hg_core_views *view, unsigned loader)
{
    return loader == HG_CORE_LIBBPF ? view->libbpf
           : loader == HG_CORE_AYA  ? view->aya
                                    : view->cilium;
}

/* The loader whose answers are shown first. */
static unsigned leading_loader(const struct hg_core_views *view)
{
    unsigned loader = 0;
    while (loader + 1 < HG_CORE_LOADERS && report_of(view, loader) == NULL)
        loader++;
    return loader;
}

static const struct hg_core_findings *leading(const struct hg_core_views *view)
{
    return report_of(view, leading_loader(view));
}

static bool is_idle(const struct hg_core_views *view, size_t finding)
{
    return view->idle != NULL && view->idle[finding];
}

static int access_width(const struct hg_core_findings *report)
{
    size_t width = 0;
    for (size_t i = 0; i < report->count; i++) {
        size_t length = strlen(report->findings[i].access);
        if (length > width && length <= ACCESS_WIDTH_MAX)
            width = length;
    }
    return (int)width;
}

static bool same_program(const struct hg_core_finding *a, const struct hg_core_finding *b)
{
    return strcmp(a->program, b->program) == 0 && strcmp(a->section, b->section) == 0;
}

static void put_object(struct hg_text *text, const struct hg_core_views *view)
{
    const struct hg_core_findings *report = leading(view);
    int width = access_width(report);
    hg_text_printf(text, "%s\n", report->object);
    if (report->remark != NULL)
        hg_text_printf(text, "  %s\n", report->remark);
    for (size_t i = 0; i < report->count; i++) {
        const struct hg_core_finding *finding = &report->findings[i];
        if (i == 0 || !same_program(&report->findings[i - 1], finding))
            hg_text_printf(text, "  %s, in %s\n", finding->program, finding->section);
        put_finding(text, finding, is_idle(view, i), width);
        for (unsigned k = leading_loader(view) + 1; k < HG_CORE_LOADERS; k++)
            if (report_of(view, k) != NULL)
                put_other_loader(text, finding, hg_core_loader_name((enum hg_core_loader)k),
                                 &report_of(view, k)->findings[i]);
    }
    for (unsigned k = 0; k < HG_CORE_LOADERS; k++)
        if (report_of(view, k) != NULL && report_of(view, k)->gives_up != NULL)
            hg_text_printf(text, "  %s gives up on this object: %s\n",
                           hg_core_loader_name((enum hg_core_loader)k),
                           report_of(view, k)->gives_up);
    hg_text_put(text, view->text == NULL ? "" : view->text);
    hg_text_put(text, "\n");
}

struct totals {
    size_t all;
    size_t guarded;
    size_t unsure;
    size_t idle;
    size_t results[HG_CORE_WRONG + 1]; /* without the guarded and the idle */
    struct hg_text programs;           /* names of those that would not be loaded */
    size_t program_count;
};

static void add_program(struct totals *totals, const struct hg_core_views *view,
                        const struct hg_core_findings *report, size_t index)
{
    enum { LISTED_MAX = 8 };
    const struct hg_core_finding *finding = &report->findings[index];
    for (size_t i = 0; i < index; i++) {
        const struct hg_core_finding *before = &report->findings[i];
        bool failed = before->result != HG_CORE_RESOLVED && !before->guarded && !is_idle(view, i);
        if (failed && same_program(before, finding))
            return;
    }
    totals->program_count++;
    if (totals->program_count <= LISTED_MAX)
        hg_text_printf(&totals->programs, "%s%s", totals->program_count == 1 ? "" : ", ",
                       finding->program);
    if (totals->program_count == LISTED_MAX + 1)
        hg_text_put(&totals->programs, ", ...");
}

static void count(struct totals *totals, const struct hg_core_views *view,
                  const struct hg_core_findings *report)
{
    enum { FAILURES_MAX = 1000 }; /* further ones do not add their programs, which takes long */
    size_t failures = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct hg_core_finding *finding = &report->findings[i];
        totals->all++;
        if (finding->guarded) {
            totals->guarded++;
            continue;
        }
        if (is_idle(view, i) && finding->result != HG_CORE_RESOLVED) {
            totals->idle++;
            continue;
        }
        if (finding->is_unsure)
            totals->unsure++;
        else
            totals->results[finding->result]++;
        if (finding->result != HG_CORE_RESOLVED && failures++ < FAILURES_MAX)
            add_program(totals, view, report, i);
    }
}

static void put_totals(struct hg_text *text, const char *loader, struct totals *totals)
{
    hg_text_printf(text, "%s%s%zu relocation%s: %zu resolved", loader, *loader == '\0' ? "" : ": ",
                   totals->all, hg_plural(totals->all), totals->results[HG_CORE_RESOLVED]);
    for (int i = HG_CORE_MISSING; i <= HG_CORE_WRONG; i++)
        if (totals->results[i] > 0)
            hg_text_printf(text, ", %zu %s", totals->results[i],
                           hg_core_result_name((enum hg_core_result)i));
    if (totals->unsure > 0)
        hg_text_printf(text, ", %zu not known", totals->unsure);
    if (totals->guarded > 0)
        hg_text_printf(text, ", %zu guarded", totals->guarded);
    if (totals->idle > 0)
        hg_text_printf(text, ", %zu of programs that are not loaded", totals->idle);
    hg_text_put(text, "\n");
    if (totals->results[HG_CORE_AMBIGUOUS] + totals->results[HG_CORE_REFUSED] > 0)
        hg_text_printf(text, "The loader would give up on the object because of %s.\n",
                       hg_text_string(&totals->programs));
    else if (totals->program_count > 0)
        hg_text_printf(text, "The kernel would refuse %s.\n", hg_text_string(&totals->programs));
    hg_text_deinit(&totals->programs);
}

void hg_core_write_text(const struct hg_core_views *views, size_t view_count, struct hg_output *ret)
{
    struct hg_text text = {0};
    struct totals totals[HG_CORE_LOADERS] = {{0}};
    size_t asked[HG_CORE_LOADERS] = {0};
    for (size_t i = 0; i < view_count; i++) {
        put_object(&text, &views[i]);
        for (unsigned k = 0; k < HG_CORE_LOADERS; k++) {
            if (report_of(&views[i], k) == NULL)
                continue;
            count(&totals[k], &views[i], report_of(&views[i], k));
            asked[k]++;
        }
    }
    bool is_alone = asked[HG_CORE_AYA] + asked[HG_CORE_CILIUM] == 0;
    for (unsigned k = 0; k < HG_CORE_LOADERS; k++)
        if (asked[k] > 0)
            put_totals(&text, is_alone ? "" : hg_core_loader_name((enum hg_core_loader)k),
                       &totals[k]);
    hg_text_finish(&text, ret);
}

/* --- JSON --- */

static void put_string(struct hg_text *text, const char *string)
{
    struct hg_text utf8 = {0};
    hg_put_as_utf8(&utf8, string);
    hg_text_put(text, "\"");
    for (const char *at = hg_text_string(&utf8); *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '"' || byte == '\\')
            hg_text_printf(text, "\\%c", byte);
        else if (byte < ' ')
            hg_text_printf(text, "\\u%04x", byte);
        else
            hg_text_bytes(text, at, 1);
    }
    hg_text_put(text, "\"");
    hg_text_deinit(&utf8);
}

static void put_key(struct hg_text *text, const char *key)
{
    hg_text_printf(text, ", \"%s\": ", key);
}

/* NULL puts nothing. */
static void put_text(struct hg_text *text, const char *key, const char *value)
{
    if (value == NULL)
        return;
    put_key(text, key);
    put_string(text, value);
}

static void put_json_answer(struct hg_text *text, const struct hg_core_finding *finding)
{
    hg_text_printf(text, "\"result\": \"%s\"",
                   finding->is_unsure ? "unknown" : hg_core_result_name(finding->result));
    if (finding->has_value) {
        put_key(text, "value");
        /* An enumerator may be negative; everything else counts something. */
        if (finding->kind == HG_CORE_ENUMVAL_VALUE)
            hg_text_printf(text, "%lld", (long long)finding->value);
        else
            hg_text_unsigned(text, finding->value);
    }
    bool is_poisoned = finding->result == HG_CORE_MISSING || finding->result == HG_CORE_MISMATCH;
    if (is_poisoned) {
        put_key(text, "guarded");
        hg_text_put(text, finding->guarded ? "true" : "false");
    }
    put_text(text, "why", finding->why);
}

static void put_json_finding(struct hg_text *text, const struct hg_core_views *view, size_t index)
{
    const struct hg_core_finding *finding = &leading(view)->findings[index];
    hg_text_put(text, "{\"program\": ");
    put_string(text, finding->program);
    put_text(text, "section", finding->section);
    put_key(text, "insn");
    hg_text_unsigned(text, finding->insn);
    put_text(text, "kind", hg_core_kind_name(finding->kind));
    put_text(text, "access", finding->access);
    if (finding->where.file != NULL) {
        struct hg_text place = {0};
        hg_text_printf(&place, "%s:%u", finding->where.file, finding->where.line);
        put_text(text, "source", hg_text_string(&place));
        hg_text_deinit(&place);
    }
    hg_text_put(text, ", ");
    put_json_answer(text, finding);
    for (unsigned k = leading_loader(view) + 1; k < HG_CORE_LOADERS; k++) {
        if (report_of(view, k) == NULL)
            continue;
        put_key(text, hg_core_loader_name((enum hg_core_loader)k));
        hg_text_put(text, "{");
        put_json_answer(text, &report_of(view, k)->findings[index]);
        hg_text_put(text, "}");
    }
    if (is_idle(view, index)) {
        put_key(text, "loaded");
        hg_text_put(text, "false");
    }
    hg_text_put(text, "}");
}

void hg_core_write_json(const struct hg_core_views *views, size_t view_count, struct hg_output *ret)
{
    struct hg_text text = {0};
    hg_text_put(&text, "{\n  \"hdrgen_check\": 1,\n  \"objects\": [");
    for (size_t i = 0; i < view_count; i++) {
        const struct hg_core_findings *report = leading(&views[i]);
        hg_text_printf(&text, "%s\n    {\"file\": ", i == 0 ? "" : ",");
        put_string(&text, report->object);
        put_text(&text, "remark", report->remark);
        hg_text_put(&text, ", \"relocations\": [");
        for (size_t r = 0; r < report->count; r++) {
            hg_text_put(&text, r == 0 ? "\n      " : ",\n      ");
            put_json_finding(&text, &views[i], r);
        }
        hg_text_put(&text, report->count == 0 ? "]" : "\n    ]");
        for (unsigned k = 0; k < HG_CORE_LOADERS; k++) {
            if (report_of(&views[i], k) == NULL || report_of(&views[i], k)->gives_up == NULL)
                continue;
            hg_text_printf(&text,
                           ", \"%s_gives_up\": ", hg_core_loader_name((enum hg_core_loader)k));
            put_string(&text, report_of(&views[i], k)->gives_up);
        }
        if (views[i].json != NULL)
            hg_text_put(&text, views[i].json);
        hg_text_put(&text, "}");
    }
    hg_text_put(&text, view_count == 0 ? "]\n}\n" : "\n  ]\n}\n");
    hg_text_finish(&text, ret);
}
