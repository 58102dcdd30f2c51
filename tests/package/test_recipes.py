"""Each recipe of docs/recipes, from a clean directory, offline, with the installed hdrgen: it builds and runs; a
changed header makes the bindings anew, an unchanged one does not."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from package import PREFIX, RECIPES, SOURCE, Case

sys.path.insert(0, str(SOURCE / "tests/e2e"))
from guest import find_rustc  # noqa: E402

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
        self.tick()
        (self.dir / "inner.h").write_text(text)
        records.write_text('#include "inner.h"\n')
        self.assertTrue(make().endswith(FIRST))
        self.tick()
        (self.dir / "inner.h").write_text(text.replace("unsigned int pid;", "unsigned int pid; long more;"))
        self.assertTrue(make().endswith(SECOND))
        self.assertNotEqual(stamp(), before)

    def tick(self) -> None:
        """Until a file that is written now is newer than all that are here: make and cargo compare times."""
        newest = max(path.stat().st_mtime_ns for path in self.dir.rglob("*") if path.is_file())
        probe = self.dir / "probe"
        probe.touch()
        while probe.stat().st_mtime_ns <= newest:
            time.sleep(0.01)
            probe.touch()
        probe.unlink()

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

    def test_cargo_library(self) -> None:
        self.take("cargo-library")
        self.outcome([["cargo", "build", "--quiet"]], ["target/debug/event"], "target/debug/build/event-*/out/bindings.rs")

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


class Fleet(Case):
    """A job a kernel: by make, and the same list by hand as the other engines have it."""

    PROGRAM = """
struct event { unsigned int pid; } __attribute__((preserve_access_index));
__attribute__((section("tracepoint"), used)) int f(struct event *ctx) { return ctx->pid; }
"""

    def setUp(self) -> None:
        super().setUp()
        self.take("fleet")
        (self.dir / "p.c").write_text(self.PROGRAM)
        self.run_it("clang", "-target", "bpfel", "-g", "-O2", "-c", "p.c", "-o", "p.bpf.o")
        self.kernel("one", "struct event { unsigned int pid; };")
        self.kernel("two", "struct event { long more; unsigned int pid; };")
        self.kernel("three", "struct event { int other; };")
        (self.dir / "kernels").write_text("".join(f"vendor/{name}/x86_64/6.1 sources/{name}.btf\n" for name in ("one", "two", "three")))

    def kernel(self, name: str, text: str) -> None:
        (self.dir / "sources").mkdir(exist_ok=True)
        (self.dir / f"{name}.h").write_text(text)
        self.run_it("hdrgen", "--header", f"{name}.h", "-q", "-o", f"sources/{name}.btf")

    def made(self, output: str) -> list[str]:
        return re.findall(r"^vendor/(\w+)/x86_64/6.1$", output, re.M)

    def test_make(self) -> None:
        self.assertEqual(sorted(self.made(self.run_it("make", "-j", "2"))), ["one", "three", "two"])
        index = (self.dir / "fleet/index").read_text()
        self.assertEqual(re.findall(r"^[0-9a-f]{64}  (.*)$", index, re.M), [f"vendor/{name}/x86_64/6.1.btf" for name in ("one", "two", "three")])
        page = (self.dir / "fleet.html").read_text().replace("\\/", "/")
        for name in ("one", "two", "three"):
            self.assertIn(f"vendor/{name}/x86_64/6.1", page)
        self.assertEqual(self.made(self.run_it("make", "-j", "2")), [])
        self.assertEqual((self.dir / "fleet.html").read_text().replace("\\/", "/"), page)
        self.kernel("two", "struct event { long more, again; unsigned int pid; };")
        self.assertEqual(self.made(self.run_it("make")), ["two"])
        self.run_it("make", "btfs.tar")
        self.assertEqual(len(self.run_it("tar", "tf", "btfs.tar").splitlines()), 3)

    def test_nothing_to_do(self) -> None:
        """Without the list, or without objects, make says so; it cleans all the same."""
        self.assertIn("there is no 'none': a line a kernel", self.run_it("make", "LIST=none", status=2))
        (self.dir / "p.bpf.o").unlink()
        self.assertIn("there is no *.bpf.o here", self.run_it("make", status=2))
        (self.dir / "kernels").unlink()
        self.run_it("make", "clean")

    def test_a_job_alone(self) -> None:
        """As Kubernetes runs it: the number is in the environment."""
        command = re.search(r'command: \["sh", "-c", "(.*)"\]', (self.dir / "kubernetes.yaml").read_text())[1].replace('\\"', '"')
        for number, name in enumerate(("one", "two", "three")):
            self.environment["JOB_COMPLETION_INDEX"] = str(number)
            self.assertEqual(self.made(self.run_it("sh", "-c", command)), [name])
            self.assertEqual(self.made(self.run_it("sh", "-c", command)), [])
        self.run_it("sh", "index.sh", "kernels", "out")
        text = self.run_it("hdrgen", "check", "p.bpf.o", "--fleet", "out/index", status=1)
        self.assertIn("vendor/three/x86_64/6.1", text)
        self.environment["JOB_COMPLETION_INDEX"] = "3"
        self.assertIn("no NAME SOURCE", self.run_it("sh", "-c", command, status=2))

    def test_what_is_known_of_a_kernel(self) -> None:
        """The configuration and the symbols beside a source: the job asks by them, they go into the fleet, and a change is a new job."""
        (self.dir / "p.c").write_text("""
