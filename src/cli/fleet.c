/*
 * check on many kernels: each is read in a process of its own, asked, and gone.
 *
 *     check a.o b.o --btf 5.10.btf --btf 6.1.btf --fleet btfs
 *
 *     parent                         child, one a kernel
 *     reads the objects once    ->   inherits them; reads the kernel; asks for all that they need
 *     takes the column          <-   sends the answers through a pipe
 *
 * So memory is bounded by the jobs that run at once, a kernel that cannot be read ends nothing but
 * its own process, and the result does not depend on how many run.  A kernel that cannot be read is
 * an error of the whole: its column would be a guess.
 *
 * A fleet is a directory with files of BTF, at any depth: BTFHub's tree of .btf.tar.xz, images,
 * .btf.  What stands beside one of them under the same name is known of that kernel: .map or
 * .System.map, .config; and where its name begins with a release, that.  In a copy of /boot, it is
 * System.map-RELEASE and config-RELEASE beside vmlinuz-RELEASE.
 */
#include "cli.h"

#include "base/diag.h"
#include "base/file.h"
#include "surface/matrix.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KERNELS_MAX = 4096, DEPTH_MAX = 8, JOBS_MAX = 64, ANSWERS_MAX = 256 * 1024 * 1024 };
/* Debian's System.map is a line that says where the real one is. */
enum { SYMBOLS_MIN = 4096 };

/* A kernel of the fleet. */
struct kernel {
    const char *name;
    struct source source;
};

struct fleet {
    struct hg_arena arena;
    HG_ARRAY(struct kernel) kernels;
};

/* --- which kernels --- */

static bool ends_with(const char *name, const char *suffix)
{
    size_t length = strlen(name);
    size_t tail = strlen(suffix);
    return length > tail && strcmp(name + length - tail, suffix) == 0;
}

/* The length of the name without the suffix of a file of BTF; 0 = it is none. */
static size_t stem_length(const char *name)
{
    static const char *const suffixes[] = {".btf",    ".btf.tar.xz", ".btf.tar.gz", ".btf.tar.zst",
                                           ".btf.xz", ".btf.gz",     ".btf.zst"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (ends_with(name, suffixes[i]))
            return strlen(name) - strlen(suffixes[i]);
    bool is_image = strncmp(name, "vmlinux", 7) == 0 || strncmp(name, "vmlinuz", 7) == 0;
    bool is_other = ends_with(name, ".map") || ends_with(name, ".config") || ends_with(name, ".h");
    return is_image && !is_other ? strlen(name) : 0;
}

/* DIR/STEM.SUFFIX; NULL = there is no such file of at least that size. */
static const char *beside(struct fleet *fleet, const char *path, size_t stem, const char *suffix,
                          off_t size)
{
    struct hg_text text = {0};
    struct stat about;
    hg_text_bytes(&text, path, stem);
    hg_text_put(&text, suffix);
    bool is_there = stat(hg_text_string(&text), &about) == 0 && S_ISREG(about.st_mode) &&
                    about.st_size >= size && access(hg_text_string(&text), R_OK) == 0;
    const char *found = is_there ? hg_arena_string(&fleet->arena, text.data, text.size) : NULL;
    hg_text_deinit(&text);
    return found;
}

/* `6.1` and what follows; not a date or a build's number. */
static bool is_release(const char *name)
{
    size_t major = strspn(name, "0123456789");
    size_t minor = name[major] == '.' ? strspn(name + major + 1, "0123456789") : 0;
    return major >= 1 && major <= 2 && minor >= 1 && minor <= 2;
}

/* As in /boot: vmlinuz-RELEASE, System.map-RELEASE, config-RELEASE. */
static void add_boot_files(struct fleet *fleet, const char *path, struct kernel *kernel)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    size_t directory = (size_t)(base - path);
    bool is_boot = strncmp(base, "vmlinuz-", 8) == 0 || strncmp(base, "vmlinux-", 8) == 0;
    if (!is_boot)
        return;
    const char *release = hg_arena_string(&fleet->arena, base + 8, strlen(base + 8));
    struct hg_text text = {0};
    hg_text_printf(&text, "System.map-%s", release);
    kernel->source.beside.symbols =
        beside(fleet, path, directory, hg_text_string(&text), SYMBOLS_MIN);
    hg_text_truncate(&text, 0);
    hg_text_printf(&text, "config-%s", release);
    kernel->source.beside.config = beside(fleet, path, directory, hg_text_string(&text), 0);
    hg_text_deinit(&text);
    if (is_release(release))
        kernel->source.beside.release = release;
}

