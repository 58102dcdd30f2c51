#!/usr/bin/env python3
"""What `hdrgen check` calls an object that libbpf refuses, whatever the kernel: held against libbpf, which opens each object here and loads none.

    open_truth.py --hdrgen BIN --open BIN [--keep DIR]

The objects are made of definitions of maps and externs, one each, good and bad. check sees a fault, a need of kind `object` or a value of the
configuration whose type no option has, exactly where libbpf does not open the object.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

PREAMBLE = """
#define SEC(name) __attribute__((section(name), used))
typedef unsigned int u32;
typedef unsigned long long u64;
char LICENSE[] SEC("license") = "GPL";
"""
PROGRAM = 'SEC("kprobe/vfs_read") int f(void *c) { return 0; }\n'
FIELDS = "int (*type)[1]; int (*max_entries)[8]; u32 *key; u64 *value;"
MAPS = {
    "good": FIELDS,
    "sizes": "int (*type)[1]; int (*max_entries)[8]; int (*key_size)[4]; int (*value_size)[8];",
    "unknown": FIELDS + "int (*colour)[3];",
    "numa": FIELDS + "int (*numa_node)[0];",
    "flags": FIELDS + "int (*map_flags)[1];",
    "extra": FIELDS + "int (*map_extra)[3];",
    "pinned": FIELDS + "int (*pinning)[1];",
    "pinned_twice": FIELDS + "int (*pinning)[2];",
    "value_of_type": "int type; int (*max_entries)[8]; u32 *key; u64 *value;",
    "pointer_to_type": "int *type; int (*max_entries)[8]; u32 *key; u64 *value;",
    "entries": "int (*type)[1]; int max_entries; u32 *key; u64 *value;",
    "no_type": "int (*max_entries)[8]; u32 *key; u64 *value;",
    "zero_type": "int (*type)[0]; int (*max_entries)[8]; u32 *key; u64 *value;",
    "two_keys": FIELDS + "int (*key_size)[8];",
    "one_key_twice": FIELDS + "int (*key_size)[4];",
    "key_by_value": "int (*type)[1]; int (*max_entries)[8]; u32 key; u64 *value;",
    "nothing": "int (*type)[1]; int (*max_entries)[8]; u32 *key; void *value;",
    "struct_value": "int (*type)[1]; int (*max_entries)[8]; u32 *key; struct { int a, b; } *value;",
    "hidden": FIELDS + "char name[4];",
    "nameless": FIELDS + "struct { int a; };",
    "maps": f"int (*type)[12]; int (*max_entries)[8]; u32 *key; struct {{ {FIELDS} }} *values[];",
    "maps_of_bad_maps": f"int (*type)[13]; int (*max_entries)[8]; u32 *key; struct {{ {FIELDS} int (*colour)[3]; }} *values[];",
    "maps_of_pinned_maps": f"int (*type)[13]; int (*max_entries)[8]; u32 *key; struct {{ {FIELDS} int (*pinning)[1]; }} *values[];",
    "maps_of_numbers": "int (*type)[13]; int (*max_entries)[8]; u32 *key; u32 *values[];",
    "maps_in_two": f"int (*type)[13]; int (*max_entries)[8]; u32 *key; struct {{ {FIELDS} }} *values[2];",
    "maps_first": f"int (*type)[13]; struct {{ {FIELDS} }} *values[0]; int (*max_entries)[8]; u32 *key;",
    "maps_before_type": f"int (*max_entries)[8]; u32 *key; int (*value_size)[4]; struct {{ {FIELDS} }} *values[0];",
    "maps_with_size": f"int (*type)[13]; int (*value_size)[8]; u32 *key; struct {{ {FIELDS} }} *values[];",
    "values_of_a_hash": f"{FIELDS} struct {{ {FIELDS} }} *values[];",
    "programs": "int (*type)[3]; int (*max_entries)[8]; u32 *key; int (*values[])(void *);",
    "programs_of_numbers": "int (*type)[3]; int (*max_entries)[8]; u32 *key; u32 *values[];",
}
USE = 'SEC("kprobe/vfs_read") int f(void *c) { return *(volatile char *)&NAME; }\n'
OTHERS = {
    "static": f"static struct {{ {FIELDS} }} m SEC(\".maps\");\n" + USE.replace("NAME", "m"),
    "number": 'int m SEC(".maps");\n' + PROGRAM,
    "typedef": f"typedef struct {{ {FIELDS} }} map; map m SEC(\".maps\");\n" + PROGRAM,
    "old": 'struct { u32 type, key, value, entries; } m SEC("maps") = { 1, 4, 4, 1 };\n' + PROGRAM,
    "extern": "extern int x;\n" + USE.replace("NAME", "x"),
    "weak_extern": "extern int x __attribute__((weak));\n" + USE.replace("NAME", "x"),
    "other_section": 'extern int x SEC(".other");\n' + USE.replace("NAME", "x"),
    "function": 'extern int g(void); SEC("kprobe/vfs_read") int f(void *c) { return g(); }\n',
    "ksym": 'extern const int x SEC(".ksyms");\n' + USE.replace("NAME", "x"),
    "kfunc": 'extern int g(void) SEC(".ksyms"); SEC("kprobe/vfs_read") int f(void *c) { return g(); }\n',
    "unused": "extern int x;\n" + PROGRAM,
}
CONFIG = {
    "bool": "_Bool NAME", "char": "char NAME", "short": "short NAME", "int": "int NAME", "u64": "u64 NAME", "i128": "__int128 NAME",
    "tristate": "enum libbpf_tristate { TRI_NO, TRI_YES, TRI_MODULE } NAME", "enum": "enum other { A } NAME", "text": "char NAME[8]", "texts": "char NAME[8][8]",
    "numbers": "int NAME[2]", "no_text": "char NAME[0]", "float": "float NAME", "pointer": "int *NAME", "struct": "struct { int a; } NAME",
}


def objects() -> dict[str, str]:
    made = {f"map_{name}": f"struct {{ {fields} }} m SEC(\".maps\");\n{PROGRAM}" for name, fields in MAPS.items()} | OTHERS
    for name, declaration in CONFIG.items():
        for weak in ("", " __attribute__((weak))"):
            for option in ("CONFIG_HZ", "LINUX_KERNEL_VERSION"):
                made[f"{option}_{name}{'_weak' if weak else ''}"] = (
                    f"extern {declaration.replace('NAME', option)} SEC(\".kconfig\"){weak};\n" + USE.replace("NAME", option))
    return made


def is_fault(need: dict) -> bool:
    return need["kind"] == "object" or (need["kind"] == "config" and "libbpf refuses the object: an option must be" in need.get("why", ""))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hdrgen", required=True)
    parser.add_argument("--open", required=True)
    parser.add_argument("--clang", default="clang")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    faults: list[str] = []
    counts = {True: 0, False: 0}
    with tempfile.TemporaryDirectory() as scratch:
        work = arguments.keep or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        (work / "none.h").write_text("struct none { int a; };\n")
        for name, text in objects().items():
            source, output = work / f"{name}.c", work / f"{name}.o"
            source.write_text(PREAMBLE + text)
            subprocess.run([arguments.clang, "-target", "bpf", "-g", "-O2", "-w", "-c", source, "-o", output], check=True)
            opened = subprocess.run([arguments.open, output], capture_output=True, text=True, check=True).stdout.split()[1] == "0"
            result = subprocess.run([arguments.hdrgen, "check", output, "--header", work / "none.h", "-q", "--format", "json"], capture_output=True, text=True)
            counts[opened] += 1
            if result.returncode == 2 and not opened:
                continue  # hdrgen does not read it either
            if result.returncode not in (0, 1):
                faults.append(f"{name}: hdrgen check: exit status {result.returncode}: {result.stderr.strip()[:300]}")
                continue
            found = [need for need in json.loads(result.stdout)["objects"][0]["dependencies"] if is_fault(need)]
            if bool(found) == opened:
                faults.append(f"{name}: libbpf {'opens it' if opened else 'refuses it'}, and check says {[need.get('why') for need in found]}")
            if found and result.returncode != 1:
                faults.append(f"{name}: exit status {result.returncode} for what libbpf refuses")
    print(f"libbpf opens {counts[True]} objects and refuses {counts[False]}; check differs in {len(faults)}")
    for fault in faults:
        print("   ", fault)
    return 1 if faults or not all(counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