extern int CONFIG_HZ __attribute__((section(".kconfig")));
__attribute__((section("kprobe/vfs_read"), used)) int f(void *ctx) { return CONFIG_HZ; }
""")
        self.run_it("clang", "-target", "bpfel", "-g", "-O2", "-c", "p.c", "-o", "p.bpf.o")
        (self.dir / "sources/two.btf").rename(self.dir / "sources/vmlinux-6.1")
        kernels = (self.dir / "kernels").read_text().replace("sources/two.btf", "sources/vmlinux-6.1")
        (self.dir / "kernels").write_text(kernels)
        symbols = "".join(f"{number:016x} T function_{number}\n" for number in range(200)) + "0000000000000000 T register_kprobe\n0000000000000000 T perf_kprobe_init\n"
        (self.dir / "sources/one.config").write_text("CONFIG_HZ=250\n")
        (self.dir / "sources/one.System.map").write_text(symbols + "0000000000000001 T vfs_read\n")
        (self.dir / "sources/config-6.1").write_text("CONFIG_HZ=100\n")
        (self.dir / "sources/System.map-6.1").write_text(symbols)
        (self.dir / "sources/three.System.map").write_text("ffffffffffffffff B The real System.map is in another package\n")
        self.run_it("make")

        def answers(text: str) -> dict[str, str]:
            found = json.loads(text)["objects"][0]["dependencies"]
            return {row["name"]: row["result"] for row in found if row["kind"] in ("function", "config")}

        expected = {"one": ("fine", "fine"), "two": ("missing", "fine"), "three": ("unknown", "unknown")}
        for name, (function, config) in expected.items():
            said = answers((self.dir / f"fleet/vendor/{name}/x86_64/6.1.json").read_text())
            self.assertEqual(said, {"vfs_read": function, "CONFIG_HZ": config})
        self.assertFalse((self.dir / "fleet/vendor/three/x86_64/6.1.System.map").exists())
        report = json.loads(self.run_it("hdrgen", "check", "p.bpf.o", "--fleet", "fleet/index", "-q", "--format", "json", status=1))
        rows = {row["name"]: row["answers"] for row in report["objects"][0]["dependencies"]}
        self.assertEqual({tuple(answer["kernels"]): answer["result"] for answer in rows["vfs_read"]}, {(0,): "fine", (1,): "missing", (2,): "unknown"})
        (self.dir / "sources/one.config").write_text("CONFIG_HZ=1000\n")
        self.assertEqual(self.made(self.run_it("make")), ["one"])
        (self.dir / "sources/one.config").unlink()
        self.assertEqual(self.made(self.run_it("make")), ["one"])
        self.assertFalse((self.dir / "fleet/vendor/one/x86_64/6.1.config").exists())

    def test_a_kernel_that_cannot_be_read(self) -> None:
        (self.dir / "sources/two.btf").write_bytes(b"nonsense")
        self.run_it("make", status=2)
        self.assertFalse((self.dir / "fleet/index").exists())
        self.assertFalse((self.dir / "fleet/vendor/two/x86_64/6.1.key").exists())


class RustForBpf(Case):
    """cargo and rustc for BPF; bpf-linker is that of tests/rust_core."""

    def setUp(self) -> None:
        super().setUp()
        self.btf = os.environ.get("HDRGEN_SKELETON_BTF", "/sys/kernel/btf/vmlinux")
        if not Path(self.btf).exists():
            self.fail(f"{self.btf} is not there: name a BTF file in HDRGEN_SKELETON_BTF")
        tools = self.dir / "tools"
        (tools / "cargo").mkdir(parents=True)
        (tools / "bpf-linker").symlink_to(SOURCE / "tests/rust_core/bpf_link.py")
        (tools / "hdrgen-bpf-linker").symlink_to(PREFIX / "bin/hdrgen")
        rustc = find_rustc("bpfel-unknown-none")
        self.environment |= {"PATH": f"{tools}:{self.environment['PATH']}", "CARGO_HOME": str(tools / "cargo"), "RUSTC": rustc,
                             "RUSTC_BOOTSTRAP": "1", "HDRGEN_TEST_RUSTC": rustc}  # for a nightly


class CoRe(RustForBpf):
    """Rust programs for every kernel; aya and libbpf-rs are Debian's crates."""

    def crates(self, package: str) -> None:
        out = self.run_it("bash", str(SOURCE / "kernel-header-fixtures/get-debian-crates.sh"), "trixie", package)
        registry = re.findall(r"^registry=(.*)$", out, re.M)[0]
        (self.dir / "tools/cargo/config.toml").write_text(
            f'[source.crates-io]\nreplace-with = "debian"\n[source.debian]\ndirectory = "{registry}"\n')

    def check_object(self, pattern: str) -> None:
        """There is one, and it is relocated."""
        objects = list(self.dir.glob(pattern))
        self.assertEqual(len(objects), 1, objects)
        self.assertIn("struct task_struct.real_parent", self.run_it("hdrgen", "check", str(objects[0]), "--btf", self.btf))

    def runs(self, *command: str) -> None:
        """As root, on the kernel whose BTF it is."""
        if os.geteuid() == 0 and "HDRGEN_SKELETON_BTF" not in os.environ:
            self.assertRegex(self.run_it(*command), r"parent \d+, right\n$")

    def test_rustc(self) -> None:
        self.take("core-rustc")
        self.run_it("make", f"SOURCE=--btf {self.btf}", "prog.btf", f"RUSTC={self.environment['RUSTC']}")
        self.check_object("prog.bpf.o")
        self.assertLess((self.dir / "prog.btf").stat().st_size, 400)

    def test_aya(self) -> None:
        self.take("core-aya")
        self.crates("librust-aya-dev")
        (self.dir / "vmlinux").symlink_to(self.btf)
        page = (SOURCE / "docs/recipes/core-aya/README.md").read_text()
        commands = re.findall(r"^    (.*)$", page[page.index("## Build and run"):], re.M)
        self.assertEqual([command.split()[0] for command in commands], ["cargo", "cargo", "sudo", "cp", "hdrgen", "hdrgen", "sudo"])
        for command in commands:
            if command.startswith("sudo "):
                self.runs(*command.split()[1:])
            elif command == "cargo xtask codegen" and "HDRGEN_SKELETON_BTF" in os.environ:
                self.run_it(*command.split(), "--btf", self.btf)
            else:
                self.run_it("sh", "-c", command)
        self.check_object("target/debug/build/recipe-*/out/prog.bpf.o")

    def test_libbpf_rs(self) -> None:
        self.take("core-libbpf-rs")
        self.crates("librust-libbpf-rs-dev")
        self.environment["HDRGEN_SOURCE"] = f"--btf {self.btf}"
        self.run_it("cargo", "build", "--quiet")
        self.check_object("target/debug/build/recipe-*/out/prog.bpf.o")
        self.runs("target/debug/recipe")


