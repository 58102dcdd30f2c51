/*
 * libclang and LLVM's C library, loaded when the first header is read.
 *
 * The problem: the dynamic linker relocates a quarter of a million addresses to load both, which
 * costs 20 ms and 45 MB, also in a run that only reads BTF.
 *
 * The method: the program is not linked with them.  hg_clang_load opens the libraries and finds
 * each function of functions.def.  Then clang_f() is a call through the pointer hg_clang.clang_f_:
 * libclang_names.h, which CMake makes from functions.def, has a macro for each name.
 */
#ifndef HG_FRONTEND_CLANG_LIBCLANG_H
#define HG_FRONTEND_CLANG_LIBCLANG_H

#include <clang-c/CXString.h>
#include <clang-c/Index.h>
#include <llvm-c/Core.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>

struct hg_clang_functions {
#define FUNCTION(name) __typeof__(name) *name##_;
#include "frontend/clang/functions.def"
#undef FUNCTION
};

/* Set by hg_clang_load (parse.h), and constant from then on. */
extern struct hg_clang_functions hg_clang;

#include <libclang_names.h>

#endif
