#!/usr/bin/env python3
"""`hdrgen check` on headers of both byte orders, with the compiler of the kernel's own architecture as the judge.

    byte_orders.py --hdrgen BIN --clang CLANG --fixtures DIR

For Debian's s390x and arm64 kernel headers: BTF of a few types is made of the headers, the programs in progs/ are compiled for BPF of
that byte order, and checked against that BTF. Then clang compiles the same headers for the architecture itself and says

    for a member or element   offsetof and sizeof
    for a bit-field           the bytes of an object in which it alone is set: loaded and shifted as the relocations have it, these
                              must give the value back
    for an enumerator         its value

An object of the other byte order must be refused.

Exit status: 0 all agree, 1 some differ, 2 anything wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "core_selftests")]
from compare import CLANGS  # noqa: E402
from elf_data import elf_variables  # noqa: E402

PROGRAMS = ("bits", "chains", "sock", "enums", "four")
HEADERS = ("linux/sched.h", "linux/sched/signal.h", "linux/mm_types.h", "linux/skbuff.h", "linux/tcp.h", "net/sock.h", "linux/bpf.h", "linux/workqueue.h")
TYPES = ("task_struct", "signal_struct", "mm_struct", "struct pid", "sock", "sk_buff", "tcp_sock", "pid_type", "bpf_map_type", "list_head",
         "atomic_t", "pid_t", "work_func_t")
VALUES = (1, -1, 0x5A5A5A5A5A5A5A5A)
BIT_KINDS = ("byte_offset", "byte_size", "lshift_u64", "rshift_u64", "signed")


def run(*command: str | Path) -> str:
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, errors="replace", timeout=300)
    if result.returncode != 0:
        raise RuntimeError(f"{command[0]}: exit status {result.returncode}: {result.stderr.strip()[:600]}")
    return result.stdout


@dataclass
class Tree:
    """Kernel headers of an architecture."""

    arch: str
    order: str  # struct's and bpf's: "big" or "little"
    headers: Path
    flags: list[str]

    def clang_target(self) -> str:
        return "bpfeb" if self.order == "big" else "bpfel"


def find_tree(arguments: argparse.Namespace, arch: str, order: str) -> Tree:
    text = run("bash", arguments.fixtures / "get-debian-kernel.sh", "--no-image", arch)
    words = dict(word.partition("=")[::2] for word in shlex.split(text))
    headers = Path(words["headers"])
    return Tree(arch, order, headers, run(arguments.hdrgen, "flags", "--kernel", headers).splitlines())


def member_path(access: str) -> tuple[str, str]:
    """`struct task_struct___x.comm[3]` -> struct task_struct, comm[3]"""
    type_name, _, path = access.partition(".")
    return re.sub(r"___\w+$", "", type_name), path


def truth(tree: Tree, arguments: argparse.Namespace, work: Path, accesses: list[str]) -> dict[str, bytes]:
    """What the architecture's own compiler says, as the bytes of variables."""
    lines = [f"#include <{header}>" for header in HEADERS]
    for i, access in enumerate(accesses):
        if "::" in access:
            lines.append(f"const unsigned long long value_{i} = {access.rpartition('::')[2]};")
            continue
        type_name, path = member_path(access)
        place = f"(({type_name} *)0)->{path}"
        lines.append(f"#ifdef BITS_{i}")
        lines += [f"const {type_name} image_{i}_{n} = {{.{path} = ({value}LL)}};" for n, value in enumerate(VALUES)]
        lines += ["#else", f"const unsigned long long offset_{i} = __builtin_offsetof({type_name}, {path});",
                  f"const unsigned long long size_{i} = sizeof({place});", "#endif"]
    source = work / f"truth_{tree.arch}.c"
    source.write_text("\n".join(lines) + "\n")
    bits = [f"-DBITS_{i}" for i, access in enumerate(accesses) if access in arguments.bit_fields]
    output = source.with_suffix(".o")
    run(arguments.clang, *tree.flags, "-w", *bits, "-c", source, "-o", output)
    return elf_variables(output.read_bytes())


