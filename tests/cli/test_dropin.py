"""aya-tool's command lines as they stand in public projects, with bindgen's options between two --."""

import unittest

from hdrgen import Case

HEADER = """
enum color { RED, GREEN };
struct inner { int x; };
struct task_struct { int pid; struct inner in; enum color c; };
struct sock { long family; };
"""


class DropIn(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", HEADER)
        self.good("--header", "x.h", "-o", "vmlinux.btf")

    def same(self, theirs: list[str], ours: list[str]) -> None:
        """But for the command in the preamble."""
        def body(arguments: list[str]) -> list[bytes]:
            result = self.good(*arguments)
            self.assertEqual(result.err, "")
            lines = result.out.splitlines()
            self.assertGreater(len(lines), 5)
            return [line for line in lines if b"hdrgen --header" not in line]
        self.assertEqual(body(theirs), body(ours))

    def test_names_btf_and_header(self) -> None:
        out = self.good("generate", "--btf", "vmlinux.btf", "task_struct", "sock").out
        self.assertIn(b"pub struct task_struct", out)
        self.assertIn(b"pub struct sock", out)
        self.assertIn(b"pub struct sock", self.good("generate", "--header", "x.h", "sock").out)

    def test_output_behind_one_dash_dash(self) -> None:
        # a build script: aya-tool generate linux_binprm task_struct ... -- -o protect-ebpf/src/vmlinuz.rs
        self.good("generate", "--btf", "vmlinux.btf", "task_struct", "sock", "--", "-o", "vmlinuz.rs")
        self.assertIn("pub struct sock", (self.dir / "vmlinuz.rs").read_text())

    def test_options_become_hdrgens(self) -> None:
        base = ["--header", "x.h", "task_struct"]
        for theirs, ours in [
                (["--use-core", "--ctypes-prefix", "cty"], ["--ctypes-prefix", "cty"]),
                (["--ctypes-prefix=::libc", "--default-enum-style=moduleconsts"],
                 ["--ctypes-prefix", "::libc", "--enum-style", "module"]),
                (["--with-derive-default"], ["--derive", "Debug,Default"]),
                (["--with-derive-eq", "--no-derive-debug"], ["--derive", "none,PartialEq,Eq"]),
                (["--default-enum-style", "newtype"], ["--enum-style", "newtype"]),
                (["--allowlist-type", "sock|in.*"], ["sock", "in*"])]:
            self.same(["generate", *base, "--", *theirs, "--", "-DX"], [*base, *ours, "--", "-DX"])
        self.assertNotEqual(self.good(*base, "--derive", "Debug,Default").out, self.good(*base).out)

    def test_clang_arguments_follow_the_second(self) -> None:
        self.write("n.h", "struct s { char a[N]; };")
        out = self.good("--header", "n.h", "-e", "json", "s", "--", "--use-core", "--", "-DN=7").out
        self.assertIn(b'"count": 7', out)

    def test_the_rest_is_named_in_one_warning(self) -> None:
        result = self.good("generate", "--header", "x.h", "sock", "--", "--opaque-type", "inner",
                           "--raw-line=//x", "--no-layout-tests", "--")
        self.assertEqual(result.err.count("warning"), 1, result.err)
        for part in ("--opaque-type inner", "--raw-line //x", "--no-layout-tests"):
            self.assertIn(part, result.err)

    def test_what_cannot_be_understood(self) -> None:
        base = ["generate", "--header", "x.h", "sock", "--"]
        self.refused(*base, "--ctypes-prefix", "cty", says=["--ctypes-prefix", "add -- behind"])
        self.refused(*base, "--frobnicate", "--", says=["'--frobnicate'", "leave it out"])
        self.refused(*base, "--ctypes-prefix", "--", says="'--ctypes-prefix' needs a value")
        self.refused(*base, "--allowlist-type", "s[o]ck", "--", says=["s[o]ck", "NAMEs"])
        self.refused(*base, "--default-enum-style", "bitfield", "--", says="bitfield")
        self.refused("list", *base[1:3], "--", "--ctypes-prefix", "cty", "--", says="does not go with list")


if __name__ == "__main__":
    unittest.main()
