#!/usr/bin/env python3
"""The helpers that only programs under the GPL may call, by a kernel's sources or its verifier, held against the table in src/surface/license.c.

    gpl_helpers.py --source TREE [--table FILE]      prints the list; with FILE, exit status 1 where it differs
    gpl_helpers.py --image VMLINUZ [--table FILE]    the same of an x86 kernel under qemu (gpl_probe.c), which has not every helper

Sources say `.gpl_only = true` in the helper's struct bpf_func_proto, and which of these a number stands for in the `case BPF_FUNC_...:` of each
program type. A helper that is for all in programs of some types is named: license.c has a rule for it.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "e2e"))
from guest import MACHINES, boot, run, write_initramfs  # noqa: E402

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


def ask_verifier(image: Path) -> dict[int, tuple[int, int]]:
    """By helper: how many sorts of programs are refused for the license, and how many are not."""
    machine = MACHINES["amd64"]
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        run(machine.compiler, "-std=gnu17", "-D_GNU_SOURCE", "-O1", "-static", "-o", work / "init", HERE / "gpl_probe.c", "-lbpf", "-lelf", "-lz")
        write_initramfs(work / "initramfs", {"init": (work / "init").read_bytes()})
        console = boot(machine, image, work / "initramfs", work / "console", 900, 512)
    return {int(helper): (int(gpl), int(free)) for helper, gpl, free in re.findall(r"truth: helper (\d+) gpl (\d+) free (\d+)", console)}


def judge_verifier(image: Path, table: list[int]) -> int:
    answers = ask_verifier(image)
    gpl = sorted(helper for helper, (refused, _) in answers.items() if refused)
    sometimes = sorted(helper for helper, (refused, free) in answers.items() if refused and free)
    absent = [helper for helper in table if answers.get(helper, (0, 0)) == (0, 0)]
    differ = [helper for helper in table if helper not in gpl and helper not in absent] + [helper for helper in gpl if helper not in table]
    print(f"{len(answers)} helpers, {len(gpl)} of them for GPL programs: {' '.join(map(str, gpl))}; for all in some programs: {' '.join(map(str, sometimes)) or 'none'}")
    print(f"not on this kernel: {' '.join(map(str, absent)) or 'none'}; the table differs in: {' '.join(map(str, differ)) or 'nothing'}")
    return 1 if table and (differ or not gpl) else 0


def read_table(file: Path | None) -> list[int]:
    body = file and re.search(r"gpl_helpers\[\] = \{(.*?)\}", file.read_text(), re.DOTALL)
    return [int(number) for number in re.findall(r"\d+", body[1])] if body else []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--source", type=Path)
    which.add_argument("--image", type=Path)
    parser.add_argument("--table", type=Path)
    arguments = parser.parse_args()
    table = read_table(arguments.table)
    if arguments.image:
        return judge_verifier(arguments.image, table)
    known = numbers(arguments.source)
    helpers = gpl_by_helper(arguments.source)
    unanswered = sorted(name for name in known if not helpers.get(name) and known[name] > 0 and name != "x")
    both = {name for name in known if len(helpers.get(name, ())) > 1}
    found = sorted(known[name] for name in known if True in helpers.get(name, ()))
    print(f"{len(known)} helpers, {len(found)} of them for GPL programs: {' '.join(map(str, found))}")
    print(f"no prototype found: {' '.join(unanswered) or 'none'}; for all in some programs: {' '.join(sorted(both)) or 'none'}")
    if arguments.table is None:
        return 0
    differ = [number for number in table if number <= max(known.values()) and number not in found] + [number for number in found if number not in table]
    print(f"the table differs in: {' '.join(map(str, differ)) or 'nothing'}")
    return 1 if differ or unanswered or not both <= SOMETIMES or not found else 0


if __name__ == "__main__":
    sys.exit(main())
