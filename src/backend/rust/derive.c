/*
 * Traits of records: Clone and Copy always, others if they are requested and Rust allows them.
 *
 *     // Not Eq, Hash: it holds a float.
 *     #[derive(Clone, Copy, PartialEq)]
 *
 * The method: a shape (shape.c, plan.c) has the traits that its type cannot have; a type that holds
 * it cannot have them either.  Default is written, not derived, since Rust derives it neither for
 * arrays of more than 32 elements nor for pointers.  Its value is all zeroes, which every type here
 * allows.
 *
 * What this does not do: skip padding.  Fields called __pad are compared like others.
 */
#include "backend/rust/rust.h"

/* In the order in which they are written. */
static const struct {
    enum hg_derive derive;
    const char *name;
} traits[] = {
    {HG_DERIVE_DEBUG, "Debug"}, {HG_DERIVE_PARTIAL_EQ, "PartialEq"},   {HG_DERIVE_EQ, "Eq"},
    {HG_DERIVE_HASH, "Hash"},   {HG_DERIVE_PARTIAL_ORD, "PartialOrd"}, {HG_DERIVE_ORD, "Ord"},
};
enum { TRAITS = sizeof traits / sizeof *traits };

bool hg_rust_derives(const struct hg_rust *rust, enum hg_derive derive)
{
    uint32_t derives = rust->options->derives;
    return ((derives == 0 ? HG_DERIVE_DEBUG : derives) & (uint32_t)derive) != 0;
}

/* Writes a comment that names the requested traits that a type cannot have.  Debug is not named for
 * unions, unless it was requested. */
static void put_missing(const struct hg_rust *rust, struct hg_text *text,
                        const struct hg_rust_shape *shape)
{
    const char *before = "// Not ";
    if (rust->options->derives == 0)
        return;
    for (size_t i = 0; i < TRAITS; i++) {
        if (!hg_rust_derives(rust, traits[i].derive) || (shape->lacks & traits[i].derive) == 0)
            continue;
        hg_text_printf(text, "%s%s", before, traits[i].name);
        before = ", ";
    }
    if (before[0] == ',')
        hg_text_printf(text, ": %s.\n", shape->reason);
}

void hg_rust_put_derives(const struct hg_rust *rust, struct hg_text *text,
                         const struct hg_rust_shape *shape, bool with_missing)
{
    if (with_missing)
        put_missing(rust, text, shape);
    hg_text_put(text, "#[derive(Clone, Copy");
    for (size_t i = 0; i < TRAITS; i++) {
        if (hg_rust_derives(rust, traits[i].derive) && (shape->lacks & traits[i].derive) == 0)
            hg_text_printf(text, ", %s", traits[i].name);
    }
    hg_text_put(text, ")]\n");
}

void hg_rust_put_own_derives(const struct hg_rust *rust, struct hg_text *text)
{
    struct hg_rust_shape shape = {0};
    hg_rust_put_derives(rust, text, &shape, false);
}

void hg_rust_put_default(struct hg_rust *rust, const char *name)
{
    if (!hg_rust_derives(rust, HG_DERIVE_DEFAULT))
        return;
    hg_text_printf(&rust->text,
                   "impl ::core::default::Default for %s {\n"
                   "    #[inline]\n"
                   "    fn default() -> Self {\n"
                   "        unsafe { ::core::mem::zeroed() }\n"
                   "    }\n"
                   "}\n",
                   name);
}
