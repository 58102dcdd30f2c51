"""Manual pages of the library, from the comments of its headers.

    reference.py HEADERS OUTPUT

Of each header a page of section 3, hdrgen-model.3 of hdrgen/model.h: what the header's first comment says, then each
declaration after the comment that stands before it.  Of each function a page that is a link to it.  The order and the words
are the header's.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

FUNCTION = re.compile(r"\b(hg_\w+)\(")
# What is for the compiler, not for readers.
NOISE = re.compile(r"^(#.*(\\\n.*)*|HG_(BEGIN|END)_DECLARATIONS)$", re.M)


def words_of(comment: str) -> list[str]:
    """The lines of a comment without its frame."""
    lines = [re.sub(r"^ ?\* ?", "", line.rstrip()) for line in re.sub(r"^/\*+ ?|\s*\*+/$", "", comment).split("\n")]
    return lines if any(lines) else []


def roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def prose(lines: list[str]) -> str:
    """Paragraphs are filled; lines that are indented are shown as they are."""
    out, shown = [], False
    for line in lines:
        if line.startswith("    ") != shown and line:
            shown = not shown
            out.append(".nf" if shown else ".fi")
        out.append(roff(line) if line else ".sp")
    return "\n".join([*out, ".fi"] if shown else out)


def code(text: str) -> str:
    return ".nf\n" + "\n".join(roff(line) or "\\&" for line in text.rstrip().split("\n")) + "\n.fi"


def blocks_of(text: str) -> list[tuple[str, str]]:
    """A comment at the margin, and the declarations up to the next one."""
    parts = re.split(r"^(/\*.*?\*/)\n", text, flags=re.M | re.S)
    blocks = [("", parts[0])] + list(zip(parts[1::2], parts[2::2]))
    return [(comment, re.sub(r"\n{3,}", "\n\n", NOISE.sub("", declarations)).strip("\n")) for comment, declarations in blocks]


def page_of(header: Path) -> tuple[str, list[str]]:
    blocks = [block for block in blocks_of(header.read_text()) if block != ("", "")]
    title = f"hdrgen-{header.stem}"
    summary = " ".join(words_of(blocks[0][0])).strip().split(". ")[0].split(": ")[0].rstrip(".")
    out = [f'.TH {title.upper()} 3 "" "libhdrgen"', ".SH NAME", f"{title} \\- {roff(summary)}", ".SH SYNOPSIS",
           code(f"#include <hdrgen/{header.name}>\n\ncc ... $(pkg-config --cflags --libs hdrgen)"), ".SH DESCRIPTION",
           prose(words_of(blocks[0][0])), ".SH DECLARATIONS"]
    functions: list[str] = []
    for comment, declarations in [("", blocks[0][1]), *blocks[1:]]:
        if comment.startswith("/* ---"):
            out.append(f".SS {roff(words_of(comment)[0].strip('- '))}")
        elif comment:
            out += [".PP", prose(words_of(comment))]
        if declarations:
            out += [".PP", code(declarations)]
        plain = re.sub(r"/\*.*?\*/", "", declarations, flags=re.S)
        functions += [name for name in FUNCTION.findall(plain) if not re.search(rf"typedef [^;]*\b{name}\(", plain)]
    return "\n".join(out) + "\n", functions


def main() -> int:
    output = Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    for header in sorted(Path(sys.argv[1]).glob("*.h")):
        text, functions = page_of(header)
        (output / f"hdrgen-{header.stem}.3").write_text(text)
        for name in functions:
            (output / f"{name}.3").write_text(f".so man3/hdrgen-{header.stem}.3\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
