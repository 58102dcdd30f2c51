#!/usr/bin/env python3
"""hdrgen's reader against the kernel's, on the kernel's own raw BTF cases.

    compare.py [--hdrgen BIN] [--selftests DIR] [--cc CC] [--keep DIR]

prog_tests/btf.c of the kernel's BPF self-tests has an array of BTF blobs, good and malformed, each with whether the kernel refuses to
load it. They are cut out of that file and assembled when this runs (cases.c), and given to `hdrgen --btf BLOB -e json` and to `list`.

* Neither may crash, take 10 seconds, or exit with anything but 0 and 2. Best with a build that has the sanitizers.
* What the kernel refuses must be refused, with a message that says where: a type, the header, the strings, the size of the file.
* What the kernel accepts must be accepted.
* Both commands must agree with each other.

Where hdrgen means to differ, EXCEPTIONS says why. An exception that no longer differs, or names no case, is wrong too, so that
the list stays true. As root the running kernel is asked as well (BPF_BTF_LOAD); that is only printed, since the cases belong to
another version. Maps and programs that the kernel makes of a BTF are not looked at. Without --selftests,
../core_selftests/get-selftests.sh says where they are.

Exit status: 0 all right, 1 something is wrong or there were no cases, 2 no test could be made.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from btf_oracle import can_load, load_into_kernel  # noqa: E402

WORKERS = 2
SECONDS = 10
FETCH = HERE.parent / "core_selftests" / "get-selftests.sh"
CUT_END = "static int load_raw_btf("  # the first line after the code that assembles a blob
SANITIZER = re.compile(r"ERROR: \w*Sanitizer|runtime error:")
PLACE = re.compile(r"\btype \d+|\bheader\b|\bsections?\b|\bstrings?\b")
NOTHING_NAMED = "there is no type with a name in what was read"  # all types were read, and none can be asked for

EXCEPTIONS: dict[str, str] = {
    # The kernel refuses, hdrgen accepts.
    "global data test #4, unsupported linkage": "extern variables are in BPF objects, for libbpf to prepare",
    "empty type section": "it can be read; that it has nothing to offer is what the command says, with exit status 2",
    "func (Some arg has no name)": "clang writes extern functions so when their declaration names no parameters",
    "func (Non zero vlen)": "2 is the linkage of extern functions, which are in BPF objects for libbpf to prepare",
    "float test #5, member is not properly aligned": "C allows a packed float",
    "decl_tag test #8, invalid kflag": "kernels accept it since 6.15: the tag is an attribute",
    # The kernel accepts, hdrgen refuses.
    "enum64 test #2, signed, size 4": "its value 4294967295 is not one of a signed enum of 4 bytes",
}


class SetupError(Exception):
    """No test could be made; the text is for the user."""


@dataclass
class Case:
    """One blob, and what the kernel's self-test says of it."""

    name: str
    refused: bool
    words: str
    path: Path


@dataclass
class Answer:
    """What hdrgen did with a case: refused, or accepted; faults are wrong in any case."""

    refused: bool
    message: str
    faults: list[str]


# --- the cases ---


