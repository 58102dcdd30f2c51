/* From a compiler's command line to clang's arguments: see translate.h. */
#include "tree/kbuild/translate.h"

#include <sys/stat.h>

/* --- the table --- */

enum treatment {
    KEEP,       /* what a declaration can notice */
    DIRECTORY,  /* an include directory: made absolute */
    FORCED,     /* a forced include: made absolute if it is a file here */
    DROP_VALUE, /* dropped with the word that follows it */
};

/* An option, or the beginning of one. */
static const struct row {
    const char *option;
    enum treatment treatment;
    bool is_prefix;    /* more may follow in the same word */
    bool takes_value;  /* in the next word, if not in this one */
    const char *archs; /* NULL = all; else the architectures where clang knows it */
} rows[] = {
    /* the preprocessor */
    {"-D", KEEP, true, true, NULL},
    {"-U", KEEP, true, true, NULL},
    {"-isystem", DIRECTORY, true, true, NULL},
    {"-iquote", DIRECTORY, true, true, NULL},
    {"-idirafter", DIRECTORY, true, true, NULL},
    {"-include", FORCED, false, true, NULL},
    {"-imacros", FORCED, false, true, NULL},
    {"-I", DIRECTORY, true, true, NULL},
    /* the language */
    {"-std=", KEEP, true, false, NULL},
    {"-fshort-wchar", KEEP, false, false, NULL},
    {"-fno-short-wchar", KEEP, false, false, NULL},
    {"-funsigned-char", KEEP, false, false, NULL},
    {"-fno-unsigned-char", KEEP, false, false, NULL},
    {"-fsigned-char", KEEP, false, false, NULL},
    {"-fno-signed-char", KEEP, false, false, NULL},
    {"-fshort-enums", KEEP, false, false, NULL},
    {"-fno-short-enums", KEEP, false, false, NULL},
    {"-fms-extensions", KEEP, false, false, NULL},
    {"-fms-anonymous-structs", KEEP, false, false, NULL},
    {"-fpack-struct", KEEP, true, false, NULL},
    /* the ABI, and what the floating-point and vector units allow */
    {"-m64", KEEP, false, false, "x86 s390 powerpc"},
    {"-m32", KEEP, false, false, "x86 powerpc"},
    {"-msoft-float", KEEP, false, false, "x86 arm s390 powerpc mips loongarch"},
    {"-mhard-float", KEEP, false, false, "arm s390 powerpc mips"},
    {"-mno-80387", KEEP, false, false, "x86"},
    {"-mno-sse", KEEP, true, false, "x86"},
    {"-msse", KEEP, true, false, "x86"},
    {"-mno-mmx", KEEP, false, false, "x86"},
    {"-mmmx", KEEP, false, false, "x86"},
    {"-mno-avx", KEEP, true, false, "x86"},
    {"-mavx", KEEP, true, false, "x86"},
    {"-mno-3dnow", KEEP, false, false, "x86"},
    {"-mregparm=", KEEP, true, false, "x86"},
    {"-freg-struct-return", KEEP, false, false, "x86"},
    {"-mgeneral-regs-only", KEEP, false, false, "x86 arm64"},
    {"-mlittle-endian", KEEP, false, false, "arm arm64 powerpc"},
    {"-mbig-endian", KEEP, false, false, "arm arm64 powerpc"},
    {"-EL", KEEP, false, false, "mips"},
    {"-EB", KEEP, false, false, "mips"},
    {"-mfloat-abi=", KEEP, true, false, "arm"},
    {"-mfpu=", KEEP, true, false, "arm"},
    {"-maltivec", KEEP, false, false, "powerpc"},
    {"-mno-altivec", KEEP, false, false, "powerpc"},
    {"-mvsx", KEEP, false, false, "powerpc"},
    {"-mno-vsx", KEEP, false, false, "powerpc"},
    /* dropped with their values */
    {"-o", DROP_VALUE, false, true, NULL},
    {"-x", DROP_VALUE, false, true, NULL},
    {"-G", DROP_VALUE, false, true, NULL},
    {"-T", DROP_VALUE, false, true, NULL},
    {"-MF", DROP_VALUE, false, true, NULL},
    {"-MT", DROP_VALUE, false, true, NULL},
    {"-MQ", DROP_VALUE, false, true, NULL},
    {"-target", DROP_VALUE, false, true, NULL},
    {"-arch", DROP_VALUE, false, true, NULL},
    {"-mllvm", DROP_VALUE, false, true, NULL},
    {"-Xclang", DROP_VALUE, false, true, NULL},
    {"-Xassembler", DROP_VALUE, false, true, NULL},
    {"--param", DROP_VALUE, false, true, NULL},
};

static bool is_for(const char *archs, const char *arch)
{
    size_t size = strlen(arch);
    for (const char *at = archs; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, arch, size) == 0 && (at[size] == ' ' || at[size] == '\0'))
            return true;
    }
    return archs == NULL;
}

