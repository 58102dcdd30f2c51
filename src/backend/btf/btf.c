/*
 * The BTF back end: a selection as BPF Type Format, the way a kernel describes its own types.
 *
 *     struct list { struct list *next; };
 *
 * becomes
 *
 *     [1] STRUCT 'list' size=8 vlen=1        [2] PTR type_id=1        [3] INT 'long' size=8
 *         'next' type_id=2 bits_offset=0
 *
 * The method: each type's id is known before a type that refers to it is written.  So types are
 * written one after the other, and refer to later ones as well as to earlier ones.  In this order:
 *
 * - 1 ... n: the selected types in their order, each one type of BTF (type.c);
 * - integers that BTF needs and that were not selected: `unsigned char`, of which a type that BTF
 *   cannot express becomes an array; the index type of arrays; `long`, by whose size readers guess
 *   the size of a pointer;
 * - qualifiers and type tags in the order of first use, each chain once (ref.c);
 * - on request functions, variables and sections (symbols.c);
 * - declaration tags (ref.c).
 *
 * What this does not do: repeat the checks of the model's verifier.  In a sealed model names, sizes
 * and offsets are right; only the limits of BTF are checked here.
 */
#include "backend/btf/parts.h"
#include "base/diag.h"
#include "base/options.h"
#include "model/describe.h"

#include <assert.h>
#include <string.h>

enum { LISTED_MAX = 8 };

/* --- messages --- */

bool hg_btf_out_knows(const struct btf_writer *writer, unsigned major, unsigned minor)
{
    uint32_t version = writer->options->btf_compat;
    return version == 0 || version >= HG_KERNEL_VERSION(major, minor);
}

void hg_btf_out_refuse(struct btf_writer *writer, const char *part, const char *name,
                       const char *format, ...)
{
    writer->failed = true;
    struct hg_text text = {0};
    hg_describe_subject(&text, writer->model, writer->current);
    if (part != NULL)
        hg_text_printf(&text, ", %s '%s'", part, name == NULL ? "(anonymous)" : name);
    hg_text_put(&text, ": ");
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    hg_error(writer->diagnostics, &hg_model_type(writer->model, writer->current)->where, "%s",
             hg_text_string(&text));
    hg_text_deinit(&text);
}

void hg_btf_out_list(struct btf_writer *writer, struct subject_list *list, const char *name)
{
    list->count++;
    if (list->count == LISTED_MAX + 1)
        hg_text_put(&list->text, ", ...");
    if (list->count > LISTED_MAX)
        return;
    if (list->count > 1)
        hg_text_put(&list->text, ", ");
    if (name != NULL)
        hg_text_printf(&list->text, "'%s' of ", name);
    hg_describe_subject(&list->text, writer->model, writer->current);
}

static void report_degraded(const struct btf_writer *writer)
{
    static const char *const words[DEGRADED_KINDS] = {
        [DEGRADED_FLOAT] = "floating-point types are written as arrays of bytes",
        [DEGRADED_DECL_TAG] = "declaration tags are left out",
        [DEGRADED_TYPE_TAG] = "type tags are left out",
        [DEGRADED_ENUM_SIGN] = "enums do not say whether values with bit 31 set are negative",
        [DEGRADED_ENUM64] = "enumerators that need more than 32 bits are left out",
    };
    uint32_t version = writer->options->btf_compat;
    for (size_t i = 0; i < DEGRADED_KINDS; i++) {
        const struct subject_list *list = &writer->degraded[i];
        if (list->count > 0)
            hg_warning(writer->diagnostics, NULL, "for Linux %u.%u, %s: %zu in all (%s)",
                       (unsigned)(version >> 8), (unsigned)(version & 0xff), words[i], list->count,
                       hg_text_string(&list->text));
    }
}

/* --- ids --- */

/* The name that clang and pahole give the index type of arrays. */
static const char array_index_name[] = "__ARRAY_SIZE_TYPE__";

static bool is_named(const struct hg_type *type, const char *name)
{
    return type->name != NULL && strcmp(type->name, name) == 0;
}

/* Readers take the size of this type for the size of a pointer. */
static bool is_long(const struct hg_type *type)
{
    return type->kind == HG_INT &&
           (is_named(type, "long") || is_named(type, "long int") ||
            is_named(type, "unsigned long") || is_named(type, "long unsigned int"));
}

static bool is_written(const struct btf_writer *writer, hg_type_id id)
{
    if (writer->base != NULL)
        return writer->is_new[id];
    return writer->stands_for == NULL || writer->stands_for[id] == id ||
           (writer->stands_for[id] == HG_BTF_NAMELESS &&
            hg_model_type(writer->model, id)->kind != HG_TYPEDEF);
}

struct needs {
    bool arrays;
    bool bytes;
};

