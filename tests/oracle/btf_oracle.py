#!/usr/bin/env python3
"""The BTF that hdrgen writes, judged by everything on this machine that reads BTF.

    btf_oracle.py --hdrgen BIN [--target TRIPLE] CASE.h...
    btf_oracle.py --hdrgen BIN --header linux/sched.h --flags-file FLAGS task_struct [--pointers follow]

For each header and target hdrgen writes its JSON, raw BTF and BTF in an ELF object. Then

* a reader of the tests' own (btf_content.py) compares the BTF with the JSON, type by type: a type has the same number in both;
* the ELF object's .BTF must hold the same bytes;
* `bpftool btf dump` (raw, and as C) and `pahole -F btf` must read both files;
* as root, the kernel's own verifier must accept what is for a machine like this one (BPF_BTF_LOAD).

A kernel wants things of a BTF it loads that C does not want of a type; those of its refusals are counted and shown, not failed:
see EXPECTED. Exit status: 0 all right, 1 something is wrong or nothing was checked, 2 usage.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import platform
import re
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from btf_content import Btf, BtfError, Type as BtfType, read
from model import Model, ModelError, Ref, Type, read_model
from report import Report
from tools import TARGETS, Job, ToolError, case_job, hdrgen_command, run, run_hdrgen_json

WORKERS = 2
SHOWN = 25
SYSCALL = {"x86_64": 321, "aarch64": 280, "s390x": 351, "ppc64le": 361, "riscv64": 280}
BPF_BTF_LOAD = 18
QUALIFIERS = ("const", "volatile", "restrict")

# What the kernel says to types that C allows (kernel/bpf/btf.c).
EXPECTED = {
    "Member is not properly aligned": "a packed float: the kernel wants 8-byte alignment",
}


# --- BPF_BTF_LOAD ---


def load_into_kernel(data: bytes) -> str | None:
    """None when the kernel accepts the BTF, else the end of its log."""
    blob = ctypes.create_string_buffer(data, len(data))
    log = ctypes.create_string_buffer(1 << 24)
    libc = ctypes.CDLL(None, use_errno=True)
    for level in (0, 1):  # the log holds every type, and one that does not fit into it is an error too
        address, size = (ctypes.addressof(log), len(log)) if level else (0, 0)
        attributes = struct.pack("=QQIII", ctypes.addressof(blob), address, len(data), size, level)
        buffer = ctypes.create_string_buffer(attributes, 64)
        descriptor = libc.syscall(SYSCALL[platform.machine()], BPF_BTF_LOAD, buffer, len(attributes))
        error = ctypes.get_errno()
        if descriptor >= 0:
            os.close(descriptor)
            return None
    return f"{os.strerror(error)}: " + " / ".join(log.value.decode(errors="replace").strip().splitlines()[-2:])


def can_load() -> str | None:
    """Why this machine cannot load BTF, or None."""
    if os.geteuid() != 0:
        return "not root"
    return None if platform.machine() in SYSCALL else f"no system call number known for {platform.machine()}"


def is_like_this_machine(btf: Btf, model: Model) -> bool:
    return (btf.order == "<") == (sys.byteorder == "little") and model.pointer_size == ctypes.sizeof(ctypes.c_void_p)


# --- BTF against JSON ---


class Comparison:
    """One BTF against the JSON of the same selection; type N of the one is type N of the other."""

    def __init__(self, model: Model, btf: Btf, report: Report) -> None:
        self.model, self.btf, self.report = model, btf, report

    def equal(self, t: Type, what: str, btf: object, json: object) -> None:
        self.report.check(btf == json, f"{t.title()}: {what}: BTF {btf}, JSON {json}")

    def ref(self, t: Type, what: str, number: int, ref: Ref) -> None:
        quals = set()
        while self.btf.types[number].kind in (*QUALIFIERS, "type_tag"):
            quals.add(self.btf.types[number].kind)
            number = self.btf.types[number].third
        self.equal(t, what, (number, quals - {"type_tag"}), (ref.id, set(ref.quals) - {"atomic"}))

    def bytes(self, t: Type, b: BtfType) -> None:
        element = self.btf.types[b.words[0]]
        size = b.words[2] if t.size is None else t.size  # model.py keeps no size of opaque types
        self.equal(t, "bytes", (element.name, b.words[2]), ("unsigned char", size))

    def int(self, t: Type, b: BtfType) -> None:
        encoding = 4 if t.kind == "bool" else int(self.model.char_signed if t.kind == "char" else t.signed)
        self.equal(t, "int", (b.name, b.third, b.words[0]), (t.name, t.size, encoding << 24 | 8 * (t.size or 0)))

    def array(self, t: Type, b: BtfType) -> None:
        if t.flavour == "vector" and b.words[0] != t.ref.id:
            self.bytes(t, b)
            return
        self.ref(t, "element", b.words[0], t.ref)
        if t.flavour != "vector":
            self.equal(t, "count", b.words[2], t.count)

    def record(self, t: Type, b: BtfType) -> None:
        self.equal(t, "record", (b.kind, b.name, b.third, b.vlen), (t.kind, t.name or "", t.size, len(t.members)))
        self.equal(t, "kind flag", b.kflag, int(any(m.bitfield for m in t.members)))
        for index, member in enumerate(t.members[: b.vlen]):
            name, to, place = b.words[3 * index : 3 * index + 3]
            offset, width = (place & 0xFFFFFF, place >> 24) if b.kflag else (place, 0)
            want = (member.name or "", member.bit_offset, member.bit_size if member.bitfield else 0)
            self.equal(t, f"member {index}", (self.btf.string(name), offset, width), want)
            self.ref(t, f"member {index}'s type", to, member.ref)

    def enum(self, t: Type, b: BtfType) -> None:
        self.equal(t, "name", b.name, t.name or "")
        each = 3 if b.kind == "enum64" else 2
        wide = any(not (-(1 << 31) if t.signed else 0) <= v < (1 << 31 if t.signed else 1 << 32) for _, v in t.values)
        self.equal(t, "kind", b.kind, "enum64" if wide else "enum")
        values = []
        for at in range(0, len(b.words), each):
            value = b.words[at + 1] | (b.words[at + 2] << 32 if each == 3 else 0)
            bits = 64 if each == 3 else 32
            values.append((self.btf.string(b.words[at]), value - (1 << bits) if b.kflag and value >> (bits - 1) else value))
        if t.complete:
            self.equal(t, "enum", (b.third, b.kflag, values), (t.size, int(t.signed), t.values))

    def function(self, t: Type, b: BtfType) -> None:
        self.equal(t, "parameters", b.vlen, len(t.params) + t.variadic)
        for index, param in enumerate(t.params[: b.vlen]):
            self.ref(t, f"parameter {index}", b.words[2 * index + 1], param)
        if self.model.strip_typedefs(t.ref.id):
            self.ref(t, "result", b.third, t.ref)

    def type(self, t: Type, b: BtfType) -> None:
        if t.kind == "opaque" or (t.kind == "float" and b.kind != "float"):
            self.equal(t, "kind", b.kind, "array")
            self.bytes(t, b)
        elif t.kind in ("bool", "int", "char"):
            self.equal(t, "kind", b.kind, "int")
            self.int(t, b)
        elif t.kind == "float":
            self.equal(t, "float", (b.name, b.third), (t.name, t.size))
        elif t.kind == "array":
            self.equal(t, "kind", b.kind, "array")
            self.array(t, b)
        elif t.kind in ("struct", "union"):
            if t.complete:
                self.record(t, b)
            else:
                self.equal(t, "declaration", (b.kind, b.name, b.kflag), ("fwd", t.name, int(t.kind == "union")))
        elif t.kind == "enum":
            self.enum(t, b)
        elif t.kind == "function":
            self.equal(t, "kind", b.kind, "func_proto")
            self.function(t, b)
        else:
            self.equal(t, "kind and name", (b.kind, b.name), ("ptr" if t.kind == "pointer" else "typedef", t.name or ""))
            self.ref(t, "target", b.third, t.ref)

    def run(self) -> None:
        for number, t in sorted(self.model.types.items()):
            if self.report.check(number < len(self.btf.types), f"{t.title()}: not in the BTF"):
                self.type(t, self.btf.types[number])
            self.report.records += t.kind in ("struct", "union")
            self.report.members += len(t.members)
        longs = [b.third for b in self.btf.types if b.kind == "int" and b.name in ("long", "long int", "unsigned long", "long unsigned int")]
        self.report.check(bool(longs) and set(longs) == {self.model.pointer_size}, f"no 'long' of the pointers' size: {longs}")


# --- readers ---


def read_with_tools(raw: Path, elf: Path, report: Report) -> None:
    dump = ["bpftool", "btf", "dump", "file"]
    for command in ([*dump, raw], [*dump, raw, "format", "c"], [*dump, elf], ["pahole", "-F", "btf", raw], ["pahole", "-F", "btf", elf]):
        result = run([str(word) for word in command])
        # pahole 1.24 does not know tags and enum64, and says so
        faults = [line for line in result.stderr.splitlines() if not re.match(r"BTF: idx: \d+, Unknown kind 1[789]", line)]
        ok = result.returncode == 0 and not faults
        words = " ".join(Path(word).name for word in command)
        report.check(ok, f"{words}: exit status {result.returncode}: {' '.join(faults)[:300]}")


def elf_section(data: bytes, wanted: str) -> bytes:
    """The bytes of a section of an ELF file, of either class and byte order."""
    wide, order = data[4] == 2, "<" if data[5] == 1 else ">"
    (table,) = struct.unpack_from(order + ("Q" if wide else "I"), data, 40 if wide else 32)
    size, count, names_index = struct.unpack_from(order + "HHH", data, 58 if wide else 46)
    layout = order + ("IIQQQQ" if wide else "IIIIII")
    sections = [struct.unpack_from(layout, data, table + i * size) for i in range(count)]
    names = sections[names_index][4]
    for section in sections:
        start = names + section[0]
        if data[start : data.index(0, start)].decode() == wanted:
            return data[section[4] : section[4] + section[5]]
    raise ToolError(f"no section {wanted} in the ELF object")


@dataclass
class Outcome:
    report: Report = field(default_factory=Report)
    loaded: int = 0
    refused: list[str] = field(default_factory=list)  # as EXPECTED has it


def judge(hdrgen: str, job: Job, work: Path, outcome: Outcome) -> None:
    model = read_model(run_hdrgen_json(hdrgen, job))
    raw, elf = work / "types.btf", work / "types.elf"
    for path, more in ((raw, []), (elf, ["--elf"])):
        result = run(hdrgen_command(hdrgen, job, ["--emit", "btf", "-o", str(path), *more]))
        if result.returncode != 0:
            raise ToolError(f"hdrgen: exit status {result.returncode}: {result.stderr.strip()[:1000]}")
    report = outcome.report
    btf = read(raw)
    report.check((btf.order == "<") == (model.endian == "little"), "byte order")
    Comparison(model, btf, report).run()
    report.check(elf_section(elf.read_bytes(), ".BTF") == raw.read_bytes(), "the ELF object holds other BTF")
    read_with_tools(raw, elf, report)
    if can_load() is None and is_like_this_machine(btf, model):
        log = load_into_kernel(raw.read_bytes())
        known = next((why for text, why in EXPECTED.items() if log and text in log), None)
        if known:
            outcome.refused.append(f"{job.label}: {known}: {log}")
        elif report.check(log is None, f"BPF_BTF_LOAD: {log}"):
            outcome.loaded += 1


def run_job(arguments: tuple[str, Job]) -> Outcome:
    hdrgen, job = arguments
    outcome = Outcome()
    try:
        with tempfile.TemporaryDirectory() as work:
            judge(hdrgen, job, Path(work), outcome)
    except (ToolError, ModelError, BtfError, subprocess.SubprocessError) as error:
        outcome.report.fail(str(error))
    outcome.report.wrong = [f"{job.label}: {job.target or '(flags)'}: {line}" for line in outcome.report.wrong]
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(description="Judge hdrgen's BTF with every reader of BTF there is.")
    parser.add_argument("--hdrgen", required=True, help="the program under test")
    parser.add_argument("--target", action="append", help="target triple, repeatable (case headers: default is all six)")
    parser.add_argument("--header", action="append", default=[], help="a real header instead of case headers, repeatable")
    parser.add_argument("--flags-file", type=Path, help="clang flags for --header, one a line")
    parser.add_argument("--pointers", help="passed on to hdrgen, with --header")
    parser.add_argument("names", nargs="+", metavar="CASE.h|NAME", help="case headers, or with --header the types to select")
    options = parser.parse_args()
    try:
        if options.header:
            flags = tuple(options.flags_file.read_text().splitlines()) if options.flags_file else ()
            more = ("--pointers", options.pointers) if options.pointers else ()
            jobs = [
                Job(" ".join(options.header), tuple(options.header), tuple(options.names), flags, t, False, True, more)
                for t in options.target or [None]
            ]
        else:
            jobs = [case_job(Path(p), t) for p in options.names for t in options.target or TARGETS]
    except (OSError, ToolError) as error:
        print(f"btf_oracle: {error}", file=sys.stderr)
        return 2
    total = Outcome()
    with ProcessPoolExecutor(max_workers=WORKERS) as pool:
        for outcome in pool.map(run_job, [(options.hdrgen, job) for job in jobs]):
            total.report.add(outcome.report)
            total.loaded += outcome.loaded
            total.refused += outcome.refused
    for line in total.report.wrong[:SHOWN]:
        print(f"WRONG {line}")
    for line in total.refused:
        print(f"expected refusal: {line}")
    why = can_load()
    print(f"SKIPPED: BPF_BTF_LOAD: {why}" if why else f"BPF_BTF_LOAD: {total.loaded} loaded, {len(total.refused)} expected refusals")
    print(f"{total.report.summary()} ({len(jobs)} runs)")
    return 0 if total.report.passed() else 1


if __name__ == "__main__":
    sys.exit(main())
