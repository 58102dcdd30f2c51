/* Kernel trees: little ones, made in a temporary directory, of every form that is known. */
#include "tree/kernel.h"
#include "helpers.h"
#include "suites.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    char root[64];
    struct hg_test_log log;
    struct hg_arena arena;
};

static void fixture_init(struct fixture *fixture)
{
    strcpy(fixture->root, "/tmp/hdrgen-kernel-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(fixture->root));
    hg_test_log_init(&fixture->log);
    hg_arena_init(&fixture->arena);
}

static void fixture_deinit(struct fixture *fixture)
{
    hg_test_remove_tree(fixture->root);
    hg_test_log_deinit(&fixture->log);
    hg_arena_deinit(&fixture->arena);
}

static const char *at(struct fixture *fixture, const char *name)
{
    return hg_kernel_join(&fixture->arena, fixture->root, name);
}

static void make_parents(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        CU_ASSERT_FATAL(mkdir(path, 0777) == 0 || errno == EEXIST);
        *slash = '/';
    }
}

static void put(struct fixture *fixture, const char *name, const char *text)
{
    const char *path = at(fixture, name);
    make_parents((char *)path);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT(fputs(text, file) >= 0);
    CU_ASSERT(fclose(file) == 0);
}

static const char top_makefile[] =
    "VERSION = 6\nKBUILD_USERHOSTCFLAGS := -std=gnu99\n"
    "KBUILD_CFLAGS := -Wall \\\n\t-std=gnu11 -fshort-wchar\n";

