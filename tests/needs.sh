#!/bin/bash
# Runs a test where the tools are that it takes; elsewhere the test is skipped, and says what it misses.
#
#   tests/needs.sh TEST TOOL... -- COMMAND...      TOOL: a program, rustc:TARGET or python:MODULE
set -euo pipefail

name=$1
shift
has_rustc() { # TARGET: rustup's rustc or the distribution's
    local rustc folder
    for rustc in rustc /usr/bin/rustc; do
        folder=$("$rustc" --print target-libdir --target "$1" 2>/dev/null) || continue
        compgen -G "$folder/libcore-*.rlib" >/dev/null && return 0
    done
    return 1
}
missing=
while [ "$1" != -- ]; do
    case $1 in
    rustc:*) has_rustc "${1#*:}" || missing+=", no rustc for ${1#*:}" ;;
    python:*) python3 -c "import ${1#*:}" 2>/dev/null || missing+=", no Python module ${1#*:}" ;;
    *) command -v "$1" >/dev/null || missing+=", no $1" ;;
    esac
    shift
done
shift
if [ -n "$missing" ]; then
    echo "SKIPPED: $name: ${missing#, }"
    exit 77
fi
exec "$@"
