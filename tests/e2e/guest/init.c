/* PID 1 of the field test: hides the kernel's own BTF, then does what the file /plan says, a line
 * each:
 *
 *     run NAME LOADER OBJECT BTF                  load, run, compare; BTF may be - for none
 *     patch NAME LOADER OBJECT BTF OFFSET WORD    the same with a copy of BTF in which the word at
 *                                                 OFFSET is WORD
 *
 * and tells on the console what came of it; the host judges:
 *
 *     field: NAME: ok pid 71
 *     field: NAME: WRONG comm: expected "field-thread", got ""
 *     field: NAME: 54 compared, 1 wrong      or     field: NAME: not loaded: -3
 *     field: done
 *
 * `patch` says only what is wrong.  What only CO-RE can answer is compared when there is a BTF.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define KERNEL_BTF "/sys/kernel/btf"

static void stop(void)
{
    fflush(stdout);
    sync();
    reboot(RB_AUTOBOOT); /* qemu's -no-reboot makes it the end */
    for (;;)
        pause();
}

void guest_give_up(const char *file, int line, const char *what)
{
    printf("field: GIVING UP: %s:%d: %s: %m\n", file, line, what);
    stop();
    abort();
}

static void mount_systems(void)
{
    mkdir("/proc", 0755);
    mkdir("/sys", 0755);
    MUST(mount("none", "/proc", "proc", 0, NULL) == 0);
    MUST(mount("none", "/sys", "sysfs", 0, NULL) == 0);
    bool has_btf = access(KERNEL_BTF "/vmlinux", R_OK) == 0;
    if (has_btf)
        MUST(mount("none", KERNEL_BTF, "ramfs", 0, NULL) == 0);
    MUST(access(KERNEL_BTF "/vmlinux", F_OK) != 0);
    printf("\nfield: the kernel has %s\n", has_btf ? "BTF, now hidden" : "no BTF");
}

struct tally {
    const char *name;
    bool quiet;
    int compared;
    int wrong;
};

static void compare_number(struct tally *tally, const char *field, unsigned long long expected,
                           unsigned long long got)
{
    tally->compared++;
    if (expected != got) {
        tally->wrong++;
        printf("field: %s: WRONG %s: expected %llu (0x%llx), got %llu (0x%llx)%s\n", tally->name,
               field, expected, expected, got, got, got == FIELDS_POISON ? ": never written" : "");
    } else if (!tally->quiet) {
        printf("field: %s: ok %s %llu\n", tally->name, field, got);
    }
}

static void compare_text(struct tally *tally, const char *field, const char *expected,
                         const char *got, size_t size)
{
    tally->compared++;
    if (strncmp(expected, got, size) != 0) {
        tally->wrong++;
        printf("field: %s: WRONG %s: expected \"%s\", got \"", tally->name, field, expected);
        for (size_t i = 0; i < size && got[i]; i++)
            printf(got[i] >= ' ' && got[i] < 0x7f ? "%c" : "\\x%02x", (unsigned char)got[i]);
        printf("\"\n");
    } else if (!tally->quiet) {
        printf("field: %s: ok %s \"%s\"\n", tally->name, field, expected);
    }
}

static void compare(struct tally *tally, const struct field_values *truth,
                    const struct field_values *got, bool questions)
{
#define NUMBER(name) compare_number(tally, #name, truth->name, got->name);
#define TEXT(name, size) compare_text(tally, #name, truth->name, got->name, size);
#define QUESTION(name, answer) compare_number(tally, #name, answer, got->name);
    FIELDS_NUMBERS(NUMBER)
    FIELDS_TEXTS(TEXT)
    if (questions) {
        FIELDS_QUESTIONS(QUESTION)
    }
}

static void run(const char *name, const char *loader, const char *object, const char *btf,
                bool quiet, const struct field_io *io)
{
    struct tally tally = {.name = name, .quiet = quiet};
    struct outcome outcome;

    load_and_run(strcmp(loader, "aya") == 0 ? LOADER_AYA : LOADER_LIBBPF, object, btf, io,
                 &outcome);
    if (outcome.error) {
        if (!quiet)
            printf("%s\n", load_messages());
        printf("field: %s: not loaded: %d\n", name, outcome.error);
    } else if (outcome.hits != 1) {
        printf("field: %s: attached, but ran %llu times\n", name, outcome.hits);
    } else {
        compare(&tally, &io->values, &outcome.values, btf);
        printf("field: %s: %d compared, %d wrong\n", name, tally.compared, tally.wrong);
    }
}

static unsigned char bytes[1 << 22];

static size_t read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    MUST(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    MUST(size < sizeof bytes && fclose(file) == 0);
    return size;
}

static void write_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "w");
    MUST(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

/* A copy of a file with four bytes changed. */
static void write_patched(const char *from, const char *to, long offset, uint32_t word)
{
    size_t size = read_file(from);
    MUST(offset >= 0 && (size_t)offset + sizeof word <= size);
    memcpy(bytes + offset, &word, sizeof word);
    write_file(to, size);
}

static void install(const char *from)
{
    struct utsname system;
    char path[sizeof system.release + 32];
    MUST(uname(&system) == 0);
    snprintf(path, sizeof path, "/boot/vmlinux-%s", system.release);
    mkdir("/boot", 0755);
    write_file(path, read_file(from));
}

static void follow_plan(const struct field_io *io)
{
    char line[600], name[128], loader[16], object[128], btf[128];
    long offset;
    uint32_t word;
    FILE *plan = fopen("/plan", "r");

    MUST(plan);
    while (fgets(line, sizeof line, plan)) {
        if (sscanf(line, "run %127s %15s %127s %127s", name, loader, object, btf) == 4) {
            run(name, loader, object, strcmp(btf, "-") == 0 ? NULL : btf, false, io);
        } else if (sscanf(line, "install %127s", name) == 1) {
            install(name);
        } else {
            MUST(sscanf(line, "patch %127s %15s %127s %127s %ld %" SCNx32, name, loader, object,
                        btf, &offset, &word) == 6);
            write_patched(btf, "/patched.btf", offset, word);
            run(name, loader, object, "/patched.btf", true, io);
        }
    }
    fclose(plan);
}

int main(void)
{
    static struct field_io io;

    setvbuf(stdout, NULL, _IOLBF, 0);
    mount_systems();
    truth_start(&io);
    printf("field: pid %llu, tgid %llu\n", io.values.pid, io.values.tgid);
    follow_plan(&io);
    printf("field: done\n");
    stop();
    return 0;
}