static void put_source(struct fixture *fixture, const char *base)
{
    const char *const names[] = {"include/linux/kconfig.h", "include/linux/compiler_types.h",
                                 "include/linux/sched.h", "include/uapi/linux/sched.h",
                                 "include/uapi/linux/if_ether.h"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put(fixture, hg_kernel_join(&fixture->arena, base, names[i]), "\n");
    put(fixture, hg_kernel_join(&fixture->arena, base, "Makefile"), top_makefile);
}

static void put_object(struct fixture *fixture, const char *base, const char *arch,
                       const char *config)
{
    struct hg_text name = {0};
    hg_text_printf(&name, "arch/%s/include/generated/asm/x.h", arch);
    put(fixture, hg_kernel_join(&fixture->arena, base, name.data), "\n");
    hg_text_deinit(&name);
    put(fixture, hg_kernel_join(&fixture->arena, base, "include/config/auto.conf"), config);
    put(fixture, hg_kernel_join(&fixture->arena, base, "include/generated/autoconf.h"), "\n");
    put(fixture, hg_kernel_join(&fixture->arena, base, "include/config/kernel.release"),
        "6.1.0-test\n");
}

static struct hg_kernel *open_tree(struct fixture *fixture, const char *name, const char *arch,
                                   enum hg_status expected)
{
    struct hg_kernel *kernel = NULL;
    struct hg_kernel_options options = {
        .sz = sizeof(struct hg_kernel_options), .directory = at(fixture, name), .arch = arch};
    CU_ASSERT_EQUAL(hg_kernel_open(&options, &fixture->log.diagnostics, &kernel), expected);
    CU_ASSERT_EQUAL(kernel != NULL, expected == HG_OK);
    return kernel;
}

static bool has_flag(const struct hg_kernel *kernel, const char *flag)
{
    for (size_t i = 0; i < kernel->flag_count; i++)
        if (strcmp(kernel->flags[i], flag) == 0)
            return true;
    return false;
}

/* Opens, looks at the directories, closes. */
static void expect_tree(struct fixture *fixture, const char *name, const char *object,
                        const char *source)
{
    struct hg_kernel *kernel = open_tree(fixture, name, NULL, HG_OK);
    if (kernel == NULL) {
        fputs(hg_text_string(&fixture->log.text), stderr);
        return;
    }
    CU_ASSERT(hg_test_same(kernel->object, at(fixture, object)));
    CU_ASSERT(hg_test_same(kernel->source, at(fixture, source)));
    CU_ASSERT(hg_test_same(kernel->arch, "x86"));
    CU_ASSERT(hg_test_same(kernel->release, "6.1.0-test"));
    CU_ASSERT(has_flag(kernel, "--target=x86_64-linux-gnu"));
    CU_ASSERT(has_flag(kernel, "-std=gnu11"));
    CU_ASSERT(!has_flag(kernel, "-funsigned-char"));
    hg_kernel_destroy(kernel);
}

static const char x86_config[] = "# Linux/x86\nCONFIG_X86=y\nCONFIG_64BIT=y\n";

static void test_one_directory(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    put_source(&fixture, "k");
    put_object(&fixture, "k", "x86", x86_config);
    expect_tree(&fixture, "k", "k", "k");
    expect_tree(&fixture, "k/", "k", "k");
    fixture_deinit(&fixture);
}

/* A Makefile that includes the other part: where it says, relative, beside, or below a root. */
static void test_split(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    put_source(&fixture, "usr/src/common");
    put_object(&fixture, "usr/src/amd64", "x86", x86_config);
    struct hg_text text = {0};
    hg_text_printf(&text, "# made\n\ninclude %s/usr/src/common/Makefile \n", fixture.root);
    put(&fixture, "usr/src/amd64/Makefile", text.data);
    expect_tree(&fixture, "usr/src/amd64", "usr/src/amd64", "usr/src/common");
    put(&fixture, "usr/src/amd64/Makefile", "include /nowhere/common/Makefile\n");
    expect_tree(&fixture, "usr/src/amd64", "usr/src/amd64", "usr/src/common");
    put(&fixture, "usr/src/amd64/Makefile", "MAKEARGS := -C ../common\n");
    expect_tree(&fixture, "usr/src/amd64", "usr/src/amd64", "usr/src/common");
    put_object(&fixture, "opt/build", "x86", x86_config);
    put(&fixture, "opt/build/Makefile", "include /usr/src/common/Makefile\n");
    expect_tree(&fixture, "opt/build", "opt/build", "usr/src/common");
    hg_text_deinit(&text);
    fixture_deinit(&fixture);
}

static void test_links(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    put_source(&fixture, "src");
    put_object(&fixture, "out", "x86", x86_config);
    CU_ASSERT_EQUAL(symlink("../src", at(&fixture, "out/source")), 0);
    expect_tree(&fixture, "out", "out", "src");
    put(&fixture, "lib/modules/6.1/x", "");
    CU_ASSERT_EQUAL(symlink("/out", at(&fixture, "lib/modules/6.1/build")), 0);
    expect_tree(&fixture, "lib/modules/6.1/build", "out", "src");
    CU_ASSERT_EQUAL(symlink("/no-such-place", at(&fixture, "lib/modules/6.1/gone")), 0);
    open_tree(&fixture, "lib/modules/6.1/gone", NULL, HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&fixture.log, "is a link to '/no-such-place'"));
    fixture_deinit(&fixture);
}

static void test_not_a_tree(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    open_tree(&fixture, "none", NULL, HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&fixture.log, "No such file"));
    put(&fixture, "a/file", "\n");
    open_tree(&fixture, "a/file", NULL, HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&fixture.log, "it is a file"));
    open_tree(&fixture, "a", NULL, HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "not a kernel tree"));
    CU_ASSERT_EQUAL(mkdir(at(&fixture, "b"), 0777), 0);
    open_tree(&fixture, "b", NULL, HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "an empty directory"));
    put_object(&fixture, "c", "x86", x86_config);
    put(&fixture, "c/Makefile", "include /usr/src/absent-common/Makefile\n");
    open_tree(&fixture, "c", NULL, HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "the other, '/usr/src/absent-common'"));
    fixture_deinit(&fixture);
}

