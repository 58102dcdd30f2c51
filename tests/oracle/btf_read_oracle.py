#!/usr/bin/env python3
"""Proof that reading BTF loses and changes nothing: hdrgen's JSON of a BTF file against a reading of our own.

    btf_read_oracle.py --hdrgen BIN FILE [--base-btf FILE]
    btf_read_oracle.py --json OUTPUT.json FILE

Each reading is turned into a bag of descriptions, one for each type, made of names, sizes, bit offsets, widths, counts,
values, qualifiers and tags, but not of ids. What an unnamed type is, is part of the description of what refers to it. The
bags must be equal, in both directions, for all that can be reached from a type with a name (hdrgen's "everything"); how
many records nothing of that refers to (unnamed ones, or only declared) is told.

Exit status: 0 all right, 1 something is wrong or nothing was checked, 2 usage.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from hashlib import blake2b
from typing import Any

from btf_reader import MODIFIERS, Btf, BtfError, Type, read_file

SHOWN = 12
RECORDS = {"STRUCT": "struct", "UNION": "union"}
ENUMS = ("ENUM", "ENUM64")
FLOATS = ("float", "double", "long double")  # INTs before there was FLOAT


def digest(value: Any) -> str:
    return blake2b(repr(value).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def enum_values(t: Type) -> list[tuple[str, int]]:
    """An enum of 1 or 2 bytes from before there was a sign can have negative values in 32 bits."""
    limit = 1 << 8 * t.size
    if t.kind == "ENUM" and not t.flag and any(value >= limit for _, value in t.values):
        return [(name, value - (1 << 32) if value >> 31 else value) for name, value in t.values]
    return t.values


class Side:
    """One of the two readings."""

    def __init__(self) -> None:
        self.bag: Counter[str] = Counter()
        self.text: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.memo: dict[int, Any] = {}

    def put(self, kind: str, name: str | None, content: Any) -> None:
        key = digest((kind, name, content))
        self.bag[key] += 1
        self.text.setdefault(key, f"{kind} {name or '(anonymous)'}: {content!r}"[:1500])
        self.counts[kind] += 1
        if kind in ("struct", "union"):
            self.counts["members"] += len(content[3])
            self.counts["bit-fields"] += sum(1 for member in content[3] if member[3])
        if kind == "enum":
            self.counts["enumerators"] += len(content[3])


class BtfSide(Side):
    def __init__(self, btf: Btf, other_char_signed: bool) -> None:
        super().__init__()
        self.btf = btf
        # Before pahole wrote signs of chars, nothing in the BTF tells plain char's.
        self.chars_have_signs = not any(t.kind == "INT" and t.name == "signed char" and not t.encoding for t in btf.types)
        self.other_char_signed = other_char_signed
        self.tags: dict[tuple[int, int], list[str]] = {}
        self.by_value = set()
        self.seen: set[int] = set()
        for t in btf.types:
            if t.kind == "DECL_TAG":
                self.tags.setdefault((t.type, t.component), []).append(t.name)
            held = [member.type for member in t.members] + ([t.type] if t.kind == "ARRAY" else [])
            self.by_value.update(btf.strip(type_id) for type_id in held)

    def ref(self, type_id: int) -> Any:
        """A use of a type: qualifiers, tags, and what it is."""
        quals, tags = set(), []
        t = self.btf.types[type_id]
        while t.kind in MODIFIERS or t.kind == "TYPE_TAG":
            if t.kind == "TYPE_TAG":
                tags.append(t.name)
            else:
                quals.add(MODIFIERS[t.kind])
            t = self.btf.types[t.type]
        return (sorted(quals), tags, self.what(t))

    def what(self, t: Type) -> Any:
        """A type as it is seen from outside: a name, or all of it."""
        if t.id not in self.memo:
            self.memo[t.id] = self.fresh(t)
        return self.memo[t.id]

    def fresh(self, t: Type) -> Any:
        if t.kind == "VOID":
            return "void"
        if t.kind == "INT":
            return self.integer(t)
        if t.kind == "FLOAT":
            return ("float", t.name, t.size)
        if t.kind == "PTR":
            return ("pointer", self.btf.pointer, self.ref(t.type))
        if t.kind == "ARRAY":
            return ("array", t.count, self.btf.size_of(t.id), self.ref(t.type))
        if t.kind == "FWD":
            return ("union" if t.flag else "struct", t.name, False, 0)
        if t.kind in RECORDS:
            return (RECORDS[t.kind], t.name, True, t.size) if t.name else ("record", digest(self.content(t)))
        if t.kind in ENUMS:
            return ("enum", t.name, *self.content(t)[1:3]) if t.name else ("enum", digest(self.content(t)))
        if t.kind == "TYPEDEF":
            return ("typedef", t.name)
        assert t.kind == "FUNC_PROTO", t
        variadic = bool(t.params) and t.params[-1][1] == 0
        params = t.params[:-1] if variadic else t.params
        return ("function", self.ref(t.type), [(name or None, self.ref(type_id)) for name, type_id in params], variadic)

    def integer(self, t: Type) -> Any:
        if t.encoding & 4:
            return ("bool", t.name, t.size)
        signed = bool(t.encoding & 1)
        if t.name == "char" and t.size == 1:
            return ("char", t.name, 1, signed if self.chars_have_signs else self.other_char_signed)
        if t.name in FLOATS and t.encoding == 0 and t.size >= 4:
            return ("float", t.name, t.size)
        return ("int", t.name, t.size, signed or t.name == "signed char")

    def member(self, t: Type, index: int) -> Any:
        member = t.members[index]
        base = self.btf.types[self.btf.strip(member.type)]
        offset, width = member.bit_offset, member.width
        if not t.flag and base.kind == "INT" and (base.bits != 8 * base.size or base.int_offset or offset % 8):
            offset, width = offset + base.int_offset, base.bits
        size = self.btf.size_of(member.type)
        assert size is not None, (t, member)
        tags = self.tags.get((t.id, index), [])
        return (member.name or None, offset, width or 8 * size, width != 0, self.ref(member.type), tags)

    def is_defined_enum(self, t: Type) -> bool:
        return t.kind in ENUMS and (bool(t.values) or t.id in self.by_value)

    def content(self, t: Type) -> Any:
        if t.kind in RECORDS:
            members = [self.member(t, i) for i in range(len(t.members))]
            kept = [member for member in members if member[0] is not None or not member[3]]
            return (RECORDS[t.kind], True, t.size, kept, self.tags.get((t.id, -1), []))
        complete = self.is_defined_enum(t)
        values = enum_values(t)
        signed = t.flag or values != t.values
        return ("enum", complete, t.size if complete else 0, values, signed if complete else None)

    def fill(self) -> None:
        """All that can be reached from named types, as hdrgen selects."""
        todo = [t for t in self.btf.types if (t.name and t.kind in (*RECORDS, "TYPEDEF")) or self.is_defined_enum(t)]
        while todo:
            t = todo.pop()
            if t.id in self.seen or t.kind == "VOID":
                continue
            self.seen.add(t.id)
            self.add(t)
            inside = [member.type for member in t.members] + [type_id for _, type_id in t.params]
            if t.kind in (*MODIFIERS, "PTR", "ARRAY", "TYPEDEF", "TYPE_TAG", "FUNC_PROTO"):
                inside.append(t.type)
            todo += [self.btf.types[type_id] for type_id in inside]

    def add(self, t: Type) -> None:
        if t.kind in MODIFIERS or t.kind == "TYPE_TAG":
            return
        if t.kind in RECORDS:
            self.put(RECORDS[t.kind], t.name or None, self.content(t))
        elif t.kind in ENUMS:
            self.put("enum", t.name or None, self.content(t))
        elif t.kind == "FWD":
            self.put("union" if t.flag else "struct", t.name, ("union" if t.flag else "struct", False, 0, [], []))
        elif t.kind == "TYPEDEF":
            self.put("typedef", t.name, (self.ref(t.type), self.tags.get((t.id, -1), [])))
        else:
            what = self.what(t)
            self.put(what[0], None, what)

    def unreached(self) -> int:
        kinds = (*RECORDS, *ENUMS, "FWD")
        return sum(1 for t in self.btf.types if t.kind in kinds and t.id not in self.seen)


class JsonSide(Side):
    def __init__(self, tree: dict[str, Any]) -> None:
        super().__init__()
        self.tree = tree
        self.types = {node["id"]: node for node in tree["types"]}

    def ref(self, node: dict[str, Any]) -> Any:
        return (sorted(node.get("quals", [])), node.get("tags", []), self.what(node["type"]))

    def what(self, type_id: int) -> Any:
        if type_id == 0:
            return "void"
        if type_id not in self.memo:
            self.memo[type_id] = self.fresh(self.types[type_id])
        return self.memo[type_id]

    def fresh(self, node: dict[str, Any]) -> Any:
        kind = node["kind"]
        if kind in ("int", "char"):
            return (kind, node["name"], node["size"], node["signed"])
        if kind in ("bool", "float"):
            return (kind, node["name"], node["size"])
        if kind == "pointer":
            return (kind, node["size"], self.ref(node))
        if kind == "array":
            return (kind, node["count"], node["size"], self.ref(node))
        if kind in ("struct", "union"):
            if node["name"] is None:
                return ("record", digest(self.content(node)))
            return (kind, node["name"], node["complete"], node["size"])
        if kind == "enum":
            content = self.content(node)
            return ("enum", node["name"], *content[1:3]) if node["name"] else ("enum", digest(content))
        if kind == "typedef":
            return ("typedef", node["name"])
        assert kind == "function", node
        params = [(param["name"], self.ref(param)) for param in node["params"]]
        return (kind, self.ref(node), params, node["variadic"])

    def content(self, node: dict[str, Any]) -> Any:
        if node["kind"] == "enum":
            values = [(value["name"], value["value"]) for value in node["values"]]
            complete = node.get("complete", True)
            return ("enum", complete, node["size"], values, node["signed"] if complete else None)
        members = [
            (m["name"], m["bit_offset"], m["bit_size"], m.get("bitfield", False), self.ref(m), m.get("decl_tags", []))
            for m in node["members"]
        ]
        return (node["kind"], node["complete"], node["size"], members, node.get("decl_tags", []))

    def fill(self) -> None:
        for node in self.tree["types"]:
            kind = node["kind"]
            if kind in ("struct", "union", "enum"):
                self.put(kind, node["name"], self.content(node))
            elif kind == "typedef":
                self.put(kind, node["name"], (self.ref(node), node.get("decl_tags", [])))
            else:
                self.put(kind, None, self.what(node["id"]))


def compare(btf: BtfSide, other: JsonSide) -> list[str]:
    wrong = []
    target = other.tree["target"]
    for what, ours, theirs in (
        ("pointer size", btf.btf.pointer, target["pointer_size"]),
        ("byte order", "big" if btf.btf.big_endian else "little", target["endian"]),
    ):
        if ours != theirs:
            wrong.append(f"{what}: {ours}, but hdrgen has {theirs}")
    for key, count in (btf.bag - other.bag).items():
        wrong.append(f"{count} x lost: {btf.text[key]}")
    for key, count in (other.bag - btf.bag).items():
        wrong.append(f"{count} x made up: {other.text[key]}")
    return wrong


def hdrgen_json(arguments: argparse.Namespace) -> str:
    if arguments.json:
        with open(arguments.json, encoding="utf-8") as file:
            return file.read()
    command = [arguments.hdrgen, "--btf", arguments.file, "--emit", "json"]
    if arguments.base_btf:
        command += ["--base-btf", arguments.base_btf]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if result.returncode != 0:
        raise BtfError(f"hdrgen: exit status {result.returncode}: {result.stderr.strip()[:2000]}")
    return result.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hdrgen", default="hdrgen")
    parser.add_argument("--json", help="what hdrgen wrote before, in place of running it")
    parser.add_argument("--base-btf")
    parser.add_argument("file")
    arguments = parser.parse_args()
    sys.setrecursionlimit(20000)
    try:
        base = read_file(arguments.base_btf) if arguments.base_btf else None
        other = JsonSide(json.loads(hdrgen_json(arguments)))
        btf = BtfSide(read_file(arguments.file, base), other.tree["target"]["char_signed"])
    except (BtfError, OSError, ValueError, subprocess.TimeoutExpired) as error:
        print(f"FAIL {arguments.file}: {error}")
        return 1
    btf.fill()
    other.fill()
    wrong = compare(btf, other)
    if not btf.bag:
        wrong.append("nothing was compared")
    for text in wrong[:SHOWN]:
        print(f"  {text}")
    kinds = ("struct", "union", "members", "bit-fields", "enum", "enumerators", "array", "typedef", "pointer", "function")
    counts = ", ".join(f"{btf.counts[kind]} {kind}" for kind in kinds)
    print(f"{'FAIL' if wrong else 'ok'} {arguments.file}: {counts}; {len(wrong)} wrong")
    print(f"  not selected: {btf.unreached()} records and enums without a name or only declared that no named type refers to")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