/* root_length: of the fleet's directory in path, with the slash that follows it. */
static void add_file(struct fleet *fleet, const char *path, size_t root_length,
                     const struct source *like)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    size_t stem = (size_t)(base - path) + stem_length(base);
    struct kernel kernel = {.source = *like};
    const char *copy = hg_arena_string(&fleet->arena, path, strlen(path));
    kernel.name = hg_arena_string(&fleet->arena, path + root_length, stem - root_length);
    kernel.source.kind = SOURCE_BTF;
    kernel.source.btf = (struct hg_btf_options){.path = copy};
    kernel.source.beside.symbols = beside(fleet, path, stem, ".System.map", SYMBOLS_MIN);
    if (kernel.source.beside.symbols == NULL)
        kernel.source.beside.symbols = beside(fleet, path, stem, ".map", SYMBOLS_MIN);
    kernel.source.beside.config = beside(fleet, path, stem, ".config", 0);
    if (is_release(base))
        kernel.source.beside.release =
            hg_arena_string(&fleet->arena, base, strspn(base, "0123456789."));
    add_boot_files(fleet, path, &kernel);
    *HG_PUSH(&fleet->kernels) = kernel;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static enum hg_status walk(struct fleet *fleet, const char *directory, size_t root_length,
                           unsigned depth, const struct source *like,
                           struct hg_diagnostics *diagnostics)
{
    struct dirent **entries = NULL;
    int count = depth == DEPTH_MAX ? 0 : scandir(directory, &entries, is_shown, alphasort);
    enum hg_status status = HG_OK;
    if (count < 0) {
        hg_error(diagnostics, NULL, "cannot read '%s': %s", directory, strerror(errno));
        return HG_ERROR_IO;
    }
    for (int i = 0; i < count; i++) {
        struct hg_text path = {0};
        struct stat about;
        hg_text_printf(&path, "%s/%s", directory, entries[i]->d_name);
        bool is_there = status == HG_OK && lstat(hg_text_string(&path), &about) == 0;
        bool is_link = is_there && S_ISLNK(about.st_mode);
        if (is_link)
            is_there = stat(hg_text_string(&path), &about) == 0 && S_ISREG(about.st_mode);
        if (is_there && S_ISDIR(about.st_mode))
            status = walk(fleet, hg_text_string(&path), root_length, depth + 1, like, diagnostics);
        else if (is_there && S_ISREG(about.st_mode) && stem_length(entries[i]->d_name) > 0)
            add_file(fleet, hg_text_string(&path), root_length, like);
        hg_text_deinit(&path);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static enum hg_status add_directory(struct fleet *fleet, const char *directory,
                                    const struct source *like, struct hg_diagnostics *diagnostics)
{
    size_t before = fleet->kernels.count;
    enum hg_status status = walk(fleet, directory, strlen(directory) + 1, 0, like, diagnostics);
    if (status == HG_OK && fleet->kernels.count == before) {
        hg_error(diagnostics, NULL,
                 "--fleet %s: there is no BTF in it: files that end in .btf or .btf.tar.xz, or "
                 "begin with vmlinux or vmlinuz, are taken for it",
                 directory);
        status = HG_ERROR_INPUT;
    }
    return status;
}

static enum hg_status collect(const struct options *options, struct fleet *fleet,
                              struct hg_diagnostics *diagnostics)
{
    for (size_t i = 0; i < options->source_count; i++) {
        struct hg_text text = {0};
        const struct source *source = &options->sources[i];
        struct kernel kernel = {.source = *source};
        describe_source(source, &text);
        const char *name = hg_text_string(&text);
        name += strncmp(name, " --btf ", 7) == 0 ? 7 : 1;
        kernel.name = hg_arena_string(&fleet->arena, name, strlen(name));
        kernel.source.beside = facts_beside(source, &fleet->arena);
        *HG_PUSH(&fleet->kernels) = kernel;
        hg_text_deinit(&text);
    }
    enum hg_status status = HG_OK;
    for (size_t i = 0; status == HG_OK && i < options->fleets.count; i++)
        status = add_directory(fleet, options->fleets.items[i], &options->like, diagnostics);
    if (status == HG_OK && fleet->kernels.count > KERNELS_MAX) {
        hg_error(diagnostics, NULL, "more than %d kernels", KERNELS_MAX);
        status = HG_ERROR_USAGE;
    }
    return status;
}

/* A mistyped -o must not destroy what is read. */
static enum hg_status check_output_of_fleet(const struct options *options,
                                            const struct fleet *fleet,
                                            struct hg_diagnostics *diagnostics)
{
    struct stat output;
    struct stat input;
    if (strcmp(options->output, "-") == 0 || stat(options->output, &output) != 0)
        return HG_OK;
    size_t count = fleet->kernels.count + options->object_count;
    for (size_t i = 0; i < count; i++) {
        const char *path = i < options->object_count
                               ? options->objects[i]
                               : fleet->kernels.items[i - options->object_count].source.btf.path;
        if (path == NULL || stat(path, &input) != 0 || input.st_dev != output.st_dev ||
            input.st_ino != output.st_ino)
            continue;
        hg_error(diagnostics, NULL, "the output '%s' is one of the files that were read",
                 options->output);
        return HG_ERROR_USAGE;
    }
    return HG_OK;
}

/* --- a child: one kernel --- */

static enum hg_status ask_object(const struct options *options, const struct hg_model *model,
                                 const struct hg_kernel_facts *facts,
                                 const struct hg_core_object *object,
                                 const struct hg_surface *surface,
                                 struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    struct hg_core_report *report = NULL;
    struct hg_answers *answers = NULL;
    enum hg_core_loader loader = options->loaders == LOADER_AYA ? HG_CORE_AYA : HG_CORE_LIBBPF;
    enum hg_status status = hg_core_check(object, model, loader, diagnostics, &report);
    if (status != HG_OK)
        return status;
    hg_surface_ask(surface, facts, report, &answers);
    hg_matrix_put_answers(text, report, answers);
    hg_answers_destroy(answers);
    hg_core_report_destroy(report);
    return HG_OK;
}

static enum hg_status ask_kernel(const struct options *options, const struct kernel *kernel,
                                 const struct objects *objects, const struct surfaces *surfaces,
                                 struct hg_diagnostics *diagnostics, struct hg_text *text)
{
    struct hg_model *model = NULL;
    struct hg_kernel_facts *facts = NULL;
    enum hg_status status = read_for_objects(&kernel->source, objects, diagnostics, &model);
    struct hg_facts_options beside = kernel->source.beside;
    beside.no_suggestions = true;
    if (status == HG_OK)
        status = hg_facts_create(model, &beside, diagnostics, &facts);
    for (size_t i = 0; status == HG_OK && i < objects->count; i++)
        status = ask_object(options, model, facts, objects->items[i], surfaces->items[i],
                            diagnostics, text);
    if (status == HG_OK)
        status = check_strict(options, diagnostics);
    return status;
}

/* --- the parent --- */

struct job {
    pid_t process;
    int pipe;
    size_t kernel;
    struct hg_text answers;
};

struct jobs {
    const struct options *options;
    const struct fleet *fleet;
    const struct objects *objects;
    const struct surfaces *surfaces;
    struct hg_diagnostics *diagnostics;
    struct matrix *matrix;
    struct job running[JOBS_MAX];
    size_t count;
    size_t done;
    struct progress progress;
    bool shows;
};

static bool start_job(struct jobs *jobs, size_t number)
{
    int ends[2];
    fflush(NULL);
    if (pipe(ends) != 0)
        return false;
    pid_t process = fork();
    if (process == 0) {
        struct hg_text text = {0};
        close(ends[0]);
        enum hg_status status = ask_kernel(jobs->options, &jobs->fleet->kernels.items[number],
                                           jobs->objects, jobs->surfaces, jobs->diagnostics, &text);
        bool is_sent = status == HG_OK && hg_file_write_all(ends[1], "the answers", text.data,
                                                            text.size, NULL) == HG_OK;
        fflush(NULL);
        _exit(is_sent ? 0 : 2);
    }
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return false;
    }
    jobs->running[jobs->count++] =
        (struct job){.process = process, .pipe = ends[0], .kernel = number};
    return true;
}

/* The child is done: its column, and its end. */
static enum hg_status finish_job(struct jobs *jobs, size_t index)
{
    struct job job = jobs->running[index];
    int how = 0;
    jobs->running[index] = jobs->running[--jobs->count];
    close(job.pipe);
    while (waitpid(job.process, &how, 0) < 0 && errno == EINTR)
        continue;
    const char *name = jobs->fleet->kernels.items[job.kernel].name;
    bool is_fine = WIFEXITED(how) && WEXITSTATUS(how) == 0;
    bool is_whole =
        is_fine && hg_matrix_take_answers(jobs->matrix, job.kernel, hg_text_string(&job.answers),
                                          job.answers.size);
    hg_text_deinit(&job.answers);
    jobs->done++;
    if (jobs->shows)
        show_progress(&jobs->progress, (unsigned)jobs->done, (unsigned)jobs->fleet->kernels.count);
    if (is_whole)
        return HG_OK;
    if (WIFSIGNALED(how))
        hg_error(jobs->diagnostics, NULL, "%s: reading it crashed (signal %d)", name,
                 WTERMSIG(how));
    else
        hg_error(jobs->diagnostics, NULL, "%s: this kernel could not be asked", name);
    return HG_ERROR_INPUT;
}

/* Reads what there is; *is_done at the end. */
static void read_job(struct job *job, bool *is_done)
{
    char buffer[65536];
    ssize_t got = read(job->pipe, buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    *is_done = got <= 0 || job->answers.size > ANSWERS_MAX;
    if (got > 0)
        hg_text_bytes(&job->answers, buffer, (size_t)got);
}

static enum hg_status wait_for_jobs(struct jobs *jobs)
{
    struct pollfd polled[JOBS_MAX];
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < jobs->count; i++)
        polled[i] = (struct pollfd){.fd = jobs->running[i].pipe, .events = POLLIN};
    if (poll(polled, jobs->count, -1) < 0)
        return HG_OK; /* a signal: again */
    for (size_t i = jobs->count; i-- > 0;) {
        bool is_done = false;
        if (polled[i].revents != 0)
            read_job(&jobs->running[i], &is_done);
        if (is_done && finish_job(jobs, i) != HG_OK)
            status = HG_ERROR_INPUT;
    }
    return status;
}

static size_t job_limit(const struct options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = options->like.jobs != 0 ? options->like.jobs
                    : processors > 0        ? (size_t)processors
                                            : 1;
    return wanted > JOBS_MAX ? JOBS_MAX : wanted;
}

/* All kernels are asked, also when one could not be: each that cannot is reported. */
static enum hg_status ask_fleet(struct jobs *jobs)
{
    size_t limit = job_limit(jobs->options);
    size_t next = 0;
    enum hg_status status = HG_OK;
    while (next < jobs->fleet->kernels.count || jobs->count > 0) {
        bool can_start = next < jobs->fleet->kernels.count && jobs->count < limit;
        if (can_start && start_job(jobs, next)) {
            next++;
            continue;
        }
        if (jobs->count == 0) {
            hg_error(jobs->diagnostics, NULL, "cannot start a process: %s", strerror(errno));
            return HG_ERROR_IO;
        }
        if (wait_for_jobs(jobs) != HG_OK)
            status = HG_ERROR_INPUT;
    }
    return status;
}

/* The rows, by asking no kernel at all. */
static enum hg_status make_rows(const struct objects *objects, const struct surfaces *surfaces,
                                struct hg_diagnostics *diagnostics, struct matrix *matrix)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct hg_core_report *report = NULL;
        enum hg_status status = hg_core_list(objects->items[i], diagnostics, &report);
        if (status != HG_OK)
            return status;
        hg_matrix_add_object(matrix, i, report, surfaces->items[i]);
        hg_core_report_destroy(report);
    }
    return HG_OK;
}

