"""--keep-going: whatever an error touches is left out and named, and nothing else; without it nothing is written."""

import json
import unittest

from hdrgen import Case

REST = """
struct good { int a; long b; };
struct holder { struct bad x; int y; };
struct pointing { struct bad *p; };
"""
# An error in `struct bad`, or in what it is made of.
TOUCHED = {
    "a record within it": "struct bad { int a; struct { unknown_t b; } in; };",
    "an anonymous one": "struct bad { int a; struct { int k; unknown_t b; }; };",
    "a member's type": "struct bad { unknown_t b; int c; };",
    "an array's bound": "struct bad { char a[UNKNOWN]; int c; };",
    "the size of one": "struct bad { char a[sizeof(unknown_t)]; };",
    "a width": "struct bad { int a : UNKNOWN; int c; };",
    "a typedef": "typedef unknown_t foo_t; struct bad { foo_t a; };",
    "a typedef's bound": "typedef char foo_t[UNKNOWN]; struct bad { foo_t a; };",
    "an enumerator": "enum e { A = UNKNOWN, B }; struct bad { char a[B + 1]; };",
    "enumerators of enumerators": "enum e { A = UNKNOWN, B = 7 }; enum f { C = B + A }; struct bad { char a[C]; };",
    "a macro": "#define FIELDS int a; unknown_t b;\nstruct bad { FIELDS int c; };",
    "a record of a macro": "#define DEF(n) struct n { unknown_t q; int z; }\nDEF(bad);",
    "_Alignas": "struct bad { _Alignas(UNKNOWN) int a; };",
    "a member's alignment": "struct bad { char c; int a __attribute__((aligned(UNKNOWN))); };",
    "its alignment": "struct bad { char c; int b; } __attribute__((aligned(UNKNOWN)));",
    "its alignment, in a macro": "#define AL __attribute__((aligned(UNKNOWN)))\nstruct bad { int b; } /* ; */ AL;",
    "its alignment, after a macro": "#define DEF(n, f) struct n { f } __attribute__((aligned(UNKNOWN)))\nDEF(bad, int a; char b;);",
    "a typedef's alignment": "typedef int al_t __attribute__((aligned(UNKNOWN))); struct bad { char c; al_t b; };",
    "a typedef's mode": "typedef int m_t __attribute__((mode(UNKNOWN))); struct bad { m_t b; };",
    "an enum's mode": "enum e { A } __attribute__((mode(UNKNOWN))); struct bad { enum e a; };",
    "a vector's size": "typedef int v_t __attribute__((vector_size(UNKNOWN))); struct bad { v_t b; };",
    "an assertion": 'struct bad { int a; _Static_assert(sizeof(int) == 5, "x"); };',
    "a member twice": "struct bad { int a; char a; };",
    "a record twice": "struct bad { int a; }; struct bad { int b; long c; };",
    "a typedef twice": "typedef int t; typedef long t; struct bad { t a; };",
    "an enumerator twice": "enum { N = 4 }; enum { N = 8 }; struct bad { char c[N]; };",
    "an offset": "struct x { unknown_t q; int z; }; struct bad { char a[__builtin_offsetof(struct x, z)]; };",
    "an incomplete record": "struct inc; struct bad { struct inc i; };",
}
# The preprocessor may have taken another way.
PREPROCESSOR = {
    "#error": "#error no\nstruct bad { int a; };",
    "#error within": "struct bad { int a;\n#error no\n};",
    "#include in #ifdef": '#define X 1\n#ifdef X\n#include "none.h"\n#endif\nstruct bad { int a; };',
    "#if": "#if UNKNOWN(3)\n#endif\nstruct bad { int a; };",
}


class KeepGoing(Case):
    def test_touched(self) -> None:
        for what, text in TOUCHED.items():
            with self.subTest(what):
                self.write("x.h", text + REST)
                self.refused("--header", "x.h", "good", says="nothing is written")
                result = self.good("--header", "x.h", "*", "--keep-going", "-e", "json")
                types = {t.get("name"): t for t in json.loads(result.out)["types"]}
                self.assertFalse(types["bad"]["complete"])
                self.assertNotIn("holder", types)
                self.assertEqual((types["good"]["size"], types["pointing"]["size"]), (16, 8))
                for name in ("bad", "holder"):
                    self.assertIn(f"struct '{name}' is left out", result.err)
                self.refused("--header", "x.h", "holder", "--keep-going", says="'holder'")

    def test_preprocessor(self) -> None:
        for what, text in PREPROCESSOR.items():
            with self.subTest(what):
                self.write("x.h", text + REST)
                self.refused("--header", "x.h", "good", says="nothing is written")
                self.refused("--header", "x.h", "good", "--keep-going", says="preprocessor")


if __name__ == "__main__":
    unittest.main()
