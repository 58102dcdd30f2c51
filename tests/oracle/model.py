"""hdrgen's JSON form, read strictly and checked for being sound in itself.

    {"id": 1, "kind": "struct", "name": "foo", "size": 4, "align": 4, "complete": true, "members": [...]}  ->  Type

Anything the contract promises and the text lacks raises ModelError: a member that is not there must never be taken for a
default. Unknown extra keys are ignored, because the contract allows additions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Iterator

from report import Report

RECORDS = ("struct", "union")
KINDS = ("bool", "int", "char", "float", "pointer", "array", *RECORDS, "enum", "typedef", "function", "opaque")
TAGGED = (*RECORDS, "enum", "typedef")


class ModelError(Exception):
    """The JSON breaks the contract so that it cannot be read."""


@dataclass(frozen=True)
class Ref:
    """A use of a type; id 0 is void."""

    id: int
    quals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Member:
    name: str | None
    ref: Ref
    bit_offset: int
    bit_size: int
    bitfield: bool


@dataclass
class Type:
    id: int
    kind: str
    name: str | None = None
    size: int | None = None
    align: int | None = None
    complete: bool = True
    signed: bool = False
    ref: Ref = Ref(0)
    count: int = 0
    flavour: str = ""  # "vector" or "complex": the two kinds of array that are values in C
    members: list[Member] = field(default_factory=list)
    values: list[tuple[str, int]] = field(default_factory=list)
    params: list[Ref] = field(default_factory=list)
    variadic: bool = False

    def title(self) -> str:
        return f"{self.kind} {self.name or f'(anonymous, id {self.id})'}"


@dataclass
class Model:
    pointer_size: int
    char_signed: bool
    endian: str
    types: dict[int, Type]
    roots: list[int]

    def records(self) -> Iterator[Type]:
        return (t for t in self.types.values() if t.kind in RECORDS)

    def strip_typedefs(self, type_id: int) -> int:
        seen: set[int] = set()
        while type_id and self.types[type_id].kind == "typedef" and type_id not in seen:
            seen.add(type_id)
            type_id = self.types[type_id].ref.id
        return type_id

    def size_of(self, type_id: int) -> int | None:
        """Size in bytes, or None for void, functions and what is incomplete."""
        factor = 1
        while type_id:
            t = self.types[type_id]
            if t.kind == "array" and t.flavour:
                return factor * (t.size or 0)
            if t.kind == "array":
                factor *= t.count
            elif t.kind != "typedef":
                known = t.kind not in ("function", "opaque") and t.complete and t.size is not None
                return factor * t.size if known and t.size is not None else None
            type_id = t.ref.id
        return None


def _ref(node: dict[str, Any]) -> Ref:
    return Ref(int(node["type"]), tuple(node.get("quals", ())))


def _type(node: dict[str, Any]) -> Type:
    kind = node["kind"]
    if kind not in KINDS:
        raise ModelError(f"unknown kind '{kind}'")
    t = Type(id=int(node["id"]), kind=kind, name=node.get("name"))
    if kind in ("pointer", "array", "typedef", "function"):
        t.ref = _ref(node)
    if kind not in ("typedef", "function", "opaque"):
        t.complete = node.get("complete", True)
        t.size, t.align = (node["size"], node["align"]) if t.complete else (node.get("size"), node.get("align"))
    if kind in RECORDS:
        t.complete = node["complete"]
        for m in node["members"] if t.complete else node.get("members", []):
            member = Member(m["name"], _ref(m), int(m["bit_offset"]), int(m["bit_size"]), m.get("bitfield", False))
            t.members.append(member)
    if kind in ("int", "enum") and t.complete:
        t.signed = node["signed"]
    if kind == "enum":
        t.values = [(v["name"], int(v["value"])) for v in node.get("values", [])]
    if kind == "array":
        t.count = int(node["count"])
        t.flavour = "vector" if node.get("vector") else "complex" if node.get("complex") else ""
    if kind == "function":
        t.params = [_ref(p) for p in node["params"]]
        t.variadic = node["variadic"]
    return t


def read_model(text: str) -> Model:
    try:
        tree = json.loads(text)
        if tree["hdrgen_json"] != 1:
            raise ModelError(f"hdrgen_json is {tree['hdrgen_json']}, not 1")
        target = tree["target"]
        types = [_type(node) for node in tree["types"]]
        model = Model(
            pointer_size=int(target["pointer_size"]),
            char_signed=bool(target["char_signed"]),
            endian=str(target["endian"]),
            types={t.id: t for t in types},
            roots=[int(r) for r in tree["roots"]],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"JSON: {type(error).__name__}: {error}") from error
    if len(model.types) != len(types):
        raise ModelError("JSON: a type id is used twice")
    _check_references(model)
    return model


def _check_references(model: Model) -> None:
    for t in model.types.values():
        refs = [t.ref, *(m.ref for m in t.members), *t.params]
        for ref in refs:
            if ref.id and ref.id not in model.types:
                raise ModelError(f"JSON: {t.title()} refers to type {ref.id}, which is not there")
    for root in model.roots:
        if root not in model.types:
            raise ModelError(f"JSON: root {root} is not there")


def check_sound(model: Model, report: Report) -> None:
    """What must hold in any model, whatever clang says."""
    seen: set[tuple[str, str]] = set()
    for t in model.types.values():
        if t.kind in TAGGED and t.name:
            report.check((t.kind, t.name) not in seen, f"{t.title()}: defined twice")
            seen.add((t.kind, t.name))
        if t.kind in (*RECORDS, "enum") and t.complete:
            report.check(t.align is not None, f"{t.title()}: no alignment, although headers know it")
        if t.kind == "pointer":
            report.check(t.size == model.pointer_size, f"pointer {t.id}: size {t.size}")
        if t.kind == "array" and model.size_of(t.id) is not None and not _holds_atomic(model, t.id):
            size = model.size_of(t.id)
            report.check(t.size == size, f"array {t.id}: size {t.size}, but count times element is {size}")
        if t.kind in RECORDS and t.complete:
            _check_record(model, t, report)


def _check_record(model: Model, t: Type, report: Report) -> None:
    for m in t.members:
        what = f"{t.title()}, member {m.name or '(anonymous)'}"
        end = m.bit_offset + m.bit_size
        report.check(end <= 8 * (t.size or 0), f"{what}: ends at bit {end}, past the record")
        size = model.size_of(m.ref.id)
        if m.bitfield:
            report.check(size is None or 0 < m.bit_size <= 8 * size, f"{what}: width {m.bit_size}")
        elif size is not None and "atomic" not in m.ref.quals and not _holds_atomic(model, m.ref.id):
            report.check(m.bit_size == 8 * size, f"{what}: bit_size {m.bit_size}, but its type has {8 * size} bits")


def _holds_atomic(model: Model, type_id: int) -> bool:
    """_Atomic may round the size of a type up; then only clang's sizeof can tell."""
    while type_id and model.types[type_id].kind in ("typedef", "array"):
        if "atomic" in model.types[type_id].ref.quals:
            return True
        type_id = model.types[type_id].ref.id
    return False
