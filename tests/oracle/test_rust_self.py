#!/usr/bin/env python3
"""The Rust oracle must be able to fail: break right bindings one edit at a time and demand a report each time.

    test_rust_self.py --clang clang --rustc rustc

self/rust.rs is written by hand for self/rust.h. It has no assertions of its own, so every report here is the oracle's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from report import Report
from rust_oracle import Tools, judge_pieces, prepare
from test_self import HERE
from tools import ToolError, case_job

SAMPLE = HERE / "self" / "rust.h"
# What the edit breaks, the text, its replacement, and what the report must say.
EDITS = (
    ("member offset", "pub a: i8,\n    pub b", "pub a: i64,\n    pub b", "struct plain.b: byte offset"),
    ("size", "pub c: [plain__c; 2]", "pub c: [plain__c; 4]", "struct plain: size"),
    ("alignment", "#[repr(C)]\npub struct plain {", "#[repr(C, packed(2))]\npub struct plain {", "struct plain: alignment"),
    ("union size", "part: [u8; 6]", "part: [u8; 9]", "union either: size"),
    ("members swapped", "pub x: i8,\n    pub y: i64,", "pub y: i64,\n    pub x: i8,", "struct ends.x: byte offset"),
    ("nested offset", "pub z: i32", "pub pad: i32,\n    pub z: i32", "struct ends.named.z: byte offset"),
    ("field missing", "    pub b: i32,\n", "    pub other: i32,\n", "struct plain.b: neither a field nor a method"),
    ("record missing", "pub union either", "pub union neither", "union either: no Rust type"),
    ("a warning", "pub struct plain {", "struct plain {", "rust.rs"),
    ("no Rust", "pub whole: i32,", "pub whole: unknown,", "error"),
    ("getter missing", "pub fn high(", "pub fn hihg(", "struct bits.high: no accessor"),
    ("getter's shift", "<< 20 >> 23", "<< 21 >> 24", "accessor image: Rust 'struct bits.high"),
    ("getter's sign", "as i32) << 20 >> 23", "as i32) >> 3 & 0x1ff", "accessor image: Rust 'struct bits.high"),
    ("setter's mask", "!0xff8;", "!0x7f8;", "accessor image: Rust 'struct bits.high"),
    ("setter's neighbours", "& !0x7 |", "& !0xf |", "accessor image: Rust 'struct bits.low"),
    ("setter's value", "(value & 0x7)", "(value & 0x3)", "accessor image: Rust 'struct bits.low"),
)


def judge(tools: Tools, text: str) -> list[str]:
    report = Report()
    with tempfile.TemporaryDirectory(prefix="rust_oracle_") as folder:
        bindings = Path(folder) / "rust.rs"
        bindings.write_text(text)
        try:
            piece = prepare(tools, case_job(SAMPLE, "x86_64-linux-gnu"), bindings, report)
            judge_pieces(tools, [piece], Path(folder))
        except ToolError as error:
            report.fail(str(error))
    return report.wrong if report.checks else ["nothing was checked"]


def main() -> int:
    parser = argparse.ArgumentParser(description="Show that the Rust oracle can fail.")
    parser.add_argument("--clang", default="clang")
    parser.add_argument("--rustc", default="rustc")
    options = parser.parse_args()
    tools = Tools("", options.clang, options.rustc, None, True)
    right = SAMPLE.with_suffix(".rs").read_text()
    faults = [f"right bindings are reported: {line}" for line in judge(tools, right)]
    for what, old, new, wanted in EDITS:
        if right.count(old) != 1:
            faults.append(f"{what}: the edit does not fit self/rust.rs")
            continue
        wrong = judge(tools, right.replace(old, new))
        if not any(wanted in line for line in wrong):
            faults.append(f"not seen: {what}; reported: {wrong[:3]}")
    for fault in faults:
        print(f"WRONG {fault}")
    print(f"{len(EDITS)} edits, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
