#!/usr/bin/env python3
"""The layout matrix: proof that hdrgen's layouts are clang's own.

    layout_oracle.py --hdrgen BIN --clang CLANG --target TRIPLE CASE.h...
    layout_oracle.py --hdrgen BIN --clang CLANG --header linux/sched.h --flags-file FLAGS task_struct [--pointers follow]

For each header and target hdrgen writes its JSON once, and clang judges it three ways: C assertions made from the JSON
(c_asserts.py), clang's record dump (compare_dump.py), and, for case headers, the declarations in clang's AST (compare_ast.py).
Exit status: 0 all right, 1 something is wrong or nothing was checked, 2 usage.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from ast_names import Declared, parse_ast
from c_asserts import Assertions
from compare_ast import compare_names
from compare_dump import DumpComparison
from model import Model, ModelError, check_sound, read_model
from record_dump import DumpError, parse_dump
from report import Report
from tools import TARGETS, Job, ToolError, case_job, run_clang, run_clang_ast, run_hdrgen_json

TYPES_DIFFER = re.compile(r"__builtin_types_compatible_p\((.*)\)'")
ADDRESS_SPACE = re.compile(r"__attribute__\(\(address_space\(\d+\)\)\) ?")
WORKERS = 2
SHOWN = 12


def differ_by_address_space(error: str) -> bool:
    """JSON has no word for address spaces: two types that are written alike without them count as equal."""
    found = TYPES_DIFFER.search(error)
    if not found or not ADDRESS_SPACE.search(error):
        return False
    parts = ADDRESS_SPACE.sub("", found.group(1)).split(", ")
    middle = len(parts) // 2
    return len(parts) % 2 == 0 and parts[:middle] == parts[middle:]


def judge(model: Model, clang: str, job: Job, report: Report) -> None:
    """Everything clang has to say about one model."""
    check_sound(model, report)
    declared = Declared()
    if job.whole_header:
        declared = parse_ast(run_clang_ast(clang, job))
        compare_names(model, declared, report)
    asserts = Assertions(model, job.check_types)
    asserts.write_all()
    asserts.force(key for key, members in declared.records.items() if members is not None)
    text, errors = run_clang(clang, job, job.include_lines() + asserts.text(), ["-Xclang", "-fdump-record-layouts"])
    report.checks += asserts.checks
    report.wrong += [f"clang: {line}" for line in errors if not differ_by_address_space(line)]
    DumpComparison(model, parse_dump(text), report, job.check_types).run(job.whole_header)


def run_job(arguments: tuple[str, str, Job]) -> Report:
    hdrgen, clang, job = arguments
    report = Report()
    try:
        judge(read_model(run_hdrgen_json(hdrgen, job)), clang, job, report)
    except (ToolError, ModelError, DumpError) as error:
        report.fail(str(error))
    if report.checks == 0:
        report.fail("nothing was checked")
    report.wrong = [f"{job.target or '(flags)'}: {line}" for line in report.wrong]
    return report


def print_case(label: str, report: Report) -> None:
    print(f"{'ok   ' if report.passed() else 'WRONG'} {label}: {report.summary()}", flush=True)
    for line in report.wrong[:SHOWN]:
        print(f"      {line}")
    if len(report.wrong) > SHOWN:
        print(f"      ... and {len(report.wrong) - SHOWN} more")


def run_all(hdrgen: str, clang: str, jobs: list[Job]) -> Report:
    """Run the jobs, two at a time; jobs of one label stand together and share a line."""
    total = Report()
    with ProcessPoolExecutor(max_workers=WORKERS) as pool:
        results = pool.map(run_job, [(hdrgen, clang, job) for job in jobs], chunksize=2)
        line, label = Report(), ""
        for job, report in zip(jobs, results):
            if job.label != label and label:
                print_case(label, line)
                line = Report()
            label = job.label
            line.add(report)
            total.add(report)
        if label:
            print_case(label, line)
    return total


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Prove hdrgen's layouts with clang.")
    parser.add_argument("--hdrgen", required=True, help="the program under test")
    parser.add_argument("--clang", default="clang", help="the clang to compare with: of the same release as hdrgen's libclang")
    parser.add_argument("--target", action="append", help="target triple, repeatable (case headers: default is all six)")
    parser.add_argument("--header", action="append", default=[], help="a real header instead of case headers, repeatable")
    parser.add_argument("--flags-file", type=Path, help="clang flags for --header, one a line")
    parser.add_argument("--pointers", help="passed on to hdrgen, with --header")
    parser.add_argument("names", nargs="+", metavar="CASE.h|NAME", help="case headers, or with --header the types to select")
    return parser.parse_args()


def jobs_of(options: argparse.Namespace) -> list[Job]:
    if not options.header:
        return [case_job(Path(p), t) for p in options.names for t in options.target or TARGETS]
    flags = tuple(options.flags_file.read_text().splitlines()) if options.flags_file else ()
    more = ("--pointers", options.pointers) if options.pointers else ()
    return [
        Job(" ".join(options.header), tuple(options.header), tuple(options.names), flags, t, False, True, more)
        for t in options.target or [None]
    ]


def main() -> int:
    options = parse_arguments()
    start = time.monotonic()
    try:
        jobs = jobs_of(options)
    except (OSError, ToolError) as error:
        print(f"layout_oracle: {error}", file=sys.stderr)
        return 2
    total = run_all(options.hdrgen, options.clang, jobs)
    print(f"{total.summary()} ({len(jobs)} runs, {time.monotonic() - start:.1f} s)")
    return 0 if total.passed() else 1


if __name__ == "__main__":
    sys.exit(main())
