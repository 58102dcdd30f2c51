/*
 * Finds the headers through which the kernel includes a header of its architecture.
 *
 *     asm/user_32.h      asm/user.h includes it, for CONFIG_X86_32
 *     asm-generic/bug.h  asm/bug.h includes it, after the definitions of this architecture
 *
 * The kernel's files do not include such a header directly.  Parsed by itself, it may define types
 * that the kernel of this configuration does not have, or has in another form.  So it is parsed
 * through its public headers: those that include it, directly or through others, and that are
 * included by headers outside of the architecture, or by none.
 */
#include "base/text.h"
#include "tree/names.h"

#include <string.h>

enum { CLIMB_MAX = 64 };

static bool is_generic(const char *name)
{
    return hg_begins_with(name, "asm-generic/") || hg_begins_with(name, "uapi/asm-generic/");
}

static bool is_of_architecture(const char *name)
{
    return hg_begins_with(name, "asm/") || hg_begins_with(name, "uapi/asm/") || is_generic(name);
}

struct climb {
    const struct hg_catalogue *catalogue;
    uint32_t seen[CLIMB_MAX]; /* files whose includers were looked at, or will be */
    size_t count;
};

static const char *name_of(const struct climb *climb, uint32_t file)
{
    return climb->catalogue->files->items[file].name;
}

static void add(struct climb *climb, uint32_t file)
{
    for (size_t i = 0; i < climb->count; i++)
        if (climb->seen[i] == file)
            return;
    if (climb->count < CLIMB_MAX)
        climb->seen[climb->count++] = file;
}

/* Whether the header is the architecture's of a generic one: asm/bug.h of asm-generic/bug.h. */
static bool is_wrapper(const char *name, const char *generic)
{
    return hg_begins_with(name, "asm/") && strcmp(strrchr(name, '/'), strrchr(generic, '/')) == 0;
}

/* Whether the file is public: a header outside of the architecture includes it, or none does.  If
 * it is not, adds the headers that include it. */
static bool climb_from(struct climb *climb, uint32_t file)
{
    const char *name = name_of(climb, file);
    size_t end = 0;
    size_t begin = hg_catalogue_includers(climb->catalogue, file, &end);
    for (size_t edge = begin; is_generic(name) && edge < end; edge++) {
        uint32_t includer = climb->catalogue->edges[edge].includer;
        if (is_wrapper(name_of(climb, includer), name)) {
            add(climb, includer);
            return false;
        }
    }
    bool is_public = begin == end;
    for (size_t edge = begin; edge < end; edge++)
        is_public = is_public ||
                    !is_of_architecture(name_of(climb, climb->catalogue->edges[edge].includer));
    for (size_t edge = begin; edge < end && !is_public; edge++)
        add(climb, climb->catalogue->edges[edge].includer);
    return is_public;
}

size_t hg_find_public(const struct hg_catalogue *catalogue, uint32_t file,
                      uint32_t ret[HG_PUBLIC_MAX])
{
    struct climb climb = {.catalogue = catalogue};
    size_t count = 0;
    if (!is_of_architecture(name_of(&climb, file)))
        return 0;
    add(&climb, file);
    for (size_t i = 0; i < climb.count; i++)
        if (climb_from(&climb, climb.seen[i]) && i > 0 && count < HG_PUBLIC_MAX)
            ret[count++] = climb.seen[i];
    return count;
}
