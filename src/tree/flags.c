/*
 * All flags of a tree, in kbuild's order.
 *
 *     --target=T -nostdinc
 *     -I$C/arch/$S/include -I$A/arch/$S/include/generated -I$C/include -I$A/include ... uapi ...
 *     -include $C/include/linux/kconfig.h ...
 *     -D__KERNEL__ -std=gnu11 -fshort-wchar ... and the architecture's
 *
 * $C is the source directory, $A the object directory.  The C dialect and whether char is unsigned
 * are read from the text of the top Makefile, for they change with the release; whether the
 * compiler's own headers are needed, from that and the architecture's.
 */
#include "tree/kernel.h"

#include "base/diag.h"

#include <errno.h>
#include <string.h>

/* What KBUILD_CFLAGS and CC_FLAGS_DIALECT are given. */
struct dialect {
    struct hg_arena *arena;
    const char *standard;
    bool unsigned_char;
    bool ms_extensions;
    bool compiler_headers; /* the compiler's own, as <stdarg.h> */
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

/* loongarch's headers need <larchintrin.h>.  What others add is for files that use floating point. */
static void take_compiler_headers(void *user, const char *value)
{
    struct dialect *dialect = user;
    dialect->compiler_headers |= strstr(value, "-isystem") != NULL;
}

static void read_arch_dialect(struct hg_kernel_tree *tree, struct dialect *dialect)
{
    struct hg_text name = {0};
    hg_text_printf(&name, "arch/%s/Makefile", tree->public.arch);
    size_t size = 0;
    char *text = hg_kernel_read_file(
        hg_kernel_join(&tree->arena, tree->public.source, hg_text_string(&name)), &size);
    hg_text_deinit(&name);
    if (text != NULL)
        hg_makefile_values(text, "KBUILD_CFLAGS", NULL, take_compiler_headers, dialect);
    free(text);
}

/* Where there is no Makefile, the release says what it would: the kernel's C is of 2011 from 5.18
 * on, `char` is unsigned from 6.2 on, and linux/stdarg.h came with 5.15. */
static enum hg_status by_release(struct hg_kernel_tree *tree, struct dialect *dialect)
{
    enum { C11 = 5 << 16 | 18, UNSIGNED_CHAR = 6 << 16 | 2 };
    const char *path =
        hg_kernel_join(&tree->arena, tree->public.object, "include/generated/uapi/linux/version.h");
    size_t size = 0;
    char *text = hg_kernel_read_file(path, &size);
    const char *found = text == NULL ? NULL : strstr(text, "LINUX_VERSION_CODE ");
    unsigned long code = found == NULL ? 0 : strtoul(strchr(found, ' '), NULL, 10);
    free(text);
    if (code >> 16 < 4) {
        hg_error(tree->diagnostics, NULL,
                 "'%s' does not say which release these headers are of, and there is no Makefile: "
                 "which C they are written in is not known",
                 path);
        return HG_ERROR_INPUT;
    }
    unsigned release = (unsigned)(code >> 16) << 16 | (code >> 8 & 0xff);
    dialect->standard = release >= C11 ? "-std=gnu11" : "-std=gnu89";
    dialect->unsigned_char = release >= UNSIGNED_CHAR;
    dialect->compiler_headers = strcmp(tree->public.arch, "loongarch") == 0 ||
                                !hg_kernel_is_file(hg_kernel_join(&tree->arena, tree->public.source,
                                                                  "include/linux/stdarg.h"));
    return HG_OK;
}

static enum hg_status read_makefile(struct hg_kernel_tree *tree, struct dialect *dialect)
{
    const char *path = hg_kernel_join(&tree->arena, tree->public.source, "Makefile");
    size_t size = 0;
    char *text = hg_kernel_read_file(path, &size);
    if (text == NULL) {
        hg_error(tree->diagnostics, NULL,
                 "cannot read '%s': %s (it says which C the headers are written in)", path,
                 strerror(errno));
        return HG_ERROR_IO;
    }
    hg_makefile_values(text, "KBUILD_CFLAGS", NULL, take_dialect, dialect);
    hg_makefile_values(text, "CC_FLAGS_DIALECT", NULL, take_dialect, dialect);
    /* Before 5.15. */
    dialect->compiler_headers = strstr(text, "-isystem") != NULL &&
                                !hg_kernel_is_file(hg_kernel_join(&tree->arena, tree->public.source,
                                                                  "include/linux/stdarg.h"));
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
    /* Members without a name of a tagged structure type, from 6.19 on: without this they vanish. */
    const char *extensions = hg_config_value(&tree->config, "CC_MS_EXTENSIONS");
    dialect->ms_extensions |= extensions != NULL && strncmp(extensions, "-fms-", 5) == 0;
    return HG_OK;
}

/* A directory of the search, where it is. */
static void add_directory(struct hg_kernel_tree *tree, const char *base, const char *format,
                          const char *end)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "-I%s/", base);
    hg_text_printf(&text, "%s%s%s", format[0] == '\0' ? "" : "arch/", format,
                   format[0] == '\0' ? "" : "/");
    hg_text_put(&text, end);
    const char *flag = hg_arena_string(&tree->arena, text.data, text.size);
    hg_text_deinit(&text);
    *HG_PUSH(&tree->flags) = flag;
    *HG_PUSH(&tree->directories) = flag + 2;
}

static void add_directories(struct hg_kernel_tree *tree)
{
    const char *source = tree->public.source;
    const char *object = tree->public.object;
    const char *arch = tree->public.arch;
    add_directory(tree, source, arch, "include");
    add_directory(tree, object, arch, "include/generated");
    add_directory(tree, source, "", "include");
    if (strcmp(source, object) != 0)
        add_directory(tree, object, "", "include");
    add_directory(tree, source, arch, "include/uapi");
    add_directory(tree, object, arch, "include/generated/uapi");
    add_directory(tree, source, "", "include/uapi");
    add_directory(tree, object, "", "include/generated/uapi");
}

/* Without these three there are hundreds of errors; older kernels do not have the first. */
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
    const char *triple = tree->arch->describe(tree);
    if (triple == NULL)
        return HG_ERROR_INPUT;
    struct hg_text target = {0};
    hg_text_printf(&target, "--target=%s", triple);
    *HG_PUSH(&tree->flags) = hg_arena_string(&tree->arena, target.data, target.size);
    hg_text_deinit(&target);

    *HG_PUSH(&tree->flags) = dialect.compiler_headers ? "-nostdlibinc" : "-nostdinc";
    add_directories(tree);
    add_forced_includes(tree);
    add_common(tree, &dialect);
    for (size_t i = 0; i < tree->extra.count; i++)
        *HG_PUSH(&tree->flags) = tree->extra.items[i];
    return HG_OK;
}
