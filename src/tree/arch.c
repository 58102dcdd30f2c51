/*
 * The architectures: the target of each, and its flags beyond those that all share.
 *
 *     x86, 64BIT        x86_64-linux-gnu     -m64 -mno-80387 ... -DCC_USING_FENTRY
 *     arm, CPU_32v7     arm-linux-gnueabi    -D__LINUX_ARM_ARCH__=7 -march=armv7-a ...
 *
 * Only flags that the headers need, or that can decide a layout, are here; optimisation, warnings
 * and mitigations are left out, and so are flags that clang does not have (-mrecord-mcount,
 * -mprofile-kernel, -fconserve-stack), none of which changes a declaration.
 *
 * Width, byte order and processor come from the configuration.  The machine directories of mips and
 * of old arm kernels come from the text of their Makefiles.
 */
#include "tree/kernel.h"

#include "base/diag.h"

#include <string.h>

static bool is_on(const struct hg_kernel_tree *tree, const char *symbol)
{
    return hg_config_is_on(&tree->config, symbol);
}

static void add(struct hg_kernel_tree *tree, const char *const *flags)
{
    for (; *flags != NULL; flags++)
        *HG_PUSH(&tree->flags) = *flags;
}

#define ADD(tree, ...) add(tree, (const char *const[]){__VA_ARGS__, NULL})
#define ADD_FORMATTED(tree, ...) ADD(tree, hg_arena_printf(&(tree)->arena, __VA_ARGS__))

/* The text of a Makefile of the source directory, from malloc; NULL = it cannot be read. */
static char *read_makefile(struct hg_kernel_tree *tree, const char *name)
{
    return hg_kernel_read_file(hg_kernel_join(&tree->arena, tree->public.source, name), NULL);
}

/* --- x86 --- */

static const char *describe_x86(struct hg_kernel_tree *tree)
{
    tree->public.is_64bit = is_on(tree, "64BIT");
    if (tree->public.is_64bit)
        ADD(tree, "-m64", "-mno-80387", "-mno-red-zone", "-mcmodel=kernel", "-mstack-alignment=8");
    else
        ADD(tree, "-m32", "-msoft-float", "-mregparm=3", "-freg-struct-return", "-fno-pic",
            "-mstack-alignment=4", "-march=i686", "-ffreestanding");
    ADD(tree, "-mno-sse", "-mno-mmx", "-mno-sse2", "-mno-3dnow", "-mno-avx");
    if (is_on(tree, "FUNCTION_TRACER"))
        ADD(tree, "-DCC_USING_FENTRY");
    /* until 5.17 the Makefile defines this if the linker knows x32; compat_siginfo depends on it */
    if (is_on(tree, "X86_X32"))
        ADD(tree, "-DCONFIG_X86_X32_ABI");
    return tree->public.is_64bit ? "x86_64-linux-gnu" : "i386-linux-gnu";
}

/* --- arm64 --- */

/* Until 5.10 the Makefile sets the shift to 3 unless KASAN_SW_TAGS is on, even without KASAN. */
static bool has_arm64_shift_by_default(struct hg_kernel_tree *tree)
{
    char *text = read_makefile(tree, "arch/arm64/Makefile");
    bool has = text != NULL && strstr(text, "CONFIG_KASAN_SW_TAGS") != NULL &&
               strstr(text, "CONFIG_KASAN_GENERIC") == NULL;
    free(text);
    return has;
}

static const char *describe_arm64(struct hg_kernel_tree *tree)
{
    tree->public.is_64bit = true;
    tree->public.big_endian = is_on(tree, "CPU_BIG_ENDIAN");
    ADD(tree, "-mgeneral-regs-only", "-DCONFIG_CC_HAS_K_CONSTRAINT=1",
        "-DARM64_ASM_ARCH=\"armv8.5-a\"");
    ADD_FORMATTED(tree, "-DKASAN_SHADOW_SCALE_SHIFT=%s",
                  is_on(tree, "KASAN_SW_TAGS")                                       ? "4"
                  : is_on(tree, "KASAN_GENERIC") || has_arm64_shift_by_default(tree) ? "3"
                                                                                     : "");
    if (is_on(tree, "DYNAMIC_FTRACE"))
        ADD(tree, "-DCC_USING_PATCHABLE_FUNCTION_ENTRY");
    return tree->public.big_endian ? "aarch64_be-linux-gnu" : "aarch64-linux-gnu";
}

