"""Command lines of aya-tool and bindgen that public projects document, run as they stand.

docs/coming-from.md has the table of them.  Only the program's name is another: hdrgen is on PATH as `aya-tool`
and `bindgen`.  rustc compiles what they write, and with it the assertions of every layout.
"""

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from hdrgen import FIXTURES, HDRGEN, Case

RUNNING = Path("/sys/kernel/btf/vmlinux")
DOCS = Path(__file__).resolve().parents[2] / "docs/coming-from.md"

# The running kernel's BTF; the directories of the outputs are the projects'.
AYA = [
    "aya-tool generate task_struct > myapp-ebpf/src/vmlinux.rs",
    "aya-tool generate task_struct dentry > vmlinux.rs",
    "aya-tool generate sock > nflux-ebpf/src/vmlinux.rs",
    "aya-tool generate task_struct iattr mm_struct > e-bpf-antiransomware-ebpf/src/vmlinux.rs",
    "aya-tool generate task_struct user_msghdr mmsghdr tcp_sock socket files_struct > agent/src/ebpf/trace/src/vmlinux.rs",
    "aya-tool generate bpf_perf_event_data trace_event_raw_sched_switch task_struct > perf-bench-ebpf/src/bindings.rs",
    "aya-tool generate trace_event_raw_sys_enter trace_event_raw_sched_process_fork task_struct bpf_iter_meta "
    "bpf_iter__task > src/vmlinux.rs",
]
TYPO = "aya-tool generate linux_binprm task_stuct dentry kernel_siginfo -- -o protect-ebpf/src/vmlinuz.rs"

# Headers as `make headers_install` leaves them: the C library's are such.
RUST_VMM = [
    "bindgen include/linux/kvm.h -o bindings.rs  --impl-debug --with-derive-default  --with-derive-partialeq  "
    "--impl-partialeq -- -Iinclude",
    "bindgen include/linux/vfio.h -o vfio.rs --impl-debug --with-derive-default  --with-derive-partialeq  "
    "--impl-partialeq -- -Iinclude",
]
VIRTIO = ("bindgen include/linux/$i.h -o $i.rs --allowlist-file include/linux/$i.h --with-derive-default "
          "--with-derive-partialeq -- -Iinclude")
FIRECRACKER = ("fc-bindgen --allowlist-var \"VIRTIO_NET_F_.*\" --allowlist-var \"VIRTIO_F_.*\" "
               "--allowlist-type \"virtio_net_hdr_v1\" \"$KERNEL_HEADERS_HOME/include/linux/virtio_net.h\"")
FC_BINDGEN = ("bindgen --disable-header-comment --size_t-is-usize --constified-enum '*' --with-derive-default "
              "--with-derive-partialeq $@")
CORTEX = "bindgen vmlinux.h -o src/bindings.rs --use-core --allowlist-type 'sk_buff'"


class Wild(Case):
    def setUp(self) -> None:
        super().setUp()
        (self.dir / "bin").mkdir()
        for name in ("aya-tool", "bindgen", "hdrgen"):
            (self.dir / "bin" / name).symlink_to(HDRGEN)

    def shell(self, line: str, status: int = 0) -> str:
        """What the line says; `function` first, which the line may call."""
        result = subprocess.run(["bash", "-c", line], cwd=self.dir, capture_output=True, text=True, timeout=60,
                                env={**os.environ, "PATH": f"{self.dir}/bin:{os.environ['PATH']}"}, check=False)
        self.assertEqual(result.returncode, status, f"{line}\n{result.stderr}")
        return result.stderr

    def compile(self, *names: str) -> None:
        """All of them in one crate, by one run of rustc."""
        text = "".join(f'#[path = "{name}"] pub mod m{i};\n' for i, name in enumerate(names))
        self.write("lib.rs", "#![no_std]\n#![deny(warnings)]\n" + text)
        subprocess.run(["rustc", "--edition", "2021", "--crate-type", "rlib", "--emit", "metadata", "lib.rs"],
                       cwd=self.dir, check=True)

    def install_headers(self) -> None:
        """An include directory as headers_install makes it, of those that the C library uses."""
        (self.dir / "include").mkdir()
        multiarch = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True, check=True).stdout.strip()
        for name, where in (("linux", "linux"), ("asm-generic", "asm-generic"), ("asm", f"{multiarch}/asm")):
            (self.dir / "include" / name).symlink_to(Path("/usr/include") / where)


