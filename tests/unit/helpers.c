/* What unit tests share: see helpers.h. */
#include "helpers.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

static void keep(void *user, const struct hg_diagnostic *diagnostic)
{
    static const char *const words[] = {
        [HG_NOTE] = "note", [HG_WARNING] = "warning", [HG_ERROR] = "error"};
    struct hg_test_log *log = user;
    if (diagnostic->where.file != NULL)
        hg_text_printf(&log->text, "%s:%u: ", diagnostic->where.file, diagnostic->where.line);
    hg_text_printf(&log->text, "%s: %s\n", words[diagnostic->severity], diagnostic->text);
}

void hg_test_log_init(struct hg_test_log *log)
{
    *log = (struct hg_test_log){.diagnostics = {.report = keep, .user = log}};
}

void hg_test_log_deinit(struct hg_test_log *log)
{
    hg_text_deinit(&log->text);
}

bool hg_test_reported(const struct hg_test_log *log, const char *words)
{
    if (strstr(hg_text_string(&log->text), words) != NULL)
        return true;
    fprintf(stderr, "\nnot reported: %s\nbut:\n%s", words, hg_text_string(&log->text));
    return false;
}

bool hg_test_same(const char *found, const char *expected)
{
    if (found == NULL && expected == NULL)
        return true;
    if (found != NULL && expected != NULL && strcmp(found, expected) == 0)
        return true;
    fprintf(stderr, "\nfound    <%s>\nexpected <%s>\n", found == NULL ? "(NULL)" : found,
            expected == NULL ? "(NULL)" : expected);
    return false;
}

struct hg_model *hg_test_model_create(void)
{
    struct hg_model *model = hg_model_create();
    hg_model_set_target(model, &(struct hg_target){
                                   .triple = "x86_64-unknown-linux-gnu",
                                   .char_signed = true,
                                   .pointer_size = 8,
                                   .long_size = 8,
                               });
    return model;
}

void hg_test_seal(struct hg_model *model)
{
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_model_seal(model, &log.diagnostics), HG_OK);
    CU_ASSERT(hg_test_same(hg_text_string(&log.text), ""));
    hg_test_log_deinit(&log);
}

static const char *string(struct hg_model *model, const char *text)
{
    return text == NULL ? NULL : hg_model_string(model, text, strlen(text));
}

hg_type_id hg_test_int(struct hg_model *model, const char *name, unsigned size, bool is_signed)
{
    return hg_model_intern(model, &(struct hg_type){
                                      .kind = HG_INT,
                                      .complete = true,
                                      .is_signed = is_signed,
                                      .name = string(model, name),
                                      .size = size,
                                      .align = size,
                                  });
}

hg_type_id hg_test_pointer(struct hg_model *model, hg_type_id to)
{
    unsigned size = hg_model_target(model)->pointer_size;
    return hg_model_intern(model, &(struct hg_type){
                                      .kind = HG_POINTER,
                                      .complete = true,
                                      .size = size,
                                      .align = size,
                                      .ref.id = to,
                                  });
}

hg_type_id hg_test_array(struct hg_model *model, hg_type_id element, uint64_t count)
{
    return hg_model_intern(model, &(struct hg_type){
                                      .kind = HG_ARRAY,
                                      .complete = true,
                                      .size = count * hg_type_size(model, element),
                                      .align = hg_type_align(model, element),
                                      .ref.id = element,
                                      .count = count,
                                  });
}

static hg_type_id define(struct hg_model *model, const struct hg_type *type)
{
    hg_type_id id = hg_model_declare(model);
    hg_model_define(model, id, type);
    return id;
}

hg_type_id hg_test_typedef(struct hg_model *model, const char *name, hg_type_id of)
{
    return define(model, &(struct hg_type){.kind = HG_TYPEDEF,
                                           .complete = true,
                                           .name = string(model, name),
                                           .ref.id = of});
}

hg_type_id hg_test_function(struct hg_model *model, hg_type_id result,
                            const struct hg_parameter *parameters, size_t count)
{
    struct hg_type function = {.kind = HG_FUNCTION, .complete = true, .ref.id = result};
    function.parameters = parameters;
    function.parameter_count = count;
    return hg_model_intern(model, &function);
}

hg_type_id hg_test_enum(struct hg_model *model, const char *name, unsigned size, bool is_signed,
                        const struct hg_enumerator *enumerators, size_t count)
{
    struct hg_type type = {
        .kind = HG_ENUM,
        .complete = true,
        .is_signed = is_signed,
        .name = string(model, name),
        .size = size,
        .align = size,
    };
    type.enumerators =
        hg_arena_copy(hg_model_arena(model), enumerators, count, sizeof *enumerators);
    type.enumerator_count = count;
    return define(model, &type);
}

void hg_test_define_record(struct hg_model *model, hg_type_id id, enum hg_kind kind,
                           const char *name, uint64_t size, uint32_t align,
                           const struct hg_member *members, size_t count)
{
    struct hg_type type = {
        .kind = kind,
        .complete = true,
        .name = string(model, name),
        .size = size,
        .align = align,
    };
    type.members = hg_arena_copy(hg_model_arena(model), members, count, sizeof *members);
    type.member_count = count;
    hg_model_define(model, id, &type);
}

hg_type_id hg_test_record(struct hg_model *model, enum hg_kind kind, const char *name,
                          uint64_t size, uint32_t align, const struct hg_member *members,
                          size_t count)
{
    hg_type_id id = hg_model_declare(model);
    hg_test_define_record(model, id, kind, name, size, align, members, count);
    return id;
}

hg_type_id hg_test_forward(struct hg_model *model, enum hg_kind kind, const char *name)
{
    return define(model, &(struct hg_type){.kind = kind, .name = string(model, name)});
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void hg_test_remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
