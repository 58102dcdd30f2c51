/*
 * The commands show and list: read, trim, select, write, replace the file.
 *
 *     hdrgen show task_struct               the layout
 *     hdrgen show task_struct.se.load       a question about a member
 *     hdrgen show task_struct+0x5a8         a question about an offset
 *
 * Each NAME may have a question; the type is named by the text before it.  The exit status is 1 if
 * the answer is "none": no member at the offset, no smaller order of the members, nothing to list.
 */
#include "cli.h"

#include "base/diag.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- what is asked --- */

bool parse_offset(const char *value, struct options *options, struct hg_diagnostics *diagnostics)
{
    options->question.has_offset = true;
    if (parse_number(value, UINT64_MAX, &options->question.offset))
        return true;
    return refuse(diagnostics, "--offset %s: say a number of bytes, such as 1448 or 0x5a8", value);
}

bool parse_cacheline(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics)
{
    uint64_t number = 0;
    if (parse_number(value, 1u << 20, &number) && number != 0 && (number & (number - 1)) == 0) {
        *ret = (uint32_t)number;
        return true;
    }
    return refuse(diagnostics, "--cacheline %s: say a power of two, such as 32 or 128", value);
}

bool parse_holes(const char *value, uint64_t *ret, struct hg_diagnostics *diagnostics)
{
    if (parse_number(value, UINT64_MAX, ret) && *ret > 0)
        return true;
    return refuse(diagnostics, "--holes %s: say how many a record must have, from 1", value);
}

/* The first of the marks in a name, outside of a pattern's brackets; NULL = there is none. */
static const char *find_mark(const char *name, const char *marks)
{
    bool in_set = false;
    for (; *name != '\0'; name++) {
        if (!in_set && strchr(marks, *name) != NULL)
            return name;
        in_set = *name == '[' || (in_set && *name != ']');
    }
    return NULL;
}

static const char *copy(struct options *options, const char *from, const char *end)
{
    return hg_arena_string(&options->arena, from, (size_t)(end - from));
}

static bool take_question(struct options *options, const char **name,
                          struct hg_layout_question *ret, struct hg_diagnostics *diagnostics)
{
    *ret = options->question;
    const char *end = *name + strlen(*name);
    if ((*name)[0] == '^')
        return true;
    const char *plus = find_mark(*name, "+");
    if (plus != NULL) {
        ret->has_offset = true;
        if (!parse_number(plus + 1, UINT64_MAX, &ret->offset))
            return refuse(diagnostics,
                          "'%s': a number of bytes follows the +, such as task_struct+0x5a8",
                          *name);
        end = plus;
    }
    const char *dot = find_mark(*name, ".+");
    const char *type_end = dot == NULL ? end : dot;
    if (dot != NULL && *dot == '.')
        ret->member = copy(options, dot + 1, end);
    *name = copy(options, *name, type_end);
    return true;
}

bool take_questions(struct options *options, struct hg_diagnostics *diagnostics)
{
    size_t count = options->select.name_count;
    const char **names = hg_arena_array(&options->arena, count + 1, sizeof *names);
    struct hg_layout_question *questions =
        hg_arena_array(&options->arena, count + 1, sizeof *questions);
    for (size_t i = 0; i < count; i++) {
        names[i] = options->select.names[i];
        if (!take_question(options, &names[i], &questions[i], diagnostics))
            return false;
        if (questions[i].has_offset || questions[i].member != NULL)
            options->questions = questions;
    }
    options->select.names = names;
    return true;
}

const struct emitter *find_layout_emitter(const struct options *options, const char *format,
                                          struct hg_diagnostics *diagnostics)
{
    static const struct emitter as_c = {"c", NULL, write_c, NULL, false};
    if (options->compile && format == NULL)
        return &as_c;
    return find_text_emitter(options->command, format, options->output, diagnostics);
}

bool choose_layout(struct options *options, struct hg_diagnostics *diagnostics)
{
    static const struct emitter as_json = {"json", NULL, NULL, hg_write_layout_json, false};
    if (options->command != COMMAND_SHOW)
        return true;
    const struct hg_layout_options *layout = &options->write.layout;
    bool is_json = strcmp(options->emitter->name, "json") == 0;
    const char *other = layout->reorganize           ? "--reorganize"
                        : layout->expand             ? "--expand"
                        : options->questions != NULL ? "a member or an offset"
                        : layout->cache_line != 0    ? "--cacheline"
                        : layout->hex                ? "--hex"
                                                     : NULL;
    if (options->compile && (other != NULL || strcmp(options->emitter->name, "c") != 0))
        return refuse(diagnostics, "--compile writes C: %s does not go with it",
                      other != NULL ? other : "--format");
    if (is_json && (layout->hex || layout->cache_line != 0))
        return refuse(diagnostics, "--hex and --cacheline go with --format text");
    if (layout->reorganize && options->questions != NULL)
        return refuse(diagnostics,
                      "--reorganize goes with whole types, not with a member or an "
                      "offset");
    if (is_json && other != NULL)
        options->emitter = &as_json;
    return true;
}

