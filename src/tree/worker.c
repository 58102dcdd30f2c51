/*
 * A worker: one unit, read in a process of its own, so that whatever libclang does to itself it
 * does there.
 *
 * What comes of the unit goes through a pipe: a word that says what it is, the warnings, and then
 * the packed model, or the faults and perhaps the model of what they do not touch.  The parent does
 * not trust it: a worker that went mad can write anything.
 */
#include "tree/headers.h"

#include "base/diag.h"
#include "base/file.h"
#include "model/pack.h"

#include <fcntl.h>
#include <hdrgen/read.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    RESULT_MODEL = 0x484d,
    RESULT_AGREES = 0x4841,
    RESULT_PRECOMPILED = 0x4850, /* a model, too */
    RESULT_FAULTS = 0x4846,
    RESULT_FAILED = 0x4845
};
enum { MAX_WARNINGS = 1000, MAX_TAGS = 1 << 18 };

/* --- the child --- */

struct work {
    const struct unit *unit;
    bool *seen; /* by header: has a fault already */
    bool *seen_in_note;
    struct hg_text faults;
    uint32_t fault_count;
    struct hg_text warnings;
    uint32_t warning_count;
    struct hg_text tags; /* that should be declared first */
    uint32_t tag_count;
    struct hg_text error; /* what is wrong with the whole of it */
};

static void put_number(struct hg_text *text, uint32_t number)
{
    hg_text_bytes(text, &number, sizeof number);
}

static void put_string(struct hg_text *text, const char *string)
{
    size_t length = string == NULL ? 0 : strlen(string);
    put_number(text, (uint32_t)length);
    hg_text_bytes(text, string, length);
}

static void put_diagnostic(struct hg_text *text, const struct hg_diagnostic *diagnostic)
{
    put_string(text, diagnostic->where.file);
    put_number(text, diagnostic->where.line);
    put_number(text, diagnostic->where.column);
    put_string(text, diagnostic->text);
}

/* A header that its own model knows already, or none. */
static bool is_of_unit(const struct work *work, size_t header)
{
    return header >= work->unit->prelude_count && header < work->unit->header_count;
}

/* Of a header of the unit: the first other header that the problem conflicts with. */
static unsigned conflict_of(const struct work *work, const struct hg_problem *problem)
{
    for (size_t i = 0; i < problem->conflict_count && is_of_unit(work, problem->header); i++)
        if (problem->conflicts[i].header != problem->header)
            return is_of_unit(work, problem->conflicts[i].header) ? CONFLICT_HEADER
                                                                  : CONFLICT_PREFIX;
    return CONFLICT_NONE;
}

static void put_fault(struct work *work, const struct hg_problem *problem)
{
    struct hg_text *faults = &work->faults;
    size_t header = is_of_unit(work, problem->header) ? problem->header : work->unit->header_count;
    work->fault_count++;
    put_number(faults, (uint32_t)header);
    put_number(faults, false);
    put_number(faults, problem->kind);
    put_number(faults, problem->may_be_macro);
    put_number(faults, conflict_of(work, problem));
    put_string(faults, problem->symbol);
    put_diagnostic(faults, &(struct hg_diagnostic){.where = problem->where, .text = problem->text});
}

/* The header of another definition. */
static void put_other_side(struct work *work, const struct hg_conflict *conflict)
{
    struct hg_text *faults = &work->faults;
    work->fault_count++;
    put_number(faults, (uint32_t)conflict->header);
    put_number(faults, true);
    put_number(faults, HG_PROBLEM_OTHER);
    put_number(faults, false);
    put_number(faults, CONFLICT_NONE);
    put_string(faults, NULL);
    put_diagnostic(faults,
                   &(struct hg_diagnostic){.where = conflict->where, .text = conflict->text});
}

