"""link, as a user calls it: objects with placeholders and records, and what becomes of them."""

import json
import os
import stat
import subprocess
import unittest

from hdrgen import HDRGEN, Case

HEADER = """struct inner { short a; short wanted; };
union either { int number; char bytes[4]; };
struct task { long before; int pid; struct inner in[3]; unsigned a : 3, b : 7; signed c : 5; union either e; struct task *next; double d; };
typedef struct { int counter; } count_t;
enum color { RED, GREEN = 5 };
enum wide { SMALL, HUGE_VALUE = 0x123456789abcdefL };
"""
# Each with the number that it has on HEADER, for x86_64.
RECORDS = (
    ("byte_offset Stask pid:i32s", 8),
    ("byte_size Stask pid:i32s", 4),
    ("byte_offset Stask in:[3]Sinner [2] wanted:i16s", 22),
    ("byte_size Stask in:[3]Sinner", 12),
    ("byte_offset Stask in:[3]Sinner [1]", 16),
    ("field_exists Stask pid:i32s", 1),
    ("field_exists Stask gone:p", 0),
    ("byte_offset Stask b:i32u@7", 24),
    ("byte_size Stask b:i32u@7", 4),
    ("lshift_u64 Stask b:i32u@7", 54),
    ("rshift_u64 Stask b:i32u@7", 57),
    ("signed Stask b:i32u@7", 0),
    ("signed Stask c:i32s@5", 1),
    ("byte_offset Stask e:Ueither bytes:[4]i8s [3]", 31),
    ("byte_offset Ueither bytes:[4]i8s [1]", 1),
    ("byte_offset Stask next:p", 32),
    ("byte_offset Stask d:f8", 40),
    ("byte_offset Stask___other pid:i32s", 8),
    ("byte_offset Tcount_t=S counter:i32s", 0),
    ("type_size Stask", 48),
    ("type_size Tcount_t=S", 4),
    ("type_exists Ecolor", 1),
    ("type_exists Sno_such", 0),
    ("type_matches Sinner(a:i16s'short',wanted:i16s'short')", 1),
    ("type_matches Sinner(a:i16s'short',gone:i16s'short')", 0),
    ("type_matches Stask(next:pStask,e:Ueither(number:i32s'int'))", 1),
    ("enumval_exists Ecolor GREEN", 1),
    ("enumval_exists Ecolor BLUE", 0),
    ("enumval_value Ecolor GREEN", 5),
    ("enumval_value E8swide HUGE_VALUE", 0x123456789ABCDEF),
)
ONE = "byte_offset Stask pid:i32s"


def is_wide(text: str) -> bool:
    return text.startswith(("enumval_value", "type_id"))


def record(label: str, text: str) -> list[str]:
    return ['.pushsection .hdrgen.relo.1,"",@progbits', f".long {label}", f'.asciz "{text}"', ".popsection"]


def assembly(*texts: str, section: str = "tp/test", name: str = "prog", before: str = "") -> str:
    """A function with a placeholder for each."""
    lines = [before, f'.section "{section}","ax",@progbits', ".p2align 3", f".globl {name}", f".type {name},@function", f"{name}:"]
    for i, text in enumerate(texts):
        wide = is_wide(text)
        lines += [f".L{name}{i}:", *["call hdrgen_link_was_not_run"] * (2 if wide else 1)]
        lines += record(f".L{name}{i}", f"r{i % 10}{':64' if wide else ''} {text}")
    lines += ["exit", f".L{name}_end:", f".size {name}, .L{name}_end-{name}"]
    return "\n".join(lines) + "\n"


