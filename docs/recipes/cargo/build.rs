//! Runs hdrgen, and tells cargo of every header that it read: the bindings are made anew when one changes.

use std::{env, fs, path::PathBuf, process::Command};

fn main() {
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    let (bindings, depfile) = (out.join("bindings.rs"), out.join("bindings.d"));
    let status = Command::new("hdrgen")
        .args(["--header", "records.h", "struct event", "-o"])
        .arg(&bindings)
        .arg("--depfile")
        .arg(&depfile)
        .status()
        .expect("hdrgen is not on PATH");
    assert!(status.success(), "hdrgen failed");

    // The rules of the depfile that have no dependencies name the files, one each: `records.h:`.
    for line in fs::read_to_string(depfile).unwrap().lines() {
        if let Some(file) = line.strip_suffix(':') {
            println!("cargo:rerun-if-changed={}", file.replace("\\ ", " "));
        }
    }
    println!("cargo:rerun-if-changed=build.rs");
}
