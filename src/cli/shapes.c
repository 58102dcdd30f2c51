/*
 * The options about the form of the types that are written: which members and macros, and the style
 * of the Rust and C.
 *
 *     --fields task_struct=pid,tgid     --derive Debug,Default     --flavour ___old
 */
#include "cli.h"

#include "base/diag.h"
#include "model/match.h"

#include <string.h>

/* --- which members --- */

bool take_fields(const char *value, struct options *options, struct hg_diagnostics *diagnostics)
{
    const char *equals = strchr(value, '=');
    size_t name_length = equals == NULL ? 0 : (size_t)(equals - value);
    if (name_length == 0 || equals[1] == '\0')
        return refuse(diagnostics,
                      "--fields %s: say a record and its members, such as task_struct=pid,comm",
                      value);
    size_t count = 1;
    for (const char *at = equals; *at != '\0'; at++)
        count += *at == ',';
    const char **members = hg_arena_array(&options->arena, count, sizeof *members);
    const char *at = equals + 1;
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(at, ",");
        members[i] = hg_arena_string(&options->arena, at, length);
        if (!is_identifier(members[i]))
            return refuse(diagnostics, "--fields %s: '%s' is not the name of a member", value,
                          members[i]);
        at += length + 1;
    }
    *HG_PUSH(&options->trims) = (struct hg_trim){
        .record = hg_arena_string(&options->arena, value, name_length),
        .members = members,
        .member_count = count,
    };
    *HG_PUSH(&options->trimmed) = options->trims.items[options->trims.count - 1].record;
    return true;
}

enum hg_status trim_model(const struct options *options, struct hg_diagnostics *diagnostics,
                          struct hg_model **model)
{
    if (options->trims.count == 0)
        return HG_OK;
    struct hg_model *trimmed = NULL;
    enum hg_status status =
        hg_trim(*model, options->trims.items, options->trims.count, diagnostics, &trimmed);
    if (status != HG_OK)
        return status;
    hg_model_destroy(*model);
    *model = trimmed;
    return HG_OK;
}

static bool wants_flat_arrays(const struct options *options, const struct source *source)
{
    bool is_btf = options->emitter == NULL || options->emitter->is_btf;
    return options->arrays == ARRAYS_FLAT ||
           (options->arrays == ARRAYS_BY_SOURCE && is_btf && source->kind == SOURCE_KERNEL);
}

enum hg_status shape_arrays(const struct options *options, const struct source *source,
                            const struct objects *objects, struct hg_diagnostics *diagnostics,
                            struct hg_model **model)
{
    if (!wants_flat_arrays(options, source))
        return HG_OK;
    struct hg_model *flat = NULL;
    bool is_for_objects =
        objects != NULL && objects->count > 0 && options->arrays == ARRAYS_BY_SOURCE;
    enum hg_status status =
        is_for_objects ? hg_core_shape_arrays((const struct hg_core_object *const *)objects->items,
                                              objects->count, *model, diagnostics, &flat)
                       : hg_flatten_arrays(*model, diagnostics, &flat);
    if (status != HG_OK)
        return status;
    hg_model_destroy(*model);
    *model = flat;
    return HG_OK;
}

/* --- which types --- */

static bool check_pattern(const char *option, const char *value, struct hg_diagnostics *diagnostics)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"
        " *?[]!^-";
    if (value[0] == '^')
        return hg_check_expression(value, option, diagnostics);
    if (value[0] != '\0' && value[strspn(value, allowed)] == '\0')
        return true;
    return refuse(
        diagnostics,
        "%s '%s': say the name of a type, such as mutex or 'struct mutex', or a shell pattern "
        "such as 'rt_*'",
        option, value);
}

bool take_opaque_type(const char *value, struct options *options,
                      struct hg_diagnostics *diagnostics)
{
    *HG_PUSH(&options->trims) = (struct hg_trim){.record = value};
    return check_pattern("--opaque-type", value, diagnostics);
}

bool take_blocklist_type(const char *value, struct options *options,
                         struct hg_diagnostics *diagnostics)
{
    *HG_PUSH(&options->provided) = value;
    return check_pattern("--blocklist-type", value, diagnostics);
}

/* The value may be several lines, as from a variable of a shell script. */
bool take_raw_line(const char *value, struct options *options, struct hg_diagnostics *diagnostics)
{
    *HG_PUSH(&options->raw_lines) = value;
    for (const char *at = value; *at != '\0'; at++) {
        if ((unsigned char)*at >= ' ' || *at == '\n' || *at == '\t')
            continue;
        return refuse(
            diagnostics,
            "--raw-line: byte %zu of its value is a control character, which no source text "
            "has",
            (size_t)(at - value) + 1);
    }
    return true;
}

/* --- which macros --- */

bool take_macros(const char *value, struct options *options, struct hg_diagnostics *diagnostics)
{
    const char *pattern = value + (value[0] == '!');
    if (pattern[0] == '^' && !hg_check_expression(pattern, "--macros", diagnostics))
        return false;
    if (pattern[0] == '\0' || (pattern[0] != '^' && strpbrk(pattern, " \t()") != NULL))
        return refuse(diagnostics,
                      "--macros '%s': say the name of a macro or a pattern such as 'ETH_P_*'",
                      value);
    *HG_PUSH(&options->macros) = value;
    return true;
}

/* --- Rust --- */

