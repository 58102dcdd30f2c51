#!/bin/bash
# README's two commands on Debians that have nothing else; and every libclang that these have gives the same bytes.
#
#   tests/package/fresh_machines.sh [SUITE...]       default: bookworm trixie sid
#   FRESH_TESTS= tests/package/fresh_machines.sh trixie       every test; default: -L fast
#
# Each suite is a minimal machine below a temporary directory (debootstrap), with a clone of the last commit. There it
# runs `sh cmake/demo.sh` and `sh cmake/test.sh -L fast`, which have to install what they need; what they leave out on
# this suite is printed and counted. Then the demo's program reads with each libclang of the suite, 14 or newer, one
# type of two kernels and all headers of a third: over all suites, each output has to be one.
#
# Needs root (chroot), debootstrap, the mirror that apt is configured with, 5 GB for the time, and an hour. A suite that
# the mirror does not have is a skip. Kernels come from this machine's cache. What it printed is in docs/testing.md.
set -euo pipefail

source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=kernel-header-fixtures/private-apt.sh
. "$source/kernel-header-fixtures/private-apt.sh"

skip() { echo "SKIPPED: fresh machines: $*"; exit 77; }
[ "$(id -u)" -eq 0 ] || skip "needs root, for chroot"
command -v debootstrap >/dev/null || skip "no debootstrap"
need_tools git
suites=("$@")
[ $# -gt 0 ] || suites=(bookworm trixie sid)
check_words "${suites[@]}"
tests=${FRESH_TESTS--L fast}

tmp=$(mktemp -d)
mounts() { awk -v at="$tmp/" 'index($2, at) == 1 { print $2 }' /proc/self/mounts | sort -r; } # the deepest first
remove() { # FOLDER: not while something is mounted there, above all not the cache
    local mounted
    mounts | while IFS= read -r mounted; do
        umount "$mounted" 2>/dev/null || umount -l "$mounted"
    done
    [ -z "$(mounts)" ] || die "still mounted, so it stays: $1"
    rm -rf --one-file-system "$1"
}
trap 'remove "$tmp"' EXIT
trap 'exit 2' HUP INT TERM

find_cache
mkdir -p "$cache"
mapfile -t mirrors < <(machine_mirrors)
failed=0 skipped=0
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
inside() { # COMMAND...: in the machine $root
    chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}

make_machine() { # SUITE: in $root
    local mirror
    for mirror in "${mirrors[@]}"; do
        if debootstrap --variant=minbase "$1" "$root" "$mirror" >"$tmp/log" 2>&1; then
            # a mirror may hold a suite that has expired; nothing here has to survive a power failure
            echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/fresh"
            echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/fresh"
            cp /etc/resolv.conf "$root/etc/resolv.conf"
            mount -t proc proc "$root/proc"
            mount --rbind /dev "$root/dev"
            mount --make-rslave "$root/dev"
            mkdir -p "$root/root/.cache/hdrgen/kernels"
            mount --bind "$cache" "$root/root/.cache/hdrgen/kernels"
            return 0
        fi
        rm -rf --one-file-system "$root"
    done
    return 1
}

run_command() { # SUITE NAME COMMAND...: one of README's; its output in $tmp/SUITE-NAME
    local name=$1-$2 begin=$SECONDS status=0
    shift 2
    inside sh -c "cd /root/hdrgen && $*" >"$tmp/$name" 2>&1 || status=$?
    if [ $status -ne 0 ]; then
        tail -n 40 "$tmp/$name" | sed 's/^/    | /'
        fail "${name%%-*}: $*: exit status $status"
    else
        echo "${name%%-*}: $*: done in $((SECONDS - begin)) s"
    fi
    sed -n 's/^install-packages.sh: this distribution has no \(.*\): going on without it$/  left out: \1/p;
        /compiles$/p; /% tests passed/s/^/  /p; /^SKIPPED: /s/^/  /p; /^not done on this machine/s/^/  /p
        /: warning: /s/^/  /p' "$tmp/$name"
    ! grep -q ': warning: .*\[-W' "$tmp/$name" || fail "${name%%-*}: the build has warnings"
}

# One program, made on the first machine: the suites go from old to new, and so does the C library.
portable_program() {
    [ ! -e "$tmp/hdrgen" ] || return 0
    # shellcheck disable=SC2016
    inside sh -c 'cd /root/hdrgen && cmake -S . -B build/portable -DCMAKE_BUILD_TYPE=Release -DHDRGEN_LTO=OFF \
        -DBUILD_TESTING=OFF -DHDRGEN_PORTABLE=ON && cmake --build build/portable --target hdrgen --parallel "$(nproc)"' \
        >"$tmp/log" 2>&1 || { tail -n 20 "$tmp/log"; return 1; }
    cp "$root/root/hdrgen/build/portable/hdrgen" "$tmp/hdrgen"
}

kernels() { # prints the headers' places in a machine: two for one type, the last for all of them
    local arch headers
    for arch in arm64 s390x amd64; do
        (eval "$(bash "$source/kernel-header-fixtures/get-debian-kernel.sh" --no-image "$arch")" &&
            printf '%s\n' "/root/.cache/hdrgen/kernels${headers#"$cache"}")
    done
}

each_libclang() { # SUITE
    local version library newest
    newest=$(inside apt-cache pkgnames libclang1- | sed -n 's/^libclang1-\([0-9]*\)$/\1/p' | sort -n | tail -n 1)
    for version in 14 19 "$newest"; do
        # with clang's own headers
        inside apt-get install -y -qq --no-install-recommends "libclang1-$version" "libclang-common-$version-dev" >/dev/null 2>&1 || continue
        library=/usr/lib/llvm-$version/lib/libclang-$version.so.1
        [ -e "$root$library" ] || library=/usr/lib/llvm-$version/lib/libclang.so.1
        [ ! -e "$tmp/same/$1-$version" ] || continue
        mkdir -p "$tmp/same/$1-$version"
        cp "$tmp/hdrgen" "$root/root/portable"
        # LIBCLANG_PATH is the only place where it looks
        # shellcheck disable=SC2016
        inside env LIBCLANG_PATH="$library" sh -c 'rm -rf /root/same && mkdir /root/same && cd /root/same &&
            /root/portable --no-cache --kernel "$1" task_struct -o one.rs &&
            /root/portable --no-cache --kernel "$2" task_struct -o two.json &&
            /root/portable --no-cache -q --kernel "$3" -o all.btf' sh "${kernel[@]}" >"$tmp/log" 2>&1 ||
            { tail -n 5 "$tmp/log"; fail "$1: libclang $version"; continue; }
        cp "$root"/root/same/* "$tmp/same/$1-$version/"
        versions+=("$1-$version")
    done
}

mapfile -t kernel < <(kernels)
versions=()
for suite in "${suites[@]}"; do
    root=$tmp/$suite
    if ! make_machine "$suite"; then
        echo "SKIPPED: $suite: debootstrap cannot make it: $(tail -n 1 "$tmp/log")"
        skipped=$((skipped + 1))
        continue
    fi
    [ -z "$(find "$root/usr" -name 'libclang*' -o -name 'cmake')" ] || fail "$suite: not a fresh machine"
    git clone -q "file://$source" "$root/root/hdrgen"
    # the first thing that a user does, who has a clone
    inside apt-get update -qq >"$tmp/log" 2>&1 || true
    echo "== $suite: Debian $(cat "$root/etc/debian_version")"
    run_command "$suite" demo sh cmake/demo.sh
    run_command "$suite" test "sh cmake/test.sh $tests"
    if portable_program; then each_libclang "$suite"; else fail "$suite: no portable program"; fi
    remove "$root"
done
for version in "${versions[@]}"; do
    for file in one.rs two.json all.btf; do
        cmp "$tmp/same/${versions[0]}/$file" "$tmp/same/$version/$file" || fail "$file: $version is not ${versions[0]}"
    done
done
[ ${#versions[@]} -eq 0 ] || {
    echo "== libclang: $(printf '%s ' "${versions[@]}"): each file the same"
    (cd "$tmp/same/${versions[0]}" && wc -c one.rs two.json all.btf | sed '$d; s/^/  /')
}
echo "${#suites[@]} machines, $skipped skipped, $failed failures"
[ $failed -eq 0 ] || exit 1
[ $skipped -lt ${#suites[@]} ] || exit 77
