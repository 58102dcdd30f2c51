"""Where run_lines.py runs the command lines of a page: what is there before, what has to be there after.

All is relative to a copy of the clone.  `before` and `after` are bash, run in the page's own shell, so `after` sees the directory
and the variables that the page's lines left.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

ISOLATED = Path(__file__).resolve().parent / "isolated.sh"


@dataclass
class Place:
    before: str = ""
    after: str = ""
    needs: dict[str, str] = field(default_factory=dict)  # what is missing where a condition of the shell is false
    line_needs: dict[str, tuple[str, ...]] = field(default_factory=dict)  # programs that a line takes
    is_isolated: bool = False  # writes to /usr/local, /opt and /etc: isolated.sh
    output_is_compared: bool = True


IS_ROOT = f'[ "$(id -u)" = 0 ] && {shlex.quote(str(ISOLATED))} -c true'
NO_ROOT = "no root, or no mount namespace with overlays: cmake --install would change this system"
CAN_MAKE = "for tool in aarch64-linux-gnu-gcc make flex bison bc; do command -v $tool; done"
NO_MAKE = "not all of make, flex, bison, bc and gcc for arm64, to configure a kernel"
MINE = "printf 'struct mine { int a; char b; };\\n' >mine.h"
SHOWS = "--header mine.h --target x86_64-linux-gnu mine | grep -q 'size: 8'"
# What a table of docs/benchmarks.md has to say, whatever the machine is: every row, and not one wrong size or offset of hdrgen's.
BENCHMARKS = r"""
[ "$(grep -cE '^\| (bpftool|hdrgen)[^|]* \| [0-9.]+ \| [0-9.]+x \| [0-9.]+ \| [0-9.]+ \|$' docs/benchmarks.md)" = 9 ]
grep -qE '^\| hdrgen -> C \| 0 \| 0 \| 0 \| [1-9][0-9]{2} \|' docs/benchmarks.md
grep -qE '^\| hdrgen -> Rust \| 0 \| 0 \| 0 \| [1-9][0-9]{2} \|' docs/benchmarks.md
[ "$(grep -cE '^\| bpftool[^|]* \| [0-9]+ \| [0-9]+ \| [0-9]+ \| [0-9]+ \|' docs/benchmarks.md)" = 2 ]"""
# The last program was linked statically, with what is in ~/.local, and that was removed again.  The line for root installed the same.
LIBRARY = """
./tour event.h hdrgen/kernel-header-fixtures/mini prog.bpf.o | diff - hdrgen/expected
if readelf -d tour | grep libhdrgen; then exit 1; fi
[ -z "$(find ~/.local -name '*hdrgen*' ! -type d)" ]
unset PKG_CONFIG_PATH LD_LIBRARY_PATH
cc tour.c $(pkg-config --cflags --libs hdrgen) -o tour
readelf -d tour | grep -q libhdrgen
./tour event.h hdrgen/kernel-header-fixtures/mini prog.bpf.o | diff - hdrgen/expected"""
# What dpkg takes out of the .deb works where nothing was installed by cmake.
PACKAGES = f"""
{MINE}
/opt/hdrgen/bin/hdrgen show {SHOWS}
ls library/usr/lib/libhdrgen.so.? || ls library/usr/lib/*/libhdrgen.so.?
[ ! -e library/usr/bin ]
rm -rf root tar && mkdir root tar
dpkg-deb -x build/deb/hdrgen_*_*.deb root
root/usr/bin/hdrgen show {SHOWS}
dpkg-deb -f build/deb/hdrgen_*_*.deb Depends | grep -q libclang1-
tar -xJf build/portable/hdrgen-*-linux-*.tar.xz -C tar --strip-components=1
tar/bin/hdrgen show {SHOWS}"""
# Two kernels of one architecture and one of another, by BTFs that hdrgen writes of their images.
FLEET = """
for kernel in 'amd64 bookworm' 'amd64 bookworm-backports' 'arm64 bookworm'; do
    eval "$(kernel-header-fixtures/get-debian-kernel.sh $kernel)" && mkdir -p DIR/${kernel% *} &&
        hdrgen -q --btf "$image" -o DIR/${kernel% *}/$release.btf || exit
done"""
GUEST = """eval "$(kernel-header-fixtures/get-debian-kernel.sh amd64 bookworm cloud-amd64)" &&
    ln -s "$image" vmlinuz-6.1.0-50-cloud-amd64 && ln -s "${image%/*}/config-$release" config-6.1.0-50-cloud-amd64"""
LOAD = """PYTHONPATH=tests/tours python3 -B -c 'import stand_ins; print(stand_ins.PROGRAM)' >prog.bpf.c &&
    clang -target bpf -g -O2 -c prog.bpf.c -o prog.bpf.o"""

PLACES: dict[str, dict[str, Place]] = {
    # What somebody does who builds and installs hdrgen.
    "tours.clone": {
        "README.md": Place(needs={IS_ROOT: NO_ROOT}, is_isolated=True, after=f"""{MINE}
build/demo/hdrgen show {SHOWS}
[ -s build/demo/demo/task.rs ]
build/dev/hdrgen show {SHOWS}
/usr/local/bin/hdrgen show {SHOWS}"""),
        "CONTRIBUTING.md": Place(after="build/dev/hdrgen --version"),
        "docs/library.md": Place(
            needs={IS_ROOT: NO_ROOT}, is_isolated=True,
            before=r"""sed -n '/^```text$/,/^```$/{/^```/!p}' docs/library.md >expected; [ -s expected ]""",
            after=LIBRARY),
        "docs/packages.md": Place(needs={IS_ROOT: NO_ROOT}, is_isolated=True, after=PACKAGES, line_needs={
            "apt-get install file dpkg-dev": ("apt-get",), "(cd build/portable && cpack -G RPM)": ("rpmbuild",)}),
        "docs/benchmarks.md": Place(needs={"for tool in hyperfine bindgen bpftool rustc /usr/bin/time; do command -v $tool; done":
                                           "no hyperfine, bindgen, bpftool, rustc or time"},
                                    before="hdrgen -q --kernel kernel-header-fixtures/mini --arch x86 --sources --emit btf -o small.btf &&"
                                           " export RUNS=2 BENCH_BTF=$PWD/small.btf", after=BENCHMARKS),
    },
    # What has to do with whole kernels, Debian's.
    "tours.kernels": {
        "docs/check.md": Place(needs={"bpftool prog list && [ -r /sys/kernel/btf/vmlinux ]": "no right to load programs, or no BTF of the running kernel"},
                               before=LOAD, after="hdrgen check prog.bpf.o --load | grep -q '^ *loaded on the running kernel, '", output_is_compared=False),
        "docs/every-header.md": Place(before='export HDRGEN="$(command -v hdrgen)" HDRGEN_FIXTURES="$PWD/kernel-header-fixtures"'),
        "docs/fleet.md": Place(before=FLEET, after=r"""
[ "$(sed -n '/^| |/s/[^|]//gp' docs/fleet.md | tr -d '\n' | wc -c)" = 6 ]
[ "$(grep -cE '^\| [a-z0-9_]+ \|( (yes|\*\*no\*\*|\?) \|){3}' docs/fleet.md)" -gt 50 ]"""),
        "docs/no-btf.md": Place(
            needs={CAN_MAKE: NO_MAKE},
            before='eval "$(kernel-header-fixtures/get-debian-source.sh --unpack arm64)" && ln -s "$source" linux && mkdir out &&'
                   ' eval "$(kernel-header-fixtures/get-debian-kernel.sh arm64 bookworm cloud-arm64)" && cp "${image%/*}/config-$release" out/.config',
            after="hdrgen flags --kernel out; hdrgen -q --kernel out task_struct -o task.btf; hdrgen show --btf task.btf task_struct.pid"),
        "docs/sources.md": Place(needs={CAN_MAKE: NO_MAKE}, before="mkdir -p build/release && ln -s $(command -v hdrgen) build/release/hdrgen"),
        "docs/testing.md": Place(needs={"command -v qemu-system-x86_64": "no qemu-system-x86_64"}, before=GUEST),
    },
}
