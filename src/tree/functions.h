/*
 * Chooses, among the functions that the sources define, those that the kernel really has and whose
 * prototype is known.
 *
 *     ffffffff81201230 T vfs_read               System.map: the kernel has it
 *     ffffffff81201450 t rw_verify_area.isra.0  an optimised copy: its arguments are not known
 *     ffffffffc0401000 t nf_ct_get  [nf_conntrack]      /proc/kallsyms: that module has it
 */
#ifndef HG_TREE_FUNCTIONS_H
#define HG_TREE_FUNCTIONS_H

#include <hdrgen/model.h>

struct hg_symbol_list;

/* Reads a list of functions in one of the forms of symbols/list.h, and reports faults of the file.
 * On success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_read_symbol_list(const char *path,
                                                 struct hg_diagnostics *diagnostics,
                                                 struct hg_symbol_list **ret);
void hg_symbol_list_destroy(struct hg_symbol_list *list);

/* Number of functions by result. */
struct hg_function_counts {
    size_t chosen;
    size_t absent;    /* not in the list: inlined everywhere, or in no object */
    size_t optimised; /* the list has only optimised copies, whose arguments differ */
    size_t ambiguous; /* the name has several prototypes, or more functions than definitions */
};

/* Sets chosen[i] for each symbol i, one of `symbols`, whose function the list has in the module
 * (NULL: in the kernel itself).  If several symbols have one name, only the first is chosen.
 * `chosen` has a byte for each symbol of the model; those of other symbols are not changed. */
void hg_choose_functions(const struct hg_model *model, const size_t *symbols, size_t count,
                         const struct hg_symbol_list *list, const char *module, uint8_t *chosen,
                         struct hg_function_counts *counts);

#endif
