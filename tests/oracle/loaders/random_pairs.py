"""Random programs with CO-RE relocations, and random targets for them.

There is a world of names: structs, enums, typedefs. A program has one version of it, its target another, in which members moved or went away,
became bit-fields, arrays of another shape or integers of another size, and some types are there twice. The program asks all kinds of relocations of
members, elements, types and enumerators, each in a function of its own.
"""

from __future__ import annotations

import random

INTS = ("char", "unsigned char", "short", "unsigned short", "int", "unsigned int", "long long", "unsigned long long", "_Bool")
TYPEDEFS = ("int {}", "unsigned long long {}", "float {}", "int (*{})(int, char *)", "struct absent *{}", "char {}[3]", "void *{}", "short {}[2][3]")
OFFSET, SIZE, EXISTS, SIGNED, LSHIFT, RSHIFT = range(6)
MEMBERS = 6


class World:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.structs = [f"s{i}" for i in range(self.random.randint(2, 5))]
        self.enums = [f"e{i}" for i in range(self.random.randint(1, 3))]
        self.typedefs = [f"t{i}" for i in range(self.random.randint(1, 4))]
        # What the program can ask for: a struct, the path in it, and what may be asked of it.
        self.fields: list[tuple[str, str, tuple[int, ...]]] = []
        self.enumerators: list[tuple[str, str]] = []

    def member(self, depth: int) -> tuple[str, str, str, str]:
        """Words before the name and after it, the element that is accessed in it, and its sort."""
        r = self.random
        enum = "enum " + r.choice(self.enums)
        sort = r.choices(("int", "bits", "pointer", "array", "enum", "typedef", "float", "struct"), (35, 15, 8, 20, 8, 6, 3, 7))[0]
        if sort == "bits":
            return r.choice(("unsigned int", "int", "unsigned long long", "unsigned char", enum)), f" : {r.randint(1, 7)}", "", sort
        if sort == "pointer":
            return r.choice(("void *", "struct s0 *", "struct absent *")), "", "", sort
        if sort == "array":
            dimensions = [r.randint(1, 4) for _ in range(r.choice((1, 1, 2, 2, 3)))]
            # At times of one element more than this version has: in the other one it may be there.
            element = "".join(f"[{r.randrange(d)}]" for d in dimensions)
            return r.choice((*INTS, enum, "void *")), "".join(f"[{d}]" for d in dimensions), element, sort
        if sort == "struct" and depth > 0:
            return f"struct s{depth - 1}", "", "", sort
        words = {"enum": enum, "typedef": r.choice(self.typedefs), "float": r.choice(("float", "double"))}
        return (words[sort], "", "", sort) if sort in words else (r.choice(INTS), "", "", "int")

    def note(self, record: str, member: str, element: str, sort: str) -> None:
        """Of what clang cannot compute, like the sign of a pointer, it is not asked."""
        kinds = {"int": (OFFSET, SIZE, EXISTS, SIGNED, LSHIFT, RSHIFT), "bits": (OFFSET, SIZE, EXISTS, SIGNED, LSHIFT, RSHIFT),
                 "enum": (OFFSET, SIZE, EXISTS, SIGNED)}
        self.fields.append((record, member, kinds.get(sort, (OFFSET, SIZE, EXISTS))))
        if element:
            self.fields.append((record, member + element, (OFFSET, SIZE, EXISTS)))

    def record(self, name: str, depth: int, is_noted: bool) -> str:
        r = self.random
        names = [f"m{i}" for i in range(MEMBERS) if r.random() < 0.85] or ["m0"]
        r.shuffle(names)
        lines, nested = [], 0
        for member in names:
            if r.random() < 0.15 and nested < 3:
                lines.append(r.choice(("struct {", "union {")))
                nested += 1
            before, after, element, sort = self.member(depth)
            lines.append(f"{before} {member}{after};")
            if is_noted:
                self.note(f"struct {name}", member, element, sort)
            if nested and r.random() < 0.4:
                lines.append("};")
                nested -= 1
        lines += ["};"] * nested
        if r.random() < 0.25:
            size = r.choice(("", "", "1", "3"))
            lines.append(f"{r.choice(INTS)} last[{size}];")
            if is_noted:
                self.note(f"struct {name}", "last", f"[{r.choice((0, 1, len(names))) if not size else 0}]", "array")
        return f"struct {name} {{ " + " ".join(lines) + " };\n"

    def enum(self, name: str, flavour: str, is_noted: bool) -> str:
        r = self.random
        large = r.choice((0, 0, 0x80000000, 1 << 40))
        sign = r.choice((1, 1, -1))
        kept = [i for i in range(4) if r.random() < 0.85] or [0]
        if is_noted:
            self.enumerators += [(name, f"{name}_{i}") for i in kept]
        return f"enum {name}{flavour} {{ " + ", ".join(f"{name}_{i}{flavour} = {sign * r.randrange(50) if i else large}LL" for i in kept) + " };\n"

    def version(self, is_noted: bool) -> str:
        text = "struct absent;\n" + "".join(self.enum(name, "", is_noted) for name in self.enums)
        text += "".join(f"typedef {self.random.choice(TYPEDEFS).format(name)};\n" for name in self.typedefs)
        return text + "".join(self.record(name, depth, is_noted) for depth, name in enumerate(self.structs))

    def program(self) -> str:
        text = "#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)\n" + self.version(True)
        text += "struct nowhere { int x; };\n#pragma clang attribute pop\n"
        self.note("struct nowhere", "x", "", "int")
        questions = []
        for record, path, kinds in self.fields:
            questions += [f"{record} *s = p; return __builtin_preserve_field_info(s->{path}, {kind});" for kind in kinds]
            if SIGNED in kinds:
                questions.append(f"{record} *s = p; return s->{path};")  # the load itself is relocated
        for name in [*(f"struct {s}" for s in (*self.structs, "nowhere")), *self.typedefs, *(f"enum {e}" for e in self.enums)]:
            questions += [f"return __builtin_preserve_type_info(*({name} *)0, {kind});" for kind in (0, 1)]
            questions += [f"return __builtin_btf_type_id(*({name} *)0, {kind});" for kind in (0, 1)]
        for name, enumerator in self.enumerators:
            questions += [f"return __builtin_preserve_enum_value(*(enum {name} *){enumerator}, {kind});" for kind in (0, 1)]
        for number, question in enumerate(questions):
            text += f'__attribute__((section("raw_tp/f{number % 3}"), used)) unsigned long f{number}(void *p) {{ {question} }}\n'
        return text

    def target(self) -> str:
        r = self.random
        text = self.version(False)
        names = [*(f"struct {s}" for s in self.structs), *(f"enum {e}" for e in self.enums), *self.typedefs]
        if r.random() < 0.4:
            text += self.record("s0___other", 0, False)
            names.append("struct s0___other")
        if r.random() < 0.3:
            text += self.enum("e0", "___other", False)
            names.append("enum e0___other")
        return text + "".join(f"{name} own{i};\n" for i, name in enumerate(names))
