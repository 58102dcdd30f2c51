/*
 * Whether the parameters that a program uses, and the fields of tracepoints' records that it reads,
 * are on a kernel what the program takes them for.
 *
 *     parameter 2 of vfs_create as struct inode
 *         5.10   vfs_create(struct inode *dir, struct dentry *dentry, ...)          changed
 *         6.1    vfs_create(struct user_namespace *, struct inode *dir, ...)        fine
 *
 *     prev_state, byte 32 of sched/sched_switch
 *         struct trace_event_raw_sched_switch has prev_state at byte 40             changed
 *
 * A CO-RE relocation tells as which type a program reads a parameter.  It may be another type than
 * the kernel's, since programs cast.  A cast between two types is fine if one begins with the
 * other.  A cast to the type of another parameter is taken for a mistake.  The verdict on any other
 * cast is unknown.
 */
#include "surface/ask.h"

#include "core/kinds.h"
#include "model/describe.h"
#include "model/walk.h"

#include <string.h>

enum { WORD = 8, NESTING_MAX = 8 };

static const char advice_parameter[] =
    "choose the parameter by a CO-RE question about the kernel (bpf_core_type_exists ...), or "
    "write "
    "a program for each form of the function";

/* --- prototypes --- */

hg_type_id hg_ask_prototype(struct asker *asker, const struct detail *detail, size_t *skip)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    const char *name = NULL;
    *skip = 0;
    if (detail->target == TARGET_RAW_TRACEPOINT || detail->target == TARGET_BTF_TRACEPOINT) {
        name = hg_arena_printf(asker->arena, "btf_trace_%s", detail->name);
        hg_type_id id = hg_facts_type(kernel, HG_TYPEDEF, name);
        id = id == HG_NO_TYPE ? id : hg_surface_pointed_function(kernel->model, id);
        *skip = 1;
        return id != HG_NO_TYPE && hg_model_type(kernel->model, id)->parameter_count > 0
                   ? id
                   : HG_NO_TYPE;
    }
    if (detail->target == TARGET_STRUCT_OPS)
        return hg_surface_operation_prototype(kernel, detail->name);
    if (detail->target == TARGET_LSM || detail->target == TARGET_ITERATOR)
        name = hg_arena_printf(asker->arena, "bpf_%s_%s",
                               detail->target == TARGET_LSM ? "lsm" : "iter", detail->name);
    else
        name = hg_function_name(asker, detail->name);
    const struct hg_symbol *symbol = hg_facts_function(kernel, name);
    bool is_one = symbol != NULL && hg_facts_has_one_prototype(kernel, name);
    return is_one ? symbol->type.id : HG_NO_TYPE;
}

/* --- what a parameter is --- */

static bool same_record(struct asker *asker, const struct detail *detail, hg_type_id target)
{
    const struct hg_type *type = hg_model_type(asker->kernel->model, target);
    const struct hg_type *local = hg_model_type(asker->surface->object->types, detail->type);
    return type->kind == local->kind && type->name != NULL &&
           hg_core_same_essential(local->name, type->name, HG_CORE_LIBBPF);
}

/* The type of the member at offset 0; HG_NO_TYPE = the record has none. */
static hg_type_id first_member(const struct hg_model *model, hg_type_id record)
{
    const struct hg_type *type = hg_model_type(model, record);
    if (!hg_is_record(type) || type->member_count == 0 || type->members[0].bit_offset != 0)
        return HG_NO_TYPE;
    return hg_type_resolve(model, type->members[0].type.id, NULL);
}

/* The kernel's struct with the name that the program's type has without its flavour; HG_NO_TYPE =
 * there is none. */
static hg_type_id same_struct(struct asker *asker, const struct detail *detail)
{
    const char *name = hg_model_type(asker->surface->object->types, detail->type)->name;
    size_t length = hg_core_essential_length(name, HG_CORE_LIBBPF);
    return hg_facts_type(asker->kernel, HG_STRUCT, hg_arena_string(asker->arena, name, length));
}