static void keep_problem(void *user, const struct hg_problem *problem)
{
    struct work *work = user;
    if (problem->kind == HG_PROBLEM_UNDECLARED_TAG) {
        if (work->tag_count < MAX_TAGS) {
            work->tag_count++;
            put_string(&work->tags, problem->symbol);
        }
        return;
    }
    bool is_ours = is_of_unit(work, problem->header);
    bool *seen = &work->seen[is_ours ? problem->header : work->unit->header_count];
    if (!*seen)
        put_fault(work, problem);
    *seen = true;
    for (size_t i = 0; i < problem->conflict_count; i++) {
        const struct hg_conflict *conflict = &problem->conflicts[i];
        if (!is_of_unit(work, conflict->header) || work->seen_in_note[conflict->header])
            continue;
        work->seen_in_note[conflict->header] = true;
        put_other_side(work, conflict);
    }
}

static void keep_diagnostic(void *user, const struct hg_diagnostic *diagnostic)
{
    struct work *work = user;
    /* The clean unit told those of the opposite one; what errors leave out, the faults explain. */
    bool is_told = !work->unit->is_backwards && work->fault_count == 0;
    if (diagnostic->severity == HG_WARNING && is_told && work->warning_count < MAX_WARNINGS) {
        work->warning_count++;
        put_diagnostic(&work->warnings, diagnostic);
    } else if (diagnostic->severity == HG_ERROR && work->error.size == 0) {
        hg_text_put(&work->error, diagnostic->text);
    }
}

static void limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit now;
    if (getrlimit(resource, &now) != 0)
        return;
    if (now.rlim_cur != RLIM_INFINITY && now.rlim_cur < value)
        value = now.rlim_cur; /* somebody wants it stricter */
    setrlimit(resource, &(struct rlimit){.rlim_cur = value, .rlim_max = now.rlim_max});
}

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#define HAS_ASAN __has_feature(address_sanitizer)
#else
#define HAS_ASAN 0
#endif

static void set_limits(const struct hg_units_options *options, const struct unit *unit)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, options->cpu_limit + unit->header_count / 100);
    if (!HAS_ASAN) /* its shadow alone is larger than any limit */
        limit(RLIMIT_AS, options->memory_limit);
}

/* What libclang says of its crashes, and whatever else: nobody asked. */
static void silence(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int descriptor = 0; null >= 0 && descriptor <= 2; descriptor++)
        dup2(null, descriptor);
}

struct argument_list {
    const char **items;
    size_t count, capacity;
};

/* Those of all, and for a trace header from elsewhere than the usual place its directory, which its
 * makefile would add: by that it includes itself again.  Only where it is alone: another one could
 * have a file of that name in its own directory. */
static void add_arguments(struct reading *reading, const struct unit *unit,
                          struct argument_list *list)
{
    const struct hg_units_options *options = reading->options;
    for (size_t i = 0; i < options->argument_count; i++)
        *HG_PUSH(list) = options->arguments[i];
    const char *header = unit->headers[unit->header_count - 1];
    if (!unit->is_trace || !hg_unit_is_single(unit) || hg_units_is_usual_trace(header))
        return;
    char path[LONGEST_PATH] = "-I";
    int file = hg_units_open_header(reading, header, path + 2, sizeof path - 2);
    char *slash = strrchr(path, '/');
    if (file < 0 || slash == NULL)
        return;
    *slash = '\0';
    *HG_PUSH(list) = hg_arena_string(&reading->arena, path, strlen(path));
}

