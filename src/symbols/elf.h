/* The functions in the symbol table of an ELF file. */
#ifndef HG_SYMBOLS_ELF_H
#define HG_SYMBOLS_ELF_H

#include "symbols/list.h"

#include <stdbool.h>

/* Whether the open file begins as an ELF file does. */
bool hg_begins_elf(int descriptor);

/* The number of functions given to take, at most limit + 1; 0 also for a file that is damaged. */
size_t hg_list_elf_functions(int descriptor, size_t limit, hg_listed_function_fn *take, void *user);

#endif
