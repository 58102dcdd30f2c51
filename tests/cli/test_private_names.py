"""Types that no header of a kernel tree's include directories defines: found in .c files and private headers, and read
through their own translation unit with its flags."""

import json
import os
import shutil
import subprocess
import time
import unittest

from hdrgen import FIXTURES, Result
from test_kernel import Kernel

MINI = str(FIXTURES / "mini")
BPF = """
struct rq { unsigned int nr_running; unsigned long long clock; } __attribute__((preserve_access_index));
struct task_struct { int on_cpu; } __attribute__((preserve_access_index));
struct gone { int x; } __attribute__((preserve_access_index));
__attribute__((section("tp/x"), used)) int prog(struct rq *rq, struct task_struct *task, struct gone *gone)
{
    return rq->nr_running + task->on_cpu + rq->clock + (__builtin_preserve_field_info(gone->x, 2) ? gone->x : 0);
}
"""


class Private(Kernel):
    def setUp(self) -> None:
        super().setUp()
        self.copy_mini()

    def tree_arguments(self) -> list[str]:
        return ["--kernel", "mini", "--arch", "arm64", "--no-cache"]

    def show(self, *names: str) -> Result:
        return self.good("show", *self.tree_arguments(), *names)

    def fails(self, *arguments: str, says: str | list[str]) -> Result:
        return self.refused("show", *self.tree_arguments(), *arguments, says=says)

    def append(self, name: str, text: str) -> None:
        with open(self.dir / "mini" / name, "a") as file:
            file.write(text)

    def record(self, name: str, *more: str) -> dict:
        """A record as JSON: size, and bit offsets by member."""
        out = json.loads(self.good("generate", *self.tree_arguments(), name, "-e", "json", *more).out)
        kind, tag = name.split(" ") if " " in name else ("struct", name)
        records = [t for t in out["types"] if t["kind"] == kind and t.get("name") == tag and t["complete"]]
        self.assertEqual(len(records), 1)
        return {"size": records[0]["size"], **{m["name"]: m["bit_offset"] for m in records[0]["members"]}}


