/*
 * Functions, variables and sections, on request.
 *
 *     int f(int x);  int y;      FUNC 'f' -> FUNC_PROTO;  VAR 'y' -> INT;  DATASEC '.data' { y }
 *
 * A loader that relocates a program has no use for them; they make the output as complete as the
 * BTF that it was read from.  A symbol is written if its type is selected; a warning counts the
 * others.  A section is written with those of its variables that are written, if there are any.
 */
#include "backend/btf/parts.h"
#include "base/diag.h"

#include <inttypes.h>

static bool is_chosen(const struct btf_writer *writer, size_t symbol)
{
    return writer->options->chosen_symbols == NULL || writer->options->chosen_symbols[symbol] != 0;
}

static bool is_selected(const struct btf_writer *writer, const struct hg_symbol *symbol)
{
    hg_type_id id = symbol->type.id;
    return id == HG_VOID_ID ? symbol->kind == HG_SYMBOL_VARIABLE
                            : writer->selection->need[id] != HG_NOT_NEEDED;
}

void hg_btf_out_plan_symbols(struct btf_writer *writer)
{
    if (!writer->options->symbols)
        return;
    size_t count;
    size_t left_out = 0;
    const struct hg_symbol *symbols = hg_model_symbols(writer->model, &count);
    writer->symbol_types = hg_calloc(count, sizeof *writer->symbol_types);
    writer->symbol_ids = hg_calloc(count, sizeof *writer->symbol_ids);
    uint32_t planned = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_chosen(writer, i))
            continue;
        if (!is_selected(writer, &symbols[i])) {
            left_out++;
            continue;
        }
        writer->current = symbols[i].type.id;
        writer->symbol_types[i] = hg_btf_out_ref(writer, &symbols[i].type);
        writer->symbol_ids[i] = ++planned; /* put_symbols adds the ids before them */
    }
    if (left_out > 0)
        hg_warning(writer->diagnostics, NULL,
                   "%zu of %zu functions and variables are left out: their types are not selected",
                   left_out, count);
}

static void put_symbol(struct btf_writer *writer, const struct hg_symbol *symbol, uint32_t type,
                       uint32_t id)
{
    struct encoder *encoder = &writer->encoder;
    hg_btf_out_note_tags(writer, symbol->tags, id, BTF_WHOLE);
    if (symbol->kind == HG_SYMBOL_VARIABLE) {
        hg_encode_head(encoder, BTF_VAR, false, 0, symbol->name, type);
        hg_encode_word(encoder, (uint32_t)symbol->linkage);
        return;
    }
    hg_encode_head(encoder, BTF_FUNC, false, (size_t)symbol->linkage, symbol->name, type);
    size_t count = hg_model_type(writer->model, symbol->type.id)->parameter_count;
    for (size_t i = 0; i < count && symbol->parameter_tags != NULL; i++)
        hg_btf_out_note_tags(writer, symbol->parameter_tags[i], id, (uint32_t)i);
}

static void put_section(struct btf_writer *writer, const struct hg_section *section)
{
    size_t count = 0;
    for (size_t i = 0; i < section->entry_count; i++)
        count += writer->symbol_ids[section->entries[i].symbol] != 0;
    if (count == 0)
        return;
    if (count > BTF_ENTRIES_MAX || section->size > UINT32_MAX) {
        hg_error(writer->diagnostics, NULL,
                 "section '%s': %zu variables in %" PRIu64 " bytes, and BTF can hold %d in %u",
                 section->name, count, section->size, BTF_ENTRIES_MAX, UINT32_MAX);
        writer->failed = true;
        return;
    }
    struct encoder *encoder = &writer->encoder;
    hg_encode_head(encoder, BTF_DATASEC, false, count, section->name, (uint32_t)section->size);
    for (size_t i = 0; i < section->entry_count; i++) {
        const struct hg_section_entry *entry = &section->entries[i];
        if (writer->symbol_ids[entry->symbol] == 0)
            continue;
        if (entry->offset > UINT32_MAX || entry->size > UINT32_MAX) {
            hg_error(writer->diagnostics, NULL,
                     "section '%s': %" PRIu64 " bytes at %" PRIu64
                     ", and BTF can say no more than %u",
                     section->name, entry->size, entry->offset, UINT32_MAX);
            writer->failed = true;
        }
        hg_encode_word(encoder, writer->symbol_ids[entry->symbol]);
        hg_encode_word(encoder, (uint32_t)entry->offset);
        hg_encode_word(encoder, (uint32_t)entry->size);
    }
}

void hg_btf_out_put_symbols(struct btf_writer *writer)
{
    if (!writer->options->symbols)
        return;
    size_t count;
    const struct hg_symbol *symbols = hg_model_symbols(writer->model, &count);
    uint32_t before = writer->encoder.type_count;
    for (size_t i = 0; i < count; i++) {
        if (writer->symbol_ids[i] == 0)
            continue;
        writer->symbol_ids[i] += before;
        writer->current = symbols[i].type.id;
        put_symbol(writer, &symbols[i], writer->symbol_types[i], writer->symbol_ids[i]);
    }
    const struct hg_section *sections = hg_model_sections(writer->model, &count);
    for (size_t i = 0; i < count; i++)
        put_section(writer, &sections[i]);
}
