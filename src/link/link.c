/*
 * Links an object: the order of the steps, and the new instructions.
 *
 *     call hdrgen_link_was_not_run     "r3 byte_offset Stask_struct pid:i32s"
 *
 * becomes
 *
 *     r3 = 0                           byte_offset, struct task_struct (local), access 0:0
 *
 * The number in the instruction must be the one that libbpf computes from the local types, since
 * libbpf compares the two before it changes the instruction.  The same code as for `hdrgen check`
 * computes it from the BTF that was just written, which is read again for this.
 */
#include "link/link.h"

#include "base/diag.h"
#include "core/match.h"

#include <linux/bpf.h>
#include <string.h>

bool hg_link_fault(const struct linker *linker, const char *format, ...)
{
    struct hg_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    hg_error(linker->diagnostics, NULL, "%s: %s", linker->name, hg_text_string(&text));
    hg_text_deinit(&text);
    return false;
}

/* --- instructions --- */

/* The instruction, in a copy of its section that may be changed. */
static uint8_t *code_of(struct linker *linker, const struct link_location *location)
{
    struct link_section *section = link_section(linker, location->section);
    if (section->changed == NULL) {
        section->changed = hg_malloc(section->size);
        memcpy(section->changed, section->bytes, section->size);
    }
    return section->changed + location->offset;
}

static void put_insn(const struct linker *linker, uint8_t *at, uint8_t code, unsigned dst,
                     uint32_t imm)
{
    memset(at, 0, INSN_BYTES);
    at[0] = code;
    at[1] = (uint8_t)(linker->big_endian ? dst << 4 : dst);
    link_set_word(linker, at + 4, imm);
}

static bool patch(struct linker *linker, const struct link_record *record, uint64_t value)
{
    enum {
        LOAD_64 = BPF_LD | BPF_DW | BPF_IMM,
        MOVE_64 = BPF_ALU64 | BPF_MOV | BPF_K,
        MOVE_32 = BPF_ALU | BPF_MOV | BPF_K,
    };
    uint8_t *at = code_of(linker, &record->location);
    unsigned dst = record->register_number;
    if (record->width == LINK_WIDE) {
        put_insn(linker, at, LOAD_64, dst, (uint32_t)value);
        put_insn(linker, at + INSN_BYTES, 0, 0, (uint32_t)(value >> 32));
        return true;
    }
    if (value > INT32_MAX)
        return hg_link_record_fault(linker, record, "its number %llu does not fit into 32 bits",
                                    (unsigned long long)value);
    put_insn(linker, at, record->width == LINK_W ? MOVE_32 : MOVE_64, dst, (uint32_t)value);
    return true;
}

/* The record's number on the local types, which `object` has from the new BTF. */
static bool find_value(const struct linker *linker, const struct hg_core_object *object,
                       const struct link_record *record, uint64_t *ret)
{
    const struct hg_numbering *numbering = hg_model_numbering(object->types);
    struct access access;
    struct value value;
    uint32_t id = record->root->type->id;
    struct record local = {
        .type = id, .root = numbering->types[id], .access = record->access, .kind = record->kind};
    const char *why =
        local.root == HG_NO_TYPE ? "its local type was not found in the new BTF" : NULL;
    if (why == NULL)
        why = hg_core_parse_access(object, &local, &access);
    if (why == NULL)
        why = hg_core_value(object->types, object->big_endian, HG_CORE_LIBBPF, record->kind,
                            &access, &value);
    if (why != NULL)
        return hg_link_record_fault(linker, record, "%s", why);
    *ret = value.value;
    return true;
}

static bool patch_all(struct linker *linker)
{
    const char *target = linker->big_endian ? "bpfeb" : "bpfel";
    struct hg_btf_bytes bytes = {
        .name = linker->name, .data = linker->btf.data, .size = linker->btf.size};
    struct hg_core_object object = {.name = linker->name, .big_endian = linker->big_endian};
    if (hg_read_btf_bytes(&bytes, NULL, target, linker->diagnostics, &object.types) != HG_OK)
        return false;
    bool fine = true;
    for (size_t i = 0; fine && i < linker->records.count; i++) {
        uint64_t value = 0;
        fine = find_value(linker, &object, &linker->records.items[i], &value) &&
               patch(linker, &linker->records.items[i], value);
    }
    hg_model_destroy(object.types);
    return fine;
}

