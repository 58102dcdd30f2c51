/*
 * Parses a record's text:
 *
 *     r3 byte_offset Spid numbers:[1]Supid [0] nr:i32s
 *
 *     register 3, kind byte_offset, type struct pid, steps: member numbers, an array of one struct
 *     upid; element 0; member nr, a signed integer of 32 bits
 *
 * The method: recursive descent, which stops at the first byte that does not fit; types nest no
 * deeper than LINK_DEPTH_MAX.  The grammar is in docs/rust-core-records.md.
 *
 * What this does not do: compare a record with others; merge.c does.
 */
#include "link/link.h"

#include <string.h>

struct parser {
    struct linker *linker;
    struct link_record *record;
    const char *at;
    unsigned depth;
    const char *why; /* the first fault, a literal; NULL = none */
};

static struct link_type *parse_type(struct parser *parser);

static bool fail(struct parser *parser, const char *why)
{
    if (parser->why == NULL)
        parser->why = why;
    return false;
}

static bool take(struct parser *parser, char c)
{
    if (*parser->at != c)
        return false;
    parser->at++;
    return true;
}

static bool expect(struct parser *parser, char c, const char *why)
{
    return take(parser, c) || fail(parser, why);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool parse_number(struct parser *parser, uint32_t *ret)
{
    uint64_t value = 0;
    if (!is_digit(*parser->at))
        return fail(parser, "a number is missing");
    if (parser->at[0] == '0' && is_digit(parser->at[1]))
        return fail(parser, "a number begins with 0");
    for (; is_digit(*parser->at); parser->at++) {
        value = value * 10 + (uint64_t)(*parser->at - '0');
        if (value > UINT32_MAX)
            return fail(parser, "a number is too large");
    }
    *ret = (uint32_t)value;
    return true;
}

/* NULL = there is no name, or it is too long, which is a fault. */
static const char *parse_optional_name(struct parser *parser)
{
    size_t length = 0;
    if (!starts_name(*parser->at))
        return NULL;
    while (starts_name(parser->at[length]) || is_digit(parser->at[length]))
        length++;
    if (length > LINK_NAME_MAX) {
        fail(parser, "a name is longer than 127 bytes");
        return NULL;
    }
    const char *name = hg_strings_intern(&parser->linker->strings, parser->at, length);
    parser->at += length;
    return name;
}

static const char *parse_name(struct parser *parser)
{
    const char *name = parse_optional_name(parser);
    if (name == NULL)
        fail(parser, "a name is missing");
    return name;
}

/* --- types --- */

static bool is_power_of_two(uint32_t number, uint32_t least, uint32_t most)
{
    return number >= least && number <= most && (number & (number - 1)) == 0;
}

static bool has_size(enum link_kind kind)
{
    return kind != LINK_VOID && kind != LINK_FUNCTION && kind != LINK_DECLARED_STRUCT &&
           kind != LINK_DECLARED_UNION;
}

static struct link_type *new_type(struct parser *parser, enum link_kind kind)
{
    struct link_type *type = hg_arena_alloc(&parser->linker->arena, sizeof *type);
    type->kind = kind;
    type->serial = ++parser->linker->serials;
    return type;
}

/* The letter after a size: 's', 'u', or 'b' where may_be_bool. */
static bool parse_sign(struct parser *parser, bool may_be_bool, char *ret)
{
    *ret = *parser->at;
    if (*ret != 's' && *ret != 'u' && !(may_be_bool && *ret == 'b'))
        return fail(parser, "a sign is missing: s or u");
    parser->at++;
    return true;
}

/* `'long unsigned int'`: names separated by blanks; nothing if there is no quote. */
static void parse_quoted(struct parser *parser, struct link_type *type)
{
    if (!take(parser, '\''))
        return;
    const char *start = parser->at;
    do {
        if (parse_name(parser) == NULL)
            return;
    } while (take(parser, ' '));
    size_t length = (size_t)(parser->at - start);
    if (!expect(parser, '\'', "a quote is not closed"))
        return;
    if (length > LINK_NAME_MAX)
        fail(parser, "a name is longer than 127 bytes");
    else
        type->name = hg_strings_intern(&parser->linker->strings, start, length);
}

static void parse_int(struct parser *parser, struct link_type *type)
{
    if (!parse_number(parser, &type->number) || !parse_sign(parser, true, &type->sign))
        return;
    if (!is_power_of_two(type->number, 8, 128) || (type->sign == 'b' && type->number == 128))
        fail(parser, "an integer has 8, 16, 32, 64 or 128 bits");
    else
        parse_quoted(parser, type);
}

static void parse_float(struct parser *parser, struct link_type *type)
{
    if (!parse_number(parser, &type->number))
        return;
    if (type->number != 12 && !is_power_of_two(type->number, 2, 16))
        fail(parser, "a float has 2, 4, 8, 12 or 16 bytes");
    else
        parse_quoted(parser, type);
}

static bool add_part(struct parser *parser, struct link_type *type, const struct link_part *part)
{
    bool is_new = true;
    if (type->part_count == LINK_PARTS_MAX)
        return fail(parser, "a type has too many members or enumerators");
    if (part->name == NULL)
        hg_link_add_part(parser->linker, type, part);
    else
        hg_link_part(parser->linker, type, part, &is_new);
    return is_new || fail(parser, "a name is in a type twice");
}

/* Parses a member after its name and the colon: its type, and the width of a bit-field. */
static bool parse_member(struct parser *parser, struct link_part *part)
{
    part->type = parse_type(parser);
    if (part->type == NULL)
        return false;
    const struct link_type *type = link_resolve(part->type);
    if (!has_size(type->kind))
        return fail(parser, "a member is of a type without a size");
    if (!take(parser, '@'))
        return true;
    if (!parse_number(parser, &part->bits))
        return false;
    uint32_t most = type->kind == LINK_INT    ? type->number
                    : type->kind == LINK_ENUM ? 8 * type->number
                                              : 0;
    return (part->bits > 0 && part->bits <= most) ||
           fail(parser, "a bit-field is wider than its type, or its type is no integer or enum");
}

/* Parses members or enumerators, after the opening parenthesis. */
static bool parse_parts(struct parser *parser, struct link_type *type)
{
    type->is_closed = true;
    if (take(parser, ')'))
        return true;
    do {
        struct link_part part = {0};
        bool is_nameless = *parser->at == ':' && type->kind != LINK_ENUM;
        if (!is_nameless && (part.name = parse_name(parser)) == NULL)
            return false;
        if (type->kind != LINK_ENUM &&
            (!expect(parser, ':', "a member has no type") || !parse_member(parser, &part)))
            return false;
        if (is_nameless && (!link_is_record(part.type) || part.type->name != NULL))
            return fail(parser, "a member without a name is no struct or union without one");
        if (!add_part(parser, type, &part))
            return false;
    } while (take(parser, ','));
    return expect(parser, ')', "a parenthesis is not closed");
}

static void parse_parameters(struct parser *parser, struct link_type *type)
{
    type->target = parse_type(parser);
    if (type->target == NULL || !expect(parser, '(', "a function has no parameters"))
        return;
    if (take(parser, ')'))
        return;
    do {
        struct link_part part = {.type = parse_type(parser)};
        if (part.type == NULL || !add_part(parser, type, &part))
            return;
    } while (take(parser, ','));
    expect(parser, ')', "a parenthesis is not closed");
}

static void parse_enum(struct parser *parser, struct link_type *type)
{
    type->number = 4;
    type->sign = 'u';
    if (is_digit(*parser->at)) {
        if (!parse_number(parser, &type->number) || !parse_sign(parser, false, &type->sign))
            return;
        if (!is_power_of_two(type->number, 1, 8))
            fail(parser, "an enum has 1, 2, 4 or 8 bytes");
    }
    type->name = parse_optional_name(parser);
    if (take(parser, '('))
        parse_parts(parser, type);
}

static void parse_declared(struct parser *parser, struct link_type *type)
{
    if (take(parser, 'U'))
        type->kind = LINK_DECLARED_UNION;
    else
        expect(parser, 'S', "D is followed by S or U");
    type->name = parse_name(parser);
}

static bool ends_type(char c)
{
    return c == '\0' || c == ' ' || c == ',' || c == ')' || c == '@';
}

static void parse_array(struct parser *parser, struct link_type *type)
{
    if (!parse_number(parser, &type->number) || !expect(parser, ']', "a bracket is not closed"))
        return;
    type->target = parse_type(parser);
    if (type->target != NULL && !has_size(link_resolve(type->target)->kind))
        fail(parser, "an array's elements are of a type without a size");
}

static const char kind_letters[] = {
    [LINK_VOID] = 'v',
    [LINK_INT] = 'i',
    [LINK_FLOAT] = 'f',
    [LINK_POINTER] = 'p',
    [LINK_ARRAY] = '[',
    [LINK_STRUCT] = 'S',
    [LINK_UNION] = 'U',
    [LINK_DECLARED_STRUCT] = 'D', /* followed by S or U */
    [LINK_DECLARED_UNION] = '\0',
    [LINK_ENUM] = 'E',
    [LINK_TYPEDEF] = 'T',
    [LINK_FUNCTION] = 'F',
};

/* Parses what follows the letter of the kind. */
static void parse_rest(struct parser *parser, struct link_type *type)
{
    switch (type->kind) {
    case LINK_VOID:
        break;
    case LINK_INT:
        parse_int(parser, type);
        break;
    case LINK_FLOAT:
        parse_float(parser, type);
        break;
    case LINK_POINTER:
        type->target = ends_type(*parser->at) ? NULL : parse_type(parser);
        break;
    case LINK_ARRAY:
        parse_array(parser, type);
        break;
    case LINK_STRUCT:
    case LINK_UNION:
        type->name = parse_optional_name(parser);
        if (take(parser, '('))
            parse_parts(parser, type);
        break;
    case LINK_DECLARED_STRUCT:
    case LINK_DECLARED_UNION:
        parse_declared(parser, type);
        break;
    case LINK_ENUM:
        parse_enum(parser, type);
        break;
    case LINK_TYPEDEF:
        type->name = parse_name(parser);
        if (type->name != NULL && expect(parser, '=', "a typedef has no type"))
            type->target = parse_type(parser);
        break;
    case LINK_FUNCTION:
        parse_parameters(parser, type);
        break;
    }
}

/* NULL = there is a fault. */
static struct link_type *parse_type(struct parser *parser)
{
    const char *letter =
        *parser->at == '\0' ? NULL : memchr(kind_letters, *parser->at, sizeof kind_letters);
    if (letter == NULL) {
        fail(parser, "a type is missing, or begins with a letter that is not known");
        return NULL;
    }
    if (parser->depth == LINK_DEPTH_MAX) {
        fail(parser, "a type is nested more than 32 deep");
        return NULL;
    }
    parser->at++;
    parser->depth++;
    struct link_type *type = new_type(parser, (enum link_kind)(letter - kind_letters));
    parse_rest(parser, type);
    parser->depth--;
    return parser->why == NULL ? type : NULL;
}

/* --- words --- */

static bool parse_register(struct parser *parser)
{
    struct link_record *record = parser->record;
    static const char why[] = "it begins with no register from r0 to r9";
    if (take(parser, 'w'))
        record->width = LINK_W;
    else if (!expect(parser, 'r', why))
        return false;
    if (!is_digit(*parser->at))
        return fail(parser, why);
    record->register_number = (unsigned)(*parser->at++ - '0');
    if (take(parser, ':')) {
        if (record->width == LINK_W || strncmp(parser->at, "64", 2) != 0)
            return fail(parser, "the only width of a register is :64, of r");
        parser->at += 2;
        record->width = LINK_WIDE;
    }
    return expect(parser, ' ', why);
}

static bool parse_kind(struct parser *parser)
{
    size_t length = strcspn(parser->at, " ");
    for (int kind = 0; kind < HG_CORE_KINDS; kind++) {
        const char *name = hg_core_kind_name((enum hg_core_kind)kind);
        if (strlen(name) != length || memcmp(name, parser->at, length) != 0)
            continue;
        parser->at += length;
        parser->record->kind = (enum hg_core_kind)kind;
        return expect(parser, ' ', "it names no type");
    }
    return fail(parser, "its kind is not known");
}

/* Parses the type and takes its text as the key by which records share a local type.  type_matches
 * has a key of its own, since the members that it compares may not depend on other records. */
static bool parse_root(struct parser *parser)
{
    const char *start = parser->at;
    struct link_record *record = parser->record;
    record->type = parse_type(parser);
    if (record->type == NULL)
        return false;
    if (record->type->name == NULL || record->type->kind == LINK_INT ||
        record->type->kind == LINK_FLOAT)
        return fail(parser, "its first type has no name that loaders could look for");
    struct hg_text key = {0};
    hg_text_put(&key, record->kind == HG_CORE_TYPE_MATCHES ? "=" : "");
    hg_text_bytes(&key, start, (size_t)(parser->at - start));
    record->key = hg_strings_intern(&parser->linker->strings, key.data, key.size);
    hg_text_deinit(&key);
    return true;
}

static bool parse_step(struct parser *parser, struct link_step *step)
{
    *step = (struct link_step){0};
    if (take(parser, '[')) {
        step->is_index = true;
        return parse_number(parser, &step->index) && expect(parser, ']', "a bracket is not closed");
    }
    step->part.name = parse_name(parser);
    if (step->part.name == NULL)
        return false;
    return !take(parser, ':') || parse_member(parser, &step->part);
}

static bool parse_steps(struct parser *parser)
{
    struct link_step steps[LINK_STEPS_MAX];
    struct link_record *record = parser->record;
    while (take(parser, ' ')) {
        if (record->step_count == LINK_STEPS_MAX)
            return fail(parser, "it has more than 60 steps");
        if (!parse_step(parser, &steps[record->step_count]))
            return false;
        record->step_count++;
    }
    record->steps = hg_arena_copy(&parser->linker->arena, steps, record->step_count, sizeof *steps);
    return *parser->at == '\0' || fail(parser, "something follows that is not known");
}

/* --- do the parts of the record go together? --- */

static const char *fault_of_field(const struct link_record *record)
{
    struct link_type *type = link_resolve(record->type);
    if (record->step_count == 0)
        return "it has no step";
    for (unsigned i = 0; i < record->step_count; i++) {
        const struct link_step *step = &record->steps[i];
        if (step->is_index ? type->kind != LINK_ARRAY : !link_is_record(type) || type->is_closed)
            return step->is_index ? "an index is not into an array"
                                  : "a member is not of a struct or union without parentheses";
        if (step->is_index && type->number != 0 && step->index >= type->number)
            return "an index is not within its array";
        if (!step->is_index && step->part.type == NULL)
            return "a member has no type";
        type = link_resolve(step->is_index ? type->target : step->part.type);
    }
    bool is_of_member = record->kind == HG_CORE_SIGNED || record->kind == HG_CORE_LSHIFT_U64 ||
                        record->kind == HG_CORE_RSHIFT_U64;
    if (is_of_member && record->steps[record->step_count - 1].is_index)
        return "its kind is one of members, not of elements";
    return NULL;
}

static const char *fault_of_enumerator(const struct link_record *record)
{
    const struct link_type *type = link_resolve(record->type);
    if (type->kind != LINK_ENUM || type->is_closed)
        return "its kind is one of enums without parentheses";
    if (record->step_count != 1 || record->steps[0].is_index || record->steps[0].part.type != NULL)
        return "its only step is not an enumerator's name";
    if (record->kind == HG_CORE_ENUMVAL_VALUE && record->width != LINK_WIDE)
        return "a value needs 64 bits: r0:64 instead of r0, and two placeholders";
    return NULL;
}

static const char *fault_of(const struct link_record *record)
{
    switch (hg_core_subject(record->kind)) {
    case HG_CORE_OF_FIELD:
        return fault_of_field(record);
    case HG_CORE_OF_ENUMERATOR:
        return fault_of_enumerator(record);
    case HG_CORE_OF_TYPE:
        return record->step_count == 0 ? NULL : "its kind is one of types, which have no steps";
    }
    return NULL;
}

bool hg_link_parse(struct linker *linker, struct link_record *record)
{
    struct parser parser = {.linker = linker, .record = record, .at = record->text};
    if (parse_register(&parser) && parse_kind(&parser) && parse_root(&parser) &&
        parse_steps(&parser))
        parser.why = fault_of(record);
    if (parser.why == NULL)
        return true;
    return hg_link_record_fault(linker, record, "character %zu: %s",
                                (size_t)(parser.at - record->text) + 1, parser.why);
}
