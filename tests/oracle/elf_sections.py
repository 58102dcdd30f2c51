"""Sections of 64-bit ELF files by name, with Python's standard library."""

from __future__ import annotations

import struct


class Elf:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.order = ">" if data[5] == 2 else "<"
        (at,) = struct.unpack_from(self.order + "Q", data, 40)
        each, count, names = struct.unpack_from(self.order + "HHH", data, 58)
        self.headers = [struct.unpack_from(self.order + "IIQQQQIIQQ", data, at + each * i) for i in range(count)]
        self.names = [self._string(names, header[0]) for header in self.headers]

    def _string(self, section: int, offset: int) -> str:
        at = self.headers[section][4] + offset
        return self.data[at : self.data.index(b"\0", at)].decode()

    def section(self, name: str) -> bytes:
        """Its bytes; KeyError if there is none."""
        if name not in self.names:
            raise KeyError(name)
        header = self.headers[self.names.index(name)]
        return self.data[header[4] : header[4] + header[5]]
