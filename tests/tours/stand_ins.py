"""Small inputs with the names that the documentation uses, so that its command lines can be run as they stand.

The kernels are kernel-header-fixtures/mini for one architecture each, with the few types that the pages name and that it lacks;
the BTF files are hdrgen's of these; the objects are compiled by clang, that of Rust by the recipe core-rustc.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

EVENT = "sched_process_exec"
TREE_PATCHES = {
    "include/linux/rbtree.h": (("struct rb_node *left;", "struct rb_node *rb_left;"),),
    "include/linux/skbuff.h": (("__be16 protocol;", "__be16 protocol;\n\t\tu32 priority;"),),
    "kernel/sched/sched.h": (("struct sched_entity *curr;\n};", "struct sched_entity *curr;\n\tstruct sched_avg avg;\n};\n\n"
                              "struct worker_pool {\n\tint id;\n};\n\nstruct tcp_info {\n\tint state;\n};\n\nstruct list {\n\tint length;\n};"),),
    "include/linux/sched.h": (("u64 accounting", "char room[1024];\n\tu64 accounting"),
                              ("struct sched_entity *parent;", "struct sched_entity *parent;\n\tu64 sums[8];")),
    "include/linux/fs.h": (("#endif\n", "extern long vfs_read(struct file *file);\n#endif\n"),),
    "kernel/fork.c": (("#include <linux/fs.h>", "#include <linux/fs.h>\n#include \"sched/sched.h\""),
                      ("const char fork_prefix", "struct mount {\n\tint id;\n};\nstruct binder_node {\n\tint id;\n};\n"
                       "struct mount root_mount;\nstruct binder_node root_node;\nstruct worker_pool first_pool;\nstruct tcp_info first_info;\nstruct list first_list;\n\n"
                       "long vfs_read(struct file *file)\n{\n\treturn 0;\n}\nvoid schedule(void)\n{\n}\n"
                       "int vfs_create(void *idmap, struct inode *dir)\n{\n\treturn 0;\n}\nconst char fork_prefix"),),
}
TREE_FILES = {
    "include/linux/bpf.h": """#ifndef _LINUX_BPF_H
#define _LINUX_BPF_H
#include <linux/types.h>
struct bpf_map { u32 id; };
struct bpf_prog { u32 len; };
union bpf_attr { u32 map_type; u64 key; };
enum bpf_func_id { BPF_FUNC_unspec, BPF_FUNC_probe_read_kernel = 113, BPF_FUNC_get_current_task = 35 };
#endif
""",
    "include/linux/seqlock.h": """#ifndef _LINUX_SEQLOCK_H
#define _LINUX_SEQLOCK_H
#define SEQCOUNT(name) struct seqcount_##name { unsigned sequence; }
SEQCOUNT(mutex);
#endif
""",
    "include/trace/define_trace.h": "",
    "include/trace/events/sched.h": f"""#ifdef CREATE_TRACE_POINTS
