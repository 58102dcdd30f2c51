#!/usr/bin/env python3
"""A linker of BPF bitcode for the tests, in the place of bpf-linker, which Debian does not have.

    rustc --target bpfel-unknown-none --crate-type cdylib -C linker=bpf_link.py -o prog.o prog.rs

rustc's objects for BPF are LLVM bitcode; somebody has to make one ELF object of them. The method is bpf-linker's: all modules
become one, whatever is not exported becomes internal, the result is optimised and compiled. LLVM is the one that rustc itself
was linked with, through its C API, so that it can read what rustc wrote.

    --export-symbols FILE  --cpu CPU  --cpu-features F  -O0..3|s|z  -o OUT  INPUT...      what rustc passes
    HDRGEN_TEST_RUSTC      the rustc (/usr/bin/rustc)
    HDRGEN_TEST_LINK_O     optimises as this says, instead of as rustc says

Libraries are linked if something is still undefined without them. What this does not do: clean up debug information, as bpf-linker does.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from pathlib import Path

BITCODE = (b"BC\xc0\xde", b"\xde\xc0\x17\x0b")
INTERNAL, EXTERNAL_WEAK = 8, 12  # enum LLVMLinkage
LEVELS = {"0": 0, "1": 1, "2": 2, "3": 3, "s": 2, "z": 2}  # of code generation
KEPT = ("hdrgen_link_was_not_run",)  # undefined on purpose
Pointer = ctypes.c_void_p


class LinkError(Exception):
    pass


def library_of(rustc: str) -> str:
    """The libLLVM that rustc's driver was linked with."""
    root = Path(subprocess.run([rustc, "--print", "sysroot"], capture_output=True, text=True, check=True).stdout.strip())
    for driver in [*root.glob("lib/librustc_driver-*.so"), *root.glob("lib/*/librustc_driver-*.so")]:
        linked = subprocess.run(["ldd", str(driver)], capture_output=True, text=True, check=True).stdout
        found = re.search(r"libLLVM\S* => (\S+)", linked)
        if found:
            return found[1]
    raise LinkError(f"{rustc} is not linked with a shared libLLVM")


class Llvm:
    """LLVM's C API; each function returns a pointer unless it is listed here."""

    NUMBERS = ("LLVMLinkModules2", "LLVMParseBitcodeInContext2", "LLVMGetTargetFromTriple", "LLVMTargetMachineEmitToFile",
               "LLVMIsDeclaration", "LLVMGetLinkage", "LLVMCreateMemoryBufferWithContentsOfFile")
    TEXTS = ("LLVMGetValueName2", "LLVMGetTarget", "LLVMGetErrorMessage", "LLVMGetSection")

    def __init__(self, path: str) -> None:
        self.library = ctypes.CDLL(path)

    def __getattr__(self, name: str) -> object:
        function = getattr(self.library, name)
        function.restype = ctypes.c_int if name in self.NUMBERS else ctypes.c_char_p if name in self.TEXTS else Pointer
        setattr(self, name, function)
        return function

    def each(self, module: Pointer, kind: str) -> list[Pointer]:
        """The functions (Function) or variables (Global) of a module."""
        values, value = [], getattr(self, f"LLVMGetFirst{kind}")(module)
        while value:
            values.append(Pointer(value))
            value = getattr(self, f"LLVMGetNext{kind}")(Pointer(value))
        return values

    def name(self, value: Pointer) -> str:
        size = ctypes.c_size_t()
        return self.LLVMGetValueName2(value, ctypes.byref(size)).decode()


def members_of(archive: bytes) -> list[bytes]:
    """The bitcode in an rlib, an ar archive."""
    found, at = [], 8
    while at + 60 <= len(archive):
        size = int(archive[at + 48:at + 58])
        data = archive[at + 60:at + 60 + size]
        if data[:4] in BITCODE:
            found.append(data)
        at += 60 + size + size % 2
    return found


def bitcode_of(path: Path) -> list[bytes]:
    data = path.read_bytes()
    if data[:8] == b"!<arch>\n":
        return members_of(data)
    return [data] if data[:4] in BITCODE else []  # rustc adds an empty ELF object


