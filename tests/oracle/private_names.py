#!/usr/bin/env python3
"""Types that are private to a kernel's .c files, by name, against the BTF that the kernel itself has.

    private_names.py --hdrgen build/dev/hdrgen --kernel OUT --image vmlinuz [--count 60] [--seed 1] [--batch 10] [NAME...] [-v]

OUT is an object tree, prepared or built; the image is of the same source and configuration. Asks for the names (`struct rq`,
`typedef x_t`), or for some well-known ones and `count` that are drawn from those of the kernel's BTF that no header mentions;
--batch of them in one run. btf_reader.py reads both sides.

    exact     the one definition that hdrgen gives is the only one that the kernel has
    one of    the kernel has several of that name, and what hdrgen gives is one of them
    refused   hdrgen says that the name's definitions differ, or that a file cannot be read, and gives nothing
    missing   hdrgen finds nothing
    wrong     anything else

Exit status 0: nothing is wrong or missing, and what was refused is in several files or lacks a generated file; 1: not so.
"""

from __future__ import annotations

import argparse
import random
import re
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


def words_of_headers(options: argparse.Namespace) -> set[bytes]:
    """All words in the headers of the include directories."""
    flags = subprocess.run([options.hdrgen, "flags", "--kernel", options.kernel], stdout=subprocess.PIPE, text=True, check=True)
    found: set[bytes] = set()
    for flag in flags.stdout.splitlines():
        if flag.startswith("-I"):
            for path in Path(flag[2:]).rglob("*.h"):
                if path.is_file():
                    found.update(re.findall(rb"[A-Za-z_]\w*", path.read_bytes()))
    return found


def draw(kernel: Definitions, words: set[bytes], count: int, seed: int) -> list[Key]:
    keys = sorted(key for key in kernel.layouts if key[1] not in BUILTINS and key[1].encode() not in words)
    keys = [key for key in keys if not re.match("(trace_event_(raw|data_offsets)|btf_trace)_", key[1])]
    return random.Random(seed).sample(keys, min(count, len(keys)))


def refusal(text: str) -> str:
    for words, kind in (("is not the same in", "several"), ("source files define", "several"),
                        ("nothing in the headers tells", "several"), ("cannot be parsed", "unreadable")):
        if words in text:
            return kind
    return ""


def judge_one(kernel: Definitions, ours: Definitions, key: Key) -> tuple[str, str]:
    one = Definitions(has_enum64=kernel.has_enum64)
    one.layouts[key], one.types[key], one.loose[key] = kernel.layouts[key], kernel.types[key], kernel.loose[key]
    comparison = Comparison(one, ours)
    verdict = comparison.verdict
    if verdict.exact and not verdict.more and not verdict.other_types:
        return "exact", ""
    if len(one.layouts[key]) > 1 and ours.layouts[key] and ours.layouts[key] <= one.layouts[key]:
        return "one of", ""
    return "wrong", f"\n{comparison.explain(key)}\n{comparison.explain_types(key) if verdict.other_types else ''}"


def judge(options: argparse.Namespace, kernel: Definitions, keys: list[Key], to: Path) -> dict[Key, tuple[str, str]]:
    """How it went, and what there is to say: each error of a run is about one name, which is left out of the next."""
    verdicts: dict[Key, tuple[str, str]] = {}
    while keys:
        names = [" ".join(key) for key in keys]
        command = [options.hdrgen, "--kernel", options.kernel, "--no-cache", "-vv", *names, "--emit", "btf", "-o", str(to)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        lines = done.stdout.splitlines()
        if done.returncode == 0:
            ours = definitions(read_file(str(to)))
            for key, name in zip(keys, names, strict=True):
                through = [line for line in lines if f"'{name}': " in line and ", read through " in line]
                result, detail = judge_one(kernel, ours, key)
                verdicts[key] = (f"{result}, from {'source files' if through else 'headers'}", "; ".join(through) + detail)
            return verdicts
        failed = {}
        for key, name in zip(keys, names, strict=True):
            errors = [line for line in lines if f"'{name}'" in line and "error: " in line]
            kind = refusal("".join(errors))
            if errors:
                sites = sum(f"'{name}': " in line and ", read through " in line for line in lines)
                good = (kind == "several" and max(sites, len(kernel.layouts[key])) > 1) or (kind == "unreadable" and "make -C" in done.stdout)
                failed[key] = (f"refused ({kind})" if good else "refused" if kind else "missing", errors[0])
        if not failed:
            return verdicts | {key: ("missing", done.stdout) for key in keys}
        verdicts |= failed
        keys = [key for key in keys if key not in failed]
    return verdicts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--image", required=True)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=10)
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
        if not options.names and options.count > 0:
            keys += [key for key in draw(kernel, words_of_headers(options), options.count, options.seed) if key not in keys]
        counts: Counter[str] = Counter()
        for i in range(0, len(keys), options.batch):
            verdicts = judge(options, kernel, keys[i : i + options.batch], Path(directory) / "one.btf")
            for key, (result, detail) in verdicts.items():
                counts[result] += 1
                if options.verbose or not result.startswith(("exact", "one of")):
                    print(f"{result}: {' '.join(key)}: {detail}", flush=True)
    for result, count in sorted(counts.items()):
        print(f"{count:5} {result}")
    return 1 if any(not result.startswith(("exact", "one of", "refused (")) for result in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
