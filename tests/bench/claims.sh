#!/bin/bash
# README.md's claims, made again.
#
#   tests/bench/claims.sh HDRGEN
#
# HDRGEN is a release build.  Prints, as they stand in README.md, the lines that claim something that can be measured, with
# what this machine says now; and runs each command line of README's table, on Debian's arm64 kernel.  The benchmark's whole
# report is on standard error.  So is what README has otherwise; then the exit status is 1.  Take a quiet machine: one claim
# is about time.
#
# RUNS (default 7) is how often each command is timed.
set -euo pipefail

hdrgen=$(realpath "${1:?usage: claims.sh HDRGEN}")
here=$(cd "$(dirname "$0")/../.." && pwd)
for tool in clang-19 rustc python3; do
    command -v "$tool" >/dev/null || {
        echo "claims.sh: $tool is missing; run cmake/install-packages.sh bench" >&2
        exit 2
    }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/table"
ln -s "$hdrgen" "$work/bin/hdrgen"
export PATH=$work/bin:$PATH
eval "$(bash "$here/kernel-header-fixtures/get-debian-kernel.sh" arm64)"

: >"$work/lines"
claim() { printf '%s\n' "$1" | tee -a "$work/lines"; }

# --- the example ---
claim "    hdrgen --kernel /usr/src/linux-headers-${release:?} task_struct > task.rs"
hdrgen --kernel "${headers:?}" task_struct >"$work/task.rs"
rustc --edition 2021 --crate-type rlib --emit metadata -o "$work/task.rmeta" "$work/task.rs"
python3 -B - "$work/task.rs" >"$work/example" <<'END'
import re, sys
text = open(sys.argv[1]).read()
record = re.search(r"^ *///[^\n]*\n(?: *#[^\n]*\n)* *pub struct task_struct \{\n(?:.*\n){4}", text, re.M).group()
lines = record.splitlines()
indent = len(lines[0]) - len(lines[0].lstrip())
print("\n".join(line[indent:] for line in lines))
for what in (r"size_of::<task_struct>\(\)", r"offset_of!\(task_struct, pid\)"):
    print("    " + re.search(rf"^ *(\S*assert!\({what} == .*)$", text, re.M).group(1))
END
while IFS= read -r line; do claim "$line"; done <"$work/example"

# --- the comparison ---
bash "$here/tests/bench/report.sh" "$hdrgen" | tee "$work/report.md" >&2
python3 -B - "$work/report.md" "$here/README.md" >"$work/sentence" <<'END'
import re
import sys
rows = {}
for line in open(sys.argv[1]):
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if len(cells) > 2 and cells[0]:
        rows.setdefault(cells[0], []).append(cells[1:])
def wrong(name):
    return sum(int(number) for number in rows[name][-1][:2])
ours = wrong("hdrgen -> C") + wrong("hdrgen -> Rust")
theirs = wrong("bpftool, bindgen -> Rust")
times = int(min(float(row[0][1].rstrip("x")) for name, row in rows.items()
                if name.startswith("hdrgen ->") and len(row[0]) == 4))
# "Or more": what README says holds as long as it is not more than this.  Else, rounded down, what it could say.
steps = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 8: "eight", 10: "ten", 15: "fifteen", 20: "twenty",
         30: "thirty", 40: "forty", 50: "fifty", 100: "a hundred"}
said = re.search(r"take (.*) times as long or more", open(sys.argv[2]).read())
true = [word for step, word in steps.items() if step <= times]
count = said.group(1) if said and said.group(1) in true else true[-1] if true else "less than one"
print(f"hdrgen's C and Rust have {'no' if ours == 0 else ours} wrong size or offset; bpftool and bindgen together have "
      f"{'some' if theirs else 'none'}, and take {count} times as long or more.")
END
while IFS= read -r line; do claim "$line"; done <"$work/sentence"

# --- the table: each command, and how large the BTF for one program is ---
cd "$work/table"
printf 'struct mine { long time; char comm[16]; };\n' >my.h
cat >prog.c <<'END'
struct task_struct { int pid, tgid; char comm[16]; } __attribute__((preserve_access_index));
__attribute__((section("kprobe/x"), used)) int probe(struct task_struct *task)
{
    return task->pid + task->tgid + task->comm[0];
}
END
clang-19 -target bpf -g -O2 -c prog.c -o prog.bpf.o
cp "${image:?}" vmlinux
cp vmlinux vmlinux-6.1
cp vmlinux vmlinux-6.12
cp vmlinux vmlinuz-6.1.0-50-arm64
python3 -B - "$here/README.md" "$headers" <<'END'
import re, subprocess, sys
text, headers = open(sys.argv[1]).read(), sys.argv[2]
table = re.search(r"^\| what \| how \|\n.*?\n\n", text, re.S | re.M).group()
failed = []
for cell in [line.strip().strip("|").rsplit(" | ", 1)[-1] for line in table.splitlines()[2:]]:
    for what in re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", cell)):
        what = {"follow=1": "--pointers follow=1", "--probe-read-fn aya": "--accessors probe-read --probe-read-fn aya",
                "--flavour ___v5_10": "--flavour ___v5_10 -o my_types.h"}.get(what, what)
        if what.startswith("-"):  # an option: in a command that it goes with
            source = "" if "--btf" in what else "--btf vmlinux " if re.match("--for|-o vmlinux", what) else "--header my.h "
            if "ETH_P" in what:
                source = "--kernel DIR --header linux/if_ether.h "
            elif "task" in what or "probe" in what or "pointers" in what:
                source = "--kernel DIR task_struct "
            what = f"hdrgen {source}{what}"
        if what.startswith("hdrgen show") or "--fields" in what and "--kernel" not in what:
            what += " --btf vmlinux"
        run = subprocess.run(["sh", "-c", what.replace("DIR", headers) + " >/dev/null"], stderr=subprocess.PIPE, text=True)
        if run.returncode not in ((0, 1) if what.startswith("hdrgen diff") else (0,)):
            failed.append(f"{what}\n{run.stderr}")
if failed:
    sys.exit("claims.sh: README's commands that fail:\n" + "\n".join(failed))
END
size=$(stat -c %s prog.btf)
case $size in
[1-9][0-9][0-9]) size="a few hundred" ;;
esac
claim "| the BTF that a program needs, $size bytes | \`--for prog.bpf.o -o prog.btf\` |"

# --- what README says ---
status=0
while IFS= read -r line; do
    grep -qxF -- "$line" "$here/README.md" || {
        echo "claims.sh: README.md does not have: $line" >&2
        status=1
    }
done <"$work/lines"
exit $status
