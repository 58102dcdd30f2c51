/* A model as text: see dump.h. */
#include "dump.h"

#include "model/describe.h"
#include "model/walk.h"

#include <inttypes.h>
#include <string.h>

static void dump_tags(struct hg_text *text, const char *word, const struct hg_tags *tags)
{
    for (size_t i = 0; tags != NULL && i < tags->count; i++) {
        hg_text_printf(text, " %s(", word);
        hg_describe_name(text, tags->names[i]);
        hg_text_put(text, ")");
    }
}

static void dump_ref(struct hg_text *text, const struct hg_model *model, const struct hg_ref *ref)
{
    hg_text_printf(text, " -> #%" PRIu32, ref->id);
    dump_tags(text, "type_tag", ref->tags);
    hg_text_put(text, " ");
    hg_describe_ref(text, model, ref);
}

static void dump_members(struct hg_text *text, const struct hg_model *model,
                         const struct hg_type *record)
{
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        hg_text_put(text, "    ");
        hg_describe_name(text, member->name == NULL ? "(anonymous)" : member->name);
        hg_text_printf(text, " bit=%" PRIu64, member->bit_offset);
        if (member->bit_width != 0)
            hg_text_printf(text, " width=%" PRIu32, member->bit_width);
        dump_ref(text, model, &member->type);
        dump_tags(text, "decl_tag", member->tags);
        hg_text_put(text, "\n");
    }
}

static void dump_enumerators(struct hg_text *text, const struct hg_type *type)
{
    for (size_t i = 0; i < type->enumerator_count; i++) {
        const struct hg_enumerator *enumerator = &type->enumerators[i];
        hg_text_put(text, "    ");
        hg_describe_name(text, enumerator->name);
        if (type->is_signed)
            hg_text_printf(text, " = %" PRId64 "\n", (int64_t)enumerator->value);
        else
            hg_text_printf(text, " = %" PRIu64 "\n", enumerator->value);
    }
}

static void dump_parameters(struct hg_text *text, const struct hg_model *model,
                            const struct hg_type *function)
{
    for (size_t i = 0; i < function->parameter_count; i++) {
        hg_text_put(text, "    ");
        const char *name = function->parameters[i].name;
        hg_describe_name(text, name == NULL ? "(unnamed)" : name);
        dump_ref(text, model, &function->parameters[i].type);
        hg_text_put(text, "\n");
    }
}

static bool has_size(enum hg_kind kind)
{
    return kind != HG_VOID && kind != HG_TYPEDEF && kind != HG_FUNCTION;
}

/* The part of the first line that all kinds have. */
static void dump_head(struct hg_text *text, hg_type_id id, const struct hg_type *type)
{
    hg_text_printf(text, "#%" PRIu32 " %s", id, hg_kind_name(type->kind));
    if (type->name != NULL && type->kind != HG_VOID) {
        bool quoted = strchr(type->name, ' ') != NULL;
        hg_text_put(text, quoted ? " \"" : " ");
        hg_describe_name(text, type->name);
        hg_text_put(text, quoted ? "\"" : "");
    }
    if (type->kind == HG_INT || type->kind == HG_CHAR || type->kind == HG_ENUM)
        hg_text_put(text, type->is_signed ? " signed" : " unsigned");
    if (!type->complete)
        hg_text_put(text, " incomplete");
    if (type->is_vector)
        hg_text_put(text, " vector");
    if (type->is_complex)
        hg_text_put(text, " complex");
    if (has_size(type->kind) && type->complete)
        hg_text_printf(text, " size=%" PRIu64, type->size);
    if (type->align != 0)
        hg_text_printf(text, " align=%" PRIu32, type->align);
}

static void dump_type(struct hg_text *text, const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(model, id);
    dump_head(text, id, type);
    if (type->kind == HG_ARRAY)
        hg_text_printf(text, " count=%" PRIu64, type->count);
    if (type->kind == HG_FUNCTION && type->variadic)
        hg_text_put(text, " variadic");
    if (type->kind == HG_POINTER || type->kind == HG_ARRAY || type->kind == HG_TYPEDEF ||
        type->kind == HG_FUNCTION)
        dump_ref(text, model, &type->ref);
    if (type->kind == HG_OPAQUE && type->reason != NULL) {
        hg_text_put(text, " reason: ");
        hg_describe_name(text, type->reason);
    }
    dump_tags(text, "decl_tag", type->tags);
    hg_text_put(text, "\n");
    if (hg_is_record(type))
        dump_members(text, model, type);
    if (type->kind == HG_ENUM)
        dump_enumerators(text, type);
    if (type->kind == HG_FUNCTION)
        dump_parameters(text, model, type);
}

void hg_model_dump(struct hg_text *text, const struct hg_model *model)
{
    const struct hg_target *target = hg_model_target(model);
    hg_text_put(text, "target ");
    hg_describe_name(text, target->triple == NULL ? "(unknown)" : target->triple);
    hg_text_printf(text, " %s-endian pointer=%u long=%u char=%s\n",
                   target->big_endian ? "big" : "little", target->pointer_size, target->long_size,
                   target->char_signed ? "signed" : "unsigned");
    for (size_t id = 0; id < hg_model_type_count(model); id++)
        dump_type(text, model, (hg_type_id)id);
}
