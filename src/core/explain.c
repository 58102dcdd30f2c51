/*
 * Explains in words why a relocation does not resolve:
 *
 *     there is no struct 'task_strukt'; did you mean 'struct task_struct'?
 *     struct 'task_struct' has no member 'state'; did you mean '__state'?
 *     member 'flags' of struct 'page' is 'unsigned long' there and a pointer, 'void *', in the
 *     program
 */
#include "core/check.h"
#include "model/describe.h"
#include "model/nearest.h"
#include "model/walk.h"

#include <string.h>

enum {
    SUGGESTIONS_MAX = 16, /* searches of all names of the target; each takes time */
    NESTING = 8,          /* of members without a name */
};

/* --- suggestions --- */

static void suggest_type(struct hg_text *text, struct checker *checker, const char *wanted)
{
    if (checker->suggestions++ >= SUGGESTIONS_MAX)
        return;
    struct hg_nearest nearest;
    hg_nearest_init(&nearest, wanted);
    size_t count = hg_model_type_count(checker->target);
    for (hg_type_id id = 1; id < count; id++) {
        const struct hg_type *type = hg_model_type(checker->target, id);
        if (hg_is_namable(type->kind) && type->complete && type->name != NULL)
            hg_nearest_consider(&nearest, type->name, (int)type->kind);
    }
    hg_put_nearest(&nearest, text);
}

static void consider_members(struct checker *checker, struct hg_nearest *nearest,
                             const struct hg_type *record, unsigned depth)
{
    if (depth == NESTING || !hg_core_spend(&checker->matcher, record->member_count))
        return;
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        const struct hg_type *type = hg_resolved(checker->target, member->type.id);
        if (member->name != NULL)
            hg_nearest_consider(nearest, member->name, 0);
        else if (hg_is_record(type))
            consider_members(checker, nearest, type, depth + 1);
    }
}

static void suggest_member(struct hg_text *text, struct checker *checker, hg_type_id record,
                           const char *wanted)
{
    struct hg_nearest nearest;
    hg_nearest_init(&nearest, wanted);
    consider_members(checker, &nearest, hg_model_type(checker->target, record), 0);
    hg_put_nearest(&nearest, text);
}

static void suggest_enumerator(struct hg_text *text, struct checker *checker, hg_type_id id,
                               const char *wanted)
{
    const struct hg_type *type = hg_model_type(checker->target, id);
    struct hg_nearest nearest;
    hg_nearest_init(&nearest, wanted);
    if (!hg_core_spend(&checker->matcher, type->enumerator_count))
        return;
    for (size_t i = 0; i < type->enumerator_count; i++)
        hg_nearest_consider(&nearest, type->enumerators[i].name, 0);
    hg_put_nearest(&nearest, text);
}

/* --- what is missing --- */

/* libbpf's PT_REGS_PARM1 and similar macros use the registers of the architecture that a macro
 * __TARGET_ARCH_x86, __TARGET_ARCH_arm64 ... chooses. */
static bool suggest_architecture(struct hg_text *text, const char *name, size_t length)
{
    static const char *const registers[] = {"pt_regs", "user_pt_regs", "user_regs_struct"};
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++) {
        if (strlen(registers[i]) != length || strncmp(registers[i], name, length) != 0)
            continue;
        hg_text_put(text,
                    "; registers of another architecture? The compiler is told which: "
                    "-D__TARGET_ARCH_x86, -D__TARGET_ARCH_arm64 ...");
        return true;
    }
    return false;
}

/* A type of the target with the same essential name; HG_NO_TYPE = there is none. */
static hg_type_id same_name(const struct checker *checker, const char *name)
{
    size_t count = hg_model_type_count(checker->target);
    for (hg_type_id id = 1; id < count; id++) {
        const char *other = hg_model_type(checker->target, id)->name;
        if (other != NULL && hg_core_same_essential(name, other, checker->matcher.loader))
            return id;
    }
    return HG_NO_TYPE;
}

static void explain_no_type(struct hg_text *text, struct checker *checker,
                            const struct record *record)
{
    const struct hg_model *local = checker->object->types;
    const struct hg_type *type = hg_model_type(local, record->root);
    const char *name = type->name == NULL ? "" : type->name;
    if (!type->complete) {
        hg_text_put(text, "the program only declares ");
        hg_describe_subject(text, local, record->root);
        hg_text_put(text, ", and a declaration matches only declarations");
        return;
    }
    size_t length = hg_core_essential_length(name, checker->matcher.loader);
    hg_text_printf(text, "there is no %s '%.*s'", hg_kind_name(type->kind), (int)length, name);
    hg_type_id other =
        checker->suggestions++ < SUGGESTIONS_MAX ? same_name(checker, name) : HG_NO_TYPE;
    if (other != HG_NO_TYPE && hg_model_type(checker->target, other)->kind == HG_ENUM &&
        type->kind == HG_ENUM) {
        hg_text_put(text,
                    " of the same sort: BTF has enums with values of 32 and of 64 bits, and "
                    "aya does not take one for the other");
        return;
    }
    if (other != HG_NO_TYPE) {
        bool is_complete = hg_model_type(checker->target, other)->complete;
        hg_text_put(text, is_complete ? ", but there is " : ", only a declaration of ");
        hg_describe_subject(text, checker->target, other);
        return;
    }
    char wanted[512];
    if (length < sizeof wanted) {
        memcpy(wanted, name, length);
        wanted[length] = '\0';
        if (hg_model_find(checker->target, type->kind, wanted) != HG_NO_TYPE)
            hg_text_printf(text, ": loaders take the one that is there for a version of '%.*s'",
                           (int)hg_core_essential_length(wanted, checker->matcher.loader), wanted);
        else if (!suggest_architecture(text, wanted, length))
            suggest_type(text, checker, wanted);
    }
}

