"""Assertions on generated C and Rust, from the raw BTF that they were generated from.

    btf_asserts.py BTF --c FILE.h --rust FILE.rs --work DIR [--clang CLANG] [--gcc GCC] [--rustc RUSTC]
                   [--bpf-rustc RUSTC] [--count-only]

btf_reader.py, which shares nothing with hdrgen, gives the sizes and offsets. For every named struct and union: its size,
and the offset of every member that is not a bit-field, those of anonymous members at their place in the outermost
record. In C they become _Static_asserts on sizeof and __builtin_offsetof; in Rust assertions on size_of! and offset_of!.
Compilers then say how many are wrong.

Left out, and counted: records whose tag another record or enum has (which of them a name means is hdrgen's choice); in Rust also members that are no field (bytes with a method, in packed records).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from btf_reader import Btf, Type, read_file

RECORD = ("STRUCT", "UNION")


@dataclass
class Check:
    record: Type
    member: str | None  # None = the size
    path: str  # in C
    expected: int


def members(btf: Btf, record: Type, base: int, prefix: list[int]) -> list[tuple[str, int, list[int]]]:
    """(name, byte offset, indices that lead there) of what can be named from the outermost record."""
    found = []
    for index, member in enumerate(record.members):
        offset = base + member.bit_offset
        if member.name:
            if not member.width and not old_style_bits(btf, member.type):
                assert offset % 8 == 0, (record, member)
                found.append((member.name, offset // 8, [*prefix, index]))
            continue
        inner = btf.types[btf.strip(member.type)]
        if inner.kind in RECORD:
            found += members(btf, inner, offset, [*prefix, index])
    return found


def old_style_bits(btf: Btf, type_id: int) -> bool:
    inner = btf.types[btf.strip(type_id)]
    return inner.kind == "INT" and (inner.bits != 8 * inner.size or inner.int_offset != 0)


def named_records(btf: Btf) -> tuple[list[Type], int]:
    named = [t for t in btf.types if t.kind in RECORD and t.name]
    tags = Counter(t.name for t in btf.types if t.kind in (*RECORD, "ENUM", "ENUM64") and t.name)
    unique = [t for t in named if tags[t.name] == 1]
    return unique, len(named) - len(unique)


# --- C ---


def c_file(btf: Btf, records: list[Type], header: Path) -> tuple[str, int]:
    lines = [f'#define HDRGEN_NO_ASSERTS\n#include "{header}"']
    for record in records:
        tag = f"{record.kind.lower()} {record.name}"
        lines.append(f'_Static_assert(sizeof({tag}) == {record.size}, "size of {tag}");')
        for name, offset, _ in members(btf, record, 0, []):
            lines.append(f'_Static_assert(__builtin_offsetof({tag}, {name}) == {offset}, "{tag}.{name}");')
    return "\n".join(lines) + "\n", len(lines) - 1


def judge_c(compiler: list[str], file: Path) -> tuple[int, int, str]:
    """Failed assertions, other errors, the first of them."""
    limit = ["-fmax-errors=0"] if "gcc" in compiler[0] else ["-ferror-limit=0"]
    run = subprocess.run([*compiler, "-w", "-fsyntax-only", *limit, str(file)], capture_output=True, text=True, check=False)
    errors = [line for line in run.stderr.splitlines() if " error: " in line]
    failed = [line for line in errors if "static assertion failed" in line or "static_assert failed" in line]
    others = [line for line in errors if line not in failed]
    if run.returncode != 0 and not errors:
        others = run.stderr.splitlines()[-1:] or ["failed"]
    return len(failed), len(others), (others or failed or [""])[0]


# --- Rust ---


@dataclass
class RustRecord:
    name: str
    fields: list[tuple[str, str]]  # name, type; padding and bit-field storage left out


def read_rust(text: str) -> tuple[dict[tuple[str, str], list[RustRecord]], dict[str, RustRecord]]:
    """hdrgen's records by C's (kind, tag), from the comment before each, and by their Rust name."""
    by_tag: dict[tuple[str, str], list[RustRecord]] = {}
    by_name: dict[str, RustRecord] = {}
    tag: tuple[str, str] | None = None
    current: RustRecord | None = None
    for line in text.splitlines():
        comment = re.match(r"/// (struct|union) (\w+|\(anonymous\)): ", line)
        if comment:
            tag = (comment[1].upper(), comment[2])
        start = re.match(r"pub (?:struct|union) ((?:r#)?\w+)\b", line)
        if start and tag:
            current = RustRecord(start[1], [])
            by_tag.setdefault(tag, []).append(current)
            by_name[current.name] = current
            tag = None
        elif line.startswith("}"):
            current = None
        field = re.match(r"    (?:pub )?((?:r#)?\w+): (.+),$", line)
        if field and current and not re.match(r"__pad\d|_align_\d|_bitfield_\d", field[1]):
            current.fields.append((field[1], field[2]))
    return by_tag, by_name


def rust_path(btf: Btf, record: Type, rust: RustRecord, indices: list[int], by_name: dict[str, RustRecord]) -> str | None:
    """`__anon_x.pid` for the indices of a member; None where a step is no field."""
    steps = []
    for index in indices:
        member = record.members[index]
        if member.name:
            raw = {name.removeprefix("r#"): name for name, _ in rust.fields}
            name = raw.get(member.name) or raw.get(member.name + "_")
            if name is None:
                return None
            return ".".join([*steps, name])
        unnamed = [i for i, m in enumerate(record.members) if not m.name and not m.width
                   and btf.types[btf.strip(m.type)].kind in RECORD]
        anonymous = [f for f in rust.fields if f[0].startswith("__anon_")]
        if len(unnamed) != len(anonymous):
            return None
        name, type_name = anonymous[unnamed.index(index)]
        if type_name not in by_name:
            return None
        steps.append(name)
        rust = by_name[type_name]
        record = btf.types[btf.strip(member.type)]
    return None


def rust_file(btf: Btf, records: list[Type], file: Path) -> tuple[str, int, int]:
    by_tag, by_name = read_rust(file.read_text())
    lines, skipped = [], 0
    for record in records:
        found = by_tag.get((record.kind, record.name), [])
        if len(found) != 1:
            skipped += 1
            continue
        rust = found[0]
        body = [f"assert!(size_of::<{rust.name}>() == {record.size});"]
        for name, offset, indices in members(btf, record, 0, []):
            path = rust_path(btf, record, rust, indices, by_name)
            if path is None:
                skipped += 1
            else:
                body.append(f"assert!(offset_of!({rust.name}, {path}) == {offset});")
        lines.append(body)
    text = ["#![no_std]", f'#[path = "{file}"] pub mod b;', "use b::*;", "use core::mem::{offset_of, size_of};"]
    text += ["const _: () = {\n" + "\n".join(body) + "\n};" for body in lines]
    return "\n".join(text) + "\n", sum(map(len, lines)), skipped


def judge_rust(rustc: str, target: str | None, file: Path, work: Path) -> tuple[int, str]:
    run = subprocess.run([rustc, "--edition", "2021", "--crate-type", "rlib", "--emit", "metadata", "-D", "warnings",
                          "-o", str(work / "asserts.rmeta"), *(["--target", target] if target else []), str(file)],
                         capture_output=True, text=True, check=False)
    errors = [line for line in run.stderr.splitlines() if line.startswith("error")]
    if run.returncode != 0 and not errors:
        errors = ["rustc failed"]
    return len(errors), (errors or [""])[0]


# --- the run ---


def main() -> int:
    parser = argparse.ArgumentParser(description="Hold generated C and Rust against raw BTF.")
    parser.add_argument("btf")
    parser.add_argument("--c", type=Path)
    parser.add_argument("--rust", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--compiler", action="append", default=[], help="of C, with its options, repeatable")
    parser.add_argument("--rustc", action="append", default=[], help="RUSTC or RUSTC:TARGET, repeatable")
    parser.add_argument("--count-only", action="store_true", help="print what is wrong, but do not fail for it")
    options = parser.parse_args()

    btf = read_file(options.btf)
    records, namesakes = named_records(btf)
    print(f"{len(records)} named records ({namesakes} namesakes left out)")
    wrong = checks = 0
    if options.c:
        text, count = c_file(btf, records, options.c.resolve())
        file = options.work / "asserts.c"
        file.write_text(text)
        for command in options.compiler:
            failed, others, first = judge_c(command.split(), file)
            print(f"C, {command}: {count} assertions, {failed} failed, {others} other errors {first}")
            wrong, checks = wrong + failed + others, checks + count
    if options.rust:
        text, count, skipped = rust_file(btf, records, options.rust.resolve())
        file = options.work / "asserts.rs"
        file.write_text(text)
        for spec in options.rustc:
            rustc, _, target = spec.partition(":")
            failed, first = judge_rust(rustc, target or None, file, options.work)
            print(f"Rust, {spec}: {count} assertions, {skipped} without a field, {failed} errors {first}")
            wrong, checks = wrong + failed + (skipped > count // 50), checks + count
    print(f"{checks} checks, {wrong} wrong")
    return 1 if (wrong and not options.count_only) or not checks else 0


if __name__ == "__main__":
    sys.exit(main())
