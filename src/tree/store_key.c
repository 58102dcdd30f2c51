/*
 * Keys of the store: everything besides files that a result depends on, as bytes.
 *
 *     hdrgen 0.1.0 | libclang-19.so: 8f 3a ... | CPATH: - | tree: /k | flags: -I/k/include ...
 *
 * The code that makes a result is part of the key: hdrgen's version, and the build ids that linkers
 * put into this program and all its libraries.  After an update of hdrgen or libclang, trees are
 * read again.
 */
#include "tree/store.h"

#include "frontend/clang/parse.h"

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

/* Adds the build id that is among the notes of a segment. */
static void add_build_id(struct hg_text *key, const char *notes, size_t size)
{
    size_t at = 0;
    while (size - at >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        memcpy(&note, notes + at, sizeof note);
        at += sizeof note;
        size_t name_size = (note.n_namesz + 3u) & ~3u;
        size_t id_size = (note.n_descsz + 3u) & ~3u;
        if (name_size > size - at || id_size > size - at - name_size)
            return;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof ELF_NOTE_GNU &&
            memcmp(notes + at, ELF_NOTE_GNU, sizeof ELF_NOTE_GNU) == 0)
            hg_text_bytes(key, notes + at + name_size, note.n_descsz);
        at += name_size + id_size;
    }
}

/* Adds the name and build id of a library, except for the one that the kernel provides (vdso). */
static int add_object(struct dl_phdr_info *object, size_t size, void *user)
{
    (void)size;
    struct hg_text *key = user;
    const char *name = hg_base_name(object->dlpi_name);
    if (hg_begins_with(name, "linux-"))
        return 0;
    hg_text_bytes(key, name, strlen(name) + 1);
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type == PT_NOTE)
            add_build_id(key,
                         (const char *)(object->dlpi_addr + /* NOLINT(performance-no-int-to-ptr) */
                                        segment->p_vaddr),
                         segment->p_memsz);
    }
    return 0;
}

void hg_store_key_begin(struct hg_text *key)
{
    /* The environment variables that clang's driver and its search for headers read. */
    static const char *const variables[] = {"CPATH", "C_INCLUDE_PATH", "CCC_OVERRIDE_OPTIONS",
                                            "CLANG_NO_DEFAULT_CONFIG", "SOURCE_DATE_EPOCH"};
    hg_store_key_add(key, "hdrgen", HDRGEN_VERSION);
    if (hg_clang_load(NULL) == HG_OK) /* else no tree can be read either */
        dl_iterate_phdr(add_object, key);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        hg_store_key_add(key, variables[i], getenv(variables[i]));
}

void hg_store_key_add(struct hg_text *key, const char *name, const char *value)
{
    hg_text_bytes(key, name, strlen(name) + 1);
    hg_text_bytes(key, value == NULL ? "-" : "=", 1);
    if (value != NULL)
        hg_text_bytes(key, value, strlen(value));
    hg_text_bytes(key, "", 1);
}
