"""The command lines on a page of the documentation.

    steps_of_page(text)       a Step for each, with the output that the page shows below a `$ ` line

Command lines are, in this order of the page:

* in indented blocks, and in fenced ones without a language or with `console`: lines that begin with `$ ` or `# `, with the lines
  below them as output; else lines whose first word is a program's name (PROGRAMS, a script of the clone, ./PROGRAM), and NAME=VALUE;
* in `code` within the text and in tables: `hdrgen` with arguments.  A command's name alone (`hdrgen link`) is a mention.
"""

from __future__ import annotations

import re

from run_tour import Step

PROGRAMS = frozenset("""aya-tool apk apt-get bash bindgen bpftool brew cargo cc cd clang cmake cp cpack ctest curl docker dpkg eval export for
                        gcc git hdrgen kubectl ln make meson mkdir modprobe mount nix pahole pip python3 rpm rustc scp sed sh sudo tar wget
                        xargs zcat""".split())
COMMANDS = ("generate", "show", "list", "check", "diff", "flags", "link", "help")


def is_command(line: str) -> bool:
    word = re.sub(r"^[({ ]+", "", line).split(" ")[0]
    script = r"(tests|kernel-header-fixtures|cmake)/[\w./-]+\.(sh|py)|\./\w+"
    return word in PROGRAMS or re.fullmatch(script, word) is not None or re.fullmatch(r"\w+=\S+", line.strip()) is not None


def steps_of_block(lines: list[tuple[int, str]]) -> list[Step]:
    has_prompt = any(re.match(r"\$ |# hdrgen ", line) for _, line in lines)
    steps: list[Step] = []
    is_continued = False
    for number, line in lines:
        if is_continued:
            steps[-1].command += "\n" + line.removeprefix("> ")
        elif has_prompt and re.match(r"\$ |# hdrgen ", line):
            steps.append(Step(number, command=line[2:]))
        elif has_prompt and steps:
            steps[-1].expected.append(line)
        elif is_command(line):
            steps.append(Step(number, command=line))
        else:
            continue
        is_continued = steps[-1].command.endswith("\\")
    for step in steps:
        step.command = re.sub(r"\s+# .*$", "", step.command)
        while step.expected and not step.expected[-1].strip():
            step.expected.pop()
    return steps


def steps_of_text(number: int, line: str) -> list[Step]:
    commands = [span.replace("\\|", "|") for span in re.findall(r"`(hdrgen [^`]*)`", line)]
    return [Step(number, command=command) for command in commands if command.split(" ", 1)[1] not in COMMANDS]


def steps_of_page(text: str) -> list[Step]:
    steps: list[Step] = []
    block: list[tuple[int, str]] = []
    fence: str | None = None
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if fence is None and (line.startswith("    ") or not line.strip() and block):
            block.append((number, line[4:]))
            continue
        if line.startswith("```"):
            if fence is not None and fence not in ("", "console", "text"):
                block = []
            fence = None if fence is not None else line[3:].strip()
        elif fence is not None:
            block.append((number, line))
            continue
        steps += steps_of_block(block)
        block = []
        if fence is None:
            steps += steps_of_text(number, line)
    return steps + steps_of_block(block)
