/*
 * Verification of symbols and sections: rules 18 and 19 of docs/model.md.
 *
 * The problem: back ends write symbols' names into programs, use a function's type as a prototype
 * and look up entries of sections by index.  A BTF file can hold anything:
 *
 *     VAR 'x; int evil' type 3, DATASEC '.data' { symbol 17 at 4294967295 }
 *
 * What this does not do: refuse sections whose entries overlap.  In an object that is not linked
 * all entries are at 0.
 */
#include "model/verify.h"

#include "base/diag.h"
#include "model/build.h"
#include "model/describe.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum { REPORTS_MAX = 50 };

struct verification {
    const struct hg_model *model;
    struct hg_diagnostics *diagnostics;
    size_t violations;
    bool checks_names;
};

HG_PRINTF(4, 5)
static void violation(struct verification *v, const char *what, const char *name,
                      const char *format, ...)
{
    if (v->violations++ >= REPORTS_MAX)
        return;
    struct hg_text text = {0};
    hg_text_printf(&text, "%s '", what);
    hg_describe_name(&text, name == NULL ? "(anonymous)" : name);
    hg_text_put(&text, "': ");
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    hg_error(v->diagnostics, NULL, "%s", hg_text_string(&text));
    hg_text_deinit(&text);
}

static bool is_symbol_name(const char *name)
{
    static const char bytes[] = "abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ.$0123456789";
    return name != NULL && *name != '\0' && !(*name >= '0' && *name <= '9') &&
           name[strspn(name, bytes)] == '\0';
}

static bool is_printable(const char *name)
{
    if (name == NULL || *name == '\0')
        return false;
    while (*name >= ' ' && *name <= '~')
        name++;
    return *name == '\0';
}

/* 18. Symbols: a name, a known linkage, and a type that fits the kind. */
static void check_symbol(struct verification *v, const struct hg_symbol *symbol)
{
    bool is_function = symbol->kind == HG_SYMBOL_FUNCTION;
    const char *what = is_function ? "function" : "variable";
    if (v->checks_names && !is_symbol_name(symbol->name))
        violation(v, what, symbol->name, "its name is no valid name of a symbol");
    if ((unsigned)symbol->linkage > HG_LINKAGE_EXTERN)
        violation(v, what, symbol->name, "linkage %u is not known", (unsigned)symbol->linkage);
    if (symbol->type.id >= hg_model_type_count(v->model)) {
        violation(v, what, symbol->name, "refers to type %" PRIu32 ", which does not exist",
                  symbol->type.id);
        return;
    }
    enum hg_kind kind = hg_model_type(v->model, symbol->type.id)->kind;
    if (is_function && (kind != HG_FUNCTION || symbol->type.qualifiers != 0))
        violation(v, what, symbol->name, "its type is no plain prototype but a %s",
                  hg_kind_name(kind));
    if (!is_function && kind == HG_FUNCTION)
        violation(v, what, symbol->name, "its type is a prototype");
}

/* 19. Sections: a printable name, and entries within the section. */
static void check_section(struct verification *v, const struct hg_section *section)
{
    size_t symbol_count;
    (void)hg_model_symbols(v->model, &symbol_count);
    if (!is_printable(section->name))
        violation(v, "section", section->name, "its name is not printable");
    for (size_t i = 0; i < section->entry_count; i++) {
        const struct hg_section_entry *entry = &section->entries[i];
        if (entry->symbol >= symbol_count)
            violation(v, "section", section->name, "entry %zu refers to symbol %zu of %zu", i,
                      entry->symbol, symbol_count);
        if (section->size != 0 &&
            (entry->size > section->size || entry->offset > section->size - entry->size))
            violation(v, "section", section->name,
                      "entry %zu: %" PRIu64 " bytes at %" PRIu64 " reach beyond the %" PRIu64
                      " bytes",
                      i, entry->size, entry->offset, section->size);
    }
}

enum hg_status hg_symbols_verify(const struct hg_model *model, struct hg_diagnostics *diagnostics)
{
    struct verification v = {
        .model = model, .diagnostics = diagnostics, .checks_names = hg_model_checks_names(model)};
    size_t count;
    const struct hg_symbol *symbols = hg_model_symbols(model, &count);
    for (size_t i = 0; i < count; i++)
        check_symbol(&v, &symbols[i]);
    const struct hg_section *sections = hg_model_sections(model, &count);
    for (size_t i = 0; i < count; i++)
        check_section(&v, &sections[i]);
    if (v.violations > REPORTS_MAX)
        hg_error(diagnostics, NULL, "%zu further faults of this kind are not shown",
                 v.violations - REPORTS_MAX);
    return v.violations == 0 ? HG_OK : HG_ERROR_INPUT;
}
