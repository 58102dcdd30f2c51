/*
 * Which other headers of a unit include a file that has an error.
 *
 *     a.h    includes x.h, which has an error: clang blames a.h
 *     b.h    includes x.h too, but the include guard of x.h hides the error
 *
 * Without a.h, the next attempt would report the same error for b.h, and a further attempt for the
 * next such header.  So all of them are dropped at once.  Each can still be parsed later, in a unit
 * of its own.
 */
#include "tree/outcome.h"

#include <string.h>

/* A file that more headers of the unit include is left to the next attempts: many of them may
 * include it after something that prevents the error. */
enum { INCLUDERS_MAX = 12 };

struct search {
    const struct hg_catalogue *catalogue;
    uint32_t *headers; /* by file: index in the unit plus one; 0 = the unit does not have it */
    uint32_t *seen;    /* by file: number of the last search that came to it */
    uint32_t *queue;   /* of files */
    uint32_t number;
};

/* Finds the file of a path by the longest end of the path that is a header's name. */
static bool find_file(const struct hg_catalogue *catalogue, const char *path, uint32_t *ret)
{
    for (const char *name = path; name != NULL; name = strchr(name, '/')) {
        name += *name == '/';
        if (hg_catalogue_file(catalogue, name, ret))
            return true;
    }
    return false;
}

/* Follows #include lines backwards from the file.  Headers before the blamed one have included the
 * file, or not, without an error. */
static void drop_includers(struct search *search, struct hg_unit *unit, uint32_t file,
                           uint32_t blamed)
{
    uint32_t found[INCLUDERS_MAX];
    size_t found_count = 0;
    size_t count = 0;
    search->queue[count++] = file;
    search->seen[file] = ++search->number;
    for (size_t i = 0; i < count; i++) {
        uint32_t header = search->headers[search->queue[i]];
        bool is_later = header > blamed + 1;
        if (is_later && found_count == INCLUDERS_MAX)
            return;
        if (is_later)
            found[found_count++] = header - 1;
        size_t end = 0;
        size_t edge = hg_catalogue_includers(search->catalogue, search->queue[i], &end);
        for (; edge < end; edge++) {
            uint32_t includer = search->catalogue->edges[edge].includer;
            if (search->seen[includer] != search->number)
                search->queue[count++] = includer;
            search->seen[includer] = search->number;
        }
    }
    for (size_t i = 0; i < found_count; i++)
        unit->dropped[found[i]] = true;
}

void hg_unit_drop_includers(struct hg_unit *unit, const struct hg_catalogue *catalogue)
{
    size_t file_count = catalogue->files->count;
    struct search search = {
        .catalogue = catalogue,
        .headers = hg_calloc(file_count, sizeof *search.headers),
        .seen = hg_calloc(file_count, sizeof *search.seen),
        .queue = hg_calloc(file_count, sizeof *search.queue),
    };
    uint32_t file = 0;
    size_t first = unit->job.prefix_count + unit->job.helper_count;
    for (size_t i = first; i < unit->job.header_count; i++)
        if (hg_catalogue_file(catalogue, unit->headers[i], &file))
            search.headers[file] = (uint32_t)i + 1;
    for (size_t i = 0; i < unit->result.problem_count; i++) {
        const struct hg_job_problem *problem = &unit->result.problems[i];
        if (problem->is_other_side || problem->header >= unit->job.header_count)
            continue;
        if (find_file(catalogue, problem->where.file, &file))
            drop_includers(&search, unit, file, problem->header);
        if (hg_catalogue_file(catalogue, unit->headers[problem->header], &file))
            drop_includers(&search, unit, file, problem->header);
    }
    free(search.headers);
    free(search.seen);
    free(search.queue);
}
