/*
 * The model's storage: a table of types, the strings and arrays they point to, and how it is
 * filled.
 *
 * Types live in one growing array; everything they point to lives in one arena, so that freeing is
 * one call.  Interning finds equal unnamed types by a key: a canonical byte string of what makes
 * them equal, looked up in a string table that maps it to the id.
 */
#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "model/build.h"
#include "model/symbols.h"
#include "model/verify.h"

#include <assert.h>
#include <string.h>

struct hg_model {
    struct hg_arena arena;
    struct hg_strings strings;
    struct hg_arena scratch; /* tables that only building needs; freed by sealing */
    struct hg_strings interned;
    struct hg_strings tag_lists;
    HG_ARRAY(const struct hg_tags *) tags;
    HG_ARRAY(struct hg_type) types;
    HG_ARRAY(struct hg_symbol) symbols;
    HG_ARRAY(struct hg_section) sections;
    HG_ARRAY(struct hg_macro) macros;
    HG_ARRAY(struct hg_input) inputs;
    HG_ARRAY(const char *) files;
    HG_ARRAY(void *) adopted;
    struct hg_text key;
    struct hg_target target;
    struct hg_numbering numbering; /* count 0: the input has none */
    bool sealed;
    bool names_are_checked;
};

/* The kind of a declared type that nobody has defined yet; never seen after sealing. */
#define UNDEFINED ((enum hg_kind)(-1))

struct hg_model *hg_model_create(void)
{
    struct hg_model *model = hg_calloc(1, sizeof *model);
    hg_arena_init(&model->arena);
    hg_arena_init(&model->scratch);
    hg_strings_init(&model->strings, &model->arena);
    hg_strings_init(&model->interned, &model->scratch);
    hg_strings_init(&model->tag_lists, &model->scratch);
    *HG_PUSH(&model->types) = (struct hg_type){.kind = HG_VOID, .complete = true};
    return model;
}

/* Frees what only building needs. */
static void drop_scratch(struct hg_model *model)
{
    hg_strings_deinit(&model->strings);
    hg_strings_deinit(&model->interned);
    hg_strings_deinit(&model->tag_lists);
    hg_arena_deinit(&model->scratch);
    free(model->tags.items);
    model->tags.items = NULL;
    hg_text_deinit(&model->key);
}

void hg_model_destroy(struct hg_model *model)
{
    if (model == NULL)
        return;
    drop_scratch(model);
    free(model->types.items);
    free(model->symbols.items);
    free(model->sections.items);
    free(model->macros.items);
    free(model->inputs.items);
    free(model->files.items);
    for (size_t i = 0; i < model->adopted.count; i++)
        free(model->adopted.items[i]);
    free(model->adopted.items);
    hg_arena_deinit(&model->arena);
    free(model);
}

struct hg_arena *hg_model_arena(struct hg_model *model)
{
    return &model->arena;
}

void hg_model_adopt(struct hg_model *model, void *memory)
{
    *HG_PUSH(&model->adopted) = memory;
}

const char *hg_model_string(struct hg_model *model, const char *text, size_t length)
{
    return hg_strings_intern(&model->strings, text, length);
}

const struct hg_tags *hg_model_tags(struct hg_model *model, const char *const *names, size_t count)
{
    if (count == 0)
        return NULL;
    hg_text_truncate(&model->key, 0);
    for (size_t i = 0; i < count; i++)
        hg_text_bytes(&model->key, names[i], strlen(names[i]) + 1);
    uint32_t *number =
        hg_strings_number(&model->tag_lists, hg_text_string(&model->key), model->key.size);
    if (*number == 0) {
        struct hg_tags *tags = hg_arena_alloc(&model->arena, sizeof *tags);
        const char **copies = hg_arena_array(&model->arena, count, sizeof *copies);
        for (size_t i = 0; i < count; i++)
            copies[i] = hg_model_string(model, names[i], strlen(names[i]));
        *tags = (struct hg_tags){.count = count, .names = copies};
        *HG_PUSH(&model->tags) = tags;
        *number = (uint32_t)model->tags.count;
    }
    return model->tags.items[*number - 1];
}

