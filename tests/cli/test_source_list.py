"""Which source files a kernel is built from: hdrgen flags --sources, in all four forms."""

import json
import os
import shutil
import unittest
from pathlib import Path

from hdrgen import FIXTURES, Case

MINI = str(FIXTURES / "mini")

# What vmlinux is linked from, as the top Makefiles of these releases say it.
TOP_4_19 = """VERSION = 4
PATCHLEVEL = 19
KBUILD_CFLAGS := -std=gnu89
init-y := init/
drivers-y := drivers/
net-y := net/
libs-y := lib/
core-y := usr/
virt-y :=
core-y += kernel/
include arch/$(SRCARCH)/Makefile
vmlinux-dirs := $(patsubst %/,%,$(filter %/, $(init-y) $(init-m) $(core-y) $(core-m) $(drivers-y) $(drivers-m) \\
		$(net-y) $(net-m) $(libs-y) $(libs-m) $(virt-y)))
init-y := $(patsubst %/, %/built-in.a, $(init-y))
core-y := $(patsubst %/, %/built-in.a, $(core-y))
drivers-y := $(patsubst %/, %/built-in.a, $(drivers-y))
net-y := $(patsubst %/, %/built-in.a, $(net-y))
libs-y1 := $(patsubst %/, %/lib.a, $(libs-y))
libs-y2 := $(patsubst %/, %/built-in.a, $(filter-out %.a, $(libs-y)))
"""
LINKED_4_19 = """export KBUILD_VMLINUX_INIT := $(head-y) $(init-y)
export KBUILD_VMLINUX_MAIN := $(core-y) $(libs-y2) $(drivers-y) $(net-y) $(virt-y)
export KBUILD_VMLINUX_LIBS := $(libs-y1)
"""
LINKED_5_4 = """export KBUILD_VMLINUX_OBJS := $(head-y) $(init-y) $(core-y) $(libs-y2) \\
			      $(drivers-y) $(net-y) $(virt-y)
export KBUILD_VMLINUX_LIBS := $(libs-y1)
"""
TOP_5_10 = """VERSION = 5
PATCHLEVEL = 10
KBUILD_CFLAGS := -std=gnu89
core-y := init/ usr/
drivers-y := drivers/
drivers-$(CONFIG_NET) += net/
libs-y := lib/
include $(srctree)/arch/$(SRCARCH)/Makefile
core-y += kernel/
vmlinux-dirs := $(patsubst %/,%,$(filter %/, $(core-y) $(core-m) $(drivers-y) $(drivers-m) $(libs-y) $(libs-m)))
KBUILD_VMLINUX_OBJS := $(head-y) $(patsubst %/,%/built-in.a, $(core-y))
KBUILD_VMLINUX_OBJS += $(addsuffix built-in.a, $(filter %/, $(libs-y)))
ifdef CONFIG_MODULES
KBUILD_VMLINUX_OBJS += $(patsubst %/, %/lib.a, $(filter %/, $(libs-y)))
KBUILD_VMLINUX_LIBS := $(filter-out %/, $(libs-y))
else
KBUILD_VMLINUX_LIBS := $(patsubst %/,%/lib.a, $(libs-y))
endif
KBUILD_VMLINUX_OBJS += $(patsubst %/,%/built-in.a, $(drivers-y))
export KBUILD_VMLINUX_OBJS KBUILD_VMLINUX_LIBS
"""
TOP_6_1 = """VERSION = 6
PATCHLEVEL = 1
KBUILD_CFLAGS := -std=gnu11
core-y :=
drivers-y :=
libs-y := lib/
include $(srctree)/arch/$(SRCARCH)/Makefile
build-dir := .
export ARCH_CORE := $(core-y)
export ARCH_LIB := $(filter %/, $(libs-y))
export ARCH_DRIVERS := $(drivers-y) $(drivers-m)
KBUILD_VMLINUX_OBJS := ./built-in.a
ifdef CONFIG_MODULES
KBUILD_VMLINUX_OBJS += $(patsubst %/, %/lib.a, $(filter %/, $(libs-y)))
KBUILD_VMLINUX_LIBS := $(filter-out %/, $(libs-y))
else
KBUILD_VMLINUX_LIBS := $(patsubst %/,%/lib.a, $(libs-y))
endif
export KBUILD_VMLINUX_LIBS
"""