class Link(Case):
    def assemble(self, text: str, name: str = "prog", target: str = "bpfel") -> str:
        self.write(f"{name}.s", text)
        subprocess.run(["clang", "-target", target, "-c", f"{name}.s", "-o", f"{name}.o"], cwd=self.dir, check=True)
        return f"{name}.o"

    def compile(self, text: str, name: str = "prog", target: str = "bpfel", *flags: str) -> str:
        self.write(f"{name}.c", text)
        subprocess.run(["clang", "-target", target, "-g", "-O2", *flags, "-c", f"{name}.c", "-o", f"{name}.o"], cwd=self.dir, check=True)
        return f"{name}.o"

    def bytes(self, name: str) -> bytes:
        return (self.dir / name).read_bytes()

    def values(self, program: str, target: str = "x86_64-linux-gnu") -> list[tuple[str, object]]:
        self.write("x.h", HEADER)
        out = self.run_hdrgen("check", program, "--header", "x.h", "--target", target, "--format", "json").out
        return [(r["kind"], r.get("value", r["result"])) for r in json.loads(out)["objects"][0]["relocations"]]

    def not_linked(self, text: str, says: str | list[str], **options: str) -> None:
        """Refused, and the object stays as it is."""
        name = self.assemble(text, **options)
        before = self.bytes(name)
        self.refused("link", name, says=says)
        self.assertEqual(self.bytes(name), before)
        self.refused("link", name, "-o", "out.o", says=says)
        self.assertFalse((self.dir / "out.o").exists())


