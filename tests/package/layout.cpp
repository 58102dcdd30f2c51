// A C++ program that links libhdrgen: reads a header, finds a member, writes and reads BTF.
//
//     layout HEADER STRUCT PATH
#include <hdrgen/hdrgen.h>

#include <cstdio>
#include <memory>

namespace
{
struct destroy {
    void operator()(hg_model *model) const
    {
        hg_model_destroy(model);
    }
    void operator()(hg_selection *selection) const
    {
        hg_selection_destroy(selection);
    }
};
using model_pointer = std::unique_ptr<hg_model, destroy>;
using selection_pointer = std::unique_ptr<hg_selection, destroy>;

void report(void *, const hg_diagnostic *diagnostic)
{
    std::fprintf(stderr, "%s\n", diagnostic->text);
}

bool print_place(const hg_model *model, const char *name, const char *path)
{
    hg_member_place place;
    hg_type_id id = hg_model_find(model, HG_STRUCT, name);
    if (id == HG_NO_TYPE || !hg_model_find_member(model, id, path, &place))
        return false;
    std::printf("%s at bit %llu of %llu bytes\n", path, static_cast<unsigned long long>(place.bit_offset),
                static_cast<unsigned long long>(hg_type_size(model, id)));
    return true;
}
} // namespace

int main(int, char **argv)
{
    hg_diagnostics diagnostics = {report, nullptr, 0, 0};
    const char *header = argv[1];
    HG_OPTIONS(hg_header_options, options, .headers = &header, .header_count = 1);
    hg_model *model = nullptr;
    if (hg_read_headers(&options, &diagnostics, &model) != HG_OK)
        return 2;
    model_pointer first(model);

    hg_selection *selection = nullptr;
    hg_output output = {};
    if (hg_select(model, nullptr, &diagnostics, &selection) != HG_OK)
        return 2;
    selection_pointer selected(selection);
    if (hg_write_btf(model, selection, nullptr, &diagnostics, &output) != HG_OK)
        return 2;
    hg_btf_bytes bytes = {"btf", output.data, output.size};
    hg_status status = hg_read_btf_bytes(&bytes, nullptr, nullptr, &diagnostics, &model);
    hg_output_deinit(&output);
    if (status != HG_OK)
        return 2;
    model_pointer second(model);
    return print_place(first.get(), argv[2], argv[3]) && print_place(model, argv[2], argv[3]) ? 0 : 1;
}
