/* Loading libclang: see libclang.h. */
#include "frontend/clang/libclang.h"

#include "base/diag.h"
#include "base/memory.h"
#include "frontend/clang/parse.h"
#include "frontend/clang/search.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

struct hg_clang_functions hg_clang;

static char *fault; /* why the libraries cannot be used; NULL = they can */

static void keep_fault(void)
{
    const char *text = dlerror();
    if (fault == NULL)
        fault = strdup(text == NULL ? "no reason given" : text);
}

#ifndef HG_LIBCLANG_ANY
/* Opens the library at its path when hdrgen was built, since libclang looks for its own headers
 * (stddef.h) beside the path by which it was loaded; else by its name.  It stays loaded. */
static void *open_library(const char *path, const char *name)
{
    void *library = dlopen(path, RTLD_LAZY);
    if (library == NULL)
        library = dlopen(name, RTLD_LAZY);
    if (library == NULL)
        keep_fault();
    return library;
}
#endif

/* Opens libclang, and LLVM, which may be the same handle.  False = `fault` is the reason. */
static bool open_libraries(void *libraries[2])
{
#ifdef HG_LIBCLANG_ANY
    libraries[0] = libraries[1] = hg_clang_search(&fault);
#else
    libraries[0] = open_library(HG_LIBCLANG_PATH, HG_LIBCLANG_NAME);
    if (libraries[0] != NULL)
        libraries[1] = open_library(HG_LLVM_PATH, HG_LLVM_NAME);
#endif
    return fault == NULL;
}

/* Finds a function of one of the libraries.  The address is copied as bytes, since C has no
 * conversion from object pointers to function pointers. */
static void find(void *const libraries[2], const char *name, void *ret)
{
    void *address = dlsym(libraries[0], name);
    if (address == NULL)
        address = dlsym(libraries[1], name);
    if (address == NULL)
        keep_fault();
    memcpy(ret, &address, sizeof address);
}

/* As LLVMInitializeAllTargetInfos and similar inline functions.  A libclang of another version than
 * the one that hdrgen was built with may lack a target. */
static void initialize_targets(void *const libraries[2])
{
    static const char *const names[] = {
#define LLVM_TARGET(target)                                                                        \
    "LLVMInitialize" #target "TargetInfo", "LLVMInitialize" #target "Target",                      \
        "LLVMInitialize" #target "TargetMC",
#include <llvm/Config/Targets.def>
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void (*initialize)(void);
#ifdef HG_LIBCLANG_ANY
        if (dlsym(libraries[0], names[i]) == NULL)
            continue;
#endif
        find(libraries, names[i], &initialize);
        if (initialize != NULL)
            initialize();
    }
}

static void load(void)
{
    static const struct {
        const char *name;
        void *pointer;
    } functions[] = {
#define FUNCTION(name) {#name, &hg_clang.name##_},
#include "frontend/clang/functions.def"
#undef FUNCTION
    };
    void *libraries[2] = {NULL, NULL};
    if (!open_libraries(libraries))
        return;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        find(libraries, functions[i].name, functions[i].pointer);
    if (fault == NULL)
        initialize_targets(libraries);
}

enum hg_status hg_clang_load(struct hg_diagnostics *diagnostics)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (fault == NULL)
        return HG_OK;
    hg_error(diagnostics, NULL, "cannot load %s, which parses headers: %s", HG_LIBCLANG_NAME,
             fault);
    return HG_ERROR_IO;
}
