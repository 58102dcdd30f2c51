#!/bin/bash
# BTF to everything: hdrgen against bpftool, pahole and aya-tool's pipeline (bpftool, then bindgen), in one run.
#
#   tests/bench/btf.sh HDRGEN [BTF]             BTF: default /sys/kernel/btf/vmlinux
#
# Prints two Markdown tables: times as ratios to `bpftool btf dump format c` (hyperfine's medians) and peak memory; then how
# many sizes and offsets each route has wrong, by the assertions that btf_asserts.py makes from the raw BTF.  It is the ratios
# of one run that count.
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

target=$(uname -m)-linux-gnu # the BTF must be of a machine like this one

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
bindgen = {"all": results[-1]["median"], "one": results[-2]["median"]}
print("\n| | x bpftool's C | bpftool+bindgen takes | peak MB | median s |\n| --- | ---: | ---: | ---: | ---: |")
for i, (name, result) in enumerate(zip(names, results)):
    memory = int((work / f"memory.{i}").read_text().split()[-1]) / 1024
    times = bindgen["one" if "one name" in name else "all"] / result["median"]
    print(f"| {name} | {result['median'] / base:.2f} | {times:.1f}x | {memory:.1f} | {result['median']:.3f} |")
END

# judge NAME --c|--rust FILE COMPILER_OPTION...
judge() {
    python3 -B "$here/tests/oracle/btf_asserts.py" "$btf" "$2" "$3" --work "$work" --count-only "${@:4}" |
        sed -nE "s/^(C|Rust), [^:]*: ([0-9]+) assertions, (([0-9]+) without a field, )?([0-9]+) sizes wrong, ([0-9]+) offsets wrong, ([0-9]+) other.*/| $1 | \5 | \6 | \7 | \2 | \4 |/p"
}
printf '\n| | wrong sizes | wrong offsets | other errors | assertions | members without a field |\n'
printf '| --- | ---: | ---: | ---: | ---: | ---: |\n'
clang=(--compiler "clang --target=$target")
judge 'hdrgen -> C' --c "$work/all.h" "${clang[@]}"
judge 'hdrgen -> Rust' --rust "$work/all.rs" --rustc rustc
judge 'bpftool -> C' --c "$work/bpftool.h" "${clang[@]}"
judge 'bpftool, bindgen -> Rust' --rust "$work/b.rs" --rustc rustc
