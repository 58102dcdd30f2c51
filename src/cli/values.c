/* The values of options: what each accepts, and what it says to the rest. */
#include "table.h"

#include "base/diag.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct emitter emitters[] = {
    {"rust", ".rs", write_rust, false},
    {"c", ".h", write_c, false},
    {"btf", ".btf", write_btf, true},
    {"json", ".json", write_json, false},
};
enum { EMITTERS = sizeof emitters / sizeof *emitters };

static const struct emitter show_text = {"text", ".txt", write_show, false};
static const struct emitter show_json = {"json", ".json", write_json, false};
static const struct emitter list_text = {"text", ".txt", write_list, false};
static const struct emitter list_json = {"json", ".json", write_list_json, false};

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
        hg_error(diagnostics, NULL, "--elf goes with --emit btf, and -o %s is for %s", output,
                 emitters[i].name);
        return false;
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

bool find_word(const char *option, const char *value, const char *const *words, size_t count,
               size_t *ret, struct hg_diagnostics *diagnostics)
{
    struct hg_text known = {0};
    for (size_t i = 0; i < count; i++) {
        if (strcmp(value, words[i]) == 0) {
            *ret = i;
            hg_text_deinit(&known);
            return true;
        }
        hg_text_printf(&known, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", words[i]);
    }
    hg_error(diagnostics, NULL, "%s %s: say %s", option, value, hg_text_string(&known));
    hg_text_deinit(&known);
    return false;
}

bool parse_loader(const char *value, unsigned *ret, struct hg_diagnostics *diagnostics)
{
    static const char *const words[] = {"libbpf", "aya", "cilium", "both", "all"};
    static const unsigned loaders[] = {LOADER_LIBBPF, LOADER_AYA, LOADER_CILIUM,
                                       LOADER_LIBBPF | LOADER_AYA,
                                       LOADER_LIBBPF | LOADER_AYA | LOADER_CILIUM};
    size_t found = 0;
    if (!FIND_WORD("--loader", value, words, &found, diagnostics))
        return false;
    *ret = loaders[found];
    return true;
}

enum hg_core_loader first_loader(const struct options *options)
{
    unsigned loader = 0;
    while (loader + 1 < HG_CORE_LOADERS && (options->loaders >> loader & 1) == 0)
        loader++;
    return (enum hg_core_loader)loader;
}

/* A suffix decides nothing for flags without --sources, which are text. */
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
    hg_error(diagnostics, NULL,
             options->html && !is_flags ? "--format html: check writes text and json of one "
                                          "kernel, and a page of several"
                                        : "--format %s: this command writes text and json",
             format);
    return false;
}

bool parse_arrays(const char *value, enum arrays *ret, struct hg_diagnostics *diagnostics)
{
    static const char *const words[] = {"flat", "nested"};
    size_t found = 0;
    if (!FIND_WORD("--arrays", value, words, &found, diagnostics))
        return false;
    *ret = found == 0 ? ARRAYS_FLAT : ARRAYS_NESTED;
    return true;
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
    if (hg_begins_with(value, "follow=") && value[7] >= '0' && value[7] <= '9') {
        char *end = NULL;
        errno = 0;
        unsigned long number = strtoul(value + 7, &end, 10);
        if (errno == 0 && *end == '\0' && number < HG_FOLLOW_ALL) {
            *ret = (uint32_t)number;
            return true;
        }
    }
    hg_error(diagnostics, NULL,
             "--pointers %s: say opaque, follow, or follow=N with a number of pointers", value);
    return false;
}

/* `5.15`, and what may follow: `5.15.3`, `5.15-rc1`. */
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
    hg_error(diagnostics, NULL, "--btf-compat %s: say a kernel version from 5.0, such as 5.15",
             value);
    return false;
}

bool parse_jobs(const char *value, unsigned *ret, struct hg_diagnostics *diagnostics)
{
    char *end = NULL;
    errno = 0;
    unsigned long number = strtoul(value, &end, 10);
    if (value[0] >= '0' && value[0] <= '9' && *end == '\0' && errno == 0 && number >= 1 &&
        number <= 256) {
        *ret = (unsigned)number;
        return true;
    }
    hg_error(diagnostics, NULL, "-j %s: say how many processes, from 1 to 256", value);
    return false;
}

bool parse_when(const char *option, const char *value, enum when *ret,
                struct hg_diagnostics *diagnostics)
{
    static const char *const words[] = {"auto", "always", "never"};
    size_t found = 0;
    if (!FIND_WORD(option, value, words, &found, diagnostics))
        return false;
    *ret = (enum when)found; /* in the same order */
    return true;
}

/* A Rust path: identifiers joined by ::, perhaps with :: before them. */
bool check_rust_path(const char *option, const char *value, struct hg_diagnostics *diagnostics)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:";
    if (value[0] != '\0' && value[strspn(value, allowed)] == '\0')
        return true;
    hg_error(diagnostics, NULL, "%s '%s' is not a Rust path such as core::ffi or aya_ebpf::cty",
             option, value);
    return false;
}

bool check_identifier(const char *option, const char *value, struct hg_diagnostics *diagnostics)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    if (value[0] != '\0' && value[strspn(value, allowed)] == '\0' &&
        !(value[0] >= '0' && value[0] <= '9'))
        return true;
    hg_error(diagnostics, NULL, "%s '%s' is not a C identifier", option, value);
    return false;
}

bool check_attach(const char *value, struct hg_diagnostics *diagnostics)
{
    const char *equals = strchr(value, '=');
    if (equals != NULL && equals != value && equals[1] != '\0')
        return true;
    hg_error(diagnostics, NULL,
             "--attach %s: say PROGRAM=TARGET, such as read_entry=vfs_read or "
             "on_switch=sched/sched_switch",
             value);
    return false;
}
