/*
 * A program that links libhdrgen: where is a member?
 *
 *     cc layout.c $(pkg-config --cflags --libs hdrgen) -o layout
 *     ./layout records.h event comm
 */
#include <hdrgen/read.h>
#include <stdio.h>

static void report(void *user, const struct hg_diagnostic *diagnostic)
{
    (void)user;
    fprintf(stderr, "%s\n", diagnostic->text);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: layout HEADER STRUCT MEMBER\n");
        return 2;
    }
    const char *header = argv[1];
    HG_OPTIONS(hg_header_options, options, .headers = &header, .header_count = 1);
    struct hg_diagnostics diagnostics = {.report = report};
    struct hg_model *model = NULL;
    if (hg_read_headers(&options, &diagnostics, &model) != HG_OK)
        return 2;
    hg_type_id id = hg_model_find(model, HG_STRUCT, argv[2]);
    struct hg_member_place place;
    if (id != HG_NO_TYPE && hg_model_find_member(model, id, argv[3], &place))
        printf("%s at bit %llu of %llu bytes\n", argv[3], (unsigned long long)place.bit_offset,
               (unsigned long long)hg_type_size(model, id));
    hg_model_destroy(model);
    return 0;
}
