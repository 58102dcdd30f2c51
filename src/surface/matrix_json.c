/*
 * The answers of many kernels, as data:
 *
 *     {"hdrgen_check": 1, "kernels": ["5.10-amd64", ...],
 *      "layouts": [{"declaration": "int (struct inode *dir)", "parameters": [...]}], "objects": [
 *       {"file": "prog.bpf.o", "dependencies": [
 *         {"program": "on_create", "section": "fentry/vfs_create", "kind": "function",
 *          "name": "vfs_create", "source": "prog.bpf.c:12", "expected": 1, "answers": [
 *            {"result": "fine", "kernels": [0, 1, 2],
 *             "found": [{"layout": 0, "kernels": [0, 1, 2]}]}]}]}]}
 *
 * and as a page for the browser, matrix.html with the same data in it.  Names come from untrusted
 * files.  As JSON strings in which `<` is an escape, they can end neither the string nor the script
 * element, and the page's script uses them only as text.
 */
#include "surface/matrix.h"

#include "surface/need_json.h"

#include <string.h>

extern const char hg_surface_page[];

static const char data_mark[] = "@DATA@";

/* Layouts, each once, in the order of their first mention. */
struct layouts {
    json_object *array;
    struct hg_strings numbers; /* of a layout: 1 + its index in the array */
    struct hg_arena arena;
};

static json_object *layout_index(struct layouts *layouts, const char *layout)
{
    uint32_t *number = hg_strings_number(&layouts->numbers, layout, strlen(layout));
    if (*number == 0) {
        hg_json_append(layouts->array, hg_json_must(json_tokener_parse(layout)));
        *number = (uint32_t)json_object_array_length(layouts->array);
    }
    return hg_json_number(*number - 1);
}

/* For kernels that answer as `like` does: each layout, with the kernels that have it.  NULL = none
 * of them has a layout. */
static json_object *make_found(const struct matrix *matrix, const struct matrix_row *row,
                               size_t like, struct layouts *layouts)
{
    json_object *found = NULL;
    for (size_t k = 0; k < matrix->kernel_count; k++) {
        const char *layout = row->cells[k].layout;
        bool is_new = layout != NULL && hg_matrix_same_cell(row, like, k);
        for (size_t before = 0; before < k && is_new; before++)
            is_new = row->cells[before].layout != layout || !hg_matrix_same_cell(row, like, before);
        if (!is_new)
            continue;
        json_object *one = hg_json_must(json_object_new_object());
        json_object *kernels = hg_json_must(json_object_new_array());
        for (size_t same = k; same < matrix->kernel_count; same++)
            if (row->cells[same].layout == layout && hg_matrix_same_cell(row, like, same))
                hg_json_append(kernels, hg_json_number(same));
        hg_json_add(one, "layout", layout_index(layouts, layout));
        hg_json_add(one, "kernels", kernels);
        found = found == NULL ? hg_json_must(json_object_new_array()) : found;
        hg_json_append(found, one);
    }
    return found;
}

static json_object *make_answer(const struct matrix *matrix, const struct matrix_row *row,
                                size_t like, struct layouts *layouts)
{
    const struct matrix_cell *cell = &row->cells[like];
    json_object *answer = hg_json_must(json_object_new_object());
    json_object *kernels = hg_json_must(json_object_new_array());
    hg_json_add_string(answer, "result", hg_verdict_name(cell->verdict));
    if (!row->is_relocation)
        hg_json_add_string(answer, "value", cell->value);
    hg_json_add_string(answer, "why", cell->why);
    hg_json_add_string(answer, "advice", cell->advice);
    for (size_t k = 0; k < matrix->kernel_count; k++)
        if (hg_matrix_same_cell(row, like, k))
            hg_json_append(kernels, hg_json_number(k));
    hg_json_add(answer, "kernels", kernels);
    json_object *found = make_found(matrix, row, like, layouts);
    if (found != NULL)
        hg_json_add(answer, "found", found);
    return answer;
}

static json_object *make_row(const struct matrix *matrix, const struct matrix_row *row,
                             struct layouts *layouts)
{
    json_object *object = hg_json_need(row->program, row->section, row->kind, row->name,
                                       &row->where, row->is_optional);
    json_object *answers = hg_json_must(json_object_new_array());
    if (row->layout != NULL)
        hg_json_add(object, "expected", layout_index(layouts, row->layout));
    for (size_t k = 0; k < matrix->kernel_count; k++)
        if (hg_matrix_is_first(row, k))
            hg_json_append(answers, make_answer(matrix, row, k, layouts));
    hg_json_add(object, "answers", answers);
    return object;
}

static json_object *make_matrix(const struct matrix *matrix)
{
    json_object *whole = hg_json_must(json_object_new_object());
    json_object *kernels = hg_json_must(json_object_new_array());
    json_object *objects = hg_json_must(json_object_new_array());
    struct layouts layouts = {.array = hg_json_must(json_object_new_array())};
    hg_arena_init(&layouts.arena);
    hg_strings_init(&layouts.numbers, &layouts.arena);
    for (size_t k = 0; k < matrix->kernel_count; k++)
        hg_json_append(kernels, hg_json_string(matrix->kernels[k]));
    for (size_t i = 0; i < matrix->object_count; i++) {
        json_object *object = hg_json_must(json_object_new_object());
        json_object *rows = hg_json_must(json_object_new_array());
        for (size_t r = 0; r < matrix->rows.count; r++)
            if (matrix->rows.items[r].object == i)
                hg_json_append(rows, make_row(matrix, &matrix->rows.items[r], &layouts));
        hg_json_add_string(object, "file", matrix->objects[i]);
        hg_json_add_string(object, "remark", matrix->remarks[i]);
        hg_json_add(object, "dependencies", rows);
        hg_json_append(objects, object);
    }
    hg_json_add(whole, "hdrgen_check", hg_json_number(1));
    hg_json_add(whole, "kernels", kernels);
    hg_json_add(whole, "layouts", layouts.array);
    hg_json_add(whole, "objects", objects);
    hg_strings_deinit(&layouts.numbers);
    hg_arena_deinit(&layouts.arena);
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
