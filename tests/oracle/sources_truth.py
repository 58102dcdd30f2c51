#!/usr/bin/env python3
"""What hdrgen reads from a kernel's sources against the BTF that the kernel itself has, made by gcc and pahole.

    sources_truth.py --hdrgen build/release/hdrgen --kernel OUT --image vmlinuz [--min-coverage 99.98] [-v]

OUT is an object tree, prepared or built; the image is of the same source and configuration. `--made FILE` judges BTF that
is there already. A reader that shares nothing with hdrgen (btf_reader.py) reads both sides. Every struct, union, enum and
typedef that has a name in the kernel's BTF counts, and every definition of it: a kernel has several types of one name.

    covered   the name is there
    exact     each of the kernel's definitions is: size; path, bit offset and width of each member, with those of anonymous
              members; name and value of each enumerator; the type that a typedef stands for
    wrong     a definition of the kernel's is not there, and one is that the kernel does not have
    lost      a definition of the kernel's is not there, and all that are are the kernel's

The types of members are compared too, and counted apart: a wrong pointer moves no member. What gcc and pahole are known to
write otherwise is a class of its own, checked for each difference: arrays of arrays that became one, `const` of an array, array
parameters, `volatile` for functions that do not return, the compiler's own typedefs for 128 bits and va_list, a second copy of a
transparent union without its members, elements of vectors without their typedef, 64-bit enumerators
cut to 32 bits before BTF had enum64. A name that is not covered is explained if the compiler
itself defines it, or if it is defined only in files that hdrgen reported as not read (--explain: prints where).

It prints a row of the table in docs/sources-truth.md:

    | kernel | tree | TUs | covered | exact | wrong | CPU s | wall s | MB a process |

Exit status 0: nothing is wrong, lost or unexplained, and as much is exact as was asked for; 1: not so; 2: usage. With --may-miss,
for a tree in which files are missing that a build generates, nothing need be explained.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from btf_reader import Btf, Type, read_file
from diff_judge import flatten

BUILTINS = {"__va_list_tag", "__va_list", "__builtin_va_list", "__gnuc_va_list"}
INT128 = {"__int128_t", "__uint128_t"}
SPELLING = "what gcc and pahole write otherwise"
KINDS = {"STRUCT": "struct", "UNION": "union", "ENUM": "enum", "ENUM64": "enum", "TYPEDEF": "typedef"}
MAX_DEPTH = 64

Key = tuple[str, str]
Definition = tuple


class Describer:
    """Types in words. What has a name is its name: it is compared by itself. `loose`: as gcc and pahole change them."""

    def __init__(self, btf: Btf, loose: bool) -> None:
        self.btf = btf
        self.loose = loose

    def describe(self, type_id: int, depth: int = 0, constant: bool = False) -> str:
        t = self.btf.types[type_id]
        if depth > MAX_DEPTH:
            return "..."
        if t.kind in ("TYPE_TAG", "RESTRICT"):
            return self.describe(t.type, depth + 1, constant)
        if t.kind == "CONST" and self.loose:
            return self.describe(t.type, depth + 1, True)
        if t.kind == "ARRAY" and self.loose:
            return self._array(t, depth, constant)
        if self.loose and self._is_spelling(t):
            return "va_list" if t.name in BUILTINS else self.describe(t.type, depth + 1, constant)
        return ("const " if constant else "") + self._plain(t, depth)

    def _is_spelling(self, t: Type) -> bool:
        """gcc has no typedef for 128 bits, another type for va_list, and `volatile` for functions that do not return."""
        return t.name in BUILTINS or (t.kind == "TYPEDEF" and t.name in INT128) or (
            t.kind == "VOLATILE" and self.btf.types[t.type].kind == "FUNC_PROTO")

    def _array(self, t: Type, depth: int, constant: bool) -> str:
        count, (element, constant) = t.count, self._element(t, constant)
        while element.kind == "ARRAY":
            count, t = count * element.count, element
            element, constant = self._element(t, constant)
        # of a vector, gcc drops the typedef of its elements
        return f"[{count}] {self.describe(element.id if element.kind == 'INT' else t.type, depth + 1, constant)}"

    def _element(self, t: Type, constant: bool) -> tuple[Type, bool]:
        """Through typedefs, and whether it is constant."""
        found = self.btf.types[t.type]
        while found.kind in ("TYPEDEF", "CONST", "VOLATILE", "RESTRICT", "TYPE_TAG"):
            constant, found = constant or found.kind == "CONST", self.btf.types[found.type]
        return found, constant

    def _plain(self, t: Type, depth: int) -> str:
        if t.kind == "INT":
            return "bool" if t.encoding & 4 else f"{'signed' if t.encoding & 1 else 'unsigned'} {8 * t.size}"
        if t.kind in ("PTR", "CONST", "VOLATILE"):
            word = {"PTR": "*", "CONST": "const", "VOLATILE": "volatile"}[t.kind]
            return f"{word} {self.describe(t.type, depth + 1)}"
        if t.kind == "ARRAY":
            return f"[{t.count}] {self.describe(t.type, depth + 1)}"
        if t.kind == "FUNC_PROTO":
            params = ", ".join(self._parameter(param, depth) for _, param in t.params)
            return f"function({params}) {self.describe(t.type, depth + 1)}"
        if t.kind == "FWD":
            return f"{'union' if t.flag else 'struct'} {t.name}"
        if t.kind in ("STRUCT", "UNION") and not t.name:
            inner = "; ".join(f"{m.name} {m.bit_offset} {m.width} {self.describe(m.type, depth + 1)}" for m in t.members)
            return f"{KINDS[t.kind]} {{{t.size}: {inner}}}"
        if t.kind in ("ENUM", "ENUM64") and not t.name:
            return f"enum {{{t.size}: {enumerators(t)}}}"
        return f"{KINDS.get(t.kind, t.kind.lower())} {t.name}"

    def _parameter(self, type_id: int, depth: int) -> str:
        if not self.loose:
            return self.describe(type_id, depth + 1)
        bare = self.btf.types[self.btf.strip(type_id, typedefs=False)]
        return self.describe(bare.id, depth + 1)


def enumerators(t: Type) -> tuple:
    """Without their sign, which BTF before enum64 does not always have."""
    mask = (1 << 8 * t.size) - 1
    return tuple((name, value & mask) for name, value in t.values)


def layout(btf: Btf, t: Type) -> Definition:
    return (t.size, tuple((path, m.offset, m.width, m.bits) for path, m in flatten(btf, t).items()))


def member_types(btf: Btf, t: Type, describer: Describer) -> Definition:
    return tuple((path, describer.describe(m.type)) for path, m in flatten(btf, t).items())


def cut_to_32_bits(definition: Definition) -> Definition:
    return (definition[0], tuple((name, value & 0xFFFFFFFF) for name, value in definition[1]))


def is_empty_copy(text: str, others: set[str]) -> bool:
    """gcc writes a second typedef of a transparent union, to a union of its size that has no members."""
    size = re.fullmatch(r"union \{(\d+): \}", text)
    return bool(size) and any(other.startswith(f"union {{{size[1]}: ") for other in others)


@dataclass
class Definitions:
    """All of a BTF, under kind and name."""

    layouts: dict[Key, set[Definition]] = field(default_factory=lambda: defaultdict(set))
    types: dict[Key, dict[Definition, set[Definition]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    loose: dict[Key, dict[Definition, set[Definition]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    has_enum64: bool = False


def definitions(btf: Btf) -> Definitions:
    found = Definitions(has_enum64=any(t.kind == "ENUM64" for t in btf.types))
    strict, loose = Describer(btf, loose=False), Describer(btf, loose=True)
    for t in btf.types:
        key = (KINDS.get(t.kind, ""), t.name)
        if not all(key):
            continue
        if t.kind in ("STRUCT", "UNION"):
            shape = layout(btf, t)
            found.layouts[key].add(shape)
            found.types[key][shape].add(member_types(btf, t, strict))
            found.loose[key][shape].add(member_types(btf, t, loose))
        elif t.kind == "TYPEDEF":
            found.layouts[key].add((strict.describe(t.type), loose.describe(t.type)))
        elif t.values:
            found.layouts[key].add((t.size, enumerators(t)))
    return found


@dataclass
class Verdict:
    """Names of the kernel's BTF, by what became of them."""

    missing: list[Key] = field(default_factory=list)
    exact: list[Key] = field(default_factory=list)
    wrong: list[Key] = field(default_factory=list)
    lost: list[Key] = field(default_factory=list)
    classes: dict[str, list[Key]] = field(default_factory=lambda: defaultdict(list))
    other_types: list[Key] = field(default_factory=list)
    several: list[Key] = field(default_factory=list)
    more: list[Key] = field(default_factory=list)  # we have definitions of a name that the kernel has not

    def count(self) -> int:
        return len(self.missing) + len(self.exact) + len(self.wrong) + len(self.lost)

    def covered(self) -> int:
        return self.count() - len(self.missing)


