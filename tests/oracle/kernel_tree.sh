#!/bin/bash
# One Debian kernel's headers through --kernel: flags and headers found by hdrgen, held against those found by
# hand and against the kernel's own BTF.
#
#   HDRGEN=... HDRGEN_FIXTURES=... tests/oracle/kernel_tree.sh CLANG ARCH [SUITE]
#
# 1. the flags are those of debian-flags.sh, which finds them in its own way;
# 2. linux/sched.h and twenty network headers parse without an error or a warning, by libclang and, with the
#    printed flags, by clang itself; the model is the one from --header and the flags by hand, byte for byte;
# 3. names alone find their headers, trace events among them; where rustc is (RUST=1) the Rust compiles with its
#    asserts, and where the kernel's image has BTF (BTF=1) the sizes are the kernel's.
set -euo pipefail

clang=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

image=
parts=--no-image
[ "${BTF:-}" = 1 ] && parts=
kernel=$(bash "$HDRGEN_FIXTURES/get-debian-kernel.sh" ${parts:+"$parts"} "$@")
eval "$kernel"
export XDG_CACHE_HOME=$work/cache
tree=${headers:?}
echo "Linux ${release:?}"

CLANG=$clang bash "$HDRGEN_FIXTURES/debian-flags.sh" "$tree" >"$work/by-hand"
"$HDRGEN" flags --kernel "$tree" >"$work/derived"
# Where the compiler's own headers are needed, hdrgen does not name their folder: libclang knows it.
own() { sed -e '/^-isystem$/,+1d' -e 's/^-nostdinc$/-nostdlibinc/' "$1"; }
if grep -qx -e -isystem "$work/by-hand"; then
    diff <(own "$work/by-hand" | sort) <(sort "$work/derived")
else
    diff <(sort "$work/by-hand") <(sort "$work/derived")
fi
mapfile -t by_hand <"$work/by-hand"
mapfile -t derived <"$work/derived"
echo "      flags: ${#derived[@]}, as by hand"

network=(linux/fs.h linux/mm.h linux/netdevice.h linux/skbuff.h linux/tcp.h net/sock.h net/tcp.h
    linux/bpf.h linux/filter.h linux/sched.h linux/cred.h linux/nsproxy.h linux/pid_namespace.h
    linux/cgroup.h linux/perf_event.h linux/ip.h linux/ipv6.h linux/in.h linux/if_ether.h linux/udp.h)

# same NAME HEADER... : the two models are equal, nothing is said.
same() {
    local name=$1 options=() header
    shift
    for header; do options+=(--header "$header"); done
    "$HDRGEN" "${options[@]}" -e json -- "${by_hand[@]}" >"$work/one" 2>"$work/said"
    "$HDRGEN" --kernel "$tree" "${options[@]}" -e json >"$work/two" 2>>"$work/said"
    cmp "$work/one" "$work/two"
    printf '#include <%s>\n' "$@" | "$clang" "${derived[@]}" -w -fsyntax-only -x c - 2>>"$work/said"
    [ -s "$work/said" ] && { cat "$work/said"; exit 1; }
    echo "      $name: $(grep -c '"kind": "struct"' "$work/two") structs, equal"
}
same sched linux/sched.h
same network "${network[@]}"

names=(ethhdr iphdr task_struct trace_event_raw_sched_process_exec)
"$HDRGEN" list --kernel "$tree" "${names[@]}" >"$work/located"
[ "$(wc -l <"$work/located")" = 4 ] || { cat "$work/located"; exit 1; }
cut -f2-4 "$work/located" | sed 's/^/      /'
if [ "${BTF:-}" = 1 ]; then
    "$HDRGEN" list --btf "${image:?}" "${names[@]}" | cut -f1-3 | sort >"$work/kernels"
    diff <(cut -f1-3 "$work/located" | sort) "$work/kernels"
    echo "      sizes as in the kernel's BTF"
fi
# Names that headers of some drivers define, too, for other kernels.
"$HDRGEN" list --kernel "$tree" u8 u32 s32 u64 | cut -f2-3 | sort >"$work/words"
printf '%s\t%s\n' s32 4 u32 4 u64 8 u8 1 | diff - "$work/words"
[ "${RUST:-}" = 1 ] || exit 0

"$HDRGEN" --kernel "$tree" "${names[@]}" -o "$work/four.rs"
endian=bpfel
grep -q '^// Target: big-endian' "$work/four.rs" && endian=bpfeb
printf '#![no_std]\n#[path = "four.rs"]\npub mod bindings;\n' >"$work/lib.rs"
compile() { # RUSTC [OPTION...]
    "$@" --edition 2021 --crate-type rlib --emit metadata -D warnings -o "$work/lib.rmeta" "$work/lib.rs"
}
compile rustc
for rustc in rustc /usr/bin/rustc; do
    directory=$("$rustc" --print target-libdir --target $endian-unknown-none 2>/dev/null) || continue
    compgen -G "$directory/libcore-*.rlib" >/dev/null || continue
    compile "$rustc" --target $endian-unknown-none
    echo "      four.rs: $(grep -c 'assert!' "$work/four.rs") asserts, rustc for this machine and $endian"
    exit 0
done
echo "kernel_tree.sh: no rustc compiles for $endian-unknown-none; run cmake/install-packages.sh tests" >&2
exit 1
