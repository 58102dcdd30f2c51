"""run_tour.py sees what is not as a tour says."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUN_TOUR = Path(__file__).with_name("run_tour.py")
sys.path.insert(0, str(RUN_TOUR.parent))
from run_tour import pattern_of, read_tour  # noqa: E402

GOOD = """# A tour

```file.txt
one
two
```

```console
$ cat file.txt
one
two
$ x=3; cd .
$ echo $x
3
$ printf 'a\\nb\\nc\\n'; \\
> false
a
...
c
exit status: 1
$ echo "the size is 5120 bytes"
the size is ... bytes
```
"""


class Tours(unittest.TestCase):
    def run_it(self, text: str) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as directory:
            tour = Path(directory) / "tour.md"
            tour.write_text(text)
            run = subprocess.run([sys.executable, "-B", RUN_TOUR, "--hdrgen", "/bin/true", "--source", directory, tour],
                                 capture_output=True, text=True, check=False)
            return run.returncode, run.stdout + run.stderr

    def test_good(self) -> None:
        status, out = self.run_it(GOOD)
        self.assertEqual((status, out), (0, "tour.md: 5 commands, 0 not as the tour says\n"))

    def test_bad(self) -> None:
        for before, after in (("one\ntwo\n$", "one\n$"), ("one\ntwo\n$", "one\ntwo\nthree\n$"), ("\n3\n", "\n4\n"), ("exit status: 1\n", ""),
                              ("\na\n", "\nb\n"), (" bytes\n```", " byte\n```"), ("echo $x", "exit 3")):
            self.assertIn(before, GOOD)
            with self.subTest(after):
                self.assertEqual(self.run_it(GOOD.replace(before, after, 1))[0], 1)

    def test_no_tour(self) -> None:
        self.assertEqual(self.run_it("# Nothing\n")[0], 2)
        self.assertRaises(ValueError, read_tour, "```console\n$ true\n")
        self.assertRaises(ValueError, read_tour, "```console\noutput\n```\n")

    def test_pattern(self) -> None:
        self.assertEqual(pattern_of(["..."]), r"(?:.*\n)*?")


if __name__ == "__main__":
    unittest.main()
