#!/bin/bash
# A real kernel's BTF and that of its modules, read and written again as split BTF: bpftool reads it, `hdrgen diff` finds no
# difference, and a reader that shares nothing with hdrgen finds every definition of every name as it was.
#
#   HDRGEN=... split_circle.sh SPLIT_CIRCLE FIXTURES [MODULE_NAME...]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
circle=$1
fixtures=$2
shift 2
[ $# -gt 0 ] || set -- nf_conntrack ext4 btusb xfs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

eval "$("$fixtures/get-debian-kernel.sh" --modules amd64)"
files=()
for name in "$@"; do
    files+=("$(find "${modules:?}" -name "$name.ko*" | head -n 1)")
done
"$circle" "${image:?}" "$work/btf" "${files[@]}"

wrong=0
for i in "${!files[@]}"; do
    name=${*:i+1:1}
    bpftool -B "$work/btf/vmlinux" btf dump file "$work/btf/$name" >"$work/dump"
    grep -q "^\[[0-9]*\] STRUCT '" "$work/dump" || { echo "$name: bpftool finds no struct" >&2; wrong=1; }
    if ! "$HDRGEN" diff --btf "${files[i]}" --base-btf "$image" \
        --btf "$work/btf/$name" --base-btf "$work/btf/vmlinux" >"$work/diff"; then
        head -n 20 "$work/diff" >&2
        wrong=1
    fi
done
python3 -B "$here/split_circle.py" "$image" "$work/btf" "${files[@]}" || wrong=1
exit $wrong
