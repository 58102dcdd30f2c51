/* The store: what is taken from it is what was put in, and only while nothing has changed. */
#include "tree/store.h"
#include "base/diag.h"
#include "base/memory.h"
#include "helpers.h"
#include "model/describe.h"
#include "suites.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- a small tree of files --- */

static char root[] = "/tmp/hdrgen-store-XXXXXX";

static const char *in_root(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", root, name);
    return path;
}

/* Longer than the tick by which file systems count. */
static void wait_a_tick(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
}

static void put(const char *name, const char *text)
{
    int descriptor = open(in_root(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CU_ASSERT_FATAL(descriptor >= 0);
    CU_ASSERT(write(descriptor, text, strlen(text)) == (ssize_t)strlen(text));
    close(descriptor);
}

static void make_tree(void)
{
    strcpy(root + sizeof root - 7, "XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(root) != NULL);
    mkdir(in_root("k"), 0700);
    mkdir(in_root("k/first"), 0700);
    mkdir(in_root("k/second"), 0700);
    mkdir(in_root("k/.git"), 0700);
    mkdir(in_root("outside"), 0700);
    put("k/second/a.h", "struct a { int x; };\n");
    put("k/Makefile", "obj-y += a.o\n");
    CU_ASSERT_FATAL(symlink("second", in_root("k/link")) == 0);
    CU_ASSERT_FATAL(symlink(in_root("outside"), in_root("k/away")) == 0);
    wait_a_tick();
}

/* --- stamps --- */

static struct hg_stamps *stamps_of_tree(void)
{
    struct hg_stamps *stamps = hg_stamps_create();
    hg_stamps_add_file(stamps, in_root("k/second/a.h"));
    hg_stamps_add_tree(stamps, in_root("k"));
    hg_stamps_add_absent(stamps, in_root("k/.config"));
    return stamps;
}

/* Stamps of the tree as it is, after a trip through bytes. */
static struct hg_stamps *take_stamps(void)
{
    struct hg_stamps *stamps = stamps_of_tree();
    CU_ASSERT_FATAL(hg_stamps_take(stamps));
    struct hg_text packed = {0};
    hg_stamps_pack(stamps, &packed);
    hg_stamps_destroy(stamps);
    stamps = hg_stamps_unpack(packed.data, packed.size);
    hg_text_deinit(&packed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stamps);
    wait_a_tick();
    return stamps;
}

static void rewrite_with_old_times(void)
{
    struct stat status;
    CU_ASSERT_FATAL(stat(in_root("k/second/a.h"), &status) == 0);
    put("k/second/a.h", "struct a { int y; };\n");
    const struct timespec times[] = {status.st_atim, status.st_mtim};
    utimensat(AT_FDCWD, in_root("k/second/a.h"), times, 0);
}

static void nothing(void)
{
}

static void touch(void)
{
    utimensat(AT_FDCWD, in_root("k/second/a.h"), NULL, 0);
}

static void write_the_same(void)
{
    put("k/second/a.h", "struct a { int x; };\n");
}

static void write_another(void)
{
    put("k/second/a.h", "struct a { long x; };\n");
}

static void shadow(void)
{
    put("k/first/a.h", "struct a { char x; };\n");
}

static void add_object(void)
{
    put("k/first/a.o", "");
    put("k/vmlinux.btf", "");
}

static void add_hidden(void)
{
    put("k/.git/a.h", "");
}

static void add_makefile(void)
{
    put("k/first/Makefile", "");
}

static void add_directory(void)
{
    mkdir(in_root("k/third"), 0700);
}

static void add_outside(void)
{
    put("outside/b.h", "");
}

static void remove_header(void)
{
    unlink(in_root("k/second/a.h"));
}

static void configure(void)
{
    put("k/.config", "CONFIG_A=y\n");
}

static void turn_link(void)
{
    unlink(in_root("k/link"));
    CU_ASSERT(symlink("first", in_root("k/link")) == 0);
}

static void swap_for_a_directory(void)
{
    unlink(in_root("k/second/a.h"));
    mkdir(in_root("k/second/a.h"), 0700);
}

static void test_changes(void)
{
    static const struct {
        void (*change)(void);
        enum hg_stamps_state expected;
    } rows[] = {
        {nothing, HG_STAMPS_SAME},
        {touch, HG_STAMPS_TOUCHED},
        {write_the_same, HG_STAMPS_TOUCHED},
        {write_another, HG_STAMPS_CHANGED},
        {rewrite_with_old_times, HG_STAMPS_CHANGED},
        {shadow, HG_STAMPS_CHANGED},
        {add_object, HG_STAMPS_TOUCHED},
        {add_hidden, HG_STAMPS_SAME},
        {add_makefile, HG_STAMPS_CHANGED},
        {add_directory, HG_STAMPS_CHANGED},
        {add_outside, HG_STAMPS_CHANGED},
        {remove_header, HG_STAMPS_CHANGED},
        {configure, HG_STAMPS_CHANGED},
        {turn_link, HG_STAMPS_CHANGED},
        {swap_for_a_directory, HG_STAMPS_CHANGED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_tree();
        struct hg_stamps *stamps = take_stamps();
        rows[i].change();
        wait_a_tick();
        enum hg_stamps_state found = hg_stamps_check(stamps);
        if (found != rows[i].expected)
            printf("\nchange %zu: state %d\n", i, found);
        CU_ASSERT_EQUAL(found, rows[i].expected);
        hg_stamps_destroy(stamps);
        hg_test_remove_tree(root);
    }
}

/* What says how to build counts with its content where that was asked for. */
static void test_build_files(void)
{
    static void (*const adds[])(struct hg_stamps *, const char *) = {hg_stamps_add_tree,
                                                                     hg_stamps_add_build_tree};
    for (size_t i = 0; i < 2; i++) {
        make_tree();
        put("k/first/.a.o.cmd", "savedcmd_a.o := gcc\n");
        put("k/first/notes.txt", "one");
        put("k/first/options", "-O2");
        wait_a_tick();
        struct hg_stamps *stamps = hg_stamps_create();
        hg_stamps_add_tree(stamps, in_root("k"));
        adds[i](stamps, in_root("k"));
        CU_ASSERT_FATAL(hg_stamps_take(stamps));
        put("k/first/notes.txt", "two");
        CU_ASSERT_EQUAL(hg_stamps_check(stamps), HG_STAMPS_SAME);
        put("k/first/options", "-Os"); /* a makefile may include it */
        CU_ASSERT_EQUAL(hg_stamps_check(stamps), i == 0 ? HG_STAMPS_SAME : HG_STAMPS_CHANGED);
        put("k/first/options", "-O2");
        put("k/first/.a.o.cmd", "savedcmd_a.o := cc\n");
        CU_ASSERT_EQUAL(hg_stamps_check(stamps), i == 0 ? HG_STAMPS_SAME : HG_STAMPS_CHANGED);
        put("k/first/.a.o.cmd", "savedcmd_a.o := gcc\n");
        put("k/Makefile", "obj-y += b.o\n");
        CU_ASSERT_EQUAL(hg_stamps_check(stamps), i == 0 ? HG_STAMPS_SAME : HG_STAMPS_CHANGED);
        hg_stamps_destroy(stamps);
        hg_test_remove_tree(root);
    }
}

/* After a check the stamps have the new times, so that the next one reads nothing. */
static void test_refreshed(void)
{
    make_tree();
    struct hg_stamps *stamps = take_stamps();
    touch();
    add_object();
    wait_a_tick();
    struct hg_text packed = {0};
    hg_stamps_pack(stamps, &packed);
    struct hg_stamps *later = hg_stamps_unpack(packed.data, packed.size);
    CU_ASSERT_EQUAL(hg_stamps_check(later), HG_STAMPS_TOUCHED);
    CU_ASSERT_EQUAL(hg_stamps_check(later), HG_STAMPS_SAME);
    hg_stamps_destroy(later);
    hg_stamps_destroy(stamps);
    hg_text_deinit(&packed);
    hg_test_remove_tree(root);
}

/* What changes between hg_stamps_create and hg_stamps_take may have been read before or after. */
static void test_changed_while_read(void)
{
    static void (*const changes[])(void) = {touch, write_the_same, add_object, add_makefile};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        make_tree();
        struct hg_stamps *stamps = stamps_of_tree();
        changes[i]();
        CU_ASSERT_FALSE(hg_stamps_take(stamps));
        hg_stamps_destroy(stamps);
        hg_test_remove_tree(root);
    }
}

static void test_not_stampable(void)
{
    make_tree();
    struct hg_stamps *stamps = hg_stamps_create();
    hg_stamps_add_file(stamps, "relative.h");
    CU_ASSERT_FALSE(hg_stamps_take(stamps));
    hg_stamps_destroy(stamps);
    const char *const paths[] = {"/dev/zero", in_root("k"), in_root("k/none.h")};
    for (size_t i = 0; i < 3; i++) {
        stamps = hg_stamps_create();
        hg_stamps_add_file(stamps, paths[i]);
        CU_ASSERT_FALSE(hg_stamps_take(stamps));
        hg_stamps_destroy(stamps);
    }
    stamps = hg_stamps_create();
    hg_stamps_add_times(stamps, in_root("k/second/a.h"));
    CU_ASSERT(hg_stamps_take(stamps));
    CU_ASSERT_EQUAL(hg_stamps_check(stamps), HG_STAMPS_SAME);
    touch();
    CU_ASSERT_EQUAL(hg_stamps_check(stamps), HG_STAMPS_CHANGED);
    hg_stamps_destroy(stamps);
    hg_test_remove_tree(root);
}

/* The store's checksum finds damage; here it must only do no harm. */
static void test_damaged_stamps(void)
{
    make_tree();
    struct hg_stamps *stamps = stamps_of_tree();
    CU_ASSERT_FATAL(hg_stamps_take(stamps));
    struct hg_text packed = {0};
    hg_stamps_pack(stamps, &packed);
    for (size_t size = 0; size < packed.size; size++) {
        char *copy = memcpy(hg_malloc(size), packed.data, size);
        struct hg_stamps *taken = hg_stamps_unpack(copy, size);
        if (taken != NULL)
            (void)hg_stamps_check(taken);
        hg_stamps_destroy(taken);
        free(copy);
    }
    for (size_t i = 0; i < packed.size; i++) {
        packed.data[i] = (char)(packed.data[i] ^ 0x41);
        struct hg_stamps *taken = hg_stamps_unpack(packed.data, packed.size);
        if (taken != NULL)
            (void)hg_stamps_check(taken);
        hg_stamps_destroy(taken);
        packed.data[i] = (char)(packed.data[i] ^ 0x41);
    }
    hg_text_deinit(&packed);
    hg_stamps_destroy(stamps);
    hg_test_remove_tree(root);
}

/* --- the store --- */

/* What "reading the tree" gives: a struct whose size says which time it was. */
struct reading {
    unsigned count;
    bool fails;
    size_t padding; /* types more, to make the entry larger */
};

static enum hg_status read_it(void *user, struct hg_diagnostics *diagnostics,
                              struct hg_stamps *stamps, struct hg_text *extra,
                              struct hg_model **ret)
{
    struct reading *reading = user;
    reading->count++;
    hg_warning(diagnostics, &(struct hg_location){.file = "a.h", .line = 7}, "as of reading %u",
               reading->count);
    hg_note(diagnostics, NULL, "and no more");
    hg_text_put(extra, "extra");
    if (reading->fails)
        return HG_ERROR_INPUT;
    struct hg_model *model = hg_test_model_create();
    hg_type_id integer = hg_test_int(model, "int", 4, true);
    hg_test_record(model, HG_STRUCT, "a", (uint64_t)4 * reading->count, 4,
                   HG_MEMBERS(HG_MEMBER("x", integer, 0)));
    for (size_t i = 0; i < reading->padding; i++)
        hg_test_array(model, integer, i + 2);
    hg_model_add_file(model, in_root("k/second/a.h"));
    hg_test_seal(model);
    if (stamps != NULL) {
        hg_stamps_add_tree(stamps, in_root("k"));
        hg_stamps_add_opened(stamps, model, true);
    }
    *ret = model;
    return HG_OK;
}

enum { LIMIT = 1 << 20 };

static struct hg_store *open_store(uint64_t limit)
{
    return hg_store_open(in_root("cache/hdrgen"), limit);
}

/* The size of struct a, which says in which reading it was made; 0 = there is no model. */
static uint64_t read_through(struct hg_store *store, const char *what, struct reading *reading,
                             struct hg_diagnostics *diagnostics)
{
    struct hg_text key = {0};
    struct hg_text extra = {0};
    struct hg_model *model = NULL;
    hg_store_key_begin(&key);
    hg_store_key_add(&key, "what", what);
    enum hg_status status =
        hg_store_read(store, &key, read_it, reading, diagnostics, &extra, &model);
    uint64_t size = status == HG_OK ? hg_model_type(model, 2)->size : 0;
    CU_ASSERT(hg_test_same(hg_text_string(&extra), "extra"));
    hg_model_destroy(model);
    hg_text_deinit(&extra);
    hg_text_deinit(&key);
    return size;
}

static uint64_t read_once(const char *what, struct reading *reading)
{
    struct hg_store *store = open_store(LIMIT);
    uint64_t size = read_through(store, what, reading, NULL);
    hg_store_close(store);
    return size;
}

/* The path of the one entry; "" = there is none. */
static const char *find_entry(size_t *count)
{
    static char name[512];
    DIR *directory = opendir(in_root("cache/hdrgen"));
    name[0] = '\0';
    *count = 0;
    for (const struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.' && ++*count > 0)
            snprintf(name, sizeof name, "%s/cache/hdrgen/%s", root, entry->d_name);
    if (directory != NULL)
        closedir(directory);
    return name;
}

static void test_hit_and_miss(void)
{
    make_tree();
    struct reading reading = {0};
    struct hg_test_log cold;
    struct hg_test_log warm;
    hg_test_log_init(&cold);
    hg_test_log_init(&warm);
    struct hg_store *store = open_store(LIMIT);
    CU_ASSERT_EQUAL(read_through(store, "headers", &reading, &cold.diagnostics), 4);
    hg_store_close(store);
    store = open_store(LIMIT);
    CU_ASSERT_EQUAL(read_through(store, "headers", &reading, &warm.diagnostics), 4);
    hg_store_close(store);
    CU_ASSERT_EQUAL(reading.count, 1);
    CU_ASSERT(hg_test_reported(&warm, "as of reading 1"));
    CU_ASSERT(hg_test_same(hg_text_string(&warm.text), hg_text_string(&cold.text)));
    CU_ASSERT_EQUAL(warm.diagnostics.warnings, 1);
    hg_test_log_deinit(&cold);
    hg_test_log_deinit(&warm);

    CU_ASSERT_EQUAL(read_once("sources", &reading), 8);
    CU_ASSERT_EQUAL(read_once("headers", &reading), 4);
    write_another();
    wait_a_tick();
    CU_ASSERT_EQUAL(read_once("headers", &reading), 12);
    CU_ASSERT_EQUAL(read_once("headers", &reading), 12);
    write_the_same(); /* the entry of that state is gone */
    wait_a_tick();
    CU_ASSERT_EQUAL(read_once("headers", &reading), 16);
    touch();
    wait_a_tick();
    CU_ASSERT_EQUAL(read_once("headers", &reading), 16);
    shadow();
    wait_a_tick();
    CU_ASSERT_EQUAL(read_once("headers", &reading), 20);
    hg_test_remove_tree(root);
}

static void test_key(void)
{
    struct hg_text one = {0};
    struct hg_text two = {0};
    hg_store_key_begin(&one);
    hg_store_key_begin(&two);
    CU_ASSERT(one.size > 40 && one.size == two.size && memcmp(one.data, two.data, one.size) == 0);
    setenv("CPATH", "/else", 1);
    struct hg_text other = {0};
    hg_store_key_begin(&other);
    CU_ASSERT(other.size != one.size);
    unsetenv("CPATH");
    hg_store_key_add(&one, "flag", NULL);
    hg_store_key_add(&two, "flag", "");
    CU_ASSERT(one.size != two.size || memcmp(one.data, two.data, one.size) != 0);
    hg_text_deinit(&one);
    hg_text_deinit(&two);
    hg_text_deinit(&other);
}

/* A reading that fails is not kept. */
static void test_failure(void)
{
    make_tree();
    struct reading reading = {.fails = true};
    size_t count;
    CU_ASSERT_EQUAL(read_once("headers", &reading), 0);
    CU_ASSERT_EQUAL(read_once("headers", &reading), 0);
    CU_ASSERT_EQUAL(reading.count, 2);
    find_entry(&count);
    CU_ASSERT_EQUAL(count, 0);
    hg_test_remove_tree(root);
}

/* The tree is read again and the entry replaced, whatever became of the old one. */
static void expect_replaced(struct reading *reading)
{
    unsigned before = reading->count;
    CU_ASSERT_EQUAL(read_once("headers", reading), (uint64_t)4 * (before + 1));
    CU_ASSERT_EQUAL(read_once("headers", reading), (uint64_t)4 * (before + 1));
    CU_ASSERT_EQUAL(reading->count, before + 1);
}

static void test_damage(void)
{
    make_tree();
    struct reading reading = {0};
    size_t count;
    read_once("headers", &reading);
    const char *entry = find_entry(&count);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    struct stat status;
    CU_ASSERT_FATAL(stat(entry, &status) == 0 && status.st_size > 500);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0600);
    /* every byte of the head, and others throughout */
    for (off_t at = 0; at < status.st_size; at += at < 64 ? 1 : status.st_size / 97) {
        int descriptor = open(entry, O_RDWR | O_CLOEXEC);
        char byte = 0;
        CU_ASSERT_FATAL(pread(descriptor, &byte, 1, at) == 1);
        byte = (char)(byte ^ 0x10);
        CU_ASSERT_FATAL(pwrite(descriptor, &byte, 1, at) == 1);
        close(descriptor);
        expect_replaced(&reading);
    }
    for (off_t size = 0; size < status.st_size; size += 1 + status.st_size / 23) {
        CU_ASSERT_FATAL(truncate(entry, size) == 0);
        expect_replaced(&reading);
    }
    CU_ASSERT_FATAL(truncate(entry, status.st_size + 1) == 0);
    expect_replaced(&reading);
    hg_test_remove_tree(root);
}

/* Entries and directories that somebody else could have written are no entries. */
static void test_permissions(void)
{
    make_tree();
    struct reading reading = {0};
    size_t count;
    read_once("headers", &reading);
    const char *entry = find_entry(&count);
    CU_ASSERT_EQUAL_FATAL(count, 1);
    struct stat status;
    CU_ASSERT(stat(in_root("cache/hdrgen"), &status) == 0 && (status.st_mode & 0777) == 0700);

    CU_ASSERT(chmod(entry, 0666) == 0);
    expect_replaced(&reading);
    CU_ASSERT(rename(entry, in_root("cache/moved")) == 0);
    CU_ASSERT(symlink(in_root("cache/moved"), entry) == 0);
    CU_ASSERT_EQUAL(read_once("headers", &reading), (uint64_t)4 * reading.count);
    CU_ASSERT(unlink(entry) == 0);
    CU_ASSERT(mkdir(entry, 0700) == 0);
    unsigned before = reading.count;
    read_once("headers", &reading);
    read_once("headers", &reading);
    CU_ASSERT_EQUAL(reading.count, before + 2);
    CU_ASSERT(chmod(in_root("cache/hdrgen"), 0777) == 0);
    CU_ASSERT_PTR_NULL(open_store(LIMIT));
    hg_test_remove_tree(root);
}

/* No directory can be made there: everything works, nothing is kept. */
static void test_no_directory(void)
{
    make_tree();
    struct reading reading = {0};
    const char *const paths[] = {in_root("k/Makefile/hdrgen"), "/proc/none/hdrgen", "relative",
                                 NULL};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct hg_store *store = hg_store_open(paths[i], LIMIT);
        CU_ASSERT_EQUAL(read_through(store, "headers", &reading, NULL), 4 * (i + 1));
        hg_store_close(store);
    }
    hg_test_remove_tree(root);
}

/* A limit on the size of files stands for a full disk: writing fails half-way. */
static void test_full_disk(void)
{
    make_tree();
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {.rlim_cur = 1000, .rlim_max = 1000};
        struct reading reading = {.padding = 1000};
        bool is_good = setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
                       read_once("headers", &reading) == 4 && read_once("headers", &reading) == 8;
        _exit(is_good ? 0 : 1);
    }
    int status = -1;
    CU_ASSERT_FATAL(waitpid(child, &status, 0) == child);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    size_t count;
    find_entry(&count);
    CU_ASSERT_EQUAL(count, 0);
    hg_test_remove_tree(root);
}

/* Many processes read and replace one entry: each gets a whole model, and one entry is left. */
static void test_at_once(void)
{
    enum { CHILDREN = 8, ROUNDS = 30 };
    make_tree();
    pid_t children[CHILDREN];
    for (unsigned i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        bool is_good = true;
        for (unsigned round = 0; round < ROUNDS && is_good; round++) {
            struct reading reading = {.count = i, .padding = 200};
            if (round % 3 == 0)
                touch(); /* entries are refreshed, and some not kept */
            uint64_t size = read_once("headers", &reading);
            is_good = size >= 4 && size <= 4 * CHILDREN && size % 4 == 0;
        }
        _exit(is_good ? 0 : 1);
    }
    for (unsigned i = 0; i < CHILDREN; i++) {
        int status = -1;
        CU_ASSERT_FATAL(waitpid(children[i], &status, 0) == children[i]);
        CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    wait_a_tick();
    struct reading reading = {.count = 20};
    read_once("headers", &reading);
    size_t count;
    find_entry(&count);
    CU_ASSERT_EQUAL(count, 1);
    hg_test_remove_tree(root);
}

/* The longest unused entries go first, and files that are not the store's stay. */
static void test_eviction(void)
{
    make_tree();
    struct reading reading = {.padding = 100};
    size_t count;
    read_once("a", &reading);
    struct stat status;
    CU_ASSERT_FATAL(stat(find_entry(&count), &status) == 0);
    uint64_t limit = (uint64_t)status.st_size * 5 / 2; /* two of them */
    put("cache/hdrgen/mine.txt", "");
    put("cache/hdrgen/tree-0123456789abcdef.Xabcde", "stale");
    const struct timespec old[] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};
    utimensat(AT_FDCWD, in_root("cache/hdrgen/tree-0123456789abcdef.Xabcde"), old, 0);
    const char *const order[] = {"b", "a", "c", "a", "b"};
    const uint64_t expected[] = {8, 4, 12, 4, 16}; /* c drove b out */
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        wait_a_tick();
        struct hg_store *store = open_store(limit);
        CU_ASSERT_EQUAL(read_through(store, order[i], &reading, NULL), expected[i]);
        hg_store_close(store);
    }
    find_entry(&count);
    CU_ASSERT_EQUAL(count, 3); /* a, b, and what is not ours */
    CU_ASSERT(access(in_root("cache/hdrgen/mine.txt"), F_OK) == 0);

    struct hg_store *store = open_store(100); /* too small for any */
    unsigned before = reading.count;
    read_through(store, "d", &reading, NULL);
    read_through(store, "d", &reading, NULL);
    CU_ASSERT_EQUAL(reading.count, before + 2);
    hg_store_close(store);
    hg_test_remove_tree(root);
}

void hg_test_store(void)
{
    CU_pSuite suite = CU_add_suite("store", NULL, NULL);
    CU_add_test(suite, "stamps: changes", test_changes);
    CU_add_test(suite, "stamps: build files", test_build_files);
    CU_add_test(suite, "stamps: refreshed", test_refreshed);
    CU_add_test(suite, "stamps: changed while it is read", test_changed_while_read);
    CU_add_test(suite, "stamps: what cannot be stamped", test_not_stampable);
    CU_add_test(suite, "stamps: damage", test_damaged_stamps);
    CU_add_test(suite, "hit and miss", test_hit_and_miss);
    CU_add_test(suite, "key", test_key);
    CU_add_test(suite, "failure", test_failure);
    CU_add_test(suite, "damage", test_damage);
    CU_add_test(suite, "permissions", test_permissions);
    CU_add_test(suite, "no directory", test_no_directory);
    CU_add_test(suite, "full disk", test_full_disk);
    CU_add_test(suite, "many at once", test_at_once);
    CU_add_test(suite, "eviction", test_eviction);
}
