/*
 * A model as text, to compare models in tests: a line for the target, each type, member, enumerator
 * and parameter, in the order of ids, without locations.
 *
 *     target x86_64-unknown-linux-gnu little-endian pointer=8 long=8 char=signed
 *     #0 void
 *     #1 struct list size=16 align=8
 *         next bit=0 -> #2 struct list *
 *         flag bit=64 width=1 -> #3 unsigned int
 *     #2 pointer size=8 align=8 -> #1 struct list
 *     #3 int "unsigned int" unsigned size=4 align=4
 *
 * align= is left out if it is not known.  Type tags come before the C notation, declaration tags at
 * the end of the line.
 */
#ifndef HG_TESTS_UNIT_DUMP_H
#define HG_TESTS_UNIT_DUMP_H

#include "base/text.h"

#include <hdrgen/model.h>

void hg_model_dump(struct hg_text *text, const struct hg_model *model);

#endif
