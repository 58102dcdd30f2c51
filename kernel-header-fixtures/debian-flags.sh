#!/bin/bash
# Print the clang flags, one a line, with which the kernel headers in a
# directory parse: a Debian headers directory (linux-headers-R-FLAVOUR, with
# linux-headers-R-common beside it) or any other built kernel tree.
#
# Example:
#
#     $ eval "$(./get-debian-kernel.sh --no-image arm64)"
#     $ text=$(./debian-flags.sh "$headers") && mapfile -t flags <<<"$text"
#     $ echo '#include <linux/sched.h>' | clang "${flags[@]}" -fsyntax-only -x c -
#
# Method. kbuild is not run. The common (source) directory comes from the
# directory's own Makefile, the architecture from arch/*/include/generated,
# width, byte order and processor from include/config/auto.conf, the C
# dialect from the text of the common Makefile. What a Makefile says under
# `name-$(CONFIG_X)` is read as text too: see chosen().
#
# This is for tests: an independent second opinion on `hdrgen flags --kernel`.
# Only what the headers need or what decides layout is here; optimisation,
# warnings and mitigations are left out. Old kernels (5.10) need the headers
# of a clang: $CLANG, or `clang`.

set -euo pipefail

readonly prog=${0##*/}
die() { printf '%s: error: %s\n' "$prog" "$*" >&2; exit 2; }

case ${1:-} in
-h | --help)
    echo "Usage: $prog HEADERS_DIR [ARCH]"
    echo "Print the clang flags for the kernel headers in HEADERS_DIR, one a line."
    echo "ARCH (the kernel's name: x86, arm64, ...) picks one where the directory holds several."
    exit 0
    ;;
esac
[ $# -eq 1 ] || [ $# -eq 2 ] || die "expected the headers directory, then maybe an architecture; see $prog --help"
[ -d "$1" ] || die "$1 is not a directory; give the headers= line of get-debian-kernel.sh"
object=$(cd "$1" && pwd)

# --- the common (source) directory ------------------------------------------

common=$object
named=$(sed -nE 's/^include (\/.*)\/Makefile$/\1/p' "$object/Makefile" 2>/dev/null | head -n 1)
if [ -n "$named" ]; then
    # Not where it says: an unpacked package, so look beside it.
    [ -d "$named" ] || named=$(dirname "$object")/$(basename "$named")
    common=$named
elif [ -d "$object/source" ]; then
    common=$(cd "$object/source" && pwd)
fi
[ -f "$common/include/linux/kconfig.h" ] ||
    die "no kernel headers in $common (the common part of $object); install the package that holds them"

# --- configuration ----------------------------------------------------------

[ -f "$object/include/config/auto.conf" ] ||
    die "no include/config/auto.conf in $object: run 'make prepare' there, or use an installed headers package"
declare -A config
while IFS='=' read -r name value; do
    [[ $name = CONFIG_* ]] || continue
    value=${value#\"}
    config[${name#CONFIG_}]=${value%\"}
done <"$object/include/config/auto.conf"

on() { [ "${config[$1]:-}" = y ]; }

if on RANDSTRUCT || on GCC_PLUGIN_RANDSTRUCT; then
    die "this configuration randomises structure layout (RANDSTRUCT): headers cannot tell it"
fi

# What the makefile $2 (below the common directory) assigns to `$1-y` and to
# `$1-$(CONFIG_X)` for each X that is on: the right-hand sides, in order.
chosen() {
    local symbol value
    [ -f "$common/$2" ] || return 0
    while IFS=$'\t' read -r symbol value; do
        if [ "$symbol" = y ] || on "$symbol"; then printf '%s\n' "$value"; fi
    done < <(sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' "$common/$2" |
        sed -nE "s/^[[:space:]]*$1-(\\\$\\(CONFIG_([A-Z0-9a-z_]+)\\)|(y))[[:space:]]*[:+]?=[[:space:]]*(.*)/\\2\\3\\t\\4/p")
}

# The value of the first -march= on each line; the last line wins, as in make.
march() {
    awk 'match($0, /-march=[A-Za-z0-9.+-]+/) { v = substr($0, RSTART + 7, RLENGTH - 7) } END { print v }'
}

# --- the architecture -------------------------------------------------------

mapfile -t built < <(compgen -G "$object/arch/*/include/generated" | sed 's,/include/generated$,,; s,.*/,,')
if [ $# -eq 2 ]; then
    srcarch=$2
    [ -d "$object/arch/$srcarch/include/generated" ] ||
        die "no arch/$srcarch/include/generated in $object; built architectures there: ${built[*]:-none}"
else
    case ${#built[@]} in
    0) die "no arch/*/include/generated in $object: run 'make prepare' there, or use an installed headers package" ;;
    1) srcarch=${built[0]} ;;
    *) die "$object is built for several architectures: say which (${built[*]})" ;;
    esac
fi

extra=()
case $srcarch in
x86)
    if on 64BIT; then
        target=x86_64-linux-gnu
        extra+=(-m64 -mno-80387 -mno-red-zone -mcmodel=kernel -mstack-alignment=8)
    else
        target=i386-linux-gnu
        extra+=(-m32 -msoft-float -mregparm=3 -freg-struct-return -fno-pic
            -mstack-alignment=4 -march=i686 -ffreestanding)
    fi
    extra+=(-mno-sse -mno-mmx -mno-sse2 -mno-3dnow -mno-avx)
    on FUNCTION_TRACER && extra+=(-DCC_USING_FENTRY)
    on X86_X32 && extra+=(-DCONFIG_X86_X32_ABI) # before 5.18 the Makefile's, where binutils can do it: Debian's can
    ;;
arm64)
    target=aarch64-linux-gnu
    on CPU_BIG_ENDIAN && target=aarch64_be-linux-gnu
    shift_=
    on KASAN_GENERIC && shift_=3
    # 5.10 knows two
    grep -qx 'KASAN_SHADOW_SCALE_SHIFT := 3' <(grep -A1 -x else "$common/arch/arm64/Makefile") && shift_=3
    on KASAN_SW_TAGS && shift_=4
    extra+=(-mgeneral-regs-only -DCONFIG_CC_HAS_K_CONSTRAINT=1 '-DARM64_ASM_ARCH="armv8.5-a"'
        "-DKASAN_SHADOW_SCALE_SHIFT=$shift_")
    on DYNAMIC_FTRACE && extra+=(-DCC_USING_PATCHABLE_FUNCTION_ENTRY)
    ;;
arm)
    target=arm-linux-gnueabi
    on CPU_BIG_ENDIAN && target=armeb-linux-gnueabi
    on CPU_32v6 || unset 'config[CPU_32v6K]' # refines v6 only
    cpu=$(chosen arch arch/arm/Makefile | march)
    # the level is beside -march, or in later kernels in a list of its own
    level=$( (chosen arch arch/arm/Makefile; chosen cpp arch/arm/Makefile) |
        grep -o '__LINUX_ARM_ARCH__=[0-9]*' | tail -n 1) ||
        die "no CPU_32vN in the configuration that arch/arm/Makefile knows: unknown ARM architecture level"
    isa=-marm
    on THUMB2_KERNEL && isa=-mthumb
    extra+=(-mabi=aapcs-linux "$isa" "-D$level" ${cpu:+"-march=$cpu"} -msoft-float -Uarm)
    if ! on ARCH_MULTIPLATFORM; then
        for machine in $(chosen machine arch/arm/Makefile); do
            extra+=("-I$common/arch/arm/mach-$machine/include")
        done
    fi
    ;;
