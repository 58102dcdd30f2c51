/*
 * The Rust writer: writes a selection as one file.
 *
 *     struct point { int x, y; };
 *
 *     /// struct point: 8 bytes, align 4
 *     #[repr(C)]
 *     #[derive(Clone, Copy, Debug)]
 *     pub struct point {
 *         /// offset 0, 4 bytes
 *         pub x: c_int,
 *         /// offset 4, 4 bytes
 *         pub y: c_int,
 *     }
 *     const _: () = { ... its size, alignment and offsets ... };
 *
 * The method: name everything.  Then find the shape and write the text of each type, in the order
 * of the selection, where a record follows the types that it holds.  Then write the text around
 * them.  docs/rust.md says what users get.
 *
 * A record that Rust cannot express is an error that names it.
 */
#include "backend/rust/rust.h"

#include "base/options.h"

#include <string.h>

/* Marks the records of anonymous members, whose members are promoted. */
static void find_member_types(struct hg_rust *rust)
{
    for (size_t i = 0; i < rust->selection->count; i++) {
        const struct hg_type *type = hg_model_type(rust->model, rust->selection->order[i]);
        if (!hg_is_record(type))
            continue;
        for (size_t j = 0; j < type->member_count; j++) {
            hg_type_id id = type->members[j].type.id;
            if (type->members[j].name == NULL)
                rust->is_member_type[hg_type_resolve(rust->model, id, NULL)] = true;
        }
    }
}

enum hg_withheld hg_rust_withheld(const struct hg_rust *rust, hg_type_id id)
{
    const uint8_t *withheld = rust->selection->withheld;
    return withheld == NULL ? HG_NOT_WITHHELD : (enum hg_withheld)withheld[id];
}

static void put_item(struct hg_rust *rust, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(rust->model, id);
    bool is_defined = type->complete && rust->selection->need[id] == HG_DEFINED;
    if (hg_rust_withheld(rust, id) != HG_NOT_WITHHELD) {
        hg_rust_put_withheld(rust, id);
        return;
    }
    hg_rust_shape_type(rust, id);
    switch (type->kind) {
    case HG_VOID:
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_FLOAT:
    case HG_POINTER:
    case HG_ARRAY:
    case HG_FUNCTION:
        break;
    case HG_OPAQUE:
        hg_rust_put_bytes(rust, id);
        break;
    case HG_STRUCT:
    case HG_UNION:
        if (is_defined)
            hg_rust_put_record(rust, id);
        else
            hg_rust_put_opaque(rust, id);
        break;
    case HG_ENUM:
        if (is_defined)
            hg_rust_put_enum(rust, id);
        else
            hg_rust_put_opaque(rust, id);
        hg_rust_put_kptr_enum(rust, id);
        hg_rust_put_kptr_type(rust, id);
        break;
    case HG_TYPEDEF:
        hg_rust_put_typedef(rust, id);
        hg_rust_put_kptr_type(rust, id);
        break;
    }
}

static void put_all(struct hg_rust *rust)
{
    size_t count = hg_model_type_count(rust->model);
    rust->names = hg_calloc(count, sizeof *rust->names);
    rust->constants = hg_calloc(count, sizeof *rust->constants);
    rust->shapes = hg_calloc(count, sizeof *rust->shapes);
    rust->insides = hg_calloc(count, sizeof *rust->insides);
    rust->is_member_type = hg_calloc(count, sizeof *rust->is_member_type);
    hg_arena_init(&rust->arena);
    hg_strings_init(&rust->types, &rust->arena);
    hg_strings_init(&rust->numbers, &rust->arena);
    hg_strings_init(&rust->constant_names, &rust->arena);
    hg_strings_init(&rust->fields, &rust->arena);
    hg_strings_init(&rust->methods, &rust->arena);
    hg_rust_names(rust);
    find_member_types(rust);
    hg_rust_prepare_accessors(rust);
    for (size_t i = 0; i < rust->selection->count; i++)
        put_item(rust, rust->selection->order[i]);
    hg_rust_put_macros(rust);
}

static void deinit(struct hg_rust *rust)
{
    free(rust->names);
    free(rust->constants);
    free(rust->shapes);
    free(rust->insides);
    free(rust->is_member_type);
    free(rust->aliases);
    free(rust->is_root);
    free(rust->name_queue.items);
    free(rust->probed.items);
    free(rust->plan.items.items);
    free(rust->plan.fields.items);
    free(rust->plan.slot_scratch.items);
    hg_text_deinit(&rust->text);
    hg_text_deinit(&rust->path);
    hg_strings_deinit(&rust->types);
    hg_strings_deinit(&rust->numbers);
    hg_strings_deinit(&rust->constant_names);
    hg_strings_deinit(&rust->fields);
    hg_strings_deinit(&rust->methods);
    hg_arena_deinit(&rust->arena);
}

/* Puts the head before the text, and indents the text's lines: in place, from the last line to the
 * first. */
static void indent_after(const struct hg_text *head, struct hg_text *text)
{
    enum { STEP = 4 };
    size_t size = text->size, lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += text->data[i] == '\n' && i > 0 && text->data[i - 1] != '\n';
    hg_text_append(text, head->size + STEP * lines);
    char *to = text->data + text->size;
    for (size_t end = size; end > 0;) {
        const char *newline = memrchr(text->data, '\n', end - 1);
        size_t begin = newline == NULL ? 0 : (size_t)(newline - text->data) + 1;
        to -= end - begin;
        memmove(to, text->data + begin, end - begin);
        if (end - begin > 1) {
            to -= STEP;
            memset(to, ' ', STEP);
        }
        end = begin;
    }
    memcpy(text->data, hg_text_string(head), head->size);
}

/* How much text to reserve.  A whole kernel needs half of that. */
enum { BYTES_PER_TYPE = 1000 };

enum hg_status hg_write_rust(const struct hg_model *model, const struct hg_selection *selection,
                             const struct hg_rust_options *given,
                             struct hg_diagnostics *diagnostics, struct hg_output *ret)
{
    HG_TAKE(hg_rust_options, options, given, diagnostics);
    struct hg_rust rust = {
        .model = model,
        .selection = selection,
        .options = &options,
        .diagnostics = diagnostics,
        .target = hg_model_target(model),
    };
    hg_text_reserve(&rust.text, selection->count * BYTES_PER_TYPE);
    put_all(&rust);
    if (!rust.failed) {
        struct hg_text head = {0}, support = {0};
        hg_rust_put_head(&rust, &head);
        hg_rust_put_support(&rust, &support);
        indent_after(&head, &support);
        indent_after(&support, &rust.text);
        hg_text_put(&rust.text, "}\n");
        hg_text_deinit(&head);
        hg_text_deinit(&support);
        hg_text_finish(&rust.text, ret);
    }
    deinit(&rust);
    return rust.failed ? HG_ERROR_UNSUPPORTED : HG_OK;
}
