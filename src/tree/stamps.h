/*
 * Stamps: whether the files and directories that a result was read from are still as they were.
 *
 *     struct hg_stamps *stamps = hg_stamps_create();      before anything is read
 *     ... read; then for each file that was opened:
 *     hg_stamps_add_file(stamps, "/k/include/linux/sched.h");
 *     hg_stamps_add_tree(stamps, "/k");                   new files below it count, too
 *     if (hg_stamps_take(stamps)) hg_stamps_pack(stamps, &bytes);
 *
 * and in a later run hg_stamps_unpack and hg_stamps_check.
 *
 * A file is the same if its size and its times of modification and of status change are, or else if
 * its content is.  A directory is the same if its times are, or else the names in it that a
 * compiler or kbuild could look for.
 */
#ifndef HG_TREE_STAMPS_H
#define HG_TREE_STAMPS_H

#include "base/text.h"

#include <hdrgen/model.h>
#include <stdbool.h>

struct hg_stamps;

enum hg_stamps_state {
    HG_STAMPS_SAME,
    HG_STAMPS_TOUCHED, /* times differ, content does not; the stamps now have the new times */
    HG_STAMPS_CHANGED,
};

/* Notes the time: what changes from now on is noticed by hg_stamps_take.  Never NULL. */
struct hg_stamps *hg_stamps_create(void);

/* NULL is fine. */
void hg_stamps_destroy(struct hg_stamps *stamps);

/* Each path is absolute, is copied, and counts once.  A relative one makes hg_stamps_take fail. */

/* A file whose content matters, and the directory that it is in: `#include "x.h"` in it finds an
 * x.h there first. */
void hg_stamps_add_file(struct hg_stamps *stamps, const char *path);
/* As hg_stamps_add_file, but where its times change, the file has changed: for many files that are
 * not worth reading. */
void hg_stamps_add_times(struct hg_stamps *stamps, const char *path);
/* The files that reading a model opened, with their content or with their times. */
void hg_stamps_add_opened(struct hg_stamps *stamps, const struct hg_model *model,
                          bool with_content);
/* Something that must not be there. */
void hg_stamps_add_absent(struct hg_stamps *stamps, const char *path);
/* A directory and all below it but hidden ones (.git).  Links to directories are followed out of
 * it. */
void hg_stamps_add_tree(struct hg_stamps *stamps, const char *path);
/* The same, and the content of all that says how a kernel is built: makefiles, configurations,
 * commands that a build saved. */
void hg_stamps_add_build_tree(struct hg_stamps *stamps, const char *path);

/* Something else is not as it should be: hg_stamps_take will fail. */
void hg_stamps_refuse(struct hg_stamps *stamps);

/* Looks at everything that was added.  False = a result that was read since hg_stamps_create must
 * not be kept: something may have changed in the meantime, cannot be read, is no regular file, or
 * there is too much of it. */
bool hg_stamps_take(struct hg_stamps *stamps);

void hg_stamps_pack(const struct hg_stamps *stamps, struct hg_text *bytes);

/* What hg_stamps_pack gave; NULL = the bytes are none of that.  Nothing in them is trusted. */
struct hg_stamps *hg_stamps_unpack(const void *bytes, size_t size);

/* Compares with what there is now. */
enum hg_stamps_state hg_stamps_check(struct hg_stamps *stamps);

#endif