static void test_not_configured(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    put_source(&fixture, "k");
    open_tree(&fixture, "k", NULL, HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "auto.conf' is not there"));
    CU_ASSERT(hg_test_reported(&fixture.log, "make prepare"));
    put(&fixture, "k/include/config/auto.conf", x86_config);
    open_tree(&fixture, "k", NULL, HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "autoconf.h' is not there"));
    put(&fixture, "k/include/generated/autoconf.h", "\n");
    open_tree(&fixture, "k", NULL, HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "no arch/*/include/generated"));
    put_source(&fixture, "linux-headers-6.1-common");
    open_tree(&fixture, "linux-headers-6.1-common", NULL, HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "have in common"));
    fixture_deinit(&fixture);
}

static void test_architectures(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    put_source(&fixture, "k");
    put_object(&fixture, "k", "x86", "CONFIG_64BIT=y\n");
    put_object(&fixture, "k", "arm64", "CONFIG_64BIT=y\n");
    open_tree(&fixture, "k", NULL, HG_ERROR_USAGE);
    CU_ASSERT(hg_test_reported(&fixture.log, "--arch (arm64 x86)"));
    hg_kernel_destroy(open_tree(&fixture, "k", "x86_64", HG_OK));
    struct hg_kernel *kernel = open_tree(&fixture, "k", "arm64", HG_OK);
    CU_ASSERT(kernel != NULL && has_flag(kernel, "--target=aarch64-linux-gnu"));
    hg_kernel_destroy(kernel);
    open_tree(&fixture, "k", "i386", HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "which is not i386"));
    open_tree(&fixture, "k", "vax", HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "architecture 'vax'; it knows x86"));
    open_tree(&fixture, "k", "riscv", HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "is a tree for arm64 x86, not for riscv"));
    put(&fixture, "k/include/config/auto.conf", x86_config); /* decides */
    hg_kernel_destroy(open_tree(&fixture, "k", NULL, HG_OK));
    open_tree(&fixture, "k", "arm64", HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "is a tree for x86, not for arm64"));
    put_object(&fixture, "m", "m68k", "CONFIG_M68K=y\n");
    put_source(&fixture, "m");
    open_tree(&fixture, "m", NULL, HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "architecture 'm68k'"));
    fixture_deinit(&fixture);
}

