#!/usr/bin/env python3
"""Programs in a kernel that has no BTF read the right fields, by what hdrgen made of the kernel's headers.

    field_test.py --hdrgen BIN --fixtures DIR --arch amd64                      Debian's cloud kernel, its own BTF hidden
    field_test.py ... --arch amd64 --suite bullseye                             the same of another release
    field_test.py ... --arch arm64 --headers TREE --image FILE                  any other, for instance of build-kernel.sh

One boot under qemu (software emulation, no root, no network). In the guest libbpf loads, with `btf_custom_path`,

* `c`: guest/probe.bpf.c, a CO-RE program whose own structs are laid out unlike the kernel's, with hdrgen's BTF;
* `c-minimal`: the same with what `--for` writes, the part of that BTF that the program needs, as one would ship it;
* `rust`: guest/probe.rs, with `--accessors probe-read` at the offsets of hdrgen's bindings;
* `rust-libbpf`, `rust-aya`: the same source with `--accessors core`, compiled once, linked, and loaded by libbpf and by the real aya;
* `c-installed`: the C program without any option, hdrgen's BTF being installed as /boot/vmlinux-RELEASE in the form of ELF;

and what they read must be what user space knows (guest/truth.c). Then what must not work: no BTF, half of one, those of the other
architecture, one member after the other moved (FAULTS), one getter after the other reading beside its member (GETTER_FAULTS): each must
be refused, or be found by the field that reads it.

--break STRUCT.MEMBER moves a member of the BTF that is used for `c`, and leaves out what must fail anyway: to see the test fail.
Exit status: 0 all as it should be, 1 something else, 2 the test could not be made.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from guest import HERE, MACHINES, Machine, ToolError, assignments, boot, build_init, find_rustc, run, write_initramfs
from shift_btf import Faults

HEADERS = ("linux/sched.h", "linux/sched/signal.h", "linux/cred.h", "linux/mm_types.h", "linux/nsproxy.h", "linux/utsname.h",
           "linux/fdtable.h", "linux/fs.h", "linux/dcache.h", "linux/pid.h", "linux/net.h", "net/sock.h", "net/net_namespace.h")
TYPES = ("task_struct", "signal_struct", "cred", "mm_struct", "nsproxy", "uts_namespace", "files_struct", "fdtable", "file", "inode",
         "super_block", "dentry", "pid", "pid_type", "socket", "sock", "net")

BOGUS = ("task_struct___bogus", "no_such_struct", "pid_type___bogus")
BPF_LINK = HERE.parent / "rust_core" / "bpf_link.py"

# struct member bits field: the member moved by so many bits, and the field that must then be wrong. The distances
# are chosen so that no neighbour of the same value is met (parent and real_parent, prio and static_prio, nr_threads and quick_threads).
FAULTS = """
task_struct pid 32 pid                    task_struct tgid -32 tgid               task_struct comm 8 comm
task_struct real_parent -64 parent        task_struct group_leader 64 leader      task_struct signal 64 rlimit
task_struct cred 64 uid                   task_struct static_prio 64 static_prio  task_struct policy 32 policy
task_struct sched_reset_on_fork 2 reset_on_fork                                   task_struct timer_slack_ns 64 timer_slack
task_struct sas_ss_sp 64 stack_pointer    task_struct sas_ss_size 64 stack_size   task_struct blocked 64 blocked
task_struct clear_child_tid -64 clear_tid task_struct mm -64 arg_start            task_struct nsproxy 64 nodename
task_struct files 128 inode               signal_struct pids 64 session           signal_struct rlim 64 rlimit
signal_struct nr_threads 64 threads       signal_struct is_child_subreaper 1 subreaper
cred uid 32 uid                           cred euid -32 euid                      cred gid 64 gid
mm_struct saved_auxv 64 auxv              mm_struct arg_start 64 arg_start        mm_struct start_brk 128 start_brk
mm_struct start_stack 64 start_stack      nsproxy uts_ns 64 nodename              uts_namespace ns 64 uts_inum
ns_common inum 32 uts_inum                new_utsname nodename 520 nodename       fdtable fd 64 inode
file f_inode 64 inode                     file f_pos 64 position                  file private_data 64 port
inode i_ino 64 inode                      inode i_size 64 size                    inode i_mode 16 mode
inode i_uid 32 owner                      inode i_sb 64 magic                     super_block s_magic 64 magic
qstr name -64 file_name                   pid numbers 64 session                  upid nr 32 session
socket sk 64 port                         sock_common skc_num -16 port            sock_common skc_family 16 family
sock sk_protocol 16 protocol              sock sk_userlocks -1 userlocks          sock sk_no_check_tx 1 no_check
sock sk_rcvbuf 32 rcvbuf                  sock sk_mark 32 mark                    sock sk_priority 32 priority
"""

# Those whose getters in the Rust bindings are moved, too: bit-fields, an address, a value below anonymous members.
GETTER_FAULTS = ("task_struct.sched_reset_on_fork", "sock.sk_userlocks", "cred.uid", "sock_common.skc_num")


@dataclass
class Kernel:
    machine: Machine
    headers: Path
    image: Path


@dataclass
class Expected:
    """What is to become of the lines of the plan."""

    fields: int
    questions: int
    right: dict[str, int] = field(default_factory=dict)  # name: how many comparisons, none wrong
    refused: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)  # name: the field that must be wrong, or "" for any


def build_program(directory: Path, *options: str) -> Path:
    """The BPF object of the Rust program in a directory, not relocatable yet."""
    rustc = find_rustc("bpfel-unknown-none")
    environment = os.environ | {"RUSTC_BOOTSTRAP": "1", "HDRGEN_TEST_RUSTC": rustc}
    run(rustc, "--target", "bpfel-unknown-none", "--edition", "2021", "--crate-type", "cdylib", "-D", "warnings",
        "--check-cfg", "cfg(net_ns)", "-C", "opt-level=2", "-C", "panic=abort", "-C", f"linker={BPF_LINK}", *options,
        "-o", directory / "probe.o", directory / "probe.rs", environment=environment)
    return directory / "probe.o"


def read_fields() -> tuple[int, int]:
    """How many fields and how many questions fields.h lists."""
    text = (HERE / "guest" / "fields.h").read_text()
    lists = dict(re.findall(r"#define (FIELDS_[A-Z]+)\(X\)((?:.*\\\n)+.*)", text))
    counts = {name: len(re.findall(r"\bX\(\w+", body)) for name, body in lists.items()}
    return counts["FIELDS_NUMBERS"] + counts["FIELDS_TEXTS"], counts["FIELDS_QUESTIONS"]


def faulty(fault: str, faults: Faults) -> tuple[str, int, int, str]:
    """Name, place and word of one line of FAULTS, and the field that must notice."""
    record, member, bits, noticed = fault.split()
    at, word = faults.member(record, member, int(bits))
    return f"{record}.{member}{int(bits):+}", at, word, noticed


def move_getter(bindings: str, record: str, member: str, bits: int) -> str:
    """The bindings with the getters of one member so many bits away; a bit-field's by a shift of the byte that was read."""

    def move(method: re.Match[str]) -> str:
        if bits % 8 == 0 or "bytes[0]" not in method[0]:  # a bit-field of some kernels is a whole byte in others
            by = bits // 8 if bits % 8 == 0 else bits
            return re.sub(r"wrapping_byte_add\((\d+)\)", lambda at: f"wrapping_byte_add({int(at[1]) + by})", method[0])
        return method[0].replace("bytes[0]", f"(bytes[0] {'>>' if bits > 0 else '<<'} {abs(bits)})")

    moved = re.sub(rf"(?<=^    impl {record} \{{\n).*?^    \}}$",
                   lambda block: re.sub(rf"^ +pub (unsafe )?fn (read|addr_of)_{member}\(.*?^        \}}$", move, block[0], flags=re.M | re.S),
                   bindings, flags=re.M | re.S)
    if moved == bindings:
        raise ValueError(f"no getter of {record}.{member} in the Rust bindings")
    return moved


