#!/usr/bin/env python3
"""Types that are private to a kernel's .c files, one at a time by name, against the BTF that the kernel itself has.

    private_names.py --hdrgen build/dev/hdrgen --kernel OUT --image vmlinuz [--count 60] [--seed 1] [NAME...] [-v]

OUT is an object tree, prepared or built; the image is of the same source and configuration. Asks for the names (`struct rq`,
`typedef x_t`), or for some well-known ones and `count` that are drawn from the kernel's BTF. btf_reader.py reads both sides.

    exact     the one definition that hdrgen gives is the only one that the kernel has
    one of    the kernel has several of that name, and what hdrgen gives is one of them
    refused   hdrgen says that the name's definitions differ, or that a file cannot be read, and gives nothing
    missing   hdrgen finds nothing
    wrong     anything else

Exit status 0: nothing is wrong or missing, and what was refused has several definitions or lacks a generated file; 1: not so.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from btf_reader import read_file
from sources_truth import BUILTINS, Comparison, Definitions, Key, definitions

KNOWN = ["struct rq", "struct cfs_rq", "struct mount", "struct worker_pool", "struct bpf_prog_pack", "struct workqueue_struct",
         "struct io_worker", "struct bpf_verifier_stack_elem", "struct eventpoll", "struct pipe_inode_info",
         "struct trace_event_raw_sched_switch"]


def draw(kernel: Definitions, count: int, seed: int) -> list[Key]:
    keys = sorted(key for key in kernel.layouts if key[1] not in BUILTINS)
    return random.Random(seed).sample(keys, min(count, len(keys)))


def refusal(text: str) -> str:
    for words, kind in (("is not the same in", "several"), ("source files define", "several"),
                        ("nothing in the headers tells", "several"), ("cannot be parsed", "unreadable")):
        if words in text:
            return kind
    return ""


def judge(options: argparse.Namespace, kernel: Definitions, key: Key, to: Path) -> tuple[str, str]:
    """How it went, and from where: `headers` or the source file."""
    command = [options.hdrgen, "--kernel", options.kernel, "--no-cache", "-vv", " ".join(key), "--emit", "btf", "-o", str(to)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    through = [line.split(": ", 2)[2] for line in done.stdout.splitlines() if ", read through " in line]
    origin = through[0] if through else "headers"
    if done.returncode != 0:
        kind = refusal(done.stdout)
        good = (kind == "several" and len(kernel.layouts[key]) > 1) or (kind == "unreadable" and "make -C" in done.stdout)
        return (f"refused ({kind})" if good else "refused, though there is one definition" if kind else "missing",
                done.stdout.strip())
    ours = definitions(read_file(str(to)))
    one = Definitions(has_enum64=kernel.has_enum64)
    one.layouts[key], one.types[key], one.loose[key] = kernel.layouts[key], kernel.types[key], kernel.loose[key]
    verdict = Comparison(one, ours).verdict
    if verdict.exact and not verdict.more and not verdict.other_types:
        return "exact", origin
    if len(one.layouts[key]) > 1 and ours.layouts[key] and ours.layouts[key] <= one.layouts[key]:
        return "one of", origin
    return "wrong", f"{origin}\n{Comparison(one, ours).explain(key)}\n{done.stdout}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--image", required=True)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        raw = Path(directory) / "kernel.btf"
        subprocess.run([options.hdrgen, "--btf", options.image, "-e", "btf", "-o", str(raw)], check=True)
        kernel = definitions(read_file(str(raw)))
        asked = [tuple(name.split(" ", 1)) for name in options.names or KNOWN]
        keys = [key for key in asked if key in kernel.layouts]
        for key in asked:
            if key not in kernel.layouts:
                print(f"not in the kernel's BTF: {' '.join(key)}")
        if not options.names:
            keys += draw(kernel, options.count, options.seed)
        counts: Counter[tuple[str, str]] = Counter()
        for key in keys:
            result, detail = judge(options, kernel, key, Path(directory) / "one.btf")
            counts[result, "headers" if detail == "headers" else "source files"] += 1
            if options.verbose or result not in ("exact", "one of"):
                print(f"{result}: {' '.join(key)}: {detail}", flush=True)
    for (result, origin), count in sorted(counts.items()):
        print(f"{count:5} {result}{f', from {origin}' if result in ('exact', 'one of') else ''}")
    bad = sum(count for (result, _), count in counts.items()
              if result not in ("exact", "one of") and not result.startswith("refused ("))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