s390)
    target=s390x-linux-gnu
    cpu=$( (chosen mflags arch/s390/Makefile; chosen cflags arch/s390/Makefile) | march)
    [ -n "$cpu" ] || cpu=$(chosen march-name arch/s390/Makefile | tail -n 1) # newer ones have the name alone
    extra+=(-m64 -mbackchain -msoft-float ${cpu:+"-march=$cpu"})
    on FUNCTION_TRACER && extra+=(-DCC_USING_FENTRY -DCC_USING_NOP_MCOUNT)
    ;;
powerpc)
    if ! on PPC64; then
        target=powerpc-linux-gnu
        extra+=(-m32 -mbig-endian)
    elif on CPU_LITTLE_ENDIAN; then
        target=powerpc64le-linux-gnu
        extra+=(-m64 -mlittle-endian -mabi=elfv2 -mcpu=power8)
    else
        target=powerpc64-linux-gnu
        abi=elfv1
        on PPC64_ELF_ABI_V2 && abi=elfv2
        extra+=(-m64 -mbig-endian "-mabi=$abi")
    fi
    # clang has not got every asm constraint of gcc: take the headers' other road
    extra+=(-msoft-float -mno-altivec -mno-vsx -DHAVE_AS_ATHIGH=1 -DCONFIG_CC_IS_CLANG=1
        "-I$common/arch/powerpc")
    on ARCH_USING_PATCHABLE_FUNCTION_ENTRY && on FUNCTION_TRACER && extra+=(-DCC_USING_PATCHABLE_FUNCTION_ENTRY)
    ;;
