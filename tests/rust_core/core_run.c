/*
 * Loads a BPF object with libbpf, runs its first program in this process, and prints what it left
 * in the map .data.out:
 *
 *     core_run OBJECT
 *
 *     log TEXT            each line that libbpf or the kernel said
 *     load STATUS         0, or -errno
 *     self PID PPID COMM  of the process that the program ran in
 *     out INDEX VALUE     each number of the map
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { NUMBERS = 32 };

static int tell(enum libbpf_print_level level, const char *format, va_list arguments)
{
    char *text = NULL;
    (void)level;
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;)
        if (*line != '\0')
            printf("log %s\n", line);
    free(text);
    return 0;
}

static int run(struct bpf_object *object)
{
    uint64_t numbers[NUMBERS];
    const int zero = 0;
    struct bpf_program *program = bpf_object__next_program(object, NULL);
    const struct bpf_map *map = bpf_object__find_map_by_name(object, ".data.out");
    LIBBPF_OPTS(bpf_test_run_opts, options);
    int status = bpf_prog_test_run_opts(bpf_program__fd(program), &options);
    if (status != 0 || map == NULL || bpf_map_lookup_elem(bpf_map__fd(map), &zero, numbers) != 0) {
        printf("log the program did not run, or has no .data.out: %d\n", status);
        return 1;
    }
    printf("self %d %d core_run\n", (int)getpid(), (int)getppid());
    for (size_t i = 0; i < NUMBERS; i++)
        printf("out %zu %" PRIu64 "\n", i, numbers[i]);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    libbpf_set_print(tell);
    prctl(PR_SET_NAME, "core_run");
    struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
    if (object == NULL)
        return 1;
    int status = bpf_object__load(object);
    printf("load %d\n", status);
    if (status == 0)
        status = run(object);
    bpf_object__close(object);
    return status == 0 ? 0 : 1;
}
