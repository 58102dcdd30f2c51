"""check, besides types: each class of change between kernels, with a program and a pair of kernels that shows it."""

import json
import os
import struct
import subprocess
import tarfile
import unittest

from hdrgen import HDRGEN, Case, program_for_others

# A kernel in miniature: its BTF is that of an object that clang compiles.
KERNEL = """
#define USED __attribute__((used))
#define KFUNC __attribute__((btf_decl_tag("bpf_kfunc")))
typedef unsigned long long u64;
struct pt_regs { unsigned long r15, di, si, dx, cx, orig_ax; };
struct inode { u64 i_ino; };
struct file { int f_flags; struct inode *f_inode; };
struct user_namespace { int level; };
struct task_struct { int pid; };
struct trace_entry { int head[2]; };
struct trace_event_raw_sched_switch { struct trace_entry ent; RECORD };
struct syscall_trace_enter { struct trace_entry ent; int nr; };
typedef void (*btf_trace_sched_switch)(void *, _Bool, struct task_struct *, struct task_struct *);
enum bpf_func_id { BPF_FUNC_unspec, BPF_FUNC_map_lookup_elem, BPF_FUNC_get_smp_processor_id = 8, BPF_FUNC_probe_read_kernel = 113 };
enum bpf_map_type { BPF_MAP_TYPE_UNSPEC, BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_ARRAY };
enum bpf_prog_type { BPF_PROG_TYPE_UNSPEC, BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_TRACING, BPF_PROG_TYPE_TRACEPOINT, BPF_PROG_TYPE_LSM,
                     BPF_PROG_TYPE_RAW_TRACEPOINT };
enum bpf_attach_type { BPF_TRACE_FENTRY, BPF_TRACE_FEXIT, BPF_TRACE_RAW_TP, BPF_LSM_MAC, BPF_TRACE_ITER };
struct pt_regs regs; struct trace_event_raw_sched_switch record; btf_trace_sched_switch tracepoint; struct syscall_trace_enter enter;
enum bpf_func_id helper; enum bpf_map_type map; enum bpf_prog_type program; enum bpf_attach_type attach;
struct user_namespace ns; struct inode inode;
USED void schedule(void) {}
USED int register_kprobe(void) { return 0; }
USED long vfs_read(struct file *file, char *buf, u64 count) { return file->f_flags; }
USED int bpf_lsm_file_open(struct file *file) { return 0; }
USED int bpf_iter_task(void) { return 0; }
USED long __x64_sys_bpf(struct pt_regs *regs) { return 0; }
"""
RECORD = "char prev_comm[16]; int prev_pid, prev_prio; long prev_state;"
CREATE = "USED int vfs_create(struct inode *dir, struct file *dentry, int mode) { return dir->i_ino + dentry->f_flags; }\n"
PROGRAM = """
char LICENSE[] __attribute__((section("license"), used)) = "GPL";
#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))
typedef unsigned long long u64;
struct inode { u64 i_ino; } CORE;
struct file { struct inode *f_inode; } CORE;
struct pt_regs { unsigned long di, si, dx, cx; } CORE;
static long (*lookup)(void *, void *) = (void *)1;
static int (*cpu)(void) = (void *)8;
"""


class Compiled(Case):
    """Programs and kernels that clang compiles."""

    def compile(self, name: str, text: str) -> str:
        self.write(f"{name}.c", text)
        subprocess.run(["clang", "-target", "bpfel", "-g", "-O2", "-c", f"{name}.c", "-o", f"{name}.o"], cwd=self.dir, check=True)
        return f"{name}.o"

    def kernel(self, name: str, more: str = "", record: str = RECORD, without: str = "") -> str:
        text = KERNEL.replace("RECORD", record)
        self.assertIn(without, text)
        return self.compile(name, (text.replace(without, "") if without else text) + more)


