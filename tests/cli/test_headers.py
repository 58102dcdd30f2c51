"""How headers are found and combined."""

import json
import re
import subprocess
import unittest

from hdrgen import FIXTURES, Case, mini_flags


def types(result: object) -> dict[str, dict]:
    return {t["name"]: t for t in json.loads(result.out)["types"] if t.get("name")}


ODD_NAMES = """struct ok { int a; };
struct d$s { int b; struct d$s *next; };
struct fw$d;
struct ü { int c; };
union u$n { int a; long b; };
struct m { int a$b; int é; int z; unsigned x$ : 3, y : 5; };
int f(int p$q, int é);
enum e { E$A, Eé, EB };
enum all$ { ALL };
enum only { ON$LY = -5 };
enum neg { NE$G = -5, POS };
typedef int t$t;
typedef struct { int q; } anon$t;
typedef int al$t __attribute__((aligned(16)));
typedef int un$t __attribute__((aligned(1)));
struct fp { int (*f)(int p$q, struct d$s *x, struct ü y); };
struct uses { struct d$s *p; struct d$s v; struct ü *u; t$t w; anon$t an; al$t al; struct fw$d *fw; enum all$ ea;
              enum only on; enum neg ng; union u$n un[3]; const t$t *pt; };
struct flex { int n; char data$[]; };
union big { char a; long long b$[4]; };
struct outer { struct { int in$; int ok; }; struct { int gone$; } ; int last; };
struct low { char c; un$t u; } __attribute__((packed));
struct bits { enum neg x : 4; enum neg y : 4; unsigned z; };
union both { struct d$s s; al$t q; };
struct has$attr { int x; } __attribute__((aligned(64)));
struct held { char c; struct has$attr h; };
struct points { char c; struct has$attr *h[3]; void (*cb)(struct has$attr h); };
"""


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

    def test_names_that_only_clang_takes(self) -> None:
        """`$` and letters of other scripts: what bears such a name is left out with a warning, all else is there, at its place."""
        self.write("d.h", ODD_NAMES)
        asserts = "".join(f'_Static_assert(__builtin_offsetof(struct uses, {member}) == {offset}, "{member}");\n'
                          for member, offset in {"p": 0, "v": 8, "u": 24, "w": 32, "an": 36, "al": 48, "fw": 56, "ea": 64, "ng": 72,
                                                 "un": 80, "pt": 104}.items())
        asserts += ('_Static_assert(__builtin_offsetof(struct m, z) == 8 && __builtin_offsetof(struct outer, ok) == 4, "");\n'
                    '_Static_assert(sizeof(struct uses) == 112 && sizeof(union big) == 32 && sizeof(struct held) == 128, "");\n'
                    '_Static_assert(EB == 2 && POS == -4 && sizeof(enum neg) == 4, "");\n')
        self.write("truth.c", ODD_NAMES + asserts)
        subprocess.run(["clang", "-fsyntax-only", "truth.c"], cwd=self.dir, check=True)
        warned = self.good("--header", "d.h", "-o", "o.h").err
        for what in ("d.h:2:8: warning: struct 'd$s'", "d.h:3:8: warning: struct 'fw$d'", "struct '\\xc3\\xbc'", "union 'u$n'", "member 'a$b'",
                     "member '\\xc3\\xa9'", "enumerator 'E$A'", "enumerator 'ON$LY'", "typedef 't$t'", "enum 'all$'"):
            self.assertIn(f"{what} is left out: its name is no C identifier\n", warned)
        self.write("o.c", '#include "o.h"\n' + asserts)
        for compiler in (["clang"], ["clang", "-target", "bpf"], ["gcc"]):
            subprocess.run([*compiler, "-c", "o.c", "-o", "o.o"], cwd=self.dir, check=True)
        self.good("--header", "d.h", "-o", "o.rs")
        subprocess.run(["rustc", "--edition", "2021", "--crate-type", "lib", "o.rs", "-o", "o.rlib"], cwd=self.dir, check=True, stderr=subprocess.DEVNULL)
        self.good("--header", "d.h", "-o", "o.btf", "--target", "x86_64-linux-gnu")
        found = types(self.good("--btf", "o.btf", "-e", "json"))
        places = {member["name"]: member["bit_offset"] // 8 for member in found["uses"]["members"]}
        self.assertEqual((places["fw"], places["pt"], found["uses"]["size"], found["held"]["size"]), (56, 104, 112, 128))
        self.assertEqual([member["name"] for member in found["m"]["members"]], ["z", "y"])
        self.assertIn("ON", ODD_NAMES)
        self.refused("--header", "d.h", "-o", "p.h", "--strict", says="--strict")
        self.refused("--header", "d.h", "struct d$s", says="d$s")
        self.assertEqual(self.good("--header", "d.h", "ok", "-e", "json").status, 0)

    def test_odd_names_of_files_and_macros(self) -> None:
        self.write("ü $x.h", "struct s { int x; };\n#define M$X 3\n#define MX 4\n#define MÜ 5\n")
        for emit in ("rust", "c", "json"):
            out = self.good("--header", "ü $x.h", "-e", emit, "--macros", "M*", "--depfile", "d", "-o", "o")
            self.assertIn("MX", (self.dir / "o").read_text())
            self.assertNotIn("M$X ", (self.dir / "o").read_text())
            self.assertEqual((self.dir / "d").read_text(), "o: \\\n  ü\\ $$x.h\n\nü\\ $$x.h:\n")
            self.assertEqual(out.status, 0)

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