/* Width, byte order and processor come from the configuration. */
static void test_flags_by_configuration(void)
{
    static const struct {
        const char *arch, *config, *flag, *other;
        bool is_64bit, big_endian;
    } cases[] = {
        {"x86", "CONFIG_X86=y\n", "--target=i386-linux-gnu", "-mregparm=3", false, false},
        {"arm64", "CONFIG_ARM64=y\nCONFIG_CPU_BIG_ENDIAN=y\nCONFIG_KASAN_GENERIC=y\n",
         "--target=aarch64_be-linux-gnu", "-DKASAN_SHADOW_SCALE_SHIFT=3", true, true},
        {"arm", "CONFIG_ARM=y\nCONFIG_CPU_32v6=y\nCONFIG_CPU_32v7=y\nCONFIG_CPU_32v6K=y\n",
         "-D__LINUX_ARM_ARCH__=6", "-march=armv6k", false, false},
        {"arm", "CONFIG_ARM=y\nCONFIG_CPU_32v7=y\nCONFIG_CPU_32v6K=y\nCONFIG_CPU_BIG_ENDIAN=y\n",
         "--target=armeb-linux-gnueabi", "-march=armv7-a", false, true},
        {"s390", "CONFIG_S390=y\nCONFIG_64BIT=y\nCONFIG_MARCH_Z13=y\n", "--target=s390x-linux-gnu",
         "-march=z13", true, true},
        {"powerpc", "CONFIG_PPC=y\nCONFIG_PPC64=y\n", "--target=powerpc64-linux-gnu", "-mabi=elfv1",
         true, true},
        {"powerpc", "CONFIG_PPC=y\nCONFIG_PPC32=y\n", "--target=powerpc-linux-gnu", "-m32", false,
         true},
        {"powerpc", "CONFIG_PPC=y\nCONFIG_PPC64=y\nCONFIG_CPU_LITTLE_ENDIAN=y\n",
         "--target=powerpc64le-linux-gnu", "-mabi=elfv2", true, false},
        {"mips", "CONFIG_MIPS=y\nCONFIG_CPU_BIG_ENDIAN=y\n", "--target=mips-linux-gnu", "-EB",
         false, true},
        {"mips", "CONFIG_MIPS=y\nCONFIG_64BIT=y\nCONFIG_CPU_LITTLE_ENDIAN=y\n",
         "--target=mips64el-linux-gnuabi64", "-mabi=64", true, false},
        {"riscv", "CONFIG_RISCV=y\n", "--target=riscv32-linux-gnu", "-mabi=ilp32", false, false},
        {"riscv", "CONFIG_RISCV=y\nCONFIG_64BIT=y\n", "--target=riscv64-linux-gnu", "-mabi=lp64",
         true, false},
        {"loongarch", "CONFIG_LOONGARCH=y\nCONFIG_64BIT=y\n", "--target=loongarch64-linux-gnusf",
         "-mabi=lp64s", true, false},
        {"loongarch", "CONFIG_LOONGARCH=y\nCONFIG_64BIT=y\nCONFIG_DYNAMIC_FTRACE=y\n",
         "-DVMLINUX_LOAD_ADDRESS=0x9000000000200000", "-DCC_USING_PATCHABLE_FUNCTION_ENTRY", true,
         false},
        {"powerpc",
         "CONFIG_PPC=y\nCONFIG_PPC64=y\nCONFIG_CPU_LITTLE_ENDIAN=y\nCONFIG_FUNCTION_TRACER=y\n"
         "CONFIG_ARCH_USING_PATCHABLE_FUNCTION_ENTRY=y\n",
         "-DCC_USING_PATCHABLE_FUNCTION_ENTRY", "-mabi=elfv2", true, false},
    };
    struct fixture fixture;
    fixture_init(&fixture);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[8];
        snprintf(name, sizeof name, "k%zu", i);
        put_source(&fixture, name);
        put_object(&fixture, name, cases[i].arch, cases[i].config);
        struct hg_kernel *kernel = open_tree(&fixture, name, NULL, HG_OK);
        CU_ASSERT_PTR_NOT_NULL_FATAL(kernel);
        CU_ASSERT(has_flag(kernel, cases[i].flag));
        CU_ASSERT(has_flag(kernel, cases[i].other));
        CU_ASSERT_EQUAL(kernel->is_64bit, cases[i].is_64bit);
        CU_ASSERT_EQUAL(kernel->big_endian, cases[i].big_endian);
        hg_kernel_destroy(kernel);
    }
    put_source(&fixture, "arm");
    put_object(&fixture, "arm", "arm", "CONFIG_ARM=y\n");
    open_tree(&fixture, "arm", NULL, HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "CONFIG_CPU_32v3"));
    fixture_deinit(&fixture);
}

