"""The boxes are what docs/architecture.md says: includes that break the picture do not compile.

boxes.py SOURCE BUILD

Two proofs.  Each box's exported view (BUILD/boxes/<box>) holds its own folder and nothing else; and a file
that includes what its box must not see is refused by the compiler with that box's own include path.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

# folder of a source file -> includes that must fail there
FORBIDDEN = {
    "src/base": ["model/build.h"],
    "src/model": ["clang-c/Index.h", "select/parts.h", "frontend/clang/reader.h"],
    "src/core": ["clang-c/Index.h", "frontend/btf/btf.h", "select/parts.h", "backend/btf/parts.h"],
    "src/load": ["clang-c/Index.h", "model/build.h", "core/object.h"],
    "src/symbols": ["clang-c/Index.h", "model/build.h"],
    "src/surface": ["clang-c/Index.h", "frontend/btf/btf.h", "select/parts.h", "load/load.h"],
    "src/select": ["clang-c/Index.h", "backend/rust/rust.h", "frontend/btf/btf.h"],
    "src/trim": ["clang-c/Index.h", "select/parts.h", "backend/rust/rust.h"],
    "src/backend/rust": ["clang-c/Index.h", "select/parts.h", "frontend/clang/reader.h", "backend/btf/parts.h"],
    "src/backend/json": ["clang-c/Index.h", "backend/rust/rust.h"],
    "src/backend/btf": ["clang-c/Index.h", "frontend/btf/btf.h"],
    "src/backend/c": ["clang-c/Index.h", "backend/rust/rust.h"],
    "src/backend/text": ["clang-c/Index.h", "backend/rust/rust.h", "select/parts.h"],
    "src/diff": ["clang-c/Index.h", "backend/rust/rust.h", "frontend/btf/btf.h"],
    "src/link": ["clang-c/Index.h", "backend/rust/rust.h", "select/parts.h", "load/load.h"],
    "src/remote": ["clang-c/Index.h", "frontend/btf/btf.h", "backend/rust/rust.h", "select/parts.h"],
    "src/tree": ["clang-c/Index.h", "frontend/clang/reader.h", "select/parts.h", "backend/btf/parts.h", "frontend/btf/btf.h"],
    "src/tree/kbuild": ["clang-c/Index.h", "model/build.h", "tree/kernel.h"],
    "src/frontend/clang": ["frontend/btf/btf.h", "backend/rust/rust.h"],
    "src/frontend/btf": ["clang-c/Index.h", "backend/btf/parts.h", "frontend/clang/reader.h"],
}


def compiles(command: list[str], include: str) -> bool:
    """Whether a file of one include line compiles with that box's options."""
    with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
        file.write(f'#include "{include}"\n')
        file.flush()
        options = [word for word in command[1:] if word.startswith(("-I", "-D", "-std"))]
        for i, word in enumerate(command):
            if word == "-isystem":
                options += ["-isystem", command[i + 1]]
        run = subprocess.run([command[0], "-fsyntax-only", *options, file.name],
                             capture_output=True, check=False)
        return run.returncode == 0


def main() -> int:
    source, build = Path(sys.argv[1]), Path(sys.argv[2])
    commands: dict[str, list[str]] = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        folder = str(Path(entry["file"]).parent.relative_to(source)) \
            if Path(entry["file"]).is_relative_to(source) else ""
        commands.setdefault(folder, shlex.split(entry["command"]))

    checks = wrong = 0
    for folder, includes in FORBIDDEN.items():
        if not compiles(commands[folder], "base/memory.h"):
            print(f"WRONG {folder}: cannot even see base/memory.h")
            wrong += 1
        for include in includes:
            checks += 1
            if compiles(commands[folder], include):
                print(f"WRONG {folder} can include {include}")
                wrong += 1
    for view in (build / "boxes").iterdir():
        links = [path for path in view.rglob("*") if path.is_symlink()]
        checks += 1
        if len(links) != 1:
            print(f"WRONG {view.name}: its view holds {len(links)} folders")
            wrong += 1
        elif f"src/{links[0].relative_to(view)}" not in FORBIDDEN:
            print(f"WRONG {view.name}: nothing here says what it must not include")
            wrong += 1
    outside = subprocess.run(["grep", "-rlE", "clang-c/|llvm-c/", str(source / "src"), "--include=*.[ch]"],
                             capture_output=True, text=True, check=False).stdout.split()
    for path in outside:
        if "frontend/clang/" not in path:
            print(f"WRONG {path} includes libclang")
            wrong += 1
    print(f"{checks} checks, {wrong} wrong")
    return 1 if wrong or checks < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
