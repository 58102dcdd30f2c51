/*
 * libclang of any version, in a program that was built for no one system (HDRGEN_PORTABLE).
 */
#ifndef HG_FRONTEND_CLANG_SEARCH_H
#define HG_FRONTEND_CLANG_SEARCH_H

/* The newest libclang of this system, or the one that LIBCLANG_PATH names; what dlsym finds by it
 * includes LLVM's C functions.  NULL and a reason that the caller frees if there is none. */
void *hg_clang_search(char **fault);

#endif