/* Notes which integers BTF needs for this type, and whether this type is one of them. */
static void note_needs(struct btf_writer *writer, const struct hg_type *type, uint32_t number,
                       struct needs *needs)
{
    if (hg_btf_out_is_bytes(writer, type))
        needs->bytes = true;
    if (type->kind == HG_ARRAY)
        needs->arrays = true;
    if (type->kind != HG_INT)
        return;
    if (writer->byte == 0 && type->size == 1 && !type->is_signed && is_named(type, "unsigned char"))
        writer->byte = number;
    if (writer->index_int == 0 && is_named(type, array_index_name))
        writer->index_int = number;
    if (is_long(type)) {
        writer->long_int = number;
        if (type->size != hg_model_target(writer->model)->pointer_size)
            hg_warning(writer->diagnostics, NULL,
                       "'%s' is not as wide as a pointer of this target, but readers of BTF take "
                       "its size for a pointer's",
                       type->name);
    }
}

static void note_chain(struct btf_writer *writer, hg_type_id id, const struct hg_type *type)
{
    if (type->kind == HG_TYPEDEF || type->kind == HG_ARRAY) {
        unsigned links = 1 + hg_btf_out_chain(writer, &type->ref);
        writer->chain[id] = links > UINT8_MAX ? UINT8_MAX : (uint8_t)links;
    }
}

static void assign_numbers(struct btf_writer *writer)
{
    const struct hg_selection *selection = writer->selection;
    struct needs needs = {0};
    uint32_t last = writer->encoder.type_count;
    for (size_t i = 0; i < selection->count; i++) {
        hg_type_id id = selection->order[i];
        const struct hg_type *type = hg_model_type(writer->model, id);
        note_chain(writer, id, type);
        if (!is_written(writer, id))
            continue;
        writer->number[id] = ++last;
        note_needs(writer, type, last, &needs);
    }
    for (size_t i = 0; i < selection->count && writer->stands_for != NULL; i++) {
        hg_type_id id = selection->order[i];
        if (writer->stands_for[id] != HG_BTF_NAMELESS)
            writer->number[id] = writer->number[writer->stands_for[id]];
    }
    writer->adds_byte = needs.bytes && writer->byte == 0;
    if (writer->adds_byte)
        writer->byte = ++last;
    writer->adds_index_int = (needs.arrays || needs.bytes) && writer->index_int == 0;
    if (writer->adds_index_int)
        writer->index_int = ++last;
    writer->adds_long_int = writer->long_int == 0;
    if (writer->adds_long_int)
        writer->long_int = ++last;
    writer->first_modifier = last + 1;
}

/* --- the file --- */

static void put_all(struct btf_writer *writer)
{
    const struct hg_selection *selection = writer->selection;
    struct encoder *encoder = &writer->encoder;
    for (size_t i = 0; i < selection->count; i++) {
        hg_type_id id = selection->order[i];
        if (!is_written(writer, id))
            continue;
        writer->current = id;
        bool nameless = writer->stands_for != NULL && writer->stands_for[id] == HG_BTF_NAMELESS;
        hg_btf_out_put_type(writer, id, nameless);
        assert(writer->failed || encoder->type_count == writer->number[id]);
    }
    if (writer->adds_byte)
        hg_encode_int(encoder, "unsigned char", 1, 0);
    if (writer->adds_index_int)
        hg_encode_int(encoder, array_index_name, 4, 0);
    if (writer->adds_long_int)
        hg_encode_int(encoder, "long", hg_model_target(writer->model)->pointer_size,
                      BTF_INT_SIGNED);
    assert(writer->failed || encoder->type_count == writer->first_modifier - 1);
    hg_btf_out_plan_symbols(writer);
    hg_btf_out_put_modifiers(writer);
    hg_btf_out_put_symbols(writer);
    hg_btf_out_put_tags(writer);
}

/* Checks the limits of the BTF as a whole. */
static void check_size(struct btf_writer *writer)
{
    static const char advice[] = "select fewer types";
    const struct encoder *encoder = &writer->encoder;
    size_t size = hg_encoder_size(encoder);
    size_t string_size =
        encoder->strings.size + (encoder->base == NULL ? 0 : encoder->base->strings.size);
    if (encoder->type_count > BTF_TYPES_MAX)
        hg_error(writer->diagnostics, NULL, "the BTF would have %u types, and %d are the most: %s",
                 encoder->type_count, BTF_TYPES_MAX, advice);
    else if (string_size > BTF_NAMES_SIZE_MAX)
        hg_error(writer->diagnostics, NULL,
                 "the BTF would have %zu bytes of names, and %d are the most: %s", string_size,
                 BTF_NAMES_SIZE_MAX, advice);
    else if (size > BTF_BYTES_MAX)
        hg_error(writer->diagnostics, NULL,
                 "the BTF would be %zu bytes, and the kernel takes no more than %d: %s", size,
                 BTF_BYTES_MAX, advice);
    else
        return;
    writer->failed = true;
}

static enum hg_status check_version(uint32_t version, struct hg_diagnostics *diagnostics)
{
    if (version == 0 || version >= HG_KERNEL_VERSION(5, 0))
        return HG_OK;
    hg_error(diagnostics, NULL,
             "BTF for Linux %u.%u cannot be written: hdrgen writes bit-fields and forward "
             "declarations in the form that Linux reads since 5.0",
             (unsigned)(version >> 8), (unsigned)(version & 0xff));
    return HG_ERROR_USAGE;
}

