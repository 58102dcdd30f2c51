//! Loads the program, which aya relocates by the running kernel's BTF, asks it for this process's parent, and compares.
//! With the name of a file with BTF as argument, by that: for a kernel that has none of its own (hdrgen --kernel DIR --for PROG -o FILE).

use aya::{include_bytes_aligned, maps::Array, programs::RawTracePoint, Btf, EbpfLoader, Endianness};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let object = include_bytes_aligned!(concat!(env!("OUT_DIR"), "/prog.bpf.o"));
    // Without BTF aya would load the program as it is: not relocated.
    let btf = match std::env::args().nth(1) {
        Some(file) => Btf::parse_file(file, Endianness::default())?,
        None => Btf::from_sys_fs()?,
    };
    let mut ebpf = EbpfLoader::new().btf(Some(&btf)).load(object)?;
    Array::<_, [u32; 2]>::try_from(ebpf.map_mut(".data.answer").unwrap())?.set(0, [std::process::id(), 0], 0)?;
    let program: &mut RawTracePoint = ebpf.program_mut("prog").unwrap().try_into()?;
    program.load()?;
    program.attach("sys_enter")?;
    let expected = unsafe { libc::getppid() } as u32;
    let [_, found] = Array::<_, [u32; 2]>::try_from(ebpf.map(".data.answer").unwrap())?.get(&0, 0)?;
    println!("parent {found}, {}", if found == expected { "right" } else { "wrong" });
    Ok(())
}
