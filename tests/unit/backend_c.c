/*
 * The C back end: declarators, attributes and padding for layouts that need them, enums, names,
 * types without a tag, and what is refused.  That compilers agree is shown by
 * tests/oracle/circle.py.
 */
#include "helpers.h"
#include "suites.h"

#include <hdrgen/write.h>
#include <stdio.h>
#include <string.h>

/* Seals, selects everything, writes and destroys; the caller frees *ret. */
static enum hg_status write_all(struct hg_model *model, struct hg_test_log *log,
                                struct hg_output *ret)
{
    struct hg_selection *selection = NULL;
    struct hg_select_options all = {.sz = sizeof(struct hg_select_options)};
    struct hg_c_options options = {.sz = sizeof(struct hg_c_options)};
    hg_test_seal(model);
    if (hg_select(model, &all, &log->diagnostics, &selection) != HG_OK)
        CU_FAIL_FATAL("selection");
    enum hg_status status = hg_write_c(model, selection, &options, &log->diagnostics, ret);
    hg_selection_destroy(selection);
    hg_model_destroy(model);
    return status;
}

/* The header of the model holds each of these texts (the last is NULL); destroys the model. */
static bool has_all(struct hg_model *model, struct hg_test_log *log, const char *const *texts)
{
    struct hg_output output = {0};
    bool all = write_all(model, log, &output) == HG_OK;
    for (; all && *texts != NULL; texts++) {
        all = strstr(output.data, *texts) != NULL;
        if (!all)
            fprintf(stderr, "\nmissing <%s> in:\n%s", *texts, output.data);
    }
    hg_output_deinit(&output);
    return all;
}

#define HAS(model, log, ...) has_all(model, log, (const char *const[]){__VA_ARGS__, NULL})

/* As HAS, and nothing was reported. */
#define QUIETLY_HAS(model, ...)                                                                    \
    do {                                                                                           \
        struct hg_test_log log_;                                                                   \
        hg_test_log_init(&log_);                                                                   \
        CU_ASSERT(HAS(model, &log_, __VA_ARGS__));                                                 \
        CU_ASSERT(hg_test_same(hg_text_string(&log_.text), ""));                                   \
        hg_test_log_deinit(&log_);                                                                 \
    } while (0)

static const char *text(struct hg_model *m, const char *string)
{
    return hg_model_string(m, string, strlen(string));
}

static hg_type_id pointer_to(struct hg_model *m, hg_type_id id, uint32_t qualifiers)
{
    struct hg_type pointer = {.kind = HG_POINTER, .complete = true, .size = 8, .align = 8};
    pointer.ref = (struct hg_ref){.id = id, .qualifiers = qualifiers};
    return hg_model_intern(m, &pointer);
}

/* --- declarators and order --- */

static void test_declarators(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id pointer = hg_test_pointer(m, i);
    hg_type_id array = hg_test_array(m, i, 3);
    hg_type_id function =
        hg_test_function(m, hg_test_pointer(m, array),
                         (const struct hg_parameter[]){{.name = text(m, "n"), .type.id = i}}, 1);
    hg_type_id handlers = hg_test_array(m, hg_test_pointer(m, function), 2);
    hg_type_id nothing = hg_test_function(m, HG_VOID_ID, NULL, 0);
    hg_test_record(
        m, HG_STRUCT, "s", 56, 8,
        HG_MEMBERS(HG_MEMBER("handlers", handlers, 0),
                   HG_MEMBER("rows", hg_test_pointer(m, hg_test_array(m, pointer, 4)), 128),
                   HG_MEMBER("grid", hg_test_array(m, array, 2), 192),
                   HG_MEMBER("done", hg_test_pointer(m, nothing), 384)));
    QUIETLY_HAS(m, "\tint (*(*handlers[2])(int n))[3];\n", "\tint *(*rows)[4];\n",
                "\tint grid[2][3];\n", "\tvoid (*done)(void);\n", "HDRGEN_SIZE(struct s, 56, 8);\n",
                "HDRGEN_AT(struct s, done, 48);\n");
}

