"""hdrgen's Rust is as rustfmt leaves it: `rustfmt --check` is the judge.

    rust_format.py --hdrgen BIN tests/cases/rust

Looked at are the files of tests/cases/rust, which are what hdrgen prints (test `cases`), and headers made by chance, whose names are
of all lengths in every place that a name can have: each is written with one of OPTIONS. That the judge judges is
seen by a line of each that is put out of its place.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BASE = ("int", "unsigned long", "void *", "const char *", "unsigned char", "long long")
ATTRIBUTES = ("", "", "", "packed", "aligned(64)", "packed, aligned(4)")
RUNS = 24
LONGEST = 60  # and what is before and behind
OPTIONS = (
    (),
    ("--accessors", "probe-read"),
    ("--enum-style", "module", "--module", "kernel"),
    ("--enum-style", "newtype", "--accessors", "probe-read", "--probe-read-fn", "aya"),
    ("--enum-style", "rust", "--derive", "Default,PartialEq,Eq,Hash,PartialOrd,Ord"),
    ("--target", "i386-linux-gnu", "--accessors", "probe-read", "--probe-read-fn", "crate::read"),
    ("--target", "s390x-linux-gnu", "--ctypes-prefix", "aya_ebpf::cty"),
    ("--accessors", "core"),
    ("--enum-style", "newtype", "--accessors", "core", "--probe-read-fn", "aya"),
    ("--target", "i386-linux-gnu", "--derive", "PartialEq,Eq,Hash,PartialOrd,Ord", "--opaque-type", "rec_*"),
)


class Header:
    """A header by chance: `text`."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.types = list(BASE)
        lines = [f"struct {self.tag('struct', 'rec')};" for _ in range(6)]
        lines += [f"typedef {self.function()};" for _ in range(6)]
        lines += [f"enum {self.tag('enum', 'en')} {{ {', '.join(self.name('E') for _ in range(4))} }};" for _ in range(4)]
        lines += [self.record() for _ in range(10)]
        lines += [f"#define {self.name('N')} {self.random.randint(-10**9, 10**9)}" for _ in range(4)]
        lines += [f'#define {self.name("S")} "{"s" * self.random.randint(0, 30)}"' for _ in range(2)]
        self.text = "\n".join([*lines, ""])

    def name(self, begin: str) -> str:
        return f"{begin}_{'n' * self.random.randint(0, LONGEST)}{self.random.randint(0, 10**6)}"

    def tag(self, kind: str, begin: str) -> str:
        """The name of a type, which pointers may lead to from now on."""
        name = self.name(begin)
        self.types.append(f"{kind} {name} *" if kind == "struct" else f"{kind} {name}")
        return name

    def type(self) -> str:
        return self.random.choice(self.types)

    def function(self, depth: int = 0) -> str:
        """A pointer to a function; others may be among its parameters."""
        parameters = [self.function(depth + 1) if depth < 2 and self.random.random() < 0.2 else self.type()
                      for _ in range(self.random.randint(0, 5))]
        name = self.name("fn")
        return f"{self.type()} (*{name})({', '.join(parameters) or 'void'})"

    def member(self) -> str:
        kind = self.random.randrange(10)
        if kind < 3:
            return f"{self.type()} {self.name('m')};"
        if kind < 6:
            return f"{self.function()};"
        if kind < 7:
            return "".join(f"{base} {self.name('b')} : {self.random.randint(1, bits)};"
                           for base, bits in (("unsigned long long", 64), ("int", 32), ("unsigned short", 16)))
        if kind < 9:
            return (f"union {{ struct {{ {self.type()} {self.name('a')}; int {self.name('b')} : 5; _Bool {self.name('b')} : 1; "
                    f"{self.function()}; struct {{ int {self.name('z')}[0]; long {self.name('y')}; }}; }}; long {self.name('l')}; }};")
        return f"{self.type()} {self.name('array')}[{self.random.randint(1, 9)}];"

    def record(self) -> str:
        members = [f"int {self.name('first')};", *(self.member() for _ in range(self.random.randint(1, 7)))]
        if self.random.random() < 0.4:
            members.append(f"{self.type()} {self.name('flexible')}[];")
        attribute = self.random.choice(ATTRIBUTES)
        return f"struct {self.tag('struct', 'st')} {{ {' '.join(members)} }} {attribute and f'__attribute__(({attribute}))'};"


def find_rustfmt() -> str:
    """rustup has a rustfmt that only says how to install one."""
    for rustfmt in ("rustfmt", "/usr/bin/rustfmt"):
        if shutil.which(rustfmt) and subprocess.run([rustfmt, "--version"], capture_output=True).returncode == 0:
            return rustfmt
    sys.exit("rust_format.py: error: there is no rustfmt; cmake/install-packages.sh tests installs one")


def changes(rustfmt: str, text: str) -> str:
    """What rustfmt would change, or says; empty for nothing."""
    run = subprocess.run([rustfmt, "--edition", "2021", "--check", "--color", "never"], input=text, capture_output=True, text=True)
    return run.stdout + run.stderr or ("" if run.returncode == 0 else f"exit status {run.returncode}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--first", type=int, default=0, help="the first of the headers by chance")
    parser.add_argument("--runs", type=int, default=RUNS, help="how many of them")
    parser.add_argument("cases", type=Path, help="a directory of Rust files")
    options = parser.parse_args()
    rustfmt, hdrgen = find_rustfmt(), Path(options.hdrgen).resolve()
    texts = {path.name: path.read_text() for path in sorted(options.cases.glob("*.rs"))}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.first, options.first + options.runs):
            Path(folder, "long.h").write_text(Header(seed).text)
            words = OPTIONS[seed % len(OPTIONS)]
            run = subprocess.run([hdrgen, "-q", "--header", "long.h", "*", "--macros", "*", *words], cwd=folder,
                                 capture_output=True, text=True)
            texts[f"header {seed} {' '.join(words)}"] = run.stdout
            if run.returncode != 0:
                print(f"header {seed}: exit status {run.returncode}\n{run.stderr}")
                return 1
    wrong = 0
    for name, text in texts.items():
        if found := changes(rustfmt, text):
            wrong += 1
            print(f"WRONG {name}: rustfmt would change it:\n{found[:2000]}")
        if not changes(rustfmt, text.replace("\n    ", "\n   ", 1)):
            wrong += 1
            print(f"WRONG {name}: rustfmt does not see a line out of its place")
    print(f"{len(texts)} files, {sum(text.count(chr(10)) for text in texts.values())} lines, {wrong} wrong; {rustfmt}")
    return 0 if texts and wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
