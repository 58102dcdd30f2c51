/* The kbuild box, piece by piece: words, expansion, lines, lists of directories, commands. */
#include "tree/kbuild/directory.h"
#include "tree/kbuild/record.h"
#include "tree/kbuild/translate.h"

#include "helpers.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

/* --- words --- */

static void test_words_of_make(void)
{
    struct hg_slice rest = hg_slice_of("  a.o\tb/c.o \n d ");
    struct hg_slice word;
    const char *const expected[] = {"a.o", "b/c.o", "d"};
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_FATAL(hg_make_word(&rest, &word));
        CU_ASSERT(hg_slice_is(word, expected[i]));
    }
    CU_ASSERT_FALSE(hg_make_word(&rest, &word));
}

static void test_patterns(void)
{
    static const struct {
        const char *pattern, *word, *stem; /* stem NULL = does not fit */
    } rows[] = {
        {"%.o", "a/b.o", "a/b"}, {"lib-%.pi.o", "lib-fdt.pi.o", "fdt"},
        {"%", "x", "x"},         {"a", "a", "a"},
        {"a", "ab", NULL},       {"%.o", ".o", ""},
        {"ab%b", "ab", NULL},    {"x%", "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hg_slice stem;
        bool fits = hg_make_match(hg_slice_of(rows[i].pattern), hg_slice_of(rows[i].word), &stem);
        CU_ASSERT_EQUAL(fits, rows[i].stem != NULL);
        if (fits && rows[i].stem != NULL)
            CU_ASSERT(hg_slice_is(stem, rows[i].stem));
    }
}

/* The commands of a text: words with | between, commands with newlines. */
static char *commands_of(const char *text)
{
    struct hg_shell shell = {0};
    struct hg_slice rest = hg_slice_of(text);
    struct hg_text out = {0};
    hg_text_put(&out, "");
    while (hg_shell_next(&rest, &shell)) {
        for (size_t i = 0; i < shell.words.count; i++)
            hg_text_printf(&out, "%s%s", i == 0 ? "" : "|", shell.words.items[i]);
        hg_text_put(&out, "\n");
    }
    hg_shell_deinit(&shell);
    return out.data;
}

static void test_words_of_the_shell(void)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"gcc -DX='\"a b\"' -I \"x y\"", "gcc|-DX=\"a b\"|-I|x y\n"},
        {"a; b && c", "a\nb\n\nc\n"},
        {"echo a\\ b \\\"c\\\" \"d\\\"e\\x\"", "echo|a b|\"c\"|d\"e\\x\n"},
        {"cat a > b", "cat|a|>|b\n"},
        {"a 'not closed", "a|not closed\n"},
        {"a \\\n b", "a|b\n"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *found = commands_of(rows[i].text);
        CU_ASSERT(hg_test_same(found, rows[i].expected));
        free(found);
    }
}

static void test_paths(void)
{
    static const char *const rows[][2] = {
        {"a/../b/./c.o", "b/c.o"},
        {"./a//b/", "a/b"},
        {"/a/../../b", "/b"},
        {"../x/../y", "../y"},
        {"", "."},
        {"a/..", "."},
        {"/", "/"},
        {"../../a", "../../a"},
        {"a/b/../../../c", "../c"},
        {"/..", "/.."},
    };
    struct hg_text text = {0};
    for (size_t i = 0; i + 1 < sizeof rows / sizeof *rows; i++) {
        hg_normalise_path(&text, hg_slice_of(rows[i][0]));
        CU_ASSERT(hg_test_same(text.data, rows[i][1]));
    }
    hg_text_deinit(&text);
}

static void test_names_of_several_modules(void)
{
    struct hg_arena arena;
    hg_arena_init(&arena);
    const char *list = hg_with_name(&arena, NULL, hg_slice_of("m"));
    list = hg_with_name(&arena, list, hg_slice_of("b"));
    list = hg_with_name(&arena, list, hg_slice_of("bb"));
    list = hg_with_name(&arena, list, hg_slice_of("m"));
    list = hg_with_name(&arena, list, hg_slice_of("z"));
    CU_ASSERT(hg_test_same(list, "b:bb:m:z"));
    hg_arena_deinit(&arena);
}

