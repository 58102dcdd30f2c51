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

# Packages by Debian's names; the words before the colon say how to see that one is there.  a|b: the first that the
# distribution has.  LLVM stands for the version of the newest libclang here, CC for that of the default clang.
build='tool:cmake:cmake tool:pkg-config:pkg-config tool:make:make
    pc:json-c:libjson-c-dev pc:libxxhash:libxxhash-dev file:uthash.h:uthash-dev
    pc:libelf:libelf-dev pc:zlib:zlib1g-dev pc:liblzma:liblzma-dev
    pc:libzstd:libzstd-dev pc:liblz4:liblz4-dev pc:libbpf:libbpf-dev'
demo='rust:bpfel:rustc-web|rustc rust:bpfel:libstd-rust-web-dev-bpf'
tests='pc:cunit:libcunit1-dev tool:clang:clang asan:clang:libclang-rt-CC-dev clang:LLVM:clang-LLVM
    tool:python3:python3 tool:gcc:gcc tool:bash:bash
    tool:bpftool:bpftool tool:pahole:pahole|dwarves tool:llvm-objdump:llvm tool:clang-format-14:clang-format-14
    tool:bindgen:bindgen tool:dpkg-shlibdeps:dpkg-dev tool:xz:xz-utils tool:mandoc:mandoc tool:zsh:zsh tool:fish:fish
    tool:chromium:chromium tool:chromedriver:chromium-driver
    tool:qemu-system-x86_64:qemu-system-x86 tool:qemu-system-aarch64:qemu-system-arm
    tool:aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu path:/usr/aarch64-linux-gnu/lib/libc.a:libc6-dev-arm64-cross
    python:jsonschema:python3-jsonschema path:/usr/bin/rustfmt:rustfmt tool:cargo:cargo-web|cargo tool:meson:meson tool:ninja:ninja-build'
bench='tool:hyperfine:hyperfine tool:valgrind:valgrind time:time:time'

needs=$build
case $what in
demo) needs="$needs $demo" ;;
tests) needs="$needs $demo $tests" ;;
bench) needs="$needs $demo $tests $bench" ;;
esac

# The versions of libclang that are here with their headers and LLVM's, 14 or newer, newest first; `any` for one
# whose place does not say which.
libclangs() {
    for prefix in /usr/lib/llvm-[0-9]* /usr/lib64/llvm[0-9]* /usr/lib/llvm[0-9]* /usr /usr/local; do
        if [ -e "$prefix/include/clang-c/Index.h" ] && [ -e "$prefix/include/llvm-c/Target.h" ]; then
            version=${prefix##*llvm}
            [ "$version" = "$prefix" ] && echo any || echo "${version#-}"
        fi
    done | sort -rn | awk '$1 == "any" || $1 >= 14'
}

# The same of those that the distribution has.
available_libclangs() {
    apt-cache pkgnames libclang- | sed -n 's/^libclang-\([0-9]*\)-dev$/\1/p' | sort -rn | while read -r version; do
        [ "$version" -lt 14 ] || ! has_package "llvm-$version-dev" || echo "$version"
    done
}

# A rustc of 1.77 or newer that can compile for bpfel-unknown-none.
has_bpf_rustc() {
    for rustc in rustc /usr/bin/rustc; do
        directory=$("$rustc" --print target-libdir --target bpfel-unknown-none 2>/dev/null) || continue
        ls "$directory"/libcore-*.rlib >/dev/null 2>&1 && return 0
    done
    return 1
}

# A compiler that links programs with the sanitizers.
has_asan() {
    command -v "$1" >/dev/null 2>&1 || return 1
    program=$(mktemp) || return 1
    status=0
    echo 'int main(void) { return 0; }' | "$1" -fsanitize=address,undefined -x c - -o "$program" 2>/dev/null || status=1
    rm -f "$program"
    return $status
}

has_package() {
    [ -n "$(apt-cache show "$1" 2>/dev/null)" ]
}

is_there() {
    case $1 in
    tool) command -v "$2" >/dev/null 2>&1 ;;
    pc) pkg-config --exists "$2" 2>/dev/null ;;
    file) [ -e "/usr/include/$2" ] || [ -e "/usr/local/include/$2" ] ;;
    path) [ -e "$2" ] ;;
    asan) has_asan "$2" ;;
    clang) version=$(libclangs | head -n 1) && [ "$version" ] && { [ "$version" = any ] || command -v "clang-$version" >/dev/null; } ;;
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

