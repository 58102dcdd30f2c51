//! The Rust program of the field test: what probe.bpf.c reads, through the bindings that hdrgen made of the same kernel's headers.
//!
//! `kernel.rs` and `fields.rs` (of fields.h) are written by hdrgen. rustc emits no CO-RE relocations, so this program is
//! compiled once for each kernel; offsets come from `addr_of!` of fields, bits from the getters of bit-fields.
#![no_std]
#![no_main]
#![allow(static_mut_refs)]

use core::mem::MaybeUninit;
use core::ptr::{addr_of, addr_of_mut};

#[path = "fields.rs"]
mod fields;
#[path = "kernel.rs"]
mod kernel;
use fields::{field_io, field_values};
use kernel::*;

#[link_section = ".data.io"]
#[no_mangle]
static mut IO: field_io = unsafe { MaybeUninit::zeroed().assume_init() };

#[link_section = "license"]
#[no_mangle]
static PROGRAM_LICENSE: [u8; 4] = *b"GPL\0";

type ProbeRead = unsafe extern "C" fn(*mut u8, u32, *const u8) -> i64;

/// A helper of the kernel is called by its number.
macro_rules! helper {
    ($number:literal, $type:ty) => {
        core::mem::transmute::<usize, $type>($number)
    };
}

/// The value at an address of the kernel; zeroes where it cannot be read.
#[inline(always)]
unsafe fn read<T: Copy>(address: *const T) -> T {
    let mut value = MaybeUninit::<T>::zeroed();
    helper!(113, ProbeRead)(value.as_mut_ptr() as *mut u8, size_of::<T>() as u32, address as *const u8);
    value.assume_init()
}

/// A string, into `text`.
#[inline(always)]
unsafe fn read_text<const N: usize>(text: *mut [i8; N], address: *const u8) {
    helper!(115, ProbeRead)(text as *mut u8, N as u32, address);
}

/// `field!(task, signal.nr_threads)`: a field of the record that a pointer of the kernel leads to.
macro_rules! field {
    ($record:expr, $($path:tt)+) => {
        read(addr_of!((*$record).$($path)+))
    };
}

/// A bit-field: its bytes, put where they belong in a record of zeroes, and the getter.
macro_rules! bits {
    ($record:expr, $type:ident, $bytes:ident, $getter:ident) => {{
        static mut RECORD: MaybeUninit<$type> = MaybeUninit::zeroed();
        let record = addr_of_mut!(RECORD) as *mut $type;
        (*record).$bytes = field!($record, $bytes);
        (*record).$getter() as u64
    }};
}

#[inline(always)]
unsafe fn read_task(out: *mut field_values, task: *const task_struct) {
    let parent = field!(task, real_parent);
    let grandparent = field!(parent, real_parent);
    let signal = field!(task, signal);
    let cred = field!(task, cred);
    (*out).pid = field!(task, pid) as u64;
    (*out).tgid = field!(task, tgid) as u64;
    (*out).parent = field!(parent, tgid) as u64;
    (*out).grandparent = field!(grandparent, pid) as u64;
    (*out).leader = field!(field!(task, group_leader), pid) as u64;
    (*out).threads = field!(signal, nr_threads) as u64;
    (*out).uid = field!(cred, uid.val) as u64;
    (*out).euid = field!(cred, euid.val) as u64;
    (*out).gid = field!(cred, gid.val) as u64;
    (*out).static_prio = field!(task, static_prio) as u64;
    (*out).policy = field!(task, policy) as u64;
    (*out).reset_on_fork = bits!(task, task_struct, _bitfield_0, sched_reset_on_fork);
    (*out).subreaper = bits!(signal, signal_struct, _bitfield_0, is_child_subreaper);
    (*out).timer_slack = field!(task, timer_slack_ns) as u64;
    (*out).stack_size = field!(task, sas_ss_size) as u64;
    (*out).stack_pointer = field!(task, sas_ss_sp) as u64;
    (*out).blocked = field!(task, blocked.sig[0]) as u64;
    (*out).clear_tid = field!(task, clear_child_tid) as u64;
    (*out).rlimit = field!(signal, rlim[7].rlim_cur) as u64;
    let session = field!(signal, pids[PIDTYPE_SID as usize]);
    (*out).session = field!(addr_of!((*session).numbers) as *const upid, nr) as u64;
    read_text(addr_of_mut!((*out).comm), addr_of!((*task).comm) as *const u8);
    read_text(addr_of_mut!((*out).grandparent_comm), addr_of!((*grandparent).comm) as *const u8);
}

