/* What hg_read_tree and its program send each other: it comes through whole, and nothing else does.
 */
#include "remote/remote.h"
#include "helpers.h"
#include "suites.h"
#include "tree/read.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const words[] = {"a", "", "struct c"};

static const struct hg_remote_request request = {
    .kernel = {.directory = "/k", .arch = "x86", .force_randstruct = true},
    .headers = {.arguments = words, .argument_count = 3, .keep_going = true},
    .options = {.scope = HG_TREE_EVERY_HEADER,
                .names = words,
                .name_count = 3,
                .jobs = 3,
                .memory_limit = (size_t)5 << 32,
                .cpu_limit = 7},
    .has_progress = true,
};

static void test_request(void)
{
    struct hg_arena arena;
    struct hg_text bytes = {0};
    struct hg_remote_request taken;
    hg_arena_init(&arena);
    hg_remote_put_request(&bytes, &request);
    CU_ASSERT_FATAL(hg_remote_take_request(&bytes, &arena, &taken));
    CU_ASSERT_STRING_EQUAL(taken.kernel.directory, "/k");
    CU_ASSERT_STRING_EQUAL(taken.kernel.arch, "x86");
    CU_ASSERT(taken.kernel.force_randstruct && taken.has_progress && taken.headers.keep_going);
    CU_ASSERT_PTR_EQUAL(taken.options.headers, &taken.headers);
    CU_ASSERT_EQUAL(taken.headers.argument_count, 3);
    CU_ASSERT_EQUAL(taken.options.name_count, 3);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_STRING_EQUAL(taken.headers.arguments[i], words[i]);
        CU_ASSERT_STRING_EQUAL(taken.options.names[i], words[i]);
    }
    CU_ASSERT_EQUAL(taken.options.memory_limit, (size_t)5 << 32);
    CU_ASSERT(taken.options.jobs == 3 && taken.options.cpu_limit == 7);
    CU_ASSERT_PTR_NULL(taken.options.cache_directory);
    for (struct hg_text part = bytes; part.size-- > 0;)
        CU_ASSERT(!hg_remote_take_request(&part, &arena, &taken));
    hg_text_put(&bytes, "more");
    CU_ASSERT(!hg_remote_take_request(&bytes, &arena, &taken));
    bytes.data[4] ^= 1; /* of the version */
    hg_text_truncate(&bytes, bytes.size - 4);
    CU_ASSERT(!hg_remote_take_request(&bytes, &arena, &taken));
    hg_text_deinit(&bytes);
    hg_arena_deinit(&arena);
}

static void test_report(void)
{
    const struct hg_unparsed_header unparsed = {
        .header = "a.h", .where = {.file = "b.h", .line = 3}, .reason = "why"};
    const struct hg_name_conflict conflict = {.kind = HG_UNION, .name = "u"};
    const struct hg_tree_summary report = {
        .header_count = 9,
        .unparsed = &unparsed,
        .unparsed_count = 1,
        .conflicts = &conflict,
        .conflict_count = 1,
        .searched = words,
        .searched_count = 3,
    };
    struct hg_text bytes = {0};
    hg_tree_summary_pack(&report, &bytes);
    struct hg_tree_summary *taken = hg_tree_summary_unpack(bytes.data, bytes.size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(taken);
    CU_ASSERT(taken->header_count == 9 && taken->unparsed_count == 1 && taken->searched_count == 3);
    CU_ASSERT_STRING_EQUAL(taken->unparsed->reason, "why");
    CU_ASSERT(taken->unparsed->where.line == 3 && taken->conflicts->kind == HG_UNION);
    CU_ASSERT_STRING_EQUAL(taken->searched[2], "struct c");
    hg_tree_summary_destroy(taken);
    for (size_t size = 0; size < bytes.size; size++)
        CU_ASSERT_PTR_NULL(hg_tree_summary_unpack(bytes.data, size));
    hg_text_deinit(&bytes);
}

static void test_end(void)
{
    struct hg_test_log log;
    struct hg_text bytes = {0};
    struct hg_remote_end end = {.status = HG_OK, .model = hg_test_model_create()}, taken;
    hg_test_log_init(&log);
    hg_test_seal(end.model);
    hg_remote_put_end(&bytes, &end);
    CU_ASSERT_FATAL(hg_remote_take_end(&bytes, &log.diagnostics, &taken));
    CU_ASSERT(taken.status == HG_OK && taken.report == NULL);
    CU_ASSERT_EQUAL(hg_model_type_count(taken.model), 1);
    hg_model_destroy(taken.model);
    for (struct hg_text part = bytes; part.size-- > 0;)
        CU_ASSERT(!hg_remote_take_end(&part, &log.diagnostics, &taken));
    hg_text_deinit(&bytes);
    hg_model_destroy(end.model);
    hg_test_log_deinit(&log);
}

static void test_messages(void)
{
    int sockets[2];
    struct hg_text bytes = {0};
    enum hg_message_kind kind;
    CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    hg_text_put(&bytes, "some bytes");
    CU_ASSERT(hg_remote_send(sockets[0], HG_MESSAGE_PROGRESS, &bytes));
    hg_text_put(&bytes, ", old");
    CU_ASSERT(hg_remote_receive(sockets[1], &kind, &bytes));
    CU_ASSERT(kind == HG_MESSAGE_PROGRESS && strcmp(bytes.data, "some bytes") == 0);
    CU_ASSERT(send(sockets[0], "\2\0\0\0\377\377\377\377cut", 11, 0) == 11);
    close(sockets[0]);
    CU_ASSERT(!hg_remote_receive(sockets[1], &kind, &bytes));
    CU_ASSERT(!hg_remote_send(sockets[1], HG_MESSAGE_END, &bytes)); /* nor does SIGPIPE come */
    close(sockets[1]);
    hg_text_deinit(&bytes);
}

/* It is started before the kernel is looked at. */
static void test_missing(void)
{
    struct hg_test_log log;
    struct hg_model *model = NULL;
    HG_OPTIONS(hg_tree_options, options, .reader = "/nowhere/hdrgen-read-tree");
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_read_tree(NULL, &options, &log.diagnostics, &model, NULL), HG_ERROR_IO);
    CU_ASSERT_PTR_NULL(model);
    const char *text = hg_text_string(&log.text);
    CU_ASSERT_PTR_EQUAL(strstr(text, "error: cannot start '/nowhere/hdrgen-read-tree'"), text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "hdrgen/hdrgen-read-tree from the library"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "or name it in hg_tree_options.reader\n"));
    hg_test_log_deinit(&log);
}

void hg_test_remote(void)
{
    CU_pSuite suite = CU_add_suite("reading a tree elsewhere", NULL, NULL);
    CU_add_test(suite, "the request", test_request);
    CU_add_test(suite, "the report", test_report);
    CU_add_test(suite, "the end", test_end);
    CU_add_test(suite, "messages", test_messages);
    CU_add_test(suite, "the program is not there", test_missing);
}
