/* The files of a store (store.h): reads, writes and removes them. */
#ifndef HG_TREE_STORE_FILES_H
#define HG_TREE_STORE_FILES_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether the directory belongs to the user and only the user may write to it, or is not there. */
bool hg_store_is_ours(const char *directory);

/* Reads a file into *ret, which is empty, and marks it as used now.  False = it is not there, is no
 * regular file, or somebody else may have written it. */
bool hg_store_load(const char *path, struct hg_text *ret);

/* Writes a file of the directory atomically; makes the directory if necessary.  False = the file
 * cannot be written. */
bool hg_store_write(const char *directory, const char *path, const void *bytes, size_t size);

/* Removes the longest unused files of the store until the others have at most `limit` bytes, and
 * temporary files that are too old to be still in use. */
void hg_store_evict(const char *directory, uint64_t limit);

#endif
