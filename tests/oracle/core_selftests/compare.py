#!/usr/bin/env python3
"""hdrgen's BTF against the compiler's, on the kernel's CO-RE self-tests.

    compare.py --hdrgen BIN [--selftests DIR] [--clang CLANG] [--keep DIR]

Each file progs/btf__core_reloc_*.c is a target: types that a kernel might have. Each progs/test_core_reloc_*.c is a program that is
relocated against some of them. For every pair, `bpftool gen min_core_btf` cuts out of the target's BTF what the program asks for:
once from the BTF that clang wrote for the target, once from hdrgen's. Both must be the same by content; some
targets are made to fail, and there bpftool must refuse both with the same words.

Of a target hdrgen is asked for what its functions take by value, as the compiler emits what is used. The layout is that of the
compiler's target, bpfel. Without --selftests, get-selftests.sh says where they are.

Exit status: 0 all pairs agree, 1 some differ, 2 anything wrong.
"""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from btf_content import BtfError, read  # noqa: E402
WORKERS = 2
CLANGS = (*(f"clang-{version}" for version in range(40, 14, -1)), "clang")  # from 15: ENUM64
PREFIX, PROGRAM_PREFIX = "btf__core_reloc_", "test_core_reloc_"


class ToolError(Exception):
    """A tool could not do its work; the text is for the user."""

    def reason(self) -> str:
        """The text without ids of types and names of files, which differ between two BTFs that say the same."""
        return re.sub(r"\[\d+\]|/\S+", "", str(self))


def run(*command: str | Path) -> str:
    try:
        result = subprocess.run(list(map(str, command)), capture_output=True, text=True, errors="replace", timeout=300)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"{command[0]}: {error}") from error
    if result.returncode != 0:
        raise ToolError(f"{command[0]}: exit status {result.returncode}: {result.stderr.strip()[:500]}")
    return result.stdout


@dataclass
class Bench:
    """Where everything is."""

    hdrgen: str
    clang: str
    programs: Path
    work: Path

    def flags(self) -> list[str]:
        """Freestanding: glibc's <stdint.h> wants files of a 32-bit x86 when the target is bpf."""
        triple = run("gcc", "-print-multiarch").strip() if shutil.which("gcc") else ""
        return ["-ffreestanding", "-idirafter", f"/usr/include/{triple}"]

    def compile(self, source: Path) -> Path:
        """An object with the compiler's BTF."""
        output = self.work / (source.stem + ".o")
        run(self.clang, "-target", "bpfel", "-g", "-O2", "-w", "-D__TARGET_ARCH_x86", *self.flags(), "-c", source, "-o", output)
        return output

    def raw(self, elf: Path) -> Path:
        output = elf.with_suffix(".compiler.btf")
        run("objcopy", "-I", "elf64-little", f"--dump-section=.BTF={output}", elf, "/dev/null")
        return output

    def generate(self, source: Path) -> Path:
        output = self.work / (source.stem + ".hdrgen.btf")
        names = re.findall(r"\b((?:struct|union|enum) \w+) \w+\s*[,)]", source.read_text())
        if not names:
            raise ToolError(f"{source}: no function that takes a type by value")
        options = ["--emit", "btf", "-o", output, "--target", "bpfel", "-q"]
        run(self.hdrgen, "--header", source, *names, *options, "--", *self.flags(), "-w")
        return output

    def minimal(self, btf: Path, program: Path) -> Path:
        output = btf.with_suffix(f".{program.stem}.min")
        run("bpftool", "gen", "min_core_btf", btf, output, program)
        return output


@dataclass
class Result:
    target: str
    program: str
    verdict: str
    details: list[str]


def pairs(programs: Path) -> list[tuple[Path, list[Path]]]:
    """The targets, each with its programs: test_core_reloc_X.c, for bit-fields X_direct and X_probed."""
    result = []
    for target in sorted(programs.glob(PREFIX + "*.c")):
        base = target.stem[len(PREFIX) :].split("__")[0]
        names = (f"{PROGRAM_PREFIX}{base}{suffix}.c" for suffix in ("", "_direct", "_probed"))
        found = [programs / name for name in names if (programs / name).is_file()]
        if not found:
            raise ToolError(f"{target}: no program for it")
        result.append((target, found))
    return result


def compare(bench: Bench, target: Path, objects: list[Path]) -> list[Result]:
    try:
        sides = bench.raw(bench.compile(target)), bench.generate(target)
    except ToolError as error:
        return [Result(target.stem, o.stem, "FAILED", [str(error)]) for o in objects]
    return [compare_pair(bench, target, sides, program) for program in objects]


def compare_pair(bench: Bench, target: Path, sides: tuple[Path, Path], program: Path) -> Result:
    contents, faults = [], []
    for side in sides:
        try:
            contents.append(read(bench.minimal(side, program)))
        except (ToolError, BtfError) as error:
            faults.append(error)
    if faults:
        same = len(faults) == 2 and all(isinstance(f, ToolError) for f in faults) and faults[0].reason() == faults[1].reason()
        return Result(target.stem, program.stem, "same refusal" if same else "FAILED", [] if same else list(map(str, faults)))
    compiler, hdrgen = contents
    ours, theirs = hdrgen.content(), compiler.content()
    details = {f"compiler only: {text}" for text in [*(theirs - ours), *(compiler.uses() - hdrgen.uses())]}
    details |= {f"hdrgen only:   {text}" for text in [*(ours - theirs), *(hdrgen.uses() - compiler.uses())]}
    return Result(target.stem, program.stem, "DIFFERS" if details else f"same, {len(hdrgen.types) - 1} types", sorted(details))


def find_selftests() -> Path:
    for line in run(HERE / "get-selftests.sh").splitlines():
        if line.startswith("selftests="):
            return Path(shlex.split(line.partition("=")[2])[0])
    raise ToolError("get-selftests.sh does not say where the self-tests are")


def print_results(results: list[Result]) -> bool:
    for result in results:
        print(f"{result.target[len(PREFIX):]:45} {result.program[len(PROGRAM_PREFIX):]:20} {result.verdict}")
        for line in result.details[:10]:
            print(f"    {line[:400]}")
    same = sum(not result.details for result in results)
    print(f"{same} of {len(results)} pairs are the same by content")
    return same == len(results) and same > 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--clang", default=next((c for c in CLANGS if shutil.which(c)), "clang"))
    parser.add_argument("--selftests", type=Path, help="tools/testing/selftests/bpf of a kernel source")
    parser.add_argument("--keep", type=Path, help="keep what is made in this directory")
    arguments = parser.parse_args()
    try:
        programs = (arguments.selftests or find_selftests()) / "progs"
        with tempfile.TemporaryDirectory() as scratch:
            work = arguments.keep or Path(scratch)
            work.mkdir(parents=True, exist_ok=True)
            bench = Bench(arguments.hdrgen, arguments.clang, programs, work)
            todo = pairs(programs)
            if not todo:
                raise ToolError(f"{programs}: no {PREFIX}*.c")
            sources = sorted({program for _, list_ in todo for program in list_})
            with ThreadPoolExecutor(WORKERS) as pool:
                objects = dict(zip(sources, pool.map(bench.compile, sources)))
                done = pool.map(lambda item: compare(bench, item[0], [objects[p] for p in item[1]]), todo)
                results = [result for list_ in done for result in list_]
        return 0 if print_results(results) else 1
    except (ToolError, BtfError) as error:
        print(f"compare.py: error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
