#!/usr/bin/env python3
"""The same questions in C, compiled by clang, and in Rust, through --accessors core: after relocation the same answers.

    parity.py --hdrgen BIN [--selftests DIR] [--clang CLANG] [--keep DIR]

The questions are those of the kernel's CO-RE self-tests, progs/test_core_reloc_*.c, with these files' own local types, which both
sides read. Each is a program of its own that returns one number: an offset, a size, an answer. Both objects are relocated
for each of the targets progs/btf__core_reloc_*.c, those that are made to fail included, and then run, by the interpreter below, which takes the
numbers from `hdrgen check`. (That these are the numbers that libbpf puts in is what oracle.core_check shows.) For each question

    both resolve     and the numbers are the same
    neither does     a member that is missing or of another kind, in both

What Rust cannot say stands in NOT_SAID.

Exit status: 0 all agree, 1 some differ, 2 anything wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "oracle" / "core_selftests"), str(HERE.parent / "e2e")]
from compare import WORKERS, Bench, CLANGS, ToolError, find_selftests, pairs, run  # noqa: E402
from guest import find_rustc  # noqa: E402
import shutil  # noqa: E402

# name | C, of `p`, a pointer to the family's struct | Rust, the same of a Kptr
QUESTIONS = {
    "arrays": """
        a2    | &p->a[2]                            | p.a_nth::<2>()
        c1c   | &p->c[1].c                          | p.c_nth::<1>().addr_of_c()
    """,
    "enum64val": """
        u1    | bpf_core_enum_value(enum named_unsigned_enum64, UNSIGNED_ENUM64_VAL1)        | value_of_UNSIGNED_ENUM64_VAL1()
        u2    | bpf_core_enum_value(enum named_unsigned_enum64, UNSIGNED_ENUM64_VAL2)        | value_of_UNSIGNED_ENUM64_VAL2()
        s1    | bpf_core_enum_value(enum named_signed_enum64, SIGNED_ENUM64_VAL1)            | value_of_SIGNED_ENUM64_VAL1()
        s2    | bpf_core_enum_value(enum named_signed_enum64, SIGNED_ENUM64_VAL2)            | value_of_SIGNED_ENUM64_VAL2()
        hu1   | bpf_core_enum_value_exists(enum named_unsigned_enum64, UNSIGNED_ENUM64_VAL1) | has_UNSIGNED_ENUM64_VAL1()
        hu3   | bpf_core_enum_value_exists(enum named_unsigned_enum64, UNSIGNED_ENUM64_VAL3) | has_UNSIGNED_ENUM64_VAL3()
        hs3   | bpf_core_enum_value_exists(enum named_signed_enum64, SIGNED_ENUM64_VAL3)     | has_SIGNED_ENUM64_VAL3()
    """,
    "enumval": """
        n1    | (int)bpf_core_enum_value(enum named_enum, NAMED_ENUM_VAL1)    | value_of_NAMED_ENUM_VAL1() as i32
        n2    | (int)bpf_core_enum_value(enum named_enum, NAMED_ENUM_VAL2)    | value_of_NAMED_ENUM_VAL2() as i32
        a1    | (int)bpf_core_enum_value(anon_enum, ANON_ENUM_VAL1)           | value_of_ANON_ENUM_VAL1() as i32
        hn1   | bpf_core_enum_value_exists(enum named_enum, NAMED_ENUM_VAL1)  | has_NAMED_ENUM_VAL1()
        hn3   | bpf_core_enum_value_exists(enum named_enum, NAMED_ENUM_VAL3)  | has_NAMED_ENUM_VAL3()
        ha3   | bpf_core_enum_value_exists(anon_enum, ANON_ENUM_VAL3)         | has_ANON_ENUM_VAL3()
    """,
    "existence": """
        ha    | bpf_core_field_exists(p->a)         | Kptr::<core_reloc_existence>::has_a()
        hb    | bpf_core_field_exists(p->b)         | Kptr::<core_reloc_existence>::has_b()
        hc    | bpf_core_field_exists(p->c)         | Kptr::<core_reloc_existence>::has_c()
        harr  | bpf_core_field_exists(p->arr)       | Kptr::<core_reloc_existence>::has_arr()
        hs    | bpf_core_field_exists(p->s)         | Kptr::<core_reloc_existence>::has_s()
        a     | &p->a                               | p.addr_of_a()
        b     | &p->b                               | p.addr_of_b()
        arr0  | &p->arr[0]                          | p.arr_nth::<0>()
        sx    | &p->s.x                             | p.s().addr_of_x()
    """,
    "flavors": """
        a     | &((struct core_reloc_flavors___weird *)p)->a     | p.cast::<core_reloc_flavors___weird>().addr_of_a()
        b     | &((struct core_reloc_flavors___reversed *)p)->b  | p.cast::<core_reloc_flavors___reversed>().addr_of_b()
        c     | &p->c                                            | p.addr_of_c()
    """,
    "misc": """
        a     | &((struct core_reloc_misc___a *)p)->a1           | p.cast::<core_reloc_misc___a>().addr_of_a1()
        b     | &((struct core_reloc_misc___b *)p)->b1           | p.cast::<core_reloc_misc___b>().addr_of_b1()
        ext   | &((struct core_reloc_misc_extensible *)p)[2]     | p.cast::<core_reloc_misc_extensible>().at(2)
    """,
    "mods": """
        g     | &p->g.x                             | p.g().addr_of_x()
        h     | &p->h.y                             | p.h().addr_of_y()
        e2    | &p->e[2]                            | p.e_nth::<2>()
        f1    | &p->f[1]                            | p.f_nth::<1>()
    """,
    "nesting": """
        aaa   | &p->a.a.a                           | p.a().a().addr_of_a()
        bbb   | &p->b.b.b                           | p.b().b().addr_of_b()
    """,
    "ptr_as_arr": """
        a     | &p[2].a                             | p.at(2).addr_of_a()
    """,
    "size": """
        elem  | bpf_core_field_offset(struct core_reloc_size, arr_field[1])  | p.arr_field_nth::<1>()
    """,
    "type_based": """
        struct   | bpf_core_type_matches(struct a_struct)       | Kptr::<a_struct>::type_matches()
        union    | bpf_core_type_matches(union a_union)         | Kptr::<a_union>::type_matches()
        enum     | bpf_core_type_matches(enum an_enum)          | enum_an_enum::type_matches()
        named    | bpf_core_type_matches(named_struct_typedef)  | typedef_named_struct_typedef::type_matches()
        anon     | bpf_core_type_matches(anon_struct_typedef)   | typedef_anon_struct_typedef::type_matches()
        pointer  | bpf_core_type_matches(struct_ptr_typedef)    | typedef_struct_ptr_typedef::type_matches()
        int      | bpf_core_type_matches(int_typedef)           | typedef_int_typedef::type_matches()
        typedef  | bpf_core_type_matches(enum_typedef)          | typedef_enum_typedef::type_matches()
        void     | bpf_core_type_matches(void_ptr_typedef)      | typedef_void_ptr_typedef::type_matches()
        array    | bpf_core_type_matches(arr_typedef)           | typedef_arr_typedef::type_matches()
    """,
    "type_id": "", "bitfields": "", "ints": "", "primitives": "",
}
LISTS = {  # questions that only differ by a name
    "bitfields": (("ub1", "ub2", "ub7", "sb4", "sb20"), """
        off_@    | __CORE_RELO(p, @, BYTE_OFFSET)   | Kptr::<core_reloc_bitfields>::offset_of_@()
        size_@   | __CORE_RELO(p, @, BYTE_SIZE)     | Kptr::<core_reloc_bitfields>::size_of_@()
        sign_@   | __CORE_RELO(p, @, SIGNED)        | Kptr::<core_reloc_bitfields>::is_signed_@()
        left_@   | __CORE_RELO(p, @, LSHIFT_U64)    | Kptr::<core_reloc_bitfields>::lshift_of_@()
        right_@  | __CORE_RELO(p, @, RSHIFT_U64)    | Kptr::<core_reloc_bitfields>::rshift_of_@()
    """),
    "ints": (("u8_field", "s8_field", "u16_field", "s16_field", "u32_field", "s32_field", "u64_field", "s64_field"), """
        @        | &p->@                            | p.addr_of_@()
        sign_@   | __CORE_RELO(p, @, SIGNED)        | Kptr::<core_reloc_ints>::is_signed_@()
    """),
    "mods": (("a", "b", "c", "d"), "        @  | &p->@  | p.addr_of_@()"),
    "primitives": (("a", "b", "c", "d", "f"), "        @  | &p->@  | p.addr_of_@()"),
    "size": (("int", "struct", "union", "arr", "ptr", "enum", "float"), """
        size_@   | bpf_core_field_size(p->@_field)    | Kptr::<core_reloc_size>::size_of_@_field()
        off_@    | bpf_core_field_offset(p->@_field)  | Kptr::<core_reloc_size>::offset_of_@_field()
    """),
    "type_based": (("struct a_struct", "struct a_complex_struct", "union a_union", "enum an_enum", "named_struct_typedef", "anon_struct_typedef",
                    "struct_ptr_typedef", "int_typedef", "enum_typedef", "void_ptr_typedef", "func_proto_typedef", "arr_typedef"), """
        exists_@   | bpf_core_type_exists(@)        | TYPE::type_exists()
        size_@     | bpf_core_type_size(@)          | TYPE::type_size()
    """),
    "type_id": (("struct a_struct", "union a_union", "enum an_enum", "named_struct_typedef", "func_proto_typedef", "arr_typedef"), """
        id_@       | bpf_core_type_id_kernel(@)     | TYPE::type_id_target()
    """),
}
NOT_SAID = """arrays: b[1][2][3], d[0][0].d, f[0][1].c: kernels' BTF has arrays of arrays flat, clang's of these targets has not
bitfields_direct: BPF_CORE_READ_BITFIELD relocates loads; Rust's bit-fields are read as with BPF_CORE_READ_BITFIELD_PROBED
ints, mods, primitives ...: the copying itself, which is a call of a helper in both languages
ptr_as_arr: p[2].a is one relocation in C, and the size of the type and an offset in Rust; their sum is compared
type_based: whether a_complex_struct and func_proto_typedef match: their `long` has gcc's name in Rust's local types, as in kernels, and clang's in these targets
type_id: the local ids, which are each object's own; bpf_core_type_id_kernel(int), as Rust has no name for C's `int`
module, kernel: what they read are the running kernel's types, as tests/e2e does"""


