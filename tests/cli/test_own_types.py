"""Types that are not written out: opaque ones, those that the user has, and the user's own lines."""

import json
import subprocess
import unittest

from hdrgen import Case

HEADER = """
enum color { RED, GREEN };
typedef unsigned short handle_t;
typedef struct { int q; } anon_t;
struct deep { long z; };
struct inner { long x; struct deep d; char c; };
union un { int a; long b; };
struct odd { char tag; struct inner in; } __attribute__((packed));
struct task { int pid; struct inner in; enum color c; handle_t h; anon_t an; union un un; struct inner *p;
              struct deep *far; unsigned b : 3; };
"""
MINE = "#[derive(Clone, Copy)] #[repr(C)] pub struct inner { pub x: i64, pub d: i64, pub c: i8 }"


class OwnTypes(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", HEADER)

    def text(self, *arguments: str) -> str:
        return self.good("--header", "x.h", *arguments).out.decode()

    def refuse(self, *arguments: str, says: str | list[str]) -> None:
        self.refused("--header", "x.h", *arguments, "-o", "out", says=says)
        self.assertFalse((self.dir / "out").exists())

    def rustc(self, *arguments: str) -> str:
        """What rustc says of the Rust for these arguments; nothing where it takes it."""
        self.good("--header", "x.h", *arguments, "-o", "x.rs")
        return subprocess.run(["rustc", "--edition", "2021", "--crate-type", "rlib", "-D", "warnings", "x.rs"],
                              cwd=self.dir, capture_output=True, text=True, check=False).stderr

    def compile_c(self, text: str) -> str:
        self.write("x.c", text)
        said = ""
        for compiler in (["gcc"], ["clang"], ["clang", "--target=bpf", "-g"]):
            said += subprocess.run([*compiler, "-Wall", "-Werror", "-c", "x.c"], cwd=self.dir, capture_output=True,
                                   text=True, check=False).stderr
        return said


class Opaque(OwnTypes):
    def test_size_and_alignment_stay(self) -> None:
        arguments = ["task", "odd", "--opaque-type", "inner", "--opaque-type", "union u*", "--opaque-type", "anon_t"]
        self.assertEqual(self.rustc(*arguments), "")
        text = self.text(*arguments)
        self.assertNotIn("pub x:", text)
        self.assertNotIn("pub q:", text)
        self.assertIn("pub struct deep", text)  # still behind a pointer
        for line in ("size_of::<inner>() == 24", "align_of::<inner>() == 8", "size_of::<un>() == 8",
                     "align_of::<anon_t>() == 4", "offset_of!(task, r#in) == 8", "offset_of!(task, un) == 48"):
            self.assertIn(line, text)
        self.assertNotIn("size_of::<deep>", text)

    def test_every_format(self) -> None:
        self.text("task", "--opaque-type", "inner", "-o", "o.h")
        self.assertEqual(self.compile_c('#include "o.h"\nstruct task t;\n'), "")
        for out in ("o.json", "o.btf"):
            self.text("task", "--opaque-type", "inner", "-o", out)
        types = json.loads((self.dir / "o.json").read_text())["types"]
        inner = next(t for t in types if t.get("name") == "inner")
        self.assertEqual((inner["size"], inner["align"], inner["members"]), (24, 8, []))
        self.assertIn("struct inner 24", self.good("list", "--btf", "o.btf", "inner").out.decode().replace("\t", " "))

    def test_bad_values(self) -> None:
        for bad in ("a.b", "a|b", "in(ner"):
            self.refuse("--opaque-type", bad, says=f"--opaque-type '{bad}'")
        self.refuse("--opaque-type", "inner", "--for", "x.h", says="--for")
        self.refused("list", "--header", "x.h", "--opaque-type", "inner", says="does not go with list")

    def test_nothing_matches(self) -> None:
        arguments = ("--header", "x.h", "task", "--opaque-type", "innr")
        self.assertIn("warning: there is no struct or union 'innr' to make opaque; did you mean 'struct inner'?",
                      self.good(*arguments).err)
        self.refuse("task", "--opaque-type", "handle_t", "--strict", says="--strict: 1 warning")


class Blocklist(OwnTypes):
    def test_what_is_given_instead_is_asserted(self) -> None:
        arguments = ["task", "odd", "--blocklist-type", "inner", "--raw-line", MINE]
        self.assertEqual(self.rustc(*arguments), "")
        text = self.text(*arguments)
        self.assertEqual(text.split("mod __hdrgen")[1].count("pub struct inner"), 1)
        self.assertIn("size_of::<inner>() == 24", text)
        self.assertIn("align_of::<inner>() == 8", text)
        self.assertIn("offset_of!(task, c) == 32", text)

    def test_another_layout_does_not_compile(self) -> None:
        for mine in (MINE.replace("pub x: i64", "pub x: i128"), MINE.replace("repr(C)", "repr(C, packed(4))"),
                     MINE.replace(", pub c: i8", "")):
            self.assertNotEqual(mine, MINE)
            self.assertIn("E0080", self.rustc("task", "--blocklist-type", "inner", "--raw-line", mine))
        self.assertIn("cannot find type `inner`", self.rustc("task", "--blocklist-type", "inner"))

    def test_every_kind_of_type(self) -> None:
        types = ["inner", "enum color", "handle_t", "anon_t", "u?"]
        lines = [MINE, "pub type color = u32; pub type handle_t = u16;",
                 "#[derive(Clone, Copy)] #[repr(C)] pub struct anon_t(i32); pub use crate::mine::un;"]
        arguments = ["task", *(word for t in types for word in ("--blocklist-type", t)),
                     *(word for line in lines for word in ("--raw-line", line))]
        self.text(*arguments, "-o", "task.rs")
        text = (self.dir / "task.rs").read_text()
        for what in ("size_of::<color>() == 4", "size_of::<handle_t>() == 2", "align_of::<anon_t>() == 4",
                     "size_of::<un>() == 8"):
            self.assertIn(what, text)
        self.assertNotIn("RED", text)
        self.write("lib.rs", "pub mod task;\n"
                   "mod mine { #[derive(Clone, Copy)] #[repr(C)] pub union un { pub b: i64 } }\n")
        subprocess.run(["rustc", "--edition", "2021", "--crate-type", "rlib", "lib.rs"], cwd=self.dir, check=True)

    def test_what_only_it_holds_is_not_written(self) -> None:
        self.write("x.h", HEADER.replace("struct deep *far;", ""))
        self.assertNotIn("deep", self.text("task", "--blocklist-type", "inner"))
        self.assertIn("pub struct deep", self.text("task"))

    def test_c(self) -> None:
        self.text("task", "odd", "--blocklist-type", "inner", "--blocklist-type", "handle_t",
                  "--raw-line", '#include "mine.h"', "-o", "b.h")
        mine = "typedef unsigned short handle_t;\nstruct inner { long x, d; char c; };\n"
        self.write("mine.h", mine)
        self.assertEqual(self.compile_c('#include "b.h"\nstruct task t;\n'), "")
        self.write("mine.h", mine.replace("long x, d", "long x"))
        self.assertIn("static assertion failed", self.compile_c('#include "b.h"\n').replace("_Static", "static"))

    def test_refused(self) -> None:
        for bad in ("a.b", "a|b"):
            self.refuse("--blocklist-type", bad, says=f"--blocklist-type '{bad}'")
        for other in ("btf", "json"):
            self.refuse("--blocklist-type", "inner", "-e", other, says="--blocklist-type goes with --emit rust and c")
        warned = self.good("--header", "x.h", "task", "--blocklist-type", "innr").err
        self.assertIn("warning: there is no type 'innr' to leave out; did you mean 'struct inner'?", warned)


class RawLine(OwnTypes):
    def test_order_and_place(self) -> None:
        text = self.text("deep", "--raw-line", "#![allow(unused)]", "--raw-line", "// it's\n// mine")
        self.assertIn("mod __hdrgen {\n    #![allow(unused)]\n    // it's\n// mine\n\n    use ", text)
        self.assertIn("--raw-line '#![allow(unused)]' --raw-line '// it'\\''s?// mine'\n", text.split("\n\n")[0] + "\n")
        self.assertEqual(self.rustc("deep", "--module", "m", "--raw-line", "#![allow(unused)]"), "")
        self.assertIn("#define __VMLINUX_H__\n\n#include <a.h>\n\n",
                      self.text("deep", "-e", "c", "--raw-line", "#include <a.h>"))

    def test_refused(self) -> None:
        self.refuse("--raw-line", "a\x1bb", says="--raw-line: byte 2 of its value is a control character")
        self.refuse("--raw-line", "// x", "-e", "json", says="--raw-line goes with --emit rust and c")
        self.refused("show", "--header", "x.h", "task", "--raw-line", "", says="does not go with show")


if __name__ == "__main__":
    unittest.main()
