"""diff's page as a browser shows it."""

import unittest

from browser import Browser
from hdrgen import Case

LEFT = """struct moved { int a; long b; }; struct sized { char c; }; enum shade { RED, BLUE = 2 };
struct gone { int x; }; struct same { int y; }; struct gap { char c; long l; };
"""
RIGHT = """struct moved { long n; int a; long b; }; struct sized { char c[4]; }; enum shade { RED, BLUE = 3 };
struct fresh { int x; }; struct same { int y; }; struct gap { char c; char d; long l; };
"""


class Page(Case):
    @classmethod
    def setUpClass(cls) -> None:
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def show(self, left: str, right: str, *arguments: str) -> None:
        self.write("l.h", left)
        self.write("r.h", right)
        self.good("--header", "l.h", "-o", "l.btf")
        result = self.run_hdrgen("diff", "--btf", "l.btf", "--header", "r.h", "-o", "x.html", *arguments)
        self.assertIn(result.status, (0, 1), result.err)
        self.browser.open(f"file://{self.dir}/x.html")

    def names(self) -> list[str]:
        return self.browser.texts("#list li span:first-child")

    def tearDown(self) -> None:
        self.assertEqual(self.browser.faults(), [])

    def test_renders(self) -> None:
        self.show(LEFT, RIGHT)
        self.assertEqual(self.browser.texts("#summary"),
                         ["5 types on both sides: 1 identical, 4 changed; 1 only on the left; 1 only on the right"])
        self.assertEqual(self.names(), ["struct moved", "struct sized", "enum shade", "struct gap", "struct gone",
                                        "struct fresh"])
        self.assertEqual(self.browser.texts("main h2"), ["struct moved"])
        rows = self.browser.texts("#rows tbody tr")
        self.assertTrue(any("n" in row and "0" in row for row in rows), rows)
        heights = self.browser.script(
            "return [...document.querySelectorAll('#map rect')].map((r) => [r.getAttribute('class'), r.getBBox().height])")
        self.assertEqual({kind for kind, _ in heights}, {"moved", "new", "hole"})
        tall = [height for kind, height in heights if kind == "new"][0]
        short = [height for kind, height in heights if kind == "moved"][0]
        self.assertAlmostEqual(tall / short, 2, delta=0.2)  # 8 bytes beside 4: to scale

    def test_search_and_filter(self) -> None:
        self.show(LEFT, RIGHT)
        self.browser.type("#search", "blue")
        self.assertEqual(self.names(), ["enum shade"])
        self.assertEqual(self.browser.texts("main h2"), ["enum shade"])
        self.assertEqual(self.browser.texts("#whole tbody tr"), ["BLUE23"])
        self.browser.type("#search", "x")
        self.assertEqual((self.names(), self.browser.texts("#found")), ([], ["0 of 6 types"]))
        self.show(LEFT, RIGHT)
        self.browser.click("#filters button[data-kind=member_extra]")
        self.assertEqual(self.names(), ["struct moved", "struct gap"])
        self.browser.click("#list li:nth-child(2)")
        self.assertEqual(self.browser.texts("main h2"), ["struct gap"])
        self.assertIn("(hole)", " ".join(self.browser.texts("#rows tbody tr")))
        self.browser.click("#filters button[data-kind=member_extra]")
        self.assertEqual(len(self.names()), 6)

    def test_many_types(self) -> None:
        many = range(3000)
        self.show("".join(f"struct t{i} {{ int a; }};\n" for i in many),
                  "".join(f"struct t{i} {{ long a; }};\n" for i in many))
        self.assertLess(len(self.names()), 1000)
        self.browser.type("#search", "t2999")
        self.assertEqual(self.names(), ["struct t2999"])

    def test_no_difference(self) -> None:
        self.show(LEFT, LEFT)
        self.assertEqual(self.browser.texts("main p"), ["No differences."])

    def test_nothing_is_fetched(self) -> None:
        self.show(LEFT, RIGHT)
        loaded = self.browser.script("return performance.getEntriesByType('resource').map((e) => e.name)")
        self.assertEqual(loaded, [])

    def test_names_are_text(self) -> None:
        self.write("r.h", "struct s { long a; };\n")
        (self.dir / "<").mkdir()
        self.good("--header", "r.h", "-o", "</script><b>.btf")
        self.run_hdrgen("diff", "--btf", "</script><b>.btf", "--header", "r.h", "-o", "x.html")
        self.browser.open(f"file://{self.dir}/x.html")
        self.assertEqual(self.browser.texts("h1 code"), ["--btf </script><b>.btf", "--header r.h"])


if __name__ == "__main__":
    unittest.main()
