"""Trees that are not as a build leaves them: each gives the right types, or exit status 2 with what is wrong and what to do.

Every tree is read in both ways that read sources: the list of files, and BTF of all of them.
"""

import os
import resource
import stat
import unittest

from test_source_list import Builds

TYPES = {"init/main.c": "struct hg_task { int pid; long state; };\nstruct hg_task init_task;\n",
         "include/linux/hg_header.h": "#pragma once\nstruct hg_header { int version; };\n"}
CLANG = ("clang --target=x86_64-linux-gnu -fintegrated-as -Werror=unknown-warning-option -Wp,-MMD,x.d -nostdinc -I./arch/x86/include "
         "-I{src}/include -include {src}/include/linux/kconfig.h -D__KERNEL__ -Qunused-arguments -fmacro-prefix-map=./= -std=gnu11 "
         "-fshort-wchar -mno-sse -m64 -mstack-alignment=8 -mskip-rax-setup -mretpoline-external-thunk -mharden-sls=all -O2 "
         "-fstack-protector-strong -ftrivial-auto-var-init=zero -fno-stack-clash-protection -mllvm -inline-threshold=1 "
         "-fsanitize=kcfi -fno-sanitize-memory-param-retval -pg -mfentry -gdwarf-5 {more} -DKBUILD_MODFILE='\"{name}\"' "
         "-DKBUILD_BASENAME='\"{base}\"' -DKBUILD_MODNAME='\"{base}\"' -D__KBUILD_MODNAME=kmod_{base} -c -o {name}.o {src}/{name}.c")
LTO = "-flto=thin -fsplit-lto-unit -fvisibility=hidden"


class Bad(Builds):
    def tree(self, name: str = "linux", **files: str | bytes) -> str:
        super().tree(name, **files)
        for path, text in TYPES.items():
            self.write(f"{name}/{path}", text)
        return name

    def both_refuse(self, tree: str, *arguments: str, says: str | list[str]) -> None:
        """Within a minute and two gigabytes (of a program with AddressSanitizer), and no output is left."""
        for command in (("flags", "--sources", "--kernel", tree), ("--sources", "--kernel", tree, "-o", "x.btf")):
            self.refused(*command, *arguments, says=says)
        self.assertFalse((self.dir / "x.btf").exists())
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, 2 << 20)

    def both_read(self, tree: str, *arguments: str) -> str:
        """The file with the types is listed, and its types are written; returns what is reported on the list."""
        listed = self.good("flags", "--sources", "--kernel", tree, *arguments)
        self.assertIn("init/main.o\t-\t", listed.out.decode())
        self.good("--sources", "--kernel", tree, *arguments, "-o", "x.btf")
        shown = self.good("show", "--btf", "x.btf", "hg_task").out.decode()
        self.assertIn("state", shown)
        (self.dir / "x.btf").unlink()
        return listed.err


class Configurations(Bad):

    def test_unconfigured(self) -> None:
        tree = self.tree()
        (self.dir / tree / "include/config/auto.conf").unlink()
        self.both_refuse(tree, says=["auto.conf' is not there, so this kernel tree is not configured", "make prepare"])

    def test_cleaned_of_generated_headers(self) -> None:
        tree = self.tree()
        (self.dir / tree / "include/generated/autoconf.h").unlink()
        self.both_refuse(tree, says=["autoconf.h' is not there", "make prepare"])
        tree = self.tree("other")
        os.unlink(self.dir / tree / "arch/x86/include/generated/asm/empty.h")
        os.removedirs(self.dir / tree / "arch/x86/include/generated/asm")
        self.both_refuse(tree, says=["no arch/*/include/generated", "make prepare"])

    def test_a_configuration_of_another_release(self) -> None:
        configuration = "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 {} Kernel Configuration\n#\nCONFIG_X86=y\nCONFIG_64BIT=y\n"
        tree = self.tree(**{"include/config/auto.conf": configuration.format("5.10.223")})
        self.both_refuse(tree, says=["auto.conf' is a configuration of Linux 5.10, and the sources in", "are of Linux 6.1",
                                     "make olddefconfig prepare"])
        self.write(f"{tree}/include/config/auto.conf", configuration.format("6.1.9"))
        self.assertEqual(self.both_read(tree), "")

    def test_a_configuration_that_was_not_prepared(self) -> None:
        tree = self.tree()
        self.write(f"{tree}/.config", "CONFIG_X86=y\nCONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_NET=y\nCONFIG_M=m\nCONFIG_Y=y\n# CONFIG_Z is not set\n"
                                      "CONFIG_TEXT=\"1 2\"\n")
        self.assertEqual(self.both_read(tree), "")
        self.write(f"{tree}/.config", "CONFIG_X86=y\nCONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_M=y\nCONFIG_Y=y\nCONFIG_NEW=y\n")
        self.assertIn(".config' was changed after the tree was prepared (CONFIG_M, and 1 more): types are those of include/config/auto.conf",
                      self.both_read(tree))

    def test_randomised_structures(self) -> None:
        tree = self.tree(**{"include/config/auto.conf": "CONFIG_X86=y\nCONFIG_64BIT=y\nCONFIG_RANDSTRUCT=y\nCONFIG_RANDSTRUCT_FULL=y\n"})
        self.both_refuse(tree, says=["CONFIG_RANDSTRUCT", "--btf", "--force-randstruct"])
        self.assertIn("CONFIG_RANDSTRUCT", self.both_read(tree, "--force-randstruct"))


