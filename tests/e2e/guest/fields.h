/* What the field test reads: one list, from which the programs in the kernel write, the guest
 * writes the truth, and both are compared by name.  clang (for BPF), gcc (for the guest) and hdrgen
 * (for the Rust program) all read this file.
 *
 * A number that nobody has written is POISON, so that a field which was never read is seen.
 */
#ifndef FIELDS_H
#define FIELDS_H

/* X(name): where the kernel has it is said in probe.bpf.c, where user space knows it from in
 * truth.c. */
#define FIELDS_NUMBERS(X)                                                                          \
    X(pid)                                                                                         \
    X(tgid)                                                                                        \
    X(parent)                                                                                      \
    X(grandparent)                                                                                 \
    X(leader)                                                                                      \
    X(threads)                                                                                     \
    X(uid)                                                                                         \
    X(euid)                                                                                        \
    X(gid)                                                                                         \
    X(static_prio)                                                                                 \
    X(policy)                                                                                      \
    X(reset_on_fork)                                                                               \
    X(subreaper)                                                                                   \
    X(timer_slack)                                                                                 \
    X(stack_size)                                                                                  \
    X(stack_pointer)                                                                               \
    X(blocked)                                                                                     \
    X(clear_tid)                                                                                   \
    X(session)                                                                                     \
    X(rlimit)                                                                                      \
    X(auxv)                                                                                        \
    X(arg_start)                                                                                   \
    X(start_brk)                                                                                   \
    X(start_stack)                                                                                 \
    X(inode)                                                                                       \
    X(size)                                                                                        \
    X(mode)                                                                                        \
    X(owner)                                                                                       \
    X(position)                                                                                    \
    X(magic)                                                                                       \
    X(uts_inum)                                                                                    \
    X(net_inum)                                                                                    \
    X(family)                                                                                      \
    X(port)                                                                                        \
    X(protocol)                                                                                    \
    X(userlocks)                                                                                   \
    X(no_check)                                                                                    \
    X(rcvbuf)                                                                                      \
    X(mark)                                                                                        \
    X(priority)

/* X(name, bytes) */
#define FIELDS_TEXTS(X)                                                                            \
    X(comm, 16)                                                                                    \
    X(grandparent_comm, 16)                                                                        \
    X(nodename, 65)                                                                                \
    X(file_name, 32)

/* X(name, answer): questions that only CO-RE can ask. */
#define FIELDS_QUESTIONS(X)                                                                        \
    X(pid_exists, 1)                                                                               \
    X(bogus_field_exists, 0)                                                                       \
    X(deep_field_exists, 1)                                                                        \
    X(task_exists, 1)                                                                              \
    X(bogus_type_exists, 0)                                                                        \
    X(enumerator_exists, 1)                                                                        \
    X(bogus_enumerator_exists, 0)                                                                  \
    X(comm_size, 16)                                                                               \
    X(pid_is_signed, 1)                                                                            \
    X(uid_is_signed, 0)

#define FIELDS_POISON 0xa5a5a5a5a5a5a5a5ULL
enum { AUXV_INDEX = 7 }; /* which number of the auxiliary vector */

struct field_values {
#define FIELDS_NUMBER(name) unsigned long long name;
#define FIELDS_TEXT(name, bytes) char name[bytes];
#define FIELDS_QUESTION(name, answer) unsigned long long name;
    FIELDS_NUMBERS(FIELDS_NUMBER)
    FIELDS_QUESTIONS(FIELDS_QUESTION)
    FIELDS_TEXTS(FIELDS_TEXT)
#undef FIELDS_NUMBER
#undef FIELDS_TEXT
#undef FIELDS_QUESTION
};

/* The section .data.io of a program: what to wait for, then what was read. */
struct field_io {
    unsigned long long pid_tgid; /* of the thread: as bpf_get_current_pid_tgid() has it */
    unsigned long long syscall;  /* the number of the call that sets the program off */
    unsigned int file_fd;
    unsigned int socket_fd;
    unsigned long long hits;
    struct field_values values;
};

#endif
