#!/bin/bash
# Fetch Debian's packages of Rust crates, with all that they depend on, as a directory that cargo takes in the place of
# crates.io. Nothing is installed and the machine's apt is not touched.
#
# Example:
#
#     $ ./get-debian-crates.sh trixie librust-aya-dev
#     registry=~/.cache/hdrgen/kernels/trixie-crates-librust-aya-dev/registry
#
# The line is a shell assignment, quoted where that is needed. In .cargo/config.toml:
#
#     [source.crates-io]
#     replace-with = "debian"
#     [source.debian]
#     directory = "<registry>"
#
# The suite need not be this machine's: crates are sources. The cache, its locks and its limits are those of
# get-debian-kernel.sh.

set -euo pipefail

# shellcheck source=kernel-header-fixtures/private-apt.sh
. "$(dirname "${BASH_SOURCE[0]}")/private-apt.sh"

[ $# -ge 2 ] || die "usage: $prog SUITE PACKAGE..."
check_words "$@"
suite=$1
shift

find_cache
key=$(IFS=-; echo "$suite-crates-$*")
dir=$cache/$key

print_result() { printf 'registry=%q\n' "$dir/registry"; exit 0; }

[ ! -d "$dir" ] || print_result
need_tools
lock_cache "$key"
[ ! -d "$dir" ] || print_result

mapfile -t mirrors < <(machine_mirrors)
[ ${#mirrors[@]} -gt 0 ] || die "apt on this machine has no Debian mirror configured"
private_apt "$(dpkg --print-architecture)"

# Of what apt would install only the crates: compilers and libraries are this machine's.
fetch_from() {
    local wanted
    update_from "$1" "$suite" || return 1
    shift
    wanted=$(apt-get install --no-install-recommends --print-uris -y "$@" |
        sed -nE "s,^'[^']*/(librust-[a-z0-9.+-]*-dev)_[^']*\.deb' .*,\1,p")
    [ -n "$wanted" ] || return 1
    say "downloading $* and what they need, $(wc -l <<<"$wanted") packages"
    # shellcheck disable=SC2086 # a list of packages
    (cd "$tmp/debs" && apt-get -qq download $wanted >&2)
}
found=no
for url in "${mirrors[@]}"; do
    if fetch_from "$url" "$@"; then
        found=yes
        break
    fi
done
[ $found = yes ] || die "could not fetch $* of $suite (see apt's messages above); ${left_archive:?}"
for deb in "$tmp"/debs/*.deb; do
    dpkg-deb -x "$deb" "$tmp/root"
done
mkdir "$tmp/done"
mv "$tmp/root/usr/share/cargo/registry" "$tmp/done/registry"
mv -T "$tmp/done" "$dir"
say "$key is in the cache"
print_result
