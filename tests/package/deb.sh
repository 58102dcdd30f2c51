#!/bin/bash
# Does the Debian package do its work on a Debian that has nothing else?
#
#   tests/package/deb.sh [LIBCLANG_VERSION]
#
# Builds the package, makes a minimal Debian of this machine's release in a temporary directory (debootstrap), installs
# the package there by apt, which has to find all that it depends on, and runs the main jobs there: types of Debian's
# kernel headers and of that kernel's BTF, a header that needs clang's own headers, every command's manual page, a program
# that is linked with libhdrgen. What is written has to be, byte for byte, what the program in the build tree writes.
# Removed again, nothing is left of it.
#
# Needs root (chroot), Debian, debootstrap, and what builds hdrgen; and the network, by the mirror that apt is configured
# with. No part of the test suite, for that, and because it downloads 200 MB. What it printed is in docs/testing.md.
set -euo pipefail

source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=kernel-header-fixtures/private-apt.sh
. "$source/kernel-header-fixtures/private-apt.sh"

[ "$(id -u)" -eq 0 ] || die "needs root, for chroot"
need_tools
for tool in debootstrap dpkg-shlibdeps cmake; do
    command -v "$tool" >/dev/null || die "'$tool' not found: run cmake/install-packages.sh tests, and apt-get install debootstrap"
done
# shellcheck disable=SC1091
suite=$(. /etc/os-release && [ "$ID" = debian ] && printf '%s' "$VERSION_CODENAME") ||
    die "this is not Debian: a package that is built here would not be one for Debian"

tmp=$(mktemp -d)
trap 'rm -rf --one-file-system "$tmp"' EXIT
trap 'exit 2' HUP INT TERM
root=$tmp/root build=$tmp/build
log=$tmp/log

quietly() { "$@" >"$log" 2>&1 || { tail -n 30 "$log" >&2; die "failed: $*"; }; }
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }
same() { # WHAT FILE
    cmp "$tmp/here/$2" "$root/work/$2" || die "$1: not what the build tree's program writes"
    printf '%-34s %8d bytes, the same as the build tree'\''s\n' "$1" "$(stat -c %s "$tmp/here/$2")"
}

# --- the package ---
quietly cmake -S "$source" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DBUILD_TESTING=OFF \
    ${1:+-DHDRGEN_LLVM_VERSION="$1"}
quietly cmake --build "$build" --parallel "$(nproc)"
(cd "$build" && quietly cpack -G DEB)
deb=$(printf '%s\n' "$build"/*.deb)
echo "${deb##*/}: $(stat -c %s "$deb") bytes"
dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/^ */  depends on /'
if command -v lintian >/dev/null; then
    lintian --allow-root --fail-on error "$deb" || die "lintian finds errors"
    echo "lintian: no errors"
fi

# --- a Debian ---
found=no
for mirror in $(machine_mirrors); do
    if debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$log" 2>&1; then
        found=yes
        break
    fi
    rm -rf "$root"
done
[ $found = yes ] || { tail -n 5 "$log" >&2; die "debootstrap could not make a $suite; is a mirror configured for apt?"; }
[ -z "$(find "$root/usr" -name 'libclang*')" ] || die "not a fresh Debian: it has a libclang"
cp "$deb" "$root/tmp/"
quietly inside apt-get update
quietly inside apt-get install -y --no-install-recommends "/tmp/${deb##*/}"
installed=$(grep -c "^Setting up" "$log")
quietly inside dpkg --verify hdrgen
echo "$suite: $(inside hdrgen --version | head -n 1), installed with $((installed - 1)) packages that it depends on"

# --- the main jobs ---
eval "$("$source/kernel-header-fixtures/get-debian-kernel.sh" "$(dpkg --print-architecture)" "$suite")"
mkdir -p "$root/work" "$tmp/here"
cp -a "${headers:?}" "${common:?}" "$root/usr/src/"
cp "${image:?}" "$tmp/here/vmlinuz"
cp "$image" "$root/work/vmlinuz"
printf '#include <stddef.h>\n#include <stdint.h>\nstruct mine { size_t size; uint32_t word; };\n' |
    tee "$tmp/here/mine.h" >"$root/work/mine.h"

both() { # FILE ARGUMENT...: the same command in both places; HEADERS stands for the kernel's
    local file=$1
    shift
    (cd "$tmp/here" && "$build/hdrgen" -o "$file" "${@/#HEADERS/$headers}")
    inside sh -c 'cd /work && hdrgen "$@"' sh -o "$file" "${@/#HEADERS//usr/src/${headers##*/}}"
}
both task.rs --kernel HEADERS task_struct
same "--kernel HEADERS task_struct" task.rs
both task.btf --kernel HEADERS task_struct --pointers follow=1
same "the same as BTF" task.btf
both task.h --btf vmlinuz task_struct
same "--btf vmlinuz task_struct" task.h
both all.rs --btf vmlinuz
same "--btf vmlinuz" all.rs
both mine.rs --header mine.h -- -ffreestanding
same "a header that includes <stdint.h>" mine.rs
for command in hdrgen hdrgen-{show,list,check,diff,flags,link}; do
    # minimal Debians leave manual pages out; the package must have them
    dpkg-deb --fsys-tarfile "$deb" | tar -t "./usr/share/man/man1/$command.1.gz" >/dev/null || die "no manual page $command"
done

for file in README.md docs/packages.md docs/pictures/diff-light.png docs/recipes/README.md docs/recipes/cargo/build.rs copyright; do
    dpkg-deb --fsys-tarfile "$deb" | tar -t "./usr/share/doc/hdrgen/$file" >/dev/null || die "no $file"
done

# --- a program with the library ---
quietly inside apt-get install -y --no-install-recommends gcc libc6-dev pkg-config
cp "$source/docs/recipes/library/layout.c" "$root/work/"
# shellcheck disable=SC2016
quietly inside sh -c 'cd /work && gcc layout.c $(pkg-config --cflags --libs hdrgen) -o layout'
inside sh -c 'cd /work && ./layout mine.h mine word' || die "the program with libhdrgen does not run"

quietly inside apt-get purge -y hdrgen
left=$(cd "$root" && find . -xdev \( -path ./proc -o -path ./work -o -path ./var -o -path ./tmp \) -prune -o -name '*hdrgen*' -print)
[ -z "$left" ] || die "left behind: $left"
echo "removed; nothing left behind"
