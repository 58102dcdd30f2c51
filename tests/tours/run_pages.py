#!/usr/bin/env python3
"""Is every command line of the documentation run, and does it work?

    run_pages.py --hdrgen BIN --source DIR [--build DIR] [PAGE...]

Runs the command lines (page.py) of README.md, CONTRIBUTING.md, docs/*.md and docs/recipes/**/README.md, each page in a directory of
its own that holds small inputs with the names that the pages use (stand_ins.py).  What a page shows below a command has to be
what it prints, `...` standing for anything, as in tours (run_tour.py).  not_run.txt (not_run.py) lists the command lines that are not
run here, and why; one that is on no page any more is an error, and so is a test named there that ctest does not have, or that
does not have the line.

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
from pathlib import Path

from not_run import Exempt, faults_of_tests, read_exempt, tests_of_build
from page import steps_of_page
from run_tour import Step, make_environment, pattern_of, run_steps, text_of
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
        text = text_of(output)
        is_same = not step.expected or step.command in exempt.outputs or re.fullmatch(pattern_of(step.expected), text.expandtabs())
        if not is_good(step, status):
            faults.append(f"{name}:{step.line}: $ {step.command}\nrun as: {as_run(step.command)}\nexit status {status}; it printed\n{text[-2000:]}")
        elif not is_same:
            faults.append(f"{name}:{step.line}: $ {step.command}\nit printed\n{text}\nthe page says\n{shown}")
    return count, faults


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
    faults = faults_of_tests(exempt, tests_of_build(options.build)) if options.build else []
    faults += untested_tours(options.source)
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
