#!/bin/bash
# Every C file is formatted as .clang-format says.   format.sh CLANG_FORMAT SOURCE
set -euo pipefail

cd "$2"
mapfile -t files < <(find src include tests/unit tests/fuzz tests/e2e -name '*.[ch]' | sort)
[ ${#files[@]} -gt 30 ]
"$1" --dry-run -Werror "${files[@]}"
echo "${#files[@]} files"
