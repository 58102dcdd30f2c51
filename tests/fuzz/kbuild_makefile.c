/*
 * Fuzzing the evaluator of makefiles: any bytes are a directory's makefile.
 *
 * Nothing is run and no file is read: the tree is a directory that is not there.  What the lists
 * come to is expanded as kbuild would.
 */
#include "tree/kbuild/evaluator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore_unknown(void *user, const char *file, unsigned line, const char *text)
{
    (void)user;
    (void)file;
    (void)line;
    (void)text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct hg_kbuild_place place = {
        .source = "/nowhere/source", .object = "/nowhere/object", .arch = "x86"};
    const struct hg_kbuild_sink sink = {.unknown = ignore_unknown};
    static const char *const lists[] = {"obj-y",     "obj-m", "lib-y",
                                        "ccflags-y", "foo-y", "subdir-y"};
    struct hg_diagnostics diagnostics = {0};
    struct hg_evaluator evaluator;
    hg_evaluator_init(&evaluator, &place, &diagnostics, &sink);
    evaluator.work_limit = 8 << 20;
    evaluator.wants_rules = true;
    struct hg_scope outer, scope;
    hg_scope_init(&outer, NULL, &evaluator.arena);
    hg_scope_init(&scope, &outer, &evaluator.arena);
    hg_scope_set(&outer, "src", "drivers/foo", HG_ORIGIN_COMMAND_LINE);
    hg_scope_set(&outer, "CONFIG_A", "y", HG_ORIGIN_FILE);
    evaluator.scope = &scope;
    hg_read_makefile_text(&evaluator, "Makefile", (struct hg_slice){(const char *)data, size});
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        free(hg_expand_named(&evaluator, lists[i]));
    hg_scope_exported(&evaluator, &scope);
    if (evaluator.has_failed != (diagnostics.errors > 0))
        __builtin_trap(); /* refused without a word */
    hg_scope_deinit(&scope);
    hg_scope_deinit(&outer);
    hg_evaluator_deinit(&evaluator);
    return 0;
}
