/*
 * The changes between two types that belong together.
 *
 *     struct s { int a; long b; }      left
 *     struct s { int a; int b; }       right
 *         ->  size 16 8;  member_offset b 64 32;  member_size b 64 32
 *
 * Members are matched by their path, enumerators by their name; each in one pass over the left with
 * a hash table of the right, so that the cost is linear.  A record of some size that lists no
 * member (gcc leaves those of a transparent union out of BTF) says nothing of its members.
 */
#include "diff/parts.h"
#include "model/describe.h"
#include "model/walk.h"

#include <string.h>

static struct hg_change_value unsigned_value(uint64_t number)
{
    return (struct hg_change_value){.kind = HG_VALUE_UNSIGNED, .number = number};
}

static struct hg_change_value text_value(const char *text)
{
    return (struct hg_change_value){.kind = HG_VALUE_TEXT, .text = text};
}

static struct hg_change_value sign_value(bool is_signed)
{
    return text_value(is_signed ? "signed" : "unsigned");
}

static struct hg_change_value type_value(const struct hg_comparing *comparing,
                                         const struct hg_model *model, const struct hg_ref *ref)
{
    struct hg_text text = {0};
    hg_describe_ref(&text, model, ref);
    const char *copy = hg_arena_string(comparing->arena, hg_text_string(&text), text.size);
    hg_text_deinit(&text);
    return text_value(copy);
}

static const char *keep(const struct hg_comparing *comparing, const char *string)
{
    return hg_arena_string(comparing->arena, string, strlen(string));
}

static void add_numbers(hg_change_list *changes, enum hg_change_kind kind, const char *member,
                        uint64_t left, uint64_t right)
{
    if (left != right)
        *HG_PUSH(changes) = (struct hg_change){
            .kind = kind,
            .member = member,
            .left = unsigned_value(left),
            .right = unsigned_value(right),
        };
}

/* --- members --- */

/* No more is known of it than its size; BTF has bytes instead. */
static bool is_opaque_type(const struct hg_model *model, hg_type_id id)
{
    return hg_model_type(model, id)->kind == HG_OPAQUE;
}

struct flat_pair {
    hg_flat_list left;
    hg_flat_list right;
    struct hg_arena scratch;
    struct hg_strings by_path;
};

static bool flatten_both(const struct hg_comparing *comparing, hg_type_id left, hg_type_id right,
                         struct flat_pair *flat)
{
    *flat = (struct flat_pair){0};
    hg_arena_init(&flat->scratch);
    hg_strings_init(&flat->by_path, &flat->scratch);
    return hg_diff_flatten(comparing->left, left, &flat->scratch, &flat->left) &&
           hg_diff_flatten(comparing->right, right, &flat->scratch, &flat->right);
}

static void free_flat_pair(struct flat_pair *flat)
{
    free(flat->left.items);
    free(flat->right.items);
    hg_strings_deinit(&flat->by_path);
    hg_arena_deinit(&flat->scratch);
}

static bool says_nothing(const struct hg_type *record)
{
    return record->member_count == 0 && record->size > 0;
}

/* As many members, of as many bytes, may have been renamed: docs/diff.md. */
static enum hg_likeness likeness_of(const struct flat_pair *flat, size_t common, bool same_size)
{
    bool may_share = flat->left.count > 0 && flat->right.count > 0;
    bool is_renamed = flat->left.count == flat->right.count && same_size;
    return common == 0 && may_share && !is_renamed ? HG_STRANGERS : HG_ALIKE;
}

/* By the names of their members alone. */
static enum hg_likeness likeness_of_records(const struct hg_comparing *comparing, hg_type_id left,
                                            hg_type_id right)
{
    const struct hg_type *a = hg_model_type(comparing->left, left);
    const struct hg_type *b = hg_model_type(comparing->right, right);
    if (says_nothing(a) || says_nothing(b))
        return HG_ALIKE;
    struct flat_pair flat;
    size_t common = 0;
    bool is_flat = flatten_both(comparing, left, right, &flat);
    for (size_t i = 0; i < flat.right.count && is_flat; i++) {
        const char *path = flat.right.items[i].path;
        *hg_strings_number(&flat.by_path, path, strlen(path)) = 1;
    }
    for (size_t i = 0; i < flat.left.count && is_flat && common == 0; i++) {
        const char *path = flat.left.items[i].path;
        common += hg_strings_find(&flat.by_path, path, strlen(path)) != 0;
    }
    enum hg_likeness likeness = is_flat ? likeness_of(&flat, common, a->size == b->size) : HG_ALIKE;
    free_flat_pair(&flat);
    return likeness;
}

