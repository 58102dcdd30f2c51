#!/usr/bin/env python3
"""The commands in docs/no-btf.md do what the guide says.

    test_guide.py --hdrgen BIN --fixtures DIR --guide docs/no-btf.md

Each line and each piece of code in the guide that begins with `hdrgen` is run as it stands, in the order of the guide, with Debian's arm64 headers
as KERNEL and `out`, and with prog.bpf.o made of the program below. All must succeed, and the numbers are those that the
guide tells: a few hundred bytes, two relocations resolved.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from guest import assignments, run

PROGRAM = """
#define SEC(name) __attribute__((section(name), used))
struct task_struct {
    int tgid;
    struct task_struct *real_parent;
} __attribute__((preserve_access_index));
static struct task_struct *(*get_task)(void) = (void *)35;
static long (*read_kernel)(void *, unsigned, const void *) = (void *)113;
SEC("raw_tp/sys_enter") int prog(void *context)
{
    struct task_struct *parent = 0;
    int tgid = 0;
    read_kernel(&parent, sizeof parent, &get_task()->real_parent);
    read_kernel(&tgid, sizeof tgid, &parent->tgid);
    return tgid;
}
SEC("license") char program_license[] = "GPL";
"""


class Guide(unittest.TestCase):
    def test_commands(self) -> None:
        text = GUIDE.read_text()
        commands = re.findall(r"`(hdrgen [^`]*)`|^ +(?:\$ )?(hdrgen [^#\n]*)", text, re.M)
        commands = [one or other for one, other in commands if "..." not in one + other]
        self.assertGreaterEqual(len(commands), 8)
        script = FIXTURES / "get-debian-kernel.sh"
        headers = assignments(run("bash", script, "--no-image", "arm64", "bookworm", "cloud-arm64"))["headers"]
        with tempfile.TemporaryDirectory(prefix="guide.") as directory:
            work = Path(directory)
            (work / "prog.c").write_text(PROGRAM)
            run("clang", "-target", "bpf", "-g", "-O2", "-c", work / "prog.c", "-o", work / "prog.bpf.o")
            for name in ("KERNEL", "out"):
                (work / name).symlink_to(headers)
            (work / "small").symlink_to((FIXTURES / "mini").resolve())
            for command in commands:
                with self.subTest(command):
                    words = [HDRGEN, *shlex.split(command)[1:]]
                    if "--sources" in words:  # a package of headers has none; the small tree, which is for several, has
                        words[words.index("out")] = "small"
                        words += ["--arch", "arm64"]
                    result = subprocess.run(words, cwd=work, capture_output=True, text=True, timeout=120)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    if words[1] == "check":
                        self.assertIn("2 relocations: 2 resolved", result.stdout)
            self.assertLess((work / "prog.btf").stat().st_size, 400)
            self.assertTrue((work / "vmlinux-R").read_bytes().startswith(b"\x7fELF"))
            self.assertIn("STRUCT 'task_struct'", run("bpftool", "btf", "dump", "file", work / "sched.btf"))


if __name__ == "__main__":
    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    HDRGEN, FIXTURES, GUIDE = arguments["--hdrgen"], Path(arguments["--fixtures"]), Path(arguments["--guide"])
    unittest.main(argv=sys.argv[:1], verbosity=2)
