/*
 * Turns the reads of a program's context, which flow.c finds, into needs.  What the context is
 * depends on how the program is attached:
 *
 *     fentry, tp_btf, lsm, raw_tp,  an array of parameters, eight bytes each; programs may declare it
 *     iter, struct_ops              as struct bpf_raw_tracepoint_args (raw_tp) or as struct
 *                                   bpf_iter_NAME (iter), which have the parameters at these offsets
 *     kprobe                        struct pt_regs, where the architecture's calling convention has
 *                                   the parameters: `di` on x86, `regs[0]` on arm64
 *     tp                            the tracepoint's record
 *
 * A load from a tracepoint's record may have a CO-RE relocation: the loader adjusts its offset, and
 * the need is that the event has that record.  A load without one reads a fixed offset, and the
 * need is that the field is there.
 */
#include "core/kinds.h"
#include "model/walk.h"
#include "surface/surface.h"

#include <string.h>

enum { PARAMETERS_MAX = 13, NESTING_MAX = 8, WORD = 8, MEMBERS_MAX = 100000 };

/* --- records --- */

hg_type_id hg_surface_pointee(const struct hg_model *model, hg_type_id id)
{
    const struct hg_type *type = hg_resolved(model, id);
    return type->kind == HG_POINTER ? hg_type_resolve(model, type->ref.id, NULL) : HG_NO_TYPE;
}

hg_type_id hg_surface_pointed_function(const struct hg_model *model, hg_type_id id)
{
    id = hg_surface_pointee(model, id);
    return id != HG_NO_TYPE && hg_model_type(model, id)->kind == HG_FUNCTION ? id : HG_NO_TYPE;
}

/* *left is how many members may still be visited: nested unions would make their number
 * exponential. */
static bool field_at(const struct hg_model *model, hg_type_id record, uint64_t offset,
                     uint64_t size, unsigned depth, uint32_t *left, struct field *ret)
{
    const struct hg_type *type = hg_model_type(model, record);
    size_t count = hg_is_record(type) && depth < NESTING_MAX ? type->member_count : 0;
    for (size_t i = 0; i < count && *left != 0; i++) {
        const struct hg_member *member = &type->members[i];
        --*left;
        uint64_t begin = member->bit_offset / 8;
        hg_type_id id = hg_type_resolve(model, member->type.id, NULL);
        uint64_t length = hg_type_size(model, id);
        if (offset < begin || (offset >= begin + length && !(length == 0 && offset == begin)))
            continue;
        if (field_at(model, id, offset - begin, size, depth + 1, left, ret)) {
            ret->offset += begin;
            return true;
        }
        bool is_array = hg_model_type(model, id)->kind == HG_ARRAY;
        bool fits = offset == begin && (size == 0 || size == length);
        if (member->name == NULL || (!fits && !is_array))
            continue;
        *ret = (struct field){.name = member->name, .offset = begin};
        return true;
    }
    return false;
}

bool hg_surface_field_at(const struct hg_model *model, hg_type_id record, uint64_t offset,
                         uint64_t size, struct field *ret)
{
    uint32_t left = MEMBERS_MAX;
    return field_at(model, record, offset, size, 0, &left, ret);
}

/* --- registers --- */

uint32_t hg_surface_register(const char *member, uint64_t index)
{
    static const struct {
        const char *name;
        uint32_t parameter;
    } names[] = {
        {"di", 1},  {"si", 2},  {"dx", 3},  {"cx", 4},  {"r8", 5}, {"r9", 6},
        {"rdi", 1}, {"rsi", 2}, {"rdx", 3}, {"rcx", 4}, {"a0", 1}, {"a1", 2},
        {"a2", 3},  {"a3", 4},  {"a4", 5},  {"a5", 6},  {"a6", 7}, {"a7", 8},
    };
    static const struct {
        const char *name;
        uint32_t first; /* element with the first parameter */
        uint32_t count;
    } arrays[] = {{"regs", 0, 8}, {"gprs", 2, 5}, {"gpr", 3, 8}, {"uregs", 0, 4}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(member, names[i].name) == 0)
            return names[i].parameter;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (strcmp(member, arrays[i].name) == 0 && index >= arrays[i].first &&
            index - arrays[i].first < arrays[i].count)
            return (uint32_t)(index - arrays[i].first) + 1;
    return 0;
}

/* Whether the record is the struct pt_regs of an architecture whose registers are known.  An array
 * `regs` has the first parameter at index 0 on arm64, but at 4 on MIPS and LoongArch. */
static bool is_known_registers(const struct hg_model *model, hg_type_id record)
{
    struct hg_member_place place;
    return !hg_model_find_member(model, record, "regs", &place) ||
           hg_model_find_member(model, record, "pstate", &place);
}