/* --- passes --- */

/* The types that list and show write, and the questions about them. */
struct layout_run {
    struct hg_selection *selection; /* NULL = there are questions */
    HG_ARRAY(hg_type_id) roots;     /* with questions: the type of each */
    HG_ARRAY(struct hg_layout_question) questions;
    HG_ARRAY(hg_type_id) contained; /* the types of --contains */
    size_t found;                   /* number of answers */
};

static enum hg_status select_contained(const struct options *options, const struct hg_model *model,
                                       struct hg_diagnostics *diagnostics, struct layout_run *run)
{
    if (options->contained.count == 0)
        return HG_OK;
    HG_OPTIONS(hg_select_options, select, .names = options->contained.items,
               .name_count = options->contained.count);
    struct hg_selection *selection = NULL;
    enum hg_status status = hg_select(model, &select, diagnostics, &selection);
    for (size_t i = 0; status == HG_OK && i < selection->root_count; i++)
        *HG_PUSH(&run->contained) = selection->roots[i];
    hg_selection_destroy(selection);
    return status;
}

/* Selects the types of each name, each with the name's question. */
static enum hg_status select_questioned(const struct options *options, const struct hg_model *model,
                                        struct hg_diagnostics *diagnostics, struct layout_run *run)
{
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < options->select.name_count; i++) {
        struct hg_select_options select = options->select;
        select.sz = sizeof select;
        struct hg_selection *selection = NULL;
        select.names = &options->select.names[i];
        select.name_count = 1;
        enum hg_status one = hg_select(model, &select, diagnostics, &selection);
        for (size_t r = 0; one == HG_OK && r < selection->root_count; r++) {
            *HG_PUSH(&run->roots) = selection->roots[r];
            struct hg_layout_question *question = HG_PUSH(&run->questions);
            *question = options->questions[i];
            question->is_optional = selection->root_count > 1;
        }
        hg_selection_destroy(selection);
        status = status == HG_OK ? one : status;
    }
    return status;
}

static enum hg_status write_layout(const struct options *options, const struct hg_model *model,
                                   struct hg_diagnostics *diagnostics, struct layout_run *run,
                                   struct hg_output *output)
{
    const struct emitter *emitter = options->emitter;
    struct hg_selection questioned = {.roots = run->roots.items, .root_count = run->roots.count};
    const struct hg_selection *selection = run->selection != NULL ? run->selection : &questioned;
    if (emitter->write_layout == NULL)
        return emitter->write(model, selection, &options->write, diagnostics, output);
    struct hg_layout_options layout = options->write.layout;
    layout.sz = sizeof layout;
    layout.questions = options->questions == NULL ? NULL : run->questions.items;
    layout.contained = run->contained.items;
    layout.contained_count = run->contained.count;
    layout.found = &run->found;
    return emitter->write_layout(model, selection, &layout, diagnostics, output);
}

/* Whether the user asked a question, and the answer is "none". */
static bool is_none(const struct options *options, const struct layout_run *run)
{
    if (run->found > 0)
        return false;
    const struct hg_layout_options *layout = &options->write.layout;
    return options->questions != NULL || layout->reorganize || options->contained.count > 0 ||
           layout->least_holes > 0;
}

static void note_none(const struct options *options, struct hg_diagnostics *diagnostics)
{
    uint64_t holes = options->write.layout.least_holes;
    if (holes == 0)
        hg_note(diagnostics, NULL, "no record holds such a type by value");
    else
        hg_note(diagnostics, NULL, "no record %shas %" PRIu64 " hole%s or more",
                options->contained.count > 0 ? "that holds such a type " : "", holes,
                hg_plural(holes));
}

int run_layout(const struct options *options, struct hg_diagnostics *diagnostics)
{
    struct hg_model *model = NULL;
    struct hg_output output = {0};
    struct objects no_objects = {0};
    struct layout_run run = {0};
    struct hg_select_options wanted = options->select;
    wanted.sz = sizeof wanted;

    enum hg_status status = read_types(options, &no_objects, diagnostics, &model);
    if (status == HG_OK)
        status = select_contained(options, model, diagnostics, &run);
    if (status == HG_OK && options->questions != NULL)
        status = select_questioned(options, model, diagnostics, &run);
    if (status == HG_OK && options->questions == NULL)
        status = hg_select(model, &wanted, diagnostics, &run.selection);
    if (status == HG_ERROR_INPUT && model != NULL)
        report_headers_of(&options->sources[0], model, wanted.names, wanted.name_count,
                          diagnostics);
    if (status == HG_OK)
        status = write_layout(options, model, diagnostics, &run, &output);
    if (status == HG_OK)
        status = write_result(options, model, &output, diagnostics);
    if (status == HG_OK && options->command == COMMAND_LIST && is_none(options, &run))
        note_none(options, diagnostics);

    hg_output_deinit(&output);
    hg_selection_destroy(run.selection);
    free(run.roots.items);
    free(run.questions.items);
    free(run.contained.items);
    hg_model_destroy(model);
    return status != HG_OK ? 2 : is_none(options, &run) ? 1 : 0;
}
