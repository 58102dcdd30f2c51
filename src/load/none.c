/* load.h for a hdrgen without libbpf (-DHDRGEN_LIBBPF=OFF): hg_load_begin reports an error. */
#include "base/diag.h"
#include "load/load.h"

enum hg_status hg_load_begin(struct hg_diagnostics *diagnostics)
{
    hg_error(diagnostics, NULL, "--load: this hdrgen was built without libbpf");
    return HG_ERROR_UNSUPPORTED;
}

void hg_load_object(const char *path, const struct hg_load_options *options,
                    struct hg_load_report *ret)
{
    (void)path;
    (void)options;
    *ret = (struct hg_load_report){0};
    hg_arena_init(&ret->arena);
}

void hg_load_report_deinit(struct hg_load_report *report)
{
    hg_arena_deinit(&report->arena);
}
