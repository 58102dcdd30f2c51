/*
 * The answers of many kernels, for a terminal:
 *
 *     prog.bpf.o
 *       on_create, in fentry/vfs_create
 *         parameter      parameter 1 of vfs_create as struct inode   prog.bpf.c:12
 *           fine: struct inode *dir
 *               5.10-amd64, 5.10-arm64
 *           changed: struct mnt_idmap *idmap
 *               6.12-amd64 and 3 more
 *               the program reads it as struct 'inode', which parameter 2 points to here
 *       17 more are fine on all
 *
 * Rows that are fine on all kernels, with one value, are only counted.  Each other row has some
 * lines for each different answer.
 */
#include "surface/matrix.h"
#include "surface/report.h"

#include <string.h>

enum { NAMES_MAX = 6, KIND_WIDTH = 14 };

static bool is_fine_on_all(const struct matrix *matrix, const struct matrix_row *row)
{
    for (size_t k = 0; k < matrix->kernel_count; k++)
        if (row->cells[k].verdict != HG_FINE || !hg_matrix_same_cell(row, 0, k))
            return false;
    return true;
}

/* The kernels that answer as `like` does. */
static void put_kernels(struct hg_text *text, const struct matrix *matrix,
                        const struct matrix_row *row, size_t like)
{
    size_t count = 0;
    for (size_t k = 0; k < matrix->kernel_count; k++)
        count += hg_matrix_same_cell(row, like, k);
    if (count == matrix->kernel_count && count > 1) {
        hg_text_printf(text, "all %zu kernels", count);
        return;
    }
    size_t shown = 0;
    for (size_t k = 0; k < matrix->kernel_count && shown < NAMES_MAX; k++)
        if (hg_matrix_same_cell(row, like, k))
            hg_text_printf(text, "%s%s", shown++ == 0 ? "" : ", ", matrix->kernels[k]);
    if (count > shown)
        hg_text_printf(text, " and %zu more", count - shown);
}

static void put_answers(struct hg_text *text, const struct matrix *matrix,
                        const struct matrix_row *row)
{
    for (size_t k = 0; k < matrix->kernel_count; k++) {
        if (!hg_matrix_is_first(row, k))
            continue;
        const struct matrix_cell *cell = &row->cells[k];
        hg_text_printf(text, "      %s%s", hg_verdict_name(cell->verdict),
                       row->is_optional && hg_verdict_fails(cell->verdict) ? ", on demand" : "");
        if (cell->value != NULL && !row->is_relocation)
            hg_text_printf(text, ": %s", cell->value);
        hg_text_put(text, "\n          ");
        put_kernels(text, matrix, row, k);
        hg_text_put(text, "\n");
        if (cell->why != NULL)
            hg_text_printf(text, "          %s\n", cell->why);
        if (cell->advice != NULL)
            hg_text_printf(text, "          to do: %s\n", cell->advice);
    }
}

static void put_row(struct hg_text *text, const struct matrix *matrix, const struct matrix_row *row)
{
    hg_text_printf(text, "    %-*s  %s", KIND_WIDTH, row->kind, row->name);
    if (row->where.file != NULL)
        hg_text_printf(text, "  %s:%u", row->where.file, row->where.line);
    hg_text_put(text, "\n");
    put_answers(text, matrix, row);
}

static void put_object(struct hg_text *text, const struct matrix *matrix, size_t object)
{
    size_t fine = 0;
    size_t shown = 0;
    const char *program = "";
    hg_text_printf(text, "%s\n", matrix->objects[object]);
    if (matrix->remarks[object] != NULL)
        hg_text_printf(text, "  %s\n", matrix->remarks[object]);
    for (size_t i = 0; i < matrix->rows.count; i++) {
        const struct matrix_row *row = &matrix->rows.items[i];
        if (row->object != object)
            continue;
        if (is_fine_on_all(matrix, row)) {
            fine++;
            continue;
        }
        shown++;
        if (program != row->program && row->program == NULL)
            hg_text_put(text, "  the object\n");
        else if (program != row->program)
            hg_text_printf(text, "  %s, in %s\n", row->program, row->section);
        program = row->program;
        put_row(text, matrix, row);
    }
    if (fine > 0)
        hg_text_printf(text, "  %zu%s %s fine on all\n", fine, shown > 0 ? " more" : "",
                       fine == 1 ? "is" : "are");
    if (fine + shown == 0)
        hg_text_put(text, "  it needs nothing of a kernel that hdrgen knows of\n");
    hg_text_put(text, "\n");
}

/* The kernel's line: how many rows have which verdict. */
static void put_kernel(struct hg_text *text, const struct matrix *matrix, size_t kernel, int width)
{
    size_t counts[HG_VERDICTS] = {0};
    size_t refused = 0;
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < matrix->rows.count; i++) {
        const struct matrix_row *row = &matrix->rows.items[i];
        counts[row->cells[kernel].verdict]++;
        if (hg_matrix_cell_fails(row, kernel) && row->object != last) {
            last = row->object;
            refused++;
        }
    }
    hg_text_printf(text, "%-*s ", width, matrix->kernels[kernel]);
    hg_surface_put_counts(text, counts);
    if (refused > 0)
        hg_text_printf(text, "; would refuse or misread %zu of %zu object%s", refused,
                       matrix->object_count, hg_plural(matrix->object_count));
    hg_text_put(text, "\n");
}

void hg_matrix_write_text(const struct matrix *matrix, struct hg_output *ret)
{
    struct hg_text text = {0};
    size_t width = 0;
    for (size_t i = 0; i < matrix->object_count; i++)
        put_object(&text, matrix, i);
    for (size_t k = 0; k < matrix->kernel_count; k++)
        if (strlen(matrix->kernels[k]) > width)
            width = strlen(matrix->kernels[k]);
    for (size_t k = 0; k < matrix->kernel_count; k++)
        put_kernel(&text, matrix, k, (int)width);
    hg_text_finish(&text, ret);
}
