/*
 * The Rust writer: whole files for small models, and single decisions of names, plans and accessors
 * on models that no header gives: alignments unknown as in BTF, big-endian bit-fields, two types of
 * one name, records too large, types too deep.  That the output compiles and is laid out as said is
 * for rustc to prove: tests/oracle.
 */
#include "helpers.h"
#include "suites.h"

#include <hdrgen/write.h>
#include <stdarg.h>
#include <string.h>

/* What is written for everything in the model, which is sealed and destroyed. */
struct written {
    enum hg_status status;
    struct hg_output output;
    struct hg_test_log log;
};

static struct written write_all(struct hg_model *m, const struct hg_rust_options *options)
{
    struct written w = {0};
    hg_test_log_init(&w.log);
    hg_test_seal(m);
    struct hg_selection *selection = NULL;
    if (hg_select(m, NULL, &w.log.diagnostics, &selection) != HG_OK)
        CU_FAIL_FATAL("selection");
    w.status = hg_write_rust(m, selection, options, &w.log.diagnostics, &w.output);
    hg_selection_destroy(selection);
    hg_model_destroy(m);
    return w;
}

static void deinit(struct written *w)
{
    hg_output_deinit(&w->output);
    hg_test_log_deinit(&w->log);
}

/* The lines without the module's indentation. */
static bool holds(const struct written *w, const char *words)
{
    struct hg_text body = {0};
    for (const char *at = w->output.data; at != NULL && *at != '\0';) {
        size_t size = strcspn(at, "\n");
        size_t indent = strncmp(at, "    ", 4) == 0 ? 4 : 0;
        hg_text_bytes(&body, at + indent, size - indent);
        hg_text_put(&body, "\n");
        at += size + (at[size] == '\n');
    }
    bool found = strstr(hg_text_string(&body), words) != NULL;
    if (!found)
        printf("\nnot found: %s\n", words);
    hg_text_deinit(&body);
    return found;
}

/* Whether the model's Rust holds all these pieces of text. */
#define CHECK_HOLDS(model, ...) check_holds(model, __VA_ARGS__, (const char *)NULL)

static void check_holds(struct hg_model *m, ...)
{
    struct written w = write_all(m, NULL);
    CU_ASSERT_EQUAL(w.status, HG_OK);
    va_list pieces;
    va_start(pieces, m);
    const char *words;
    while ((words = va_arg(pieces, const char *)) != NULL)
        CU_ASSERT(holds(&w, words));
    va_end(pieces);
    deinit(&w);
}

static const char *text(struct hg_model *m, const char *string)
{
    return hg_model_string(m, string, strlen(string));
}

/* As BTF gives it: no alignment known. */
static hg_type_id number(struct hg_model *m, enum hg_kind kind, const char *name, unsigned size)
{
    return hg_model_intern(
        m, &(struct hg_type){.kind = kind, .complete = true, .name = text(m, name), .size = size});
}

static void set_target(struct hg_model *m, bool big_endian, unsigned pointer_size)
{
    hg_model_set_target(m, &(struct hg_target){.big_endian = big_endian,
                                               .pointer_size = pointer_size,
                                               .long_size = pointer_size});
}