class Aya(Wild):
    def kernel(self, line: str) -> str:
        """As it stands; with Debian's kernel where the running one has no BTF."""
        if RUNNING.exists():
            return line
        script = subprocess.run(["bash", FIXTURES / "get-debian-kernel.sh", "amd64", "bookworm", "cloud-amd64"],
                                capture_output=True, text=True, check=True).stdout
        image = re.findall(r"^image=(.+)$", script, re.M)[0]
        return line.replace("generate ", f"generate --btf {image} ", 1)

    def test_types_of_the_kernel(self) -> None:
        outputs = []
        for number, line in enumerate(AYA):
            written = line.split("> ")[1]
            (self.dir / written).parent.mkdir(parents=True, exist_ok=True)
            self.assertEqual(self.shell(self.kernel(line)), "")
            outputs.append(shutil.copy(self.dir / written, self.dir / f"line{number}.rs").name)
            text = (self.dir / outputs[-1]).read_text()
            for name in line.split("> ")[0].split()[2:]:
                self.assertRegex(text, rf"(?m)^ *pub struct {name} ")
                self.assertIn(f"size_of::<{name}>() == ", text)
        self.compile(*outputs)

    def test_a_typo_that_aya_tool_passes_over(self) -> None:
        (self.dir / "protect-ebpf/src").mkdir(parents=True)
        self.assertIn("there is no type named 'task_stuct' in what was read; did you mean 'struct task_struct'",
                      self.shell(self.kernel(TYPO), status=2))
        self.assertFalse((self.dir / "protect-ebpf/src/vmlinuz.rs").exists())
        self.assertEqual(self.shell(self.kernel(TYPO.replace("stuct", "struct"))), "")
        self.compile("protect-ebpf/src/vmlinuz.rs")


class Bindgen(Wild):
    def test_installed_headers(self) -> None:
        self.install_headers()
        for line in RUST_VMM:
            said = self.shell(line)
            self.assertIn("--impl-debug is left out: ", said)
            self.assertIn("--impl-partialeq is left out: ", said)
        self.assertIn("--allowlist-file include/linux/virtio_net.h is left out: name the types",
                      self.shell(f"for i in virtio_blk virtio_net virtio_ring; do {VIRTIO}; done"))
        self.compile("bindings.rs", "vfio.rs", "virtio_blk.rs", "virtio_net.rs", "virtio_ring.rs")
        text = (self.dir / "bindings.rs").read_text()
        self.assertIn("pub struct kvm_userspace_memory_region ", text)
        self.assertIn("pub const KVM_API_VERSION: c_int = 12;", text)
        self.assertIn("pub const VIRTIO_NET_F_MAC: c_int = 5;", (self.dir / "virtio_net.rs").read_text())

    def test_a_function_of_a_script(self) -> None:
        said = self.shell(f"KERNEL_HEADERS_HOME=/usr\nfunction fc-bindgen {{\n{FC_BINDGEN}\n}}\n{FIRECRACKER} > net.rs")
        self.assertIn("--size_t-is-usize is left out: ", said)
        text = (self.dir / "net.rs").read_text()
        self.assertIn("pub struct virtio_net_hdr_v1 ", text)
        self.assertIn("VIRTIO_NET_F_MRG_RXBUF", text)
        self.assertNotIn("VIRTIO_ID_NET", text)
        self.compile("net.rs")

    def test_a_vmlinux_h(self) -> None:
        self.write("small.h", "struct sk_buff_list { struct sk_buff *next; };\n"
                   "struct sk_buff { struct sk_buff_list list; unsigned int len; char cb[48]; };\nstruct other { int a; };\n")
        (self.dir / "src").mkdir()
        self.shell("hdrgen --header small.h -o vmlinux.h")
        self.assertEqual(self.shell(CORTEX), "")
        text = (self.dir / "src/bindings.rs").read_text()
        self.assertIn("pub struct sk_buff ", text)
        self.assertNotIn("pub struct other", text)
        self.compile("src/bindings.rs")


class Docs(unittest.TestCase):
    def test_the_table_has_them_all(self) -> None:
        table = DOCS.read_text()
        for line in [*AYA, TYPO, *RUST_VMM, VIRTIO, FIRECRACKER, CORTEX]:
            self.assertIn("`" + re.sub(" +", " ", line) + "`", table)


if __name__ == "__main__":
    unittest.main()