static bool has_tag(const struct hg_type *type)
{
    return type->name != NULL;
}

/*
 * Two types of the same kind may still hold other things:
 *
 *     struct { int a; } *p          no other place compares what has no tag
 *     struct a v                    two structs of one name that have nothing in common
 */
static bool holds_the_same(const struct hg_comparing *comparing, const struct hg_ref *left,
                           const struct hg_ref *right)
{
    struct hg_cores cores = hg_diff_cores(comparing->left, left->id, comparing->right, right->id);
    const struct hg_type *a = hg_model_type(comparing->left, cores.left);
    const struct hg_type *b = hg_model_type(comparing->right, cores.right);
    bool is_record = hg_is_record(a) && hg_is_record(b);
    bool is_enum = a->kind == HG_ENUM && b->kind == HG_ENUM;
    bool are_tagged = has_tag(a) && has_tag(b);
    if ((!is_record && !is_enum) || has_tag(a) != has_tag(b) || !a->complete || !b->complete ||
        are_tagged == cores.is_behind_pointer)
        return true;
    if (!are_tagged && !cores.is_behind_pointer)
        return true; /* flatten.c, or an enum that has its own pair */
    /* BTF may nest them so that they multiply: then they count as changed. */
    if (!are_tagged && (comparing->depth == HG_NESTED_MAX || ++*comparing->nested > HG_NESTED_WORK))
        return false;
    struct hg_arena texts;
    hg_arena_init(&texts);
    struct hg_comparing inner = *comparing;
    inner.arena = &texts;
    inner.depth++;
    hg_change_list changes = {0};
    enum hg_likeness likeness = are_tagged && is_record
                                    ? likeness_of_records(&inner, cores.left, cores.right)
                                    : hg_diff_types(&inner, cores.left, cores.right, &changes);
    bool is_same = are_tagged ? likeness != HG_STRANGERS : changes.count == 0;
    free(changes.items);
    hg_arena_deinit(&texts);
    return is_same;
}

static void compare_types(const struct hg_comparing *comparing, const struct hg_flat_member *left,
                          const struct hg_flat_member *right, const char *path,
                          hg_change_list *changes)
{
    const struct hg_ref *left_ref = &left->member->type;
    const struct hg_ref *right_ref = &right->member->type;
    struct hg_shape left_shape = hg_diff_shape(comparing->left, left_ref->id);
    struct hg_shape right_shape = hg_diff_shape(comparing->right, right_ref->id);
    bool same_field = (left->member->bit_width != 0) == (right->member->bit_width != 0);
    if (!same_field ||
        !hg_diff_same_kind(comparing->left, left_ref->id, comparing->right, right_ref->id) ||
        !holds_the_same(comparing, left_ref, right_ref)) {
        *HG_PUSH(changes) = (struct hg_change){
            .kind = HG_CHANGE_MEMBER_TYPE,
            .member = path,
            .left = type_value(comparing, comparing->left, left_ref),
            .right = type_value(comparing, comparing->right, right_ref),
        };
        add_numbers(changes, HG_CHANGE_MEMBER_SIZE, path, left->bits, right->bits);
        return;
    }
    uint64_t left_bits = left->bits;
    uint64_t right_bits = right->bits;
    bool is_opaque = is_opaque_type(comparing->left, left_shape.element) ||
                     is_opaque_type(comparing->right, right_shape.element);
    if (left_shape.count != right_shape.count && !is_opaque) {
        add_numbers(changes, HG_CHANGE_MEMBER_COUNT, path, left_shape.count, right_shape.count);
        left_bits = 8 * hg_type_size(comparing->left, left_shape.element);
        right_bits = 8 * hg_type_size(comparing->right, right_shape.element);
    }
    add_numbers(changes, HG_CHANGE_MEMBER_SIZE, path, left_bits, right_bits);
}

static void compare_members(const struct hg_comparing *comparing, const struct hg_flat_member *left,
                            const struct hg_flat_member *right, hg_change_list *changes)
{
    const char *path = keep(comparing, left->path);
    add_numbers(changes, HG_CHANGE_MEMBER_OFFSET, path, left->bit_offset, right->bit_offset);
    compare_types(comparing, left, right, path, changes);
}

