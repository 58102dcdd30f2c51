/*
 * The files of the text back end, and the functions that they share.
 *
 *     show.c         hg_write_show: types in full
 *     record.c       records: members, holes, cache lines
 *     totals.c       the sums at the end of a record
 *     nodes.c        members as a flat list, for answers and for JSON
 *     path.c         the member that a path names: `a.b[3].c`
 *     locate.c       the members that cover a byte
 *     reorganize.c   an order of members with fewer holes
 *     reorganize_why.c  why there is no such order
 *     answer.c       answers to questions, as text
 *     layout_json.c  hg_write_layout_json: layouts and answers as JSON
 *     list.c         hg_write_list: a line for each type
 *     contains.c     the records that hold a type
 */
#ifndef HG_BACKEND_TEXT_TEXT_H
#define HG_BACKEND_TEXT_TEXT_H

#include "base/memory.h"
#include "base/text.h"
#include "model/walk.h"

#include <hdrgen/write.h>

/* Longer answers are refused: nested records of a hostile BTF can multiply the members. */
enum { HG_TEXT_MAX = 1 << 26, HG_NODES_MAX = 1 << 18 };

struct hg_reorganized;

struct hg_show {
    const struct hg_model *model;
    const struct hg_layout_options *layout;
    struct hg_diagnostics *diagnostics;
    bool failed; /* and reported */
    struct hg_text text;
    size_t line_start; /* where in text the current line begins */
    unsigned indent;
    uint64_t line_size;                       /* bytes of a cache line */
    uint64_t cache_line;                      /* index of the last one that was reached */
    const struct hg_reorganized *reorganized; /* the new order of the root; NULL = as read */
};

void hg_show_indent(struct hg_show *show);
/* Adds blanks up to the column of comments, at least one. */
void hg_show_to_comments(struct hg_show *show);
void hg_show_decl_tags(struct hg_show *show, const struct hg_tags *tags);
/* False = the text has grown too long, which was reported. */
bool hg_show_has_room(struct hg_show *show);

/* --- record.c --- */

/* `struct name { ... }`, without a semicolon.  base: offset in the outermost record, bytes. */
void hg_show_record(struct hg_show *show, const struct hg_type *record, uint64_t base,
                    bool is_root);
/* `;` and the comment with the offset and the size, without a newline; the same of a bit-field. */
void hg_show_numbers(struct hg_show *show, uint64_t offset, uint64_t size);
void hg_show_bit_numbers(struct hg_show *show, const struct hg_member *member, uint64_t base);

/* The complete record that remains of a type without its typedefs and arrays; NULL = none.
 * dimensions: gets those of the arrays, unless it is NULL. */
const struct hg_type *hg_held_record(const struct hg_model *model, hg_type_id id,
                                     struct hg_text *dimensions);

/* --- totals.c --- */

struct hg_totals {
    uint64_t member_bytes;
    uint64_t bit_field_bits;
    uint64_t holes, hole_bytes;
    uint64_t bit_holes, bit_hole_bits;
    uint64_t padding_bytes, padding_bits;
    uint64_t paddings, paddings_bytes;
    bool lacks_members;
};
struct hg_totals hg_totals_of(const struct hg_model *model, const struct hg_type *record);

/* The comment lines at the end of a root record. */
void hg_show_totals(struct hg_show *show, const struct hg_type *record);

/* Whole bytes of padding at the end of a member's record; 0 if the member is no record. */
uint64_t hg_end_padding(const struct hg_model *model, const struct hg_member *member);

/* A gap, as whole bytes and the bits around them. */
struct hg_hole {
    uint64_t bits_before; /* up to the first whole byte */
    uint64_t bytes;
    uint64_t bits_after; /* after the last whole byte */
};
struct hg_hole hg_hole_of(uint64_t bit_offset, uint64_t bits);

/* --- nodes.c --- */

enum hg_node_kind { HG_NODE_MEMBER, HG_NODE_HOLE, HG_NODE_PADDING };

/* A member, an element of one, or a gap, with its offset in the outermost record. */
struct hg_node {
    enum hg_node_kind kind;
    const char *path;   /* `a.b[3]`; NULL = a member without a name.  A gap has its record's path */
    struct hg_ref type; /* a gap has its record's type */
    const struct hg_member *field; /* the bit-field; NULL = the node is none */
    uint64_t bit_offset;
    uint64_t bits;
    unsigned depth;
    bool is_answer; /* a leaf that answers a question */
};