/* The machine's directory and address are in makefiles of its platform, which are not trusted. */
static void test_mips_platforms(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    put_source(&fixture, "k");
    put_object(&fixture, "k", "mips",
               "CONFIG_MIPS=y\nCONFIG_ATH79=y\nCONFIG_BAD=y\nCONFIG_CPU_MIPS32_R1=y\n");
    put(&fixture, "k/arch/mips/Makefile",
        "cflags-$(CONFIG_CPU_MIPS32_R1)\t+= -march=mips32 -Wa,--trap\n"
        "cflags-$(CONFIG_CPU_MIPS64_R1)\t+= -march=mips64 -Wa,--trap\n");
    put(&fixture, "k/arch/mips/Kbuild.platforms",
        "platform-$(CONFIG_ATH79)\t+= ath79/\nplatform-$(CONFIG_OTHER) += other/\n"
        "platform-$(CONFIG_BAD) += ../../etc/\n");
    put(&fixture, "k/arch/mips/ath79/Platform",
        "cflags-$(CONFIG_ATH79)\t+= -I$(srctree)/arch/mips/include/asm/mach-ath79\n"
        "load-$(CONFIG_ATH79)\t= 0xffffffff80060000\n");
    struct hg_kernel *kernel = open_tree(&fixture, "k", NULL, HG_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kernel);
    struct hg_text flag = {0};
    hg_text_printf(&flag, "-I%s/k/arch/mips/include/asm/mach-ath79", fixture.root);
    CU_ASSERT(has_flag(kernel, flag.data));
    CU_ASSERT(has_flag(kernel, "-march=mips32"));
    CU_ASSERT(has_flag(kernel, "-DVMLINUX_LOAD_ADDRESS=0xffffffff80060000"));
    hg_text_deinit(&flag);
    hg_kernel_destroy(kernel);
    fixture_deinit(&fixture);
}

static void test_dialect(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    put_source(&fixture, "k");
    put_object(&fixture, "k", "x86", "CONFIG_X86=y\nCONFIG_CC_MS_EXTENSIONS=\"-fms-extensions\"\n");
    put(&fixture, "k/Makefile",
        "LINUXINCLUDE := -I.\nNOSTDINC_FLAGS += -nostdinc -isystem x\n"
        "CC_FLAGS_DIALECT := -std=gnu11\nKBUILD_CFLAGS += -funsigned-char\n"
        "KBUILD_CFLAGS_KERNEL := -std=gnu99\n");
    struct hg_kernel *kernel = open_tree(&fixture, "k", NULL, HG_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kernel);
    CU_ASSERT(has_flag(kernel, "-std=gnu11"));
    CU_ASSERT(has_flag(kernel, "-funsigned-char"));
    CU_ASSERT(has_flag(kernel, "-fms-extensions"));
    CU_ASSERT(has_flag(kernel, "-nostdlibinc"));
    hg_kernel_destroy(kernel);
    /* an architecture's headers may need those of the compiler, its files with floating point do not count */
    put(&fixture, "k/include/linux/stdarg.h", "\n");
    for (int all = 0; all < 2; all++) {
        put(&fixture, "k/arch/x86/Makefile",
            all ? "KBUILD_CFLAGS += -isystem x\n" : "CC_FLAGS_FPU += -isystem x\n");
        kernel = open_tree(&fixture, "k", NULL, HG_OK);
        CU_ASSERT(kernel != NULL && has_flag(kernel, all ? "-nostdlibinc" : "-nostdinc"));
        hg_kernel_destroy(kernel);
    }
    CU_ASSERT_EQUAL(unlink(at(&fixture, "k/Makefile")), 0);
    open_tree(&fixture, "k", NULL, HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&fixture.log, "which C the headers are written in"));
    fixture_deinit(&fixture);
}

static void test_randstruct(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    put_source(&fixture, "k");
    put_object(&fixture, "k", "x86", "CONFIG_X86=y\nCONFIG_RANDSTRUCT=y\n");
    open_tree(&fixture, "k", NULL, HG_ERROR_INPUT);
    CU_ASSERT(hg_test_reported(&fixture.log, "--force-randstruct"));
    struct hg_kernel *kernel = NULL;
    struct hg_kernel_options options = {.sz = sizeof(struct hg_kernel_options),
                                        .directory = at(&fixture, "k"),
                                        .force_randstruct = true};
    CU_ASSERT_EQUAL_FATAL(hg_kernel_open(&options, &fixture.log.diagnostics, &kernel), HG_OK);
    CU_ASSERT(hg_test_reported(&fixture.log, "warning: this kernel randomises"));
    CU_ASSERT_PTR_NOT_NULL(strstr(kernel->origin, "WRONG OFFSETS"));
    hg_kernel_destroy(kernel);
    fixture_deinit(&fixture);
}

