#!/usr/bin/env python3
"""`hdrgen check` and `--for` against libbpf, the kernel and bpftool.

    check_oracle.py --hdrgen BIN --load BIN [--clang CLANG] [--keep DIR] (--selftests | --programs)

--selftests: each of the kernel's CO-RE self-tests, test_core_reloc_*.c, on each of its targets, btf__core_reloc_*.c, those made to
fail included. --programs: those in progs/, on the running kernel's BTF.

Three judges for each pair of an object and a BTF:

    libbpf    core_load loads the object with btf_custom_path. For each relocation, what hdrgen says must be in the instruction that
              libbpf leaves; where hdrgen says missing or mismatch libbpf must have poisoned it; where it says ambiguous or refused
              libbpf must have given up just there.
    kernel    where it refuses the program because a poisoned instruction is reached, hdrgen's exit status must be 1; where it loads, 0
    bpftool   `gen min_core_btf` on hdrgen's own BTF of the target; `hdrgen --for` on the same must have the same content, but for the
              `long` that says how large pointers are; where bpftool refuses, hdrgen must

Loading needs root; without, it is said, and the first two judges are not heard: exit status 77. On a kernel without BTF of its own
--programs has nothing to do: 77.

Exit status: 0 all agree, 1 some differ, 2 anything wrong.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "core_selftests")]
from btf_content import Btf, BtfError, read  # noqa: E402
from compare import CLANGS, WORKERS, Bench, ToolError, find_selftests, pairs  # noqa: E402
from load_log import Log  # noqa: E402

KERNEL_BTF = Path("/sys/kernel/btf/vmlinux")
LONG = "int long size=8 word=0x1000040"
SMALL_PROGRAM, SMALL_BTF = "four", 400  # bytes


def exit_status(*command: str | Path) -> tuple[int, str, str]:
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, errors="replace", timeout=300)
    return result.returncode, result.stdout, result.stderr


class Judge:
    """One object on one target."""

    def __init__(self, arguments: argparse.Namespace, program: Path, target: Path) -> None:
        self.hdrgen, self.load = arguments.hdrgen, arguments.load
        self.program, self.target = program, target
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()

    def check(self) -> None:
        status, out, err = exit_status(self.hdrgen, "check", self.program, "--btf", self.target, "-q", "--format", "json")
        if status not in (0, 1):
            raise ToolError(f"hdrgen check: exit status {status}: {err.strip()[:300]}")
        answer = json.loads(out)["objects"][0]
        findings = answer["relocations"]
        # loading attaches nothing: that a function to attach to is not there is no judgement of the types
        if any(d["kind"] == "function" and d["result"] == "missing" for d in answer["dependencies"]) and all(
                f["result"] == "resolved" for f in findings):
            status = 0
        load_status, out, err = exit_status(self.load, self.program, self.target)
        if load_status != 0:
            raise ToolError(f"core_load: exit status {load_status}: {err.strip()[:300]}")
        log = Log(out)
        self.compare_findings(findings, log)
        self.compare_verdict(status, log)

    def compare_findings(self, findings: list[dict], log: Log) -> None:
        number_in_section: Counter[str] = Counter()
        for finding in findings:
            number = number_in_section[finding["section"]]
            number_in_section[finding["section"]] += 1
            libbpf = log.outcome(finding["program"], number, finding["insn"])
            if libbpf is None:  # it had given up before
                self.counts["not reached by libbpf"] += 1
                continue
            self.counts[finding["result"]] += 1
            result = finding["result"]
            ours = {"missing": "poison", "mismatch": "poison", "ambiguous": "gave up", "refused": "gave up"}.get(result)
            if result == "resolved":
                ours = log.cut(finding["program"], finding["insn"], finding["value"])
            if ours != libbpf:
                where = f"{finding['program']} insn {finding['insn']} {finding['kind']} {finding['access']}"
                self.faults.append(f"{where}: hdrgen {result} {finding.get('value', '')}, libbpf {libbpf}")
        if sum(self.counts.values()) == 0:
            self.faults.append("no relocations")
        if log.relocations != sum(self.counts.values()) - self.counts["not reached by libbpf"]:
            self.faults.append(f"libbpf relocated {log.relocations}, hdrgen lists {dict(self.counts)}")

    def compare_verdict(self, status: int, log: Log) -> None:
        if log.verdict == "other":
            self.counts["verdict: the kernel refuses for another reason"] += 1
            return
        self.counts[f"verdict: {log.verdict}"] += 1
        if (status == 0) != (log.verdict == "loads"):
            self.faults.append(f"hdrgen's exit status is {status}, and the object: {log.verdict}")

    def minimal(self, full: Path, work: Path) -> int:
        """Returns the size of hdrgen's minimal BTF."""
        stem = f"{self.program.stem}.{full.stem}"
        ours, theirs = work / f"{stem}.hdrgen.min", work / f"{stem}.bpftool.min"
        status, _, err = exit_status(self.hdrgen, "--btf", full, "--for", self.program, "--emit", "btf", "-q", "--keep-going", "-o", ours)
        refused, _, bpftool_err = exit_status("bpftool", "gen", "min_core_btf", full, theirs, self.program)
        if refused != 0 or status != 0:
            self.counts["minimal: refused"] += 1
            if (refused != 0) != (status != 0):
                self.faults.append(f"minimal BTF: hdrgen exit {status} {err.strip()[:300]}, bpftool exit {refused} {bpftool_err.strip()[:300]}")
            return 0
        self.counts["minimal: same"] += 1
        a, b = read(ours), read(theirs)
        left, right = (a.content(), a.uses()), (b.content(), b.uses() | {LONG})
        self.faults += [f"only in hdrgen's minimal BTF:  {text}" for text in [*(left[0] - right[0]), *(left[1] - right[1])]]
        self.faults += [f"only in bpftool's minimal BTF: {text}" for text in [*(right[0] - left[0]), *(right[1] - left[1] - {LONG})]]
        if has_long(a) != 1:
            self.faults.append(f"{has_long(a)} longs in hdrgen's minimal BTF")
        return ours.stat().st_size