class Linker:
    def __init__(self, options: dict[str, str]) -> None:
        self.options = options
        self.llvm = Llvm(library_of(os.environ.get("HDRGEN_TEST_RUSTC", "/usr/bin/rustc")))
        for part in ("TargetInfo", "Target", "TargetMC", "AsmPrinter", "AsmParser"):
            getattr(self.llvm, f"LLVMInitializeBPF{part}")()
        self.context = Pointer(self.llvm.LLVMContextCreate())
        self.module = Pointer(self.llvm.LLVMModuleCreateWithNameInContext(b"program", self.context))

    def add(self, bitcode: bytes) -> None:
        buffer = Pointer(self.llvm.LLVMCreateMemoryBufferWithMemoryRangeCopy(bitcode, ctypes.c_size_t(len(bitcode)), b"input"))
        module = Pointer()
        if self.llvm.LLVMParseBitcodeInContext2(self.context, buffer, ctypes.byref(module)):
            raise LinkError("bitcode that this LLVM does not read")
        if not self.llvm.LLVMGetFirstFunction(self.module):
            self.llvm.LLVMSetTarget(self.module, self.llvm.LLVMGetTarget(module))
            self.llvm.LLVMSetDataLayout(self.module, ctypes.c_char_p(self.llvm.LLVMGetDataLayoutStr(module)))
        if self.llvm.LLVMLinkModules2(self.module, module):
            raise LinkError("modules that do not go together")

    def undefined(self) -> set[str]:
        values = self.llvm.each(self.module, "Function") + self.llvm.each(self.module, "Global")
        names = {self.llvm.name(value) for value in values if self.llvm.LLVMIsDeclaration(value)}
        return {name for name in names if not name.startswith("llvm.") and name not in KEPT}

    def internalize(self, exported: set[str]) -> None:
        for value in self.llvm.each(self.module, "Function") + self.llvm.each(self.module, "Global"):
            name = self.llvm.name(value)
            if not self.llvm.LLVMIsDeclaration(value) and name not in exported and not name.startswith("llvm."):
                self.llvm.LLVMSetLinkage(value, INTERNAL)
                self.llvm.LLVMSetVisibility(value, 0)

    def machine(self) -> Pointer:
        triple = self.llvm.LLVMGetTarget(self.module)
        target, error = Pointer(), ctypes.c_char_p()
        if self.llvm.LLVMGetTargetFromTriple(triple, ctypes.byref(target), ctypes.byref(error)):
            raise LinkError(f"target {triple.decode()}: {error.value!r}")
        level = LEVELS[self.options["O"]]
        return Pointer(self.llvm.LLVMCreateTargetMachine(target, triple, self.options.get("cpu", "generic").encode(),
                                                         self.options.get("cpu-features", "").encode(), level, 0, 0))

    def passes(self, machine: Pointer, passes: str) -> None:
        options = Pointer(self.llvm.LLVMCreatePassBuilderOptions())
        error = self.llvm.LLVMRunPasses(self.module, passes.encode(), machine, options)
        if error:
            raise LinkError(self.llvm.LLVMGetErrorMessage(Pointer(error)).decode())

    def emit(self, machine: Pointer, output: str) -> None:
        error = ctypes.c_char_p()
        if self.llvm.LLVMTargetMachineEmitToFile(machine, self.module, output.encode(), 1, ctypes.byref(error)):
            raise LinkError(error.value.decode())

    def link(self, inputs: list[Path], exported: set[str], output: str) -> None:
        libraries = [path for path in inputs if path.suffix == ".rlib"]
        for path in inputs:
            for bitcode in bitcode_of(path) if path not in libraries else []:
                self.add(bitcode)
        # Dead code may be all that refers to libraries.
        self.internalize(exported)
        machine = self.machine()
        self.passes(machine, "globaldce")
        for path in libraries:
            for bitcode in bitcode_of(path) if self.undefined() else []:
                self.add(bitcode)
        self.internalize(exported)
        self.passes(machine, f"globaldce,default<O{self.options['O']}>,globaldce")
        self.emit(machine, output)


def parse(arguments: list[str]) -> tuple[dict[str, str], list[Path]]:
    """Options by name, and inputs; -L and what is for bpf-linker's debug information is nothing to us."""
    options, inputs = {"O": "2"}, []
    words = iter(arguments)
    for word in words:
        if word in ("--export-symbols", "--cpu", "--cpu-features", "-o", "-L"):
            options[word.lstrip("-")] = next(words)
        elif re.fullmatch("-O[0-3sz]", word):
            options["O"] = word[2:]
        elif not word.startswith("-"):
            inputs.append(Path(word))
    options["O"] = os.environ.get("HDRGEN_TEST_LINK_O", options["O"])
    return options, inputs


def main() -> int:
    options, inputs = parse(sys.argv[1:])
    exported = set(Path(options["export-symbols"]).read_text().split()) if "export-symbols" in options else set()
    try:
        Linker(options).link(inputs, exported, options["o"])
    except LinkError as error:
        print(f"bpf_link.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
