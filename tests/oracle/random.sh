#!/bin/bash
# Records out of dice (random_case.py), judged as the hand-made cases are: the JSON by clang; the C, and what it is read back as,
# by clang and gcc; the Rust by rustc and clang.
#
#   HDRGEN=... tests/oracle/random.sh CLANG SEED...
set -euo pipefail

clang=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for seed in "$@"; do
    python3 -B "$here/random_case.py" --seed "$seed" >"$work/random_$seed.h"
done
python3 -B "$here/layout_oracle.py" --hdrgen "$HDRGEN" --clang "$clang" "$work"/random_*.h
python3 -B "$here/circle.py" --hdrgen "$HDRGEN" --clang "$clang" --gcc gcc "$work"/random_*.h
python3 -B "$here/rust_oracle.py" --hdrgen "$HDRGEN" --clang "$clang" --target x86_64-linux-gnu --target i386-linux-gnu \
    --target s390x-linux-gnu "$work"/random_*.h
