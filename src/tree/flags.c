/*
 * Puts together all flags of a tree, in kbuild's order.
 *
 *     --target=T -nostdinc
 *     -I$S/arch/$A/include -I$O/arch/$A/include/generated -I$S/include -I$O/include ... uapi ...
 *     -include $S/include/linux/kconfig.h ...
 *     -D__KERNEL__ -std=gnu11 -fshort-wchar ... and the flags of the architecture
 *
 * $S is the source directory, $O the object directory, $A the architecture.  Three things change
 * with the release and are read from the text of Makefiles: the C dialect, whether char is
 * unsigned, and whether the headers need those of the compiler.
 */
#include "tree/kernel.h"

#include "base/diag.h"

#include <errno.h>
#include <string.h>

/* The C that the headers are written in. */
struct dialect {
    struct hg_arena *arena;
    const char *standard;
    bool unsigned_char;
    bool ms_extensions;
    bool compiler_headers; /* they include headers of the compiler, such as <stdarg.h> */
};

static void take_dialect(void *user, const char *value)
{
    struct dialect *dialect = user;
    const char *found = strstr(value, "-std=");
    if (found != NULL)
        dialect->standard = hg_arena_string(
            dialect->arena, found, 5 + strspn(found + 5, "abcdefghijklmnopqrstuvwxyz0123456789"));
    dialect->unsigned_char |= strstr(value, "-funsigned-char") != NULL;
    dialect->ms_extensions |= strstr(value, "-fms-extensions") != NULL;
}

/* Only loongarch adds -isystem to KBUILD_CFLAGS, for <larchintrin.h>; others add it for files with
 * floating point. */
static void take_compiler_headers(void *user, const char *value)
{
    struct dialect *dialect = user;
    dialect->compiler_headers |= strstr(value, "-isystem") != NULL;
}

static void read_arch_dialect(struct hg_kernel_tree *tree, struct dialect *dialect)
{
    char *text = hg_kernel_read_file(hg_arena_printf(&tree->arena, "%s/arch/%s/Makefile",
                                                     tree->public.source, tree->public.arch),
                                     NULL);
    if (text != NULL)
        hg_makefile_values(text, "KBUILD_CFLAGS", NULL, take_compiler_headers, dialect);
    free(text);
}

/* Whether the kernel has a header of its own in place of <stdarg.h>: from 5.15 on. */
static bool has_stdarg(struct hg_kernel_tree *tree)
{
    return hg_kernel_is_file(
        hg_kernel_join(&tree->arena, tree->public.source, "include/linux/stdarg.h"));
}

/* Without a Makefile the release decides: the kernel's C is of 2011 from 5.18 on, and char is
 * unsigned from 6.2 on. */
static enum hg_status by_release(struct hg_kernel_tree *tree, struct dialect *dialect)
{
    enum { C11 = 5 << 16 | 18, UNSIGNED_CHAR = 6 << 16 | 2 };
    const char *path =
        hg_kernel_join(&tree->arena, tree->public.object, "include/generated/uapi/linux/version.h");
    char *text = hg_kernel_read_file(path, NULL);
    const char *found = text == NULL ? NULL : strstr(text, "LINUX_VERSION_CODE ");
    unsigned long code = found == NULL ? 0 : strtoul(strchr(found, ' '), NULL, 10);
    free(text);
    if (code >> 16 < 4) {
        hg_error(tree->diagnostics, NULL,
                 "'%s' does not name the release of these headers, and there is no Makefile: which "
                 "C they are written in is not known",
                 path);
        return HG_ERROR_INPUT;
    }
    unsigned release = (unsigned)(code >> 16) << 16 | (code >> 8 & 0xff);
    dialect->standard = release >= C11 ? "-std=gnu11" : "-std=gnu89";
    dialect->unsigned_char = release >= UNSIGNED_CHAR;
    dialect->compiler_headers = strcmp(tree->public.arch, "loongarch") == 0 || !has_stdarg(tree);
    return HG_OK;
}

static enum hg_status read_makefile(struct hg_kernel_tree *tree, struct dialect *dialect)
{
    const char *path = hg_kernel_join(&tree->arena, tree->public.source, "Makefile");
    char *text = hg_kernel_read_file(path, NULL);
    if (text == NULL) {
        hg_error(tree->diagnostics, NULL,
                 "cannot read '%s': %s (it says which C the headers are written in)", path,
                 strerror(errno));
        return HG_ERROR_IO;
    }
    hg_makefile_values(text, "KBUILD_CFLAGS", NULL, take_dialect, dialect);
    hg_makefile_values(text, "CC_FLAGS_DIALECT", NULL, take_dialect, dialect);
    dialect->compiler_headers = strstr(text, "-isystem") != NULL && !has_stdarg(tree);
    free(text);
    read_arch_dialect(tree, dialect);
    return HG_OK;
}

