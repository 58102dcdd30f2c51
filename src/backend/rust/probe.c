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
 * The problem: a BPF program must not follow its pointers to kernel memory.  For each access it
 * calls a helper that copies bytes to its stack, which has 512 bytes.
 *
 * The method: offsets are the model's.  Members of anonymous members are members of the outer
 * record.  addr_of_ adds the offset; each member but a bit-field has it.  read_ copies the member,
 * if it is small enough and may hold any bytes.  For a bit-field it copies the bytes that the field
 * touches, and extracts the value as in bits.c.
 *
 * What this does not do: write memory, or follow pointers.  The next getter takes the pointer that
 * was read.
 */
#include "backend/rust/rust.h"

#include <string.h>

enum {
    READ_MAX = 256, /* bytes that are read by value: half of a BPF program's stack */
    DEPTH_MAX = 16, /* nested anonymous members, as in promote.c */
};

/* `read_pid`, taken; with underscores where another method has that name. */
static const char *take_name(struct hg_rust *rust, const char *prefix, const char *member)
{
    const char *name = hg_rust_join(rust, prefix, member, "");
    while (!hg_rust_take_method(rust, name))
        name = hg_rust_join(rust, name, "_", "");
    return name;
}

static void begin(struct hg_rust *rust, struct hg_rust_impl *impl, const char *before,
                  const struct hg_rust_probed *probed, const char *after)
{
    const struct hg_member *member = probed->member;
    struct hg_text about = {0};
    hg_text_printf(&about, "%s%s%s", before, member->name, after);
    hg_rust_put_place(&about, probed->base + member->bit_offset / 8,
                      rust->shapes[member->type.id].size);
    hg_rust_put_where(&about, &member->where);
    hg_rust_begin_method(rust, impl, hg_text_string(&about));
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

void hg_rust_put_target(struct hg_rust *rust, const struct hg_member *member)
{
    const struct hg_type *type = hg_resolved(rust->model, member->type.id);
    bool is_empty = type->kind == HG_ARRAY && type->count == 0;
    hg_rust_put_type(rust, is_empty ? type->ref.id : member->type.id);
}

static void put_addr_of(struct hg_rust *rust, const struct hg_rust_probed *probed,
                        struct hg_rust_impl *impl)
{
    struct hg_text *text = &rust->text;
    begin(rust, impl, "Where ", probed, " is: ");
    hg_text_printf(text, "    pub fn %s(%s: *const Self) -> *const ", probed->addr_of,
                   rust->source);
    hg_rust_put_target(rust, probed->member);
    hg_text_put(text, " {\n        ");
    hg_rust_put_address(rust, rust->source, probed->base + probed->member->bit_offset / 8);
    hg_text_put(text, "\n    }\n");
}

static void put_read(struct hg_rust *rust, const struct hg_rust_probed *probed,
                     struct hg_rust_impl *impl)
{
    struct hg_text *text = &rust->text;
    hg_type_id type = probed->member->type.id;
    bool is_bool = hg_resolved(rust->model, type)->kind == HG_BOOL;
    begin(rust, impl, "", probed, " at ");
    hg_text_printf(text, "    pub unsafe fn %s(%s: *const Self) -> ::core::result::Result<",
                   probed->read, rust->source);
    hg_rust_put_type(rust, type);
    hg_text_put(text, ", i64> {\n        ");
    if (is_bool)
        hg_text_printf(text, "let %s: u8 = ", rust->value);
    hg_text_put(text, "unsafe { __probe_read(");
    hg_rust_put_address(rust, rust->source, probed->base + probed->member->bit_offset / 8);
    hg_text_put(text, is_bool ? ") }?;\n" : ") }\n");
    if (is_bool)
        hg_text_printf(text, "        ::core::result::Result::Ok(%s != 0)\n", rust->value);
    hg_text_put(text, "    }\n");
}

/* Whether read_ can copy the member.  With CO-RE it cannot copy records, since their members may be
 * at other offsets in another kernel. */
static bool is_readable(const struct hg_rust *rust, const struct hg_member *member)
{
    const struct hg_type *type = hg_resolved(rust->model, member->type.id);
    const struct hg_rust_shape *shape = &rust->shapes[member->type.id];
    if (hg_rust_is_core(rust)) {
        hg_type_id element = hg_rust_core_element(rust, member->type.id);
        if (hg_is_record(hg_model_type(rust->model, element)))
            return false;
    }
    if (shape->size == 0 || shape->size > READ_MAX)
        return false;
    return shape->is_plain || (type->kind == HG_BOOL && type->size == 1);
}

/* With CO-RE, whether relocations can describe the member; the shifts for a bit-field have 64 bits.
 */
static bool is_expressible(struct hg_rust *rust, struct hg_rust_probed *probed)
{
    if (!hg_rust_is_core(rust))
        return true;
    if (probed->member->bit_width > 64)
        return false;
    probed->path = hg_rust_core_member(rust, probed->member);
    return probed->path != NULL;
}

static void add_member(struct hg_rust *rust, struct hg_rust_probed probed)
{
    const char *name = probed.member->name;
    bool is_bits = probed.member->bit_width != 0;
    if (!is_expressible(rust, &probed))
        return;
    if (is_bits || is_readable(rust, probed.member)) {
        probed.read = take_name(rust, "read_", name);
        rust->uses_bits |= is_bits;
    }
    if (!is_bits)
        probed.addr_of = take_name(rust, "addr_of_", name);
    *HG_PUSH(&rust->probed) = probed;
}

/* Adds the members with a name, and those of anonymous members. */
static void add_members(struct hg_rust *rust, const struct hg_type *record, uint64_t base,
                        unsigned depth)
{
    for (size_t i = 0; i < record->member_count; i++) {
        const struct hg_member *member = &record->members[i];
        const struct hg_type *inside = hg_resolved(rust->model, member->type.id);
        struct hg_rust_probed probed = {.member = member, .base = base};
        if (member->name != NULL)
            add_member(rust, probed);
        else if (hg_is_record(inside) && depth < DEPTH_MAX)
            add_members(rust, inside, base + member->bit_offset / 8, depth + 1);
    }
}

static void put_functions(struct hg_rust *rust, const char *name)
{
    struct hg_rust_impl impl = {.type_name = name, .is_always_inline = true};
    for (size_t i = 0; i < rust->probed.count; i++) {
        const struct hg_rust_probed *probed = &rust->probed.items[i];
        if (probed->member->bit_width != 0)
            hg_rust_put_bit_probe(rust, probed->member, probed->base, probed->read, &impl);
        else if (probed->read != NULL)
            put_read(rust, probed, &impl);
        if (probed->addr_of != NULL)
            put_addr_of(rust, probed, &impl);
    }
    hg_rust_end_impl(rust, &impl);
}

bool hg_rust_is_core(const struct hg_rust *rust)
{
    return rust->options->accessors == HG_ACCESSORS_CORE;
}

void hg_rust_put_probes(struct hg_rust *rust, hg_type_id id, const char *name)
{
    const struct hg_type *record = hg_model_type(rust->model, id);
    if (!hg_rust_has_accessors(rust) || (record->name == NULL && rust->is_member_type[id]))
        return;
    rust->probed.count = 0;
    add_members(rust, record, 0, 0);
    if (!hg_rust_is_core(rust))
        put_functions(rust, name);
    hg_rust_put_kptr(rust, id, name);
}

/* --- the functions that the getters call --- */

/* Begins a call of BPF's helper 113, whose number is cast to a function pointer. */
static void put_helper(struct hg_text *text)
{
    hg_text_put(text,
                "{\n"
                "            type Helper = unsafe extern \"C\" fn(\n"
                "                *mut ::core::ffi::c_void,\n"
                "                u32,\n"
                "                *const ::core::ffi::c_void,\n"
                "            ) -> i64;\n"
                "            ::core::mem::transmute::<usize, Helper>(113)\n"
                "        }(\n");
}

/* `let error = helper(to, size, from);` within an unsafe block. */
static void put_call(const struct hg_rust *rust, struct hg_text *text, const char *to,
                     const char *size)
{
    const char *path = rust->options->probe_read_fn;
    hg_text_printf(text, "        let %s = ", rust->error);
    if (path == NULL) {
        put_helper(text);
    } else {
        hg_rust_put_path(text, path);
        hg_text_put(text, "(\n");
    }
    hg_text_printf(text,
                   "            %s.cast::<::core::ffi::c_void>(),\n"
                   "            %s as u32,\n"
                   "            %s.cast::<::core::ffi::c_void>(),\n"
                   "        )%s;\n",
                   to, size, rust->source, path == NULL ? "" : " as i64");
}

static void put_result(const struct hg_rust *rust, struct hg_text *text, const char *value)
{
    hg_text_printf(text,
                   "        if %s == 0 {\n"
                   "            ::core::result::Result::Ok(%s)\n"
                   "        } else {\n"
                   "            ::core::result::Result::Err(%s)\n"
                   "        }\n",
                   rust->error, value, rust->error);
}

static bool is_aya(const struct hg_rust *rust)
{
    const char *path = rust->options->probe_read_fn;
    return path != NULL && strcmp(path, "aya") == 0;
}

static void put_probe_read(struct hg_rust *rust, struct hg_text *text)
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
    if (is_aya(rust)) {
        hg_text_printf(text,
                       "unsafe { ::aya_ebpf::helpers::bpf_probe_read_kernel(%s).map_err(|%s| %s as "
                       "i64) }\n}\n",
                       rust->source, rust->error, rust->error);
        return;
    }
    hg_text_printf(text,
                   "unsafe {\n"
                   "        let mut %s = ::core::mem::MaybeUninit::<T>::uninit();\n",
                   rust->value);
    put_call(rust, text, hg_rust_join(rust, rust->value, ".as_mut_ptr()", ""), "size_of::<T>()");
    put_result(rust, text, hg_rust_join(rust, rust->value, ".assume_init()", ""));
    hg_text_put(text, "    }\n}\n");
}

