#!/bin/bash
# The oldest and the newest libclang we support give the same JSON, and the same BTF, byte for byte.
#
#   HDRGEN=... HDRGEN_FIXTURES=... HDRGEN_LIBCLANG=19 tests/oracle/two_libclangs.sh SOURCE BUILD
#
# Builds hdrgen a second time, with the other one of 14 and 19, and compares: the mini tree for three
# architectures, the layout matrix for six targets (two_libclangs.py), and every header of amd64 6.1.
set -euo pipefail

source=$1
build=$2
other=14
[ "$HDRGEN_LIBCLANG" = 14 ] && other=19
cmake -S "$source" -B "$build" -DCMAKE_BUILD_TYPE=None -DBUILD_TESTING=ON -DHDRGEN_LLVM_VERSION=$other >/dev/null
cmake --build "$build" --parallel 2 --target hdrgen unit_tests >/dev/null
second=$build/hdrgen
"$second" --version
"$build/tests/unit/unit_tests" messages # its wording

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
same=0
wrong=0
compare() {
    local what=$1
    shift
    "$HDRGEN" -q "$@" >"$work/one" || { echo "WRONG $what: first failed"; wrong=$((wrong + 1)); return; }
    "$second" -q "$@" >"$work/two" || { echo "WRONG $what: second failed"; wrong=$((wrong + 1)); return; }
    if cmp -s "$work/one" "$work/two"; then
        same=$((same + 1))
    else
        echo "WRONG $what"
        diff "$work/one" "$work/two" | head -n 6 || true
        wrong=$((wrong + 1))
    fi
}

for arch in arm64 x86 arm; do
    text=$(bash "$HDRGEN_FIXTURES/mini-flags.sh" $arch)
    mapfile -t flags <<<"$text"
    compare "mini tree, $arch" -e json --header linux/sched.h --header linux/corners.h --header linux/skbuff.h -- "${flags[@]}"
done
kernel=$(bash "$HDRGEN_FIXTURES/get-debian-kernel.sh" --no-image amd64)
eval "$kernel"
compare "every header" -e btf --kernel "${headers:?}"
echo "$same same, $wrong different"
python3 -B "$source/tests/oracle/two_libclangs.py" "$HDRGEN" "$second" "$source"/tests/oracle/cases/*.h
[ $wrong = 0 ] && [ $same = 4 ]
