/*
 * A kernel's configuration:
 *
 *     CONFIG_HZ=250
 *     # CONFIG_KPROBES is not set
 *
 * as in .config, /boot/config-*, /proc/config.gz.  Lines of another form are not looked at.
 */
#include "surface/facts.h"

#include "base/diag.h"

#include <string.h>

enum { CONFIG_MAX = 16 * 1024 * 1024 };

enum hg_status hg_facts_config_read(const char *path, struct hg_diagnostics *diagnostics,
                                    struct kernel_config *ret)
{
    size_t size = 0;
    enum hg_status status = hg_read_text(path, CONFIG_MAX, diagnostics, &ret->text, &size);
    if (status != HG_OK)
        return status;
    for (char *line = ret->text; *line != '\0';) {
        char *end = line + strcspn(line, "\n");
        bool is_last = *end == '\0';
        *end = '\0';
        char *equals = strchr(line, '=');
        if (strncmp(line, "CONFIG_", 7) == 0 && equals != NULL) {
            *equals = '\0';
            hg_names_add(&ret->values, line, (uint32_t)(equals + 1 - ret->text));
        }
        line = is_last ? end : end + 1;
    }
    hg_names_sort(&ret->values);
    if (ret->values.entries.count > 0)
        return HG_OK;
    hg_error(diagnostics, NULL, "%s: there is no CONFIG_...=... in it", path);
    return HG_ERROR_INPUT;
}

const char *hg_facts_config_value(const struct kernel_config *config, const char *name)
{
    size_t count = 0;
    const struct index_entry *found = hg_names_find(&config->values, name, &count);
    return count == 0 ? NULL : config->text + found[count - 1].number;
}

void hg_facts_config_deinit(struct kernel_config *config)
{
    hg_names_deinit(&config->values);
    free(config->text);
}
