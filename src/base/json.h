/*
 * Values of json-c, for the boxes that are linked with it.
 *
 *     hg_json_add(object, "name", hg_json_string(type->name));
 *
 * json-c returns NULL or an error status only if memory runs out; these functions then end the
 * process (hg_out_of_memory), so callers need no checks.
 */
#ifndef HG_BASE_JSON_H
#define HG_BASE_JSON_H

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#include <json.h>

static inline json_object *hg_json_must(json_object *object)
{
    if (object == NULL)
        hg_out_of_memory();
    return object;
}

/* A JSON string; bytes that are not UTF-8 become U+FFFD.  NULL gives NULL, json-c's null. */
static inline json_object *hg_json_string(const char *string)
{
    if (string == NULL)
        return NULL;
    struct hg_text text = {0};
    hg_put_as_utf8(&text, string);
    json_object *object = hg_json_must(json_object_new_string(hg_text_string(&text)));
    hg_text_deinit(&text);
    return object;
}

static inline json_object *hg_json_number(uint64_t value)
{
    return hg_json_must(json_object_new_uint64(value));
}

/* Adds a member, whose value the object then owns.  The key must be a literal, and new to the
 * object. */
static inline void hg_json_add(json_object *object, const char *key, json_object *value)
{
    const unsigned flags = JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY;
    if (json_object_object_add_ex(object, key, value, flags) != 0)
        hg_out_of_memory();
}

/* Adds a string member; NULL adds nothing. */
static inline void hg_json_add_string(json_object *object, const char *key, const char *string)
{
    if (string != NULL)
        hg_json_add(object, key, hg_json_string(string));
}

static inline void hg_json_append(json_object *array, json_object *value)
{
    if (json_object_array_add(array, value) != 0)
        hg_out_of_memory();
}

/* Adds the value to the text, in one line with blanks, and frees it. */
static inline void hg_json_put(struct hg_text *text, json_object *value)
{
    const int style = JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE;
    size_t length;
    const char *string = json_object_to_json_string_length(value, style, &length);
    if (string == NULL)
        hg_out_of_memory();
    hg_text_bytes(text, string, length);
    (void)json_object_put(value);
}

#endif
