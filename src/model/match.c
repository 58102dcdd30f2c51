/* Names as users write them: see match.h. */
#include "model/match.h"

#include "model/nearest.h"

#include <fnmatch.h>
#include <string.h>

enum hg_kind hg_take_kind_word(const char **name)
{
    static const enum hg_kind kinds[] = {HG_STRUCT, HG_UNION, HG_ENUM, HG_TYPEDEF};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(hg_kind_name(kinds[i]));
        if (strncmp(*name, hg_kind_name(kinds[i]), length) != 0 || (*name)[length] != ' ')
            continue;
        *name += length + strspn(*name + length, " ");
        return kinds[i];
    }
    return HG_VOID;
}

bool hg_is_pattern(const char *name)
{
    return strpbrk(name, "*?[") != NULL;
}

bool hg_is_meant_by(const struct hg_type *type, const char *wanted)
{
    enum hg_kind kind = hg_take_kind_word(&wanted);
    return hg_is_namable(type->kind) && type->name != NULL &&
           (kind == HG_VOID || kind == type->kind) && fnmatch(wanted, type->name, 0) == 0;
}
