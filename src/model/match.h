/* What users write for a type: `foo`, `struct foo`, `typedef foo_t`, or a shell pattern of these.
 */
#ifndef HG_MODEL_MATCH_H
#define HG_MODEL_MATCH_H

#include <hdrgen/model.h>

/* The kind that a name begins with, of struct, union, enum and typedef; HG_VOID for none.  *name
 * moves behind it. */
enum hg_kind hg_take_kind_word(const char **name);

/* Whether it is a shell pattern rather than a name. */
bool hg_is_pattern(const char *name);

/* Whether the type has a name that wanted stands for. */
bool hg_is_meant_by(const struct hg_type *type, const char *wanted);

#endif
