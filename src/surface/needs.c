/*
 * Collects all that an object needs of a kernel.
 *
 *     each program   its type and attach type, what it is attached to, what it reads through its
 *                    context, the helpers that it and the functions it calls use
 *     the object     map types, kernel functions and variables (.ksyms), values of the
 *                    configuration (.kconfig), struct_ops
 *
 * As for libbpf, a program is a function outside of .text.  flow.c finds the functions that it
 * calls.  All uses of one thing by one program are one need, since a guard must cover all of them.
 */
#include "base/diag.h"
#include "base/options.h"
#include "surface/layout.h"
#include "surface/names.h"
#include "surface/surface.h"

#include <stdio.h>
#include <string.h>

#define STEPS_MAX ((uint64_t)1 << 25)

/* --- adding --- */

static bool same_detail(const struct detail *a, const struct detail *b)
{
    return a->kind == b->kind && a->program == b->program && a->number == b->number &&
           a->offset == b->offset && a->size == b->size && a->type == b->type &&
           hg_same_text(a->name, b->name);
}

static void put_parameter(struct hg_text *text, const struct hg_surface *surface,
                          const struct detail *detail)
{
    if (detail->number == 0)
        hg_text_printf(text, "the register at byte %d", detail->offset);
    else
        hg_text_printf(text, "parameter %u", detail->number);
    if (detail->name != NULL)
        hg_text_printf(text, " of %s", detail->name);
    if (detail->type != HG_NO_TYPE)
        hg_text_printf(text, " as struct %s",
                       hg_model_type(surface->object->types, detail->type)->name);
}

static void put_record(struct hg_text *text, const struct hg_surface *surface,
                       const struct detail *detail)
{
    if (detail->number != 0) {
        hg_text_printf(text, "%s as of struct %s, of %s", detail->field,
                       hg_model_type(surface->object->types, detail->type)->name, detail->name);
        return;
    }
    if (detail->field != NULL)
        hg_text_printf(text, "%s, ", detail->field);
    hg_text_printf(text, "byte %d", detail->offset);
    if (detail->name != NULL)
        hg_text_printf(text, " of %s", detail->name);
}

/* `parameter 2 of vfs_read as struct file`, `bpf_ringbuf_output` */
static const char *describe(struct hg_surface *surface, const struct detail *detail)
{
    struct hg_text text = {0};
    bool is_helper = detail->kind == HG_NEED_HELPER;
    if (detail->kind == HG_NEED_PARAMETER) {
        put_parameter(&text, surface, detail);
    } else if (detail->kind == HG_NEED_RECORD) {
        put_record(&text, surface, detail);
    } else if (detail->kind == HG_NEED_CONTEXT) {
        return "reads of the context that were not followed";
    } else if (is_helper || detail->kind == HG_NEED_MAP_TYPE) {
        const char *known = (is_helper ? hg_helper_name : hg_map_type_name)(detail->number);
        if (known != NULL)
            return known;
        hg_text_printf(&text, "%s %u", is_helper ? "helper" : "map type", detail->number);
    } else {
        return detail->name == NULL ? "(what user space says)" : detail->name;
    }
    return hg_text_keep(&text, &surface->arena);
}

static void set_location(struct hg_surface *surface, struct hg_surface_need *need,
                         uint32_t function, uint32_t insn)
{
    const struct hg_core_object *object = surface->object;
    const struct line *line = hg_core_line_at(object, &object->functions.items[function], insn);
    if (line == NULL)
        return;
    need->where = (struct hg_location){.file = hg_core_file_name(object, line, &surface->arena),
                                       .line = line->number};
}

/* The record or prototype that the program declares, as JSON; NULL = none.  A program declares no
 * prototype of the function that it is attached to. */
static const char *expected_layout(struct hg_surface *surface, const struct detail *detail)
{
    struct declared own = {.model = surface->object->types, .type = detail->type};
    bool is_function = detail->kind == HG_NEED_KFUNC;
    if (!is_function && detail->kind != HG_NEED_RECORD && detail->kind != HG_NEED_STRUCT_OPS)
        return NULL;
    own.name = is_function ? detail->name : NULL;
    return hg_layout_text(&surface->arena, &own, NULL);
}