static void init_matrix(const struct fleet *fleet, const struct objects *objects,
                        struct matrix *matrix)
{
    const char **kernels = hg_calloc(fleet->kernels.count, sizeof *kernels);
    const char **names = hg_calloc(objects->count, sizeof *names);
    for (size_t i = 0; i < fleet->kernels.count; i++)
        kernels[i] = fleet->kernels.items[i].name;
    for (size_t i = 0; i < objects->count; i++)
        names[i] = hg_core_name(objects->items[i]);
    hg_matrix_init(matrix, kernels, fleet->kernels.count, names, objects->count);
    free((void *)kernels);
    free((void *)names);
}

int run_fleet(const struct options *options, struct hg_diagnostics *diagnostics)
{
    struct fleet fleet = {0};
    struct objects objects = {0};
    struct surfaces surfaces = {0};
    struct matrix matrix = {0};
    struct hg_output output = {0};
    hg_arena_init(&fleet.arena);

    enum hg_status status = read_objects(options, diagnostics, &objects);
    if (status == HG_OK)
        status = read_surfaces(options, &objects, diagnostics, &surfaces);
    if (status == HG_OK)
        status = collect(options, &fleet, diagnostics);
    if (status == HG_OK)
        status = check_output_of_fleet(options, &fleet, diagnostics);
    init_matrix(&fleet, &objects, &matrix);
    if (status == HG_OK)
        status = make_rows(&objects, &surfaces, diagnostics, &matrix);
    if (status == HG_OK) {
        struct jobs jobs = {.options = options,
                            .fleet = &fleet,
                            .objects = &objects,
                            .surfaces = &surfaces,
                            .diagnostics = diagnostics,
                            .matrix = &matrix};
        jobs.shows = progress_begin(&jobs.progress, options->like.progress, "reading kernels");
        status = ask_fleet(&jobs);
    }
    if (status == HG_OK) {
        hg_matrix_compare(&matrix);
        (options->html   ? hg_matrix_write_html
         : options->json ? hg_matrix_write_json
                         : hg_matrix_write_text)(&matrix, &output);
        status = write_output(options, &output, diagnostics);
    }
    int exit_status = status != HG_OK ? 2 : hg_matrix_failures(&matrix) > 0 ? 1 : 0;

    hg_output_deinit(&output);
    hg_matrix_deinit(&matrix);
    surfaces_deinit(&surfaces);
    objects_deinit(&objects);
    free(fleet.kernels.items);
    hg_arena_deinit(&fleet.arena);
    return exit_status;
}