/* Behind the line with the version. */
static const char whole_file[] =
    "// Input: 0123456789abcdef a?b.h\n"
    "// Target: little-endian, 8-byte pointers, x86_64-unknown-linux-gnu\n"
    "// Command: hdrgen --header a?b.h\n"
    "\n"
    "#[allow(unreachable_pub, unused_imports)]\n"
    "pub use self::__hdrgen::*;\n"
    "\n"
    "#[rustfmt::skip]\n"
    "#[allow(\n"
    "    clippy::all,\n"
    "    clippy::pedantic,\n"
    "    dead_code,\n"
    "    improper_ctypes,\n"
    "    improper_ctypes_definitions,\n"
    "    missing_copy_implementations,\n"
    "    missing_debug_implementations,\n"
    "    missing_docs,\n"
    "    non_camel_case_types,\n"
    "    non_snake_case,\n"
    "    non_upper_case_globals,\n"
    "    trivial_numeric_casts,\n"
    "    unreachable_patterns,\n"
    "    unreachable_pub,\n"
    "    unsafe_code,\n"
    "    unsafe_op_in_unsafe_fn,\n"
    "    unused_imports,\n"
    "    unused_qualifications,\n"
    "    unused_unsafe\n"
    ")]\n"
    "mod __hdrgen {\n"
    "    use ::aya_ebpf::cty::{c_char, c_int};\n"
    "    use ::core::mem::{align_of, offset_of, size_of};\n"
    "\n"
    "    #[cfg(not(target_pointer_width = \"64\"))]\n"
    "    const _: () = {\n"
    "        #[deprecated(note = \"these bindings are for 64-bit targets; on this one their \\\n"
    "                             layout is not what they say and is not checked\")]\n"
    "        const LAYOUT_IS_NOT_CHECKED: () = ();\n"
    "        LAYOUT_IS_NOT_CHECKED\n"
    "    };\n"
    "    #[cfg(target_pointer_width = \"64\")]\n"
    "    const _: () = {\n"
    "        ::core::assert!(size_of::<c_char>() == 1);\n"
    "        ::core::assert!(size_of::<c_int>() == 4);\n"
    "    };\n"
    "\n"
    "    /// struct node: 16 bytes, align 8\n"
    "    #[repr(C)]\n"
    "    #[derive(Clone, Copy, Debug)]\n"
    "    pub struct node {\n"
    "        /// offset 0, 8 bytes\n"
    "        pub next: *mut node,\n"
    "        /// offset 8, 1 byte\n"
    "        pub tag: c_char,\n"
    "        /// offset 12, 4 bytes\n"
    "        pub key: c_int,\n"
    "    }\n"
    "    #[cfg(target_pointer_width = \"64\")]\n"
    "    const _: () = {\n"
    "        ::core::assert!(size_of::<node>() == 16);\n"
    "        ::core::assert!(align_of::<node>() == 8);\n"
    "        ::core::assert!(offset_of!(node, next) == 0);\n"
    "        ::core::assert!(offset_of!(node, tag) == 8);\n"
    "        ::core::assert!(offset_of!(node, key) == 12);\n"
    "    };\n"
    "}\n";

static void test_whole_file(void)
{
    for (int i = 0; i < 2; i++) {
        struct hg_model *m = hg_test_model_create();
        hg_model_add_input(m, "a\nb.h", 0x0123456789abcdef);
        hg_type_id node = hg_model_declare(m);
        hg_test_define_record(m, node, HG_STRUCT, "node", 16, 8,
                              HG_MEMBERS(HG_MEMBER("next", hg_test_pointer(m, node), 0),
                                         HG_MEMBER("tag", number(m, HG_CHAR, "char", 1), 64),
                                         HG_MEMBER("key", hg_test_int(m, "int", 4, true), 96)));
        struct hg_rust_options options = {.sz = sizeof(struct hg_rust_options),
                                          .ctypes_prefix = "aya_ebpf::cty",
                                          .command = "hdrgen --header a\nb.h"};
        struct written w = write_all(m, &options);
        CU_ASSERT_EQUAL(w.status, HG_OK);
        const char *second_line = strchr(w.output.data, '\n') + 1;
        CU_ASSERT(strncmp(w.output.data, "// Generated by hdrgen ", 23) == 0);
        CU_ASSERT(hg_test_same(second_line, whole_file));
        CU_ASSERT_EQUAL(w.output.size, strlen(w.output.data));
        deinit(&w);
    }
}

static void test_prefixes(void)
{
    static const char *const prefixes[][2] = {
        {NULL, "use ::core::ffi::c_int;"},       {"core::ffi", "use ::core::ffi::c_int;"},
        {"::libc", "use ::libc::c_int;"},        {"crate::cty", "use crate::cty::c_int;"},
        {"self::cty", "use super::cty::c_int;"}, {"super::cty", "use super::super::cty::c_int;"},
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        struct hg_model *m = hg_test_model_create();
        hg_test_typedef(m, "t", hg_test_int(m, "int", 4, true));
        struct written w =
            write_all(m, &(struct hg_rust_options){.sz = sizeof(struct hg_rust_options),
                                                   .ctypes_prefix = prefixes[i][0]});
        CU_ASSERT(holds(&w, prefixes[i][1]));
        deinit(&w);
    }
}

/* --- plans --- */