static void add_need(struct hg_surface *surface, const struct detail *detail)
{
    struct hg_surface_need need = {
        .kind = detail->kind,
        .name = describe(surface, detail),
        .layout = expected_layout(surface, detail),
        .is_optional = detail->is_weak,
    };
    if (detail->program != NO_PROGRAM) {
        const struct program *program = &surface->programs.items[detail->program];
        const struct function *function = &surface->object->functions.items[program->function];
        need.program = function->name;
        need.section = surface->object->codes.items[function->code].name;
        need.is_optional = need.is_optional || program->section.is_on_demand;
        set_location(surface, &need, program->function, 0);
    }
    *HG_PUSH(&surface->details) = *detail;
    surface->details.items[surface->details.count - 1].first_use = NO_USE;
    *HG_PUSH(&surface->needs) = need;
}

bool hg_surface_add(struct hg_surface *surface, const struct detail *detail, uint32_t function,
                    uint32_t insn)
{
    size_t i = surface->details.count;
    while (i > 0 && surface->details.items[i - 1].program == detail->program &&
           !same_detail(&surface->details.items[i - 1], detail))
        i--;
    if (i == 0 || surface->details.items[i - 1].program != detail->program) {
        if (surface->details.count == NEEDS_MAX)
            return false;
        add_need(surface, detail);
        i = surface->details.count;
    }
    if (function == NO_USE)
        return true;
    if (surface->uses.count == USES_MAX)
        return false;
    struct detail *kept = &surface->details.items[i - 1];
    if (kept->first_use == NO_USE)
        set_location(surface, &surface->needs.items[i - 1], function, insn);
    *HG_PUSH(&surface->uses) =
        (struct use){.function = function, .insn = insn, .next = kept->first_use};
    kept->first_use = (uint32_t)surface->uses.count - 1;
    return true;
}

/* --- programs --- */

const struct hg_type *hg_surface_prototype(const struct hg_surface *surface, const char *name)
{
    const struct hg_model *types = surface->object->types;
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(types, &count);
    const struct index_entry *found = hg_names_find(&surface->symbols, name, &count);
    for (size_t i = 0; i < count; i++)
        if (symbols[found[i].number].kind == HG_SYMBOL_FUNCTION)
            return hg_model_type(types, symbols[found[i].number].type.id);
    return NULL;
}

static bool is_program(const struct hg_core_object *object, const struct function *function)
{
    return !function->is_static && strcmp(object->codes.items[function->code].name, ".text") != 0;
}

bool hg_surface_has_program(const struct hg_core_object *object, const char *name)
{
    for (size_t i = 0; i < object->functions.count; i++)
        if (is_program(object, &object->functions.items[i]) &&
            strcmp(object->functions.items[i].name, name) == 0)
            return true;
    return false;
}

/* The TARGET of the option `NAME=TARGET` for that program; NULL = there is none. */
static const char *attached_to(const struct hg_surface_options *options, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < options->attach_count; i++)
        if (strncmp(options->attach[i], name, length) == 0 && options->attach[i][length] == '=')
            return options->attach[i] + length + 1;
    return NULL;
}

static void collect_programs(struct hg_surface *surface, const struct hg_surface_options *options)
{
    const struct hg_core_object *object = surface->object;
    for (size_t i = 0; i < object->functions.count; i++) {
        const struct function *function = &object->functions.items[i];
        if (!is_program(object, function))
            continue;
        struct program program = {.function = (uint32_t)i};
        if (hg_fits_one_of(function->name, options->without, options->without_count,
                           hg_same_text)) {
            *HG_PUSH(&surface->left_out) = program;
            continue;
        }
        hg_section_parse(object->codes.items[function->code].name, &program.section);
        if (options->takes_loose_names)
            program.section.is_loose = false;
        const char *target = attached_to(options, function->name);
        if (target == NULL)
            target = program.section.target;
        if (program.section.spec != NULL && program.section.spec->target == TARGET_STRUCT_OPS)
            target = hg_surface_operation(surface, (uint32_t)i);
        if (target != NULL)
            program.target = hg_arena_string(&surface->arena, target, strlen(target));
        *HG_PUSH(&surface->programs) = program;
    }
}

/* --- what programs need --- */