struct trace_event_raw_{EVENT} {{ int pid; }};
#endif
#include <trace/define_trace.h>
""",
}
# The same program as in docs/no-btf.md.
PROGRAM = """
#define SEC(name) __attribute__((section(name), used))
struct task_struct { int pid; int tgid; struct task_struct *real_parent; } __attribute__((preserve_access_index));
static struct task_struct *(*get_task)(void) = (void *)35;
static long (*read_kernel)(void *, unsigned, const void *) = (void *)113;
SEC("raw_tp/sys_enter") int prog(void *context)
{
	int pid = 0;
	read_kernel(&pid, sizeof pid, &get_task()->pid);
	return pid;
}
SEC("license") char program_license[] = "GPL";
"""
FILELIFE = """
#define SEC(name) __attribute__((section(name), used))
struct pt_regs { unsigned long regs[31]; };
struct inode;
static long (*read_kernel)(void *, unsigned, const void *) = (void *)113;
SEC("kprobe/vfs_create") int vfs_create(struct pt_regs *context)
{
	struct inode *dir = (struct inode *)context->regs[1];
	long answer = 0;
	read_kernel(&answer, sizeof answer, dir);
	return answer;
}
SEC("license") char program_license[] = "GPL";
"""
LOOSE = "struct loose {\n\tchar a;\n\tlong b;\n\tchar c;\n\tint d;\n\tshort e;\n};\n"
FILES = {
    "my.h": LOOSE + "struct mine {\n#if defined(DX) || defined(X) || defined(NEW)\n\tlong x;\n#else\n\tint x;\n#endif\n};\n",
    "old.h": "struct list { int a; };\nstruct task_struct___old { long state; };\nstruct item { int id; short kind; short state; };\n",
    "new.h": "struct list { int a; };\nstruct task_struct___old { long state; };\nstruct item { int id; int flags; short kind; short state; };\n"
             "struct extra { int a; };\n",
    "wrapper.h": "struct iffy { int a; };\n",
    "include/own.h": "struct own { int a; };\n",
    "my.args": "--header my.h -Iinclude\n",
    "Makefile": "print-flags:\n\t@echo --header my.h\n",
    "System.map": "".join(f"ffff000000080000 T {name}\n" for name in ("vfs_read", "schedule", "vfs_create")),
    "prog.c": PROGRAM,
    "Cargo.toml": '[package]\nname = "prog"\nversion = "0.1.0"\nedition = "2021"\n[profile.release]\npanic = "abort"\n',
    ".cargo/config.toml": '[build]\ntarget = "bpfel-unknown-none"\n[target.bpfel-unknown-none]\nlinker = "bpf-linker"\n',
    "filelife.c": FILELIFE,
}


class World:
    """The inputs in a directory."""

    def __init__(self, hdrgen: Path, source: Path, directory: Path, environment: dict[str, str]) -> None:
        self.hdrgen, self.source, self.dir, self.environment = hdrgen, source, directory, environment

    def run(self, *command: str | Path) -> None:
        run = subprocess.run([str(word) for word in command], cwd=self.dir, env=self.environment, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, errors="replace", timeout=300, check=False)
        if run.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit status {run.returncode}\n{run.stdout}")

    def tree(self, name: str, arch: str, before: str = "", after: str = "") -> Path:
        """The mini tree for one architecture, with what the pages name, and `after` in place of `before` in sched.h."""
        tree = self.dir / name
        shutil.copytree(self.source / "kernel-header-fixtures/mini", tree)
        for other in (tree / "arch").iterdir():
            if other.name != arch:
                shutil.rmtree(other)
        for file, changes in TREE_PATCHES.items():
            text = (tree / file).read_text()
            for old, new in changes:
                if old not in text:
                    raise RuntimeError(f"mini/{file} has no {old!r} any more")
                text = new.join(text.rsplit(old, 1))
            (tree / file).write_text(text)
        # More headers than are read one by one for a pattern such as '*'.
        more = {f"include/linux/more/m{number}.h": f"struct more_{number} {{ int a; }};\n" for number in range(80)}
        for file, text in {**TREE_FILES, **more}.items():
            (tree / file).parent.mkdir(parents=True, exist_ok=True)
            (tree / file).write_text(text)
        sched = tree / "include/linux/sched.h"
        sched.write_text(sched.read_text().replace(before, after) if before else sched.read_text())
        return tree

    def object(self, source: str, output: str) -> None:
        (self.dir / output).parent.mkdir(parents=True, exist_ok=True)
        self.run("clang", "-target", "bpf", "-D__TARGET_ARCH_arm64", "-g", "-O2", "-c", source, "-o", output)

    def kernels(self) -> None:
        tree = self.tree("DIR", "arm64")
        for name in ("KERNEL", "TREE", "linux", "out", "usr/src/linux-headers-6.1.0-50-arm64", "srv/openwrt/linux-5.15.150"):
            (self.dir / name).parent.mkdir(parents=True, exist_ok=True)
            (self.dir / name).symlink_to(tree)
        self.tree("usr/src/linux-headers-6.1.0-50-amd64", "x86")
        newer = self.tree("newer", "arm64", "\tpid_t tgid;\n", "\tint more;\n\tpid_t tgid;\n")
        for output, kernel in (("vmlinux", tree), ("newer.btf", newer)):
            self.run(self.hdrgen, "--kernel", kernel, "--sources", "--functions", "System.map", "--emit", "btf", "-q", "-o", output)
        for name in ("vmlinuz", "vmlinux-6.1", "vmlinux-5.10", "in.btf", "F", "A", "5.10.btf", "btfs/5.10.btf", "FILE",
                     "btfhub-archive/debian/12/x86_64/5.10.btf"):
            (self.dir / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.dir / "vmlinux", self.dir / name)
        for name in ("vmlinux-6.12", "B", "6.1.btf", "btfs/6.1.btf"):
            shutil.copy(self.dir / "newer.btf", self.dir / name)
        shutil.copy(self.dir / "System.map", self.dir / "System.map-6.1")
        self.run(self.hdrgen, "--kernel", tree, "--sources", "--modules", "modules", "-q")

    def objects(self) -> None:
        self.object("prog.c", "prog.bpf.o")
        self.object("filelife.c", "filelife.bpf.o")
        for name in ("a.bpf.o", "b.bpf.o", "build/prog.bpf.o"):
            (self.dir / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.dir / "prog.bpf.o", self.dir / name)
        shutil.copytree(self.source / "docs/recipes/core-rustc", self.dir / "rust")
        self.run(self.hdrgen, "--btf", "vmlinux", "--fields", "task_struct=tgid,real_parent", "--accessors", "core", "-o", "rust/kernel.rs")
        self.run("rustc", "--target", "bpfel-unknown-none", "--edition", "2021", "--crate-type", "cdylib", "-C", "opt-level=2", "-C",
                 "panic=abort", "-C", "linker=bpf-linker", "-o", "prog.o", "rust/prog.rs")
        shutil.copy(self.dir / "rust/prog.rs", self.dir / "src/main.rs")
        release = self.dir / "target/bpfel-unknown-none/release"
        release.mkdir(parents=True)
        shutil.copy(self.dir / "prog.o", release / "prog")
        self.run(self.hdrgen, "link", "prog.o", "-o", "prog", "-q")

    def make(self) -> None:
        for name, text in FILES.items():
            (self.dir / name).parent.mkdir(parents=True, exist_ok=True)
            (self.dir / name).write_text(text)
        (self.dir / "usr/share/hdrgen").mkdir(parents=True)
        (self.dir / "usr/share/hdrgen/schema").symlink_to(self.source / "docs/schema")
        for name in ("src", "bin", ".cargo/bin", "OUT"):
            (self.dir / name).mkdir(parents=True, exist_ok=True)
        self.kernels()
        self.objects()
        index = subprocess.run(["sha256sum", "5.10.btf"], cwd=self.dir / "btfs", stdout=subprocess.PIPE, check=True).stdout
        (self.dir / "OUT/index").write_bytes(index)
        shutil.copy(self.dir / "btfs/5.10.btf", self.dir / "OUT/5.10.btf")


def copy_world(world: Path, directory: Path) -> None:
    """Files of its own for a page; the trees, which nothing writes to, are shared."""
    for entry in os.scandir(world):
        target = directory / entry.name
        if entry.is_symlink() or entry.name in ("DIR", "usr", "srv", "newer"):
            target.symlink_to(entry.path)
        elif entry.is_dir():
            shutil.copytree(entry.path, target)
        else:
            shutil.copy(entry.path, target)
