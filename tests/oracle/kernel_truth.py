#!/usr/bin/env python3
"""Every header of a kernel against the BTF that the kernel itself has.

    kernel_truth.py --hdrgen build/release/hdrgen --kernel HEADERS_DIR --image vmlinuz [--min-coverage 64] [-v]

hdrgen makes BTF of all headers; a reader that shares nothing with it (btf_reader.py) reads both. Of each struct, union and enum
that has a name, and is found on both sides: the size, and the name, offset and width of each member; the name and value of each
enumerator. Where a side has several of one name, one of them must equal one of the other's.

Two of one name whose members have no name in common, and which differ in size or in the number of members, are namesakes (the
rule of docs/diff.md): other types, in files of the kernel that no header shows. They are counted apart. So are two of different
sizes that share fewer than half of their names, each at another place, which hdrgen diff reports: they are printed, to be
looked up in the kernel's source (struct ipu_di_signal_cfg of video/imx-ipu-v3.h and of a driver is one). So are those whose
members have other names each, and the same offsets and sizes: hdrgen diff reports them, for they may be one type whose members
were renamed; that a layout is wrong they cannot show. Everything else that differs is wrong.

It prints a row of the table in docs/every-header.md:

    | kernel | records | found | exact | namesakes | renamed | wrong | enums | seconds (user + system) | worker, MB |

Exit status 0: nothing is wrong, and as much is found as was asked for; 1: not so; 2: usage.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from btf_reader import Btf, Type, read_file
from diff_judge import flatten

RECORDS = ("STRUCT", "UNION")
ENUMS = ("ENUM", "ENUM64")
Shape = tuple


def record_shape(btf: Btf, t: Type) -> Shape:
    """With the members of those without a tag, by path."""
    return (t.size, tuple((path, m.offset, m.width, m.bits) for path, m in flatten(btf, t).items()))


def enum_shape(t: Type, bits: int) -> Shape:
    """With as many bits of each value."""
    mask = (1 << min(bits, 8 * t.size)) - 1
    return (t.size, tuple((name, value & mask) for name, value in t.values))


def inner_names(shape: Shape) -> set[str]:
    return {inner[0] for inner in shape[1]}


def share_little(a: Shape, b: Shape) -> bool:
    """Some names, fewer than half on either side, and each of them at another place, in types of different sizes."""
    places_a, places_b = ({m[0]: m[1:] for m in shape[1]} for shape in (a, b))
    common = places_a.keys() & places_b.keys()
    return (a[0] != b[0] and 0 < 2 * len(common) < min(len(places_a), len(places_b))
            and all(places_a[name] != places_b[name] for name in common))


def are_namesakes(a: Shape, b: Shape) -> bool:
    if share_little(a, b):
        return True
    is_renamed = len(a[1]) == len(b[1]) and a[0] == b[0]
    return not inner_names(a) & inner_names(b) and bool(a[1]) and bool(b[1]) and not is_renamed


def are_renamed(a: Shape, b: Shape) -> bool:
    return not inner_names(a) & inner_names(b) and a[0] == b[0] and [m[1:] for m in a[1]] == [m[1:] for m in b[1]]


def enum_bits(btf: Btf) -> int:
    """What the BTF can hold of an enumerator: before enum64, pahole cut it to 32 bits."""
    return 64 if any(t.kind == "ENUM64" for t in btf.types) else 32


def shapes(btf: Btf, kinds: tuple[str, ...], bits: int) -> dict[tuple[str, str], set[Shape]]:
    """What is defined under each kind and name. An enum without enumerators is only declared."""
    found: dict[tuple[str, str], set[Shape]] = defaultdict(set)
    for t in btf.types:
        if t.name and t.kind in kinds and (kinds == RECORDS or t.values):
            kind = "ENUM" if kinds == ENUMS else t.kind
            found[kind, t.name].add(record_shape(btf, t) if kinds == RECORDS else enum_shape(t, bits))
    return found


class Comparison:
    """All named types of some kinds."""

    def __init__(self, kernel: Btf, ours: Btf, kinds: tuple[str, ...]) -> None:
        bits = enum_bits(kernel)
        self.kernel = shapes(kernel, kinds, bits)
        self.ours = shapes(ours, kinds, bits)
        self.found = sorted(self.kernel.keys() & self.ours.keys())
        self.exact = [key for key in self.found if self.kernel[key] & self.ours[key]]
        rest = [key for key in self.found if not self.kernel[key] & self.ours[key]]
        self.namesakes = [key for key in rest if all(are_namesakes(a, b) for a, b in self.pairs(key))]
        self.renamed = [key for key in rest if any(are_renamed(a, b) for a, b in self.pairs(key))]
        self.wrong = sorted(set(rest) - set(self.namesakes) - set(self.renamed))

    def pairs(self, key: tuple[str, str]) -> Iterator[tuple[Shape, Shape]]:
        return product(self.kernel[key], self.ours[key])

    def explain(self, key: tuple[str, str]) -> str:
        kernel, ours = min(self.kernel[key]), min(self.ours[key])
        lines = [f"{key[0].lower()} {key[1]}: kernel {kernel[0]} bytes, headers {ours[0]} bytes"]
        lines += [f"    only in the kernel: {inner}" for inner in kernel[1] if inner not in ours[1]][:8]
        lines += [f"    only in the headers: {inner}" for inner in ours[1] if inner not in kernel[1]][:8]
        return "\n".join(lines)


def make_btf(options: argparse.Namespace, to: Path) -> tuple[float, float, int]:
    """Wall and processor seconds, and the peak memory of the largest process in MB."""
    command = [options.hdrgen, "--kernel", options.kernel, "-o", str(to)]
    if options.jobs:
        command += ["-j", options.jobs]
    start = time.monotonic()
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    wall = time.monotonic() - start
    if options.verbose or done.returncode != 0:
        sys.stderr.write(done.stderr)
    if done.returncode != 0:
        sys.exit(f"kernel_truth.py: hdrgen ended with {done.returncode}")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--kernel", required=True, help="the kernel's headers")
    parser.add_argument("--image", required=True, help="its image, or anything else that holds its BTF")
    parser.add_argument("--label", default="")
    parser.add_argument("--jobs", default="")
    parser.add_argument("--min-coverage", type=float, default=0.0, help="of the kernel's named records, in percent")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as directory:
        made = Path(directory, "kernel.btf")
        wall, processor, memory = make_btf(options, made)
        ours = read_file(str(made))
    kernel = read_file(options.image)
    records = Comparison(kernel, ours, RECORDS)
    enums = Comparison(kernel, ours, ENUMS)

    for comparison, what in ((records, "records"), (enums, "enums")):
        for key in comparison.wrong:
            print(f"wrong: {comparison.explain(key)}")
        for key in comparison.namesakes:
            if any(share_little(a, b) for a, b in comparison.pairs(key)):
                print(f"namesakes, to be looked at: {comparison.explain(key)}")
        for key in comparison.renamed:
            print(f"renamed: {comparison.explain(key)}")
        if options.verbose and comparison.namesakes:
            print(f"namesakes among {what}: " + ", ".join(name for _, name in comparison.namesakes))
    coverage = 100 * len(records.found) / max(1, len(records.kernel))
    label = options.label or Path(options.kernel).name.removeprefix("linux-headers-")
    print(
        f"| {label} | {len(records.kernel)} | {len(records.found)} ({coverage:.1f} %) | {len(records.exact)} | "
        f"{len(records.namesakes)} | {len(records.renamed)} | {len(records.wrong)} | {len(enums.exact)} of {len(enums.found)}, "
        f"{len(enums.namesakes)} namesakes | {wall:.0f} ({processor:.0f}) | {memory} |"
    )
    if not records.exact or not enums.exact:
        print("kernel_truth.py: nothing was compared", file=sys.stderr)
        return 1
    if coverage < options.min_coverage:
        print(f"kernel_truth.py: {coverage:.1f} % is less than {options.min_coverage} %", file=sys.stderr)
        return 1
    return 1 if records.wrong or enums.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