class Field:
    """One kernel's field test, in a directory of its own."""

    def __init__(self, options: argparse.Namespace, work: Path) -> None:
        self.options, self.work = options, work
        self.hdrgen, self.fixtures = options.hdrgen, Path(options.fixtures)
        self.files: dict[str, bytes] = {}
        self.plan: list[str] = []
        self.expected = Expected(*read_fields())

    def kernel(self, arch: str) -> Kernel:
        if arch == self.options.arch and self.options.headers:
            return Kernel(MACHINES[arch], Path(self.options.headers), Path(self.options.image))
        want = [] if arch == self.options.arch else ["--no-image"]
        found = assignments(run("bash", self.fixtures / "get-debian-kernel.sh", *want, arch, self.options.suite, f"cloud-{arch}"))
        return Kernel(MACHINES[arch], Path(found["headers"]), Path(found.get("image", "/")))

    def generate(self, kernel: Kernel, name: str, *options: str | Path, types: tuple[str, ...] = TYPES) -> Path:
        """A file in the form of its suffix, out of the headers alone; BTF with --sources out of the source files."""
        output = self.work / name
        of_sources = self.options.sources and name.endswith(".btf") and kernel.headers == Path(self.options.headers or "")
        source = ["--sources"] if of_sources else [word for header in HEADERS for word in ("--header", header)]
        run(self.hdrgen, "-q", "--kernel", kernel.headers, *source, *types, *options, "-o", output)
        return output

    def compile_c(self) -> None:
        run("clang", "-target", "bpf", "-mcpu=v2", "-g", "-O2", "-Wall", "-Werror", "-c", HERE / "guest" / "probe.bpf.c",
            "-o", self.work / "probe.bpf.o")
        self.files["probe.bpf.o"] = (self.work / "probe.bpf.o").read_bytes()

    def compile_rust(self, kernel: Kernel, name: str) -> None:
        """The Rust program at the offsets of one kernel."""
        directory = self.rust_directory(name)
        self.generate(kernel, f"{name}/kernel.rs", "--accessors", "probe-read", "--header", HERE / "guest" / "bogus.h",
                      types=(*TYPES, *BOGUS))
        self.build_rust(kernel, name)

    def rust_directory(self, name: str) -> Path:
        """A directory with all of the Rust program but the bindings."""
        directory = self.work / name
        directory.mkdir()
        run(self.hdrgen, "-q", "--header", HERE / "guest" / "fields.h", "-o", directory / "fields.rs", "--target", "x86_64-linux-gnu")
        shutil.copy(HERE / "guest" / "probe.rs", directory)
        return directory

    def build_rust(self, kernel: Kernel, name: str) -> None:
        configuration = (kernel.headers / "include/config/auto.conf").read_text()
        namespaces = ("--cfg", "net_ns") if "\nCONFIG_NET_NS=y\n" in configuration else ()
        self.files[f"{name}.o"] = build_program(self.work / name, *namespaces).read_bytes()

    def compile_rust_core(self) -> Path:
        """The same program, portable: once for every kernel and architecture."""
        directory = self.rust_directory("rust-core")
        run(self.hdrgen, "-q", "--header", HERE / "guest" / "local.h", "--accessors", "core", "--target", "x86_64-linux-gnu",
            "-o", directory / "kernel.rs")
        unlinked = build_program(directory, "--cfg", "net_ns")
        run(self.hdrgen, "link", unlinked, "-o", directory / "probe.bpf.o")
        self.files |= {"rust-unlinked.o": unlinked.read_bytes(), "rust-core.o": (directory / "probe.bpf.o").read_bytes()}
        return directory / "probe.bpf.o"

    def add_moved_getters(self, kernel: Kernel) -> None:
        """The Rust program with one getter at a time that reads beside its member."""
        bindings = (self.work / "rust" / "kernel.rs").read_text()
        for member in GETTER_FAULTS:
            record, member, bits, noticed = fault_of(member).split()
            name = f"rust-{record}.{member}{int(bits):+}"
            shutil.copytree(self.work / "rust", self.work / name)
            (self.work / name / "kernel.rs").write_text(move_getter(bindings, record, member, int(bits)))
            self.build_rust(kernel, name)
            self.plan.append(f"run {name} libbpf {name}.o -")
            self.expected.wrong[name] = noticed

    def add_right(self) -> bytes:
        """What must work; the BTF that it works with."""
        kernel = self.kernel(self.options.arch)
        btf = self.generate(kernel, "kernel.btf").read_bytes()
        used = bytearray(btf)
        if self.options.break_member:
            _, at, word, _ = faulty(fault_of(self.options.break_member), Faults(btf))
            used[at:at + 4] = word.to_bytes(4, "little")
        (self.work / "kernel.btf").write_bytes(used)
        self.generate(kernel, "minimal.btf", "--for", self.work / "probe.bpf.o", types=())
        run(self.hdrgen, "check", self.work / "probe.bpf.o", "--btf", self.work / "minimal.btf")
        minimal = (self.work / "minimal.btf").read_bytes()
        print(f"BTF of {len(TYPES)} types and what they hold: {len(btf)} bytes; what the program needs of it: {len(minimal)}")
        self.compile_rust(kernel, "rust")
        self.add_core(kernel)
        elf = self.generate(kernel, "installed.elf", "--emit", "btf", "--elf").read_bytes()
        self.files |= {"kernel.btf": bytes(used), "minimal.btf": minimal, "installed.elf": elf}
        self.plan += ["run c libbpf probe.bpf.o kernel.btf", "run c-minimal libbpf probe.bpf.o minimal.btf", "run rust libbpf rust.o -"]
        all_of_it = self.expected.fields + self.expected.questions
        self.expected.right |= {"c": all_of_it, "c-minimal": all_of_it, "rust": self.expected.fields,
                                "c-installed": self.expected.fields}
        return btf

    def add_core(self, kernel: Kernel) -> None:
        """The portable Rust program, with the whole BTF and with what `--for` leaves of it."""
        program = self.compile_rust_core()
        self.generate(kernel, "rust-minimal.btf", "--for", program, types=())
        run(self.hdrgen, "check", program, "--btf", self.work / "rust-minimal.btf")
        self.files["rust-minimal.btf"] = (self.work / "rust-minimal.btf").read_bytes()
        all_of_it = self.expected.fields + self.expected.questions
        for loader in ("libbpf", "aya"):
            self.plan += [f"run rust-{loader} {loader} rust-core.o kernel.btf",
                          f"run rust-{loader}-minimal {loader} rust-core.o rust-minimal.btf",
                          f"run rust-{loader}-unlinked {loader} rust-unlinked.o kernel.btf"]
            self.expected.right |= {f"rust-{loader}": all_of_it, f"rust-{loader}-minimal": all_of_it}
            self.expected.refused.append(f"rust-{loader}-unlinked")

    def add_wrong(self, btf: bytes) -> None:
        """What must not: the negative controls."""
        other = self.kernel("arm64" if self.options.arch == "amd64" else "amd64")
        self.files["other.btf"] = self.generate(other, "other.btf").read_bytes()
        self.files["half.btf"] = btf[:len(btf) // 2]
        self.compile_rust(other, "rust-other")
        self.plan += ["run half-of-btf libbpf probe.bpf.o half.btf", "run btf-of-other libbpf probe.bpf.o other.btf",
                      "run rust-of-other libbpf rust-other.o -", "run no-btf libbpf probe.bpf.o -",
                      "run rust-aya-no-btf aya rust-core.o -", "run rust-aya-btf-of-other aya rust-core.o other.btf"]
        self.expected.refused += ["no-btf", "half-of-btf"]
        # aya loads what it has no BTF for, and relocates nothing
        self.expected.wrong |= {"btf-of-other": "", "rust-of-other": "", "rust-aya-btf-of-other": "", "rust-aya-no-btf": ""}
        self.add_moved_getters(self.kernel(self.options.arch))

        faults = Faults(btf)
        patches = [faulty(line, faults) for line in faults_listed()]
        patches.append(("PIDTYPE_SID=0", *faults.enumerator("pid_type", "PIDTYPE_SID", 0), "session"))
        for name, at, word, noticed in patches:
            # The Rust program by aya and the C program by libbpf: each fault is met by both programs and both loaders.
            for name, loader, program in ((name, "libbpf", "probe.bpf.o"), (f"rust-aya:{name}", "aya", "rust-core.o")):
                self.plan.append(f"patch {name} {loader} {program} good.btf {at} {word:x}")
                self.expected.wrong[name] = noticed
        self.files["good.btf"] = btf

    def console(self) -> str:
        kernel = self.kernel(self.options.arch)
        self.compile_c()
        btf = self.add_right()
        if not self.options.break_member:
            self.add_wrong(btf)
        self.plan += ["install installed.elf", "run c-installed libbpf probe.bpf.o -"]  # last: then libbpf finds BTF by itself
        build_init(kernel.machine, self.hdrgen, self.fixtures, self.work / "init")
        self.files |= {"init": (self.work / "init").read_bytes(), "plan": "\n".join([*self.plan, ""]).encode()}
        write_initramfs(self.work / "initramfs", self.files)
        return boot(kernel.machine, kernel.image, self.work / "initramfs", self.work / "console.log", self.options.timeout)


def faults_listed() -> list[str]:
    words = FAULTS.split()
    return [" ".join(words[at:at + 4]) for at in range(0, len(words), 4)]


def fault_of(member: str) -> str:
    """The line of FAULTS about STRUCT.MEMBER."""
    found = [line for line in faults_listed() if ".".join(line.split()[:2]) == member]
    if len(found) != 1:
        raise ValueError(f"FAULTS has no line about {member}")
    return found[0]


def judge(console: str, expected: Expected) -> list[str]:
    """Every complaint; none is success. What the guest did not say counts as wrong."""
    lines = re.findall(r"^field: (.*)$", console, re.M)
    ends: dict[str, tuple[int, int] | None] = {}  # name: (compared, wrong), or None where it did not load
    wrong: dict[str, list[str]] = {}
    faults = [f"the guest says: {line}" for line in lines if line.startswith("GIVING UP")]
    for line in lines:
        if end := re.fullmatch(r"(\S+): (\d+) compared, (\d+) wrong", line):
            ends[end[1]] = int(end[2]), int(end[3])
        elif end := re.fullmatch(r"(\S+): not loaded: -\d+", line):
            ends[end[1]] = None
        elif found := re.match(r"(\S+): WRONG (\w+): ", line):
            wrong.setdefault(found[1], []).append(found[2])
            if found[1] in expected.right:
                faults.append(line)
    for name, count in expected.right.items():
        if ends.get(name, ()) != (count, 0):
            faults.append(f"{name}: should be {count} compared, 0 wrong; is {said(ends, name)}")
    for name in expected.refused:
        if ends.get(name, ()) is not None:
            faults.append(f"{name}: should not load; is {said(ends, name)}")
    for name, noticed in expected.wrong.items():
        seen = wrong.get(name, [])
        if name not in ends or (ends[name] is not None and (noticed not in seen if noticed else not seen)):
            faults.append(f"{name}: not noticed by {noticed or 'any field'}; is {said(ends, name)}, wrong: {seen}")
    if "done" not in lines:
        faults.append("the guest did not come to the end of its plan")
    return faults


def said(ends: dict[str, tuple[int, int] | None], name: str) -> str:
    if name not in ends:
        return "nothing"
    return "not loaded" if ends[name] is None else "{} compared, {} wrong".format(*ends[name])


def report(console: str, expected: Expected) -> None:
    """What was found, for the record."""
    print(*re.findall(r"^field: (the kernel has .*)$", console, re.M))
    for name in expected.right:
        print(f"right: {name}: {len(re.findall(rf'^field: {name}: ok ', console, re.M))} of {expected.right[name]}")
    for name in [*expected.refused, *expected.wrong]:
        seen = re.findall(rf"^field: {re.escape(name)}: (?:WRONG (\w+): .*|(not loaded: -\d+))$", console, re.M)
        print(f"noticed: {name}: {' '.join(one or other for one, other in seen)}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--fixtures", required=True, help="the directory of get-debian-kernel.sh")
    parser.add_argument("--arch", required=True, choices=MACHINES)
    parser.add_argument("--suite", default="bookworm", help="of Debian, whose cloud kernel it is")
    parser.add_argument("--headers", help="another kernel's headers or prepared tree")
    parser.add_argument("--image", help="its image")
    parser.add_argument("--sources", action="store_true", help="its BTF is made from its source files (--headers is a prepared tree)")
    parser.add_argument("--timeout", type=int, default=240, help="seconds for the boot and all that the guest does")
    parser.add_argument("--keep", help="a directory for everything that is made, console.log among it")
    parser.add_argument("--break", dest="break_member", metavar="STRUCT.MEMBER", help="a line of FAULTS")
    options = parser.parse_args()
    if bool(options.headers) != bool(options.image):
        parser.error("--headers and --image belong together")
    if options.sources and not options.headers:
        parser.error("--sources needs --headers")
    return options


def main() -> int:
    options = arguments()
    work = Path(options.keep or tempfile.mkdtemp(prefix="field-test."))
    work.mkdir(parents=True, exist_ok=True)
    test = Field(options, work)
    try:
        console = test.console()
        faults = judge(console, test.expected)
    except (ToolError, ValueError) as error:
        print(f"field_test.py: error: {error}\nfiles of this run: {work}", file=sys.stderr)
        return 2
    for fault in faults:
        print(f"FAILED: {fault}")
    if faults:
        print(f"console and files of this run: {work}; the end of the console:\n{console[-3000:]}")
        return 1
    report(console, test.expected)
    if not options.keep:
        shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