/* --- evaluation --- */

struct evaluation {
    struct hg_test_log log;
    struct hg_kbuild_place place;
    struct hg_kbuild_sink sink;
    struct hg_evaluator evaluator;
    struct hg_scope scope;
    size_t unknown;
};

static void count_unknown(void *user, const char *file, unsigned line, const char *text)
{
    (void)file;
    (void)line;
    (void)text;
    ++*(size_t *)user;
}

static void evaluation_init(struct evaluation *evaluation, const char *text)
{
    *evaluation = (struct evaluation){.place = {.source = "/nowhere", .object = "/nowhere"}};
    hg_test_log_init(&evaluation->log);
    evaluation->sink =
        (struct hg_kbuild_sink){.unknown = count_unknown, .user = &evaluation->unknown};
    hg_evaluator_init(&evaluation->evaluator, &evaluation->place, &evaluation->log.diagnostics,
                      &evaluation->sink);
    hg_scope_init(&evaluation->scope, NULL, &evaluation->evaluator.arena);
    evaluation->evaluator.scope = &evaluation->scope;
    hg_scope_set(&evaluation->scope, "FIXED", "fixed", HG_ORIGIN_COMMAND_LINE);
    hg_read_makefile_text(&evaluation->evaluator, "Makefile", hg_slice_of(text));
}

static void evaluation_deinit(struct evaluation *evaluation)
{
    hg_scope_deinit(&evaluation->scope);
    hg_evaluator_deinit(&evaluation->evaluator);
    hg_test_log_deinit(&evaluation->log);
}

/* What X comes to after the text. */
static void expect(const char *text, const char *expected)
{
    struct evaluation evaluation;
    evaluation_init(&evaluation, text);
    char *found = hg_expand_named(&evaluation.evaluator, "X");
    if (!hg_test_same(found, expected))
        fprintf(stderr, "%s\n", text);
    CU_ASSERT_STRING_EQUAL(found, expected);
    CU_ASSERT_FALSE(evaluation.evaluator.has_failed);
    free(found);
    evaluation_deinit(&evaluation);
}

static void expect_failure(const char *text, const char *words)
{
    struct evaluation evaluation;
    evaluation_init(&evaluation, text);
    free(hg_expand_named(&evaluation.evaluator, "X"));
    CU_ASSERT(evaluation.evaluator.has_failed);
    CU_ASSERT(hg_test_reported(&evaluation.log, words));
    CU_ASSERT_EQUAL(evaluation.log.diagnostics.errors, 1);
    evaluation_deinit(&evaluation);
}

static void test_assignments(void)
{
    expect("A = 1\nX = $(A)\nA = 2\n", "2");
    expect("A = 1\nX := $(A)\nA = 2\n", "1");
    expect("X = a\nX += b\nX+=c\n", "a b c");
    expect("A = 1\nX := a\nX += $(A)\nA = 2\n", "a 1");
    expect("A = 1\nX = a\nX += $(A)\nA = 2\n", "a 2");
    expect("X ?= a\nX ?= b\n", "a");
    expect("X += a\n", "a");
    expect("X = a # comment\n", "a ");
    expect("X = a\\#b\n", "a#b");
    expect("X := a \\\n   b \\\n c\n", "a b c");
    expect("FIXED = other\noverride FIXED := more\nX = $(FIXED)\n", "fixed");
    expect("n = X\n$(n) = computed\n", "computed");
    expect("obj-$(CONFIG_A) += a.o\nCONFIG_B = y\nobj-$(CONFIG_B) += b.o\nX = $(obj-y)/$(obj-)\n",
           "b.o/a.o");
    expect("export X := a\n", "a");
    expect("define X\none\ntwo $(A)\nendef\nA = 3\n", "one\ntwo 3");
    expect("define X :=\none $(A)\nendef\nA = 3\n", "one ");
    expect("X = a\nundefine X\n", "");
    expect("X = $$(b) $ c\n", "$(b) c");
    expect("X != echo a\n", "");
    expect("t: X = not this\n\trecipe X = nor this\nY = 1\n", "");
}

