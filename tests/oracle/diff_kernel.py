#!/usr/bin/env python3
"""`hdrgen diff` on whole kernels, against a comparison of the tests' own (diff_judge.py).

    diff_kernel.py --hdrgen BIN --fixtures DIR

Debian's amd64 6.1, its backport of a later one, and arm64's 6.1:

    same      each against itself: no change, and every type was compared
    changes   6.1 against the later: diff reports just what the judge finds, with its numbers
    mirror    left and right change places: so do the changes
    headers   6.1 against its own headers: not one difference; with two options flipped, the members they add

Exit status: 0 all right, 1 something differs, 2 anything wrong.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from btf_reader import Btf, find_btf, read_raw
from diff_judge import Change, Judge, count_comparable
from report import Report

KERNELS = {"amd64": ("amd64",), "later": ("amd64", "bookworm-backports"), "arm64": ("arm64",)}
HEADERS = ("linux/sched.h", "linux/fs.h", "linux/mm.h", "linux/netdevice.h", "linux/skbuff.h", "net/sock.h", "net/tcp.h", "linux/bpf.h",
           "linux/blkdev.h")
FLIPPED = ("-DCONFIG_KCOV=1", "-DCONFIG_DEBUG_MUTEXES=1")
# What include/linux/sched.h and mutex.h put under these two.
ADDED = {("struct task_struct", "kcov_mode"), ("struct task_struct", "kcov"), ("struct task_struct", "blocked_on"),
         ("struct mutex", "magic")}
TEXTUAL = ("member_type", "typedef")  # their values are words for people
MIRRORED = {f"{what}_{end}": f"{what}_{other}" for what in ("type", "member", "enumerator")
            for end, other in (("missing", "extra"), ("extra", "missing"))}


class Differ:
    def __init__(self, hdrgen: str, work: Path) -> None:
        self.hdrgen = hdrgen
        self.work = work

    def run(self, *arguments: str) -> dict:
        command = [self.hdrgen, "diff", "-q", "--format", "json", *arguments]
        result = subprocess.run(command, cwd=self.work, capture_output=True, timeout=300, check=False)
        if result.returncode not in (0, 1):
            raise RuntimeError(f"{shlex.join(command)}: exit status {result.returncode}: {result.stderr.decode()[:600]}")
        found = json.loads(result.stdout)
        if (result.returncode == 1) != any(change["what"] != "namesake" for change in found["changes"]):
            raise RuntimeError(f"{shlex.join(command)}: exit status {result.returncode} belies the changes")
        return found


def fetch(fixtures: Path, words: tuple[str, ...]) -> dict[str, Path]:
    command = ["bash", str(fixtures / "get-debian-kernel.sh"), *words]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = dict(word.partition("=")[::2] for word in shlex.split(text))
    return {name: Path(found[name]) for name in ("headers", "image")}


def as_set(changes: list[dict]) -> set[Change]:
    return {(change["type"], change["what"], change.get("member"),
             *((None, None) if change["what"] in TEXTUAL else (change.get("left"), change.get("right"))))
            for change in changes}


def check_same(differ: Differ, name: str, btf: Btf, report: Report) -> None:
    found = differ.run("--btf", f"{name}.btf", "--btf", f"{name}.btf")
    report.check(found["changes"] == [], f"{name} against itself: {found['changes'][:3]}")
    for key in ("compared", "identical"):
        report.check(found[key] == count_comparable(btf), f"{name}: {key} {found[key]}, not {count_comparable(btf)}")
    report.records += found["compared"]


def check_changes(found: dict, left: Btf, right: Btf, report: Report) -> Judge:
    judge = Judge(left, right)
    expected = judge.expected()
    reported = {change for change in as_set(found["changes"])
                if change[0] not in judge.skipped and not change[0].startswith("enum {")}
    report.checks += len(expected | reported)
    report.wrong += [f"not reported: {change}" for change in sorted(expected - reported, key=str)]
    report.wrong += [f"reported, but is none: {change}" for change in sorted(reported - expected, key=str)]
    report.check(len(judge.skipped) < 50, f"{len(judge.skipped)} names left to others")
    for what in ("size", "member_offset", "member_type", "member_count", "member_size", "enumerator", "typedef"):
        report.check(any(change[1] == what for change in expected), f"no {what} between these kernels: nothing was tested")
    return judge


def check_mirror(one: dict, other: dict, report: Report) -> None:
    def keys(changes: list[dict]) -> list[str]:
        return sorted(json.dumps(change, sort_keys=True) for change in changes)

    swapped = []
    for change in other["changes"]:
        values = {"left": change["right"], "right": change["left"]} if "left" in change else {}
        swapped.append({**change, **values, "what": MIRRORED.get(change["what"], change["what"])})
    left, right = keys(one["changes"]), keys(swapped)
    report.checks += len(left)
    if left != right:
        strangers = sorted(set(left) ^ set(right))
        report.fail(f"no mirror: {len(left)} and {len(right)} changes; {strangers[:4]}")
    for mine, theirs in (("compared", "compared"), ("identical", "identical"), ("left_only", "right_only")):
        report.check(one[mine] == other[theirs], f"no mirror: {mine} {one[mine]}, {theirs} {other[theirs]}")


def check_headers(differ: Differ, tree: Path, report: Report) -> None:
    source = ["--kernel", str(tree), *(word for header in HEADERS for word in ("--header", header))]
    exact = differ.run("--common", "--btf", "amd64.btf", *source)
    report.check(exact["compared"] > 2000, f"headers: only {exact['compared']} types compared")
    report.check(exact["compared"] == exact["identical"], f"headers: {exact['changes'][:5]}")
    report.records += exact["compared"]
    flipped = differ.run("--common", "--btf", "amd64.btf", *source, "--", *FLIPPED)
    extra = {(change["type"], change["member"]) for change in flipped["changes"] if change["what"] == "member_extra"}
    report.check(ADDED <= extra, f"flipped options: {sorted(ADDED - extra)} not found")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True, type=Path)
    parser.add_argument("--fixtures", required=True, type=Path)
    arguments = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as work:
        differ = Differ(str(arguments.hdrgen.resolve()), Path(work))
        kernels = {name: fetch(arguments.fixtures, words) for name, words in KERNELS.items()}
        btfs: dict[str, Btf] = {}
        for name, kernel in kernels.items():
            data, _ = find_btf(kernel["image"].read_bytes())
            (differ.work / f"{name}.btf").write_bytes(data)
            btfs[name] = read_raw(data)
            check_same(differ, name, btfs[name], report)
        one = differ.run("--btf", "amd64.btf", "--btf", "later.btf")
        other = differ.run("--btf", "later.btf", "--btf", "amd64.btf")
        judge = check_changes(one, btfs["amd64"], btfs["later"], report)
        check_mirror(one, other, report)
        check_headers(differ, kernels["amd64"]["headers"], report)
    for line in report.wrong[:40]:
        print(line)
    print(f"{judge.compared} types and {judge.members} members judged, {len(one['changes'])} changes, {len(judge.skipped)} names skipped; "
          f"{report.checks} checks, {len(report.wrong)} wrong")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
