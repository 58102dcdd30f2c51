/*
 * Reads the configuration in the form that make has: include/config/auto.conf.
 *
 *     # comment
 *     CONFIG_64BIT=y
 *     CONFIG_DEFAULT_HOSTNAME="(none)"
 *
 * Other lines are ignored, such as the comment `# CONFIG_SMP is not set`.
 */
#include "tree/kernel.h"

#include <string.h>

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct hg_config_entry *)a)->name,
                  ((const struct hg_config_entry *)b)->name);
}

static void take_line(struct hg_config *config, char *line)
{
    char *equals = strchr(line, '=');
    if (strncmp(line, "CONFIG_", 7) != 0 || equals == NULL)
        return;
    *equals = '\0';
    char *value = equals + 1;
    size_t length = strlen(value);
    if (length >= 2 && value[0] == '"' && value[length - 1] == '"') {
        value[length - 1] = '\0';
        value++;
    }
    *HG_PUSH(&config->entries) = (struct hg_config_entry){.name = line + 7, .value = value};
}

/* Writes a macro of autoconf.h, of `length` bytes, as a line of auto.conf: `CONFIG_A 1` becomes
 * CONFIG_A=y, `CONFIG_B_MODULE 1` becomes CONFIG_B=m, `CONFIG_C "text"` becomes CONFIG_C="text". */
static void put_macro(const char *macro, size_t length, struct hg_text *config)
{
    static const char module[] = "_MODULE";
    enum { MODULE_SIZE = sizeof module - 1 };
    size_t name_size = strcspn(macro, " ");
    if (name_size >= length)
        return;
    const char *value = macro + name_size + 1;
    size_t value_size = length - name_size - 1;
    bool is_one = value_size == 1 && *value == '1';
    bool is_module = is_one && name_size > MODULE_SIZE &&
                     memcmp(macro + name_size - MODULE_SIZE, module, MODULE_SIZE) == 0;
    hg_text_bytes(config, macro, is_module ? name_size - MODULE_SIZE : name_size);
    hg_text_put(config, "=");
    if (is_one)
        hg_text_put(config, is_module ? "m" : "y");
    else
        hg_text_bytes(config, value, value_size);
    hg_text_put(config, "\n");
}

void hg_config_from_header(const char *header, struct hg_text *config)
{
    static const char define[] = "#define CONFIG_";
    for (const char *line = header; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (length >= sizeof define && strncmp(line, define, sizeof define - 1) == 0)
            put_macro(line + strlen("#define "), length - strlen("#define "), config);
        line += length + (line[length] == '\n');
    }
}

void hg_config_init(struct hg_config *config, char *text)
{
    *config = (struct hg_config){.text = text};
    for (char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        char *next = line + length + (line[length] == '\n');
        line[length] = '\0';
        take_line(config, line);
        line = next;
    }
    if (config->entries.count > 0)
        qsort(config->entries.items, config->entries.count, sizeof *config->entries.items, compare);
}

void hg_config_deinit(struct hg_config *config)
{
    free(config->entries.items);
    free(config->text);
}

const char *hg_config_value(const struct hg_config *config, const char *name)
{
    struct hg_config_entry key = {.name = name};
    if (config->entries.count == 0)
        return NULL;
    const struct hg_config_entry *entry =
        bsearch(&key, config->entries.items, config->entries.count, sizeof key, compare);
    return entry == NULL ? NULL : entry->value;
}

bool hg_config_is_on(const struct hg_config *config, const char *name)
{
    const char *value = hg_config_value(config, name);
    return value != NULL && strcmp(value, "y") == 0;
}