class Found(Private):
    def test_in_a_private_header(self) -> None:
        self.assertEqual(self.record("rq"), {"size": 64, "lock": 0, "nr_running": 32, "cfs": 64, "curr": 384, "clock": 448})
        self.assertIn(b"/* kernel/sched/sched.h:15 */", self.show("struct rq").out)
        self.assertEqual(self.record("union mini_word"), {"size": 4, "whole": 0, "halves": 0})

    def test_in_a_source_file_of_the_kernel_or_a_module(self) -> None:
        self.assertEqual(self.record("fair_stats")["size"], 32)
        self.assertEqual(self.record("livepatch_state")["version"], 64)
        self.assertIn(b"MINI_BUSY = 4", self.show("enum mini_state").out)

    def test_one_text_through_several_files(self) -> None:
        """fs/compat_binfmt_elf.c includes binfmt_elf.c with macros of its own: neither definition is the answer."""
        self.append("kernel/Makefile", "obj-y += elf.o compat.o narrow.o wide.o\n")
        self.append("kernel/elf.c", "#ifndef WORD\n#define WORD long\n#endif\nstruct note { WORD w[4]; };\nstruct note n;\n")
        self.append("kernel/compat.c", '#define WORD int\n#define n compat_n\n#include "elf.c"\n')
        self.append("kernel/of_both.h", "#ifndef T\n#define T char\n#endif\nstruct of_both { T t; };\n")
        self.append("kernel/narrow.c", '#include "of_both.h"\n')
        self.append("kernel/wide.c", '#define T long\n#include "of_both.h"\n')
        self.fails("note", says=["'note' of kernel/elf.c:4 is not the same in the files that include it", "kernel/compat.c", "--header"])
        self.fails("of_both", says=["not the same", "kernel/narrow.c", "kernel/wide.c"])
        self.assertIn(b"size: 32", self.good("show", *self.tree_arguments(), "--header", "kernel/elf.c", "note").out)
        self.assertIn(b"size: 16", self.good("show", *self.tree_arguments(), "--header", "kernel/compat.c", "note").out)

    def test_in_a_function(self) -> None:
        self.assertEqual(self.record("init_progress"), {"size": 16, "at": 0, "started": 64})

    def test_with_the_flags_of_its_own_file(self) -> None:
        self.assertEqual(self.record("sched_slice")["rq"], 64)  # -DSCHED_SLICE=6, for this file alone
        self.assertEqual(self.record("mini_char")["state"], 16 * 32 * 8)  # of the directory above

    def test_arguments_of_the_user_win(self) -> None:
        self.assertEqual(self.record("sched_slice", "--", "-USCHED_SLICE", "-DSCHED_SLICE=20")["rq"], 192)

    def test_typedefs_enumerators_and_trace_events(self) -> None:
        self.append("lib/string.c", "typedef struct { char first, second; } pair_t;\nenum { STRING_A, STRING_B = 7 };\n")
        self.assertIn(b"pair_t", self.show("typedef pair_t").out)
        self.assertIn(b"STRING_B = 7", self.show("STRING_B").out)

    def test_through_headers_that_private_headers_include(self) -> None:
        self.append("kernel/sched/sched.h", '#include "../inner/deep.h"\n#include <own.h>\n')
        self.write("mini/kernel/inner/deep.h", '#include "deeper.h"\n')
        self.write("mini/kernel/inner/deeper.h", "struct deepest { short x; };\n")
        self.write("mini/kernel/own/own.h", "struct own { char x[3]; };\n")
        self.append("kernel/sched/Makefile", "ccflags-y += -I$(srctree)/$(src)/../own\n")
        self.assertEqual(self.record("deepest")["size"], 2)
        self.assertIn(b"inner/deeper.h:1 */", self.show("deepest").out)
        self.assertEqual(self.record("own")["size"], 3)

    def test_through_another_file_if_the_first_has_an_if(self) -> None:
        self.append("kernel/sched/sched.h", "#ifdef FAIR\nstruct only_fair { long x; };\n#endif\n")
        text = (self.dir / "mini/kernel/sched/fair.c").read_text()
        self.write("mini/kernel/sched/fair.c", "#define FAIR\n" + text)
        self.assertEqual(self.record("only_fair")["size"], 8)

    def test_included_source_files(self) -> None:
        self.append("kernel/fork.c", '#include "part.c"\n')
        self.write("mini/kernel/part.c", "struct in_part { u64 x; };\n")
        self.assertEqual(self.record("in_part")["size"], 8)

    def test_the_same_definition_in_several_files(self) -> None:
        for name in ("kernel/fork.c", "kernel/exit.c"):
            self.append(name, "struct twice { int a; char b; };\n")
        self.assertEqual(self.record("twice"), {"size": 8, "a": 0, "b": 32})

    def test_pointers_are_followed(self) -> None:
        out = self.good("generate", *self.tree_arguments(), "sched_slice", "--pointers", "follow", "-e", "c").out.decode()
        for record in ("struct rq {", "struct task_struct {", "struct sched_entity {"):
            self.assertIn(record, out)

    def test_in_every_form(self) -> None:
        for form in ("rust", "c", "btf", "json"):
            self.good("generate", *self.tree_arguments(), "rq", "-e", form, "-o", "out")

    def test_together_with_names_of_headers(self) -> None:
        both = self.show("task_struct", "rq").out
        self.assertIn(self.show("task_struct").out, both)
        self.assertIn(b"struct rq {", both)

    def test_list(self) -> None:
        out = self.good("list", *self.tree_arguments(), "rq", "fair_stats").out.decode()
        self.assertIn("struct\trq\t64\tkernel/sched/sched.h:15", out)

    def test_explained(self) -> None:
        self.assertIn("'rq': kernel/sched/sched.h:15, read through kernel/sched/clock.o", self.show("rq", "-vv").err)

    def test_split_tree(self) -> None:
        """Source here, configuration and what is generated there."""
        os.makedirs(self.dir / "out")
        for name in ("include/config", "include/generated", "arch/arm64/include/generated"):
            os.makedirs((self.dir / "out" / name).parent, exist_ok=True)
            shutil.move(self.dir / "mini" / name, self.dir / "out" / name)
        for arch in ("x86", "arm"):
            shutil.rmtree(self.dir / "mini" / "arch" / arch / "include" / "generated")
        self.write("out/Makefile", f"include {self.dir}/mini/Makefile\n")
        out = self.good("show", "--kernel", "out", "--arch", "arm64", "--no-cache", "rq").out
        self.assertEqual(out, self.good("show", "--kernel", MINI, "--arch", "arm64", "--no-cache", "rq").out)