static void test_references(void)
{
    expect("a = 1.c 2.c x\nX = $(a:.c=.o)\n", "1.o 2.o x");
    expect("a = 1.c 2.c x\nX = $(a:%.c=d/%.o)\n", "d/1.o d/2.o x");
    expect("X = $(CONFIG_A:m=y)\nCONFIG_A = m\n", "y");
    expect("CONFIG_A = y\nX = $(CONFIG_A:m=y)\n", "y");
    expect("b = a\na = 1\nX = $($(b)) ${a}$a\n", "1 11");
    expect("s = .c\na = 1.c\nX = $(a:$(s)=.o)\n", "1.o");
}

static void test_conditions(void)
{
    expect("ifdef A\nX = 1\nelse\nX = 2\nendif\n", "2");
    expect("A = $(B)\nifdef A\nX = 1\nendif\n", "1");
    expect("A =\nifndef A\nX = 1\nendif\n", "1");
    expect("A = y\nifeq ($(A),y)\nX = 1\nendif\n", "1");
    expect("A = y\nifneq ($(A), y)\nX = 1\nendif\n", "");
    expect("A = b\nifeq ($(A),a)\nX = 1\nelse ifeq ($(A),b)\nX = 2\nelse\nX = 3\nendif\n", "2");
    expect("ifeq \"a\" 'a'\nX = 1\nendif\n", "1");
    expect("ifeq (a,b)\nifeq (c,c)\nX = 1\nelse\nX = 2\nendif\nelse\nX = 3\nendif\n", "3");
    expect("ifeq ($(filter a,a b),a)\n  X = 1\nendif\n", "1");
    expect("ifeq (,)\n\tX = tab\nendif\n", "tab");
    expect("ifeq (a,b)\ndefine Y\nendif\nendef\nX = 1\nendif\nX += 2\n", "2");
    expect_failure("endif\n", "Makefile:1: error: `endif` without");
    expect_failure("else\n", "`else` without a condition");
    expect_failure("ifeq a\nendif\n", "two sides");
}

static void test_functions(void)
{
    expect("X = $(subst o,0,foo bo)\n", "f00 b0");
    expect("X = $(patsubst %.o,%.nvhe.o,a.o b.c)\n", "a.nvhe.o b.c");
    expect("X = $(patsubst %/,%/lib.a,lib/ x.a)\n", "lib/lib.a x.a");
    expect("X = $(strip  a   b )\n", "a b");
    expect("X = $(findstring b,abc)$(findstring x,abc)\n", "b");
    expect("X = $(filter %.o a,a.o b a c.o)\n", "a.o a c.o");
    expect("X = $(filter-out %/,a/ b.o)\n", "b.o");
    expect("X = $(sort b a b)\n", "a b");
    expect("X = $(word 2,a b c)$(words a b)$(wordlist 2,3,a b c d)\n", "b2b c");
    expect("X = $(firstword a b)$(lastword a b)\n", "ab");
    expect("X = $(dir a/b c)$(notdir a/b c)\n", "a/ ./b c");
    expect("X = $(suffix a.c b x/y.tar.gz)$(basename a.c x.y/b)\n", ".c .gza x.y/b");
    expect("X = $(addprefix d/,a b) $(addsuffix .o,a b)\n", "d/a d/b a.o b.o");
    expect("X = $(join a b,1 2 3)\n", "a1 b2 3");
    expect("X = $(if a,b,c)$(if ,b,c)$(if ,b)\n", "bc");
    expect("X = $(or ,a,b)$(and a,b)$(and a,,b)\n", "ab");
    expect("X = $(foreach i,a b,$(i)1)\n", "a1 b1");
    expect("f = $(2)-$(1)\nX = $(call f,a,b)\n", "b-a");
    expect("f = $(if $(1),$(call f,$(wordlist 2,9,$(1)))x)\nX = $(call f,a b c)\n", "xxx");
    expect("a = $(b)\nX = $(value a)$(origin a)$(origin zz)$(origin FIXED)$(flavor a)\n",
           "$(b)fileundefinedcommand linerecursive");
    expect("$(eval X = made)\n", "made");
    expect("X = $(intcmp 1,2,less,same,more)$(let a b,1 2 3,$(b)$(a))\n", "less2 31");
    expect("X = $(abspath /a/../b)\n", "/b");
    expect("X = [$(realpath /nowhere/at/all)]\n", "[]");
    expect("X = $(call cc-option,-mfoo)$(call cc-disable-warning,bar)\n", "-mfoo-Wno-bar");
    expect(
        "CONFIG_GCC_VERSION = 120200\nX = $(call gcc-min-version,110000)$(call "
        "gcc-min-version,130000)\n",
        "y");
    expect(
        "CONFIG_GCC_VERSION = 120200\nX = $(call cc-ifversion,-ge,0500,-a)$(call "
        "cc-ifversion,-lt,0500,-b,-c)\n",
        "-a-c");
}