# What an aya program stands on; aya-ebpf is not among Debian's crates.
AYA_EBPF = """#![no_std]
pub use core::ffi as cty;
pub mod helpers {
    use core::{ffi::c_void, mem::{transmute, MaybeUninit}};
    type Read = unsafe extern "C" fn(*mut c_void, u32, *const c_void) -> i64;
    #[inline]
    unsafe fn read(to: *mut u8, size: usize, from: *const u8) -> Result<(), i64> {
        match transmute::<usize, Read>(113)(to.cast(), size as u32, from.cast()) {
            0 => Ok(()),
            error => Err(error),
        }
    }
    #[inline]
    pub unsafe fn bpf_probe_read_kernel<T>(from: *const T) -> Result<T, i64> {
        let mut value = MaybeUninit::<T>::uninit();
        read(value.as_mut_ptr().cast(), size_of::<T>(), from.cast())?;
        Ok(value.assume_init())
    }
    #[inline]
    pub unsafe fn bpf_probe_read_kernel_buf(from: *const u8, to: &mut [u8]) -> Result<(), i64> {
        read(to.as_mut_ptr(), to.len(), from)
    }
    #[inline]
    pub fn bpf_get_current_task() -> u64 {
        unsafe { transmute::<usize, extern "C" fn() -> u64>(35)() }
    }
}
"""
AYA_PROGRAM = """#![no_std]
#![no_main]
use aya_ebpf::helpers::{bpf_get_current_task, bpf_probe_read_kernel};
mod vmlinux;
use vmlinux::task_struct;
fn tgid() -> Result<i32, i64> {
    let task = bpf_get_current_task() as *const task_struct;
    unsafe { Ok(bpf_probe_read_kernel(&(*task).tgid)?) }
}
#[no_mangle]
#[link_section = "raw_tp/sys_enter"]
extern "C" fn prog(_: *const u64) -> u32 {
    tgid().unwrap_or(-1) as u32
}
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
"""


