#!/usr/bin/env python3
"""The programs of Debian's libbpf-tools on BTF that hdrgen makes from a kernel's sources, and on the kernel's own.

    sources_tools.py --hdrgen build/release/hdrgen --made kernel.btf --image vmlinuz [--kernel TREE]

For each program with relocations `hdrgen check` must find the same results and the same values against both. With --kernel also
`hdrgen --kernel TREE --sources --for PROGRAM` is made, for each program, and held against the same.
Exit status 0: they are the same for every program; 1: not so.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "surface"))
from libbpf_tools import download, extract  # noqa: E402

ASKED = ("section", "insn", "kind", "access", "result", "value")


def relocations(hdrgen: str, program: Path, btf: Path) -> list[tuple]:
    done = subprocess.run([hdrgen, "check", program, "--btf", btf, "-q", "--format", "json"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"sources_tools.py: check {program.name} {btf.name}: {done.stderr.decode()}")
    found = [tuple(r.get(key) for key in ASKED) for r in json.loads(done.stdout)["objects"][0]["relocations"]]
    return [r for r in found if r[2] not in ("type_id_target", "type_id_local")]  # numbers of each BTF's own


def made_for(options: argparse.Namespace, program: Path, to: Path) -> Path:
    subprocess.run([options.hdrgen, "--kernel", options.kernel, "--sources", "--for", program, "--keep-going", "-o", to], check=True,
                   stderr=subprocess.DEVNULL)
    return to


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--made", required=True, type=Path)
    parser.add_argument("--image", required=True, type=Path)
    parser.add_argument("--kernel")
    parser.add_argument("--programs", type=Path, help="a directory of objects in place of the package's")
    options = parser.parse_args()
    same = total = 0
    with tempfile.TemporaryDirectory() as work:
        programs = sorted(options.programs.glob("*.o")) if options.programs else extract(download(Path(work, "package")), Path(work))
        contents = set()
        for program in programs:
            content = program.read_bytes()
            kernels = relocations(options.hdrgen, program, options.image)
            if content in contents or not kernels:
                continue  # another name of the same program, or one that asks the kernel nothing
            contents.add(content)
            total += 1
            found = [relocations(options.hdrgen, program, options.made)]
            if options.kernel:
                found.append(relocations(options.hdrgen, program, made_for(options, program, Path(work, "for.btf"))))
            different = [(a, b) for ours in found for a, b in zip(kernels, ours, strict=True) if a != b]
            same += not different
            for a, b in different[:5]:
                print(f"{program.name}: kernel {a}, sources {b}")
    print(f"{same} of {total} programs: the same answers from the sources as from the kernel's own BTF")
    return 0 if total > 0 and same == total else 1


if __name__ == "__main__":
    sys.exit(main())
