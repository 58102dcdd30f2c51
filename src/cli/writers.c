/* Calls the back ends, each with the options of its format. */
#include "cli.h"

enum hg_status write_rust(const struct hg_model *model, const struct hg_selection *selection,
                          const struct write_options *options, struct hg_diagnostics *diagnostics,
                          struct hg_output *ret)
{
    HG_OPTIONS(hg_rust_options, rust, .ctypes_prefix = options->ctypes_prefix,
               .enum_style = options->enum_style, .derives = options->derives,
               .module = options->module, .accessors = options->accessors,
               .probe_read_fn = options->probe_read_fn, .raw_lines = options->raw_lines,
               .raw_line_count = options->raw_line_count, .command = options->command);
    return hg_write_rust(model, selection, &rust, diagnostics, ret);
}

enum hg_status write_c(const struct hg_model *model, const struct hg_selection *selection,
                       const struct write_options *options, struct hg_diagnostics *diagnostics,
                       struct hg_output *ret)
{
    HG_OPTIONS(hg_c_options, c, .guard = options->guard, .flavour = options->flavour,
               .no_preserve_access_index = options->no_preserve_access_index,
               .raw_lines = options->raw_lines, .raw_line_count = options->raw_line_count,
               .command = options->command, .verbose = options->verbose);
    return hg_write_c(model, selection, &c, diagnostics, ret);
}

struct hg_btf_options btf_options(const struct write_options *options)
{
    HG_OPTIONS(hg_btf_options, btf, .btf_compat = options->btf_compat, .elf = options->elf,
               .keep_duplicate_names = options->keep_duplicate_names,
               .keep_flavours = options->keep_flavours, .symbols = options->symbols,
               .chosen_symbols = options->chosen_symbols);
    return btf;
}

enum hg_status write_btf(const struct hg_model *model, const struct hg_selection *selection,
                         const struct write_options *options, struct hg_diagnostics *diagnostics,
                         struct hg_output *ret)
{
    struct hg_btf_options btf = btf_options(options);
    return hg_write_btf(model, selection, &btf, diagnostics, ret);
}

enum hg_status write_json(const struct hg_model *model, const struct hg_selection *selection,
                          const struct write_options *options, struct hg_diagnostics *diagnostics,
                          struct hg_output *ret)
{
    (void)options;
    return hg_write_json(model, selection, diagnostics, ret);
}
