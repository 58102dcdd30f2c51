/*
 * Reads from a Makefile what can be read without running it.
 *
 *     include /usr/src/linux-headers-6.1.0-50-common/Makefile       the Makefile of a split tree
 *     cflags-$(CONFIG_ATH79) += -I$(srctree)/arch/mips/include/asm/mach-ath79
 *     KBUILD_CFLAGS := -Wall -std=gnu11 \
 *                      -fshort-wchar
 *
 * A backslash joins lines.  Conditionals, functions and variables are not evaluated: callers look
 * for words of a known form in the values.
 */
#include "tree/kernel.h"

#include <ctype.h>
#include <string.h>

/* Reads the next logical line, without the blanks before it, and moves *at on.  False = the text
 * ends. */
static bool next_line(const char **at, struct hg_text *line)
{
    hg_text_truncate(line, 0);
    if (**at == '\0')
        return false;
    *at += strspn(*at, " \t");
    for (;;) {
        size_t length = strcspn(*at, "\n");
        bool ends = (*at)[length] == '\0';
        bool joined = !ends && length > 0 && (*at)[length - 1] == '\\';
        hg_text_bytes(line, *at, length - joined);
        *at += length + !ends;
        if (!joined)
            return true;
        hg_text_put(line, " ");
    }
}

/* --- include --- */

/* Finds the directory in a line of the form BEFORE DIRECTORY AFTER.  False = the line has another
 * form, or the directory holds a variable. */
static bool find_directory(const char *line, const char *before, const char *after,
                           const char **start, size_t *length)
{
    size_t skip = strlen(before);
    if (strncmp(line, before, skip) != 0)
        return false;
    *start = line + skip + strspn(line + skip, " \t");
    *length = strlen(*start);
    while (*length > 0 && isspace((unsigned char)(*start)[*length - 1]))
        (*length)--;
    size_t tail = strlen(after);
    if (*length <= tail || memcmp(*start + *length - tail, after, tail) != 0)
        return false;
    *length -= tail;
    return memchr(*start, '$', *length) == NULL;
}

const char *hg_makefile_included(struct hg_arena *arena, const char *text)
{
    struct hg_text line = {0};
    const char *found = NULL;
    while (found == NULL && next_line(&text, &line)) {
        const char *start = NULL;
        size_t length = 0;
        if (find_directory(hg_text_string(&line), "include ", "/Makefile", &start, &length) ||
            find_directory(hg_text_string(&line), "MAKEARGS := -C ", "", &start, &length))
            found = hg_arena_string(arena, start, length);
    }
    hg_text_deinit(&line);
    return found;
}

/* --- assignments --- */

/* Returns the part of the line after `name`, `name-y` or `name-$(CONFIG_X)`; NULL = the line begins
 * otherwise. */
static const char *after_name(const char *line, const char *name, const struct hg_config *config)
{
    static const char open[] = "-$(CONFIG_";
    size_t length = strlen(name);
    if (strncmp(line, name, length) != 0)
        return NULL;
    line += length;
    if (config == NULL || *line != '-')
        return line;
    if (strncmp(line, "-y", 2) == 0)
        return line + 2;
    const char *close = strchr(line, ')');
    if (strncmp(line, open, sizeof open - 1) != 0 || close == NULL)
        return NULL;
    char symbol[128];
    size_t symbol_length = (size_t)(close - line) - (sizeof open - 1);
    if (symbol_length >= sizeof symbol)
        return NULL;
    memcpy(symbol, line + sizeof open - 1, symbol_length);
    symbol[symbol_length] = '\0';
    return hg_config_is_on(config, symbol) ? close + 1 : NULL;
}

void hg_makefile_values(const char *text, const char *name, const struct hg_config *config,
                        hg_makefile_fn *visit, void *user)
{
    struct hg_text line = {0};
    while (next_line(&text, &line)) {
        const char *rest = after_name(hg_text_string(&line), name, config);
        if (rest == NULL)
            continue;
        rest += strspn(rest, " \t");
        if (*rest == ':' || *rest == '+' || *rest == '?')
            rest += 1 + (rest[0] == ':' && rest[1] == ':');
        if (*rest != '=')
            continue;
        rest++;
        visit(user, rest + strspn(rest, " \t"));
    }
    hg_text_deinit(&line);
}