class Links(Link):
    def test_every_kind(self) -> None:
        for target, triple in (("bpfel", "x86_64-linux-gnu"), ("bpfeb", "s390x-linux-gnu")):
            with self.subTest(target):
                name = self.assemble(assembly(*(text for text, _ in RECORDS)), target=target)
                self.good("link", name)
                found = self.values(name, triple)
                expected = [(text.split()[0], value) for text, value in RECORDS]
                if target == "bpfeb":  # a bit-field lies at the other end
                    expected = [("lshift_u64", 35) if e[0] == "lshift_u64" else e for e in expected]
                self.assertEqual(found, expected)

    def test_where_it_goes(self) -> None:
        name = self.assemble(assembly(ONE))
        raw = self.bytes(name)
        self.assertEqual(self.good("link", name, "-o", "out.o").out, b"")
        self.assertEqual(self.bytes(name), raw)
        linked = self.bytes("out.o")
        self.assertNotEqual(linked, raw)
        self.assertEqual(self.good("link", name, "-o", "-").out, linked)
        os.chmod(self.dir / name, 0o640)
        (self.dir / "link.o").symlink_to(name)
        self.assertEqual(self.good("link", "link.o").err, "")
        self.assertEqual(self.bytes(name), linked)
        self.assertTrue((self.dir / "link.o").is_symlink())
        self.assertEqual(stat.S_IMODE((self.dir / name).stat().st_mode), 0o640)
        self.assertEqual([p for p in self.dir.iterdir() if "tmp" in p.name.lower()], [])

    def test_twice(self) -> None:
        name = self.assemble(assembly(ONE))
        self.good("link", name)
        once = self.bytes(name)
        inode = (self.dir / name).stat().st_ino
        self.assertIn("prog.o: it is linked already", self.good("link", name).err)
        self.assertEqual(self.bytes(name), once)
        self.assertEqual((self.dir / name).stat().st_ino, inode)
        self.good("link", name, "-o", "again.o")
        self.assertEqual(self.bytes("again.o"), once)

    def test_several(self) -> None:
        a, b = self.assemble(assembly(ONE), "a"), self.assemble(assembly(ONE, ONE), "b")
        self.refused("link", a, b, "-o", "out.o", says="-o names one file")
        self.good("link", a, b)
        self.assertEqual([len(self.values(name)) for name in (a, b)], [1, 2])

    def test_nothing_is_left(self) -> None:
        """Neither records nor placeholders, nor what names them."""
        name = self.assemble(assembly(ONE))
        self.good("link", name)
        for word in (b".hdrgen.relo", b"hdrgen_link_was_not_run"):
            self.assertNotIn(word, self.bytes(name))
        tools = subprocess.run(["readelf", "-SsrW", name], cwd=self.dir, capture_output=True, text=True, check=True)
        self.assertEqual(tools.stderr, "")
        self.assertNotIn(".rel", tools.stdout)

    def test_placed_by_section(self) -> None:
        """Several functions and sections, and the same access more than once."""
        text = assembly(ONE, ONE, name="one") + assembly(ONE, section="tp/other", name="two") + assembly(ONE, section=".text", name="three")
        name = self.assemble(text)
        self.good("link", name)
        out = self.run_hdrgen("check", name, "--header", self.write("x.h", HEADER).name, "--format", "json").out
        places = [(r["section"], r["program"], r["insn"]) for r in json.loads(out)["objects"][0]["relocations"]]
        self.assertEqual(sorted(places), [(".text", "three", 0), ("tp/other", "two", 0), ("tp/test", "one", 0), ("tp/test", "one", 1)])

    def test_instructions(self) -> None:
        """Each placeholder becomes a move, of the register and width that the record says."""
        lines = ["r7 = 1 ll"]
        lines += [".La:", "call hdrgen_link_was_not_run", ".Lb:", "call hdrgen_link_was_not_run", ".Lc:", "call hdrgen_link_was_not_run"]
        lines += ["call hdrgen_link_was_not_run", "exit", ".Lend:", ".size prog, .Lend-prog"]
        lines += record(".La", f"r3 {ONE}") + record(".Lb", "w9 type_size Stask") + record(".Lc", "r0:64 enumval_value Ecolor RED")
        for target in ("bpfel", "bpfeb"):
            name = self.assemble(".section tp/test,\"ax\",@progbits\n.globl prog\n.type prog,@function\nprog:\n" + "\n".join(lines) + "\n", target=target)
            self.good("link", name)
            dump = subprocess.run(["llvm-objdump", "-d", "--no-show-raw-insn", name], cwd=self.dir, capture_output=True, text=True, check=True)
            for instruction in ("r7 = 1 ll", "r3 = 0", "w9 = 4", "r0 = 0 ll"):
                self.assertIn(f"\t{instruction}\n", dump.stdout)
            self.assertNotIn("call", dump.stdout)

    def test_beside_clang(self) -> None:
        """Relocations, functions and lines that clang wrote stay, in order of instructions."""
        program = """
struct task { int pid; struct task *next; } __attribute__((preserve_access_index));
int counter = 7;
__attribute__((section("tp/test"), used)) int prog(struct task *t)
{
    unsigned long value;
    int first = t->pid;
    __asm__ volatile("2: call hdrgen_link_was_not_run\\n.pushsection .hdrgen.relo.1,\\"\\",@progbits\\n.long 2b\\n"
                     ".asciz \\"%0 byte_offset Stask pid:i32s\\"\\n.popsection" : "=r"(value));
    return first + value + (t->next != 0) + counter;
}
"""
        for target in ("bpfel", "bpfeb"):
            name = self.compile(program, "prog", target)
            before = self.values_of_lines(name)
            self.good("link", name)
            self.assertEqual(self.values_of_lines(name), before)
            found = self.values(name, "x86_64-linux-gnu" if target == "bpfel" else "s390x-linux-gnu")
            self.assertEqual(found, [("byte_offset", 8), ("byte_offset", 8), ("byte_offset", 32)])
            readelf = subprocess.run(["readelf", "-rW", name], cwd=self.dir, capture_output=True, text=True, check=True)
            self.assertIn("counter", readelf.stdout)

    def values_of_lines(self, name: str) -> str:
        """Where each instruction comes from, by LLVM's reading of .BTF.ext and DWARF."""
        dump = subprocess.run(["llvm-objdump", "-d", "-l", "--no-show-raw-insn", name], cwd=self.dir, capture_output=True, text=True, check=True)
        return "\n".join(line for line in dump.stdout.splitlines() if line.startswith(";"))

    def test_two_versions_of_a_member(self) -> None:
        """Bindings of two kernels in one program: a flavour, and each relocation has its own."""
        name = self.assemble(assembly("field_exists Stask pid:i64s", "field_exists Stask pid:p", "byte_offset Stask pid:i32s", "type_size Stask___x",
                                      "byte_offset Stask___x pid:i32s", "field_exists Stask___x pid:p"))
        self.good("link", name)
        out = self.run_hdrgen("check", name, "--header", self.write("x.h", HEADER).name, "--format", "json").out
        found = [(r["access"], r.get("value")) for r in json.loads(out)["objects"][0]["relocations"]]
        self.assertEqual(found, [("struct task.pid", 1), ("struct task___hdrgen2.pid", 0), ("struct task___hdrgen3.pid", 8), ("struct task___x", 48),
                                 ("struct task___x.pid", 8), ("struct task___x_hdrgen2.pid", 0)])

    def test_a_name_that_can_have_no_flavour(self) -> None:
        """Four underscores are no separator to loaders: the second version would be looked for under another name."""
        for name in ("Sfoo_", "Sa___b__", "Tbar_=S", "S" + "x" * 120):
            object_ = self.assemble(assembly(f"field_exists {name} state:i64s", f"field_exists {name} state:i32u"))
            self.refused("link", object_, "-o", "out.o", says=["two versions of", "no flavour"])
            self.assertFalse((self.dir / "out.o").exists())
            self.good("link", self.assemble(assembly(f"field_exists {name} state:i64s", f"byte_offset {name} state:i64s")))

    def test_members_are_merged(self) -> None:
        name = self.assemble(assembly("byte_offset Stask pid:i32s", "byte_offset Stask in:[3]Sinner [0] a:i16s", "byte_offset Stask in:[3]Sinner [1] wanted:i16s"))
        self.good("link", name)
        shown = self.good("show", "--btf", name, "struct task", "inner").out.decode()
        self.assertEqual(shown.count("struct task {"), 1)
        self.assertEqual(shown.count("short int"), 2)

    def test_the_same_bytes(self) -> None:
        name = self.assemble(assembly(*(text for text, _ in RECORDS)))
        outputs = {self.good("link", name, "-o", "-").out for _ in range(2)}
        self.assertEqual(len(outputs), 1)


