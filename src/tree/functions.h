/*
 * Functions: which of those that the sources define the kernel really has, and with which
 * prototype.
 *
 *     ffffffff81201230 T vfs_read               System.map: the kernel has it
 *     ffffffff81201450 t rw_verify_area.isra.0  an optimised copy: its arguments are not known
 *     ffffffffc0401000 t nf_ct_get  [nf_conntrack]      /proc/kallsyms: that module has it
 */
#ifndef HG_TREE_FUNCTIONS_H
#define HG_TREE_FUNCTIONS_H

#include <hdrgen/model.h>

struct hg_symbol_list;

/* Reads a list of functions (symbols/list.h has what it may be), and reports what is wrong with it.
 * On success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_read_symbol_list(const char *path,
                                                 struct hg_diagnostics *diagnostics,
                                                 struct hg_symbol_list **ret);
void hg_symbol_list_destroy(struct hg_symbol_list *list);

/* Functions of the kernel that were left out. */
struct hg_function_counts {
    size_t chosen;
    size_t absent;    /* defined, and in the list under no name: inlined, or in no object */
    size_t optimised; /* only copies of it with other arguments are in the list */
    size_t ambiguous; /* several prototypes of one name, or more functions of it than definitions */
};

/* Sets chosen[i] for each symbol number i that is one of `symbols` and whose function is in the
 * list for the module (NULL: the kernel itself): one for each name, the first.  `chosen` has a byte
 * for each symbol of the model; bytes of others are left as they are. */
void hg_choose_functions(const struct hg_model *model, const size_t *symbols, size_t count,
                         const struct hg_symbol_list *list, const char *module, uint8_t *chosen,
                         struct hg_function_counts *counts);

#endif
