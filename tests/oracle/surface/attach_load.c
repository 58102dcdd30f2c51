/*
 * Loads and attaches each program of a BPF object alone, on the running kernel: the judge of what
 * `hdrgen check` says of programs.
 *
 *     attach_load OBJECT [--attach PROGRAM=TARGET]...
 *
 *     program NAME open|load|forbidden|attach|fine STATUS TEXT
 *
 * A line for each program: the step that failed with -errno, or fine; forbidden: the system lets
 * nobody load programs of that sort, whatever they do (-EPERM, before the verifier looked). A
 * program that libbpf does not attach by itself (a uprobe without a path, a perf event) is fine
 * when it is loaded. Maps that user space sizes get a size.
 *
 * Exit status 0 when libbpf opened the object, whatever came of loading it.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_SIZE = 512 };
static char last_line[LOG_SIZE];
static bool has_log; /* the verifier has looked at the program */

/* The line before the verifier's statistics. */
static void keep_verdict(char *log)
{
    char *end = strstr(log, "\nprocessed ");
    if (end == NULL)
        return;
    *end = '\0';
    char *line = strrchr(log, '\n');
    snprintf(last_line, sizeof last_line, "%s", line == NULL ? log : line + 1);
}

/* The verifier's last line, or else libbpf's last warning, is the reason of what fails. */
static int keep(enum libbpf_print_level level, const char *format, va_list arguments)
{
    char *text = NULL;
    if (level != LIBBPF_WARN || vasprintf(&text, format, arguments) < 0)
        return 0;
    if (strstr(text, "PROG LOAD LOG") != NULL) {
        has_log = true;
        keep_verdict(text);
    } else if (!has_log && strstr(text, "failed to load object") == NULL) {
        snprintf(last_line, sizeof last_line, "%s", text);
        last_line[strcspn(last_line, "\n")] = '\0';
    }
    free(text);
    return 0;
}

static void size_maps(struct bpf_object *object)
{
    struct bpf_map *map;
    bpf_object__for_each_map(map, object)
    {
        static const int sizeless[] = {BPF_MAP_TYPE_PERF_EVENT_ARRAY,
                                       BPF_MAP_TYPE_CGROUP_STORAGE,
                                       BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE,
                                       BPF_MAP_TYPE_SK_STORAGE,
                                       28,
                                       29,
                                       32}; /* of inodes, tasks, cgroups */
        bool is_sized = bpf_map__max_entries(map) > 0;
        for (size_t i = 0; i < sizeof sizeless / sizeof *sizeless; i++)
            is_sized = is_sized || (int)bpf_map__type(map) == sizeless[i];
        if (!is_sized && bpf_map__set_max_entries(map, 4096) != 0)
            fprintf(stderr, "cannot size map %s\n", bpf_map__name(map));
        if (bpf_map__type(map) == BPF_MAP_TYPE_STACK_TRACE && bpf_map__value_size(map) == 0)
            bpf_map__set_value_size(map, 127 * 8);
    }
}

static const char *target_of(const char *program, int argc, char **argv)
{
    size_t length = strlen(program);
    for (int i = 2; i + 1 < argc; i += 2)
        if (strncmp(argv[i + 1], program, length) == 0 && argv[i + 1][length] == '=')
            return argv[i + 1] + length + 1;
    return NULL;
}

static void report(const char *program, const char *step, int status)
{
    printf("program %s %s %d %s\n", program, step, status, status == 0 ? "" : last_line);
}

static void attach(struct bpf_program *program, const char *target)
{
    const char *name = bpf_program__name(program);
    enum bpf_prog_type type = bpf_program__type(program);
    bool is_kprobe = type == BPF_PROG_TYPE_KPROBE && target != NULL;
    bool returns = strncmp(bpf_program__section_name(program), "kret", 4) == 0;
    last_line[0] = '\0';
    has_log = false;
    const char *section = bpf_program__section_name(program);
    if (section[0] == 'u' || strcmp(section, "perf_event") == 0 ||
        (strchr(section, '/') == NULL && target == NULL)) { /* user space says to what */
        report(name, "fine", 0);
        return;
    }
    struct bpf_link *link = is_kprobe ? bpf_program__attach_kprobe(program, returns, target)
                                      : bpf_program__attach(program);
    int status = link == NULL ? -errno : 0;
    /* -EOPNOTSUPP is libbpf's answer for what it does not attach; for kprobe.multi the kernel's. */
    bool is_manual = (status == -EOPNOTSUPP && section[0] != 'k') || status == -ESRCH;
    report(name, status == 0 || is_manual ? "fine" : "attach", is_manual ? 0 : status);
    bpf_link__destroy(link);
}

static void try_program(const char *path, const char *name, int argc, char **argv)
{
    struct bpf_object *object = bpf_object__open_file(path, NULL);
    if (object == NULL) {
        report(name, "open", -errno);
        return;
    }
    size_maps(object);
    const char *target = target_of(name, argc, argv);
    struct bpf_program *program;
    struct bpf_program *wanted = NULL;
    bpf_object__for_each_program(program, object)
    {
        bool is_wanted = strcmp(bpf_program__name(program), name) == 0;
        bpf_program__set_autoload(program, is_wanted);
        wanted = is_wanted ? program : wanted;
    }
    int status = 0;
    if (target != NULL && bpf_program__type(wanted) == BPF_PROG_TYPE_TRACING)
        status = bpf_program__set_attach_target(wanted, 0, target);
    last_line[0] = '\0';
    has_log = false;
    if (status == 0)
        status = bpf_object__load(object);
    if (status != 0)
        report(name, has_log || status != -EPERM ? "load" : "forbidden", status);
    else
        attach(wanted, target);
    bpf_object__close(object);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    libbpf_set_print(keep);
    struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
    if (object == NULL)
        return 1;
    struct bpf_program *program;
    bpf_object__for_each_program(program, object)
        try_program(argv[1], bpf_program__name(program), argc, argv);
    bpf_object__close(object);
    return 0;
}
