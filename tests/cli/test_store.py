"""The store: the second question to a kernel tree takes no time, and gets the answer that reading would give."""

import os
import resource
import subprocess
import time
import unittest
from pathlib import Path

from hdrgen import HDRGEN, Result
from test_kernel import Kernel

# Tokens enough to notice who parses them.
SLOW = "#define A0 1,\n" + "".join(f"#define A{i} A{i - 1} A{i - 1}\n" for i in range(1, 19)) + \
    "static const char many[] = { A18 };\nstruct slow { char bytes[sizeof many]; };"


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


class Store(Kernel):
    def setUp(self) -> None:
        super().setUp()
        self.store = self.dir / "cache" / "hdrgen"

    def settle(self) -> None:
        """Files that changed in the same tick as a run began are not trusted."""
        time.sleep(0.05)

    def entries(self) -> list[Path]:
        return sorted(self.store.glob("tree-*"))

    def same(self, *arguments: str) -> Result:
        """The answer with the store, which is that without it, to the byte and the message."""
        self.settle()
        first = self.run_hdrgen(*arguments)
        again = self.run_hdrgen(*arguments)
        without = self.run_hdrgen(*arguments, "--no-cache")
        for other in (again, without):
            self.assertEqual((first.status, first.out, first.err), (other.status, other.out, other.err))
        return first

    def seconds(self, *arguments: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.good(*arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    def test_nothing_is_parsed_again(self) -> None:
        self.tree(linux__slow=SLOW)
        self.settle()
        for arguments in (["list"], ["show", "slow"]):
            cold = self.seconds(*arguments, "--kernel", "tree")
            warm = self.seconds(*arguments, "--kernel", "tree")
            self.assertLess(warm, cold * 0.7, arguments)

    def test_every_command(self) -> None:
        self.tree(linux__a="struct b;\nstruct a { int x; struct b *b; };", linux__b="struct b { long y; };")
        self.write("other.h", "struct a { long x; };\n")
        for arguments in (["list"], ["list", "a*"], ["show", "a", "b"], ["-e", "rust"], ["-e", "c", "struct a"],
                          ["-e", "json", "--pointers", "follow", "a"]):
            self.assertEqual(self.same(*arguments, "--kernel", "tree").status, 0)
        self.assertEqual(self.same("diff", "--header", "other.h", "--kernel", "tree", "a").status, 1)
        self.assertEqual(len(self.entries()), 5)  # -e rust asks what list did, and diff what -e json did

    def test_a_changed_header(self) -> None:
        self.tree(linux__a="struct a { int x; };")
        header = self.dir / "tree/include/linux/a.h"
        text = header.read_text()
        before = self.same("list", "--kernel", "tree").out
        header.write_text(text.replace("int x", "long x"))
        changed = self.same("list", "--kernel", "tree").out
        self.assertIn(b"a\t4\t", before)
        self.assertIn(b"a\t8\t", changed)
        header.write_text(text)
        self.assertEqual(self.same("list", "--kernel", "tree").out, before)

    def test_a_header_of_the_same_size_and_date(self) -> None:
        self.tree(linux__a="struct a { int x[2]; };")
        header = self.dir / "tree/include/linux/a.h"
        for arguments in (["list"], ["show", "a"]):
            self.same(*arguments, "--kernel", "tree")
            status = header.stat()
            header.write_text(header.read_text().replace("x[2]", "y[3]"))
            os.utime(header, ns=(status.st_atime_ns, status.st_mtime_ns))
            self.assertNotIn(b"\t8\t", self.same(*arguments, "--kernel", "tree").out)
            header.write_text(header.read_text().replace("y[3]", "x[2]"))

    def test_touched(self) -> None:
        self.tree(linux__slow=SLOW)
        self.settle()
        cold = self.seconds("list", "--kernel", "tree")
        (self.dir / "tree/include/linux/slow.h").touch()
        (self.dir / "tree/main.o").touch()
        self.settle()
        self.assertLess(self.seconds("list", "--kernel", "tree"), cold * 0.7)

    def test_a_new_header(self) -> None:
        """It is found earlier, defines the same name, or makes another parse."""
        self.tree(linux__a="#include <linux/size.h>\nstruct a { char x[SIZE]; };", linux__size="#define SIZE 1",
                  linux__broken="#include <linux/none.h>\nstruct broken { none_t x; };")
        for arguments in (["list"], ["show", "a"]):
            self.assertIn(b"1", self.same(*arguments, "--kernel", "tree").out)
        self.assertNotIn(b"broken", self.same("list", "--kernel", "tree").out)
        self.write("tree/arch/x86/include/linux/size.h", "#define SIZE 77\n")
        for arguments in (["list"], ["show", "a"]):
            self.assertIn(b"77", self.same(*arguments, "--kernel", "tree").out)
        self.write("tree/include/linux/none.h", "typedef int none_t;\n")
        self.assertIn(b"broken", self.same("list", "--kernel", "tree").out)
        self.write("tree/include/net/a.h", "struct a { long other; };\n")
        self.assertIn("and nothing in the headers tells", self.same("show", "--kernel", "tree", "a").err)

    def test_a_new_configuration(self) -> None:
        self.tree(linux__a="struct a {\n#ifdef CONFIG_BIG\nlong x;\n#else\nint x;\n#endif\n};")
        self.assertIn(b"a\t4\t", self.same("list", "--kernel", "tree").out)
        self.write("tree/include/generated/autoconf.h", "#define CONFIG_X86 1\n#define CONFIG_BIG 1\n")
        self.assertIn(b"a\t8\t", self.same("list", "--kernel", "tree").out)
        self.write("tree/Makefile", "KBUILD_CFLAGS := -std=gnu11 -fms-extensions\n")
        self.same("list", "--kernel", "tree")
        self.assertGreaterEqual(len(self.entries()), 3)

    def test_arguments(self) -> None:
        self.tree(linux__a="struct a { char x[\n#ifdef SIZE\nSIZE\n#else\n1\n#endif\n]; };")
        self.assertIn(b"a\t1\t", self.same("list", "--kernel", "tree").out)
        self.settle()
        for size in (b"2", b"3"):
            for _ in range(2):
                found = self.good("list", "--kernel", "tree", "--", f"-DSIZE={size.decode()}").out
                self.assertIn(b"a\t" + size + b"\t", found)
        count = len(self.entries())
        self.write("more/linux/a.h", "struct a { char x[9]; };\n")
        self.good("list", "--kernel", "tree", "--", "-Imore")
        self.assertEqual(len(self.entries()), count, "where -I leads nobody watches")

    def test_strict_and_verbose(self) -> None:
        self.tree(linux__a="struct dir { int x; };", linux__b="struct dir { long x; };")
        for arguments in ([], ["-v"], ["-q"], ["--strict"]):
            result = self.same("list", "--kernel", "tree", *arguments)
            self.assertEqual(result.status, 2 if "--strict" in arguments else 0)

    def test_no_cache(self) -> None:
        self.tree(linux__a="struct a { int x; };")
        self.settle()
        self.good("list", "--kernel", "tree", "--no-cache")
        self.good("show", "a", "--kernel", "tree", "--no-cache")
        self.assertFalse((self.dir / "cache").exists())

    def test_private(self) -> None:
        self.tree(linux__a="struct a { int x; };")
        self.settle()
        self.good("list", "--kernel", "tree")
        self.assertEqual(self.store.stat().st_mode & 0o777, 0o700)
        self.assertEqual([entry.stat().st_mode & 0o777 for entry in self.entries()], [0o600])

    def test_damaged(self) -> None:
        self.tree(linux__a="struct a { int x; };")
        self.settle()
        expected = self.good("list", "--kernel", "tree").out
        [entry] = self.entries()
        whole = entry.read_bytes()
        for damaged in (b"", b"x" * 1000, whole[:len(whole) // 2], whole[:-1] + b"x", whole + b"x"):
            entry.write_bytes(damaged)
            self.assertEqual(self.good("list", "--kernel", "tree").out, expected)
            self.assertEqual(self.entries(), [entry])
            self.assertEqual(len(entry.read_bytes()), len(whole))

    def test_nowhere_to_keep_it(self) -> None:
        self.tree(linux__a="struct a { int x; };")
        self.settle()
        environment = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_CACHE_HOME")}
        self.write("file", "")
        for place in ({}, {"HOME": "/nonexistent"}, {"XDG_CACHE_HOME": "/proc/1/none"},
                      {"XDG_CACHE_HOME": str(self.dir / "file")}, {"XDG_CACHE_HOME": "relative"}):
            for _ in range(2):
                result = self.good("list", "--kernel", "tree", env={**environment, **place})
                self.assertEqual(result.err, "")
                self.assertIn(b"struct\ta\t4", result.out)
        self.assertFalse(Path("/nonexistent").exists())

    def test_full_disk(self) -> None:
        self.tree(linux__a="struct a { int x; };")
        self.settle()
        for arguments in (["list"], ["show", "a"]):
            expected = self.good(*arguments, "--kernel", "tree", "--no-cache").out
            for _ in range(2):
                result = self.good(*arguments, "--kernel", "tree", preexec_fn=small_files)
                self.assertEqual(result.out, expected)
        self.assertEqual([f for f in self.store.iterdir() if not f.name.startswith("catalogue-")], [])  # that of one file fits

    def test_size_limit(self) -> None:
        self.tree(linux__a="struct a { int x; };", linux__b="struct b { int x; };")
        self.settle()
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.dir / "cache"), "HDRGEN_CACHE_SIZE": "10K"}
        for name in ("a", "b", "struct a", "struct b", "[ab]"):
            self.good("show", name, "--kernel", "tree", env=environment)
        self.assertLessEqual(sum(entry.stat().st_size for entry in self.store.iterdir()), 10240)
        self.assertGreaterEqual(len(self.entries()), 1)
        environment["HDRGEN_CACHE_SIZE"] = "0"
        self.good("list", "--kernel", "tree", env=environment)

    def test_many_at_once(self) -> None:
        self.tree(linux__a="struct a { int x; };", linux__b="struct b { struct a *a; };")
        self.settle()
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.dir / "cache")}
        runs = [subprocess.Popen([HDRGEN, "list", "--kernel", "tree"], cwd=self.dir, env=environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(6)]
        said = [(run.communicate(), run.returncode) for run in runs]
        self.assertEqual(len({str(one) for one in said}), 1)
        self.assertEqual(said[0][1], 0)
        self.assertEqual(len(self.entries()), 1)

    def test_depfile(self) -> None:
        self.tree(linux__a="#include <linux/b.h>\nstruct a { b_t x; };", linux__b="typedef int b_t;")
        self.settle()
        said = []
        for more in ([], [], ["--no-cache"]):
            self.good("--kernel", "tree", "a", "-o", "a.rs", "--depfile", "a.d", *more)
            said.append((self.dir / "a.d").read_text())
        self.assertIn("linux/b.h", said[0])
        self.assertEqual(len(set(said)), 1)


if __name__ == "__main__":
    unittest.main()