static void add_one_sided(const struct hg_comparing *comparing, enum hg_change_kind kind,
                          const char *path, uint64_t number, hg_change_list *changes)
{
    bool is_missing = kind == HG_CHANGE_MEMBER_MISSING || kind == HG_CHANGE_ENUMERATOR_MISSING;
    struct hg_change change = {.kind = kind, .member = keep(comparing, path)};
    *(is_missing ? &change.left : &change.right) = unsigned_value(number);
    *HG_PUSH(changes) = change;
}

/* Number of members that both have. */
static size_t compare_lists(const struct hg_comparing *comparing, struct flat_pair *flat,
                            hg_change_list *changes)
{
    size_t common = 0;
    uint8_t *is_met = hg_calloc(flat->right.count + 1, 1); /* 0 = no such member */
    for (size_t i = 0; i < flat->right.count; i++) {
        const char *path = flat->right.items[i].path;
        *hg_strings_number(&flat->by_path, path, strlen(path)) = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < flat->left.count; i++) {
        const struct hg_flat_member *left = &flat->left.items[i];
        uint32_t place = *hg_strings_number(&flat->by_path, left->path, strlen(left->path));
        if (place == 0) {
            add_one_sided(comparing, HG_CHANGE_MEMBER_MISSING, left->path, left->bit_offset,
                          changes);
            continue;
        }
        common++;
        is_met[place] = 1;
        compare_members(comparing, left, &flat->right.items[place - 1], changes);
    }
    for (size_t i = 0; i < flat->right.count; i++) {
        const struct hg_flat_member *right = &flat->right.items[i];
        uint32_t place = *hg_strings_number(&flat->by_path, right->path, strlen(right->path));
        if (!is_met[place])
            add_one_sided(comparing, HG_CHANGE_MEMBER_EXTRA, right->path, right->bit_offset,
                          changes);
    }
    free(is_met);
    return common;
}

static enum hg_likeness compare_records(const struct hg_comparing *comparing, hg_type_id left,
                                        hg_type_id right, hg_change_list *changes)
{
    const struct hg_type *a = hg_model_type(comparing->left, left);
    const struct hg_type *b = hg_model_type(comparing->right, right);
    add_numbers(changes, HG_CHANGE_SIZE, NULL, a->size, b->size);
    if (a->align != 0 && b->align != 0)
        add_numbers(changes, HG_CHANGE_ALIGN, NULL, a->align, b->align);
    if (says_nothing(a) || says_nothing(b))
        return HG_ALIKE;
    struct flat_pair flat;
    enum hg_likeness likeness = HG_TOO_LARGE;
    if (flatten_both(comparing, left, right, &flat)) {
        size_t common = compare_lists(comparing, &flat, changes);
        likeness = likeness_of(&flat, common, a->size == b->size);
    }
    free_flat_pair(&flat);
    return likeness;
}

/* --- enums --- */

static struct hg_change_value enumerator_value(const struct hg_type *type, uint64_t value)
{
    return (struct hg_change_value){.kind = type->is_signed ? HG_VALUE_SIGNED : HG_VALUE_UNSIGNED,
                                    .number = value};
}

/* Old BTF on one side: then neither the sign nor the high half of a value is compared. */
static bool are_signs_unknown(const struct hg_comparing *comparing)
{
    return hg_model_target(comparing->left)->enum_signs_unknown ||
           hg_model_target(comparing->right)->enum_signs_unknown;
}

/* The number that both mean: 4294967295 and -1 are two. */
static bool same_enumerator(const struct hg_comparing *comparing, const struct hg_type *a,
                            uint64_t left, const struct hg_type *b, uint64_t right)
{
    if (are_signs_unknown(comparing))
        return (uint32_t)left == (uint32_t)right;
    bool left_negative = a->is_signed && (int64_t)left < 0;
    bool right_negative = b->is_signed && (int64_t)right < 0;
    return left == right && left_negative == right_negative;
}

