/* Selection: names to roots, what roots need at each pointer depth, order, complaints. */
#include "helpers.h"
#include "suites.h"

#include <hdrgen/select.h>
#include <string.h>

/*
 *     struct leaf { int x; };                      struct far;
 *     typedef struct leaf leaf_t;                  typedef struct far far_t;
 *     typedef struct { int raw; } atomic_t;        typedef int number;
 *     enum color { RED };
 *     struct other { struct deeper *d; };          struct deeper { int x; };
 *     struct node {
 *         struct leaf leaf;  struct other *o;  atomic_t *count;  struct far *f;  enum color *c;
 *         struct boxed (*boxes)[4];
 *         struct arg (*call)(struct par *p, struct arg a);
 *         struct other **oo;
 *     };
 */
struct world {
    struct hg_model *model;
    hg_type_id node, leaf, other, deeper, far, boxed, arg, par, color, atomic, atomic_record;
    hg_type_id leaf_t, far_t, number, i;
};

static hg_type_id leaf_like(struct hg_model *m, const char *name)
{
    hg_type_id i = hg_test_int(m, "int", 4, true);
    return hg_test_record(m, HG_STRUCT, name, 4, 4, HG_MEMBERS(HG_MEMBER("x", i, 0)));
}

static struct world make_world(void)
{
    struct hg_model *m = hg_test_model_create();
    struct world w = {.model = m, .node = hg_model_declare(m)};
    w.i = hg_test_int(m, "int", 4, true);
    w.leaf = leaf_like(m, "leaf");
    w.deeper = leaf_like(m, "deeper");
    w.boxed = leaf_like(m, "boxed");
    w.arg = leaf_like(m, "arg");
    w.par = leaf_like(m, "par");
    w.atomic_record = leaf_like(m, NULL);
    w.atomic = hg_test_typedef(m, "atomic_t", w.atomic_record);
    w.far = hg_test_forward(m, HG_STRUCT, "far");
    w.leaf_t = hg_test_typedef(m, "leaf_t", w.leaf);
    w.far_t = hg_test_typedef(m, "far_t", w.far);
    w.number = hg_test_typedef(m, "number", w.i);
    const struct hg_enumerator red = {.name = "RED"};
    w.color = hg_test_enum(m, "color", 4, false, &red, 1);
    w.other = hg_test_record(m, HG_STRUCT, "other", 8, 8,
                             HG_MEMBERS(HG_MEMBER("d", hg_test_pointer(m, w.deeper), 0)));
    const struct hg_parameter parameters[] = {{.type.id = hg_test_pointer(m, w.par)},
                                              {.type.id = w.arg}};
    hg_type_id call = hg_test_pointer(m, hg_test_function(m, w.arg, parameters, 2));
    hg_type_id boxes = hg_test_pointer(m, hg_test_array(m, w.boxed, 4));
    hg_type_id o = hg_test_pointer(m, w.other);
    hg_test_define_record(m, w.node, HG_STRUCT, "node", 64, 8,
                          HG_MEMBERS(HG_MEMBER("leaf", w.leaf, 0), HG_MEMBER("o", o, 64),
                                     HG_MEMBER("count", hg_test_pointer(m, w.atomic), 128),
                                     HG_MEMBER("f", hg_test_pointer(m, w.far), 192),
                                     HG_MEMBER("c", hg_test_pointer(m, w.color), 256),
                                     HG_MEMBER("boxes", boxes, 320), HG_MEMBER("call", call, 384),
                                     HG_MEMBER("oo", hg_test_pointer(m, o), 448)));
    hg_test_seal(m);
    return w;
}

static struct hg_selection *choose(const struct hg_model *model, const char *const *names,
                                   size_t count, uint32_t depth, struct hg_test_log *log)
{
    struct hg_select_options options = {.sz = sizeof(struct hg_select_options),
                                        .names = names,
                                        .name_count = count,
                                        .pointer_depth = depth};
    struct hg_selection *selection = NULL;
    enum hg_status status =
        hg_select(model, &options, log == NULL ? NULL : &log->diagnostics, &selection);
    CU_ASSERT_EQUAL(status == HG_OK, selection != NULL);
    return selection;
}

