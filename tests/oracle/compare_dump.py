"""hdrgen's records against clang's record dump, both ways.

A record with a tag has a dump of its own. A record without one is found by its place: as a member without a name inside its
parent's dump, otherwise inside the dump of a probe `struct oracle_probe_ID { __typeof__(...) v; }` that c_asserts.py wrote.
"""

from __future__ import annotations

import re

from c_asserts import PROBE
from model import RECORDS, Member, Model, Type
from record_dump import Dump, Node
from report import Report

# Records that clang makes itself; hdrgen shows them only where a header uses them.
BUILTIN_TAGS = ("__NSConstantString_tag", "__va_list_tag", "__va_list")
C_WORDS = {"_Bool": "bool"}
# Types that are names alone: no pointer, array, function, attribute, typeof or place.
COMPARABLE = re.compile(r"^(?!typeof)(?!.*_Complex)[\w ]+$")


class DumpComparison:
    def __init__(self, model: Model, dump: Dump, report: Report, check_types: bool) -> None:
        self.model = model
        self.dump = dump
        self.report = report
        self.check_types = check_types
        self.matched: set[int] = set()

    def run(self, whole_header: bool) -> None:
        for t in self.model.records():
            if t.complete and t.name:
                self.tagged(t)
            elif t.complete and ("struct", f"{PROBE}{t.id}") in self.dump.tagged:
                self.probed(t)
        for t in self.model.records():
            if t.complete:
                self.report.check(t.id in self.matched, f"{t.title()}: no place in clang's dump")
        if whole_header:
            self.nothing_missing()

    def tagged(self, t: Type) -> None:
        nodes = self.dump.tagged.get((t.kind, t.name or ""), [])
        if not nodes:
            self.report.fail(f"{t.title()}: clang does not dump it")
            return
        # Records local to a function may share a tag with one of the file: take the one that fits best.
        results = []
        for node in nodes:
            trial = DumpComparison(self.model, self.dump, Report(), self.check_types)
            trial.record(t, node, 0, t.title())
            results.append(trial)
        best = min(results, key=lambda trial: len(trial.report.wrong))
        self.report.add(best.report)
        self.matched |= best.matched

    def probed(self, t: Type) -> None:
        """Its own dump under a typedef's name has size and alignment; a probe proves the members where there is none."""
        for alias in self.model.types.values():
            own = self.dump.typedefs.get(alias.name or "") if alias.kind == "typedef" and alias.ref.id == t.id else None
            if own:
                self.record(t, own, 0, f"{t.title()}, typedef {alias.name}")
                return
        (probe,) = self.dump.tagged[("struct", f"{PROBE}{t.id}")]
        (node,) = probe.children
        self.record(t, node, 0, t.title())

    def record(self, t: Type, node: Node, base: int, where: str) -> None:
        """Compare a record with a dump node whose offsets count from `base` bits before it."""
        self.matched.add(t.id)
        report = self.report
        report.records += 1
        if node.size is not None:
            report.equal(f"{where}: size", t.size, node.size)
            if t.align is not None:
                report.equal(f"{where}: alignment", t.align, node.align)
            else:
                report.fail(f"{where}: no alignment")
        theirs = node.members()
        names = [m.name or "" for m in t.members]
        if not report.equal(f"{where}: members", names, [n.name for n in theirs]):
            return
        for m, n in zip(t.members, theirs):
            self.member(m, n, base, f"{where}, member {m.name or '(anonymous)'}")

    def member(self, m: Member, n: Node, base: int, where: str) -> None:
        report = self.report
        report.members += 1
        report.equal(f"{where}: bit offset", m.bit_offset, n.bit_offset - base)
        report.equal(f"{where}: is a bit-field", m.bitfield, n.bit_size is not None)
        if n.bit_size is not None:
            report.equal(f"{where}: width", m.bit_size, n.bit_size)
        ours = self.base_name(m)
        if ours and self.check_types and COMPARABLE.match(n.type):
            report.equal(f"{where}: declared type", sorted_words(ours), sorted_words(n.type))
        inner = self.model.types.get(self.model.strip_typedefs(m.ref.id))
        is_record = inner is not None and inner.kind in RECORDS
        by_value = n.kind() in RECORDS and "*" not in n.type and "[" not in n.type and "_Atomic" not in n.type
        if not is_record or inner is None:
            report.check(not (by_value and n.children), f"{where}: clang has a record, hdrgen {inner and inner.kind}")
        elif inner.name is None and (n.children or not m.name):
            if not m.name:
                self.anonymous_size(inner, n, where)
            self.record(inner, n, n.bit_offset, where)

    def anonymous_size(self, t: Type, n: Node, where: str) -> None:
        """A member without a name cannot be named in C: its own dump, found by its source place, has size and alignment."""
        shape = [(c.name, c.bit_offset - n.bit_offset) for c in n.children]
        own = self.dump.anonymous.get((t.kind, n.place() or ""), [])
        sizes = {(o.size, o.align) for o in own if [(c.name, c.bit_offset) for c in o.children] == shape}
        self.report.check(
            (t.size, t.align) in sizes, f"{where}: size and alignment: hdrgen {(t.size, t.align)}, clang {sorted(sizes, key=str)}"
        )

    def base_name(self, m: Member) -> str | None:
        """The declared type as C writes it, or None where a name is not enough. clang names records without typedefs."""
        record = self.model.types.get(self.model.strip_typedefs(m.ref.id))
        t = record if record and record.kind in RECORDS else self.model.types.get(m.ref.id)
        if t is None or t.name is None:
            return None
        return f"{t.kind} {t.name}" if t.kind in ("struct", "union", "enum") else t.name

    def nothing_missing(self) -> None:
        ours = {(t.kind, t.name) for t in self.model.records() if t.complete}
        for kind, tag in self.dump.tagged:
            if not tag.startswith(PROBE) and tag not in BUILTIN_TAGS:
                self.report.check((kind, tag) in ours, f"{kind} {tag}: clang lays it out, hdrgen does not have it")


def sorted_words(text: str) -> list[str]:
    """`long unsigned int` and `unsigned long` are one type; qualifiers do not matter here."""
    words = [C_WORDS.get(w, w) for w in text.split() if w not in ("const", "volatile")]
    if "signed" in words and "char" not in words:
        words.remove("signed")
    if len(words) > 1 and "int" in words:
        words.remove("int")
    return sorted(words)