hg_type_id hg_model_declare(struct hg_model *model)
{
    assert(!model->sealed);
    if (model->types.count >= UINT32_MAX)
        hg_out_of_memory();
    *HG_PUSH(&model->types) = (struct hg_type){.kind = UNDEFINED};
    return (hg_type_id)(model->types.count - 1);
}

void hg_model_reserve(struct hg_model *model, size_t count)
{
    size_t capacity = model->types.count + count;
    if (capacity <= model->types.capacity)
        return;
    model->types.items = hg_realloc_array(model->types.items, capacity, sizeof *model->types.items);
    model->types.capacity = capacity;
}

void hg_model_define(struct hg_model *model, hg_type_id id, const struct hg_type *type)
{
    assert(!model->sealed && id < model->types.count);
    assert(model->types.items[id].kind == UNDEFINED);
    model->types.items[id] = *type;
}

struct hg_type *hg_model_amend(struct hg_model *model, hg_type_id id)
{
    assert(!model->sealed && id < model->types.count);
    return &model->types.items[id];
}

static void key_bytes(struct hg_text *key, const void *bytes, size_t count)
{
    hg_text_bytes(key, bytes, count);
}

#define KEY(key, value) key_bytes(key, &(value), sizeof(value))

static void key_ref(struct hg_text *key, const struct hg_ref *ref)
{
    KEY(key, ref->id);
    KEY(key, ref->qualifiers);
    KEY(key, ref->tags); /* one pointer for equal lists: see hg_model_tags */
}

/* Everything that makes two internable types equal. */
static void make_key(struct hg_text *key, const struct hg_type *type)
{
    hg_text_truncate(key, 0);
    KEY(key, type->kind);
    KEY(key, type->is_signed);
    KEY(key, type->variadic);
    KEY(key, type->is_vector);
    KEY(key, type->is_complex);
    KEY(key, type->size);
    KEY(key, type->align);
    KEY(key, type->name);
    if (type->kind == HG_OPAQUE)
        KEY(key, type->reason);
    if (type->kind == HG_POINTER || type->kind == HG_ARRAY || type->kind == HG_FUNCTION)
        key_ref(key, &type->ref);
    if (type->kind == HG_ARRAY)
        KEY(key, type->count);
    if (type->kind == HG_FUNCTION) {
        for (size_t i = 0; i < type->parameter_count; i++) {
            KEY(key, type->parameters[i].name);
            key_ref(key, &type->parameters[i].type);
        }
    }
}

hg_type_id hg_model_intern(struct hg_model *model, const struct hg_type *type)
{
    assert(type->kind == HG_BOOL || type->kind == HG_INT || type->kind == HG_CHAR ||
           type->kind == HG_FLOAT || type->kind == HG_POINTER || type->kind == HG_ARRAY ||
           type->kind == HG_FUNCTION || type->kind == HG_OPAQUE);
    make_key(&model->key, type);
    uint32_t *number =
        hg_strings_number(&model->interned, hg_text_string(&model->key), model->key.size);
    if (*number == 0) {
        struct hg_type copy = *type;
        if (type->kind == HG_FUNCTION)
            copy.parameters = hg_arena_copy(&model->arena, type->parameters, type->parameter_count,
                                            sizeof *type->parameters);
        *number = hg_model_declare(model);
        hg_model_define(model, *number, &copy);
    }
    return *number;
}

static const char *copy_string(struct hg_model *model, const char *text)
{
    return text == NULL ? NULL : hg_model_string(model, text, strlen(text));
}

void hg_model_add_symbol(struct hg_model *model, const struct hg_symbol *symbol)
{
    assert(!model->sealed);
    *HG_PUSH(&model->symbols) = *symbol;
}

void hg_model_add_section(struct hg_model *model, const struct hg_section *section)
{
    assert(!model->sealed);
    *HG_PUSH(&model->sections) = *section;
}

