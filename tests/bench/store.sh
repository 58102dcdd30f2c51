#!/bin/bash
# A kernel tree that was read once: what the second question takes, against the first. Wall clock and processor time; the best
# of several runs for the second, as for a program that takes less than a tenth of a second.
#
#   tests/bench/store.sh HDRGEN KERNEL [RUNS]
set -euo pipefail

hdrgen=$1
kernel=$2
runs=${3:-10}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XDG_CACHE_HOME=$tmp/cache
TIMEFORMAT='%R %U %S'

cat >"$tmp/prog.c" <<'END'
#define SEC(name) __attribute__((section(name), used))
struct task_struct { int pid; } __attribute__((preserve_access_index));
SEC("kprobe/f") int f(struct task_struct *task) { return *__builtin_preserve_access_index(&task->pid); }
END
clang -O2 -g -target bpf -c "$tmp/prog.c" -o "$tmp/prog.o"

# one: what is asked; the seconds of the first time, and of the best later one
row() {
    local name=$1
    shift
    "$@" >"$tmp/output" 2>&1 || [ $? -eq 1 ]
    cp "$tmp/output" "$tmp/expected"
    for ((i = 0; i < runs; i++)); do
        { time "$@" >"$tmp/output" 2>&1; } 2>>"$tmp/warm" || :
        cmp -s "$tmp/output" "$tmp/expected" || echo "$name: another answer the second time"
    done
    awk -v name="$name" -v cold="$(cat "$tmp/cold")" '
        BEGIN { split(cold, c) }
        { cpu = $2 + $3; if (NR == 1 || $1 < wall) wall = $1; if (NR == 1 || cpu < least) least = cpu }
        END { printf "%-28s first %6.2f s (%6.2f s of processor time)   then %.3f s (%.3f s)\n", name, c[1], c[2] + c[3], wall, least }' "$tmp/warm"
    rm "$tmp/warm"
}

first() {
    rm -rf "$tmp/cache"
    { time "$@" >"$tmp/output" 2>&1; } 2>"$tmp/cold" || :
}

{ time "$hdrgen" --version >"$tmp/output"; } 2>"$tmp/warm"
awk '{ printf "%-28s %.3f s (%.3f s): libclang is loaded each time\n", "hdrgen --version", $1, $2 + $3 }' "$tmp/warm"
rm "$tmp/warm"

# every header is read once; list, generate and diff ask for the same entry
for what in "list" "--emit json" "diff --btf /sys/kernel/btf/vmlinux"; do
    # shellcheck disable=SC2086
    [ "$what" != list ] || first "$hdrgen" $what --kernel "$kernel"
    # shellcheck disable=SC2086
    row "$what" "$hdrgen" $what --kernel "$kernel"
done
for what in "show task_struct" "list bpf_*" "check $tmp/prog.o" "diff --btf /sys/kernel/btf/vmlinux task_struct"; do
    # shellcheck disable=SC2086
    first "$hdrgen" $what --kernel "$kernel"
    # shellcheck disable=SC2086
    row "${what//$tmp\//}" "$hdrgen" $what --kernel "$kernel"
done
du -sk "$tmp/cache/hdrgen" | awk '{ printf "the store: %d KB\n", $1 }'
