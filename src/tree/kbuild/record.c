/* What a build's commands say: see record.h. */
#include "tree/kbuild/record.h"

#include "tree/kbuild/translate.h"

void hg_records_init(struct hg_records *records)
{
    *records = (struct hg_records){0};
    hg_arena_init(&records->arena);
    hg_strings_init(&records->strings, &records->arena);
    hg_strings_init(&records->indexes, &records->arena);
}

void hg_records_deinit(struct hg_records *records)
{
    for (size_t i = 0; i < records->items.count; i++) {
        free(records->items.items[i].options.items);
        free(records->items.items[i].parts.items);
    }
    free(records->items.items);
    free(records->list.items);
    hg_shell_deinit(&records->shell);
    hg_text_deinit(&records->text);
    hg_strings_deinit(&records->strings);
    hg_strings_deinit(&records->indexes);
    hg_arena_deinit(&records->arena);
}

static const char *keep(struct hg_records *records, const char *text)
{
    return hg_strings_intern(&records->strings, text, strlen(text));
}

/* Changes `.tmp_x.o` to `x.o`: until 5.9 kbuild compiled into the former and renamed it. */
static void put_final_name(struct hg_text *text)
{
    static const char temporary[] = ".tmp_";
    char *slash = strrchr(text->data, '/');
    char *name = slash == NULL ? text->data : slash + 1;
    size_t size = sizeof temporary - 1;
    if (strncmp(name, temporary, size) != 0)
        return;
    size_t left = strlen(name + size);
    memmove(name, name + size, left + 1);
    hg_text_truncate(text, (size_t)(name - text->data) + left);
}

struct hg_record *hg_records_of(struct hg_records *records, struct hg_slice name)
{
    hg_normalise_path(&records->text, name);
    put_final_name(&records->text);
    uint32_t *index = hg_strings_number(&records->indexes, records->text.data, records->text.size);
    if (*index == 0) {
        *HG_PUSH(&records->items) = (struct hg_record){.target = keep(records, records->text.data)};
        *index = (uint32_t)records->items.count;
    }
    return &records->items.items[*index - 1];
}

/* --- commands --- */

static bool ends(const char *word, const char *end)
{
    return hg_slice_ends(hg_slice_of(word), end);
}

/* Whether a word is a program, by the end of its name: ar, aarch64-linux-gnu-ar, llvm-ar. */
static bool is_program(const char *word, const char *name)
{
    const char *slash = strrchr(word, '/');
    word = slash == NULL ? word : slash + 1;
    size_t size = strlen(word), length = strlen(name);
    return size >= length && strcmp(word + size - length, name) == 0 &&
           (size == length || word[size - length - 1] == '-');
}

static const char *value_of(const struct hg_words *words, const char *option)
{
    for (size_t i = 0; i + 1 < words->count; i++)
        if (strcmp(words->items[i], option) == 0)
            return words->items[i + 1];
    return NULL;
}

static bool has_word(const struct hg_words *words, const char *word)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->items[i], word) == 0)
            return true;
    return false;
}

static void take_compiled(struct hg_records *records, const struct hg_words *words,
                          const char *target)
{
    const char *output = value_of(words, "-o");
    const char *source = NULL;
    for (size_t i = 0; i < words->count; i++)
        if (ends(words->items[i], ".c") || ends(words->items[i], ".S"))
            source = words->items[i];
    if (output == NULL || source == NULL)
        return;
    struct hg_record *record =
        hg_records_of(records, hg_slice_of(target != NULL ? target : output));
    if (record->source != NULL)
        return;
    record->is_known = true;
    record->source = keep(records, source);
    record->options.count = 0;
    bool is_option = false;
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i];
        is_option = is_option || word[0] == '-';
        if (strcmp(word, "-o") == 0)
            i++;
        else if (is_option && strcmp(word, "-c") != 0 && word != source)
            *HG_PUSH(&record->options) = keep(records, word);
    }
}

static void add_part(struct hg_records *records, size_t index, const char *name)
{
    hg_normalise_path(&records->text, hg_slice_of(name));
    struct hg_record *record = &records->items.items[index];
    if (strcmp(records->text.data, record->target) != 0)
        *HG_PUSH(&record->parts) = keep(records, records->text.data);
}

