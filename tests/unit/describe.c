/* Words for types: C's declarators, their bounds, subjects of diagnostics, and the dump. */
#include "model/describe.h"
#include "helpers.h"
#include "suites.h"

#include <string.h>

static bool describes(const struct hg_model *model, hg_type_id id, const char *expected)
{
    struct hg_text text = {0};
    hg_describe_type(&text, model, id);
    bool same = hg_test_same(hg_text_string(&text), expected);
    hg_text_deinit(&text);
    return same;
}

static hg_type_id qualified_pointer(struct hg_model *m, hg_type_id to, uint32_t qualifiers)
{
    struct hg_type pointer = {.kind = HG_POINTER, .complete = true, .size = 8, .align = 8};
    pointer.ref = (struct hg_ref){.id = to, .qualifiers = qualifiers};
    return hg_model_intern(m, &pointer);
}

static hg_type_id character(struct hg_model *m)
{
    return hg_model_intern(m, &(struct hg_type){.kind = HG_CHAR,
                                                .complete = true,
                                                .is_signed = true,
                                                .name = hg_model_string(m, "char", 4),
                                                .size = 1,
                                                .align = 1});
}

static void test_declarators(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id c = character(m);
    struct hg_parameter takes_int = {.type.id = i};
    struct hg_parameter takes_char = {.type.id = c};

    CU_ASSERT(describes(m, HG_VOID_ID, "void"));
    CU_ASSERT(describes(m, i, "int"));
    CU_ASSERT(describes(m, hg_test_pointer(m, i), "int *"));
    CU_ASSERT(describes(m, hg_test_pointer(m, hg_test_pointer(m, HG_VOID_ID)), "void **"));
    CU_ASSERT(describes(m, hg_test_array(m, i, 4), "int[4]"));
    CU_ASSERT(describes(m, hg_test_array(m, hg_test_array(m, i, 3), 2), "int[2][3]"));
    CU_ASSERT(describes(m, hg_test_pointer(m, hg_test_array(m, i, 4)), "int (*)[4]"));
    CU_ASSERT(describes(m, hg_test_array(m, hg_test_pointer(m, i), 4), "int *[4]"));
    CU_ASSERT(describes(m, hg_test_function(m, HG_VOID_ID, NULL, 0), "void (void)"));
    CU_ASSERT(
        describes(m, hg_test_function(m, hg_test_pointer(m, i), &takes_int, 1), "int *(int)"));

    hg_type_id handler = hg_test_pointer(m, hg_test_function(m, HG_VOID_ID, &takes_char, 1));
    CU_ASSERT(describes(m, handler, "void (*)(char)"));
    CU_ASSERT(describes(m, hg_test_array(m, handler, 3), "void (*[3])(char)"));
    hg_type_id maker = hg_test_pointer(m, hg_test_function(m, handler, &takes_int, 1));
    CU_ASSERT(describes(m, maker, "void (*(*)(int))(char)"));

    struct hg_type printer = {.kind = HG_FUNCTION, .complete = true, .variadic = true};
    struct hg_parameter format = {.type.id = qualified_pointer(m, c, HG_CONST)};
    printer.ref.id = i;
    printer.parameters = &format;
    printer.parameter_count = 1;
    CU_ASSERT(describes(m, hg_model_intern(m, &printer), "int (const char *, ...)"));
    hg_test_seal(m);
    hg_model_destroy(m);
}

static void test_qualifiers(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id c = character(m);
    hg_type_id to_const = qualified_pointer(m, c, HG_CONST);
    CU_ASSERT(describes(m, to_const, "const char *"));
    CU_ASSERT(describes(m, qualified_pointer(m, to_const, HG_CONST), "const char *const *"));
    CU_ASSERT(describes(m, qualified_pointer(m, hg_test_pointer(m, c), HG_CONST | HG_RESTRICT),
                        "char *const restrict *"));
    CU_ASSERT(
        describes(m, qualified_pointer(m, c, HG_ATOMIC | HG_VOLATILE), "volatile _Atomic char *"));
    /* Those of an array are its elements'. */
    hg_type_id array = hg_test_array(m, c, 4);
    CU_ASSERT(describes(m, qualified_pointer(m, array, HG_CONST), "const char (*)[4]"));
    struct hg_text text = {0};
    hg_describe_ref(&text, m,
                    &(struct hg_ref){.id = hg_test_pointer(m, c), .qualifiers = HG_CONST});
    CU_ASSERT(hg_test_same(hg_text_string(&text), "char *const"));
    hg_text_deinit(&text);
    hg_model_destroy(m);
}

static void test_names(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id f = hg_model_intern(m, &(struct hg_type){.kind = HG_FLOAT,
                                                        .complete = true,
                                                        .name = hg_model_string(m, "float", 5),
                                                        .size = 4,
                                                        .align = 4});
    CU_ASSERT(describes(m, hg_test_forward(m, HG_STRUCT, "s"), "struct s"));
    CU_ASSERT(describes(m, hg_test_forward(m, HG_UNION, "u"), "union u"));
    CU_ASSERT(describes(m, hg_test_forward(m, HG_ENUM, "e"), "enum e"));
    CU_ASSERT(
        describes(m, hg_test_record(m, HG_STRUCT, NULL, 0, 1, NULL, 0), "struct (anonymous)"));
    CU_ASSERT(describes(m, hg_test_typedef(m, "t", f), "t"));
    struct hg_type pair = {.kind = HG_ARRAY, .complete = true, .size = 8, .align = 4};
    pair.ref.id = f;
    pair.count = 2;
    pair.is_vector = true;
    CU_ASSERT(describes(m, hg_model_intern(m, &pair), "float __attribute__((vector_size(8)))"));
    pair.is_vector = false;
    pair.is_complex = true;
    CU_ASSERT(describes(m, hg_model_intern(m, &pair), "_Complex float"));
    hg_type_id opaque = hg_model_intern(
        m,
        &(struct hg_type){.kind = HG_OPAQUE, .complete = true, .size = 16, .reason = "of a test"});
    CU_ASSERT(describes(m, opaque, "(opaque, 16 bytes)"));
    CU_ASSERT(describes(m, hg_test_forward(m, HG_STRUCT, "a\nb\xff"), "struct a\\x0ab\\xff"));
    hg_model_destroy(m);
}