def places(*texts: str, section: str = ".hdrgen.place.1", ending: str = ".asciz") -> str:
    return "\n".join([f'.section {section},"",@progbits', *(f'{ending} "{text}"' for text in texts), ""])


class Places(Link):
    """Paths that are defined apart from the records that go through them."""

    def test_paths(self) -> None:
        """Through members, elements, records without a name, and places defined later, twice or not used."""
        defined = ("@72 @71 S in:Sinner", "@71 @0 Souter s:S", "@71 @0 Souter s:S", "@73 @0 Souter many:[4]Sinner [2]", "@9 @8 Sunused x:Sy",
                   "@74 @0 Tnamed_t=S in:Sinner", "@18446744073709551615 @0 Souter last:Sinner")
        records = ("byte_offset @72 Sinner wanted:i16s", "byte_offset @73 Sinner wanted:i16s", "byte_size @0 Souter many:[4]Sinner",
                   "byte_offset @74 Sinner wanted:i16s", "byte_offset @18446744073709551615 Sinner a:i16s", "field_exists @71 S x:i32s",
                   "byte_offset @72 Tinner_t=Sinner wanted:i16s")
        self.write("y.h", "struct inner { short a, wanted; }; typedef struct { char c[4]; struct inner in; } named_t;\n"
                          "struct outer { long x; struct { int y; struct inner in; } s; struct inner many[4], last; };\n")
        for target, triple in (("bpfel", "x86_64-linux-gnu"), ("bpfeb", "s390x-linux-gnu")):
            name = self.assemble(assembly(*records) + places(*defined), target=target)
            self.good("link", name)
            out = self.run_hdrgen("check", name, "--header", "y.h", "--target", triple, "--format", "json").out
            found = [(r["access"], r.get("value")) for r in json.loads(out)["objects"][0]["relocations"]]
            self.assertEqual(found, [
                ("struct outer.s.in.wanted", 14), ("struct outer.many[2].wanted", 26), ("struct outer.many", 16), ("typedef named_t.in.wanted", 6),
                ("struct outer.last.a", 32), ("struct outer.s.x", 0), ("struct outer.s.in.wanted", 14)])
            self.assertNotIn(b".hdrgen", self.bytes(name))

    def test_bad(self) -> None:
        one = "byte_offset @1 Sinner wanted:i16s"
        good = "@1 @0 Souter in:Sinner"
        self.assertEqual(len(self.good("link", self.assemble(assembly(one) + places(good))).err), 0)
        for defined, says in (
            ((), "its place is defined nowhere"),
            (("@2 @0 Souter in:Sinner",), "its place is defined nowhere"),
            (("@1 @7 Sinner in:Sinner",), "its place is defined nowhere"),
            (("@1 @1 Sinner in:Sinner",), "its place is within more than 60 others, or within itself"),
            (("@1 @2 Sinner in:Sinner", "@2 @1 Sinner in:Sinner"), "its place is within more than 60 others, or within itself"),
            ((good, "@1 @0 Souter at:Sinner"), "another one has the same number"),
            (("@1 @0 Souter in:Sother",), "its place is of another type"),
            (("@1 @0 Souter in:Sinnermost",), "its place is of another type"),
            (("@1 @0 Souter",), "its place is of another type"),
            (("@0 @0 Souter in:Sinner",), "it does not begin with two numbers"),
            (("@1 Souter in:Sinner",), "it does not begin with two numbers"),
            (("@01 @0 Souter in:Sinner",), "it does not begin with two numbers"),
            (("@123456789012345678901 @0 Souter in:Sinner",), "it does not begin with two numbers"),
            (("",), "it does not begin with two numbers"),
            (("@1 @0 Souter in:i33s",), "its place is of another type"),
            (("@1 @0 Souter in:Sinner x",), "its place is of another type"),
            (("@1 @0 Souter [0] in:Sinner",), "an index is not into an array"),
        ):
            with self.subTest(defined):
                self.not_linked(assembly(one) + (places(*defined) if defined else ""), says)
        self.not_linked(assembly(one.replace("@1 ", "@x ")) + places(good), "a place has no number")
        self.not_linked(assembly(one.replace("@1 ", "@1")) + places(good), "a place has no number")
        self.not_linked(assembly(one) + places(good, section=".hdrgen.place.2"), ["section '.hdrgen.place.2'", ".hdrgen.place.1 only"])
        self.not_linked(assembly(one) + places(good, ending=".ascii"), "the text at byte 0 is cut off or too long")
        self.not_linked(assembly(one) + places("@1 @0 S" + "n" * 4000 + " in:Sinner"), "the text at byte 0 is cut off or too long")
        long = [f"@{i} @{i - 1} S{'abcdefgh' * 10}{i - 1} m:S{'abcdefgh' * 10}{i}" for i in range(2, 60)]
        first = f"@1 @0 Souter m:S{'abcdefgh' * 10}1"
        self.not_linked(assembly(f"byte_offset @59 S{'abcdefgh' * 10}59 x:i32s") + places(first, *long), "with its place it is longer than 4000 bytes")


