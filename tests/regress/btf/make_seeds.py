#!/usr/bin/env python3
"""Writes the seeds of this directory.

    make_seeds.py                                  seed-*: small files of every sort
    make_seeds.py --from VMLINUX OUTPUT NAME...    the named types of a real kernel and all that they reach

VMLINUX is anything that tests/oracle/btf_reader.py reads. The output is the same each time.
"""

from __future__ import annotations

import argparse
import gzip
import lzma
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "oracle"))
from btf_reader import KINDS, Btf, Type, read_file  # noqa: E402

KFLAG = 1 << 31


class Writer:
    """BTF in the making."""

    def __init__(self, order: str = "<", count: int = 0, strings: bytes | None = None) -> None:
        self.order = order
        self.count = count
        self.string_base = len(strings) if strings else 0
        self.strings = b"" if strings else b"\0"
        self.words: list[int] = []
        self.known: dict[str, int] = {}

    def name(self, text: str) -> int:
        if not text:
            return 0
        if text not in self.known:
            self.known[text] = self.string_base + len(self.strings)
            self.strings += text.encode("utf-8", "surrogateescape") + b"\0"
        return self.known[text]

    def type(self, kind: str, name: str, vlen: int, third: int, *rest: int) -> int:
        self.words += [self.name(name), KINDS.index(kind) << 24 | vlen, third, *rest]
        self.count += 1
        return self.count

    def integer(self, name: str, size: int, encoding: int = 0) -> int:
        return self.type("INT", name, 0, size, encoding << 24 | 8 * size)

    def finish(self) -> bytes:
        types = struct.pack(f"{self.order}{len(self.words)}I", *(word & 0xFFFFFFFF for word in self.words))
        header = struct.pack(f"{self.order}HBB5I", 0xEB9F, 1, 0, 24, 0, len(types), len(types), len(self.strings))
        return header + types + self.strings


def every_kind(order: str) -> bytes:
    w = Writer(order)
    u32 = w.integer("unsigned int", 4)
    long = w.integer("long int", 8, 1)
    char = w.integer("char", 1)
    boolean = w.integer("_Bool", 1, 4)
    w.type("FLOAT", "double", 0, 8)
    const = w.type("CONST", "", 0, char)
    text = w.type("PTR", "", 0, const)
    user = w.type("TYPE_TAG", "user", 0, w.type("VOLATILE", "", 0, u32))
    w.type("PTR", "", 0, user)
    array = w.type("ARRAY", "", 0, 0, u32, u32, 4)
    forward = w.type("FWD", "later", 0, 0)
    w.type("FWD", "later", KFLAG, 0)
    pointer = w.type("PTR", "", 0, forward)
    s = w.type("STRUCT", "s", KFLAG | 5, 40)
    members = (("next", s + 1, 0), ("a", u32, 3 << 24 | 64), ("b", boolean, 1 << 24 | 67), ("c", u32, 96), ("d", array, 128))
    for name, of, place in members:
        w.words += [w.name(name), of, place]
    again = w.type("PTR", "", 0, s)
    w.type("UNION", "u", 2, 8, w.name("x"), long, 0, w.name("y"), pointer, 0)
    w.type("ENUM", "e", KFLAG | 2, 4, w.name("A"), -1, w.name("B"), 1)
    w.type("ENUM64", "e64", 1, 8, w.name("C"), 0, 1)
    w.type("ENUM", "declared", 0, 4)
    name = w.type("TYPEDEF", "t", 0, w.type("RESTRICT", "", 0, again))
    proto = w.type("FUNC_PROTO", "", 3, u32, w.name("fmt"), text, 0, name, 0, 0)
    function = w.type("FUNC", "f.isra.0", 1, proto)
    variable = w.type("VAR", "v", 0, u32, 1)
    w.type("DATASEC", ".data", 1, 4, variable, 0, 4)
    w.type("DECL_TAG", "kfunc", 0, function, -1)
    w.type("DECL_TAG", "arg", 0, function, 1)
    w.type("DECL_TAG", "member", 0, s, 2)
    w.type("TYPE_TAG", "address_space(1)", KFLAG, u32)
    return w.finish()