class Headers(Private):
    def test_come_first(self) -> None:
        before = self.show("task_struct", "sk_buff")
        self.append("kernel/fork.c", "struct sk_buff_not { int x; };\n")
        self.append("net/core.c", "struct load_weight_not { int x; };\n")
        self.write("mini/kernel/exit.c", "struct sk_buff { int other; };\nstruct task_struct { char c; };\n")
        after = self.show("task_struct", "sk_buff")
        self.assertEqual((before.out, before.err), (after.out, after.err))

    def test_of_another_configuration_do_not_hide_source_files(self) -> None:
        self.write("mini/include/linux/other.h", "#ifdef CONFIG_OTHER\nstruct hidden { int x; };\n#endif\n")
        self.fails("hidden", says="'hidden' is not defined in this kernel's configuration, though its text is in linux/other.h:2")
        self.append("kernel/fork.c", "struct hidden { char x; };\n")
        self.assertEqual(self.record("hidden")["size"], 1)

    def test_without_source_files(self) -> None:
        shutil.rmtree(self.dir / "mini/init")
        self.fails("rq", says=["no header of this kernel defines 'rq'", "only a .c file"])


class Refused(Private):
    def test_different_definitions(self) -> None:
        self.fails("task_record", says=["'task_record' is not the same in kernel/exit.c:4 and kernel/fork.c:6",
                                        "--header kernel/exit.c"])

    def test_until_the_user_names_the_file(self) -> None:
        for name, size in (("kernel/exit.c", 32), ("kernel/fork.c", 16), ("mini/kernel/fork.c", 16),
                           (str(self.dir / "mini/kernel/fork.c"), 16)):
            self.assertEqual(self.record("task_record", "--header", name)["size"], size)

    def test_different_definitions_in_private_headers(self) -> None:
        self.write("mini/kernel/a.h", "struct clash { int x; };\n")
        self.write("mini/lib/b.h", "struct clash { long x; };\n")
        self.append("kernel/fork.c", '#include "a.h"\n')
        self.append("lib/string.c", '#include "b.h"\n')
        self.fails("clash", says=["kernel/a.h:1 and lib/b.h:1", "--header kernel/fork.c"])

    def test_too_many_to_compare(self) -> None:
        names = [f"f{i}" for i in range(13)]
        for name in names:
            self.write(f"mini/kernel/{name}.c", "struct often { int x; };\n")
        self.append("kernel/Makefile", "obj-y += " + " ".join(f"{name}.o" for name in names) + "\n")
        self.fails("often", says=["13 source files define 'often': kernel/f0.c:1", "and 9 more", "--header kernel/f0.c"])

    def test_what_is_not_built(self) -> None:
        self.fails("numa_balance", says="kernel/sched/numa.c:4 defines it, which this configuration does not build")
        self.fails("--header", "kernel/sched/numa.c", "numa_balance", says="is not built by this configuration")

    def test_what_is_nowhere(self) -> None:
        result = self.fails("task_strukt", says=["no header and no source file of this kernel defines 'task_strukt'",
                                                 "did you mean 'struct task_struct'"])
        self.assertIn("1 source file that a build generates and that is not there", result.err)

    def test_what_does_not_parse(self) -> None:
        self.append("kernel/fork.c", "struct after { int x; };\nint f( {\n")
        self.fails("after", says=["'after' is defined in kernel/fork.c:18, and kernel/fork.o cannot be parsed", "fork.c:19:"])
        self.fails("--header", "kernel/fork.c", "after", says="fork.c:19:")

    def test_a_missing_generated_file(self) -> None:
        self.append("kernel/fork.c", '#include "made_by_make.h"\nstruct after { made_t x; };\n')
        for arguments in (["after"], ["--header", "kernel/fork.c", "after"]):
            self.fails(*arguments, says=["made_by_make.h", "this command makes what is not there",
                                         f"make -C {self.dir}/mini -k kernel/fork.o"])

    def test_a_definition_that_cannot_be_seen_may_differ(self) -> None:
        self.append("kernel/exit.c", "struct seen { int x; };\n")
        self.append("kernel/fork.c", '#include "made_by_make.h"\nstruct seen { made_t x; };\n')
        self.fails("seen", says=["'seen' is defined in kernel/fork.c", "--header kernel/fork.c"])
        self.assertEqual(self.record("seen", "--header", "kernel/exit.c")["size"], 4)

    def test_what_does_not_go_together(self) -> None:
        self.fails("--header", "kernel/fork.c", "--header", "linux/sched.h", "task_record", says="linux/sched.h does not go with")
        self.refused("generate", *self.tree_arguments(), "rq", "--macros", "TASK_*", says="--macros takes macros from headers")

    def test_a_pattern_says_where_it_looks(self) -> None:
        result = self.fails("mini_*", says="no header of this kernel defines a type that fits 'mini_*'")
        self.assertIn("--sources matches those of source files, too", result.err)
        self.assertIn("--sources matches those of source files, too", self.show("sk_buf*").err)


