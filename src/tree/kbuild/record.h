/*
 * Records of a build's commands: which file each object is compiled from, and which objects each
 * archive or linked object consists of.
 *
 *     gcc ... -c -o kernel/fork.o kernel/fork.c              compiled
 *     printf "kernel/%s " fork.o sched/built-in.a | xargs ar cDPrST kernel/built-in.a
 *     ld -r -o net/nf.o net/a.o net/b.o                      parts
 *     objcopy --prefix-symbols=__pi_ x.o x.pi.o              parts
 *
 * From the archives that vmlinux is linked from, the parts lead to every object in it.
 */
#ifndef HG_KBUILD_RECORD_H
#define HG_KBUILD_RECORD_H

#include "tree/kbuild/kbuild.h"
#include "tree/kbuild/words.h"

#include "base/strings.h"

struct hg_record {
    const char *target; /* normalised */
    const char *source; /* of an object that is compiled, as it is written; else NULL */
    struct hg_words options;
    struct hg_words parts; /* objects, archives; `@file` for a list of them */
    const char *module;    /* the modules it is linked into, joined by `:`; NULL = none */
    bool is_known;         /* a command was found */
    bool is_reached;
    unsigned round; /* for the caller: when it was last reached */
    bool is_built_in;
};

struct hg_records {
    struct hg_arena arena;
    struct hg_strings strings;
    struct hg_strings indexes; /* target -> index + 1 */
    HG_ARRAY(struct hg_record) items;
    struct hg_shell shell;
    struct hg_text text;  /* scratch */
    struct hg_words list; /* of the last printf */
};

void hg_records_init(struct hg_records *records);
void hg_records_deinit(struct hg_records *records);

/* Records the commands of a text.  target: the file that they make; NULL = they name it. */
void hg_records_take(struct hg_records *records, struct hg_slice commands, const char *target);

/* The record of a name, which may be new.  Valid until the next call. */
struct hg_record *hg_records_of(struct hg_records *records, struct hg_slice name);

/* Adds the module that the file (net/nf.mod, net/nf.ko) is named after to the record's modules. */
void hg_record_add_module(struct hg_records *records, size_t index, const char *file);

bool hg_record_is_for_module(const struct hg_record *record);

/* Passes the object to the sink, if it is compiled from C.  False = its command is not this
 * kernel's.  If the object is not linked into vmlinux and its module is not known, KBUILD_MODNAME
 * names the module. */
bool hg_record_put(struct hg_records *records, const struct hg_record *record,
                   const struct hg_kbuild_place *place, const char *directory, bool is_built_in,
                   const struct hg_kbuild_sink *sink);

/* The same for an object that is linked into the kernel; if its command is not this kernel's, the
 * object is passed to sink->foreign. */
void hg_record_put_linked(struct hg_records *records, const struct hg_record *record,
                          const struct hg_kbuild_place *place, bool is_built_in,
                          const struct hg_kbuild_sink *sink);

#endif
