/*
 * The JSON back end: the selection as one JSON object, for scripts and other programs.
 *
 *     struct foo { const char *name; unsigned flag:1; };
 *
 * becomes, one type a line,
 *
 *     { "id": 4, "kind": "struct", "name": "foo", "size": 16, "align": 8, "complete": true, ...
 *       "members": [ { "name": "name", "type": 2, "bit_offset": 0, "bit_size": 64 }, ...
 *         { "name": "flag", "type": 3, "bit_offset": 64, "bit_size": 1, "bitfield": true } ] }
 *
 * docs/json.md describes all members.  Types get new ids, 1, 2, 3 ... in the order of the
 * selection, so that the ids do not depend on types that are not selected; 0 is void.
 *
 * The method: each type becomes a json-c object, which is written and freed before the next one is
 * made, so only one of them takes memory at a time.
 *
 * What this does not do: write the locations of types.  They contain paths, and the same input must
 * give the same bytes on every machine.
 */
#include "base/json.h"
#include "model/layout.h"
#include "model/macros.h"
#include "model/walk.h"

#include <assert.h>
#include <hdrgen/write.h>

struct writer {
    const struct hg_model *model;
    const struct hg_selection *selection;
    uint32_t *number; /* by type id: its id in the file, 0 = not selected */
    struct hg_text text;
};

/* --- values --- */

static void add_bool(json_object *object, const char *key, bool value)
{
    hg_json_add(object, key, hg_json_must(json_object_new_boolean(value)));
}

static void add_alignment(json_object *object, uint32_t align)
{
    hg_json_add(object, "align", align == 0 ? NULL : hg_json_number(align));
}

static json_object *integer(uint64_t value, bool is_signed)
{
    return is_signed ? hg_json_must(json_object_new_int64((int64_t)value)) : hg_json_number(value);
}

/* --- parts of types --- */

static void add_tags(json_object *object, const char *key, const struct hg_tags *tags)
{
    if (tags == NULL || tags->count == 0)
        return;
    json_object *list = hg_json_must(json_object_new_array());
    for (size_t i = 0; i < tags->count; i++)
        hg_json_append(list, hg_json_string(tags->names[i]));
    hg_json_add(object, key, list);
}

static void add_qualifiers(json_object *object, uint32_t qualifiers)
{
    static const struct {
        enum hg_qualifier qualifier;
        const char *word;
    } words[] = {
        {HG_CONST, "const"},
        {HG_VOLATILE, "volatile"},
        {HG_RESTRICT, "restrict"},
        {HG_ATOMIC, "atomic"},
    };
    if (qualifiers == 0)
        return;
    json_object *list = hg_json_must(json_object_new_array());
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (qualifiers & words[i].qualifier)
            hg_json_append(list, hg_json_string(words[i].word));
    hg_json_add(object, "quals", list);
}

static void add_ref(const struct writer *writer, json_object *object, const struct hg_ref *ref)
{
    assert((ref->id == HG_VOID_ID || writer->number[ref->id] != 0) &&
           "the selection is not closed");
    hg_json_add(object, "type", hg_json_number(writer->number[ref->id]));
    add_qualifiers(object, ref->qualifiers);
    add_tags(object, "tags", ref->tags);
}

static json_object *member_object(const struct writer *writer, const struct hg_member *member)
{
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "name", hg_json_string(member->name));
    add_ref(writer, object, &member->type);
    hg_json_add(object, "bit_offset", hg_json_number(member->bit_offset));
    hg_json_add(object, "bit_size", hg_json_number(hg_member_bits(writer->model, member)));
    if (member->bit_width != 0)
        add_bool(object, "bitfield", true);
    add_tags(object, "decl_tags", member->tags);
    return object;
}

static void add_parameters(const struct writer *writer, json_object *object,
                           const struct hg_type *function)
{
    json_object *list = hg_json_must(json_object_new_array());
    for (size_t i = 0; i < function->parameter_count; i++) {
        json_object *parameter = hg_json_must(json_object_new_object());
        hg_json_add(parameter, "name", hg_json_string(function->parameters[i].name));
        add_ref(writer, parameter, &function->parameters[i].type);
        hg_json_append(list, parameter);
    }
    hg_json_add(object, "params", list);
}

static void add_values(json_object *object, const struct hg_type *type)
{
    json_object *list = hg_json_must(json_object_new_array());
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const struct hg_enumerator *enumerator = &type->enumerators[i];
        json_object *value = hg_json_must(json_object_new_object());
        hg_json_add(value, "name", hg_json_string(enumerator->name));
        hg_json_add(value, "value", integer(enumerator->value, type->is_signed));
        hg_json_append(list, value);
    }
    hg_json_add(object, "values", list);
}

/* --- types --- */

/* Adds name, size and align, as far as the kind has them. */
static void add_common(json_object *object, const struct hg_type *type, bool defined)
{
    bool is_function = type->kind == HG_FUNCTION;
    if (type->kind != HG_POINTER && type->kind != HG_ARRAY && !is_function)
        hg_json_add(object, "name", hg_json_string(type->name));
    if (type->kind == HG_TYPEDEF || is_function)
        return;
    hg_json_add(object, "size", hg_json_number(defined ? type->size : 0));
    add_alignment(object, defined ? type->align : 0);
}

static void add_array(const struct writer *writer, json_object *object, const struct hg_type *type)
{
    add_ref(writer, object, &type->ref);
    hg_json_add(object, "count", hg_json_number(type->count));
    if (type->is_vector)
        add_bool(object, "vector", true);
    if (type->is_complex)
        add_bool(object, "complex", true);
}