static void test_qualifiers(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "unsigned char", 1, false);
    hg_type_id pointer = pointer_to(m, c, HG_CONST | HG_VOLATILE | HG_RESTRICT);
    hg_type_id function = hg_test_function(m, c, NULL, 0);
    struct hg_type constant = {.kind = HG_FUNCTION, .complete = true};
    constant.ref = (struct hg_ref){.id = c, .qualifiers = HG_CONST};
    struct hg_member members[] = {
        HG_MEMBER("p", pointer, 0),
        HG_MEMBER("f", pointer_to(m, function, HG_CONST), 64),
        HG_MEMBER("g", hg_test_pointer(m, hg_model_intern(m, &constant)), 128),
        HG_MEMBER("a", c, 192),
    };
    members[0].type.qualifiers = HG_CONST | HG_RESTRICT;
    members[3].type.qualifiers = HG_ATOMIC;
    hg_test_record(m, HG_STRUCT, "s", 32, 8, members, 4);
    QUIETLY_HAS(m, "\tconst volatile unsigned char *const restrict p;\n",
                "\tunsigned char (*f)(void);\n", "\tunsigned char (*g)(void);\n",
                "\tunsigned char a;\n");
}

/* A parameter's name that hides a type is left out. */
static void test_parameters(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id u32 = hg_test_typedef(m, "u32", hg_test_int(m, "unsigned int", 4, false));
    hg_type_id function = hg_test_function(m, HG_VOID_ID,
                                           (const struct hg_parameter[]){
                                               {.name = text(m, "u32"), .type.id = u32},
                                               {.name = text(m, "x"), .type.id = u32},
                                           },
                                           2);
    hg_test_typedef(m, "fn", function);
    struct hg_type variadic = {.kind = HG_FUNCTION, .complete = true, .variadic = true};
    hg_test_typedef(m, "any", hg_model_intern(m, &variadic));
    QUIETLY_HAS(m, "typedef void fn(u32, u32);\n", "typedef void any();\n");
}

static void test_order(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id a = hg_model_declare(m);
    hg_type_id b = hg_model_declare(m);
    hg_type_id later = hg_model_declare(m);
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_test_define_record(m, a, HG_STRUCT, "a", 24, 8,
                          HG_MEMBERS(HG_MEMBER("t", hg_test_pointer(m, later), 0),
                                     HG_MEMBER("b", b, 64),
                                     HG_MEMBER("self", hg_test_pointer(m, a), 128)));
    hg_test_define_record(m, b, HG_STRUCT, "b", 8, 8,
                          HG_MEMBERS(HG_MEMBER("back", hg_test_pointer(m, a), 0)));
    hg_type_id inner = hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    hg_model_define(
        m, later,
        &(struct hg_type){
            .kind = HG_TYPEDEF, .complete = true, .name = text(m, "later_t"), .ref.id = inner});
    QUIETLY_HAS(m,
                "struct a;\n\nstruct b {\n\tstruct a *back;\n};\n\n"
                "typedef struct {\n\tint x;\n} later_t;\n\n"
                "struct a {\n\tlater_t *t;\n\tstruct b b;\n\tstruct a *self;\n};\n");
}

static void test_circle(void)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_test_log log;
    struct hg_output output = {0};
    hg_type_id a = hg_model_declare(m);
    hg_type_id pointer = hg_model_declare(m);
    hg_test_define_record(m, a, HG_STRUCT, "a", 8, 8, HG_MEMBERS(HG_MEMBER("p", pointer, 0)));
    struct hg_type target = {.kind = HG_POINTER, .complete = true, .size = 8, .align = 8};
    target.ref.id = hg_test_array(m, a, 3);
    hg_model_define(m, pointer, &target);
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(write_all(m, &log, &output), HG_ERROR_UNSUPPORTED);
    CU_ASSERT(
        hg_test_reported(&log, "error: struct 'a': its definition needs that of another type"));
    CU_ASSERT_PTR_NULL(output.data);
    hg_test_log_deinit(&log);
}

/* --- layouts --- */