def old_bit_fields(order: str) -> bytes:
    w = Writer(order)
    u32 = w.integer("unsigned int", 4)
    w.integer("long int", 8, 1)
    three = w.type("INT", "unsigned int", 0, 4, 3)
    five = w.type("INT", "unsigned int", 0, 4, 3 << 16 | 5)
    w.type("STRUCT", "s", 3, 8, w.name("a"), three, 0, w.name("b"), five, 0, w.name("c"), u32, 32)
    return w.finish()


def split() -> bytes:
    base = Writer()
    u32 = base.integer("unsigned int", 4)
    base.integer("long int", 8, 1)
    s = base.type("STRUCT", "s", 1, 4, base.name("x"), u32, 0)
    module = Writer(count=base.count, strings=base.strings)
    module.type("STRUCT", "m", 2, 8, module.name("s"), s, 0, module.name("y"), u32, 32)
    module.type("PTR", "", 0, base.count + 1)
    first = base.finish()
    return b"SPLT" + struct.pack("<I", len(first)) + first + module.finish()


def chain(length: int, end: int) -> bytes:
    """PTR -> PTR -> ... -> end."""
    w = Writer()
    w.integer("long int", 8, 1)
    for i in range(length):
        w.type("PTR", "", 0, i + 3 if i + 1 < length else end)
    return w.finish()


