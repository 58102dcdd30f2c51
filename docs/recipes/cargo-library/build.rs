//! Makes the bindings in this process, with libhdrgen.

use std::{env, fs, path::PathBuf};

fn main() {
    let bindings = hdrgen::bindings("records.h", "struct event").expect("records.h");
    let path = PathBuf::from(env::var("OUT_DIR").unwrap()).join("bindings.rs");
    fs::write(path, &bindings.text).unwrap();
    for file in bindings.files {
        println!("cargo:rerun-if-changed={file}");
    }
    println!("cargo:rerun-if-changed=build.rs");
}
