#!/usr/bin/env python3
"""What `hdrgen check` says of each program of libbpf-tools, held against libbpf that loads and attaches it on the running kernel.

    tools_truth.py --hdrgen BIN --load BIN [--objects DIR] [--keep DIR]

Without --objects, those inside the programs of Debian's package (libbpf_tools.py). Of the verdicts on programs, partly
counts as unknown, and changed and several as missing. attach_load loads each one alone.

    fine      every one must load and attach
    missing   at most 2 % may load and attach
    forbidden what the system lets nobody load (fentry, in some virtual machines) is counted and not judged

Exit status: 0 holds, 1 does not, 2 anything wrong, 77 no BPF for us.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from libbpf_tools import download, extract  # noqa: E402

BAD = {"missing", "changed", "several"}
MISSED_MAX = 0.02
WITH_TRACEFS = ("unshare", "-m", "sh", "-c", 'mount -t tracefs none /sys/kernel/tracing; exec "$@"', "sh")


def verdict(report: dict, program: str) -> tuple[str, list[str]]:
    """What hdrgen says of a program, and why."""
    ours = next(p["result"] for p in report["programs"] if p["program"] == program)
    poisoned = [r["access"] for r in report["relocations"] if r["result"] != "resolved" and not r.get("guarded")]
    needs = [d for d in report["dependencies"] if d["program"] in (program, None)]
    fails = poisoned + [f"{d['kind']} {d['name']}: {d.get('why')}" for d in needs if d["result"] in BAD]
    unknown = [f"{d['kind']} {d['name']}: {d.get('why')}" for d in needs if d["result"] in ("unknown", "partly")]
    return ("missing", fails) if ours in BAD else ("unknown", unknown) if ours in ("unknown", "partly") else ("fine", [])


def count_programs(report: dict, lines: list[str], name: str, counts: Counter, faults: list[str]) -> None:
    """Our verdicts on an object's programs, beside what attach_load said of each."""
    for line in lines:
        _, program, step, _, *text = line.split(" ", 4)
        ours, why = verdict(report, program)
        truth = step if step in ("fine", "forbidden") else "refused"
        counts[ours, truth] += 1
        if (ours, truth) in (("fine", "refused"), ("missing", "fine")):
            faults.append(f"{name} {program}: hdrgen {ours} {why[:2]}, libbpf {step} {text}")


def judge(arguments: argparse.Namespace, item: Path, counts: Counter, faults: list[str]) -> None:
    result = subprocess.run([arguments.hdrgen, "check", item, "-q", "--format", "json"], capture_output=True, text=True, timeout=300)
    if result.returncode not in (0, 1):
        raise RuntimeError(f"hdrgen check {item.name}: exit status {result.returncode}: {result.stderr[:300]}")
    report = json.loads(result.stdout)["objects"][0]
    loaded = subprocess.run([*WITH_TRACEFS, arguments.load, item], capture_output=True, text=True, timeout=600)
    if loaded.returncode != 0:
        raise RuntimeError(f"attach_load {item.name}: exit status {loaded.returncode}")
    count_programs(report, loaded.stdout.splitlines(), item.name, counts, faults)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--load", required=True, help="the program attach_load")
    parser.add_argument("--objects", type=Path)
    parser.add_argument("--keep", type=Path, help="keep what is downloaded in this directory")
    arguments = parser.parse_args()
    if subprocess.run(["bpftool", "prog", "list"], capture_output=True).returncode != 0:
        print("bpf() is not for us (not root?)")
        return 77
    counts: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        work = arguments.keep or Path(scratch)
        items = sorted(arguments.objects.glob("*.o")) if arguments.objects else extract(download(work), work / "objects")
        try:
            for item in items:
                judge(arguments, item, counts, faults)
        except RuntimeError as error:
            print(f"tools_truth.py: error: {error}", file=sys.stderr)
            return 2
    print(f"{len(items)} objects, {sum(counts.values())} programs")
    for (ours, truth), count in sorted(counts.items()):
        print(f"    {count:5} {ours}, and libbpf: {truth}")
    for fault in faults:
        print(fault[:600])
    missing = sum(count for (ours, _), count in counts.items() if ours == "missing")
    holds = counts["fine", "refused"] == 0 and counts["missing", "fine"] <= MISSED_MAX * missing
    return 0 if items and holds and counts["fine", "fine"] > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
