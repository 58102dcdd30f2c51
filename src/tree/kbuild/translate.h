/*
 * From a compiler's command line to clang's arguments.
 *
 *     gcc -Wp,-MMD,kernel/.fork.o.d -nostdinc -I../include -Wall -mabi=lp64 -fconserve-stack ...
 *     --target=aarch64-linux-gnu -nostdinc -I/usr/src/linux/include ...
 *
 * Kept is what a declaration can notice: the preprocessor's options, the language, the ABI.  The
 * processor comes from the tree's own flags, for compilers do not agree on the names of processors.
 * What decides about code is dropped (option_table.h), so that nothing that only gcc knows fails a
 * translation unit.  Anything else is dropped too and counted in `lost`, for a report.
 */
#ifndef HG_KBUILD_TRANSLATE_H
#define HG_KBUILD_TRANSLATE_H

#include "tree/kbuild/kbuild.h"
#include "tree/kbuild/words.h"

#include "base/strings.h"

/* An option that clang is not given and that a declaration may notice. */
struct hg_lost_option {
    const char *option;
    const char *object;  /* the first that it is of */
    size_t count;        /* of objects */
    const char *instead; /* what clang is given in its place, or NULL */
    const char *why;     /* what differs without it; NULL = the option is not known */
};

struct hg_translator {
    const struct hg_kbuild_place *place;
    struct hg_strings *strings; /* arguments are kept here, each once */
    bool is_64bit;
    struct hg_strings known; /* an option -> index into rows + 1 */
    HG_ARRAY(const struct hg_option_row *) rows;
    struct hg_strings lost_indexes; /* an option -> index into lost + 1 */
    HG_ARRAY(struct hg_lost_option) lost;
    struct hg_words words; /* of the unit at hand */
    struct hg_arena arena;
    /* Where both directories were when the commands were written; NULL = where they are. */
    const char *old_source;
    const char *old_object;
};

void hg_translator_init(struct hg_translator *translator, const struct hg_kbuild_place *place,
                        struct hg_strings *strings);
void hg_translator_deinit(struct hg_translator *translator);

/* Forgets what the units so far have shown, and what was lost of them. */
void hg_translator_forget(struct hg_translator *translator);

/* Why a unit is not the kernel's. */
enum hg_foreign {
    HG_NOT_FOREIGN,
    HG_FOREIGN_PROGRAM, /* no -D__KERNEL__ */
    HG_FOREIGN_WIDTH,   /* -m16, or -m32 or -mx32 in a 64-bit kernel: boot code, a vdso */
};
enum hg_foreign hg_is_foreign(const struct hg_kbuild_place *place, const char *const *options,
                              size_t count);

/* Appends clang's arguments for a unit; they live as long as `strings`. */
void hg_translate(struct hg_translator *translator, const struct hg_kbuild_unit *unit,
                  struct hg_words *arguments);

/* Notices, from the first unit that shows it, that the tree was elsewhere when its command was
 * written: every path of later calls is moved. */
void hg_translate_notice(struct hg_translator *translator, const struct hg_kbuild_unit *unit);

/* The absolute path of a file or directory of a unit, as long-lived; where nothing is there, it is
 * where it should be. */
const char *hg_translate_path(struct hg_translator *translator, const char *directory,
                              const char *path);

#endif