class Lists(Case):
    def listed(self, *arguments: str) -> dict[str, str]:
        """object -> module, or - for vmlinux"""
        out = self.good("flags", "--sources", "--kernel", *arguments).out.decode()
        return {line.split("\t")[0]: line.split("\t")[1] for line in out.splitlines()}

    def flags_of(self, *arguments: str) -> list[str]:
        return self.good("flags", "--sources", "--kernel", *arguments).out.decode().splitlines()

    def tree(self, name: str = "linux", **files: str | bytes) -> str:
        """A configured tree for x86; files by name, with _ for /, more in files."""
        base: dict[str, str | bytes] = {
            "Makefile": TOP_6_1,
            "Kbuild": "obj-y += init/ $(ARCH_CORE) kernel/ $(ARCH_LIB) drivers/ $(ARCH_DRIVERS)\nobj-$(CONFIG_NET) += net/\n",
            "arch/x86/Makefile": "core-y += arch/x86/\nhead-y := arch/x86/kernel/head64.o\nlibs-y += arch/x86/lib/\n",
            "arch/x86/Kbuild": "obj-y += kernel/\n",
            "arch/x86/kernel/Makefile": "extra-y := head64.o\nobj-y := setup.o\n",
            "arch/x86/lib/Makefile": "lib-y := memcpy.o\n",
            "include/config/auto.conf": "CONFIG_X86=y\nCONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_NET=y\nCONFIG_M=m\nCONFIG_Y=y\n",
            "include/generated/autoconf.h": "#define CONFIG_X86 1\n",
            "arch/x86/include/generated/asm/empty.h": "",
            "include/linux/kconfig.h": "",
            "init/Makefile": "obj-y := main.o\n",
            "usr/Makefile": "obj-y := initramfs_data.o\n",
            "usr/initramfs_data.S": "",
            "kernel/Makefile": "obj-y := fork.o\n",
            "lib/Makefile": "lib-y := string.o\nobj-y := sort.o\n",
            "drivers/Makefile": "obj-$(CONFIG_M) += d.o\n",
            "net/Makefile": "obj-y := socket.o\n",
        }
        base.update(files)
        for path, text in base.items():
            self.write(f"{name}/{path}", text)
        for path in ("arch/x86/kernel/head64", "arch/x86/kernel/setup", "arch/x86/lib/memcpy", "init/main", "kernel/fork",
                     "lib/string", "lib/sort", "drivers/d", "net/socket"):
            self.write(f"{name}/{path}.c", "int x;\n")
        return name


