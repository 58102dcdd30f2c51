"""A whole kernel from its sources: hdrgen --kernel DIR --sources, on the small tree and on changed copies of it."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

from hdrgen import FIXTURES, HDRGEN, Case
from test_units import DEADLY, RUNAWAY, one_second

MINI = FIXTURES / "mini"


class Sources(Case):
    def setUp(self) -> None:
        super().setUp()
        os.environ["XDG_CACHE_HOME"] = str(self.dir / "cache")

    def tree(self) -> Path:
        """A copy that may be changed, and that lacks nothing."""
        to = self.dir / "linux"
        shutil.copytree(MINI, to)
        (to / "kernel/table.c").write_text("int table;\n")
        return to

    def source(self, tree: Path, text: str, name: str = "private") -> None:
        """One more file of kernel/."""
        (tree / f"kernel/{name}.c").write_text(text)
        with (tree / "kernel/Makefile").open("a") as makefile:
            makefile.write(f"obj-y += {name}.o\n")

    def arguments(self, tree: Path, *more: str) -> list[str]:
        return ["--kernel", str(tree), "--arch", "arm64", "--sources", *more]

    def read(self, tree: Path, *more: str) -> tuple[dict[str, dict], str]:
        """The types by kind and name, and what was said."""
        result = self.good(*self.arguments(tree, *more), "-o", "out.json")
        types: dict[str, dict] = {}
        for item in json.loads((self.dir / "out.json").read_text())["types"]:
            if item.get("name"):
                types.setdefault(f"{item['kind']} {item['name']}", item)
        return types, result.err


class Whole(Sources):
    def test_private_types(self) -> None:
        """Of .c files, of private headers, with the flags of each file; also what only headers define."""
        types, err = self.read(self.tree())
        self.assertEqual(types["struct sched_slice"]["size"], 16, "SCHED_SLICE of CFLAGS_core.o, a pointer")
        for name in ("struct rq", "struct cfs_rq", "struct fair_stats", "struct word_at_a_time", "struct task_struct",
                     "struct iphdr"):
            self.assertIn(name, types)
        self.assertNotIn("struct numa_balance", types, "not built")
        self.assertNotIn("struct mini_char", types, "a module's")
        self.assertIn("source files in", err)

    def test_modules_are_asked_for(self) -> None:
        self.good(*self.arguments(MINI, "--modules", "btf"))
        names = {path.name for path in (self.dir / "btf").iterdir()}
        self.assertIn("vmlinux", names)
        self.assertIn("mini_char", names)

    def test_many_modules(self) -> None:
        """Each has what only it needs; a type that two modules share is in both."""
        tree = self.tree()
        with (tree / "kernel/Makefile").open("a") as makefile:
            for number in range(100):
                (tree / f"kernel/mod{number}.c").write_text(f"struct both {{ int a; }} b;\nstruct own{number} {{ char c[{number + 1}]; }} x;\n")
                makefile.write(f"obj-m += mod{number}.o\n")
        self.good(*self.arguments(tree, "--modules", "btf"))
        for number in (0, 1, 50, 99):
            out = self.good("list", "--btf", f"btf/mod{number}", "--base-btf", "btf/vmlinux", "struct own*", "both").out.decode()
            self.assertRegex(out, f"struct\town{number}\t{number + 1}\\b")
            self.assertIn("both", out)
            self.assertEqual(out.count("struct\town"), 1)
        self.assertNotIn("own7", self.good("list", "--btf", "btf/vmlinux").out.decode())

    def test_what_compilers_take_without_a_word(self) -> None:
        """Of a .c file, of a header of its own, and of one that a prefix would have."""
        tree = self.tree()
        (tree / "include/linux/lost.h").write_text("struct lost_tree; struct lost { int a; struct lost_tree; };\n")
        with (tree / "include/linux/sched.h").open("a") as sched:
            sched.write("#include <linux/lost.h>\n")
        (tree / "kernel/own.h").write_text("struct variable { int x; } __variable_packed;\n")
        self.source(tree, '#include <linux/sched.h>\n#include "own.h"\nstruct raised { int x : 3 __attribute__((aligned(16))); } r;\n')
        said = self.read(tree, "--no-cache")[1]
        self.assertRegex(said, r"linux/lost.h:1\S* warning: this declares nothing")
        self.assertRegex(said, r"own.h:1\S* warning: '__variable_packed' is a variable here")
        self.assertEqual(said.count("this declares nothing"), 1)
        self.assertNotIn("bit-field", said)
        with (tree / "include/generated/autoconf.h").open("a") as config:
            config.write("#define CONFIG_CC_IS_GCC 1\n")
        with (tree / "include/config/auto.conf").open("a") as config:
            config.write("CONFIG_CC_IS_GCC=y\n")
        self.assertRegex(self.read(tree, "--no-cache")[1], r"kernel/private.c:3\S* warning: bit-field 'x' has an alignment of its own")
        self.refused(*self.arguments(tree, "--no-cache", "--strict"), "-o", "out.json", says="--strict")

    def test_bodies_and_fast(self) -> None:
        tree = self.tree()
        self.source(tree, "int private(int n)\n{\n\tstruct inside { char c[40]; } s = {{0}};\n\treturn s.c[n];\n}\n")
        self.assertEqual(self.read(tree)[0]["struct inside"]["size"], 40)
        self.assertNotIn("struct inside", self.read(tree, "--fast")[0])

    def test_the_result_is_the_same_whatever_the_jobs(self) -> None:
        tree = self.tree()
        bytes_of = []
        for jobs in ("1", "2", "5"):
            self.good(*self.arguments(tree, "--no-cache", "-j", jobs, "-o", "out.btf"))
            bytes_of.append((self.dir / "out.btf").read_bytes())
        self.assertEqual(bytes_of[0], bytes_of[1])
        self.assertEqual(bytes_of[0], bytes_of[2])

    def test_every_definition_keeps_its_name(self) -> None:
        tree = self.tree()
        self.source(tree, "struct twin { int a; };\nstruct one { struct twin *t; } x1;\n", "one")
        self.source(tree, "struct twin { long a, b; };\nstruct two { struct twin *t; } x2;\n", "two")
        self.good(*self.arguments(tree, "-o", "out.btf"))
        dump = json.loads(subprocess.run(["bpftool", "-j", "btf", "dump", "file", "out.btf"], cwd=self.dir, capture_output=True,
                                         check=True).stdout)["types"]
        by_id = {t["id"]: t for t in dump}
        self.assertEqual(sorted(t["size"] for t in dump if t["name"] == "twin"), [4, 16])
        for name, size in (("one", 4), ("two", 16)):
            pointer = next(t for t in dump if t["name"] == name)["members"][0]["type_id"]
            self.assertEqual(by_id[by_id[pointer]["type_id"]]["size"], size, name)

    def test_a_header_gives_way_to_a_source_file(self) -> None:
        """The kernel has the source file's type; that of a header which nothing includes would make it ambiguous."""
        tree = self.tree()
        (tree / "include/linux/unused.h").write_text("struct twin { long a, b; };\nstruct pair { struct twin t[2]; };\n"
                                                     "struct list_of { struct twin *first; };\nstruct lone { short s; };\n")
        self.source(tree, "struct twin { int a; } x;\n")
        types, _ = self.read(tree)
        self.assertEqual(types["struct twin"]["size"], 4)
        self.assertNotIn("struct pair", types)
        self.assertEqual(types["struct list_of"]["size"], 8)
        self.assertEqual(types["struct lone"]["size"], 2)
        self.good(*self.arguments(tree, "-o", "out.btf"))
        self.assertEqual(self.good("list", "--btf", "out.btf", "struct twin").out.decode().count("twin"), 1)

    def test_progress(self) -> None:
        err = self.good(*self.arguments(MINI, "--progress", "always", "-o", "out.btf")).err
        self.assertRegex(err, r"reading sources: [1-9]\d* of \d+ files, \d+ a second")
        self.assertIn("reading headers that no source file includes: 100 %", err)
        self.assertNotIn("reading", self.good(*self.arguments(MINI, "--no-cache", "-o", "out.btf")).err)

    def test_other_options(self) -> None:
        self.refused("--sources", "-o", "x.btf", says="--sources goes with --kernel DIR")
        self.refused(*self.arguments(MINI, "--macros", "X", "-o", "x.json"), says="--macros does not go with --sources")
        self.refused(*self.arguments(MINI, "--header", "linux/sched.h", "-o", "x.btf"), says="does not go with --sources")
        self.refused("--kernel", str(MINI), "--arch", "arm64", "--fast", "-o", "x.btf", says="--fast goes with")


    def test_functions_that_a_typedef_declares(self) -> None:
        tree = self.tree()
        self.source(tree, "struct own { int a; };\ntypedef int handler_t(struct own *, long);\nhandler_t by_typedef;\n"
                          "int by_typedef(struct own *o, long l)\n{\n\treturn o->a + (int)l;\n}\n"
                          "int plain(struct own *o)\n{\n\treturn o->a;\n}\n")
        self.write("System.map", "0000000000000001 T by_typedef\n0000000000000002 T plain\n")
        self.good(*self.arguments(tree, "--functions", "System.map", "-o", "out.btf"))
        text = subprocess.run(["bpftool", "btf", "dump", "file", "out.btf"], cwd=self.dir, capture_output=True, text=True, check=True).stdout
        self.assertRegex(text, r"FUNC 'by_typedef'")
        self.assertRegex(text, r"FUNC 'plain'")
        self.assertRegex(text, r"STRUCT 'own' size=4")


    def test_headers_outside_of_the_tree_are_not_kept(self) -> None:
        """A makefile's -I leads there, where nothing tells of a header that appears."""
        tree = self.tree()
        for name in ("one", "two"):
            (self.dir / name).mkdir()
        (self.dir / "two/outside.h").write_text("")
        self.source(tree, '#include "outside.h"\n#ifdef WIDE\nstruct own { long a; };\n#else\nstruct own { char a; };\n#endif\n')
        with (tree / "kernel/Makefile").open("a") as makefile:
            makefile.write(f"ccflags-y += -I{self.dir}/one -I{self.dir}/two\n")
        show = ["show", "--kernel", str(tree), "--arch", "arm64", "own"]
        self.assertIn(b"size: 1", self.good(*show).out)
        self.assertEqual(self.read(tree)[0]["struct own"]["size"], 1)
        (self.dir / "one/outside.h").write_text("#define WIDE\n")
        self.assertIn(b"size: 8", self.good(*show).out)
        self.assertEqual(self.read(tree)[0]["struct own"]["size"], 8)


