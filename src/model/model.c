/*
 * The model's storage: how it is filled (build.h), sealed and read (hdrgen/model.h).
 *
 * Types live in one growing array.  Everything that they point to lives in one arena.  Interning
 * finds equal types by a key, the bytes of all fields that must agree, in a table that maps the key
 * to the id.
 */
#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "model/build.h"
#include "model/verify.h"
#include "model/walk.h"

#include <assert.h>
#include <string.h>

struct hg_model {
    struct hg_arena arena;
    struct hg_strings strings;
    struct hg_arena scratch; /* of the tables that only building needs; freed by sealing */
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

/* The kind of a type that is declared and not yet defined.  A sealed model has none. */
#define UNDEFINED ((enum hg_kind)(-1))

struct hg_model *hg_model_create(void)
{
    struct hg_model *model = hg_calloc(1, sizeof *model);
    hg_strings_init(&model->strings, &model->arena);
    hg_strings_init(&model->interned, &model->scratch);
    hg_strings_init(&model->tag_lists, &model->scratch);
    *HG_PUSH(&model->types) = (struct hg_type){.kind = HG_VOID, .complete = true};
    return model;
}

static void free_scratch(struct hg_model *model)
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
    free_scratch(model);
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

const char *hg_model_keep(struct hg_model *model, const char *string)
{
    return string == NULL ? NULL : hg_model_string(model, string, strlen(string));
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
            copies[i] = hg_model_keep(model, names[i]);
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

#define KEY(key, value) hg_text_bytes(key, &(value), sizeof(value))

static void key_ref(struct hg_text *key, const struct hg_ref *ref)
{
    KEY(key, ref->id);
    KEY(key, ref->qualifiers);
    KEY(key, ref->tags); /* equal lists have equal pointers: see hg_model_tags */
}

/* The key has all fields in which two equal types that are interned agree. */
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
    if (type->kind == HG_ARRAY)
        KEY(key, type->count);
    for (size_t i = 0; i < hg_reference_count(type); i++)
        key_ref(key, hg_reference(type, i));
    for (size_t i = 0; type->kind == HG_FUNCTION && i < type->parameter_count; i++)
        KEY(key, type->parameters[i].name);
}

hg_type_id hg_model_intern(struct hg_model *model, const struct hg_type *type)
{
    assert(type->kind != HG_VOID && !hg_is_namable(type->kind));
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
    copy.name = hg_model_keep(model, macro->name);
    copy.type_name = hg_model_keep(model, macro->type_name);
    copy.string = hg_model_keep(model, macro->string);
    copy.where.file = hg_model_keep(model, macro->where.file);
    *HG_PUSH(&model->macros) = copy;
}

void hg_model_set_target(struct hg_model *model, const struct hg_target *target)
{
    model->target = *target;
    model->target.triple = hg_model_keep(model, target->triple);
}

void hg_model_add_input(struct hg_model *model, const char *name, uint64_t hash)
{
    *HG_PUSH(&model->inputs) = (struct hg_input){.name = hg_model_keep(model, name), .hash = hash};
}

void hg_model_add_file(struct hg_model *model, const char *name)
{
    *HG_PUSH(&model->files) = hg_model_keep(model, name);
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
    free_scratch(model);
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
    static const char *const names[] = {
        [HG_VOID] = "void",     [HG_BOOL] = "bool",       [HG_INT] = "int",
        [HG_CHAR] = "char",     [HG_FLOAT] = "float",     [HG_POINTER] = "pointer",
        [HG_ARRAY] = "array",   [HG_STRUCT] = "struct",   [HG_UNION] = "union",
        [HG_ENUM] = "enum",     [HG_TYPEDEF] = "typedef", [HG_FUNCTION] = "function",
        [HG_OPAQUE] = "opaque",
    };
    return (size_t)kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}
