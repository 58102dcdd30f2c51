/* Split BTF: what a module has of its own, with ids and strings that continue the kernel's. */
#include "base/memory.h"
#include "helpers.h"
#include "suites.h"

#include <hdrgen/read.h>
#include <hdrgen/select.h>
#include <hdrgen/write.h>
#include <string.h>

/* The kernel has struct buffer and only points to struct conn; the module defines it. */
struct kernel {
    struct hg_model *model;
    hg_type_id conn, buffer, conn_t, flow;
};

static hg_type_id const_pointer(struct hg_model *m, hg_type_id to)
{
    return hg_model_intern(m, &(struct hg_type){.kind = HG_POINTER,
                                                .complete = true,
                                                .size = 8,
                                                .align = 8,
                                                .ref = {.id = to, .qualifiers = HG_CONST}});
}

static void make_kernel(struct kernel *kernel, bool big_endian)
{
    struct hg_model *m = hg_test_model_create();
    struct hg_target target = *hg_model_target(m);
    target.big_endian = big_endian;
    hg_model_set_target(m, &target);
    hg_type_id i = hg_test_int(m, "int", 4, true);
    hg_type_id l = hg_test_int(m, "long", 8, true);
    kernel->conn = hg_model_declare(m);
    hg_type_id to_conn = hg_test_pointer(m, kernel->conn);
    kernel->buffer =
        hg_test_record(m, HG_STRUCT, "buffer", 24, 8,
                       HG_MEMBERS(HG_MEMBER("owner", to_conn, 0), HG_MEMBER("length", l, 64),
                                  HG_MEMBER("refs", hg_test_array(m, i, 2), 128)));
    hg_test_define_record(m, kernel->conn, HG_STRUCT, "conn", 16, 8,
                          HG_MEMBERS(HG_MEMBER("head", hg_test_pointer(m, kernel->buffer), 0),
                                     HG_MEMBER("mark", i, 64)));
    kernel->conn_t = hg_test_typedef(m, "conn_t", kernel->conn);
    const struct hg_parameter parameter = {"c", {.id = to_conn}};
    hg_type_id callback = hg_test_pointer(m, hg_test_function(m, i, &parameter, 1));
    kernel->flow = hg_test_record(
        m, HG_STRUCT, "flow", 72, 8,
        HG_MEMBERS(HG_MEMBER("conn", kernel->conn_t, 0), HG_MEMBER("peer", to_conn, 128),
                   HG_MEMBER("buffer", const_pointer(m, kernel->buffer), 192),
                   HG_MEMBER("seen", const_pointer(m, kernel->conn), 256),
                   HG_MEMBER("callback", callback, 320),
                   HG_MEMBER("pairs", hg_test_array(m, to_conn, 2), 384),
                   HG_MEMBER("mark", i, 512)));
    hg_test_seal(m);
    kernel->model = m;
}

/* The kernel's BTF, the module's, and both read back as one model. */
struct written {
    struct hg_output base, split;
    struct hg_btf_base *numbers;
    struct hg_model *back;
};

static void write_both(const struct kernel *kernel, const hg_type_id *module, size_t count,
                       struct written *ret)
{
    static const struct hg_btf_options options = {.sz = sizeof(struct hg_btf_options),
                                                  .keep_duplicate_names = true};
    *ret = (struct written){0};
    struct hg_test_log log;
    struct hg_selection *of_kernel = NULL;
    struct hg_selection *of_module = NULL;
    hg_test_log_init(&log);
    hg_select_ids(kernel->model, &kernel->buffer, 1, &of_kernel);
    hg_select_ids(kernel->model, module, count, &of_module);
    CU_ASSERT_EQUAL_FATAL(hg_write_base_btf(kernel->model, of_kernel, &options, &log.diagnostics,
                                            &ret->base, &ret->numbers),
                          HG_OK);
    CU_ASSERT_EQUAL_FATAL(
        hg_write_split_btf(ret->numbers, of_module, &options, &log.diagnostics, &ret->split),
        HG_OK);
    const struct hg_btf_bytes base = {"vmlinux", ret->base.data, ret->base.size};
    const struct hg_btf_bytes split = {"flows", ret->split.data, ret->split.size};
    CU_ASSERT_EQUAL_FATAL(hg_read_btf_bytes(&split, &base, "x86_64-linux-gnu", &log.diagnostics,
                                            &ret->back) == HG_OK ||
                              hg_read_btf_bytes(&split, &base, "s390x-linux-gnu", &log.diagnostics,
                                                &ret->back) == HG_OK,
                          true);
    hg_selection_destroy(of_kernel);
    hg_selection_destroy(of_module);
    hg_test_log_deinit(&log);
}

static void written_deinit(struct written *written)
{
    hg_output_deinit(&written->base);
    hg_output_deinit(&written->split);
    hg_btf_base_destroy(written->numbers);
    hg_model_destroy(written->back);
}

static hg_type_id find(const struct hg_model *model, const char *name, bool is_complete)
{
    hg_type_id found = HG_VOID_ID;
    for (hg_type_id id = 1; id < hg_model_type_count(model); id++) {
        const struct hg_type *type = hg_model_type(model, id);
        if (type->name == NULL || strcmp(type->name, name) != 0 || type->complete != is_complete)
            continue;
        CU_ASSERT_EQUAL(found, HG_VOID_ID);
        found = id;
    }
    return found;
}

