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

readonly prog=${0##*/}
say() { printf '%s: %s\n' "$prog" "$*" >&2; }
die() { say "error: $*"; exit 2; }

[ $# -ge 3 ] || die "usage: $prog ARCH SUITE PACKAGE..."
for word; do
    [[ $word =~ ^[a-z0-9][a-z0-9.+-]*$ ]] || die "'$word' is not the name of an architecture, suite or package"
done
arch=$1 suite=$2
shift 2

if [ -n "${HDRGEN_KERNEL_CACHE:-}" ]; then
    cache=$HDRGEN_KERNEL_CACHE
elif [ -n "${XDG_CACHE_HOME:-}" ]; then
    cache=$XDG_CACHE_HOME/hdrgen/kernels
else
    [ -n "${HOME:-}" ] || die "no home directory: set HDRGEN_KERNEL_CACHE to a directory for the cache"
    cache=$HOME/.cache/hdrgen/kernels
fi
[[ $cache = /* ]] || cache=$PWD/$cache
key=$(IFS=-; echo "$suite-$arch-$*")
dir=$cache/$key

print_result() { printf 'root=%q\n' "$dir/root"; exit 0; }

[ ! -d "$dir" ] || print_result
for tool in apt-get dpkg-deb flock; do
    command -v "$tool" >/dev/null ||
        die "'$tool' not found: this script needs a Debian-like machine (packages apt, dpkg, util-linux)"
done
mkdir -p "$cache" || die "cannot create $cache; set HDRGEN_KERNEL_CACHE to a directory you can write"
exec 9>"$cache/.$key.lock" || die "cannot write in $cache; set HDRGEN_KERNEL_CACHE to a directory you can write"
flock 9
[ ! -d "$dir" ] || print_result
rm -rf "$cache/.$key.tmp".* # left by a run that was killed: we hold the lock
tmp=$(mktemp -d "$cache/.$key.tmp.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' HUP INT TERM

# The bases of the Debian mirrors that this machine's apt is configured with.
machine_mirrors() {
    mkdir -p "$tmp/none/lists/partial" "$tmp/none/cache"
    apt-get -o Dir::State="$tmp/none" -o Dir::State::lists=lists -o Dir::Cache="$tmp/none/cache" \
        update --print-uris 2>/dev/null |
        sed -nE "s,^'(.*)/dists/[a-z]+/main/binary-[^/]*/.*,\1,p" | awk '!seen[$0]++'
}
mapfile -t mirrors < <(machine_mirrors)
[ ${#mirrors[@]} -gt 0 ] || die "apt on this machine has no Debian mirror configured"

mkdir -p "$tmp/state/lists/partial" "$tmp/cache/archives/partial" "$tmp/debs" "$tmp/done/root"
: >"$tmp/state/status"
[ -z "${APT_CONFIG:-}" ] || printf '#include "%s";\n' "$APT_CONFIG" >"$tmp/apt.conf"
cat >>"$tmp/apt.conf" <<CONF
#clear APT::Architectures;
#clear APT::Update;
#clear DPkg::Post-Invoke;
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
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

# Every package from one mirror, or the next one is tried.
fetch_from() {
    say "reading the package lists of $suite for $arch at $1"
    printf 'deb %s%s %s main\n' "$options" "$1" "$suite" >"$tmp/sources.list"
    apt-get -qq -o APT::Update::Error-Mode=any update >&2 || return 1
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
[ $found = yes ] || die "could not fetch $* of $suite for $arch (see apt's messages above)"
for deb in "$tmp"/debs/*.deb; do
    dpkg-deb -x "$deb" "$tmp/done/root"
done
mv -T "$tmp/done" "$dir"
say "$key is in the cache"
print_result
