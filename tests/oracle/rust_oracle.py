#!/usr/bin/env python3
"""hdrgen's Rust compiles cleanly and has clang's layouts, on the host and for BPF.

    rust_oracle.py --hdrgen BIN --clang CLANG [--target TRIPLE]... CASE.h...

For each case and target: hdrgen writes its bindings; a second file with assertions is made from clang's record dump alone
(clang_layout.py), so that hdrgen's own assertions are not the only judge. Those of all cases of a target are the modules of
one `#![no_std]` crate, compiled with `-D warnings`, for the host and for bpfel- or bpfeb-unknown-none, whichever has the byte
order of the C target: a rustc for each case would take most of the time. An error is its case's by the file it stands in.
With --bits the bit-field accessors are run as well (bits_image.py for every target, bits_run.py for x86-64).
Exit status as layout_oracle.py.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bits_image import compare_images
from bits_run import Piece, compare_runs
from clang_layout import ClangRecord, Leaf, clang_records
from layout_oracle import WORKERS, print_case
from report import Report
from rust_paths import field_path, has_getter, rust_name
from rust_text import RustText, parse_rust
from tools import BIG_ENDIAN, TARGETS, Job, ToolError, case_job, hdrgen_command, run

RUN_TARGET = "x86_64-linux-gnu"
ERROR = re.compile(r"^[^\s].*\berror(?:\[E\d+\])?: .*$", re.M)


@dataclass(frozen=True)
class Tools:
    hdrgen: str
    clang: str
    rustc: str
    bpf_rustc: str | None
    bits: bool


class Expectations:
    """Rust assertions for clang's records."""

    def __init__(self, rust: RustText, report: Report) -> None:
        self.rust = rust
        self.report = report
        self.lines: list[str] = []

    def expect(self, condition: str, message: str) -> None:
        self.lines.append(f'const _: () = assert!({condition}, "oracle: {message}");')

    def record(self, record: ClangRecord) -> None:
        name = rust_name(record)
        known = self.rust.resolve(name) in self.rust.kinds
        if not self.report.check(known, f"{record.c_name()}: no Rust type {name}"):
            return
        self.report.records += 1
        self.expect(f"core::mem::size_of::<b::{name}>() == {record.node.size}", f"{record.c_name()}: size")
        self.expect(f"core::mem::align_of::<b::{name}>() == {record.node.align}", f"{record.c_name()}: alignment")
        for leaf in record.leaves():
            if leaf.path[-1] and leaf.node.bit_size is None:
                self.member(record, leaf)
            elif leaf.path[-1]:
                self.bit_field(record, leaf)

    def member(self, record: ClangRecord, leaf: Leaf) -> None:
        self.report.members += 1
        where = f"{record.c_name()}.{leaf.c_path()}"
        path = field_path(self.rust, record, leaf)
        if path:
            offset = leaf.node.bit_offset // 8
            places = " + ".join(f"core::mem::offset_of!(b::{holder}, {fields})" for holder, fields in path)
            self.expect(f"{places} == {offset}", f"{where}: byte offset {offset}")
        else:
            self.report.check(has_getter(self.rust, record, leaf), f"{where}: neither a field nor a method")

    def bit_field(self, record: ClangRecord, leaf: Leaf) -> None:
        self.report.members += 1
        found = has_getter(self.rust, record, leaf)
        self.report.check(found, f"{record.c_name()}.{leaf.c_path()}: no accessor in {rust_name(record)}")


def compile_crate(rustc: str, target: str | None, pieces: list[Piece], folder: Path) -> None:
    """One library crate: the bindings as they are, and the assertions beside them."""
    lines = ["#![no_std]"]
    for number, piece in enumerate(pieces):
        lines.append(f'#[path = "{piece.bindings}"]\npub mod case_{number};')
        head = f"use super::case_{number} as b;\n"
        checks = piece.bindings.with_suffix(".oracle.rs")
        checks.write_text(head + "\n".join(piece.checks) + "\n")
        lines.append(f'#[allow(unused_imports, dead_code)]\n#[path = "{checks}"]\nmod oracle_{number};')
    crate = folder / "crate.rs"
    crate.write_text("\n".join(lines) + "\n")
    command = [rustc, "--edition", "2021", "--crate-type", "rlib", "--emit", "metadata", "-D", "warnings"]
    command += ["--error-format", "short", "-o", str(folder / "crate.rmeta")]
    command += ["--target", target] if target else []
    result = run([*command, str(crate)])
    place = target or "host"
    errors = [line for line in ERROR.findall(result.stderr) if "aborting due to" not in line]
    first = pieces[0].report
    first.check(result.returncode == 0 or bool(errors), f"{place}: rustc: {result.stderr.strip()[:500]}")
    for line in errors:
        piece = next((p for p in pieces if line.startswith(f"{p.bindings.with_suffix('')}.")), pieces[0])
        piece.report.wrong.append(f"{place}: {line.removeprefix(f'{folder}/')}")
    for piece in pieces:
        piece.report.checks += len(piece.checks)


