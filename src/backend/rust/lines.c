/*
 * Lines as rustfmt would leave them.
 *
 *     pub read_iter:
 *         ::core::option::Option<unsafe extern "C" fn(*mut kiocb, *mut iov_iter) -> ssize_t>,
 *
 * The problem: the output is checked in, where `cargo fmt` sees it.  What that would change is
 * noise in somebody's next commit.
 *
 * The method: what is in the module is indented by one step.  Nearly all lines then are what
 * rustfmt writes; those of more than 100 columns are told apart by how they begin, and broken the
 * way rustfmt does it.  The other passes write what has one form whatever its length.
 *
 * What this does not do: format Rust.  It knows the lines that this writer makes, and leaves alone
 * what has nowhere to be broken, as rustfmt does.
 */
#include "backend/rust/rust.h"

#include <string.h>

enum {
    STEP = 4,
    COLUMNS = HG_RUST_COLUMNS + STEP,
    CALL_MAX = 60,  /* arguments of a call or macro */
    DEPTH_MAX = 64, /* of types; type.c does not write deeper ones */
};

#define RESULT "::core::result::Result::Ok("

struct span {
    const char *at;
    size_t size;
};

static struct span part(struct span whole, size_t from, size_t to)
{
    to = to < whole.size ? to : whole.size;
    from = from < to ? from : to;
    return (struct span){.at = whole.at + from, .size = to - from};
}

static bool begins(struct span span, const char *with)
{
    size_t size = strlen(with);
    return span.size >= size && memcmp(span.at, with, size) == 0;
}

static bool ends(struct span span, const char *with)
{
    size_t size = strlen(with);
    return span.size >= size && memcmp(span.at + span.size - size, with, size) == 0;
}

/* Where the string first is, outside of brackets that open after `from`; the size if nowhere. */
static size_t find(struct span span, size_t from, const char *string)
{
    unsigned depth = 0;
    for (size_t i = from; i < span.size; i++) {
        if (depth == 0 && begins(part(span, i, span.size), string))
            return i;
        bool is_arrow = span.at[i] == '>' && i > 0 && span.at[i - 1] == '-';
        if (strchr("(<[", span.at[i]) != NULL)
            depth++;
        else if (strchr(")>]", span.at[i]) != NULL && !is_arrow && depth > 0)
            depth--;
    }
    return span.size;
}

static void put_span(struct hg_text *text, struct span span)
{
    hg_text_bytes(text, span.at, span.size);
}

static void put_indent(struct hg_text *text, size_t indent)
{
    for (; indent > 0; indent--)
        hg_text_put(text, " ");
}

static void put_line(struct hg_text *text, size_t indent, struct span span, const char *behind)
{
    put_indent(text, indent);
    put_span(text, span);
    hg_text_put(text, behind);
}

static bool fits(size_t indent, size_t width)
{
    return indent + width <= COLUMNS;
}

static size_t column(const struct hg_text *text)
{
    size_t begin = text->size;
    while (begin > 0 && text->data[begin - 1] != '\n')
        begin--;
    return text->size - begin;
}

/* --- types --- */

struct folding {
    struct hg_text *text;
    bool is_given_up; /* something is too long in spite of all */
};

static void put_type(struct folding *folding, struct span type, size_t indent, const char *behind,
                     unsigned depth);
static void put_broken(struct folding *folding, struct span type, size_t indent, const char *behind,
                       unsigned depth);

/* `a: *const T, ...`, each on a line; rustfmt counts the comma behind those of generics alone. */
static void put_list(struct folding *folding, struct span list, size_t indent, bool is_generic,
                     unsigned depth)
{
    struct hg_text *text = folding->text;
    for (size_t at = 0; at < list.size;) {
        size_t end = find(list, at, ", ");
        struct span item = part(list, at, end);
        put_indent(text, indent);
        put_type(folding, item, indent, is_generic ? "," : "", depth);
        hg_text_put(text, is_generic || begins(item, "...") ? "\n" : ",\n");
        at = end + 2;
    }
}

/* `unsafe extern "C" fn(<parameters>) -> T`; a long T has a line of its own, one of several lines
 * has not. */
