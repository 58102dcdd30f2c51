//! Where libhdrgen is.

use std::process::Command;

fn main() {
    let output = Command::new("pkg-config")
        .args(["--variable=libdir", "hdrgen"])
        .output()
        .expect("pkg-config is not on PATH");
    assert!(output.status.success(), "pkg-config does not find hdrgen");
    println!("cargo:rustc-link-search=native={}", String::from_utf8_lossy(&output.stdout).trim());
    println!("cargo:rustc-link-lib=dylib=hdrgen");
}