static void test_what_is_not_known(void)
{
    struct evaluation evaluation;
    evaluation_init(&evaluation,
                    "A := $(shell touch /tmp/hdrgen-was-here)\nB = $(A)\nifeq ($(B),)\n"
                    "X = 1\nendif\nifeq ($(C),)\nendif\n");
    CU_ASSERT_EQUAL(evaluation.unknown, 1);
    evaluation_deinit(&evaluation);
}

static void test_limits(void)
{
    expect_failure("X = $(X)\n", "defined through itself");
    expect_failure("A = $(B)\nB = $(A)\nX = $(A)\n", "defined through itself");
    expect_failure("f = $(call f)\nX = $(call f)\n", "nested more than");
    expect_failure("X = $(A\n", "not closed");
    expect_failure("define A\n$(eval $(A))\nendef\n$(A)\n", "defined through itself");
    expect_failure("define A\n$(eval $(value A))\nendef\n$(A)\n", "more than 32 deep");
    struct hg_text doubling = {0};
    hg_text_put(&doubling, "A0 = 0123456789abcdef\n");
    for (int i = 1; i < 64; i++)
        hg_text_printf(&doubling, "A%d = $(A%d)$(A%d)\n", i, i - 1, i - 1);
    hg_text_put(&doubling, "X = $(A63)\n");
    expect_failure(doubling.data, "a value is longer");
    hg_text_deinit(&doubling);
    struct hg_text nested = {0};
    hg_text_put(&nested,
                "L = 0 1 2 3 4 5 6 7 8 9\nL3 = $(foreach a,$(L),$(foreach b,$(L),$(L)))\n"
                "X = $(foreach a,$(L3),$(foreach b,$(L3),$(foreach c,$(L3),)))\n");
    struct evaluation evaluation;
    evaluation_init(&evaluation, nested.data);
    evaluation.evaluator.work_limit = 1 << 24;
    free(hg_expand_named(&evaluation.evaluator, "X"));
    CU_ASSERT(hg_test_reported(&evaluation.log, "do not come to an end"));
    evaluation_deinit(&evaluation);
    hg_text_deinit(&nested);
    struct hg_text deep = {0};
    for (int i = 0; i < 100; i++)
        hg_text_put(&deep, "ifeq (,)\n");
    expect_failure(deep.data, "conditions are nested");
    hg_text_deinit(&deep);
}

/* --- commands --- */