class Comparison:
    def __init__(self, kernel: Definitions, ours: Definitions) -> None:
        self.kernel = kernel
        self.ours = ours
        self.verdict = Verdict()
        for key in sorted(kernel.layouts):
            self._judge(key)

    def _judge(self, key: Key) -> None:
        kernel, ours, verdict = self.kernel.layouts[key], self.ours.layouts.get(key, set()), self.verdict
        if len(kernel) > 1:
            verdict.several.append(key)
        if not ours:
            verdict.missing.append(key)
            return
        absent, extra = self._differences(key, kernel, ours)
        if not absent:
            verdict.exact.append(key)
            if extra:
                verdict.more.append(key)
            self._judge_member_types(key, kernel)
        elif extra:
            verdict.wrong.append(key)
        else:
            verdict.lost.append(key)

    def _differences(self, key: Key, kernel: set, ours: set) -> tuple[set, set]:
        """Definitions that only one side has, after what pahole changes has been taken into account."""
        absent, extra = kernel - ours, ours - kernel
        if not absent:
            return absent, extra
        if key[0] == "typedef":
            loose = {d[1] for d in ours}
            found = {d for d in absent if d[1] in loose or is_empty_copy(d[1], loose)}
            self._explain(SPELLING, key, found)
            return absent - found, {d for d in extra if d[1] not in {k[1] for k in kernel}}
        if key[0] == "enum" and not self.kernel.has_enum64:
            cut = {cut_to_32_bits(d) for d in ours if d[0] == 8}
            found = {d for d in absent if d[0] == 8 and cut_to_32_bits(d) in cut}
            self._explain("enumerators cut to 32 bits", key, found)
            return absent - found, {d for d in extra if cut_to_32_bits(d) not in {cut_to_32_bits(k) for k in found}}
        return absent, extra

    def _explain(self, name: str, key: Key, found: Iterable) -> None:
        if found:
            self.verdict.classes[name].append(key)

    def _judge_member_types(self, key: Key, kernel: set) -> None:
        if key[0] not in ("struct", "union"):
            return
        for shape in kernel:
            if self.kernel.types[key][shape] <= self.ours.types[key][shape]:
                continue
            if self.kernel.loose[key][shape] <= self.ours.loose[key][shape]:
                self._explain(SPELLING, key, [shape])
            else:
                self.verdict.other_types.append(key)

    def explain(self, key: Key) -> str:
        lines = [f"{key[0]} {key[1]}"]
        kernel, ours = self.kernel.layouts[key], self.ours.layouts.get(key, set())
        for words, only in (("only in the kernel", kernel - ours), ("only from the sources", ours - kernel)):
            for definition in sorted(only, key=repr)[:2]:
                lines.append(f"    {words}: {str(definition)[:400]}")
        return "\n".join(lines)

    def explain_types(self, key: Key) -> str:
        lines = [f"{key[0]} {key[1]}"]
        for shape in self.kernel.layouts[key]:
            kernel = set().union(*self.kernel.loose[key][shape])
            ours = set().union(*self.ours.loose[key].get(shape, {()}))
            lines += [f"    kernel {m}" for m in sorted(kernel - ours)[:3]]
            lines += [f"    sources {m}" for m in sorted(ours - kernel)[:3]]
        return "\n".join(lines)


