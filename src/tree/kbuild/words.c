/* Words of make and of the shell, and paths: see words.h. */
#include "tree/kbuild/words.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool hg_slice_is(struct hg_slice slice, const char *string)
{
    return hg_slice_equals(slice, hg_slice_of(string));
}

bool hg_slice_equals(struct hg_slice a, struct hg_slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool hg_slice_ends(struct hg_slice slice, const char *end)
{
    size_t size = strlen(end);
    return slice.size >= size && memcmp(slice.data + slice.size - size, end, size) == 0;
}

struct hg_slice hg_slice_trim(struct hg_slice slice)
{
    while (slice.size > 0 && is_blank(slice.data[0])) {
        slice.data++;
        slice.size--;
    }
    while (slice.size > 0 && is_blank(slice.data[slice.size - 1]))
        slice.size--;
    return slice;
}

bool hg_make_word(struct hg_slice *rest, struct hg_slice *word)
{
    while (rest->size > 0 && is_blank(rest->data[0])) {
        rest->data++;
        rest->size--;
    }
    word->data = rest->data;
    word->size = 0;
    while (word->size < rest->size && !is_blank(rest->data[word->size]))
        word->size++;
    if (word->size == 0)
        return false;
    rest->data += word->size;
    rest->size -= word->size;
    return true;
}

bool hg_make_match(struct hg_slice pattern, struct hg_slice word, struct hg_slice *stem)
{
    const char *percent = pattern.size == 0 ? NULL : memchr(pattern.data, '%', pattern.size);
    if (percent == NULL) {
        *stem = word;
        return hg_slice_equals(pattern, word);
    }
    size_t before = (size_t)(percent - pattern.data);
    size_t after = pattern.size - before - 1;
    if (word.size < before + after || memcmp(word.data, pattern.data, before) != 0 ||
        memcmp(word.data + word.size - after, percent + 1, after) != 0)
        return false;
    *stem = (struct hg_slice){word.data + before, word.size - before - after};
    return true;
}

/* --- the shell --- */

void hg_shell_deinit(struct hg_shell *shell)
{
    hg_text_deinit(&shell->text);
    free(shell->words.items);
    free(shell->offsets.items);
    *shell = (struct hg_shell){0};
}

/* The text of a quoted string from its opening quote; returns what follows the closing one. */
static const char *take_quoted(struct hg_shell *shell, const char *at, const char *end)
{
    char quote = *at++;
    const char *start = at;
    for (; at < end && *at != quote; at++) {
        if (quote != '"' || *at != '\\' || at + 1 == end)
            continue;
        hg_text_bytes(&shell->text, start, (size_t)(at - start));
        if (strchr("$`\"\\\n", at[1]) == NULL)
            hg_text_bytes(&shell->text, at, 1);
        start = ++at;
    }
    hg_text_bytes(&shell->text, start, (size_t)(at - start));
    shell->unbalanced |= at == end;
    return at == end ? at : at + 1;
}

/* One word from its first character; returns what follows it. */
static const char *take_word(struct hg_shell *shell, const char *at, const char *end)
{
    *HG_PUSH(&shell->offsets) = shell->text.size;
    while (at < end) {
        size_t plain = 0;
        while (at + plain < end && strchr(" \t\r\n;|&()<>'\"\\", at[plain]) == NULL)
            plain++;
        hg_text_bytes(&shell->text, at, plain);
        at += plain;
        if (at < end && (*at == '\'' || *at == '"')) {
            at = take_quoted(shell, at, end);
        } else if (at + 1 < end && *at == '\\') {
            if (at[1] != '\n')
                hg_text_bytes(&shell->text, at + 1, 1);
            at += 2;
        } else if (at < end && (*at == '\0' || *at == '\\')) {
            at++; /* a NUL byte, or a backslash at the end: no text has either */
        } else {
            break;
        }
    }
    hg_text_bytes(&shell->text, "", 1);
    return at;
}

bool hg_shell_next(struct hg_slice *rest, struct hg_shell *shell)
{
    const char *at = rest->data;
    const char *end = rest->data + rest->size;
    hg_text_truncate(&shell->text, 0);
    shell->offsets.count = shell->words.count = 0;
    shell->separator = '\0';
    while (at < end && shell->separator == '\0') {
        if (*at == ' ' || *at == '\t' || *at == '\r') {
            at++;
        } else if (*at == '\\' && at + 1 < end && at[1] == '\n') {
            at += 2;
        } else if (strchr(";|&()\n", *at) != NULL && *at != '\0') {
            shell->separator = *at++;
        } else if (*at == '<' || *at == '>') {
            *HG_PUSH(&shell->offsets) = shell->text.size;
            hg_text_bytes(&shell->text, at++, 1);
            hg_text_bytes(&shell->text, "", 1);
        } else {
            at = take_word(shell, at, end);
        }
    }
    bool any = rest->size > 0;
    *rest = (struct hg_slice){at, (size_t)(end - at)};
    for (size_t i = 0; i < shell->offsets.count; i++)
        *HG_PUSH(&shell->words) = shell->text.data + shell->offsets.items[i];
    return any;
}

const char *hg_with_name(struct hg_arena *arena, const char *list, struct hg_slice name)
{
    if (list == NULL)
        return hg_arena_string(arena, name.data, name.size);
    struct hg_text text = {0};
    bool is_in = false;
    const char *at = list;
    for (;;) {
        struct hg_slice item = {at, strcspn(at, ":")};
        size_t shorter = item.size < name.size ? item.size : name.size;
        int order = memcmp(name.data, item.data, shorter);
        if (hg_slice_equals(item, name))
            is_in = true;
        else if (!is_in && (order < 0 || (order == 0 && name.size < item.size))) {
            hg_text_bytes(&text, name.data, name.size);
            hg_text_put(&text, ":");
            is_in = true;
        }
        hg_text_bytes(&text, item.data, item.size);
        at += item.size;
        if (*at++ == '\0')
            break;
        hg_text_put(&text, ":");
    }
    if (!is_in) {
        hg_text_put(&text, ":");
        hg_text_bytes(&text, name.data, name.size);
    }
    const char *result = hg_arena_string(arena, text.data, text.size);
    hg_text_deinit(&text);
    return result;
}

/* --- paths --- */

static void drop_last_name(struct hg_text *text)
{
    size_t size = text->size;
    while (size > 0 && text->data[size - 1] != '/')
        size--;
    hg_text_truncate(text, size > 1 || (size == 1 && text->data[0] != '/') ? size - 1 : size);
}

static bool ends_in_name(const struct hg_text *text)
{
    struct hg_slice slice = {text->data, text->size};
    return text->size > 0 && !hg_slice_is(slice, "..") && !hg_slice_ends(slice, "/..") &&
           !hg_slice_is(slice, "/");
}

void hg_normalise_path(struct hg_text *text, struct hg_slice path)
{
    hg_text_truncate(text, 0);
    if (path.size > 0 && path.data[0] == '/')
        hg_text_put(text, "/");
    for (size_t at = 0; at < path.size;) {
        const char *name = path.data + at;
        const char *slash = memchr(name, '/', path.size - at);
        size_t size = slash == NULL ? path.size - at : (size_t)(slash - name);
        at += size + 1;
        struct hg_slice part = {name, size};
        bool is_root = text->size == 1 && text->data[0] == '/';
        if (size == 0 || hg_slice_is(part, ".") || (is_root && hg_slice_is(part, "..")))
            continue;
        if (hg_slice_is(part, "..") && ends_in_name(text)) {
            drop_last_name(text);
            continue;
        }
        if (text->size > 0 && text->data[text->size - 1] != '/')
            hg_text_put(text, "/");
        hg_text_bytes(text, name, size);
    }
    if (text->size == 0)
        hg_text_put(text, ".");
}
