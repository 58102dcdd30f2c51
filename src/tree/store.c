/*
 * The store: see store.h.
 *
 *     tree-<hash of the key>:   head | key | stamps | messages | extra | model
 *
 * An entry is valid if sizes and checksum are right, if the key is the requested one, if nothing
 * has changed since the stamps were taken, and if the packed model passes the same verification as
 * any model.  An entry that is not valid counts as missing, and is replaced by the next result.
 *
 * Entries are replaced atomically: runs at the same time see the old entry or the new one.  (Two
 * runs that read the same tree both do the work.)  While an entry is written, the signals that end a
 * program wait, so no temporary file stays; one that a power cut leaves is removed later.  An
 * entry's time of modification is the time of its last use.
 *
 * Numbers have this machine's byte order and sizes: an entry is no use on another machine.
 */
#include "tree/store.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/memory.h"
#include "model/pack.h"
#include "tree/store_files.h"
#include "tree/wire.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* To be incremented with every change of the format. */
enum { FORMAT = 2 };

struct hg_store {
    struct hg_text directory;
    uint64_t limit;
    struct hg_stamps *stamps; /* created when the store was opened */
};

enum { PART_KEY, PART_STAMPS, PART_MESSAGES, PART_EXTRA, PART_MODEL, PARTS };

/* A part of an entry. */
struct part {
    const char *data;
    size_t size;
};

struct head {
    char magic[8];
    uint64_t format;
    uint64_t checksum; /* of all bytes after it */
    uint64_t sizes[PARTS];
};

static const char magic[] = "hdrgenTR";

struct hg_store *hg_store_open(const char *directory, uint64_t limit)
{
    if (directory == NULL || directory[0] != '/' || !hg_store_is_ours(directory))
        return NULL;
    struct hg_store *store = hg_calloc(1, sizeof *store);
    hg_text_put(&store->directory, directory);
    store->limit = limit;
    store->stamps = hg_stamps_create();
    return store;
}

void hg_store_close(struct hg_store *store)
{
    if (store == NULL)
        return;
    hg_text_deinit(&store->directory);
    hg_stamps_destroy(store->stamps);
    free(store);
}

static void put_path(struct hg_text *path, const struct hg_store *store, const struct hg_text *key)
{
    hg_text_printf(path, "%s/tree-%016llx", store->directory.data,
                   (unsigned long long)XXH3_64bits(key->data, key->size));
}

/* --- messages --- */

/* Passes messages on, and keeps a copy. */
struct recorder {
    struct hg_diagnostics diagnostics; /* the reader reports to this */
    struct hg_diagnostics *to;         /* gets the messages at once */
    struct hg_text bytes;
};

static void record(void *user, const struct hg_diagnostic *message)
{
    struct recorder *recorder = user;
    hg_wire_put_diagnostic(&recorder->bytes, message);
    hg_report(recorder->to, message);
}

/* Reports recorded messages; diagnostics NULL = only checks that they are not damaged. */
static bool replay(const struct part *messages, struct hg_diagnostics *diagnostics)
{
    struct hg_arena arena;
    hg_arena_init(&arena);
    struct hg_wire wire = hg_wire_begin(messages->data, messages->size);
    while (wire.at < wire.end && !wire.is_damaged) {
        struct hg_diagnostic message = hg_wire_take_diagnostic(&wire, &arena);
        wire.is_damaged |= message.severity == HG_ERROR; /* such a result is not kept */
        if (diagnostics != NULL && !wire.is_damaged)
            hg_report(diagnostics, &message);
    }
    hg_arena_deinit(&arena);
    return !wire.is_damaged;
}

/* --- entries --- */

/* Finds the parts of an entry; false = the bytes are no entry. */
static bool split(const struct hg_text *entry, struct part parts[PARTS])
{
    struct head head;
    if (entry->size < sizeof head)
        return false;
    memcpy(&head, entry->data, sizeof head);
    if (memcmp(head.magic, magic, sizeof head.magic) != 0 || head.format != FORMAT)
        return false;
    size_t left = entry->size - sizeof head;
    const char *at = entry->data + sizeof head;
    for (size_t i = 0; i < PARTS; i++) {
        if (head.sizes[i] > left)
            return false;
        parts[i] = (struct part){at, (size_t)head.sizes[i]};
        at += parts[i].size;
        left -= parts[i].size;
    }
    const char *checked = entry->data + offsetof(struct head, sizes);
    return left == 0 &&
           head.checksum == XXH3_64bits(checked, entry->size - (size_t)(checked - entry->data));
}

