#!/bin/bash
# One kernel's own BTF, all of it, through every back end, judged by readers of the tests' own and by compilers.
#
#   HDRGEN=... HDRGEN_FIXTURES=... tests/oracle/btf_kernel.sh CLANG running | ARCH [SUITE]
#
# `running` is the running kernel's, where it has BTF; else the image of a Debian kernel.
# 1. JSON against a reading of our own: nothing lost, nothing changed;
# 2. BTF -> BTF: the same types by content, accepted by the kernel's verifier where root may ask it;
# 3. C: about 70,000 assertions from the raw BTF, by clang for the target and for BPF, and by gcc;
# 4. Rust (with RUST=1, it takes a minute): the same by rustc, for this machine and for BPF.
set -euo pipefail

clang=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=(python3 -B)

if [ "$1" = running ]; then
    file=/sys/kernel/btf/vmlinux
    target=$(uname -m)-linux-gnu
    if [ ! -r $file ]; then
        echo "the running kernel has no BTF: nothing to check here"
        exit 77
    fi
else
    kernel=$(bash "$HDRGEN_FIXTURES/get-debian-kernel.sh" "$@")
    eval "$kernel"
    file=${image:?}
    echo "Linux ${release:?}"
    case $1 in
    amd64) target=x86_64-linux-gnu ;;
    arm64) target=aarch64-linux-gnu ;;
    riscv64) target=riscv64-linux-gnu ;;
    *) echo "btf_kernel.sh: no target known for $1" >&2; exit 2 ;;
    esac
fi

echo "== JSON"
"${python[@]}" "$here/btf_read_oracle.py" --hdrgen "$HDRGEN" "$file"
echo "== BTF"
"${python[@]}" "$here/btf_roundtrip.py" --hdrgen "$HDRGEN" "$file"

compilers=(--compiler "$clang --target=$target" --compiler "$clang --target=bpfel")
case $target in
x86_64*) compilers+=(--compiler "gcc -m64") ;;
esac
rust=()
if [ "${RUST:-}" ]; then
    "$HDRGEN" -q --btf "$file" -o "$work/all.rs"
    rust=(--rust "$work/all.rs" --rustc rustc)
    for rustc in rustc /usr/bin/rustc; do
        directory=$("$rustc" --print target-libdir --target bpfel-unknown-none 2>/dev/null) || continue
        if compgen -G "$directory/libcore-*.rlib" >/dev/null; then
            rust+=(--rustc "$rustc:bpfel-unknown-none")
            break
        fi
    done
fi
echo "== C${RUST:+ and Rust}"
"$HDRGEN" -q --btf "$file" -o "$work/all.h"
"${python[@]}" "$here/btf_asserts.py" "$file" --c "$work/all.h" --work "$work" "${compilers[@]}" "${rust[@]}"
