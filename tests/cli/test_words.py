"""The words of a command line: clang's options, response files, suffixes, commands, the two sides of diff."""

import json
import os
import unittest
from pathlib import Path

from hdrgen import FIXTURES, Case

TWO = "#ifdef X\nstruct s { int a; char b; };\n#else\nstruct s { char b; int a; long long c; };\n#endif\n"


class Clang(Case):
    """Options of clang's that stand among hdrgen's."""

    def setUp(self) -> None:
        super().setUp()
        self.write("inc/n.h", "#define N 3\n")
        self.write("other/n.h", "#define N 5\n")
        self.write("x.h", "#include <n.h>\nstruct s { char a[N]; };\n")

    def count(self, *arguments: str) -> int:
        out = self.good("--header", "x.h", "s", "-e", "json", *arguments).out
        return next(t["count"] for t in json.loads(out)["types"] if t["kind"] == "array")

    def test_no_dashes_needed(self) -> None:
        self.assertEqual(self.count("-Iinc"), 3)
        self.assertEqual(self.count("-I", "inc"), 3)
        self.assertEqual(self.count("-isystem", "inc"), 3)
        self.assertEqual(self.count("-isysteminc"), 3)
        self.assertEqual(self.count("-idirafter", "inc", "-std=gnu11"), 3)
        self.write("y.h", "#undef N\n#define N 8\n#define n_h\n")
        self.write("inc/n.h", "#ifndef n_h\n#define N 3\n#endif\n")
        self.assertEqual(self.count("-Iinc", "-include", "y.h"), 8)
        self.assertEqual(self.count("-Iinc", "-imacros", "y.h"), 8)

    def test_macros(self) -> None:
        self.write("x.h", "struct s { char a[N]; };\n")
        for flags in (["-DN=4"], ["-D", "N=4"], ["-DN=9", "-UN", "-DN=4"], ["-D", "N=9", "-U", "N", "-D", "N=4"]):
            self.assertEqual(self.count(*flags), 4)

    def test_order(self) -> None:
        self.assertEqual(self.count("-Iinc", "-I", "other"), 3)
        self.assertEqual(self.count("-I", "other", "-Iinc"), 5)
        self.assertEqual(self.count("-Iother", "--", "-Iinc"), 5)
        self.assertEqual(self.count("--", "-Iinc", "-Iother"), 3)

    def test_before_the_command_too(self) -> None:
        self.good("-Iinc", "show", "s", "--header", "x.h")
        self.good("-I", "inc", "list", "--header=x.h")

    def test_others_are_named(self) -> None:
        for flag in ("-O2", "-march=native", "-fshort-enums", "-m32", "-Wall", "-g", "-x", "-nostdlib",
                     "-include-pch", "-isysroot", "--sysroot=/x", "--std=c99", "-pthread", "-w", "-Wp,-DX", "-c"):
            error = self.refused("--header", "x.h", flag, "-Iinc", "s", says=f"{flag}: clang's options go after `--`").err
            self.assertNotIn("x.h", error)
            self.assertEqual(error.count("\n"), 1)
        self.good("--header", "x.h", "s", "-Iinc", "--", "-O2", "-fshort-enums")

    def test_own_letters_stay(self) -> None:
        self.good("-Iinc", "--header", "x.h", "s", "-ejson", "-oy.json", "-j2", "-q")
        self.good("-Iinc", "--header", "x.h", "s", "-e", "json", "-o", "z.json", "-j", "2", "-qv")
        self.assertEqual((self.dir / "y.json").read_bytes(), (self.dir / "z.json").read_bytes())
        self.assertIn(b"libclang", self.good("-V").out)
        self.assertEqual(self.good("-h").out, self.good("--help").out)
        self.refused("-qZ", says=["unknown option '-Z' in '-qZ'"])

    def test_values_are_values(self) -> None:
        self.good("--header", "x.h", "-I", "inc", "s", "--raw-line", "-DX")
        self.refused("--header", "x.h", "-I", says="'-I' needs a value")
        self.refused("--header", "x.h", "-I", "", says="'-I' cannot be empty")

    def test_there_must_be_a_header(self) -> None:
        self.good("--header", "x.h", "-Iinc", "s", "-o", "b.btf")
        self.refused("--btf", "b.btf", "-Iinc", says="-Iinc is for clang, but there is no --header")
        self.refused("link", "x.o", "-DX", says="-DX does not go with link")
        self.refused("--btf", "b.btf", "s", "--", "-DX", says="-DX is for clang")

    def test_output_behind_the_dashes(self) -> None:
        for flags in (["-o", "x.rs"], ["-ox.rs"], ["--output", "x.rs"], ["--output=x.rs"]):
            self.refused("--header", "x.h", "s", "--", "-Iinc", *flags, says=[f"{flags[0]} after --", "before the --"])
        self.assertFalse((self.dir / "x.rs").exists())


    def test_what_clang_refuses(self) -> None:
        for flags, named in ((["-O2", "-march=nope", "-DX"], "-march=nope"), (["-std=foo"], "-std=foo"),
                             (["-Iinc", "-x", "rust", "-DX"], "-x rust"), (["-Xclang", "-bogus"], "-Xclang -bogus"),
                             (["-Iinc", "-O1", "file.c"], "-O1 file.c"), (["-DA"] * 40 + ["-std=c3"] + ["-DB"] * 40, "-std=c3")):
            error = self.refused("--header", "x.h", "s", "--", *flags, says=f"'{named}'").err
            self.assertIn("clang refuses the argument", error)
            self.assertNotIn("run clang", error)
        self.refused("--header", "x.h", "s", "-std=foo", says="clang refuses the argument '-std=foo'")
        self.refused("--header", "x.h", "s", "--", "-fbogus", says="unknown argument: '-fbogus'")

    def test_clang_writes_nothing(self) -> None:
        before = sorted(os.listdir(self.dir))
        for flags in (["-M"], ["-MD"], ["-MMD", "-MP"], ["-MD", "-MF", "x.d"], ["-Wp,-MMD,x.d"]):
            self.assertIn(f"left out: {flags[0]}", self.good("--header", "x.h", "s", "--", "-Iinc", *flags).err)
        for flag in ("-save-temps", "-save-temps=obj", "--version", "--help",
                     "-###", "-print-search-dirs", "--print-targets", "-serialize-diagnostics"):
            self.refused("--header", "x.h", "s", "--", flag, says=f"{flag} after --")
        self.good("--header", "x.h", "s", "--", "-Iinc", "-mno-sse", "-objcmt-migrate-all")
        self.assertEqual(sorted(os.listdir(self.dir)), before)


