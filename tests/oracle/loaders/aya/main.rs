//! What aya's own code makes of BTF, and of the CO-RE relocations of an object.
//!
//!     aya-judge parse FILE...                 each BTF: `fine TYPES FILE`, or `refused FILE: words`
//!     aya-judge relocate [--no-enum64] OBJECT BTF
//!
//! `relocate` prints a line for each relocation of .BTF.ext, each applied alone, in a fresh copy of the object in which it is the only one, and a last
//! one for all of them together:
//!
//!     SECTION OFFSET KIND FUNCTION INSN patched VALUE
//!     SECTION OFFSET KIND FUNCTION INSN poison
//!     SECTION OFFSET KIND - - gave up: words
//!     whole fine
//!
//! VALUE is what the instruction holds afterwards. A panic is a way to give up. `--no-enum64` is a kernel before 6.0, for which aya rewrites
//! the object's types first.

use std::panic::{catch_unwind, AssertUnwindSafe};

use aya_obj::{btf::{Btf, BtfFeatures}, Object};
use object::{Endianness, Object as _, ObjectSection as _};

type Words = Result<String, String>;

const POISON: i32 = 0xBAD2310;
const RECORD: usize = 16;

struct Relocation {
    section: String,
    index: usize,
    section_name: [u8; 4],
    record: [u8; RECORD],
}

impl Relocation {
    fn word(&self, index: usize) -> u32 {
        u32::from_ne_bytes(self.record[4 * index..4 * index + 4].try_into().unwrap())
    }
}

/// The table of relocations: its place in the file, and what is in it.
fn relocations(file: &[u8]) -> Result<(usize, Vec<Relocation>), Box<dyn std::error::Error>> {
    let elf = object::File::parse(file)?;
    let btf = elf.section_by_name(".BTF").ok_or("no .BTF")?.data()?;
    let section = elf.section_by_name(".BTF.ext").ok_or("no .BTF.ext")?;
    let start = section.file_range().ok_or("an empty .BTF.ext")?.0 as usize;
    let data = section.data()?;
    let word = |bytes: &[u8], at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let header = word(data, 4);
    let strings = word(btf, 4) + word(btf, 16);
    if header < 32 || word(data, 28) == 0 {
        return Ok((start, Vec::new()));
    }
    let (table, end) = (header + word(data, 24), header + word(data, 24) + word(data, 28));
    let size = word(data, table);
    let mut list = Vec::new();
    let mut at = table + 4;
    while at < end {
        let name = word(data, at);
        let bytes = &btf[strings + name..];
        let text = String::from_utf8_lossy(&bytes[..bytes.iter().position(|b| *b == 0).unwrap()]).into_owned();
        let index = elf.section_by_name(&text).ok_or("relocations of a section that is not there")?.index().0;
        let count = word(data, at + 4);
        for i in 0..count {
            let record = at + 8 + i * size;
            list.push(Relocation { section: text.clone(), index, section_name: data[at..at + 4].try_into()?, record: data[record..record + RECORD].try_into()? });
        }
        at += 8 + count * size;
    }
    Ok((start, list))
}

/// The object with one relocation in the place of all.
fn alone(file: &[u8], start: usize, relocation: &Relocation) -> Vec<u8> {
    let mut copy = file.to_vec();
    let word = |bytes: &[u8], at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let table = start + word(file, start + 4) + word(file, start + 24);
    copy[start + 28..start + 32].copy_from_slice(&(4 + 8 + RECORD as u32).to_ne_bytes());
    copy[table..table + 4].copy_from_slice(&(RECORD as u32).to_ne_bytes());
    copy[table + 4..table + 8].copy_from_slice(&relocation.section_name);
    copy[table + 8..table + 12].copy_from_slice(&1u32.to_ne_bytes());
    copy[table + 12..table + 12 + RECORD].copy_from_slice(&relocation.record);
    copy
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words += &format!(": {inner}");
        source = inner.source();
    }
    words.replace('\n', " ")
}

fn relocated(file: &[u8], btf: &Btf, no_enum64: bool) -> Result<Object, String> {
    let work = || -> Result<Object, String> {
        let mut object = Object::parse(file).map_err(|error| format!("parse: {}", chain(&error)))?;
        if no_enum64 {
            let features = BtfFeatures::new(true, true, true, true, true, true, false);
            object.fixup_and_sanitize_btf(&features).map_err(|error| format!("sanitize: {}", chain(&error)))?;
        }
        object.relocate_btf(btf).map_err(|error| chain(&error))?;
        Ok(object)
    };
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("panic".into()))
}

/// What one instruction of the relocated object holds, after the function's name and the instruction's number there.
fn held(object: &Object, relocation: &Relocation) -> Words {
    let offset = relocation.word(0) as usize;
    let function = object.functions.values().find(|f| {
        f.section_index.0 == relocation.index && (f.section_offset..f.section_offset + 8 * f.instructions.len()).contains(&offset)
    });
    let function = function.ok_or("no such function")?;
    let number = (offset - function.section_offset) / 8;
    let insn = &function.instructions[number];
    let place = format!("{} {number}", function.name);
    if insn.code == 0x85 && insn.imm == POISON {
        return Ok(format!("{place} poison"));
    }
    let value = match insn.code & 7 {
        4 | 7 => insn.imm as u32 as u64,
        0 => insn.imm as u32 as u64 | (function.instructions[number + 1].imm as u32 as u64) << 32,
        _ => insn.off as u16 as u64,
    };
    Ok(format!("{place} patched {value} {:#x}", insn.code))
}

fn relocate(object: &str, btf: &str, no_enum64: bool) -> Result<(), Box<dyn std::error::Error>> {
    let file = std::fs::read(object)?;
    let btf = Btf::parse_file(btf, Endianness::default()).map_err(|error| chain(&error))?;
    let (start, list) = relocations(&file)?;
    for relocation in &list {
        let result = relocated(&alone(&file, start, relocation), &btf, no_enum64).and_then(|object| held(&object, relocation));
        let words = result.unwrap_or_else(|words| format!("- - gave up: {words}"));
        println!("{} {} {} {words}", relocation.section, relocation.word(0), relocation.word(3));
    }
    match relocated(&file, &btf, no_enum64) {
        Ok(_) => println!("whole fine"),
        Err(words) => println!("whole gave up: {words}"),
    }
    Ok(())
}

fn parse(path: &str) -> String {
    let work = || -> Words {
        let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
        let btf = Btf::parse(&bytes, Endianness::default()).map_err(|error| chain(&error))?;
        // What was read is what is written: nothing was passed over.
        let again = btf.to_bytes();
        if again != bytes {
            return Err(format!("read {} bytes, and writes {} others", bytes.len(), again.len()));
        }
        Ok(format!("fine {path}"))
    };
    match catch_unwind(work).unwrap_or_else(|_| Err("panic".into())) {
        Ok(words) => words,
        Err(words) => format!("refused {path}: {words}"),
    }
}

fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["parse", ref files @ ..] => {
            files.iter().for_each(|file| println!("{}", parse(file)));
            Ok(())
        }
        ["relocate", "--no-enum64", object, btf] => relocate(object, btf, true),
        ["relocate", object, btf] => relocate(object, btf, false),
        _ => Err("usage: aya-judge parse FILE... | relocate [--no-enum64] OBJECT BTF".into()),
    };
    if let Err(error) = result {
        eprintln!("aya-judge: error: {error}");
        std::process::exit(2);
    }
}
