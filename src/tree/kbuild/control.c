/*
 * The functions of make that decide, repeat or call.
 *
 *     $(if $(CONFIG_X),yes,no)
 *     $(foreach f,a b,$(f).o)         a.o b.o
 *     $(call cc-option,-Wx,-Wy)       a variable with $(1), $(2); kbuild's questions to a compiler
 *
 * $(shell) runs no command: its value is empty, and values that depend on it are noted as unknown.
 */
#include "tree/kbuild/evaluator.h"

#include <stdio.h>

static struct hg_slice all_of(const struct hg_text *text)
{
    return (struct hg_slice){hg_text_string(text), text->size};
}

static void put_argument(const struct hg_arguments *arguments, size_t index)
{
    if (index < arguments->count)
        hg_expand(arguments->evaluator, arguments->items[index], arguments->out);
}

/* --- decisions --- */

static void run_if(struct hg_arguments *arguments)
{
    struct hg_text condition = {0};
    hg_expand(arguments->evaluator, hg_slice_trim(arguments->items[0]), &condition);
    put_argument(arguments, condition.size > 0 ? 1 : 2);
    hg_text_deinit(&condition);
}

static void run_or(struct hg_arguments *arguments)
{
    size_t start = arguments->out->size;
    for (size_t i = 0; i < arguments->count && arguments->out->size == start; i++)
        hg_expand(arguments->evaluator, hg_slice_trim(arguments->items[i]), arguments->out);
}

static void run_and(struct hg_arguments *arguments)
{
    size_t start = arguments->out->size;
    for (size_t i = 0; i < arguments->count; i++) {
        hg_text_truncate(arguments->out, start);
        hg_expand(arguments->evaluator, hg_slice_trim(arguments->items[i]), arguments->out);
        if (arguments->out->size == start)
            return;
    }
}

/* $(intcmp a,b[,less[,equal[,greater]]]) */
static void run_intcmp(struct hg_arguments *arguments)
{
    struct hg_text left = hg_argument(arguments, 0);
    struct hg_text right = hg_argument(arguments, 1);
    long long a = strtoll(hg_text_string(&left), NULL, 10);
    long long b = strtoll(hg_text_string(&right), NULL, 10);
    if (arguments->count == 2 && a == b)
        hg_text_printf(arguments->out, "%lld", a);
    put_argument(arguments, a < b ? 2 : a == b ? 3 : arguments->count > 4 ? 4 : 3);
    hg_text_deinit(&left);
    hg_text_deinit(&right);
}

/* --- repetition and calls --- */

/* A variable with a value for a while. */
struct binding {
    struct hg_variable *variable;
    struct hg_variable old;
};

static struct binding bind(struct hg_evaluator *evaluator, struct hg_slice name)
{
    struct hg_variable *variable = hg_scope_own(evaluator->scope, name);
    struct binding binding = {variable, *variable};
    variable->origin = HG_ORIGIN_FILE;
    variable->is_recursive = variable->is_open = false;
    return binding;
}

static void unbind(const struct binding *binding)
{
    *binding->variable = binding->old;
}

static void run_foreach(struct hg_arguments *arguments)
{
    if (arguments->count < 3)
        return;
    struct hg_text name = hg_argument(arguments, 0);
    struct hg_text list = hg_argument(arguments, 1);
    struct binding binding = bind(arguments->evaluator, hg_slice_trim(all_of(&name)));
    struct hg_slice rest = all_of(&list);
    struct hg_slice word;
    for (bool is_first = true; hg_make_word(&rest, &word); is_first = false) {
        if (!is_first)
            hg_text_put(arguments->out, " ");
        binding.variable->value = word;
        hg_evaluator_spend(arguments->evaluator, HG_STEP);
        hg_expand(arguments->evaluator, arguments->items[2], arguments->out);
        if (arguments->evaluator->has_failed)
            break;
    }
    unbind(&binding);
    hg_text_deinit(&name);
    hg_text_deinit(&list);
}

/* $(let a b,list,text): the last name takes what is left. */
static void run_let(struct hg_arguments *arguments)
{
    enum { NAMES = 10 };
    struct binding bindings[NAMES];
    size_t count = 0;
    struct hg_text names = hg_argument(arguments, 0);
    struct hg_text list = hg_argument(arguments, 1);
    struct hg_slice rest_of_names = all_of(&names);
    struct hg_slice rest = all_of(&list);
    struct hg_slice name, word;
    while (count < NAMES && hg_make_word(&rest_of_names, &name)) {
        bindings[count] = bind(arguments->evaluator, name);
        bool is_last = hg_slice_trim(rest_of_names).size == 0;
        if (!hg_make_word(&rest, &word))
            word = (struct hg_slice){0};
        else if (is_last)
            word = hg_slice_trim(
                (struct hg_slice){word.data, (size_t)(rest.data + rest.size - word.data)});
        bindings[count++].variable->value = word;
    }
    put_argument(arguments, 2);
    while (count > 0)
        unbind(&bindings[--count]);
    hg_text_deinit(&names);
    hg_text_deinit(&list);
}