class Makefiles(Bad):

    def test_makefiles_that_do_not_end(self) -> None:
        words = " ".join(f"a{i}" for i in range(300))
        for makefile, says in (
                ("include $(srctree)/init/Makefile\n", "include each other more than 32 deep"),
                ("obj-y = $(obj-y) a.o\n", "defined through itself"),
                ("A0 = 0123456789\n" + "".join(f"A{i} = $(A{i - 1})$(A{i - 1})\n" for i in range(1, 40)) + "obj-y := $(A39)\n", "a value is longer"),
                ("f = $(call f,$(1)x)\nobj-y := $(call f,)\n", "nested more than 200 deep"),
                ("f = $(call f,$(1)x)$(call f,$(1)y)\nobj-y := $(call f,)\n", "nested more than 200 deep"),
                ("define f\n$(eval $(call f))\nendef\n$(eval $(call f))\n", "deep"),
                ("f = $(eval $(f))\n$(f)\n", "defined through itself"),
                ("X := $(X) a\n" * 3 + "define g\nX += $(X)\n$(eval $(value g))\nendef\n$(eval $(value g))\n", "take more than"),
                (f"W := {words}\nobj-y := " + "".join(f"$(if $(foreach {x},$(W)," for x in "abcd") + "))" * 4 + "\n", "do not come to an end"),
                ("A := " + "x" * 1000000 + "\n" + "".join(f"V{i} := $(A){i}\n" for i in range(300)), "more than 256 MB"),
                ("obj-y := " + "a/" * 100 + "\n", "init/" + "a/" * 100 + "Makefile")):
            with self.subTest(makefile[:60]):
                self.both_refuse(self.tree(**{"init/Makefile": makefile}), says=says)

    def test_many_rules_and_many_objects(self) -> None:
        rules = "".join(f"$(obj)/r{i}.o: $(src)/r{i}.x\n" for i in range(20000))
        objects = "obj-y := main.o " + " ".join(f"o{i}.o" for i in range(20000)) + "\n"
        self.both_refuse(self.tree(**{"init/Makefile": rules + objects}), says="do not come to an end")

    def test_garbage_in_makefiles(self) -> None:
        junk = bytes(range(256)) * 40
        for path in ("init/Makefile", "Makefile", "arch/x86/Makefile"):
            with self.subTest(path):
                tree = self.tree(**{path: b"\x7fELF\0\0" + junk})
                for command in (("flags", "--sources", "--kernel", tree), ("--sources", "--kernel", tree, "-o", "x.btf")):
                    result = self.run_hdrgen(*command)
                    self.assertIn(result.status, (0, 2))
                    self.assertEqual(result.status == 2, "error: " in result.err, result.err)
        self.both_read(self.tree(**{"net/Makefile": b"obj-y := socket.o\n#" + junk.replace(b"\n", b"") + b"\n"}))
        self.both_refuse(self.tree(**{"net/Makefile": b"obj-y := socket.o\n" + b"A" * (17 << 20)}), says=["cannot read the makefile", "net/Makefile"])


