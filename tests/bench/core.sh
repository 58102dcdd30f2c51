#!/bin/bash
# check and --for on one object with about 100 relocations and a whole kernel's BTF, beside bpftool's min_core_btf, in one run.
#
#   tests/bench/core.sh HDRGEN [BTF]             BTF: default /sys/kernel/btf/vmlinux
#
# Prints hyperfine's medians, and the sizes of what was written.
set -euo pipefail

hdrgen=$(realpath "${1:?usage: core.sh HDRGEN [BTF]}")
btf=${2:-/sys/kernel/btf/vmlinux}
here=$(cd "$(dirname "$0")/.." && pwd)
for tool in hyperfine bpftool clang-19 python3; do
    command -v "$tool" >/dev/null || {
        echo "core.sh: $tool is missing; run cmake/install-packages.sh bench" >&2
        exit 2
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A program that reads a hundred members of task_struct.
"$hdrgen" --btf "$btf" -q --emit json task_struct >"$work/task.json"
python3 - "$work" <<'END'
import json, pathlib, sys
work = pathlib.Path(sys.argv[1])
types = {t["id"]: t for t in json.loads((work / "task.json").read_text())["types"]}
def kind(number):
    t = types.get(number, {"kind": "void"})
    return kind(t["type"]) if t["kind"] == "typedef" else (t["kind"], t.get("size", 0))
record = next(t for t in types.values() if t.get("name") == "task_struct" and t["kind"] == "struct")
sizes = {1: "char", 2: "short", 4: "int", 8: "long"}
lines = []
for member in record["members"]:
    what, size = kind(member["type"])
    if member["name"] and not member.get("bitfield") and (what in ("int", "pointer", "char")):
        lines.append((member["name"], "void *" if what == "pointer" else sizes.get(size, "int")))
lines = lines[:100]
body = "".join(f"    {t} {n};\n" for n, t in lines)
reads = "".join(f"    sum += (unsigned long)BPF_CORE_READ(task, {n});\n" for n, _ in lines)
(work / "hundred.bpf.c").write_text(f'''#include "kernel_types.h"
struct task_struct {{
{body}}} __attribute__((preserve_access_index));
unsigned long sum;
SEC("raw_tracepoint/sys_enter") int prog(void *ctx)
{{
    struct task_struct *task = (void *)bpf_get_current_task();
{reads}    return 0;
}}
char LICENSE[] SEC("license") = "GPL";
''')
(work / "kernel_types.h").write_text('''typedef unsigned char __u8; typedef unsigned short __u16, __be16; typedef unsigned __u32, __be32, __wsum;
typedef int __s32; typedef unsigned long long __u64; typedef long long __s64; typedef short __s16; struct pt_regs;
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
''')
END
clang-19 -target bpfel -g -O2 -w -ffreestanding -idirafter "/usr/include/$(gcc -print-multiarch)" -c "$work/hundred.bpf.c" -o "$work/hundred.o"
"$hdrgen" check "$work/hundred.o" --btf "$btf" -q | tail -n 1
names=('hdrgen check' 'hdrgen check --loader both' 'hdrgen --for -> BTF' 'bpftool gen min_core_btf' 'hdrgen, reading the BTF alone')
commands=(
    "$hdrgen check $work/hundred.o --btf $btf -q"
    "$hdrgen check $work/hundred.o --btf $btf -q --loader both"
    "$hdrgen --btf $btf --for $work/hundred.o -q -o $work/ours.btf"
    "bpftool gen min_core_btf $btf $work/theirs.btf $work/hundred.o"
    "$hdrgen list --btf $btf -q task_struct"
)
hyperfine --warmup 1 --runs "${RUNS:-7}" --style none --export-json "$work/times.json" "${commands[@]}" \
    >/dev/null 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
python3 - "$work" "${names[@]}" <<'END'
import json, pathlib, sys
work, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
print(f"{'':30} {'median s':>9} {'min':>7} {'max':>7}")
for name, result in zip(names, json.loads((work / "times.json").read_text())["results"]):
    print(f"{name:30} {result['median']:9.3f} {result['min']:7.3f} {result['max']:7.3f}")
END
echo "sizes: hdrgen $(stat -c %s "$work/ours.btf"), bpftool $(stat -c %s "$work/theirs.btf") bytes"
