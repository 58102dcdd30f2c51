"""Options: what is accepted, what is refused and how it is said."""

import re
import unittest

from hdrgen import Case


class Usage(Case):
    def test_help_fits_a_screen(self) -> None:
        lines = self.good("--help").out.decode().splitlines()
        self.assertLessEqual(len(lines), 40)
        self.assertTrue(all(len(line) <= 80 for line in lines))
        self.assertEqual(self.good("-h").out.decode().splitlines(), lines)

    def test_each_command_has_its_help(self) -> None:
        overview = self.good("--help").out.decode()
        commands = re.findall(r"^  hdrgen (\w+)  ", overview, re.M)
        self.assertIn("generate", commands)
        for command in commands:
            text = self.good(command, "--help").out.decode()
            self.assertTrue(text.startswith(f"hdrgen {command} "), text)
            self.assertIn("\nExamples\n", text)
            self.assertLessEqual(max(map(len, text.splitlines())), 80)
            for option in ("--output", "--quiet", "--help"):
                self.assertIn(option, text)
            if command != "link":
                self.assertIn("--kernel", text)
            if command not in ("flags", "link"):
                self.assertIn("--header", text)
                self.assertIn("--btf", text)
        generate = self.good("generate", "-h").out.decode()
        for option in ("--emit", "--pointers", "--target", "--strict", "--keep-going", "--depfile",
                       "--ctypes-prefix", "--guard", "--elf", "--symbols", "--btf-compat", "--version"):
            self.assertIn(option, generate)

    def test_options_go_with_commands(self) -> None:
        self.write("x.h", "struct s { int x; };\n")
        self.refused("list", "--header", "x.h", "--elf", says=["--elf does not go with list", "hdrgen list --help"])
        self.refused("--header", "x.h", "--format", "json", says="--format does not go with generate")

    def test_version(self) -> None:
        self.assertRegex(self.good("--version").out.decode(), r"^hdrgen \d+\.\d+\.\d+ \(libclang \d+")

    def test_nothing_to_read(self) -> None:
        self.refused(says="--header")

    def test_unknown_option(self) -> None:
        self.refused("--headers-of", "x.h", says=["unknown option '--headers-of'", "--help"])

    def test_option_without_value(self) -> None:
        self.refused("--header", says="'--header' needs a value")

    def test_bad_values(self) -> None:
        self.write("x.h", "struct s { int a; };")
        for option, value in [("--emit", "cobol"), ("--pointers", "maybe"), ("--pointers", "follow=x"),
                              ("--pointers", "follow=99999999999"), ("--ctypes-prefix", "a b")]:
            self.refused("--header", "x.h", "s", option, value, says=value)
        self.refused("--header", "x.h", "-o", "", says="empty")

    def test_generate_is_the_default_command(self) -> None:
        self.write("x.h", "struct s { int a; };")
        one = self.good("--header", "x.h", "s")
        two = self.good("generate", "--header", "x.h", "s")
        three = self.good("s", "--header=x.h", "--emit", "rust")
        self.assertEqual(one.out, two.out)
        self.assertEqual(one.out, three.out)

    def test_emit_follows_the_suffix(self) -> None:
        self.write("x.h", "struct s { int a; };")
        self.good("--header", "x.h", "-o", "x.json")
        self.assertTrue((self.dir / "x.json").read_text().startswith("{"))
        self.good("--header", "x.h", "-o", "x.rs")
        self.assertIn("pub struct s", (self.dir / "x.rs").read_text())
        self.good("--header", "x.h", "-o", "y.rs", "-e", "json")
        self.assertTrue((self.dir / "y.rs").read_text().startswith("{"))

    def test_clang_arguments_follow_two_dashes(self) -> None:
        self.write("x.h", "struct s { char a[N]; };")
        out = self.good("--header", "x.h", "-e", "json", "s", "--", "-DN=7").out.decode()
        self.assertIn('"count": 7', out)


if __name__ == "__main__":
    unittest.main()
