/* What --help prints: it fits a screen. */
#include "cli.h"

void print_help(FILE *to)
{
    fputs(
        "hdrgen: exact bindings for kernel types, from kernel headers and from BTF\n"
        "\n"
        "  hdrgen [generate] [SOURCE] [NAME...] [OPTION...] [-- CLANG_ARGUMENT...]\n"
        "  hdrgen show       [SOURCE] NAME...   a type as a person reads it: offsets, holes\n"
        "  hdrgen list       [SOURCE] [NAME...] every named type, one a line\n"
        "\n"
        "  hdrgen --header linux/sched.h task_struct -- -I.../arch/arm64/include ... > task.rs\n"
        "  hdrgen --btf vmlinux 'bpf_*' -o bpf.h\n"
        "\n"
        "SOURCE\n"
        "  --header H             parse H: a path, or an include name (linux/sched.h); repeatable\n"
        "  --btf FILE             BTF, an ELF file or a kernel image that holds it\n"
        "  --base-btf FILE        what the split BTF of a module continues\n"
        "  none                   the running kernel's, /sys/kernel/btf/vmlinux\n"
        "NAME is task_struct, 'struct task_struct', or a shell pattern in quotes; none is all.\n"
        "\n"
        "  -e, --emit FORMAT      rust, c, btf or json; default: by the suffix of -o, else rust\n"
        "  -o, --output FILE      written whole or not at all; - is standard output (default)\n"
        "  --pointers opaque      records behind pointers are only declared (default)\n"
        "  --pointers follow[=N]  they are defined, through N pointers in a row or all\n"
        "  --target TRIPLE        whose layout: aarch64-linux-gnu, s390x-linux-gnu, ...\n"
        "  --keep-going           headers with errors: leave out what an error touched\n"
        "  --strict               a warning is an error\n"
        "  --ctypes-prefix PATH   Rust: where c_int and the like are (core::ffi)\n"
        "  --guard NAME           C: the include guard (__VMLINUX_H__)\n"
        "  --elf                  BTF: within an ELF file, as section .BTF\n"
        "  --symbols              BTF: functions and variables too, where the source lists them\n"
        "  --btf-compat VERSION   BTF: only what kernels of that version know\n"
        "  --format text|json     what show writes\n"
        "  --depfile FILE         make or ninja dependencies of the output\n"
        "  -q, --quiet            no warnings    -v, --verbose  clang's warnings too\n"
        "  -h, --help             this text      --version      the version, and libclang's\n"
        "\n"
        "What follows -- goes to clang as it is: -I, -D, -include, --target ...\n"
        "Exit status: 0 done; 2 anything wrong, and then nothing is written.\n",
        to);
}
