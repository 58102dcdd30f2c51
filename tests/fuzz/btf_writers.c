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

/* What the writers get, all of them. */
struct options {
    struct hg_rust_options rust;
    struct hg_c_options c;
    struct hg_btf_options btf;
};

/* A writer refused without a word, or wrote what we would not read: faults of ours, not of the
 * input. */
static void check(enum hg_status status, const struct hg_diagnostics *diagnostics, bool is_btf,
                  struct hg_output *output)
{
    struct hg_btf_bytes bytes = {.name = "output", .data = output->data, .size = output->size};
    if (status != HG_OK && diagnostics->errors == 0)
        __builtin_trap();
    if (status == HG_OK && is_btf && hg_check_btf_bytes(&bytes, NULL, NULL, NULL) != HG_OK)
        __builtin_trap();
    hg_output_deinit(output);
}

static void write_all(const struct hg_model *model, const struct hg_selection *selection,
                      const struct options *options)
{
    struct hg_diagnostics diagnostics = {0};
    struct hg_output output = {0};
    check(hg_write_rust(model, selection, &options->rust, &diagnostics, &output), &diagnostics,
          false, &output);
    diagnostics.errors = 0;
    check(hg_write_c(model, selection, &options->c, &diagnostics, &output), &diagnostics, false,
          &output);
    diagnostics.errors = 0;
    check(hg_write_btf(model, selection, &options->btf, &diagnostics, &output), &diagnostics, true,
          &output);
    diagnostics.errors = 0;
    check(hg_write_json(model, selection, &diagnostics, &output), &diagnostics, false, &output);
    check(hg_write_show(model, selection, NULL, &diagnostics, &output), &diagnostics, false,
          &output);
    check(hg_write_list(model, selection, NULL, &diagnostics, &output), &diagnostics, false,
          &output);
}

/* Questions about layouts: a byte of each record, a member of each, orders, what holds the first.
 */
static void ask_all(const struct hg_model *model, const struct hg_selection *selection)
{
    struct hg_layout_question *questions = calloc(selection->root_count + 1, sizeof *questions);
    for (size_t i = 0; questions != NULL && i < selection->root_count; i++) {
        const struct hg_type *type = hg_model_type(model, selection->roots[i]);
        bool is_record = type->kind == HG_STRUCT || type->kind == HG_UNION;
        bool has_name = is_record && type->member_count > 0 &&
                        type->members[type->member_count - 1].name != NULL;
        questions[i] = (struct hg_layout_question){
            .member = i % 2 == 0 && has_name ? type->members[type->member_count - 1].name : NULL,
            .has_offset = i % 3 != 0,
            .is_optional = true,
            .offset = type->size / 2,
        };
    }
    struct hg_layout_options layouts[] = {
        {.expand = true, .hex = true, .cache_line = 32},
        {.reorganize = true, .order = HG_LIST_BY_HOLES},
        {.questions = questions, .expand = true, .order = HG_LIST_BY_PADDING},
        {.contained = selection->roots, .contained_count = selection->root_count / 2},
    };
    for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++) {
        struct hg_diagnostics diagnostics = {0};
        struct hg_output output = {0};
        layouts[l].sz = sizeof layouts[l];
        check(hg_write_show(model, selection, &layouts[l], &diagnostics, &output), &diagnostics,
              false, &output);
        diagnostics.errors = 0;
        output = (struct hg_output){0};
        check(hg_write_layout_json(model, selection, &layouts[l], &diagnostics, &output),
              &diagnostics, false, &output);
        diagnostics.errors = 0;
        output = (struct hg_output){0};
        check(hg_write_list(model, selection, &layouts[l], &diagnostics, &output), &diagnostics,
              false, &output);
    }
    free(questions);
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
        struct hg_select_options all = {.sz = sizeof(struct hg_select_options),
                                        .pointer_depth = depth == 0 ? 0 : HG_FOLLOW_ALL};
        struct hg_selection *selection = NULL;
        if (hg_select(model, &all, &diagnostics, &selection) != HG_OK)
            break;
        struct options options = {
            .rust.sz = sizeof options.rust,
            .c.sz = sizeof options.c,
            .btf = {.sz = sizeof options.btf,
                    .keep_duplicate_names = depth == 0,
                    .btf_compat = depth == 0 ? 0 : HG_KERNEL_VERSION(5, 4)},
        };
        if (depth == 1) {
            options.rust.accessors = HG_ACCESSORS_PROBE_READ;
            options.rust.enum_style = HG_ENUM_NEWTYPE;
            options.rust.derives = HG_DERIVE_DEFAULT | HG_DERIVE_PARTIAL_EQ | HG_DERIVE_HASH;
            options.c.flavour = "___old";
        }
        write_all(model, selection, &options);
        ask_all(model, selection);
        hg_selection_destroy(selection);
        if (depth == 0)
            model = trim(model);
    }
    hg_model_destroy(model);
    return 0;
}