static void explain_mismatch(struct hg_text *text, struct checker *checker)
{
    const struct mismatch *mismatch = &checker->matcher.mismatch;
    const struct hg_model *target = checker->target;
    const char *name = hg_model_type(target, mismatch->type)->name;
    switch (mismatch->reason) {
    case MISMATCH_NONE:
        hg_text_put(text, "no type of that name matches it");
        break;
    case MISMATCH_NO_MEMBER:
        hg_describe_subject(text, target, mismatch->type);
        hg_text_printf(text, " has no member '%s'", mismatch->name);
        if (name == NULL || !suggest_architecture(text, name, strlen(name)))
            suggest_member(text, checker, mismatch->type, mismatch->name);
        break;
    case MISMATCH_NO_RECORD:
        hg_text_printf(text, "member '%s' is accessed in '", mismatch->name);
        hg_describe_type(text, target, mismatch->type);
        hg_text_put(text, "', which has no members");
        break;
    case MISMATCH_MEMBER_TYPE:
        hg_text_printf(text, "member '%s' of ", mismatch->name);
        hg_describe_subject(text, target, mismatch->type);
        hg_text_put(text, " is '");
        hg_describe_type(text, target, mismatch->target_type);
        hg_text_put(text, "', and '");
        hg_describe_type(text, checker->object->types, mismatch->local_type);
        hg_text_put(text, "' in the program, which is another sort of type");
        break;
    case MISMATCH_NO_ARRAY:
        hg_text_put(text, "an element is accessed in '");
        hg_describe_type(text, target, mismatch->type);
        hg_text_put(text, "', which is no array");
        break;
    case MISMATCH_TOO_SHORT:
        hg_text_put(text, "the array '");
        hg_describe_type(text, target, mismatch->type);
        hg_text_put(text, "' has no element of that index");
        break;
    case MISMATCH_NO_ENUMERATOR:
        hg_describe_subject(text, target, mismatch->type);
        hg_text_printf(text, " has no enumerator '%s'", mismatch->name);
        suggest_enumerator(text, checker, mismatch->type, mismatch->name);
        break;
    case MISMATCH_TYPE:
        hg_describe_subject(text, target, mismatch->type);
        hg_text_put(text, " is another sort of type");
        break;
    }
}

static void explain_missing(struct hg_text *text, struct checker *checker,
                            const struct record *record, const struct outcome *outcome)
{
    const struct root *root = checker->root_by_type[record->type];
    if (outcome->why != NULL)
        hg_text_put(text, outcome->why);
    else if (root == NULL || root->count == 0)
        explain_no_type(text, checker, record);
    else
        explain_mismatch(text, checker);
}

/* --- what is ambiguous --- */

static void put_candidate(struct hg_text *text, const struct checker *checker, hg_type_id id,
                          const struct value *value, uint64_t bit)
{
    hg_describe_subject(text, checker->target, id);
    const struct hg_numbering *numbering = hg_model_numbering(checker->target);
    if (numbering != NULL)
        hg_text_printf(text, " (type %u)", numbering->numbers[id]);
    if (value->has_value)
        hg_text_printf(text, " gives %lld", (long long)value->value);
    if (bit != 0)
        hg_text_printf(text, " at byte %llu", (unsigned long long)bit / 8);
    if (bit % 8 != 0)
        hg_text_printf(text, ", bit %u", (unsigned)(bit % 8));
}

static void explain_ambiguity(struct hg_text *text, const struct checker *checker,
                              const struct outcome *outcome)
{
    hg_text_put(text, "more than one type matches it, and they differ: ");
    put_candidate(text, checker, outcome->found.root, &outcome->value, outcome->found.bit_offset);
    hg_text_put(text, ", ");
    put_candidate(text, checker, outcome->other, &outcome->other_value, outcome->other_bit);
}

void hg_core_explain(struct hg_text *text, struct checker *checker, const struct record *record,
                     const struct outcome *outcome)
{
    switch (outcome->result) {
    case HG_CORE_RESOLVED:
        break;
    case HG_CORE_MISSING:
        explain_missing(text, checker, record, outcome);
        break;
    case HG_CORE_AMBIGUOUS:
        explain_ambiguity(text, checker, outcome);
        break;
    case HG_CORE_WRONG:
        hg_text_printf(text, "%s, and the program would go wrong", outcome->why);
        if (outcome->value.right != outcome->value.value)
            hg_text_printf(text, ": %llu is right", (unsigned long long)outcome->value.right);
        break;
    case HG_CORE_MISMATCH:
    case HG_CORE_REFUSED:
        hg_text_put(text, outcome->why);
        break;
    }
}
