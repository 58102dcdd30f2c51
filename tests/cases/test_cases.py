"""Small headers with the output they must give, byte for byte.

`<format>/<name>.h` begins with a line `// hdrgen: ARGUMENTS`; beside it is what hdrgen must print, as
`<name>` with the format's suffix.  The expectations are written by people's hands or checked by their
eyes: nothing here rewrites them.
"""

from __future__ import annotations

import difflib
import os
import shlex
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SUFFIXES = {"rust": ".rs", "c": ".c.h", "json": ".json", "show": ".txt", "list": ".list"}

COMMANDS = ("show", "list")


def difference(case: Path, expected: Path) -> str:
    """Empty when the case gives what is expected."""
    first = case.read_text().splitlines()[0]
    if not first.startswith("// hdrgen: "):
        return f"{case}: the first line must be `// hdrgen: ARGUMENTS`"
    arguments = shlex.split(first.removeprefix("// hdrgen: "))
    command = [case.parent.name] if case.parent.name in COMMANDS else ["--emit", case.parent.name]
    run = subprocess.run([os.environ["HDRGEN"], *command, "--header", case.name, *arguments],
                         cwd=case.parent, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        return f"{case}: exit status {run.returncode}\n{run.stderr}"
    return "".join(difflib.unified_diff(expected.read_text().splitlines(True),
                                        run.stdout.splitlines(True), str(expected), "hdrgen"))


def main() -> int:
    passed = failed = 0
    for folder in sorted(path for path in HERE.iterdir() if path.name in SUFFIXES):
        for case in sorted(folder.glob("*.h")):
            if case.name.endswith(".c.h"):
                continue
            expected = case.with_name(case.stem + SUFFIXES[folder.name])
            text = difference(case, expected) if expected.exists() else f"{expected} is missing"
            print(text, end="")
            failed += bool(text)
            passed += not text
    print(f"\n{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
