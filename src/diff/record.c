/*
 * The changes between two types of a pair.
 *
 *     struct s { int a; long b; }      left
 *     struct s { int a; int b; }       right
 *         ->  size 16 8;  member_offset b 64 32;  member_size b 64 32
 *
 * Members are matched by their paths, enumerators by their names, through a hash table of the
 * right, so the time is linear.  The members of a record that has a size but lists no member are
 * not known (gcc leaves those of a transparent union out of BTF), so they are not compared.
 */
#include "diff/parts.h"
#include "model/describe.h"
#include "model/walk.h"

#include <assert.h>
#include <string.h>

static struct hg_change_value unsigned_value(uint64_t number)
{
    return (struct hg_change_value){.kind = HG_VALUE_UNSIGNED, .number = number};
}

static struct hg_change_value sign_value(bool is_signed)
{
    return (struct hg_change_value){.kind = HG_VALUE_TEXT,
                                    .text = is_signed ? "signed" : "unsigned"};
}

static struct hg_change_value type_value(const struct hg_comparing *comparing,
                                         const struct hg_model *model, const struct hg_ref *ref)
{
    struct hg_text text = {0};
    hg_describe_ref(&text, model, ref);
    return (struct hg_change_value){.kind = HG_VALUE_TEXT,
                                    .text = hg_text_keep(&text, comparing->arena)};
}

static void add_types(const struct hg_comparing *comparing, enum hg_change_kind kind,
                      const char *member, const struct hg_ref *left, const struct hg_ref *right,
                      hg_change_list *changes)
{
    *HG_PUSH(changes) = (struct hg_change){
        .kind = kind,
        .member = member,
        .left = type_value(comparing, comparing->left, left),
        .right = type_value(comparing, comparing->right, right),
    };
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

struct flat_pair {
    hg_flat_list left;
    hg_flat_list right;
    struct hg_arena paths;
    struct hg_strings by_path; /* index plus one of the right's members */
};

static bool flatten_both(const struct hg_comparing *comparing, hg_type_id left, hg_type_id right,
                         struct flat_pair *flat)
{
    *flat = (struct flat_pair){0};
    bool is_whole = hg_diff_flatten(comparing->left, left, &flat->paths, &flat->left) &&
                    hg_diff_flatten(comparing->right, right, &flat->paths, &flat->right);
    for (size_t i = 0; i < flat->right.count && is_whole; i++) {
        const char *path = flat->right.items[i].path;
        *hg_strings_number(&flat->by_path, path, strlen(path)) = (uint32_t)i + 1;
    }
    return is_whole;
}

static void free_flat_pair(struct flat_pair *flat)
{
    free(flat->left.items);
    free(flat->right.items);
    hg_strings_deinit(&flat->by_path);
    hg_arena_deinit(&flat->paths);
}

static bool hides_members(const struct hg_type *record)
{
    return record->member_count == 0 && record->size > 0;
}

/* From the counts of members or enumerators.  If none is common, but both count and size are equal,
 * all may have been renamed (docs/diff.md). */
static enum hg_likeness likeness_of(size_t left, size_t right, size_t common, bool same_size)
{
    bool is_renamed = left == right && same_size;
    return common == 0 && left > 0 && right > 0 && !is_renamed ? HG_STRANGERS : HG_ALIKE;
}

/* The likeness by the names of the members only. */
static enum hg_likeness likeness_of_records(const struct hg_comparing *comparing, hg_type_id left,
                                            hg_type_id right)
{
    const struct hg_type *a = hg_model_type(comparing->left, left);
    const struct hg_type *b = hg_model_type(comparing->right, right);
    if (hides_members(a) || hides_members(b))
        return HG_ALIKE;
    struct flat_pair flat;
    size_t common = 0;
    bool is_flat = flatten_both(comparing, left, right, &flat);
    for (size_t i = 0; i < flat.left.count && is_flat && common == 0; i++) {
        const char *path = flat.left.items[i].path;
        common += hg_strings_find(&flat.by_path, path, strlen(path)) != 0;
    }
    enum hg_likeness likeness =
        is_flat ? likeness_of(flat.left.count, flat.right.count, common, a->size == b->size)
                : HG_ALIKE;
    free_flat_pair(&flat);
    return likeness;
}

/*
 * Whether two types of the same kind also hold or point to the same:
 *
 *     struct { int a; } *p          a type without a tag, which is compared nowhere else
 *     struct a v                    two structs of one name may have no member in common
 */
static bool holds_the_same(const struct hg_comparing *comparing, const struct hg_ref *left,
                           const struct hg_ref *right)
{
    struct hg_cores cores = hg_diff_cores(comparing->left, left->id, comparing->right, right->id);
    const struct hg_type *a = hg_model_type(comparing->left, cores.left);
    const struct hg_type *b = hg_model_type(comparing->right, cores.right);
    bool is_record = hg_is_record(a) && hg_is_record(b);
    bool is_enum = a->kind == HG_ENUM && b->kind == HG_ENUM;
    bool are_tagged = a->name != NULL;
    /* Other types with a tag have a pair of their own; flatten.c opens records without one. */
    if ((!is_record && !is_enum) || are_tagged != (b->name != NULL) || !a->complete ||
        !b->complete || are_tagged == cores.is_pointee)
        return true;
    /* BTF can nest them exponentially; beyond these limits they count as changed. */
    if (!are_tagged && (comparing->depth == HG_NESTED_MAX || ++*comparing->nested > HG_NESTED_WORK))
        return false;
    struct hg_arena texts = {0};
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
        add_types(comparing, HG_CHANGE_MEMBER_TYPE, path, left_ref, right_ref, changes);
        add_numbers(changes, HG_CHANGE_MEMBER_SIZE, path, left->bits, right->bits);
        return;
    }
    uint64_t left_bits = left->bits;
    uint64_t right_bits = right->bits;
    /* Only the size of an opaque type is known; BTF has an array of bytes in its place. */
    bool is_opaque = hg_model_type(comparing->left, left_shape.element)->kind == HG_OPAQUE ||
                     hg_model_type(comparing->right, right_shape.element)->kind == HG_OPAQUE;
    if (left_shape.count != right_shape.count && !is_opaque) {
        add_numbers(changes, HG_CHANGE_MEMBER_COUNT, path, left_shape.count, right_shape.count);
        left_bits = 8 * hg_type_size(comparing->left, left_shape.element);
        right_bits = 8 * hg_type_size(comparing->right, right_shape.element);
    }
    add_numbers(changes, HG_CHANGE_MEMBER_SIZE, path, left_bits, right_bits);
}

