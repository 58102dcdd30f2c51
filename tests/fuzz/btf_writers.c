/*
 * Fuzzing the way from BTF to every output: what the reader accepts, selection and each back end
 * must take, whatever is in it.  BTF that we write must be BTF that we read.
 */
#include <hdrgen/read.h>
#include <hdrgen/select.h>
#include <hdrgen/trim.h>
#include <hdrgen/write.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a fault of ours, not of the input, would be told as. */
static void write_all(const struct hg_model *model, const struct hg_selection *selection,
                      const struct hg_write_options *options)
{
    static hg_write_fn *const writers[] = {hg_write_rust, hg_write_c,    hg_write_btf,
                                           hg_write_json, hg_write_show, hg_write_list};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        struct hg_diagnostics diagnostics = {0};
        struct hg_output output = {0};
        enum hg_status status = writers[i](model, selection, options, &diagnostics, &output);
        if (status != HG_OK && diagnostics.errors == 0)
            __builtin_trap(); /* refused without a word */
        if (status == HG_OK && writers[i] == hg_write_btf) {
            struct hg_btf_bytes bytes = {
                .name = "output", .data = output.data, .size = output.size};
            if (hg_check_btf_bytes(&bytes, NULL, NULL, NULL) != HG_OK)
                __builtin_trap(); /* we wrote what we would not read */
        }
        hg_output_deinit(&output);
    }
}

/* The first record with a name and a member: only its last member is kept. */
static struct hg_model *trim(struct hg_model *model)
{
    for (hg_type_id id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, id);
        bool is_record = type->kind == HG_STRUCT || type->kind == HG_UNION;
        if (!is_record || type->name == NULL || type->member_count == 0)
            continue;
        const char *name = type->members[type->member_count - 1].name;
        struct hg_trim less = {.record = type->name, .members = &name, .member_count = 1};
        struct hg_diagnostics diagnostics = {0};
        struct hg_model *trimmed = NULL;
        if (name == NULL)
            continue;
        if (hg_trim(model, &less, 1, &diagnostics, &trimmed) == HG_OK) {
            hg_model_destroy(model);
            return trimmed;
        }
        if (diagnostics.errors == 0)
            __builtin_trap();
        break;
    }
    return model;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hg_btf_bytes bytes = {.name = "input", .data = data, .size = size};
    struct hg_diagnostics diagnostics = {0};
    struct hg_model *model = NULL;
    if (hg_read_btf_bytes(&bytes, NULL, NULL, &diagnostics, &model) != HG_OK)
        return 0;
    for (uint32_t depth = 0; depth < 2; depth++) {
        struct hg_select_options all = {.pointer_depth = depth == 0 ? 0 : HG_FOLLOW_ALL};
        struct hg_selection *selection = NULL;
        if (hg_select(model, &all, &diagnostics, &selection) != HG_OK)
            break;
        struct hg_write_options options = {.keep_namesakes = depth == 0,
                                           .elf = false,
                                           .btf_compat = depth == 0 ? 0 : HG_KERNEL_VERSION(5, 4)};
        if (depth == 1) {
            options.accessors = HG_ACCESSORS_PROBE_READ;
            options.enum_style = HG_ENUM_NEWTYPE;
            options.derives = HG_DERIVE_DEFAULT | HG_DERIVE_PARTIAL_EQ | HG_DERIVE_HASH;
            options.flavour = "___old";
        }
        write_all(model, selection, &options);
        hg_selection_destroy(selection);
        if (depth == 0)
            model = trim(model);
    }
    hg_model_destroy(model);
    return 0;
}