def elf(btf: bytes, is64: bool, order: str) -> bytes:
    names = b"\0.shstrtab\0.BTF\0"
    word = "Q" if is64 else "I"
    header = 64 if is64 else 52
    body = names + btf
    body += bytes(-(header + len(body)) % 8)
    ident = b"\x7fELF" + bytes([2 if is64 else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    fields = (1, 247, 1, 0, 0, header + len(body), 0, header, 0, 0, 64 if is64 else 40, 3, 1)
    out = ident + struct.pack(f"{order}HHI3{word}I6H", *fields) + body
    for name, kind, offset, size in ((0, 0, 0, 0), (1, 3, header, len(names)), (11, 1, header + len(names), len(btf))):
        out += struct.pack(f"{order}II4{word}II2{word}", name, kind, 0, 0, offset, size, 0, 0, 1, 0)
    return out


def bzimage(payload: bytes) -> bytes:
    image = bytearray(1024)
    image[0x1F1] = 1
    image[0x1FE:0x208] = b"\x55\xaaxxHdrS\x0f\x02"
    image[0x248:0x250] = struct.pack("<II", 0, len(payload))
    return bytes(image) + payload


def zboot(payload: bytes) -> bytes:
    return b"MZ\0\0zimg" + struct.pack("<II", 64, len(payload)) + bytes(48) + payload


def packed(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def seeds() -> dict[str, bytes]:
    little, big = every_kind("<"), every_kind(">")
    lz4 = b"\x02\x21\x4c\x18" + struct.pack("<I", 2) + b"\x10a"
    return {
        "seed-kinds-little.btf": little,
        "seed-kinds-big.btf": big,
        "seed-old-bit-fields-little.btf": old_bit_fields("<"),
        "seed-old-bit-fields-big.btf": old_bit_fields(">"),
        "seed-split.bin": split(),
        "seed-wide-header.btf": little[:4] + struct.pack("<I", 32) + little[8:24] + bytes(8) + little[24:],
        "seed-void-chain.btf": chain(300, 0),
        "seed-too-deep.btf": chain(3000, 0),
        "seed-pointer-cycle.btf": chain(40, 2),
        "seed-elf64-little.o": elf(little, True, "<"),
        "seed-elf32-big.o": elf(big, False, ">"),
        "seed-bzimage.bin": bzimage(packed(elf(little, True, "<"))),
        "seed-zboot.bin": zboot(lzma.compress(bytes(99) + big, lzma.FORMAT_XZ, lzma.CHECK_CRC32)),
        "seed-image.bin": b"MZ\0\0" + bytes(60) + old_bit_fields("<") + bytes(7) + little + bytes(9),
        "seed-unknown.bin": b"\x18\x28\x6f\x01" * 40 + lzma.compress(little, lzma.FORMAT_ALONE),
        "seed-lz4.bin": lz4,
        "seed-cut-off.btf": little[:-1],
        "seed-empty.btf": b"",
    }


def references(t: Type) -> list[int]:
    if t.kind in ("STRUCT", "UNION"):
        return [member.type for member in t.members]
    if t.kind == "FUNC_PROTO":
        return [t.type, *(type_id for _, type_id in t.params)]
    if t.kind in ("INT", "FLOAT", "ENUM", "ENUM64", "FWD", "VOID"):
        return []
    return [t.type]


def cut(btf: Btf, names: list[str]) -> bytes:
    """The named types with what they hold; records behind pointers become forward declarations."""
    wanted = {t.id for t in btf.types if t.name in names and t.kind in ("STRUCT", "UNION", "ENUM", "ENUM64", "TYPEDEF")}
    wanted |= {t.id for t in btf.types if t.kind == "INT"}
    shallow: set[int] = set()
    todo = [(type_id, False) for type_id in sorted(wanted)]
    while todo:
        type_id, behind = todo.pop()
        t = btf.types[type_id]
        if behind and t.kind in ("STRUCT", "UNION") and t.name:
            shallow.add(type_id)
            continue
        behind = behind or t.kind in ("PTR", "FUNC_PROTO")
        for inner in references(t):
            if inner and inner not in wanted:
                is_declared = behind and btf.types[inner].kind in ("STRUCT", "UNION") and btf.types[inner].name
                (shallow if is_declared else wanted).add(inner)
                if not is_declared:
                    todo.append((inner, behind))
    kept = sorted(wanted | shallow)
    number = {0: 0, **{old: new for new, old in enumerate(kept, 1)}}
    index = next(number[t.id] for t in btf.types if t.kind == "INT")
    w = Writer(">" if btf.big_endian else "<")
    for type_id in kept:
        put(w, btf.types[type_id], number, index, type_id in shallow and type_id not in wanted)
    return w.finish()


def put(w: Writer, t: Type, number: dict[int, int], index: int, declared: bool) -> None:
    flag = KFLAG if t.flag else 0
    if declared:
        w.type("FWD", t.name, KFLAG if t.kind == "UNION" else 0, 0)
    elif t.kind == "INT":
        w.type("INT", t.name, 0, t.size, t.encoding << 24 | t.int_offset << 16 | t.bits)
    elif t.kind == "ARRAY":
        w.type("ARRAY", "", 0, 0, number[t.type], index, t.count)
    elif t.kind in ("STRUCT", "UNION"):
        rest = []
        for m in t.members:
            rest += [w.name(m.name), number[m.type], m.width << 24 | m.bit_offset]
        w.type(t.kind, t.name, flag | len(t.members), t.size, *rest)
    elif t.kind == "ENUM":
        w.type("ENUM", t.name, flag | len(t.values), t.size, *(x for n, v in t.values for x in (w.name(n), v)))
    elif t.kind == "ENUM64":
        rest = [x for n, v in t.values for x in (w.name(n), v & 0xFFFFFFFF, v >> 32)]
        w.type("ENUM64", t.name, flag | len(t.values), t.size, *rest)
    elif t.kind == "FUNC_PROTO":
        rest = [x for n, p in t.params for x in (w.name(n), number[p])]
        w.type("FUNC_PROTO", "", len(t.params), number[t.type], *rest)
    elif t.kind in ("FLOAT", "FWD"):
        w.type(t.kind, t.name, flag, t.size)
    else:
        w.type(t.kind, t.name, flag, number[t.type])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--from", dest="source", metavar="VMLINUX")
    parser.add_argument("output", nargs="?")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    if arguments.source:
        (HERE / arguments.output).write_bytes(cut(read_file(arguments.source), arguments.names))
        return 0
    for name, data in seeds().items():
        (HERE / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
