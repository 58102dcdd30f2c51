//! `cargo xtask codegen [HDRGEN_SOURCE...]` writes ebpf/src/kernel.rs, which is committed: the kernel's types, from the running kernel's BTF or
//! what is named, such as `--kernel DIR`. The kernel that they are from need not be one that the program will run on.

use std::{env, process::Command};

fn main() {
    let mut arguments = env::args().skip(1);
    assert_eq!(arguments.next().as_deref(), Some("codegen"), "usage: cargo xtask codegen [HDRGEN_SOURCE...]");
    let status = Command::new("hdrgen")
        .args(arguments)
        .args(["--fields", "task_struct=tgid,real_parent", "--accessors", "core", "-o", "ebpf/src/kernel.rs"])
        .status()
        .expect("hdrgen is not on PATH");
    assert!(status.success(), "hdrgen failed");
}
