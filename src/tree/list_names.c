/*
 * Answers two questions from a tree's catalogue, without parsing: for completion, the names of all
 * types; for messages, the header that defines a symbol.
 */
#include "tree/names.h"

#include <hdrgen/kernel.h>
#include <string.h>

static enum hg_status open_catalogue(const struct hg_kernel *kernel, const char *cache_directory,
                                     struct hg_diagnostics *diagnostics,
                                     struct hg_kernel_headers **headers, struct hg_catalogue *ret)
{
    enum hg_status status = hg_kernel_list_headers(kernel, diagnostics, headers);
    if (status == HG_OK)
        hg_catalogue_open(kernel, *headers, "headers", cache_directory, ret);
    return status;
}

enum hg_status hg_kernel_list_names(const struct hg_kernel *kernel, const char *cache_directory,
                                    struct hg_diagnostics *diagnostics, hg_kernel_name_fn *visit,
                                    void *user)
{
    struct hg_kernel_headers *headers = NULL;
    struct hg_catalogue catalogue = {0};
    enum hg_status status =
        open_catalogue(kernel, cache_directory, diagnostics, &headers, &catalogue);
    uint32_t last = UINT32_MAX; /* definitions of one name follow each other */
    for (size_t i = 0; i < catalogue.definition_count; i++) {
        const struct hg_catalogue_definition *definition = &catalogue.definitions[i];
        const char *kind = hg_found_word(definition->what);
        if (kind == NULL || definition->name == last)
            continue;
        last = definition->name;
        visit(user, catalogue.strings + definition->name, kind);
    }
    hg_catalogue_deinit(&catalogue);
    hg_kernel_headers_destroy(headers);
    return status;
}

enum hg_status hg_kernel_find_headers(const struct hg_kernel *kernel, const char *cache_directory,
                                      const char *const *symbols, size_t count,
                                      struct hg_arena *arena, struct hg_symbol_header *ret)
{
    struct hg_kernel_headers *headers = NULL;
    struct hg_catalogue catalogue = {0};
    enum hg_status status = open_catalogue(kernel, cache_directory, NULL, &headers, &catalogue);
    for (size_t i = 0; i < count && status == HG_OK; i++) {
        uint32_t file = 0;
        ret[i] = (struct hg_symbol_header){0};
        if (!hg_catalogue_definer(&catalogue, symbols[i], &file))
            continue;
        const char *name = headers->items[file].name;
        ret[i].name = hg_arena_string(arena, name, strlen(name));
        ret[i].is_lone = hg_catalogue_is_lone(&catalogue, file);
    }
    hg_catalogue_deinit(&catalogue);
    hg_kernel_headers_destroy(headers);
    return status;
}
