/* The functions in the symbol table of an ELF file. */
#ifndef HG_SYMBOLS_ELF_H
#define HG_SYMBOLS_ELF_H

#include "symbols/list.h"

#include <stdbool.h>

/* Whether the open file begins with ELF's magic number. */
bool hg_begins_elf(int descriptor);

/* Calls `take` for each function, at most limit + 1 times, and returns the number of calls.  0 can
 * also mean that the file is damaged. */
size_t hg_list_elf_functions(int descriptor, size_t limit, hg_listed_function_fn *take, void *user);

#endif
