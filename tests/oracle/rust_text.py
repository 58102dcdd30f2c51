"""hdrgen's Rust file, read just far enough to know which names it offers; and how it names things.

Every naming convention the oracles rely on is in this file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

KEYWORDS = frozenset(
    "abstract as async await become box break const continue do dyn else enum extern false final fn for gen if impl in let "
    "loop macro match mod move mut override priv pub ref return static struct trait true try type typeof unsafe unsized use "
    "virtual where while yield".split()
)
ANONYMOUS = "__anon"  # what fields for members without a name begin with
NOT_RAW = frozenset(("self", "Self", "super", "crate", "_"))  # r#self is no identifier

RECORD = re.compile(r"^\s*pub (struct|union) ((?:r#)?\w+)\s*(?:<[^>]*>)?\s*(\{|\(|;)", re.M)
FIELD = re.compile(r"^\s*pub ((?:r#)?\w+)\s*:\s*(.+?),?\s*$")
ALIAS = re.compile(r"^\s*pub type ((?:r#)?\w+) = (.+?);", re.M)
IMPL = re.compile(r"^\s*impl(?:<[^>]*>)? ((?:r#)?\w+) \{", re.M)
METHOD = re.compile(r"^\s*pub (?:const )?(?:unsafe )?(?:const )?fn ((?:r#)?\w+)", re.M)
RESULT = re.compile(r"^\s*pub (?:const )?(?:unsafe )?fn ((?:r#)?\w+)\(&self\) -> &?((?:r#)?\w+) \{", re.M)
BYTES = re.compile(r"\[u8; \d+\]")


def identifier(name: str) -> str:
    """A C name as a Rust identifier."""
    if name in NOT_RAW:
        return f"{name}_"
    return f"r#{name}" if name in KEYWORDS else name


def getter(member: str) -> str:
    return identifier(member)


def setter(member: str) -> str:
    return f"set_{member}"


def record_name(kind: str, name: str, is_shadowed: bool) -> str:
    """The tag; `struct_foo` where an unrelated typedef has that name; the typedef's name for a record without a tag."""
    return f"{kind}_{name}" if is_shadowed else identifier(name)


def packed_part(record: str) -> str:
    """A record that is packed and aligned becomes two: `foo { inner: foo__packed }`."""
    return f"{record.removeprefix('r#')}__packed"


@dataclass
class RustText:
    """fields[RECORD][FIELD] = type text; methods[RECORD] = names of its functions; results[RECORD][GETTER] = what it gives."""

    kinds: dict[str, str] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    methods: dict[str, set[str]] = field(default_factory=dict)
    results: dict[str, dict[str, str]] = field(default_factory=dict)

    def resolve(self, name: str) -> str:
        seen: set[str] = set()
        while name in self.aliases and name not in seen:
            seen.add(name)
            name = self.aliases[name]
        return name

    def step(self, record: str, member: str, children: set[str]) -> tuple[str, str] | None:
        """The Rust field for a C member of a record, with its type. A member without a name is found by what is in it."""
        record = self.resolve(record)
        fields = self.fields.get(record, {})
        if fields.get("inner") == packed_part(record) and member != "inner":
            found = self.step(fields["inner"], member, children)
            return found and (f"inner.{found[0]}", found[1])
        if member:
            name = identifier(member)
            return (name, fields[name]) if name in fields else None
        for name, type_text in fields.items():
            if name.startswith(ANONYMOUS) and children and children <= self.offers(type_text):
                return name, type_text
        return None

    def offers(self, record: str) -> set[str]:
        """Names that a record has: its fields, methods, and what is in its members without a name."""
        record = self.resolve(record)
        fields = self.fields.get(record, {})
        names = fields.keys() | self.methods.get(record, set())
        for name, type_text in fields.items():
            if name.startswith(ANONYMOUS) or type_text == packed_part(record):
                names |= self.offers(type_text)
        return names

    def with_methods(self, record: str) -> str:
        record = self.resolve(record)
        is_wrapper = self.fields.get(record, {}).get("inner") == packed_part(record)
        return packed_part(record) if is_wrapper else record

    def has_method(self, record: str, name: str) -> bool:
        return name in self.methods.get(self.with_methods(record), set())

    def result(self, record: str, name: str) -> str | None:
        """The record that a getter gives, by value or by reference."""
        found = self.results.get(self.with_methods(record), {}).get(name)
        return found and self.resolve(found)


def _block(text: str, start: int) -> str:
    """The text of a brace block whose opening brace ends at `start`."""
    depth = 1
    for position in range(start, len(text)):
        depth += (text[position] == "{") - (text[position] == "}")
        if depth == 0:
            return text[start:position]
    return text[start:]


def unfolded(text: str) -> str:
    """Each declaration on one line: what is open at the end of a line goes on in the next, and so do `a =`, `a:` and a brace alone."""
    lines: list[str] = []
    unfinished = False
    for line in text.splitlines():
        code = line.strip()
        is_part = unfinished or code == "{" or code.startswith("-> ")
        if is_part:
            lines[-1] += ("" if lines[-1][-1] in "(<[" else " ") + code
            lines[-1] = re.sub(r",? ?([>)])", r"\1", lines[-1]) if code[:1] in ")>" else lines[-1]
        else:
            lines.append(line)
        last = re.sub(r"->|=>|<<|>>(?= \d)", "", lines[-1])
        is_code = not last.strip().startswith(("//", "#"))
        unfinished = is_code and (sum(map(last.count, "(<[")) > sum(map(last.count, ")>]")) or last.endswith((" =", ":")))
    return "\n".join(lines)


def parse_rust(text: str) -> RustText:
    rust = RustText()
    text = unfolded(text)
    for match in RECORD.finditer(text):
        rust.kinds[match.group(2)] = match.group(1)
        body = _block(text, match.end()) if match.group(3) == "{" else ""
        found = (FIELD.match(line) for line in body.splitlines())
        rust.fields[match.group(2)] = {f.group(1): f.group(2) for f in found if f}
    rust.aliases = {m.group(1): m.group(2) for m in ALIAS.finditer(text)}
    for match in IMPL.finditer(text):
        body = _block(text, match.end())
        rust.methods.setdefault(match.group(1), set()).update(METHOD.findall(body))
        rust.results.setdefault(match.group(1), {}).update(RESULT.findall(body))
    return rust
