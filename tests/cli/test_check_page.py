"""The page of `check` on many kernels as a browser shows it, on a large screen, a small one and a telephone's."""

import unittest

from browser import Browser
from test_surface import CREATE, PROGRAM, RECORD, Compiled

WIDTHS = ((1440, 900), (1280, 800), (768, 1024), (390, 844))
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
        moved = RECORD.replace("int prev_pid", "long more; int prev_pid")
        for number, (more, record) in enumerate(((CREATE, RECORD), (CREATE.replace(", int mode", ""), moved), ("", RECORD))):
            self.kernel("k", more, record)
            self.good("--btf", "k.o", "--symbols", "-e", "btf", "-o", "raw.btf", "-q")
            for copy in range(number, kernels, 3):
                self.write(f"fleet/vendor-{copy:03}-6.1.0-cloud-amd64.btf", (self.dir / "raw.btf").read_bytes())
        program = self.compile("p", PROGRAM + """
SEC("fentry/vfs_create") int on_create(u64 *ctx) { return ctx[2] + cpu(); }
struct task_struct { int pid, gone; } CORE;
struct own { u64 common; char prev_comm[16]; int prev_pid, prev_prio; long prev_state; };
SEC("tp/sched/sched_switch") int on_record(struct own *ctx) { return ctx->prev_state; }
SEC("tp_btf/sched_switch") int on_field(u64 *ctx) { return ((struct task_struct *)ctx[1])->gone; }
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
                self.browser.click("#matrix td button.missing[aria-label^=vfs_create]")
                self.assertEqual(self.browser.texts("#detail h2"), ["vfs_create"])
                self.assertGreater(self.browser.script(SEEN % "#detail section")[1], 20)

    def test_the_matrix(self) -> None:
        self.browser.resize(1280, 800)
        self.show()
        self.assertEqual(self.browser.texts("#summary"), ["3 of 3 kernels would refuse or misread some of them."])
        self.assertEqual(self.browser.texts("thead th.kernel"), [f"vendor-00{number}-6.1.0-cloud-amd64" for number in range(3)])
        rows = self.browser.script("return [...document.querySelectorAll('tbody tr:not(.head)')].map(r => [r.querySelector('th').title, "
                                   "...[...r.querySelectorAll('button')].map(b => b.className)])")
        self.assertIn(["vfs_create", "fine", "fine", "missing"], rows)
        self.assertIn(["parameter 3 of vfs_create", "fine", "changed", "unknown"], rows)
        self.browser.click("#matrix td button.changed")
        self.assertEqual(self.browser.texts("#detail h2"), ["parameter 3 of vfs_create"])
        self.assertIn("there are only 2 parameters here", " ".join(self.browser.texts("#detail section p")))

    def pick(self, name: str, kernel: int) -> None:
        self.browser.script(f"document.querySelector('[aria-label^=\"{name}, vendor-00{kernel}\"]').click()")

    def rows(self) -> list[list[str]]:
        return self.browser.script("return [...document.querySelectorAll('#detail .pair tbody tr')].map(r => "
                                   "[r.className, ...[...r.cells].map(c => c.textContent)])")

    def test_both_sides(self) -> None:
        """Layouts and prototypes beside each other: the program's, or those of a kernel where it is fine, and the picked kernel's."""
        self.show()
        for width, height in WIDTHS:
            with self.subTest(width):
                self.browser.resize(width, height)
                self.browser.open(f"file://{self.dir}/x.html")
                self.pick("prev_state, byte 32 of sched/sched_switch", 1)
                self.assertEqual(self.browser.texts("#detail .pair thead th.kernel"), ["the program", "vendor-001-6.1.0-cloud-amd64"])
                self.assertEqual(self.browser.texts("#detail .pair p"), ["struct own", "struct trace_event_raw_sched_switch"])
                self.assertEqual([row for row in self.rows() if row[5].split()[-1] in ("prev_comm", "more", "prev_state")], [
                    ["", "8", "16", "8", "16", "char[16] prev_comm"],
                    ["", "\u2013", "\u2013", "24", "8", "long more"],
                    ["moved", "32", "8", "40", "8", "long prev_state"]])
                self.pick("struct task_struct.gone", 2)
                self.assertEqual(self.rows(), [["", "0", "4", "0", "4", "int pid"], ["gone", "4", "4", "\u2013", "\u2013", "int gone"]])
                self.pick("parameter 3 of vfs_create", 1)
                self.assertEqual(self.browser.texts("#detail .pair thead th.kernel"), ["vendor-000-6.1.0-cloud-amd64", "vendor-001-6.1.0-cloud-amd64"])
                self.assertEqual(self.rows()[1:], [["", "struct file * dentry", "struct file * dentry"], ["gone", "int mode", "\u2013"]])
                # A kernel that lacks it, and one that does not know: said, with what another has.
                self.pick("parameter 3 of vfs_create", 2)
                self.assertIn("vendor-002-6.1.0-cloud-amd64 has none, or it is not known.", self.browser.texts("#detail .pair p"))
                self.assertEqual(len(self.rows()), 3)
                self.assertIsNone(self.browser.script(OVERFLOW))
                self.assertIsNone(self.browser.script(OVERFLOW.replace("document.documentElement", "document.querySelector('#detail')")))
                self.browser.script("document.querySelector('#detail .pair td').scrollIntoView()")
                self.assertGreater(self.browser.script(SEEN % "#detail .pair td")[1], 10)

    def test_search_and_filter(self) -> None:
        self.browser.resize(1280, 800)
        self.show()
        self.browser.type("#search", "parameter 3")
        self.assertEqual(len(self.browser.texts("tbody tr:not(.head)")), 1)
        self.browser.type("#search", "no such thing")
        self.assertEqual(self.browser.texts("tbody tr"), [])
        self.assertTrue(self.browser.texts("#found")[0].startswith("0 of "))

    def test_print(self) -> None:
        """The whole matrix on white, whatever the screen's colours are."""
        self.show(40)

        def media(scheme: str, kind: str) -> None:
            self.browser.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {
                "media": kind, "features": [{"name": "prefers-color-scheme", "value": scheme}]}})

        self.addCleanup(media, "light", "")
        media("dark", "print")
        self.assertEqual(self.browser.script("return [getComputedStyle(document.querySelector('#tools')).display, "
                                             "getComputedStyle(document.body).backgroundColor, "
                                             "getComputedStyle(document.querySelector('#matrix')).overflow]"),
                         ["none", "rgb(255, 255, 255)", "visible"])
        media("dark", "")
        self.assertNotEqual(self.browser.script("return getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")

    def test_without_script(self) -> None:
        self.show()
        self.assertRegex((self.dir / "x.html").read_text(), r"<noscript><p>This page needs JavaScript[^<]*<code>--format text</code>")


if __name__ == "__main__":
    unittest.main()
