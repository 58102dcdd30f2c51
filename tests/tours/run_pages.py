#!/usr/bin/env python3
"""Is every command line of the documentation run, and does it work?

    run_pages.py --hdrgen BIN --source DIR [--build DIR] [PAGE...]

Runs the command lines (page.py) of README.md, CONTRIBUTING.md, docs/*.md and docs/recipes/**/README.md, each page in a directory of
its own that holds small inputs with the names that the pages use (stand_ins.py).  What a page shows below a command has to be
what it prints, `...` standing for anything, as in tours (run_tour.py).  not_run.txt lists the command lines that are not run, and
why; one that is on no page any more is an error, and so is a test named there that ctest does not have.

A command has to end with exit status 0; `hdrgen diff` and `hdrgen check`, which answer by it, with 0 or 1.

Exit status: 0 all is so, 1 something is not.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from page import steps_of_page
from run_tour import Step, make_environment, pattern_of, run_steps
from stand_ins import World, copy_world

HERE = Path(__file__).resolve().parent
# Absolute paths of the pages, and where the directory has them.
PLACES = {"/usr/src/": "usr/src/", "/lib/modules/$(uname -r)/build": "DIR", "/sys/kernel/btf/vmlinux": "vmlinux", "/srv/": "srv/",
          "/usr/share/hdrgen/": "usr/share/hdrgen/", "DIR/ext4 --base-btf DIR/vmlinux": "modules/mini_char --base-btf modules/vmlinux",
          "--btf mod --base-btf vmlinux": "--btf modules/mini_char --base-btf modules/vmlinux"}
# What a page tells in other words than commands, and takes for done.
PREPARED = {
    "docs/coming-from.md": "hdrgen link target/bpfel-unknown-none/release/prog",
    "docs/sources.md": "cp -aL usr/src/linux-headers-6.1.0-50-amd64 linux-source-6.1 && cp -a linux-source-6.1 linux-headers-6.1.0-50-amd64 &&"
                       " touch linux-headers-6.1.0-50-amd64/.config",
}
SOURCES = ("--kernel", "--header", "--btf", "--fleet")


@dataclass
class Exempt:
    """What not_run.txt says of a page: commands that are not run, and commands whose output is not compared."""
    commands: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)


def read_exempt(text: str) -> dict[str, Exempt]:
    """`[PAGE]`, `# REASON` for the lines that follow, a command a line; `output: COMMAND` where only the output is not compared."""
    pages: dict[str, Exempt] = {}
    page, reason = Exempt(), ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.fullmatch(r"\[(.+)\]", line):
            page, reason = pages.setdefault(match[1], Exempt()), ""
        elif line.startswith("# "):
            reason = line[2:]
        elif line.strip():
            if not reason or not pages:
                raise ValueError(f"line {number}: a command without a page or a reason")
            is_output = line.startswith("output: ")
            (page.outputs if is_output else page.commands)[line.removeprefix("output: ")] = reason
    return pages


def as_run(command: str) -> str:
    """The command with the inputs of the test: paths, and BTF in place of the running kernel's."""
    for before, after in PLACES.items():
        command = command.replace(before, after)
    match = re.match(r"hdrgen (?!(?:flags|link|help) )((?:generate|show|list|check|diff) )?", command)
    if match is None or any(source in command for source in SOURCES) or " @" in command:
        return command
    return f"{match[0]}--btf vmlinux {command[match.end():]}"


def is_good(step: Step, status: int) -> bool:
    return status == step.status or (status == 1 and re.match(r"hdrgen (diff|check) ", step.command) is not None and " | " not in step.command)


