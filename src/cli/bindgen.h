/* The table of bindgen's options: see bindgen_table.c. */
#ifndef HG_CLI_BINDGEN_H
#define HG_CLI_BINDGEN_H

#include "table.h"

enum becomes {
    SILENT,       /* hdrgen does that anyway, or it concerns what hdrgen does not write */
    TOLD,         /* left out: text says what to do instead */
    OPTION,       /* an option; its value is text, or bindgen's own */
    ENUM_STYLE,   /* --enum-style, in other words */
    SOME_ENUMS,   /* the style of those that an expression matches: text */
    TYPES,        /* NAMEs, from an expression */
    ITEMS,        /* the same, and macros */
    VARIABLES,    /* --macros, from an expression */
    PATTERNS,     /* an option that takes patterns, from an expression */
    NO_ITEMS,     /* --blocklist-type, and macros that are left out */
    NO_VARIABLES, /* macros that are left out */
    GENERATE,     /* what is written at all */
    RUST_TARGET,  /* a version of rustc */
    ONLY,         /* fine if its value is `value`; else text says what to do instead */
    MODULE_LINE,  /* --raw-line, if the module is the only one that C has */
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
