#!/bin/bash
# Fetch one Debian kernel for tests: its headers, the common headers beside
# them, and its image. Any architecture, on any machine that has apt and a
# Debian mirror configured. Nothing is installed and the machine's apt is not
# touched: the work is done with a private apt state that is thrown away.
#
# Example:
#
#     $ ./get-debian-kernel.sh arm64
#     release=6.1.0-50-arm64
#     version=6.1.170-1
#     headers=~/.cache/hdrgen/kernels/bookworm-arm64-arm64/headers/usr/src/linux-headers-6.1.0-50-arm64
#     common=~/.cache/hdrgen/kernels/bookworm-arm64-arm64/headers/usr/src/linux-headers-6.1.0-50-common
#     image=~/.cache/hdrgen/kernels/bookworm-arm64-arm64/image/boot/vmlinuz-6.1.0-50-arm64
#
# The lines are shell assignments, quoted where that is needed:
# eval "$(./get-debian-kernel.sh arm64)".
#
# Method. The cache holds one directory per kernel, SUITE-ARCH-FLAVOUR, and in
# it one directory per part: headers, image, modules. A part is unpacked in a
# temporary directory and renamed into place when it is complete, so a part
# that exists is whole, and asking for it again needs no network. Two runs for
# the same kernel wait for each other on a lock.
#
# What it does not do: follow updates. A kernel in the cache stays as it is
# until its directory is removed. Security updates are not looked at, only the
# suite itself.

set -euo pipefail

# shellcheck source=kernel-header-fixtures/private-apt.sh
. "$(dirname "${BASH_SOURCE[0]}")/private-apt.sh"

usage() {
    cat <<USAGE
Usage: $prog [OPTION...] ARCH [SUITE] [FLAVOUR]

Download and unpack one Debian kernel (headers, common headers, image) into a
cache; print where its parts are, one NAME=VALUE a line.

  ARCH      amd64 arm64 armhf i386 loong64 mips64el mipsel ppc64el riscv64 s390x
  SUITE     bookworm (default; trixie for riscv64, sid for loong64),
            bookworm-backports, trixie...
  FLAVOUR   the FLAVOUR of linux-headers-FLAVOUR; default: the usual one of ARCH

  --no-image      headers only (an image is a download of about 70 MB)
  --modules       also unpack the modules; printed as modules=DIR
  --print-dir     print the cache directory of this kernel, fetch nothing
  --offline       fail rather than use the network
  --mirror URL    Debian mirror, when the one in apt's own sources will not do
  -h, --help      this text

Environment:
  HDRGEN_KERNEL_CACHE   the cache (default: \$XDG_CACHE_HOME/hdrgen/kernels,
                        or ~/.cache/hdrgen/kernels)

Exit status: 0 done; 2 anything wrong.
USAGE
}

# --- arguments --------------------------------------------------------------

want_image=yes
want_modules=no
print_dir=no
offline=no
mirror=
words=()
while [ $# -gt 0 ]; do
    case $1 in
    --no-image) want_image=no ;;
    --modules) want_modules=yes ;;
    --print-dir) print_dir=yes ;;
    --offline) offline=yes ;;
    --mirror) [ $# -gt 1 ] || die "--mirror needs a URL"; mirror=${2%/}; shift ;;
    --mirror=*) mirror=${1#*=}; mirror=${mirror%/} ;;
    -h | --help) usage; exit 0 ;;
    -*) die "unknown option '$1'; see $prog --help" ;;
    *) words+=("$1") ;;
    esac
    shift
done
[[ ${#words[@]} -ge 1 && ${#words[@]} -le 3 ]] ||
    die "expected ARCH [SUITE] [FLAVOUR], got ${#words[@]} words; see $prog --help"

arch=${words[0]}
default_suite=bookworm
case $arch in
amd64 | arm64 | s390x) default_flavour=$arch ;;
i386) default_flavour=686-pae ;;
armhf) default_flavour=armmp ;;
ppc64el) default_flavour=powerpc64le ;;
mips64el) default_flavour=5kc-malta ;;
mipsel) default_flavour=4kc-malta ;;
riscv64) default_flavour=riscv64; default_suite=trixie ;;
loong64) default_flavour=loong64; default_suite=sid ;;
x86_64) die "unknown architecture '$arch'; Debian calls it amd64" ;;
aarch64) die "unknown architecture '$arch'; Debian calls it arm64" ;;
*) die "unknown architecture '$arch'; see $prog --help for Debian's names" ;;
esac
suite=${words[1]:-$default_suite}
flavour=${words[2]:-$default_flavour}
check_words "$suite" "$flavour"

