/*
 * The target of the BTF: pointer size, size of long, signedness of char.
 *
 * BTF has none of these.  The first of these that exists gives the pointer size:
 *
 *     a target triple that the user gives        s390x-linux-gnu: 8
 *     an INT named `long` in one of its forms    size 8: 8        (on Linux, long is pointer-sized)
 *     the class of the ELF file around the BTF   ELFCLASS64: 8
 *     otherwise                                  8, with a warning
 *
 * char has the signedness of an INT named `char`, if its encoding has one; else the triple's; else
 * it is signed.
 *
 * What this does not do: know every triple.  The table has the architectures that Linux runs on; an
 * architecture that is not in it is an error.
 */
#include "frontend/btf/btf.h"

#include "base/diag.h"

#include <stdlib.h>
#include <string.h>

enum byte_order { ANY_ORDER, LITTLE, BIG };

struct arch {
    const char *name; /* the first word of the triple; a * at the end stands for any characters */
    unsigned pointer_size;
    enum byte_order order;
    bool char_unsigned;
};

/* The first row that matches is used. */
static const struct arch arches[] = {
    {"x86_64*", 8, LITTLE, false},
    {"amd64", 8, LITTLE, false},
    {"i386", 4, LITTLE, false},
    {"i486", 4, LITTLE, false},
    {"i586", 4, LITTLE, false},
    {"i686", 4, LITTLE, false},
    {"x86", 4, LITTLE, false},
    {"aarch64_be*", 8, BIG, true},
    {"aarch64_32", 4, LITTLE, true},
    {"aarch64*", 8, LITTLE, true},
    {"arm64", 8, LITTLE, true},
    {"armeb*", 4, BIG, true},
    {"thumbeb*", 4, BIG, true},
    {"arm*", 4, LITTLE, true},
    {"thumb*", 4, LITTLE, true},
    {"riscv32*", 4, LITTLE, true},
    {"riscv64*", 8, LITTLE, true},
    {"s390x", 8, BIG, true},
    {"powerpc64le", 8, LITTLE, true},
    {"ppc64le", 8, LITTLE, true},
    {"powerpc64", 8, BIG, true},
    {"ppc64", 8, BIG, true},
    {"powerpcle", 4, LITTLE, true},
    {"ppcle", 4, LITTLE, true},
    {"powerpc", 4, BIG, true},
    {"ppc", 4, BIG, true},
    {"mips64el", 8, LITTLE, false},
    {"mipsisa64r6el", 8, LITTLE, false},
    {"mips64r6el", 8, LITTLE, false},
    {"mips64*", 8, BIG, false},
    {"mipsisa64r6", 8, BIG, false},
    {"mipsisa32r6el", 4, LITTLE, false},
    {"mipsisa32r6", 4, BIG, false},
    {"mipsel", 4, LITTLE, false},
    {"mipsr6el", 4, LITTLE, false},
    {"mips", 4, BIG, false},
    {"mipsr6", 4, BIG, false},
    {"loongarch32", 4, LITTLE, false},
    {"loongarch64", 8, LITTLE, false},
    {"sparc64", 8, BIG, false},
    {"sparcv9", 8, BIG, false},
    {"sparc", 4, BIG, false},
    {"alpha*", 8, LITTLE, false},
    {"hppa64", 8, BIG, false},
    {"hppa*", 4, BIG, false},
    {"parisc*", 4, BIG, false},
    {"m68k", 4, BIG, false},
    {"arc", 4, LITTLE, true},
    {"arceb", 4, BIG, true},
    {"csky*", 4, LITTLE, true},
    {"xtensa", 4, ANY_ORDER, true},
    {"microblaze", 4, BIG, false},
    {"microblazeel", 4, LITTLE, false},
    {"nios2", 4, LITTLE, false},
    {"or1k", 4, BIG, true},
    {"sh*", 4, ANY_ORDER, false},
    {"hexagon", 4, LITTLE, true},
    {"bpf", 8, ANY_ORDER, false},
    {"bpfel", 8, LITTLE, false},
    {"bpf_le", 8, LITTLE, false},
    {"bpfeb", 8, BIG, false},
    {"bpf_be", 8, BIG, false},
};

static bool matches(const char *pattern, const char *word, size_t length)
{
    size_t fixed = strcspn(pattern, "*");
    if (length < fixed || memcmp(pattern, word, fixed) != 0)
        return false;
    return pattern[fixed] == '*' || length == fixed;
}

static const struct arch *find_arch(const char *triple)
{
    size_t length = strcspn(triple, "-");
    for (size_t i = 0; i < sizeof arches / sizeof *arches; i++)
        if (matches(arches[i].name, triple, length))
            return &arches[i];
    return NULL;
}

