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

readonly prog=${0##*/}
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

say() { printf '%s: %s\n' "$prog" "$*" >&2; }
die() { say "error: $*"; exit 2; }

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

if [ -n "${HDRGEN_KERNEL_CACHE:-}" ]; then
    cache=$HDRGEN_KERNEL_CACHE
elif [ -n "${XDG_CACHE_HOME:-}" ]; then
    cache=$XDG_CACHE_HOME/hdrgen/kernels
else
    [ -n "${HOME:-}" ] || die "no home directory: set HDRGEN_KERNEL_CACHE to a directory for the cache"
    cache=$HOME/.cache/hdrgen/kernels
fi
[[ $cache = /* ]] || cache=$PWD/$cache
key=$suite-source-6.1
dir=$cache/$key

print_result() {
    printf 'version=%q\nselftests=%q\n' "$(cat "$dir/version")" "$dir/selftests"
    exit 0
}

[ ! -d "$dir" ] || print_result
[ $offline = no ] || die "$key is not in $cache; run again without --offline"
for tool in apt-get apt-cache dpkg-deb flock tar xz; do
    command -v "$tool" >/dev/null ||
        die "'$tool' not found: this script needs a Debian-like machine (packages apt, dpkg, util-linux, tar, xz-utils)"
done

mkdir -p "$cache" || die "cannot create $cache; set HDRGEN_KERNEL_CACHE to a directory you can write"
exec 9>"$cache/.$key.lock" || die "cannot write in $cache; set HDRGEN_KERNEL_CACHE to a directory you can write"
flock 9
[ ! -d "$dir" ] || print_result
rm -rf "$cache/.$key.tmp".* # left by a run that was killed: we hold the lock
tmp=$(mktemp -d "$cache/.$key.tmp.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' HUP INT TERM

# --- a private apt ----------------------------------------------------------

# The bases of the Debian mirrors that this machine's apt is configured with.
machine_mirrors() {
    mkdir -p "$tmp/none/lists/partial" "$tmp/none/cache"
    apt-get -o Dir::State="$tmp/none" -o Dir::State::lists=lists -o Dir::Cache="$tmp/none/cache" \
        update --print-uris 2>/dev/null |
        sed -nE "s,^'(.*)/dists/[a-z]+/main/binary-[^/]*/.*,\1,p" | awk '!seen[$0]++'
}

if [ -n "$mirror" ]; then
    mirrors=("$mirror")
else
    mapfile -t mirrors < <(machine_mirrors)
fi
[ ${#mirrors[@]} -gt 0 ] || die "apt on this machine has no Debian mirror configured; name one with --mirror URL"

mkdir -p "$tmp/state/lists/partial" "$tmp/cache/archives/partial" "$tmp/debs"
: >"$tmp/state/status"
[ -z "${APT_CONFIG:-}" ] || printf '#include "%s";\n' "$APT_CONFIG" >"$tmp/apt.conf"
cat >>"$tmp/apt.conf" <<CONF
#clear APT::Update;
#clear DPkg::Post-Invoke;
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::State "$tmp/state";
Dir::State::lists "lists";
Dir::State::status "$tmp/state/status";
Dir::Cache "$tmp/cache";
Dir::Etc::sourcelist "$tmp/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
CONF
export APT_CONFIG=$tmp/apt.conf

options=
for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
    [ ! -e "$keyring" ] || options="[signed-by=$keyring] "
done
found=no
for url in "${mirrors[@]}"; do
    say "reading the package lists of $suite at $url"
    printf 'deb %s%s %s main\n' "$options" "$url" "$suite" >"$tmp/sources.list"
    if apt-get -qq -o APT::Update::Error-Mode=any update >&2 &&
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