_Noreturn void hg_units_work(struct reading *reading, const struct unit *unit, int out)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_DFL);
    silence();
    set_limits(reading->options, unit);

    struct work work = {.unit = unit};
    work.seen = hg_calloc(unit->header_count + 1, sizeof *work.seen);
    work.seen_in_note = hg_calloc(unit->header_count + 1, sizeof *work.seen_in_note);
    struct hg_diagnostics diagnostics = {.report = keep_diagnostic, .user = &work};
    size_t count = unit->header_count - unit->prelude_count;
    const char *const *headers = unit->headers + unit->prelude_count;
    struct argument_list arguments = {0};
    add_arguments(reading, unit, &arguments);
    size_t known_count = unit->prelude_count - unit->helper_count;
    bool is_precompiled = known_count > 0 && reading->prelude.is_precompiled;
    struct hg_parse_options options = {
        .user =
            {
                .headers = headers,
                .header_count = unit->is_trace ? 0 : count,
                .arguments = arguments.items,
                .argument_count = arguments.count,
                .target = reading->options->target,
                .keep_going = hg_unit_keeps_going(unit),
            },
        .include_names = true,
        .forward_tags = reading->tags.items,
        .forward_tag_count = count >= MANY_HEADERS || unit->is_trace ? reading->tags.count : 0,
        .before = unit->headers,
        .before_count = unit->prelude_count,
        .prefix_count = known_count,
        .precompiled = is_precompiled ? reading->prelude.path : NULL,
        .trace_headers = headers,
        .trace_header_count = unit->is_trace ? count : 0,
        .roots = reading->options->roots,
        .root_count = reading->options->root_count,
        .problem = keep_problem,
        .problem_user = &work,
        .is_batch = true,
        .for_comparison = unit->is_backwards,
    };
    struct hg_model *model = NULL;
    bool precompiles = false;
    enum hg_status status =
        unit->precompiles
            ? hg_units_read_prelude(reading, &options, &diagnostics, &model, &precompiles)
            : hg_parse_headers(&options, &diagnostics, &model);

    /* What is only held against another model need not be clean: what errors touched is left out of
     * it, and what they changed otherwise does not agree. */
    uint32_t kind = status == HG_OK && work.fault_count == 0 ? RESULT_MODEL
                    : work.fault_count > 0                   ? RESULT_FAULTS
                                                             : RESULT_FAILED;
    if (kind == RESULT_MODEL && precompiles)
        kind = RESULT_PRECOMPILED;
    else if (status == HG_OK && unit->is_backwards && hg_models_agree(model, unit->forwards))
        kind = RESULT_AGREES;

    struct hg_text result = {0};
    put_number(&result, kind);
    put_number(&result, work.warning_count);
    hg_text_bytes(&result, work.warnings.data, work.warnings.size);
    put_number(&result, work.tag_count);
    hg_text_bytes(&result, work.tags.data, work.tags.size);
    if (kind == RESULT_MODEL || kind == RESULT_PRECOMPILED) {
        hg_model_pack(model, &result);
    } else if (kind == RESULT_FAULTS) {
        put_number(&result, work.fault_count);
        hg_text_bytes(&result, work.faults.data, work.faults.size);
        if (status == HG_OK && !unit->is_backwards)
            hg_model_pack(model, &result);
    } else if (kind == RESULT_FAILED) {
        put_string(&result, hg_text_string(&work.error));
    }
    status = hg_file_write_all(out, "the pipe", result.data, result.size, &diagnostics);
    _exit(status == HG_OK ? 0 : 3);
}

/* --- the parent --- */

struct result {
    const unsigned char *at, *end;
    bool damaged;
    struct hg_arena *arena;
};

static uint32_t take_number(struct result *result)
{
    uint32_t number = 0;
    if ((size_t)(result->end - result->at) < sizeof number) {
        result->damaged = true;
        result->at = result->end;
        return 0;
    }
    memcpy(&number, result->at, sizeof number);
    result->at += sizeof number;
    return number;
}

/* NULL for an empty one. */
static const char *take_string(struct result *result)
{
    uint32_t length = take_number(result);
    if (length == 0 || length > (size_t)(result->end - result->at)) {
        result->damaged = result->damaged || length != 0;
        return NULL;
    }
    const char *string = hg_arena_string(result->arena, (const char *)result->at, length);
    result->at += length;
    return string;
}

static struct hg_diagnostic take_diagnostic(struct result *result, enum hg_severity severity)
{
    struct hg_diagnostic diagnostic = {.severity = severity};
    diagnostic.where.file = take_string(result);
    diagnostic.where.line = take_number(result);
    diagnostic.where.column = take_number(result);
    diagnostic.text = take_string(result);
    if (diagnostic.text == NULL)
        diagnostic.text = "an error without a text";
    return diagnostic;
}

static void take_warnings(struct unit *unit, struct result *result)
{
    uint32_t count = take_number(result);
    for (uint32_t i = 0; i < count && i < MAX_WARNINGS && !result->damaged; i++)
        *HG_PUSH(&unit->warnings) = take_diagnostic(result, HG_WARNING);
}

static void take_tags(struct unit *unit, struct result *result)
{
    uint32_t count = take_number(result);
    for (uint32_t i = 0; i < count && i < MAX_TAGS && !result->damaged; i++) {
        const char *tag = take_string(result);
        if (tag != NULL)
            *HG_PUSH(&unit->tags) = tag;
    }
}