static void writer_deinit(struct btf_writer *writer)
{
    free(writer->number);
    free(writer->chain);
    free(writer->stands_for);
    free(writer->is_new);
    free(writer->modifiers.items);
    free(writer->tags.items);
    free(writer->symbol_types);
    free(writer->symbol_ids);
    hg_number_map_deinit(&writer->modifier_ids);
    hg_encoder_deinit(&writer->encoder);
    for (size_t i = 0; i < DEGRADED_KINDS; i++)
        hg_text_deinit(&writer->degraded[i].text);
}

/* Moves out of the writer what split BTF will need. */
static struct hg_btf_base *make_base(struct btf_writer *writer)
{
    struct hg_btf_base *base = hg_calloc(1, sizeof *base);
    size_t count = hg_model_type_count(writer->model);
    *base = (struct hg_btf_base){
        .model = writer->model,
        .number = writer->number,
        .need = memcpy(hg_malloc(count), writer->selection->need, count),
        .index_int = writer->index_int,
        .byte = writer->byte,
        .long_int = writer->long_int,
        .encoder = writer->encoder,
        .modifier_ids = writer->modifier_ids,
    };
    writer->number = NULL;
    writer->encoder = (struct encoder){0};
    writer->modifier_ids = (struct number_map){0};
    return base;
}

void hg_btf_base_destroy(struct hg_btf_base *base)
{
    if (base == NULL)
        return;
    free(base->number);
    free(base->need);
    hg_encoder_deinit(&base->encoder);
    hg_number_map_deinit(&base->modifier_ids);
    free(base);
}

/* Allocates the arrays by type id; split BTF takes over the ids and strings of its base. */
static void begin(struct btf_writer *writer)
{
    const struct hg_btf_base *base = writer->base;
    size_t count = hg_model_type_count(writer->model);
    writer->number = hg_calloc(count, sizeof *writer->number);
    writer->chain = hg_calloc(count, sizeof *writer->chain);
    if (base == NULL)
        return;
    memcpy(writer->number, base->number, count * sizeof *writer->number);
    writer->index_int = base->index_int;
    writer->byte = base->byte;
    writer->long_int = base->long_int;
    writer->encoder.base = &base->encoder;
    writer->encoder.type_count = base->encoder.type_count;
    hg_btf_out_find_new(writer);
}

static enum hg_status write_all(struct btf_writer *writer, struct hg_output *ret)
{
    const struct hg_target *target = hg_model_target(writer->model);
    begin(writer);
    if (!writer->options->keep_duplicate_names)
        hg_btf_out_settle_names(writer);
    assign_numbers(writer);
    put_all(writer);
    check_size(writer);
    if (writer->failed)
        return HG_ERROR_UNSUPPORTED;
    if (!writer->options->keep_flavours)
        hg_btf_out_report_flavours(writer);
    report_degraded(writer);
    struct hg_output output = {0};
    enum hg_status status = HG_OK;
    hg_encoder_finish(&writer->encoder, target->big_endian, &output);
    if (writer->options->elf)
        status = hg_btf_out_wrap_in_elf(target, writer->diagnostics, &output);
    if (status == HG_OK)
        *ret = output;
    else
        hg_output_deinit(&output);
    return status;
}

enum hg_status hg_write_base_btf(const struct hg_model *model, const struct hg_selection *selection,
                                 const struct hg_btf_options *given,
                                 struct hg_diagnostics *diagnostics, struct hg_output *ret,
                                 struct hg_btf_base **base)
{
    HG_TAKE(hg_btf_options, options, given, diagnostics);
    options.keep_duplicate_names |= base != NULL; /* each type of a base has a number */
    enum hg_status status = check_version(options.btf_compat, diagnostics);
    if (status != HG_OK)
        return status;
    struct btf_writer writer = {
        .model = model,
        .selection = selection,
        .options = &options,
        .diagnostics = diagnostics,
    };
    status = write_all(&writer, ret);
    if (status == HG_OK && base != NULL)
        *base = make_base(&writer);
    writer_deinit(&writer);
    return status;
}

enum hg_status hg_write_btf(const struct hg_model *model, const struct hg_selection *selection,
                            const struct hg_btf_options *options,
                            struct hg_diagnostics *diagnostics, struct hg_output *ret)
{
    return hg_write_base_btf(model, selection, options, diagnostics, ret, NULL);
}

enum hg_status hg_write_split_btf(const struct hg_btf_base *base,
                                  const struct hg_selection *selection,
                                  const struct hg_btf_options *given,
                                  struct hg_diagnostics *diagnostics, struct hg_output *ret)
{
    HG_TAKE(hg_btf_options, options, given, diagnostics);
    options.keep_duplicate_names = true;
    struct btf_writer writer = {
        .model = base->model,
        .base = base,
        .selection = selection,
        .options = &options,
        .diagnostics = diagnostics,
    };
    enum hg_status status = write_all(&writer, ret);
    writer_deinit(&writer);
    return status;
}
