"""The page of `check` on many kernels as a browser shows it, on a large screen, a small one and a telephone's."""

import unittest

from browser import Browser
from test_surface import CREATE, PROGRAM, Compiled

WIDTHS = ((1440, 900), (1280, 800), (390, 844))
# Whatever is wider than the page, but what scrolls by itself.
OVERFLOW = """
const page = document.documentElement;
return page.scrollWidth > page.clientWidth ? [page.scrollWidth, page.clientWidth] : null;
"""
# The visible part of an element, in pixels.
SEEN = """
const box = document.querySelector('%s').getBoundingClientRect();
return [Math.min(box.right, innerWidth) - Math.max(box.left, 0), Math.min(box.bottom, innerHeight) - Math.max(box.top, 0)];
"""


class CheckPage(Compiled):
    @classmethod
    def setUpClass(cls) -> None:
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def tearDown(self) -> None:
        self.assertEqual(self.browser.faults(), [])

    def show(self, kernels: int = 3) -> None:
        (self.dir / "fleet").mkdir()
        for number, more in enumerate((CREATE, CREATE.replace(", int mode", ""), "")):
            self.kernel("k", more)
            self.good("--btf", "k.o", "--symbols", "-e", "btf", "-o", "raw.btf", "-q")
            for copy in range(number, kernels, 3):
                self.write(f"fleet/vendor-{copy:03}-6.1.0-cloud-amd64.btf", (self.dir / "raw.btf").read_bytes())
        program = self.compile("p", PROGRAM + """
SEC("fentry/vfs_create") int on_create(u64 *ctx) { return ctx[2] + cpu(); }
SEC("tp_btf/sched_switch") int on_switch_with_a_name_that_is_rather_long_for_a_small_screen(u64 *ctx) { return 0; }
""")
        self.assertEqual(self.run_hdrgen("check", program, "--fleet", "fleet", "-q", "-o", "x.html").status, 1)
        self.browser.open(f"file://{self.dir}/x.html")

    def test_each_size(self) -> None:
        self.show(40)
        for width, height in WIDTHS:
            with self.subTest(width):
                self.browser.resize(width, height)
                self.browser.open(f"file://{self.dir}/x.html")
                self.assertIsNone(self.browser.script(OVERFLOW))
                for part, least in (("#search", 150), ("#matrix tbody tr:nth-child(2)", 250), ("#detail", 200)):
                    wide, tall = self.browser.script(SEEN % part)
                    self.assertGreaterEqual(wide, least, part)
                    self.assertGreaterEqual(tall, 15, part)
                # A cell can be picked, and what it says can be read.
                self.browser.click("#matrix td button.missing")
                self.assertEqual(self.browser.texts("#detail h2"), ["vfs_create"])
                self.assertGreater(self.browser.script(SEEN % "#detail section")[1], 20)

    def test_the_matrix(self) -> None:
        self.browser.resize(1280, 800)
        self.show()
        self.assertEqual(self.browser.texts("#summary"), ["2 of 3 kernels would refuse or misread some of them."])
        self.assertEqual(self.browser.texts("thead th.kernel"), [f"vendor-00{number}-6.1.0-cloud-amd64" for number in range(3)])
        rows = self.browser.script("return [...document.querySelectorAll('tbody tr:not(.head)')].map(r => [r.querySelector('th').title, "
                                   "...[...r.querySelectorAll('button')].map(b => b.className)])")
        self.assertIn(["vfs_create", "fine", "fine", "missing"], rows)
        self.assertIn(["parameter 3 of vfs_create", "fine", "changed", "unknown"], rows)
        self.browser.click("#matrix td button.changed")
        self.assertEqual(self.browser.texts("#detail h2"), ["parameter 3 of vfs_create"])
        self.assertIn("there are only 2 parameters here", " ".join(self.browser.texts("#detail section p")))

    def test_search_and_filter(self) -> None:
        self.browser.resize(1280, 800)
        self.show()
        self.browser.type("#search", "parameter 3")
        self.assertEqual(len(self.browser.texts("tbody tr:not(.head)")), 1)
        self.browser.type("#search", "no such thing")
        self.assertEqual(self.browser.texts("tbody tr"), [])
        self.assertTrue(self.browser.texts("#found")[0].startswith("0 of "))


if __name__ == "__main__":
    unittest.main()
