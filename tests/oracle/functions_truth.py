#!/usr/bin/env python3
"""FUNC of hdrgen's BTF against that of the kernel's own: functions_truth.py MADE KERNEL

MADE is what `hdrgen --sources --functions System.map` wrote, KERNEL anything that holds the BTF of the same build. Compared are the names,
and of those that both have the prototypes: what is returned and the type of each parameter, types by name and without typedefs.
Exit status 0: no prototype differs; 1: not so.
"""

from __future__ import annotations

import sys

from btf_reader import Btf, read_file
from sources_truth import Describer


class Bare(Describer):
    """Without typedefs: gcc takes those of a function's first declaration, clang those of its definition."""

    def describe(self, type_id: int, depth: int = 0, constant: bool = False) -> str:
        t = self.btf.types[type_id]
        if t.kind == "CONST":
            return self.describe(t.type, depth + 1, constant)
        return self.describe(t.type, depth + 1, constant) if t.kind == "TYPEDEF" and t.type else super().describe(type_id, depth, constant)


def functions(btf: Btf) -> dict[str, set[tuple]]:
    describer = Bare(btf, loose=True)
    found: dict[str, set[tuple]] = {}
    for t in btf.types:
        if t.kind == "FUNC":
            proto = btf.types[t.type]
            parameters = tuple(describer.describe(type_id) for _, type_id in proto.params)
            found.setdefault(t.name, set()).add((describer.describe(proto.type), parameters))
    return found


def main() -> int:
    ours, kernels = functions(read_file(sys.argv[1])), functions(read_file(sys.argv[2]))
    common = ours.keys() & kernels.keys()
    different = sorted(name for name in common if not ours[name] <= kernels[name])
    more = sorted(ours.keys() - kernels.keys())
    print(f"{len(kernels)} functions in the kernel's BTF: {len(common)} of them here ({100 * len(common) / len(kernels):.1f} %), "
          f"{len(different)} with another prototype; {len(more)} that the kernel has not")
    for name in different[:15]:
        print(f"    {name}: here {sorted(ours[name])}, kernel {sorted(kernels[name])}"[:400])
    print("    not in the kernel's:", " ".join(more[:15]))
    print("    missing:", " ".join(sorted(kernels.keys() - ours.keys())[:15]))
    return 1 if different or not common else 0


if __name__ == "__main__":
    sys.exit(main())
