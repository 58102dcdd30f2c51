/* Decoding instructions: eight bytes each, in the object's byte order. */
#include "core/object.h"

uint64_t hg_core_number(const uint8_t *bytes, unsigned count, bool big_endian)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value = value << 8 | bytes[big_endian ? i : count - 1 - i];
    return value;
}

struct insn hg_core_insn(const struct hg_core_object *object, const struct function *function,
                         uint32_t index)
{
    const struct code *code = &object->codes.items[function->code];
    const uint8_t *bytes = code->bytes + function->offset + (size_t)index * INSN_SIZE;
    bool big_endian = object->big_endian;
    return (struct insn){
        .code = bytes[0],
        .dst = big_endian ? bytes[1] >> 4 : bytes[1] & 0x0f,
        .src = big_endian ? bytes[1] & 0x0f : bytes[1] >> 4,
        .off = (int16_t)(uint16_t)hg_core_number(bytes + 2, 2, big_endian),
        .imm = (int32_t)(uint32_t)hg_core_number(bytes + 4, 4, big_endian),
    };
}
