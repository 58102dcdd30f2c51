#!/bin/bash
# Every header of Debian kernels, against the BTF in their images: kernel_truth.py says how it is judged.
#
#   HDRGEN=... HDRGEN_FIXTURES=... tests/oracle/kernel_truth.sh MIN_COVERAGE ARCH [SUITE]
#
# To print the table of docs/every-header.md:
#
#   for k in amd64 "amd64 bookworm-backports" arm64; do tests/oracle/kernel_truth.sh 0 $k; done
set -euo pipefail

coverage=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
kernel=$(bash "$HDRGEN_FIXTURES/get-debian-kernel.sh" "$@")
eval "$kernel"
python3 -B "$here/kernel_truth.py" --hdrgen "$HDRGEN" --kernel "${headers:?}" --image "${image:?}" \
    --min-coverage "$coverage"