static bool add_attachment(struct hg_surface *surface, uint32_t number)
{
    static const enum hg_need_kind needs[] = {
        [TARGET_KPROBE] = HG_NEED_FUNCTION,           [TARGET_KRETPROBE] = HG_NEED_FUNCTION,
        [TARGET_KPROBE_MULTI] = HG_NEED_FUNCTION,     [TARGET_SYSCALL] = HG_NEED_SYSCALL,
        [TARGET_FENTRY] = HG_NEED_FUNCTION,           [TARGET_FEXIT] = HG_NEED_FUNCTION,
        [TARGET_FMOD_RET] = HG_NEED_FUNCTION,         [TARGET_FREPLACE] = HG_NEED_FUNCTION,
        [TARGET_TRACEPOINT] = HG_NEED_TRACEPOINT,     [TARGET_RAW_TRACEPOINT] = HG_NEED_TRACEPOINT,
        [TARGET_BTF_TRACEPOINT] = HG_NEED_TRACEPOINT, [TARGET_LSM] = HG_NEED_LSM_HOOK,
        [TARGET_ITERATOR] = HG_NEED_ITERATOR,         [TARGET_STRUCT_OPS] = HG_NEED_STRUCT_OPS,
    };
    const struct program *program = &surface->programs.items[number];
    const struct section_spec *spec = program->section.spec;
    struct detail detail = {.program = number, .type = HG_NO_TYPE};
    if (spec == NULL) {
        detail.kind = HG_NEED_PROGRAM_TYPE;
        return hg_surface_add(surface, &detail, NO_USE, 0);
    }
    detail.target = spec->target;
    detail.kind = HG_NEED_PROGRAM_TYPE;
    detail.name = spec->program_type;
    bool fine = hg_surface_add(surface, &detail, NO_USE, 0);
    if (fine && spec->attach_type != NULL) {
        detail.kind = HG_NEED_ATTACH_TYPE;
        detail.name = spec->attach_type;
        fine = hg_surface_add(surface, &detail, NO_USE, 0);
    }
    /* struct_ops programs are attached by the variable that holds them, which has a need itself. */
    bool is_held = spec->target == TARGET_STRUCT_OPS && hg_surface_has_operations(surface);
    if (!fine || spec->target == TARGET_NONE || is_held)
        return fine;
    detail.kind = needs[spec->target];
    detail.name = spec->target == TARGET_STRUCT_OPS ? NULL : program->target;
    return hg_surface_add(surface, &detail, NO_USE, 0);
}

static bool is_kfunc_call(const struct hg_core_object *object, const struct function *function,
                          uint32_t insn)
{
    const struct reference *reference =
        hg_core_reference_at(object, function->code, function->offset + insn * INSN_SIZE);
    return reference != NULL && reference->is_external;
}

static bool add_helpers(struct hg_surface *surface, uint32_t program, uint32_t number)
{
    enum { CALL = 0x85 };
    const struct hg_core_object *object = surface->object;
    const struct function *function = &object->functions.items[number];
    uint32_t count = function_insns(function);
    for (uint32_t i = 0; i < count; i++) {
        struct insn insn = hg_core_insn(object, function, i);
        if (insn_is_wide(&insn))
            i++;
        if (insn.code != CALL || insn.src != 0 || insn.imm < 0 ||
            is_kfunc_call(object, function, i))
            continue;
        struct detail detail = {.kind = HG_NEED_HELPER,
                                .program = program,
                                .number = (uint32_t)insn.imm,
                                .type = HG_NO_TYPE};
        if (!hg_surface_add(surface, &detail, number, i))
            return false;
    }
    return true;
}

static void keep_functions(struct hg_surface *surface, const struct flow *flow, enum role role,
                           struct program *program)
{
    uint32_t *functions = hg_arena_array(&surface->arena, flow->functions.count, sizeof *functions);
    for (size_t i = 0; i < flow->functions.count; i++) {
        functions[i] = flow->functions.items[i];
        surface->roles[functions[i]] |= (uint8_t)role;
    }
    program->functions = functions;
    program->function_count = flow->functions.count;
}

/* Marks the functions that the program runs: if only programs that are left out run a function, it
 * is not loaded either. */
static void follow_left_out(struct hg_surface *surface, struct program *program)
{
    struct flow flow = {.index = &surface->records, .steps_left = &surface->steps_left};
    hg_flow_follow(&flow, program->function);
    keep_functions(surface, &flow, ROLE_IDLE, program);
    hg_flow_deinit(&flow);
}

