/*
 * Reading BTF: the steps in order.
 *
 *     file -> the BTF in it -> words and strings -> checks -> model -> seal
 *
 * The base is read before the split BTF, since its types have the lower ids.
 */
#include <hdrgen/read.h>

#include "base/diag.h"
#include "base/options.h"
#include "frontend/btf/build.h"
#include "frontend/btf/container.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

bool hg_btf_check(struct btf *btf, const char *triple, unsigned class_size)
{
    hg_btf_judge_strings(btf);
    return hg_btf_check_rules(btf) && hg_btf_check_references(btf) &&
           hg_btf_find_target(btf, triple, class_size) && hg_btf_check_chains(btf) &&
           hg_btf_check_members(btf);
}

static void warn_of(const struct btf *btf, const struct btf_oddity *oddity, const char *what)
{
    if (oddity->count == 1)
        hg_warning(btf->diagnostics, NULL, "%s: type %u: %s", btf->name, oddity->first, what);
    if (oddity->count > 1)
        hg_warning(btf->diagnostics, NULL, "%s: type %u and %zu more: %s", btf->name, oddity->first,
                   oddity->count - 1, what);
}

static void warn_of_oddities(const struct btf *btf)
{
    warn_of(btf, &btf->nameless_ints,
            "an INT or FLOAT without a name is taken as C's type of that size");
    warn_of(btf, &btf->nameless_bit_fields, "a bit-field without a name is taken as padding");
    warn_of(btf, &btf->char_and_signed,
            "an INT that is both SIGNED and CHAR, which the kernel refuses, is taken as SIGNED");
    warn_of(btf, &btf->odd_ints,
            "an INT that does not fill its bytes is taken as the type of a bit-field");
}

struct source {
    struct finder finder;
    uint64_t hash;
};

static struct btf_blob open_source(struct source *source)
{
    const struct span *bytes = &source->finder.btf;
    source->hash = XXH3_64bits(bytes->data, bytes->size);
    return (struct btf_blob){.name = source->finder.name, .data = bytes->data, .size = bytes->size};
}

/* Split BTF against a distilled base becomes split BTF against the kernel's. */
static bool relocate(struct source *source, struct btf_blob *blob, const struct btf_blob *base)
{
    struct finder *finder = &source->finder;
    struct btf_blob distilled = {
        .name = finder->name, .data = finder->distilled.data, .size = finder->distilled.size};
    struct hg_text text = {0};
    if (!hg_btf_relocate(blob, &distilled, base, finder->diagnostics, &text)) {
        hg_text_deinit(&text);
        return false;
    }
    hg_finder_deinit(finder);
    finder->btf =
        (struct span){.data = (const uint8_t *)text.data, .size = text.size, .owned = text.data};
    blob->data = finder->btf.data;
    blob->size = finder->btf.size;
    return true;
}

/* Loads the BTF and frees the bytes of the sources.  base may be NULL. */
static bool load(struct btf *btf, struct source *source, struct source *base)
{
    struct btf_blob blob = open_source(source);
    struct btf_blob base_blob = {0};
    if (base != NULL)
        base_blob = open_source(base);
    bool is_distilled = source->finder.distilled.size > 0;
    if (base != NULL && base->finder.distilled.size > 0) {
        hg_error(
            btf->diagnostics, NULL,
            "%s: it continues a distilled base itself (.BTF.base): --base-btf takes the BTF of "
            "a kernel",
            base->finder.name);
        return false;
    }
    if (is_distilled && base == NULL) {
        hg_error(btf->diagnostics, NULL,
                 "%s: it continues a distilled base (.BTF.base), which only names the types of the "
                 "kernel that it needs: give the BTF of that kernel, too, with --base-btf",
                 source->finder.name);
        return false;
    }
    bool fine = !is_distilled || relocate(source, &blob, &base_blob);
    fine = fine && hg_btf_load(btf, &blob, base == NULL ? NULL : &base_blob);
    hg_finder_deinit(&source->finder);
    if (base != NULL)
        hg_finder_deinit(&base->finder);
    return fine;
}