def check_page(name: str, steps: list[Step], exempt: Exempt, directory: Path, environment: dict[str, str]) -> tuple[int, list[str]]:
    """How many commands were run, and what is wrong."""
    faults = [f"{name}: not_run.txt has a command that is not on the page: {command}"
              for command in sorted({*exempt.commands, *exempt.outputs} - {step.command for step in steps})]
    count = 0
    for step in steps:
        if step.command in exempt.commands:
            continue
        count += 1
        status, output = run_steps([Step(step.line, command=as_run(step.command))], directory, environment)[0]
        shown = "\n".join(step.expected)
        text = output + ("\n" if output and not output.endswith("\n") else "")
        is_same = not step.expected or step.command in exempt.outputs or re.fullmatch(pattern_of(step.expected), text.expandtabs())
        if not is_good(step, status):
            faults.append(f"{name}:{step.line}: $ {step.command}\nrun as: {as_run(step.command)}\nexit status {status}; it printed\n{text[-2000:]}")
        elif not is_same:
            faults.append(f"{name}:{step.line}: $ {step.command}\nit printed\n{text}\nthe page says\n{shown}")
    return count, faults


def unknown_tests(pages: dict[str, Exempt], build: Path | None) -> list[str]:
    """Reasons `run by TEST`, of tests that there are none."""
    if build is None:
        return []
    listed = "".join(subprocess.run(["ctest", "--test-dir", build, "-N", *options], capture_output=True, text=True, check=True).stdout
                     for options in ((), ("-C", "kernels"), ("-C", "machines")))
    tests = set(re.findall(r"Test +#\d+: (\S+)", listed))
    reasons = {reason for page in pages.values() for reason in (*page.commands.values(), *page.outputs.values())}
    return [f"not_run.txt names a test that there is not: {match[1]}" for reason in sorted(reasons)
            if (match := re.search(r"run by ([\w.]+)", reason)) and match[1] not in tests]


def all_pages(source: Path) -> list[str]:
    """Tours are run by run_tour.py: only their list of contents is a page."""
    found = [source / "README.md", source / "CONTRIBUTING.md", *(source / "docs").glob("*.md"), *(source / "docs/recipes").rglob("*.md"),
             source / "docs/tours/README.md"]
    return sorted(str(path.relative_to(source)) for path in found)


def untested_tours(source: Path) -> list[str]:
    tested = re.search(r"foreach\(tour IN ITEMS ([\w ]+)\)", (HERE / "CMakeLists.txt").read_text())
    names = {path.stem for path in (source / "docs/tours").glob("*.md")} - {"README"}
    return [f"docs/tours/{name}.md is run by no test" for name in sorted(names - set(tested[1].split() if tested else []))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True, type=Path)
    parser.add_argument("--source", required=True, type=Path)
    parser.add_argument("--build", type=Path)
    parser.add_argument("pages", nargs="*")
    options = parser.parse_args()
    exempt = read_exempt((HERE / "not_run.txt").read_text())
    names = options.pages or all_pages(options.source)
    faults = unknown_tests(exempt, options.build) + untested_tours(options.source)
    faults += [f"not_run.txt has a page that there is not: {name}" for name in sorted(set(exempt) - set(all_pages(options.source)))]
    total = count = 0
    with tempfile.TemporaryDirectory(prefix="pages.") as holder:
        base = Path(holder)
        (base / "world").mkdir()
        environment = make_environment(options, base)
        world = World(options.hdrgen.resolve(), options.source, base / "world", environment)
        world.make()
        for name in names:
            steps = steps_of_page((options.source / name).read_text())
            directory = base / re.sub(r"\W", "_", name)
            directory.mkdir()
            copy_world(base / "world", directory)
            here = {**environment, "HOME": str(directory), "PATH": f"{directory}/bin:{environment['PATH']}"}
            if name in PREPARED:
                subprocess.run(["bash", "-c", PREPARED[name]], cwd=directory, env=here, check=True)
            run, wrong = check_page(name, steps, exempt.get(name, Exempt()), directory, here)
            total, count, faults = total + len(steps), count + run, faults + wrong
    for fault in faults:
        print(fault)
    print(f"{len(names)} pages, {total} command lines: {count} run, {total - count} listed in not_run.txt; {len(faults)} faults")
    return 1 if faults or total < 3 else 0


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    sys.exit(main())
