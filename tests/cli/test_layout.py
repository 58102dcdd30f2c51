"""Questions about layouts: show NAME.MEMBER, NAME+OFFSET, --expand, --reorganize, --compile; list --contains, --sort,
--holes.  The judges: clang's offsetof and sizeof, and an evaluator of the tests' own on the JSON form."""

import json
import re
import shutil
import struct
import subprocess
import unittest
from pathlib import Path

import jsonschema

from hdrgen import Case

TARGETS = ("x86_64-linux-gnu", "s390x-linux-gnu", "i686-linux-gnu", "armv7-linux-gnueabihf")
KERNEL = Path("/sys/kernel/btf/vmlinux")

HEADER = """
typedef struct { int counter; } counter_t;
typedef struct spin { counter_t value; char held; } spin_t;
struct link { struct link *next, *prev; };
union word { unsigned long whole; struct { unsigned short low, high; } part; unsigned char bytes[4]; };
struct inner { char tag; short pair[2]; spin_t lock; };
struct outer {
    char first;
    long second;
    union { int number; struct { char a, b; long deep; }; union word word; };
    unsigned low:3, mid:7, :0, high:11;
    unsigned long long wide:40;
    struct inner grid[2][3];
    struct link link;
    void (*call)(int);
    struct { char x; int y; } named[2];
    char last;
    struct inner tail[];
};
struct marks { char begin[0]; int a; struct { } nothing; int b; };
struct loose { char a; long b; char c; int d; short e; };
struct based { struct link base; char a; long b; char c; };
struct flagged { char a; long b; unsigned f:3, g:5; long z; char c; int d; };
struct cached { char a; long b; char c; int d __attribute__((aligned(64))); char e; long f; char g; };
struct packed { char a; long b; char c; } __attribute__((packed));
struct open { char a; long b; char c; int d; char rest[]; };
struct tight { long a; int b; int c; };
struct holder { struct { struct link in; } box; struct outer far[1]; };
typedef struct { struct link l; char c; } named_by_typedef;
struct none { };
struct padded { long a; char b; };
"""
PATHS = ("first", "second", "number", "a", "b", "deep", "word", "word.whole", "word.part.high", "word.bytes[3]", "grid",
         "grid[1]", "grid[1][2].pair[1]", "grid[0][1].lock.value.counter", "grid[1][0].lock.held", "link.prev", "call",
         "named[1].y", "last", "tail", "tail[4].lock.held")


SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs/schema/layout.json").read_text())


