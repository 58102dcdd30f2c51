//! The Rust program of the field test: what probe.bpf.c reads, through the bindings that hdrgen made of the same kernel's headers.
//!
//! `kernel.rs` and `fields.rs` (of fields.h) are written by hdrgen. rustc emits no CO-RE relocations, so this program is
//! compiled once for each kernel; every member, bit-fields too, is reached by a getter of `--accessors probe-read`.
#![no_std]
#![no_main]
#![allow(static_mut_refs)]

use core::mem::MaybeUninit;
use core::ptr::addr_of_mut;

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

/// What a getter gave; zeroes where the memory could not be read.
#[inline(always)]
unsafe fn known<T: Copy>(got: Result<T, i64>) -> T {
    match got {
        Ok(value) => value,
        Err(_) => MaybeUninit::zeroed().assume_init(),
    }
}

/// `get!(signal_struct, read_nr_threads, signal)`
macro_rules! get {
    ($record:ident, $getter:ident, $source:expr) => {{
        let value = known($record::$getter($source));
        value
    }};
}

/// An element of an array, which no record has as a member.
#[inline(always)]
unsafe fn read_element<T: Copy>(address: *const T) -> T {
    let mut value = MaybeUninit::<T>::zeroed();
    helper!(113, ProbeRead)(value.as_mut_ptr() as *mut u8, size_of::<T>() as u32, address as *const u8);
    value.assume_init()
}

/// A string, into `text`.
#[inline(always)]
unsafe fn read_text<const N: usize>(text: *mut [i8; N], address: *const u8) {
    helper!(115, ProbeRead)(text as *mut u8, N as u32, address);
}

#[inline(always)]
unsafe fn read_task(out: *mut field_values, task: *const task_struct) {
    let parent = get!(task_struct, read_real_parent, task);
    let grandparent = get!(task_struct, read_real_parent, parent);
    let leader = get!(task_struct, read_group_leader, task);
    (*out).pid = get!(task_struct, read_pid, task) as u64;
    (*out).tgid = get!(task_struct, read_tgid, task) as u64;
    (*out).parent = get!(task_struct, read_tgid, parent) as u64;
    (*out).grandparent = get!(task_struct, read_pid, grandparent) as u64;
    (*out).leader = get!(task_struct, read_pid, leader) as u64;
    (*out).static_prio = get!(task_struct, read_static_prio, task) as u64;
    (*out).policy = get!(task_struct, read_policy, task) as u64;
    (*out).reset_on_fork = get!(task_struct, read_sched_reset_on_fork, task) as u64;
    (*out).timer_slack = get!(task_struct, read_timer_slack_ns, task) as u64;
    (*out).stack_size = get!(task_struct, read_sas_ss_size, task) as u64;
    (*out).stack_pointer = get!(task_struct, read_sas_ss_sp, task) as u64;
    (*out).blocked = get!(sigset_t, read_sig, task_struct::addr_of_blocked(task))[0] as u64;
    (*out).clear_tid = get!(task_struct, read_clear_child_tid, task) as u64;
    read_text(addr_of_mut!((*out).comm), task_struct::addr_of_comm(task) as *const u8);
    read_text(addr_of_mut!((*out).grandparent_comm), task_struct::addr_of_comm(grandparent) as *const u8);
}

#[inline(always)]
unsafe fn read_credentials(out: *mut field_values, task: *const task_struct) {
    let cred: *const cred = get!(task_struct, read_cred, task);
    (*out).uid = get!(kuid_t, read_val, cred::addr_of_uid(cred)) as u64;
    (*out).euid = get!(kuid_t, read_val, cred::addr_of_euid(cred)) as u64;
    (*out).gid = get!(kgid_t, read_val, cred::addr_of_gid(cred)) as u64;
}

