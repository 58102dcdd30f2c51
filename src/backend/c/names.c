/*
 * Names: makes each name unique in its name space of C.
 *
 *     struct dir_entry  (type 7)     dir_entry
 *     struct dir_entry  (type 90)    dir_entry___2
 *     enum { READ } and enum { READ }    READ, READ___2
 *
 * A kernel's BTF holds such pairs, since different C files can use one name for different types.
 * Tags of structs, unions and enums share a name space; typedefs and enumerators share another;
 * each record has one for its members.
 *
 * The method: in order of type ids, the first keeps the name and the others get `___2`, `___3` ...
 * CO-RE takes `___2` for a flavour, ignores it, and looks for the plain name, so both types (or
 * enumerators) match those of the running kernel.  Keywords count as taken.  A forward declaration
 * stands for the definition of the same kind and name.  Warnings report each new name but that of
 * __builtin_va_list.
 *
 * With --flavour each name but a member's gets the user's own suffix, so that the types of several
 * kernels can be in one program: `struct foo___old`.
 *
 * What this does not do: avoid the names of predefined macros, such as `linux` with -std=gnu17.
 */
#include "backend/c/c.h"
#include "base/diag.h"
#include "model/describe.h"

#include <string.h>

/* The most members of all records together, those of anonymous members counted at each use. */
enum { MEMBERS_MAX = 1 << 25 };

/* A type or enumerator whose name is taken; it gets a new one when all others have theirs. */
struct late {
    hg_type_id id;
    size_t inner; /* index of the enumerator, SIZE_MAX = the type's own name */
};

/* Types, or members and enumerators, that were renamed; for one warning. */
struct renamed {
    struct hg_text text;
    size_t count;
    size_t first_size; /* of the text when it had one name */
};

struct naming {
    struct hg_c *c;
    struct renamed renamed_types;
    struct renamed renamed_inner; /* enumerators and members */
    struct hg_strings tags;       /* by tag: how many types have it; 0 = it is free */
    struct hg_strings owners;     /* by tag: id of the type that has it */
    struct hg_strings members;    /* by member: the last scope with that name, or KEYWORD */
    uint32_t scope;               /* counts the records whose members are named */
    uint32_t *seen;               /* by type id: the last scope that its members were added to */
    size_t member_count;
    HG_ARRAY(struct late) late;
};

#define KEYWORD UINT32_MAX

static bool take(struct hg_strings *strings, const char *name)
{
    uint32_t *count = hg_strings_number(strings, name, strlen(name));
    if (*count != 0)
        return false;
    *count = 1;
    return true;
}

/* Takes the first of name___2, name___3 ... that is free. */
static const char *next_free(struct hg_c *c, struct hg_strings *strings, const char *name)
{
    uint32_t *count = hg_strings_number(strings, name, strlen(name));
    const char *found;
    do
        found = hg_arena_printf(&c->arena, "%s___%u", name, ++*count);
    while (!take(strings, found));
    return found;
}

/* How many new names a warning lists; if there are more, it lists only the first. */
enum { SHOWN_RENAMED = 2 };
static size_t shown_renamed(const struct hg_c *c)
{
    return c->options->verbose ? SIZE_MAX : SHOWN_RENAMED;
}

/* inner: "member" or "enumerator", NULL for the type itself. */
static void note_renamed(struct naming *naming, hg_type_id id, const char *inner, const char *old,
                         const char *name)
{
    struct renamed *renamed = inner == NULL ? &naming->renamed_types : &naming->renamed_inner;
    if (renamed->count++ >= shown_renamed(naming->c))
        return;
    if (renamed->count > 1)
        hg_text_put(&renamed->text, ", ");
    hg_describe_subject(&renamed->text, naming->c->model, id);
    if (inner != NULL)
        hg_text_printf(&renamed->text, " %s '%s'", inner, old);
    hg_text_printf(&renamed->text, " as '%s'", name);
    if (renamed->count == 1)
        renamed->first_size = renamed->text.size;
}

