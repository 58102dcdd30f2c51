"""What is written: the same bytes each time, whole files, dependencies."""

import os
import stat
import unittest

from hdrgen import Case, mini_flags

TEXT = '#include "inner.h"\nstruct s { struct inner i; };\n'


class Output(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", TEXT)
        self.write("inner.h", "struct inner { int a; };\n")

    def test_same_input_same_bytes(self) -> None:
        flags = mini_flags("arm64")
        for emit in ["rust", "json"]:
            runs = {self.good("--header", "linux/sched.h", "-e", emit, "--pointers", "follow", "--",
                              *flags).out for _ in range(3)}
            self.assertEqual(len(runs), 1)
            self.assertGreater(len(runs.pop()), 10_000)

    def test_no_absolute_path_in_the_output(self) -> None:
        flags = mini_flags("arm64")
        for emit in ["rust", "json"]:
            out = self.good("--header", str(self.dir / "x.h"), "-e", emit, "--", *flags).out
            self.assertNotIn(str(self.dir).encode(), out)
            for flag in flags:
                if "/" in flag:
                    self.assertNotIn(flag.removeprefix("-I").encode(), out)

    def test_file_and_standard_output_agree(self) -> None:
        self.good("--header", "x.h", "s", "-o", "x.rs")
        self.assertEqual((self.dir / "x.rs").read_bytes(),
                         self.good("--header", "x.h", "s", "-o", "-").out)

    def test_permissions(self) -> None:
        self.good("--header", "x.h", "s", "-o", "x.rs", umask=0o027)
        self.assertEqual(stat.S_IMODE((self.dir / "x.rs").stat().st_mode), 0o640)
        (self.dir / "x.rs").chmod(0o600)
        self.good("--header", "x.h", "s", "-o", "x.rs")
        self.assertEqual(stat.S_IMODE((self.dir / "x.rs").stat().st_mode), 0o600)

    def test_symbolic_link_stays(self) -> None:
        (self.dir / "real.rs").write_text("old")
        (self.dir / "link.rs").symlink_to("real.rs")
        self.good("--header", "x.h", "s", "-o", "link.rs")
        self.assertTrue((self.dir / "link.rs").is_symlink())
        self.assertIn("pub struct s", (self.dir / "real.rs").read_text())

    def test_pipe(self) -> None:
        read, write = os.pipe()
        self.good("--header", "x.h", "s", "-o", f"/dev/fd/{write}", pass_fds=[write])
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            self.assertEqual(pipe.read(), self.good("--header", "x.h", "s").out)

    def test_depfile(self) -> None:
        self.write("a b/c$d.h", "struct odd { int a; };\n")
        self.good("--header", "x.h", "--header", "a b/c$d.h", "-o", "out.rs", "--depfile", "out.d")
        text = (self.dir / "out.d").read_text()
        rule, *rest = text.split("\n\n")
        self.assertEqual(rule, "out.rs: \\\n  x.h \\\n  inner.h \\\n  a\\ b/c$$d.h")
        self.assertEqual([line.strip() for line in rest], ["x.h:", "inner.h:", "a\\ b/c$$d.h:"])

    def test_quiet(self) -> None:
        self.write("w.h", "struct s { unknown_t a; }; struct t { int a; };\n")
        self.assertIn("warning", self.good("--header", "w.h", "t", "--keep-going").err)
        self.assertEqual(self.good("--header", "w.h", "t", "--keep-going", "-q").err, "")


if __name__ == "__main__":
    unittest.main()
