/*
 * Why no smaller order of a struct's members was found.
 *
 *     struct { long a; int b; char c; }       its members have 13 bytes, and its size is a multiple of 8
 *
 * That is proof that there is none.  Else it says what the search in reorganize.c does not try.
 */
#include "backend/text/text.h"
#include "model/layout.h"

#include <inttypes.h>

void hg_reorganized_reason(struct hg_text *text, const struct hg_model *model,
                           const struct hg_type *record, const struct hg_reorganized *found)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < record->member_count; i++)
        bits += hg_member_bits(model, &record->members[i]);
    uint64_t bytes = (bits + 7) / 8;
    if (bytes + found->align > record->size)
        hg_text_printf(
            text, "its members have %" PRIu64 " byte%s, and its size is a multiple of %" PRIu64,
            bytes, hg_plural(bytes), found->align);
    else if (found->has_attributes)
        hg_text_put(text,
                    "an attribute aligns part of it, so only integers and pointers at its "
                    "end may move, and that saves nothing");
    else
        hg_text_put(text, "no member that may move fits into a hole so that the size shrinks");
}