static const struct row *find_row(const char *word)
{
    const struct row *best = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = strlen(rows[i].option);
        bool fits = rows[i].is_prefix ? strncmp(word, rows[i].option, size) == 0
                                      : strcmp(word, rows[i].option) == 0;
        if (fits && (best == NULL || size > strlen(best->option)))
            best = &rows[i];
    }
    return best;
}

/* --- the tree's own flags --- */

static bool is_in_tree_flags(const struct hg_kbuild_place *place, const char *word)
{
    for (size_t i = 0; i < place->flag_count; i++)
        if (strcmp(place->flags[i], word) == 0)
            return true;
    return false;
}

/* -march= and its like: compilers differ in the names; -G: kbuild's is for the linker's sake. */
static bool is_of_processor(const char *word)
{
    static const char *const options[] = {"-march=", "-mcpu=", "-mabi=", "-G"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strncmp(word, options[i], strlen(options[i])) == 0)
            return true;
    return false;
}

/* --- paths --- */

void hg_translator_init(struct hg_translator *translator, const struct hg_kbuild_place *place,
                        struct hg_strings *strings)
{
    *translator = (struct hg_translator){.place = place, .strings = strings};
    hg_arena_init(&translator->arena);
    hg_strings_init(&translator->paths, &translator->arena);
}

void hg_translator_deinit(struct hg_translator *translator)
{
    hg_strings_deinit(&translator->paths);
    hg_arena_deinit(&translator->arena);
}

static bool exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

/* The path with `from` at its front replaced. */
static bool move_path(struct hg_text *path, const char *from, const char *to)
{
    size_t size = from == NULL ? 0 : strlen(from);
    if (size == 0 || strncmp(path->data, from, size) != 0 ||
        (path->data[size] != '/' && path->data[size] != '\0'))
        return false;
    struct hg_text moved = {0};
    hg_text_printf(&moved, "%s%s", to, path->data + size);
    hg_text_deinit(path);
    *path = moved;
    return true;
}

/* The object directory may lie in the source directory, or the other way round. */
static void move_to_tree(const struct hg_translator *translator, struct hg_text *path)
{
    const struct hg_kbuild_place *place = translator->place;
    const char *source = translator->old_source, *object = translator->old_object;
    bool object_first = source == NULL || (object != NULL && strlen(object) > strlen(source));
    if (object_first && move_path(path, object, place->object))
        return;
    if (!move_path(path, source, place->source) && !object_first)
        move_path(path, object, place->object);
}

static const char *intern(struct hg_translator *translator, const char *text)
{
    return hg_strings_intern(translator->strings, text, strlen(text));
}

void hg_translate_notice(struct hg_translator *translator, const struct hg_kbuild_unit *unit)
{
    const struct hg_kbuild_place *place = translator->place;
    if (translator->old_object == NULL && unit->directory != NULL && unit->directory[0] == '/' &&
        strcmp(unit->directory, place->object) != 0)
        translator->old_object = intern(translator, unit->directory);
    /* /old/linux/kernel/fork.c for kernel/fork.o */
    size_t stem = strlen(unit->object) - 1;
    size_t size = strlen(unit->source);
    if (translator->old_source != NULL || unit->source[0] != '/' || size < stem + 3 ||
        strncmp(unit->source + size - stem - 1, unit->object, stem) != 0 ||
        unit->source[size - stem - 2] != '/')
        return;
    size_t root = size - stem - 2;
    if (strncmp(unit->source, place->source, root) == 0 && place->source[root] == '\0')
        return;
    if (strncmp(unit->source, place->object, root) == 0 && place->object[root] == '\0')
        return;
    translator->old_source = hg_strings_intern(translator->strings, unit->source, root);
}

const char *hg_translate_path(struct hg_translator *translator, const char *directory,
                              const char *path)
{
    const struct hg_kbuild_place *place = translator->place;
    struct hg_text whole = {0}, normal = {0};
    if (path[0] != '/')
        hg_text_printf(&whole, "%s/", directory == NULL ? place->object : directory);
    hg_text_put(&whole, path);
    hg_normalise_path(&normal, (struct hg_slice){whole.data, whole.size});
    move_to_tree(translator, &normal);
    /* before 5.4 relative directories were the source tree's */
    if (path[0] != '/' && directory == NULL && !exists(normal.data)) {
        hg_text_truncate(&whole, 0);
        hg_text_printf(&whole, "%s/%s", place->source, path);
        struct hg_text other = {0};
        hg_normalise_path(&other, (struct hg_slice){whole.data, whole.size});
        if (exists(other.data)) {
            hg_text_truncate(&normal, 0);
            hg_text_put(&normal, other.data);
        }
        hg_text_deinit(&other);
    }
    const char *result = intern(translator, normal.data);
    hg_text_deinit(&whole);
    hg_text_deinit(&normal);
    return result;
}

/* --- words --- */

static void put_joined(struct hg_translator *translator, struct hg_words *arguments,
                       const char *option, const char *value)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "%s%s", option, value);
    *HG_PUSH(arguments) = intern(translator, text.data);
    hg_text_deinit(&text);
}

