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
    struct hg_text rivals; /* headers whose fault is at odds with another one, and with which */
    uint32_t rival_count;
    size_t last_faulty; /* whose first fault was the last that was told; none: count of headers */
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

static void keep_fault(void *user, size_t header, const struct hg_diagnostic *fault)
{
    struct work *work = user;
    bool is_note = fault->severity == HG_NOTE;
    size_t none = work->unit->header_count - work->unit->prelude_count;
    if (is_note && work->last_faulty < none && work->last_faulty != header) {
        work->rival_count++;
        put_number(&work->rivals, (uint32_t)(work->unit->prelude_count + work->last_faulty));
        put_number(&work->rivals, (uint32_t)(work->unit->prelude_count + header));
        work->last_faulty = none;
    }
    if (is_note && header == none)
        return;
    bool *seen = is_note ? work->seen_in_note : work->seen;
    if (!is_note)
        work->last_faulty = seen[header] ? none : header;
    if (seen[header])
        return;
    seen[header] = true;
    work->fault_count++;
    put_number(&work->faults, (uint32_t)(work->unit->prelude_count + header));
    put_number(&work->faults, is_note);
    put_diagnostic(&work->faults, fault);
}

static void keep_tag(void *user, const char *tag)
{
    struct work *work = user;
    if (work->tag_count == MAX_TAGS)
        return;
    work->tag_count++;
    put_string(&work->tags, tag);
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

    struct work work = {.unit = unit, .last_faulty = unit->header_count};
    work.seen = hg_calloc(unit->header_count + 1, sizeof *work.seen);
    work.seen_in_note = hg_calloc(unit->header_count + 1, sizeof *work.seen_in_note);
    struct hg_diagnostics diagnostics = {.report = keep_diagnostic, .user = &work};
    size_t count = unit->header_count - unit->prelude_count;
    const char *const *headers = unit->headers + unit->prelude_count;
    struct argument_list arguments = {0};
    add_arguments(reading, unit, &arguments);
    size_t known_count = unit->prelude_count - unit->helper_count;
    bool is_precompiled = known_count > 0 && reading->prelude.is_precompiled;
    struct hg_header_options options = {
        .include_names = true,
        .forward_tags = reading->tags.items,
        .forward_tag_count = count >= MANY_HEADERS || unit->is_trace ? reading->tags.count : 0,
        .preludes = unit->headers,
        .prelude_count = unit->prelude_count,
        .known_prelude_count = known_count,
        .precompiled = is_precompiled ? reading->prelude.path : NULL,
        .headers = headers,
        .header_count = unit->is_trace ? 0 : count,
        .trace_headers = headers,
        .trace_header_count = unit->is_trace ? count : 0,
        .arguments = arguments.items,
        .argument_count = arguments.count,
        .target = reading->options->target,
        .roots = reading->options->roots,
        .root_count = reading->options->root_count,
        .keep_going = hg_unit_keeps_going(unit),
        .for_comparison = unit->is_backwards,
        .fault = keep_fault,
        .fault_user = &work,
        .undeclared = keep_tag,
    };
    struct hg_model *model = NULL;
    bool precompiles = false;
    enum hg_status status =
        unit->precompiles
            ? hg_units_read_prelude(reading, &options, &diagnostics, &model, &precompiles)
            : hg_read_headers(&options, &diagnostics, &model);

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
        put_number(&result, work.rival_count);
        hg_text_bytes(&result, work.rivals.data, work.rivals.size);
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

static void take_rivals(struct unit *unit, struct result *result)
{
    uint32_t count = take_number(result);
    for (uint32_t i = 0; i < count && !result->damaged; i++) {
        uint32_t header = take_number(result);
        uint32_t rival = take_number(result);
        for (size_t fault = 0; fault < unit->fault_count; fault++)
            if (unit->faults[fault].header == header && !unit->faults[fault].is_note)
                unit->faults[fault].rival =
                    rival < unit->header_count ? RIVAL_HEADER : RIVAL_PRELUDE;
    }
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
        uint32_t header = take_number(result);
        bool is_note = take_number(result) != 0;
        struct hg_diagnostic fault = take_diagnostic(result, HG_ERROR);
        if (header > unit->header_count)
            result->damaged = true;
        unit->faults[i] = (struct unit_fault){
            .header = header, .is_note = is_note, .where = fault.where, .text = fault.text};
    }
    unit->fault_count = count;
    take_rivals(unit, result);
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
