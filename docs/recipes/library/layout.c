/*
 * A program that links libhdrgen: where is a member?
 *
 *     cc layout.c $(pkg-config --cflags --libs hdrgen) -o layout
 *     ./layout records.h event comm
 */
#include <hdrgen/read.h>
#include <stdio.h>
#include <string.h>

static void report(void *user, const struct hg_diagnostic *diagnostic)
{
    (void)user;
    fprintf(stderr, "%s\n", diagnostic->text);
}

static const struct hg_type *find(const struct hg_model *model, const char *name)
{
    for (hg_type_id id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, id);
        if (type->kind == HG_STRUCT && type->name != NULL && strcmp(type->name, name) == 0)
            return type;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: layout HEADER STRUCT MEMBER\n");
        return 2;
    }
    struct hg_header_options options = {.headers = (const char *const *)&argv[1], .header_count = 1};
    struct hg_diagnostics diagnostics = {.report = report};
    struct hg_model *model = NULL;
    if (hg_read_headers(&options, &diagnostics, &model) != HG_OK)
        return 2;
    const struct hg_type *type = find(model, argv[2]);
    for (size_t i = 0; type != NULL && i < type->member_count; i++) {
        const struct hg_member *member = &type->members[i];
        if (member->name != NULL && strcmp(member->name, argv[3]) == 0)
            printf("%s at bit %llu of %llu bytes\n", member->name,
                   (unsigned long long)member->bit_offset, (unsigned long long)type->size);
    }
    hg_model_destroy(model);
    return 0;
}