# --- one run of hdrgen ---


@dataclass
class Run:
    wall: float = 0.0
    processor: float = 0.0
    memory: int = 0  # MB, of the largest process
    text: str = ""

    def units(self) -> str:
        found = re.search(r"(\d+)(?: of (\d+))? (?:translation units|source files|files)", self.text)
        return found[2] or found[1] if found else "-"


def read_sources(options: argparse.Namespace, to: Path) -> Run:
    command = [options.hdrgen, "--kernel", options.kernel, "--sources", "--emit", "btf", "-o", str(to), *options.option]
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    if options.log:
        Path(options.log).write_text(done.stdout)
    if options.verbose or done.returncode != 0:
        sys.stderr.write(done.stdout)
    if done.returncode != 0:
        sys.exit(f"sources_truth.py: hdrgen ended with {done.returncode}")
    return Run(time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, done.stdout)


# --- where a missing name is defined ---


def unread_files(text: str) -> set[str]:
    """The .c files that hdrgen reported as not read."""
    return set(re.findall(r"[\w./+-]+\.c\b", text))


def defined_in(source: Path, key: Key) -> list[str]:
    pattern = rf"\b{key[0]}\s+{key[1]}\s*\{{" if key[0] != "typedef" else rf"\b{key[1]}\s*;|\b{key[1]}\)\("
    found = subprocess.run(["grep", "-rlPz", "--include=*.[chS]", pattern, "."], cwd=source, stdout=subprocess.PIPE, text=True,
                           check=False)
    return sorted(line.removeprefix("./") for line in found.stdout.split("\n") if line)


