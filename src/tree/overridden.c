/*
 * Refuses the user's -D and -U of macros that the configuration defines.
 *
 *     hdrgen --kernel K task_struct -- -UCONFIG_SMP
 *
 * Such an option would change nothing, since include/generated/autoconf.h defines CONFIG_SMP again
 * after all options.  A macro that the configuration does not define can be given.
 */
#include "tree/kernel.h"

#include "base/diag.h"
#include "base/text.h"

#include <string.h>

static const char prefix[] = "CONFIG_";
static const char of_module[] = "_MODULE";

/* The value with which autoconf.h defines the macro, of `length` bytes; NULL = it does not define
 * it.  It defines CONFIG_X as 1 for a symbol that is built in, CONFIG_X_MODULE as 1 for a module,
 * and CONFIG_X as the symbol's value otherwise. */
static const char *value_of(const struct hg_config *config, const char *macro, size_t length)
{
    struct hg_text name = {0};
    hg_text_bytes(&name, macro + strlen(prefix), length - strlen(prefix));
    const char *value = hg_config_value(config, hg_text_string(&name));
    bool is_module = value == NULL && hg_ends_with(hg_text_string(&name), of_module);
    if (is_module) {
        hg_text_truncate(&name, name.size - strlen(of_module));
        value = hg_config_value(config, hg_text_string(&name));
    }
    hg_text_deinit(&name);
    if (value == NULL || (strcmp(value, "m") == 0) != is_module)
        return NULL;
    return is_module || strcmp(value, "y") == 0 ? "1" : value;
}

/* Whether autoconf.h undoes the -D (`defines`) or -U of the macro. */
static bool is_undone(const struct hg_config *config, bool defines, const char *macro)
{
    size_t length = strcspn(macro, "=(");
    const char *value = hg_begins_with(macro, prefix) ? value_of(config, macro, length) : NULL;
    bool gives_one = defines && (macro[length] == '\0' || strcmp(macro + length, "=1") == 0);
    return value != NULL && !(gives_one && strcmp(value, "1") == 0);
}

enum hg_status hg_kernel_check_arguments(const struct hg_kernel *kernel,
                                         const char *const *arguments, size_t count,
                                         struct hg_diagnostics *diagnostics)
{
    const struct hg_config *config = &((const struct hg_kernel_tree *)kernel)->config;
    for (size_t i = 0; i < count; i++) {
        const char *option = arguments[i];
        if (option[0] != '-' || (option[1] != 'D' && option[1] != 'U'))
            continue;
        bool is_apart = option[2] == '\0' && i + 1 < count;
        const char *macro = is_apart ? arguments[i + 1] : option + 2;
        i += is_apart;
        if (!is_undone(config, option[1] == 'D', macro))
            continue;
        int length = (int)strcspn(macro, "=(");
        hg_error(diagnostics, NULL,
                 "-%c%s does nothing: include/generated/autoconf.h defines %.*s after all options. "
                 "Write '#undef %.*s' (and another '#define') into a file, and add -include FILE",
                 option[1], macro, length, macro, length, macro);
        return HG_ERROR_USAGE;
    }
    return HG_OK;
}
