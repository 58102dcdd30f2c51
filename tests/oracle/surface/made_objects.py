"""Objects for guest_truth.py --made: a program for each way in which a kernel refuses one that asks for nothing that is gone.

    raw       arguments of a raw tracepoint past the last one, read in each way
    iterators, operations     the same of iterators and of struct_ops
    license   what programs may not do that are not under the GPL
    flags     names of sections that set flags, or attach in ways that not all kernels have
    by_value  fentry at functions of the image with structures, unions, or many parameters

libbpf loads and attaches each program alone. Only sections are used that libbpf 1.1 knows and attaches by itself, or that fail on loading.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from btf_reader import Btf, read_file  # noqa: E402

PREAMBLE = """
#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))
typedef unsigned int u32;
typedef unsigned long long u64;
struct bpf_raw_tracepoint_args { u64 args[0]; } CORE;
struct plain_args { u64 args[0]; };
struct task_struct { int pid; } CORE;
struct bpf_iter_meta { u64 session_id; } CORE;
struct bpf_iter__task { struct bpf_iter_meta *meta; struct task_struct *task; } CORE;
struct sock { int sk_dummy; };
struct tcp_congestion_ops { unsigned (*ssthresh)(struct sock *); void (*cong_avoid)(struct sock *, u32, u32); unsigned (*undo_cwnd)(struct sock *); char name[16]; };
static int (*cpu)(void) = (void *)8;
static u64 (*now)(void) = (void *)5;
static long (*read_kernel)(void *, u32, const void *) = (void *)113;
static u64 (*task)(void) = (void *)35;
"""
LICENSES = {"gpl": "GPL", "dual": "Dual BSD/GPL", "other": "Apache-2.0", "like": "GPLv2", "none": None}
FLAGS = ("xdp", "xdp.frags", "xdp.frags/devmap", "uprobe", "uprobe.s", "uretprobe.s", "syscall", "kprobe.multi/vfs_read", "lsm/file_open", "iter/task",
         "iter.s/task", "fentry/vfs_read", "fentry.s/vfs_read", "lsm.s/file_open", "fmod_ret/security_file_open", "sk_lookup", "kprobe/vfs_read",
         "lsm_cgroup/socket_bind", "tp_btf/sched_switch", "raw_tp.w/sched_switch")
RETURNS = {"xdp": 2}


def program(section: str, name: str, body: str, context: str = "u64 *c") -> str:
    return f'SEC("{section}") int {name}({context}) {{ {body} }}\n'


def raw() -> str:
    text = ""
    for number in range(7):
        text += program("raw_tp/sched_switch", f"core{number}", f"return c->args[{number}] != 0;", "struct bpf_raw_tracepoint_args *c")
        text += program("raw_tracepoint/sched_switch", f"plain{number}", f"return c->args[{number}] != 0;", "struct plain_args *c")
        text += program("raw_tp/sched_switch", f"half{number}", f"return c[{2 * number + 1}] != 0;", "u32 *c")
        text += program("tp_btf/sched_switch", f"typed{number}", f"return c[{number}] != 0;")
    return text


def iterators() -> str:
    text = program("iter/task", "core", "return c->task == 0;", "struct bpf_iter__task *c").replace("return c->task == 0", "return 0 * (c->task != 0)")
    for number in range(6):
        text += program("iter/task", f"task{number}", f"return 0 * (c[{number}] != 0);")
        text += program("iter/task_file", f"file{number}", f"return 0 * (c[{number}] != 0);")
    return text


def operations(first: str, second: str, third: str) -> str:
    return (program("struct_ops/any", "ssthresh", first) + program("struct_ops", "cong_avoid", second) + program("struct_ops/undo_cwnd", "undo_cwnd", third)
            + 'SEC(".struct_ops") struct tcp_congestion_ops made = { .ssthresh = (void *)ssthresh, .cong_avoid = (void *)cong_avoid, '
              '.undo_cwnd = (void *)undo_cwnd, .name = "made" };\n')


def license_needs() -> str:
    return (program("kprobe/vfs_read", "plain", "return cpu();") + program("kprobe/vfs_read", "time", "return now();")
            + program("kprobe/vfs_read", "current", "return task() != 0;") + program("kprobe/vfs_read", "reads", "u64 x = 0; read_kernel(&x, 8, c); return x != 0;")
            + program("lsm/file_open", "hook", "return 0;") + program("tp_btf/sched_switch", "value", "return c[0] != 0;")
            + program("tp_btf/sched_switch", "direct", "return ((struct task_struct *)c[1])->pid != 0;") + program("iter/task", "iterator", "return 0;")
            + program("fentry/vfs_read", "entry", "return 0;") + program("raw_tp/sched_switch", "raw", "return c[0] != 0;") + program("xdp", "packets", "return 2;"))


def by_value(btf: Btf) -> str:
    """Three functions of each sort of prototype, by their names' order."""
    counts: dict[str, int] = {}
    sorts: dict[tuple, list[str]] = {}
    for function in btf.types[1:]:
        if function.kind == "FUNC":
            counts[function.name] = counts.get(function.name, 0) + 1
    for function in btf.types[1:]:
        if function.kind != "FUNC" or counts[function.name] > 1 or function.name.startswith(("__bpf_trace", "__traceiter", "__probestub", "perf_trace", "trace_event")):
            continue
        parameters = [btf.types[btf.strip(type_id)] for _, type_id in btf.types[function.type].params]
        records = tuple((item.kind, item.size) for item in parameters if item.kind in ("STRUCT", "UNION"))
        if records or len(parameters) > 6:
            sorts.setdefault((max(len(parameters), 6), records), []).append(function.name)
    names = [name for sort in sorted(sorts) for name in sorted(sorts[sort])[:3]]
    return "".join(program(f"fentry/{name}", f"at_{name}", "return 0;") for name in names)


def make(folder: Path, image: Path, hdrgen: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([hdrgen, "--btf", image, "--symbols", "-e", "btf", "-q", "-o", folder / "image.btf"], check=True)
    gpl = {"raw": raw(), "iterators": iterators(), "by_value": by_value(read_file(str(folder / "image.btf"))),
           "operations": operations("return c[0] != 0;", "return c[2] != 0;", "return 2;"),
           "operations_past": operations("return c[1] != 0;", "return c[3] != 0;", "return c[1] != 0;")}
    gpl |= {f"flag_{number:02}": program(section, "f", f"return {RETURNS.get(section.split('.')[0].split('/')[0], 0)};") for number, section in enumerate(FLAGS)}
    texts = {name: text + 'char LICENSE[] SEC("license") = "GPL";\n' for name, text in gpl.items()}
    for name, words in LICENSES.items():
        texts[f"license_{name}"] = license_needs() + (f'char LICENSE[] SEC("license") = "{words}";\n' if words else "")
    items = []
    for name, text in texts.items():
        (folder / f"{name}.c").write_text(PREAMBLE + text)
        items.append(folder / f"{name}.o")
        subprocess.run(["clang", "-target", "bpf", "-g", "-O2", "-w", "-c", folder / f"{name}.c", "-o", items[-1]], check=True)
    return items
