/*
 * Macros that are constants, with the values that a compiled program has.
 *
 *     #define ETH_P_IP 0x0800              int, 2048
 *     #define GFP_ATOMIC ((gfp_t)(...))    unsigned int, 2592
 *     #define GREETING "hel" "lo"          the string hello
 *     #define list_entry(p, t, m) ...      has parameters: left out
 *     #define __init __section(".text")    no constant
 *
 * The problem: libclang lists macros, but not their values, and an evaluator in hdrgen for casts,
 * sizeof, enumerators and nested macros would be wrong sooner or later.
 *
 * The method: clang evaluates.  The same headers are parsed again, followed by a probe for each
 * macro that matches.  A probe has four lines, so that the line of an error shows its macro:
 *
 *     #ifdef ETH_P_IP
 *     static const __typeof__((ETH_P_IP)) hdrgen_macro_7 = (ETH_P_IP);
 *     enum { hdrgen_value_7 = ...(ETH_P_IP)... };
 *     #endif
 *
 * The variable has the macro's type and, if it is a string, its text.  The enumerator has the value
 * of an integer: in an enumerator, which must be constant, __builtin_constant_p(x) is true, so the
 * kernel's ilog2() is a number.
 *
 * A macro whose probe has an error is no constant.  One macro can break the probes after it, so no
 * value is taken from a parse with errors in probes: the faulty probes are dropped, and the others
 * parsed again, until there is no error.  A macro that does not close its brackets (`#define OPEN
 * (`) gets no probe.  Since the probes follow the headers, each macro has its last definition.
 *
 * What this does not do: floating-point macros, and integers larger than 64 bits.
 */
#include "base/diag.h"
#include "frontend/clang/reader.h"
#include "model/match.h"
#include "model/verify.h"

#include <string.h>

#define TYPE_PREFIX "hdrgen_macro_"
#define VALUE_PREFIX "hdrgen_value_"
enum {
    LINES = 4,         /* of a probe */
    DEPTH_MAX = 64,    /* nested macros whose brackets are counted */
    ATTEMPTS_MAX = 40, /* parses; two are needed, and one for each macro that breaks others */
    NAMED_MAX = 200,   /* how many macros that are no constants -v names */
};

/* A macro of the headers, with parameters or without. */
struct definition {
    CXCursor cursor;
    const char *name;
    enum { NOT_ASKED, ENCLOSED, SPILLS } brackets; /* whether it closes what it opens */
};

struct probe {
    size_t definition; /* index */
    bool is_dropped;
    bool is_integer;
    bool is_found;
    struct hg_macro macro;
};

struct probing {
    struct reader *reader;
    HG_ARRAY(struct definition) definitions;
    struct hg_strings by_name; /* of definitions: index plus one */
    HG_ARRAY(struct probe) probes;
    bool *is_matched;        /* by pattern */
    CXTranslationUnit unit;  /* with the probes */
    unsigned first_line;     /* of the probes */
    HG_ARRAY(size_t) parsed; /* the probes in the unit, in order */
};

/* --- which macros --- */

/* Whether a pattern matches the name, or all patterns exclude (`!A_*`), and none excludes it. */
static bool is_requested(struct probing *probing, const char *name)
{
    const struct hg_parse_options *options = probing->reader->options;
    bool has_pattern = false, is_included = false, is_excluded = false;
    for (size_t i = 0; i < options->user.macro_count; i++) {
        bool excludes = options->user.macros[i][0] == '!';
        has_pattern |= !excludes;
        if (!hg_matches(options->user.macros[i] + excludes, name))
            continue;
        probing->is_matched[i] = true;
        is_included |= !excludes;
        is_excluded |= excludes;
    }
    return (is_included || !has_pattern) && !is_excluded;
}

static enum CXChildVisitResult visit_macro(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    struct probing *probing = data;
    if (clang_getCursorKind(cursor) != CXCursor_MacroDefinition ||
        clang_Cursor_isMacroBuiltin(cursor))
        return CXChildVisit_Continue;
    const char *name = hg_clang_string(probing->reader, clang_getCursorSpelling(cursor));
    uint32_t *number = hg_strings_number(&probing->by_name, name, strlen(name));
    if (*number == 0) {
        *HG_PUSH(&probing->definitions) = (struct definition){.name = name};
        *number = (uint32_t)probing->definitions.count;
    }
    probing->definitions.items[*number - 1].cursor = cursor; /* the last definition */
    return CXChildVisit_Continue;
}