static void test_packed(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "unsigned char", 1, false);
    hg_type_id i = hg_test_int(m, "unsigned int", 4, false);
    hg_type_id l = hg_test_int(m, "unsigned long", 8, false);
    hg_test_record(m, HG_STRUCT, "whole", 12, 1,
                   HG_MEMBERS(HG_MEMBER("a", i, 0), HG_MEMBER("b", l, 32)));
    hg_test_record(m, HG_STRUCT, "member", 24, 8,
                   HG_MEMBERS(HG_MEMBER("a", l, 0), HG_MEMBER("b", c, 64), HG_MEMBER("c", i, 72),
                              HG_MEMBER("d", l, 128)));
    hg_test_record(m, HG_STRUCT, "half", 16, 4,
                   HG_MEMBERS(HG_MEMBER("a", i, 0), HG_MEMBER("b", l, 32), HG_MEMBER("c", i, 96)));
    hg_test_record(m, HG_UNION, "u", 8, 4, HG_MEMBERS(HG_MEMBER("a", i, 0), HG_MEMBER("b", l, 0)));
    QUIETLY_HAS(m, "\tunsigned int a;\n\tunsigned long b;\n} __attribute__((packed));\n",
                "\tunsigned int c __attribute__((packed));\n\tunsigned long d;\n};\n",
                "\tunsigned long b __attribute__((packed, aligned(4)));\n\tunsigned int c;\n};\n",
                ("union u {\n\tunsigned int a;\n\tunsigned long b __attribute__((packed, "
                 "aligned(4)));\n};\n"));
}