/* --- arm --- */

/* The machine and platform directories of kernels without ARCH_MULTIPLATFORM. */
struct arm_machine {
    struct hg_kernel_tree *tree;
    const char *prefix; /* mach or plat */
};

static void add_arm_machine(void *user, const char *value)
{
    struct arm_machine *machine = user;
    for (; *value != '\0'; value += strspn(value, " \t")) {
        size_t length = strcspn(value, " \t");
        if (length > 0 && strspn(value, HG_ALPHANUMERIC "_-") == length)
            ADD_FORMATTED(machine->tree, "-I%s/arch/arm/%s-%.*s/include",
                          machine->tree->public.source, machine->prefix, (int)length, value);
        value += length;
    }
}

static void add_arm_machines(struct hg_kernel_tree *tree)
{
    char *text = read_makefile(tree, "arch/arm/Makefile");
    if (text == NULL)
        return;
    hg_makefile_values(text, "machine", &tree->config, add_arm_machine,
                       &(struct arm_machine){tree, "mach"});
    hg_makefile_values(text, "plat", &tree->config, add_arm_machine,
                       &(struct arm_machine){tree, "plat"});
    free(text);
}

/* A kernel for several processors is compiled for the oldest. */
static const char *describe_arm(struct hg_kernel_tree *tree)
{
    static const struct {
        const char *symbol, *level, *processor;
    } rows[] = {
        {"CPU_32v7M", "7", "armv7-m"}, {"CPU_32v7", "7", "armv7-a"}, {"CPU_32v6", "6", "armv6"},
        {"CPU_32v5", "5", "armv5te"},  {"CPU_32v4T", "4", "armv4t"}, {"CPU_32v4", "4", "armv4"},
        {"CPU_32v3", "3", "armv3m"},
    };
    const char *level = NULL, *processor = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (is_on(tree, rows[i].symbol)) {
            level = rows[i].level;
            processor = rows[i].processor;
        }
    if (level == NULL) {
        hg_error(tree->diagnostics, NULL,
                 "the configuration of '%s' has none of CONFIG_CPU_32v3 to CONFIG_CPU_32v7M, which "
                 "say which ARM it is for: configure the tree again (make olddefconfig)",
                 tree->public.object);
        return NULL;
    }
    /* CPU_32v6K counts only if the oldest processor has version 6 */
    if (strcmp(processor, "armv6") == 0 && is_on(tree, "CPU_32v6K"))
        processor = "armv6k";
    tree->public.big_endian = is_on(tree, "CPU_BIG_ENDIAN");
    ADD(tree, "-mabi=aapcs-linux", is_on(tree, "THUMB2_KERNEL") ? "-mthumb" : "-marm");
    ADD_FORMATTED(tree, "-D__LINUX_ARM_ARCH__=%s", level);
    ADD_FORMATTED(tree, "-march=%s", processor);
    ADD(tree, "-msoft-float", "-Uarm");
    if (!is_on(tree, "ARCH_MULTIPLATFORM"))
        add_arm_machines(tree);
    return tree->public.big_endian ? "armeb-linux-gnueabi" : "arm-linux-gnueabi";
}

/* --- s390 --- */