def closed(schema: object) -> object:
    """The schema with nothing allowed that it does not describe."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    return {**result, "additionalProperties": False} if "properties" in result else result


class Evaluator:
    """The types of a JSON form, without hdrgen's sums."""

    def __init__(self, text: bytes) -> None:
        form = json.loads(text)
        self.types = {number["id"]: number for number in form["types"]}
        self.is_big = form["target"]["endian"] == "big"

    def strip(self, number: int) -> dict:
        found = self.types[number]
        while found["kind"] == "typedef":
            found = self.types[found["type"]]
        return found

    def size(self, number: int) -> int:
        return self.strip(number).get("size", 0)

    def at(self, number: int, base: int, path: str, byte: int) -> set[tuple[str, int]]:
        """Leaves that have the byte, by path and bit offset; arrays without elements are left out."""
        found = self.strip(number)
        if found["kind"] == "array" and not found.get("vector") and self.size(found["type"]) > 0:
            index = (byte - base // 8) // self.size(found["type"])
            return self.at(found["type"], base + 8 * index * self.size(found["type"]), f"{path}[{index}]", byte)
        if found["kind"] not in ("struct", "union"):
            return {(path, base)}
        leaves = set()
        for member in found["members"]:
            begin, bits = base + member["bit_offset"], member["bit_size"]
            if bits == 0 or not begin // 8 <= byte < (begin + bits + 7) // 8:
                continue
            own = path if member["name"] is None else f"{path}.{member['name']}" if path else member["name"]
            leaves |= {(own, begin)} if member.get("bitfield") else self.at(member["type"], begin, own, byte)
        return leaves


    def is_open(self, number: int, path: str) -> bool:
        """Whether an array on the path has no number of elements."""
        for name in re.findall(r"\w+", re.sub(r"\[\d+\]", "", path)):
            found = self.strip(number)
            while found["kind"] == "array":
                found = self.strip(found["type"])
            member = next((one for one in found["members"] if one["name"] == name), None)
            if member is None or member["bit_size"] == 0:
                return member is not None
            number = member["type"]
        return False


class Layouts(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", HEADER)

    def ask(self, *arguments: str, status: int = 0) -> list[dict]:
        result = self.run_hdrgen("show", "--format", "json", *arguments)
        self.assertEqual(result.status, status, result.err)
        value = json.loads(result.out)
        if len(value["types"]) < 100:
            self.assertEqual([error.message for error in jsonschema.Draft202012Validator(closed(SCHEMA)).iter_errors(value)], [])
        return value["types"]

    def text(self, *arguments: str, status: int = 0) -> str:
        result = self.run_hdrgen("show", *arguments)
        self.assertEqual(result.status, status, result.err)
        return result.out.decode()

    def listed(self, *arguments: str) -> list[list[str]]:
        return [line.split("\t") for line in self.good("list", *arguments).out.decode().splitlines()]

    def compile(self, text: str, target: str) -> None:
        self.write("t.c", text)
        run = subprocess.run(["clang", "-fsyntax-only", "-w", "-target", target, "t.c"], cwd=self.dir, capture_output=True,
                             text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stderr[:2000])


class Members(Layouts):
    def test_paths_are_clangs(self) -> None:
        for target in TARGETS:
            answers = self.ask("--header", "x.h", "--target", target, *[f"outer.{path}" for path in PATHS])
            asserts = [f"_Static_assert(__builtin_offsetof(struct outer, {path}) == {answer['members'][-1]['bit_offset'] // 8}"
                       f" && (sizeof(((struct outer *)0)->{path}) == {answer['members'][-1]['bit_size'] // 8}"
                       f"), \"{path}\");\n" for path, answer in zip(PATHS, answers) if path != "tail"]
            self.compile('#include "x.h"\n' + "".join(asserts), target)

    def test_the_way(self) -> None:
        out = self.text("--header", "x.h", "--target", TARGETS[0], "outer.grid[1][2].lock.held", "--hex")
        self.assertEqual([line.split(";")[0] for line in out.splitlines()], [
            "/* struct outer.grid[1][2].lock.held */", "struct inner grid[2][3]", "\tstruct inner grid[1][3]",
            "\t\tstruct inner grid[1][2]", "\t\t\tspin_t grid[1][2].lock", "\t\t\t\tchar grid[1][2].lock.held"])
        self.assertIn("union (anonymous);", self.text("--header", "x.h", "outer.deep"))
        self.assertIn("unsigned int mid:7;                                     /*    32: 3  4 */",
                      self.text("--header", "x.h", "--target", TARGETS[0], "outer.mid"))

    def test_what_is_no_member(self) -> None:
        for name, says in (("outer.secnd", "did you mean 'second'"), ("outer.grid.tag", "is an array"),
                           ("outer.link.next.prev", "ask for 'link.prev'"), ("outer.grid[2]", "elements 0 to 1"),
                           ("outer.first[0]", "not an array"), ("outer.first.x", "has no members"), ("outer..x", "not the path"),
                           ("outer.", "not the path"), ("outer.grid[", "not the path"), ("outer.grid[-1]", "not the path"),
                           ("outer.grid[99999999999999999999]", "not the path"), ("outer.tail[0xffffffffffffffff]", "no such element"),
                           ("outer.[0]", "not the path"), ("counter_t.counters", "did you mean 'counter'"), ("nosuch.a", "nosuch"),
                           ("outer+", "number of bytes"), ("outer+0x", "number of bytes"), ("outer+1k", "number of bytes"),
                           ("outer+18446744073709551616", "number of bytes")):
            with self.subTest(name):
                self.refused("show", "--header", "x.h", name, says=says)
        self.refused("show", "--header", "x.h", "outer.first", "--reorganize", says="--reorganize")
        self.refused("show", "--header", "x.h", "outer.first", "--compile", says="--compile")
        self.refused("show", "--header", "x.h", "outer", "--cacheline", "48", says="power of two")
        self.refused("show", "--header", "x.h", "outer", "--offset", "-1", says="--offset -1")


class Offsets(Layouts):
    def check(self, source: list[str], names: list[str], evaluator: Evaluator, roots: dict[str, int]) -> int:
        """Every byte of the records; the number of bytes."""
        asked = [(name, byte) for name in names for byte in range(evaluator.size(roots[name]))]
        answers = self.ask(*source, *[f"{name}+{byte:#x}" for name, byte in asked])
        for (name, byte), answer in zip(asked, answers):
            found = {(member["path"], member["bit_offset"]) for member in answer["members"] if member.get("answer")}
            expected = evaluator.at(roots[name], 0, "", byte)
            if not expected:  # arrays without a number of elements begin in the padding
                found -= {leaf for leaf in found if evaluator.is_open(roots[name], leaf[0])}
            self.assertEqual(found, expected, f"{name}+{byte}")
            found = {member["path"] for member in answer["members"] if member.get("answer")}
            gaps = [member for member in answer["members"] if member["kind"] != "member"]
            self.assertTrue(found or gaps, f"{name}+{byte}")
            for gap in gaps:
                self.assertLessEqual(gap["bit_offset"], 8 * byte)
                self.assertGreater(gap["bit_offset"] + gap["bit_size"], 8 * byte)
        return len(asked)

    def test_every_byte(self) -> None:
        names = ["struct outer", "struct flagged", "struct cached", "struct packed", "union word", "struct inner", "struct holder"]
        for target in TARGETS:
            source = ["--header", "x.h", "--target", target]
            form = self.good(*source, *names, "-e", "json").out
            evaluator = Evaluator(form)
            roots = dict(zip(names, json.loads(form)["roots"]))
            self.assertGreater(self.check(source, names, evaluator, roots), 400)

    @unittest.skipUnless(KERNEL.exists(), "no BTF of the running kernel")
    def test_records_of_the_kernel(self) -> None:
        form = self.good("--btf", str(KERNEL), "-e", "json", "-q").out
        evaluator = Evaluator(form)
        kinds = ("struct", "union")
        once: dict[str, list[int]] = {}
        for number, found in evaluator.types.items():
            if found["kind"] in kinds and found["name"] and found["complete"]:
                once.setdefault(f"{found['kind']} {found['name']}", []).append(number)
        small = sorted(name for name, numbers in once.items()
                       if len(numbers) == 1 and 0 < evaluator.size(numbers[0]) <= 96)
        roots = {name: numbers[0] for name, numbers in once.items()}
        self.assertGreater(self.check(["--btf", str(KERNEL)], small[::120], evaluator, roots), 500)

    def test_holes(self) -> None:
        source = ["--header", "x.h", "--target", TARGETS[0]]
        self.assertIn("XXX a hole of 7 bytes, from byte 1, of struct outer", self.text(*source, "outer+3", status=1))
        self.assertIn("byte 2 of it", self.text(*source, "outer.second+2"))
        self.assertIn("a hole of 3 bytes, from byte 17", self.text(*source, "loose+0x12", status=1))
        self.assertIn("padding of 7 bytes, from byte 9, of struct padded", self.text(*source, "padded+15", status=1))
        self.assertEqual(self.text(*source, "loose", "--offset", "0x12", status=1), self.text(*source, "loose+18", status=1))
        self.refused("show", *source, "loose+32", says=["past the end", "32 bytes"])
        self.refused("show", *source, "none+0", says="past the end")
        self.refused("show", *source, "outer.first+1", says=["past the end", "1 byte"])

    def test_without_size(self) -> None:
        source = ["--header", "x.h", "--target", TARGETS[0]]
        out = self.text(*source, "marks+0")
        self.assertIn("char begin[0];", out)
        self.assertIn("int a;", out)
        self.assertIn("nothing;", self.text(*source, "marks+4"))
        self.assertIn("rest[17]", self.text(*source, "open+41"))
        self.assertIn("tail[99].pair[0]", self.text(*source, "outer.tail[99].pair+0"))


    def test_patterns(self) -> None:
        source = ["--header", "x.h", "--target", TARGETS[0]]
        self.assertEqual(re.findall(r"/\* (.*)\.c \*/", self.text(*source, "struct *.c")),
                         ["struct loose", "struct based", "struct flagged", "struct cached", "struct packed", "struct open", "struct tight"])
        self.assertEqual([answer["name"] for answer in self.ask(*source, "struct *.link")], ["outer"])
        self.refused("show", *source, "struct *.nosuch", says="none of the")
        self.refused("show", *source, "struct *.nosuch", "--format", "json", says="none of the")
        self.assertIn("/* struct loose, byte 0x8 (8) */", self.text(*source, "--fields", "loose=b", "--offset", "8"))


class Hostile(Case):
    def show(self, *arguments: str) -> tuple[int, str]:
        result = self.run_hdrgen(*arguments)
        self.assertIn(result.status, (0, 1, 2), result.err[:400])
        self.assertEqual(result.status == 2, "error: " in result.err, result.err[:400])
        return result.status, result.err

    def nested(self, levels: int, has_tags: bool) -> None:
        """BTF in which each of the unions holds the one before twice.  (libclang needs 2^levels steps to read such a header.)"""
        strings, types = b"\0int\0a\0b\0s0\0l\0r\0", []
        at = {name: strings.index(b"\0" + name.encode() + b"\0") + 1 for name in ("int", "a", "b", "s0", "l", "r")}
        types.append(struct.pack("<IIII", at["int"], 1 << 24, 4, 1 << 24 | 32))
        types.append(struct.pack("<IIIIIIIII", at["s0"], 4 << 24 | 2, 12, at["a"], 1, 0, at["b"], 1, 64))
        for level in range(1, levels + 1):
            name = 0
            if has_tags or level == levels:
                name = len(strings)
                strings += f"s{level}\0".encode()
            members = (at["l"], level + 1, 0, at["r"], level + 1, 0) if has_tags or level == 1 else (0, level + 1, 0, 0, level + 1, 0)
            types.append(struct.pack("<IIIIIIIII", name, 5 << 24 | 2, 12, *members))
        body = b"".join(types)
        head = struct.pack("<HBBIIIII", 0xEB9F, 1, 0, 24, 0, len(body), len(body), len(strings))
        self.write("n.btf", head + body + strings)

    def test_records_that_multiply(self) -> None:
        source = ["--btf", "n.btf"]
        self.nested(40, has_tags=True)
        self.assertEqual(self.show("show", *source, "s40")[0], 0)
        for question in (["s40", "-E"], ["s40", "-E", "--format", "json"], ["s40+1"], ["s40+1", "--format", "json"], ["s*+1"]):
            status, said = self.show("show", *source, *question)
            self.assertEqual(status, 2)
            self.assertRegex(said, "would be longer|would have more")
        self.assertEqual(self.show("show", *source, "s40." + "l." * 40 + "a")[0], 0)
        self.assertEqual(self.show("list", *source, "--contains", "s0")[0], 0)
        self.assertEqual(self.show("list", *source, "--sort", "holes")[0], 0)
        self.assertEqual(self.show("show", *source, "--reorganize", "s*")[0], 1)
        self.nested(40, has_tags=False)
        for question in (["s40.l"], ["s40.nosuch"], ["s40"], ["s40+1"]):
            self.assertEqual(self.show("show", *source, *question)[0], 2)
        self.assertEqual(self.show("list", *source, "--contains", "s0")[0], 0)

    def test_deep_nests(self) -> None:
        deep = "struct d0 { int a; };\n" + "".join(f"struct d{i + 1} {{ struct d{i} m; char c; }};\n" for i in range(900))
        self.write("d.h", deep)
        path = ".".join(["m"] * 900)
        self.assertEqual(self.show("show", "--header", "d.h", f"d900.{path}.a")[0], 0)
        self.assertEqual(self.show("show", "--header", "d.h", "d900+0")[0], 0)
        self.assertEqual(self.show("list", "--header", "d.h", "--contains", "d0")[0], 0)

    def test_offsets_without_end(self) -> None:
        self.write("o.h", "struct o { int n; struct { long a, b; } rest[]; };\nstruct h { int a; struct o o; };\n")
        for offset in ("0xffffffffffffffff", "0x7fffffffffffffff", "1152921504606846976", "4096"):
            for name in ("o", "h", "o.rest[3]", "o.rest[0xffffffffffff].b", "h.o.rest"):
                self.show("show", "--header", "o.h", f"{name}+{offset}")
        self.refused("show", "--header", "o.h", "o+0xffffffffffffffff", says="past the end")

    def test_bit_fields_across_units(self) -> None:
        self.write("b.h", "struct b { unsigned a:30, b:30; unsigned long long c:61; } __attribute__((packed));\n")
        for target in TARGETS:
            answer = json.loads(self.good("show", "--header", "b.h", "--target", target, "b+3", "--format", "json").out)
            self.assertEqual([member["path"] for member in answer["types"][0]["members"]], ["a", "b"])


class Wholes(Layouts):
    def test_expanded(self) -> None:
        out = self.text("--header", "x.h", "--target", TARGETS[0], "holder", "-E")
        self.assertIn("\t\t\tstruct link *next;              /*     0     8 */", out)
        self.assertIn("/* typedef spin_t */ struct spin {", out)
        flat = self.ask("--header", "x.h", "--target", TARGETS[0], "holder", "--expand")[0]["members"]
        paths = {member["path"]: member["bit_offset"] for member in flat if member["kind"] == "member"}
        self.assertEqual(paths["box.in.prev"], 64)
        # What the text shows and what the JSON form has are the same.
        numbers = [int(found) for found in re.findall(r"/\* +(\d+) +\d+ \*/", out)]
        fields = [member["bit_offset"] // 8 for member in flat if member["kind"] == "member" and "bitfield" not in member]
        self.assertEqual(sorted(numbers), sorted(fields))

    def test_inner_padding_and_cache_lines(self) -> None:
        out = self.text("--header", "x.h", "--target", TARGETS[0], "holder", "outer", "--cacheline", "32")
        self.assertIn("/* --- cacheline 1 boundary (32 bytes)", out)
        self.assertNotIn("\n\n\n", out)
        self.write("p.h", "struct in { long a; char b; }; struct out { struct in p; char c; struct in q; };")
        self.assertEqual(self.text("--header", "p.h", "out", "--target", TARGETS[0]).splitlines()[1:11], [
            "struct out {", "\tstruct in p;                                    /*     0    16 */", "",
            "\t/* XXX last struct has 7 bytes of padding */", "",
            "\tchar c;                                         /*    16     1 */", "", "\t/* XXX 7 bytes hole */", "",
            "\tstruct in q;                                    /*    24    16 */"])

    def test_compiles(self) -> None:
        for name in ("outer", "holder", "cached", "packed", "open"):
            out = self.good("show", "--header", "x.h", "--target", TARGETS[0], name, "--compile").out.decode()
            self.compile(f'{out}\nenum {{ size = sizeof(struct {name}) }};\n', TARGETS[0])
            sizes = self.listed("--header", "x.h", "--target", TARGETS[0], f"struct {name}")
            self.compile(f'{out}\n_Static_assert(sizeof(struct {name}) == {sizes[0][2]}, "");\n', TARGETS[0])


def expanded(text: str) -> dict[str, list[tuple[list[tuple[int, ...]], str]]]:
    """By record: offset, first bit and size of each member that a text of pahole -E or show -E has, and the text."""
    found: dict[str, list[tuple[list[tuple[int, ...]], str]]] = {}
    for head, body in re.findall(r"(?ms)^((?:struct|union) \w+) \{$(.*?)^\}", text):
        numbers = re.findall(r";\s*/\*\s*(\d+)(?::\s*(\d+))?\s+(\d+) \*/", body)
        found.setdefault(head, []).append(([tuple(int(part or 0) for part in one) for one in numbers], body))
    return found


class Pahole(Case):
    @unittest.skipUnless(KERNEL.exists() and shutil.which("pahole"), "no BTF of the running kernel, or no pahole")
    def test_every_record_of_the_kernel(self) -> None:
        run = subprocess.run(["pahole", "-E", str(KERNEL)], capture_output=True, check=False)
        theirs = expanded(run.stdout.decode(errors="replace"))
        ours = expanded(self.good("show", "--btf", str(KERNEL), "-E", "struct *", "union *").out.decode())
        self.assertEqual(set(theirs), set(ours))
        members = 0
        for name, records in theirs.items():
            if len(records) != 1 or len(ours[name]) != 1:  # several types of one name: which is which?
                continue
            # pahole expands records behind pointers that have no name, and leaves qualified ones closed.
            if re.search(r"\} *\*", records[0][1]) or re.search(r"\b(const|volatile) (/\*.*\*/ )?(struct|union) (\w+ )?\{", ours[name][0][1]):
                continue
            self.assertEqual(ours[name][0][0], records[0][0], name)
            members += len(records[0][0])
        self.assertGreater(members, 50000)


class Lists(Layouts):
    def test_contains(self) -> None:
        source = ["--header", "x.h"]
        lines = {line[1]: line[4:] for line in self.listed(*source, "--contains", "link")}
        self.assertEqual(lines, {"outer": ["direct", "link"], "based": ["direct", "base"],
                                 "holder": ["direct", "box.in, far[].link"], "named_by_typedef": ["direct", "l"]})
        lines = {line[1]: line[4:] for line in self.listed(*source, "--contains", "spin_t")}
        self.assertEqual(lines["inner"], ["direct", "lock"])
        self.assertEqual(lines["outer"], ["nested", "grid[].lock, tail[].lock"])
        self.assertEqual(lines["holder"], ["nested", "far[].grid[].lock"])
        by_tag = {line[1]: line[4:] for line in self.listed(*source, "--contains", "struct spin")}
        self.assertEqual(by_tag, lines)  # the typedef stands for the struct
        self.assertEqual(self.listed(*source, "holder", "--contains", "link")[0][1], "holder")
        self.assertEqual(self.run_hdrgen("list", *source, "--contains", "outer", "tight").status, 1)
        self.refused("list", *source, "--contains", "lnik", says="did you mean")

    def test_help_names_the_columns(self) -> None:
        """As many as there are, in their order."""
        text = " ".join(self.good("help", "list").out.decode().split())
        parts = ("kind, name, size in bytes, file:line", "holes, bytes in them, bytes of padding", "direct, or nested in another record with a name; and the members")
        for part in parts:
            self.assertIn(part, text)
        source = ["--header", "x.h", "--target", TARGETS[0], "outer"]
        self.assertEqual(self.listed(*source)[0][:2], ["struct", "outer"])
        self.assertRegex(self.listed(*source)[0][3], r"^x\.h:\d+$")
        for options, count in ([], 4), (["--sort", "size"], 4), (["--sort", "holes"], 7), (["--holes", "1"], 7), (["--contains", "link"], 6), \
                (["--contains", "link", "--holes", "1"], 9):
            self.assertEqual([len(line) for line in self.listed(*source, *options)], [count], options)

    def test_json(self) -> None:
        """The JSON form of the list says what the text says."""
        source = ["--header", "x.h", "--contains", "spin_t", "--sort", "holes"]
        lines = self.listed(*source)
        types = json.loads(self.good("list", *source, "--format", "json").out)["types"]
        self.assertEqual([[one["kind"], one["name"], str(one["size"]), f"{one['file']}:{one['line']}", str(one["holes"]), str(one["hole_bytes"]),
                           str(one["padding"]), one["held"], ", ".join(one["members"])] for one in types], lines)
        self.assertEqual(self.run_hdrgen("list", "--header", "x.h", "--holes", "99", "--format", "json").status, 1)

    def test_sorted(self) -> None:
        source = ["--header", "x.h", "--target", TARGETS[0]]
        sizes = [int(line[2]) for line in self.listed(*source, "struct *", "--sort", "size")]
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        for key, column in (("holes", 5), ("padding", 6)):
            values = [int(line[column]) for line in self.listed(*source, "--sort", key)]
            self.assertEqual(values, sorted(values, reverse=True))
        by_name = {line[1]: line[4:] for line in self.listed(*source, "--holes", "2")}
        self.assertEqual(by_name["loose"], ["2", "10", "6"])
        self.assertNotIn("tight", by_name)
        self.assertEqual(self.run_hdrgen("list", *source, "--holes", "99").status, 1)
        self.refused("list", *source, "--sort", "name", says="size, holes or padding")
        self.refused("list", *source, "--holes", "0", says="--holes 0")


class Orders(Layouts):
    def check(self, name: str, target: str, status: int = 0) -> tuple[dict, str]:
        """The suggestion compiles, with the size and the offsets that it claims."""
        source = ["--header", "x.h", "--target", target]
        answer = self.ask(*source, f"struct {name}", "--reorganize", status=status)[0]
        text = self.text(*source, f"struct {name}", "--reorganize", status=status)
        if status == 0:
            asserts = [f'_Static_assert(sizeof(struct {name}_new) == {answer["reorganized_size"]}, "size");\n']
            asserts += [f'_Static_assert(__builtin_offsetof(struct {name}_new, {member["name"]}) == {member["bit_offset"] // 8}, '
                        f'"{member["name"]}");\n' for member in answer["members"] if member["name"] and "bit_size" not in member]
            renamed = text.replace(f"struct {name} {{", f"struct {name}_new {{")
            self.compile('#include "x.h"\n' + renamed + "".join(asserts), target)
            self.assertEqual(answer["size"] - answer["reorganized_size"], answer["saved"])
            self.assertGreater(answer["saved"], 0)
        return answer, text

    def names(self, answer: dict) -> list[str]:
        return [member["name"] for member in answer["members"]]

    def test_saves(self) -> None:
        answer, _ = self.check("loose", TARGETS[0])
        self.assertEqual((answer["size"], answer["reorganized_size"], self.names(answer)), (32, 16, list("acedb")))
        for target in TARGETS:
            self.check("loose", target)

    def test_why(self) -> None:
        """Why a member was moved; why there is no smaller order: by the sizes, by an attribute, by the holes."""
        self.write("x.h", "struct loose { char a; long b; char c; int d; };\n"
                          "struct full { long a; int b; char c; };\n"
                          "struct fixed { char a; int b __attribute__((aligned(64))); char c; int d; };\n"
                          "struct lumps { char a; long b; char c[9]; long d; char e[9]; };\n")
        text = self.check("loose", TARGETS[0])[1]
        self.assertEqual(text.count("/* moved into the hole before b */"), 2)
        for name, says in (("full", "its members have 13 bytes, and its size is a multiple of 8"), ("fixed", "an attribute aligns part of it"),
                           ("lumps", "no member that may move fits")):
            answer, text = self.check(name, TARGETS[0], status=1)
            self.assertIn(f": {says}", text)
            self.assertIn(says, answer["reason"])

    def test_what_stays(self) -> None:
        answer, text = self.check("based", TARGETS[0])
        self.assertEqual((self.names(answer), answer["saved"]), (["base", "a", "c", "b"], 8))
        self.assertIn("base (first member)", text)
        answer, text = self.check("open", TARGETS[0])
        self.assertEqual(self.names(answer)[-1], "rest")
        answer, text = self.check("flagged", TARGETS[0])
        self.assertIn("f (and bit-fields after it)", answer["kept"])
        fields = [member for member in answer["members"] if "bit_size" in member]
        self.assertEqual([field["was"] % 64 for field in fields], [field["bit_offset"] % 64 for field in fields])
        for name, says in (("packed", "packed"), ("tight", "no smaller order"), ("none", "empty")):
            self.assertIn(says, self.check(name, TARGETS[0], status=1)[1])

    def test_attributes(self) -> None:
        answer, _ = self.check("cached", TARGETS[0], status=1)  # its holes are within what an attribute aligns
        self.write("x.h", "struct cut { char a; long b; char c; long d[13]; char e; } __attribute__((aligned(64)));\n")
        answer, text = self.check("cut", TARGETS[0])
        self.assertIn("__attribute__((aligned(64)))", text)
        self.assertEqual([(member["name"], member["bit_offset"]) for member in answer["members"] if member["name"] != "e"],
                         [("a", 0), ("b", 64), ("c", 128), ("d", 192)])

    @unittest.skipUnless(KERNEL.exists(), "no BTF of the running kernel")
    def test_records_of_the_kernel(self) -> None:
        """Each order that is suggested for a kernel's record is laid out by clang as it says."""
        source = ["--btf", str(KERNEL)]
        forms = self.ask(*source, "struct *", "--reorganize")
        counts: dict[str, int] = {}
        for form in forms:
            counts[form["name"]] = counts.get(form["name"], 0) + 1
        better = {form["name"]: form for form in forms if form.get("saved")}
        self.assertGreater(len(better), 100)
        types = self.good(*source, "-e", "c", "-q").out.decode()
        # A name that BTF has twice is another type in C.
        several = {line[1] for line in self.listed(*source) if line[0] in ("struct", "union")}
        doubled = {name for name in several if counts.get(name, 0) > 1}
        texts = self.text(*source, "--reorganize", *[f"struct {name}" for name in better])
        parts, asserts = [], []
        for part in re.split(r"(?m)^(?=/\* struct \w+: )", texts):
            found = re.match(r"/\* struct (\w+): size (\d+)", part)
            if found is None or any(re.search(rf"\bstruct {name}\b(?! \*)", part) for name in doubled):
                continue
            name = found[1]
            parts.append(part.replace(f"struct {name} {{", f"struct {name}__new {{", 1).replace("enum (anonymous)", "unsigned int"))
            asserts.append(f'_Static_assert(sizeof(struct {name}__new) == {found[2]}, "{name}");\n')
            asserts += [f'_Static_assert(__builtin_offsetof(struct {name}__new, {member["name"]}) == {member["bit_offset"] // 8}, '
                        f'"{name}.{member["name"]}");\n' for member in better[name]["members"]
                        if member["name"] and "bit_size" not in member]
        self.assertGreater(len(parts), 100)
        self.compile(types + "".join(parts) + "".join(asserts), TARGETS[0])


if __name__ == "__main__":
    unittest.main()
