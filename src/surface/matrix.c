/*
 * The answers of many kernels: the objects give the rows, and each kernel fills a column.
 *
 * Each kernel is read in a process of its own, which sends its answers as bytes: for each row a
 * verdict and five strings.  Equal strings are kept once, since most kernels answer alike.
 */
#include "surface/matrix.h"

#include "surface/layout.h"

#include <string.h>

/* In place of a string's length: there is no string; and a bit that marks the index of an
 * answer. */
#define ABSENT UINT32_MAX
#define BACK ((uint32_t)1 << 31)

static const char *keep(struct matrix *matrix, const char *string)
{
    return string == NULL ? NULL : hg_strings_intern(&matrix->strings, string, strlen(string));
}

static const char **copy_names(struct matrix *matrix, const char *const *names, size_t count)
{
    const char **copy = hg_arena_array(&matrix->arena, count, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = keep(matrix, names[i]);
    return copy;
}

void hg_matrix_init(struct matrix *matrix, const char *const *kernels, size_t kernel_count,
                    const char *const *objects, size_t object_count)
{
    *matrix = (struct matrix){.kernel_count = kernel_count, .object_count = object_count};
    hg_arena_init(&matrix->arena);
    hg_strings_init(&matrix->strings, &matrix->arena);
    matrix->kernels = copy_names(matrix, kernels, kernel_count);
    matrix->objects = copy_names(matrix, objects, object_count);
    matrix->remarks = hg_arena_array(&matrix->arena, object_count, sizeof *matrix->remarks);
}

void hg_matrix_deinit(struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->rows.count; i++)
        free(matrix->rows.items[i].cells);
    free(matrix->rows.items);
    hg_strings_deinit(&matrix->strings);
    hg_arena_deinit(&matrix->arena);
}

/* --- rows --- */

static void add_row(struct matrix *matrix, const struct matrix_row *row)
{
    struct matrix_row copy = *row;
    copy.program = keep(matrix, row->program);
    copy.section = keep(matrix, row->section);
    copy.kind = keep(matrix, row->kind);
    copy.name = keep(matrix, row->name);
    copy.layout = keep(matrix, row->layout);
    copy.where.file = keep(matrix, row->where.file);
    copy.cells = hg_calloc(matrix->kernel_count, sizeof *copy.cells);
    *HG_PUSH(&matrix->rows) = copy;
}

void hg_matrix_add_object(struct matrix *matrix, size_t object,
                          const struct hg_core_findings *report, const struct hg_surface *surface)
{
    matrix->remarks[object] = report->remark;
    struct hg_arena arena;
    hg_arena_init(&arena);
    uint32_t *memo = hg_layout_memo(surface);
    size_t base = matrix->rows.count;
    for (size_t i = 0; i < report->count; i++) {
        const struct hg_core_finding *finding = &report->findings[i];
        uint32_t first = hg_layout_first(memo, surface, (uint32_t)i);
        struct declared expected = hg_layout_expected(surface, i);
        const char *layout = first == i ? hg_layout_text(&arena, &expected, NULL)
                                        : matrix->rows.items[base + first].layout;
        add_row(matrix, &(struct matrix_row){.object = object,
                                             .program = finding->program,
                                             .section = finding->section,
                                             .kind = hg_core_kind_name(finding->kind),
                                             .name = finding->access,
                                             .where = finding->where,
                                             .layout = layout,
                                             .is_relocation = true,
                                             .is_optional = !hg_surface_counts(surface, i)});
    }
    free(memo);
    hg_arena_deinit(&arena);
    size_t count = 0;
    const struct hg_surface_need *needs = hg_surface_needs(surface, &count);
    for (size_t i = 0; i < count; i++)
        add_row(matrix,
                &(struct matrix_row){
                    .object = object,
                    .program = needs[i].program,
                    .section = needs[i].section,
                    .kind = hg_need_kind_name(needs[i].kind),
                    .name = needs[i].name,
                    .where = needs[i].where,
                    .layout = needs[i].layout,
                    .is_symbol = needs[i].kind == HG_NEED_KSYM || needs[i].kind == HG_NEED_CONFIG,
                    .is_optional = needs[i].is_optional && needs[i].kind != HG_NEED_KFUNC});
}

