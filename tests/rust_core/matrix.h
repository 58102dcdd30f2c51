/* What matrix.rs asks for, laid out otherwise than in any kernel; in either byte order. */
struct upid {
    long before;
    int nr;
};
struct pid {
    int count;
    unsigned level;
    struct upid numbers[1];
};
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID };
struct task_struct {
    long before;
    unsigned int __state;
    int tgid, pid;
    unsigned sched_migrated : 3, sched_reset_on_fork : 1;
    struct task_struct *real_parent;
    struct pid *thread_pid;
    char comm[16];
};