static void put_forced(struct hg_translator *translator, const struct hg_kbuild_unit *unit,
                       struct hg_words *arguments, const char *option, const char *value)
{
    const char *path = hg_translate_path(translator, unit->directory, value);
    *HG_PUSH(arguments) = option;
    *HG_PUSH(arguments) = value[0] == '/' || exists(path) ? path : intern(translator, value);
}

/* gcc's own headers: of every file before 5.15, of those with vector instructions since.  Clang has
 * its own, which it finds by itself. */
static bool is_compilers_own(const char *option, const char *path)
{
    static const char *const parts[] = {"/lib/gcc", "/lib64/gcc", "/lib/clang", "/lib64/clang",
                                        "/include-fixed"};
    bool is_own = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        is_own |= strstr(path, parts[i]) != NULL;
    return is_own && strcmp(option, "-isystem") == 0;
}

static bool asks_for_own_headers(const struct hg_kbuild_unit *unit)
{
    for (size_t i = 0; i + 1 < unit->option_count; i++)
        if (is_compilers_own(unit->options[i], unit->options[i + 1]))
            return true;
    return false;
}

/* One option with its value; returns how many words it takes. */
static size_t put_option(struct hg_translator *translator, const struct hg_kbuild_unit *unit,
                         size_t at, struct hg_words *arguments)
{
    const char *word = unit->options[at];
    const struct row *row = find_row(word);
    if (row == NULL || !is_for(row->archs, translator->place->arch)) {
        if (is_in_tree_flags(translator->place, word) && !is_of_processor(word) &&
            strcmp(word, "-nostdinc") != 0 && strncmp(word, "--target=", 9) != 0)
            *HG_PUSH(arguments) = intern(translator, word);
        return 1;
    }
    size_t size = strlen(row->option);
    bool is_apart = row->takes_value && word[size] == '\0';
    const char *value = word + size;
    if (is_apart && at + 1 == unit->option_count)
        return 1; /* its value is missing */
    if (is_apart)
        value = unit->options[at + 1];
    switch (row->treatment) {
    case KEEP:
        if (is_apart)
            put_joined(translator, arguments, row->option, value);
        else
            *HG_PUSH(arguments) = intern(translator, word);
        break;
    case DIRECTORY: {
        if (is_compilers_own(row->option, value))
            break;
        const char *path = hg_translate_path(translator, unit->directory, value);
        if (strcmp(row->option, "-I") == 0) {
            put_joined(translator, arguments, "-I", path);
        } else {
            *HG_PUSH(arguments) = row->option;
            *HG_PUSH(arguments) = path;
        }
        break;
    }
    case FORCED:
        put_forced(translator, unit, arguments, row->option, value);
        break;
    case DROP_VALUE:
        break;
    }
    return is_apart ? 2 : 1;
}

void hg_translate(struct hg_translator *translator, const struct hg_kbuild_unit *unit,
                  struct hg_words *arguments)
{
    const struct hg_kbuild_place *place = translator->place;
    bool has_own_headers = is_in_tree_flags(place, "-nostdlibinc") || asks_for_own_headers(unit);
    for (size_t i = 0; i < place->flag_count; i++)
        if (strncmp(place->flags[i], "--target=", 9) == 0)
            *HG_PUSH(arguments) = intern(translator, place->flags[i]);
    *HG_PUSH(arguments) = has_own_headers ? "-nostdlibinc" : "-nostdinc";
    for (size_t i = 0; i < unit->option_count;)
        i += put_option(translator, unit, i, arguments);
    for (size_t i = 0; i < place->flag_count; i++) {
        const char *flag = place->flags[i];
        bool is_asm_choice = strcmp(flag, "-DCONFIG_CC_IS_CLANG=1") == 0 && !unit->is_for_clang;
        if (is_of_processor(flag) || is_asm_choice)
            *HG_PUSH(arguments) = intern(translator, flag);
        if (strcmp(flag, "-G") == 0 && i + 1 < place->flag_count)
            *HG_PUSH(arguments) = intern(translator, place->flags[i + 1]);
    }
}

enum hg_foreign hg_is_foreign(const struct hg_kbuild_place *place, const char *const *options,
                              size_t count)
{
    bool is_kernel = false;
    bool is_wide = is_in_tree_flags(place, "-m64");
    enum hg_foreign foreign = HG_NOT_FOREIGN;
    for (size_t i = 0; i < count; i++) {
        is_kernel |= strcmp(options[i], "-D__KERNEL__") == 0;
        if (strcmp(options[i], "-m16") == 0 || (is_wide && strcmp(options[i], "-m32") == 0))
            foreign = HG_FOREIGN_WIDTH;
        else if (strcmp(options[i], "-m64") == 0)
            foreign = HG_NOT_FOREIGN;
    }
    return is_kernel ? foreign : HG_FOREIGN_PROGRAM;
}
