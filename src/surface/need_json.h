/* Needs as JSON, for the reports on one kernel and on many. */
#ifndef HG_SURFACE_NEED_JSON_H
#define HG_SURFACE_NEED_JSON_H

#include "base/json.h"

#include <hdrgen/status.h>

/* A new object with the members that name a need; strings that are NULL are left out, except for
 * "program", which is null. */
static inline json_object *hg_json_need(const char *program, const char *section, const char *kind,
                                        const char *name, const struct hg_location *where,
                                        bool is_optional)
{
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "program", hg_json_string(program));
    hg_json_add_string(object, "section", section);
    hg_json_add_string(object, "kind", kind);
    hg_json_add_string(object, "name", name);
    if (where->file != NULL) {
        struct hg_text text = {0};
        hg_text_printf(&text, "%s:%u", where->file, where->line);
        hg_json_add_string(object, "source", hg_text_string(&text));
        hg_text_deinit(&text);
    }
    if (is_optional)
        hg_json_add(object, "optional", hg_json_must(json_object_new_boolean(true)));
    return object;
}

/* Appends `before` and the value on one line; takes the value. */
static inline void hg_json_put_line(struct hg_text *text, json_object *value, const char *before)
{
    const unsigned flags = JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
    hg_text_printf(text, "%s%s", before, json_object_to_json_string_ext(value, (int)flags));
    json_object_put(value);
}

#endif
