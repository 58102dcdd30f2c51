/*
 * Searching the source files of a kernel for definitions: see search.h.
 *
 *     unit kernel/sched/core.c  -> #include "sched.h"  -> kernel/sched/sched.h has `struct rq {`
 *
 * Files are nodes of a graph, whose edges lead from a file to the files that include it.  Along the
 * edges the search finds the units that read a definition, nearest first.  It finds the file that
 * an #include names as the compiler does: beside the includer, then in the kernel's include
 * directories, then in those of the unit.  Headers in the kernel's directories are not looked
 * through.
 */
#include "tree/search.h"

#include "base/strings.h"
#include "base/text.h"
#include "tree/catalogue.h"
#include "tree/kernel.h"
#include "tree/search_text.h"

#include <string.h>

enum { FILES_MAX = 400000, REACHED_MAX = 512 };

struct include {
    const char *name;
    bool is_quoted;
};

struct file {
    const char *path;
    size_t first_unit; /* index plus one of the first unit with this main file */
    bool creates_trace_points;
    HG_ARRAY(struct include) includes;
    HG_ARRAY(uint32_t) includers; /* indexes of files */
    uint32_t reached;             /* the last walk that reached it */
};

struct directories {
    const char **items;
    size_t count, capacity;
};

/* A file whose #includes are to be followed. */
struct step {
    uint32_t file;
    uint32_t set; /* of include directories, by index */
};

/* A definition of a name. */
struct finding {
    uint32_t file;
    unsigned line, kinds;
};

struct findings {
    struct finding *items;
    size_t count, capacity;
};

struct searching {
    const struct hg_search_options *options;
    struct hg_arena *arena;
    struct hg_needle *needles;
    struct findings *findings; /* by name */
    HG_ARRAY(struct file) files;
    struct hg_strings by_path; /* path: index plus one in files */
    struct hg_strings headers; /* names of the tree's headers: 1 */
    struct hg_strings names;   /* interned names of #includes */
    struct hg_strings there;   /* for hg_kernel_find_file */
    struct hg_strings sets;    /* directories of a unit: index plus one in directories */
    struct hg_strings stepped; /* steps, as bytes: 1 */
    HG_ARRAY(struct directories) directories; /* each set once */
    HG_ARRAY(struct step) steps;              /* that are still to be made */
    size_t *next_unit; /* by unit: index plus one of the next one with the same main file */
    uint32_t walk;     /* number of walks through the graph */
};

/* --- paths --- */

/* Makes `/a/b/../c` into `/a/c`; the path is absolute. */
static void normalise(struct hg_text *path)
{
    char *out = path->data;
    const char *at = path->data;
    while (*at != '\0') {
        size_t length = 1 + strcspn(at + 1, "/");
        if (length == 3 && memcmp(at, "/..", 3) == 0) {
            while (out > path->data && *--out != '/')
                ;
        } else if (length > 1 && !(length == 2 && at[1] == '.')) {
            memmove(out, at, length);
            out += length;
        }
        at += length;
    }
    hg_text_truncate(path, (size_t)(out - path->data));
}

static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

const char *hg_tree_name(const struct hg_kernel *kernel, const char *path, struct hg_arena *arena)
{
    const char *const roots[] = {kernel->object, kernel->source};
    bool is_absolute = path[0] == '/';
    struct hg_text text = {0};
    hg_text_printf(&text, "%s%s", is_absolute ? "" : "/", path);
    normalise(&text);
    const char *name = hg_text_keep(&text, arena);
    for (size_t i = 0; i < 2 && is_absolute; i++)
        if (is_below(name, roots[i]))
            return name + strlen(roots[i]) + 1;
    return name + (!is_absolute && *name == '/');
}

static bool is_public(const struct searching *searching, const char *path)
{
    const struct hg_kernel *kernel = searching->options->kernel;
    for (size_t i = 0; i < kernel->directory_count; i++)
        if (is_below(path, kernel->directories[i]))
            return true;
    return false;
}

/* --- files --- */

static void take_include(void *user, const char *name, size_t length, bool is_quoted)
{
    struct searching *searching = user;
    struct file *file = &searching->files.items[searching->files.count - 1];
    if (!is_quoted && hg_strings_find(&searching->headers, name, length) != 0)
        return;
    *HG_PUSH(&file->includes) = (struct include){
        .name = hg_strings_intern(&searching->names, name, length), .is_quoted = is_quoted};
}

