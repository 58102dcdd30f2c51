"""Bit-field accessors, run: the same writes and reads by clang's C and by hdrgen's Rust must leave the same bytes.

Both programs walk one list: every record, every named bit-field in it (also through members without a tag), every memory fill,
every value. They print what reads back and which bytes differ from the fill:

    struct foo.b fill 00 read ffffffffffffffff:ffffffffffffffff       reading the untouched memory
    struct foo.b fill 00 set 1: 4=08                                  after a write of pattern 1

Values are compared as 128-bit integers, so sign extension is part of the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from clang_layout import ClangRecord, Leaf
from report import Report
from rust_paths import accessor_holder, rust_name
from rust_text import RustText, getter, setter
from tools import Job, ToolError, run

FILLS = (0x00, 0xFF, 0xA5)
C_PRELUDE = r"""
static void show_value(__int128 v)
{
	__builtin_printf("%016llx:%016llx", (unsigned long long)(v >> 64), (unsigned long long)v);
}
static void show_bytes(const unsigned char *p, unsigned long size, unsigned char fill)
{
	for (unsigned long i = 0; i < size; i++)
		if (p[i] != fill)
			__builtin_printf(" %lu=%02x", i, p[i]);
}
"""
NEXT = "== next"  # between the lines of one case and those of another
RUST_PRELUDE = r"""
trait Value: Copy { fn of(v: i128) -> Self; fn widen(self) -> i128; }
macro_rules! value { ($($t:ty)*) => { $(impl Value for $t {
    fn of(v: i128) -> Self { v as $t }
    fn widen(self) -> i128 { self as i128 }
})* } }
value! { i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize }
impl Value for bool {
    fn of(v: i128) -> Self { v & 1 != 0 }
    fn widen(self) -> i128 { self as i128 }
}
fn show_value<T: Value>(v: T) { let v = v.widen() as u128; print!("{:016x}:{:016x}", (v >> 64) as u64, v as u64); }
unsafe fn show_bytes<T>(p: *const T, fill: u8) {
    for i in 0..core::mem::size_of::<T>() {
        let byte = unsafe { *(p as *const u8).add(i) };
        if byte != fill { print!(" {}={:02x}", i, byte); }
    }
}
unsafe fn refill<T>(p: *mut T, fill: u8) { unsafe { core::ptr::write_bytes(p as *mut u8, fill, core::mem::size_of::<T>()) } }
"""


@dataclass
class Piece:
    """hdrgen's bindings for one case and target, and what clang says of the case."""

    job: Job
    bindings: Path
    records: list[ClangRecord]
    rust: RustText
    report: Report
    checks: list[str] = field(default_factory=list)  # Rust assertions


def patterns(width: int, is_bool: bool) -> list[int]:
    """All ones, zero, one, the top bit, alternating bits, a negative number, and one bit too many."""
    if is_bool:
        return [0, 1]
    mask = (1 << width) - 1
    ten = int("10" * 64, 2) & mask
    return list(dict.fromkeys([mask, 0, 1, 1 << (width - 1), ten, ten >> 1, -2, -1, (1 << width) | 1]))


def c_value(value: int, width: int) -> str:
    """A constant that has the value's low bits; 128-bit ones only where needed, for not every target has them."""
    if width <= 64:
        return f"{value & (2**64 - 1):#x}ull"
    bits = value & ((1 << 128) - 1)
    return f"(__int128)(((unsigned __int128){bits >> 64:#x}ull << 64) | {bits & (2**64 - 1):#x}ull)"


def bit_fields(rust: RustText, record: ClangRecord) -> list[Leaf]:
    """Those that have accessors; rust_oracle.py reports the others."""
    fields = (leaf for leaf in record.leaves() if leaf.node.bit_size is not None and leaf.path[-1])
    return [leaf for leaf in fields if accessor_holder(rust, record, leaf)]


def is_bool(leaf: Leaf) -> bool:
    """_Bool, or a typedef of it: only those convert instead of truncating, so only 0 and 1 are written to 1-bit members."""
    return leaf.node.bit_size == 1 and ("_Bool" in leaf.node.type or "flag" in leaf.node.type)


def c_program(job: Job, records: list[ClangRecord], rust: RustText) -> str:
    lines = [job.include_lines(), C_PRELUDE]
    calls = []
    for record in records:
        for leaf in bit_fields(rust, record):
            name, path = record.c_name(), leaf.c_path()
            number = len(calls)
            calls.append(f"\tt{number}();")
            lines.append(f"static void t{number}(void)\n{{\n\tstatic {name} x;")
            for fill in FILLS:
                lines.append(f"\t__builtin_memset(&x, {fill}, sizeof x);")
                lines.append(f'\t__builtin_printf("{name}.{path} fill {fill:02x} read ");\n\tshow_value(x.{path});')
                lines.append('\t__builtin_printf("\\n");')
                if "const " in leaf.node.type:
                    continue
                for value in patterns(leaf.node.bit_size or 0, is_bool(leaf)):
                    constant = c_value(value, leaf.node.bit_size or 0)
                    lines.append(f"\t__builtin_memset(&x, {fill}, sizeof x);\n\tx.{path} = {constant};")
                    lines.append(f'\t__builtin_printf("{name}.{path} fill {fill:02x} set {value}:");')
                    lines.append(f'\tshow_bytes((void *)&x, sizeof x, {fill});\n\t__builtin_printf("\\n");')
            lines.append("}")
    return "\n".join([*lines, "int main(void)\n{", *calls, "\treturn 0;\n}"]) + "\n"


