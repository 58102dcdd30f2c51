/* Macros that repeat enumerators: see macros.h. */
#include "model/macros.h"

#include "base/memory.h"
#include "base/strings.h"

#include <hdrgen/select.h>
#include <string.h>

bool *hg_repeated_macros(const struct hg_model *model, const struct hg_selection *selection)
{
    size_t count = 0;
    const struct hg_macro *macros = hg_model_macros(model, &count);
    bool *repeated = hg_calloc(count, sizeof *repeated);
    if (count == 0)
        return repeated;
    struct hg_strings names = {0}; /* of enumerators; the number is an index in values, plus one */
    HG_ARRAY(uint64_t) values = {0};
    for (size_t i = 0; i < selection->count; i++) {
        hg_type_id id = selection->order[i];
        const struct hg_type *type = hg_model_type(model, id);
        if (type->kind != HG_ENUM || selection->need[id] != HG_DEFINED ||
            (selection->withheld != NULL && selection->withheld[id] != HG_NOT_WITHHELD))
            continue;
        for (size_t j = 0; j < type->enumerator_count; j++) {
            const char *name = type->enumerators[j].name;
            *HG_PUSH(&values) = type->enumerators[j].value;
            *hg_strings_number(&names, name, strlen(name)) = (uint32_t)values.count;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (macros[i].kind != HG_MACRO_INT)
            continue;
        uint32_t found = hg_strings_find(&names, macros[i].name, strlen(macros[i].name));
        if (found != 0 && values.items != NULL)
            repeated[i] = values.items[found - 1] == macros[i].value;
    }
    free(values.items);
    hg_strings_deinit(&names);
    return repeated;
}
