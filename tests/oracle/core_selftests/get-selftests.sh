#!/bin/bash
# Fetch the parts of the kernel's BPF self-tests that hdrgen is tested with,
# from Debian's package linux-source-6.1. Nothing is installed, the machine's
# apt is not touched, and nothing is copied into this repository.
#
# Example:
#
#     $ ./get-selftests.sh
#     version=6.1.170-1
#     selftests=~/.cache/hdrgen/kernels/bookworm-source-6.1/selftests
#
# The lines are shell assignments, quoted where that is needed. In that
# directory are progs/ (the CO-RE relocation tests and their types, and the
# cases of BTF printed as C) and prog_tests/ (the raw BTF cases).
#
# Method. As kernel-header-fixtures/get-debian-kernel.sh does: a private apt
# state that is thrown away, the same cache, unpacked in a temporary directory
# and renamed into place, so what exists is whole and needs no network again.
# The package is 140 MB; of its contents 800 KB are kept.

set -euo pipefail

# shellcheck source=kernel-header-fixtures/private-apt.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../../kernel-header-fixtures/private-apt.sh"
readonly suite=bookworm package=linux-source-6.1

usage() {
    cat <<USAGE
Usage: $prog [--offline] [--mirror URL]

Unpack the BPF self-tests of Debian's $package into a cache; print where.

  --offline       fail rather than use the network
  --mirror URL    Debian mirror, when the one in apt's own sources will not do
  -h, --help      this text

Environment:
  HDRGEN_KERNEL_CACHE   the cache (default: \$XDG_CACHE_HOME/hdrgen/kernels,
                        or ~/.cache/hdrgen/kernels)

Exit status: 0 done; 2 anything wrong.
USAGE
}

offline=no
mirror=
while [ $# -gt 0 ]; do
    case $1 in
    --offline) offline=yes ;;
    --mirror) [ $# -gt 1 ] || die "--mirror needs a URL"; mirror=${2%/}; shift ;;
    -h | --help) usage; exit 0 ;;
    *) die "unknown option '$1'; see $prog --help" ;;
    esac
    shift
done

find_cache
key=$suite-source-6.1
dir=$cache/$key

print_result() {
    printf 'version=%q\nselftests=%q\n' "$(cat "$dir/version")" "$dir/selftests"
    exit 0
}

[ ! -d "$dir" ] || print_result
[ $offline = no ] || die "$key is not in $cache; run again without --offline"
need_tools tar xz
lock_cache "$key"
[ ! -d "$dir" ] || print_result

if [ -n "$mirror" ]; then
    mirrors=("$mirror")
else
    mapfile -t mirrors < <(machine_mirrors)
fi
[ ${#mirrors[@]} -gt 0 ] || die "apt on this machine has no Debian mirror configured; name one with --mirror URL"

private_apt "$(dpkg --print-architecture)"
found=no
for url in "${mirrors[@]}"; do
    if update_from "$url" "$suite" &&
        [ -n "$(apt-cache show $package 2>/dev/null)" ]; then
        found=yes
        break
    fi
done
[ $found = yes ] || die "no $package in $suite (see apt's messages above); another mirror: --mirror URL"

# --- fetch and unpack -------------------------------------------------------

say "downloading $package (140 MB)"
(cd "$tmp/debs" && apt-get -qq download $package >&2) ||
    die "download of $package failed (see apt's message above); run the same command again"
deb=$(printf '%s\n' "$tmp/debs/$package"_*.deb)
bpf=linux-source-6.1/tools/testing/selftests/bpf
mkdir "$tmp/unpacked" "$tmp/done"
dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/$package.tar.xz" |
    tar -xJ -C "$tmp/unpacked" --wildcards "$bpf/progs/*core_reloc*" "$bpf/progs/btf_dump_test_case_*" \
        "$bpf/prog_tests/core_reloc.c" "$bpf/prog_tests/btf*" "$bpf/test_btf.h" ||
    die "$package has no $bpf with these files: a layout this script does not know"
mv "$tmp/unpacked/$bpf" "$tmp/done/selftests"
dpkg-deb -f "$deb" Version >"$tmp/done/version"
mv -T "$tmp/done" "$dir"
say "$key is in the cache"
print_result