static bool add_program(struct hg_surface *surface, uint32_t number)
{
    struct flow flow = {.index = &surface->records, .steps_left = &surface->steps_left};
    bool fine = add_attachment(surface, number) && hg_surface_add_context(surface, number, &flow);
    for (size_t i = 0; fine && i < flow.functions.count; i++)
        fine = add_helpers(surface, number, flow.functions.items[i]);
    struct program *program = &surface->programs.items[number];
    keep_functions(surface, &flow, program->section.is_on_demand ? ROLE_IDLE : ROLE_LOADED,
                   program);
    hg_flow_deinit(&flow);
    return fine;
}

/* --- what the object needs --- */

static bool is_weak(const struct hg_surface *surface, const char *name)
{
    size_t count = 0;
    const struct index_entry *found = hg_names_find(&surface->externals, name, &count);
    return count > 0 && surface->object->externals.items[found[0].number].is_weak;
}

/* Adds the need, and as its uses the calls of the function or the loads of the variable's
 * address. */
static bool add_references(struct hg_surface *surface, const struct detail *detail)
{
    const struct hg_core_object *object = surface->object;
    bool fine = hg_surface_add(surface, detail, NO_USE, 0);
    size_t count = 0;
    const struct index_entry *found = hg_names_find(&surface->references, detail->name, &count);
    for (size_t i = 0; fine && i < count; i++) {
        const struct reference *reference = &object->references.items[found[i].number];
        const struct function *function =
            hg_core_function_at(object, reference->code, reference->offset);
        if (function == NULL)
            continue;
        uint32_t insn = (reference->offset - function->offset) / INSN_SIZE;
        struct insn at = hg_core_insn(object, function, insn);
        if (insn_is_wide(&at) && detail->kind == HG_NEED_KFUNC)
            continue; /* compares the function's address with 0 */
        fine =
            hg_surface_add(surface, detail, (uint32_t)(function - object->functions.items), insn);
    }
    return fine;
}

static bool add_external(struct hg_surface *surface, const struct hg_symbol *symbol, bool is_config)
{
    struct detail detail = {
        .kind = is_config                            ? HG_NEED_CONFIG
                : symbol->kind == HG_SYMBOL_FUNCTION ? HG_NEED_KFUNC
                                                     : HG_NEED_KSYM,
        .program = NO_PROGRAM,
        .name = symbol->name,
        .type = symbol->type.id,
        .is_weak = is_weak(surface, symbol->name),
    };
    if (is_config)
        hg_names_add(&surface->config, symbol->name, 0);
    return add_references(surface, &detail);
}

static bool add_map_type(struct hg_surface *surface, uint32_t number)
{
    struct detail detail = {
        .kind = HG_NEED_MAP_TYPE, .program = NO_PROGRAM, .number = number, .type = HG_NO_TYPE};
    return hg_surface_add(surface, &detail, NO_USE, 0);
}

static bool add_map(struct hg_surface *surface, const struct hg_symbol *symbol)
{
    const struct hg_model *model = surface->object->types;
    struct hg_member_place place;
    uint64_t number = 0;
    return !hg_model_find_member(model, symbol->type.id, "type", &place) ||
           !hg_surface_map_number(model, place.member, &number) || number > UINT32_MAX ||
           add_map_type(surface, (uint32_t)number);
}

static bool add_struct_ops(struct hg_surface *surface, const struct hg_symbol *symbol)
{
    const struct hg_model *model = surface->object->types;
    hg_type_id id = hg_type_resolve(model, symbol->type.id, NULL);
    const struct hg_type *type = hg_model_type(model, id);
    struct detail detail = {
        .kind = HG_NEED_STRUCT_OPS, .program = NO_PROGRAM, .name = type->name, .type = id};
    return type->kind != HG_STRUCT || type->name == NULL ||
           (add_map_type(surface, 26) && hg_surface_add(surface, &detail, NO_USE, 0));
}

