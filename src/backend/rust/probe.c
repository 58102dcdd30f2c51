/*
 * Getters that read kernel memory: --accessors probe-read.
 *
 *     impl task_struct {
 *         /// pid at offset 2464, 4 bytes; linux/sched.h:960
 *         #[inline(always)]
 *         pub unsafe fn read_pid(source: *const Self) -> ::core::result::Result<pid_t, i64> {
 *             unsafe { __probe_read(source.wrapping_byte_add(2464).cast()) }
 *         }
 *
 *         /// Where comm is: offset 3000, 16 bytes; linux/sched.h:1046
 *         #[inline(always)]
 *         pub fn addr_of_comm(source: *const Self) -> *const [c_char; 16] { ... }
 *     }
 *
 * The problem: a BPF program has pointers to kernel memory that it must not follow; each access is
 * a call of a helper that copies, into a place on a stack of 512 bytes.
 *
 * The method: offsets are the model's.  What is reached without naming anonymous members is a
 * method of the record around them.  addr_of_ only adds, for each member that is no bit-field;
 * read_ copies what is small enough and may hold any bytes; of a bit-field the bytes that it
 * touches, and then it is what the getter of bits.c does.
 *
 * What this does not do: write, and follow pointers.  The pointer that was read is what the next
 * getter takes.
 */
#include "backend/rust/rust.h"

#include <string.h>

enum {
    READ_MAX = 256, /* bytes that are read by value: half of a BPF program's stack */
    DEPTH_MAX = 16, /* anonymous members within each other, as in promote.c */
};

struct probing {
    struct hg_rust *rust;
    struct hg_rust_impl *impl;
};

/* `read_pid`, taken; NULL where a promoted member's name is taken already. */
static const char *take_name(struct hg_rust *rust, const char *prefix, const char *member,
                             bool is_promoted)
{
    const char *name = hg_rust_join(rust, prefix, member, "");
    while (!hg_rust_take_method(rust, name)) {
        if (is_promoted)
            return NULL;
        name = hg_rust_join(rust, name, "_", "");
    }
    return name;
}

static void begin(const struct probing *probing, const char *before, const struct hg_member *member,
                  const char *behind, uint64_t offset)
{
    uint64_t size = probing->rust->shapes[member->type.id].size;
    struct hg_text about = {0};
    hg_text_printf(&about, "%s%s%s", before, member->name, behind);
    hg_rust_put_place(&about, offset, size);
    hg_rust_put_where(&about, &member->where);
    hg_rust_begin_method(probing->rust, probing->impl, hg_text_string(&about));
    hg_text_deinit(&about);
}

void hg_rust_put_address(struct hg_rust *rust, const char *record, uint64_t offset)
{
    hg_text_put(&rust->text, record);
    if (offset != 0) {
        hg_text_put(&rust->text, ".wrapping_byte_add(");
        hg_text_unsigned(&rust->text, offset);
        hg_text_put(&rust->text, ")");
    }
    hg_text_put(&rust->text, ".cast()");
}

/* The type that a pointer to the member points to: of an array without elements, the element. */
static void put_target(struct hg_rust *rust, const struct hg_member *member)
{
    const struct hg_type *type = hg_rust_resolved(rust, member->type.id);
    bool is_empty = type->kind == HG_ARRAY && type->count == 0;
    hg_rust_put_type(rust, is_empty ? type->ref.id : member->type.id);
}

static void put_addr_of(const struct probing *probing, const struct hg_member *member,
                        uint64_t offset, const char *name)
{
    struct hg_rust *rust = probing->rust;
    struct hg_text *text = &rust->text;
    begin(probing, "Where ", member, " is: ", offset);
    hg_text_printf(text, "    pub fn %s(%s: *const Self) -> *const ", name, rust->source);
    put_target(rust, member);
    hg_text_put(text, " {\n        ");
    hg_rust_put_address(rust, rust->source, offset);
    hg_text_put(text, "\n    }\n");
}

static void put_read(const struct probing *probing, const struct hg_member *member, uint64_t offset,
                     const char *name)
{
    struct hg_rust *rust = probing->rust;
    struct hg_text *text = &rust->text;
    bool is_bool = hg_rust_resolved(rust, member->type.id)->kind == HG_BOOL;
    begin(probing, "", member, " at ", offset);
    hg_text_printf(text, "    pub unsafe fn %s(%s: *const Self) -> ::core::result::Result<", name,
                   rust->source);
    hg_rust_put_type(rust, member->type.id);
    hg_text_put(text, ", i64> {\n        ");
    if (is_bool)
        hg_text_printf(text, "let %s: u8 = ", rust->value);
    hg_text_put(text, "unsafe { __probe_read(");
    hg_rust_put_address(rust, rust->source, offset);
    hg_text_put(text, is_bool ? ") }?;\n" : ") }\n");
    if (is_bool)
        hg_text_printf(text, "        ::core::result::Result::Ok(%s != 0)\n", rust->value);
    hg_text_put(text, "    }\n");
}

