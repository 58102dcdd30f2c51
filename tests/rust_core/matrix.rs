//! A BPF program whose accesses to kernel types are placeholders with records, written by hand: each in a place that compilers
//! move, copy or fold. matrix.py builds it in many ways, links it, and compares what it reads.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]
#![allow(static_mut_refs)]

use core::arch::asm;
use core::mem::transmute;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

/// A number that depends on the kernel; 32 bits, which alu32 has registers for.
macro_rules! relocated {
    ($record:literal) => {{
        let value: u64;
        unsafe {
            asm!(
                "2: call hdrgen_link_was_not_run",
                ".pushsection .hdrgen.relo.1,\"\",@progbits",
                ".long 2b",
                concat!(".asciz \"{0} ", $record, "\""),
                ".popsection",
                out(reg) value, options(nomem, nostack, preserves_flags)
            );
        }
        value
    }};
}
macro_rules! relocated32 {
    ($record:literal) => {{
        let value: u32;
        unsafe {
            asm!(
                "2: call hdrgen_link_was_not_run",
                ".pushsection .hdrgen.relo.1,\"\",@progbits",
                ".long 2b",
                concat!(".asciz \"{0} ", $record, "\""),
                ".popsection",
                out(reg) value, options(nomem, nostack, preserves_flags)
            );
        }
        value
    }};
}
macro_rules! relocated64 {
    ($record:literal) => {{
        let value: u64;
        unsafe {
            asm!(
                "2: call hdrgen_link_was_not_run",
                "call hdrgen_link_was_not_run",
                ".pushsection .hdrgen.relo.1,\"\",@progbits",
                ".long 2b",
                concat!(".asciz \"{0}:64 ", $record, "\""),
                ".popsection",
                out(reg) value, options(nomem, nostack, preserves_flags)
            );
        }
        value
    }};
}

#[no_mangle]
#[link_section = ".data.out"]
static mut OUT: [u64; 32] = [0; 32];
#[no_mangle]
#[link_section = "license"]
static LICENSE: [u8; 4] = *b"GPL\0";
/// Types that rustc describes in ways that kernels refuse.
pub enum State { Known(u64), Pair { left: u32, right: char }, Nothing(()) }
#[no_mangle]
#[link_section = ".data.state"]
static mut STATE: Option<State> = Some(State::Pair { left: 7, right: 'x' });

type ProbeRead = unsafe extern "C" fn(*mut u8, u32, u64) -> i64;

#[inline(always)]
fn read<T: Copy>(address: u64, initial: T) -> T {
    let mut value = initial;
    let helper = unsafe { transmute::<usize, ProbeRead>(113) };
    unsafe { helper(&mut value as *mut T as *mut u8, core::mem::size_of::<T>() as u32, address) };
    value
}

fn put(index: usize, value: u64) {
    if index < 32 {
        // An index would bring a check with it, and its panic core::fmt, which BPF has no room for.
        unsafe { *(core::ptr::addr_of_mut!(OUT) as *mut u64).wrapping_add(index) = value };
    }
}

/// Stays a function of its own, in .text.
#[inline(never)]
fn grandparent(task: u64) -> u64 {
    let parent = parent(task);
    read::<i32>(parent_of_parent(parent) + relocated!("byte_offset Stask_struct tgid:i32s"), -1) as u32 as u64
}

#[inline(never)]
fn parent_of_parent(task: u64) -> u64 {
    parent(task)
}

#[inline(always)]
fn parent(task: u64) -> u64 {
    read::<u64>(task + relocated!("byte_offset Stask_struct real_parent:p"), 0)
}

#[inline(always)]
fn comm<const N: usize>(task: u64) -> u64 {
    read::<u8>(task + relocated32!("byte_offset Stask_struct comm:[16]i8s [0]") as u64 + N as u64, 0) as u64
}

