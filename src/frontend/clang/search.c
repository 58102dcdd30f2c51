/*
 * Finding libclang: see search.h.
 *
 * Each distribution has its own path and file name, with the version in one of them; newer versions
 * are tried first.  Paths are tried before names, since libclang looks for its own headers
 * (stddef.h) beside the path by which it was loaded.  If LIBCLANG_PATH is set, a file or a
 * directory, as for bindgen, nothing else is tried.
 *
 * A libclang is used if it is new enough and dlsym finds LLVM's C functions by it, as in the
 * packages of distributions.  The libclang that llvm.org publishes has LLVM built in without
 * exporting it.
 */
#include "frontend/clang/search.h"

#include "base/text.h"

#include <clang-c/CXString.h>
#include <clang-c/Index.h>
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OLDEST = 14, NEWEST = 25 };

/* # is the version. */
static const char *const paths[] = {
    "/usr/lib/llvm-#/lib/libclang.so.1", /* Debian, Ubuntu */
    "/usr/lib/llvm-#/lib/libclang-#.so.1",
    "/usr/lib64/llvm#/lib64/libclang.so.13", /* Fedora's older versions */
    "/usr/lib64/llvm#/lib/libclang.so.13",
    "/usr/lib/llvm#/lib/libclang.so.13", /* Arch's and Alpine's */
};
static const char *const names[] = {"libclang-#.so.#", "libclang-#.so.1", "libclang.so.#"};
static const char *const plain_names[] = {"libclang.so", "libclang.so.1", "libclang.so.13"};

/* Finds a function.  The address is copied as bytes, since C has no conversion from object pointers
 * to function pointers. */
static bool find(void *library, const char *name, void *ret)
{
    void *address = dlsym(library, name);
    memcpy(ret, &address, sizeof address);
    return address != NULL;
}

/* The major version: N of "... clang version N.1.7 ...".  0 = not known. */
static int version_of(void *library)
{
    __typeof__(clang_getClangVersion) *get_version;
    __typeof__(clang_getCString) *get_text;
    __typeof__(clang_disposeString) *dispose;
    if (!find(library, "clang_getClangVersion", &get_version) ||
        !find(library, "clang_getCString", &get_text) ||
        !find(library, "clang_disposeString", &dispose))
        return 0;
    static const char before[] = "clang version ";
    CXString string = get_version();
    const char *text = get_text(string);
    const char *at = text == NULL ? NULL : strstr(text, before);
    long version = at == NULL ? 0 : strtol(at + sizeof before - 1, NULL, 10);
    dispose(string);
    return version > 0 && version < 1000 ? (int)version : 0;
}

/* Opens the library if it can be used.  If it exists and cannot be used, *why gets the reason. */
static void *open_usable(const char *path, struct hg_text *why)
{
    struct stat status;
    void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) {
        const char *text = dlerror();
        if (strchr(path, '/') != NULL && stat(path, &status) == 0)
            hg_text_printf(why, "%s; ", text == NULL ? path : text);
        return NULL;
    }
    int version = version_of(library);
    if (version < OLDEST)
        hg_text_printf(why, "%s is version %d, older than %d; ", path, version, OLDEST);
    else if (dlsym(library, "LLVMCreateTargetMachine") == NULL)
        hg_text_printf(why, "%s has LLVM built in and does not export it; ", path);
    else
        return library;
    return NULL; /* it stays loaded, since LLVM cannot be unloaded safely */
}

static void put_path(struct hg_text *path, const char *pattern, int version)
{
    for (const char *at = pattern; *at != '\0'; at++)
        if (*at == '#')
            hg_text_unsigned(path, (unsigned)version);
        else
            hg_text_bytes(path, at, 1);
}

static void *open_first(const char *const *patterns, size_t count, int version, struct hg_text *why)
{
    void *library = NULL;
    for (size_t i = 0; i < count && library == NULL; i++) {
        struct hg_text path = {0};
        put_path(&path, patterns[i], version);
        library = open_usable(hg_text_string(&path), why);
        hg_text_deinit(&path);
    }
    return library;
}

/* given: a file, or the directory of one. */
static void *open_given(const char *given, struct hg_text *why)
{
    struct stat status;
    if (stat(given, &status) != 0 || !S_ISDIR(status.st_mode))
        return open_usable(given, why);
    void *library = NULL;
    struct hg_text path = {0};
    hg_text_printf(&path, "%s/", given);
    size_t length = path.size;
    for (size_t i = 0; i < sizeof plain_names / sizeof *plain_names && library == NULL; i++) {
        hg_text_truncate(&path, length);
        hg_text_put(&path, plain_names[i]);
        library = open_usable(hg_text_string(&path), why);
    }
    for (int n = NEWEST; n >= OLDEST && library == NULL; n--)
        for (size_t i = 0; i < sizeof names / sizeof *names && library == NULL; i++) {
            hg_text_truncate(&path, length);
            put_path(&path, names[i], n);
            library = open_usable(hg_text_string(&path), why);
        }
    hg_text_deinit(&path);
    return library;
}

void *hg_clang_search(char **fault)
{
    struct hg_text why = {0};
    const char *given = getenv("LIBCLANG_PATH");
    bool is_given = given != NULL && *given != '\0';
    void *library = is_given ? open_given(given, &why) : NULL;
    for (int n = NEWEST; n >= OLDEST && library == NULL && !is_given; n--)
        library = open_first(paths, sizeof paths / sizeof *paths, n, &why);
    if (library == NULL && !is_given)
        library = open_usable("libclang.so.13", &why);
    for (int n = NEWEST; n >= OLDEST && library == NULL && !is_given; n--)
        library = open_first(names, sizeof names / sizeof *names, n, &why);
    if (library == NULL && !is_given)
        library = open_usable("libclang.so", &why);
    if (library == NULL && is_given)
        hg_text_printf(&why, "LIBCLANG_PATH=%s is no libclang that can be used", given);
    else if (library == NULL)
        hg_text_printf(
            &why,
            "none was found; install it (Debian, Ubuntu: apt-get install libclang1-19 "
            "libclang-common-19-dev, or another version from %d on; Fedora: dnf install "
            "clang-libs; Arch: pacman -S clang; Alpine: apk add clang-libclang), or name "
            "its file or folder in LIBCLANG_PATH",
            OLDEST);
    if (library == NULL)
        *fault = strdup(hg_text_string(&why));
    hg_text_deinit(&why);
    return library;
}
