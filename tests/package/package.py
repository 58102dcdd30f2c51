"""What tests of the installed package share: an empty directory each, and an environment in which only the
installed hdrgen is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

PREFIX = Path(os.environ["HDRGEN_PREFIX"])
SOURCE = Path(os.environ["HDRGEN_SOURCE"])
RECIPES = SOURCE / "docs/recipes"
LIBDIR = next(path.parent for path in PREFIX.rglob("libhdrgen.so"))
SECONDS = 300


class Case(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = Path(holder.name).resolve()
        self.environment = {
            **os.environ,
            "PATH": f"{PREFIX}/bin:{os.environ['PATH']}",
            "PKG_CONFIG_PATH": f"{LIBDIR}/pkgconfig",
            "CMAKE_PREFIX_PATH": str(PREFIX),
            "LD_LIBRARY_PATH": str(LIBDIR),
            "CARGO_NET_OFFLINE": "true",
        }
        for name in ("CMAKE_C_COMPILER_LAUNCHER", "MAKEFLAGS", "MFLAGS"):
            self.environment.pop(name, None)

    def take(self, recipe: str) -> None:
        shutil.copytree(RECIPES / recipe, self.dir, dirs_exist_ok=True)

    def run_it(self, *command: str, status: int = 0) -> str:
        """Standard output and error of a command in the directory."""
        run = subprocess.run(command, cwd=self.dir, env=self.environment, stdin=subprocess.DEVNULL, timeout=SECONDS,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(run.returncode, status, f"{' '.join(command)}\n{run.stdout}")
        return run.stdout