static enum hg_status make_model(struct btf *btf, const struct source *source,
                                 const struct source *base, const char *target,
                                 struct hg_model **ret)
{
    struct hg_model *model = hg_model_create();
    hg_model_set_target(model,
                        &(struct hg_target){.triple = target,
                                            .big_endian = btf->big_endian,
                                            .char_signed = btf->char_signed,
                                            .enum_signs_unknown = !hg_btf_has_enum_signs(btf),
                                            .pointer_size = btf->pointer_size,
                                            .long_size = btf->long_size});
    hg_model_add_input(model, source->finder.name, source->hash);
    if (base != NULL)
        hg_model_add_input(model, base->finder.name, base->hash);
    hg_model_add_file(model, source->finder.name);
    if (base != NULL)
        hg_model_add_file(model, base->finder.name);
    hg_btf_build(btf, model);
    enum hg_status status = hg_model_seal(model, btf->diagnostics);
    if (status == HG_OK)
        *ret = model;
    else
        hg_model_destroy(model);
    return status;
}

/* base may be NULL.  ret NULL = only check. */
static enum hg_status read_found(struct source *source, struct source *base, const char *target,
                                 struct hg_model **ret)
{
    struct btf btf = {.diagnostics = source->finder.diagnostics};
    enum hg_status status = HG_ERROR_INPUT;
    unsigned class_size = source->finder.class_size;
    if (class_size == 0 && base != NULL)
        class_size = base->finder.class_size;
    if (load(&btf, source, base) && hg_btf_check(&btf, target, class_size)) {
        warn_of_oddities(&btf);
        status = ret == NULL ? HG_OK : make_model(&btf, source, base, target, ret);
    }
    hg_btf_deinit(&btf);
    return status;
}

static struct source new_source(const char *name, struct hg_diagnostics *diagnostics)
{
    return (struct source){
        .finder = {.name = name, .diagnostics = diagnostics, .budget = FINDER_BUDGET}};
}

enum hg_status hg_read_btf(const struct hg_btf_file *given, struct hg_diagnostics *diagnostics,
                           struct hg_model **ret)
{
    HG_TAKE(hg_btf_file, file, given, diagnostics);
    if (file.path == NULL) {
        hg_error(diagnostics, NULL, "struct hg_btf_file: no path");
        return HG_ERROR_USAGE;
    }
    struct source source = new_source(file.path, diagnostics);
    struct source base = new_source(file.base_path, diagnostics);
    enum hg_status status = HG_OK;
    if (file.base_path != NULL)
        status = hg_btf_find_in_file(&base.finder);
    if (status == HG_OK)
        status = hg_btf_find_in_file(&source.finder);
    if (status == HG_OK)
        status = read_found(&source, file.base_path == NULL ? NULL : &base, file.target, ret);
    hg_finder_deinit(&source.finder);
    hg_finder_deinit(&base.finder);
    return status;
}

enum hg_status hg_read_btf_bytes(const struct hg_btf_bytes *bytes, const struct hg_btf_bytes *base,
                                 const char *target, struct hg_diagnostics *diagnostics,
                                 struct hg_model **ret)
{
    struct source source = new_source(bytes->name, diagnostics);
    struct source base_source = new_source(base == NULL ? NULL : base->name, diagnostics);
    enum hg_status status = HG_ERROR_INPUT;
    if ((base == NULL ||
         hg_btf_find(&base_source.finder, (struct span){.data = base->data, .size = base->size})) &&
        hg_btf_find(&source.finder, (struct span){.data = bytes->data, .size = bytes->size}))
        status = read_found(&source, base == NULL ? NULL : &base_source, target, ret);
    hg_finder_deinit(&source.finder);
    hg_finder_deinit(&base_source.finder);
    return status;
}

enum hg_status hg_check_btf_bytes(const struct hg_btf_bytes *bytes, const struct hg_btf_bytes *base,
                                  const char *target, struct hg_diagnostics *diagnostics)
{
    return hg_read_btf_bytes(bytes, base, target, diagnostics, NULL);
}