/* --- the result --- */

/* Reads the new object as `hdrgen check` would.  Each relocation must be in a function, since
 * loaders skip the others. */
static bool check_result(const struct linker *linker, const struct hg_output *output)
{
    struct hg_core_object *object = NULL;
    struct hg_btf_bytes bytes = {.name = linker->name, .data = output->data, .size = output->size};
    if (hg_core_read_bytes(&bytes, linker->diagnostics, &object) != HG_OK)
        return false;
    bool fine = object->records.count == linker->relos.count;
    hg_core_destroy(object);
    return fine || hg_link_fault(linker,
                                 "a placeholder is in no function (a symbol of type FUNC "
                                 "with a size), and loaders would skip its relocation");
}

static bool link_records(struct linker *linker, struct link_btf *own, struct hg_output *ret)
{
    return hg_link_read_ext(linker, own) && hg_link_merge(linker) && hg_link_emit(linker, own) &&
           patch_all(linker) && hg_link_make_ext(linker) && hg_link_write(linker, ret) &&
           check_result(linker, ret);
}

static bool link_object(struct linker *linker, const struct hg_btf_bytes *bytes,
                        struct hg_link_summary *summary, struct hg_output *ret)
{
    struct link_btf own = {0};
    if (!hg_link_read_elf(linker, bytes) || !hg_link_find_records(linker))
        return false;
    bool fine = hg_link_mend(linker, &own);
    if (fine && linker->records.count > 0) {
        fine = link_records(linker, &own, ret);
    } else if (fine) {
        ret->data = hg_malloc(bytes->size);
        ret->size = bytes->size;
        memcpy(ret->data, bytes->data, bytes->size);
    }
    *summary = (struct hg_link_summary){
        .relocations = linker->records.count,
        .kept = linker->kept,
        .was_linked = linker->records.count == 0 && own.was_linked,
    };
    hg_link_btf_deinit(&own);
    return fine;
}

static void linker_init(struct linker *linker)
{
    hg_arena_init(&linker->arena);
    hg_strings_init(&linker->strings, &linker->arena);
    hg_strings_init(&linker->root_numbers, &linker->arena);
    hg_strings_init(&linker->part_numbers, &linker->arena);
    hg_strings_init(&linker->code_numbers, &linker->arena);
    hg_strings_init(&linker->place_numbers, &linker->arena);
}

static void linker_deinit(struct linker *linker)
{
    for (size_t i = 0; i < linker->sections.count; i++) {
        free(linker->sections.items[i].changed);
        free(linker->sections.items[i].relocations.items);
    }
    free(linker->sections.items);
    free(linker->symbols.items);
    free(linker->placeholders.items);
    free(linker->definitions.items);
    free(linker->records.items);
    free(linker->roots.items);
    free(linker->parts.items);
    free(linker->relos.items);
    hg_output_deinit(&linker->btf);
    hg_output_deinit(&linker->ext);
    hg_strings_deinit(&linker->strings);
    hg_strings_deinit(&linker->root_numbers);
    hg_strings_deinit(&linker->part_numbers);
    hg_strings_deinit(&linker->code_numbers);
    hg_strings_deinit(&linker->place_numbers);
    elf_end(linker->elf);
    hg_arena_deinit(&linker->arena);
}

enum hg_status hg_link_object(const struct hg_btf_bytes *object, struct hg_diagnostics *diagnostics,
                              struct hg_link_summary *summary, struct hg_output *ret)
{
    struct linker linker = {.name = object->name, .diagnostics = diagnostics};
    linker_init(&linker);
    bool fine = link_object(&linker, object, summary, ret);
    linker_deinit(&linker);
    if (!fine)
        hg_output_deinit(ret);
    return fine ? HG_OK : HG_ERROR_INPUT;
}
