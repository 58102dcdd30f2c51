/*
 * Loads a BPF object with libbpf against a given BTF and tells what became of it: the judge of
 * `hdrgen check`.
 *
 *     core_load OBJECT BTF [LEVEL]          LEVEL: of the verifier's log; 4 = how much it had to do
 *
 *     log TEXT                              each line that libbpf or the kernel said
 *     insn PROGRAM INDEX CODE OFF IMM       each instruction after relocation, in decimal
 *     load STATUS                           0, or -errno
 *
 * Exit status 0 when libbpf opened the object, whatever came of loading it.
 */
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A message may have several lines: the kernel's log is one. */
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

static void tell_instructions(const struct bpf_program *program)
{
    const struct bpf_insn *insns = bpf_program__insns(program);
    for (size_t i = 0; i < bpf_program__insn_cnt(program); i++)
        printf("insn %s %zu %d %d %d\n", bpf_program__name(program), i, insns[i].code, insns[i].off,
               insns[i].imm);
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4)
        return 2;
    libbpf_set_print(tell);
    LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = argv[2],
                .kernel_log_level = argc == 4 ? (unsigned)atoi(argv[3]) : 0);
    struct bpf_object *object = bpf_object__open_file(argv[1], &options);
    if (object == NULL)
        return 1;
    int status = bpf_object__load(object);
    struct bpf_program *program;
    bpf_object__for_each_program(program, object) tell_instructions(program);
    printf("load %d\n", status);
    bpf_object__close(object);
    return 0;
}
