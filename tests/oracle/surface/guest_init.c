/*
 * The first process of a guest kernel: runs /attach_load for each object of /objects, in order, and
 * prints what it prints; then the functions that the kernel has, those that ftrace can attach to,
 * its events, and its release.
 *
 *     truth: object NAME
 *     program NAME fine 0
 *     truth: function T vfs_read
 *     truth: traceable vfs_read
 *     truth: event syscalls:sys_enter_openat
 *     truth: release 6.1.0-50-amd64
 *     truth: done
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static void stop(const char *why)
{
    printf("truth: %s\n", why);
    fflush(stdout);
    sync();
    reboot(RB_AUTOBOOT); /* qemu's -no-reboot makes it the end */
    for (;;)
        pause();
}

static void mount_all(void)
{
    static const char *const systems[][2] = {{"/proc", "proc"},
                                             {"/sys", "sysfs"},
                                             {"/sys/kernel/debug", "debugfs"},
                                             {"/sys/kernel/tracing", "tracefs"},
                                             {"/sys/fs/bpf", "bpf"}};
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
        mkdir(systems[i][0], 0755);
        if (mount("none", systems[i][0], systems[i][1], 0, NULL) != 0)
            printf("truth: no %s: %m\n", systems[i][1]);
    }
}

static void try_object(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "/objects/%s", name);
    printf("truth: object %s\n", name);
    fflush(stdout);
    pid_t process = fork();
    if (process == 0) {
        execl("/attach_load", "attach_load", path, (char *)NULL);
        _exit(127);
    }
    int how = 0;
    waitpid(process, &how, 0);
    if (how != 0)
        printf("truth: exit %d\n", how);
}

static void try_objects(void)
{
    struct dirent **entries = NULL;
    int count = scandir("/objects", &entries, NULL, alphasort);
    for (int i = 0; i < count; i++)
        if (entries[i]->d_name[0] != '.')
            try_object(entries[i]->d_name);
}

static void print_functions(void)
{
    FILE *file = fopen("/proc/kallsyms", "r");
    char line[1024];
    char name[512];
    char type;
    if (file == NULL)
        stop("no kallsyms");
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "%*s %c %511s", &type, name) == 2 && strchr("tTwW", type) != NULL)
            printf("truth: function %c %s\n", type, name);
    fclose(file);
}

static void print_traceable(void)
{
    FILE *file = fopen("/sys/kernel/tracing/available_filter_functions", "r");
    char line[1024];
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        printf("truth: traceable %s", line);
    if (file != NULL)
        fclose(file);
}

static void print_events(void)
{
    FILE *file = fopen("/sys/kernel/tracing/available_events", "r");
    char line[1024];
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        printf("truth: event %s", line);
    if (file != NULL)
        fclose(file);
}

int main(void)
{
    struct utsname system;
    mount_all();
    try_objects();
    print_functions();
    print_traceable();
    print_events();
    uname(&system);
    printf("truth: release %s\n", system.release);
    stop("done");
}
