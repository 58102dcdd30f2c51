#!/usr/bin/env python3
"""Arrays of arrays: which program resolves on which BTF, libbpf being the judge.

    arrays.py --hdrgen BIN --load BIN [--keep DIR]

Programs that read `m[1][2]` of a struct with `int m[2][3]` and of one with `row m[2]`, `typedef int row[3]`:

    c-nested    C, with the definition of the header
    c-flat      C, with that of a vmlinux.h: `int m[6]`
    rust        of `--accessors core`, linked

BTF of the same header, laid out otherwise:

    pahole      of gcc's DWARF, as a kernel's own is made
    flat        hdrgen's, `--arrays flat`, which it is of --kernel
    nested      hdrgen's, `--arrays nested`, which it is of --header, as clang's is

What libbpf puts in must be the offset, or the instruction poisoned, as RESOLVES says; and `hdrgen check` must say the same, against the
BTF and against the headers with the same --arrays. Without root libbpf cannot load, and only `check` is asked: exit status 77.

Exit status: 0 all so, 1 something is not, 2 anything wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / "e2e"), str(HERE.parent / "core_selftests")]
from compare import CLANGS, ToolError, run  # noqa: E402
from guest import find_rustc  # noqa: E402
from load_log import Log  # noqa: E402
import shutil  # noqa: E402

TARGET = """typedef int row[3];
struct plain { long before; int m[2][3]; };
struct by_typedef { long before, more; row m[2]; };
struct plain *a; struct by_typedef *b;
"""
OFFSETS = {"plain": 8 + 4 * 5, "by_typedef": 16 + 4 * 5}
# clang's relocation ends where the typedef does, at m[1]; the rest is a constant.
UP_TO_TYPEDEF = 16 + 4 * 3
# By program and BTF: resolves or not. A typedef is no step of its own, so a typedef of an array is an array like any other.
RESOLVES = {("c-nested", "nested"): True, ("c-nested", "flat"): False, ("c-nested", "pahole"): False,
            ("c-flat", "nested"): False, ("c-flat", "flat"): True, ("c-flat", "pahole"): True,
            ("rust", "nested"): False, ("rust", "flat"): True, ("rust", "pahole"): True}
C = """#define SEC(name) __attribute__((section(name), used))
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
typedef int row[3];
%s
#pragma clang attribute pop
SEC("raw_tp/a") unsigned long plain(struct plain *p) { return (unsigned long)__builtin_preserve_access_index(&p->m%s); }
SEC("raw_tp/b") unsigned long by_typedef(struct by_typedef *p) { return (unsigned long)__builtin_preserve_access_index(&p->m%s); }
char _license[] SEC("license") = "GPL";
"""
RUST = """#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]
mod types;
use types::*;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
#[no_mangle]
#[link_section = "raw_tp/a"]
pub extern "C" fn plain(p: *const types::plain) -> u64 { Kptr::new(p).m_nth::<5>().as_ptr() as u64 }
#[no_mangle]
#[link_section = "raw_tp/b"]
pub extern "C" fn by_typedef(p: *const types::by_typedef) -> u64 { Kptr::new(p).m_nth::<5>().as_ptr() as u64 }
#[no_mangle]
#[link_section = "license"]
pub static LICENSE: [u8; 4] = *b"GPL\\0";
"""


def programs(hdrgen: str, clang: str, work: Path) -> dict[str, Path]:
    local = {"c-nested": ("struct plain { int m[2][3]; }; struct by_typedef { row m[2]; };", "[1][2]"),
             "c-flat": ("struct plain { int m[6]; }; struct by_typedef { int m[6]; };", "[5]")}
    result = {}
    for name, (types, element) in local.items():
        source = work / f"{name}.c"
        source.write_text(C % (types, element, element))
        result[name] = work / f"{name}.o"
        run(clang, "-target", "bpf", "-g", "-O2", "-c", source, "-o", result[name])
    rustc = find_rustc("bpfel-unknown-none")
    (work / "local.h").write_text("typedef int row[3];\nstruct plain { int m[2][3]; };\nstruct by_typedef { row m[2]; };\n")
    (work / "program.rs").write_text(RUST)
    run(hdrgen, "-q", "--header", work / "local.h", "--target", "bpfel", "--accessors", "core", "-o", work / "types.rs")
    result["rust"] = work / "rust.o"
    made = subprocess.run([rustc, "--target", "bpfel-unknown-none", "--edition", "2021", "--crate-type", "cdylib", "-A", "warnings",
                           "-C", "opt-level=2", "-C", "panic=abort", "-C", f"linker={ROOT / 'rust_core' / 'bpf_link.py'}",
                           "-o", result["rust"], work / "program.rs"], capture_output=True, text=True,
                          env=os.environ | {"RUSTC_BOOTSTRAP": "1", "HDRGEN_TEST_RUSTC": rustc})
    if made.returncode != 0:
        raise ToolError(made.stderr[:2000])
    run(hdrgen, "-q", "link", result["rust"])
    return result


def targets(hdrgen: str, work: Path) -> dict[str, tuple[Path, list[str]]]:
    """By name: the BTF, and the source that `hdrgen check` is to find the same in."""
    header = work / "target.h"
    header.write_text(TARGET)
    (work / "target.c").write_text(TARGET)
    run("gcc", "-g", "-c", work / "target.c", "-o", work / "target.o")
    run("pahole", "-J", work / "target.o")
    run("objcopy", "--dump-section", f".BTF={work / 'pahole.btf'}", work / "target.o")
    result = {"pahole": (work / "pahole.btf", ["--btf", str(work / "pahole.btf")])}
    for form in ("flat", "nested"):
        source = ["--header", str(header), "--target", "x86_64-linux-gnu", "--arrays", form]
        run(hdrgen, "-q", *source, "-o", work / f"{form}.btf")
        result[form] = work / f"{form}.btf", source
    return result


def by_hdrgen(hdrgen: str, program: Path, source: list[str]) -> dict[str, dict]:
    made = subprocess.run([hdrgen, "check", program, *source, "-q", "--format", "json"], capture_output=True, text=True)
    if made.returncode not in (0, 1):
        raise ToolError(f"hdrgen check {program.name}: {made.stderr[:600]}")
    return {finding["program"]: finding for finding in json.loads(made.stdout)["objects"][0]["relocations"]}


def judge(options: argparse.Namespace, objects: dict[str, Path], kinds: dict[str, tuple[Path, list[str]]]) -> int:
    can_load = subprocess.run(["bpftool", "prog", "list"], capture_output=True).returncode == 0
    faults = 0
    for (program, target), resolves in RESOLVES.items():
        btf, source = kinds[target]
        log = Log(run(options.load, objects[program], btf)) if can_load else None
        findings = by_hdrgen(options.hdrgen, objects[program], source)
        found = {}
        for name, offset in OFFSETS.items():
            if (program, name) == ("c-nested", "by_typedef"):
                offset = UP_TO_TYPEDEF
            ours = findings[name].get("value") if findings[name]["result"] == "resolved" else "poison"
            theirs = log.outcome(name, 0, findings[name]["insn"]) if log else ours
            found[name] = f"libbpf {theirs if log else 'not asked'}, hdrgen {ours}"
            if (ours, theirs) != ((offset, offset) if resolves else ("poison", "poison")):
                faults += 1
                found[name] = "WRONG: " + found[name]
        print(f"{program:9} on {target:7} {'; '.join(f'{name}: {words}' for name, words in found.items())}")
    if faults == 0 and not can_load:
        print("bpf() is not for us: libbpf was not asked")
        return 77
    return 0 if faults == 0 else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--load", required=True, help="the program core_load")
    parser.add_argument("--clang", default=next((c for c in CLANGS if shutil.which(c)), "clang"))
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            work = options.keep or Path(scratch)
            work.mkdir(parents=True, exist_ok=True)
            return judge(options, programs(options.hdrgen, options.clang, work), targets(options.hdrgen, work))
    except ToolError as error:
        print(f"arrays.py: error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
