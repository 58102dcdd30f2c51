//! Builds the BPF program, and puts it where main.rs includes it. Its linker (ebpf/.cargo/config.toml) gives it its relocations.

use std::{env, fs, path::Path, process::Command};

fn main() {
    let out = env::var("OUT_DIR").unwrap();
    let status = Command::new(env::var("CARGO").unwrap())
        .args(["build", "--quiet", "--release", "--target-dir", &out])
        .current_dir("ebpf")
        .env_remove("CARGO_ENCODED_RUSTFLAGS") // those of this build, which is for another machine
        .status()
        .unwrap();
    assert!(status.success(), "the BPF program does not build");
    fs::copy(Path::new(&out).join("bpfel-unknown-none/release/prog"), Path::new(&out).join("prog.bpf.o")).unwrap();
    println!("cargo:rerun-if-changed=ebpf");
}