static void test_aligned(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id line = hg_test_record(m, HG_STRUCT, "line", 128, 64,
                                     HG_MEMBERS(HG_MEMBER("a", i, 0), HG_MEMBER("b", i, 512)));
    hg_test_record(m, HG_STRUCT, "end", 64, 64, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    hg_test_record(m, HG_UNION, "over", 16, 16, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    hg_test_record(m, HG_STRUCT, "odd", 129, 1,
                   HG_MEMBERS(HG_MEMBER("a", hg_test_int(m, "signed char", 1, true), 0),
                              HG_MEMBER("l", line, 8)));
    hg_test_typedef(m, "line_t", line);
    QUIETLY_HAS(m, "\tint a;\n\tint b __attribute__((aligned(64)));\n};\n",
                "struct end {\n\tint a;\n} __attribute__((aligned(64)));\n",
                "union over {\n\tint a;\n} __attribute__((aligned(16)));\n",
                "\tstruct line l __attribute__((packed));\n};\n");
}

static void test_padding(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "unsigned char", 1, false);
    hg_type_id i = hg_test_int(m, "unsigned int", 4, false);
    hg_test_record(m, HG_STRUCT, "gap", 24, 4,
                   HG_MEMBERS(HG_MEMBER("a", c, 0), HG_MEMBER("b", i, 96), HG_MEMBER("c", c, 128)));
    hg_test_record(m, HG_STRUCT, "far", 4004, 4,
                   HG_MEMBERS(HG_FIELD("a", i, 0, 3), HG_MEMBER("b", i, 32000)));
    hg_test_record(
        m, HG_STRUCT, "bits", 8, 4,
        HG_MEMBERS(HG_FIELD("a", i, 0, 3), HG_FIELD("b", i, 16, 5), HG_FIELD("c", i, 32, 1)));
    hg_test_record(m, HG_STRUCT, "empty", 8, 1, NULL, 0);
    hg_test_record(m, HG_UNION, "wide", 3, 1, HG_MEMBERS(HG_MEMBER("a", c, 0)));
    QUIETLY_HAS(m,
                "struct gap {\n\tunsigned char a;\n\tunsigned int : 24;\n\tunsigned int : 32;\n"
                "\tunsigned int : 32;\n\tunsigned int b;\n\tunsigned char c;\n"
                "\tunsigned int : 24;\n\tunsigned int : 32;\n};\n",
                "\tunsigned int a : 3;\n\tunsigned char : 5;\n"
                "\tunsigned char hdrgen_padding_1[3999];\n\tunsigned int b;\n",
                "\tunsigned int a : 3;\n\tunsigned short : 13;\n\tunsigned int b : 5;\n"
                "\tunsigned short : 11;\n\tunsigned int c : 1;\n};\n",
                "struct empty {\n\tunsigned char : 8;\n",
                "\tunsigned char a;\n\tunsigned char hdrgen_padding[3];\n};\n");
}

static void test_packed_bits(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = hg_test_int(m, "unsigned char", 1, false);
    hg_type_id i = hg_test_int(m, "unsigned int", 4, false);
    hg_test_record(
        m, HG_STRUCT, "s", 8, 4,
        HG_MEMBERS(HG_FIELD("a", i, 0, 30), HG_FIELD("b", i, 30, 7), HG_MEMBER("c", c, 40)));
    QUIETLY_HAS(m, "\tunsigned int b : 7 __attribute__((packed));\n\tunsigned char c;\n");
}

/* As from BTF: no alignments. */
static void test_unknown_alignment(void)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_type basic = {.kind = HG_INT, .complete = true, .size = 8};
    basic.name = text(m, "long unsigned int");
    hg_type_id l = hg_model_intern(m, &basic);
    basic.name = text(m, "u32");
    basic.size = 4;
    hg_type_id i = hg_model_intern(m, &basic);
    hg_test_record(m, HG_STRUCT, "event", 12, 0,
                   HG_MEMBERS(HG_MEMBER("a", i, 0), HG_MEMBER("b", l, 32)));
    hg_type_id line = hg_test_record(m, HG_STRUCT, "line", 64, 0, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    hg_test_record(m, HG_STRUCT, "user", 72, 0,
                   HG_MEMBERS(HG_MEMBER("a", l, 0), HG_MEMBER("b", line, 64)));
    QUIETLY_HAS(m, "\tunsigned int a;\n\tunsigned long b;\n} __attribute__((packed));\n",
                "struct line {\n\tunsigned int a;\n} __attribute__((aligned(64)));\n",
                "struct user {\n\tunsigned long a;\n\tstruct line b;\n} __attribute__((packed));\n",
                "HDRGEN_SIZE_ONLY(struct event, 12);\n");
}

/* __int128 is aligned to 8 on s390x, and to 16 by BPF compilers. */
static void test_environments(void)
{
    struct hg_model *m = hg_model_create();
    hg_model_set_target(m, &(struct hg_target){.triple = "s390x-unknown-linux-gnu",
                                               .big_endian = true,
                                               .pointer_size = 8,
                                               .long_size = 8});
    struct hg_type wide = {.kind = HG_INT, .complete = true, .size = 16, .align = 8};
    wide.name = text(m, "unsigned __int128");
    hg_type_id id = hg_model_intern(m, &wide);
    hg_test_record(m, HG_STRUCT, "s", 16, 8, HG_MEMBERS(HG_MEMBER("a", id, 0)));
    QUIETLY_HAS(m, "\tunsigned __int128 a __attribute__((packed, aligned(8)));\n");
}

/* --- enums and basic types --- */

static void test_enums(void)
{
    struct hg_model *m = hg_test_model_create();
    const struct hg_enumerator small[] = {{text(m, "S0"), 0}, {text(m, "S1"), 255}};
    const struct hg_enumerator one[] = {{text(m, "ONE"), 1}};
    const struct hg_enumerator low[] = {{text(m, "LOW"), (uint64_t)-2147483648LL},
                                        {text(m, "HIGH"), 5}};
    const struct hg_enumerator lowest[] = {{text(m, "LOWEST"), (uint64_t)INT64_MIN}};
    const struct hg_enumerator big[] = {{text(m, "BIG"), UINT64_MAX}, {text(m, "U"), UINT32_MAX}};
    hg_test_enum(m, "small", 1, false, small, 2);
    hg_test_enum(m, "one", 8, false, one, 1);
    hg_test_enum(m, "low", 4, true, low, 2);
    hg_test_enum(m, "lowest", 8, true, lowest, 1);
    hg_test_enum(m, "big", 8, false, big, 2);
    hg_test_enum(m, "none", 4, false, NULL, 0);
    QUIETLY_HAS(m, "enum small {\n\tS0 = 0,\n\tS1 = 255,\n} __attribute__((packed));\n",
                ("enum one HDRGEN_ENUM(unsigned long long) {\n\tONE = 1,\n} "
                 "HDRGEN_ENUM_MODE(__DI__);\n"),
                "enum low {\n\tLOW = -2147483647 - 1,\n\tHIGH = 5,\n};\n",
                "\tLOWEST = -9223372036854775807LL - 1,\n",
                "enum big {\n\tBIG = 18446744073709551615ULL,\n\tU = 4294967295U,\n};\n",
                "enum none {\n\thdrgen_no_enumerator_", "#define HDRGEN_ENUM(type) : type\n",
                "HDRGEN_SIZE_ONLY(enum small, 1);\n");
}

static void test_basic_types(void)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_type real = {.kind = HG_FLOAT, .complete = true, .size = 16, .align = 16};
    real.name = text(m, "long double");
    hg_type_id wide = hg_model_intern(m, &real);
    struct hg_type vector = {.kind = HG_ARRAY, .complete = true, .size = 16, .align = 16};
    vector.ref.id = hg_test_int(m, "int", 4, true);
    vector.count = 4;
    vector.is_vector = true;
    struct hg_type opaque = {.kind = HG_OPAQUE, .complete = true, .size = 16, .align = 16};
    opaque.reason = text(m, "because");
    hg_test_record(
        m, HG_STRUCT, "s", 64, 16,
        HG_MEMBERS(HG_MEMBER("a", wide, 0), HG_MEMBER("v", hg_model_intern(m, &vector), 128),
                   HG_MEMBER("o", hg_model_intern(m, &opaque), 256),
                   HG_MEMBER("u", hg_test_int(m, "usize", 8, false), 384),
                   HG_MEMBER("l", hg_test_int(m, "long long unsigned int", 8, false), 448)));
    QUIETLY_HAS(m, "#if __SIZEOF_LONG_DOUBLE__ == 16\n#define hdrgen_long_double_16 long double\n",
                "\thdrgen_long_double_16 a;\n",
                "\t__typeof__(int __attribute__((vector_size(16)))) v;\n",
                ("/* because */\nstruct hdrgen_bytes_1 {\n\tunsigned char hdrgen_bytes[16];\n} "
                 "__attribute__((aligned(16)));\n"),
                "\tstruct hdrgen_bytes_1 o;\n\tunsigned long long u;\n\tunsigned long long l;\n");
}

