"""Bit-field accessors against memory images of any target, without running its code.

    struct foo image_3 = { .b = 5 };         compiled by clang for the target; the object file holds the bytes

hdrgen's accessors read and write bytes in the C target's order wherever they run, so the host can execute those made for a
big-endian or 32-bit target. For each bit-field, value and fill, the Rust program writes through the setter and prints the
bytes that changed, and reads clang's image through the getter. What must come out follows from clang's images alone: the image
of all ones is the field's mask, so a write over a fill keeps the fill outside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bits_run import FILLS, Piece, bit_fields, c_value, is_bool, patterns, run_rust
from clang_layout import ClangRecord, Leaf
from elf_data import elf_variables
from rust_paths import accessor_holder, rust_name
from rust_text import RustText, getter, setter
from tools import QUIET, Job, ToolError, run

LARGEST = 1 << 16  # bytes of a record: images of larger ones would make a huge object file


@dataclass(frozen=True)
class Field:
    """One bit-field; images are named by its number."""

    number: int
    record: ClangRecord
    leaf: Leaf

    def title(self) -> str:
        return f"{self.record.c_name()}.{self.leaf.c_path()}"

    def width(self) -> int:
        return self.leaf.node.bit_size or 0

    def values(self) -> list[int]:
        return patterns(self.width(), is_bool(self.leaf))

    def is_const(self) -> bool:
        return "const " in self.leaf.node.type


def fields_of(records: list[ClangRecord], rust: RustText) -> list[Field]:
    pairs = [(r, leaf) for r in records if (r.node.size or 0) <= LARGEST for leaf in bit_fields(rust, r)]
    return [Field(number, record, leaf) for number, (record, leaf) in enumerate(pairs)]


def c_images(clang: str, job: Job, fields: list[Field], folder: Path) -> dict[str, bytes]:
    """ones_N, sign_N and image_N_K of every field."""
    lines = [job.include_lines()]
    for f in fields:
        name, path, n = f.record.c_name(), f.leaf.c_path(), f.number
        ones = 1 if is_bool(f.leaf) else -1
        lines.append(f"{name} ones_{n} = {{ .{path} = {c_value(ones, f.width())} }};")
        if "(" not in f.leaf.node.type:
            lines.append(f"unsigned char sign_{n} = 1 + (({f.leaf.node.type})-1 < ({f.leaf.node.type})1);")
        for k, value in enumerate(f.values()):
            lines.append(f"{name} image_{n}_{k} = {{ .{path} = {c_value(value, f.width())} }};")
    source, target = folder / "images.c", folder / "images.o"
    source.write_text("\n".join(lines) + "\n")
    result = run([clang, *job.clang_args(), *QUIET, "-c", "-o", str(target), str(source)])
    if result.returncode != 0:
        raise ToolError(f"accessor images: {result.stderr.strip()[:500]}")
    return elf_variables(target.read_bytes())


def over_fill(image: bytes, mask: bytes, fill: int) -> dict[int, int]:
    """The bytes that differ from the fill after the image's bits were put over it."""
    put = ((fill & ~m & 0xFF) | i for i, m in zip(image, mask))
    return {at: byte for at, byte in enumerate(put) if byte != fill}


def as_read(value: int, width: int, signed: bool) -> str:
    value &= (1 << width) - 1
    if signed and value >> (width - 1):
        value -= 1 << width
    value &= (1 << 128) - 1
    return f"{value >> 64:016x}:{value & (2**64 - 1):016x}"


def expected_lines(fields: list[Field], images: dict[str, bytes]) -> list[str]:
    lines = []
    for f in fields:
        mask = images[f"ones_{f.number}"]
        sign = images.get(f"sign_{f.number}")
        for fill in FILLS:
            for k, value in enumerate(f.values()):
                changed = over_fill(images[f"image_{f.number}_{k}"], mask, fill)
                what = f"{f.title()} fill {fill:02x} value {value}"
                if not f.is_const():
                    lines.append(f"{what} set:" + "".join(f" {at}={byte:02x}" for at, byte in changed.items()))
                if sign:
                    lines.append(f"{what} read {as_read(value, f.width(), sign[0] == 2)}")
    return lines


def rust_functions(piece: Piece, fields: list[Field], images: dict[str, bytes]) -> list[str]:
    lines = []
    for f in fields:
        name = rust_name(f.record)
        holder, member = accessor_holder(piece.rust, f.record, f.leaf), f.leaf.path[-1]
        lines.append(f"unsafe fn t{f.number}() {{ unsafe {{")
        lines.append(f"    let mut image = core::mem::MaybeUninit::<b::{name}>::uninit();")
        lines.append("    let p = image.as_mut_ptr();")
        lines.append("    let all: &[(u8, i128, &[(usize, u8)])] = &[")
        for fill in FILLS:
            for k, value in enumerate(f.values()):
                changed = over_fill(images[f"image_{f.number}_{k}"], images[f"ones_{f.number}"], fill)
                pairs = ", ".join(f"({at}, {byte})" for at, byte in changed.items())
                lines.append(f"        ({fill}, {value}, &[{pairs}]),")
        lines.append("    ];\n    for &(fill, value, changed) in all {")
        what = f'"{f.title()} fill {{:02x}} value {{}}'
        if not f.is_const():
            lines.append(f"        refill(p, fill); let x = &mut *p; {holder}.{setter(member)}(Value::of(value));")
            lines.append(f'        print!({what} set:", fill, value); show_bytes(p, fill); println!();')
        if f"sign_{f.number}" in images:
            lines.append("        refill(p, fill); for &(at, byte) in changed { *(p as *mut u8).add(at) = byte; }")
            lines.append(f'        let x = &mut *p; print!({what} read ", fill, value);')
            lines.append(f"        show_value({holder}.{getter(member)}()); println!();")
        lines.append("    }")
        lines.append("} }")
    calls = [f"    unsafe {{ t{f.number}() }};" for f in fields]
    return [*lines, "pub fn all() {", *calls, "}"]


def compare_images(clang: str, rustc: str, pieces: list[Piece], folder: Path) -> None:
    """Each line of the Rust program's output is one check."""
    judged, wanted, functions = [], [], []
    for piece in pieces:
        fields = fields_of(piece.records, piece.rust)
        if fields:
            images = c_images(clang, piece.job, fields, folder)
            judged.append(piece)
            wanted.append(expected_lines(fields, images))
            functions.append(rust_functions(piece, fields, images))
    if not judged:
        return
    said = run_rust(rustc, judged, functions, folder / "images_rust")
    for piece, ours, right in zip(judged, said, wanted, strict=True):
        piece.report.check(len(ours) == len(right) > 0, f"accessor images: {len(ours)} lines from Rust, {len(right)} expected")
        for mine, theirs in zip(ours, right):
            piece.report.check(mine == theirs, f"accessor image: Rust '{mine}', C '{theirs}'")
