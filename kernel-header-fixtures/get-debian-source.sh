#!/bin/bash
# Fetch the source of one Debian kernel, configure it as Debian did, and prepare it: the tree of somebody who compiled
# nothing. The kernel's own image, with BTF made by gcc and pahole, is fetched with it: the truth for what is read from
# the source.
#
# Example:
#
#     $ ./get-debian-source.sh arm64
#     release=6.1.0-50-arm64
#     version=6.1.176-1
#     headers=~/.cache/hdrgen/kernels/bookworm-arm64-arm64/headers/usr/src/linux-headers-6.1.0-50-arm64
#     image=~/.cache/hdrgen/kernels/bookworm-arm64-arm64/image/boot/vmlinuz-6.1.0-50-arm64
#     source=~/.cache/hdrgen/kernels/source-6.1.176-1/linux-source-6.1
#     out=~/.cache/hdrgen/kernels/bookworm-arm64-arm64/prepared
#     changes=~/.cache/hdrgen/kernels/bookworm-arm64-arm64/prepared.changes
#
# The lines are shell assignments. `out` is the object tree of `make olddefconfig prepare`. `changes` lists the options
# of Debian's configuration that this machine's compiler and pahole changed: with another layout in the image than in
# the tree, an option there is the first suspect.
#
# Method. The package linux-source-X.Y of the suite, in the version of the image, unpacked once for all architectures.
# The configuration is /boot/config-R of the image. What is in the cache is whole, and stays as it is (see
# get-debian-kernel.sh, which fetches the image): a tree counts once its NAME.changes is there.
#
# What it does not do: build the kernel, install anything, or follow updates.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=kernel-header-fixtures/private-apt.sh
. "$here/private-apt.sh"