/* --- names --- */

static void test_names(void)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_test_log log;
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id first = hg_test_forward(m, HG_STRUCT, "same");
    hg_type_id defined =
        hg_test_record(m, HG_STRUCT, "same", 4, 4, HG_MEMBERS(HG_MEMBER("a", i, 0)));
    hg_type_id other =
        hg_test_record(m, HG_UNION, "same", 4, 4, HG_MEMBERS(HG_MEMBER("for", i, 0)));
    const struct hg_enumerator values[] = {{text(m, "same_t"), 0}, {text(m, "B"), 1}};
    hg_test_enum(m, NULL, 4, false, values, 2);
    hg_test_typedef(m, "same_t", first);
    hg_test_record(m, HG_STRUCT, "user", 24, 8,
                   HG_MEMBERS(HG_MEMBER("a", hg_test_pointer(m, first), 0),
                              HG_MEMBER("b", hg_test_pointer(m, defined), 64),
                              HG_MEMBER("a", hg_test_pointer(m, other), 128)));
    hg_test_log_init(&log);
    CU_ASSERT(HAS(m, &log, "union same___2 {\n\tint for___2;\n};\n",
                  "enum {\n\tsame_t = 0,\n\tB = 1,\n};\n", "typedef struct same same_t___2;\n",
                  "\tstruct same *a;\n\tstruct same *b;\n\tunion same___2 *a___2;\n",
                  "HDRGEN_AT(struct user, a___2, 16);\n"));
    CU_ASSERT(hg_test_reported(&log, "union 'same' as 'same___2'"));
    CU_ASSERT(hg_test_reported(&log, "union 'same' member 'for' as 'for___2'"));
    CU_ASSERT(hg_test_reported(&log, "typedef 'same_t' as 'same_t___2'"));
    CU_ASSERT(hg_test_reported(&log, "struct 'user' member 'a' as 'a___2'"));
    CU_ASSERT(hg_test_reported(&log, "warning: 2 types are written under another name"));
    CU_ASSERT_EQUAL(log.diagnostics.warnings, 2);
    hg_test_log_deinit(&log);
}

