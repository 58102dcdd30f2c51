#!/bin/sh
# The main job, from a fresh clone: builds hdrgen, makes Rust of task_struct from real arm64 kernel headers
# (the mini tree's when there is no network), and compiles it for this machine and for BPF.
#
#   cmake/demo.sh [build directory]
#
# Installs what is missing (cmake/install-packages.sh); writes only into the build directory and the
# kernel cache.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$here/build/release}

step() {
    echo "== $*"
}

# --- packages and build ---
step "packages"
sh "$here/cmake/install-packages.sh" demo
step "build ($build)"
mkdir -p "$build"
log=$build/demo.log
if ! { cmake -S "$here" -B "$build" -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF &&
    cmake --build "$build" --parallel; } >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
hdrgen=$build/hdrgen

# --- headers ---
step "arm64 kernel headers (Debian's; the first time this downloads about 10 MB)"
if kernel=$(bash "$here/kernel-header-fixtures/get-debian-kernel.sh" --no-image arm64); then
    eval "$kernel"
    # shellcheck disable=SC2154 # headers and release come from the eval
    flags=$(bash "$here/kernel-header-fixtures/debian-flags.sh" "$headers")
    what="Linux ${release:?}"
else
    echo "   not to be had: using the mini tree in kernel-header-fixtures/mini"
    flags=$(bash "$here/kernel-header-fixtures/mini-flags.sh" arm64)
    what="the mini tree"
fi

# One flag a line, into the positional parameters.
set --
while IFS= read -r flag; do
    set -- "$@" "$flag"
done <<END
$flags
END

# --- the main job ---
out=$build/demo
mkdir -p "$out"
step "hdrgen --header linux/sched.h task_struct -- <$# flags> > task.rs"
"$hdrgen" --header linux/sched.h task_struct -- "$@" >"$out/task.rs"

step "rustc: every size, alignment and offset in task.rs is asserted at compile time"
for rustc in rustc /usr/bin/rustc; do
    command -v "$rustc" >/dev/null 2>&1 || continue
    for target in "" bpfel-unknown-none; do
        if [ -n "$target" ]; then
            directory=$("$rustc" --print target-libdir --target "$target" 2>/dev/null) || continue
            ls "$directory"/libcore-*.rlib >/dev/null 2>&1 || continue
        fi
        printf '#![no_std]\n#[path = "task.rs"]\npub mod task;\n' >"$out/lib.rs"
        "$rustc" --edition 2021 --crate-type rlib --emit metadata -D warnings \
            ${target:+--target "$target"} -o "$out/libtask.rmeta" "$out/lib.rs"
        echo "   $("$rustc" --version), ${target:-this machine}: compiles"
    done
done

step "what it looks like ($out/task.rs, $(wc -l <"$out/task.rs") lines, from $what)"
sed -n '/pub struct task_struct /,/comm:/p' "$out/task.rs" | grep -v '^ *///' | head -n 12
echo "    ..."
grep -E 'size_of::<task_struct>|offset_of!\(task_struct, (pid|tgid|comm)\)' "$out/task.rs"