static uint32_t register_of_record(const struct hg_core_object *object, const struct record *record)
{
    struct access access;
    if (record->root == HG_NO_TYPE || hg_core_parse_access(object, record, &access) != NULL ||
        access.step_count < 2 || !is_known_registers(object->types, access.steps[0].type))
        return 0;
    const struct accessor *last = &access.steps[access.step_count - 1];
    bool is_element = last->name == NULL && access.step_count > 2;
    const struct accessor *named = is_element ? last - 1 : last;
    return named->name == NULL ? 0 : hg_surface_register(named->name, is_element ? last->index : 0);
}

/* i + 1 for an access to args[i] of struct bpf_raw_tracepoint_args, which is parameter i + 1; 0 =
 * it is another access. */
static uint32_t element_of_arguments(const struct hg_core_object *object,
                                     const struct record *record)
{
    struct access access;
    if (record->root == HG_NO_TYPE || record->kind != HG_CORE_BYTE_OFFSET ||
        hg_core_parse_access(object, record, &access) != NULL || access.step_count != 3)
        return 0;
    const char *root = hg_model_type(object->types, access.steps[0].type)->name;
    const struct accessor *last = &access.steps[2];
    bool is_element = root != NULL && access.steps[1].name != NULL && last->name == NULL &&
                      hg_core_same_essential(root, "bpf_raw_tracepoint_args", HG_CORE_LIBBPF) &&
                      strcmp(access.steps[1].name, "args") == 0;
    return is_element && last->index < PARAMETERS_MAX ? last->index + 1 : 0;
}

/* --- events --- */

struct context {
    struct hg_surface *surface;
    const struct program *program;
    uint32_t number;   /* of the program */
    hg_type_id record; /* as which the program declares its context; HG_NO_TYPE = none */
};

static bool has_parameters(enum target_kind target)
{
    return target == TARGET_FENTRY || target == TARGET_FEXIT || target == TARGET_FMOD_RET ||
           target == TARGET_RAW_TRACEPOINT || target == TARGET_BTF_TRACEPOINT ||
           target == TARGET_LSM || target == TARGET_ITERATOR || target == TARGET_STRUCT_OPS;
}

static bool has_registers(enum target_kind target)
{
    return target == TARGET_KPROBE || target == TARGET_KPROBE_MULTI;
}

static enum target_kind target_of(const struct program *program)
{
    return program->section.spec == NULL ? TARGET_NONE : program->section.spec->target;
}

static uint32_t register_at(const struct context *context, int32_t offset)
{
    const struct hg_model *model = context->surface->object->types;
    struct field field;
    if (context->record == HG_NO_TYPE || offset < 0 ||
        !is_known_registers(model, context->record) ||
        !hg_surface_field_at(model, context->record, (uint64_t)offset, WORD, &field))
        return 0;
    return hg_surface_register(field.name, ((uint64_t)offset - field.offset) / WORD);
}

static uint32_t argument_of(void *user, const struct record *record, int32_t offset)
{
    const struct context *context = user;
    enum target_kind target = target_of(context->program);
    if (has_registers(target))
        return record != NULL ? register_of_record(context->surface->object, record)
                              : register_at(context, offset);
    if (!has_parameters(target))
        return 0;
    if (record != NULL)
        return target == TARGET_RAW_TRACEPOINT
                   ? element_of_arguments(context->surface->object, record)
                   : 0;
    /* At raw tracepoints, programs may also read a part of an argument. */
    bool is_whole = offset % WORD == 0 || target == TARGET_RAW_TRACEPOINT;
    if (offset < 0 || !is_whole || offset / WORD >= PARAMETERS_MAX)
        return 0;
    return (uint32_t)(offset / WORD) + 1;
}

static struct detail new_detail(const struct context *context, enum hg_need_kind kind)
{
    return (struct detail){.kind = kind,
                           .program = context->number,
                           .target = target_of(context->program),
                           .name = context->program->target,
                           .type = HG_NO_TYPE};
}

static bool add_lost(struct context *context, const struct flow_event *event)
{
    struct detail detail = new_detail(context, HG_NEED_CONTEXT);
    return (!has_parameters(detail.target) && !has_registers(detail.target) &&
            detail.target != TARGET_TRACEPOINT) ||
           hg_surface_add(context->surface, &detail, event->function, event->insn);
}

/* A load that the loader adjusts: the need is that the record is the event's, if the program names
 * another one, as `trace_event_raw_X` at an event that is not X.  Events of system calls are left
 * out: all of them share two records. */