def load(image: bytes, relocations: dict[str, int], order: str) -> int:
    """What the program would read."""
    offset, size = relocations["byte_offset"], relocations["byte_size"]
    value = int.from_bytes(image[offset : offset + size], order)
    value = value << relocations["lshift_u64"] & 0xFFFFFFFFFFFFFFFF
    if relocations["signed"] and value >> 63:
        value -= 1 << 64
    return value >> relocations["rshift_u64"]


def check_tree(arguments: argparse.Namespace, tree: Tree, work: Path) -> tuple[int, list[str]]:
    """The number of facts compared, and those that differ."""
    btf = work / f"{tree.arch}.btf"
    headers = [word for header in HEADERS for word in ("--header", header)]
    run(arguments.hdrgen, "--kernel", tree.headers, *headers, *TYPES, "-q", "-o", btf)
    found: dict[str, dict[str, int]] = {}
    objects = []
    for name in PROGRAMS:
        objects.append(work / f"{name}.{tree.arch}.o")
        run(arguments.bpf_clang, "-target", tree.clang_target(), "-g", "-O2", "-w", "-ffreestanding", "-idirafter", arguments.include, "-c",
            HERE / "progs" / f"{name}.bpf.c", "-o", objects[-1])
    report = json.loads(run(arguments.hdrgen, "check", *objects, "--btf", btf, "-q", "--format", "json"))
    for relocation in (r for o in report["objects"] for r in o["relocations"]):
        if relocation["kind"].startswith("type_") or relocation["kind"].endswith("_exists"):
            continue
        if relocation["result"] != "resolved":
            return 0, [f"{relocation['access']}: {relocation['result']}: {relocation.get('why')}"]
        found.setdefault(relocation["access"], {})[relocation["kind"]] = relocation["value"]
    accesses = sorted(found)
    arguments.bit_fields = {access for access in accesses if "lshift_u64" in found[access] and not access.endswith(".flags")}
    variables = truth(tree, arguments, work, accesses)
    faults, compared = [], 0
    for i, access in enumerate(accesses):
        mine = found[access]
        if access in arguments.bit_fields:
            width = 64 - mine["rshift_u64"]
            for n, value in enumerate(VALUES):
                compared += 1
                wanted = value & (1 << width) - 1
                if (read := load(variables[f"image_{i}_{n}"], mine, tree.order)) != wanted:
                    faults.append(f"{access}: {wanted:#x} is read as {read:#x} with {mine}")
            continue
        for kind, name in (("byte_offset", "offset"), ("byte_size", "size"), ("enumval_value", "value")):
            if kind in mine:
                compared += 1
                if (known := int.from_bytes(variables[f"{name}_{i}"], tree.order)) != mine[kind]:
                    faults.append(f"{access}: {kind} is {mine[kind]}, and clang says {known}")
    return compared, [f"{tree.arch}: {fault}" for fault in faults]


def check_refusal(arguments: argparse.Namespace, work: Path) -> list[str]:
    result = subprocess.run([arguments.hdrgen, "check", work / "four.arm64.o", "--btf", work / "s390x.btf"], capture_output=True, text=True)
    refused = result.returncode == 2 and "big-endian" in result.stderr
    return [] if refused else [f"an object of the other byte order: exit status {result.returncode}, {result.stderr.strip()}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--clang", required=True, help="for the kernel's headers")
    parser.add_argument("--fixtures", required=True, type=Path)
    arguments = parser.parse_args()
    arguments.bpf_clang = next((c for c in CLANGS if shutil.which(c)), "clang")
    triple = run("gcc", "-print-multiarch").strip() if shutil.which("gcc") else ""
    arguments.include = f"/usr/include/{triple}"
    faults: list[str] = []
    try:
        with tempfile.TemporaryDirectory() as scratch:
            work = Path(scratch)
            for arch, order in (("s390x", "big"), ("arm64", "little")):
                compared, wrong = check_tree(arguments, find_tree(arguments, arch, order), work)
                print(f"{arch}: {compared} facts, {len(wrong)} wrong, {len(arguments.bit_fields)} bit-fields")
                faults += wrong
                if compared < 30 or len(arguments.bit_fields) < 4:
                    faults.append(f"{arch}: too little was compared")
            faults += check_refusal(arguments, work)
    except (RuntimeError, OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
        print(f"byte_orders.py: error: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        print(f"    {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
