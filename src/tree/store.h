/*
 * The store: what reading a kernel tree gave, kept for the next run.
 *
 *     struct hg_store *store = hg_store_open("/home/me/.cache/hdrgen", 1 << 30);
 *     hg_store_key_begin(&key);
 *     hg_store_key_add(&key, "tree", kernel->object);
 *     status = hg_store_read(store, &key, read_tree, &request, diagnostics, &model);
 *
 * calls read_tree only if the store has no model under that key whose files are all unchanged.
 * Then hg_store_read gives the same model, and reports what read_tree had reported.
 *
 * The key holds everything besides files that the result depends on: hg_store_key_begin puts this
 * very build of hdrgen and libclang into it, and what of the environment clang looks at.  Stamps
 * (stamps.h) say which files and directories it depends on.
 *
 * A store costs time when it fails, and nothing else: a directory that cannot be written, a full
 * disk, an entry that is damaged or somebody else's are as no entry.
 */
#ifndef HG_TREE_STORE_H
#define HG_TREE_STORE_H

#include "base/text.h"
#include "tree/stamps.h"

#include <hdrgen/model.h>

struct hg_store;

/* Keeps its entries in the directory, an absolute path, which is made when the first is written;
 * entries and catalogues of trees (catalogue_cache.c) are removed, the longest unused first, when
 * together they have more than limit bytes.  Open it before anything is read.  NULL, which the
 * other functions take for a store without entries: directory is NULL, or belongs to somebody else,
 * or somebody else may write to it. */
struct hg_store *hg_store_open(const char *directory, uint64_t limit);
void hg_store_close(struct hg_store *store);

/* --- keys --- */

void hg_store_key_begin(struct hg_text *key);
/* A named part of the key.  value NULL differs from "". */
void hg_store_key_add(struct hg_text *key, const char *name, const char *value);

/* --- entries --- */

/* Reads, reports to the diagnostics, appends to *extra what else is to be kept, and adds the files
 * that *ret depends on to the stamps, which are NULL where nothing will be kept. */
typedef enum hg_status hg_store_read_fn(void *user, struct hg_diagnostics *diagnostics,
                                        struct hg_stamps *stamps, struct hg_text *extra,
                                        struct hg_model **ret);

/* The model and what else was kept from the store, or from read, and then kept if read succeeds.
 * On success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_store_read(struct hg_store *store, const struct hg_text *key,
                                           hg_store_read_fn *read, void *user,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_text *extra, struct hg_model **ret);

/* The model under the key, whose messages are reported; false = there is none that is valid. */
bool hg_store_find(struct hg_store *store, const struct hg_text *key,
                   struct hg_diagnostics *diagnostics, struct hg_text *extra,
                   struct hg_model **ret);

#endif
