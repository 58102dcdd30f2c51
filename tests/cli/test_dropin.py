"""aya-tool's and bindgen's command lines: bindgen's options between two --, and hdrgen by the name of bindgen."""

import os
import re
import shutil
import subprocess
import unittest
from typing import ClassVar

from hdrgen import HDRGEN, Case, Result

HEADER = """
enum color { RED, GREEN };
enum shape { ROUND, FLAT };
typedef unsigned long size_t;
struct inner { int x; };
struct task_struct { int pid; struct inner in; enum color c; size_t s; };
struct sock { long family; enum shape shape; };
#define ANSWER 42
#define QUESTION "what"
#define SECRET 7
"""

# Options of bindgen after 0.60, and how many words follow each; those of the one that is here are asked of itself.
NEWER = {
    "--newtype-global-enum": 1, "--rustified-non-exhaustive-enum": 1, "--default-non-copy-union-style": 1,
    "--bindgen-wrapper-union": 1, "--manually-drop-union": 1, "--blocklist-var": 1, "--generate-cstr": 0,
    "--nonnull-references": 0, "--rust-edition": 1, "--allowlist-item": 1, "--no-size_t-is-usize": 0,
    "--formatter": 1, "--extern-fn-block-attrs": 1, "--prefix-link-name": 1,
    "--use-specific-virtual-function-receiver": 0, "--use-distinct-char16-t": 0, "--represent-cxx-operators": 0,
    "--sort-semantically": 0, "--merge-extern-blocks": 0, "--override-abi": 1, "--wrap-unsafe-ops": 0,
    "--clang-macro-fallback": 0, "--clang-macro-fallback-build-dir": 1, "--flexarray-dst": 0,
    "--with-derive-custom": 1, "--with-derive-custom-struct": 1, "--with-derive-custom-enum": 1,
    "--with-derive-custom-union": 1, "--with-attribute-custom": 1, "--with-attribute-custom-struct": 1,
    "--with-attribute-custom-enum": 1, "--with-attribute-custom-union": 1, "--wrap-static-fns": 0,
    "--wrap-static-fns-path": 1, "--wrap-static-fns-suffix": 1, "--default-visibility": 1,
    "--generate-deleted-functions": 0, "--generate-pure-virtual-functions": 0, "--generate-private-functions": 0,
    "--emit-diagnostics": 0, "--generate-shell-completions": 1, "--experimental": 0, "--no-derive-default": 0,
    # and older spellings
    "--whitelist-type": 1, "--whitelist-function": 1, "--whitelist-var": 1, "--blacklist-type": 1,
    "--blacklist-item": 1, "--blacklist-function": 1, "--no-recursive-whitelist": 0, "--no-unstable-rust": 0,
}
VALUES = {"--default-enum-style": "consts", "--generate": "types", "--rust-target": "1.80", "--output": "x.rs",
          "-o": "x.rs", "--depfile": "x.d", "--ctypes-prefix": "cty", "--default-alias-style": "type_alias"}


