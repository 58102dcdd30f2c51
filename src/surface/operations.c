/*
 * Finds which operation of struct_ops a program is: the member of the variable that holds it.  The
 * section's name need not tell.
 *
 *     SEC(".struct_ops") struct tcp_congestion_ops mine = { .ssthresh = (void *)my_ssthresh };
 *     my_ssthresh is tcp_congestion_ops.ssthresh: its context has that member's parameters
 */
#include "surface/ask.h"

#include "core/kinds.h"

#include <string.h>

bool hg_surface_is_operations(const struct hg_section *section)
{
    const char *name = section->name + (section->name[0] == '?' ? 1 : 0);
    return strcmp(name, ".struct_ops") == 0 || strcmp(name, ".struct_ops.link") == 0;
}

bool hg_surface_has_operations(const struct hg_surface *surface)
{
    size_t count = 0;
    const struct hg_section *sections = hg_model_sections(surface->object->types, &count);
    for (size_t i = 0; i < count; i++)
        if (hg_surface_is_operations(&sections[i]) && sections[i].entry_count > 0)
            return true;
    return false;
}

/* The variable's type, if it is a struct with a tag; else HG_NO_TYPE. */
static hg_type_id struct_of(const struct hg_surface *surface, const char *variable)
{
    const struct hg_model *types = surface->object->types;
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(types, &count);
    const struct index_entry *found = hg_names_find(&surface->symbols, variable, &count);
    for (size_t i = 0; i < count; i++) {
        const struct hg_symbol *symbol = &symbols[found[i].number];
        hg_type_id id = hg_type_resolve(types, symbol->type.id, NULL);
        if (symbol->kind != HG_SYMBOL_FUNCTION && hg_model_type(types, id)->kind == HG_STRUCT &&
            hg_model_type(types, id)->name != NULL)
            return id;
    }
    return HG_NO_TYPE;
}

const char *hg_surface_operation(struct hg_surface *surface, uint32_t function)
{
    const struct hg_core_object *object = surface->object;
    const char *operation = NULL;
    for (size_t i = 0; i < object->held.count; i++) {
        const struct held *held = &object->held.items[i];
        if (held->function != function)
            continue;
        hg_type_id id = struct_of(surface, held->variable);
        struct field field;
        if (id == HG_NO_TYPE || !hg_surface_field_at(object->types, id, held->offset, 0, &field))
            return NULL;
        const char *one = hg_arena_printf(&surface->arena, "%s.%s",
                                          hg_model_type(object->types, id)->name, field.name);
        if (operation != NULL && strcmp(operation, one) != 0)
            return NULL;
        operation = one;
    }
    return operation;
}

hg_type_id hg_surface_operation_prototype(const struct hg_kernel_facts *kernel,
                                          const char *operation)
{
    const char *dot = strchr(operation, '.');
    if (dot == NULL)
        return HG_NO_TYPE;
    struct hg_text text = {0};
    hg_text_bytes(&text, operation, (size_t)(dot - operation));
    hg_text_truncate(&text, hg_core_essential_length(hg_text_string(&text), HG_CORE_LIBBPF));
    hg_type_id id = hg_facts_type(kernel, HG_STRUCT, hg_text_string(&text));
    hg_text_deinit(&text);
    struct hg_member_place place;
    if (id == HG_NO_TYPE || !hg_model_find_member(kernel->model, id, dot + 1, &place))
        return HG_NO_TYPE;
    return hg_surface_pointed_function(kernel->model, place.type.id);
}
