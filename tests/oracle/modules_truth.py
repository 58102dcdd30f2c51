#!/usr/bin/env python3
"""Split BTF that hdrgen makes from the sources of modules, against that of the modules themselves.

    modules_truth.py --made DIR --image vmlinuz MODULE.ko...        DIR is what hdrgen --sources --modules DIR wrote

Each struct, union, enum and typedef that has a name in the module's own BTF, with every definition of it, must be in DIR/vmlinux or
DIR/<module>. What counts as the same is what sources_truth.py says. A line a module:

    nf_conntrack: 311 names, 311 exact, 0 wrong, 0 missing; 299 in its own BTF

Exit status 0: nothing is wrong or missing in any; 1: not so.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from btf_reader import Btf, read_file
from sources_truth import BUILTINS, KINDS, Comparison, definitions


def own_names(btf: Btf, first: int) -> set[tuple[str, str]]:
    return {(KINDS[t.kind], t.name) for t in btf.types[first:] if t.kind in KINDS and t.name and t.name not in BUILTINS}


def judge(module: Path, made: Path, kernel: Btf, made_kernel: Btf) -> bool:
    theirs, ours = read_file(str(module), base=kernel), read_file(str(made), base=made_kernel)
    defined = definitions(theirs)
    names = own_names(theirs, len(kernel.types)) & defined.layouts.keys()  # and not what is only declared
    verdict = Comparison(defined, definitions(ours)).verdict
    exact, wrong, missing = ({k for k in keys if k in names}
                             for keys in (verdict.exact, verdict.wrong + verdict.lost, verdict.missing))
    own = len(own_names(ours, len(made_kernel.types)) & names)
    print(f"{made.name}: {len(names)} names, {len(exact)} exact, {len(wrong)} wrong, {len(missing)} missing; {own} in its own BTF")
    for word, keys in (("wrong", wrong), ("missing", missing)):
        for key in sorted(keys)[:10]:
            print(f"    {word}: {key[0]} {key[1]}")
    return bool(exact) and not wrong and not missing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", required=True, type=Path)
    parser.add_argument("--image", required=True)
    parser.add_argument("modules", nargs="+", type=Path, metavar="MODULE.ko")
    options = parser.parse_args()
    kernel, made_kernel = read_file(options.image), read_file(str(options.made / "vmlinux"))
    results = [judge(module, options.made / module.name.split(".ko")[0].replace("-", "_"), kernel, made_kernel)
               for module in options.modules]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
