/*
 * The options of gcc and clang that hdrgen knows, and how it treats each.
 *
 *     -mms-bitfields        kept: it can change a declaration, and clang has it
 *     -fplan9-extensions    replaced by -fms-extensions, and reported
 *     -funsigned-bitfields  left out and reported: clang does not have it
 *     -fconserve-stack      left out: it changes code, and no declaration
 *
 * An option that is not in the table is left out and reported too.  It is not tried on clang, for
 * some options make a compiler load or write files, and the option is a stranger's.
 */
#ifndef HG_KBUILD_OPTION_TABLE_H
#define HG_KBUILD_OPTION_TABLE_H

#include <stdbool.h>

enum hg_treatment {
    HG_OPTION_KEEP,
    HG_OPTION_DIRECTORY, /* an include directory: made absolute */
    HG_OPTION_FORCED,    /* a forced include: made absolute if it is a file here */
    HG_OPTION_DROP,      /* no declaration can notice it */
    HG_OPTION_LOSE,      /* a declaration can notice it, and clang does not have it */
};

/* An option, or the beginning of one. */
struct hg_option_row {
    const char *option;
    enum hg_treatment treatment;
    bool is_prefix;      /* more may follow in the same word */
    bool takes_value;    /* in the next word, if not in this one */
    const char *archs;   /* where the row holds, `x86:32` for one width; NULL = everywhere */
    const char *instead; /* for HG_OPTION_LOSE: what clang is given; NULL = nothing */
    const char *lost;    /* for HG_OPTION_LOSE: what differs without it */
};

/* The row with the longest option that fits; NULL = the option is not known. */
const struct hg_option_row *hg_find_option(const char *word, const char *arch, bool is_64bit);

/* Whether an option decides about code only (option_names.c).  `-fno-x` is known where `-fx` is. */
bool hg_option_is_of_code(const char *word);

#endif