/* --- bytes --- */

static void put_number(struct hg_text *text, uint32_t number)
{
    hg_text_bytes(text, &number, sizeof number);
}

static void put_string(struct hg_text *text, const char *string)
{
    put_number(text, string == NULL ? ABSENT : (uint32_t)strlen(string));
    if (string != NULL)
        hg_text_bytes(text, string, strlen(string));
}

static enum hg_verdict verdict_of(const struct hg_core_finding *finding)
{
    if (finding->is_unsure)
        return HG_UNKNOWN;
    switch (finding->result) {
    case HG_CORE_RESOLVED:
        return HG_FINE;
    case HG_CORE_MISSING:
    case HG_CORE_REFUSED:
        return finding->guarded ? HG_GUARDED : HG_MISSING;
    case HG_CORE_MISMATCH:
    case HG_CORE_WRONG:
        return finding->guarded ? HG_GUARDED : HG_CHANGED;
    case HG_CORE_AMBIGUOUS:
        return HG_SEVERAL;
    }
    return HG_UNKNOWN;
}

/* Many answers have the same layout.  It is sent once; later answers send the index of the answer
 * that had it, same_as, counted from the object's first.  same_as ABSENT: the layout is sent. */
static void put_answer(struct hg_text *text, const struct hg_answer *answer, uint32_t same_as)
{
    put_number(text, answer->verdict);
    put_string(text, answer->value);
    put_string(text, answer->why);
    put_string(text, answer->advice);
    put_string(text, answer->shape);
    if (same_as == ABSENT)
        put_string(text, answer->layout);
    else
        put_number(text, BACK | same_as);
}

static void put_findings(struct hg_text *text, const struct hg_surface *surface,
                         const struct hg_kernel_facts *kernel,
                         const struct hg_core_findings *report)
{
    struct hg_arena arena;
    hg_arena_init(&arena);
    uint32_t *memo = hg_layout_memo(surface);
    for (size_t i = 0; i < report->count; i++) {
        const struct hg_core_finding *finding = &report->findings[i];
        bool has_layout = finding->result != HG_CORE_RESOLVED;
        uint32_t first = has_layout ? hg_layout_first(memo, surface, (uint32_t)i) : (uint32_t)i;
        struct hg_answer answer = {.verdict = verdict_of(finding), .why = finding->why};
        if (finding->has_value)
            answer.value = hg_arena_printf(&arena, "%lld", (long long)finding->value);
        if (has_layout && first == i)
            answer.layout = hg_layout_found(&arena, surface, kernel, i);
        put_answer(text, &answer, first == i ? ABSENT : first);
    }
    free(memo);
    hg_arena_deinit(&arena);
}

void hg_matrix_put_answers(struct hg_text *text, const struct hg_surface *surface,
                           const struct hg_kernel_facts *kernel,
                           const struct hg_core_findings *report, const struct hg_answers *answers)
{
    put_findings(text, surface, kernel, report);
    const char *last = NULL;
    uint32_t last_at = ABSENT;
    for (size_t i = 0; i < answers->count; i++) {
        const struct hg_answer *answer = &answers->items[i];
        bool is_same = last != NULL && answer->layout != NULL && strcmp(last, answer->layout) == 0;
        put_answer(text, answer, is_same ? last_at : ABSENT);
        if (answer->layout != NULL && !is_same) {
            last = answer->layout;
            last_at = (uint32_t)(report->count + i);
        }
    }
}

struct source {
    const char *at;
    size_t left;
};

static bool take_number(struct source *source, uint32_t *ret)
{
    if (source->left < sizeof *ret)
        return false;
    memcpy(ret, source->at, sizeof *ret);
    source->at += sizeof *ret;
    source->left -= sizeof *ret;
    return true;
}

