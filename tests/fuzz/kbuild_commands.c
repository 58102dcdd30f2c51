/*
 * Fuzzing the reader of a build's commands and the translation for clang: any bytes are the text of
 * a .cmd file.
 */
#include "tree/kbuild/record.h"
#include "tree/kbuild/translate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct user {
    struct hg_translator translator;
    struct hg_words arguments;
};

static void translate(void *pointer, const struct hg_kbuild_unit *unit)
{
    struct user *user = pointer;
    user->arguments.count = 0;
    hg_translate_notice(&user->translator, unit);
    hg_translate(&user->translator, unit, &user->arguments);
    for (size_t i = 0; i < user->arguments.count; i++)
        if (user->arguments.items[i] == NULL)
            __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const flags[] = {"--target=x86_64-linux-gnu", "-m64", "-march=x86-64"};
    static const struct hg_kbuild_place place = {.source = "/nowhere/source",
                                                 .object = "/nowhere/object",
                                                 .arch = "x86",
                                                 .flags = flags,
                                                 .flag_count = 3};
    struct hg_arena arena;
    struct hg_strings strings;
    struct hg_records records;
    struct user user = {0};
    const struct hg_kbuild_sink sink = {.unit = translate, .user = &user};
    hg_arena_init(&arena);
    hg_strings_init(&strings, &arena);
    hg_translator_init(&user.translator, &place, &strings);
    hg_records_init(&records);
    hg_records_take(&records, (struct hg_slice){(const char *)data, size}, NULL);
    hg_records_take(&records, (struct hg_slice){(const char *)data, size}, "kernel/fork.o");
    for (size_t i = 0; i < records.items.count; i++) {
        hg_record_add_module(&records, i, "net/nf.mod");
        hg_record_put(&records, &records.items.items[i], &place, NULL, i % 2 == 0, &sink);
    }
    hg_records_deinit(&records);
    free(user.arguments.items);
    hg_translator_deinit(&user.translator);
    hg_strings_deinit(&strings);
    hg_arena_deinit(&arena);
    return 0;
}
