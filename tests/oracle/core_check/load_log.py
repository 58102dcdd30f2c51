"""What core_load tells, as answers: what libbpf put into each instruction, where it gave up, and what the kernel said."""

from __future__ import annotations

import re

PATCHED = re.compile(r"libbpf: prog '(.*?)': relo #(\d+): patched insn #(\d+)")
POISONED = re.compile(r"libbpf: prog '(.*?)': relo #(\d+): substituting insn #(\d+) w/ invalid insn")
GAVE_UP = re.compile(r"libbpf: prog '(.*?)': relo #(\d+): failed to (?:relocate|patch insn #\d+): (-?\d+)")
REACHED = ("invalid func unknown#195896080", "<invalid CO-RE relocation>")
CLASS_LD, CLASS_ALU, CLASS_ALU64 = 0, 4, 7


class Log:
    def __init__(self, text: str) -> None:
        self.insns: dict[tuple[str, int], tuple[int, int, int]] = {}
        self.marks: dict[tuple[str, int, int], str] = {}  # by program, number of the relocation, instruction
        self.gave_up: set[tuple[str, int]] = set()
        reached = False
        status = None
        for line in text.splitlines():
            word, _, rest = line.partition(" ")
            if word == "insn":
                program, *numbers = rest.rsplit(" ", 4)
                index, code, off, imm = map(int, numbers)
                self.insns[program, index] = code, off, imm
            elif word == "load":
                status = int(rest)
            elif found := PATCHED.match(rest):
                self.marks.setdefault((found[1], int(found[2]), int(found[3])), "patched")
            elif found := POISONED.match(rest):
                # The second half of a load of 64 bits is poisoned as well, and told first.
                self.marks.pop((found[1], int(found[2]), int(found[3]) + 1), None)
                self.marks[found[1], int(found[2]), int(found[3])] = "poison"
            elif found := GAVE_UP.match(rest):
                self.gave_up.add((found[1], int(found[2])))
            reached = reached or any(words in rest for words in REACHED)
        if status is None:
            raise ValueError("core_load did not say what came of loading")
        self.relocations = len(self.marks) + len(self.gave_up)
        self.verdict = "loads" if status == 0 else "libbpf gives up" if self.gave_up else "a poisoned instruction is reached" if reached else "other"

    def held(self, program: str, insn: int) -> int:
        """The number in an instruction."""
        code, off, imm = self.insns[program, insn]
        if code & 7 in (CLASS_ALU, CLASS_ALU64):
            return imm & 0xFFFFFFFF
        if code & 7 == CLASS_LD:
            return imm & 0xFFFFFFFF | (self.insns[program, insn + 1][2] & 0xFFFFFFFF) << 32
        return off

    def cut(self, program: str, insn: int, value: int) -> int:
        """A value as the instruction can hold it."""
        code = self.insns[program, insn][0]
        return value & 0xFFFFFFFF if code & 7 in (CLASS_ALU, CLASS_ALU64) else value & 0xFFFFFFFFFFFFFFFF

    def outcome(self, program: str, number: int, insn: int) -> int | str | None:
        """None: libbpf had given up before it came to this one."""
        if (program, number) in self.gave_up:
            return "gave up"
        mark = self.marks.get((program, number, insn))
        return self.held(program, insn) if mark == "patched" else mark
