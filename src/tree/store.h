/*
 * The store: keeps models that were read from kernel trees, for later runs.
 *
 *     struct hg_store *store = hg_store_open("/home/me/.cache/hdrgen", 1 << 30);
 *     hg_store_key_begin(&key);
 *     hg_store_key_add(&key, "tree", kernel->object);
 *     status = hg_store_read(store, &key, read_tree, &request, diagnostics, &extra, &model);
 *
 * If the store has a model under that key, and the files that it was read from are unchanged,
 * hg_store_read returns that model and repeats the diagnostics of the first run.  Otherwise it
 * calls read_tree.
 *
 * A model depends on files, which the stamps (stamps.h) list, and on the key.  hg_store_key_begin
 * adds to the key which builds of hdrgen and libclang these are, and the environment variables that
 * clang reads.
 *
 * A fault of the store costs only time: if the directory cannot be written, the disk is full, or an
 * entry is damaged or belongs to another user, the tree is read as if there were no entry.
 */
#ifndef HG_TREE_STORE_H
#define HG_TREE_STORE_H

#include "base/text.h"
#include "tree/stamps.h"

#include <hdrgen/model.h>

struct hg_store;

/* Opens the store in a directory, an absolute path, which is made when the first entry is written.
 * If the entries and the catalogues of trees (catalogue_cache.c) together have more than `limit`
 * bytes, those that were not used for the longest time are removed.  To be called before anything
 * is read: a file that changes later makes the result one that is not kept.
 *
 * Returns NULL, for a store that keeps nothing, if directory is NULL or no absolute path, if it
 * belongs to another user, or if another user may write to it. */
struct hg_store *hg_store_open(const char *directory, uint64_t limit);
/* NULL is fine. */
void hg_store_close(struct hg_store *store);

/* --- keys --- */

/* Begins a key with the builds of hdrgen and libclang and the environment variables. */
void hg_store_key_begin(struct hg_text *key);
/* Adds a named part to the key.  value NULL differs from "". */
void hg_store_key_add(struct hg_text *key, const char *name, const char *value);

/* --- entries --- */

/* The caller's function that reads a model.  It appends to *extra other bytes to be kept with it,
 * and adds to the stamps the files that *ret depends on.  stamps NULL = nothing will be kept. */
typedef enum hg_status hg_store_read_fn(void *user, struct hg_diagnostics *diagnostics,
                                        struct hg_stamps *stamps, struct hg_text *extra,
                                        struct hg_model **ret);

/* Takes the model and the other bytes from the store.  If it does not have them, calls `read`, and
 * keeps its result if it succeeds.  On success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_store_read(struct hg_store *store, const struct hg_text *key,
                                           hg_store_read_fn *read, void *user,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_text *extra, struct hg_model **ret);

#endif
