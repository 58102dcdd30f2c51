/*
 * Which files of a translation unit can be used although a generated file is missing.
 *
 *     #include <net/sctp/sctp.h>       used: clang read it before the missing file
 *     #include "flask.h"               missing: only a build makes it
 *     #include "policydb.h"            used, if nothing in it can depend on flask.h
 *
 * Most declarations that need the missing file give an error, and the front end leaves them out.
 * But an #if gives no error: a macro that is not defined counts as 0, and clang parses the wrong
 * branch.  So a file that clang had not read to its end before the missing file is doubtful if
 *
 *     it tests a macro that neither a file that was read nor a -D defines
 *     it mentions a macro that a doubtful file defines or undefines
 *     a doubtful file includes it
 *     its text cannot be read
 *
 * A generated file does not define macros of the configuration, MODULE, or the compiler's own
 * macros (__LP64__): a test of these does not make a file doubtful.
 *
 * This relies on a rule: a generated file defines names of its own, and does not change macros that
 * the kernel's other files define.
 */
#include "tree/kernel.h"
#include "tree/source_parts.h"

#include <stdlib.h>
#include <string.h>

struct opened {
    const char *path;
    char *text;     /* NULL = it is not needed, or cannot be read */
    bool is_before; /* clang read it to its end before the missing file */
    bool is_doubtful;
};

struct doubts {
    struct hg_strings by_path; /* index plus one in files */
    HG_ARRAY(struct opened) files;
    struct hg_strings defined;  /* macros: 1 */
    struct hg_strings doubtful; /* macros that a doubtful file defines or undefines: 1 */
    struct opened *scanned;
};

/* `CONFIG_X`, `__X__`, and the macro that kbuild defines for modules only. */
static bool is_known(const char *name, size_t length)
{
    return (length > strlen("CONFIG_") && hg_begins_with(name, "CONFIG_")) ||
           hg_is_named(name, length, "MODULE") ||
           (length > 4 && hg_begins_with(name, "__") && hg_begins_with(name + length - 2, "__"));
}

/* --- directives --- */

static void take_definition(void *user, enum hg_directive directive, const char *name,
                            size_t length)
{
    struct doubts *doubts = user;
    if (directive == HG_DIRECTIVE_DEFINE)
        *hg_strings_number(&doubts->defined, name, length) = 1;
}

static void take_test(void *user, enum hg_directive directive, const char *name, size_t length)
{
    struct doubts *doubts = user;
    if (directive == HG_DIRECTIVE_TEST && !is_known(name, length) &&
        hg_strings_find(&doubts->defined, name, length) == 0)
        doubts->scanned->is_doubtful = true;
}

static void take_doubtful(void *user, enum hg_directive directive, const char *name, size_t length)
{
    struct doubts *doubts = user;
    if (directive == HG_DIRECTIVE_DEFINE || directive == HG_DIRECTIVE_UNDEF)
        *hg_strings_number(&doubts->doubtful, name, length) = 1;
}

/* --- mentions --- */

/* Words in comments and strings count as well: this errs on the safe side, and costs little. */
static bool mentions_doubtful(struct doubts *doubts, const char *text)
{
    while (*text != '\0') {
        size_t length = hg_word_length(text);
        if (length > 0 && hg_strings_find(&doubts->doubtful, text, length) != 0)
            return true;
        text += length + (length == 0);
    }
    return false;
}

/* --- files --- */

static struct opened *find(struct doubts *doubts, const char *path)
{
    uint32_t *index = hg_strings_number(&doubts->by_path, path, strlen(path));
    if (*index == 0) {
        *HG_PUSH(&doubts->files) = (struct opened){.path = path, .is_before = true};
        *index = (uint32_t)doubts->files.count;
    }
    return &doubts->files.items[*index - 1];
}

/* Collects the macros that the files define, and keeps the texts of files that can be doubtful. */
static void read_files(struct doubts *doubts)
{
    for (size_t i = 0; i < doubts->files.count; i++) {
        struct opened *file = &doubts->files.items[i];
        size_t size = 0;
        char *text = hg_kernel_read_file(file->path, &size);
        if (text != NULL)
            hg_scan_directives(text, take_definition, doubts, NULL);
        if (file->is_before)
            free(text);
        else
            file->text = text;
    }
}

static void scan(struct doubts *doubts, struct opened *file, hg_directive_fn *visit)
{
    doubts->scanned = file;
    if (file->text != NULL)
        hg_scan_directives(file->text, visit, doubts, NULL);
}

/* Makes the files doubtful that depend on doubtful ones.  True = there were some, so it must be
 * called again. */
static bool spread(struct doubts *doubts, const struct hg_opened_file *opened, size_t count)
{
    bool has_more = false;
    for (size_t i = 0; i < doubts->files.count; i++)
        if (doubts->files.items[i].is_doubtful)
            scan(doubts, &doubts->files.items[i], take_doubtful);
    for (size_t i = 0; i < doubts->files.count; i++) {
        struct opened *file = &doubts->files.items[i];
        if (file->is_before || file->is_doubtful || file->text == NULL ||
            !mentions_doubtful(doubts, file->text))
            continue;
        has_more = file->is_doubtful = true;
    }
    for (size_t i = 0; i < count; i++) {
        struct opened *file = find(doubts, opened[i].path);
        if (file->is_doubtful || opened[i].is_before ||
            !find(doubts, opened[opened[i].includer].path)->is_doubtful)
            continue;
        has_more = file->is_doubtful = true;
    }
    return has_more;
}

void hg_sources_doubt(void *user, const struct hg_opened_file *files, size_t count, bool *doubtful)
{
    const struct source_unit *unit = user;
    struct doubts doubts = {0};
    for (size_t i = 0; i < count; i++) {
        struct opened *file = find(&doubts, files[i].path);
        file->is_before = file->is_before && files[i].is_before;
    }
    for (size_t i = 0; i < unit->arguments.macros.count; i++) {
        const char *macro = unit->arguments.macros.items[i] + 2; /* after -D */
        *hg_strings_number(&doubts.defined, macro, strcspn(macro, "=(")) = 1;
    }
    read_files(&doubts);
    for (size_t i = 0; i < doubts.files.count; i++) {
        struct opened *file = &doubts.files.items[i];
        if (!file->is_before && file->text == NULL)
            file->is_doubtful = true;
        scan(&doubts, file, take_test);
    }
    while (spread(&doubts, files, count))
        ;
    for (size_t i = 0; i < count; i++)
        doubtful[i] = find(&doubts, files[i].path)->is_doubtful;
    for (size_t i = 0; i < doubts.files.count; i++)
        free(doubts.files.items[i].text);
    free(doubts.files.items);
    hg_strings_deinit(&doubts.by_path);
    hg_strings_deinit(&doubts.defined);
    hg_strings_deinit(&doubts.doubtful);
}
