#!/usr/bin/env python3
"""The helpers that only programs under the GPL may call, by a kernel's sources, held against the table in src/surface/license.c.

    gpl_helpers.py --source TREE [--table FILE]      prints the list; with FILE, exit status 1 where it differs

Sources say `.gpl_only = true` in the helper's struct bpf_func_proto, and which of these a number stands for in the `case BPF_FUNC_...:` of each
program type. A helper that is for all in programs of some types is named: license.c has a rule for it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from pathlib import Path

FOLDERS = ("kernel", "net", "security", "fs", "drivers/media/rc")
PROTOTYPE = re.compile(r"struct bpf_func_proto\s+(\w+)\s*(?:__weak\s*)?=\s*\{(.*?)\n\};", re.DOTALL)
GETTER = re.compile(r"struct bpf_func_proto \*\s*(\w+)\([^;{]*\)\s*\{(.*?)\n\}", re.DOTALL)
CASES = re.compile(r"((?:case BPF_FUNC_\w+:\s*)+)(.*?)(?=\n\s*case |\n\s*default:)", re.DOTALL)
# Those that license.c has a rule for.
SOMETIMES = {"get_func_ip", "get_stackid"}


def numbers(tree: Path) -> dict[str, int]:
    text = (tree / "include/uapi/linux/bpf.h").read_text()
    numbered = {name: int(number) for name, number in re.findall(r"^\s*FN\((\w+), (\d+), ##ctx\)", text, re.MULTILINE)}
    return numbered or {name: number for number, name in enumerate(re.findall(r"^\s*FN\((\w+)\),", text, re.MULTILINE))}


def gpl_by_helper(tree: Path) -> dict[str, set[bool]]:
    """What the prototypes of each helper say."""
    texts = [file.read_text(errors="replace") for folder in FOLDERS for file in sorted((tree / folder).rglob("*.c"))]
    texts = [text for text in texts if "bpf_func_proto" in text]
    says: dict[str, set[bool]] = defaultdict(set)
    for text in texts:
        for name, body in PROTOTYPE.findall(text):
            says[name].add(bool(re.search(r"\.gpl_only\s*=\s*true", body)))
    for text in texts:
        for name, body in GETTER.findall(text):
            if "case BPF_FUNC_" not in body:
                says[name] |= {answer for used in re.findall(r"&(\w+_proto\w*)", body) for answer in says[used]}
    helpers: dict[str, set[bool]] = defaultdict(set)
    for text in texts:
        for labels, body in CASES.findall(text):
            for used in re.findall(r"\b(\w+_proto\w*)\b", body):
                for name in re.findall(r"BPF_FUNC_(\w+)", labels):
                    helpers[name] |= says.get(used, set())
    for name in numbers(tree):  # behind a second switch, or a macro
        helpers[name] = helpers.get(name) or says.get(f"bpf_{name}_proto", set())
    return helpers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", required=True, type=Path)
    parser.add_argument("--table", type=Path)
    arguments = parser.parse_args()
    known = numbers(arguments.source)
    helpers = gpl_by_helper(arguments.source)
    unanswered = sorted(name for name in known if not helpers.get(name) and known[name] > 0 and name != "x")
    both = {name for name in known if len(helpers.get(name, ())) > 1}
    found = sorted(known[name] for name in known if True in helpers.get(name, ()))
    print(f"{len(known)} helpers, {len(found)} of them for GPL programs: {' '.join(map(str, found))}")
    print(f"no prototype found: {' '.join(unanswered) or 'none'}; for all in some programs: {' '.join(sorted(both)) or 'none'}")
    if arguments.table is None:
        return 0
    body = re.search(r"gpl_helpers\[\] = \{(.*?)\}", arguments.table.read_text(), re.DOTALL)
    table = [] if body is None else [int(number) for number in re.findall(r"\d+", body[1])]
    differ = [number for number in table if number <= max(known.values()) and number not in found] + [number for number in found if number not in table]
    print(f"the table differs in: {' '.join(map(str, differ)) or 'nothing'}")
    return 1 if differ or unanswered or not both <= SOMETIMES or not found else 0


if __name__ == "__main__":
    sys.exit(main())
