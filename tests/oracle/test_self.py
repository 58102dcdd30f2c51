#!/usr/bin/env python3
"""A check that cannot fail is a defect: break hdrgen's JSON in every way the oracle claims to see, and demand a report each time.

    test_self.py --clang clang                   self/sample.json, made by hand; needs no hdrgen
    test_self.py --clang clang --hdrgen BIN      the same mutations of what BIN writes for self/sample.h

Every mutation is applied at every place where it fits (each member's offset, each enumerator, ...), one at a time. The
unchanged text must pass; each mutated one must be reported.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Callable, Iterator

from layout_oracle import WORKERS, judge
from model import ModelError, read_model
from record_dump import DumpError, parse_dump
from report import Report
from tools import Job, ToolError, case_job, run_hdrgen_json

Tree = dict[str, Any]
Node = dict[str, Any]
HERE = Path(__file__).resolve().parent
SAMPLE = HERE / "self" / "sample.h"
TARGET = "x86_64-linux-gnu"


def change(key: str, value: Callable[[Any], Any]) -> Callable[[Node], None]:
    def apply(node: Node) -> None:
        node[key] = value(node[key])

    return apply


def add(amount: int) -> Callable[[Any], Any]:
    return lambda old: old + amount


def flip(old: Any) -> Any:
    return not old


MEMBER = {
    "offset + 1 byte": change("bit_offset", add(8)),
    "offset + 1 bit": change("bit_offset", add(1)),
    "size or width + 1": change("bit_size", add(1)),
    "size or width - 1": change("bit_size", add(-1)),
    "name changed": change("name", lambda old: f"{old}_x"),
    "qualifiers changed": lambda m: m.update(quals=[] if m.get("quals") else ["volatile"]),
}
RECORD = {
    "size + 1": change("size", add(1)),
    "size doubled": change("size", lambda old: 2 * old),
    "alignment doubled": change("align", lambda old: 2 * old),
    "alignment lost": change("align", lambda old: None),
    "incomplete": lambda t: t.update(complete=False, members=[]),
    "struct <-> union": change("kind", lambda old: "union" if old == "struct" else "struct"),
    "last member dropped": lambda t: t["members"].pop(),
    "first member dropped": lambda t: t["members"].pop(0),
    "members swapped": lambda t: t["members"].reverse(),
    "member invented": lambda t: t["members"].append(t["members"][-1] | {"name": "invented"}),
}
ENUM = {
    "last value + 1": lambda t: t["values"][-1].update(value=t["values"][-1]["value"] + 1),
    "first value negated": lambda t: t["values"][0].update(value=-t["values"][0]["value"]),
    "enumerator dropped": lambda t: t["values"].pop(),
    "enumerator renamed": lambda t: t["values"][0].update(name="OTHER"),
    "sign": change("signed", flip),
    "size doubled": change("size", lambda old: 2 * old),
}
OTHER = {
    "pointer": {"size halved": change("size", lambda old: old // 2)},
    "array": {"count + 1": change("count", add(1))},
    "int": {"sign": change("signed", flip), "size doubled": change("size", lambda old: 2 * old)},
    "float": {"size doubled": change("size", lambda old: 2 * old)},
    "bool": {"size doubled": change("size", lambda old: 2 * old)},
    "char": {"size doubled": change("size", lambda old: 2 * old)},
    "function": {"variadic": change("variadic", flip), "parameter dropped": lambda t: t["params"].pop()},
    "typedef": {},
}
TARGET_CHANGES = {
    "byte order": change("endian", lambda old: "big"),
    "pointer size": change("pointer_size", lambda old: 4),
    "char sign": change("char_signed", flip),
}


def mutations(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Every changed tree, with a description."""

    def changed(where: str, path: list[Any], apply: Callable[[Node], Any]) -> Iterator[tuple[str, Tree]]:
        other = copy.deepcopy(tree)
        node: Any = other
        for step in path:
            node = node[step]
        apply(node)
        if other != tree:
            yield where, other

    for what, apply in TARGET_CHANGES.items():
        yield from changed(f"target: {what}", ["target"], apply)
    kinds = {t["id"]: t["kind"] for t in tree["types"]}
    incomplete = {t["id"] for t in tree["types"] if t.get("complete") is False}
    for number, root in enumerate(tree["roots"]):
        if root in incomplete:  # '*' may leave out what is only declared
            continue
        yield from changed(f"root {number} dropped", ["roots"], lambda roots: roots.pop(number))
    for i, t in enumerate(tree["types"]):
        title = f"{t['kind']} {t.get('name')} (id {t['id']})"
        path: list[Any] = ["types", i]
        if t["kind"] in ("struct", "union"):
            table = RECORD if t["complete"] else {}
        else:
            table = ENUM if t["kind"] == "enum" else OTHER[t["kind"]]
        for what, apply in table.items():
            yield from changed(f"{title}: {what}", path, apply)
        if t.get("name") and t["kind"] in ("struct", "union", "enum", "typedef"):
            yield from changed(f"{title}: renamed", path, change("name", lambda old: f"{old}_x"))
        if t["kind"] in ("pointer", "typedef", "array", "function") and t["type"]:
            yield from changed(f"{title}: another target", path, change("type", lambda old: other_type(tree, old)))
        if t["kind"] == "pointer" and kinds.get(t["type"]) != "function":
            yield from changed(f"{title}: qualifiers", path, toggle_const)
        for k, m in enumerate(t.get("members", [])):
            where = f"{title}, member {m['name']}"
            for what, apply in MEMBER.items():
                if what != "qualifiers changed" or (m["name"] and not m.get("bitfield")):
                    yield from changed(f"{where}: {what}", [*path, "members", k], apply)
            yield from changed(f"{where}: bit-field or not", [*path, "members", k], toggle_bitfield)
            retype = change("type", lambda old: other_type(tree, old))
            yield from changed(f"{where}: another type", [*path, "members", k], retype)


