"""Kernel trees: flags, architectures, and what is said to directories that are none."""

import json
import os
import shutil
import subprocess
import unittest

from hdrgen import FIXTURES, Case, Result, mini_flags

MINI = str(FIXTURES / "mini")


def model(result: Result) -> object:
    return json.loads(result.out)


class Kernel(Case):
    def copy_mini(self, name: str = "mini") -> str:
        """A copy to spoil."""
        shutil.copytree(MINI, self.dir / name)
        return name

    def other_user(self) -> dict[str, int]:
        """Root reads everything: there the run is another user's, so that permissions count."""
        self.dir.chmod(0o755)
        return {"user": 65534} if os.geteuid() == 0 else {}


class Flags(Kernel):
    def test_the_same_model_as_with_flags_by_hand(self) -> None:
        for arch in ["arm64", "x86", "arm"]:
            by_hand = self.good("--header", "linux/sched.h", "task_struct", "--pointers", "follow",
                                "-e", "json", "--", *mini_flags(arch))
            derived = self.good("--kernel", MINI, "--arch", arch, "--header", "linux/sched.h",
                                "task_struct", "--pointers", "follow", "-e", "json")
            self.assertEqual(model(by_hand), model(derived))

    def test_flags_are_the_ones_of_debian_flags(self) -> None:
        """debian-flags.sh finds them in its own way."""
        for arch in ["arm64", "x86", "arm"]:
            by_hand = subprocess.run(["bash", str(FIXTURES / "debian-flags.sh"), MINI, arch],
                                     capture_output=True, check=True, text=True).stdout
            derived = self.good("flags", "--kernel", MINI, "--arch", arch).out.decode()
            self.assertEqual(sorted(by_hand.splitlines()), sorted(derived.splitlines()))

    def test_flags_work_with_clang_itself(self) -> None:
        clang = shutil.which("clang-" + os.environ["HDRGEN_LIBCLANG"]) or shutil.which("clang")
        self.assertIsNotNone(clang)
        flags = self.good("flags", "--kernel", MINI, "--arch", "arm64").out.decode().splitlines()
        subprocess.run([str(clang), *flags, "-fsyntax-only", "-Werror", "-x", "c", "-"], check=True,
                       input=b"#include <linux/sched.h>\nint x[sizeof(struct task_struct)];\n")

    def test_output_file(self) -> None:
        self.good("flags", "--kernel", MINI, "--arch", "arm", "-o", "flags.txt")
        self.assertIn("-D__LINUX_ARM_ARCH__=7\n", (self.dir / "flags.txt").read_text())

    def test_users_flags_come_last_and_win(self) -> None:
        out = self.good("flags", "--kernel", MINI, "--arch", "x86", "--", "-DMINE").out.decode()
        self.assertTrue(out.endswith("\n-DMINE\n"))
        plain = self.good("list", "--kernel", MINI, "--arch", "x86", "--header", "linux/sched.h",
                          "task_struct").out
        changed = self.good("list", "--kernel", MINI, "--arch", "x86", "--header", "linux/sched.h",
                            "task_struct", "--", "-DCONFIG_NUMA=1").out
        self.assertNotEqual(plain, changed)

    def test_no_path_of_this_machine_is_written(self) -> None:
        tree = str(self.dir / self.copy_mini("linux-6.6"))
        for command in [["-e", "rust"], ["-e", "c"], ["-e", "json"]]:
            out = self.good("--kernel", tree, "--arch", "arm64", "--header", "linux/sched.h",
                            *command).out.decode()
            self.assertNotIn(str(self.dir), out)
        out = self.good("list", "--kernel", tree, "--arch", "arm64", "--header",
                        "linux/sched.h").out.decode()
        self.assertNotIn(str(self.dir), out)
        self.assertIn("\tinclude/linux/sched.h:", out)

    def test_the_preamble_says_what_was_read(self) -> None:
        out = self.good("--kernel", MINI + "/", "--arch", "arm64", "--header", "linux/sched.h",
                        "pid").out.decode()
        self.assertIn("configuration of Linux 6.6.0-mini, arm64\n", out)
        self.assertIn("Command: hdrgen --kernel mini --arch arm64 --header linux/sched.h pid\n",
                      out)


