/*
 * Writes the kernel's raw BTF cases to files, one each, with what must become of them.
 *
 *     cases DIR    DIR/0.btf, DIR/1.btf ... ; on stdout a line each, its fields ended by NUL:
 *
 *     0 <NUL> struct test #1 <NUL> accept <NUL> <NUL> <newline>
 *     62 <NUL> int test. invalid int_data <NUL> refuse <NUL> Invalid int_data <NUL> <newline>
 *
 * The fields are the number of the case, its name, what the kernel does with the BTF, and the words
 * in its log where the case says which.  A case that the kernel's own code cannot assemble is
 * "broken" and has no file.
 *
 * Method: compare.py cuts the cases, and the code that assembles them, out of prog_tests/btf.c;
 * that cut is raw_tests.inc here.  It wants two things of the kernel's test runner, which are stood
 * in for.  Only loading is looked at, not what maps the kernel makes of a BTF that it accepted.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>
#include <linux/btf.h>

#include "test_btf.h"

#define _CHECK(condition, ...) (condition)
#define max(a, b) ((a) > (b) ? (a) : (b))

#include "raw_tests.inc"

static bool write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    bool written = fwrite(data, 1, size, file) == size;
    return fclose(file) == 0 && written;
}

static bool write_case(const char *directory, size_t number)
{
    const struct btf_raw_test *test = &raw_tests[number];
    const char *outcome = test->btf_load_err ? "refuse" : "accept";
    char path[4096];
    unsigned int size = 0;

    unsigned char *blob =
        btf_raw_create(&hdr_tmpl, test->raw_types, test->str_sec, test->str_sec_size, &size, NULL);
    if (!blob) {
        outcome = "broken";
    } else {
        struct btf_header header;
        memcpy(&header, blob, sizeof(header));
        header.hdr_len += (uint32_t)test->hdr_len_delta;
        header.type_off += (uint32_t)test->type_off_delta;
        header.str_off += (uint32_t)test->str_off_delta;
        header.str_len += (uint32_t)test->str_len_delta;
        memcpy(blob, &header, sizeof(header));
        snprintf(path, sizeof(path), "%s/%zu.btf", directory, number);
        bool written = write_file(path, blob, size);
        free(blob);
        if (!written) {
            fprintf(stderr, "cases: %s: %s\n", path, strerror(errno));
            return false;
        }
    }
    printf("%zu%c%s%c%s%c%s%c\n", number, 0, test->descr, 0, outcome, 0,
           test->err_str ? test->err_str : "", 0);
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: cases DIR\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof(raw_tests) / sizeof(raw_tests[0]); i++) {
        if (!write_case(argv[1], i))
            return 2;
    }
    return 0;
}
