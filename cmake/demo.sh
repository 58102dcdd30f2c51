#!/bin/sh
# The main job, from a fresh clone: builds hdrgen, makes Rust of task_struct from real arm64 kernel headers
# (the mini tree's when there is no network), and compiles it for this machine and for BPF.
#
#   cmake/demo.sh [build directory]
#
# Installs what is missing (cmake/install-packages.sh); writes only into the build directory and the
# kernel cache.  With HDRGEN=program in the environment it shows that one and builds nothing.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$here/build/demo}
hdrgen=${HDRGEN:-}

step() {
    echo "== $*"
}

# The program alone, without link-time optimisation: both take their time and change nothing here.
make_program() {
    cmake -S "$here" -B "$build" -DCMAKE_BUILD_TYPE=Release -DHDRGEN_LTO=OFF -DBUILD_TESTING=OFF &&
        cmake --build "$build" --target hdrgen --parallel "$(nproc 2>/dev/null || echo 2)"
}

# shellcheck source=cmake/progress.sh
. "$here/cmake/progress.sh"
how_far() { # LOG
    done=$(sed -n 's/^\[ *\([0-9]*%\)\].*/\1/p; s/^\[\([0-9]*\/[0-9]*\)\].*/\1/p' "$1" | tail -n 1)
    echo "${done:-configuring}"
}

# --- packages and build ---
if [ -z "$hdrgen" ]; then
    step "packages"
    sh "$here/cmake/install-packages.sh" demo
    step "build ($build; about a minute of one processor)"
    mkdir -p "$build"
    if ! with_progress "$build/demo.log" how_far make_program; then
        cat "$build/demo.log" >&2
        exit 1
    fi
    hdrgen=$build/hdrgen
fi
out=$build/demo
mkdir -p "$out"

# --- headers ---
step "arm64 kernel headers (Debian's; the first time this downloads about 10 MB)"
if kernel=$(bash "$here/kernel-header-fixtures/get-debian-kernel.sh" --no-image arm64); then
    eval "$kernel"
    # shellcheck disable=SC2154 # headers and release come from the eval
    tree=$headers include=$common/arch/arm64/include arch=
    what="Linux ${release:?}"
else
    echo "   not to be had: using the mini tree in kernel-header-fixtures/mini"
    tree=$here/kernel-header-fixtures/mini
    include=$tree/arch/arm64/include arch=arm64
    what="the mini tree"
fi

# --- the main job ---
step "hdrgen --kernel $tree ${arch:+--arch $arch }task_struct > task.rs"
"$hdrgen" --kernel "$tree" ${arch:+--arch "$arch"} task_struct >"$out/task.rs"

# By the header's name: the same, but for the lines that say where it is from.
step "hdrgen --header linux/sched.h task_struct -- -I$include > header.rs"
"$hdrgen" --header linux/sched.h task_struct -- "-I$include" >"$out/header.rs"
for file in task header; do
    grep -v '^// ' "$out/$file.rs" >"$out/$file.code"
done
cmp "$out/task.code" "$out/header.code" || exit 1
echo "   the same layouts as task.rs"

step "rustc: every size, alignment and offset in task.rs is asserted at compile time"
printf '#![no_std]\n#[path = "task.rs"]\npub mod task;\n' >"$out/lib.rs"
compiled=
for rustc in rustc /usr/bin/rustc; do
    rustc=$(command -v "$rustc") || continue
    for target in "" bpfel-unknown-none; do
        case $compiled in *" $rustc $target."*) continue ;; esac
        if [ -n "$target" ]; then
            directory=$("$rustc" --print target-libdir --target "$target" 2>/dev/null) || continue
            ls "$directory"/libcore-*.rlib >/dev/null 2>&1 || continue
        fi
        "$rustc" --edition 2021 --crate-type rlib --emit metadata -D warnings \
            ${target:+--target "$target"} -o "$out/libtask.rmeta" "$out/lib.rs"
        compiled="$compiled $rustc $target."
        echo "   $("$rustc" --version), ${target:-this machine}: compiles"
    done
done
[ "$compiled" ] || echo "   no rustc is here: left out"
case $compiled in
"" | *bpfel*) ;;
*)
    echo "   no rustc here has the library for bpfel-unknown-none: left out. The aya tour needs it:"
    echo "   libstd-rust-web-dev-bpf, which Debian 12 has in bookworm-security"
    ;;
esac

step "what it looks like ($out/task.rs, $(wc -l <"$out/task.rs") lines, from $what)"
sed -n '/pub struct task_struct /,/comm:/p' "$out/task.rs" | grep -v '^ *///' | head -n 12
echo "    ..."
grep -E 'size_of::<task_struct>|offset_of!\(task_struct, (pid|tgid|comm)\)' "$out/task.rs"

step "next"
echo "   export PATH=\"$(dirname "$hdrgen"):\$PATH\""
echo "   cd .. # the tours begin beside the clone"
echo "   a tour: docs/tours/README.md"
