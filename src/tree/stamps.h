/*
 * Stamps tell whether the files and directories that a result was read from have changed since.
 *
 *     struct hg_stamps *stamps = hg_stamps_create();      before anything is read
 *     ... read; then for each file that was opened:
 *     hg_stamps_add_file(stamps, "/k/include/linux/sched.h");
 *     hg_stamps_add_tree(stamps, "/k");                   notices new files below it
 *     if (hg_stamps_take(stamps)) hg_stamps_pack(stamps, &bytes);
 *
 * In a later run: hg_stamps_unpack and hg_stamps_check.
 *
 * A file is the same if its size and its times (of modification, of status change) are the same; or
 * if only times differ, and its content is the same.  A directory is the same if its times are, or
 * else if it has the same names of files that a compiler or kbuild could look for.
 */
#ifndef HG_TREE_STAMPS_H
#define HG_TREE_STAMPS_H

#include "base/text.h"

#include <hdrgen/model.h>
#include <stdbool.h>

struct hg_stamps;

enum hg_stamps_state {
    HG_STAMPS_SAME,
    HG_STAMPS_TOUCHED, /* only times differ; the stamps now have the new times */
    HG_STAMPS_CHANGED,
};

/* Notes the time: hg_stamps_take notices changes from now on.  Never NULL. */
struct hg_stamps *hg_stamps_create(void);

/* NULL is fine. */
void hg_stamps_destroy(struct hg_stamps *stamps);

/* Paths are absolute, and are copied.  A relative one makes hg_stamps_take fail. */

/* A file whose content matters, and the directory that it is in: `#include "x.h"` in the file finds
 * an x.h there first. */
void hg_stamps_add_file(struct hg_stamps *stamps, const char *path);
/* The same, but a file with other times counts as changed, and its content is not read. */
void hg_stamps_add_times(struct hg_stamps *stamps, const char *path);
/* The files that were opened to read the model: with_content as by hg_stamps_add_file, else as by
 * hg_stamps_add_times. */
void hg_stamps_add_opened(struct hg_stamps *stamps, const struct hg_model *model,
                          bool with_content);
/* A path at which there must be nothing. */
void hg_stamps_add_absent(struct hg_stamps *stamps, const char *path);
/* A directory and all directories below it, except for hidden ones (.git).  Links to directories
 * are followed, even out of it. */
void hg_stamps_add_tree(struct hg_stamps *stamps, const char *path);
/* The same, and the content of the files that decide how a kernel is built: makefiles,
 * configurations, commands that a build saved. */
void hg_stamps_add_build_tree(struct hg_stamps *stamps, const char *path);

/* Makes hg_stamps_take fail. */
void hg_stamps_refuse(struct hg_stamps *stamps);

/* Looks at everything that was added.  False = a result that was read since hg_stamps_create must
 * not be kept: a file may have changed since, cannot be read or is no regular file, or there are
 * too many files. */
bool hg_stamps_take(struct hg_stamps *stamps);

void hg_stamps_pack(const struct hg_stamps *stamps, struct hg_text *bytes);

/* Takes the bytes of hg_stamps_pack, which are not trusted; NULL = they are damaged. */
struct hg_stamps *hg_stamps_unpack(const void *bytes, size_t size);

/* Compares the stamps with the files as they are now. */
enum hg_stamps_state hg_stamps_check(struct hg_stamps *stamps);

#endif
