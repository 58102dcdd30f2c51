/*
 * Words for types: `struct task_struct`, `unsigned int[4]`, `int (*)(void *)`, and the whole model
 * as text for tests and for -v.
 *
 * These functions take a model that is not sealed, and one that verification refused: ids out of
 * range are written as such, depth and length are bounded, and bytes of names that are not
 * printable ASCII are written as \xNN.
 */
#ifndef HG_MODEL_DESCRIBE_H
#define HG_MODEL_DESCRIBE_H

#include "base/text.h"

#include <hdrgen/model.h>

/* C's notation, as clang would spell it; what is nested too deep or would grow too long is "...".
 * Anonymous records are `struct (anonymous)`.  Type tags are not shown. */
void hg_describe_type(struct hg_text *text, const struct hg_model *model, hg_type_id id);
void hg_describe_ref(struct hg_text *text, const struct hg_model *model, const struct hg_ref *ref);

/* As hg_describe_ref, with a name where C has it: `int (*handler)(void *)`. */
void hg_describe_declaration(struct hg_text *text, const struct hg_model *model,
                             const struct hg_ref *ref, const char *name);

/* The subject of a diagnostic: struct 'foo', anonymous union, typedef 'u32', array 'int[4]'. */
void hg_describe_subject(struct hg_text *text, const struct hg_model *model, hg_type_id id);

/* A name as it may be shown to a user: see above. */
void hg_describe_name(struct hg_text *text, const char *name);

/* A file's name as an #include has it, for places in what is written: `linux/sched.h` for
 * `/usr/src/linux/include/linux/sched.h`; no directories where none of them is called include. */
const char *hg_include_name(const char *file);

/*
 * One line for the target, each type, member, enumerator and parameter, in id order; deterministic,
 * and without places (they hold paths).
 *
 *     target x86_64-unknown-linux-gnu little-endian pointer=8 long=8 char=signed
 *     #0 void
 *     #1 struct list size=16 align=8
 *         next bit=0 -> #2 struct list *
 *         flag bit=64 width=1 -> #3 unsigned int
 *     #2 pointer size=8 align=8 -> #1 struct list
 *     #3 int "unsigned int" unsigned size=4 align=4
 *
 * A size is given where the kind has one, align where it is known; quals and tags of a reference
 * come before its C notation, declaration tags at the end of the line.
 */
void hg_model_dump(struct hg_text *text, const struct hg_model *model);

#endif