static void report_renamed(struct naming *naming, struct renamed *renamed, const char *what)
{
    if (renamed->count > shown_renamed(naming->c)) {
        hg_text_truncate(&renamed->text, renamed->first_size);
        hg_text_printf(&renamed->text, " and %zu more (-v names them)", renamed->count - 1);
    }
    if (renamed->count > 0)
        hg_warning(naming->c->diagnostics, NULL,
                   "%zu %s written under another name, as theirs is taken: %s", renamed->count,
                   what, hg_text_string(&renamed->text));
    hg_text_deinit(&renamed->text);
}

static void rename_inner(struct hg_c *c, hg_type_id id, size_t index, size_t count,
                         const char *name)
{
    if (c->inner_names[id] == NULL)
        c->inner_names[id] = hg_arena_array(&c->arena, count, sizeof *c->inner_names[id]);
    c->inner_names[id][index] = name;
}

const char *hg_c_inner_name(const struct hg_c *c, hg_type_id id, size_t index)
{
    if (c->inner_names[id] != NULL && c->inner_names[id][index] != NULL)
        return c->inner_names[id][index];
    const struct hg_type *type = hg_model_type(c->model, id);
    return type->kind == HG_ENUM ? type->enumerators[index].name : type->members[index].name;
}

bool hg_c_is_free(struct hg_c *c, const char *name)
{
    return *hg_strings_number(&c->ordinary, name, strlen(name)) == 0 && !hg_c_is_bool_word(name);
}

/* --- tags --- */

static bool has_tag(const struct hg_type *type)
{
    return (hg_is_record(type) || type->kind == HG_ENUM) && type->name != NULL;
}

static bool is_needed(const struct naming *naming, hg_type_id id)
{
    return naming->c->selection->need[id] != HG_NOT_NEEDED;
}

static void name_definition(struct naming *naming, hg_type_id id, const struct hg_type *type)
{
    if (take(&naming->tags, type->name)) {
        naming->c->names[id] = type->name;
        *hg_strings_number(&naming->owners, type->name, strlen(type->name)) = id;
    } else {
        *HG_PUSH(&naming->late) = (struct late){.id = id, .inner = SIZE_MAX};
    }
}

static void name_declaration(struct naming *naming, hg_type_id id, const struct hg_type *type)
{
    hg_type_id owner = *hg_strings_number(&naming->owners, type->name, strlen(type->name));
    if (owner != 0 && hg_model_type(naming->c->model, owner)->kind == type->kind)
        naming->c->stands_for[id] = owner;
    else
        name_definition(naming, id, type);
}

static void name_tags(struct naming *naming)
{
    size_t count = hg_model_type_count(naming->c->model);
    for (int is_complete = 1; is_complete >= 0; is_complete--) {
        for (hg_type_id id = 1; id < count; id++) {
            const struct hg_type *type = hg_model_type(naming->c->model, id);
            if (!has_tag(type) || !is_needed(naming, id) || type->complete != (is_complete == 1))
                continue;
            if (type->complete)
                name_definition(naming, id, type);
            else
                name_declaration(naming, id, type);
        }
    }
}

/* Tags that hdrgen makes: `hdrgen_enum_1`, `hdrgen_bytes_2`. */
static void name_tagless(struct naming *naming)
{
    struct hg_c *c = naming->c;
    unsigned number = 0;
    for (hg_type_id id = 1; id < hg_model_type_count(c->model); id++) {
        const struct hg_type *type = hg_model_type(c->model, id);
        bool is_bytes = hg_c_is_bytes(c, type);
        if (!is_needed(naming, id) ||
            !(is_bytes || (hg_c_is_anonymous(type) && c->place[id] == HG_C_TAGGED)))
            continue;
        if (type->kind == HG_OPAQUE && type->name != NULL && strchr(type->name, ' ') == NULL &&
            take(&naming->tags, type->name)) {
            c->names[id] = type->name;
            continue;
        }
        do
            c->names[id] = hg_arena_printf(&c->arena, "hdrgen_%s_%u",
                                           is_bytes ? "bytes" : hg_kind_name(type->kind), ++number);
        while (!take(&naming->tags, c->names[id]));
    }
}

