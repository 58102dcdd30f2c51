"""Split BTF that was written again against the modules that it was read from: split_circle.py IMAGE MADE MODULE...

Every definition of every named type, of the kernel and the module together, with its members' names, offsets, widths and types,
must be in MADE/vmlinux and MADE/<module> just so, and nothing else. One line a module; exit status 1: not so.
"""

from __future__ import annotations

import sys
from pathlib import Path

from btf_reader import Btf, read_file
from sources_truth import Definitions, definitions


def differences(theirs: Definitions, ours: Definitions) -> list[str]:
    keys = sorted(theirs.layouts.keys() | ours.layouts.keys())
    return [" ".join(key) for key in keys
            if theirs.layouts.get(key) != ours.layouts.get(key) or theirs.types.get(key) != ours.types.get(key)]


def judge(kernel: Btf, made_kernel: Btf, module: Path, made: Path) -> bool:
    theirs, ours = read_file(str(module), base=kernel), read_file(str(made), base=made_kernel)
    added = len(ours.types) - len(made_kernel.types)
    found = differences(definitions(theirs), definitions(ours))
    names = sum(1 for t in ours.types[len(made_kernel.types):] if t.name and t.kind in ("STRUCT", "UNION", "ENUM", "TYPEDEF"))
    print(f"{made.name}: {added} types of its own, {names} with a name; {len(found)} names differ: {', '.join(found[:5])}")
    return not found and names > 0


def main() -> int:
    kernel, made = read_file(sys.argv[1]), Path(sys.argv[2])
    made_kernel = read_file(str(made / "vmlinux"))
    results = [judge(kernel, made_kernel, Path(module), made / Path(module).name.split(".ko")[0].replace("-", "_"))
               for module in sys.argv[3:]]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