class Missing(Sources):
    """A generated file is not there."""

    def test_what_cannot_depend_on_it_is_taken(self) -> None:
        tree = self.tree()
        (tree / "kernel/later.h").write_text("struct later { int a; };\n")
        (tree / "kernel/tests.h").write_text("#ifdef GENERATED_WIDE\n#define LATER_SIZE 8\n#else\n#define LATER_SIZE 4\n#endif\n"
                                             "struct tested { int a; };\n")
        (tree / "kernel/uses.h").write_text("struct spread { char c[LATER_SIZE]; };\n")
        self.source(tree, '#include <linux/types.h>\nstruct before { int a; };\n#include "generated-table.h"\n'
                          '#include "later.h"\n#include "tests.h"\n#include "uses.h"\n'
                          "struct fine { struct later *l; struct touched *t; };\n"
                          "struct touched { generated_t g; };\nstruct holds { struct touched t; };\n"
                          "struct sized { char c[GENERATED_COUNT]; };\nenum touched_enum { TOUCHED = GENERATED_COUNT };\n"
                          "struct attribute { char c; int i; } generated_packed;\n"
                          "struct outer { struct { char c; int i; } __generated_packed; };\n"
                          "int private(void)\n{\n\tstruct local { char c[3]; } l = {{0}};\n\treturn l.c[0];\n}\n")
        types, err = self.read(tree)
        for name in ("struct before", "struct later", "struct fine", "struct local"):
            self.assertIn(name, {n for n, t in types.items() if t.get("size")}, name)
        for name in ("struct tested", "struct spread", "struct touched", "struct holds", "struct sized", "struct attribute",
                     "struct outer", "enum touched_enum"):
            self.assertFalse(types.get(name, {}).get("size"), name)
        self.assertIn("1 of ", err)
        self.assertIn("that only a build generates", err)
        self.assertIn("make -C", err)
        self.assertIn("kernel/private.o", err)

    def test_records_without_a_name(self) -> None:
        """Of a module, too: a declaration without a name would be no BTF."""
        tree = self.tree()
        (tree / "kernel/mod.c").write_text('#include <linux/types.h>\n#include "generated-table.h"\n'
                                           "struct whole { int a; };\nstruct whole *w;\ntypedef struct { generated_t g; int a; } touched_t;\n"
                                           "static struct { generated_t g; int a; } table;\n"
                                           "enum { FIRST = GENERATED_FIRST, SECOND };\n"
                                           "int mod(touched_t *t)\n{\n\treturn t->a + table.a + SECOND;\n}\n")
        with (tree / "kernel/Makefile").open("a") as makefile:
            makefile.write("obj-m += mod.o\n")
        self.good(*self.arguments(tree, "--modules", "btf"))
        out = self.good("list", "--btf", "btf/mod", "--base-btf", "btf/vmlinux").out.decode()
        self.assertIn("struct\twhole\t4", out)
        self.assertNotIn("touched_t", out)

    def test_it_is_named(self) -> None:
        tree = self.tree()
        self.source(tree, '#include "generated-table.h"\n')
        err = self.good(*self.arguments(tree, "-v", "-o", "out.btf")).err
        self.assertIn("'generated-table.h' file not found", err)
        self.assertIn("kernel/private.c:1", err)

    def test_strict(self) -> None:
        tree = self.tree()
        self.good(*self.arguments(tree, "--strict", "-o", "out.btf"))
        (self.dir / "out.btf").unlink()
        self.source(tree, '#include "generated-table.h"\n')
        self.refused(*self.arguments(tree, "--strict", "-o", "out.btf"), says=["--strict", "nothing is written"])
        self.assertFalse((self.dir / "out.btf").exists())

    def test_functions_of_such_a_file_are_not_known(self) -> None:
        tree = self.tree()
        (self.dir / "System.map").write_text("ffff000000080000 T whole\nffff000000080010 T partial\n")
        self.source(tree, "int whole(int a)\n{\n\treturn a;\n}\n", "whole")
        self.source(tree, '#include "generated-table.h"\nint partial(int a)\n{\n\treturn a;\n}\n', "partial")
        self.good(*self.arguments(tree, "--functions", "System.map", "-o", "out.btf"))
        found = subprocess.run(["bpftool", "btf", "dump", "file", "out.btf"], cwd=self.dir, capture_output=True, text=True,
                               check=True).stdout
        self.assertIn("FUNC 'whole'", found)
        self.assertNotIn("FUNC 'partial'", found)

    def test_check_knows_prototypes(self) -> None:
        """Sources and System.map: which functions there are, and their parameters; of several of one name none."""
        tree = self.tree()
        names = ("schedule", "vfs_read", "vfs_create", "twice", "register_kprobe", "perf_kprobe_init", "varied", "paired")
        (self.dir / "System.map").write_text("".join(f"ffff000000080000 T {name}\n" for name in names))
        self.source(tree, "struct made { int a; };\nvoid schedule(void)\n{\n}\nlong vfs_read(int a)\n{\n\treturn a;\n}\n"
                    "int register_kprobe(void)\n{\n\treturn 0;\n}\nint vfs_create(struct made *made, int mode)\n{\n\treturn mode;\n}\n"
                    "static int twice(int a)\n{\n\treturn a;\n}\nint inlined(void)\n{\n\treturn twice(1);\n}\n", "whole")
        self.source(tree, "struct pair { long a, b, c; };\nint varied(const char *format, ...)\n{\n\treturn 0;\n}\n"
                    "struct pair paired(void)\n{\n\treturn (struct pair){};\n}\n", "shapes")
        self.source(tree, "static int twice(int a, int b)\n{\n\treturn a + b;\n}\nint other(void)\n{\n\treturn twice(1, 2);\n}\n", "other")
        sections = ("vfs_create", "twice", "inlined", "gone")
        shapes = ("varied", "paired")
        (self.dir / "p.c").write_text("".join(f'__attribute__((section("fentry/{name}"), used)) int on_{name}(long long *ctx) {{ return ctx[2]; }}\n'
                                              for name in sections + shapes))
        subprocess.run(["clang", "-target", "bpf", "-g", "-O2", "-c", "p.c", "-o", "p.o"], cwd=self.dir, check=True)
        result = self.run_hdrgen("check", "p.o", *self.arguments(tree, "--functions", "System.map", "--format", "json"))
        self.assertEqual(result.status, 1, result.err)
        rows = {f"{row['kind']} {row['name']}": row for row in json.loads(result.out)["objects"][0]["dependencies"]}
        self.assertEqual([rows[f"function {name}"]["result"] for name in sections], ["fine", "fine", "missing", "missing"])
        self.assertEqual([rows[f"parameter parameter 3 of {name}"]["result"] for name in sections], ["changed", "unknown", "changed", "unknown"])
        self.assertIn("there are only 2 parameters", rows["parameter parameter 3 of vfs_create"]["why"])
        for name, why in (("varied", "any number of parameters"), ("paired", "returns a structure")):
            self.assertEqual(rows[f"function {name}"]["result"], "missing")
            self.assertIn(why, rows[f"function {name}"]["why"])
        # Without the list nothing is known of functions; fentry looks into the kernel's own BTF.
        result = self.run_hdrgen("check", "p.o", *self.arguments(tree, "--format", "json"))
        self.assertIn("CONFIG_DEBUG_INFO_BTF is not set", result.out.decode())
        with (tree / "include/config/auto.conf").open("a") as config:
            config.write("CONFIG_DEBUG_INFO_BTF=y\n")
        result = self.run_hdrgen("check", "p.o", *self.arguments(tree, "--format", "json"))
        self.assertEqual(result.status, 0, result.err)
        self.assertIn("they list no functions", result.out.decode())

    def test_a_source_that_only_a_build_makes(self) -> None:
        tree = self.tree()
        (tree / "kernel/table.c").unlink()
        err = self.good(*self.arguments(tree, "-v", "-o", "out.btf")).err
        self.assertIn("kernel/table.c", err)
        self.assertIn("kernel/table.o", err)


