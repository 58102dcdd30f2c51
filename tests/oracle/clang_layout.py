"""The records of a case header as clang alone lays them out: what the Rust side is measured against.

    struct foo { int a; union { char c; struct { short x; } y; }; };
      ->  ClangRecord("struct", "foo", size 8, align 4), leaves: a @0, (anonymous).c @32, (anonymous).y @32, (anonymous).y.x @32

Nothing of hdrgen's output is used here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

from ast_names import parse_ast
from compare_dump import BUILTIN_TAGS
from record_dump import Node, parse_dump
from tools import Job, ToolError, run_clang, run_clang_ast


@dataclass(frozen=True)
class Leaf:
    """A member reached from a record; a path element is "" for a member without a name."""

    path: tuple[str, ...]
    node: Node

    def c_path(self) -> str:
        return ".".join(name for name in self.path if name)


@dataclass(frozen=True)
class ClangRecord:
    kind: str  # struct, union or typedef (a record without a tag, called by its first typedef)
    name: str
    node: Node
    is_shadowed: bool = False  # an unrelated typedef has the same name

    def c_name(self) -> str:
        return self.name if self.kind == "typedef" else f"{self.kind} {self.name}"

    def leaves(self) -> Iterator[Leaf]:
        """Members, and the members of records without a tag inside them."""
        yield from _leaves(self.node, ())


def _leaves(node: Node, path: tuple[str, ...]) -> Iterator[Leaf]:
    for member in node.members():
        here = (*path, member.name)
        yield Leaf(here, member)
        if member.children and (not member.name or member.place()):
            yield from _leaves(member, here)


def clang_records(clang: str, job: Job) -> list[ClangRecord]:
    """Every complete record with a tag or a typedef name."""
    declared = parse_ast(run_clang_ast(clang, job))
    tags = [key for key, members in declared.records.items() if members is not None]
    typedefs = list(declared.typedef_records.values())
    wanted = [f"{kind} {tag}" for kind, tag in tags] + typedefs
    forced = "".join(f"extern char oracle_force_{i}[sizeof({name}) + 1];\n" for i, name in enumerate(wanted))
    text, errors = run_clang(clang, job, job.include_lines() + forced, ["-Xclang", "-fdump-record-layouts"])
    if errors:
        raise ToolError("clang: " + "; ".join(errors[:3]))
    dump = parse_dump(text)
    records = []
    for kind, tag in tags:
        if tag not in BUILTIN_TAGS:
            (node,) = dump.tagged[kind, tag]
            is_shadowed = tag in typedefs or declared.typedefs.get(tag, f"{kind} {tag}") != f"{kind} {tag}"
            records.append(ClangRecord(kind, tag, node, is_shadowed))
    records += [ClangRecord("typedef", name, dump.typedefs[name]) for name in typedefs]
    return records
