//! As matrix.rs, through the accessors that hdrgen generates, `types.rs` of generated.h: the same numbers at the same places.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]
#![allow(static_mut_refs)]

#[path = "types.rs"]
mod types;
use types::*;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

type Task = Kptr<task_struct>;

#[no_mangle]
#[link_section = ".data.out"]
static mut OUT: [u64; 32] = [0; 32];
#[no_mangle]
#[link_section = "license"]
static LICENSE: [u8; 4] = *b"GPL\0";
/// Types that rustc describes in ways that kernels refuse.
pub enum State {
    Known(u64),
    Pair { left: u32, right: char },
    Nothing(()),
}
#[no_mangle]
#[link_section = ".data.state"]
static mut STATE: Option<State> = Some(State::Pair { left: 7, right: 'x' });

fn put(index: usize, value: u64) {
    if index < 32 {
        unsafe { *(core::ptr::addr_of_mut!(OUT) as *mut u64).wrapping_add(index) = value };
    }
}

/// The number that was read; errors as no number is.
fn number(value: Result<i32, i64>) -> u64 {
    match value {
        Ok(value) => value as u32 as u64,
        Err(_) => 1 << 40,
    }
}

/// Stays a function of its own, in .text.
#[inline(never)]
fn grandparent(task: Task) -> u64 {
    number(parent_of_parent(task).and_then(|task| task.tgid()))
}

#[inline(always)]
fn parent_of_parent(task: Task) -> Result<Task, i64> {
    task.real_parent()?.real_parent()
}

/// Guarded, in whatever it is inlined into: loops hoist what they may.
#[inline(always)]
fn state(task: Task) -> u64 {
    if Kptr::<task_struct___old>::has_state() {
        task.cast::<task_struct___old>().state().unwrap_or(-1) as u64
    } else if Task::has___state() {
        task.__state().unwrap_or(77) as u64
    } else {
        99
    }
}

#[inline(never)]
fn ids(task: Task) {
    put(0, number(task.pid()));
    put(1, number(task.tgid()));
}

#[inline(never)]
fn chains(task: Task) {
    put(2, number(task.real_parent().and_then(|parent| parent.tgid())));
    put(12, number(task.thread_pid().and_then(|pid| pid.numbers_nth::<0>().nr())));
}

#[inline(never)]
fn letters(task: Task) {
    let comm = task.comm().unwrap_or([0; 16]);
    put(4, comm[0] as u8 as u64);
    put(5, comm[1] as u8 as u64);
}

/// Unrolled or not, with guards inside, and a number of rounds that is known at run time only.
#[inline(never)]
fn guards(task: Task, rounds: u64) {
    let mut sum = 0;
    let mut i = 0;
    while i < 4 {
        sum += state(task);
        if Kptr::<task_struct___odd>::has_no_such_member() {
            sum += Kptr::<task_struct___odd>::offset_of_no_such_member() as u64;
        }
        i += 1;
    }
    let mut round = 0;
    while round < (rounds & 3) {
        if Kptr::<task_struct___odd>::has_no_such_member() {
            sum += number(task.cast::<task_struct___odd>().no_such_member());
        }
        sum += state(task);
        round += 1;
    }
    put(6, sum);
}

#[inline(never)]
fn questions(task: Task) {
    put(8, Task::type_size() as u64);
    put(9, value_of_PIDTYPE_SID() as u64);
    put(10, has_PIDTYPE_NOPE() as u64);
    put(11, Kptr::<no_such_struct>::type_exists() as u64);
    // One of the branches is taken, and both have the same access.
    let pid = Task::offset_of_pid() as u64;
    put(13, if task.as_ptr() as usize & 1 == 0 { pid } else { Task::offset_of_pid() as u64 + 1 });
    put(15, (Task::is_signed_pid() && !Task::is_signed___state() && Task::size_of_comm() == 16) as u64);
}

#[inline(never)]
fn own_types() {
    put(14, match unsafe { &STATE } {
        Some(State::Known(value)) => *value,
        Some(State::Pair { left, right }) => *left as u64 + *right as u64,
        Some(State::Nothing(())) => 1,
        None => 2,
    });
}

#[no_mangle]
#[link_section = "raw_tp/sys_enter"]
pub extern "C" fn prog(_context: *const u64) -> u32 {
    let current = unsafe { core::mem::transmute::<usize, unsafe extern "C" fn() -> *const task_struct>(35) };
    let task = Task::new(unsafe { current() });
    ids(task);
    chains(task);
    letters(task);
    guards(task, task.as_ptr() as u64 >> 4);
    questions(task);
    own_types();
    put(3, grandparent(task));
    put(7, task.sched_reset_on_fork().unwrap_or(9) as u64);
    0
}
