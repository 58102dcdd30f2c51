/* Opens each BPF object with libbpf, which loads nothing: `open 0 FILE`, or `open -errno FILE`. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static int be_quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
    (void)level;
    (void)format;
    (void)arguments;
    return 0;
}

int main(int argc, char **argv)
{
    libbpf_set_print(be_quiet);
    for (int i = 1; i < argc; i++) {
        struct bpf_object *object = bpf_object__open_file(argv[i], NULL);
        printf("open %d %s\n", object == NULL ? -errno : 0, argv[i]);
        bpf_object__close(object);
    }
    return 0;
}
