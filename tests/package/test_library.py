"""libhdrgen as a program's author meets it: pkg-config, shared and static, the exported symbols, threads."""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from package import LIBDIR, PREFIX, SECONDS, SOURCE, Case

HERE = Path(__file__).resolve().parent
READER = PREFIX / "libexec/hdrgen/hdrgen-read-tree"
TREE = SOURCE / "kernel-header-fixtures/mini"
# What would change the process of a program that calls the library.
FOREIGN = {"fork", "vfork", "umask", "malloc_trim", "mallopt", "signal", "sigaction", "sigprocmask",
           "exit", "_exit", "setrlimit", "chdir"}


class Library(Case):
    def setUp(self) -> None:
        super().setUp()
        self.take("library")
        # stddef.h is clang's own: it is found beside libclang.
        (self.dir / "records.h").write_text("#include <stddef.h>\nstruct event { ptrdiff_t time; char comm[16]; };\n")

    def flags(self, *options: str) -> list[str]:
        return self.run_it("pkg-config", *options, "hdrgen").split()

    def check(self, program: str) -> None:
        self.assertEqual(self.run_it(f"./{program}", "records.h", "event", "comm"), "comm at bit 64 of 192\n")
        self.assertIn("cannot read header", self.run_it(f"./{program}", "./none.h", "event", "comm", status=2))

    def test_shared(self) -> None:
        self.run_it("cc", "-Wall", "-Werror", "-std=c17", "layout.c", "-o", "layout", *self.flags("--cflags", "--libs"))
        self.check("layout")
        self.assertIn("libhdrgen.so.1", self.run_it("ldd", "layout"))

    def test_static(self) -> None:
        libraries = ["-l:libhdrgen.a" if word == "-lhdrgen" else word for word in self.flags("--static", "--libs")]
        self.run_it("cc", "layout.c", "-o", "layout", *self.flags("--cflags"), *libraries)
        self.check("layout")
        self.assertNotIn("libhdrgen", self.run_it("ldd", "layout"))

    def test_cpp(self) -> None:
        for compiler in ("c++", "clang++"):
            self.run_it(compiler, "-Wall", "-Wextra", "-Wno-missing-field-initializers", "-Wpedantic", "-Werror", "-std=c++20", str(HERE / "layout.cpp"), "-o",
                        "layout", *self.flags("--cflags", "--libs"))
            self.assertEqual(self.run_it("./layout", "records.h", "event", "comm[2]"), 2 * "comm[2] at bit 80 of 24 bytes\n")
            self.assertIn("cannot read header", self.run_it("./layout", "./none.h", "event", "comm", status=2))

    def build_tour(self, *flags: str) -> str:
        """docs/library.md: its C is one program.  Builds it; returns what the page says that it prints."""
        blocks = re.findall(r"^```(\w+)\n(.*?)^```$", (SOURCE / "docs/library.md").read_text(), re.S | re.M)
        parts = {language: "\n".join(text for word, text in blocks if word == language) for language, _ in blocks}
        commands = re.search(r"^    page=.*?^    clang [^\n]*$", (SOURCE / "docs/library.md").read_text(), re.S | re.M)
        self.assertIsNotNone(commands)
        if not (self.dir / "hdrgen").exists():
            (self.dir / "hdrgen").symlink_to(SOURCE)
        self.run_it("bash", "-e", "-c", commands[0])
        for language, name in (("c", "tour.c"), ("h", "event.h"), ("bpf", "prog.bpf.c")):
            self.assertEqual((self.dir / name).read_text().split(), parts[language].split(), name)
        self.run_it("cc", "-Wall", "-Wextra", "-Werror", "-std=c17", "tour.c", "-o", "tour", *flags)
        return parts["text"]

    def test_the_tour(self) -> None:
        """It compiles without a warning and prints what the page says."""
        text = self.build_tour(*self.flags("--cflags", "--libs"))
        self.assertEqual(self.run_it("./tour", "event.h", str(TREE), "prog.bpf.o"), text)
        self.assertIn("pub comm: ", (self.dir / "event.rs").read_text())
        self.assertIn("cannot read", self.run_it("./tour", "./none.h", str(TREE), "prog.bpf.o", status=2))
        (self.dir / "bad.o").write_text("no object")
        self.assertIn("bad.o", self.run_it("./tour", "event.h", str(TREE), "bad.o", status=2))

    def test_a_moved_prefix(self) -> None:
        """What was installed is moved: pkg-config and find_package() find it where it now is, and nothing else."""
        moved = self.dir / "moved"
        shutil.copytree(PREFIX, moved, symlinks=True)
        libdir = moved / LIBDIR.relative_to(PREFIX)
        self.environment |= {"PKG_CONFIG_PATH": f"{libdir}/pkgconfig", "LD_LIBRARY_PATH": str(libdir),
                             "CMAKE_PREFIX_PATH": str(moved), "PATH": self.environment["PATH"].removeprefix(f"{PREFIX}/bin:")}
        for path in [*libdir.rglob("*.pc"), *libdir.rglob("*.cmake")]:
            self.assertNotIn(str(PREFIX), path.read_text(), path)
        flags = self.flags("--cflags", "--libs")
        self.assertIn(str(moved), " ".join(flags))
        text = self.build_tour(*flags)
        # The library's program, too, is the one that was moved: it leaves a trace.
        reader = moved / READER.relative_to(PREFIX)
        reader.rename(f"{reader}.real")
        reader.write_text(f"#!/bin/sh\n: >{self.dir}/moved-was-run\nexec {reader}.real\n")
        reader.chmod(0o755)
        self.assertEqual(self.run_it("./tour", "event.h", str(TREE), "prog.bpf.o"), text)
        self.assertTrue((self.dir / "moved-was-run").exists())
        self.assertIn(str(libdir), self.run_it("ldd", "tour"))
        # docs/recipes/cmake runs the program; with the library, too.
        self.take("cmake")
        lists = (self.dir / "CMakeLists.txt").read_text()
        (self.dir / "CMakeLists.txt").write_text(
            lists + "add_executable(tour tour.c)\ntarget_link_libraries(tour PRIVATE hdrgen::hdrgen)\n")
        self.run_it("cmake", "-S", ".", "-B", "build")
        self.run_it("cmake", "--build", "build")
        self.assertIn("comm at 16 of 32", self.run_it("build/main"))
        self.assertEqual(self.run_it("build/tour", "event.h", str(TREE), "prog.bpf.o"), text)

    def test_each_header_stands_alone(self) -> None:
        for header in sorted((PREFIX / "include/hdrgen").glob("*.h")):
            (self.dir / "one.c").write_text(f"#include <hdrgen/{header.name}>\n")
            self.run_it("cc", "-Wall", "-Wextra", "-Werror", "-std=c17", "-fsyntax-only", "one.c", *self.flags("--cflags"))

    def test_exported_is_declared(self) -> None:
        """The library, the headers (as clang reads them) and the list that is committed name the same functions."""
        symbols = self.run_it("nm", "-D", "--defined-only", str(LIBDIR / "libhdrgen.so"))
        exported = {word.split("@")[0] for word in symbols.split() if word.startswith("hg_")}
        others = [line for line in symbols.splitlines() if " hg_" not in line and "HDRGEN_" not in line]
        self.assertEqual(others, [])
        includes = "".join(f"#include <hdrgen/{header.name}>\n" for header in (PREFIX / "include/hdrgen").glob("*.h"))
        (self.dir / "all.c").write_text(includes)
        tree = self.run_it("clang", "-fsyntax-only", "-fno-color-diagnostics", "-Xclang", "-ast-dump", "all.c",
                           *self.flags("--cflags"))
        declared = set(re.findall(r"^[|`]-FunctionDecl .*? (hg_\w+) '", tree, re.M))
        self.assertGreater(len(declared), 20)
        self.assertEqual(exported, declared)
        listed = set((SOURCE / "src/library/symbols").read_text().split())
        self.assertEqual(exported, listed, "src/library/symbols: add what is new; what goes changes the SOVERSION")

    def test_symbols_have_a_version(self) -> None:
        symbols = self.run_it("nm", "-D", "--defined-only", str(LIBDIR / "libhdrgen.so")).split()
        names = [word for word in symbols if word.startswith("hg_")]
        self.assertEqual([name for name in names if not name.endswith("@@HDRGEN_1")], [])

    def test_the_process_is_the_callers(self) -> None:
        """The library has no function that would change the process: not even unused."""
        imported = self.run_it("nm", "-D", "--undefined-only", str(LIBDIR / "libhdrgen.so")).split()
        imported = {word.split("@")[0] for word in imported}
        self.assertIn("posix_spawn", imported)
        self.assertEqual(imported & FOREIGN, set())

    def test_sizes(self) -> None:
        """Structures of the headers, by hdrgen itself, are those of the list that is committed."""
        listed = self.run_it("hdrgen", "list", "--header", "hdrgen/hdrgen.h", "--target", "x86_64-linux-gnu", "struct hg_*",
                             "--", *self.flags("--cflags"))
        sizes = "".join(f"{name} {size}\n" for _, name, size, _ in (line.split("\t") for line in listed.splitlines()))
        self.assertEqual(sizes, (SOURCE / "src/library/sizes").read_text(),
                         "src/library/sizes: options (sz) may grow at their end; any other change changes the SOVERSION")

    def test_manual_pages(self) -> None:
        """Each function of the library has one, and groff has nothing to say of them."""
        pages = PREFIX / "share/man/man3"
        found = {page.stem for page in pages.glob("hg_*.3")}
        self.assertEqual(found, set((SOURCE / "src/library/symbols").read_text().split()))
        for page in sorted(pages.glob("hdrgen-*.3")):
            self.assertEqual(self.run_it("groff", "-ww", "-man", "-Tutf8", "-z", str(page)), "")
        text = self.run_it("man", "-l", str(pages / "hdrgen-model.3"))
        self.assertIn("Follows a path in C", text)

    def test_threads(self) -> None:
        """Two threads, two models at a time, from headers, a kernel tree and BTF, with every box under ThreadSanitizer."""
        with tempfile.TemporaryDirectory() as folder:
            options = ["-DCMAKE_BUILD_TYPE=Debug", "-DBUILD_TESTING=OFF", "-DHDRGEN_SANITIZE=thread",
                       "-DCMAKE_C_COMPILER=clang"]
            self.run_it("cmake", "-S", str(SOURCE), "-B", folder, *options)
            self.run_it("cmake", "--build", folder, "--parallel", "2", "--target", "hdrgen_static")
            libraries = [word for word in self.flags("--static", "--libs") if word != "-lhdrgen"]
            self.run_it("clang", "-g", "-fsanitize=thread", str(HERE / "threads.c"), f"-I{SOURCE}/include", "-o", "threads",
                        f"{folder}/src/library/libhdrgen.a", *libraries)
        command = ["./threads", "records.h", str(TREE), str(READER)]
        # The runtime of clang 14 itself fails in a tenth of the runs on a busy machine, when a thread starts: a range of
        # shadow memory that cannot be. That is no report of a race, which ends the test.
        for _ in range(8):
            run = subprocess.run(command, cwd=self.dir, env=self.environment, stdin=subprocess.DEVNULL, timeout=SECONDS,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            if "ThreadSanitizer failed to allocate" not in run.stdout:
                break
        self.assertEqual((run.returncode, run.stdout), (0, "12 models\n"))


if __name__ == "__main__":
    unittest.main()
