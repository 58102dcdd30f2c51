/*
 * What many kernels answer: a row for each thing that objects need, a column for each kernel.
 *
 *     matrix.c        building it, and comparing kernels
 *     matrix_text.c   for a terminal: what is the same everywhere is folded
 *     matrix_json.c   as data, and as a page for the browser
 */
#ifndef HG_SURFACE_MATRIX_H
#define HG_SURFACE_MATRIX_H

#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"

#include <hdrgen/surface.h>

struct matrix_cell {
    enum hg_verdict verdict;
    const char *value;
    const char *why;
    const char *advice;
    const char *shape;  /* of a parameter: its type without names, to compare; NULL = none */
    const char *layout; /* the kernel's record or prototype as JSON; NULL = none */
};

struct matrix_row {
    size_t object;
    const char *program; /* NULL = the object as a whole */
    const char *section;
    const char *kind; /* `function`, or a relocation's: `byte_offset` */
    const char *name;
    struct hg_location where;
    const char *layout; /* what the program declares, as JSON; NULL = nothing */
    bool is_relocation;
    bool is_optional;
    bool is_symbol;            /* that is optional, but not of another type */
    struct matrix_cell *cells; /* by kernel */
};

struct matrix {
    struct hg_arena arena;
    struct hg_strings strings;
    const char **kernels;
    size_t kernel_count;
    const char **objects;
    const char **remarks; /* by object, as from hg_core_remark */
    size_t object_count;
    HG_ARRAY(struct matrix_row) rows;
};

/* kernels and objects are copied. */
void hg_matrix_init(struct matrix *matrix, const char *const *kernels, size_t kernel_count,
                    const char *const *objects, size_t object_count);
void hg_matrix_deinit(struct matrix *matrix);

/* Adds the object's rows: relocations, and what the surface needs.  report: of any kernel. */
void hg_matrix_add_object(struct matrix *matrix, size_t object,
                          const struct hg_core_findings *report, const struct hg_surface *surface);

/* One kernel's answers as bytes, to be sent from one process to another: of each object what
 * hg_matrix_add_object has rows for. */
void hg_matrix_put_answers(struct hg_text *text, const struct hg_surface *surface,
                           const struct hg_kernel_facts *kernel,
                           const struct hg_core_findings *report, const struct hg_answers *answers);
/* The column of a kernel from the bytes of all objects.  False: they are not whole. */
bool hg_matrix_take_answers(struct matrix *matrix, size_t kernel, const char *bytes, size_t size);

/* Parameters that are fine, and of another type than in the first kernel that has them, are
 * changed. */
void hg_matrix_compare(struct matrix *matrix);

/* Whether the program would be refused or misread there. */
bool hg_matrix_cell_fails(const struct matrix_row *row, size_t kernel);
size_t hg_matrix_failures(const struct matrix *matrix);

/* Whether two kernels answer alike; whether no kernel before this one answers as it does. */
bool hg_matrix_same_cell(const struct matrix_row *row, size_t a, size_t b);
bool hg_matrix_is_first(const struct matrix_row *row, size_t kernel);

void hg_matrix_write_text(const struct matrix *matrix, struct hg_output *ret);
void hg_matrix_write_json(const struct matrix *matrix, struct hg_output *ret);
void hg_matrix_write_html(const struct matrix *matrix, struct hg_output *ret);

#endif
