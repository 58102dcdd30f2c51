//! `cargo xtask codegen` writes src/bindings.rs, which is committed; `cargo xtask codegen --check` says
//! whether what is committed is what the headers give.

use std::{env, fs, process::Command};

const BINDINGS: &str = "src/bindings.rs";

fn generate(to: &str) {
    let status = Command::new("hdrgen")
        .args(["--header", "records.h", "struct event", "-o", to])
        .status()
        .expect("hdrgen is not on PATH");
    assert!(status.success(), "hdrgen failed");
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["codegen"] => generate(BINDINGS),
        ["codegen", "--check"] => {
            let fresh = "target/bindings.rs";
            generate(fresh);
            if fs::read(fresh).unwrap() != fs::read(BINDINGS).unwrap_or_default() {
                eprintln!("{BINDINGS} is not what the headers give: run `cargo xtask codegen`");
                std::process::exit(1);
            }
        }
        _ => {
            eprintln!("usage: cargo xtask codegen [--check]");
            std::process::exit(2);
        }
    }
}