class Faults(Sources):
    def test_an_error_costs_one_file_and_nothing_of_it_is_written(self) -> None:
        tree = self.tree()
        self.source(tree, "struct good_until { int a; };\nstruct broken { unknown_t b; };\n", "broken")
        self.source(tree, "struct fine { int a; } f;\n", "fine")
        types, err = self.read(tree)
        self.assertIn("struct fine", types)
        self.assertNotIn("struct good_until", types)
        self.assertNotIn("struct broken", types)
        self.assertIn("cannot be parsed: nothing of it is written", err)
        self.assertIn("kernel/broken.o", err)
        self.assertIn("unknown_t", err)
        self.refused(*self.arguments(tree, "--strict", "-o", "x.btf"), says="--strict")

    def test_what_only_make_could_know(self) -> None:
        """What a command prints, and options of single targets, are left out: that is said."""
        for line in ("ccflags-y += $(shell echo -DW=18)", "CFLAGS_own.o != echo -DW=17", "CFLAGS_own.o := $(file <flags)",
                     "$(obj)/own.o: KBUILD_CFLAGS += -DW=2"):
            with self.subTest(line):
                shutil.rmtree(self.dir / "linux", ignore_errors=True)
                tree = self.tree()
                self.source(tree, "#ifndef W\n#define W 1\n#endif\nstruct own { char c[W]; };\n", "own")
                with (tree / "kernel/Makefile").open("a") as makefile:
                    makefile.write(line + "\n")
                self.assertRegex(self.read(tree, "--no-cache")[1], r"warning: 1 place in the makefiles depends on what a command prints, or gives options.*kernel/(Makefile:|\S+.o: its options)")
                self.refused(*self.arguments(tree, "--no-cache", "--strict"), "-o", "strict.json", says="--strict")

    def test_a_makefile_that_ends_too_early(self) -> None:
        for text, says in (("ifeq (a,b)\nobj-y += lost.o\n", "without an `endif`"), ("define X\nobj-y += lost.o\n", "without an `endef`")):
            with self.subTest(says):
                shutil.rmtree(self.dir / "linux", ignore_errors=True)
                tree = self.tree()
                with (tree / "kernel/Makefile").open("a") as makefile:
                    makefile.write(text)
                self.refused(*self.arguments(tree), "-o", "out.json", says=["kernel/Makefile", says])

    def test_a_pipe_among_the_files(self) -> None:
        tree = self.tree()
        self.source(tree, "", "pipe")
        (tree / "kernel/pipe.c").unlink()
        os.mkfifo(tree / "kernel/pipe.c")
        result = self.good(*self.arguments(tree, "-o", "out.btf"))
        self.assertIn("kernel/pipe.o: it is not a regular file", result.err)

    def test_many_errors_are_not_all_shown(self) -> None:
        tree = self.tree()
        for number in range(30):
            self.source(tree, "unknown_t x;\n", f"broken{number}")
        err = self.read(tree)[1]
        self.assertEqual(err.count("unknown type name"), 20)
        self.assertIn("10 more", err)
        self.assertEqual(self.read(tree, "-v")[1].count("unknown type name"), 30)

    def test_no_file_can_be_parsed(self) -> None:
        tree = self.tree()
        (tree / "include/linux/kconfig.h").write_text("#error nothing goes\n")
        self.refused(*self.arguments(tree, "-o", "x.btf"), says="error")
        self.assertFalse((self.dir / "x.btf").exists())

    def test_a_file_that_crashes_the_parser(self) -> None:
        tree = self.tree()
        self.source(tree, DEADLY, "deadly")
        self.source(tree, "struct fine { int a; } f;\n", "fine")
        types, err = self.read(tree)
        self.assertIn("struct fine", types)
        self.assertRegex(err, "kernel/deadly.o: parsing it ended (with signal 11|without a result)")
        self.assertNotIn("fine.o", err)

    def test_a_runaway_costs_one_file(self) -> None:
        tree = self.tree()
        self.source(tree, RUNAWAY, "runaway")
        self.source(tree, "struct fine { int a; } f;\n", "fine")
        result = self.good(*self.arguments(tree, "-o", "out.json"), preexec_fn=one_second)
        self.assertIn(b'"fine"', (self.dir / "out.json").read_bytes())
        self.assertIn("kernel/runaway.o: parsing it took more processor time than its limit", result.err)

    def test_a_file_that_does_not_end(self) -> None:
        """A header that includes itself: clang's own limit."""
        tree = self.tree()
        (tree / "kernel/self.h").write_text('#include "self.h"\n')
        self.source(tree, '#include "self.h"\nstruct never { int a; };\n', "loop")
        types, err = self.read(tree)
        self.assertNotIn("struct never", types)
        self.assertIn("kernel/loop.o", err)

    def test_an_interrupt_leaves_nothing_behind(self) -> None:
        tree = self.tree()
        for number in range(60):
            self.source(tree, f"#include <linux/sched.h>\nstruct s{number} {{ int a; }};\n", f"more{number}")
        temporary = self.dir / "tmp"
        temporary.mkdir()
        self.good(*self.arguments(tree, "--no-cache", "-o", "whole.btf"))
        for seconds in (0.2, 0.6, 1.2):
            (self.dir / "out.btf").unlink(missing_ok=True)
            process = subprocess.Popen([HDRGEN, *self.arguments(tree, "--no-cache", "-o", "out.btf")], cwd=self.dir,
                                       env={**os.environ, "TMPDIR": str(temporary)}, stderr=subprocess.DEVNULL)
            time.sleep(seconds)
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
            self.assertEqual(list(temporary.iterdir()), [], f"after {seconds} s")
            if (self.dir / "out.btf").exists():  # the signal came after it was replaced
                self.assertEqual((self.dir / "out.btf").read_bytes(), (self.dir / "whole.btf").read_bytes())

    def test_no_room_for_prefixes(self) -> None:
        """Without a directory for temporary files everything is parsed for each file: the same bytes, and a note."""
        tree = self.tree()
        for number in range(30):
            self.source(tree, f"#include <linux/sched.h>\nstruct s{number} {{ struct task_struct t; }};\n", f"more{number}")
        self.good(*self.arguments(tree, "--no-cache", "-o", "with.btf"))
        err = self.good(*self.arguments(tree, "--no-cache", "-o", "without.btf"), env={**os.environ, "TMPDIR": "/proc/none"}).err
        self.assertEqual((self.dir / "with.btf").read_bytes(), (self.dir / "without.btf").read_bytes())
        self.assertIn("no room", err)