def find_selftests() -> Path:
    result = subprocess.run([str(FETCH)], stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode != 0:
        raise SetupError(f"{FETCH.name} failed")
    words = dict(word.split("=", 1) for word in shlex.split(result.stdout))
    return Path(words["selftests"])


def cut(source: Path) -> str:
    """What lies between the last #include and the first function that talks to the kernel."""
    lines = source.read_text().splitlines(keepends=True)
    ends = [number for number, line in enumerate(lines) if line.startswith(CUT_END)]
    if not ends:
        raise SetupError(f"{source}: no '{CUT_END}': a file this test does not know")
    includes = [number for number, line in enumerate(lines[: ends[0]]) if line.startswith("#include")]
    if not includes:
        raise SetupError(f"{source}: no #include: a file this test does not know")
    return "".join(lines[includes[-1] + 1 : ends[0]])


def make_cases(selftests: Path, cc: str, directory: Path) -> list[Case]:
    (directory / "raw_tests.inc").write_text(cut(selftests / "prog_tests" / "btf.c"))
    program = directory / "cases"
    include = ["-I", str(directory), "-I", str(selftests)]
    command = [cc, "-std=gnu17", "-w", *include, str(HERE / "cases.c"), "-o", str(program)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode != 0:
        raise SetupError(f"{shlex.join(command)} failed:\n{built.stderr.strip()[:2000]}")
    ran = subprocess.run([str(program), str(directory)], capture_output=True, check=False)
    if ran.returncode != 0:
        raise SetupError(f"{program.name}: exit status {ran.returncode}: {ran.stderr.decode(errors='replace').strip()}")
    cases, seen = [], Counter[str]()
    for line in filter(None, ran.stdout.decode().split("\0\n")):
        number, name, outcome, words = line.split("\0")
        if outcome == "broken":
            raise SetupError(f"'{name}' could not be assembled")
        seen[name] += 1
        unique = name if seen[name] == 1 else f"{name} ({seen[name]})"
        cases.append(Case(unique, outcome == "refuse", words, directory / f"{number}.btf"))
    return cases


# --- hdrgen ---


def run_hdrgen(hdrgen: str, *arguments: str) -> tuple[int | None, str, str | None]:
    """Exit status (None: it hung), what it said, and what is wrong with that."""
    what = "list" if arguments[0] == "list" else "json"
    try:
        result = subprocess.run([hdrgen, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, "", f"{what}: no end after {SECONDS} seconds"
    except OSError as error:
        raise SetupError(f"{hdrgen}: {error}") from error
    message = result.stderr.decode(errors="replace").strip()
    if SANITIZER.search(message):
        return result.returncode, message, f"{what}: {message[:1500]}"
    if result.returncode not in (0, 2):
        return result.returncode, message, f"{what}: exit status {result.returncode}: {message[-500:]}"
    return result.returncode, message, None


def ask_hdrgen(hdrgen: str, case: Case) -> Answer:
    json_status, message, json_fault = run_hdrgen(hdrgen, "--btf", str(case.path), "-e", "json")
    list_status, _, list_fault = run_hdrgen(hdrgen, "list", "--btf", str(case.path))
    faults = [fault for fault in (json_fault, list_fault) if fault]
    if not faults and json_status != list_status:
        faults.append(f"json exits with {json_status}, list with {list_status}")
    errors = [line for line in message.splitlines() if "error:" in line]
    text = errors[0].replace(f"{case.path}: ", "") if errors else message
    return Answer(json_status == 2 and not text.endswith(NOTHING_NAMED), text, faults)


# --- comparing ---


def judge(case: Case, answer: Answer) -> tuple[str, str]:
    """Which count the case goes into, and why if that is `wrong`."""
    said = answer.message or "nothing"
    if answer.faults:
        return "wrong", "; ".join(answer.faults)
    if answer.refused and not PLACE.search(answer.message):
        return "wrong", f"the message does not say where: {said}"
    if case.refused == answer.refused:
        if case.name in EXCEPTIONS:
            return "wrong", "is in EXCEPTIONS, but hdrgen does as the kernel does"
        return ("refused by both" if case.refused else "accepted by both"), ""
    if case.name in EXCEPTIONS:
        return "exceptions", ""
    if case.refused:
        return "wrong", f"the kernel refuses it ({case.words or 'no words given'}), hdrgen accepts it"
    return "wrong", f"the kernel accepts it, hdrgen says: {said}"


def ask_kernel(cases: list[Case], answers: list[Answer]) -> None:
    reason = can_load()
    if reason:
        print(f"the running kernel was not asked: {reason}")
        return
    same, with_hdrgen, differing = 0, 0, []
    for case, answer in zip(cases, answers):
        said = load_into_kernel(case.path.read_bytes())
        if said and said.startswith("Operation not permitted"):
            print("the running kernel was not asked: it does not permit BPF_BTF_LOAD")
            return
        with_hdrgen += (said is not None) == answer.refused
        if (said is not None) == case.refused:
            same += 1
        else:
            differing.append(f"  {case.name}: {'refused: ' + said if said else 'accepted'}")
    print(f"the running kernel ({os.uname().release}): {same} of {len(cases)} as the cases say, {with_hdrgen} as hdrgen")
    print("".join(f"{line}\n" for line in differing), end="")


def compare(hdrgen: str, cases: list[Case]) -> int:
    with ThreadPoolExecutor(WORKERS) as pool:
        answers = list(pool.map(lambda case: ask_hdrgen(hdrgen, case), cases))
    counts, wrong = Counter[str](), []
    for case, answer in zip(cases, answers):
        count, why = judge(case, answer)
        counts[count] += 1
        if why:
            wrong.append(f"{case.name} ({case.path.name}): {why}")
    unknown = sorted(EXCEPTIONS.keys() - {case.name for case in cases})
    wrong += [f"{name}: is in EXCEPTIONS, but there is no such case" for name in unknown]
    ask_kernel(cases, answers)
    for name in EXCEPTIONS:
        print(f"exception: {name}: {EXCEPTIONS[name]}")
    for line in wrong:
        print(f"WRONG {line}")
    parts = [f"{counts[key]} {key}" for key in ("refused by both", "accepted by both", "exceptions")]
    print(f"{len(cases)} cases: {', '.join(parts)}, {len(wrong)} wrong")
    return 1 if wrong or not cases else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hdrgen", default=os.environ.get("HDRGEN", "hdrgen"), help="default: $HDRGEN, or hdrgen in the PATH")
    parser.add_argument("--selftests", type=Path, help="the kernel's tools/testing/selftests/bpf")
    parser.add_argument("--cc", default=os.environ.get("CC", "cc"), help="the C compiler (default: $CC, or cc)")
    parser.add_argument("--keep", type=Path, help="keep the blobs in this directory")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="hdrgen-btf-cases-") as temporary:
            directory = (options.keep or Path(temporary)).resolve()
            directory.mkdir(parents=True, exist_ok=True)
            cases = make_cases(options.selftests or find_selftests(), options.cc, directory)
            return compare(options.hdrgen, cases)
    except (SetupError, OSError) as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