static const char *describe_s390(struct hg_kernel_tree *tree)
{
    /* clang has no processor before z10, and older releases have none after z15; the later ones
     * change no layout */
    static const struct {
        const char *symbol, *processor;
    } rows[] = {
        {"MARCH_Z196", "z196"}, {"MARCH_ZEC12", "zEC12"}, {"MARCH_Z13", "z13"},
        {"MARCH_Z14", "z14"},   {"MARCH_Z15", "z15"},     {"MARCH_Z16", "z15"},
        {"MARCH_Z17", "z15"},
    };
    const char *processor = "z10";
    if (hg_config_value(&tree->config, "64BIT") == NULL) {
        hg_error(tree->diagnostics, NULL,
                 "'%s' is configured for 31-bit s390, which clang cannot compile for",
                 tree->public.object);
        return NULL;
    }
    tree->public.is_64bit = tree->public.big_endian = true;
    ADD(tree, "-m64", "-mbackchain", "-msoft-float");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (is_on(tree, rows[i].symbol))
            processor = rows[i].processor;
    ADD_FORMATTED(tree, "-march=%s", processor);
    if (is_on(tree, "FUNCTION_TRACER"))
        ADD(tree, "-DCC_USING_FENTRY", "-DCC_USING_NOP_MCOUNT");
    return "s390x-linux-gnu";
}

/* --- powerpc --- */

static const char *describe_powerpc(struct hg_kernel_tree *tree)
{
    const char *target = "powerpc-linux-gnu";
    tree->public.is_64bit = is_on(tree, "PPC64");
    tree->public.big_endian = !is_on(tree, "CPU_LITTLE_ENDIAN");
    if (!tree->public.is_64bit) {
        tree->public.big_endian = true;
        ADD(tree, "-m32", "-mbig-endian");
    } else if (tree->public.big_endian) {
        target = "powerpc64-linux-gnu";
        ADD(tree, "-m64", "-mbig-endian",
            is_on(tree, "PPC64_ELF_ABI_V2") ? "-mabi=elfv2" : "-mabi=elfv1");
    } else {
        target = "powerpc64le-linux-gnu";
        ADD(tree, "-m64", "-mlittle-endian", "-mabi=elfv2", "-mcpu=power8");
    }
    /* clang lacks some asm constraints of gcc; CC_IS_CLANG selects definitions without them */
    ADD(tree, "-msoft-float", "-mno-altivec", "-mno-vsx", "-DHAVE_AS_ATHIGH=1",
        "-DCONFIG_CC_IS_CLANG=1");
    ADD_FORMATTED(tree, "-I%s/arch/powerpc", tree->public.source);
    if (is_on(tree, "FUNCTION_TRACER") && is_on(tree, "ARCH_USING_PATCHABLE_FUNCTION_ENTRY"))
        ADD(tree, "-DCC_USING_PATCHABLE_FUNCTION_ENTRY");
    return target;
}

/* --- mips --- */

/* What the Makefile and the Platform files of the chosen platforms say. */
struct mips {
    struct hg_kernel_tree *tree;
    const char *processor;
    const char *load; /* the address that the kernel is linked for */
    size_t platforms;
};

enum { PLATFORMS_MAX = 256 };

static void take_processor(void *user, const char *value)
{
    static const char option[] = "-march=";
    struct mips *mips = user;
    const char *found = strstr(value, option);
    if (found == NULL)
        return;
    found += strlen(option);
    mips->processor =
        hg_arena_string(&mips->tree->arena, found, strspn(found, HG_ALPHANUMERIC "-.+"));
}

static void take_machine_directory(void *user, const char *value)
{
    static const char prefix[] = "-I$(srctree)/";
    struct mips *mips = user;
    while ((value = strstr(value, prefix)) != NULL) {
        value += sizeof prefix - 1;
        size_t length = strspn(value, HG_ALPHANUMERIC "_-/");
        if (length > 0)
            ADD_FORMATTED(mips->tree, "-I%s/%.*s", mips->tree->public.source, (int)length, value);
        value += length;
    }
}

static void take_load_address(void *user, const char *value)
{
    struct mips *mips = user;
    if (hg_begins_with(value, "0x"))
        mips->load = hg_arena_string(&mips->tree->arena, value, strspn(value, HG_ALPHANUMERIC));
}

