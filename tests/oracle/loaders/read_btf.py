#!/usr/bin/env python3
"""Does the loaders' own code read the BTF that hdrgen writes?

    read_btf.py --hdrgen BIN --fixtures DIR [--keep DIR] HEADER...

Each file is written once, and given to aya and to cilium.

    cases       each HEADER on targets of both byte orders and both sizes of pointers (aya reads this machine's byte order alone)
    mini        the small kernel tree, arm64: all of it, and one type
    kernel      some large types of Debian's headers, pointers followed
    minimal     what --for writes for the CO-RE selftests' programs, of their targets

Exit status: 0 all are read, 1 some are not, 2 anything wrong, 77 a loader cannot be had here (the other one is asked).
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import judges
from judges import ToolError, Unavailable, run

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "core_selftests")]
from compare import CLANGS, WORKERS, Bench, find_selftests, pairs  # noqa: E402
from compare import ToolError as ClangError  # noqa: E402

TARGETS = ("x86_64-linux-gnu", "armv7-linux-gnueabihf", "s390x-linux-gnu", "powerpc-linux-gnu")
MAGIC = 0xeb9f
LOADERS = ("aya", "cilium")
TYPES = ("task_struct", "sk_buff", "bpf_map_type", "net_device")


class Writer:
    def __init__(self, options: argparse.Namespace, work: Path) -> None:
        self.options, self.work = options, work
        self.refused = 0

    def write(self, group: str, name: str, *command: str | Path, may_refuse: bool = False) -> list[tuple[str, Path]]:
        """The BTF, or none where hdrgen refuses and may."""
        output = self.work / f"{group}.{name}.btf"
        result = subprocess.run([str(word) for word in (self.options.hdrgen, *command, "-q", "-o", output)], capture_output=True, text=True,
                                timeout=600)
        if result.returncode == 0:
            return [(group, output)]
        if not may_refuse or result.returncode != 2:
            raise ToolError(f"hdrgen for {output.name}: exit status {result.returncode}: {result.stderr.strip()[:500]}")
        self.refused += 1
        return []

    def case(self, header: Path) -> list[tuple[str, Path]]:
        written = []
        for target in TARGETS:
            written += self.write("cases", f"{header.stem}.{target}", "--header", header, "--target", target, may_refuse=True)
        return written

    def mini(self) -> list[tuple[str, Path]]:
        tree = ("--kernel", self.options.fixtures / "mini", "--arch", "arm64")
        return self.write("mini", "all", *tree) + self.write("mini", "one", *tree, "task_struct")

    def kernel(self) -> list[tuple[str, Path]]:
        script = (self.options.fixtures / "get-debian-kernel.sh", "--no-image", "arm64")
        try:
            text = run("bash", *script, seconds=900)
        except ToolError as error:
            raise Unavailable(f"Debian's kernel headers cannot be fetched: {error}") from error
        words = dict(word.partition("=")[::2] for word in shlex.split(text))
        return self.write("kernel", "arm64", "--kernel", words["headers"], *TYPES, "--pointers", "follow=2")

    def minimal(self, target: Path, programs: list[Path]) -> list[tuple[str, Path]]:
        bench = Bench(self.options.hdrgen, self.options.clang, target.parent, self.work)
        raw = bench.raw(bench.compile(target))
        return [one for program in programs
                for one in self.write("minimal", f"{program.stem}.{target.stem}", "--btf", raw, "--for", bench.compile(program), may_refuse=True)]

    def all(self) -> list[tuple[str, Path]]:
        with ThreadPoolExecutor(WORKERS) as pool:
            written = [one for list_ in pool.map(self.case, self.options.headers) for one in list_]
        for target, programs in pairs(find_selftests() / "progs"):
            written += self.minimal(target, programs)
        return written + self.mini() + self.kernel()


def is_native(file: Path) -> bool:
    return int.from_bytes(file.read_bytes()[:2], sys.byteorder) == MAGIC


def judge(loader: str, program: Path, written: list[tuple[str, Path]]) -> bool:
    """aya reads this machine's byte order alone."""
    given = [(group, file) for group, file in written if loader != "aya" or is_native(file)]
    lines = run(program, "parse", *(file for _, file in given)).splitlines()
    wrong = [line for line in lines if not line.startswith("fine ")]
    print("\n".join(wrong[:20]))
    groups = ", ".join(f"{count} {group}" for group, count in Counter(group for group, _ in given).items())
    print(f"{loader}: {len(lines)} BTFs ({groups}), {len(wrong)} not read")
    return not wrong and len(lines) == len(given) and "cases" in groups and "minimal" in groups


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("headers", nargs="+", type=Path)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--fixtures", required=True, type=Path)
    parser.add_argument("--clang", default=next((c for c in CLANGS if shutil.which(c)), "clang"))
    parser.add_argument("--keep", type=Path, help="keep what is made in this directory")
    options = parser.parse_args()
    programs: dict[str, Path] = {}
    try:
        for loader in LOADERS:
            try:
                programs[loader] = getattr(judges, loader)(options.fixtures)
            except Unavailable as reason:
                print(f"SKIPPED: {loader} reads no BTF: {reason}")
        if not programs:
            return 77
        with tempfile.TemporaryDirectory() as scratch:
            work = options.keep or Path(scratch)
            work.mkdir(parents=True, exist_ok=True)
            writer = Writer(options, work)
            written = writer.all()
            print(f"hdrgen wrote {len(written)}, and refused {writer.refused}")
            is_good = [judge(loader, program, written) for loader, program in programs.items()]
    except Unavailable as reason:
        print(f"skipped: {reason}")
        return 77
    except (ToolError, ClangError, OSError, subprocess.SubprocessError) as error:
        print(f"read_btf.py: error: {error}", file=sys.stderr)
        return 2
    return 1 if not all(is_good) else 0 if len(programs) == len(LOADERS) else 77


if __name__ == "__main__":
    sys.exit(main())
