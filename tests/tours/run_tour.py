#!/usr/bin/env python3
"""Does a tour do what it says?

    run_tour.py --hdrgen BIN --source DIR TOUR.md

Runs each command of the tour's ```console blocks, in their order, in one bash, in an empty directory in which `hdrgen` is
a link to the clone; a block ```FILE.c (or .rs, .h, Makefile) is a file that the reader makes. What a command prints, on standard
output and error, has to be the lines that follow it; `...` stands for anything in a line, and alone for any lines. A line
`exit status: N` says that the command fails.

Exit status: 0 it does, 1 it does not, 2 the tour or the arguments are wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
from guest import ToolError, find_rustc  # noqa: E402

SECONDS = 900
MARK = "=== tour: "


@dataclass
class Step:
    """A file to make, or a command with what it prints."""
    line: int
    file: str = ""
    text: str = ""
    command: str = ""
    expected: list[str] = field(default_factory=list)
    status: int = 0


def read_console(lines: list[tuple[int, str]]) -> list[Step]:
    steps: list[Step] = []
    is_continued = False
    for number, line in lines:
        if is_continued:
            steps[-1].command += "\n" + line.removeprefix("> ")
        elif line.startswith("$ "):
            steps.append(Step(number, command=line[2:]))
        elif not steps:
            raise ValueError(f"line {number}: output without a command")
        elif match := re.fullmatch(r"exit status: (\d+)", line):
            steps[-1].status = int(match[1])
        else:
            steps[-1].expected.append(line)
        is_continued = (line.startswith("$ ") or is_continued) and line.endswith("\\")
    return steps


def read_tour(text: str) -> list[Step]:
    steps: list[Step] = []
    block: list[tuple[int, str]] = []
    info = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```") and not info:
            info, block = line[3:].strip() or "text", []
        elif line.startswith("```"):
            if info == "console":
                steps += read_console(block)
            elif re.fullmatch(r"[\w.-]+\.(c|h|rs|toml|txt)|Makefile", info):
                steps.append(Step(block[0][0], file=info, text="".join(f"{line}\n" for _, line in block)))
            info = ""
        elif info:
            block.append((number, line))
    if info:
        raise ValueError("a block does not end")
    return steps


def script_of(steps: list[Step]) -> str:
    parts = ["exec 2>&1"]
    for index, step in enumerate(steps):
        if step.file:
            parts.append(f"cat >{step.file} <<'HDRGEN_TOUR_END'\n{step.text}HDRGEN_TOUR_END")
            parts.append(f"printf '\\n{MARK}{index} %s\\n' 0")
        else:
            parts.append(f"{step.command}\nprintf '\\n{MARK}{index} %s\\n' \"$?\"")
    return "\n".join(parts) + "\n"


def run_steps(steps: list[Step], directory: Path, environment: dict[str, str], shell: tuple[str, ...] = ("bash",),
              seconds: int = SECONDS) -> list[tuple[int, str]]:
    """Exit status and output of each step; of one that the shell did not come to, -1 and what it printed last."""
    run = subprocess.run([*shell, "-c", script_of(steps)], cwd=directory, env=environment, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, text=True, errors="replace", check=False)
    parts = re.split(rf"\n{MARK}(\d+) (\d+)\n", run.stdout)
    outputs = {int(parts[i]): (int(parts[i + 1]), parts[i - 1]) for i in range(1, len(parts) - 1, 3)}
    return [outputs.get(index, (-1, parts[-1])) for index in range(len(steps))]


def text_of(output: str) -> str:
    """What a page has of it: without the progress of a first download and of a slow machine, and with a newline at its end."""
    output = re.sub(r"(?m)^(get-debian-\w+\.sh: .*|hdrgen: note: working, .*)\n?", "", output)
    return output + ("\n" if output and not output.endswith("\n") else "")


def pattern_of(expected: list[str]) -> str:
    """`...` alone: lines; within a line: anything in it."""
    result = ""
    for line in expected:
        if line.strip() == "...":
            result += r"(?:.*\n)*?"
        else:
            result += ".*?".join(re.escape(part) for part in line.rstrip().split("...")) + r"[ \t]*\n"
    return result


def make_environment(options: argparse.Namespace, directory: Path) -> dict[str, str]:
    """The clone in the directory; hdrgen, a bpf-linker and, if there is one, a rustc for BPF on the PATH; kernels that were fetched before."""
    (directory / "hdrgen").symlink_to(options.source)
    tools = directory / ".tools"
    tools.mkdir()
    (tools / "hdrgen").symlink_to(options.hdrgen.resolve())
    (tools / "bpf-linker").symlink_to(options.source / "tests/rust_core/bpf_link.py")
    with contextlib.suppress(ToolError):  # a tour without Rust needs none
        (tools / "rustc").symlink_to(shutil.which(find_rustc("bpfel-unknown-none")) or "")
    rustup = os.environ.get("RUSTUP_HOME") or str(Path.home() / ".rustup")
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "RUSTC_BOOTSTRAP": "1",
            "RUSTC": "rustc", "RUSTUP_HOME": rustup, "CARGO_NET_OFFLINE": "true",
            "XDG_CACHE_HOME": str(directory / ".cache"),
            "HDRGEN_KERNEL_CACHE": os.environ.get("HDRGEN_KERNEL_CACHE", f"{cache}/hdrgen/kernels")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True, type=Path)
    parser.add_argument("--source", required=True, type=Path)
    parser.add_argument("tour", type=Path)
    options = parser.parse_args()
    steps = read_tour(options.tour.read_text())
    commands = [step for step in steps if step.command]
    if len(commands) < 3:
        print(f"{options.tour}: {len(commands)} commands are no tour", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tour.") as directory:
        outcomes = run_steps(steps, Path(directory), make_environment(options, Path(directory)))
    wrong = 0
    for step, (status, output) in zip(steps, outcomes):
        if step.file:
            continue
        text = text_of(output)
        if status == step.status and re.fullmatch(pattern_of(step.expected), text):
            continue
        wrong += 1
        print(f"{options.tour.name}:{step.line}: $ {step.command}\nexit status {status}, expected {step.status}; it printed\n{text}"
              "the tour says\n" + "".join(f"{line}\n" for line in step.expected))
        if status == -1:
            break
    print(f"{options.tour.name}: {len(commands)} commands, {wrong} not as the tour says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
