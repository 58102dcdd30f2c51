/*
 * What kbuild asks a compiler, an assembler or a linker, answered without one.
 *
 *     $(call cc-option,-mno-fp-ret-in-387)     -mno-fp-ret-in-387
 *     $(call cc-disable-warning,array-bounds)  -Wno-array-bounds
 *     $(call gcc-min-version,90100)            y, by CONFIG_GCC_VERSION
 *
 * An option is taken to be known: what clang does not know, or what no declaration can notice, is
 * dropped later, when the options are translated (translate.c).  Versions are those of the compiler
 * that the configuration was made for.
 */
#include "tree/kbuild/evaluator.h"

/* What a probe comes to. */
enum answer {
    FIRST_ARGUMENT,  /* the option itself */
    SECOND_ARGUMENT, /* what follows the text that is tried */
    YES,
    NO_WARNING,
    NOTHING,
    AT_LEAST_GCC,
    AT_LEAST_CLANG,
    COMPARES_GCC, /* -lt, version, option */
    LESS,         /* of two numbers */
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
};

static const struct probe {
    const char *name;
    enum answer answer;
} probes[] = {
    {"cc-option", FIRST_ARGUMENT},
    {"cc-option-yn", YES},
    {"cc-option-align", FIRST_ARGUMENT},
    {"cc-disable-warning", NO_WARNING},
    {"cc-ifversion", COMPARES_GCC},
    {"cc-min-version", AT_LEAST_GCC},
    {"gcc-ifversion", COMPARES_GCC},
    {"gcc-min-version", AT_LEAST_GCC},
    {"clang-min-version", AT_LEAST_CLANG},
    {"hostcc-option", FIRST_ARGUMENT},
    {"as-option", FIRST_ARGUMENT},
    {"as-instr", SECOND_ARGUMENT},
    {"try-run", SECOND_ARGUMENT},
    {"ld-option", FIRST_ARGUMENT},
    {"ld-ifversion", NOTHING},
    {"rustc-option", FIRST_ARGUMENT},
    {"rustc-option-yn", YES},
    {"rustc-min-version", NOTHING},
    {"test-lt", LESS},
    {"test-le", LESS_OR_EQUAL},
    {"test-gt", GREATER},
    {"test-ge", GREATER_OR_EQUAL},
    /* of recipes */
    {"cmd", NOTHING},
    {"if_changed", NOTHING},
    {"if_changed_dep", NOTHING},
    {"if_changed_rule", NOTHING},
    {"filechk", NOTHING},
};

static struct hg_slice trimmed(const struct hg_text *text)
{
    return hg_slice_trim((struct hg_slice){hg_text_string(text), text->size});
}

static long long number_of_variable(struct hg_evaluator *evaluator, const char *name)
{
    char *value = hg_expand_named(evaluator, name);
    long long number = strtoll(value, NULL, 10);
    free(value);
    return number;
}

static long long number_of_argument(const struct hg_arguments *arguments, size_t index)
{
    struct hg_text text = hg_argument(arguments, index);
    long long number = strtoll(trimmed(&text).data, NULL, 10);
    hg_text_deinit(&text);
    return number;
}

static bool compares(struct hg_slice operator, long long left, long long right)
{
    return hg_slice_is(operator, "-lt")   ? left < right
           : hg_slice_is(operator, "-le") ? left <= right
           : hg_slice_is(operator, "-gt") ? left > right
           : hg_slice_is(operator, "-ge") ? left >= right
           : hg_slice_is(operator, "-eq") ? left == right
                                          : left != right;
}

/* $(call cc-ifversion,-lt,0402,-Wx): 0402 is 4.2, and CONFIG_GCC_VERSION 40200. */
static void put_if_version(const struct hg_arguments *arguments)
{
    struct hg_text operator= hg_argument(arguments, 1);
    long long version = number_of_variable(arguments->evaluator, "CONFIG_GCC_VERSION") / 100;
    if (version > 0 && compares(trimmed(&operator), version, number_of_argument(arguments, 2)))
        hg_expand(arguments->evaluator, arguments->items[3], arguments->out);
    else if (arguments->count > 4)
        hg_expand(arguments->evaluator, arguments->items[4], arguments->out);
    hg_text_deinit(&operator);
}

static void put_yes(const struct hg_arguments *arguments, bool is_so)
{
    if (is_so)
        hg_text_put(arguments->out, "y");
}

static void put_word_of(const struct hg_arguments *arguments, const char *before, size_t index)
{
    struct hg_text text = hg_argument(arguments, index);
    struct hg_slice word = trimmed(&text);
    hg_text_put(arguments->out, before);
    hg_text_bytes(arguments->out, word.data, word.size);
    hg_text_deinit(&text);
}

static void put_answer(const struct hg_arguments *arguments, enum answer answer)
{
    struct hg_evaluator *evaluator = arguments->evaluator;
    switch (answer) {
    case FIRST_ARGUMENT:
        put_word_of(arguments, "", 1);
        break;
    case SECOND_ARGUMENT:
        put_word_of(arguments, "", 2);
        break;
    case NO_WARNING:
        put_word_of(arguments, "-Wno-", 1);
        break;
    case YES:
        put_yes(arguments, true);
        break;
    case NOTHING:
        break;
    case AT_LEAST_GCC:
        put_yes(arguments, number_of_variable(evaluator, "CONFIG_GCC_VERSION") >=
                               number_of_argument(arguments, 1));
        break;
    case AT_LEAST_CLANG:
        put_yes(arguments, number_of_variable(evaluator, "CONFIG_CLANG_VERSION") >=
                               number_of_argument(arguments, 1));
        break;
    case COMPARES_GCC:
        if (arguments->count >= 4)
            put_if_version(arguments);
        break;
    case LESS:
        put_yes(arguments, number_of_argument(arguments, 1) < number_of_argument(arguments, 2));
        break;
    case LESS_OR_EQUAL:
        put_yes(arguments, number_of_argument(arguments, 1) <= number_of_argument(arguments, 2));
        break;
    case GREATER:
        put_yes(arguments, number_of_argument(arguments, 1) > number_of_argument(arguments, 2));
        break;
    case GREATER_OR_EQUAL:
        put_yes(arguments, number_of_argument(arguments, 1) >= number_of_argument(arguments, 2));
        break;
    }
}

bool hg_probe(struct hg_arguments *arguments, struct hg_slice name)
{
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        if (hg_slice_is(name, probes[i].name)) {
            put_answer(arguments, probes[i].answer);
            return true;
        }
    }
    return false;
}
