/*
 * Colours for what show and check print on a terminal.
 *
 *     show    comments dim, XXX holes and padding yellow, cache-line borders cyan, the type bold
 *     check   objects bold; what would not load red; what is not known, and guarded, yellow
 *
 * The method: only escape sequences are added to the complete text.  Each line is painted by
 * itself.
 */
#include "cli.h"

#include <string.h>

#define PLAIN "\033[0m"
#define BOLD "\033[1m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define YELLOW "\033[33m"
#define CYAN "\033[36m"

static bool contains(const char *line, size_t length, const char *part)
{
    return memmem(line, length, part, strlen(part)) != NULL;
}

static void put_painted(struct hg_text *to, const char *colour, const char *text, size_t length)
{
    hg_text_put(to, colour);
    hg_text_bytes(to, text, length);
    hg_text_put(to, PLAIN);
}

/* --- show --- */

static const char *colour_of_comment(const char *comment, size_t length)
{
    return contains(comment, length, "XXX")             ? YELLOW
           : contains(comment, length, "--- cacheline") ? CYAN
                                                        : DIM;
}

/* Comments end on the line where they begin. */
static void paint_show_line(struct hg_text *to, const char *line, size_t length)
{
    bool is_head = length > 0 && line[length - 1] == '{' && line[0] >= 'a' && line[0] <= 'z';
    if (is_head) {
        put_painted(to, BOLD, line, length - 1);
        hg_text_put(to, "{");
        return;
    }
    for (const char *end = line + length; line < end;) {
        const char *start = memmem(line, (size_t)(end - line), "/*", 2);
        const char *stop = start == NULL ? NULL : memmem(start, (size_t)(end - start), "*/", 2);
        if (stop == NULL) {
            hg_text_bytes(to, line, (size_t)(end - line));
            return;
        }
        size_t comment = (size_t)(stop + 2 - start);
        hg_text_bytes(to, line, (size_t)(start - line));
        put_painted(to, colour_of_comment(start, comment), start, comment);
        line = stop + 2;
    }
}

/* --- check --- */

/* The length of a verdict at the start of the text; 0 = there is none. */
static size_t verdict_at(const char *text, size_t length, const char **colour)
{
    static const struct {
        const char *word;
        const char *colour;
    } verdicts[] = {
        {"missing, guarded", YELLOW},
        {"mismatch, guarded", YELLOW},
        {"missing", RED},
        {"mismatch", RED},
        {"ambiguous", RED},
        {"refused", RED},
        {"changed", RED},
        {"several", RED},
        {"unknown", YELLOW},
        {"partly", YELLOW},
        {"guarded", YELLOW},
    };
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        size_t word = strlen(verdicts[i].word);
        bool ends =
            word == length ||
            (word < length && (text[word] == ' ' || text[word] == ',' || text[word] == ':'));
        if (ends && memcmp(text, verdicts[i].word, word) == 0) {
            *colour = verdicts[i].colour;
            return word;
        }
    }
    return 0;
}

/* A verdict is in a column of its own, after two blanks. */
static void paint_check_line(struct hg_text *to, const char *line, size_t length)
{
    bool is_object = length > 2 && memcmp(line + length - 2, ".o", 2) == 0 && line[0] != ' ';
    bool is_refusal = length > 4 &&
                      (memcmp(line, "The ", 4) == 0 || memcmp(line, "It w", 4) == 0) &&
                      contains(line, length, " would ");
    if (is_object || is_refusal) {
        put_painted(to, is_object ? BOLD : RED, line, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        const char *colour = NULL;
        bool starts = i >= 2 && line[i - 1] == ' ' && line[i - 2] == ' ';
        size_t word = starts ? verdict_at(line + i, length - i, &colour) : 0;
        if (word > 0) {
            put_painted(to, colour, line + i, word);
            hg_text_bytes(to, line + i + word, length - i - word);
            return;
        }
        hg_text_bytes(to, line + i, 1);
    }
}

void paint(enum command command, const struct hg_output *output, struct hg_text *ret)
{
    const char *at = output->data;
    const char *end = at + output->size;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline == NULL ? end : newline) - at);
        if (command == COMMAND_SHOW)
            paint_show_line(ret, at, length);
        else
            paint_check_line(ret, at, length);
        hg_text_put(ret, newline == NULL ? "" : "\n");
        at += length + (newline != NULL);
    }
}
