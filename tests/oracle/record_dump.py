"""clang's own account of record layouts: the text of -fdump-record-layouts, read strictly.

    *** Dumping AST Record Layout
             0 | struct foo
             0 |   int a
         4:0-2 |   unsigned int b             bits 0 to 2 of byte 4
           8:- |   int                        zero-width, unnamed
             8 |   union foo::(anonymous at f.h:3:5)
             8 |     char c                   members of records by value follow, one level deeper
               | [sizeof=16, align=8]

The first line holds the tag, or a place for a record without one, or the typedef that is its only name. A line of
another form raises DumpError; nothing is skipped. clang prints a record only when it needs the layout, so the
caller forces it with sizeof. -fdump-record-layouts-complete is not used on purpose: it lays records out at the closing
brace, before the attributes that follow the brace are applied, and so reports (and then really uses) wrong layouts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

START = "*** Dumping AST Record Layout"
LINE = re.compile(r"^ *(\d+)(?::(?:(\d+)-(\d+)|-))? \| ((?:  )*)(.*)$")
FIRST = re.compile(r"^(?:(?:struct|union) \S.*|\w+)$")
END = re.compile(r"^ +\| \[sizeof=(\d+), align=(\d+)\]$")
PLACE = re.compile(r"\((?:anonymous|unnamed)(?: struct| union| enum)? at ([^()]+:\d+:\d+)\)")


class DumpError(Exception):
    """The dump has a line this reader does not know."""


@dataclass
class Node:
    """A record, or a member with its members if it is a record by value. Offsets count from the dumped record."""

    type: str
    name: str
    bit_offset: int
    bit_size: int | None = None  # set for bit-fields only
    children: list[Node] = field(default_factory=list)
    size: int | None = None  # size and alignment: for dumped records only
    align: int | None = None

    def kind(self) -> str:
        return self.type.split(" ", 1)[0]

    def place(self) -> str | None:
        """Where an anonymous record was declared; several from one macro share a place."""
        found = PLACE.search(self.type)
        return found.group(1) if found else None

    def members(self) -> list[Node]:
        """The members that have a name or are records; unnamed bit-fields only pad."""
        return [c for c in self.children if c.bit_size is None or c.name]


@dataclass
class Dump:
    tagged: dict[tuple[str, str], list[Node]] = field(default_factory=dict)
    anonymous: dict[tuple[str, str], list[Node]] = field(default_factory=dict)
    typedefs: dict[str, Node] = field(default_factory=dict)  # records without a tag, called by their first typedef

    def add(self, node: Node) -> None:
        kind, _, rest = node.type.partition(" ")
        place = node.place()
        if not rest:
            self.typedefs[kind] = node
        elif place:
            self.anonymous.setdefault((kind, place), []).append(node)
        else:
            self.tagged.setdefault((kind, rest), []).append(node)


def _member(match: re.Match[str]) -> Node:
    byte, first, last, _, text = match.groups()
    if " " not in text:
        raise DumpError(f"member without a type: '{match.string}'")
    type_text, name = text.rsplit(" ", 1)
    offset = 8 * int(byte) + int(first or 0)
    is_bits = ":" in match.string.split("|", 1)[0]
    width = (int(last) - int(first) + 1 if first else 0) if is_bits else None
    return Node(type_text, name, offset, width)


def parse_dump(text: str) -> Dump:
    dump = Dump()
    stack: list[Node] = []
    expect_start = True
    for line in text.splitlines():
        if not line:
            continue
        if line == START:
            if not expect_start:
                raise DumpError("a record has no [sizeof=...] line")
            expect_start, stack = False, []
            continue
        end = END.match(line)
        match = LINE.match(line)
        if expect_start or (not end and not match) or (end and not stack):
            raise DumpError(f"unknown line: '{line}'")
        if end:
            stack[0].size, stack[0].align = int(end.group(1)), int(end.group(2))
            dump.add(stack[0])
            expect_start = True
        elif match and not stack:
            if not FIRST.match(match.group(5)):
                raise DumpError(f"unknown first line: '{line}'")
            stack = [Node(match.group(5), "", 0)]
        elif match:
            depth = len(match.group(4)) // 2
            if not 1 <= depth <= len(stack):
                raise DumpError(f"indentation: '{line}'")
            node = _member(match)
            del stack[depth:]
            stack[-1].children.append(node)
            stack.append(node)
    if not expect_start:
        raise DumpError("the last record has no [sizeof=...] line")
    return dump
