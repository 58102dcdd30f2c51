"""How headers are found and combined."""

import json
import unittest

from hdrgen import FIXTURES, Case, mini_flags


def types(result: object) -> dict[str, dict]:
    return {t["name"]: t for t in json.loads(result.out)["types"] if t.get("name")}


class Headers(Case):
    def test_path_include_name_and_several(self) -> None:
        self.write("inc/deep/a.h", "struct a { int x; };\n")
        self.write("b.h", "struct b { struct a a; long y; };\n")
        found = types(self.good("--header", "deep/a.h", "--header", "b.h", "-e", "json", "--",
                                "-Iinc"))
        self.assertEqual(found["b"]["size"], 16)
        found = types(self.good("--header", str(self.dir / "inc/deep/a.h"), "-e", "json"))
        self.assertEqual(found["a"]["size"], 4)

    def test_the_same_header_twice(self) -> None:
        self.write("a.h", "#ifndef A\n#define A\nstruct a { int x; };\n#endif\n")
        self.good("--header", "a.h", "--header", "a.h", "a")

    def test_standard_input(self) -> None:
        """`-` is a header as compilers read it; it is no file, so make gets no rule for it."""
        self.write("x.h", "struct x { long l; };\n")
        text = b'#include "x.h"\n#ifdef X\n#define T long\n#else\n#define T int\n#endif\nstruct b { T t; struct x x[2]; };\n'
        out = self.good("--header", "-", "b", "--depfile", "d", "-o", "b.rs", typed=text)
        self.assertEqual(out.err, "")
        rust = (self.dir / "b.rs").read_text()
        self.assertIn("/// struct b: 24 bytes, align 8; `<stdin>`:7\n", rust)
        self.assertIn(" <stdin>\n", rust)
        self.assertEqual((self.dir / "d").read_text(), "b.rs: \\\n  x.h\n\nx.h:\n")
        self.assertEqual(sorted(self.good("list", "--header", "-", "--header", "x.h", typed=b"struct b { int t; };\n").out.splitlines()),
                         [b"struct\tb\t4\t<stdin>:1", b"struct\tx\t8\tx.h:1"])
        self.assertIn(b"size: 24,", self.good("show", "--header", "-", "b", typed=text).out)
        result = self.run_hdrgen("diff", "--header", "-", "--against", "-DX", typed=b"#ifdef X\n#define T long\n#else\n#define T int\n#endif\nstruct b { T t; };\n")
        self.assertEqual((result.status, b"size 4 -> 8" in result.out), (1, True), result.err)
        self.refused("--header", "-", typed=b"struct b { int x; }", says="<stdin>:1:20: error: expected ';'")
        self.refused("--header", "-", typed=b"struct b {\0};", says="it holds a NUL byte")
        self.refused("--header", "-", typed=b"", says="no type")

    def test_standard_input_in_a_kernel_tree(self) -> None:
        """What a tree's jobs read of it is the same text, whatever process reads it."""
        tree = str(FIXTURES / "mini")
        text = b"#include <linux/sched.h>\nstruct mine { struct task_struct t; int x; };\n"
        out = self.good("list", "--kernel", tree, "--arch", "x86", "--header", "-", "mine", typed=text).out.decode()
        self.assertRegex(out, r"^struct\tmine\t\d+\t<stdin>:2\n")

    def test_sibling_includes(self) -> None:
        self.write("d/x.h", '#include "y.h"\nstruct x { struct y y; };\n')
        self.write("d/y.h", "struct y { char c; };\n")
        self.assertEqual(types(self.good("--header", "d/x.h", "-e", "json"))["x"]["size"], 1)

    def test_clangs_own_headers(self) -> None:
        """They are found beside libclang, and there are no others here: not those that Debian has for its own target."""
        self.write("x.h", "#include <stddef.h>\n#include <stdarg.h>\nstruct s { size_t n; };\n")
        found = types(self.good("--header", "x.h", "s", "-e", "json", "--target", "bpfel", "--", "-nostdlibinc"))
        self.assertEqual(found["s"]["size"], 8)

    def test_target_option_and_clang_argument(self) -> None:
        self.write("x.h", "struct s { char c; long l; void *p; };\n")
        sizes = {"x86_64-linux-gnu": 24, "arm-linux-gnueabi": 12, "s390x-linux-gnu": 24}
        for target, size in sizes.items():
            for arguments in [("--target", target), ("--", f"--target={target}"),
                              ("--", "-target", target)]:
                out = self.good("--header", "x.h", "s", "-e", "json", *arguments)
                self.assertEqual(types(out)["s"]["size"], size)
                self.assertEqual(json.loads(out.out)["target"]["endian"],
                                 "big" if target.startswith("s390x") else "little")

    def test_tag_first_seen_in_a_prototype(self) -> None:
        self.write("x.h", "void f(struct later *l);\nstruct user { void (*g)(struct later *); };\n"
                          "struct later { int a; };\n")
        found = [t for t in json.loads(self.good("--header", "x.h", "-e", "json").out)["types"]
                 if t.get("name") == "later"]
        self.assertEqual(len(found), 1)
        self.assertEqual(found[0]["size"], 4)

    def test_function_bodies_are_skipped(self) -> None:
        self.write("x.h", 'static inline int f(void) { asm("nonsense %0" : : "!"(1)); return 0; }\n'
                          "struct s { int a; };\n")
        self.good("--header", "x.h", "s")

    def test_the_mini_tree_differs_by_architecture(self) -> None:
        sizes = set()
        for arch in ["arm64", "x86", "arm"]:
            found = types(self.good("--header", "linux/sched.h", "task_struct", "-e", "json", "--",
                                    *mini_flags(arch)))
            sizes.add(found["task_struct"]["size"])
        self.assertEqual(sizes, {1472, 2048, 928})

    def test_deep_declarators(self) -> None:
        self.write("x.h", f"struct s {{ int {'*' * 400}p; int {'[1]' * 150}; }};\n".replace(
            "int [1]", "int a[1]"))
        self.good("--header", "x.h", "s", "-e", "json")


if __name__ == "__main__":
    unittest.main()
