#!/usr/bin/env python3
"""The full circle: header -> model, and header -> C -> model, give the same layouts, and compilers confirm the C on the way.

    circle.py --hdrgen BIN --clang CLANG [--gcc GCC] [--target TRIPLE] CASE.h...
    circle.py --hdrgen BIN --clang CLANG --header linux/sched.h --flags-file FLAGS [--pointers follow] task_struct
    circle.py --hdrgen BIN --clang CLANG --btf vmlinux --target x86_64-linux-gnu '*'

For each header and target (or BTF file; then --target says how to read its C): hdrgen writes JSON and C; the C, which asserts
its sizes and offsets, is compiled without warnings by clang for the target, by clang for BPF where pointers are 8 bytes, and
by gcc for x86; hdrgen reads the C back, and each record, enum and typedef of the first JSON must be in the second: size,
alignment, members, offsets, widths, types, enumerators.

What C cannot hold, and so is not compared: _Atomic, qualifiers of a prototype's result, names of padding, where a type without
a tag was given one; an opaque type is compared by its size only.
Exit status: 0 all right, 1 something is wrong or nothing was checked, 2 usage.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from model import RECORDS, Member, Model, ModelError, Ref, Type, read_model
from report import Report
from tools import TARGETS, Job, ToolError, case_job, run, run_hdrgen_json, hdrgen_command

MADE_UP = "hdrgen_"
WORKERS = 2
SHOWN = 25
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c")


def is_made_up(name: str | None) -> bool:
    return name is None or name.startswith(MADE_UP)


def essential(name: str | None) -> str:
    """Without the number that tells namesakes apart."""
    return re.sub(r"___[0-9]+$", "", name or "")


class Circle:
    """Compares two models, type by type."""

    def __init__(self, before: Model, after: Model, report: Report) -> None:
        self.before, self.after, self.report = before, after, report
        self.by_name = {(t.kind, t.name): t for t in after.types.values() if t.name}
        self.known: set[tuple[int, int]] = set()
        names = [(t.kind, t.name) for t in before.types.values() if t.name and t.complete]
        self.namesakes = {name: count for name, count in Counter(names).items() if count > 1}

    def run(self) -> None:
        for t in self.before.types.values():
            if not t.name or t.kind not in (*RECORDS, "enum", "typedef") or not t.complete or t.name == "__builtin_va_list":
                continue
            other = self.by_name.get((t.kind, t.name))
            if other is None or (t.kind, t.name) in self.namesakes:
                self.one_of_namesakes(t)
            else:
                self.same(t, other)

    def same(self, t: Type, other: Type) -> None:
        if t.kind == "typedef":
            self.same_use(t.title(), t.ref, other.ref)
        else:
            self.same_type(t.title(), t, other)

    def one_of_namesakes(self, t: Type) -> None:
        """Types that share a name (BTF; or a struct and an enum) are `name`, `name___2` ... in an order the JSON does not tell."""
        total, known = self.report, self.known
        for other in self.by_name.values():
            if other.kind != t.kind or essential(other.name) != t.name:
                continue
            self.report, self.known = Report(), set()
            self.same(t, other)
            found, self.report, self.known = self.report, total, known
            if found.passed():
                total.add(found)
                return
        total.fail(f"{t.title()}: none of that name is like it")

    def same_type(self, what: str, a: Type, b: Type) -> None:
        """The inside of two records or enums."""
        if not b.complete and a.complete:
            self.report.fail(f"{what}: not defined any more")
            return
        self.report.equal(f"{what}: size", a.size, b.size)
        if a.align is not None:
            self.report.equal(f"{what}: alignment", a.align, b.align)
        if a.kind == "enum":
            self.report.equal(f"{what}: signed", a.signed, b.signed)
            values = [(essential(name), value) for name, value in b.values if not name.startswith(MADE_UP)]
            self.report.equal(f"{what}: values", [(essential(name), value) for name, value in a.values], values)
            return
        self.report.records += 1
        real = [m for m in b.members if not (m.name or "").startswith(MADE_UP)]
        if not self.report.equal(f"{what}: members", [m.name for m in a.members], [m.name for m in real]):
            return
        for m, n in zip(a.members, real):
            self.same_member(f"{what}, {m.name or 'member without a name'}", m, n)

    def same_member(self, what: str, m: Member, n: Member) -> None:
        self.report.members += 1
        self.report.equal(f"{what}: place", (m.bit_offset, m.bit_size, m.bitfield), (n.bit_offset, n.bit_size, n.bitfield))
        self.same_use(what, m.ref, n.ref)

    def skip(self, model: Model, type_id: int) -> Type | None:
        type_id = model.strip_typedefs(type_id)
        return model.types[type_id] if type_id else None

    def same_use(self, what: str, a: Ref, b: Ref) -> None:
        """Two uses of types, typedefs looked through; what has a tag is compared elsewhere, once."""
        if (a.id, b.id) in self.known:
            return
        self.known.add((a.id, b.id))
        s, t = self.skip(self.before, a.id), self.skip(self.after, b.id)
        if s is None or t is None:
            self.report.check(s is t, f"{what}: void")
            return
        if s.kind == "opaque":
            return
        if s.kind == "float" and t.kind == "struct":  # not every compiler has it
            self.report.equal(f"{what}: size of {s.name}", s.size, t.size)
            return
        if not self.report.equal(f"{what}: kind", s.kind, t.kind):
            return
        if s.kind in (*RECORDS, "enum"):
            self.same_tagged(what, s, t)
        elif s.kind in ("pointer", "array"):
            self.report.equal(f"{what}: count", s.count, t.count)
            self.same_use(f"{what} ->", s.ref, t.ref)
        elif s.kind == "function":
            self.same_use(f"{what}()", s.ref, t.ref)
            if self.report.equal(f"{what}: parameters", len(s.params), len(t.params)):
                for i, (p, q) in enumerate(zip(s.params, t.params)):
                    self.same_use(f"{what}({i})", p, q)
        else:
            words = [sorted((u.name or "").split()) for u in (s, t)]
            words = [[w for w in u if w != "int" or u == ["int"]] for u in words]
            words = [["int"] if not u else u for u in words]
            self.report.equal(f"{what}: arithmetic type", (words[0], s.size, s.signed), (words[1], t.size, t.signed))

    def same_tagged(self, what: str, s: Type, t: Type) -> None:
        if is_made_up(s.name) and is_made_up(t.name):
            self.same_type(what, s, t)
        else:
            self.report.equal(f"{what}: tag", essential(s.name), essential(t.name))


def compilers(model: Model, options: argparse.Namespace, target: str | None) -> list[list[str]]:
    """The compilers that must accept the C."""
    triple = target or ""
    commands = [[options.clang, *([f"--target={target}"] if target else [])]]
    if model.pointer_size == 8:
        commands.append([options.clang, "-target", "bpf" if model.endian == "little" else "bpfeb"])
    if options.gcc and triple.startswith(("x86_64", "i386")):
        commands.append([options.gcc, "-m64" if model.pointer_size == 8 else "-m32"])
    return commands


def compile_all(path: Path, model: Model, options: argparse.Namespace, target: str | None, report: Report) -> None:
    for command in compilers(model, options, target):
        result = run([*command, "-std=gnu11", *WARNINGS, "-"], f'#include "{path}"\n')
        first = next((line for line in result.stderr.splitlines() if "error" in line), result.stderr[:200])
        report.check(result.returncode == 0, f"{' '.join(command)}: {first}")


def command_of(options: argparse.Namespace, job: Job, output: list[str]) -> list[str]:
    if options.btf:
        return [options.hdrgen, "--btf", options.btf, *job.names, *output, *job.hdrgen_options]
    return hdrgen_command(options.hdrgen, job, output)


def checked(command: list[str]) -> str:
    result = run(command)
    if result.returncode != 0:
        raise ToolError(f"{' '.join(command[:4])}: {result.stderr.strip()[:2000]}")
    return result.stdout


def go_round(options: argparse.Namespace, job: Job) -> Report:
    report = Report()
    try:
        before = read_model(checked(command_of(options, job, ["--emit", "json"])))
        target = job.target or next((f.split("=", 1)[1] for f in job.flags if f.startswith("--target=")), None)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.h"
            checked(command_of(options, job, ["--emit", "c", "-o", str(path)]))
            compile_all(path, before, options, target, report)
            flags = tuple(f for f in job.flags if f in ("-funsigned-char", "-fsigned-char", "-mlong-double-64"))
            back = replace(job, headers=(str(path),), names=("*",), flags=flags, target=target, hdrgen_options=())
            after = read_model(run_hdrgen_json(options.hdrgen, back))
        Circle(before, after, report).run()
    except (ToolError, ModelError) as error:
        report.fail(str(error))
    report.wrong = [f"{job.target or '(flags)'}: {line}" for line in report.wrong]
    return report


def run_all(options: argparse.Namespace, jobs: list[Job]) -> Report:
    total = Report()
    with ProcessPoolExecutor(max_workers=WORKERS) as pool:
        for job, report in zip(jobs, pool.map(go_round, [options] * len(jobs), jobs)):
            if not report.passed() or options.verbose:
                print(f"{'ok   ' if report.passed() else 'WRONG'} {job.label}: {report.summary()}", flush=True)
            for line in report.wrong[:SHOWN]:
                print(f"      {line}")
            if len(report.wrong) > SHOWN:
                print(f"      ... and {len(report.wrong) - SHOWN} more")
            total.add(report)
    return total


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Header to C and back: the same layouts.")
    parser.add_argument("--hdrgen", required=True, help="the program under test")
    parser.add_argument("--clang", default="clang", help="compiles the C, for every target and for BPF")
    parser.add_argument("--gcc", help="compiles the C too, for x86")
    parser.add_argument("--target", action="append", help="target triple, repeatable (case headers: default is all six)")
    parser.add_argument("--header", action="append", default=[], help="a real header instead of case headers, repeatable")
    parser.add_argument("--btf", help="a BTF file instead of case headers")
    parser.add_argument("--flags-file", type=Path, help="clang flags for --header, one a line")
    parser.add_argument("--pointers", help="passed on to hdrgen, with --header")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for each run, not only for those that fail")
    parser.add_argument("names", nargs="+", metavar="CASE.h|NAME", help="case headers, or with --header the types to select")
    return parser.parse_args()


def jobs_of(options: argparse.Namespace) -> list[Job]:
    if not options.header and not options.btf:
        return [case_job(Path(p), t) for p in options.names for t in options.target or TARGETS]
    flags = tuple(options.flags_file.read_text().splitlines()) if options.flags_file else ()
    more = ("--pointers", options.pointers) if options.pointers else ()
    names = tuple(options.names)
    label = options.btf or " ".join(options.header)
    return [Job(label, tuple(options.header), names, flags, t, False, True, more) for t in options.target or [None]]


def main() -> int:
    options = parse_arguments()
    start = time.monotonic()
    try:
        jobs = jobs_of(options)
    except (OSError, ToolError) as error:
        print(f"circle: {error}", file=sys.stderr)
        return 2
    total = run_all(options, jobs)
    print(f"{total.summary()} ({len(jobs)} runs, {time.monotonic() - start:.1f} s)")
    return 0 if total.passed() else 1


if __name__ == "__main__":
    sys.exit(main())
