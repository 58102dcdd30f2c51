//! The Rust program of the field test: what probe.bpf.c reads, through the bindings that hdrgen made.
//!
//! `kernel.rs` and `fields.rs` (of fields.h) are written by hdrgen. The program is the same for both kinds of accessors:
//!
//! * `--accessors core`, of local.h: compiled once, relocated by the loader in each kernel;
//! * `--accessors probe-read`, of one kernel's headers: compiled for that kernel.
#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]
#![allow(static_mut_refs, unused_features)]

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

/// A helper of the kernel is called by its number.
macro_rules! helper {
    ($number:literal, $type:ty) => {
        core::mem::transmute::<usize, $type>($number)
    };
}

/// A string, into `text`.
#[inline(always)]
unsafe fn read_text<const N: usize>(text: *mut [i8; N], address: *const u8) {
    type ReadString = unsafe extern "C" fn(*mut u8, u32, *const u8) -> i64;
    helper!(115, ReadString)(text as *mut u8, N as u32, address);
}

#[inline(always)]
unsafe fn read_task(out: *mut field_values, task: Kptr<task_struct>) -> Result<(), i64> {
    let grandparent = task.real_parent()?.real_parent()?;
    (*out).pid = task.pid()? as u64;
    (*out).tgid = task.tgid()? as u64;
    (*out).parent = task.real_parent()?.tgid()? as u64;
    (*out).grandparent = grandparent.pid()? as u64;
    (*out).leader = task.group_leader()?.pid()? as u64;
    (*out).static_prio = task.static_prio()? as u64;
    (*out).policy = task.policy()? as u64;
    (*out).reset_on_fork = task.sched_reset_on_fork()? as u64;
    (*out).timer_slack = task.timer_slack_ns()? as u64;
    (*out).stack_size = task.sas_ss_size()? as u64;
    (*out).stack_pointer = task.sas_ss_sp()? as u64;
    (*out).blocked = task.blocked().sig_nth::<0>().get()? as u64;
    (*out).clear_tid = task.clear_child_tid()?.as_ptr() as u64;
    read_text(addr_of_mut!((*out).comm), task.addr_of_comm().as_ptr().cast());
    read_text(addr_of_mut!((*out).grandparent_comm), grandparent.addr_of_comm().as_ptr().cast());
    Ok(())
}

#[inline(always)]
unsafe fn read_credentials(out: *mut field_values, task: Kptr<task_struct>) -> Result<(), i64> {
    let cred = task.cred()?;
    (*out).uid = cred.uid().val()? as u64;
    (*out).euid = cred.euid().val()? as u64;
    (*out).gid = cred.gid().val()? as u64;
    Ok(())
}

#[inline(always)]
unsafe fn read_signal(out: *mut field_values, task: Kptr<task_struct>) -> Result<(), i64> {
    let signal = task.signal()?;
    // The index is an enumerator of the running kernel, not of this program.
    let session = signal.pids_at(value_of_PIDTYPE_SID() as usize).get()?;
    (*out).threads = signal.nr_threads()? as u64;
    (*out).subreaper = signal.is_child_subreaper()? as u64;
    (*out).rlimit = signal.rlim_nth::<7>().rlim_cur()? as u64;
    (*out).session = session.numbers_at(0).nr()? as u64;
    Ok(())
}

#[inline(always)]
unsafe fn read_memory(out: *mut field_values, task: Kptr<task_struct>) -> Result<(), i64> {
    let mm = task.mm()?;
    (*out).auxv = mm.saved_auxv_at(fields::AUXV_INDEX as usize).get()? as u64;
    (*out).arg_start = mm.arg_start()? as u64;
    (*out).start_brk = mm.start_brk()? as u64;
    (*out).start_stack = mm.start_stack()? as u64;
    Ok(())
}

#[inline(always)]
unsafe fn read_namespaces(out: *mut field_values, task: Kptr<task_struct>) -> Result<(), i64> {
    let uts = task.nsproxy()?.uts_ns()?;
    (*out).uts_inum = uts.ns().inum()? as u64;
    read_text(addr_of_mut!((*out).nodename), uts.name().addr_of_nodename().as_ptr().cast());
    Ok(())
}