static void add_members(const struct writer *writer, json_object *object,
                        const struct hg_type *record, bool defined)
{
    add_bool(object, "complete", defined);
    json_object *members = hg_json_must(json_object_new_array());
    for (size_t i = 0; defined && i < record->member_count; i++)
        hg_json_append(members, member_object(writer, &record->members[i]));
    hg_json_add(object, "members", members);
}

static void fill_type(const struct writer *writer, json_object *object, const struct hg_type *type,
                      bool defined)
{
    add_common(object, type, defined || !hg_is_record(type));
    switch (type->kind) {
    case HG_VOID:
    case HG_BOOL:
    case HG_FLOAT:
        return;
    case HG_INT:
    case HG_CHAR:
        add_bool(object, "signed", type->is_signed);
        return;
    case HG_POINTER:
        add_ref(writer, object, &type->ref);
        return;
    case HG_ARRAY:
        add_array(writer, object, type);
        return;
    case HG_STRUCT:
    case HG_UNION:
        add_members(writer, object, type, defined);
        return;
    case HG_ENUM:
        add_bool(object, "signed", type->is_signed);
        add_values(object, type);
        if (!type->complete)
            add_bool(object, "complete", false);
        return;
    case HG_TYPEDEF:
        add_ref(writer, object, &type->ref);
        if (type->align != 0)
            add_alignment(object, type->align);
        return;
    case HG_FUNCTION:
        add_ref(writer, object, &type->ref);
        add_parameters(writer, object, type);
        add_bool(object, "variadic", type->variadic);
        return;
    case HG_OPAQUE:
        hg_json_add(object, "reason", hg_json_string(type->reason));
        return;
    }
}

/* --- the file --- */

static void put_type(struct writer *writer, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(writer->model, id);
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "id", hg_json_number(writer->number[id]));
    hg_json_add(object, "kind", hg_json_string(hg_kind_name(type->kind)));
    fill_type(writer, object, type, writer->selection->need[id] == HG_DEFINED);
    add_tags(object, "decl_tags", type->tags);
    hg_json_put(&writer->text, object);
}

static json_object *target_object(const struct hg_target *target)
{
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "triple", hg_json_string(target->triple));
    hg_json_add(object, "endian", hg_json_string(target->big_endian ? "big" : "little"));
    hg_json_add(object, "pointer_size", hg_json_number(target->pointer_size));
    add_bool(object, "char_signed", target->char_signed);
    hg_json_add(object, "long_size", hg_json_number(target->long_size));
    return object;
}

static json_object *root_list(const struct writer *writer)
{
    json_object *list = hg_json_must(json_object_new_array());
    for (size_t i = 0; i < writer->selection->root_count; i++)
        hg_json_append(list, hg_json_number(writer->number[writer->selection->roots[i]]));
    return list;
}

static json_object *macro_object(const struct hg_macro *macro)
{
    static const char *const kinds[] = {
        [HG_MACRO_INT] = "int", [HG_MACRO_BOOL] = "bool", [HG_MACRO_STRING] = "string"};
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "name", hg_json_string(macro->name));
    hg_json_add(object, "kind", hg_json_string(kinds[macro->kind]));
    if (macro->kind == HG_MACRO_STRING) {
        hg_json_add(object, "value", hg_json_string(macro->string));
        return object;
    }
    hg_json_add(object, "type", hg_json_string(macro->type_name));
    hg_json_add(object, "size", hg_json_number(macro->size));
    add_bool(object, "signed", macro->is_signed);
    hg_json_add(object, "value", integer(macro->value, macro->is_signed));
    return object;
}

/* Writes "macros", unless there are none: the model has macros only on request. */
static void put_macros(struct writer *writer)
{
    size_t count = 0;
    const struct hg_macro *macros = hg_model_macros(writer->model, &count);
    bool *repeated = hg_repeated_macros(writer->model, writer->selection);
    const char *before = ",\n  \"macros\": [\n    ";
    for (size_t i = 0; i < count; i++) {
        if (repeated[i])
            continue;
        hg_text_put(&writer->text, before);
        hg_json_put(&writer->text, macro_object(&macros[i]));
        before = ",\n    ";
    }
    hg_text_put(&writer->text, before[4] == ' ' ? "\n  ]" : "");
    free(repeated);
}

enum hg_status hg_write_json(const struct hg_model *model, const struct hg_selection *selection,
                             struct hg_diagnostics *diagnostics, struct hg_output *ret)
{
    (void)diagnostics; /* every model has a JSON form */
    struct writer writer = {.model = model, .selection = selection};
    writer.number = hg_calloc(hg_model_type_count(model), sizeof *writer.number);
    for (size_t i = 0; i < selection->count; i++)
        writer.number[selection->order[i]] = (uint32_t)i + 1;

    hg_text_put(&writer.text, "{\n  \"hdrgen_json\": 1,\n  \"target\": ");
    hg_json_put(&writer.text, target_object(hg_model_target(model)));
    hg_text_put(&writer.text, ",\n  \"types\": [");
    for (size_t i = 0; i < selection->count; i++) {
        hg_text_put(&writer.text, i == 0 ? "\n    " : ",\n    ");
        put_type(&writer, selection->order[i]);
    }
    hg_text_put(&writer.text,
                selection->count == 0 ? " ],\n  \"roots\": " : "\n  ],\n  \"roots\": ");
    hg_json_put(&writer.text, root_list(&writer));
    put_macros(&writer);
    hg_text_put(&writer.text, "\n}\n");
    free(writer.number);
    hg_text_finish(&writer.text, ret);
    return HG_OK;
}
