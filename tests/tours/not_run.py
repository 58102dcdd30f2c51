"""not_run.txt: the command lines that run_pages.py does not run, and who runs them.

    [PAGE]                        a page
    # REASON                      of the lines that follow, a command each
    # REASON; run by TEST         the same; TEST is a test of ctest, and has these lines
    # ...; run by TEST ("TEXT")   TEST has TEXT: for lines of which it runs the like
    output: COMMAND               the command is run, and only its output is not compared

So that a page and its test cannot drift apart, a test that is named must have the lines: it is run_lines.py, which takes them from
here; or one of the files that it is called with names the page, or has the command, as a line or as a list of words.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

RUN_BY = re.compile(r'run by ([\w.]+)(?: \("(.+)"\))?$')
CONFIGURATIONS = ((), ("-C", "kernels"), ("-C", "machines"))


@dataclass
class Exempt:
    """What not_run.txt says of a page: commands that are not run, and commands whose output is not compared."""
    commands: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)


def read_exempt(text: str) -> dict[str, Exempt]:
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


def lines_of_test(pages: dict[str, Exempt], test: str) -> dict[str, list[str]]:
    """The commands that not_run.txt leaves to a test, by page."""
    found = {page: [command for command, reason in exempt.commands.items() if reason.endswith(f"run by {test}")]
             for page, exempt in pages.items()}
    return {page: commands for page, commands in found.items() if commands}


def tests_of_build(build: Path) -> dict[str, list[str]]:
    """Every test's command."""
    found: dict[str, list[str]] = {}
    for options in CONFIGURATIONS:
        text = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1", *options], capture_output=True, text=True, check=True).stdout
        found |= {test["name"]: test.get("command", []) for test in json.loads(text)["tests"]}
    return found


def has_line(command: list[str], page: str, line: str, text: str | None) -> bool:
    """Whether the files of a test's command have the line, or `text` in its place."""
    if any(word.endswith("run_lines.py") for word in command):
        return text is None
    if text is None and any(word.endswith(f"/{page}") for word in command):
        return True
    files = [path for word in command if (path := Path(word)).suffix in (".py", ".sh") and path.is_file()]
    sources = "\n".join(path.read_text() for path in files)
    if text is not None:
        return text in sources
    return page in sources or line in sources or ", ".join(f'"{word}"' for word in line.split()) in sources


def faults_of_tests(pages: dict[str, Exempt], tests: dict[str, list[str]]) -> list[str]:
    """Reasons `run by TEST`, of tests that there are none, or that do not have the line."""
    faults = []
    for page, exempt in sorted(pages.items()):
        for line, reason in sorted({**exempt.commands, **exempt.outputs}.items()):
            match = RUN_BY.search(reason)
            if match is None:
                if "run by" in reason:
                    faults.append(f"not_run.txt: `{reason}` does not end with `run by TEST`")
            elif match[1] not in tests:
                faults.append(f"not_run.txt names a test that there is not: {match[1]}")
            elif not has_line(tests[match[1]], page, line, match[2]):
                faults.append(f"not_run.txt: {match[1]} does not have {match[2] or line} of {page}")
    return faults