class Guard(Sources):
    """What a file says before its includes changes headers of the prefix: then it must not follow the prefix."""

    def test_a_macro_that_a_header_of_the_prefix_tests(self) -> None:
        tree = self.tree()
        (tree / "include/linux/asked.h").write_text("#ifdef WIDE\ntypedef long asked_t;\n#else\ntypedef char asked_t;\n#endif\n")
        sched = tree / "include/linux/sched.h"
        sched.write_text("#include <linux/asked.h>\n" + sched.read_text())
        for number in range(40):
            self.source(tree, f"#include <linux/sched.h>\nstruct s{number} {{ asked_t a; }};\n", f"more{number}")
        self.source(tree, "#define WIDE\n#include <linux/sched.h>\nstruct wide { asked_t a; };\n", "wide")
        (tree / "kernel/wide.h").write_text("#define WIDE\n")
        self.source(tree, '#include "wide.h"\n#include <linux/sched.h>\nstruct through { asked_t a; };\n', "through")
        types, err = self.read(tree, "-v")
        self.assertNotIn("cannot be parsed", err)
        self.assertRegex(err, r"[1-9]\d* precompiled prefix")
        self.assertEqual(types["struct s7"]["size"], 1)
        self.assertEqual(types["struct wide"]["size"], 8)
        self.assertEqual(types["struct through"]["size"], 8)

    def test_a_macro_that_a_header_of_the_prefix_expands(self) -> None:
        """No #if shows it: an array's length, through another macro."""
        tree = self.tree()
        (tree / "include/linux/length.h").write_text("#ifndef LENGTH_H\n#define LENGTH_H\n#define LENGTH 4\n#define TWICE (2 * LENGTH)\n#endif\n")
        (tree / "include/linux/text.h").write_text("#ifndef TEXT_H\n#define TEXT_H\n#include <linux/length.h>\n"
                                                   "#define DECLARE_LINE(name) struct name { char c[LENGTH]; }\n"
                                                   "struct text { char c[TWICE]; };\nDECLARE_LINE(line);\n"
                                                   "struct { char c[1]; } texts[TWICE];\n#endif\n")
        for number in range(40):
            self.source(tree, f"#include <linux/sched.h>\n#include <linux/text.h>\nstruct s{number} {{ struct text a; }};\n", f"more{number}")
        self.source(tree, "#include <linux/length.h>\n#undef LENGTH\n#define LENGTH 16\n#include <linux/sched.h>\n#include <linux/text.h>\n"
                          "struct long_text { struct text a; struct line b; };\n", "own")
        types, err = self.read(tree, "-v")
        self.assertRegex(err, r"[1-9]\d* precompiled prefix")
        self.assertEqual(types["struct s7"]["size"], 8)
        self.assertEqual(types["struct long_text"]["size"], 48)

    def test_a_macro_that_no_header_of_the_prefix_does_define(self) -> None:
        """A #define in the other half of an #if, or one that is undone, costs no prefix."""
        tree = self.tree()
        sched = tree / "include/linux/sched.h"
        (tree / "include/linux/other.h").write_text("#ifndef OTHER_H\n#define OTHER_H\n#ifdef CONFIG_NOWHERE\n#define in_other_half 1\n#endif\n"
                                                    "#define passing int\nextern passing passed;\n#undef passing\n#define stays 1\n#endif\n")
        for number in range(40):
            self.source(tree, f"#include <linux/sched.h>\n#include <linux/other.h>\nstruct s{number} {{ int a; }};\n", f"more{number}")
        self.source(tree, "#include <linux/sched.h>\nstruct own { char in_other_half; int passing; };\n", "own")
        _, before = self.read(tree, "-v")
        self.source(tree, "#include <linux/sched.h>\nstruct refused { char stays; };\n", "refused")
        types, after = self.read(tree, "-v")
        self.assertEqual(types["struct own"]["size"], 8)
        self.assertEqual(types["struct refused"]["size"], 1)
        without = [int(re.findall(r"(\d+) files? without one", err)[0]) for err in (before, after)]
        self.assertEqual(without[1], without[0] + 1)

    def guarded(self, headers: dict[str, str], own: str, make: str = "", beside: dict[str, str] | None = None,
                name: str = "own") -> tuple[dict[str, dict], str]:
        """Forty files that include these headers, and one of its own, with headers beside it."""
        tree = self.tree()
        for path, text in (beside or {}).items():
            (tree / "kernel" / path).parent.mkdir(exist_ok=True)
            (tree / "kernel" / path).write_text(text)
        for header, text in headers.items():
            guard = header.replace(".", "_").upper()
            (tree / "include/linux" / header).write_text(f"#ifndef {guard}\n#define {guard}\n{text}\n#endif\n")
        includes = "".join(f"#include <linux/{header}>\n" for header in headers)
        for number in range(40):
            self.source(tree, f"#include <linux/sched.h>\n{includes}struct s{number} {{ int a; }};\n", f"more{number}")
        self.source(tree, own, name)
        with (tree / "kernel/Makefile").open("a") as makefile:
            makefile.write(make)
        types, err = self.read(tree, "-v")
        self.assertRegex(err, r"[1-9]\d* precompiled prefix")
        return types, err

    def test_an_include_that_may_not_be(self) -> None:
        """What is included in an #if brings nothing for certain."""
        types, _ = self.guarded({"aa.h": "#define AA_SIZE 4"},
                                "#ifdef CONFIG_NOWHERE\n#include <linux/aa.h>\n#endif\n#include <linux/sched.h>\n"
                                "#ifndef AA_SIZE\n#define AA_SIZE 64\n#endif\nstruct own { char c[AA_SIZE]; };\n")
        self.assertEqual(types["struct own"]["size"], 64)

    def test_a_header_that_comes_again(self) -> None:
        """The first #include is in an #if that is not taken: the second one is the first."""
        types, _ = self.guarded({"aa.h": "#ifdef WIDE\ntypedef long asked_t;\n#else\ntypedef char asked_t;\n#endif"},
                                "#ifdef CONFIG_NOWHERE\n#include <linux/aa.h>\n#endif\n#define WIDE\n#include <linux/aa.h>\n"
                                "struct own { asked_t a; };\n")
        self.assertEqual(types["struct own"]["size"], 8)

    def test_packing_that_a_header_leaves(self) -> None:
        types, _ = self.guarded({"pack_pop.h": "#pragma pack(pop)", "pack_push.h": "#pragma pack(push, 1)"},
                                "#include <linux/sched.h>\nstruct own { char c; long l; };\n")
        self.assertEqual(types["struct own"]["size"], 16)

    def test_a_header_that_changes_it_back(self) -> None:
        types, _ = self.guarded({"aa.h": "#undef SIZE\n#define SIZE 4"},
                                "#define SIZE 64\n#include <linux/sched.h>\n#include <linux/aa.h>\nstruct own { char c[SIZE]; };\n")
        self.assertEqual(types["struct own"]["size"], 4)

    def test_an_option_that_a_header_changes(self) -> None:
        types, _ = self.guarded({"aa.h": "#undef SIZE\n#define SIZE 4"},
                                "#include <linux/sched.h>\n#include <linux/aa.h>\nstruct own { char c[SIZE]; };\n", "CFLAGS_own.o := -DSIZE=64\n")
        self.assertEqual(types["struct own"]["size"], 4)

    def test_words_before_the_brace(self) -> None:
        types, _ = self.guarded({"aa.h": "#define LIKE", "bb.h": "struct LIKE b { char c; int i; };"},
                                "#include <linux/sched.h>\n#include <linux/aa.h>\n#undef LIKE\n#define LIKE __attribute__((packed))\n"
                                "#include <linux/bb.h>\nstruct own { struct b b; };\n")
        self.assertEqual(types["struct own"]["size"], 5)

    def test_texts_that_the_scanner_reads_otherwise(self) -> None:
        for start in ("\ufeff", "%:define X 1\n", "#define Y \\ \n 1\n", "#include_next <linux/aa.h>\n"):
            with self.subTest(start):
                shutil.rmtree(self.dir / "linux", ignore_errors=True)
                _, before = self.guarded({"aa.h": "#define AA 1"}, "#include <linux/sched.h>\nstruct own { int a; };\n")
                shutil.rmtree(self.dir / "linux")
                _, after = self.guarded({"aa.h": "#define AA 1"}, f"{start}#include <linux/sched.h>\nstruct own {{ int a; }};\n")
                without = [int(re.findall(r"(\d+) files? without one", err)[0]) for err in (before, after)]
                self.assertEqual(without[1], without[0] + 1)

    def test_functions_that_define_types_by_macros(self) -> None:
        """Bodies are parsed where a macro may define a type in them, by whatever way it leads there; with a prefix and without."""
        headers = {"aa.h": "#ifdef WIDE\ntypedef long asked_t;\n#endif\n#define IN_PREFIX(n) struct from_##n { int a[5]; }\n"}
        own = {"last.h": "#define FIRST(n) SECOND(n)\n#define MAKER(n) THIRD(n)\n", "middle.h": "#define SECOND(n) MAKER(n)\n",
               "first.h": "#define THIRD(n) struct made_##n { int a[3]; }\n", "file_scope.h": "#define SCOPE(n) struct scope_##n { int a[4]; };\n"}
        includes = "".join(f'#include "{name}"\n' for name in own)
        uses = {"chain": "FIRST(chain) v; return v.a[0];", "prefix": "IN_PREFIX(prefix) v; return v.a[0];", "scope": "return 0;"}
        for before in ("", "#define WIDE\n"):
            for name, body in uses.items():
                with self.subTest(before=before, name=name):
                    shutil.rmtree(self.dir / "linux", ignore_errors=True)
                    types, _ = self.guarded(headers, f"{before}#include <linux/sched.h>\n#include <linux/aa.h>\n{includes}"
                                                     f"SCOPE(out)\nint own(int n) {{ {body} }}\n", beside=own)
                    self.assertEqual(types["struct scope_out"]["size"], 16)
                    self.assertEqual(types.get("struct made_chain", {}).get("size"), 12 if name == "chain" else None)
                    self.assertEqual(types.get("struct from_prefix", {}).get("size"), 20 if name == "prefix" else None)

    def test_types_that_functions_define(self) -> None:
        """By whatever text a body is found, its types are: each in a file of its own, beside many that begin with a prefix."""
        body = "struct lost_{} {{ char c[40]; }} x = {{{{0}}}}; return x.c[n];"
        cases = {
            "plain": "int f(int n) {{ L }}",
            "record": "struct ret {{ int a; }};\nstruct ret *g(int n) {{ return 0; }}\nint f(int n) {{ L }}",
            "by_value": "struct ret {{ int a; }};\nstruct ret f(int n) {{ struct lost_by_value {{ char c[40]; }} x = {{{{0}}}}; return (struct ret){{ x.c[n] }}; }}",
            "enum": "enum e {{ A }};\nenum e f(int n) {{ L }}",
            "halves": "#ifdef CONFIG_NOT\nstruct o {{ int a;\n#else\nstruct o {{ long a;\n#endif\nint b; }};\nint f(int n) {{ L }}",
            "closed": "int f(int n)\n{{\n\tif (n) {{\n#ifdef X\n\t}}\n#else\n\tn--; }}\n#endif\n\tL\n}}",
            "column": "int f(int n)\n{{\nstatic const int t[] = {{\n1, 2\n}};\n(void)t;\nL\n}}",
            "included": 'int f(int n)\n{{\n#include "body.inc"\n}}',
            "keyword": "#define S struct\nint f(int n) {{ S lost_keyword {{ char c[40]; }} x = {{{{0}}}}; return x.c[n]; }}",
            "attribute": "#define S struct __attribute__((packed))\n#define MK(n) S n {{ char c[40]; }}\nint f(int n) {{ MK(lost_attribute) x = {{{{0}}}}; return x.c[n]; }}",
            "argument": "#define TYPE(k, n, m) k n {{ m }}\nint f(int n) {{ TYPE(struct, lost_argument, char c[40];) x = {{{{0}}}}; return x.c[n]; }}",
        }
        tree = self.tree()
        for number in range(40):
            self.source(tree, f"#include <linux/sched.h>\nstruct s{number} {{ int a; }};\n", f"more{number}")
        (tree / "kernel/body.inc").write_text(body.format("included"))
        for name, text in cases.items():
            self.source(tree, "#include <linux/sched.h>\n" + text.replace("L", body.format(name).replace("{", "{{").replace("}", "}}")).format() + "\n", name)
        types, err = self.read(tree)
        self.assertNotIn("cannot be parsed", err)
        for name in cases:
            self.assertEqual(types.get(f"struct lost_{name}", {}).get("size"), 40, name)

    def test_what_each_file_has_its_own_of(self) -> None:
        """The name of the module, and what -I brings."""
        types, _ = self.guarded({"aa.h": "struct lv { char n[sizeof(KBUILD_MODNAME)]; };"},
                                "#include <linux/sched.h>\n#include <linux/aa.h>\nstruct own { struct lv l; };\n", name="longer_name")
        self.assertEqual(types["struct own"]["size"], len("longer_name") + 1)
        shutil.rmtree(self.dir / "linux")
        types, _ = self.guarded({"aa.h": "#if __has_include(<sub.h>)\nstruct hi { long a; };\n#else\nstruct hi { char a; };\n#endif"},
                                "#include <linux/sched.h>\n#include <linux/aa.h>\nstruct own { struct hi l; };\n",
                                "CFLAGS_own.o += -I$(srctree)/kernel/sub\n", {"sub/sub.h": ""})
        self.assertEqual(types["struct own"]["size"], 8)

    def test_what_a_file_does_not_include(self) -> None:
        """Macros of other headers of the prefix, and packing that goes on into a header of it."""
        tree = self.tree()
        (tree / "include/linux/aa.h").write_text("#ifndef AA_H\n#define AA_H\n#define AA_SIZE 4\n#endif\n")
        (tree / "include/linux/cc.h").write_text("#ifndef CC_H\n#define CC_H\n#ifdef AA_H\nstruct after { char c; };\n#else\n"
                                                 "struct alone { char c[9]; };\n#endif\nstruct packed { char c; long l; };\n#endif\n")
        for number in range(40):
            self.source(tree, f"#include <linux/sched.h>\n#include <linux/aa.h>\n#include <linux/cc.h>\nstruct s{number} {{ int a; }};\n",
                        f"more{number}")
        self.source(tree, "#include <linux/sched.h>\n#ifndef AA_SIZE\n#define AA_SIZE 64\n#endif\nstruct own { char c[AA_SIZE]; };\n", "own")
        self.source(tree, "#include <linux/sched.h>\n#include <linux/cc.h>\nstruct user { struct alone *a; };\n", "user")
        self.source(tree, "#include <linux/sched.h>\n#pragma pack(1)\n#include <linux/cc.h>\nstruct holds { struct packed p; };\n", "pack")
        types, err = self.read(tree, "-v")
        self.assertRegex(err, r"[1-9]\d* precompiled prefix")
        self.assertEqual(types["struct own"]["size"], 64)
        self.assertEqual(types["struct alone"]["size"], 9)
        self.assertEqual(types["struct after"]["size"], 1)
        self.assertEqual(types["struct holds"]["size"], 9)


