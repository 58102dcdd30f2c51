"""The commands of a page are found, and what is wrong with them is seen."""

import os
import tempfile
import unittest
from pathlib import Path

from page import steps_of_page
from not_run import Exempt, read_exempt
from run_pages import as_run, check_page, untested_tours
from run_tour import Step, text_of

PAGE = """# A page

Some text with `hdrgen show --btf a x` and `hdrgen link`, which is a mention.

    hdrgen list --btf a    # the types
    hdrgen: error: this is no command
    (cd build && cpack -G DEB)

    struct s { int a; };

| what | how |
| --- | --- |
| two | `hdrgen a \\| head`, `hdrgen b` |

```rust
    make no_command
```

```
make this
some output
```

    $ echo one; \\
    > echo two
    one
      two
    $ true

Behind it.
"""


class Page(unittest.TestCase):
    def test_commands(self) -> None:
        steps = steps_of_page(PAGE)
        self.assertEqual([step.command for step in steps],
                         ["hdrgen show --btf a x", "hdrgen list --btf a", "(cd build && cpack -G DEB)", "hdrgen a | head", "hdrgen b",
                          "make this", "echo one; \\\necho two", "true"])
        self.assertEqual(steps[1].line, 5)
        self.assertEqual(steps[-2].expected, ["one", "  two"])

    def test_at_the_end(self) -> None:
        self.assertEqual([step.command for step in steps_of_page("Text\n\n    make x")], ["make x"])

    def test_script_of_the_clone(self) -> None:
        self.assertEqual(len(steps_of_page("\n    tests/bench/x.sh a\n    tests are not it\n")), 1)

    def test_own_program_and_variable(self) -> None:
        steps = steps_of_page("\n    page=docs/x.md\n    ./tour $page\n    ../tour x\n    a=b c\n")
        self.assertEqual([step.command for step in steps], ["page=docs/x.md", "./tour $page"])


class Table(unittest.TestCase):
    def test_read(self) -> None:
        pages = read_exempt("[a.md]\n# why\nmake x\n\noutput: make y\n[b.md]\n# other\nmake x\n")
        self.assertEqual(pages["a.md"], Exempt({"make x": "why"}, {"make y": "why"}))
        self.assertEqual(pages["b.md"].commands, {"make x": "other"})

    def test_no_reason(self) -> None:
        for text in ("make x\n", "[a.md]\nmake x\n", "[a.md]\n# why\nmake x\n[b.md]\nmake y\n"):
            self.assertRaises(ValueError, read_exempt, text)

    def test_tours(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            (Path(directory) / "docs/tours").mkdir(parents=True)
            for name in ("README", "pahole", "nobody"):
                (Path(directory) / f"docs/tours/{name}.md").touch()
            self.assertEqual(untested_tours(Path(directory)), ["docs/tours/nobody.md is run by no test"])


class Runs(unittest.TestCase):
    def check(self, *steps: Step, exempt: Exempt | None = None) -> tuple[int, list[str]]:
        with tempfile.TemporaryDirectory() as directory:
            return check_page("a.md", list(steps), exempt or Exempt(), Path(directory), {**os.environ})

    def test_good(self) -> None:
        count, faults = self.check(Step(1, command="touch x"), Step(2, command="ls", expected=["x"]), Step(3, command="printf 'a\\tb\\n'", expected=["a       b"]))
        self.assertEqual((count, faults), (3, []))

    def test_progress_is_no_output(self) -> None:
        self.assertEqual(text_of("hdrgen: note: working, 5 s\na\nget-debian-source.sh: making x\nb"), "a\nb\n")

    def test_fails(self) -> None:
        self.assertIn("exit status 1", self.check(Step(1, command="false"))[1][0])
        self.assertIn("exit status 127", self.check(Step(1, command="no-such-program"))[1][0])

    def test_output(self) -> None:
        step = Step(1, command="echo a", expected=["b"])
        self.assertIn("the page says\nb", self.check(step)[1][0])
        self.assertEqual(self.check(step, exempt=Exempt(outputs={"echo a": "why"}))[1], [])

    def test_listed(self) -> None:
        self.assertEqual(self.check(Step(1, command="false"), exempt=Exempt({"false": "why"})), (0, []))
        self.assertIn("not on the page: gone", self.check(exempt=Exempt({"gone": "why"}))[1][0])
        self.assertIn("not on the page: gone", self.check(exempt=Exempt(outputs={"gone": "why"}))[1][0])

    def test_status_of_answers(self) -> None:
        """That two things differ is an answer; that nothing could be read is none."""
        for command, status, is_good in (("diff a b", 1, True), ("check a", 1, True), ("diff a b", 2, False), ("show a", 1, False),
                                         ("diff a b | grep x", 1, False)):
            with self.subTest(command), tempfile.TemporaryDirectory() as directory:
                (Path(directory) / "hdrgen").write_text(f"#!/bin/sh\nexit {status}\n")
                (Path(directory) / "hdrgen").chmod(0o755)
                environment = {**os.environ, "PATH": f"{directory}:{os.environ['PATH']}"}
                _, faults = check_page("a.md", [Step(1, command=f"hdrgen {command}")], Exempt(), Path(directory), environment)
                self.assertEqual(not faults, is_good)

    def test_readme_fits_a_screen(self) -> None:
        """120 columns, but for tables, which are read rendered."""
        text = (Path(__file__).resolve().parents[2] / "README.md").read_text()
        self.assertEqual([line for line in text.splitlines() if len(line) > 120 and not line.startswith("| ")], [])

    def test_inputs(self) -> None:
        for command, result in (("hdrgen task_struct", "hdrgen --btf vmlinux task_struct"),
                                ("hdrgen show x", "hdrgen show --btf vmlinux x"),
                                ("hdrgen link x", "hdrgen link x"), ("hdrgen help show", "hdrgen help show"),
                                ("hdrgen @my.args", "hdrgen @my.args"), ("make x", "make x"),
                                ("hdrgen --kernel /usr/src/linux x", "hdrgen --kernel usr/src/linux x")):
            self.assertEqual(as_run(command), result)


if __name__ == "__main__":
    unittest.main()
