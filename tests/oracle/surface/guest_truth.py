#!/usr/bin/env python3
"""What `hdrgen check` says of each program of libbpf-tools for a Debian kernel, held against libbpf in that kernel under qemu.

    guest_truth.py --hdrgen BIN --image vmlinuz [--config FILE] [--machine arm64] [--objects DIR | --made] [--keep DIR]

Without --objects, those inside the programs of Debian's package for that machine (libbpf_tools.py); --made: those of made_objects.py. The guest (guest_init.c) loads and attaches each
program alone and prints the functions and the events that the kernel has. hdrgen is given the image's BTF, these functions, the configuration and the
release; it must hold, and so must what it says of a program for each event, and for each system call that there is a function of. It is asked a second time with the BTF and the configuration alone, as users mostly have no more, and that is printed.

Exit status as of tools_truth.py, whose rules these are.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

# Programs that the verifier refuses for how clang compiled them, on every kernel before a release: nothing that they need of a kernel is
# missing. Object, program, the end of the verifier's log.
VERIFIER = {
    # A pointer that is spilled to the stack, to be a map's key, is a scalar after the helper's call.
    ("biosnoop.bpf.o", "block_rq_complete", "R1 invalid mem access 'scalar'"),
}

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent.parent.parent / "kernel-header-fixtures"
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "e2e")]
from guest import MACHINES, ToolError, boot, debian_packages, library_flags, run, write_initramfs  # noqa: E402
from libbpf_tools import extract  # noqa: E402
from made_objects import make  # noqa: E402
from tools_truth import MISSED_MAX, count_programs  # noqa: E402


def unique(items: list[Path]) -> list[Path]:
    """Several tools are one program under several names."""
    seen: set[bytes] = set()
    return [item for item in items if not (item.read_bytes() in seen or seen.add(item.read_bytes()))]


def find_objects(arguments: argparse.Namespace, work: Path) -> list[Path]:
    if arguments.made:
        return make(work / "made", arguments.image, arguments.hdrgen)
    if arguments.objects:
        return unique(sorted(arguments.objects.glob("*.o")))
    return unique(extract(debian_packages(MACHINES[arguments.machine], FIXTURES, "libbpf-tools"), work / "objects"))


def run_guest(items: list[Path], arguments: argparse.Namespace, work: Path) -> str:
    machine = MACHINES[arguments.machine]
    where = library_flags(machine, FIXTURES)
    for name, libraries in (("guest_init", ()), ("attach_load", ("-lbpf", "-lelf", "-lz"))):
        run(machine.compiler, "-std=gnu17", "-D_GNU_SOURCE", "-O1", "-static", *where, "-o", work / name, HERE / f"{name}.c", *libraries)
    files = {"init": (work / "guest_init").read_bytes(), "attach_load": (work / "attach_load").read_bytes()}
    files |= {f"objects/{item.name}": item.read_bytes() for item in items}
    write_initramfs(work / "initramfs", files, ("objects",))
    return boot(machine, arguments.image, work / "initramfs", work / "console", arguments.timeout, arguments.memory)


def split_console(text: str) -> tuple[dict[str, list[str]], list[str], list[str], set[str], str]:
    """attach_load's lines by object, the lines of functions and of those that ftrace can attach to, the events, the release."""
    loaded: dict[str, list[str]] = {}
    functions: list[str] = []
    traceable: list[str] = []
    events: set[str] = set()
    release = item = ""
    for line in text.splitlines():
        line = re.sub(r"^.*?(?=truth: )", "", line)  # after what the firmware left on the line
        kind, _, rest = line.removeprefix("truth: ").partition(" ")
        if line.startswith("program ") and item:
            loaded[item].append(line)
        elif not line.startswith("truth: "):
            continue
        elif kind == "object":
            item = rest
            loaded[item] = []
        elif kind == "function":
            functions.append(f"0000000000000000 {rest}\n")
        elif kind == "traceable":
            traceable.append(rest + "\n")
        elif kind == "event":
            events.add(rest.replace(":", "/"))
        elif kind == "release":
            release = rest
    if "truth: done" not in text:
        raise ToolError("the guest did not come to its end")
    return loaded, functions, traceable, events, release


def check(hdrgen: str, item: Path, options: list[str]) -> dict:
    result = subprocess.run([hdrgen, "check", item, "-q", "--format", "json", *options], capture_output=True, text=True, timeout=600)
    if result.returncode not in (0, 1):
        raise ToolError(f"hdrgen check {item.name}: exit status {result.returncode}: {result.stderr[:300]}")
    return json.loads(result.stdout)["objects"][0]