class ComingFrom(RustForBpf):
    """docs/coming-from.md, "in five minutes": its steps, taken from the page."""

    def test_aya_tool(self) -> None:
        page = (SOURCE / "docs/coming-from.md").read_text()
        steps = page[page.index("### To a program that runs on every kernel"):page.index("\n## bindgen")]
        commands = re.findall(r"`(hdrgen [^`]*? -[^`]*)`", steps)
        self.assertEqual([command.split()[1] for command in commands], ["task_struct", "check"])
        feature, = re.findall(r"`(#!\[feature.*?\])`", steps)
        read, method = re.findall(r"`(bpf_probe_read_kernel\(.*?)` becomes `(Kptr::.*?)`", steps)[0]
        self.assertIn(read, AYA_PROGRAM)
        linker, = re.findall(r"`(linker = .*?)`", steps)
        for path, text in {
            "aya-ebpf/Cargo.toml": '[package]\nname = "aya-ebpf"\nversion = "0.1.0"\nedition = "2021"\n', "aya-ebpf/src/lib.rs": AYA_EBPF,
            "Cargo.toml": '[package]\nname = "prog"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\naya-ebpf = { path = "aya-ebpf" }\n'
                          '[profile.release]\npanic = "abort"\nlto = true\ncodegen-units = 1\n',
            "src/main.rs": feature + "\n" + AYA_PROGRAM.replace(read, method).replace("vmlinux::task_struct", "vmlinux::*")
                                                      .replace("bpf_get_current_task, bpf_probe_read_kernel", "bpf_get_current_task"),
            ".cargo/config.toml": f'[build]\ntarget = "bpfel-unknown-none"\n[target.bpfel-unknown-none]\n{linker}\n',
        }.items():
            (self.dir / path).parent.mkdir(parents=True, exist_ok=True)
            (self.dir / path).write_text(text)
        self.run_it(*commands[0].split(), "--btf", self.btf)
        self.run_it("cargo", "build", "--release", "--quiet")
        out = self.run_it(*[self.btf if word == "vmlinux" else word for word in commands[1].split()])
        self.assertIn("struct task_struct.tgid", out)
        # Without the linker of step 4.
        (self.dir / ".cargo/config.toml").write_text((self.dir / ".cargo/config.toml").read_text().replace("hdrgen-bpf-linker", "bpf-linker"))
        (self.dir / "src/main.rs").touch()
        self.run_it("cargo", "build", "--release", "--quiet")
        self.assertIn("run `hdrgen link", self.run_it(*[self.btf if word == "vmlinux" else word for word in commands[1].split()], status=2))


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
                             rf"hdrgen --kernel tree \\? ?{expected} \\? ?-o out/kernel.btf")
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

    def test_fleet(self) -> None:
        """Each engine's file starts the same job."""
        for name, number in (("github.yml", "${{ matrix.number }}"), ("kubernetes.yaml", "$JOB_COMPLETION_INDEX"), ("Makefile", "$*")):
            self.assertRegex((RECIPES / "fleet" / name).read_text(), r"sh job\.sh \S+ \\?\"?" + re.escape(number))
        for name in ("job.sh", "index.sh"):
            self.assertEqual(subprocess.run(["sh", "-n", RECIPES / "fleet" / name], check=False).returncode, 0)

    def yaml(self, path: Path) -> dict:
        """PyYAML's reading, where it is; what is asked of the text below does not need it."""
        text = path.read_text()
        self.assertNotIn("\t", text)
        try:
            import yaml
        except ImportError:
            return {}
        return yaml.safe_load(text)

    def shell(self, commands: list[str]) -> None:
        text = re.sub(r"\$\{\{.*?\}\}", "X", "\n".join(commands))
        run = subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""), text)

    def test_ci(self) -> None:
        """What the steps run is shell, and what they call of this tree is there."""
        count = 0
        for path in [*(RECIPES / "ci").rglob("*.yml"), *(SOURCE / ".github").rglob("*.yml")]:
            with self.subTest(path=path):
                read = self.yaml(path)
                lines = path.read_text().splitlines()
                commands = [line.strip().removeprefix("- ").removeprefix("run: ") for line in lines
                            if re.match(r" +(- )?(run: )?(hdrgen|cmake|sudo|sh|diff|git|apt-get|tar|rpm|lintian|test) ", line)]
                self.shell(commands)
                count += len(commands)
                for step in [step for job in read.get("jobs", {}).values() for step in job["steps"]] + read.get("runs", {}).get("steps", []):
                    self.assertEqual(("uses" in step) + ("run" in step), 1, step)
                    self.shell([step.get("run", "")])
                for job in read.values():
                    if isinstance(job, dict):
                        self.shell([*job.get("before_script", []), *job.get("script", [])])
        self.assertGreater(count, 25)
        # What the recipes name of the tree.
        uses, = re.findall(r"uses: \./\.hdrgen/(\S+)", (RECIPES / "ci/github.yml").read_text())
        action = SOURCE / uses / "action.yml"
        self.assertTrue(action.is_file())
        self.assertTrue(os.path.samefile(action.parent / re.findall(r"action_path \}\}/(\S+)", action.read_text())[0], SOURCE))
        self.assertIn("\n.hdrgen:\n", (RECIPES / "ci/gitlab/hdrgen.yml").read_text())

    def test_the_github_step_runs(self) -> None:
        """Its commands, with a cmake that only notes how it is called."""
        text = (RECIPES / "ci/github/action.yml").read_text()
        script = re.sub(r"^ {8}", "", text[text.index("run: |\n") + 7:], flags=re.M)
        with tempfile.TemporaryDirectory() as folder:
            tools = Path(folder)
            for name, body in (("cmake", f'echo "$@" >>{folder}/calls'), ("sh", f'echo "$@" >>{folder}/calls')):
                (tools / name).write_text(f"#!/bin/bash\n{body}\n")
                (tools / name).chmod(0o755)
            (tools / "prefix/bin").mkdir(parents=True)
            (tools / "prefix/bin/hdrgen").symlink_to(PREFIX / "bin/hdrgen")
            subprocess.run(["bash", "--noprofile", "-eo", "pipefail", "-c", script], check=True, capture_output=True, env={
                **os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PREFIX": f"{folder}/prefix", "SOURCE": str(SOURCE),
                "BUILD": f"{folder}/build", **{f"GITHUB_{name}": f"{folder}/{name}" for name in ("PATH", "OUTPUT", "ENV")}})
            self.assertEqual((tools / "PATH").read_text(), f"{folder}/prefix/bin\n")
            self.assertIn(f"PKG_CONFIG_PATH={folder}/prefix/lib/pkgconfig\n", (tools / "ENV").read_text())
            calls = (tools / "calls").read_text()
            for words in (f"{SOURCE}/cmake/install-packages.sh build", f"-S {SOURCE} -B {folder}/build", f"--install {folder}/build"):
                self.assertIn(words, calls)

    def test_the_address_is_in_one_place(self) -> None:
        address, = re.findall(r"^HDRGEN_PUBLISHED=(\S+)$", (RECIPES / "repository").read_text(), re.M)
        for path in [path for folder in (RECIPES, SOURCE / "cmake", SOURCE / ".github") for path in folder.rglob("*") if path.is_file()]:
            if path != RECIPES / "repository":
                self.assertNotIn(address, path.read_text(errors="replace"), path)

    def test_alpine(self) -> None:
        """An APKBUILD is shell: its variables and functions, read as abuild reads them."""
        script = f"startdir={RECIPES}/alpine; srcdir=/s; . $startdir/APKBUILD; "
        def run(text: str, **more: str) -> str:
            return subprocess.run(["sh", "-euc", script + text], check=True, capture_output=True, text=True, env={**os.environ, **more}).stdout
        address, = re.findall(r"^HDRGEN_PUBLISHED=(\S+)$", (RECIPES / "repository").read_text(), re.M)
        self.assertEqual(run('echo "$pkgname $url"'), f"hdrgen {address}\n")
        self.assertEqual(run('echo "$url"', HDRGEN_REPOSITORY="https://a.invalid/b"), "https://a.invalid/b\n")
        version, = re.findall(r"project\(hdrgen VERSION (\S+)", (SOURCE / "CMakeLists.txt").read_text())
        out = run('git() { echo git "$@"; }; cmake() { echo cmake "$@"; }; mkdir() { :; }; pkgdir=/p; unpack; build; package; echo $pkgver')
        self.assertEqual(out.splitlines()[-1], version)
        self.assertIn(f"git clone --depth 1 --branch v{version} {address} /s/hdrgen\n", out)
        self.assertIn("cmake --install build\n", out)

    def test_openwrt_host(self) -> None:
        text = (RECIPES / "openwrt-host/Makefile").read_text()
        address, = re.findall(r"^HDRGEN_PUBLISHED=(\S+)$", (RECIPES / "repository").read_text(), re.M)
        stub = text.replace("include $(TOPDIR)/rules.mk", "").replace("$(wildcard ./repository ../repository)", str(RECIPES / "repository"))
        stub = re.sub(r"^include \$\(INCLUDE_DIR\).*$", "", stub, flags=re.M)
        stub = re.sub(r"^\$\(eval .*$", "", stub, flags=re.M) + "all:\n\techo $(PKG_SOURCE_URL) $(PKG_SOURCE_VERSION) $(CMAKE_HOST_OPTIONS)\n"
        for given, expected in ([], f"{address} v"), (["HDRGEN_REPOSITORY=https://a.invalid/b"], "https://a.invalid/b v"):
            run = subprocess.run(["make", "-n", "-f", "-", *given], input=stub, capture_output=True, text=True, check=False)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIn(f"echo {expected}", run.stdout)
            self.assertIn("-DBUILD_TESTING=OFF -DHDRGEN_LIBBPF=OFF", run.stdout)


if __name__ == "__main__":
    unittest.main()