def has_long(btf: Btf) -> int:
    """How many integers say how large a pointer is; min_core_btf keeps those that are used."""
    return min(1, sum(t.kind == "int" and t.name in ("long", "long int", "unsigned long", "long unsigned int") for t in btf.types))


def judge_selftests(arguments: argparse.Namespace, work: Path) -> list[Judge]:
    bench = Bench(arguments.hdrgen, arguments.clang, find_selftests() / "progs", work)
    todo = pairs(bench.programs)
    programs = sorted({program for _, list_ in todo for program in list_})
    with ThreadPoolExecutor(WORKERS) as pool:
        objects = dict(zip(programs, pool.map(bench.compile, programs)))

        def one(item: tuple[Path, list[Path]]) -> list[Judge]:
            target = bench.compile(item[0])
            raw, full = bench.raw(target), bench.generate(item[0])
            judges = [Judge(arguments, objects[program], raw) for program in item[1]]
            for judge in judges:
                run_judge(arguments, judge, full, work)
            return judges

        return [judge for list_ in pool.map(one, todo) for judge in list_]


def judge_programs(arguments: argparse.Namespace, work: Path) -> list[Judge]:
    full = work / "vmlinux.btf"
    status, _, err = exit_status(arguments.hdrgen, "--btf", KERNEL_BTF, "-q", "-o", full)
    if status != 0:
        raise ToolError(f"hdrgen: {err.strip()[:300]}")
    bench = Bench(arguments.hdrgen, arguments.clang, HERE / "progs", work)
    judges = []
    for source in sorted(bench.programs.glob("*.bpf.c")):
        judge = Judge(arguments, bench.compile(source), KERNEL_BTF)
        size = run_judge(arguments, judge, full, work)
        if source.name.startswith(SMALL_PROGRAM):
            print(f"the minimal BTF of {source.name} has {size} bytes")
            if not 0 < size <= SMALL_BTF:
                judge.faults.append(f"its minimal BTF has {size} bytes, more than {SMALL_BTF}")
        judges.append(judge)
    return judges


def run_judge(arguments: argparse.Namespace, judge: Judge, full: Path, work: Path) -> int:
    try:
        if arguments.can_load:
            judge.check()
        return judge.minimal(full, work)
    except (ToolError, BtfError, KeyError, ValueError) as error:
        judge.faults.append(f"{type(error).__name__}: {error}")
        return 0


def print_results(judges: list[Judge]) -> bool:
    total: Counter[str] = Counter()
    for judge in judges:
        total.update(judge.counts)
        words = ", ".join(f"{count} {what}" for what, count in judge.counts.items() if not what.startswith(("verdict", "minimal")))
        print(f"{judge.program.stem:36} {judge.target.name.split('.')[0]:46} {'DIFFERS' if judge.faults else 'same'}: {words}")
        for fault in judge.faults[:10]:
            print(f"    {fault[:500]}")
    wrong = sum(bool(judge.faults) for judge in judges)
    print(f"{len(judges)} pairs, {wrong} differ")
    for what, count in sorted(total.items()):
        print(f"    {count:5} {what}")
    return bool(judges) and wrong == 0


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
            judges = judge_selftests(arguments, work) if arguments.selftests else judge_programs(arguments, work)
        fine = print_results(judges)
        if not arguments.can_load:
            print("bpf() is not for us (not root?): libbpf and the kernel were not asked")
            return 77 if fine else 1
        return 0 if fine else 1
    except (ToolError, BtfError) as error:
        print(f"check_oracle.py: error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
