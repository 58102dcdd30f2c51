"""check and --for, as a user calls them."""

import json
import re
import subprocess
import unittest

from hdrgen import FIXTURES, Case

HEADER = """struct later;
struct inner { short a; short wanted; };
struct outer { long before; int x; struct inner in; unsigned b : 3; struct later *l; };
enum color { RED, GREEN = 5 };
struct unwanted { int x; };
"""
# Laid out otherwise than in the header.
PROGRAM = """
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
struct inner { short wanted; };
struct outer { struct inner in; int x; int gone; };
struct absent { int y; };
#pragma clang attribute pop
enum color { GREEN = 1 };
__attribute__((section("tp/good"), used)) int good(struct outer *o)
{
    return o->x + o->in.wanted + __builtin_preserve_enum_value(*(enum color *)GREEN, 1);
}
"""
GUARDED = PROGRAM + """
__attribute__((section("tp/guarded"), used)) int guarded(struct outer *o)
{
    return __builtin_preserve_field_info(o->gone, 2) ? o->gone : 0;
}
"""
BAD = PROGRAM + """
__attribute__((section("tp/bad"), used)) int bad(struct outer *o, struct absent *a) { return o->gone + a->y; }
"""


class Core(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", HEADER)
        self.good("--header", "x.h", "--target", "x86_64-linux-gnu", "-o", "x.btf")

    def compile(self, name: str, text: str, target: str = "bpfel") -> str:
        self.write(f"{name}.c", text)
        subprocess.run(["clang", "-target", target, "-g", "-O2", "-c", f"{name}.c", "-o", f"{name}.o"], cwd=self.dir, check=True)
        return f"{name}.o"

    def check(self, status: int, *arguments: str) -> str:
        result = self.run_hdrgen("check", *arguments)
        self.assertEqual(result.status, status, result.out.decode() + result.err)
        return result.out.decode()

    def test_resolved(self) -> None:
        out = self.check(0, self.compile("good", PROGRAM), "--btf", "x.btf")
        self.assertRegex(out, r"\bstruct outer\.x +8 +good\.c:\d+")
        self.assertRegex(out, r"\bstruct outer\.in\.wanted +14 ")
        self.assertRegex(out, r"\benum color::GREEN +5 ")
        self.assertIn("3 relocations: 3 resolved\n", out)

    def test_any_source(self) -> None:
        program = self.compile("good", PROGRAM)
        with_btf = self.check(0, program, "--btf", "x.btf")
        self.assertEqual(self.check(0, program, "--header", "x.h", "--target", "x86_64-linux-gnu"), with_btf)
        self.assertEqual(self.check(0, program, "--header", "x.h", "--", "--target=x86_64-linux-gnu"), with_btf)

    def test_a_kernel_tree(self) -> None:
        """The headers are found by what the object needs; a type that is in none is missing, not an error."""
        program = """
struct task_struct { int pid; } __attribute__((preserve_access_index));
struct of_no_kernel { int x; } __attribute__((preserve_access_index));
__attribute__((section("tp/one"), used)) int one(struct task_struct *t, struct of_no_kernel *n)
{
    return __builtin_preserve_field_info(n->x, 2) + t->pid;
}
"""
        tree = ("--kernel", str(FIXTURES / "mini"), "--arch", "arm64")
        one = self.compile("one", program)
        found = json.loads(self.good("--header", "linux/sched.h", *tree, "task_struct", "-e", "json").out)
        task = next(type for type in found["types"] if type.get("name") == "task_struct")
        place = next(member["bit_offset"] for member in task["members"] if member["name"] == "pid") // 8
        result = self.good("check", one, *tree)
        self.assertRegex(result.out.decode(), rf"struct task_struct\.pid +{place} ")
        self.assertIn("no header and no source file of this kernel defines 'struct of_no_kernel'", result.err)
        self.good("--for", one, *tree, "-o", "one.btf")
        self.assertIn("struct\ttask_struct\t", self.good("list", "--btf", "one.btf").out.decode())
        self.refused("check", self.compile("none", program.replace("task_struct", "no_such_task")), *tree,
                     says="none of the types that are needed is in the headers")

    def test_unresolved(self) -> None:
        out = self.check(1, self.compile("bad", BAD), "--btf", "x.btf")
        self.assertIn("struct 'outer' has no member 'gone'", out)
        self.assertIn("there is no struct 'absent'", out)
        self.assertIn("5 relocations: 3 resolved, 2 missing\nThe kernel would refuse bad.\n", out)

    def test_guarded(self) -> None:
        out = self.check(0, self.compile("guarded", GUARDED), "--btf", "x.btf")
        self.assertIn("missing, guarded", out)
        self.assertIn("4 resolved, 1 guarded", out)

    def test_json(self) -> None:
        good, bad = self.compile("good", PROGRAM), self.compile("bad", BAD)
        report = json.loads(self.check(1, good, bad, "--btf", "x.btf", "--format", "json"))
        self.assertEqual(report["hdrgen_check"], 1)
        self.assertEqual([o["file"] for o in report["objects"]], [good, bad])
        first = report["objects"][0]["relocations"][0]
        self.assertEqual((first["program"], first["kind"], first["access"], first["result"], first["value"]),
                         ("good", "byte_offset", "struct outer.x", "resolved", 8))
        missing = [r for r in report["objects"][1]["relocations"] if r["result"] == "missing"]
        self.assertEqual([(r["access"], r["guarded"]) for r in missing], [("struct outer.gone", False), ("struct absent.y", False)])

    def test_loaders(self) -> None:
        program = self.compile("size", PROGRAM + "int size(void) { return __builtin_preserve_type_info(*(struct absent *)0, 1); }\n")
        self.check(0, program, "--btf", "x.btf")
        self.check(1, program, "--btf", "x.btf", "--loader", "aya")
        out = self.check(1, program, "--btf", "x.btf", "--loader", "both")
        self.assertIn("but aya: refused: there is no such type, and aya gives up on a relocation for its size or id", out)
        self.assertIn("libbpf: 4 relocations: 4 resolved", out)
        self.assertIn("aya: 4 relocations: 3 resolved, 1 refused", out)

    def test_what_aya_misreads(self) -> None:
        """A number that the loader gets wrong is no fine answer, whatever libbpf makes of it."""
        (self.dir / "arrays.h").write_text("struct outer { char a; char b[2][3][4]; };\n")
        self.good("--header", "arrays.h", "--target", "x86_64-linux-gnu", "--arrays", "nested", "-o", "arrays.btf")
        program = self.compile("arrays", """
struct outer { char a; char b[2][3][4]; } __attribute__((preserve_access_index));
__attribute__((section("tp/one"), used)) long one(struct outer *o)
{
    return (long)__builtin_preserve_access_index(&o->b[1][2][3]);
}
""")
        self.assertIn(" 24 ", self.check(0, program, "--btf", "arrays.btf"))
        out = self.check(1, program, "--btf", "arrays.btf", "--loader", "aya")
        self.assertIn("16, wrong", out)
        self.assertIn("the program would go wrong: 24 is right", out)
        out = json.loads(self.check(1, program, "--btf", "arrays.btf", "--loader", "both", "--format", "json"))
        finding = out["objects"][0]["relocations"][0]
        self.assertEqual((finding["result"], finding["value"]), ("resolved", 24))
        self.assertEqual((finding["aya"]["result"], finding["aya"]["value"]), ("wrong", 16))
        self.good("--btf", "arrays.btf", "--for", program, "-o", "part.btf")
        self.refused("--btf", "arrays.btf", "--for", program, "--loader", "aya", "-o", "no.btf", says="a loader would not take struct outer.b")

    def test_what_cilium_misreads(self) -> None:
        """A load of another size stays as it is: --for does not prove a BTF with it."""
        (self.dir / "wide.h").write_text("struct outer { unsigned long a; unsigned long x; };\n")
        self.good("--header", "wide.h", "--target", "x86_64-linux-gnu", "-o", "wide.btf")
        program = self.compile("narrow", """
struct outer { unsigned x; } __attribute__((preserve_access_index));
__attribute__((section("tp_btf/one"), used)) unsigned one(struct outer *o)
{
    return o->x;
}
""")
        self.check(0, program, "--btf", "wide.btf")
        self.assertIn("wrong", self.check(1, program, "--btf", "wide.btf", "--loader", "cilium"))
        self.good("--btf", "wide.btf", "--for", program, "-o", "part.btf")
        self.refused("--btf", "wide.btf", "--for", program, "--loader", "cilium", "-o", "no.btf", says="a loader would not take struct outer.x")

    def test_absence_in_headers(self) -> None:
        """Headers that only declare a type do not say that the kernel has none: that is not known, for check and for --for."""
        (self.dir / "part.h").write_text("struct ring; struct user { struct ring *ring; int x; };\n")
        program = self.compile("ring", """
#define R __attribute__((preserve_access_index))
struct ring { int x; } R; struct unheard { int x; } R; struct user { int x, gone; } R;
__attribute__((section("tp/one"), used)) long one(struct user *u)
{
    return __builtin_preserve_type_info(*(struct ring *)0, 0) + __builtin_preserve_type_info(*(struct unheard *)0, 1) +
           __builtin_preserve_field_info(u->gone, 2) + u->x;
}
""")
        headers = ("--header", "part.h", "--target", "x86_64-linux-gnu")
        result = self.good("check", program, *headers)
        self.assertIn("type_exists of struct ring", result.err)
        self.assertIn("type_size of struct unheard", result.err)
        self.assertNotIn("gone", result.err)
        out = result.out.decode()
        self.assertIn("0 (not known)", out)
        self.assertIn("4 relocations: 2 resolved, 2 not known", out)
        for loader in ("libbpf", "aya", "cilium"):
            out = json.loads(self.run_hdrgen("check", program, *headers, "--loader", loader, "--format", "json").out)
            results = {r["access"]: r["result"] for r in out["objects"][0]["relocations"]}
            self.assertEqual((results["struct ring"], results["struct user.gone"], results["struct user.x"]), ("unknown", "resolved", "resolved"))
        self.refused("check", program, *headers, "--strict", says="type_exists of struct ring")
        self.assertIn("type_exists of struct ring", self.good(*headers, "--for", program, "-o", "part.btf").err)
        self.refused(*headers, "--for", program, "-o", "no.btf", "--strict", says="type_exists of struct ring")
        # A kernel's own BTF knows.
        out = self.check(0, program, "--btf", "part.btf")
        self.assertIn("0 (no)", out)

    def test_output_file(self) -> None:
        program = self.compile("bad", BAD)
        self.assertEqual(self.check(1, program, "--btf", "x.btf", "-o", "report.txt"), "")
        self.assertIn("2 missing", (self.dir / "report.txt").read_text())
        before = (self.dir / program).read_bytes()
        self.refused("check", program, "--btf", "x.btf", "--format", "text", "-o", program,
                     says="is one of the files that were read")
        self.assertEqual((self.dir / program).read_bytes(), before)

    def test_without_relocations(self) -> None:
        program = self.compile("plain", "int f(void) { return 1; }\n")
        self.assertIn("no CO-RE relocations: where it reads the kernel's types, it does so at offsets that were fixed when it was built, "
                      "and nothing can be checked", self.check(0, program, "--btf", "x.btf"))
        self.assertIn("no CO-RE relocations: ", self.check(0, program, "--btf", "x.btf", "--btf", "x.btf"))
        self.assertNotIn("fixed when it was built", self.check(0, self.compile("good", PROGRAM), "--btf", "x.btf"))

    def test_stripped(self) -> None:
        """Without .BTF.ext no loader relocates anything."""
        whole = self.dir / self.compile("good", PROGRAM)
        stripped = "stripped.o"
        (self.dir / stripped).write_bytes(whole.read_bytes().replace(b".BTF.ext\0", b".XTF.ext\0"))
        for more in ([], ["--btf", "x.btf"]):
            self.assertIn("no section .BTF.ext", self.check(0, stripped, "--btf", "x.btf", *more))
            objects = json.loads(self.check(0, stripped, "--btf", "x.btf", *more, "--format", "json"))["objects"]
            self.assertIn("no section .BTF.ext", objects[0]["remark"])
        self.refused("check", stripped, "--btf", "x.btf", "--strict", says="no section .BTF.ext")
        self.refused("--btf", "x.btf", "--for", stripped, "--strict", "-o", "no.btf", says="no section .BTF.ext")

    def test_damaged_ext(self) -> None:
        """libbpf leaves all of .BTF.ext alone then, loads the program, and it reads at offset 0."""
        whole = (self.dir / self.compile("good", PROGRAM)).read_bytes()
        listed = subprocess.run(["readelf", "-SW", "good.o"], cwd=self.dir, capture_output=True, text=True, check=True).stdout
        begin = int(re.search(r"\.BTF\.ext\s+\w+\s+\w+\s+(\w+)", listed)[1], 16)
        for at, value in ((8, 8), (8, 255), (12, 3), (24, 4), (41, 4)):
            damaged = bytearray(whole)
            damaged[begin + at] = value
            (self.dir / "damaged.o").write_bytes(damaged)
            self.refused("check", "damaged.o", "--btf", "x.btf", says="damaged.o: .BTF.ext: ")

    def test_bad_usage(self) -> None:
        program = self.compile("good", PROGRAM)
        self.refused("check", "--btf", "x.btf", says="check needs a BPF object")
        self.refused("check", program, "--btf", "x.btf", "--format", "html", says="--format html: check writes text and json of one kernel, and a page of several")
        self.refused("check", program, "--btf", "x.btf", "--loader", "bcc", says="--loader bcc: say libbpf, aya, cilium, both")
        self.refused("check", program, "--btf", "x.btf", "--for", program, says="--for does not go with check")
        self.refused("--btf", "x.btf", "outer", "--loader", "aya", says="--loader goes with check, and with --for and --emit btf")

    def test_bad_objects(self) -> None:
        self.refused("check", "none.o", "--btf", "x.btf", says="cannot read 'none.o'")
        self.refused("check", ".", "--btf", "x.btf", says="it is a directory")
        self.refused("check", "x.h", "--btf", "x.btf", says="x.h: this is no ELF file")
        self.write("host.c", "int f(void) { return 1; }\n")
        subprocess.run(["clang", "-c", "host.c", "-o", "host.o"], cwd=self.dir, check=True)
        self.refused("check", "host.o", "--btf", "x.btf", says="no BPF object")
        subprocess.run(["clang", "-target", "bpfel", "-O2", "-c", "host.c", "-o", "bare.o"], cwd=self.dir, check=True)
        self.refused("check", "bare.o", "--btf", "x.btf", says=["no section .BTF", "-g"])
        big = self.compile("big", PROGRAM, "bpfeb")
        self.refused("check", big, "--btf", "x.btf", says="the object is big-endian and the types are of a little-endian target")
        whole = (self.dir / self.compile("good", PROGRAM)).read_bytes()
        for cut in (10, 100, len(whole) // 2, len(whole) - 1):
            self.write("cut.o", whole[:cut])
            self.refused("check", "cut.o", "--btf", "x.btf", says="cut.o: ")

    # --- --for ---

    def dump(self, name: str) -> str:
        return subprocess.run(["bpftool", "btf", "dump", "file", name], cwd=self.dir, check=True, capture_output=True, text=True).stdout

    def test_minimal_btf(self) -> None:
        program = self.compile("good", PROGRAM)
        self.good("--btf", "x.btf", "--for", program, "-o", "min.btf")
        dump = self.dump("min.btf")
        self.assertRegex(dump, r"STRUCT 'outer' size=32 vlen=2\n\t'x' .*bits_offset=64\n\t'in' .*bits_offset=96\n")
        self.assertRegex(dump, r"STRUCT 'inner' size=4 vlen=1\n\t'wanted' .*bits_offset=16\n")
        for name in ("later", "unwanted", "'before'"):
            self.assertNotIn(name, dump)
        whole, small = (self.check(0, program, "--btf", btf) for btf in ("x.btf", "min.btf"))
        self.assertEqual(whole, small)
        self.good("--header", "x.h", "--target", "x86_64-linux-gnu", "--for", program, "-o", "header.btf")
        self.assertEqual(self.check(0, program, "--btf", "header.btf"), whole)
        self.assertEqual((self.dir / "header.btf").stat().st_size, (self.dir / "min.btf").stat().st_size)

    def test_several_objects(self) -> None:
        one = self.compile("one", "struct outer { int x; } __attribute__((preserve_access_index)); int f(struct outer *o) { return o->x; }\n")
        two = self.compile("two", "struct unwanted { int x; } __attribute__((preserve_access_index)); int g(struct unwanted *o) { return o->x; }\n")
        self.good("--btf", "x.btf", "--for", one, "--for", two, "-o", "both.btf")
        self.assertIn("'outer'", self.dump("both.btf"))
        self.assertIn("'unwanted'", self.dump("both.btf"))

    def test_whole_records(self) -> None:
        program = self.compile("good", PROGRAM)
        text = self.good("--btf", "x.btf", "--for", program, "-e", "rust").out.decode()
        self.assertIn("pub struct outer", text)
        self.assertIn("pub before:", text)
        self.assertNotIn("unwanted", text)
        self.assertIn("--for good.o", text)
        names = [t.get("name") for t in json.loads(self.good("--btf", "x.btf", "--for", program, "unwanted", "-e", "json").out)["types"]]
        for name in ("outer", "color", "unwanted"):
            self.assertIn(name, names)

    def test_for_bad_usage(self) -> None:
        program = self.compile("good", PROGRAM)
        for other, words in (("outer", "names do not go with it"), ("--symbols", "--symbols does not go with it"),
                             ("--pointers=follow", "--pointers does not go with it")):
            self.refused("--btf", "x.btf", "--for", program, other, "-e", "btf", "-o", "out.btf", says=words)
        self.refused("--btf", "x.btf", "--for", "none.o", "-o", "out.btf", says="cannot read 'none.o'")
        self.refused("--btf", "x.btf", "--for", says="'--for' needs a value")
        self.refused("--btf", "x.btf", "--for", program, "-o", program, "-e", "btf", says="is one of the files that were read")
        plain = self.compile("plain", "int f(void) { return 1; }\n")
        self.refused("--btf", "x.btf", "--for", plain, "-o", "out.rs", says="nothing to write")
        self.assertFalse((self.dir / "out.btf").exists())
        self.assertFalse((self.dir / "out.rs").exists())

    def test_programs_that_differ(self) -> None:
        """diff --for: by program what is somewhere else, and what would not load."""
        good, guarded = self.compile("good", PROGRAM), self.compile("guarded", GUARDED)
        self.write("moved.h", HEADER.replace("long before; int x;", "long before, more; int x;"))
        self.write("less.h", HEADER.replace("int x; struct inner in;", "int gone; struct inner in;"))
        for name in ("moved", "less"):
            self.good("--header", f"{name}.h", "--target", "x86_64-linux-gnu", "-o", f"{name}.btf")

        def diff(status: int, right: str) -> str:
            result = self.run_hdrgen("diff", "--btf", "x.btf", "--btf", right, "--for", good, "--for", guarded)
            self.assertEqual((result.status, result.err), (status, ""))
            return result.out.decode()

        same = diff(0, "x.btf")
        self.assertRegex(same, r"(?m)^good\.o\n  good +the same, 3 relocations$")
        self.assertIn("programs that differ: 0 of 3\n", same)
        moved = diff(1, "moved.btf")
        self.assertRegex(moved, r"(?m)^  good +2 of 3 relocations differ\n    byte_offset +struct outer\.x +8 \| 16$")
        self.assertRegex(moved, r"(?m)^  guarded +the same, ")
        self.assertIn("programs that differ: 2 of 3\n", moved)
        less = diff(1, "less.btf")
        self.assertRegex(less, r"struct outer\.x +8 \| missing\n")
        self.assertRegex(less, r"struct outer\.gone +missing, guarded \| 8\n")
        self.assertIn("programs that differ: 3 of 3; would not load on the right: good, good\n", less)
        for other in ("outer", "--common", "--format=json"):
            self.refused("diff", "--btf", "x.btf", "--btf", "moved.btf", "--for", good, other, says="does not go with it")
        self.refused("diff", "--btf", "x.btf", "--btf", "moved.btf", "--for", "none.o", says="cannot read 'none.o'")

    def test_for_missing(self) -> None:
        program = self.compile("bad", BAD)
        """What the verifier would refuse is no success: neither the small BTF nor bindings are written."""
        missing = "bad.o: nothing there for struct outer.gone (bad, instruction 0)"
        for output in ("min.btf", "min.rs"):
            self.refused("--btf", "x.btf", "--for", program, "-o", output, says=["error: " + missing, "--keep-going"])
            self.assertFalse((self.dir / output).exists())
            result = self.good("--btf", "x.btf", "--for", program, "-o", output, "--keep-going")
            self.assertIn("warning: " + missing, result.err)
            self.refused("--btf", "x.btf", "--for", program, "--strict", "--keep-going", "-o", "strict.btf", says="--strict: 2 warnings")
        guarded = self.good("--btf", "x.btf", "--for", self.compile("guarded", GUARDED), "-o", "min.btf")
        self.assertEqual(guarded.err, "")

    def test_for_arrays(self) -> None:
        """Each array of arrays is in the shape that the programs need: C's own, or that of a kernel's BTF."""
        (self.dir / "tree").symlink_to(FIXTURES / "mini")
        self.write("psi.h", "struct psi { long a; unsigned long total[2][6]; int cube[2][3][4]; };\n")
        head = "#define CORE __attribute__((preserve_access_index))\n#define PROG(n) __attribute__((section(\"tp/\" #n), used)) int n\n"
        nested = head + "struct psi { unsigned long total[2][6]; int cube[2][3][4]; } CORE;\nPROG(nested)(struct psi *p) { return p->total[1][3]; }\n"
        flat = head + "struct psi { unsigned long total[12]; int cube[24]; } CORE;\nPROG(flat)(struct psi *p) { return p->total[9]; }\n"
        cube = head + "struct psi { unsigned long total[12]; int cube[2][3][4]; } CORE;\nPROG(cube)(struct psi *p) { return p->cube[1][2][3] + p->total[9]; }\n"
        source = ["--kernel", "tree", "--arch", "arm64", "--header", str(self.dir / "psi.h")]
        objects = {name: self.compile(name, text) for name, text in (("nested", nested), ("flat", flat), ("cube", cube))}
        for name, offset in (("nested", 8 + 48), ("flat", 8 + 72), ("cube", 104 + 48)):  # clang adds the last indices itself
            self.good(*source, "--for", objects[name], "-o", "out.btf")
            self.assertRegex(self.check(0, objects[name], "--btf", "out.btf"), rf"byte_offset .* {offset} ")
        self.good(*source, "--for", objects["flat"], "--for", objects["cube"], "-o", "out.btf")
        self.refused(*source, "--for", objects["flat"], "--for", objects["nested"], "-o", "no.btf",
                     says=["nested.o (struct psi.total[1]) needs an array of arrays as C has it", "and flat.o (struct psi.total[9])"])
        alone = self.compile("alone", head + "struct psi { unsigned long total[2][6]; } CORE;\nPROG(alone)(struct psi *p)\n"
                             "{ return __builtin_preserve_field_info(p->total, 2) ? p->total[1][3] : 7; }\n")
        self.good(*source, "--for", alone, "-o", "out.btf")  # no guard decides what can be had
        self.assertRegex(self.check(0, alone, "--btf", "out.btf"), r"field_exists +struct psi.total +1")
        guarded = self.compile("guarded2", head + "struct psi { unsigned long total[12]; } CORE;\n"
                               "struct psi___own { unsigned long total[2][6]; } CORE;\nPROG(both)(struct psi *p)\n{\n"
                               "    struct psi___own *own = (void *)p;\n    return __builtin_preserve_field_info(own->total[1][3], 2) ? own->total[1][3] : p->total[9];\n}\n")
        self.good(*source, "--for", guarded, "-o", "out.btf")
        self.assertIn("1 guarded", self.check(0, guarded, "--btf", "out.btf"))

    def test_for_ambiguous(self) -> None:
        self.write("two.h", "struct s___a { int y; int x; }; struct s___b { int x; int y; };\n")
        self.good("--header", "two.h", "--target", "x86_64-linux-gnu", "-q", "-o", "two.btf")
        program = self.compile("s", "struct s { int x; } __attribute__((preserve_access_index)); int f(struct s *s) { return s->x; }\n")
        self.refused("--btf", "two.btf", "--for", program, "-o", "min.btf", says=["more than one type matches it", "struct s.x"])
        self.assertIn("1 ambiguous", self.check(1, program, "--btf", "two.btf"))

    def test_dependencies(self) -> None:
        program = self.compile("good", PROGRAM)
        self.good("--btf", "x.btf", "--for", program, "-o", "min.btf", "--depfile", "min.d")
        text = (self.dir / "min.d").read_text()
        self.assertIn("x.btf", text.splitlines()[1])
        self.assertIn("good.o", text.splitlines()[2])


if __name__ == "__main__":
    unittest.main()
