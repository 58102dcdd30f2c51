"""Running hdrgen and clang, and what a case header says about itself.

    // flags: -fshort-enums        first line: more clang flags, perhaps none
    // oracle: no-types            optional second line: do not compare C types of members (their layout is still compared)
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Callable

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


# --- answers that several oracles want ---
#
# The same hdrgen is asked for the JSON of the same case by three of them, and clang for the same AST by two. What they said is
# kept in $HDRGEN_ORACLE_CACHE, a folder of the build, by what was asked, of which program, and the bytes of the case.
# Failures are not kept, and nothing is of headers that include others.


@lru_cache
def program_id(program: str) -> str:
    """Changes when the program or a library of its is replaced."""
    path = Path(shutil.which(program) or program).resolve()
    libraries = [Path(word).resolve() for word in run(["ldd", str(path)]).stdout.split() if word.startswith("/")]
    states = [(file, file.stat()) for file in [path, *libraries]]
    return " ".join(f"{file} {state.st_size} {state.st_mtime_ns}" for file, state in states)


def kept(job: Job, question: list[str], ask: Callable[[], str]) -> str:
    folder = os.environ.get("HDRGEN_ORACLE_CACHE")
    headers = [Path(header) for header in job.headers]
    if not folder or not all(header.is_file() for header in headers):
        return ask()
    texts = [header.read_text() for header in headers]
    if any("#include" in text for text in texts):
        return ask()
    key = json.dumps([program_id(question[0]), question[1:], texts])
    path = Path(folder) / hashlib.sha256(key.encode()).hexdigest()
    if path.is_file():
        return path.read_text()
    answer = ask()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:
        file.write(answer)
    os.replace(file.name, path)
    return answer


def run_hdrgen_json(hdrgen: str, job: Job) -> str:
    """hdrgen's JSON for the job; ToolError with its diagnostics when it fails."""
    command = hdrgen_command(hdrgen, job, ["--emit", "json"])

    def ask() -> str:
        result = run(command)
        if result.returncode != 0:
            raise ToolError(f"hdrgen: exit status {result.returncode}: {result.stderr.strip()[:2000]}")
        return result.stdout

    return kept(job, command, ask)


def run_clang_ast(clang: str, job: Job) -> str:
    """clang's AST of the job's headers, as JSON."""
    extra = ["-Xclang", "-ast-dump=json"]

    def ask() -> str:
        text, errors = run_clang(clang, job, job.include_lines(), extra)
        if errors:
            raise ToolError("clang does not accept the header: " + "; ".join(errors[:3]))
        return text

    return kept(job, [clang, *job.clang_args(), *extra, job.include_lines()], ask)


def run_clang(clang: str, job: Job, source: str, extra: list[str]) -> tuple[str, list[str]]:
    """clang on a source text: its standard output, and every line that tells an error."""
    command = [clang, *job.clang_args(), *QUIET, *extra, "-fsyntax-only", "-x", "c", "-"]
    result = run(command, source)
    errors = [line for line in result.stderr.splitlines() if " error: " in line or line.startswith("error:")]
    if result.returncode != 0 and not errors:
        errors = [f"clang: exit status {result.returncode}: {result.stderr.strip()[:500]}"]
    return result.stdout, errors