static void write_entry(const struct hg_store *store, const char *path,
                        const struct part parts[PARTS])
{
    struct hg_text entry = {0};
    struct head head = {.format = FORMAT};
    memcpy(head.magic, magic, sizeof head.magic);
    for (size_t i = 0; i < PARTS; i++)
        head.sizes[i] = parts[i].size;
    hg_text_bytes(&entry, &head, sizeof head);
    for (size_t i = 0; i < PARTS; i++)
        hg_text_bytes(&entry, parts[i].data, parts[i].size);
    size_t offset = offsetof(struct head, sizes);
    head.checksum = XXH3_64bits(entry.data + offset, entry.size - offset);
    memcpy(entry.data, &head, sizeof head);
    if (entry.size <= store->limit &&
        hg_store_write(store->directory.data, path, entry.data, entry.size))
        hg_store_evict(store->directory.data, store->limit);
    hg_text_deinit(&entry);
}

/* Writes the same entry with new stamps. */
static void refresh(const struct hg_store *store, const char *path, const struct hg_stamps *stamps,
                    struct part parts[PARTS])
{
    struct hg_text packed = {0};
    hg_stamps_pack(stamps, &packed);
    parts[PART_STAMPS] = (struct part){packed.data, packed.size};
    write_entry(store, path, parts);
    hg_text_deinit(&packed);
}

/* Takes the entry if it is valid. */
static bool take_entry(const struct hg_store *store, const char *path, const struct hg_text *key,
                       const struct hg_text *entry, struct hg_diagnostics *diagnostics,
                       struct hg_text *extra, struct hg_model **ret)
{
    struct part parts[PARTS];
    if (!split(entry, parts) || parts[PART_KEY].size != key->size ||
        memcmp(parts[PART_KEY].data, key->data, key->size) != 0 ||
        !replay(&parts[PART_MESSAGES], NULL))
        return false;
    const struct part *model = &parts[PART_MODEL];
    struct hg_stamps *stamps = hg_stamps_unpack(parts[PART_STAMPS].data, parts[PART_STAMPS].size);
    enum hg_stamps_state state = stamps == NULL ? HG_STAMPS_CHANGED : hg_stamps_check(stamps);
    bool is_taken =
        state != HG_STAMPS_CHANGED && hg_model_unpack(model->data, model->size, NULL, ret) == HG_OK;
    if (is_taken) {
        replay(&parts[PART_MESSAGES], diagnostics);
        hg_text_bytes(extra, parts[PART_EXTRA].data, parts[PART_EXTRA].size);
        if (state == HG_STAMPS_TOUCHED)
            refresh(store, path, stamps, parts);
    }
    hg_stamps_destroy(stamps);
    return is_taken;
}

static bool find_entry(const struct hg_store *store, const struct hg_text *key,
                       struct hg_diagnostics *diagnostics, struct hg_text *extra,
                       struct hg_model **ret)
{
    struct hg_text path = {0};
    struct hg_text entry = {0};
    put_path(&path, store, key);
    bool is_found = hg_store_load(path.data, &entry) &&
                    take_entry(store, path.data, key, &entry, diagnostics, extra, ret);
    hg_text_deinit(&entry);
    hg_text_deinit(&path);
    return is_found;
}

/* Writes an entry for a result that was just read. */
static void keep(struct hg_store *store, const struct hg_text *key, const struct hg_text *messages,
                 const struct hg_text *extra, const struct hg_model *model)
{
    if (!hg_stamps_take(store->stamps))
        return;
    struct hg_text path = {0};
    struct hg_text stamps = {0};
    struct hg_text packed = {0};
    put_path(&path, store, key);
    hg_stamps_pack(store->stamps, &stamps);
    hg_model_pack(model, &packed);
    const struct part parts[PARTS] = {
        [PART_KEY] = {key->data, key->size},
        [PART_STAMPS] = {stamps.data, stamps.size},
        [PART_MESSAGES] = {messages->data, messages->size},
        [PART_EXTRA] = {extra->data, extra->size},
        [PART_MODEL] = {packed.data, packed.size},
    };
    write_entry(store, path.data, parts);
    hg_text_deinit(&packed);
    hg_text_deinit(&stamps);
    hg_text_deinit(&path);
}

enum hg_status hg_store_read(struct hg_store *store, const struct hg_text *key,
                             hg_store_read_fn *read, void *user, struct hg_diagnostics *diagnostics,
                             struct hg_text *extra, struct hg_model **ret)
{
    if (store == NULL)
        return read(user, diagnostics, NULL, extra, ret);
    if (find_entry(store, key, diagnostics, extra, ret))
        return HG_OK;
    struct recorder recorder = {.diagnostics = {.report = record}, .to = diagnostics};
    recorder.diagnostics.user = &recorder;
    enum hg_status status = read(user, &recorder.diagnostics, store->stamps, extra, ret);
    if (status == HG_OK)
        keep(store, key, &recorder.bytes, extra, *ret);
    hg_text_deinit(&recorder.bytes);
    return status;
}
