/* What the files of the text back end share: show.c shows types, record.c records, totals.c their
 * sums. */
#ifndef HG_BACKEND_TEXT_TEXT_H
#define HG_BACKEND_TEXT_TEXT_H

#include "base/text.h"

#include <hdrgen/write.h>

enum { HG_CACHE_LINE = 64 };

struct hg_show {
    const struct hg_model *model;
    const struct hg_selection *selection;
    struct hg_diagnostics *diagnostics;
    bool failed; /* and reported */
    struct hg_text text;
    size_t line_start; /* where in text the current line begins */
    unsigned indent;
    uint64_t cache_line; /* the one that was reached last */
};

void hg_show_indent(struct hg_show *show);
/* Ends a declaration's line: blanks up to the column of comments. */
void hg_show_to_comments(struct hg_show *show);
void hg_show_decl_tags(struct hg_show *show, const struct hg_tags *tags);
bool hg_show_is_record(const struct hg_type *type);

/* record.c: `struct name { ... }` without what stands behind the brace.  base: bytes from the root
 * record on. */
void hg_show_record(struct hg_show *show, hg_type_id id, uint64_t base, bool is_root);

/* totals.c: the comment lines at the end of a root record. */
void hg_show_totals(struct hg_show *show, hg_type_id id);

/* What is missing in a gap, in whole bytes and in bits beside them. */
struct hg_hole {
    uint64_t bits_before; /* up to the first whole byte */
    uint64_t bytes;
    uint64_t bits_behind;
};
struct hg_hole hg_hole_of(uint64_t bit_offset, uint64_t bits);

#endif
