/*
 * Environments: the compilers that will read the header, and the alignments they give to types.
 *
 *     s390x:  __int128 in a record is aligned to 8;  the same header compiled for BPF: to 16
 *
 * The header is compiled for the target of the types, and for BPF programs that run there.  With
 * 8-byte pointers both compilers must give the stored layout, so a plan is tried in both
 * environments.  (With 4-byte pointers no BPF compiler can give it, and CO-RE relocates the
 * accesses.)  BTF does not name its target; then the environments are all those that are possible.
 *
 * What this does not do: give m68k, which aligns to 2 bytes, its layouts from BTF.  From headers
 * the model has the alignments.
 */
#include "backend/c/c.h"
#include "model/layout.h"

#include <string.h>

static bool is_arch(const char *triple, const char *arch)
{
    return triple != NULL && strncmp(triple, arch, strlen(arch)) == 0;
}

static bool is_i386(const char *triple)
{
    return triple != NULL && triple[0] == 'i' && triple[1] != '\0' &&
           strncmp(triple + 2, "86-", 3) == 0;
}

static struct hg_c_environment *add(struct hg_c *c, struct hg_c_environment environment)
{
    c->environments[c->environment_count] = environment;
    return &c->environments[c->environment_count++];
}

static void find_64(struct hg_c *c, const struct hg_target *target)
{
    struct hg_c_environment *own =
        add(c, (struct hg_c_environment){.is_target = true, .align_8 = 8, .align_16 = 16});
    if (target->triple == NULL ? target->big_endian : is_arch(target->triple, "s390x"))
        own->align_16 = 8;
    own->unnamed_bits_align = target->triple == NULL || is_arch(target->triple, "aarch64") ||
                              is_arch(target->triple, "arm64");
    add(c, (struct hg_c_environment){.align_8 = 8, .align_16 = 16});
}

static void find_32(struct hg_c *c, const struct hg_target *target)
{
    static const char *const eights[] = {"arm", "thumb", "mips", "powerpc", "riscv32", "sparc"};
    const struct hg_c_environment four = {.is_target = true, .align_8 = 4, .align_16 = 16};
    const struct hg_c_environment eight = {
        .is_target = true,
        .align_8 = 8,
        .align_16 = 8,
        .unnamed_bits_align = target->triple == NULL || is_arch(target->triple, "arm") ||
                              is_arch(target->triple, "thumb"),
    };
    if (is_i386(target->triple)) {
        add(c, four);
        add(c, four)->align_vector_8 = 4; /* gcc without MMX */
        return;
    }
    add(c, eight);
    for (size_t i = 0; i < sizeof eights / sizeof *eights; i++)
        if (is_arch(target->triple, eights[i]))
            return;
    add(c, four);
}

void hg_c_find_environments(struct hg_c *c)
{
    const struct hg_target *target = hg_model_target(c->model);
    if (target->pointer_size == 8)
        find_64(c, target);
    else
        find_32(c, target);
}

static uint32_t natural(const struct hg_c_environment *environment, uint64_t size)
{
    return size == 1 || size == 2 || size == 4 ? (uint32_t)size
           : size == 8                         ? environment->align_8
           : size == 12                        ? 4
           : size == 16                        ? environment->align_16
                                               : 1;
}

static uint32_t scalar_align(const struct hg_c_environment *environment, const struct hg_type *type)
{
    return environment->is_target && type->align != 0 ? type->align
                                                      : natural(environment, type->size);
}

/* gcc ignores an aligned attribute of an enum and clang does not, so the header gives enums none;
 * padding puts members of such types where they are. */
static uint32_t enum_align(const struct hg_c_environment *environment, const struct hg_type *type)
{
    uint32_t plain = natural(environment, type->size);
    return environment->is_target && type->align != 0 && type->align < plain ? type->align : plain;
}

static uint32_t vector_align(const struct hg_c_environment *environment, const struct hg_type *type)
{
    if (environment->align_vector_8 != 0 && type->size == 8)
        return environment->align_vector_8;
    if (environment->is_target && type->align != 0)
        return type->align;
    uint32_t align = 1;
    while (align < type->size && align < (1u << 20))
        align *= 2;
    return align;
}

static uint32_t base_align(const struct hg_c *c, hg_type_id id, size_t index)
{
    const struct hg_c_environment *environment = &c->environments[index];
    const struct hg_type *type = hg_model_type(c->model, id);
    /* They are declared with their alignment, which is the same in all environments. */
    if (hg_c_is_bytes(c, type))
        return type->align == 0 ? 1 : type->align;
    switch (type->kind) {
    case HG_FLOAT:
        return scalar_align(hg_c_special_name(type) != NULL ? c->environments : environment, type);
    case HG_BOOL:
    case HG_INT:
    case HG_CHAR:
    case HG_POINTER:
        return scalar_align(environment, type);
    case HG_ENUM:
        return enum_align(environment, type);
    case HG_ARRAY:
        return type->is_vector ? vector_align(environment, type)
                               : hg_c_align(c, type->ref.id, index);
    case HG_STRUCT:
    case HG_UNION:
        return c->plans[id] == NULL ? 1 : c->plans[id]->align[index];
    case HG_VOID:
    case HG_TYPEDEF:
    case HG_FUNCTION:
    case HG_OPAQUE:
        return 1;
    }
    return 1;
}

uint32_t hg_c_align(const struct hg_c *c, hg_type_id id, size_t environment)
{
    const struct hg_type *type = hg_model_type(c->model, id);
    while (type->kind == HG_TYPEDEF || (type->kind == HG_ARRAY && !type->is_vector &&
                                        !type->is_complex && !hg_c_is_bytes(c, type))) {
        if (type->kind == HG_TYPEDEF && type->align != 0)
            return type->align;
        id = type->ref.id;
        type = hg_model_type(c->model, id);
    }
    return base_align(c, id, environment);
}
