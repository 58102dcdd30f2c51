/*
 * From a compiler's command line to clang's arguments.
 *
 *     gcc -Wp,-MMD,kernel/.fork.o.d -nostdinc -I../include -Wall -mabi=lp64 -fconserve-stack ...
 *     --target=aarch64-linux-gnu -nostdinc -I/usr/src/linux/include ...
 *
 * Kept is what a declaration can notice: the preprocessor's options, the language, the ABI.  The
 * processor comes from the tree's own flags, for compilers do not agree on the names of processors.
 * Everything else is dropped, so that nothing that only gcc knows fails a translation unit.
 */
#ifndef HG_KBUILD_TRANSLATE_H
#define HG_KBUILD_TRANSLATE_H

#include "tree/kbuild/kbuild.h"
#include "tree/kbuild/words.h"

#include "base/strings.h"

struct hg_translator {
    const struct hg_kbuild_place *place;
    struct hg_strings *strings; /* arguments are kept here, each once */
    struct hg_strings paths;    /* a path as it was written -> where it is */
    struct hg_arena arena;
    /* Where both directories were when the commands were written; NULL = where they are. */
    const char *old_source;
    const char *old_object;
};

void hg_translator_init(struct hg_translator *translator, const struct hg_kbuild_place *place,
                        struct hg_strings *strings);
void hg_translator_deinit(struct hg_translator *translator);

/* Why a unit is not the kernel's. */
enum hg_foreign {
    HG_NOT_FOREIGN,
    HG_FOREIGN_PROGRAM, /* no -D__KERNEL__ */
    HG_FOREIGN_WIDTH,   /* -m16, or -m32 in a 64-bit kernel: boot code, a vdso */
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
