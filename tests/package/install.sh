#!/bin/bash
# install.sh SOURCE FOLDER LIBCLANG: builds and installs the package into FOLDER/prefix, as a packager would, but
# without link-time optimisation, for its time.
set -eu
source=$1 folder=$2 libclang=$3

cmake -S "$source" --preset release -B "$folder/build" -DHDRGEN_LTO=OFF -DHDRGEN_LLVM_VERSION="$libclang" \
    -DCMAKE_INSTALL_PREFIX="$folder/prefix" >/dev/null
cmake --build "$folder/build" --parallel "$(nproc)" >/dev/null
rm -rf "$folder/prefix"
cmake --install "$folder/build" >/dev/null
"$folder/prefix/bin/hdrgen" --version
