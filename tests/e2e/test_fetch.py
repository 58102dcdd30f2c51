#!/usr/bin/env python3
"""What the scripts that fetch Debian's kernels say of a version, or a suite, that no mirror has any more.

apt-get and apt-cache are stand-ins: they know a kernel, as a list that was read a moment ago does, and its download fails.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(os.environ["HDRGEN_FIXTURES"])
KERNELS = """#!/bin/sh
for word; do name=$word; done
case $1 in
pkgnames) exit 0 ;;
esac
case ${name%%=*} in
linux-headers-arm64) echo "Depends: linux-headers-9.9.0-1-arm64 (= 9.9.9-1)" ;;
linux-headers-9.9.0-1-arm64) printf 'Version: 9.9.9-1\nDepends: linux-headers-9.9.0-1-common (= 9.9.9-1)\n' ;;
esac
"""
NONE = "#!/bin/sh\nexit 0\n"
APT_GET = """#!/bin/sh
case "$*" in
*download*) echo "E: Failed to fetch: 404 Not Found" >&2; exit 100 ;;
esac
"""
ADVICE = "a version that Debian has replaced is in its snapshot archive alone"


class Fetch(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = Path(holder.name)

    def put_tool(self, name: str, text: str) -> None:
        path = self.dir / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def refused(self, script: str, *arguments: str) -> str:
        environment = {**os.environ, "PATH": f"{self.dir}/bin:{os.environ['PATH']}", "HDRGEN_KERNEL_CACHE": str(self.dir / "cache")}
        run = subprocess.run(["bash", SCRIPTS / script, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=60, check=False)
        self.assertEqual((run.returncode, run.stdout), (2, ""), run.stderr)
        text = run.stderr.splitlines()[-1]
        self.assertIn(f"{script}: error: ", text)
        self.assertNotRegex(text, r"://|\.org")
        return text

    def test_a_version_that_is_gone(self) -> None:
        self.put_tool("apt-get", APT_GET)
        self.put_tool("apt-cache", KERNELS)
        text = self.refused("get-debian-kernel.sh", "--mirror", "file:///nowhere", "arm64")
        self.assertIn("download of linux-headers-9.9.0-1-arm64=9.9.9-1 failed", text)
        for part in (ADVICE, "--mirror URL", "another SUITE", f"remove {self.dir}/cache/bookworm-arm64-arm64 to start afresh"):
            self.assertIn(part, text)

    def test_an_image_that_is_gone(self) -> None:
        """Headers were fetched before; the suite has moved on."""
        self.put_tool("apt-get", APT_GET)
        self.put_tool("apt-cache", KERNELS)
        headers = self.dir / "cache/bookworm-arm64-arm64/headers"
        headers.mkdir(parents=True)
        (headers / "kernel").write_text("9.8.0-1-arm64\n9.8.1-1\nlinux-headers-9.8.0-1-common\n")
        text = self.refused("get-debian-kernel.sh", "--mirror", "file:///nowhere", "arm64")
        for part in ("no image of 9.8.0-1-arm64 9.8.1-1 (any more)", "to start afresh", "--no-image", ADVICE):
            self.assertIn(part, text)

    def test_a_suite_that_is_gone(self) -> None:
        self.put_tool("apt-get", APT_GET)
        self.put_tool("apt-cache", NONE)
        text = self.refused("get-debian-kernel.sh", "--mirror", "file:///nowhere", "arm64", "wheezy")
        for part in ("no kernel for arm64 in wheezy", "archive of old releases", "--mirror URL", "another SUITE"):
            self.assertIn(part, text)


if __name__ == "__main__":
    unittest.main()
