# cpack -G DEB: one Debian package of what cmake --install puts in place.
#
# What it depends on is read from the program and the shared library themselves (dpkg-shlibdeps).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hdrgen)
set(CPACK_PACKAGE_CONTACT "The hdrgen maintainers <hdrgen@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "kernel headers and BTF to Rust, C, BTF and JSON")
set(CPACK_PACKAGE_DESCRIPTION "hdrgen writes bindings of Linux kernel types for eBPF programs, from headers\
 (by way of libclang) or from BTF. This package holds the program, libhdrgen and what programs are built with it.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
