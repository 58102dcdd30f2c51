"""An independent reader of BTF, and the content of a BTF: what stays the same however its types are numbered.

    STRUCT 's' size=8 with a member 'next' of type [2] PTR -> [1]
        ->  "struct s size=8 kflag=0 {next@0 ptr(struct s)}"

Named structs, unions, enums, typedefs and forward declarations are referred to by kind and name, other types are written out where
they are used. Two BTFs have the same content when they have the same set of definitions. Written from the kernel's
Documentation/bpf/btf.rst; every offset and id is checked.
"""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

KINDS = (
    "void int ptr array struct union enum fwd typedef volatile const restrict func func_proto var datasec float decl_tag "
    "type_tag enum64"
).split()
# The number of 32-bit words behind the head: fixed, and for each of vlen.
FIXED = {"int": 1, "array": 3, "var": 1, "decl_tag": 1}
EACH = {"struct": 3, "union": 3, "enum": 2, "func_proto": 2, "datasec": 3, "enum64": 3}
OTHERS = ("decl_tag", "func", "var", "datasec")  # and never referred to by name
QUALIFIERS = ("const", "volatile", "restrict")  # their order means nothing
NAMED = ("struct", "union", "enum", "enum64", "fwd", "typedef")


class BtfError(Exception):
    """The bytes are not BTF; the text says where."""


@dataclass
class Type:
    kind: str
    name: str
    kflag: int
    vlen: int
    third: int  # size or type
    words: list[int] = field(default_factory=list)


class Btf:
    """Raw BTF in either byte order."""

    def __init__(self, data: bytes) -> None:
        if data[:2] not in (b"\x9f\xeb", b"\xeb\x9f"):
            raise BtfError("no BTF magic number")
        self.order = "<" if data[0] == 0x9F else ">"
        version, flags, header, type_off, type_len, str_off, str_len = struct.unpack_from(self.order + "BBIIIII", data, 2)
        if (version, flags, header) != (1, 0, 24):
            raise BtfError(f"version {version}, flags {flags}, header of {header} bytes")
        if type_off != 0 or str_off != type_len or type_len % 4 or len(data) != header + type_len + str_len:
            raise BtfError("sections are not where they should be")
        self.strings = data[header + str_off :]
        if not self.strings or self.strings[0] != 0 or self.strings[-1] != 0:
            raise BtfError("strings do not start and end with NUL")
        words = struct.unpack_from(f"{self.order}{type_len // 4}I", data, header)
        self.types = [Type("void", "", 0, 0, 0)]
        at = 0
        while at < len(words):
            at = self.read_type(words, at)
        self.check_ids()
        self.texts: dict[int, str] = {}

    def string(self, offset: int) -> str:
        if offset >= len(self.strings) or (offset and self.strings[offset - 1] != 0):
            raise BtfError(f"no string at {offset}")
        return self.strings[offset : self.strings.index(0, offset)].decode()

    def read_type(self, words: tuple[int, ...], at: int) -> int:
        name, info, third = words[at : at + 3]
        number = info >> 24 & 0x1F
        if not 0 < number < len(KINDS) or info & 0x60FF0000:
            raise BtfError(f"type {len(self.types)}: info 0x{info:x}")
        kind, vlen = KINDS[number], info & 0xFFFF
        count = FIXED.get(kind, 0) + EACH.get(kind, 0) * vlen
        if kind not in EACH and vlen and kind != "func":
            raise BtfError(f"type {len(self.types)}: {kind} with vlen {vlen}")
        end = at + 3 + count
        if end > len(words):
            raise BtfError(f"type {len(self.types)}: reaches beyond the section")
        self.types.append(Type(kind, self.string(name), info >> 31, vlen, third, list(words[at + 3 : end])))
        return end

    def references(self, t: Type) -> list[int]:
        if t.kind in ("struct", "union"):
            return t.words[1::3]
        if t.kind == "func_proto":
            return [t.third, *t.words[1::2]]
        if t.kind == "array":
            return t.words[:2]
        if t.kind == "datasec":
            return t.words[::3]
        return [] if t.kind in ("int", "float", "enum", "enum64", "fwd", "void") else [t.third]

    def check_ids(self) -> None:
        for number, t in enumerate(self.types):
            for to in self.references(t):
                if to >= len(self.types):
                    raise BtfError(f"type {number}: refers to type {to} of {len(self.types)}")

    def text(self, number: int) -> str:
        """A use of a type."""
        known = self.texts.get(number)
        if known is None:
            t = self.types[number]
            known = f"{t.kind} {t.name}" if t.kind in NAMED and t.name else self.definition(t)
            if t.kind == "fwd":
                known = f"fwd {'union' if t.kflag else 'struct'} {t.name}"
            self.texts[number] = known
        return known

    def members(self, t: Type) -> str:
        texts = []
        for name, to, place in zip(*[iter(t.words)] * 3):
            where = f"{place & 0xFFFFFF}:{place >> 24}" if t.kflag else f"{place}"
            texts.append(f"{self.string(name)}@{where} {self.text(to)}")
        return ", ".join(texts)

    def definition(self, t: Type) -> str:
        head = " ".join(filter(None, (t.kind, t.name)))
        if t.kind == "void":
            return "void"
        if t.kind == "int":
            return f"{head} size={t.third} word=0x{t.words[0]:x}"
        if t.kind == "float":
            return f"{head} size={t.third}"
        if t.kind in ("struct", "union"):
            return f"{head} size={t.third} kflag={t.kflag} {{{self.members(t)}}}"
        if t.kind in ("enum", "enum64"):
            each = EACH[t.kind]
            values = [f"{self.string(t.words[i])}={t.words[i + 1 : i + each]}" for i in range(0, len(t.words), each)]
            return f"{head} size={t.third} kflag={t.kflag} {{{', '.join(values)}}}"
        if t.kind == "array":
            return f"{self.text(t.words[0])}[{t.words[2]}]"
        if t.kind == "func_proto":
            parameters = [f"{self.string(n)} {self.text(to)}" for n, to in zip(t.words[::2], t.words[1::2])]
            return f"{self.text(t.third)}({', '.join(parameters)})"
        if t.kind in QUALIFIERS:
            words = {t.kind}
            while self.types[t.third].kind in QUALIFIERS:
                t = self.types[t.third]
                words.add(t.kind)
            return f"{' '.join(sorted(words))}({self.text(t.third)})"
        if t.kind == "datasec":
            entries = (f"{self.text(to)}@{offset}+{size}" for to, offset, size in zip(*[iter(t.words)] * 3))
            return f"{head} size={t.third} {{{', '.join(entries)}}}"
        extra = f" kflag={t.kflag} vlen={t.vlen} {t.words}" if t.kind in ("func", "var", "decl_tag", "type_tag") else ""
        return f"{head}{extra}({self.text(t.third)})"

    def content(self) -> Counter[str]:
        """Every definition that has a name; whatever has none is part of those that use it."""
        texts = (self.definition(t) for t in self.types if t.kind in NAMED and t.name or t.kind in OTHERS)
        return Counter(texts)

    def uses(self) -> set[str]:
        """All types there are, named or not."""
        return {self.text(number) for number in range(len(self.types))}


def read(path: Path) -> Btf:
    try:
        return Btf(path.read_bytes())
    except (OSError, BtfError, struct.error) as error:
        raise BtfError(f"{path}: {error}") from error
