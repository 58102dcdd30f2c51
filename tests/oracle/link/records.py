"""What an object compiled by clang asks for, said in records (docs/rust-core-records.md), from its BTF alone.

    byte_offset, type 7 (struct task_struct), access 0:3:1    ->    byte_offset Stask_struct comm:[16]i8s [1]

So each relocation of a C program can be made by `hdrgen link` as well, and compared.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from btf_reader import Btf, read_raw
from elf_sections import Elf

KINDS = (
    "byte_offset byte_size field_exists signed lshift_u64 rshift_u64 type_id_local type_id_target type_exists type_size"
    " enumval_exists enumval_value type_matches"
).split()
WHOLE = {"type_id_local", "type_id_target", "type_exists", "type_size", "type_matches"}
SPACES = {"CONST", "VOLATILE", "RESTRICT", "TYPE_TAG"}


class CannotSay(Exception):
    """The relocation is none that a record can say; the text says why."""


@dataclass
class Relocation:
    section: str
    offset: int
    kind: str
    type: int
    access: list[int]
    opcode: int


def read_relocations(path: Path) -> tuple[Btf, list[Relocation]]:
    elf = Elf(path.read_bytes())
    btf, ext = elf.section(".BTF"), elf.section(".BTF.ext")
    header = struct.unpack_from(elf.order + "HBBIIIIIII", btf.ljust(40, b"\0"))
    strings = btf[header[3] + header[6] :]
    types = read_raw(btf)
    (_, _, _, length, _, _, _, _, at, size) = struct.unpack_from(elf.order + "HBBIIIIIII", ext)
    result = []
    place, end = length + at, length + at + size
    if size:
        (each,) = struct.unpack_from(elf.order + "I", ext, place)
        place += 4
        while place < end:
            name, count = struct.unpack_from(elf.order + "II", ext, place)
            place += 8
            section = strings[name : strings.index(b"\0", name)].decode()
            code = elf.section(section)
            for _ in range(count):
                offset, type_id, access, kind = struct.unpack_from(elf.order + "IIII", ext, place)
                text = strings[access : strings.index(b"\0", access)].decode()
                result.append(Relocation(section, offset, KINDS[kind], type_id, [int(x) for x in text.split(":")], code[offset]))
                place += each
    return types, result


class Writer:
    """Types of one object as text."""

    def __init__(self, btf: Btf) -> None:
        self.btf = btf

    def plain(self, type_id: int, typedefs: bool = True) -> int:
        while type_id and (self.btf.types[type_id].kind in SPACES or typedefs and self.btf.types[type_id].kind == "TYPEDEF"):
            type_id = self.btf.types[type_id].type
        return type_id

    def text(self, type_id: int, closed: bool = False, typedefs: bool = False, behind: bool = False) -> str:
        """closed: with members and enumerators, as type_matches wants them; not behind a pointer, where only names count."""
        type_id = self.plain(type_id, not typedefs)
        if type_id == 0:
            return "v"
        t = self.btf.types[type_id]
        inner = {"closed": closed, "typedefs": typedefs}
        if t.kind == "INT":
            return f"i{t.bits}{'b' if t.encoding & 4 else 's' if t.encoding & 1 else 'u'}" + (f"'{t.name}'" if closed else "")
        if t.kind == "FLOAT":
            return f"f{t.size}" + (f"'{t.name}'" if closed else "")
        if t.kind == "PTR":
            to = self.text(t.type, behind=True, **inner)
            return "p" if to == "v" else f"p{to}"
        if t.kind == "ARRAY":
            return f"[{t.count}]" + self.text(t.type, behind=behind, **inner)
        if t.kind == "FWD":
            return f"D{'U' if t.flag else 'S'}{t.name}"
        if t.kind == "TYPEDEF":
            return f"T{t.name}=" + self.text(t.type, behind=behind, **inner)
        if t.kind == "FUNC_PROTO":
            parameters = ",".join(self.text(p, behind=behind, **inner) for _, p in t.params)
            return f"F{self.text(t.type, behind=behind, **inner)}({parameters})"
        if t.kind in ("ENUM", "ENUM64"):
            size = f"{t.size}{'s' if t.flag else 'u'}"
            names = "(" + ",".join(name for name, _ in t.values) + ")" if closed else ""
            return "E" + ("" if size == "4u" else size) + t.name + names
        letter = {"STRUCT": "S", "UNION": "U"}[t.kind]
        if not closed or (behind and t.name):
            return letter + t.name
        return letter + t.name + "(" + ",".join(self.member(m, closed=True) for m in t.members) + ")"

    def member(self, m, closed: bool = False) -> str:
        return f"{m.name}:{self.text(m.type, closed=closed)}" + (f"@{m.width}" if m.width else "")

    def record(self, relocation: Relocation) -> str:
        kind, root = relocation.kind, self.plain(relocation.type, typedefs=False)
        t = self.btf.types[root]
        if not t.name:
            raise CannotSay("its first type has no name")
        if t.kind not in ("STRUCT", "UNION", "ENUM", "ENUM64", "TYPEDEF", "FWD"):
            raise CannotSay(f"its first type is {t.kind}")
        if kind in WHOLE:
            return f"{kind} " + self.text(root, closed=kind == "type_matches", typedefs=True)
        words = [kind, self.text(root, typedefs=True)]
        at = self.btf.types[self.plain(root)]
        if kind.startswith("enumval"):
            return " ".join([*words, at.values[relocation.access[0]][0]])
        if relocation.access[0] != 0:
            raise CannotSay("it is an element after the first of what a pointer points to")
        for index in relocation.access[1:]:
            if at.kind == "ARRAY":
                words.append(f"[{index}]")
                at = self.btf.types[self.plain(at.type)]
                continue
            member = at.members[index]
            if member.name:
                words.append(self.member(member))
            at = self.btf.types[self.plain(member.type)]
        if len(words) == 2:
            raise CannotSay("it is of the whole type, as if it were a field")
        return " ".join(words)


def is_wide(text: str) -> bool:
    """As clang does it."""
    return text.startswith(("enumval_value", "type_id"))


def write_c(relocations: list[tuple[str, str]]) -> str:
    """The same as assemble, as C with inline assembly: then the object has BTF of its own, and relocations of clang's."""
    lines = ["struct own_type { int here; } __attribute__((preserve_access_index));"]
    for number, section in enumerate(dict.fromkeys(s for s, _ in relocations)):
        lines += [f'__attribute__((section("{section}"), used)) int f{number}(void *context)', "{", "    unsigned long value;"]
        for _, text in (r for r in relocations if r[0] == section):
            wide = is_wide(text)
            asm = "2: " + "call hdrgen_link_was_not_run\\n" * (2 if wide else 1) + '.pushsection .hdrgen.relo.1,\\"\\",@progbits\\n.long 2b\\n'
            asm += f'.asciz \\"%0{":64" if wide else ""} {text}\\"\\n.popsection'
            lines.append(f'    __asm__ volatile("{asm}" : "=r"(value));')
        lines += ["    return __builtin_preserve_field_info(((struct own_type *)context)->here, 2);", "}"]
    lines.append('__attribute__((section("license"), used)) char LICENSE[] = "GPL";')
    return "\n".join(lines) + "\n"


def assemble(relocations: list[tuple[str, str]]) -> str:
    """Assembly: per section a function of placeholders, and a record for each (section, text without register)."""
    lines: list[str] = []
    for number, section in enumerate(dict.fromkeys(s for s, _ in relocations)):
        lines += [f'.section "{section}","ax",@progbits', ".p2align 3", f".globl f{number}", f".type f{number},@function", f"f{number}:"]
        for i, (where, text) in enumerate(relocations):
            if where != section:
                continue
            wide = is_wide(text)
            lines += [f".Lp{i}:", *["call hdrgen_link_was_not_run"] * (2 if wide else 1)]
            lines += ['.pushsection .hdrgen.relo.1,"",@progbits', f".long .Lp{i}", f'.asciz "r1{":64" if wide else ""} {text}"', ".popsection"]
        lines += ["r0 = 0", "exit", f".Le{number}:", f".size f{number}, .Le{number}-f{number}"]
    lines += ['.section license,"aw",@progbits', ".globl LICENSE", ".type LICENSE,@object", "LICENSE:", '.asciz "GPL"', ".size LICENSE, 4"]
    return "\n".join(lines) + "\n"
