"""Options about the form of types: which members and macros, Rust's and C's styles; and what they refuse."""

import json
import re
import subprocess
import unittest

from hdrgen import Case

HEADER = """
struct inner { int x, y; };
enum color { RED, GREEN };
struct task { int state; union { int pid; long id; }; unsigned a : 3, b : 5; struct inner inner; enum color color; };
typedef struct task task_t;
#define ONE 1
#define TWO (ONE + ONE)
#define NAME "name"
#define NOTHING do_something()
"""


class Shapes(Case):
    def setUp(self) -> None:
        super().setUp()
        self.write("x.h", HEADER)

    def refuse(self, *arguments: str, says: str | list[str]) -> None:
        """Refused, and nothing is written."""
        self.refused("--header", "x.h", *arguments, "-o", "out", says=says)
        self.assertFalse((self.dir / "out").exists())

    def text(self, *arguments: str) -> str:
        return self.good("--header", "x.h", *arguments).out.decode()


class Fields(Shapes):
    def members(self, *arguments: str) -> list[str]:
        types = {t["id"]: t for t in json.loads(self.text(*arguments, "-e", "json"))["types"]}
        task = next(t for t in types.values() if t.get("name") == "task")
        whole = json.loads(self.text("task", "-e", "json"))["types"]
        old = {m["name"]: m["bit_offset"] for m in next(t for t in whole if t.get("name") == "task")["members"]}
        for member in task["members"]:
            self.assertEqual(member["bit_offset"], old[member["name"]])
        return [str(member["name"]) for member in task["members"]]

    def test_which(self) -> None:
        self.assertEqual(self.members("--fields", "task=b,pid"), ["None", "b"])
        self.assertEqual(self.members("--fields", "task=state", "--fields", "struct task=b"), ["state", "b"])
        self.assertEqual(self.members("--fields", "task_t=state", "task"), ["state"])

    def test_only_what_they_need(self) -> None:
        self.assertNotIn("inner", self.text("--fields", "task=state"))
        self.assertIn("struct inner", self.text("--fields", "task=inner"))

    def test_every_format(self) -> None:
        for form in ("rust", "c", "json"):
            self.assertNotIn("color", self.text("--fields", "task=b", "-e", form).split("Command")[-1].split("\n", 1)[1])
        self.assertIn("b", self.good("show", "--header", "x.h", "--fields", "task=b").out.decode())
        self.good("--header", "x.h", "--fields", "task=b", "-o", "x.btf")
        again = self.good("show", "--btf", "x.btf", "task").out.decode()
        self.assertIn("unsigned int b:5;", re.sub(" +", " ", again))
        self.assertNotIn("state", again)

    def test_refused(self) -> None:
        self.refuse("--fields", "task=stat", says=["struct 'task' has no member 'stat'", "did you mean 'state'"])
        self.refuse("--fields", "tusk=state", says=["no struct or union 'tusk'", "struct task"])
        self.refuse("--fields", "color=RED", says="no struct or union 'color'")
        for bad in ("task", "=pid", "task=", "task=,", "task=a,,b", "task=a b", "task=a.b"):
            self.refuse("--fields", bad, says=f"--fields {bad}:")
        self.refused("list", "--header", "x.h", "--fields", "task=pid", says="does not go with list")


class Macros(Shapes):
    def test_values(self) -> None:
        text = self.text("inner", "--macros", "*", "-q")
        self.assertIn("pub const TWO: c_int = 2;", text)
        self.assertIn('pub const NAME: &[u8; 5] = b"name\\0";', text)
        self.assertNotIn("NOTHING", text)

    def test_what_is_no_constant_is_counted(self) -> None:
        quiet = self.good("--header", "x.h", "inner", "--macros", "*", "-q").err
        self.assertEqual(quiet, "")
        told = self.good("--header", "x.h", "inner", "--macros", "*").err
        self.assertIn("1 of 4 matching macros is no integer or string constant", told)
        self.assertIn("NOTHING", self.good("--header", "x.h", "inner", "--macros", "*", "-v").err)

    def test_patterns_add_up(self) -> None:
        names = [m["name"] for m in json.loads(self.text("inner", "--macros", "ONE", "--macros", "N*E", "-q", "-e", "json"))
                 ["macros"]]
        self.assertEqual(names, ["ONE", "NAME"])

    def test_what_is_not_wanted(self) -> None:
        for wish, wanted in [(["!T*"], ["ONE", "NAME"]), (["*O*", "!T*"], ["ONE"]), (["!T*", "TWO", "ONE"], ["ONE"])]:
            options = [word for pattern in wish for word in ("--macros", pattern)]
            macros = json.loads(self.text("inner", *options, "-q", "-e", "json"))["macros"]
            self.assertEqual([m["name"] for m in macros], wanted)
        self.refuse("--macros", "!", says="--macros '!'")

    def test_json_without_macros_is_as_before(self) -> None:
        self.assertNotIn("macros", json.loads(self.text("inner", "-e", "json")))

    def test_one_macro_spoils_no_other(self) -> None:
        self.write("x.h", HEADER + "#define OPEN (\n#define NESTED OPEN\n#define BRACE {\n#define END }\n#define LAST 9\n"
                   "#define LIST 7, 8\n#define LONG (1 + \\\n  2)\n#define TYPE int\n#define SEMI 1;\n")
        macros = json.loads(self.text("inner", "--macros", "*", "-q", "-e", "json"))["macros"]
        self.assertEqual({m["name"]: m["value"] for m in macros},
                         {"ONE": 1, "TWO": 2, "NAME": "name", "LAST": 9, "LIST": 8, "LONG": 3})

    def test_refused(self) -> None:
        self.refuse("--macros", "NONE_SUCH", says=["no macro without parameters that matches 'NONE_SUCH'"])
        self.refuse("--macros", "", says="'--macros' cannot be empty")
        self.refuse("--macros", "f(x)", says="--macros 'f(x)'")
        self.refuse("--macros", "ONE", "-e", "btf", says="--macros goes with --emit rust, c and json")
        self.good("--header", "x.h", "-o", "x.btf")
        self.refused("--btf", "x.btf", "--macros", "ONE", says="BTF does not list macros")