static void take_platform(void *user, const char *value)
{
    struct mips *mips = user;
    for (; *value != '\0'; value += strspn(value, " \t/")) {
        size_t length = strspn(value, HG_ALPHANUMERIC "_-");
        if (length == 0 || mips->platforms++ == PLATFORMS_MAX)
            return;
        char *text =
            read_makefile(mips->tree, hg_arena_printf(&mips->tree->arena, "arch/mips/%.*s/Platform",
                                                      (int)length, value));
        value += length;
        if (text == NULL)
            continue;
        const struct hg_config *config = &mips->tree->config;
        hg_makefile_values(text, "cflags", config, take_machine_directory, mips);
        hg_makefile_values(text, "load", config, take_load_address, mips);
        free(text);
    }
}

/* Adds -march: the processor that the Makefile names if clang knows it, else one of the same
 * width. */
static void add_mips_processor(struct mips *mips)
{
    char *text = read_makefile(mips->tree, "arch/mips/Makefile");
    if (text != NULL)
        hg_makefile_values(text, "cflags", &mips->tree->config, take_processor, mips);
    free(text);
    bool wide = mips->tree->public.is_64bit;
    bool is_known = hg_begins_with(mips->processor, wide ? "mips64" : "mips32") ||
                    strcmp(mips->processor, wide ? "octeon" : "p5600") == 0;
    const char *default_processor = wide ? "mips64r2" : "mips32r2";
    ADD_FORMATTED(mips->tree, "-march=%s", is_known ? mips->processor : default_processor);
}

static const char *describe_mips(struct hg_kernel_tree *tree)
{
    tree->public.is_64bit = is_on(tree, "64BIT");
    tree->public.big_endian = !is_on(tree, "CPU_LITTLE_ENDIAN");
    ADD(tree, tree->public.is_64bit ? "-mabi=64" : "-mabi=32", "-G", "0", "-mno-abicalls",
        "-fno-pic", "-msoft-float", "-ffreestanding", tree->public.big_endian ? "-EB" : "-EL");
    struct mips mips = {.tree = tree, .processor = "", .load = "0xffffffff80100000"};
    add_mips_processor(&mips);
    ADD(tree, "-DGAS_HAS_SET_HARDFLOAT", "-DTOOLCHAIN_SUPPORTS_VIRT");
    char *text = read_makefile(tree, "arch/mips/Kbuild.platforms");
    if (text != NULL) {
        hg_makefile_values(text, "platform", &tree->config, take_platform, &mips);
        hg_makefile_values(text, "platforms", NULL, take_platform, &mips); /* until 5.8 */
    }
    free(text);
    ADD_FORMATTED(tree, "-I%s/arch/mips/include/asm/mach-generic", tree->public.source);
    ADD_FORMATTED(tree, "-DVMLINUX_LOAD_ADDRESS=%s", mips.load);
    ADD(tree, "-DDATAOFFSET=0");
    if (tree->public.is_64bit)
        return tree->public.big_endian ? "mips64-linux-gnuabi64" : "mips64el-linux-gnuabi64";
    return tree->public.big_endian ? "mips-linux-gnu" : "mipsel-linux-gnu";
}

/* --- riscv, loongarch --- */

static const char *describe_riscv(struct hg_kernel_tree *tree)
{
    tree->public.is_64bit = is_on(tree, "64BIT");
    if (tree->public.is_64bit)
        ADD(tree, "-mabi=lp64", "-march=rv64imac");
    else
        ADD(tree, "-mabi=ilp32", "-march=rv32imac");
    ADD(tree, "-mcmodel=medany", "-mno-save-restore");
    if (is_on(tree, "DYNAMIC_FTRACE"))
        ADD(tree, "-DCC_USING_PATCHABLE_FUNCTION_ENTRY");
    return tree->public.is_64bit ? "riscv64-linux-gnu" : "riscv32-linux-gnu";
}

