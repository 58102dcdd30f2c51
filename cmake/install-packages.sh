#!/bin/sh
# Installs what building (and with `tests`, testing; with `demo`, the demonstration of) hdrgen needs and this
# machine lacks.  Does nothing, and needs no network, when everything is there.
#
#   cmake/install-packages.sh [build|demo|tests|bench]
#
# Debian and Ubuntu: by apt-get (through sudo when you are not root).  Elsewhere it names the packages and
# goes on: the build says what is still missing.
set -eu

what=${1:-build}
case $what in
build | demo | tests | bench) ;;
*)
    echo "usage: install-packages.sh [build|demo|tests|bench]" >&2
    exit 2
    ;;
esac

# Packages by Debian's names; the words before the colon say how to see that one is there.
build='tool:cmake:cmake tool:pkg-config:pkg-config tool:make:make
    pc:json-c:libjson-c-dev pc:libxxhash:libxxhash-dev file:uthash.h:uthash-dev
    pc:libelf:libelf-dev pc:zlib:zlib1g-dev pc:liblzma:liblzma-dev
    pc:libzstd:libzstd-dev pc:liblz4:liblz4-dev pc:libbpf:libbpf-dev'
demo='rust:bpfel:rustc-web rust:bpfel:libstd-rust-web-dev-bpf tool:clang-19:clang-19'
tests='pc:cunit:libcunit1-dev tool:clang:clang tool:clang-14:clang-14 file-asan:14:libclang-rt-14-dev
    lib:14:libclang-14-dev lib:14:llvm-14-dev tool:python3:python3 tool:gcc:gcc
    tool:bpftool:bpftool tool:pahole:dwarves tool:llvm-objcopy-19:llvm-19 tool:clang-format-14:clang-format-14
    tool:bindgen:bindgen tool:dpkg-shlibdeps:dpkg-dev tool:xz:xz-utils tool:mandoc:mandoc tool:zsh:zsh tool:fish:fish
    tool:chromium:chromium tool:chromedriver:chromium-driver
    tool:qemu-system-x86_64:qemu-system-x86 tool:qemu-system-aarch64:qemu-system-arm
    tool:aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu path:/usr/aarch64-linux-gnu/lib/libc.a:libc6-dev-arm64-cross
    python:jsonschema:python3-jsonschema path:/usr/bin/rustfmt:rustfmt tool:cargo:cargo-web tool:meson:meson tool:ninja:ninja-build'
bench='tool:hyperfine:hyperfine tool:valgrind:valgrind time:time:time'

needs=$build
case $what in
demo) needs="$needs $demo" ;;
tests) needs="$needs $demo $tests" ;;
bench) needs="$needs $demo $tests $bench" ;;
esac

# A libclang with its headers, 14 or newer, and LLVM's of the same version.
has_libclang() {
    for prefix in /usr/lib/llvm-[0-9]* /usr/lib64/llvm[0-9]* /usr/lib/llvm[0-9]* /usr /usr/local; do
        [ "${1:-}" ] && [ "$prefix" != "/usr/lib/llvm-$1" ] && continue
        [ -e "$prefix/include/clang-c/Index.h" ] && [ -e "$prefix/include/llvm-c/Target.h" ] &&
            return 0
    done
    return 1
}

# A rustc of 1.77 or newer that can compile for bpfel-unknown-none.
has_bpf_rustc() {
    for rustc in rustc /usr/bin/rustc; do
        directory=$("$rustc" --print target-libdir --target bpfel-unknown-none 2>/dev/null) || continue
        ls "$directory"/libcore-*.rlib >/dev/null 2>&1 && return 0
    done
    return 1
}

is_there() {
    case $1 in
    tool) command -v "$2" >/dev/null 2>&1 ;;
    pc) pkg-config --exists "$2" 2>/dev/null ;;
    file) [ -e "/usr/include/$2" ] || [ -e "/usr/local/include/$2" ] ;;
    path) [ -e "$2" ] ;;
    file-asan) ls /usr/lib/llvm-"$2"/lib/clang/*/lib/linux/libclang_rt.asan-*.a >/dev/null 2>&1 ;;
    lib) has_libclang "$2" ;;
    rust) has_bpf_rustc ;;
    python) python3 -c "import $2" 2>/dev/null ;;
    time) [ -x /usr/bin/time ] ;;
    esac
}

missing=
for need in $needs; do
    how=${need%%:*}
    rest=${need#*:}
    is_there "$how" "${rest%%:*}" || missing="$missing ${rest#*:}"
done
command -v cc >/dev/null 2>&1 || missing="$missing gcc"

# The newest libclang that this distribution has; 19 is what the tests were measured with.
if ! has_libclang; then
    missing="$missing libclang-19-dev llvm-19-dev"
elif [ "$what" = tests ] || [ "$what" = bench ]; then
    has_libclang 19 || missing="$missing libclang-19-dev llvm-19-dev"
fi
[ -z "$missing" ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    cat >&2 <<'END'
install-packages.sh: this is not Debian or Ubuntu; if the build stops, install:
  Fedora:  dnf install cmake gcc clang-devel llvm-devel json-c-devel xxhash-devel uthash-devel \
           elfutils-libelf-devel zlib-devel xz-devel libzstd-devel lz4-devel CUnit-devel
  Alpine:  apk add cmake gcc musl-dev clang-dev llvm-dev json-c-dev xxhash-dev uthash-dev elfutils-dev \
           zlib-dev xz-dev zstd-dev lz4-dev cunit-dev bash
  Arch:    pacman -S cmake gcc clang llvm json-c xxhash uthash libelf zlib xz zstd lz4 cunit
END
    exit 0
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
fi
echo "install-packages.sh: installing$missing" >&2
$as_root apt-get update -qq || true
available=
for package in $missing; do
    if apt-cache show "$package" >/dev/null 2>&1; then
        available="$available $package"
    else
        echo "install-packages.sh: this distribution has no $package: going on without it" >&2
    fi
done
missing=$available
[ -z "$missing" ] && exit 0
# shellcheck disable=SC2086 # a list of packages
{
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing \
        >/dev/null
} || {
    echo "install-packages.sh: apt-get could not install$missing; is the network there?" >&2
    exit 1
}
