#!/bin/bash
# Check the fixtures: does everything parse that should?
#
#     ./check.sh                  the mini tree
#     ./check.sh HEADERS_DIR...   these kernel headers, by debian-flags.sh
#
# Mini tree: each header as a unit of its own, and all of them as one, for
# each architecture, with -Wall -Werror. Headers directory: <linux/sched.h>,
# and twenty headers of the network stack in one unit, 0 errors (warnings are
# the kernel's own affair). With every clang found: clang, clang-14, clang-19,
# or those that $CLANG names.
#
# One line a result; exit status 1 when there is an error.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0

clangs=()
for clang in ${CLANG:-clang clang-14 clang-19}; do
    if command -v "$clang" >/dev/null; then clangs+=("$clang"); fi
done
if [ ${#clangs[@]} -eq 0 ]; then
    echo "${0##*/}: error: no clang found; install clang, or name one: CLANG=clang-19 $0" >&2
    exit 2
fi

# Headers in, one a line; flags are the arguments. Parse a unit of them,
# count errors, show the first few.
parse() { # LABEL CLANG FLAG...
    local label=$1 result=ok
    shift
    sed 's/.*/#include <&>/' | "$@" -fsyntax-only -ferror-limit=0 -x c - 2>"$log" || result=FAILED
    printf '%s: %s: %s errors, %s warnings\n' "$result" "$label" \
        "$(grep -c 'error:' "$log" || true)" "$(grep -c 'warning:' "$log" || true)"
    if [ $result = FAILED ]; then
        failed=1
        grep 'error:' "$log" | sed 5q || sed 5q "$log"
    fi
}

check_mini() {
    local arch clang text flags headers header
    # compiler-clang.h is a part of another header and says so
    mapfile -t headers < <(cd "$here/mini/include" && printf '%s\n' linux/*.h uapi/linux/*.h | grep -v compiler-clang)
    for arch in arm64 arm64_be x86 i386 arm; do
        text=$("$here/mini-flags.sh" "$arch")
        mapfile -t flags <<<"$text"
        for clang in "${clangs[@]}"; do
            for header in "${headers[@]}"; do
                parse "$arch $clang $header" "$clang" "${flags[@]}" -Wall -Werror <<<"$header"
            done
            parse "$arch $clang all headers" "$clang" "${flags[@]}" -Wall -Werror \
                < <(printf '%s\n' "${headers[@]}")
            parse "$arch $clang all headers, other configuration" "$clang" "${flags[@]}" -Wall -Werror \
                -DCONFIG_NUMA=1 -DCONFIG_DEBUG_SPINLOCK=1 -DCONFIG_PAHOLE_HAS_BTF_TAG=1 \
                < <(printf '%s\n' "${headers[@]}")
        done
    done
}

check_headers() { # HEADERS_DIR
    local clang text flags
    for clang in "${clangs[@]}"; do
        text=$(CLANG=$clang "$here/debian-flags.sh" "$1") || { failed=1; return; }
        mapfile -t flags <<<"$text"
        parse "$(basename "$1") $clang sched" "$clang" "${flags[@]}" <<<linux/sched.h
        parse "$(basename "$1") $clang network" "$clang" "${flags[@]}" < <(printf '%s\n' \
            linux/{fs,mm,netdevice,skbuff,tcp}.h net/{sock,tcp}.h \
            linux/{bpf,filter,sched,cred,nsproxy,pid_namespace,cgroup,perf_event,ip,ipv6,in,if_ether,udp}.h)
    done
}

if [ $# -eq 0 ]; then
    check_mini
else
    for directory; do check_headers "$directory"; done
fi
exit $failed