class NotLinked(Link):
    def test_says_so(self) -> None:
        """Everything that reads objects says what to do with one that was not linked."""
        name = self.assemble(assembly(ONE))
        says = "run `hdrgen link prog.o`"
        self.write("x.h", HEADER)
        self.refused("check", name, "--header", "x.h", says=says)
        self.refused("generate", "--for", name, "--header", "x.h", says=says)
        self.refused("generate", "--for", name, "--header", "x.h", "-e", "btf", "-o", "x.btf", says=says)
        self.refused("show", "--btf", name, "task", says="hdrgen link")
        self.refused("list", "--btf", name, says="hdrgen link")
        self.good("link", name)
        self.good("check", name, "--header", "x.h")
        self.good("generate", "--for", name, "--header", "x.h", "-e", "btf", "-o", "x.btf")
        self.good("show", "--btf", name, "task")

    def test_one_placeholder_is_enough(self) -> None:
        """Without the section of records, too."""
        name = self.assemble(assembly(before="") .replace("exit", "call hdrgen_link_was_not_run\nexit"))
        self.write("x.h", HEADER)
        self.refused("check", name, "--header", "x.h", says="hdrgen link")


class BadInput(Link):
    def test_pairs(self) -> None:
        call = "call hdrgen_link_was_not_run"
        self.not_linked(assembly(ONE).replace("exit", f"{call}\nexit"), "section 'tp/test', byte 8: a placeholder without a record")
        self.not_linked(assembly(ONE).replace(call, "call 35"), ["record 'r0 byte_offset Stask pid:i32s'", "byte 0 of section 'tp/test' is no placeholder"])
        self.not_linked(assembly(ONE).replace(".type prog,@function", ""), "a placeholder is in no function")
        self.not_linked(assembly(ONE) + ".data\n.quad hdrgen_link_was_not_run\n", "section '.data': byte 0 refers to hdrgen_link_was_not_run")

    def test_section(self) -> None:
        self.not_linked(assembly(ONE).replace("relo.1", "relo.2"), ["section '.hdrgen.relo.2'", ".hdrgen.relo.1 only"])
        self.not_linked(assembly(ONE).replace(".asciz", ".ascii"), "the record at byte 0 is cut off")
        self.not_linked(assembly(ONE) + '.section .hdrgen.relo.1,"",@progbits\n.byte 0\n', "the record at byte 34 is cut off")

    def test_texts(self) -> None:
        """tests/unit/link.c has each of them."""
        for text, says in (
            ("byte_offset Stask", "it has no step"),
            ("byte_offset Stask pid:i33s", "an integer has 8, 16, 32, 64 or 128 bits"),
        ):
            self.not_linked(assembly(text), ["prog.o: record 'r0 byte_offset Stask", "(byte 0 of .hdrgen.relo.1)", says])
        self.not_linked(assembly("enumval_value Ecolor RED").replace("r0:64", "r0"), "a value needs 64 bits")

    def test_no_records(self) -> None:
        self.refused("link", self.assemble(assembly()), says="there is nothing to link: it has no records")
        self.refused("link", self.compile("int x;"), says="there is nothing to link")

    def test_no_objects(self) -> None:
        self.write("text.o", "no object")
        self.write("host.c", "int x;")
        subprocess.run(["gcc", "-c", "host.c"], cwd=self.dir, check=True)
        self.refused("link", "text.o", says="text.o: this is no ELF file")
        self.refused("link", "host.o", says=["host.o: this is an ELF file", "but no BPF object"])
        self.refused("link", "absent.o", says="cannot read 'absent.o'")
        self.refused("link", ".", says="cannot read '.'")
        self.refused("link", says="link needs a BPF object")
        self.refused("link", "text.o", "--btf", "x", says="--btf does not go with link")
        self.refused("link", "text.o", "--", "x", says="what follows -- are the arguments of the linker")
        self.refused("show", "x", "--wrap", "ld", says="--wrap does not go with show")

    def test_cut_off(self) -> None:
        name = self.assemble(assembly(ONE))
        whole = self.bytes(name)
        for size in range(0, len(whole), 301):
            self.write("cut.o", whole[:size])
            self.refused("link", "cut.o", says="cut.o")

    def test_one_bad_of_several(self) -> None:
        """Those before it are linked, and it is named."""
        good, bad = self.assemble(assembly(ONE), "good"), self.assemble(assembly("nonsense"), "bad")
        self.refused("link", good, bad, says="bad.o: record 'r0 nonsense'")


