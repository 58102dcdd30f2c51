#!/usr/bin/env python3
"""matrix.rs and generated.rs, built in many ways, linked, and loaded: placeholders and records must match whatever rustc and LLVM made of them.

    matrix.py --hdrgen BIN --run BIN [--keep DIR] [--program matrix|generated]

matrix.rs has its records written by hand; generated.rs asks for the same through `--accessors core`.

The ways: opt-level 0 to 3, s and z (of 0 the linker optimises with 1: kernels refuse the code that cannot be reached, which is there without);
cpu v1 and v3; 1 and 16 codegen units; thin and fat LTO; debug assertions; with and without debug
information; bpfel and bpfeb. Each must link; linking must leave no placeholder and no record; `hdrgen check` must find, for each access, the
same number in every build of a byte order (on matrix.h).

With one of them bpftool and hdrgen do what is done with any object of clang's: `gen object`, `gen skeleton`, and the minimal BTF, by `gen min_core_btf`
and `hdrgen --for`, with the same content.

As root, those of this machine's byte order are loaded by libbpf, unlinked (which must fail and name the symbol) and linked, and run: what
they read of this process must be right, and the kernel must have taken their BTF. Without, it is said: exit status 77.

Exit status: 0 all right, 1 something is not, 2 anything wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "oracle"), str(HERE.parent / "e2e")]
import btf_content  # noqa: E402
from btf_reader import read_file  # noqa: E402
from guest import find_rustc  # noqa: E402

KERNEL_BTF = "/sys/kernel/btf/vmlinux"
FIRST_PID_NAMESPACE = "pid:[4026531836]"
TRIPLES = {"bpfel": "x86_64-linux-gnu", "bpfeb": "s390x-linux-gnu"}
TOOLS_WITH = "bpfel O2 v3"
LONG = "int long size=8 word=0x1000040"  # says how large pointers are; hdrgen always writes it
PROGRAMS = ("matrix", "generated")
PLACEHOLDER = "hdrgen_link_was_not_run"


def ways() -> list[tuple[str, list[str]]]:
    """A name and rustc's options for each."""
    result = []
    for target in TRIPLES:
        for level in "0123sz":
            for cpu in ("v1", "v3"):
                options = ["--target", f"{target}-unknown-none", "-C", f"opt-level={level}", "-C", f"target-cpu={cpu}"]
                options += ["-C", "debug-assertions=off"] + (["-g"] if cpu == "v3" else [])  # O0 alone would have them
                result.append((f"{target} O{level} {cpu}", options))
        plain = ["--target", f"{target}-unknown-none", "-C", "opt-level=2"]
        for name, more in (("16 units", ["-C", "codegen-units=16"]), ("1 unit", ["-C", "codegen-units=1"]), ("fat LTO", ["-C", "lto=fat"]),
                           ("thin LTO", ["-C", "lto=thin"]), ("debug assertions", ["-C", "debug-assertions=on", "-C", "overflow-checks=off"])):
            result.append((f"{target} {name}", plain + more + ["-g"]))
    return result


def call(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, errors="replace", timeout=300, check=False, **options)


