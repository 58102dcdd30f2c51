#!/bin/bash
# Header to Rust: hdrgen against clang -fsyntax-only and bindgen, on the same translation unit, in one run.
#
#   tests/bench/headers.sh HDRGEN [ARCH]        ARCH as Debian's (default amd64)
#
# Prints hyperfine's medians, their ratios, and each program's peak memory.  Machines are noisy: it is the
# ratios of one run that count.
set -euo pipefail

hdrgen=$(realpath "${1:?usage: headers.sh HDRGEN [ARCH]}")
arch=${2:-amd64}
here=$(cd "$(dirname "$0")/../.." && pwd)
for tool in hyperfine bindgen python3 /usr/bin/time; do
    command -v "$tool" >/dev/null || {
        echo "headers.sh: $tool is missing; run cmake/install-packages.sh bench" >&2
        exit 2
    }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
eval "$(bash "$here/kernel-header-fixtures/get-debian-kernel.sh" --no-image "$arch")"
text=$(bash "$here/kernel-header-fixtures/debian-flags.sh" "${headers:?}")
mapfile -t flags <<<"$text"
printf '#include <linux/sched.h>\n' >"$work/unit.h"

# The clang of the libclang that hdrgen was built with.  Debian's bindgen (0.60) cannot name anonymous records
# with libclang 16 and newer and panics, so it gets 14.
version=$("$hdrgen" --version | sed -n 's/.*libclang \([0-9]*\).*/\1/p')
clang=$(command -v "clang-$version" || command -v clang)
export LIBCLANG_PATH=/usr/lib/llvm-14/lib

quoted=$(printf '%q ' "${flags[@]}")
names=(hdrgen 'hdrgen follow' clang bindgen)
commands=(
    "$hdrgen --header linux/sched.h task_struct -o $work/out.rs -- $quoted"
    "$hdrgen --header linux/sched.h task_struct --pointers follow -o $work/all.rs -- $quoted"
    "$clang -w -fsyntax-only -x c $quoted $work/unit.h"
    "bindgen --no-layout-tests --allowlist-type task_struct -o $work/bindgen.rs $work/unit.h -- $quoted"
)
echo "linux/sched.h -> task_struct, Linux ${release:?}, $("$hdrgen" --version), $("$clang" --version | head -n 1)"
hyperfine --warmup 2 --runs "${RUNS:-15}" --style none --export-json "$work/times.json" "${commands[@]}" \
    >/dev/null 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
for i in "${!commands[@]}"; do
    /usr/bin/time -f %M -o "$work/memory.$i" bash -c "exec ${commands[$i]}" >/dev/null 2>&1
done

python3 - "$work" "${names[@]}" <<'END'
import json, pathlib, sys
work, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
results = json.loads((work / "times.json").read_text())["results"]
rows = [(name, result["median"], result["min"], result["max"],
         int((work / f"memory.{i}").read_text().split()[-1]) / 1024)
        for i, (name, result) in enumerate(zip(names, results))]
clang = next(row for row in rows if row[0] == "clang")
bindgen = next(row for row in rows if row[0] == "bindgen")
print(f"{'':14} {'median s':>9} {'min':>7} {'max':>7} {'peak MB':>8} {'x clang':>8} "
      f"{'x bindgen':>9} {'mem x clang':>11}")
for name, median, low, high, memory in rows:
    print(f"{name:14} {median:9.3f} {low:7.3f} {high:7.3f} {memory:8.1f} {median / clang[1]:8.2f} "
          f"{median / bindgen[1]:9.2f} {memory / clang[4]:11.2f}")
END
