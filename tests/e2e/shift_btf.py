"""One fault at a time in BTF: a member moved, an enumerator renumbered. The field test must notice each.

    >>> faults = Faults(Path("kernel.btf").read_bytes())
    >>> faults.member("task_struct", "pid", 32)     # offset in the file, and the four bytes that go there
    (53124, 0x4a40)

Only the word that holds the offset (or the value) changes, so that the guest can make the faulty BTF out of the good one. Members of
anonymous members are found where C finds them. The reader is the test's own and knows no more than that.
"""

from __future__ import annotations

import struct

INT, PTR, ARRAY, STRUCT, UNION, ENUM, FUNC_PROTO, VAR, DATASEC, DECL_TAG, ENUM64 = 1, 2, 3, 4, 5, 6, 13, 14, 15, 17, 19
MODIFIERS = (8, 9, 10, 11, 18)  # typedef, volatile, const, restrict, type tag


class Faults:
    def __init__(self, data: bytes) -> None:
        magic, _, _, header, type_start, type_size, self.strings, _ = struct.unpack_from("<HBBIIIII", data)
        if magic != 0xEB9F:
            raise ValueError("no BTF in the byte order of this test")
        self.data = data
        self.strings += header
        self.types = [(0, 0, 0, 0, 0)]  # kind, vlen, kind flag, size or type, position of what follows
        self.names: dict[tuple[int, str], int] = {}
        at = header + type_start
        while at < header + type_start + type_size:
            name, info, size = struct.unpack_from("<III", data, at)
            kind, count = info >> 24 & 31, info & 0xFFFF
            self.names.setdefault((kind, self.text(name)), len(self.types))
            self.types.append((kind, count, info >> 31, size, at + 12))
            each = {STRUCT: 12, UNION: 12, ENUM: 8, ENUM64: 12, FUNC_PROTO: 8, DATASEC: 12}.get(kind, 0)
            at += 12 + count * each + {INT: 4, ARRAY: 12, VAR: 4, DECL_TAG: 4}.get(kind, 0)

    def text(self, offset: int) -> str:
        at = self.strings + offset
        return self.data[at:self.data.index(b"\0", at)].decode()

    def find_member(self, record: int, wanted: str) -> tuple[int, int] | None:
        """The position of the word with the member's offset, and that word."""
        _, count, _, _, at = self.types[record]
        for position in range(at, at + 12 * count, 12):
            name, member_type, offset = struct.unpack_from("<III", self.data, position)
            if name and self.text(name) == wanted:
                return position + 8, offset
            while self.types[member_type][0] in MODIFIERS:
                member_type = self.types[member_type][3]
            if not name and self.types[member_type][0] in (STRUCT, UNION):
                found = self.find_member(member_type, wanted)
                if found:
                    return found
        return None

    def member(self, record: str, member: str, bits: int) -> tuple[int, int]:
        """The member of a struct that many bits further on; that many bytes where fewer than 8 bits are meant and it is no bit-field."""
        found = self.find_member(self.names.get((STRUCT, record), 0), member)
        if not found:
            raise ValueError(f"no struct {record} with a member {member} in the BTF")
        is_bit_field = found[1] >> 24 != 0
        return found[0], found[1] + (bits if bits % 8 == 0 or is_bit_field else bits * 8)

    def enumerator(self, enum: str, wanted: str, value: int) -> tuple[int, int]:
        """An enumerator of another value."""
        _, count, _, _, at = self.types[self.names.get((ENUM, enum), 0)]
        for position in range(at, at + 8 * count, 8):
            if self.text(struct.unpack_from("<I", self.data, position)[0]) == wanted:
                return position + 4, value
        raise ValueError(f"no enum {enum} with an enumerator {wanted} in the BTF")
