"""Running hdrgen and clang, and what a case header says about itself.

    // flags: -fshort-enums        first line: more clang flags, perhaps none
    // oracle: no-types            optional second line: do not compare C types of members (their layout is still compared)
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

TARGETS = (
    "x86_64-linux-gnu",
    "aarch64-linux-gnu",
    "arm-linux-gnueabi",
    "i386-linux-gnu",
    "s390x-linux-gnu",
    "mips-linux-gnu",
)
BIG_ENDIAN = ("s390x", "mips-")
POINTER_32 = ("arm-", "i386", "mips-")
FLAGS_LINE = "// flags:"
NO_TYPES_LINE = "// oracle: no-types"
QUIET = ("-w", "-ferror-limit=0", "-fno-caret-diagnostics", "-fno-color-diagnostics")


class ToolError(Exception):
    """A tool could not do its work; the text is for the user."""


@dataclass(frozen=True)
class Job:
    """One set of headers to be checked on one target."""

    label: str
    headers: tuple[str, ...]
    names: tuple[str, ...]
    flags: tuple[str, ...]
    target: str | None
    whole_header: bool  # every type of the headers is expected, not only what the names reach
    check_types: bool = True
    hdrgen_options: tuple[str, ...] = ()

    def clang_args(self) -> list[str]:
        target = [f"--target={self.target}"] if self.target else []
        return target + list(self.flags)

    def include_lines(self) -> str:
        lines = []
        for header in self.headers:
            path = Path(header)
            lines.append(f'#include "{path.resolve()}"' if path.is_file() else f"#include <{header}>")
        return "\n".join(lines) + "\n"


def case_job(path: Path, target: str) -> Job:
    """The job for a case header: all its types, with the flags of its first line."""
    lines = path.read_text().splitlines()
    if not lines or not lines[0].startswith(FLAGS_LINE):
        raise ToolError(f"{path}: the first line must be '{FLAGS_LINE} ...'")
    return Job(
        label=path.name,
        headers=(str(path),),
        names=("*",),
        flags=tuple(lines[0][len(FLAGS_LINE) :].split()),
        target=target,
        whole_header=True,
        check_types=NO_TYPES_LINE not in lines[:3],
    )


def hdrgen_command(hdrgen: str, job: Job, output: list[str]) -> list[str]:
    command = [hdrgen]
    for header in job.headers:
        command += ["--header", header]
    command += [*job.names, *output, *job.hdrgen_options]
    if job.target:
        command += ["--target", job.target]
    return [*command, "--", *job.flags]


def run(command: list[str], stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, input=stdin, capture_output=True, text=True, errors="replace", timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"{command[0]}: {error}") from error


def run_hdrgen_json(hdrgen: str, job: Job) -> str:
    """hdrgen's JSON for the job; ToolError with its diagnostics when it fails."""
    result = run(hdrgen_command(hdrgen, job, ["--emit", "json"]))
    if result.returncode != 0:
        raise ToolError(f"hdrgen: exit status {result.returncode}: {result.stderr.strip()[:2000]}")
    return result.stdout


def run_clang(clang: str, job: Job, source: str, extra: list[str]) -> tuple[str, list[str]]:
    """clang on a source text: its standard output, and every line that tells an error."""
    command = [clang, *job.clang_args(), *QUIET, *extra, "-fsyntax-only", "-x", "c", "-"]
    result = run(command, source)
    errors = [line for line in result.stderr.splitlines() if " error: " in line or line.startswith("error:")]
    if result.returncode != 0 and not errors:
        errors = [f"clang: exit status {result.returncode}: {result.stderr.strip()[:500]}"]
    return result.stdout, errors
