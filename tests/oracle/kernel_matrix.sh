#!/bin/bash
# One more of Debian's kernels, old, new or of a rarer architecture: all that can be asked of it in some minutes.
#
#   HDRGEN=... HDRGEN_FIXTURES=... tests/oracle/kernel_matrix.sh CLANG ARCH SUITE
#
# 1. kernel_tree.sh: flags, models and four located names; their Rust; their sizes, where the image has BTF;
# 2. the four names as C, compiled by clang for the kernel's architecture and for BPF, with its assertions;
# 3. kernel_truth.sh: every header against the BTF in the image, where it has one.
#
# A kernel that the network does not have (any more) is a skip, exit status 77, that says which.
set -euo pipefail

clang=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
hdrgen() { XDG_CACHE_HOME=$work/cache "$HDRGEN" "$@"; }
fetch() { bash "$HDRGEN_FIXTURES/get-debian-kernel.sh" "$@" 2>"$work/said"; }

image=
if ! kernel=$(fetch "$@"); then
    echo "SKIPPED: $*: its image: $(tail -n 1 "$work/said")"
    kernel=$(fetch --no-image "$@") || {
        echo "SKIPPED: $*: its headers: $(tail -n 1 "$work/said")"
        exit 77
    }
fi
eval "$kernel"
truth=no
if [ -z "$image" ]; then
    export BTF=0
elif hdrgen list --btf "$image" task_struct >/dev/null 2>"$work/said"; then
    truth=yes
    export BTF=1
elif grep -q '^CONFIG_DEBUG_INFO_BTF=y' "${headers:?}/.config"; then
    cat "$work/said" >&2
    exit 1
else
    export BTF=0
fi

RUST=1 bash "$here/kernel_tree.sh" "$clang" "$@"

mapfile -t flags < <(hdrgen flags --kernel "$headers")
endian=bpfel
hdrgen --kernel "$headers" ethhdr iphdr task_struct trace_event_raw_sched_process_exec -o "$work/four.json"
grep -q '"endian": "big"' "$work/four.json" && endian=bpfeb
hdrgen --kernel "$headers" ethhdr iphdr task_struct trace_event_raw_sched_process_exec -o "$work/four.h"
triple=$(printf '%s\n' "${flags[@]}" | sed -n 's/^--target=//p')
for target in "$triple" $endian; do
    "$clang" --target="$target" -Wall -Werror -fsyntax-only -x c "$work/four.h"
done
note=
grep -q '"pointer_size": 4' "$work/four.json" && note=' (which asserts nothing: its pointers are wider)'
echo "      four.h: $(grep -cE '^HDRGEN_(SIZE|AT)' "$work/four.h") assertions, clang for $triple and $endian$note"

[ $truth = yes ] || { echo "      no BTF in the image"; exit 0; }
# 50 %: as far as the headers of the one release that has fewest
bash "$here/kernel_truth.sh" 50 "$@"
