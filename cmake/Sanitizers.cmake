# -DHDRGEN_SANITIZE=address,undefined compiles and links everything with those sanitizers.
set(HDRGEN_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize=")
option(HDRGEN_COVERAGE "Build with source coverage (gcov)" OFF)

if(HDRGEN_SANITIZE)
    add_compile_options(-fsanitize=${HDRGEN_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${HDRGEN_SANITIZE})
endif()
if(HDRGEN_COVERAGE)
    add_compile_options(--coverage)
    add_link_options(--coverage)
endif()