static bool spills(struct probing *probing, struct definition *definition, unsigned depth);

/* The definition of the macro that a token names, or NULL. */
static struct definition *definition_of(struct probing *probing, CXToken token, const char *text)
{
    if (clang_getTokenKind(token) != CXToken_Identifier)
        return NULL;
    uint32_t number = *hg_strings_number(&probing->by_name, text, strlen(text));
    return number == 0 ? NULL : &probing->definitions.items[number - 1];
}

/* Whether all brackets of a definition are closed, and those of the macros in it.  *braces becomes
 * true if the definition is no expression, since it is empty or has one of {};#. */
static bool is_enclosed(struct probing *probing, const struct definition *definition,
                        unsigned nesting, bool *braces)
{
    CXTranslationUnit unit = probing->reader->unit;
    CXToken *tokens = NULL;
    unsigned count = 0;
    clang_tokenize(unit, clang_getCursorExtent(definition->cursor), &tokens, &count);
    bool is_enclosed = true;
    int depth = 0;
    *braces = count < 2; /* the first token is the name */
    for (unsigned i = 1; i < count && is_enclosed; i++) {
        CXString spelling = clang_getTokenSpelling(unit, tokens[i]);
        const char *text = clang_getCString(spelling);
        text += strspn(text, "\\\r\n"); /* the end of a continued line before it */
        struct definition *inner = definition_of(probing, tokens[i], text);
        if (clang_getTokenKind(tokens[i]) == CXToken_Punctuation && text[0] != '\0') {
            depth += strchr("([{", text[0]) != NULL;
            depth -= strchr(")]}", text[0]) != NULL;
            *braces |= strchr("{};#", text[0]) != NULL;
        }
        is_enclosed = depth >= 0 && (inner == NULL || !spills(probing, inner, nesting));
        clang_disposeString(spelling);
    }
    clang_disposeTokens(unit, tokens, count);
    return is_enclosed && depth == 0;
}

static bool spills(struct probing *probing, struct definition *definition, unsigned depth)
{
    bool braces = false;
    if (depth == DEPTH_MAX)
        return true;
    if (definition->brackets == NOT_ASKED) {
        definition->brackets = ENCLOSED; /* a macro within itself is not expanded */
        if (!is_enclosed(probing, definition, depth + 1, &braces))
            definition->brackets = SPILLS;
    }
    return definition->brackets == SPILLS;
}

/* Whether the macro has no parameters, is from a file (not predefined, nor from -D), and is
 * requested.  Back ends can write only C identifiers. */
static bool is_candidate(struct probing *probing, const struct definition *definition)
{
    CXFile file = hg_clang_file_at(clang_getCursorLocation(definition->cursor));
    return file != NULL && !clang_Cursor_isMacroFunctionLike(definition->cursor) &&
           hg_is_identifier(definition->name) && is_requested(probing, definition->name);
}

static void find_probes(struct probing *probing)
{
    struct reader *reader = probing->reader;
    clang_visitChildren(clang_getTranslationUnitCursor(reader->unit), visit_macro, probing);
    for (size_t i = 0; i < probing->definitions.count; i++) {
        struct definition *definition = &probing->definitions.items[i];
        if (!is_candidate(probing, definition))
            continue;
        struct probe *probe = HG_PUSH(&probing->probes);
        bool braces = false;
        *probe = (struct probe){.definition = i};
        probe->macro.name = definition->name;
        probe->macro.where = hg_clang_declared_at(reader, definition->cursor);
        probe->is_dropped = !is_enclosed(probing, definition, 0, &braces) || braces;
    }
}

/* --- parsing the probes --- */

