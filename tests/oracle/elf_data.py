"""The bytes of global variables in an ELF object file, of either class and byte order.

    elf_variables(object bytes)  ->  {"image_0": b"\\x08\\0\\0\\0", ...}

Only what a compiler writes for initialised data is understood: section headers, one symbol table, data and bss.
"""

from __future__ import annotations

import struct

SYMTAB, NOBITS = 2, 8


def elf_variables(data: bytes) -> dict[str, bytes]:
    if data[:4] != b"\x7fELF":
        raise ValueError("not an ELF file")
    wide = data[4] == 2
    order = "<" if data[5] == 1 else ">"
    (table,) = struct.unpack_from(order + ("Q" if wide else "I"), data, 40 if wide else 32)
    size, count = struct.unpack_from(order + "HH", data, 58 if wide else 46)
    sections = []
    for i in range(count):
        layout = "IIQQQQIIQQ" if wide else "IIIIIIIIII"
        sections.append(struct.unpack_from(order + layout, data, table + i * size))
    variables: dict[str, bytes] = {}
    for section in sections:
        if section[1] == SYMTAB:
            variables.update(_symbols(data, order, wide, sections, section))
    return variables


def _symbols(
    data: bytes, order: str, wide: bool, sections: list[tuple[int, ...]], table: tuple[int, ...]
) -> dict[str, bytes]:
    names = sections[table[6]][4]
    layout = order + ("IBBHQQ" if wide else "IIIBBH")
    found: dict[str, bytes] = {}
    for at in range(table[4], table[4] + table[5], struct.calcsize(layout)):
        entry = struct.unpack_from(layout, data, at)
        index, value, length = (entry[3], entry[4], entry[5]) if wide else (entry[5], entry[1], entry[2])
        if 0 < index < len(sections) and length:
            name = data[names + entry[0] : data.index(b"\0", names + entry[0])].decode()
            section = sections[index]
            start = section[4] + value
            found[name] = bytes(length) if section[1] == NOBITS else data[start : start + length]
    return found
