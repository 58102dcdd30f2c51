//! The other loader of the field test: the real aya, with BTF in the place of the kernel's, as a program does it that brings its own.
//!
//! It is linked into the guest's static program (load.c calls it), and does what load.c does with libbpf.

use std::ffi::{c_char, c_int, CStr};
use std::{ptr, slice};

use aya::{maps::Array, programs::RawTracePoint, Btf, EbpfLoader, Endianness};

#[path = "fields.rs"]
mod fields;
use fields::field_io;

#[derive(Clone, Copy)]
#[repr(transparent)]
struct Live(field_io);

// SAFETY: numbers and text, any bytes of which are valid, without padding that the kernel would mind.
unsafe impl aya::Pod for Live {}

extern "C" {
    fn truth_trigger();
}

/// Loads the program, sets it off, and takes what it read.
fn run(object: &str, btf: Option<&str>, live: &mut Live) -> Result<(), Box<dyn std::error::Error>> {
    let btf = btf.map(|path| Btf::parse_file(path, Endianness::default())).transpose()?;
    let mut program = EbpfLoader::new().btf(btf.as_ref()).load_file(object)?;
    Array::<_, Live>::try_from(program.map_mut(".data.io").ok_or("no map .data.io")?)?.set(0, *live, 0)?;
    let probe: &mut RawTracePoint = program.program_mut("probe").ok_or("no program probe")?.try_into()?;
    probe.load()?;
    let link = probe.attach("sys_enter")?;
    unsafe { truth_trigger() };
    probe.detach(link)?;
    *live = Array::<_, Live>::try_from(program.map(".data.io").ok_or("no map .data.io")?)?.get(&0, 0)?;
    Ok(())
}

/// As load_and_run of guest.h, `live` both ways; 0, or -1 with words about it in `messages`, of `size` bytes.
///
/// # Safety
/// Strings end with a NUL, `btf` may be null, `messages` has `size` bytes.
#[no_mangle]
pub unsafe extern "C" fn aya_load_and_run(
    object: *const c_char,
    btf: *const c_char,
    live: *mut field_io,
    messages: *mut c_char,
    size: usize,
) -> c_int {
    let text = |string: *const c_char| CStr::from_ptr(string).to_str().unwrap_or_default();
    let btf = (!btf.is_null()).then(|| text(btf));
    let Err(error) = run(text(object), btf, &mut *live.cast::<Live>()) else { return 0 };
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words += &format!(": {inner}");
        source = inner.source();
    }
    let room = slice::from_raw_parts_mut(messages.cast::<u8>(), size);
    let count = words.len().min(size - 1);
    ptr::copy_nonoverlapping(words.as_ptr(), room.as_mut_ptr(), count);
    room[count] = 0;
    -1
}
