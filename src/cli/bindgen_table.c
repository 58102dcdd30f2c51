/*
 * bindgen's options, of all releases from 0.60 to 0.72 with the older spellings, and what hdrgen
 * does with each.  A text completes the warning "--x is left out: ...".
 */
#include "bindgen.h"

#define FUNCTIONS "hdrgen writes types and constants; take bindgen for functions and variables"
#define MACRO_TYPES "constants have the type that the expression has in C"
#define DERIVES "--derive says for all records what they get"
#define TRAITS "--derive knows the traits of Rust itself; write the impl beside the bindings"
#define ATTRIBUTES "no attributes are added to types; wrap the type in one of your own"
#define ALIASES "typedefs are plain aliases; wrap the type in one of your own"
#define NO_DEBUG                                                                                   \
    "a record with a union in it does not get the trait; write the impl beside the bindings"
#define DUMPS "it shows how bindgen works; -v reports more of hdrgen, and clang -E shows the input"

/* clang-format off */
const struct bindgen_option bindgen_options[] = {
    /* what is written */
    {"--allowlist-type", TYPES, 1, 0, NULL, NULL},
    {"--whitelist-type", TYPES, 1, 0, NULL, NULL},
    {"--allowlist-item", ITEMS, 1, 0, NULL, NULL},
    {"--allowlist-var", VARIABLES, 1, 0, NULL, NULL},
    {"--whitelist-var", VARIABLES, 1, 0, NULL, NULL},
    {"--allowlist-file", TOLD, 1, 0, "name the types of that file, as NAMEs or with --allowlist-type", NULL},
    {"--allowlist-function", TOLD, 1, 0, FUNCTIONS, NULL},
    {"--whitelist-function", TOLD, 1, 0, FUNCTIONS, NULL},
    {"--blocklist-type", PATTERNS, 1, OPTION_BLOCKLIST_TYPE, NULL, NULL},
    {"--blacklist-type", PATTERNS, 1, OPTION_BLOCKLIST_TYPE, NULL, NULL},
    {"--blocklist-item", NO_ITEMS, 1, OPTION_BLOCKLIST_TYPE, NULL, NULL},
    {"--blacklist-item", NO_ITEMS, 1, OPTION_BLOCKLIST_TYPE, NULL, NULL},
    {"--blocklist-var", NO_VARIABLES, 1, 0, NULL, NULL},
    {"--blocklist-file", TOLD, 1, 0, "name the types of that file with --blocklist-type", NULL},
    {"--blocklist-function", SILENT, 1, 0, NULL, NULL},
    {"--blacklist-function", SILENT, 1, 0, NULL, NULL},
    {"--opaque-type", PATTERNS, 1, OPTION_OPAQUE_TYPE, NULL, NULL},
    {"--generate", GENERATE, 1, 0, NULL, NULL},
    {"--no-recursive-allowlist", TOLD, 0, 0, "what a type holds is written with it; --blocklist-type leaves types out", NULL},
    {"--no-recursive-whitelist", TOLD, 0, 0, "what a type holds is written with it; --blocklist-type leaves types out", NULL},
    {"--builtins", SILENT, 0, 0, NULL, NULL},
    {"--raw-line", OPTION, 1, OPTION_RAW_LINE, NULL, NULL},
    {"--module-raw-line", MODULE_LINE, 2, OPTION_RAW_LINE, "C has no name spaces, and the output one module; use --raw-line", "root"},

    /* files */
    {"--output", OPTION, 1, 'o', NULL, NULL},
    {"-o", OPTION, 1, 'o', NULL, NULL},
    {"--depfile", OPTION, 1, OPTION_DEPFILE, NULL, NULL},

    /* enums */
    {"--default-enum-style", ENUM_STYLE, 1, OPTION_ENUM_STYLE, NULL, NULL},
    {"--constified-enum", SOME_ENUMS, 1, OPTION_ENUM_STYLE, "consts", NULL},
    {"--constified-enum-module", SOME_ENUMS, 1, OPTION_ENUM_STYLE, "module", NULL},
    {"--newtype-enum", SOME_ENUMS, 1, OPTION_ENUM_STYLE, "newtype", NULL},
    {"--newtype-global-enum", SOME_ENUMS, 1, OPTION_ENUM_STYLE, "newtype", NULL},
    {"--bitfield-enum", SOME_ENUMS, 1, OPTION_ENUM_STYLE, "newtype", NULL},
    {"--rustified-enum", SOME_ENUMS, 1, OPTION_ENUM_STYLE, "rust", NULL},
    {"--rustified-non-exhaustive-enum", SOME_ENUMS, 1, OPTION_ENUM_STYLE, "rust", NULL},
    {"--no-prepend-enum-name", SILENT, 0, 0, NULL, NULL},
    {"--translate-enum-integer-types", SILENT, 0, 0, NULL, NULL},

    /* constants */
    {"--default-macro-constant-type", TOLD, 1, 0, MACRO_TYPES, NULL},
    {"--fit-macro-constant-types", TOLD, 0, 0, MACRO_TYPES, NULL},
    {"--generate-cstr", TOLD, 0, 0, "strings are &[u8; N] with their NUL, which CStr::from_bytes_with_nul takes", NULL},
    {"--clang-macro-fallback", SILENT, 0, 0, NULL, NULL},
    {"--clang-macro-fallback-build-dir", SILENT, 1, 0, NULL, NULL},

    /* traits */
    {"--with-derive-default", OPTION, 0, OPTION_DERIVE, "Default", NULL},
    {"--with-derive-hash", OPTION, 0, OPTION_DERIVE, "Hash", NULL},
    {"--with-derive-partialeq", OPTION, 0, OPTION_DERIVE, "PartialEq", NULL},
    {"--with-derive-eq", OPTION, 0, OPTION_DERIVE, "PartialEq,Eq", NULL},
    {"--with-derive-partialord", OPTION, 0, OPTION_DERIVE, "PartialEq,PartialOrd", NULL},
    {"--with-derive-ord", OPTION, 0, OPTION_DERIVE, "PartialEq,Eq,PartialOrd,Ord", NULL},
    {"--no-derive-debug", OPTION, 0, OPTION_DERIVE, "none", NULL},
    {"--no-derive-default", SILENT, 0, 0, NULL, NULL},
    {"--no-derive-copy", TOLD, 0, 0, "records are Clone and Copy; wrap one that must not be in a type of your own", NULL},
    {"--impl-debug", TOLD, 0, 0, NO_DEBUG, NULL},
    {"--impl-partialeq", TOLD, 0, 0, NO_DEBUG, NULL},
    {"--no-copy", TOLD, 1, 0, "records are Clone and Copy; wrap one that must not be in a type of your own", NULL},
    {"--no-debug", TOLD, 1, 0, DERIVES, NULL},
    {"--no-default", TOLD, 1, 0, DERIVES, NULL},
    {"--no-hash", TOLD, 1, 0, DERIVES, NULL},
    {"--no-partialeq", TOLD, 1, 0, DERIVES, NULL},
    {"--with-derive-custom", TOLD, 1, 0, TRAITS, NULL},
    {"--with-derive-custom-struct", TOLD, 1, 0, TRAITS, NULL},
    {"--with-derive-custom-enum", TOLD, 1, 0, TRAITS, NULL},
    {"--with-derive-custom-union", TOLD, 1, 0, TRAITS, NULL},
    {"--with-attribute-custom", TOLD, 1, 0, ATTRIBUTES, NULL},
    {"--with-attribute-custom-struct", TOLD, 1, 0, ATTRIBUTES, NULL},
    {"--with-attribute-custom-enum", TOLD, 1, 0, ATTRIBUTES, NULL},
    {"--with-attribute-custom-union", TOLD, 1, 0, ATTRIBUTES, NULL},
    {"--must-use-type", TOLD, 1, 0, ATTRIBUTES, NULL},

    /* the form of types */
    {"--ctypes-prefix", OPTION, 1, OPTION_CTYPES_PREFIX, NULL, NULL},
    {"--use-core", SILENT, 0, 0, NULL, NULL},
    {"--no-convert-floats", SILENT, 0, 0, NULL, NULL},
    {"--size_t-is-usize", TOLD, 0, 0, "size_t is c_ulong, as in C; for usize add --blocklist-type size_t --raw-line 'pub type size_t = usize;'", NULL},
    {"--no-size_t-is-usize", SILENT, 0, 0, NULL, NULL},
    {"--no-layout-tests", SILENT, 0, 0, NULL, NULL}, /* assertions stay: they cost no run time */
    {"--no-doc-comments", SILENT, 0, 0, NULL, NULL}, /* no comment of a header is copied */
    {"--disable-nested-struct-naming", SILENT, 0, 0, NULL, NULL},
    {"--disable-name-namespacing", SILENT, 0, 0, NULL, NULL},
    {"--disable-header-comment", SILENT, 0, 0, NULL, NULL},
    {"--disable-untagged-union", TOLD, 0, 0, "unions are unions of Rust", NULL},
    {"--default-non-copy-union-style", SILENT, 1, 0, NULL, NULL},
    {"--bindgen-wrapper-union", SILENT, 1, 0, NULL, NULL},
    {"--manually-drop-union", SILENT, 1, 0, NULL, NULL},
    {"--default-alias-style", ONLY, 1, 0, ALIASES, "type_alias"},
    {"--normal-alias", SILENT, 1, 0, NULL, NULL},
    {"--new-type-alias", TOLD, 1, 0, ALIASES, NULL},
    {"--new-type-alias-deref", TOLD, 1, 0, ALIASES, NULL},
    {"--default-visibility", ONLY, 1, 0, "fields are pub", "public"},
    {"--anon-fields-prefix", TOLD, 1, 0, "fields without a name in C are __anon_ and the first name in them; methods of the record reach what is inside", NULL},
    {"--c-naming", TOLD, 0, 0, "types have their names in C, without struct, union and enum", NULL},
    {"--explicit-padding", TOLD, 0, 0, "padding is a field where Rust would not have it by itself", NULL},
    {"--flexarray-dst", TOLD, 0, 0, "flexible arrays are [T; 0], with a method NAME_ptr()", NULL},
    {"--wrap-unsafe-ops", SILENT, 0, 0, NULL, NULL},
    {"--rust-target", RUST_TARGET, 1, 0, "the output needs rustc 1.77", NULL},
    {"--rust-edition", SILENT, 1, 0, NULL, NULL},
    {"--unstable-rust", SILENT, 0, 0, NULL, NULL},
    {"--no-unstable-rust", SILENT, 0, 0, NULL, NULL},
    {"--formatter", SILENT, 1, 0, NULL, NULL},
    {"--rustfmt-bindings", SILENT, 0, 0, NULL, NULL},
    {"--no-rustfmt-bindings", SILENT, 0, 0, NULL, NULL},
    {"--rustfmt-configuration-file", SILENT, 1, 0, NULL, NULL},
    {"--sort-semantically", SILENT, 0, 0, NULL, NULL},

    /* functions */
    {"--ignore-functions", SILENT, 0, 0, NULL, NULL},
    {"--ignore-methods", SILENT, 0, 0, NULL, NULL},
    {"--merge-extern-blocks", SILENT, 0, 0, NULL, NULL},
    {"--enable-function-attribute-detection", SILENT, 0, 0, NULL, NULL},
    {"--use-array-pointers-in-arguments", SILENT, 0, 0, NULL, NULL},
    {"--distrust-clang-mangling", SILENT, 0, 0, NULL, NULL},
    {"--generate-inline-functions", TOLD, 0, 0, FUNCTIONS, NULL},
    {"--dynamic-loading", TOLD, 1, 0, FUNCTIONS, NULL},
    {"--dynamic-link-require-all", TOLD, 0, 0, FUNCTIONS, NULL},
    {"--wrap-static-fns", TOLD, 0, 0, FUNCTIONS, NULL},
    {"--wrap-static-fns-path", TOLD, 1, 0, FUNCTIONS, NULL},
    {"--wrap-static-fns-suffix", TOLD, 1, 0, FUNCTIONS, NULL},
    {"--override-abi", TOLD, 1, 0, FUNCTIONS, NULL},
    {"--extern-fn-block-attrs", TOLD, 1, 0, FUNCTIONS, NULL},
    {"--prefix-link-name", TOLD, 1, 0, FUNCTIONS, NULL},
    {"--wasm-import-module-name", TOLD, 1, 0, FUNCTIONS, NULL},

    /* C++ and Objective-C, which kernels are not written in */
    {"--enable-cxx-namespaces", SILENT, 0, 0, NULL, NULL},
    {"--conservative-inline-namespaces", SILENT, 0, 0, NULL, NULL},
    {"--respect-cxx-access-specs", SILENT, 0, 0, NULL, NULL},
    {"--represent-cxx-operators", SILENT, 0, 0, NULL, NULL},
    {"--vtable-generation", SILENT, 0, 0, NULL, NULL},
    {"--use-specific-virtual-function-receiver", SILENT, 0, 0, NULL, NULL},
    {"--use-distinct-char16-t", SILENT, 0, 0, NULL, NULL},
    {"--use-msvc-mangling", SILENT, 0, 0, NULL, NULL},
    {"--nonnull-references", SILENT, 0, 0, NULL, NULL},
    {"--generate-deleted-functions", SILENT, 0, 0, NULL, NULL},
    {"--generate-pure-virtual-functions", SILENT, 0, 0, NULL, NULL},
    {"--generate-private-functions", SILENT, 0, 0, NULL, NULL},
    {"--generate-block", SILENT, 0, 0, NULL, NULL},
    {"--block-extern-crate", SILENT, 0, 0, NULL, NULL},
    {"--objc-extern-crate", SILENT, 0, 0, NULL, NULL},

    /* bindgen itself */
    {"--no-include-path-detection", TOLD, 0, 0, "give clang -nostdinc, after the --", NULL},
    {"--no-record-matches", SILENT, 0, 0, NULL, NULL},
    {"--verbose", SILENT, 0, 0, NULL, NULL},
    {"--time-phases", SILENT, 0, 0, NULL, NULL},
    {"--experimental", SILENT, 0, 0, NULL, NULL},
    {"--emit-diagnostics", SILENT, 0, 0, NULL, NULL},
    {"--emit-clang-ast", TOLD, 0, 0, DUMPS, NULL},
    {"--emit-ir", TOLD, 0, 0, DUMPS, NULL},
    {"--emit-ir-graphviz", TOLD, 1, 0, DUMPS, NULL},
    {"--dump-preprocessed-input", TOLD, 0, 0, DUMPS, NULL},
    {"--generate-shell-completions", TOLD, 1, 0, "hdrgen's completions are installed with it", NULL},
};
/* clang-format on */
const size_t bindgen_option_count = sizeof bindgen_options / sizeof *bindgen_options;
