"""The real loaders as programs: aya-obj of Debian's crates, and cilium/ebpf of Debian's packages.

Each is built once for each state of what goes into it, beside the packages in the cache of kernels.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


class ToolError(Exception):
    """The test cannot go on; the text is for the user."""


class Unavailable(Exception):
    """What is needed cannot be had here: the test is skipped, and says so."""


def run(*command: str | Path, seconds: int = 300, environment: dict[str, str] | None = None, folder: Path | None = None) -> str:
    """Standard output of a command that must succeed."""
    try:
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace", timeout=seconds,
                                env=environment, cwd=folder)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"{command[0]}: {error}") from error
    if result.returncode != 0:
        raise ToolError(f"{shlex.join(map(str, command))[:300]}: exit status {result.returncode}\n{result.stderr.strip()[:3000]}")
    return result.stdout


def fetch(what: str, *command: str | Path) -> Path:
    """The folder that one of the scripts of kernel-header-fixtures prints."""
    try:
        text = run("bash", *command, seconds=900)
    except ToolError as error:
        raise Unavailable(f"{what} cannot be fetched: {error}") from error
    return Path(shlex.split(text.strip().partition("=")[2])[0])


def build_once(cache: Path, name: str, sources: Path, state: list[bytes], build) -> Path:
    """The program that build(FOLDER) makes in a copy of sources and returns the path of."""
    files = sorted(path for path in sources.iterdir() if path.is_file())
    digest = hashlib.sha256(b"|".join([*state, *(path.read_bytes() for path in files)])).hexdigest()[:16]
    built = cache / f"{name}-{digest}"
    if built.exists():
        return built
    with tempfile.TemporaryDirectory(dir=cache, prefix=f".{name}.tmp.") as folder:
        work = Path(folder)
        for path in files:
            shutil.copy(path, work)
        build(work).rename(built)
    return built


def aya(fixtures: Path) -> Path:
    """The program of aya/main.rs. Optimised, for programs that load are, and overflows panic otherwise."""
    for tool in ("cargo", "rustc"):
        if not shutil.which(tool):
            raise Unavailable(f"no {tool} here, with which aya's judge is built")
    crates = fetch("aya's crates", fixtures / "get-debian-crates.sh", "trixie", "librust-aya-obj-dev")

    def build(work: Path) -> Path:
        run("cargo", "build", "--quiet", "--offline", "--release", "--manifest-path", work / "Cargo.toml", "--config",
            'source.crates-io.replace-with="debian"', "--config", f'source.debian.directory="{crates}"', seconds=1200,
            environment=os.environ | {"CARGO_TARGET_DIR": str(work / "target")})
        return work / "target/release/aya-judge"

    return build_once(crates.parent.parent, "aya-judge", HERE / "aya", [run("rustc", "-vV").encode(), str(crates).encode()], build)


GO = "1.26"  # of the suite that has this cilium/ebpf


def cilium(fixtures: Path) -> Path:
    """The program of cilium/main.go. Compiler, library and what it needs are of one suite, unpacked in the cache."""
    packages = (f"golang-{GO}-go", f"golang-{GO}-src", "golang-github-cilium-ebpf-dev", "golang-golang-x-sys-dev")
    machine = run("dpkg", "--print-architecture").strip()
    root = fetch("Go and cilium/ebpf", fixtures / "get-debian-packages.sh", machine, "sid", *packages)
    goroot = root / f"usr/lib/go-{GO}"

    def build(work: Path) -> Path:
        run(goroot / "bin/go", "build", "-o", work / "cilium-judge", work / "main.go", seconds=1500, folder=work,
            environment=os.environ | {"GOROOT": str(goroot), "GOPATH": str(root / "usr/share/gocode"), "GO111MODULE": "off", "GOTOOLCHAIN": "local",
                                      "GOFLAGS": "", "CGO_ENABLED": "0", "GOCACHE": str(work / "cache")})
        return work / "cilium-judge"

    return build_once(root.parent.parent, "cilium-judge", HERE / "cilium", [str(root).encode()], build)


# --- what a judge says of one object on one BTF ---


@dataclass(frozen=True)
class Answer:
    """Of one relocation."""

    section: str
    offset: int  # bytes, within the section
    kind: int
    function: str  # "-": of none
    insn: int
    result: str  # "patched", "poison", "gave up"
    value: int = 0
    code: int = 0  # of the patched instruction
    words: str = ""

    def cut(self, value: int) -> int:
        """A value as the instruction can hold it."""
        bits = {4: 32, 7: 32, 0: 64}.get(self.code & 7, 16)
        return value & (1 << bits) - 1


def read_answer(line: str) -> Answer:
    section, offset, kind, function, insn, rest = line.split(" ", 5)
    result, _, words = rest.partition(" ")
    number = 0 if insn == "-" else int(insn)
    if result == "patched":
        value, code = words.split()
        return Answer(section, int(offset), int(kind), function, number, result, int(value), int(code, 16))
    result = "gave up" if result == "gave" else result
    return Answer(section, int(offset), int(kind), function, number, result, words=words.removeprefix("up: "))


def ask(judge: Path, program: Path, btf: Path, *options: str) -> tuple[list[Answer], str | None]:
    """An answer for each relocation, and the words with which the loader gives up on the object as a whole, or None."""
    lines = run(judge, "relocate", *options, program, btf).splitlines()
    if not lines or not lines[-1].startswith("whole "):
        raise ToolError(f"{judge.name} on {program.name}: no last line")
    whole = lines[-1].removeprefix("whole ")
    return [read_answer(line) for line in lines[:-1]], None if whole == "fine" else whole.removeprefix("gave up: ")
