/*
 * The list writer: one line for each requested type, in four columns separated by tabs.
 *
 *     struct  task_struct     9792    include/linux/sched.h:727
 *     typedef pid_t           4       include/linux/types.h:22
 *     struct  bpf_prog        -       include/linux/bpf.h:31
 *
 * The columns are kind, name, size in bytes (`-`: only declared, or a type without a size) and
 * location (`-`: the input has none).  An enum without a tag is listed by its first enumerator, in
 * braces.
 *
 * With --holes, --sort holes and --sort padding there are three more columns: number of holes,
 * bytes in holes, bytes of padding.  With --contains there are two more: `direct` or `nested`, and
 * the members that hold the type.  Then only records are listed.
 *
 * As JSON, one type a line:
 *
 *     {
 *       "hdrgen_list": 1,
 *       "types": [
 *         { "kind": "struct", "name": "task_struct", "size": 9792, "file": "linux/sched.h", ... },
 *         { "kind": "struct", "name": "bpf_prog", "size": null, "file": null, "line": null }
 *       ]
 *     }
 *
 * There, an enum without a tag has the name null and its first enumerator as "enumerator".
 */
#include "backend/text/list.h"

#include "backend/text/text.h"
#include "base/json.h"
#include "base/options.h"
#include "model/describe.h"
#include "model/layout.h"

#include <hdrgen/write.h>
#include <inttypes.h>
#include <string.h>

enum { SORT_KEYS = 2 };

static void put_name(struct hg_text *text, const struct hg_type *type)
{
    if (type->name != NULL) {
        hg_describe_name(text, type->name);
    } else if (type->kind == HG_ENUM && type->enumerator_count > 0) {
        hg_text_put(text, "{");
        hg_describe_name(text, type->enumerators[0].name);
        hg_text_put(text, type->enumerator_count > 1 ? ", ...}" : "}");
    } else {
        hg_text_put(text, "-");
    }
}

static bool has_size(const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_resolved(model, id);
    return type->complete && type->kind != HG_VOID && type->kind != HG_FUNCTION;
}

struct line {
    hg_type_id id;
    uint64_t size;
    struct hg_totals totals;  /* of a record, if listing.has_totals */
    uint64_t keys[SORT_KEYS]; /* the line with the larger key comes first */
    size_t index;             /* among the roots */
};

struct listing {
    const struct hg_model *model;
    const struct hg_layout_options *layout;
    struct hg_containment *containment; /* NULL = not requested */
    bool has_totals;
    struct line *lines;
    size_t count;
};

static void put_line(struct hg_text *text, const struct listing *listing, const struct line *line)
{
    const struct hg_type *type = hg_model_type(listing->model, line->id);
    hg_text_put(text, hg_kind_name(type->kind));
    hg_text_put(text, "\t");
    put_name(text, type);
    hg_text_put(text, "\t");
    if (has_size(listing->model, line->id))
        hg_text_unsigned(text, line->size);
    else
        hg_text_put(text, "-");
    hg_text_put(text, "\t");
    if (type->where.file != NULL) {
        hg_describe_name(text, type->where.file);
        hg_text_put(text, ":");
        hg_text_unsigned(text, type->where.line);
    } else {
        hg_text_put(text, "-");
    }
    if (listing->has_totals)
        hg_text_printf(text, "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64, line->totals.holes,
                       line->totals.hole_bytes, line->totals.padding_bytes);
    if (listing->containment != NULL) {
        hg_text_put(text, "\t");
        hg_put_containment(listing->containment, hg_type_resolve(listing->model, line->id, NULL),
                           text);
    }
    hg_text_put(text, "\n");
}

/* Fills *ret for a root; false = it is not listed. */
static bool make_line(const struct listing *listing, hg_type_id id, size_t index, struct line *ret)
{
    /* A typedef counts as a record only if the record has no tag; else the tag has its own line. */
    hg_type_id target = hg_type_resolve(listing->model, id, NULL);
    const struct hg_type *type = hg_model_type(listing->model, target);
    bool is_record = hg_is_record(type) && type->complete && (target == id || type->name == NULL);
    *ret = (struct line){.id = id, .size = hg_type_size(listing->model, id), .index = index};
    if (!listing->has_totals && listing->containment == NULL)
        return true;
    if (!is_record)
        return false;
    if (listing->containment != NULL && !hg_contains(listing->containment, target))
        return false;
    if (listing->has_totals)
        ret->totals = hg_totals_of(listing->model, type);
    return ret->totals.holes >= listing->layout->least_holes;
}

static void set_keys(enum hg_list_order order, struct line *line)
{
    const struct hg_totals *totals = &line->totals;
    if (order == HG_LIST_BY_SIZE) {
        line->keys[0] = line->size;
    } else if (order == HG_LIST_BY_HOLES) {
        line->keys[0] = totals->hole_bytes;
        line->keys[1] = totals->holes;
    } else if (order == HG_LIST_BY_PADDING) {
        line->keys[0] = totals->padding_bytes;
    }
}