static void take_definition(void *user, size_t name, unsigned line, unsigned kinds)
{
    struct searching *searching = user;
    *HG_PUSH(&searching->findings[name]) = (struct finding){
        .file = (uint32_t)searching->files.count - 1, .line = line, .kinds = kinds};
}

/* Finds the file of that path, which is read the first time.  False = there are too many files. */
static bool find_file(struct searching *searching, const char *path, uint32_t *ret)
{
    uint32_t *known = hg_strings_number(&searching->by_path, path, strlen(path));
    if (*known != 0) {
        *ret = *known - 1;
        return true;
    }
    if (searching->files.count == FILES_MAX)
        return false;
    *HG_PUSH(&searching->files) =
        (struct file){.path = hg_arena_string(searching->arena, path, strlen(path))};
    *ret = (uint32_t)searching->files.count - 1;
    *known = *ret + 1;
    size_t size = 0;
    char *text = hg_kernel_read_file(path, &size);
    if (text == NULL) /* a unit that needs the file gets clang's error */
        return true;
    struct file *file = &searching->files.items[*ret];
    file->creates_trace_points = strstr(text, "define CREATE_TRACE_POINTS") != NULL;
    hg_scan_includes(text, take_include, searching);
    hg_scan_for(text, size, searching->needles, searching->options->name_count, take_definition,
                searching);
    free(text);
    return true;
}

/* --- includes --- */

/* The path of the file of that name in a directory; NULL = it is not there. */
static const char *find_in(struct searching *searching, const char *directory, size_t length,
                           const char *name)
{
    const char *found = hg_kernel_find_file(&searching->there, directory, length, name);
    if (found == NULL || strstr(found, "/.") == NULL)
        return found;
    struct hg_text path = {0};
    hg_text_put(&path, found);
    normalise(&path);
    if (hg_kernel_is_file(hg_text_string(&path))) /* not if a `..` leads out of a link */
        found = hg_strings_intern(&searching->there, path.data, path.size);
    hg_text_deinit(&path);
    return found;
}

/* The path of the file that the #include names; NULL = it is not there or not looked through. */
static const char *resolve(struct searching *searching, const char *includer, uint32_t set,
                           const struct include *include)
{
    if (include->name[0] == '/')
        return hg_kernel_is_file(include->name) ? include->name : NULL;
    const char *slash = strrchr(includer, '/');
    const char *found = NULL;
    if (include->is_quoted && slash != NULL)
        found = find_in(searching, includer, (size_t)(slash - includer), include->name);
    if (found == NULL &&
        hg_strings_find(&searching->headers, include->name, strlen(include->name)) != 0)
        return NULL;
    const struct directories *directories = &searching->directories.items[set];
    for (size_t i = 0; i < directories->count && found == NULL; i++)
        found =
            find_in(searching, directories->items[i], strlen(directories->items[i]), include->name);
    return found;
}

static void add_step(struct searching *searching, uint32_t file, uint32_t set)
{
    const struct step step = {file, set};
    if ((*hg_strings_number(&searching->stepped, (const char *)&step, sizeof step))++ == 0)
        *HG_PUSH(&searching->steps) = step;
}

static void add_includer(struct file *file, uint32_t includer)
{
    for (size_t i = 0; i < file->includers.count; i++)
        if (file->includers.items[i] == includer)
            return;
    *HG_PUSH(&file->includers) = includer;
}

static void include_path(struct searching *searching, uint32_t includer, uint32_t set,
                         const char *path)
{
    uint32_t included = 0;
    if (path == NULL || is_public(searching, path) || !find_file(searching, path, &included))
        return;
    add_includer(&searching->files.items[included], includer);
    add_step(searching, included, set);
}

static void walk_steps(struct searching *searching)
{
    while (searching->steps.count > 0) {
        struct step step = searching->steps.items[--searching->steps.count];
        /* The array of files may move, but the file's list of includes does not grow. */
        size_t count = searching->files.items[step.file].includes.count;
        for (size_t i = 0; i < count; i++) {
            const struct file *file = &searching->files.items[step.file];
            include_path(searching, step.file, step.set,
                         resolve(searching, file->path, step.set, &file->includes.items[i]));
        }
    }
}