/* Returns the index of the record for an archive or a linked object.  (A pointer would not survive
 * the next new record.) */
static size_t open_parts(struct hg_records *records, const char *target)
{
    struct hg_record *record = hg_records_of(records, hg_slice_of(target));
    record->is_known = true;
    return (size_t)(record - records->items.items);
}

/* `ar cDPrST x.a a.o b.o`.  has_list: the names come from the command before, through xargs. */
static void take_archive(struct hg_records *records, const struct hg_words *words, size_t ar,
                         bool has_list)
{
    if (ar + 2 >= words->count || strchr(words->items[ar + 1], 'r') == NULL ||
        strpbrk(words->items[ar + 1], "mx/.") != NULL)
        return;
    size_t index = open_parts(records, words->items[ar + 2]);
    for (size_t i = ar + 3; i < words->count; i++)
        if (ends(words->items[i], ".o") || ends(words->items[i], ".a"))
            add_part(records, index, words->items[i]);
    for (size_t i = 0; i < records->list.count && has_list; i++)
        add_part(records, index, records->list.items[i]);
}

/* Keeps the names that `printf "dir/%s " a.o b.o` or `{ echo a.o b.o` prints for the next command.
 */
static void take_list(struct hg_records *records, const struct hg_words *words)
{
    size_t first = strcmp(words->items[0], "{") == 0 ? 1 : 0;
    bool is_printf = first < words->count && strcmp(words->items[first], "printf") == 0;
    const char *format = !is_printf                 ? "%s"
                         : first + 1 < words->count ? words->items[first + 1]
                                                    : "";
    const char *place = strstr(format, "%s");
    if (place == NULL || first + 1 >= words->count)
        return; /* `echo` alone ends a line */
    records->list.count = 0;
    for (size_t i = first + 1 + is_printf; i < words->count; i++) {
        struct hg_text name = {0};
        hg_text_bytes(&name, format, (size_t)(place - format));
        hg_text_put(&name, words->items[i]);
        *HG_PUSH(&records->list) = keep(records, name.data);
        hg_text_deinit(&name);
    }
}

static void take_linked(struct hg_records *records, const struct hg_words *words,
                        const char *target)
{
    const char *output = target != NULL ? target : value_of(words, "-o");
    if (output == NULL || !(ends(output, ".o") || ends(output, ".ko")))
        return;
    size_t index = open_parts(records, output);
    for (size_t i = 1; i < words->count; i++) {
        const char *word = words->items[i];
        if (strcmp(word, "-o") == 0)
            i++;
        else if (word[0] == '@')
            *HG_PUSH(&records->items.items[index].parts) = keep(records, word);
        else if (ends(word, ".o") || ends(word, ".a"))
            add_part(records, index, word);
    }
}

/* `objcopy ... in.o out.o` */
static void take_copied(struct hg_records *records, const struct hg_words *words)
{
    size_t count = words->count;
    if (count < 3 || words->items[count - 2][0] == '-' || !ends(words->items[count - 1], ".o") ||
        !ends(words->items[count - 2], ".o"))
        return;
    size_t index = open_parts(records, words->items[count - 1]);
    add_part(records, index, words->items[count - 2]);
}

/* The directory that awk puts in front: `{ print("net/"$0) }`. */
static struct hg_slice prefix_of(const struct hg_words *words)
{
    static const char print[] = "print(\"";
    for (size_t i = 0; i < words->count; i++) {
        const char *found = strstr(words->items[i], print);
        if (found != NULL)
            return (struct hg_slice){found + sizeof print - 1,
                                     strcspn(found + sizeof print - 1, "\"")};
    }
    return (struct hg_slice){0};
}

/* The objects that a module is linked from: `printf '%s\n' a.o b.o | awk '{ print("dir/"$0) }' >
 * dir/x.mod`; until 5.18 `{ echo dir/a.o; } > dir/x.mod`. */
