/* A directory of BTF is replaced as a whole, and nothing else ever is. */
#include "tree/directory.h"
#include "base/memory.h"
#include "base/text.h"
#include "helpers.h"
#include "suites.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char btf[] = "\x9f\xeb\x01\x00...";
static char parent[] = "/tmp/hdrgen-directory-XXXXXX";

static const char *at(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", parent, name);
    return path;
}

static void make_parent(void)
{
    strcpy(parent + sizeof parent - 7, "XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(parent) != NULL);
}

static void remove_parent(void)
{
    hg_test_remove_tree(parent);
}

static void put_file(const char *name, const char *text)
{
    int descriptor = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CU_ASSERT(descriptor >= 0 && write(descriptor, text, strlen(text)) == (ssize_t)strlen(text));
    close(descriptor);
}

/* The names in a directory, sorted, each followed by a blank. */
static const char *names_in(const char *path)
{
    static char text[512];
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    text[0] = '\0';
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.' || strlen(entries[i]->d_name) > 2) {
            strncat(text, entries[i]->d_name, sizeof text - strlen(text) - 1);
            strncat(text, " ", sizeof text - strlen(text) - 1);
        }
        free(entries[i]);
    }
    free(entries);
    return text;
}

static enum hg_status write_directory(const char *path, const char *const *names, size_t count,
                                      struct hg_diagnostics *diagnostics)
{
    struct hg_btf_directory *directory = NULL;
    enum hg_status status = hg_btf_directory_begin(path, diagnostics, &directory);
    for (size_t i = 0; i < count && status == HG_OK; i++)
        status = hg_btf_directory_put(directory, names[i], btf, sizeof btf, diagnostics);
    if (status == HG_OK)
        status = hg_btf_directory_finish(directory, diagnostics);
    hg_btf_directory_destroy(directory);
    return status;
}

static const char *const three[] = {"vmlinux", "ext4", "nf_conntrack"};

static void test_new(void)
{
    mode_t mask = umask(027);
    CU_ASSERT_EQUAL(write_directory(at("out"), three, 3, NULL), HG_OK);
    umask(mask);
    CU_ASSERT(hg_test_same(names_in(at("out")), "ext4 nf_conntrack vmlinux "));
    CU_ASSERT(hg_test_same(names_in(parent), "out "));
    struct stat status;
    CU_ASSERT(stat(at("out"), &status) == 0 && (status.st_mode & 0777) == 0750);
    CU_ASSERT(stat(at("out/ext4"), &status) == 0 && (status.st_mode & 0777) == 0640);
}

static void test_replaced(void)
{
    CU_ASSERT(mkdir(at("out"), 0711) == 0); /* empty */
    CU_ASSERT_EQUAL(write_directory(at("out/"), three, 3, NULL), HG_OK);
    CU_ASSERT(symlink("out", at("link")) == 0);
    CU_ASSERT_EQUAL(write_directory(at("link"), three, 2, NULL), HG_OK); /* an earlier one */
    CU_ASSERT(hg_test_same(names_in(at("out")), "ext4 vmlinux "));
    CU_ASSERT(hg_test_same(names_in(parent), "link out "));
    struct stat status;
    CU_ASSERT(stat(at("out"), &status) == 0 && (status.st_mode & 0777) == 0711);
}

static void expect_kept(const char *words)
{
    struct hg_test_log log;
    hg_test_log_init(&log);
    CU_ASSERT_EQUAL(write_directory(at("out"), three, 3, &log.diagnostics), HG_ERROR_IO);
    CU_ASSERT(hg_test_reported(&log, words));
    hg_test_log_deinit(&log);
}

