/* The pool: what comes back from children, of whatever they die, and that nothing stays. */
#include "tree/pool.h"
#include "helpers.h"
#include "suites.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#define HAS_ASAN __has_feature(address_sanitizer)
#else
#define HAS_ASAN 0
#endif

/* A task of these tests, and what became of it. */
struct probe {
    struct hg_pool *pool;
    unsigned number;
    enum hg_task_end end;
    int signal;
    struct hg_text bytes;
    struct hg_text *log; /* NULL = none: the numbers in the order they were done */
    struct probe *next;  /* NULL, or what done adds */
};

static void keep(void *user, const struct hg_task_result *result)
{
    struct probe *probe = user;
    probe->end = result->end;
    probe->signal = result->signal;
    hg_text_bytes(&probe->bytes, result->bytes, result->size);
    if (probe->log != NULL)
        hg_text_printf(probe->log, "%u ", probe->number);
}

static void say_number(void *user, struct hg_task_output *output)
{
    const struct probe *probe = user;
    hg_task_send(output, &probe->number, sizeof probe->number);
}

static void say_much(void *user, struct hg_task_output *output)
{
    (void)user;
    char bytes[1000];
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < 1000; i++)
        hg_task_send(output, bytes, sizeof bytes);
}

static void crash(void *user, struct hg_task_output *output)
{
    say_number(user, output);
    signal(SIGSEGV, SIG_DFL); /* a sanitizer has a handler */
    raise(SIGSEGV);
}

static void leave(void *user, struct hg_task_output *output)
{
    say_number(user, output);
    _exit(0);
}

static void spin(void *user, struct hg_task_output *output)
{
    say_number(user, output);
    for (volatile unsigned i = 0;; i++)
        ;
}

/* Longer than the limit, but no part of it is. */
static void spin_in_parts(void *user, struct hg_task_output *output)
{
    (void)user;
    for (int part = 0; part < 3; part++) {
        hg_task_renew(output);
        clock_t begin = clock();
        while (clock() - begin < CLOCKS_PER_SEC * 8 / 10)
            ;
    }
}

static void hang(void *user, struct hg_task_output *output)
{
    (void)user;
    (void)output;
    pause();
}

static void eat(void *user, struct hg_task_output *output)
{
    (void)output;
    struct probe *probe = user;
    for (size_t i = 0; i < 4096; i++) {
        char *bytes = malloc(1 << 20);
        if (bytes == NULL)
            abort();
        memset(bytes, (int)i, 1 << 20);
        probe->bytes.data = bytes; /* lest it is optimised away */
    }
}

typedef void work_fn(void *user, struct hg_task_output *output);

/* One task alone; the caller frees probe.bytes. */
static struct probe run_one(work_fn *work, const struct hg_pool_options *options)
{
    struct probe probe = {.number = 7};
    struct hg_pool *pool = hg_pool_create(options);
    hg_pool_add(pool, &(struct hg_task){.work = work, .done = keep, .user = &probe});
    CU_ASSERT_EQUAL(hg_pool_run(pool, NULL), HG_OK);
    CU_ASSERT_EQUAL(hg_pool_statistics(pool)->started, 1);
    CU_ASSERT(hg_pool_statistics(pool)->peak_memory > 0);
    hg_pool_destroy(pool);
    return probe;
}

static void check_end(work_fn *work, const struct hg_pool_options *options, enum hg_task_end end,
                      bool has_number)
{
    struct probe probe = run_one(work, options);
    CU_ASSERT_EQUAL(probe.end, end);
    unsigned number = 0;
    CU_ASSERT_EQUAL(probe.bytes.size, has_number ? sizeof number : 0);
    if (probe.bytes.size == sizeof number)
        memcpy(&number, probe.bytes.data, sizeof number);
    CU_ASSERT_EQUAL(number, has_number ? 7 : 0);
    hg_text_deinit(&probe.bytes);
}

/* Whatever a child dies of is told apart, and what it sent before is there. */
static void test_ends(void)
{
    struct hg_pool_options none = {0};
    struct hg_pool_options limits = {
        .cpu_limit = 60, .quiet_limit = 600, .memory_limit = (size_t)1 << 30};
    check_end(say_number, &none, HG_TASK_DONE, true);
    check_end(say_number, &limits, HG_TASK_DONE, true);
    check_end(crash, &none, HG_TASK_CRASHED, true);
    check_end(leave, &none, HG_TASK_CUT_SHORT, true);
    check_end(spin, &(struct hg_pool_options){.cpu_limit = 1}, HG_TASK_CPU, true);
    check_end(spin_in_parts, &(struct hg_pool_options){.cpu_limit = 1}, HG_TASK_DONE, false);
    check_end(hang, &(struct hg_pool_options){.quiet_limit = 1}, HG_TASK_QUIET, false);
    if (!HAS_ASAN)
        check_end(eat, &limits, HG_TASK_MEMORY, false);
}

