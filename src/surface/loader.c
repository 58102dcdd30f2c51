/*
 * Finds what libbpf refuses in the object itself, whatever the kernel:
 *
 *     struct bpf_map_def SEC("maps") m           maps of the old form, from 1.0 on
 *     struct { ...; int (*colour)[3]; } m        a field of a map that libbpf does not know
 *     extern int x SEC(".other")                 an extern that is neither __ksym nor __kconfig
 *
 * The rules for `.maps` are those of libbpf 1.5.  The field `int (*name)[27]` stands for the number
 * 27, `T *name` for the type T; `values`, the last field, is an array of pointers without a size.
 * Each fault becomes a need that no kernel meets.
 */
#include "surface/surface.h"

#include <string.h>

enum {
    HASH_OF_MAPS = 13,
    ARRAY_OF_MAPS = 12,
    PROG_ARRAY = 3,
    POINTER_SIZE = 4, /* of a map or a program in another map */
};

static bool add_fault(struct hg_surface *surface, const char *what, const char *name,
                      const char *why)
{
    struct detail detail = {
        .kind = HG_NEED_OBJECT,
        .program = NO_PROGRAM,
        .name = hg_arena_printf(&surface->arena, "%s %s", what, name),
        .field = why,
        .type = HG_NO_TYPE,
    };
    return hg_surface_add(surface, &detail, NO_USE, 0);
}

/* --- maps --- */

/* A map, as far as its fields have been read. */
struct map {
    const struct hg_model *types;
    uint32_t type;  /* 0 = not given */
    uint64_t key;   /* bytes; 0 = not given */
    uint64_t value; /* likewise */
};

bool hg_surface_map_number(const struct hg_model *types, const struct hg_member *member,
                           uint64_t *ret)
{
    hg_type_id id = hg_surface_pointee(types, member->type.id);
    if (id == HG_NO_TYPE || hg_model_type(types, id)->kind != HG_ARRAY)
        return false;
    *ret = hg_model_type(types, id)->count;
    return true;
}

/* A map may give a size twice, by a type and by a number, if both are equal. */
static const char *set_size(uint64_t *size, uint64_t bytes)
{
    if (*size != 0 && *size != bytes)
        return "it gives its key or value two sizes";
    *size = bytes;
    return NULL;
}

static const char *take_type(const struct map *map, const struct hg_member *member, uint64_t *size)
{
    hg_type_id id = hg_surface_pointee(map->types, member->type.id);
    if (id == HG_NO_TYPE)
        return "the type of its key or value is not given by a pointer";
    uint64_t bytes = hg_type_size(map->types, id);
    if (hg_model_type(map->types, id)->kind == HG_FUNCTION || bytes == 0)
        return "the type of its key or value has no size";
    return set_size(size, bytes);
}

static const char *take_size(const struct map *map, const struct hg_member *member, uint64_t *size)
{
    uint64_t bytes = 0;
    return hg_surface_map_number(map->types, member, &bytes)
               ? set_size(size, bytes)
               : "a size is not given by a pointer to an array";
}

/* `values` says what the map holds: other maps, of type *inner, or programs. */
static const char *take_values(struct map *map, const struct hg_member *member, bool is_last,
                               hg_type_id *inner)
{
    const struct hg_model *types = map->types;
    hg_type_id id = hg_type_resolve(types, member->type.id, NULL);
    const struct hg_type *array = hg_model_type(types, id);
    bool holds_maps = map->type == HASH_OF_MAPS || map->type == ARRAY_OF_MAPS;
    if (!is_last)
        return "'values' is not its last field";
    if (!holds_maps && map->type != PROG_ARRAY)
        return "it has 'values', but holds neither maps nor programs";
    if (map->value != 0 && map->value != POINTER_SIZE)
        return "it gives its key or value two sizes";
    if (array->kind != HG_ARRAY || array->count != 0)
        return "'values' is not an array without a size";
    id = hg_surface_pointee(types, array->ref.id);
    enum hg_kind wanted = holds_maps ? HG_STRUCT : HG_FUNCTION;
    if (id == HG_NO_TYPE || hg_model_type(types, id)->kind != wanted)
        return "'values' are not pointers to maps or programs";
    *inner = holds_maps ? id : HG_NO_TYPE;
    return NULL;
}

/* `int (*map_extra)[27]`, or from 1.5 on an enum of one value. */
static bool is_map_extra(const struct hg_model *types, const struct hg_member *member)
{
    uint64_t number = 0;
    hg_type_id id = hg_type_resolve(types, member->type.id, NULL);
    return hg_surface_map_number(types, member, &number) ||
           hg_model_type(types, id)->kind == HG_ENUM;
}

