#!/usr/bin/env python3
"""What relocations cost in Rust: a chain of five reads, of which each may fail, against the same in C.

    cost.py --hdrgen BIN --load BIN [--keep DIR]

In C a read is bpf_core_read(), and an error is returned; in Rust it is a method, and `?`. (BPF_CORE_READ, which looks at no error, is shown
beside.) Counted are the instructions that run where every read succeeds, and, as root, those that the verifier processed when the program was loaded
with the running kernel's BTF. Rust may have one instruction, a `mov`, more for each read.

Exit status: 0 so it is, 1 Rust costs more, 2 anything wrong; 77 counted, but not loaded (no root, or no BTF).
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "oracle" / "core_selftests"), str(HERE.parent / "e2e"), str(HERE)]
from compare import CLANGS, ToolError, run  # noqa: E402
from guest import find_rustc  # noqa: E402
from parity import Interpreter, sections  # noqa: E402
import shutil  # noqa: E402

READS = 5
KERNEL_BTF = Path("/sys/kernel/btf/vmlinux")
TYPES = """struct task_struct { struct task_struct *real_parent, *group_leader; int tgid; };
"""
C = """#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
#include "local.h"
#pragma clang attribute pop
#include <bpf/bpf_core_read.h>
char _license[] SEC("license") = "GPL";
#define STEP(to, from, member) \\
    do { \\
        long error = bpf_core_read(&to, sizeof to, &from->member); \\
        if (error != 0) \\
            return error; \\
    } while (0)
static __always_inline long chain(struct task_struct *a)
{
    struct task_struct *b, *c, *d, *e;
    int tgid;
    STEP(b, a, real_parent);
    STEP(c, b, real_parent);
    STEP(d, c, group_leader);
    STEP(e, d, real_parent);
    STEP(tgid, e, tgid);
    return tgid;
}
SEC("raw_tp/sys_enter") long prog(void *context) { return chain((struct task_struct *)bpf_get_current_task()) != 7; }
"""
C_UNCHECKED = C[:C.index("#define STEP")] + """
SEC("raw_tp/sys_enter") long prog(void *context)
{
    struct task_struct *task = (struct task_struct *)bpf_get_current_task();
    return BPF_CORE_READ(task, real_parent, real_parent, group_leader, real_parent, tgid) != 7;
}
"""
RUST = """#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]
mod types;
use types::*;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
#[no_mangle]
#[link_section = "license"]
pub static LICENSE: [u8; 4] = *b"GPL\\0";
#[inline(always)]
fn chain(task: Kptr<task_struct>) -> Result<i32, i64> {
    task.real_parent()?.real_parent()?.group_leader()?.real_parent()?.tgid()
}
#[no_mangle]
#[link_section = "raw_tp/sys_enter"]
pub extern "C" fn prog(_: *const u64) -> i64 {
    let task = unsafe { core::mem::transmute::<usize, unsafe extern "C" fn() -> *const task_struct>(35)() };
    (match chain(Kptr::new(task)) {
        Ok(tgid) => tgid as i64,
        Err(error) => error,
    } != 7) as i64
}
"""


def build(options: argparse.Namespace, work: Path) -> dict[str, Path]:
    (work / "local.h").write_text(TYPES)
    result = {}
    for name, text in (("C", C), ("C, BPF_CORE_READ", C_UNCHECKED)):
        source = work / f"{len(result)}.c"
        source.write_text(text)
        result[name] = source.with_suffix(".o")
        run(options.clang, "-target", "bpf", "-mcpu=v3", "-g", "-O2", "-I/usr/include/x86_64-linux-gnu", "-I/usr/include/aarch64-linux-gnu",
            "-c", source, "-o", result[name])
    rustc = find_rustc("bpfel-unknown-none")
    (work / "prog.rs").write_text(RUST)
    run(options.hdrgen, "-q", "--header", work / "local.h", "--target", "bpfel", "--accessors", "core", "-o", work / "types.rs")
    result["Rust"] = work / "rust.o"
    made = subprocess.run([rustc, "--target", "bpfel-unknown-none", "--edition", "2021", "--crate-type", "cdylib", "-A", "warnings", "-g",
                           "-C", "opt-level=2", "-C", "target-cpu=v3", "-C", "panic=abort", "-C", f"linker={HERE / 'bpf_link.py'}",
                           "-o", result["Rust"], work / "prog.rs"], capture_output=True, text=True,
                          env=os.environ | {"RUSTC_BOOTSTRAP": "1", "HDRGEN_TEST_RUSTC": rustc})
    if made.returncode != 0:
        raise ToolError(made.stderr[:2000])
    run(options.hdrgen, "-q", "link", result["Rust"])
    return result


class Way(Interpreter):
    """The program with helpers that succeed, and memory that holds zeros: how many instructions run."""

    def run(self) -> int:
        count, at, registers = 0, 0, [0] * 11
        while count < 1000:
            code, pair, offset, number = self.insns[at]
            to, value = pair & 15, registers[pair >> 4] if code & 8 else number
            count, at = count + 1, at + 1
            if code == 0x95:
                return count
            if code & 7 == 1 or code == 0x85:
                registers[to if code & 7 == 1 else 0] = 0
            elif code & 7 in (5, 6):
                at += offset if self.JUMPS[code & 0xF0](registers[to], value) else 0
            elif code & 7 in (4, 7):
                registers[to] = self.ALU[code & 0xF0](registers[to], value & 0xFFFFFFFFFFFFFFFF) & 0xFFFFFFFFFFFFFFFF
            elif code & 7 not in (2, 3):
                raise ToolError(f"instruction {code:#x} is not known")
        raise ToolError("a program without an end")


def processed(load: str, program: Path) -> int | None:
    """Instructions that the verifier went through; None where it did not load."""
    text = subprocess.run([load, program, KERNEL_BTF, "4"], capture_output=True, text=True).stdout
    found = re.search(r"processed (\d+) insns", text)
    return int(found[1]) if found and "\nload 0" in text else None


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
            objects = build(options, work)
            counts = {name: Way(sections(path.read_bytes())["raw_tp/sys_enter"]).run() for name, path in objects.items()}
            verified = {name: processed(options.load, path) for name, path in objects.items()}
    except ToolError as error:
        print(f"cost.py: error: {error}", file=sys.stderr)
        return 2
    for name in objects:
        print(f"{name:18} {counts[name]} instructions run, {verified[name] or 'not'} processed by the verifier")
    fine = counts["Rust"] <= counts["C"] + READS
    if None in verified.values():
        print("not loaded")
        return 77 if fine else 1
    return 0 if fine and verified["Rust"] <= verified["C"] + READS else 1


if __name__ == "__main__":
    sys.exit(main())
