"""diff as a user calls it: sources, exit status, formats, and that every single change is found."""

import json
import os
import shutil
import struct
import subprocess
import unittest
from collections import Counter

from hdrgen import FIXTURES, HDRGEN, Case, mini_flags

LEFT = "struct s { int a; long b; char c[8]; unsigned f : 3; }; enum e { A, B }; struct same { int x; };\n"
RIGHT = "struct s { int a; int n; long b; char c[8]; unsigned f : 3; }; enum e { A, B = 4 }; struct same { int x; };\n"


class Diff(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("l.h", LEFT)
        self.write("r.h", RIGHT)
        for name in "lr":
            self.good("--header", f"{name}.h", "-o", f"{name}.btf")

    def differ(self, *arguments: str) -> str:
        result = self.run_hdrgen("diff", *arguments)
        self.assertEqual(result.status, 1, result.err)
        return result.out.decode()

    def changes(self, *arguments: str) -> list[dict]:
        result = self.run_hdrgen("diff", "--format", "json", *arguments)
        self.assertIn(result.status, (0, 1), result.err)
        found = json.loads(result.out)
        self.assertEqual(found["hdrgen_diff"], 1)
        self.assertEqual(bool(found["changes"]), result.status == 1)
        return found["changes"]

    def test_same(self) -> None:
        for sources in (["--btf", "l.btf", "--btf", "l.btf"], ["--btf", "l.btf", "--header", "l.h"],
                        ["--header", "l.h", "--btf", "l.btf"]):
            self.assertIn("3 types on both sides: 3 identical, 0 changed", self.good("diff", *sources).out.decode())

    def test_text(self) -> None:
        text = self.differ("--btf", "l.btf", "--header", "r.h")
        self.assertTrue(text.startswith("left:  --btf l.btf\nright: --header r.h\n"
                                        "3 types on both sides: 1 identical, 2 changed\n\nstruct s\n"), text)
        self.assertTrue(text.endswith("B = 1 -> 4\n"), text)
        self.assertRegex(text, r"> +4 +4  n\n")
        self.assertIn("| B = 1 -> 4\n", text)
        self.assertNotIn("\033", text)

    def test_left_is_the_first(self) -> None:
        one = self.changes("--btf", "l.btf", "--header", "r.h")
        other = self.changes("--header", "r.h", "--btf", "l.btf")
        swap = {"member_missing": "member_extra", "member_extra": "member_missing"}
        mirrored = [{**change, "what": swap.get(change["what"], change["what"]),
                     "left": change["right"], "right": change["left"]} for change in other]
        key = lambda change: json.dumps(change, sort_keys=True)  # noqa: E731
        self.assertEqual(sorted(map(key, one)), sorted(map(key, mirrored)))

    def test_names(self) -> None:
        sources = ("--btf", "l.btf", "--btf", "r.btf")
        self.assertEqual(self.changes(*sources, "same"), [])
        self.assertEqual({change["type"] for change in self.changes(*sources, "enum e")}, {"enum e"})
        self.refused("diff", *sources, "sam", says="did you mean 'struct same'?")

    def test_what_has_no_place_of_its_own(self) -> None:
        """Types without a tag, and namesakes that are held, are told where they are used; by headers and by BTF."""
        for left, right, name in (
                ("typedef struct { int q; } x[4];", "typedef struct { int q, w; } x[4];", "x"),
                ("struct a { struct { int q; int r; } *m; };", "struct a { struct { int r; int q; } *m; };", "struct a"),
                ("struct a { struct { int q; } *m[2]; };", "struct a { struct { long q; } *m[2]; };", "struct a"),
                ("typedef struct { int q; } *x;", "typedef struct { int q, w; } *x;", "x"),
                ("struct a { enum { X } *v; };", "struct a { enum { X = 4 } *v; };", "struct a"),
                ("struct a { int (*m)[2]; };", "struct a { int (*m)[3]; };", "struct a"),
                ("struct v { int x; int y; }; struct h { struct v v; };", "struct v { int p, q : 3, r : 4; }; struct h { struct v v; };", "struct h"),
                ("struct v { int x; int y; }; struct h { struct v v[2]; };", "struct v { int p, q : 3, r : 4; }; struct h { struct v v[2]; };", "struct h")):
            with self.subTest(left):
                self.write("l.h", left + "\n")
                self.write("r.h", right + "\n")
                sides = []
                for side in "lr":
                    self.good("--header", f"{side}.h", "-o", f"{side}.btf")
                    sides.append([["--header", f"{side}.h"], ["--btf", f"{side}.btf"]])
                for kind in 0, 1:
                    changed = {change["type"] for change in self.changes(*sides[0][kind], *sides[1][kind], name)}
                    self.assertIn(name if " " in name else f"typedef {name}", changed)
                    self.assertEqual(self.changes(*sides[0][kind], *sides[0][1]), [])
        # A row's length, which BTF in the kernel's shape has not.
        self.write("l.h", "struct a { int n; int m[][3]; };\n")
        self.write("r.h", "struct a { int n; int m[][4]; };\n")
        self.assertEqual([change["what"] for change in self.changes("--header", "l.h", "--header", "r.h")], ["member_type"])

    def test_members_that_are_left_out(self) -> None:
        self.write("l.h", "struct plain { int a; int b$c; long t; }; struct other { int x; };\n")
        self.write("r.h", "struct plain { int a; short b$c; long t; }; struct other { int x; };\n")
        self.refused("diff", "--header", "l.h", "--header", "r.h", says="struct plain: members whose names are no C identifiers are left out")
        self.good("diff", "--header", "l.h", "--header", "r.h", "other")
        self.assertIn("a hole may be one of them", self.good("show", "--header", "l.h", "plain").out.decode())

    def test_one_side_only(self) -> None:
        self.write("l.h", LEFT + "struct gone { int x; };\n")
        sources = ("--header", "l.h", "--btf", "l.btf")
        self.assertEqual(self.changes(*sources), [{"type": "struct gone", "what": "type_missing",
                                                   "left": "struct gone", "right": None}])
        self.assertEqual(self.changes(*sources, "--common"), [])

    def test_many_on_one_side(self) -> None:
        """What changed comes first; a long list of what is on one side is cut in the text, not in JSON, nor if named."""
        self.write("l.h", "".join(f"struct gone_{i} {{ int x; }};\n" for i in range(60)) + LEFT)
        self.write("r.h", RIGHT + "".join(f"struct new_{i} {{ int x; }};\n" for i in range(50)))
        self.good("--header", "l.h", "-o", "l.btf")
        sources = ("--btf", "l.btf", "--header", "r.h")
        text = self.differ(*sources)
        self.assertIn("2 changed; 60 only on the left; 50 only on the right\n\nstruct s\n", text)
        self.assertEqual((text.count("\n< struct gone_"), text.count("\n> struct new_")), (50, 50))
        self.assertIn("\n< (10 more: --format json and html have all of them, --common leaves them out)\n", text)
        self.assertNotIn("> (", text)
        self.assertEqual(self.differ(*sources, "gone_*").count("\n< struct gone_"), 60)
        found = [change["what"] for change in self.changes(*sources)]
        self.assertEqual((found.count("type_missing"), found.count("type_extra")), (60, 50))
        self.assertFalse({"type_missing", "type_extra"} & set(found[:-110]))

    def test_a_flipped_configuration(self) -> None:
        tree = ("--kernel", str(FIXTURES / "mini"), "--arch", "arm64", "--header", "linux/sched.h")
        self.good(*tree, "-o", "k.btf")
        self.good("diff", "--btf", "k.btf", *tree)
        result = self.run_hdrgen("diff", "--btf", "k.btf", *tree, "--format", "json", "--", "-DCONFIG_NUMA=1")
        self.assertEqual(result.status, 1, result.err)
        added = {change["member"] for change in json.loads(result.out)["changes"]
                 if change["what"] == "member_extra"}
        self.assertTrue(added, "CONFIG_NUMA adds members to the mini tree")
        source = "".join(path.read_text() for path in (FIXTURES / "mini/include/linux").glob("*.h"))
        for member in added:
            self.assertIn(member.split(".")[-1], source)

    def test_output(self) -> None:
        sources = ("--btf", "l.btf", "--btf", "r.btf")
        for name, start in (("x.json", "{"), ("x.html", "<!DOCTYPE html>"), ("x.txt", "left:")):
            result = self.run_hdrgen("diff", *sources, "-o", name)
            self.assertEqual((result.status, result.out), (1, b""), result.err)
            self.assertTrue((self.dir / name).read_text().startswith(start))

    def test_names_that_are_no_utf8(self) -> None:
        """JSON, and the page's data, are UTF-8 whatever a file is called."""
        name = os.fsdecode(b"\xff.btf")
        shutil.copy(self.dir / "l.btf", self.dir / name)
        for form in ("json", "html"):
            result = self.run_hdrgen("diff", "--btf", name, "--btf", "r.btf", "--format", form)
            self.assertEqual(result.status, 1, result.err)
            self.assertIn('"--btf \ufffd.btf"', result.out.decode("utf-8"))

    def test_refused(self) -> None:
        self.refused("diff", says="one or two of --kernel, --header and --btf")
        self.refused("diff", "--btf", "l.btf", "--btf", "none.btf", says="none.btf")
        self.refused("diff", "--btf", "l.btf", "--btf", "r.btf", "--header", "l.h", says="three sources")
        self.refused("diff", "--btf", "l.btf", "--btf", "r.btf", "--format", "pdf", says="text, json and html")
        self.refused("diff", "--btf", "l.btf", "--btf", "r.btf", "-o", "l.btf", "--format", "text",
                     says="one of the files that were read")
        self.refused("diff", "--btf", "l.btf", "--btf", "r.btf", "-o", "/nowhere/x", says="/nowhere/x")
        self.refused("--btf", "l.btf", "--common", says="--common does not go with generate")


class Stat(Case):
    """--stat counts what the whole report lists."""

    LEFT = ("struct a { int x; char y; long z; char w[4]; void *p; }; struct shrinks { long a, b; }; struct gone { int q; };\n"
            "enum e { A, B, C }; enum sign { S = 1 }; typedef int t; union u { int a; long b; }; struct n { int q; };\n")
    RIGHT = ("struct a { long x; char y; int zz; char w[8]; long p, last; }; struct shrinks { long a; }; struct come { int q; }; struct more { int q; };\n"
             "enum e { A = 2, B = 3, D = 9 }; enum sign { S = 1, M = -1 }; typedef long t; union u { int a; long b; }; struct n { long z[4]; };\n")

    def setUp(self) -> None:
        super().setUp()
        self.write("l.h", self.LEFT)
        self.write("r.h", self.RIGHT)

    def both(self, *arguments: str) -> tuple[dict, dict]:
        results = [self.run_hdrgen("diff", "--format", "json", *arguments, *more) for more in ((), ("--stat",))]
        self.assertEqual(results[0].status, results[1].status, results[1].err)
        self.assertIn(results[0].status, (0, 1))
        whole, stat = (json.loads(result.out) for result in results)
        return whole, stat

    def test_against_the_whole(self) -> None:
        kernel = ["--kernel", str(FIXTURES / "mini"), "--arch", "arm64"]
        for arguments in (["--header", "l.h", "--header", "r.h"], ["--header", "r.h", "--header", "l.h"], ["--header", "l.h", "--header", "l.h"],
                          ["--header", "l.h", "--header", "r.h", "--common"], ["--header", "l.h", "--header", "r.h", "a", "enum e", "gone"],
                          [*kernel, "--header", "linux/sched.h", "--against", "-DCONFIG_NUMA=1"]):
            with self.subTest(arguments):
                whole, stat = self.both(*arguments)
                whats = Counter(change["what"] for change in whole["changes"])
                counts = stat["counts"]
                self.assertEqual({what: number for what, number in counts.items() if number and what not in ("grown", "shrunk")},
                                 {what: number for what, number in whats.items() if what not in ("type_missing", "type_extra", "namesake")})
                sizes = [change["right"] - change["left"] for change in whole["changes"] if change["what"] == "size"]
                self.assertEqual((counts["grown"], counts["shrunk"]), (sum(size > 0 for size in sizes), sum(size < 0 for size in sizes)))
                for what, key in (("type_missing", "left_only"), ("type_extra", "right_only"), ("namesake", "namesakes"), (None, "changed")):
                    names = {change["type"] for change in whole["changes"]
                             if change["what"] == what or (what is None and change["what"] not in ("type_missing", "type_extra", "namesake"))}
                    kinds = Counter(name.split()[0] for name in names)
                    self.assertEqual({kind: row[key] for kind, row in stat["kinds"].items() if row[key]}, dict(kinds), key)
                self.assertEqual(sum(row["identical"] for row in stat["kinds"].values()), whole["identical"])
                self.assertEqual({key: stat[key] for key in stat if key not in ("kinds", "counts")},
                                 {key: whole[key] for key in whole if key != "changes"})

    def test_text(self) -> None:
        result = self.run_hdrgen("diff", "--stat", "--header", "l.h", "--header", "r.h")
        self.assertEqual(result.status, 1)
        self.assertEqual(result.out.decode(), """\
left:  --header l.h
right: --header r.h
7 types on both sides: 1 identical, 5 changed, 1 namesake (~: only the name in common); 1 only on the left; 2 only on the right

              identical     changed   namesakes   left only  right only
struct                0           2           1           1           2
union                 1           0           0           0           0
enum                  0           2           0           0           0
typedef               0           1           0           0           0

members      1 moved, 2 added, 2 removed, 1 of another size, 1 of another length, 1 of another type
enumerators  2 added, 1 removed, 2 of another value
types        1 of another sign, 1 standing for another type
sizes        1 grown, 1 shrunk
""")

    def test_nothing_differs(self) -> None:
        result = self.good("diff", "--stat", "--header", "l.h", "--header", "l.h", "typedef t")
        self.assertEqual(result.out.decode().splitlines()[2:],
                         ["1 type on both sides: 1 identical, 0 changed", "", f"{'':11}" + "".join(f"  {title:>10}" for title in
                          ("identical", "changed", "namesakes", "left only", "right only")), "typedef" + " " * 15 + "1" + (" " * 11 + "0") * 4])

    def test_output(self) -> None:
        self.assertEqual(self.run_hdrgen("diff", "--stat", "--header", "l.h", "--header", "r.h", "-o", "stat.json").status, 1)
        self.assertIn("kinds", json.loads((self.dir / "stat.json").read_text()))
        self.refused("diff", "--stat", "--header", "l.h", "--header", "r.h", "-o", "x.html", says="--stat writes text and json")
        self.refused("diff", "--stat", "--header", "l.h", "--header", "r.h", "--for", "x.o", says="--for does not go with --stat")


class WhatAnInputDoesNotKnow(Case):
    """What one side cannot say is no difference; everything else is."""

    def differs(self, status: int, left: list[str], right: list[str]) -> str:
        run = self.run_hdrgen("diff", *left, *right)
        self.assertEqual(run.status, status, run.out.decode() + run.err)
        return run.out.decode()

    def test_signs_of_enums(self) -> None:
        """BTF of before Linux 6.0 has the low half of each value and no sign."""
        self.write("e.h", "enum e { MINUS = -1, TWO = 2 }; enum u { BIG = 0xffffffff }; enum w { WIDE = 0x1234567890LL };\n"
                          "struct s { enum e e; enum u u; };\n")
        self.write("changed.h", (self.dir / "e.h").read_text().replace("TWO = 2", "TWO = 3"))
        for name in ("e", "changed"):
            self.good("--header", f"{name}.h", "--target", "x86_64-linux-gnu", "-o", f"{name}.btf")
        self.good("--header", "e.h", "--target", "x86_64-linux-gnu", "--btf-compat", "5.4", "-q", "-o", "old.btf", "enum e", "enum u", "s")
        wanted = ["enum e", "enum u", "s"]
        old = ["--btf", "old.btf"]
        for other in (["--btf", "e.btf"], ["--header", "e.h"]):
            self.differs(0, old, [*other, *wanted])
            self.differs(0, [*other, *wanted], old)
        self.assertIn("TWO = 2 -> 3", self.differs(1, old, ["--btf", "changed.btf", *wanted]))
        self.assertIn("the sign of 1 enum is not compared", self.run_hdrgen("diff", *old, "--header", "e.h", *wanted).err)
        self.write("unsigned.h", "enum e { MINUS = 0xffffffff, TWO = 2 };\n")
        self.assertIn("sign signed -> unsigned", self.differs(1, ["--header", "e.h", "enum e"], ["--header", "unsigned.h"]))

    def test_opaque_and_complex(self) -> None:
        """BTF has bytes for the one, and two numbers for the other."""
        self.write("c.h", "struct c { _Complex double z; _BitInt(37) i; unsigned _BitInt(5) u; float _Complex f[2]; };\n")
        self.write("d.h", "struct c { _Complex double z; _BitInt(137) i; unsigned _BitInt(5) u; float _Complex f[3]; };\n")
        flags = ["--target", "x86_64-linux-gnu"]
        self.good("--header", "c.h", *flags, "-o", "c.btf", "--", "-std=c2x")
        self.differs(0, ["--btf", "c.btf"], ["--header", "c.h", *flags, "--", "-std=c2x"])
        self.differs(1, ["--btf", "c.btf"], ["--header", "d.h", *flags, "--", "-std=c2x"])


class Mutations(Case):
    """One field of a BTF at a time, changed in its bytes; diff must name the type and the member."""

    def setUp(self) -> None:
        super().setUp()
        self.good("--header", "linux/sched.h", "--pointers", "follow", "task_struct", "-o",
                  "k.btf", "--", *mini_flags("arm64"))
        self.blob = bytearray((self.dir / "k.btf").read_bytes())
        _, _, _, header, types, length, strings, _ = struct.unpack_from("<HBBIIIII", self.blob)
        self.types, self.end, self.strings = header + types, header + types + length, header + strings

    def name(self, offset: int) -> str:
        start = self.strings + offset
        return self.blob[start:self.blob.index(0, start)].decode()

    def fields(self):
        """(what, type, member, place in the bytes, its value) of each field that a mutation changes."""
        place = self.types
        while place < self.end:
            name, info, size = struct.unpack_from("<III", self.blob, place)
            kind, count, flagged, here = info >> 24 & 31, info & 0xFFFF, info >> 31, place
            place += 12
            if kind in (4, 5):  # struct, union
                tag = f"{'struct' if kind == 4 else 'union'} {self.name(name)}" if name else None
                if tag:
                    yield "size", tag, None, here + 8, size
                for _ in range(count):
                    member, _, offset = struct.unpack_from("<III", self.blob, place)
                    if tag and member:
                        yield "name", tag, self.name(member), place, member
                        if kind == 4 and not flagged:
                            yield "member_offset", tag, self.name(member), place + 8, offset
                    place += 12
            elif kind == 6:  # enum
                for _ in range(count):
                    member, value = struct.unpack_from("<II", self.blob, place)
                    if name:
                        yield "enumerator", f"enum {self.name(name)}", self.name(member), place + 4, value
                    place += 8
            else:
                place += {1: 4, 3: 12, 13: 8 * count, 14: 4, 17: 4, 19: 12 * count}.get(kind, 0)

    def test_each_is_found(self) -> None:
        accepted = {"size": 0, "name": 0, "member_offset": 0, "enumerator": 0}
        tried = list(self.fields())
        self.assertGreater(len(tried), 200)
        other = self.blob.index(b"task_struct\0", self.strings) - self.strings  # a name that no member has
        for what, tag, member, place, value in tried:
            mutant = bytearray(self.blob)
            new = {"size": value + 64, "name": other, "member_offset": value + 8, "enumerator": value + 1000}[what]
            struct.pack_into("<I", mutant, place, new & 0xFFFFFFFF)
            (self.dir / "m.btf").write_bytes(mutant)
            run = subprocess.run([HDRGEN, "diff", "--format", "json", "--btf", "k.btf", "--btf", "m.btf"],
                                 cwd=self.dir, capture_output=True, check=False, timeout=60)
            if run.returncode == 2:  # the mutant is no BTF any more: members that overlap
                self.assertIn(b"m.btf: type", run.stderr)
                continue
            accepted[what] += 1
            self.assertEqual(run.returncode, 1, (what, tag, member))
            found = {(change["type"], change["what"], change.get("member")) for change in json.loads(run.stdout)["changes"]}
            expected = ({(tag, "member_missing", member), (tag, "member_extra", "task_struct")} if what == "name"
                        else {(tag, what, member)})
            own = {change for change in found if change[0] == tag}
            self.assertTrue(expected <= own, (expected, found))
            strangers = {change for change in found - own if change[1] != "member_size"}  # of what holds it
            self.assertEqual(strangers, set())
        for what, count in accepted.items():
            self.assertGreater(count, 3, what)


if __name__ == "__main__":
    unittest.main()