def is_verifiers(name: str, line: str) -> bool:
    _, program, step, _, *text = line.split(" ", 4)
    return step == "load" and any((name, program) == known[:2] and text and known[2] in text[0] for known in VERIFIER)


def judge(title: str, arguments: argparse.Namespace, items: list[Path], loaded: dict[str, list[str]], options: list[str]) -> bool:
    counts: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    for item in items:
        lines = [line for line in loaded[item.name] if not is_verifiers(item.name, line)]
        counts["(any)", "refused for its code alone"] += len(loaded[item.name]) - len(lines)
        count_programs(check(arguments.hdrgen, item, options), lines, item.name, counts, faults)
    print(f"{title}: {len(items)} objects, {sum(counts.values())} programs")
    for (ours, truth), count in sorted(counts.items()):
        print(f"    {count:5} {ours}, and libbpf: {truth}")
    for fault in faults:
        print("   ", fault[:600])
    missing = sum(count for (ours, _), count in counts.items() if ours == "missing")
    return counts["fine", "refused"] == 0 and counts["missing", "fine"] <= MISSED_MAX * missing and counts["fine", "fine"] > 0


def judge_events(arguments: argparse.Namespace, work: Path, functions: list[str], events: set[str], options: list[str]) -> bool:
    """A program for each event, and for each system call of which the kernel has a function: fine, if the kernel has the event."""
    prefix = {"amd64": "__x64_sys_", "arm64": "__arm64_sys_"}[arguments.machine]
    names = {line.split()[2].removeprefix(prefix) for line in functions if line.split()[2].startswith(prefix)}
    asked = sorted(events | {f"syscalls/sys_enter_{name}" for name in names if "." not in name})
    counts: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    for begin in range(0, len(asked), 1000):
        text = "".join(f'__attribute__((section("tp/{event}"), used)) int f{number}(void *ctx) {{ return 0; }}\n'
                       for number, event in enumerate(asked[begin:begin + 1000]))
        (work / "events.c").write_text(text)
        run("clang", "-target", "bpf", "-g", "-O2", "-c", work / "events.c", "-o", work / "events.bpf.o")
        for need in check(arguments.hdrgen, work / "events.bpf.o", options)["dependencies"]:
            if need["kind"] != "tracepoint":
                continue
            truth = "there" if need["name"] in events else "not there"
            counts[need["result"], truth] += 1
            if (need["result"], truth) in (("fine", "not there"), ("missing", "there")):
                faults.append(f"{need['name']}: hdrgen {need['result']}: {need.get('why')}")
    print(f"events: {len(asked)}")
    for (ours, truth), count in sorted(counts.items()):
        print(f"    {count:5} {ours}, and {truth}")
    for fault in faults:
        print("   ", fault)
    return not faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--image", required=True, type=Path)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--machine", choices=sorted(MACHINES), default="amd64")
    parser.add_argument("--memory", type=int, default=512, help="MiB of the guest")
    parser.add_argument("--objects", type=Path)
    parser.add_argument("--made", action="store_true", help="objects that are made for it: see made_objects.py")
    parser.add_argument("--keep", type=Path, help="keep the files of the run in this directory")
    parser.add_argument("--console", type=Path, help="judge what a guest printed earlier")
    parser.add_argument("--timeout", type=int, default=1800)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = arguments.keep or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        try:
            items = find_objects(arguments, work)
            text = arguments.console.read_text(errors="replace") if arguments.console else run_guest(items, arguments, work)
            loaded, functions, traceable, events, release = split_console(text.replace("\r", ""))
            (work / "functions").write_text("".join(functions))
            (work / "traceable").write_text("".join(traceable))
            options = ["--btf", str(arguments.image), "--release", release]
            options += ["--config", str(arguments.config)] if arguments.config else []
            lists = ["--functions", str(work / "functions"), "--traceable", str(work / "traceable")]
            whole = judge(f"{release}, with its functions", arguments, items, loaded, [*options, *lists])
            whole = judge_events(arguments, work, functions, events, [*options, *lists]) and whole
            judge(f"{release}, BTF alone", arguments, items, loaded, options)
        except ToolError as error:
            print(f"guest_truth.py: error: {error}", file=sys.stderr)
            return 2
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
