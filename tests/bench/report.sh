#!/bin/bash
# The comparison of hdrgen with what a user would take instead, on one BTF of Debian's, as Markdown: docs/benchmarks.md.
#
#   tests/bench/report.sh HDRGEN [BTF] > docs/benchmarks.md
#
# HDRGEN is a release build.  BTF: default $BENCH_BTF, else that of Debian's amd64 kernel image.  RUNS: how often each command is
# measured.  With a small BTF and few runs it takes seconds, and says that every part still works (tests/tours/places.py).
set -euo pipefail

hdrgen=$(realpath "${1:?usage: report.sh HDRGEN [BTF]}")
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
btf=${2:-${BENCH_BTF:-}}
what=${btf##*/}
if [ -z "$btf" ]; then
    eval "$(bash "$here/kernel-header-fixtures/get-debian-kernel.sh" amd64)"
    what="Debian's Linux ${release:?}"
    btf=$work/vmlinux.btf
    # bpftool does not read compressed images: it gets the section as it is in there
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/tests/oracle python3 - "${image:?}" "$btf" <<'END'
import sys
import btf_reader
open(sys.argv[2], "wb").write(btf_reader.find_btf(open(sys.argv[1], "rb").read())[0])
END
fi
cat <<END
# Benchmarks

hdrgen beside what a user would take instead, with the BTF of $what. Only the ratios of one run mean something: seconds
depend on the machine, and on what else it does. Again:

    cmake --preset release && cmake --build --preset release
    tests/bench/report.sh build/release/hdrgen > docs/benchmarks.md

Sizes and offsets are held against assertions that \`tests/oracle/btf_asserts.py\` makes from the raw BTF with a reader of its own;
clang and rustc say which do not hold.

END
bash "$here/tests/bench/btf.sh" "$hdrgen" "$btf"
