/* Parses the values of options, and reports those that an option does not accept. */
#include "table.h"

#include "backend/text/list.h"
#include "base/diag.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct emitter emitters[] = {
    {"rust", ".rs", write_rust, NULL, false},
    {"c", ".h", write_c, NULL, false},
    {"btf", ".btf", write_btf, NULL, true},
    {"json", ".json", write_json, NULL, false},
};
enum { EMITTERS = sizeof emitters / sizeof *emitters };

static const struct emitter show_text = {"text", ".txt", NULL, hg_write_show, false};
static const struct emitter show_json = {"json", ".json", write_json, NULL, false};
static const struct emitter list_text = {"text", ".txt", NULL, hg_write_list, false};
static const struct emitter list_json = {"json", ".json", NULL, hg_write_list_json, false};

const char *output_suffix(const char *output)
{
    const char *name = hg_base_name(output);
    const char *suffix = strrchr(name, '.');
    return suffix == NULL || suffix == name || suffix[1] == '\0' ? "" : suffix;
}

void report_suffix(const char *output, const char *known, const char *option,
                   struct hg_diagnostics *diagnostics)
{
    hg_error(diagnostics, NULL,
             "-o %s: the suffix %s says no format: known are %s, or say %s FORMAT", output,
             output_suffix(output), known, option);
}

const struct emitter *find_emitter(const char *emit, const char *output,
                                   struct hg_diagnostics *diagnostics)
{
    const char *suffix = output_suffix(output);
    for (size_t i = 0; i < EMITTERS; i++)
        if (strcmp(emit != NULL ? emit : suffix,
                   emit != NULL ? emitters[i].name : emitters[i].suffix) == 0)
            return &emitters[i];
    if (emit == NULL && suffix[0] == '\0')
        return &emitters[0];
    struct hg_text known = {0};
    for (size_t i = 0; i < EMITTERS; i++)
        hg_text_printf(&known, "%s%s",
                       i == 0              ? ""
                       : i + 1 == EMITTERS ? " and "
                                           : ", ",
                       emit == NULL ? emitters[i].suffix : emitters[i].name);
    if (emit == NULL)
        report_suffix(output, known.data, "--emit", diagnostics);
    else
        hg_error(diagnostics, NULL, "--emit %s: the formats are %s", emit, known.data);
    hg_text_deinit(&known);
    return NULL;
}

bool check_elf(const char *emit, const char *output, struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < EMITTERS && emit == NULL; i++) {
        if (emitters[i].is_btf || strcmp(output_suffix(output), emitters[i].suffix) != 0)
            continue;
        return refuse(diagnostics, "--elf goes with --emit btf, and -o %s is for %s", output,
                      emitters[i].name);
    }
    return true;
}

const char *choose_format(const char *format, const char *output, bool has_page,
                          struct hg_diagnostics *diagnostics)
{
    const char *suffix = output_suffix(output);
    if (format != NULL)
        return format;
    if (suffix[0] == '\0' || strcmp(suffix, ".txt") == 0)
        return "text";
    if (strcmp(suffix, ".json") == 0)
        return "json";
    if (has_page && strcmp(suffix, ".html") == 0)
        return "html";
    report_suffix(output, has_page ? ".txt, .json and .html" : ".txt and .json", "--format",
                  diagnostics);
    return NULL;
}

const struct emitter *find_text_emitter(enum command command, const char *format,
                                        const char *output, struct hg_diagnostics *diagnostics)
{
    const char *chosen = choose_format(format, output, false, diagnostics);
    bool is_show = command == COMMAND_SHOW;
    if (chosen == NULL)
        return NULL;
    if (strcmp(chosen, "text") == 0)
        return is_show ? &show_text : &list_text;
    if (strcmp(chosen, "json") == 0)
        return is_show ? &show_json : &list_json;
    hg_error(diagnostics, NULL, "--format %s: %s writes text and json", chosen,
             command_table[command].name);
    return NULL;
}

bool find_choice(int option, const char *value, size_t *ret, struct hg_diagnostics *diagnostics)
{
    const char *words = "";
    for (size_t i = 0; i < choices_count; i++)
        if (choices_table[i].code == option)
            words = choices_table[i].words;
    struct hg_text known = {0};
    size_t index = 0;
    for (size_t length; *words != '\0'; index++) {
        length = strcspn(words, " ");
        if (is_word(words, length, value))
            break;
        bool is_last = words[length] == '\0';
        hg_text_printf(&known, "%s%.*s",
                       index == 0 ? ""
                       : is_last  ? " or "
                                  : ", ",
                       (int)length, words);
        words += length + !is_last;
    }
    bool is_found = *words != '\0';
    if (is_found)
        *ret = index;
    else
        refuse(diagnostics, "--%s %s: say %s", find_option(option)->name, value,
               hg_text_string(&known));
    hg_text_deinit(&known);
    return is_found;
}

