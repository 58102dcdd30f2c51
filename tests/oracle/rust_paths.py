"""The way to a C member in hdrgen's Rust: which fields lead to it, and which record's methods offer it.

    struct foo { struct { int a; } s; union { unsigned b : 3; }; };
      s.a  ->  field path "s.a"            b  ->  holder "x", method b(), promoted from the member without a name

What rustc does not let into a packed record is a field of bytes there: then s.a is field "s", method s() and field "a" of that.
"""

from __future__ import annotations

from clang_layout import ClangRecord, Leaf
from record_dump import Node
from rust_text import BYTES, RustText, getter, record_name


def rust_name(record: ClangRecord) -> str:
    return record_name(record.kind, record.name, record.is_shadowed)


def walk(rust: RustText, record: ClangRecord, leaf: Leaf, steps: int) -> tuple[str | None, list[str]]:
    """The Rust record that the first steps of a leaf's path lead to, and its fields on the way; None where one is missing.

    Where a member without a name has no field, the walk stays at the record that holds it, which may have promoted methods.
    """
    name, node, fields = rust_name(record), record.node, list[str]()
    for member in leaf.path[:steps]:
        node = node_of(node, member, leaf)
        found = rust.step(name, member, names_inside(node))
        if found is None:
            return (None if member else name), fields
        fields.append(found[0])
        name = rust.resolve(found[1])
    return name, fields


def node_of(node: Node, member: str, leaf: Leaf) -> Node:
    """The member of a record by which the leaf's path goes on."""
    return next(n for n in node.members() if n.name == member and leads_to(n, leaf))


def names_inside(node: Node) -> set[str]:
    """The Rust names that a record's members have, with those of its members without a name."""
    names = {getter(n.name) for n in node.members() if n.name}
    return names.union(*(names_inside(n) for n in node.members() if not n.name))


def leads_to(node: Node, leaf: Leaf) -> bool:
    """Members without a name cannot be told apart by name: is the leaf below this one?"""
    return node is leaf.node or any(leads_to(child, leaf) for child in node.children)


def field_path(rust: RustText, record: ClangRecord, leaf: Leaf) -> list[tuple[str, str]] | None:
    """For offset_of!: pairs of a record and a path in it, whose offsets add up; None if some member is no field.

    There is more than one pair where a member is a field of bytes, with a method that makes a record of them.
    """
    start = name = rust_name(record)
    node = record.node
    pieces, fields = list[tuple[str, str]](), list[str]()
    for member in leaf.path:
        node = node_of(node, member, leaf)
        found = rust.step(name, member, names_inside(node))
        if found is None:
            return None
        fields.append(found[0])
        inside = rust.resolve(found[1])
        if BYTES.fullmatch(inside) and node is not leaf.node:
            inside = rust.result(name, getter(member)) if member else None
            if inside is None:
                return None
            pieces.append((start, ".".join(fields)))
            start, fields = inside, []
        name = inside
    return [*pieces, (start, ".".join(fields))]


def has_getter(rust: RustText, record: ClangRecord, leaf: Leaf) -> bool:
    """Whether the member can be read by a method: on the record that directly holds it, or promoted; through fields and methods."""
    name, node = rust_name(record), record.node
    for member in leaf.path[:-1]:
        node = node_of(node, member, leaf)
        found = rust.step(name, member, names_inside(node))
        if found and not BYTES.fullmatch(rust.resolve(found[1])):
            name = rust.resolve(found[1])
        elif member:
            name = rust.result(name, getter(member))
            if name is None:
                return False
    return rust.has_method(name, getter(leaf.path[-1])) or rust.has_method(name, f"{leaf.path[-1]}_ptr")


def accessor_holder(rust: RustText, record: ClangRecord, leaf: Leaf) -> str | None:
    """What to call a member's accessors on, for a record `x`: the nearest record with a name, where they are promoted."""
    steps = max((i + 1 for i, name in enumerate(leaf.path[:-1]) if name), default=0)
    holder, fields = walk(rust, record, leaf, steps)
    if holder is None or not rust.has_method(holder, getter(leaf.path[-1])):
        return None
    return ".".join(["x", *fields])