static void add_one_sided(const struct hg_comparing *comparing, enum hg_change_kind kind,
                          const char *path, uint64_t number, hg_change_list *changes)
{
    bool is_missing = kind == HG_CHANGE_MEMBER_MISSING || kind == HG_CHANGE_ENUMERATOR_MISSING;
    struct hg_change change = {.kind = kind, .member = keep(comparing, path)};
    *(is_missing ? &change.left : &change.right) = unsigned_value(number);
    *HG_PUSH(changes) = change;
}

/* Returns the number of members that both have. */
static size_t compare_lists(const struct hg_comparing *comparing, const struct flat_pair *flat,
                            hg_change_list *changes)
{
    size_t common = 0;
    uint8_t *is_met = hg_calloc(flat->right.count + 1, 1); /* as by_path: index plus one */
    for (size_t i = 0; i < flat->left.count; i++) {
        const struct hg_flat_member *left = &flat->left.items[i];
        uint32_t found = hg_strings_find(&flat->by_path, left->path, strlen(left->path));
        if (found == 0) {
            add_one_sided(comparing, HG_CHANGE_MEMBER_MISSING, left->path, left->bit_offset,
                          changes);
            continue;
        }
        common++;
        is_met[found] = 1;
        const struct hg_flat_member *right = &flat->right.items[found - 1];
        const char *path = keep(comparing, left->path);
        add_numbers(changes, HG_CHANGE_MEMBER_OFFSET, path, left->bit_offset, right->bit_offset);
        compare_types(comparing, left, right, path, changes);
    }
    for (size_t i = 0; i < flat->right.count; i++) {
        const struct hg_flat_member *right = &flat->right.items[i];
        if (!is_met[hg_strings_find(&flat->by_path, right->path, strlen(right->path))])
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
    if (hides_members(a) || hides_members(b))
        return HG_ALIKE;
    struct flat_pair flat;
    enum hg_likeness likeness = HG_TOO_LARGE;
    if (flatten_both(comparing, left, right, &flat)) {
        size_t common = compare_lists(comparing, &flat, changes);
        likeness = likeness_of(flat.left.count, flat.right.count, common, a->size == b->size);
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

/* Old BTF has neither the sign nor the high 32 bits of an enumerator, so they are not compared. */
static bool are_signs_unknown(const struct hg_comparing *comparing)
{
    return hg_model_target(comparing->left)->enum_signs_unknown ||
           hg_model_target(comparing->right)->enum_signs_unknown;
}

/* Whether two values are the same number: 4294967295 and -1 are different. */
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
    struct hg_strings by_name = {0}; /* index plus one of b's enumerators */
    size_t common = 0;
    uint8_t *is_met = hg_calloc(b->enumerator_count + 1, 1); /* as by_name */
    for (size_t i = 0; i < b->enumerator_count; i++)
        *hg_strings_number(&by_name, b->enumerators[i].name, strlen(b->enumerators[i].name)) =
            (uint32_t)i + 1;
    for (size_t i = 0; i < a->enumerator_count; i++) {
        const struct hg_enumerator *left = &a->enumerators[i];
        uint32_t found = hg_strings_find(&by_name, left->name, strlen(left->name));
        struct hg_change change = {.left = enumerator_value(a, left->value)};
        is_met[found] = 1;
        common += found != 0;
        if (found == 0) {
            change.kind = HG_CHANGE_ENUMERATOR_MISSING;
        } else {
            uint64_t value = b->enumerators[found - 1].value;
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
    return likeness_of(a->enumerator_count, b->enumerator_count, common, a->size == b->size);
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

static enum hg_likeness compare_typedefs(const struct hg_comparing *comparing,
                                         const struct hg_type *a, const struct hg_type *b,
                                         hg_change_list *changes)
{
    struct hg_shape left = hg_diff_shape(comparing->left, a->ref.id);
    struct hg_shape right = hg_diff_shape(comparing->right, b->ref.id);
    const struct hg_type *left_element = hg_model_type(comparing->left, left.element);
    bool same_size =
        hg_is_record(left_element) /* it is compared itself */ ||
        hg_type_size(comparing->left, a->ref.id) == hg_type_size(comparing->right, b->ref.id);
    bool same = left.count == right.count && same_size &&
                hg_diff_same_kind(comparing->left, a->ref.id, comparing->right, b->ref.id);
    bool has_only_this_name = left_element->name == NULL && !left.is_named && !right.is_named;
    if (same && hg_is_record(left_element) && has_only_this_name)
        return compare_records(comparing, left.element, right.element, changes);
    if (!same || !holds_the_same(comparing, &a->ref, &b->ref))
        add_types(comparing, HG_CHANGE_TYPEDEF, NULL, &a->ref, &b->ref, changes);
    return HG_ALIKE;
}

enum hg_likeness hg_diff_types(const struct hg_comparing *comparing, hg_type_id left,
                               hg_type_id right, hg_change_list *changes)
{
    const struct hg_type *a = hg_model_type(comparing->left, left);
    const struct hg_type *b = hg_model_type(comparing->right, right);
    if (hg_is_record(a))
        return compare_records(comparing, left, right, changes);
    if (a->kind == HG_ENUM)
        return compare_enums(comparing, a, b, changes);
    assert(a->kind == HG_TYPEDEF);
    return compare_typedefs(comparing, a, b, changes);
}
