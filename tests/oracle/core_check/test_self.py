#!/usr/bin/env python3
"""The judges of check_oracle.py see what they must: hdrgen is asked about one target, and libbpf, the kernel and bpftool about another
that differs in one thing.

    test_self.py --hdrgen BIN --load BIN

Exit status: 0 each fault was seen, and a pair without one was passed; 1 not; 77 bpf() is not for us.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from check_oracle import CLANGS, Bench, Judge, exit_status, run_judge  # noqa: E402

PROGRAM = """
#include <bpf/bpf_core_read.h>
#define R __attribute__((preserve_access_index))
enum e { A, B = 3 };
struct inner { int before; int x; } R;
struct outer { int before; struct inner inner; unsigned bits : 3; int last[2]; } R;
struct absent { int x; } R;
int result[16];
SEC("raw_tracepoint/sys_enter") int prog(void *ctx)
{
    struct outer *outer = (void *)(long)result[15];
    struct absent *absent = (void *)outer;
    result[0] = BPF_CORE_READ(outer, inner.x);
    result[1] = BPF_CORE_READ_BITFIELD_PROBED(outer, bits);
    result[2] = bpf_core_enum_value(enum e, B);
    result[3] = BPF_CORE_READ(outer, last[1]);
    if (bpf_core_field_exists(absent->x))
        result[4] = BPF_CORE_READ(absent, x);
    return 0;
}
char LICENSE[] SEC("license") = "GPL";
"""
TARGET = """
enum e { A, B = 7 };
struct inner { long before; int x; };
struct outer { long before; struct inner inner; unsigned pad : 2, bits : 3; int last[4]; };
void f(struct outer *o, enum e e) {}
int g(struct outer o) { return 0; }
"""
# What is changed behind hdrgen's back: (words, words instead)
FAULTS = [
    ("struct inner { long before; int x; }", "struct inner { int x; long before; }"),
    ("unsigned pad : 2", "unsigned pad : 3"),
    ("B = 7", "B = 8"),
    ("int last[4]", "int last[1]"),
    ("struct outer {", "struct absent { int x; }; struct outer {"),
    ("enum e { A, B = 7 }", "enum e { A }"),
]


def compile_source(bench: Bench, name: str, text: str) -> Path:
    path = bench.work / f"{name}.c"
    path.write_text(text)
    return bench.compile(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--load", required=True)
    arguments = parser.parse_args()
    arguments.can_load = exit_status("bpftool", "prog", "list")[0] == 0
    if not arguments.can_load:
        print("bpf() is not for us (not root?)")
        return 77
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        bench = Bench(arguments.hdrgen, next(c for c in CLANGS if shutil.which(c)), work, work)
        header = "typedef unsigned char __u8; typedef unsigned short __u16, __be16; typedef unsigned __u32, __be32, __wsum; typedef int __s32; typedef unsigned long long __u64; typedef long long __s64; typedef short __s16; struct pt_regs;\n#include <bpf/bpf_helpers.h>\n"
        program = compile_source(bench, "program", header + PROGRAM)
        for number, (old, new) in enumerate([("", ""), *FAULTS]):
            assert not old or TARGET.count(old) == 1
            honest = compile_source(bench, f"target{number}", TARGET + "struct absent *p; struct outer *q;")
            changed = compile_source(bench, f"changed{number}", (TARGET.replace(old, new) if old else TARGET) + "struct absent *p; struct outer *q;")
            # hdrgen is called through a script that takes the other file.
            script = work / f"hdrgen{number}"
            script.write_text(f'#!/bin/sh\nset -- $(printf "%s\\n" "$@" | sed "s,{changed},{honest},")\nexec "{arguments.hdrgen}" "$@"\n')
            script.chmod(0o755)
            judge = Judge(argparse.Namespace(hdrgen=script, load=arguments.load), program, changed)
            run_judge(arguments, judge, changed, work)
            seen = bool(judge.faults)
            if seen != bool(old):
                wrong += 1
                print(f"{'not seen' if old else 'seen, and there is none'}: {new!r}: {judge.faults}")
            else:
                print(f"{'seen' if old else 'none'}: {new!r} {judge.faults[:1]}")
    print(f"{1 + len(FAULTS)} runs, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, subprocess.SubprocessError) as error:
        print(f"test_self.py: error: {error}", file=sys.stderr)
        sys.exit(2)
