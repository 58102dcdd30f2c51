"""Running hdrgen in tests: one call, its exit status and what it said.

Every test gets an empty directory of its own as the current one.
"""

from __future__ import annotations

import atexit
import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

HDRGEN = os.environ["HDRGEN"]
FIXTURES = Path(os.environ["HDRGEN_FIXTURES"])
SECONDS = 60


def report_skip(result: unittest.TestResult, test: unittest.TestCase, reason: str) -> None:
    """A test that is skipped is no success that nobody sees: cmake/test.sh counts these lines."""
    print(f"SKIPPED: {test.id()}: {reason}", flush=True)
    add_skip(result, test, reason)


add_skip = unittest.TextTestResult.addSkip
unittest.TextTestResult.addSkip = report_skip  # type: ignore[method-assign]


@functools.lru_cache
def program_for_others() -> str:
    """The program where any user can run it: the build may be below a directory that is closed to others, as /root is."""
    folders = Path(HDRGEN).resolve().parents
    if all(folder.stat().st_mode & 0o005 == 0o005 for folder in folders):
        return HDRGEN
    holder = tempfile.TemporaryDirectory()
    atexit.register(holder.cleanup)
    Path(holder.name).chmod(0o755)
    return shutil.copy(HDRGEN, holder.name)


class Result:
    def __init__(self, process: subprocess.CompletedProcess[bytes]) -> None:
        self.status = process.returncode
        self.out = process.stdout
        # A slow machine has time for lines of progress; tests of these use held_up.
        self.err = re.sub(r"(?m)^hdrgen: note: working, \d+ s.*\n", "", process.stderr.decode(errors="replace"))


class Case(unittest.TestCase):
    """A test in an empty directory."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.dir = Path(holder.name).resolve()

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run_hdrgen(self, *arguments: str, typed: bytes = b"", **options: object) -> Result:
        """typed: what standard input holds."""
        program = program_for_others() if "user" in options else HDRGEN
        process = subprocess.run(
            [program, *arguments], cwd=self.dir, capture_output=True, timeout=SECONDS,
            input=typed, check=False, **options)  # type: ignore[call-overload]
        return Result(process)

    def other_user(self) -> dict[str, int]:
        """Root reads everything: there the run is another user's, so that permissions count."""
        self.dir.chmod(0o755)
        return {"user": 65534} if os.geteuid() == 0 else {}

    def held_up(self, seconds: float, *commands: list[str]) -> list[str]:
        """Standard errors of commands that are stopped for some seconds of their first, all at once."""
        processes = [subprocess.Popen([HDRGEN, *command], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE) for command in commands]
        time.sleep(0.4)
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        for process in processes:
            process.send_signal(signal.SIGCONT)
        return [process.communicate(timeout=120)[1].decode() for process in processes]

    def good(self, *arguments: str, **options: object) -> Result:
        result = self.run_hdrgen(*arguments, **options)
        self.assertEqual(result.status, 0, result.err)
        return result

    def refused(self, *arguments: str, says: str | list[str], **options: object) -> Result:
        """Exit status 2, nothing on standard output, an error that says all of `says`."""
        result = self.run_hdrgen(*arguments, **options)
        self.assertEqual(result.status, 2, f"status {result.status}\n{result.err}")
        self.assertEqual(result.out, b"")
        self.assertIn("error: ", result.err)
        for part in [says] if isinstance(says, str) else says:
            self.assertIn(part, result.err)
        return result


def mini_flags(arch: str) -> list[str]:
    text = subprocess.run(["bash", str(FIXTURES / "mini-flags.sh"), arch], capture_output=True,
                          check=True, text=True).stdout
    return text.splitlines()
