#!/usr/bin/env python3
"""A case header out of dice: records that nobody would think of, for the same judges as the hand-made cases.

    random_case.py --seed 7 --records 60 > random.h

    struct r3_4 {
        unsigned long long m0 : 33;
        _Alignas(16) signed char m1[2][3];
        struct r3_1 m2 __attribute__((packed));
    } __attribute__((packed, aligned(2)));

Bit-fields, packing and alignment in every combination that clang accepts: as attributes of members, of records and of typedefs,
as #pragma pack (nested, too), records within records, with and without a tag.  The same seed makes the same text.
"""

from __future__ import annotations

import argparse
import random

INTEGERS = {
    "_Bool": 1,
    "char": 8,
    "signed char": 8,
    "unsigned char": 8,
    "short": 16,
    "unsigned short": 16,
    "int": 32,
    "unsigned int": 32,
    "long": 32,  # the width that every target has
    "unsigned long": 32,
    "long long": 64,
    "unsigned long long": 64,
}
SCALARS = [*INTEGERS, "float", "double", "void *", "const char *"]
ALIGNMENTS = [1, 2, 4, 8, 16, 32]


class Dice:
    """Writes one header."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.prefix = f"r{seed}"
        self.types: list[str] = []  # records and typedefs so far
        self.enums: list[str] = []
        self.scalars: set[str] = set()  # typedefs whose alignment may exceed their size: no array of them is C
        self.lines: list[str] = []

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def attribute(self, packed: int, aligned: int) -> str:
        """Perhaps packed, perhaps aligned: chances in percent."""
        words = []
        if self.chance(packed):
            words.append("packed")
        if self.chance(aligned):
            words.append(f"aligned({self.random.choice(ALIGNMENTS)})")
        self.random.shuffle(words)
        return f" __attribute__(({', '.join(words)}))" if words else ""

    def bit_field(self, name: str) -> str:
        base = self.random.choice([*INTEGERS, *self.enums])
        most = INTEGERS.get(base, 8)  # a packed enum has 8
        if self.chance(12):
            width = self.random.choice([0, self.random.randint(1, most)])
            return f"{base} : {width};"
        width = self.random.choice([1, most, self.random.randint(1, most)])
        if base in self.enums:
            width = max(width, 3)
        return f"{base} {name} : {width}{self.attribute(12, 10)};"

    def member(self, name: str, depth: int) -> list[str]:
        if self.chance(40):
            return [self.bit_field(name)]
        if depth < 3 and self.chance(14):
            inner = self.record_body(depth + 1, f"{name}_")
            anonymous = self.chance(60)
            return [*inner[:-1], f"{inner[-1]}{'' if anonymous else ' ' + name}{self.attribute(10, 10)};"]
        base = self.random.choice(self.types) if self.types and self.chance(35) else self.random.choice(SCALARS + self.enums)
        dimensions = 0 if base in self.scalars else self.random.choice([0, 0, 0, 1, 1, 2])
        array = "".join(f"[{self.random.choice([0, 1, 2, 3, 5])}]" for _ in range(dimensions))
        return [f"{base} {name}{array}{self.attribute(15, 12)};"]

    def record_body(self, depth: int, prefix: str, tag: str = "") -> list[str]:
        """From `struct` to the closing brace and its attributes."""
        kind = "union" if self.chance(22) else "struct"
        members = [line for i in range(self.random.randint(1, 7)) for line in self.member(f"{prefix}{i}", depth)]
        # A record without a named member is nothing that C allows.
        members.append(f"{self.random.choice(SCALARS)} {prefix}end;")
        lines = ["    " + line for line in members]
        return [f"{kind} {tag}{{" if not tag else f"{kind} {tag} {{", *lines, f"}}{self.attribute(25, 22)}"]

    def record(self, number: int) -> None:
        pushes = self.random.choice([0, 0, 0, 1, 1, 2])
        for _ in range(pushes):
            self.lines.append(f"#pragma pack(push, {self.random.choice([1, 2, 4, 8])})")
        tag = f"{self.prefix}_{number}"
        body = self.record_body(0, "m", tag)
        self.lines += [*body[:-1], body[-1] + ";"]
        self.lines += ["#pragma pack(pop)"] * pushes
        name = body[0].removesuffix(" {")
        self.types.append(name)
        if self.chance(20):
            self.lines.append(f"typedef {name} {tag}_t{self.attribute(0, 50)};")
            self.types.append(f"{tag}_t")
            self.scalars.add(f"{tag}_t")
        if self.chance(15):
            base = self.random.choice(SCALARS)
            self.lines.append(f"typedef {base} {tag}_s __attribute__((aligned({self.random.choice(ALIGNMENTS)})));")
            self.types.append(f"{tag}_s")
            self.scalars.add(f"{tag}_s")

    def header(self, records: int) -> str:
        for i, values in enumerate(["A, B = 3", "A = -2, B = 1", "A, B = 0x7fffffff"]):
            values = values.replace("A", f"{self.prefix}_A{i}").replace("B", f"{self.prefix}_B{i}")
            self.lines.append(f"enum {self.prefix}_e{i} {{ {values} }}{self.attribute(30, 0)};")
        self.enums = [f"enum {self.prefix}_e{i}" for i in range(3)]
        for number in range(records):
            self.record(number)
        return "\n".join(self.lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="A case header out of dice.")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--records", type=int, default=60)
    options = parser.parse_args()
    print(f"// flags:\n// Made by random_case.py --seed {options.seed} --records {options.records}.")
    print(Dice(options.seed).header(options.records), end="")


if __name__ == "__main__":
    main()