static void test_reprs(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "unsigned char", 1, false);
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id l = hg_test_int(m, "long", 8, true);
    hg_test_record(m, HG_STRUCT, "packed1", 5, 1,
                   HG_MEMBERS(HG_MEMBER("a", c, 0), HG_MEMBER("b", i, 8)));
    hg_test_record(m, HG_STRUCT, "packed2", 10, 2,
                   HG_MEMBERS(HG_MEMBER("a", i, 0), HG_MEMBER("b", i, 48)));
    hg_test_record(m, HG_STRUCT, "wrapped", 16, 8,
                   HG_MEMBERS(HG_MEMBER("a", i, 0), HG_MEMBER("b", l, 32)));
    hg_type_id aligned =
        hg_test_record(m, HG_STRUCT, "aligned", 16, 16, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    hg_test_record(m, HG_STRUCT, "outer", 17, 1,
                   HG_MEMBERS(HG_MEMBER("a", c, 0), HG_MEMBER("b", aligned, 8)));
    hg_test_record(m, HG_UNION, "small", 8, 4, HG_MEMBERS(HG_MEMBER("a", l, 0)));
    hg_test_record(m, HG_UNION, "none", 0, 1, NULL, 0);
    hg_test_record(m, HG_STRUCT, "nothing", 0, 1, NULL, 0);
    CHECK_HOLDS(
        m, "#[repr(C, packed)]\n#[derive(Clone, Copy, Debug)]\npub struct packed1 {\n",
        "#[repr(C, packed(2))]\n#[derive(Clone, Copy, Debug)]\npub struct packed2 {\n"
        "    /// offset 0, 4 bytes\n    pub a: c_int,\n    pub __pad0: [u8; 2],\n",
        "#[repr(C, align(8))]\n#[derive(Clone, Copy, Debug)]\npub struct wrapped {\n"
        "    pub inner: wrapped__packed,\n",
        "#[repr(C, packed(4))]\n#[derive(Clone, Copy, Debug)]\npub struct wrapped__packed {\n",
        "::core::assert!(offset_of!(wrapped__packed, b) == 4);\n",
        "#[repr(C, align(16))]\n#[derive(Clone, Copy, Debug)]\npub struct aligned {\n",
        "#[repr(C)]\n#[derive(Clone, Copy, Debug)]\npub struct outer {\n",
        "of aligned, as bytes (E0588): see the method\n    pub b: [u8; 16],\n",
        "    pub fn b(&self) -> aligned {\n",
        "#[repr(C, packed(4))]\n#[derive(Clone, Copy)]\npub union small {\n",
        "pub union none {\n    pub __pad0: [u8; 0],\n}\n", "pub struct nothing {}\n");
}

/* Nothing but offsets and sizes. */
static void test_no_alignments(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = number(m, HG_INT, "unsigned int", 4);
    hg_type_id l = number(m, HG_INT, "long long unsigned int", 8);
    hg_type_id w = number(m, HG_INT, "__int128 unsigned", 16);
    hg_test_record(m, HG_STRUCT, "natural", 16, 0,
                   HG_MEMBERS(HG_MEMBER("a", i, 0), HG_MEMBER("b", l, 64)));
    hg_test_record(m, HG_STRUCT, "compat", 12, 0,
                   HG_MEMBERS(HG_MEMBER("a", i, 0), HG_MEMBER("b", l, 32)));
    hg_test_record(m, HG_STRUCT, "tail", 12, 0,
                   HG_MEMBERS(HG_MEMBER("a", l, 0), HG_MEMBER("b", i, 64)));
    hg_test_record(m, HG_STRUCT, "odd", 5, 0,
                   HG_MEMBERS(HG_MEMBER("a", i, 0), HG_FIELD("b", i, 32, 3)));
    hg_test_record(m, HG_STRUCT, "wide", 24, 0,
                   HG_MEMBERS(HG_MEMBER("a", l, 0), HG_MEMBER("b", w, 64)));
    CHECK_HOLDS(m, "/// struct natural: 16 bytes\n#[repr(C)]\n",
                "/// struct compat: 12 bytes\n#[repr(C, packed(4))]\n",
                "/// struct tail: 12 bytes\n#[repr(C, packed(4))]\n",
                "/// struct odd: 5 bytes\n#[repr(C, packed)]\n",
                "/// struct wide: 24 bytes\n#[repr(C)]\n",
                "#[repr(C, align(8))]\n#[derive(Clone, Copy, Debug)]\npub struct __uint128 {\n",
                "    pub b: __uint128,\n");
}