def classify_missing(verdict: Verdict, source: Path | None, unread: set[str]) -> dict[Key, str]:
    reasons: dict[Key, str] = {}
    for key in verdict.missing:
        if key[1] in BUILTINS:
            reasons[key] = "the compiler's own"
            continue
        places = defined_in(source, key) if source else []
        if places and unread and all(any(name.endswith(place) for name in unread) for place in places):
            reasons[key] = f"in a file that hdrgen reported: {places[0]}"
        else:
            reasons[key] = f"unexplained{': ' + ' '.join(places[:4]) if places else ''}"
    return reasons


# --- output ---


def row(options: argparse.Namespace, verdict: Verdict, run: Run) -> str:
    total = max(1, verdict.count())
    figures = f"{run.processor:.0f} | {run.wall:.0f} | {run.memory}" if run.wall else "- | - | -"
    return (f"| {options.label} | {options.tree} | {run.units()} | {verdict.covered()} of {verdict.count()} "
            f"({100 * verdict.covered() / total:.3f} %) | {len(verdict.exact)} ({100 * len(verdict.exact) / total:.3f} %) | "
            f"{len(verdict.wrong)} | {figures} |")


def report(options: argparse.Namespace, comparison: Comparison, reasons: dict[Key, str]) -> None:
    verdict = comparison.verdict
    for key, reason in reasons.items():
        print(f"missing: {key[0]} {key[1]}: {reason}")
    for word, keys in (("wrong", verdict.wrong), ("lost", verdict.lost)):
        for key in keys:
            print(f"{word}: {comparison.explain(key)}")
    for key in verdict.other_types[: None if options.verbose else 20]:
        print(f"member types differ: {comparison.explain_types(key)}")
    if options.verbose:
        for key in verdict.more:
            print(f"more definitions: {comparison.explain(key)}")
    kinds = [f"{Counter(k[0] for k in verdict.exact)[kind]} {kind}s" for kind in ("struct", "union", "enum", "typedef")]
    print(f"exact: {', '.join(kinds)}; names with several definitions: {len(verdict.several)}; with definitions that the kernel "
          f"does not have: {len(verdict.more)}; member types that differ: {len(verdict.other_types)}")
    for name, keys in sorted(verdict.classes.items()):
        print(f"known class, {name}: {len(keys)} names, such as {keys[0][0]} {keys[0][1]}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen")
    parser.add_argument("--kernel", help="the object tree")
    parser.add_argument("--made", help="BTF that was made before, in place of --hdrgen and --kernel")
    parser.add_argument("--image", required=True, help="the kernel's image, or anything else that holds its BTF")
    parser.add_argument("--source", type=Path, help="the source tree, to say where missing names are defined")
    parser.add_argument("--label", default="kernel")
    parser.add_argument("--tree", default="prepared", help="what was done to the tree: a word for the table")
    parser.add_argument("--option", action="append", default=[], help="an option for hdrgen (--option=--fast)")
    parser.add_argument("--log", help="hdrgen's messages go there")
    parser.add_argument("--min-coverage", type=float, default=0.0, help="of the kernel's names, exact, in percent")
    parser.add_argument("--may-miss", action="store_true", help="names that are missing without a known reason are no failure")
    parser.add_argument("--must-differ", action="store_true", help="the image is another kernel's: something must be wrong")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    if not options.made and not (options.hdrgen and options.kernel):
        parser.error("either --made, or --hdrgen and --kernel")
    return options


def is_good(options: argparse.Namespace, verdict: Verdict, reasons: dict[Key, str]) -> bool:
    unexplained = sum(reason.startswith("unexplained") for reason in reasons.values())
    exact = 100 * len(verdict.exact) / max(1, verdict.count())
    print(f"wrong {len(verdict.wrong)}, lost {len(verdict.lost)}, missing {len(verdict.missing)}, unexplained {unexplained}")
    if options.must_differ:
        return len(verdict.wrong) > 0
    if exact < options.min_coverage:
        print(f"sources_truth.py: {exact:.3f} % is less than {options.min_coverage} %", file=sys.stderr)
        return False
    return bool(verdict.exact) and not verdict.wrong and not verdict.lost and not verdict.other_types and (
        options.may_miss or not unexplained)


def main() -> int:
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as directory:
        run = Run()
        made = Path(options.made) if options.made else Path(directory, "kernel.btf")
        if not options.made:
            run = read_sources(options, made)
        ours = definitions(read_file(str(made)))
    comparison = Comparison(definitions(read_file(options.image)), ours)
    reasons = classify_missing(comparison.verdict, options.source, unread_files(run.text))
    report(options, comparison, reasons)
    print(row(options, comparison.verdict, run))
    return 0 if is_good(options, comparison.verdict, reasons) else 1


if __name__ == "__main__":
    sys.exit(main())
