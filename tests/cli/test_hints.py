"""What newcomers type, and the sentence that says what to type instead."""

import shutil
import subprocess
import unittest

from hdrgen import FIXTURES, Case

HEADER = "struct inner { int x; };\nstruct outer { struct inner se; struct inner *next; int pid; };\n"


class Hints(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("a.h", HEADER)

    def error(self, *arguments: str) -> str:
        result = self.run_hdrgen(*arguments)
        self.assertEqual((result.status, result.out), (2, b""), result.err)
        return result.err

    def works(self, command: str) -> None:
        """What a hint says to type, between backquotes."""
        self.good(*command.removeprefix("hdrgen ").split(), "--header", "a.h")


class Members(Hints):
    def test_arrow(self) -> None:
        for name, path in (("outer->pid", "outer.pid"), ("outer->se.x", "outer.se.x"), ("outer->se->x", "outer.se.x")):
            self.assertIn(f"members follow a dot: `hdrgen show {path}`", self.error("show", "--header", "a.h", name))
            self.works(f"hdrgen show {path}")

    def test_where_types_are_written(self) -> None:
        self.assertIn("`hdrgen show outer.pid` says where that is; `--fields outer=pid` writes", self.error("generate", "--header", "a.h", "outer.pid"))
        self.works("hdrgen --fields outer=pid")
        self.assertIn("`hdrgen show outer.pid` says where that is; `--fields", self.error("--header", "a.h", "outer->pid"))
        for command, name in (("generate", "outer.se.x"), ("list", "outer.pid"), ("generate", "outer+8"), ("list", "outer+0x4")):
            err = self.error(command, "--header", "a.h", name)
            self.assertIn(f"`hdrgen show {name}` says where that is", err)
            self.assertNotIn("--fields", err)
        self.assertIn("`hdrgen show outer.pid`", self.error("diff", "--header", "a.h", "--against", "-DX", "outer.pid"))

    def test_what_is_none(self) -> None:
        """A member that there is not, patterns, files: no word of another spelling."""
        for arguments in (["show", "outer.nosuch"], ["show", "nosuch"], ["nosuch"], ["out*.pid"], ["x-y"], ["outer.."], ["9.a"]):
            self.assertNotIn("hdrgen show", self.error(*arguments, "--header", "a.h"), arguments)

    def test_files(self) -> None:
        self.assertIn("there is no file 'b.h' here", self.error("--header", "a.h", "b.h"))


class Bpftool(Hints):
    def test_commands(self) -> None:
        for words, says in (("btf dump file a.btf format c", "`hdrgen --btf a.btf -o vmlinux.h` writes C"),
                            ("btf dump id 1", "`hdrgen --btf FILE -o vmlinux.h` writes C"),
                            ("gen min_core_btf in.btf out.btf a.o b.o", "`hdrgen --btf in.btf --for a.o --for b.o -o out.btf`"),
                            ("gen min_core_btf", "`hdrgen --btf IN --for PROG.bpf.o -o OUT`"),
                            ("gen skeleton a.o", "`hdrgen check a.o`"), ("gen object a.o b.o", "`hdrgen link`"),
                            ("prog load a.o /sys/fs/bpf/a", "`hdrgen check a.o --load`")):
            err = self.error(*words.split())
            self.assertIn(says, err)
            self.assertIn(f"`{' '.join(words.split()[:2])}` is a command of bpftool", err)
            self.assertEqual(err.count("\n"), 1, err)

    def test_types_of_that_name(self) -> None:
        self.write("b.h", "struct btf { int a; };\nstruct gen { int a; };\nstruct dump { int a; };\n")
        self.good("--header", "b.h", "btf", "gen")
        self.good("--header", "b.h", "dump", "btf")
        self.assertNotIn("bpftool", self.error("--header", "b.h", "btf", "nosuch"))


class Objects(Hints):
    def compiled(self, *flags: str) -> str:
        self.write("o.c", "int f(void) { return 1; }\n")
        subprocess.run(["clang", *flags, "-c", "o.c", "-o", "o.o"], cwd=self.dir, check=True)
        return "o.o"

    def ask(self, says: str) -> None:
        self.good("--header", "a.h", "-q", "-o", "a.btf")
        for arguments in (["check", "o.o", "--btf", "a.btf"], ["link", "o.o"], ["--btf", "a.btf", "--for", "o.o"]):
            self.assertIn(says, self.error(*arguments))

    def test_bitcode(self) -> None:
        self.compiled("-target", "bpf", "-emit-llvm")
        self.ask("o.o: this is LLVM bitcode: ")

    def test_archive(self) -> None:
        self.write("o.o", b"!<arch>\n" + bytes(60))
        self.ask("o.o: this is an archive of object files")

    def test_another_machine(self) -> None:
        for target, name in (("aarch64-linux-gnu", "arm64"), ("x86_64-linux-gnu", "x86-64")):
            self.compiled("-target", target)
            self.ask(f"o.o: this is an ELF file for {name}, but no BPF object")

    def test_cut_off(self) -> None:
        for text in (b"", b"B", b"BC\xc0", b"!<arch>", b"\x7fEL"):
            self.write("o.o", text)
            self.assertIn("this is no ELF file", self.error("link", "o.o"))

    def test_registers_of_another_architecture(self) -> None:
        for record, target, is_hinted in (("pt_regs { long di; }", "pt_regs { long regs[31]; }", True),
                                          ("user_pt_regs { long regs[31]; }", "pt_regs { long di; }", True),
                                          ("my_regs { long di; }", "my_regs { long regs[31]; }", False)):
            name = record.split()[0]
            self.write("o.c", f"struct {record} __attribute__((preserve_access_index));\n__attribute__((section(\"kprobe/x\"), used))"
                              f"long f(struct {name} *c) {{ return c->{record.split()[3].split(';')[0].split('[')[0]}{'[0]' if '[' in record else ''}; }}\n")
            self.write("k.h", f"struct {target};\n")
            subprocess.run(["clang", "-target", "bpf", "-g", "-O2", "-c", "o.c", "-o", "o.o"], cwd=self.dir, check=True)
            result = self.run_hdrgen("check", "o.o", "--header", "k.h")
            self.assertEqual(result.status, 1, result.err)
            self.assertEqual("-D__TARGET_ARCH_arm64" in result.out.decode(), is_hinted, result.out.decode())

    def test_the_last_of_two_flavours(self) -> None:
        """To loaders `s___v1___x` is a version of `s___v1`, and the kernel's `s___v1` one of `s`."""
        self.write("k.h", "struct s___v1 { int a; };\n")
        self.write("o.c", "struct s___v1___x { int a; } __attribute__((preserve_access_index));\n"
                          "__attribute__((section(\"raw_tp/x\"), used)) int f(struct s___v1___x *c) { return c->a; }\n")
        subprocess.run(["clang", "-target", "bpf", "-g", "-O2", "-c", "o.c", "-o", "o.o"], cwd=self.dir, check=True)
        result = self.run_hdrgen("check", "o.o", "--header", "k.h")
        self.assertEqual(result.status, 1, result.err)
        self.assertIn("there is no struct 's___v1': loaders take the one that is there for a version of 's'\n", result.out.decode())


class Trees(Hints):
    def setUp(self) -> None:
        super().setUp()
        shutil.copytree(FIXTURES / "mini", self.dir / "tree")

    def test_a_file_in_a_tree(self) -> None:
        for path, says in (("tree/include/linux/sched.h", "the kernel tree is tree: say --kernel tree --header linux/sched.h\n"),
                           ("tree/include/uapi/linux/ip.h", "say --kernel tree --header linux/ip.h\n"),
                           ("tree/include/linux/nosuch.h", "say --kernel tree --header linux/nosuch.h\n"),
                           ("tree/kernel/fork.c", "the kernel tree is tree: say --kernel tree\n"),
                           ("tree/include", "the kernel tree is tree: say --kernel tree\n")):
            self.assertIn(says, self.error("--kernel", path, "task_struct"))
        self.good("--kernel", "tree", "--arch", "arm64", "--header", "linux/sched.h", "task_struct")

    def test_a_tree_that_is_not_configured(self) -> None:
        (self.dir / "tree/include/config/auto.conf").unlink()
        self.assertIn("it is in the kernel tree tree, which is not configured", self.error("--kernel", "tree/include/linux/sched.h", "task_struct"))

    def test_no_tree(self) -> None:
        for path in ("a.h", "nowhere/x.h", "/nowhere", "."):
            self.assertNotIn("kernel tree is", self.error("--kernel", path, "task_struct"))

    def test_where_a_type_is(self) -> None:
        for name in ("union task_struct", "struct task_struct", "task_struct"):
            err = self.error("--kernel", "tree", "--arch", "arm64", "--header", "linux/list.h", name)
            self.assertEqual([line for line in err.splitlines() if " is in " in line],
                             ["hdrgen: note: 'struct task_struct' is in linux/sched.h of this kernel: without --header it is found (--kernel tree)"])
        err = self.error("--kernel", "tree", "--arch", "arm64", "--header", "linux/list.h", "nosuch", "struct nosuch")
        self.assertNotIn(" is in ", err)


class Unexpanded(Hints):
    NOTE = "nothing expands"

    def test_paths(self) -> None:
        self.write("x.args", "--kernel ~/x\n")
        for arguments, path in ((["--kernel", "~/x", "a"], "~/x"), (["--header=$HOME/x.h"], "$HOME/x.h"), (["--btf", "${HOME}/x"], "${HOME}/x"),
                                (["@~/x.args"], "~/x.args"), (["@x.args"], "~/x"), (["--header", "a.h", "-o", "~/x.rs"], "~/x.rs")):
            self.assertIn(f"'{path}': {self.NOTE}", self.error(*arguments))
        for flag in (["-I~/inc"], ["-I", "~/inc"], ["-isystem", "$HOME/inc"]):
            self.assertIn(self.NOTE, self.good("--header", "a.h", *flag).err)

    def test_what_is_none(self) -> None:
        self.write("~/a.h", HEADER)
        self.assertNotIn(self.NOTE, self.good("--header", "~/a.h").err)
        self.assertNotIn(self.NOTE, self.good("--header", "a.h", "--raw-line", "// ~/x $HOME/x").err)


class Rest(Hints):
    def test_no_record(self) -> None:
        for arguments, says in ((["--holes", "9"], "no record has 9 holes or more"), (["--holes", "1", "inner"], "no record has 1 hole or more"),
                                (["--contains", "outer"], "no record holds such a type by value"),
                                (["--contains", "inner", "--holes", "7"], "no record that holds such a type has 7 holes or more")):
            result = self.run_hdrgen("list", "--header", "a.h", *arguments)
            self.assertEqual((result.status, result.out), (1, b""))
            self.assertIn(says, result.err)

    def test_diff_knows_the_names_of_both_sides(self) -> None:
        self.write("b.h", HEADER + "struct extra { int x; };\n")
        for name, says in (("oute", "'struct outer'"), ("extr", "'struct extra'"), ("struct extr", "'struct extra'")):
            self.assertIn(f"did you mean {says}?", self.error("diff", "--header", "a.h", "--header", "b.h", name))

    def test_private_to_a_source_file(self) -> None:
        shutil.copytree(FIXTURES / "mini", self.dir / "tree")
        shutil.rmtree(self.dir / "tree/kernel")
        shutil.rmtree(self.dir / "tree/init")
        err = self.error("show", "--kernel", "tree", "--arch", "arm64", "rq")
        self.assertIn("no header of this kernel defines 'rq'", err)
        for way in ("--btf vmlinux", "--kernel SOURCES"):
            self.assertIn(way, err)


if __name__ == "__main__":
    unittest.main()