struct hg_nodes {
    const struct hg_model *model;
    struct hg_diagnostics *diagnostics;
    struct hg_arena *arena; /* paths */
    HG_ARRAY(struct hg_node) list;
    uint64_t byte; /* the byte that hg_locate looked for, an offset in the outermost record */
    bool failed;   /* and reported */
};

/* Adds a node, or reports that the list is too long and sets nodes->failed. */
void hg_add_node(struct hg_nodes *nodes, struct hg_node node);
void hg_report_long(struct hg_diagnostics *diagnostics);
/* `outer.name`; the name alone if outer is NULL, outer alone if name is NULL. */
const char *hg_join_path(struct hg_nodes *nodes, const char *outer, const char *name);
/* `path[3]` */
const char *hg_index_path(struct hg_nodes *nodes, const char *path, uint64_t index);

/* Adds every member, hole and padding of a record, in order, and those of anonymous records in it;
 * is_deep: also those of the other records in it. */
void hg_collect_nodes(struct hg_nodes *nodes, const struct hg_type *record, bool is_deep);

/* --- path.c and locate.c --- */

/* Adds a node for each step of the path.  False: there is no such member, and that was reported. */
bool hg_follow_path(struct hg_nodes *nodes, hg_type_id root, const char *path);

/* Adds the nodes that cover a byte of the node `within`: members down to the leaves, or a hole.
 * False = the byte is past the end, which was reported. */
bool hg_locate(struct hg_nodes *nodes, const struct hg_node *within, uint64_t byte);

/* --- reorganize.c --- */

struct hg_reorganized {
    struct hg_type record;       /* with its members in the new order */
    const size_t *order;         /* by new index: the old index */
    const uint32_t *aligned;     /* by new index: the attribute that the member needs; 0 = none */
    const bool *is_moved;        /* by new index */
    const size_t *fills;         /* by new index, if moved: the old index of the member before which
                                  * there was the hole */
    uint64_t align;              /* of the record */
    bool has_attributes;         /* an attribute aligns the record or a member */
    uint32_t record_aligned;     /* the attribute that the record needs; 0 = none */
    const char *refusal;         /* why no order was tried; NULL = one was */
    bool is_natural;             /* the input has no alignments: natural ones were assumed */
    HG_ARRAY(const char *) kept; /* the members that stay where they are, and why */
};

/* Looks for an order with a smaller size; `record` must be complete.  The caller frees
 * ret->kept.items; the rest of *ret lives in the arena. */
void hg_reorganize(const struct hg_model *model, const struct hg_type *record,
                   struct hg_arena *arena, struct hg_reorganized *ret);

/* --- reorganize_why.c --- */

/* Why no smaller order was found. */
void hg_reorganized_reason(struct hg_text *text, const struct hg_model *model,
                           const struct hg_type *record, const struct hg_reorganized *found);

/* --- answer.c --- */

/* Writes the answer to a question about the root, as text.  If there is none and the question is
 * optional, it writes nothing. */
void hg_show_answer(struct hg_show *show, hg_type_id root,
                    const struct hg_layout_question *question);
void hg_show_reorganized(struct hg_show *show, hg_type_id root);
/* Collects the nodes that answer a question.  False = there are none, which was reported unless the
 * question is optional. */
bool hg_answer(struct hg_nodes *nodes, hg_type_id root, const struct hg_layout_question *question);
bool hg_is_question(const struct hg_layout_question *question);
/* False = there are roots, and none had an answer, which was reported. */
bool hg_check_answered(const struct hg_selection *selection, size_t answered,
                       struct hg_diagnostics *diagnostics);

/* --- contains.c --- */

struct hg_containment;
/* Prepares the search for records that hold types of these ids. */
struct hg_containment *hg_containment_create(const struct hg_model *model, const hg_type_id *ids,
                                             size_t count);
void hg_containment_destroy(struct hg_containment *containment);
bool hg_contains(struct hg_containment *containment, hg_type_id record);
/* `direct` or `nested`, a tab, and the paths of the members that hold a requested type. */
void hg_put_containment(struct hg_containment *containment, hg_type_id record,
                        struct hg_text *text);

#endif