class Kernel(Case):
    def test_no_headers_installed(self) -> None:
        error = self.refused("--kernel", "/lib/modules/9.9.9-none/build", "s", says="'/lib/modules/9.9.9-none/build'").err
        if "ID=debian" in Path("/etc/os-release").read_text():
            self.assertIn("(apt install linux-headers-9.9.9-none)", error)
        self.assertNotIn("apt", self.refused("--kernel", "nowhere", "s", says="'nowhere'").err)
        os.symlink("/nowhere/linux", self.dir / "build")
        self.refused("--kernel", "build", "s", says="is a link to '/nowhere/linux'")

    def test_no_advice_that_does_not_help(self) -> None:
        self.write("x.h", "#include <linux/nope.h>\n#include <generated/nope.h>\nstruct s { int x; };\n")
        mini = str(FIXTURES / "mini")
        with_kernel = self.run_hdrgen("--kernel", mini, "--arch", "x86", "--header", "./x.h", "s")
        self.assertEqual(with_kernel.status, 2)
        self.assertNotIn("-I", with_kernel.err)
        self.assertNotIn("-include", with_kernel.err)
        self.assertIn("'linux/nope.h' is not in the kernel tree", with_kernel.err)
        self.refused("--header", "x.h", "s", says=["-I<kernel>/include"])