/* Whether the record begins with the type that the program reads, or that type with the record. */
static bool may_be_cast(struct asker *asker, const struct detail *detail, hg_type_id record)
{
    const struct hg_model *model = asker->kernel->model;
    hg_type_id own = same_struct(asker, detail);
    hg_type_id inner = record;
    for (unsigned i = 0; inner != HG_NO_TYPE && i < NESTING_MAX; i++) {
        if (same_record(asker, detail, inner))
            return true;
        inner = first_member(model, inner);
    }
    for (unsigned i = 0; own != HG_NO_TYPE && i < NESTING_MAX; i++) {
        if (own == record)
            return true;
        own = first_member(model, own);
    }
    return false;
}

/* Number, from 1, of another parameter that points to the type that the program reads; 0 = none. */
static size_t other_parameter(struct asker *asker, const struct detail *detail,
                              const struct hg_type *prototype, size_t skip)
{
    const struct hg_model *model = asker->kernel->model;
    for (size_t i = skip; i < prototype->parameter_count; i++) {
        hg_type_id record = hg_surface_pointee(model, prototype->parameters[i].type.id);
        if (i + 1 - skip != detail->number && record != HG_NO_TYPE &&
            same_record(asker, detail, record))
            return i + 1 - skip;
    }
    return 0;
}

/* type: the parameter's, or the result's. */
static void judge_type(struct asker *asker, const struct detail *detail, hg_type_id type,
                       const struct hg_type *prototype, size_t skip, struct hg_answer *answer)
{
    const struct hg_model *model = asker->kernel->model;
    hg_type_id record = hg_surface_pointee(model, type);
    if (detail->type == HG_NO_TYPE || (record != HG_NO_TYPE && may_be_cast(asker, detail, record)))
        return;
    const char *local = hg_model_type(asker->surface->object->types, detail->type)->name;
    size_t other = other_parameter(asker, detail, prototype, skip);
    bool is_small =
        record == HG_NO_TYPE && hg_type_size(model, type) < hg_model_target(model)->pointer_size;
    if (other != 0)
        hg_answer_set(asker, answer, HG_CHANGED, advice_parameter,
                      "the program reads it as struct '%s', which parameter %zu points to here",
                      local, other);
    else if (is_small)
        hg_answer_set(asker, answer, HG_CHANGED, advice_parameter,
                      "the program reads it as a pointer to struct '%s', and it is no pointer here",
                      local);
    else
        hg_answer_set(
            asker, answer, HG_UNKNOWN, NULL,
            "the program reads it as struct '%s', and it is another type here: whether the "
            "program casts it on purpose is not known",
            local);
}

/* A parameter's type in a form that can be compared between kernels: the record that it is or
 * points to, or its size. */
static const char *shape_of(struct asker *asker, const struct hg_ref *ref)
{
    const struct hg_model *model = asker->kernel->model;
    hg_type_id id = hg_type_resolve(model, ref->id, NULL);
    const struct hg_type *type = hg_model_type(model, id);
    bool is_pointer = type->kind == HG_POINTER;
    struct hg_text text = {0};
    if (is_pointer) {
        id = hg_type_resolve(model, type->ref.id, NULL);
        type = hg_model_type(model, id);
    }
    if (hg_is_record(type))
        hg_text_printf(&text, "%s %s", hg_kind_name(type->kind),
                       type->name == NULL ? "" : type->name);
    else
        hg_text_printf(&text, "%llu byte%s", (unsigned long long)hg_type_size(model, id),
                       hg_plural(hg_type_size(model, id)));
    hg_text_put(&text, is_pointer ? " *" : "");
    return hg_text_keep(&text, asker->arena);
}

/* Number of the parameter in the register at that offset of the kernel's struct pt_regs; 0 = none,
 * or not known. */
static uint32_t parameter_at(struct asker *asker, const struct detail *detail)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    struct field field;
    hg_type_id registers = hg_facts_type(kernel, HG_STRUCT, "pt_regs");
    bool is_known =
        kernel->arch != ARCH_UNKNOWN && kernel->arch != ARCH_MIPS && kernel->arch != ARCH_LOONGARCH;
    if (!is_known || registers == HG_NO_TYPE || detail->offset < 0 ||
        !hg_surface_field_at(kernel->model, registers, (uint64_t)detail->offset, WORD, &field))
        return 0;
    return hg_surface_register(field.name, ((uint64_t)detail->offset - field.offset) / WORD);
}

/* A structure is passed as one argument for each eight bytes, by rules that differ between
 * architectures. */
