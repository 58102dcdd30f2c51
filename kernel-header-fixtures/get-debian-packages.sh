#!/bin/bash
# Fetch Debian packages of any architecture for tests, and unpack them in one directory: the libraries that a program for
# another architecture is linked with. Nothing is installed and the machine's apt is not touched.
#
# Example:
#
#     $ ./get-debian-packages.sh arm64 bookworm libbpf-dev libelf-dev zlib1g-dev
#     root=~/.cache/hdrgen/kernels/bookworm-arm64-libbpf-dev-libelf-dev-zlib1g-dev/root
#
# The line is a shell assignment, quoted where that is needed. What packages depend on is not fetched: name it. The cache,
# its locks and its limits are those of get-debian-kernel.sh.

set -euo pipefail

# shellcheck source=kernel-header-fixtures/private-apt.sh
. "$(dirname "${BASH_SOURCE[0]}")/private-apt.sh"

[ $# -ge 3 ] || die "usage: $prog ARCH SUITE PACKAGE..."
check_words "$@"
arch=$1 suite=$2
shift 2

find_cache
key=$(IFS=-; echo "$suite-$arch-$*")
dir=$cache/$key

print_result() { printf 'root=%q\n' "$dir/root"; exit 0; }

[ ! -d "$dir" ] || print_result
need_tools
lock_cache "$key"
[ ! -d "$dir" ] || print_result

mapfile -t mirrors < <(machine_mirrors)
[ ${#mirrors[@]} -gt 0 ] || die "apt on this machine has no Debian mirror configured"
# Security updates lie beside a mirror: .../debian-security for .../debian.
[[ $suite != *-security ]] || mirrors=("${mirrors[@]/%\/debian/\/debian-security}")
private_apt "$arch"

# Every package from one mirror, or the next one is tried.
fetch_from() {
    update_from "$1" "$suite" || return 1
    shift
    say "downloading $*"
    (cd "$tmp/debs" && apt-get -qq download "$@" >&2)
}
found=no
for url in "${mirrors[@]}"; do
    if fetch_from "$url" "$@"; then
        found=yes
        break
    fi
done
[ $found = yes ] || die "could not fetch $* of $suite for $arch (see apt's messages above); ${left_archive:?}"
mkdir -p "$tmp/done/root"
for deb in "$tmp"/debs/*.deb; do
    dpkg-deb -x "$deb" "$tmp/done/root"
done
mv -T "$tmp/done" "$dir"
say "$key is in the cache"
print_result