def questions(family: str) -> list[tuple[str, str, str]]:
    lines = QUESTIONS[family].strip().splitlines()
    names, text = LISTS.get(family, ((), ""))
    for name in names:
        kind, _, plain = name.rpartition(" ")
        rust = f"Kptr::<{plain}>" if kind in ("struct", "union") else f"{kind or 'typedef'}_{plain}"
        for line in text.strip().splitlines():
            label, *sides = line.split("|")
            lines.append("|".join([label.replace("@", plain), sides[0].replace("@", name), sides[1].replace("@", plain).replace("TYPE", rust)]))
    return [tuple(part.strip() for part in line.split("|")) for line in lines]  # type: ignore[misc]


C_HEAD = """#include "{program}"
#define QUESTION(name, expression) \\
    SEC("raw_tp/" #name) unsigned long q_##name({record} *p) {{ return (unsigned long)(expression); }}
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
#pragma clang attribute pop
"""
RUST_HEAD = """#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]
#![allow(unused_imports)]
#[path = "types.rs"]
mod types;
use types::*;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
trait Number {
    fn number(self) -> u64;
}
macro_rules! number { ($($type:ty)*) => { $(impl Number for $type { #[inline(always)] fn number(self) -> u64 { self as u64 } })* } }
number! { bool u32 i32 i64 u64 usize }
impl<T> Number for *const T { #[inline(always)] fn number(self) -> u64 { self as u64 } }
impl<T> Number for Kptr<T> { #[inline(always)] fn number(self) -> u64 { self.as_ptr() as u64 } }
macro_rules! question {
    ($name:ident, $section:literal, |$p:ident| $expression:expr) => {
        #[no_mangle]
        #[link_section = $section]
        pub extern "C" fn $name($p: Kptr<RECORD>) -> u64 {
            $expression.number()
        }
    };
}
"""