class Makefiles(Lists):
    def test_the_mini_tree(self) -> None:
        listed = self.listed(MINI, "--arch", "arm64")
        self.assertEqual(listed, {
            "arch/arm64/kernel/setup.o": "-", "drivers/char/main.o": "mini_char", "drivers/char/queue/queue.o": "mini_char",
            "init/main.o": "-", "kernel/exit.o": "-", "kernel/fork.o": "-", "kernel/livepatch/core.o": "livepatch",
            "kernel/livepatch/patch.o": "livepatch", "kernel/sched/clock.o": "-", "kernel/sched/core.o": "-",
            "kernel/sched/fair.o": "-", "lib/list_sort.o": "-", "lib/string.o": "-", "net/core.o": "-"})
        result = self.good("flags", "--sources", "--kernel", MINI, "--arch", "arm64")
        self.assertIn("1 source file of this kernel is not there", result.err)
        self.assertIn("kernel/table.o", result.err)

    def test_arguments_of_a_file(self) -> None:
        flags = self.flags_of(MINI, "--arch", "arm64", "drivers/char/queue/queue.c")
        for flag in (f"-I{MINI}/drivers/char/include", "-DMINI_CHAR_SLOTS=16", "-DMODULE",
                     '-DKBUILD_BASENAME="queue"', '-DKBUILD_MODNAME="mini_char"', "--target=aarch64-linux-gnu"):
            self.assertIn(flag, flags)
        core = self.flags_of(MINI, "--arch", "arm64", "kernel/sched/core.c", "--", "-DMINE")
        self.assertIn("-DSCHED_SLICE=6", core)
        self.assertIn('-DKBUILD_MODFILE="kernel/sched/core"', core)
        self.assertEqual(core[-1], "-DMINE")
        self.refused("flags", "--sources", "--kernel", MINI, "--arch", "arm64", "kernel/sched/numa.c",
                     says=["not built from 'kernel/sched/numa.c'", "makefiles of"])
        self.refused("flags", "--sources", "--kernel", MINI, "--arch", "arm64", "kernel/table.o",
                     says=["a build generates", f"make -C {MINI} -k kernel/table.o"])

    def test_every_file_of_the_mini_tree_compiles_with_its_arguments(self) -> None:
        clang = shutil.which("clang-" + os.environ["HDRGEN_LIBCLANG"]) or shutil.which("clang")
        for arch in ("arm64", "x86", "arm"):
            out = self.good("flags", "--sources", "--kernel", MINI, "--arch", arch, "--format", "json").out
            for entry in json.loads(out):
                words = [str(clang), *entry["arguments"][1:], "-fsyntax-only", "-Werror"]
                words.remove("-c")
                import subprocess
                run = subprocess.run(words, cwd=self.dir, capture_output=True, text=True, check=False)
                self.assertEqual(run.returncode, 0, run.stderr)

    def test_forms_of_the_top_makefile(self) -> None:
        common = {"init/main.o": "-", "kernel/fork.o": "-", "lib/string.o": "-", "lib/sort.o": "-", "arch/x86/lib/memcpy.o": "-",
                  "arch/x86/kernel/setup.o": "-", "net/socket.o": "-", "drivers/d.o": "d"}
        head = {"arch/x86/kernel/head64.o": "-"}
        for name, top, expected in (("4.19", TOP_4_19 + LINKED_4_19, {**common, **head}),
                                    ("5.4", TOP_4_19.replace("VERSION = 4\nPATCHLEVEL = 19", "VERSION = 5\nPATCHLEVEL = 4")
                                     + LINKED_5_4, {**common, **head}),
                                    ("5.10", TOP_5_10, {**common, **head}),
                                    ("6.1", TOP_6_1, common)):
            with self.subTest(name):
                self.assertEqual(self.listed(self.tree(name, Makefile=top)), expected)

    def test_lists_in_the_makefile_of_an_architecture(self) -> None:
        """core-$(CONFIG_X), drivers-$(CONFIG_X), head-y of two files, machine directories, a lib.a by its name."""
        crypto = TOP_5_10.replace("PATCHLEVEL = 10", "PATCHLEVEL = 15").replace("export KBUILD_VMLINUX", "KBUILD_VMLINUX_LIBS += lib/crypto/lib.a\nexport KBUILD_VMLINUX", 1)
        files = {
            "arch/x86/Makefile": "BITS := 64\nhead-y := arch/x86/kernel/head_$(BITS).o\nhead-y += arch/x86/kernel/head$(BITS).o\n"
                                 "core-y += arch/x86/\nlibs-y += arch/x86/lib/\ncore-$(CONFIG_LATE) += arch/x86/late/\n"
                                 "core-$(CONFIG_NEVER) += arch/x86/never/\ndrivers-$(CONFIG_PCI) += arch/x86/pci/\n"
                                 "machine-$(CONFIG_BOARD) += board\ncore-y += $(patsubst %,arch/x86/mach-%/,$(machine-y))\n",
            "include/config/auto.conf": "CONFIG_X86=y\nCONFIG_64BIT=y\nCONFIG_MODULES=y\nCONFIG_NET=y\nCONFIG_LATE=m\nCONFIG_PCI=y\nCONFIG_BOARD=y\n",
            "arch/x86/kernel/head_64.S": "", "arch/x86/late/Makefile": "obj-m := late.o\nobj-y := unseen.o\n", "arch/x86/late/late.c": "",
            "arch/x86/late/unseen.c": "", "arch/x86/pci/Makefile": "obj-y := bus.o\n", "arch/x86/pci/bus.c": "",
            "arch/x86/mach-board/Makefile": "obj-y := board.o\n", "arch/x86/mach-board/board.c": "",
            "lib/Makefile": "lib-y := string.o\nobj-y := sort.o crypto/\n", "lib/crypto/Makefile": "lib-y := blake2s.o\nobj-y := sha.o\n",
            "lib/crypto/blake2s.c": "", "lib/crypto/sha.c": ""}
        expected = {"arch/x86/kernel/head64.o": "-", "arch/x86/late/late.o": "late", "arch/x86/pci/bus.o": "-", "arch/x86/mach-board/board.o": "-",
                    "lib/crypto/sha.o": "-", "init/main.o": "-", "kernel/fork.o": "-", "lib/string.o": "-", "lib/sort.o": "-",
                    "arch/x86/lib/memcpy.o": "-", "arch/x86/kernel/setup.o": "-", "net/socket.o": "-"}
        for name, top, more in (("4.19", TOP_4_19 + LINKED_4_19, {}), ("5.4", TOP_4_19.replace("VERSION = 4\nPATCHLEVEL = 19", "VERSION = 5\nPATCHLEVEL = 4")
                                                                     + LINKED_5_4, {}),
                                ("5.10", TOP_5_10, {}), ("5.15", crypto, {"lib/crypto/blake2s.o": "-"})):
            with self.subTest(name):
                self.assertEqual(self.listed(self.tree(name, Makefile=top, **files)), {**expected, **more})

    def test_lists_of_a_directory(self) -> None:
        """Forms of 4.19 to 7.x, and what names no object of the kernel: always-y, targets, extra-y, programs, Rust."""
        files = {
            "kernel/Makefile": "obj-$(CONFIG_M:m=y) += m-to-y.o\nobj-$(subst m,y,$(CONFIG_M)) += subst.o\nobj-y += rusty.o\nalways-y := always.o\n"
                               "always-$(CONFIG_Y) += always.o\nalways := always.o\ntargets += target.o\nextra-y := extra.o\nhostprogs := program\n"
                               "program-objs := program.o\nuserprogs-always-y := program\nlib-y := unlinked.o\nobj-y += $(if $(CONFIG_Y),if.o) "
                               "$(and $(CONFIG_Y),$(CONFIG_N),and.o)\nobj- := dummy.o\nifeq ($(CONFIG_M),m)\nobj-m += mod.o\nendif\nmod-y := part.o\n"
                               "mod-m := part-m.o\nmod-$(CONFIG_N) += part-n.o\n-include $(srctree)/$(src)/nothing\nsinclude nothing\n"
                               "EXTRA_CFLAGS += -DEXTRA\nsubdir-ccflags-y := -DBELOW\nsubdir-y += tools\nobj-$(CONFIG_Y) += deep/ deep/ ./er/\n"
                               "obj-y += gone/../kept.o\nifneq ($(filter y m,$(CONFIG_N) $(CONFIG_M)),)\nobj-y += filtered.o\nendif\n",
            "kernel/rusty.rs": "", "kernel/deep/Makefile": "obj-y := d.o\n", "kernel/er/Kbuild": "obj-y := e.o\n", "kernel/er/Makefile": "obj-y := not-this.o\n",
            "kernel/tools/Makefile": "obj-y := tool.o\n",
            **{f"kernel/{name}.c": "" for name in ("m-to-y", "subst", "always", "target", "extra", "program", "unlinked", "if", "and", "dummy", "part",
                                                   "part-m", "part-n", "deep/d", "er/e", "tools/tool", "kept", "filtered")}}
        expected = {"kernel/m-to-y.o": "-", "kernel/subst.o": "-", "kernel/if.o": "-", "kernel/part.o": "mod", "kernel/part-m.o": "mod",
                    "kernel/deep/d.o": "-", "kernel/er/e.o": "-", "kernel/kept.o": "-", "kernel/filtered.o": "-"}
        seven = TOP_6_1.replace("VERSION = 6\nPATCHLEVEL = 1", "VERSION = 7\nPATCHLEVEL = 1")
        for name, top in (("4.19", TOP_4_19 + LINKED_4_19), ("5.10", TOP_5_10), ("6.6", TOP_6_1.replace("PATCHLEVEL = 1", "PATCHLEVEL = 6")), ("7.1", seven)):
            with self.subTest(name):
                makefile = files["kernel/Makefile"].replace("$(srctree)/$(src)", "$(src)") if name == "7.1" else files["kernel/Makefile"]
                tree = self.tree(name, Makefile=top, **{**files, "kernel/Makefile": makefile})
                self.assertEqual({k: v for k, v in self.listed(tree).items() if k.startswith("kernel/")}, expected)
                self.assertIn("-DEXTRA", self.flags_of(tree, "kernel/if.c"))
                self.assertNotIn("-DEXTRA", self.flags_of(tree, "kernel/deep/d.c"))
                self.assertIn("-DBELOW", self.flags_of(tree, "kernel/deep/d.c"))

    def test_x32_of_older_kernels(self) -> None:
        tree = self.tree(**{"include/config/auto.conf": "CONFIG_X86=y\nCONFIG_64BIT=y\nCONFIG_X86_X32=y\n"})
        self.assertIn("-DCONFIG_X86_X32_ABI\n", self.good("flags", "--kernel", tree).out.decode())
        self.assertIn("-DCONFIG_X86_X32_ABI", self.flags_of(tree, "kernel/fork.c"))

    def test_names_of_several_modules_are_sorted(self) -> None:
        tree = self.tree(**{"kernel/Makefile": "obj-m := a-b.o a_a.o\na-b-objs := s.o one.o\na_a-objs := s.o two.o\n",
                            "kernel/s.c": "", "kernel/one.c": "", "kernel/two.c": ""})
        self.assertEqual(self.listed(tree)["kernel/s.o"], "a_a:a_b")

    def test_arm64_before_generic_kasan(self) -> None:
        """What 5.10 defines when there is no KASAN."""
        for name, makefile, value in (("old", "ifeq ($(CONFIG_KASAN_SW_TAGS), y)\nS := 4\nelse\nS := 3\nendif\n", "3"),
                                      ("new", "ifeq ($(CONFIG_KASAN_SW_TAGS), y)\nS := 4\nelse ifeq ($(CONFIG_KASAN_GENERIC), y)\nS := 3\nendif\n", "")):
            tree = self.tree(name, **{"arch/arm64/Makefile": makefile, "arch/arm64/include/generated/asm/empty.h": "",
                                      "include/config/auto.conf": "CONFIG_ARM64=y\nCONFIG_64BIT=y\n"})
            self.assertIn(f"-DKASAN_SHADOW_SCALE_SHIFT={value}\n", self.good("flags", "--kernel", tree).out.decode())

    def test_where_src_is(self) -> None:
        """From 6.10 on $(src) is absolute; flags of one file had no directory before 5.4."""
        makefile = "obj-y := sub/x.o\nccflags-y := -I$(src)/inc\nCFLAGS_sub/x.o := -DWITH\nCFLAGS_x.o := -DWITHOUT\n"
        files = {"kernel/Makefile": makefile, "kernel/sub/x.c": "", "kernel/inc/x.h": ""}
        new = self.flags_of(self.tree("new", Makefile=TOP_6_1.replace("PATCHLEVEL = 1", "PATCHLEVEL = 12"), **files), "kernel/sub/x.c")
        old = self.flags_of(self.tree("old", Makefile=TOP_4_19 + LINKED_4_19, **files), "kernel/sub/x.c")
        self.assertIn(f"-I{self.dir}/new/kernel/inc", new)
        self.assertIn(f"-I{self.dir}/old/kernel/inc", old)
        self.assertIn("-DWITH", new)
        self.assertIn("-DWITHOUT", old)

    def test_an_object_directory_of_its_own(self) -> None:
        self.tree("src", **{"kernel/Makefile": "obj-y := fork.o made.o\nccflags-y := -I$(srctree)/$(src)/a -I $(obj)/b\n"})
        for part in ("include/config", "include/generated", "arch/x86/include/generated"):
            shutil.move(str(self.dir / "src" / part), str(self.write(f"out/{part}/x", "").parent.parent / "tmp"))
            shutil.rmtree(self.dir / "out" / part)
            shutil.move(str((self.dir / "out" / part).parent / "tmp"), str(self.dir / "out" / part))
        self.write("out/Makefile", f"include {self.dir}/src/Makefile\n")
        self.write("out/kernel/made.c", "")
        flags = self.flags_of("out", "kernel/fork.c")
        for flag in (f"-I{self.dir}/src/kernel/a", f"-I{self.dir}/out/kernel/b", f"-I{self.dir}/src/kernel",
                     f"-I{self.dir}/out/kernel"):
            self.assertIn(flag, flags)
        self.assertIn(f"{self.dir}/out/kernel/made.c", self.good("flags", "--sources", "--kernel", "out").out.decode())

    def test_composite_objects_and_flags(self) -> None:
        tree = self.tree(**{
            "kernel/Makefile": "obj-$(CONFIG_Y) += big.o\nbig-y := a.o b/c.o\nbig-$(CONFIG_N) += n.o\nbig-objs += d.o\n"
                               "obj-m += mod.o one.o\nmod-$(CONFIG_Y:m=y) += e.o shared.o\nmod2-objs := shared.o\n"
                               "obj-m += mod2.o\nobj-$(CONFIG_N) += never.o\nobj-y += none.o\nnone-$(CONFIG_N) += z.o\n"
                               "ccflags-y := -DALL -DGONE\nccflags-remove-y += -DGONE\nCFLAGS_a.o := -DONE=\\\"x\\\"\n"
                               "CFLAGS_REMOVE_d.o = -DALL\nsubdir-ccflags-y += -DBELOW\nobj-y += sub/\n"
                               "obj-m += onlym/\nsubdir-y += notlinked\n",
            "kernel/sub/Makefile": "obj-y := s.o\n", "kernel/onlym/Makefile": "obj-y := lost.o\nobj-m := found.o\n",
            **{f"kernel/{x}.c": "" for x in ("a", "b/c", "d", "e", "shared", "one", "sub/s", "onlym/lost", "onlym/found")}})
        listed = self.listed(tree)
        self.assertEqual({k: v for k, v in listed.items() if k.startswith("kernel/")}, {
            "kernel/a.o": "-", "kernel/b/c.o": "-", "kernel/d.o": "-", "kernel/e.o": "mod", "kernel/shared.o": "mod:mod2",
            "kernel/one.o": "one", "kernel/sub/s.o": "-", "kernel/onlym/found.o": "found"})
        a = self.flags_of(tree, "kernel/a.c")
        self.assertIn('-DONE="x"', a)
        self.assertIn("-DALL", a)
        self.assertNotIn("-DGONE", a)
        self.assertIn('-DKBUILD_MODNAME="big"', a)
        self.assertNotIn("-DALL", self.flags_of(tree, "kernel/d.c"))
        self.assertIn("-DBELOW", self.flags_of(tree, "kernel/sub/s.c"))
        self.assertIn('-DKBUILD_MODNAME="mod:mod2"', self.flags_of(tree, "kernel/shared.c"))

    def test_rules_of_a_makefile(self) -> None:
        tree = self.tree(**{
            "kernel/Makefile": "obj-y := hyp.o x.pi.o far.o asm.o gen.o\nhyp := one.nvhe.o ../lib/sort.nvhe.o\n"
                               "$(obj)/%.nvhe.o: $(src)/%.c FORCE\n\t$(call if_changed_rule,cc_o_c)\n"
                               "$(obj)/hyp.rel.o: $(addprefix $(obj)/,$(hyp)) FORCE\n\tld\n"
                               "$(obj)/hyp.o: $(obj)/hyp.rel.o FORCE\n\tobjcopy\n"
                               "$(obj)/%.pi.o: OBJCOPYFLAGS := -x\n$(obj)/%.pi.o: $(obj)/%.o FORCE\n\tobjcopy\n"
                               "$(obj)/far.o: $(srctree)/tools/far.c FORCE\n\tcc\n"
                               "$(obj)/gen.c: $(src)/gen.txt\n\tmake it\n",
            "kernel/one.c": "", "kernel/x.c": "", "tools/far.c": "", "kernel/asm.S": ""})
        listed = {k for k in self.listed(tree) if k.startswith("kernel/")}
        self.assertEqual(listed, {"kernel/one.nvhe.o", "kernel/x.o", "kernel/far.o"})
        self.assertIn("lib/sort.nvhe.o", self.listed(tree))
        self.assertIn("kernel/gen.o", self.good("flags", "--sources", "--kernel", tree).err)

    def test_makefiles_that_do_not_end(self) -> None:
        for makefile, says in (("include $(srctree)/kernel/Makefile\n", "include each other more than 32 deep"),
                               ("obj-y = $(obj-y) a.o\n", "defined through itself"),
                               ("A0 = 0123456789\n" + "".join(f"A{i} = $(A{i - 1})$(A{i - 1})\n" for i in range(1, 40)) +
                                "obj-y := $(A39)\n", "a value is longer"),
                               ("obj-y := $(X\n", "not closed"),
                               ("ifdef A\nendif\nendif\n", "kernel/Makefile:3: error: `endif` without a condition")):
            with self.subTest(says):
                self.refused("flags", "--sources", "--kernel", self.tree(**{"kernel/Makefile": makefile}), says=says)
        self.assertIn("kernel/fork.o", self.listed(self.tree(**{"kernel/Makefile": "obj-y := fork.o ./ ../kernel/\n"})))

    def test_nothing_of_a_tree_is_run(self) -> None:
        tree = self.tree(**{"kernel/Makefile": "obj-y := fork.o\nX := $(shell touch ran)\nY != touch ran\n$(shell touch ran)\n"
                                               "ifneq ($(X),)\nobj-y += no.o\nendif\n"})
        result = self.good("flags", "--sources", "--kernel", tree, "-v")
        self.assertIn("kernel/Makefile:5: ($(X),): depends on the output of a command", result.err)
        self.assertFalse(any(self.dir.rglob("ran")))

    def test_what_is_no_source_tree(self) -> None:
        tree = self.tree()
        shutil.rmtree(self.dir / tree / "kernel")
        self.refused("flags", "--sources", "--kernel", tree, says=["holds no source files", "kernel/Makefile"])
        headers = self.tree("headers")
        for path in (self.dir / headers).rglob("*.c"):
            path.unlink()
        self.refused("flags", "--sources", "--kernel", headers, says=["source files that the kernel is built from", "are missing"])
        self.refused("flags", "--sources", "--kernel", self.tree("odd", Makefile="KBUILD_CFLAGS := -std=gnu11\n"),
                     says=["what vmlinux is linked from", "--commands"])

    def test_files_that_are_not_there(self) -> None:
        """What a build generates is told from what the source lacks, and both are named."""
        tree = self.tree(**{"kernel/Makefile": "obj-y := fork.o lost.o made.o image-64.o image-x32.o shipped.o names.asn1.o\n"
                                               "obj-m := gone.o\n$(obj)/made.c: $(src)/made.txt\n\tmake it\n"
                                               "$(obj)/image-%.c: $(obj)/%.so $(obj)/tool FORCE\n\t$(call if_changed,image)\n",
                            "kernel/shipped.c_shipped": "", "kernel/names.asn1": ""})
        listed = self.listed(tree)
        self.assertEqual([name for name in listed if name.startswith("kernel/")], ["kernel/fork.o"])
        result = self.good("flags", "--sources", "--kernel", tree)
        generated, missing = result.err.split("5 source files of this kernel are not there, for a build generates them")[::-1]
        for name in ("made", "image-64", "image-x32", "shipped", "names.asn1"):
            self.assertIn(f"note: kernel/{name}.o\n", generated)
        self.assertIn(f"make -C {self.dir}/{tree} -k OBJECT", generated)
        self.assertIn("2 source files that the kernel is built from, by the makefiles of", missing)
        self.assertIn(f"note: {self.dir}/{tree}/kernel/gone.c\n", missing)
        self.assertIn(f"note: {self.dir}/{tree}/kernel/lost.c\n", missing)
        self.refused("--sources", "--kernel", tree, "--strict", "-o", "x.btf", says="kernel/lost.c")

    def test_options_that_decide_a_layout(self) -> None:
        tree = self.tree(**{"kernel/Makefile": "obj-y := fork.o\nccflags-y := -fpack-struct=4 -fplan9-extensions -mnever\n"
                                               "CFLAGS_fork.o := -Wp,-DIN_WP\n"})
        flags = self.flags_of(tree, "kernel/fork.c")
        for flag in ("-fpack-struct=4", "-fms-extensions", "-DIN_WP"):
            self.assertIn(flag, flags)
        result = self.good("flags", "--sources", "--kernel", tree)
        self.assertIn("clang does not have '-fplan9-extensions' (kernel/fork.o); it is given -fms-extensions: ", result.err)
        self.assertIn("hdrgen does not know these options of the kernel's compiler and leaves them out: '-mnever' (kernel/fork.o); "
                      "if one changes a layout, repeat it after `--`", result.err)
        self.refused("--sources", "--kernel", tree, "--strict", "-o", "x.btf", says="-mnever")

    def test_options(self) -> None:
        self.refused("flags", "--kernel", MINI, "kernel/fork.c", says="flags takes --kernel DIR and, with --sources")
        self.refused("flags", "--kernel", MINI, "--format", "json", says="goes with --sources")
        self.refused("flags", "--kernel", MINI, "--commands", "x", says="goes with --kernel DIR --sources")
        self.refused("flags", "--sources", "--kernel", MINI, "--arch", "x86", "--commands", "none", says="none")