static void put_function(struct folding *folding, struct span type, size_t indent,
                         const char *behind, unsigned depth)
{
    struct hg_text *text = folding->text;
    size_t open = find(type, 0, "("), close = find(type, open + 1, ")");
    size_t begin = column(text);
    put_span(text, part(type, 0, open + 1));
    if (close > open + 1) {
        folding->is_given_up |= !fits(begin, open + 1);
        hg_text_put(text, "\n");
        put_list(folding, part(type, open + 1, close), indent + STEP, false, depth);
        put_indent(text, indent);
    }
    if (close + strlen(") -> ") > type.size) {
        put_span(text, part(type, close, type.size));
        hg_text_put(text, behind);
        return;
    }
    hg_text_put(text, ")");
    struct span result = part(type, close + strlen(") -> "), type.size);
    size_t width = open + strlen("( -> ") + result.size;
    bool is_flat = fits(begin, width);
    if (is_flat && !fits(begin + indent, width + 1)) {
        hg_text_put(text, "\n");
        put_indent(text, indent + STEP);
    } else {
        hg_text_put(text, " ");
    }
    hg_text_put(text, "-> ");
    if (is_flat)
        put_span(text, result);
    else
        put_broken(folding, result, indent, "", depth);
    hg_text_put(text, behind);
}

/* How much stands before a type that is all of the rest: `*const `, `name: `. */
static size_t prefix_of(struct span type)
{
    if (begins(type, "*const "))
        return strlen("*const ");
    if (begins(type, "*mut "))
        return strlen("*mut ");
    if (begins(type, "&"))
        return 1;
    size_t colon = 0;
    while (colon < type.size && strchr(":<([ ", type.at[colon]) == NULL)
        colon++;
    return begins(part(type, colon, type.size), ": ") ? colon + 2 : 0;
}

/* The type over as many lines as it takes. */
static void put_broken(struct folding *folding, struct span type, size_t indent, const char *behind,
                       unsigned depth)
{
    struct hg_text *text = folding->text;
    size_t prefix = prefix_of(type);
    put_span(text, part(type, 0, prefix));
    type = part(type, prefix, type.size);
    size_t open = find(type, 0, "<");
    if (prefix != 0) {
        put_broken(folding, type, indent, behind, depth);
    } else if (begins(type, "unsafe extern")) {
        put_function(folding, type, indent, behind, depth);
    } else if (begins(type, "[")) {
        size_t end = find(type, 1, "; ");
        hg_text_put(text, "[");
        put_broken(folding, part(type, 1, end), indent, "", depth);
        put_span(text, part(type, end, type.size));
        hg_text_put(text, behind);
    } else if (open < type.size && depth < DEPTH_MAX) {
        put_span(text, part(type, 0, open + 1));
        folding->is_given_up |= !fits(column(text) - 1, 0); /* not counting the bracket */
        hg_text_put(text, "\n");
        put_list(folding, part(type, open + 1, type.size - 1), indent + STEP, true, depth + 1);
        put_indent(text, indent);
        hg_text_put(text, ">");
        hg_text_put(text, behind);
    } else {
        folding->is_given_up = true;
        put_span(text, type);
        hg_text_put(text, behind);
    }
}

/* The type, behind what is on the line already. */
static void put_type(struct folding *folding, struct span type, size_t indent, const char *behind,
                     unsigned depth)
{
    struct hg_text *text = folding->text;
    if (!fits(column(text), type.size + strlen(behind))) {
        put_broken(folding, type, indent, behind, depth);
        return;
    }
    put_span(text, type);
    hg_text_put(text, behind);
}

/* --- lines; false: such a line is left as it is --- */

/* `pub a: T,` and `pub type a = T;`: all of the type on the next line, or it is broken; where not
 * even its beginning has room, it is broken on the next line. */
static bool put_declaration(struct hg_text *text, struct span line, size_t indent, size_t type)
{
    struct folding folding = {.text = text};
    struct span rest = part(line, type, line.size - 1);
    char behind[] = {line.at[line.size - 1], '\0'};
    size_t begin = text->size;
    put_line(text, indent, part(line, 0, type - 1), "");
    size_t before = text->size;
    hg_text_put(text, " ");
    put_broken(&folding, rest, indent, behind, 0);
    size_t head = find(rest, 0, begins(rest, "unsafe extern") ? "(" : "<") + 1;
    bool has_room = fits(indent, type + head);
    if (folding.is_given_up || !has_room || fits(indent + STEP, rest.size + 1)) {
        hg_text_truncate(text, before);
        hg_text_put(text, "\n");
        put_indent(text, indent + STEP);
        folding.is_given_up = false;
        put_type(&folding, rest, indent + STEP, behind, 0);
    }
    hg_text_put(text, "\n");
    if (folding.is_given_up)
        hg_text_truncate(text, begin);
    return !folding.is_given_up;
}

