/*
 * Logical lines of a makefile.
 *
 *     obj-y := a.o \          one line: `obj-y := a.o b.o`
 *              b.o # why
 *
 * A backslash before the line's end joins it with the next, blanks around it become one.  A # that
 * no backslash precedes begins a comment.
 */
#include "tree/kbuild/evaluator.h"

bool hg_next_raw_line(struct hg_lines *lines, struct hg_slice *line)
{
    if (lines->rest.size == 0)
        return false;
    const char *end = memchr(lines->rest.data, '\n', lines->rest.size);
    line->data = lines->rest.data;
    line->size = end == NULL ? lines->rest.size : (size_t)(end - lines->rest.data);
    size_t taken = line->size + (end != NULL);
    lines->rest.data += taken;
    lines->rest.size -= taken;
    lines->next_number++;
    return true;
}

/* Whether an odd number of backslashes ends the line, which then goes on. */
static bool goes_on(struct hg_slice line)
{
    size_t count = 0;
    while (count < line.size && line.data[line.size - 1 - count] == '\\')
        count++;
    return count % 2 == 1;
}

static void cut_comment(struct hg_text *line)
{
    size_t to = 0;
    for (size_t from = 0; from < line->size; from++) {
        char c = line->data[from];
        if (c == '\\' && from + 1 < line->size && line->data[from + 1] == '#')
            c = line->data[++from];
        else if (c == '#')
            break;
        line->data[to++] = c;
    }
    hg_text_truncate(line, to);
}

bool hg_next_line(struct hg_lines *lines)
{
    struct hg_slice raw;
    hg_text_truncate(&lines->line, 0);
    lines->number = lines->next_number + 1;
    if (!hg_next_raw_line(lines, &raw))
        return false;
    lines->starts_with_tab = raw.size > 0 && raw.data[0] == '\t';
    for (;;) {
        bool more = goes_on(raw);
        if (!more && raw.size > 0 && raw.data[raw.size - 1] == '\r')
            raw.size--;
        raw.size -= more;
        if (more || lines->line.size > 0)
            raw = hg_slice_trim(raw);
        hg_text_bytes(&lines->line, raw.data, raw.size);
        if (!more || !hg_next_raw_line(lines, &raw))
            break;
        hg_text_put(&lines->line, " ");
    }
    if (lines->line.size > 0)
        cut_comment(&lines->line);
    return true;
}

struct hg_slice hg_take_keyword(struct hg_slice *line)
{
    *line = hg_slice_trim(*line);
    struct hg_slice word = {line->data, 0};
    while (word.size < line->size && strchr(" \t(\"'", line->data[word.size]) == NULL)
        word.size++;
    line->data += word.size;
    line->size -= word.size;
    *line = hg_slice_trim(*line);
    return word;
}
