"""That a page and the tests that run its lines cannot drift apart; that what is wrong with a line is seen."""

import os
import tempfile
import unittest
from pathlib import Path

from not_run import Exempt, faults_of_tests, has_line, lines_of_test, read_exempt
from places import PLACES, Place
from run_lines import run_page
from run_tour import Step

HERE = Path(__file__).resolve().parent


class Named(unittest.TestCase):
    """not_run.txt names a test: it must be there, and have the line."""

    def faults(self, reason: str, command: list[str], line: str = "make x") -> list[str]:
        return faults_of_tests({"docs/a.md": Exempt({line: reason})}, {"a.b": command})

    def test_no_such_test(self) -> None:
        self.assertEqual(self.faults("run by a.c", []), ["not_run.txt names a test that there is not: a.c"])

    def test_not_at_the_end(self) -> None:
        self.assertEqual(len(self.faults("run by a.b, or so", ["x/docs/a.md"])), 1)

    def test_no_test(self) -> None:
        self.assertEqual(self.faults("a synopsis", []), [])

    def test_has_the_line(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            script = Path(directory) / "test_x.py"
            for text, is_there in (("make x", True), ('run("make", "x")', True), ("docs/a.md", True), ('run("make", "y")', False), ("", False)):
                script.write_text(text)
                self.assertEqual(self.faults("why; run by a.b", ["python3", str(script)]) == [], is_there, text)
            script.write_text("some words")
            self.assertEqual(self.faults('run by a.b ("me wor")', ["python3", str(script)]), [])
            self.assertEqual(self.faults('run by a.b ("no word")', ["python3", str(script)]), ["not_run.txt: a.b does not have no word of docs/a.md"])

    def test_page_is_an_argument(self) -> None:
        self.assertEqual(self.faults("run by a.b", ["/x/docs/a.md"]), [])
        self.assertEqual(len(self.faults("run by a.b", ["/x/docs/b.md"])), 1)

    def test_run_lines_takes_them_from_here(self) -> None:
        self.assertTrue(has_line(["python3", "run_lines.py"], "a.md", "make x", None))
        self.assertEqual(lines_of_test({"a.md": Exempt({"x": "why; run by a.b", "y": "run by a.bc", "z": "why"}), "b.md": Exempt()}, "a.b"),
                         {"a.md": ["x"]})

    def test_places(self) -> None:
        pages = read_exempt((HERE / "not_run.txt").read_text())
        for test, places in PLACES.items():
            self.assertEqual(set(lines_of_test(pages, test)), set(places), test)


class Lines(unittest.TestCase):
    def run_lines(self, place: Place, *steps: Step) -> list[str]:
        with tempfile.TemporaryDirectory() as directory:
            return run_page("a.md", list(steps), place, Path(directory), {**os.environ})

    def test_one_shell(self) -> None:
        place = Place(before="mkdir x", after="[ $a = 1 ]\n[ -e ../x/y ]")
        self.assertEqual(self.run_lines(place, Step(1, command="cd x"), Step(2, command="a=1"), Step(3, command="touch y")), [])

    def test_faults(self) -> None:
        self.assertIn("a.md:3: $ false\nexit status 1", self.run_lines(Place(), Step(3, command="false"))[0])
        self.assertIn("places.py: false", self.run_lines(Place(before="false"))[0])
        self.assertEqual(len(self.run_lines(Place(after="false\ntrue"))), 1)
        self.assertEqual(len(self.run_lines(Place(), Step(1, command="exit 0"), Step(2, command="true"))), 3)

    def test_output(self) -> None:
        step = Step(1, command="echo a", expected=["b"])
        self.assertEqual(len(self.run_lines(Place(), step)), 1)
        self.assertEqual(self.run_lines(Place(output_is_compared=False), step), [])


if __name__ == "__main__":
    unittest.main()