/* Bit-fields raise the alignment without align(N), which packed records would not hold. */
static void test_bits_in_packed(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "unsigned char", 1, false);
    hg_type_id i = hg_test_int(m, "unsigned int", 4, false);
    hg_type_id bits = hg_test_record(m, HG_STRUCT, NULL, 4, 4,
                                     HG_MEMBERS(HG_FIELD("x", i, 0, 3), HG_FIELD("y", i, 3, 29)));
    hg_test_record(m, HG_STRUCT, "outer", 5, 1,
                   HG_MEMBERS(HG_MEMBER("a", c, 0), HG_MEMBER(NULL, bits, 8)));
    CHECK_HOLDS(m, "pub struct outer__anon_x {\n    pub _align_0: [u32; 0],\n",
                "#[repr(C, packed)]\n", "    pub __anon_x: outer__anon_x,\n",
                "        let bytes = &self.__anon_x._bitfield_0;\n");
}

static void test_values_without_counterpart(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id f = number(m, HG_FLOAT, "float", 4);
    struct hg_type vector = {.kind = HG_ARRAY, .complete = true, .size = 16, .align = 16};
    vector.is_vector = true;
    vector.ref.id = f;
    vector.count = 3;
    struct hg_type opaque = {.kind = HG_OPAQUE, .complete = true, .size = 6, .align = 2};
    opaque.reason = text(m, "of a test");
    struct hg_type wide = {.kind = HG_FLOAT, .complete = true, .size = 12, .align = 4};
    wide.name = text(m, "long double");
    hg_test_typedef(m, "v3", hg_model_intern(m, &vector));
    hg_test_typedef(m, "o", hg_model_intern(m, &opaque));
    hg_test_typedef(m, "ld", hg_model_intern(m, &wide));
    CHECK_HOLDS(m, "pub type v3 = __Align16<[f32; 3]>;\n", "pub type o = __Align2<[u8; 6]>;\n",
                "pub type ld = __Align4<[u8; 12]>;\n", "pub struct __Align2<T> {\n");
}

static void test_opaque(void)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_type opaque = {.kind = HG_OPAQUE, .complete = true, .size = 24, .align = 8};
    opaque.reason = text(m, "of a\ntest");
    hg_type_id nameless = hg_model_intern(m, &opaque);
    opaque.name = text(m, "odd");
    hg_type_id odd = hg_model_declare(m);
    hg_model_define(m, odd, &opaque);
    hg_test_record(m, HG_STRUCT, "s", 56, 8,
                   HG_MEMBERS(HG_MEMBER(NULL, nameless, 0), HG_MEMBER("odd", odd, 192),
                              HG_MEMBER("p", hg_test_pointer(m, odd), 384)));
    CHECK_HOLDS(m, "/// odd, whose members are not known: of a?test\n#[repr(C, align(8))]\n",
                "pub struct odd {\n    pub bytes: [u8; 24],\n}\n",
                "    ::core::assert!(align_of::<odd>() == 8);\n",
                "    /// offset 0, 24 bytes: of a?test\n    pub __anon_0: __Align8<[u8; 24]>,\n",
                "    pub odd: odd,\n", "    pub p: *mut odd,\n");
}

static void check_refused(struct hg_model *m, const char *why)
{
    struct written w = write_all(m, NULL);
    CU_ASSERT_EQUAL(w.status, HG_ERROR_UNSUPPORTED);
    CU_ASSERT_PTR_NULL(w.output.data);
    CU_ASSERT(hg_test_reported(&w.log, why));
    deinit(&w);
}

static void test_refused(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "unsigned char", 1, false);
    hg_test_record(m, HG_STRUCT, "large", (uint64_t)1 << 47, 1,
                   HG_MEMBERS(HG_MEMBER("a", hg_test_array(m, c, (uint64_t)1 << 47), 0)));
    check_refused(m, "error: struct 'large': 140737488355328 bytes are more than rustc takes");

    m = hg_test_model_create();
    hg_test_record(m, HG_UNION, "aligned", 0, (uint32_t)1 << 30, NULL, 0);
    check_refused(m, "error: union 'aligned': an alignment of 1073741824 bytes");
}

static void test_deep(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id inner = hg_test_int(m, "unsigned int", 4, false);
    hg_type_id bits = inner;
    for (int i = 0; i < 70; i++) {
        char name[16];
        snprintf(name, sizeof name, "d%d", i);
        inner = hg_test_record(
            m, HG_STRUCT, name, 8 + 4 * (unsigned)i, 4,
            HG_MEMBERS(HG_MEMBER("in", inner, 0), HG_FIELD("bit", bits, 32 + 32 * (unsigned)i, 1)));
    }
    CHECK_HOLDS(m, "pub struct d60 {\n    // Nested too deep for rustc: bytes",
                "    pub _bytes: [u8; 248],\n", "pub fn r#in(&self) -> d59 {\n",
                "(self._bytes[244] & 0x1) as c_uint\n", "    pub r#in: d60,\n");
}

