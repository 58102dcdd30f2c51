/* Diagnostics to standard error: `file:line:col: error: text`, or without a location `hdrgen:
 * error: text`. */
#include "cli.h"

#include "base/diag.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool refuse(struct hg_diagnostics *diagnostics, const char *format, ...)
{
    struct hg_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    hg_text_vprintf(&text, format, arguments);
    va_end(arguments);
    hg_error(diagnostics, NULL, "%s", hg_text_string(&text));
    hg_text_deinit(&text);
    return false;
}

bool is_capable_terminal(int descriptor)
{
    const char *term = getenv("TERM");
    return isatty(descriptor) && term != NULL && strcmp(term, "dumb") != 0;
}

bool use_colour(const struct options *options, int descriptor)
{
    const char *no_colour = getenv("NO_COLOR");
    return options->color == WHEN_ALWAYS ||
           (options->color == WHEN_AUTO && is_capable_terminal(descriptor) &&
            (no_colour == NULL || no_colour[0] == '\0'));
}

void report_to_stderr(void *user, const struct hg_diagnostic *diagnostic)
{
    static const struct {
        const char *word;
        const char *colour;
    } severities[] = {
        [HG_NOTE] = {"note", "\033[1;36m"},
        [HG_WARNING] = {"warning", "\033[1;35m"},
        [HG_ERROR] = {"error", "\033[1;31m"},
    };
    const struct options *options = user;
    static bool hidden, any; /* a note is hidden with the warning before it */
    if (diagnostic->severity == HG_NOTE && !any)
        hidden = options->quiet;
    any = true;
    if (diagnostic->severity != HG_NOTE)
        hidden = diagnostic->severity == HG_WARNING && options->quiet;
    if (hidden)
        return;

    const struct hg_location *where = &diagnostic->where;
    ticker_erase();
    if (where->file == NULL)
        fputs("hdrgen: ", stderr);
    else if (where->line == 0)
        fprintf(stderr, "%s: ", where->file);
    else if (where->column == 0)
        fprintf(stderr, "%s:%u: ", where->file, where->line);
    else
        fprintf(stderr, "%s:%u:%u: ", where->file, where->line, where->column);
    bool colour = use_colour(options, STDERR_FILENO);
    fprintf(stderr, "%s%s:%s %s\n", colour ? severities[diagnostic->severity].colour : "",
            severities[diagnostic->severity].word, colour ? "\033[0m" : "", diagnostic->text);
}