/* --- units --- */

/* The value of an argument `-Ix` or `-I x`, or `-include x`; NULL = it is another option. */
static const char *value_of(const struct hg_source_file *unit, size_t *index, const char *option)
{
    const char *argument = unit->arguments[*index];
    size_t length = strlen(option);
    if (strncmp(argument, option, length) != 0)
        return NULL;
    if (argument[length] != '\0')
        return strcmp(option, "-I") == 0 ? argument + length : NULL;
    return *index + 1 < unit->argument_count ? unit->arguments[++*index] : NULL;
}

/* The unit's include directories without the kernel's, as the index of a set. */
static uint32_t set_of(struct searching *searching, const struct hg_source_file *unit)
{
    struct directories own = {0};
    struct hg_text key = {0};
    for (size_t i = 0; i < unit->argument_count; i++) {
        const char *directory = value_of(unit, &i, "-I");
        const struct hg_kernel *kernel = searching->options->kernel;
        if (directory == NULL ||
            hg_fits_one_of(directory, kernel->directories, kernel->directory_count, hg_same_text))
            continue;
        *HG_PUSH(&own) = directory;
        hg_text_bytes(&key, directory, strlen(directory) + 1);
    }
    uint32_t *set = hg_strings_number(&searching->sets, hg_text_string(&key), key.size);
    if (*set == 0) {
        *HG_PUSH(&searching->directories) = own;
        *set = (uint32_t)searching->directories.count;
    } else {
        free(own.items);
    }
    hg_text_deinit(&key);
    return *set - 1;
}

static void add_unit(struct searching *searching, size_t index)
{
    const struct hg_source_file *unit = &searching->options->list->items[index];
    uint32_t number = 0;
    if (!find_file(searching, unit->path, &number))
        return;
    struct file *file = &searching->files.items[number];
    searching->next_unit[index] = file->first_unit;
    file->first_unit = index + 1;
    uint32_t set = set_of(searching, unit);
    add_step(searching, number, set);
    for (size_t i = 0; i < unit->argument_count; i++) {
        const char *path = value_of(unit, &i, "-include");
        if (path != NULL && path[0] == '/' && hg_kernel_is_file(path))
            include_path(searching, number, set, path);
    }
    walk_steps(searching);
}

/* --- which units read a file --- */

/* A unit that reads a file, by itself or through headers. */
struct reader {
    size_t unit;
    unsigned distance; /* number of #includes on the way */
    bool is_module;
    bool creates; /* the unit defines CREATE_TRACE_POINTS, and the name is a trace event's */
};

struct readers {
    struct reader *items;
    size_t count, capacity;
};

static int compare_readers(const void *a, const void *b)
{
    const struct reader *one = a;
    const struct reader *two = b;
    if (one->creates != two->creates)
        return two->creates - one->creates;
    if (one->is_module != two->is_module)
        return one->is_module - two->is_module;
    if (one->distance != two->distance)
        return one->distance < two->distance ? -1 : 1;
    return (one->unit > two->unit) - (one->unit < two->unit);
}

/* Adds the units whose main file this is. */
static void add_readers(struct searching *searching, const struct file *file, unsigned distance,
                        bool is_trace, struct readers *readers)
{
    for (size_t unit = file->first_unit; unit != 0; unit = searching->next_unit[unit - 1])
        *HG_PUSH(readers) = (struct reader){
            .unit = unit - 1,
            .distance = distance,
            .is_module = searching->options->list->items[unit - 1].module != NULL,
            .creates = is_trace && file->creates_trace_points,
        };
}

/* Finds the units that read the file, the best first. */
static void find_readers(struct searching *searching, uint32_t from, bool is_trace,
                         struct readers *readers)
{
    HG_ARRAY(uint32_t) level = {0};
    searching->walk++;
    *HG_PUSH(&level) = from;
    searching->files.items[from].reached = searching->walk;
    size_t begin = 0;
    for (unsigned distance = 0; begin < level.count && readers->count < REACHED_MAX; distance++) {
        size_t end = level.count;
        for (; begin < end; begin++) {
            const struct file *file = &searching->files.items[level.items[begin]];
            add_readers(searching, file, distance, is_trace, readers);
            for (size_t i = 0; i < file->includers.count; i++) {
                uint32_t includer = file->includers.items[i];
                if (searching->files.items[includer].reached == searching->walk)
                    continue;
                searching->files.items[includer].reached = searching->walk;
                *HG_PUSH(&level) = includer;
            }
        }
    }
    free(level.items);
    if (readers->count > 0)
        qsort(readers->items, readers->count, sizeof *readers->items, compare_readers);
}