def toggle_const(pointer: Node) -> None:
    pointer["quals"] = [] if pointer.get("quals") else ["const"]


def toggle_bitfield(member: Node) -> None:
    member["bitfield"] = not member.get("bitfield", False)


def other_type(tree: Tree, old: int) -> int:
    """Another type of the same size where there is one: the hardest to see."""
    by_id = {t["id"]: t for t in tree["types"]}
    size = by_id[old].get("size")
    same = [i for i, t in by_id.items() if i != old and t["kind"] in ("int", "pointer") and t.get("size") == size]
    return same[0] if same else next(i for i, t in by_id.items() if i != old and t["kind"] == "int")


def verdict(arguments: tuple[str, Job, Tree]) -> list[str]:
    clang, job, tree = arguments
    report = Report()
    try:
        judge(read_model(json.dumps(tree)), clang, job, report)
    except (ToolError, ModelError, DumpError) as error:
        report.fail(str(error))
    return report.wrong if report.checks else ["nothing was checked"]


def strict_reader() -> list[str]:
    """Texts that the dump reader must refuse."""
    start = "*** Dumping AST Record Layout\n"
    bad = {
        "unknown line": start + "         0 | struct a\n         0 |   int x\n  something new\n           | [sizeof=4, align=4]\n",
        "no end": start + "         0 | struct a\n         0 |   int x\n",
        "no start": "         0 | struct a\n           | [sizeof=4, align=4]\n",
        "indentation": start + "         0 | struct a\n         0 |       int x\n           | [sizeof=4, align=4]\n",
        "other end": start + "         0 | struct a\n           | [sizeof=4, dsize=4, align=4]\n",
    }
    accepted = []
    for what, text in bad.items():
        try:
            parse_dump(text)
            accepted.append(f"dump reader accepts: {what}")
        except DumpError:
            pass
    return accepted


def main() -> int:
    parser = argparse.ArgumentParser(description="Show that the layout oracle can fail.")
    parser.add_argument("--clang", default="clang")
    parser.add_argument("--hdrgen", help="mutate this program's output instead of self/sample.json")
    parser.add_argument("-v", action="store_true", help="print what each mutation is reported as")
    options = parser.parse_args()
    job = case_job(SAMPLE, TARGET)
    text = run_hdrgen_json(options.hdrgen, job) if options.hdrgen else SAMPLE.with_suffix(".json").read_text()
    tree = json.loads(text)
    faults = [f"unchanged JSON is reported: {line}" for line in verdict((options.clang, job, tree))]
    faults += strict_reader()
    cases = list(mutations(tree))
    with ProcessPoolExecutor(max_workers=WORKERS) as pool:
        found = pool.map(verdict, [(options.clang, job, other) for _, other in cases], chunksize=4)
        for (where, _), wrong in zip(cases, found):
            if not wrong:
                faults.append(f"not seen: {where}")
            elif options.v:
                print(f"{where}\n    {wrong[0]}")
    for fault in faults:
        print(f"WRONG {fault}")
    print(f"{len(cases)} mutations, {len(cases) - sum(f.startswith('not seen') for f in faults)} seen, {len(faults)} faults")
    return 1 if faults or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