static bool add_section(struct hg_surface *surface, const struct hg_section *section)
{
    bool is_ksyms = strcmp(section->name, ".ksyms") == 0;
    bool is_config = strcmp(section->name, ".kconfig") == 0;
    bool is_maps = strcmp(section->name, ".maps") == 0;
    bool is_ops = hg_surface_is_operations(section);
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(surface->object->types, &count);
    bool fine = true;
    for (size_t i = 0; fine && i < section->entry_count; i++) {
        const struct hg_symbol *symbol = &symbols[section->entries[i].symbol];
        if (is_ksyms || is_config)
            fine = add_external(surface, symbol, is_config);
        else if (is_maps)
            fine = add_map(surface, symbol);
        else if (is_ops)
            fine = add_struct_ops(surface, symbol);
    }
    return fine;
}

static bool add_object(struct hg_surface *surface)
{
    const struct hg_core_object *object = surface->object;
    size_t count = 0;
    const struct hg_section *sections = hg_model_sections(object->types, &count);
    bool fine = true;
    for (size_t i = 0; fine && i < count; i++)
        fine = add_section(surface, &sections[i]);
    for (size_t i = 0; fine && i < object->legacy_maps.count; i++)
        fine = add_map_type(surface, object->legacy_maps.items[i].type);
    hg_names_sort(&surface->config);
    return fine;
}

/* --- all of it --- */

static void index_names(struct hg_surface *surface)
{
    const struct hg_core_object *object = surface->object;
    size_t count = 0;
    const struct hg_symbol *symbols = hg_model_symbols(object->types, &count);
    for (size_t i = 0; i < count; i++)
        hg_names_add(&surface->symbols, symbols[i].name, (uint32_t)i);
    for (size_t i = 0; i < object->externals.count; i++)
        hg_names_add(&surface->externals, object->externals.items[i].name, (uint32_t)i);
    for (size_t i = 0; i < object->references.count; i++)
        if (object->references.items[i].is_external)
            hg_names_add(&surface->references, object->references.items[i].symbol, (uint32_t)i);
    hg_names_sort(&surface->symbols);
    hg_names_sort(&surface->externals);
    hg_names_sort(&surface->references);
}

enum hg_status hg_surface_read(const struct hg_core_object *object,
                               const struct hg_surface_options *given,
                               struct hg_diagnostics *diagnostics, struct hg_surface **ret)
{
    HG_TAKE(hg_surface_options, options, given, diagnostics);
    struct hg_surface *surface = hg_calloc(1, sizeof *surface);
    hg_arena_init(&surface->arena);
    surface->object = object;
    surface->license =
        object->license[0] != '\0' || options.license == NULL
            ? object->license
            : hg_arena_string(&surface->arena, options.license, strlen(options.license));
    surface->steps_left = STEPS_MAX;
    surface->roles = hg_calloc(object->functions.count, 1);
    hg_record_index_init(&surface->records, object);
    index_names(surface);
    collect_programs(surface, &options);
    bool fine = surface->programs.count + surface->left_out.count <= PROGRAMS_MAX;
    for (size_t i = 0; fine && i < surface->programs.count; i++)
        fine = add_program(surface, (uint32_t)i);
    for (size_t i = 0; fine && i < surface->left_out.count; i++)
        follow_left_out(surface, &surface->left_out.items[i]);
    if (fine && add_object(surface) && (options.without_libbpf || hg_surface_add_faults(surface))) {
        *ret = surface;
        return HG_OK;
    }
    hg_surface_destroy(surface);
    hg_core_fault(object, diagnostics,
                  "there are more than %d programs, or than %d things that they need of a kernel",
                  PROGRAMS_MAX, NEEDS_MAX);
    return HG_ERROR_INPUT;
}

void hg_surface_destroy(struct hg_surface *surface)
{
    if (surface == NULL)
        return;
    hg_record_index_deinit(&surface->records);
    hg_names_deinit(&surface->symbols);
    hg_names_deinit(&surface->externals);
    hg_names_deinit(&surface->config);
    hg_names_deinit(&surface->references);
    free(surface->programs.items);
    free(surface->left_out.items);
    free(surface->roles);
    free(surface->details.items);
    free(surface->needs.items);
    free(surface->uses.items);
    hg_arena_deinit(&surface->arena);
    free(surface);
}

const struct hg_surface_need *hg_surface_needs(const struct hg_surface *surface, size_t *count)
{
    *count = surface->needs.count;
    return surface->needs.items;
}