void hg_model_add_macro(struct hg_model *model, const struct hg_macro *macro)
{
    assert(!model->sealed);
    struct hg_macro copy = *macro;
    copy.name = copy_string(model, macro->name);
    copy.type_name = copy_string(model, macro->type_name);
    copy.string = copy_string(model, macro->string);
    copy.where.file = copy_string(model, macro->where.file);
    *HG_PUSH(&model->macros) = copy;
}

void hg_model_set_target(struct hg_model *model, const struct hg_target *target)
{
    model->target = *target;
    model->target.triple = copy_string(model, target->triple);
}

void hg_model_add_input(struct hg_model *model, const char *name, uint64_t hash)
{
    *HG_PUSH(&model->inputs) = (struct hg_input){.name = copy_string(model, name), .hash = hash};
}

void hg_model_add_file(struct hg_model *model, const char *name)
{
    *HG_PUSH(&model->files) = copy_string(model, name);
}

void hg_model_set_numbering(struct hg_model *model, const struct hg_numbering *numbering)
{
    assert(!model->sealed && numbering->count > 0);
    model->numbering = *numbering;
}

void hg_model_vouch_for_names(struct hg_model *model)
{
    model->names_are_checked = true;
}

bool hg_model_checks_names(const struct hg_model *model)
{
#ifdef NDEBUG
    return !model->names_are_checked;
#else
    (void)model;
    return true;
#endif
}

enum hg_status hg_model_seal(struct hg_model *model, struct hg_diagnostics *diagnostics)
{
    assert(!model->sealed);
    for (size_t i = 0; i < model->types.count; i++)
        assert(model->types.items[i].kind != UNDEFINED && "declared but never defined");
    enum hg_status status = hg_model_verify(model, diagnostics);
    if (status == HG_OK)
        status = hg_symbols_verify(model, diagnostics);
    if (status != HG_OK)
        return status;
    drop_scratch(model);
    model->sealed = true;
    return HG_OK;
}

size_t hg_model_type_count(const struct hg_model *model)
{
    return model->types.count;
}

const struct hg_type *hg_model_type(const struct hg_model *model, hg_type_id id)
{
    assert(id < model->types.count);
    return &model->types.items[id];
}

const struct hg_target *hg_model_target(const struct hg_model *model)
{
    return &model->target;
}

const struct hg_symbol *hg_model_symbols(const struct hg_model *model, size_t *count)
{
    *count = model->symbols.count;
    return model->symbols.items;
}

const struct hg_section *hg_model_sections(const struct hg_model *model, size_t *count)
{
    *count = model->sections.count;
    return model->sections.items;
}

const struct hg_numbering *hg_model_numbering(const struct hg_model *model)
{
    return model->numbering.count == 0 ? NULL : &model->numbering;
}

const struct hg_macro *hg_model_macros(const struct hg_model *model, size_t *count)
{
    *count = model->macros.count;
    return model->macros.items;
}

const struct hg_input *hg_model_inputs(const struct hg_model *model, size_t *count)
{
    *count = model->inputs.count;
    return model->inputs.items;
}

const char *const *hg_model_files(const struct hg_model *model, size_t *count)
{
    *count = model->files.count;
    return model->files.items;
}

const char *hg_kind_name(enum hg_kind kind)
{
    switch (kind) {
    case HG_VOID:
        return "void";
    case HG_BOOL:
        return "bool";
    case HG_INT:
        return "int";
    case HG_CHAR:
        return "char";
    case HG_FLOAT:
        return "float";
    case HG_POINTER:
        return "pointer";
    case HG_ARRAY:
        return "array";
    case HG_STRUCT:
        return "struct";
    case HG_UNION:
        return "union";
    case HG_ENUM:
        return "enum";
    case HG_TYPEDEF:
        return "typedef";
    case HG_FUNCTION:
        return "function";
    case HG_OPAQUE:
        return "opaque";
    }
    return "unknown";
}