static enum hg_likeness compare_enumerators(const struct hg_comparing *comparing,
                                            const struct hg_type *a, const struct hg_type *b,
                                            hg_change_list *changes)
{
    struct hg_arena scratch;
    struct hg_strings by_name;
    hg_arena_init(&scratch);
    hg_strings_init(&by_name, &scratch);
    size_t common = 0;
    uint8_t *is_met = hg_calloc(b->enumerator_count + 1, 1);
    for (size_t i = 0; i < b->enumerator_count; i++)
        *hg_strings_number(&by_name, b->enumerators[i].name, strlen(b->enumerators[i].name)) =
            (uint32_t)i + 1;
    for (size_t i = 0; i < a->enumerator_count; i++) {
        const struct hg_enumerator *left = &a->enumerators[i];
        uint32_t place = *hg_strings_number(&by_name, left->name, strlen(left->name));
        struct hg_change change = {.left = enumerator_value(a, left->value)};
        is_met[place] = 1;
        common += place != 0;
        if (place == 0) {
            change.kind = HG_CHANGE_ENUMERATOR_MISSING;
        } else {
            uint64_t value = b->enumerators[place - 1].value;
            if (same_enumerator(comparing, a, left->value, b, value))
                continue;
            change.kind = HG_CHANGE_ENUMERATOR;
            change.right = enumerator_value(b, value);
        }
        change.member = keep(comparing, left->name);
        *HG_PUSH(changes) = change;
    }
    for (size_t i = 0; i < b->enumerator_count; i++)
        if (!is_met[i + 1])
            *HG_PUSH(changes) = (struct hg_change){
                .kind = HG_CHANGE_ENUMERATOR_EXTRA,
                .member = keep(comparing, b->enumerators[i].name),
                .right = enumerator_value(b, b->enumerators[i].value),
            };
    free(is_met);
    hg_strings_deinit(&by_name);
    hg_arena_deinit(&scratch);
    bool may_share = a->enumerator_count > 0 && b->enumerator_count > 0;
    bool is_renamed = a->enumerator_count == b->enumerator_count && a->size == b->size;
    return common == 0 && may_share && !is_renamed ? HG_STRANGERS : HG_ALIKE;
}

static enum hg_likeness compare_enums(const struct hg_comparing *comparing, const struct hg_type *a,
                                      const struct hg_type *b, hg_change_list *changes)
{
    add_numbers(changes, HG_CHANGE_SIZE, NULL, a->size, b->size);
    if (a->is_signed != b->is_signed && !are_signs_unknown(comparing))
        *HG_PUSH(changes) = (struct hg_change){
            .kind = HG_CHANGE_SIGN,
            .left = sign_value(a->is_signed),
            .right = sign_value(b->is_signed),
        };
    return compare_enumerators(comparing, a, b, changes);
}

/* --- typedefs --- */

static bool is_untagged_record(const struct hg_type *type)
{
    return (hg_is_record(type)) && type->name == NULL;
}

static enum hg_likeness compare_typedefs(const struct hg_comparing *comparing,
                                         const struct hg_type *a, const struct hg_type *b,
                                         hg_change_list *changes)
{
    struct hg_shape left = hg_diff_shape(comparing->left, a->ref.id);
    struct hg_shape right = hg_diff_shape(comparing->right, b->ref.id);
    const struct hg_type *left_element = hg_model_type(comparing->left, left.element);
    bool same = left.count == right.count &&
                hg_diff_same_kind(comparing->left, a->ref.id, comparing->right, b->ref.id);
    bool has_size = !hg_is_record(left_element);
    if (same && has_size)
        same =
            hg_type_size(comparing->left, a->ref.id) == hg_type_size(comparing->right, b->ref.id);
    if (!same) {
        *HG_PUSH(changes) = (struct hg_change){
            .kind = HG_CHANGE_TYPEDEF,
            .left = type_value(comparing, comparing->left, &a->ref),
            .right = type_value(comparing, comparing->right, &b->ref),
        };
        return HG_ALIKE;
    }
    /* A record that has only this name. */
    bool is_its_name = !left.is_named && !right.is_named;
    if (is_its_name && is_untagged_record(left_element))
        return compare_records(comparing, left.element, right.element, changes);
    if (!holds_the_same(comparing, &a->ref, &b->ref))
        *HG_PUSH(changes) = (struct hg_change){
            .kind = HG_CHANGE_TYPEDEF,
            .left = type_value(comparing, comparing->left, &a->ref),
            .right = type_value(comparing, comparing->right, &b->ref),
        };
    return HG_ALIKE;
}

enum hg_likeness hg_diff_types(const struct hg_comparing *comparing, hg_type_id left,
                               hg_type_id right, hg_change_list *changes)
{
    const struct hg_type *a = hg_model_type(comparing->left, left);
    const struct hg_type *b = hg_model_type(comparing->right, right);
    switch (a->kind) {
    case HG_STRUCT:
    case HG_UNION:
        return compare_records(comparing, left, right, changes);
    case HG_ENUM:
        return compare_enums(comparing, a, b, changes);
    case HG_TYPEDEF:
        return compare_typedefs(comparing, a, b, changes);
    case HG_VOID:
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_FLOAT:
    case HG_POINTER:
    case HG_ARRAY:
    case HG_FUNCTION:
    case HG_OPAQUE:
        break;
    }
    return HG_ALIKE;
}
