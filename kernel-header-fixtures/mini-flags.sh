#!/bin/bash
# Print the clang flags, one a line, with which the headers of the mini kernel
# tree (the directory mini beside this script) parse for an architecture.
#
# Example:
#
#     $ text=$(./mini-flags.sh arm64) && mapfile -t flags <<<"$text"
#     $ echo '#include <linux/sched.h>' | clang "${flags[@]}" -Wall -fsyntax-only -x c -
#
# The paths printed are absolute. The order is kbuild's.

set -euo pipefail

readonly prog=${0##*/}
usage="Usage: $prog arm64|arm64_be|x86|i386|arm
Print the clang flags for the mini kernel tree, one a line.
(x86 is the 64-bit one, also called x86_64; i386 is the same directory in 32 bits.)"

[ $# -eq 1 ] || { printf '%s: error: expected one argument, the architecture\n%s\n' "$prog" "$usage" >&2; exit 2; }
extra=()
case $1 in
arm64) target=aarch64-linux-gnu srcarch=arm64 extra=(-mgeneral-regs-only) ;;
arm64_be) target=aarch64_be-linux-gnu srcarch=arm64 extra=(-mgeneral-regs-only) ;;
x86 | x86_64) target=x86_64-linux-gnu srcarch=x86 extra=(-m64 -mno-80387 -mno-red-zone -mno-sse) ;;
i386) target=i386-linux-gnu srcarch=x86 extra=(-m32 -msoft-float -mregparm=3 -march=i686) ;;
arm) target=arm-linux-gnueabi srcarch=arm
    extra=(-mabi=aapcs-linux -marm -D__LINUX_ARM_ARCH__=7 -march=armv7-a -msoft-float -Uarm) ;;
-h | --help) printf '%s\n' "$usage"; exit 0 ;;
*) printf '%s: error: no architecture %s in the mini tree\n%s\n' "$prog" "'$1'" "$usage" >&2; exit 2 ;;
esac

mini=$(cd "$(dirname "${BASH_SOURCE[0]}")/mini" && pwd)
printf '%s\n' \
    "--target=$target" \
    -nostdinc \
    "-I$mini/arch/$srcarch/include" \
    "-I$mini/arch/$srcarch/include/generated" \
    "-I$mini/include" \
    "-I$mini/arch/$srcarch/include/uapi" \
    "-I$mini/arch/$srcarch/include/generated/uapi" \
    "-I$mini/include/uapi" \
    -include "$mini/include/linux/compiler-version.h" \
    -include "$mini/include/linux/kconfig.h" \
    -include "$mini/include/linux/compiler_types.h" \
    -D__KERNEL__ \
    -std=gnu11 \
    -fshort-wchar \
    -fno-common \
    -fno-PIE \
    -fno-strict-aliasing \
    -funsigned-char \
    "${extra[@]}"
