#!/bin/bash
# The table of docs/sources.md: Debian kernels from their sources, held against the BTF in their images.
#
#     $ sources_truth.sh build/release/hdrgen             all rows, some ten minutes after the trees are there
#     $ sources_truth.sh build/release/hdrgen amd64       the rows of amd64 6.1
#
# For each kernel three trees: `make olddefconfig prepare` alone; the same with the generated files that hdrgen names; and
# no make at all, which is the source package with what the headers package has. kernel-header-fixtures/
# get-debian-source.sh makes the first two. Exit status 0: nothing is wrong, and as much is exact as README says.
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: sources_truth.sh HDRGEN [amd64 | amd64-6.12 | arm64]..." >&2; exit 2; }
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fixtures=${HDRGEN_FIXTURES:-$here/../../kernel-header-fixtures}
hdrgen=$1
shift
[ $# -gt 0 ] || set -- amd64 amd64-6.12 arm64
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

failed=0
judge() { # LABEL TREE KERNEL IMAGE OPTION...
    local label=$1 tree=$2 kernel=$3 image=$4
    shift 4
    python3 "$here/sources_truth.py" --hdrgen "$hdrgen" --option=--no-cache --label "$label" --tree "$tree" --kernel "$kernel" \
        --image "$image" "$@" >"$work/log" || { failed=1; grep -v '^missing' "$work/log" | tail -20 >&2; }
    grep '^|' "$work/log"
}

# The source package with the files that only the headers package has: what somebody has who ran no make. Hard links.
merged() { # SOURCE HEADERS COMMON
    local to=$work/merged part
    rm -rf "$to"
    cp -al "$1" "$to" 2>/dev/null || cp -a "$1" "$to"
    for part in .config include arch; do
        cp -a --remove-destination "$2/$part" "$to/"
    done
    printf '%s\n' "$to"
}

echo "| kernel | tree | files | covered | exact | wrong | CPU s | wall s | MB a process |"
echo "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
for name in "$@"; do
    suite=()
    [ "$name" = amd64-6.12 ] && suite=(bookworm-backports)
    arch=${name%%-*}
    eval "$("$fixtures/get-debian-source.sh" "$arch" "${suite[@]}")"
    judge "$arch ${release:?}" prepared "${out:?}" "${image:?}" --may-miss --min-coverage 99.6
    judge "$arch $release" "no make" "$(merged "${source:?}" "${headers:?}")" "$image" --may-miss --min-coverage 99.6
    eval "$("$fixtures/get-debian-source.sh" --generated "$arch" "${suite[@]}")"
    judge "$arch $release" "generated files made" "$out" "$image" --min-coverage 99.98
    judge "$arch $release" "the same, --fast" "$out" "$image" --option=--fast --may-miss --min-coverage 99.6
done
exit $failed