class Rust(Shapes):
    def test_refused(self) -> None:
        self.refuse("--enum-style", "enum", says="say consts, module, newtype or rust")
        self.refuse("--derive", "Debug,Send", says="'Send' is none of")
        self.refuse("--derive", "Debug,", says="'' is none of")
        self.refuse("--derive", "Eq", says="Eq needs PartialEq")
        self.refuse("--derive", "PartialEq,Eq,Ord", says="Ord needs PartialOrd")
        self.refuse("--accessors", "all", says="say probe-read or core")
        self.refuse("--probe-read-fn", "aya", says="goes with --accessors")
        self.refuse("--accessors", "probe-read", "--probe-read-fn", "a b", says="not a Rust path")
        for bad in ("a-b", "1a", "a::b", "_"):
            self.refuse("--module", bad, says=f"--module '{bad}'")
        for option in (["--enum-style", "rust"], ["--derive", "none"], ["--module", "m"], ["--accessors", "probe-read"],
                       ["--accessors", "core"], ["--ctypes-prefix", "cty"]):
            self.refuse(*option, "-e", "c", says="go with --emit rust")

    def test_the_prefix_is_told(self) -> None:
        self.assertIn("--ctypes-prefix aya_ebpf::cty\n", self.text("task", "--ctypes-prefix", "aya_ebpf::cty"))

    def test_the_command_is_told(self) -> None:
        text = self.text("task", "--module", "m", "--derive", "none", "--fields", "task=b")
        self.assertIn("// Command: hdrgen --header x.h task --module m --derive none --fields task=b\n", text)
        self.assertIn("pub mod m {", text)
        self.assertNotIn("Debug", text)


class C(Shapes):
    def test_refused(self) -> None:
        for bad in ("old", "__old", "___", "____old", "___a-b", "___a___b"):
            self.refuse("--flavour", bad, "-e", "c", says=f"--flavour '{bad}'")
        self.refuse("--flavour", "___old", says="go with --emit c")
        self.refuse("--no-preserve-access-index", says="go with --emit c")
        self.refuse("--guard", "X_H", "-e", "json", says="go with --emit c")

    def test_two_flavours_in_one_program(self) -> None:
        """BTF of the object has both; the names CO-RE looks for are those before the underscores."""
        self.write("old.h", HEADER.replace("int state;", "long state;").replace("ONE 1", "ONE 10"))
        self.good("--header", "x.h", "-o", "new.c.h", "--macros", "ONE")
        self.good("--header", "old.h", "--flavour", "___old", "--macros", "ONE", "-o", "old.c.h")
        self.write("both.c", '#include "new.c.h"\n#include "old.c.h"\n'
                   "int prog(struct task *a, struct task___old *b)\n"
                   "{ return a->state + b->state + ONE + ONE___old + RED + GREEN___old; }\n")
        for compiler in (["gcc", "-Wall", "-Werror"], ["clang", "-Wall", "-Werror"],
                         ["clang", "--target=bpf", "-g", "-O2", "-Wall", "-Werror"]):
            subprocess.run([*compiler, "-c", "both.c", "-o", "both.o"], cwd=self.dir, check=True)
        names = {line.split()[1] for line in self.good("list", "--btf", "both.o").out.decode().splitlines()}
        self.assertLessEqual({"task", "task___old"}, names)

    def test_access_index(self) -> None:
        self.assertIn("preserve_access_index", self.text("-e", "c").split("*/", 1)[1])
        self.assertNotIn("preserve_access_index", self.text("-e", "c", "--no-preserve-access-index").split("*/", 1)[1])


if __name__ == "__main__":
    unittest.main()