class BadTrees(Kernel):
    def bad(self, *arguments: str, says: list[str], **options: object) -> None:
        """Refused by flags and by generate, which leaves an old output alone."""
        self.refused("flags", "--kernel", *arguments, says=says, **options)
        out = self.write("out.rs", "old\n")
        self.refused("--kernel", *arguments, "--header", "linux/sched.h", "-o", "out.rs", says=says,
                     **options)
        self.assertEqual(out.read_text(), "old\n")

    def test_not_a_kernel_tree(self) -> None:
        self.write("src/a.h", "int x;\n")
        self.bad("src", says=["--kernel 'src' is not a kernel tree", "/lib/modules/"])
        self.bad("none", says=["No such file or directory", "/lib/modules/"])
        self.bad("src/a.h", says=["Not a directory"])
        (self.dir / "empty").mkdir()
        self.bad("empty", says=["an empty directory"])

    def test_not_configured(self) -> None:
        for part in ["include/config/auto.conf", "include/generated/autoconf.h"]:
            tree = self.copy_mini(part.replace("/", "-"))
            (self.dir / tree / part).unlink()
            self.bad(tree, says=[part, "is not there", "make modules_prepare"])

    def test_architectures(self) -> None:
        self.bad(MINI, says=["several architectures", "--arch (arm arm64 x86)"])
        self.bad(MINI, "--arch", "vax", says=["'vax'", "it knows x86 arm64"])
        self.bad(MINI, "--arch", "s390", says=["is a tree for arm arm64 x86, not for s390"])
        self.bad(MINI, "--arch", "i386", says=["which is not i386"])
        tree = self.copy_mini()
        with open(self.dir / tree / "include/config/auto.conf", "a") as file:
            file.write("CONFIG_ARM64=y\n")
        self.bad(tree, "--arch", "x86", says=["is a tree for arm64, not for x86"])
        self.good("flags", "--kernel", tree)

    def test_unreadable_files(self) -> None:
        for part in ["include/config/auto.conf", "include/generated/autoconf.h", "Makefile",
                     "include/linux/sched.h"]:
            tree = self.copy_mini(part.replace("/", "-"))
            (self.dir / tree / part).chmod(0)
            user = self.other_user()
            if part == "include/linux/sched.h":
                self.refused("--kernel", tree, "--arch", "x86", "--header", "linux/sched.h",
                             says=["linux/sched.h"], **user)
            else:
                self.refused("flags", "--kernel", tree, "--arch", "x86",
                             says=[part, "Permission denied"], **user)

    def test_randstruct(self) -> None:
        tree = self.copy_mini()
        with open(self.dir / tree / "include/config/auto.conf", "a") as file:
            file.write("CONFIG_RANDSTRUCT=y\n")
        self.bad(tree, "--arch", "x86", says=["CONFIG_RANDSTRUCT", "--force-randstruct"])
        arguments = ("--kernel", tree, "--arch", "x86", "--header", "linux/sched.h", "pid",
                     "--force-randstruct")
        for form in ["rust", "c"]:
            result = self.good(*arguments, "-e", form)
            self.assertIn("warning: this kernel randomises", result.err)
            self.assertIn("WRONG OFFSETS", result.out.decode().split("Target:")[0])
        self.refused(*arguments, "--strict", says="--strict")

    def test_options_that_do_not_go_together(self) -> None:
        self.refused("--kernel", MINI, "--header", "linux/sched.h", "--target", "s390x-linux-gnu",
                     says="--target does not go with --kernel")
        self.refused("list", "--kernel", MINI, "--kernel", MINI, "--kernel", MINI,
                     says="more than twice")
        self.refused("--arch", "x86", "--header", "x.h", says="go with --kernel")
        self.refused("--force-randstruct", "--header", "x.h", says="go with --kernel")
        self.refused("--kernel", MINI, "--btf", "x", says="two sources")
        self.refused("--kernel", MINI, "--kernel", MINI, says="--kernel is given twice")
        self.refused("flags", "--kernel", MINI, "x", says="no NAME")
        self.refused("flags", says="flags takes --kernel DIR")
        self.refused("flags", "--kernel", says="needs a value")
        self.refused("flags", "--kernel", "", says="No such file")


if __name__ == "__main__":
    unittest.main()
