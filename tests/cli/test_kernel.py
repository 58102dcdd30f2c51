"""Kernel trees: flags, architectures, and what is said to directories that are none."""

import io
import json
import lzma
import os
import shutil
import signal
import subprocess
import tarfile
import time
import unittest

from hdrgen import FIXTURES, HDRGEN, Case, Result, mini_flags

MINI = str(FIXTURES / "mini")

DEFINE_TRACE = """
#ifdef CREATE_TRACE_POINTS
#undef CREATE_TRACE_POINTS
#include <linux/entry.h>
#undef TRACE_EVENT
#define TRACE_EVENT(name, fields) struct trace_event_raw_##name { struct trace_entry e; fields };
#ifndef TRACE_INCLUDE_PATH
#include <trace/events/fire.h>
#else
#define STRING_(x) #x
#define STRING(x) STRING_(x)
#include STRING(TRACE_INCLUDE_PATH/TRACE_INCLUDE_FILE.h)
#endif
#undef TRACE_EVENT
#define CREATE_TRACE_POINTS
#endif
"""
EVENT = ("#ifndef TRACE_EVENT\n#define TRACE_EVENT(name, fields)\n#endif\n{0}"
         "TRACE_EVENT({1}, {2})\n#ifndef {1}_DONE\n#define {1}_DONE\n"
         "#include <trace/define_trace.h>\n#endif\n")


def model(result: Result) -> object:
    return json.loads(result.out)


class Kernel(Case):
    def copy_mini(self, name: str = "mini") -> str:
        """A copy to spoil."""
        shutil.copytree(MINI, self.dir / name)
        return name

    def run_hdrgen(self, *arguments: str, **options: object) -> Result:
        """The index of a tree is kept in the test's own directory."""
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.dir / "cache")}
        return super().run_hdrgen(*arguments, **{"env": environment, **options})

    def sizes(self, *arguments: str) -> tuple[dict[str, int | None], str]:
        """By record: its size, None where it is only declared."""
        result = self.good(*arguments, "-e", "json")
        return {record["name"]: record["size"] if record["complete"] else None
                for record in model(result)["types"] if record["kind"] == "struct"}, result.err

    def tree(self, **headers: str) -> str:
        """A tree for x86 with these headers: names with __ for / and no .h."""
        files = {
            "Makefile": "KBUILD_CFLAGS := -std=gnu11\n",
            "include/config/auto.conf": "CONFIG_X86=y\nCONFIG_64BIT=y\n",
            "include/generated/autoconf.h": "#define CONFIG_X86 1\n",
            "arch/x86/include/generated/asm/empty.h": "",
            "include/linux/kconfig.h": "#include <generated/autoconf.h>\n",
            "include/linux/module.h": "typedef unsigned int u32;\n",
        }
        for name, text in headers.items():
            files[f"include/{name.replace('__', '/')}.h"] = \
                f"#ifndef {name}_H\n#define {name}_H\n{text}\n#endif\n"
        for name, text in files.items():
            self.write(f"tree/{name}", text)
        return "tree"

    def listed(self, *arguments: str) -> list[str]:
        """Without sizes and lines."""
        lines = self.good("list", "--kernel", *arguments).out.decode().splitlines()
        return ["{0} {1} {3}".format(*line.split(":")[0].split("\t")) for line in lines]


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

    def test_options_that_the_configuration_undoes(self) -> None:
        """autoconf.h is read after all options: what it defines again would be an answer without a word."""
        tree = ["--kernel", MINI, "--arch", "arm64"]
        for option in (["-UCONFIG_SMP"], ["-DCONFIG_SMP=0"], ["-U", "CONFIG_SMP"], ["-UCONFIG_LIVEPATCH_MODULE"], ["-DCONFIG_NR_CPUS=4"]):
            self.refused("show", *tree, "task_struct", "--", *option, says=["does nothing", "-include FILE"])
        whole = self.good("show", *tree, "task_struct").out
        for option in (["-DCONFIG_SMP"], ["-DCONFIG_SMP=1"], ["-UCONFIG_NUMA"], ["-DCONFIG_LIVEPATCH_MODULE=1"]):
            self.assertEqual(self.good("show", *tree, "task_struct", "--", *option).out, whole, option)
        self.assertNotEqual(self.good("show", *tree, "task_struct", "--", "-DCONFIG_NUMA=1").out, whole)
        self.write("off.h", "#undef CONFIG_SMP\n")
        result = self.run_hdrgen("diff", *tree, "task_struct", "--against", "-include", "off.h")
        self.assertEqual(result.status, 1, result.err)
        self.assertIn(b" -include off.h\n", result.out)

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
        self.bad("src/a.h", says=["it is a file: a header is read by --header"])
        (self.dir / "empty").mkdir()
        self.bad("empty", says=["an empty directory"])

    def test_not_configured(self) -> None:
        for part in ["include/config/auto.conf", "include/generated/autoconf.h"]:
            tree = self.copy_mini(part.replace("/", "-"))
            (self.dir / tree / part).unlink()
            self.bad(tree, says=[part, "is not there", "make prepare"])

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
        self.refused("flags", "--kernel", MINI, "x", says="names of source files")
        self.refused("flags", says="flags takes --kernel DIR")
        self.refused("flags", "--kernel", says="needs a value")
        self.refused("flags", "--kernel", "", says="cannot be empty")