#[inline(always)]
unsafe fn read_signal(out: *mut field_values, task: *const task_struct) {
    let signal = get!(task_struct, read_signal, task);
    let limits = signal_struct::addr_of_rlim(signal) as *const rlimit;
    let session = get!(signal_struct, read_pids, signal)[PIDTYPE_SID as usize];
    (*out).threads = get!(signal_struct, read_nr_threads, signal) as u64;
    (*out).subreaper = get!(signal_struct, read_is_child_subreaper, signal) as u64;
    (*out).rlimit = get!(rlimit, read_rlim_cur, limits.wrapping_add(7)) as u64;
    (*out).session = get!(upid, read_nr, pid::addr_of_numbers(session) as *const upid) as u64;
}

#[inline(always)]
unsafe fn read_memory(out: *mut field_values, task: *const task_struct) {
    let mm = get!(task_struct, read_mm, task);
    let auxv = mm_struct::addr_of_saved_auxv(mm) as *const u64;
    (*out).auxv = read_element(auxv.wrapping_add(fields::AUXV_INDEX as usize));
    (*out).arg_start = get!(mm_struct, read_arg_start, mm) as u64;
    (*out).start_brk = get!(mm_struct, read_start_brk, mm) as u64;
    (*out).start_stack = get!(mm_struct, read_start_stack, mm) as u64;
}

#[inline(always)]
unsafe fn read_namespaces(out: *mut field_values, task: *const task_struct) {
    let uts = get!(nsproxy, read_uts_ns, get!(task_struct, read_nsproxy, task));
    let name = uts_namespace::addr_of_name(uts);
    (*out).uts_inum = get!(ns_common, read_inum, uts_namespace::addr_of_ns(uts)) as u64;
    read_text(addr_of_mut!((*out).nodename), new_utsname::addr_of_nodename(name) as *const u8);
}

/// The open file of a number.
#[inline(always)]
unsafe fn file_of(task: *const task_struct, fd: u32) -> *mut file {
    let table = get!(files_struct, read_fdt, get!(task_struct, read_files, task));
    read_element(get!(fdtable, read_fd, table).wrapping_add(fd as usize) as *const *mut file)
}

#[inline(always)]
unsafe fn read_file(out: *mut field_values, task: *const task_struct) {
    let file = file_of(task, IO.file_fd);
    let inode = get!(file, read_f_inode, file);
    let dentry = get!(path, read_dentry, file::addr_of_f_path(file));
    (*out).inode = get!(inode, read_i_ino, inode) as u64;
    (*out).size = get!(inode, read_i_size, inode) as u64;
    (*out).mode = get!(inode, read_i_mode, inode) as u64;
    (*out).owner = get!(kuid_t, read_val, inode::addr_of_i_uid(inode)) as u64;
    (*out).magic = get!(super_block, read_s_magic, get!(inode, read_i_sb, inode)) as u64;
    (*out).position = get!(file, read_f_pos, file) as u64;
    let name = get!(qstr, read_name, dentry::addr_of_d_name(dentry));
    read_text(addr_of_mut!((*out).file_name), name as *const u8);
}

#[inline(always)]
unsafe fn read_socket(out: *mut field_values, task: *const task_struct) {
    let socket = get!(file, read_private_data, file_of(task, IO.socket_fd)) as *const socket;
    let sk = get!(socket, read_sk, socket);
    let common = sock::addr_of___sk_common(sk);
    (*out).net_inum = 0;
    #[cfg(net_ns)]
    {
        let net = get!(possible_net_t, read_net, sock_common::addr_of_skc_net(common));
        (*out).net_inum = get!(ns_common, read_inum, net::addr_of_ns(net)) as u64;
    }
    (*out).family = get!(sock_common, read_skc_family, common) as u64;
    (*out).port = get!(sock_common, read_skc_num, common) as u64;
    (*out).protocol = get!(sock, read_sk_protocol, sk) as u64;
    (*out).userlocks = get!(sock, read_sk_userlocks, sk) as u64;
    (*out).no_check = get!(sock, read_sk_no_check_tx, sk) as u64;
    (*out).rcvbuf = get!(sock, read_sk_rcvbuf, sk) as u64;
    (*out).mark = get!(sock, read_sk_mark, sk) as u64;
    (*out).priority = get!(sock, read_sk_priority, sk) as u64;
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
    read_credentials(out, task);
    read_signal(out, task);
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