static void call_variable(struct hg_arguments *arguments, struct hg_slice name)
{
    enum { PARAMETERS = 10 };
    struct binding bindings[PARAMETERS];
    struct hg_text values[PARAMETERS];
    struct hg_evaluator *evaluator = arguments->evaluator;
    for (size_t i = 0; i < PARAMETERS; i++)
        values[i] = hg_argument(arguments, i);
    for (size_t i = 0; i < PARAMETERS; i++) {
        char digit[16];
        snprintf(digit, sizeof digit, "%zu", i);
        bindings[i] = bind(evaluator, hg_slice_of(digit));
        bindings[i].variable->value = all_of(&values[i]);
    }
    /* a called variable may call itself with other arguments */
    struct hg_variable *variable = hg_scope_find(evaluator->scope, name);
    if (variable != NULL) {
        evaluator->unknown_reads += variable->is_unknown;
        if (variable->is_recursive)
            hg_expand(evaluator, variable->value, arguments->out);
        else
            hg_text_bytes(arguments->out, variable->value.data, variable->value.size);
    }
    for (size_t i = PARAMETERS; i-- > 0;) {
        unbind(&bindings[i]);
        hg_text_deinit(&values[i]);
    }
}

static void run_call(struct hg_arguments *arguments)
{
    struct hg_text name = hg_argument(arguments, 0);
    struct hg_slice trimmed = hg_slice_trim(all_of(&name));
    const struct hg_function *function = hg_find_function(trimmed);
    if (function != NULL) {
        struct hg_arguments inner = *arguments;
        memmove(inner.items, inner.items + 1, (inner.count - 1) * sizeof *inner.items);
        inner.count--;
        if (inner.count > 0)
            function->run(&inner);
    } else if (!hg_probe(arguments, trimmed)) {
        call_variable(arguments, trimmed);
    }
    hg_text_deinit(&name);
}

static void run_eval(struct hg_arguments *arguments)
{
    struct hg_text text = hg_argument(arguments, 0);
    hg_read_makefile_text(arguments->evaluator, arguments->evaluator->file, all_of(&text));
    hg_text_deinit(&text);
}

/* --- questions about a variable --- */

static const struct hg_variable *named(struct hg_arguments *arguments)
{
    struct hg_text name = hg_argument(arguments, 0);
    const struct hg_variable *variable =
        hg_scope_find(arguments->evaluator->scope, hg_slice_trim(all_of(&name)));
    hg_text_deinit(&name);
    return variable;
}

static void run_value(struct hg_arguments *arguments)
{
    const struct hg_variable *variable = named(arguments);
    if (variable == NULL)
        return;
    arguments->evaluator->unknown_reads += variable->is_unknown;
    hg_text_bytes(arguments->out, variable->value.data, variable->value.size);
}

static void run_origin(struct hg_arguments *arguments)
{
    static const char *const words[] = {
        [HG_ORIGIN_UNDEFINED] = "undefined",
        [HG_ORIGIN_FILE] = "file",
        [HG_ORIGIN_ENVIRONMENT] = "environment",
        [HG_ORIGIN_COMMAND_LINE] = "command line",
    };
    const struct hg_variable *variable = named(arguments);
    hg_text_put(arguments->out, words[variable == NULL ? HG_ORIGIN_UNDEFINED : variable->origin]);
}

static void run_flavor(struct hg_arguments *arguments)
{
    const struct hg_variable *variable = named(arguments);
    hg_text_put(arguments->out, variable == NULL         ? "undefined"
                                : variable->is_recursive ? "recursive"
                                                         : "simple");
}

/* --- what is not done --- */

/* Where the compiler's own headers are: clang knows where its own are (translate.c). */
static bool put_compilers_headers(struct hg_arguments *arguments)
{
    static const char option[] = "-print-file-name=include";
    const struct hg_slice *command = &arguments->items[0];
    if (memmem(command->data, command->size, option, sizeof option - 1) == NULL)
        return false;
    hg_text_put(arguments->out, "/usr/lib/gcc/include");
    return true;
}

/* arch/x86/Makefile asks for the building machine, to choose a default configuration. */
static bool asks_for_machine(const struct hg_arguments *arguments)
{
    static const char command[] = "uname -m";
    const struct hg_slice *asked = &arguments->items[0];
    return memmem(asked->data, asked->size, command, sizeof command - 1) != NULL;
}

static void run_shell(struct hg_arguments *arguments)
{
    if (!put_compilers_headers(arguments) && !asks_for_machine(arguments))
        arguments->evaluator->unknown_reads++;
}

static void run_unknown(struct hg_arguments *arguments)
{
    arguments->evaluator->unknown_reads++;
}

static void run_nothing(struct hg_arguments *arguments)
{
    (void)arguments;
}

static const struct hg_function controls[] = {
    {"if", 3, run_if},           {"or", 16, run_or},
    {"and", 16, run_and},        {"intcmp", 5, run_intcmp},
    {"foreach", 3, run_foreach}, {"let", 3, run_let},
    {"call", 16, run_call},      {"eval", 1, run_eval},
    {"value", 1, run_value},     {"origin", 1, run_origin},
    {"flavor", 1, run_flavor},   {"shell", 1, run_shell},
    {"file", 2, run_unknown},    {"guile", 1, run_unknown},
    {"error", 1, run_nothing}, /* what it warns of may be our own not knowing */
    {"warning", 1, run_nothing}, {"info", 1, run_nothing},
};

const struct hg_function *hg_find_control(struct hg_slice name)
{
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (hg_slice_is(name, controls[i].name))
            return &controls[i];
    return NULL;
}
