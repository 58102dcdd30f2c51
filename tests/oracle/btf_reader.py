"""BTF, read on its own: with Python's standard library, from the format's description, sharing nothing with hdrgen.

    btf = read_file("/sys/kernel/btf/vmlinux")
    btf = read_file("module.ko", base=read_file("vmlinux"))
    btf.types[1]    ->    Type(id=1, kind="INT", name="long unsigned int", size=8, ...)

Reads raw BTF of either byte order; ELF files with a .BTF section; and those kernel images whose compression Python knows
(gzip, xz, lzma; zstd and lz4 through the programs of these names): x86's bzImage, plain and zboot Images. It trusts its
input: what is wrong ends in an exception.
"""

from __future__ import annotations

import lzma
import struct
import subprocess
import zlib
from dataclasses import dataclass, field

KINDS = (
    "VOID INT PTR ARRAY STRUCT UNION ENUM FWD TYPEDEF VOLATILE CONST RESTRICT FUNC FUNC_PROTO VAR DATASEC FLOAT DECL_TAG"
    " TYPE_TAG ENUM64"
).split()
MODIFIERS = {"VOLATILE": "volatile", "CONST": "const", "RESTRICT": "restrict"}
LONG_WORDS = {"long", "int", "unsigned", "signed"}


class BtfError(Exception):
    """Not BTF, or no BTF in it."""


@dataclass
class Member:
    name: str
    type: int
    bit_offset: int
    width: int  # 0 = no bit-field


@dataclass
class Type:
    id: int
    kind: str
    name: str
    flag: bool
    size: int = 0
    type: int = 0
    bits: int = 0  # INT
    int_offset: int = 0
    encoding: int = 0
    count: int = 0  # ARRAY
    linkage: int = 0
    component: int = -1
    members: list[Member] = field(default_factory=list)
    values: list[tuple[str, int]] = field(default_factory=list)
    params: list[tuple[str, int]] = field(default_factory=list)
    entries: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass
class Btf:
    big_endian: bool
    types: list[Type]
    strings: bytes
    class_size: int = 0  # of the ELF file around it

    def strip(self, type_id: int, typedefs: bool = True) -> int:
        """Without modifiers, and typedefs."""
        while self.types[type_id].kind in MODIFIERS or self.types[type_id].kind == "TYPE_TAG" or (
            typedefs and self.types[type_id].kind == "TYPEDEF"
        ):
            type_id = self.types[type_id].type
        return type_id

    def pointer_size(self) -> int:
        for t in self.types:
            words = t.name.split()
            if t.kind == "INT" and "long" in words and len(set(words)) == len(words) and set(words) <= LONG_WORDS:
                return t.size
        return self.class_size or 8

    def size_of(self, type_id: int) -> int | None:
        """In bytes; None for void, functions and what is only declared."""
        factor = 1
        while True:
            t = self.types[self.strip(type_id)]
            if t.kind == "PTR":
                return factor * self.pointer
            if t.kind in ("INT", "FLOAT", "STRUCT", "UNION", "ENUM", "ENUM64"):
                return factor * t.size
            if t.kind != "ARRAY":
                return None
            factor *= t.count
            type_id = t.type

    def __post_init__(self) -> None:
        self.pointer = self.pointer_size()


def _name(strings: bytes, offset: int) -> str:
    return strings[offset : strings.index(b"\0", offset)].decode("utf-8", "surrogateescape")


def _signed32(value: int) -> int:
    return value - (1 << 32) if value >> 31 else value


def _fill(t: Type, words: tuple[int, ...], at: int, vlen: int, strings: bytes) -> int:
    """The words behind the first three; returns where they end."""
    if t.kind == "INT":
        t.encoding, t.int_offset, t.bits = words[at] >> 24 & 0xF, words[at] >> 16 & 0xFF, words[at] & 0xFF
        return at + 1
    if t.kind == "ARRAY":
        t.type, t.count = words[at], words[at + 2]
        return at + 3
    if t.kind in ("STRUCT", "UNION"):
        for i in range(at, at + 3 * vlen, 3):
            place = words[i + 2]
            offset, width = (place & 0xFFFFFF, place >> 24) if t.flag else (place, 0)
            t.members.append(Member(_name(strings, words[i]), words[i + 1], offset, width))
        return at + 3 * vlen
    if t.kind == "ENUM":
        for i in range(at, at + 2 * vlen, 2):
            t.values.append((_name(strings, words[i]), _signed32(words[i + 1]) if t.flag else words[i + 1]))
        return at + 2 * vlen
    if t.kind == "ENUM64":
        for i in range(at, at + 3 * vlen, 3):
            value = words[i + 1] | words[i + 2] << 32
            t.values.append((_name(strings, words[i]), value - (1 << 64) if t.flag and value >> 63 else value))
        return at + 3 * vlen
    if t.kind == "FUNC_PROTO":
        t.params = [(_name(strings, words[i]), words[i + 1]) for i in range(at, at + 2 * vlen, 2)]
        return at + 2 * vlen
    if t.kind == "VAR":
        t.linkage = words[at]
        return at + 1
    if t.kind == "DATASEC":
        t.entries = [(words[i], words[i + 1], words[i + 2]) for i in range(at, at + 3 * vlen, 3)]
        return at + 3 * vlen
    if t.kind == "DECL_TAG":
        t.component = _signed32(words[at])
        return at + 1
    if t.kind == "FUNC":
        t.linkage = vlen
    return at


