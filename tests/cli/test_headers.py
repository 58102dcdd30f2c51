"""How headers are found and combined."""

import json
import re
import unittest

from hdrgen import Case, mini_flags


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


class Oddities(Case):
    """What compilers pass over, and what lays out otherwise than was meant, is told."""

    def said(self, text: str, *flags: str) -> str:
        self.write("odd.h", text)
        return self.good("--header", "odd.h", "--target", "x86_64-linux-gnu", "-o", "odd.btf", "--", *flags).err

    def test_lost_members(self) -> None:
        text = "struct tree { int q; };\nstruct nsc { int a; struct tree; };\nunion un { int b; struct in { int z; }; };\n"
        self.assertEqual(re.findall(r"odd.h:(\d+):\d+: warning: this declares nothing", self.said(text)), ["2", "3"])
        self.assertEqual(self.said(text, "-fms-extensions"), "")
        self.assertEqual(self.said(text, "-w").count("this declares nothing"), 2)
        self.refused("--header", "odd.h", "--strict", "-o", "out.h", says="--strict: 2 warnings")

    def test_attributes_that_are_none(self) -> None:
        text = "struct r { char c; int x; } __packed;\nextern struct r __other;\nstruct r plain;\nstatic struct s { int x; } __mine;\n"
        self.assertEqual(re.findall(r"odd.h:(\d+):\d+: warning: '(\w+)' is a variable here", self.said(text)), [("1", "__packed")])
        self.assertEqual(self.said(text, "-D__packed=__attribute__((packed))"), "")

    def test_what_gcc_lays_out_otherwise(self) -> None:
        """Bit-fields and enums that have an alignment of their own: gcc's layout is another one than clang's."""
        text = """
typedef int a16 __attribute__((aligned(16)));
enum e { E } __attribute__((aligned(8)));
enum plain { P };
struct b { char c; int own : 3 __attribute__((aligned(4))); a16 by_type : 3; int none : 5; a16 no_bits; enum plain p; };
"""
        self.assertEqual(self.said(text), "")
        self.assertEqual(self.said(text, "-DCONFIG_CC_IS_CLANG=1"), "")
        self.assertEqual(re.findall(r"(bit-field|enum) '(\w+)' has an alignment of its own", self.said(text, "-DCONFIG_CC_IS_GCC=1")),
                         [("enum", "e"), ("bit-field", "own"), ("bit-field", "by_type")])


if __name__ == "__main__":
    unittest.main()
