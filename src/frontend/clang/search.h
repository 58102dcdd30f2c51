/* Finding libclang of any version, for a program built for any system (HDRGEN_PORTABLE). */
#ifndef HG_FRONTEND_CLANG_SEARCH_H
#define HG_FRONTEND_CLANG_SEARCH_H

/* Opens the newest libclang of this system, or the one that LIBCLANG_PATH names, by which dlsym
 * also finds LLVM's C functions.  NULL = there is none; *fault is the reason, which the caller
 * frees. */
void *hg_clang_search(char **fault);

#endif
