#!/bin/sh
# Every test, from a fresh clone: installs what is missing, configures, builds with ASan and UBSan, runs ctest.
#
#   cmake/test.sh [-L LABEL ...]      arguments go to ctest
set -eu

cd "$(dirname "$0")/.."
sh cmake/install-packages.sh tests
cmake --preset dev
cmake --build --preset dev --parallel "$(nproc)"
exec ctest --preset dev --parallel "$(nproc)" "$@"
