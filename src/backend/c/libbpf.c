/*
 * Names that the generated header shares with libbpf's and Linux's own headers.
 *
 *     #include "types.h"               generated for a few types, none of which uses __be16
 *     #include <bpf/bpf_helpers.h>     its prototypes use __be16
 *
 * The generated header also declares the types that <bpf/bpf_helpers.h> needs, but only for BPF
 * programs, and not after <linux/types.h>, which declares them too.  The declarations equal the
 * kernel's, so <linux/types.h> or another generated header can follow: C11 allows equal typedefs.
 *
 *     #include <linux/types.h>         for BPF, its __kernel_size_t has 4 bytes
 *     #include "types.h"               the kernel's __kernel_size_t has 8
 *
 * After <linux/types.h>, the generated header gives such names the suffix ___kernel.
 */
#include "backend/c/c.h"

#include <string.h>

static bool declares(const struct hg_c *c, const char *name)
{
    bool has_flavour = c->options->flavour != NULL;
    return !has_flavour && hg_strings_find(&c->ordinary, name, strlen(name)) != 0;
}

void hg_c_put_libbpf_types(const struct hg_c *c, struct hg_text *text)
{
    static const struct {
        const char *name;
        const char *type;
    } types[] = {
        {"__s8", "signed char"},
        {"__u8", "unsigned char"},
        {"__s16", "short"},
        {"__u16", "unsigned short"},
        {"__s32", "int"},
        {"__u32", "unsigned int"},
        {"__s64", "long long"},
        {"__u64", "unsigned long long"},
        {"__be16", "unsigned short"},
        {"__be32", "unsigned int"},
        {"__be64", "unsigned long long"},
        {"__wsum", "unsigned int"},
    };
    bool any = false;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (declares(c, types[i].name))
            continue;
        hg_text_put(text, any ? ""
                              : "#if defined(__bpf__) && !defined(_LINUX_TYPES_H) /* for "
                                "<bpf/bpf_helpers.h> */\n");
        hg_text_printf(text, "typedef %s %s;\n", types[i].type, types[i].name);
        any = true;
    }
    hg_text_put(text, any ? "#endif\n\n" : "");
}

void hg_c_put_renamed(const struct hg_c *c, struct hg_text *text, bool begins)
{
    static const char *const names[] = {"__kernel_size_t", "__kernel_ssize_t", "__kernel_ptrdiff_t",
                                        "__kernel_fsid_t", "__kernel_fd_set"};
    bool any = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!declares(c, names[i]))
            continue;
        hg_text_put(text, any ? "" : "#if defined(__bpf__) && defined(_LINUX_TYPES_H)\n");
        hg_text_printf(text, "#%s %s%s%s%s\n", begins ? "define" : "undef", names[i],
                       begins ? " " : "", begins ? names[i] : "", begins ? "___kernel" : "");
        any = true;
    }
    hg_text_put(text, any ? "#endif\n\n" : "");
}
