"""What is written: the same bytes each time, whole files, dependencies."""

import os
import shutil
import stat
import subprocess
import unittest

from hdrgen import FIXTURES, Case, mini_flags

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

    def test_no_output_is_an_input(self) -> None:
        """Whatever is written, and whatever it is that is read; by another name, and through links, too."""
        self.good("--header", "x.h", "-o", "x.btf", "-e", "btf", "--target", "x86_64-linux-gnu")
        self.write("prog.c", "struct s { int a; } __attribute__((preserve_access_index));\n"
                             "int f(struct s *p) { return p->a; }\nchar l[] __attribute__((section(\"license\"))) = \"GPL\";\n")
        subprocess.run(["clang", "-target", "bpfel", "-g", "-O2", "-c", "prog.c", "-o", "prog.o"], cwd=self.dir, check=True)
        self.write("config", "CONFIG_BPF=y\n")
        self.write("symbols", "ffffffff81000000 T f\n")
        self.write("flags", "--header x.h\n")
        self.write("forced.h", "#define FORCED 1\n")
        cases = {
            "x.h": ["--header", "x.h"], "inner.h": ["--header", "x.h"], "flags": ["@flags"],
            "forced.h": ["--header", "x.h", "-include", "forced.h"],
            "x.btf": ["--btf", "x.btf"], "prog.o": ["--btf", "x.btf", "--for", "prog.o"],
            "symbols": ["check", "prog.o", "--btf", "x.btf", "--functions", "symbols"],
            "config": ["check", "prog.o", "--btf", "x.btf", "--config", "config"],
        }
        for name, command in cases.items():
            before = (self.dir / name).read_bytes()
            os.link(self.dir / name, self.dir / "hard")
            os.symlink(name, self.dir / "soft")
            for other in ("./" + name, "hard", "soft"):
                outputs = [["-o", other], ["-o", "fresh", "--depfile", other]]
                for output in outputs:
                    emit = [] if command[0] == "check" else ["-e", "btf" if "--for" in command else "c"]
                    with self.subTest(name=name, output=output):
                        self.refused(*command, *emit, *output, says="is one of the files that were read")
                        self.assertEqual((self.dir / name).read_bytes(), before)
                        self.assertFalse((self.dir / "fresh").exists())
            (self.dir / "hard").unlink()
            (self.dir / "soft").unlink()
        self.refused("--header", "x.h", "-o", "o.rs", "--depfile", "./o.rs", says="-o and --depfile are one file")
        self.refused("diff", "--btf", "x.btf", "--header", "x.h", "-o", "x.btf", "--format", "text", says="were read")
        self.refused("list", "--btf", "x.btf", "-o", "x.btf", "--format", "text", says="were read")
        self.refused("show", "--btf", "x.btf", "s", "-o", "x.btf", "--format", "text", says="were read")
        self.good("--header", "x.h", "-o", "/dev/null", "-e", "c", "-include", "/dev/null")

    def test_no_output_is_a_file_of_the_tree(self) -> None:
        tree = self.dir / "mini"
        shutil.copytree(FIXTURES / "mini", tree)
        for name in ("include/config/auto.conf", "include/generated/autoconf.h"):
            found = [path for path in tree.rglob(name)]
            for path in found:
                before = path.read_bytes()
                self.refused("--kernel", "mini", "--arch", "x86", "task_struct", "-e", "c", "-o", str(path), says="were read")
                self.assertEqual(path.read_bytes(), before)

    def test_options_of_a_kernel_build(self) -> None:
        """A command line of kbuild's can be pasted: what clang cannot have, and no layout hangs on, is left out and named."""
        plain = self.good("--header", "x.h", "-e", "json").out
        out = self.good("--header", "x.h", "-e", "json", "--", "-Wp,-MMD,kernel/.fork.o.d", "-MD", "-MF", "f", "-MTx", "-fconserve-stack",
                        "-mindirect-branch=thunk-extern", "-mindirect-branch-register", "-fno-allow-store-data-races", "-mrecord-mcount",
                        "-fno-ipa-cp-clone", "-mpreferred-stack-boundary=3", "--param=allow-store-data-races=0")
        self.assertEqual(out.out, plain)
        self.assertIn("note: left out: -Wp,-MMD,kernel/.fork.o.d, -MD, -MF, -MTx (--depfile", out.err)
        self.assertIn("-fconserve-stack, -mindirect-branch=thunk-extern, -mindirect-branch-register", out.err)
        self.assertEqual(sorted(path.name for path in self.dir.iterdir()), ["inner.h", "x.h"])
        self.refused("--header", "x.h", "--", "-mstructure-size-boundary=8", says="-mstructure-size-boundary=8")
        self.refused("--header", "x.h", "--", "-funsigned-bitfields", says="bit-fields of a plain int are signed")
        self.refused("--header", "x.h", "--", "-fshort-double", says="double is as large as the ABI says")
        self.refused("--header", "x.h", "--", "-fno-such-option", says="-fno-such-option")
        self.refused("--header", "x.h", "--", "-march=nope", says="-march=nope")
        self.good("--header", "x.h", "-e", "json", "--", "-fshort-enums", "-fpack-struct=1")

    def test_quiet(self) -> None:
        self.write("w.h", "struct s { unknown_t a; }; struct t { int a; };\n")
        self.assertIn("warning", self.good("--header", "w.h", "t", "--keep-going").err)
        self.assertEqual(self.good("--header", "w.h", "t", "--keep-going", "-q").err, "")


if __name__ == "__main__":
    unittest.main()