static bool take_string(struct matrix *matrix, struct source *source, const char **ret)
{
    uint32_t length = 0;
    if (!take_number(source, &length))
        return false;
    if (length == ABSENT)
        return true;
    if (length > source->left)
        return false;
    *ret = hg_strings_intern(&matrix->strings, source->at, length);
    source->at += length;
    source->left -= length;
    return true;
}

/* first: the object's first row. */
static bool take_layout(struct matrix *matrix, struct source *source, size_t kernel, size_t first,
                        size_t row)
{
    struct source ahead = *source;
    uint32_t number = 0;
    struct matrix_cell *cell = &matrix->rows.items[row].cells[kernel];
    if (!take_number(&ahead, &number))
        return false;
    if (number == ABSENT || (number & BACK) == 0)
        return take_string(matrix, source, &cell->layout);
    size_t back = first + (number & ~BACK);
    if (back >= row)
        return false;
    cell->layout = matrix->rows.items[back].cells[kernel].layout;
    *source = ahead;
    return true;
}

bool hg_matrix_take_answers(struct matrix *matrix, size_t kernel, const char *bytes, size_t size)
{
    struct source source = {.at = bytes, .left = size};
    size_t first = 0;
    for (size_t i = 0; i < matrix->rows.count; i++) {
        if (matrix->rows.items[i].object != matrix->rows.items[first].object)
            first = i;
        struct matrix_cell *cell = &matrix->rows.items[i].cells[kernel];
        uint32_t verdict = 0;
        if (!take_number(&source, &verdict) || verdict >= HG_VERDICTS ||
            !take_string(matrix, &source, &cell->value) ||
            !take_string(matrix, &source, &cell->why) ||
            !take_string(matrix, &source, &cell->advice) ||
            !take_string(matrix, &source, &cell->shape) ||
            !take_layout(matrix, &source, kernel, first, i))
            return false;
        cell->verdict = (enum hg_verdict)verdict;
    }
    return source.left == 0;
}

/* --- kernels against each other --- */

void hg_matrix_compare(struct matrix *matrix)
{
    for (size_t i = 0; i < matrix->rows.count; i++) {
        struct matrix_row *row = &matrix->rows.items[i];
        size_t first = 0;
        while (first < matrix->kernel_count && row->cells[first].shape == NULL)
            first++;
        for (size_t k = first; k < matrix->kernel_count; k++) {
            struct matrix_cell *cell = &row->cells[k];
            /* Interned: equal strings are one. */
            if (cell->verdict != HG_FINE || cell->shape == NULL ||
                cell->shape == row->cells[first].shape)
                continue;
            cell->verdict = HG_CHANGED;
            cell->why =
                keep(matrix, hg_arena_printf(&matrix->arena, "in %s it is '%s'",
                                             matrix->kernels[first], row->cells[first].value));
        }
    }
}

bool hg_matrix_cell_fails(const struct matrix_row *row, size_t kernel)
{
    enum hg_verdict verdict = row->cells[kernel].verdict;
    bool is_optional = row->is_optional && !(row->is_symbol && verdict == HG_CHANGED);
    return hg_verdict_fails(verdict) && !is_optional;
}

size_t hg_matrix_failures(const struct matrix *matrix)
{
    size_t failures = 0;
    for (size_t i = 0; i < matrix->rows.count; i++)
        for (size_t k = 0; k < matrix->kernel_count; k++)
            failures += hg_matrix_cell_fails(&matrix->rows.items[i], k);
    return failures;
}

bool hg_matrix_is_first(const struct matrix_row *row, size_t kernel)
{
    for (size_t before = 0; before < kernel; before++)
        if (hg_matrix_same_cell(row, before, kernel))
            return false;
    return true;
}

bool hg_matrix_same_cell(const struct matrix_row *row, size_t a, size_t b)
{
    const struct matrix_cell *x = &row->cells[a];
    const struct matrix_cell *y = &row->cells[b];
    /* Offsets differ from kernel to kernel: that is what relocations are for. */
    return x->verdict == y->verdict && x->why == y->why && x->advice == y->advice &&
           (row->is_relocation || x->value == y->value);
}
