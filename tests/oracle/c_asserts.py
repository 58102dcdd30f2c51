"""hdrgen's model as C assertions, for clang to judge.

    _Static_assert(sizeof(struct foo) == 16, "struct foo: size 16");
    _Static_assert(__builtin_offsetof(struct foo, b) == 4, "struct foo.b: byte offset 4");
    _Static_assert(sizeof(((struct foo *)0)->b) == 4, ...);                                   also for each array dimension
    _Static_assert(__builtin_types_compatible_p(__typeof__(&((struct foo *)0)->b), int *), ...);
    typedef __typeof__(((void)0, ((struct foo *)0)->inner)) oracle_t12;                       a record without a tag
    struct oracle_probe_12 { oracle_t12 v; };                                                 so that clang dumps it

Members of anonymous members are checked under the enclosing record, where C promotes them. Bit-fields have neither offsetof
nor sizeof; compare_dump.py does them. Each assertion is one check; the message names what is wrong.
"""

from __future__ import annotations

from typing import Iterable

from c_types import UNSPEAKABLE, Speller
from model import RECORDS, Member, Model, Ref, Type

ALIAS = "oracle_t"
PROBE = "oracle_probe_"


def literal(value: int) -> str:
    if value == -(2**63):
        return "(-9223372036854775807LL - 1)"
    return f"{value}ULL" if value >= 2**63 else f"({value}LL)"