static void take_module(struct hg_records *records, const struct hg_words *words)
{
    struct hg_slice prefix = prefix_of(words);
    size_t index = open_parts(records, words->items[words->count - 1]);
    for (size_t i = 0; i < records->list.count; i++) {
        const char *name = records->list.items[i];
        struct hg_text path = {0};
        hg_text_bytes(&path, prefix.data, prefix.size);
        hg_text_bytes(&path, name, strcspn(name, "\n"));
        if (ends(path.data, ".o"))
            add_part(records, index, path.data);
        hg_text_deinit(&path);
    }
}

static void take_command(struct hg_records *records, const char *target)
{
    const struct hg_words *words = &records->shell.words;
    if (words->count == 0)
        return;
    const char *program = words->items[0];
    if (words->count > 1 && strcmp(words->items[words->count - 2], ">") == 0 &&
        ends(words->items[words->count - 1], ".mod")) {
        take_module(records, words);
        return;
    }
    if (strcmp(program, "printf") == 0 || strcmp(program, "echo") == 0 ||
        strcmp(program, "{") == 0) {
        take_list(records, words);
        return;
    }
    for (size_t i = 0; i < words->count && i < 3; i++) {
        if (is_program(words->items[i], "ar")) {
            take_archive(records, words, i, strcmp(program, "xargs") == 0);
            return;
        }
    }
    if (has_word(words, "-c") && !is_program(program, "objcopy"))
        take_compiled(records, words, target);
    else if (is_program(program, "objcopy"))
        take_copied(records, words);
    else if ((is_program(program, "ld") || is_program(program, "ld.lld") ||
              is_program(program, "ld.bfd")) &&
             has_word(words, "-r"))
        take_linked(records, words, target);
}

void hg_records_take(struct hg_records *records, struct hg_slice commands, const char *target)
{
    records->list.count = 0;
    while (hg_shell_next(&commands, &records->shell))
        take_command(records, target);
}

/* --- units --- */

void hg_record_add_module(struct hg_records *records, size_t index, const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *name = slash == NULL ? file : slash + 1;
    struct hg_slice stem = {name, strcspn(name, ".")};
    struct hg_record *record = &records->items.items[index];
    record->module = hg_with_name(&records->arena, record->module, stem);
}

/* The value of a macro among options, without its quotes; NULL = it is not defined. */
static const char *macro(struct hg_records *records, const struct hg_record *record,
                         const char *name)
{
    size_t size = strlen(name);
    for (size_t i = record->options.count; i-- > 0;) {
        const char *option = record->options.items[i];
        if (strncmp(option, "-D", 2) != 0 || strncmp(option + 2, name, size) != 0 ||
            option[2 + size] != '=')
            continue;
        struct hg_slice value = hg_slice_of(option + 3 + size);
        if (value.size >= 2 && value.data[0] == '"' && value.data[value.size - 1] == '"')
            value = (struct hg_slice){value.data + 1, value.size - 2};
        return hg_strings_intern(&records->strings, value.data, value.size);
    }
    return NULL;
}

bool hg_record_is_for_module(const struct hg_record *record)
{
    for (size_t i = 0; i < record->options.count; i++)
        if (strcmp(record->options.items[i], "-DMODULE") == 0)
            return true;
    return false;
}

bool hg_record_put(struct hg_records *records, const struct hg_record *record,
                   const struct hg_kbuild_place *place, const char *directory, bool is_built_in,
                   const struct hg_kbuild_sink *sink)
{
    if (record->source == NULL || !ends(record->source, ".c"))
        return true;
    if (hg_is_foreign(place, record->options.items, record->options.count) != HG_NOT_FOREIGN)
        return false;
    const char *module = is_built_in              ? NULL
                         : record->module != NULL ? record->module
                                                  : macro(records, record, "KBUILD_MODNAME");
    struct hg_kbuild_unit unit = {
        .object = record->target,
        .source = record->source,
        .directory = directory,
        .module = module,
        .options = record->options.items,
        .option_count = record->options.count,
    };
    sink->unit(sink->user, &unit);
    return true;
}

void hg_record_put_linked(struct hg_records *records, const struct hg_record *record,
                          const struct hg_kbuild_place *place, bool is_built_in,
                          const struct hg_kbuild_sink *sink)
{
    if (!hg_record_put(records, record, place, NULL, is_built_in, sink) && sink->foreign != NULL)
        sink->foreign(sink->user, record->target);
}