static struct unit_fault take_fault(struct result *result)
{
    struct unit_fault fault = {.header = take_number(result)};
    fault.is_note = take_number(result) != 0;
    uint32_t kind = take_number(result);
    fault.may_be_macro = take_number(result) != 0;
    uint32_t conflict = take_number(result);
    fault.symbol = take_string(result);
    struct hg_diagnostic diagnostic = take_diagnostic(result, HG_ERROR);
    fault.where = diagnostic.where;
    fault.text = diagnostic.text;
    if (kind > HG_PROBLEM_OTHER || conflict > CONFLICT_PREFIX)
        result->damaged = true;
    fault.kind = result->damaged ? HG_PROBLEM_OTHER : kind;
    fault.conflict = result->damaged ? CONFLICT_NONE : conflict;
    return fault;
}

static void take_faults(struct unit *unit, struct result *result)
{
    uint32_t count = take_number(result);
    if (count == 0 || count > 2 * (unit->header_count + 1)) {
        result->damaged = true;
        return;
    }
    unit->faults = hg_arena_array(result->arena, count, sizeof *unit->faults);
    for (uint32_t i = 0; i < count && !result->damaged; i++) {
        unit->faults[i] = take_fault(result);
        if (unit->faults[i].header > unit->header_count)
            result->damaged = true;
    }
    unit->fault_count = count;
}

/* All the rest of the result. */
static bool take_model(struct unit *unit, const struct result *result)
{
    size_t left = (size_t)(result->end - result->at);
    return hg_model_unpack(result->at, left, NULL, &unit->model) == HG_OK;
}

bool hg_units_take_result(struct reading *reading, struct unit *unit, const void *bytes,
                          size_t size)
{
    struct result result = {
        .at = bytes, .end = (const unsigned char *)bytes + size, .arena = &reading->arena};
    uint32_t kind = take_number(&result);
    take_warnings(unit, &result);
    take_tags(unit, &result);
    if (result.damaged)
        return false;
    switch (kind) {
    case RESULT_MODEL:
    case RESULT_PRECOMPILED:
        if (kind == RESULT_PRECOMPILED && !unit->precompiles)
            return false;
        unit->is_precompiled = kind == RESULT_PRECOMPILED;
        unit->state = UNIT_CLEAN;
        return take_model(unit, &result);
    case RESULT_AGREES:
        unit->state = UNIT_AGREES;
        break;
    case RESULT_FAULTS:
        unit->state = UNIT_FAULTY;
        take_faults(unit, &result);
        if (!result.damaged && result.at < result.end)
            return take_model(unit, &result);
        break;
    case RESULT_FAILED:
        unit->state = UNIT_CRASHED;
        unit->reason = take_string(&result);
        break;
    default:
        return false;
    }
    return !result.damaged && result.at == result.end;
}

/* --- of all units --- */

static bool is_same(const struct hg_diagnostic *a, const struct hg_diagnostic *b)
{
    const char *left = a->where.file;
    const char *right = b->where.file;
    if (left == NULL || right == NULL ? left != right : strcmp(left, right) != 0)
        return false;
    return a->where.line == b->where.line && strcmp(a->text, b->text) == 0;
}

void hg_units_add_tag(struct reading *reading, const char *tag)
{
    uint32_t *known = hg_strings_number(&reading->tag_set, tag, strlen(tag));
    if (*known == 0)
        *HG_PUSH(&reading->tags) = tag;
    *known = 1;
}

void hg_units_take_remarks(struct reading *reading, struct unit *unit)
{
    for (size_t i = 0; i < unit->warnings.count; i++) {
        bool known = reading->warnings.count >= MAX_WARNINGS;
        for (size_t w = 0; w < reading->warnings.count && !known; w++)
            known = is_same(&reading->warnings.items[w], &unit->warnings.items[i]);
        if (!known)
            *HG_PUSH(&reading->warnings) = unit->warnings.items[i];
    }
    for (size_t i = 0; i < unit->tags.count; i++)
        hg_units_add_tag(reading, unit->tags.items[i]);
}
