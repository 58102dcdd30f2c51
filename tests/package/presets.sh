#!/bin/bash
# presets.sh SOURCE: a machine that has what README lists for building, and nothing that only the tests need.
#
# There the preset `release` configures, and offers `bench`; the preset `dev` stops with one message that says what is
# missing and how to get it.  The machine is made of links to the tools that a build needs, of copies of its libraries'
# .pc files, and of CMake's own ways to leave the rest unseen.
set -euo pipefail
source=$1

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin" "$tmp/pc"
for tool in cmake make cc gcc c++ as ld ar ranlib nm objcopy objdump strip readelf pkg-config sh uname; do
    path=$(command -v "$tool") || continue
    ln -s "$path" "$tmp/bin/$tool"
done
ln -s "$tmp/bin/cc" "$tmp/bin/clang" # the preset dev's compiler; configuring is all that is asked of it
for module in json-c libxxhash libelf zlib liblzma libzstd liblz4 libbpf; do
    cp "$(pkg-config --variable=pcfiledir "$module")/$module.pc" "$tmp/pc/"
done

configure() { # PRESET
    env -i PATH="$tmp/bin" HOME="$tmp" PKG_CONFIG_LIBDIR="$tmp/pc" cmake -S "$source" --preset "$1" -B "$tmp/$1" \
        -DCMAKE_DISABLE_FIND_PACKAGE_Python3=ON "-DCMAKE_IGNORE_PATH=/usr/local/bin;/usr/bin;/bin" >"$tmp/log" 2>&1
}
fail() {
    cat "$tmp/log"
    echo "presets.sh: $*" >&2
    exit 1
}

configure release || fail "the preset release needs more than README lists"
grep -q '^BUILD_TESTING:[A-Z]*=OFF$' "$tmp/release/CMakeCache.txt" || fail "release has the tests on"
configure dev && fail "the preset dev configured without what the tests need"
tr '\n' ' ' <"$tmp/log" | tr -s ' ' >"$tmp/line"
for words in 'python3, CUnit' 'sh cmake/install-packages.sh tests' '-DBUILD_TESTING=OFF'; do
    grep -qF -e "$words" "$tmp/line" || fail "dev does not say '$words'"
done

# Whoever measures has bash; the target is there without the tests.
ln -s "$(command -v bash)" "$tmp/bin/bash"
configure release || fail "release"
cmake --build "$tmp/release" --target help >"$tmp/log"
grep -qw bench "$tmp/log" || fail "no target bench"
echo "release configures; dev says what is missing"
