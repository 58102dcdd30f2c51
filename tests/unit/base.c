/* The ground: memory, strings, text, diagnostics, files. */
#include "base/diag.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strings.h"
#include "base/text.h"
#include "helpers.h"
#include "suites.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_growable_array(void)
{
    HG_ARRAY(int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        *HG_PUSH(&numbers) = i;
    CU_ASSERT_EQUAL(numbers.count, 1000);
    CU_ASSERT(numbers.capacity >= 1000);
    for (int i = 0; i < 1000; i++)
        CU_ASSERT_EQUAL(numbers.items[i], i);
    free(numbers.items);
}

static void test_arena(void)
{
    struct hg_arena arena;
    hg_arena_init(&arena);
    char *all[300];
    for (size_t i = 0; i < 300; i++) {
        size_t size = i * i; /* some in the block, some too large for it */
        all[i] = hg_arena_alloc(&arena, size);
        CU_ASSERT_EQUAL((uintptr_t)all[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            if (all[i][k] != 0)
                CU_FAIL("not zeroed");
        memset(all[i], (int)i, size);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t k = 0; k < i * i; k++)
            if (all[i][k] != (char)i)
                CU_FAIL("two objects overlap");
    CU_ASSERT_STRING_EQUAL(hg_arena_string(&arena, "abcdef", 3), "abc");
    const int numbers[] = {1, 2, 3};
    const int *copy = hg_arena_copy(&arena, numbers, 3, sizeof *numbers);
    CU_ASSERT_EQUAL(memcmp(copy, numbers, sizeof numbers), 0);
    CU_ASSERT_PTR_NULL(hg_arena_copy(&arena, NULL, 0, sizeof *numbers));
    CU_ASSERT_PTR_NOT_NULL(hg_arena_array(&arena, 0, 8));
    hg_arena_deinit(&arena);
    hg_arena_deinit(&arena);
    CU_ASSERT_PTR_NOT_NULL(hg_arena_alloc(&arena, 1)); /* may be used again */
    hg_arena_deinit(&arena);
}

static void test_strings(void)
{
    struct hg_arena arena;
    struct hg_strings strings;
    hg_arena_init(&arena);
    hg_strings_init(&strings, &arena);
    const char *one = hg_strings_intern(&strings, "one", 3);
    CU_ASSERT_STRING_EQUAL(one, "one");
    CU_ASSERT_PTR_EQUAL(hg_strings_intern(&strings, "one more", 3), one);
    CU_ASSERT_PTR_NOT_EQUAL(hg_strings_intern(&strings, "on", 2), one);
    CU_ASSERT_STRING_EQUAL(hg_strings_intern(&strings, "", 0), "");
    /* bytes, not C strings */
    CU_ASSERT_PTR_NOT_EQUAL(hg_strings_intern(&strings, "a\0b", 3),
                            hg_strings_intern(&strings, "a\0c", 3));
    uint32_t *number = hg_strings_number(&strings, "seven", 5);
    CU_ASSERT_EQUAL(*number, 0);
    *number = 7;
    for (int i = 0; i < 1000; i++) {
        char text[16];
        int length = snprintf(text, sizeof text, "key %d", i);
        *hg_strings_number(&strings, text, (size_t)length) = (uint32_t)i + 1;
    }
    CU_ASSERT_EQUAL(*hg_strings_number(&strings, "seven", 5), 7);
    CU_ASSERT_EQUAL(*hg_strings_number(&strings, "key 500", 7), 501);
    hg_strings_deinit(&strings);
    CU_ASSERT_STRING_EQUAL(one, "one"); /* outlives the table */
    hg_arena_deinit(&arena);
    struct hg_strings owner = {0}; /* of its strings: else AddressSanitizer reports a leak */
    CU_ASSERT_EQUAL(hg_strings_find(&owner, "one", 3), 0);
    one = hg_strings_intern(&owner, "one", 3);
    *hg_strings_number(&owner, "one", 3) = 7;
    CU_ASSERT_PTR_EQUAL(hg_strings_intern(&owner, "one more", 3), one);
    CU_ASSERT_EQUAL(hg_strings_find(&owner, "one", 3), 7);
    hg_strings_deinit(&owner);
}

static void test_text(void)
{
    struct hg_text text = {0};
    CU_ASSERT_STRING_EQUAL(hg_text_string(&text), "");
    hg_text_put(&text, "");
    CU_ASSERT_STRING_EQUAL(hg_text_string(&text), "");
    hg_text_put(&text, "a");
    hg_text_unsigned(&text, 0);
    hg_text_unsigned(&text, UINT64_MAX);
    hg_text_printf(&text, "%s-%d", "b", -1);
    CU_ASSERT_STRING_EQUAL(hg_text_string(&text), "a018446744073709551615b--1");
    hg_text_truncate(&text, 2);
    CU_ASSERT_STRING_EQUAL(hg_text_string(&text), "a0");
    hg_text_bytes(&text, "x\0y", 3);
    CU_ASSERT_EQUAL(text.size, 5);
    hg_text_bytes(&text, NULL, 0);
    CU_ASSERT_EQUAL(text.size, 5);
    hg_text_deinit(&text);

    /* lengths around every growth */
    for (int i = 0; i < 3000; i++)
        hg_text_printf(&text, "%d,", i % 10);
    CU_ASSERT_EQUAL(text.size, 6000);
    CU_ASSERT_EQUAL(strlen(hg_text_string(&text)), 6000);
    hg_text_printf(&text, "%5000s", "end");
    CU_ASSERT_EQUAL(text.size, 11000);
    struct hg_output output = {0};
    hg_text_finish(&text, &output);
    CU_ASSERT_EQUAL(output.size, 11000);
    CU_ASSERT_PTR_NULL(text.data);
    hg_output_deinit(&output);
    hg_output_deinit(&output);
}

static void test_diagnostics(void)
{
    struct hg_test_log log;
    hg_test_log_init(&log);
    struct hg_location where = {.file = "foo.h", .line = 3, .column = 5};
    hg_error(&log.diagnostics, &where, "struct '%s': %d", "foo", 42);
    hg_note(&log.diagnostics, &where, "here");
    hg_warning(&log.diagnostics, NULL, "careful");
    CU_ASSERT(hg_test_same(hg_text_string(&log.text),
                           "foo.h:3: error: struct 'foo': 42\n"
                           "foo.h:3: note: here\n"
                           "warning: careful\n"));
    CU_ASSERT_EQUAL(log.diagnostics.errors, 1);
    CU_ASSERT_EQUAL(log.diagnostics.warnings, 1);
    hg_test_log_deinit(&log);

    struct hg_diagnostics count_only = {0};
    hg_error(&count_only, NULL, "x");
    CU_ASSERT_EQUAL(count_only.errors, 1);
    hg_error(NULL, NULL, "nobody is told");
}

/* --- files, in a directory of their own --- */

static char directory[] = "/tmp/hdrgen-unit-XXXXXX";

static int make_directory(void)
{
    return mkdtemp(directory) == NULL;
}

static int remove_directory(void)
{
    return rmdir(directory);
}

static const char *in_directory(const char *name)
{
    static char path[2][64];
    static size_t next;
    next = 1 - next;
    snprintf(path[next], sizeof path[next], "%s/%s", directory, name);
    return path[next];
}

static bool holds(const char *path, const char *expected)
{
    char buffer[64] = "";
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    size_t length = fread(buffer, 1, sizeof buffer - 1, file);
    fclose(file);
    buffer[length] = '\0';
    return hg_test_same(buffer, expected);
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? status.st_mode & 07777 : 0;
}

static void replace(const char *path, const char *text)
{
    CU_ASSERT_EQUAL(hg_file_replace(path, text, strlen(text), NULL), HG_OK);
}

static void test_replace(void)
{
    const char *path = in_directory("new");
    mode_t old_mask = umask(027);
    replace(path, "first");
    umask(old_mask);
    CU_ASSERT(holds(path, "first"));
    CU_ASSERT_EQUAL(mode_of(path), 0640);
    CU_ASSERT_EQUAL(chmod(path, 0600), 0);
    replace(path, "");
    CU_ASSERT(holds(path, ""));
    CU_ASSERT_EQUAL(mode_of(path), 0600);
    unlink(path);
}

static void test_replace_through_link(void)
{
    const char *target = in_directory("target");
    const char *link = in_directory("link");
    replace(target, "old");
    CU_ASSERT_EQUAL(symlink("target", link), 0);
    replace(link, "new");
    struct stat status;
    CU_ASSERT_EQUAL(lstat(link, &status), 0);
    CU_ASSERT(S_ISLNK(status.st_mode));
    CU_ASSERT(holds(target, "new"));
    unlink(link);
    unlink(target);
}

static void test_replace_in_place(void)
{
    replace("/dev/null", "gone");
    struct stat status;
    CU_ASSERT_EQUAL(stat("/dev/null", &status), 0);
    CU_ASSERT(S_ISCHR(status.st_mode));
}

static void expect_refusal(const char *path, const char *words)
{
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(hg_file_replace(path, "x", 1, &log.diagnostics), HG_ERROR_IO);
    CU_ASSERT_EQUAL(log.diagnostics.errors, 1);
    CU_ASSERT(hg_test_reported(&log, words));
    CU_ASSERT(hg_test_reported(&log, path));
    hg_test_log_deinit(&log);
}

static void test_refusals(void)
{
    expect_refusal(directory, "is a directory");
    expect_refusal(in_directory("missing/file"), "directory does not exist");
    expect_refusal("/dev/full", "No space left");
    int closed = open("/dev/null", O_RDONLY);
    CU_ASSERT(closed >= 0);
    CU_ASSERT_EQUAL(hg_file_write_all(closed, "read-only", "x", 1, NULL), HG_ERROR_IO);
    close(closed);
}

void hg_test_base(void)
{
    CU_pSuite suite = CU_add_suite("base", make_directory, remove_directory);
    CU_add_test(suite, "growable array", test_growable_array);
    CU_add_test(suite, "arena", test_arena);
    CU_add_test(suite, "strings", test_strings);
    CU_add_test(suite, "text", test_text);
    CU_add_test(suite, "diagnostics", test_diagnostics);
    CU_add_test(suite, "replacing a file", test_replace);
    CU_add_test(suite, "replacing through a link", test_replace_through_link);
    CU_add_test(suite, "writing in place", test_replace_in_place);
    CU_add_test(suite, "refusals", test_refusals);
}
