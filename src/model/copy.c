/* Copying types between models: see copy.h. */
#include "model/copy.h"

#include "model/walk.h"

static struct hg_location copy_location(struct hg_model *to, struct hg_location where)
{
    where.file = hg_model_keep(to, where.file);
    return where;
}

static const struct hg_tags *copy_tags(struct hg_model *to, const struct hg_tags *tags)
{
    if (tags == NULL)
        return NULL;
    struct hg_arena *arena = hg_model_arena(to);
    const char **names = hg_arena_array(arena, tags->count, sizeof *names);
    for (size_t i = 0; i < tags->count; i++)
        names[i] = hg_model_keep(to, tags->names[i]);
    struct hg_tags *copy = hg_arena_alloc(arena, sizeof *copy);
    *copy = (struct hg_tags){.count = tags->count, .names = names};
    if (tags->is_attribute != NULL)
        copy->is_attribute =
            hg_arena_copy(arena, tags->is_attribute, tags->count, sizeof *tags->is_attribute);
    return copy;
}

static struct hg_ref copy_ref(struct hg_model *to, struct hg_ref ref, const hg_type_id *map)
{
    ref.id = map[ref.id];
    ref.tags = copy_tags(to, ref.tags);
    return ref;
}

static void copy_members(struct hg_model *to, struct hg_type *type, const hg_type_id *map)
{
    struct hg_member *members =
        hg_arena_copy(hg_model_arena(to), type->members, type->member_count, sizeof *members);
    for (size_t i = 0; i < type->member_count; i++) {
        members[i].name = hg_model_keep(to, members[i].name);
        members[i].type = copy_ref(to, members[i].type, map);
        members[i].tags = copy_tags(to, members[i].tags);
        members[i].where = copy_location(to, members[i].where);
    }
    type->members = members;
}

static void copy_enumerators(struct hg_model *to, struct hg_type *type)
{
    struct hg_enumerator *enumerators = hg_arena_copy(hg_model_arena(to), type->enumerators,
                                                      type->enumerator_count, sizeof *enumerators);
    for (size_t i = 0; i < type->enumerator_count; i++)
        enumerators[i].name = hg_model_keep(to, enumerators[i].name);
    type->enumerators = enumerators;
}

static void copy_parameters(struct hg_model *to, struct hg_type *type, const hg_type_id *map)
{
    struct hg_parameter *parameters = hg_arena_copy(hg_model_arena(to), type->parameters,
                                                    type->parameter_count, sizeof *parameters);
    for (size_t i = 0; i < type->parameter_count; i++) {
        parameters[i].name = hg_model_keep(to, parameters[i].name);
        parameters[i].type = copy_ref(to, parameters[i].type, map);
    }
    type->parameters = parameters;
}

struct hg_type hg_copy_type(struct hg_model *to, const struct hg_type *type, const hg_type_id *map)
{
    struct hg_type copy = *type;
    copy.name = hg_model_keep(to, type->name);
    copy.where = copy_location(to, type->where);
    copy.tags = copy_tags(to, type->tags);
    if (hg_has_ref(type))
        copy.ref = copy_ref(to, type->ref, map);
    if (type->kind == HG_FUNCTION)
        copy_parameters(to, &copy, map);
    if (hg_is_record(type))
        copy_members(to, &copy, map);
    if (type->kind == HG_ENUM)
        copy_enumerators(to, &copy);
    if (type->kind == HG_OPAQUE)
        copy.reason = hg_model_keep(to, type->reason);
    return copy;
}

void hg_copy_macros(struct hg_model *to, const struct hg_model *from)
{
    size_t count = 0;
    const struct hg_macro *macros = hg_model_macros(from, &count);
    for (size_t i = 0; i < count; i++)
        hg_model_add_macro(to, &macros[i]);
}

void hg_copy_origin(struct hg_model *to, const struct hg_model *from)
{
    hg_model_set_target(to, hg_model_target(from));
    size_t count = 0;
    const struct hg_input *inputs = hg_model_inputs(from, &count);
    for (size_t i = 0; i < count; i++)
        hg_model_add_input(to, inputs[i].name, inputs[i].hash);
    const char *const *files = hg_model_files(from, &count);
    for (size_t i = 0; i < count; i++)
        hg_model_add_file(to, files[i]);
}

static void copy_symbol(struct hg_model *to, const struct hg_symbol *symbol, size_t parameter_count,
                        const hg_type_id *map)
{
    struct hg_symbol copy = *symbol;
    copy.name = hg_model_keep(to, symbol->name);
    copy.type = copy_ref(to, symbol->type, map);
    copy.tags = copy_tags(to, symbol->tags);
    if (symbol->parameter_tags != NULL) {
        const struct hg_tags **tags =
            hg_arena_array(hg_model_arena(to), parameter_count, sizeof *tags);
        for (size_t i = 0; i < parameter_count; i++)
            tags[i] = copy_tags(to, symbol->parameter_tags[i]);
        copy.parameter_tags = tags;
    }
    hg_model_add_symbol(to, &copy);
}

void hg_copy_symbols(struct hg_model *to, const struct hg_model *from, const hg_type_id *map)
{
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(from, &count);
    for (size_t i = 0; i < count; i++) {
        const struct hg_type *type = hg_model_type(from, symbols[i].type.id);
        copy_symbol(to, &symbols[i], type->kind == HG_FUNCTION ? type->parameter_count : 0, map);
    }
    const struct hg_section *sections = hg_model_sections(from, &count);
    for (size_t i = 0; i < count; i++) {
        struct hg_section copy = sections[i];
        copy.name = hg_model_keep(to, copy.name);
        copy.entries =
            hg_arena_copy(hg_model_arena(to), copy.entries, copy.entry_count, sizeof *copy.entries);
        hg_model_add_section(to, &copy);
    }
}