/* Where the string first is; the size if nowhere. */
static size_t search(struct span span, const char *string)
{
    const char *found = memmem(span.at, span.size, string, strlen(string));
    return found == NULL ? span.size : (size_t)(found - span.at);
}

/* `pub const A: T = 1;`, `A = 1,`, `let a = b;` */
static bool put_assignment(struct hg_text *text, struct span line, size_t indent)
{
    size_t equals = search(line, " = ");
    if (equals == line.size)
        return false;
    size_t colon = search(line, ": ");
    bool is_after_colon = colon < equals && !fits(indent, equals + 2);
    size_t end = is_after_colon ? colon + 1 : equals + 2;
    put_line(text, indent, part(line, 0, end), "\n");
    if (is_after_colon && !fits(indent + STEP, line.size - end - 1)) {
        put_line(text, indent + STEP, part(line, end + 1, equals + 2), "\n");
        end = equals + 2;
    }
    put_line(text, indent + STEP, part(line, end + 1, line.size), "\n");
    return true;
}

/* `pub fn f(&self) -> T {` */
static bool put_signature(struct hg_text *text, struct span line, size_t indent)
{
    size_t open = find(line, 0, "("), close = find(line, open + 1, ")");
    size_t begin = close + strlen(") -> ");
    struct folding folding = {.text = text};
    put_line(text, indent, part(line, 0, open + 1), "\n");
    put_list(&folding, part(line, open + 1, close), indent + STEP, false, 0);
    if (begin >= line.size) {
        put_line(text, indent, part(line, close, line.size), "\n");
        return true;
    }
    struct span result = part(line, begin, line.size - strlen(" {"));
    put_line(text, indent, part(line, close, begin), "");
    size_t before = text->size;
    if (fits(indent, strlen("-> ") + result.size))
        put_span(text, result);
    else
        put_broken(&folding, result, indent, "", 0);
    /* rustfmt takes the indentation off twice, and puts the brace at once behind what it gives up.
     */
    bool is_flat = memchr(text->data + before, '\n', text->size - before) == NULL;
    if (folding.is_given_up) {
        hg_text_truncate(text, before);
        put_span(text, result);
        hg_text_put(text, "{\n");
    } else if (is_flat && !fits(2 * indent, line.size - close)) {
        hg_text_put(text, "\n");
        put_indent(text, indent);
        hg_text_put(text, "{\n");
    } else {
        hg_text_put(text, " {\n");
    }
    return true;
}

/* `offset_of!(a, b) == 8` */
static void put_offset(struct hg_text *text, struct span what, size_t indent)
{
    size_t open = find(what, 0, "(") + 1, close = find(what, open, ")");
    if (close - open <= CALL_MAX) {
        put_line(text, indent, what, "\n");
        return;
    }
    size_t comma = find(what, open, ", ");
    put_line(text, indent, part(what, 0, open), "\n");
    put_line(text, indent + STEP, part(what, open, comma), ",\n");
    put_line(text, indent + STEP, part(what, comma + 2, close), "\n");
    put_line(text, indent, part(what, close, what.size), "\n");
}

/* `size_of::<a>() == 8`: the longer it is, the further in front it is broken. */
static void put_size(struct hg_text *text, struct span what, size_t indent)
{
    size_t equals = search(what, " == "), open = search(what, "<") + 1;
    if (fits(indent + 1, what.size)) {
        put_line(text, indent, what, "\n");
    } else if (fits(indent + 1, equals)) {
        put_line(text, indent, part(what, 0, equals), "\n");
        put_line(text, indent + STEP, part(what, equals + 1, what.size), "\n");
    } else if (fits(indent, equals - 3)) {
        put_line(text, indent, part(what, 0, equals - 1), "\n");
        put_line(text, indent, part(what, equals - 1, what.size), "\n");
    } else {
        put_line(text, indent, part(what, 0, open), "\n");
        put_line(text, indent + STEP, part(what, open, equals - 3), ",\n");
        put_line(text, indent, part(what, equals - 3, what.size), "\n");
    }
}