enum hg_core_loader first_loader(const struct options *options)
{
    unsigned loader = 0;
    while (loader + 1 < HG_CORE_LOADERS && (options->loaders >> loader & 1) == 0)
        loader++;
    return (enum hg_core_loader)loader;
}

/* flags without --sources writes text whatever the suffix of -o. */
bool parse_check_format(const char *format, struct options *options,
                        struct hg_diagnostics *diagnostics)
{
    bool is_flags = options->command == COMMAND_FLAGS;
    bool is_fleet = options->source_count > 1 || options->fleets.count > 0;
    bool is_json = strcmp(output_suffix(options->output), ".json") == 0;
    if (is_flags && format == NULL)
        format = is_json ? "json" : "text";
    format = choose_format(format, options->output, true, diagnostics);
    if (format == NULL)
        return false;
    options->json = strcmp(format, "json") == 0;
    options->html = strcmp(format, "html") == 0;
    if (options->json || strcmp(format, "text") == 0 || (options->html && is_fleet && !is_flags))
        return true;
    return refuse(diagnostics,
                  options->html && !is_flags ? "--format html: check writes text and json of one "
                                               "kernel, and a page of several"
                                             : "--format %s: this command writes text and json",
                  format);
}

/* A number of digits of the base alone, up to `most`. */
static bool parse_digits(const char *digits, int base, uint64_t most, uint64_t *ret)
{
    size_t length = strspn(digits, base == 10 ? "0123456789" : "0123456789abcdefABCDEF");
    errno = 0;
    unsigned long long number = strtoull(digits, NULL, base);
    if (length == 0 || digits[length] != '\0' || errno != 0 || number > most)
        return false;
    *ret = number;
    return true;
}

bool parse_number(const char *value, uint64_t most, uint64_t *ret)
{
    bool is_hex = hg_begins_with(value, "0x") || hg_begins_with(value, "0X");
    return parse_digits(is_hex ? value + 2 : value, is_hex ? 16 : 10, most, ret);
}

bool parse_pointers(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics)
{
    if (strcmp(value, "opaque") == 0) {
        *ret = 0;
        return true;
    }
    if (strcmp(value, "follow") == 0) {
        *ret = HG_FOLLOW_ALL;
        return true;
    }
    uint64_t number = 0;
    if (hg_begins_with(value, "follow=") &&
        parse_digits(value + strlen("follow="), 10, HG_FOLLOW_ALL - 1, &number)) {
        *ret = (uint32_t)number;
        return true;
    }
    return refuse(diagnostics,
                  "--pointers %s: say opaque, follow, or follow=N with a number of pointers",
                  value);
}

/* `5.15`, `5.15.3`, `5.15-rc1`. */
bool parse_kernel_version(const char *value, uint32_t *ret, struct hg_diagnostics *diagnostics)
{
    char *end = NULL;
    unsigned long major = strtoul(value, &end, 10);
    if (value[0] >= '0' && value[0] <= '9' && *end == '.' && end[1] >= '0' && end[1] <= '9') {
        unsigned long minor = strtoul(end + 1, &end, 10);
        if ((*end == '\0' || *end == '.' || *end == '-') && major >= 5 && major < 256 &&
            minor < 256) {
            *ret = HG_KERNEL_VERSION(major, minor);
            return true;
        }
    }
    return refuse(diagnostics, "--btf-compat %s: say a kernel version from 5.0, such as 5.15",
                  value);
}

bool parse_jobs(const char *value, unsigned *ret, struct hg_diagnostics *diagnostics)
{
    uint64_t number = 0;
    if (parse_digits(value, 10, 256, &number) && number > 0) {
        *ret = (unsigned)number;
        return true;
    }
    return refuse(diagnostics, "-j %s: say how many processes, from 1 to 256", value);
}

/* A Rust path: identifiers joined by ::, perhaps with :: before them. */
bool check_rust_path(const char *option, const char *value, struct hg_diagnostics *diagnostics)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:";
    if (value[0] != '\0' && value[strspn(value, allowed)] == '\0')
        return true;
    return refuse(diagnostics, "%s '%s' is not a Rust path such as core::ffi or aya_ebpf::cty",
                  option, value);
}

const char identifier_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

bool is_identifier(const char *value)
{
    return value[0] != '\0' && value[strspn(value, identifier_bytes)] == '\0' &&
           !(value[0] >= '0' && value[0] <= '9');
}

bool check_identifier(const char *option, const char *value, struct hg_diagnostics *diagnostics)
{
    return is_identifier(value) ||
           refuse(diagnostics, "%s '%s' is not a C identifier", option, value);
}

bool check_attach(const char *value, struct hg_diagnostics *diagnostics)
{
    const char *equals = strchr(value, '=');
    if (equals != NULL && equals != value && equals[1] != '\0')
        return true;
    return refuse(diagnostics,
                  "--attach %s: say PROGRAM=TARGET, such as read_entry=vfs_read or "
                  "on_switch=sched/sched_switch",
                  value);
}