/* With CO-RE the running kernel decides how many bytes hold a bit-field.  On big-endian machines
 * they are the last bytes of the number. */
static void put_probe_read_bits(struct hg_rust *rust, struct hg_text *text)
{
    const char *size = rust->bytes, *value = rust->value;
    const char *to = hg_rust_join(rust, value, ".as_mut_ptr()", "");
    if (rust->target->big_endian)
        to = hg_rust_join(rust, hg_rust_join(rust, to, ".wrapping_add(8 - ", size), ")", "");
    hg_text_printf(text,
                   "\n/// Reads the bytes that hold a bit-field, up to 8, as one number.\n"
                   "#[inline(always)]\n"
                   "unsafe fn __probe_read_bits(\n"
                   "    %s: *const u8,\n"
                   "    %s: usize,\n"
                   ") -> ::core::result::Result<u64, i64> {\n"
                   "    if %s > 8 {\n"
                   "        return ::core::result::Result::Err(-7);\n"
                   "    }\n"
                   "    unsafe {\n"
                   "        let mut %s = [0u8; 8];\n"
                   "        let %s = %s;\n",
                   rust->source, size, size, value, rust->word, to);
    if (is_aya(rust))
        hg_text_printf(text,
                       "        let %s = ::core::slice::from_raw_parts_mut(%s, %s);\n"
                       "        ::aya_ebpf::helpers::bpf_probe_read_kernel_buf(%s, %s)\n"
                       "            .map(|()| u64::from_ne_bytes(%s))\n"
                       "            .map_err(|%s| %s as i64)\n",
                       rust->word, rust->word, size, rust->source, rust->word, value, rust->error,
                       rust->error);
    else
        put_call(rust, text, rust->word, size);
    if (!is_aya(rust))
        put_result(rust, text, hg_rust_join(rust, "u64::from_ne_bytes(", value, ")"));
    hg_text_put(text, "    }\n}\n");
}

void hg_rust_put_probe_function(struct hg_rust *rust, struct hg_text *text)
{
    put_probe_read(rust, text);
    if (hg_rust_is_core(rust) && rust->uses_bits)
        put_probe_read_bits(rust, text);
}