static uint32_t number_of(const struct hg_model *model, hg_type_id id)
{
    return hg_model_numbering(model)->numbers[id];
}

/* What a member of the record leads to, through one pointer, array or prototype's parameter. */
static hg_type_id leads_to(const struct hg_model *model, hg_type_id record, size_t member)
{
    hg_type_id id = hg_model_type(model, record)->members[member].type.id;
    for (;;) {
        const struct hg_type *type = hg_model_type(model, id);
        if (type->kind == HG_FUNCTION)
            id = type->parameters[0].type.id;
        else if (type->kind == HG_POINTER || type->kind == HG_ARRAY || type->kind == HG_TYPEDEF)
            id = type->ref.id;
        else
            return id;
    }
}

static void check_split(bool big_endian)
{
    struct kernel kernel;
    struct written written;
    make_kernel(&kernel, big_endian);
    write_both(&kernel, &kernel.flow, 1, &written);
    const struct hg_model *back = written.back;
    CU_ASSERT_EQUAL(hg_model_target(back)->big_endian, big_endian);
    hg_type_id conn = find(back, "conn", true);
    hg_type_id declared = find(back, "conn", false);
    hg_type_id buffer = find(back, "buffer", true);
    hg_type_id flow = find(back, "flow", true);
    CU_ASSERT_FATAL(conn != 0 && declared != 0 && buffer != 0 && flow != 0);
    CU_ASSERT(find(back, "int", true) != 0); /* once */

    /* Ids: the module's come after all of the kernel's. */
    struct hg_model *alone = NULL;
    const struct hg_btf_bytes base = {"vmlinux", written.base.data, written.base.size};
    CU_ASSERT_EQUAL_FATAL(hg_read_btf_bytes(&base, NULL, NULL, NULL, &alone), HG_OK);
    size_t base_count = hg_model_numbering(alone)->count;
    CU_ASSERT(number_of(back, buffer) < base_count && number_of(back, declared) < base_count);
    CU_ASSERT(number_of(back, conn) >= base_count && number_of(back, flow) >= base_count);
    CU_ASSERT(number_of(back, find(back, "conn_t", true)) >= base_count);
    CU_ASSERT_EQUAL(find(alone, "conn_t", true), HG_VOID_ID);

    /* The kernel's record keeps its pointer to the declaration; the module's lead to members. */
    CU_ASSERT_EQUAL(leads_to(back, buffer, 0), declared);
    const hg_type_id expected[] = {conn, conn, buffer, conn, conn, conn};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CU_ASSERT_EQUAL(leads_to(back, flow, i), expected[i]);
    CU_ASSERT_EQUAL(hg_model_type(back, flow)->members[3].bit_offset, 256);
    CU_ASSERT_EQUAL(hg_model_type(back, flow)->size, 72);

    /* Strings of the kernel are not there again. */
    CU_ASSERT_PTR_NOT_NULL(memmem(written.split.data, written.split.size, "\0peer", 6));
    CU_ASSERT_PTR_NULL(memmem(written.split.data, written.split.size, "\0conn", 6));
    CU_ASSERT_PTR_NULL(memmem(written.split.data, written.split.size, "owner", 5));
    hg_model_destroy(alone);
    written_deinit(&written);
    hg_model_destroy(kernel.model);
}

static void test_split(void)
{
    check_split(false);
    check_split(true);
}

/* A module without types of its own. */
static void test_nothing_new(void)
{
    struct kernel kernel;
    struct written written;
    make_kernel(&kernel, false);
    write_both(&kernel, &kernel.buffer, 1, &written);
    CU_ASSERT_EQUAL(written.split.size, 24 + 1);
    CU_ASSERT(find(written.back, "buffer", true) != 0);
    written_deinit(&written);
    hg_model_destroy(kernel.model);
}

/* The same base serves many modules, in any order, with the same bytes each time. */
static void test_many_modules(void)
{
    static const struct hg_btf_options options = {.sz = sizeof(struct hg_btf_options),
                                                  .keep_duplicate_names = true};
    struct kernel kernel;
    struct written written;
    make_kernel(&kernel, false);
    write_both(&kernel, &kernel.flow, 1, &written);
    struct hg_selection *of_other = NULL;
    struct hg_selection *again = NULL;
    struct hg_output other = {0};
    struct hg_output same = {0};
    hg_select_ids(kernel.model, &kernel.conn, 1, &of_other);
    hg_select_ids(kernel.model, &kernel.flow, 1, &again);
    CU_ASSERT_EQUAL(hg_write_split_btf(written.numbers, of_other, &options, NULL, &other), HG_OK);
    CU_ASSERT_EQUAL(hg_write_split_btf(written.numbers, again, &options, NULL, &same), HG_OK);
    CU_ASSERT(other.size < same.size);
    CU_ASSERT(same.size == written.split.size &&
              memcmp(same.data, written.split.data, same.size) == 0);
    hg_output_deinit(&other);
    hg_output_deinit(&same);
    hg_selection_destroy(of_other);
    hg_selection_destroy(again);
    written_deinit(&written);
    hg_model_destroy(kernel.model);
}

void hg_test_split(void)
{
    CU_pSuite suite = CU_add_suite("split BTF", NULL, NULL);
    CU_add_test(suite, "what is new", test_split);
    CU_add_test(suite, "nothing is", test_nothing_new);
    CU_add_test(suite, "many modules", test_many_modules);
}
