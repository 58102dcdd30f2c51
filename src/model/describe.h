/*
 * Types in messages: `struct task_struct`, `unsigned int[4]`, `int (*)(void *)`.
 *
 * The model need not be sealed, and may be one that verification refused: an id out of range is
 * written as "(no type 7)", depth and length are bounded, and bytes of names that are not printable
 * ASCII are written as \xNN.
 */
#ifndef HG_MODEL_DESCRIBE_H
#define HG_MODEL_DESCRIBE_H

#include "base/text.h"

#include <hdrgen/model.h>

/* The type in C's notation, as clang writes it.  "..." stands for parts that are nested too deep or
 * would make the text too long.  Anonymous records are `struct (anonymous)`.  Type tags are not
 * shown. */
void hg_describe_type(struct hg_text *text, const struct hg_model *model, hg_type_id id);
void hg_describe_ref(struct hg_text *text, const struct hg_model *model, const struct hg_ref *ref);

/* The declaration of a name with this type: `int (*handler)(void *)`. */
void hg_describe_declaration(struct hg_text *text, const struct hg_model *model,
                             const struct hg_ref *ref, const char *name);

/* The subject of a diagnostic: struct 'foo', anonymous union, typedef 'u32', array 'int[4]'. */
void hg_describe_subject(struct hg_text *text, const struct hg_model *model, hg_type_id id);

/* A name with \xNN in place of bytes that are not printable ASCII. */
void hg_describe_name(struct hg_text *text, const char *name);

/* A file's name as an #include has it, for locations in the output: `linux/sched.h` for
 * `/usr/src/linux/include/linux/sched.h`.  If no directory is called include, only the last part.
 */
const char *hg_include_name(const char *file);

#endif