/* Each needed type once, none that is not needed, and what is held by value first. */
static void check_order(const struct hg_model *model, const struct hg_selection *selection)
{
    size_t count = hg_model_type_count(model);
    size_t *place = calloc(count, sizeof *place);
    for (size_t i = 0; i < selection->count; i++) {
        CU_ASSERT_EQUAL(place[selection->order[i]], 0);
        CU_ASSERT_NOT_EQUAL(selection->need[selection->order[i]], HG_NOT_NEEDED);
        place[selection->order[i]] = i + 1;
    }
    size_t needed = 0;
    for (size_t id = 0; id < count; id++)
        needed += selection->need[id] != HG_NOT_NEEDED;
    CU_ASSERT_EQUAL(needed, selection->count);
    CU_ASSERT_EQUAL(selection->need[HG_VOID_ID], HG_NOT_NEEDED);
    for (size_t i = 0; i < selection->count; i++) {
        const struct hg_type *type = hg_model_type(model, selection->order[i]);
        bool is_record = type->kind == HG_STRUCT || type->kind == HG_UNION;
        if (is_record && selection->need[selection->order[i]] == HG_DEFINED)
            for (size_t k = 0; k < type->member_count; k++)
                CU_ASSERT(place[type->members[k].type.id] != 0 &&
                          place[type->members[k].type.id] < i + 1);
    }
    free(place);
}

