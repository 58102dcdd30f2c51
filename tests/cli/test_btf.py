"""BTF in and out, C out, show and list, as a user calls them."""

import json
import os
import pty
import shutil
import subprocess
import unittest

from hdrgen import FIXTURES, HDRGEN, Case, mini_flags

HEADER = """struct inner { short a; };
struct outer { int x; struct inner in; unsigned b : 3; struct later *l; };
enum color { RED, GREEN = 5 };
typedef struct outer outer_t;
"""


class Btf(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", HEADER)
        self.good("--header", "x.h", "--target", "x86_64-linux-gnu", "-o", "x.btf")

    def sizes(self, *arguments: str) -> dict[str, int]:
        types = json.loads(self.good(*arguments, "-e", "json").out)["types"]
        return {t["name"]: t["size"] for t in types if t.get("name") and t["kind"] == "struct"}

    def test_there_and_back(self) -> None:
        self.assertEqual(self.sizes("--btf", "x.btf", "outer"), {"inner": 2, "outer": 16, "later": 0})

    def test_both_byte_orders(self) -> None:
        self.good("--header", "x.h", "--target", "s390x-linux-gnu", "-o", "big.btf")
        self.assertEqual((self.dir / "big.btf").read_bytes()[:2], b"\xeb\x9f")
        self.assertEqual((self.dir / "x.btf").read_bytes()[:2], b"\x9f\xeb")
        self.assertEqual(self.sizes("--btf", "big.btf", "outer"), self.sizes("--btf", "x.btf", "outer"))
        self.refused("--btf", "big.btf", "outer", "--target", "x86_64-linux-gnu", says="big.btf")

    def test_symbols_on_request(self) -> None:
        self.write("prog.c", "struct s { int x; }; struct s data = {1};\nint f(struct s *p) { return p->x; }\n")
        subprocess.run(["clang", "-target", "bpfel", "-g", "-O1", "-c", "prog.c", "-o", "prog.o"],
                       cwd=self.dir, check=True)

        def kinds(*options: str) -> set[str]:
            self.good("--btf", "prog.o", *options, "-o", "out.btf")
            dump = subprocess.run(["bpftool", "btf", "dump", "file", "out.btf"], cwd=self.dir, check=True,
                                  capture_output=True, text=True).stdout
            return {line.split()[1] + " " + line.split()[2] for line in dump.splitlines() if line.startswith("[")}

        plain, whole = kinds(), kinds("--symbols")
        self.assertIn("STRUCT 's'", plain)
        self.assertFalse(plain & {"FUNC 'f'", "VAR 'data'", "DATASEC '.data'"})
        self.assertLessEqual(plain | {"FUNC 'f'", "VAR 'data'", "DATASEC '.data'"}, whole)
        self.refused("--header", "x.h", "--symbols", "-o", "y.btf", says="--symbols needs a source")
        self.refused("--btf", "prog.o", "--symbols", "-o", "y.rs", says="--emit btf")

    def test_arrays_of_arrays(self) -> None:
        """Nested as C has them, flat as a kernel's own BTF: by the source, or as --arrays says; in BTF they stay as they are."""
        self.write("m.h", "struct m { int plain[2][3]; int (*pointer)[4][5]; int row[7]; };\n")
        header = ("--header", str(self.dir / "m.h"), "m")
        triple = ("--target", "x86_64-linux-gnu")
        kernel = ("--kernel", str(FIXTURES / "mini"), "--arch", "x86")

        def counts(*arguments: str) -> list[str]:
            self.good(*arguments, "-o", "out.btf", "-q")
            dump = subprocess.run(["bpftool", "btf", "dump", "file", "out.btf"], cwd=self.dir, check=True,
                                  capture_output=True, text=True).stdout
            return sorted(line.rpartition("=")[2] for line in dump.splitlines() if "] ARRAY" in line)

        nested, flat = ["2", "3", "4", "5", "7"], ["20", "6", "7"]
        self.assertEqual(counts(*header, *triple), nested)
        self.assertEqual(counts(*header, *triple, "--arrays", "flat"), flat)
        (self.dir / "out.btf").rename(self.dir / "flat.btf")
        self.assertEqual(counts("--btf", "flat.btf"), flat)
        self.assertEqual(counts(*kernel, *header), flat)
        self.assertEqual(counts(*kernel, *header, "--arrays", "nested"), nested)
        self.assertIn("[[c_int; 3]; 2]", self.good(*kernel, *header).out.decode())
        self.assertIn("int plain[2][3];", self.good(*kernel, *header, "-e", "c").out.decode())
        self.assertIn("int plain[6];", self.good(*kernel, *header, "-e", "c", "--arrays", "flat").out.decode())
        self.good("diff", *header, *triple, "--btf", "flat.btf")
        self.refused(*header, "--arrays", "round", says="say flat or nested")
        self.refused("--btf", "flat.btf", "--arrays", "flat", says="in BTF arrays are as they are")

    def test_within_elf(self) -> None:
        self.good("--header", "x.h", "--target", "x86_64-linux-gnu", "--elf", "-o", "elf.btf")
        self.assertEqual((self.dir / "elf.btf").read_bytes()[:4], b"\x7fELF")
        self.assertEqual(self.sizes("--btf", "elf.btf"), self.sizes("--btf", "x.btf"))

    def test_compat(self) -> None:
        self.write("e.h", "enum wide { W = 0x100000000 }; struct s { enum wide w; };\n")
        result = self.good("--header", "e.h", "--btf-compat", "5.4", "-o", "old.btf")
        self.assertIn("wide", result.err)
        self.assertEqual(self.sizes("--btf", "old.btf"), {"s": 8})
        for value in ["five", "4.19", "5", ""]:
            self.refused("--header", "e.h", "--btf-compat", value, "-o", "old.btf", says="--btf-compat")

    def test_options_that_need_btf(self) -> None:
        self.refused("--header", "x.h", "--elf", "-o", "x.rs", says="--emit btf")
        self.refused("--btf", "x.btf", "--header", "x.h", says="two sources")
        self.refused("--btf", "x.btf", "outer", "--", "-I.", says="no --header")
        self.refused("--base-btf", "x.btf", "outer", says="--base-btf needs")
        self.refused("--btf", "x.btf", "--btf", "x.btf", says="twice")

    def test_bad_files(self) -> None:
        self.refused("--btf", "none.btf", says=["none.btf", "No such file"])
        self.refused("--btf", ".", says="directory")
        self.write("empty.btf", "")
        self.refused("--btf", "empty.btf", says="empty.btf")
        self.write("garbage", os.urandom(5000).replace(b"\x9f\xeb", b"xx").replace(b"\xeb\x9f", b"xx"))
        self.refused("--btf", "garbage", says="no BTF")
        data = (self.dir / "x.btf").read_bytes()
        self.write("cut.btf", data[:len(data) // 2])
        self.refused("--btf", "cut.btf", says="cut.btf")

    def test_what_compressors_write(self) -> None:
        """Each tool's own files: whole, in two streams, in itself, cut off, with something after them."""
        data = (self.dir / "x.btf").read_bytes()
        for tool in (["gzip"], ["xz"], ["xz", "--format=lzma"], ["zstd", "-q"], ["pzstd", "-q"], ["lz4", "-q"], ["lz4", "-q", "-l"]):
            with self.subTest(tool=tool):
                if shutil.which(tool[0]) is None:
                    self.skipTest(f"{tool[0]} is not installed")

                def pack(content: bytes) -> bytes:
                    return subprocess.run([*tool, "-c"], input=content, stdout=subprocess.PIPE, check=True).stdout  # noqa: B023

                two = pack(data[:50]) + pack(data[50:])
                for file in (pack(data), two, pack(two), pack(pack(two)), two + b"an appended device tree",
                             two + pack(b"") if "-l" not in tool else two):
                    self.write("x.packed", file)
                    self.assertEqual(self.sizes("--btf", "x.packed", "outer")["outer"], 16)
                self.write("x.packed", two[:-9])
                self.refused("--btf", "x.packed", says="x.packed: ")
                self.write("x.packed", pack(b""))
                self.refused("--btf", "x.packed", says="x.packed: ")

    def test_binary_is_not_written_to_a_terminal(self) -> None:
        master, slave = pty.openpty()
        run = subprocess.run([HDRGEN, "--header", "x.h", "-e", "btf"], cwd=self.dir, stdout=slave,
                             stderr=subprocess.PIPE, check=False)
        os.close(slave)
        os.close(master)
        self.assertEqual(run.returncode, 2)
        self.assertIn(b"terminal", run.stderr)

    def test_c(self) -> None:
        self.good("--btf", "x.btf", "outer", "color", "-o", "vmlinux.h", "--guard", "MY_GUARD_H")
        text = (self.dir / "vmlinux.h").read_text()
        self.assertIn("#ifndef MY_GUARD_H", text)
        self.assertIn("preserve_access_index", text)
        for target in ["x86_64-linux-gnu", "bpfel"]:
            subprocess.run(["clang", f"--target={target}", "-Wall", "-Werror", "-fsyntax-only",
                            "-x", "c", "vmlinux.h"], cwd=self.dir, check=True)
        self.refused("--btf", "x.btf", "-e", "c", "--guard", "not ok", says="--guard")

    def test_depfile(self) -> None:
        self.good("--btf", "x.btf", "outer", "-o", "x.rs", "--depfile", "x.d")
        self.assertTrue((self.dir / "x.d").read_text().startswith("x.rs: \\\n  x.btf\n"))


class ShowAndList(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", HEADER)

    def test_show(self) -> None:
        out = self.good("show", "--header", "x.h", "outer", "--target", "x86_64-linux-gnu").out.decode()
        self.assertRegex(out, r"struct inner in;\s+/\*\s+4\s+2 \*/")
        self.assertRegex(out, r"unsigned int b:3;\s+/\*\s+4:16")
        self.assertIn("size: 16", out)

    def test_show_as_json(self) -> None:
        self.assertEqual(self.good("show", "--header", "x.h", "outer", "--format", "json").out,
                         self.good("--header", "x.h", "outer", "-e", "json").out)

    def test_show_needs_a_name(self) -> None:
        self.refused("show", "--header", "x.h", says="NAME")
        self.refused("show", "--header", "x.h", "outer", "--format", "pdf", says="--format pdf")
        self.refused("show", "--header", "x.h", "outer", "-e", "c", says="--emit does not go with show")

    def test_list_is_complete_and_greppable(self) -> None:
        lines = self.good("list", "--header", "x.h").out.decode().splitlines()
        names = {tuple(line.split("\t")[:2]) for line in lines}
        self.assertEqual(names, {("struct", "inner"), ("struct", "outer"), ("enum", "color"),
                                 ("typedef", "outer_t")})
        self.assertTrue(all("x.h:" in line for line in lines))

    def test_show_the_mini_task_struct(self) -> None:
        out = self.good("show", "--header", "linux/sched.h", "task_struct", "--",
                        *mini_flags("arm64")).out.decode()
        self.assertIn("cacheline", out)
        self.assertIn("hole", out)


if __name__ == "__main__":
    unittest.main()
