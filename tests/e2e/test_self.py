#!/usr/bin/env python3
"""The field test must fail when it should.

    test_self.py --hdrgen BIN --fixtures DIR

* The judge is given what a guest said where all went well, and then the same with one fault at a time.
* A guest that does not come to its end, and a kernel that does not boot, are told as such.
* One real boot with a BTF in which one member is moved: the test must fail, and name the field.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from field_test import Expected, faults_listed, judge
from guest import HERE, MACHINES, ToolError, assignments, boot, run, write_initramfs

EXPECTED = Expected(2, 1, {"c": 3, "rust": 2}, ["no-btf"], {"pid+32": "pid", "other": ""})
GOOD = """[    0.5] a word of the kernel's
field: c: ok pid 7
field: c: ok comm "x"
field: c: ok pid_exists 1
field: c: 3 compared, 0 wrong
field: rust: ok pid 7
field: rust: 2 compared, 0 wrong
field: no-btf: not loaded: -3
field: pid+32: WRONG pid: expected 7 (0x7), got 8 (0x8)
field: pid+32: 3 compared, 1 wrong
field: other: WRONG comm: expected "x", got ""
field: other: 3 compared, 1 wrong
field: done
"""
DOCTORED = {
    "nothing said": (GOOD, ""),
    "a field is wrong": ("field: c: ok pid 7\n", "field: c: WRONG pid: expected 7 (0x7), got 0 (0x0)\n"),
    "it counts as wrong": ("c: 3 compared, 0 wrong", "c: 3 compared, 1 wrong"),
    "fewer compared": ("rust: 2 compared", "rust: 1 compared"),
    "no tally": ("field: rust: 2 compared, 0 wrong\n", ""),
    "not loaded": ("field: rust: 2 compared, 0 wrong", "field: rust: not loaded: -22"),
    "attached, never run": ("field: rust: 2 compared, 0 wrong", "field: rust: attached, but ran 0 times"),
    "loads without BTF": ("field: no-btf: not loaded: -3", "field: no-btf: 3 compared, 0 wrong"),
    "no word of the refusal": ("field: no-btf: not loaded: -3\n", ""),
    "a fault not seen": ("field: pid+32: WRONG pid: expected 7 (0x7), got 8 (0x8)\nfield: pid+32: 3 compared, 1 wrong",
                         "field: pid+32: 3 compared, 0 wrong"),
    "a fault seen elsewhere": ("field: pid+32: WRONG pid:", "field: pid+32: WRONG tgid:"),
    "a fault never tried": ("field: pid+32: 3 compared, 1 wrong\n", ""),
    "the other BTF does as well": ("field: other: WRONG comm: expected \"x\", got \"\"\n", ""),
    "it gave up": ("field: rust: ok", "field: GIVING UP: truth.c:1: fd >= 0: Permission denied\nfield: rust: ok"),
    "not to the end": ("field: done\n", ""),
}


class Judge(unittest.TestCase):
    def test_good(self) -> None:
        self.assertEqual(judge(GOOD, EXPECTED), [])

    def test_doctored(self) -> None:
        for name, (old, new) in DOCTORED.items():
            with self.subTest(name):
                self.assertIn(old, GOOD)
                self.assertNotEqual(judge(GOOD.replace(old, new), EXPECTED), [])

    def test_many_faults(self) -> None:
        """Some that would be there twice would be tried once."""
        self.assertGreaterEqual(len(set(faults_listed())), 50)
        self.assertEqual(len(set(faults_listed())), len(faults_listed()))


class Boot(unittest.TestCase):
    def setUp(self) -> None:
        self.work = tempfile.TemporaryDirectory(prefix="field-self.")
        self.path = Path(self.work.name)
        self.addCleanup(self.work.cleanup)

    def boot(self, seconds: int) -> str:
        """A guest that does nothing, for ever."""
        (self.path / "init.c").write_text("#include <unistd.h>\nint main(void) { for (;;) pause(); }\n")
        run("gcc", "-static", "-O1", "-o", self.path / "init", self.path / "init.c")
        write_initramfs(self.path / "initramfs", {"init": (self.path / "init").read_bytes()})
        image = assignments(run("bash", FIXTURES / "get-debian-kernel.sh", "amd64", "bookworm", "cloud-amd64"))["image"]
        return boot(MACHINES["amd64"], Path(image), self.path / "initramfs", self.path / "console.log", seconds)

    def test_no_end(self) -> None:
        with self.assertRaisesRegex(ToolError, r"not done after 2 s"):
            self.boot(2)

    def test_no_kernel(self) -> None:
        (self.path / "image").write_bytes(b"no kernel")
        with self.assertRaisesRegex(ToolError, "qemu-system-x86_64: exit status"):
            boot(MACHINES["amd64"], self.path / "image", self.path / "image", self.path / "console.log", 20)

    def test_moved_member(self) -> None:
        """The only difference to what must succeed (e2e.amd64) is the place of one member."""
        keep = self.path / "keep"
        result = subprocess.run([sys.executable, "-B", str(HERE / "field_test.py"), "--hdrgen", HDRGEN, "--fixtures", str(FIXTURES),
                                 "--arch", "amd64", "--break", "task_struct.tgid", "--keep", str(keep)],
                                capture_output=True, text=True, timeout=600)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        failed = [line for line in result.stdout.splitlines() if line.startswith("FAILED: ")]
        self.assertRegex("\n".join(failed), r"FAILED: c: WRONG tgid: expected \d+ \(0x[0-9a-f]+\), got \d+")
        self.assertRegex("\n".join(failed), r"FAILED: c: should be \d+ compared, 0 wrong; is \d+ compared, [12] wrong")
        for line in failed:  # and nothing else is wrong: Rust without CO-RE has its own offsets
            self.assertRegex(line, r"^FAILED: (c|rust-libbpf|rust-aya)(-minimal)?: (WRONG (tgid|parent)|should be)")
        self.assertTrue((keep / "console.log").stat().st_size > 0)


if __name__ == "__main__":
    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    HDRGEN, FIXTURES = arguments["--hdrgen"], Path(arguments["--fixtures"])
    unittest.main(argv=sys.argv[:1], verbosity=2)
