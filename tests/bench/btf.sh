#!/bin/bash
# BTF to everything: hdrgen against bpftool, pahole and aya-tool's pipeline (bpftool, then bindgen), in one run.
#
#   tests/bench/btf.sh HDRGEN [BTF]             BTF: default /sys/kernel/btf/vmlinux
#
# Prints hyperfine's medians and their ratios to `bpftool btf dump format c`, and peak memory; then how many sizes and
# offsets each route has wrong, by the assertions that btf_asserts.py makes from the raw BTF.  It is the ratios of one run
# that count.
set -euo pipefail

hdrgen=$(realpath "${1:?usage: btf.sh HDRGEN [BTF]}")
btf=${2:-/sys/kernel/btf/vmlinux}
here=$(cd "$(dirname "$0")/../.." && pwd)
for tool in hyperfine bindgen bpftool python3 /usr/bin/time; do
    command -v "$tool" >/dev/null || {
        echo "btf.sh: $tool is missing; run cmake/install-packages.sh bench" >&2
        exit 2
    }
done
export LIBCLANG_PATH=/usr/lib/llvm-14/lib # Debian's bindgen panics with 16 and newer

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
names=('bpftool -> C' 'hdrgen -> C' 'hdrgen -> Rust' 'hdrgen -> BTF' 'hdrgen -> JSON' 'hdrgen -> Rust, one name' 'hdrgen -> C, one name'
    'bpftool, bindgen, one name' 'bpftool, bindgen')
commands=(
    "bpftool btf dump file $btf format c > $work/bpftool.h"
    "$hdrgen -q --btf $btf -o $work/all.h"
    "$hdrgen -q --btf $btf -o $work/all.rs"
    "$hdrgen -q --btf $btf -o $work/all.btf"
    "$hdrgen -q --btf $btf -o $work/all.json"
    "$hdrgen -q --btf $btf task_struct -o $work/one.rs"
    "$hdrgen -q --btf $btf task_struct -o $work/one.h"
    "bpftool btf dump file $btf format c > $work/v.h && bindgen --no-layout-tests --allowlist-type task_struct -o $work/b1.rs $work/v.h"
    "bpftool btf dump file $btf format c > $work/v.h && bindgen --no-layout-tests -o $work/b.rs $work/v.h"
)
echo "$(bpftool version | head -n 1), $(bindgen --version), $("$hdrgen" --version)"
hyperfine --warmup 1 --runs "${RUNS:-7}" --style none --export-json "$work/times.json" "${commands[@]}" \
    >/dev/null 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
for i in "${!commands[@]}"; do
    /usr/bin/time -f %M -o "$work/memory.$i" bash -c "${commands[$i]}" >/dev/null 2>&1
done
python3 - "$work" "${names[@]}" <<'END'
import json, pathlib, sys
work, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
results = json.loads((work / "times.json").read_text())["results"]
base = results[0]["median"]
print(f"{'':28} {'median s':>9} {'min':>7} {'max':>7} {'peak MB':>8} {'x bpftool':>9}")
for i, (name, result) in enumerate(zip(names, results)):
    memory = int((work / f"memory.{i}").read_text().split()[-1]) / 1024
    print(f"{name:28} {result['median']:9.3f} {result['min']:7.3f} {result['max']:7.3f} {memory:8.1f} {result['median'] / base:9.2f}")
END

echo
echo "Sizes and offsets against the raw BTF, C:"
for header in all.h bpftool.h; do
    python3 -B "$here/tests/oracle/btf_asserts.py" "$btf" --c "$work/$header" --work "$work" --count-only \
        --compiler "clang --target=$(uname -m)-linux-gnu" | sed -n "s|^C,|$header:|p"
done