class Assertions:
    """Collects the C text; count() is the number of assertions in it."""

    def __init__(self, model: Model, check_types: bool) -> None:
        self.model = model
        self.check_types = check_types
        self.spell = Speller(model)
        self.lines: list[str] = []
        self.names: set[str] = set()
        self.checks = 0
        self._own_alignment: set[int] = set()  # a typedef's aligned attribute hides the record's own alignment
        self._pending: list[tuple[Type, str]] = []

    def text(self) -> str:
        """Macros of the headers must not rewrite the names we use, so those names are undefined first."""
        return "\n".join([*(f"#undef {name}" for name in sorted(self.names)), *self.lines]) + "\n"

    def expect(self, condition: str, message: str) -> None:
        self.checks += 1
        self.lines.append(f'_Static_assert({condition}, "{message}");')

    def write_all(self) -> None:
        self.expect(f"sizeof(void *) == {self.model.pointer_size}", f"pointer size {self.model.pointer_size}")
        self.expect(f"((char)-1 < 0) == {int(self.model.char_signed)}", f"char signed {self.model.char_signed}")
        little = int(self.model.endian == "little")
        self.expect(f"(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) == {little}", f"endian {self.model.endian}")
        self.collect_names()
        for t in self.model.types.values():
            if t.kind == "typedef" and t.name:
                self.reach(f"(*({t.name} *)0)", t.ref)
                if t.ref.id in self.spell.alias:
                    self._own_alignment.discard(t.ref.id)
        for t in self.model.records():
            if t.name and t.complete and t.name not in UNSPEAKABLE:
                self._pending.append((t, f"{t.kind} {t.name}"))
        while self._pending:
            self.record(*self._pending.pop(0))
        for t in self.model.types.values():
            self.scalar(t)

    def collect_names(self) -> None:
        for t in self.model.types.values():
            if t.kind in (*RECORDS, "enum", "typedef") and t.name:
                self.names.add(t.name)
            self.names |= {m.name for m in t.members if m.name} | {name for name, _ in t.values}

    def reach(self, lvalue: str, ref: Ref) -> None:
        """Give a typedef to the record or enum without a tag that an lvalue leads to, if it does."""
        t = self.model.types.get(ref.id)
        while t is not None and t.kind in ("pointer", "array"):
            lvalue = f"(*{lvalue})" if t.kind == "pointer" else f"({lvalue})[0]"
            t = self.model.types.get(t.ref.id)
        if t is None or t.name or t.id in self.spell.alias or t.kind not in (*RECORDS, "enum") or not t.complete:
            return
        alias = f"{ALIAS}{t.id}"
        self.spell.alias[t.id] = alias
        # The comma takes off the qualifiers of the lvalue: the record's own type is wanted.
        self.lines.append(f"typedef __typeof__(((void)0, {lvalue})) {alias};")
        if t.kind in RECORDS:
            self.lines.append(f"struct {PROBE}{t.id} {{ {alias} v; }};")
            self.lines.append(f"extern char oracle_force_{t.id}[sizeof(struct {PROBE}{t.id}) + 1];")
            self._own_alignment.add(t.id)
            self._pending.append((t, alias))

    def record(self, t: Type, name: str) -> None:
        title = t.title()
        self.expect(f"sizeof({name}) == {t.size}", f"{title}: size {t.size}")
        if t.align is not None and (t.name or t.id in self._own_alignment):
            self.expect(f"_Alignof({name}) == {t.align}", f"{title}: alignment {t.align}")
        self.members(t, name, 0)

    def members(self, t: Type, name: str, base: int) -> None:
        for m in t.members:
            offset = base + m.bit_offset
            inner = self.model.types.get(m.ref.id)
            if m.name is None and inner is not None:
                self.members(inner, name, offset)
            elif m.name is not None and not m.bitfield:
                self.member(m, name, offset)

    def member(self, m: Member, record: str, offset: int) -> None:
        where = f"{record}.{m.name}"
        value = f"(({record} *)0)->{m.name}"
        self.expect(
            f"8 * __builtin_offsetof({record}, {m.name}) == {offset}", f"{where}: byte offset {offset // 8} bit {offset % 8}"
        )
        self.reach(value, m.ref)
        if not self.dimensions(value, m, where):
            self.expect(f"8 * sizeof({value}) == {m.bit_size}", f"{where}: bit_size {m.bit_size}")
        spelled = self.spell.pointer_to(m.ref)
        if self.check_types and spelled:
            self.expect(f"__builtin_types_compatible_p(__typeof__(&{value}), {spelled})", f"{where}: address type {spelled}")

    def dimensions(self, value: str, m: Member, where: str) -> bool:
        """Check each array dimension; True if one has count 0, where sizeof is 0 or (flexible) not allowed."""
        has_zero = False
        t = self.model.types.get(self.model.strip_typedefs(m.ref.id))
        while t is not None and t.kind == "array" and not t.flavour:
            has_zero = has_zero or t.count == 0
            if not has_zero:
                self.expect(f"sizeof({value}) == {t.count} * sizeof(({value})[0])", f"{where}: count {t.count}")
            value = f"({value})[0]"
            size = self.model.size_of(t.ref.id)
            if has_zero and size and "atomic" not in t.ref.quals:
                self.expect(f"sizeof({value}) == {size}", f"{where}: element size {size}")
            t = self.model.types.get(self.model.strip_typedefs(t.ref.id))
        return has_zero

    def scalar(self, t: Type) -> None:
        """Integers, floats, enums and typedefs: size, alignment, sign, values, meaning."""
        name = self.spell.name(t)
        for enumerator, value in t.values:
            sign = f"(({enumerator}) < 0) == {int(value < 0)}"
            self.expect(f"({enumerator}) == {literal(value)} && {sign}", f"{t.title()}: {enumerator} is {value}")
        if name is None or t.kind in RECORDS or not t.complete:
            return
        if t.kind == "typedef":
            size = self.model.size_of(t.id)
            spelled = self.spell.pointer_to(t.ref)
            if self.check_types and spelled:
                self.expect(f"__builtin_types_compatible_p({name} *, {spelled})", f"typedef {name}: pointer to it {spelled}")
            if size and not self._through_atomic(t):
                self.expect(f"sizeof({name}) == {size}", f"typedef {name}: size {size}")
            return
        if not self.check_types and t.kind not in ("enum", "bool", "char"):
            return
        self.expect(f"sizeof({name}) == {t.size}", f"{t.title()}: size {t.size}")
        if t.align is not None:
            self.expect(f"_Alignof({name}) == {t.align}", f"{t.title()}: alignment {t.align}")
        if t.kind in ("int", "enum"):
            self.expect(f"(({name})-1 < ({name})1) == {int(t.signed)}", f"{t.title()}: signed {t.signed}")

    def _through_atomic(self, t: Type) -> bool:
        while t.kind in ("typedef", "array"):
            if "atomic" in t.ref.quals or not t.ref.id:
                return True
            t = self.model.types[t.ref.id]
        return False

    def force(self, tags: Iterable[tuple[str, str]]) -> None:
        """Make clang lay out records that hdrgen may have missed."""
        for number, (kind, tag) in enumerate(tags):
            self.names.add(tag)
            self.lines.append(f"extern char oracle_force_tag_{number}[sizeof({kind} {tag}) + 1];")