find_cache
key=$suite-$arch-$flavour
dir=$cache/$key
if [ $print_dir = yes ]; then
    printf '%s\n' "$dir"
    exit 0
fi

# --- what the cache has -----------------------------------------------------

complete() {
    [ -d "$dir/headers" ] &&
        { [ $want_image = no ] || [ -d "$dir/image" ]; } &&
        { [ $want_modules = no ] || [ -d "$dir/modules" ]; }
}

# The parts found in the cache, as shell assignments.
print_result() {
    local release version common image
    { read -r release; read -r version; read -r common; } <"$dir/headers/kernel"
    printf 'release=%q\nversion=%q\n' "$release" "$version"
    printf 'headers=%q\n' "$dir/headers/usr/src/linux-headers-$release"
    printf 'common=%q\n' "$dir/headers/usr/src/$common"
    if [ $want_image = yes ]; then
        # vmlinuz or vmlinux, by architecture
        for image in "$dir"/image/boot/vmlinu?-"$release"; do
            printf 'image=%q\n' "$image"
        done
    fi
    if [ $want_modules = yes ]; then
        printf 'modules=%q\n' "$dir/modules/lib/modules/$release"
    fi
}

if complete; then
    print_result
    exit 0
fi
[ $offline = no ] || die "$key is not (wholly) in $cache; run again without --offline"

need_tools
lock_cache "$key"
if complete; then
    print_result
    exit 0
fi

if [ -n "$mirror" ]; then
    mirrors=("$mirror")
else
    mapfile -t mirrors < <(machine_mirrors)
