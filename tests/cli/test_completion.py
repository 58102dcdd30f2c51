"""Completion as bash, zsh and fish users meet it: the words typed, and what the shell offers."""

import os
import pty
import select
import subprocess
import time
import unittest
from pathlib import Path

from hdrgen import FIXTURES, HDRGEN, Case

SCRIPTS = Path(__file__).resolve().parents[2] / "src/cli/completion"
HEADER = "struct apple { int a; }; struct apricot { int b; }; union banana { int c; };\n"


class Shell(Case):
    """hdrgen is on PATH, and the current directory has a header."""

    def setUp(self) -> None:
        super().setUp()
        binaries = self.dir / "bin"
        binaries.mkdir()
        (binaries / "hdrgen").symlink_to(HDRGEN)
        self.environment = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}",
                            "HOME": str(self.dir), "TERM": "dumb"}
        self.write("fruit.h", HEADER)

    def words(self, *typed: str) -> list[str]:
        return [line.split("\t")[0] for line in
                self.good("__complete", *typed).out.decode().splitlines()]


class Words(Shell):
    """What hdrgen itself answers."""

    def test_commands(self) -> None:
        self.assertIn("show", self.words("sh"))
        self.assertNotIn("show", self.words("list", "--header", "fruit.h", "sh"))

    def test_options_of_the_command(self) -> None:
        self.assertEqual(self.words("--em"), ["--emit"])
        self.assertEqual(self.words("show", "--em"), [])
        self.assertIn("--depfile", self.words("--"))

    def test_values(self) -> None:
        self.assertEqual(self.words("--emit", "j"), ["json"])
        self.assertEqual(self.words("--emit=j"), ["--emit=json"])
        self.assertEqual(self.words("-e", "r"), ["rust"])
        self.assertEqual(self.words("--pointers", ""), ["opaque", "follow"])
        self.assertEqual(self.words("--btf", ""), [":files"])

    def test_formats_are_said_alike(self) -> None:
        """In completion, in the help, and by the table that the error lists."""
        words = self.words("--emit", "")
        self.refused("s", "--header", "fruit.h", "--emit", "x",
                     says=f"--emit x: the formats are {', '.join(words[:-1])} and {words[-1]}\n")
        self.assertIn(f"{', '.join(words)}; default", self.good("generate", "--help").out.decode())

    def test_architectures_are_those_of_kernel(self) -> None:
        kernel = ["--kernel", str(FIXTURES / "mini"), "--header", "linux/sched.h"]
        self.refused(*kernel, "--arch", "x", says=f"it knows {' '.join(self.words('--arch', ''))}\n")

    def test_types(self) -> None:
        self.assertEqual(self.words("show", "--header", "fruit.h", "ap"), ["apple", "apricot"])
        self.assertEqual(self.words("--header", "fruit.h", "apple", "b"), ["banana"])
        self.assertEqual(self.words("--header", "none.h", "ap"), [])
        self.assertEqual(self.words("--header", "fruit.h", "--help", "ba"), ["banana"])

    def test_headers_of_a_kernel(self) -> None:
        tree = ("--kernel", str(FIXTURES / "mini"), "--arch", "arm64")
        self.assertEqual(self.words(*tree, "--header", "linux/sch"), [":files", "linux/sched.h"])
        self.assertIn("asm/mmu.h", self.words("show", *tree, "--header", "asm/"))
        self.assertEqual(self.words(*tree, "--header", "linux/sched.h", "task_s"), ["task_struct"])
        self.assertEqual(self.words("show", *tree, "task_s"), ["task_struct"])

    def test_clang_arguments(self) -> None:
        self.assertEqual(self.words("--header", "fruit.h", "apple", "--", "-I"), [":files"])

    def test_nothing_typed(self) -> None:
        for typed in ([], [""], ["-"], ["--nonsense", ""], ["--emit=x=y"], ["=", "="]):
            self.assertEqual(self.run_hdrgen("__complete", *typed).status, 0)


class Bash(Shell):
    def offered(self, *words: str) -> list[str]:
        script = (f'source "{SCRIPTS}/hdrgen.bash"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                  '_hdrgen; printf "%s\\n" "${COMPREPLY[@]}"')
        out = subprocess.run(["bash", "-c", script, "bash", "hdrgen", *words], cwd=self.dir,
                             env=self.environment, capture_output=True, text=True, check=True)
        return out.stdout.split()

    def test_offers(self) -> None:
        self.assertIn("show", self.offered("sh"))
        self.assertEqual(self.offered("show", "--header", "fruit.h", "ap"), ["apple", "apricot"])
        self.assertEqual(self.offered("--emit", "=", "j"), ["json"])
        self.assertEqual(self.offered("--header", "fr"), ["fruit.h"])
        self.assertEqual(self.offered("--header", "=", "fr"), ["fruit.h"])


class Fish(Shell):
    def offered(self, line: str) -> list[str]:
        script = f'source "{SCRIPTS}/hdrgen.fish"; complete -C "{line}"'
        out = subprocess.run(["fish", "--no-config", "-c", script], cwd=self.dir, env=self.environment,
                             capture_output=True, text=True, check=True)
        return [one.split("\t")[0] for one in out.stdout.splitlines()]

    def test_offers(self) -> None:
        self.assertIn("show", self.offered("hdrgen sh"))
        self.assertEqual(self.offered("hdrgen show --header fruit.h ap"), ["apple", "apricot"])
        self.assertEqual(self.offered("hdrgen --emit=j"), ["--emit=json"])
        self.assertEqual(self.offered("hdrgen --header fr"), ["fruit.h"])


class Zsh(Shell):
    """zsh completes only where it reads lines itself, so it gets a terminal."""

    def typed(self, line: str, wanted: str) -> str:
        """What the terminal shows after the line and a tab, read until `wanted` is there."""
        functions = self.dir / "functions"
        functions.mkdir(exist_ok=True)
        if not (functions / "_hdrgen").exists():
            (functions / "_hdrgen").symlink_to(SCRIPTS / "hdrgen.zsh")
        self.write(".zshrc", f"fpath=('{functions}' $fpath)\nautoload -Uz compinit\ncompinit -u -D\n"
                             "PS1='ready> '\nunsetopt BEEP\n")
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.dir)
            os.execvpe("zsh", ["zsh", "-i"], {**self.environment, "ZDOTDIR": str(self.dir)})
        shown = ""
        try:
            shown += self.read_until(terminal, "ready> ")
            os.write(terminal, line.encode() + b"\t")
            shown = self.read_until(terminal, wanted)
        finally:
            os.close(terminal)
            os.waitpid(child, 0)
        return shown

    @staticmethod
    def read_until(terminal: int, wanted: str) -> str:
        shown = ""
        end = time.monotonic() + 30
        while wanted not in shown and time.monotonic() < end:
            if select.select([terminal], [], [], 1)[0]:
                shown += os.read(terminal, 4096).decode(errors="replace")
        return shown

    def test_offers(self) -> None:
        self.assertIn("apricot", self.typed("hdrgen show --header fruit.h apr", "apricot"))
        self.assertIn("--emit=json", self.typed("hdrgen --emit=j", "--emit=json"))
        self.assertIn("fruit.h", self.typed("hdrgen --header fru", "fruit.h"))


if __name__ == "__main__":
    unittest.main()
