#!/usr/bin/env python3
"""Many kernels out of a few: copies of their BTF in which some names are other ones.

    fleet_kernels.py FROM TO COUNT    FROM: a directory with .btf files at any depth

In each copy 200 letters of the strings are changed, so that types, members and functions are missing that the original has. The same
numbers give the same files.
"""

from __future__ import annotations

import random
import struct
import sys
from pathlib import Path

CHANGES = 200


def mutate(data: bytearray, seed: int) -> None:
    order = "<" if data[:2] == b"\x9f\xeb" else ">"
    header, = struct.unpack_from(order + "I", data, 4)
    offset, length = struct.unpack_from(order + "II", data, 16)
    rng = random.Random(seed)
    for _ in range(CHANGES):
        at = rng.randrange(header + offset + 1, header + offset + length)
        if chr(data[at]).isalpha():
            data[at] = rng.choice(b"abcdefghij")


def main() -> int:
    source, to, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    originals = sorted(source.rglob("*.btf"))
    for number in range(count):
        original = originals[number % len(originals)]
        data = bytearray(original.read_bytes())
        mutate(data, number)
        path = to / original.relative_to(source).parent / f"{original.stem}-{number}.btf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return 0 if originals else 2


if __name__ == "__main__":
    sys.exit(main())