static const char *describe_loongarch(struct hg_kernel_tree *tree)
{
    if (!is_on(tree, "64BIT")) {
        hg_error(tree->diagnostics, NULL,
                 "'%s' is configured for 32-bit loongarch, whose flags hdrgen does not know",
                 tree->public.object);
        return NULL;
    }
    tree->public.is_64bit = true;
    /* the load address is that of all 64-bit kernels */
    ADD(tree, "-mabi=lp64s", "-msoft-float", "-DVMLINUX_LOAD_ADDRESS=0x9000000000200000");
    if (is_on(tree, "DYNAMIC_FTRACE"))
        ADD(tree, "-DCC_USING_PATCHABLE_FUNCTION_ENTRY");
    return "loongarch64-linux-gnusf";
}

/* --- the table --- */

static const struct hg_kernel_arch archs[] = {
    {"x86", "X86", describe_x86},    {"arm64", "ARM64", describe_arm64},
    {"arm", "ARM", describe_arm},    {"riscv", "RISCV", describe_riscv},
    {"s390", "S390", describe_s390}, {"powerpc", "PPC", describe_powerpc},
    {"mips", "MIPS", describe_mips}, {"loongarch", "LOONGARCH", describe_loongarch},
};
enum { ARCHS = sizeof archs / sizeof *archs };

/* Aliases, which imply the width and the byte order (`l`, `b`, or ` ` for either). */
static const struct alias {
    const char *name;
    const char *arch;
    unsigned bits;
    char order;
} aliases[] = {
    {"x86_64", "x86", 64, 'l'},        {"amd64", "x86", 64, 'l'},
    {"i386", "x86", 32, 'l'},          {"i686", "x86", 32, 'l'},
    {"aarch64", "arm64", 64, 'l'},     {"aarch64_be", "arm64", 64, 'b'},
    {"armhf", "arm", 32, 'l'},         {"armel", "arm", 32, 'l'},
    {"armv7l", "arm", 32, 'l'},        {"riscv64", "riscv", 64, 'l'},
    {"riscv32", "riscv", 32, 'l'},     {"s390x", "s390", 64, 'b'},
    {"ppc64le", "powerpc", 64, 'l'},   {"ppc64el", "powerpc", 64, 'l'},
    {"powerpc64", "powerpc", 64, ' '}, {"powerpc64le", "powerpc", 64, 'l'},
    {"ppc64", "powerpc", 64, 'b'},     {"ppc", "powerpc", 32, 'b'},
    {"mips64", "mips", 64, ' '},       {"mips64el", "mips", 64, 'l'},
    {"mipsel", "mips", 32, 'l'},       {"loongarch64", "loongarch", 64, 'l'},
    {"loong64", "loongarch", 64, 'l'},
};
enum { ALIASES = sizeof aliases / sizeof *aliases };

static const struct alias *find_alias(const char *name)
{
    for (size_t i = 0; i < ALIASES; i++)
        if (strcmp(aliases[i].name, name) == 0)
            return &aliases[i];
    return NULL;
}

bool hg_kernel_alias_fits(const char *name, bool is_64bit, bool big_endian)
{
    const struct alias *alias = find_alias(name);
    return alias == NULL || (alias->bits == (is_64bit ? 64 : 32) &&
                             (alias->order == ' ' || alias->order == (big_endian ? 'b' : 'l')));
}

const struct hg_kernel_arch *hg_kernel_find_arch(const char *name)
{
    const struct alias *alias = find_alias(name);
    if (alias != NULL)
        name = alias->arch;
    for (size_t i = 0; i < ARCHS; i++)
        if (strcmp(archs[i].name, name) == 0)
            return &archs[i];
    return NULL;
}

const struct hg_kernel_arch *hg_kernel_configured_arch(const struct hg_config *config)
{
    for (size_t i = 0; i < ARCHS; i++)
        if (hg_config_is_on(config, archs[i].config))
            return &archs[i];
    return NULL;
}

void hg_kernel_put_archs(struct hg_text *text)
{
    for (size_t i = 0; i < ARCHS; i++)
        hg_text_printf(text, " %s", archs[i].name);
}
