# The warnings every file of ours is compiled with; -DHDRGEN_WERROR=ON makes them errors.
option(HDRGEN_WERROR "Treat compiler warnings as errors" OFF)

add_library(hg_warnings INTERFACE)
target_compile_options(hg_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wvla
    -Wundef -Wwrite-strings -Wformat=2
    $<$<BOOL:${HDRGEN_WERROR}>:-Werror>)