/* The record of a target, in words. */
static void expect_record(const char *commands, const char *target, const char *expected)
{
    struct hg_records records;
    hg_records_init(&records);
    hg_records_take(&records, hg_slice_of(commands), NULL);
    const struct hg_record *record = hg_records_of(&records, hg_slice_of(target));
    struct hg_text text = {0};
    hg_text_put(&text, record->source == NULL ? "" : record->source);
    for (size_t i = 0; i < record->options.count; i++)
        hg_text_printf(&text, " %s", record->options.items[i]);
    for (size_t i = 0; i < record->parts.count; i++)
        hg_text_printf(&text, "%s+", record->parts.items[i]);
    CU_ASSERT(hg_test_same(text.data, expected));
    hg_text_deinit(&text);
    hg_records_deinit(&records);
}

static void test_records(void)
{
    expect_record(
        "set -e; ccache gcc -Wall -DA='\"x\"' -c -o kernel/fork.o ../kernel/fork.c ; objtool x",
        "kernel/fork.o", "../kernel/fork.c -Wall -DA=\"x\"");
    expect_record("gcc -c -o kernel/.tmp_fork.o kernel/fork.c", "kernel/fork.o", "kernel/fork.c");
    expect_record(
        "rm -f k/built-in.a;  printf \"k/%s \" a.o s/built-in.a | xargs ar cDPrST k/built-in.a",
        "k/built-in.a", "k/a.o+k/s/built-in.a+");
    expect_record("rm -f k/built-in.a; aarch64-linux-gnu-ar rcSTPD k/built-in.a k/a.o k/b.o",
                  "k/built-in.a", "k/a.o+k/b.o+");
    expect_record("ar cDPrsT lib/lib.a lib/a.o", "./lib/lib.a", "lib/a.o+");
    expect_record("ar mPiT vmlinux.a x.a", "vmlinux.a", "");
    expect_record("ld -m elf_x86_64 -r -o net/nf.o net/a.o net/b.o", "net/nf.o",
                  "net/a.o+net/b.o+");
    expect_record("ld.lld -r -o net/nf.o @net/nf.mod", "net/nf.o", "@net/nf.mod+");
    expect_record("objcopy --prefix-symbols=__pi_ a/x.o a/x.pi.o", "a/x.pi.o", "a/x.o+");
    expect_record("objcopy -O binary vmlinux Image", "Image", "");
    expect_record("printf '%s\\n'  a.o d/b.o | awk '{ print(\"net/\"$0) }' > net/nf.mod",
                  "net/nf.mod", "net/a.o+net/d/b.o+");
    expect_record("{ echo net/a.o net/b.o;  echo; } > net/nf.mod", "net/nf.mod",
                  "net/a.o+net/b.o+");
    expect_record("printf '%s\\n' amd/f.o | awk '!x[$0]++ { print(\"ras/\"$0) }' > ras/amd/f.mod",
                  "ras/amd/f.mod", "ras/amd/f.o+");
}

/* --- translation --- */

/* lost: options that are left out although a declaration may notice them, with what stands for each
 * after an equals sign.  Architecture `x86:64` is the one with -m64. */