class Options(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", "struct s { int x; };\nunion u { int a; char b; };\n")

    def test_beginnings_of_names(self) -> None:
        self.assertEqual(self.good("--head", "x.h", "--em=json").out, self.good("--header", "x.h", "-e", "json").out)
        self.refused("--header", "x.h", "--fo", "x", says=["can be --", "write it out"])
        self.refused("--for", says="'--for' needs a value")

    def test_misspelt(self) -> None:
        self.refused("--heder", "x.h", says="did you mean --header?")
        self.refused("-header", "x.h", says=["unknown option '-header'", "did you mean --header?"])
        self.refused("-version", says="did you mean --version?")
        self.refused("--header", "x.h", "--strict=yes", says="--strict takes no value")

    def test_unset_variables(self) -> None:
        """What `--kernel "$KERNEL"` is where no such variable is set: never another source, and no output."""
        why = "cannot be empty: is a variable of the shell unset?"
        for command, options in (("generate", "header kernel btf base-btf commands functions fleet for modules depfile target arch output"),
                                 ("check", "traceable events config release without attach"), ("flags", "kernel"), ("link", "output wrap"),
                                 ("list", "contains"), ("diff", "for header btf kernel")):
            for option in options.split():
                for words in ([f"--{option}", ""], [f"--{option}="]):
                    self.refused(command, *words, "--header", "x.h", "s", says=f"hdrgen: error: the value of option '--{option}' {why}\n")
        self.refused("-o", "", "--header", "x.h", says=f"the value of option '-o' {why}")
        self.write("args", "--header ''\ns")
        self.refused("@args", says=f"the value of option '--header' {why}")
        self.refused("--header", "x.h", "@", says=f"the FILE of @FILE {why}")
        for command in ("generate", "show", "list", "check", "diff", "link"):
            self.refused(command, "", "--btf", "x", says=f"a NAME {why}")
        for words in (["--"], ["--", "-DX", ""], ["--against", "--"]):
            self.refused("diff", "--header", "x.h", *words, "", says=f"'' after --: a word for clang {why}")
        self.good("--header", "x.h", "s", "--raw-line", "")

    def test_odd_words(self) -> None:
        self.refused("", "--header", "x.h", says="a NAME cannot be empty")
        self.refused("---", says="unknown option '---'")
        self.refused("--=x", says="unknown option '--=x'")
        self.good("--header", "x.h", "s", "--")
        self.good("--header", "x.h", "-e", "c", "-e", "rust", "s")
        self.assertIn(b"pub struct s", self.good("--header", "x.h", "-e", "c", "-e", "rust", "s").out)

    def test_commands(self) -> None:
        self.assertEqual(self.good("help").out, self.good("--help").out)
        self.assertEqual(self.good("help", "help").out, self.good("--help").out)
        for command in ("generate", "show", "list", "diff", "check", "flags", "link"):
            self.assertEqual(self.good("help", command).out, self.good(command, "--help").out)
        self.refused("help", "sow", says=["no command 'sow'", "did you mean show?"])
        self.refused("help", "xyzzy-frob", says="--help lists them")
        self.refused("sow", "--header", "x.h", "s", says=["no type named 'sow'", "did you mean `hdrgen show`?"])
        for name in ("mine", "cheat"):  # near enough to be a name, and too far from a command
            self.assertNotIn("is not a command", self.run_hdrgen(name, "--header", "x.h").err)
        for name, command in (("gen", "generate"), ("shwo", "show"), ("dif", "diff"), ("generte", "generate")):
            self.refused(name, "--header", "x.h", says=f"did you mean `hdrgen {command}`?")
        self.refused("chekc", "--header", "x.h", "--format", "json", says="did you mean `hdrgen check`?")
        self.assertNotIn("not a command", self.refused("generate", "sow", "--header", "x.h", says="'sow'").err)

    def test_a_type_may_be_called_like_a_command(self) -> None:
        self.write("y.h", "struct sow { int x; };\nstruct help { int y; };\nstruct list { int z; };\n")
        self.assertIn(b"pub struct sow", self.good("sow", "--header", "y.h").out)
        self.assertIn(b"pub struct help", self.good("generate", "help", "--header", "y.h").out)
        self.assertIn(b"pub struct list", self.good("struct", "list", "--header", "y.h").out)

    def test_kind_and_name_without_quotes(self) -> None:
        quoted = self.good("show", "--header", "x.h", "union u", "struct s").out
        self.assertEqual(self.good("show", "union", "u", "--header", "x.h", "struct", "s").out, quoted)
        self.refused("show", "--header", "x.h", "s", "union", says="'union' is not a name")
        self.refused("show", "--header", "x.h", "union", "", says="a NAME cannot be empty")
        self.refused("show", "--header", "x.h", "union", "s", says="no union named 's'")

    def test_files_that_stand_for_names(self) -> None:
        self.write("k61/Makefile", "")
        self.write("vmlinux", "")
        self.refused("show", "x.h", "s", says="say --header x.h")
        self.refused("show", "./k61", "s", says="./k61 is a directory, not the name of a type: say --kernel ./k61")
        self.refused("show", "k61", "s", "--header", "x.h", says=["no type named 'k61'", "say --kernel k61"])
        self.refused("show", "vmlinux", "s", "--header", "x.h", says="say --btf vmlinux")
        self.write("s", "")
        self.good("show", "s", "--header", "x.h")

    def test_suffixes(self) -> None:
        self.good("show", "s", "--header", "x.h", "-o", "l.json")
        self.assertIn("hdrgen_json", json.loads((self.dir / "l.json").read_text()))
        self.good("list", "--header", "x.h", "-o", "n.json")
        self.assertEqual(json.loads((self.dir / "n.json").read_text()), {"hdrgen_list": 1, "types": [
            {"kind": "struct", "name": "s", "size": 4, "file": "x.h", "line": 1},
            {"kind": "union", "name": "u", "size": 4, "file": "x.h", "line": 2}]})
        self.good("show", "s", "--header", "x.h", "-o", "l.txt")
        self.assertEqual((self.dir / "l.txt").read_bytes(), self.good("show", "s", "--header", "x.h").out)
        for command, known in (("generate", ".rs, .h, .btf and .json"), ("show", ".txt and .json"),
                               ("list", ".txt and .json"), ("diff", ".txt, .json and .html")):
            for name in ("x.foo", "x.rs.bak", "./d.d/x.JSON", "a.6"):
                error = self.refused(command, "s", "--header", "x.h", "-o", name, says=f"known are {known}").err
                self.assertIn(f"-o {name}: ", error)
        (self.dir / "d.d").mkdir()
        for name in ("plain", "d.d/plain", ".hidden"):
            self.good("show", "s", "--header", "x.h", "-o", name)
            self.assertIn(b"struct s {", (self.dir / name).read_bytes())
        self.good("s", "--header", "x.h", "-e", "c", "-o", "x.foo")

    def test_elf(self) -> None:
        self.good("s", "--header", "x.h", "--elf", "-o", "x.o")
        self.assertEqual((self.dir / "x.o").read_bytes()[:4], b"\x7fELF")
        self.assertEqual(self.good("s", "--header", "x.h", "--elf").out[:4], b"\x7fELF")
        self.refused("s", "--header", "x.h", "--elf", "-o", "x.json", says="--elf goes with --emit btf")
        self.refused("s", "--header", "x.h", "--elf", "-e", "c", says="go with --emit btf")

    def test_list_as_json(self) -> None:
        self.write("y.h", "struct a;\nenum { E1, E2 };\ntypedef struct { int x; } t;\nstruct h { struct a *p; };\n")
        types = json.loads(self.good("list", "--header", "y.h", "--format", "json").out)["types"]
        lines = self.good("list", "--header", "y.h").out.decode().splitlines()
        self.assertEqual(len(types), len(lines))
        for entry, line in zip(types, lines):
            kind, name, size, where = line.split("\t")
            self.assertEqual(entry["kind"], kind)
            self.assertEqual(entry["name"] or "{%s, ...}" % entry["enumerator"], name)
            self.assertEqual("-" if entry["size"] is None else str(entry["size"]), size)
            self.assertEqual(f"{entry['file']}:{entry['line']}", where)
        self.refused("list", "--header", "y.h", "--format", "html", says="list writes text and json")

    def test_no_permission(self) -> None:
        if os.getuid() != 0:
            self.skipTest("needs root, to be somebody else")
        (self.dir / "d").mkdir(mode=0o755)
        os.chmod(self.dir, 0o755)
        self.refused("--header", "x.h", "s", "-o", "d/x.rs", user=65534, group=65534, env={},
                     says="no permission in its directory")


class ResponseFiles(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("a dir/x.h", "struct s { char a[N]; };\n")

    def test_words(self) -> None:
        plain = self.good("--header", "a dir/x.h", "-DN=3", "s", "-e", "c").out
        self.write("args", "# a comment\n--header 'a dir/x.h'\r\n\t-DN=3\n  # another\n-e \"c\"\n")
        self.assertEqual(self.good("@args", "s").out, plain)
        self.assertEqual(self.good("s", "@args").out, plain)
        self.write("args", '--header a\\ dir/x.h -D"N=3"\n"s" -e c')
        self.assertEqual(self.good("@args").out, plain)
        self.write("args", "\ufeff--header a' 'dir/x.h -- -DN=3 ")
        self.assertEqual(self.good("s", "-e", "c", "@args").out, plain)
        self.write("flags", "-DN=3")
        self.assertEqual(self.good("--header", "a dir/x.h", "s", "-e", "c", "--", "@flags").out, plain)
        self.write("args", "'' s")
        self.refused("@args", "--header", "a dir/x.h", says="a NAME cannot be empty")
        self.write("args", "")
        self.good("@args", "-V")

    def test_a_value_and_its_option(self) -> None:
        """A value that begins with @ is a value; an option at the end of a file takes the next word."""
        self.write("args", "--header")
        self.good("@args", "a dir/x.h", "-DN=1", "s")
        self.write("@x.h", "struct t { int x; };\n")
        self.good("--header", "@x.h", "t")
        self.refused("@args", says="'--header' needs a value")

    def test_commands_in_files(self) -> None:
        self.write("args", "list --header 'a dir/x.h' -DN=3")
        self.assertIn(b"struct\ts\t3", self.good("@args").out)

    def test_nested(self) -> None:
        self.write("f0", "-DN=3 s")
        for i in range(1, 8):
            self.write(f"f{i}", f"@f{i - 1}")
        self.good("--header", "a dir/x.h", "@f7")
        self.write("f8", "@f7")
        self.refused("--header", "a dir/x.h", "@f8", says="eight deep")

    def test_recursion(self) -> None:
        self.write("f", "@f")
        self.refused("@f", says="@f: it includes itself (it is in @f)")
        self.write("g", "@h")
        self.write("h", "@g")
        self.refused("@g", says="it includes itself")
        self.write("g", "@./h")
        self.write("h", "@././g")
        self.refused("@g", says="@")

    def test_explosion(self) -> None:
        self.write("a", "x " * 200000)
        self.refused("@a", says="100000 words")
        self.write("e0", "")
        for i in range(1, 7):
            self.write(f"e{i}", f"@e{i - 1} " * 300)
        self.refused("@e6", says="1000 response files")
        self.write("big", "#" + "x" * 1100000)
        self.refused("@big", says="1 MB")

    def test_bad_files(self) -> None:
        self.refused("@none", says=["@none: No such file", "@FILE stands for"])
        self.write("q", "--header 'a")
        self.refused("@q", says="quote in it has no end")
        self.write("n", b"--header\0x")
        self.refused("@n", says="NUL")
        (self.dir / "d").mkdir()
        self.refused("@d", says="it is a directory")
        self.refused("@/dev/zero", says="no file")
        os.mkfifo(self.dir / "pipe")
        self.refused("@pipe", "--strange", says="--strange")
        self.write("ok", "@none")
        self.refused("@ok", says="(it is in @ok)")
        self.refused("@", "--header", "a dir/x.h", "-DN=1", says="the FILE of @FILE cannot be empty")

    def test_a_linkers_are_its_own(self) -> None:
        self.refused("link", "--wrap", "/nowhere/linker", "--", "@none", says="cannot run the linker")


class Sides(Case):
    """hdrgen diff LEFT --against RIGHT."""

    def setUp(self) -> None:
        super().setUp()
        self.write("a.h", TWO)
        self.write("b.h", "struct s { int a; char b; };\n")

    def differs(self, *arguments: str) -> dict:
        result = self.run_hdrgen("diff", "--format", "json", *arguments)
        self.assertEqual(result.status, 1, result.err)
        return json.loads(result.out)

    def test_two_headers(self) -> None:
        found = self.differs("--header", "a.h", "--header", "b.h")
        self.assertEqual((found["left"], found["right"]), ("--header a.h", "--header b.h"))
        self.good("diff", "--header", "a.h", "--header", "b.h", "--", "-DX")
        self.good("diff", "-DX", "--header", "a.h", "--header", "b.h", "s")
        self.good("diff", "--header", "b.h", "--header", "b.h")

    def test_flags_of_each_side(self) -> None:
        self.differs("--header", "a.h", "--against", "--header", "b.h", "-DX")
        self.good("diff", "--header", "a.h", "-DX", "--against", "--header", "b.h", "-DY")
        self.good("diff", "--header", "a.h", "--", "-DX", "--against", "--header", "b.h", "--", "-DY")
        self.good("diff", "s", "--header", "a.h", "-D", "Z", "--", "-DX", "--against", "--header", "b.h")

    def test_two_configurations(self) -> None:
        found = self.differs("--header", "a.h", "--against", "-DX", "s")
        self.assertEqual((found["left"], found["right"]), ("--header a.h", "--header a.h -DX"))
        found = self.differs("--header", "a.h", "-DX", "--against", "-UX")
        self.assertEqual((found["left"], found["right"]), ("--header a.h -DX", "--header a.h -DX -UX"))
        self.good("diff", "--header", "a.h", "--against", "-DY")
        self.differs("--header", "a.h", "--", "-DX", "--against", "--", "-UX")

    def test_two_targets(self) -> None:
        self.write("c.h", "struct s { void *p; long x; };\n")
        found = self.differs("--header", "c.h", "--against", "--target", "arm-linux-gnueabi")
        self.assertIn("--target arm-linux-gnueabi", found["right"])
        self.good("diff", "--header", "c.h", "--target", "arm-linux-gnueabi", "--against", "--header", "c.h", "-DX")

    def test_headers_and_btf(self) -> None:
        self.good("--header", "b.h", "-o", "b.btf")
        self.differs("--header", "a.h", "--against", "--btf", "b.btf")
        self.good("diff", "--btf", "b.btf", "--against", "--header", "a.h", "-DX")
        self.good("diff", "--btf", "b.btf", "--against", "--btf", "b.btf")
        self.write("more.h", "struct t { int x; };\n")
        self.good("diff", "s", "--header", "b.h", "--header", "more.h", "--against", "--btf", "b.btf")

    def test_settings_hold_for_both(self) -> None:
        self.write("bad.h", "struct s { int a; char b; };\nstruct bad { unknown_t x; };\n")
        self.good("diff", "--header", "bad.h", "--against", "--header", "b.h", "--keep-going", "s")
        self.good("diff", "--keep-going", "--header", "b.h", "--against", "--header", "bad.h", "s")

    def test_refused(self) -> None:
        both = ["--header", "a.h", "--against", "--header", "b.h"]
        self.refused("diff", *both, "--against", says="--against is given twice")
        self.refused("diff", "--header", "a.h", "--against", says="the right side is the same")
        self.refused("diff", "--header", "a.h", "--target", "arm-linux-gnueabi", "--against", "--target",
                     "arm-linux-gnueabi", says="the right side is the same")
        self.refused("diff", "--against", "--header", "b.h", says="before --against there is no source")
        self.refused("diff", "--against", says="--against")
        self.refused("diff", "--header", "a.h", "-DX", "--header", "b.h", says=["-DX stands between", "--against"])
        self.refused("diff", "--header", "a.h", "--header", "b.h", "--header", "c.h", says="--against")
        self.refused("diff", *both, "--btf", "x", says="three sources")
        self.refused("diff", "--btf", "x", *both, says="before --against there are two sources")
        self.refused("diff", *both, "--", "-DX", "--", "-DY", says="one -- too many")
        self.refused("show", *both, "s", says="--against does not go with show")
        self.refused("diff", "--header", "a.h", "--against=b.h", says="--against takes no value")
        self.refused("diff", "--btf", "x", "--against", "-DX", says="-DX is for clang")


if __name__ == "__main__":
    unittest.main()
