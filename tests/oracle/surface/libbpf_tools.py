"""The BPF objects inside the programs of Debian's package libbpf-tools.

A program made with a libbpf skeleton holds its object whole, as data: an ELF file for the machine BPF within the program's own. Its
length is where its table of sections ends. Several programs of the package are one file under several names.

    libbpf_tools.py DIRECTORY    downloads and unpacks the package, writes each object there, prints how many
"""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

EM_BPF = 247


def objects_in(data: bytes) -> list[bytes]:
    found, at = [], 0
    while (at := data.find(b"\x7fELF", at + 4)) > 0:
        order = {1: "<", 2: ">"}.get(data[at + 5])
        if order is None or struct.unpack_from(order + "H", data, at + 18)[0] != EM_BPF:
            continue
        sections, = struct.unpack_from(order + "Q", data, at + 40)
        size, count = struct.unpack_from(order + "HH", data, at + 58)
        found.append(data[at:at + sections + size * count])
    return found


def extract(tree: Path, to: Path) -> list[Path]:
    """Writes NAME.bpf.o for each program of the unpacked package, and for each of its further names."""
    to.mkdir(parents=True, exist_ok=True)
    written = []
    for program in sorted(tree.rglob("usr/sbin/*")):
        for number, content in enumerate(objects_in(program.resolve().read_bytes())):
            path = to / f"{program.name}{number or ''}.bpf.o"
            path.write_bytes(content)
            written.append(path)
    return written


def download(work: Path, architecture: str = "") -> Path:
    """The unpacked package."""
    tree = work / "libbpf-tools"
    if not tree.exists():
        work.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-q", f"libbpf-tools{architecture}"], cwd=work, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        package = next(work.glob("libbpf-tools_*.deb"))
        subprocess.run(["dpkg-deb", "-x", package, tree], check=True)
    return tree


if __name__ == "__main__":
    target = Path(sys.argv[1])
    print(len(extract(download(target / "package"), target)))
