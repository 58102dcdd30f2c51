#!/usr/bin/env python3
"""docs/fleet.md: what `hdrgen check` says of the programs of Debian's libbpf-tools on each kernel of a fleet.

    matrix_page.py --hdrgen BIN --fleet DIR [--objects DIR] > docs/fleet.md
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

SIGNS = {"bad": "**no**", "unknown": "?", "fine": "yes"}
BAD = {"missing", "changed", "several"}


def verdicts(rows: list[dict], kernels: int) -> list[str]:
    """Of an object on each kernel: the worst of what its programs need."""
    found = ["fine"] * kernels
    for row in rows:
        for answer in row["answers"]:
            is_bad = answer["result"] in BAD and not row.get("optional")
            is_unknown = answer["result"] in ("unknown", "partly")
            for kernel in answer["kernels"]:
                found[kernel] = "bad" if is_bad or found[kernel] == "bad" else "unknown" if is_unknown else found[kernel]
    return found


def reason(rows: list[dict]) -> str:
    """The first thing that keeps it from a kernel, and how many more there are."""
    bad = {row["name"]: None for row in rows for answer in row["answers"] if answer["result"] in BAD and not row.get("optional")}
    names = list(bad)
    return f"`{names[0]}`" + (f" and {len(names) - 1} more" if len(names) > 1 else "") if names else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--fleet", required=True)
    parser.add_argument("--objects", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        objects = sorted(arguments.objects.glob("*.o")) if arguments.objects else extract(download(Path(scratch)), Path(scratch) / "objects")
        result = subprocess.run([arguments.hdrgen, "check", *objects, "--fleet", arguments.fleet, "-q", "--format", "json"],
                                capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1):
        print(result.stderr, file=sys.stderr)
        return 2
    report = json.loads(result.stdout)
    kernels = report["kernels"]
    print("# libbpf-tools on Debian's kernels\n")
    print(f"What `hdrgen check` says of the {len(objects)} BPF objects in the programs of Debian's `libbpf-tools`, for {len(kernels)} kernels, by their BTF")
    print("alone. *yes*: whatever its programs need is there; *no*: a program would not load or attach, or would read something else; *?*: the BTF does")
    print("not say. User space leaves out some of the programs, or attaches them elsewhere (the `*dist` and `*slower` replace `dummy_file_read`): nothing")
    print("was said of that here (`--attach`, `--without`). Objects of another architecture than a kernel name its registers wrongly. Made by\n")
    print("    tests/oracle/surface/matrix_page.py --hdrgen BIN --fleet DIR > docs/fleet.md\n")
    print("| | " + " | ".join(kernels) + " | what is not there on some |")
    print("| --- |" + " --- |" * len(kernels) + " --- |")
    totals = [Counter() for _ in kernels]
    for item in report["objects"]:
        found = verdicts(item["dependencies"], len(kernels))
        for total, verdict in zip(totals, found):
            total[verdict] += 1
        print(f"| {Path(item['file']).name.removesuffix('.bpf.o')} | " + " | ".join(SIGNS[verdict] for verdict in found) +
              f" | {reason(item['dependencies'])} |")
    print("| **yes, ?, no** | " + " | ".join(f"{total['fine']}, {total['unknown']}, {total['bad']}" for total in totals) + " | |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
