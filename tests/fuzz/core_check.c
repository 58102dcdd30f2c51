/*
 * Fuzzing the reader of BPF objects, linking, and what is done with their relocations: any bytes
 * are an object; it is linked if it has placeholders and records, and then linking it again must
 * change nothing; what is accepted is checked by both loaders' rules, against its own types and
 * against some that are always the same, reported on, and what it needs is cut out of both.
 *
 * What is cut out must come to the same as the whole.
 */
#include "model/build.h"
#include "surface/matrix.h"

#include <hdrgen/core.h>
#include <hdrgen/link.h>
#include <hdrgen/surface.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static hg_type_id make(struct hg_model *model, struct hg_type type)
{
    hg_type_id id = hg_model_declare(model);
    type.complete = true;
    hg_model_define(model, id, &type);
    return id;
}

static struct hg_member member(const char *name, hg_type_id type, uint64_t bit, uint32_t width)
{
    return (struct hg_member){.name = name, .type.id = type, .bit_offset = bit, .bit_width = width};
}

/* Types with the names that the seeds ask for. */
static struct hg_model *make_target(bool big_endian)
{
    struct hg_model *model = hg_model_create();
    struct hg_arena *arena = hg_model_arena(model);
    hg_model_set_target(model, &(struct hg_target){.big_endian = big_endian,
                                                   .char_signed = true,
                                                   .pointer_size = 8,
                                                   .long_size = 8});
    hg_type_id task = hg_model_declare(model);
    hg_type_id integer =
        make(model, (struct hg_type){.kind = HG_INT, .name = "int", .size = 4, .is_signed = true});
    hg_type_id letter = make(
        model, (struct hg_type){.kind = HG_CHAR, .name = "char", .size = 1, .is_signed = true});
    hg_type_id comm =
        make(model, (struct hg_type){.kind = HG_ARRAY, .size = 16, .ref.id = letter, .count = 16});
    hg_type_id pointer =
        make(model, (struct hg_type){.kind = HG_POINTER, .size = 8, .ref.id = task});
    const struct hg_enumerator values[] = {{"PIDTYPE_PID", 0}, {"PIDTYPE_TGID", 1}};
    make(model, (struct hg_type){.kind = HG_ENUM,
                                 .name = "pid_type",
                                 .size = 4,
                                 .enumerators = hg_arena_copy(arena, values, 2, sizeof *values),
                                 .enumerator_count = 2});
    make(model, (struct hg_type){.kind = HG_TYPEDEF, .name = "pid_t", .ref.id = integer});
    const struct hg_member inner[] = {member("tgid", integer, 0, 0),
                                      member("flags", integer, 0, 0)};
    hg_type_id both =
        make(model, (struct hg_type){.kind = HG_UNION,
                                     .size = 4,
                                     .members = hg_arena_copy(arena, inner, 2, sizeof *inner),
                                     .member_count = 2});
    const struct hg_member members[] = {
        member("pid", integer, 0, 0),
        member(NULL, both, 32, 0),
        member("real_parent", pointer, 64, 0),
        member("comm", comm, 128, 0),
        member("sched_reset_on_fork", integer, 256, 1),
    };
    struct hg_type record = {.kind = HG_STRUCT,
                             .complete = true,
                             .name = "task_struct",
                             .size = 40,
                             .members = hg_arena_copy(arena, members, 5, sizeof *members),
                             .member_count = 5};
    hg_model_define(model, task, &record);
    record.name = "task_struct___other";
    make(model, record);
    if (hg_model_seal(model, NULL) != HG_OK)
        __builtin_trap();
    return model;
}

static void report(const struct hg_core_findings *libbpf, const struct hg_core_findings *aya)
{
    struct hg_core_views views = {.libbpf = libbpf, .aya = aya};
    struct hg_output output = {0};
    hg_core_write_text(&views, 1, &output);
    hg_output_deinit(&output);
    hg_core_write_json(&views, 1, &output);
    hg_output_deinit(&output);
}

/* Type ids differ, of course; and what a relocation came to by running out of steps. */
static void compare(const struct hg_core_findings *whole, const struct hg_core_findings *part)
{
    for (size_t i = 0; i < whole->count; i++) {
        const struct hg_core_finding *a = &whole->findings[i];
        const struct hg_core_finding *b = &part->findings[i];
        if (a->result != b->result || (a->has_value && b->has_value && a->value != b->value &&
                                       a->kind != HG_CORE_TYPE_ID_TARGET))
            __builtin_trap();
    }
}

/* Everything that the object needs has an answer. */
/* As many kernels are asked: what one sends must be taken whole, and all reports be made of it. */
static void tabulate(const struct hg_surface *surface, const struct hg_kernel_facts *facts,
                     const struct hg_core_findings *relocations, const struct hg_answers *answers)
{
    static const char *const kernels[] = {"kernel"};
    static const char *const objects[] = {"object"};
    struct matrix matrix;
    struct hg_text bytes = {0};
    hg_matrix_init(&matrix, kernels, 1, objects, 1);
    hg_matrix_add_object(&matrix, 0, relocations, surface);
    hg_matrix_put_answers(&bytes, surface, facts, relocations, answers);
    if (!hg_matrix_take_answers(&matrix, 0, hg_text_string(&bytes), bytes.size))
        __builtin_trap();
    hg_text_deinit(&bytes);
    struct hg_output output = {0};
    hg_matrix_write_html(&matrix, &output);
    hg_output_deinit(&output);
    hg_matrix_write_text(&matrix, &output);
    hg_output_deinit(&output);
    for (size_t i = 0; i < hg_surface_programs(surface); i++)
        (void)hg_surface_program_verdict(surface, i, answers, relocations);
    hg_matrix_deinit(&matrix);
}