def prepare(tools: Tools, job: Job, bindings: Path, report: Report) -> Piece:
    """What clang says of the case, and what the bindings have to say."""
    rust = parse_rust(bindings.read_text())
    piece = Piece(job, bindings, clang_records(tools.clang, job), rust, report)
    expectations = Expectations(rust, report)
    for record in piece.records:
        expectations.record(record)
    piece.checks = expectations.lines
    return piece


def judge_pieces(tools: Tools, pieces: list[Piece], folder: Path) -> None:
    """Bindings for one target."""
    compile_crate(tools.rustc, None, pieces, folder)
    target = pieces[0].job.target or ""
    if tools.bpf_rustc:
        name = "bpfeb-unknown-none" if target.startswith(BIG_ENDIAN) else "bpfel-unknown-none"
        compile_crate(tools.bpf_rustc, name, pieces, folder)
    if tools.bits:
        compare_images(tools.clang, tools.rustc, pieces, folder)
    if tools.bits and target == RUN_TARGET:
        compare_runs(tools.clang, tools.rustc, pieces, folder)


def run_target(arguments: tuple[Tools, list[Job]]) -> list[Report]:
    """The jobs of one target; a report for each."""
    tools, jobs = arguments
    reports = [Report() for _ in jobs]
    pieces = []
    with tempfile.TemporaryDirectory(prefix="rust_oracle_") as folder:
        for job, report in zip(jobs, reports):
            bindings = Path(folder) / f"{Path(job.headers[0]).stem}.rs"
            try:
                result = run(hdrgen_command(tools.hdrgen, job, ["-o", str(bindings)]))
                if result.returncode != 0:
                    raise ToolError(f"hdrgen: exit status {result.returncode}: {result.stderr.strip()[:500]}")
                pieces.append(prepare(tools, job, bindings, report))
            except (ToolError, OSError, ValueError) as error:
                report.fail(str(error))
        try:
            if pieces:
                judge_pieces(tools, pieces, Path(folder))
        except (ToolError, OSError, ValueError) as error:
            reports[0].fail(str(error))
    for job, report in zip(jobs, reports):
        if report.checks == 0:
            report.fail("nothing was checked")
        report.wrong = [f"{job.target}: {line}" for line in report.wrong]
    return reports


def bpf_compiler(candidates: list[str]) -> str | None:
    """The first rustc that has core for BPF."""
    for rustc in candidates:
        try:
            root = run([rustc, "--print", "sysroot"]).stdout.strip()
        except ToolError:
            continue
        if (Path(root) / "lib" / "rustlib" / "bpfel-unknown-none").is_dir():
            return rustc
    return None


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Prove hdrgen's Rust bindings with clang and rustc.")
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--clang", default="clang")
    parser.add_argument("--rustc", default="rustc", help="the compiler for the host")
    parser.add_argument("--bpf-rustc", help="a rustc with core for bpfel-unknown-none (default: found), or 'none'")
    parser.add_argument("--target", action="append", help="repeatable; default is all six")
    parser.add_argument("--bits", action="store_true", help="run the bit-field accessors too, on a 64-bit little-endian host")
    parser.add_argument("cases", nargs="+", metavar="CASE.h")
    return parser.parse_args()


def main() -> int:
    options = parse_arguments()
    start = time.monotonic()
    bpf = options.bpf_rustc or bpf_compiler([options.rustc, "/usr/bin/rustc"])
    if bpf is None:
        print("rust_oracle: no rustc has core for bpfel-unknown-none; give --bpf-rustc, or 'none' to go without", file=sys.stderr)
        return 2
    tools = Tools(options.hdrgen, options.clang, options.rustc, None if bpf == "none" else bpf, options.bits)
    try:
        targets = [[case_job(Path(p), t) for p in options.cases] for t in options.target or TARGETS]
    except (OSError, ToolError) as error:
        print(f"rust_oracle: {error}", file=sys.stderr)
        return 2
    total = Report()
    with ProcessPoolExecutor(max_workers=WORKERS) as pool:
        reports = list(pool.map(run_target, [(tools, jobs) for jobs in targets]))
    for number, job in enumerate(targets[0]):
        line = Report()
        for of_target in reports:
            line.add(of_target[number])
        print_case(job.label, line)
        total.add(line)
    jobs = len(targets) * len(targets[0])
    print(f"{total.summary()} ({jobs} runs, {time.monotonic() - start:.1f} s)")
    return 0 if total.passed() else 1


if __name__ == "__main__":
    sys.exit(main())
