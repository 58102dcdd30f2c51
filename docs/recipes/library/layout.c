/*
 * A program that links libhdrgen: where is a member?
 *
 *     cc layout.c $(pkg-config --cflags --libs hdrgen) -o layout
 *     ./layout my.h event comm
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
    bool is_there = id != HG_NO_TYPE && hg_model_find_member(model, id, argv[3], &place);
    if (is_there)
        printf("%s at bit %llu of %llu\n", argv[3], (unsigned long long)place.bit_offset,
               8 * (unsigned long long)hg_type_size(model, id));
    else
        fprintf(stderr, "%s has no struct %s with a member %s\n", header, argv[2], argv[3]);
    hg_model_destroy(model);
    return is_there ? 0 : 1;
}
