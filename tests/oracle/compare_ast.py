"""hdrgen's names against what the header declares, both ways: records, enums, typedefs, member names, enumerators, roots."""

from __future__ import annotations

from collections import Counter

from ast_names import Declared
from compare_dump import BUILTIN_TAGS
from model import Model, Type
from report import Report

# Typedefs clang declares itself, shown where a header uses them.
BUILTIN_TYPEDEFS = ("__builtin_va_list", "__builtin_ms_va_list", "__gnuc_va_list", "__int128_t", "__uint128_t", "va_list")


def compare_names(model: Model, declared: Declared, report: Report) -> None:
    ours: dict[tuple[str, str], Type] = {}
    for t in model.types.values():
        if t.name and t.kind in ("struct", "union", "enum", "typedef", "opaque"):
            ours[t.kind, t.name] = t
    for (kind, name), members in declared.records.items():
        _record(ours, kind, name, members, report)
    for name, values in declared.enums.items():
        t = ours.get(("enum", name)) or ours.get(("opaque", name))
        if report.check(t is not None, f"enum {name}: declared, but hdrgen does not have it") and t and values:
            report.equal(f"enum {name}: enumerators", t.values, list(values))
    for name in sorted(declared.typedefs):
        report.check(("typedef", name) in ours, f"typedef {name}: declared, but hdrgen does not have it")
    _nothing_invented(ours, declared, report)
    _anonymous(model, declared, report)
    _roots(model, ours, declared, report)


def _record(
    ours: dict[tuple[str, str], Type], kind: str, name: str, members: tuple[str | None, ...] | None, report: Report
) -> None:
    t = ours.get((kind, name)) or ours.get(("opaque", name))
    if not report.check(t is not None, f"{kind} {name}: declared, but hdrgen does not have it") or t is None:
        return
    complete = t.kind != "opaque" and t.complete
    report.equal(f"{kind} {name}: complete", complete, members is not None)
    if complete and members is not None:
        report.equal(f"{kind} {name}: member names", tuple(m.name for m in t.members), members)


def _nothing_invented(ours: dict[tuple[str, str], Type], declared: Declared, report: Report) -> None:
    for (kind, name), t in ours.items():
        if name in BUILTIN_TAGS or name in BUILTIN_TYPEDEFS or kind == "opaque":
            continue
        known = {
            "enum": name in declared.enums,
            "typedef": name in declared.typedefs,
        }.get(kind, (kind, name) in declared.records)
        report.check(known, f"{t.title()}: hdrgen has it, the header does not declare it")


def _anonymous(model: Model, declared: Declared, report: Report) -> None:
    """Records and enums without a tag have no name to look up, so their contents are counted."""
    records = Counter((t.kind, tuple(m.name for m in t.members)) for t in model.records() if not t.name and t.complete)
    for key in records | declared.anonymous_records:
        report.equal(f"anonymous {key[0]} with members {key[1]}: count", records[key], declared.anonymous_records[key])
    enums = Counter(tuple(t.values) for t in model.types.values() if t.kind == "enum" and not t.name)
    for values in enums | declared.anonymous_enums:
        report.equal(f"anonymous enum {values}: count", enums[values], declared.anonymous_enums[values])


def _roots(model: Model, ours: dict[tuple[str, str], Type], declared: Declared, report: Report) -> None:
    """The pattern '*' selects every named type that the header defines."""
    roots = set(model.roots)
    wanted = [key for key, members in declared.records.items() if members is not None]
    wanted += [("enum", name) for name, values in declared.enums.items() if values]
    wanted += [("typedef", name) for name in sorted(declared.typedefs)]
    for key in wanted:
        if key in ours:
            report.check(ours[key].id in roots, f"{key[0]} {key[1]}: selected by '*', but not in \"roots\"")
