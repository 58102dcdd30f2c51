"""The manual pages: as mandoc wants them, and with every option that --help has."""

import re
import subprocess
import unittest

from hdrgen import Case


def options_of(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


class Man(Case):
    def commands(self) -> list[str]:
        return re.findall(r"^  hdrgen (\w+)  ", self.good("--help").out.decode(), re.M)

    def test_lint(self) -> None:
        for command in self.commands():
            page = self.write("page.1", self.good("__man", command).out)
            lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)],
                                  capture_output=True, text=True, check=False)
            self.assertEqual((lint.returncode, lint.stdout + lint.stderr), (0, ""), command)

    def test_says_what_help_says(self) -> None:
        for command in self.commands():
            page = self.write("page.1", self.good("__man", command).out)
            text = subprocess.run(["mandoc", "-T", "ascii", "-O", "width=200", str(page)],
                                  capture_output=True, text=True, check=True).stdout
            text = re.sub(r".\x08", "", text)  # overstruck bold and underlined letters
            help_text = self.good(command, "--help").out.decode()
            self.assertEqual(options_of(help_text) - options_of(text), set(), command)
            for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES",
                            "SEE ALSO"):
                self.assertIn(f"\n{heading}\n", text)
            for line in help_text.split("\nExamples\n")[1].splitlines():
                self.assertIn(line.strip(), text)

    def test_unknown_page(self) -> None:
        result = self.run_hdrgen("__man", "nothing")
        self.assertEqual((result.status, result.out), (2, b""))


if __name__ == "__main__":
    unittest.main()
