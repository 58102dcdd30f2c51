/*
 * The reason why a program was not loaded.  libbpf prints the verifier's log as one message among
 * its own:
 *
 *     libbpf: prog 'on_read': BPF program load failed: Permission denied
 *     libbpf: prog 'on_read': -- BEGIN PROG LOAD LOG --
 *     0: R1=ctx(off=0,imm=0) R10=fp0
 *     ; return *(int *)p;  prog.bpf.c:7
 *     3: (61) r0 = *(u32 *)(r1 +0)
 *     R1 invalid mem access 'scalar'
 *     processed 4 insns (limit 1000000) max_states_per_insn 0 ...
 *     -- END PROG LOAD LOG --
 *
 * The reason is at the end of the verifier's log, before its statistics.  If the verifier did not
 * run, it is in libbpf's last lines.
 */
#include "load/log.h"

#include <string.h>

enum { LINES_MAX = 4, WIDTH_MAX = 160, LOG_MAX = 64 * 1024 * 1024 };

struct line {
    const char *begin;
    size_t length;
};

static bool is_statistics(const struct line *line)
{
    static const char *const words[] = {"processed ", "verification time", "stack depth",
                                        "insns processed"};
    return HG_BEGINS_WITH_ONE_OF(line->begin, words);
}

/* Whether the message only repeats that loading failed, after another one that said why. */
static bool is_echo(const struct line *line)
{
    static const char *const words[] = {"failed to load object", "BPF program load failed",
                                        "failed to load: "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (memmem(line->begin, line->length, words[i], strlen(words[i])) != NULL)
            return true;
    return false;
}

void hg_load_log_take(struct load_log *log, const char *message)
{
    static const char begin[] = "-- BEGIN PROG LOAD LOG --\n";
    const char *at = strstr(message, begin);
    if (strncmp(message, "libbpf: ", 8) == 0)
        message += 8;
    if (at != NULL) {
        at += sizeof begin - 1;
        const char *end = strstr(at, "-- END PROG LOAD LOG --");
        hg_text_truncate(&log->verifier, 0);
        hg_text_bytes(&log->verifier, at, end == NULL ? strlen(at) : (size_t)(end - at));
    } else if (log->warnings.size < LOG_MAX) {
        hg_text_put(&log->warnings, message);
    }
}

void hg_load_log_clear(struct load_log *log)
{
    hg_text_deinit(&log->verifier);
    hg_text_deinit(&log->warnings);
    *log = (struct load_log){0};
}

/* The last lines of the text that are neither empty nor idle; returns how many. */
static size_t last_lines(const struct hg_text *text, bool (*is_idle)(const struct line *),
                         struct line lines[LINES_MAX])
{
    size_t count = 0;
    const char *end = hg_text_string(text);
    while (*end != '\0') {
        struct line line = {.begin = end, .length = strcspn(end, "\n")};
        end += line.length + (end[line.length] != '\0');
        if (is_idle(&line) || line.length == 0)
            continue;
        if (count == LINES_MAX)
            memmove(lines, lines + 1, (LINES_MAX - 1) * sizeof *lines);
        else
            count++;
        lines[count - 1] = line;
    }
    return count;
}

const char *hg_load_log_reason(const struct load_log *log, struct hg_arena *arena)
{
    struct line lines[LINES_MAX];
    struct hg_text text = {0};
    size_t count = last_lines(&log->verifier, is_statistics, lines);
    if (count == 0)
        count = last_lines(&log->warnings, is_echo, lines);
    for (size_t i = 0; i < count; i++) {
        bool is_long = lines[i].length > WIDTH_MAX;
        hg_text_bytes(&text, lines[i].begin, is_long ? WIDTH_MAX : lines[i].length);
        hg_text_put(&text, is_long ? "...\n" : "\n");
    }
    return hg_text_keep(&text, arena);
}