static void name_late_tags(struct naming *naming)
{
    struct hg_c *c = naming->c;
    for (size_t i = 0; i < naming->late.count; i++) {
        hg_type_id id = naming->late.items[i].id;
        const char *old = hg_model_type(c->model, id)->name;
        c->names[id] = next_free(c, &naming->tags, old);
        note_renamed(naming, id, NULL, old, c->names[id]);
    }
    naming->late.count = 0;
}

/* --- typedefs and enumerators --- */

static void name_enumerators(struct naming *naming, hg_type_id id, const struct hg_type *type)
{
    for (size_t i = 0; i < type->enumerator_count; i++)
        if (!take(&naming->c->ordinary, type->enumerators[i].name))
            *HG_PUSH(&naming->late) = (struct late){.id = id, .inner = i};
}

static void name_ordinary(struct naming *naming)
{
    struct hg_c *c = naming->c;
    for (hg_type_id id = 1; id < hg_model_type_count(c->model); id++) {
        const struct hg_type *type = hg_model_type(c->model, id);
        if (!is_needed(naming, id))
            continue;
        if (type->kind == HG_ENUM)
            name_enumerators(naming, id, type);
        else if (type->kind == HG_TYPEDEF && take(&c->ordinary, type->name))
            c->names[id] = type->name;
        else if (type->kind == HG_TYPEDEF)
            *HG_PUSH(&naming->late) = (struct late){.id = id, .inner = SIZE_MAX};
    }
}

static void name_late_ordinary(struct naming *naming)
{
    struct hg_c *c = naming->c;
    for (size_t i = 0; i < naming->late.count; i++) {
        struct late late = naming->late.items[i];
        const struct hg_type *type = hg_model_type(c->model, late.id);
        bool is_type = late.inner == SIZE_MAX;
        const char *old = is_type ? type->name : type->enumerators[late.inner].name;
        const char *name = next_free(c, &c->ordinary, old);
        if (is_type)
            c->names[late.id] = name;
        else
            rename_inner(c, late.id, late.inner, type->enumerator_count, name);
        if (!is_type || strcmp(old, "__builtin_va_list") != 0)
            note_renamed(naming, late.id, is_type ? NULL : "enumerator", old, name);
    }
    naming->late.count = 0;
}

/* --- members --- */

static void name_member(struct naming *naming, hg_type_id id, const struct hg_type *record,
                        size_t index)
{
    struct hg_c *c = naming->c;
    const char *old = hg_c_inner_name(c, id, index);
    uint32_t *scope = hg_strings_number(&naming->members, old, strlen(old));
    const char *name = NULL;
    for (unsigned suffix = 2; *scope == KEYWORD || *scope == naming->scope; suffix++) {
        name = hg_arena_printf(&c->arena, "%s___%u", record->members[index].name, suffix);
        scope = hg_strings_number(&naming->members, name, strlen(name));
    }
    *scope = naming->scope;
    if (name != NULL) {
        note_renamed(naming, id, "member", old, name);
        rename_inner(c, id, index, record->member_count, name);
    }
}

static void refuse_equal_members(struct naming *naming, hg_type_id id)
{
    struct hg_text text = {0};
    hg_describe_subject(&text, naming->c->model, id);
    hg_error(naming->c->diagnostics, &hg_model_type(naming->c->model, id)->where,
             "%s has two members that have no name and one type: C cannot tell their members apart",
             hg_text_string(&text));
    hg_text_deinit(&text);
    naming->c->failed = true;
}

static void name_members(struct naming *naming, hg_type_id id, const struct hg_type *record);

static void name_members_inside(struct naming *naming, hg_type_id holder, hg_type_id member_type)
{
    hg_type_id id = hg_type_resolve(naming->c->model, member_type, NULL);
    const struct hg_type *type = hg_model_type(naming->c->model, id);
    if (!hg_is_record(type) || type->member_count == 0)
        return;
    if (naming->seen[id] == naming->scope) {
        refuse_equal_members(naming, holder);
        return;
    }
    naming->seen[id] = naming->scope;
    name_members(naming, id, type);
}

