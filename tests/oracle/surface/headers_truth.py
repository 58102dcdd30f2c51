#!/usr/bin/env python3
"""What the relocations of libbpf-tools come to by a kernel's headers, held against that kernel's own BTF.

    headers_truth.py --hdrgen BIN --fixtures DIR

The objects are those inside the programs of Debian's package (libbpf_tools.py), the kernel is Debian's 6.1 for amd64. Where `check` has an
answer from the headers, the kernel's BTF must give the same; what it calls missing or not known may be there: types that are private to
source files.

Exit status: 0 holds, 1 does not, 2 anything wrong, 77 the packages cannot be had.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from libbpf_tools import extract  # noqa: E402


def fetch(*command: str | Path) -> dict[str, str]:
    result = subprocess.run(["bash", *map(str, command)], capture_output=True, text=True, timeout=1500)
    if result.returncode != 0:
        print(f"skipped: {Path(command[0]).name} {command[1]}: {result.stderr.strip()[-300:]}")
        sys.exit(77)
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in result.stdout.splitlines()) if value}


def check(hdrgen: str, objects: list[Path], *source: str | Path) -> list[dict]:
    command = [hdrgen, "check", *objects, *source, "-q", "--format", "json"]
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=1500)
    if result.returncode not in (0, 1):
        raise RuntimeError(f"hdrgen check {source}: exit status {result.returncode}: {result.stderr[:500]}")
    return [relocation for item in json.loads(result.stdout)["objects"] for relocation in item["relocations"]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--fixtures", required=True, type=Path)
    arguments = parser.parse_args()
    kernel = fetch(arguments.fixtures / "get-debian-kernel.sh", "amd64")
    package = fetch(arguments.fixtures / "get-debian-packages.sh", "amd64", "bookworm", "libbpf-tools")
    try:
        with tempfile.TemporaryDirectory() as scratch:
            objects = extract(Path(package["root"]), Path(scratch))
            by_headers = check(arguments.hdrgen, objects, "--kernel", kernel["headers"])
            by_kernel = check(arguments.hdrgen, objects, "--btf", kernel["image"])
    except (RuntimeError, OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
        print(f"headers_truth.py: error: {error}", file=sys.stderr)
        return 2
    counts: Counter[str] = Counter()
    wrong, unknown = [], set()
    for ours, truth in zip(by_headers, by_kernel, strict=True):
        same = (ours["result"], ours.get("value")) == (truth["result"], truth.get("value"))
        is_number = ours["kind"] in ("type_id_target", "type_id_local")
        counts[ours["result"] if same or ours["result"] == "unknown" else f"{ours['result']}, by the kernel {truth['result']}"] += 1
        if ours["result"] == "unknown":
            unknown.add(f"{ours['kind']} {ours['access']}: {ours['value']}, by the kernel {truth.get('value')}")
        elif not same and not is_number and ours["result"] == "resolved":
            wrong.append(f"{ours['program']} {ours['kind']} {ours['access']}: {ours.get('value')}, by the kernel {truth['result']} {truth.get('value')}")
    print(f"{len(objects)} objects, {len(by_headers)} relocations: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    print("\n".join([*sorted(unknown), *wrong[:20]]))
    return 1 if wrong or counts["resolved"] < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