/* Cycles and types that are exponentially long in C's notation cost little. */
static void test_bounds(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id loop = hg_model_declare(m);
    hg_model_define(
        m, loop,
        &(struct hg_type){.kind = HG_POINTER, .complete = true, .size = 8, .ref.id = loop});
    struct hg_text text = {0};
    hg_describe_type(&text, m, loop);
    CU_ASSERT(strncmp(hg_text_string(&text), "... ***", 7) == 0);

    hg_type_id function = HG_VOID_ID;
    for (size_t i = 0; i < 40; i++) {
        struct hg_parameter twice[40] = {{.type.id = hg_test_pointer(m, function)}};
        for (size_t k = 1; k < 40; k++)
            twice[k] = twice[0];
        function = hg_test_function(m, HG_VOID_ID, twice, 40);
    }
    hg_text_truncate(&text, 0);
    hg_describe_type(&text, m, function);
    CU_ASSERT(text.size > 500 && text.size < 1000);
    CU_ASSERT_PTR_NOT_NULL(strstr(hg_text_string(&text), "..."));
    hg_text_deinit(&text);
    CU_ASSERT(describes(m, 4711, "(no type 4711)"));
    hg_model_destroy(m);
}

static void test_subjects(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    struct {
        hg_type_id id;
        const char *expected;
    } subjects[] = {
        {hg_test_forward(m, HG_STRUCT, "foo"), "struct 'foo'"},
        {hg_test_record(m, HG_UNION, NULL, 0, 1, NULL, 0), "anonymous union"},
        {hg_test_typedef(m, "t", i), "typedef 't'"},
        {hg_test_array(m, i, 4), "array 'int[4]'"},
        {HG_VOID_ID, "void 'void'"},
    };
    for (size_t s = 0; s < sizeof subjects / sizeof *subjects; s++) {
        struct hg_text text = {0};
        hg_describe_subject(&text, m, subjects[s].id);
        CU_ASSERT(hg_test_same(hg_text_string(&text), subjects[s].expected));
        hg_text_deinit(&text);
    }
    hg_model_destroy(m);
}

static void test_dump(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id list = hg_model_declare(m);
    hg_type_id u32 = hg_test_int(m, "unsigned int", 4, false);
    struct hg_type pointer = {.kind = HG_POINTER, .complete = true, .size = 8, .align = 8};
    const char *user[] = {"user"};
    pointer.ref = (struct hg_ref){.id = list, .qualifiers = HG_CONST};
    pointer.ref.tags = hg_model_tags(m, user, 1);
    hg_type_id next = hg_model_intern(m, &pointer);
    struct hg_member flag = HG_FIELD("flag", u32, 64, 1);
    flag.tags = pointer.ref.tags;
    hg_test_define_record(m, list, HG_STRUCT, "list", 16, 8,
                          HG_MEMBERS(HG_MEMBER("next", next, 0), flag));
    const struct hg_enumerator low = {.name = "LOW", .value = (uint64_t)-1};
    hg_test_enum(m, "level", 4, true, &low, 1);
    hg_test_forward(m, HG_UNION, "later");
    struct hg_parameter parameter = {.name = hg_model_string(m, "a", 1), .type.id = u32};
    hg_test_function(m, next, &parameter, 1);
    hg_model_intern(m, &(struct hg_type){.kind = HG_OPAQUE,
                                         .complete = true,
                                         .size = 2,
                                         .reason = hg_model_string(m, "it is odd", 9)});
    hg_test_seal(m);
    struct hg_text text = {0};
    hg_model_dump(&text, m);
    CU_ASSERT(
        hg_test_same(hg_text_string(&text),
                     "target x86_64-unknown-linux-gnu little-endian pointer=8 long=8 char=signed\n"
                     "#0 void\n"
                     "#1 struct list size=16 align=8\n"
                     "    next bit=0 -> #3 const struct list *\n"
                     "    flag bit=64 width=1 -> #2 unsigned int decl_tag(user)\n"
                     "#2 int \"unsigned int\" unsigned size=4 align=4\n"
                     "#3 pointer size=8 align=8 -> #1 type_tag(user) const struct list\n"
                     "#4 enum level signed size=4 align=4\n"
                     "    LOW = -1\n"
                     "#5 union later incomplete\n"
                     "#6 function -> #3 const struct list *\n"
                     "    a -> #2 unsigned int\n"
                     "#7 opaque size=2 reason: it is odd\n"));
    hg_text_deinit(&text);
    hg_model_destroy(m);
}

void hg_test_describe(void)
{
    CU_pSuite suite = CU_add_suite("describe", NULL, NULL);
    CU_add_test(suite, "declarators", test_declarators);
    CU_add_test(suite, "qualifiers", test_qualifiers);
    CU_add_test(suite, "names", test_names);
    CU_add_test(suite, "bounds", test_bounds);
    CU_add_test(suite, "subjects", test_subjects);
    CU_add_test(suite, "dump", test_dump);
}