static void put_probes(struct probing *probing, struct hg_text *text)
{
    probing->parsed.count = 0;
    probing->first_line = 1;
    for (const char *at = hg_text_string(text); *at != '\0'; at++)
        probing->first_line += *at == '\n';
    for (size_t i = 0; i < probing->probes.count; i++) {
        const char *name = probing->probes.items[i].macro.name;
        if (probing->probes.items[i].is_dropped)
            continue;
        *HG_PUSH(&probing->parsed) = i;
        hg_text_printf(text,
                       "#ifdef %s\n"
                       "static const __typeof__((%s)) " TYPE_PREFIX
                       "%zu = (%s);\n"
                       "enum { " VALUE_PREFIX
                       "%zu = __builtin_choose_expr("
                       "__builtin_classify_type((%s) + 0) == 1, (%s), 0) };\n"
                       "#endif\n",
                       name, name, i, name, i, name, name);
    }
}

static enum hg_status parse_probes(struct probing *probing, CXIndex index)
{
    struct reader *reader = probing->reader;
    struct hg_text text = {0};
    enum hg_status status = hg_clang_main_file(reader->options, reader->diagnostics, &text);
    if (status != HG_OK) {
        hg_text_deinit(&text);
        return status;
    }
    put_probes(probing, &text);
    struct argument_list arguments = {0};
    hg_clang_arguments(reader->options, &arguments);
    *HG_PUSH(&arguments) = "-w";
    *HG_PUSH(&arguments) = "-ferror-limit=0";
    struct CXUnsavedFile file = hg_clang_unsaved(HG_MAIN_FILE, &text);
    unsigned flags = CXTranslationUnit_SkipFunctionBodies | CXTranslationUnit_KeepGoing;
    enum CXErrorCode code =
        clang_parseTranslationUnit2FullArgv(index, HG_MAIN_FILE, arguments.items,
                                            (int)arguments.count, &file, 1, flags, &probing->unit);
    free(arguments.items);
    hg_text_deinit(&text);
    if (code == CXError_Success && probing->unit != NULL)
        return HG_OK;
    hg_error(reader->diagnostics, NULL,
             "clang could not parse the headers again to evaluate macros; try a narrower --macros");
    return HG_ERROR_INPUT;
}

/* The line of a location in the probes, or in a macro expanded there; 0 = it is elsewhere. */
static unsigned line_in_probes(const struct probing *probing, CXSourceLocation location)
{
    unsigned line = 0;
    CXFile file = NULL;
    clang_getExpansionLocation(location, &file, &line, NULL, NULL);
    bool is_here =
        file != NULL && clang_File_isEqual(file, clang_getFile(probing->unit, HG_MAIN_FILE)) != 0;
    return is_here && line >= probing->first_line ? line : 0;
}

/* Index in `parsed` of the probe at a location; SIZE_MAX = none. */
static size_t probe_at(const struct probing *probing, CXSourceLocation location)
{
    unsigned line = line_in_probes(probing, location);
    if (line == 0)
        return SIZE_MAX;
    size_t which = (line - probing->first_line) / LINES;
    unsigned part = (line - probing->first_line) % LINES;
    /* An error at #ifdef or #endif is caused by the lines before it. */
    return which < probing->parsed.count && part != 0 && part != LINES - 1 ? which : SIZE_MAX;
}

/* The probe that causes an error.  *spreads: the cause is an open bracket, which clang's note (`to
 * match this '('`) names, so that later errors may be its consequences. */
static size_t culprit(const struct probing *probing, CXDiagnostic error, bool *spreads)
{
    size_t which = probe_at(probing, clang_getDiagnosticLocation(error));
    CXDiagnosticSet notes = clang_getChildDiagnostics(error);
    *spreads = false;
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(notes); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);
        size_t opened = probe_at(probing, clang_getDiagnosticLocation(note));
        clang_disposeDiagnostic(note);
        if (opened == SIZE_MAX || opened == which)
            continue;
        *spreads = true;
        return opened;
    }
    return which;
}

/* Drops the probes that cause errors; returns their number. */
static size_t drop_faulty(struct probing *probing)
{
    size_t dropped = 0;
    bool spreads = false;
    unsigned count = clang_getNumDiagnostics(probing->unit);
    for (unsigned i = 0; i < count && !spreads; i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(probing->unit, i);
        size_t which = SIZE_MAX;
        if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error)
            which = culprit(probing, diagnostic, &spreads);
        clang_disposeDiagnostic(diagnostic);
        if (which == SIZE_MAX)
            continue;
        struct probe *probe = &probing->probes.items[probing->parsed.items[which]];
        dropped += !probe->is_dropped;
        probe->is_dropped = true;
    }
    return dropped;
}

