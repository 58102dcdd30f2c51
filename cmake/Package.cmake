# cpack: one package of what cmake --install puts in place: -G DEB or RPM; and, of -DHDRGEN_PORTABLE=ON, -G RPM or TXZ.
#
#   cmake -S . -B build/deb -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_TESTING=OFF
#   cmake --build build/deb && (cd build/deb && cpack -G DEB)
#
# The prefix is what puts the library into the folder of its architecture.  What the package depends on is read
# from the program and the shared library themselves (dpkg-shlibdeps); what no symbol tells of is libclang, which
# is loaded when it is needed, and clang's own headers (stddef.h and the like), from libclang-common.  Debian.cmake
# says what else is done for the package alone.  tests/package/deb.sh installs it into a fresh Debian.
#
# Whoever publishes packages is their maintainer: DEBFULLNAME and DEBEMAIL, as for Debian's own tools.
set(HDRGEN_MAINTAINER "" CACHE STRING "Maintainer of the .deb (default: DEBFULLNAME <DEBEMAIL>)")
set(HDRGEN_HOMEPAGE "" CACHE STRING "Homepage of the .deb (default: none)")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hdrgen)
if(HDRGEN_MAINTAINER)
    set(CPACK_PACKAGE_CONTACT "${HDRGEN_MAINTAINER}")
elseif(DEFINED ENV{DEBFULLNAME} AND DEFINED ENV{DEBEMAIL})
    set(CPACK_PACKAGE_CONTACT "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
else()
    set(CPACK_PACKAGE_CONTACT "The hdrgen authors <hdrgen@unpublished.invalid>")
endif()
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "exact Rust, C, BTF and JSON bindings of Linux kernel types")
set(CPACK_PACKAGE_DESCRIPTION
"hdrgen makes the bindings that eBPF programs need to read kernel structures.
It parses a kernel's headers with that kernel's own flags (by way of libclang),
for any of its architectures, or reads BTF, and writes Rust, C in the manner of
vmlinux.h, BTF for kernels that ship none, or JSON. Sizes and offsets are the
compiler's and are asserted in the output.
.
It also tells what two kernels lay out differently, and whether a BPF object
will load on a kernel.
.
This package holds the program, libhdrgen and what programs are built with it.")
if(HDRGEN_PORTABLE) # a tar with one folder
    set(CPACK_GENERATOR TXZ)
    set(CPACK_PACKAGE_FILE_NAME "hdrgen-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR}")
else()
    set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
endif()
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/Debian.cmake")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "${HDRGEN_HOMEPAGE}")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libclang1-${LibClang_VERSION}, libclang-common-${LibClang_VERSION}-dev")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_BINARY_DIR}/debian/triggers")
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# The trigger by which Debian tells ldconfig of a new library.
file(WRITE "${PROJECT_BINARY_DIR}/debian/triggers" "activate-noawait ldconfig\n")

# --- rpm: what the program is linked with is found by rpmbuild; libclang, which is loaded when it is needed, is named ---
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _build_id_links none")
set(CPACK_RPM_PACKAGE_LICENSE BSD-2-Clause)
set(CPACK_RPM_PACKAGE_GROUP "Development/Tools")
set(CPACK_RPM_PACKAGE_URL "${HDRGEN_HOMEPAGE}")
set(hdrgen_word "")
if(CMAKE_SIZEOF_VOID_P EQUAL 8)
    set(hdrgen_word "()(64bit)")
endif()
if(HDRGEN_PORTABLE) # the name that it has everywhere but on Debian
    set(CPACK_RPM_PACKAGE_REQUIRES "libclang.so.13${hdrgen_word}")
else()
    set(CPACK_RPM_PACKAGE_REQUIRES "${LibClang_SONAME}${hdrgen_word}, ${LibClang_LLVM_SONAME}${hdrgen_word}")
endif()
foreach(folder IN ITEMS bash-completion bash-completion/completions doc fish fish/vendor_completions.d man man/man1 man/man3
                        zsh zsh/site-functions)
    list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION "/usr/share/${folder}")
endforeach()

# For Debian.cmake.
set(CPACK_HDRGEN_SOURCE "${PROJECT_SOURCE_DIR}")
set(CPACK_HDRGEN_DATE "${HDRGEN_DATE}")
include(CPack)
