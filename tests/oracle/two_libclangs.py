#!/usr/bin/env python3
"""Two hdrgens, of the oldest and the newest libclang we support, give the same JSON of the layout matrix, byte for byte.

    two_libclangs.py HDRGEN OTHER CASE.h...

Left out by name is what the two libclangs really lay out or tell differently, see differs(). Exit status as layout_oracle.py.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from difflib import unified_diff
from pathlib import Path

from layout_oracle import WORKERS
from report import Report
from tools import TARGETS, Job, ToolError, case_job, run_hdrgen_json

S390X = ("atomic_record.h", "zero_array.h")


def differs(job: Job) -> bool:
    """s390x: __int128 is aligned to 16 by clang 14 and to 8 by 19, and so are wide _Atomic records. 14 does not tell type tags."""
    if job.label.endswith("btf_tags.h"):
        return True
    return (job.target or "").startswith("s390x") and ("int128" in job.label or job.label.endswith(S390X))


def compare(first: str, second: str, job: Job) -> Report:
    report = Report()
    try:
        one, two = (run_hdrgen_json(hdrgen, job) for hdrgen in (first, second))
        difference = "\n".join([*unified_diff(one.splitlines(), two.splitlines(), lineterm="", n=0)][:6])
        report.check(one == two, f"{job.label}, {job.target}:\n{difference}")
    except ToolError as error:
        report.fail(f"{job.label}, {job.target}: {error}")
    return report


def main() -> int:
    if len(sys.argv) < 4:
        print("usage: two_libclangs.py HDRGEN OTHER CASE.h...", file=sys.stderr)
        return 2
    first, second, *cases = sys.argv[1:]
    jobs = [job for case in cases for target in TARGETS if not differs(job := case_job(Path(case), target))]
    total = Report()
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        for report in pool.map(lambda job: compare(first, second, job), jobs):
            total.add(report)
    for line in total.wrong:
        print(f"WRONG {line}")
    print(f"{total.checks - len(total.wrong)} same, {len(total.wrong)} different")
    return 0 if total.passed() and total.checks > 100 else 1


if __name__ == "__main__":
    sys.exit(main())
