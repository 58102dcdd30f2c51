#!/bin/bash
# Every C file is formatted as .clang-format says, by the one release whose output it is.   format.sh SOURCE
set -euo pipefail

clang_format=clang-format-14
if ! command -v "$clang_format" >/dev/null; then
    echo "SKIPPED: formatting: no $clang_format (other releases format otherwise)"
    exit 0
fi
cd "$1"
mapfile -t files < <(find src include tests/unit tests/fuzz tests/e2e -name '*.[ch]' | sort)
[ ${#files[@]} -gt 30 ]
"$clang_format" --dry-run -Werror "${files[@]}"
echo "${#files[@]} files"