class Wrap(Link):
    LINKER = '#!/bin/sh\necho "$0 $@" >> calls\nfor a; do case $last in -o) out=$a;; esac; last=$a; done\ncp made.o "${out:-a.out}"\nexit ${LINKER_STATUS:-0}\n'

    def setUp(self) -> None:
        super().setUp()
        self.write("my-linker", self.LINKER)
        os.chmod(self.dir / "my-linker", 0o755)
        self.assemble(assembly(ONE), "made")

    def test_links_the_output(self) -> None:
        result = self.good("link", "--wrap", "./my-linker", "--", "--cpu", "v3", "-o", "out", "--", "-x")
        self.assertEqual((result.out, result.err), (b"", ""))
        self.assertEqual(self.bytes("calls").decode(), "./my-linker --cpu v3 -o out -- -x\n")
        self.assertEqual(self.values("out"), [("byte_offset", 8)])

    def test_spellings_of_the_output(self) -> None:
        self.write("cp", "#!/bin/sh\ncp made.o out\n")
        os.chmod(self.dir / "cp", 0o755)
        self.write("args", "--x 'a b' \\-o\n\"out\"\n")
        self.write("nested", "@args")
        for arguments in (["-oout"], ["--output=out"], ["--output", "out"], ["@args"], ["@nested"], ["-o", "other", "-o", "out"]):
            with self.subTest(arguments):
                self.good("link", "--wrap", "./cp", "--", *arguments)
                self.assertEqual(self.values("out"), [("byte_offset", 8)])
                (self.dir / "out").unlink()
        self.refused("link", "--wrap", "./cp", "--", "x", says="do not name its output with -o")

    def test_status(self) -> None:
        environment = {**os.environ, "LINKER_STATUS": "42"}
        result = self.run_hdrgen("link", "--wrap", "./my-linker", "--", "-o", "out", env=environment)
        self.assertEqual(result.status, 42)
        self.assertEqual(self.bytes("out"), self.bytes("made.o"))
        self.write("dies", "#!/bin/sh\nkill -9 $$\n")
        os.chmod(self.dir / "dies", 0o755)
        self.assertEqual(self.run_hdrgen("link", "--wrap", "./dies", "--", "-o", "out").status, 128 + 9)
        self.refused("link", "--wrap", "./absent", "--", "-o", "out", says="cannot run the linker './absent'")

    def test_what_is_left_alone(self) -> None:
        for text, note in ((b"; ModuleID = 'x'\n", "it is no BPF object"), (None, "")):
            if text is None:
                self.compile("int x;", "made")
            else:
                self.write("made.o", text)
            result = self.good("link", "--wrap", "./my-linker", "--", "-o", "out")
            self.assertEqual(self.bytes("out"), self.bytes("made.o"))
            self.assertEqual(note in result.err, True)

    def test_failure_leaves_no_output(self) -> None:
        self.assemble(assembly("nonsense"), "made")
        self.refused("link", "--wrap", "./my-linker", "--", "-o", "out", says="out: record 'r0 nonsense'")
        self.assertFalse((self.dir / "out").exists())

    def test_by_name(self) -> None:
        """As cargo's `linker =`, which takes no arguments."""
        (self.dir / "hdrgen-my-linker").symlink_to(HDRGEN)
        environment = {**os.environ, "PATH": f"{self.dir}:{os.environ['PATH']}"}
        subprocess.run(["hdrgen-my-linker", "--help", "-o", "out"], cwd=self.dir, env=environment, check=True)
        self.assertEqual(self.values("out"), [("byte_offset", 8)])
        self.assertIn(" --help -o out\n", self.bytes("calls").decode())

    def test_usage(self) -> None:
        self.refused("link", "x.o", "--wrap", "ld", "--", "-o", "x", says="with --wrap the linker's own arguments")
        self.refused("link", "-o", "x.o", "--wrap", "ld", "--", "-o", "x", says="with --wrap the linker's own arguments")


if __name__ == "__main__":
    unittest.main()