/// Guarded, in whatever it is inlined into: loops hoist what they may.
#[inline(always)]
fn state(task: u64) -> u64 {
    if relocated!("field_exists Stask_struct state:i64s") != 0 {
        read::<i64>(task + relocated!("byte_offset Stask_struct state:i64s"), -1) as u64
    } else if relocated!("field_exists Stask_struct __state:i32u") != 0 {
        read::<u32>(task + relocated!("byte_offset Stask_struct __state:i32u"), 77) as u64
    } else {
        99
    }
}

#[inline(always)]
fn bit_field(task: u64) -> u64 {
    let mut bytes = 0u64;
    let size = relocated!("byte_size Stask_struct sched_reset_on_fork:i32u@1");
    if size > 8 {
        return 88;
    }
    let helper = unsafe { transmute::<usize, ProbeRead>(113) };
    let from = task + relocated!("byte_offset Stask_struct sched_reset_on_fork:i32u@1");
    unsafe { helper(&mut bytes as *mut u64 as *mut u8, size as u32, from) };
    let left = bytes << (relocated!("lshift_u64 Stask_struct sched_reset_on_fork:i32u@1") & 63);
    let right = relocated!("rshift_u64 Stask_struct sched_reset_on_fork:i32u@1") & 63;
    if relocated!("signed Stask_struct sched_reset_on_fork:i32u@1") != 0 { (left as i64 >> right) as u64 } else { left >> right }
}

// Parts, as the stack has 512 bytes and nothing is kept in registers without optimisation.
#[inline(never)]
fn ids(task: u64) -> u64 {
    put(0, read::<i32>(task + relocated!("byte_offset Stask_struct pid:i32s"), -1) as u32 as u64);
    put(1, read::<i32>(task + relocated!("byte_offset Stask_struct tgid:i32s"), -1) as u32 as u64);
    task
}

#[inline(never)]
fn chains(task: u64) -> u64 {
    put(2, read::<i32>(parent(task) + relocated!("byte_offset Stask_struct tgid:i32s"), -1) as u32 as u64);
    let pid = read::<u64>(task + relocated!("byte_offset Stask_struct thread_pid:p"), 0);
    put(12, read::<i32>(pid + relocated!("byte_offset Spid numbers:[1]Supid [0] nr:i32s"), -1) as u32 as u64);
    task
}

#[inline(never)]
fn letters(task: u64) -> u64 {
    put(4, comm::<0>(task));
    put(5, comm::<1>(task));
    task
}

/// Unrolled or not, with guards inside.
#[inline(never)]
fn guards(task: u64) -> u64 {
    let mut sum = 0;
    let mut i = 0;
    while i < 4 {
        sum += state(task);
        if relocated!("field_exists Stask_struct no_such_member:i32s") != 0 {
            sum += relocated!("byte_offset Stask_struct no_such_member:i32s");
        }
        i += 1;
    }
    put(6, sum);
    task
}

#[inline(never)]
fn questions(task: u64) -> u64 {
    put(8, relocated32!("type_size Stask_struct") as u64);
    put(9, relocated64!("enumval_value Epid_type PIDTYPE_SID"));
    put(10, relocated!("enumval_exists Epid_type PIDTYPE_NOPE"));
    put(11, relocated!("type_exists Sno_such_struct"));
    // One of the branches is taken, and both have the same access.
    put(13, if task & 1 == 0 { relocated!("byte_offset Stask_struct pid:i32s") } else { relocated!("byte_offset Stask_struct pid:i32s") + 1 });
    task
}

#[inline(never)]
fn own_types(task: u64) -> u64 {
    put(14, match unsafe { &STATE } {
        Some(State::Known(value)) => *value,
        Some(State::Pair { left, right }) => *left as u64 + *right as u64,
        Some(State::Nothing(())) => 1,
        None => 2,
    });
    task
}

#[no_mangle]
#[link_section = "raw_tp/sys_enter"]
pub extern "C" fn prog(_context: *const u64) -> u32 {
    let current = unsafe { transmute::<usize, unsafe extern "C" fn() -> u64>(35) };
    let task = own_types(questions(guards(letters(chains(ids(unsafe { current() }))))));
    put(3, grandparent(task));
    put(7, bit_field(task));
    0
}