GCC = "gcc -Wp,-MMD,x.d -nostdinc -I./arch/x86/include -I{src}/include -include {src}/include/linux/kconfig.h -D__KERNEL__ -Wall"


class Builds(Lists):
    """What a build leaves behind."""

    def command(self, src: str, name: str, more: str = "") -> str:
        base = os.path.basename(name)
        return (GCC.format(src=src) + f" -std=gnu11 -mfentry -fconserve-stack {more} -DKBUILD_BASENAME='\"{base}\"' "
                f"-DKBUILD_MODNAME='\"{base}\"' -c -o {name}.o {src}/{name}.c")

    def build(self, tree: str, src: str | None = None) -> None:
        """What a build leaves behind in the tree."""
        src = src or str(self.dir / tree)

        def save(target: str, command: str) -> None:
            folder, _, base = target.rpartition("/")
            command = command.replace("$", "$$").replace("#", "$(pound)")
            self.write(f"{tree}/{folder}/.{base}.cmd", f"savedcmd_{target} := {command}\n\ndeps_{target} := x\n")

        def archive(target: str, *members: str) -> None:
            folder = target.rpartition("/")[0]
            prefix = f"{folder}/%s " if folder else "./%s "
            save(target, f'rm -f {target};  printf "{prefix}" {" ".join(members)} | xargs ar cDPrST {target}')

        archive("built-in.a", "init/built-in.a", "arch/x86/built-in.a", "kernel/built-in.a", "lib/built-in.a",
                "arch/x86/lib/built-in.a", "drivers/built-in.a", "net/built-in.a")
        for target, members in {"init/built-in.a": ["main.o"], "arch/x86/built-in.a": ["kernel/built-in.a"],
                                "arch/x86/kernel/built-in.a": ["setup.o"], "kernel/built-in.a": ["fork.o"],
                                "lib/built-in.a": ["sort.o"], "net/built-in.a": ["socket.o"]}.items():
            archive(target, *members)
        for empty in ("arch/x86/lib/built-in.a", "drivers/built-in.a"):
            save(empty, f"rm -f {empty}; ar cDPrST {empty}")
        save("lib/lib.a", "rm -f lib/lib.a; ar cDPrsT lib/lib.a lib/string.o")
        save("arch/x86/lib/lib.a", "rm -f arch/x86/lib/lib.a; ar cDPrsT arch/x86/lib/lib.a arch/x86/lib/memcpy.o")
        for name in ("init/main", "arch/x86/kernel/setup", "kernel/fork", "lib/sort", "lib/string", "net/socket",
                     "arch/x86/lib/memcpy"):
            save(f"{name}.o", self.command(src, name) + " ; ./tools/objtool/objtool --orc " + name + ".o")
        save("drivers/d.o", self.command(src, "drivers/d", "-DMODULE"))
        self.write(f"{tree}/modules.order", "drivers/d.ko\n")

    def everything(self) -> dict[str, str]:
        return {"init/main.o": "-", "arch/x86/kernel/setup.o": "-", "kernel/fork.o": "-", "lib/sort.o": "-", "lib/string.o": "-",
                "net/socket.o": "-", "arch/x86/lib/memcpy.o": "-", "drivers/d.o": "d"}

    def origin(self, *arguments: str) -> str:
        return self.good("flags", "--sources", "--kernel", *arguments, "-v").err


