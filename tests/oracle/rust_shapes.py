#!/usr/bin/env python3
"""The Rust of each style compiles without a warning, reads what C reads, and is plain BPF code.

    rust_shapes.py --hdrgen BIN --clang CLANG CASE.h...

1. Each case in each set of options compiles with `-D warnings`, for the host and for bpfel.
2. A struct that a C program filled is read by the getters of --accessors probe-read, with a function in the place of
   the helper; C prints each member too, bit-fields and members of anonymous records among them.
3. A BPF program that reads through each preset has, optimised, calls of helper 113 and no other: no memcpy, no panic.
4. Enums in the styles newtype and rust give and take the values of C.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

STYLES = {
    "module": ["--enum-style", "module", "--module", "type"],
    "newtype": ["--enum-style", "newtype", "--derive", "Debug,Default,PartialEq,Eq,Hash,PartialOrd,Ord"],
    "rust": ["--enum-style", "rust", "--derive", "none"],
    "probe": ["--accessors", "probe-read", "--derive", "Default"],
    "probe newtype": ["--accessors", "probe-read", "--enum-style", "newtype"],
    "probe module": ["--accessors", "probe-read", "--enum-style", "module", "--module", "bindings"],
    "probe rust": ["--accessors", "probe-read", "--enum-style", "rust"],
    "core newtype": ["--accessors", "core", "--enum-style", "newtype"],
    "core module": ["--accessors", "core", "--enum-style", "module", "--module", "bindings", "--derive", "Default"],
}

# Cases with one of these in their first line are compiled as they are.
OWN_STYLE = re.compile("--(enum-style|derive|module|accessors|macros|fields)")

LIBRARY = """#![no_std]
#![allow(unused_features)]
#![cfg_attr(target_arch = "bpf", feature(asm_experimental_arch))]
#[path = "case.rs"] pub mod case;
/// Plain function in the place of the helper.
pub unsafe fn copy(_to: *mut core::ffi::c_void, _size: u32, _from: *const core::ffi::c_void) -> i64 { -14 }
"""
# As in aya-ebpf 0.1 and 0.2.
AYA = """#![no_std]
pub use core::ffi as cty;
pub mod helpers {
    pub unsafe fn bpf_probe_read_kernel<T>(_source: *const T) -> Result<T, ERROR> { Err(-14) }
    pub unsafe fn bpf_probe_read_kernel_buf(_source: *const u8, _to: &mut [u8]) -> Result<(), ERROR> { Err(-14) }
}
"""
AYA_ERRORS = ("core::ffi::c_long", "i32")

# Members to read, and how C prints them.
HEADER = """
enum color { RED, GREEN = 5, ALSO_GREEN = 5, NEGATIVE = -1 };
enum tiny { T0, T1, T2 };
struct inner { short first; unsigned char second; };
struct all {
    signed char a; unsigned short b; long long c; _Bool yes, no;
    unsigned int f1 : 3; int f2 : 7; unsigned int f3 : 22; enum tiny f4 : 2; _Bool f5 : 1; enum color f6 : 4;
    unsigned long long f7 : 60;
    union { int pid; struct { unsigned short lo, hi; unsigned int g : 5; }; };
    char comm[16]; struct inner in; enum color color; void *pointer;
    struct __attribute__((packed)) { char p1; unsigned long long f8 : 63; int p2; };
    long tail[];
};
"""
NUMBERS = ("a b c yes no f1 f2 f3 f4 f5 f6 f7 pid lo hi g color pointer p1 f8 p2").split()
C_MAIN = r"""
#include <stdio.h>
#include <string.h>
#include "all.h"
int main(void)
{
    union { struct all all; unsigned char bytes[sizeof(struct all) + 16]; } u;
    for (unsigned i = 0; i < sizeof u.bytes; i++)
        u.bytes[i] = (unsigned char)(i * 193 + 77 + (i >> 2) * 31);
    u.all.yes = 1; u.all.no = 0; u.all.color = GREEN; u.all.f6 = NEGATIVE; u.all.f4 = T2;
    FILE *file = fopen("bytes", "wb");
    fwrite(u.bytes, 1, sizeof u.bytes, file);
    fclose(file);
%s
    for (int i = 0; i < 16; i++) printf("comm %%d\n", (int)(signed char)u.all.comm[i]);
    printf("in %%d %%d\n", u.all.in.first, u.all.in.second);
    printf("typed %%d %%d %%d\n", u.all.in.first, u.all.comm[3], u.all.comm[15]);
    printf("addr %%zu %%zu %%zu\n", __builtin_offsetof(struct all, comm), __builtin_offsetof(struct all, hi),
           __builtin_offsetof(struct all, tail));
    return 0;
}
"""
RUST_MAIN = r"""
#[path = "all.rs"] mod types;
use types::*;
pub unsafe fn copy(to: *mut core::ffi::c_void, size: u32, from: *const core::ffi::c_void) -> i64 {
    if (from as usize) < 4096 { return -14; }
    core::ptr::copy_nonoverlapping(from.cast::<u8>(), to.cast::<u8>(), size as usize);
    0
}
fn main() {
    let bytes = std::fs::read("bytes").unwrap();
    // One more, so that nothing is aligned by luck.
    let mut moved = vec![0u8; 1];
    moved.extend_from_slice(&bytes);
    let p = unsafe { moved.as_ptr().add(1) }.cast::<all>();
    unsafe {
%s
        for c in all::read_comm(p).unwrap() { println!("comm {}", c); }
        let i = all::read_in(p).unwrap();
        println!("in {} {}", i.first, i.second);
        let typed = Kptr::from(p);
        println!("typed {} {} {}", typed.r#in().first().unwrap(), typed.comm_at(3).get().unwrap(), typed.comm_nth::<15>().get().unwrap());
        println!("addr {} {} {}", all::addr_of_comm(p) as usize - p as usize, all::addr_of_hi(p) as usize - p as usize,
                 all::addr_of_tail(p) as usize - p as usize);
        assert_eq!(all::read_a(core::ptr::null()), Err(-14));
        assert_eq!(all::read_f2(core::ptr::null()), Err(-14));
        assert_eq!(inner::read_first(all::addr_of_in(p)).unwrap(), i.first);
%s
    }
}
"""
ENUM_CHECKS = {
    "consts": "assert_eq!(all::read_color(p).unwrap(), GREEN);",
    "module": "assert_eq!(all::read_color(p).unwrap(), color::GREEN);",
    "newtype": "assert_eq!(all::read_color(p).unwrap(), color::GREEN); let mut x = core::ptr::read_unaligned(p);"
               "x.set_f4(tiny::T1); assert_eq!(x.f4(), tiny::T1); assert_eq!(x.f6(), color::NEGATIVE);"
               "x.set_f6(color::RED); assert_eq!(x.f6(), color(0));",
    "rust": "assert_eq!(color::from_raw(all::read_color(p).unwrap()), Some(color::GREEN));"
            "assert_eq!(color::ALSO_GREEN, color::GREEN); assert_eq!(color::from_raw(77), None);"
            "assert_eq!(color::NEGATIVE as i32, -1); assert_eq!(tiny::from_raw(2), Some(tiny::T2));",
}
# Not numbers by themselves in that style.
WRAPPED = {"newtype": {"color", "f4", "f6"}}

BPF = r"""
#![no_std]
#[path = "all.rs"] mod types;
use types::*;
#[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }
#[no_mangle] pub unsafe extern "C" fn prog(p: *const all) -> i64 {
    let read = || -> Result<i64, i64> {
        let mut sum = all::read_c(p)?;
        sum += all::read_f2(p)? as i64 + all::read_f7(p)? as i64 + all::read_f8(p)? as i64 + all::read_hi(p)? as i64;
        sum += all::read_yes(p)? as i64 + all::read_g(p)? as i64 + inner::read_second(all::addr_of_in(p))? as i64;
        let comm = all::read_comm(p)?;
        sum += comm[0] as i64 + comm[15] as i64 + all::read_in(p)?.first as i64;
        Ok(sum)
    };
    match read() { Ok(sum) => sum, Err(error) => error }
}
"""


def run(command: list[str], **options: object) -> str:
    environment = os.environ | ({"RUSTC_BOOTSTRAP": "1"} if "--target" in command else {})  # asm! for BPF
    made = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **options)  # type: ignore[call-overload]
    if made.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{made.stderr[:4000]}")
    return made.stdout


def bpf_rustc() -> str:
    """The rustc that has core for BPF."""
    for rustc in ("rustc", "/usr/bin/rustc"):
        try:
            folder = run([rustc, "--print", "target-libdir", "--target", "bpfel-unknown-none"]).strip()
        except (RuntimeError, OSError):
            continue
        if list(Path(folder).glob("libcore-*.rlib")):
            return rustc
    sys.exit("rust_shapes.py: no rustc compiles for bpfel-unknown-none; run cmake/install-packages.sh tests")


def styles_of(case: Path) -> dict[str, list[str]]:
    return {"as it is": []} if OWN_STYLE.search(case.read_text().splitlines()[0]) else STYLES


def compile_case(hdrgen: str, bpf: str, case: Path, options: list[str], folder: str) -> None:
    first = case.read_text().splitlines()[0]
    own = shlex.split(first.removeprefix("// hdrgen: ")) if first.startswith("// hdrgen: ") else []
    flags = ["--", *first.removeprefix("// flags:").split()] if first.startswith("// flags:") else []
    at = own.index("--") if "--" in own else len(own)
    run([hdrgen, "--header", str(case), *own[:at], *options, "-q", "-o", f"{folder}/case.rs", *own[at:], *flags],
        cwd=case.parent)
    Path(folder, "lib.rs").write_text(LIBRARY)
    big = "big-endian" in Path(folder, "case.rs").read_text()
    targets = [["rustc"], [bpf, "--target", "bpfeb-unknown-none" if big else "bpfel-unknown-none"]]
    for command in targets:
        command += ["--edition", "2021", "--crate-type", "rlib", "--emit", "metadata", "-D", "warnings"]
        uses_aya = "::aya_ebpf" in Path(folder, "case.rs").read_text()
        for error in AYA_ERRORS if uses_aya else [""]:
            aya = f"{folder}/libaya_ebpf.rmeta"
            if uses_aya:
                Path(folder, "aya_ebpf.rs").write_text(AYA.replace("ERROR", error))
                run([*command, "-o", aya, f"{folder}/aya_ebpf.rs"])
            extern = ["--extern", f"aya_ebpf={aya}"] if uses_aya else []
            run([*command, *extern, "-o", f"{folder}/lib.rmeta", f"{folder}/lib.rs"])


def read_back(hdrgen: str, clang: str, style: str, folder: str) -> str:
    """Compares what C prints with what Rust reads; returns C's text."""
    path = Path(folder)
    (path / "all.h").write_text(HEADER)
    lines = [f'    printf("{name} %lld\\n", (long long)u.all.{name});' for name in NUMBERS]
    (path / "main.c").write_text(C_MAIN % "\n".join(lines))
    run([clang, "-w", "-O1", "main.c", "-o", "main"], cwd=folder)
    by_c = run([str(path / "main")], cwd=folder)
    run([hdrgen, "--header", "all.h", "all", "--accessors", "probe-read", "--probe-read-fn", "crate::copy", "--enum-style",
         style, "-o", "all.rs"], cwd=folder)
    wrapped = WRAPPED.get(style, set())
    lines = [f'        println!("{name} {{}}", all::read_{name}(p).unwrap(){".0" if name in wrapped else ""} as i64);'
             for name in NUMBERS]
    checks = [f"        assert_eq!(all::read_{name}(p).map(|it| it as usize), Kptr::from(p).{name}().map(|it| it.as_ptr() as usize));"
              if name == "pointer" else f"        assert_eq!(all::read_{name}(p), Kptr::from(p).{name}());" for name in NUMBERS]
    (path / "main.rs").write_text(RUST_MAIN % ("\n".join(lines), "\n".join([*checks, ENUM_CHECKS[style]])))
    run(["rustc", "--edition", "2021", "-O", "-D", "warnings", "-A", "unused_imports", "-A", "dead_code", "main.rs", "-o",
         "rust_main"], cwd=folder)
    by_rust = run([str(path / "rust_main")], cwd=folder)
    if by_c != by_rust:
        raise RuntimeError(f"{style}: C and Rust read differently\n{by_c}\n{by_rust}")
    return by_c


