/* The table of bindgen's options: see bindgen_table.c. */
#ifndef HG_CLI_BINDGEN_H
#define HG_CLI_BINDGEN_H

#include "table.h"

/* What hdrgen does with an option of bindgen. */
enum becomes {
    SILENT,       /* nothing: hdrgen does it anyway, or does not write what it is about */
    TOLD,         /* a warning: `text` says what to do instead */
    OPTION,       /* `option` of hdrgen, with the value `text`, or with bindgen's value */
    ENUM_STYLE,   /* --enum-style, with another name of the style */
    SOME_ENUMS,   /* the style `text`, for enums that an expression matches */
    TYPES,        /* NAMEs, from an expression */
    ITEMS,        /* NAMEs and --macros, from an expression */
    VARIABLES,    /* --macros, from an expression */
    PATTERNS,     /* `option` of hdrgen, with patterns from an expression */
    NO_ITEMS,     /* --blocklist-type, and macros to leave out */
    NO_VARIABLES, /* macros to leave out */
    GENERATE,     /* the list of what bindgen writes: types, vars ... */
    RUST_TARGET,  /* a version of rustc */
    ONLY,         /* nothing if its value is `value`; else a warning with `text` */
    MODULE_LINE,  /* --raw-line, if the module is `value`; else a warning with `text` */
};

struct bindgen_option {
    const char *name;
    enum becomes becomes;
    unsigned values;  /* words that follow it */
    int option;       /* enum option_code */
    const char *text; /* see becomes */
    const char *value;
};

extern const struct bindgen_option bindgen_options[];
extern const size_t bindgen_option_count;

#endif
