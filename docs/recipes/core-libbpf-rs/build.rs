//! Bindings, the BPF program, its relocations; then it is where main.rs includes it.

use std::{env, path::Path, process::Command};

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?} failed");
}

fn main() {
    let out = env::var("OUT_DIR").unwrap();
    let built = Path::new(&out).join("bpfel-unknown-none/release/prog");
    // The running kernel's types, or of what HDRGEN_SOURCE names, such as `--kernel DIR`.
    let source = env::var("HDRGEN_SOURCE").unwrap_or_default();
    println!("cargo:rerun-if-env-changed=HDRGEN_SOURCE");
    println!("cargo:rerun-if-changed=ebpf");
    let bindings = ["--fields", "task_struct=tgid,real_parent", "--accessors", "core", "-o", "ebpf/src/kernel.rs"];
    if !Path::new("ebpf/src/kernel.rs").exists() {
        run(Command::new("hdrgen").args(source.split_whitespace()).args(bindings));
    }
    run(Command::new(env::var("CARGO").unwrap())
        .args(["build", "--quiet", "--release", "--target-dir", &out])
        .current_dir("ebpf")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")); // those of this build, which is for another machine
    run(Command::new("hdrgen").arg("link").arg(built).args(["-o", &format!("{out}/prog.bpf.o")]));
}
