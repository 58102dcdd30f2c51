"""Bad input: a clear message, exit status 2, the output untouched."""

import os
import subprocess
import unittest

from hdrgen import HDRGEN, Case

GOOD = "struct s { int a; };\n"


class BadHeaders(Case):
    def test_no_such_header(self) -> None:
        self.refused("--header", "./none.h", says=["./none.h", "No such file"])
        self.refused("--header", "linux/none.h", says=["'linux/none.h' file not found", "-I"])

    def test_unreadable_file(self) -> None:
        self.write("x.h", GOOD).chmod(0)
        self.refused("--header", "x.h", says=["x.h", "Permission denied"], **self.other_user())

    def test_directory(self) -> None:
        (self.dir / "include").mkdir()
        self.refused("--header", "include", says=["'include' is a directory"])

    def test_syntax_error_names_the_place(self) -> None:
        self.write("bad.h", "struct s { int a };\nstruct t { int b; ;\n")
        result = self.refused("--header", "bad.h", "s", says=["bad.h:", "nothing is written"])
        self.assertRegex(result.err, r"bad\.h:\d+:\d+: error: ")

    def test_byte_order_of_a_record(self) -> None:
        """An attribute of gcc's that clang ignores."""
        for name in ("scalar_storage_order", "__scalar_storage_order__"):
            self.write("x.h", f'struct s {{ int a; }} __attribute__(({name}("big-endian")));\nstruct t {{ int a; }};\n')
            self.refused("--header", "x.h", "t", says=["x.h:1:", "scalar_storage_order"])
            self.refused("--header", "x.h", "s", "--keep-going", says="'s'")
            self.good("--header", "x.h", "t", "--keep-going")

    def test_pragmas_that_clang_ignores(self) -> None:
        """The layout that they ask for would not be given."""
        for pragma, word in (("#pragma scalar_storage_order big-endian", "wrong order"),
                             ("  #  pragma\tscalar_storage_order  little-endian", "wrong order"),
                             ('_Pragma("scalar_storage_order big-endian")', "wrong order"),
                             ("#pragma pack(push, 3)", "1, 2, 4, 8 and 16"), ("#pragma pack(32)", "1, 2, 4, 8 and 16"),
                             ("#pragma pack(push, name, 0x6)", "1, 2, 4, 8 and 16")):
            self.write("in.h", f"struct s {{ char c; int a; }};\n{pragma}\nstruct t {{ char c; int a; }};\n")
            self.write("x.h", '#include "in.h"\n')
            self.refused("--header", "x.h", "t", says=["in.h:2:", word, "x.h:1:10: note: included from here"])
        self.refused("--header", "x.h", "t", "--keep-going", says=["in.h:2:", "1, 2, 4, 8 and 16"])
        for flags in (["-w"], ["-Wno-ignored-pragmas"], ["-Wno-everything"], ["-Werror"]):
            self.refused("--header", "x.h", "t", "--", *flags, says=["in.h:2:", "1, 2, 4, 8 and 16"])
        self.write("system/in.h", "#pragma pack(3)\nstruct t { char c; int a; };\n")
        self.write("y.h", "#include <in.h>\n")
        self.refused("--header", "y.h", "t", "--", "-isystem", "system", says=["in.h:1:", "1, 2, 4, 8 and 16"])
        for pragma in ("#pragma pack(push, 2)", "#pragma pack()", "#pragma pack(push)", "#pragma pack(push, v3, 4)", "#pragma pack(0)",
                       "#pragma scalar_storage_order default", "#pragma GCC poison scalar_storage_order", "// #pragma pack(3)", "#if 0\n#pragma pack(3)\n#endif",
                       "extern int pragma_pack(int);", "#pragma once"):
            self.write("x.h", f"{pragma}\nstruct t {{ char c; int a; }};\n")
            self.good("--header", "x.h", "t")
        self.write("x.h", "#pragma strange\nstruct t { char c; int a; };\nint f(struct later *l);\n")
        for flags in (["-Werror"], ["-Wall", "-Werror"], ["-Werror", "-w"]):  # that clang warns of others is no error
            self.good("--header", "x.h", "t", "--", *flags)
        self.write("x.h", "struct t { int a; };\n")
        for more in ([], ["--keep-going"]):
            self.refused("--header", "x.h", "t", *more, "--", "-fsso-struct=big-endian", says="-fsso-struct=big-endian")

    def test_include_stack(self) -> None:
        self.write("outer.h", '#include "inner.h"\n')
        self.write("inner.h", "struct s { unknown_t a; };\n")
        self.refused("--header", "outer.h",
                     says=["inner.h:1:12: error: unknown type name 'unknown_t'",
                           "outer.h:1:10: note: included from here"])

    def test_missing_include_says_which_directory(self) -> None:
        self.write("x.h", "#include <asm/thread_info.h>\n")
        self.refused("--header", "x.h", says=["arch/<arch>/include", "no -I is given for this header"])
        self.write("y.h", "#include <generated/autoconf.h>\n")
        self.refused("--header", "y.h", "--", "-I.", says=["make prepare"])

    def test_kernel_headers_without_the_prelude(self) -> None:
        self.write("linux/x.h", "struct s { u32 a; };\n")
        self.refused("--header", "linux/x.h", "--", "-I.",
                     says=["-include <kernel>/include/linux/kconfig.h", "compiler_types.h",
                           "-D__KERNEL__"])

    def test_many_errors_are_cut_short(self) -> None:
        self.write("x.h", "".join(f"struct s{i} {{ unknown_t a; }};\n" for i in range(500)))
        result = self.refused("--header", "x.h", says="error")
        self.assertLess(len(result.err.splitlines()), 60)

    def test_empty_header(self) -> None:
        self.write("x.h", "")
        self.refused("--header", "x.h", "s", says="'s'")
        self.refused("--header", "x.h", says="no")

    def test_includes_itself(self) -> None:
        self.write("x.h", '#include "x.h"\n' + GOOD)
        self.refused("--header", "x.h", "s", says="nested too deeply")

    def test_binary_garbage(self) -> None:
        self.write("x.h", bytes((i * 7919 + i // 251) % 256 for i in range(100_000)))
        self.refused("--header", "x.h", "s", says="error")

    def test_ten_megabytes(self) -> None:
        text = "".join(f"struct s{i} {{ int a; long b[{i % 9}]; struct s{i} *next; }};\n"
                       for i in range(180_000))
        self.assertGreater(len(text), 10_000_000)
        self.write("big.h", text)
        out = self.good("--header", "big.h", "s179999", "-e", "json").out.decode()
        self.assertIn('"name": "s179999"', out)
        self.assertNotIn('"name": "s17999"', out)

    def test_a_quote_in_the_name(self) -> None:
        self.refused("--header", 'x"\n#include "y.h', says="#include line")

    def test_unknown_target(self) -> None:
        self.write("x.h", GOOD)
        for target in ["sausage-linux-gnu", "", "a\nb"]:
            self.refused("--header", "x.h", "--target", target, says="target")
        self.refused("--header", "x.h", "--", "--target=sausage", says="unknown target 'sausage'")

    def test_unknown_clang_argument(self) -> None:
        self.write("x.h", GOOD)
        self.refused("--header", "x.h", "--", "--no-such-thing", says="error")


class BadNames(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", "struct sk_buff { int a; }; struct declared; typedef struct declared dt;\n"
                          "struct both { int a; }; typedef int both;\n")

    def test_unknown_name_shows_the_nearest(self) -> None:
        self.refused("--header", "x.h", "sk_buf", says=["'sk_buf'", "sk_buff"])

    def test_only_declared(self) -> None:
        self.refused("--header", "x.h", "declared", says=["declared", "not defined"])

    def test_ambiguous(self) -> None:
        self.refused("--header", "x.h", "both", says=["struct both", "typedef both"])
        self.good("--header", "x.h", "struct both")
        self.good("--header", "x.h", "typedef both")

    def test_pattern_without_a_match(self) -> None:
        self.refused("--header", "x.h", "nf_*", says="nf_*")


class BadOutputs(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", GOOD)
        self.write("bad.h", "struct s { unknown_t a; };\n")

    def test_failure_leaves_the_old_output(self) -> None:
        self.write("out.rs", "precious")
        self.refused("--header", "bad.h", "s", "-o", "out.rs", says="unknown_t")
        self.refused("--header", "x.h", "t", "-o", "out.rs", says="'t'")
        self.assertEqual((self.dir / "out.rs").read_text(), "precious")
        self.assertEqual(sorted(p.name for p in self.dir.iterdir()), ["bad.h", "out.rs", "x.h"])

    def test_full_disk(self) -> None:
        self.refused("--header", "x.h", "s", "-o", "/dev/full", says="No space left")
        with open("/dev/full", "wb") as full:
            process = subprocess.run([HDRGEN, "--header", "x.h", "s"], cwd=self.dir, stdout=full,
                                     stderr=subprocess.PIPE, check=False)
        self.assertEqual(process.returncode, 2)
        self.assertIn(b"No space left", process.stderr)

    def test_unwritable_output(self) -> None:
        self.refused("--header", "x.h", "s", "-o", "no/such/dir/x.rs", says="no/such/dir/x.rs")
        self.refused("--header", "x.h", "s", "-o", ".", says="directory")

    def test_output_is_an_input(self) -> None:
        self.refused("--header", "x.h", "s", "-o", "x.h", "-e", "rust", says="one of the files")
        self.assertEqual((self.dir / "x.h").read_text(), GOOD)

    def test_depfile_failure_writes_nothing(self) -> None:
        self.refused("--header", "x.h", "s", "-o", "x.rs", "--depfile", "no/dir/x.d",
                     says="no/dir/x.d")
        self.assertFalse((self.dir / "x.rs").exists())
        self.refused("--header", "x.h", "s", "--depfile", "x.d", says="-o")


class KeepGoing(Case):
    TEXT = """struct good { int a; };
struct bad { unknown_t b; };
struct worse { struct bad c; };
struct fine { struct bad *d; };
typedef oops_t tt;
struct by_typedef { tt x; };
enum en { A = UNDEFINED, B };
struct by_bound { int x[B]; };
struct by_sizeof { char x[sizeof(struct bad)]; };
struct also_fine { enum en *e; };
"""

    def test_leaves_out_what_errors_touch_and_names_it(self) -> None:
        self.write("x.h", self.TEXT)
        result = self.good("--header", "x.h", "--keep-going", "-e", "json")
        text = result.out.decode()
        for kept in ["good", "fine", "also_fine"]:
            self.assertIn(f'"name": "{kept}"', text)
        for left_out in ["worse", "by_typedef", "by_bound", "by_sizeof"]:
            self.assertNotIn(f'"name": "{left_out}"', text)
            self.assertIn(f"struct '{left_out}' is left out", result.err)
        self.assertRegex(text, r'"name": "bad", "size": 0, "align": \w+, "complete": false')
        self.assertNotIn('"tt"', text)

    def test_asking_for_what_is_left_out_fails(self) -> None:
        self.write("x.h", self.TEXT)
        for name in ["bad", "worse", "tt"]:
            self.refused("--header", "x.h", name, "--keep-going", says=name)

    def test_redefinition_touches_both(self) -> None:
        self.write("x.h", "struct s { int a; };\nstruct s { long b; };\nstruct t { int c; };\n")
        self.refused("--header", "x.h", "s", "--keep-going", says="'s'")
        self.good("--header", "x.h", "t", "--keep-going")

    def test_preprocessor_errors_still_end_the_run(self) -> None:
        self.write("missing.h", "#include <none.h>\nstruct s { int a; };\n")
        self.write("directive.h", "#error no\nstruct s { int a; };\n")
        self.write("condition.h", "#if FOO(\nstruct s { int a; };\n#endif\n")
        for header in ["missing.h", "directive.h", "condition.h"]:
            self.refused("--header", header, "s", "--keep-going", says="preprocessor")

    def test_error_in_a_file_included_within_a_record(self) -> None:
        self.write("members.h", "unknown_t a;\n")
        self.write("x.h", 'struct s {\n#include "members.h"\nint b; };\nstruct t { int c; };\n')
        self.refused("--header", "x.h", "s", "--keep-going", says="'s'")
        self.good("--header", "x.h", "t", "--keep-going")

    def test_strict(self) -> None:
        self.write("x.h", self.TEXT)
        self.refused("--header", "x.h", "good", "--keep-going", "--strict", says="--strict")


if __name__ == "__main__":
    unittest.main()
