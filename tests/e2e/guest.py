"""The guest of the field test: its static program, its initramfs, and one boot under qemu."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIBRARIES = ("libbpf-dev", "libelf-dev", "zlib1g-dev")


class ToolError(Exception):
    """The test cannot go on; the text is for the user."""


def run(*command: str | Path, environment: dict[str, str] | None = None, seconds: int = 300) -> str:
    """Standard output of a command that must succeed."""
    try:
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace", timeout=seconds,
                                env=environment)
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
    rust: str


MACHINES = {
    "amd64": Machine("amd64", "x86_64-linux-gnu-gcc", "x86_64-linux-gnu",
                     ("qemu-system-x86_64", "-M", "q35", "-cpu", "max"), "ttyS0", "x86_64-unknown-linux-gnu"),
    "arm64": Machine("arm64", "aarch64-linux-gnu-gcc", "aarch64-linux-gnu",
                     ("qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57"), "ttyAMA0",
                     "aarch64-unknown-linux-gnu"),
}


def is_foreign(machine: Machine) -> bool:
    return run("dpkg", "--print-architecture").strip() != machine.debian


def debian_packages(machine: Machine, fixtures: Path, *packages: str) -> Path:
    """The directory that packages for the machine are unpacked in, from the cache."""
    return Path(assignments(run("bash", fixtures / "get-debian-packages.sh", machine.debian, "bookworm", *packages))["root"])


def library_flags(machine: Machine, fixtures: Path) -> list[str]:
    """Where the compiler finds LIBRARIES for a foreign architecture."""
    if not is_foreign(machine):
        return []
    root = debian_packages(machine, fixtures, *LIBRARIES)
    return ["-isystem", f"{root}/usr/include", f"-L{root}/usr/lib/{machine.libraries}"]


def build_init(machine: Machine, hdrgen: Path, fixtures: Path, output: Path) -> None:
    """The one static program of the guest; libraries of a foreign architecture come from the cache."""
    where = library_flags(machine, fixtures)
    sources = [HERE / "guest" / name for name in ("init.c", "truth.c", "load.c")]
    run(machine.compiler, "-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-static", *where, "-o", output, *sources,
        build_aya_loader(machine, hdrgen, fixtures), "-lbpf", "-lelf", "-lz", "-lpthread", "-lm")


def find_rustc(target: str) -> str:
    """A rustc that has the libraries of a target: rustup's, or the distribution's."""
    for rustc in ("rustc", "/usr/bin/rustc"):
        if shutil.which(rustc):
            libraries = subprocess.run([rustc, "--print", "target-libdir", "--target", target], capture_output=True, text=True)
            if libraries.returncode == 0 and list(Path(libraries.stdout.strip()).glob("libcore-*.rlib")):
                return rustc
    raise ToolError(f"no rustc compiles for {target}; cmake/install-packages.sh tests installs one")


def rust_sysroot(machine: Machine, fixtures: Path, work: Path) -> list[str]:
    """For a foreign architecture: the distribution's standard library of the very version that its rustc is."""
    if not is_foreign(machine):
        return []
    version = run("/usr/bin/rustc", "--version").split()[1].encode()
    own = run("sh", "-c", '. /etc/os-release && echo "${VERSION_CODENAME:-sid}"').strip()
    for package, suite in product(("libstd-rust-web-dev", "libstd-rust-dev"), (f"{own}-security", own)):
        try:
            root = assignments(run("bash", fixtures / "get-debian-packages.sh", machine.debian, suite, package))["root"]
        except ToolError:
            continue
        libraries = Path(root) / "usr/lib/rustlib" / machine.rust
        if any(b"rustc " + version in core.read_bytes() for core in libraries.glob("lib/libcore-*.rlib")):
            (work / "sysroot/lib/rustlib").mkdir(parents=True)
            (work / "sysroot/lib/rustlib" / machine.rust).symlink_to(libraries)
            return ["--sysroot", str(work / "sysroot")]
    raise ToolError(f"Debian has no Rust library for {machine.debian} of version {version.decode()}")


def build_aya_loader(machine: Machine, hdrgen: Path, fixtures: Path) -> Path:
    """The real aya as a library, out of Debian's crates; built once for each state of what goes into it."""
    crates = Path(assignments(run("bash", fixtures / "get-debian-crates.sh", "trixie", "librust-aya-dev"))["registry"])
    rustc = "/usr/bin/rustc" if is_foreign(machine) else find_rustc(machine.rust)
    sources = [*(HERE / "guest" / "aya").iterdir(), HERE / "guest" / "fields.h"]
    state = [run(rustc, "-vV").encode(), str(crates).encode(), *(source.read_bytes() for source in sorted(sources))]
    built = crates.parent.parent / f"aya-loader-{machine.debian}-{hashlib.sha256(b'|'.join(state)).hexdigest()[:16]}.a"
    if built.exists():
        return built
    with tempfile.TemporaryDirectory(dir=built.parent, prefix=".aya-loader.tmp.") as folder:
        work = Path(folder)
        shutil.copytree(HERE / "guest" / "aya", work, dirs_exist_ok=True)
        run(hdrgen, "-q", "--header", HERE / "guest" / "fields.h", "--target", "x86_64-linux-gnu", "-o", work / "fields.rs")
        flags = ["-C", "target-feature=+crt-static", *rust_sysroot(machine, fixtures, work)]
        run("cargo", "build", "--quiet", "--offline", "--target", machine.rust, "--manifest-path", work / "Cargo.toml",
            "--config", 'source.crates-io.replace-with="debian"', "--config", f'source.debian.directory="{crates}"', seconds=1200,
            environment=os.environ | {"RUSTC": rustc, "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags), "CARGO_TARGET_DIR": folder + "/target"})
        (work / "target" / machine.rust / "debug" / "libaya_loader.a").rename(built)
    return built


def write_initramfs(output: Path, files: dict[str, bytes], folders: tuple[str, ...] = ()) -> None:
    """A newc archive: /dev/console, and the files, all executable."""
    entries = [("dev", 0o040755, b"", (0, 0)), ("dev/console", 0o020600, b"", (5, 1))]
    entries += [(name, 0o040755, b"", (0, 0)) for name in folders]
    entries += [(name, 0o100755, data, (0, 0)) for name, data in files.items()]
    archive = bytearray()
    for number, (name, mode, data, device) in enumerate([*entries, ("TRAILER!!!", 0, b"", (0, 0))], 1):
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
        archive += b"070701" + "".join(f"{field:08x}" for field in fields).encode() + name.encode() + b"\0"
        archive += b"\0" * (-len(archive) % 4)
        archive += data + b"\0" * (-len(data) % 4)
    output.write_bytes(archive)


def boot(machine: Machine, image: Path, initramfs: Path, console: Path, timeout: int, memory: int = 256) -> str:
    """What the guest printed. It has no network, no disk, and this long."""
    if not shutil.which(machine.qemu[0]):
        raise ToolError(f"no {machine.qemu[0]}; cmake/install-packages.sh tests installs it")
    # Without a check of the timer: on a busy machine it fails in software emulation, and the kernel panics.
    command = [*machine.qemu, "-accel", "tcg", "-smp", "1", "-m", str(memory), "-nographic", "-nodefaults", "-no-user-config",
               "-no-reboot", "-kernel", str(image), "-initrd", str(initramfs), "-serial", f"file:{console}",
               "-append", f"console={machine.console} quiet panic=-1 no_timer_check"]
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
