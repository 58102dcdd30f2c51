#!/bin/bash
# One Debian kernel's real headers: layouts held against clang, the Rust compiled with all its asserts.
#
#   HDRGEN=... HDRGEN_FIXTURES=... tests/oracle/kernel.sh CLANG ARCH [SUITE]
#
# 1. linux/sched.h: task_struct, as a newcomer runs it, and with --pointers follow;
# 2. twenty headers of fs, mm and the network: large types with --pointers follow, over 1,000 records.
# For each: every size, alignment, offset and enumerator in the JSON is clang's (layout_oracle.py), and rustc
# compiles the Rust, for this machine and for BPF in the kernel's byte order, with warnings as errors.
set -euo pipefail

clang=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

kernel=$(bash "$HDRGEN_FIXTURES/get-debian-kernel.sh" --no-image "$@")
eval "$kernel"
bash "$HDRGEN_FIXTURES/debian-flags.sh" "${headers:?}" >"$work/flags"
mapfile -t flags <"$work/flags"

network_headers=(linux/fs.h linux/mm.h linux/netdevice.h linux/skbuff.h linux/tcp.h net/sock.h net/tcp.h
    linux/bpf.h linux/filter.h linux/sched.h linux/cred.h linux/nsproxy.h linux/pid_namespace.h
    linux/cgroup.h linux/perf_event.h linux/ip.h linux/ipv6.h linux/in.h linux/if_ether.h linux/udp.h)
network_types=(task_struct sk_buff tcp_sock inode net_device mm_struct bpf_prog perf_event ethhdr iphdr)

# The rustc that knows BPF: rustup's, or the distribution's.
bpf_rustc() {
    local target=$1 rustc directory
    for rustc in rustc /usr/bin/rustc; do
        directory=$("$rustc" --print target-libdir --target "$target" 2>/dev/null) || continue
        compgen -G "$directory/libcore-*.rlib" >/dev/null && { echo "$rustc"; return; }
    done
    echo "kernel.sh: no rustc compiles for $target; run cmake/install-packages.sh tests" >&2
    return 1
}

# compile NAME: NAME.rs for this machine and for BPF.
compile() {
    local endian=bpfel rustc
    grep -q '^// Target: big-endian' "$work/$1.rs" && endian=bpfeb
    rustc=$(bpf_rustc $endian-unknown-none)
    printf '#![no_std]\n#[path = "%s.rs"]\npub mod bindings;\n' "$1" >"$work/lib.rs"
    rustc --edition 2021 --crate-type rlib --emit metadata -D warnings -o "$work/lib.rmeta" "$work/lib.rs"
    "$rustc" --target $endian-unknown-none --edition 2021 --crate-type rlib --emit metadata -D warnings \
        -o "$work/lib.rmeta" "$work/lib.rs"
    echo "      $1.rs: $(wc -l <"$work/$1.rs") lines, $(grep -c 'assert!' "$work/$1.rs") asserts, rustc for this machine and $endian"
}

# judge NAME POINTERS HEADER... : TYPE...
judge() {
    local name=$1 pointers=$2 headers=()
    shift 2
    while [ "$1" != : ]; do
        headers+=(--header "$1")
        shift
    done
    shift
    python3 -B "$here/layout_oracle.py" --hdrgen "$HDRGEN" --clang "$clang" --target "$target" \
        --flags-file "$work/flags" --pointers "$pointers" "${headers[@]}" "$@"
    "$HDRGEN" "${headers[@]}" --pointers "$pointers" "$@" -o "$work/$name.rs" -- "${flags[@]}"
    compile "$name"
}

target=$(sed -n 's/^--target=//p' "$work/flags")
echo "Linux ${release:?}, $target"
judge task opaque linux/sched.h : task_struct
judge task_follow follow linux/sched.h : task_struct
judge network follow "${network_headers[@]}" : "${network_types[@]}"
