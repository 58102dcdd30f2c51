# -DHDRGEN_PORTABLE=ON: one program for any Linux with a C library like this one's, or a newer one of the kind.
#
# The libraries that FindLibraries found are linked from their archives, and libclang is looked for when a header is read,
# whatever its version (src/frontend/clang/search.c).  libhdrgen is not made: archives are not compiled to be part of a
# shared library.  docs/packages.md says what such a program needs of a system.
option(HDRGEN_PORTABLE "Link everything but the C library statically; take any libclang" OFF)
if(NOT HDRGEN_PORTABLE)
    return()
endif()
if(BUILD_TESTING)
    message(FATAL_ERROR "HDRGEN_PORTABLE is the program alone: configure with -DBUILD_TESTING=OFF, or --preset release")
endif()

# The archive instead of the shared library, and what it needs in turn.
function(hdrgen_link_archive module archive)
    if(NOT TARGET PkgConfig::${module})
        return()
    endif()
    find_library(HDRGEN_${module}_ARCHIVE NAMES ${archive} HINTS ${${module}_LIBDIR} ${${module}_LIBRARY_DIRS})
    if(NOT HDRGEN_${module}_ARCHIVE)
        message(FATAL_ERROR "HDRGEN_PORTABLE: ${archive} was not found: install the static library of ${module}, too")
    endif()
    set_target_properties(PkgConfig::${module} PROPERTIES INTERFACE_LINK_OPTIONS "" INTERFACE_LINK_DIRECTORIES ""
                          INTERFACE_LINK_LIBRARIES "${HDRGEN_${module}_ARCHIVE};${ARGN}")
endfunction()
hdrgen_link_archive(JSON_C libjson-c.a)
hdrgen_link_archive(LIBLZ4 liblz4.a)
hdrgen_link_archive(LIBLZMA liblzma.a)
hdrgen_link_archive(LIBZSTD libzstd.a)
hdrgen_link_archive(XXHASH libxxhash.a)
hdrgen_link_archive(ZLIB libz.a)
hdrgen_link_archive(LIBELF libelf.a PkgConfig::ZLIB PkgConfig::LIBZSTD)
hdrgen_link_archive(LIBBPF libbpf.a PkgConfig::LIBELF)

# Their licences go where the program goes; Debian has each in its package's folder.
foreach(package IN ITEMS libjson-c5 liblz4-1 liblzma5 libzstd1 libxxhash0 zlib1g libelf1 libbpf1)
    if(EXISTS "/usr/share/doc/${package}/copyright")
        install(FILES "/usr/share/doc/${package}/copyright" DESTINATION "${CMAKE_INSTALL_DOCDIR}/libraries"
                COMPONENT documentation RENAME "${package}")
    endif()
endforeach()
