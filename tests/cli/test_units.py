"""Every header of a kernel: --kernel without names."""

import json
import os
import resource
import signal
import subprocess
import time
import unittest
from pathlib import Path

from hdrgen import HDRGEN
from test_kernel import Kernel

# 2^40 tokens, and not one of them is needed.
RUNAWAY = "#define A0 +1\n" + "".join(f"#define A{i} A{i - 1} A{i - 1}\n" for i in range(1, 41)) + \
    "struct runaway { int x; }; enum { LONG = 0 A40 };"


# Clang's stack runs out: a segmentation fault of libclang 14 and 19.
DEADLY = "enum { LONG = 0" + "+1" * 100000 + " };\nstruct deadly { int x; };"
DIED = "reading it ended (with signal 11|without a result)"  # the latter with AddressSanitizer


def one_second() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (1, 10))


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


def resident_memory(process: str) -> int:
    """In bytes; 0 = it has ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


class Units(Kernel):
    def types(self, *arguments: str, **options: object) -> dict[str, list[dict]]:
        """The model's named types, by kind and name."""
        result = self.good("--kernel", "tree", "-e", "json", *arguments, **options)
        found: dict[str, list[dict]] = {}
        for t in json.loads(result.out)["types"]:
            if t.get("name"):
                found.setdefault(f"{t['kind']} {t['name']}", []).append(t)
        return found

    def test_everything_is_there(self) -> None:
        self.tree(linux__a="#include <linux/b.h>\nstruct a { struct b b; };", linux__b="struct b { int x; };",
                  net__c="typedef struct { long l; } c_t;\nenum c { C = 3 };")
        types = self.types()
        for name in ("struct a", "struct b", "typedef c_t", "enum c"):
            self.assertEqual(len(types[name]), 1, name)
        self.assertEqual(types["struct a"][0]["size"], 4)

    def test_different_types_of_one_name(self) -> None:
        self.tree(linux__a="struct dir { int x; };\nstruct a { struct dir d; };",
                  linux__b="struct dir { long x, y; };\nstruct b { struct dir d; };")
        result = self.good("--kernel", "tree", "-e", "json", "-v")
        types = {t["name"]: t for t in json.loads(result.out)["types"] if t.get("name") in ("a", "b")}
        self.assertEqual((types["a"]["size"], types["b"]["size"]), (4, 16))
        self.assertEqual(result.err.count("defined differently by several headers"), 1, result.err)
        self.assertIn("struct 'dir', which is first defined at include/linux/a.h:3", result.err)

    def test_a_macro_for_two_meanings(self) -> None:
        """Neither order may let the one's macro into the other's array."""
        self.tree(linux__a="#define SIZE 4\nstruct a { char x[SIZE]; };",
                  linux__b="#define SIZE 8\nstruct b { char x[SIZE]; };")
        types = self.types()
        self.assertEqual([types["struct a"][0]["size"], types["struct b"][0]["size"]], [4, 8])

    def test_one_that_needs_another(self) -> None:
        self.tree(linux__a="struct a { struct z z; };", linux__z="struct z { int x; };")
        self.assertEqual(self.types()["struct a"][0]["size"], 4)

    def test_one_that_lacks_one_thing_after_the_other(self) -> None:
        """What it lacks has been read elsewhere, and is put before it, though nothing else is at fault."""
        self.tree(linux__a="struct a { struct y y; z_t z; };\n", linux__y="struct y { int x[Z]; };",
                  linux__z="enum { Z = 3 };\ntypedef long z_t;", net__none="struct none { struct nowhere x; };")
        types = self.types()
        self.assertEqual([types["struct a"][0]["size"], types["struct y"][0]["size"]], [24, 12])
        self.assertNotIn("struct none", types)

    def test_helpers_that_do_not_help(self) -> None:
        """What defines what is lacking cannot stand where it would be needed."""
        self.tree(linux__a="#ifdef A_AGAIN\n#error not again\n#endif\n#define A_AGAIN\nstruct a { int x; };",
                  linux__b="#include <linux/a.h>\nstruct b { struct a a; };", linux__c="struct c { struct a a; undefined_t u; };")
        result = self.good("--kernel", "tree", "-e", "json", "-v")
        self.assertIn("linux/c.h: ", result.err)
        self.assertIn(b'"a"', result.out)

    def test_errors_cost_one_header(self) -> None:
        self.tree(linux__a="struct a { int x; };", linux__bad="struct bad { nothing_t x; };\nstruct half { int a; };",
                  linux__lost="#include <linux/nowhere.h>\nstruct lost { int x; };",
                  linux__turned="#pragma scalar_storage_order big-endian\nstruct turned { int x; };")
        result = self.good("--kernel", "tree", "-e", "json")
        self.assertIn("3 of 5 headers cannot be parsed, neither among others nor alone (-v names them)", result.err)
        for name in ("bad", "half", "lost", "turned"):
            self.assertNotIn(f'"{name}"'.encode(), result.out)
        self.assertIn(b'"a"', result.out)
        result = self.good("--kernel", "tree", "-e", "json", "-v")
        self.assertIn("linux/bad.h: unknown type name 'nothing_t'", result.err)
        self.assertIn("linux/lost.h: 'linux/nowhere.h' file not found", result.err)
        self.refused("--kernel", "tree", "--strict", says="--strict: 1 warning")

    def test_nothing_parses(self) -> None:
        self.tree(linux__bad="struct bad { nothing_t x; };", linux__module="nothing_t x;")
        Path(self.dir, "tree/include/linux/module.h").write_text("nothing_t x;\n")
        self.refused("--kernel", "tree", "-o", "out.btf",
                     says="none of 1 headers can be read; the first, linux/bad.h: unknown type name 'nothing_t'")
        self.tree(linux__bad="#define NOTHING 1\n")
        self.write("tree/include/linux/module.h", "#define NOTHING_EITHER\n")
        self.refused("--kernel", "tree", "-o", "out.btf", says="there is no type with a name")
        self.assertFalse(Path(self.dir, "out.btf").exists())

    def test_events_beside_one_with_an_error(self) -> None:
        """They are what they are; not so where the preprocessor failed.  Either way the header is told."""
        event = "#ifdef CREATE_TRACE_POINTS\n{}struct trace_event_raw_{} {{ {} x; }};\n#endif\n#include <trace/define_trace.h>"
        bad = event.format("", "bad", "nothing_t")
        self.tree(linux__a="struct a { int x; };", trace__define_trace="",
                  trace__events__half=event.format("", "good", "int") + "\n" + bad,
                  trace__events__lost=event.format("#include <linux/nowhere.h>\n", "lost", "int"))
        result = self.good("--kernel", "tree", "-e", "json", "-v")
        self.assertIn("trace/events/half.h: unknown type name 'nothing_t'", result.err)
        self.assertIn("trace/events/lost.h: 'linux/nowhere.h' file not found", result.err)
        sizes = {t.get("name"): t.get("size") for t in json.loads(result.out)["types"]}
        self.assertEqual(sizes["trace_event_raw_good"], 4)
        self.assertNotIn("trace_event_raw_bad", sizes)
        self.assertNotIn("trace_event_raw_lost", sizes)

    def test_a_macro_that_a_later_header_defines(self) -> None:
        """No model has it; the catalogue does."""
        self.tree(linux__b="struct b { int x[B_MAX]; };", linux__z="#  define  B_MAX 3\nstruct z { int x; };")
        self.assertEqual(self.types()["struct b"][0]["size"], 12)

    def test_a_list_for_macros_of_others(self) -> None:
        """Nothing in it could be a type: it is not read, and no error."""
        self.tree(linux__a="struct a { int x; };")
        self.write("tree/include/linux/list.h", "/* all of them */\nCALL(0, sys_read)\nCALL(1, sys_write)\n")
        result = self.good("--kernel", "tree", "-e", "json", "--strict")
        self.assertIn(b'"a"', result.out)

    def test_the_other_order_has_errors_and_more(self) -> None:
        """b.h is hidden by a.h's guard, and seen only where it comes first; there d.h lacks what c.h has."""
        self.tree(linux__a="#ifndef GUARD\n#define GUARD\nstruct a { int x; };\n#endif",
                  linux__b="#ifndef GUARD\n#define GUARD\nstruct b { long x; };\n#endif",
                  linux__c="struct c { short x; };", linux__d="struct d { struct c c; };")
        types = self.types()
        self.assertEqual([types[f"struct {name}"][0]["size"] for name in "abcd"], [4, 8, 2, 2])

    def test_the_other_order_gives_another_layout(self) -> None:
        """Without an error, and beside one: neither is overlooked."""
        for more in ({}, {"linux__y": "struct y { int x; };", "linux__z": "struct z { struct y y; };"}):
            self.tree(linux__a="#ifdef B\nstruct a { long x; };\n#else\nstruct a { int x; };\n#endif",
                      linux__b="#define B\nstruct b { int x; };", **more)
            result = self.good("--kernel", "tree", "-e", "json", "-v")
            self.assertIn("struct 'a', which is first defined at include/linux/a.h:6", result.err)

    def test_a_runaway_costs_one_header(self) -> None:
        self.tree(linux__a="struct a { int x; };", linux__run=RUNAWAY)
        result = self.good("--kernel", "tree", "-e", "json", "-v", preexec_fn=one_second)
        self.assertIn("linux/run.h: reading it took more processor time than its limit", result.err)
        self.assertIn(b'"a"', result.out)
        self.assertNotIn(b'"runaway"', result.out)

    def test_a_header_that_crashes_libclang(self) -> None:
        """It alone is lost, and named; whatever was asked for, hdrgen goes on living."""
        self.tree(linux__a="struct a { int x; };", linux__deadly=DEADLY)
        result = self.good("--kernel", "tree", "-e", "json", "-v")
        self.assertRegex(result.err, f"linux/deadly.h: {DIED}")
        self.assertIn(b'"a"', result.out)
        for names in (["deadly"], ["a", "deadly"], ["deadly", "--header", "linux/deadly.h"]):
            result = self.refused("show", "--kernel", "tree", *names, says="linux/deadly.h")
            self.assertRegex(result.err, DIED)
        self.assertIn(b"struct a", self.good("show", "--kernel", "tree", "a").out)

    def test_what_is_tried(self) -> None:
        """-vv says what becomes of a header, and why."""
        self.tree(linux__a="struct a { struct b b; };", linux__b="struct b { int x; };", linux__c="#include <no/where.h>\n")
        result = self.good("--kernel", "tree", "-e", "json", "-vv")
        self.assertIn("linux/a.h: waiting -> needs helper, after linux/b.h: field has incomplete type 'struct b'", result.err)
        self.assertIn("linux/a.h: needs helper -> parsed", result.err)
        self.assertIn("linux/c.h: waiting -> given up: 'no/where.h' file not found", result.err)
        result = self.good("show", "--kernel", "tree", "-vv", "a")
        self.assertIn("linux/a.h: needs helper -> needs helper, after linux/b.h", result.err)

    def test_killed_workers(self) -> None:
        """Each that grows is killed from outside, long before its limit: only its header is lost."""
        self.tree(linux__a="struct a { int x; };", linux__run=RUNAWAY)
        with subprocess.Popen([HDRGEN, "--kernel", "tree", "-e", "json", "-v", "-j", "1"], cwd=self.dir,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            while process.poll() is None and children.exists():
                for child in children.read_text().split():
                    if resident_memory(child) > 500 << 20:
                        os.kill(int(child), signal.SIGKILL)
                time.sleep(0.05)
            out, err = process.communicate()
        self.assertEqual(process.returncode, 0, err)
        self.assertIn(b"linux/run.h: reading it ended with signal 9", err)
        self.assertIn(b'"a"', out)

    def test_jobs_change_nothing(self) -> None:
        headers = {f"linux__h{i}": f"struct s{i} {{ int x[{i + 1}]; }};\nstruct dir {{ char c[{i % 3}]; }};"
                   for i in range(30)}
        self.tree(**headers)
        one = self.good("--kernel", "tree", "-e", "btf", "-j", "1")
        four = self.good("--kernel", "tree", "-e", "btf", "-j", "4")
        self.assertEqual(one.out, four.out)
        self.assertEqual(one.err, four.err)

    def test_nowhere_for_the_precompiled_prefix(self) -> None:
        """No directory, or no room, of which clang dies: then units parse it themselves, and what comes of it is the same."""
        self.tree(linux__types="typedef int t;", linux__kernel="enum mode { OLD, NEW };",
                  linux__module="struct module;\ntypedef struct { t x; struct tag *y; } module_t;",
                  net__a="struct a { module_t m; struct later *l; };\nint f(struct only *o);",
                  net__b="struct module { enum mode mode; };\nstruct b { module_t m[2]; struct module n; };")
        (self.dir / "room").mkdir()
        room, nowhere, small = (self.good("--kernel", "tree", "-e", "btf", "--no-cache", env={**os.environ, "TMPDIR": str(self.dir / place)}, **more)
                                for place, more in (("room", {}), ("nowhere", {}), ("room", {"preexec_fn": small_files})))
        self.assertEqual(room.err, "")
        for place, result in {"nowhere": nowhere, "room": small}.items():
            self.assertEqual(room.out, result.out)
            self.assertRegex(result.err, f"^hdrgen: note: .* in '.*/{place}' there is no room .*TMPDIR.*\n$")
        self.assertEqual(os.listdir(self.dir / "room"), [])
        types = self.types()
        self.assertEqual([types["struct a"][0]["size"], types["struct b"][0]["size"]], [24, 40])

    def test_a_fault_in_the_prefix(self) -> None:
        """Precompiled, it must be no less a fault: clang only warns that it ignores this."""
        self.tree(linux__module="#pragma scalar_storage_order big-endian\ntypedef struct { int x; } module_t;",
                  net__a="struct a { module_t m; };", net__b="struct b { int x; };")
        types = self.types()
        self.assertIn("struct b", types)
        self.assertNotIn("struct a", types)

    def test_one_of_the_prefix_with_an_error(self) -> None:
        """The others remain a prefix, and it is reported like any other."""
        self.tree(linux__types="typedef int t;", linux__kernel="struct k { unknown_t x; };",
                  linux__module="#include <linux/types.h>\nstruct module { t x; };", net__a="struct a { struct module m; };")
        result = self.good("--kernel", "tree", "-e", "json", "-v")
        self.assertEqual({t["name"] for t in json.loads(result.out)["types"] if t["kind"] == "struct"}, {"a", "module"})
        self.assertIn("linux/kernel.h", result.err)
        self.assertNotIn("linux/module.h", result.err)

    def test_a_prefix_that_crashes(self) -> None:
        self.tree(linux__kernel=RUNAWAY, linux__module="struct module { int x; };", net__a="struct a { int x; };")
        (self.dir / "room").mkdir()
        result = self.good("--kernel", "tree", "-e", "json", "-v", preexec_fn=one_second,
                           env={**os.environ, "TMPDIR": str(self.dir / "room")})
        self.assertEqual(os.listdir(self.dir / "room"), [])
        self.assertEqual({t["name"] for t in json.loads(result.out)["types"] if t["kind"] == "struct"}, {"a", "module"})
        self.assertIn("linux/kernel.h: reading it took more processor time", result.err)

    def test_one_that_conflicts_with_the_prefix(self) -> None:
        self.tree(linux__module="#define spoil(x) unknown_t x\ntypedef long word;\nstruct module { word w; };",
                  net__a="typedef int word;\nstruct a { word w; };", net__b="#ifdef spoil\n#error no\n#endif\nstruct b { int x; };")
        types = self.types()
        self.assertEqual([types[f"struct {name}"][0]["size"] for name in ("module", "a", "b")], [8, 4, 4])

    def test_types_of_the_prefix_through_pointers(self) -> None:
        """Units hold what they need of them; all of each is there once, and so are pointers to it."""
        self.tree(linux__types="struct big { int x[10]; };\nstruct node { struct node *next; struct big *big; };\n"
                               "typedef struct { struct node n; } list_t;\nstruct unused { union u *u; };\n"
                               "struct holder { struct big big; };",
                  net__a="struct a { struct big *p; const struct node *(*get)(struct unused *); };",
                  net__b="struct b { struct big *p; struct holder held; list_t *list; };\nunion u { int x; };")
        types = self.types()
        self.assertEqual([types[f"struct {name}"][0]["size"] for name in ("big", "node", "unused", "a", "b")],
                         [40, 16, 8, 16, 56])
        for name, found in types.items():
            self.assertEqual(len(found), 1, name)
            self.assertTrue(found[0].get("complete", True), name)
        btf = self.good("--kernel", "tree", "-e", "btf")
        self.assertEqual(btf.err, "")

    def test_progress(self) -> None:
        self.tree(linux__a="struct a { int x; };")
        self.assertEqual(self.good("list", "--kernel", "tree").err, "")
        self.assertIn("reading headers [", self.good("list", "--kernel", "tree", "--no-cache", "--progress", "always").err)
        self.assertEqual(self.good("list", "--kernel", "tree", "--progress", "never").err, "")

    def test_progress_in_a_pipe(self) -> None:
        """A header whose #if takes clang a second is held up for five more."""
        slow = "#define A0 1 + 1\n" + "".join(f"#define A{i + 1} A{i} + A{i}\n" for i in range(22)) + "#if A22 > 1\nstruct s { int x; };\n#endif\n"
        self.tree(linux__slow=slow, **{f"linux__h{i}": f"struct h{i} {{ int x; }};" for i in range(50)})
        lines, = self.held_up(5.5, ["list", "--holes", "1", "--kernel", "tree", "--no-cache"])
        self.assertRegex(lines, r"hdrgen: note: working, 5 s: reading headers, \d\d? %\n")

    def test_bad_values(self) -> None:
        for value in ("0", "x", "-1", "257", "1x"):
            self.refused("--kernel", "tree", "-j", value, says="say how many processes")
        self.refused("--kernel", "tree", "--progress", "maybe", says="say auto, always or never")

    def test_macros_want_a_header(self) -> None:
        """They were left out without a word."""
        self.tree(linux__a="#define A_SIZE 4\nstruct a { char x[A_SIZE]; };", linux__b="struct b { int x, y; };")
        self.refused("--kernel", "tree", "--macros", "A_*", "-o", "x.rs", says="say which header defines them (--header)")
        for more in (["--header", "linux/a.h"], ["a"]):
            self.assertIn(b"A_SIZE: c_int = 4", self.good("--kernel", "tree", *more, "--macros", "A_*").out)

    def test_fields_are_names(self) -> None:
        self.tree(linux__a="struct a { int x; };", linux__b="struct b { int x, y; };")
        out = self.good("--kernel", "tree", "--fields", "b=y").out
        self.assertIn(b"pub y:", out)
        for absent in (b"pub x:", b"struct a "):
            self.assertNotIn(absent, out)


if __name__ == "__main__":
    unittest.main()
