/*
 * The store: see store.h.
 *
 *     tree-<hash of the key>:   head | key | stamps | messages | extra | model
 *
 * An entry is read whole.  It is taken if the head fits the file, the checksum the rest, and the
 * key the one that is asked for; if the stamps say that nothing has changed; and if the packed
 * model passes verification like any other.  What is not taken is as if it were not there, and
 * replaced by what is read instead.
 *
 * Entries are replaced atomically, so that runs at the same time see one or the other; two that
 * read the same tree do the work twice.  While one is written, the signals that end a program wait,
 * so that no temporary file stays; one that a power cut left is removed later.  The time of an
 * entry's modification is that of its last use.
 *
 * Numbers are this machine's: the files are not for others.
 */
#include "tree/store.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/memory.h"
#include "model/pack.h"
#include "tree/store_files.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* Counts up with every change of the form. */
enum { FORM = 1 };

struct hg_store {
    struct hg_text directory;
    uint64_t limit;
    struct hg_stamps *stamps; /* created when the store was opened */
};

enum part { PART_KEY, PART_STAMPS, PART_MESSAGES, PART_EXTRA, PART_MODEL, PARTS };

struct head {
    char magic[8];
    uint64_t form;
    uint64_t checksum; /* of all that follows it */
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

/* --- messages: severity, line and column, file and text --- */

struct recorder {
    struct hg_diagnostics diagnostics; /* what is read reports to */
    struct hg_diagnostics *to;         /* who hears of it */
    struct hg_text bytes;
};

static void put_number(struct hg_text *bytes, uint32_t number)
{
    hg_text_bytes(bytes, &number, sizeof number);
}

static void put_string(struct hg_text *bytes, const char *string)
{
    hg_text_bytes(bytes, string, strlen(string) + 1);
}

static void record(void *user, const struct hg_diagnostic *message)
{
    struct recorder *recorder = user;
    put_number(&recorder->bytes, message->severity);
    put_number(&recorder->bytes, message->where.line);
    put_number(&recorder->bytes, message->where.column);
    put_string(&recorder->bytes, message->where.file == NULL ? "" : message->where.file);
    put_string(&recorder->bytes, message->text);
    hg_report(recorder->to, message);
}

struct reader {
    const char *at, *end;
};

static uint32_t take_number(struct reader *reader)
{
    uint32_t number = 0;
    if ((size_t)(reader->end - reader->at) < sizeof number) {
        reader->at = NULL;
        return 0;
    }
    memcpy(&number, reader->at, sizeof number);
    reader->at += sizeof number;
    return number;
}

static const char *take_string(struct reader *reader)
{
    const char *string = reader->at;
    const char *nul =
        string == NULL ? NULL : memchr(string, '\0', (size_t)(reader->end - reader->at));
    reader->at = nul == NULL ? NULL : nul + 1;
    return nul == NULL ? "" : string;
}

/* Reports them to the diagnostics; with NULL only looks whether they are sound. */
static bool replay(const char *bytes, size_t size, struct hg_diagnostics *diagnostics)
{
    struct reader reader = {.at = bytes, .end = bytes + size};
    while (reader.at != NULL && reader.at < reader.end) {
        struct hg_diagnostic message = {0};
        uint32_t severity = take_number(&reader);
        message.where.line = reader.at == NULL ? 0 : take_number(&reader);
        message.where.column = reader.at == NULL ? 0 : take_number(&reader);
        message.where.file = take_string(&reader);
        message.text = take_string(&reader);
        if (reader.at == NULL || severity > HG_WARNING)
            return false;
        message.severity = (enum hg_severity)severity;
        if (message.where.file[0] == '\0')
            message.where.file = NULL;
        if (diagnostics != NULL)
            hg_report(diagnostics, &message);
    }
    return reader.at != NULL;
}

/* --- entries --- */

/* Where the parts of an entry are; false = it is no entry. */
static bool split(const struct hg_text *entry, const char *parts[PARTS], size_t sizes[PARTS])
{
    struct head head;
    if (entry->size < sizeof head)
        return false;
    memcpy(&head, entry->data, sizeof head);
    if (memcmp(head.magic, magic, sizeof head.magic) != 0 || head.form != FORM)
        return false;
    size_t left = entry->size - sizeof head;
    const char *at = entry->data + sizeof head;
    for (size_t i = 0; i < PARTS; i++) {
        if (head.sizes[i] > left)
            return false;
        parts[i] = at;
        sizes[i] = (size_t)head.sizes[i];
        at += sizes[i];
        left -= sizes[i];
    }
    const char *checked = entry->data + offsetof(struct head, sizes);
    return left == 0 &&
           head.checksum == XXH3_64bits(checked, entry->size - (size_t)(checked - entry->data));
}

static void join(struct hg_text *entry, const char *const parts[PARTS], const size_t sizes[PARTS])
{
    struct head head = {.form = FORM};
    memcpy(head.magic, magic, sizeof head.magic);
    for (size_t i = 0; i < PARTS; i++)
        head.sizes[i] = sizes[i];
    hg_text_bytes(entry, &head, sizeof head);
    for (size_t i = 0; i < PARTS; i++)
        if (sizes[i] > 0)
            hg_text_bytes(entry, parts[i], sizes[i]);
    size_t offset = offsetof(struct head, sizes);
    head.checksum = XXH3_64bits(entry->data + offset, entry->size - offset);
    memcpy(entry->data, &head, sizeof head);
}

static void write_entry(const struct hg_store *store, const char *path,
                        const char *const parts[PARTS], const size_t sizes[PARTS])
{
    struct hg_text entry = {0};
    join(&entry, parts, sizes);
    if (entry.size <= store->limit &&
        hg_store_write(store->directory.data, path, entry.data, entry.size))
        hg_store_evict(store->directory.data, store->limit);
    hg_text_deinit(&entry);
}

/* The same entry with the times of today. */
static void refresh(const struct hg_store *store, const char *path, const struct hg_stamps *stamps,
                    const char *parts[PARTS], size_t sizes[PARTS])
{
    struct hg_text packed = {0};
    hg_stamps_pack(stamps, &packed);
    parts[PART_STAMPS] = packed.data;
    sizes[PART_STAMPS] = packed.size;
    write_entry(store, path, parts, sizes);
    hg_text_deinit(&packed);
}

static bool take_entry(const struct hg_store *store, const char *path, const struct hg_text *key,
                       const struct hg_text *entry, struct hg_diagnostics *diagnostics,
                       struct hg_text *extra, struct hg_model **ret)
{
    const char *parts[PARTS];
    size_t sizes[PARTS];
    if (!split(entry, parts, sizes) || sizes[PART_KEY] != key->size ||
        memcmp(parts[PART_KEY], key->data, key->size) != 0 ||
        !replay(parts[PART_MESSAGES], sizes[PART_MESSAGES], NULL))
        return false;
    struct hg_stamps *stamps = hg_stamps_unpack(parts[PART_STAMPS], sizes[PART_STAMPS]);
    enum hg_stamps_state state = stamps == NULL ? HG_STAMPS_CHANGED : hg_stamps_check(stamps);
    bool is_taken = state != HG_STAMPS_CHANGED &&
                    hg_model_unpack(parts[PART_MODEL], sizes[PART_MODEL], NULL, ret) == HG_OK;
    if (is_taken) {
        replay(parts[PART_MESSAGES], sizes[PART_MESSAGES], diagnostics);
        hg_text_bytes(extra, parts[PART_EXTRA], sizes[PART_EXTRA]);
        if (state == HG_STAMPS_TOUCHED)
            refresh(store, path, stamps, parts, sizes);
    }
    hg_stamps_destroy(stamps);
    return is_taken;
}

bool hg_store_find(struct hg_store *store, const struct hg_text *key,
                   struct hg_diagnostics *diagnostics, struct hg_text *extra, struct hg_model **ret)
{
    if (store == NULL)
        return false;
    struct hg_text path = {0};
    struct hg_text entry = {0};
    put_path(&path, store, key);
    bool is_found = hg_store_load(path.data, &entry) &&
                    take_entry(store, path.data, key, &entry, diagnostics, extra, ret);
    hg_text_deinit(&entry);
    hg_text_deinit(&path);
    return is_found;
}

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
    const char *const parts[PARTS] = {key->data, stamps.data, messages->data, extra->data,
                                      packed.data};
    const size_t sizes[PARTS] = {key->size, stamps.size, messages->size, extra->size, packed.size};
    write_entry(store, path.data, parts, sizes);
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
    if (hg_store_find(store, key, diagnostics, extra, ret))
        return HG_OK;
    struct recorder recorder = {.diagnostics = {.report = record}, .to = diagnostics};
    recorder.diagnostics.user = &recorder;
    enum hg_status status = read(user, &recorder.diagnostics, store->stamps, extra, ret);
    if (status == HG_OK)
        keep(store, key, &recorder.bytes, extra, *ret);
    hg_text_deinit(&recorder.bytes);
    return status;
}