static enum hg_status read_dialect(struct hg_kernel_tree *tree, struct dialect *dialect)
{
    enum hg_status status =
        tree->is_bare ? by_release(tree, dialect) : read_makefile(tree, dialect);
    if (status != HG_OK)
        return status;
    /* From 6.19 on: without this option, `struct tag;` within a record declares no member. */
    const char *extensions = hg_config_value(&tree->config, "CC_MS_EXTENSIONS");
    dialect->ms_extensions |= extensions != NULL && strncmp(extensions, "-fms-", 5) == 0;
    return HG_OK;
}

/* Adds BASE/END, or BASE/arch/ARCH/END, to the include directories. */
static void add_directory(struct hg_kernel_tree *tree, const char *base, const char *arch,
                          const char *end)
{
    const char *flag = arch == NULL
                           ? hg_arena_printf(&tree->arena, "-I%s/%s", base, end)
                           : hg_arena_printf(&tree->arena, "-I%s/arch/%s/%s", base, arch, end);
    *HG_PUSH(&tree->flags) = flag;
    *HG_PUSH(&tree->directories) = flag + strlen("-I");
}

static void add_directories(struct hg_kernel_tree *tree)
{
    const char *source = tree->public.source;
    const char *object = tree->public.object;
    const char *arch = tree->public.arch;
    add_directory(tree, source, arch, "include");
    add_directory(tree, object, arch, "include/generated");
    add_directory(tree, source, NULL, "include");
    if (strcmp(source, object) != 0)
        add_directory(tree, object, NULL, "include");
    add_directory(tree, source, arch, "include/uapi");
    add_directory(tree, object, arch, "include/generated/uapi");
    add_directory(tree, source, NULL, "include/uapi");
    add_directory(tree, object, NULL, "include/generated/uapi");
}

/* Without these forced includes there are hundreds of errors.  Older kernels lack the first. */
static void add_forced_includes(struct hg_kernel_tree *tree)
{
    static const char *const forced_includes[] = {"include/linux/compiler-version.h",
                                                  "include/linux/kconfig.h",
                                                  "include/linux/compiler_types.h"};
    for (size_t i = 0; i < sizeof forced_includes / sizeof *forced_includes; i++) {
        const char *path = hg_kernel_join(&tree->arena, tree->public.source, forced_includes[i]);
        if (!hg_kernel_is_file(path))
            continue;
        *HG_PUSH(&tree->flags) = "-include";
        *HG_PUSH(&tree->flags) = path;
    }
}

static void add_common(struct hg_kernel_tree *tree, const struct dialect *dialect)
{
    static const char *const common[] = {
        "-fshort-wchar",
        "-fno-common",
        "-fno-PIE",
        "-fno-strict-aliasing",
        "-fno-builtin-wcslen",
        "-DKBUILD_MODNAME=\"hdrgen\"",
        "-DKBUILD_BASENAME=\"hdrgen\"",
        "-D__KBUILD_MODNAME=kmod_hdrgen",
    };
    *HG_PUSH(&tree->flags) = "-D__KERNEL__";
    *HG_PUSH(&tree->flags) = dialect->standard;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        *HG_PUSH(&tree->flags) = common[i];
    if (dialect->unsigned_char)
        *HG_PUSH(&tree->flags) = "-funsigned-char";
    if (dialect->ms_extensions)
        *HG_PUSH(&tree->flags) = "-fms-extensions";
}

enum hg_status hg_kernel_make_flags(struct hg_kernel_tree *tree)
{
    struct dialect dialect = {.arena = &tree->arena, .standard = "-std=gnu89"};
    enum hg_status status = read_dialect(tree, &dialect);
    if (status != HG_OK)
        return status;
    *HG_PUSH(&tree->flags) = NULL; /* the target, which `describe` returns */
    *HG_PUSH(&tree->flags) = dialect.compiler_headers ? "-nostdlibinc" : "-nostdinc";
    add_directories(tree);
    add_forced_includes(tree);
    add_common(tree, &dialect);
    const char *triple = tree->arch->describe(tree);
    if (triple == NULL)
        return HG_ERROR_INPUT;
    tree->flags.items[0] = hg_arena_printf(&tree->arena, "--target=%s", triple);
    return HG_OK;
}