class Interpreter:
    """What straight-line BPF code with a few jumps returns for r1 = 0."""

    ALU = {0x00: lambda a, b: a + b, 0x10: lambda a, b: a - b, 0x20: lambda a, b: a * b, 0x40: lambda a, b: a | b, 0x50: lambda a, b: a & b,
           0x60: lambda a, b: a << (b & 63), 0x70: lambda a, b: a >> (b & 63), 0xA0: lambda a, b: a ^ b, 0xB0: lambda a, b: b,
           0xC0: lambda a, b: (a - (a >> 63 << 64)) >> (b & 63)}
    JUMPS = {0x00: lambda a, b: True, 0x10: lambda a, b: a == b, 0x50: lambda a, b: a != b, 0x20: lambda a, b: a > b, 0xA0: lambda a, b: a < b}

    def __init__(self, code: bytes) -> None:
        self.insns = [struct.unpack_from("<BBhi", code, at) for at in range(0, len(code), 8)]

    def put(self, index: int, value: int) -> None:
        """A relocated number in its instruction; of 64 bits in two."""
        code, registers, offset, _ = self.insns[index]
        signed = struct.unpack("<i", struct.pack("<I", value & 0xFFFFFFFF))[0]
        self.insns[index] = code, registers, offset, signed
        if code == 0x18:
            high = struct.unpack("<i", struct.pack("<I", value >> 32 & 0xFFFFFFFF))[0]
            self.insns[index + 1] = (*self.insns[index + 1][:3], high)

    def run(self) -> int:
        at, registers = 0, [0] * 11
        for _ in range(1000):
            code, pair, offset, number = self.insns[at]
            to, source = pair & 15, pair >> 4
            at += 1
            if code == 0x95:
                return registers[0]
            if code == 0x18:
                registers[to] = (number & 0xFFFFFFFF) | (self.insns[at][3] & 0xFFFFFFFF) << 32
                at += 1
                continue
            value = registers[source] if code & 8 else number & 0xFFFFFFFFFFFFFFFF
            if code & 7 == 5:
                at += offset if self.JUMPS[code & 0xF0](registers[to], value) else 0
            elif code & 7 in (4, 7):
                mask = 0xFFFFFFFF if code & 7 == 4 else 0xFFFFFFFFFFFFFFFF
                registers[to] = self.ALU[code & 0xF0](registers[to] & mask, value & mask) & mask
            else:
                raise ToolError(f"the interpreter does not know instruction {code:#x}")
        raise ToolError("a program without an end")


