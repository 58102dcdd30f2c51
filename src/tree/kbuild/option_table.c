/* The options that are known: see option_table.h. */
#include "tree/kbuild/option_table.h"

#include <stddef.h>
#include <string.h>

#define KEEP_WORD(option, archs)                                                                   \
    {                                                                                              \
        option, HG_OPTION_KEEP, false, false, archs, NULL, NULL                                    \
    }
#define KEEP_PREFIX(option, archs)                                                                 \
    {                                                                                              \
        option, HG_OPTION_KEEP, true, false, archs, NULL, NULL                                     \
    }
#define WITH_VALUE(option, treatment, is_prefix)                                                   \
    {                                                                                              \
        option, treatment, is_prefix, true, NULL, NULL, NULL                                       \
    }
#define LOSE(option, is_prefix, archs, instead, lost)                                              \
    {                                                                                              \
        option, HG_OPTION_LOSE, is_prefix, false, archs, instead, lost                             \
    }
#define DROP_FOR(option, archs)                                                                    \
    {                                                                                              \
        option, HG_OPTION_DROP, false, false, archs, NULL, NULL                                    \
    }

static const char own_long_double[] = "clang lays out long double in the ABI's own way";
static const char own_abi[] = "the layout is that of the ABI of the kernel's configuration";

