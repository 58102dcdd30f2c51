//! Loads the program, which libbpf relocates by the running kernel's BTF, asks it for this process's parent, and compares.

use libbpf_rs::{MapCore, MapFlags, ObjectBuilder};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bytes = include_bytes!(concat!(env!("OUT_DIR"), "/prog.bpf.o"));
    // For a kernel without BTF: ObjectBuilder::btf_custom_path, and what `hdrgen --for` writes.
    let object = ObjectBuilder::default().open_memory(bytes)?.load()?;
    let mut asked = std::process::id().to_ne_bytes().to_vec();
    asked.extend([0; 4]);
    let zero = 0u32.to_ne_bytes();
    let answer = object.maps().find(|map| map.name() == ".data.answer").ok_or("no map")?;
    answer.update(&zero, &asked, MapFlags::ANY)?;
    let program = object.progs_mut().next().ok_or("no program")?;
    let _link = program.attach_raw_tracepoint("sys_enter")?;
    let expected = unsafe { libc::getppid() } as u32;
    let answer = object.maps().find(|map| map.name() == ".data.answer").ok_or("no map")?;
    let value = answer.lookup(&zero, MapFlags::ANY)?.ok_or("no answer")?;
    let found = u32::from_ne_bytes(value[4..8].try_into()?);
    println!("parent {found}, {}", if found == expected { "right" } else { "wrong" });
    Ok(())
}