class Kheaders(Kernel):
    """What /sys/kernel/kheaders.tar.xz holds: the .h files of include and arch/ARCH/include of both directories, and nothing else."""

    def setUp(self) -> None:
        super().setUp()
        self.tree(linux__a="struct a { char c; enum { HZ = CONFIG_HZ } e; char n[sizeof(CONFIG_NAME)]; };", linux__stdarg="",
                  generated__uapi__linux__version="#define LINUX_VERSION_CODE 393640")
        self.write("tree/include/generated/autoconf.h", '#define CONFIG_X86 1\n#define CONFIG_64BIT 1\n#define CONFIG_E1000_MODULE 1\n'
                                                        '#define CONFIG_NAME "none"\n#define CONFIG_HZ 250\n')
        self.write("tree/include/config/auto.conf", 'CONFIG_X86=y\nCONFIG_64BIT=y\nCONFIG_E1000=m\nCONFIG_NAME="none"\nCONFIG_HZ=250\n')
        self.whole = self.good("--kernel", "tree", "a", "-e", "json").out
        (self.dir / "temporary").mkdir()
        self.environment = {"env": {**os.environ, "TMPDIR": str(self.dir / "temporary")}}

    def pack(self, name: str, change: object = None) -> None:
        """A tar of the headers, as gen_kheaders.sh makes it; change adds to it."""
        bytes_ = io.BytesIO()
        with tarfile.open(fileobj=bytes_, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for path in sorted((self.dir / "tree").rglob("*")):
                if path.suffix == ".h" or path.is_dir():
                    tar.add(path, "./" + str(path.relative_to(self.dir / "tree")), recursive=False)
            if change is not None:
                change(tar)  # type: ignore[operator]
        self.write(name, lzma.compress(bytes_.getvalue()))

    def is_clean(self) -> None:
        self.assertEqual(list((self.dir / "temporary").iterdir()), [])

    def test_unpacked_and_packed(self) -> None:
        self.pack("kheaders.tar.xz")
        with tarfile.open(self.dir / "kheaders.tar.xz") as tar:
            tar.extractall(self.dir / "bare")
        self.write("plain.tar", lzma.decompress((self.dir / "kheaders.tar.xz").read_bytes()))
        types = json.loads(self.whole)["types"]
        for tree in ("bare", "kheaders.tar.xz", "plain.tar", str(self.dir / "kheaders.tar.xz")):
            out = self.good("--kernel", tree, "a", "-e", "json", **self.environment)
            self.assertEqual((json.loads(out.out)["types"], out.err), (types, ""))
            self.is_clean()
        rust = self.good("--kernel", "kheaders.tar.xz", "a", **self.environment).out.decode()
        self.assertIn("Command: hdrgen --kernel kheaders.tar.xz a\n", rust)
        self.assertNotIn("temporary", rust)
        self.assertEqual(self.good("list", "--kernel", "kheaders.tar.xz", **self.environment).out,
                         self.good("list", "--kernel", "bare", **self.environment).out)
        flags = self.good("flags", "--kernel", "bare").out.decode()
        self.assertIn("-std=gnu11\n", flags)
        self.assertNotIn("-funsigned-char", flags)
        self.refused("flags", "--kernel", "kheaders.tar.xz", says="flags name directories that stay", **self.environment)
        self.is_clean()

    def test_the_release_says_which_c(self) -> None:
        for version, has, has_not in ((393728, "-funsigned-char", "-std=gnu89"), (331520, "-std=gnu89", "-funsigned-char")):
            self.write("tree/include/generated/uapi/linux/version.h", f"#define LINUX_VERSION_CODE {version}\n")
            for name in ("tree/Makefile", "tree/include/config/auto.conf"):
                (self.dir / name).unlink(missing_ok=True)
            flags = self.good("flags", "--kernel", "tree").out.decode().splitlines()
            self.assertIn(has, flags)
            self.assertNotIn(has_not, flags)
        self.write("tree/include/generated/uapi/linux/version.h", "")
        self.refused("--kernel", "tree", "a", says="does not name the release of these headers")

    def test_hostile_tars(self) -> None:
        """Nothing is written outside of the temporary directory, and nothing of it stays."""
        def add(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", content: bytes = b"x") -> object:
            def change(tar: tarfile.TarFile) -> None:
                entry = tarfile.TarInfo(name)
                entry.type, entry.linkname, entry.size = kind, target, len(content) if kind == tarfile.REGTYPE else 0
                tar.addfile(entry, io.BytesIO(content))
            return change
        (self.dir / "victim").mkdir()
        for change, says in ((add("../victim/x.h"), "a name that no header has"), (add(f"{self.dir}/victim/x.h"), "a name that no header has"),
                             (add("include/../../victim/x.h"), "a name that no header has"), (add("include/a\nb.h"), "a name that no header has"),
                             (add("include/.."), "a name that no header has"), (add("include//x.h"), "a name that no header has"),
                             (add("include/link", tarfile.LNKTYPE, "/etc/passwd"), "no plain file"),
                             (add("include/pipe", tarfile.FIFOTYPE), "no plain file"), (add("include/device", tarfile.CHRTYPE), "no plain file"),
                             (add("./include/linux/a.h"), "one name twice"), (add("include/linux/a.h/b.h"), "kheaders"),
                             (add("include/" + "d/" * 30 + "x.h"), "a name that no header has"),
                             (add("include/" + "n" * 200 + ".h"), "no plain file"),
                             (add("include/big.h", content=bytes(17 * 1024 * 1024)), "than is reasonable")):
            with self.subTest(says=says):
                self.pack("kheaders.tar.xz", change)
                self.refused("--kernel", "kheaders.tar.xz", "a", says=says, **self.environment)
                self.is_clean()
                self.assertEqual(list((self.dir / "victim").iterdir()), [])
        links = [add("include/way", tarfile.SYMTYPE, str(self.dir / "victim")), add("include/way/x.h"), add("../way", tarfile.SYMTYPE, "victim")]
        self.pack("kheaders.tar.xz", lambda tar: [link(tar) for link in links])  # type: ignore[operator]
        self.good("--kernel", "kheaders.tar.xz", "a", **self.environment)
        self.assertEqual(list((self.dir / "victim").iterdir()), [])
        self.pack("kheaders.tar.xz")
        whole = (self.dir / "kheaders.tar.xz").read_bytes()
        plain = bytearray(lzma.decompress(whole))
        for content in (whole[:-30], b"", bytes(512), b"x" * 2000, lzma.compress(bytes(600 * 1024 * 1024), preset=0),
                        bytes(plain[:len(plain) // 2 // 512 * 512 - 300]), bytes(plain[:100]) + b"9" + bytes(plain[101:])):
            self.write("bad.tar.xz", content)
            self.refused("--kernel", "bad.tar.xz", "a", says="bad.tar.xz", **self.environment)
            self.is_clean()

    def test_signals(self) -> None:
        self.pack("kheaders.tar.xz")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for delay in (0.02, 0.1, 0.3):
                process = subprocess.Popen([HDRGEN, "--kernel", "kheaders.tar.xz", "-o", "out.btf"], cwd=self.dir, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL, **self.environment)
                time.sleep(delay)
                process.send_signal(number)
                process.wait(20)
                self.is_clean()


class Located(Kernel):
    """Names without a header."""

    def test_the_same_as_with_the_header(self) -> None:
        for arch in ["arm64", "x86", "arm"]:
            tree = ("--kernel", MINI, "--arch", arch)
            found = self.good(*tree, "task_struct", "-e", "json")
            named = self.good(*tree, "task_struct", "-e", "json", "--header", "linux/sched.h")
            self.assertEqual(model(found), model(named))

    def test_kinds_and_patterns(self) -> None:
        tree = ("--kernel", MINI, "--arch", "x86")
        for name in ["ethhdr", "struct ethhdr", "typedef pid_t", "enum pid_type", "thread_info",
                     "pid*", "enum pid_*", "^pid(_.*)?$"]:
            self.assertNotEqual(self.good("list", *tree, name).out, b"", name)
        self.refused(*tree, "union ethhdr", says=["no header and no source file of this kernel defines 'union ethhdr'",
                                                  "'struct ethhdr'"])
        self.refused(*tree, "task_sturct", says="did you mean 'struct task_struct'?")
        self.refused(*tree, "zzz_*", says="fits 'zzz_*'")
        self.refused(*tree, "^z[z]+$", says="fits '^z[z]+$'")

    def test_the_preamble_names_the_headers(self) -> None:
        out = self.good("--kernel", MINI, "--arch", "x86", "pid").out.decode()
        self.assertRegex(out, r"// Input: [0-9a-f]{16} linux/pid.h\n")
        self.assertIn("Command: hdrgen --kernel mini --arch x86 pid\n", out)

    def test_what_the_text_has_and_the_configuration_has_not(self) -> None:
        tree = self.tree(linux__a="#ifdef CONFIG_NO\nstruct a { int x; };\n#endif",
                         linux__b="#if 0\nstruct b { int x; };\n#endif",
                         net__b="struct b { long x, y; };")
        self.refused("--kernel", tree, "a",
                     says=["'a' is not defined in this kernel's configuration", "linux/a.h:4"])
        self.assertEqual(self.listed(tree, "b"), ["struct b include/net/b.h"])
        self.assertEqual(self.listed(tree, "a", "--", "-DCONFIG_NO"),
                         ["struct a include/linux/a.h"])

    def test_the_header_that_kbuild_sees(self) -> None:
        tree = self.tree(linux__same="struct same { int x; };", net__same="struct same { long x; };",
                         uapi__linux__same="struct same { char x; };", linux__user="#include <linux/same.h>")
        self.assertEqual(self.listed(tree, "same"), ["struct same include/linux/same.h"])
        self.assertIn("note: 'same' is taken from linux/same.h; net/same.h:3 has one of that name",
                      self.good("list", "--kernel", tree, "same").err)
        self.write("tree/arch/x86/include/asm/same.h", "struct same { char a[3]; };\n")
        self.assertEqual(self.listed(tree, "same"), ["struct same arch/x86/include/asm/same.h"])

    def test_headers_of_which_nothing_tells_which(self) -> None:
        """Only a .c file knows."""
        tree = self.tree(linux__slab="struct cache { int x; };", linux__slub="struct cache { long x; };", linux__d="struct d { int x; };")
        self.refused("--kernel", tree, "cache", "-o", "x.json",
                     says=["'cache' is defined in linux/slab.h:3 and in linux/slub.h:3", "--header linux/slub.h"])
        self.assertIn("warning: 'cache' is defined in", self.good("--kernel", tree, "c*", "d", "-o", "x.json").err)
        self.good("--kernel", tree, "--header", "linux/slub.h", "cache", "-o", "x.json")

    def test_headers_of_another_configuration(self) -> None:
        """linux/slab_def.h and linux/slub_def.h: mm/slab.h knows, and what that looks at."""
        headers = {"linux__slab_def": "struct kmem_cache { int x; };", "linux__slub_def": "struct kmem_cache { long x; };"}
        for allocator, size in {"SLAB": 4, "SLUB": 8}.items():
            tree = self.tree(**headers)
            self.write("tree/include/config/auto.conf", f"CONFIG_X86=y\nCONFIG_64BIT=y\nCONFIG_{allocator}=y\n")
            for names in (["kmem_cache"], []):
                result = self.good("--kernel", tree, *names, "-e", "json")
                self.assertEqual([t["size"] for t in model(result)["types"] if t.get("name") == "kmem_cache"], [size])
                self.assertEqual(result.err, "")
        tree = self.tree(**headers)
        self.refused("--kernel", tree, "kmem_cache", "-o", "x.json", says="kmem_cache")

    def test_one_that_an_if_keeps_out(self) -> None:
        tree = self.tree(linux__tree="struct s { int x; };", linux__tiny="struct s { long x; };",
                         linux__s="#ifdef CONFIG_TINY\n#include <linux/tiny.h>\n#else\n#include <linux/tree.h>\n#endif",
                         linux__a="#include <linux/s.h>\nstruct a { struct s s; };")
        self.assertEqual(self.good("--kernel", tree, "--header", "linux/a.h", "s", "-o", "x.json").err, "")
        self.assertIn("struct s include/linux/tree.h", self.listed(tree, "a", "s"))

    def test_headers_that_do_not_stand_alone(self) -> None:
        tree = self.tree(
            linux__needs_u32="struct needs_u32 { u32 x; };",
            linux__port="struct port { int x; };",
            linux__needs_port="struct needs_port { struct port p; };",
            linux__size="#define PORT_SIZE 12",
            linux__needs_size="struct needs_size { char p[PORT_SIZE]; };",
            linux__part='#ifndef LINUX_WHOLE\n#error "not by itself"\n#endif\nstruct part { int x; };',
            linux__whole="#define LINUX_WHOLE\n#include <linux/part.h>",
            linux__never="struct never { nobody_knows x; };",
            linux__proto="void f(struct tag *);\nvoid f(struct tag *);\nstruct proto { int x; };")
        for name in ["needs_u32", "needs_port", "needs_size", "part", "proto"]:
            self.assertEqual(self.listed(tree, name), [f"struct {name} include/linux/{name}.h"])
        self.assertEqual(len(self.listed(tree, "needs_*")), 3)
        self.refused("--kernel", tree, "never",
                     says=["'never' cannot be had: linux/never.h:3 does not parse",
                           "unknown type name 'nobody_knows'"])
        result = self.good("list", "--kernel", tree, "ne*")
        self.assertIn("what fits 'ne*' in linux/never.h is left out", result.err)
        self.assertEqual(len(result.out.splitlines()), 3)
        self.refused("list", "--kernel", tree, "ne*", "--strict", says="--strict")
        result = self.good("list", "--kernel", tree, "ne*", "--keep-going")
        self.assertIn("is left out: an error in the headers touches it", result.err)

    def test_objects_that_need_no_type(self) -> None:
        """Nothing is read for them: not a header of this tree can be.  The BTF is as it is from any other source."""
        self.tree(linux__bad="nothing_t x;", linux__module="nothing_t x;")
        self.write("prog.c", "int f(void) { return 1; }\n")
        subprocess.run(["clang", "-target", "bpfel", "-g", "-O2", "-c", "prog.c", "-o", "prog.o"], cwd=self.dir, check=True)
        self.write("x.h", "struct x { int x; };\n")
        self.good("--kernel", "tree", "--for", "prog.o", "-o", "one.btf", "-v")
        self.good("--header", "x.h", "--target", "x86_64-linux-gnu", "--for", "prog.o", "-o", "two.btf")
        self.assertEqual((self.dir / "one.btf").read_bytes(), (self.dir / "two.btf").read_bytes())
        self.refused("--kernel", "tree", "--for", "prog.o", "-o", "one.rs", says="nothing to write")
        self.refused("--kernel", "nowhere", "--for", "prog.o", "-o", "one.btf", says="nowhere")

    def test_what_every_attempt_meets(self) -> None:
        """A file that all of the names' headers lack ends the search, and is what is reported; one that one header lacks leaves open
        whether the kernel has what that header defines."""
        names = "abcdefgh"
        self.tree(linux__common="#include <linux/gone.h>", linux__good="struct good { int x; };",
                  linux__lost="#include <linux/nowhere.h>\nstruct twice { int x; };",
                  net__other="struct twice { long x; };",
                  **{f"linux__{name}": f"#include <linux/common.h>\nstruct {name} {{ int x; }};" for name in names})
        result = self.refused("--kernel", "tree", *names, says=[
            "include/linux/common.h:3:10: error: 'linux/gone.h' file not found\n",
            "every attempt to read the headers of these names meets this error"])
        self.assertNotIn("fewer at a time", result.err)
        self.refused("--kernel", "tree", "a", says="'linux/gone.h' file not found")
        self.refused("--kernel", "tree", "good", "twice", says=["linux/lost.h:4, which does not parse", "net/other.h"])
        self.assertEqual(self.listed("tree", "good"), ["struct good include/linux/good.h"])

    def test_names_that_macros_paste(self) -> None:
        """A header's text does not have them: the message claims no more, and they are there where every header is read."""
        self.tree(linux__lock="#define LOCK(x) struct lock_##x { int x; }\nLOCK(mutex);",
                  **{f"linux__h{i}": f"struct h{i} {{ int x; }};" for i in range(70)})
        self.refused("--kernel", "tree", "lock_mutex", says=["no header of this kernel defines 'lock_mutex' by name",
                                                             "if macros put the name together, it is found when every header is read"])
        result = self.good("list", "--kernel", "tree", "h*", "lock_mutex")
        self.assertIn(b"struct\tlock_mutex\t4\t", result.out)
        self.assertIn("every header is read", result.err)
        self.assertEqual(sorted(result.out.splitlines()), sorted(self.good("list", "--kernel", "tree", "lock_mutex", "h*").out.splitlines()))

    def test_patterns_that_fit_much(self) -> None:
        """Types of many headers are read as every header is, with the same outcome; those of few are not."""
        self.tree(linux__a="struct a { int x; };", **{f"linux__h{i}": f"struct h{i} {{ int x[{i} + 1]; }};" for i in range(70)})
        result = self.good("list", "--kernel", "tree", "h?")
        self.assertEqual((result.out.count(b"\n"), result.err), (10, ""))
        result = self.good("list", "--kernel", "tree", "h*", "--progress", "always", "--no-cache")
        self.assertEqual(result.out.count(b"\n"), 70)
        self.assertIn("note: the patterns fit types of so many headers that every header is read\n", result.err)
        self.assertIn("reading headers [", result.err)
        for _ in range(2):
            self.assertEqual(self.good("list", "--kernel", "tree", "h*").out, result.out)
        self.assertEqual(self.good("list", "--kernel", "tree", "*").out.count(b"\n"), 72)
        self.refused("--kernel", "tree", "h*", "zzz", says="zzz")

    def test_events_beside_one_that_does_not_parse(self) -> None:
        """What reading every header gives is had by name, too: an event whose own text has no error."""
        self.tree(linux__a="struct a { b_t x; };", linux__b="typedef long b_t;", trace__define_trace="")
        self.write("tree/include/trace/events/fire.h", """#ifdef CREATE_TRACE_POINTS
struct trace_event_raw_fire { long heat; };
struct trace_event_raw_smoke { nothing_t x; };
#endif
#include <trace/define_trace.h>
""")
        for names in (["trace_event_raw_fire"], ["trace_event_raw_fire", "a"]):
            out = self.good("list", "--kernel", "tree", *names)
            self.assertEqual([line.split(b"\t")[1:3] for line in out.out.splitlines()], [[name.encode(), b"8"] for name in names])
            self.assertRegex(out.err, r"^hdrgen: note: trace/events/fire.h does not parse: of its events those are taken that no error touches "
                                      r"\(.*include/trace/events/fire.h:3: unknown type name 'nothing_t'\)\n$")
        self.refused("--kernel", "tree", "trace_event_raw_smoke", says=["'trace_event_raw_smoke' cannot be had", "nothing_t"])
        every = self.good("list", "--kernel", "tree")
        self.assertIn(b"\ttrace_event_raw_fire\t8\t", every.out)
        self.assertIn("warning: 1 of 4 headers cannot be parsed", every.err)

    def test_trace_events(self) -> None:
        self.tree(linux__entry="struct trace_entry { int type; };",
                  trace__define_trace="")
        self.write("tree/include/trace/define_trace.h", DEFINE_TRACE)
        self.write("tree/include/trace/events/fire.h", EVENT.format("", "fire", "long heat;"))
        self.write("tree/include/ras/ras_event.h",
                   EVENT.format("#define TRACE_INCLUDE_FILE ras_event\n", "ras", "char c;"))
        lines = self.good("list", "--kernel", "tree", "trace_event_raw_fire",
                          "trace_event_raw_ras").out.decode().splitlines()
        self.assertEqual([line.split("\t")[1:3] for line in lines],
                         [["trace_event_raw_fire", "16"], ["trace_event_raw_ras", "8"]])

    def test_a_header_here_is_not_mistaken_for_the_trees(self) -> None:
        tree = self.tree(linux__mine="struct mine { int x; };")
        self.write("linux/mine.h", "struct mine { char wrong[99]; };\n")
        line = self.good("list", "--kernel", tree, "mine").out.decode()
        self.assertIn("\t4\tinclude/linux/mine.h", line)


class Cache(Kernel):
    def cached(self) -> list[str]:
        return [str(path) for path in (self.dir / "cache").rglob("catalogue-*")]

    def test_a_changed_tree_is_seen(self) -> None:
        tree = self.tree(linux__a="struct a { int x; };")
        self.assertEqual(len(self.listed(tree, "a")), 1)
        self.assertEqual(len(self.cached()), 1)
        self.write("tree/include/linux/new.h", "struct new_one { int x; };\n")
        self.assertEqual(len(self.listed(tree, "new_one")), 1)
        self.write("tree/include/linux/new.h", "struct newer { int x; };\n")
        self.assertEqual(len(self.listed(tree, "newer")), 1)
        self.refused("--kernel", tree, "new_one", says="no header of this kernel")
        self.assertEqual(len(self.cached()), 1)

    def test_a_spoilt_cache_is_replaced(self) -> None:
        tree = self.tree(linux__a="struct a { int x; };", linux__b="#include <linux/a.h>")
        self.listed(tree, "a")
        path = self.cached()[0]
        with open(path, "rb") as file:
            good = file.read()
        for spoilt in [b"", b"x", good[:40], good[:-1], good + b"x", b"\xff" * len(good),
                       *(good[:i] + bytes([good[i] ^ 0xff]) + good[i + 1:]
                         for i in range(0, len(good), 61))]:
            with open(path, "wb") as file:
                file.write(spoilt)
            for kept in (self.dir / "cache").rglob("tree-*"):  # which would be taken instead
                kept.unlink()
            self.assertEqual(self.listed(tree, "a"), ["struct a include/linux/a.h"])
            with open(path, "rb") as file:
                self.assertEqual(file.read(), good)

    def test_no_cache(self) -> None:
        tree = self.tree(linux__a="struct a { int x; };")
        self.write("file", "")
        for place in [str(self.dir / "file"), str(self.dir / "file/x"), "relative", "/proc/none"]:
            environment = {**os.environ, "XDG_CACHE_HOME": place}
            environment.pop("HOME", None)
            self.good("list", "--kernel", tree, "a", env=environment)
        self.assertFalse((self.dir / "relative").exists())


class FollowedPointers(Kernel):
    """--pointers follow: what is behind a pointer is located as what is named."""

    def chain(self) -> str:
        """a -> b -> c -> d -> e, each in its own header and only declared in the others; what a points to besides."""
        return self.tree(
            linux__a="struct b; struct nowhere; struct off; struct a { struct b *b; struct nowhere *n; struct off *o; };",
            linux__b="struct c; struct b { struct c *c; long pad; };",
            linux__c="struct d; struct c { struct d *d; long pad[2]; };",
            linux__d="struct e; struct d { struct e *e; long pad[3]; };",
            linux__e="struct e { long pad[4]; };",
            linux__all="".join(f"#include <linux/{name}.h>\n" for name in ("a", "b", "c", "d", "e", "off")),
            linux__off="#ifdef CONFIG_OFF\nstruct off { int x; };\n#endif")

    def test_all_of_them(self) -> None:
        found, said = self.sizes("--kernel", self.chain(), "a", "--pointers", "follow")
        self.assertEqual(found, {"a": 24, "b": 16, "c": 24, "d": 32, "e": 32, "nowhere": None, "off": None})
        self.assertRegex(said, "note: 2 types that pointers lead to are defined in no header that could be read.*"
                               "struct (nowhere, struct off|off, struct nowhere)")

    def test_so_many_in_a_row(self) -> None:
        tree = self.chain()
        self.assertEqual(self.sizes("--kernel", tree, "a", "--pointers", "follow=1")[0],
                         {"a": 24, "b": 16, "c": None, "nowhere": None, "off": None})
        for depth in ("2", "4"):
            found, said = self.sizes("--kernel", tree, "b", "--pointers", f"follow={depth}", "--strict")
            self.assertEqual(found["d"], 32)
            self.assertEqual(found.get("e"), 32 if depth == "4" else None)
            self.assertEqual(said, "")

    def test_headers_that_are_named(self) -> None:
        """What they do not define is told, and how to get it."""
        tree = self.chain()
        for words, advice in ((["--kernel", tree, "--header", "linux/a.h"], "Without --header"),
                              (["--header", f"{tree}/include/linux/a.h", "--no-kernel"], "Add the headers")):
            found, said = self.sizes(*words, "a", "--pointers", "follow")
            self.assertEqual(found, {"a": 24, "b": None, "nowhere": None, "off": None})
            self.assertIn("warning: 3 types that pointers lead to are only declared", said)
            self.assertIn(advice, said)
        self.good("--kernel", tree, "a", "--pointers", "follow", "-o", "a.btf")
        self.assertEqual(self.sizes("--btf", "a.btf", "a", "--pointers", "follow")[0]["e"], 32)

    def test_names_alone(self) -> None:
        """A header that nothing includes may be about another type than a .c file of the kernel means."""
        tree = self.tree(linux__a="struct clk; struct gpio; struct used; struct a { struct clk *c; struct gpio *g; struct used *u; };",
                         linux__sh_clk="struct clk { int other; };", uapi__linux__link="struct gpio { int other; };",
                         linux__link="#include <uapi/linux/link.h>", linux__used="struct used { int x; };",
                         linux__user="#include <linux/used.h>")
        for depth in ("follow=1", "follow"):
            found, said = self.sizes("--kernel", tree, "a", "--pointers", depth)
            self.assertEqual(found, {"a": 24, "clk": 4, "gpio": 4, "used": 4})
            self.assertRegex(said, "warning: 2 types (that pointers lead to )?are known by the name alone")
            self.assertRegex(said, "clk .linux/sh_clk.h.")
            self.assertRegex(said, "gpio .(uapi/)?linux/link.h")
            self.assertNotIn("used", said)
            self.assertEqual(said.count("by the name alone"), 1)
        self.refused("--kernel", tree, "a", "--pointers", "follow=1", "--strict", "-o", "a.btf", says="--strict: 1 warning")

    def test_several_headers_define_it(self) -> None:
        tree = self.tree(linux__a="struct b; struct a { struct b *p; };", linux__b="struct b { int x; };", linux__c="struct b { long x; };",
                         linux__d="struct other { int x; };", linux__e="struct other { long x; };")
        found, said = self.sizes("--kernel", tree, "a", "--pointers", "follow")
        self.assertIn("warning: 1 type that pointers lead to is defined differently by several headers", said)
        self.assertRegex(said, r"the first is taken: struct b \(.*linux/b.h:\d+\)\n")
        self.refused("--kernel", tree, "a", "--pointers", "follow=1", "-o", "a.btf", says="linux/c.h")

    def test_the_only_one_cannot_be_had(self) -> None:
        tree = self.tree(linux__a="struct b; struct a { struct b *p; };", linux__b="struct b { int x; undefined_t y; };")
        for depth in ("follow=1", "follow"):
            found, said = self.sizes("--kernel", tree, "a", "--pointers", depth)
            self.assertEqual(found, {"a": 8, "b": None})
            self.assertIn("stays a name: struct b", said)

    def test_the_better_header_does_not_parse(self) -> None:
        tree = self.tree(linux__a="struct b; struct a { struct b *p; };", linux__b="struct b { int x; undefined_t y; long z; };",
                         linux__b2="struct b { int x; };")
        for words in (["b"], ["a", "--pointers", "follow=1"]):
            self.refused("--kernel", tree, *words, "-o", "b.btf", says=["linux/b.h:3, which does not parse", "linux/b2.h"])

    def test_what_the_user_has(self) -> None:
        said = self.good("--kernel", self.chain(), "a", "--pointers", "follow=1", "--blocklist-type", "nowhere", "--blocklist-type", "off", "-e", "rust").err
        self.assertNotIn("pointers lead to", said)


class WhichHeader(Kernel):
    """Of several headers, the kernel's: names that are wanted, not followed."""

    def test_what_an_architecture_keeps_out(self) -> None:
        """Its headers are read as the kernel has them: through asm/user.h, which knows which half this kernel takes."""
        tree = self.tree(linux__user="#include <asm/user.h>", linux__bug="#include <asm/bug.h>",
                         **{"asm-generic__bug": "struct bug {\n#ifdef HAS_BUG_FILE\n\tlong file;\n#endif\n\tint line; };"})
        folder = self.dir / tree / "arch/x86/include/asm"
        folder.mkdir(parents=True)
        for name, text in {
                "user": "#ifdef CONFIG_X86_32\n#include <asm/user_32.h>\n#else\n#include <asm/user_64.h>\n#endif",
                "user_32": "struct regs { int r[17]; }; struct only { int x; };",
                "user_64": "struct regs { long r[27]; };",
                "bug": "#define HAS_BUG_FILE\n#include <asm-generic/bug.h>",
                "odd": "#error not alone\n#include <asm/odd_types.h>",
                "odd_types": "struct odd { int x; };"}.items():
            (folder / f"{name}.h").write_text(f"#ifndef A_{name}_H\n#define A_{name}_H\n{text}\n#endif\n")
        self.assertEqual(self.sizes("--kernel", tree, "regs", "bug"), ({"regs": 216, "bug": 16}, ""))
        self.refused("--kernel", tree, "only", "-o", "a.btf", says="is not defined in this kernel's configuration, though its text is in asm/user_32.h")
        found, said = self.sizes("--kernel", tree, "odd")
        self.assertEqual(found, {"odd": 4})
        self.assertRegex(said, "warning: 'odd' is taken from asm/odd_types.h by itself, since asm/odd.h, through which the kernel has it, does not parse")

    def test_what_everything_includes(self) -> None:
        """A typedef that most of the kernel has by its includes is the kernel's, whatever other headers define of that name."""
        tree = self.tree(linux__base="typedef unsigned int base_t;", linux__pq="#ifdef NEVER\ntypedef unsigned long base_t;\n#endif\n#include <linux/base.h>",
                         acpi__actypes="#ifndef NEVER\n#error no machine\n#endif\ntypedef unsigned long base_t;", acpi__acpi="#include <acpi/actypes.h>",
                         **{f"linux__more{i}": "#include <linux/base.h>" for i in range(20)})
        out = self.good("list", "--kernel", tree, "base_t")
        self.assertRegex(out.out.decode(), r"^typedef\tbase_t\t4\t\S*linux/base.h")
        self.assertEqual(out.err, "")

    def test_a_wanted_name_alone(self) -> None:
        """The same of a type that is asked for: where others declare it, since a .c file may have theirs."""
        tree = self.tree(linux__clk="struct clk; int clk_enable(struct clk *c); struct used; int use(struct used *u);",
                         linux__sh_clk="struct clk { int other; };", linux__used="#include <linux/clk.h>\nstruct used { int x; };",
                         linux__user="#include <linux/used.h>", linux__own="struct own { int x; }; int own_it(struct own *o);")
        found, said = self.sizes("--kernel", tree, "clk", "used", "own")
        self.assertEqual(found, {"clk": 4, "used": 4, "own": 4})
        self.assertIn("linux/sh_clk.h:", said)
        self.assertIn("warning: 1 type is known by the name alone", said)
        self.assertTrue(said.rstrip().endswith("in a .c file: clk (linux/sh_clk.h)"), said)
        self.refused("--kernel", tree, "clk", "--strict", "-o", "a.btf", says="--strict: 1 warning")
        self.assertEqual(self.sizes("--kernel", tree, "used", "own"), ({"used": 4, "own": 4}, ""))
        # A program's question is not answered from it in silence.
        self.write("clk.c", "struct clk { int other; } __attribute__((preserve_access_index));\n"
                   '__attribute__((section("tp/x"), used)) int f(struct clk *c) { return c->other; }\n')
        subprocess.run(["clang", "-target", "bpf", "-g", "-O2", "-c", "clk.c", "-o", "clk.o"], cwd=self.dir, check=True)
        for command in ["check", "clk.o"], ["--for", "clk.o", "-o", "clk.btf"]:
            self.assertIn("known by the name alone", self.good(*command, "--kernel", tree).err)
            self.refused(*command, "--kernel", tree, "--strict", says="known by the name alone")


class OwnTree(Kernel):
    """--header, and a header or a directory of -I that lies in a configured kernel tree: the tree's flags are taken."""

    NOTE = "reading headers of the kernel tree"

    def expected(self) -> object:
        return model(self.good("--kernel", MINI, "--arch", "arm64", "--header", "linux/sched.h", "task_struct", "-e", "json"))["types"]

    def reads(self, *arguments: str, **options: object) -> None:
        result = self.good(*arguments, "-e", "json", **options)
        self.assertIn(self.NOTE, result.err)
        self.assertEqual(model(result)["types"], self.expected())

    def test_the_lines_of_aya_tools_users(self) -> None:
        self.reads("--header", "linux/sched.h", "task_struct", f"-I{MINI}/arch/arm64/include")
        for words in (["--", f"-I{MINI}/arch/arm64/include"], ["--", "-I", f"{MINI}/arch/arm64/include", f"-I{MINI}/include"]):
            result = self.good("--header", "linux/sched.h", "task_struct", "-o", "x.json", *words)
            self.assertIn(self.NOTE, result.err)
            self.assertEqual(json.loads((self.dir / "x.json").read_text())["types"], self.expected())
        result = self.good("generate", "--header", f"{MINI}/include/linux/sched.h", "task_struct", "-o", "x.json",
                           "--", "--", f"-I{MINI}/include", f"-I{MINI}/arch/arm64/include")
        self.assertIn(self.NOTE, result.err)
        self.assertEqual(json.loads((self.dir / "x.json").read_text())["types"], self.expected())

    def test_relative_paths(self) -> None:
        shutil.copytree(MINI, self.dir / "linux")
        self.reads("--header", "linux/sched.h", "task_struct", "-Ilinux/arch/arm64/include")
        self.reads("--header", "linux/include/linux/sched.h", "task_struct", "--arch", "arm64")

    def test_the_common_part_of_a_distribution(self) -> None:
        shutil.copytree(MINI, self.dir / "linux-headers-6.1-common")
        common, own = self.dir / "linux-headers-6.1-common", self.dir / "linux-headers-6.1-arm64"
        own.mkdir()
        (own / "include").mkdir()
        for part in ("include/generated", "include/config", "arch/arm64/include/generated"):
            (own / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(common / part, own / part)
        for arch in ("x86", "arm"):
            shutil.rmtree(common / f"arch/{arch}")
        (own / "include/generated/uapi/linux").mkdir(parents=True, exist_ok=True)
        (own / "include/generated/uapi/linux/version.h").write_text("")
        (own / "Makefile").write_text("include ../linux-headers-6.1-common/Makefile\n")
        result = self.run_hdrgen("--header", f"{common}/include/linux/sched.h", "task_struct", "-e", "json", f"-I{common}/arch/arm64/include")
        self.assertIn(f"{self.NOTE} {own}", result.err)

    def test_what_is_meant_is_not_known(self) -> None:
        self.refused("--header", "linux/sched.h", "task_struct", f"-I{MINI}/include", says="--arch")
        self.refused("--header", "linux/sched.h", "task_struct", f"-I{MINI}/arch/arm64/include", f"-I{MINI}/arch/x86/include",
                     says="of two kernels, arm64 and x86")
        shutil.copytree(MINI, self.dir / "linux")
        self.refused("--header", "linux/sched.h", "task_struct", f"-I{MINI}/arch/arm64/include", "-Ilinux/include", says="of two kernels")
        shutil.copytree(MINI, self.dir / "other")
        for part in ("generated", "config"):
            shutil.rmtree(self.dir / "linux/include" / part)
            shutil.rmtree(self.dir / "other/include" / part)
        for words in (["-Ilinux/include", "-Iother/include"], ["-Iother/include", "-isystem", "linux/include"],
                      [f"-I{MINI}/arch/arm64/include", "-Iother/include"], ["--header", "other/include/linux/list.h", "-Ilinux/include"]):
            with self.subTest(words):
                self.refused("--header", "linux/sched.h", "task_struct", *words, says="of two kernels")

    def test_other_spellings_of_the_option(self) -> None:
        directory = f"{MINI}/arch/arm64/include"
        for words in (["-isystem", directory], ["--", "-iquote", directory], ["--", "-idirafter", directory], ["--", f"--include-directory={directory}"]):
            with self.subTest(words):
                result = self.good("--header", "linux/sched.h", "task_struct", "-o", "x.json", *words)
                self.assertIn(self.NOTE, result.err)
                self.assertEqual(json.loads((self.dir / "x.json").read_text())["types"], self.expected())

    def test_what_is_no_kernel_tree(self) -> None:
        """A file of that name in another project; a kernel that is not configured; a directory that is not there."""
        (self.dir / "project/include/generated").mkdir(parents=True)
        (self.dir / "project/include/generated/autoconf.h").write_text("")
        (self.dir / "project/include/my.h").write_text("struct s { int a; };\n")
        self.assertEqual(self.good("--header", "project/include/my.h", "-Iproject/include").err, "")
        (self.dir / "plain/include/linux").mkdir(parents=True)
        (self.dir / "plain/include/linux/kconfig.h").write_text("")
        (self.dir / "plain/include/linux/my.h").write_text("struct s { int a; };\n")
        self.assertIn("is no configured kernel tree", self.good("--header", "linux/my.h", "-Iplain/include").err)
        self.assertIn("'nowhere' does not exist", self.good("--header", "project/include/my.h", "-Inowhere").err)
        self.refused("--kernel", MINI, "--arch", "arm64", "--no-kernel", "task_struct", says="--no-kernel goes with --header")
        self.refused("--no-kernel", "task_struct", says="--no-kernel goes with --header")

    def test_where_it_is_not_done(self) -> None:
        (self.dir / "my.h").write_text("struct s { int a; };\n")
        flags = mini_flags("arm64")
        for words in (["my.h"], ["my.h", f"-I{MINI}/include/uapi"], ["my.h", f"-I{MINI}/include", "--no-kernel"],
                      ["my.h", f"-I{MINI}/include", "--target", "aarch64-linux-gnu"], ["my.h", "--", *flags]):
            with self.subTest(words):
                self.assertNotIn(self.NOTE, self.good("--header", *words).err)
        self.assertIn(self.NOTE, self.good("--header", "my.h", f"-I{MINI}/arch/arm64/include").err)


if __name__ == "__main__":
    unittest.main()
