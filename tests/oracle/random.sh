#!/bin/bash
# Records out of dice (random_case.py), judged as the hand-made cases are: the JSON, by clang.
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