static bool add_relocated(struct context *context, const struct flow_event *event)
{
    static const char prefix[] = "trace_event_raw_";
    struct hg_surface *surface = context->surface;
    const struct hg_core_object *object = surface->object;
    const struct record *record = event->record;
    const char *slash =
        context->program->target == NULL ? NULL : strrchr(context->program->target, '/');
    struct access access;
    if (record == NULL || record->root == HG_NO_TYPE || record->kind != HG_CORE_BYTE_OFFSET ||
        slash == NULL || hg_begins_with(context->program->target, "syscalls/") ||
        hg_core_parse_access(object, record, &access) != NULL || access.step_count < 2)
        return true;
    hg_type_id root = access.steps[0].type;
    const char *name = hg_model_type(object->types, root)->name;
    const char *field = access.steps[1].name;
    if (name == NULL || field == NULL || strncmp(name, prefix, sizeof prefix - 1) != 0 ||
        hg_core_same_essential(name + sizeof prefix - 1, slash + 1, HG_CORE_LIBBPF))
        return true;
    struct detail detail = new_detail(context, HG_NEED_RECORD);
    detail.number = (uint32_t)(record - object->records.items) + 1;
    detail.field = field;
    detail.type = root;
    return hg_surface_add(surface, &detail, event->function, event->insn);
}

static bool add_load(struct context *context, const struct flow_event *event)
{
    struct hg_surface *surface = context->surface;
    enum target_kind target = target_of(context->program);
    struct detail detail = new_detail(context, HG_NEED_PARAMETER);
    if (target == TARGET_TRACEPOINT) {
        if (event->is_relocated)
            return add_relocated(context, event);
        struct field field;
        bool is_named = context->record != HG_NO_TYPE && event->offset >= 0 &&
                        hg_surface_field_at(surface->object->types, context->record,
                                            (uint64_t)event->offset, event->size, &field);
        detail.kind = HG_NEED_RECORD;
        detail.offset = event->offset;
        detail.size = event->size;
        detail.field = is_named ? field.name : NULL;
        detail.type = context->record;
        return hg_surface_add(surface, &detail, event->function, event->insn);
    }
    if (!has_parameters(target) && !has_registers(target))
        return true;
    if (event->is_relocated && event->record == NULL)
        return add_lost(context, event);
    detail.number = argument_of(context, event->record, event->offset);
    if (detail.number == 0 && event->record != NULL)
        return has_registers(target) || target == TARGET_ITERATOR
                   ? true /* another register or member, at the offset that the loader finds */
                   : add_lost(context, event);
    detail.offset = detail.number == 0 ? event->offset : 0;
    return hg_surface_add(surface, &detail, event->function, event->insn);
}

/* Whether the verifier knows the types of the parameters. */
static bool has_types(enum target_kind target)
{
    return has_parameters(target) && target != TARGET_RAW_TRACEPOINT;
}

/* A relocated read through a parameter shows as which type the program reads it. */
static bool add_through(struct context *context, const struct flow_event *event)
{
    struct hg_surface *surface = context->surface;
    if (event->is_direct && has_types(target_of(context->program)))
        surface->programs.items[context->number].reads_directly = true;
    const struct record *record = event->record;
    if (record == NULL || record->root == HG_NO_TYPE || record->kind != HG_CORE_BYTE_OFFSET)
        return true;
    hg_type_id type = hg_type_resolve(surface->object->types, record->root, NULL);
    const struct hg_type *root = hg_model_type(surface->object->types, type);
    if (root->kind != HG_STRUCT || root->name == NULL)
        return true;
    struct detail detail = new_detail(context, HG_NEED_PARAMETER);
    detail.number = event->argument;
    detail.type = type;
    return hg_surface_add(surface, &detail, event->function, event->insn);
}

/* The struct that the program's parameter points to; HG_NO_TYPE = another type. */
static hg_type_id context_record(const struct hg_surface *surface, const struct program *program)
{
    const struct hg_core_object *object = surface->object;
    const char *name = object->functions.items[program->function].name;
    const struct hg_type *prototype = hg_surface_prototype(surface, name);
    if (prototype == NULL || prototype->parameter_count != 1)
        return HG_NO_TYPE;
    hg_type_id id = hg_surface_pointee(object->types, prototype->parameters[0].type.id);
    return id != HG_NO_TYPE && hg_model_type(object->types, id)->kind == HG_STRUCT ? id
                                                                                   : HG_NO_TYPE;
}

bool hg_surface_add_context(struct hg_surface *surface, uint32_t program, struct flow *flow)
{
    struct context context = {
        .surface = surface,
        .program = &surface->programs.items[program],
        .number = program,
        .record = context_record(surface, &surface->programs.items[program]),
    };
    flow->argument_of = argument_of;
    flow->user = &context;
    hg_flow_follow(flow, context.program->function);
    bool fine = true;
    for (size_t i = 0; fine && i < flow->events.count; i++) {
        const struct flow_event *event = &flow->events.items[i];
        fine = event->kind == EVENT_LOAD      ? add_load(&context, event)
               : event->kind == EVENT_THROUGH ? add_through(&context, event)
                                              : add_lost(&context, event);
    }
    struct flow_event end = {.function = context.program->function};
    return fine && (!flow->gave_up || add_lost(&context, &end));
}