/* Names the members of a record and of its anonymous members, which share one scope. */
static void name_members(struct naming *naming, hg_type_id id, const struct hg_type *record)
{
    for (size_t i = 0; i < record->member_count && !naming->c->failed; i++) {
        const struct hg_member *member = &record->members[i];
        if (++naming->member_count > MEMBERS_MAX) {
            hg_error(naming->c->diagnostics, &record->where,
                     "more than %d members, those of members without a name counted at each use, "
                     "are too many for a C header: name the types you need",
                     MEMBERS_MAX);
            naming->c->failed = true;
        } else if (member->name != NULL) {
            name_member(naming, id, record, i);
        } else {
            name_members_inside(naming, id, member->type.id);
        }
    }
}

static void name_all_members(struct naming *naming)
{
    const struct hg_selection *selection = naming->c->selection;
    for (size_t i = 0; i < selection->count && !naming->c->failed; i++) {
        hg_type_id id = selection->order[i];
        const struct hg_type *type = hg_model_type(naming->c->model, id);
        if (!hg_is_record(type) || selection->need[id] != HG_DEFINED)
            continue;
        naming->scope++;
        name_members(naming, id, type);
    }
}

/* --- flavours --- */

/* `foo___old` for `foo`, and `foo___old_2` for `foo___2`, since CO-RE cuts a name at its last three
 * underscores.  old: the name in the input. */
static const char *flavoured(struct hg_c *c, const char *name, const char *old)
{
    size_t length = old == NULL ? 0 : strlen(old);
    const char *number =
        length > 0 && strncmp(name, old, length) == 0 && strncmp(name + length, "___", 3) == 0
            ? name + length + 2 /* `_2` */
            : "";
    size_t kept = strlen(name) - (*number == '\0' ? 0 : strlen(number) + 2);
    return hg_arena_printf(&c->arena, "%.*s%s%s", (int)kept, name, c->options->flavour, number);
}

static void add_flavour(struct hg_c *c)
{
    for (hg_type_id id = 1; id < hg_model_type_count(c->model); id++) {
        const struct hg_type *type = hg_model_type(c->model, id);
        if (c->names[id] != NULL)
            c->names[id] = flavoured(c, c->names[id], type->name);
        if (type->kind != HG_ENUM || c->selection->need[id] != HG_DEFINED)
            continue;
        for (size_t j = 0; j < type->enumerator_count; j++)
            rename_inner(c, id, j, type->enumerator_count,
                         flavoured(c, hg_c_inner_name(c, id, j), type->enumerators[j].name));
    }
}

void hg_c_find_names(struct hg_c *c)
{
    struct naming naming = {.c = c};
    naming.seen = hg_calloc(hg_model_type_count(c->model), sizeof *naming.seen);
    struct hg_arena arena;
    hg_arena_init(&arena);
    hg_strings_init(&naming.tags, &arena);
    hg_strings_init(&naming.owners, &arena);
    hg_strings_init(&naming.members, &arena);
    hg_c_add_keywords(&naming.tags, 1);
    hg_c_add_keywords(&c->ordinary, 1);
    hg_c_add_keywords(&naming.members, KEYWORD);
    for (hg_type_id id = 0; id < hg_model_type_count(c->model); id++)
        c->stands_for[id] = id;

    name_tags(&naming);
    name_tagless(&naming);
    name_late_tags(&naming);
    name_ordinary(&naming);
    name_late_ordinary(&naming);
    name_all_members(&naming);
    report_renamed(&naming, &naming.renamed_types, "types are");
    report_renamed(&naming, &naming.renamed_inner, "enumerators or members are");

    if (c->options->flavour != NULL)
        add_flavour(c);

    free(naming.seen);
    free(naming.late.items);
    hg_strings_deinit(&naming.tags);
    hg_strings_deinit(&naming.owners);
    hg_strings_deinit(&naming.members);
    hg_arena_deinit(&arena);
}