static const struct hg_option_row rows[] = {
    /* the preprocessor */
    WITH_VALUE("-D", HG_OPTION_KEEP, true),
    WITH_VALUE("-U", HG_OPTION_KEEP, true),
    WITH_VALUE("-isystem", HG_OPTION_DIRECTORY, true),
    WITH_VALUE("-iquote", HG_OPTION_DIRECTORY, true),
    WITH_VALUE("-idirafter", HG_OPTION_DIRECTORY, true),
    WITH_VALUE("-include", HG_OPTION_FORCED, false),
    WITH_VALUE("-imacros", HG_OPTION_FORCED, false),
    WITH_VALUE("-I", HG_OPTION_DIRECTORY, true),
    KEEP_WORD("-undef", NULL),
    KEEP_WORD("-trigraphs", NULL),
    /* the language */
    KEEP_PREFIX("-std=", NULL),
    KEEP_WORD("-ansi", NULL),
    KEEP_WORD("-fgnu89-inline", NULL),
    KEEP_WORD("-fno-gnu89-inline", NULL),
    KEEP_PREFIX("-flax-vector-conversions", NULL),
    KEEP_WORD("-fno-lax-vector-conversions", NULL),
    KEEP_WORD("-fshort-wchar", NULL),
    KEEP_WORD("-fno-short-wchar", NULL),
    KEEP_WORD("-funsigned-char", NULL),
    KEEP_WORD("-fno-unsigned-char", NULL),
    KEEP_WORD("-fsigned-char", NULL),
    KEEP_WORD("-fno-signed-char", NULL),
    KEEP_WORD("-fsigned-bitfields", NULL),
    KEEP_WORD("-fshort-enums", NULL),
    KEEP_WORD("-fno-short-enums", NULL),
    KEEP_WORD("-fms-extensions", NULL),
    KEEP_WORD("-fno-ms-extensions", NULL),
    KEEP_WORD("-fms-anonymous-structs", NULL),
    KEEP_PREFIX("-fpack-struct", NULL),
    KEEP_WORD("-fno-pack-struct", NULL),
    /* the ABI, and what the floating-point and vector units allow */
    KEEP_WORD("-mms-bitfields", "x86"),
    KEEP_WORD("-mno-ms-bitfields", "x86"),
    KEEP_WORD("-malign-double", "x86"),
    KEEP_WORD("-mno-align-double", "x86"),
    KEEP_WORD("-miamcu", "x86:32"),
    KEEP_WORD("-mlong-double-64", "x86 powerpc"),
    KEEP_WORD("-mlong-double-80", "x86"),
    KEEP_WORD("-mlong-double-128", "x86 powerpc"),
    KEEP_WORD("-m64", "x86 s390 powerpc"),
    KEEP_WORD("-m32", "x86 powerpc"),
    KEEP_WORD("-msoft-float", "x86 arm s390 powerpc mips loongarch"),
    KEEP_WORD("-mhard-float", "arm s390 powerpc mips"),
    KEEP_WORD("-mno-80387", "x86"),
    KEEP_PREFIX("-mno-sse", "x86"),
    KEEP_PREFIX("-msse", "x86"),
    KEEP_WORD("-mno-mmx", "x86"),
    KEEP_WORD("-mmmx", "x86"),
    KEEP_PREFIX("-mno-avx", "x86"),
    KEEP_PREFIX("-mavx", "x86"),
    KEEP_WORD("-mno-3dnow", "x86"),
    KEEP_PREFIX("-mregparm=", "x86"),
    KEEP_WORD("-freg-struct-return", "x86"),
    KEEP_WORD("-mgeneral-regs-only", "x86 arm64"),
    KEEP_WORD("-mlittle-endian", "arm arm64 powerpc"),
    KEEP_WORD("-mbig-endian", "arm arm64 powerpc"),
    KEEP_WORD("-EL", "mips"),
    KEEP_WORD("-EB", "mips"),
    KEEP_PREFIX("-mfloat-abi=", "arm"),
    KEEP_PREFIX("-mfpu=", "arm"),
    KEEP_WORD("-maltivec", "powerpc"),
    KEEP_WORD("-mno-altivec", "powerpc"),
    KEEP_WORD("-mvsx", "powerpc"),
    KEEP_WORD("-mno-vsx", "powerpc"),
    /* what clang does not have */
    LOSE("-fplan9-extensions", false, NULL, "-fms-extensions",
         "members without a name keep their place, and what Plan 9 converts is an error"),
    LOSE("-funsigned-bitfields", false, NULL, NULL, "bit-fields of a plain int are signed"),
    LOSE("-fno-signed-bitfields", false, NULL, NULL, "bit-fields of a plain int are signed"),
    LOSE("-fshort-double", false, NULL, NULL, "double is as large as the ABI says"),
    LOSE("-m96bit-long-double", false, "x86:64", NULL, own_long_double),
    LOSE("-m128bit-long-double", false, "x86:32", NULL, own_long_double),
    LOSE("-mlong-double-64", false, "arm arm64 mips riscv s390 loongarch", NULL, own_long_double),
    LOSE("-mlong-double-128", false, "arm mips", NULL, own_long_double),
    LOSE("-malign-natural", false, "powerpc", NULL, own_abi),
    LOSE("-malign-power", false, "powerpc", NULL, own_abi),
    LOSE("-mno-bit-align", false, "powerpc", NULL, own_abi),
    LOSE("-mstructure-size-boundary=", true, "arm", NULL, own_abi),
    LOSE("-mlong32", false, "mips", NULL, own_abi),
    LOSE("-mlong64", false, "mips", NULL, own_abi),
    LOSE("-mabi=", true, NULL, NULL, own_abi),
    /* what says what is so anyway */
    DROP_FOR("-m96bit-long-double", "x86:32"),
    DROP_FOR("-m128bit-long-double", "x86:64"),
    DROP_FOR("-mlong-double-128", "arm64 riscv s390 loongarch"),
    DROP_FOR("-mstructure-size-boundary=8", "arm"),
    DROP_FOR("-mbit-align", "powerpc"),
    DROP_FOR("-mabi=sysv", "x86"),
    DROP_FOR("-mabi=lp64", "arm64 riscv"),
    DROP_FOR("-mabi=lp64s", "loongarch"),
    DROP_FOR("-mabi=ilp32", "riscv:32"),
    DROP_FOR("-mabi=32", "mips:32"),
    DROP_FOR("-mabi=64", "mips:64"),
    DROP_FOR("-mabi=aapcs-linux", "arm"),
    DROP_FOR("-mabi=altivec", "powerpc"),
    DROP_FOR("-mabi=no-altivec", "powerpc"),
    DROP_FOR("-mabi=no-spe", "powerpc"),
    DROP_FOR("-m64", "mips:64"),
    DROP_FOR("-m32", "mips:32"),
    DROP_FOR("-mhard-float", "x86"),
    DROP_FOR("-mlittle-endian", "riscv loongarch"),
    /* dropped with their values */
    WITH_VALUE("-o", HG_OPTION_DROP, false),
    WITH_VALUE("-x", HG_OPTION_DROP, false),
    WITH_VALUE("-T", HG_OPTION_DROP, false),
    WITH_VALUE("-MF", HG_OPTION_DROP, false),
    WITH_VALUE("-MT", HG_OPTION_DROP, false),
    WITH_VALUE("-MQ", HG_OPTION_DROP, false),
    WITH_VALUE("-target", HG_OPTION_DROP, false),
    WITH_VALUE("-triple", HG_OPTION_DROP, false),
    WITH_VALUE("-arch", HG_OPTION_DROP, false),
    WITH_VALUE("-mllvm", HG_OPTION_DROP, false),
    WITH_VALUE("-Xassembler", HG_OPTION_DROP, false),
    WITH_VALUE("-Xlinker", HG_OPTION_DROP, false),
    WITH_VALUE("--param", HG_OPTION_DROP, false),
    WITH_VALUE("-isysroot", HG_OPTION_DROP, false),
    WITH_VALUE("--sysroot", HG_OPTION_DROP, false),
    WITH_VALUE("-gcc-toolchain", HG_OPTION_DROP, false),
    WITH_VALUE("-wrapper", HG_OPTION_DROP, false),
    WITH_VALUE("-z", HG_OPTION_DROP, false),
    WITH_VALUE("-u", HG_OPTION_DROP, false),
    WITH_VALUE("-e", HG_OPTION_DROP, false),
    WITH_VALUE("-aux-info", HG_OPTION_DROP, false),
};

static const struct hg_option_row dropped = {.option = "", .treatment = HG_OPTION_DROP};

static bool is_for(const char *archs, const char *arch, bool is_64bit)
{
    size_t size = strlen(arch);
    for (const char *at = archs; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, arch, size) != 0)
            continue;
        if (at[size] == ' ' || at[size] == '\0' ||
            (at[size] == ':' && (at[size + 1] == '6') == is_64bit))
            return true;
    }
    return archs == NULL;
}

const struct hg_option_row *hg_find_option(const char *word, const char *arch, bool is_64bit)
{
    const struct hg_option_row *best = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = strlen(rows[i].option);
        bool fits = rows[i].is_prefix ? strncmp(word, rows[i].option, size) == 0
                                      : strcmp(word, rows[i].option) == 0;
        if (fits && is_for(rows[i].archs, arch, is_64bit) &&
            (best == NULL || size > strlen(best->option)))
            best = &rows[i];
    }
    if (best == NULL && hg_option_is_of_code(word))
        return &dropped;
    return best;
}