mips)
    order=-EB
    endian=
    on CPU_LITTLE_ENDIAN && order=-EL && endian=el
    cpu=$(chosen cflags arch/mips/Makefile | march)
    if on 64BIT; then
        target=mips64$endian-linux-gnuabi64
        abi=64
        [[ $cpu =~ ^(mips64.*|octeon)$ ]] || cpu=mips64r2 # one that clang knows
    else
        target=mips$endian-linux-gnu
        abi=32
        [[ $cpu =~ ^(mips32.*|p5600)$ ]] || cpu=mips32r2
    fi
    load=0xffffffff80100000
    machine=()
    while IFS= read -r platform; do
        platform=arch/mips/${platform%/}/Platform
        for word in $(chosen cflags "$platform"); do
            # shellcheck disable=SC2016
            [[ $word = '-I$(srctree)/'* ]] && machine+=("-I$common/${word#*/}")
        done
        address=$(chosen load "$platform" | tail -n 1)
        [[ $address = 0x* ]] && load=$address
    done < <(chosen platform arch/mips/Kbuild.platforms)
    extra+=("-mabi=$abi" -G 0 -mno-abicalls -fno-pic -msoft-float -ffreestanding "$order" "-march=$cpu"
        -DGAS_HAS_SET_HARDFLOAT -DTOOLCHAIN_SUPPORTS_VIRT
        "${machine[@]}" "-I$common/arch/mips/include/asm/mach-generic"
        "-DVMLINUX_LOAD_ADDRESS=$load" -DDATAOFFSET=0)
    ;;
riscv)
    if on 64BIT; then
        target=riscv64-linux-gnu
        extra+=(-mabi=lp64 -march=rv64imac)
    else
        target=riscv32-linux-gnu
        extra+=(-mabi=ilp32 -march=rv32imac)
    fi
    extra+=(-mcmodel=medany -mno-save-restore)
    on DYNAMIC_FTRACE && extra+=(-DCC_USING_PATCHABLE_FUNCTION_ENTRY)
    ;;
loongarch)
    on 64BIT || die "no flags are known for 32-bit loongarch"
    target=loongarch64-linux-gnusf
    # of the two in the Makefile, the one that is a 64-bit address
    load=$(sed -nE 's/^load-y[[:space:]]*:?= *(0x[0-9a-f]{16})$/\1/p' "$common/arch/loongarch/Makefile")
    extra+=(-mabi=lp64s -msoft-float "-DVMLINUX_LOAD_ADDRESS=$load")
    on DYNAMIC_FTRACE && extra+=(-DCC_USING_PATCHABLE_FUNCTION_ENTRY)
    ;;
*) die "no flags are known for arch/$srcarch; add it to the table in $prog" ;;
esac

# --- all of it, in kbuild's order -------------------------------------------

flags=("--target=$target" -nostdinc)
for pair in '' /uapi; do
    flags+=("-I$common/arch/$srcarch/include$pair" "-I$object/arch/$srcarch/include/generated$pair"
        "-I$common/include$pair")
    if [ -n "$pair" ]; then
        flags+=("-I$object/include/generated$pair")
    elif [ "$object" != "$common" ]; then
        flags+=("-I$object/include")
    fi
done
for header in compiler-version kconfig compiler_types; do # older kernels lack the first
    file=$common/include/linux/$header.h
    [ -f "$file" ] && flags+=(-include "$file")
done
std=$(sed -nE '/^(KBUILD_CFLAGS|CC_FLAGS_DIALECT)/,/[^\\]$/s/.*(-std=[a-z0-9]+).*/\1/p' "$common/Makefile" | tail -n 1)
flags+=(-D__KERNEL__ "${std:--std=gnu89}" -fshort-wchar -fno-common -fno-PIE -fno-strict-aliasing -fno-builtin-wcslen)
grep -q -- '-funsigned-char' "$common/Makefile" && flags+=(-funsigned-char)
# Unnamed members of a tagged structure type (from 6.19 on): without this they
# vanish, with no more than a warning.
if [[ ${config[CC_MS_EXTENSIONS]:-} = -fms-* ]] || grep -q -- ' -fms-extensions' "$common/Makefile"; then
    flags+=(-fms-extensions)
fi
# Older kernels (5.10) use the compiler's own <stdarg.h>, newer ones of loongarch its <larchintrin.h>.
if { [ ! -f "$common/include/linux/stdarg.h" ] && grep -q -- '-isystem' "$common/Makefile"; } ||
    grep -qE '^KBUILD_CFLAGS\b.*-isystem' "$common/arch/$srcarch/Makefile"; then
    clang=${CLANG:-clang}
    resources=$("$clang" -print-resource-dir) ||
        die "these headers need $clang's own <stdarg.h>, and $clang does not run; name one: CLANG=clang-19"
    flags+=(-isystem "$resources/include")
fi
flags+=('-DKBUILD_MODNAME="hdrgen"' '-DKBUILD_BASENAME="hdrgen"' -D__KBUILD_MODNAME=kmod_hdrgen)

printf '%s\n' "${flags[@]}" "${extra[@]}"