static bool is_readable(const struct hg_rust *rust, const struct hg_member *member)
{
    const struct hg_type *type = hg_rust_resolved(rust, member->type.id);
    const struct hg_rust_shape *shape = &rust->shapes[member->type.id];
    if (shape->size == 0 || shape->size > READ_MAX)
        return false;
    return shape->is_plain || (type->kind == HG_BOOL && type->size == 1);
}

static void put_member(const struct probing *probing, const struct hg_member *member, uint64_t base,
                       bool is_promoted)
{
    struct hg_rust *rust = probing->rust;
    bool is_bits = member->bit_width != 0;
    if (is_bits || is_readable(rust, member)) {
        const char *name = take_name(rust, "read_", member->name, is_promoted);
        if (name == NULL)
            return;
        rust->uses_probe = true;
        if (is_bits)
            hg_rust_put_bit_probe(rust, member, base, name, probing->impl);
        else
            put_read(probing, member, base + member->bit_offset / 8, name);
    }
    const char *name = is_bits ? NULL : take_name(rust, "addr_of_", member->name, is_promoted);
    if (name != NULL)
        put_addr_of(probing, member, base + member->bit_offset / 8, name);
}

/* The members with a name, and those within members without one. */
static void put_members(const struct probing *probing, const struct hg_type *record, uint64_t base,
                        unsigned depth)
{
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        const struct hg_type *inside = hg_rust_resolved(probing->rust, member->type.id);
        bool is_record = inside->kind == HG_STRUCT || inside->kind == HG_UNION;
        if (member->name != NULL)
            put_member(probing, member, base, depth > 0);
        else if (is_record && depth < DEPTH_MAX)
            put_members(probing, inside, base + member->bit_offset / 8, depth + 1);
    }
}

void hg_rust_put_probes(struct hg_rust *rust, hg_type_id id, const char *name)
{
    const struct hg_type *record = hg_model_type(rust->model, id);
    if (rust->options == NULL || !rust->options->probe_read ||
        (record->name == NULL && rust->is_member_type[id]))
        return;
    struct hg_rust_impl impl = {.type_name = name, .is_always_inline = true};
    struct probing probing = {.rust = rust, .impl = &impl};
    put_members(&probing, record, 0, 0);
    hg_rust_end_impl(rust, &impl);
}

/* --- what they call --- */

static void put_plain_call(const struct hg_rust *rust, struct hg_text *text, const char *path)
{
    hg_text_printf(text,
                   "        let mut %s = ::core::mem::MaybeUninit::<T>::uninit();\n"
                   "        let %s = ",
                   rust->value, rust->error);
    if (path == NULL) {
        hg_text_put(text,
                    "{\n"
                    "            type Helper = unsafe extern \"C\" fn(\n"
                    "                *mut ::core::ffi::c_void,\n"
                    "                u32,\n"
                    "                *const ::core::ffi::c_void,\n"
                    "            ) -> i64;\n"
                    "            ::core::mem::transmute::<usize, Helper>(113)\n"
                    "        }(\n");
    } else {
        hg_rust_put_path(text, path);
        hg_text_put(text, "(\n");
    }
    hg_text_printf(text,
                   "            %s.as_mut_ptr().cast::<::core::ffi::c_void>(),\n"
                   "            size_of::<T>() as u32,\n"
                   "            %s.cast::<::core::ffi::c_void>(),\n"
                   "        )%s;\n"
                   "        if %s == 0 {\n"
                   "            ::core::result::Result::Ok(%s.assume_init())\n"
                   "        } else {\n"
                   "            ::core::result::Result::Err(%s)\n"
                   "        }\n",
                   rust->value, rust->source, path == NULL ? "" : " as i64", rust->error,
                   rust->value, rust->error);
}

void hg_rust_put_probe_function(const struct hg_rust *rust, struct hg_text *text)
{
    const char *path = rust->options->probe_read_fn;
    if (path == NULL)
        hg_text_put(text,
                    "\n/// Reads kernel memory, by BPF's helper 113: bpf_probe_read_kernel.\n");
    else
        hg_text_put(text, "\n/// Reads kernel memory.\n");
    hg_text_printf(text,
                   "#[inline(always)]\n"
                   "unsafe fn __probe_read<T: ::core::marker::Copy>(\n"
                   "    %s: *const T,\n"
                   ") -> ::core::result::Result<T, i64> {\n"
                   "    ",
                   rust->source);
    if (path != NULL && strcmp(path, "aya") == 0) {
        hg_text_printf(text,
                       "unsafe { ::aya_ebpf::helpers::bpf_probe_read_kernel(%s).map_err(|%s| %s as "
                       "i64) }\n}\n",
                       rust->source, rust->error, rust->error);
        return;
    }
    hg_text_put(text, "unsafe {\n");
    put_plain_call(rust, text, path);
    hg_text_put(text, "    }\n}\n");
}
