#!/bin/bash
# isolated.sh ARGUMENT...: bash with these arguments, where whatever is written to /usr/local, /opt, /etc and /var/cache is gone when it
# ends: a mount namespace of its own, in which these directories are lower layers of others in memory.  As root.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
    exec unshare --mount --propagation private "$0" --inside "$@"
fi
shift
top=$(mktemp -d)
trap 'rmdir "$top"' EXIT
mount -t tmpfs tmpfs "$top"
for directory in /usr/local /opt /etc /var/cache; do
    [ -d "$directory" ] || continue
    mkdir -p "$top$directory/upper" "$top$directory/work"
    mount -t overlay overlay -o "lowerdir=$directory,upperdir=$top$directory/upper,workdir=$top$directory/work" "$directory"
done
status=0
bash "$@" || status=$?
umount -l "$top"
exit $status
