/* hdrgen: the program.  Exit status 0 done, 2 anything wrong, with nothing written. */
#include "table.h"

int main(int argc, char **argv)
{
    struct options options = {0};
    struct hg_diagnostics diagnostics = {.report = report_to_stderr, .user = &options};
    int status = 2;
    switch (options_parse(argc, argv, &diagnostics, &options)) {
    case STEP_RUN:
        status = command_table[options.command].run(&options, &diagnostics);
        break;
    case STEP_EXIT_OK:
        status = fflush(stdout) == 0 ? 0 : 2;
        break;
    case STEP_EXIT_ERROR:
        break;
    }
    options_deinit(&options);
    return status;
}