static void test_depths(void)
{
    struct world w = make_world();
    const char *const name = "node";
    static const struct {
        uint32_t depth;
        uint8_t other, deeper, par;
    } cases[] = {
        {0, HG_DECLARED, HG_NOT_NEEDED, HG_DECLARED},
        {1, HG_DEFINED, HG_DECLARED, HG_DECLARED},
        {2, HG_DEFINED, HG_DEFINED, HG_DEFINED},
        {3, HG_DEFINED, HG_DEFINED, HG_DEFINED},
        {UINT32_MAX - 1, HG_DEFINED, HG_DEFINED, HG_DEFINED},
        {HG_FOLLOW_ALL, HG_DEFINED, HG_DEFINED, HG_DEFINED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hg_selection *s = choose(w.model, &name, 1, cases[i].depth, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(s);
        CU_ASSERT_EQUAL(s->root_count, 1);
        CU_ASSERT_EQUAL(s->roots[0], w.node);
        CU_ASSERT_EQUAL(s->need[w.node], HG_DEFINED);
        CU_ASSERT_EQUAL(s->need[w.leaf], HG_DEFINED);
        CU_ASSERT_EQUAL(s->need[w.other], cases[i].other);
        CU_ASSERT_EQUAL(s->need[w.deeper], cases[i].deeper);
        CU_ASSERT_EQUAL(s->need[w.par], cases[i].par);
        /* needed in full at any depth: behind an array, in a call, without a name; an enum, a
         * typedef */
        CU_ASSERT_EQUAL(s->need[w.boxed], HG_DEFINED);
        CU_ASSERT_EQUAL(s->need[w.arg], HG_DEFINED);
        CU_ASSERT_EQUAL(s->need[w.atomic], HG_DEFINED);
        CU_ASSERT_EQUAL(s->need[w.atomic_record], HG_DEFINED);
        CU_ASSERT_EQUAL(s->need[w.color], HG_DEFINED);
        /* never more than declared */
        CU_ASSERT_EQUAL(s->need[w.far], HG_DECLARED);
        CU_ASSERT_EQUAL(s->undefined_count, cases[i].depth > 0);
        if (s->undefined_count > 0)
            CU_ASSERT_EQUAL(s->undefined[0], w.far);
        /* nobody asked */
        CU_ASSERT_EQUAL(s->need[w.leaf_t], HG_NOT_NEEDED);
        CU_ASSERT_EQUAL(s->need[w.number], HG_NOT_NEEDED);
        check_order(w.model, s);
        hg_selection_destroy(s);
    }
    hg_model_destroy(w.model);
}

/* A type reached by a long and a short way is followed from the short one. */
static void test_most_remaining_depth(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id last = leaf_like(m, "last");
    hg_type_id shared = hg_test_record(m, HG_STRUCT, "shared", 8, 8,
                                       HG_MEMBERS(HG_MEMBER("p", hg_test_pointer(m, last), 0)));
    hg_type_id way = hg_test_record(m, HG_STRUCT, "way", 8, 8,
                                    HG_MEMBERS(HG_MEMBER("p", hg_test_pointer(m, shared), 0)));
    hg_test_record(m, HG_STRUCT, "root", 16, 8,
                   HG_MEMBERS(HG_MEMBER("far", hg_test_pointer(m, way), 0),
                              HG_MEMBER("near", hg_test_pointer(m, shared), 64)));
    hg_test_seal(m);
    const char *const name = "root";
    struct hg_selection *s = choose(m, &name, 1, 2, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(s->need[last], HG_DEFINED);
    hg_selection_destroy(s);
    s = choose(m, &name, 1, 1, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(s->need[shared], HG_DEFINED);
    CU_ASSERT_EQUAL(s->need[last], HG_DECLARED);
    hg_selection_destroy(s);
    hg_model_destroy(m);
}

/* The order in ids: ascending, each type right behind what it holds. */
static void test_order(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id a = hg_model_declare(m);
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id b = hg_test_typedef(m, "b", i);
    hg_type_id d = leaf_like(m, "d");
    hg_type_id c = hg_test_typedef(m, "c", d);
    hg_test_define_record(m, a, HG_STRUCT, "a", 8, 4,
                          HG_MEMBERS(HG_MEMBER("c", c, 0), HG_MEMBER("b", b, 32)));
    hg_test_seal(m);
    struct hg_selection *s = choose(m, NULL, 0, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    const hg_type_id expected[] = {i, d, c, b, a};
    CU_ASSERT_EQUAL_FATAL(s->count, 5);
    CU_ASSERT_EQUAL(memcmp(s->order, expected, sizeof expected), 0);
    const hg_type_id roots[] = {a, b, d, c};
    CU_ASSERT_EQUAL_FATAL(s->root_count, 4);
    CU_ASSERT_EQUAL(memcmp(s->roots, roots, sizeof roots), 0);
    hg_selection_destroy(s);
    hg_model_destroy(m);
}

static void expect_roots(const struct hg_model *model, const char *name, hg_type_id first,
                         hg_type_id second)
{
    struct hg_selection *s = choose(model, &name, 1, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(s->root_count, second == HG_VOID_ID ? 1 : 2);
    CU_ASSERT_EQUAL(s->roots[0], first);
    if (second != HG_VOID_ID)
        CU_ASSERT_EQUAL(s->roots[1], second);
    hg_selection_destroy(s);
}

static void expect_fault(const struct hg_model *model, const char *name, const char *words)
{
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_select_options options = {
        .sz = sizeof(struct hg_select_options), .names = &name, .name_count = 1};
    struct hg_selection *selection = NULL;
    CU_ASSERT_NOT_EQUAL(hg_select(model, &options, &log.diagnostics, &selection), HG_OK);
    CU_ASSERT_EQUAL(log.diagnostics.errors, 1);
    CU_ASSERT(hg_test_reported(&log, words));
    hg_test_log_deinit(&log);
}

static void test_names(void)
{
    struct world w = make_world();
    expect_roots(w.model, "leaf", w.leaf, HG_VOID_ID);
    expect_roots(w.model, "struct leaf", w.leaf, HG_VOID_ID);
    expect_roots(w.model, "  struct   leaf ", w.leaf, HG_VOID_ID);
    expect_roots(w.model, "enum color", w.color, HG_VOID_ID);
    expect_roots(w.model, "atomic_t", w.atomic, HG_VOID_ID);
    expect_roots(w.model, "typedef number", w.number, HG_VOID_ID);
    expect_roots(w.model, "leaf*", w.leaf, w.leaf_t);
    expect_roots(w.model, "struct leaf*", w.leaf, HG_VOID_ID);
    expect_roots(w.model, "typedef [ln]*", w.leaf_t, w.number);
    expect_roots(w.model, "struct ?a*", w.par, HG_VOID_ID); /* not far: only declared */
    hg_model_destroy(w.model);
}

static void test_order_of_roots(void)
{
    struct world w = make_world();
    const char *const names[] = {"other", "leaf", "struct leaf", "leaf*", "other"};
    struct hg_selection *s = choose(w.model, names, 5, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    const hg_type_id expected[] = {w.other, w.leaf, w.leaf_t};
    CU_ASSERT_EQUAL_FATAL(s->root_count, 3);
    CU_ASSERT_EQUAL(memcmp(s->roots, expected, sizeof expected), 0);
    hg_selection_destroy(s);
    hg_model_destroy(w.model);
}

static void test_complaints(void)
{
    struct world w = make_world();
    static const struct {
        const char *name;
        const char *words;
    } cases[] = {
        {"laef",
         "error: there is no type named 'laef' in what was read; did you mean 'struct "
         "leaf'?\n"},
        {"union leaf", "no union named 'leaf' in what was read; did you mean 'struct leaf'?"},
        {"struct number", "did you mean 'typedef number'?"},
        {"COLOR", "did you mean 'enum color'?"},
        {"othe", "did you mean 'struct other'?"},
        {"tomic", "did you mean 'typedef atomic_t'?"},
        {"zzzzzzzz", "error: there is no type named 'zzzzzzzz' in what was read\n"},
        {"far",
         "error: struct 'far' is only declared, not defined, in what was read; add the "
         "header that defines it"},
        {"struct far", "struct 'far' is only declared"},
        {"zz*", "there is no type that matches 'zz*' in what was read\n"},
        {"struct f*",
         "there is no struct that matches 'f*' in what was read, only 1 that is "
         "declared but not defined; add the header that defines it"},
        {"", "an empty name"},
        {" \t", "an empty name"},
        {"a\nb", "no type named 'a\\x0ab'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_fault(w.model, cases[i].name, cases[i].words);
    hg_model_destroy(w.model);
}

static void test_every_name_is_reported(void)
{
    struct world w = make_world();
    struct hg_test_log log;
    hg_test_log_init(&log);
    const char *const names[] = {"nothing1", "leaf", "nothing2", "far"};
    CU_ASSERT_PTR_NULL(choose(w.model, names, 4, 0, &log));
    CU_ASSERT_EQUAL(log.diagnostics.errors, 3);
    hg_test_log_deinit(&log);
    hg_model_destroy(w.model);
}

static void test_typedef_of_declared(void)
{
    struct world w = make_world();
    struct hg_test_log log;
    hg_test_log_init(&log);
    const char *const name = "far_t";
    struct hg_selection *s = choose(w.model, &name, 1, 0, &log);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(s->roots[0], w.far_t);
    CU_ASSERT_EQUAL(s->need[w.far], HG_DECLARED);
    CU_ASSERT(hg_test_reported(&log, "warning: typedef 'far_t' stands for struct 'far', which is"));
    hg_selection_destroy(s);
    hg_test_log_deinit(&log);
    hg_model_destroy(w.model);
}

/* One name, several kinds. */
static void test_namesakes(void)
{
    struct hg_model *m = hg_test_model_create();
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id same = leaf_like(m, "same");
    hg_test_typedef(m, "same", hg_test_typedef(m, "step", same));
    leaf_like(m, "differs");
    hg_type_id differs = hg_test_typedef(m, "differs", i);
    const struct hg_enumerator a = {.name = "A"};
    hg_test_enum(m, "tag", 4, false, &a, 1);
    hg_type_id tag = leaf_like(m, "tag");
    /* BTF: two of one tag, a forward declaration beside a definition */
    hg_type_id first = leaf_like(m, "twice");
    hg_type_id second = leaf_like(m, "twice");
    hg_type_id forward = hg_test_forward(m, HG_STRUCT, "later");
    hg_test_typedef(m, "later", forward);
    hg_type_id later = leaf_like(m, "later");
    hg_type_id hidden = hg_test_forward(m, HG_STRUCT, "hidden");
    hg_test_typedef(m, "hidden", hidden);
    hg_test_seal(m);

    expect_roots(m, "same", same, HG_VOID_ID);
    expect_roots(m, "typedef differs", differs, HG_VOID_ID);
    expect_roots(m, "struct tag", tag, HG_VOID_ID);
    expect_roots(m, "twice", first, second);
    expect_roots(m, "later", later, HG_VOID_ID);
    expect_fault(m, "differs",
                 "'differs' is ambiguous here: ask for 'struct differs' or 'typedef differs'");
    expect_fault(m, "tag", "'tag' is ambiguous here: ask for 'struct tag' or 'enum tag'");
    expect_fault(m, "hidden", "struct 'hidden' is only declared");
    hg_model_destroy(m);
}

/* Without names: all that have one, and anonymous enums. */
static void test_no_names(void)
{
    struct hg_model *m = hg_test_model_create();
    const struct hg_enumerator a = {.name = "A"};
    hg_type_id constants = hg_test_enum(m, NULL, 4, false, &a, 1);
    leaf_like(m, NULL);
    hg_test_forward(m, HG_UNION, "u");
    hg_type_id s = leaf_like(m, "s");
    hg_test_seal(m);
    struct hg_selection *selection = choose(m, NULL, 0, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(selection);
    CU_ASSERT_EQUAL_FATAL(selection->root_count, 2);
    CU_ASSERT_EQUAL(selection->roots[0], constants);
    CU_ASSERT_EQUAL(selection->roots[1], s);
    CU_ASSERT_EQUAL(selection->count, 3);
    hg_selection_destroy(selection);
    hg_model_destroy(m);

    struct hg_test_log log;
    hg_test_log_init(&log);
    m = hg_test_model_create();
    hg_test_seal(m);
    selection = choose(m, NULL, 0, 0, &log);
    CU_ASSERT_PTR_NULL(selection);
    CU_ASSERT(hg_test_reported(&log, "error: there is no type with a name in what was read"));
    hg_selection_destroy(NULL);
    hg_test_log_deinit(&log);
    hg_model_destroy(m);
}

/* An enum without a tag is found by its enumerators; one with a tag only by that. */
static void test_enumerators(void)
{
    struct hg_model *m = hg_test_model_create();
    const struct hg_enumerator flags[] = {{.name = "PF_A", .value = 1},
                                          {.name = "PF_B", .value = 2}};
    hg_type_id anonymous = hg_test_enum(m, NULL, 4, false, flags, 2);
    const struct hg_enumerator other = {.name = "PF_OTHER"};
    hg_test_enum(m, "tagged", 4, false, &other, 1);
    hg_test_seal(m);
    const char *const found[] = {"PF_B", "PF_*", "enum PF_A"};
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        struct hg_selection *selection = choose(m, &found[i], 1, 0, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(selection);
        CU_ASSERT_EQUAL(selection->root_count, 1);
        CU_ASSERT_EQUAL(selection->roots[0], anonymous);
        hg_selection_destroy(selection);
    }
    const char *const lost[] = {"PF_OTHER", "struct PF_*", "PF_C"};
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
        CU_ASSERT_PTR_NULL(choose(m, &lost[i], 1, 0, NULL));
    hg_model_destroy(m);
}

/* A list of 100,000 records, followed to its end, without recursion. */
static void test_long_list(void)
{
    enum { LENGTH = 100000 };
    struct hg_model *m = hg_test_model_create();
    hg_type_id first = hg_model_declare(m);
    hg_type_id id = first;
    for (size_t i = 0; i < LENGTH; i++) {
        hg_type_id next = hg_model_declare(m);
        hg_test_define_record(m, id, HG_STRUCT, "link", 8, 8,
                              HG_MEMBERS(HG_MEMBER("p", hg_test_pointer(m, next), 0)));
        id = next;
    }
    hg_test_define_record(m, id, HG_STRUCT, "last", 0, 1, NULL, 0);
    hg_test_seal(m);
    const char *const name = "link";
    static const uint32_t depths[] = {0, LENGTH, HG_FOLLOW_ALL};
    for (size_t i = 0; i < 3; i++) {
        struct hg_selection *s = choose(m, &name, 1, depths[i], NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(s);
        CU_ASSERT_EQUAL(s->root_count, LENGTH);
        CU_ASSERT_EQUAL(s->need[id], i == 0 ? HG_DECLARED : HG_DEFINED);
        CU_ASSERT_EQUAL(s->count, 2 * LENGTH + 1);
        hg_selection_destroy(s);
    }
    hg_model_destroy(m);
}

void hg_test_select(void)
{
    CU_pSuite suite = CU_add_suite("select", NULL, NULL);
    CU_add_test(suite, "pointer depths", test_depths);
    CU_add_test(suite, "most remaining depth", test_most_remaining_depth);
    CU_add_test(suite, "order", test_order);
    CU_add_test(suite, "names", test_names);
    CU_add_test(suite, "order of roots", test_order_of_roots);
    CU_add_test(suite, "complaints", test_complaints);
    CU_add_test(suite, "every name is reported", test_every_name_is_reported);
    CU_add_test(suite, "typedef of a declared record", test_typedef_of_declared);
    CU_add_test(suite, "namesakes", test_namesakes);
    CU_add_test(suite, "no names", test_no_names);
    CU_add_test(suite, "enumerators", test_enumerators);
    CU_add_test(suite, "a long list", test_long_list);
}
