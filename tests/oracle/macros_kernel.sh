#!/bin/bash
# One Debian kernel's real headers: macros held against a compiled program.
#
#   HDRGEN=... HDRGEN_FIXTURES=... tests/oracle/macros_kernel.sh CLANG ARCH [SUITE]
set -euo pipefail

clang=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

kernel=$(bash "$HDRGEN_FIXTURES/get-debian-kernel.sh" --no-image "$@")
eval "$kernel"
bash "$HDRGEN_FIXTURES/debian-flags.sh" "${headers:?}" >"$work/flags"
bindgen=$(command -v bindgen || true)
echo "Linux ${release:?}"
python3 -B "$here/macros_oracle.py" --hdrgen "$HDRGEN" --clang "$clang" --flags "$work/flags" \
    ${bindgen:+--bindgen "$bindgen"}
