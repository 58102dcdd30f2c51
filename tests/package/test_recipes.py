"""Each recipe of docs/recipes, from a clean directory, offline, with the installed hdrgen: it builds and runs; a
changed header makes the bindings anew, an unchanged one does not."""

import os
import re
import subprocess
import time
import unittest
from pathlib import Path

from package import RECIPES, Case

FIRST, SECOND = "comm at 16 of 32\n", "comm at 28 of 48\n"


class Regenerated(Case):
    """Recipes that print where a member is: before and after records.h grows."""

    def outcome(self, build: list[list[str]], program: list[str], bindings: str) -> None:
        def make() -> str:
            for command in build:
                self.run_it(*command)
            return self.run_it(*program)

        def stamp() -> int:
            found = [path for path in self.dir.glob(bindings)]
            self.assertEqual(len(found), 1, found)
            return found[0].stat().st_mtime_ns

        self.assertTrue(make().endswith(FIRST))
        before = stamp()
        self.assertTrue(make().endswith(FIRST))
        self.assertEqual(stamp(), before, "unchanged headers, new bindings")
        # The struct moves to a header that records.h includes: only the depfile knows of it.
        records = self.dir / "records.h"
        text = records.read_text()
        time.sleep(1.1)  # make and cargo compare times
        (self.dir / "inner.h").write_text(text)
        records.write_text('#include "inner.h"\n')
        self.assertTrue(make().endswith(FIRST))
        time.sleep(1.1)
        (self.dir / "inner.h").write_text(text.replace("unsigned int pid;", "unsigned int pid; long more;"))
        self.assertTrue(make().endswith(SECOND))
        self.assertNotEqual(stamp(), before)

    def test_make(self) -> None:
        self.take("make")
        self.outcome([["make"]], ["./main"], "bindings.h")

    def test_cmake(self) -> None:
        self.take("cmake")
        for generator in ("Unix Makefiles", "Ninja"):
            folder = generator.split()[0].lower()
            self.run_it("cmake", "-G", generator, "-S", ".", "-B", folder)
            with self.subTest(generator):
                self.take("cmake")
                self.outcome([["cmake", "--build", folder]], [f"{folder}/main"], f"{folder}/bindings.h")

    def test_meson(self) -> None:
        self.take("meson")
        self.run_it("meson", "setup", "build")
        self.outcome([["meson", "compile", "-C", "build"]], ["build/main"], "build/bindings.h")

    def test_cargo(self) -> None:
        self.take("cargo")
        self.outcome([["cargo", "build", "--quiet"]], ["target/debug/recipe"], "target/debug/build/recipe-*/out/bindings.rs")

    def test_xtask(self) -> None:
        self.take("xtask")
        self.run_it("cargo", "xtask", "codegen")
        self.assertEqual(self.run_it("cargo", "run", "--quiet"), FIRST)
        self.run_it("cargo", "xtask", "codegen", "--check")
        records = self.dir / "records.h"
        records.write_text(records.read_text().replace("unsigned int pid;", "unsigned int pid; long more;"))
        self.assertIn("run `cargo xtask codegen`", self.run_it("cargo", "xtask", "codegen", "--check", status=1))
        self.run_it("cargo", "xtask", "codegen")
        self.assertEqual(self.run_it("cargo", "run", "--quiet"), SECOND)


class Skeleton(Case):
    def test_builds(self) -> None:
        self.take("skeleton")
        source = os.environ.get("HDRGEN_SKELETON_BTF", "/sys/kernel/btf/vmlinux")
        if not Path(source).exists():
            self.fail(f"{source} is not there: name a BTF file in HDRGEN_SKELETON_BTF")
        out = self.run_it("make", f"SOURCE=--btf {source}")
        self.assertIn("task_struct.real_parent", out)
        self.assertNotEqual((self.dir / "exec.skel.h").stat().st_size, 0)
        stamp = (self.dir / "vmlinux.h").stat().st_mtime_ns
        self.assertIn("up to date", self.run_it("make", f"SOURCE=--btf {source}"))
        self.assertEqual((self.dir / "vmlinux.h").stat().st_mtime_ns, stamp)

    def test_an_object_that_does_not_fit_is_not_built(self) -> None:
        self.take("skeleton")
        (self.dir / "other.h").write_text("struct task_struct { int pid; };\n")
        self.run_it("make", "vmlinux.h")
        self.run_it("hdrgen", "--header", "other.h", "-o", "other.btf")
        out = self.run_it("make", "SOURCE=--btf other.btf", status=2)
        self.assertIn("real_parent", out)
        self.assertFalse((self.dir / "exec.bpf.o").exists())


class Syntax(unittest.TestCase):
    """Recipes for systems that are not here: as far as their syntax and what they call can be checked."""

    def test_openwrt(self) -> None:
        text = (RECIPES / "openwrt/Makefile").read_text()
        stub = text.replace("include $(TOPDIR)/rules.mk", "INSTALL_DIR:=install -d\nINSTALL_DATA:=install -m644\nLINUX_DIR:=tree\n"
                            "LINUX_VERSION:=6.1\nPKG_BUILD_DIR:=out").replace("include $(INCLUDE_DIR)/package.mk", "")
        stub = stub.replace("$(eval $(call BuildPackage,kernel-btf))",
                            "define newline\n\n\nendef\nall:\n\t$(Build/Compile)\n\t$(call Package/kernel-btf/install,root)\n")
        for given, expected in ([], "task_struct --pointers follow"), (["KERNEL_BTF_FOR=a.o b.o"], "--for a.o --for b.o"):
            run = subprocess.run(["make", "-n", "-f", "-", *given], input=stub, capture_output=True, text=True, check=False)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertRegex(re.sub(r"\s*\\?\n\s*", " ", run.stdout),
                             rf"hdrgen --kernel tree --header linux/sched.h \\? ?{expected} \\? ?-o out/kernel.btf")
            self.assertIn("install -m644 out/kernel.btf root/usr/share/btf/6.1.btf", run.stdout)

    def test_yocto(self) -> None:
        text = (RECIPES / "yocto/kernel-btf.bb").read_text()
        functions = re.findall(r"^(do_\w+)\(\) (\{.*?^\})", text, re.M | re.S)
        self.assertEqual([name for name, _ in functions], ["do_compile", "do_install"])
        for name, body in functions:
            run = subprocess.run(["sh", "-n"], input=f"{name}() {body}\n", capture_output=True, text=True, check=False)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
        rest = re.sub(r"^do_\w+\(\) \{.*?^\}", "", text, flags=re.M | re.S)
        for line in filter(None, map(str.strip, rest.splitlines())):
            self.assertRegex(line, r'^(#|inherit \S+$|[A-Za-z_:${}.\[\]]+ (\?|\+)?= ".*"$)')

    def test_ci(self) -> None:
        """No YAML reader is in the standard library: the commands are what matters, and they are shell."""
        for name in ("github.yml", "gitlab.yml"):
            lines = (RECIPES / "ci" / name).read_text().splitlines()
            self.assertFalse([line for line in lines if "\t" in line])
            commands = [line.strip().removeprefix("- ").removeprefix("run: ") for line in lines
                        if re.match(r" +(- )?(run: )?(hdrgen|cmake|sudo|sh|diff|git|apt-get) ", line)]
            self.assertGreater(len(commands), 6, name)
            run = subprocess.run(["sh", "-n"], input="\n".join(commands), capture_output=True, text=True, check=False)
            self.assertEqual((run.returncode, run.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
