/*
 * The store: keeps the models that were read from kernel trees for the next run.
 *
 *     struct hg_store *store = hg_store_open("/home/me/.cache/hdrgen", 1 << 30);
 *     hg_store_key_begin(&key);
 *     hg_store_key_add(&key, "tree", kernel->object);
 *     status = hg_store_read(store, &key, read_tree, &request, diagnostics, &model);
 *
 * If the store has a model under that key whose files are all unchanged, hg_store_read gives it,
 * and repeats the diagnostics of the first run.  Otherwise it calls read_tree.
 *
 * The result depends on files, which the stamps (stamps.h) list, and on the key.
 * hg_store_key_begin puts this very build of hdrgen and of libclang into the key, and the variables
 * of the environment that clang reads.
 *
 * A fault of the store costs only time: if a directory cannot be written, the disk is full, or an
 * entry is damaged or belongs to another user, there is no entry.
 */
#ifndef HG_TREE_STORE_H
#define HG_TREE_STORE_H

#include "base/text.h"
#include "tree/stamps.h"

#include <hdrgen/model.h>

struct hg_store;

/* Opens the store in a directory, an absolute path, which is made when the first entry is written.
 * If entries and catalogues of trees (catalogue_cache.c) have more than `limit` bytes together,
 * those that were not used for the longest time are removed.  Open the store before anything is
 * read.  Returns NULL, which the other functions take as a store without entries, if directory is
 * NULL, or belongs to another user, or another user may write to it. */
struct hg_store *hg_store_open(const char *directory, uint64_t limit);
void hg_store_close(struct hg_store *store);

/* --- keys --- */

void hg_store_key_begin(struct hg_text *key);
/* A named part of the key.  value NULL differs from "". */
void hg_store_key_add(struct hg_text *key, const char *name, const char *value);

/* --- entries --- */

/* Reads a model, reports to the diagnostics, appends to *extra other bytes that are to be kept, and
 * adds to the stamps the files that *ret depends on.  stamps NULL = nothing will be kept. */
typedef enum hg_status hg_store_read_fn(void *user, struct hg_diagnostics *diagnostics,
                                        struct hg_stamps *stamps, struct hg_text *extra,
                                        struct hg_model **ret);

/* Returns the model, and the other bytes, from the store; or else from `read`, and then keeps them
 * if `read` succeeds.  On success *ret is the caller's. */
HG_MUST_CHECK enum hg_status hg_store_read(struct hg_store *store, const struct hg_text *key,
                                           hg_store_read_fn *read, void *user,
                                           struct hg_diagnostics *diagnostics,
                                           struct hg_text *extra, struct hg_model **ret);

/* The model under the key, whose messages are reported; false = there is none that is valid. */
bool hg_store_find(struct hg_store *store, const struct hg_text *key,
                   struct hg_diagnostics *diagnostics, struct hg_text *extra,
                   struct hg_model **ret);

#endif