/* A suffix does not take a name that something else has. */
static void test_suffixes(void)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_test_log log;
    for (int i = 0; i < 3; i++)
        hg_test_record(m, HG_STRUCT, "s", 1u << i, 1, NULL, 0);
    hg_test_record(m, HG_STRUCT, "s___2", 8, 1, NULL, 0);
    hg_test_log_init(&log);
    CU_ASSERT(HAS(m, &log, "HDRGEN_SIZE(struct s, 1, 1);\n", "HDRGEN_SIZE(struct s___3, 2, 1);\n",
                  "HDRGEN_SIZE(struct s___4, 4, 1);\n", "HDRGEN_SIZE(struct s___2, 8, 1);\n"));
    hg_test_log_deinit(&log);
}

static void test_bool(void)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_type boolean = {.kind = HG_BOOL, .complete = true, .size = 1, .align = 1};
    boolean.name = text(m, "_Bool");
    const struct hg_enumerator values[] = {{text(m, "false"), 0}, {text(m, "true"), 1}};
    hg_test_typedef(m, "bool", hg_model_intern(m, &boolean));
    hg_test_enum(m, NULL, 4, false, values, 2);
    QUIETLY_HAS(
        m, "#ifndef HDRGEN_HAS_BOOL\ntypedef _Bool bool;\n#endif\n",
        "#ifndef HDRGEN_HAS_BOOL\n\tfalse = 0,\n#else\n\tfalse___enumerator = 0,\n#endif\n");
}

/* --- types without a tag --- */

static void test_anonymous(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id named = hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    hg_type_id inside = hg_test_record(m, HG_UNION, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("y", i, 0)));
    const struct hg_enumerator values[] = {{text(m, "A"), 0}};
    hg_type_id twice = hg_test_enum(m, NULL, 4, false, values, 1);
    hg_test_typedef(m, "pair", named);
    hg_test_typedef(m, "pair_ptr", hg_test_pointer(m, named));
    hg_test_record(m, HG_STRUCT, "s", 24, 8,
                   HG_MEMBERS(HG_MEMBER(NULL, inside, 0), HG_MEMBER("b", twice, 32),
                              HG_MEMBER("p", hg_test_pointer(m, inside), 64),
                              HG_MEMBER("c", twice, 128)));
    QUIETLY_HAS(m, "typedef struct {\n\tint x;\n} pair;\n", "typedef pair *pair_ptr;\n",
                "enum hdrgen_enum_1 {\n\tA = 0,\n};\n",
                ("struct s {\n\tunion {\n\t\tint y;\n\t};\n\tenum hdrgen_enum_1 b;\n\tunion {\n"
                 "\t\tint y;\n\t} *p;\n\tenum hdrgen_enum_1 c;\n};\n"),
                "HDRGEN_AT(struct s, y, 0);\n",
                "HDRGEN_SIZE(__typeof__(*((struct s *)0)->p), 4, 4);\n");
}

