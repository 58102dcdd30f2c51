/*
 * What many kernels answer, as data:
 *
 *     {"hdrgen_check": 1, "kernels": ["5.10-amd64", ...], "objects": [
 *       {"file": "prog.bpf.o", "dependencies": [
 *         {"program": "on_create", "section": "fentry/vfs_create", "kind": "function",
 *          "name": "vfs_create", "source": "prog.bpf.c:12", "answers": [
 *            {"result": "fine", "kernels": [0, 1, 2]}]}]}]}
 *
 * and as a page for the browser, matrix.html, with the same data in it.  Names come from files that
 * nobody vouches for: as JSON strings with `<` written as an escape, they can end neither the
 * string nor the script element, and the page's script only ever makes text of them.
 */
#include "surface/matrix.h"

#include "base/json.h"

#include <string.h>

extern const char hg_surface_page[];

static const char data_mark[] = "@DATA@";

static void add_string(json_object *object, const char *key, const char *string)
{
    if (string != NULL)
        hg_json_add(object, key, hg_json_string(string));
}

static void append(json_object *array, json_object *value)
{
    if (json_object_array_add(array, value) != 0)
        hg_out_of_memory();
}

static json_object *make_answer(const struct matrix *matrix, const struct matrix_row *row,
                                size_t like)
{
    const struct matrix_cell *cell = &row->cells[like];
    json_object *answer = hg_json_must(json_object_new_object());
    json_object *kernels = hg_json_must(json_object_new_array());
    add_string(answer, "result", hg_verdict_name(cell->verdict));
    if (!row->is_relocation)
        add_string(answer, "value", cell->value);
    add_string(answer, "why", cell->why);
    add_string(answer, "advice", cell->advice);
    for (size_t k = 0; k < matrix->kernel_count; k++)
        if (hg_matrix_same_cell(row, like, k))
            append(kernels, hg_json_number(k));
    hg_json_add(answer, "kernels", kernels);
    return answer;
}

static json_object *make_row(const struct matrix *matrix, const struct matrix_row *row)
{
    json_object *object = hg_json_must(json_object_new_object());
    json_object *answers = hg_json_must(json_object_new_array());
    hg_json_add(object, "program", hg_json_string(row->program));
    add_string(object, "section", row->section);
    add_string(object, "kind", row->kind);
    add_string(object, "name", row->name);
    if (row->where.file != NULL) {
        struct hg_text place = {0};
        hg_text_printf(&place, "%s:%u", row->where.file, row->where.line);
        add_string(object, "source", hg_text_string(&place));
        hg_text_deinit(&place);
    }
    if (row->is_optional)
        hg_json_add(object, "optional", hg_json_must(json_object_new_boolean(true)));
    for (size_t k = 0; k < matrix->kernel_count; k++) {
        bool is_first = true;
        for (size_t before = 0; before < k && is_first; before++)
            is_first = !hg_matrix_same_cell(row, before, k);
        if (is_first)
            append(answers, make_answer(matrix, row, k));
    }
    hg_json_add(object, "answers", answers);
    return object;
}

static json_object *make_matrix(const struct matrix *matrix)
{
    json_object *whole = hg_json_must(json_object_new_object());
    json_object *kernels = hg_json_must(json_object_new_array());
    json_object *objects = hg_json_must(json_object_new_array());
    for (size_t k = 0; k < matrix->kernel_count; k++)
        append(kernels, hg_json_string(matrix->kernels[k]));
    for (size_t i = 0; i < matrix->object_count; i++) {
        json_object *object = hg_json_must(json_object_new_object());
        json_object *rows = hg_json_must(json_object_new_array());
        for (size_t r = 0; r < matrix->rows.count; r++)
            if (matrix->rows.items[r].object == i)
                append(rows, make_row(matrix, &matrix->rows.items[r]));
        add_string(object, "file", matrix->objects[i]);
        hg_json_add(object, "dependencies", rows);
        append(objects, object);
    }
    hg_json_add(whole, "hdrgen_check", hg_json_number(1));
    hg_json_add(whole, "kernels", kernels);
    hg_json_add(whole, "objects", objects);
    return whole;
}

void hg_matrix_write_json(const struct matrix *matrix, struct hg_output *ret)
{
    struct hg_text text = {0};
    json_object *whole = make_matrix(matrix);
    const int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE;
    hg_text_put(&text, json_object_to_json_string_ext(whole, flags));
    hg_text_put(&text, "\n");
    json_object_put(whole);
    hg_text_finish(&text, ret);
}

void hg_matrix_write_html(const struct matrix *matrix, struct hg_output *ret)
{
    struct hg_text text = {0};
    const char *mark = strstr(hg_surface_page, data_mark);
    json_object *whole = make_matrix(matrix);
    const char *data = json_object_to_json_string_ext(whole, JSON_C_TO_STRING_PLAIN);
    hg_text_bytes(&text, hg_surface_page, (size_t)(mark - hg_surface_page));
    for (const char *at = data; *at != '\0'; at++)
        hg_text_bytes(&text, *at == '<' ? "\\u003c" : at, *at == '<' ? 6 : 1);
    hg_text_put(&text, mark + strlen(data_mark));
    json_object_put(whole);
    hg_text_finish(&text, ret);
}