static const struct {
    const char *name;
    uint32_t derive;
    uint32_t needs; /* traits that Rust requires besides */
} traits[] = {
    {"none", HG_DERIVE_NONE, 0},
    {"Debug", HG_DERIVE_DEBUG, 0},
    {"Default", HG_DERIVE_DEFAULT, 0},
    {"PartialEq", HG_DERIVE_PARTIAL_EQ, 0},
    {"Eq", HG_DERIVE_EQ, HG_DERIVE_PARTIAL_EQ},
    {"Hash", HG_DERIVE_HASH, 0},
    {"PartialOrd", HG_DERIVE_PARTIAL_ORD, HG_DERIVE_PARTIAL_EQ},
    {"Ord", HG_DERIVE_ORD, HG_DERIVE_EQ | HG_DERIVE_PARTIAL_ORD},
    {"Clone", HG_DERIVE_NONE, 0}, /* always derived */
    {"Copy", HG_DERIVE_NONE, 0},
};
enum { TRAITS = sizeof traits / sizeof *traits };

bool parse_derives(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics)
{
    uint32_t derives = *ret;
    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ","), i = 0;
        while (i < TRAITS && !is_word(at, length, traits[i].name))
            i++;
        if (i == TRAITS)
            return refuse(diagnostics,
                          "--derive %s: '%.*s' is none of Debug, Default, PartialEq, Eq, Hash, "
                          "PartialOrd, Ord and none",
                          value, (int)length, at);
        derives |= traits[i].derive;
        at += length;
        if (*at == '\0')
            break;
    }
    *ret = derives;
    return true;
}

static bool check_derives(uint32_t derives, struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < TRAITS; i++) {
        uint32_t missing = traits[i].needs & ~derives;
        if ((derives & traits[i].derive) == 0 || missing == 0)
            continue;
        for (size_t j = 0; j < TRAITS; j++) {
            if ((missing & traits[j].derive) == 0)
                continue;
            return refuse(diagnostics, "--derive %s needs %s besides", traits[i].name,
                          traits[j].name);
        }
    }
    return true;
}

bool check_module(const char *value, struct hg_diagnostics *diagnostics)
{
    if (is_identifier(value) && strcmp(value, "_") != 0)
        return true;
    return refuse(diagnostics, "--module '%s' is not the name of a Rust module", value);
}

/* --- C --- */

bool check_flavour(const char *value, struct hg_diagnostics *diagnostics)
{
    if (strncmp(value, "___", 3) == 0 && value[3] != '\0' && value[3] != '_' &&
        value[strspn(value, identifier_bytes)] == '\0' && strstr(value + 3, "___") == NULL)
        return true;
    return refuse(diagnostics,
                  "--flavour '%s': say three underscores and a word, such as ___v5_15, which CO-RE "
                  "ignores at the end of a name",
                  value);
}

/* --- together --- */

bool check_shapes(const struct options *options, struct hg_diagnostics *diagnostics)
{
    const struct write_options *write = &options->write;
    const char *fault = NULL;
    if (options->arrays != ARRAYS_BY_SOURCE && options->sources[0].kind == SOURCE_BTF)
        return refuse(diagnostics, "--arrays goes with headers: in BTF arrays are as they are");
    if (options->emitter == NULL)
        return true;
    bool is_rust = options->emitter->write == write_rust;
    bool is_c = options->emitter->write == write_c;
    bool is_json = options->emitter->write == write_json;
    if (!is_rust && (write->enum_style != HG_ENUM_CONSTS || write->derives != 0 ||
                     write->module != NULL || write->accessors != HG_ACCESSORS_NONE ||
                     write->probe_read_fn != NULL || write->ctypes_prefix != NULL))
        fault =
            "--ctypes-prefix, --enum-style, --derive, --module, --accessors and --probe-read-fn "
            "go with --emit rust";
    else if (!is_c &&
             (write->flavour != NULL || write->no_preserve_access_index || write->guard != NULL))
        fault = "--guard, --flavour and --no-preserve-access-index go with --emit c";
    else if (!is_rust && !is_c && options->provided.count > 0)
        fault = "--blocklist-type goes with --emit rust and c: nobody adds types to BTF and JSON";
    else if (!is_rust && !is_c && write->raw_line_count > 0)
        fault = "--raw-line goes with --emit rust and c";
    else if (options->provided.count > 0 && options->object_count > 0)
        fault = "--blocklist-type does not go with --for, which finds the types that are needed";
    else if (write->probe_read_fn != NULL && write->accessors == HG_ACCESSORS_NONE)
        fault = "--probe-read-fn goes with --accessors";
    else if (options->loaders != 0 && options->command == COMMAND_GENERATE &&
             (options->object_count == 0 || !options->emitter->is_btf))
        fault = "--loader goes with check, and with --for and --emit btf";
    else if (options->trims.count > 0 && options->object_count > 0)
        fault =
            "--fields and --opaque-type do not go with --for, which finds the members that are "
            "needed";
    else if (options->macros.count > 0 && !is_rust && !is_c && !is_json)
        fault = "--macros goes with --emit rust, c and json";
    else if (options->macros.count > 0 && options->sources[0].kind == SOURCE_BTF)
        fault = "--macros needs headers: BTF does not list macros";
    if (fault == NULL)
        return check_derives(write->derives, diagnostics);
    return refuse(diagnostics, "%s", fault);
}
