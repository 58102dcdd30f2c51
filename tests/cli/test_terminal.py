"""What a terminal gets: colours, and the seconds of what takes long."""

import os
import pty
import re
import subprocess
import unittest

from hdrgen import HDRGEN
from test_surface import PROGRAM, Compiled

ESCAPE = re.compile(rb"\x1b\[[0-9;]*[mK]")


class Terminal(Compiled):
    def on_terminal(self, *arguments: str, **environment: str) -> bytes:
        """What hdrgen writes where both of its outputs are a terminal."""
        master, slave = pty.openpty()
        kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
        process = subprocess.Popen([HDRGEN, *arguments], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                                   env={**kept, "TERM": "xterm", **environment})
        os.close(slave)
        out = b""
        try:
            while block := os.read(master, 65536):
                out += block
        except OSError:  # the other end is closed
            pass
        os.close(master)
        process.wait(timeout=60)
        return out.replace(b"\r\n", b"\n")

    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", "struct s { char a; int b; };\nstruct t { long a[9]; };\n")

    def test_show(self) -> None:
        plain = self.good("show", "s", "t", "--header", "x.h").out
        self.assertNotIn(b"\x1b", plain)
        colours = self.on_terminal("show", "s", "t", "--header", "x.h")
        self.assertEqual(ESCAPE.sub(b"", colours), plain)
        self.assertIn(b"\x1b[33m/* XXX 3 bytes hole */\x1b[0m", colours)
        self.assertIn(b"\x1b[1mstruct s \x1b[0m{", colours)

    def test_when(self) -> None:
        command = ["show", "s", "--header", "x.h"]
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn(b"\x1b", self.on_terminal(*command, **environment), environment)
        self.assertIn(b"\x1b", self.on_terminal(*command, NO_COLOR=""))
        self.assertIn(b"\x1b", self.on_terminal(*command, "--color", "always", NO_COLOR="1", TERM="dumb"))
        self.assertNotIn(b"\x1b", self.on_terminal(*command, "--color=never"))
        self.assertIn(b"\x1b", self.good(*command, "--color", "always").out)
        self.assertIn("\x1b[1;31merror", self.run_hdrgen("show", "none", "--header", "x.h", "--color=always").err)
        self.refused(*command, "--color", "maybe", says="--color maybe: say auto, always or never")
        self.refused(*command, "--color", "", says="'--color' cannot be empty")

    def test_files_and_data_have_none(self) -> None:
        self.good("show", "s", "--header", "x.h", "--color", "always", "-o", "s.txt")
        self.assertNotIn(b"\x1b", (self.dir / "s.txt").read_bytes())
        self.assertNotIn(b"\x1b", self.good("show", "s", "--header", "x.h", "--color", "always", "--format", "json").out)
        self.assertNotIn(b"\x1b", self.good("s", "--header", "x.h", "--color", "always").out)
        self.assertNotIn(b"\x1b", self.good("list", "--header", "x.h", "--color", "always").out)

    def test_check(self) -> None:
        kernel = self.kernel("kernel")
        program = self.compile("prog", PROGRAM + 'SEC("fentry/vfs_create") int on(u64 *c) { struct inode *i = (void *)c[0]; return i->i_ino; }\n'
                               'char _license[] SEC("license") = "GPL";\n')
        plain = self.run_hdrgen("check", program, "--btf", kernel)
        colours = self.run_hdrgen("check", program, "--btf", kernel, "--color", "always")
        self.assertEqual((plain.status, colours.status), (1, 1))
        self.assertEqual(ESCAPE.sub(b"", colours.out), plain.out)
        self.assertIn(b"\x1b[1mprog.o\x1b[0m", colours.out)
        self.assertIn(b"\x1b[31mmissing\x1b[0m", colours.out)
        self.assertIn(b"\x1b", self.on_terminal("check", program, "--btf", kernel))

    def slow_header(self, doublings: int = 23) -> str:
        """Its #if takes clang a second or two for 23 doublings."""
        lines = "".join(f"#define A{i + 1} A{i} + A{i}\n" for i in range(doublings))
        return f"#define A0 1 + 1\n{lines}#if A{doublings} > 1\nstruct s {{ int x; }};\n#endif\n"

    def test_seconds(self) -> None:
        """They are shown, and gone at the end."""
        self.write("slow.h", self.slow_header())
        out = self.on_terminal("show", "s", "--header", "slow.h")
        self.assertIn(b"working, 1 s", out)
        self.assertIn(b"struct s ", out.rsplit(b"\x1b[K", 1)[1])
        self.assertNotIn(b"working", self.on_terminal("show", "s", "--header", "slow.h", "--progress", "never"))

    def test_lines_in_a_pipe(self) -> None:
        """After 5 s, 10 s, 20 s and so on, and none before; -q and --progress never keep them away."""
        self.write("slow.h", self.slow_header(22))
        command = ["show", "s", "--header", "slow.h"]
        plain, quiet, never = self.held_up(10.5, command, [*command, "-q"], [*command, "--progress", "never"])
        self.assertRegex(plain, r"^hdrgen: note: working, 5 s\nhdrgen: note: working, 10 s\n(hdrgen: note: working, 20 s\n)?$")
        self.assertEqual((quiet, never), ("", ""))


if __name__ == "__main__":
    unittest.main()