static bool has_structure(const struct hg_model *model, const struct hg_type *prototype)
{
    for (size_t i = 0; i < prototype->parameter_count; i++) {
        hg_type_id id = hg_type_resolve(model, prototype->parameters[i].type.id, NULL);
        if (hg_is_record(hg_model_type(model, id)))
            return true;
    }
    return false;
}

void hg_ask_parameter(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    struct detail resolved = *detail;
    if (detail->number == 0)
        resolved.number = parameter_at(asker, detail);
    size_t skip = 0;
    bool has_prototype =
        detail->name != NULL && detail->target != TARGET_KPROBE_MULTI && resolved.number != 0;
    hg_type_id id = has_prototype ? hg_ask_prototype(asker, detail, &skip) : HG_NO_TYPE;
    if (id == HG_NO_TYPE) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL, "%s",
                      resolved.number == 0
                          ? "which register is at that offset here is not known"
                          : "the prototype of what the program is attached to is not known");
        return;
    }
    const struct hg_type *prototype = hg_model_type(kernel->model, id);
    /* Each parameter of a tracepoint is one argument, whatever its type. */
    if (skip == 0 && has_structure(kernel->model, prototype)) {
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "a parameter is a structure, which takes several arguments");
        return;
    }
    size_t count = prototype->parameter_count - skip;
    bool sees_result = detail->target == TARGET_FEXIT || detail->target == TARGET_FMOD_RET ||
                       detail->target == TARGET_LSM;
    bool is_result = sees_result && resolved.number == count + 1;
    const struct hg_parameter result = {.type = prototype->ref};
    if (is_result && result.type.id == HG_VOID_ID) {
        hg_answer_set(asker, answer, HG_CHANGED, advice_parameter, "it returns nothing here");
    } else if (is_result || resolved.number <= count) {
        const struct hg_parameter *parameter =
            is_result ? &result : &prototype->parameters[resolved.number - 1 + skip];
        struct hg_text text = {0};
        hg_text_put(&text, is_result ? "the result, " : "");
        if (parameter->name == NULL)
            hg_describe_ref(&text, kernel->model, &parameter->type);
        else
            hg_describe_declaration(&text, kernel->model, &parameter->type, parameter->name);
        answer->value = hg_text_keep(&text, asker->arena);
        answer->shape = shape_of(asker, &parameter->type);
        judge_type(asker, &resolved, parameter->type.id, prototype, skip, answer);
    } else {
        hg_answer_set(asker, answer, HG_CHANGED, advice_parameter, "there %s %zu parameter%s here",
                      count == 1 ? "is only" : "are only", count, hg_plural(count));
    }
}

/* --- records of tracepoints --- */

/* `filename` for `filename`, `data_loc_filename` and `__data_loc_filename`. */
static const char *plain_field(const char *name)
{
    name += strspn(name, "_");
    return hg_begins_with(name, "data_loc_") ? name + 9 : name;
}

/* The record's member whose plain name is that of `name`; NULL = none. */
static const struct hg_member *find_plain(const struct hg_type *record, const char *name)
{
    for (size_t i = 0; i < record->member_count; i++)
        if (record->members[i].name != NULL &&
            strcmp(plain_field(record->members[i].name), plain_field(name)) == 0)
            return &record->members[i];
    return NULL;
}

/* The record of the event; HG_NO_TYPE = it is not known.  Events of one class share the record of
 * the class, which the program's own type may name. */
static hg_type_id record_of(struct asker *asker, const struct detail *detail)
{
    const struct hg_kernel_facts *kernel = asker->kernel;
    const char *event = hg_event_name(detail);
    if (hg_begins_with(detail->name, "syscalls/"))
        return hg_facts_type(kernel, HG_STRUCT,
                             hg_begins_with(event, "sys_exit_") ? "syscall_trace_exit"
                                                                : "syscall_trace_enter");
    hg_type_id id = hg_facts_type(kernel, HG_STRUCT,
                                  hg_arena_printf(asker->arena, "trace_event_raw_%s", event));
    const char *own = detail->type == HG_NO_TYPE
                          ? NULL
                          : hg_model_type(asker->surface->object->types, detail->type)->name;
    if (id != HG_NO_TYPE || own == NULL || !hg_begins_with(own, "trace_event_raw_"))
        return id;
    return same_struct(asker, detail);
}