/* Names that nothing else makes of them: no file may hang us or say what it likes. */
static void test_hostile_files(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    put_source(&fixture, "k");
    put_object(&fixture, "k", "x86", x86_config);
    put(&fixture, "k/include/config/kernel.release", "6.1 \"; rm -rf /\n");
    struct hg_kernel *kernel = open_tree(&fixture, "k", NULL, HG_OK);
    CU_ASSERT(kernel != NULL && hg_test_same(kernel->release, "unknown"));
    hg_kernel_destroy(kernel);
    CU_ASSERT_EQUAL(unlink(at(&fixture, "k/include/config/auto.conf")), 0);
    CU_ASSERT_EQUAL(mkfifo(at(&fixture, "k/include/config/auto.conf"), 0666), 0);
    open_tree(&fixture, "k", NULL, HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&fixture.log, "cannot read"));
    CU_ASSERT_EQUAL(unlink(at(&fixture, "k/include/config/auto.conf")), 0);
    put(&fixture, "k/include/config/auto.conf", "");
    CU_ASSERT_EQUAL(truncate(at(&fixture, "k/include/config/auto.conf"), 1LL << 40), 0);
    open_tree(&fixture, "k", NULL, HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&fixture.log, "File too large"));
    fixture_deinit(&fixture);
}

static void test_headers(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    put_source(&fixture, "k");
    put_object(&fixture, "k", "x86", x86_config);
    put(&fixture, "k/arch/x86/include/asm/page.h", "\n");
    put(&fixture, "k/arch/x86/include/uapi/asm/page.h", "\n");
    put(&fixture, "k/include/trace/events/sched.h", "x\n#include <trace/define_trace.h>\n");
    put(&fixture, "k/include/trace/plain.h", "x\n");
    put(&fixture, "k/include/linux/not-a-header.txt", "x\n");
    struct hg_kernel *kernel = open_tree(&fixture, "k", NULL, HG_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(kernel);
    struct hg_kernel_headers *headers = NULL;
    CU_ASSERT_EQUAL_FATAL(hg_kernel_list_headers(kernel, &fixture.log.diagnostics, &headers),
                          HG_OK);
    struct hg_text text = {0};
    for (size_t i = 0; i < headers->count; i++)
        hg_text_printf(&text, "%s%s ", headers->items[i].name,
                       headers->items[i].is_shadowed ? "(hidden)" : "");
    CU_ASSERT(hg_test_same(hg_text_string(&text),
                           "asm/page.h asm/x.h generated/autoconf.h linux/compiler_types.h "
                           "linux/kconfig.h linux/sched.h trace/events/sched.h "
                           "trace/plain.h uapi/asm/page.h(hidden) linux/if_ether.h "
                           "uapi/linux/sched.h(hidden) "));
    hg_text_deinit(&text);
    hg_kernel_headers_destroy(headers);
    hg_kernel_destroy(kernel);
    fixture_deinit(&fixture);
}

void hg_test_kernel(void)
{
    CU_pSuite suite = CU_add_suite("kernel", NULL, NULL);
    CU_add_test(suite, "one directory", test_one_directory);
    CU_add_test(suite, "split in two", test_split);
    CU_add_test(suite, "links", test_links);
    CU_add_test(suite, "not a tree", test_not_a_tree);
    CU_add_test(suite, "not configured", test_not_configured);
    CU_add_test(suite, "architectures", test_architectures);
    CU_add_test(suite, "flags by configuration", test_flags_by_configuration);
    CU_add_test(suite, "mips platforms", test_mips_platforms);
    CU_add_test(suite, "dialect", test_dialect);
    CU_add_test(suite, "randstruct", test_randstruct);
    CU_add_test(suite, "hostile files", test_hostile_files);
    CU_add_test(suite, "headers", test_headers);
}
