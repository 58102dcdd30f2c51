#!/usr/bin/env python3
"""Trees that were made to have a precompiled prefix change what a file defines.

    prefix_cases.py --proof build/release/tests/oracle/prefix_proof [NAME...]

Each case of prefix_cases.json becomes a copy of the small tree with forty files that include its headers and one file of
its own; prefix_proof reads it with prefixes and without. A case that is listed in KNOWN is one that the guard does not see
yet (docs/sources.md says what that means). Exit status: 0 only these change, and all of them do; 1 another one does, or one
of them no longer does: then take it off the list.

It takes three minutes, and is run by hand.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
MINI = HERE.parents[1] / "kernel-header-fixtures/mini"
SECONDS = 120

KNOWN = set("""
d23_va_name d26b_counter_header_included d26c_counter_in_header d30_var_sizeof d31_step d34_redeclared_array
d38_pr_fmt o04_dead_include_via_prefix_header o09_define_after_use o12_nested_through_prefix_macro o13_chained_name
p06_macro_of_prefix t14_member_list_header t18_undef_config_prefix_header t20_forward_packed t21_forward_packed_enum
t26_forced_dead_include x10_maker_at_depth_in_ifdef_braces
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--proof", required=True, type=Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    cases = json.loads((HERE / "prefix_cases.json").read_text())
    wrong = 0
    for name in options.names or sorted(cases):
        with tempfile.TemporaryDirectory(prefix="prefix.") as directory:
            tree = Path(directory) / "linux"
            make_tree(tree, name, cases[name])
            run = subprocess.run([options.proof, tree, "1"], capture_output=True, text=True, timeout=SECONDS, check=False)
        changes = run.returncode != 0
        files = re.findall(r"(\d+) with a prefix", run.stdout)
        if changes != (name in KNOWN):
            wrong += 1
        print(f"{'changed' if changes else 'same'}{'' if changes == (name in KNOWN) else ', unexpected'}: {name}, {files[0] if files else '?'} files with a prefix")
    print(f"{wrong} unexpected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