static void test_words(void)
{
    struct hg_pool *pool = hg_pool_create(&(struct hg_pool_options){0});
    for (int end = HG_TASK_DONE; end <= HG_TASK_CUT_SHORT; end++) {
        struct hg_text text = {0};
        hg_pool_describe(
            pool, &(struct hg_task_result){.end = (enum hg_task_end)end, .signal = SIGSEGV}, &text);
        CU_ASSERT(text.size > 0);
        if (end == HG_TASK_CRASHED)
            CU_ASSERT_PTR_NOT_NULL(strstr(hg_text_string(&text), "signal 11"));
        hg_text_deinit(&text);
    }
    hg_pool_destroy(pool);
}

static void test_large_result(void)
{
    struct probe probe = run_one(say_much, &(struct hg_pool_options){0});
    CU_ASSERT_EQUAL(probe.end, HG_TASK_DONE);
    CU_ASSERT_EQUAL(probe.bytes.size, 1000 * 1000);
    hg_text_deinit(&probe.bytes);
}

/* Many tasks among which every tenth crashes: each gets its own result. */
static void test_many(void)
{
    enum { COUNT = 200 };
    struct probe probes[COUNT] = {0};
    struct hg_pool *pool = hg_pool_create(&(struct hg_pool_options){.jobs = 8});
    for (unsigned i = 0; i < COUNT; i++) {
        probes[i].number = i;
        hg_pool_add(pool, &(struct hg_task){.work = i % 10 == 9 ? crash : say_number,
                                            .done = keep,
                                            .user = &probes[i]});
    }
    CU_ASSERT_EQUAL(hg_pool_run(pool, NULL), HG_OK);
    CU_ASSERT_EQUAL(hg_pool_statistics(pool)->started, COUNT);
    hg_pool_destroy(pool);
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned number = COUNT;
        CU_ASSERT_EQUAL(probes[i].end, i % 10 == 9 ? HG_TASK_CRASHED : HG_TASK_DONE);
        CU_ASSERT_EQUAL_FATAL(probes[i].bytes.size, sizeof number);
        memcpy(&number, probes[i].bytes.data, sizeof number);
        CU_ASSERT_EQUAL(number, i);
        hg_text_deinit(&probes[i].bytes);
    }
}

static void add_probe(struct hg_pool *pool, struct probe *probe, unsigned priority);

static void keep_and_add(void *user, const struct hg_task_result *result)
{
    struct probe *probe = user;
    keep(user, result);
    if (probe->next != NULL)
        add_probe(probe->pool, probe->next, 0);
}

static void add_probe(struct hg_pool *pool, struct probe *probe, unsigned priority)
{
    hg_pool_add(pool,
                &(struct hg_task){
                    .work = say_number, .done = keep_and_add, .user = probe, .priority = priority});
}

/* By priority, then in the order they were added; what `done` adds is run, too. */
static void test_order(void)
{
    struct hg_text log = {0};
    struct hg_pool *pool = hg_pool_create(&(struct hg_pool_options){.jobs = 1});
    struct probe probes[6] = {0};
    for (unsigned i = 0; i < 6; i++)
        probes[i] = (struct probe){.pool = pool, .number = i, .log = &log};
    probes[1].next = &probes[5];
    for (unsigned i = 0; i < 5; i++)
        add_probe(pool, &probes[i], i == 1 || i == 3 ? 1 : 2);
    CU_ASSERT_EQUAL(hg_pool_run(pool, NULL), HG_OK);
    CU_ASSERT(hg_test_same(hg_text_string(&log), "1 5 3 0 2 4 "));
    hg_pool_destroy(pool);
    hg_text_deinit(&log);
    for (unsigned i = 0; i < 6; i++)
        hg_text_deinit(&probes[i].bytes);
}

/* --- signals --- */

struct stage {
    int out;
    char directory[200];
};

/* A child tells its id, and stays. */
static void tell_and_hang(void *user, struct hg_task_output *output)
{
    (void)output;
    const struct stage *stage = user;
    pid_t own = getpid();
    char path[300];
    snprintf(path, sizeof path, "%s/%d.tmp", stage->directory, (int)own);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    if (write(stage->out, &own, sizeof own) == sizeof own)
        pause();
}

static void ignore(void *user, const struct hg_task_result *result)
{
    (void)user;
    (void)result;
}

/* A process with a pool of two children that hang: tells its directory and their ids. */
_Noreturn static void run_stage(int out)
{
    struct stage stage = {.out = out};
    struct hg_pool *pool = hg_pool_create(&(struct hg_pool_options){.jobs = 2});
    const char *directory = hg_pool_directory(pool);
    if (directory == NULL)
        _exit(1);
    snprintf(stage.directory, sizeof stage.directory, "%s", directory);
    if (write(out, stage.directory, sizeof stage.directory) != sizeof stage.directory)
        _exit(1);
    for (int i = 0; i < 2; i++)
        hg_pool_add(pool, &(struct hg_task){.work = tell_and_hang, .done = ignore, .user = &stage});
    _exit(hg_pool_run(pool, NULL) == HG_OK ? 0 : 1);
}