@unittest.skipUnless(shutil.which("clang"), "needs clang")
class Objects(Private):
    def test_what_a_program_needs(self) -> None:
        self.write("prog.c", BPF)
        subprocess.run(["clang", "-target", "bpfel", "-g", "-O2", "-c", "prog.c", "-o", "prog.bpf.o"], cwd=self.dir, check=True)
        result = self.good("generate", *self.tree_arguments(), "--for", "prog.bpf.o", "-e", "btf", "-o", "min.btf")
        self.assertIn("no header and no source file of this kernel defines", result.err)
        out = self.good("show", "--btf", "min.btf", "rq").out.decode()
        self.assertRegex(out, r"nr_running; +/\* +4 ")
        self.assertRegex(out, r"clock; +/\* +56 ")
        result = self.run_hdrgen("check", "prog.bpf.o", *self.tree_arguments())
        self.assertRegex(result.out.decode(), r"struct rq\.clock +56 ")


class Kept(Private):
    def answer(self, *names: str) -> Result:
        time.sleep(0.05)
        return self.run_hdrgen("show", "--kernel", "mini", "--arch", "arm64", *names)

    def entries(self) -> int:
        return len(list((self.dir / "cache/hdrgen").glob("tree-*")))

    def test_the_same_answer(self) -> None:
        time.sleep(0.05)
        for names in (["rq"], ["rq", "task_struct"]):
            first, again = self.answer(*names), self.answer(*names)
            self.assertEqual((first.status, first.out, first.err), (again.status, again.out, again.err))
            self.assertEqual(first.out, self.show(*names).out)
        self.assertEqual(self.entries(), 2)

    def test_what_changes_is_noticed(self) -> None:
        self.assertIn(b"size: 64", self.answer("rq").out)
        self.assertEqual(self.entries(), 1)
        path = self.dir / "mini/kernel/sched/sched.h"
        path.write_text(path.read_text().replace("u64 clock;", "u64 clock; u64 more;"))
        self.assertIn(b"size: 72", self.answer("rq").out)
        self.append("kernel/exit.c", "struct rq { int x; };\n")  # not opened for the first answer
        self.assertIn("is not the same in", self.answer("rq").err)
        path = self.dir / "mini/kernel/Makefile"
        path.write_text(path.read_text().replace("exit.o", ""))  # nor is this one built any more
        self.assertEqual(self.answer("rq").status, 0)
        self.write("mini/kernel/sched/deep/extra.h", "")
        self.assertEqual(self.answer("rq").status, 0)


if __name__ == "__main__":
    unittest.main()
