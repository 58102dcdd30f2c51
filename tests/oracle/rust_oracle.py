#!/usr/bin/env python3
"""hdrgen's Rust compiles cleanly and has clang's layouts, on the host and for BPF.

    rust_oracle.py --hdrgen BIN --clang CLANG [--target TRIPLE]... CASE.h...

For each case and target: hdrgen writes NAME.rs; a second file with assertions is made from clang's record dump alone
(clang_layout.py), so that hdrgen's own assertions are not the only judge; both are compiled as one `#![no_std]` crate with
`-D warnings`, for the host and for bpfel- or bpfeb-unknown-none, whichever has the byte order of the C target.
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
from bits_run import compare_runs
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
        self.report.checks += 1
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


def compile_crate(rustc: str, target: str | None, bindings: Path, checks: list[str], report: Report) -> None:
    """One library crate: the bindings as they are, and the assertions beside them."""
    folder = bindings.parent
    crate = folder / f"{bindings.stem}_lib.rs"
    crate.write_text(
        f'#![no_std]\n#[path = "{bindings.name}"]\npub mod bindings;\n'
        "#[allow(unused_imports, dead_code)]\nmod oracle {\n    use super::bindings as b;\n    " + "\n    ".join(checks) + "\n}\n"
    )
    command = [rustc, "--edition", "2021", "--crate-type", "rlib", "--emit", "metadata", "-D", "warnings"]
    command += ["--error-format", "short", "-o", str(folder / f"{bindings.stem}.rmeta")]
    command += ["--target", target] if target else []
    result = run([*command, str(crate)])
    place = target or "host"
    errors = ERROR.findall(result.stderr)
    errors = [line for line in errors if "aborting due to" not in line]
    report.check(result.returncode == 0 or bool(errors), f"{place}: rustc: {result.stderr.strip()[:500]}")
    report.wrong += [f"{place}: {line.removeprefix(str(folder) + '/')}" for line in errors]


def check_job(tools: Tools, job: Job, folder: Path, report: Report) -> None:
    """Let hdrgen write the bindings, then judge them."""
    bindings = folder / f"{Path(job.headers[0]).stem}.rs"
    result = run(hdrgen_command(tools.hdrgen, job, ["-o", str(bindings)]))
    if result.returncode != 0:
        raise ToolError(f"hdrgen: exit status {result.returncode}: {result.stderr.strip()[:500]}")
    judge_bindings(tools, job, bindings, report)


def judge_bindings(tools: Tools, job: Job, bindings: Path, report: Report) -> None:
    rust = parse_rust(bindings.read_text())
    records = clang_records(tools.clang, job)
    expectations = Expectations(rust, report)
    for record in records:
        expectations.record(record)
    compile_crate(tools.rustc, None, bindings, expectations.lines, report)
    if tools.bpf_rustc:
        big = (job.target or "").startswith(BIG_ENDIAN)
        target = "bpfeb-unknown-none" if big else "bpfel-unknown-none"
        report.checks += len(expectations.lines)
        compile_crate(tools.bpf_rustc, target, bindings, expectations.lines, report)
    if tools.bits:
        compare_images(tools.clang, tools.rustc, job, bindings, records, rust, report)
    if tools.bits and job.target == RUN_TARGET:
        compare_runs(tools.clang, tools.rustc, job, bindings, records, rust, report)


def run_job(arguments: tuple[Tools, Job]) -> Report:
    tools, job = arguments
    report = Report()
    try:
        with tempfile.TemporaryDirectory(prefix="rust_oracle_") as folder:
            check_job(tools, job, Path(folder), report)
    except (ToolError, OSError, ValueError) as error:
        report.fail(str(error))
    if report.checks == 0:
        report.fail("nothing was checked")
    report.wrong = [f"{job.target}: {line}" for line in report.wrong]
    return report


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
        jobs = [case_job(Path(p), t) for p in options.cases for t in options.target or TARGETS]
    except (OSError, ToolError) as error:
        print(f"rust_oracle: {error}", file=sys.stderr)
        return 2
    total = Report()
    with ProcessPoolExecutor(max_workers=WORKERS) as pool:
        line, label = Report(), ""
        for job, report in zip(jobs, pool.map(run_job, [(tools, job) for job in jobs])):
            if job.label != label and label:
                print_case(label, line)
                line = Report()
            label = job.label
            line.add(report)
            total.add(report)
        print_case(label, line)
    print(f"{total.summary()} ({len(jobs)} runs, {time.monotonic() - start:.1f} s)")
    return 0 if total.passed() else 1


if __name__ == "__main__":
    sys.exit(main())
