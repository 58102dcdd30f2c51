/* From a compiler's command line to clang's arguments: see translate.h. */
#include "tree/kbuild/translate.h"

#include "tree/kbuild/option_table.h"

#include <sys/stat.h>

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
    hg_strings_init(&translator->known, &translator->arena);
    hg_strings_init(&translator->lost_indexes, &translator->arena);
    translator->is_64bit = is_in_tree_flags(place, "-m64") || is_in_tree_flags(place, "-mabi=64") ||
                           is_in_tree_flags(place, "-mabi=lp64");
}

void hg_translator_deinit(struct hg_translator *translator)
{
    free(translator->lost.items);
    free(translator->rows.items);
    free(translator->words.items);
    hg_strings_deinit(&translator->lost_indexes);
    hg_strings_deinit(&translator->known);
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

/* --- what is lost --- */

/* An option that clang is not given although a declaration may notice it. */
static void lose(struct hg_translator *translator, const struct hg_kbuild_unit *unit,
                 const char *option, const struct hg_option_row *row)
{
    enum { LOST_LIMIT = 1000 };
    if (translator->lost.count == LOST_LIMIT)
        return; /* nobody reads more */
    uint32_t *index = hg_strings_number(&translator->lost_indexes, option, strlen(option));
    if (*index == 0) {
        *HG_PUSH(&translator->lost) = (struct hg_lost_option){
            .option = intern(translator, option),
            .object = intern(translator, unit->object),
            .instead = row == NULL ? NULL : row->instead,
            .why = row == NULL ? NULL : row->lost,
        };
        *index = (uint32_t)translator->lost.count;
    }
    translator->lost.items[*index - 1].count++;
}

void hg_translator_forget(struct hg_translator *translator)
{
    translator->old_source = translator->old_object = NULL;
    translator->lost.count = 0;
    hg_strings_deinit(&translator->lost_indexes);
    hg_strings_init(&translator->lost_indexes, &translator->arena);
}

/* The row of an option; its search is long, and most options are those of the file before. */
static const struct hg_option_row *find_row(struct hg_translator *translator, const char *word)
{
    const char *arch = translator->place->arch;
    if (word[0] != '-' || (word[1] != 'f' && word[1] != 'm'))
        return hg_find_option(word, arch, translator->is_64bit);
    uint32_t *index = hg_strings_number(&translator->known, word, strlen(word));
    if (*index == 0) {
        *HG_PUSH(&translator->rows) = hg_find_option(word, arch, translator->is_64bit);
        *index = (uint32_t)translator->rows.count;
    }
    return translator->rows.items[*index - 1];
}

/* --- words --- */

/* The options with those that are packed into one another taken apart: `-Wp,-DX,-UY` and
 * `-Xpreprocessor -DX`. */
static void unpack(struct hg_translator *translator, const struct hg_kbuild_unit *unit)
{
    struct hg_words *words = &translator->words;
    words->count = 0;
    for (size_t i = 0; i < unit->option_count; i++) {
        const char *word = unit->options[i];
        if (strcmp(word, "-Xpreprocessor") == 0)
            continue;
        if (strncmp(word, "-Wp,", 4) != 0) {
            *HG_PUSH(words) = word;
            continue;
        }
        for (const char *at = word + 3; *at == ',';) {
            size_t size = strcspn(++at, ",");
            *HG_PUSH(words) = hg_strings_intern(translator->strings, at, size);
            at += size;
        }
    }
}

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

static bool asks_for_own_headers(const struct hg_words *words)
{
    for (size_t i = 0; i + 1 < words->count; i++)
        if (is_compilers_own(words->items[i], words->items[i + 1]))
            return true;
    return false;
}

static bool is_own(const struct hg_translator *translator, const char *word)
{
    return is_in_tree_flags(translator->place, word) && strcmp(word, "-nostdinc") != 0 &&
           strncmp(word, "--target=", 9) != 0;
}

/* An option of the command line alone: no row, or one that says to leave it out. */
static void put_other(struct hg_translator *translator, const struct hg_kbuild_unit *unit,
                      const char *word, const struct hg_option_row *row, struct hg_words *arguments)
{
    if (is_own(translator, word)) {
        if (!is_of_processor(word)) /* hg_translate puts these last */
            *HG_PUSH(arguments) = intern(translator, word);
    } else if (row == NULL || row->treatment == HG_OPTION_LOSE) {
        lose(translator, unit, word, row);
        if (row != NULL && row->instead != NULL)
            *HG_PUSH(arguments) = row->instead;
    }
}

static void put_directory(struct hg_translator *translator, const struct hg_kbuild_unit *unit,
                          struct hg_words *arguments, const char *option, const char *value)
{
    if (is_compilers_own(option, value))
        return;
    const char *path = hg_translate_path(translator, unit->directory, value);
    if (strcmp(option, "-I") == 0) {
        put_joined(translator, arguments, "-I", path);
    } else {
        *HG_PUSH(arguments) = option;
        *HG_PUSH(arguments) = path;
    }
}

/* `-Xclang -fxyz`: an option of the compiler proper. */
static size_t lose_pair(struct hg_translator *translator, const struct hg_kbuild_unit *unit,
                        const char *option, const char *value)
{
    struct hg_text text = {0};
    hg_text_printf(&text, "%s %s", option, value);
    lose(translator, unit, text.data, NULL);
    hg_text_deinit(&text);
    return 2;
}

/* One option with its value; returns how many words it takes. */
static size_t put_option(struct hg_translator *translator, const struct hg_kbuild_unit *unit,
                         size_t at, struct hg_words *arguments)
{
    const struct hg_words *words = &translator->words;
    const char *word = words->items[at];
    const char *next = at + 1 < words->count ? words->items[at + 1] : NULL;
    if ((word[0] != '-' && word[0] != '@') || word[1] == '\0')
        return 1; /* a file, or what belongs to an option that is not known */
    if (strcmp(word, "-Xclang") == 0 && next != NULL)
        return lose_pair(translator, unit, word, next);
    const struct hg_option_row *row = find_row(translator, word);
    if (row == NULL || row->treatment == HG_OPTION_LOSE ||
        (row->treatment == HG_OPTION_DROP && !row->takes_value)) {
        put_other(translator, unit, word, row, arguments);
        return 1;
    }
    size_t size = strlen(row->option);
    bool is_apart = row->takes_value && word[size] == '\0';
    const char *value = is_apart ? next : word + size;
    if (value == NULL)
        return 1; /* it is missing */
    if (row->treatment == HG_OPTION_DIRECTORY)
        put_directory(translator, unit, arguments, row->option, value);
    else if (row->treatment == HG_OPTION_FORCED)
        put_forced(translator, unit, arguments, row->option, value);
    else if (row->treatment == HG_OPTION_KEEP && is_apart)
        put_joined(translator, arguments, row->option, value);
    else if (row->treatment == HG_OPTION_KEEP)
        *HG_PUSH(arguments) = intern(translator, word);
    return is_apart ? 2 : 1;
}

/* Headers ask for __OPTIMIZE__ and __OPTIMIZE_SIZE__: fortified strings are one thing that follows.
 * The level is nothing to a declaration.  NULL = none. */
static const char *optimisation(const struct hg_words *words)
{
    const char *level = NULL;
    for (size_t i = 0; i < words->count; i++)
        if (strncmp(words->items[i], "-O", 2) == 0)
            level = words->items[i] + 2;
    if (level == NULL || strcmp(level, "0") == 0)
        return NULL;
    return strcmp(level, "s") == 0 || strcmp(level, "z") == 0 ? "-Os" : "-O2";
}

void hg_translate(struct hg_translator *translator, const struct hg_kbuild_unit *unit,
                  struct hg_words *arguments)
{
    const struct hg_kbuild_place *place = translator->place;
    unpack(translator, unit);
    bool has_own_headers = asks_for_own_headers(&translator->words);
    for (size_t i = 0; i < place->flag_count; i++)
        if (strncmp(place->flags[i], "--target=", 9) == 0)
            *HG_PUSH(arguments) = intern(translator, place->flags[i]);
    *HG_PUSH(arguments) = has_own_headers ? "-nostdlibinc" : "-nostdinc";
    for (size_t i = 0; i < translator->words.count;)
        i += put_option(translator, unit, i, arguments);
    const char *level = optimisation(&translator->words);
    if (level != NULL)
        *HG_PUSH(arguments) = intern(translator, level);
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
        bool is_narrow = strcmp(options[i], "-m32") == 0 || strcmp(options[i], "-mx32") == 0;
        if (strcmp(options[i], "-m16") == 0 || (is_wide && is_narrow))
            foreign = HG_FOREIGN_WIDTH;
        else if (strcmp(options[i], "-m64") == 0)
            foreign = HG_NOT_FOREIGN;
    }
    return is_kernel ? foreign : HG_FOREIGN_PROGRAM;
}