/* --- bit-fields --- */

static hg_type_id nine_bytes(struct hg_model *m, bool is_signed)
{
    hg_type_id l = hg_test_int(m, is_signed ? "long long" : "unsigned long long", 8, is_signed);
    return hg_test_record(
        m, HG_STRUCT, "nine", 9, 1,
        HG_MEMBERS(HG_FIELD("a", l, 0, 3), HG_FIELD("b", l, 3, 62), HG_FIELD("c", l, 65, 7)));
}

static void test_straddling(void)
{
    struct hg_model *m = hg_test_model_create();
    nine_bytes(m, false);
    CHECK_HOLDS(m,
                "        let word = u64::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3], "
                "bytes[4], bytes[5], bytes[6], bytes[7]]);\n"
                "        (((word >> 3) | ((bytes[8] as u64) << 61)) & 0x3fffffffffffffff) as "
                "c_ulonglong\n",
                "bytes[8] = (bytes[8] & 0xfe) | ((value >> 61) as u8 & 0x1);\n",
                "((self._bitfield_0[8] >> 1) & 0x7f) as c_ulonglong\n");
    m = hg_test_model_create();
    set_target(m, true, 8);
    nine_bytes(m, true);
    CHECK_HOLDS(m,
                "        let word = u64::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3], "
                "bytes[4], bytes[5], bytes[6], bytes[7]]);\n"
                "        (((((word << 1) | ((bytes[8] as u64) >> 7)) << 2) as i64) >> 2) as "
                "c_longlong\n",
                "bytes[8] = (bytes[8] & 0x7f) | ((value << 7) as u8);\n",
                "((self._bitfield_0[0] as i8) >> 5) as c_longlong\n",
                "(((self._bitfield_0[8] << 1) as i8) >> 1) as c_longlong\n");
}

static void test_kinds_of_bits(void)
{
    struct hg_model *m = hg_test_model_create();
    static const struct hg_enumerator values[] = {{.name = "value", .value = UINT64_MAX},
                                                  {.name = "bytes", .value = 1}};
    hg_type_id e = hg_test_enum(m, "e", 4, true, values, 2);
    hg_type_id b = number(m, HG_BOOL, "_Bool", 1);
    hg_type_id i = hg_test_int(m, "__int128", 16, true);
    hg_test_record(m, HG_STRUCT, "s", 16, 16,
                   HG_MEMBERS(HG_FIELD("e", e, 0, 2), HG_FIELD("b", b, 2, 1),
                              HG_FIELD("w", i, 3, 70), HG_FIELD("set_b", e, 73, 3)));
    CHECK_HOLDS(
        m, "(((self._bitfield_0[0] << 6) as i8) >> 6) as e\n",
        "    pub const fn b(&self) -> bool {\n", "((self._bitfield_0[0] >> 2) & 0x1) != 0\n",
        "    pub const fn w(&self) -> i128 {\n",
        /* not a pattern that names a constant */
        "    pub fn set_e(&mut self, value_: e) {\n", "pub const value: e = -1;\n",
        /* not the getter of another */
        "    pub fn set_b_(&mut self, value_: bool) {\n", "    pub const fn set_b(&self) -> e {\n");
}

/* --- names --- */