/* Whether neither the probes nor the text after them have errors. */
static bool is_clean(const struct probing *probing)
{
    unsigned count = clang_getNumDiagnostics(probing->unit);
    bool is_clean = true;
    for (unsigned i = 0; i < count && is_clean; i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(probing->unit, i);
        is_clean = clang_getDiagnosticSeverity(diagnostic) < CXDiagnostic_Error ||
                   line_in_probes(probing, clang_getDiagnosticLocation(diagnostic)) == 0;
        clang_disposeDiagnostic(diagnostic);
    }
    return is_clean;
}

/* --- clang's results --- */

static void take_type(struct reader *reader, CXType type, struct probe *probe)
{
    long long size = clang_Type_getSizeOf(type);
    CXType canonical = clang_getCanonicalType(type);
    if (canonical.kind == CXType_Enum)
        canonical = clang_getCanonicalType(
            clang_getEnumDeclIntegerType(clang_getTypeDeclaration(canonical)));
    bool is_integer = canonical.kind >= CXType_Bool && canonical.kind <= CXType_LongLong;
    if (!is_integer || size <= 0 || size > 8)
        return;
    probe->is_integer = true;
    probe->macro.kind = canonical.kind == CXType_Bool ? HG_MACRO_BOOL : HG_MACRO_INT;
    probe->macro.is_signed = hg_clang_is_signed(canonical);
    const char *name = hg_clang_string(reader, clang_getTypeSpelling(canonical));
    probe->macro.type_name = hg_begins_with(name, "const ") ? name + strlen("const ") : name;
    probe->macro.size = (unsigned)size;
}

/* Whether the variable is a char array of the string's length: libclang returns a string only up to
 * its first NUL. */
static bool take_string(struct reader *reader, CXType type, CXEvalResult result,
                        struct hg_macro *macro)
{
    CXType canonical = clang_getCanonicalType(type);
    CXType element = clang_getCanonicalType(clang_getArrayElementType(canonical));
    const char *string = clang_EvalResult_getAsStr(result);
    if (canonical.kind != CXType_ConstantArray || string == NULL ||
        (element.kind != CXType_Char_S && element.kind != CXType_Char_U))
        return false;
    size_t length = strlen(string);
    if (clang_getArraySize(canonical) != (long long)length + 1)
        return false;
    macro->kind = HG_MACRO_STRING;
    macro->string = hg_model_string(reader->model, string, length);
    return true;
}

/* The probe of a variable or enumerator; NULL = none. */
static struct probe *probe_of(struct probing *probing, CXCursor cursor, const char *prefix)
{
    CXString spelling = clang_getCursorSpelling(cursor);
    const char *text = clang_getCString(spelling);
    size_t which = SIZE_MAX;
    if (hg_begins_with(text, prefix))
        which = strtoul(text + strlen(prefix), NULL, 10);
    clang_disposeString(spelling);
    return which < probing->probes.count ? &probing->probes.items[which] : NULL;
}

static void read_variable(struct probing *probing, CXCursor cursor)
{
    struct probe *probe = probe_of(probing, cursor, TYPE_PREFIX);
    if (probe == NULL)
        return;
    CXType type = clang_getCursorType(cursor);
    take_type(probing->reader, type, probe);
    if (probe->is_integer)
        return;
    CXEvalResult result = clang_Cursor_Evaluate(cursor);
    if (result == NULL)
        return;
    if (clang_EvalResult_getKind(result) == CXEval_StrLiteral)
        probe->is_found = take_string(probing->reader, type, result, &probe->macro);
    clang_EvalResult_dispose(result);
}

/* The value has the enum's type, which clang chooses by the value. */
static void read_enumerator(struct probing *probing, CXCursor cursor, CXCursor parent)
{
    struct probe *probe = probe_of(probing, cursor, VALUE_PREFIX);
    if (probe == NULL || !probe->is_integer)
        return;
    probe->is_found = true;
    probe->macro.value = hg_clang_is_signed(clang_getEnumDeclIntegerType(parent))
                             ? (uint64_t)clang_getEnumConstantDeclValue(cursor)
                             : clang_getEnumConstantDeclUnsignedValue(cursor);
}