def rust_functions(piece: Piece) -> list[str]:
    """Functions t0, t1, ... for the bit-fields of one case."""
    lines = []
    fields = [(record, leaf) for record in piece.records for leaf in bit_fields(piece.rust, record)]
    for number, (record, leaf) in enumerate(fields):
        name, path, member = record.c_name(), leaf.c_path(), leaf.path[-1]
        holder = accessor_holder(piece.rust, record, leaf)
        lines.append(f"unsafe fn t{number}() {{ unsafe {{")
        lines.append(f"    let mut image = core::mem::MaybeUninit::<b::{rust_name(record)}>::uninit();")
        lines.append("    let p = image.as_mut_ptr();")
        fills = ", ".join(map(str, FILLS))
        lines.append(f"    for fill in [{fills}] {{\n        refill(p, fill); let x = &mut *p;")
        lines.append(f'        print!("{name}.{path} fill {{:02x}} read ", fill);')
        lines.append(f"        show_value({holder}.{getter(member)}()); println!();")
        if "const " not in leaf.node.type:
            values = ", ".join(map(str, patterns(leaf.node.bit_size or 0, is_bool(leaf))))
            lines.append(f"        for value in [{values}i128] {{")
            lines.append(f"            refill(p, fill); let x = &mut *p; {holder}.{setter(member)}(Value::of(value));")
            lines.append(f'            print!("{name}.{path} fill {{:02x}} set {{}}:", fill, value);')
            lines.append("            show_bytes(p, fill); println!();\n        }")
        lines.append("    }")
        lines.append("} }")
    calls = [f"    unsafe {{ t{number}() }};" for number in range(len(fields))]
    return [*lines, "pub fn all() {", *calls, "}"]


def run_rust(rustc: str, pieces: list[Piece], functions: list[list[str]], program: Path) -> list[list[str]]:
    """One program of each piece's functions: what all() of each says, in lines."""
    lines = ["#![allow(warnings)]", RUST_PRELUDE]
    for number, (piece, body) in enumerate(zip(pieces, functions)):
        lines.append(f'#[path = "{piece.bindings}"]\nmod case_{number};')
        lines += [f"mod run_{number} {{\nuse super::*;\nuse super::case_{number} as b;", *body, "}"]
    calls = [f'println!("{NEXT}"); run_{number}::all();' for number in range(len(pieces))]
    source = program.with_suffix(".rs")
    source.write_text("\n".join([*lines, "fn main() {", *calls, "}"]) + "\n")
    said = build_and_run([rustc, "--edition", "2021", "--error-format", "short", "-o", str(program), str(source)], program)
    parts = "\n".join(["", *said, ""]).split(f"\n{NEXT}\n")[1:]
    return [part.splitlines() for part in parts]


def compare_runs(clang: str, rustc: str, pieces: list[Piece], folder: Path) -> None:
    """Build and run C and Rust and compare them line by line; each line is one check."""
    pieces = [p for p in pieces if any(bit_fields(p.rust, record) for record in p.records)]
    if not pieces:
        return
    c_file, c_run = folder / "bits.c", folder / "bits_c"
    said = run_rust(rustc, pieces, [rust_functions(p) for p in pieces], folder / "bits_rust")
    for piece, ours in zip(pieces, said, strict=True):
        c_file.write_text(c_program(piece.job, piece.records, piece.rust))
        theirs = build_and_run([clang, *piece.job.clang_args(), "-w", "-o", str(c_run), str(c_file)], c_run)
        piece.report.check(len(ours) == len(theirs) > 0, f"accessors: {len(ours)} lines from Rust, {len(theirs)} from C")
        for mine, right in zip(ours, theirs):
            piece.report.check(mine == right, f"accessor: Rust '{mine}', C '{right}'")


def build_and_run(command: list[str], program: Path) -> list[str]:
    built = run(command)
    if built.returncode != 0:
        raise ToolError(f"accessor program: {built.stderr.strip()[:400]}")
    result = run([str(program)])
    if result.returncode != 0:
        raise ToolError(f"accessor program: exit status {result.returncode}: {result.stderr.strip()[:500]}")
    return result.stdout.splitlines()
