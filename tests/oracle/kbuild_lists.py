"""The list of a kernel's source files against make's own: files, modules and flags.

    kbuild_lists.py --kernel DIR --make-text FILE [--hdrgen HDRGEN] [-v]
    kbuild_lists.py --kernel DIR --make [--hdrgen HDRGEN] [-v]

--make runs `make -n -k vmlinux modules` in a copy of the object directory, for make -n makes directories.  The text is read
here by other means than hdrgen's: one regular expression for a compiler's line, one for a linker's.  What is compared: the
.c files that end up in vmlinux or in a module, which module, and of the options those that a declaration can notice, in order.

Exit status 1: a difference that is not among those that docs/sources.md explains.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Iterator

COMPILE = re.compile(r" -c -o (\S+\.o) (\S+\.[cS])(?=[\s;]|$)")
WORD = re.compile(r"""(?:[^\s'"\\]|'[^']*'|"(?:[^"\\]|\\.)*"|\\.)+""")
ARCHIVE = re.compile(r'printf "([^"]*%s) ?"\s*([^|;]*)\|\s*xargs \S*ar \S+ (\S+)')
PLAIN_ARCHIVE = re.compile(r"(?:^|[;\s])\S*ar (?:cDPrs?S?T|rcs?S?T?D?P?n?|cDPrST) +(\S+\.a)((?: [^\s;|]+)*)")
LINK = re.compile(r"(?:^|[;\s])\S*ld(?:\.lld|\.bfd)? ([^;|]*)")
MODULE = re.compile(r"""(?:printf '%s\\n'|echo) +([^|;]*?)(?:\| awk [^|]*?print\("([^"]*)"[^|;]*|;[^|]*?) > (\S+)\.mod(?=[;\s]|$)""")
COPY = re.compile(r"\S*objcopy [^;|]*?(\S+\.o) (\S+\.o)(?=[\s;]|$)")
VALUED = ("-include", "-isystem", "-iquote", "-idirafter", "-I", "-D", "-U")
# What differs on purpose: docs/sources.md says why.
EXPLAINED = re.compile(r"-mhard-float|-D ARM64_ASM_ARCH=|-isystem .*/lib/gcc")
DIALECT = re.compile(r"-(std=|f(no-)?short-wchar|f(un)?signed-(char|bitfields)|f(no-)?ms-|fplan9|fpack-struct|f(no-)?short-enums|"
                     r"fgnu89-inline|m(no-)?ms-bitfields|m(no-)?align-double|mlong-double|m(96|128)bit-long-double|"
                     r"m(16|32|64|x32)$|m(no-)?sse|m(no-)?avx|m(no-)?mmx|mgeneral-regs-only|mno-80387|msoft-float|mhard-float|m(no-)?altivec|m(no-)?vsx)")


