"""diff's page as a browser shows it."""

import unittest

from browser import Browser
from hdrgen import Case

LEFT = """struct moved { int a; long b; }; struct sized { char c; }; enum shade { RED, BLUE = 2 };
struct gone { int x; }; struct same { int y; }; struct gap { char c; long l; };
"""
LONG = "struct a_record_with_quite_a_long_name_of_its_own"
LONGEST = "a_member_with_a_name_that_is_longer_than_any_of_the_kernel_s"
WIDE_LEFT = LONG + " { int " + LONGEST + "[3]; struct { int first; long second; } a_member_with_a_long_name; int (*callback)(struct nobody *, int, long, void *); };\n"
WIDE_RIGHT = WIDE_LEFT.replace("int first", "long first")
MARKS = ["4 changes", "3 changes", "1 change", "1 change", "only left", "only right"]
SIZES = ((390, 844), (768, 1024), (1280, 800), (1440, 900))
# How much of an element's text is cut off, and how much of it is outside of the window or of what it is in.
CUT = """
const cut = [];
for (const element of document.querySelectorAll('main h2, main p, main td, main th, #found, header h1, header p, #filters button')) {
    const box = element.getBoundingClientRect();
    if (box.width > 0 && (box.right > innerWidth + 1 || box.left < 0 || element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0))
        cut.push([element.tagName, element.textContent, box.left, box.right]);
}
const rows = document.getElementById('rows');
if (rows && rows.getBoundingClientRect().right > rows.parentElement.getBoundingClientRect().right + 1)
    cut.push(['rows', rows.getBoundingClientRect().right, rows.parentElement.getBoundingClientRect().right]);
const page = document.documentElement, main = document.querySelector('main');
return [cut, page.scrollWidth - page.clientWidth, main.scrollWidth - main.clientWidth];
"""
# The least contrast of texts with what is behind them.
CONTRAST = """
function channels(colour) { return colour.match(/[\\d.]+/g).map(Number); }
function light(colour) {
    const [r, g, b] = channels(colour).map((c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ground(element) {
    for (; element; element = element.parentElement) {
        const colour = channels(getComputedStyle(element).backgroundColor);
        if (colour.length === 3 || colour[3] > 0) return getComputedStyle(element).backgroundColor;
    }
    return 'rgb(255, 255, 255)';
}
let least = 99;
for (const element of document.querySelectorAll('main h2, main p, main td, main th, #list span, #filters button, #found, header h1, header p')) {
    const a = light(getComputedStyle(element).color), b = light(ground(element));
    least = Math.min(least, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
}
return least;
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
        self.assertEqual(self.browser.texts("main"), ["Nothing here matches \u201cbluex\u201d."])
        self.show(LEFT, RIGHT)
        self.browser.click("#filters button[data-kind=member_extra]")
        self.assertEqual(self.names(), ["struct moved", "struct gap"])
        self.browser.click("#list li:nth-child(2)")
        self.assertEqual(self.browser.texts("main h2"), ["struct gap"])
        self.assertIn("(hole)", " ".join(self.browser.texts("#rows tbody tr")))
        self.browser.click("#filters button[data-kind=member_extra]")
        self.assertEqual(len(self.names()), 6)

    def key(self, keys: str) -> None:
        actions = [{"type": kind, "value": one} for one in keys for kind in ("keyDown", "keyUp")]
        self.browser.call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def media(self, scheme: str, media: str = "") -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.call("POST", "/goog/cdp/execute",
                          {"cmd": "Emulation.setEmulatedMedia", "params": {"media": media, "features": features}})

    def search(self, text: str) -> list[str]:
        self.browser.script(f"const s = document.getElementById('search'); s.value = {text!r}; s.dispatchEvent(new Event('input'));")
        return self.names()

    def test_each_size(self) -> None:
        self.show(LEFT + WIDE_LEFT, RIGHT + WIDE_RIGHT)
        self.addCleanup(self.browser.resize, 1400, 900)
        self.addCleanup(self.media, "light")
        for width, height in SIZES:
            for scheme in ("light", "dark"):
                with self.subTest(f"{width} {scheme}"):
                    self.browser.resize(width, height)
                    self.media(scheme)
                    for name in ("moved", LONG, "shade", "gone"):
                        self.browser.open("about:blank")
                        self.browser.open(f"file://{self.dir}/x.html#{name}")
                        self.assertEqual(self.browser.script(CUT), [[], 0, 0])
                        self.assertGreaterEqual(self.browser.script(CONTRAST), 4.5)
                    rows = self.browser.script("return document.getElementById('list').clientHeight / "
                                               "document.querySelector('#list li').offsetHeight")
                    self.assertGreaterEqual(rows, 4)
                    self.assertLess(self.browser.script("return document.querySelector('main').getBoundingClientRect().top"),
                                    height - 100)

    def test_every_name_is_found(self) -> None:
        self.show(LEFT + WIDE_LEFT, RIGHT + WIDE_RIGHT)
        names = self.browser.script("return [...new Set(data.types.flatMap((t) => [t.name, ...(t.rows || []).flatMap((r) => [r[0], "
                                    "...[r[1], r[2]].filter(Boolean).map((c) => c[2])]), ...(t.changes || []).map((c) => c[1])]))]"
                                    ".filter(Boolean)")
        self.assertGreater(len(names), 20)
        for name in names:
            with self.subTest(name):
                self.assertTrue(self.search(name))
        for text, found in (("moved.b", ["struct moved"]), ("MOVED.B", ["struct moved"]), ("moved.zz", []), ("s?ze*", ["struct sized"]),
                            ("*.red", []), ("shade.blue", ["enum shade"]), ("*.blue", ["enum shade"]), ("gap moved", []),
                            ("struct g*", ["struct gap", "struct gone"]), ("g*", ["struct gap", "struct gone"]), ("(", ["struct a_rec"])):
            with self.subTest(text):
                names = self.search(text)
                self.assertEqual([name[:len(want)] for name, want in zip(names, found)] if found else names, found)
                self.assertEqual(len(names) > 0, len(found) > 0)
        self.search("gap.l")
        self.assertEqual(self.browser.texts("tr.hit td.member"), ["l"])

    def test_nothing_is_nothing(self) -> None:
        self.show(LEFT, RIGHT)
        self.assertEqual(self.search("no such thing"), [])
        self.assertEqual(self.browser.texts("main"), ["Nothing here matches \u201cno such thing\u201d."])
        self.search("")
        self.assertEqual(self.browser.texts("main h2"), ["struct moved"])

    def test_links(self) -> None:
        self.show(LEFT, RIGHT)
        for link, head in (("struct%20gap", ["struct gap"]), ("gap", ["struct gap"]), ("%", []), ("struct%20same", [])):
            with self.subTest(link):
                self.browser.open("about:blank")
                self.browser.open(f"file://{self.dir}/x.html#{link}")
                self.assertEqual(self.browser.texts("main h2"), head)
                if not head:
                    self.assertIn("There is no difference here in", self.browser.texts("main")[0])
                    self.assertEqual(self.browser.texts("#list [aria-selected=true]"), [])
        self.search("shade")
        self.browser.script("location.hash = '#gap'")
        self.browser.script("return 0")
        self.assertEqual(self.browser.texts("main h2"), ["struct gap"])

    def test_keys(self) -> None:
        self.show(LEFT, RIGHT)
        down, up, end, enter = "\ue015", "\ue013", "\ue010", "\ue007"
        self.key("/")
        self.key(down + down)
        self.assertEqual(self.browser.texts("main h2"), ["enum shade"])
        self.key(up)
        self.assertEqual(self.browser.texts("main h2"), ["struct sized"])
        self.browser.script("document.getElementById('list').focus()")
        self.key(end)
        self.assertEqual(self.browser.texts("main h2"), ["struct fresh"])
        self.assertEqual(self.browser.script("return document.getElementById(document.getElementById('list')"
                                             ".getAttribute('aria-activedescendant')).querySelector('.name').textContent"), "struct fresh")
        self.key(enter)
        self.key(up)  # scrolls what is shown; the list stays
        self.assertEqual(self.browser.texts("main h2"), ["struct fresh"])

    def test_rows_and_orders(self) -> None:
        self.show(LEFT, RIGHT)
        for mark in self.browser.texts("#list .mark"):
            self.assertRegex(mark, r"^(\d+ changes?|only left|only right)$")
        self.assertEqual(self.browser.texts("#list .mark"), MARKS)
        self.assertEqual(self.browser.texts("#list .grown"), ["+8 B", "+3 B"])
        orders = {}
        for key in ("name", "changes", "grown", "given"):
            self.browser.script(f"const s = document.getElementById('sort'); s.value = '{key}'; s.dispatchEvent(new Event('change'));")
            orders[key] = self.names()
        self.assertEqual(orders["name"], ["struct fresh", "struct gap", "struct gone", "struct moved", "enum shade", "struct sized"])
        self.assertEqual(orders["grown"][:2], ["struct moved", "struct sized"])
        self.assertEqual(orders["given"], ["struct moved", "struct sized", "enum shade", "struct gap", "struct gone", "struct fresh"])

    def test_print(self) -> None:
        self.show(LEFT + WIDE_LEFT, RIGHT + WIDE_RIGHT)
        self.addCleanup(self.media, "light")
        self.media("dark", "print")
        self.assertEqual(self.browser.script("return [getComputedStyle(document.querySelector('nav')).display, "
                                             "getComputedStyle(document.body).backgroundColor, "
                                             "getComputedStyle(document.querySelector('main')).overflow]"),
                         ["none", "rgb(255, 255, 255)", "visible"])
        self.assertGreaterEqual(self.browser.script(CONTRAST), 4.5)

    def test_without_script(self) -> None:
        self.show(LEFT, RIGHT)
        page = (self.dir / "x.html").read_text()
        self.assertRegex(page, r"<noscript><p>This page needs JavaScript[^<]*<code>--format text</code>")

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
