/*
 * The answers of many kernels: a row for each need of the objects, a column for each kernel.
 *
 *     matrix.c        builds the matrix, and compares kernels
 *     matrix_text.c   writes it for a terminal
 *     matrix_json.c   writes it as data, and as a page for the browser
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
    const char *shape; /* as in struct hg_answer, like the others */
    const char *layout;
};

struct matrix_row {
    size_t object;
    const char *program; /* NULL = the whole object has the need */
    const char *section;
    const char *kind; /* of a need, `function`, or of a relocation, `byte_offset` */
    const char *name;
    struct hg_location where;
    const char *layout; /* that the program declares, as JSON; NULL = none */
    bool is_relocation;
    bool is_optional;          /* the program loads without it */
    bool is_symbol;            /* an optional symbol must still have the program's type */
    struct matrix_cell *cells; /* by kernel */
};

struct matrix {
    struct hg_arena arena;
    struct hg_strings strings;
    const char **kernels;
    size_t kernel_count;
    const char **objects;
    const char **remarks; /* by object, from struct hg_core_findings */
    size_t object_count;
    HG_ARRAY(struct matrix_row) rows;
};

/* kernels and objects are copied. */
void hg_matrix_init(struct matrix *matrix, const char *const *kernels, size_t kernel_count,
                    const char *const *objects, size_t object_count);
void hg_matrix_deinit(struct matrix *matrix);

/* Adds the object's rows: its relocations, then its other needs.  report: that of any kernel. */
void hg_matrix_add_object(struct matrix *matrix, size_t object,
                          const struct hg_core_findings *report, const struct hg_surface *surface);

/* Appends a kernel's answers for one object as bytes, which another process can read: an answer for
 * each row that hg_matrix_add_object adds. */
void hg_matrix_put_answers(struct hg_text *text, const struct hg_surface *surface,
                           const struct hg_kernel_facts *kernel,
                           const struct hg_core_findings *report, const struct hg_answers *answers);
/* Fills a kernel's column from the bytes of all objects.  False: the bytes are not valid. */
bool hg_matrix_take_answers(struct matrix *matrix, size_t kernel, const char *bytes, size_t size);

/* Changes the verdict on parameters from FINE to CHANGED if their type is another one than in the
 * first kernel that has them. */
void hg_matrix_compare(struct matrix *matrix);

/* Whether that kernel would refuse the program, or the program would read wrong data there. */
bool hg_matrix_cell_fails(const struct matrix_row *row, size_t kernel);
size_t hg_matrix_failures(const struct matrix *matrix);

/* Whether two kernels answer alike; whether no kernel before this one answers as it does. */
bool hg_matrix_same_cell(const struct matrix_row *row, size_t a, size_t b);
bool hg_matrix_is_first(const struct matrix_row *row, size_t kernel);

void hg_matrix_write_text(const struct matrix *matrix, struct hg_output *ret);
void hg_matrix_write_json(const struct matrix *matrix, struct hg_output *ret);
void hg_matrix_write_html(const struct matrix *matrix, struct hg_output *ret);

#endif
