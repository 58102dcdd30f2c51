/* The program hdrgen.  Exit status: 0 done; 1 see the command; 2 wrong, and nothing is written. */
#include "table.h"

#include <string.h>

/* Manual pages for the build, and completion for shells. */
static int serve(int argc, char **argv)
{
    if (strcmp(argv[1], "__complete") == 0)
        return complete(argc - 1, argv + 1, stdout);
    enum command which = COMMAND_GENERATE;
    if (argc > 2 && !find_command(argv[2], &which))
        return 2;
    print_man(stdout, which);
    return fflush(stdout) == 0 ? 0 : 2;
}

#ifdef __has_feature /* clang's; gcc has the macro */
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
/* libclang leaks the text of the main file if it refuses its arguments. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:getNewUninitMemBuffer\n";
}
const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

int main(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "__complete") == 0 || strcmp(argv[1], "__man") == 0))
        return serve(argc, argv);
    use_large_pages();
    struct options options = {0};
    struct hg_diagnostics diagnostics = {.report = report_to_stderr, .user = &options};
    int status = 2;
    switch (options_parse(argc, argv, &diagnostics, &options)) {
    case STEP_RUN:
        if (!check_named_inputs(&options, &diagnostics) ||
            !read_standard_input(&options, &diagnostics))
            break;
        if (options.command != COMMAND_LINK)
            ticker_begin(options.source_count > 0 ? options.sources[0].progress
                                                  : options.like.progress,
                         options.quiet);
        bool is_ready = unpack_kernels(&options, &diagnostics);
        if (is_ready)
            status = command_table[options.command].run(&options, &diagnostics);
        ticker_end();
        if (is_ready && status == 2)
            report_hints(&options, &diagnostics);
        break;
    case STEP_EXIT_OK:
        status = fflush(stdout) == 0 ? 0 : 2;
        break;
    case STEP_EXIT_ERROR:
        report_hints(&options, &diagnostics);
        break;
    }
    remove_unpacked_kernels();
    options_deinit(&options);
    return status;
}
