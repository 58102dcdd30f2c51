#!/bin/bash
# CO-RE for Rust: how large the bindings are, and how long linking takes.
#
#   tests/bench/link.sh HDRGEN [BTF]             BTF: default /sys/kernel/btf/vmlinux
#
# Prints the sizes of task_struct's bindings, without accessors and with both kinds, and the medians of RUNS (15) runs
# that link an object of more than 1 MB with 6,000 records.
set -euo pipefail

hdrgen=$(realpath "${1:?usage: link.sh HDRGEN [BTF]}")
btf=${2:-/sys/kernel/btf/vmlinux}
for tool in clang-19 python3; do
    command -v "$tool" >/dev/null || {
        echo "link.sh: $tool is missing; run cmake/install-packages.sh bench" >&2
        exit 2
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for accessors in none probe-read core; do
    option=(--accessors "$accessors")
    [ "$accessors" != none ] || option=()
    "$hdrgen" --btf "$btf" -q task_struct "${option[@]}" -o "$work/$accessors.rs"
    echo "task_struct, accessors $accessors: $(stat -c %s "$work/$accessors.rs") bytes"
done

# Records as those of Rust, in C, beside types and debug information of the program's own.
python3 - "$work" <<'END'
import pathlib, sys
lines = ['#define R(text) ({ unsigned long value; asm volatile("2: call hdrgen_link_was_not_run\\n" \\',
         '    ".pushsection .hdrgen.relo.1,\\"\\",@progbits\\n.long 2b\\n.asciz \\"%0 " text "\\"\\n.popsection" : "=r"(value)); value; })']
for f in range(300):
    lines.append(f'__attribute__((section("tp/p{f % 50}"))) unsigned long f{f}(void *p) {{ unsigned long sum = 0;')
    lines += [f'    sum += R("byte_offset Stask_struct m{(f * 20 + i) % 400}:i32s");' for i in range(20)]
    lines += ["    return sum; }", f"struct own{f} {{ int a{f}; struct own{f} *b{f}; long c{f}[{f + 1}]; }} own{f}_variable;"]
pathlib.Path(sys.argv[1], "big.c").write_text("\n".join(lines) + "\n")
END
clang-19 -target bpfel -g -O2 -c "$work/big.c" -o "$work/big.o"
python3 - "$hdrgen" "$work" "${RUNS:-15}" <<'END'
import os, statistics, sys, time
hdrgen, work, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
times, processor = [], []
for _ in range(runs):
    start = time.perf_counter()
    child = os.posix_spawn(hdrgen, [hdrgen, "link", "-q", f"{work}/big.o", "-o", f"{work}/linked.o"], os.environ)
    _, status, used = os.wait4(child, 0)
    if status != 0:
        sys.exit("link.sh: hdrgen link failed")
    times.append(time.perf_counter() - start)
    processor.append(used.ru_utime + used.ru_stime)
print(f"linking {os.stat(work + '/big.o').st_size} bytes, 6,000 records: {statistics.median(times):.3f} s, of the processor {statistics.median(processor):.3f} s")
END
