#!/bin/bash
# A kernel's types from its sources against building that kernel for them: processor time of both, in one run.
#
#     $ tests/bench/sources.sh build/release/hdrgen ~/kernels            twenty minutes and more
#
# The kernel is the field test's arm64-openwrt (tests/e2e/kernels), with debugging information and BTF switched on. It is
# built as people build it, without ccache; the build ends with pahole. hdrgen reads a second tree of the same
# configuration in which only `make prepare` was run, and the tree of the build by its saved commands (.cmd). SOURCE=DIR: an
# unpacked linux-source-6.1.
#
# Printed are seconds of processor time, their ratio, whether both trees give the same bytes, and what sources_truth.py says of
# hdrgen's BTF against that of the build. Exit status 1: the bytes differ, a type is wrong, or the ratio is below 15.
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: [SOURCE=DIR] ${0##*/} HDRGEN DIRECTORY" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
hdrgen=$(realpath "$1")
mkdir -p "$2"
work=$(cd "$2" && pwd)
source=${SOURCE:?name an unpacked linux-source-6.1: kernel-header-fixtures/get-debian-source.sh --unpack amd64}
kernels=$here/../e2e/kernels

kernel_make() { # DIRECTORY ARG...
    local out=$1
    shift
    make -C "$source" O="$out" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- KBUILD_BUILD_USER=bench KBUILD_BUILD_HOST=test \
        KBUILD_BUILD_TIMESTAMP=1970-01-01 "$@" >>"$work/make.log" 2>&1
}

for tree in prepared built; do
    mkdir -p "$work/$tree"
    { cat "$kernels/common.config" "$kernels/arm64-openwrt.config"
      echo CONFIG_DEBUG_INFO_NONE=n
      echo CONFIG_DEBUG_INFO_DWARF4=y
      echo CONFIG_DEBUG_INFO_BTF=y; } >"$work/$tree.wanted"
    kernel_make "$work/$tree" KCONFIG_ALLCONFIG="$work/$tree.wanted" allnoconfig
    grep -q '^CONFIG_DEBUG_INFO_BTF=y' "$work/$tree/.config" || { echo "no BTF in this configuration: is pahole there?" >&2; exit 2; }
    kernel_make "$work/$tree" prepare
done

seconds() { # COMMAND...: user and system time
    local TIMEFORMAT='%U %S'
    { time "$@" >>"$work/run.log" 2>&1; } 2>&1 | awk '{ print $1 + $2 }'
}

build=$(seconds kernel_make "$work/built" -j"$(nproc)" vmlinux modules) # without modules.order the .cmd files are not all
read_prepared=$(seconds "$hdrgen" --kernel "$work/prepared" --sources --no-cache -o "$work/prepared.btf")
read_built=$(seconds "$hdrgen" --kernel "$work/built" --sources --no-cache -o "$work/built.btf")
printf 'built, to BTF: %s s; hdrgen, prepared tree: %s s; hdrgen, tree of the build: %s s; ratio %s\n' "$build" "$read_prepared" \
    "$read_built" "$(awk "BEGIN { printf \"%.1f\", $build / $read_prepared }")"
status=0
python3 "$here/../oracle/sources_truth.py" --made "$work/built.btf" --image "$work/built/vmlinux" --tree built || status=1
python3 "$here/../oracle/sources_truth.py" --made "$work/prepared.btf" --image "$work/built/vmlinux" --tree prepared --may-miss || status=1
"$hdrgen" diff --btf "$work/prepared.btf" --btf "$work/built.btf" --common -q || status=1
awk "BEGIN { exit !($build >= 15 * $read_prepared) }" || status=1
exit $status