static void expect_translation(const char *arch, const char *options, const char *expected,
                               const char *lost)
{
    static const char *const flags[] = {"--target=t-linux", "-nostdinc",  "-D__KERNEL__",
                                        "-fno-common",      "-march=own", "-m64"};
    bool is_wide = strcmp(arch, "x86:64") == 0;
    struct hg_kbuild_place place = {.source = "/src",
                                    .object = "/obj",
                                    .arch = is_wide ? "x86" : arch,
                                    .flags = flags,
                                    .flag_count = is_wide ? 6 : 5};
    struct hg_arena arena;
    struct hg_strings strings;
    hg_arena_init(&arena);
    hg_strings_init(&strings, &arena);
    struct hg_translator translator;
    hg_translator_init(&translator, &place, &strings);
    struct hg_shell shell = {0};
    struct hg_slice rest = hg_slice_of(options);
    hg_shell_next(&rest, &shell);
    struct hg_kbuild_unit unit = {.object = "a/b.o",
                                  .source = "/old/a/b.c",
                                  .options = shell.words.items,
                                  .option_count = shell.words.count};
    struct hg_words arguments = {0};
    hg_translate_notice(&translator, &unit);
    hg_translate(&translator, &unit, &arguments);
    struct hg_text text = {0};
    hg_text_put(&text, "");
    for (size_t i = 0; i < arguments.count; i++)
        hg_text_printf(&text, "%s%s", i == 0 ? "" : " ", arguments.items[i]);
    CU_ASSERT(hg_test_same(text.data, expected));
    hg_text_truncate(&text, 0);
    for (size_t i = 0; i < translator.lost.count; i++) {
        const struct hg_lost_option *option = &translator.lost.items[i];
        hg_text_printf(&text, "%s%s", i == 0 ? "" : " ", option->option);
        if (option->why != NULL)
            hg_text_printf(&text, "=%s", option->instead == NULL ? "" : option->instead);
    }
    CU_ASSERT(hg_test_same(hg_text_string(&text), lost));
    hg_text_deinit(&text);
    free(arguments.items);
    hg_shell_deinit(&shell);
    hg_translator_deinit(&translator);
    hg_strings_deinit(&strings);
    hg_arena_deinit(&arena);
}

static void expect_arguments(const char *arch, const char *options, const char *expected)
{
    expect_translation(arch, options, expected, "");
}

#define EXPECTED(text) "--target=t-linux -nostdinc" text " -march=own"

static void test_translation(void)
{
    expect_arguments("x86", "-Wp,-MMD,a/.b.o.d -Wall -g -pg -mrecord-mcount -fconserve-stack",
                     EXPECTED(""));
    expect_arguments("x86", "-nostdinc -I./include -I ../x -D A -UB -D__KERNEL__",
                     EXPECTED(" -I/obj/include -I/x -DA -UB -D__KERNEL__"));
    expect_arguments("x86", "-I/old/include -include /old/k.h -isystem /old/sys",
                     EXPECTED(" -I/src/include -include /src/k.h -isystem /src/sys"));
    expect_arguments("x86", "-std=gnu11 -fshort-wchar -fno-common -fno-PIE -O2 -funsigned-char",
                     EXPECTED(" -std=gnu11 -fshort-wchar -fno-common -funsigned-char -O2"));
    expect_arguments("x86", "-O3", EXPECTED(" -O2"));
    expect_arguments("x86", "-O2 -Oz", EXPECTED(" -Os"));
    expect_arguments("x86", "-O2 -O0", EXPECTED(""));
    expect_arguments("x86", "-m64 -mno-sse -msse2 -mcmodel=kernel -march=k8 -mabi=sysv",
                     EXPECTED(" -m64 -mno-sse -msse2"));
    expect_arguments("arm64", "-mgeneral-regs-only -mabi=lp64", EXPECTED(" -mgeneral-regs-only"));
    expect_arguments("x86", "--param ssp-buffer-size=4 -mllvm -x -DA", EXPECTED(" -DA"));
    expect_arguments("arm64", "-isystem /usr/lib/gcc/x/12/include -DA",
                     "--target=t-linux -nostdlibinc -DA -march=own");
    expect_arguments("x86", "-include", EXPECTED(""));
}