static int compare_lines(const void *left, const void *right)
{
    const struct line *a = left;
    const struct line *b = right;
    for (size_t i = 0; i < SORT_KEYS; i++)
        if (a->keys[i] != b->keys[i])
            return a->keys[i] > b->keys[i] ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void make_listing(const struct hg_model *model, const struct hg_selection *selection,
                         const struct hg_layout_options *layout, struct listing *ret)
{
    *ret = (struct listing){
        .model = model,
        .layout = layout,
        .has_totals = layout->least_holes > 0 || layout->order == HG_LIST_BY_HOLES ||
                      layout->order == HG_LIST_BY_PADDING,
        .lines = hg_calloc(selection->root_count + 1, sizeof *ret->lines),
    };
    if (layout->contained_count > 0)
        ret->containment = hg_containment_create(model, layout->contained, layout->contained_count);
    for (size_t i = 0; i < selection->root_count; i++)
        if (make_line(ret, selection->roots[i], i, &ret->lines[ret->count]))
            set_keys(layout->order, &ret->lines[ret->count++]);
    qsort(ret->lines, ret->count, sizeof *ret->lines, compare_lines);
    if (layout->found != NULL)
        *layout->found += ret->count;
}

static void listing_deinit(struct listing *listing)
{
    hg_containment_destroy(listing->containment);
    free(listing->lines);
}

enum hg_status hg_write_list(const struct hg_model *model, const struct hg_selection *selection,
                             const struct hg_layout_options *given,
                             struct hg_diagnostics *diagnostics, struct hg_output *ret)
{
    HG_TAKE(hg_layout_options, options, given, diagnostics);
    struct listing listing;
    struct hg_text text = {0};
    make_listing(model, selection, &options, &listing);
    for (size_t i = 0; i < listing.count; i++)
        put_line(&text, &listing, &listing.lines[i]);
    listing_deinit(&listing);
    hg_text_finish(&text, ret);
    return HG_OK;
}

/* --- JSON --- */

/* Adds `direct` or `nested` as "held", and the paths of the members as an array. */
static void add_containment(const struct listing *listing, const struct line *line,
                            json_object *object)
{
    struct hg_text text = {0};
    hg_put_containment(listing->containment, hg_type_resolve(listing->model, line->id, NULL),
                       &text);
    char *at = text.data;
    char *tab = strchr(at, '\t');
    *tab = '\0';
    hg_json_add(object, "held", hg_json_string(at));
    json_object *members = hg_json_must(json_object_new_array());
    for (at = tab + 1; at != NULL;) {
        char *comma = strstr(at, ", ");
        if (comma != NULL)
            *comma = '\0';
        hg_json_append(members, hg_json_string(at));
        at = comma == NULL ? NULL : comma + 2;
    }
    hg_json_add(object, "members", members);
    hg_text_deinit(&text);
}

static json_object *line_object(const struct listing *listing, const struct line *line)
{
    const struct hg_type *type = hg_model_type(listing->model, line->id);
    const char *file = type->where.file;
    json_object *object = hg_json_must(json_object_new_object());
    hg_json_add(object, "kind", hg_json_string(hg_kind_name(type->kind)));
    hg_json_add(object, "name", hg_json_string(type->name));
    if (type->name == NULL && type->kind == HG_ENUM && type->enumerator_count > 0)
        hg_json_add(object, "enumerator", hg_json_string(type->enumerators[0].name));
    hg_json_add(object, "size",
                has_size(listing->model, line->id) ? hg_json_number(line->size) : NULL);
    hg_json_add(object, "file", hg_json_string(file));
    hg_json_add(object, "line", file == NULL ? NULL : hg_json_number(type->where.line));
    if (listing->has_totals) {
        hg_json_add(object, "holes", hg_json_number(line->totals.holes));
        hg_json_add(object, "hole_bytes", hg_json_number(line->totals.hole_bytes));
        hg_json_add(object, "padding", hg_json_number(line->totals.padding_bytes));
    }
    if (listing->containment != NULL)
        add_containment(listing, line, object);
    return object;
}

enum hg_status hg_write_list_json(const struct hg_model *model,
                                  const struct hg_selection *selection,
                                  const struct hg_layout_options *given,
                                  struct hg_diagnostics *diagnostics, struct hg_output *ret)
{
    HG_TAKE(hg_layout_options, options, given, diagnostics);
    struct listing listing;
    struct hg_text text = {0};
    make_listing(model, selection, &options, &listing);
    hg_text_put(&text, "{\n  \"hdrgen_list\": 1,\n  \"types\": [");
    for (size_t i = 0; i < listing.count; i++) {
        hg_text_put(&text, i == 0 ? "\n    " : ",\n    ");
        hg_json_put(&text, line_object(&listing, &listing.lines[i]));
    }
    hg_text_put(&text, listing.count == 0 ? "]\n}\n" : "\n  ]\n}\n");
    listing_deinit(&listing);
    hg_text_finish(&text, ret);
    return HG_OK;
}
