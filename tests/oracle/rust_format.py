"""rustfmt leaves hdrgen's Rust as it is: `rustfmt --check` is the judge.

    rust_format.py --hdrgen BIN tests/cases/rust

Looked at are the files of tests/cases/rust, which are what hdrgen prints (test `cases`): each by itself, and as modules of
a crate, where `cargo fmt` meets them. That the judge judges is seen by the same files without the attribute that
makes rustfmt skip the module.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

SKIP = "#[rustfmt::skip]\n"


def is_clean(path: Path) -> bool:
    run = subprocess.run(["rustfmt", "--check", "--edition", "2021", str(path)], capture_output=True, text=True,
                         check=False)
    if "error" in run.stderr:
        sys.exit(f"{path}: {run.stderr}")
    return run.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("cases", type=Path)
    options = parser.parse_args()
    files = {path.stem: path.read_text() for path in sorted(options.cases.glob("*.rs"))}
    files["named"] = subprocess.run([options.hdrgen, "--emit", "rust", "--module", "kernel", "--header", "anonymous.h"],
                                    cwd=options.cases, capture_output=True, text=True, check=True).stdout
    wrong = noticed = 0
    with tempfile.TemporaryDirectory() as folder:
        crate = Path(folder, "lib.rs")
        for name, text in files.items():
            path = Path(folder, f"{name}.rs")
            path.write_text(text.replace(SKIP, ""))
            noticed += not is_clean(path)
            path.write_text(text)
            if text.count(SKIP) != 1 or not is_clean(path):
                print(f"WRONG {name}: rustfmt would change it")
                wrong += 1
        crate.write_text("".join(f"mod {name};\n" for name in sorted(files)))
        if not is_clean(crate):
            print("WRONG: rustfmt would change a module of a crate")
            wrong += 1
    print(f"{len(files)} files, {wrong} that rustfmt would change; without the attribute it would change {noticed}")
    return 1 if wrong or noticed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
