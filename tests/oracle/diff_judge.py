"""What two BTFs say differently, found without hdrgen: the expectation that diff_kernel.py holds `hdrgen diff` against.

    Judge(left, right).expected()    ->    {("struct s", "member_offset", "b", 64, 128), ...}

Written from docs/diff.md on top of btf_reader.py. Types of a name that a side has more than once are left to others (which pairs
with which is diff's choice), and so are enums without a tag; `skipped` counts the names.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from btf_reader import Btf, Type

Change = tuple  # (type, what, member or None, left or None, right or None)
WORDS = {"STRUCT": "struct", "UNION": "union", "ENUM": "enum", "ENUM64": "enum", "TYPEDEF": "typedef"}
MAX_POINTERS = 64


@dataclass
class Shape:
    """A type without typedefs, modifiers and arrays."""

    element: Type
    count: int
    is_array: bool
    is_named: bool  # by a typedef around the element


@dataclass
class Flat:
    offset: int
    bits: int
    width: int
    type: int


def shape_of(btf: Btf, type_id: int) -> Shape:
    count, is_array, is_named = 1, False, False
    while True:
        bare = btf.types[btf.strip(type_id, typedefs=False)]
        if bare.kind == "TYPEDEF":
            is_named = True
        elif bare.kind == "ARRAY":
            count, is_array, is_named = count * bare.count, True, False
        else:
            return Shape(bare, count, is_array, is_named)
        type_id = bare.type


def kind_of(btf: Btf, type_id: int) -> tuple:
    """What diff compares of a type: nested through pointers, sizes only behind these."""
    kinds: list[tuple] = []
    for depth in range(MAX_POINTERS):
        shape = shape_of(btf, type_id)
        t, kind = shape.element, shape.element.kind.replace("ENUM64", "ENUM")
        size = t.size if depth and kind in ("INT", "FLOAT") else 0
        if kind == "FWD":
            kind = "UNION" if t.flag else "STRUCT"
        tag = t.name if kind in ("STRUCT", "UNION", "ENUM") else None
        encoding = (t.encoding & 4, t.name == "char", t.encoding & 1) if kind == "INT" else None
        kinds.append((kind, shape.is_array, tag, encoding, size))
        if kind != "PTR":
            break
        type_id = t.type
    return tuple(kinds)


def same_kind(left: tuple, right: tuple) -> bool:
    """Two plain chars are one kind, whatever their sign; a plain char is also the integer of its sign."""
    if len(left) != len(right):
        return False
    for a, b in zip(left, right, strict=True):
        if (*a[:3], a[4]) != (*b[:3], b[4]):
            return False
        if a[3] != b[3] and not (a[3][0] == b[3][0] and ((a[3][1] and b[3][1]) or a[3][2] == b[3][2])):
            return False
    return True


def flatten(btf: Btf, record: Type, base: int = 0, prefix: str = "") -> dict[str, Flat]:
    flat: dict[str, Flat] = {}
    for member in record.members:
        shape = shape_of(btf, member.type)
        offset = base + member.bit_offset
        is_record = shape.element.kind in ("STRUCT", "UNION")
        if member.name:
            bits = member.width or 8 * (btf.size_of(member.type) or 0)
            flat[prefix + member.name] = Flat(offset, bits, member.width, member.type)
        if is_record and not member.name:
            flat |= flatten(btf, shape.element, offset, prefix)
        elif is_record and not shape.element.name and not shape.is_named:
            inner = prefix + member.name + ("[]." if shape.is_array else ".")
            flat |= flatten(btf, shape.element, 0 if shape.is_array else offset, inner)
    return flat


def named_types(btf: Btf) -> dict[str, list[Type]]:
    named = defaultdict(list)
    for t in btf.types:
        is_declared_only = t.kind in ("ENUM", "ENUM64") and not t.values
        if t.kind in WORDS and t.name and not is_declared_only:
            named[f"{WORDS[t.kind]} {t.name}"].append(t)
    return named


def count_comparable(btf: Btf) -> int:
    untagged = sum(t.kind in ("ENUM", "ENUM64") and not t.name and bool(t.values) for t in btf.types)
    return untagged + sum(map(len, named_types(btf).values()))


@dataclass
class Judge:
    left: Btf
    right: Btf
    skipped: set[str] = field(default_factory=set)
    compared: int = 0
    members: int = 0

    def expected(self) -> set[Change]:
        lefts, rights = named_types(self.left), named_types(self.right)
        changes: set[Change] = set()
        for name in lefts.keys() | rights.keys():
            left, right = lefts.get(name, []), rights.get(name, [])
            if len(left) > 1 or len(right) > 1:
                self.skipped.add(name)
            elif not right:
                changes.add((name, "type_missing", None, name, None))
            elif not left:
                changes.add((name, "type_extra", None, None, name))
            else:
                self.compared += 1
                changes |= {(name, *change) for change in self._types(left[0], right[0])}
        return changes

    def _types(self, a: Type, b: Type) -> set[tuple]:
        if a.kind == "TYPEDEF":
            return self._typedefs(a, b)
        return self._enums(a, b) if a.kind.startswith("ENUM") else self._records(a, b)

    def _records(self, a: Type, b: Type) -> set[tuple]:
        size = {("size", None, a.size, b.size)} if a.size != b.size else set()
        if any(t.size and not t.members for t in (a, b)):
            return size
        left, right = flatten(self.left, a), flatten(self.right, b)
        if left and right and not left.keys() & right.keys() and (len(left) != len(right) or a.size != b.size):
            return {("namesake", None, None, None)}
        found = size | {("member_missing", name, left[name].offset, None) for name in left.keys() - right.keys()}
        found |= {("member_extra", name, None, right[name].offset) for name in right.keys() - left.keys()}
        for name in left.keys() & right.keys():
            self.members += 1
            found |= {(what, name, *values) for what, values in self._members(left[name], right[name])}
        return found

    def _are_namesakes(self, a: Type, b: Type) -> bool:
        """Held by value, they are another thing under one name."""
        is_tagged = a.kind in WORDS and b.kind in WORDS and "TYPEDEF" not in (a.kind, b.kind) and bool(a.name and b.name)
        is_defined = all(t.members or t.values for t in (a, b))
        return is_tagged and is_defined and self._types(a, b) == {("namesake", None, None, None)}

    def _members(self, a: Flat, b: Flat) -> list[tuple]:
        found = [("member_offset", (a.offset, b.offset))] if a.offset != b.offset else []
        left, right = shape_of(self.left, a.type), shape_of(self.right, b.type)
        sizes = (a.bits, b.bits)
        kinds = same_kind(kind_of(self.left, a.type), kind_of(self.right, b.type))
        if not kinds or bool(a.width) != bool(b.width) or self._are_namesakes(left.element, right.element):
            found.append(("member_type", (None, None)))
        elif left.count != right.count:
            found.append(("member_count", (left.count, right.count)))
            sizes = (8 * (self.left.size_of(left.element.id) or 0), 8 * (self.right.size_of(right.element.id) or 0))
        if sizes[0] != sizes[1]:
            found.append(("member_size", sizes))
        return found

    def _enums(self, a: Type, b: Type) -> set[tuple]:
        left, right = dict(a.values), dict(b.values)
        if not left.keys() & right.keys() and (len(left) != len(right) or a.size != b.size):
            return {("namesake", None, None, None)}
        found = {("size", None, a.size, b.size)} if a.size != b.size else set()
        if a.flag != b.flag:
            found.add(("sign", None, *("signed" if t.flag else "unsigned" for t in (a, b))))
        found |= {("enumerator_missing", name, left[name], None) for name in left.keys() - right.keys()}
        found |= {("enumerator_extra", name, None, right[name]) for name in right.keys() - left.keys()}
        return found | {("enumerator", name, left[name], right[name]) for name in left.keys() & right.keys()
                        if left[name] != right[name]}

    def _typedefs(self, a: Type, b: Type) -> set[tuple]:
        left, right = shape_of(self.left, a.type), shape_of(self.right, b.type)
        is_record = left.element.kind in ("STRUCT", "UNION")
        same = left.count == right.count and same_kind(kind_of(self.left, a.type), kind_of(self.right, b.type))
        if same and not is_record:
            same = self.left.size_of(a.type) == self.right.size_of(b.type)
        if not same:
            return {("typedef", None, None, None)}
        own = (self.left.strip(a.type, typedefs=False), self.right.strip(b.type, typedefs=False))
        if is_record and not left.element.name and own == (left.element.id, right.element.id):
            return self._records(left.element, right.element)
        return set()