static void ask(const struct hg_core_object *object, const struct hg_model *target,
                const struct hg_core_findings *relocations)
{
    struct hg_surface *surface = NULL;
    struct hg_kernel_facts *facts = NULL;
    struct hg_answers *answers = NULL;
    if (hg_surface_read(object, NULL, NULL, &surface) != HG_OK)
        return;
    if (hg_facts_read(target, NULL, NULL, &facts) != HG_OK)
        __builtin_trap();
    hg_surface_ask(surface, facts, relocations, &answers);
    for (size_t i = 0; i < answers->count; i++)
        if (answers->items[i].verdict > HG_FINE && answers->items[i].why == NULL)
            __builtin_trap();
    tabulate(surface, facts, relocations, answers);
    hg_answers_destroy(answers);
    hg_facts_destroy(facts);
    hg_surface_destroy(surface);
}

static void use(const struct hg_core_object *object, const struct hg_model *target)
{
    struct hg_core_findings *libbpf = NULL;
    struct hg_core_findings *aya = NULL;
    struct hg_core_findings *cilium = NULL;
    struct hg_core_findings *part = NULL;
    struct hg_model *trimmed = NULL;
    struct hg_core_names *names = NULL;
    struct hg_diagnostics diagnostics = {0};
    const struct hg_core_need_options keep_going = {.sz = sizeof keep_going, .keep_going = true};
    if (hg_core_check(object, target, HG_CORE_LIBBPF, &diagnostics, &libbpf) != HG_OK)
        return; /* the other byte order */
    if (hg_core_check(object, target, HG_CORE_AYA, &diagnostics, &aya) != HG_OK)
        __builtin_trap();
    if (hg_core_check(object, target, HG_CORE_CILIUM, &diagnostics, &cilium) != HG_OK)
        __builtin_trap();
    hg_core_doubt(cilium, NULL);
    report(libbpf, aya);
    report(cilium, cilium);
    ask(object, target, libbpf);
    if (hg_core_found_names(&object, 1, target, &keep_going, &diagnostics, &names) == HG_OK &&
        hg_core_trim(&object, 1, target, &keep_going, &diagnostics, &trimmed) == HG_OK) {
        if (hg_core_check(object, trimmed, HG_CORE_LIBBPF, &diagnostics, &part) != HG_OK)
            __builtin_trap();
        compare(libbpf, part);
    } else if (diagnostics.errors == 0) {
        __builtin_trap(); /* refused without a word */
    }
    struct hg_model *shaped = NULL;
    if (hg_core_shape_arrays(&object, 1, target, NULL, &shaped) == HG_OK &&
        hg_model_type_count(shaped) != hg_model_type_count(target))
        __builtin_trap();
    hg_model_destroy(shaped);
    hg_core_names_destroy(names);
    hg_core_findings_destroy(libbpf);
    hg_core_findings_destroy(aya);
    hg_core_findings_destroy(cilium);
    hg_core_findings_destroy(part);
    hg_model_destroy(trimmed);
}

/* What linking makes of the bytes: nothing, or an object that reads and that linking leaves alone.
 */
static struct hg_output link_bytes(const struct hg_btf_bytes *bytes)
{
    struct hg_output linked = {0};
    struct hg_output again = {0};
    struct hg_link_summary summary;
    struct hg_diagnostics diagnostics = {0};
    struct hg_core_object *object = NULL;
    if (hg_link_object(bytes, &diagnostics, &summary, &linked) != HG_OK) {
        if (diagnostics.errors == 0)
            __builtin_trap(); /* refused without a word */
        return linked;
    }
    if (summary.relocations == 0) {
        hg_output_deinit(&linked);
        return linked;
    }
    struct hg_btf_bytes result = {.name = "linked", .data = linked.data, .size = linked.size};
    if (hg_core_read_bytes(&result, &diagnostics, &object) != HG_OK ||
        hg_link_object(&result, &diagnostics, &summary, &again) != HG_OK || !summary.was_linked ||
        again.size != linked.size || memcmp(again.data, linked.data, linked.size) != 0)
        __builtin_trap();
    hg_core_destroy(object);
    hg_output_deinit(&again);
    return linked;
}

static void check_bytes(struct hg_model *const *targets, const struct hg_btf_bytes *bytes)
{
    struct hg_diagnostics diagnostics = {0};
    struct hg_core_object *object = NULL;
    struct hg_core_names *names = NULL;
    struct hg_model *own = NULL;
    if (hg_core_read_bytes(bytes, &diagnostics, &object) != HG_OK) {
        if (diagnostics.errors == 0)
            __builtin_trap(); /* refused without a word */
        return;
    }
    hg_core_wanted_names((const struct hg_core_object *const[]){object}, 1, &names);
    hg_core_names_destroy(names);
    use(object, targets[0]);
    use(object, targets[1]);
    if (hg_read_btf_bytes(bytes, NULL, NULL, NULL, &own) == HG_OK)
        use(object, own);
    hg_model_destroy(own);
    hg_core_destroy(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct hg_model *targets[2];
    for (size_t i = 0; i < 2; i++)
        if (targets[i] == NULL)
            targets[i] = make_target(i == 1);
    struct hg_btf_bytes bytes = {.name = "input", .data = data, .size = size};
    check_bytes(targets, &bytes);
    struct hg_output linked = link_bytes(&bytes);
    if (linked.data != NULL)
        check_bytes(targets, &(struct hg_btf_bytes){
                                 .name = "linked", .data = linked.data, .size = linked.size});
    hg_output_deinit(&linked);
    return 0;
}