/* --- the result --- */

static struct hg_site make_site(struct searching *searching, const struct finding *finding,
                                bool is_trace)
{
    struct readers readers = {0};
    find_readers(searching, finding->file, is_trace, &readers);
    size_t count = readers.count < HG_SITE_UNITS ? readers.count : HG_SITE_UNITS;
    size_t *units = hg_arena_array(searching->arena, count + 1, sizeof *units);
    for (size_t i = 0; i < count; i++)
        units[i] = readers.items[i].unit;
    free(readers.items);
    const char *path = searching->files.items[finding->file].path;
    return (struct hg_site){
        .path = path,
        .name = hg_tree_name(searching->options->kernel, path, searching->arena),
        .line = finding->line,
        .kinds = finding->kinds,
        .units = units,
        .unit_count = count,
    };
}

static int compare_sites(const void *a, const void *b)
{
    const struct hg_site *one = a;
    const struct hg_site *two = b;
    return strcmp(one->name, two->name);
}

static void finish_name(struct searching *searching, size_t name, struct hg_sites *ret)
{
    const struct findings *findings = &searching->findings[name];
    struct hg_site *sites = hg_arena_array(searching->arena, findings->count + 1, sizeof *sites);
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (i > 0 && findings->items[i - 1].file == finding->file) /* one file's are adjacent */
            sites[count - 1].kinds |= finding->kinds;
        else
            sites[count++] = make_site(searching, finding, searching->needles[name].is_derived);
    }
    if (count > 0)
        qsort(sites, count, sizeof *sites, compare_sites);
    *ret = (struct hg_sites){.items = sites, .count = count};
}

static void finish(struct searching *searching, struct hg_search *ret)
{
    size_t names = searching->options->name_count;
    struct hg_sites *sites = hg_arena_array(searching->arena, names + 1, sizeof *sites);
    for (size_t i = 0; i < names; i++)
        finish_name(searching, i, &sites[i]);
    const char **files =
        hg_arena_array(searching->arena, searching->files.count + 1, sizeof *files);
    for (size_t i = 0; i < searching->files.count; i++)
        files[i] = searching->files.items[i].path;
    *ret = (struct hg_search){.sites = sites, .files = files, .file_count = searching->files.count};
}

static void deinit(struct searching *searching)
{
    for (size_t i = 0; i < searching->files.count; i++) {
        free(searching->files.items[i].includes.items);
        free(searching->files.items[i].includers.items);
    }
    for (size_t i = 0; i < searching->directories.count; i++)
        free(searching->directories.items[i].items);
    for (size_t i = 0; i < searching->options->name_count; i++)
        free(searching->findings[i].items);
    free(searching->files.items);
    free(searching->directories.items);
    free(searching->steps.items);
    free(searching->next_unit);
    free(searching->needles);
    free(searching->findings);
    hg_strings_deinit(&searching->by_path);
    hg_strings_deinit(&searching->headers);
    hg_strings_deinit(&searching->names);
    hg_strings_deinit(&searching->there);
    hg_strings_deinit(&searching->sets);
    hg_strings_deinit(&searching->stepped);
}

void hg_search_sources(const struct hg_search_options *options, struct hg_arena *arena,
                       struct hg_search *ret)
{
    struct searching searching = {
        .options = options,
        .arena = arena,
        .needles = hg_calloc(options->name_count, sizeof *searching.needles),
        .findings = hg_calloc(options->name_count, sizeof *searching.findings),
        .next_unit = hg_calloc(options->list->count, sizeof *searching.next_unit),
    };
    for (size_t i = 0; i < options->name_count; i++)
        searching.needles[i] = hg_needle(options->names[i]);
    for (size_t i = 0; i < options->headers->count; i++) {
        const char *name = options->headers->items[i].name;
        *hg_strings_number(&searching.headers, name, strlen(name)) = 1;
    }
    for (size_t i = 0; i < options->list->count; i++)
        add_unit(&searching, i);
    finish(&searching, ret);
    deinit(&searching);
}