/* Whether the last word of the triple is an ABI with 32-bit pointers on a 64-bit machine. */
static bool is_short_pointer_abi(const char *triple)
{
    const char *last = strrchr(triple, '-');
    if (last == NULL)
        return false;
    return strstr(last, "x32") != NULL || strstr(last, "abin32") != NULL ||
           strstr(last, "ilp32") != NULL;
}

/* Whether the name is `long`, with or without `int` and a sign, in any order. */
static bool is_long(const char *name)
{
    static const char *const words[] = {"long", "int", "unsigned", "signed"};
    bool seen[4] = {false};
    while (*name != '\0') {
        size_t length = strcspn(name, " ");
        size_t i = 0;
        while (i < 4 && (strlen(words[i]) != length || memcmp(words[i], name, length) != 0))
            i++;
        if (i == 4 || seen[i])
            return false;
        seen[i] = true;
        name += length;
        name += *name == ' ';
    }
    return seen[0];
}

static bool find_long(struct btf *btf, unsigned *size)
{
    uint32_t first = 0;
    for (uint32_t id = 1; id < btf->type_count; id++) {
        if (btf_kind(btf, id) != BTF_INT || !is_long(btf_string(btf, btf_name_at(btf, id))) ||
            !btf_int_is_regular(btf, id))
            continue;
        if (btf_size_word(btf, id) != 4 && btf_size_word(btf, id) != 8)
            return hg_btf_fault(btf, id, "no long is %u bytes", btf_size_word(btf, id));
        if (first != 0 && btf_size_word(btf, id) != *size)
            return hg_btf_fault(btf, id, "%u bytes, but type %u makes long %u bytes",
                                btf_size_word(btf, id), first, *size);
        first = id;
        *size = btf_size_word(btf, id);
    }
    return true;
}

/* Older writers, recognised by a `signed char` without a sign, set no sign for any char. */
static void find_char(struct btf *btf, const struct arch *arch)
{
    uint32_t plain = 0;
    bool has_signs = true;
    for (uint32_t id = 1; id < btf->type_count; id++) {
        if (btf_kind(btf, id) != BTF_INT || btf_size_word(btf, id) != 1)
            continue;
        const char *name = btf_string(btf, btf_name_at(btf, id));
        if (plain == 0 && strcmp(name, "char") == 0)
            plain = id;
        if (strcmp(name, "signed char") == 0 && btf_int_encoding(btf, id) == 0)
            has_signs = false;
    }
    unsigned encoding = plain == 0 ? BTF_INT_CHAR : btf_int_encoding(btf, plain);
    if ((encoding & BTF_INT_SIGNED) != 0)
        btf->char_signed = true;
    else if (encoding == 0 && has_signs)
        btf->char_signed = false;
    else
        btf->char_signed = arch == NULL || !arch->char_unsigned;
}

static bool check_order(const struct btf *btf, const struct arch *arch, const char *triple)
{
    if (arch->order == ANY_ORDER || (arch->order == BIG) == btf->big_endian)
        return true;
    hg_error(btf->diagnostics, NULL, "%s: this BTF is %s-endian, but the target '%s' is %s-endian",
             btf->name, btf->big_endian ? "big" : "little", triple,
             btf->big_endian ? "little" : "big");
    return false;
}

bool hg_btf_find_target(struct btf *btf, const char *triple, unsigned class_size)
{
    const struct arch *arch = triple == NULL ? NULL : find_arch(triple);
    if (triple != NULL && arch == NULL) {
        hg_error(btf->diagnostics, NULL,
                 "unknown target '%s': the first word of a target is its architecture "
                 "(x86_64, aarch64, s390x, riscv64 ...)",
                 triple);
        return false;
    }
    unsigned long_size = 0;
    if ((arch != NULL && !check_order(btf, arch, triple)) || !find_long(btf, &long_size))
        return false;
    find_char(btf, arch);

    if (arch != NULL)
        btf->pointer_size = is_short_pointer_abi(triple) ? 4 : arch->pointer_size;
    else if (long_size != 0)
        btf->pointer_size = long_size;
    else
        btf->pointer_size = class_size != 0 ? class_size : 8;
    if (arch == NULL && long_size == 0 && class_size == 0)
        hg_warning(btf->diagnostics, NULL,
                   "%s: this BTF does not show how large a pointer is; 8 bytes are assumed "
                   "(--target can give another size)",
                   btf->name);
    if (arch != NULL && long_size != 0 && long_size != btf->pointer_size)
        hg_warning(btf->diagnostics, NULL,
                   "%s: its long is %u bytes, but pointers of the target '%s' are %u", btf->name,
                   long_size, triple, btf->pointer_size);
    btf->long_size = btf->pointer_size;
    return true;
}
