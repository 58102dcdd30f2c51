/* Compares the surfaces of two kernels: see compare.c. */
#ifndef HG_SURFACE_COMPARE_H
#define HG_SURFACE_COMPARE_H

#include "base/memory.h"
#include "base/text.h"

#include <hdrgen/surface.h>

enum surface_part {
    PART_FUNCTION,
    PART_KFUNC,      /* names only */
    PART_TRACEPOINT, /* its parameters */
    PART_RECORD,     /* the fields of a tracepoint's record */
    PART_HELPER,
    PART_MAP_TYPE,
    PART_PROGRAM_TYPE,
    PART_ATTACH_TYPE,
};
enum { SURFACE_PARTS = PART_ATTACH_TYPE + 1 };

struct surface_change {
    enum surface_part part;
    const char *name;
    const char *left; /* NULL = that side has none */
    const char *right;
};

struct surface_changes {
    HG_ARRAY(struct surface_change) items; /* by part, then name */
    struct surface_count {
        size_t both, only_left, only_right, changed;
    } counts[SURFACE_PARTS];
    struct hg_arena arena;
};

/* An error if the types of a side are not a whole kernel's, and so list no functions. */
HG_MUST_CHECK enum hg_status hg_surface_compare(const struct hg_kernel_facts *left,
                                                const struct hg_kernel_facts *right,
                                                const char *const names[2],
                                                struct hg_diagnostics *diagnostics,
                                                struct surface_changes *ret);
void hg_surface_changes_deinit(struct surface_changes *changes);

/* stat: only the counts are written. */
void hg_surface_changes_text(const struct surface_changes *changes, const char *const names[2],
                             bool stat, struct hg_text *text);
void hg_surface_changes_json(const struct surface_changes *changes, const char *const names[2],
                             bool stat, struct hg_text *text);

#endif
