/*
 * Refuses command lines of bpftool that were typed after `hdrgen`, with hdrgen's counterpart.
 *
 *     hdrgen btf dump file vmlinux format c     ->  hdrgen --btf vmlinux -o vmlinux.h
 *     hdrgen gen min_core_btf A B p.bpf.o       ->  hdrgen --btf A --for p.bpf.o -o B
 *
 * Only the first two words are compared, with pairs that are no names of types: `hdrgen btf
 * task_struct` asks for two types.  docs/coming-from.md has the table.
 */
#include "cli.h"

#include "base/diag.h"

#include <string.h>

static bool are(const char *const *names, size_t count, const char *first, const char *second)
{
    return count >= 2 && strcmp(names[0], first) == 0 && strcmp(names[1], second) == 0;
}

/* `btf dump file F format c` */
static void put_dump(struct hg_text *text, const char *const *names, size_t count)
{
    bool has_file = count >= 4 && strcmp(names[2], "file") == 0;
    const char *file = has_file ? names[3] : "FILE";
    hg_text_printf(
        text, "`hdrgen --btf %s -o vmlinux.h` writes C, `hdrgen list --btf %s` lists the types",
        file, file);
}

/* `gen min_core_btf IN OUT OBJECT...` */
static void put_min_core_btf(struct hg_text *text, const char *const *names, size_t count)
{
    hg_text_printf(text, "`hdrgen --btf %s", count > 2 ? names[2] : "IN");
    for (size_t i = 4; i < count; i++)
        hg_text_printf(text, " --for %s", names[i]);
    hg_text_printf(text, "%s -o %s`", count > 4 ? "" : " --for PROG.bpf.o",
                   count > 3 ? names[3] : "OUT");
}

bool refuse_bpftool(const char *const *names, size_t count, struct hg_diagnostics *diagnostics)
{
    struct hg_text text = {0};
    const char *object = count > 2 ? names[2] : "PROG.bpf.o";
    if (are(names, count, "btf", "dump"))
        put_dump(&text, names, count);
    else if (are(names, count, "gen", "min_core_btf"))
        put_min_core_btf(&text, names, count);
    else if (are(names, count, "gen", "skeleton") || are(names, count, "gen", "subskeleton"))
        hg_text_printf(&text,
                       "hdrgen makes no skeletons (docs/recipes/skeleton); `hdrgen check %s` says "
                       "whether the program loads",
                       object);
    else if (are(names, count, "gen", "object"))
        hg_text_put(&text,
                    "hdrgen joins no objects; `hdrgen link` gives a Rust object its CO-RE "
                    "relocations");
    else if (are(names, count, "prog", "load") || are(names, count, "prog", "loadall"))
        hg_text_printf(&text,
                       "hdrgen leaves nothing loaded; `hdrgen check %s --load` asks the verifier",
                       object);
    bool is_bpftool = text.size > 0;
    if (is_bpftool)
        hg_error(diagnostics, NULL, "`%s %s` is a command of bpftool: %s", names[0], names[1],
                 hg_text_string(&text));
    hg_text_deinit(&text);
    return is_bpftool;
}
