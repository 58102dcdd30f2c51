/*
 * The list of named types as one JSON object, one type a line:
 *
 *     {
 *       "hdrgen_list": 1,
 *       "types": [
 *         { "kind": "struct", "name": "task_struct", "size": 9792, "file": "linux/sched.h", "line":
 * 727 }, { "kind": "struct", "name": "bpf_prog", "size": null, "file": null, "line": null }
 *       ]
 *     }
 *
 * It says what the list as text says (backend/text/list.c): size null is a type that has none or is
 * only declared, file null an input without locations.  An enum without a tag has name null and
 * its first enumerator as "enumerator".
 */
#include "backend/json/list.h"

#include "base/json.h"
#include "model/layout.h"

enum { STYLE = JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE };

static bool has_size(const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(model, hg_type_resolve(model, id, NULL));
    return type->complete && type->kind != HG_VOID && type->kind != HG_FUNCTION;
}

static json_object *type_object(const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(model, id);
    const struct hg_location *where = &type->where;
    bool is_known = where->file != NULL;
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "kind", hg_json_string(hg_kind_name(type->kind)));
    hg_json_add(object, "name", hg_json_string(type->name));
    if (type->name == NULL && type->kind == HG_ENUM && type->enumerator_count > 0)
        hg_json_add(object, "enumerator", hg_json_string(type->enumerators[0].name));
    hg_json_add(object, "size",
                has_size(model, id) ? hg_json_number(hg_type_size(model, id)) : NULL);
    hg_json_add(object, "file", hg_json_string(where->file));
    hg_json_add(object, "line", is_known ? hg_json_number(where->line) : NULL);
    return object;
}

enum hg_status hg_write_list_json(const struct hg_model *model,
                                  const struct hg_selection *selection, struct hg_output *ret)
{
    struct hg_text text = {0};
    hg_text_put(&text, "{\n  \"hdrgen_list\": 1,\n  \"types\": [");
    for (size_t i = 0; i < selection->root_count; i++) {
        json_object *object = type_object(model, selection->roots[i]);
        const char *string = json_object_to_json_string_ext(object, STYLE);
        if (string == NULL)
            hg_out_of_memory();
        hg_text_put(&text, i == 0 ? "\n    " : ",\n    ");
        hg_text_put(&text, string);
        json_object_put(object);
    }
    hg_text_put(&text, selection->root_count == 0 ? "]\n}\n" : "\n  ]\n}\n");
    hg_text_finish(&text, ret);
    return HG_OK;
}
