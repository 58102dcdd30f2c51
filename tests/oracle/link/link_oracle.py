#!/usr/bin/env python3
"""`hdrgen link` against clang: the same accesses, said in records, must come to the same.

    link_oracle.py --hdrgen BIN --load BIN [--clang CLANG] [--keep DIR] (--selftests | --programs)

--selftests: the kernel's CO-RE self-tests, test_core_reloc_*.c, on each of their targets, btf__core_reloc_*.c, those made to fail
included; for both byte orders where no kernel is asked. --programs: those of ../core_check/progs, on the running kernel's BTF.

Each program is compiled by clang; each of its relocations becomes a placeholder and a record, in C with inline assembly (bpfel: the
object then has BTF and a relocation of clang's own) or in assembly (bpfeb: it has none); `hdrgen link` links that.
Then both objects are relocated against the same BTF:

    hdrgen check, by libbpf's and by aya's rules    the same result and the same value for each relocation
    libbpf                                          the same number in the instruction, or poisoned in both
    bpftool                                         gen min_core_btf: the same content; gen object, gen skeleton: no complaint

What a record cannot say is counted and named; it must be what is expected (CANNOT below). Where clang put the relocation on a load, a
size that differs is the load's affair: there the record's number stands against the offset that `check` found.

Loading needs root; without, it is said: exit status 77. Exit status: 0 all agree, 1 some differ, 2 anything wrong.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "core_selftests"), str(HERE.parent / "core_check"), str(HERE)]
from btf_content import BtfError, read  # noqa: E402
from check_oracle import KERNEL_BTF, exit_status  # noqa: E402
from compare import CLANGS, WORKERS, Bench, ToolError, find_selftests, pairs, run  # noqa: E402
from load_log import Log  # noqa: E402
from records import CannotSay, Writer, assemble, read_relocations, write_c  # noqa: E402

CANNOT: Counter[str] = Counter()
EXPECTED = {"it is an element after the first of what a pointer points to", "its first type has no name", "its first type is INT"}
OWN = "struct own_type.here"  # what write_c has besides
FLEXIBLE = "flexible array for out of bounds"  # what hdrgen check says of aya's rule
LOADS = {1, 2, 3}  # classes of instructions that read or write memory


class Program:
    """A C program and its twin of records."""

    def __init__(self, arguments: argparse.Namespace, source: Path, c_object: Path, target: str) -> None:
        self.name, self.c_object = source.stem, c_object
        btf, relocations = read_relocations(c_object)
        writer, said = Writer(btf), []
        self.pairs: list[tuple[int, bool]] = []  # index of the C relocation, whether it is on a load
        for i, relocation in enumerate(relocations):
            try:
                said.append((relocation.section, writer.record(relocation)))
                self.pairs.append((i, relocation.opcode & 7 in LOADS))
            except CannotSay as why:
                CANNOT[f"{source.stem}: {relocation.kind}: {why}"] += 1
        self.linked = None
        if not said:
            return
        text = c_object.with_suffix(".records.c" if target == "bpfel" else ".records.s")
        text.write_text(write_c(said) if target == "bpfel" else assemble(said))
        raw = text.with_suffix(".raw.o")
        self.linked = text.with_suffix(".o")
        run(arguments.clang, "-target", target, "-g", "-O2", "-c", text, "-o", raw)
        run(arguments.hdrgen, "link", raw, "-o", self.linked)


def findings(arguments: argparse.Namespace, program: Path, target: Path) -> dict[str, list[dict]]:
    """By loader."""
    status, out, err = exit_status(arguments.hdrgen, "check", program, "--btf", target, "-q", "--loader", "both", "--format", "json")
    if status not in (0, 1):
        raise ToolError(f"hdrgen check {program.name}: exit status {status}: {err.strip()[:300]}")
    libbpf = json.loads(out)["objects"][0]["relocations"]
    aya = [{"kind": f["kind"], "access": f["access"], **f["aya"]} for f in libbpf]
    return {"libbpf": libbpf, "aya": aya}


class Pair:
    """A program on a target."""

    def __init__(self, arguments: argparse.Namespace, program: Program, target: Path) -> None:
        self.arguments, self.program, self.target = arguments, program, target
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self.theirs: dict[str, list[dict]] = {}
        self.ours: dict[str, list[dict]] = {}

    def ask(self) -> None:
        self.theirs = findings(self.arguments, self.program.c_object, self.target)
        self.ours = findings(self.arguments, self.program.linked, self.target)

    def compare(self, loader: str) -> None:
        theirs = self.theirs[loader]
        ours = [f for f in self.ours[loader] if f["access"] != OWN]
        if len(ours) != len(self.program.pairs):
            self.faults.append(f"{loader}: {len(ours)} relocations, {len(self.program.pairs)} expected")
            return
        for mine, (index, is_load) in zip(ours, self.program.pairs, strict=True):
            c = theirs[index]
            left, right = (c["result"], c.get("value")), (mine["result"], mine.get("value"))
            if c["kind"] == "type_id_local":
                left = right = (c["result"], None)  # each object numbers its own types
            if is_load and c["result"] in ("mismatch", "refused") and mine["result"] == "resolved":
                self.counts["on a load that has another size"] += 1
                continue
            self.counts[f"{loader}: {mine['result']}"] += 1
            if FLEXIBLE in c.get("why", ""):  # a record's array has a bound above the index, so aya takes it, as libbpf does
                other = self.theirs["libbpf"][index]
                left = (other["result"], other.get("value"))
            if left != right or c["kind"] != mine["kind"]:
                self.faults.append(f"{loader}: {c['kind']} {c['access']}: C {left}, record {right} {mine['access']}")

    def load(self) -> None:
        logs = []
        for program in (self.program.c_object, self.program.linked):
            status, out, err = exit_status(self.arguments.load, program, self.target)
            if status != 0:
                raise ToolError(f"core_load {program.name}: exit status {status}: {err.strip()[:300]}")
            logs.append(Log(out))
            if program == self.program.linked and ".BTF into kernel" in out:
                self.faults.append("the kernel refuses its BTF")
        theirs, ours = self.theirs["libbpf"], self.ours["libbpf"]
        numbers: list[Counter[str]] = [Counter(), Counter()]
        outcomes: list[list[int | str | None]] = [[], []]
        for side, (log, found) in enumerate(zip(logs, (theirs, ours))):
            for finding in found:
                number = numbers[side][finding["section"]]
                numbers[side][finding["section"]] += 1
                if finding["access"] != OWN:
                    outcomes[side].append(log.outcome(finding["program"], number, finding["insn"]))
        for mine, (index, is_load) in zip(outcomes[1], self.program.pairs, strict=True):
            c = theirs[index]
            other = outcomes[0][index]
            if c["kind"] == "type_id_local" or None in (mine, other) or is_load and other in ("poison", "gave up"):
                self.counts["libbpf: not compared"] += 1
                continue
            self.counts["libbpf: the same"] += 1
            if isinstance(mine, int) and isinstance(other, int):
                mine, other = mine & 0xFFFFFFFF, other & 0xFFFFFFFF if not is_load else other & 0xFFFF
            if mine != other:
                self.faults.append(f"libbpf: {c['kind']} {c['access']}: C {other}, record {mine}")

    def minimal(self, work: Path) -> None:
        outputs, refused = [], []
        for program in (self.program.c_object, self.program.linked):
            outputs.append(work / f"{program.stem}.{self.target.stem}.min")
            refused.append(exit_status("bpftool", "gen", "min_core_btf", self.target, outputs[-1], program)[0] != 0)
        if len(self.program.pairs) == len(self.theirs["libbpf"]):
            if refused[0] != refused[1]:
                self.faults.append(f"min_core_btf: C refused {refused[0]}, record refused {refused[1]}")
            elif not refused[0]:
                a, b = (read(output) for output in outputs)
                self.counts["min_core_btf: the same"] += 1
                if a.content() != b.content():
                    self.faults += [f"min_core_btf: {text}" for text in a.content() ^ b.content()]


def check_tools(program: Program, work: Path) -> list[str]:
    """Programs that read objects have no complaint about the linked one."""
    faults = []
    merged = work / f"{program.linked.stem}.merged.o"
    for command in (
        ["bpftool", "gen", "object", merged, program.linked],
        ["bpftool", "gen", "skeleton", program.linked, "name", "linked"],
        ["bpftool", "btf", "dump", "file", program.linked, "format", "c"],
        ["llvm-objdump", "-d", "-r", program.linked],
        ["readelf", "-aW", program.linked],
        ["pahole", program.linked],
    ):
        status, _, err = exit_status(*command)
        if status != 0 or any(word in err.lower() for word in ("error", "warning", "bad ", "corrupt")):
            faults.append(f"{' '.join(map(str, command[:3]))}: exit status {status}: {err.strip()[:300]}")
    return faults


def judge(program: Program, target: Path, arguments: argparse.Namespace, work: Path, native: bool) -> Pair:
    pair = Pair(arguments, program, target)
    try:
        pair.ask()
        for loader in ("libbpf", "aya"):
            pair.compare(loader)
        if native and arguments.can_load:
            pair.load()
        if native:
            pair.minimal(work)
    except (ToolError, BtfError, KeyError, ValueError) as error:
        pair.faults.append(f"{type(error).__name__}: {error}")
    return pair


def compile_for(bench: Bench, source: Path, target: str) -> Path:
    output = bench.work / f"{source.stem}.{target}.o"
    run(bench.clang, "-target", target, "-g", "-O2", "-w", "-D__TARGET_ARCH_x86", *bench.flags(), "-c", source, "-o", output)
    return output


def judge_all(arguments: argparse.Namespace, work: Path) -> tuple[list[Pair], list[str]]:
    results, faults = [], []
    for target in ("bpfel", "bpfeb"):
        native = target == ("bpfel" if sys.byteorder == "little" else "bpfeb")
        if arguments.programs and not native:
            continue
        directory = HERE.parent / "core_check" / "progs" if arguments.programs else find_selftests() / "progs"
        bench = Bench(arguments.hdrgen, arguments.clang, directory, work)
        if arguments.programs:
            todo = [(None, sorted(directory.glob("*.bpf.c")))]
        else:
            todo = pairs(directory)
        sources = sorted({source for _, list_ in todo for source in list_})
        with ThreadPoolExecutor(WORKERS) as pool:
            made = pool.map(lambda s: Program(arguments, s, compile_for(bench, s, target), target), sources)
            programs = dict(zip(sources, made, strict=True))
            linked = [program for program in programs.values() if program.linked and native]
            for program, found in zip(linked, pool.map(lambda p: check_tools(p, work), linked), strict=True):
                faults += [f"{program.name}: {fault}" for fault in found]
            files = [compile_for(bench, where, target) if where else KERNEL_BTF for where, _ in todo]
            asked = [(programs[s], btf) for btf, (_, list_) in zip(files, todo, strict=True) for s in list_ if programs[s].linked]
            results += pool.map(lambda item: judge(*item, arguments, work, native), asked)
    return results, faults


def print_results(results: list[Pair], faults: list[str]) -> bool:
    total: Counter[str] = Counter()
    for pair in results:
        total.update(pair.counts)
        if pair.faults:
            print(f"{pair.program.name:36} {pair.target.name}: DIFFERS")
        for fault in pair.faults[:10]:
            print(f"    {fault[:400]}")
    for what, count in sorted(CANNOT.items()):
        print(f"    {count:5} cannot be said: {what}")
    for what, count in sorted(total.items()):
        print(f"    {count:5} {what}")
    unexpected = [what for what in CANNOT if what.rpartition(": ")[2] not in EXPECTED]
    faults += [f"it should be sayable: {what}" for what in unexpected]
    for fault in faults:
        print(f"    {fault}")
    wrong = sum(bool(pair.faults) for pair in results)
    print(f"{len(results)} pairs, {wrong} differ")
    return bool(results) and wrong == 0 and not faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--load", required=True, help="the program core_load")
    parser.add_argument("--clang", default=next((c for c in CLANGS if shutil.which(c)), "clang"))
    parser.add_argument("--keep", type=Path, help="keep what is made in this directory")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--selftests", action="store_true")
    what.add_argument("--programs", action="store_true")
    arguments = parser.parse_args()
    if arguments.programs and not KERNEL_BTF.exists():
        print("the running kernel has no BTF: nothing to do")
        return 77
    try:
        with tempfile.TemporaryDirectory() as scratch:
            work = arguments.keep or Path(scratch)
            work.mkdir(parents=True, exist_ok=True)
            arguments.can_load = exit_status("bpftool", "prog", "list")[0] == 0
            fine = print_results(*judge_all(arguments, work))
        if not arguments.can_load:
            print("bpf() is not for us (not root?): libbpf and the kernel were not asked")
            return 77 if fine else 1
        return 0 if fine else 1
    except (ToolError, BtfError, CannotSay) as error:
        print(f"link_oracle.py: error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