def sections(data: bytes) -> dict[str, bytes]:
    table, size, count, names = *struct.unpack_from("<Q", data, 40), *struct.unpack_from("<HHH", data, 58)
    headers = [struct.unpack_from("<IIQQQQIIQQ", data, table + at * size) for at in range(count)]
    text = headers[names][4]
    return {data[text + h[0]:data.index(b"\0", text + h[0])].decode(): data[h[4]:h[4] + h[5]] for h in headers if h[1] == 1}


def answers(hdrgen: str, program: Path, btf: Path) -> dict[str, int | str]:
    """By question: the number, or how a relocation failed."""
    checked = subprocess.run([hdrgen, "check", program, "--btf", btf, "--format", "json", "-q"], capture_output=True, text=True)
    if checked.returncode > 1:
        raise ToolError(f"hdrgen check {program.name} --btf {btf.name}: {checked.stderr[:600]}")
    code = {name[7:]: Interpreter(data) for name, data in sections(program.read_bytes()).items() if name.startswith("raw_tp/")}
    failed: dict[str, str] = {}
    for relocation in json.loads(checked.stdout)["objects"][0]["relocations"]:
        name = relocation["section"][7:]
        if name not in code:
            continue
        if relocation["result"] in ("resolved", "missing") and "value" in relocation:
            code[name].put(relocation["insn"], relocation["value"])
        else:
            failed[name] = relocation["result"]
    return {name: failed[name] if name in failed else interpreter.run() for name, interpreter in code.items()}


def build_c(bench: Bench, family: str, program: Path) -> Path:
    source = bench.work / f"{family}_c.c"
    lines = [f"QUESTION({name}, {'__builtin_preserve_access_index(' + c + ')' if c.startswith('&') else c})" for name, c, _ in questions(family)]
    source.write_text(C_HEAD.format(program=program, record=record_of(family)[0]) + "\n".join([*lines, ""]))
    return bench.compile(source)


def build_rust(bench: Bench, family: str, program: Path) -> Path:
    folder = bench.work / f"{family}_rust"
    folder.mkdir()
    local = sorted(set(re.findall(r"^(struct core_reloc_\w+) {", program.read_text(), re.M)) | set(TYPES.get(family, ())))
    run(bench.hdrgen, "--header", program, *local, "--accessors", "core", "-o", folder / "types.rs", "--target", "bpfel", "-q", "--",
        *bench.flags(), "-w", "-D__TARGET_ARCH_x86")
    lines = [f'question! {{ q_{name}, "raw_tp/{name}", |p| {rust} }}' for name, _, rust in questions(family)]
    source = folder / "questions.rs"
    head = RUST_HEAD.replace("RECORD", record_of(family)[1])
    source.write_text(head + "\n".join([*lines, ""]))
    rustc = find_rustc("bpfel-unknown-none")
    made = subprocess.run([rustc, "--target", "bpfel-unknown-none", "--edition", "2021", "--crate-type", "cdylib", "-A", "warnings",
                           "-C", "opt-level=2", "-C", "panic=abort", "-C", f"linker={HERE / 'bpf_link.py'}", "-o", folder / "q.o", source],
                          capture_output=True, text=True, env=os.environ | {"RUSTC_BOOTSTRAP": "1", "HDRGEN_TEST_RUSTC": rustc})
    if made.returncode != 0:
        raise ToolError(f"{source}: {made.stderr[:3000]}")
    run(bench.hdrgen, "link", folder / "q.o", "-q")
    return folder / "q.o"


