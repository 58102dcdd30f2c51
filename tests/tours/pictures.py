#!/usr/bin/env python3
"""Draws the pictures of the documentation anew.

    pictures.py --hdrgen BIN [--out docs/pictures]

    show-{light,dark}.svg     `hdrgen show` as a terminal has it, with its colours
    check-{light,dark}.png    the page of `hdrgen check` on several kernels
    diff-{light,dark}.png     the page of `hdrgen diff`

The kernels are Debian's (kernel-header-fixtures/get-debian-kernel.sh fetches them once); the pages are shown by headless Chromium.
Of a screen 256 colours are kept, or fewer: each picture has less than 150 kB.
"""

from __future__ import annotations

import argparse
import base64
import html
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "cli"))
sys.path.insert(0, str(HERE.parent / "e2e"))
from browser import Browser  # noqa: E402
from guest import assignments, run  # noqa: E402

LARGEST = 150_000
# Picks the second kernel's answer of the third row: it shows both prototypes.
CHECK_SCRIPT = """document.querySelectorAll("#matrix tbody tr button")[13].click();"""
WIDTH, HEIGHT = 1280, 640
KERNELS = (("5.10", "amd64", "bullseye"), ("6.1", "amd64", "bookworm"), ("6.12", "amd64", "trixie"),
           ("5.10", "arm64", "bullseye"), ("6.1", "arm64", "bookworm"), ("6.12", "arm64", "trixie"))
PROGRAM = """
#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))
typedef unsigned long long u64;
static struct task_struct *(*get_task)(void) = (void *)35;
static long (*read_kernel)(void *, unsigned, const void *) = (void *)113;
struct sched_entity { u64 vruntime; } CORE;
struct task_struct { int pid, tgid; long state; struct sched_entity se; struct task_struct *real_parent; } CORE;
SEC("raw_tp/sched_switch") int on_switch(u64 *ctx)
{
	long state = 0;
	read_kernel(&state, sizeof state, &((struct task_struct *)ctx[1])->state);
	return state;
}
SEC("tp/sched/sched_process_exec") int on_exec(void *ctx)
{
	struct task_struct *parent = 0;
	int tgid = 0;
	read_kernel(&parent, sizeof parent, &get_task()->real_parent);
	read_kernel(&tgid, sizeof tgid, &parent->tgid);
	return tgid;
}
SEC("fentry/vfs_create") int on_create(u64 *ctx) { return ctx[2] != 0; }
SEC("kprobe/blk_account_io_start") int on_io(void *ctx) { return 0; }
SEC("fentry/do_unlinkat") int on_unlink(u64 *ctx) { return ctx[0] != 0; }
SEC("license") char program_license[] = "GPL";
"""


# --- a terminal's text as SVG ---

COLOURS = {"light": {"paper": "#ffffff", "ink": "#1f2328", "1": "#0550ae", "2": "#6e7781", "31": "#cf222e", "33": "#9a6700", "36": "#1b7c83"},
           "dark": {"paper": "#0d1117", "ink": "#e6edf3", "1": "#79c0ff", "2": "#8b949e", "31": "#ff7b72", "33": "#d29922", "36": "#39c5cf"}}


def svg_line(line: str, y: int, colours: dict[str, str]) -> str:
    """One line: runs of text between escape sequences, each at its column, so that fonts do not matter."""
    result, column, style = "", 0, "0"
    for part in re.split(r"(\033\[[\d;]*m)", line):
        if match := re.fullmatch(r"\033\[([\d;]*)m", part):
            style = match[1] or "0"
        elif part:
            fill = colours.get(style, colours["ink"])
            weight = ' font-weight="bold"' if style == "1" else ""
            text = part.rstrip(" ")
            indent = len(text) - len(text.lstrip(" "))
            if text.strip():
                result += (f'<text x="{16 + 8 * (column + indent)}" y="{y}" fill="{fill}"{weight} textLength="{8 * (len(text) - indent)}"'
                           f' xml:space="preserve">{html.escape(text[indent:])}</text>\n')
            column += len(part)
    return result


def svg_of(text: str, colours: dict[str, str]) -> str:
    lines = []
    for line in text.splitlines():  # a tab stops at multiples of eight of what is seen
        seen, expanded = 0, ""
        for part in re.split(r"(\033\[[\d;]*m)", line):
            if not part.startswith("\033"):
                wide = (" " * seen + part).expandtabs()[seen:]
                part, seen = wide, seen + len(wide)
            expanded += part
        lines.append(expanded)
    width = 32 + 8 * max(len(re.sub(r"\033\[[\d;]*m", "", line)) for line in lines)
    body = "".join(svg_line(line, 28 + 18 * number, colours) for number, line in enumerate(lines))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{32 + 18 * len(lines)}" font-family="ui-monospace, Menlo, Consolas, '
            f'monospace" font-size="13">\n<rect width="100%" height="100%" rx="6" fill="{colours["paper"]}"/>\n{body}</svg>\n')


# --- a screen as a small PNG ---

