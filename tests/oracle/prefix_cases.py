#!/usr/bin/env python3
"""Trees that were made to have a precompiled prefix change what a file defines.

    prefix_cases.py --proof build/release/tests/oracle/prefix_proof [NAME...]

Each case of prefix_cases.json becomes a copy of the small tree with forty files that include its headers and one file of
its own; prefix_proof reads it with prefixes and without. A case that is listed in KNOWN is one that the guard does not see
yet (docs/sources.md says what that means). `prefixed`: as many files at least must have a prefix, where the guard may not
refuse one. Exit status: 0 only these change, and all of them do; 1
another one does, or one of them no longer does: then take it off the list.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
MINI = HERE.parents[1] / "kernel-header-fixtures/mini"
SECONDS = 120

KNOWN = set("""
d26b_counter_header_included d26c_counter_in_header d31_step d34_redeclared_array
p06_macro_of_prefix t14_member_list_header t20_forward_packed t21_forward_packed_enum
""".split())


def write(path: Path, text: str, is_bytes: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("latin-1" if is_bytes else "utf-8"))


def make_tree(to: Path, name: str, case: dict) -> None:
    shutil.copytree(MINI, to)
    for arch in ("x86", "arm"):
        shutil.rmtree(to / "arch" / arch)
    (to / "kernel/table.c").write_text("int table;\n")
    makefile = [(to / "kernel/Makefile").read_text(), case.get("make", "")]
    exact = set(case.get("bytes", []))
    for path, text in {**case.get("headers", {}), **case.get("extra", {})}.items():
        write(to / (path if "/" in path else f"include/linux/{path}"), text, path in exact)
    includes = "".join(f"#include <linux/{user}>\n" for user in case.get("users", []))
    for number in range(case.get("n", 30)):
        (to / f"kernel/more{number}.c").write_text(f"#include <linux/sched.h>\n{includes}{case.get('userextra', '')}struct s{number} {{ int a; }};\n")
        makefile.append(f"obj-y += more{number}.o")
    for path, text in case.get("own", {}).items():
        write(to / "kernel" / path, text, path in exact)
        if path.endswith(".c") and "/" not in path:
            makefile.append(f"obj-y += {path[:-2]}.o")
    if "symlink" in name:
        (to / "kernel/lnk.h").symlink_to("../include/linux/asked.h")
    (to / "kernel/Makefile").write_text("\n".join(makefile) + "\n")


def judge(proof: Path, name: str, case: dict) -> tuple[bool, str]:
    """Whether a definition changes, and how many files have a prefix."""
    with tempfile.TemporaryDirectory(prefix="prefix.") as directory:
        tree = Path(directory) / "linux"
        make_tree(tree, name, case)
        run = subprocess.run([proof, tree, "1"], capture_output=True, text=True, timeout=SECONDS, check=False)
    files = re.findall(r"(\d+) with a prefix", run.stdout)
    if run.returncode not in (0, 1) or not files:
        sys.exit(f"{name}: prefix_proof ended with {run.returncode}: {run.stderr[-2000:]}")
    return run.returncode != 0, files[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--proof", required=True, type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    cases = json.loads((HERE / "prefix_cases.json").read_text())
    wrong = 0
    names = options.names or sorted(cases)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, (changes, files) in zip(names, pool.map(lambda name: judge(options.proof, name, cases[name]), names)):
            is_known = changes == (name in KNOWN) and int(files) >= cases[name].get("prefixed", 0)
            surprise = "" if is_known else ", unexpected"
            wrong += surprise != ""
            print(f"{'changed' if changes else 'same'}{surprise}: {name}, {files} files with a prefix")
    print(f"{len(names)} trees, {wrong} unexpected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
