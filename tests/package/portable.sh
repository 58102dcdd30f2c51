#!/bin/bash
# portable.sh SOURCE FOLDER: the program for any glibc Linux (HDRGEN_PORTABLE), as a tar and, where rpmbuild is, as an .rpm.
#
# It is linked with the C library alone.  With every libclang of this system it writes the same; without one it reads BTF,
# and says of headers what to install.  In a root folder that has a C library and nothing else (a user namespace where
# there is no root) it starts.
set -euo pipefail
source=$1 folder=$2
fixtures=$source/kernel-header-fixtures

fail() {
    echo "portable.sh: $*" >&2
    exit 1
}
quietly() { "$@" >"$folder/log" 2>&1 || { tail -n 30 "$folder/log" >&2; fail "failed: $*"; }; }

mkdir -p "$folder"
quietly cmake -S "$source" --preset release -B "$folder/build" -DHDRGEN_LTO=OFF -DHDRGEN_PORTABLE=ON
quietly cmake --build "$folder/build" --parallel "$(nproc)"

# --- the tar ---
rm -rf "$folder"/*.tar.xz "$folder/tar"
quietly cmake -E chdir "$folder/build" cpack -G TXZ -B "$folder"
mkdir "$folder/tar"
tar -xf "$folder"/hdrgen-*-linux-*.tar.xz -C "$folder/tar" --strip-components=1
for file in bin/hdrgen share/man/man1/hdrgen-check.1 share/doc/hdrgen/{LICENSE,README.md,docs/packages.md,docs/recipes/README.md}; do
    [ -f "$folder/tar/$file" ] || fail "$file is not in the tar"
done
hdrgen=$folder/tar/bin/hdrgen
needed=$(readelf -d "$hdrgen" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vE '^(libc|libm|libdl|libpthread|ld-linux.*)\.so' || true)
[ -z "$needed" ] || fail "it is linked with $needed"
echo "needs $(objdump -T "$hdrgen" | grep -oE 'GLIBC_[0-9.]+' | sort -Vu | tail -n 1)"

# --- libclang: every version that is here, and none ---
work=$folder/work
rm -rf "$work"
mkdir "$work"
cd "$work"
printf '#include <stddef.h>\nstruct mine { ptrdiff_t size; char c; };\n' >mine.h
"$hdrgen" --header mine.h -o mine.json
"$hdrgen" --header mine.h -o mine.btf
"$hdrgen" --kernel "$fixtures/mini" --arch arm64 task_struct -o task.rs
count=0
for library in /usr/lib/llvm-*/lib/libclang{,-[0-9]*}.so.1 /usr/lib64/libclang.so.13; do
    [ -e "$library" ] || continue
    LIBCLANG_PATH=$library "$hdrgen" --header mine.h -o this.json
    LIBCLANG_PATH=${library%/*} "$hdrgen" --kernel "$fixtures/mini" --arch arm64 task_struct -o this.rs
    cmp mine.json this.json
    cmp task.rs this.rs
    count=$((count + 1))
    echo "the same with $library"
done
[ $count -gt 0 ] || fail "no libclang was tried"
for given in "$work/none" "$work" /bin/sh; do
    status=0
    LIBCLANG_PATH=$given "$hdrgen" --header mine.h -o none.json 2>error || status=$?
    [ $status -eq 2 ] && [ ! -e none.json ] || fail "LIBCLANG_PATH=$given: status $status"
    grep -q "LIBCLANG_PATH=$given is no libclang" error || fail "LIBCLANG_PATH=$given: $(cat error)"
done

# --- a system with a C library alone ---
root=$folder/root
rm -rf "$root"
mkdir -p "$root/bin" "$root/tmp"
cp "$hdrgen" mine.btf mine.h "$root/bin/"
ldd "$hdrgen" | grep -oE '/[^ ]+' | while IFS= read -r library; do
    mkdir -p "$root${library%/*}"
    cp -L "$library" "$root$library"
done
inside() {
    if [ "$(id -u)" -eq 0 ]; then
        chroot "$root" "$@"
    else
        unshare -r chroot "$root" "$@"
    fi
}
inside /bin/hdrgen show --btf /bin/mine.btf mine >shown
grep -q 'size: 16' shown || fail "reading BTF: $(cat shown)"
inside /bin/hdrgen --version
status=0
inside /bin/hdrgen --header /bin/mine.h mine >none.rs 2>error || status=$?
[ $status -eq 2 ] && [ ! -s none.rs ] || fail "without libclang: status $status"
for words in 'apt-get install libclang1-' 'dnf install clang-libs' 'pacman -S clang' 'apk add ' LIBCLANG_PATH; do
    grep -qF "$words" error || fail "without libclang it does not say '$words': $(cat error)"
done
echo "with a C library alone: reads BTF; $(head -c 60 error)..."

# --- the rpm ---
if command -v rpmbuild >/dev/null; then
    rm -f "$folder"/*.rpm
    quietly cmake -E chdir "$folder/build" cpack -G RPM -B "$folder"
    rpm=$(echo "$folder"/*.rpm)
    rpm -qpl "$rpm" >files
    rpm -qpR "$rpm" | grep -v '^rpmlib(' >requires
    for file in bin/hdrgen share/man/man1/hdrgen-diff.1 share/doc/hdrgen/LICENSE; do
        grep -qE "^/usr/$file(\.gz)?\$" files || fail "$file is not in $rpm"
    done
    other=$(grep -vE '^(/usr/bin|/usr/share/(hdrgen|doc/hdrgen|man/man1|bash-completion|zsh|fish))(/|$)' files || true)
    [ -z "$other" ] || fail "the .rpm has $other"
    other=$(grep -vE '^(libc\.so\.6|ld-linux|rtld\(GNU_HASH\)|libclang\.so\.13\()' requires || true)
    [ -z "$other" ] || fail "the .rpm requires $other"
    echo "${rpm##*/}: $(wc -l <files) files, requires $(tr '\n' ' ' <requires)"
fi