class Matrix:
    def __init__(self, arguments: argparse.Namespace, program: str, work: Path) -> None:
        self.arguments, self.program, self.work = arguments, program, work
        work.mkdir(parents=True, exist_ok=True)
        self.rustc = find_rustc("bpfel-unknown-none")
        self.environment = {**os.environ, "RUSTC_BOOTSTRAP": "1", "HDRGEN_TEST_RUSTC": self.rustc}
        self.can_load = call("bpftool", "prog", "list").returncode == 0 and Path(KERNEL_BTF).exists()
        self.values: dict[str, dict[tuple[str, str], object]] = {target: {} for target in TRIPLES}
        self.faults: list[str] = []
        self.expected = self.facts() if self.can_load else {}

    def facts(self) -> dict[int, int]:
        """What the kernel's BTF says."""
        btf = read_file(KERNEL_BTF)
        task = next(t for t in btf.types if t.kind == "STRUCT" and t.name == "task_struct")
        kinds = next(t for t in btf.types if t.kind == "ENUM" and t.name == "pid_type")
        pid = next(m.bit_offset // 8 for m in task.members if m.name == "pid")
        return {8: task.size, 9: dict(kinds.values)["PIDTYPE_SID"], 13: pid}

    def source(self, target: str) -> Path:
        """The program, with the bindings of a byte order beside it."""
        folder = self.work / target
        if not folder.exists():
            folder.mkdir()
            shutil.copy(HERE / f"{self.program}.rs", folder)
            result = call(self.arguments.hdrgen, "--header", HERE / "generated.h", "--target", TRIPLES[target], "--accessors", "core",
                          "-o", folder / "types.rs")
            if result.returncode != 0:
                raise ValueError(f"hdrgen: {result.stderr[:600]}")
        return folder / f"{self.program}.rs"

    def build(self, name: str, options: list[str]) -> Path | None:
        output = self.work / (name.replace(" ", "_") + ".o")
        environment = self.environment | ({"HDRGEN_TEST_LINK_O": "1"} if "opt-level=0" in options else {})
        result = call(self.rustc, "--edition", "2021", "--crate-type", "cdylib", "-C", "panic=abort", "-C", f"linker={HERE / 'bpf_link.py'}", *options,
                      "-o", output, self.source(name.split()[0]), env=environment)
        if result.returncode == 0:
            return output
        self.faults.append(f"{name}: rustc: {result.stderr.strip()[-600:]}")
        return None

    def check(self, name: str, raw: Path) -> None:
        linked = raw.with_suffix(".linked.o")
        result = call(self.arguments.hdrgen, "link", raw, "-o", linked)
        if result.returncode != 0 or result.stderr:
            self.faults.append(f"{name}: link: exit status {result.returncode}: {result.stderr.strip()}")
            return
        for word in (PLACEHOLDER, ".hdrgen.relo"):
            if word.encode() not in raw.read_bytes() or word.encode() in linked.read_bytes():
                self.faults.append(f"{name}: {word} is not just in the object that was not linked")
        target = name.split()[0]
        result = call(self.arguments.hdrgen, "check", linked, "--header", HERE / "matrix.h", "--target", TRIPLES[target], "-q", "--format", "json")
        if result.returncode == 2:
            self.faults.append(f"{name}: check: {result.stderr.strip()}")
            return
        found = json.loads(result.stdout)["objects"][0]["relocations"]
        for relocation in found:
            key = relocation["kind"], relocation["access"]
            value = relocation.get("value", relocation["result"])
            if self.values[target].setdefault(key, value) != value:
                self.faults.append(f"{name}: {key}: {value}, and {self.values[target][key]} in another build")
        words = f"{len(found)} relocations"
        if name == TOOLS_WITH and Path(KERNEL_BTF).exists():
            self.tools(name, linked)
            words += ", read by bpftool"
        if self.can_load and target == ("bpfel" if sys.byteorder == "little" else "bpfeb"):
            self.load(name, raw, linked)
            words += ", loaded and run"
        print(f"{self.program:9} {name:24} {words}", flush=True)

    def tools(self, name: str, linked: Path) -> None:
        minimal = [linked.with_suffix(".hdrgen.btf"), linked.with_suffix(".bpftool.btf")]
        for command in (["bpftool", "gen", "object", linked.with_suffix(".merged.o"), linked],
                        ["bpftool", "gen", "skeleton", linked, "name", "linked"],
                        ["bpftool", "gen", "min_core_btf", KERNEL_BTF, minimal[1], linked],
                        [self.arguments.hdrgen, "--btf", KERNEL_BTF, "--for", linked, "-q", "-o", minimal[0]]):
            result = call(*command)
            if result.returncode != 0 or any(word in result.stderr.lower() for word in ("error", "warning")):
                self.faults.append(f"{name}: {' '.join(map(str, command[:3]))}: exit status {result.returncode}: {result.stderr.strip()[:300]}")
                return
        ours, theirs = (set(btf_content.read(path).content()) - {LONG} for path in minimal)
        if ours != theirs or len(ours) < 3:
            self.faults.append(f"{name}: minimal BTF: only one has {sorted(ours ^ theirs)[:5]}")

    def load(self, name: str, raw: Path, linked: Path) -> None:
        out = call(self.arguments.run, raw)
        if out.returncode == 0 or PLACEHOLDER not in out.stdout:
            self.faults.append(f"{name}: it loads without being linked, or the reason does not name {PLACEHOLDER}")
        result = call(self.arguments.run, linked)
        lines = [line.split() for line in result.stdout.splitlines()]
        numbers = {int(words[1]): int(words[2]) for words in lines if words[:1] == ["out"]}
        if result.returncode != 0 or not numbers:
            errors = [line for line in result.stdout.splitlines() if "libbpf: " not in line or "failed" in line]
            self.faults.append(f"{name}: it does not load or run: " + "\n        ".join(errors[-8:]))
            return
        if "Error loading .BTF into kernel" in result.stdout:
            self.faults.append(f"{name}: the kernel refuses its BTF")
        (_, pid, parent, comm), = [words for words in lines if words[:1] == ["self"]]
        expected = {1: numbers[0], 12: numbers[0], 4: ord(comm[0]), 5: ord(comm[1]), 6: 0, 7: 0, 10: 0, 11: 0, 14: 7 + ord("x"), 15: int(self.program == "generated"),
                    **self.expected}
        if os.readlink("/proc/self/ns/pid") == FIRST_PID_NAMESPACE:
            expected |= {0: int(pid), 2: int(parent), 3: os.getppid()}
        for index, value in expected.items():
            if numbers[index] != value:
                self.faults.append(f"{name}: number {index} is {numbers[index]}, and {value} is right")

    def one(self, way: tuple[str, list[str]]) -> None:
        output = self.build(*way)
        if output is not None:
            self.check(way[0], output)

    def run(self) -> bool:
        for target in TRIPLES:
            self.source(target)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self.one, ways()))
        for target, values in self.values.items():
            print(f"{self.program} {target}: {len(values)} different accesses")
            if len(values) < 20:
                self.faults.append(f"{target}: too few accesses")
        for fault in self.faults:
            print(f"    {fault}")
        return not self.faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--run", required=True, help="the program core_run")
    parser.add_argument("--program", choices=PROGRAMS, help="only this one")
    parser.add_argument("--keep", type=Path, help="keep what is made in this directory")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            work = arguments.keep or Path(scratch)
            work.mkdir(parents=True, exist_ok=True)
            matrices = [Matrix(arguments, program, work / program) for program in PROGRAMS if arguments.program in (None, program)]
            fine = all([matrix.run() for matrix in matrices])
    except (OSError, ValueError, KeyError, StopIteration, subprocess.SubprocessError) as error:
        print(f"matrix.py: error: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if fine and not matrices[0].can_load:
        print("bpf() is not for us (not root?), or the kernel has no BTF: nothing was loaded")
        return 77
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
