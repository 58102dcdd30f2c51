/* A process of which user space knows everything that the program in the kernel is to read.
 *
 *     init -> "field-grand" (leader of a session) -> "field-parent" -> the process, with three
 *     threads
 *
 * The fields are those of one thread that is not the first, under another uid than the process,
 * with its own name, host name, priority and so on, so that values which are often alike (pid and
 * tgid, uid and euid) differ.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef SCHED_RESET_ON_FORK
#define SCHED_RESET_ON_FORK 0x40000000
#endif
#define SOCKET_BUF_LOCK 72      /* SO_BUF_LOCK, of Linux 5.14 */
#define SOCKET_RCVBUF_LOCK 2    /* SOCK_RCVBUF_LOCK: what SO_RCVBUF leaves */
#define SOCKET_BIND_PORT_LOCK 8 /* SOCK_BINDPORT_LOCK: what bind() to a port leaves */

static struct field_io *shared;
static int requests[2];
static int replies[2];
static char other_stack[40960];
static int tid_address;

/* The number of field `field` (as proc(5) counts) in /proc/thread-self/stat. */
static unsigned long long stat_field(int field)
{
    char text[2048];
    FILE *file = fopen("/proc/self/stat", "r");
    MUST(file && fgets(text, sizeof text, file));
    fclose(file);
    char *at = strrchr(text, ')');
    MUST(at);
    at += 2;
    for (int i = 3; i < field; i++) {
        at = strchr(at, ' ');
        MUST(at);
        at++;
    }
    return strtoull(at, NULL, 10);
}

static void know_memory(struct field_values *truth)
{
    unsigned long vector[AUXV_INDEX + 1];
    int fd = open("/proc/self/auxv", O_RDONLY);
    MUST(fd >= 0 && read(fd, vector, sizeof vector) == sizeof vector);
    close(fd);
    truth->auxv = vector[AUXV_INDEX];
    truth->start_stack = stat_field(28);
    truth->start_brk = stat_field(47);
    truth->arg_start = stat_field(48);
    MUST(truth->arg_start && truth->start_brk);
}

static void know_file(struct field_values *truth)
{
    const char *name = "field-truth-file";
    struct stat status;
    struct statfs system;
    int fd = open(name, O_CREAT | O_RDWR, 0640);
    MUST(fd >= 0 && ftruncate(fd, 12345) == 0 && fchown(fd, 4444, 4445) == 0);
    MUST(lseek(fd, 77, SEEK_SET) == 77 && fstat(fd, &status) == 0 && fstatfs(fd, &system) == 0);
    shared->file_fd = (unsigned)fd;
    truth->inode = status.st_ino;
    truth->size = (unsigned long long)status.st_size;
    truth->mode = status.st_mode;
    truth->owner = status.st_uid;
    truth->position = 77;
    truth->magic = (unsigned long long)system.f_type;
    strcpy(truth->file_name, name);
}

static void set_option(int fd, int option, int value)
{
    MUST(setsockopt(fd, SOL_SOCKET, option, &value, sizeof value) == 0);
}

static unsigned get_option(int fd, int option)
{
    int value = 0;
    socklen_t size = sizeof value;
    MUST(getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0);
    return (unsigned)value;
}

/* Before 5.14 the kernel does not tell, but it did the same. */
static unsigned buffer_locks(int fd)
{
    int value = 0;
    socklen_t size = sizeof value;
    if (getsockopt(fd, SOL_SOCKET, SOCKET_BUF_LOCK, &value, &size) == 0)
        return (unsigned)value;
    MUST(errno == ENOPROTOOPT);
    return SOCKET_RCVBUF_LOCK;
}

static void know_socket(struct field_values *truth)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(4242)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    MUST(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    set_option(fd, SO_RCVBUF, 16384);
    set_option(fd, SO_MARK, 0x4d41);
    set_option(fd, SO_PRIORITY, 6);
    set_option(fd, SO_NO_CHECK, 1);
    shared->socket_fd = (unsigned)fd;
    truth->family = AF_INET;
    truth->port = 4242;
    truth->protocol = IPPROTO_UDP;
    truth->userlocks = buffer_locks(fd) | SOCKET_BIND_PORT_LOCK;
    truth->rcvbuf = get_option(fd, SO_RCVBUF);
    truth->mark = get_option(fd, SO_MARK);
    truth->priority = get_option(fd, SO_PRIORITY);
    truth->no_check = get_option(fd, SO_NO_CHECK);
}

