#!/bin/sh
# One job: the BTF of one kernel of the list, and the answers for it.
#
#   job.sh LIST NUMBER OUT [OBJECT...]
#
# A line of LIST is NAME SOURCE: the kernel's name in the fleet (debian/12/x86_64/6.1.0-50-amd64), and an image, a vmlinux or BTFHub's
# archive. NUMBER counts its lines from 0, as Kubernetes counts indexed jobs. Written are OUT/NAME.btf and, with objects,
# OUT/NAME.json, what `hdrgen check` says; the configuration and the symbols that are beside the source go beside OUT/NAME.btf. Nothing is done where they were made of the same bytes by the same hdrgen: OUT/NAME.key
# tells. A job depends on nothing but its line, so any number may run at once, anywhere.
set -eu
list=$1 number=$2 out=$3
shift 3
line=$(sed -n "$((number + 1))p" "$list")
name=${line%% *} source=${line#* }
if [ -z "$line" ] || [ "$name" = "$line" ]; then
    echo "job.sh: line $((number + 1)) of $list is no NAME SOURCE" >&2
    exit 2
fi
hash() { sha256sum | cut -d ' ' -f 1; }

# What is known of the kernel besides its BTF, where the source has it beside it, as `hdrgen check --fleet` looks for it.
folder=$(dirname -- "$source") base=${source##*/}
case $base in
vmlinuz-* | vmlinux-*) config=$folder/config-${base#vmlinu?-} symbols=$folder/System.map-${base#vmlinu?-} ;;
*) config=$folder/${base%%.btf*}.config symbols=$folder/${base%%.btf*}.System.map ;;
esac
[ -f "$config" ] || config=
if [ ! -f "$symbols" ] || [ "$(wc -c <"$symbols")" -lt 4096 ]; then # Debian's is a line that says where the real one is
    symbols=
fi

key=$( (hdrgen --version && cat -- "$source" ${config:+"$config"} ${symbols:+"$symbols"} "$@") | hash)
if [ "$(cat "$out/$name.key" 2>/dev/null)" = "$key" ]; then
    exit 0
fi
mkdir -p "$(dirname "$out/$name")"
rm -f "$out/$name.config" "$out/$name.System.map"
[ -z "$config" ] || cp -- "$config" "$out/$name.config"
[ -z "$symbols" ] || cp -- "$symbols" "$out/$name.System.map"
hdrgen --btf "$source" --symbols -q -o "$out/$name.btf"
status=0
if [ $# -gt 0 ]; then
    case ${name##*/} in
    [0-9].[0-9]* | [0-9][0-9].[0-9]*) set -- "$@" --release "${name##*/}" ;;
    esac
    hdrgen check "$@" --btf "$out/$name.btf" ${config:+--config "$config"} ${symbols:+--functions "$symbols"} \
        -q --format json -o "$out/$name.json" || status=$?
fi
if [ "$status" -gt 1 ]; then # 1: a program does not fit, which is an answer
    exit "$status"
fi
printf '%s\n' "$key" >"$out/$name.key.new"
mv "$out/$name.key.new" "$out/$name.key"
echo "$name"