/* A member without a name may be of a record that has a tag (-fms-extensions). */
static void test_unnamed_member_with_tag(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id tagged =
        hg_test_record(m, HG_STRUCT, "tagged", 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    hg_test_record(m, HG_STRUCT, "s", 4, 4,
                   HG_MEMBERS(HG_MEMBER(NULL, hg_test_typedef(m, "tagged_t", tagged), 0)));
    QUIETLY_HAS(m, "struct s {\n\tstruct {\n\t\tint x;\n\t};\n};\n",
                "HDRGEN_AT(struct s, x, 0);\n");
}

static void test_unnamed_twice(void)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_test_log log;
    struct hg_output output = {0};
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id inside = hg_test_record(m, HG_STRUCT, NULL, 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
    hg_test_record(m, HG_UNION, "u", 4, 4,
                   HG_MEMBERS(HG_MEMBER(NULL, inside, 0), HG_MEMBER(NULL, inside, 0)));
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(write_all(m, &log, &output), HG_ERROR_UNSUPPORTED);
    CU_ASSERT(
        hg_test_reported(&log, "error: union 'u' has two members that have no name and one type"));
    hg_test_log_deinit(&log);
}

/* Thirty records, each holding the one before twice: a text of a billion lines is refused early. */
static void test_too_long(void)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_test_log log;
    struct hg_output output = {0};
    hg_type_id id = hg_test_int(m, "int", 4, true);
    for (unsigned i = 0; i < 30; i++) {
        uint64_t size = (uint64_t)4 << i;
        id = hg_test_record(m, HG_STRUCT, NULL, 2 * size, 4,
                            HG_MEMBERS(HG_MEMBER("a", id, 0), HG_MEMBER("b", id, 8 * size)));
    }
    hg_test_record(m, HG_STRUCT, "top", (uint64_t)4 << 30, 4, HG_MEMBERS(HG_MEMBER("a", id, 0)));
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(write_all(m, &log, &output), HG_ERROR_UNSUPPORTED);
    CU_ASSERT(hg_test_reported(&log, "MiB: name the types you need"));
    hg_test_log_deinit(&log);
}

static void test_tags(void)
{
    struct hg_model *m = hg_test_model_create();
    const char *const words[] = {text(m, "say \"hi\"\n")};
    hg_type_id i = hg_test_int(m, "int", 4, true);
    struct hg_type pointer = {.kind = HG_POINTER, .complete = true, .size = 8, .align = 8};
    pointer.ref = (struct hg_ref){.id = i, .tags = hg_model_tags(m, words, 1)};
    struct hg_member member = HG_MEMBER("p", hg_model_intern(m, &pointer), 0);
    member.tags = hg_model_tags(m, words, 1);
    hg_test_record(m, HG_STRUCT, "s", 8, 8, &member, 1);
    QUIETLY_HAS(m,
                "\tint HDRGEN_TYPE_TAG(\"say \\042hi\\042\\012\") *p "
                "HDRGEN_DECL_TAG(\"say \\042hi\\042\\012\");\n",
                "#if __has_attribute(btf_type_tag)\n");
}

void hg_test_backend_c(void)
{
    CU_pSuite suite = CU_add_suite("backend/c", NULL, NULL);
    CU_add_test(suite, "declarators", test_declarators);
    CU_add_test(suite, "qualifiers", test_qualifiers);
    CU_add_test(suite, "parameters", test_parameters);
    CU_add_test(suite, "order and forward declarations", test_order);
    CU_add_test(suite, "a circle is refused", test_circle);
    CU_add_test(suite, "packed records and members", test_packed);
    CU_add_test(suite, "aligned records and members", test_aligned);
    CU_add_test(suite, "padding", test_padding);
    CU_add_test(suite, "bit-fields over the end of a unit", test_packed_bits);
    CU_add_test(suite, "unknown alignments", test_unknown_alignment);
    CU_add_test(suite, "environments", test_environments);
    CU_add_test(suite, "enums", test_enums);
    CU_add_test(suite, "basic types", test_basic_types);
    CU_add_test(suite, "names", test_names);
    CU_add_test(suite, "suffixes", test_suffixes);
    CU_add_test(suite, "bool", test_bool);
    CU_add_test(suite, "types without a tag", test_anonymous);
    CU_add_test(suite, "a member without a name, with a tag", test_unnamed_member_with_tag);
    CU_add_test(suite, "members without a name of one type", test_unnamed_twice);
    CU_add_test(suite, "too long a text", test_too_long);
    CU_add_test(suite, "tags", test_tags);
}