static void read_all(int from, void *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = read(from, (char *)bytes + done, size - done);
        CU_ASSERT_FATAL(count > 0);
        done += (size_t)count;
    }
}

static void check_signal(int number)
{
    int ends[2];
    CU_ASSERT_FATAL(pipe(ends) == 0);
    fflush(NULL);
    pid_t process = fork();
    if (process == 0)
        run_stage(ends[1]);
    close(ends[1]);
    char directory[200];
    pid_t children[2];
    read_all(ends[0], directory, sizeof directory);
    read_all(ends[0], children, sizeof children);
    struct stat status;
    CU_ASSERT_EQUAL(stat(directory, &status), 0);
    CU_ASSERT_EQUAL(kill(children[0], 0), 0);

    kill(process, number);
    int ended = 0;
    CU_ASSERT_EQUAL(waitpid(process, &ended, 0), process);
    CU_ASSERT(WIFSIGNALED(ended) && WTERMSIG(ended) == number);
    CU_ASSERT_EQUAL(kill(children[0], 0), -1);
    CU_ASSERT_EQUAL(kill(children[1], 0), -1);
    CU_ASSERT_EQUAL(stat(directory, &status), -1);
    close(ends[0]);
}

/* Signals end the process as ever, and nothing of it stays. */
static void test_signals(void)
{
    check_signal(SIGINT);
    check_signal(SIGTERM);
    check_signal(SIGHUP);
    check_signal(SIGUSR1);
}

static bool has_handler(int number)
{
    struct sigaction action;
    CU_ASSERT_EQUAL(sigaction(number, NULL, &action), 0);
    return action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
}

static void on_signal(int number)
{
    (void)number;
}

/* A signal that the program ignores stays ignored, a handler that it sets while there is a pool
 * stays, and the other signals are as before in the end. */
static void test_dispositions(void)
{
    signal(SIGHUP, SIG_IGN);
    struct hg_pool *pool = hg_pool_create(&(struct hg_pool_options){0});
    struct hg_pool *other = hg_pool_create(&(struct hg_pool_options){0});
    CU_ASSERT(has_handler(SIGINT));
    CU_ASSERT_FALSE(has_handler(SIGHUP));
    hg_pool_destroy(pool); /* the older one first: the younger one goes on */
    CU_ASSERT(has_handler(SIGINT));
    CU_ASSERT(has_handler(SIGTERM));
    signal(SIGTERM, on_signal);
    hg_pool_destroy(other);
    CU_ASSERT_FALSE(has_handler(SIGINT));
    struct sigaction own;
    CU_ASSERT_EQUAL(sigaction(SIGTERM, NULL, &own), 0);
    CU_ASSERT(own.sa_handler == on_signal);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
}

/* The directory goes with the pool, and what is in it. */
static void test_directory(void)
{
    struct hg_pool *pool = hg_pool_create(&(struct hg_pool_options){0});
    char directory[200];
    snprintf(directory, sizeof directory, "%s", hg_pool_directory(pool));
    CU_ASSERT_PTR_EQUAL(hg_pool_directory(pool), hg_pool_directory(pool));
    for (int i = 0; i < 500; i++) { /* more than one call lists */
        char path[300];
        snprintf(path, sizeof path, "%s/some-longer-name-of-a-file-%d", directory, i);
        close(open(path, O_CREAT | O_WRONLY, 0600));
    }
    struct stat status;
    CU_ASSERT_EQUAL(stat(directory, &status), 0);
    hg_pool_destroy(pool);
    CU_ASSERT_EQUAL(stat(directory, &status), -1);

    char *kept = getenv("TMPDIR") == NULL ? NULL : strdup(getenv("TMPDIR"));
    setenv("TMPDIR", "/nonexistent/directory", 1);
    pool = hg_pool_create(&(struct hg_pool_options){0});
    CU_ASSERT_PTR_NULL(hg_pool_directory(pool));
    hg_pool_destroy(pool);
    if (kept == NULL)
        unsetenv("TMPDIR");
    else
        setenv("TMPDIR", kept, 1);
    free(kept);
}

/* A pool that is not run to its end leaves no child either. */
static void test_destroy(void)
{
    struct hg_pool *pool = hg_pool_create(&(struct hg_pool_options){.jobs = 2});
    struct probe probe = {0};
    hg_pool_add(pool, &(struct hg_task){.work = hang, .done = keep, .user = &probe});
    hg_pool_destroy(pool);
    CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
    hg_pool_destroy(NULL);
}

void hg_test_pool(void)
{
    CU_pSuite suite = CU_add_suite("pool", NULL, NULL);
    CU_ADD_TEST(suite, test_ends);
    CU_ADD_TEST(suite, test_words);
    CU_ADD_TEST(suite, test_large_result);
    CU_ADD_TEST(suite, test_many);
    CU_ADD_TEST(suite, test_order);
    CU_ADD_TEST(suite, test_signals);
    CU_ADD_TEST(suite, test_dispositions);
    CU_ADD_TEST(suite, test_directory);
    CU_ADD_TEST(suite, test_destroy);
}
