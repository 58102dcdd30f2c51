/*
 * Reading a BPF object, a file or bytes in memory: first the ELF file, then .BTF with the BTF front
 * end, then .BTF.ext.
 */
#include "core/object.h"

#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool hg_core_fault(const struct hg_core_object *object, struct hg_diagnostics *diagnostics,
                   const char *format, ...)
{
    struct hg_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    hg_error(diagnostics, NULL, "%s: %s", object->name, hg_text_string(&text));
    hg_text_deinit(&text);
    return false;
}

void hg_core_destroy(struct hg_core_object *object)
{
    if (object == NULL)
        return;
    hg_model_destroy(object->types);
    free(object->codes.items);
    free(object->functions.items);
    free(object->records.items);
    free(object->references.items);
    free(object->externals.items);
    free(object->legacy_maps.items);
    free(object->held.items);
    free(object->lines.items);
    hg_arena_deinit(&object->arena);
    free(object);
}

const char *hg_core_name(const struct hg_core_object *object)
{
    return object->name;
}

const char *hg_core_remark(const struct hg_core_object *object)
{
    return object->records.count > 0      ? NULL
           : object->functions.count == 0 ? "no programs, and no CO-RE relocations"
           : object->has_ext
               ? "no CO-RE relocations: where it reads the kernel's types, it does so at offsets "
                 "that were fixed when it was built, and nothing can be checked"
               : "no section .BTF.ext, so that no CO-RE relocation is left: a loader leaves all "
                 "offsets as they were when it was built, and nothing can be checked (was it "
                 "stripped?)";
}

static bool read_parts(struct hg_core_object *object, const struct hg_btf_bytes *bytes,
                       struct hg_diagnostics *diagnostics, struct elf_parts *parts)
{
    if (!hg_core_read_elf(object, bytes, diagnostics, parts))
        return false;
    if (parts->btf.bytes == NULL)
        return hg_core_fault(object, diagnostics,
                             "it has no section .BTF, by which its types are known; clang makes "
                             "one with -g");
    /* A pointer of a BPF program has eight bytes, so the triple is not guessed from its `long`. */
    const char *target = object->big_endian ? "bpfeb" : "bpfel";
    struct hg_btf_bytes btf = {
        .name = object->name, .data = parts->btf.bytes, .size = parts->btf.size};
    if (hg_read_btf_bytes(&btf, NULL, target, diagnostics, &object->types) != HG_OK)
        return false;
    const struct hg_numbering *numbering = hg_model_numbering(object->types);
    if (numbering->lost_members)
        return hg_core_fault(object, diagnostics,
                             "its BTF lists bit-fields without names, and accesses count them in "
                             "ways that compilers do not agree on; clang lists none");
    object->has_ext = parts->ext.bytes != NULL;
    return !object->has_ext || hg_core_read_ext(object, parts, diagnostics);
}

enum hg_status hg_core_read_bytes(const struct hg_btf_bytes *bytes,
                                  struct hg_diagnostics *diagnostics, struct hg_core_object **ret)
{
    struct hg_core_object *object = hg_calloc(1, sizeof *object);
    struct elf_parts parts = {0};
    hg_arena_init(&object->arena);
    object->name = hg_arena_string(&object->arena, bytes->name, strlen(bytes->name));
    object->license = "";
    bool fine = read_parts(object, bytes, diagnostics, &parts);
    free(parts.btf.bytes);
    free(parts.ext.bytes);
    if (!fine) {
        hg_core_destroy(object);
        return HG_ERROR_INPUT;
    }
    *ret = object;
    return HG_OK;
}

/* --- files --- */

static enum hg_status io_error(const char *path, const char *why,
                               struct hg_diagnostics *diagnostics)
{
    hg_error(diagnostics, NULL, "cannot read '%s': %s", path, why);
    return HG_ERROR_IO;
}

static enum hg_status read_open(const char *path, int descriptor,
                                struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    struct stat about;
    if (fstat(descriptor, &about) != 0)
        return io_error(path, strerror(errno), diagnostics);
    if (S_ISDIR(about.st_mode))
        return io_error(path, "it is a directory", diagnostics);
    char buffer[65536];
    for (;;) {
        ssize_t got = read(descriptor, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return io_error(path, strerror(errno), diagnostics);
        if (got == 0)
            return HG_OK;
        hg_text_bytes(text, buffer, (size_t)got);
        if (text->size > OBJECT_MAX)
            return io_error(path, "it is too large for a BPF object", diagnostics);
    }
}

enum hg_status hg_core_read(const char *path, struct hg_diagnostics *diagnostics,
                            struct hg_core_object **ret)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0)
        return io_error(path, strerror(errno), diagnostics);
    struct hg_text text = {0};
    enum hg_status status = read_open(path, descriptor, diagnostics, &text);
    close(descriptor);
    if (status == HG_OK)
        status = hg_core_read_bytes(
            &(struct hg_btf_bytes){.name = path, .data = hg_text_string(&text), .size = text.size},
            diagnostics, ret);
    hg_text_deinit(&text);
    if (status == HG_OK && !(*ret)->has_ext && (*ret)->functions.count > 0)
        hg_warning(diagnostics, NULL, "%s: %s", path, hg_core_remark(*ret));
    return status;
}