fi
[ ${#mirrors[@]} -gt 0 ] ||
    die "apt on this machine has no Debian mirror configured; name one with --mirror URL"

private_apt "$arch"
found=no
for url in "${mirrors[@]}"; do
    if update_from "$url" "$suite" && [ -n "$(apt-cache show "linux-headers-$flavour" 2>/dev/null)" ]; then
        found=yes
        break
    fi
done
if [ $found = no ]; then
    flavours=$(apt-cache pkgnames linux-image- 2>/dev/null |
        sed -nE 's/^linux-image-(.*)/\1/; /^[0-9]+\.|-dbg$|-template$/!p' | sort | paste -sd' ')
    if [ -n "$flavours" ]; then
        die "no linux-headers-$flavour in $suite for $arch; flavours there: $flavours"
    fi
    die "no kernel for $arch in $suite (see apt's messages above): check that the suite has this architecture," \
        "that the network is up, and that debian-archive-keyring knows the suite. ${left_archive:?}: name one of" \
        "these with --mirror URL, or take another SUITE"
fi

# --- which packages ---------------------------------------------------------

# Field $2 of the newest version of package $1.
field() { apt-cache show --no-all-versions "$1" | sed -n "s/^$2: //p" | head -n 1; }

# Of the package list $1 (a Depends field): the first package whose name
# matches $2, as NAME=VERSION where the version is fixed, else as NAME.
dependency() {
    tr ',' '\n' <<<"$1" | sed -nE "s/^ *($2)( \\(= ([^)]*)\\))?( .*)?\$/\\1=\\3/; T; s/=\$//; p" | head -n 1
}

fetch() { # PACKAGE[=VERSION]: download into $tmp/debs, print the file
    local file
    say "downloading $1"
    (cd "$tmp/debs" && apt-get -qq download "$1" >&2) ||
        die "download of $1 failed (see apt's message above). If it is the network, run the same command again; else" \
            "the mirror has another version by now: $left_archive (--mirror URL); or take another SUITE, or remove" \
            "$dir to start afresh"
    for file in "$tmp/debs/${1%%=*}"_*.deb; do printf '%s\n' "$file"; done
}

first_of() { # PACKAGE...: the first that the suite has of this version, as NAME=VERSION; or nothing
    local name
    for name in "$@"; do
        # no text for a name that is only provided by another package
        if [ -n "$(apt-cache show "$name=$version" 2>/dev/null)" ]; then
            printf '%s\n' "$name=$version"
            break
        fi
    done
}

if [ -d "$dir/headers" ]; then
    # keep to the kernel whose headers are there
    { read -r release; read -r version; } <"$dir/headers/kernel"
else
    headers=$(dependency "$(field "linux-headers-$flavour" Depends)" 'linux-headers-[0-9][^ ]*')
    [ -n "$headers" ] || die "linux-headers-$flavour of $suite depends on no headers package: not a meta package?"
    common=$(dependency "$(field "${headers%%=*}" Depends)" 'linux-headers-[0-9][^ ]*-common[^ ]*')
    [ -n "$common" ] || die "${headers%%=*} depends on no common headers: a layout this script does not know"
    release=${headers%%=*}
    release=${release#linux-headers-}
    version=$(field "${headers%%=*}" Version)

    mkdir -p "$tmp/headers"
    deb=$(fetch "$headers")
    dpkg-deb -x "$deb" "$tmp/headers"
    deb=$(fetch "$common")
    dpkg-deb -x "$deb" "$tmp/headers"
    common=${common%%=*}
    for part in "linux-headers-$release" "$common"; do
        [ -d "$tmp/headers/usr/src/$part" ] || die "package without /usr/src/$part: a layout this script does not know"
    done
    printf '%s\n' "$release" "$version" "$common" >"$tmp/headers/kernel"
    mkdir -p "$dir"
    mv -T "$tmp/headers" "$dir/headers"
fi

# Image and modules come from one package. The unsigned one is built together
# with the headers; the signed one can lag behind and is the same otherwise.
if { [ $want_image = yes ] && [ ! -d "$dir/image" ]; } ||
    { [ $want_modules = yes ] && [ ! -d "$dir/modules" ]; }; then
    image=$(first_of "linux-image-$release-unsigned" "linux-image-$release")
    [ -n "$image" ] || die "$suite has no image of $release $version (any more);" \
        "remove $dir to start afresh with its current kernel, or use --no-image; $left_archive (--mirror URL)"
    deb=$(fetch "$image")
    mkdir "$tmp/package"
    dpkg-deb -x "$deb" "$tmp/package"
    if [ ! -d "$tmp/package/boot" ]; then
        # From 7 on linux-image only depends on the packages that have the files, in /usr/lib/modules.
        for name in "$(first_of "linux-binary-unsigned-$release" "linux-binary-$release")" \
            "$(first_of "linux-base-$release")" \
            "$([ $want_modules = no ] || first_of "linux-modules-$release")"; do
            [ -n "$name" ] || continue
            deb=$(fetch "$name")
            dpkg-deb -x "$deb" "$tmp/package"
        done
        mkdir "$tmp/package/boot"
        for name in vmlinuz vmlinuz.unsigned vmlinux vmlinux.unsigned config System.map; do
            [ ! -f "$tmp/package/usr/lib/modules/$release/$name" ] ||
                mv "$tmp/package/usr/lib/modules/$release/$name" "$tmp/package/boot/${name%.unsigned}-$release"
        done
    fi
    if [ $want_image = yes ] && [ ! -d "$dir/image" ]; then
        mkdir "$tmp/image"
        mv "$tmp/package/boot" "$tmp/image/boot"
        compgen -G "$tmp/image/boot/vmlinu?-$release" >/dev/null ||
            die "${image%%=*} has no /boot/vmlinuz-$release: a layout this script does not know"
        mv -T "$tmp/image" "$dir/image"
    fi
    if [ $want_modules = yes ] && [ ! -d "$dir/modules" ]; then
        mkdir -p "$tmp/modules/lib"
        for part in "$tmp/package/usr/lib/modules" "$tmp/package/lib/modules"; do
            [ ! -d "$part" ] || mv "$part" "$tmp/modules/lib/modules"
        done
        [ -d "$tmp/modules/lib/modules/$release" ] ||
            die "${image%%=*} has no modules of $release: a layout this script does not know"
        mv -T "$tmp/modules" "$dir/modules"
    fi
fi

say "$key is now in the cache: $release $version"
print_result
