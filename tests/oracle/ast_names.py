"""What a header declares, from clang's -ast-dump=json: the yardstick for "nothing is missing".

    struct foo { int a; union { char c; }; unsigned :3; };   ->   records["struct", "foo"] = ("a", None)
    enum e { A, B = 5 };                                      ->   enums["e"] = (("A", 0), ("B", 5))

Only declarations at file scope count, with those nested in records; tags declared inside functions and parameter lists are
nobody else's business. What clang declares by itself (isImplicit) is left out.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Members = tuple[str | None, ...]
Values = tuple[tuple[str, int], ...]


@dataclass
class Declared:
    records: dict[tuple[str, str], Members | None] = field(default_factory=dict)  # None: never completed
    enums: dict[str, Values | None] = field(default_factory=dict)
    typedefs: dict[str, str] = field(default_factory=dict)  # name -> the type as clang writes it
    typedef_records: dict[str, str] = field(default_factory=dict)  # record without a tag (clang's id) -> its first typedef
    anonymous_records: Counter[tuple[str, Members]] = field(default_factory=Counter)
    anonymous_enums: Counter[Values] = field(default_factory=Counter)


def parse_ast(text: str) -> Declared:
    declared = Declared()
    for node in json.loads(text).get("inner", []):
        _declaration(node, declared)
    return declared


def _declaration(node: dict[str, Any], declared: Declared) -> None:
    kind = node.get("kind")
    if kind == "RecordDecl" and not node.get("isImplicit"):
        _record(node, declared)
    elif kind == "EnumDecl":
        _enum(node, declared)
    elif kind == "TypedefDecl" and not node.get("isImplicit"):
        declared.typedefs[node["name"]] = node["type"]["qualType"]
        tag = node["inner"][0].get("ownedTagDecl", {}) if node.get("inner") else {}
        if tag.get("kind") == "RecordDecl" and not tag.get("name"):
            declared.typedef_records.setdefault(tag["id"], node["name"])


def _record(node: dict[str, Any], declared: Declared) -> None:
    members: list[str | None] = []
    for inner in node.get("inner", []):
        if inner.get("kind") == "FieldDecl":
            if inner.get("name") or not inner.get("isBitfield"):
                members.append(inner.get("name"))
        else:
            _declaration(inner, declared)
    complete = tuple(members) if node.get("completeDefinition") else None
    name = node.get("name")
    if name:
        key = (node["tagUsed"], name)
        declared.records[key] = complete if complete is not None else declared.records.get(key)
    elif complete is not None:
        declared.anonymous_records[node["tagUsed"], complete] += 1


def _enum(node: dict[str, Any], declared: Declared) -> None:
    values: list[tuple[str, int]] = []
    for inner in node.get("inner", []):
        if inner.get("kind") == "EnumConstantDecl":
            given = _constant(inner)
            values.append((inner["name"], given if given is not None else values[-1][1] + 1 if values else 0))
    name = node.get("name")
    if name:
        declared.enums[name] = tuple(values) or declared.enums.get(name)
    else:
        declared.anonymous_enums[tuple(values)] += 1


def _constant(node: dict[str, Any]) -> int | None:
    """The value of an enumerator's initialiser: the first evaluated expression below it."""
    for inner in node.get("inner", []):
        if inner.get("kind") == "ConstantExpr" and "value" in inner:
            return int(inner["value"])
        found = _constant(inner)
        if found is not None:
            return found
    return None
