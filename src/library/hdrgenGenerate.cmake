# hdrgen_generate(OUTPUT file
#                 [HEADERS header...] [KERNEL directory] [BTF file] [TYPES name...]
#                 [OPTIONS option...] [FLAGS clang-argument...]
#                 [TARGET name])
#
# Makes OUTPUT (.rs, .h, .btf or .json) with hdrgen when it is missing or anything that it was made from has
# changed: every header that was read is a dependency, by hdrgen's --depfile.  A relative OUTPUT is in the
# current binary directory.  With TARGET, a custom target of that name makes it; targets of the same directory
# can also name OUTPUT among their sources.
#
#     find_package(hdrgen REQUIRED)
#     hdrgen_generate(OUTPUT task.h HEADERS linux/sched.h KERNEL /usr/src/linux-headers-6.1.0 TYPES task_struct)
function(hdrgen_generate)
    cmake_parse_arguments(PARSE_ARGV 0 GEN "" "OUTPUT;KERNEL;BTF;TARGET" "HEADERS;TYPES;OPTIONS;FLAGS")
    if(NOT GEN_OUTPUT)
        message(FATAL_ERROR "hdrgen_generate: OUTPUT is missing")
    endif()
    if(GEN_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "hdrgen_generate: unknown arguments: ${GEN_UNPARSED_ARGUMENTS}")
    endif()
    cmake_path(ABSOLUTE_PATH GEN_OUTPUT BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
    set(arguments)
    foreach(header IN LISTS GEN_HEADERS)
        if(EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${header}")
            set(header "${CMAKE_CURRENT_SOURCE_DIR}/${header}")
        endif()
        list(APPEND arguments --header "${header}")
    endforeach()
    if(GEN_KERNEL)
        list(APPEND arguments --kernel "${GEN_KERNEL}")
    endif()
    if(GEN_BTF)
        cmake_path(ABSOLUTE_PATH GEN_BTF BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
        list(APPEND arguments --btf "${GEN_BTF}")
    endif()
    list(APPEND arguments ${GEN_TYPES} ${GEN_OPTIONS} --depfile "${GEN_OUTPUT}.d" -o "${GEN_OUTPUT}")
    if(GEN_FLAGS)
        list(APPEND arguments -- ${GEN_FLAGS})
    endif()
    cmake_path(RELATIVE_PATH GEN_OUTPUT BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" OUTPUT_VARIABLE shown)
    add_custom_command(OUTPUT "${GEN_OUTPUT}" DEPFILE "${GEN_OUTPUT}.d"
        COMMAND hdrgen::program ${arguments}
        DEPENDS hdrgen::program
        COMMENT "hdrgen ${shown}" VERBATIM COMMAND_EXPAND_LISTS)
    if(GEN_TARGET)
        add_custom_target(${GEN_TARGET} ALL DEPENDS "${GEN_OUTPUT}")
    endif()
endfunction()