/* What decides a layout is kept for clang, or counted. */
static void test_translation_of_layout_options(void)
{
    expect_arguments("x86",
                     "-mms-bitfields -malign-double -mlong-double-64 -fpack-struct=2 -fpack-struct "
                     "-fshort-enums -fsigned-bitfields -fno-ms-extensions -fgnu89-inline",
                     EXPECTED(" -mms-bitfields -malign-double -mlong-double-64 -fpack-struct=2 "
                              "-fpack-struct -fshort-enums -fsigned-bitfields -fno-ms-extensions "
                              "-fgnu89-inline"));
    expect_arguments("x86", "-Wp,-DX,-UY,-MMD,x.d -Xpreprocessor -DZ -Wp,-include,/src/k.h -DW",
                     EXPECTED(" -DX -UY -DZ -include /src/k.h -DW"));
    expect_translation("x86", "-fplan9-extensions", EXPECTED(" -fms-extensions"),
                       "-fplan9-extensions=-fms-extensions");
    expect_translation("x86", "-funsigned-bitfields -fshort-double", EXPECTED(""),
                       "-funsigned-bitfields= -fshort-double=");
    expect_translation("x86", "-m96bit-long-double -m128bit-long-double", EXPECTED(""),
                       "-m128bit-long-double=");
    expect_translation("x86:64", "-m96bit-long-double -m128bit-long-double", EXPECTED(""),
                       "-m96bit-long-double=");
    expect_translation("x86", "-mabi=ms", EXPECTED(""), "-mabi=ms=");
    expect_translation("arm64", "-mabi=ilp32 -mlong-double-64 -mlong-double-128", EXPECTED(""),
                       "-mabi=ilp32= -mlong-double-64=");
    expect_translation("arm", "-mabi=aapcs-linux -mfloat-abi=soft -mstructure-size-boundary=32",
                       EXPECTED(" -mfloat-abi=soft"), "-mstructure-size-boundary=32=");
}

/* What is not known is left out, once counted for all units; nothing of it is tried. */
static void test_translation_of_unknown_options(void)
{
    expect_translation("arm64", "-mno-sse -m64 -fplugin=x.so -O2", EXPECTED(" -O2"),
                       "-mno-sse -m64");
    expect_translation("x86",
                       "-mnever -fnever=1 -mnever -Xclang -fany @file -fpass-plugin=x.so "
                       "-ivfsoverlay x -DA",
                       EXPECTED(" -DA"),
                       "-mnever -fnever=1 -Xclang -fany @file -fpass-plugin=x.so -ivfsoverlay");
}

static void test_foreign_units(void)
{
    static const char *const flags[] = {"-m64"};
    const struct hg_kbuild_place place = {.flags = flags, .flag_count = 1};
    const char *const kernel[] = {"-D__KERNEL__", "-m64"};
    const char *const boot[] = {"-D__KERNEL__", "-m16"};
    const char *const vdso[] = {"-m64", "-D__KERNEL__", "-m32"};
    const char *const x32[] = {"-D__KERNEL__", "-mx32"};
    const char *const host[] = {"-O2"};
    CU_ASSERT_EQUAL(hg_is_foreign(&place, kernel, 2), HG_NOT_FOREIGN);
    CU_ASSERT_EQUAL(hg_is_foreign(&place, boot, 2), HG_FOREIGN_WIDTH);
    CU_ASSERT_EQUAL(hg_is_foreign(&place, vdso, 3), HG_FOREIGN_WIDTH);
    CU_ASSERT_EQUAL(hg_is_foreign(&place, x32, 2), HG_FOREIGN_WIDTH);
    CU_ASSERT_EQUAL(hg_is_foreign(&place, host, 1), HG_FOREIGN_PROGRAM);
}

void hg_test_kbuild(void)
{
    CU_pSuite suite = CU_add_suite("kbuild", NULL, NULL);
    CU_ADD_TEST(suite, test_words_of_make);
    CU_ADD_TEST(suite, test_patterns);
    CU_ADD_TEST(suite, test_words_of_the_shell);
    CU_ADD_TEST(suite, test_paths);
    CU_ADD_TEST(suite, test_names_of_several_modules);
    CU_ADD_TEST(suite, test_assignments);
    CU_ADD_TEST(suite, test_references);
    CU_ADD_TEST(suite, test_conditions);
    CU_ADD_TEST(suite, test_functions);
    CU_ADD_TEST(suite, test_what_is_not_known);
    CU_ADD_TEST(suite, test_limits);
    CU_ADD_TEST(suite, test_records);
    CU_ADD_TEST(suite, test_translation);
    CU_ADD_TEST(suite, test_translation_of_layout_options);
    CU_ADD_TEST(suite, test_translation_of_unknown_options);
    CU_ADD_TEST(suite, test_foreign_units);
}