def read_png(data: bytes) -> tuple[int, int, int, bytearray]:
    """Width, height, bytes a pixel, pixels: of what Chromium writes, 8 bits a channel and no interlacing."""
    width, height, depth, colour = struct.unpack(">IIBB", data[16:26])
    if depth != 8 or colour not in (2, 6):
        raise ValueError(f"a PNG of depth {depth} and colour type {colour}")
    size = 3 if colour == 2 else 4
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        packed += data[at + 8:at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    raw, stride = zlib.decompress(packed), width * size
    pixels, before = bytearray(), bytearray(stride)
    for row in range(height):
        kind, line = raw[row * (stride + 1)], bytearray(raw[row * (stride + 1) + 1:(row + 1) * (stride + 1)])
        for i in range(stride):
            left = line[i - size] if i >= size else 0
            up, corner = before[i], before[i - size] if i >= size else 0
            if kind == 4:
                guess = left + up - corner
                add = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
            else:
                add = (0, left, up, (left + up) // 2)[kind]
            line[i] = (line[i] + add) & 255
        pixels += line
        before = line
    return width, height, size, pixels


def write_png(width: int, height: int, size: int, pixels: bytes, count: int) -> bytes:
    """With a palette of the most frequent colours; any other, at the edges of letters, becomes the nearest of these."""
    colours = [bytes(pixels[at:at + 3]) for at in range(0, len(pixels), size)]
    frequent = [colour for colour, _ in Counter(colours).most_common(count)]
    table = {colour: index for index, colour in enumerate(frequent)}
    for colour in sorted(set(colours) - set(frequent)):
        table[colour] = min(range(len(frequent)), key=lambda index: sum((a - b) ** 2 for a, b in zip(frequent[index], colour)))
    indices = bytes(table[colour] for colour in colours)
    rows = b"".join(b"\0" + indices[row * width:(row + 1) * width] for row in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)) +
            chunk(b"PLTE", b"".join(frequent)) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def shrink(data: bytes) -> bytes:
    picture = read_png(data)
    for count in (256, 128, 64):
        small = write_png(*picture, count)
        if len(small) <= LARGEST:
            return small
    raise ValueError("the picture is too large even in 64 colours")


class Screen:
    def __init__(self) -> None:
        self.browser = Browser()

    def draw(self, page: Path, fragment: str, script: str, out: Path, name: str) -> None:
        for scheme in ("light", "dark"):
            features = [{"name": "prefers-color-scheme", "value": scheme}]
            self.browser.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}})
            self.browser.resize(WIDTH, HEIGHT)
            self.browser.open("about:blank")
            self.browser.open(f"file://{page}{fragment}")
            if script:
                self.browser.script(script)
            picture = shrink(base64.b64decode(self.browser.call("GET", "/screenshot")))
            (out / f"{name}-{scheme}.png").write_bytes(picture)
            print(f"{name}-{scheme}.png: {len(picture)} bytes")


def fetch_kernels(directory: Path) -> dict[tuple[str, str], Path]:
    """The fleet: ARCH/VERSION.btf is the image, beside it what is known of the kernel."""
    result = {}
    for version, arch, suite in KERNELS:
        found = assignments(run("bash", SOURCE / "kernel-header-fixtures/get-debian-kernel.sh", arch, suite, seconds=900))
        image = Path(found["image"])
        (directory / arch).mkdir(parents=True, exist_ok=True)
        result[version, arch] = directory / arch / f"vmlinuz-{version}"
        result[version, arch].symlink_to(image)
        for kind in ("System.map", "config"):
            beside = image.with_name(image.name.replace("vmlinuz", kind))
            if beside.exists():
                (directory / arch / f"{kind}-{version}").symlink_to(beside)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True, type=Path)
    parser.add_argument("--out", type=Path, default=SOURCE / "docs/pictures")
    options = parser.parse_args()
    hdrgen, out = options.hdrgen.resolve(), options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pictures.") as holder:
        work = Path(holder)
        kernels = fetch_kernels(work / "fleet")
        for link, version in (("vmlinux-6.1", "6.1"), ("vmlinux-6.12", "6.12")):
            (work / link).symlink_to(kernels[version, "amd64"])
        shown = subprocess.run([hdrgen, "show", "--color", "always", "--btf", "vmlinux-6.1", "sched_entity"], cwd=work, capture_output=True,
                               text=True, check=True).stdout
        for scheme, colours in COLOURS.items():
            (out / f"show-{scheme}.svg").write_text(svg_of("$ hdrgen show --btf vmlinux-6.1 sched_entity\n" + shown, colours))
        (work / "prog.bpf.c").write_text(PROGRAM)
        subprocess.run(["clang", "-target", "bpf", "-g", "-O2", "-c", "prog.bpf.c", "-o", "prog.bpf.o"], cwd=work, check=True)
        for command in (["check", "prog.bpf.o", "--fleet", "fleet", "-q", "-o", "check.html"],
                        ["diff", "--btf", "vmlinux-6.1", "--btf", "vmlinux-6.12", "-q", "-o", "diff.html"]):
            if subprocess.run([hdrgen, *command], cwd=work, check=False).returncode not in (0, 1):
                return 1
        if shutil.which("chromedriver") is None:
            print("pictures.py: no chromedriver is here", file=sys.stderr)
            return 1
        screen = Screen()
        screen.draw(work / "diff.html", "#sched_entity", "", out, "diff")
        screen.draw(work / "check.html", "", CHECK_SCRIPT, out, "check")
        screen.browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