static void test_name_spaces(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id c = hg_test_int(m, "unsigned char", 1, false);
    hg_test_typedef(m, "foo", i);
    hg_test_record(m, HG_STRUCT, "foo", 4, 4, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    hg_type_id bar = hg_test_record(m, HG_STRUCT, "bar", 4, 4, HG_MEMBERS(HG_MEMBER("b", i, 0)));
    hg_test_typedef(m, "bar", bar);
    hg_test_record(m, HG_STRUCT, "twin", 4, 4, HG_MEMBERS(HG_MEMBER("c", i, 0)));
    hg_test_record(m, HG_UNION, "twin", 4, 4, HG_MEMBERS(HG_MEMBER("d", i, 0)));
    hg_test_typedef(m, "u8", c);
    hg_test_typedef(m, "u16", c);
    hg_test_typedef(m, "self", c);
    hg_test_typedef(m, "type", c);
    hg_test_typedef(m, "c_int", c);
    hg_type_id nameless =
        hg_test_record(m, HG_STRUCT, NULL, 1, 1, HG_MEMBERS(HG_MEMBER("e", c, 0)));
    hg_test_typedef(m, "first", nameless);
    hg_test_typedef(m, "second", nameless);
    CHECK_HOLDS(m, "pub type foo = c_int;\n", "pub struct struct_foo {\n", "pub struct bar {\n",
                "pub struct twin {\n", "pub union twin___2 {\n", "pub type u16_ = c_uchar;\n",
                "pub type self_ = c_uchar;\n", "pub type r#type = c_uchar;\n",
                "pub type c_int_ = c_uchar;\n", "pub struct first {\n",
                "pub type second = first;\n");
}

/* Members that BTF may have, and names that this writer would give. */
static void test_field_names(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "unsigned char", 1, false);
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_test_record(m, HG_STRUCT, "s", 16, 4,
                   HG_MEMBERS(HG_MEMBER("x", c, 0), HG_MEMBER("x", c, 8),
                              HG_MEMBER("__pad0", c, 32), HG_MEMBER("self", i, 64),
                              HG_MEMBER("self_", i, 96)));
    CHECK_HOLDS(m, "    pub x: c_uchar,\n", "    pub x___1: c_uchar,\n",
                "    pub __pad1: [u8; 2],\n", "    pub __pad0: c_uchar,\n",
                "    pub self_: c_int,\n", "    pub self____4: c_int,\n");
}

static void test_nameless(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id empty = hg_test_record(m, HG_STRUCT, NULL, 0, 1, NULL, 0);
    hg_type_id flexible = hg_test_record(
        m, HG_STRUCT, NULL, 0, 4,
        HG_MEMBERS(HG_MEMBER("__empty", empty, 0), HG_MEMBER("words", hg_test_array(m, i, 0), 0)));
    hg_type_id inner =
        hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("deep", i, 0)));
    hg_type_id choice = hg_test_record(
        m, HG_UNION, NULL, 4, 4, HG_MEMBERS(HG_MEMBER(NULL, inner, 0), HG_MEMBER("all", i, 0)));
    hg_type_id named = hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    hg_test_record(m, HG_STRUCT, "s", 12, 4,
                   HG_MEMBERS(HG_MEMBER(NULL, choice, 0), HG_MEMBER("type", named, 32),
                              HG_MEMBER("p", i, 64), HG_MEMBER(NULL, flexible, 96)));
    CHECK_HOLDS(m, "pub struct s__anon_deep__anon_deep {\n", "pub union s__anon_deep {\n",
                "pub struct s__type {\n", "    pub __anon_deep: s__anon_deep,\n",
                "    pub const unsafe fn deep(&self) -> c_int {\n"
                "        self.__anon_deep.__anon_deep.deep\n",
                "pub struct s__anon_words {\n", "    pub fn words_ptr(&self) -> *const c_int {\n");
}

/* Names that are built on each other do not grow without end. */
static void test_long_names(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id in = hg_test_int(m, "int", 4, true);
    for (int i = 0; i < 40; i++)
        in = hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("member", in, 0)));
    hg_test_record(m, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("member", in, 0)));
    struct written w = write_all(m, NULL);
    CU_ASSERT_EQUAL_FATAL(w.status, HG_OK);
    size_t longest = 0;
    for (const char *at = w.output.data; (at = strstr(at, "pub struct ")) != NULL; at++) {
        size_t length = strcspn(at + strlen("pub struct "), " ");
        longest = length > longest ? length : longest;
    }
    CU_ASSERT(longest > 100 && longest <= 160);
    deinit(&w);
}

/* --- types --- */

