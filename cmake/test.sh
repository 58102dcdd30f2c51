#!/bin/sh
# Every test, from a fresh clone: installs what is missing, configures, builds with ASan and UBSan, runs ctest.
#
#   cmake/test.sh [-L LABEL ...]      arguments go to ctest; -L fast: what is run before each commit
#
# Without -L or -R the tests that take minutes, those with the label `long`, are left out: `ctest --preset dev -L long`.
#
# What a test could not do on this machine (no BPF, no network) is listed at the end: it is no failure, and no success.
set -eu

cd "$(dirname "$0")/.."
sh cmake/install-packages.sh tests
cmake --preset dev
cmake --build --preset dev --parallel "$(nproc)"
case " $* " in
*" -L "* | *" -R "*) ;;
*) set -- -LE long "$@" ;;
esac
status=0
ctest --preset dev --parallel "$(nproc)" "$@" || status=$?
skipped=$(grep -ah '^SKIPPED: ' build/dev/Testing/Temporary/LastTest.log | sort -u) || true
if [ -n "$skipped" ]; then
    printf '%s\n' "$skipped"
    echo "not done on this machine: $(printf '%s\n' "$skipped" | wc -l)"
fi
exit "$status"
