/*
 * BTF's kinds and limits, for the code that reads BTF and the code that writes it.  The numbers are
 * those of the kernel's own header.
 */
#ifndef HG_BASE_BTF_H
#define HG_BASE_BTF_H

#include <linux/btf.h>

enum btf_kind {
    BTF_VOID = BTF_KIND_UNKN,
    BTF_INT = BTF_KIND_INT,
    BTF_PTR = BTF_KIND_PTR,
    BTF_ARRAY = BTF_KIND_ARRAY,
    BTF_STRUCT = BTF_KIND_STRUCT,
    BTF_UNION = BTF_KIND_UNION,
    BTF_ENUM = BTF_KIND_ENUM,
    BTF_FWD = BTF_KIND_FWD,
    BTF_TYPEDEF = BTF_KIND_TYPEDEF,
    BTF_VOLATILE = BTF_KIND_VOLATILE,
    BTF_CONST = BTF_KIND_CONST,
    BTF_RESTRICT = BTF_KIND_RESTRICT,
    BTF_FUNC = BTF_KIND_FUNC,
    BTF_FUNC_PROTO = BTF_KIND_FUNC_PROTO,
    BTF_VAR = BTF_KIND_VAR,
    BTF_DATASEC = BTF_KIND_DATASEC,
    BTF_FLOAT = BTF_KIND_FLOAT,
    BTF_DECL_TAG = BTF_KIND_DECL_TAG,
    BTF_TYPE_TAG = BTF_KIND_TYPE_TAG,
    BTF_ENUM64 = BTF_KIND_ENUM64,
};
enum { BTF_KIND_COUNT = BTF_ENUM64 + 1 };

/* The component of a declaration tag that tags the type itself. */
#define BTF_WHOLE UINT32_MAX

enum {
    BTF_TYPES_MAX = BTF_MAX_TYPE,
    BTF_NAMES_SIZE_MAX = BTF_MAX_NAME_OFFSET,
    BTF_ENTRIES_MAX = 0xffff, /* members, enumerators or parameters of one type that every kernel
                                 accepts; BTF_MAX_VLEN may be larger in a newer header */
    BTF_NAME_MAX = 511,       /* bytes of a name, as in the kernel */
    BTF_CHAIN_MAX = 32,       /* modifiers and typedefs in a row, as in the kernel */
};

#endif