static const char *take_field(struct map *map, const struct hg_member *member, bool is_last,
                              bool is_inner, hg_type_id *inner)
{
    static const char *const numbers[] = {"max_entries", "map_flags", "numa_node"};
    static const char no_number[] = "a number is not given by a pointer to an array";
    const char *name = member->name == NULL ? "" : member->name;
    uint64_t number = 0;
    if (strcmp(name, "type") == 0) {
        if (!hg_surface_map_number(map->types, member, &number))
            return no_number;
        map->type = number > UINT32_MAX ? 0 : (uint32_t)number;
        return NULL;
    }
    if (HG_IS_ONE_OF(name, numbers))
        return hg_surface_map_number(map->types, member, &number) ? NULL : no_number;
    if (strcmp(name, "map_extra") == 0)
        return is_map_extra(map->types, member) ? NULL : no_number;
    if (strcmp(name, "key_size") == 0)
        return take_size(map, member, &map->key);
    if (strcmp(name, "value_size") == 0)
        return take_size(map, member, &map->value);
    if (strcmp(name, "key") == 0)
        return take_type(map, member, &map->key);
    if (strcmp(name, "value") == 0)
        return take_type(map, member, &map->value);
    if (strcmp(name, "values") == 0)
        return is_inner ? "the map in the map holds maps itself"
                        : take_values(map, member, is_last, inner);
    if (strcmp(name, "pinning") != 0)
        return "it has a field that libbpf does not know";
    if (is_inner)
        return "the map in the map is pinned";
    if (!hg_surface_map_number(map->types, member, &number))
        return no_number;
    return number > 1 ? "'pinning' is neither 0 nor 1" : NULL;
}

/* Why libbpf refuses the map; NULL = it accepts it.  *inner: the type of the maps that it holds. */
static const char *fault_of_map(const struct hg_model *types, hg_type_id id, bool is_inner,
                                hg_type_id *inner)
{
    const struct hg_type *type = hg_model_type(types, id);
    struct map map = {.types = types};
    if (type->kind != HG_STRUCT)
        return "it is no struct";
    for (size_t i = 0; i < type->member_count; i++) {
        bool is_last = i + 1 == type->member_count;
        const char *why = take_field(&map, &type->members[i], is_last, is_inner, inner);
        if (why != NULL)
            return why;
    }
    return map.type == 0 ? "it has no type" : NULL;
}

static bool ask_map(struct hg_surface *surface, const struct hg_symbol *symbol)
{
    const struct hg_model *types = surface->object->types;
    hg_type_id inner = HG_NO_TYPE;
    hg_type_id none = HG_NO_TYPE;
    hg_type_id id = hg_type_resolve(types, symbol->type.id, NULL);
    const char *why = symbol->linkage == HG_LINKAGE_STATIC ? "it is static"
                                                           : fault_of_map(types, id, false, &inner);
    if (why == NULL && inner != HG_NO_TYPE)
        why = fault_of_map(types, inner, true, &none);
    return why == NULL || add_fault(surface, "map", symbol->name, why);
}

/* --- externs --- */

static bool is_for_externs(const char *name)
{
    return strcmp(name, ".ksyms") == 0 || strcmp(name, ".kconfig") == 0;
}

static bool ask_externs(struct hg_surface *surface)
{
    const struct hg_core_object *object = surface->object;
    size_t section_count = 0;
    size_t count = 0;
    const struct hg_section *sections = hg_model_sections(object->types, &section_count);
    const struct hg_symbol *symbols = hg_model_symbols(object->types, &count);
    struct name_index known = {0};
    for (size_t i = 0; i < section_count; i++)
        for (size_t k = 0; is_for_externs(sections[i].name) && k < sections[i].entry_count; k++)
            hg_names_add(&known, symbols[sections[i].entries[k].symbol].name, 0);
    hg_names_sort(&known);
    bool fine = true;
    for (size_t i = 0; fine && i < object->externals.count; i++)
        fine = hg_names_find(&known, object->externals.items[i].name, &count) != NULL ||
               add_fault(surface, "extern", object->externals.items[i].name,
                         "it is neither in .ksyms (__ksym) nor in .kconfig (__kconfig)");
    hg_names_deinit(&known);
    return fine;
}

bool hg_surface_add_faults(struct hg_surface *surface)
{
    const struct hg_core_object *object = surface->object;
    size_t count = 0;
    const struct hg_section *sections = hg_model_sections(object->types, &count);
    const struct hg_symbol *symbols = hg_model_symbols(object->types, &(size_t){0});
    bool fine = ask_externs(surface);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; strcmp(sections[i].name, ".maps") == 0 && k < sections[i].entry_count;
             k++)
            fine = fine && ask_map(surface, &symbols[sections[i].entries[k].symbol]);
    for (size_t i = 0; fine && i < object->legacy_maps.count; i++)
        fine = add_fault(surface, "map", object->legacy_maps.items[i].name,
                         "it is in section 'maps', which libbpf refuses from 1.0 on: define it in "
                         ".maps");
    return fine;
}
