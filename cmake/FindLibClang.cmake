# Finds libclang and the LLVM C library of the same version.
#
#   -DHDRGEN_LLVM_VERSION=N   that version and no other; default: the newest found, 14 at least
#
# Defines LibClang::Headers, LibClang_VERSION (major), and the names of the libraries, LibClang_SONAME and
# LibClang_LLVM_SONAME.  Looks where distributions put them: /usr/lib/llvm-N (Debian, Ubuntu), /usr/lib/llvmN and /usr/lib64/llvmN (Alpine, Fedora), /usr.
set(HDRGEN_LLVM_VERSION "" CACHE STRING "Major version of libclang and LLVM to use (default: newest)")

set(_oldest 14)
set(_newest 40)
if(HDRGEN_LLVM_VERSION)
    if(NOT HDRGEN_LLVM_VERSION MATCHES "^[0-9]+$" OR HDRGEN_LLVM_VERSION LESS _oldest)
        message(FATAL_ERROR "HDRGEN_LLVM_VERSION=${HDRGEN_LLVM_VERSION}: give a major version, "
                            "${_oldest} or newer")
    endif()
    set(_versions ${HDRGEN_LLVM_VERSION})
else()
    set(_versions)
    foreach(_version RANGE ${_oldest} ${_newest})
        list(PREPEND _versions ${_version})
    endforeach()
endif()

# Sets LIBCLANG_* when PREFIX holds libclang, its header, the LLVM library and its header.
function(_libclang_try prefix version)
    find_path(_clang_include clang-c/Index.h PATHS "${prefix}/include" NO_DEFAULT_PATH NO_CACHE)
    find_path(_llvm_include llvm-c/Target.h
              PATHS "${prefix}/include" "/usr/include/llvm-c-${version}" NO_DEFAULT_PATH NO_CACHE)
    find_library(_clang_library NAMES clang clang-${version}
                 PATHS "${prefix}/lib" "${prefix}/lib64" NO_DEFAULT_PATH NO_CACHE)
    find_library(_llvm_library NAMES LLVM-${version} LLVM
                 PATHS "${prefix}/lib" "${prefix}/lib64" NO_DEFAULT_PATH NO_CACHE)
    if(NOT (_clang_include AND _llvm_include AND _clang_library AND _llvm_library))
        return()
    endif()
    file(STRINGS "${_llvm_include}/llvm/Config/llvm-config.h" _line
         REGEX "#define LLVM_VERSION_MAJOR ")
    string(REGEX MATCH "[0-9]+" _found "${_line}")
    if(version AND NOT _found EQUAL version)
        return()
    endif()
    if(_found LESS _oldest)
        return()
    endif()
    set(LIBCLANG_INCLUDE "${_clang_include}" CACHE PATH "" FORCE)
    set(LIBCLANG_LLVM_INCLUDE "${_llvm_include}" CACHE PATH "" FORCE)
    set(LIBCLANG_LIBRARY "${_clang_library}" CACHE FILEPATH "" FORCE)
    set(LIBCLANG_LLVM_LIBRARY "${_llvm_library}" CACHE FILEPATH "" FORCE)
    set(LIBCLANG_MAJOR "${_found}" CACHE STRING "" FORCE)
    set(LIBCLANG_ASKED "${HDRGEN_LLVM_VERSION}" CACHE STRING "" FORCE)
endfunction()

if(LIBCLANG_MAJOR AND NOT "${LIBCLANG_ASKED}" STREQUAL "${HDRGEN_LLVM_VERSION}")
    unset(LIBCLANG_MAJOR CACHE)
endif()
foreach(_version IN LISTS _versions)
    foreach(_prefix /usr/lib/llvm-${_version} /usr/lib64/llvm${_version} /usr/lib/llvm${_version}
                    /usr/local/opt/llvm@${_version})
        if(NOT LIBCLANG_MAJOR)
            _libclang_try("${_prefix}" ${_version})
        endif()
    endforeach()
endforeach()
if(NOT LIBCLANG_MAJOR)
    foreach(_prefix /usr /usr/local)
        if(NOT LIBCLANG_MAJOR)
            _libclang_try("${_prefix}" "${HDRGEN_LLVM_VERSION}")
        endif()
    endforeach()
endif()

if(NOT LIBCLANG_MAJOR)
    message(FATAL_ERROR
        "libclang ${HDRGEN_LLVM_VERSION} with its headers and LLVM's C library was not found.\n"
        "Run cmake/install-packages.sh, or install them by hand:\n"
        "  Debian, Ubuntu:  apt-get install libclang-dev llvm-dev\n"
        "  Fedora:          dnf install clang-devel llvm-devel\n"
        "  Alpine:          apk add clang-dev llvm-dev\n"
        "  Arch:            pacman -S clang llvm")
endif()

set(LibClang_VERSION ${LIBCLANG_MAJOR})
message(STATUS "libclang ${LibClang_VERSION}: ${LIBCLANG_LIBRARY}")
set(LibClang_FOUND TRUE)

# The name by which programs load the library.
function(_libclang_soname library result)
    execute_process(COMMAND "${CMAKE_READELF}" -d "${library}" OUTPUT_VARIABLE _dynamic COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCH "SONAME[^[]*\\[([^]]+)\\]" _found "${_dynamic}")
    set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()
_libclang_soname("${LIBCLANG_LIBRARY}" LibClang_SONAME)
_libclang_soname("${LIBCLANG_LLVM_LIBRARY}" LibClang_LLVM_SONAME)

if(NOT TARGET LibClang::Headers)
    add_library(LibClang::Headers INTERFACE IMPORTED)
    set_target_properties(LibClang::Headers PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${LIBCLANG_INCLUDE};${LIBCLANG_LLVM_INCLUDE}")
endif()
