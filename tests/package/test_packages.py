#!/usr/bin/env python3
"""cmake/install-packages.sh, with stand-ins for apt-get and its like: what it says meanwhile, and to whom is not root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/packages.md"
SOURCE = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).resolve().parents[2] / "cmake/install-packages.sh"
APT_GET = """#!/bin/sh
case "$1" in
install) echo "Get:1 somewhere json"; echo "Unpacking libjson-c-dev:amd64 (0.16) ..."; sleep $PAUSE; exit $STATUS ;;
esac
"""
APT_CACHE = """#!/bin/sh
case $1 in
pkgnames) echo libclang-19-dev ;;
show) echo "Package: $2" ;;
esac
"""


class Packages(unittest.TestCase):
    """On a PATH that has next to nothing, so that packages are missing."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = Path(holder.name)
        for tool in ("sh", "env", "sed", "sort", "awk", "head", "tail", "tr", "grep", "cat", "mktemp", "rm", "sleep", "dirname", "wc"):
            (self.dir / tool).symlink_to(shutil.which(tool) or tool)
        for name, text in (("apt-get", APT_GET), ("apt-cache", APT_CACHE), ("dpkg-query", "#!/bin/sh\nexit 1\n")):
            self.put(name, text)

    def put(self, name: str, text: str) -> None:
        (self.dir / name).write_text(text)
        (self.dir / name).chmod(0o755)

    def install(self, user: int, pause: int = 0, status: int = 0) -> subprocess.CompletedProcess[str]:
        self.put("id", f"#!/bin/sh\necho {user}\n")
        environment = {"PATH": str(self.dir), "PAUSE": str(pause), "STATUS": str(status), "TMPDIR": str(self.dir / "tmp")}
        (self.dir / "tmp").mkdir(exist_ok=True)
        run = subprocess.run([self.dir / "sh", SCRIPT, "build"], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=60, check=False)
        self.assertEqual(os.listdir(self.dir / "tmp"), [])
        return run

    def test_a_line_each_step(self) -> None:
        run = self.install(0, pause=11)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        lines = run.stdout.splitlines()
        self.assertEqual((len(lines), lines[0], lines[2]), (3, "   apt-get update", "   Unpacking libjson-c-dev, 10 s"))
        self.assertRegex(lines[1], r"^   apt-get install cmake pkg-config .*libjson-c-dev .*\(some minutes")

    def test_other_distributions(self) -> None:
        """What it names there is what docs/packages.md names, for each distribution."""
        for tool in ("apt-get", "apt-cache", "dpkg-query"):
            (self.dir / tool).unlink()
        run = self.install(0)
        self.assertEqual((run.returncode, run.stdout), (0, ""))
        named = {name: set(words.replace("\\", " ").split()[2:]) for name, words in
                 re.findall(r"^  (\w+): +((?:dnf|apk|pacman)(?:.*\\\n)*.*)$", run.stderr, re.M)}
        rows = [line.split("|")[1:-1] for line in PAGE.read_text().splitlines() if line.startswith("| ") and line.count("|") == 7]
        for column, name in enumerate(("Fedora", "Alpine", "Arch"), 3):
            self.assertEqual(rows[0][column].strip(), name)
            documented = {word for row in rows if "Python" not in row[0] for word in re.findall(r"`(.+?)`", row[column])}
            self.assertEqual(named[name], documented, name)

    def test_options(self) -> None:
        """docs/packages.md has every option of CMake but those of developers alone, with its default."""
        texts = "\n".join(path.read_text() for path in (SOURCE / "CMakeLists.txt", *sorted((SOURCE / "cmake").glob("*.cmake"))))
        options = re.findall(r'^(?:option\((HDRGEN_\w+) ".*" (ON|OFF)\)|set\((HDRGEN_\w+) "" CACHE STRING)', texts, re.M)
        self.assertGreater(len(options), 6)
        for name, default, word in options:
            if (name or word) in ("HDRGEN_SANITIZE", "HDRGEN_COVERAGE"):
                continue
            row = re.search(rf"^\| [^|]*`-D{name or word}=(\w+)`[^|]* \| ([^|]*) \|", PAGE.read_text(), re.M)
            self.assertIsNotNone(row, name or word)
            if default:
                self.assertTrue(row[2].startswith(f"`{default}`") and row[1] != default, name)

    def test_a_failure(self) -> None:
        run = self.install(0, status=100)
        self.assertEqual(run.returncode, 1)
        self.assertIn("Unpacking libjson-c-dev", run.stderr)
        self.assertIn("could not install cmake", run.stderr)

    def test_not_root(self) -> None:
        """Without sudo, and where sudo says no."""
        for sudo in ("", "#!/bin/sh\nexit 1\n"):
            if sudo:
                self.put("sudo", sudo)
            run = self.install(1000)
            self.assertEqual((run.returncode, run.stdout), (1, ""))
            self.assertEqual(run.stderr, "install-packages.sh: packages are missing, and only root can install them. As root, run this, then go on as "
                                         f"yourself:\ninstall-packages.sh:     sh {SCRIPT} build\n")
        self.put("sudo", '#!/bin/sh\n[ "$1" = -v ] || exec "$@"\n')
        run = self.install(1000)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("apt-get install cmake", run.stdout)


if __name__ == "__main__":
    unittest.main()