static enum CXChildVisitResult visit_probe(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct probing *probing = data;
    if (line_in_probes(probing, clang_getCursorLocation(cursor)) == 0)
        return CXChildVisit_Continue;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind == CXCursor_VarDecl)
        read_variable(probing, cursor);
    if (kind == CXCursor_EnumConstantDecl)
        read_enumerator(probing, cursor, parent);
    return kind == CXCursor_EnumDecl ? CXChildVisit_Recurse : CXChildVisit_Continue;
}

static enum hg_status evaluate(struct probing *probing, CXIndex index)
{
    size_t dropped = 1;
    for (int attempt = 0; attempt < ATTEMPTS_MAX && dropped > 0; attempt++) {
        if (probing->unit != NULL)
            clang_disposeTranslationUnit(probing->unit);
        probing->unit = NULL;
        enum hg_status status = parse_probes(probing, index);
        if (status != HG_OK)
            return status;
        dropped = probing->parsed.count == 0 ? 0 : drop_faulty(probing);
    }
    if (dropped > 0 || !is_clean(probing)) {
        hg_error(probing->reader->diagnostics, NULL,
                 "some macros break the code after them, in every parse; try a narrower --macros");
        return HG_ERROR_INPUT;
    }
    clang_visitChildren(clang_getTranslationUnitCursor(probing->unit), visit_probe, probing);
    return HG_OK;
}

/* --- reports --- */

static enum hg_status check_matched(const struct probing *probing)
{
    const struct hg_parse_options *options = probing->reader->options;
    enum hg_status status = HG_OK;
    for (size_t i = 0; i < options->user.macro_count; i++) {
        const char *pattern = options->user.macros[i];
        if (probing->is_matched[i] || pattern[0] == '!')
            continue;
        if (options->user.macros_are_optional) {
            if (strcmp(pattern, "*") != 0)
                hg_warning(probing->reader->diagnostics, NULL,
                           "the headers define no macro without parameters that matches '%s'",
                           pattern);
            continue;
        }
        hg_error(probing->reader->diagnostics, NULL,
                 "--macros: the headers define no macro without parameters that matches '%s'",
                 pattern);
        status = HG_ERROR_INPUT;
    }
    return status;
}

static void report(const struct probing *probing)
{
    const struct reader *reader = probing->reader;
    struct hg_text text = {0};
    size_t skipped = 0;
    for (size_t i = 0; i < probing->probes.count; i++) {
        const struct probe *probe = &probing->probes.items[i];
        if (probe->is_found)
            continue;
        if (skipped++ < NAMED_MAX)
            hg_text_printf(&text, "%s%s", skipped > 1 ? ", " : "", probe->macro.name);
    }
    const char *why =
        skipped == 1 ? "is no integer or string constant" : "are no integer or string constants";
    if (skipped > 0 && reader->options->user.clang_warnings)
        hg_note(reader->diagnostics, NULL, "%zu of %zu matching macro%s %s: %s%s", skipped,
                probing->probes.count, hg_plural(probing->probes.count), why, hg_text_string(&text),
                skipped > NAMED_MAX ? " ..." : "");
    else if (skipped > 0)
        hg_note(reader->diagnostics, NULL, "%zu of %zu matching macro%s %s (-v names them)",
                skipped, probing->probes.count, hg_plural(probing->probes.count), why);
    hg_text_deinit(&text);
}

enum hg_status hg_clang_read_macros(struct reader *reader, CXIndex index)
{
    if (reader->options->user.macro_count == 0)
        return HG_OK;
    struct probing probing = {
        .reader = reader,
        .is_matched = hg_calloc(reader->options->user.macro_count, sizeof(bool)),
    };
    find_probes(&probing);
    enum hg_status status = check_matched(&probing);
    if (status == HG_OK)
        status = evaluate(&probing, index);
    if (status == HG_OK) {
        for (size_t i = 0; i < probing.probes.count; i++)
            if (probing.probes.items[i].is_found)
                hg_model_add_macro(reader->model, &probing.probes.items[i].macro);
        report(&probing);
    }
    if (probing.unit != NULL)
        clang_disposeTranslationUnit(probing.unit);
    hg_strings_deinit(&probing.by_name);
    free(probing.definitions.items);
    free(probing.probes.items);
    free(probing.parsed.items);
    free(probing.is_matched);
    return status;
}
