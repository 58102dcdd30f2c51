#!/bin/bash
# Build a kernel that really has no BTF, for the field test, from Debian's package linux-source-6.1.
#
#     $ tests/e2e/build-kernel.sh arm64-openwrt ~/kernels
#     arch=arm64
#     image=~/kernels/arm64-openwrt/arch/arm64/boot/Image
#     tree=~/kernels/arm64-openwrt
#     headers=~/kernels/arm64-openwrt-headers
#
# `tree` is where it was built. `headers` is what somebody has who only prepared a tree (`make olddefconfig
# prepare`) with the same configuration and compiled nothing of the kernel: that is given to hdrgen. (Not `modules_prepare`,
# which does nothing in a kernel without modules.)
#
# NAME is a file in kernels/: x86_64-tiny or arm64-openwrt. The options that it and common.config name are all there, or
# this script fails. No debug information, no BTF. It takes 5 to 15 minutes on two cores, and 3 GB; it is not a part of the
# test run, in which Debian's kernels with their BTF hidden take the same way through the loader.
set -euo pipefail

readonly prog=${0##*/}
here=$(cd "$(dirname "$0")" && pwd)
die() { printf '%s: error: %s\n' "$prog" "$*" >&2; exit 2; }

[ $# -eq 2 ] || die "usage: $prog x86_64-tiny|arm64-openwrt DIRECTORY   (SOURCE=DIR: an unpacked kernel source)"
name=$1
case $name in
x86_64-tiny) arch=x86_64 srcarch=x86 image=bzImage ;;
arm64-openwrt) arch=arm64 srcarch=arm64 image=Image ;;
*) die "no configuration '$name' here; there are x86_64-tiny and arm64-openwrt" ;;
esac
for tool in make gcc flex bison bc; do
    command -v "$tool" >/dev/null || die "no $tool: apt-get install make gcc flex bison bc"
done
mkdir -p "$2"
work=$(cd "$2" && pwd)

cross=
if [ "$(uname -m)" != "${arch/arm64/aarch64}" ]; then
    cross=${arch/arm64/aarch64}-linux-gnu-
    command -v "${cross}gcc" >/dev/null || die "no ${cross}gcc: apt-get install gcc-${cross//_/-}"
fi

source=${SOURCE:-$work/linux-source-6.1}
if [ ! -f "$source/Makefile" ]; then
    deb=$work/deb
    mkdir -p "$deb"
    (cd "$deb" && apt-get -qq download linux-source-6.1 >&2) || die "apt-get could not download linux-source-6.1"
    dpkg-deb --fsys-tarfile "$deb"/linux-source-6.1_*.deb | tar -xO ./usr/src/linux-source-6.1.tar.xz | tar -xJ -C "$work"
    rm -r "$deb"
fi

# Version strings without the machine's name in them; ccache where there is one.
kernel_make() { # DIRECTORY ARG...
    local output=$1 compiler=${cross}gcc
    shift
    ! command -v ccache >/dev/null || compiler="ccache $compiler"
    make -C "$source" O="$output" ARCH="$arch" CROSS_COMPILE="$cross" CC="$compiler" \
        KBUILD_BUILD_USER=field KBUILD_BUILD_HOST=test KBUILD_BUILD_TIMESTAMP=1970-01-01 "$@" >&2
}

# All options off but those named; then all of those must be there.
configure() { # DIRECTORY
    local missing
    mkdir -p "$1"
    cat "$here/kernels/common.config" "$here/kernels/$name.config" >"$1/wanted"
    kernel_make "$1" -s KCONFIG_ALLCONFIG="$1/wanted" allnoconfig
    missing=$(grep -v '^#' "$1/wanted" | grep -vxFf "$1/.config" | paste -sd' ' || true)
    [ -z "$missing" ] || die "did not come out of the configuration: $missing"
    ! grep -E '^CONFIG_DEBUG_INFO(_BTF)?=y' "$1/.config" || die "this configuration has debug information"
}

configure "$work/$name-headers"
kernel_make "$work/$name-headers" -s prepare
configure "$work/$name"
kernel_make "$work/$name" -j"$(nproc)" "$image"

printf 'arch=%q\nimage=%q\ntree=%q\nheaders=%q\n' "$srcarch" "$work/$name/arch/$srcarch/boot/$image" \
    "$work/$name" "$work/$name-headers"