#[inline(always)]
unsafe fn read_memory(out: *mut field_values, task: *const task_struct) {
    let mm = field!(task, mm);
    (*out).auxv = field!(mm, __anon_mm_mt.saved_auxv[fields::AUXV_INDEX as usize]) as u64;
    (*out).arg_start = field!(mm, __anon_mm_mt.arg_start) as u64;
    (*out).start_brk = field!(mm, __anon_mm_mt.start_brk) as u64;
    (*out).start_stack = field!(mm, __anon_mm_mt.start_stack) as u64;
}

#[inline(always)]
unsafe fn read_namespaces(out: *mut field_values, task: *const task_struct) {
    let uts = field!(field!(task, nsproxy), uts_ns);
    (*out).uts_inum = field!(uts, ns.inum) as u64;
    read_text(addr_of_mut!((*out).nodename), addr_of!((*uts).name.nodename) as *const u8);
}

/// The open file of a number.
#[inline(always)]
unsafe fn file_of(task: *const task_struct, fd: u32) -> *mut file {
    let table = field!(field!(task, files), fdt);
    read(field!(table, fd).add(fd as usize) as *const *mut file)
}

#[inline(always)]
unsafe fn read_file(out: *mut field_values, task: *const task_struct) {
    let file = file_of(task, IO.file_fd);
    let inode = field!(file, f_inode);
    (*out).inode = field!(inode, i_ino) as u64;
    (*out).size = field!(inode, i_size) as u64;
    (*out).mode = field!(inode, i_mode) as u64;
    (*out).owner = field!(inode, i_uid.val) as u64;
    (*out).magic = field!(field!(inode, i_sb), s_magic) as u64;
    (*out).position = field!(file, f_pos) as u64;
    read_text(addr_of_mut!((*out).file_name), field!(field!(file, f_path.dentry), d_name.name) as *const u8);
}

#[inline(always)]
unsafe fn read_socket(out: *mut field_values, task: *const task_struct) {
    let socket = field!(file_of(task, IO.socket_fd), private_data) as *const socket;
    let sk = field!(socket, sk);
    (*out).net_inum = 0;
    #[cfg(net_ns)]
    {
        (*out).net_inum = field!(field!(sk, __sk_common.skc_net.net), ns.inum) as u64;
    }
    (*out).family = field!(sk, __sk_common.skc_family) as u64;
    (*out).port = field!(sk, __sk_common.__anon_skc_portpair.__anon_skc_dport.skc_num) as u64;
    (*out).protocol = field!(sk, sk_protocol) as u64;
    (*out).userlocks = bits!(sk, sock, _bitfield_0, sk_userlocks);
    (*out).no_check = bits!(sk, sock, _bitfield_0, sk_no_check_tx);
    (*out).rcvbuf = field!(sk, sk_rcvbuf) as u64;
    (*out).mark = field!(sk, sk_mark) as u64;
    (*out).priority = field!(sk, sk_priority) as u64;
}

#[link_section = "raw_tp/sys_enter"]
#[no_mangle]
unsafe extern "C" fn probe(arguments: *const u64) -> i32 {
    if helper!(14, unsafe extern "C" fn() -> u64)() != IO.pid_tgid || *arguments.add(1) != IO.syscall {
        return 0;
    }
    let task = helper!(35, unsafe extern "C" fn() -> *const task_struct)();
    let out = addr_of_mut!(IO.values);
    read_task(out, task);
    read_memory(out, task);
    read_namespaces(out, task);
    read_file(out, task);
    read_socket(out, task);
    IO.hits += 1;
    0
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
