#!/usr/bin/env python3
"""docs/fleet.md: what `hdrgen check` says of the programs of Debian's libbpf-tools on each kernel of a fleet.

    matrix_page.py --hdrgen BIN --fleet DIR > docs/fleet.md        # DIR/amd64/*.btf, DIR/arm64/*.btf
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent.parent.parent / "kernel-header-fixtures"
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "e2e")]
from guest import MACHINES, ToolError, debian_packages  # noqa: E402
from libbpf_tools import extract  # noqa: E402

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


def objects_for(architecture: str, work: Path) -> list[Path]:
    """Those of the package for that architecture: its programs name its own registers."""
    return extract(debian_packages(MACHINES[architecture], FIXTURES, "libbpf-tools"), work / architecture)


def check(hdrgen: str, objects: list[Path], fleet: Path) -> dict:
    result = subprocess.run([hdrgen, "check", *objects, "--fleet", fleet, "-q", "--format", "json"], capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1):
        raise ToolError(result.stderr)
    return json.loads(result.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--fleet", required=True, type=Path)
    arguments = parser.parse_args()
    kernels: list[str] = []
    tools: dict[str, tuple[list[str], list[dict]]] = {}  # verdicts by kernel, and all rows
    with tempfile.TemporaryDirectory() as scratch:
        for folder in sorted(path for path in arguments.fleet.iterdir() if path.is_dir()):
            report = check(arguments.hdrgen, objects_for(folder.name, Path(scratch)), folder)
            for item in report["objects"]:
                found, rows = tools.setdefault(Path(item["file"]).name.removesuffix(".bpf.o"), ([], []))
                found += verdicts(item["dependencies"], len(report["kernels"]))
                rows += item["dependencies"]
            kernels += [f"{folder.name}/{kernel}" for kernel in report["kernels"]]
    print("# libbpf-tools on Debian's kernels\n")
    print(f"The answers of `hdrgen check` about the {len(tools)} BPF objects in the programs of Debian's `libbpf-tools`, on {len(kernels)} kernels, by their BTF")
    print("alone; the objects are from the package of each kernel's architecture. *yes*: the kernel has all that the object's programs need; *no*: a program")
    print("would not load or attach, or would read something else; *?*: the BTF does not tell. User space leaves out some of the programs, or attaches them")
    print("elsewhere (the `*dist` and `*slower` tools replace `dummy_file_read`); the options for that, `--attach` and `--without`, were not used here. Made by\n")
    print("    tests/oracle/surface/matrix_page.py --hdrgen BIN --fleet DIR > docs/fleet.md        # DIR/amd64/*.btf, DIR/arm64/*.btf\n")
    print("| | " + " | ".join(kernels) + " | missing or changed on some |")
    print("| --- |" + " --- |" * len(kernels) + " --- |")
    for tool, (found, rows) in sorted(tools.items()):
        print(f"| {tool} | " + " | ".join(SIGNS[verdict] for verdict in found) + f" | {reason(rows)} |")
    totals = [Counter(found[kernel] for found, _ in tools.values()) for kernel in range(len(kernels))]
    print("| **yes, ?, no** | " + " | ".join(f"{total['fine']}, {total['unknown']}, {total['bad']}" for total in totals) + " | |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