/* `::core::assert!(offset_of!(a, b) == 8);` */
static bool put_assertion(struct hg_text *text, struct span line, size_t indent)
{
    size_t begin = strlen("::core::assert!(");
    struct span what = part(line, begin, line.size - strlen(");"));
    put_line(text, indent, part(line, 0, begin), "\n");
    if (begins(what, "offset_of!"))
        put_offset(text, what, indent + STEP);
    else
        put_size(text, what, indent + STEP);
    put_line(text, indent, part(line, line.size - strlen(");"), line.size), "\n");
    return true;
}

/* `pub struct a {`, `impl a for b {`: rustfmt forgets about the indentation. */
static bool put_header(struct hg_text *text, struct span line, size_t indent)
{
    if (line.size <= COLUMNS)
        return false;
    size_t brace = search(line, " {"), name = search(line, " for ");
    put_line(text, indent, part(line, 0, name < line.size ? name : brace), "\n");
    if (name < line.size)
        put_line(text, indent + STEP, part(line, name + 1, brace), "\n");
    put_line(text, indent, part(line, brace + 1, line.size), "\n");
    return true;
}

/* `unsafe { a }`, `Ok(a)`: what is between on a line of its own. */
static bool put_between(struct hg_text *text, struct span line, size_t indent, struct span what,
                        const char *behind)
{
    size_t begin = (size_t)(what.at - line.at);
    put_line(text, indent, part(line, 0, line.at[begin - 1] == ' ' ? begin - 1 : begin), "\n");
    put_line(text, indent + STEP, what, behind);
    put_line(text, indent, part(line, line.size - 1, line.size), "\n");
    return true;
}

/* `(a & b) as T` */
static bool put_cast(struct hg_text *text, struct span line, size_t indent)
{
    size_t at = line.size;
    while (at > 0 && !begins(part(line, at, line.size), " as "))
        at--;
    if (at == 0)
        return false;
    put_line(text, indent, part(line, 0, at), "\n");
    put_line(text, indent + STEP, part(line, at + 1, line.size), "\n");
    return true;
}

static bool put_long(struct hg_text *text, struct span line, size_t indent)
{
    if (begins(line, "//") || begins(line, "#") || line.size < 3)
        return false;
    /* What macros take, and their rules. */
    if (begins(line, "{ (") || begins(line, "__") || ends(line, " => {"))
        return false;
    if (begins(line, "::core::assert!("))
        return put_assertion(text, line, indent);
    if (ends(line, " {") || ends(line, " {}"))
        return find(line, 0, "(") < line.size ? put_signature(text, line, indent)
                                              : put_header(text, line, indent);
    if (begins(line, "unsafe { ") && ends(line, " }"))
        return put_between(text, line, indent, part(line, strlen("unsafe { "), line.size - 2),
                           "\n");
    if (begins(line, RESULT))
        return put_between(text, line, indent, part(line, strlen(RESULT), line.size - 1), ",\n");
    if (begins(line, "pub type "))
        return put_declaration(text, line, indent, find(line, 0, " = ") + 3);
    if (begins(line, "pub ") && !begins(line, "pub const ") && search(line, ": ") < line.size)
        return put_declaration(text, line, indent, find(line, 0, ": ") + 2);
    return put_assignment(text, line, indent) || put_cast(text, line, indent);
}

void hg_rust_put_lines(struct hg_text *text, const struct hg_text *body)
{
    for (size_t at = 0; at < body->size;) {
        const char *begin = body->data + at;
        const char *newline = memchr(begin, '\n', body->size - at);
        size_t size = newline == NULL ? body->size - at : (size_t)(newline - begin);
        size_t indent = strspn(begin, " ");
        at += size + 1;
        struct span line = {.at = begin + indent, .size = size - indent};
        if (!fits(indent + STEP, line.size) && put_long(text, line, indent + STEP))
            continue;
        if (size > 0)
            hg_text_put(text, "    ");
        hg_text_bytes(text, begin, size);
        hg_text_put(text, "\n");
    }
}