static void judge_field(struct asker *asker, const struct detail *detail, hg_type_id record,
                        struct hg_answer *answer)
{
    static const char advice[] =
        "read it through CO-RE: struct trace_event_raw_... of vmlinux.h, or one with "
        "preserve_access_index";
    const struct hg_model *model = asker->kernel->model;
    struct field here;
    bool is_field =
        detail->offset >= 0 &&
        hg_surface_field_at(model, record, (uint64_t)detail->offset, detail->size, &here);
    const struct hg_member *named =
        detail->field == NULL ? NULL : find_plain(hg_model_type(model, record), detail->field);
    if (is_field)
        answer->value = hg_arena_printf(asker->arena, "%s, byte %llu", here.name,
                                        (unsigned long long)here.offset);
    if (is_field && named != NULL && here.offset == named->bit_offset / 8)
        return;
    if (named != NULL)
        hg_answer_set(asker, answer, HG_CHANGED, advice,
                      "'%s' is at byte %llu here, and the program reads byte %d%s%s", detail->field,
                      (unsigned long long)named->bit_offset / 8, detail->offset,
                      is_field ? ", which is " : "", is_field ? here.name : "");
    else if (!is_field)
        hg_answer_set(asker, answer, HG_CHANGED, advice,
                      "no field of the record is at byte %d with %u byte%s", detail->offset,
                      detail->size, hg_plural(detail->size));
    else
        hg_answer_set(asker, answer, HG_UNKNOWN, advice,
                      "the program does not name what it reads there as the kernel does; here it "
                      "is '%s'",
                      here.name);
}

/* Judges a field that the loader found in a record of another name than the event's.  If the kernel
 * has a record of the event's own name, the event uses that one; else it uses the record of its
 * class, which BTF does not name. */
static void judge_relocated(struct asker *asker, const struct detail *detail,
                            struct hg_answer *answer)
{
    enum { COMMON = 8 }; /* bytes of struct trace_entry, with which every record begins */
    const struct hg_kernel_facts *kernel = asker->kernel;
    const struct hg_core_finding *finding =
        asker->relocations == NULL ? NULL : &asker->relocations->findings[detail->number - 1];
    const char *name = hg_arena_printf(asker->arena, "trace_event_raw_%s", hg_event_name(detail));
    hg_type_id record = hg_facts_type(kernel, HG_STRUCT, name);
    if (finding == NULL || finding->result != HG_CORE_RESOLVED || record == HG_NO_TYPE ||
        finding->value < COMMON)
        return;
    struct hg_member_place place;
    bool has_field = hg_model_find_member(kernel->model, record, detail->field, &place);
    hg_answer_layout(asker, detail, record, NULL, answer);
    if (has_field && place.bit_offset / 8 == finding->value)
        return;
    const char *other = hg_model_type(asker->surface->object->types, detail->type)->name;
    if (has_field)
        hg_answer_set(asker, answer, HG_CHANGED, "read it as of the event's own record",
                      "the event's record is struct '%s', where '%s' is at byte %llu; the program "
                      "reads byte %llu, as of struct '%s'",
                      name, detail->field, (unsigned long long)place.bit_offset / 8,
                      (unsigned long long)finding->value, other);
    else
        hg_answer_set(asker, answer, HG_CHANGED, "read it as of the event's own record",
                      "the event's record is struct '%s', which has no '%s'; the program reads "
                      "byte %llu, as of struct '%s'",
                      name, detail->field, (unsigned long long)finding->value, other);
}

void hg_ask_record(struct asker *asker, const struct detail *detail, struct hg_answer *answer)
{
    if (detail->number != 0) {
        judge_relocated(asker, detail, answer);
        return;
    }
    hg_type_id record = detail->name == NULL ? HG_NO_TYPE : record_of(asker, detail);
    if (record == HG_NO_TYPE)
        hg_answer_set(asker, answer, HG_UNKNOWN, NULL,
                      "the layout of this event's record is not known");
    else
        judge_field(asker, detail, record, answer);
    if (record != HG_NO_TYPE)
        hg_answer_layout(asker, detail, record, NULL, answer);
}
