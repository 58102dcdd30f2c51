/*
 * Provided types: those of a selection that the user has already, and those that only these need.
 *
 *     struct task { struct list_head tasks; struct mm mm; };   struct mm { struct lock lock; };
 *     provided: "mm"    ->  mm is provided, lock unseen; task and list_head are written
 *
 * The method: a second closure, which does not follow the references of provided types.  A type
 * that only the first closure reached is unseen.  Both stay in the model, since the layout of the
 * types that hold them depends on theirs.
 *
 * A record or enum without a tag is provided if the typedef that names it is.
 */
#include "base/diag.h"
#include "model/describe.h"
#include "model/match.h"
#include "model/walk.h"
#include "select/parts.h"

static void report_no_match(const struct hg_model *model, const char *wanted,
                            struct hg_diagnostics *diagnostics)
{
    const char *name = wanted;
    (void)hg_take_kind_word(&name);
    struct hg_text text = {0};
    hg_text_put(&text, "there is no type '");
    hg_describe_name(&text, wanted);
    hg_text_put(&text, "' to leave out");
    if (!hg_is_pattern(name))
        hg_suggest_names(&text, model, name);
    hg_warning(diagnostics, NULL, "%s", hg_text_string(&text));
    hg_text_deinit(&text);
}

/* The record or enum without a tag that the typedef names; HG_VOID_ID for any other type. */
static hg_type_id nameless_target(const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_model_type(model, id);
    if (type->kind != HG_TYPEDEF)
        return HG_VOID_ID;
    const struct hg_type *target = hg_model_type(model, type->ref.id);
    return hg_can_have_tag(target) && target->name == NULL ? type->ref.id : HG_VOID_ID;
}

/* Which types the user has, by type id. */
static uint8_t *find_provided(const struct hg_model *model, const struct hg_select_options *options,
                              struct hg_diagnostics *diagnostics)
{
    size_t count = hg_model_type_count(model);
    uint8_t *provided = hg_calloc(count, 1);
    for (size_t i = 0; i < options->provided_count; i++) {
        bool is_found = false;
        for (hg_type_id id = 1; id < count; id++) {
            if (!hg_is_meant_by(hg_model_type(model, id), options->provided[i]))
                continue;
            provided[id] = 1;
            is_found = true;
        }
        if (!is_found && !options->provided_quietly)
            report_no_match(model, options->provided[i], diagnostics);
    }
    return provided;
}

uint8_t *hg_withhold(const struct hg_model *model, const struct hg_select_options *options,
                     const hg_type_list *roots, const uint8_t *need,
                     struct hg_diagnostics *diagnostics)
{
    if (options->provided_count == 0)
        return NULL;
    size_t count = hg_model_type_count(model);
    uint8_t *provided = find_provided(model, options, diagnostics);
    uint8_t *seen = hg_close_over(model, roots, options->pointer_depth, provided, NULL);
    uint8_t *withheld = hg_calloc(count, 1);
    bool is_any = false;
    for (size_t id = 1; id < count; id++) {
        if (need[id] != HG_NOT_NEEDED && seen[id] == HG_NOT_NEEDED)
            withheld[id] = HG_UNSEEN;
        else if (need[id] != HG_NOT_NEEDED && provided[id] != 0)
            withheld[id] = HG_PROVIDED;
        is_any |= withheld[id] == HG_PROVIDED;
    }
    for (hg_type_id id = 1; id < count; id++)
        if (withheld[id] == HG_PROVIDED && nameless_target(model, id) != HG_VOID_ID)
            withheld[nameless_target(model, id)] = HG_PROVIDED;
    free(provided);
    free(seen);
    if (is_any)
        return withheld;
    free(withheld);
    return NULL;
}
