"""Types of hdrgen's JSON as C text, for use inside assertions.

    Speller.type(Ref(pointer to array of int))  ->  "int (*)[4]"
    Speller.name(record)                        ->  "struct foo", or "oracle_t12" for a record without a tag

Records and enums without a tag get a typedef of their own (see c_asserts.py); what cannot be spelled gives None.
"""

from __future__ import annotations

from model import Model, Ref, Type

# Tags that clang declares itself and that C text cannot name; compare_dump.py still compares their records.
UNSPEAKABLE = ("__va_list_tag", "__va_list", "__NSConstantString_tag")
QUALIFIERS = ("const", "volatile", "restrict")


class Speller:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.alias: dict[int, str] = {}

    def name(self, t: Type) -> str | None:
        """A one-word (or tag) C name for the type itself."""
        if t.id in self.alias:
            return self.alias[t.id]
        if not t.name:
            return {"bool": "_Bool", "char": "char"}.get(t.kind)
        if t.kind in ("struct", "union", "enum"):
            if t.name in UNSPEAKABLE:
                return None
            return f"{t.kind} {t.name}"
        if t.kind == "bool":
            return "_Bool"
        return t.name if t.kind in ("int", "char", "float", "typedef") else None

    def type(self, ref: Ref, inner: str = "") -> str | None:
        """The type as C writes it, with `inner` where a declared name would stand."""
        if "atomic" in ref.quals:
            plain = self.type(Ref(ref.id, tuple(q for q in ref.quals if q != "atomic" and q not in QUALIFIERS)))
            return plain and f"_Atomic({plain}) {self._quals(ref)}{inner}"
        t = self.model.types.get(ref.id)
        if t is None:
            return f"{self._quals(ref)}void {inner}"
        if t.kind == "pointer":
            return self.pointer_to(t.ref, f"{self._quals(ref)}{inner}")
        if t.kind == "array" and t.flavour:
            element = self.type(t.ref)
            word = "_Complex " if t.flavour == "complex" else f"__attribute__((vector_size({t.size}))) "
            return element and f"{self._quals(ref)}{word}{element} {inner}"
        if t.kind == "array":
            quals = tuple(dict.fromkeys((*t.ref.quals, *ref.quals)))
            return self.type(Ref(t.ref.id, quals), f"{inner}[{t.count}]")
        if t.kind == "function":
            params = [self.type(p) for p in t.params]
            if any(p is None for p in params):
                return None
            listed = [p for p in params if p is not None] + (["..."] if t.variadic and params else [])
            return self.type(t.ref, f"{inner}({', '.join(listed) or ('' if t.variadic else 'void')})")
        name = self.name(t)
        return name and f"{self._quals(ref)}{name} {inner}"

    def pointer_to(self, ref: Ref, inner: str = "") -> str | None:
        """A pointer to the type; comparing these compares qualifiers too, which C ignores at the top level."""
        target = self.model.types.get(ref.id)
        grouped = target is not None and target.kind in ("array", "function") and "atomic" not in ref.quals
        return self.type(ref, f"(*{inner})" if grouped else f"*{inner}")

    @staticmethod
    def _quals(ref: Ref) -> str:
        return "".join(f"{q} " for q in ref.quals if q in QUALIFIERS)
