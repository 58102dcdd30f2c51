/*
 * Keys of the store: everything besides files that a result depends on, as bytes.
 *
 *     hdrgen 0.1.0 | libclang-19.so: 8f 3a ... | CPATH: - | tree: /k | flags: -I/k/include ...
 *
 * Which code made a result is part of it: the version, which stays the same while hdrgen is being
 * worked on, and the build ids that linkers put into this program and all its libraries.  So a new
 * libclang, or an update of the same one, reads the tree again.
 */
#include "tree/store.h"

#include "frontend/clang/parse.h"

#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

/* The build id among the notes of a segment. */
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

/* The kernel's own library (vdso) has nothing to do with the result. */
static int add_object(struct dl_phdr_info *object, size_t size, void *user)
{
    (void)size;
    struct hg_text *key = user;
    const char *slash = strrchr(object->dlpi_name, '/');
    const char *name = slash == NULL ? object->dlpi_name : slash + 1;
    if (strncmp(name, "linux-", strlen("linux-")) == 0)
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
    /* What clang's driver and its search for headers ask the environment. */
    static const char *const variables[] = {"CPATH", "C_INCLUDE_PATH", "CCC_OVERRIDE_OPTIONS",
                                            "CLANG_NO_DEFAULT_CONFIG", "SOURCE_DATE_EPOCH"};
    hg_store_key_add(key, "hdrgen", HDRGEN_VERSION);
    if (hg_clang_load(NULL) == HG_OK) /* else nothing is read, nor was it */
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