TYPE_BASED = ("struct a_struct", "struct a_complex_struct", "union a_union", "enum an_enum", "typedef named_struct_typedef",
              "typedef anon_struct_typedef", "typedef struct_ptr_typedef", "typedef int_typedef", "typedef enum_typedef",
              "typedef void_ptr_typedef", "typedef func_proto_typedef", "typedef arr_typedef")
TYPES = {"type_based": TYPE_BASED, "type_id": ("struct a_struct", "union a_union", "enum an_enum", "typedef named_struct_typedef",
                                                "typedef func_proto_typedef", "typedef arr_typedef"),
         "enumval": ("enum named_enum", "typedef anon_enum"),
         "enum64val": ("enum named_unsigned_enum64", "enum named_signed_enum64"),
         "misc": ("struct core_reloc_misc___a",)}
RECORDS = {"misc": ("struct core_reloc_misc___a", "core_reloc_misc___a")} | {
    name: ("void", "u8") for name in ("enumval", "enum64val", "type_based", "type_id")}


def record_of(family: str) -> tuple[str, str]:
    """What `p` points to, in C and in Rust."""
    return RECORDS.get(family, (f"struct core_reloc_{family}", f"core_reloc_{family}"))


def compare(bench: Bench, family: str, targets: list[Path]) -> tuple[int, int, int]:
    """Questions answered the same, refused alike, different."""
    program = bench.programs / f"test_core_reloc_{'bitfields_probed' if family == 'bitfields' else family}.c"
    ours, theirs = build_rust(bench, family, program), build_c(bench, family, program)
    same = refused = different = 0
    for target in targets:
        btf = bench.raw(bench.compile(target))
        by_rust, by_c = answers(bench.hdrgen, ours, btf), answers(bench.hdrgen, theirs, btf)
        for name, _, _ in questions(family):
            left, right = by_c[name], by_rust[name]
            alike = isinstance(left, str) and isinstance(right, str)
            same += left == right and not alike
            refused += alike
            if left != right and not alike:
                different += 1
                print(f"DIFFERS {target.stem}, {name}: C {left}, Rust {right}")
    return same, refused, different


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--clang", default=next((c for c in CLANGS if shutil.which(c)), "clang"))
    parser.add_argument("--selftests", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--family", action="append", choices=sorted(QUESTIONS))
    options = parser.parse_args()
    total = [0, 0, 0]
    try:
        programs = (options.selftests or find_selftests()) / "progs"
        with tempfile.TemporaryDirectory() as scratch:
            work = options.keep or Path(scratch)
            work.mkdir(parents=True, exist_ok=True)
            bench = Bench(options.hdrgen, options.clang, programs, work)
            targets = [target for target, _ in pairs(programs)]
            families = options.family or sorted(QUESTIONS)
            mine = {f: [t for t in targets if t.stem[len("btf__core_reloc_"):].split("__")[0] == f] for f in families}
            with ThreadPoolExecutor(WORKERS) as pool:
                results = pool.map(lambda family: compare(bench, family, mine[family]), families)
                for family, result in zip(families, results, strict=True):
                    total = [a + b for a, b in zip(total, result)]
                    print(f"{family:12} {len(questions(family)):3} questions, {len(mine[family]):2} targets: "
                          f"{result[0]} the same, {result[1]} refused alike")
    except ToolError as error:
        print(f"parity.py: error: {error}", file=sys.stderr)
        return 2
    print(f"{total[0]} answers the same, {total[1]} refused alike, {total[2]} different\nNot said in Rust:\n{NOT_SAID}")
    return 0 if total[2] == 0 and total[0] > 100 else 1


if __name__ == "__main__":
    sys.exit(main())
