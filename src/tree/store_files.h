/* The files of a store: which are ours, reading, writing, and removing what is too much. */
#ifndef HG_TREE_STORE_FILES_H
#define HG_TREE_STORE_FILES_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether a directory belongs to us and nobody else may write to it, or is not there yet. */
bool hg_store_is_ours(const char *directory);

/* A file's bytes, appended to *ret; false = it is not there, no regular file, or somebody else may
 * have written it.  It is marked as used now. */
bool hg_store_load(const char *path, struct hg_text *ret);

/* Writes a file of the directory atomically; makes the directory.  False = it cannot be written,
 * and nothing of it is left. */
bool hg_store_write(const char *directory, const char *path, const void *bytes, size_t size);

/* Removes files of the store until those that stay have at most limit bytes, the longest unused
 * first, and temporary files that nobody can be writing any more. */
void hg_store_evict(const char *directory, uint64_t limit);

#endif
