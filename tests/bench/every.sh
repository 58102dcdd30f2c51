#!/bin/bash
# Every header of a kernel into BTF, against each header alone, which is what one would do without hdrgen. Of the latter a sample
# is timed; both in processor time, one after the other, so that a busy machine counts for both.
#
#   tests/bench/every.sh HDRGEN KERNEL_HEADERS [CLANG] [SAMPLE]
set -euo pipefail

hdrgen=$1
kernel=$2
clang=${3:-clang}
sample=${4:-100}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
TIMEFORMAT='%R %U %S'

"$hdrgen" -q flags --kernel "$kernel" >"$tmp/flags"
# in the order of their hashes: any sample, but always the same
for directory in "$kernel/include" "${kernel%-*}-common/include"; do
    [ ! -d "$directory" ] || (cd "$directory" && find linux net media sound uapi/linux -name '*.h' 2>/dev/null || :)
done | sort -u | while read -r header; do echo "$(cksum <<<"$header" | cut -d' ' -f1) $header"; done | sort -n >"$tmp/sorted"
head -n "$sample" "$tmp/sorted" | cut -d' ' -f2 >"$tmp/headers"
count=$(wc -l <"$tmp/headers")

{ time "$hdrgen" -q --kernel "$kernel" -o "$tmp/kernel.btf" 2>"$tmp/log"; } 2>"$tmp/all"
{
    time while read -r header; do
        echo "#include <$header>" >"$tmp/one.c"
        eval "$clang -fsyntax-only -w $(tr "\n" " " <"$tmp/flags") $tmp/one.c" 2>"$tmp/log" || :
    done <"$tmp/headers"
} 2>"$tmp/alone"

awk -v count="$count" '
    FNR == NR { wall = $1; cpu = $2 + $3; next }
    { each = ($2 + $3) / count
      printf "every header: %.0f s of processor time, %.0f s by the clock\n", cpu, wall
      printf "each header alone: %.2f s of processor time (%d of them): all of them take as long as %.0f alone\n",
             each, count, cpu / each }' "$tmp/all" "$tmp/alone"
