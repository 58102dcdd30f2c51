"""The guest of the field test: its static program, its initramfs, and one boot under qemu."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARIES = ("libbpf-dev", "libelf-dev", "zlib1g-dev")


class ToolError(Exception):
    """The test cannot go on; the text is for the user."""


def run(*command: str | Path) -> str:
    """Standard output of a command that must succeed."""
    try:
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace", timeout=300)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"{command[0]}: {error}") from error
    if result.returncode != 0:
        raise ToolError(f"{shlex.join(map(str, command))[:300]}: exit status {result.returncode}\n{result.stderr.strip()[:3000]}")
    return result.stdout


def assignments(text: str) -> dict[str, str]:
    """The NAME=VALUE lines of the scripts that fetch things."""
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in text.splitlines()) if value}


@dataclass(frozen=True)
class Machine:
    """What differs between architectures."""

    debian: str
    compiler: str
    libraries: str
    qemu: tuple[str, ...]
    console: str


MACHINES = {
    "amd64": Machine("amd64", "x86_64-linux-gnu-gcc", "x86_64-linux-gnu",
                     ("qemu-system-x86_64", "-M", "q35", "-cpu", "max"), "ttyS0"),
    "arm64": Machine("arm64", "aarch64-linux-gnu-gcc", "aarch64-linux-gnu",
                     ("qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57"), "ttyAMA0"),
}


def build_init(machine: Machine, fixtures: Path, output: Path) -> None:
    """The one static program of the guest; libraries of a foreign architecture come from the cache."""
    where: list[str] = []
    if run("dpkg", "--print-architecture").strip() != machine.debian:
        script = fixtures / "get-debian-packages.sh"
        root = assignments(run("bash", script, machine.debian, "bookworm", *LIBRARIES))["root"]
        where = ["-isystem", f"{root}/usr/include", f"-L{root}/usr/lib/{machine.libraries}"]
    sources = [HERE / "guest" / name for name in ("init.c", "truth.c", "load.c")]
    run(machine.compiler, "-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-static", *where, "-o", output, *sources,
        "-lbpf", "-lelf", "-lz", "-lpthread")


def write_initramfs(output: Path, files: dict[str, bytes]) -> None:
    """A newc archive: /dev/console, and the files, all executable."""
    entries = [("dev", 0o040755, b"", (0, 0)), ("dev/console", 0o020600, b"", (5, 1))]
    entries += [(name, 0o100755, data, (0, 0)) for name, data in files.items()]
    archive = bytearray()
    for number, (name, mode, data, device) in enumerate([*entries, ("TRAILER!!!", 0, b"", (0, 0))], 1):
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
        archive += b"070701" + "".join(f"{field:08x}" for field in fields).encode() + name.encode() + b"\0"
        archive += b"\0" * (-len(archive) % 4)
        archive += data + b"\0" * (-len(data) % 4)
    output.write_bytes(archive)


def boot(machine: Machine, image: Path, initramfs: Path, console: Path, timeout: int) -> str:
    """What the guest printed. It has no network, no disk, and this long."""
    if not shutil.which(machine.qemu[0]):
        raise ToolError(f"no {machine.qemu[0]}; cmake/install-packages.sh tests installs it")
    command = [*machine.qemu, "-accel", "tcg", "-smp", "1", "-m", "256", "-nographic", "-nodefaults", "-no-user-config",
               "-no-reboot", "-kernel", str(image), "-initrd", str(initramfs), "-serial", f"file:{console}",
               "-append", f"console={machine.console} quiet panic=-1"]
    console.write_bytes(b"")
    late = False
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
        if result.returncode != 0:
            raise ToolError(f"{machine.qemu[0]}: exit status {result.returncode}: {result.stderr.strip()[:2000]}")
    except subprocess.TimeoutExpired:
        late = True
    text = console.read_bytes().decode(errors="replace").replace("\r", "")
    if late:
        raise ToolError(f"the guest was not done after {timeout} s; its last words, from {console}:\n" +
                        "\n".join(text.splitlines()[-15:]))
    return text
