/*
 * Packing: see pack.h.
 *
 *     struct list { struct list *next; };
 *
 *         2                                    the form's version
 *         2 "list", 0x00, "next", 0x00         strings: their count, then each, once
 *         ...                                  target, inputs, files
 *         3                                    the number of types, with void, which is not packed
 *         7 1 1 8 8 ...                        type 1: kind, flags, name, size, align, where, tags
 *         1  2 2 0 0 ...                       its members: their count, then each
 *         5 1 0 8 8 ...                        type 2, the pointer
 *         0 0 0                                no symbols, no sections, no macros
 *
 * All but the strings are numbers in LEB128: seven bits in a byte, the lowest first, and the top
 * bit set in all bytes but the last.  A string is packed as its index in the table, counted from 1;
 * 0 is NULL.
 */
#include "model/pack.h"

#include "base/memory.h"
#include "base/strings.h"
#include "model/build.h"
#include "model/packed.h"
#include "model/walk.h"

#include <assert.h>
#include <string.h>

struct packer {
    struct hg_text body;       /* what follows the strings */
    struct hg_strings strings; /* each with its index in the table, counted from 1 */
    HG_ARRAY(const char *) table;
};

static void put(struct hg_text *bytes, uint64_t value)
{
    unsigned char encoded[10];
    size_t count = 0;
    for (; value >= 0x80; value >>= 7)
        encoded[count++] = (unsigned char)(value | 0x80);
    encoded[count++] = (unsigned char)value;
    hg_text_bytes(bytes, encoded, count);
}

static void pack(struct packer *packer, uint64_t value)
{
    put(&packer->body, value);
}

static void pack_string(struct packer *packer, const char *string)
{
    if (string == NULL) {
        pack(packer, 0);
        return;
    }
    uint32_t *number = hg_strings_number(&packer->strings, string, strlen(string));
    if (*number == 0) {
        *HG_PUSH(&packer->table) = string;
        *number = (uint32_t)packer->table.count;
    }
    pack(packer, *number);
}

static void pack_location(struct packer *packer, const struct hg_location *where)
{
    pack_string(packer, where->file);
    pack(packer, where->line);
    pack(packer, where->column);
}

static void pack_tags(struct packer *packer, const struct hg_tags *tags)
{
    size_t count = tags == NULL ? 0 : tags->count;
    pack(packer, count);
    for (size_t i = 0; i < count; i++) {
        pack_string(packer, tags->names[i]);
        pack(packer, tags->is_attribute != NULL && tags->is_attribute[i]);
    }
}

static void pack_ref(struct packer *packer, const struct hg_ref *ref)
{
    pack(packer, ref->id);
    pack(packer, ref->qualifiers);
    pack_tags(packer, ref->tags);
}

static void pack_members(struct packer *packer, const struct hg_type *type)
{
    pack(packer, type->member_count);
    for (size_t i = 0; i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        pack_string(packer, member->name);
        pack_ref(packer, &member->type);
        pack(packer, member->bit_offset);
        pack(packer, member->bit_width);
        pack_tags(packer, member->tags);
        pack_location(packer, &member->where);
    }
}

static void pack_enumerators(struct packer *packer, const struct hg_type *type)
{
    pack(packer, type->enumerator_count);
    for (size_t i = 0; i < type->enumerator_count; i++) {
        pack_string(packer, type->enumerators[i].name);
        pack(packer, type->enumerators[i].value);
    }
}

static void pack_parameters(struct packer *packer, const struct hg_type *type)
{
    pack(packer, type->parameter_count);
    for (size_t i = 0; i < type->parameter_count; i++) {
        pack_string(packer, type->parameters[i].name);
        pack_ref(packer, &type->parameters[i].type);
    }
}