def unquote(word: str) -> str:
    """A word of the shell without its quotes."""
    if "'" not in word and '"' not in word and "\\" not in word:
        return word
    out = []
    for part in re.findall(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^'"\\]+""", word):
        if part[0] == "'":
            out.append(part[1:-1])
        elif part[0] == '"':
            out.append(re.sub(r'\\([$`"\\])', r"\1", part[1:-1]))
        else:
            out.append(part[1:] if part[0] == "\\" else part)
    return "".join(out)


def noticed(words: list[str], directory: str, moves: dict[str, str]) -> list[str]:
    """The options that a declaration can notice, in one spelling; include directories absolute."""
    out = []
    at = 0
    while at < len(words):
        word = words[at]
        option = next((v for v in VALUED if word == v or (v in ("-I", "-D", "-U") and word.startswith(v) and not
                                                            word.startswith("-isystem"))), None)
        if option is not None:
            value = word[len(option):]
            if value == "":
                at += 1
                value = words[at] if at < len(words) else ""
            if option not in ("-D", "-U"):
                value = os.path.normpath(os.path.join(directory, value))
                for old, new in moves.items():
                    if value == old or value.startswith(old + "/"):
                        value = new + value[len(old):]
            out.append(f"{option} {value}")
        elif DIALECT.match(word):
            out.append(word)
        at += 1
    return out


class MakeText:
    """What the text of make -n says: compilers' lines, and what is linked from what."""

    def __init__(self, lines: Iterator[str], directory: str, moves: dict[str, str]) -> None:
        self.directory = directory
        self.moves = moves
        self.compiled: dict[str, tuple[str, list[str], list[str]]] = {}
        self.parts: dict[str, list[str]] = {}
        self.modules: dict[str, set[str]] = {}
        whole = ""
        for line in lines:
            if line.endswith("\\\n"):
                whole += line[:-2] + " "
                continue
            self.take(whole + line)
            whole = ""

    def take(self, line: str) -> None:
        line = line.split("; printf '%s\\n' 'cmd_")[0].split("; printf '%s\\n' 'savedcmd_")[0]
        if " -c -o " in line:
            self.take_compiled(line)
        if "ar " in line:
            self.take_archive(line)
        if ".mod" in line and (found := MODULE.search(line)):
            for word in found[1].split():
                if word.endswith(".o"):
                    name = os.path.basename(found[3]).replace("-", "_")
                    self.modules.setdefault(norm((found[2] or "") + word), set()).add(name)
        if " -r " in line:
            for link in LINK.finditer(line):
                words = link[1].split()
                if "-r" in words and "-o" in words[:-1]:
                    made = norm(words[words.index("-o") + 1])
                    self.parts.setdefault(made, []).extend(norm(w) for w in words if w.endswith(".o") and norm(w) != made)
        if "objcopy" in line:
            for copy in COPY.finditer(line):
                self.parts.setdefault(norm(copy[2]), []).append(norm(copy[1]))

    def take_compiled(self, line: str) -> None:
        found = COMPILE.search(line)
        if found is None or "-D__KERNEL__" not in line:
            return
        start = line.rfind("; ", 0, found.start())
        words = [unquote(w) for w in WORD.findall(line[start + 1 if start >= 0 else 0:found.start()])]
        name = norm(found[1])
        if os.path.basename(name).startswith(".tmp_"):
            name = os.path.join(os.path.dirname(name), os.path.basename(name)[5:])
        source = os.path.normpath(os.path.join(self.directory, found[2]))
        for old, new in self.moves.items():
            if source.startswith(old + "/"):
                source = new + source[len(old):]
        self.compiled.setdefault(name, (source, in_order(noticed(words, self.directory, self.moves)), words))

    def take_archive(self, line: str) -> None:
        found = ARCHIVE.search(line)
        if found is not None:
            self.parts[norm(found[3])] = [norm(found[1].replace("%s", w)) for w in found[2].split()]
            return
        for found in PLAIN_ARCHIVE.finditer(line):
            self.parts.setdefault(norm(found[1]), []).extend(norm(w) for w in found[2].split() if w.endswith((".o", ".a")))

    def linked(self, roots: list[str]) -> set[str]:
        """The objects that vmlinux is linked from."""
        todo, seen = list(roots), set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self.parts.get(name, []) if name not in self.compiled else []
        return seen


def in_order(options: list[str]) -> list[str]:
    """Include directories and files, whose order counts, as they are; then the rest, sorted, each once."""
    ordered = list(dict.fromkeys(option for option in options if option.startswith(VALUED)
                                 and not option.startswith(("-D ", "-U "))))
    ordered = [option for option in ordered if not EXPLAINED.match(option)]
    return ordered + sorted({option for option in options
                             if option not in ordered and not EXPLAINED.match(option)})


def norm(path: str) -> str:
    return os.path.normpath(path)


def expected(text: MakeText, roots: list[str]) -> dict[str, tuple[str, str, list[str]]]:
    """object -> source, module or "-", noticed options"""
    linked = text.linked(roots)
    out = {}
    for name, (source, options, words) in text.compiled.items():
        if not source.endswith(".c") or "-m16" in words:
            continue
        if name in linked:
            out[name] = (source, "-", options)
        elif "-DMODULE" in words:
            out[name] = (source, ":".join(sorted(text.modules.get(name, ["?"]))), options)
    return out


def roots_of(text: MakeText) -> list[str]:
    """What vmlinux is linked from: archives that no other holds, lib.a of lib/ and of the architecture, arm64's stub."""
    if "built-in.a" in text.parts:
        roots = ["built-in.a"]
    else:
        held = {part for parts in text.parts.values() for part in parts}
        roots = [name for name in text.parts if name.endswith("/built-in.a") and name not in held]
        roots += [name for name in text.compiled if re.fullmatch(r"arch/x86/kernel/(head(64|32)|ebda|platform-quirks)\.o", name)]
    roots += [name for name in text.parts if re.fullmatch(r"(arch/\w+/)?lib/lib\.a", name)]
    if any(name.startswith("arch/arm64/kernel/") for name in text.compiled):
        roots.append("drivers/firmware/efi/libstub/lib.a")
    return roots


def lines_of_make(directory: Path) -> Iterator[str]:
    with subprocess.Popen(["make", "-n", "-k", "-C", str(directory), "vmlinux", "modules"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, errors="replace") as make:
        assert make.stdout is not None
        yield from make.stdout


def found_by_hdrgen(hdrgen: str, kernel: str, more: list[str]) -> tuple[dict[str, tuple[str, str, list[str]]], set[str]]:
    """The same from hdrgen; and the objects whose source it says a build generates."""
    command = [hdrgen, "flags", "--kernel", kernel, "--sources", *more]
    listed = subprocess.run([*command, "-v"], capture_output=True, text=True, check=True)
    modules = {line.split("\t")[0]: line.split("\t")[1] for line in listed.stdout.splitlines()}
    generated = {line.split("note: ")[1] for line in listed.stderr.splitlines()
                 if line.endswith(".o") and "note: " in line}
    entries = json.loads(subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=True).stdout)
    out = {}
    for entry in entries:
        words = entry["arguments"][1:]
        out[entry["output"]] = (os.path.realpath(entry["file"]), modules[entry["output"]],
                                in_order(noticed(words, entry["directory"], {})))
    return out, generated


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--make-text")
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--hdrgen", default=os.environ.get("HDRGEN", "hdrgen"))
    parser.add_argument("--made-in", help="the object directory where make -n ran, if not --kernel")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()

    kernel = os.path.realpath(options.kernel)
    made_in = os.path.realpath(options.made_in or kernel)
    moves = {made_in: kernel} if made_in != kernel else {}
    if options.make:
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / "object"
            shutil.copytree(kernel, copy, symlinks=True)
            text = MakeText(lines_of_make(copy), str(copy), {str(copy): kernel})
    else:
        with open(options.make_text, errors="replace") as file:
            text = MakeText(iter(file), made_in, moves)
    want = {name: (os.path.realpath(source), module, flags)
            for name, (source, module, flags) in expected(text, roots_of(text)).items()}
    have, generated = found_by_hdrgen(options.hdrgen, kernel, [])

    missing = sorted(set(want) - set(have) - generated)
    extra = sorted(set(have) - set(want))
    sources = [name for name in want if name in have and want[name][0] != have[name][0]]
    modules = [name for name in want if name in have and want[name][1] != have[name][1]]
    kinds: Counter[str] = Counter()
    differing = 0
    examples: dict[str, str] = {}
    for name in want:
        if name not in have or want[name][2] == have[name][2]:
            continue
        differing += 1
        left, right = Counter(want[name][2]), Counter(have[name][2])
        lines = [f"make only: {w}" for w in (left - right)] + [f"hdrgen only: {w}" for w in (right - left)]
        for line in lines or ["order"]:
            kinds[line] += 1
            examples.setdefault(line, name)
    print(f"{len(want)} files by make ({sum(m == '-' for _, m, _ in want.values())} of vmlinux), {len(have)} by hdrgen, "
          f"{len(generated)} generated; missing {len(missing)}, extra {len(extra)}, other source {len(sources)}, "
          f"other module {len(modules)}, other flags {differing}")
    for title, names in (("missing", missing), ("extra", extra), ("other source", sources), ("other module", modules)):
        for name in names if options.v else names[:10]:
            print(f"  {title}: {name} {want.get(name, ('', '', []))[:2]} {have.get(name, ('', '', []))[:2]}")
    for line, count in kinds.most_common(None if options.v else 40):
        print(f"  {count} x {line}  ({examples[line]})")
    return 1 if missing or extra or sources or modules or differing else 0


if __name__ == "__main__":
    sys.exit(main())
