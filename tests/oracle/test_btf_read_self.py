#!/usr/bin/env python3
"""The oracle of BTF reading: right on the small seeds, and able to fail: one edit of hdrgen's JSON at a time must be reported.

    test_btf_read_self.py --hdrgen BIN
"""

from __future__ import annotations

import argparse
import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

from btf_read_oracle import BtfSide, JsonSide, compare
from btf_reader import Btf, read_file

SEEDS = Path(__file__).resolve().parent.parent / "regress" / "btf"
LEFT_OUT = ("id",)


def hdrgen_tree(hdrgen: str, path: Path) -> dict[str, Any]:
    command = [hdrgen, "-q", "--btf", str(path), "--emit", "json"]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    tree: dict[str, Any] = json.loads(result.stdout)
    return tree


def wrong(btf: Btf, tree: dict[str, Any]) -> list[str]:
    ours, theirs = BtfSide(btf, tree["target"]["char_signed"]), JsonSide(tree)
    ours.fill()
    theirs.fill()
    return compare(ours, theirs)


def other(value: Any) -> Any:
    """A value that is not this one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    return "made_up"


def edits(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every leaf of every type changed, every list shortened."""
    for i, node in enumerate(tree["types"]):
        for key, value in node.items():
            what = f"{node['kind']} {node.get('name')}: {key}"
            if key in LEFT_OUT or key == "align":
                continue
            if not isinstance(value, list):
                changed = copy.deepcopy(tree)
                changed["types"][i][key] = 0 if key == "type" and value else other(value) if key != "type" else 1
                if key != "kind":
                    yield what, changed
                continue
            for j in range(len(value)):
                changed = copy.deepcopy(tree)
                del changed["types"][i][key][j]
                yield f"{what}[{j}] gone", changed
                for inner in value[j] if isinstance(value[j], dict) else ():
                    changed = copy.deepcopy(tree)
                    entry = changed["types"][i][key][j]
                    entry[inner] = other(entry[inner]) if inner != "type" else 0
                    yield f"{what}[{j}].{inner}", changed


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hdrgen", required=True)
    arguments = parser.parse_args()
    failures, files, made = [], 0, 0
    for path in sorted([*SEEDS.glob("seed-kinds-*.btf"), *SEEDS.glob("seed-old-*.btf"), *SEEDS.glob("kernel-*.btf")]):
        tree = hdrgen_tree(arguments.hdrgen, path)
        failures += [f"{path.name}: {text}" for text in wrong(read_file(str(path)), tree)]
        files += 1
    btf = read_file(str(SEEDS / "seed-kinds-little.btf"))
    for what, changed in edits(hdrgen_tree(arguments.hdrgen, SEEDS / "seed-kinds-little.btf")):
        made += 1
        if not wrong(btf, changed):
            failures.append(f"not noticed: {what}")
    for text in failures:
        print(f"  {text}")
    print(f"{'FAIL' if failures or not files or not made else 'ok'}: {files} files read right, {made} edits, {len(failures)} wrong")
    return 1 if failures or not files or not made else 0


if __name__ == "__main__":
    sys.exit(main())
