#!/bin/bash
# check of 30 programs on 100 kernels: time and memory.
#
#   tests/bench/fleet.sh HDRGEN [KERNELS]        KERNELS: a directory with .btf files, of which the 100 are made; default: the
#                                                running kernel's BTF
#
# The programs are those of Debian's libbpf-tools.  Prints the time of the whole, the time of all processors, and the largest sum of what the
# processes occupied at one time (proportional set size).  Fails where it takes more than 30 s of processors' time on two, or 400 MB.
set -euo pipefail

hdrgen=$(realpath "${1:?usage: fleet.sh HDRGEN [KERNELS]}")
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kernels=${2:-$work/kernels}
if [ $# -lt 2 ]; then
    mkdir "$kernels"
    cp /sys/kernel/btf/vmlinux "$kernels/running.btf"
fi
python3 -B "$here/bench/fleet_kernels.py" "$kernels" "$work/fleet" 100
python3 -B "$here/oracle/surface/libbpf_tools.py" "$work/objects" >/dev/null
mapfile -t objects < <(find "$work/objects" -name '*.o' | LC_ALL=C sort | awk 'NR % 2' | head -n 30)

# Runs the command; the status is that of check, for which 1 is an answer.
python3 - "$hdrgen" "$work" "${objects[@]}" <<'END'
import os, pathlib, resource, subprocess, sys, time

def occupied(process: int) -> int:
    """Of the process and its children, in KB."""
    total = 0
    for child in [process, *map(int, pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split())]:
        try:
            lines = pathlib.Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, ProcessLookupError):
            pass
    return total

hdrgen, work, *objects = sys.argv[1:]
start, most = time.monotonic(), 0
process = subprocess.Popen([hdrgen, "check", *objects, "--fleet", f"{work}/fleet", "-j", "2", "-q", "--format", "json", "-o", f"{work}/out.json"])
while process.poll() is None:
    try:
        most = max(most, occupied(process.pid))
    except OSError:
        pass
    time.sleep(0.02)
seconds = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
processor = used.ru_utime + used.ru_stime
print(f"{len(objects)} programs, 100 kernels: {seconds:.1f} s, {processor:.1f} s of processors, {most / 1024:.0f} MB at most")
good = process.returncode in (0, 1) and processor < 60 and most < 400 * 1024
sys.exit(0 if good else 1)
END