class DropIn(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", HEADER)

    def between(self, *options: str, names: tuple[str, ...] = ("sock",)) -> Result:
        return self.run_hdrgen("generate", "--header", "x.h", *names, "--", *options, "--")

    def same(self, theirs: list[str], ours: list[str]) -> None:
        """But for the command in the preamble."""
        def body(arguments: list[str]) -> list[bytes]:
            result = self.good(*arguments)
            self.assertNotIn("warning", result.err)
            lines = result.out.splitlines()
            self.assertGreater(len(lines), 5)
            return [line for line in lines if b"hdrgen --header" not in line]
        self.assertEqual(body(theirs), body(ours))


@unittest.skipUnless(shutil.which("bindgen"), "no bindgen")
class Known(DropIn):
    """Every option that bindgen has, with the words that follow it."""

    def options(self) -> dict[str, int]:
        text = subprocess.run(["bindgen", "--help"], capture_output=True, text=True, check=True).stdout
        found = dict(NEWER)
        # a line of its own in each release's form; descriptions are indented by more
        for names, values in re.findall(r"^ {2,8}((?:-\w, )?--[\w-]+)((?: <[^<>]+>)*)(?: \[[^]]*\])?$", text, re.M):
            for name in names.replace(",", "").split():
                found[name] = values.count("<")
        for own in ("-h", "--help", "-V", "--version"):
            found.pop(own, None)
        self.assertGreater(len(found), 120)
        return found

    def test_flags(self) -> None:
        """Between any two is an option that is told of: none takes it for a value."""
        flags = [name for name, values in self.options().items() if values == 0]
        words = [word for i, flag in enumerate(flags) for word in (flag, "--with-derive-custom", f"{i}.")]
        result = self.between(*words)
        self.assertEqual(result.status, 0, result.err)
        for i, flag in enumerate(flags):
            self.assertIn(f"--with-derive-custom {i}. is left out", result.err, flag)
        told = [line for line in result.err.splitlines() if "--with-derive-custom" not in line]
        self.assertGreater(len(told), 10)
        for line in told:
            self.assertRegex(line, r"^hdrgen: warning: --[\w-]+ is left out: .{10,}")
        self.assertEqual(self.between("--use-core=x").err,
                         "hdrgen: error: bindgen's option '--use-core' takes no value\n")

    def test_options_with_values(self) -> None:
        """One word too many, or one too few, is no option of bindgen."""
        words: list[str] = []
        for name, values in self.options().items():
            words += [name, *[VALUES.get(name, "root" if values == 2 else "sock")] * values] if values else []
        result = self.between(*words)
        self.assertEqual(result.status, 0, result.err)
        self.assertTrue((self.dir / "x.d").exists())
        for line in result.err.splitlines():
            if "--allowlist-var" not in line and "no macro" not in line:
                self.assertRegex(line, r"^hdrgen: warning: --[\w-]+ \S+ is left out: .{10,}")


class Meaning(DropIn):
    def test_options_become_hdrgens(self) -> None:
        base = ["--header", "x.h", "task_struct"]
        for theirs, ours in [
                (["--use-core", "--ctypes-prefix", "cty"], ["--ctypes-prefix", "cty"]),
                (["--ctypes-prefix=::libc", "--default-enum-style=moduleconsts"],
                 ["--ctypes-prefix", "::libc", "--enum-style", "module"]),
                (["--with-derive-default"], ["--derive", "Debug,Default"]),
                (["--with-derive-eq", "--no-derive-debug"], ["--derive", "none,PartialEq,Eq"]),
                (["--default-enum-style", "newtype"], ["--enum-style", "newtype"]),
                (["--rustified-enum=.*"], ["--enum-style", "rust"]),
                (["--constified-enum", "*"], []),
                (["--raw-line", "// mine", "--module-raw-line", "root", "// too"],
                 ["--raw-line", "// mine", "--raw-line", "// too"]),
                (["--opaque-type", "in.+"], ["--opaque-type", "in?*"]),
                (["--blocklist-type", "inner|siz.*", "--blacklist-type=color"],
                 ["--blocklist-type", "inner", "--blocklist-type", "siz*", "--blocklist-type", "color"]),
                (["--allowlist-var", "A.*"], ["--macros", "A*"]),
                (["--allowlist-var", ".*", "--blocklist-item", "SE.*", "--blocklist-var", "QUEST(ION)?"],
                 ["--macros", "[AQS]*", "--macros", "!SE*", "--macros", "!QUESTION"]),
                (["--no-layout-tests", "--no-doc-comments", "--formatter=none", "--blocklist-function", "_.*",
                  "--rust-target", "1.82.0", "--default-visibility", "public"], []),
                (["--allowlist-type", "sock|in.*"], ["sock", "in*"])]:
            self.same(["generate", *base, "--", *theirs, "--", "-DX"], [*base, *ours, "--", "-DX"])
        self.assertNotEqual(self.good(*base, "--derive", "Debug,Default").out, self.good(*base).out)

    def test_regular_expressions(self) -> None:
        names = ["NGX_a", "ngx_b", "io_x", "_IOCR", "IOCW", "cuuint32_t", "cuuint64_t", "v7", "end"]
        self.write("n.h", "".join(f"struct {name} {{ int a; }};\n" for name in names))
        for expression, wanted in [
                ("^(NGX|ngx)_.*$", ["NGX_a", "ngx_b"]), ("io_.+", ["io_x"]), ("_?IOC[RW]", ["_IOCR", "IOCW"]),
                (r"cuuint(32|64)_t", ["cuuint32_t", "cuuint64_t"]), (r"v\d", ["v7"]), ("e..", ["end"]),
                ("(?:n|N)[^x]\\w_.*?", ["NGX_a", "ngx_b"]), ("(^end$)|v7", ["v7", "end"]), (r".*_[ab]", ["NGX_a", "ngx_b"])]:
            out = self.good("--header", "n.h", "--", "--allowlist-type", expression, "--").out.decode()
            self.assertEqual(re.findall(r"^ *pub struct (\w+)", out, re.M), wanted, expression)
        for expression, wanted in [
                ("v[0-9]+", ["v7"]), ("[a-z]+[0-9]{2}_t", ["cuuint32_t", "cuuint64_t"]), ("(io|e)(_x|nd)", ["io_x", "end"]),
                ("[[:upper:]_]+", ["_IOCR", "IOCW"]), ("(?:[nN](g|G)X?x?_?)+?[ab]", ["NGX_a", "ngx_b"]), ("nd|v.?", ["v7"]),
                (r"\w+\d", ["v7"])]:
            out = self.good("--header", "n.h", "--", "--allowlist-type", expression, "--").out.decode()
            self.assertEqual(re.findall(r"^ *pub struct (\w+)", out, re.M), wanted, expression)
            out = self.good("--header", "n.h", "--opaque-type", "^.*$", "--", "--blocklist-type", expression, "--").out.decode()
            self.assertEqual(re.findall(r"^ *pub struct (\w+)", out, re.M), [name for name in names if name not in wanted])
        for bad, why in [("(a", "Unmatched ( or"), ("[a", "Unmatched ["), ("a{2", "Unmatched"), ("*a", "Invalid preceding regular"),
                         ("[z-a]", "Invalid range end")]:
            for option in ("--allowlist-type", "--blocklist-type", "--allowlist-var"):
                result = self.run_hdrgen("--header", "n.h", "--", option, bad, "--")
                self.assertEqual((result.status, result.out), (2, b""), bad)
                self.assertIn(f"{option} {bad}: this is no regular expression: {why}", result.err)
        for bad, why in [("a)", "a ) without its ("), ("", "an expression of nothing"), (r"\b", "escapes but"), ("(?i)a", "look-around, flags"),
                         ("[a[b]]", "sets within sets"), (r"[\w]", "escapes in them"), ("a(?=b)", "look-around")]:
            result = self.run_hdrgen("--header", "n.h", "--", "--allowlist-type", bad, "--")
            self.assertEqual((result.status, result.out), (2, b""), bad)
            self.assertIn(f"--allowlist-type {bad}: regular expressions have no ", result.err)
            self.assertIn(why, result.err)

    def test_expressions_of_hdrgens_own(self) -> None:
        """What begins with ^ in the places of shell patterns; they are searched for, as POSIX has it."""
        self.write("n.h", "".join(f"struct {name} {{ int a; }};\n#define M_{name} 1\n" for name in ("v7", "v77", "v7_t", "w7")))
        self.good("--header", "n.h", "-o", "n.btf")
        for source in (["--header", "n.h"], ["--btf", "n.btf"]):
            for name, wanted in [("^v[0-9]+$", ["v7", "v77"]), ("struct ^v7", ["v7", "v77", "v7_t"]), ("^[vw]7$", ["v7", "w7"])]:
                out = self.good("list", *source, name).out.decode()
                self.assertEqual([line.split("\t")[1] for line in out.splitlines()], wanted)
        self.assertIn("struct v77", self.good("show", "--btf", "n.btf", "^v[0-9]{2}$").out.decode())
        out = self.good("--header", "n.h", "w7", "--macros", "^M_v[0-9]+$", "--macros", "!^M_v77$").out.decode()
        self.assertEqual(re.findall(r"M_\w+", out.replace("macros '^M_v[0-9]+$'", "").replace("!^M_v77", "")), ["M_v7"])
        self.refused("list", "--btf", "n.btf", "^v[0-9", says="^v[0-9: this is no regular expression: Unmatched [")
        self.refused("list", "--btf", "n.btf", "^x[0-9]+$", says="no type that matches '^x[0-9]+$'")
        self.refused("generate", "--header", "n.h", "w7", "--macros", "^M(", says="--macros: this is no regular expression")

    def test_clang_arguments_follow_the_second(self) -> None:
        self.write("n.h", "struct s { char a[N]; };")
        out = self.good("--header", "n.h", "s", "--", "--use-core", "--", "-DN=7").out
        self.assertIn(b"[c_char; 7]", out)

    def test_warnings_name_the_users_words(self) -> None:
        result = self.between("--newtype-enum", "col.*", "--impl-debug", "--allowlist-function=f", "--rust-target=1.47",
                              "--default-enum-style", "bitfield", "--size_t-is-usize")
        self.assertEqual(result.status, 0)
        for part in ("--newtype-enum col.* is left out: all enums have one style; for this one say "
                     "--default-enum-style newtype", "--impl-debug is left out:", "--allowlist-function f is left out:",
                     "--rust-target 1.47 is left out: the output needs rustc 1.77",
                     "--default-enum-style bitfield is written as newtype", "--blocklist-type size_t --raw-line"):
            self.assertIn(part, result.err)

    def test_what_the_warning_proposes_for_size_t(self) -> None:
        out = self.good("--header", "x.h", "task_struct", "--", "--blocklist-type", "size_t", "--raw-line",
                        "pub type size_t = usize;", "--").out.decode()
        self.assertIn("size_of::<size_t>() == 8", out)
        self.assertNotIn("c_ulong", out)

    def test_what_matches_nothing(self) -> None:
        """A warning of an allowlist, as in bindgen; but something must be there, and NAMEs are meant."""
        result = self.between("--allowlist-type", "nonesuch")
        self.assertEqual(result.status, 0)
        self.assertIn("warning: there is no type named 'nonesuch'", result.err)
        result = self.between("--allowlist-type", "nonesuch", names=())
        self.assertEqual(result.status, 2)
        self.assertIn("none of the types that were asked for is there", result.err)
        self.assertEqual(self.between("--use-core", names=("nonesuch",)).status, 2)
        self.assertEqual(self.between("--blocklist-type", "nonesuch").err, "")

    def test_what_cannot_be_understood(self) -> None:
        base = ["generate", "--header", "x.h", "sock", "--"]
        self.refused(*base, "--ctypes-prefix", "cty", says=["--ctypes-prefix", "add -- after"])
        self.refused(*base, "--frobnicate", "--", says=["'--frobnicate'", "leave it out"])
        self.refused(*base, "--ctypes-prefix", "--", says="'--ctypes-prefix' needs a value")
        self.refused(*base, "--module-raw-line", "root", "--", says="'--module-raw-line' needs a value")
        self.refused(*base, "--default-enum-style", "fancy", "--", says="--default-enum-style fancy: bindgen's styles")
        self.refused("list", *base[1:3], "--", "--default-enum-style", "rust", "--",
                     says="--default-enum-style does not go with list")
        self.refused(*base[:-1], "-e", "c", "--", "--default-enum-style", "rust", "--",
                     says="--default-enum-style is an option of bindgen, which writes Rust")
        self.refused("--use-core", *base[1:4], says=["'--use-core' is an option of bindgen", "between two --", "by the name bindgen"])


class Btf(DropIn):
    def setUp(self) -> None:
        super().setUp()
        self.good("--header", "x.h", "-o", "vmlinux.btf")

    def test_names_btf_and_header(self) -> None:
        out = self.good("generate", "--btf", "vmlinux.btf", "task_struct", "sock").out
        self.assertIn(b"pub struct task_struct", out)
        self.assertIn(b"pub struct sock", out)
        self.assertIn(b"pub struct sock", self.good("generate", "--header", "x.h", "sock").out)

    def test_names_that_are_regular_expressions(self) -> None:
        self.refused("generate", "--btf", "vmlinux.btf", "task_.*",
                     says="no type that matches 'task_.*' in what was read; names are shell patterns, with * for .*")
        self.good("generate", "--btf", "vmlinux.btf", "task_*")

    def test_options_behind_one_dash_dash(self) -> None:
        self.good("generate", "--btf", "vmlinux.btf", "task_struct", "sock", "--", "-o", "vmlinuz.rs")
        self.assertIn("pub struct sock", (self.dir / "vmlinuz.rs").read_text())
        self.good("generate", "--btf", "vmlinux.btf", "sock", "--", "-osock.rs", "--no-layout-tests")
        self.assertIn("pub struct sock", (self.dir / "sock.rs").read_text())

    def test_macros_are_not_there(self) -> None:
        said = self.good("generate", "--btf", "vmlinux.btf", "sock", "--", "--allowlist-var", "A.*").err
        self.assertIn("--allowlist-var A.* is left out: BTF lists no macros", said)

    def test_a_module_continues_the_kernel_beside_it(self) -> None:
        """As bpftool has it of /sys/kernel/btf."""
        beside = self.dir / "sys/kernel/btf"
        beside.mkdir(parents=True)
        self.write("k.c", "struct kernel_thing { int a; } thing; int f(struct kernel_thing *t) { return t->a; }")
        self.write("m.c", "struct kernel_thing { int a; }; struct module_thing { struct kernel_thing k; long b; } mine;")
        for name in ("k", "m"):
            subprocess.run(["gcc", "-g", "-c", f"{name}.c"], cwd=self.dir, check=True)
        subprocess.run(["pahole", "--btf_encode_detached", beside / "vmlinux", "k.o"], cwd=self.dir, check=True)
        subprocess.run(["pahole", "--btf_base", beside / "vmlinux", "--btf_encode_detached", beside / "nvme", "m.o"],
                       cwd=self.dir, check=True)
        out = self.good("generate", "--btf", "sys/kernel/btf/nvme", "module_thing").out
        self.assertEqual(out, self.good("--btf", "sys/kernel/btf/nvme", "--base-btf", "sys/kernel/btf/vmlinux",
                                        "module_thing").out)
        self.assertIn(b"pub struct kernel_thing", out)


class Program(DropIn):
    """hdrgen by the name of bindgen."""

    environment: ClassVar[dict[str, str]] = {}

    def setUp(self) -> None:
        super().setUp()
        (self.dir / "bin").mkdir()
        (self.dir / "bin/bindgen").symlink_to(HDRGEN)
        self.environment.update({**os.environ, "PATH": f"{self.dir}/bin:{os.environ['PATH']}"})

    def bindgen(self, *arguments: str, says: str = "") -> str:
        result = subprocess.run(["bindgen", *arguments], cwd=self.dir, env=self.environment, capture_output=True,
                                text=True, timeout=60, check=False)
        self.assertEqual(result.returncode, 2 if says else 0, result.stderr)
        self.assertIn(says, result.stderr)
        return result.stdout

    def test_everything_macros_too(self) -> None:
        out = self.bindgen("x.h")
        for part in ("pub struct task_struct", "pub struct sock", "pub const ANSWER: c_int = 42;", "QUESTION"):
            self.assertIn(part, out)
        self.assertIn("// Command: hdrgen --header x.h --macros '*'\n", out)
        self.assertNotIn("ANSWER", self.bindgen("--generate", "types,functions", "x.h"))
        self.assertNotIn("const SECRET", self.bindgen("x.h", "--blocklist-item", "SECRET"))

    def test_what_is_allowed_alone(self) -> None:
        out = self.bindgen("x.h", "--allowlist-type", "sock", "-o", "sock.txt")
        self.assertEqual(out, "")
        text = (self.dir / "sock.txt").read_text()
        self.assertIn("pub struct sock", text)
        self.assertNotIn("task_struct", text)
        self.assertNotIn("ANSWER", text)
        out = self.bindgen("--allowlist-var=ANS.*", "x.h", "--", "-DX")
        self.assertIn("ANSWER", out)
        self.assertNotIn("pub struct", out)
        self.assertNotIn("const SECRET", out)
        both = self.bindgen("--allowlist-var=ANS.*", "x.h", "--allowlist-type", "sock")
        self.assertIn("ANSWER", both)
        self.assertIn("pub struct sock", both)

    def test_refused(self) -> None:
        self.bindgen("--use-core", says="bindgen's command line has no header")
        self.bindgen("x.h", "y.h", says="'y.h' is a second header")
        self.bindgen("x.h", "--header", "y.h", says="'--header' is no option of bindgen")
        self.bindgen("x.h", "-o", says="'-o' needs a value")
        self.assertIn("hdrgen ", self.bindgen("--version"))
        self.assertIn("Examples", self.bindgen("--help"))


if __name__ == "__main__":
    unittest.main()
