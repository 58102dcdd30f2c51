"""What cmake --install puts into a prefix besides the library: documents whose links work, and manual pages."""

import re
import unittest

from package import PREFIX, SOURCE, Case

DOC = PREFIX / "share/doc/hdrgen"


class Documents(unittest.TestCase):
    def test_what_is_there(self) -> None:
        for name in ("LICENSE", "README.md"):
            self.assertEqual((DOC / name).read_bytes(), (SOURCE / name).read_bytes())
        for path in (SOURCE / "docs").rglob("*"):
            if path.is_file():
                self.assertTrue((DOC / path.relative_to(SOURCE)).is_file(), path)

    def test_links(self) -> None:
        """Every relative link in every page leads to something that is installed, and each #part to a heading."""
        count = 0
        for page in DOC.rglob("*.md"):
            text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)
            for link in re.findall(r"(?:\]\(|\bsrc=\"|\bsrcset=\")([^)\s\"]+)[)\"]", text):
                if re.match(r"[a-z]+:", link):
                    continue
                path, _, part = link.partition("#")
                target = (page.parent / path).resolve() if path else page
                self.assertTrue(target.exists(), f"{page}: {link}")
                self.assertTrue(target.is_relative_to(DOC.resolve()) or not path, f"{page}: {link} leads out of the documents")
                if part:
                    headings = re.findall(r"^#+ (.*)$", target.read_text(), re.M)
                    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
                    self.assertIn(part, slugs, f"{page}: {link}")
                count += 1
        self.assertGreater(count, 60)


class Components(Case):
    def test_parts(self) -> None:
        """Each file is in one component, and together they are the whole package."""
        found: dict[str, str] = {}
        for component in ("program", "library", "development", "documentation"):
            self.run_it("cmake", "--install", str(PREFIX.parent / "build"), "--component", component, "--prefix", str(self.dir / component))
            for path in (self.dir / component).rglob("*"):
                name = str(path.relative_to(self.dir / component))
                if path.is_dir() and not path.is_symlink():
                    continue
                self.assertNotIn(name, found)
                found[name] = component
        whole = {str(path.relative_to(PREFIX)) for path in PREFIX.rglob("*") if path.is_symlink() or not path.is_dir()}
        self.assertEqual(set(found), whole)
        for name, component in (("bin/hdrgen", "program"), ("share/man/man1/hdrgen-check.1", "program"), ("share/zsh/site-functions/_hdrgen", "program"),
                                ("libexec/hdrgen/hdrgen-read-tree", "library"), ("include/hdrgen/read.h", "development"),
                                ("share/doc/hdrgen/LICENSE", "documentation")):
            self.assertEqual(found[name], component, name)
        for name, component in found.items():
            if "libhdrgen.so" in name:
                self.assertEqual(component, "development" if name.endswith(".so") else "library", name)
        self.run_it(str(self.dir / "program/bin/hdrgen"), "--version")


class Manual(Case):
    def test_every_command(self) -> None:
        """The commands are those that --help lists, not those that the build names."""
        commands = re.findall(r"^  hdrgen ([a-z]+)  ", self.run_it("hdrgen", "--help"), re.M)
        self.assertGreater(len(commands), 5)
        for command in commands:
            name = "hdrgen" if command == "generate" else f"hdrgen-{command}"
            page = PREFIX / f"share/man/man1/{name}.1"
            self.assertTrue(page.is_file(), f"{page}: add it to src/cli/CMakeLists.txt")
            self.assertEqual(page.read_text(), self.run_it("hdrgen", "__man", command))


if __name__ == "__main__":
    unittest.main()
