/*
 * The values of options about the form of the types: which members and macros, and what Rust and C
 * make of them.
 *
 *     --fields task_struct=pid,tgid     --derive Debug,Default     --flavour ___old
 */
#include "cli.h"

#include "base/diag.h"
#include "model/match.h"

#include <string.h>

static const char identifier_bytes[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

static bool is_identifier(const char *value)
{
    return value[0] != '\0' && value[strspn(value, identifier_bytes)] == '\0' &&
           !(value[0] >= '0' && value[0] <= '9');
}

static bool is_word(const char *begin, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(begin, word, length) == 0;
}

/* --- which members --- */

bool take_fields(const char *value, struct options *options, struct hg_diagnostics *diagnostics)
{
    const char *equals = strchr(value, '=');
    size_t name_length = equals == NULL ? 0 : (size_t)(equals - value);
    if (name_length == 0 || equals[1] == '\0') {
        hg_error(diagnostics, NULL,
                 "--fields %s: say a record and its members, such as task_struct=pid,comm", value);
        return false;
    }
    size_t count = 1;
    for (const char *at = equals; *at != '\0'; at++)
        count += *at == ',';
    const char **members = hg_arena_array(&options->arena, count, sizeof *members);
    const char *at = equals + 1;
    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(at, ",");
        members[i] = hg_arena_string(&options->arena, at, length);
        if (!is_identifier(members[i])) {
            hg_error(diagnostics, NULL, "--fields %s: '%s' is not the name of a member", value,
                     members[i]);
            return false;
        }
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

/* --- which types, and with what --- */

static bool check_pattern(const char *option, const char *value, struct hg_diagnostics *diagnostics)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"
        " *?[]!^-";
    if (value[0] == '^')
        return hg_check_expression(value, option, diagnostics);
    if (value[0] != '\0' && value[strspn(value, allowed)] == '\0')
        return true;
    hg_error(diagnostics, NULL,
             "%s '%s': say the name of a type, such as mutex or 'struct mutex', or a shell pattern "
             "such as 'rt_*'",
             option, value);
    return false;
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

/* A line may have lines in it, as shell scripts have them in their variables. */
bool take_raw_line(const char *value, struct options *options, struct hg_diagnostics *diagnostics)
{
    *HG_PUSH(&options->raw_lines) = value;
    for (const char *at = value; *at != '\0'; at++) {
        if ((unsigned char)*at >= ' ' || *at == '\n' || *at == '\t')
            continue;
        hg_error(diagnostics, NULL,
                 "--raw-line: byte %zu of its value is a control character, which no source text "
                 "has",
                 (size_t)(at - value) + 1);
        return false;
    }
    return true;
}

/* --- which macros --- */

bool take_macros(const char *value, struct options *options, struct hg_diagnostics *diagnostics)
{
    const char *pattern = value + (value[0] == '!');
    if (pattern[0] == '^' && !hg_check_expression(pattern, "--macros", diagnostics))
        return false;
    if (pattern[0] == '\0' || (pattern[0] != '^' && strpbrk(pattern, " \t()") != NULL)) {
        hg_error(diagnostics, NULL,
                 "--macros '%s': say the name of a macro or a pattern such as 'ETH_P_*'", value);
        return false;
    }
    *HG_PUSH(&options->macros) = value;
    return true;
}

/* --- Rust --- */

bool parse_enum_style(const char *value, enum hg_enum_style *ret,
                      struct hg_diagnostics *diagnostics)
{
    static const char *const styles[] = {
        [HG_ENUM_CONSTS] = "consts",
        [HG_ENUM_MODULE] = "module",
        [HG_ENUM_NEWTYPE] = "newtype",
        [HG_ENUM_RUST] = "rust",
    };
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        if (strcmp(value, styles[i]) == 0) {
            *ret = (enum hg_enum_style)i;
            return true;
        }
    }
    hg_error(diagnostics, NULL, "--enum-style %s: the styles are consts, module, newtype and rust",
             value);
    return false;
}

static const struct {
    const char *name;
    uint32_t derive;
    uint32_t needs; /* Rust's own rule */
} traits[] = {
    {"none", HG_DERIVE_NONE, 0},
    {"Debug", HG_DERIVE_DEBUG, 0},
    {"Default", HG_DERIVE_DEFAULT, 0},
    {"PartialEq", HG_DERIVE_PARTIAL_EQ, 0},
    {"Eq", HG_DERIVE_EQ, HG_DERIVE_PARTIAL_EQ},
    {"Hash", HG_DERIVE_HASH, 0},
    {"PartialOrd", HG_DERIVE_PARTIAL_ORD, HG_DERIVE_PARTIAL_EQ},
    {"Ord", HG_DERIVE_ORD, HG_DERIVE_EQ | HG_DERIVE_PARTIAL_ORD},
    {"Clone", HG_DERIVE_NONE, 0}, /* always there */
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
        if (i == TRAITS) {
            hg_error(diagnostics, NULL,
                     "--derive %s: '%.*s' is none of Debug, Default, PartialEq, Eq, Hash, "
                     "PartialOrd, Ord and none",
                     value, (int)length, at);
            return false;
        }
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
            hg_error(diagnostics, NULL, "--derive %s needs %s besides", traits[i].name,
                     traits[j].name);
            return false;
        }
    }
    return true;
}

bool parse_accessors(const char *value, enum hg_accessors *ret, struct hg_diagnostics *diagnostics)
{
    static const char *const names[] = {
        [HG_ACCESSORS_PROBE_READ] = "probe-read", [HG_ACCESSORS_CORE] = "core"};
    for (size_t i = HG_ACCESSORS_PROBE_READ; i < sizeof names / sizeof *names; i++) {
        if (strcmp(value, names[i]) != 0)
            continue;
        *ret = (enum hg_accessors)i;
        return true;
    }
    hg_error(diagnostics, NULL, "--accessors %s: there are probe-read and core", value);
    return false;
}

bool check_module(const char *value, struct hg_diagnostics *diagnostics)
{
    if (is_identifier(value) && strcmp(value, "_") != 0)
        return true;
    hg_error(diagnostics, NULL, "--module '%s' is not the name of a Rust module", value);
    return false;
}

/* --- C --- */

bool check_flavour(const char *value, struct hg_diagnostics *diagnostics)
{
    if (strncmp(value, "___", 3) == 0 && value[3] != '\0' && value[3] != '_' &&
        value[strspn(value, identifier_bytes)] == '\0' && strstr(value + 3, "___") == NULL)
        return true;
    hg_error(diagnostics, NULL,
             "--flavour '%s': say three underscores and a word, such as ___v5_15, which CO-RE "
             "ignores behind a name",
             value);
    return false;
}

/* --- together --- */

bool check_shapes(const struct options *options, struct hg_diagnostics *diagnostics)
{
    const struct write_options *write = &options->write;
    const char *fault = NULL;
    if (options->arrays != ARRAYS_BY_SOURCE && options->sources[0].kind == SOURCE_BTF) {
        hg_error(diagnostics, NULL, "--arrays goes with headers: in BTF arrays are as they are");
        return false;
    }
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
    hg_error(diagnostics, NULL, "%s", fault);
    return false;
}