class Store(Sources):
    def test_files_that_a_makefile_includes(self) -> None:
        """By whatever name."""
        for name in ("opt.conf", "options", "extra.frag"):
            with self.subTest(name):
                shutil.rmtree(self.dir / "linux", ignore_errors=True)
                tree = self.tree()
                self.source(tree, "#ifdef F\nstruct own { long a; };\n#else\nstruct own { int a; };\n#endif\n", "own")
                with (tree / "kernel/Makefile").open("a") as makefile:
                    makefile.write(f"include $(srctree)/kernel/{name}\n" if name != "extra.frag" else "include $(wildcard $(srctree)/kernel/*.frag)\n")
                for text, size in (("CFLAGS_own.o += -DF\n", 8), ("# nothing\n", 4), ("CFLAGS_own.o += -DF\n", 8)):
                    (tree / "kernel" / name).write_text(text)
                    time.sleep(0.05)
                    self.assertEqual(self.read(tree)[0]["struct own"]["size"], size)
                    self.assertEqual(self.read(tree)[0]["struct own"]["size"], size)

    def test_a_file_that_died_is_read_again(self) -> None:
        """What ended a process may have been the machine: that answer is not kept."""
        tree = self.tree()
        self.source(tree, DEADLY, "deadly")
        for _ in range(2):
            self.good(*self.arguments(tree, "-o", "out.btf"))
            self.assertEqual(list((self.dir / "cache").rglob("tree-*")), [])
        (tree / "kernel/deadly.c").write_text("struct fine { int a; };\n")
        self.good(*self.arguments(tree, "-o", "out.btf"))
        self.assertNotEqual(list((self.dir / "cache").rglob("tree-*")), [])

    def test_the_second_run_reads_nothing(self) -> None:
        tree = self.tree()
        first = self.good(*self.arguments(tree, "-o", "first.btf"))
        second = self.good(*self.arguments(tree, "-o", "second.btf"))
        self.assertEqual(first.err, second.err, "the summary is that of the run that read")
        self.assertEqual((self.dir / "first.btf").read_bytes(), (self.dir / "second.btf").read_bytes())
        self.assertIn("source files in", first.err)
        fork = tree / "kernel/fork.c"
        fork.write_text(fork.read_text() + "struct added { int a; };\n")
        self.good(*self.arguments(tree, "-o", "third.btf"))
        self.assertIn("added", self.good("list", "--btf", "third.btf", "struct added").out.decode())


if __name__ == "__main__":
    unittest.main()
