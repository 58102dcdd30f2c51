/*
 * diff --for: which programs of BPF objects have relocations that resolve differently on the right.
 *
 *     prog.o
 *       probe      2 of 5 relocations differ
 *         byte_offset     struct task_struct.pid         1256 | 1312
 *         byte_offset     struct task_struct.state       24 | missing
 *       other      the same, 3 relocations
 *
 *     programs that differ: 1 of 2; would not load on the right: probe
 *
 * The method: each relocation is resolved on both sides, by libbpf's rules, and the results are
 * compared.  Type ids always differ, so for these only "found" or "missing" counts.
 *
 * It does not decide whether a program is right: CO-RE exists for relocations that differ, and one
 * that is missing on one side may be guarded.
 */
#include "cli.h"

#include "base/diag.h"
#include "base/memory.h"

#include <inttypes.h>
#include <string.h>

enum { LEFT, RIGHT, SIDES };

struct touched {
    const struct options *options;
    struct hg_diagnostics *diagnostics;
    struct hg_text text;
    struct hg_text broken; /* the programs that would not load on the right */
    size_t programs, different, broken_count;
};

static bool is_same(const struct hg_core_finding *left, const struct hg_core_finding *right)
{
    if (left->result != right->result || left->guarded != right->guarded)
        return false;
    bool is_id = left->kind == HG_CORE_TYPE_ID_LOCAL || left->kind == HG_CORE_TYPE_ID_TARGET;
    return is_id || left->result != HG_CORE_RESOLVED || left->value == right->value;
}

static void put_result(struct hg_text *text, const struct hg_core_finding *finding)
{
    if (finding->result == HG_CORE_RESOLVED && finding->has_value)
        hg_text_printf(text, "%" PRIu64, finding->value);
    else
        hg_text_printf(text, "%s%s", hg_core_result_name(finding->result),
                       finding->guarded ? ", guarded" : "");
}

static bool is_of_program(const struct hg_core_finding *finding,
                          const struct hg_core_finding *first)
{
    return strcmp(finding->section, first->section) == 0 &&
           strcmp(finding->program, first->program) == 0;
}

/* Reports a program, whose findings are those from `begin` to before `end`. */
static void put_program(struct touched *touched,
                        const struct hg_core_findings *const reports[SIDES], size_t begin,
                        size_t end)
{
    const struct hg_core_finding *left = reports[LEFT]->findings;
    const struct hg_core_finding *right = reports[RIGHT]->findings;
    size_t different = 0;
    bool is_broken = false;
    for (size_t i = begin; i < end; i++) {
        different += !is_same(&left[i], &right[i]);
        is_broken = is_broken || (right[i].result != HG_CORE_RESOLVED && !right[i].guarded);
    }
    const char *name = left[begin].program;
    hg_text_printf(&touched->text, "  %-14s ", name);
    if (different == 0)
        hg_text_printf(&touched->text, "the same, %zu relocation%s\n", end - begin,
                       hg_plural(end - begin));
    else
        hg_text_printf(&touched->text, "%zu of %zu relocation%s differ%s\n", different, end - begin,
                       hg_plural(end - begin), different == 1 ? "s" : "");
    for (size_t i = begin; i < end; i++) {
        if (is_same(&left[i], &right[i]))
            continue;
        hg_text_printf(&touched->text, "    %-14s  %-40s ", hg_core_kind_name(left[i].kind),
                       left[i].access);
        put_result(&touched->text, &left[i]);
        hg_text_put(&touched->text, " | ");
        put_result(&touched->text, &right[i]);
        hg_text_put(&touched->text, "\n");
    }
    touched->programs++;
    touched->different += different > 0;
    if (!is_broken)
        return;
    hg_text_printf(&touched->broken, "%s%s", touched->broken_count == 0 ? "" : ", ", name);
    touched->broken_count++;
}

