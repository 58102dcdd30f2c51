/* Reporting: formats a diagnostic, counts it, and passes it to the caller's function. */
#include "base/diag.h"

#include "base/text.h"

void hg_report(struct hg_diagnostics *diagnostics, const struct hg_diagnostic *diagnostic)
{
    if (diagnostics == NULL)
        return;
    if (diagnostic->severity == HG_ERROR)
        diagnostics->errors++;
    if (diagnostic->severity == HG_WARNING)
        diagnostics->warnings++;
    if (diagnostics->report != NULL)
        diagnostics->report(diagnostics->user, diagnostic);
}

HG_PRINTF(4, 0)
static void report(struct hg_diagnostics *diagnostics, enum hg_severity severity,
                   const struct hg_location *where, const char *format, va_list arguments)
{
    struct hg_text text = {0};
    hg_text_vprintf(&text, format, arguments);
    hg_report(diagnostics, &(struct hg_diagnostic){
                               .severity = severity,
                               .where = where == NULL ? (struct hg_location){0} : *where,
                               .text = hg_text_string(&text),
                           });
    hg_text_deinit(&text);
}

#define DEFINE_REPORTER(name, severity)                                                            \
    void name(struct hg_diagnostics *diagnostics, const struct hg_location *where,                 \
              const char *format, ...)                                                             \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        report(diagnostics, severity, where, format, arguments);                                   \
        va_end(arguments);                                                                         \
    }

DEFINE_REPORTER(hg_error, HG_ERROR)
DEFINE_REPORTER(hg_warning, HG_WARNING)
DEFINE_REPORTER(hg_note, HG_NOTE)
