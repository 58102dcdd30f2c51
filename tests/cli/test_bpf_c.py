"""C output in BPF programs: with libbpf's headers alone, with Linux's, and with other kernels' types."""

import re
import shutil
import subprocess
import unittest
from pathlib import Path

from hdrgen import Case

KERNEL = """
typedef unsigned int __u32;
typedef __u32 __be32;
typedef unsigned long __kernel_ulong_t;
typedef __kernel_ulong_t __kernel_size_t;
typedef struct { int val[2]; } __kernel_fsid_t;
struct plain { int pid; };
struct sk { __be32 addr; __kernel_size_t length; __kernel_fsid_t id; int pid; };
"""

PROGRAM = """
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#pragma clang diagnostic ignored "-Wpedantic" /* from here on libbpf's macros are at work */
char _license[] SEC("license") = "GPL";
SEC("raw_tp/sched_switch")
int f(void *context)
{
	struct TYPE *t = (void *)bpf_get_current_task();
	__be32 swapped = bpf_htonl(BPF_CORE_READ(t, pid));
	__u64 now = bpf_ktime_get_ns();
	return context == 0 || swapped == now;
}
"""


@unittest.skipUnless(shutil.which("clang") and Path("/usr/include/bpf/bpf_helpers.h").exists(), "no clang, or no libbpf")
class Bpf(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("kernel.h", KERNEL)

    def types(self, name: str, *arguments: str) -> None:
        self.good("--header", "kernel.h", "--target", "x86_64-linux-gnu", "-o", name, *arguments)

    def compile(self, head: str, record: str) -> str:
        """What clang says of a program that reads the record."""
        self.write("p.bpf.c", head + PROGRAM.replace("TYPE", record))
        multiarch = subprocess.run(["cc", "-print-multiarch"], capture_output=True, text=True, check=False).stdout.strip()
        run = subprocess.run(["clang", "--target=bpf", "-std=gnu11", "-g", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                              "-Wno-gnu", "-Wno-language-extension-token", "-Wno-zero-length-array",
                              "-isystem", f"/usr/include/{multiarch}", "-c", "p.bpf.c", "-o", "p.bpf.o"],
                             cwd=self.dir, capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode == 0, run.stderr == "", run.stderr)
        return run.stderr

    def test_enums_with_an_alignment(self) -> None:
        """gcc knows no alignment of an enum, clang does: members are where the kernel has them for both, and for BPF."""
        self.write("enum.h", "enum __attribute__((aligned(16))) e { E = 1 };\n"
                             "struct s { long long before; enum e e; };\nstruct t { enum e e; char after; };\n")
        for target in ("armv7-linux-gnueabihf", "i386-linux-gnu", "mipsel-linux-gnu", "x86_64-linux-gnu", "s390x-linux-gnu"):
            self.good("--header", "enum.h", "--target", target, "-o", "types.h")
            self.write("use.c", '#include "types.h"\n_Static_assert(__builtin_offsetof(struct s, e) == 16 && sizeof(struct t) == 16, "");\n')
            for compiler in (["clang", "-target", target], ["clang", "-target", "bpf"], ["clang", "-target", "bpf", "-DBPF_NO_PRESERVE_ACCESS_INDEX"], ["gcc"]):
                with self.subTest(target=target, compiler=compiler):
                    subprocess.run([*compiler, "-fsyntax-only", "use.c"], cwd=self.dir, check=True)

    def test_assertions_are_made(self) -> None:
        """Types of a 32-bit kernel in a program of 64 bits: only where accesses are relocated is nothing asserted."""
        self.write("pointer.h", "struct s { void *p; int i; };\n")
        self.good("--header", "pointer.h", "--target", "armv7-linux-gnueabihf", "-o", "types.h")
        for flags, is_fine in ((["bpf"], True), (["bpf", "-DBPF_NO_PRESERVE_ACCESS_INDEX"], False), (["x86_64-linux-gnu"], False),
                               (["armv7-linux-gnueabihf"], True), (["x86_64-linux-gnu", "-DHDRGEN_NO_ASSERTS"], True)):
            run = subprocess.run(["clang", "-target", *flags, "-fsyntax-only", "-x", "c", "types.h"], cwd=self.dir, capture_output=True, text=True, check=False)
            self.assertEqual(run.returncode == 0, is_fine, (flags, run.stderr))

    def test_by_itself(self) -> None:
        for record in ("plain", "sk"):
            self.types("types.h", record)
            self.assertEqual(self.compile('#include "types.h"\n', record), "")

    def test_with_other_headers_before(self) -> None:
        for before in ("linux/types.h", "linux/bpf.h", "stdbool.h"):
            for record in ("plain", "sk"):
                self.types("types.h", record)
                self.assertEqual(self.compile(f'#include <{before}>\n#include "types.h"\n', record), "", before)

    def test_with_other_headers_behind(self) -> None:
        self.types("types.h", "plain")
        self.assertEqual(self.compile('#include "types.h"\n#include <linux/types.h>\n#include <linux/bpf.h>\n', "plain"), "")

    def test_several_kernels(self) -> None:
        self.types("new.h", "sk")
        self.types("old.h", "sk", "--flavour", "___old")
        self.types("older.h", "plain", "--flavour", "___older")
        names = ['#include "new.h"\n', '#include "old.h"\n', '#include "older.h"\n']
        for order in (names, names[::-1], names[1:], ["#include <linux/types.h>\n", *names]):
            self.assertEqual(self.compile("".join(order), "sk___old"), "", order)

    def test_all_of_a_kernel(self) -> None:
        self.types("vmlinux.h")
        self.assertEqual(self.compile('#include "vmlinux.h"\n', "sk"), "")

    def test_the_block_is_needed(self) -> None:
        self.types("types.h", "plain")
        text = (self.dir / "types.h").read_text()
        self.write("types.h", re.sub(r"#if defined\(__bpf__\) && !defined\(_LINUX_TYPES_H\).*?#endif\n", "", text, flags=re.S))
        self.assertIn("unknown type name '__u32'", self.compile('#include "types.h"\n', "plain"))

    def test_nothing_for_other_compilers(self) -> None:
        self.types("types.h", "plain")
        self.write("u.c", '#include "types.h"\ntypedef char __u32, __be16;\nint main(void) { return 0; }\n')
        subprocess.run(["cc", "-std=gnu11", "-Wall", "-Werror", "-c", "u.c"], cwd=self.dir, check=True)


if __name__ == "__main__":
    unittest.main()