def check_bpf(hdrgen: str, bpf: str, folder: str) -> str:
    path = Path(folder)
    (path / "all.h").write_text(HEADER)
    (path / "prog.rs").write_text(BPF)
    run([hdrgen, "--header", "all.h", "all", "--accessors", "probe-read", "-o", "all.rs"], cwd=folder)
    run([bpf, "--target", "bpfel-unknown-none", "--edition", "2021", "-C", "opt-level=3", "-C", "panic=abort", "--crate-type",
         "cdylib", "--emit", "asm", "-D", "warnings", "-o", "prog.s", "prog.rs"], cwd=folder)
    asm = (path / "prog.s").read_text()
    calls = re.findall(r"^\s*callx?\s+(.*)$", asm, re.M)
    if not calls or set(calls) != {"113"}:
        raise RuntimeError(f"calls other than of helper 113: {sorted(set(calls))}\n{asm[:4000]}")
    return f"{len(calls)} calls of helper 113, {len(re.findall(r'^	[a-z]', asm, re.M))} lines of BPF assembly"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--clang", required=True)
    parser.add_argument("cases", nargs="*", type=Path)
    options = parser.parse_args()
    options.hdrgen = str(Path(options.hdrgen).resolve())
    bpf = bpf_rustc()
    done = failed = 0
    jobs = [(f"{case.stem}, {style}", compile_case, (options.hdrgen, bpf, case.resolve(), arguments))
            for case in options.cases for style, arguments in styles_of(case).items()]
    jobs += [(f"C and Rust read the same, {style}", read_back, (options.hdrgen, options.clang, style))
             for style in ENUM_CHECKS]
    jobs.append(("BPF", check_bpf, (options.hdrgen, bpf)))
    for name, function, arguments in jobs:
        with tempfile.TemporaryDirectory() as folder:
            try:
                result = function(*arguments, folder)
                done += 1
                if function is check_bpf:
                    print(f"{name}: {result}")
            except RuntimeError as error:
                failed += 1
                print(f"FAILED {name}: {error}")
    print(f"{done} done, {failed} failed")
    return 1 if failed or done < 5 else 0


if __name__ == "__main__":
    sys.exit(main())
