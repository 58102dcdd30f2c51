#!/bin/bash
# The oldest and the newest libclang we support give the same JSON, byte for byte.
#
#   HDRGEN=... HDRGEN_FIXTURES=... HDRGEN_LIBCLANG=19 tests/oracle/two_libclangs.sh SOURCE BUILD
#
# Builds hdrgen a second time, with the other one of 14 and 19, and compares: the mini tree for three
# architectures, and the layout matrix for six targets.  Left out by name: what the two really lay out
# or tell differently (see differs()).
set -euo pipefail

source=$1
build=$2
other=14
[ "$HDRGEN_LIBCLANG" = 14 ] && other=19
cmake -S "$source" -B "$build" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF -DHDRGEN_LLVM_VERSION=$other >/dev/null
cmake --build "$build" --parallel 2 >/dev/null
second=$build/hdrgen
"$second" --version

# s390x: __int128 is aligned to 16 by clang 14 and to 8 by 19, and so are wide _Atomic records.  btf_tags.h: 14 does not tell type tags.
differs() {
    case $1 in
    *btf_tags.h) return 0 ;;
    *int128*.h | *zero_array.h | *atomic_record.h) [[ $2 = s390x* ]] ;;
    *) return 1 ;;
    esac
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
same=0
wrong=0
compare() {
    local what=$1
    shift
    "$HDRGEN" -q -e json "$@" >"$work/one" || { echo "WRONG $what: first failed"; wrong=$((wrong + 1)); return; }
    "$second" -q -e json "$@" >"$work/two" || { echo "WRONG $what: second failed"; wrong=$((wrong + 1)); return; }
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
    compare "mini tree, $arch" --header linux/sched.h --header linux/corners.h --header linux/skbuff.h -- "${flags[@]}"
done
for case in "$source"/tests/oracle/cases/*.h; do
    read -r _ _ words <"$case"
    flags=()
    [[ $(head -n 1 "$case") = "// flags:"* ]] && read -ra flags <<<"$words"
    for target in x86_64 aarch64 arm i386 s390x mips; do
        differs "$case" $target && continue
        compare "${case##*/}, $target" --header "$case" --target $target-linux-gnu -- "${flags[@]}"
    done
done
echo "$same same, $wrong different"
[ $wrong = 0 ] && [ $same -gt 100 ]