# One libclang to build with; for the tests two, of different versions, which have to give the same.
wanted=1
case $what in tests | bench) wanted=2 ;; esac
wanted=$((wanted - $(libclangs | wc -l)))
[ -z "$missing" ] && [ $wanted -le 0 ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    cat >&2 <<'END'
install-packages.sh: this is not Debian or Ubuntu; if the build stops, install:
  Fedora:  dnf install cmake gcc make pkgconf-pkg-config clang-devel llvm-devel json-c-devel xxhash-devel uthash-devel \
           elfutils-libelf-devel zlib-devel xz-devel libzstd-devel lz4-devel libbpf-devel
  Alpine:  apk add cmake gcc musl-dev linux-headers make pkgconf clang-dev llvm-dev json-c-dev xxhash-dev uthash-dev elfutils-dev \
           zlib-dev xz-dev zstd-dev lz4-dev libbpf-dev
  Arch:    pacman -S cmake gcc make pkgconf clang llvm json-c xxhash uthash libelf zlib xz zstd lz4 libbpf
END
    case $what in tests | bench) cat >&2 <<'END' ;; esac
for the tests also:
  Fedora:  dnf install bash clang python3 CUnit-devel
  Alpine:  apk add bash clang python3 cunit-dev
  Arch:    pacman -S bash python cunit
END
    exit 0
fi

# --- apt-get, as root ---
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=cmake/progress.sh
. "$here/progress.sh"
tell() {
    echo "install-packages.sh: $*" >&2
}

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    if ! command -v sudo >/dev/null 2>&1 || ! sudo -v; then
        tell "packages are missing, and only root can install them. As root, run this, then go on as yourself:"
        tell "    sh $here/install-packages.sh $what"
        exit 1
    fi
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
last_words() { # LOG: what apt-get does now, without addresses
    words=$(sed -n 's/^\(Unpacking\|Setting up\|Processing triggers for\) \([^ :]*\).*/\1 \2/p; s/^Get:[0-9]* .*/Downloading/p' "$1" | tail -n 1)
    echo "${words:-Waiting for apt-get}"
}

echo "   apt-get update"
# shellcheck disable=SC2086 # nothing, or sudo
with_progress "$log" last_words $as_root apt-get update -q || cat "$log" >&2

# Which libclang: 19, with which the tests were measured, else the newest; beside it the oldest.
have=" $(libclangs | tr '\n' ' ')"
versions=$(available_libclangs)
first=$(printf '%s\n' "$versions" | grep -x 19 || printf '%s\n' "$versions" | head -n 1)
last=$(printf '%s\n' "$versions" | tail -n 1)
for version in $first $last $versions; do
    case $have in *" $version "*) continue ;; esac
    [ $wanted -gt 0 ] || break
    missing="$missing libclang-$version-dev llvm-$version-dev"
    have="$have$version "
    wanted=$((wanted - 1))
done
newest=$(printf '%s' "$have" | tr ' ' '\n' | sort -rn | head -n 1)
compiler=$(clang --version 2>/dev/null | sed -n 's/.*clang version \([0-9]*\).*/\1/p')
[ "$compiler" ] || compiler=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p')

is_installed() {
    dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}
packages=
for names in $missing; do
    names=$(printf '%s' "$names" | sed "s/LLVM/$newest/; s/CC/$compiler/")
    for package in $(printf '%s' "$names" | tr '|' ' ') none; do
        if [ "$package" = none ]; then
            tell "this distribution has no $names: going on without it"
        elif has_package "$package"; then
            is_installed "$package" || packages="$packages $package"
            break
        fi
    done
done
[ -z "$packages" ] && exit 0
echo "   apt-get install$packages (some minutes on a bare system, 400 MB)"
# shellcheck disable=SC2086 # a list of packages
with_progress "$log" last_words $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages || {
    tail -n 20 "$log" >&2
    tell "apt-get could not install$packages; is the network there?"
    exit 1
}