static void pack_type(struct packer *packer, const struct hg_type *type)
{
    pack(packer, type->kind);
    pack(packer, (type->complete ? FLAG_COMPLETE : 0u) | (type->is_signed ? FLAG_SIGNED : 0u) |
                     (type->variadic ? FLAG_VARIADIC : 0u) | (type->is_vector ? FLAG_VECTOR : 0u) |
                     (type->is_complex ? FLAG_COMPLEX : 0u) |
                     (type->lacks_members ? FLAG_LACKS : 0u));
    pack_string(packer, type->name);
    pack(packer, type->size);
    pack(packer, type->align);
    pack_location(packer, &type->where);
    pack_tags(packer, type->tags);
    if (hg_has_ref(type))
        pack_ref(packer, &type->ref);
    if (type->kind == HG_ARRAY)
        pack(packer, type->count);
    if (type->kind == HG_FUNCTION)
        pack_parameters(packer, type);
    if (hg_is_record(type))
        pack_members(packer, type);
    if (type->kind == HG_ENUM)
        pack_enumerators(packer, type);
    if (type->kind == HG_OPAQUE)
        pack_string(packer, type->reason);
}

static void pack_origin(struct packer *packer, const struct hg_model *model)
{
    const struct hg_target *target = hg_model_target(model);
    pack_string(packer, target->triple);
    pack(packer, target->big_endian);
    pack(packer, target->char_signed);
    pack(packer, target->enum_signs_unknown);
    pack(packer, target->pointer_size);
    pack(packer, target->long_size);
    size_t count = 0;
    const struct hg_input *inputs = hg_model_inputs(model, &count);
    pack(packer, count);
    for (size_t i = 0; i < count; i++) {
        pack_string(packer, inputs[i].name);
        pack(packer, inputs[i].hash);
    }
    const char *const *files = hg_model_files(model, &count);
    pack(packer, count);
    for (size_t i = 0; i < count; i++)
        pack_string(packer, files[i]);
}

static void pack_symbols(struct packer *packer, const struct hg_model *model)
{
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(model, &count);
    pack(packer, count);
    for (size_t i = 0; i < count; i++) {
        const struct hg_symbol *symbol = &symbols[i];
        pack(packer, symbol->kind);
        pack(packer, symbol->linkage);
        pack_string(packer, symbol->name);
        pack_ref(packer, &symbol->type);
        pack_tags(packer, symbol->tags);
        size_t tagged = symbol->parameter_tags == NULL
                            ? 0
                            : hg_model_type(model, symbol->type.id)->parameter_count;
        pack(packer, tagged);
        for (size_t j = 0; j < tagged; j++)
            pack_tags(packer, symbol->parameter_tags[j]);
    }
}

static void pack_sections(struct packer *packer, const struct hg_model *model)
{
    size_t count = 0;
    const struct hg_section *sections = hg_model_sections(model, &count);
    pack(packer, count);
    for (size_t i = 0; i < count; i++) {
        pack_string(packer, sections[i].name);
        pack(packer, sections[i].size);
        pack(packer, sections[i].entry_count);
        for (size_t j = 0; j < sections[i].entry_count; j++) {
            pack(packer, sections[i].entries[j].symbol);
            pack(packer, sections[i].entries[j].offset);
            pack(packer, sections[i].entries[j].size);
        }
    }
}

static void pack_macros(struct packer *packer, const struct hg_model *model)
{
    size_t count = 0;
    const struct hg_macro *macros = hg_model_macros(model, &count);
    pack(packer, count);
    for (size_t i = 0; i < count; i++) {
        pack(packer, macros[i].kind);
        pack_string(packer, macros[i].name);
        pack_string(packer, macros[i].type_name);
        pack(packer, macros[i].size);
        pack(packer, macros[i].is_signed);
        pack(packer, macros[i].value);
        pack_string(packer, macros[i].string);
        pack_location(packer, &macros[i].where);
    }
}

void hg_model_pack(const struct hg_model *model, struct hg_text *bytes)
{
    assert(hg_model_numbering(model) == NULL);
    struct packer packer = {0};
    pack_origin(&packer, model);
    size_t count = hg_model_type_count(model);
    pack(&packer, count);
    for (size_t id = 1; id < count; id++)
        pack_type(&packer, hg_model_type(model, (hg_type_id)id));
    pack_symbols(&packer, model);
    pack_sections(&packer, model);
    pack_macros(&packer, model);

    put(bytes, PACKED_FORM);
    put(bytes, packer.table.count);
    for (size_t i = 0; i < packer.table.count; i++)
        hg_text_bytes(bytes, packer.table.items[i], strlen(packer.table.items[i]) + 1);
    hg_text_bytes(bytes, packer.body.data, packer.body.size);

    free(packer.table.items);
    hg_text_deinit(&packer.body);
    hg_strings_deinit(&packer.strings);
}
