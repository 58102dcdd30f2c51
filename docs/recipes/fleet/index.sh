#!/bin/sh
# The index of a fleet, for `hdrgen check --fleet OUT/index`: each kernel of the list, in its order, with the hash of its BTF. A kernel
# that is missing is an error: its job failed, or has not run.
#
#   index.sh LIST OUT
set -eu
list=$(realpath "$1")
cd "$2"
while read -r name _; do
    sha256sum "$name.btf"
done <"$list" >index.new
if cmp -s index.new index; then rm index.new; else mv index.new index; fi