/// The open file of a number.
#[inline(always)]
unsafe fn file_of(task: Kptr<task_struct>, fd: u32) -> Result<Kptr<file>, i64> {
    task.files()?.fdt()?.fd()?.at(fd as usize).get()
}

#[inline(always)]
unsafe fn read_file(out: *mut field_values, task: Kptr<task_struct>) -> Result<(), i64> {
    let file = file_of(task, IO.file_fd)?;
    let inode = file.f_inode()?;
    (*out).inode = inode.i_ino()? as u64;
    (*out).size = inode.i_size()? as u64;
    (*out).mode = inode.i_mode()? as u64;
    (*out).owner = inode.i_uid().val()? as u64;
    (*out).magic = inode.i_sb()?.s_magic()? as u64;
    (*out).position = file.f_pos()? as u64;
    let name = file.f_path().dentry()?.d_name().name()?;
    read_text(addr_of_mut!((*out).file_name), name.as_ptr());
    Ok(())
}

#[inline(always)]
unsafe fn read_socket(out: *mut field_values, task: Kptr<task_struct>) -> Result<(), i64> {
    let sk = file_of(task, IO.socket_fd)?.private_data()?.cast::<socket>().sk()?;
    let common = sk.__sk_common();
    (*out).net_inum = 0; // without network namespaces there is no such member
    #[cfg(net_ns)]
    if Kptr::<possible_net_t>::has_net() {
        (*out).net_inum = common.skc_net().net()?.ns().inum()? as u64;
    }
    (*out).family = common.skc_family()? as u64;
    (*out).port = common.skc_num()? as u64;
    (*out).protocol = sk.sk_protocol()? as u64;
    (*out).userlocks = sk.sk_userlocks()? as u64;
    (*out).no_check = sk.sk_no_check_tx()? as u64;
    (*out).rcvbuf = sk.sk_rcvbuf()? as u64;
    (*out).mark = sk.sk_mark()? as u64;
    (*out).priority = sk.sk_priority()? as u64;
    Ok(())
}

/// What only CO-RE can answer: with the other accessors it is as the bindings have it.
#[inline(always)]
unsafe fn ask(out: *mut field_values) {
    (*out).pid_exists = Kptr::<task_struct>::has_pid() as u64;
    (*out).bogus_field_exists = Kptr::<task_struct___bogus>::has_no_such_member() as u64;
    (*out).deep_field_exists = Kptr::<sock_common>::has_skc_num() as u64;
    (*out).task_exists = Kptr::<task_struct>::type_exists() as u64;
    (*out).bogus_type_exists = Kptr::<no_such_struct>::type_exists() as u64;
    (*out).enumerator_exists = has_PIDTYPE_SID() as u64;
    (*out).bogus_enumerator_exists = has_PIDTYPE_NO_SUCH_THING() as u64;
    (*out).comm_size = Kptr::<task_struct>::size_of_comm() as u64;
    (*out).pid_is_signed = Kptr::<task_struct>::is_signed_pid() as u64;
    (*out).uid_is_signed = Kptr::<kuid_t>::is_signed_val() as u64;
}

#[link_section = "raw_tp/sys_enter"]
#[no_mangle]
unsafe extern "C" fn probe(arguments: *const u64) -> i32 {
    if helper!(14, unsafe extern "C" fn() -> u64)() != IO.pid_tgid || *arguments.add(1) != IO.syscall {
        return 0;
    }
    let task = Kptr::new(helper!(35, unsafe extern "C" fn() -> *const task_struct)());
    let out = addr_of_mut!(IO.values);
    // What could not be read stays unwritten, which the judge sees.
    let _ = read_task(out, task);
    let _ = read_credentials(out, task);
    let _ = read_signal(out, task);
    let _ = read_memory(out, task);
    let _ = read_namespaces(out, task);
    let _ = read_file(out, task);
    let _ = read_socket(out, task);
    ask(out);
    IO.hits += 1;
    0
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}