static void know_namespaces(struct field_values *truth)
{
    struct stat status;
    strcpy(truth->nodename, "a-host-name-of-this-thread-only");
    MUST(unshare(CLONE_NEWUTS) == 0);
    MUST(sethostname(truth->nodename, strlen(truth->nodename)) == 0);
    MUST(stat("/proc/thread-self/ns/uts", &status) == 0);
    truth->uts_inum = status.st_ino;
    truth->net_inum = stat("/proc/thread-self/ns/net", &status) == 0 ? status.st_ino : 0;
}

static void know_scheduling(struct field_values *truth)
{
    struct sched_param none = {0};
    MUST(setpriority(PRIO_PROCESS, 0, 5) == 0);
    MUST(syscall(SYS_sched_setscheduler, 0, SCHED_BATCH | SCHED_RESET_ON_FORK, &none) == 0);
    MUST(prctl(PR_SET_TIMERSLACK, 54321, 0, 0, 0) == 0);
    truth->static_prio = 125; /* 120 is nice 0 */
    truth->policy = SCHED_BATCH;
    truth->reset_on_fork = 1;
    truth->timer_slack = 54321;
}

static void know_signals(struct field_values *truth)
{
    uint64_t mask = 1ULL << (SIGUSR1 - 1) | 1ULL << (SIGUSR2 - 1) | 1ULL << 39;
    stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof other_stack};
    MUST(sigaltstack(&stack, NULL) == 0);
    MUST(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask) == 0);
    syscall(SYS_set_tid_address, &tid_address);
    truth->blocked = mask;
    truth->stack_size = sizeof other_stack;
    truth->stack_pointer = (uintptr_t)other_stack;
    truth->clear_tid = (uintptr_t)&tid_address;
}

/* Last: after this the thread may no longer do most of the above. */
static void become_another(struct field_values *truth)
{
    MUST(syscall(SYS_setresgid, 3333, 3334, 3335) == 0);
    MUST(syscall(SYS_setresuid, 1111, 2222, 2223) == 0);
    truth->uid = 1111;
    truth->euid = 2222;
    truth->gid = 3333;
}

static void *thread_of_truth(void *unused)
{
    struct field_values *truth = &shared->values;
    char byte;

    (void)unused;
    strcpy(truth->comm, "field-thread");
    MUST(prctl(PR_SET_NAME, truth->comm, 0, 0, 0) == 0);
    know_memory(truth);
    know_file(truth);
    know_socket(truth);
    know_namespaces(truth);
    know_scheduling(truth);
    know_signals(truth);
    become_another(truth);
    truth->pid = (unsigned)syscall(SYS_gettid);
    truth->tgid = truth->leader = (unsigned)getpid();
    truth->parent = (unsigned)getppid();
    truth->session = (unsigned)getsid(0);
    truth->threads = 3;
    shared->pid_tgid = truth->tgid << 32 | truth->pid;
    shared->syscall = SYS_getpgid;

    MUST(write(replies[1], "r", 1) == 1);
    while (read(requests[0], &byte, 1) == 1) {
        syscall(SYS_getpgid, 0);
        MUST(write(replies[1], "d", 1) == 1);
    }
    return NULL;
}

static void *idle_thread(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static void process_of_truth(void)
{
    struct rlimit limit = {.rlim_cur = 321, .rlim_max = 654};
    pthread_t thread;

    MUST(prctl(PR_SET_NAME, "field-process", 0, 0, 0) == 0);
    MUST(setrlimit(RLIMIT_NOFILE, &limit) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
    shared->values.rlimit = limit.rlim_cur;
    shared->values.subreaper = 1;
    MUST(pthread_create(&thread, NULL, idle_thread, NULL) == 0);
    MUST(pthread_create(&thread, NULL, thread_of_truth, NULL) == 0);
    pthread_join(thread, NULL);
}

void truth_start(struct field_io *io)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    MUST(shared != MAP_FAILED && pipe(requests) == 0 && pipe(replies) == 0);
    if (fork() == 0) {
        strcpy(shared->values.grandparent_comm, "field-grand");
        MUST(prctl(PR_SET_NAME, shared->values.grandparent_comm, 0, 0, 0) == 0 && setsid() > 0);
        shared->values.grandparent = (unsigned)getpid();
        if (fork() == 0) {
            MUST(prctl(PR_SET_NAME, "field-parent", 0, 0, 0) == 0);
            if (fork() == 0)
                process_of_truth();
            pause();
        }
        pause();
    }
    char byte;
    MUST(read(replies[0], &byte, 1) == 1 && byte == 'r');
    *io = *shared;
}

void truth_trigger(void)
{
    char byte;
    MUST(write(requests[1], "g", 1) == 1 && read(replies[0], &byte, 1) == 1 && byte == 'd');
}