class Files(Bad):

    def test_links_in_circles(self) -> None:
        tree = self.tree(**{"kernel/Makefile": "obj-y := fork.o loop/\n"})
        os.symlink(".", self.dir / tree / "kernel/loop")
        self.both_refuse(tree, says=["kernel/loop/loop/", "Makefile"])
        tree = self.tree("globs", **{"kernel/Makefile": "obj-y := fork.o $(wildcard $(srctree)/$(src)/" + "*/" * 30 + "x.o)\n"})
        for name in ("a", "b", "c"):
            os.symlink(".", self.dir / tree / "kernel" / name)
        self.both_refuse(tree, says="wildcards look at more than")
        tree = self.tree("self")
        os.unlink(self.dir / tree / "net/Makefile")
        os.symlink("Makefile", self.dir / tree / "net/Makefile")
        self.both_refuse(tree, says=["net/Makefile"])
        os.symlink("round", self.dir / "round")
        self.both_refuse("round", says="--kernel 'round'")

    def test_files_that_are_no_files(self) -> None:
        tree = self.tree()
        os.unlink(self.dir / tree / "net/Makefile")
        os.mkfifo(self.dir / tree / "net/Makefile")
        self.both_refuse(tree, says=["cannot read the makefile", "net/Makefile"])

    def test_a_tree_that_cannot_be_written_to(self) -> None:
        tree = self.tree()

        def state() -> list[tuple[str, int, int]]:
            return sorted((str(path), path.lstat().st_mtime_ns, path.lstat().st_mode) for path in [self.dir / tree, *(self.dir / tree).rglob("*")])

        for path in (self.dir / tree).rglob("*"):
            path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
        before = state()
        self.assertEqual(self.both_read(tree), "")
        self.assertEqual(state(), before)
        for path in (self.dir / tree).rglob("*"):
            path.chmod(path.stat().st_mode | stat.S_IWUSR)

    @unittest.skipIf(os.geteuid() == 0, "root reads everything")
    def test_directories_that_cannot_be_read(self) -> None:
        tree = self.tree()
        (self.dir / tree / "net").chmod(0)
        self.both_refuse(tree, says="net/Makefile")
        (self.dir / tree / "net").chmod(0o755)


class SavedCommands(Bad):
    """What a build left behind, and what became of it."""

    def whole(self, name: str = "linux", src: str | None = None) -> str:
        tree = self.tree(name)
        self.build(tree, src)
        return tree

    def clang_build(self, tree: str, more: str = "") -> None:
        self.build(tree)
        src = str(self.dir / tree)
        for path in (self.dir / tree).rglob(".*.o.cmd"):
            name = str(path.relative_to(self.dir / tree)).replace("/.", "/")[:-len(".o.cmd")]
            module = "-DMODULE " if name == "drivers/d" else ""
            command = CLANG.format(src=src, name=name, base=os.path.basename(name), more=module + more)
            path.write_text(f"savedcmd_{name}.o := {command}\n")

    def test_half_cleaned(self) -> None:
        tree = self.whole()
        for path in ("net/.socket.o.cmd", "kernel/.built-in.a.cmd", "modules.order"):
            (self.dir / tree / path).unlink()
            self.both_read(tree)
            self.assertEqual(self.listed(tree), self.everything())
            self.assertIn("are incomplete", self.origin(tree))

    def test_moved_after_the_build(self) -> None:
        tree = self.whole(src="/home/builder/linux-6.1")
        self.assertEqual(self.both_read(tree), "")
        self.assertEqual(self.listed(tree), self.everything())

    def test_a_saved_command_of_100_megabytes(self) -> None:
        tree = self.whole()
        path = self.dir / tree / "net/.socket.o.cmd"
        good = path.read_text()
        path.write_text("savedcmd_net/socket.o := " + "gcc -DA " * (100 << 17) + "\n")
        self.both_refuse(tree, says=[".socket.o.cmd", "more than 8 MB", "--commands"])
        path.write_text(good + "deps := " + "x.h " * (100 << 18) + "\n")
        self.assertEqual(self.both_read(tree), "")
        path.unlink()
        os.mkfifo(path)
        self.both_read(tree)

    def test_built_by_clang(self) -> None:
        tree = self.tree(**{"include/config/auto.conf": "CONFIG_X86=y\nCONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_CC_IS_CLANG=y\n"
                                                        "CONFIG_CLANG_VERSION=170006\nCONFIG_CC_VERSION_TEXT=\"clang version 17.0.6\"\n"})
        self.clang_build(tree)
        self.assertEqual(self.both_read(tree), "")
        self.assertEqual(self.listed(tree), self.everything())

    def test_link_time_optimisation(self) -> None:
        """Objects are bitcode: hdrgen does not look into them."""
        tree = self.tree(**{"include/config/auto.conf": "CONFIG_X86=y\nCONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_CC_IS_CLANG=y\n"
                                                        "CONFIG_LTO_CLANG_THIN=y\n"})
        self.clang_build(tree, LTO)
        for name in self.everything():
            self.write(f"{tree}/{name}", b"BC\xc0\xde" + bytes(64))
        self.assertEqual(self.both_read(tree), "")
        self.assertEqual(self.listed(tree), self.everything())

    def test_garbage_in_saved_commands(self) -> None:
        tree = self.whole()
        self.write(f"{tree}/net/.socket.o.cmd", b"savedcmd_net/socket.o := gcc " + bytes(range(1, 256)).replace(b"\n", b"") * 100 + b"\n")
        result = self.run_hdrgen("flags", "--sources", "--kernel", tree)
        self.assertIn(result.status, (0, 2))
        self.write(f"{tree}/.built-in.a.cmd", b"\0" * 1000)
        self.both_read(tree)


if __name__ == "__main__":
    unittest.main()