/* The relocations of a program follow each other. */
static void put_object(struct touched *touched, const struct hg_core_findings *const reports[SIDES])
{
    const struct hg_core_findings *left = reports[LEFT];
    hg_text_printf(&touched->text, "%s\n", without_directory(left->object));
    if (left->count == 0)
        hg_text_put(&touched->text, "  no relocations\n");
    for (size_t begin = 0, end = 0; begin < left->count; begin = end) {
        for (end = begin + 1;
             end < left->count && is_of_program(&left->findings[end], &left->findings[begin]);)
            end++;
        put_program(touched, reports, begin, end);
    }
    hg_text_put(&touched->text, "\n");
}

static void put_summary(struct touched *touched)
{
    hg_text_printf(&touched->text, "programs that differ: %zu of %zu", touched->different,
                   touched->programs);
    if (touched->broken_count > 0)
        hg_text_printf(&touched->text, "; would not load on the right: %s",
                       hg_text_string(&touched->broken));
    hg_text_put(&touched->text, "\n");
}

static void put_sources(struct touched *touched)
{
    static const char *const sides[SIDES] = {"left: ", "right:"};
    for (size_t i = 0; i < SIDES; i++) {
        hg_text_put(&touched->text, sides[i]);
        describe_source(&touched->options->sources[i], &touched->text);
        hg_text_put(&touched->text, "\n");
    }
    hg_text_put(&touched->text, "\n");
}

static enum hg_status compare_object(struct touched *touched, const struct hg_core_object *object,
                                     struct hg_model *const models[SIDES])
{
    struct hg_core_findings *reports[SIDES] = {NULL, NULL};
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < SIDES && status == HG_OK; i++)
        status =
            hg_core_check(object, models[i], HG_CORE_LIBBPF, touched->diagnostics, &reports[i]);
    if (status == HG_OK)
        put_object(touched,
                   (const struct hg_core_findings *const[]){reports[LEFT], reports[RIGHT]});
    for (size_t i = 0; i < SIDES; i++)
        hg_core_findings_destroy(reports[i]);
    return status;
}

bool check_touched(const struct options *options, struct hg_diagnostics *diagnostics)
{
    const char *other = options->select.name_count > 0 ? "a NAME"
                        : options->common              ? "--common"
                        : options->diff_format->write != hg_diff_write_text
                            ? "another format than text"
                            : NULL;
    return other == NULL ||
           refuse(diagnostics,
                  "diff --for is about the types that the objects need: %s does not go with it",
                  other);
}

int run_touched(const struct options *options, struct hg_diagnostics *diagnostics)
{
    struct touched touched = {.options = options, .diagnostics = diagnostics};
    struct hg_model *models[SIDES] = {NULL, NULL};
    struct objects objects = {0};
    struct hg_output output = {0};
    enum hg_status status = read_objects(options, diagnostics, &objects);
    for (size_t i = 0; i < SIDES && status == HG_OK; i++)
        status = read_source_for(options, &options->sources[i], &objects, diagnostics, &models[i]);
    for (size_t i = 0; i < SIDES && status == HG_OK; i++)
        status = check_output_is_no_input(options, models[i], diagnostics);
    for (size_t i = 0; i < SIDES && status == HG_OK; i++)
        status = shape_arrays(options, &options->sources[i], NULL, diagnostics, &models[i]);
    if (status == HG_OK)
        put_sources(&touched);
    for (size_t i = 0; i < objects.count && status == HG_OK; i++)
        status = compare_object(&touched, objects.items[i], models);
    if (status == HG_OK)
        status = check_strict(options, diagnostics);
    if (status == HG_OK) {
        put_summary(&touched);
        hg_text_finish(&touched.text, &output);
        status = write_output(options, &output, diagnostics);
    }
    hg_text_deinit(&touched.text);
    hg_text_deinit(&touched.broken);
    hg_output_deinit(&output);
    objects_deinit(&objects);
    hg_model_destroy(models[LEFT]);
    hg_model_destroy(models[RIGHT]);
    return status != HG_OK ? 2 : touched.different > 0 || touched.broken_count > 0 ? 1 : 0;
}