static void test_types(void)
{
    struct hg_model *m = hg_test_model_create();
    set_target(m, false, 8);
    hg_type_id i = hg_test_int(m, "long unsigned int", 8, false);
    hg_type_id c16 = hg_test_int(m, "char16_t", 2, false);
    const struct hg_parameter parameters[] = {
        {.name = text(m, "type"), .type.id = hg_test_pointer(m, HG_VOID_ID)}, {.type.id = c16}};
    hg_type_id function = hg_test_function(m, i, parameters, 2);
    hg_test_typedef(m, "f", function);
    hg_test_typedef(m, "pf", hg_test_pointer(m, function));
    hg_test_typedef(m, "ppf", hg_test_pointer(m, hg_test_pointer(m, function)));
    hg_test_typedef(m, "a", hg_test_array(m, hg_test_array(m, i, 3), 2));
    hg_test_typedef(m, "h", hg_test_pointer(m, hg_test_forward(m, HG_STRUCT, "hidden")));
    hg_test_typedef(m, "e", hg_test_pointer(m, hg_test_forward(m, HG_ENUM, "later")));
    CHECK_HOLDS(m, "pub type f = unsafe extern \"C\" fn(r#type: *mut c_void, u16) -> c_ulong;\n",
                "pub type pf = ::core::option::Option<unsafe extern \"C\" fn(r#type: *mut c_void, "
                "u16) -> c_ulong>;\n",
                "pub type ppf = *mut ::core::option::Option<unsafe",
                "pub type a = [[c_ulong; 3]; 2];\n", "pub type h = *mut hidden;\n",
                "/// struct hidden, known by its name only\n",
                "pub struct later {\n    _opaque: [u8; 0],\n");
}

static void test_pointers_of_32_bits(void)
{
    struct hg_model *m = hg_test_model_create();
    set_target(m, false, 4);
    hg_type_id l = hg_test_int(m, "unsigned long", 4, false);
    hg_test_typedef(m, "usize", l);
    struct hg_type pointer = {.kind = HG_POINTER, .complete = true, .size = 4, .align = 4};
    pointer.ref = (struct hg_ref){.id = l, .qualifiers = HG_CONST};
    hg_test_typedef(m, "p", hg_model_intern(m, &pointer));
    pointer.ref = (struct hg_ref){.id = hg_test_function(m, HG_VOID_ID, NULL, 0)};
    hg_test_typedef(m, "f", hg_model_intern(m, &pointer));
    hg_test_record(m, HG_STRUCT, "s", 4, 4, HG_MEMBERS(HG_MEMBER("x", l, 0)));
    CHECK_HOLDS(m, "pub type usize_ = u32;\n", "pub type p = Ptr32<u32>;\n",
                "pub type f = Ptr32<unsafe extern \"C\" fn()>;\n", "pub struct Ptr32<T> {\n",
                "}\nconst _: () = {\n    ::core::assert!(size_of::<s>() == 4);\n");
}

/* f29 takes two f28, each of which takes two f27 ... */
static void test_exploding_type(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id function = hg_test_function(m, HG_VOID_ID, NULL, 0);
    for (int i = 0; i < 30; i++) {
        struct hg_parameter parameter = {.type.id = hg_test_pointer(m, function)};
        const struct hg_parameter both[] = {parameter, parameter};
        function = hg_test_function(m, HG_VOID_ID, both, 2);
    }
    hg_test_typedef(m, "f", function);
    struct written w = write_all(m, NULL);
    CU_ASSERT_EQUAL(w.status, HG_OK);
    CU_ASSERT(w.output.size < 40000);
    CU_ASSERT(hg_test_reported(&w.log, "too deep or too long to be spelled out in Rust"));
    deinit(&w);
}

void hg_test_rust(void)
{
    CU_pSuite suite = CU_add_suite("rust", NULL, NULL);
    CU_add_test(suite, "a whole file", test_whole_file);
    CU_add_test(suite, "prefixes of C's types", test_prefixes);
    CU_add_test(suite, "reprs", test_reprs);
    CU_add_test(suite, "no alignments", test_no_alignments);
    CU_add_test(suite, "bit-fields in packed records", test_bits_in_packed);
    CU_add_test(suite, "values without a counterpart", test_values_without_counterpart);
    CU_add_test(suite, "opaque", test_opaque);
    CU_add_test(suite, "refused", test_refused);
    CU_add_test(suite, "too deep for rustc", test_deep);
    CU_add_test(suite, "straddling bit-fields", test_straddling);
    CU_add_test(suite, "kinds of bit-fields", test_kinds_of_bits);
    CU_add_test(suite, "name spaces", test_name_spaces);
    CU_add_test(suite, "names of fields", test_field_names);
    CU_add_test(suite, "records without a name", test_nameless);
    CU_add_test(suite, "long names", test_long_names);
    CU_add_test(suite, "types", test_types);
    CU_add_test(suite, "pointers of 32 bits", test_pointers_of_32_bits);
    CU_add_test(suite, "a type that explodes", test_exploding_type);
}