def read_raw(data: bytes, base: Btf | None = None) -> Btf:
    """BTF as it is in a .BTF section."""
    if data[:2] not in (b"\x9f\xeb", b"\xeb\x9f"):
        raise BtfError("no BTF: the magic number is missing")
    order = ">" if data[:2] == b"\xeb\x9f" else "<"
    header_size, type_offset, type_size, string_offset, string_size = struct.unpack_from(order + "5I", data, 4)
    start = header_size + string_offset
    strings = (base.strings if base else b"") + data[start : start + string_size]
    words = struct.unpack_from(f"{order}{type_size // 4}I", data, header_size + type_offset)
    types = list(base.types) if base else [Type(0, "VOID", "", False)]
    at = 0
    while at < len(words):
        name, info, third = words[at : at + 3]
        t = Type(len(types), KINDS[info >> 24 & 0x7F], _name(strings, name), bool(info >> 31), size=third, type=third)
        at = _fill(t, words, at + 3, info & 0xFFFFFF, strings)
        types.append(t)
    return Btf(order == ">", types, strings, base.class_size if base else 0)


# --- files around BTF ---


def _elf_section(data: bytes, wanted: bytes) -> bytes | None:
    is64, order = data[4] == 2, "<" if data[5] == 1 else ">"
    headers = struct.unpack_from(order + ("Q" if is64 else "I"), data, 0x28 if is64 else 0x20)[0]
    entry, count, names = struct.unpack_from(order + "3H", data, 0x3A if is64 else 0x2E)
    if headers == 0:
        return None
    form = order + ("IIQQQQIIQQ" if is64 else "10I")
    first = struct.unpack_from(form, data, headers)
    count, names = count or first[5], names if names != 0xFFFF else first[6]
    sections = [struct.unpack_from(form, data, headers + entry * i) for i in range(count)]
    name_offset = sections[names][4]
    for section in sections:
        at = name_offset + section[0]
        if data[at : data.index(b"\0", at)] != wanted or section[1] == 8:
            continue
        body = data[section[4] : section[4] + section[5]]
        if section[2] & 0x800:  # SHF_COMPRESSED
            if struct.unpack_from(order + "I", body)[0] != 1:
                raise BtfError("the .BTF section is compressed, but not by zlib")
            body = zlib.decompress(body[24 if is64 else 12 :])
        return body
    return None


def _filter(program: str, data: bytes) -> bytes:
    result = subprocess.run([program, "-dc"], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return result.stdout


def _unpack(data: bytes) -> bytes | None:
    """What one stream of compressed data holds; what follows it is ignored. None: it is not compressed."""
    if data.startswith(b"\x1f\x8b\x08"):
        return zlib.decompressobj(31).decompress(data)
    if data.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(data)
    if data.startswith(b"\x5d\0\0"):
        return lzma.LZMADecompressor(lzma.FORMAT_ALONE).decompress(data)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return _filter("zstd", data)
    if data.startswith(b"\x02\x21\x4c\x18"):
        return _filter("lz4", data)
    return None


def _payload(data: bytes) -> bytes | None:
    """The compressed kernel in an image."""
    if data[0x1FE:0x200] == b"\x55\xaa" and data[0x202:0x206] == b"HdrS":
        offset, size = struct.unpack_from("<2I", data, 0x248)
        start = ((data[0x1F1] or 4) + 1) * 512 + offset
        return data[start : start + size]
    if data[:2] == b"MZ" and data[4:8] == b"zimg":
        offset, size = struct.unpack_from("<2I", data, 8)
        return data[offset : offset + size]
    return None


def _largest(data: bytes) -> bytes | None:
    """The largest BTF somewhere in a kernel's memory."""
    best = b""
    for magic, order in ((b"\x9f\xeb\x01\0", "<"), (b"\xeb\x9f\x01\0", ">")):
        at = data.find(magic)
        while at >= 0:
            if at + 24 <= len(data):
                size, types, type_size, strings, string_size = struct.unpack_from(order + "5I", data, at + 4)
                end = at + size + strings + string_size
                fits = size == 24 and types == 0 and strings == type_size and end <= len(data)
                if fits and end - at > len(best) and data[end - 1] == 0 and data[at + size + strings] == 0:
                    best = data[at:end]
            at = data.find(magic, at + 1)
    return best or None


def _largest_packed(data: bytes) -> bytes | None:
    """The same in what looks like compressed data somewhere in the file: images of formats not known here."""
    for magic in (b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"\x02\x21\x4c\x18"):
        at = data.find(magic)
        while at >= 0:
            try:
                found = _largest(_unpack(data[at:]) or b"")
            except (zlib.error, lzma.LZMAError, EOFError):
                found = None
            if found:
                return found
            at = data.find(magic, at + 1)
    return None


def find_btf(data: bytes) -> tuple[bytes, int]:
    """The BTF in a file's bytes, and the pointer size of the ELF class around it (0 = no ELF)."""
    for _ in range(4):
        if data[:2] in (b"\x9f\xeb", b"\xeb\x9f"):
            return data, 0
        if data[:4] == b"\x7fELF":
            section = _elf_section(data, b".BTF")
            if section is None:
                raise BtfError("this ELF file has no .BTF section")
            return section, 8 if data[4] == 2 else 4
        unpacked = _unpack(_payload(data) or data)
        if unpacked is None:
            break
        data = unpacked
    found = _largest(data) or _largest_packed(data)
    if found is None:
        raise BtfError("there is no BTF in it")
    return found, 0


def read_file(path: str, base: Btf | None = None) -> Btf:
    with open(path, "rb") as file:
        raw, class_size = find_btf(file.read())
    btf = read_raw(raw, base)
    if class_size:
        btf.class_size = class_size
        btf.pointer = btf.pointer_size()
    return btf
