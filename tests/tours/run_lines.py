#!/usr/bin/env python3
"""Do the command lines of the documentation work that take minutes, root or whole kernels?

    run_lines.py --test TEST --hdrgen BIN --source DIR --work DIR [PAGE...]

Runs the lines that not_run.txt leaves to TEST (`run by TEST`), as the pages have them: in DIR/hdrgen, a copy of the clone, the lines
of one page in one bash, in the order of the page; `sh cmake/demo.sh` in the README builds there as it does for a reader.  places.py
has what is there before, and what has to be so after.  Not as for a reader: ctest runs few tests (FEW), and the rest of what it is
told; apt-get only simulates.

Exit status: 0 all is so, 1 something is not, 77 nothing could be run here; what could not is listed as SKIPPED.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from not_run import lines_of_test, read_exempt
from page import steps_of_page
from places import ISOLATED, PLACES, Place
from run_pages import is_good
from run_tour import Step, make_environment, pattern_of, run_steps, text_of

HERE = Path(__file__).resolve().parent
SECONDS = 3000
FEW = "^unit.btf_"
# What a page's lines find on the PATH before the system's own.
STAND_INS = {
    "ctest": 'case " $* " in *" -R "*) ;; *) set -- "$@" -R {few!r} ;; esac\nexec {tool} "$@"\n',
    "apt-get": 'exec {tool} --simulate -o Debug::NoLocking=true "$@"\n',
}


def copy_clone(source: Path, target: Path) -> None:
    """The files that git has, or all but build directories."""
    listed = subprocess.run(["git", "-C", source, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=False)
    if listed.returncode != 0:
        shutil.copytree(source, target, symlinks=True, ignore=lambda folder, names: [
            name for name in names if Path(folder) == source and (name == ".git" or name.startswith("build"))])
        return
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (source / name).is_symlink() or (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name, follow_symlinks=False)


def make_place(options: argparse.Namespace) -> dict[str, str]:
    """The copy of the clone, and the environment of its lines."""
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    environment = make_environment(options, options.work)
    (options.work / "hdrgen").unlink()
    copy_clone(options.source, options.work / "hdrgen")
    tools = options.work / ".tools"
    (tools / "BIN").symlink_to(options.hdrgen.resolve())
    for name, text in STAND_INS.items():
        if tool := shutil.which(name):
            (tools / name).write_text("#!/bin/sh\n" + text.format(tool=tool, few=FEW))
            (tools / name).chmod(0o755)
    home = options.work / "home"
    home.mkdir()
    more = {"HOME": str(home)}
    if shutil.which("ccache"):
        more |= {"CMAKE_C_COMPILER_LAUNCHER": "ccache", "CCACHE_DIR": os.environ.get("CCACHE_DIR", str(Path.home() / ".cache/ccache")),
                 "CCACHE_BASEDIR": str(options.work / "hdrgen"), "CCACHE_NOHASHDIR": "1"}
    # What ctest tells its tests is no reader's: with HDRGEN, cmake/demo.sh would build nothing.
    return {name: value for name, value in {**environment, **more}.items() if not name.startswith("HDRGEN") or name == "HDRGEN_KERNEL_CACHE"}


def is_true(condition: str, environment: dict[str, str]) -> bool:
    return subprocess.run(["bash", "-e", "-c", f"({condition}) >/dev/null 2>&1"], env=environment, check=False).returncode == 0


def missing_of(place: Place, command: str) -> str:
    return ", ".join(f"no {tool}" for tool in place.line_needs.get(command, ()) if shutil.which(tool) is None)


def run_page(name: str, steps: list[Step], place: Place, directory: Path, environment: dict[str, str]) -> list[str]:
    """What is wrong with the page's lines."""
    frame = [Step(0, command=place.before or "true"), *steps, Step(0, command=f"( set -e\n{place.after}\n)")]
    shell = (str(ISOLATED),) if place.is_isolated else ("bash",)
    faults = []
    for step, (status, output) in zip(frame, run_steps(frame, directory, environment, shell, SECONDS)):
        text = text_of(output)
        where = f"{name}:{step.line}: $ {step.command}" if step.line else f"{name}: places.py: {step.command}"
        if not is_good(step, status):
            faults.append(f"{where}\nexit status {status}; it printed\n{text[-4000:]}")
        elif place.output_is_compared and step.expected and not re.fullmatch(pattern_of(step.expected), text.expandtabs()):
            faults.append(f"{where}\nit printed\n{text}\nthe page says\n" + "\n".join(step.expected))
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--test", required=True, choices=sorted(PLACES))
    parser.add_argument("--hdrgen", required=True, type=Path)
    parser.add_argument("--source", required=True, type=Path)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("pages", nargs="*")
    options = parser.parse_args()
    places = PLACES[options.test]
    listed = lines_of_test(read_exempt((HERE / "not_run.txt").read_text()), options.test)
    faults = [f"{page}: in one of not_run.txt and places.py, not in both" for page in sorted(set(listed) ^ set(places))]
    print("\n".join(faults), end="\n" if faults else "")
    environment = make_place(options)
    count = skipped = 0
    for name in options.pages or [page for page in places if page in listed]:
        steps = [step for step in steps_of_page((options.source / name).read_text()) if step.command in listed[name]]
        lacks = [text for condition, text in places[name].needs.items() if not is_true(condition, environment)]
        gone = {step.command: missing for step in steps if (missing := ", ".join(lacks) or missing_of(places[name], step.command))}
        for command, missing in gone.items():
            print(f"SKIPPED: {options.test}: {name}: {command}: {missing}")
        runnable = [step for step in steps if step.command not in gone]
        skipped += len(steps) - len(runnable)
        start = time.monotonic()
        wrong = run_page(name, runnable, places[name], options.work / "hdrgen", environment) if runnable else []
        print(*wrong, f"{name}: {len(runnable)} command lines, {time.monotonic() - start:.0f} s, {len(wrong)} faults", sep="\n", flush=True)
        count, faults = count + len(runnable), faults + wrong
    print(f"{options.test}: {count} command lines run, {skipped} skipped; {len(faults)} faults")
    return 1 if faults else 0 if count else 77


if __name__ == "__main__":
    sys.exit(main())
