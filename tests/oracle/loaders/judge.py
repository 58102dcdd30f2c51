#!/usr/bin/env python3
"""`hdrgen check --loader aya` and `--loader cilium` against these loaders themselves.

    judge.py --hdrgen BIN --fixtures DIR [--clang CLANG] [--random N] [--seed N] [--keep DIR] aya|cilium

The pairs of a program and a BTF:

    selftests   each of the kernel's CO-RE self-tests on each of its targets, 74 pairs, those made to fail included
    programs    those of ../core_check/progs on the running kernel's BTF, where it has one
    random      random_pairs.py's

The loader's own code applies the relocations: aya each alone, and all of them; cilium/ebpf those of each function together. What hdrgen says must
be what the instruction holds afterwards; where it says missing or mismatch the loader must have poisoned it; where it says ambiguous or refused
the loader must have given up, aya on the whole object just where hdrgen says so of one relocation, cilium/ebpf on the function.

Exit status: 0 all agree, 1 some differ, 2 anything wrong, 77 the loader cannot be had here.
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
from dataclasses import dataclass, field
from pathlib import Path

import judges
from judges import ToolError, Unavailable, run
from random_pairs import World

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "core_selftests"), str(HERE.parent / "core_check")]
from btf_reader import read_file  # noqa: E402
from compare import CLANGS, WORKERS, Bench, find_selftests, pairs  # noqa: E402
from compare import ToolError as ClangError  # noqa: E402

KERNEL_BTF = Path("/sys/kernel/btf/vmlinux")
OURS = {"resolved": "patched", "wrong": "patched", "missing": "poison", "mismatch": "poison", "ambiguous": "gave up", "refused": "gave up"}
RANDOM_PAIRS, SEED = 30, 1


@dataclass
class Pair:
    group: str
    program: Path
    target: Path
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def compare_one(pair: Pair, finding: dict, answer: judges.Answer) -> None:
    ours = OURS[finding["result"]]
    pair.counts[answer.result] += 1
    words = f"{finding['program']} insn {finding['insn']} {finding['kind']} {finding['access']}: hdrgen {finding['result']} {finding.get('value', '')}"
    if finding["kind"] == "type_id_local" and answer.result == "patched":
        return  # another number in the BTF that the loader makes
    if answer.result != "gave up" and (answer.function, answer.insn) != (finding["program"], finding["insn"]):
        pair.faults.append(f"{words}, and the loader has {answer}")
    elif ours != answer.result or (ours == "patched" and answer.cut(finding["value"]) != answer.value):
        pair.faults.append(f"{words} {finding.get('why', '')}; the loader: {answer.result} {answer.value if answer.code else ''} {answer.words}")


def by_function(pair: Pair, findings: list[dict], answers: list[judges.Answer]) -> tuple[list[dict], list[judges.Answer], str | None]:
    """Where the loader gives up on a function, hdrgen says so of one of its relocations at least: these are compared as one."""
    answers = sorted(answers, key=lambda answer: (answer.section, answer.function, answer.insn))
    findings = sorted(findings, key=lambda finding: (finding["section"], finding["program"], finding["insn"]))
    left: tuple[list[dict], list[judges.Answer]] = ([], [])
    if len(findings) != len(answers):
        return findings, answers, None
    given_up: dict[tuple[str, str], str] = {}
    for finding, answer in zip(findings, answers):
        place = answer.section, answer.function
        is_first = place not in given_up
        if answer.result == "gave up":
            given_up[place] = answer.words
            ours = [f for f in findings if (f["section"], f["program"]) == place]
            refused = next((f for f in ours if OURS[f["result"]] == "gave up"), None)
            if not is_first:
                continue
            finding = refused or finding
        left[0].append(finding)
        left[1].append(answer)
    return *left, next(iter(given_up.values()), None)


def judge_old_kernel(options: argparse.Namespace, pair: Pair, said: str) -> None:
    """On a kernel before 6.0 aya rewrites enums of 64 bits in the object, and gives up: hdrgen warns of it, or aya goes on as ever."""
    if any(t.kind == "ENUM64" or (t.kind == "ENUM" and t.flag) for t in read_file(str(pair.target)).types[1:]):
        return  # BTF of a later kernel
    answers, whole = judges.ask(options.judge, pair.program, pair.target)
    old_answers, old_whole = judges.ask(options.judge, pair.program, pair.target, "--no-enum64")
    if "on kernels before 6.0 aya gives up" not in said:
        if [(a.result, a.value) for a in old_answers] != [(a.result, a.value) for a in answers] or (whole is None) != (old_whole is None):
            pair.faults.append(f"aya differs on a kernel before 6.0 ({old_whole}), and hdrgen does not warn")
        return
    pair.counts["objects given up before 6.0"] += 1
    if old_whole is None:
        pair.faults.append("hdrgen warns of enums of 64 bits, and aya goes on on a kernel before 6.0")


def judge_pair(options: argparse.Namespace, pair: Pair) -> None:
    command = [options.hdrgen, "check", pair.program, "--btf", pair.target, "--loader", options.loader, "--format", "json"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300)
    if done.returncode not in (0, 1):
        raise ToolError(f"hdrgen check: exit status {done.returncode}: {done.stderr.strip()[:300]}")
    if options.loader == "aya":
        judge_old_kernel(options, pair, done.stderr)
    checked = json.loads(done.stdout)["objects"][0]
    findings = checked["relocations"]
    answers, whole = judges.ask(options.judge, pair.program, pair.target)
    if options.loader == "cilium":
        findings, answers, whole = by_function(pair, findings, answers)
    if f"{options.loader}_gives_up" in checked:
        # What is in no function is not among the findings.
        answers = [answer for answer in answers if answer.function != "-" or "function not found" not in answer.words]
    if len(findings) != len(answers) or not findings:
        pair.faults.append(f"hdrgen lists {len(findings)} relocations, the object has {len(answers)}")
        return
    for finding, answer in zip(findings, answers):
        compare_one(pair, finding, answer)
    gives_up = f"{options.loader}_gives_up" in checked or any(OURS[finding["result"]] == "gave up" for finding in findings)
    if gives_up != (whole is not None):
        pair.faults.append(f"hdrgen says that the loader {'gives up' if gives_up else 'goes on'}; the loader: {whole}")
    pair.counts["objects given up" if whole else "objects relocated"] += 1


# --- pairs ---


def selftest_pairs(bench: Bench) -> list[Pair]:
    return [Pair("selftests", bench.compile(program), bench.raw(bench.compile(target)))
            for target, programs in pairs(bench.programs) for program in programs]


def program_pairs(options: argparse.Namespace, work: Path) -> list[Pair]:
    if not KERNEL_BTF.exists():
        print("the running kernel has no BTF: the programs of core_check are not asked about")
        return []
    bench = Bench(options.hdrgen, options.clang, HERE.parent / "core_check/progs", work)
    return [Pair("programs", bench.compile(source), KERNEL_BTF) for source in sorted(bench.programs.glob("*.bpf.c"))]


def random_pair(options: argparse.Namespace, work: Path, seed: int) -> Pair | None:
    """None: clang does not compile it (some of its versions crash)."""
    world = World(seed)
    bench = Bench(options.hdrgen, options.clang, work, work)
    sources = work / f"program{seed}.c", work / f"target{seed}.c"
    sources[0].write_text(world.program())
    sources[1].write_text(world.target())
    try:
        return Pair("random", bench.compile(sources[0]), bench.raw(bench.compile(sources[1])))
    except ClangError as error:
        print(f"clang does not compile the random pair {seed}: {str(error)[:200]}")
        return None


def make_pairs(options: argparse.Namespace, work: Path) -> list[Pair]:
    selftests = selftest_pairs(Bench(options.hdrgen, options.clang, find_selftests() / "progs", work))
    with ThreadPoolExecutor(WORKERS) as pool:
        made = pool.map(lambda seed: random_pair(options, work, seed), range(options.seed, options.seed + options.random))
        return [*selftests, *program_pairs(options, work), *filter(None, made)]


# --- the results ---


def print_results(loader: str, todo: list[Pair]) -> int:
    for pair in (pair for pair in todo if pair.faults):
        print(f"{pair.program.name} on {pair.target.name}: {len(pair.faults)} differ")
        for fault in pair.faults[:10]:
            print(f"    {fault[:400]}")
    total: Counter[str] = Counter()
    for pair in todo:
        total.update(pair.counts)
    groups = Counter(pair.group for pair in todo)
    wrong = sum(len(pair.faults) for pair in todo)
    answers = total["patched"] + total["poison"] + total["gave up"]
    print(f"{loader}: {len(todo)} pairs ({', '.join(f'{count} {group}' for group, count in groups.items())}), {answers} relocations: "
          f"{total['patched']} patched, {total['poison']} poisoned, {total['gave up']} given up; "
          f"{total['objects given up']} objects given up, {total['objects given up before 6.0']} more before 6.0; {wrong} answers differ")
    return 1 if wrong or not answers else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("loader", choices=("aya", "cilium"))
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--fixtures", required=True, type=Path)
    parser.add_argument("--clang", default=next((c for c in CLANGS if shutil.which(c)), "clang"))
    parser.add_argument("--random", type=int, default=RANDOM_PAIRS, help="how many random pairs")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="keep what is made in this directory")
    options = parser.parse_args()
    try:
        options.judge = getattr(judges, options.loader)(options.fixtures)
        with tempfile.TemporaryDirectory() as scratch:
            work = options.keep or Path(scratch)
            work.mkdir(parents=True, exist_ok=True)
            todo = make_pairs(options, work)
            with ThreadPoolExecutor(WORKERS) as pool:
                list(pool.map(lambda pair: judge_pair(options, pair), todo))
        return print_results(options.loader, todo)
    except Unavailable as reason:
        print(f"skipped: {reason}")
        return 77
    except (ToolError, ClangError, OSError, ValueError, subprocess.SubprocessError) as error:
        print(f"judge.py: error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