static void test_refused(void)
{
    CU_ASSERT_EQUAL(write_directory(at("out"), three, 3, NULL), HG_OK);
    put_file("out/main.c", "int main;");
    expect_kept("'main.c'");
    unlink(at("out/main.c"));
    put_file("out/.hidden", btf);
    expect_kept("'.hidden'");
    unlink(at("out/.hidden"));
    CU_ASSERT(mkdir(at("out/sub"), 0700) == 0);
    expect_kept("'sub'");
    rmdir(at("out/sub"));
    CU_ASSERT(symlink("ext4", at("out/link")) == 0);
    expect_kept("'link'");
    unlink(at("out/link"));
    CU_ASSERT(hg_test_same(names_in(at("out")), "ext4 nf_conntrack vmlinux "));
    CU_ASSERT(rename(at("out"), at("old")) == 0);
    put_file("out", "a file");
    expect_kept("Not a directory");
    CU_ASSERT(hg_test_same(names_in(parent), "old out "));

    struct hg_test_log log;
    hg_test_log_init(&log);
    static const char *const evil[] = {"../evil"};
    CU_ASSERT_EQUAL(write_directory(at("fine"), evil, 1, &log.diagnostics), HG_ERROR_INPUT);
    CU_ASSERT_EQUAL(write_directory("", three, 3, &log.diagnostics), HG_ERROR_USAGE);
    CU_ASSERT_EQUAL(write_directory("/proc/none/out", three, 3, &log.diagnostics), HG_ERROR_IO);
    CU_ASSERT(hg_test_same(names_in(parent), "old out "));
    hg_test_log_deinit(&log);
}

/* What another program put there in the meantime stays. */
static void test_filled_meanwhile(void)
{
    struct hg_btf_directory *directory = NULL;
    CU_ASSERT_EQUAL(hg_btf_directory_begin(at("out"), NULL, &directory), HG_OK);
    CU_ASSERT(mkdir(at("out"), 0700) == 0);
    put_file("out/notes", "mine");
    CU_ASSERT_EQUAL(hg_btf_directory_finish(directory, NULL), HG_ERROR_IO);
    hg_btf_directory_destroy(directory);
    CU_ASSERT(hg_test_same(names_in(parent), "out "));
    CU_ASSERT(hg_test_same(names_in(at("out")), "notes "));
}

/* A child that writes files and then ends as `how` says; nothing of it is left. */
static void expect_nothing_left(void (*how)(void))
{
    CU_ASSERT_EQUAL(write_directory(at("out"), three, 2, NULL), HG_OK);
    pid_t child = fork();
    if (child == 0) {
        struct hg_btf_directory *directory = NULL;
        if (hg_btf_directory_begin(at("out"), NULL, &directory) == HG_OK &&
            hg_btf_directory_put(directory, "new", btf, sizeof btf, NULL) == HG_OK)
            how();
        char *large = hg_calloc(1, 10000);
        bool is_refused =
            hg_btf_directory_put(directory, "large", large, 10000, NULL) == HG_ERROR_IO;
        hg_btf_directory_destroy(directory);
        _exit(is_refused ? 0 : 1);
    }
    int status = -1;
    CU_ASSERT_FATAL(waitpid(child, &status, 0) == child);
    CU_ASSERT(WIFSIGNALED(status) ? WTERMSIG(status) == SIGTERM : WEXITSTATUS(status) == 0);
    CU_ASSERT(hg_test_same(names_in(parent), "out "));
    CU_ASSERT(hg_test_same(names_in(at("out")), "ext4 vmlinux "));
}

static void be_killed(void)
{
    raise(SIGTERM);
}

static void fill_disk(void)
{
    const struct rlimit limit = {.rlim_cur = 5000, .rlim_max = 5000};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
}

static void test_killed(void)
{
    expect_nothing_left(be_killed);
}

static void test_full_disk(void)
{
    expect_nothing_left(fill_disk);
}

void hg_test_directory(void)
{
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown("directory of BTF", NULL, NULL,
                                                           make_parent, remove_parent);
    CU_add_test(suite, "new", test_new);
    CU_add_test(suite, "replaced", test_replaced);
    CU_add_test(suite, "refused", test_refused);
    CU_add_test(suite, "filled meanwhile", test_filled_meanwhile);
    CU_add_test(suite, "nothing is left when killed", test_killed);
    CU_add_test(suite, "nothing is left when the disk is full", test_full_disk);
}
