#!/usr/bin/env python3
"""The macros that hdrgen evaluates have the values that a compiled C program prints, and few are missing.

    macros_oracle.py --hdrgen BIN --clang CLANG [--bindgen BINDGEN] [--header H]... --flags FILE

For each header (one translation unit each) the object-like macros are listed by `clang -E -dM`, less those that clang
has of itself.  Which of them are constants is found by compiling a definition for each, on a line of its own, and taking
out the lines with errors; what is left is compiled into a program that prints name, signedness, size and value.  hdrgen's
JSON must hold the same value for each, and at least 95 % of them.  Both ways ask clang, but share no code and no form
of question.  Exit status 1 when a value differs or too many are missing.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

LEAST = 0.95
HEADERS = ["linux/sched.h", "uapi/linux/if_ether.h", "uapi/linux/in.h", "linux/fs.h", "linux/gfp.h"]
DEFINE = re.compile(r"^#define (\w+) (.*)$", re.M)
MAIN = r"""
#include <stdio.h>
struct row { const char *name; int kind, is_signed, size; unsigned long long value; const char *string; };
extern const struct row hdrgen_rows[]; extern const unsigned long hdrgen_row_count;
int main(void)
{
    for (unsigned long i = 0; i < hdrgen_row_count; i++) {
        const struct row *row = &hdrgen_rows[i];
        if (row->kind == 1) {
            printf("%s s", row->name);
            for (const char *at = row->string; *at; at++)
                printf("%02x", (unsigned char)*at);
            printf("\n");
        } else if (row->is_signed)
            printf("%s i %d %lld\n", row->name, row->size, (long long)row->value);
        else
            printf("%s u %d %llu\n", row->name, row->size, row->value);
    }
    return 0;
}
"""


def run(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, errors="surrogateescape", check=False,
                          **options)  # type: ignore[call-overload]


def object_macros(clang: str, flags: list[str], header: str) -> list[str]:
    """Names of macros without parameters and with a body, but for those that clang has without any header."""
    listed = run([clang, *flags, "-x", "c", "-E", "-dM", "-include", header, "/dev/null"])
    if listed.returncode != 0:
        sys.exit(f"{header}: {listed.stderr[:2000]}")
    target = [flag for flag in flags if flag.startswith("--target") or flag.startswith(("-m", "-f", "-std"))]
    own = set(DEFINE.findall(run([clang, *target, "-x", "c", "-E", "-dM", "/dev/null"]).stdout))
    given = {flag[2:].split("=")[0] for flag in flags if flag.startswith("-D")}
    return [name for name, body in DEFINE.findall(listed.stdout)
            if body.strip() and (name, body) not in own and name not in given]


def definitions(names: list[str], kind: int) -> list[str]:
    if kind == 0:  # % takes integers only, and a size no address that only the linker knows
        return [f"typedef char hdrgen_t_{name}[1 + ({name}) % 1]; "
                f"static const unsigned long long hdrgen_v_{name} = (unsigned long long)({name});" for name in names]
    return [f'static const char hdrgen_v_{name}[] = "" {name} ""; typedef char hdrgen_t_{name}[sizeof({name})];'
            for name in names]


def constants(clang: str, flags: list[str], header: str, names: list[str], kind: int) -> list[str]:
    """Those of the names whose definition compiles."""
    names = list(names)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "probe.c"
        for _ in range(30):
            lines = [f'#include "{header}"', *definitions(names, kind)]
            file.write_text("\n".join(lines) + "\n")
            result = run([clang, *flags, "-w", "-ferror-limit=0", "-fno-caret-diagnostics", "-fsyntax-only", str(file)])
            bad = {int(line) - 2 for line in re.findall(rf"^{re.escape(str(file))}:(\d+):\d+: (?:fatal )?error:",
                                                        result.stderr, re.M)}
            # An error within a macro's own text names the header first, and the line here in a note.
            bad |= {int(line) - 2 for line in re.findall(rf"^{re.escape(str(file))}:(\d+):\d+: note: expanded from",
                                                         result.stderr, re.M)} if result.returncode != 0 else set()
            if result.returncode == 0:
                return names
            names = [name for i, name in enumerate(names) if i not in bad]
    sys.exit(f"{header}: no end to errors")


def printed(clang: str, flags: list[str], header: str, integers: list[str], strings: list[str]) -> dict[str, str]:
    """What a program says, by name."""
    rows = [f'{{"{name}", 0, ((__typeof__({name}))-1) < 1, sizeof({name}), (unsigned long long)({name}), 0}},'
            for name in integers]
    rows += [f'{{"{name}", 1, 0, 0, 0, "" {name} ""}},' for name in strings]
    text = [f'#include "{header}"',
            "struct hdrgen_row { const char *name; int kind, is_signed, size; unsigned long long value; const char *string; };",
            "const struct hdrgen_row hdrgen_rows[] = {", *rows, "};",
            "const unsigned long hdrgen_row_count = sizeof hdrgen_rows / sizeof *hdrgen_rows;"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "rows.c").write_text("\n".join(text) + "\n")
        (path / "main.c").write_text(MAIN)
        for command in ([clang, *flags, "-w", "-O1", "-fno-pic", "-c", "rows.c"], [clang, "-O1", "-fno-pic", "-c", "main.c"],
                        [clang, "-no-pie", "rows.o", "main.o", "-o", "show"]):
            made = run(command, cwd=folder)
            if made.returncode != 0:
                sys.exit(f"{header}: {' '.join(command[-4:])}: {made.stderr[:3000]}")
        return dict(line.split(" ", 1) for line in run([str(path / "show")]).stdout.splitlines())


def as_printed(macro: dict[str, object]) -> str:
    if macro["kind"] == "string":
        return "s" + str(macro["value"]).encode("utf-8", "surrogateescape").hex()
    return f"{'i' if macro['signed'] else 'u'} {macro['size']} {macro['value']}"


def hdrgen_macros(hdrgen: str, flags: list[str], header: str) -> dict[str, str]:
    made = run([hdrgen, "--header", header, "--macros", "*", "-e", "json", "-q", "typedef u32", "--", *flags])
    if made.returncode != 0:
        sys.exit(f"{header}: {made.stderr[:2000]}")
    return {macro["name"]: as_printed(macro) for macro in json.loads(made.stdout)["macros"]}


def bindgen_names(bindgen: str, flags: list[str], header: str, folder: str) -> set[str] | None:
    wrapper = Path(folder) / "wrapper.h"
    wrapper.write_text(f'#include "{header}"\n')
    made = run([bindgen, str(wrapper), "--no-layout-tests", "--no-derive-debug", "--allowlist-var", ".*", "--blocklist-type",
                ".*", "--", *flags])
    return set(re.findall(r"pub const (\w+) *:", made.stdout)) if made.returncode == 0 else None


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--clang", required=True)
    parser.add_argument("--bindgen")
    parser.add_argument("--header", action="append")
    parser.add_argument("--flags", required=True, help="a file with clang's flags, one a line")
    options = parser.parse_args()
    flags = Path(options.flags).read_text().splitlines()
    failed = False
    for header in options.header or HEADERS:
        names = object_macros(options.clang, flags, header)
        integers = constants(options.clang, flags, header, names, 0)
        strings = constants(options.clang, flags, header, [name for name in names if name not in set(integers)], 1)
        expected = printed(options.clang, flags, header, integers, strings)
        found = hdrgen_macros(options.hdrgen, flags, header)
        same = [name for name in expected if found.get(name) == expected[name]]
        wrong = [name for name in expected if name in found and found[name] != expected[name]]
        missing = [name for name in expected if name not in found]
        more = sorted(set(found) - set(expected))
        share = len(same) / max(1, len(expected))
        print(f"{header}: {len(names)} object-like macros, {len(expected)} constants for a program "
              f"({len(strings)} strings); hdrgen has {len(same)} with the same value ({100 * share:.2f} %), {len(wrong)} with "
              f"another, {len(missing)} missing, {len(more)} more")
        for name in wrong[:20]:
            print(f"  WRONG {name}: {found[name]} for {expected[name]}")
        for title, group in (("missing", missing), ("more", more)):
            if group:
                print(f"  {title}: {' '.join(group[:30])}")
        if options.bindgen:
            with tempfile.TemporaryDirectory() as folder:
                theirs = bindgen_names(options.bindgen, flags, header, folder)
            count = "fails" if theirs is None else f"has {len(theirs & set(expected))} of them"
            print(f"  bindgen {count}")
        failed |= bool(wrong) or share < LEAST or len(expected) < 20
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