usage() {
    cat <<USAGE
Usage: $prog [OPTION...] ARCH [SUITE] [FLAVOUR]

Fetch a Debian kernel and its source, run \`make olddefconfig prepare\` with the image's configuration, and print where
the parts are, one NAME=VALUE a line. ARCH, SUITE, FLAVOUR: as for get-debian-kernel.sh; ARCH is amd64 or arm64.

  --unpack           the source only: run no make
  --defconfig        the kernel's own default configuration in place of the image's; no image is fetched
  --generated        a second object tree (printed as out) in which the files that only a build makes are there too:
                     the objects that FIXTURES/generated-objects names are compiled, with what they need
  --objects FILE     the same with the objects that are listed in FILE; the tree is beside the other one
  --commands         also the text of \`make -n -k vmlinux modules\`, printed as commands
  --source DIR       use this unpacked source; nothing of linux-source is fetched

Environment: HDRGEN_KERNEL_CACHE (see get-debian-kernel.sh). Exit status: 0 done; 2 anything wrong.
USAGE
}

want=prepared
defconfig=no
commands=no
source=
objects=$here/generated-objects
words=()
while [ $# -gt 0 ]; do
    case $1 in
    --unpack) want=source ;;
    --defconfig) defconfig=yes ;;
    --generated) want=generated ;;
    --objects) [ $# -gt 1 ] || die "--objects needs a file"; want=made objects=$2; shift ;;
    --commands) commands=yes ;;
    --source) [ $# -gt 1 ] || die "--source needs a directory"; source=$(cd "$2" && pwd); shift ;;
    -h | --help) usage; exit 0 ;;
    -*) die "unknown option '$1'; see $prog --help" ;;
    *) words+=("$1") ;;
    esac
    shift
done
[[ ${#words[@]} -ge 1 && ${#words[@]} -le 3 ]] || die "expected ARCH [SUITE] [FLAVOUR]; see $prog --help"
[ -f "$objects" ] || die "$objects is not a file"
arch=${words[0]}
suite=${words[1]:-bookworm}
case $arch in
amd64) make_arch=x86_64 srcarch=x86 cross=x86_64-linux-gnu- ;;
arm64) make_arch=arm64 srcarch=arm64 cross=aarch64-linux-gnu- ;;
*) die "architecture '$arch' is not one of amd64 and arm64" ;;
esac
check_words "${words[@]}"
for tool in make gcc flex bison bc cc; do
    command -v "$tool" >/dev/null || die "'$tool' not found: run cmake/install-packages.sh tests"
done
command -v "${cross}gcc" >/dev/null || die "no ${cross}gcc: apt-get install gcc-${cross%-}"

# --- the image, and the source of its version ------------------------------------------------------------------------

headers_only=()
[ $defconfig = no ] || headers_only=(--no-image)
kernel=$(bash "$here/get-debian-kernel.sh" "${headers_only[@]}" "${words[@]}")
eval "$kernel"
directory=$(bash "$here/get-debian-kernel.sh" --print-dir "${words[@]}")
printf '%s\n' "$kernel"
[[ ${release:?} =~ ^[0-9]+\.[0-9]+ ]] || die "the release $release does not begin with a version"
package=linux-source-${BASH_REMATCH[0]}

find_cache
need_tools

fetch_source() { # into $cache/source-VERSION
    local url found=no
    private_apt "$arch"
    for url in "${mirrors[@]}"; do
        if update_from "$url" "$suite" && say "downloading $package=${version:?}" &&
            (cd "$tmp/debs" && apt-get -qq download "$package=$version" >&2); then
            found=yes
            break
        fi
    done
    [ $found = yes ] || die "could not fetch $package=$version of $suite (see apt's messages above). If the suite has" \
        "another version by now, remove $directory to start afresh with its kernel, or name a tree of this version with" \
        "--source DIR; ${left_archive:?}"
    mkdir "$tmp/done"
    say "unpacking $package"
    dpkg-deb --fsys-tarfile "$tmp/debs/${package}"_*.deb | tar -xO "./usr/src/$package.tar.xz" | tar -xJ -C "$tmp/done"
    [ -f "$tmp/done/$package/Makefile" ] || die "no $package/Makefile in the package: a layout this script does not know"
    mv -T "$tmp/done" "$cache/source-$version"
}

if [ -z "$source" ]; then
    source=$cache/source-$version/$package
    if [ ! -d "$source" ]; then
        lock_cache "source-$version"
        mapfile -t mirrors < <(machine_mirrors)
        [ ${#mirrors[@]} -gt 0 ] || die "apt on this machine has no Debian mirror configured"
        # a subshell, for apt's configuration; another run may have been first
        [ -d "$source" ] || (fetch_source)
        rm -rf "$tmp"
    fi
fi
printf 'source=%q\n' "$source"
[ $want != source ] || exit 0

# --- the object trees ------------------------------------------------------------------------------------------------

# Version strings without the machine's name and the time in them.
kernel_make() { # DIRECTORY ARG...
    local out=$1
    shift
    make -C "$source" O="$out" ARCH="$make_arch" CROSS_COMPILE="$cross" \
        KBUILD_BUILD_USER=hdrgen KBUILD_BUILD_HOST=test KBUILD_BUILD_TIMESTAMP=1970-01-01 "$@"
}

options() { # CONFIG: one a line, also those that are off
    sed -nE 's/^# (CONFIG_[A-Za-z0-9_]+) is not set$/\1=n/p; /^CONFIG_/p' "$1" | LC_ALL=C sort
}

prepare() { # DIRECTORY
    mkdir "$1"
    if [ $defconfig = yes ]; then
        kernel_make "$1" -s defconfig >&2
        cp "$1/.config" "$1/.config.given"
    else
        cp "$(dirname "${image:?}")/config-$release" "$1/.config.given"
        cp "$1/.config.given" "$1/.config"
        kernel_make "$1" -s olddefconfig >&2
    fi
    kernel_make "$1" -s -j"$(nproc)" prepare >&2
    # -: what Debian's configuration says, +: what became of it
    diff -U0 <(options "$1/.config.given") <(options "$1/.config") | grep '^[-+]CONFIG' >"$1.changes.new" || true
    mv "$1.changes.new" "$1.changes"
}

# Compiles the objects in a copy of the prepared tree; what cannot be made (Debian's certificates) does not matter.
generate() { # DIRECTORY PREPARED
    local list
    cp -a "$2" "$1"
    mapfile -t list < <(grep -v '^#' "$objects" | grep -E "^($|[^a]|a[^r]|arch/$srcarch/)")
    kernel_make "$1" -s -k -j"$(nproc)" "${list[@]}" >"$1/generate.log" 2>&1 ||
        say "make -k could not make everything; see $1/generate.log"
    cp "$2.changes" "$1.changes.new"
    mv "$1.changes.new" "$1.changes"
}

# make on the tree named $1 below $directory, unless it is there.
make_tree() { # NAME COMMAND ARG...
    local name=$1
    shift
    [ ! -f "$directory/$name.changes" ] || return 0
    lock_cache "${directory##*/}-$name"
    if [ ! -f "$directory/$name.changes" ]; then
        rm -rf "${directory:?}/$name"
        say "making $directory/$name"
        "$@"
    fi
    rm -rf "$tmp"
}

first=prepared
[ $defconfig = no ] || first=defconfig
make_tree $first prepare "$directory/$first"
out=$directory/$first
if [ "$want" != prepared ]; then
    out=$directory/$first.$want
    make_tree "$first.$want" generate "$out" "$directory/$first"
fi
printf 'out=%q\nchanges=%q\n' "$out" "$out.changes"

if [ $commands = yes ]; then
    text=$directory/$first.commands
    if [ ! -f "$text" ]; then
        # ends with 2 where a rule needs what only a build makes
        kernel_make "$directory/$first" -n -k vmlinux modules >"$text.new" 2>/dev/null || true
        mv "$text.new" "$text"
    fi
    printf 'commands=%q\n' "$text"
fi
