#!/usr/bin/env python3
"""BTF -> model -> BTF: the same types by content, in a real kernel's BTF.

    btf_roundtrip.py --hdrgen BIN /sys/kernel/btf/vmlinux vmlinuz...

hdrgen reads each file and writes all of its named types as BTF. Every struct, union, enum and typedef with a name must be in it as
often as in the file, namesakes included, with the same size, members, offsets, widths, values, qualifiers and tags; and nothing
else. The order of qualifiers is not compared: clang and gcc differ in it, and it means nothing. As root, the kernel's own
verifier must accept the result.

Exit status: 0 all right, 1 something is lost or new, 2 usage.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from btf_content import Btf, BtfError, read
from btf_oracle import can_load, load_into_kernel
from btf_reader import find_btf
from report import Report
from tools import ToolError, run

DEFINED = ("struct", "union", "enum", "enum64", "typedef")
SHOWN = 10


def definitions(btf: Btf) -> Counter[str]:
    types = (t for t in btf.types if t.kind in DEFINED and t.name and (t.vlen or not t.kind.startswith("enum")))
    texts = Counter(btf.definition(t) for t in types)
    tags = Counter(btf.definition(t) for t in btf.types if t.kind == "decl_tag" and btf.types[t.third].kind in DEFINED)
    return texts + tags


def judge(hdrgen: str, path: str, report: Report) -> Btf:
    original = Btf(find_btf(Path(path).read_bytes())[0])
    with tempfile.TemporaryDirectory() as work:
        output = Path(work) / "all.btf"
        result = run([hdrgen, "--btf", path, "--emit", "btf", "-o", str(output)])
        if result.returncode != 0:
            raise ToolError(f"hdrgen: exit status {result.returncode}: {result.stderr.strip()[:1000]}")
        written = read(output)
        ours, theirs = definitions(written), definitions(original)
        report.check(written.order == original.order, "byte order")
        report.checks += sum(theirs.values())
        report.wrong += [f"lost: {text[:300]}" for text in theirs - ours] + [f"new: {text[:300]}" for text in ours - theirs]
        report.records += sum(t.kind in ("struct", "union") for t in written.types)
        report.members += sum(t.vlen for t in written.types if t.kind in ("struct", "union"))
        if can_load() is None and (written.order == "<") == (sys.byteorder == "little"):
            log = load_into_kernel(output.read_bytes())
            report.check(log is None, f"BPF_BTF_LOAD: {log}")
    return original


def main() -> int:
    parser = argparse.ArgumentParser(description="Read a kernel's BTF, write it, and compare.")
    parser.add_argument("--hdrgen", required=True, help="the program under test")
    parser.add_argument("files", nargs="+", metavar="FILE", help="raw BTF, an ELF file or a kernel image")
    options = parser.parse_args()
    sys.setrecursionlimit(100_000)  # anonymous types nest
    total = Report()
    for path in options.files:
        report = Report()
        try:
            original = judge(options.hdrgen, path, report)
            print(f"{'ok   ' if report.passed() else 'WRONG'} {Path(path).name}: {len(original.types) - 1} types in it; {report.summary()}")
        except (OSError, ToolError, BtfError, ValueError) as error:
            report.fail(str(error))
            print(f"WRONG {Path(path).name}")
        for line in report.wrong[:SHOWN]:
            print(f"      {line}")
        total.add(report)
    why = can_load()
    if why:
        print(f"SKIPPED: BPF_BTF_LOAD: {why}")
    print(total.summary())
    return 0 if total.passed() else 1


if __name__ == "__main__":
    sys.exit(main())