class Surface(Compiled):
    def rows(self, status: int, *arguments: str) -> dict[str, dict]:
        result = self.run_hdrgen("check", *arguments, "--format", "json")
        self.assertEqual(result.status, status, result.out.decode() + result.err)
        found = json.loads(result.out)["objects"][0]["dependencies"]
        return {f"{row['kind']} {row['name']}": row for row in found}

    def result(self, status: int, row: str, program: str, kernel: str, *arguments: str) -> dict:
        rows = self.rows(status, program, "--btf", kernel, *arguments)
        self.assertIn(row, rows)
        return rows[row]

    def assert_pair(self, program: str, row: str, before: str, after: str, verdict: str, why: str, *arguments: str) -> None:
        """Fine on the first kernel, and on the second one not, with its place in the source."""
        good = self.result(0, row, program, before)
        self.assertEqual(good["result"], "fine", good)
        bad = self.result(1, row, program, after, *arguments)
        self.assertEqual(bad["result"], verdict, bad)
        self.assertRegex(bad["why"], why)
        self.assertRegex(bad.get("source", ""), rf"^{program[:-2]}\.c:\d+$")

    def test_a_function_that_is_gone_or_renamed(self) -> None:
        program = self.compile("p", PROGRAM + 'SEC("fentry/vfs_creat") int on_create(u64 *ctx) { return 0; }\n')
        gone, there = self.kernel("gone"), self.kernel("there", "USED int vfs_creat(int x) { return x; }\n")
        self.assert_pair(program, "function vfs_creat", there, gone, "missing", "no function 'vfs_creat'.*did you mean")
        probe = self.compile("k", PROGRAM + 'SEC("kprobe/vfs_creat") int on_create(void *ctx) { return 0; }\n')
        self.assert_pair(probe, "function vfs_creat", there, gone, "missing", "no function")
        out = self.run_hdrgen("check", program, "--btf", gone).out.decode()
        self.assertIn("It would refuse or misread on_create.\n", out)
        # What is not certain is said; with a list of symbols it is.
        note = "Functions were looked for in BTF alone"
        self.assertNotIn(note, out)
        self.assertIn(note, self.run_hdrgen("check", program, "--btf", there).out.decode())
        self.assertNotIn(note, self.run_hdrgen("check", program, "--btf", there, "--functions", self.symbols("vfs_creat")).out.decode())

    def symbols(self, *names: str) -> str:
        always = ("schedule", "vfs_read", "register_kprobe", "perf_kprobe_init")
        self.write("map", "".join(f"ffffffff81000000 T {name}\n" for name in (*always, *names)))
        return "map"

    def test_what_the_compiler_makes_of_a_function(self) -> None:
        program = self.compile("p", PROGRAM + 'SEC("kprobe/vfs_create") int on_create(void *ctx) { return 0; }\n')
        kernel = self.kernel("k", CREATE)

        def ask(status: int, *names: str) -> dict:
            return self.result(status, "function vfs_create", program, kernel, "--functions", self.symbols(*names))

        self.assertEqual(ask(0, "vfs_create")["result"], "fine")
        renamed = ask(1, "vfs_create.isra.0")
        self.assertEqual((renamed["result"], "'vfs_create.isra.0'" in renamed["why"]), ("missing", True))
        self.assertEqual(ask(1)["result"], "missing")  # inlined everywhere, though BTF lists it
        partly = ask(0, "vfs_create", "vfs_create.part.0")
        self.assertEqual((partly["result"], "may miss calls" in partly["why"]), ("partly", True))
        self.assertEqual(ask(0, "vfs_create", "vfs_create.cold")["result"], "fine")
        several = ask(1, "vfs_create", "vfs_create")
        self.assertEqual((several["result"], "2 functions" in several["why"]), ("several", True))

    def test_what_ftrace_cannot_attach_to(self) -> None:
        """An inline function that the compiler did not inline is there by name, and notrace."""
        kernel = self.kernel("k", CREATE)
        self.write("few", "schedule\nvfs_read\next4_file_open [ext4]\n")
        self.write("all", "schedule\nvfs_create\n")
        self.write("config", "CONFIG_KPROBE_EVENTS_ON_NOTRACE=y\n")
        for section, options in (("fentry", ()), ("kprobe", ("--config", "config"))):
            program = self.compile("p", PROGRAM + f'SEC("{section}/vfs_create") int on_create(void *ctx) {{ return 0; }}\n')
            row = self.result(1, "function vfs_create", program, kernel, "--traceable", "few")
            self.assertEqual((row["result"], "notrace" in row["why"]), ("missing", True))
            self.assertEqual(self.result(0, "function vfs_create", program, kernel, "--traceable", "all")["result"], "fine")
            if options:
                self.assertEqual(self.result(0, "function vfs_create", program, kernel, "--traceable", "few", *options)["result"], "fine")
        self.write("bad", "schedule\nvfs_read [ext4\n")
        self.refused("check", program, "--btf", kernel, "--traceable", "bad", says="bad:2: error: this is no line of available_filter_functions")

    def test_what_the_verifier_lets_nobody_attach_to(self) -> None:
        """Functions that BPF itself runs, those that do not return; programs that sleep."""
        kernel = self.kernel("k", "".join(f"USED {text}\n" for text in (
            "void migrate_disable(void) {}", "void do_exit(long code) {}", "int bpf_lsm_bprm(void) { return 0; }")))
        for section, verdict, why in (
            ("fentry/migrate_disable", "missing", "BPF itself"), ("fexit/do_exit", "unknown", "does not return"), ("fentry/do_exit", "fine", ""), ("fentry.s/vfs_read", "unknown", "may sleep"),
            ("lsm.s/bprm", "unknown", "may sleep"), ("lsm/bprm", "fine", ""),
            ("kprobe/migrate_disable", "fine", ""),
        ):
            with self.subTest(section):
                program = self.compile("p", PROGRAM + f'SEC("{section}") int f(void *ctx) {{ return 0; }}\n')
                rows = self.rows(int(verdict == "missing"), program, "--btf", kernel)
                row = next(row for row in rows.values() if row["kind"] in ("function", "lsm_hook"))
                self.assertEqual(row["result"], verdict)
                self.assertIn(why, row.get("why", ""))

    def test_what_trampolines_take(self) -> None:
        """Structures, unions and many parameters: what 5.10, 6.1, 6.12 and 7.2 did with 332 functions, and what their BTF says of it."""
        functions = """
struct small { int a; }; struct two { long a, b; }; struct large { long a, b, c; }; union either { int a; long b; };
extern int f_small(struct small a);
extern int f_two(int i, struct two a, struct two b);
extern int f_two_more(int i, struct two a, struct two b, struct two c);
extern int f_large(struct large a);
extern int f_union(union either a);
extern int f_six(int a, int b, int c, int d, int e, int f);
extern int f_seven(int a, int b, int c, int d, int e, int f, int g);
extern int f_nine(int a, int b, int c, int d, int e, int f, int g, int h, int i);
extern int f_thirteen(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l, int m);
extern int bpf_lsm_chown(struct small a);
struct btf_func_model { char arg_size[12]; /* FLAGS */ } model;
"""
        names = ("small", "two", "two_more", "large", "union", "six", "seven", "nine", "thirteen")
        program = self.compile("p", PROGRAM + 'SEC("lsm/chown") int chown(void *ctx) { return 0; }\n' +
                               "".join(f'SEC("fexit/f_{name}") int at_{name}(void *ctx) {{ return 0; }}\n' for name in names))
        # Code for BPF has no such functions: they are declared, and their addresses taken.
        text = KERNEL.replace("RECORD", RECORD) + functions + "".join(
            f"USED long use_{name}(void) {{ return (long){name}; }}\n" for name in ("bpf_lsm_chown", *(f"f_{name}" for name in names)))
        arm64 = text.replace("orig_ax", "pstate")
        flags, many = ("/* FLAGS */", "char arg_flags[12];"), ("BPF_TRACE_ITER }", "BPF_TRACE_ITER, BPF_TRACE_UPROBE_MULTI }")
        no, what = "missing", "unknown"
        for kernel, changes, options, expected in (  # chown, small, two, two_more, large, union, six, seven, nine, thirteen
            (text, (), (), (no, no, no, no, no, no, "fine", no, no, no)),
            (text, (flags,), (), ("fine", "fine", "fine", no, no, what, "fine", no, no, no)),
            (text, (flags,), ("--release", "6.1"), ("fine", "fine", "fine", no, no, no, "fine", no, no, no)),
            (text, (flags, many), ("--release", "6.12.3"), ("fine", "fine", "fine", "fine", no, no, "fine", "fine", "fine", no)),
            (text, (flags, many), ("--release", "7.2"), ("fine", "fine", "fine", "fine", no, "fine", "fine", "fine", "fine", no)),
            (text, (("struct btf_func_model", "struct other"),), (), (what, what, what, no, no, what, "fine", no, no, no)),
            (text, (("struct btf_func_model", "struct other"),), ("--release", "5.15"), (no, no, no, no, no, no, "fine", no, no, no)),
            (arm64, (flags, many), (), (what, what, what, what, no, what, "fine", "fine", no, no)),
            (arm64, (flags, many), ("--release", "6.12"), ("fine", "fine", "fine", "fine", no, no, "fine", "fine", no, no)),
            (arm64, (flags, many, ("struct small {", "struct arg_aux { int regs; } aux; struct small {")), ("--release", "7.2"),
             ("fine", "fine", "fine", "fine", no, "fine", "fine", "fine", "fine", no)),
            (arm64, (flags,), ("--release", "6.1.176"), (no, no, no, no, no, no, "fine", "fine", no, no)),
        ):
            for change in changes:
                self.assertIn(change[0], kernel)
                kernel = kernel.replace(*change)
            with self.subTest(changes, options=options):
                result = self.run_hdrgen("check", program, "--btf", self.compile("one", kernel), "--format", "json", *options)
                found = {row["program"].removeprefix("at_"): row["result"] for row in json.loads(result.out)["objects"][0]["programs"]}
                self.assertEqual(found, dict(zip(("chown", *names), expected)))
                self.assertEqual(result.status, 1)

    def test_no_kprobes(self) -> None:
        program = self.compile("p", PROGRAM + 'SEC("kprobe/vfs_read") int on_read(void *ctx) { return 0; }\n')
        self.assert_pair(program, "function vfs_read", self.kernel("with"),
                         self.kernel("without", without="USED int register_kprobe(void) { return 0; }"), "missing", "CONFIG_KPROBES")

    def test_parameters(self) -> None:
        program = self.compile("p", PROGRAM + """
SEC("fentry/vfs_create") int on_create(u64 *ctx) { return ((struct inode *)ctx[0])->i_ino + ctx[2]; }
""")
        before = self.kernel("before", CREATE)
        shifted = self.kernel("shifted", CREATE.replace("(struct inode *dir", "(struct user_namespace *ns, struct inode *dir"))
        dropped = self.kernel("dropped", CREATE.replace(", int mode", ""))
        self.assert_pair(program, "parameter parameter 1 of vfs_create as struct inode", before, shifted, "changed",
                         "which parameter 2 points to")
        self.assert_pair(program, "parameter parameter 3 of vfs_create", before, dropped, "changed", "there are only 2 parameters here")
        self.assertEqual(self.rows(0, program, "--btf", before)["parameter parameter 3 of vfs_create"]["value"], "int mode")

    def test_structures_results_and_offsets(self) -> None:
        """A structure takes several arguments, a function may return nothing, and fentry knows no offsets."""
        program = self.compile("p", PROGRAM + """
SEC("fentry/vfs_create") int on_create(u64 *ctx) { return ctx[2]; }
SEC("fexit/vfs_close") int on_close(u64 *ctx) { return ctx[1]; }
SEC("fentry/vfs_close+0") int offset(u64 *ctx) { return 0; }
""")
        close = "USED int vfs_close(struct inode *dir) { return dir->i_ino; }\n"
        before = self.kernel("before", CREATE + close)
        by_value = self.kernel("by_value", "struct pair { long a, b; };\n"
                               + CREATE.replace("(struct inode *dir", "(struct pair p, struct inode *dir") + close)
        nothing = self.kernel("nothing", CREATE + close.replace("int vfs_close", "void vfs_close").replace("return dir->i_ino;", "dir->i_ino = 0;"))
        row = "parameter parameter 3 of vfs_create"
        self.assertEqual(self.rows(1, program, "--btf", before)[row]["result"], "fine")
        self.assertEqual(self.rows(1, program, "--btf", by_value)[row]["result"], "unknown")
        result = "parameter parameter 2 of vfs_close"
        self.assertEqual(self.rows(1, program, "--btf", before)[result]["result"], "fine")
        self.assertEqual(self.rows(1, program, "--btf", nothing)[result]["result"], "changed")
        offsets = [row for name, row in self.rows(1, program, "--btf", before).items() if name.startswith("function vfs_close+")]
        self.assertEqual([row["result"] for row in offsets], ["missing"])

    def test_parameters_of_a_kprobe(self) -> None:
        """A function that is given the context is followed, and the stack; what cannot be is unknown."""
        program = self.compile("p", PROGRAM + """
static __attribute__((noinline)) int third(struct pt_regs *ctx) { asm volatile("" ::: "memory"); return ctx->dx; }
SEC("kprobe/vfs_create") int on_create(struct pt_regs *ctx) { return third(ctx) + ((struct inode *)ctx->di)->i_ino; }
""")
        before = self.kernel("before", CREATE)
        self.assert_pair(program, "parameter parameter 3 of vfs_create", before, self.kernel("after", CREATE.replace(", int mode", "")),
                         "changed", "only 2 parameters")
        wild = self.compile("w", PROGRAM + """
SEC("fentry/vfs_create") int on_create(u64 *ctx) { return ctx[cpu()]; }
""")
        self.assertEqual(self.result(0, "context reads of the context that were not followed", wild, before)["result"], "unknown")

    def test_arguments_of_a_raw_tracepoint(self) -> None:
        """As an array and as struct bpf_raw_tracepoint_args, with CO-RE and without, whole and in part: the kernel attaches no program that
        reads past the last one. 5.10 has three of sched_switch, 6.1 four."""
        program = self.compile("p", PROGRAM + """
struct bpf_raw_tracepoint_args { u64 args[0]; } CORE;
struct plain { u64 args[0]; };
SEC("raw_tp/sched_switch") int core(struct bpf_raw_tracepoint_args *c) { return c->args[3] != 0; }
SEC("raw_tracepoint/sched_switch") int plain(struct plain *c) { return c->args[3] != 0; }
SEC("raw_tp/sched_switch") int array(u64 *c) { return c[3] != 0; }
SEC("raw_tp/sched_switch") int half(int *c) { return c[7] != 0; }
SEC("raw_tp/sched_switch") int last(struct bpf_raw_tracepoint_args *c) { return c->args[2] != 0; }
""")
        pair = "struct pair { int a, b; };\n"
        before = self.kernel("before", "struct bpf_raw_tracepoint_args { u64 args[0]; }; struct bpf_raw_tracepoint_args *raw;\n")
        text = (self.dir / "before.c").read_text()
        after = self.compile("after", text.replace("_Bool, struct task_struct *,", "_Bool, struct pair, struct task_struct *,").replace("typedef void", pair + "typedef void"))
        for kernel, status, verdict in (before, 1, "changed"), (after, 0, "fine"):
            result = self.run_hdrgen("check", program, "--btf", kernel, "--format", "json")
            self.assertEqual(result.status, status, result.err)
            report = json.loads(result.out)["objects"][0]
            self.assertEqual({row["program"]: row["result"] for row in report["programs"]},
                             {"core": verdict, "plain": verdict, "array": verdict, "half": verdict, "last": "fine"})
            self.assertEqual({row.get("value") for row in report["dependencies"] if row["name"] == "parameter 4 of sched_switch"},
                             {None if status else "struct task_struct *"})
        wrong = self.compile("w", PROGRAM + 'SEC("raw_tp/sched_switch") int f(struct pt_regs *c) { return c->si != 0; }\n')
        self.assertEqual(self.result(0, "context reads of the context that were not followed", wrong, before)["result"], "unknown")

    def test_arguments_of_iterators(self) -> None:
        """Those of the function bpf_iter_NAME, through an array and a struct; the verifier refuses reads past the last one."""
        program = self.compile("p", PROGRAM + """
struct bpf_iter_meta { u64 session; } CORE;
struct task_struct { int pid; } CORE;
struct plain { struct bpf_iter_meta *meta; struct task_struct *task; void *more; };
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; } CORE;
SEC("iter/task") int core(struct bpf_iter__task *c) { return c->task != 0; }
SEC("iter/task") int through(struct plain *c) { return c->task ? c->task->pid : 0; }
SEC("iter/task") int past(struct plain *c) { return c->more != 0; }
SEC("iter/task") int swapped(u64 *c) { return ((struct task_struct *)c[0])->pid; }
""")
        old = "USED int bpf_iter_task(void) { return 0; }\n"
        kernel = self.kernel("k", "struct bpf_iter_meta { u64 session; }; struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; } task;\n"
                             + old.replace("void", "struct bpf_iter_meta *meta, struct task_struct *task").replace("return 0", "return meta->session + task->pid"), without=old)
        result = self.run_hdrgen("check", program, "--btf", kernel, "--format", "json")
        self.assertEqual(result.status, 1, result.err)
        report = json.loads(result.out)["objects"][0]
        self.assertEqual({row["program"]: row["result"] for row in report["programs"]},
                         {"core": "fine", "through": "fine", "past": "changed", "swapped": "changed"})
        rows = {row["name"]: row for row in report["dependencies"]}
        self.assertEqual(rows["parameter 3 of task"]["why"], "there are only 2 parameters here")
        self.assertIn("which parameter 2 points to here", rows["parameter 1 of task as struct task_struct"]["why"])

    def test_arguments_of_operations(self) -> None:
        """Those of the member of struct_ops that holds the program, whatever its section is called."""
        text = PROGRAM + """
struct task_struct { int pid; } CORE;
struct mini_ops { int (*first)(int); long flags; int (*second)(struct task_struct *, int); };
SEC("struct_ops/first") int a(u64 *c) { return c[1]; }
SEC("struct_ops") int b(u64 *c) { return ((struct task_struct *)c[0])->pid; }
SEC("struct_ops/anything") int past(u64 *c) { return c[2]; }
SEC("struct_ops/second") int nobody(u64 *c) { return c[0]; }
SEC(".struct_ops") struct mini_ops one = { .first = (void *)past, .second = (void *)a };
SEC(".struct_ops.link") struct mini_ops two = { .second = (void *)b };
"""
        member = "int (*first)(int); long more; int (*second)(struct task_struct *task, int mode);"
        self.kernel("k", f"struct mini_ops {{ {member} }}; struct bpf_struct_ops_mini_ops {{ struct mini_ops data; }} operations;\n")
        kernel = (self.dir / "k.c").read_text().replace("BPF_PROG_TYPE_LSM,", "BPF_PROG_TYPE_LSM, BPF_PROG_TYPE_STRUCT_OPS,").replace(
            "BPF_MAP_TYPE_ARRAY }", "BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_STRUCT_OPS = 26 }")
        program = self.compile("p", text)
        for name, change, expected in (
            ("as_declared", (), {"a": "fine", "b": "fine", "past": "changed", "nobody": "unknown"}),
            ("without", (", int mode", ""), {"a": "changed", "b": "fine", "past": "changed", "nobody": "unknown"}),
            ("other", ("struct task_struct *task, int mode", "int mode, struct task_struct *task"), {"a": "fine", "b": "changed", "past": "changed", "nobody": "unknown"}),
            ("gone", (" int (*second)(struct task_struct *task, int mode);", ""), {"a": "unknown", "b": "unknown", "past": "changed", "nobody": "unknown"}),
        ):
            with self.subTest(name):
                result = self.run_hdrgen("check", program, "--btf", self.compile(name, kernel.replace(*change) if change else kernel), "--format", "json")
                self.assertEqual(result.status, 1, result.err)
                report = json.loads(result.out)["objects"][0]
                rows = {(row.get("program"), row["name"]): row for row in report["dependencies"] if row["kind"] == "parameter"}
                found = {program: "fine" for program in expected} | {row["program"]: row["result"] for row in rows.values() if row["result"] != "fine"}
                self.assertEqual(found, expected)
                self.assertIn(("a", "parameter 2 of mini_ops.second"), rows)
                self.assertIn(("b", "parameter 1 of mini_ops.second as struct task_struct"), rows)
                # What one variable holds is loaded together.
                whole = {row["program"]: row["result"] for row in report["programs"]}
                self.assertEqual((whole["a"], whole["past"], whole["nobody"]), ("changed", "changed", "unknown"))

    def test_operations_that_are_refused(self) -> None:
        """Of struct_ops: a relocation to no symbol, more relocations and more variables than are taken; what is held beside functions is passed over."""
        kernel = self.kernel("k")
        text = PROGRAM + 'SEC("struct_ops") int f(u64 *c) { return 0; }\nint data;\n'
        held = self.compile("held", text + 'struct ops { void *f, *data; };\nSEC(".struct_ops") struct ops o = { (void *)f, &data };\n')
        self.assertEqual(self.run_hdrgen("check", held, "--btf", kernel).status, 1)
        image = bytearray((self.dir / held).read_bytes())
        table, (size, count, names) = struct.unpack_from("<Q", image, 40)[0], struct.unpack_from("<3H", image, 58)
        headers = [struct.unpack_from("<IIQQQQ", image, table + size * number) for number in range(count)]
        found = [header for header in headers if image[headers[names][4] + header[0]:].startswith(b".rel.struct_ops\0")]
        self.assertEqual(len(found), 1)
        image[found[0][4] + 12:found[0][4] + 16] = struct.pack("<I", 65535)
        self.write("bad.o", bytes(image))
        self.refused("check", "bad.o", "--btf", kernel, says="a relocation of its struct_ops is to no symbol")
        many = "".join("f, " for _ in range(8193))
        self.compile("relocations", text + f'struct ops {{ int (*f[8193])(u64 *); }};\nSEC(".struct_ops") struct ops o = {{ {{ {many} }} }};\n')
        self.refused("check", "relocations.o", "--btf", kernel, says="more than 8192 relocations of struct_ops")
        variables = "".join(f'SEC(".struct_ops") struct ops o{number} = {{ f }};\n' for number in range(4097))
        self.compile("variables", text + f"struct ops {{ int (*f)(u64 *); }};\n{variables}")
        self.refused("check", "variables.o", "--btf", kernel, says="more than 4096 variables of struct_ops")

    def test_a_guarded_parameter(self) -> None:
        text = PROGRAM + """
struct user_namespace { int level; } CORE;
SEC("fentry/vfs_create") int on_create(u64 *ctx)
{
    struct inode *inode = (void *)(CONDITION ? ctx[1] : ctx[0]);
    return inode->i_ino;
}
"""
        kernel = self.kernel("k", "USED int vfs_create(struct inode *dir) { return dir->i_ino; }\n")
        row = "parameter parameter 2 of vfs_create"
        guarded = self.compile("g", text.replace("CONDITION", "__builtin_preserve_type_info(*(struct user_namespace *)0, 0) == 0"))
        self.assertEqual(self.rows(0, guarded, "--btf", kernel).get(row, {"result": "guarded"})["result"], "guarded")
        version = self.compile("v", PROGRAM + """
extern int LINUX_KERNEL_VERSION __attribute__((section(".kconfig")));
SEC("fentry/vfs_create") int on_create(u64 *ctx)
{
    if (LINUX_KERNEL_VERSION >= 330752)
        return lookup((void *)ctx[1], 0);
    return cpu();
}
""")
        self.assertEqual(self.result(0, row, version, kernel, "--release", "5.4")["result"], "guarded")
        self.assertEqual(self.result(1, row, version, kernel, "--release", "6.1")["result"], "changed")
        unknown = self.result(0, row, version, kernel)
        self.assertEqual((unknown["result"], "depends on" in unknown["why"]), ("unknown", True))

    def test_a_tracepoints_record(self) -> None:
        program = self.compile("p", PROGRAM + """
struct own { u64 common; char prev_comm[16]; int prev_pid, prev_prio; long prev_state; };
SEC("tp/sched/sched_switch") int on_switch(struct own *ctx) { return ctx->prev_state; }
""")
        before = self.kernel("before")
        after = self.kernel("after", record=RECORD.replace("int prev_pid", "long more; int prev_pid"))
        self.assert_pair(program, "record_field prev_state, byte 32 of sched/sched_switch", before, after, "changed",
                         "'prev_state' is at byte 40 here, and the program reads byte 32")
        nameless = self.compile("n", PROGRAM + 'SEC("tp/sched/sched_switch") int f(void *ctx) { return *(int *)(ctx + 24); }\n')
        row = self.result(0, "record_field byte 24 of sched/sched_switch", nameless, before)
        self.assertEqual((row["result"], row["value"]), ("unknown", "prev_pid, byte 24"))

    def test_the_record_of_another_event(self) -> None:
        """With CO-RE, too, the loader finds the field in the record that the program names, and it may not be the event's."""
        program = self.compile("p", PROGRAM + """
struct trace_event_raw_sched_exit { long more; int prev_pid, other; } CORE;
struct trace_event_raw_sched_exit___mine { int prev_prio; } CORE;
struct trace_event_raw_sched_switch { int prev_pid; } CORE;
SEC("tp/sched/sched_switch") int moved(struct trace_event_raw_sched_exit *c) { return c->prev_pid; }
SEC("tp/sched/sched_switch") int gone(struct trace_event_raw_sched_exit *c) { return c->other; }
SEC("tp/sched/sched_switch") int alike(struct trace_event_raw_sched_exit___mine *c) { return c->prev_prio; }
SEC("tp/sched/sched_switch") int own(struct trace_event_raw_sched_switch *c) { return c->prev_pid; }
SEC("tp/sched/sched_other") int of_class(struct trace_event_raw_sched_exit *c) { return c->other; }
""")
        kernel = self.kernel("k", """
struct trace_event_raw_sched_exit { struct trace_entry ent; int prev_pid, other, a, b, c, prev_prio; } exit_record;
typedef void (*btf_trace_sched_other)(void *); btf_trace_sched_other tracepoint_other;
""")
        result = self.run_hdrgen("check", program, "--btf", kernel, "--format", "json")
        self.assertEqual(result.status, 1, result.err)
        report = json.loads(result.out)["objects"][0]
        self.assertEqual({row["program"]: row["result"] for row in report["programs"]},
                         {"moved": "changed", "gone": "changed", "alike": "fine", "own": "fine", "of_class": "fine"})
        rows = {row["program"]: row for row in report["dependencies"] if row["kind"] == "record_field"}
        self.assertEqual(sorted(rows), ["alike", "gone", "moved", "of_class"])
        self.assertIn("'prev_pid' is at byte 24; the program reads byte 8, as of struct 'trace_event_raw_sched_exit'", rows["moved"]["why"])
        self.assertIn("which has no 'other'", rows["gone"]["why"])

    def test_tracepoints_hooks_and_system_calls(self) -> None:
        kernel = self.kernel("k", "USED long __x64_sys_open(struct pt_regs *r) { return 0; }\n")
        for section, row, good in (
            ("tp_btf/sched_switch", "tracepoint sched_switch", True), ("tp_btf/sched_swich", "tracepoint sched_swich", False),
            ("raw_tp/sched_switch", "tracepoint sched_switch", True), ("tp/sched/no_such", "tracepoint sched/no_such", False),
            ("tp/syscalls/sys_enter_open", "tracepoint syscalls/sys_enter_open", True),
            ("tp/syscalls/sys_enter_stat", "tracepoint syscalls/sys_enter_stat", False),
            ("ksyscall/open", "syscall open", True), ("ksyscall/stat", "syscall stat", False),
            ("lsm/file_open", "lsm_hook file_open", True), ("lsm/file_close", "lsm_hook file_close", False),
            ("iter/task", "iterator task", True), ("iter/tusk", "iterator tusk", False),
        ):
            with self.subTest(section):
                program = self.compile("p", PROGRAM + f'SEC("{section}") int f(void *ctx) {{ return 0; }}\n')
                found = self.result(0 if good else 1, row, program, kernel)
                self.assertEqual(found["result"], "fine" if good else "missing", found)

    def test_system_calls_of_architectures(self) -> None:
        """A call that one architecture has and another one never had; where functions have other names."""
        registers = "struct pt_regs { unsigned long r15, di, si, dx, cx, orig_ax; };"
        x64 = "USED long __x64_sys_bpf(struct pt_regs *regs) { return 0; }\n"
        x86 = self.kernel("x86", "".join(x64.replace("bpf", name) for name in ("open", "openat", "stat", "newstat", "setuid16", "bdflush")))
        sections = {section: self.compile(f"p{number}", PROGRAM + f'SEC("{section}") int f(void *ctx) {{ return 0; }}\n')
                    for number, section in enumerate(("ksyscall/open", "ksyscall/openat", "tp/syscalls/sys_enter_open",
                                                      "tp/syscalls/sys_exit_openat", "tp/syscalls/sys_enter_setuid16"))}

        def results(kernel: str, *options: str) -> list[str]:
            found = []
            for section, program in sections.items():
                report = json.loads(self.run_hdrgen("check", program, "--btf", kernel, "--format", "json", *options).out)
                found += [row["result"] for row in report["objects"][0]["dependencies"] if row["kind"] in ("syscall", "tracepoint")]
            return found

        self.assertEqual(results(x86), ["fine", "fine", "fine", "fine", "missing"])
        for arch, member, wrapper in (("arm64", "pstate", "__arm64_sys_"), ("riscv", "epc", "__riscv_sys_"), ("loongarch", "csr_era", "__se_sys_"),
                                      ("s390", "gprs", "__s390x_sys_"), ("powerpc", "orig_gpr3", "__se_sys_"), ("mips", "cp0_epc", "__se_sys_"),
                                      ("arm", "uregs", "__se_sys_")):
            with self.subTest(arch):
                functions = "".join(f"USED long {wrapper}{name}(struct pt_regs *regs) {{ return 0; }}\n" for name in ("bpf", "open", "openat", "setuid16"))
                kernel = self.kernel("k", functions, without=x64)
                text = (self.dir / "k.c").read_text()
                self.assertIn(registers, text)
                kernel = self.compile("k", text.replace(registers, f"struct pt_regs {{ unsigned long {member}; }};"))
                younger = arch in ("arm64", "riscv", "loongarch")
                self.assertEqual(results(kernel), ["partly", "fine", "missing", "fine", "missing"] if younger else ["fine"] * 5)
                # The pair: there on x86 and gone on the other.
                gone = self.compile("k", (self.dir / "k.c").read_text().replace(f"{wrapper}open(", f"{wrapper}opem("))
                self.assertEqual(results(gone)[0], "missing")
        # sys_enter_stat and sys_enter_bdflush are of 32 bits, and the functions are there; a stub that symbols show as weak has no event.
        for name in ("stat", "bdflush"):
            program = self.compile("p", PROGRAM + f'SEC("tp/syscalls/sys_enter_{name}") int f(void *ctx) {{ return 0; }}\n')
            self.assertEqual(self.result(1, f"tracepoint syscalls/sys_enter_{name}", program, x86)["result"], "missing")
        self.write("map", "".join(f"ffffffff81000000 {letter} {name}\n" for letter, name in (
            ("T", "register_kprobe"), ("T", "perf_kprobe_init"), ("T", "__x64_sys_bpf"), ("W", "__x64_sys_openat"), ("T", "__x64_sys_open"))))
        self.assertEqual(results(x86, "--functions", "map")[:4], ["fine", "fine", "fine", "missing"])

    def test_events_that_tracefs_lists(self) -> None:
        """With its list the category counts, and events that only modules have."""
        kernel = self.kernel("k")
        self.write("events", "sched:sched_switch\next4:ext4_da_write_begin\nsyscalls:sys_enter_openat\n")
        for event, alone, listed in (("sched/sched_switch", "fine", "fine"), ("wrong/sched_switch", "fine", "missing"),
                                     ("ext4/ext4_da_write_begin", "missing", "fine"), ("syscalls/sys_enter_openat", "missing", "fine"),
                                     ("sched/sched", "missing", "missing")):
            with self.subTest(event):
                program = self.compile("p", PROGRAM + f'SEC("tp/{event}") int f(void *ctx) {{ return 0; }}\n')
                row = f"tracepoint {event}"
                self.assertEqual(self.result(alone == "missing", row, program, kernel)["result"], alone)
                self.assertEqual(self.result(listed == "missing", row, program, kernel, "--events", "events")["result"], listed)
        for line in ("sched", ":sched", "sched:", "sched:a b"):
            self.write("bad", f"sched:sched_switch\n{line}\n")
            self.refused("check", program, "--btf", kernel, "--events", "bad", says="bad:2: error: this is no line of available_events")
        self.write("empty", "")
        self.refused("check", program, "--btf", kernel, "--events", "empty", says="'empty' lists no event")
        self.refused("check", program, "--btf", kernel, "--events", "events", "--events", "events", says="--events is given twice")

    def test_kfuncs(self) -> None:
        program = self.compile("p", PROGRAM + """
struct task_struct { int pid; };
extern int bpf_task(struct task_struct *task, u64 flags) __attribute__((section(".ksyms")));
SEC("tp_btf/sched_switch") int f(u64 *ctx) { return bpf_task((void *)ctx[1], 0); }
""")
        good = "KFUNC USED int bpf_task(struct task_struct *task, u64 flags) { return task->pid; }\n"
        row = "kfunc bpf_task"
        before = self.kernel("before", good)
        self.assert_pair_of_kfunc(program, before, self.kernel("after", good.replace(", u64 flags", "")), "changed", "prototype")
        self.assert_pair_of_kfunc(program, before, self.kernel("gone"), "missing", "no function 'bpf_task'")
        other = "KFUNC USED int bpf_other(int x) { return x; }\n"
        self.assert_pair_of_kfunc(program, before, self.kernel("plain", other + good.replace("KFUNC", "")), "missing", "not a kfunc")
        self.assertEqual(self.result(0, row, program, self.kernel("old", good.replace("KFUNC", "")))["result"], "unknown")

    def assert_pair_of_kfunc(self, program: str, before: str, after: str, verdict: str, why: str) -> None:
        self.assertEqual(self.result(0, "kfunc bpf_task", program, before)["result"], "fine")
        found = self.result(1, "kfunc bpf_task", program, after)
        self.assertEqual(found["result"], verdict, found)
        self.assertRegex(found["why"], why)

    def test_relocations_of_what_is_called_and_of_what_is_not_loaded(self) -> None:
        """Those of a function count for the programs that call it; those of programs that are not loaded do not."""
        text = PROGRAM + """
struct task_struct { int pid, gone; } CORE;
static __attribute__((noinline)) int callee(struct task_struct *task) { asm volatile("" ::: "memory"); return task->gone; }
SEC("?tp_btf/sched_switch") int on_demand(u64 *ctx) { return ((struct task_struct *)ctx[1])->gone; }
SEC("MARKtp_btf/sched_switch") int caller(u64 *ctx) { return callee((void *)ctx[1]); }
SEC("tp_btf/sched_switch") int good(u64 *ctx) { return ((struct task_struct *)ctx[1])->pid; }
"""
        kernel = self.kernel("k")
        for mark, options, status in (("", (), 1), ("?", (), 0), ("", ("--without", "caller"), 0)):
            with self.subTest(mark=mark, options=options):
                program = self.compile("p", text.replace("MARK", mark))
                result = self.run_hdrgen("check", program, "--btf", kernel, "--format", "json", *options)
                self.assertEqual(result.status, status, result.err)
                report = json.loads(result.out)["objects"][0]
                verdicts = {row["program"]: row["result"] for row in report["programs"]}
                self.assertEqual(verdicts.pop("caller", None), None if options else "missing")
                self.assertEqual(verdicts, {"on_demand": "missing", "good": "fine"})
                loaded = {row["program"]: row.get("loaded", True) for row in report["relocations"]}
                self.assertEqual(loaded, {"on_demand": False, "callee": status == 1, "good": True})
                out = self.run_hdrgen("check", program, "--btf", kernel, *options).out.decode()
                self.assertEqual("It would refuse or misread caller.\n" in out, status == 1, out)
                self.assertIn(f", {1 if status else 2} of programs that are not loaded\n", out)
                self.assertEqual(self.run_hdrgen("check", program, "--btf", kernel, "--btf", kernel, *options).status, status)

    def test_flavours_of_kfuncs(self) -> None:
        """Two declarations of one kfunc, of which a kernel has one: what is called is what it has."""
        text = PROGRAM + """
extern int bpf_task___old(u64 flags) __attribute__((section(".ksyms"), weak));
extern int bpf_task___new(u64 flags, u64 more) __attribute__((section(".ksyms"), weak));
SEC("tp_btf/sched_switch") int f(u64 *ctx) { return bpf_task___new ? bpf_task___new(1, 2) : CALL; }
"""
        program = self.compile("p", text.replace("CALL", "bpf_task___old(1)"))
        old, new = (self.kernel(name, f"KFUNC USED int bpf_task({parameters}) {{ return 0; }}\n")
                    for name, parameters in (("old", "u64 flags"), ("new", "u64 flags, u64 more")))
        for kernel, there, gone in ((old, "old", "new"), (new, "new", "old")):
            rows = self.rows(0, program, "--btf", kernel)
            self.assertEqual((rows[f"kfunc bpf_task___{there}"]["result"], rows[f"kfunc bpf_task___{gone}"]["result"]), ("fine", "guarded"))
        self.assertEqual(self.result(1, "kfunc bpf_task___old", program, self.kernel("none"))["result"], "missing")
        strong = self.compile("s", PROGRAM + """
extern int bpf_task___old(u64 flags) __attribute__((section(".ksyms")));
SEC("tp_btf/sched_switch") int f(u64 *ctx) { return bpf_task___old(1); }
""")
        row = self.result(0, "kfunc bpf_task___old", strong, old)
        self.assertEqual((row["result"], "from 1.3" in row["why"]), ("unknown", True))
        plain = self.compile("w", PROGRAM + """
extern int bpf_task(u64 flags, u64 more) __attribute__((section(".ksyms"), weak));
SEC("tp_btf/sched_switch") int f(u64 *ctx) { return bpf_task ? bpf_task(1, 2) : 0; }
""")
        row = self.result(0, "kfunc bpf_task", plain, old)
        self.assertEqual((row["result"], "before 1.3" in row["why"]), ("unknown", True))

    def test_symbols_that_are_not_as_declared(self) -> None:
        """libbpf resolves all symbols, reached or not, weak or not, and takes no other type for them."""
        kernel = self.kernel("k", 'struct rq { int nr; }; __attribute__((section(".data..percpu"), used)) struct rq runqueues = {1};\n')
        self.write("config", "CONFIG_HZ=250\nCONFIG_BPF=y\nCONFIG_EXT4_FS=m\nCONFIG_NAME=\"text\"\nCONFIG_KALLSYMS_ALL=y\n")
        self.write("small", "CONFIG_HZ=250\n")
        ksym, kconfig = 'section(".ksyms")', 'section(".kconfig")'
        for declaration, row, options, status, verdict in (
            (f"extern const struct rq {{ int nr; }} runqueues __attribute__(({ksym}))", "ksym runqueues", "config", 0, "fine"),
            (f"extern const struct rq {{ int nr; }} runqueues __attribute__(({ksym}))", "ksym runqueues", "small", 1, "missing"),
            (f"extern const int runqueues __attribute__(({ksym}))", "ksym runqueues", "config", 1, "changed"),
            (f"extern const int runqueues __attribute__(({ksym}, weak))", "ksym runqueues", "config", 1, "changed"),
            (f"extern const int gone __attribute__(({ksym}))", "ksym gone", "config", 1, "missing"),
            (f"extern const int gone __attribute__(({ksym}, weak))", "ksym gone", "config", 0, "guarded"),
            (f"extern int CONFIG_HZ __attribute__(({kconfig}))", "config CONFIG_HZ", "config", 0, "fine"),
            (f"extern char CONFIG_HZ __attribute__(({kconfig}))", "config CONFIG_HZ", "config", 1, "changed"),
            (f"extern _Bool CONFIG_HZ __attribute__(({kconfig}, weak))", "config CONFIG_HZ", "config", 1, "changed"),
            (f"extern _Bool CONFIG_BPF __attribute__(({kconfig}))", "config CONFIG_BPF", "config", 0, "fine"),
            (f"extern int CONFIG_BPF __attribute__(({kconfig}))", "config CONFIG_BPF", "config", 1, "changed"),
            (f"extern _Bool CONFIG_EXT4_FS __attribute__(({kconfig}))", "config CONFIG_EXT4_FS", "config", 1, "changed"),
            (f"extern enum libbpf_tristate {{ NO, YES, MODULE }} CONFIG_EXT4_FS __attribute__(({kconfig}))", "config CONFIG_EXT4_FS", "config", 0, "fine"),
            (f"extern char CONFIG_NAME[8] __attribute__(({kconfig}))", "config CONFIG_NAME", "config", 0, "fine"),
            (f"extern int CONFIG_NAME __attribute__(({kconfig}))", "config CONFIG_NAME", "config", 1, "changed"),
            (f"extern int CONFIG_GONE __attribute__(({kconfig}))", "config CONFIG_GONE", "config", 1, "missing"),
        ):
            with self.subTest(declaration, options=options):
                name = row.split()[1]
                program = self.compile("p", PROGRAM + f"{declaration};\nstruct task_struct {{ int gone; }} CORE;\n" + f"""
SEC("raw_tp/sched_switch") int f(u64 *ctx) {{ return __builtin_preserve_field_info(((struct task_struct *)0)->gone, 2) ? (u64)&{name} : 0; }}
""")
                self.assertEqual(self.result(status, row, program, kernel, "--config", options)["result"], verdict)

    def test_what_is_not_configured(self) -> None:
        """Types of programs by struct bpf_ctx_convert; struct_ops that nothing holds, or with a member that the kernel lacks."""
        convert = "struct bpf_ctx_convert { long BPF_PROG_TYPE_KPROBE_prog; } convert;\n"
        program = self.compile("p", PROGRAM + 'SEC("tp/sched/sched_switch") int f(void *ctx) { return 0; }\n')
        self.assert_pair(program, "program_type TRACEPOINT", self.kernel("with", convert.replace("KPROBE", "TRACEPOINT")), self.kernel("without", convert),
                         "missing", "built without programs of type TRACEPOINT")
        loose = self.compile("l", PROGRAM + 'SEC("xdp/name") int f(void *ctx) { return 0; }\n')
        xdp = self.kernel("xdp", "enum bpf_prog_type_of { X };\n", without="enum bpf_prog_type program;")
        text = (self.dir / "xdp.c").read_text().replace("BPF_PROG_TYPE_LSM,", "BPF_PROG_TYPE_LSM, BPF_PROG_TYPE_XDP,")
        xdp = self.compile("xdp", text.replace("enum bpf_attach_type attach;", "enum bpf_attach_type attach; enum bpf_prog_type program;"))
        row = self.result(0, "program_type XDP", loose, xdp)
        self.assertEqual((row["result"], "libbpf knows no section" in row["why"]), ("unknown", True))
        self.assertEqual(self.result(0, "program_type XDP", loose, xdp, "--loader", "aya")["result"], "fine")

        operations = "struct mini_ops { int (*f)(void); }; struct bpf_struct_ops_mini_ops { struct mini_ops data; } operations;\n"
        kernel = self.compile("ops", text.replace("enum bpf_attach_type attach;", "enum bpf_attach_type attach; enum bpf_prog_type program;")
                              .replace("BPF_PROG_TYPE_LSM,", "BPF_PROG_TYPE_LSM, BPF_PROG_TYPE_STRUCT_OPS,")
                              .replace("BPF_MAP_TYPE_ARRAY }", "BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_STRUCT_OPS = 26 }") + operations)
        function = 'SEC("struct_ops/f") int f(u64 *ctx) { return 0; }\n'
        orphan = self.compile("o", PROGRAM + function)
        self.assertEqual(self.result(1, "struct_ops (what user space says)", orphan, kernel)["result"], "missing")
        for more, verdict in (("", "fine"), (" int gone;", "unknown")):
            held = self.compile("h", PROGRAM + function + f"struct mini_ops {{ int (*f)(void);{more} }};\n"
                                'SEC(".struct_ops") struct mini_ops operations = { .f = (void *)f };\n')
            self.assertEqual(self.result(0, "struct_ops mini_ops", held, kernel)["result"], verdict)

    def test_what_names_and_results_say(self) -> None:
        """What libbpf or the verifier refuses by the name alone, and the type of a result."""
        kernel = self.kernel("k", "struct dentry { void *d_inode; };\n"
                             "USED struct dentry *d_lookup(struct inode *dir) { return dir ? (void *)dir : 0; }\n"
                             "USED int bpf_lsm_inode_getsecurity(int x) { return x; }\n"
                             "USED int __module_put_and_kthread_exit(int x) { return x; }\n")
        records = "struct dentry { void *d_inode; } CORE;\n"
        cases = {
            'SEC("fexit/d_lookup") int f(u64 *c) { return ((struct dentry *)c[1])->d_inode != 0; }': ("parameter parameter 2 of d_lookup as struct dentry", "fine", 0),
            'SEC("fexit/d_lookup") int f(u64 *c) { return ((struct inode *)c[1])->i_ino; }': ("parameter parameter 2 of d_lookup as struct inode", "changed", 1),
            'SEC("lsm/inode_getsecurity") int f(void *c) { return 0; }': ("lsm_hook inode_getsecurity", "missing", 1),
            'SEC("fentry/ext4:vfs_read") int f(void *c) { return 0; }': ("function ext4:vfs_read", "unknown", 0),
            'SEC("kretprobe/vfs_read+4") int f(void *c) { return 0; }': ("function vfs_read+4", "missing", 1),
            'SEC("fexit/__module_put_and_kthread_exit") int f(void *c) { return 0; }': ("function __module_put_and_kthread_exit", "unknown", 0),
            'SEC("ksyscall/getpid") int f(void *c) { return 0; }': ("syscall getpid", "unknown", 0),
        }
        for text, (row, verdict, status) in cases.items():
            with self.subTest(row):
                program = self.compile("p", PROGRAM + records + text + "\n")
                self.assertEqual(self.result(status, row, program, kernel, "--release", "6.12")["result"], verdict)

    def test_what_the_configuration_leaves_out(self) -> None:
        """Where the kernel's types say nothing of it: an excerpt of a configuration says nothing either."""
        kernel = self.kernel("k")
        whole = ("CONFIG_NET=y", "CONFIG_BPF_SYSCALL=y", "CONFIG_BPF_EVENTS=y", "CONFIG_DEBUG_INFO_BTF=y")
        for section, option in (("raw_tp/sched_switch", "CONFIG_BPF_EVENTS"), ("tp_btf/sched_switch", "CONFIG_DEBUG_INFO_BTF"),
                                ("kprobe/vfs_read", "CONFIG_BPF_SYSCALL")):
            program = self.compile("p", PROGRAM + f'SEC("{section}") int f(void *ctx) {{ return 0; }}\n')
            for lines, status, lacks in ((whole, 0, False), ([line for line in whole if option not in line], 1, True), (["CONFIG_HZ=250"], 0, False)):
                with self.subTest(section, lines=lines):
                    self.write("config", "\n".join(lines) + "\n")
                    rows = [row for row in self.rows(status, program, "--btf", kernel, "--config", "config").values() if row["kind"] == "program_type"]
                    self.assertEqual([f"{option} is not set" in (row.get("why") or "") for row in rows], [lacks])

    def test_weak_kfuncs(self) -> None:
        text = PROGRAM + """
extern int bpf_task(u64 flags) __attribute__((section(".ksyms"), weak));
SEC("tp_btf/sched_switch") int f(u64 *ctx) { return CALL; }
"""
        guarded = self.compile("g", text.replace("CALL", "bpf_task ? bpf_task(1) : 2"))
        self.assertEqual(self.result(0, "kfunc bpf_task", guarded, self.kernel("k"))["result"], "guarded")
        bare = self.compile("b", text.replace("CALL", "bpf_task(1)"))
        self.assertEqual(self.result(1, "kfunc bpf_task", bare, self.kernel("k"))["result"], "missing")

    def test_what_sections_ask_for(self) -> None:
        """Flags and ways to attach that a kernel has, has not, or does not tell: each by what came with it."""
        sections = ("xdp", "xdp.frags", "xdp.frags/devmap", "uprobe", "uprobe.s", "usdt", "usdt.s", "uretprobe.multi.s", "kprobe.multi/vfs_read",
                    "kprobe.session/vfs_read", "kprobe/vfs_read", "iter/task", "iter.s/task", "fentry.s/vfs_read", "tcx/ingress", "netkit/peer", "struct_ops.s/f",
                    "raw_tp.w/sched_switch")
        program = self.compile("p", PROGRAM + "".join(f'SEC("{section}") int f{number}(void *c) {{ return 0; }}\n' for number, section in enumerate(sections)))
        everything = KERNEL.replace("RECORD", RECORD).replace("BPF_PROG_TYPE_LSM,", "BPF_PROG_TYPE_LSM, BPF_PROG_TYPE_XDP, BPF_PROG_TYPE_SCHED_CLS, "
                                    "BPF_PROG_TYPE_STRUCT_OPS, BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE,") + """
struct bpf_prog; struct btf_type; struct btf_member;
struct bpf_prog_aux { int id; /* AUX */ } aux;
struct bpf_prog { int len; /* PROG */ } prog;
struct bpf_struct_ops { int (*check_member)(const struct btf_type *, const struct btf_member * /* MEMBER */); } check;
/* FUNCTIONS */
"""
        def functions(*names: str) -> tuple[str, str]:
            return "/* FUNCTIONS */", "".join(f"USED int {name}(void) {{ return 0; }}\n" for name in names)

        frags, slept = ("/* AUX */", "int xdp_has_frags, sleepable;"), ("/* AUX */", "int sleepable;")
        moved = (("/* AUX */", "int xdp_has_frags;"), ("/* PROG */", "int sleepable;"))
        options = ("uprobe_register", "register_fprobe_ips", "tcx_prog_attach", "netkit_prog_attach")
        sleeping = {"uprobe.s", "usdt.s", "uretprobe.multi.s", "iter.s/task", "fentry.s/vfs_read", "struct_ops.s/f"}
        users = {"uprobe", "uprobe.s", "usdt", "usdt.s", "uretprobe.multi.s"}
        many = {"kprobe.multi/vfs_read", "kprobe.session/vfs_read"}
        buffers = {"xdp.frags", "xdp.frags/devmap"}
        said = {"struct_ops.s/f", "raw_tp.w/sched_switch"}  # always unknown at best
        for changes, missing in (
            ((), buffers | sleeping | users | many | {"tcx/ingress", "netkit/peer"}),
            ((slept, functions(*options)), buffers | {"uprobe.s", "usdt.s", "uretprobe.multi.s", "struct_ops.s/f"}),
            ((frags, functions(*options, "bpf_prog_array_free_sleepable")), {"struct_ops.s/f"}),
            ((*moved, functions(*options, "bpf_prog_array_free_sleepable"), ("/* MEMBER */", ", const struct bpf_prog *")), set()),
        ):
            with self.subTest(changes):
                kernel = everything
                for change in changes:
                    kernel = kernel.replace(*change)
                report = json.loads(self.run_hdrgen("check", program, "--btf", self.compile("k", kernel), "--format", "json").out)["objects"][0]
                found = {sections[int(row["program"][1:])]: row["result"] for row in report["dependencies"] if row["kind"] == "program_type"}
                self.assertEqual(found, {section: "missing" if section in missing else "unknown" if section in said else "fine" for section in sections})
        # Types of headers: members are known, functions are not, but by the configuration.
        self.write("h.h", "enum bpf_prog_type { BPF_PROG_TYPE_UNSPEC, BPF_PROG_TYPE_KPROBE, BPF_PROG_TYPE_XDP };\nstruct bpf_prog_aux { int xdp_has_frags; };\n")
        self.write("with", "CONFIG_UPROBES=y\n")
        self.write("without", "CONFIG_BPF=y\n")
        for options, uprobe in ((), "unknown"), (("--config", "with"), "fine"), (("--config", "without"), "missing"):
            result = self.run_hdrgen("check", program, "--header", "h.h", "--format", "json", *options)
            report = json.loads(result.out)["objects"][0]
            found = {sections[int(row["program"][1:])]: row["result"] for row in report["dependencies"] if row["kind"] == "program_type"}
            self.assertEqual((found["uprobe"], found["uprobe.s"], found["xdp.frags"]), (uprobe, "missing" if uprobe == "missing" else "unknown", "fine"))

    def test_what_libbpf_refuses_in_the_object(self) -> None:
        """Whatever the kernel, and only where libbpf is the loader; tests/oracle/surface/open_truth.py asks libbpf about these and more."""
        body = 'SEC("kprobe/vfs_read") int f(void *c) { return VALUE; }\n'
        fields = "int (*type)[1]; int (*max_entries)[8]; int *key; u64 *value;"
        kernel = self.kernel("k")
        for name, definition, value, row, why in (
            ("old", 'struct { int type, key, value, entries; } m SEC("maps") = { 1, 4, 4, 1 };', "0", "object map m", "section 'maps'"),
            ("field", f'struct {{ {fields} int (*colour)[3]; }} m SEC(".maps");', "0", "object map m", "a field that libbpf does not know"),
            ("extern", "extern int x;", "x", "object extern x", "neither in .ksyms"),
            ("weak", "extern int x __attribute__((weak));", "x", "object extern x", "neither in .ksyms"),
            ("good", f'struct {{ {fields} }} m SEC(".maps");', "0", None, ""),
        ):
            with self.subTest(name):
                program = self.compile("p", PROGRAM + definition + "\n" + body.replace("VALUE", value))
                rows = self.rows(int(row is not None), program, "--btf", kernel)
                faults = {name: row for name, row in rows.items() if row["kind"] == "object"}
                self.assertEqual([(key, found["result"]) for key, found in faults.items()], [(row, "missing")] if row else [])
                self.assertEqual([found["why"] for found in faults.values() if f"libbpf refuses the object: " not in found["why"] or why not in found["why"]], [])
                self.assertEqual(self.rows(int(row is not None), program, "--btf", kernel, "--loader", "all").keys(), rows.keys())
                for loader in ("aya", "cilium"):
                    found = self.rows(0, program, "--btf", kernel, "--loader", loader)
                    self.assertEqual([name for name in found if name.startswith("object")], [])

    def test_values_that_libbpf_provides(self) -> None:
        """LINUX_...: of a type that holds the value, and no other name unless it is weak."""
        kernel = self.kernel("k")
        body = 'SEC("kprobe/vfs_read") int f(void *c) { return *(volatile char *)&NAME; }\n'
        for declaration, options, verdict in (
            ("int LINUX_KERNEL_VERSION", (), "fine"), ("u64 LINUX_KERNEL_VERSION", ("--release", "6.1"), "fine"), ("short LINUX_KERNEL_VERSION", (), "changed"),
            ("_Bool LINUX_KERNEL_VERSION", ("--release", "6.1"), "changed"), ("char LINUX_KERNEL_VERSION[8]", (), "changed"), ("float LINUX_KERNEL_VERSION", (), "changed"),
            ("_Bool LINUX_HAS_BPF_COOKIE", (), "fine"), ("char LINUX_HAS_SYSCALL_WRAPPER", (), "fine"),
            ("enum libbpf_tristate { N, Y, M } LINUX_HAS_BPF_COOKIE", (), "changed"),
            ("int LINUX_HAS_WINGS", (), "changed"), ("__attribute__((weak)) int LINUX_HAS_WINGS", (), "fine"), ("__attribute__((weak)) int HAS_WINGS", (), "changed"),
            ("_Bool CONFIG_ONE", ("--config", "config"), "fine"), ("_Bool CONFIG_TWO", ("--config", "config"), "changed"),
            ("int *CONFIG_ONE", (), "changed"), ("__attribute__((weak)) __int128 CONFIG_ONE", ("--config", "config"), "changed"),
        ):
            with self.subTest(declaration, options=options):
                self.write("config", "CONFIG_ONE=1\nCONFIG_TWO=2\n")
                name = next(word.split("[")[0].lstrip("*") for word in declaration.split() if "_" in word and word.lstrip("*")[:6] in ("LINUX_", "CONFIG", "HAS_WI"))
                program = self.compile("p", PROGRAM + f'extern {declaration} __attribute__((section(".kconfig")));\n' + body.replace("NAME", name))
                row = self.result(int(verdict != "fine"), f"config {name}", program, kernel, *options)
                self.assertEqual(row["result"], verdict, row)

    def test_an_object_without_a_license(self) -> None:
        """It has none by libbpf; aya takes it for GPL."""
        program = self.compile("p", PROGRAM.replace('char LICENSE[]', 'char unused[]').replace('section("license")', 'section(".data")') + """
static long (*read_kernel)(void *, unsigned, const void *) = (void *)113;
SEC("kprobe/vfs_read") int reads(void *c) { u64 x; return read_kernel(&x, 8, c); }
""")
        kernel, row = self.kernel("k"), "helper bpf_probe_read_kernel"
        self.assertIn("the object has none", self.result(1, row, program, kernel)["why"])
        self.assertEqual(self.result(0, row, program, kernel, "--loader", "aya")["result"], "fine")
        self.assertEqual(self.result(1, row, program, kernel, "--loader", "cilium")["result"], "missing")

    def test_licenses(self) -> None:
        """The kernel's six texts are licenses for all; with another, or none, some helpers, kernel functions, types of programs and, from 6.2 on,
        direct reads are refused. The judge was each kernel's verifier, asked for all helpers."""
        text = PROGRAM + """
extern int bpf_task(u64 flags) __attribute__((section(".ksyms"), weak));
static long (*read_kernel)(void *, unsigned, const void *) = (void *)113;
static u64 (*now)(void) = (void *)5;
static u64 (*ip)(void *) = (void *)173;
SEC("kprobe/vfs_read") int plain(void *c) { return cpu(); }
SEC("kprobe/vfs_read") int time(void *c) { return now(); }
SEC("kprobe/vfs_read") int reads(void *c) { u64 x; return read_kernel(&x, 8, c); }
SEC("kprobe/vfs_read") int one(void *c) { return ip(c); }
SEC("kprobe.multi/vfs_read") int many(void *c) { return ip(c); }
SEC("lsm/file_open") int hook(void *c) { return 0; }
SEC("tp_btf/sched_switch") int direct(u64 *c) { return ((struct inode *)c[1])->i_ino; }
SEC("tp_btf/sched_switch") int indirect(u64 *c) { u64 x; return read_kernel(&x, 8, &((struct inode *)c[1])->i_ino); }
SEC("tp_btf/sched_switch") int value(u64 *c) { return c[0]; }
SEC("tp_btf/sched_switch") int calls(u64 *c) { return bpf_task ? bpf_task(1) : 0; }
"""
        self.assertIn('"GPL"', text)
        kfunc = "KFUNC USED int bpf_task(u64 flags) { return 0; }\n"
        self.kernel("k", kfunc)
        helpers = ((self.dir / "k.c").read_text().replace("BPF_TRACE_ITER }", "BPF_TRACE_ITER, BPF_TRACE_KPROBE_MULTI }")
                   .replace("BPF_FUNC_probe_read_kernel = 113", "BPF_FUNC_get_func_ip = 173, BPF_FUNC_ktime_get_ns = 5, BPF_FUNC_probe_read_kernel = 113MORE")
                   + "USED int register_fprobe_ips(void) { return 0; }\n")
        new = self.compile("new", helpers.replace("MORE", ", BPF_FUNC_ktime_get_boot_ns = 125, BPF_FUNC_cgrp_storage_get = 210"))
        between = self.compile("between", helpers.replace("MORE", ", BPF_FUNC_ktime_get_boot_ns = 125").replace(kfunc, ""))
        old = self.compile("old", helpers.replace("MORE", ""))
        always = {"reads", "one", "hook", "indirect"}
        for license, kernel, refused in (
            ("GPL", new, set()), ("Dual MIT/GPL", old, set()), ("GPL v2", new, set()), ("GPL and additional rights", new, set()),
            ("GPLv2", new, always | {"direct", "calls"}), ("Dual BSD", between, always), ("gpl", old, always | {"time", "calls"}),
            ("", new, always | {"direct", "calls"}), (None, new, always | {"direct", "calls"}), ("GPL\\n", new, always | {"direct", "calls"}),
            ("GPL" + "x" * 100, new, always | {"direct", "calls"}),
        ):
            with self.subTest(license, kernel=kernel):
                program = self.compile("p", text.replace('"GPL"', f'"{license}"') if license is not None else text.replace('section("license")', 'section("other")'))
                result = self.run_hdrgen("check", program, "--btf", kernel, "--format", "json")
                self.assertEqual(result.status, 1 if refused else 0, result.err)
                report = json.loads(result.out)["objects"][0]
                found = {row["program"] for row in report["programs"] if row["result"] in ("missing", "changed", "several")}
                self.assertEqual(found, refused)
                self.assertEqual({row["result"] for row in report["programs"]} - {"fine", "missing", "unknown"}, set())
                why = [row["why"] for row in report["dependencies"] if row.get("program") in refused and row["result"] == "missing"]
                says = f"; the object's is '{license[:63]}'".replace("\\n", "\\x0a") if license else "; the object has none"
                self.assertEqual([text for text in why if not text.endswith(says)], [])
                self.assertGreaterEqual(len(why), len(refused))

    def test_helpers_maps_and_configuration(self) -> None:
        program = self.compile("p", PROGRAM + """
struct { int (*type)[27]; int (*max_entries)[4096]; } ring SEC(".maps");
extern int CONFIG_HZ __attribute__((section(".kconfig")));
static long (*loop)(void) = (void *)181;
SEC("tp_btf/sched_switch") int f(u64 *ctx) { return loop() + cpu() + CONFIG_HZ; }
""")
        kernel = self.kernel("k")
        rows = self.rows(1, program, "--btf", kernel)
        self.assertEqual((rows["helper bpf_loop"]["result"], rows["helper bpf_get_smp_processor_id"]["result"]), ("missing", "fine"))
        self.assertEqual(rows["map_type ringbuf"]["result"], "missing")
        self.assertEqual(rows["config CONFIG_HZ"]["result"], "unknown")
        self.write("config", "# CONFIG_X is not set\nCONFIG_HZ=250\n")
        self.assertEqual(self.rows(1, program, "--btf", kernel, "--config", "config")["config CONFIG_HZ"]["value"], "250")
        self.write("config", "CONFIG_Y=y\n")
        self.assertEqual(self.rows(1, program, "--btf", kernel, "--config", "config")["config CONFIG_HZ"]["result"], "missing")

    def test_what_user_space_does(self) -> None:
        program = self.compile("p", PROGRAM + """
SEC("fentry/dummy") int on_read(u64 *ctx) { return 0; }
SEC("?fentry/dummy2") int on_demand(u64 *ctx) { return 0; }
""")
        kernel = self.kernel("k")
        self.assertEqual(self.result(1, "function dummy", program, kernel)["result"], "missing")
        self.assertEqual(self.result(0, "function vfs_read", program, kernel, "--attach", "on_read=vfs_read")["result"], "fine")
        rows = self.rows(0, program, "--btf", kernel, "--without", "on_read")
        self.assertEqual((rows["function dummy2"]["result"], rows["function dummy2"]["optional"]), ("missing", True))
        self.refused("check", program, "--btf", kernel, "--without", "nobody", says="none of the objects has a program 'nobody'")
        self.refused("check", program, "--btf", kernel, "--attach", "on_read", says="say PROGRAM=TARGET")

    def test_what_is_not_known(self) -> None:
        """Types without functions answer nothing about functions; the exit status is that of the relocations."""
        program = self.compile("p", PROGRAM + 'SEC("fentry/vfs_read") int f(u64 *ctx) { return lookup(0, 0) + ctx[1]; }\n')
        self.write("x.h", "struct inode { int i_ino; };\n")
        rows = self.rows(0, program, "--header", "x.h")
        self.assertEqual({row["result"] for row in rows.values()}, {"unknown"})
        out = self.run_hdrgen("check", program, "--header", "x.h").out.decode()
        self.assertRegex(out, r"\d dependencies besides types: \d unknown\n")

    def test_types_that_headers_know_by_name_alone(self) -> None:
        """A program with a relocation whose answer is not known to be right is not fine."""
        program = self.compile("p", PROGRAM + """
struct known { int a; } CORE;
struct opaque { int a; } CORE;
static __attribute__((noinline)) int called(void) { return __builtin_preserve_field_info(((struct opaque *)0)->a, 2); }
SEC("xdp") int good(void *c) { return __builtin_preserve_field_info(((struct known *)0)->a, 2); }
SEC("xdp") int unsure(void *c) { return __builtin_preserve_type_info(*(struct opaque *)0, 0); }
SEC("xdp") int calls(void *c) { return called(); }
""")
        text = "enum bpf_prog_type { BPF_PROG_TYPE_UNSPEC, BPF_PROG_TYPE_XDP };\nstruct known { int a; };\nstruct opaque;\nstruct user { struct opaque *o; };\n"
        self.write("x.h", text)
        result = self.run_hdrgen("check", program, "--header", "x.h", "--format", "json")
        self.assertEqual(result.status, 0, result.err)
        self.assertEqual({row["program"]: row["result"] for row in json.loads(result.out)["objects"][0]["programs"]},
                         {"good": "fine", "unsure": "unknown", "calls": "unknown"})
        self.write("y.h", text.replace("struct opaque;", "struct opaque { int a; };"))
        result = self.run_hdrgen("check", program, "--header", "y.h", "--format", "json")
        self.assertEqual({row["result"] for row in json.loads(result.out)["objects"][0]["programs"]}, {"fine"})

    # --- many kernels ---

    def fleet(self) -> str:
        """A directory with three kernels; returns a program for which they differ."""
        for name, more in (("fleet/debian/5.10", CREATE), ("fleet/debian/6.1", CREATE.replace(", int mode", "")), ("fleet/old", "")):
            text = self.kernel("k", more)
            raw = self.good("--btf", text, "--symbols", "-e", "btf", "-o", "raw.btf", "-q")
            self.assertEqual(raw.status, 0)
            (self.dir / name).parent.mkdir(parents=True, exist_ok=True)
            (self.dir / "raw.btf").rename(self.dir / f"{name}.btf")
        return self.compile("p", PROGRAM + 'SEC("fentry/vfs_create") int on_create(u64 *ctx) { return ctx[2] + cpu(); }\n')

    def test_a_fleet(self) -> None:
        program = self.fleet()
        result = self.run_hdrgen("check", program, "--fleet", "fleet", "--format", "json")
        self.assertEqual(result.status, 1, result.err)
        report = json.loads(result.out)
        self.assertEqual(report["kernels"], ["debian/5.10", "debian/6.1", "old"])
        rows = {f"{row['kind']} {row['name']}": row for row in report["objects"][0]["dependencies"]}
        self.assertEqual([(a["result"], a["kernels"]) for a in rows["function vfs_create"]["answers"]],
                         [("fine", [0, 1]), ("missing", [2])])
        self.assertEqual([(a["result"], a["kernels"]) for a in rows["parameter parameter 3 of vfs_create"]["answers"]],
                         [("fine", [0]), ("changed", [1]), ("unknown", [2])])
        text = self.run_hdrgen("check", program, "--fleet", "fleet").out.decode()
        self.assertRegex(text, r"3 more are fine on all\n")
        self.assertRegex(text, r"(?m)^debian/5\.10 +\d+ fine$")
        self.assertRegex(text, r"(?m)^old .*would refuse or misread 1 of 1 object$")

    def test_the_fleet_is_the_same_for_any_jobs(self) -> None:
        program = self.fleet()
        once = self.run_hdrgen("check", program, "--fleet", "fleet", "-j", "1").out
        self.assertEqual(self.run_hdrgen("check", program, "--fleet", "fleet", "-j", "3").out, once)
        named = [word for name in ("debian/5.10", "debian/6.1", "old") for word in ("--btf", f"fleet/{name}.btf")]
        self.assertEqual(self.run_hdrgen("check", program, *named).out.replace(b"fleet/", b"").replace(b".btf", b"").count(b"changed"),
                         once.count(b"changed"))

    def test_kernels_against_each_other(self) -> None:
        """A parameter of another type than in the first kernel, which nothing in the program says."""
        program = self.compile("p", PROGRAM + 'SEC("fentry/vfs_create") int on_create(u64 *ctx) { return lookup((void *)ctx[0], 0); }\n')
        before, after = self.kernel("before", CREATE), self.kernel("after", CREATE.replace("(struct inode *dir", "(struct inode *dir").replace(
            "struct inode *dir, struct file *dentry", "struct file *dentry, struct inode *dir"))
        text = self.run_hdrgen("check", program, "--btf", before, "--btf", after).out.decode()
        self.assertIn("changed: struct file *dentry", text)
        self.assertIn("in before.o it is 'struct inode *dir'", text)

    def test_an_index(self) -> None:
        """The fleet is what the index lists, in its order; what is no line of sha256sum's is refused with its number."""
        program = self.fleet()
        sums = subprocess.run(["sha256sum", "old.btf", "debian/6.1.btf"], cwd=self.dir / "fleet", capture_output=True, check=True).stdout
        self.write("fleet/index", sums)
        report = json.loads(self.run_hdrgen("check", program, "--fleet", "fleet/index", "--format", "json").out)
        self.assertEqual(report["kernels"], ["old", "debian/6.1"])
        digest = "0" * 64
        for line in ("nonsense", f"{digest} old.btf", f"{digest}  /old.btf", f"{digest}  old.txt", "", f"{digest[1:]}  old.btf"):
            self.write("fleet/bad", sums + line.encode() + b"\n")
            self.refused("check", program, "--fleet", "fleet/bad", says="fleet/bad:3: error: this is no line of an index")
        self.write("fleet/bad", f"{digest}  none.btf\n")
        self.refused("check", program, "--fleet", "fleet/bad", says="fleet/bad:1: error: cannot read 'fleet/none.btf'")
        self.write("fleet/bad", "")
        self.refused("check", program, "--fleet", "fleet/bad", says="the index is empty")

    def test_what_a_fleet_needs(self) -> None:
        """--for: a file a kernel, as for the kernel alone; in a tar the same; all or nothing."""
        self.fleet()
        self.compile("q", PROGRAM + 'SEC("kprobe/vfs_read") int f(struct pt_regs *ctx) { return ((struct inode *)ctx->di)->i_ino; }\n')
        self.good("--fleet", "fleet", "--for", "q.o", "-o", "out", "-q")
        names = ["debian/5.10.btf", "debian/6.1.btf", "old.btf"]
        found = {str(path.relative_to(self.dir / "out")): path.read_bytes() for path in (self.dir / "out").rglob("*.btf")}
        self.assertEqual(sorted(found), names)
        for name in names:
            self.good("--btf", f"fleet/{name}", "--for", "q.o", "-o", "one.btf", "-q")
            self.assertEqual((self.dir / "one.btf").read_bytes(), found[name])
        for jobs in ("1", "3"):
            self.good("--fleet", "fleet", "--for", "q.o", "-o", f"out{jobs}.tar", "-q", "-j", jobs)
        self.assertEqual((self.dir / "out1.tar").read_bytes(), (self.dir / "out3.tar").read_bytes())
        with tarfile.open(self.dir / "out1.tar") as tar:
            self.assertEqual({member.name: (tar.extractfile(member).read(), member.mtime, member.mode) for member in tar},
                             {f"./{name}": (found[name], 0, 0o644) for name in names})
        self.refused("--fleet", "fleet", "--for", "q.o", says="add -o DIRECTORY, or -o FILE.tar")
        self.refused("--fleet", "fleet", "-o", "out", says="--fleet goes with --for OBJECT")
        self.refused("--fleet", "fleet", "--for", "q.o", "--btf", "one.btf", "-o", "out", says="--fleet says which kernels")
        self.refused("--fleet", "fleet", "--for", "q.o", "-e", "c", "-o", "out", says="--fleet writes BTF")
        self.refused("--fleet", "fleet", "--for", "q.o", "-o", "fleet", says="is one of the files that were read")
        self.refused("--fleet", "fleet", "--for", "q.o", "-o", "fleet/new", says="the output 'fleet/new' is in 'fleet', which is read")
        self.refused("check", "q.o", "--fleet", "fleet", "--format", "text", "-o", "fleet/one.config", says="the output 'fleet/one.config' is in 'fleet', which is read")
        self.write("fleet/bad.btf", b"\x9f\xeb\x01\x00nonsense")
        self.refused("--fleet", "fleet", "--for", "q.o", "-o", "other", says="bad: this kernel could not be asked")
        self.assertFalse((self.dir / "other").exists())

    def test_the_page(self) -> None:
        program = self.fleet()
        self.assertEqual(self.run_hdrgen("check", program, "--fleet", "fleet", "-o", "page.html").status, 1)
        page = (self.dir / "page.html").read_text()
        data = page.split('<script type="application/json" id="data">')[1].split("</script>")[0]
        self.assertNotIn("<", data)
        self.assertEqual(json.loads(data), json.loads(self.run_hdrgen("check", program, "--fleet", "fleet", "--format", "json").out))

    def test_layouts(self) -> None:
        """In JSON as on the page: what the program declares, what each kernel has; a large record's part that matters."""
        many = "".join(f"long field_{number}; " for number in range(200))
        self.kernel("a", CREATE)
        self.kernel("b", CREATE.replace(", int mode", "") + f"struct large {{ {many} int __state; }} large;\n")
        program = self.compile("p", PROGRAM + """
struct large { int state; } CORE;
SEC("fentry/vfs_create") int on_create(u64 *ctx) { return ctx[2]; }
SEC("tp_btf/sched_switch") int on_switch(u64 *ctx) { return ((struct large *)ctx[1])->state; }
""")
        report = json.loads(self.run_hdrgen("check", program, "--btf", "a.o", "--btf", "b.o", "--format", "json").out)
        rows = {row["name"]: row for row in report["objects"][0]["dependencies"]}
        parameter = rows["parameter 3 of vfs_create"]
        self.assertNotIn("expected", parameter)
        found = {kernel: report["layouts"][one["layout"]]["declaration"]
                 for answer in parameter["answers"] for one in answer["found"] for kernel in one["kernels"]}
        self.assertEqual(found, {0: "int vfs_create(struct inode *, struct file *, int)", 1: "int vfs_create(struct inode *, struct file *)"})
        state = rows["struct large.state"]
        self.assertEqual(report["layouts"][state["expected"]],
                         {"declaration": "struct large", "size": 4, "members": [{"name": "state", "type": "int", "offset": 0, "size": 4}]})
        answers = {tuple(answer["kernels"]): answer for answer in state["answers"]}
        self.assertNotIn("found", answers[0,])
        large = report["layouts"][answers[1,]["found"][0]["layout"]]
        self.assertEqual(([member["name"] for member in large["members"]], large["left_out"]),
                         (["field_198", "field_199", "__state"], 198))

    def test_a_kernel_that_cannot_be_read(self) -> None:
        program = self.fleet()
        self.write("fleet/bad.btf", b"\x9f\xeb\x01\x00nonsense")
        self.refused("check", program, "--fleet", "fleet", "-o", "out.txt", says="bad: this kernel could not be asked")
        self.refused("check", program, "--fleet", "fleet", "-o", "out.txt", says="since 1 of 4 kernels could not be asked: take their files out of the fleet, or name an index")
        self.assertFalse((self.dir / "out.txt").exists())
        self.write("empty/readme", "")
        self.refused("check", program, "--fleet", "empty", says="there is no BTF in it")
        self.refused("check", program, "--fleet", "none", says="cannot read 'none'")
        before = (self.dir / "fleet/old.btf").read_bytes()
        self.refused("check", program, "--btf", "fleet/old.btf", "--btf", "fleet/debian/5.10.btf", "--format", "text", "-o", "fleet/old.btf",
                     says="is one of the files that were read")
        self.assertEqual((self.dir / "fleet/old.btf").read_bytes(), before)

    def test_two_surfaces(self) -> None:
        """diff --surface: each sort of change, in text and JSON; a side without functions is not compared."""
        kfunc = "KFUNC USED int bpf_task(struct task_struct *task) { return task->pid; }\n"
        before = self.kernel("before", CREATE + kfunc)
        after = self.compile("after", KERNEL.replace("RECORD", RECORD.replace("int prev_pid", "long more; int prev_pid"))
                             .replace("struct task_struct *, struct task_struct *)", "struct task_struct *)")
                             .replace("BPF_MAP_TYPE_ARRAY }", "BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_NEW }")
                             + CREATE.replace(", int mode", "") + "KFUNC USED int bpf_other(int x) { return x; }\n")
        result = self.run_hdrgen("diff", "--surface", "--btf", before, "--btf", after, "--format", "json")
        self.assertEqual(result.status, 1, result.err)
        report = json.loads(result.out)
        found = {(row["kind"], row["name"]): (row["left"], row["right"]) for row in report["changes"]}
        self.assertEqual(found[("function", "vfs_create")],
                         ("int (struct inode *, struct file *, int)", "int (struct inode *, struct file *)"))
        self.assertEqual(found[("function", "bpf_task")][1], None)
        self.assertEqual((found[("kfunc", "bpf_task")], found[("kfunc", "bpf_other")]), (("", None), (None, "")))
        self.assertEqual(found[("map_type", "BPF_MAP_TYPE_NEW")], (None, "3"))
        self.assertEqual(found[("tracepoint", "sched_switch")][1], "(_Bool, struct task_struct *)")
        self.assertIn("prev_state 40:8", found[("record", "sched_switch")][1])
        self.assertEqual(len(found), 8, found)
        self.assertEqual(report["counts"]["function"], {"both": report["counts"]["function"]["both"], "changed": 1, "only_left": 1, "only_right": 1})
        text = self.run_hdrgen("diff", "--surface", "--btf", before, "--btf", after).out.decode()
        self.assertIn("| function vfs_create\n    < int (struct inode *, struct file *, int)\n    > int (struct inode *, struct file *)\n", text)
        stat = self.run_hdrgen("diff", "--surface", "--stat", "--btf", before, "--btf", after)
        self.assertEqual(stat.status, 1)
        self.assertNotIn("vfs_create", stat.out.decode())
        self.assertIn("on both sides, 1 of them changed; 1 only on the left, 1 only on the right\n", stat.out.decode())
        self.assertEqual(self.run_hdrgen("diff", "--surface", "--btf", before, "--btf", before).status, 0)
        self.write("h.h", "struct s { int a; };")
        self.refused("diff", "--surface", "--btf", before, "--header", "h.h", says="they list no functions")
        self.refused("diff", "--surface", "--btf", before, "--btf", after, "inode", says="a NAME does not go with it")
        for page in ("-o", "x.html"), ("--format", "html"), ("--format", "html", "--stat", "-o", "x"):
            self.refused("diff", "--surface", "--btf", before, "--btf", after, *page, says="--surface writes text and json")

    def load(self, *arguments: str):
        """check --load, where this system lets us load programs."""
        result = self.run_hdrgen("check", *arguments, "--load")
        if "lets us load no BPF program" in result.err or "built without libbpf" in result.err:
            self.assertEqual((result.status, result.out), (2, b""))
            self.skipTest(result.err)
        return result

    def test_loading(self) -> None:
        program = self.compile("p", PROGRAM + """
SEC("tracepoint") int good(void *ctx) { return 0; }
SEC("tracepoint") int bad(void *ctx) { return **(int **)(ctx + 8); }
""")
        result = self.load(program)
        text = result.out.decode()
        self.assertEqual(result.status, 1, result.err)
        self.assertRegex(text, r"\n    good +loads; check: ")
        self.assertRegex(text, r"\n    bad +refused \(Permission denied\); check: ")
        self.assertRegex(text, r"\n        R\d invalid mem access '\w+'\n")
        self.assertIn("Programs on the running kernel: 1 loaded, 1 refused, 0 not permitted.\n", text)
        found = json.loads(self.load(program, "--format", "json").out)["objects"][0]["load"]
        self.assertEqual([(row["program"], row["result"], "log" in row) for row in found], [("good", "loads", False), ("bad", "refused", True)])
        self.assertEqual(self.load(program, "--without", "bad").status, 0)

    @unittest.skipUnless(os.path.exists("/sys/kernel/btf/vmlinux"), "the running kernel has no BTF")
    def test_what_fails_is_not_hidden_by_what_is_not_permitted(self) -> None:
        """Where fentry is not permitted (a virtual machine), its program alone is exit status 2; with one that is refused, it is 1."""
        program = self.compile("p", PROGRAM + """
SEC("fentry/vfs_read") int traced(void *ctx) { return 0; }
SEC("tracepoint") int good(void *ctx) { return 0; }
SEC("fentry/no_such_function") int bad(void *ctx) { return 0; }
""")
        whole = self.load(program)
        self.assertEqual(whole.status, 1, whole.err)
        self.assertRegex(whole.out.decode(), r"\n    bad +refused")
        is_forbidden = "not permitted" in whole.out.decode().split("    traced ")[1].split(";")[0]
        self.assertEqual("warning: --load: this system lets nobody load programs of these types: the verifier did not check 1 program" in whole.err, is_forbidden)
        rest = self.load(program, "--without", "bad")
        self.assertEqual((rest.status, "error: --load: this system lets nobody load programs of these types" in rest.err), (2, True) if is_forbidden else (0, False))

    @unittest.skipUnless(os.path.exists("/sys/kernel/btf/vmlinux"), "the running kernel has no BTF")
    def test_loading_with_other_btf(self) -> None:
        """libbpf resolves relocations by --btf FILE: a program that is only refused where the field is in its other place."""
        moved = self.compile("moved", "struct task_struct { long more[5000]; int pid; } task;\n")
        program = self.compile("p", PROGRAM + """
struct task_struct { int pid; } CORE;
SEC("tracepoint") int f(void *ctx)
{
    return __builtin_preserve_field_info(((struct task_struct *)0)->pid, 0) == 40000 ? **(int **)(ctx + 8) : 0;
}
""")
        self.good("--btf", moved, "-e", "btf", "-o", "moved.btf", "-q")
        for source, result, status in ((), "loads", 0), (("--btf", "/sys/kernel/btf/vmlinux"), "loads", 0), (("--btf", "moved.btf"), "refused", 1):
            with self.subTest(source):
                found = self.load(program, *source, "--format", "json")
                self.assertEqual(found.status, status, found.err)
                report = json.loads(found.out)["objects"][0]
                self.assertEqual((report["load"][0]["result"], report["relocations"][0]["value"] == 40000), (result, result == "refused"))
                self.assertEqual("invalid mem access" in report["load"][0].get("log", ""), result == "refused")

    def test_loading_goes_with_the_running_kernel(self) -> None:
        program = self.compile("p", PROGRAM + 'SEC("tracepoint") int f(void *ctx) { return 0; }\n')
        kernel = self.kernel("k")
        self.refused("check", program, "--load", "--btf", kernel, "--btf", kernel, says="--load is about the running kernel")
        self.refused("check", program, "--load", "--fleet", ".", says="--load is about the running kernel")
        self.refused("check", program, "--load", "--header", "k.c", says="--load is about the running kernel")

    @unittest.skipUnless(os.getuid() == 0, "only root can become nobody")
    def test_loading_that_is_not_permitted(self) -> None:
        program = self.compile("p", PROGRAM + 'SEC("tracepoint") int f(void *ctx) { return 0; }\n')
        self.load(program)
        result = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program_for_others(), "check", program, "--load"],
                                cwd=self.dir, capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("lets us load no BPF program", result.stderr)

    def test_bad_files(self) -> None:
        program = self.compile("p", PROGRAM + 'SEC("fentry/vfs_read") int f(u64 *ctx) { return 0; }\n')
        kernel = self.kernel("k")
        self.write("bad", "ffffffff81000000 T schedule\nnonsense\n")
        self.refused("check", program, "--btf", kernel, "--functions", "bad", says="bad:2: error: this is no line of a list of symbols")
        self.refused("check", program, "--btf", kernel, "--functions", "none", says="cannot open 'none'")
        self.write("empty", "")
        self.refused("check", program, "--btf", kernel, "--functions", "empty", says="'empty' lists no function")
        self.refused("check", program, "--btf", kernel, "--config", "bad", says="there is no CONFIG_")
        self.refused("check", program, "--btf", kernel, "--release", "new", says="'new' is no kernel's release")
        self.refused("check", program, "--btf", kernel, "--config", "a", "--config", "b", says="--config is given twice")


if __name__ == "__main__":
    unittest.main()