class Commands(Builds):
    """Saved commands, compile_commands.json, the text of make -n."""

    def test_saved_commands(self) -> None:
        tree = self.tree()
        self.build(tree)
        self.assertEqual(self.listed(tree), self.everything())
        self.assertIn("by the commands saved in", self.origin(tree))
        flags = self.flags_of(tree, "kernel/fork.c")
        self.assertEqual(flags[:5], ["--target=x86_64-linux-gnu", "-nostdinc", f"-I{self.dir}/linux/arch/x86/include",
                                     f"-I{self.dir}/linux/include", "-include"])
        self.assertFalse(self.good("flags", "--sources", "--kernel", tree).err)
        self.assertNotIn("-mfentry", flags)
        self.assertNotIn("-fconserve-stack", flags)

    def test_a_tree_that_was_moved_after_its_build(self) -> None:
        tree = self.tree()
        self.build(tree, "/home/builder/linux")
        flags = self.flags_of(tree, "kernel/fork.c")
        self.assertIn(f"-I{self.dir}/linux/include", flags)
        self.assertIn(f"{self.dir}/linux/include/linux/kconfig.h", flags)
        self.assertFalse([flag for flag in flags if "/home/builder" in flag])
        self.assertEqual(self.listed(tree), self.everything())

    def test_a_half_cleaned_tree(self) -> None:
        """The makefiles say the same: a note tells why they were taken."""
        tree = self.tree()
        self.build(tree)
        (self.dir / tree / "net/.socket.o.cmd").unlink()
        self.assertEqual(self.listed(tree), self.everything())
        self.assertIn("incomplete ('net/socket.o' has none)", self.origin(tree))
        self.assertIn("by the makefiles of", self.origin(tree))

    def test_a_command_that_no_build_writes(self) -> None:
        tree = self.tree()
        self.build(tree)
        self.write(f"{tree}/net/.socket.o.cmd", "savedcmd_net/socket.o := " + "gcc " * (3 << 20) + "\n")
        self.refused("flags", "--sources", "--kernel", tree, says=[".socket.o.cmd", "more than 8 MB", "--commands"])
        self.write(f"{tree}/net/.socket.o.cmd", b"\0\xff" * 100)
        self.assertEqual(self.listed(tree), self.everything())

    def test_an_object_of_something_else(self) -> None:
        tree = self.tree(**{"include/config/auto.conf": "CONFIG_X86=y\nCONFIG_64BIT=y\n"})
        self.build(tree)
        path = self.dir / tree / "net/.socket.o.cmd"
        path.write_text(path.read_text().replace("-std=gnu11", "-std=gnu11 -m32"))
        result = self.good("flags", "--sources", "--kernel", tree)
        self.assertNotIn("net/socket.o", result.out.decode())
        self.assertIn("is not compiled like the kernel", result.err)
        self.assertIn("net/socket.o", result.err)

    def test_circles_among_archives(self) -> None:
        tree = self.tree()
        self.build(tree)
        self.write(f"{tree}/net/.built-in.a.cmd", 'cmd_net/built-in.a := printf "net/%s " socket.o ../built-in.a built-in.a | xargs '
                                                  "ar cDPrST net/built-in.a\n")
        self.assertEqual(self.listed(tree), self.everything())

    def make_text(self, tree: str) -> str:
        """The same commands as make -n prints them."""
        text = ""
        for path in sorted((self.dir / tree).rglob(".*.cmd")):
            command = path.read_text().split("\n", maxsplit=1)[0].split(" := ", 1)[1].replace("$$", "$").replace("$(pound)", "#")
            if " -c " in command:
                command += f"; scripts/basic/fixdep x.d x.o '{command.split(' ; ')[0].replace(chr(39), '')}' > x.cmd"
            text += f"set -e;  echo '  X  {path.name}'; \\\n {command}\n"
            path.unlink()
        (self.dir / tree / "modules.order").unlink()
        return text

    def test_text_of_make(self) -> None:
        tree = self.tree()
        self.build(tree)
        flags = self.flags_of(tree, "kernel/fork.c")
        text = self.write("make.txt", self.make_text(tree))
        self.assertEqual(self.listed(tree, "--commands", "make.txt"), self.everything())
        self.assertEqual(self.flags_of(tree, "--commands", "make.txt", "kernel/fork.c"), flags)
        lines = [line for line in text.read_text().replace("\\\n", "").splitlines() if "net/built-in.a" not in line.split("%s")[-1][:20]]
        self.write("part.txt", "\n".join(line for line in lines if "ar cDPrST net/built-in.a" not in line) + "\n")
        result = self.good("flags", "--sources", "--kernel", tree, "--commands", "part.txt")
        self.assertIn("does not say how 'net/built-in.a' is made", result.err)
        for name, content in (("none.txt", "make: Nothing to be done for 'all'.\n"), ("empty.txt", "")):
            self.write(name, content)
            self.refused("flags", "--sources", "--kernel", tree, "--commands", name, says=["holds no command", "make -n -k"])
        self.write("long.txt", b"x" * (17 << 20))
        self.refused("flags", "--sources", "--kernel", tree, "--commands", "long.txt", says="a line of more than 16 MB")
        self.refused("flags", "--sources", "--kernel", tree, "--commands", ".", says="directory")

    def database(self, tree: str, form: str, root: str) -> list[dict[str, object]]:
        entries: list[dict[str, object]] = []
        for path in sorted((self.dir / tree).rglob(".*.o.cmd")):
            command = path.read_text().split("\n", maxsplit=1)[0].split(" := ", 1)[1].split(" ; ")[0].replace("$$", "$")
            name = str(path.relative_to(self.dir / tree)).replace("/.", "/")[:-len(".o.cmd")]
            entry: dict[str, object] = {"directory": root, "file": f"{root}/{name}.c"}
            if form == "command":
                entry["command"] = command
            else:
                entry["arguments"] = [word.replace("'", "") for word in command.split()]
            entries.append(entry)
        entries.append({"directory": root, "file": f"{root}/scripts/kallsyms.c", "command": "gcc -O2 -c -o scripts/kallsyms.o scripts/kallsyms.c"})
        entries.append({"directory": root, "file": f"{root}/arch/x86/realmode/rm/x.c",
                        "command": "gcc -D__KERNEL__ -m16 -c -o arch/x86/realmode/rm/x.o arch/x86/realmode/rm/x.c"})
        entries.append({"directory": root, "file": f"{root}/arch/x86/boot/y.c",
                        "command": "gcc -D__KERNEL__ -c -o arch/x86/boot/y.o arch/x86/boot/y.c"})
        return entries

    def test_compile_commands(self) -> None:
        for form, root in (("command", str(self.dir / "linux")), ("arguments", str(self.dir / "linux")), ("command", "/old/linux")):
            with self.subTest(form, root=root):
                shutil.rmtree(self.dir / "linux", ignore_errors=True)
                tree = self.tree()
                self.build(tree, root)
                entries = self.database(tree, form, root)
                for path in (self.dir / tree).rglob(".*.cmd"):
                    path.unlink()
                self.write(f"{tree}/compile_commands.json", json.dumps(entries))
                self.assertEqual(self.listed(tree), self.everything())
                self.assertIn("compile_commands.json", self.origin(tree))
                self.assertIn(f"-I{self.dir}/linux/include", self.flags_of(tree, "kernel/fork.c"))
                shutil.move(str(self.dir / tree / "compile_commands.json"), str(self.dir / "other.json"))
                self.assertEqual(self.listed(tree, "--commands", "other.json"), self.everything())

    def test_a_partial_database(self) -> None:
        """One of a build that compiled a part of the kernel: that of the tree is not used, one that is named is told of."""
        tree = self.tree()
        root = str(self.dir / "linux")
        self.build(tree, root)
        entries = [entry for entry in self.database(tree, "command", root) if not entry["file"].endswith("init/main.c")]
        for path in (self.dir / tree).rglob(".*.cmd"):
            path.unlink()
        self.write(f"{tree}/compile_commands.json", json.dumps(entries))
        result = self.good("flags", "--sources", "--kernel", tree)
        self.assertIn("compile_commands.json' are incomplete ('init/main.o' has none): hdrgen reads the makefiles", result.err)
        self.assertIn(b"init/main.c", result.out)
        shutil.move(str(self.dir / tree / "compile_commands.json"), str(self.dir / "part.json"))
        result = self.good("flags", "--sources", "--kernel", tree, "--commands", "part.json")
        self.assertIn("'part.json' has no command for init/main.o, which every kernel has", result.err)
        self.assertNotIn(b"init/main.c", result.out)

    def test_what_flags_writes_is_read_again(self) -> None:
        out = self.good("flags", "--sources", "--kernel", MINI, "--arch", "arm64", "--format", "json").out
        self.write("mini.json", out)
        again = self.good("flags", "--sources", "--kernel", MINI, "--arch", "arm64", "--format", "json", "--commands", "mini.json").out
        self.assertEqual(json.loads(again), json.loads(out))

    def test_bad_databases(self) -> None:
        tree = self.tree()
        for text, says in (("[]", "holds 0 commands"), ("[{\"directory\": 1}]", "holds 0 commands"), ("[{]", "middle of an entry"),
                           ("[{\"a\": }]", "is not JSON"), ("[{\"directory\": \"/\", \"file\": \"x.c\", \"command\": \"gcc x.c\"}]", "none that compiles"),
                           ("[" + "[" * 100000, "holds 0 commands")):
            with self.subTest(text[:40]):
                self.write("bad.json", text)
                self.refused("flags", "--sources", "--kernel", tree, "--commands", "bad.json", says=says)


if __name__ == "__main__":
    unittest.main()
